/* Remote access: group policies, address pools, users, a tunnel group's general attributes. */
#include "base/mem.h"
#include "gateway/command_parts.h"
#include "gateway/config_parts.h"

#include <stdio.h>

/* --- group-policy ------------------------------------------------------------------------------
 */

static enum err make_policy(struct gw_call *call)
{
    (void)gw_config_make_group_policy(call->cfg, call->args[0].word);
    call->changed |= GW_CHANGED_GROUP;
    return ERR_OK;
}

static enum err external_policy(struct gw_call *call)
{
    call->rest->at = call->rest->n;
    call->remark = "only internal group policies are modelled: it is as if it were empty";
    return make_policy(call);
}

static enum err remove_policy(struct gw_call *call)
{
    struct gw_config *c = call->cfg;
    struct gw_group_policy *p = gw_config_find_policy_named(c, call->args[0].word);

    if (!p)
        return gw_refuse(call, "group-policy %s does not exist", call->args[0].word);
    gw_list_remove(c->group_policies, &c->ngroup_policies, sizeof(*p),
                   (size_t)(p - c->group_policies));
    call->changed |= GW_CHANGED_GROUP;
    return ERR_OK;
}

static enum err enter_policy(struct gw_call *call)
{
    const char *name = call->args[0].word;

    if (strcmp(name, "DfltGrpPolicy") == 0) /* it is there from the start */
        (void)gw_config_make_group_policy(call->cfg, name);
    if (!gw_config_find_policy_named(call->cfg, name))
        return gw_refuse(call, "group-policy %s does not exist: `group-policy %s internal` first",
                         name, name);
    *call->place = (struct gw_place){.mode = GW_CONFIG_GROUP_POLICY};
    (void)gw_name_set(call->place->name, name);
    return ERR_OK;
}

static struct gw_group_policy *policy(struct gw_call *call)
{
    struct gw_group_policy *p = gw_config_find_policy_named(call->cfg, call->place->name);

    if (!p) /* removed since; the mode goes on as if it were new */
        p = gw_config_make_group_policy(call->cfg, call->place->name);
    call->changed |= GW_CHANGED_GROUP;
    return p;
}

static enum err set_nem(struct gw_call *call)
{
    policy(call)->nem = call->no ? GW_NEM_INHERIT : (enum gw_nem)call->what;
    return ERR_OK;
}

enum { IDLE, SESSION };

static enum err set_minutes(struct gw_call *call)
{
    struct gw_group_policy *p = policy(call);
    uint32_t minutes = call->nargs ? call->args[0].number : 0; /* none */

    if (call->what == IDLE) {
        p->has_idle = !call->no;
        p->idle_min = call->no ? 0 : minutes;
    } else {
        p->has_session = !call->no;
        p->session_min = call->no ? 0 : minutes;
    }
    return ERR_OK;
}

static enum err set_protocols(struct gw_call *call)
{
    /* 8.4 and later have other words for the same */
    static const char *const words[] = {"ipsec", "l2tp-ipsec", "svc",   "webvpn",
                                        "ikev1", "ssl-client", "ikev2", "ssl-clientless"};
    static const unsigned bits[] = {GW_PROTOCOL_IPSEC,  GW_PROTOCOL_L2TP,  GW_PROTOCOL_SVC,
                                    GW_PROTOCOL_WEBVPN, GW_PROTOCOL_IPSEC, GW_PROTOCOL_SVC,
                                    GW_PROTOCOL_IKEV2,  GW_PROTOCOL_WEBVPN};
    unsigned set = 0;
    size_t which;

    if (call->no) {
        call->rest->at = call->rest->n;
        policy(call)->protocols = 0;
        return ERR_OK;
    }
    if (!gw_peek(call->rest))
        return ERR_SHORT;
    while (gw_peek(call->rest)) {
        if (gw_take_keyword(call->rest, words, COUNT(words), &which))
            return ERR_FORMAT;
        set |= bits[which];
    }
    policy(call)->protocols = set;
    return ERR_OK;
}

static enum err set_dns(struct gw_call *call)
{
    struct gw_group_policy *p = policy(call);

    for (size_t i = 0; i < 2; i++)
        p->dns[i] = call->no || i >= call->nargs ? (struct ip_addr){0} : call->args[i].addr;
    return ERR_OK;
}

static enum err set_split(struct gw_call *call)
{
    policy(call)->split = !call->no && call->what;
    return ERR_OK;
}

static enum err set_split_list(struct gw_call *call)
{
    (void)gw_name_set(policy(call)->split_acl, call->no ? "" : call->args[0].word);
    return ERR_OK;
}

static enum err set_filter(struct gw_call *call)
{
    struct gw_group_policy *p = policy(call);

