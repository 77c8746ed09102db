/* TCP state and the window check of the normalizer's defaults: invalid acknowledgements, segments
 * past the window and resets out of order are dropped; repeated and reordered data passes. Numbers
 * are kept as each sender counts them; conn_rewrite.c maps them for the other side. */
#include "gateway/conn_more.h"

#define WSCALE_MAX 14

static void take_window(struct conn_tcp_side *s, const struct tcp *t)
{
    uint32_t w = (uint32_t)t->window << (tcp_has(t, TCP_SYN) ? 0 : s->wscale);

    if (w > s->window)
        s->window = w;
}

static void take_syn(struct conn_tcp_side *s, const struct tcp *t)
{
    struct tcp_opts o;

    tcp_opts_parse(t->opts, &o);
    s->syn = true;
    s->isn = t->seq;
    s->end = t->seq + 1;
    s->has_wscale = o.has_wscale;
    s->wscale = o.has_wscale ? (o.wscale > WSCALE_MAX ? WSCALE_MAX : o.wscale) : 0;
    take_window(s, t);
}

void conn_tcp_open(struct conns *t, struct conn *c, const struct tcp *syn)
{
    if (t->env.cfg->random_sequence)
        c->tcp[0].offset = rng_u32(t->env.rng);
    take_syn(&c->tcp[0], syn);
    c->tcp[0].syn = false; /* until it is taken in as a packet */
}

/* RFC 7323, 2.2: scaling is on when both offered it. */
static void agree_on_scaling(struct conn *c)
{
    if (c->tcp[0].has_wscale && c->tcp[1].has_wscale)
        return;
    c->tcp[0].wscale = c->tcp[1].wscale = 0;
}

/* The same initiator's SYN, with another ISN, on a connection that never came about: it begins anew
 * (RFC 9293, 3.10.7.4 leaves that to the hosts; a gateway only must not stand in the way). */
static bool take_initial_syn(struct conn *c, const struct tcp *t)
{
    if (c->tcp[1].syn && t->seq != c->tcp[0].isn)
        return false;
    take_syn(&c->tcp[0], t);
    return true;
}

static bool take_syn_ack(struct conns *t, struct conn *c, const struct tcp *s)
{
    struct conn_tcp_side *me = &c->tcp[1], *other = &c->tcp[0];

    if (s->ack != other->isn + 1 || (me->syn && s->seq != me->isn))
        return false;
    if (!me->syn && t->model.randomise_responder && t->env.cfg->random_sequence)
        me->offset = rng_u32(t->env.rng);
    if (!me->syn) {
        take_syn(me, s);
        agree_on_scaling(c);
    }
    other->syn_acked = true;
    me->acked = s->ack;
    me->has_acked = true;
    return true;
}

static uint32_t end_of(const struct pkt *p)
{
    return p->tcp.seq + (uint32_t)p->data_len + tcp_has(&p->tcp, TCP_FIN);
}

/* A reset must lie where its receiver would look for it: not before what was acknowledged. While
 * the connection is half open that is the sender's ISN; nothing is asked upwards. */
static bool reset_fits(const struct conn *c, int side, const struct tcp *t)
{
    const struct conn_tcp_side *me = &c->tcp[side], *other = &c->tcp[!side];

    if (!me->syn) /* a responder that refuses: the number is the acknowledgement's */
        return !tcp_has(t, TCP_ACK) || t->ack == other->isn + 1;
    if (conn_is_embryonic(c))
        return seq_le(me->isn, t->seq);
    return seq_le(other->has_acked ? other->acked : me->isn, t->seq + 1);
}

static bool ack_fits(const struct conn *c, int side, const struct tcp *t)
{
    const struct conn_tcp_side *other = &c->tcp[!side];

    return !tcp_has(t, TCP_ACK) || (other->syn && seq_le(t->ack, other->end));
}

/* Past everything the receiver ever offered: the window is the largest one seen, so that a segment
 * that was under way when it shrank is not punished. */
static bool window_fits(const struct conn *c, int side, const struct pkt *p)
{
    const struct conn_tcp_side *other = &c->tcp[!side];

    if (!other->has_acked || p->data_len == 0)
        return true;
    uint32_t window = other->window ? other->window : 1; /* a probe into a shut window */
    return seq_le(end_of(p), other->acked + window + 1);
}

