/* Seeded faults of connections (gateway/fault.h). */
#include "gateway/conn_parts.h"

/* The fault wrong-connection: every port but one's own is a wrong one. */
#define WRONG_PORT_STEP 7

/* The segment that the fault lose-segment takes: the first one with data after this many. */
#define LOST_AFTER 40

#define RESUME_LATE SPAN_S(90)

bool conn_fault_ending(const struct conns *t, const struct conn *c, struct conn_ending *e)
{
    bool torn = e->reason == GW_REASON_TUNNEL_DOWN;

    if (torn && conns_fault(t, GW_FAULT_NO_302014) && c->proto == IP_TCP)
        return false;
    if (torn && conns_fault(t, GW_FAULT_WRONG_REASON))
        e->reason = GW_REASON_CONN_TIMEOUT;
    if (c->orphan && e->reason == GW_REASON_CONN_TIMEOUT &&
        conns_fault(t, GW_FAULT_TUNNEL_REASON_WHEN_IDLE))
        e->reason = GW_REASON_TUNNEL_DOWN;
    if (torn && conns_fault(t, GW_FAULT_WRONG_CONNECTION)) {
        e->m.initiator.port = (uint16_t)(e->m.initiator.port + WRONG_PORT_STEP);
        e->m.initiator.mapped_port = e->m.initiator.port;
    }
    if (conns_fault(t, GW_FAULT_CLOSE_REASON) && e->reason == GW_REASON_TCP_FINS)
        e->reason = GW_REASON_RESET_O;
    else if (conns_fault(t, GW_FAULT_CLOSE_REASON) &&
             (e->reason == GW_REASON_RESET_O || e->reason == GW_REASON_RESET_I))
        e->reason = GW_REASON_TCP_FINS;
    if (conns_fault(t, GW_FAULT_WRONG_BYTES))
        e->bytes += c->packets * (IP4_HDR_LEN + TCP_HDR_LEN);
    if (conns_fault(t, GW_FAULT_WRONG_DURATION))
        e->lasted = mono_diff(c->seen, conns_now(t));
    if (conns_fault(t, GW_FAULT_WRONG_ID))
        e->m.id++;
    return true;
}

static bool eats_segment(struct conns *t, struct conn *c, const struct pkt *p)
{
    if (p->kind != PKT_TCP || p->data_len == 0 || !conns_fault(t, GW_FAULT_LOSE_SEGMENT))
        return false;
    if (!c->has_lost_seq && c->packets > LOST_AFTER) {
        c->has_lost_seq = true;
        c->lost_seq = p->tcp.seq;
    }
    return c->has_lost_seq && seq_le(p->tcp.seq, c->lost_seq) &&
           seq_lt(c->lost_seq, p->tcp.seq + (uint32_t)p->data_len);
}

bool conn_fault_eats(struct conns *t, struct conn *c, int side, const struct pkt *p)
{
    return (c->one_way && side == 0) || eats_segment(t, c, p);
}

bool conn_fault_tears(const struct conns *t, const struct conn *c)
{
    if (conns_fault(t, GW_FAULT_TEAR_PRESERVED))
        return true;
    if (conns_fault(t, GW_FAULT_TEAR_THIRD) && c->id % 3 == 0)
        return true;
    if (conns_fault(t, GW_FAULT_TEAR_HALF_CLOSED) && (c->tcp[0].fin || c->tcp[1].fin))
        return true;
    return conns_fault(t, GW_FAULT_PRESERVE_ONCE) && c->resumed;
}

void conn_fault_resumed(struct conns *t, struct conn *c)
{
    c->mapback_lost = conns_fault(t, GW_FAULT_NO_ISN_MAPBACK);
    c->one_way = conns_fault(t, GW_FAULT_ONE_WAY_RESUME);
    if (conns_fault(t, GW_FAULT_SECOND_302013))
        conn_log_built(t, c);
    if (conns_fault(t, GW_FAULT_NEW_ID))
        c->id = ++t->next_id;
    if (conns_fault(t, GW_FAULT_BYTES_ANEW))
        c->bytes = 0;
    if (conns_fault(t, GW_FAULT_LATE_RESUME)) {
        conn_set_orphan(t, c, true);
        c->waits_on = true;
        c->seen = conns_now(t);
    }
}

bool conn_fault_waits_on(struct conns *t, struct conn *c)
{
    if (!c->waits_on || mono_before(conns_now(t), mono_add(c->seen, RESUME_LATE)))
        return true;
    c->waits_on = false;
    conn_set_orphan(t, c, false);
    return false;
}
