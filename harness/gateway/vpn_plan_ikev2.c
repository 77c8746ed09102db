/* IKEv2 in the plan: peers, proposals and settings. */
#include "base/mem.h"
#include "gateway/ikev2_suites.h"
#include "gateway/vpn_plan_parts.h"

bool vpn_plan_has_ikev2(const struct gw_config *c)
{
    return c->ikev2.interface[0] && strcmp(c->ikev2.interface, c->map_interface) == 0;
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
    p->ikev2_suites = mem_array(GW_IKEV2_SUITES_MAX, sizeof(*p->ikev2_suites));
    p->nikev2_suites = gw_ikev2_suites(&c->ikev2, p->ikev2_suites, GW_IKEV2_SUITES_MAX);
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
        .natt = !c->natt_off,
        .keepalive = SPAN_S(c->natt_keepalive_s),
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
    struct ike_esp_suite *out = mem_array(GW_IKEV2_SUITES_MAX, sizeof(*out));

    *n = vpn_plan_has_ikev2(c) ? gw_ikev2_esp_suites(c, m, out, GW_IKEV2_SUITES_MAX) : 0;
    return out;
}
