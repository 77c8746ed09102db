#include "gateway/nat.h"

#include "base/mem.h"
#include "gateway/nat_parts.h"
#include "wire/ip.h"

struct nat *nat_new(const struct xlates_env *env)
{
    struct nat *n = mem_zalloc(sizeof(*n));

    n->env = *env;
    n->xlates = xlates_new(env);
    return n;
}

void nat_free(struct nat *n)
{
    if (!n)
        return;
    xlates_free(n->xlates);
    mem_free(n->rules);
    mem_free(n->pools);
    mem_free(n);
}

/* A translation by policy is made as it is needed, as is that of a rule for any address: only what
 * has an address on both sides stands in the table. */
static bool is_listed(const struct nat_rule *r)
{
    return r->kind == NAT_FIXED && !(r->real.from == 0 && r->real.to == UINT32_MAX);
}

void nat_configure(struct nat *n)
{
    nat_rules_build(n);
    xlates_fixed_begin(n->xlates);
    for (size_t i = 0; i < n->nrules; i++) {
        struct nat_rule *r = &n->rules[i];
        struct xlate_fixed f = {.proto = r->proto,
                                .real = {ip4(r->real.from), r->real_port},
                                .mapped = {ip4(r->mapped), r->mapped_port},
                                .last = r->real.to - r->real.from,
                                .real_ifi = r->real_ifi,
                                .mapped_ifi = r->mapped_ifi,
                                .twice = r->twice};
        r->xlate = is_listed(r) ? xlates_fixed(n->xlates, &f) : NULL;
    }
    xlates_fixed_end(n->xlates);
}

void nat_forget(struct nat *n)
{
    xlates_free(n->xlates);
    n->xlates = xlates_new(&n->env);
    nat_configure(n);
}

struct xlates *nat_xlates(struct nat *n)
{
    return n->xlates;
}

bool nat_has_own_ports(const struct nat *n)
{
    return n->own_ports;
}

bool nat_lists_see_real(const struct gw_config *c)
{
    return gw_version_number(c) >= 803;
}

/* --- what a rule is about ----------------------------------------------------------------------
 */

struct way {        /* a flow seen in one direction, its destination where it really is */
    size_t in, out; /* NETIF_NONE: not known yet */
    uint8_t proto;
    int icmp_type;
    struct endpoint src, dst;
    uint32_t dst_seen;
};

static bool goes(size_t rule, size_t ifi)
{
    return rule == NETIF_NONE || ifi == NETIF_NONE || rule == ifi;
}

static bool listed(const struct nat *n, const char *name, const struct way *w)
{
    const struct gw_acl *a = gw_config_acl(n->env.cfg, name);
    struct gw_flow_key key = {.proto = w->proto,
                              .src = w->src.addr,
                              .dst = w->dst.addr,
                              .sport = w->src.port,
                              .dport = w->dst.port,
                              .icmp_type = w->icmp_type};

    return a && gw_acl_match(a, &key).permit;
}

static bool has_source(const struct nat_rule *r, const struct way *w)
{
    return nat_in(&r->real, ip4_u32(&w->src.addr)) &&
           (!r->proto || (r->proto == w->proto && r->real_port == w->src.port));
}

/* Towards lower security, unless the rule says `outside` or names its interfaces. */
static bool levels_fit(const struct nat *n, const struct nat_rule *r, const struct way *w)
{
    const struct netif *v = n->env.ifs->v;

    if ((r->kind != NAT_DYNAMIC && r->kind != NAT_IDENTITY) || r->outside || w->out == NETIF_NONE)
        return true;
    return v[w->in].level > v[w->out].level;
}

/* R is about flow W, which comes from R's real side. */
static bool applies(const struct nat *n, const struct nat_rule *r, const struct way *w)
{
    return goes(r->real_ifi, w->in) && goes(r->mapped_ifi, w->out) && w->in != w->out &&
           has_source(r, w) && (!r->has_dst || nat_in(&r->dst_seen, w->dst_seen)) &&
           levels_fit(n, r, w) && (!r->acl[0] || listed(n, r->acl, w));
}

/* Of rules that need not be known in order: the first one. */
static const struct nat_rule *rule_of(const struct nat *n, const struct way *w)
{
    for (size_t i = 0; i < n->nrules; i++) {
        if (applies(n, &n->rules[i], w))
            return &n->rules[i];
    }
    return NULL;
}

static struct endpoint map_forth(const struct nat_rule *r, const struct endpoint *real)
{
    uint32_t a = r->mapped + (ip4_u32(&real->addr) - r->real.from);

