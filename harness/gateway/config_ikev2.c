/* What IKEv2 has in the configuration: made, found, and written. */
#include "gateway/config_ikev2.h"

#include "base/mem.h"
#include "gateway/config_parts.h"

void gw_ikev2_config_init(struct gw_ikev2_config *k)
{
    *k = (struct gw_ikev2_config){.cookie_percent = GW_IKEV2_COOKIE_USUAL,
                                  .fragment_mtu = GW_IKEV2_FRAGMENT_MTU};
}

void gw_ikev2_config_release(struct gw_ikev2_config *k)
{
    mem_free(k->policies);
    mem_free(k->proposals);
}

struct gw_ikev2_policy *gw_ikev2_find_policy(struct gw_ikev2_config *k, unsigned priority)
{
    for (size_t i = 0; i < k->npolicies; i++) {
        if (k->policies[i].priority == priority)
            return &k->policies[i];
    }
    return NULL;
}

struct gw_ikev2_proposal *gw_ikev2_find_proposal(const struct gw_ikev2_config *k, const char *name)
{
    for (size_t i = 0; i < k->nproposals; i++) {
        if (strcmp(k->proposals[i].name, name) == 0)
            return &k->proposals[i];
    }
    return NULL;
}

struct gw_ikev2_policy *gw_ikev2_make_policy(struct gw_ikev2_config *k, unsigned priority)
{
    struct gw_ikev2_policy *p = gw_ikev2_find_policy(k, priority);
    size_t at = 0;

    if (p)
        return p;
    while (at < k->npolicies && k->policies[at].priority < priority)
        at++;
    p = gw_list_insert((void **)&k->policies, &k->npolicies, sizeof(*p), at);
    *p = (struct gw_ikev2_policy){.priority = priority,
                                  .ciphers = {CIPHER_3DES_CBC},
                                  .nciphers = 1,
                                  .integs = {INTEG_HMAC_SHA1_96},
                                  .nintegs = 1,
                                  .prfs = {DIGEST_SHA1},
                                  .nprfs = 1,
                                  .groups = {2},
                                  .ngroups = 1,
                                  .lifetime_s = GW_IKEV2_LIFETIME_S};
    return p;
}

/* --- back into commands -------------------------------------------------------------------------
 */

static const char *cipher_word(enum cipher_alg a)
{
    switch (a) {
#define X(alg, word)                                                                               \
    case alg: return word;
        GW_IKEV2_CIPHERS(X)
#undef X
    default: return "null";
    }
}

static const char *integ_word(enum integ_alg a, bool proposal)
{
    switch (a) {
#define X(integ, prf, in_policy, in_proposal)                                                      \
    case integ: return proposal ? in_proposal : in_policy;
        GW_IKEV2_HASHES(X)
#undef X
    default: return "null";
    }
}

static const char *prf_word(enum digest_alg a)
{
    switch (a) {
#define X(integ, prf, in_policy, in_proposal)                                                      \
    case prf: return in_policy;
        GW_IKEV2_HASHES(X)
#undef X
    default: return "null";
    }
}

static void write_ciphers(const char *before, const enum cipher_alg *v, size_t n, struct buf *out)
{
    buf_adds(out, before);
    for (size_t i = 0; i < n; i++)
        buf_addf(out, " %s", cipher_word(v[i]));
    buf_addc(out, '\n');
}

static void write_integs(const char *before, const enum integ_alg *v, size_t n, bool proposal,
                         struct buf *out)
{
    buf_adds(out, before);
    for (size_t i = 0; i < n; i++)
        buf_addf(out, " %s", integ_word(v[i], proposal));
    buf_addc(out, '\n');
}

static void write_policy(const struct gw_ikev2_policy *p, struct buf *out)
{
    buf_addf(out, "crypto ikev2 policy %u\n", p->priority);
    write_ciphers(" encryption", p->ciphers, p->nciphers, out);
    write_integs(" integrity", p->integs, p->nintegs, false, out);
    buf_adds(out, " group");
    for (size_t i = 0; i < p->ngroups; i++)
        buf_addf(out, " %u", p->groups[i]);
    buf_adds(out, "\n prf");
    for (size_t i = 0; i < p->nprfs; i++)
        buf_addf(out, " %s", prf_word(p->prfs[i]));
    if (p->lifetime_s)
        buf_addf(out, "\n lifetime seconds %u\n", p->lifetime_s);
    else
        buf_adds(out, "\n lifetime seconds none\n");
}

void gw_ikev2_write_proposals(const struct gw_ikev2_config *k, struct buf *out)
{
    for (size_t i = 0; i < k->nproposals; i++) {
        const struct gw_ikev2_proposal *p = &k->proposals[i];
        buf_addf(out, "crypto ipsec ikev2 ipsec-proposal %s\n", p->name);
        if (p->nciphers)
            write_ciphers(" protocol esp encryption", p->ciphers, p->nciphers, out);
        if (p->nintegs)
            write_integs(" protocol esp integrity", p->integs, p->nintegs, true, out);
    }
}

static void write_settings(const struct gw_ikev2_config *k, struct buf *out)
{
    if (k->cookie_percent == 0)
        buf_adds(out, "crypto ikev2 cookie-challenge always\n");
    else if (k->cookie_percent == GW_IKEV2_COOKIE_NEVER)
        buf_adds(out, "crypto ikev2 cookie-challenge never\n");
    else if (k->cookie_percent != GW_IKEV2_COOKIE_USUAL)
        buf_addf(out, "crypto ikev2 cookie-challenge %u\n", k->cookie_percent);
    if (k->max_negotiating)
        buf_addf(out, "crypto ikev2 limit max-in-negotiation-sa %u\n", k->max_negotiating);
    if (k->max_sa)
        buf_addf(out, "crypto ikev2 limit max-sa %u\n", k->max_sa);
    if (!k->fragment_mtu)
        buf_adds(out, "no crypto ikev2 fragmentation\n");
    else if (k->fragment_mtu != GW_IKEV2_FRAGMENT_MTU)
        buf_addf(out, "crypto ikev2 fragmentation mtu %u\n", k->fragment_mtu);
}

void gw_ikev2_write(const struct gw_ikev2_config *k, struct buf *out)
{
    for (size_t i = 0; i < k->npolicies; i++)
        write_policy(&k->policies[i], out);
    write_settings(k, out);
    if (k->interface[0])
        buf_addf(out, "crypto ikev2 enable %s\n", k->interface);
}
