/* Twice NAT as rules. A line that names object-groups becomes a rule for every piece of its source
 * that lies together on both sides, and for every such piece of its destination: as the device has
 * it, the first address of the real group is the first of the mapped one, and so on. */
#include "base/mem.h"
#include "gateway/nat_parts.h"

#define RULES_MAX 4096 /* of one line: more is no configuration anybody has meant */

struct piece {
    struct nat_range from;
    uint32_t to; /* where its first address goes */
};

struct pieces {
    struct piece v[2 * GW_NET_RANGES];
    size_t n;
};

static uint64_t size_of(const struct gw_net_range *r)
{
    return (uint64_t)r->to - r->from + 1;
}

/* Lays group FROM beside group TO. False: one of them is empty, or TO is too small. */
static bool pair_up(const struct gw_nat_config *c, const char *from, const char *to,
                    struct pieces *out)
{
    struct gw_net_range a[GW_NET_RANGES], b[GW_NET_RANGES];
    size_t na = gw_net_ranges(c, from, a), nb = gw_net_ranges(c, to, b), i = 0, k = 0;

    out->n = 0;
    while (i < na && k < nb) {
        uint64_t left = size_of(&a[i]), room = size_of(&b[k]), n = left < room ? left : room;
        out->v[out->n++] = (struct piece){{a[i].from, (uint32_t)(a[i].from + (n - 1))}, b[k].from};
        if (n == left)
            i++;
        else
            a[i].from += (uint32_t)n;
        if (n == room)
            k++;
        else
            b[k].from += (uint32_t)n;
    }
    return na > 0 && i == na;
}

/* Every range of FROM goes to address TO, which is 0 where it goes nowhere fixed. */
static bool all_to(const struct gw_nat_config *c, const char *from, uint32_t to, struct pieces *out)
{
    struct gw_net_range a[GW_NET_RANGES];

    out->n = gw_net_ranges(c, from, a);
    for (size_t i = 0; i < out->n; i++)
        out->v[i] = (struct piece){{a[i].from, a[i].to}, to};
    return out->n > 0;
}

static bool map_source(struct nat *n, const struct gw_nat_twice *t, struct nat_rule *r,
                       struct pieces *out)
{
    const struct gw_nat_config *c = &n->env.cfg->nat;

    if (t->dynamic)
        return all_to(c, t->src_real, 0, out) && nat_own_pools(n, r, t->src_mapped, NULL);
    if (strcmp(t->src_mapped, GW_NAT_INTERFACE) == 0) {
        n->own_ports = true;
        return r->mapped_ifi != NETIF_NONE &&
               all_to(c, t->src_real, nat_own_address(n, r->mapped_ifi), out);
    }
    return pair_up(c, t->src_real, t->src_mapped, out);
}

/* The destination, from where the real side sees it to where it is. */
static bool map_destination(struct nat *n, const struct gw_nat_twice *t, struct nat_rule *r,
                            struct pieces *out)
{
    const struct gw_nat_config *c = &n->env.cfg->nat;
    struct gw_net_range real[GW_NET_RANGES];

    r->has_dst = t->dst_real[0] != '\0';
    out->n = 1;
    if (!r->has_dst)
        return true;
    if (strcmp(t->dst_mapped, GW_NAT_INTERFACE) != 0)
        return pair_up(c, t->dst_mapped, t->dst_real, out);
    uint32_t own = nat_own_address(n, r->real_ifi);
    if (!own || !gw_net_ranges(c, t->dst_real, real))
        return false;
    out->v[0] = (struct piece){{own, own}, real[0].from};
    return true;
}

static bool map_ports(const struct nat *n, const struct gw_nat_twice *t, struct nat_rule *r)
{
    const struct gw_port_object *real = gw_port_object(&n->env.cfg->nat, t->service_real);
    const struct gw_port_object *mapped = gw_port_object(&n->env.cfg->nat, t->service_mapped);

    if (!t->service_real[0])
        return true;
    if (!real || !mapped || !real->proto || real->proto != mapped->proto)
        return false; /* they were changed meanwhile */
    r->proto = real->proto;
    r->real_port = real->port;
    r->mapped_port = mapped->port;
    return true;
}

static void add_pieces(struct nat *n, struct nat_rule *r, const struct pieces *src,
                       const struct pieces *dst)
{
    size_t count = 0;

    for (size_t i = 0; i < src->n; i++) {
        for (size_t k = 0; k < dst->n && count < RULES_MAX; k++, count++) {
            r->real = src->v[i].from;
            r->mapped = src->v[i].to;
            if (r->has_dst) {
                r->dst_seen = dst->v[k].from;
                r->dst_real = dst->v[k].to;
            }
            nat_add_rule(n, r);
        }
    }
}

void nat_add_twices(struct nat *n, bool after_auto)
{
    const struct gw_nat_config *c = &n->env.cfg->nat;
    struct pieces *src = mem_array(2, sizeof(*src)), *dst = src + 1;

    for (size_t i = 0; i < c->ntwices; i++) {
        const struct gw_nat_twice *t = &c->twices[i];
        struct nat_rule r = {.kind = t->dynamic ? NAT_DYNAMIC : NAT_FIXED, .twice = true};
        bool ok = t->after_auto == after_auto && !t->inactive;
        r.real_ifi = nat_interface_of(n, t->real_if, &ok);
        r.mapped_ifi = nat_interface_of(n, t->mapped_if, &ok);
        if (ok && map_ports(n, t, &r) && map_destination(n, t, &r, dst) &&
            map_source(n, t, &r, src))
            add_pieces(n, &r, src, dst);
    }
    mem_free(src);
}