    return (struct endpoint){ip4(a), r->proto ? r->mapped_port : real->port};
}

static struct endpoint map_back(const struct nat_rule *r, const struct endpoint *mapped)
{
    uint32_t a = r->real.from + (ip4_u32(&mapped->addr) - r->mapped);

    return (struct endpoint){ip4(a), r->proto ? r->real_port : mapped->port};
}

/* --- the destination ---------------------------------------------------------------------------
 */

/* R's mapped addresses are what F goes to. */
static bool is_mapped_by(const struct nat_rule *r, const struct nat_flow *f)
{
    uint32_t dst = ip4_u32(&f->dst.addr), src = ip4_u32(&f->src.addr);
    struct nat_range dst_real = {r->dst_real, r->dst_real + (r->dst_seen.to - r->dst_seen.from)};

    return r->kind == NAT_FIXED && goes(r->mapped_ifi, f->in) && dst >= r->mapped &&
           dst - r->mapped <= r->real.to - r->real.from &&
           (!r->proto || (r->proto == f->proto && f->ported && r->mapped_port == f->dst.port)) &&
           (!r->has_dst || nat_in(&dst_real, src));
}

/* F comes from R's real side and goes to a destination that R maps, too. */
static bool maps_destination(const struct nat *n, const struct nat_rule *r,
                             const struct nat_flow *f)
{
    struct way w = {.in = f->in,
                    .out = NETIF_NONE,
                    .proto = f->proto,
                    .icmp_type = f->icmp_type,
                    .src = f->src,
                    .dst = f->dst,
                    .dst_seen = ip4_u32(&f->dst.addr)};

    return r->twice && r->has_dst && applies(n, r, &w);
}

/* The exemption holds for answers and for flows from the other side as well. */
static bool is_exempt_from_afar(const struct nat *n, const struct nat_rule *r,
                                const struct nat_flow *f)
{
    struct way w = {.in = r->real_ifi,
                    .proto = f->proto,
                    .icmp_type = f->icmp_type,
                    .src = f->dst,
                    .dst = f->src};

    return r->kind == NAT_EXEMPT && f->in != r->real_ifi && listed(n, r->acl, &w);
}

static bool undo_by(struct nat_flow *f, const struct nat *n, const struct nat_rule *r)
{
    if (is_exempt_from_afar(n, r, f)) {
        f->rule[1] = r;
        return true;
    }
    if (maps_destination(n, r, f)) {
        f->real_dst.addr = ip4(r->dst_real + (ip4_u32(&f->dst.addr) - r->dst_seen.from));
        f->rule[0] = r;
        return true;
    }
    if (!is_mapped_by(r, f))
        return false;
    f->real_dst = map_back(r, &f->dst);
    f->rule[1] = r;
    f->xlate[1] = r->xlate;
    if (r->has_dst) /* the source is the rule's destination: the real side sees it mapped */
        f->mapped_src.addr = ip4(r->dst_seen.from + (ip4_u32(&f->src.addr) - r->dst_real));
    return true;
}

void nat_undo(struct nat *n, struct nat_flow *f)
{
    f->mapped_src = f->src;
    f->real_dst = f->dst;
    if (f->dst.addr.family != 4)
        return;
    for (size_t i = 0; i < n->nrules; i++) {
        if (undo_by(f, n, &n->rules[i]))
            return;
    }
    struct xlate *x = xlates_of_mapped(n->xlates, f->in, &f->dst.addr);
    if (x) {
        f->real_dst.addr = xlate_real(x)->addr;
        f->xlate[1] = x;
    }
}

/* --- the source --------------------------------------------------------------------------------
 */

static bool has_pool(const struct nat *n, uint32_t id, size_t out)
{
    for (size_t i = 0; i < n->npools; i++) {
        if (n->pools[i].id == id && goes(n->pools[i].ifi, out))
            return true;
    }
    return false;
}

static struct xlate *take_from(struct nat *n, const struct nat_pool *p, const struct nat_flow *f,
                               size_t out)
{
    struct xlate_source s = {
        .proto = f->proto, .real = f->src, .real_ifi = f->in, .mapped_ifi = out};
    struct ip_addr addr = ip4(p->range.from);

    if (!p->port)
        return xlates_address(n->xlates, &s, p->range.from, p->range.to);
    if (!f->ported)
        return NULL;
    if (p->interface)
        addr = n->env.ifs->v[out].net.addr;
    return xlates_port(n->xlates, &s, &addr);
}

