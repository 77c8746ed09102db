#include "base/hash.h"
#include "base/mem.h"
#include "gateway/conn_more.h"

/* conn_mapped, for every packet. */
static inline const struct endpoint *mapped(const struct conn *c, int side)
{
    return c->more ? &c->more->mapped[side] : &c->at[side];
}

struct key {
    uint8_t proto;
    struct endpoint from, to;
};

static bool is_same(const void *ctx, uint32_t id, const void *key)
{
    const struct conns *t = ctx;
    const struct conn *c = conn_pool_at(&t->pool, id);
    const struct key *k = key;

    if (c->proto != k->proto)
        return false;
    return (endpoint_eq(&c->at[0], &k->from) && endpoint_eq(mapped(c, 1), &k->to)) ||
           (endpoint_eq(mapped(c, 0), &k->to) && endpoint_eq(&c->at[1], &k->from));
}

static void put_endpoint(struct wr *w, const struct endpoint *e)
{
    wr_be16(w, e->port);
    wr_put(w, bytes_of(e->addr.b, ip_addr_len(&e->addr)));
}

/* The same for both directions: the lower endpoint first. */
static uint64_t hash_of(const struct conns *t, const struct key *k)
{
    uint8_t b[64];
    struct wr w = wr_of(b, sizeof(b));
    int order = memcmp(k->from.addr.b, k->to.addr.b, sizeof(k->from.addr.b));
    bool swap = order > 0 || (order == 0 && k->from.port > k->to.port);

    wr_u8(&w, k->proto);
    put_endpoint(&w, swap ? &k->to : &k->from);
    put_endpoint(&w, swap ? &k->from : &k->to);
    return hash_bytes(wr_bytes(&w), t->hash_key);
}

/* Of packets from SIDE. */
static struct key key_of(const struct conn *c, int side)
{
    return (struct key){c->proto, c->at[side], *mapped(c, !side)};
}

static bool is_translated(const struct conn *c)
{
    return c->more && c->more->translated;
}

/* Under translation both directions have a key of their own. */
static void put_keys(struct conns *t, const struct conn *c)
{
    for (int side = 0; side <= (is_translated(c) ? 1 : 0); side++) {
        struct key k = key_of(c, side);
        map_put(&t->map, hash_of(t, &k), c->slot);
    }
}

static void remove_keys(struct conns *t, const struct conn *c)
{
    for (int side = 0; side <= (is_translated(c) ? 1 : 0); side++) {
        struct key k = key_of(c, side);
        map_remove(&t->map, hash_of(t, &k), c->slot);
    }
}

static bool is_echo(const struct pkt *p)
{
    if (p->kind != PKT_ICMP)
        return false;
    return p->ip.version == 6 ? p->icmp.type == ICMP6_ECHO || p->icmp.type == ICMP6_ECHO_REPLY
                              : p->icmp.type == ICMP_ECHO || p->icmp.type == ICMP_ECHO_REPLY;
}

static bool key_of_packet(const struct pkt *p, struct key *k)
{
    *k = (struct key){.proto = p->ip.proto, .from.addr = p->ip.src, .to.addr = p->ip.dst};
    switch (p->kind) {
    case PKT_TCP:
        k->from.port = p->tcp.src;
        k->to.port = p->tcp.dst;
        return true;
    case PKT_UDP:
        k->from.port = p->udp.src;
        k->to.port = p->udp.dst;
        return true;
    case PKT_ICMP:
        if (!is_echo(p))
            return false;
        k->from.port = k->to.port = (uint16_t)(p->icmp.rest >> 16);
        return true;
    default: return false;
    }
}

struct conns *conns_new(const struct conns_env *env)
{
    struct conns *t = mem_zalloc(sizeof(*t));

    t->env = *env;
    if (env->model)
        t->model = *env->model;
    t->hash_key = rng_u64(env->rng);
    map_init(&t->map);
    wheel_init(&t->wheel, clock_now(env->clk));
    map_init(&t->holes);
    wheel_init(&t->hole_timers, clock_now(env->clk));
    t->more.size = sizeof(struct conn_more);
    t->ftps.size = sizeof(struct conn_ftp);
    return t;
}

