/* same-security-traffic, inspect icmp, icmp unreachable. */
#include "gateway/command_parts.h"
#include "gateway/config_parts.h"

enum { INTER, INTRA };

static enum err set_same_security(struct gw_call *call)
{
    if (call->what == INTER)
        call->cfg->same_security_inter = !call->no;
    else
        call->cfg->same_security_intra = !call->no;
    call->changed |= GW_CHANGED_SERVICE;
    return ERR_OK;
}

enum { ECHO, ERRORS };

static enum err set_inspect(struct gw_call *call)
{
    if (call->what == ECHO)
        call->cfg->inspect_icmp = !call->no;
    else
        call->cfg->inspect_icmp_error = !call->no;
    call->changed |= GW_CHANGED_SERVICE;
    return ERR_OK;
}

static enum err set_unreachable(struct gw_call *call)
{
    struct gw_config *c = call->cfg;

    c->icmp_rate = call->no ? 1 : call->args[0].number;
    c->icmp_burst = call->no || call->nargs < 2 ? 1 : call->args[1].number;
    call->changed |= GW_CHANGED_SERVICE;
    return ERR_OK;
}

static const struct gw_command rows[] = {
    {GW_CONFIG, GW_BOTH, "same-security-traffic permit inter-interface", set_same_security, INTER,
     "Permit traffic between interfaces of equal levels"},
    {GW_CONFIG, GW_BOTH, "same-security-traffic permit intra-interface", set_same_security, INTRA,
     "Permit traffic back through the interface it came in on"},
    {GW_CONFIG, GW_BOTH, "icmp unreachable rate-limit <1-100>", set_unreachable, 0,
     "Limit ICMP errors of the device's own"},
    {GW_CONFIG, GW_BOTH, "icmp unreachable rate-limit <1-100> burst-size <1-10>", set_unreachable,
     0, NULL},
    {GW_CONFIG_CLASS, GW_BOTH, "inspect icmp", set_inspect, ECHO, "Know ICMP sessions"},
    {GW_CONFIG_CLASS, GW_BOTH, "inspect icmp error", set_inspect, ERRORS,
     "Translate what ICMP errors quote"},
};

const struct gw_command_set gw_access_commands = {rows, COUNT(rows)};
