/* show asp table vpn-context, show crypto isakmp sa, show vpn-sessiondb. */
#include "gateway/console.h"
#include "wire/civil.h"

/* Handles that an ASA prints as addresses. For the first tunnel they are those of the listing in
 * Cisco's tech note 113014; they only tell contexts apart. */
static uint32_t context_handle(uint32_t number)
{
    return 0x0005b234u + 0x4d20u * (number - 1);
}

static uint32_t context_pointer(uint32_t number)
{
    return 0x6de635e0u - 0x840u * (number - 1);
}

struct vpn_context {
    bool inbound;
    const struct vpn_policy *p;
    uint32_t number, spi;
    uint64_t packets;
};

static struct vpn_context context_of(const struct vpn_policy *p, bool inbound)
{
    const struct esp_sa *sa = inbound ? p->pair->in : p->pair->out;

    return (struct vpn_context){.inbound = inbound,
                                .p = p,
                                .number = p->context[!inbound],
                                .spi = esp_sa_params(sa)->spi,
                                .packets = p->past[!inbound] + esp_sa_counters(sa)->packets};
}

static const char *flags_of(const struct vpn_context *c)
{
    if (c->inbound)
        return c->p->preserve ? "DECR+ESP+PRESERVE" : "DECR+ESP";
    return c->p->preserve ? "ENCR+ESP+PRESERVE" : "ENCR+ESP";
}

static void show_context(const struct vpn_context *c, struct buf *out)
{
    buf_addf(out, "VPN CTX=0x%08X, Ptr=0x%08X, %s, UP, pk=%010llu, rk=%010u, gc=0\n",
             context_handle(c->number), context_pointer(c->number), flags_of(c),
             (unsigned long long)c->packets, c->p->rekeys);
}

static void show_context_detail(const struct vpn_context *c, struct buf *out)
{
    char peer[IP_ADDR_TEXT];
    unsigned long long bad = c->inbound ? c->p->bad_crypto : 0;
    unsigned long long spoofs = c->inbound ? c->p->spoofs : 0;

    buf_addf(out, "VPN CTX  = 0x%08X\n\nPeer IP  = %s\n", context_handle(c->number),
             ip_addr_format(&c->p->peer, peer));
    buf_addf(out, "Pointer  = 0x%08X\nState    = UP\nFlags    = %s\n", context_pointer(c->number),
             flags_of(c));
    buf_addf(out, "SA   = 0x%08X\nSPI  = 0x%08X\nGroup    = 0\n", 0x0da00000u + c->number, c->spi);
    buf_addf(out,
             "Pkts     = %llu\nBad Pkts = %llu\nBad SPI  = 0\nSpoof    = %llu\nBad Crypto = %llu\n",
             (unsigned long long)c->packets, bad + spoofs, spoofs, bad);
    buf_addf(out, "Rekey Pkt  = %u\nRekey Call = %u\nVPN Filter = <none>\n\n", c->p->rekeys,
             c->p->rekeys);
}

/* WHAT: detail */
static enum err show_vpn_context(struct gw_call *call)
{
    const struct vpn *v = &gateway_of(call)->vpn;

    for (size_t i = 0; i < 2 * v->npolicies; i++) {
        const struct vpn_policy *p = v->policies[i / 2];
        if (!p->up)
            continue;
        struct vpn_context c = context_of(p, i % 2 == 0);
        if (call->what)
            show_context_detail(&c, call->answer);
        else
            show_context(&c, call->answer);
    }
    return ERR_OK;
}

/* --- phase 1 -------------------------------------------------------------------------------------
 */

/* Software 8.4 and later prints IKEv1 and IKEv2 apart. */
static bool has_ikev2(const struct gw_config *c)
{
    return (c->profile->can & GW_CAN_IKEV1) != 0;
}

static const char *hash_word(enum digest_alg a)
{
    switch (a) {
    case DIGEST_MD5: return "MD5";
    case DIGEST_SHA1: return "SHA";
    default: return "SHA256";
    }
}

