/* show conn, clear conn, clear xlate. */
#include "gateway/console.h"
#include "wire/scan.h"

enum { COUNT_ONLY = 100 };

static enum err show_conn(struct gw_call *call)
{
    static const struct conn_wanted every = {.proto = 0};
    const struct conns *t = gateway_of(call)->conns;

    if (call->what == COUNT_ONLY)
        conns_show_count(t, call->answer);
    else
        conns_show(t, (enum show_conn_how)call->what, &every, call->answer);
    gw_msg_conn_counts(gateway_of(call)->log, conns_count(t), conns_most(t));
    return ERR_OK;
}

/* 10.1.1.1, or with its netmask */
static enum err take_address(struct gw_call *call, struct conn_wanted *w)
{
    struct ip_addr mask = ip4(UINT32_MAX);
    enum err e = gw_take_addr(call->rest, call->cfg, &w->net.addr);

    if (!e && gw_take_if(call->rest, "netmask"))
        e = gw_take_mask(call->rest, &mask);
    if (e)
        return e;
    uint32_t m = ip4_u32(&mask);
    for (w->net.prefix = 0; m & 0x80000000u; m <<= 1)
        w->net.prefix++;
    return m ? ERR_FORMAT : ERR_OK;
}

/* 80, or 80-443 */
static enum err take_ports(struct gw_call *call, struct conn_wanted *w)
{
    const char *word;
    uint64_t from = 0, to;
    enum err e = gw_take_word(call->rest, &word);

    if (e)
        return e;
    struct bytes b = bytes_str(word);
    bool ok = scan_u64(&b, &from);
    to = from;
    if (!ok || (scan_lit(&b, "-") && !scan_u64(&b, &to)) || b.n || !from || to < from ||
        to > 65535) {
        call->rest->at--;
        return ERR_FORMAT;
    }
    w->from_port = (uint16_t)from;
    w->to_port = (uint16_t)to;
    return ERR_OK;
}

static enum err take_protocol(struct gw_call *call, struct conn_wanted *w)
{
    static const char *const names[] = {"tcp", "udp"};
    size_t i;
    enum err e = gw_take_keyword(call->rest, names, COUNT(names), &i);

    if (!e)
        w->proto = i ? IP_UDP : IP_TCP;
    return e;
}

static enum err take_state(struct gw_call *call, struct conn_wanted *w)
{
    w->orphans = true;
    return gw_take_if(call->rest, "vpn_orphan") ? ERR_OK
           : gw_peek(call->rest)                ? ERR_FORMAT
                                                : ERR_SHORT;
}

/* show conn [all] [address A [netmask M]] [port P[-Q]] [protocol tcp|udp] [state vpn_orphan]
 * [long|detail|count], in any order */
static enum err show_some(struct gw_call *call)
{
    static const char *const words[] = {"all",   "address", "port",  "protocol",
                                        "state", "long",    "detail"};
    enum show_conn_how how = SHOW_CONN_PLAIN;
    struct conn_wanted w = {.proto = 0};
    enum err e = ERR_OK;
    size_t i;

    while (!e && gw_peek(call->rest)) {
        e = gw_take_keyword(call->rest, words, COUNT(words), &i);
        if (e)
            break;
        switch (i) {
        case 1: e = take_address(call, &w); break;
        case 2: e = take_ports(call, &w); break;
        case 3: e = take_protocol(call, &w); break;
        case 4: e = take_state(call, &w); break;
        case 5: how = SHOW_CONN_LONG; break;
        case 6: how = SHOW_CONN_DETAIL; break;
        default: break;
        }
    }
    if (e)
        return e;
    conns_show(gateway_of(call)->conns, how, &w, call->answer);
    gw_msg_conn_counts(gateway_of(call)->log, conns_count(gateway_of(call)->conns),
                       conns_most(gateway_of(call)->conns));
    return ERR_OK;
}

/* The first of these words was a keyword of the row. */
static enum err show_words(struct gw_call *call)
{
    call->rest->at--;
    return show_some(call);
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
    ROW("show conn", show_conn, SHOW_CONN_PLAIN, "Connections"),
    ROW("show conn long", show_conn, SHOW_CONN_LONG, "In their long form"),
    ROW("show conn detail", show_conn, SHOW_CONN_DETAIL, "In detail"),
    ROW("show conn count", show_conn, COUNT_ONLY, "How many there are"),
    ROW("show conn state ...", show_words, 0, "Those that wait for their tunnel"),
    ROW("show conn address ...", show_words, 0, "Those of an address"),
    ROW("show conn port ...", show_words, 0, "Those of a port"),
    ROW("show conn protocol ...", show_words, 0, "Those of a protocol"),
    ROW("show conn all ...", show_words, 0, NULL),
    ROW("show conn long ...", show_words, 0, NULL),
    ROW("show conn detail ...", show_words, 0, NULL),
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
