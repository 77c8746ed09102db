/* clear, and vpn-sessiondb logoff. */
#include "gateway/console.h"
#include "gateway/vpn_parts.h"

enum { BOTH, IKEV1, IKEV2 };

/* Sessions of one version of IKE. */
static void clear_version(struct gateway *g, const struct ip_addr *peer, bool ikev2)
{
    for (size_t i = g->vpn.nsessions; i-- > 0;) {
        const struct vpn_session *s = &g->vpn.sessions[i];
        if (s->ikes && (s->version == 2) == ikev2 && (!peer || ip_addr_eq(&s->peer, peer)))
            ike_delete_ike(g->vpn.ike, &s->peer, true);
    }
}

/* clear crypto isakmp sa [PEER]: phase 1, and phase 2 with it. The peer is told. WHAT: of which
 * version */
static enum err clear_ike(struct gw_call *call)
{
    struct gateway *g = gateway_of(call);
    const struct ip_addr *peer = call->nargs ? &call->args[0].addr : NULL;

    if (g->vpn.ike && call->what == BOTH)
        ike_delete_ike(g->vpn.ike, peer, true);
    else if (g->vpn.ike)
        clear_version(g, peer, call->what == IKEV2);
    return ERR_OK;
}

/* clear crypto ipsec sa [peer PEER]: phase 2 only */
static enum err clear_ipsec(struct gw_call *call)
{
    struct gateway *g = gateway_of(call);

    if (g->vpn.ike)
        ike_delete_children(g->vpn.ike, call->nargs ? &call->args[0].addr : NULL, true);
    return ERR_OK;
}

/* As `show crypto ipsec sa` prints them, "0x32F752FF", or in decimal. */
static bool parse_spi(const char *word, uint32_t *spi)
{
    uint64_t v = 0;

    if (word[0] != '0' || (word[1] | 0x20) != 'x')
        return gw_parse_number(word, 1, UINT32_MAX, spi);
    for (const char *p = word + 2; *p; p++) {
        const char *digits = "0123456789abcdef", *d = strchr(digits, *p | 0x20);
        if (!d || p - word >= 10)
            return false;
        v = v * 16 + (uint64_t)(d - digits);
    }
    *spi = (uint32_t)v;
    return v != 0;
}

/* clear crypto ipsec sa entry PEER esp SPI: the pair whose inbound or outbound SA that is */
static enum err clear_entry(struct gw_call *call)
{
    struct gateway *g = gateway_of(call);
    uint32_t spi;

    if (!parse_spi(call->args[1].word, &spi))
        return gw_refuse(call, "%% Invalid SPI");
    struct sadb_pair *p = sadb_by_out_spi(g->vpn.sadb, spi, &call->args[0].addr);
    if (p)
        spi = esp_sa_params(p->in)->spi;
    if (!g->vpn.ike || ike_delete_child(g->vpn.ike, spi, true))
        return gw_refuse(call, "no such SA");
    return ERR_OK;
}

static enum err clear_map(struct gw_call *call)
{
    struct gateway *g = gateway_of(call);
    struct sadb_pair *p;

    for (size_t i = 0; g->vpn.ike && (p = sadb_at(g->vpn.sadb, i)); i++) {
        if (strcmp(g->vpn.policies[p->policy]->map, call->args[0].word) == 0 &&
            ike_delete_child(g->vpn.ike, esp_sa_params(p->in)->spi, true))
            continue; /* gone already */
    }
    return ERR_OK;
}

static enum err clear_log(struct gw_call *call)
{
    gw_syslog_clear_buffer(gateway_of(call)->log);
    return ERR_OK;
}

static enum err clear_arp(struct gw_call *call)
{
    neighbors_forget(gateway_of(call)->neighbors);
    return ERR_OK;
}

/* --- vpn-sessiondb logoff ------------------------------------------------------------------------
 */

enum { EVERY, BY_INDEX, BY_ADDRESS, BY_GROUP, BY_NAME, L2L, REMOTE, SSL, WEB };

static bool is_meant(const struct gw_call *call, const struct vpn_session *s)
{
    char peer[IP_ADDR_TEXT];

    switch (call->what) {
    case BY_INDEX: return s->index == call->args[0].number;
    case BY_ADDRESS: return ip_addr_eq(&s->peer, &call->args[0].addr);
    case BY_GROUP: return strcmp(s->group, call->args[0].word) == 0;
    case BY_NAME: /* a LAN-to-LAN session is called by its peer */
        return strcmp(s->type == VPN_LAN_TO_LAN ? ip_addr_format(&s->peer, peer) : s->user,
                      call->args[0].word) == 0;
    case L2L: return s->type == VPN_LAN_TO_LAN;
    case REMOTE: return s->type == VPN_NEM || s->type == VPN_CLIENT;
    case SSL: return s->type == VPN_SSL;
    case WEB: return false; /* there are none */
    default: return true;
    }
}

/* The word for the type, in full: that of the release, whatever is typed. */
static const char *type_of(const struct gw_call *call)
{
    bool later = (call->cfg->profile->can & GW_CAN_IKEV1) != 0;

    switch (call->what) {
    case L2L: return "l2l";
    case REMOTE: return later ? "ra-ikev1-ipsec" : "remote";
    case SSL: return later ? "anyconnect" : "svc";
    case WEB: return "webvpn";
    default: return "all";
    }
}

