/* The crypto part of a configuration back into commands. */
#include "gateway/config_parts.h"

#include <stdio.h>

static const char *transform_cipher(enum cipher_alg a)
{
    switch (a) {
    case CIPHER_DES_CBC: return "esp-des";
    case CIPHER_3DES_CBC: return "esp-3des";
    case CIPHER_AES128_CBC: return "esp-aes";
    case CIPHER_AES192_CBC: return "esp-aes-192";
    case CIPHER_AES256_CBC: return "esp-aes-256";
    default: return "esp-null";
    }
}

static const char *transform_integ(enum integ_alg a)
{
    return a == INTEG_HMAC_MD5_96    ? "esp-md5-hmac"
           : a == INTEG_HMAC_SHA1_96 ? "esp-sha-hmac"
                                     : "esp-none";
}

static bool has_ikev1(const struct gw_config *c)
{
    return (c->profile->can & GW_CAN_IKEV1) != 0;
}

static void write_ipsec(const struct gw_config *c, bool all, struct buf *out)
{
    const char *ikev1 = has_ikev1(c) ? "ikev1 " : "";

    for (size_t i = 0; i < c->ntransforms; i++)
        buf_addf(out, "crypto ipsec %stransform-set %s %s %s\n", ikev1, c->transforms[i].name,
                 transform_cipher(c->transforms[i].cipher),
                 transform_integ(c->transforms[i].integ));
    gw_ikev2_write_proposals(&c->ikev2, out);
    if (all || c->sa_lifetime_s != GW_SA_LIFETIME_DEFAULT_S)
        buf_addf(out, "crypto ipsec security-association lifetime seconds %u\n", c->sa_lifetime_s);
    if (all || c->sa_lifetime_kb != GW_SA_LIFETIME_DEFAULT_KB)
        buf_addf(out, "crypto ipsec security-association lifetime kilobytes %llu\n",
                 (unsigned long long)c->sa_lifetime_kb);
    if (!all)
        gw_ipsec_write(&c->ipsec, out);
    for (size_t i = 0; all && i < c->ninterfaces; i++) {
        if (c->interfaces[i].nameif[0])
            gw_ipsec_write_if(&c->ipsec, c->interfaces[i].nameif, out);
    }
}

static void write_lifetimes(const struct gw_map_entry *m, struct buf *out)
{
    if (m->lifetime_s)
        buf_addf(out, "crypto map %s %u set security-association lifetime seconds %u\n", m->map,
                 m->seq, m->lifetime_s);
    if (m->lifetime_kb)
        buf_addf(out, "crypto map %s %u set security-association lifetime kilobytes %llu\n", m->map,
                 m->seq, (unsigned long long)m->lifetime_kb);
}

static void write_entry(const struct gw_map_entry *m, const char *ikev1, struct buf *out)
{
    char addr[IP_ADDR_TEXT];

    if (m->acl[0])
        buf_addf(out, "crypto map %s %u match address %s\n", m->map, m->seq, m->acl);
    if (m->pfs_group == 2)
        buf_addf(out, "crypto map %s %u set pfs\n", m->map, m->seq);
    else if (m->pfs_group)
        buf_addf(out, "crypto map %s %u set pfs group%u\n", m->map, m->seq, m->pfs_group);
    if (m->answer_only || m->originate_only)
        buf_addf(out, "crypto map %s %u set connection-type %s\n", m->map, m->seq,
                 m->answer_only ? "answer-only" : "originate-only");
    if (m->npeers)
        buf_addf(out, "crypto map %s %u set peer", m->map, m->seq);
    for (size_t i = 0; i < m->npeers; i++)
        buf_addf(out, " %s%s", ip_addr_format(&m->peers[i], addr), i + 1 < m->npeers ? "" : "\n");
    if (m->nsets)
        buf_addf(out, "crypto map %s %u set %stransform-set", m->map, m->seq, ikev1);
    for (size_t i = 0; i < m->nsets; i++)
        buf_addf(out, " %s%s", m->sets[i], i + 1 < m->nsets ? "" : "\n");
    if (m->nproposals)
        buf_addf(out, "crypto map %s %u set ikev2 ipsec-proposal", m->map, m->seq);
    for (size_t i = 0; i < m->nproposals; i++)
        buf_addf(out, " %s%s", m->proposals[i], i + 1 < m->nproposals ? "" : "\n");
    write_lifetimes(m, out);
    if (m->dynamic[0])
        buf_addf(out, "crypto map %s %u ipsec-isakmp dynamic %s\n", m->map, m->seq, m->dynamic);
}

static const char *isakmp_cipher(enum cipher_alg a)
{
    return transform_cipher(a) + 4; /* without "esp-" */
}

