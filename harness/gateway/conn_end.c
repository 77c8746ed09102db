/* What the log says of connections that begin and end, and their ending. */
#include "gateway/conn_more.h"

struct gw_msg_conn conn_message(const struct conns *t, const struct conn *c)
{
    struct gw_msg_conn m = {.id = c->id,
                            .proto = c->proto,
                            .icmp_type = c->icmp_type,
                            .icmp_code = c->icmp_code,
                            .direction = c->more ? (enum gw_msg_direction)c->more->direction
                                                 : GW_MSG_BY_LEVELS};
    struct gw_msg_side *sides[2] = {&m.initiator, &m.responder};

    for (int i = 0; i < 2; i++) {
        const struct netif *n = &t->env.ifs->v[c->ifi[i]];
        *sides[i] = (struct gw_msg_side){.nameif = n->nameif,
                                         .security_level = n->level,
                                         .addr = c->at[i].addr,
                                         .mapped = conn_mapped(c, i)->addr,
                                         .port = c->at[i].port,
                                         .mapped_port = conn_mapped(c, i)->port};
    }
    return m;
}

void conn_log_built(struct conns *t, const struct conn *c)
{
    struct gw_msg_conn m = conn_message(t, c);

    gw_msg_built(t->env.log, &m);
}

/* The interface that C's end came from: of the reset, or of the first FIN. */
static const char *ended_by(const struct gw_msg_conn *m, const struct conn *c,
                            enum gw_reason reason)
{
    bool lower = m->initiator.security_level <= m->responder.security_level;

    switch (reason) {
    case GW_REASON_TCP_FINS:
    case GW_REASON_FIN_TIMEOUT:
        return c->tcp[0].fin_first   ? m->initiator.nameif
               : c->tcp[1].fin_first ? m->responder.nameif
                                     : NULL;
    case GW_REASON_RESET_O: return lower ? m->initiator.nameif : m->responder.nameif;
    case GW_REASON_RESET_I: return lower ? m->responder.nameif : m->initiator.nameif;
    default: return NULL;
    }
}

void conn_log_end(struct conns *t, const struct conn *c, enum gw_reason reason)
{
    struct conn_ending e = {.m = conn_message(t, c),
                            .lasted = mono_diff(c->born, conns_now(t)),
                            .bytes = c->bytes,
                            .reason = reason};

    e.m.ended_by = ended_by(&e.m, c, reason);
    if (conn_fault_ending(t, c, &e))
        gw_msg_teardown(t->env.log, &e.m, e.lasted, e.bytes, e.reason);
    if (reason == GW_REASON_TUNNEL_DOWN && conns_fault(t, GW_FAULT_DOUBLE_302014))
        gw_msg_teardown(t->env.log, &e.m, e.lasted, e.bytes, e.reason);
}

void conn_end(struct conns *t, struct conn *c, enum gw_reason reason)
{
    if (c->life != CONN_CLOSED) /* TIME-WAIT: it was logged when it closed */
        conn_log_end(t, c, reason);
    conn_free(t, c);
}

size_t conns_clear(struct conns *t, bool (*match)(void *ctx, const struct conn *c), void *ctx,
                   enum gw_reason reason)
{
    struct conn *next;
    size_t n = 0;

    conns_catch_up(t);
    for (struct conn *c = t->oldest; c; c = next) {
        next = c->next;
        if (match && !match(ctx, c))
            continue;
        conn_end(t, c, reason);
        if (++n % BREATHE_EVERY == 0 && t->env.breathe)
            t->env.breathe(t->env.ctx);
    }
    return n;
}
