/* IPv6: addresses of interfaces, routes, and the access lists that 8.x keeps apart. */
#include "gateway/command_parts.h"
#include "gateway/config_parts.h"
#include "wire/ip.h"

static struct gw_interface *here(struct gw_call *call)
{
    struct gw_interface *i = gw_config_find_hardware(call->cfg, call->place->name);

    if (!i)
        bug("interface mode without an interface");
    call->changed |= GW_CHANGED_INTERFACE;
    return i;
}

static size_t find_address(const struct gw_interface *i, const struct ip_net *net)
{
    size_t k = 0;

    while (k < i->naddr6 && (i->addr6[k].net.prefix != net->prefix ||
                             !ip_addr_eq(&i->addr6[k].net.addr, &net->addr)))
        k++;
    return k;
}

static enum err set_global(struct gw_call *call, const struct ip_net *net, bool eui64)
{
    struct gw_interface *i = here(call);
    size_t k = find_address(i, net);

    if (call->no && k == i->naddr6)
        return gw_refuse(call, "Address is not configured on this interface");
    if (call->no) {
        gw_list_remove(i->addr6, &i->naddr6, sizeof(i->addr6[0]), k);
        return ERR_OK;
    }
    if (k == GW_ADDRS6)
        return gw_refuse(call, "the model takes %d IPv6 addresses an interface", GW_ADDRS6);
    i->addr6[k] = (struct gw_addr6){*net, eui64};
    i->naddr6 += k == i->naddr6;
    return ERR_OK;
}

static bool names_no_host(const struct ip_addr *a)
{
    return ip6_is_multicast(a) || ip6_is_unspecified(a);
}

/* ipv6 address {X/N [eui-64] | X link-local | autoconfig}; "no ipv6 address": all of them */
static enum err set_address(struct gw_call *call)
{
    struct gw_words *w = call->rest;
    struct ip_addr addr;
    struct ip_net net;

    if (call->no && !gw_peek(w)) {
        here(call)->naddr6 = 0;
        here(call)->link_local = (struct ip_addr){0};
        return ERR_OK;
    }
    if (!gw_peek(w))
        return ERR_SHORT;
    if (gw_take_if(w, "autoconfig")) {
        call->unmodelled = true;
        return gw_end(w);
    }
    if (gw_parse_net6(gw_peek(w), &net)) {
        w->at++;
        bool eui64 = gw_take_if(w, "eui-64");
        if (names_no_host(&net.addr) && !eui64)
            return gw_refuse(call, "Invalid IPv6 address");
        enum err e = gw_end(w);
        return e ? e : set_global(call, &net, eui64);
    }
    if (!gw_parse_addr6(gw_peek(w), &addr))
        return ERR_FORMAT;
    w->at++;
    if (!gw_peek(w))
        return ERR_SHORT;
    if (!ip6_is_link_local(&addr) || !gw_take_if(w, "link-local"))
        return ERR_FORMAT;
    enum err e = gw_end(w);
    if (!e)
        here(call)->link_local = call->no ? (struct ip_addr){0} : addr;
    return e;
}

static enum err set_enable(struct gw_call *call)
{
    here(call)->ipv6_enable = !call->no;
    return ERR_OK;
}

static bool same_route(const struct gw_route *a, const struct gw_route *b)
{
    return a->net.prefix == b->net.prefix && ip_addr_eq(&a->net.addr, &b->net.addr) &&
           ip_addr_eq(&a->next_hop, &b->next_hop) && strcmp(a->nameif, b->nameif) == 0;
}

/* ipv6 route IF X/N NEXT-HOP [distance] */
static enum err set_route(struct gw_call *call)
{
    struct gw_config *c = call->cfg;
    struct gw_route r = {0};
    size_t i = 0;

    if (!gw_parse_net6(call->args[1].word, &r.net) ||
        !gw_parse_addr6(call->args[2].word, &r.next_hop))
        return gw_refuse(call, "Invalid IPv6 prefix or next hop");
    if (!gw_config_interface(c, call->args[0].word))
        return gw_refuse(call, "Invalid interface name %s", call->args[0].word);
    (void)gw_name_set(r.nameif, call->args[0].word);
    for (size_t bit = r.net.prefix; bit < 128; bit++)
        r.net.addr.b[bit / 8] &= (uint8_t) ~(0x80u >> (bit % 8));
    while (i < c->nroutes && !same_route(&c->routes[i], &r))
        i++;
    if (call->no && i == c->nroutes)
        return gw_refuse(call, "No matching route to delete");
    if (call->no) {
        gw_list_remove(c->routes, &c->nroutes, sizeof(*c->routes), i);
    } else if (i == c->nroutes) {
        struct gw_route *added = gw_list_add((void **)&c->routes, &c->nroutes, sizeof(*added));
        *added = r;
    }
    call->changed |= GW_CHANGED_ROUTE;
    return ERR_OK;
}

static enum err set_entry(struct gw_call *call)
{
    if (gw_config_since(call->cfg, 9, 0))
        call->remark = "9.0 has made one kind of list of two: taken as an extended list";
    return gw_set_access_entry(call, true);
}

#define IF GW_CONFIG_IF

static const struct gw_command rows[] = {
    {IF, GW_BOTH, "ipv6 address ...", set_address, 0, "Set an IPv6 address"},
    {IF, GW_BOTH, "ipv6 enable", set_enable, 0, "Speak IPv6 without an address of its own"},
    {GW_CONFIG, GW_BOTH, "ipv6 route IF WORD WORD", set_route, 0, "Configure a static IPv6 route"},
    {GW_CONFIG, GW_BOTH, "ipv6 route IF WORD WORD <1-254>", set_route, 0, NULL},
    {GW_CONFIG, GW_BOTH, "ipv6 access-list NAME ...", set_entry, 0,
     "Configure an IPv6 access control entry"},
    {GW_CONFIG, GW_BOTH, "ipv6 access-list NAME remark ...", gw_accept, 0, NULL},
};

const struct gw_command_set gw_ipv6_commands = {rows, COUNT(rows)};