    p->has_filter = !call->no;
    (void)gw_name_set(p->filter, call->what ? call->args[0].word : "");
    return ERR_OK;
}

static enum err set_domain(struct gw_call *call)
{
    (void)gw_name_set(policy(call)->domain, call->no ? "" : call->args[0].word);
    return ERR_OK;
}

/* --- ip local pool ------------------------------------------------------------------------------
 */

static enum err parse_range(struct gw_call *call, const char *word, struct gw_pool *p)
{
    char text[2][GW_NAME];
    const char *dash = strchr(word, '-');
    size_t n = dash ? (size_t)(dash - word) : strlen(word);

    if (n >= GW_NAME || strlen(word) - n >= GW_NAME)
        return gw_refuse(call, "%% Invalid address range");
    snprintf(text[0], sizeof(text[0]), "%.*s", (int)n, word);
    snprintf(text[1], sizeof(text[1]), "%s", dash ? dash + 1 : text[0]);
    if (ip_addr_parse(text[0], &p->first) || ip_addr_parse(text[1], &p->last) ||
        p->first.family != 4 || p->last.family != 4 || memcmp(p->first.b, p->last.b, 4) > 0)
        return gw_refuse(call, "%% Invalid address range");
    return ERR_OK;
}

static size_t find_pool(const struct gw_config *c, const char *name)
{
    const struct gw_pool *p = gw_config_pool(c, name);

    return p ? (size_t)(p - c->pools) : c->npools;
}

static enum err set_pool(struct gw_call *call)
{
    struct gw_config *c = call->cfg;
    struct gw_pool made = {0};
    size_t at = find_pool(c, call->args[0].word);

    if (call->no && at == c->npools)
        return gw_refuse(call, "pool %s does not exist", call->args[0].word);
    call->changed |= GW_CHANGED_GROUP;
    if (call->no) {
        gw_list_remove(c->pools, &c->npools, sizeof(made), at);
        return ERR_OK;
    }
    if (parse_range(call, call->args[1].word, &made))
        return ERR_INVALID;
    if (call->nargs > 2)
        made.mask = call->args[2].addr;
    (void)gw_name_set(made.name, call->args[0].word);
    struct gw_pool *p =
        at < c->npools ? &c->pools[at] : gw_list_add((void **)&c->pools, &c->npools, sizeof(*p));
    *p = made;
    return ERR_OK;
}

/* --- username -----------------------------------------------------------------------------------
 */

static enum err remove_user(struct gw_call *call)
{
    struct gw_config *c = call->cfg;
    const struct gw_user *u = gw_config_user(c, call->args[0].word);

    if (!u)
        return gw_refuse(call, "username %s does not exist", call->args[0].word);
    call->rest->at = call->rest->n;
    gw_list_remove(c->users, &c->nusers, sizeof(*u), (size_t)(u - c->users));
    call->changed |= GW_CHANGED_GROUP;
    return ERR_OK;
}

/* [encrypted | nt-encrypted | mschap] [privilege N] */
static enum err read_options(struct gw_words *w, struct gw_user *u)
{
    static const char *const hashes[] = {"encrypted", "nt-encrypted", "mschap", "pbkdf2"};
    uint32_t privilege = 2;
    size_t which;

    if (gw_peek(w) && !gw_prefix_of(gw_peek(w), "privilege")) {
        if (gw_take_keyword(w, hashes, COUNT(hashes), &which))
            return ERR_FORMAT;
        u->hashed = which != 2;
    }
    if (gw_take_if(w, "privilege") && gw_take_number(w, 0, 15, &privilege))
        return gw_peek(w) ? ERR_FORMAT : ERR_SHORT;
    u->privilege = privilege;
    return gw_end(w);
}

static enum err set_user(struct gw_call *call)
{
    struct gw_config *c = call->cfg;
    struct gw_user made = {.privilege = 2};
    const char *password = call->args[1].word;
    enum err e = read_options(call->rest, &made);

    if (e)
        return e;
    if (strlen(password) >= sizeof(made.password))
        return gw_refuse(call, "the password is longer than %zu characters",
                         sizeof(made.password) - 1);
    (void)gw_name_set(made.name, call->args[0].word);
    (void)gw_name_set(made.password, password);
    made.hashed = made.hashed || gw_key_is_masked(password);
    if (made.hashed)
        call->remark = "the password is not in plain text: nobody can log in with it";
    const struct gw_user *old = gw_config_user(c, made.name);
    struct gw_user *u =
        old ? &c->users[old - c->users] : gw_list_add((void **)&c->users, &c->nusers, sizeof(*u));
    *u = made;
    mem_wipe(&made, sizeof(made));
    call->changed |= GW_CHANGED_GROUP;
    return ERR_OK;
}

