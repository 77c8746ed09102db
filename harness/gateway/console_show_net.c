/* show asp drop, show route, show interface ip brief, show clock. */
#include "gateway/console.h"
#include "gateway/show_net.h"
#include "wire/civil.h"

/* Reasons that real devices list under "Flow drop". */
static bool is_flow_drop(const char *keyword)
{
    static const char *const flows[] = {"vpn-overlap-conflict",
                                        "vpn-missing-decrypt",
                                        "vpn-handle-not-found",
                                        "ipsec-selector-failure",
                                        "ctm-crypto-request-error",
                                        "nat-rpf-failed",
                                        "inspect-fail"};

    for (size_t i = 0; i < COUNT(flows); i++) {
        if (strcmp(flows[i], keyword) == 0)
            return true;
    }
    return false;
}

/* Those that the gateway counts itself, and what was kept for a neighbour that never answered. */
static uint64_t count_of(const struct gateway *g, size_t why)
{
    uint64_t n = g->drops[why];

    for (size_t i = 0; why == GW_DROP_NO_ADJACENCY && i < g->ifs.n; i++)
        n += g->ifs.v[i].unreached;
    return n;
}

static void put_drops(const struct gateway *g, bool flows, struct buf *out)
{
    static const struct {
        const char *keyword, *text;
    } names[] = {
#define X(id, keyword, text, sum) {keyword, text},
        GW_DROPS(X)
#undef X
    };

    for (size_t i = 0; i < COUNT(names); i++) {
        struct show_drop d = {names[i].text, names[i].keyword, count_of(g, i)};
        if (d.n && is_flow_drop(d.keyword) == flows)
            show_drop_put(&d, out);
    }
}

static void put_clearing(const struct gateway *g, struct buf *out)
{
    if (!g->drops_cleared) {
        buf_adds(out, "\nLast clearing: Never\n");
        return;
    }
    struct civil t = civil_from_unix(g->drops_cleared_unix_s);
    buf_addf(out, "\nLast clearing: %02d:%02d:%02d UTC %s %d %d by enable_15\n", t.hour, t.minute,
             t.second, civil_month_name(t.month), t.day, t.year);
}

enum { FRAMES = 1, FLOWS = 2 };

static enum err show_drops(struct gw_call *call)
{
    const struct gateway *g = gateway_of(call);
    struct buf *out = call->answer;

    if (call->what & FRAMES) {
        buf_adds(out, "\nFrame drop:\n");
        put_drops(g, false, out);
        put_clearing(g, out);
    }
    if (call->what & FLOWS) {
        buf_adds(out, "\nFlow drop:\n");
        put_drops(g, true, out);
        put_clearing(g, out);
    }
    return ERR_OK;
}

static enum err clear_drops(struct gw_call *call)
{
    struct gateway *g = gateway_of(call);

    memset(g->drops, 0, sizeof(g->drops));
    for (size_t i = 0; i < g->ifs.n; i++)
        g->ifs.v[i].unreached = 0;
    g->drops_cleared = true;
    g->drops_cleared_unix_s = g->env.epoch_s + clock_now(g->env.clk).ns / 1000000000;
    return ERR_OK;
}

static enum err show_route(struct gw_call *call)
{
    const struct gateway *g = gateway_of(call);

    for (size_t i = 0; i < g->routes.n; i++) {
        const struct route *r = &g->routes.v[i];
        char net[IP_ADDR_TEXT], mask[IP_ADDR_TEXT], hop[IP_ADDR_TEXT];
        if (r->net.addr.family != 4)
            continue;
        struct ip_addr netmask = ip4_mask(r->net.prefix);
        struct ip_addr base = ip4(ip4_u32(&r->net.addr) & ip4_u32(&netmask));
        buf_addf(call->answer, "%c%c   %s %s ", r->next_hop.family ? 'S' : 'C',
                 r->net.prefix == 0 ? '*' : ' ', ip_addr_format(&base, net),
                 ip_addr_format(&netmask, mask));
        if (r->next_hop.family)
            buf_addf(call->answer, "[1/0] via %s, %s\n", ip_addr_format(&r->next_hop, hop),
                     g->ifs.v[r->ifi].nameif);
        else
            buf_addf(call->answer, "is directly connected, %s\n", g->ifs.v[r->ifi].nameif);
    }
    return ERR_OK;
}

static enum err show_interfaces(struct gw_call *call)
{
    const struct gw_config *c = gateway_of(call)->cfg;

    buf_adds(call->answer, "Interface                  IP-Address      OK? Method Status           "
                           "     Protocol\n");
    for (size_t i = 0; i < c->ninterfaces; i++) {
        const struct gw_interface *in = &c->interfaces[i];
        char addr[IP_ADDR_TEXT] = "unassigned";
        if (in->addr.family)
            ip_addr_format(&in->addr, addr);
        buf_addf(call->answer, "%-26s %-15s YES manual %-21s %s\n", in->hardware, addr,
                 in->shutdown ? "administratively down" : "up", in->shutdown ? "down" : "up");
    }
    return ERR_OK;
}

static enum err show_clock(struct gw_call *call)
{
    const struct gateway *g = gateway_of(call);
    int64_t ns = clock_now(g->env.clk).ns;
    struct civil t = civil_from_unix(g->env.epoch_s + ns / 1000000000);

    buf_addf(call->answer, "%02d:%02d:%02d.%03d UTC %s %d %d\n", t.hour, t.minute, t.second,
             (int)(ns / 1000000 % 1000), civil_month_name(t.month), t.day, t.year);
    return ERR_OK;
}

static const struct gw_command rows[] = {
    {GW_EXEC, GW_YES, "show asp drop", show_drops, FRAMES | FLOWS, "What was dropped, by reason"},
    {GW_EXEC, GW_YES, "show asp drop frame", show_drops, FRAMES, "Packets"},
    {GW_EXEC, GW_YES, "show asp drop flow", show_drops, FLOWS, "Flows"},
    {GW_EXEC, GW_YES, "clear asp drop", clear_drops, 0, "Start these counters anew"},
    {GW_EXEC, GW_YES, "show route", show_route, 0, "The routing table"},
    {GW_EXEC, GW_YES, "show interface ip brief", show_interfaces, 0, "Interfaces"},
    {GW_EXEC | GW_USER, GW_YES, "show clock", show_clock, 0, "The time"},
};

const struct gw_command_set gw_show_net_commands = {rows, COUNT(rows)};
