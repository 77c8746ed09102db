/* crypto ipsec: transform sets and lifetimes. */
#include "gateway/command_parts.h"
#include "gateway/config_parts.h"

static const struct {
    const char *word;
    enum cipher_alg cipher;
} ciphers[] = {
    {"esp-des", CIPHER_DES_CBC},        {"esp-3des", CIPHER_3DES_CBC},
    {"esp-aes", CIPHER_AES128_CBC},     {"esp-aes-192", CIPHER_AES192_CBC},
    {"esp-aes-256", CIPHER_AES256_CBC}, {"esp-null", CIPHER_NONE},
};

static const struct {
    const char *word;
    enum integ_alg integ;
} integs[] = {
    {"esp-md5-hmac", INTEG_HMAC_MD5_96},
    {"esp-sha-hmac", INTEG_HMAC_SHA1_96},
    {"esp-none", INTEG_NONE},
};

/* Takes one transform; true when the word is one. */
static bool take_transform(struct gw_words *w, struct gw_transform_set *t, bool *cipher,
                           bool *integ)
{
    const char *word = gw_peek(w);

    for (size_t i = 0; word && !*cipher && i < COUNT(ciphers); i++) {
        if (strcmp(word, ciphers[i].word) == 0) {
            t->cipher = ciphers[i].cipher;
            *cipher = true;
            w->at++;
            return true;
        }
    }
    for (size_t i = 0; word && !*integ && i < COUNT(integs); i++) {
        if (strcmp(word, integs[i].word) == 0) {
            t->integ = integs[i].integ;
            *integ = true;
            w->at++;
            return true;
        }
    }
    return false;
}

/* crypto ipsec transform-set NAME esp-3des esp-md5-hmac */
static enum err set_transform(struct gw_call *call)
{
    struct gw_config *c = call->cfg;
    struct gw_transform_set t = {.cipher = CIPHER_NONE};
    bool cipher = false, integ = false;

    (void)gw_name_set(t.name, call->args[0].word);
    while (take_transform(call->rest, &t, &cipher, &integ))
        ;
    if (!cipher && !integ)
        return gw_peek(call->rest) ? ERR_FORMAT : ERR_SHORT;
    enum err e = gw_end(call->rest);
    if (e)
        return e;
    struct gw_transform_set *own = gw_config_find_transform(c, t.name);
    if (!own)
        own = gw_list_add((void **)&c->transforms, &c->ntransforms, sizeof(*own));
    *own = t;
    if (t.cipher == CIPHER_NONE || t.integ == INTEG_NONE)
        call->remark = "a transform set without cipher or without integrity is not modelled";
    call->changed |= GW_CHANGED_TRANSFORM;
    return ERR_OK;
}

static enum err remove_transform(struct gw_call *call)
{
    struct gw_config *c = call->cfg;
    struct gw_transform_set *t = gw_config_find_transform(c, call->args[0].word);

    if (!t)
        return gw_refuse(call, "transform set with tag \"%s\" does not exist.", call->args[0].word);
    gw_list_remove(c->transforms, &c->ntransforms, sizeof(*t), (size_t)(t - c->transforms));
    call->changed |= GW_CHANGED_TRANSFORM;
    return ERR_OK;
}

static enum err refuse_transport(struct gw_call *call)
{
    call->remark = "transport mode is not modelled: the set stays in tunnel mode";
    return ERR_OK;
}

/* WHAT: kilobytes */
static enum err set_lifetime(struct gw_call *call)
{
    struct gw_config *c = call->cfg;

    if (call->what)
        c->sa_lifetime_kb = call->no ? GW_SA_LIFETIME_DEFAULT_KB : call->args[0].number;
    else
        c->sa_lifetime_s = call->no ? GW_SA_LIFETIME_DEFAULT_S : call->args[0].number;
    if (!call->what && !call->no && call->args[0].number > GW_SA_LIFETIME_NOTE_MAX_S)
        call->remark = "above 214783647 seconds, the highest value that Cisco's tech note names";
    call->changed |= GW_CHANGED_LIFETIME;
    return ERR_OK;
}

static enum err set_both_lifetimes(struct gw_call *call)
{
    call->cfg->sa_lifetime_s = call->args[0].number;
    call->cfg->sa_lifetime_kb = call->args[1].number;
    call->changed |= GW_CHANGED_LIFETIME;
    return ERR_OK;
}

/* WHAT: enum gw_df_bit. The interface is the argument; without one it is the form of IOS. */
static enum err set_df_bit(struct gw_call *call)
{
    struct gw_ipsec_if *own =
        gw_ipsec_make_if(&call->cfg->ipsec, call->nargs ? call->args[0].word : NULL);

    own->has_df = !call->no;
    own->df = call->no ? GW_DF_COPY : (enum gw_df_bit)call->what;
    call->changed |= GW_CHANGED_FRAGMENTS;
    return ERR_OK;
}

