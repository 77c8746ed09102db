#include "gateway/acl_log.h"

#include "base/cursor.h"
#include "base/hash.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/wheel.h"

struct flow {
    struct timer timer; /* the end of its interval; stands first */
    uint32_t hits;      /* since the last record */
    unsigned interval_s;
    struct gw_msg_access what;
    char list[GW_NAME], in_if[GW_NAME], out_if[GW_NAME];
};

struct acl_log {
    struct gw_syslog *log;
    const struct clock *clk;
    struct flow *flows; /* ACL_LOG_FLOWS, made when the first is needed */
    uint32_t free[ACL_LOG_FLOWS];
    size_t nfree;
    struct map by_flow;
    struct wheel timers;
};

struct acl_log *acl_log_new(struct gw_syslog *log, const struct clock *clk)
{
    struct acl_log *a = mem_zalloc(sizeof(*a));

    a->log = log;
    a->clk = clk;
    map_init(&a->by_flow);
    wheel_init(&a->timers, clock_now(clk));
    return a;
}

static void make_flows(struct acl_log *a)
{
    a->flows = mem_array(ACL_LOG_FLOWS, sizeof(*a->flows));
    for (uint32_t i = ACL_LOG_FLOWS; i-- > 0;)
        a->free[a->nfree++] = i;
}

void acl_log_forget(struct acl_log *a)
{
    for (size_t i = 0; a->flows && i < ACL_LOG_FLOWS; i++)
        wheel_disarm(&a->timers, &a->flows[i].timer);
    mem_free(a->flows);
    a->flows = NULL;
    a->nfree = 0;
    map_release(&a->by_flow);
    map_init(&a->by_flow);
}

void acl_log_free(struct acl_log *a)
{
    if (!a)
        return;
    acl_log_forget(a);
    map_release(&a->by_flow);
    mem_free(a);
}

static uint64_t hash_of(const struct gw_msg_access *f)
{
    uint8_t b[64];
    struct wr w = wr_of(b, sizeof(b));

    wr_be32(&w, f->hash);
    wr_u8(&w, f->packet.proto);
    wr_put(&w, bytes_of(f->packet.src.b, 16));
    wr_put(&w, bytes_of(f->packet.dst.b, 16));
    wr_be16(&w, f->packet.sport);
    wr_be16(&w, f->packet.dport);
    wr_be16(&w, (uint16_t)f->packet.icmp_type);
    return hash_bytes(wr_bytes(&w), 0);
}

static bool same(const void *ctx, uint32_t id, const void *key)
{
    const struct gw_msg_access *a = &((const struct acl_log *)ctx)->flows[id].what, *b = key;

    return a->hash == b->hash && a->packet.proto == b->packet.proto &&
           a->packet.sport == b->packet.sport && a->packet.dport == b->packet.dport &&
           a->packet.icmp_type == b->packet.icmp_type &&
           ip_addr_eq(&a->packet.src, &b->packet.src) && ip_addr_eq(&a->packet.dst, &b->packet.dst);
}

static void arm(struct acl_log *a, struct flow *f)
{
    wheel_arm(&a->timers, &f->timer, mono_add(clock_now(a->clk), SPAN_S(f->interval_s)));
}

static void begin(struct acl_log *a, const struct gw_ace *ace, const struct gw_msg_access *what,
                  uint64_t hash)
{
    struct flow *f = &a->flows[a->free[--a->nfree]];

    *f = (struct flow){.interval_s = ace->log_interval_s, .what = *what};
    memcpy(f->list, what->list, strlen(what->list) + 1);
    memcpy(f->in_if, what->in_if, strlen(what->in_if) + 1);
    memcpy(f->out_if, what->out_if, strlen(what->out_if) + 1);
    f->what.list = f->list;
    f->what.in_if = f->in_if;
    f->what.out_if = f->out_if;
    map_put(&a->by_flow, hash, (uint32_t)(f - a->flows));
    arm(a, f);
    gw_msg_access(a->log, &f->what, 1, 0);
}

/* The number that stands for the entry in the log: an ASA's is made from its text, too. */
static uint32_t number_of(const struct gw_acl *list, const struct gw_ace *ace)
{
    struct buf text = BUF_INIT;

    gw_ace_format(list, ace, &text);
    uint32_t n = (uint32_t)hash_bytes(buf_bytes(&text), 0);
    buf_release(&text);
    return n;
}

void acl_log_hit(struct acl_log *a, const struct gw_acl *list, const struct gw_ace *ace,
                 const struct gw_msg_packet *p, const char *in_if, const char *out_if)
{
    struct gw_msg_access what = {.list = list->name,
                                 .permitted = ace->action == GW_PERMIT,
                                 .packet = *p,
                                 .in_if = in_if,
                                 .out_if = out_if,
                                 .hash = number_of(list, ace)};
    uint64_t hash = hash_of(&what);

    if (!a->flows)
        make_flows(a);
    uint32_t id = map_find(&a->by_flow, hash, same, a, &what);
    if (id != MAP_NONE)
        a->flows[id].hits++;
    else if (a->nfree)
        begin(a, ace, &what, hash);
}

void acl_log_tick(struct acl_log *a)
{
    struct timer *t;

    while ((t = wheel_expire(&a->timers, clock_now(a->clk)))) {
        struct flow *f = (struct flow *)t; /* the timer is its first member */
        if (f->hits) {
            gw_msg_access(a->log, &f->what, f->hits, f->interval_s);
            f->hits = 0;
            arm(a, f);
            continue;
        }
        uint32_t id = (uint32_t)(f - a->flows);
        map_remove(&a->by_flow, hash_of(&f->what), id);
        a->free[a->nfree++] = id;
    }
}

struct mono acl_log_deadline(const struct acl_log *a)
{
    return wheel_next(&a->timers);
}
