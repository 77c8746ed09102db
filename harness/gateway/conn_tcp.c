/* TCP state, from the segments that conn_check.c lets pass. Numbers are kept as each sender counts
 * them; conn_rewrite.c maps them for the other side. */
#include "gateway/conn_more.h"

#define WSCALE_MAX 14

static void take_window(struct conn_tcp_side *s, const struct tcp *t)
{
    uint32_t w = (uint32_t)t->window << (tcp_has(t, TCP_SYN) ? 0 : s->wscale);

    if (w > s->window)
        s->window = w;
}

static void take_syn(struct conn_tcp_side *s, const struct pkt *p, const struct tcp_opts *o)
{
    s->syn = true;
    s->isn = p->tcp.seq;
    s->end = p->tcp.seq + 1 + (uint32_t)p->data_len; /* syn-data allow */
    s->data |= p->data_len != 0;
    s->has_wscale = o->has_wscale;
    s->wscale = o->has_wscale ? (o->wscale > WSCALE_MAX ? WSCALE_MAX : o->wscale) : 0;
    s->has_ts = o->has_ts;
    s->ts = o->tsval;
    take_window(s, &p->tcp);
}

void conn_tcp_open(struct conns *t, struct conn *c, const struct tcp *syn)
{
    if (t->env.cfg->random_sequence != conns_fault(t, GW_FAULT_ISN_INVERTED))
        c->tcp[0].offset = rng_u32(t->env.rng);
    c->tcp[0].isn = syn->seq; /* the rest comes when it is taken in as a packet */
}

/* RFC 7323, 2.2: scaling is on when both offered it. */
static void agree_on_scaling(struct conn *c)
{
    if (c->tcp[0].has_wscale && c->tcp[1].has_wscale)
        return;
    c->tcp[0].wscale = c->tcp[1].wscale = 0;
}

static void take_syn_ack(struct conns *t, struct conn *c, const struct pkt *p,
                         const struct tcp_opts *o)
{
    struct conn_tcp_side *me = &c->tcp[1], *other = &c->tcp[0];

    if (!me->syn && t->model.randomise_responder && t->env.cfg->random_sequence)
        me->offset = rng_u32(t->env.rng);
    if (!me->syn) {
        take_syn(me, p, o);
        agree_on_scaling(c);
    }
    other->syn_acked = true;
    if (!me->has_acked || seq_lt(me->acked, p->tcp.ack))
        me->acked = p->tcp.ack;
    me->has_acked = true;
}

/* RFC 7323, 4.3: only of a segment that begins at or before what was acknowledged last. */
static void take_timestamp(struct conn *c, int side, const struct tcp *t, const struct tcp_opts *o)
{
    struct conn_tcp_side *me = &c->tcp[side], *other = &c->tcp[!side];

    if (me->has_ts && o->has_ts && other->has_acked && seq_le(t->seq, other->acked))
        me->ts = o->tsval;
}

static void take_segment(struct conn *c, int side, const struct pkt *p, const struct tcp_opts *o)
{
    struct conn_tcp_side *me = &c->tcp[side], *other = &c->tcp[!side];
    const struct tcp *t = &p->tcp;
    uint32_t end = conn_tcp_end(p);

    take_timestamp(c, side, t, o);
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

/* Between equal levels the initiator counts as the outside: a real 9.16 logs its reset as "TCP
 * Reset-O", and builds its connections "inbound". */
static enum gw_reason reset_reason(const struct conns *t, const struct conn *c, int side)
{
    int mine = t->env.ifs->v[c->ifi[side]].level, theirs = t->env.ifs->v[c->ifi[!side]].level;

    if (mine == theirs)
        return side == 0 ? GW_REASON_RESET_O : GW_REASON_RESET_I;
    return mine > theirs ? GW_REASON_RESET_I : GW_REASON_RESET_O;
}

static void take_flags(struct conns *t, struct conn *c, int side, const struct pkt *p,
                       const struct tcp_opts *o)
{
    const struct tcp *s = &p->tcp;

    if (tcp_has(s, TCP_RST)) {
        c->ending = true;
        c->reason = (uint8_t)reset_reason(t, c, side);
    } else if (tcp_has(s, TCP_SYN) && tcp_has(s, TCP_ACK)) {
        take_syn_ack(t, c, p, o);
    } else if (tcp_has(s, TCP_SYN)) {
        if (!c->tcp[0].syn) /* else it is the same again */
            take_syn(&c->tcp[0], p, o);
    } else if (c->tcp[1].syn) { /* else it is a stray that passes, and means nothing */
        take_segment(c, side, p, o);
    }
}

/* Both FINs and the ACK of the last: released at once, or after a while with `sysopt connection
 * timewait`. */
static void note_close(struct conns *t, struct conn *c)
{
    if (!c->tcp[0].fin_acked || !c->tcp[1].fin_acked || c->life != CONN_LIVE || c->ending)
        return;
    c->reason = GW_REASON_TCP_FINS;
    if (t->env.cfg->sysopt.timewait == conns_fault(t, GW_FAULT_TIMEWAIT_INVERTED)) {
        c->ending = true;
        return;
    }
    conn_log_end(t, c, c->reason);
    c->life = CONN_CLOSED;
    conn_arm(t, c);
}

static void log_duplicate_syn(const struct conns *t, const struct conn *c)
{
    struct gw_msg_packet m = {.proto = IP_TCP,
                              .src = c->at[0].addr,
                              .sport = c->at[0].port,
                              .dst = c->at[1].addr,
                              .dport = c->at[1].port};

    gw_msg_duplicate_syn(t->env.log, &m, t->env.ifs->v[c->ifi[0]].nameif,
                         t->env.ifs->v[c->ifi[1]].nameif);
}

enum gw_drop conn_tcp_take(struct conns *t, struct conn *c, int side, const struct pkt *p)
{
    bool was_embryonic = conn_is_embryonic(c);
    bool was_half = c->tcp[0].fin || c->tcp[1].fin;
    struct pkt own = *p;
    struct tcp_opts opts = {0};

    own.tcp.ack = conn_ack_back(c, side, own.tcp.ack); /* it acknowledges what it has seen */
    if (p->tcp.opts.n)
        tcp_opts_parse(p->tcp.opts, &opts);
    enum gw_drop why = conn_tcp_check(c, side, &own, &opts, conns_now(t));
    if (conns_fault(t, GW_FAULT_WINDOW_IGNORED))
        why = GW_DROP_NONE;
    if (why == GW_DROP_TCP_SEQ_SYN && side == 0 && !conns_fault(t, GW_FAULT_NO_PACKET_LOG))
        log_duplicate_syn(t, c);
    if (why != GW_DROP_NONE)
        return why;
    take_flags(t, c, side, &own, &opts);
    note_close(t, c);
    /* Another timeout is in force: a shorter one must not wait for the longer. */
    if (was_embryonic != conn_is_embryonic(c) || was_half != (c->tcp[0].fin || c->tcp[1].fin))
        conn_arm(t, c);
    return GW_DROP_NONE;
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
