/* crypto ikev2, crypto ipsec ikev2: policies, proposals, and how the exchange is run. */
#include "gateway/command_parts.h"
#include "gateway/config_parts.h"

static const enum cipher_alg ciphers[] = {
#define X(alg, word) alg,
    GW_IKEV2_CIPHERS(X)
#undef X
};
static const char *const cipher_words[] = {
#define X(alg, word) word,
    GW_IKEV2_CIPHERS(X)
#undef X
};
static const enum integ_alg integs[] = {
#define X(integ, prf, in_policy, in_proposal) integ,
    GW_IKEV2_HASHES(X)
#undef X
};
static const enum digest_alg prfs[] = {
#define X(integ, prf, in_policy, in_proposal) prf,
    GW_IKEV2_HASHES(X)
#undef X
};
static const char *const hash_words[] = {
#define X(integ, prf, in_policy, in_proposal) in_policy,
    GW_IKEV2_HASHES(X)
#undef X
};
static const char *const esp_hash_words[] = {
#define X(integ, prf, in_policy, in_proposal) in_proposal,
    GW_IKEV2_HASHES(X)
#undef X
};
static const uint16_t groups[] = {
#define X(number) number,
    GW_IKEV2_GROUPS(X)
#undef X
};
static const char *const group_words[] = {
#define X(number) #number,
    GW_IKEV2_GROUPS(X)
#undef X
};

/* The words that follow, each one of N keywords: their places in the list, without repetitions. */
static enum err take_choices(struct gw_words *w, const char *const *words, size_t n,
                             size_t out[static GW_IKEV2_CHOICES], size_t *nout)
{
    size_t which;

    *nout = 0;
    while (gw_peek(w)) {
        enum err e = gw_take_keyword(w, words, n, &which);
        if (e && w->stream && *nout)
            break; /* the next command */
        if (e)
            return e;
        size_t i = 0;
        while (i < *nout && out[i] != which)
            i++;
        if (i == *nout)
            out[(*nout)++] = which;
    }
    return *nout ? ERR_OK : ERR_SHORT;
}

_Static_assert(COUNT(cipher_words) <= GW_IKEV2_CHOICES && COUNT(group_words) <= GW_IKEV2_CHOICES &&
                   COUNT(hash_words) <= GW_IKEV2_CHOICES,
               "a line can name them all");

/* --- crypto ikev2 policy ------------------------------------------------------------------------
 */

static struct gw_ikev2_policy *policy(struct gw_call *call)
{
    call->changed |= GW_CHANGED_ISAKMP;
    return gw_ikev2_make_policy(&call->cfg->ikev2, call->place->number);
}

static enum err enter_policy(struct gw_call *call)
{
    *call->place =
        (struct gw_place){.mode = GW_CONFIG_IKEV2_POLICY, .number = call->args[0].number};
    (void)policy(call);
    return ERR_OK;
}

static enum err remove_policy(struct gw_call *call)
{
    struct gw_ikev2_config *k = &call->cfg->ikev2;
    struct gw_ikev2_policy *p = gw_ikev2_find_policy(k, call->args[0].number);

    if (!p)
        return gw_refuse(call, "IKEv2 policy %u does not exist", call->args[0].number);
    gw_list_remove(k->policies, &k->npolicies, sizeof(*p), (size_t)(p - k->policies));
    call->changed |= GW_CHANGED_ISAKMP;
    return ERR_OK;
}

static enum err set_encryption(struct gw_call *call)
{
    size_t which[GW_IKEV2_CHOICES], n;
    enum err e = take_choices(call->rest, cipher_words, COUNT(cipher_words), which, &n);

    if (e)
        return e;
    struct gw_ikev2_policy *p = policy(call);
    for (p->nciphers = 0; p->nciphers < n; p->nciphers++) {
        p->ciphers[p->nciphers] = ciphers[which[p->nciphers]];
        if (p->ciphers[p->nciphers] == CIPHER_NONE)
            call->remark = "null encryption is not modelled: it is never offered or chosen";
    }
    return ERR_OK;
}

