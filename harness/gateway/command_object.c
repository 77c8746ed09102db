/* object network, and the translation inside it. */
#include "gateway/command_nat.h"
#include "gateway/command_ports.h"
#include "gateway/config_parts.h"
#include "wire/ip.h"

static enum err enter(struct gw_call *call)
{
    struct gw_nat_config *c = &call->cfg->nat;
    const char *name = call->args[0].word;
    struct gw_object *o = gw_nat_object(c, name);

    call->changed |= GW_CHANGED_NAT;
    if (call->no && !o)
        return gw_refuse(call, "object (%s) does not exist.", name);
    if (call->no) {
        gw_list_remove(c->objects, &c->nobjects, sizeof(*o), (size_t)(o - c->objects));
        return ERR_OK;
    }
    if (!o) {
        o = gw_list_add((void **)&c->objects, &c->nobjects, sizeof(*o));
        (void)gw_name_set(o->name, name);
    }
    *call->place = (struct gw_place){.mode = GW_CONFIG_NETWORK};
    (void)gw_name_set(call->place->name, name);
    return ERR_OK;
}

/* The object that the mode is about; NULL: it was removed meanwhile. */
static struct gw_object *here(struct gw_call *call)
{
    call->changed |= GW_CHANGED_NAT;
    return gw_nat_object(&call->cfg->nat, call->place->name);
}

/* WHAT: enum gw_object_kind */
static enum err set_addresses(struct gw_call *call)
{
    struct gw_object *o = here(call);
    struct ip_addr from = call->args[0].addr, to = from;

    if (!o)
        return gw_refuse(call, "object (%s) does not exist.", call->place->name);
    if (call->what == GW_OBJECT_RANGE)
        to = call->args[1].addr;
    if (call->what == GW_OBJECT_SUBNET) {
        uint32_t mask = ip4_u32(&call->args[1].addr);
        if (ip4_mask_prefix(mask) < 0 || ip4_u32(&from) & ~mask)
            return gw_refuse(call, "Invalid address/mask pair");
        to = ip4(ip4_u32(&from) | ~mask);
    }
    if (ip4_u32(&from) > ip4_u32(&to))
        return gw_refuse(call, "Invalid range");
    o->kind = call->no ? GW_OBJECT_EMPTY : (enum gw_object_kind)call->what;
    o->from = from;
    o->to = to;
    return ERR_OK;
}

/* service tcp|udp REAL MAPPED */
static enum err take_service(struct gw_words *w, struct gw_object_nat *n)
{
    static const char *const protos[] = {"tcp", "udp"};
    uint16_t *const ports[] = {&n->real_port, &n->mapped_port};
    const char *word;
    size_t proto;
    enum err e = gw_take_keyword(w, protos, COUNT(protos), &proto);

    n->proto = !e && proto == 0 ? IP_TCP : IP_UDP;
    for (int i = 0; i < 2 && !e; i++) {
        e = gw_take_word(w, &word);
        if (!e && !gw_port_named(word, n->proto, ports[i]))
            e = ERR_FORMAT;
    }
    return e;
}

static enum err take_nat(struct gw_call *call, struct gw_object_nat *n)
{
    static const char *const kinds[] = {"static", "dynamic"};
    struct gw_words *w = call->rest;
    const char *name;
    size_t kind;
    enum err e = gw_take_interfaces(w, call->cfg, true, n->real_if, n->mapped_if);

    if (!e)
        e = gw_take_keyword(w, kinds, COUNT(kinds), &kind);
    n->dynamic = !e && kind == 1;
    if (!e)
        e = gw_take_name(w, &name);
    if (e)
        return e;
    if (!gw_parse_addr(name, call->cfg, &n->addr)) {
        if (strcmp(name, GW_NAT_INTERFACE) != 0 && !gw_nat_object(&call->cfg->nat, name) &&
            !gw_net_group(&call->cfg->nat, name))
            return gw_refuse(call, "%s doesn't match an existing object or object-group", name);
        (void)gw_name_set(n->mapped, name);
    }
    if (!n->dynamic && gw_take_if(w, "service"))
        e = take_service(w, n);
    while (!e && (gw_take_if(w, "dns") || gw_take_if(w, "no-proxy-arp") ||
                  gw_take_if(w, "route-lookup") || gw_take_if(w, "net-to-net")))
        continue;
    return e ? e : gw_end(w);
}

/* "nat (a,b) static|dynamic" is the object's; the other forms of nat are not, and leave the mode.
 */
static bool is_of_an_object(const struct gw_words *w)
{
    const char *next = w->at + 1 < w->n ? w->w[w->at + 1].s : "static";

    return strchr(gw_peek(w) ? gw_peek(w) : ",", ',') &&
           (gw_prefix_of(next, "static") || gw_prefix_of(next, "dynamic"));
}

static enum err set_elsewhere(struct gw_call *call)
{
    call->rest->at -= 1u + call->no;
    *call->place = (struct gw_place){.mode = GW_CONFIG};
    enum err e = gw_command_words(call->sets, call->nsets, call->rest, call);
    return e == ERR_FORMAT || e == ERR_SHORT ? ERR_INVALID : e; /* it has complained */
}

static enum err set_nat(struct gw_call *call)
{
    if (!is_of_an_object(call->rest))
        return set_elsewhere(call);
    struct gw_object *o = here(call);
    struct gw_object_nat n = {.set = true};
    enum err e;

    if (!o)
        return gw_refuse(call, "object (%s) does not exist.", call->place->name);
    e = take_nat(call, &n);
    if (e)
        return e;
    if (!call->no && o->kind == GW_OBJECT_EMPTY)
        return gw_refuse(call, "object (%s) has no address", o->name);
    o->nat = call->no ? (struct gw_object_nat){0} : n;
    return ERR_OK;
}

static const struct gw_command rows[] = {
    {GW_CONFIG, GW_BOTH, "object network NAME", enter, 0, "Name a host or a network"},
    {GW_CONFIG_NETWORK, GW_BOTH, "host ADDR", set_addresses, GW_OBJECT_HOST, "One address"},
    {GW_CONFIG_NETWORK, GW_BOTH, "subnet ADDR MASK", set_addresses, GW_OBJECT_SUBNET, "A network"},
    {GW_CONFIG_NETWORK, GW_BOTH, "range ADDR ADDR", set_addresses, GW_OBJECT_RANGE,
     "From one address to another"},
    {GW_CONFIG_NETWORK, GW_BOTH, "nat ...", set_nat, 0, "Translate the object"},
    {GW_CONFIG_NETWORK, GW_BOTH, "description ...", gw_accept, 0, NULL},
    {GW_CONFIG_NETWORK, GW_BOTH, "fqdn ...", gw_accept, 0, NULL},
};

const struct gw_command_set gw_object_commands = {rows, COUNT(rows)};
