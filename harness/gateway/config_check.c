/* What is wrong with a configuration, in sentences that say what to do. */
#include "gateway/acl.h"
#include "gateway/config_parts.h"
#include "wire/ip.h"

#include <stdarg.h>

struct review {
    const struct gw_config *c;
    struct buf *out;
    size_t errors;
};

static void PRINTF_LIKE(2, 3) error(struct review *r, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    buf_adds(r->out, "error: ");
    buf_vaddf(r->out, fmt, ap);
    buf_addc(r->out, '\n');
    va_end(ap);
    r->errors++;
}

static void PRINTF_LIKE(2, 3) warning(struct review *r, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    buf_adds(r->out, "warning: ");
    buf_vaddf(r->out, fmt, ap);
    buf_addc(r->out, '\n');
    va_end(ap);
}

static bool is_up(const struct gw_interface *i)
{
    return i && i->nameif[0] && (i->addr.family || gw_interface_has_ipv6(i)) && !i->shutdown;
}

static bool is_up_named(const struct gw_config *c, const char *nameif)
{
    return is_up(gw_config_interface(c, nameif));
}

static struct ip_net net_of(const struct gw_interface *i)
{
    return (struct ip_net){i->addr, i->prefix};
}

static void review_interfaces(struct review *r)
{
    const struct gw_config *c = r->c;
    size_t up = 0;

    for (size_t i = 0; i < c->ninterfaces; i++) {
        const struct gw_interface *a = &c->interfaces[i];
        if (!is_up(a))
            continue;
        up++;
        if (a->security_level < 0)
            warning(r, "interface %s (%s) has no security-level: it is taken as 0", a->hardware,
                    a->nameif);
        struct ip_net net = net_of(a);
        for (size_t k = 0; k < i; k++) {
            const struct gw_interface *b = &c->interfaces[k];
            struct ip_net other = net_of(b);
            if (is_up(b) && (ip_net_has(&net, &b->addr) || ip_net_has(&other, &a->addr)))
                error(r,
                      "interfaces %s and %s are in one network: give one of them another "
                      "`ip address`",
                      b->nameif, a->nameif);
        }
    }
    if (!up)
        error(r, "no interface can carry traffic: one needs `nameif`, `ip address` and "
                 "`no shutdown`");
}

static void review_routes(struct review *r)
{
    const struct gw_config *c = r->c;
    char hop[IP_ADDR_TEXT];

    for (size_t i = 0; i < c->nroutes; i++) {
        const struct gw_route *route = &c->routes[i];
        const struct gw_interface *in = gw_config_interface(c, route->nameif);
        ip_addr_format(&route->next_hop, hop);
        if (!is_up(in)) {
            warning(r, "the route through %s is dead: interface %s is not up", hop, route->nameif);
            continue;
        }
        struct ip_net net = net_of(in);
        if (!ip_net_has(&net, &route->next_hop))
            warning(r, "the route through %s cannot work: %s is not in the network of interface %s",
                    hop, hop, route->nameif);
    }
}

static void review_bindings(struct review *r)
{
    const struct gw_config *c = r->c;

    for (size_t i = 0; i < c->naccess_groups; i++) {
        if (!gw_config_acl(c, c->access_groups[i].acl))
            error(r,
                  "access-group names access-list %s, which does not exist: define it, or remove "
                  "the access-group from interface %s",
                  c->access_groups[i].acl, c->access_groups[i].nameif);
    }
    if (c->nat0_acl[0] && !gw_config_acl(c, c->nat0_acl))
        warning(r, "nat (%s) 0 names access-list %s, which does not exist", c->nat0_interface,
                c->nat0_acl);
}

static bool has_global(const struct gw_nat_config *n, uint32_t id)
{
    for (size_t i = 0; i < n->nglobals; i++) {
        if (n->globals[i].id == id)
            return true;
    }
    return false;
}

static void review_translations(struct review *r)
{
    const struct gw_nat_config *n = &r->c->nat;

    for (size_t i = 0; i < n->nids; i++) {
        const struct gw_nat_id *d = &n->ids[i];
        if (d->acl[0] && !gw_config_acl(r->c, d->acl))
            warning(r, "nat (%s) %u names access-list %s, which does not exist", d->nameif, d->id,
                    d->acl);
        if (d->id && !has_global(n, d->id))
            warning(r, "nat (%s) %u has no global with this number: what it is about is dropped",
                    d->nameif, d->id);
    }
    for (size_t i = 0; i < n->nstatics; i++) {
        const struct gw_nat_static *s = &n->statics[i];
        if (s->acl[0] && !gw_config_acl(r->c, s->acl))
            warning(r, "static (%s,%s) names access-list %s, which does not exist", s->real_if,
                    s->mapped_if, s->acl);
    }
}

static bool port_is_one(const struct gw_port_range *p)
{
    return !p->negated && (p->from == p->to || (p->from == 0 && p->to == UINT16_MAX));
}

