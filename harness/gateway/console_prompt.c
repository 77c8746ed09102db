/* What the console shows before its input. */
#include "gateway/console.h"

/* The mode's name on the device. Modes that are not modelled are known by the command that entered
 * them. */
static const char *opaque_words(const char *line)
{
    static const struct {
        const char *begins, *words;
    } modes[] = {
        {"object-group", "config-object-group"},
        {"aaa-server", "config-aaa-server-group"},
        {"group-policy", "config-group-policy"},
        {"router", "config-router"},
        {"route-map", "config-route-map"},
        {"username", "config-username"},
        {"webvpn", "config-webvpn"},
        {"time-range", "config-time-range"},
        {"tcp-map", "config-tcp-map"},
        {"dynamic-access-policy-record", "config-dynamic-access-policy-record"},
        {"dns", "config-dns-server-group"},
        {"crypto ca trustpoint", "config-ca-trustpoint"},
        {"crypto ipsec profile", "config-ipsec-profile"},
    };

    for (size_t i = 0; i < COUNT(modes); i++) {
        if (strncmp(line, modes[i].begins, strlen(modes[i].begins)) == 0)
            return modes[i].words;
    }
    if (strncmp(line, "tunnel-group ", 13) != 0)
        return "config-sub";
    return strstr(line, " general-")  ? "config-tunnel-general"
           : strstr(line, " webvpn-") ? "config-tunnel-webvpn"
                                      : "config-tunnel-ppp";
}

static const char *mode_words(const struct gateway *g)
{
    bool later = (g->cfg->profile->can & GW_CAN_IKEV1) != 0;

    switch (g->place.mode) {
    case GW_CONFIG: return "config";
    case GW_CONFIG_IF: return strchr(g->place.name, '.') ? "config-subif" : "config-if";
    case GW_CONFIG_POLICY: return later ? "config-ikev1-policy" : "config-isakmp-policy";
    case GW_CONFIG_IKEV2_POLICY: return "config-ikev2-policy";
    case GW_CONFIG_PROPOSAL: return "config-ipsec-proposal";
    case GW_CONFIG_GROUP: return "config-tunnel-ipsec";
    case GW_CONFIG_NETWORK: return "config-network-object";
    case GW_CONFIG_NETWORK_GROUP: return "config-network-object-group";
    case GW_CONFIG_SERVICE: return "config-service-object";
    case GW_CONFIG_TUNNEL: return "config-tunnel-general";
    case GW_CONFIG_GROUP_POLICY: return "config-group-policy";
    case GW_CONFIG_CLASS:
        return strncmp(g->place.name, "class-map", 9) == 0 ? "config-cmap" : "config-pmap";
    default: return opaque_words(g->place.name);
    }
}

void gateway_prompt(const struct gateway *g, struct buf *out)
{
    if (g->pager.left.n) {
        buf_adds(out, "<--- More --->");
        return;
    }
    if (g->question[0]) /* it has been asked in the answer */
        return;
    if (g->place.mode == GW_USER)
        buf_addf(out, "%s> ", g->cfg->hostname);
    else if (g->place.mode == GW_EXEC)
        buf_addf(out, "%s# ", g->cfg->hostname);
    else
        buf_addf(out, "%s(%s)# ", g->cfg->hostname, mode_words(g));
}
