/* crypto isakmp (8.4 and later: crypto ikev1): phase-1 policies, as a sub-mode and on one line. */
#include "gateway/command_parts.h"
#include "gateway/config_parts.h"

/* The policy that a row is about: its own number, or where the console stands. */
static struct gw_isakmp_policy *policy(struct gw_call *call)
{
    bool sub = call->place->mode == GW_CONFIG_POLICY;
    uint32_t number = sub ? call->place->number : call->args[0].number;

    /* without line ends, "policy 5 authentication ..." begins a sub-mode like any other */
    if (call->rest->stream)
        *call->place = (struct gw_place){.mode = GW_CONFIG_POLICY, .number = number};
    call->changed |= GW_CHANGED_ISAKMP;
    return gw_config_make_policy(call->cfg, number);
}

static enum err enter(struct gw_call *call)
{
    struct gw_isakmp_policy *p = policy(call);

    *call->place = (struct gw_place){.mode = GW_CONFIG_POLICY, .number = p->priority};
    return ERR_OK;
}

static enum err remove_policy(struct gw_call *call)
{
    struct gw_config *c = call->cfg;
    struct gw_isakmp_policy *p = gw_config_find_policy(c, call->args[0].number);

    if (!p)
        return gw_refuse(call, "ISAKMP policy %u does not exist", call->args[0].number);
    gw_list_remove(c->policies, &c->npolicies, sizeof(*p), (size_t)(p - c->policies));
    call->changed |= GW_CHANGED_ISAKMP;
    return ERR_OK;
}

static enum err set_authentication(struct gw_call *call)
{
    policy(call)->pre_share = call->what != 0;
    if (!call->what)
        call->remark = "only pre-shared keys are modelled: the policy is never offered or chosen";
    return ERR_OK;
}

static enum err set_encryption(struct gw_call *call)
{
    policy(call)->cipher = (enum cipher_alg)call->what;
    return ERR_OK;
}

static enum err set_hash(struct gw_call *call)
{
    policy(call)->digest = (enum digest_alg)call->what;
    return ERR_OK;
}

static enum err set_group(struct gw_call *call)
{
    policy(call)->group = (uint16_t)call->what;
    return ERR_OK;
}

/* "lifetime 0" and "lifetime none": the SA never expires, as Cisco's tech note proposes. WHAT: none
 */
static enum err set_lifetime(struct gw_call *call)
{
    policy(call)->lifetime_s = call->no     ? GW_ISAKMP_LIFETIME_DEFAULT_S
                               : call->what ? 0
                                            : call->args[call->nargs - 1].number;
    return ERR_OK;
}

static enum err enable(struct gw_call *call)
{
    struct gw_config *c = call->cfg;
    const char *nameif = call->args[0].word;
    bool here = strcmp(c->isakmp_interface, nameif) == 0;

    if (call->no && !here)
        return ERR_OK;
    if (!call->no && c->isakmp_interface[0] && !here)
        call->remark = "the model has one interface with ISAKMP: this one takes its place";
    (void)gw_name_set(c->isakmp_interface, call->no ? "" : nameif);
    call->changed |= GW_CHANGED_ISAKMP;
    return ERR_OK;
}

static enum err set_am_disable(struct gw_call *call)
{
    call->cfg->am_disable = !call->no;
    call->changed |= GW_CHANGED_ISAKMP;
    return ERR_OK;
}

#define GW_NATT_KEEPALIVE_S 20

/* Behind a NAT a keep-alive goes out every so many seconds. */
static enum err set_natt(struct gw_call *call)
{
    call->cfg->natt_off = call->no;
    call->cfg->natt_keepalive_s = call->no || !call->nargs ? 0 : call->args[0].number;
    if (call->cfg->natt_keepalive_s == GW_NATT_KEEPALIVE_S)
        call->cfg->natt_keepalive_s = 0;
    call->changed |= GW_CHANGED_ISAKMP;
    return ERR_OK;
}

#define NATT_ROWS(pre)                                                                             \
    {GW_CONFIG, GW_BOTH, pre "nat-traversal", set_natt, 0, "NAT traversal (RFC 3947)"},            \
    {                                                                                              \
        GW_CONFIG, GW_BOTH, pre "nat-traversal <10-3600>", set_natt, 0,                            \
            "Seconds between keep-alives"                                                          \
    }