/* Phase-2 identities are networks, one protocol and single ports (RFC 2407, 4.6.2). */
static void review_crypto_acl(struct review *r, const struct gw_map_entry *m,
                              const struct gw_acl *a)
{
    size_t permits = 0;

    for (size_t i = 0; i < a->naces; i++) {
        const struct gw_ace *e = &a->aces[i];
        struct ip_net src, dst;
        if (e->action != GW_PERMIT || e->inactive)
            continue;
        permits++;
        if (gw_ace_networks(e, &src, &dst))
            error(r,
                  "entry %zu of access-list %s has a mask that names no network: crypto map %s "
                  "%u cannot negotiate it",
                  i + 1, a->name, m->map, m->seq);
        if (!port_is_one(&e->src_port) || !port_is_one(&e->dst_port))
            error(r,
                  "entry %zu of access-list %s has a range of ports: crypto map %s %u cannot "
                  "negotiate it",
                  i + 1, a->name, m->map, m->seq);
    }
    if (!permits)
        error(r, "access-list %s permits nothing: crypto map %s %u protects no traffic", a->name,
              m->map, m->seq);
}

/* WHAT: "crypto map", or "crypto dynamic-map" */
static void review_sets(struct review *r, const char *what, const struct gw_map_entry *m)
{
    if (!m->nsets && !m->nproposals)
        error(r, "%s %s %u has no transform set: add `%s %s %u set transform-set NAME`", what,
              m->map, m->seq, what, m->map, m->seq);
    for (size_t i = 0; i < m->nsets; i++) {
        const struct gw_transform_set *t = gw_config_transform(r->c, m->sets[i]);
        if (!t)
            error(r, "%s %s %u names transform set %s, which does not exist", what, m->map, m->seq,
                  m->sets[i]);
        else if (t->cipher == CIPHER_NONE || t->integ == INTEG_NONE)
            error(r,
                  "transform set %s of %s %s %u lacks a cipher or an integrity check, which is not "
                  "modelled",
                  t->name, what, m->map, m->seq);
    }
}

static void review_peer(struct review *r, const struct gw_map_entry *m, const struct ip_addr *peer)
{
    const struct gw_tunnel_group *g = gw_config_group(r->c, peer);
    char addr[IP_ADDR_TEXT];

    ip_addr_format(peer, addr);
    if (!g) {
        error(r,
              "there is no tunnel-group for peer %s of crypto map %s %u: add `tunnel-group %s "
              "type ipsec-l2l`, and its pre-shared-key under ipsec-attributes",
              addr, m->map, m->seq, addr);
        return;
    }
    if (strcmp(g->name, addr) != 0)
        warning(r,
                "peer %s of crypto map %s %u has no tunnel-group of its own: it gets the key of "
                "%s",
                addr, m->map, m->seq, g->name);
    if (!g->l2l)
        error(r, "tunnel-group %s is not of type ipsec-l2l: crypto map %s %u cannot use it",
              g->name, m->map, m->seq);
    if (!m->nsets)
        return; /* IKEv2 alone: its keys are looked at with the rest of it */
    if (!g->psk[0])
        error(r,
              "tunnel-group %s has no pre-shared-key: add one under `tunnel-group %s "
              "ipsec-attributes`",
              g->name, g->name);
    else if (gw_key_is_masked(g->psk))
        error(r,
              "the pre-shared-key of tunnel-group %s is printed as \"%s\", as a device prints it: "
              "give the real key",
              g->name, g->psk);
}

/* What a remote access group names and is not there is said, and then as if it named nothing. */
static void review_group(struct review *r, const struct gw_tunnel_group *g)
{
    const struct gw_config *c = r->c;
    size_t i = 0;

    if (g->pool[0] && !gw_config_pool(c, g->pool))
        warning(r,
                "tunnel-group %s names pool %s, which does not exist: its clients get no address",
                g->name, g->pool);
    while (i < c->ngroup_policies && strcmp(c->group_policies[i].name, g->policy) != 0)
        i++;
    if (g->policy[0] && i == c->ngroup_policies && strcmp(g->policy, "DfltGrpPolicy") != 0)
        warning(r, "tunnel-group %s names group-policy %s, which does not exist", g->name,
                g->policy);
}

/* A dynamic map is for clients of remote access groups. */
static void review_dynamic(struct review *r, const struct gw_map_entry *m)
{
    const struct gw_config *c = r->c;
    size_t entries = 0, groups = 0;

    for (size_t i = 0; i < c->ndynamic; i++) {
        if (strcmp(c->dynamic[i].map, m->dynamic) != 0)
            continue;
        entries++;
        review_sets(r, "crypto dynamic-map", &c->dynamic[i]);
    }
    if (!entries)
        error(r, "crypto map %s %u names dynamic map %s, which does not exist", m->map, m->seq,
              m->dynamic);
    for (size_t i = 0; i < c->ngroups; i++) {
        if (c->groups[i].l2l)
            continue;
        review_group(r, &c->groups[i]);
        groups += c->groups[i].psk[0] && !gw_key_is_masked(c->groups[i].psk);
    }
    if (!groups)
        warning(r,
                "no tunnel-group of type remote-access has a key: nobody can come in by dynamic "
                "map %s",
                m->dynamic);
}