/* --- tunnel-group -------------------------------------------------------------------------------
 */

static enum err enter_general(struct gw_call *call)
{
    if (!gw_config_group_named(call->cfg, call->args[0].word))
        return gw_refuse(call, "tunnel-group %s does not exist: its type comes first",
                         call->args[0].word);
    *call->place = (struct gw_place){.mode = GW_CONFIG_TUNNEL};
    (void)gw_name_set(call->place->name, call->args[0].word);
    return ERR_OK;
}

enum { POOL, POLICY };

static enum err set_general(struct gw_call *call)
{
    struct gw_tunnel_group *g = gw_config_find_group(call->cfg, call->place->name);

    if (!g)
        return gw_refuse(call, "tunnel-group %s does not exist", call->place->name);
    (void)gw_name_set(call->what == POOL ? g->pool : g->policy,
                      call->no || !call->nargs ? "" : call->args[0].word);
    call->changed |= GW_CHANGED_GROUP;
    return ERR_OK;
}

/* WHAT: none is asked for */
static enum err set_xauth(struct gw_call *call)
{
    struct gw_tunnel_group *g = gw_config_find_group(call->cfg, call->place->name);

    if (!g)
        return gw_refuse(call, "tunnel-group %s does not exist", call->place->name);
    g->no_xauth = !call->no && call->what;
    call->changed |= GW_CHANGED_GROUP;
    return ERR_OK;
}

#define POL   GW_CONFIG_GROUP_POLICY
#define TUN   GW_CONFIG_TUNNEL
#define IPSEC GW_CONFIG_GROUP
#define TAKE(mode, pattern)                                                                        \
    {                                                                                              \
        mode, GW_BOTH, pattern, gw_accept, 0, NULL                                                 \
    }

