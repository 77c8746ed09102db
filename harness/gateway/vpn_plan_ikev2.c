/* IKEv2 in the plan: peers, proposals and settings. */
#include "base/mem.h"
#include "crypto/dh.h"
#include "gateway/vpn_plan_parts.h"

/* All combinations of what a policy names are proposals of their own; a configuration that names
 * everything everywhere gets the first of them. */
#define SUITES_MAX 128

bool vpn_plan_has_ikev2(const struct gw_config *c)
{
    return c->ikev2.interface[0] && strcmp(c->ikev2.interface, c->map_interface) == 0;
}

static void add_suite(struct vpn_plan *p, const struct ike_suite *s)
{
    if (p->nikev2_suites < SUITES_MAX && dh_len(s->group))
        p->ikev2_suites[p->nikev2_suites++] = *s;
}

/* With each group and PRF. */
static void add_suites(struct vpn_plan *p, const struct gw_ikev2_policy *from,
                       enum cipher_alg cipher, enum integ_alg integ)
{
    for (size_t i = 0; i < from->nprfs * from->ngroups; i++) {
        const struct ike_suite s = {.cipher = cipher,
                                    .integ = integ,
                                    .digest = from->prfs[i / from->ngroups],
                                    .group = from->groups[i % from->ngroups],
                                    .lifetime_s = from->lifetime_s};
        add_suite(p, &s);
    }
}

static void plan_policy(struct vpn_plan *p, const struct gw_ikev2_policy *from)
{
    for (size_t i = 0; i < from->nciphers; i++) {
        if (cipher_is_aead(from->ciphers[i]))
            add_suites(p, from, from->ciphers[i], INTEG_NONE);
        for (size_t k = 0; k < from->nintegs; k++) {
            if (from->ciphers[i] != CIPHER_NONE && !cipher_is_aead(from->ciphers[i]) &&
                from->integs[k] != INTEG_NONE)
                add_suites(p, from, from->ciphers[i], from->integs[k]);
        }
    }
}

static size_t cookies_from(const struct gw_ikev2_config *k)
{
    if (k->cookie_percent == GW_IKEV2_COOKIE_NEVER)
        return SIZE_MAX - 1;
    return k->cookie_percent ? GW_IKEV2_SA_CAPACITY * k->cookie_percent / 100 : SIZE_MAX;
}

void vpn_plan_ikev2(struct vpn_plan *p, const struct gw_config *c)
{
    p->ike.cookies_from = cookies_from(&c->ikev2);
    if (!vpn_plan_has_ikev2(c))
        return;
    p->ikev2_suites = mem_array(SUITES_MAX, sizeof(*p->ikev2_suites));
    for (size_t i = 0; i < c->ikev2.npolicies; i++)
        plan_policy(p, &c->ikev2.policies[i]);
}

static bool may_use_ikev2(const struct gw_config *c, const struct gw_tunnel_group *g)
{
    return g && g->l2l && g->ikev2_local_psk[0] && g->ikev2_remote_psk[0] &&
           (gw_config_policy(c, g->policy).protocols & GW_PROTOCOL_IKEV2);
}

size_t vpn_plan_ikev2_peer(struct vpn_plan *p, const struct gw_config *c,
                           const struct ip_addr *addr)
{
    const struct gw_tunnel_group *g = gw_config_group(c, addr);
    size_t n = p->ike.npeers;

    for (size_t i = 0; i < n; i++) {
        if (p->peers[i].ike_version == 2 && ip_addr_eq(&p->peers[i].address, addr))
            return i;
    }
    if (!may_use_ikev2(c, g) || !p->nikev2_suites)
        return SIZE_MAX;
    memcpy(p->keys[n], g->ikev2_local_psk, sizeof(p->keys[n]));
    memcpy(p->remote_keys[n], g->ikev2_remote_psk, sizeof(p->remote_keys[n]));
    p->peers[n] = (struct ike_peer_config){
        .address = *addr,
        .ike_version = 2,
        .psk = bytes_str(p->keys[n]),
        .remote_psk = bytes_str(p->remote_keys[n]),
        .suites = p->ikev2_suites,
        .nsuites = p->nikev2_suites,
        .dpd = {.enabled = !g->keepalive_disabled,
                .answer_only = g->keepalive_infinite,
                .threshold = SPAN_S(g->keepalive_threshold_s),
                .retry = SPAN_S(g->keepalive_retry_s),
                .tries = 3},
        .initial_contact = true,
        .fragment_mtu = c->ikev2.fragment_mtu,
        .never_initiates = true, /* until an entry says otherwise */
    };
    p->ike.npeers++;
    return n;
}

struct ike_esp_suite *vpn_plan_ikev2_esp(const struct gw_config *c, const struct gw_map_entry *m,
                                         size_t *n)
{
    struct ike_esp_suite *out = mem_array(SUITES_MAX, sizeof(*out));
    struct ike_esp_suite s = {
        .pfs_group = m->pfs_group,
        .lifetime_s = m->lifetime_s ? m->lifetime_s : c->sa_lifetime_s,
        .lifetime_kb = m->lifetime_kb ? m->lifetime_kb : c->sa_lifetime_kb,
    };

    *n = 0;
    for (size_t i = 0; i < m->nproposals && vpn_plan_has_ikev2(c); i++) {
        const struct gw_ikev2_proposal *p = gw_ikev2_find_proposal(&c->ikev2, m->proposals[i]);
        for (size_t k = 0; p && k < p->nciphers * GW_IKEV2_CHOICES && *n < SUITES_MAX; k++) {
            size_t which = k % GW_IKEV2_CHOICES;
            s.cipher = p->ciphers[k / GW_IKEV2_CHOICES];
            s.integ = which < p->nintegs ? p->integs[which] : INTEG_NONE;
            bool aead = cipher_is_aead(s.cipher);
            if (aead ? which > 0 : s.integ == INTEG_NONE || s.cipher == CIPHER_NONE)
                continue;
            s.integ = aead ? INTEG_NONE : s.integ;
            out[(*n)++] = s;
        }
    }
    return out;
}
