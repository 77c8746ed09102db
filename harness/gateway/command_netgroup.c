/* object-group network, and object service. */
#include "base/mem.h"
#include "gateway/command_nat.h"
#include "gateway/command_ports.h"
#include "gateway/config_parts.h"
#include "wire/ip.h"

static enum err enter_group(struct gw_call *call)
{
    struct gw_nat_config *c = &call->cfg->nat;
    const char *name = call->args[0].word;
    struct gw_net_group *g = gw_net_group(c, name);

    call->changed |= GW_CHANGED_NAT;
    if (call->no && !g)
        return gw_refuse(call, "object-group (%s) does not exist.", name);
    if (!call->no && gw_nat_object(c, name))
        return gw_refuse(call, "an object with the same name (%s) exists", name);
    if (call->no) {
        mem_free(g->members);
        gw_list_remove(c->groups, &c->ngroups, sizeof(*g), (size_t)(g - c->groups));
        return ERR_OK;
    }
    if (!g) {
        g = gw_list_add((void **)&c->groups, &c->ngroups, sizeof(*g));
        (void)gw_name_set(g->name, name);
    }
    *call->place = (struct gw_place){.mode = GW_CONFIG_NETWORK_GROUP};
    (void)gw_name_set(call->place->name, name);
    return ERR_OK;
}

static bool same(const struct gw_net_member *a, const struct gw_net_member *b)
{
    return a->group == b->group && strcmp(a->name, b->name) == 0 &&
           ip_addr_eq(&a->from, &b->from) && ip_addr_eq(&a->to, &b->to);
}

static enum err put_member(struct gw_call *call, const struct gw_net_member *m)
{
    struct gw_net_group *g = gw_net_group(&call->cfg->nat, call->place->name);
    size_t i = 0;

    if (!g)
        return gw_refuse(call, "object-group (%s) does not exist.", call->place->name);
    while (i < g->nmembers && !same(&g->members[i], m))
        i++;
    if (call->no && i == g->nmembers)
        return gw_refuse(call, "object not found in object-group %s", g->name);
    if (!call->no && i < g->nmembers)
        return gw_refuse(call, "object already exists in object-group %s", g->name);
    if (call->no) {
        gw_list_remove(g->members, &g->nmembers, sizeof(*m), i);
    } else {
        struct gw_net_member *to = gw_list_add((void **)&g->members, &g->nmembers, sizeof(*m));
        *to = *m;
    }
    call->changed |= GW_CHANGED_NAT;
    return ERR_OK;
}

/* WHAT: a mask is there */
static enum err put_addresses(struct gw_call *call)
{
    struct gw_net_member m = {.from = call->args[0].addr, .to = call->args[0].addr};

    if (call->what) {
        uint32_t mask = ip4_u32(&call->args[1].addr);
        if (ip4_mask_prefix(mask) < 0 || ip4_u32(&m.from) & ~mask)
            return gw_refuse(call, "Invalid address/mask pair");
        m.to = ip4(ip4_u32(&m.from) | ~mask);
    }
    return put_member(call, &m);
}

/* WHAT: a group */
static enum err put_named(struct gw_call *call)
{
    const struct gw_nat_config *c = &call->cfg->nat;
    struct gw_net_member m = {.group = call->what != 0};
    const char *name = call->args[0].word;

    if (!call->no && (m.group ? !gw_net_group(c, name) : !gw_nat_object(c, name)))
        return gw_refuse(call, "%s (%s) does not exist.", m.group ? "object-group" : "object",
                         name);
    if (!call->no && m.group && gw_net_group_has(c, name, call->place->name))
        return gw_refuse(call, "object-group %s has this one in it", name);
    (void)gw_name_set(m.name, name);
    return put_member(call, &m);
}

/* --- services ------------------------------------------------------------------------------------
 */

static enum err enter_service(struct gw_call *call)
{
    struct gw_nat_config *c = &call->cfg->nat;
    const char *name = call->args[0].word;
    struct gw_port_object *s = gw_port_object(c, name);

    call->changed |= GW_CHANGED_NAT;
    if (call->no && !s)
        return gw_refuse(call, "object (%s) does not exist.", name);
    if (call->no) {
        gw_list_remove(c->services, &c->nservices, sizeof(*s), (size_t)(s - c->services));
        return ERR_OK;
    }
    if (!s) {
        s = gw_list_add((void **)&c->services, &c->nservices, sizeof(*s));
        (void)gw_name_set(s->name, name);
    }
    *call->place = (struct gw_place){.mode = GW_CONFIG_SERVICE};
    (void)gw_name_set(call->place->name, name);
    return ERR_OK;
}

/* service tcp|udp source eq PORT. WHAT: the protocol */
static enum err set_service(struct gw_call *call)
{
    struct gw_port_object *s = gw_port_object(&call->cfg->nat, call->place->name);
    uint16_t port = 0;

    if (!s)
        return gw_refuse(call, "object (%s) does not exist.", call->place->name);
    if (!gw_port_named(call->args[0].word, (uint8_t)call->what, &port) || port == 0)
        return gw_refuse(call, "%s is no port", call->args[0].word);
    s->proto = call->no ? 0 : (uint8_t)call->what;
    s->port = port;
    call->changed |= GW_CHANGED_NAT;
    return ERR_OK;
}

#define GROUP   GW_CONFIG_NETWORK_GROUP
#define SERVICE GW_CONFIG_SERVICE

static const struct gw_command rows[] = {
    {GW_CONFIG, GW_BOTH, "object-group network NAME", enter_group, 0, "Name several networks"},
    {GROUP, GW_BOTH, "network-object host ADDR", put_addresses, 0, "One address"},
    {GROUP, GW_BOTH, "network-object ADDR MASK", put_addresses, 1, "A network"},
    {GROUP, GW_BOTH, "network-object object NAME", put_named, 0, "What an object names"},
    {GROUP, GW_BOTH, "group-object NAME", put_named, 1, "What another group has"},
    {GROUP, GW_BOTH, "description ...", gw_accept, 0, NULL},
    {GW_CONFIG, GW_BOTH, "object service NAME", enter_service, 0, "Name a port"},
    {SERVICE, GW_BOTH, "service tcp source eq WORD", set_service, IP_TCP, "A source port"},
    {SERVICE, GW_BOTH, "service udp source eq WORD", set_service, IP_UDP, "A source port"},
    {SERVICE, GW_BOTH, "service ...", gw_accept, 0, NULL},
    {SERVICE, GW_BOTH, "description ...", gw_accept, 0, NULL},
};

const struct gw_command_set gw_net_group_commands = {rows, COUNT(rows)};
