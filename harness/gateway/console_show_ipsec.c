/* show crypto ipsec sa. */
#include "gateway/acl.h"
#include "gateway/console.h"
#include "gateway/show_vpn.h"
#include "gateway/vpn_parts.h"

#include <stdio.h>

/* "esp-aes-256 esp-md5-hmac", "esp-aes-gcm-256 esp-null-hmac" */
static const char *transform_words(const struct esp_params *p, char out[static 48])
{
    static const struct {
        enum integ_alg integ;
        const char *words;
    } names[] = {
        {INTEG_NONE, "esp-null-hmac"},
        {INTEG_HMAC_MD5_96, "esp-md5-hmac"},
        {INTEG_HMAC_SHA1_96, "esp-sha-hmac"},
        {INTEG_HMAC_SHA256_128, "esp-sha-256-hmac"},
        {INTEG_HMAC_SHA384_192, "esp-sha-384-hmac"},
        {INTEG_HMAC_SHA512_256, "esp-sha-512-hmac"},
    };
    size_t i = 0;

    while (i + 1 < COUNT(names) && names[i].integ != p->integ)
        i++;
    snprintf(out, 48, "esp-%s %s", vpn_cipher_word(p->cipher), names[i].words);
    return out;
}

static unsigned ike_of(const struct gateway *g, const struct ip_addr *peer)
{
    for (size_t i = 0; i < g->vpn.nsessions; i++) {
        if (ip_addr_eq(&g->vpn.sessions[i].peer, peer))
            return g->vpn.sessions[i].version == 2 ? 2 : 1;
    }
    return 1;
}

static uint64_t left(uint64_t whole, uint64_t used)
{
    return used < whole ? whole - used : 0;
}

static void show_sa(const struct gateway *g, const struct vpn_policy *p,
                    const struct sadb_pair *pair, bool inbound, struct buf *out)
{
    const struct esp_sa *sa = inbound ? pair->in : pair->out;
    const struct esp_params *sp = esp_sa_params(sa);
    struct span age = mono_diff(esp_sa_born(sa), clock_now(g->env.clk));
    uint64_t seen = inbound ? esp_sa_seen(sa) : 1; /* a sender has no window: real ones show 1 */
    char words[48];
    struct show_sa line = {
        .spi = sp->spi,
        .transform = transform_words(sp, words),
        .ike = ike_of(g, &p->peer),
        .rekeyed = pair->retired,
        .natt = pair->way.udp,
        .conn_id = p->context[0] * 4096,
        .map = p->map,
        .left_kb = left(sp->life_bytes, esp_sa_counters(sa)->bytes) / 1024,
        .left_s = left((uint64_t)sp->life_time.ns, (uint64_t)age.ns) / 1000000000,
        .iv = cipher_iv_len(sp->cipher),
        .replay_check = sp->replay_window != 0,
        .bitmap = {(uint32_t)(seen >> 32), (uint32_t)seen},
    };

    show_sa_put(g->cfg->profile, &line, out);
}

struct totals {
    uint64_t out, in, errors;
};

/* Packets of the tunnel: of the pairs that are there, and of those it had before. */
static struct totals totals_of(const struct gateway *g, uint32_t policy)
{
    const struct vpn_policy *p = g->vpn.policies[policy];
    struct totals t = {p->past[1] - p->cleared[1], p->past[0] - p->cleared[0],
                       p->bad_crypto + p->spoofs};
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

static void access_list(const struct gateway *g, const struct vpn_policy *p, struct buf *out)
{
    const struct gw_acl *a = gw_config_acl(g->cfg, p->acl);

    if (a && p->ace < a->naces)
        gw_ace_format(a, &a->aces[p->ace], out);
    else
        buf_addf(out, "access-list %s", p->acl);
}

/* Bytes that stand between the two IP headers, at the worst. */
#define OUTER_AND_PADDING 30

static void show_head(const struct gateway *g, uint32_t policy, struct buf *out)
{
    const struct vpn_policy *p = g->vpn.policies[policy];
    struct totals n = totals_of(g, policy);
    char local[IP_ADDR_TEXT], peer[IP_ADDR_TEXT], own[VPN_IDENT_TEXT], far[VPN_IDENT_TEXT];
    size_t path = gw_vpn_path(g, policy);
    unsigned overhead = (unsigned)(path - gw_vpn_mtu(g, policy));
    struct buf entry = BUF_INIT;

    access_list(g, p, &entry);
    struct show_tunnel t = {
        .map = p->map,
        .seq = p->seq,
        .local = ip_addr_format(&g->vpn.used->ike.local, local),
        .peer = ip_addr_format(&p->peer, peer),
        .access_list = buf_str(&entry),
        .local_ident =
            vpn_ident(&p->selector.local, p->selector.proto, p->selector.local_port, own),
        .remote_ident =
            vpn_ident(&p->selector.remote, p->selector.proto, p->selector.remote_port, far),
        .out = n.out,
        .in = n.in,
        .receive_errors = n.errors,
        .local_port = p->pair->way.udp ? p->pair->way.local.port : IKE_PORT,
        .peer_port = p->pair->way.udp ? p->pair->way.remote.port : IKE_PORT,
        .pre_fragmented = p->cut,
        .fragments = p->pieces,
        .df = g->vpn.df,
        .path_mtu = (unsigned)path,
        .overhead = overhead,
        .overhead_esp = overhead > OUTER_AND_PADDING ? overhead - OUTER_AND_PADDING : 0,
        .media_mtu = NETIF_MTU,
        .out_spi = esp_sa_params(p->pair->out)->spi,
        .in_spi = esp_sa_params(p->pair->in)->spi,
    };
    show_tunnel_put(g->cfg->profile, &t, out);
    buf_release(&entry);
}

static void show_tunnel(const struct gateway *g, uint32_t policy, struct buf *out)
{
    const struct vpn_policy *p = g->vpn.policies[policy];
    struct sadb_pair *pair;

    show_head(g, policy, out);
    buf_adds(out, "    inbound esp sas:\n");
    for (size_t i = 0; (pair = sadb_at(g->vpn.sadb, i)); i++) {
        if (pair->policy == policy)
            show_sa(g, p, pair, true, out);
    }
    buf_adds(out, "    outbound esp sas:\n");
    for (size_t i = 0; (pair = sadb_at(g->vpn.sadb, i)); i++) {
        if (pair->policy == policy)
            show_sa(g, p, pair, false, out);
    }
    buf_addc(out, '\n');
}

/* show crypto ipsec sa [peer PEER]. What stands for AnyConnect is no IPsec. */
static enum err show_ipsec(struct gw_call *call)
{
    struct gateway *g = gateway_of(call);
    bool any = false;

    for (size_t i = 0; i < g->vpn.npolicies; i++) {
        const struct vpn_policy *p = g->vpn.policies[i];
        if (!p->up || (call->nargs && !ip_addr_eq(&p->peer, &call->args[0].addr)))
            continue;
        if (gw_vpn_is_ssl(g, &p->peer))
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
    {GW_EXEC, GW_YES, "show crypto ipsec sa detail", show_ipsec, 0, NULL},
    {GW_EXEC, GW_YES, "show crypto ipsec sa peer ADDR detail", show_ipsec, 0, NULL},
    {GW_EXEC, GW_YES, "show ipsec sa", show_ipsec, 0, NULL},
    {GW_EXEC, GW_YES, "show ipsec sa peer ADDR", show_ipsec, 0, NULL},
};

const struct gw_command_set gw_show_ipsec_commands = {rows, COUNT(rows)};
