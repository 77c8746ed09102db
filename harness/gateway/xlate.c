#include "gateway/xlate.h"

#include "base/hash.h"
#include "base/mem.h"
#include "gateway/messages.h"
#include "gateway/xlate_parts.h"
#include "wire/ip.h"
#include "wire/udp.h"

#include <stdlib.h>

unsigned gw_version_number(const struct gw_config *c)
{
    char *end;
    unsigned long major = strtoul(c->version, &end, 10), minor = 0;

    if (*end == '.')
        minor = strtoul(end + 1, NULL, 10);
    return major > 99 || minor > 99 ? 0 : (unsigned)(major * 100 + minor);
}

/* --- looking up --------------------------------------------------------------------------------
 */

struct key {
    uint8_t proto;
    struct endpoint at;
    size_t ifi, other_ifi; /* other: of the real side's key, where it is mapped to */
};

static uint64_t hash_of(const struct key *k)
{
    uint8_t b[32];
    struct wr w = wr_of(b, sizeof(b));

    wr_u8(&w, k->proto);
    wr_be16(&w, k->at.port);
    wr_be32(&w, ip4_u32(&k->at.addr));
    wr_be32(&w, (uint32_t)k->ifi);
    wr_be32(&w, (uint32_t)k->other_ifi);
    return hash_bytes(wr_bytes(&w), 0);
}

static struct key real_key(const struct xlate *x)
{
    return (struct key){x->proto, x->real, x->real_ifi, x->mapped_ifi};
}

static struct key mapped_key(const struct xlate *x)
{
    return (struct key){x->proto, x->mapped, x->mapped_ifi, 0};
}

static bool same_key(const struct key *a, const struct key *b)
{
    return a->proto == b->proto && a->ifi == b->ifi && a->other_ifi == b->other_ifi &&
           endpoint_eq(&a->at, &b->at);
}

static bool is_real(const void *ctx, uint32_t id, const void *key)
{
    struct key k = real_key(((const struct xlates *)ctx)->slots[id]);

    return same_key(&k, key);
}

static bool is_mapped(const void *ctx, uint32_t id, const void *key)
{
    struct key k = mapped_key(((const struct xlates *)ctx)->slots[id]);

    return same_key(&k, key);
}

struct xlate *xlate_find_real(const struct xlates *t, const struct xlate_source *s)
{
    struct key k = {s->proto, s->real, s->real_ifi, s->mapped_ifi};
    uint32_t id = map_find(&t->by_real, hash_of(&k), is_real, t, &k);

    return id == MAP_NONE ? NULL : t->slots[id];
}

struct xlate *xlate_find_mapped(const struct xlates *t, size_t ifi, uint8_t proto,
                                const struct endpoint *at)
{
    struct key k = {proto, *at, ifi, 0};
    uint32_t id = map_find(&t->by_mapped, hash_of(&k), is_mapped, t, &k);

    return id == MAP_NONE ? NULL : t->slots[id];
}

struct xlate *xlates_of_mapped(const struct xlates *t, size_t ifi, const struct ip_addr *a)
{
    struct endpoint at = {.addr = *a};

    return xlate_find_mapped(t, ifi, 0, &at);
}

/* --- making and freeing ------------------------------------------------------------------------
 */

static struct mono now(const struct xlates *t)
{
    return clock_now(t->env.clk);
}

static const char *name_of(const struct xlates *t, size_t ifi)
{
    return ifi < t->env.ifs->n ? t->env.ifs->v[ifi].nameif : GW_NAT_ANY;
}

void xlate_say(struct xlates *t, const struct xlate *x, bool built)
{
    struct gw_msg_xlate m = {.fixed = x->kind == XLATE_FIXED,
                             .proto = x->proto,
                             .real_if = name_of(t, x->real_ifi),
                             .mapped_if = name_of(t, x->mapped_ifi),
                             .real = x->real,
                             .mapped = x->mapped};

    gw_msg_xlate(t->env.log, &m, built ? NULL : &(struct span){mono_diff(x->born, now(t)).ns});
}

static void take_slot(struct xlates *t, struct xlate *x)
{
    if (t->nfree == 0) {
        size_t n = t->nslots ? t->nslots * 2 : 64;
        t->slots = mem_resize(t->slots, n, sizeof(struct xlate *));
        t->free_slots = mem_resize(t->free_slots, n, sizeof(*t->free_slots));
        for (size_t i = n; i-- > t->nslots;)
            t->free_slots[t->nfree++] = (uint32_t)i;
        t->nslots = n;
    }
    x->slot = t->free_slots[--t->nfree];
    t->slots[x->slot] = x;
}

static struct xlate_list *list_of(struct xlates *t, const struct xlate *x)
{
    return x->kind == XLATE_FIXED ? &t->fixed : &t->dynamic;
}