/* The text is from memory of the device; the prompt is a real one. */
static enum err logoff(struct gw_call *call)
{
    static const char *const by[] = {[BY_INDEX] = "index",
                                     [BY_ADDRESS] = "IP address",
                                     [BY_GROUP] = "tunnel-group",
                                     [BY_NAME] = "name"};
    struct gateway *g = gateway_of(call);
    unsigned n = 0;

    for (size_t i = 0; g->vpn.ike && i < g->vpn.nsessions; i++) {
        const struct vpn_session *s = &g->vpn.sessions[i];
        if (!is_meant(call, s))
            continue;
        n++;
        ike_delete_ike(g->vpn.ike, &s->peer, true);
        ike_delete_children(g->vpn.ike, &s->peer, true); /* those whose IKE SA is gone */
    }
    if (call->nargs)
        buf_addf(call->answer, "INFO: Number of sessions with %s \"%s\" logged off : %u\n",
                 by[call->what], call->args[0].word, n);
    else
        buf_addf(call->answer, "INFO: Number of sessions of type \"%s\" logged off : %u\n",
                 type_of(call), n);
    return ERR_OK;
}

static enum err ask_logoff(struct gw_call *call)
{
    return gw_ask(call, "Do you want to logoff the VPN session(s)? [confirm]");
}

/* clear crypto ipsec sa counters */
static enum err clear_counters(struct gw_call *call)
{
    struct vpn *v = &gateway_of(call)->vpn;

    for (size_t i = 0; i < v->npolicies; i++)
        gw_vpn_clear_counters(v, (uint32_t)i);
    return ERR_OK;
}

/* clear access-list NAME counters */
static enum err clear_hits(struct gw_call *call)
{
    const struct gw_acl *a = gw_config_acl(call->cfg, call->args[0].word);

    if (!a)
        return gw_refuse(call, "access-list <%s> does not exist", call->args[0].word);
    for (size_t i = 0; i < a->naces; i++)
        a->aces[i].hits = 0;
    return ERR_OK;
}

#define CLEAR(pattern, run, what, help)                                                            \
    {                                                                                              \
        GW_EXEC, GW_YES, "clear " pattern, run, what, help                                         \
    }
#define CLEAR_LATER(pattern, what, help)                                                           \
    {                                                                                              \
        GW_EXEC | GW_NEEDS(GW_CAN_IKEV1), GW_YES, "clear " pattern, clear_ike, what, help          \
    }
#define LOGOFF(pattern, what)                                                                      \
    {GW_EXEC, GW_YES, "vpn-sessiondb logoff " pattern, ask_logoff, what, "Log sessions off"},      \
    {                                                                                              \
        GW_EXEC, GW_YES, "vpn-sessiondb logoff " pattern " noconfirm", logoff, what, NULL          \
    }

static enum err clear_logging(struct gw_call *call)
{
    gw_syslog_clear_buffer(gateway_of(call)->log);
    return ERR_OK;
}

static const struct gw_command rows[] = {
    {GW_EXEC, GW_YES, "clear logging buffer", clear_logging, 0, "Empty the log's buffer"},
    {GW_EXEC, GW_YES, "clear logging", clear_logging, 0, NULL},
    CLEAR("crypto isakmp sa", clear_ike, 0, "Clear phase-1 SAs"),
    CLEAR("crypto isakmp sa ADDR", clear_ike, 0, "Clear the phase-1 SA with a peer"),
    CLEAR_LATER("crypto ikev1 sa", IKEV1, "Clear phase-1 SAs"),
    CLEAR_LATER("crypto ikev1 sa ADDR", IKEV1, "Clear the phase-1 SA with a peer"),
    CLEAR_LATER("crypto ikev2 sa", IKEV2, "Clear IKEv2 SAs"),
    CLEAR_LATER("crypto ikev2 sa ADDR", IKEV2, "Clear the IKEv2 SA with a peer"),
    CLEAR("access-list NAME counters", clear_hits, 0, "Start its hit counts anew"),
    CLEAR("crypto ipsec sa", clear_ipsec, 0, "Clear phase-2 SAs"),
    CLEAR("crypto ipsec sa peer ADDR", clear_ipsec, 0, "Clear the phase-2 SAs with a peer"),
    CLEAR("crypto ipsec sa counters", clear_counters, 0, "Start their counters anew"),
    CLEAR("crypto ipsec sa map NAME", clear_map, 0, "Clear the phase-2 SAs of a crypto map"),
    CLEAR("crypto ipsec sa entry ADDR esp WORD", clear_entry, 0, "Clear one pair"),
    CLEAR("ipsec sa", clear_ipsec, 0, NULL),
    CLEAR("ipsec sa peer ADDR", clear_ipsec, 0, NULL),
    CLEAR("isakmp sa", clear_ike, 0, NULL),
    CLEAR("logging buffer", clear_log, 0, "Clear the log buffer"),
    CLEAR("arp", clear_arp, 0, "Clear the ARP table"),
    LOGOFF("l2l", L2L),
    LOGOFF("all", EVERY),
    LOGOFF("remote", REMOTE),
    LOGOFF("ra-ikev1-ipsec", REMOTE),
    LOGOFF("anyconnect", SSL),
    LOGOFF("svc", SSL),
    LOGOFF("webvpn", WEB),
    LOGOFF("name WORD", BY_NAME),
    LOGOFF("index <1-4294967295>", BY_INDEX),
    LOGOFF("ipaddress ADDR", BY_ADDRESS),
    LOGOFF("tunnel-group NAME", BY_GROUP),
};

const struct gw_command_set gw_clear_commands = {rows, COUNT(rows)};