static enum err set_integrity(struct gw_call *call)
{
    size_t which[GW_IKEV2_CHOICES], n;
    enum err e = take_choices(call->rest, hash_words, COUNT(hash_words), which, &n);

    if (e)
        return e;
    struct gw_ikev2_policy *p = policy(call);
    for (p->nintegs = 0; p->nintegs < n; p->nintegs++)
        p->integs[p->nintegs] = integs[which[p->nintegs]];
    return ERR_OK;
}

static enum err set_prf(struct gw_call *call)
{
    size_t which[GW_IKEV2_CHOICES], n;
    /* "null" is no PRF */
    enum err e = take_choices(call->rest, hash_words + 1, COUNT(hash_words) - 1, which, &n);

    if (e)
        return e;
    struct gw_ikev2_policy *p = policy(call);
    for (p->nprfs = 0; p->nprfs < n; p->nprfs++)
        p->prfs[p->nprfs] = prfs[which[p->nprfs] + 1];
    return ERR_OK;
}

static enum err set_group(struct gw_call *call)
{
    size_t which[GW_IKEV2_CHOICES], n;
    enum err e = take_choices(call->rest, group_words, COUNT(group_words), which, &n);

    if (e)
        return e;
    struct gw_ikev2_policy *p = policy(call);
    for (p->ngroups = 0; p->ngroups < n; p->ngroups++) {
        p->groups[p->ngroups] = groups[which[p->ngroups]];
        if (p->groups[p->ngroups] == 24)
            call->remark = "group 24 is not modelled: it is never offered or chosen";
    }
    return ERR_OK;
}

/* WHAT: none */
static enum err set_lifetime(struct gw_call *call)
{
    policy(call)->lifetime_s = call->no     ? GW_IKEV2_LIFETIME_S
                               : call->what ? 0
                                            : call->args[0].number;
    return ERR_OK;
}

/* --- crypto ikev2 -------------------------------------------------------------------------------
 */

static enum err enable(struct gw_call *call)
{
    struct gw_ikev2_config *k = &call->cfg->ikev2;
    const char *nameif = call->args[0].word;
    bool here = strcmp(k->interface, nameif) == 0;

    if (call->no && !here)
        return ERR_OK;
    if (!call->no && k->interface[0] && !here)
        call->remark = "the model has one interface with IKEv2: this one takes its place";
    (void)gw_name_set(k->interface, call->no ? "" : nameif);
    call->changed |= GW_CHANGED_ISAKMP;
    return ERR_OK;
}

/* crypto ikev2 enable IF client-services [port P] */
static enum err enable_services(struct gw_call *call)
{
    enum err e = enable(call);

    call->rest->at = call->rest->n;
    if (!call->remark)
        call->remark = "client services are not modelled";
    return e;
}

enum { NEVER, ALWAYS, SHARE };

static enum err set_cookies(struct gw_call *call)
{
    unsigned usual = GW_IKEV2_COOKIE_USUAL;

    call->cfg->ikev2.cookie_percent = call->no               ? usual
                                      : call->what == NEVER  ? GW_IKEV2_COOKIE_NEVER
                                      : call->what == ALWAYS ? 0
                                                             : call->args[0].number;
    call->changed |= GW_CHANGED_ISAKMP;
    return ERR_OK;
}

/* WHAT: of all SAs; else the share of those in negotiation */
static enum err set_limit(struct gw_call *call)
{
    uint32_t n = call->no ? 0 : call->args[0].number;

    if (call->what)
        call->cfg->ikev2.max_sa = n;
    else
        call->cfg->ikev2.max_negotiating = n;
    if (!call->no)
        call->remark = "the limit is kept and shown, not kept to";
    call->changed |= GW_CHANGED_ISAKMP;
    return ERR_OK;
}

