/* The three-way handshake, from both sides (RFC 9293, 3.5 and 3.10.7). */
#include "host/tcp_conn.h"

#define MSS_DEFAULT4 536 /* RFC 9293, 3.7.1 */
#define MSS_DEFAULT6 1220
#define MSS_LEAST    48 /* below it an option-laden segment would hold nothing; as Linux */

static void reset_conn(struct tcp_conn *c)
{
    const struct host *h = c->flow.host;

    intervals_release(&c->rcv.ooo);
    intervals_release(&c->rec.sacked);
    c->snd = (struct tcp_send){.iss = rng_u32(h->rng), .end = 1, .fin = POS_NONE, .nxt = 1};
    c->rcv = (struct tcp_receive){.fin = POS_NONE};
    c->ts = (struct tcp_stamps){.offset = rng_u32(h->rng)};
    c->app = (struct tcp_app){0};
    c->timers = (struct tcp_timers){.resend = MONO_NEVER,
                                    .ack = MONO_NEVER,
                                    .app = MONO_NEVER,
                                    .idle = MONO_NEVER,
                                    .end = MONO_NEVER};
    c->sack_ok = !h->cfg.no_sack;
    c->wscale_ok = !h->cfg.no_window_scale;
    c->ts.on = !h->cfg.no_timestamps;
    c->syn_lost = false;
    while (c->wscale_ok && h->cfg.recv_window >> c->rcv.shift > UINT16_MAX)
        c->rcv.shift++;
    tcp_rtt_init(c);
}

static void send_first_syn(struct tcp_conn *c)
{
    struct mono now = tcp_now(c);

    c->rtt.timing = true;
    c->rtt.end = 1;
    c->rtt.sent = now;
    c->timers.waiting = c->timers.heard = now;
    c->timers.resend = mono_add(now, c->rtt.rto);
    tcp_send_syn(c);
    tcp_timers_arm(c);
}

void tcp_connect(struct tcp_conn *c)
{
    reset_conn(c);
    c->state = TCP_SYN_SENT;
    demux_bind(&c->flow, &c->flow.remote);
    flow_set_state(&c->flow, HOST_FLOW_OPEN, "connecting");
    send_first_syn(c);
}

void tcp_listen_again(struct tcp_conn *c, const char *why)
{
    reset_conn(c);
    c->state = TCP_LISTEN;
    demux_unbind(&c->flow);
    demux_listen(&c->flow, true);
    flow_set_state(&c->flow, HOST_FLOW_WAITING, why);
}

/* What both SYNs say decides what is used. */
static void take_syn(struct tcp_conn *c, const struct tcp *t)
{
    struct tcp_opts o;
    uint32_t wnd = c->flow.host->cfg.recv_window;

    tcp_opts_parse(t->opts, &o);
    c->rcv.irs = t->seq;
    c->rcv.nxt = 1;
    c->rcv.adv = 1 + (wnd < UINT16_MAX ? wnd : UINT16_MAX);
    c->snd.mss_option = c->flow.local.addr.family == 6 ? MSS_DEFAULT6 : MSS_DEFAULT4;
    if (o.mss)
        c->snd.mss_option = o.mss;
    c->snd.shift = o.wscale;
    c->wscale_ok = c->wscale_ok && o.has_wscale;
    if (!c->wscale_ok)
        c->snd.shift = c->rcv.shift = 0; /* RFC 7323, 2.2: both or none */
    c->sack_ok = c->sack_ok && o.sack_permitted;
    c->ts.on = c->ts.on && o.has_ts;
    c->ts.recent = o.tsval;
    c->ts.recent_at = tcp_now(c);
    c->ts.last_ack = 1;
    c->snd.edge = c->snd.una + t->window; /* of a SYN: never scaled */
    c->snd.wnd_max = t->window;
    c->snd.wl1 = 0;
    c->snd.wl2 = (int64_t)c->snd.una;
    tcp_mss_update(c);
}

void tcp_mss_update(struct tcp_conn *c)
{
    size_t hdrs = TCP_HDR_LEN + (c->flow.local.addr.family == 6 ? IP6_HDR_LEN : IP4_HDR_LEN);
    size_t mss = c->flow.mtu - hdrs;

    if (mss > c->snd.mss_option)
        mss = c->snd.mss_option;
    c->snd.mss = (uint16_t)(mss < MSS_LEAST ? MSS_LEAST : mss);
}

void tcp_input_listen(struct tcp_conn *c, const struct tcp *t, const struct endpoint *from)
{
    char text[ENDPOINT_TEXT];

    if (!endpoint_eq(from, &c->flow.remote))
        log_say(c->flow.host->log, LOG_INFO, LOG_MODULE, "flow %u: the opener shows up as %s",
                (unsigned)c->flow.id, endpoint_format(from, text));
    reset_conn(c);
    demux_bind(&c->flow, from);
    demux_listen(&c->flow, false);
    take_syn(c, t);
    c->state = TCP_SYN_RCVD;
    flow_set_state(&c->flow, HOST_FLOW_OPEN, "SYN received");
    send_first_syn(c);
}

void tcp_input_syn_sent(struct tcp_conn *c, const struct tcp *t)
{
    bool acked = tcp_has(t, TCP_ACK);

    if (acked && t->ack != tcp_snd_seq(c, 1)) { /* an answer to somebody else's SYN */
        if (!tcp_has(t, TCP_RST))
            host_tcp_refuse(c->flow.host, &c->flow.local, &c->flow.peer, t);
        return;
    }
    if (tcp_has(t, TCP_RST)) {
        if (acked)
            tcp_close(c, HOST_FLOW_RESET, "connection refused");
        return;
    }
    if (!tcp_has(t, TCP_SYN))
        return;
    take_syn(c, t);
    if (!acked) { /* both opened at once (RFC 9293, figure 7) */
        c->state = TCP_SYN_RCVD;
        tcp_send_syn(c);
        return;
    }
    struct tcp_seg s = {.t = t, .to = 1, .ack = 1};
    tcp_opts_parse(t->opts, &s.o);
    c->rcv.ack_now = true;
    tcp_established(c, &s);
    tcp_go(c);
}

void tcp_established(struct tcp_conn *c, const struct tcp_seg *s)
{
    struct mono now = tcp_now(c);

    c->state = TCP_ESTABLISHED;
    demux_unlisten(&c->flow);
    c->snd.una = 1;
    c->snd.edge = 1 + ((uint64_t)s->t->window << (tcp_has(s->t, TCP_SYN) ? 0 : c->snd.shift));
    c->snd.wnd_max = (uint32_t)tcp_snd_window(c);
    c->snd.wl1 = s->from;
    c->snd.wl2 = s->ack;
    tcp_rtt_acked(c, s);
    tcp_recovery_init(c);
    if (c->syn_lost && !c->rtt.valid)
        c->rtt.rto = SPAN_S(3); /* RFC 6298, 5.7 */
    c->timers.retries = 0;
    c->timers.resend = MONO_NEVER;
    c->timers.waiting = c->timers.heard = now;
    flow_progress(&c->flow);
    log_say(c->flow.host->log, LOG_DEBUG, LOG_MODULE, "flow %u: established, MSS %u%s%s",
            (unsigned)c->flow.id, c->snd.mss, c->sack_ok ? ", SACK" : "",
            c->ts.on ? ", timestamps" : "");
    tcp_app_start(c);
}
