/* set connection and inspect, in a class of a policy-map: what of them is modelled. */
#include "gateway/command_parts.h"

enum { DECREMENT_TTL, RANDOM_SEQUENCE_OFF, RANDOM_SEQUENCE_ON };

static enum err set_connection(struct gw_call *call)
{
    struct gw_config *c = call->cfg;

    switch (call->what) {
    case DECREMENT_TTL: c->decrement_ttl = !call->no; break;
    case RANDOM_SEQUENCE_OFF: c->random_sequence = call->no; break;
    default: c->random_sequence = true; break;
    }
    call->remark = "taken for every class: the model has one setting for all traffic";
    call->changed |= GW_CHANGED_SERVICE;
    return ERR_OK;
}

static enum err inspect_ftp(struct gw_call *call)
{
    call->cfg->inspect_ftp = !call->no;
    call->changed |= GW_CHANGED_SERVICE;
    return ERR_OK;
}

#define SET "set connection "

static const struct gw_command rows[] = {
    {GW_CONFIG_CLASS, GW_BOTH, SET "decrement-ttl", set_connection, DECREMENT_TTL,
     "Be a hop that traceroute sees"},
    {GW_CONFIG_CLASS, GW_BOTH, SET "random-sequence-number disable", set_connection,
     RANDOM_SEQUENCE_OFF, "Leave initial sequence numbers alone"},
    {GW_CONFIG_CLASS, GW_YES, SET "random-sequence-number enable", set_connection,
     RANDOM_SEQUENCE_ON, "Randomise initial sequence numbers"},
    {GW_CONFIG_CLASS, GW_BOTH, "inspect ftp", inspect_ftp, 0, "Follow FTP control channels"},
    {GW_CONFIG_CLASS, GW_BOTH, "inspect ftp strict", inspect_ftp, 0, NULL},
    {GW_CONFIG_CLASS, GW_BOTH, "inspect ftp strict NAME", inspect_ftp, 0, NULL},
};

const struct gw_command_set gw_policy_commands = {rows, COUNT(rows)};