void conns_forget(struct conns *t)
{
    while (t->oldest)
        conn_free(t, t->oldest);
    for (size_t i = 0; i < t->ntunnels; i++)
        t->tunnels[i] = (struct conn_tunnel){0};
    t->next_id = 0;
    t->most = 0;
}

void conns_free(struct conns *t)
{
    if (!t)
        return;
    conns_forget(t);
    map_release(&t->map);
    conn_pool_release(&t->pool);
    mem_free(t->tunnels);
    conn_blocks_release(&t->more);
    conn_blocks_release(&t->ftps);
    map_release(&t->holes);
    mem_free(t);
}

static struct conn *find(struct conns *t, const struct key *k, int *side)
{
    uint32_t id = map_find(&t->map, hash_of(t, k), is_same, t, k);

    if (id == MAP_NONE)
        return NULL;
    struct conn *c = conn_pool_at(&t->pool, id);
    if (t->behind && !conn_catch_up(t, c))
        return NULL;
    *side = endpoint_eq(&c->at[0], &k->from) && endpoint_eq(mapped(c, 1), &k->to) ? 0 : 1;
    return c;
}

struct conn *conns_find(struct conns *t, const struct pkt *p, int *side)
{
    struct key k;

    if (!key_of_packet(p, &k))
        return NULL;
    struct conn *c = find(t, &k, side);
    if (c && conn_is_icmp(c)) /* equal identifiers on both sides: the type tells */
        *side =
            ip_addr_eq(&c->at[0].addr, &p->ip.src) && ip_addr_eq(&mapped(c, 1)->addr, &p->ip.dst)
                ? 0
                : 1;
    return c;
}

struct conn *conns_find_quoted(struct conns *t, const struct pkt *p, int *side)
{
    struct pkt q;
    struct key k;
    struct rd r;

    if (p->kind != PKT_ICMP)
        return NULL;
    pkt_parse_ip(p->icmp.data, &q);
    if (q.kind == PKT_OTHER)
        return NULL;
    k = (struct key){.proto = q.ip.proto, .from.addr = q.ip.src, .to.addr = q.ip.dst};
    r = rd_of(q.ip.payload); /* often only eight bytes of it are quoted */
    if (k.proto == IP_TCP || k.proto == IP_UDP) {
        k.from.port = rd_be16(&r);
        k.to.port = rd_be16(&r);
    } else if (k.proto == IP_ICMP || k.proto == IP_ICMPV6) {
        rd_skip(&r, 4);
        k.from.port = k.to.port = rd_be16(&r);
    }
    /* it was seen as it looked on the way out: its answers are what comes in from there */
    struct key answers = {k.proto, k.to, k.from};
    struct conn *c = r.err ? NULL : find(t, &answers, side);
    if (c)
        *side = !*side;
    return c;
}

/* --- making and freeing ------------------------------------------------------------------------
 */

static void append(struct conns *t, struct conn *c)
{
    c->prev = t->newest;
    if (t->newest)
        t->newest->next = c;
    else
        t->oldest = c;
    t->newest = c;
    t->count++;
    if (t->count > t->most)
        t->most = t->count;
}

/* C's ends on both sides. The identifier of an echo stands in both its ends, on either side. */
static void set_ends(struct conns *t, struct conn *c, const struct nat_flow *f)
{
    struct endpoint src = f->mapped_src, dst = f->real_dst;

    if (c->proto == IP_ICMP)
        dst.port = src.port;
    if (endpoint_eq(&c->at[0], &src) && endpoint_eq(&c->at[1], &dst) && !f->xlate[0] &&
        !f->xlate[1])
        return;
    struct conn_more *m = conn_more_of(t, c); /* what the packet names is what it sees */
    m->translated = !endpoint_eq(&c->at[0], &src) || !endpoint_eq(&c->at[1], &dst);
    m->mapped[0] = src;
    c->at[1] = dst;
    for (int i = 0; i < 2; i++) {
        m->xlate[i] = f->xlate[i];
        if (m->xlate[i])
            xlate_hold(nat_xlates(t->env.nat), m->xlate[i]);
    }
}

