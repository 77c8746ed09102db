/* What one side offers and the other chooses, and what the pairs are for: proposals and selectors.
 * Not for others: use ike/ike.h. */
#ifndef IKE_IKE_OFFERS_H
#define IKE_IKE_OFFERS_H

#include "ike/ike_parts.h"

/* Writes the SA payload that offers, or that answers with the one chosen. */
void ike1_put_offer(struct isakmp_msg *m, const struct ike_peer_config *p);
void ike1_put_choice(struct isakmp_msg *m, const struct isakmp_proposal *p,
                     const struct isakmp_transform *t);

struct ike1_choice {
    struct isakmp_proposal proposal;
    struct isakmp_transform transform;
    struct ike_suite suite; /* lifetime: the lower one */
    bool lowered;           /* ours was lower than the offer */
    bool took_lower;        /* the offer was lower than ours */
    uint64_t offered_s;     /* 0: no lifetime */
    uint32_t own_s;
};

/* Our most preferred suite that the offer holds. ERR_NOTFOUND. */
MUST_USE enum err ike1_choose(const struct ike_peer_config *p, const struct isakmp_sa *offer,
                              struct ike1_choice *out);

/* What phase 1 has made of the lifetimes, if it is not what this side has. */
void ike1_lifetime_facts(struct ike *k, const struct ike1_sa *sa, const struct ike1_choice *c);

/* The lower of two lifetimes, of which 0 is none. */
uint64_t ike_lower(uint64_t a, uint64_t b);

struct ike_esp_choice {
    struct isakmp_proposal proposal;
    struct isakmp_transform transform;
    struct ike_esp_suite suite;
    uint32_t spi; /* the offerer's */
    bool lowered, took_lower;
    uint64_t offered_s, offered_kb, own_s, own_kb;
};

/* MODE: of encapsulation, ISAKMP_MODE_TUNNEL or one in UDP (RFC 3947, 5.1). */
void ike_esp_put_offer(struct isakmp_msg *m, const struct ike_policy *p, uint32_t spi,
                       uint16_t mode);
void ike_esp_put_choice(struct isakmp_msg *m, const struct ike_esp_choice *c, uint32_t spi);

/* As ike1_choose. ANSWER: OFFER is the answer to our own offer and must hold one choice only. */
MUST_USE enum err ike_esp_choose(const struct ike_policy *p, const struct isakmp_sa *offer,
                                 bool answer, uint16_t mode, struct ike_esp_choice *out);

/* Reads life types and durations: *SECONDS and *KILOBYTES are touched only when they are there. */
void ike_read_lifetimes(struct bytes attributes, uint16_t type_attribute, uint64_t *seconds,
                        uint64_t *kilobytes);

void ike_put_selector(struct isakmp_msg *m, const struct ike_selector *s, bool local);
/* From the two ID payloads, OURS and THEIRS. ERR_FORMAT, ERR_UNSUPPORTED: no such net. */
MUST_USE enum err ike_selector_parse(struct bytes ours, struct bytes theirs,
                                     struct ike_selector *out);
bool ike_selector_eq(const struct ike_selector *a, const struct ike_selector *b);
/* The policy of SA's peer for ASKED: the one that is equal, else the first that contains it.
 * ERR_NOTFOUND; also when SA's client was given an address and asks for more than that. */
MUST_USE enum err ike_policy_for(const struct ike *k, const struct ike1_sa *sa,
                                 const struct ike_selector *asked, size_t *policy);
/* What the policy's selector is now: with the address that the server gave. */
struct ike_selector ike_policy_selector(const struct ike *k, size_t policy);

#endif
