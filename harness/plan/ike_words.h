/* Words for what can be seen of an IKE message on its way, in cases: of either version where both
 * have it. */
#ifndef PLAN_IKE_WORDS_H
#define PLAN_IKE_WORDS_H

#include "wire/isakmp.h"

/* The exchange; phase1: main or aggressive mode, IKE_SA_INIT or IKE_AUTH; phase2: quick mode or
 * CREATE_CHILD_SA. */
#define PLAN_EXCHANGE_WORDS                                                                        \
    "any main aggressive quick informational transaction sa-init auth create-child phase1 phase2"

/* The first payload; fragment: Cisco's of IKEv1, RFC 7383's of IKEv2, which is encrypted, too. */
#define PLAN_PAYLOAD_WORDS "any sa ke id hash nonce notify delete fragment encrypted"

/* Notifies in clear, of IKEv2 (RFC 7296, 3.10.1). */
#define PLAN_CLEAR_NOTIFY_WORDS "any cookie invalid-ke no-proposal invalid-spi invalid-ike-spi"

/* Who sent it, and what it is: IKEv1 has no answers that could be told from requests. */
#define PLAN_IKE_FROM_WORDS "any device peer"
#define PLAN_IKE_IS_WORDS   "any request answer"
enum plan_ike_from { IKE_FROM_ANY, IKE_FROM_DEVICE, IKE_FROM_PEER };
enum plan_ike_is { IKE_IS_ANY, IKE_IS_REQUEST, IKE_IS_ANSWER };

/* WORD is an index into these, and not "any". */
bool plan_exchange_is(unsigned word, const struct isakmp_hdr *h);
bool plan_payload_is(unsigned word, const struct isakmp_hdr *h);
uint16_t plan_clear_notify(unsigned word); /* its number */
bool plan_ike_is(enum plan_ike_is what, const struct isakmp_hdr *h);

#endif
