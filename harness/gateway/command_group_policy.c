/* group-policy: of DfltGrpPolicy, which every tunnel here goes by, the idle timeout. */
#include "gateway/command_parts.h"
#include "gateway/config_parts.h"

#include <stdio.h>

static enum err enter(struct gw_call *call)
{
    *call->place = (struct gw_place){.mode = GW_CONFIG_POLICY_GROUP};
    snprintf(call->place->name, sizeof(call->place->name), "%s", call->args[0].word);
    if (strcmp(call->place->name, "DfltGrpPolicy") != 0)
        call->unmodelled = true;
    return ERR_OK;
}

/* WHAT: none */
static enum err set_idle_timeout(struct gw_call *call)
{
    if (strcmp(call->place->name, "DfltGrpPolicy") != 0) {
        call->unmodelled = true;
        return ERR_OK;
    }
    call->cfg->vpn_idle_timeout_min = call->no     ? GW_VPN_IDLE_TIMEOUT_DEFAULT_MIN
                                      : call->what ? 0
                                                   : call->args[0].number;
    call->changed |= GW_CHANGED_GROUP;
    return ERR_OK;
}

#define HERE GW_CONFIG_POLICY_GROUP
#define TAKE(pattern)                                                                              \
    {                                                                                              \
        HERE, GW_BOTH, pattern, gw_accept, 0, NULL                                                 \
    }

static const struct gw_command rows[] = {
    {GW_CONFIG, GW_YES, "group-policy NAME attributes", enter, 0, "Attributes of a group policy"},
    {GW_CONFIG, GW_BOTH, "group-policy NAME internal", gw_accept, 0, NULL},
    {GW_CONFIG, GW_BOTH, "group-policy ...", gw_accept, 0, NULL},
    {HERE, GW_YES, "vpn-idle-timeout <1-35791394>", set_idle_timeout, 0,
     "Minutes after which an idle tunnel ends"},
    {HERE, GW_YES, "vpn-idle-timeout none", set_idle_timeout, 1, "Idle tunnels stay"},
    {HERE, GW_NO, "vpn-idle-timeout", set_idle_timeout, 0, NULL},
    {HERE, GW_NO, "vpn-idle-timeout ...", gw_accept, 0, NULL},
    TAKE("address-pools ..."),
    TAKE("backup-servers ..."),
    TAKE("banner ..."),
    TAKE("client-access-rule ..."),
    TAKE("default-domain ..."),
    TAKE("dhcp-network-scope ..."),
    TAKE("dns-server ..."),
    TAKE("group-lock ..."),
    TAKE("ip-comp ..."),
    TAKE("ip-phone-bypass ..."),
    TAKE("ipsec-udp ..."),
    TAKE("ipsec-udp-port ..."),
    TAKE("msie-proxy ..."),
    TAKE("nem ..."),
    TAKE("password-storage ..."),
    TAKE("pfs ..."),
    TAKE("re-xauth ..."),
    TAKE("secure-unit-authentication ..."),
    TAKE("split-dns ..."),
    TAKE("split-tunnel-network-list ..."),
    TAKE("split-tunnel-policy ..."),
    TAKE("user-authentication ..."),
    TAKE("vlan ..."),
    TAKE("vpn-access-hours ..."),
    TAKE("vpn-filter ..."),
    TAKE("vpn-session-timeout ..."),
    TAKE("vpn-simultaneous-logins ..."),
    TAKE("vpn-tunnel-protocol ..."),
    TAKE("webvpn"),
    TAKE("wins-server ..."),
};

const struct gw_command_set gw_group_policy_commands = {rows, COUNT(rows)};
