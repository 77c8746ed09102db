/* The crypto part of a configuration back into commands. */
#include "gateway/config_parts.h"

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

static void write_ipsec(const struct gw_config *c, struct buf *out)
{
    for (size_t i = 0; i < c->ntransforms; i++)
        buf_addf(out, "crypto ipsec transform-set %s %s %s\n", c->transforms[i].name,
                 transform_cipher(c->transforms[i].cipher),
                 transform_integ(c->transforms[i].integ));
    if (c->sa_lifetime_s != GW_SA_LIFETIME_DEFAULT_S)
        buf_addf(out, "crypto ipsec security-association lifetime seconds %u\n", c->sa_lifetime_s);
    if (c->sa_lifetime_kb != GW_SA_LIFETIME_DEFAULT_KB)
        buf_addf(out, "crypto ipsec security-association lifetime kilobytes %llu\n",
                 (unsigned long long)c->sa_lifetime_kb);
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

static void write_entry(const struct gw_map_entry *m, struct buf *out)
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
        buf_addf(out, "crypto map %s %u set transform-set", m->map, m->seq);
    for (size_t i = 0; i < m->nsets; i++)
        buf_addf(out, " %s%s", m->sets[i], i + 1 < m->nsets ? "" : "\n");
    write_lifetimes(m, out);
    if (m->dynamic[0])
        buf_addf(out, "crypto map %s %u ipsec-isakmp dynamic %s\n", m->map, m->seq, m->dynamic);
}

static const char *isakmp_cipher(enum cipher_alg a)
{
    return transform_cipher(a) + 4; /* without "esp-" */
}

static void write_isakmp(const struct gw_config *c, struct buf *out)
{
    if (c->isakmp_interface[0])
        buf_addf(out, "crypto isakmp enable %s\n", c->isakmp_interface);
    for (size_t i = 0; i < c->npolicies; i++) {
        const struct gw_isakmp_policy *p = &c->policies[i];
        buf_addf(out,
                 "crypto isakmp policy %u\n authentication %s\n encryption %s\n hash %s\n group "
                 "%u\n lifetime ",
                 p->priority, p->pre_share ? "pre-share" : "rsa-sig", isakmp_cipher(p->cipher),
                 p->digest == DIGEST_MD5 ? "md5" : "sha", p->group);
        if (p->lifetime_s)
            buf_addf(out, "%u\n", p->lifetime_s);
        else
            buf_adds(out, "none\n");
    }
    if (c->am_disable)
        buf_adds(out, "crypto isakmp am-disable\n");
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

static void write_groups(const struct gw_config *c, bool keys, struct buf *out)
{
    for (size_t i = 0; i < c->ngroups; i++) {
        const struct gw_tunnel_group *g = &c->groups[i];
        buf_addf(out, "tunnel-group %s type %s\n", g->name, g->l2l ? "ipsec-l2l" : "remote-access");
        gw_config_write_general(g, out);
        buf_addf(out, "tunnel-group %s ipsec-attributes\n", g->name);
        if (g->psk[0])
            buf_addf(out, " pre-shared-key %s\n", keys ? g->psk : "*");
        if (g->no_xauth)
            buf_adds(out, " isakmp ikev1-user-authentication none\n");
        write_keepalive(g, out);
    }
}

void gw_config_write_crypto(const struct gw_config *c, bool keys, struct buf *out)
{
    write_ipsec(c, out);
    gw_config_write_dynamic(c, out);
    for (size_t i = 0; i < c->nmap; i++)
        write_entry(&c->map[i], out);
    if (c->map_applied[0])
        buf_addf(out, "crypto map %s interface %s\n", c->map_applied, c->map_interface);
    write_isakmp(c, out);
    gw_config_write_remote(c, keys, out);
    write_groups(c, keys, out);
}
