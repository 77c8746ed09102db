/* Which stream a packet belongs to. By its endpoints, as the `stream` line has them; where a device
 * translates addresses, by what it leaves alone:
 *
 *   1. the ports: the opener's first packet on the far LAN, both ports those of a stream that was
 *      opened and has not been seen there yet;
 *   2. the responder's port alone, when only one stream comes into question (the opener's port is
 *      translated, too).
 *
 * What was found out is kept as an alias, so every further packet is found by one look-up. */
#include "base/hash.h"
#include "base/mem.h"
#include "judge/judge_parts.h"

#define LEARN_NS INT64_C(60000000000) /* a first packet is under way no longer than this */

struct alias {
    struct endpoint src, dst;
    uint8_t site, proto, sender;
    uint32_t flow;
};

void jflows_init(struct jflows *f)
{
    *f = (struct jflows){0};
    map_init(&f->map);
    for (int site = 0; site < SITES; site++)
        f->recent[site][0] = f->recent[site][1] = MAP_NONE;
    for (int site = 0; site < SITES; site++)
        f->floor[site] = UINT64_MAX;
}

static void jflow_free(struct jflow *f, struct pieces *pool)
{
    for (int site = 0; site < SITES; site++) {
        for (int sender = 0; sender < SITES; sender++) {
            tcp_dir_release(&f->on[site][sender].tcp);
            flow_bytes_release(&f->on[site][sender].bytes, pool);
        }
    }
    mem_free(f->after);
    mem_free(f->watch);
    mem_free(f);
}

void jflows_release(struct jflows *f)
{
    for (size_t i = 0; i < f->n; i++)
        jflow_free(f->list[i], &f->pieces);
    pieces_release(&f->pieces);
    map_release(&f->map);
    mem_free(f->aliases);
    mem_free(f->list);
}

/* --- aliases -----------------------------------------------------------------------------------
 */

static bool same_alias(const struct alias *a, const struct alias *b)
{
    return a->src.port == b->src.port && a->dst.port == b->dst.port && a->site == b->site &&
           a->proto == b->proto && ip_addr_eq(&a->src.addr, &b->src.addr) &&
           ip_addr_eq(&a->dst.addr, &b->dst.addr);
}

static bool alias_eq(const void *ctx, uint32_t id, const void *key)
{
    const struct jflows *f = ctx;

    return same_alias(&f->aliases[id], key);
}

static uint64_t alias_hash(const struct alias *a)
{
    uint8_t key[2 * sizeof(struct ip_addr) + 6];
    struct wr w = wr_of(key, sizeof(key));

    wr_u8(&w, a->site);
    wr_u8(&w, a->proto);
    wr_be16(&w, a->src.port);
    wr_be16(&w, a->dst.port);
    wr_put(&w, bytes_of(a->src.addr.b, ip_addr_len(&a->src.addr)));
    wr_put(&w, bytes_of(a->dst.addr.b, ip_addr_len(&a->dst.addr)));
    return hash_bytes(wr_bytes(&w), 0);
}

/* A later stream on the same endpoints takes them over. */
static void alias_put(struct jflows *f, const struct alias *a)
{
    uint64_t h = alias_hash(a);
    uint32_t id = map_find(&f->map, h, alias_eq, f, a);

    if (id != MAP_NONE) {
        f->aliases[id] = *a;
        return;
    }
    if (f->naliases == f->cap_aliases) {
        f->cap_aliases = f->cap_aliases ? f->cap_aliases * 2 : 64;
        f->aliases = mem_resize(f->aliases, f->cap_aliases, sizeof(*f->aliases));
    }
    f->aliases[f->naliases] = *a;
    map_put(&f->map, h, f->naliases++);
}

static void alias_both(struct jflows *f, uint32_t flow, int site, const struct endpoint at[SITES])
{
    for (int sender = 0; sender < SITES; sender++)
        alias_put(f, &(struct alias){.src = at[sender],
                                     .dst = at[!sender],
                                     .site = (uint8_t)site,
                                     .proto = f->list[flow]->proto,
                                     .sender = (uint8_t)sender,
                                     .flow = flow});
}

/* --- announcing --------------------------------------------------------------------------------
 */

static int plan_stream(const struct plan *p, const char *id)
{
    for (size_t i = 0; p && i < p->nstreams; i++)
        if (strcmp(p->streams[i].id, id) == 0)
            return (int)i;
    return -1;
}

static void init_directions(struct jflow *f, bool whole)
{
    for (int sender = 0; sender < SITES; sender++) {
        f->way[sender] =
            (struct way){.last_ns = NEVER, .due_ns = NEVER, .settled_ns = NEVER, .again_pos = -1};
        for (int site = 0; site < SITES; site++) {
            struct flow_dir *d = &f->on[site][sender];
            tcp_dir_init(&d->tcp, NULL);
            flow_bytes_init(&d->bytes, whole && f->proto == IP_TCP);
            d->first_ns = NEVER;
        }
    }
}