static void take_segment(struct conn *c, int side, const struct pkt *p)
{
    struct conn_tcp_side *me = &c->tcp[side], *other = &c->tcp[!side];
    const struct tcp *t = &p->tcp;
    uint32_t end = end_of(p);

    if (seq_lt(me->end, end))
        me->end = end;
    if (p->data_len)
        me->data = true;
    if (tcp_has(t, TCP_ACK)) {
        if (!me->has_acked || seq_lt(me->acked, t->ack))
            me->acked = t->ack;
        me->has_acked = true;
        other->syn_acked = other->syn_acked || seq_lt(other->isn, t->ack);
        other->fin_acked = other->fin_acked || (other->fin && seq_le(other->fin_end, t->ack));
    }
    if (tcp_has(t, TCP_FIN) && !me->fin) {
        me->fin = true;
        me->fin_first = !other->fin;
        me->fin_end = end;
    }
    take_window(me, t);
}

static enum gw_reason reset_reason(const struct conns *t, const struct conn *c, int side)
{
    int mine = t->env.ifs->v[c->ifi[side]].level, theirs = t->env.ifs->v[c->ifi[!side]].level;

    if (mine == theirs) /* no inside and outside: the initiator counts as inside */
        return side == 0 ? GW_REASON_RESET_I : GW_REASON_RESET_O;
    return mine > theirs ? GW_REASON_RESET_I : GW_REASON_RESET_O;
}

static bool take_flags(struct conns *t, struct conn *c, int side, const struct pkt *p)
{
    const struct tcp *s = &p->tcp;

    if (tcp_has(s, TCP_RST)) {
        if (!reset_fits(c, side, s))
            return false;
        c->ending = true;
        c->reason = (uint8_t)reset_reason(t, c, side);
        return true;
    }
    if (tcp_has(s, TCP_SYN) && !tcp_has(s, TCP_ACK))
        return side == 0 && take_initial_syn(c, s);
    if (tcp_has(s, TCP_SYN))
        return side == 1 && take_syn_ack(t, c, s);
    if (!c->tcp[side].syn || !ack_fits(c, side, s) || !window_fits(c, side, p))
        return false;
    take_segment(c, side, p);
    return true;
}

/* Both FINs and the ACK of the last: released at once, or after a while with `sysopt connection
 * timewait`. */
static void note_close(struct conns *t, struct conn *c)
{
    if (!c->tcp[0].fin_acked || !c->tcp[1].fin_acked || c->life != CONN_LIVE || c->ending)
        return;
    c->reason = GW_REASON_TCP_FINS;
    if (!t->env.cfg->sysopt.timewait) {
        c->ending = true;
        return;
    }
    conn_log_end(t, c, c->reason);
    c->life = CONN_CLOSED;
    conn_arm(t, c);
}

enum conn_verdict conn_tcp_take(struct conns *t, struct conn *c, int side, const struct pkt *p)
{
    bool was_embryonic = conn_is_embryonic(c);
    bool was_half = c->tcp[0].fin || c->tcp[1].fin;
    struct pkt own = *p;

    own.tcp.ack = conn_ack_back(c, side, own.tcp.ack); /* it acknowledges what it has seen */
    if (!take_flags(t, c, side, &own))
        return CONN_DROP_STATE;
    note_close(t, c);
    /* Another timeout is in force: a shorter one must not wait for the longer. */
    if (was_embryonic != conn_is_embryonic(c) || was_half != (c->tcp[0].fin || c->tcp[1].fin))
        conn_arm(t, c);
    return CONN_PASS;
}

struct tcp conn_reset_for(const struct conn *c, int side)
{
    const struct conn_tcp_side *me = &c->tcp[side], *other = &c->tcp[!side];

    return (struct tcp){.src = conn_mapped(c, !side)->port,
                        .dst = c->at[side].port,
                        .flags = TCP_RST | TCP_ACK,
                        .seq = conn_seq_out(c, !side, me->has_acked ? me->acked : other->end),
                        .ack = me->end};
}

struct tcp conn_ack_for(const struct conn *c, int side, uint32_t ack)
{
    const struct conn_tcp_side *other = &c->tcp[!side];
    uint32_t window = other->window >> other->wscale;

    return (struct tcp){.src = conn_mapped(c, !side)->port,
                        .dst = c->at[side].port,
                        .flags = TCP_ACK,
                        .seq = conn_seq_out(c, !side, other->end),
                        .ack = ack,
                        .window = (uint16_t)(window > UINT16_MAX ? UINT16_MAX : window)};
}
