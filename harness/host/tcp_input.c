/* Segments of a synchronised connection: RFC 9293, 3.10.7.4, with RFC 7323 (PAWS) and RFC 5961
 * (resets and SYNs out of the blue) where Linux follows them. */
#include "host/tcp_conn.h"

#define PAWS_IDLE SPAN_S(24 * 24 * 3600LL) /* RFC 7323, 5.5: then TS.Recent is worth nothing */

static struct tcp_seg place(const struct tcp_conn *c, const struct tcp *t)
{
    struct tcp_seg s = {.t = t, .from = tcp_rcv_pos(c, t->seq)};

    s.to = s.from + (int64_t)t->data.n + tcp_has(t, TCP_SYN) + tcp_has(t, TCP_FIN);
    s.ack = tcp_has(t, TCP_ACK) ? tcp_snd_pos(c, t->ack) : 0;
    tcp_opts_parse(t->opts, &s.o);
    return s;
}

/* A segment without a timestamp is taken all the same, as Linux does: RFC 7323 3.2 lets it go. */
static bool paws_refuses(const struct tcp_conn *c, const struct tcp_seg *s)
{
    return c->ts.on && s->o.has_ts && seq_lt(s->o.tsval, c->ts.recent) && !tcp_has(s->t, TCP_RST) &&
           mono_diff(c->ts.recent_at, tcp_now(c)).ns < PAWS_IDLE.ns;
}

static void note_stamp(struct tcp_conn *c, const struct tcp_seg *s)
{
    if (!c->ts.on || !s->o.has_ts || s->from > (int64_t)c->ts.last_ack ||
        seq_lt(s->o.tsval, c->ts.recent))
        return;
    c->ts.recent = s->o.tsval;
    c->ts.recent_at = tcp_now(c);
}

/* Not wholly before what was acknowledged last, nor wholly beyond the window. This is wider than
 * RFC 9293 3.4 at both ends, as Linux has it: an ACK overtaken by data, or one sent with the window
 * filled to its edge, still counts. */
static bool acceptable(const struct tcp_conn *c, const struct tcp_seg *s)
{
    return s->to >= (int64_t)c->ts.last_ack && s->from <= (int64_t)c->rcv.adv;
}

/* The peer missed our ACK, or probes our window. Its stamp is echoed although RFC 7323 5.3 would
 * pass over a segment left of the window: with an old echo the peer would measure a round trip as
 * long as the outage in which our ACK was lost. */
static void answer_duplicate(struct tcp_conn *c, const struct tcp_seg *s)
{
    if (s->from > (int64_t)c->rcv.nxt - (int64_t)c->flow.host->cfg.recv_window)
        note_stamp(c, s);
    tcp_send_ack(c);
}

static void answer_misfit(struct tcp_conn *c, const struct tcp_seg *s)
{
    if (tcp_has(s->t, TCP_RST))
        return;
    if (s->t->data.n > 0 || tcp_has(s->t, TCP_FIN))
        answer_duplicate(c, s);
    else
        tcp_challenge(c);
}

static void reset_input(struct tcp_conn *c, const struct tcp_seg *s)
{
    uint64_t top = c->rcv.ooo.n ? c->rcv.ooo.v[c->rcv.ooo.n - 1].to : c->rcv.nxt;

    if (s->from != (int64_t)c->rcv.nxt && s->from != (int64_t)top)
        tcp_challenge(c); /* RFC 5961, 3.2 */
    else
        tcp_reset_came(c, s);
}

/* A SYN where none should be. True when the segment is to be processed further. */
static bool syn_input(struct tcp_conn *c, const struct tcp_seg *s)
{
    const struct tcp *t = s->t;

    if (c->state != TCP_SYN_RCVD) {
        tcp_challenge(c); /* RFC 5961, 4.2 */
        return false;
    }
    if (s->from == 0) {
        if (tcp_has(t, TCP_ACK)) { /* of a simultaneous open */
            c->rcv.ack_now = true;
            return true;
        }
        tcp_send_syn(c); /* the peer did not hear our answer */
    } else if (c->flow.side == CONV_B && !tcp_has(t, TCP_ACK)) { /* it begins anew */
        struct endpoint from = c->flow.peer;
        tcp_listen_again(c, "another SYN");
        tcp_input_listen(c, t, &from);
    }
    return false;
}

static void fin_acked(struct tcp_conn *c)
{
    if (c->snd.fin == POS_NONE || c->snd.una <= c->snd.fin)
        return;
    switch (c->state) {
    case TCP_FIN_WAIT_1: c->state = TCP_FIN_WAIT_2; break;
    case TCP_CLOSING: tcp_time_wait(c); break;
    case TCP_LAST_ACK: tcp_close(c, HOST_FLOW_DONE, "both directions closed"); break;
    default: break;
    }
}

static bool open_input(struct tcp_conn *c, const struct tcp_seg *s)
{
    if (s->ack != 1) {
        host_tcp_refuse(c->flow.host, &c->flow.local, &c->flow.peer, s->t);
        return false;
    }
    tcp_established(c, s);
    return true;
}

void tcp_input(struct tcp_conn *c, const struct tcp *t)
{
    struct tcp_seg s = place(c, t);

    if (paws_refuses(c, &s) || !acceptable(c, &s)) {
        answer_misfit(c, &s);
        return;
    }
    if (tcp_has(t, TCP_RST)) {
        reset_input(c, &s);
        return;
    }
    if ((tcp_has(t, TCP_SYN) && !syn_input(c, &s)) || !tcp_has(t, TCP_ACK))
        return;
    if (c->state == TCP_SYN_RCVD && !open_input(c, &s))
        return;
    note_stamp(c, &s);
    c->timers.heard = tcp_now(c);
    c->timers.idle_probes = 0;
    if (!tcp_ack(c, &s))
        return;
    fin_acked(c);
    if (c->state == TCP_CLOSED)
        return;
    tcp_receive(c, &s);
    if (c->state == TCP_TIME_WAIT)
        tcp_time_wait(c); /* starts again with every segment (RFC 9293, 3.10.7.4) */
    tcp_go(c);
}
