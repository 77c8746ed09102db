/* TCP flows as the host sees them, and segments that are no flow's. */
#include "base/mem.h"
#include "host/tcp_conn.h"

static struct tcp_conn *conn_of(struct flow *f)
{
    return (struct tcp_conn *)f; /* its first member */
}

static void start(struct flow *f)
{
    tcp_connect(conn_of(f));
}

/* The next hop answered: a handshake that could not go out need not wait for its timer. */
static void reachable(struct flow *f)
{
    struct tcp_conn *c = conn_of(f);

    if (c->state == TCP_CLOSED && flow_is_live(f))
        tcp_connect(c);
    else if (c->state == TCP_SYN_SENT || c->state == TCP_SYN_RCVD)
        tcp_send_syn(c);
}

static void read_on(struct flow *f)
{
    tcp_read_on(conn_of(f));
}

static void fill(const struct flow *f, struct host_flow_status *out)
{
    const struct tcp_conn *c = (const struct tcp_conn *)f;
    uint64_t end = c->snd.end, fin = c->rcv.fin;

    if (c->snd.nxt == 0 || c->rcv.nxt == 0)
        return; /* nothing was synchronised yet */
    out->sent = (c->snd.nxt < end ? c->snd.nxt : end) - 1;
    out->acked = (c->snd.una < end ? c->snd.una : end) - (c->snd.una > 0);
    out->delivered = (c->rcv.nxt < fin ? c->rcv.nxt : fin) - 1;
    out->in_flight = c->state == TCP_CLOSED ? 0 : (uint32_t)(out->sent - out->acked);
}

static void release(struct flow *f)
{
    struct tcp_conn *c = conn_of(f);

    intervals_release(&c->rcv.ooo);
    intervals_release(&c->rec.sacked);
    mem_free(c);
}

static const struct flow_ops tcp_ops = {start, tcp_wake, reachable, read_on, fill, release};

struct flow *tcp_flow_new(enum conv_side side)
{
    struct tcp_conn *c = mem_zalloc(sizeof(*c));

    c->flow.ops = &tcp_ops;
    c->state = side == CONV_B ? TCP_LISTEN : TCP_CLOSED;
    return &c->flow;
}

void host_tcp_refuse(struct host *h, const struct endpoint *local, const struct endpoint *remote,
                     const struct tcp *t)
{
    struct tcp rst = {.src = local->port, .dst = remote->port, .flags = TCP_RST};
    struct wr w;

    if (tcp_has(t, TCP_RST))
        return;
    if (tcp_has(t, TCP_ACK)) {
        rst.seq = t->ack;
    } else {
        rst.flags |= TCP_ACK;
        rst.ack = t->seq + (uint32_t)t->data.n + tcp_has(t, TCP_SYN) + tcp_has(t, TCP_FIN);
    }
    h->stats.resets++;
    if (!host_packet_open(h, &local->addr, &remote->addr, IP_TCP, TCP_HDR_LEN, &w))
        return;
    tcp_put(&w, &rst, &local->addr, &remote->addr);
    host_packet_send(h, &w);
}

/* RFC 9293 3.6.1: a connection in TIME-WAIT makes room for a new one that is clearly newer. */
static bool is_over(const struct flow *f, const struct tcp *t)
{
    const struct tcp_conn *c = (const struct tcp_conn *)f;

    return c->state == TCP_TIME_WAIT && tcp_rcv_pos(c, t->seq) > (int64_t)c->rcv.nxt;
}

static bool syn_for_listener(struct host *h, const struct demux_name *n, const struct tcp *t)
{
    struct flow *f = demux_listener(h, n);

    if (!f)
        return false;
    if (conn_of(f)->state != TCP_LISTEN)
        tcp_listen_again(conn_of(f), "the opener shows up elsewhere");
    tcp_input_listen(conn_of(f), t, &n->remote);
    return true;
}

void host_tcp_input(struct host *h, const struct pkt *p)
{
    const struct tcp *t = &p->tcp;
    struct demux_name n = {CONV_TCP, {p->ip.dst, t->dst}, {p->ip.src, t->src}};
    bool is_syn = (t->flags & (TCP_SYN | TCP_ACK | TCP_RST)) == TCP_SYN;

    if (p->eth.dst.b[0] & 1)
        return; /* TCP has no broadcast (RFC 9293, 3.9.2.3) */
    if (!tcp_checksum_ok(p->ip.payload, &p->ip.src, &p->ip.dst)) {
        h->stats.bad_checksum++;
        return;
    }
    struct flow *f = demux_bound(h, &n);
    if (is_syn && f && is_over(f, t)) {
        tcp_close(conn_of(f), HOST_FLOW_DONE, "its endpoints are used again");
        f = NULL;
    }
    if (!f || conn_of(f)->state == TCP_CLOSED) {
        if (!(is_syn && syn_for_listener(h, &n, t)) && host_owns(h, &p->ip.dst))
            host_tcp_refuse(h, &n.local, &n.remote, t);
    } else if (conn_of(f)->state == TCP_SYN_SENT) {
        tcp_input_syn_sent(conn_of(f), t);
    } else {
        tcp_input(conn_of(f), t);
    }
}

bool tcp_is_in_flight(const struct flow *f, uint32_t seq)
{
    const struct tcp_conn *c = (const struct tcp_conn *)f;
    int64_t pos = tcp_snd_pos(c, seq);

    return pos >= (int64_t)c->snd.una && pos < (int64_t)c->snd.nxt;
}

void tcp_mtu_changed(struct flow *f)
{
    struct tcp_conn *c = conn_of(f);

    if (c->state < TCP_ESTABLISHED)
        return; /* the handshake is small enough for any path */
    tcp_mss_update(c);
    tcp_recovery_resend_all(c); /* what was too big is lost, and that is no sign of congestion */
    tcp_go(c);
}