static void find_watches(struct judge *j, struct jflow *f)
{
    size_t n = j->plan ? j->plan->nexpects : 0;

    for (size_t i = 0; i < n; i++) {
        const struct plan_expect *x = &j->plan->expects[i];
        if (x->rule != RULE_STREAM || x->stream != f->plan || f->plan < 0)
            continue;
        f->watch = mem_resize(f->watch, f->nwatch + 1, sizeof(struct stream_watch *));
        f->watch[f->nwatch++] = &j->watches[i];
    }
}

static uint8_t proto_of(const struct line *l)
{
    if (line_is(l, "proto", "udp"))
        return IP_UDP;
    return line_is(l, "proto", "icmp") ? IP_ICMP : IP_TCP;
}

static void read_totals(struct jflow *f, const struct line *l)
{
    static const char *const bytes[] = {"bytes_bo_to_ho", "bytes_ho_to_bo"};
    static const char *const sha[] = {"sha256_bo_to_ho", "sha256_ho_to_bo"};

    for (int sender = 0; sender < SITES; sender++) {
        f->total[sender] = line_count(l, bytes[sender]);
        const char *hex = line_word(l, sha[sender]);
        if (hex && strlen(hex) == sizeof(f->sha[sender]) - 1)
            memcpy(f->sha[sender], hex, sizeof(f->sha[sender]));
    }
}

static struct jflow *jflow_add(struct jflows *t)
{
    if (t->n == t->cap) {
        t->cap = t->cap ? t->cap * 2 : 16;
        t->list = mem_resize(t->list, t->cap, sizeof(struct jflow *));
    }
    return t->list[t->n++] = mem_zalloc(sizeof(struct jflow));
}

struct jflow *jflow_make(struct judge *j, const char *id, uint8_t proto,
                         const struct endpoint at[SITES], int opener)
{
    struct jflows *t = &j->flows;

    if (t->n == FLOWS_MAX) {
        t->refused++;
        return NULL;
    }
    struct jflow *f = jflow_add(t);
    f->id = id;
    f->plan = plan_stream(j->plan, id);
    f->proto = proto;
    f->at[BO] = at[BO];
    f->at[HO] = at[HO];
    f->opener = opener;
    f->begun_ns = j->rec.time_ns;
    f->syn_ns = f->syn_ack_ns = NEVER;
    init_directions(f, !j->meta->headers_only);
    find_watches(j, f);
    for (int site = 0; site < SITES; site++)
        alias_both(t, (uint32_t)(t->n - 1), site, f->at);
    t->unseen++;
    return f;
}

/* The host at SITE is looked for at another address by the other one. */
static void alias_seen_as(struct judge *j, const struct jflow *f, const struct line *l,
                          const char *key, int site)
{
    const char *text = line_word(l, key);
    struct endpoint at[SITES] = {f->at[BO], f->at[HO]};

    if (text && !ip_addr_parse(text, &at[site].addr))
        alias_both(&j->flows, (uint32_t)(j->flows.n - 1), !site, at);
}

void jflow_announce(struct judge *j, const struct line *l)
{
    struct endpoint at[SITES];
    const char *id = line_kept(l, "id", j->arena);

    if (!id || !line_endpoint(l, "bo", &at[BO]) || !line_endpoint(l, "ho", &at[HO])) {
        j->flows.refused++;
        return;
    }
    struct jflow *f = jflow_make(j, id, proto_of(l), at, line_site(l, "opener"));
    if (!f)
        return;
    read_totals(f, l);
    alias_seen_as(j, f, l, "bo_seen_as", BO);
    alias_seen_as(j, f, l, "ho_seen_as", HO);
}

static struct jflow *jflow_by_id(struct jflows *t, const char *id)
{
    for (size_t i = t->n; id && i-- > 0;)
        if (strcmp(t->list[i]->id, id) == 0)
            return t->list[i];
    return NULL;
}

void jflow_host_line(struct judge *j, const struct line *l)
{
    int site = line_site(l, "site");
    struct jflow *f = jflow_by_id(&j->flows, line_word(l, "stream"));

    if (!f)
        return;
    f->has_host[site] = true;
    f->host_state[site] = line_kept(l, "state", j->arena);
    f->host_delivered[site] = line_count(l, "delivered");
    f->host_altered[site] = line_count(l, "altered");
    f->host_rto[site] = line_count(l, "rto_fired");
    f->host_fast[site] = line_count(l, "fast_retransmits");
}

struct jflow *jflow_of_plan(const struct jflows *f, int index)
{
    for (size_t i = 0; index >= 0 && i < f->n; i++)
        if (f->list[i]->plan == index)
            return f->list[i];
    return NULL;
}

/* --- finding -----------------------------------------------------------------------------------
 */