/* Before 7.2 each line of a policy is a command of its own. */
static void write_policy(const struct gw_isakmp_policy *p, const char *before, struct buf *out)
{
    buf_addf(out, "%sauthentication %s\n", before, p->pre_share ? "pre-share" : "rsa-sig");
    buf_addf(out, "%sencryption %s\n", before, isakmp_cipher(p->cipher));
    buf_addf(out, "%shash %s\n", before, p->digest == DIGEST_MD5 ? "md5" : "sha");
    buf_addf(out, "%sgroup %u\n", before, p->group);
    if (p->lifetime_s)
        buf_addf(out, "%slifetime %u\n", before, p->lifetime_s);
    else
        buf_addf(out, "%slifetime none\n", before);
}

static void write_isakmp(const struct gw_config *c, struct buf *out)
{
    bool lines = !(c->profile->can & GW_CAN_CRYPTO_ISAKMP);
    const char *word = has_ikev1(c) ? "crypto ikev1" : lines ? "isakmp" : "crypto isakmp";
    char before[64] = " ";

    if (c->isakmp_interface[0])
        buf_addf(out, "%s enable %s\n", word, c->isakmp_interface);
    for (size_t i = 0; i < c->npolicies; i++) {
        const struct gw_isakmp_policy *p = &c->policies[i];
        if (lines)
            snprintf(before, sizeof(before), "%s policy %u ", word, p->priority);
        else
            buf_addf(out, "%s policy %u\n", word, p->priority);
        write_policy(p, before, out);
    }
    if (c->am_disable)
        buf_adds(out, "crypto isakmp am-disable\n");
    if (c->natt_off)
        buf_addf(out, "no %s nat-traversal\n", lines ? word : "crypto isakmp");
    else if (c->natt_keepalive_s)
        buf_addf(out, "%s nat-traversal %u\n", lines ? word : "crypto isakmp", c->natt_keepalive_s);
}

static void write_keepalive(const struct gw_tunnel_group *g, struct buf *out)
{
    if (g->keepalive_threshold_s != (g->l2l ? 10 : 300) || g->keepalive_retry_s != 2)
        buf_addf(out, " isakmp keepalive threshold %u retry %u\n", g->keepalive_threshold_s,
                 g->keepalive_retry_s);
    if (g->keepalive_infinite)
        buf_adds(out, " isakmp keepalive threshold infinite\n");
    if (g->keepalive_disabled)
        buf_adds(out, " isakmp keepalive disable\n");
}

static void write_ikev2_keys(const struct gw_tunnel_group *g, bool keys, struct buf *out)
{
    if (g->ikev2_remote_psk[0])
        buf_addf(out, " ikev2 remote-authentication pre-shared-key %s\n",
                 keys ? g->ikev2_remote_psk : "*****");
    if (g->ikev2_local_psk[0])
        buf_addf(out, " ikev2 local-authentication pre-shared-key %s\n",
                 keys ? g->ikev2_local_psk : "*****");
}

static void write_groups(const struct gw_config *c, bool keys, struct buf *out)
{
    for (size_t i = 0; i < c->ngroups; i++) {
        const struct gw_tunnel_group *g = &c->groups[i];
        buf_addf(out, "tunnel-group %s type %s\n", g->name,
                 g->l2l                                  ? "ipsec-l2l"
                 : (c->profile->can & GW_CAN_RECLASSIFY) ? "remote-access"
                                                         : "ipsec-ra");
        gw_config_write_general(g, out);
        buf_addf(out, "tunnel-group %s ipsec-attributes\n", g->name);
        if (g->psk[0])
            buf_addf(out, " %spre-shared-key %s\n", has_ikev1(c) ? "ikev1 " : "",
                     keys           ? g->psk
                     : has_ikev1(c) ? "*****"
                                    : "*");
        write_ikev2_keys(g, keys, out);
        if (g->no_xauth)
            buf_addf(out, " %suser-authentication none\n",
                     has_ikev1(c) ? "ikev1 " : "isakmp ikev1-");
        write_keepalive(g, out);
    }
}

void gw_config_write_crypto(const struct gw_config *c, bool keys, bool all, struct buf *out)
{
    write_ipsec(c, all, out);
    gw_config_write_dynamic(c, out);
    for (size_t i = 0; i < c->nmap; i++)
        write_entry(&c->map[i], has_ikev1(c) ? "ikev1 " : "", out);
    if (c->map_applied[0])
        buf_addf(out, "crypto map %s interface %s\n", c->map_applied, c->map_interface);
    gw_ikev2_write(&c->ikev2, out);
    write_isakmp(c, out);
    gw_config_write_remote(c, keys, all, out);
    write_groups(c, keys, out);
}