/* crypto ikev2 fragmentation [mtu N] [preferred-method ...] */
static enum err set_fragmentation(struct gw_call *call)
{
    uint16_t usual = call->no ? 0 : GW_IKEV2_FRAGMENT_MTU;

    call->cfg->ikev2.fragment_mtu =
        call->nargs && !call->no ? (uint16_t)call->args[0].number : usual;
    if (call->what)
        call->remark = "fragments are those of RFC 7383, whatever is preferred";
    call->changed |= GW_CHANGED_ISAKMP;
    return ERR_OK;
}

/* --- crypto ipsec ikev2 ipsec-proposal ----------------------------------------------------------
 */

static struct gw_ikev2_proposal *proposal(struct gw_call *call)
{
    struct gw_ikev2_config *k = &call->cfg->ikev2;
    struct gw_ikev2_proposal *p = gw_ikev2_find_proposal(k, call->place->name);

    if (!p) {
        p = gw_list_add((void **)&k->proposals, &k->nproposals, sizeof(*p));
        (void)gw_name_set(p->name, call->place->name);
    }
    call->changed |= GW_CHANGED_TRANSFORM;
    return p;
}

static enum err enter_proposal(struct gw_call *call)
{
    *call->place = (struct gw_place){.mode = GW_CONFIG_PROPOSAL};
    (void)gw_name_set(call->place->name, call->args[0].word);
    (void)proposal(call);
    return ERR_OK;
}

static enum err remove_proposal(struct gw_call *call)
{
    struct gw_ikev2_config *k = &call->cfg->ikev2;
    struct gw_ikev2_proposal *p = gw_ikev2_find_proposal(k, call->args[0].word);

    if (!p)
        return gw_refuse(call, "ipsec-proposal with tag \"%s\" does not exist.",
                         call->args[0].word);
    gw_list_remove(k->proposals, &k->nproposals, sizeof(*p), (size_t)(p - k->proposals));
    call->changed |= GW_CHANGED_TRANSFORM;
    return ERR_OK;
}

static enum err set_esp_encryption(struct gw_call *call)
{
    size_t which[GW_IKEV2_CHOICES], n;
    enum err e = take_choices(call->rest, cipher_words, COUNT(cipher_words), which, &n);

    if (e)
        return e;
    struct gw_ikev2_proposal *p = proposal(call);
    for (p->nciphers = 0; p->nciphers < n; p->nciphers++) {
        p->ciphers[p->nciphers] = ciphers[which[p->nciphers]];
        if (p->ciphers[p->nciphers] == CIPHER_NONE)
            call->remark = "null encryption is not modelled: it is never offered or chosen";
    }
    return ERR_OK;
}

static enum err set_esp_integrity(struct gw_call *call)
{
    size_t which[GW_IKEV2_CHOICES], n;
    enum err e = take_choices(call->rest, esp_hash_words, COUNT(esp_hash_words), which, &n);

    if (e)
        return e;
    struct gw_ikev2_proposal *p = proposal(call);
    for (p->nintegs = 0; p->nintegs < n; p->nintegs++)
        p->integs[p->nintegs] = integs[which[p->nintegs]];
    return ERR_OK;
}

#define LATER  GW_CONFIG | GW_NEEDS(GW_CAN_IKEV1)
#define POLICY GW_CONFIG_IKEV2_POLICY
#define IKEV2  "crypto ikev2 "
#define PROP   "crypto ipsec ikev2 ipsec-proposal NAME"