/* The data connection that PARENT has announced. Its log says "inbound" when the parent's does. */
static void join_parent(struct conns *t, struct conn *parent, struct conn *c)
{
    struct gw_msg_conn m = conn_message(t, parent);
    bool inbound = m.initiator.security_level <= m.responder.security_level;

    conn_more_adopt(t, parent, c);
    c->more->direction = inbound ? GW_MSG_INBOUND : GW_MSG_OUTBOUND;
    conn_hole_close(t, parent);
}

struct conn *conns_open(struct conns *t, const struct pkt *p, const struct conn_open *how)
{
    struct key k;

    if (!key_of_packet(p, &k) ||
        (p->kind == PKT_TCP &&
         (p->tcp.flags & (TCP_SYN | TCP_ACK | TCP_RST | TCP_FIN)) != TCP_SYN) ||
        (p->kind == PKT_ICMP && p->icmp.type != (p->ip.version == 6 ? ICMP6_ECHO : ICMP_ECHO)))
        return NULL;
    struct conn *c = conn_pool_take(&t->pool);
    c->id = ++t->next_id;
    c->proto = k.proto;
    c->at[0] = k.from;
    c->at[1] = k.to;
    c->preserve = how->preserve && c->proto == IP_TCP;
    c->icmp_type = p->kind == PKT_ICMP ? (int16_t)p->icmp.type : -1;
    c->icmp_code = p->kind == PKT_ICMP ? (int16_t)p->icmp.code : -1;
    for (int i = 0; i < 2; i++) {
        c->ifi[i] = (uint32_t)how->ifi[i];
        c->tunnel[i] = how->tunnel[i];
    }
    c->born = c->seen = conns_now(t);
    if (p->kind == PKT_TCP)
        conn_tcp_open(t, c, &p->tcp);
    if (how->nat)
        set_ends(t, c, how->nat);
    if (how->parent)
        join_parent(t, how->parent, c);
    if (conn_is_ftp(t, c))
        conn_ftp_begin(t, c);
    put_keys(t, c);
    append(t, c);
    conn_link_tunnels(t, c);
    conn_arm(t, c);
    if (!conns_fault(t, GW_FAULT_NO_302013))
        conn_log_built(t, c);
    return c;
}

void conn_free(struct conns *t, struct conn *c)
{
    conn_unlink_tunnels(t, c);
    wheel_disarm(&t->wheel, &c->timer);
    remove_keys(t, c);
    conn_more_free(t, c);
    if (c->prev)
        c->prev->next = c->next;
    else
        t->oldest = c->next;
    if (c->next)
        c->next->prev = c->prev;
    else
        t->newest = c->prev;
    t->count--;
    t->orphans -= c->orphan;
    conn_pool_give(&t->pool, c);
}

/* --- looking -----------------------------------------------------------------------------------
 */

size_t conns_count(const struct conns *t)
{
    return t->count;
}

size_t conns_most(const struct conns *t)
{
    return t->most;
}

size_t conns_orphans(const struct conns *t)
{
    return t->orphans;
}

uint32_t conn_id(const struct conn *c)
{
    return c->id;
}

uint8_t conn_proto(const struct conn *c)
{
    return c->proto;
}

const struct endpoint *conn_endpoint(const struct conn *c, int side)
{
    return &c->at[side];
}

size_t conn_ifi(const struct conn *c, int side)
{
    return c->ifi[side];
}

uint32_t conn_tunnel(const struct conn *c, int side)
{
    return c->tunnel[side];
}

bool conn_is_orphan(const struct conn *c)
{
    return c->orphan;
}

struct gw_hop *conn_hop(struct conn *c, int side)
{
    return &c->hop[side];
}
