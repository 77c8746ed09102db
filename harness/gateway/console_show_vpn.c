/* show asp table vpn-context, show crypto isakmp sa: values out of the gateway. */
#include "gateway/console.h"
#include "gateway/console_show_ikev2.h"
#include "gateway/forward.h"
#include "gateway/show_vpn.h"
#include "gateway/vpn_words.h"

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

static struct show_context context_of(const struct vpn_policy *p, bool inbound, const char *peer)
{
    const struct esp_sa *sa = inbound ? p->pair->in : p->pair->out;
    uint32_t number = p->context[!inbound];
    uint64_t bad = inbound ? p->bad_crypto : 0, spoofs = inbound ? p->spoofs : 0;

    return (struct show_context){.handle = context_handle(number),
                                 .pointer = context_pointer(number),
                                 .sa = 0x0da00000u + number,
                                 .spi = esp_sa_params(sa)->spi,
                                 .peer = peer,
                                 .inbound = inbound,
                                 .natt = p->pair->way.udp,
                                 .preserve = p->preserve,
                                 .packets = p->past[!inbound] + esp_sa_counters(sa)->packets,
                                 .bad_packets = bad + spoofs,
                                 .spoofs = spoofs,
                                 .bad_crypto = bad,
                                 .rekey_packets = p->rekeys,
                                 .rekey_calls = p->rekeys};
}

/* WHAT: detail */
static enum err show_vpn_context(struct gw_call *call)
{
    const struct vpn *v = &gateway_of(call)->vpn;
    bool any = false;

    for (size_t i = 0; i < 2 * v->npolicies; i++) {
        const struct vpn_policy *p = v->policies[i / 2];
        char peer[IP_ADDR_TEXT];
        if (!p->up)
            continue;
        struct show_context c = context_of(p, i % 2 == 0, ip_addr_format(&p->peer, peer));
        const struct gw_acl *filter = gw_vpn_filter(gateway_of(call), (uint32_t)(i / 2));
        c.filter = filter ? filter->name : NULL;
        if (any && call->what)
            buf_addc(call->answer, '\n');
        any = true;
        if (call->what)
            show_context_put_detail(&c, call->answer);
        else
            show_context_put(&c, call->answer);
    }
    return ERR_OK;
}

/* --- phase 1 -------------------------------------------------------------------------------------
 */

enum { DETAIL = 1, ONLY_V1 = 2 };

static void show_ike(const struct gateway *g, const struct vpn_session *s, size_t number,
                     bool detail, struct buf *out)
{
    char peer[IP_ADDR_TEXT];
    bool columns = detail && !(g->cfg->profile->can & GW_CAN_RECLASSIFY); /* before 8.0 */
    bool user = s->type != VPN_LAN_TO_LAN; /* aggressive mode, and another spelling in columns */
    int64_t age = mono_diff(s->ike_since, clock_now(g->env.clk)).ns / 1000000000;
    struct show_ike line = {.number = number,
                            .peer = ip_addr_format(&s->peer, peer),
                            .type = !user     ? "L2L"
                                    : columns ? "User"
                                              : "user",
                            .initiator = s->initiator,
                            .rekeying = s->ikes > 1,
                            .state = user ? "AM_ACTIVE" : "MM_ACTIVE",
                            .cipher = vpn_cipher_word(s->suite.cipher),
                            .hash = vpn_hash_word(s->suite.digest),
                            .auth = "preshared",
                            .lifetime_s = s->suite.lifetime_s,
                            .left_s = (int64_t)s->suite.lifetime_s - age};

    if (columns)
        show_ike_put_columns(&line, out);
    else
        show_ike_put(&line, detail, out);
}

static bool is_ikev1(const struct vpn_session *s)
{
    return s->ikes && s->version != 2 && s->type != VPN_SSL;
}

/* 8.4 and later print IKEv1 and IKEv2 apart. WHAT: DETAIL, ONLY_V1 */
static enum err show_isakmp(struct gw_call *call)
{
    const struct gateway *g = gateway_of(call);
    const struct vpn *v = &g->vpn;
    struct buf *out = call->answer;
    bool later = (g->cfg->profile->can & GW_CAN_IKEV1) != 0;
    size_t active = 0, rekeying = 0, n = 0;

    for (size_t i = 0; i < v->nsessions; i++) {
        active += is_ikev1(&v->sessions[i]);
        rekeying += is_ikev1(&v->sessions[i]) && v->sessions[i].ikes > 1;
    }
    if (!active) {
        buf_adds(out, later ? "\nThere are no IKEv1 SAs\n" : "\nThere are no isakmp sas\n");
    } else {
        buf_adds(out, later ? "\nIKEv1 SAs:\n\n" : "\n");
        show_ike_put_count(active, rekeying, out);
    }
    for (size_t i = 0; i < v->nsessions; i++) {
        if (is_ikev1(&v->sessions[i]))
            show_ike(g, &v->sessions[i], ++n, call->what & DETAIL, out);
    }
    if (later && !(call->what & ONLY_V1))
        show_ikev2_sas(g, (call->what & DETAIL) != 0, out);
    return ERR_OK;
}

#define SHOW(pattern, run, what, help)                                                             \
    {                                                                                              \
        GW_EXEC, GW_YES, "show " pattern, run, what, help                                          \
    }
#define SHOW_LATER(pattern, run, what, help)                                                       \
    {                                                                                              \
        GW_EXEC | GW_NEEDS(GW_CAN_IKEV1), GW_YES, "show " pattern, run, what, help                 \
    }

static const struct gw_command rows[] = {
    SHOW("asp table vpn-context", show_vpn_context, 0, "VPN contexts"),
    SHOW("asp table vpn-context detail", show_vpn_context, 1, "With their counters"),
    SHOW("crypto isakmp sa", show_isakmp, 0, "Phase-1 SAs"),
    SHOW("crypto isakmp sa detail", show_isakmp, DETAIL, "With their proposals"),
    SHOW_LATER("crypto ikev1 sa", show_isakmp, ONLY_V1, "Phase-1 SAs"),
    SHOW_LATER("crypto ikev1 sa detail", show_isakmp, ONLY_V1 | DETAIL, "With their proposals"),
    SHOW("isakmp sa", show_isakmp, 0, NULL),
    SHOW("isakmp sa detail", show_isakmp, DETAIL, NULL),
};

const struct gw_command_set gw_show_vpn_commands = {rows, COUNT(rows)};
