/* Pinholes: data connections that a control channel has announced. */
#include "base/hash.h"
#include "gateway/conn_more.h"

/* How long one is kept. Cisco's guides name the reason, "no packets passed through this flow within
 * the timeout interval", and not the interval: that of embryonic connections is taken. */
#define HOLE_LIFE SPAN_S(30)

struct key {
    struct ip_addr from;
    struct endpoint to;
};

static uint64_t hash_of(const struct conns *t, const struct key *k)
{
    uint8_t b[40];
    struct wr w = wr_of(b, sizeof(b));

    wr_put(&w, bytes_of(k->from.b, ip_addr_len(&k->from)));
    wr_put(&w, bytes_of(k->to.addr.b, ip_addr_len(&k->to.addr)));
    wr_be16(&w, k->to.port);
    return hash_bytes(wr_bytes(&w), t->hash_key);
}

static bool is_it(const void *ctx, uint32_t slot, const void *key)
{
    const struct conns *t = ctx;
    const struct pinhole *h = &conn_pool_at(&t->pool, slot)->more->ftp->hole;
    const struct key *k = key;

    return ip_addr_eq(&h->from, &k->from) && endpoint_eq(&h->to, &k->to);
}

void conn_hole_close(struct conns *t, struct conn *c)
{
    struct pinhole *h = &c->more->ftp->hole;
    struct key k = {h->from, h->to};

    if (!h->open)
        return;
    h->open = false;
    wheel_disarm(&t->hole_timers, &h->timer);
    map_remove(&t->holes, hash_of(t, &k), c->slot);
    if (h->xlate)
        xlate_let_go(nat_xlates(t->env.nat), h->xlate);
    h->xlate = NULL;
}

void conn_hole_open(struct conns *t, struct conn *c, const struct pinhole *like)
{
    struct pinhole *h = &c->more->ftp->hole;
    struct key k = {like->from, like->to};

    if (like->xlate)
        xlate_hold(nat_xlates(t->env.nat), like->xlate);
    conn_hole_close(t, c);
    *h = *like;
    h->open = true;
    h->slot = c->slot;
    h->born = conns_now(t);
    /* two hosts cannot be expected at one end: the newer control channel has it */
    uint32_t other = map_find(&t->holes, hash_of(t, &k), is_it, t, &k);
    if (other != MAP_NONE)
        conn_hole_close(t, conn_pool_at(&t->pool, other));
    map_put(&t->holes, hash_of(t, &k), c->slot);
    wheel_arm(&t->hole_timers, &h->timer, mono_add(h->born, HOLE_LIFE));
}

struct conn *conns_expected(struct conns *t, const struct pkt *p, struct nat_flow *f)
{
    struct key k = {p->ip.src, f->dst};

    if (p->kind != PKT_TCP || t->holes.used == 0)
        return NULL;
    uint32_t slot = map_find(&t->holes, hash_of(t, &k), is_it, t, &k);
    if (slot == MAP_NONE)
        return NULL;
    struct conn *c = conn_pool_at(&t->pool, slot);
    if (t->behind && !conn_catch_up(t, c))
        return NULL;
    struct pinhole *h = &c->more->ftp->hole;
    if (c->ifi[h->opener] != f->in || c->life != CONN_LIVE)
        return NULL;
    f->real_dst = h->real_to;
    f->xlate[1] = h->xlate;
    f->rule[1] = NULL;
    f->expected = true;
    return c;
}

/* The connection that never came: its initiator's port is not known, and printed as 0. Whether a
 * device logs 302013 when it opens a pinhole is not known: here it does when the connection comes.
 */
static void log_unused(struct conns *t, struct conn *c)
{
    const struct pinhole *h = &c->more->ftp->hole;
    struct gw_msg_conn parent = conn_message(t, c);
    const struct gw_msg_side *opener = h->opener == 0 ? &parent.initiator : &parent.responder;
    const struct gw_msg_side *other = h->opener == 0 ? &parent.responder : &parent.initiator;
    struct gw_msg_conn m = {
        .id = ++t->next_id, .proto = IP_TCP, .initiator = *opener, .responder = *other};

    m.initiator.port = m.initiator.mapped_port = 0;
    m.responder.addr = h->real_to.addr;
    m.responder.port = h->real_to.port;
    m.responder.mapped = h->to.addr;
    m.responder.mapped_port = h->to.port;
    gw_msg_teardown(t->env.log, &m, mono_diff(h->born, conns_now(t)), 0, GW_REASON_PINHOLE_TIMEOUT);
}

void conn_holes_tick(struct conns *t)
{
    struct timer *timer;

    while ((timer = wheel_expire(&t->hole_timers, conns_now(t)))) {
        struct pinhole *h = CONTAINER_OF(timer, struct pinhole, timer);
        struct conn *c = conn_pool_at(&t->pool, h->slot);
        log_unused(t, c);
        conn_hole_close(t, c);
    }
}
