/* show ipv6 neighbor, interface brief, route. The columns are those of the command reference; no
 * real sample was at hand. */
#include "gateway/console.h"

/* "0200.0000.0009", or "-" */
static void put_mac(const struct neighbor_view *v, struct buf *out)
{
    const uint8_t *b = v->mac.b;

    if (v->known)
        buf_addf(out, "%02x%02x.%02x%02x.%02x%02x", b[0], b[1], b[2], b[3], b[4], b[5]);
    else
        buf_adds(out, "-             ");
}

static enum err show_neighbors(struct gw_call *call)
{
    const struct gateway *g = gateway_of(call);
    struct neighbor_view v;
    char addr[IP_ADDR_TEXT];

    buf_adds(call->answer,
             "IPv6 Address                              Age Link-layer Addr State Interface\n");
    for (size_t i = 0; neighbors_view(g->neighbors, i, &v); i++) {
        if (v.addr.family != 6)
            continue;
        buf_addf(call->answer, "%-41s   0 ", ip_addr_format(&v.addr, addr));
        put_mac(&v, call->answer);
        buf_addf(call->answer, "  %-5s %s\n", v.state, g->ifs.v[v.ifi].nameif);
    }
    return ERR_OK;
}

static enum err show_interfaces(struct gw_call *call)
{
    const struct gateway *g = gateway_of(call);
    char addr[IP_ADDR_TEXT];

    for (size_t i = 0; i < g->ifs.n; i++) {
        const struct netif *n = &g->ifs.v[i];
        buf_addf(call->answer, "%s [%s/%s]\n", n->nameif, n->up ? "up" : "down",
                 n->up ? "up" : "down");
        if (!n->link_local.family)
            buf_adds(call->answer, "    unassigned\n");
        else
            buf_addf(call->answer, "    %s\n", ip_addr_format(&n->link_local, addr));
        for (size_t k = 0; k < n->nnet6; k++)
            buf_addf(call->answer, "    %s\n", ip_addr_format(&n->net6[k].addr, addr));
    }
    return ERR_OK;
}

static enum err show_routes(struct gw_call *call)
{
    const struct gateway *g = gateway_of(call);

    buf_adds(call->answer, "\nIPv6 Routing Table\nCodes: C - Connected, L - Local, S - Static\n");
    for (size_t i = 0; i < g->routes.n; i++) {
        const struct route *r = &g->routes.v[i];
        char net[IP_ADDR_TEXT], hop[IP_ADDR_TEXT];
        struct ip_addr base = r->net.addr;
        if (base.family != 6 || ip6_is_link_local(&base))
            continue;
        for (size_t bit = r->net.prefix; bit < 128; bit++)
            base.b[bit / 8] &= (uint8_t) ~(0x80u >> (bit % 8));
        buf_addf(
            call->answer, "%c   %s/%u [%d/0]\n     via %s, %s\n", r->next_hop.family ? 'S' : 'C',
            ip_addr_format(&base, net), r->net.prefix, r->next_hop.family ? 1 : 0,
            r->next_hop.family ? ip_addr_format(&r->next_hop, hop) : "::", g->ifs.v[r->ifi].nameif);
    }
    return ERR_OK;
}

static const struct gw_command rows[] = {
    {GW_EXEC, GW_YES, "show ipv6 neighbor", show_neighbors, 0, "Neighbours of IPv6"},
    {GW_EXEC, GW_YES, "show ipv6 interface brief", show_interfaces, 0, "Interfaces in IPv6"},
    {GW_EXEC, GW_YES, "show ipv6 route", show_routes, 0, "The routing table of IPv6"},
};

const struct gw_command_set gw_show_ipv6_commands = {rows, COUNT(rows)};
