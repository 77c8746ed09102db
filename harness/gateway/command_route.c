/* route, access-group, nat 0. */
#include "gateway/command_parts.h"
#include "gateway/config_parts.h"

static bool same_route(const struct gw_route *a, const struct gw_route *b)
{
    return a->net.prefix == b->net.prefix && ip_addr_eq(&a->net.addr, &b->net.addr) &&
           ip_addr_eq(&a->next_hop, &b->next_hop) && strcmp(a->nameif, b->nameif) == 0;
}

static enum err set_route(struct gw_call *call)
{
    struct gw_config *c = call->cfg;
    struct gw_route r = {.next_hop = call->args[3].addr};
    uint32_t net = ip4_u32(&call->args[1].addr), mask = ip4_u32(&call->args[2].addr);

    /* Cisco's tech note 113014 prints "route outside 0.0.0.0 255.255.255.255 209.165.201.1 1": a
     * route to the host 0.0.0.0 makes no sense, a default route is meant */
    if (net == 0 && mask == UINT32_MAX) {
        mask = 0;
        call->remark =
            "taken as the default route: a mask of 255.255.255.255 names no network here";
    }
    int prefix = ip4_mask_prefix(mask);
    if (prefix < 0 || net & ~mask)
        return gw_refuse(call, "Invalid address/mask pair");
    (void)gw_name_set(r.nameif, call->args[0].word);
    r.net = (struct ip_net){ip4(net), (uint8_t)prefix};
    size_t i = 0;
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

/* An interface has one list each way; up to 8.x another one for IPv6. */
static bool takes_place_of(const struct gw_config *c, const struct gw_access_group *g,
                           const struct gw_acl *list, bool out, const char *nameif)
{
    const struct gw_acl *there = gw_config_acl(c, g->acl);

    return g->out == out && strcmp(g->nameif, nameif) == 0 && there && there->ipv6 == list->ipv6;
}

/* WHAT: the list is asked about packets that leave */
static enum err set_access_group(struct gw_call *call)
{
    struct gw_config *c = call->cfg;
    const char *acl = call->args[0].word, *nameif = call->args[1].word;
    const struct gw_acl *list = gw_config_acl(c, acl);
    bool out = call->what != 0;
    size_t i = 0;

    while (list && i < c->naccess_groups &&
           !takes_place_of(c, &c->access_groups[i], list, out, nameif))
        i++;
    if (!list)
        return gw_refuse(call, "access-list <%s> does not exist", acl);
    if (call->no && i == c->naccess_groups)
        return gw_refuse(call, "access-group <%s> is not bound to interface %s", acl, nameif);
    if (call->no) {
        gw_list_remove(c->access_groups, &c->naccess_groups, sizeof(*c->access_groups), i);
    } else {
        struct gw_access_group *g =
            i < c->naccess_groups
                ? &c->access_groups[i]
                : gw_list_add((void **)&c->access_groups, &c->naccess_groups, sizeof(*g));
        (void)gw_name_set(g->acl, acl);
        (void)gw_name_set(g->nameif, nameif);
        g->out = out;
    }
    call->changed |= GW_CHANGED_ACL;
    return ERR_OK;
}

/* nat (IF) 0 access-list ACL: what goes through the tunnel is not translated */
static enum err set_nat0(struct gw_call *call)
{
    struct gw_config *c = call->cfg;
    char nameif[GW_NAME];
    size_t n = strlen(call->args[0].word) - 2; /* without the parentheses */

    memcpy(nameif, call->args[0].word + 1, n);
    nameif[n] = '\0';
    (void)gw_name_set(c->nat0_interface, call->no ? "" : nameif);
    (void)gw_name_set(c->nat0_acl, call->no ? "" : call->args[1].word);
    call->changed |= GW_CHANGED_NAT;
    return ERR_OK;
}

static const struct gw_command rows[] = {
    {GW_CONFIG, GW_BOTH, "route IF ADDR MASK ADDR", set_route, 0, "Configure a static route"},
    {GW_CONFIG, GW_BOTH, "route IF ADDR MASK ADDR <1-255>", set_route, 0,
     "Configure a static route"},
    {GW_CONFIG, GW_BOTH, "route IF ADDR MASK ADDR tunneled", gw_accept, 0, NULL},
    {GW_CONFIG, GW_BOTH, "route IF ADDR MASK ADDR <1-255> track ...", gw_accept, 0, NULL},
    {GW_CONFIG, GW_BOTH, "access-group NAME in interface IF", set_access_group, 0,
     "Bind an access list to an interface"},
    {GW_CONFIG, GW_BOTH, "access-group NAME out interface IF", set_access_group, 1,
     "Bind an access list to an interface"},
    {GW_CONFIG, GW_BOTH, "access-group NAME global", gw_accept, 0, NULL},
    {GW_CONFIG, GW_BOTH, "nat (IF) 0 access-list NAME", set_nat0, 0,
     "Exempt traffic from address translation"},
};

const struct gw_command_set gw_route_commands = {rows, COUNT(rows)};
