/* The configuration's translations as one list of rules, in the order in which they are asked. */
#include "base/mem.h"
#include "gateway/config_parts.h"
#include "gateway/nat_parts.h"
#include "wire/ip.h"

static struct nat_rule *add_rule(struct nat *n, const struct nat_rule *r)
{
    struct nat_rule *to = gw_list_add((void **)&n->rules, &n->nrules, sizeof(*to));

    *to = *r;
    return to;
}

static void add_pool(struct nat *n, const struct nat_pool *p)
{
    struct nat_pool *to = gw_list_add((void **)&n->pools, &n->npools, sizeof(*to));

    *to = *p;
    n->own_ports = n->own_ports || p->interface;
}

static size_t interface_of(const struct nat *n, const char *name, bool *ok)
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

static uint32_t own_address(const struct nat *n, size_t ifi)
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

    r.real_ifi = ok ? interface_of(n, c->nat0_interface, &ok) : NETIF_NONE;
    r.mapped_ifi = NETIF_NONE;
    (void)gw_name_set(r.acl, c->nat0_acl);
    if (ok)
        add_rule(n, &r);
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
        add_rule(n, r);
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
        r.real_ifi = interface_of(n, s->real_if, &ok);
        r.mapped_ifi = interface_of(n, s->mapped_if, &ok);
        if (!ok)
            continue;
        if (s->interface) {
            r.mapped = own_address(n, r.mapped_ifi);
            n->own_ports = true;
        }
        r.real = range_of(&net);
        if (s->acl[0])
            add_static_by_list(n, s, &r);
        else
            add_rule(n, &r);
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
            r.real_ifi = interface_of(n, d->nameif, &ok);
            (void)gw_name_set(r.acl, d->acl);
            if (ok)
                add_rule(n, &r);
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
        p.ifi = interface_of(n, g->nameif, &ok);
        if (ok)
            add_pool(n, &p);
    }
}

/* --- ASA 8.3 -----------------------------------------------------------------------------------
 */

/* The addresses that NAME stands for. */
static bool resolve(const struct nat *n, const char *name, struct nat_range *out)
{
    const struct gw_object *o = gw_nat_object(&n->env.cfg->nat, name);

    if (strcmp(name, GW_NAT_ANY) == 0) {
        *out = (struct nat_range){0, UINT32_MAX};
        return true;
    }
    if (!o || o->kind == GW_OBJECT_EMPTY)
        return false;
    *out = (struct nat_range){ip4_u32(&o->from), ip4_u32(&o->to)};
    return true;
}

/* A pool of its own for rule R, which maps to NAME, or to ADDR where that is "". */
static bool add_own_pool(struct nat *n, struct nat_rule *r, const char *name,
                         const struct ip_addr *addr)
{
    struct nat_pool p = {.id = NAT_OWN_POOLS + (uint32_t)n->npools, .ifi = r->mapped_ifi};

    p.interface = strcmp(name, GW_NAT_INTERFACE) == 0;
    if (!*name)
        p.range = (struct nat_range){ip4_u32(addr), ip4_u32(addr)};
    else if (!p.interface && !resolve(n, name, &p.range))
        return false;
    p.port = p.interface || p.range.from == p.range.to;
    r->id = p.id;
    r->outside = true; /* the interfaces are named: security levels do not matter */
    add_pool(n, &p);
    return true;
}

/* A twice NAT rule's mapped source. */
static bool map_source(struct nat *n, const struct gw_nat_twice *t, struct nat_rule *r)
{
    struct nat_range mapped;

    if (t->dynamic)
        return add_own_pool(n, r, t->src_mapped, NULL);
    if (strcmp(t->src_mapped, GW_NAT_INTERFACE) == 0) {
        r->mapped = own_address(n, r->mapped_ifi);
        n->own_ports = true;
        return r->mapped_ifi != NETIF_NONE;
    }
    if (!resolve(n, t->src_mapped, &mapped))
        return false;
    r->mapped = mapped.from;
    return mapped.to - mapped.from >= r->real.to - r->real.from;
}

static bool map_destination(struct nat *n, const struct gw_nat_twice *t, struct nat_rule *r)
{
    struct nat_range real;

    if (!t->dst_real[0])
        return true;
    r->has_dst = true;
    if (!resolve(n, t->dst_real, &real))
        return false;
    r->dst_real = real.from;
    if (strcmp(t->dst_mapped, GW_NAT_INTERFACE) == 0) {
        uint32_t own = own_address(n, r->real_ifi);
        r->dst_seen = (struct nat_range){own, own};
        return own != 0;
    }
    return resolve(n, t->dst_mapped, &r->dst_seen) &&
           real.to - real.from >= r->dst_seen.to - r->dst_seen.from;
}

static void add_twices(struct nat *n, bool after_auto)
{
    const struct gw_nat_config *c = &n->env.cfg->nat;

    for (size_t i = 0; i < c->ntwices; i++) {
        const struct gw_nat_twice *t = &c->twices[i];
        struct nat_rule r = {.kind = t->dynamic ? NAT_DYNAMIC : NAT_FIXED, .twice = true};
        bool ok = t->after_auto == after_auto && !t->inactive;
        r.real_ifi = interface_of(n, t->real_if, &ok);
        r.mapped_ifi = interface_of(n, t->mapped_if, &ok);
        if (ok && resolve(n, t->src_real, &r.real) && map_destination(n, t, &r) &&
            map_source(n, t, &r))
            add_rule(n, &r);
    }
}

static bool map_object(struct nat *n, const struct gw_object *o, struct nat_rule *r)
{
    const struct gw_object_nat *m = &o->nat;
    struct nat_range mapped = {ip4_u32(&m->addr), UINT32_MAX};

    if (m->dynamic)
        return add_own_pool(n, r, m->mapped, &m->addr);
    r->proto = m->proto;
    r->real_port = m->real_port;
    r->mapped_port = m->mapped_port;
    if (strcmp(m->mapped, GW_NAT_INTERFACE) == 0) {
        mapped.from = own_address(n, r->mapped_ifi);
        n->own_ports = true;
    } else if (m->mapped[0] && !resolve(n, m->mapped, &mapped)) {
        return false;
    }
    r->mapped = mapped.from;
    return mapped.from != 0 && mapped.to - mapped.from >= r->real.to - r->real.from;
}

/* Of objects those with fewer addresses come first, of equals the lower address. */
static bool comes_first(const struct gw_object *a, const struct gw_object *b)
{
    uint32_t na = ip4_u32(&a->to) - ip4_u32(&a->from), nb = ip4_u32(&b->to) - ip4_u32(&b->from);

    return na != nb ? na < nb : ip4_u32(&a->from) < ip4_u32(&b->from);
}

static void add_object(struct nat *n, const struct gw_object *o)
{
    struct nat_rule r = {.kind = o->nat.dynamic ? NAT_DYNAMIC : NAT_FIXED,
                         .real = {ip4_u32(&o->from), ip4_u32(&o->to)}};
    bool ok = o->kind != GW_OBJECT_EMPTY;

    r.real_ifi = interface_of(n, o->nat.real_if, &ok);
    r.mapped_ifi = interface_of(n, o->nat.mapped_if, &ok);
    if (ok && map_object(n, o, &r))
        add_rule(n, &r);
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
    add_twices(n, false);
    add_statics(n);
    add_objects(n, false);
    add_ids(n);
    add_objects(n, true);
    add_twices(n, true);
}