struct xlate *xlate_add(struct xlates *t, const struct xlate *like)
{
    struct xlate *x = mem_zalloc(sizeof(*x));

    *x = *like;
    x->born = x->seen = now(t);
    take_slot(t, x);
    struct xlate_list *l = list_of(t, x);
    x->prev = l->newest;
    if (l->newest)
        l->newest->next = x;
    else
        l->oldest = x;
    l->newest = x;
    if (++t->count > t->most)
        t->most = t->count;
    if (x->kind != XLATE_FIXED) {
        struct key real = real_key(x), mapped = mapped_key(x);
        map_put(&t->by_real, hash_of(&real), x->slot);
        map_put(&t->by_mapped, hash_of(&mapped), x->slot);
    }
    xlate_say(t, x, true);
    return x;
}

void xlate_drop(struct xlates *t, struct xlate *x)
{
    struct key real = real_key(x), mapped = mapped_key(x);
    struct xlate_list *l = list_of(t, x);

    wheel_disarm(&t->wheel, &x->timer);
    if (x->kind != XLATE_FIXED) {
        map_remove(&t->by_real, hash_of(&real), x->slot);
        map_remove(&t->by_mapped, hash_of(&mapped), x->slot);
    }
    if (x->ports)
        portset_give(&x->ports->set, x->mapped.port);
    t->free_slots[t->nfree++] = x->slot;
    if (x->prev)
        x->prev->next = x->next;
    else
        l->oldest = x->next;
    if (x->next)
        x->next->prev = x->prev;
    else
        l->newest = x->prev;
    t->count--;
    mem_free(x);
}

struct xlates *xlates_new(const struct xlates_env *env)
{
    struct xlates *t = mem_zalloc(sizeof(*t));

    t->env = *env;
    map_init(&t->by_real);
    map_init(&t->by_mapped);
    wheel_init(&t->wheel, clock_now(env->clk));
    return t;
}

void xlates_free(struct xlates *t)
{
    if (!t)
        return;
    while (t->fixed.oldest)
        xlate_drop(t, t->fixed.oldest);
    while (t->dynamic.oldest)
        xlate_drop(t, t->dynamic.oldest);
    for (size_t i = 0; i < t->nports; i++)
        mem_free(t->ports[i]);
    map_release(&t->by_real);
    map_release(&t->by_mapped);
    mem_free(t->ports);
    mem_free(t->slots);
    mem_free(t->free_slots);
    mem_free(t);
}

/* --- holding, and ending -----------------------------------------------------------------------
 */

/* From 9.0 on a port goes with its connection (per-session PAT). */
void xlate_rest(struct xlates *t, struct xlate *x)
{
    const struct gw_timeouts *o = &t->env.cfg->timeouts;
    bool port = x->kind == XLATE_PORT;
    uint32_t s = port ? o->pat_xlate : o->xlate;

    if (port && gw_version_number(t->env.cfg) >= 900)
        s = 0;
    else if (s == 0) /* never */
        return;
    wheel_arm(&t->wheel, &x->timer, mono_add(now(t), SPAN_S(s)));
}

void xlate_hold(struct xlates *t, struct xlate *x)
{
    wheel_disarm(&t->wheel, &x->timer);
    x->uses++;
    x->seen = now(t);
}

void xlate_let_go(struct xlates *t, struct xlate *x)
{
    x->seen = now(t);
    if (--x->uses)
        return;
    if (x->gone)
        xlate_drop(t, x);
    else if (x->kind != XLATE_FIXED)
        xlate_rest(t, x);
}

void xlates_tick(struct xlates *t)
{
    struct timer *timer;

    while ((timer = wheel_expire(&t->wheel, now(t)))) {
        struct xlate *x = CONTAINER_OF(timer, struct xlate, timer);
        xlate_say(t, x, false);
        xlate_drop(t, x);
    }
}

struct mono xlates_deadline(const struct xlates *t)
{
    return wheel_next(&t->wheel);
}

void xlates_clear(struct xlates *t)
{
    struct xlate *next;

    for (struct xlate *x = t->dynamic.oldest; x; x = next) {
        next = x->next;
        if (x->uses)
            continue;
        xlate_say(t, x, false);
        xlate_drop(t, x);
    }
}

/* --- looking -----------------------------------------------------------------------------------
 */

size_t xlates_count(const struct xlates *t)
{
    return t->count;
}

const struct endpoint *xlate_real(const struct xlate *x)
{
    return &x->real;
}

const struct endpoint *xlate_mapped(const struct xlate *x)
{
    return &x->mapped;
}

bool xlate_is_fixed(const struct xlate *x)
{
    return x->kind == XLATE_FIXED;
}

bool xlate_is_port(const struct xlate *x)
{
    return x->proto != 0;
}
