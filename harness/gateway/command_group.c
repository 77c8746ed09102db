/* tunnel-group: LAN-to-LAN groups, their keys and keepalives. */
#include "base/mem.h"
#include "gateway/command_parts.h"
#include "gateway/config_parts.h"

#include <stdio.h>

#define DEFAULT_GROUP "DefaultL2LGroup"

static struct gw_tunnel_group *make_group(struct gw_call *call, const char *name)
{
    struct gw_config *c = call->cfg;
    struct gw_tunnel_group *g = gw_config_find_group(c, name);

    if (!g) {
        g = gw_list_add((void **)&c->groups, &c->ngroups, sizeof(*g));
        (void)gw_name_set(g->name, name);
        g->keepalive_threshold_s = 10;
        g->keepalive_retry_s = 2;
    }
    call->changed |= GW_CHANGED_GROUP;
    return g;
}

static enum err set_type(struct gw_call *call)
{
    struct gw_tunnel_group *g = make_group(call, call->args[0].word);

    g->l2l = call->what != 0;
    if (!g->l2l && g->keepalive_threshold_s == 10)
        g->keepalive_threshold_s = 300; /* the device's default for remote access */
    return ERR_OK;
}

static enum err remove_group(struct gw_call *call)
{
    struct gw_config *c = call->cfg;
    struct gw_tunnel_group *g = gw_config_find_group(c, call->args[0].word);

    if (!g)
        return gw_refuse(call, "tunnel-group %s does not exist", call->args[0].word);
    gw_list_remove(c->groups, &c->ngroups, sizeof(*g), (size_t)(g - c->groups));
    call->changed |= GW_CHANGED_GROUP;
    return ERR_OK;
}

static enum err enter(struct gw_call *call)
{
    const char *name = call->args[0].word;

    /* this one is there from the start, and is used for peers without a group */
    if (strcmp(name, DEFAULT_GROUP) == 0)
        make_group(call, name)->l2l = true;
    if (!gw_config_find_group(call->cfg, name))
        return gw_refuse(call, "tunnel-group %s does not exist: its type comes first", name);
    *call->place = (struct gw_place){.mode = GW_CONFIG_GROUP};
    (void)gw_name_set(call->place->name, name);
    return ERR_OK;
}

static struct gw_tunnel_group *here(struct gw_call *call)
{
    struct gw_tunnel_group *g = gw_config_find_group(call->cfg, call->place->name);

    if (!g)
        bug("group mode without a group");
    call->changed |= GW_CHANGED_GROUP;
    return g;
}

static enum err set_key(struct gw_call *call)
{
    struct gw_tunnel_group *g = here(call);
    const char *key = call->no ? "" : call->args[0].word;

    if (strlen(key) >= sizeof(g->psk))
        return gw_refuse(call, "the key is longer than %zu characters", sizeof(g->psk) - 1);
    if (gw_key_is_masked(key) && call->opts && call->opts->psk)
        key = call->opts->psk;
    mem_wipe(g->psk, sizeof(g->psk));
    snprintf(g->psk, sizeof(g->psk), "%s", key);
    return ERR_OK;
}

enum { LOCAL_KEY, REMOTE_KEY };

/* ikev2 local-authentication pre-shared-key KEY. WHAT: whose */
static enum err set_ikev2_key(struct gw_call *call)
{
    struct gw_tunnel_group *g = here(call);
    char *own = call->what == REMOTE_KEY ? g->ikev2_remote_psk : g->ikev2_local_psk;
    const char *key = call->no ? "" : call->args[0].word;

    if (strlen(key) >= sizeof(g->ikev2_local_psk))
        return gw_refuse(call, "the key is longer than %zu characters",
                         sizeof(g->ikev2_local_psk) - 1);
    if (gw_key_is_masked(key) && call->opts && call->opts->psk)
        key = call->opts->psk;
    mem_wipe(own, sizeof(g->ikev2_local_psk));
    snprintf(own, sizeof(g->ikev2_local_psk), "%s", key);
    return ERR_OK;
}

enum { THRESHOLD = 1, RETRY = 2, INFINITE = 4, DISABLE = 8 };

/* isakmp keepalive threshold 10 retry 2 | threshold infinite | disable */
static enum err set_keepalive(struct gw_call *call)
{
    struct gw_tunnel_group *g = here(call);

    g->keepalive_disabled = !call->no && (call->what & DISABLE);
    g->keepalive_infinite = !call->no && (call->what & INFINITE);
    if (call->no) {
        g->keepalive_threshold_s = g->l2l ? 10 : 300;
        g->keepalive_retry_s = 2;
        return ERR_OK;
    }
    if (call->what & THRESHOLD)
        g->keepalive_threshold_s = call->args[0].number;
    if (call->what & RETRY)
        g->keepalive_retry_s = call->args[call->nargs - 1].number;
    return ERR_OK;
}

/* "no isakmp keepalive threshold 20 retry 3": whatever follows, the usual values come back */
static enum err reset_keepalive(struct gw_call *call)
{
    call->rest->at = call->rest->n;
    return set_keepalive(call);
}

