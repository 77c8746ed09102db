/* sysopt connection and service: the switches this project is about. */
#include "gateway/command_parts.h"
#include "gateway/config_parts.h"

enum { TIMEWAIT, PERMIT_VPN, RECLASSIFY_VPN, PRESERVE_VPN_FLOWS };

static enum err set_connection(struct gw_call *call)
{
    struct gw_sysopt *s = &call->cfg->sysopt;
    bool *const switches[] = {&s->timewait, &s->permit_vpn, &s->reclassify_vpn,
                              &s->preserve_vpn_flows};

    *switches[call->what] = !call->no;
    call->changed |= GW_CHANGED_SYSOPT;
    return ERR_OK;
}

/* "no" gives the default back: 1380 bytes, no minimum. */
static enum err set_tcpmss(struct gw_call *call)
{
    struct gw_sysopt *s = &call->cfg->sysopt;

    if (call->what)
        s->tcpmss_minimum = call->no ? 0 : call->args[0].number;
    else
        s->tcpmss = call->no ? 1380 : call->args[0].number;
    call->changed |= GW_CHANGED_SYSOPT;
    return ERR_OK;
}

enum { INBOUND, OUTBOUND, OUTSIDE };

static enum err set_service(struct gw_call *call)
{
    struct gw_service *s = &call->cfg->service;
    bool *const switches[] = {&s->reset_inbound, &s->reset_outbound, &s->reset_outside};

    *switches[call->what] = !call->no;
    if (call->nargs)
        call->remark = "taken for every interface: the model has one setting for all";
    call->changed |= GW_CHANGED_SERVICE;
    return ERR_OK;
}

static const struct gw_command rows[] = {
    {GW_CONFIG | GW_NEEDS(GW_CAN_SYSOPT), GW_BOTH, "sysopt connection timewait", set_connection,
     TIMEWAIT, "Keep closed TCP connections for a while"},
    {GW_CONFIG | GW_NEEDS(GW_CAN_SYSOPT), GW_BOTH, "sysopt connection permit-vpn", set_connection,
     PERMIT_VPN, "Let decrypted packets pass interface access lists"},
    {GW_CONFIG | GW_NEEDS(GW_CAN_SYSOPT), GW_BOTH, "sysopt connection permit-ipsec", set_connection,
     PERMIT_VPN, NULL},
    {GW_CONFIG | GW_NEEDS(GW_CAN_RECLASSIFY), GW_BOTH, "sysopt connection reclassify-vpn",
     set_connection, RECLASSIFY_VPN, "Reclassify flows when a tunnel comes up"},
    {GW_CONFIG | GW_NEEDS(GW_CAN_PRESERVE), GW_BOTH, "sysopt connection preserve-vpn-flows",
     set_connection, PRESERVE_VPN_FLOWS, "Preserve stateful VPN flows when the tunnel drops"},
    {GW_CONFIG | GW_NEEDS(GW_CAN_SYSOPT), GW_YES, "sysopt connection tcpmss <0-65535>", set_tcpmss,
     0, "Override the maximum TCP segment size"},
    {GW_CONFIG | GW_NEEDS(GW_CAN_SYSOPT), GW_NO, "sysopt connection tcpmss", set_tcpmss, 0,
     "Override the maximum TCP segment size"},
    {GW_CONFIG | GW_NEEDS(GW_CAN_SYSOPT), GW_NO, "sysopt connection tcpmss <0-65535>", set_tcpmss,
     0, NULL},
    {GW_CONFIG | GW_NEEDS(GW_CAN_SYSOPT), GW_YES, "sysopt connection tcpmss minimum <0-65535>",
     set_tcpmss, 1, "Raise smaller maximum segment sizes to this"},
    {GW_CONFIG | GW_NEEDS(GW_CAN_SYSOPT), GW_NO, "sysopt connection tcpmss minimum", set_tcpmss, 1,
     "Raise smaller maximum segment sizes to this"},
    {GW_CONFIG | GW_NEEDS(GW_CAN_SYSOPT), GW_NO, "sysopt connection tcpmss minimum <0-65535>",
     set_tcpmss, 1, NULL},
    {GW_CONFIG | GW_NEEDS(GW_CAN_SYSOPT), GW_BOTH, "sysopt nodnsalias inbound", gw_accept, 0, NULL},
    {GW_CONFIG | GW_NEEDS(GW_CAN_SYSOPT), GW_BOTH, "sysopt nodnsalias outbound", gw_accept, 0,
     NULL},
    {GW_CONFIG | GW_NEEDS(GW_CAN_SYSOPT), GW_BOTH, "sysopt radius ignore-secret", gw_accept, 0,
     NULL},
    {GW_CONFIG | GW_NEEDS(GW_CAN_SYSOPT), GW_BOTH, "sysopt noproxyarp IF", gw_accept, 0, NULL},
    {GW_CONFIG, GW_BOTH, "service resetinbound", set_service, INBOUND,
     "Reset inbound TCP sessions that are denied"},
    {GW_CONFIG, GW_BOTH, "service resetinbound interface IF", set_service, INBOUND, NULL},
    {GW_CONFIG, GW_BOTH, "service resetoutbound", set_service, OUTBOUND,
     "Reset outbound TCP sessions that are denied"},
    {GW_CONFIG, GW_BOTH, "service resetoutbound interface IF", set_service, OUTBOUND, NULL},
    {GW_CONFIG, GW_BOTH, "service resetoutside", set_service, OUTSIDE,
     "Reset TCP packets to the least secure interface"},
    {GW_CONFIG, GW_BOTH, "service password-recovery", gw_accept, 0, NULL},
    {GW_CONFIG, GW_BOTH, "service call-home", gw_accept, 0, NULL},
};

const struct gw_command_set gw_sysopt_commands = {rows, COUNT(rows)};
