/* charon as a peer that speaks IKEv2 (tests/charon_lab.h), with what differs from test to test. */
#ifndef TESTS_CHARON_V2_H
#define TESTS_CHARON_V2_H

#include "tests/charon_lab.h"

struct charon_v2 { /* in strongSwan's words; NULL: as the tests have it if nothing is said */
    const char *proposals, *esp_proposals;
    const char *local_ts;  /* 10.2.0.0/16 */
    const char *mobike;    /* no */
    const char *dpd_delay; /* 0s: never */
    const char *id;        /* its own: its address */
    const char *remote_ts; /* 10.1.0.0/16 */
    const char *more;      /* lines of the connection: none */
    const char *child;     /* lines of the child: none */
};

/* Our side: the lab's, with IKEv2; to be changed before charon_v2_start. */
void charon_v2_init(struct charon_lab *l, const struct ike_suite *suite,
                    const struct ike_esp_suite *esp);
void charon_v2_start(struct charon_lab *l, const struct charon_v2 *v);

#endif
