/* Timers of connections. A packet only notes the time: the timer looks again when it fires. */
#include "gateway/conn_more.h"

bool conn_is_embryonic(const struct conn *c)
{
    return c->proto == IP_TCP && !(c->tcp[0].syn_acked && c->tcp[1].syn_acked);
}

static bool is_half_closed(const struct conn *c)
{
    return c->proto == IP_TCP && (c->tcp[0].fin || c->tcp[1].fin);
}

/* How long it may be idle, in seconds; 0: for ever. And the reason it ends with. */
static uint32_t patience(const struct conns *t, const struct conn *c, enum gw_reason *reason)
{
    const struct gw_timeouts *o = &t->env.cfg->timeouts;
    const struct gw_set_timeouts *set = &t->env.cfg->set_timeouts;

    *reason = GW_REASON_CONN_TIMEOUT;
    if (c->proto == IP_UDP)
        return o->udp;
    if (conn_is_icmp(c))
        return o->icmp;
    if (conn_is_embryonic(c)) {
        *reason = GW_REASON_SYN_TIMEOUT;
        if (set->has_embryonic)
            return set->embryonic;
        return o->embryonic ? o->embryonic : EMBRYONIC_S;
    }
    if (is_half_closed(c)) {
        *reason = GW_REASON_FIN_TIMEOUT;
        return set->has_half_closed ? set->half_closed : o->half_closed;
    }
    return set->has_idle ? set->idle : o->conn;
}

uint32_t conn_patience(const struct conns *t, const struct conn *c)
{
    enum gw_reason reason;

    return patience(t, c, &reason);
}

/* `set connection timeout ... reset`: both hosts learn that it has idled out. */
static enum gw_reason reset_idle(struct conns *t, struct conn *c, enum gw_reason reason)
{
    if (reason != GW_REASON_CONN_TIMEOUT || c->proto != IP_TCP || c->orphan ||
        !t->env.cfg->set_timeouts.reset || !t->env.reset_hosts)
        return reason;
    t->env.reset_hosts(t->env.ctx, c);
    return GW_REASON_TIMED_OUT_RESET;
}

static struct mono due_of(const struct conns *t, const struct conn *c, enum gw_reason *reason)
{
    if (c->ending) { /* its parent has ended */
        *reason = (enum gw_reason)c->reason;
        return c->born;
    }
    if (c->life == CONN_CLOSED)
        return mono_add(c->seen, TIMEWAIT);
    if (c->life == CONN_ZOMBIE) {
        *reason = GW_REASON_TUNNEL_DOWN;
        return mono_add(c->seen, LATE_LOG);
    }
    uint32_t s = patience(t, c, reason);
    if (s == 0 || (c->orphan && conns_fault(t, GW_FAULT_ORPHAN_NEVER_IDLES)))
        return MONO_NEVER;
    if (c->orphan && conns_fault(t, GW_FAULT_ORPHAN_IDLES_EARLY))
        s /= 10;
    if (conns_fault(t, GW_FAULT_TIMERS_LATE))
        s *= 2;
    /* An embryonic connection is not kept by repeated SYNs. */
    return mono_add(conn_is_embryonic(c) ? c->born : c->seen, SPAN_S(s));
}

void conn_arm(struct conns *t, struct conn *c)
{
    enum gw_reason reason;

    wheel_arm(&t->wheel, &c->timer, due_of(t, c, &reason));
}

/* C's timer has fired: it may have been busy since. True: it was its end. */
static bool expire(struct conns *t, struct conn *c)
{
    enum gw_reason reason = GW_REASON_UNKNOWN;

    if (!conn_catch_up(t, c))
        return true;
    if (mono_before(conns_now(t), due_of(t, c, &reason))) {
        conn_arm(t, c);
        return false;
    }
    conn_end(t, c, reset_idle(t, c, reason));
    return true;
}

void conns_tick(struct conns *t)
{
    struct timer *timer;
    size_t n = 0;

    conn_holes_tick(t);
    conn_catch_up_some(t);
    for (int i = 0; i < BATCH && (timer = wheel_expire(&t->wheel, conns_now(t))); i++) {
        n += expire(t, CONTAINER_OF(timer, struct conn, timer));
        if (n >= BREATHE_EVERY && t->env.breathe) {
            t->env.breathe(t->env.ctx);
            n = 0;
        }
    }
}

struct mono conns_deadline(const struct conns *t)
{
    struct mono flows = t->behind ? conns_now(t) : wheel_next(&t->wheel);

    return mono_min(flows, wheel_next(&t->hole_timers));
}
