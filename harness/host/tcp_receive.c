/* Data that arrived is compared with the tape at its place, in order or not, and then forgotten:
 * only the ranges are kept. */
#include "host/tcp_conn.h"

#define ACK_DELAY SPAN_MS(40) /* as Linux; RFC 9293 3.8.6.3 allows 500 */

/* Counts the bytes at POS that differ from the tape, but for those that had come before. */
static void count_altered(struct tcp_conn *c, uint64_t pos, struct bytes data)
{
    struct flow *f = &c->flow;
    uint64_t before = f->status.altered;

    while (data.n > 0) {
        size_t same = tape_match(f->tape, flow_other(f), pos - 1, data);
        if (same == data.n)
            break;
        if (intervals_covered(&c->rcv.ooo, pos + same, pos + same + 1) == 0)
            f->status.altered++;
        data = bytes_from(data, same + 1);
        pos += same + 1;
    }
    if (before == 0 && f->status.altered > 0)
        log_say(f->host->log, LOG_WARN, LOG_MODULE,
                "flow %u: byte %llu of the other direction arrived altered", (unsigned)f->id,
                (unsigned long long)(pos - 2));
}

static void verify(struct tcp_conn *c, uint64_t pos, struct bytes data)
{
    struct flow *f = &c->flow;

    if (tape_match(f->tape, flow_other(f), pos - 1, data) < data.n)
        count_altered(c, pos, data);
}

/* Puts AT in front of the places whose ranges are reported first, one place per range. */
static void note_recent(struct tcp_receive *r, uint64_t at)
{
    uint64_t keep[COUNT(r->recent)] = {at};
    uint32_t here = intervals_find(&r->ooo, at);

    for (size_t i = 0, n = 1; i < COUNT(keep) && n < COUNT(keep); i++)
        if (r->recent[i] && intervals_find(&r->ooo, r->recent[i]) != here)
            keep[n++] = r->recent[i];
    memcpy(r->recent, keep, sizeof(keep));
}

void tcp_sack_fill(const struct tcp_conn *c, struct tcp_opts *o, int max)
{
    const struct tcp_receive *r = &c->rcv;

    for (size_t i = 0; i < COUNT(r->recent) && o->sacks < max; i++) {
        uint32_t k = intervals_find(&r->ooo, r->recent[i]);
        if (!r->recent[i] || k == r->ooo.n || r->ooo.v[k].from > r->recent[i])
            continue; /* delivered since */
        o->sack[o->sacks].from = tcp_rcv_seq(c, r->ooo.v[k].from);
        o->sack[o->sacks++].to = tcp_rcv_seq(c, r->ooo.v[k].to);
    }
}

uint16_t tcp_window_offer(struct tcp_conn *c)
{
    struct tcp_receive *r = &c->rcv;
    uint64_t size = c->flow.host->cfg.recv_window;
    uint64_t edge = r->nxt + (size > r->unread ? size - r->unread : 0);
    uint64_t worth = c->snd.mss < size / 2 ? c->snd.mss : size / 2;

    if (edge < r->adv + worth) /* nor back (RFC 9293, 3.8.6) nor by crumbs (3.8.6.2.2) */
        edge = r->adv;
    uint64_t units = (edge - r->nxt + (1u << r->shift) - 1) >> r->shift;
    if (units > UINT16_MAX)
        units = UINT16_MAX;
    if (r->nxt + (units << r->shift) > r->adv)
        r->adv = r->nxt + (units << r->shift);
    return (uint16_t)units;
}

static void arrived_in_order(struct tcp_conn *c, uint64_t to)
{
    struct tcp_receive *r = &c->rcv;
    uint64_t from = r->nxt;

    if (r->ooo.n > 0) {
        r->ack_now = true; /* RFC 5681, 4.2: fills all or part of a gap */
        uint32_t i = intervals_find(&r->ooo, to);
        if (i < r->ooo.n && r->ooo.v[i].from <= to)
            to = r->ooo.v[i].to;
        intervals_trim(&r->ooo, to);
    }
    r->nxt = to;
    if (c->flow.stop_reading)
        r->unread += to - from;
    flow_progress(&c->flow);
}

static void schedule_ack(struct tcp_conn *c)
{
    if (++c->rcv.segs >= 2)
        c->rcv.ack_now = true;
    else if (mono_is_never(c->timers.ack))
        c->timers.ack = mono_add(tcp_now(c), ACK_DELAY);
}

static void data_input(struct tcp_conn *c, uint64_t from, struct bytes data)
{
    struct tcp_receive *r = &c->rcv;
    uint64_t to = from + data.n;

    if (from == r->nxt) {
        verify(c, from, data);
        arrived_in_order(c, to);
        schedule_ack(c);
        return;
    }
    r->ack_now = true;
    if (!intervals_fits(&r->ooo, from, to))
        return; /* as if lost: a range more could not be remembered */
    verify(c, from, data);
    intervals_add(&r->ooo, from, to);
    note_recent(r, from);
}

static void fin_input(struct tcp_conn *c)
{
    c->rcv.nxt++;
    c->rcv.ack_now = true;
    flow_progress(&c->flow);
    switch (c->state) {
    case TCP_ESTABLISHED: c->state = TCP_CLOSE_WAIT; break;
    case TCP_FIN_WAIT_1: c->state = TCP_CLOSING; break;
    case TCP_FIN_WAIT_2: tcp_time_wait(c); break;
    default: break;
    }
}

void tcp_receive(struct tcp_conn *c, const struct tcp_seg *s)
{
    struct tcp_receive *r = &c->rcv;
    int64_t from = s->from + tcp_has(s->t, TCP_SYN), end = from + (int64_t)s->t->data.n;
    int64_t lo = from > (int64_t)r->nxt ? from : (int64_t)r->nxt;
    int64_t hi = end < (int64_t)r->adv ? end : (int64_t)r->adv;
    bool fin = tcp_has(s->t, TCP_FIN) && end >= (int64_t)r->nxt && end < (int64_t)r->adv;

    if (s->t->data.n == 0 && !tcp_has(s->t, TCP_FIN))
        return;
    if (r->fin != POS_NONE) { /* nothing comes after a FIN */
        fin = false;
        if (hi > (int64_t)r->fin)
            hi = (int64_t)r->fin;
    }
    if (lo >= hi && !fin) {
        r->ack_now = true; /* a duplicate, or beyond the window: say where we are */
        return;
    }
    if (fin)
        r->fin = (uint64_t)end;
    if (lo < hi)
        data_input(c, (uint64_t)lo, bytes_of(s->t->data.p + (lo - from), (size_t)(hi - lo)));
    else
        r->ack_now = true;
    if (r->nxt == r->fin)
        fin_input(c);
}

void tcp_read_on(struct tcp_conn *c)
{
    c->rcv.unread = 0;
    if (c->state >= TCP_ESTABLISHED) {
        c->rcv.ack_now = true; /* the window is open again */
        tcp_go(c);
    }
}
