/* The configuration's translations as one list of rules, in the order in which they are asked. */
#include "base/mem.h"
#include "gateway/config_parts.h"
#include "gateway/nat_parts.h"
#include "wire/ip.h"

void nat_add_rule(struct nat *n, const struct nat_rule *r)
{
    struct nat_rule *to = gw_list_add((void **)&n->rules, &n->nrules, sizeof(*to));

    *to = *r;
}

static void add_pool(struct nat *n, const struct nat_pool *p)
{
    struct nat_pool *to = gw_list_add((void **)&n->pools, &n->npools, sizeof(*to));

    *to = *p;
    n->own_ports = n->own_ports || p->interface;
}

size_t nat_interface_of(const struct nat *n, const char *name, bool *ok)
{
    size_t i = netifs_find(n->env.ifs, name);

    if (strcmp(name, GW_NAT_ANY) == 0)
        return NETIF_NONE;
    *ok = *ok && i != NETIF_NONE;
    return i;
}

static struct nat_range range_of(const struct ip_net *net)
{
    uint32_t from = ip4_u32(&net->addr);
    uint32_t host = net->prefix ? (uint32_t)(UINT64_C(0xffffffff) >> net->prefix) : UINT32_MAX;

    return (struct nat_range){from, from | host};
}

uint32_t nat_own_address(const struct nat *n, size_t ifi)
{
    return ifi < n->env.ifs->n ? ip4_u32(&n->env.ifs->v[ifi].net.addr) : 0;
}

/* --- ASA 8.2 -----------------------------------------------------------------------------------
 */

static void add_exemption(struct nat *n)
{
    const struct gw_config *c = n->env.cfg;
    struct nat_rule r = {.kind = NAT_EXEMPT, .real = {0, UINT32_MAX}};
    bool ok = c->nat0_acl[0] != '\0';

    r.real_ifi = ok ? nat_interface_of(n, c->nat0_interface, &ok) : NETIF_NONE;
    r.mapped_ifi = NETIF_NONE;
    (void)gw_name_set(r.acl, c->nat0_acl);
    if (ok)
        nat_add_rule(n, &r);
}

/* Policy NAT: one rule for every permit entry, whose source is the real network. */
static void add_static_by_list(struct nat *n, const struct gw_nat_static *s, struct nat_rule *r)
{
    const struct gw_acl *a = gw_config_acl(n->env.cfg, s->acl);
    struct ip_net src, dst;

    for (size_t i = 0; a && i < a->naces; i++) {
        if (a->aces[i].action != GW_PERMIT || a->aces[i].inactive ||
            gw_ace_networks(&a->aces[i], &src, &dst))
            continue;
        r->real = range_of(&src);
        r->has_dst = true;
        r->dst_seen = range_of(&dst);
        r->dst_real = r->dst_seen.from;
        r->real_port = s->proto ? a->aces[i].src_port.from : 0;
        nat_add_rule(n, r);
    }
}

static void add_statics(struct nat *n)
{
    const struct gw_nat_config *c = &n->env.cfg->nat;

    for (size_t i = 0; i < c->nstatics; i++) {
        const struct gw_nat_static *s = &c->statics[i];
        struct nat_rule r = {.kind = NAT_FIXED,
                             .proto = s->proto,
                             .real_port = s->real_port,
                             .mapped_port = s->mapped_port,
                             .mapped = ip4_u32(&s->mapped)};
        struct ip_net net = {s->real, s->prefix};
        bool ok = true;
        r.real_ifi = nat_interface_of(n, s->real_if, &ok);
        r.mapped_ifi = nat_interface_of(n, s->mapped_if, &ok);
        if (!ok)
            continue;
        if (s->interface) {
            r.mapped = nat_own_address(n, r.mapped_ifi);
            n->own_ports = true;
        }
        r.real = range_of(&net);
        if (s->acl[0])
            add_static_by_list(n, s, &r);
        else
            nat_add_rule(n, &r);
    }
}

/* Lists first, in order; then networks, the longest prefix first. Where there is a choice the one
 * that was typed first wins. */
static void add_ids(struct nat *n)
{
    const struct gw_nat_config *c = &n->env.cfg->nat;

    for (int prefix = 33; prefix >= 0; prefix--) {
        for (size_t i = 0; i < c->nids; i++) {
            const struct gw_nat_id *d = &c->ids[i];
            struct nat_rule r = {.kind = d->id ? NAT_DYNAMIC : NAT_IDENTITY,
                                 .mapped_ifi = NETIF_NONE,
                                 .real = range_of(&d->net),
                                 .id = d->id,
                                 .outside = d->outside};
            bool ok = (d->acl[0] ? 33 : d->net.prefix) == prefix;
            r.real_ifi = nat_interface_of(n, d->nameif, &ok);
            (void)gw_name_set(r.acl, d->acl);
            if (ok)
                nat_add_rule(n, &r);
        }
    }
}

