/* Which payloads each message has: to be compared with RFC 2409, 5.4 and 5.5, RFC 2408, 4.8.
 *
 * Vendor IDs, and payloads of private types, may stand anywhere. */
#include "ike/ike_parts.h"

enum { MANY = ISAKMP_PAYLOADS_MAX };

struct rule {
    uint8_t kind, type, min, max;
};

static const struct rule rules[] = {
    /* message          payload            min max */
    {IKE1_MAIN_1, ISAKMP_P_SA, 1, 1},
    {IKE1_MAIN_2, ISAKMP_P_SA, 1, 1},
    {IKE1_MAIN_3, ISAKMP_P_KE, 1, 1},
    {IKE1_MAIN_3, ISAKMP_P_NONCE, 1, 1},
    {IKE1_MAIN_3, ISAKMP_P_NAT_D, 0, MANY},
    {IKE1_MAIN_3, ISAKMP_P_CERTREQ, 0, MANY},
    {IKE1_MAIN_4, ISAKMP_P_KE, 1, 1},
    {IKE1_MAIN_4, ISAKMP_P_NONCE, 1, 1},
    {IKE1_MAIN_4, ISAKMP_P_NAT_D, 0, MANY},
    {IKE1_MAIN_4, ISAKMP_P_CERTREQ, 0, MANY},
    {IKE1_MAIN_5, ISAKMP_P_ID, 1, 1},
    {IKE1_MAIN_5, ISAKMP_P_HASH, 1, 1},
    {IKE1_MAIN_5, ISAKMP_P_NOTIFY, 0, MANY},
    {IKE1_MAIN_6, ISAKMP_P_ID, 1, 1},
    {IKE1_MAIN_6, ISAKMP_P_HASH, 1, 1},
    {IKE1_MAIN_6, ISAKMP_P_NOTIFY, 0, MANY},
    {IKE1_AGGR_1, ISAKMP_P_SA, 1, 1},
    {IKE1_AGGR_1, ISAKMP_P_KE, 1, 1},
    {IKE1_AGGR_1, ISAKMP_P_NONCE, 1, 1},
    {IKE1_AGGR_1, ISAKMP_P_ID, 1, 1},
    {IKE1_AGGR_2, ISAKMP_P_SA, 1, 1},
    {IKE1_AGGR_2, ISAKMP_P_KE, 1, 1},
    {IKE1_AGGR_2, ISAKMP_P_NONCE, 1, 1},
    {IKE1_AGGR_2, ISAKMP_P_ID, 1, 1},
    {IKE1_AGGR_2, ISAKMP_P_HASH, 1, 1},
    {IKE1_AGGR_2, ISAKMP_P_NOTIFY, 0, MANY},
    {IKE1_AGGR_2, ISAKMP_P_NAT_D, 0, MANY},
    {IKE1_AGGR_2, ISAKMP_P_CERTREQ, 0, MANY},
    {IKE1_AGGR_3, ISAKMP_P_HASH, 1, 1},
    {IKE1_AGGR_3, ISAKMP_P_NOTIFY, 0, MANY},
    {IKE1_AGGR_3, ISAKMP_P_NAT_D, 0, MANY},
    {IKE1_QUICK_1, ISAKMP_P_HASH, 1, 1},
    {IKE1_QUICK_1, ISAKMP_P_SA, 1, 1},
    {IKE1_QUICK_1, ISAKMP_P_NONCE, 1, 1},
    {IKE1_QUICK_1, ISAKMP_P_KE, 0, 1},
    {IKE1_QUICK_1, ISAKMP_P_ID, 0, 2},
    {IKE1_QUICK_1, ISAKMP_P_NOTIFY, 0, MANY},
    {IKE1_QUICK_1, ISAKMP_P_NAT_OA, 0, 2},
    {IKE1_QUICK_2, ISAKMP_P_HASH, 1, 1},
    {IKE1_QUICK_2, ISAKMP_P_SA, 1, 1},
    {IKE1_QUICK_2, ISAKMP_P_NONCE, 1, 1},
    {IKE1_QUICK_2, ISAKMP_P_KE, 0, 1},
    {IKE1_QUICK_2, ISAKMP_P_ID, 0, 2},
    {IKE1_QUICK_2, ISAKMP_P_NOTIFY, 0, MANY},
    {IKE1_QUICK_2, ISAKMP_P_NAT_OA, 0, 2},
    {IKE1_QUICK_3, ISAKMP_P_HASH, 1, 1},
    {IKE1_QUICK_3, ISAKMP_P_NOTIFY, 0, MANY},
    {IKE1_TRANSACTION, ISAKMP_P_HASH, 1, 1},
    {IKE1_TRANSACTION, ISAKMP_P_ATTRIBUTE, 1, 1},
    {IKE1_TRANSACTION, ISAKMP_P_NOTIFY, 0, MANY},
    {IKE1_INFO, ISAKMP_P_HASH, 1, 1},
    {IKE1_INFO, ISAKMP_P_NOTIFY, 0, MANY},
    {IKE1_INFO, ISAKMP_P_DELETE, 0, MANY},
    {IKE1_INFO_CLEAR, ISAKMP_P_NOTIFY, 0, MANY},
    {IKE1_INFO_CLEAR, ISAKMP_P_DELETE, 0, MANY},
};

static const struct rule *find(enum ike1_kind kind, uint8_t type)
{
    for (size_t i = 0; i < COUNT(rules); i++) {
        if (rules[i].kind == kind && rules[i].type == type)
            return &rules[i];
    }
    return NULL;
}

static bool stands_anywhere(uint8_t type)
{
    return type == ISAKMP_P_VENDOR || type >= 128; /* RFC 2408, 3.1: private use */
}

static const char *misplaced(enum ike1_kind kind, const struct isakmp_chain *c)
{
    bool hashed = kind >= IKE1_QUICK_1 && kind <= IKE1_INFO;

    /* RFC 2409, 5.5: HASH follows the header, SA follows HASH */
    if (hashed && (c->n == 0 || c->v[0].type != ISAKMP_P_HASH))
        return "HASH is not the first payload";
    if ((kind == IKE1_QUICK_1 || kind == IKE1_QUICK_2) && (c->n < 2 || c->v[1].type != ISAKMP_P_SA))
        return "SA does not follow HASH";
    if ((kind == IKE1_MAIN_1 || kind == IKE1_AGGR_1) && c->v[0].type != ISAKMP_P_SA)
        return "SA is not the first payload";
    if (isakmp_count(c, ISAKMP_P_ID) == 1 && hashed)
        return "one identity without the other";
    return NULL;
}

const char *ike1_misfit(enum ike1_kind kind, const struct isakmp_chain *c, uint16_t *code)
{
    *code = ISAKMP_N_INVALID_PAYLOAD_TYPE;
    for (size_t i = 0; i < c->n; i++) {
        const struct rule *r = find(kind, c->v[i].type);
        if (!r && !stands_anywhere(c->v[i].type))
            return "a payload that does not belong into this message";
        if (r && isakmp_count(c, r->type) > r->max)
            return "a payload occurs too often";
    }
    *code = ISAKMP_N_PAYLOAD_MALFORMED;
    for (size_t i = 0; i < COUNT(rules); i++) {
        if (rules[i].kind == kind && isakmp_count(c, rules[i].type) < rules[i].min)
            return "a payload is missing";
    }
    return misplaced(kind, c);
}
