/* Packets of a connection, whatever its protocol. */
#include "gateway/conn_parts.h"

static size_t payload_of(const struct pkt *p)
{
    return p->kind == PKT_ICMP ? p->icmp.data.n : p->data_len;
}

enum conn_verdict conn_take(struct conns *t, struct conn *c, int side, const struct pkt *p,
                            enum gw_drop *why)
{
    if (c->life == CONN_STALE || c->life == CONN_ZOMBIE)
        return CONN_DROP_FAULT;
    if (c->orphan && conn_fault_waits_on(t, c)) {
        if (t->model.orphans_refresh)
            c->seen = conns_now(t);
        return CONN_DROP_ORPHAN;
    }
    if (c->proto == IP_TCP) {
        *why = conn_tcp_take(t, c, side, p);
        if (*why != GW_DROP_NONE)
            return CONN_DROP_STATE;
        if (conn_fault_eats(t, c, side, p))
            return CONN_DROP_FAULT;
    }
    if (conn_is_icmp(c) && t->env.cfg->inspect_icmp) {
        *why = conn_echo_take(c, side, p);
        if (*why != GW_DROP_NONE)
            return CONN_DROP_STATE;
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
