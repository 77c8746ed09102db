/* What is wrong with IKEv2 in a configuration, in sentences that say what to do. */
#include "crypto/dh.h"
#include "gateway/config_check.h"

static bool proposal_is_usable(const struct gw_ikev2_proposal *p)
{
    for (size_t i = 0; i < p->nciphers; i++) {
        if (cipher_is_aead(p->ciphers[i]))
            return true;
        for (size_t k = 0; k < p->nintegs && p->ciphers[i] != CIPHER_NONE; k++) {
            if (p->integs[k] != INTEG_NONE)
                return true;
        }
    }
    return false;
}

static void review_proposals(struct gw_review *r, const struct gw_map_entry *m)
{
    for (size_t i = 0; i < m->nproposals; i++) {
        const struct gw_ikev2_proposal *p = gw_ikev2_find_proposal(&r->c->ikev2, m->proposals[i]);
        if (!p)
            gw_review_error(r, "crypto map %s %u names ipsec-proposal %s, which does not exist",
                            m->map, m->seq, m->proposals[i]);
        else if (!proposal_is_usable(p))
            gw_review_error(
                r,
                "ipsec-proposal %s of crypto map %s %u has no cipher with an integrity check: "
                "add `protocol esp encryption` and `protocol esp integrity`",
                p->name, m->map, m->seq);
    }
    if (m->pfs_group && !dh_len(m->pfs_group))
        gw_review_error(r, "crypto map %s %u asks for group %u, which is not modelled", m->map,
                        m->seq, m->pfs_group);
}

/* WHICH: "local" or "remote" */
static void review_key(struct gw_review *r, const struct gw_tunnel_group *g, const char *which,
                       const char *key)
{
    if (!key[0])
        gw_review_error(
            r,
            "tunnel-group %s has no key for IKEv2: add `ikev2 %s-authentication pre-shared-key` "
            "under `tunnel-group %s ipsec-attributes`",
            g->name, which, g->name);
    else if (gw_key_is_masked(key))
        gw_review_error(
            r,
            "the %s pre-shared-key of tunnel-group %s is printed as \"%s\", as a device prints "
            "it: give the real key",
            which, g->name, key);
}

static void review_group(struct gw_review *r, const struct gw_map_entry *m,
                         const struct ip_addr *peer)
{
    const struct gw_tunnel_group *g = gw_config_group(r->c, peer);

    if (!g || !g->l2l) /* was said of the crypto map */
        return;
    review_key(r, g, "local", g->ikev2_local_psk);
    review_key(r, g, "remote", g->ikev2_remote_psk);
    if (!(gw_config_policy(r->c, g->policy).protocols & GW_PROTOCOL_IKEV2))
        gw_review_error(
            r,
            "the group-policy of tunnel-group %s does not permit IKEv2, which crypto map %s %u "
            "offers: add `vpn-tunnel-protocol ikev2`",
            g->name, m->map, m->seq);
}

static void review_engine(struct gw_review *r)
{
    const struct gw_config *c = r->c;

    if (strcmp(c->ikev2.interface, c->map_interface) != 0)
        gw_review_error(
            r,
            "IKEv2 is not enabled on interface %s, where crypto map %s is: add `crypto ikev2 "
            "enable %s`",
            c->map_interface, c->map_applied, c->map_interface);
    if (!c->ikev2.npolicies)
        gw_review_error(r, "there is no IKEv2 policy: add `crypto ikev2 policy 1`");
}

void gw_review_ikev2(struct gw_review *r)
{
    const struct gw_config *c = r->c;
    size_t uses = 0;

    for (size_t i = 0; i < c->nmap; i++) {
        const struct gw_map_entry *m = &c->map[i];
        if (strcmp(m->map, c->map_applied) != 0 || !m->nproposals)
            continue;
        uses++;
        review_proposals(r, m);
        for (size_t k = 0; k < m->npeers; k++)
            review_group(r, m, &m->peers[k]);
    }
    if (uses)
        review_engine(r);
}
