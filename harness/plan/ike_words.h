/* Words for what can be seen of an IKE message on its way, in cases: of either version where both
 * have it. */
#ifndef PLAN_IKE_WORDS_H
#define PLAN_IKE_WORDS_H

#include "wire/isakmp.h"

/* The exchange; phase1: main or aggressive mode, IKE_SA_INIT or IKE_AUTH; phase2: quick mode or
 * CREATE_CHILD_SA. */
#define PLAN_EXCHANGE_WORDS                                                                        \
    "any main aggressive quick informational transaction sa-init auth create-child phase1 phase2"

/* The first payload. */
#define PLAN_PAYLOAD_WORDS "any sa ke id hash nonce notify delete encrypted"

/* WORD is an index into these, and not "any". */
bool plan_exchange_is(unsigned word, const struct isakmp_hdr *h);
bool plan_payload_is(unsigned word, const struct isakmp_hdr *h);

#endif
