#include "cli/far_suites.h"

#include "gateway/ikev2_suites.h"

size_t far_suites(const struct gw_config *c, bool ikev2, struct ike_suite *out, size_t max)
{
    size_t n = 0;

    if (ikev2)
        return gw_ikev2_suites(&c->ikev2, out, max);
    for (size_t i = 0; i < c->npolicies && n < max; i++) {
        const struct gw_isakmp_policy *p = &c->policies[i];
        if (p->pre_share)
            out[n++] = (struct ike_suite){.cipher = p->cipher,
                                          .digest = p->digest,
                                          .group = p->group,
                                          .lifetime_s = p->lifetime_s};
    }
    return n;
}

size_t far_esp_suites(const struct gw_config *c, const struct gw_map_entry *m, bool ikev2,
                      struct ike_esp_suite *out, size_t max)
{
    size_t n = 0;

    if (ikev2)
        return gw_ikev2_esp_suites(c, m, out, max);
    for (size_t i = 0; i < m->nsets && n < max; i++) {
        const struct gw_transform_set *t = gw_config_transform(c, m->sets[i]);
        if (t)
            out[n++] = (struct ike_esp_suite){.cipher = t->cipher,
                                              .integ = t->integ,
                                              .pfs_group = m->pfs_group,
                                              .lifetime_s = c->sa_lifetime_s,
                                              .lifetime_kb = c->sa_lifetime_kb};
    }
    return n;
}