static const struct gw_command rows[] = {
    {GW_CONFIG, GW_YES, "group-policy NAME internal", make_policy, 0, "A group policy"},
    {GW_CONFIG, GW_YES, "group-policy NAME internal from NAME", make_policy, 0, NULL},
    {GW_CONFIG, GW_YES, "group-policy NAME external ...", external_policy, 0, NULL},
    {GW_CONFIG, GW_YES, "group-policy NAME attributes", enter_policy, 0, "Its attributes"},
    {GW_CONFIG, GW_NO, "group-policy NAME", remove_policy, 0, "Remove a group policy"},
    {POL, GW_BOTH, "nem enable", set_nem, GW_NEM_ENABLE, "Network extension mode"},
    {POL, GW_BOTH, "nem disable", set_nem, GW_NEM_DISABLE, "No network extension mode"},
    {POL, GW_NO, "nem", set_nem, 0, NULL},
    {POL, GW_BOTH, "vpn-idle-timeout <1-35791394>", set_minutes, IDLE, "Minutes"},
    {POL, GW_BOTH, "vpn-idle-timeout none", set_minutes, IDLE, "No limit"},
    {POL, GW_NO, "vpn-idle-timeout", set_minutes, IDLE, NULL},
    {POL, GW_BOTH, "vpn-session-timeout <1-35791394>", set_minutes, SESSION, "Minutes"},
    {POL, GW_BOTH, "vpn-session-timeout none", set_minutes, SESSION, "No limit"},
    {POL, GW_NO, "vpn-session-timeout", set_minutes, SESSION, NULL},
    {POL, GW_BOTH, "vpn-tunnel-protocol ...", set_protocols, 0, "Ways in"},
    {POL, GW_BOTH, "dns-server value ADDR", set_dns, 0, "Name servers"},
    {POL, GW_BOTH, "dns-server value ADDR ADDR", set_dns, 0, NULL},
    {POL, GW_BOTH, "dns-server none", set_dns, 0, NULL},
    {POL, GW_BOTH, "split-tunnel-policy tunnelspecified", set_split, 1, "Only some networks"},
    {POL, GW_BOTH, "split-tunnel-policy tunnelall", set_split, 0, "Everything"},
    {POL, GW_BOTH, "split-tunnel-network-list value NAME", set_split_list, 0, "Which networks"},
    {POL, GW_NO, "split-tunnel-network-list", set_split_list, 0, NULL},
    {POL, GW_BOTH, "default-domain value NAME", set_domain, 0, "Domain of the clients"},
    TAKE(POL, "banner ..."),
    TAKE(POL, "wins-server ..."),
    TAKE(POL, "dhcp-network-scope ..."),
    TAKE(POL, "vpn-access-hours ..."),
    TAKE(POL, "vpn-simultaneous-logins ..."),
    {POL, GW_YES, "vpn-filter value NAME", set_filter, 1, "A list for what the tunnel carries"},
    {POL, GW_YES, "vpn-filter none", set_filter, 0, "No list"},
    {POL, GW_NO, "vpn-filter ...", set_filter, 0, NULL},
    TAKE(POL, "ipv6-vpn-filter ..."),
    TAKE(POL, "password-storage ..."),
    TAKE(POL, "ip-comp ..."),
    TAKE(POL, "re-xauth ..."),
    TAKE(POL, "group-lock ..."),
    TAKE(POL, "pfs ..."),
    TAKE(POL, "ipsec-udp ..."),
    TAKE(POL, "ipsec-udp-port ..."),
    TAKE(POL, "split-tunnel-policy excludespecified"),
    TAKE(POL, "split-dns ..."),
    TAKE(POL, "intercept-dhcp ..."),
    TAKE(POL, "secure-unit-authentication ..."),
    TAKE(POL, "user-authentication ..."),
    TAKE(POL, "user-authentication-idle-timeout ..."),
    TAKE(POL, "ip-phone-bypass ..."),
    TAKE(POL, "leap-bypass ..."),
    TAKE(POL, "backup-servers ..."),
    TAKE(POL, "msie-proxy ..."),
    TAKE(POL, "vlan ..."),
    TAKE(POL, "nac-settings ..."),
    TAKE(POL, "address-pools ..."),
    TAKE(POL, "smartcard-removal-disconnect ..."),
    TAKE(POL, "client-firewall ..."),
    TAKE(POL, "client-access-rule ..."),
    {POL, GW_BOTH, "webvpn", gw_accept, GW_CONFIG_OPAQUE, NULL},
    {GW_CONFIG, GW_YES, "ip local pool NAME WORD", set_pool, 0, "Addresses for clients"},
    {GW_CONFIG, GW_YES, "ip local pool NAME WORD mask MASK", set_pool, 0, NULL},
    {GW_CONFIG, GW_NO, "ip local pool NAME", set_pool, 0, NULL},
    {GW_CONFIG, GW_NO, "ip local pool NAME WORD", set_pool, 0, NULL},
    {GW_CONFIG, GW_NO, "ip local pool NAME WORD mask MASK", set_pool, 0, NULL},
    {GW_CONFIG, GW_YES, "username NAME password WORD ...", set_user, 0, "A user"},
    {GW_CONFIG, GW_BOTH, "username NAME nopassword ...", gw_accept, 0, NULL},
    {GW_CONFIG, GW_NO, "username NAME ...", remove_user, 0, "Remove a user"},
    {GW_CONFIG, GW_YES, "tunnel-group NAME general-attributes", enter_general, 0,
     "General attributes"},
    {TUN, GW_YES, "address-pool NAME", set_general, POOL, "Where clients' addresses come from"},
    {TUN, GW_NO, "address-pool ...", gw_accept, 0, NULL},
    {TUN, GW_YES, "default-group-policy NAME", set_general, POLICY, "The group policy"},
    {TUN, GW_NO, "default-group-policy", set_general, POLICY, NULL},
    TAKE(TUN, "accounting-server-group ..."),
    TAKE(TUN, "authentication-server-group ..."),
    TAKE(TUN, "authorization-server-group ..."),
    TAKE(TUN, "authorization-required ..."),
    TAKE(TUN, "dhcp-server ..."),
    TAKE(TUN, "ipv6-address-pool ..."),
    TAKE(TUN, "override-account-disable ..."),
    TAKE(TUN, "password-management ..."),
    TAKE(TUN, "strip-group ..."),
    TAKE(TUN, "strip-realm ..."),
    TAKE(TUN, "username-from-certificate ..."),
    {IPSEC, GW_YES, "isakmp ikev1-user-authentication none", set_xauth, 1, "No XAUTH"},
    {IPSEC, GW_BOTH, "isakmp ikev1-user-authentication xauth", set_xauth, 0, "XAUTH"},
    {IPSEC, GW_NO, "isakmp ikev1-user-authentication", set_xauth, 0, NULL},
    {IPSEC, GW_YES, "ikev1 user-authentication none", set_xauth, 1, "No XAUTH"},
    {IPSEC, GW_BOTH, "ikev1 user-authentication xauth", set_xauth, 0, "XAUTH"},
    {IPSEC, GW_NO, "ikev1 user-authentication", set_xauth, 0, NULL},
    TAKE(IPSEC, "isakmp ikev1-user-authentication hybrid"),
    TAKE(IPSEC, "ikev1 user-authentication hybrid"),
};

const struct gw_command_set gw_remote_commands = {rows, COUNT(rows)};