static const char *cipher_word(enum cipher_alg a)
{
    switch (a) {
    case CIPHER_DES_CBC: return "des";
    case CIPHER_3DES_CBC: return "3des";
    case CIPHER_AES128_CBC: return "aes";
    case CIPHER_AES192_CBC: return "aes-192";
    default: return "aes-256";
    }
}

static void show_ike(const struct gateway *g, const struct vpn_session *s, size_t number,
                     bool detail, struct buf *out)
{
    char peer[IP_ADDR_TEXT];
    int64_t age = mono_diff(s->ike_since, clock_now(g->env.clk)).ns / 1000000000;

    buf_addf(out, "%zu   IKE Peer: %s\n", number, ip_addr_format(&s->peer, peer));
    buf_addf(out, "    Type    : L2L             Role    : %s \n",
             s->initiator ? "initiator" : "responder");
    buf_addf(out, "    Rekey   : %-15s State   : %s \n", s->ikes > 1 ? "yes" : "no", "MM_ACTIVE");
    if (!detail)
        return;
    buf_addf(out, "    Encrypt : %-15s Hash    : %-9s \n", cipher_word(s->suite.cipher),
             hash_word(s->suite.digest));
    buf_addf(out, "    Auth    : preshared       Lifetime: %u\n", s->suite.lifetime_s);
    if (s->suite.lifetime_s)
        buf_addf(out, "    Lifetime Remaining: %lld\n", (long long)s->suite.lifetime_s - age);
}

/* WHAT: detail */
static enum err show_isakmp(struct gw_call *call)
{
    const struct gateway *g = gateway_of(call);
    const struct vpn *v = &g->vpn;
    struct buf *out = call->answer;
    bool later = has_ikev2(g->cfg);
    size_t active = 0, rekeying = 0, n = 0;

    for (size_t i = 0; i < v->nsessions; i++) {
        active += v->sessions[i].ikes > 0;
        rekeying += v->sessions[i].ikes > 1;
    }
    if (!active) {
        buf_adds(out, later ? "\nThere are no IKEv1 SAs\n\nThere are no IKEv2 SAs\n"
                            : "\nThere are no isakmp sas\n");
        return ERR_OK;
    }
    buf_adds(out, later ? "\nIKEv1 SAs:\n\n" : "\n");
    buf_addf(out,
             "   Active SA: %zu\n    Rekey SA: %zu (A tunnel will report 1 Active and 1 Rekey SA "
             "during rekey)\nTotal IKE SA: %zu\n\n",
             active, rekeying, active + rekeying);
    for (size_t i = 0; i < v->nsessions; i++) {
        if (v->sessions[i].ikes)
            show_ike(g, &v->sessions[i], ++n, call->what, out);
    }
    if (later)
        buf_adds(out, "\nThere are no IKEv2 SAs\n");
    return ERR_OK;
}

/* --- sessions ------------------------------------------------------------------------------------
 */

static void add_span(struct buf *out, struct span d)
{
    int64_t t = d.ns / 1000000000;

    if (t >= 86400)
        buf_addf(out, "%lldd ", (long long)(t / 86400));
    buf_addf(out, "%dh:%02dm:%02ds", (int)(t / 3600 % 24), (int)(t / 60 % 60), (int)(t % 60));
}

static void add_login(struct buf *out, int64_t unix_s)
{
    static const char *const days[] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
    struct civil t = civil_from_unix(unix_s);

    buf_addf(out, "%02d:%02d:%02d UTC %s %s %d %d", t.hour, t.minute, t.second,
             days[((unix_s / 86400) % 7 + 7) % 7], civil_month_name(t.month), t.day, t.year);
}

static const char *session_cipher(enum cipher_alg a)
{
    switch (a) {
    case CIPHER_DES_CBC: return "DES";
    case CIPHER_3DES_CBC: return "3DES";
    case CIPHER_AES128_CBC: return "AES128";
    case CIPHER_AES192_CBC: return "AES192";
    default: return "AES256";
    }
}

