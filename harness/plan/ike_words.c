/* What the words of a case mean in the header of an IKE message. */
#include "plan/ike_words.h"

#include "base/mem.h"
#include "wire/ikev2.h"

#define PAYLOAD_SK  46 /* RFC 7296, 3.14 */
#define PAYLOAD_SKF 53 /* RFC 7383: a fragment of an encrypted payload */

/* In the order of the words: numbers of IKEv1 and of IKEv2 (IANA); a word for two has two. */
static const uint8_t exchanges[][2][2] = {
    {{0}, {0}},  {{2}, {0}},  {{4}, {0}},  {{32}, {0}},        {{5}, {37}},  {{6}, {0}},
    {{0}, {34}}, {{0}, {35}}, {{0}, {36}}, {{2, 4}, {34, 35}}, {{32}, {36}},
};

/* Payloads that can be seen: of IKEv1, of IKEv2. */
static const uint8_t payloads[][2] = {{0, 0},   {1, 33},  {4, 34},  {5, 35},           {8, 0},
                                      {10, 40}, {11, 41}, {12, 42}, {132, PAYLOAD_SKF}};

bool plan_exchange_is(unsigned word, const struct isakmp_hdr *h)
{
    if (word >= COUNT(exchanges) || !h->exchange)
        return false;
    const uint8_t *number = exchanges[word][isakmp_major(h) == 2];
    return h->exchange == number[0] || h->exchange == number[1];
}

uint16_t plan_clear_notify(unsigned word)
{
    static const uint16_t types[] = {0,
                                     IKEV2_N_COOKIE,
                                     IKEV2_N_INVALID_KE_PAYLOAD,
                                     IKEV2_N_NO_PROPOSAL_CHOSEN,
                                     IKEV2_N_INVALID_SPI,
                                     IKEV2_N_INVALID_IKE_SPI};

    return types[word];
}

bool plan_ike_is(enum plan_ike_is what, const struct isakmp_hdr *h)
{
    bool answer = isakmp_major(h) == 2 && ikev2_is_response(h);

    return what == IKE_IS_ANY || answer == (what == IKE_IS_ANSWER);
}

bool plan_payload_is(unsigned word, const struct isakmp_hdr *h)
{
    bool v2 = isakmp_major(h) == 2;

    if (word < COUNT(payloads))
        return h->next == payloads[word][v2];
    return v2 ? h->next == PAYLOAD_SK || h->next == PAYLOAD_SKF
              : (h->flags & ISAKMP_FLAG_ENCRYPTED) != 0;
}
