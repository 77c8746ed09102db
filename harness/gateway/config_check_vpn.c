/* What is wrong with a configuration's tunnels. */
#include "gateway/acl.h"
#include "gateway/config_check.h"
#include "wire/ip.h"

static bool port_is_one(const struct gw_port_range *p)
{
    return !p->negated && (p->from == p->to || (p->from == 0 && p->to == UINT16_MAX));
}

/* Phase-2 identities are networks, one protocol and single ports (RFC 2407, 4.6.2). */
static void review_crypto_acl(struct gw_review *r, const struct gw_map_entry *m,
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
            gw_review_error(
                r,
                "entry %zu of access-list %s has a mask that names no network: crypto map %s "
                "%u cannot negotiate it",
                i + 1, a->name, m->map, m->seq);
        if (!port_is_one(&e->src_port) || !port_is_one(&e->dst_port))
            gw_review_error(
                r,
                "entry %zu of access-list %s has a range of ports: crypto map %s %u cannot "
                "negotiate it",
                i + 1, a->name, m->map, m->seq);
    }
    if (!permits)
        gw_review_error(r, "access-list %s permits nothing: crypto map %s %u protects no traffic",
                        a->name, m->map, m->seq);
}

/* WHAT: "crypto map", or "crypto dynamic-map" */
static void review_sets(struct gw_review *r, const char *what, const struct gw_map_entry *m)
{
    if (!m->nsets && !m->nproposals)
        gw_review_error(r, "%s %s %u has no transform set: add `%s %s %u set transform-set NAME`",
                        what, m->map, m->seq, what, m->map, m->seq);
    for (size_t i = 0; i < m->nsets; i++) {
        const struct gw_transform_set *t = gw_config_transform(r->c, m->sets[i]);
        if (!t)
            gw_review_error(r, "%s %s %u names transform set %s, which does not exist", what,
                            m->map, m->seq, m->sets[i]);
        else if (t->cipher == CIPHER_NONE || t->integ == INTEG_NONE)
            gw_review_error(
                r,
                "transform set %s of %s %s %u lacks a cipher or an integrity check, which is not "
                "modelled",
                t->name, what, m->map, m->seq);
    }
}

static void review_peer(struct gw_review *r, const struct gw_map_entry *m,
                        const struct ip_addr *peer)
{
    const struct gw_tunnel_group *g = gw_config_group(r->c, peer);
    char addr[IP_ADDR_TEXT];

    ip_addr_format(peer, addr);
    if (!g) {
        gw_review_error(
            r,
            "there is no tunnel-group for peer %s of crypto map %s %u: add `tunnel-group %s "
            "type ipsec-l2l`, and its pre-shared-key under ipsec-attributes",
            addr, m->map, m->seq, addr);
        return;
    }
    if (strcmp(g->name, addr) != 0)
        gw_review_warning(
            r,
            "peer %s of crypto map %s %u has no tunnel-group of its own: it gets the key of "
            "%s",
            addr, m->map, m->seq, g->name);
    if (!g->l2l)
        gw_review_error(r,
                        "tunnel-group %s is not of type ipsec-l2l: crypto map %s %u cannot use it",
                        g->name, m->map, m->seq);
    if (!m->nsets)
        return; /* IKEv2 alone: its keys are looked at with the rest of it */
    if (!g->psk[0])
        gw_review_error(r,
                        "tunnel-group %s has no pre-shared-key: add one under `tunnel-group %s "
                        "ipsec-attributes`",
                        g->name, g->name);
    else if (gw_key_is_masked(g->psk))
        gw_review_error(
            r,
            "the pre-shared-key of tunnel-group %s is printed as \"%s\", as a device prints it: "
            "give the real key",
            g->name, g->psk);
}

/* What a remote access group names and is not there is said, and then as if it named nothing. */
static void review_group(struct gw_review *r, const struct gw_tunnel_group *g)
{
    const struct gw_config *c = r->c;
    size_t i = 0;

    if (g->pool[0] && !gw_config_pool(c, g->pool))
        gw_review_warning(
            r, "tunnel-group %s names pool %s, which does not exist: its clients get no address",
            g->name, g->pool);
    while (i < c->ngroup_policies && strcmp(c->group_policies[i].name, g->policy) != 0)
        i++;
    if (g->policy[0] && i == c->ngroup_policies && strcmp(g->policy, "DfltGrpPolicy") != 0)
        gw_review_warning(r, "tunnel-group %s names group-policy %s, which does not exist", g->name,
                          g->policy);
}

/* A dynamic map is for clients of remote access groups. */
static void review_dynamic(struct gw_review *r, const struct gw_map_entry *m)
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
        gw_review_error(r, "crypto map %s %u names dynamic map %s, which does not exist", m->map,
                        m->seq, m->dynamic);
    for (size_t i = 0; i < c->ngroups; i++) {
        if (c->groups[i].l2l)
            continue;
        review_group(r, &c->groups[i]);
        groups += c->groups[i].psk[0] && !gw_key_is_masked(c->groups[i].psk);
    }
    if (!groups)
        gw_review_warning(
            r,
            "no tunnel-group of type remote-access has a key: nobody can come in by dynamic "
            "map %s",
            m->dynamic);
}

static void review_entry(struct gw_review *r, const struct gw_map_entry *m)
{
    if (m->dynamic[0]) {
        review_dynamic(r, m);
        return;
    }
    const struct gw_acl *a = gw_config_acl(r->c, m->acl);

    if (!m->acl[0])
        gw_review_error(
            r,
            "crypto map %s %u does not say which traffic it protects: add `crypto map %s %u "
            "match address ACCESS-LIST`",
            m->map, m->seq, m->map, m->seq);
    else if (!a)
        gw_review_error(r, "crypto map %s %u names access-list %s, which does not exist", m->map,
                        m->seq, m->acl);
    else
        review_crypto_acl(r, m, a);
    if (!m->npeers)
        gw_review_error(r, "crypto map %s %u has no peer: add `crypto map %s %u set peer ADDRESS`",
                        m->map, m->seq, m->map, m->seq);
    for (size_t i = 0; i < m->npeers; i++)
        review_peer(r, m, &m->peers[i]);
    review_sets(r, "crypto map", m);
}

static void review_isakmp(struct gw_review *r)
{
    const struct gw_config *c = r->c;
    size_t usable = 0;

    if (strcmp(c->isakmp_interface, c->map_interface) != 0)
        gw_review_error(
            r,
            "ISAKMP is not enabled on interface %s, where crypto map %s is: add `crypto isakmp "
            "enable %s`",
            c->map_interface, c->map_applied, c->map_interface);
    for (size_t i = 0; i < c->npolicies; i++)
        usable += c->policies[i].pre_share;
    if (!usable)
        gw_review_error(r,
                        "no ISAKMP policy uses a pre-shared key: add `crypto isakmp policy 5` with "
                        "`authentication pre-share`");
}

void gw_review_vpn(struct gw_review *r)
{
    const struct gw_config *c = r->c;
    size_t entries = 0, ikev1 = 0;

    if (!c->map_applied[0]) {
        if (c->nmap)
            gw_review_warning(
                r, "crypto map %s is bound to no interface: add `crypto map %s interface IF`",
                c->map[0].map, c->map[0].map);
        return;
    }
    if (!gw_review_is_up_named(c, c->map_interface))
        gw_review_error(
            r,
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
        gw_review_error(r, "crypto map %s is bound to interface %s and has no entry",
                        c->map_applied, c->map_interface);
    if (ikev1 || !entries)
        review_isakmp(r);
    gw_review_ikev2(r);
}
