/* Names and modes: hostname, domain-name, names, name, exit, end; the first and last lines of a
 * stored configuration. */
#include "gateway/command_parts.h"
#include "gateway/config_parts.h"

enum { HOSTNAME, DOMAIN };

static enum err set_name(struct gw_call *call)
{
    struct gw_config *c = call->cfg;
    const char *name = call->no ? "" : call->args[0].word;

    switch (call->what) {
    case HOSTNAME: (void)gw_name_set(c->hostname, call->no ? "ciscoasa" : name); break;
    default: (void)gw_name_set(c->domain, name); break;
    }
    call->changed |= GW_CHANGED_HOSTNAME;
    return ERR_OK;
}

/* The first line of a stored configuration. WHAT: the platform */
static enum err set_version(struct gw_call *call)
{
    if (!call->cfg->version_fixed)
        gw_config_set_version(call->cfg, (enum gw_platform)call->what, call->args[0].word);
    call->changed |= GW_CHANGED_SYSOPT;
    return ERR_OK;
}

static enum err set_names(struct gw_call *call)
{
    call->cfg->names_on = !call->no;
    call->changed |= GW_CHANGED_NAMES;
    return ERR_OK;
}

static size_t find_name(const struct gw_config *c, const char *name)
{
    size_t i = 0;

    while (i < c->nnames && strcmp(c->names[i].name, name) != 0)
        i++;
    return i;
}

static enum err set_host_name(struct gw_call *call)
{
    struct gw_config *c = call->cfg;
    struct ip_addr addr, none;
    size_t at = find_name(c, call->args[1].word);

    /* here an address is an address, even where it could be another name */
    if (ip_addr_parse(call->args[0].word, &addr) || addr.family != 4 ||
        !ip_addr_parse(call->args[1].word, &none))
        return gw_refuse(call, "name needs an address and then a word that is none");
    if (call->no && at == c->nnames)
        return gw_refuse(call, "name \"%s\" is not defined", call->args[1].word);
    if (call->no) {
        gw_list_remove(c->names, &c->nnames, sizeof(*c->names), at);
    } else {
        struct gw_host_name *n =
            at < c->nnames ? &c->names[at]
                           : gw_list_add((void **)&c->names, &c->nnames, sizeof(*c->names));
        (void)gw_name_set(n->name, call->args[1].word);
        n->addr = addr;
    }
    call->changed |= GW_CHANGED_NAMES;
    return ERR_OK;
}

static enum err leave(struct gw_call *call)
{
    bool sub = call->place->mode != GW_CONFIG && call->place->mode != GW_EXEC;

    *call->place = (struct gw_place){.mode = sub && call->what ? GW_CONFIG : GW_EXEC};
    return ERR_OK;
}

#define SUB                                                                                        \
    (GW_CONFIG_IF | GW_CONFIG_POLICY | GW_CONFIG_GROUP | GW_CONFIG_TUNNEL |                        \
     GW_CONFIG_GROUP_POLICY | GW_CONFIG_CLASS | GW_CONFIG_NETWORK | GW_CONFIG_NETWORK_GROUP |      \
     GW_CONFIG_SERVICE | GW_CONFIG_IKEV2_POLICY | GW_CONFIG_PROPOSAL | GW_CONFIG_OPAQUE)

static const struct gw_command rows[] = {
    {GW_CONFIG, GW_YES, "hostname NAME", set_name, HOSTNAME, "Set the system's name"},
    {GW_CONFIG, GW_NO, "hostname", set_name, HOSTNAME, "Set the system's name"},
    {GW_CONFIG, GW_YES, "domain-name NAME", set_name, DOMAIN, "Set the domain name"},
    {GW_CONFIG, GW_NO, "domain-name", set_name, DOMAIN, "Set the domain name"},
    {GW_CONFIG, GW_NO, "domain-name NAME", set_name, DOMAIN, "Set the domain name"},
    {GW_CONFIG, GW_YES, "asa version NAME", set_version, GW_PLATFORM_ASA, NULL},
    {GW_CONFIG, GW_YES, "pix version NAME", set_version, GW_PLATFORM_PIX, NULL},
    {GW_CONFIG, GW_YES, "vpn3000 version NAME", set_version, GW_PLATFORM_VPN3000, NULL},
    {GW_CONFIG, GW_YES, "version NAME", set_version, GW_PLATFORM_IOS, NULL},
    {GW_CONFIG, GW_BOTH, "names", set_names, 0, "Let names stand for addresses"},
    {GW_CONFIG, GW_BOTH, "name WORD NAME", set_host_name, 0, "Give an address a name"},
    {GW_CONFIG, GW_YES, "name WORD NAME description ...", gw_accept, 0, NULL},
    {GW_CONFIG | SUB, GW_YES, "exit", leave, 1, "Exit from the current mode"},
    {GW_CONFIG | SUB, GW_YES, "quit", leave, 1, NULL},
    {GW_CONFIG | SUB, GW_YES, "end", leave, 0, "Exit from configuration mode"},
};

const struct gw_command_set gw_basic_commands = {rows, COUNT(rows)};
