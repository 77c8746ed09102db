/* Segments, built in the sink's memory: headers first, then the data straight from the tape. */
#include "host/tcp_conn.h"
#include "wire/checksum.h"

#define CHALLENGE_EVERY SPAN_MS(500) /* as Linux (tcp_invalid_ratelimit): ends ACK wars */
#define TS_OPT_LEN      12

static void stamp(const struct tcp_conn *c, struct tcp_opts *o)
{
    if (!c->ts.on)
        return;
    o->has_ts = true;
    o->tsval = tcp_clock(c);
    o->tsecr = c->ts.recent;
}

uint32_t tcp_clock(const struct tcp_conn *c)
{
    return (uint32_t)(tcp_now(c).ns / 1000000) + c->ts.offset; /* 1 ms: RFC 7323, 5.4 */
}

static int sack_max(const struct tcp_conn *c)
{
    return c->ts.on ? TCP_SACK_BLOCKS - 1 : TCP_SACK_BLOCKS;
}

size_t tcp_room(const struct tcp_conn *c)
{
    size_t opts = c->ts.on ? TS_OPT_LEN : 0;

    if (c->sack_ok && c->rcv.ooo.n > 0) {
        struct tcp_opts o = {0};
        tcp_sack_fill(c, &o, sack_max(c));
        opts += o.sacks ? 4 + 8u * o.sacks : 0;
    }
    return c->snd.mss > opts ? c->snd.mss - opts : 1;
}

/* Sends one segment: LEN bytes of the tape from POS on, unless that is the SYN's place. */
static void put(struct tcp_conn *c, uint8_t flags, uint64_t pos, size_t len,
                const struct tcp_opts *o, uint16_t window)
{
    const struct flow *f = &c->flow;
    uint8_t opts[TCP_OPTS_MAX];
    struct wr ow = wr_of(opts, sizeof(opts)), w;

    tcp_opts_put(&ow, o);
    if (!host_packet_open(f->host, &f->local.addr, &f->peer.addr, IP_TCP, TCP_HDR_LEN + ow.at + len,
                          &w)) {
        if (!f->host->next_hop.known && c->state < TCP_ESTABLISHED)
            neighbor_wait(f->host, &c->flow);
        return;
    }
    size_t start = w.at;
    wr_be16(&w, f->local.port);
    wr_be16(&w, f->peer.port);
    wr_be32(&w, tcp_snd_seq(c, pos));
    wr_be32(&w, flags & TCP_ACK ? tcp_rcv_seq(c, c->rcv.nxt) : 0);
    wr_u8(&w, (uint8_t)((TCP_HDR_LEN + ow.at) / 4 << 4));
    wr_u8(&w, flags);
    wr_be16(&w, window);
    size_t check = wr_hole16(&w);
    wr_be16(&w, 0);
    wr_put(&w, wr_bytes(&ow));
    uint8_t *data = wr_room(&w, len);
    if (data && len > 0)
        tape_read(f->tape, f->side, pos - 1, data, len);
    struct bytes seg = bytes_of(w.p + start, w.at - start);
    uint64_t sum = checksum_pseudo(&f->local.addr, &f->peer.addr, IP_TCP, seg.n);
    wr_fill16(&w, check, checksum_finish(checksum_add(sum, seg)));
    host_packet_send(f->host, &w);
}

static void put_acking(struct tcp_conn *c, uint8_t flags, uint64_t pos, size_t len)
{
    struct tcp_opts o = {0};

    stamp(c, &o);
    if (c->sack_ok && c->rcv.ooo.n > 0)
        tcp_sack_fill(c, &o, sack_max(c));
    put(c, flags | TCP_ACK, pos, len, &o, tcp_window_offer(c));
    c->rcv.ack_now = false;
    c->rcv.segs = 0;
    c->timers.ack = MONO_NEVER;
    c->ts.last_ack = c->rcv.nxt;
}

void tcp_send_syn(struct tcp_conn *c)
{
    const struct host_config *cfg = &c->flow.host->cfg;
    uint8_t flags = c->state == TCP_SYN_RCVD ? TCP_SYN | TCP_ACK : TCP_SYN;
    struct tcp_opts o = {.mss = cfg->mss,
                         .sack_permitted = c->sack_ok,
                         .has_wscale = c->wscale_ok,
                         .wscale = c->rcv.shift};

    stamp(c, &o);
    uint16_t window = cfg->recv_window < UINT16_MAX ? (uint16_t)cfg->recv_window : UINT16_MAX;
    put(c, flags, 0, 0, &o, window);
}

void tcp_send_ack(struct tcp_conn *c)
{
    put_acking(c, 0, c->snd.nxt, 0);
}

void tcp_challenge(struct tcp_conn *c)
{
    struct mono now = tcp_now(c);

    if (c->rcv.last_invalid_ack.ns != 0 &&
        mono_diff(c->rcv.last_invalid_ack, now).ns < CHALLENGE_EVERY.ns)
        return;
    c->rcv.last_invalid_ack = now;
    tcp_send_ack(c);
}

void tcp_send_keepalive(struct tcp_conn *c)
{
    put_acking(c, 0, c->snd.nxt - 1, 0);
}

void tcp_send_probe(struct tcp_conn *c)
{
    uint64_t at = c->snd.una;

    if (at == c->snd.nxt)
        c->snd.probed = true; /* it may be taken, although it does not count as sent */
    if (at == c->snd.fin)
        put_acking(c, TCP_FIN, at, 0);
    else
        put_acking(c, 0, at, 1);
}

void tcp_send_reset(struct tcp_conn *c)
{
    struct tcp_opts o = {0};

    stamp(c, &o);
    put(c, TCP_RST | TCP_ACK, c->snd.nxt, 0, &o, 0);
}

static void count_again(struct tcp_conn *c, uint64_t from, uint64_t to)
{
    struct host_flow_status *s = &c->flow.status;
    uint64_t end = to < c->snd.end ? to : c->snd.end;

    if (end > c->snd.nxt)
        end = c->snd.nxt;
    s->retransmitted_segments++;
    s->retransmitted_bytes += end > from ? end - from : 0;
}

void tcp_send_range(struct tcp_conn *c, struct interval range)
{
    struct tcp_send *snd = &c->snd;
    uint64_t data_end = range.to > snd->end ? snd->end : range.to;
    size_t len = data_end > range.from ? (size_t)(data_end - range.from) : 0;
    struct mono now = tcp_now(c);
    uint8_t flags = 0;

    if (range.to > snd->fin)
        flags |= TCP_FIN;
    if (len > 0 && data_end == snd->end)
        flags |= TCP_PSH; /* RFC 9293, 3.9.1.2: the end of what was written */
    if (range.from < snd->nxt)
        count_again(c, range.from, range.to);
    if (snd->una == snd->nxt)
        c->timers.waiting = now;
    if (range.to > snd->nxt) {
        if (!c->rtt.timing && range.from >= snd->nxt) {
            c->rtt.timing = true;
            c->rtt.end = range.to;
            c->rtt.sent = now;
        }
        snd->nxt = range.to;
    }
    c->timers.sent = now;
    put_acking(c, flags, range.from, len);
}
