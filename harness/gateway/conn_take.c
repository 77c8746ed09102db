/* Packets of a connection, whatever its protocol; and the faults that eat some of them. */
#include "gateway/conn_parts.h"

/* The segment that the fault lose-segment takes: the first one with data after this many. */
#define LOST_AFTER 40

static bool fault_eats(struct conns *t, struct conn *c, const struct pkt *p)
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

static size_t payload_of(const struct pkt *p)
{
    return p->kind == PKT_ICMP ? p->icmp.data.n : p->data_len;
}

enum conn_verdict conn_take(struct conns *t, struct conn *c, int side, const struct pkt *p)
{
    if (c->life == CONN_STALE || c->life == CONN_ZOMBIE)
        return CONN_DROP_FAULT;
    if (c->orphan) {
        if (t->model.orphans_refresh)
            c->seen = conns_now(t);
        return CONN_DROP_ORPHAN;
    }
    if (c->proto == IP_TCP) {
        enum conn_verdict v = conn_tcp_take(t, c, side, p);
        if (v != CONN_PASS)
            return v;
        if (fault_eats(t, c, p))
            return CONN_DROP_FAULT;
    }
    c->seen = conns_now(t);
    c->bytes += payload_of(p);
    c->packets++;
    return CONN_PASS;
}

void conn_settle(struct conns *t, struct conn *c)
{
    if (c->ending)
        conn_end(t, c, c->reason);
}
