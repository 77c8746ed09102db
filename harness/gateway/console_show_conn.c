/* show conn, clear conn, clear xlate. */
#include "gateway/console.h"

enum { COUNT_ONLY = 100, ORPHANS };

static enum err show_conn(struct gw_call *call)
{
    const struct conns *t = gateway_of(call)->conns;

    switch (call->what) {
    case COUNT_ONLY: conns_show_count(t, call->answer); break;
    case ORPHANS: conns_show(t, CONN_SHOW_PLAIN, true, call->answer); break;
    default: conns_show(t, (enum conn_show)call->what, false, call->answer); break;
    }
    return ERR_OK;
}

struct wanted {
    const struct ip_addr *addr; /* NULL: any */
    uint8_t proto;              /* 0: any */
};

static bool is_meant(void *ctx, const struct conn *c)
{
    const struct wanted *w = ctx;

    if (w->proto && conn_proto(c) != w->proto)
        return false;
    return !w->addr || ip_addr_eq(&conn_endpoint(c, 0)->addr, w->addr) ||
           ip_addr_eq(&conn_endpoint(c, 1)->addr, w->addr);
}

/* WHAT: the reason that is logged */
static enum err clear_conn(struct gw_call *call)
{
    struct wanted w = {.addr = call->nargs ? &call->args[0].addr : NULL};
    size_t n = conns_clear(gateway_of(call)->conns, is_meant, &w, (enum gw_reason)call->what);

    if (call->what == GW_REASON_XLATE_CLEAR)
        xlates_clear(nat_xlates(gateway_of(call)->nat));
    if (call->what == GW_REASON_FLOW_CLOSED)
        buf_addf(call->answer, "%zu connection(s) deleted.\n", n);
    return ERR_OK;
}

static enum err clear_protocol(struct gw_call *call)
{
    struct wanted w = {.proto = (uint8_t)call->what};
    size_t n = conns_clear(gateway_of(call)->conns, is_meant, &w, GW_REASON_FLOW_CLOSED);

    buf_addf(call->answer, "%zu connection(s) deleted.\n", n);
    return ERR_OK;
}

#define ROW(pattern, run, what, help)                                                              \
    {                                                                                              \
        GW_EXEC, GW_YES, pattern, run, what, help                                                  \
    }

static const struct gw_command rows[] = {
    ROW("show conn", show_conn, CONN_SHOW_PLAIN, "Connections"),
    ROW("show conn long", show_conn, CONN_SHOW_LONG, "In their long form"),
    ROW("show conn detail", show_conn, CONN_SHOW_DETAIL, "In detail"),
    ROW("show conn count", show_conn, COUNT_ONLY, "How many there are"),
    ROW("show conn state vpn_orphan", show_conn, ORPHANS, "Those that wait for their tunnel"),
    ROW("clear conn", clear_conn, GW_REASON_FLOW_CLOSED, "Clear connections"),
    ROW("clear conn all", clear_conn, GW_REASON_FLOW_CLOSED, "Clear connections"),
    ROW("clear conn address ADDR", clear_conn, GW_REASON_FLOW_CLOSED, "Those of an address"),
    ROW("clear conn protocol tcp", clear_protocol, IP_TCP, "Those of a protocol"),
    ROW("clear conn protocol udp", clear_protocol, IP_UDP, NULL),
    ROW("clear xlate", clear_conn, GW_REASON_XLATE_CLEAR, "Clear translations"),
    ROW("clear local-host", clear_conn, GW_REASON_FLOW_CLOSED, "Clear what hosts have"),
    ROW("clear local-host all", clear_conn, GW_REASON_FLOW_CLOSED, NULL),
    ROW("clear local-host ADDR", clear_conn, GW_REASON_FLOW_CLOSED, "Clear what a host has"),
};

const struct gw_command_set gw_conn_commands = {rows, COUNT(rows)};