/* Addresses first, then ports. */
static enum nat_verdict map_dynamic(struct nat *n, const struct nat_rule *r, size_t out,
                                    struct nat_flow *f)
{
    enum nat_verdict failed = NAT_NO_GROUP;

    for (int ports = 0; ports < 2; ports++) {
        for (size_t i = 0; i < n->npools; i++) {
            const struct nat_pool *p = &n->pools[i];
            if (p->id != r->id || p->port != (ports != 0) || !goes(p->ifi, out))
                continue;
            struct xlate *x = take_from(n, p, f, out);
            if (x) {
                f->xlate[0] = x;
                f->mapped_src.addr = xlate_mapped(x)->addr;
                if (p->port)
                    f->mapped_src.port = xlate_mapped(x)->port;
                return NAT_PASS;
            }
            failed = p->port && f->ported ? NAT_NO_PORT : NAT_NO_ADDRESS;
        }
    }
    return failed;
}

/* The answers of F leave as F has come to them. */
static bool holds_in_reverse(const struct nat *n, size_t out, const struct nat_flow *f)
{
    struct way w = {.in = out,
                    .out = f->in,
                    .proto = f->proto,
                    .icmp_type = f->icmp_type,
                    .src = f->real_dst,
                    .dst = f->src,
                    .dst_seen = ip4_u32(&f->mapped_src.addr)};
    const struct nat_rule *r = rule_of(n, &w);
    bool unchanged = endpoint_eq(&f->real_dst, &f->dst);
    struct endpoint mapped;

    if (f->rule[0] || (r && r == f->rule[1])) /* one rule for both directions */
        return true;
    if (!r || r->kind == NAT_EXEMPT || r->kind == NAT_IDENTITY)
        return unchanged;
    if (r->kind == NAT_DYNAMIC)
        return f->xlate[1] ? !xlate_is_fixed(f->xlate[1]) : !has_pool(n, r->id, f->in);
    mapped = map_forth(r, &f->real_dst);
    return endpoint_eq(&mapped, &f->dst);
}

static enum nat_verdict map_source(struct nat *n, const struct nat_rule *r, size_t out,
                                   struct nat_flow *f)
{
    if (r->kind == NAT_DYNAMIC)
        return map_dynamic(n, r, out, f);
    if (r->kind == NAT_FIXED) {
        f->mapped_src = map_forth(r, &f->src);
        f->xlate[0] = r->xlate;
    }
    return NAT_PASS;
}

/* With nat-control hosts of higher security need a translation to be known on the other side. */
static bool wants_control(const struct nat *n, size_t out, const struct nat_flow *f)
{
    const struct netif *v = n->env.ifs->v;

    if (!n->env.cfg->nat.control)
        return false;
    if (v[f->in].level > v[out].level)
        return !f->rule[0];
    return v[f->in].level < v[out].level && !f->rule[1] && !f->xlate[1] && !f->expected;
}

enum nat_verdict nat_apply(struct nat *n, size_t out, struct nat_flow *f)
{
    struct way w = {.in = f->in,
                    .out = out,
                    .proto = f->proto,
                    .icmp_type = f->icmp_type,
                    .src = f->src,
                    .dst = f->real_dst,
                    .dst_seen = ip4_u32(&f->dst.addr)};
    bool decided = f->rule[1] && f->rule[1]->twice && f->rule[1]->has_dst;

    if (f->src.addr.family != 4)
        return NAT_PASS;
    if (!f->expected && !holds_in_reverse(n, out, f))
        return NAT_REVERSE;
    if (!f->rule[0] && !decided)
        f->rule[0] = rule_of(n, &w);
    if (wants_control(n, out, f))
        return NAT_NO_GROUP;
    return f->rule[0] ? map_source(n, f->rule[0], out, f) : NAT_PASS;
}

/* --- the neighbours ----------------------------------------------------------------------------
 */

bool nat_answers_for(const struct nat *n, size_t ifi, const struct ip_addr *a)
{
    uint32_t addr = ip4_u32(a);

    for (size_t i = 0; i < n->nrules; i++) {
        const struct nat_rule *r = &n->rules[i];
        if (r->kind == NAT_FIXED && r->mapped != r->real.from && r->mapped_ifi == ifi &&
            addr >= r->mapped && addr - r->mapped <= r->real.to - r->real.from)
            return true;
    }
    for (size_t i = 0; i < n->npools; i++) {
        const struct nat_pool *p = &n->pools[i];
        if (!p->interface && goes(p->ifi, ifi) && nat_in(&p->range, addr))
            return true;
    }
    return false;
}