static const char *session_hash(enum integ_alg a)
{
    switch (a) {
    case INTEG_HMAC_MD5_96: return "MD5";
    case INTEG_HMAC_SHA1_96: return "SHA1";
    default: return "SHA256";
    }
}

/* Bytes of the session, in SAs that are gone and in those that are there. */
static void session_bytes(const struct gateway *g, const struct vpn_session *s, uint64_t *sent,
                          uint64_t *received)
{
    struct sadb_pair *p;

    *sent = s->sent;
    *received = s->received;
    for (size_t i = 0; (p = sadb_at(g->vpn.sadb, i)); i++) {
        if (!ip_addr_eq(&esp_sa_params(p->out)->dst, &s->peer))
            continue;
        *sent += esp_sa_counters(p->out)->bytes;
        *received += esp_sa_counters(p->in)->bytes;
    }
}

static void show_session(const struct gateway *g, const struct vpn_session *s, struct buf *out)
{
    bool later = has_ikev2(g->cfg);
    uint64_t sent, received;
    char peer[IP_ADDR_TEXT];

    session_bytes(g, s, &sent, &received);
    ip_addr_format(&s->peer, peer);
    buf_addf(out, "Connection   : %s\n", s->group[0] ? s->group : peer);
    buf_addf(out, "Index        : %-22u IP Addr      : %s\n", s->index, peer);
    buf_addf(out, "Protocol     : %s\n", later ? "IKEv1 IPsec" : "IKE IPsec");
    buf_addf(out, "Encryption   : %-22s Hashing      : %s\n", session_cipher(s->esp_suite.cipher),
             session_hash(s->esp_suite.integ));
    buf_addf(out, "Bytes Tx     : %-22llu Bytes Rx     : %llu\n", (unsigned long long)sent,
             (unsigned long long)received);
    buf_adds(out, "Login Time   : ");
    add_login(out, g->env.epoch_s + s->since.ns / 1000000000);
    buf_adds(out, "\nDuration     : ");
    add_span(out, mono_diff(s->since, clock_now(g->env.clk)));
    buf_adds(out, "\n\n");
}

static enum err show_sessions(struct gw_call *call)
{
    const struct gateway *g = gateway_of(call);

    if (!g->vpn.nsessions) {
        buf_adds(call->answer,
                 "INFO: There are presently no active sessions of the type specified\n");
        return ERR_OK;
    }
    buf_adds(call->answer, "\nSession Type: LAN-to-LAN\n\n");
    for (size_t i = 0; i < g->vpn.nsessions; i++)
        show_session(g, &g->vpn.sessions[i], call->answer);
    return ERR_OK;
}

#define SHOW(pattern, run, what, help)                                                             \
    {                                                                                              \
        GW_EXEC, GW_YES, "show " pattern, run, what, help                                          \
    }

static const struct gw_command rows[] = {
    SHOW("asp table vpn-context", show_vpn_context, 0, "VPN contexts"),
    SHOW("asp table vpn-context detail", show_vpn_context, 1, "With their counters"),
    SHOW("crypto isakmp sa", show_isakmp, 0, "Phase-1 SAs"),
    SHOW("crypto isakmp sa detail", show_isakmp, 1, "With their proposals"),
    SHOW("crypto ikev1 sa", show_isakmp, 0, "Phase-1 SAs"),
    SHOW("crypto ikev1 sa detail", show_isakmp, 1, "With their proposals"),
    SHOW("isakmp sa", show_isakmp, 0, NULL),
    SHOW("vpn-sessiondb l2l", show_sessions, 0, "LAN-to-LAN sessions"),
    SHOW("vpn-sessiondb detail l2l", show_sessions, 0, NULL),
};

const struct gw_command_set gw_show_vpn_commands = {rows, COUNT(rows)};
