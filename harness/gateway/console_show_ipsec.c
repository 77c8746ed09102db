/* show crypto ipsec sa. */
#include "gateway/console.h"

#include <stdio.h>

#define NET_TEXT 64

/* "10.224.228.0/255.255.255.128" */
static const char *ident(const struct ip_net *net, char out[static NET_TEXT])
{
    char addr[IP_ADDR_TEXT], mask[IP_ADDR_TEXT];
    struct ip_addr m = ip4(net->prefix ? UINT32_MAX << (32 - net->prefix) : 0);

    snprintf(out, NET_TEXT, "%s/%s", ip_addr_format(&net->addr, addr), ip_addr_format(&m, mask));
    return out;
}

static const char *transform_words(const struct esp_params *p)
{
    static const struct {
        enum cipher_alg cipher;
        enum integ_alg integ;
        const char *words;
    } names[] = {
        {CIPHER_DES_CBC, INTEG_HMAC_MD5_96, "esp-des esp-md5-hmac"},
        {CIPHER_DES_CBC, INTEG_HMAC_SHA1_96, "esp-des esp-sha-hmac"},
        {CIPHER_3DES_CBC, INTEG_HMAC_MD5_96, "esp-3des esp-md5-hmac"},
        {CIPHER_3DES_CBC, INTEG_HMAC_SHA1_96, "esp-3des esp-sha-hmac"},
        {CIPHER_AES128_CBC, INTEG_HMAC_MD5_96, "esp-aes esp-md5-hmac"},
        {CIPHER_AES128_CBC, INTEG_HMAC_SHA1_96, "esp-aes esp-sha-hmac"},
        {CIPHER_AES192_CBC, INTEG_HMAC_MD5_96, "esp-aes-192 esp-md5-hmac"},
        {CIPHER_AES192_CBC, INTEG_HMAC_SHA1_96, "esp-aes-192 esp-sha-hmac"},
        {CIPHER_AES256_CBC, INTEG_HMAC_MD5_96, "esp-aes-256 esp-md5-hmac"},
        {CIPHER_AES256_CBC, INTEG_HMAC_SHA1_96, "esp-aes-256 esp-sha-hmac"},
    };

    for (size_t i = 0; i < COUNT(names); i++) {
        if (names[i].cipher == p->cipher && names[i].integ == p->integ)
            return names[i].words;
    }
    return "esp";
}

static uint64_t left(uint64_t whole, uint64_t used)
{
    return used < whole ? whole - used : 0;
}

static void show_sa(const struct gateway *g, const struct vpn_policy *p, const struct esp_sa *sa,
                    bool retired, struct buf *out)
{
    const struct esp_params *sp = esp_sa_params(sa);
    struct span age = mono_diff(esp_sa_born(sa), clock_now(g->env.clk));

    buf_addf(out, "      spi: 0x%08X (%u)\n", sp->spi, sp->spi);
    buf_addf(out, "         transform: %s no compression \n", transform_words(sp));
    buf_addf(out, "         in use settings ={L2L, Tunnel, %s}\n", retired ? "Rekeyed, " : "");
    buf_addf(out, "         slot: 0, conn_id: %u, crypto-map: %s\n", p->context[0] * 4096, p->map);
    buf_addf(out, "         sa timing: remaining key lifetime (kB/sec): (%llu/%llu)\n",
             (unsigned long long)left(sp->life_bytes, esp_sa_counters(sa)->bytes) / 1024,
             (unsigned long long)left((uint64_t)sp->life_time.ns, (uint64_t)age.ns) / 1000000000);
    buf_addf(out, "         IV size: %zu bytes\n", cipher_iv_len(sp->cipher));
    buf_addf(out, "         replay detection support: %s\n", sp->replay_window ? "Y" : "N");
}

struct totals {
    uint64_t out, in, errors;
};

/* Packets of the tunnel: of the pairs that are there, and of those it had before. */
static struct totals totals_of(const struct gateway *g, uint32_t policy)
{
    const struct vpn_policy *p = g->vpn.policies[policy];
    struct totals t = {p->past[1], p->past[0], p->bad_crypto + p->spoofs};
    struct sadb_pair *pair;

    for (size_t i = 0; (pair = sadb_at(g->vpn.sadb, i)); i++) {
        if (pair->policy != policy)
            continue;
        t.out += esp_sa_counters(pair->out)->packets;
        t.in += esp_sa_counters(pair->in)->packets;
        t.errors += esp_sa_counters(pair->in)->replays;
    }
    return t;
}

