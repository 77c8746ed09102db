/* What the peer acknowledges and offers: RFC 9293 3.10.7.4, fifth check; RFC 2018 for SACK. */
#include "host/tcp_conn.h"

static bool window_input(struct tcp_conn *c, const struct tcp_seg *s)
{
    struct tcp_send *snd = &c->snd;
    uint64_t wnd = (uint64_t)s->t->window << snd->shift, edge = (uint64_t)s->ack + wnd;
    bool changed = edge != snd->edge;

    if (s->from < snd->wl1 || (s->from == snd->wl1 && s->ack < snd->wl2))
        return false; /* older than what is known */
    snd->wl1 = s->from;
    snd->wl2 = s->ack;
    snd->edge = edge;
    if (wnd > snd->wnd_max)
        snd->wnd_max = (uint32_t)wnd;
    return changed;
}

/* Enters SACK blocks into the scoreboard; returns how many bytes are newly covered. Blocks that
 * cannot be (not translated with the sequence numbers on the way, or duplicates reported by
 * RFC 2883) are passed over. */
static uint64_t sack_input(struct tcp_conn *c, const struct tcp_seg *s, int64_t ack)
{
    uint64_t fresh = 0;

    for (int i = 0; c->sack_ok && i < s->o.sacks; i++) {
        int64_t from = tcp_snd_pos(c, s->o.sack[i].from), to = tcp_snd_pos(c, s->o.sack[i].to);
        if (from > ack && from < to && to <= (int64_t)c->snd.nxt)
            fresh += intervals_add(&c->rec.sacked, (uint64_t)from, (uint64_t)to);
    }
    return fresh;
}

static void advance(struct tcp_conn *c, const struct tcp_seg *s)
{
    uint64_t n = (uint64_t)s->ack - c->snd.una;

    if ((uint64_t)s->ack > c->snd.nxt)
        c->snd.nxt = (uint64_t)s->ack; /* the probe was taken */
    c->snd.probed = false;
    c->snd.una = (uint64_t)s->ack;
    intervals_trim(&c->rec.sacked, c->snd.una);
    tcp_rtt_acked(c, s);
    tcp_recovery_acked(c, n);
    c->timers.retries = 0;
    c->timers.waiting = tcp_now(c);
    tcp_timers_restart(c);
    flow_progress(&c->flow);
}

bool tcp_ack(struct tcp_conn *c, const struct tcp_seg *s)
{
    struct tcp_send *snd = &c->snd;
    bool was_shut = tcp_snd_window(c) == 0;

    if (s->ack > (int64_t)(snd->nxt + snd->probed) ||
        s->ack < (int64_t)snd->una - (int64_t)snd->wnd_max) { /* RFC 5961, 5.2 */
        tcp_challenge(c);
        return false;
    }
    if (s->ack < (int64_t)snd->una)
        return true; /* overtaken: its data may still be new */
    uint64_t fresh = sack_input(c, s, s->ack);
    bool moved = window_input(c, s);
    bool in_flight = snd->una < snd->nxt;
    if (was_shut)
        c->timers.retries =
            0; /* the peer lives, so it may stay shut for ever (RFC 9293, 3.8.6.1) */
    if (tcp_snd_window(c) > 0)
        c->timers.backoff = 0;
    if (s->ack > (int64_t)snd->una) {
        advance(c, s);
    } else if (in_flight) {
        bool pure = s->t->data.n == 0 && !tcp_has(s->t, TCP_FIN | TCP_SYN);
        if (c->sack_ok ? fresh > 0 : pure && !moved) /* RFC 6675, 2; RFC 5681, 2 */
            c->rec.dupacks++;
    }
    tcp_recovery_check(c);
    if (was_shut && tcp_snd_window(c) > 0 && snd->una < snd->nxt)
        tcp_recovery_resend_all(c); /* what was sent against the shut window was thrown away */
    return true;
}
