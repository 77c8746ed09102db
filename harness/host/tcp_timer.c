/* What happens when nothing happens: retransmission (RFC 6298), window probes (RFC 9293 3.8.6.1),
 * delayed ACKs, keep-alive (RFC 9293 3.8.4), TIME-WAIT. */
#include "host/tcp_conn.h"

#define RETRIES         15 /* as Linux: tcp_retries2 */
#define SYN_RETRIES     6  /* tcp_syn_retries */
#define SYN_ACK_RETRIES 5  /* tcp_synack_retries */
#define PERSIST_MAX     SPAN_S(120)
#define IDLE_EVERY      SPAN_S(75) /* tcp_keepalive_intvl */
#define IDLE_PROBES     9          /* tcp_keepalive_probes */

static bool is_due(struct mono when, struct mono now)
{
    return !mono_before(now, when);
}

static struct span persist_span(const struct tcp_conn *c)
{
    struct span d = c->rtt.rto;

    for (int i = 0; i < c->timers.backoff && d.ns < PERSIST_MAX.ns; i++)
        d.ns *= 2;
    return d.ns < PERSIST_MAX.ns ? d : PERSIST_MAX;
}

void tcp_timers_set(struct tcp_conn *c)
{
    struct tcp_timers *t = &c->timers;

    if (c->state < TCP_ESTABLISHED)
        return; /* SYNs have their own */
    if (c->snd.una < c->snd.nxt) {
        if (mono_is_never(t->resend) || t->persist)
            t->resend = mono_add(tcp_now(c), c->rtt.rto);
        t->persist = false;
    } else if (c->snd.nxt < tcp_snd_limit(c)) { /* the peer's window is too small */
        if (mono_is_never(t->resend) || !t->persist) {
            t->backoff = 0;
            t->resend = mono_add(tcp_now(c), persist_span(c));
            t->waiting = tcp_now(c);
        }
        t->persist = true;
    } else {
        t->resend = MONO_NEVER;
        t->persist = false;
    }
}

void tcp_timers_restart(struct tcp_conn *c)
{
    if (!c->timers.persist)
        c->timers.resend = MONO_NEVER;
    tcp_timers_set(c);
}

/* When the user's patience ends; MONO_NEVER when nothing is owed. */
static struct mono patience(const struct tcp_conn *c)
{
    struct span limit = c->flow.host->cfg.user_timeout;

    if (limit.ns <= 0 || mono_is_never(c->timers.resend))
        return MONO_NEVER;
    return mono_add(c->timers.waiting, limit);
}

void tcp_timers_arm(struct tcp_conn *c)
{
    const struct tcp_timers *t = &c->timers;
    struct mono due = mono_min(mono_min(t->resend, t->ack), mono_min(t->app, t->idle));

    flow_wake_by(&c->flow, mono_min(mono_min(due, t->end), patience(c)));
}

static int retries_allowed(const struct tcp_conn *c)
{
    if (c->flow.host->cfg.user_timeout.ns > 0)
        return INT32_MAX; /* time decides, not the count */
    switch (c->state) {
    case TCP_SYN_SENT: return SYN_RETRIES;
    case TCP_SYN_RCVD: return SYN_ACK_RETRIES;
    default: return RETRIES;
    }
}

static void give_up(struct tcp_conn *c)
{
    if (c->state == TCP_SYN_RCVD && c->flow.side == CONV_B)
        tcp_listen_again(c, "the opener went away");
    else
        tcp_close(c, HOST_FLOW_GAVE_UP, "no answer for too long");
}

/* True when another try is allowed, and counts it. */
static bool try_again(struct tcp_conn *c)
{
    if (c->timers.retries >= retries_allowed(c)) {
        give_up(c);
        return false;
    }
    if (c->timers.retries < UINT8_MAX)
        c->timers.retries++;
    neighbor_doubt(c->flow.host);
    return true;
}

static void resend_syn(struct tcp_conn *c)
{
    c->syn_lost = true;
    tcp_rtt_sent_again(c);
    c->flow.status.retransmitted_segments++;
    tcp_rtt_backoff(c);
    c->timers.resend = mono_add(tcp_now(c), c->rtt.rto);
    tcp_send_syn(c);
}

/* A window that is shut gets one byte; one that is merely too small to bother gets what it takes.
 */
static void probe_window(struct tcp_conn *c)
{
    struct tcp_send *s = &c->snd;

    c->flow.status.window_probes++;
    if (c->timers.backoff < UINT8_MAX)
        c->timers.backoff++;
    if (s->una == s->nxt && s->edge > s->nxt) {
        uint64_t to = s->edge, most = s->nxt + tcp_room(c), limit = tcp_snd_limit(c);
        to = to < most ? to : most;
        tcp_send_range(c, (struct interval){s->nxt, to < limit ? to : limit});
        tcp_timers_set(c);
    } else {
        tcp_send_probe(c);
        c->timers.resend = mono_add(tcp_now(c), persist_span(c));
    }
}

static void resend_due(struct tcp_conn *c)
{
    if (!try_again(c))
        return;
    if (c->state < TCP_ESTABLISHED) {
        resend_syn(c);
    } else if (c->timers.persist || tcp_snd_window(c) == 0) {
        probe_window(c);
    } else {
        c->flow.status.rto_fired++;
        log_say(c->flow.host->log, LOG_DEBUG, LOG_MODULE,
                "flow %u: retransmission timeout %u at byte %llu", (unsigned)c->flow.id,
                c->timers.retries, (unsigned long long)(c->snd.una - 1));
        tcp_recovery_timeout(c);
        tcp_rtt_backoff(c);
        c->timers.resend = MONO_NEVER;
        tcp_go(c);
    }
}

static void idle_due(struct tcp_conn *c)
{
    struct tcp_timers *t = &c->timers;
    struct mono now = tcp_now(c), due = mono_add(t->heard, tcp_app_patience(c));

    if (!is_due(due, now) && t->idle_probes == 0) {
        t->idle = due;
        return;
    }
    t->idle = mono_add(now, IDLE_EVERY);
    if (c->snd.una < c->snd.nxt || c->timers.persist)
        return; /* other timers find out */
    if (t->idle_probes >= IDLE_PROBES) {
        tcp_close(c, HOST_FLOW_GAVE_UP, "keep-alive was not answered");
        return;
    }
    t->idle_probes++;
    tcp_send_keepalive(c);
}

void tcp_wake(struct flow *f)
{
    struct tcp_conn *c = (struct tcp_conn *)f;
    struct tcp_timers *t = &c->timers;
    struct mono now = tcp_now(c);

    if (is_due(patience(c), now))
        give_up(c);
    if (is_due(t->end, now))
        tcp_close(c, HOST_FLOW_DONE, "TIME-WAIT is over");
    if (is_due(t->ack, now))
        tcp_send_ack(c);
    if (is_due(t->resend, now))
        resend_due(c);
    if (is_due(t->idle, now))
        idle_due(c);
    if (is_due(t->app, now)) {
        t->app = MONO_NEVER;
        tcp_go(c);
    }
    tcp_timers_arm(c);
}
