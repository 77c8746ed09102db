/* How a connection ends. */
#include "host/tcp_conn.h"

#define TIME_WAIT_SPAN SPAN_S(60) /* as Linux; RFC 9293 3.4.2 says two MSL, four minutes */

static void stop_timers(struct tcp_conn *c)
{
    struct tcp_timers *t = &c->timers;

    t->resend = t->ack = t->app = t->idle = t->end = MONO_NEVER;
    t->persist = false;
}

void tcp_close(struct tcp_conn *c, enum host_flow_state s, const char *why)
{
    c->state = TCP_CLOSED;
    stop_timers(c);
    wheel_disarm(&c->flow.host->wheel, &c->flow.timer);
    demux_unbind(&c->flow);
    demux_unlisten(&c->flow);
    intervals_release(&c->rcv.ooo);
    intervals_release(&c->rec.sacked);
    if (flow_is_live(&c->flow))
        flow_set_state(&c->flow, s, why);
}

void tcp_time_wait(struct tcp_conn *c)
{
    struct mono ack = c->timers.ack;

    c->state = TCP_TIME_WAIT;
    stop_timers(c);
    c->timers.ack = ack;
    c->timers.end = mono_add(tcp_now(c), TIME_WAIT_SPAN);
    if (flow_is_live(&c->flow))
        flow_set_state(&c->flow, HOST_FLOW_DONE, "both directions closed");
}

/* The peer has said all and heard all, and has since forgotten us: only our FIN was outstanding. */
static bool only_forgotten(const struct tcp_conn *c)
{
    return c->state >= TCP_CLOSING && c->snd.una >= c->snd.end;
}

void tcp_reset_came(struct tcp_conn *c, const struct tcp_seg *s)
{
    if (c->state == TCP_SYN_RCVD && c->flow.side == CONV_B) {
        tcp_listen_again(c, "reset before it was open");
        return;
    }
    bool expected = tcp_app_expects_reset(c);
    if (s->ack > (int64_t)c->snd.una && s->ack <= (int64_t)c->snd.nxt)
        c->snd.una = (uint64_t)s->ack; /* what it acknowledges did arrive */
    if (expected)
        tcp_close(c, HOST_FLOW_DONE, "reset, as in the conversation");
    else if (only_forgotten(c))
        tcp_close(c, HOST_FLOW_DONE, "the peer closed long ago"); /* RFC 9293, 3.10.7.4 */
    else
        tcp_close(c, HOST_FLOW_RESET, "reset");
}
