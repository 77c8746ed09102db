/* show asp drop, show route, show interface ip brief, show clock. */
#include "gateway/console.h"
#include "wire/civil.h"

static enum err show_drops(struct gw_call *call)
{
    static const struct {
        const char *keyword, *text;
    } names[] = {
#define X(id, keyword, text, sum) {keyword, text},
        GW_DROPS(X)
#undef X
    };
    const struct gateway *g = gateway_of(call);

    buf_adds(call->answer, "\nFrame drop:\n");
    for (size_t i = 0; i < COUNT(names); i++) {
        int width = (int)(strlen(names[i].text) + strlen(names[i].keyword) + 3);
        if (g->drops[i])
            buf_addf(call->answer, "  %s (%s)%*llu\n", names[i].text, names[i].keyword,
                     width < 66 ? 78 - width : 12, (unsigned long long)g->drops[i]);
    }
    buf_adds(call->answer, "\nLast clearing: Never\n\nFlow drop:\n\nLast clearing: Never\n");
    return ERR_OK;
}

static enum err clear_drops(struct gw_call *call)
{
    struct gateway *g = gateway_of(call);

    memset(g->drops, 0, sizeof(g->drops));
    return ERR_OK;
}

static enum err show_route(struct gw_call *call)
{
    const struct gateway *g = gateway_of(call);

    for (size_t i = 0; i < g->routes.n; i++) {
        const struct route *r = &g->routes.v[i];
        char net[IP_ADDR_TEXT], mask[IP_ADDR_TEXT], hop[IP_ADDR_TEXT];
        uint32_t m = r->net.prefix ? UINT32_MAX << (32 - r->net.prefix) : 0;
        struct ip_addr netmask = ip4(m), base = ip4(ip4_u32(&r->net.addr) & m);
        buf_addf(call->answer, "%c%c   %s %s ", r->next_hop.family ? 'S' : 'C', m == 0 ? '*' : ' ',
                 ip_addr_format(&base, net), ip_addr_format(&netmask, mask));
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
    {GW_EXEC, GW_YES, "show asp drop", show_drops, 0, "Packets dropped, by reason"},
    {GW_EXEC, GW_YES, "clear asp drop", clear_drops, 0, "Start these counters anew"},
    {GW_EXEC, GW_YES, "show route", show_route, 0, "The routing table"},
    {GW_EXEC, GW_YES, "show interface ip brief", show_interfaces, 0, "Interfaces"},
    {GW_EXEC, GW_YES, "show clock", show_clock, 0, "The time"},
};

const struct gw_command_set gw_show_net_commands = {rows, COUNT(rows)};