/* The sub-commands, and the same on one line behind "crypto isakmp policy N". */
#define POLICY_ROWS(modes, pre)                                                                      \
    {modes, GW_YES, pre "authentication pre-share", set_authentication, 1, "Pre-shared key"},        \
        {modes, GW_YES, pre "authentication rsa-sig", set_authentication, 0, "Signature"},           \
        {modes, GW_YES, pre "authentication crack", set_authentication, 0, NULL},                    \
        {modes, GW_YES, pre "encryption des", set_encryption, CIPHER_DES_CBC, "56 bit DES"},         \
        {modes, GW_YES, pre "encryption 3des", set_encryption, CIPHER_3DES_CBC, "168 bit 3DES"},     \
        {modes, GW_YES, pre "encryption aes", set_encryption, CIPHER_AES128_CBC, "128 bit AES"},     \
        {modes, GW_YES, pre "encryption aes-192", set_encryption, CIPHER_AES192_CBC, "192 bit AES"}, \
        {modes, GW_YES, pre "encryption aes-256", set_encryption, CIPHER_AES256_CBC, "256 bit AES"}, \
        {modes, GW_YES, pre "hash md5", set_hash, DIGEST_MD5, "Message Digest 5"},                   \
        {modes, GW_YES, pre "hash sha", set_hash, DIGEST_SHA1, "Secure Hash Standard"},              \
        {modes, GW_YES, pre "group 1", set_group, 1, "Diffie-Hellman group 1"},                      \
        {modes, GW_YES, pre "group 2", set_group, 2, "Diffie-Hellman group 2"},                      \
        {modes, GW_YES, pre "group 5", set_group, 5, "Diffie-Hellman group 5"},                      \
        {modes, GW_YES, pre "group 14", set_group, 14, "Diffie-Hellman group 14"},                   \
        {modes, GW_YES, pre "lifetime 0", set_lifetime, 1, "No limit"},                              \
        {modes, GW_YES, pre "lifetime none", set_lifetime, 1, "No limit"},                           \
        {modes, GW_YES, pre "lifetime <120-2147483647>", set_lifetime, 0, "Lifetime in seconds"},    \
        {modes, GW_NO, pre "lifetime", set_lifetime, 0, NULL},                                       \
    {                                                                                                \
        modes, GW_NO, pre "lifetime <0-2147483647>", set_lifetime, 0, NULL                           \
    }

static const struct gw_command rows[] = {
    {GW_CONFIG, GW_BOTH, "crypto isakmp enable IF", enable, 0, "Enable ISAKMP on an interface"},
    {GW_CONFIG | GW_NEEDS(GW_CAN_IKEV1), GW_BOTH, "crypto ikev1 enable IF", enable, 0,
     "Enable IKEv1 on an interface"},
    {GW_CONFIG, GW_YES, "crypto isakmp policy <1-65535>", enter, 0, "Set an ISAKMP policy suite"},
    {GW_CONFIG | GW_NEEDS(GW_CAN_IKEV1), GW_YES, "crypto ikev1 policy <1-65535>", enter, 0,
     "Set an IKEv1 policy suite"},
    {GW_CONFIG, GW_NO, "crypto isakmp policy <1-65535>", remove_policy, 0, NULL},
    {GW_CONFIG | GW_NEEDS(GW_CAN_IKEV1), GW_NO, "crypto ikev1 policy <1-65535>", remove_policy, 0,
     NULL},
    POLICY_ROWS(GW_CONFIG_POLICY, ""),
    POLICY_ROWS(GW_CONFIG, "crypto isakmp policy <1-65535> "),
    POLICY_ROWS(GW_CONFIG, "isakmp policy <1-65535> "), /* before 7.2 */
    {GW_CONFIG, GW_YES, "isakmp policy <1-65535>", enter, 0, NULL},
    {GW_CONFIG, GW_BOTH, "isakmp enable IF", enable, 0, NULL},
    {GW_CONFIG, GW_BOTH, "crypto isakmp identity ...", gw_accept, 0, NULL},
    NATT_ROWS("crypto isakmp "),
    NATT_ROWS("isakmp "), /* before 7.2 */
    {GW_CONFIG, GW_BOTH, "crypto isakmp am-disable", set_am_disable, 0, "No aggressive mode"},
    {GW_CONFIG, GW_BOTH, "crypto isakmp disconnect-notify", gw_accept, 0, NULL},
    {GW_CONFIG, GW_BOTH, "crypto isakmp reload-wait", gw_accept, 0, NULL},
    {GW_CONFIG, GW_BOTH, "crypto isakmp ipsec-over-tcp ...", gw_accept, 0, NULL},
    {GW_CONFIG | GW_NEEDS(GW_CAN_IKEV1), GW_BOTH, "crypto ikev1 am-disable", set_am_disable, 0,
     NULL},
    {GW_CONFIG, GW_BOTH, "isakmp am-disable", set_am_disable, 0, NULL},
    {GW_CONFIG | GW_NEEDS(GW_CAN_IKEV1), GW_BOTH, "crypto ikev1 ipsec-over-tcp ...", gw_accept, 0,
     NULL},
    {GW_CONFIG, GW_BOTH, "crypto ca ...", gw_accept, GW_CONFIG_OPAQUE, NULL},
    {GW_CONFIG, GW_BOTH, "crypto key ...", gw_accept, 0, NULL},
};

const struct gw_command_set gw_isakmp_commands = {rows, COUNT(rows)};
