#include "gateway/ikev2_suites.h"

#include "crypto/dh.h"

struct list {
    struct ike_suite *v;
    size_t n, max;
};

/* With each PRF and group. */
static void add_suites(struct list *l, const struct gw_ikev2_policy *from, enum cipher_alg cipher,
                       enum integ_alg integ)
{
    for (size_t i = 0; i < from->nprfs * from->ngroups && l->n < l->max; i++) {
        uint16_t group = from->groups[i % from->ngroups];
        if (!dh_len(group))
            continue;
        l->v[l->n++] = (struct ike_suite){.cipher = cipher,
                                          .integ = integ,
                                          .digest = from->prfs[i / from->ngroups],
                                          .group = group,
                                          .lifetime_s = from->lifetime_s};
    }
}

static void add_policy(struct list *l, const struct gw_ikev2_policy *from)
{
    for (size_t i = 0; i < from->nciphers; i++) {
        bool aead = cipher_is_aead(from->ciphers[i]);
        if (aead)
            add_suites(l, from, from->ciphers[i], INTEG_NONE);
        for (size_t k = 0; !aead && k < from->nintegs; k++) {
            if (from->ciphers[i] != CIPHER_NONE && from->integs[k] != INTEG_NONE)
                add_suites(l, from, from->ciphers[i], from->integs[k]);
        }
    }
}

size_t gw_ikev2_suites(const struct gw_ikev2_config *k, struct ike_suite *out, size_t max)
{
    struct list l = {.v = out, .max = max};

    for (size_t i = 0; i < k->npolicies; i++)
        add_policy(&l, &k->policies[i]);
    return l.n;
}

/* One cipher of a proposal with each of its integrity algorithms. */
static size_t add_esp(const struct gw_ikev2_proposal *p, enum cipher_alg cipher,
                      struct ike_esp_suite s, struct ike_esp_suite *out, size_t max)
{
    size_t n = 0;

    s.cipher = cipher;
    s.integ = INTEG_NONE;
    if (cipher_is_aead(cipher) && n < max)
        out[n++] = s;
    for (size_t i = 0; !cipher_is_aead(cipher) && i < p->nintegs && n < max; i++) {
        s.integ = p->integs[i];
        if (cipher != CIPHER_NONE && s.integ != INTEG_NONE)
            out[n++] = s;
    }
    return n;
}

size_t gw_ikev2_esp_suites(const struct gw_config *c, const struct gw_map_entry *m,
                           struct ike_esp_suite *out, size_t max)
{
    const struct ike_esp_suite s = {
        .pfs_group = m->pfs_group,
        .lifetime_s = m->lifetime_s ? m->lifetime_s : c->sa_lifetime_s,
        .lifetime_kb = m->lifetime_kb ? m->lifetime_kb : c->sa_lifetime_kb,
    };
    size_t n = 0;

    for (size_t i = 0; i < m->nproposals; i++) {
        const struct gw_ikev2_proposal *p = gw_ikev2_find_proposal(&c->ikev2, m->proposals[i]);
        for (size_t k = 0; p && k < p->nciphers; k++)
            n += add_esp(p, p->ciphers[k], s, out + n, max - n);
    }
    return n;
}