#define GROUP GW_CONFIG_GROUP
#define KEEPALIVE_ROWS(pre)                                                                        \
    {GROUP, GW_YES, pre "threshold <10-3600>", set_keepalive, THRESHOLD, "Idle time before DPD"},  \
        {GROUP,                                                                                    \
         GW_YES,                                                                                   \
         pre "threshold <10-3600> retry <2-10>",                                                   \
         set_keepalive,                                                                            \
         THRESHOLD | RETRY,                                                                        \
         "Time between DPD probes"},                                                               \
        {GROUP, GW_YES, pre "threshold infinite", set_keepalive, INFINITE, "Never begin DPD"},     \
        {GROUP, GW_YES, pre "retry <2-10>", set_keepalive, RETRY, "Time between DPD probes"},      \
    {                                                                                              \
        GROUP, GW_YES, pre "disable", set_keepalive, DISABLE, "Do not offer DPD"                   \
    }

#define IKEV2_KEY_ROWS(words, which, help)                                                         \
    {GROUP | GW_NEEDS(GW_CAN_IKEV1), GW_YES, words " WORD", set_ikev2_key, which, help},           \
        {GROUP | GW_NEEDS(GW_CAN_IKEV1), GW_NO, words, set_ikev2_key, which, NULL},                \
    {                                                                                              \
        GROUP | GW_NEEDS(GW_CAN_IKEV1), GW_NO, words " WORD", set_ikev2_key, which, NULL           \
    }

static const struct gw_command rows[] = {
    {GW_CONFIG, GW_YES, "tunnel-group NAME type ipsec-l2l", set_type, 1, "LAN-to-LAN group"},
    {GW_CONFIG, GW_YES, "tunnel-group NAME type remote-access", set_type, 0, "Remote access group"},
    {GW_CONFIG, GW_YES, "tunnel-group NAME type ipsec-ra", set_type, 0, NULL},
    {GW_CONFIG, GW_YES, "tunnel-group NAME type webvpn", set_type, 0, NULL},
    {GW_CONFIG, GW_YES, "tunnel-group NAME ipsec-attributes", enter, 0, "IPsec attributes"},
    {GW_CONFIG, GW_YES, "tunnel-group NAME webvpn-attributes", gw_accept, GW_CONFIG_OPAQUE, NULL},
    {GW_CONFIG, GW_YES, "tunnel-group NAME ppp-attributes", gw_accept, GW_CONFIG_OPAQUE, NULL},
    {GW_CONFIG, GW_NO, "tunnel-group NAME", remove_group, 0, "Remove a group"},
    {GW_CONFIG, GW_BOTH, "tunnel-group-map ...", gw_accept, 0, NULL},
    {GROUP, GW_YES, "pre-shared-key WORD", set_key, 0, "The key shared with the peer"},
    {GROUP, GW_NO, "pre-shared-key", set_key, 0, "The key shared with the peer"},
    {GROUP, GW_NO, "pre-shared-key WORD", set_key, 0, NULL},
    {GROUP | GW_NEEDS(GW_CAN_IKEV1), GW_YES, "ikev1 pre-shared-key WORD", set_key, 0,
     "The key shared with the peer"},
    {GROUP | GW_NEEDS(GW_CAN_IKEV1), GW_NO, "ikev1 pre-shared-key", set_key, 0, NULL},
    {GROUP | GW_NEEDS(GW_CAN_IKEV1), GW_NO, "ikev1 pre-shared-key WORD", set_key, 0, NULL},
    KEEPALIVE_ROWS("isakmp keepalive "),
    {GROUP, GW_NO, "isakmp keepalive", set_keepalive, 0, "Back to the usual keepalives"},
    {GROUP, GW_NO, "isakmp keepalive disable", set_keepalive, 0, NULL},
    {GROUP, GW_NO, "isakmp keepalive threshold ...", reset_keepalive, 0, NULL},
    {GROUP | GW_NEEDS(GW_CAN_IKEV1), GW_BOTH, "ikev1 trust-point ...", gw_accept, 0, NULL},
    IKEV2_KEY_ROWS("ikev2 local-authentication pre-shared-key", LOCAL_KEY, "The key we give"),
    IKEV2_KEY_ROWS("ikev2 remote-authentication pre-shared-key", REMOTE_KEY, "The peer's key"),
    {GROUP | GW_NEEDS(GW_CAN_IKEV1), GW_BOTH, "ikev2 local-authentication certificate ...",
     gw_accept, 0, NULL},
    {GROUP | GW_NEEDS(GW_CAN_IKEV1), GW_BOTH, "ikev2 remote-authentication certificate", gw_accept,
     0, NULL},
    {GROUP | GW_NEEDS(GW_CAN_IKEV1), GW_BOTH, "ikev2 remote-authentication eap ...", gw_accept, 0,
     NULL},
    {GROUP | GW_NEEDS(GW_CAN_IKEV1), GW_BOTH, "ikev2 rsa-sig-hash ...", gw_accept, 0, NULL},
    {GROUP, GW_BOTH, "peer-id-validate ...", gw_accept, 0, NULL},
    {GROUP, GW_BOTH, "trust-point ...", gw_accept, 0, NULL},
    {GROUP, GW_BOTH, "chain", gw_accept, 0, NULL},
    {GROUP, GW_BOTH, "client-update ...", gw_accept, 0, NULL},
    {GROUP, GW_BOTH, "radius-sdi-xauth", gw_accept, 0, NULL},
};

const struct gw_command_set gw_group_commands = {rows, COUNT(rows)};
