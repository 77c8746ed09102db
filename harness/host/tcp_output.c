/* What may be sent now, and in which order: what is lost, then what is new, then guesses
 * (RFC 6675, 4: NextSeg), as far as windows allow. */
#include "host/tcp_conn.h"

static bool may_send_data(const struct tcp_conn *c)
{
    switch (c->state) {
    case TCP_ESTABLISHED:
    case TCP_FIN_WAIT_1:
    case TCP_CLOSE_WAIT:
    case TCP_CLOSING:
    case TCP_LAST_ACK: return true;
    default: return false;
    }
}

/* Cuts R to one segment, whose room is for data: a FIN needs none. */
static struct interval one_segment(const struct tcp_conn *c, struct interval r)
{
    uint64_t most = r.from + tcp_room(c);

    if (r.to > most)
        r.to = most == c->snd.fin ? most + 1 : most;
    return r;
}

/* The next segment of new data, when the peer's window takes it and it is not silly (RFC 9293,
 * 3.8.6.2.1, without Nagle's rule: a turn is written as a whole). */
static bool next_new(const struct tcp_conn *c, struct interval *out)
{
    const struct tcp_send *s = &c->snd;
    uint64_t limit = tcp_snd_limit(c);
    struct interval whole = {s->nxt, limit};

    if (s->nxt >= limit || s->edge <= s->nxt)
        return false;
    *out = one_segment(c, whole);
    uint64_t data_end = out->to < s->end ? out->to : s->end;
    if (out->to > s->edge)
        out->to = s->edge;
    return out->to >= data_end || (s->una == s->nxt && out->to - out->from >= s->wnd_max / 2);
}

static bool next_segment(const struct tcp_conn *c, struct interval *out)
{
    if (tcp_next_hole(c, false, out)) {
        *out = one_segment(c, *out);
        return true;
    }
    if (next_new(c, out))
        return true;
    if (c->rec.phase != TCP_RECOVERY || !tcp_next_hole(c, true, out))
        return false;
    *out = one_segment(c, *out);
    return true;
}

/* RFC 5681, 4.1: after an idle time the window says nothing about the path any more. */
static void restart_after_idle(struct tcp_conn *c)
{
    uint32_t first = 10u * c->snd.mss;

    if (c->snd.una == c->snd.nxt && c->rec.cwnd > first &&
        mono_diff(c->timers.sent, tcp_now(c)).ns > c->rtt.rto.ns)
        c->rec.cwnd = first;
}

static void send_data(struct tcp_conn *c)
{
    struct tcp_recovery *r = &c->rec;
    struct interval seg;
    uint64_t pipe;

    if (c->snd.nxt < tcp_snd_limit(c))
        restart_after_idle(c);
    pipe = tcp_pipe(c);
    r->limited = false;
    while (next_segment(c, &seg)) {
        uint64_t n = seg.to - seg.from;
        bool again = seg.from < c->snd.nxt;
        if (pipe > 0 && pipe + n > r->cwnd && !(again && r->force)) {
            r->limited = true;
            break;
        }
        if (again) {
            r->high_rxt = seg.to < c->snd.nxt ? seg.to : c->snd.nxt;
            r->force = false;
        }
        tcp_send_range(c, seg);
        pipe += n;
    }
}

void tcp_output(struct tcp_conn *c)
{
    if (may_send_data(c))
        send_data(c);
    if (c->rcv.ack_now)
        tcp_send_ack(c);
    tcp_timers_set(c);
}
