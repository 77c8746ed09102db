/* What the TCP normalizer lets pass, with the settings an ASA has by default: segments of a
 * handshake that do not belong there, acknowledgements of what was never sent, data past the window
 * or behind a FIN, resets and FINs out of order and old timestamps are dropped; repeated and
 * reordered data passes. Each reason is a keyword of `show asp drop`.
 *
 * Known from a real device (ASAv 9.16(4), CSCwj61793): while a connection is half open, an
 * acknowledgement of the responder that fits nothing (a challenge ACK) passes; a reset below the
 * initiator's ISN is dropped as tcp-rstfin-ooo; one above it passes, whatever the window. What is
 * not known of it follows the texts of the counters in Cisco's "show asp drop" usage page. */
#include "gateway/conn_parts.h"

#define TS_LIFE SPAN_S(24 * 86400) /* RFC 7323, 5.5: a TS.Recent that old proves nothing */

/* Inside what the receiver has offered, as far as is known. */
static bool in_window(const struct conn *c, int side, uint32_t seq)
{
    const struct conn_tcp_side *other = &c->tcp[!side];

    return other->has_acked && seq_le(other->acked, seq) &&
           seq_lt(seq, other->acked + other->window);
}

static enum gw_drop check_syn(const struct conn *c, int side, const struct tcp *t)
{
    if (!conn_is_embryonic(c))
        return in_window(c, side, t->seq) ? GW_DROP_TCP_RST_SYN : GW_DROP_TCP_SYN_OOO;
    if (side == 1)
        return GW_DROP_TCP_DUAL_OPEN;
    return t->seq == c->tcp[0].isn ? GW_DROP_NONE : GW_DROP_TCP_SEQ_SYN;
}

/* On an established connection only the repetition of one that was lost behind us passes: its
 * sender has not heard that it was acknowledged. */
static enum gw_drop check_syn_ack(const struct conn *c, int side, const struct pkt *p)
{
    const struct conn_tcp_side *me = &c->tcp[side], *other = &c->tcp[!side];
    const struct tcp *t = &p->tcp;
    bool embryonic = conn_is_embryonic(c);

    if (side == 0)
        return embryonic ? GW_DROP_TCP_3WHS : GW_DROP_TCP_SYNACK_OOO;
    if (p->data_len) /* synack-data drop */
        return GW_DROP_TCP_SYNACK_DATA;
    if (!embryonic && (t->seq != me->isn || me->end != me->isn + 1))
        return GW_DROP_TCP_SYNACK_OOO;
    if (seq_le(t->ack, other->isn) || seq_lt(other->end, t->ack))
        return GW_DROP_TCP_ACK_SYN;
    return me->syn && t->seq != me->isn ? GW_DROP_TCP_SEQ_SYN : GW_DROP_NONE;
}

/* A reset must lie where its receiver would look for it: from what was acknowledged to what was
 * sent. While the connection is half open its lower bound is the sender's ISN, and it has no upper
 * one. */
static enum gw_drop check_reset(const struct conn *c, int side, const struct tcp *t)
{
    const struct conn_tcp_side *me = &c->tcp[side], *other = &c->tcp[!side];
    bool fits;

    if (!me->syn) /* a responder that refuses: the number is the acknowledgement's */
        fits = !tcp_has(t, TCP_ACK) || (seq_lt(other->isn, t->ack) && seq_le(t->ack, other->end));
    else if (conn_is_embryonic(c))
        fits = seq_le(me->isn, t->seq);
    else
        fits = seq_le(other->has_acked ? other->acked : me->isn, t->seq + 1) &&
               seq_le(t->seq, me->end);
    if (fits)
        return GW_DROP_NONE;
    return !conn_is_embryonic(c) && in_window(c, side, t->seq) ? GW_DROP_TCP_RST_SYN
                                                               : GW_DROP_TCP_RSTFIN_OOO;
}

/* The third step of the handshake acknowledges the SYN+ACK and nothing else; later ones no more
 * than was sent. */
static bool ack_fits(const struct conn *c, int side, const struct tcp *t)
{
    const struct conn_tcp_side *other = &c->tcp[!side];

    if (!tcp_has(t, TCP_ACK))
        return true;
    if (side == 0 && !other->syn_acked && seq_le(t->ack, other->isn))
        return false;
    return seq_le(t->ack, other->end);
}

/* Past everything the receiver ever offered: the window is the largest one seen, so that a segment
 * that was under way when it shrank is not punished. */
static bool window_fits(const struct conn *c, int side, uint32_t end)
{
    const struct conn_tcp_side *other = &c->tcp[!side];
    uint32_t window = other->window ? other->window : 1; /* a probe into a shut window */

    return !other->has_acked || seq_le(end, other->acked + window + 1);
}

/* RFC 7323, 5.3: a timestamp older than the last one that was in order is of an old duplicate. */
static bool timestamp_fits(const struct conn *c, int side, const struct tcp_opts *o,
                           struct mono now)
{
    const struct conn_tcp_side *me = &c->tcp[side];

    if (!me->has_ts || !c->tcp[!side].has_ts || !o->has_ts || seq_le(me->ts, o->tsval))
        return true;
    return mono_before(mono_add(c->seen, TS_LIFE), now);
}

static enum gw_drop check_fin(const struct conn *c, int side, uint32_t end)
{
    const struct conn_tcp_side *me = &c->tcp[side];

    if (me->fin ? end != me->fin_end : seq_lt(end, me->end))
        return GW_DROP_TCP_RSTFIN_OOO; /* another end than it had, or one before what was sent */
    return window_fits(c, side, end) ? GW_DROP_NONE : GW_DROP_TCP_RSTFIN_OOO;
}

static enum gw_drop check_data(const struct conn *c, int side, uint32_t end)
{
    const struct conn_tcp_side *me = &c->tcp[side];

    if (me->fin && seq_lt(me->fin_end - 1, end))
        return GW_DROP_TCP_PAST_FIN;
    return window_fits(c, side, end) ? GW_DROP_NONE : GW_DROP_TCP_PAST_WINDOW;
}

/* Neither SYN nor RST. */
static enum gw_drop check_segment(const struct conn *c, int side, const struct pkt *p,
                                  const struct tcp_opts *opts, struct mono now)
{
    const struct tcp *t = &p->tcp;
    uint32_t end = conn_tcp_end(p);

    if (!c->tcp[1].syn) {
        bool stray = side == 1 && t->flags & TCP_ACK && end == t->seq;
        return stray ? GW_DROP_NONE : GW_DROP_TCP_3WHS;
    }
    if (!ack_fits(c, side, t))
        return GW_DROP_TCP_INVALID_ACK;
    if (!timestamp_fits(c, side, opts, now))
        return GW_DROP_TCP_PAWS;
    if (tcp_has(t, TCP_FIN))
        return check_fin(c, side, end);
    return p->data_len ? check_data(c, side, end) : GW_DROP_NONE;
}

enum gw_drop conn_tcp_check(const struct conn *c, int side, const struct pkt *p,
                            const struct tcp_opts *opts, struct mono now)
{
    const struct tcp *t = &p->tcp;

    if (tcp_has(t, TCP_RST))
        return check_reset(c, side, t);
    if (tcp_has(t, TCP_SYN))
        return tcp_has(t, TCP_ACK) ? check_syn_ack(c, side, p) : check_syn(c, side, t);
    return check_segment(c, side, p, opts, now);
}