bool jflow_key_of(const struct pkt *p, struct endpoint *src, struct endpoint *dst)
{
    src->addr = p->ip.src;
    dst->addr = p->ip.dst;
    switch (p->kind) {
    case PKT_TCP:
        src->port = p->tcp.src;
        dst->port = p->tcp.dst;
        return true;
    case PKT_UDP:
        src->port = p->udp.src;
        dst->port = p->udp.dst;
        return true;
    case PKT_ICMP:
        if (p->icmp.type != ICMP_ECHO && p->icmp.type != ICMP_ECHO_REPLY &&
            p->icmp.type != ICMP6_ECHO && p->icmp.type != ICMP6_ECHO_REPLY)
            return false;
        src->port = dst->port = (uint16_t)(p->icmp.rest >> 16); /* the identifier */
        return true;
    default: return false;
    }
}

static uint8_t proto_class(uint8_t proto)
{
    return proto == IP_ICMPV6 ? IP_ICMP : proto;
}

static bool is_first_packet(const struct pkt *p)
{
    return p->kind != PKT_TCP || (p->tcp.flags & (TCP_SYN | TCP_ACK)) == TCP_SYN;
}

/* F was opened from the other LAN lately and is still awaited on that of SITE. */
static bool is_awaited(const struct judge *j, const struct jflow *f, int site)
{
    int64_t opened = f->proto == IP_TCP ? f->syn_ns : f->on[f->opener][f->opener].first_ns;

    return f->opener != site && !f->seen[site] && opened != NEVER &&
           j->rec.time_ns - opened < LEARN_NS;
}

/* The opener's first packet under other endpoints. */
static uint32_t learn(struct judge *j, const struct alias *seen)
{
    struct jflows *t = &j->flows;
    uint32_t both = MAP_NONE, one = MAP_NONE;
    size_t candidates = 0;

    for (size_t i = 0; i < t->n; i++) {
        const struct jflow *f = t->list[i];
        const struct endpoint *from = &f->at[f->opener], *to = &f->at[!f->opener];
        if (f->proto != seen->proto || seen->dst.port != to->port || !is_awaited(j, f, seen->site))
            continue;
        candidates++;
        one = (uint32_t)i;
        if (seen->src.port == from->port && both == MAP_NONE)
            both = (uint32_t)i;
    }
    return both != MAP_NONE ? both : candidates == 1 ? one : MAP_NONE;
}

static uint32_t look_up(struct judge *j, const struct pkt *p, const struct alias *key)
{
    struct jflows *t = &j->flows;
    uint32_t id = map_find(&t->map, alias_hash(key), alias_eq, t, key);

    if (id != MAP_NONE || t->unseen == 0 || !is_first_packet(p))
        return id;
    uint32_t flow = learn(j, key);
    if (flow == MAP_NONE)
        return MAP_NONE;
    struct endpoint at[SITES];
    int opener = t->list[flow]->opener;
    at[opener] = key->src;
    at[!opener] = key->dst;
    alias_both(t, flow, key->site, at);
    return map_find(&t->map, alias_hash(key), alias_eq, t, key);
}

struct jflow *jflow_known(const struct judge *j, int site, const struct pkt *p, int *sender)
{
    const struct jflows *t = &j->flows;
    struct alias key = {.site = (uint8_t)site, .proto = proto_class(p->ip.proto)};

    if (!jflow_key_of(p, &key.src, &key.dst))
        return NULL;
    uint32_t id = map_find(&t->map, alias_hash(&key), alias_eq, t, &key);
    if (id == MAP_NONE)
        return NULL;
    *sender = t->aliases[id].sender;
    return t->list[t->aliases[id].flow];
}

struct jflow *jflow_find(struct judge *j, int site, const struct pkt *p, int *sender)
{
    struct jflows *t = &j->flows;
    struct alias key = {.site = (uint8_t)site, .proto = proto_class(p->ip.proto)};
    uint32_t *recent = t->recent[site];

    if ((t->n == 0 && !j->history) || !jflow_key_of(p, &key.src, &key.dst))
        return NULL;
    /* data and its acknowledgements: two aliases most of the time */
    uint32_t id = MAP_NONE;
    for (int i = 0; i < 2 && id == MAP_NONE; i++)
        if (recent[i] != MAP_NONE && same_alias(&t->aliases[recent[i]], &key))
            id = recent[i];
    if (id == MAP_NONE) {
        id = look_up(j, p, &key);
        if (id == MAP_NONE && j->history && jflow_discover(j, site, p))
            id = look_up(j, p, &key);
        if (id == MAP_NONE)
            return NULL;
        recent[1] = recent[0];
        recent[0] = id;
    }
    struct jflow *f = t->list[t->aliases[id].flow];
    if (j->history && jflow_is_over(f, site, t->aliases[id].sender, p) &&
        jflow_discover(j, site, p))
        f = t->list[t->aliases[id].flow];
    *sender = t->aliases[id].sender;
    if (!f->seen[site]) {
        f->seen[site] = true;
        t->unseen -= f->seen[!site];
    }
    return f;
}