static const struct gw_command rows[] = {
    {LATER, GW_YES, IKEV2 "policy <1-65535>", enter_policy, 0, "Set an IKEv2 policy suite"},
    {LATER, GW_NO, IKEV2 "policy <1-65535>", remove_policy, 0, NULL},
    {POLICY, GW_YES, "encryption ...", set_encryption, 0, "Encryption algorithms"},
    {POLICY, GW_YES, "integrity ...", set_integrity, 0, "Integrity algorithms"},
    {POLICY, GW_YES, "prf ...", set_prf, 0, "Pseudo-random functions"},
    {POLICY, GW_YES, "group ...", set_group, 0, "Diffie-Hellman groups"},
    {POLICY, GW_YES, "lifetime seconds <120-2147483647>", set_lifetime, 0, "Lifetime in seconds"},
    {POLICY, GW_YES, "lifetime seconds none", set_lifetime, 1, "No limit"},
    {POLICY, GW_NO, "lifetime", set_lifetime, 0, NULL},
    {POLICY, GW_NO, "lifetime seconds", set_lifetime, 0, NULL},
    {LATER, GW_BOTH, IKEV2 "enable IF", enable, 0, "Enable IKEv2 on an interface"},
    {LATER, GW_YES, IKEV2 "enable IF client-services ...", enable_services, 0, NULL},
    {LATER, GW_YES, IKEV2 "cookie-challenge never", set_cookies, NEVER, "Never ask for cookies"},
    {LATER, GW_YES, IKEV2 "cookie-challenge always", set_cookies, ALWAYS, "Always ask for cookies"},
    {LATER, GW_YES, IKEV2 "cookie-challenge <1-100>", set_cookies, SHARE,
     "From which share of half-open SAs on cookies are asked for"},
    {LATER, GW_NO, IKEV2 "cookie-challenge", set_cookies, 0, NULL},
    {LATER, GW_YES, IKEV2 "limit max-sa <1-10000>", set_limit, 1, "How many SAs there may be"},
    {LATER, GW_NO, IKEV2 "limit max-sa", set_limit, 1, NULL},
    {LATER, GW_YES, IKEV2 "limit max-in-negotiation-sa <1-100>", set_limit, 0,
     "Which share of them may be in negotiation"},
    {LATER, GW_NO, IKEV2 "limit max-in-negotiation-sa", set_limit, 0, NULL},
    {LATER, GW_BOTH, IKEV2 "fragmentation", set_fragmentation, 0, "Send long messages in pieces"},
    {LATER, GW_YES, IKEV2 "fragmentation mtu <68-1500>", set_fragmentation, 0,
     "How large a packet may be"},
    {LATER, GW_YES, IKEV2 "fragmentation mtu <68-1500> preferred-method ietf", set_fragmentation, 0,
     NULL},
    {LATER, GW_YES, IKEV2 "fragmentation mtu <68-1500> preferred-method cisco", set_fragmentation,
     1, NULL},
    {LATER, GW_YES, IKEV2 "fragmentation preferred-method ietf", set_fragmentation, 0, NULL},
    {LATER, GW_YES, IKEV2 "fragmentation preferred-method cisco", set_fragmentation, 1, NULL},
    {LATER, GW_BOTH, IKEV2 "remote-access ...", gw_accept, 0, NULL},
    {LATER, GW_BOTH, IKEV2 "redirect ...", gw_accept, 0, NULL},
    {LATER, GW_BOTH, IKEV2 "notify ...", gw_accept, 0, NULL},
    {LATER, GW_YES, PROP, enter_proposal, 0, "Define a proposal for IPsec SAs"},
    {LATER, GW_NO, PROP, remove_proposal, 0, NULL},
    {GW_CONFIG_PROPOSAL, GW_YES, "protocol esp encryption ...", set_esp_encryption, 0,
     "Encryption algorithms"},
    {GW_CONFIG_PROPOSAL, GW_YES, "protocol esp integrity ...", set_esp_integrity, 0,
     "Integrity algorithms"},
    {LATER, GW_BOTH, "crypto ipsec ikev2 sa-strength-enforcement", gw_accept, 0, NULL},
};

const struct gw_command_set gw_ikev2_commands = {rows, COUNT(rows)};
