/* clear configure: parts of the configuration back to what they are on a new device. */
#include "base/mem.h"
#include "gateway/command_parts.h"
#include "gateway/config_parts.h"

enum { SYSOPT, SERVICE, TIMEOUT, LOGGING, GROUP_POLICY };

/* One that was never configured has the defaults of C's release. */
static void take_default(struct gw_config *c, int what)
{
    struct gw_config *fresh = gw_config_new();

    switch (what) {
    case SYSOPT:
        c->sysopt = fresh->sysopt;
        c->sysopt.reclassify_vpn = (c->profile->can & GW_CAN_RECLASSIFY) != 0;
        break;
    case SERVICE: c->service = fresh->service; break;
    case TIMEOUT: c->timeouts = fresh->timeouts; break;
    case LOGGING:
        mem_free(c->logging.hosts);
        mem_free(c->logging.messages);
        c->logging = fresh->logging;
        break;
    default:
        mem_free(c->group_policies);
        c->group_policies = NULL;
        c->ngroup_policies = 0;
        break;
    }
    gw_config_free(fresh);
}

static enum err clear_defaults(struct gw_call *call)
{
    static const unsigned changed[] = {GW_CHANGED_SYSOPT, GW_CHANGED_SERVICE, GW_CHANGED_TIMEOUT,
                                       GW_CHANGED_LOGGING, GW_CHANGED_GROUP};

    take_default(call->cfg, call->what);
    call->changed |= changed[call->what];
    return ERR_OK;
}

static void drop_map(struct gw_config *c, const char *name)
{
    for (size_t i = c->nmap; i-- > 0;) {
        if (!name || strcmp(c->map[i].map, name) == 0)
            gw_list_remove(c->map, &c->nmap, sizeof(*c->map), i);
    }
    if (!name || strcmp(c->map_applied, name) == 0) {
        (void)gw_name_set(c->map_applied, "");
        (void)gw_name_set(c->map_interface, "");
    }
}

static void drop_isakmp(struct gw_config *c)
{
    while (c->npolicies)
        gw_list_remove(c->policies, &c->npolicies, sizeof(*c->policies), c->npolicies - 1);
    (void)gw_name_set(c->isakmp_interface, "");
}

static void drop_ipsec(struct gw_config *c)
{
    while (c->ntransforms)
        gw_list_remove(c->transforms, &c->ntransforms, sizeof(*c->transforms), c->ntransforms - 1);
    c->sa_lifetime_s = GW_SA_LIFETIME_DEFAULT_S;
    c->sa_lifetime_kb = GW_SA_LIFETIME_DEFAULT_KB;
    gw_ipsec_config_release(&c->ipsec);
}

static void drop_ikev2(struct gw_config *c)
{
    gw_ikev2_config_release(&c->ikev2);
    gw_ikev2_config_init(&c->ikev2);
}

enum { MAP = 1, ISAKMP = 2, IPSEC = 4, IKEV2 = 8 };

/* clear configure crypto [map [NAME] | isakmp | ipsec]. WHAT: which of them */
static enum err clear_crypto(struct gw_call *call)
{
    struct gw_config *c = call->cfg;

    if (call->what & MAP)
        drop_map(c, call->nargs ? call->args[0].word : NULL);
    if (call->what & ISAKMP)
        drop_isakmp(c);
    if (call->what & IPSEC)
        drop_ipsec(c);
    if (call->what & IKEV2)
        drop_ikev2(c);
    call->changed |= GW_CHANGED_MAP | GW_CHANGED_ISAKMP | GW_CHANGED_TRANSFORM |
                     GW_CHANGED_LIFETIME | GW_CHANGED_FRAGMENTS;
    return ERR_OK;
}

static enum err clear_groups(struct gw_call *call)
{
    struct gw_config *c = call->cfg;

    for (size_t i = c->ngroups; i-- > 0;) {
        if (!call->nargs || strcmp(c->groups[i].name, call->args[0].word) == 0)
            gw_list_remove(c->groups, &c->ngroups, sizeof(*c->groups), i);
    }
    call->changed |= GW_CHANGED_GROUP;
    return ERR_OK;
}

static enum err clear_routes(struct gw_call *call)
{
    struct gw_config *c = call->cfg;

    while (c->nroutes)
        gw_list_remove(c->routes, &c->nroutes, sizeof(*c->routes), c->nroutes - 1);
    call->changed |= GW_CHANGED_ROUTE;
    return ERR_OK;
}

#define CLEAR(pattern, run, what, help)                                                            \
    {                                                                                              \
        GW_CONFIG, GW_YES, "clear configure " pattern, run, what, help                             \
    }

static const struct gw_command rows[] = {
    CLEAR("sysopt", clear_defaults, SYSOPT, "System options"),
    CLEAR("service", clear_defaults, SERVICE, "Resets"),
    CLEAR("timeout", clear_defaults, TIMEOUT, "Timeouts"),
    CLEAR("logging", clear_defaults, LOGGING, "Logging"),
    CLEAR("group-policy", clear_defaults, GROUP_POLICY, "Group policies"),
    CLEAR("crypto", clear_crypto, MAP | ISAKMP | IPSEC | IKEV2, "Everything about IPsec"),
    CLEAR("crypto map", clear_crypto, MAP, "Crypto maps"),
    CLEAR("crypto map NAME", clear_crypto, MAP, "A crypto map"),
    CLEAR("crypto isakmp", clear_crypto, ISAKMP, "ISAKMP"),
    CLEAR("crypto ikev1", clear_crypto, ISAKMP, NULL),
    {GW_CONFIG | GW_NEEDS(GW_CAN_IKEV1), GW_YES, "clear configure crypto ikev2", clear_crypto,
     IKEV2, "IKEv2"},
    CLEAR("crypto ipsec", clear_crypto, IPSEC, "Transform sets and lifetimes"),
    CLEAR("tunnel-group", clear_groups, 0, "Tunnel groups"),
    CLEAR("tunnel-group NAME", clear_groups, 0, "A tunnel group"),
    CLEAR("route", clear_routes, 0, "Static routes"),
};

const struct gw_command_set gw_clear_config_commands = {rows, COUNT(rows)};
