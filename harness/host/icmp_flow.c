/* ICMP echo flows: side A asks in its turns, side B answers whatever reaches it. */
#include "base/mem.h"
#include "host/dgram.h"

#define ASKED 64 /* requests whose answers are still known */

struct icmp_flow {
    struct dgram_flow d;
    uint64_t requests;  /* sent; the number is the sequence number, modulo 2^16 */
    size_t turn[ASKED]; /* by sequence number */
};

static void send(struct dgram_flow *d, const struct turn *t)
{
    struct icmp_flow *i = (struct icmp_flow *)d;
    const struct flow *f = &d->flow;
    uint8_t *buf = host_scratch(f->host);
    struct wr w = wr_of(buf, HOST_SCRATCH / 2);
    uint8_t *data = buf + HOST_SCRATCH / 2;
    bool six = f->local.addr.family == 6;

    if (t->len > HOST_SCRATCH / 2 - ICMP_HDR_LEN)
        return; /* no capture has one */
    tape_read(f->tape, f->side, t->offset, data, (size_t)t->len);
    i->turn[++i->requests % ASKED] = d->at;
    struct icmp m = {.type = six ? ICMP6_ECHO : ICMP_ECHO,
                     .rest = (uint32_t)f->remote.port << 16 | (uint16_t)i->requests,
                     .data = bytes_of(data, (size_t)t->len)};
    icmp_put(&w, &m, &f->local.addr, &f->peer.addr);
    if (!w.err)
        host_datagram_send(f->host, &f->local.addr, &f->peer.addr, six ? IP_ICMPV6 : IP_ICMP,
                           wr_bytes(&w), f->mtu);
}

static const struct flow_ops icmp_ops = {dgram_start, dgram_wake, dgram_reachable,
                                         NULL,        dgram_fill, dgram_free};

struct flow *icmp_flow_new(enum conv_side side)
{
    struct icmp_flow *i = mem_zalloc(sizeof(*i));

    i->d.flow.ops = &icmp_ops;
    i->d.send = send;
    i->d.answers_only = side == CONV_B;
    return &i->d.flow;
}

static struct demux_name name_of(const struct pkt *p)
{
    return (struct demux_name){.proto = CONV_ICMP,
                               .local.addr = p->ip.dst,
                               .remote = {p->ip.src, (uint16_t)(p->icmp.rest >> 16)}};
}

bool icmp_flow_request(struct host *h, const struct pkt *p)
{
    struct demux_name n = name_of(p);
    struct flow *f = demux_bound(h, &n);

    if (!f) {
        f = dgram_listener(h, &n, p->icmp.data);
        if (!f)
            return false; /* an ordinary ping */
        demux_bind(f, &n.remote);
        demux_listen(f, false);
    }
    if (f->side == CONV_A)
        return false;
    struct dgram_flow *d = (struct dgram_flow *)f;
    dgram_begin(d);
    dgram_take(d, p->icmp.data);
    f->status.sent += p->icmp.data.n;
    host_echo_answer(h, p);
    dgram_run(d);
    return true;
}

/* The turn of the other side that the answer to turn ASKED is: the next one not yet answered. */
static size_t turn_answered(const struct dgram_flow *d, size_t asked)
{
    const struct tape *tape = d->flow.tape;
    size_t i = asked + 1;

    for (; i < tape->conv->nturns && i < asked + DGRAM_WINDOW; i++)
        if (tape_turn(tape, i).from != d->flow.side && !dgram_came(d, i))
            break;
    return i;
}

static void count_answer(struct dgram_flow *d, size_t asked, struct bytes data)
{
    struct flow *f = &d->flow;
    struct turn t = tape_turn(f->tape, asked);
    size_t answered = turn_answered(d, asked);

    for (size_t at = 0; at < data.n; at++)
        if (at >= t.len ||
            tape_match(f->tape, f->side, t.offset + at, bytes_of(data.p + at, 1)) == 0)
            f->status.altered++;
    f->status.delivered += data.n;
    dgram_mark(d, asked);
    dgram_mark(d, answered);
    if (answered >= d->seen)
        d->seen = answered + 1;
    flow_progress(f);
}

bool icmp_flow_reply(struct host *h, const struct pkt *p)
{
    struct demux_name n = name_of(p);
    struct flow *f = demux_bound(h, &n);

    if (!f || f->side != CONV_A)
        return false;
    struct icmp_flow *i = (struct icmp_flow *)f;
    uint16_t seq = (uint16_t)p->icmp.rest, age = (uint16_t)(i->requests - seq);
    size_t asked = i->turn[seq % ASKED];
    if (age >= ASKED || age >= i->requests || asked + DGRAM_WINDOW <= i->d.at ||
        dgram_came(&i->d, asked))
        return false; /* too late, or a second copy */
    count_answer(&i->d, asked, p->icmp.data);
    dgram_run(&i->d);
    return true;
}