static void show_counters(struct totals t, struct buf *out)
{
    unsigned long long o = t.out, i = t.in;

    buf_addf(out, "      #pkts encaps: %llu, #pkts encrypt: %llu, #pkts digest: %llu\n", o, o, o);
    buf_addf(out, "      #pkts decaps: %llu, #pkts decrypt: %llu, #pkts verify: %llu\n", i, i, i);
    buf_addf(out,
             "      #pkts compressed: 0, #pkts decompressed: 0\n"
             "      #pkts not compressed: %llu, #pkts comp failed: 0, #pkts decomp failed: 0\n",
             o);
    buf_adds(out, "      #pre-frag successes: 0, #pre-frag failures: 0, #fragments created: 0\n"
                  "      #PMTUs sent: 0, #PMTUs rcvd: 0, #decapsulated frgs needing reassembly: "
                  "0\n");
    buf_addf(out, "      #send errors: 0, #recv errors: %llu\n\n", (unsigned long long)t.errors);
}

static void show_access_list(const struct gateway *g, const struct vpn_policy *p, struct buf *out)
{
    const struct gw_acl *a = gw_config_acl(g->cfg, p->acl);

    buf_adds(out, "      ");
    if (a && p->ace < a->naces)
        gw_ace_format(a, &a->aces[p->ace], out);
    else
        buf_addf(out, "access-list %s", p->acl);
    buf_addc(out, '\n');
}

static void show_tunnel(const struct gateway *g, uint32_t policy, struct buf *out)
{
    const struct vpn_policy *p = g->vpn.policies[policy];
    char local[IP_ADDR_TEXT], peer[IP_ADDR_TEXT], net[NET_TEXT];
    struct sadb_pair *pair;

    ip_addr_format(&g->vpn.used->ike.local, local);
    ip_addr_format(&p->peer, peer);
    buf_addf(out, "    Crypto map tag: %s, seq num: %u, local addr: %s\n\n", p->map, p->seq, local);
    show_access_list(g, p, out);
    buf_addf(out, "      local ident (addr/mask/prot/port): (%s/%u/%u)\n",
             ident(&p->selector.local, net), p->selector.proto, p->selector.local_port);
    buf_addf(out, "      remote ident (addr/mask/prot/port): (%s/%u/%u)\n",
             ident(&p->selector.remote, net), p->selector.proto, p->selector.remote_port);
    buf_addf(out, "      current_peer: %s\n\n", peer);
    show_counters(totals_of(g, policy), out);
    buf_addf(out, "      local crypto endpt.: %s, remote crypto endpt.: %s\n\n", local, peer);
    buf_addf(out, "      path mtu %d, ipsec overhead %zu, media mtu %d\n", NETIF_MTU,
             NETIF_MTU - gw_vpn_mtu(p->pair), NETIF_MTU);
    buf_addf(out, "      current outbound spi: %08X\n\n    inbound esp sas:\n",
             esp_sa_params(p->pair->out)->spi);
    for (size_t i = 0; (pair = sadb_at(g->vpn.sadb, i)); i++) {
        if (pair->policy == policy)
            show_sa(g, p, pair->in, pair->retired, out);
    }
    buf_adds(out, "    outbound esp sas:\n");
    for (size_t i = 0; (pair = sadb_at(g->vpn.sadb, i)); i++) {
        if (pair->policy == policy)
            show_sa(g, p, pair->out, pair->retired, out);
    }
    buf_addc(out, '\n');
}

/* show crypto ipsec sa [peer PEER] */
static enum err show_ipsec(struct gw_call *call)
{
    const struct gateway *g = gateway_of(call);
    bool any = false;

    for (size_t i = 0; i < g->vpn.npolicies; i++) {
        const struct vpn_policy *p = g->vpn.policies[i];
        if (!p->up || (call->nargs && !ip_addr_eq(&p->peer, &call->args[0].addr)))
            continue;
        if (!any)
            buf_addf(call->answer, "interface: %s\n", g->ifs.v[g->vpn.ifi].nameif);
        any = true;
        show_tunnel(g, (uint32_t)i, call->answer);
    }
    if (!any)
        buf_adds(call->answer, "\nThere are no ipsec sas\n");
    return ERR_OK;
}

static const struct gw_command rows[] = {
    {GW_EXEC, GW_YES, "show crypto ipsec sa", show_ipsec, 0, "Phase-2 SAs"},
    {GW_EXEC, GW_YES, "show crypto ipsec sa peer ADDR", show_ipsec, 0, "Those with a peer"},
    {GW_EXEC, GW_YES, "show ipsec sa", show_ipsec, 0, NULL},
};

const struct gw_command_set gw_show_ipsec_commands = {rows, COUNT(rows)};