static void add_globals(struct nat *n)
{
    const struct gw_nat_config *c = &n->env.cfg->nat;

    for (size_t i = 0; i < c->nglobals; i++) {
        const struct gw_nat_global *g = &c->globals[i];
        struct nat_pool p = {.id = g->id,
                             .interface = g->interface,
                             .port = g->interface || ip_addr_eq(&g->from, &g->to),
                             .range = {ip4_u32(&g->from), ip4_u32(&g->to)}};
        bool ok = true;
        p.ifi = nat_interface_of(n, g->nameif, &ok);
        if (ok)
            add_pool(n, &p);
    }
}

/* --- ASA 8.3 -----------------------------------------------------------------------------------
 */

bool nat_own_pools(struct nat *n, struct nat_rule *r, const char *name, const struct ip_addr *addr)
{
    struct nat_pool p = {.id = NAT_OWN_POOLS + (uint32_t)n->npools, .ifi = r->mapped_ifi};
    struct gw_net_range ranges[GW_NET_RANGES];
    size_t count = 1;

    p.interface = strcmp(name, GW_NAT_INTERFACE) == 0;
    ranges[0] =
        *name ? (struct gw_net_range){0, 0} : (struct gw_net_range){ip4_u32(addr), ip4_u32(addr)};
    if (*name && !p.interface)
        count = gw_net_ranges(&n->env.cfg->nat, name, ranges);
    for (size_t i = 0; i < count; i++) {
        p.range = (struct nat_range){ranges[i].from, ranges[i].to};
        p.port = p.interface || p.range.from == p.range.to;
        add_pool(n, &p);
    }
    r->id = p.id;
    r->outside = true; /* the interfaces are named: security levels do not matter */
    return count > 0;
}

static bool map_object(struct nat *n, const struct gw_object *o, struct nat_rule *r)
{
    const struct gw_object_nat *m = &o->nat;
    struct nat_range mapped = {ip4_u32(&m->addr), UINT32_MAX};

    if (m->dynamic)
        return nat_own_pools(n, r, m->mapped, &m->addr);
    r->proto = m->proto;
    r->real_port = m->real_port;
    r->mapped_port = m->mapped_port;
    if (strcmp(m->mapped, GW_NAT_INTERFACE) == 0) {
        mapped.from = nat_own_address(n, r->mapped_ifi);
        n->own_ports = true;
    } else if (m->mapped[0]) {
        const struct gw_object *to = gw_nat_object(&n->env.cfg->nat, m->mapped);
        if (!to || to->kind == GW_OBJECT_EMPTY) /* a group has no one beginning */
            return false;
        mapped = (struct nat_range){ip4_u32(&to->from), ip4_u32(&to->to)};
    }
    r->mapped = mapped.from;
    return mapped.from != 0 && mapped.to - mapped.from >= r->real.to - r->real.from;
}

/* Of objects those with fewer addresses come first, of equals the lower address, then the name. */
static bool comes_first(const struct gw_object *a, const struct gw_object *b)
{
    uint32_t na = ip4_u32(&a->to) - ip4_u32(&a->from), nb = ip4_u32(&b->to) - ip4_u32(&b->from);

    if (na != nb)
        return na < nb;
    return !ip_addr_eq(&a->from, &b->from) ? ip4_u32(&a->from) < ip4_u32(&b->from)
                                           : strcmp(a->name, b->name) < 0;
}

static void add_object(struct nat *n, const struct gw_object *o)
{
    struct nat_rule r = {.kind = o->nat.dynamic ? NAT_DYNAMIC : NAT_FIXED,
                         .real = {ip4_u32(&o->from), ip4_u32(&o->to)}};
    bool ok = o->kind != GW_OBJECT_EMPTY;

    r.real_ifi = nat_interface_of(n, o->nat.real_if, &ok);
    r.mapped_ifi = nat_interface_of(n, o->nat.mapped_if, &ok);
    if (ok && map_object(n, o, &r))
        nat_add_rule(n, &r);
}

static void add_objects(struct nat *n, bool dynamic)
{
    const struct gw_nat_config *c = &n->env.cfg->nat;
    const struct gw_object **order = mem_array(c->nobjects + 1, sizeof(*order));
    size_t count = 0;

    for (size_t i = 0; i < c->nobjects; i++) {
        const struct gw_object *o = &c->objects[i];
        size_t at = count;
        if (!o->nat.set || o->nat.dynamic != dynamic)
            continue;
        for (; at > 0 && comes_first(o, order[at - 1]); at--)
            order[at] = order[at - 1];
        order[at] = o;
        count++;
    }
    for (size_t i = 0; i < count; i++)
        add_object(n, order[i]);
    mem_free(order);
}

void nat_rules_build(struct nat *n)
{
    mem_free(n->rules);
    mem_free(n->pools);
    n->rules = NULL;
    n->pools = NULL;
    n->nrules = n->npools = 0;
    n->own_ports = false;
    add_globals(n);
    add_exemption(n);
    nat_add_twices(n, false);
    add_statics(n);
    add_objects(n, false);
    add_ids(n);
    add_objects(n, true);
    nat_add_twices(n, true);
}