static void review_entry(struct review *r, const struct gw_map_entry *m)
{
    if (m->dynamic[0]) {
        review_dynamic(r, m);
        return;
    }
    const struct gw_acl *a = gw_config_acl(r->c, m->acl);

    if (!m->acl[0])
        error(r,
              "crypto map %s %u does not say which traffic it protects: add `crypto map %s %u "
              "match address ACCESS-LIST`",
              m->map, m->seq, m->map, m->seq);
    else if (!a)
        error(r, "crypto map %s %u names access-list %s, which does not exist", m->map, m->seq,
              m->acl);
    else
        review_crypto_acl(r, m, a);
    if (!m->npeers)
        error(r, "crypto map %s %u has no peer: add `crypto map %s %u set peer ADDRESS`", m->map,
              m->seq, m->map, m->seq);
    for (size_t i = 0; i < m->npeers; i++)
        review_peer(r, m, &m->peers[i]);
    review_sets(r, "crypto map", m);
}

static void review_isakmp(struct review *r)
{
    const struct gw_config *c = r->c;
    size_t usable = 0;

    if (strcmp(c->isakmp_interface, c->map_interface) != 0)
        error(r,
              "ISAKMP is not enabled on interface %s, where crypto map %s is: add `crypto isakmp "
              "enable %s`",
              c->map_interface, c->map_applied, c->map_interface);
    for (size_t i = 0; i < c->npolicies; i++)
        usable += c->policies[i].pre_share;
    if (!usable)
        error(r, "no ISAKMP policy uses a pre-shared key: add `crypto isakmp policy 5` with "
                 "`authentication pre-share`");
}

static void review_map(struct review *r)
{
    const struct gw_config *c = r->c;
    size_t entries = 0, ikev1 = 0;

    if (!c->map_applied[0]) {
        if (c->nmap)
            warning(r, "crypto map %s is bound to no interface: add `crypto map %s interface IF`",
                    c->map[0].map, c->map[0].map);
        return;
    }
    if (!is_up_named(c, c->map_interface))
        error(r,
              "crypto map %s is bound to interface %s, which is not up: it needs `nameif`, `ip "
              "address` and `no shutdown`",
              c->map_applied, c->map_interface);
    for (size_t i = 0; i < c->nmap; i++) {
        if (strcmp(c->map[i].map, c->map_applied) != 0)
            continue;
        entries++;
        ikev1 += c->map[i].nsets || c->map[i].dynamic[0] || !c->map[i].nproposals;
        review_entry(r, &c->map[i]);
    }
    if (!entries)
        error(r, "crypto map %s is bound to interface %s and has no entry", c->map_applied,
              c->map_interface);
    if (ikev1 || !entries)
        review_isakmp(r);
    r->errors += gw_ikev2_review(c, r->out);
}

static void review_logging(struct review *r)
{
    const struct gw_logging *l = &r->c->logging;
    int teardown_level = 6;

    if (!l->enable)
        return;
    for (size_t i = 0; i < l->nhosts; i++) {
        if (!is_up_named(r->c, l->hosts[i].nameif))
            warning(r, "the logging host on interface %s gets nothing: the interface is not up",
                    l->hosts[i].nameif);
    }
    for (size_t i = 0; i < l->nmessages; i++) {
        if (l->messages[i].id != 302014)
            continue;
        if (l->messages[i].disabled)
            warning(r, "message 302014 is switched off: no log will say why a connection ended");
        if (l->messages[i].level >= 0)
            teardown_level = l->messages[i].level;
    }
    if (l->nhosts && !l->to[GW_LOG_TO_TRAP].list[0] && l->to[GW_LOG_TO_TRAP].level < teardown_level)
        warning(r,
                "message 302014 has level %d and only %d and below are sent to logging hosts: "
                "add `logging trap informational`",
                teardown_level, l->to[GW_LOG_TO_TRAP].level);
}

size_t gw_config_review(const struct gw_config *c, struct buf *out)
{
    struct review r = {.c = c, .out = out};

    review_interfaces(&r);
    review_routes(&r);
    review_bindings(&r);
    review_translations(&r);
    review_map(&r);
    review_logging(&r);
    return r.errors;
}

enum err gw_config_check(const struct gw_config *c, struct diag *why)
{
    struct buf text = BUF_INIT;
    enum err e = ERR_OK;

    if (gw_config_review(c, &text)) {
        const char *first = buf_str(&text);
        if (strncmp(first, "error: ", 7) != 0)
            first = strstr(first, "\nerror: ") + 1;
        first += 7;
        e = diag_fail(why, ERR_INVALID, "%.*s", (int)strcspn(first, "\n"), first);
    }
    buf_release(&text);
    return e;
}