/* WHAT: enum gw_cut; the same */
static enum err set_cut(struct gw_call *call)
{
    struct gw_ipsec_if *own =
        gw_ipsec_make_if(&call->cfg->ipsec, call->nargs ? call->args[0].word : NULL);

    own->has_cut = !call->no;
    own->cut = call->no ? GW_CUT_BEFORE : (enum gw_cut)call->what;
    call->changed |= GW_CHANGED_FRAGMENTS;
    return ERR_OK;
}

#define LIFETIME "crypto ipsec security-association lifetime"
/* GW_SA_LIFETIME_MIN_S and so on */
#define SECONDS   "seconds <120-2147483647>"
#define KILOBYTES "kilobytes <10-2147483647>"

static const struct gw_command rows[] = {
    {GW_CONFIG, GW_YES, "crypto ipsec transform-set NAME ...", set_transform, 0,
     "Define transforms"},
    {GW_CONFIG | GW_NEEDS(GW_CAN_IKEV1), GW_YES, "crypto ipsec ikev1 transform-set NAME ...",
     set_transform, 0, "Define transforms"},
    {GW_CONFIG, GW_YES, "crypto ipsec transform-set NAME mode transport", refuse_transport, 0,
     NULL},
    {GW_CONFIG | GW_NEEDS(GW_CAN_IKEV1), GW_YES,
     "crypto ipsec ikev1 transform-set NAME mode transport", refuse_transport, 0, NULL},
    {GW_CONFIG, GW_NO, "crypto ipsec transform-set NAME", remove_transform, 0, "Define transforms"},
    {GW_CONFIG | GW_NEEDS(GW_CAN_IKEV1), GW_NO, "crypto ipsec ikev1 transform-set NAME",
     remove_transform, 0, NULL},
    {GW_CONFIG, GW_YES, LIFETIME " " SECONDS, set_lifetime, 0, "Lifetime of IPsec SAs"},
    {GW_CONFIG, GW_NO, LIFETIME " seconds", set_lifetime, 0, "Lifetime of IPsec SAs"},
    {GW_CONFIG, GW_NO, LIFETIME " " SECONDS, set_lifetime, 0, NULL},
    {GW_CONFIG, GW_YES, LIFETIME " " KILOBYTES, set_lifetime, 1, "Lifetime of IPsec SAs"},
    {GW_CONFIG, GW_NO, LIFETIME " kilobytes", set_lifetime, 1, "Lifetime of IPsec SAs"},
    {GW_CONFIG, GW_NO, LIFETIME " " KILOBYTES, set_lifetime, 1, NULL},
    {GW_CONFIG, GW_YES, LIFETIME " " SECONDS " " KILOBYTES, set_both_lifetimes, 0, NULL},
    {GW_CONFIG, GW_BOTH, "crypto ipsec security-association replay ...", gw_accept, 0, NULL},
    {GW_CONFIG, GW_BOTH, "crypto ipsec security-association pmtu-aging ...", gw_accept, 0, NULL},
#define X(id, word)                                                                                \
    {GW_CONFIG,  GW_BOTH,    "crypto ipsec df-bit " word " IF",                                    \
     set_df_bit, GW_DF_##id, "DF of the packets that carry ESP"},                                  \
        {GW_CONFIG, GW_BOTH, "crypto ipsec df-bit " word, set_df_bit, GW_DF_##id, NULL},
    GW_DF_BITS(X)
#undef X
        {GW_CONFIG, GW_NO, "crypto ipsec df-bit IF", set_df_bit, 0, NULL},
    {GW_CONFIG, GW_NO, "crypto ipsec df-bit", set_df_bit, 0, NULL},
#define X(id, word)                                                                                \
    {GW_CONFIG, GW_BOTH,     "crypto ipsec fragmentation " word " IF",                             \
     set_cut,   GW_CUT_##id, "When packets that do not fit are cut"},                              \
        {GW_CONFIG, GW_BOTH, "crypto ipsec fragmentation " word, set_cut, GW_CUT_##id, NULL},
    GW_CUTS(X)
#undef X
        {GW_CONFIG, GW_NO, "crypto ipsec fragmentation IF", set_cut, 0, NULL},
    {GW_CONFIG, GW_NO, "crypto ipsec fragmentation", set_cut, 0, NULL},
    {GW_CONFIG | GW_NEEDS(GW_CAN_IKEV1), GW_BOTH, "crypto ipsec profile ...", gw_accept,
     GW_CONFIG_OPAQUE, NULL},
};

const struct gw_command_set gw_ipsec_commands = {rows, COUNT(rows)};

_Static_assert(GW_SA_LIFETIME_MIN_S == 120 && GW_SA_LIFETIME_MAX_S == 2147483647 &&
                   GW_SA_LIFETIME_MIN_KB == 10 && GW_SA_LIFETIME_MAX_KB == 2147483647,
               "the bounds in the patterns are these constants");
