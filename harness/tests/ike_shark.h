/* Two IKE endpoints whose datagrams tshark reads, with the keys that we export. */
#ifndef TESTS_IKE_SHARK_H
#define TESTS_IKE_SHARK_H

#include "tests/two_ikes.h"

struct ike_shark {
    char dir[64]; /* keys and capture */
    struct two_ikes t;
};

/* Skips the test when tshark is not here. */
void ike_shark_need(void);

/* L->t is initialized for IKEv1, and to be started by the caller. */
void ike_shark_init(struct ike_shark *l);

/* Has tshark read what flew, compares, and cleans up. FIELDS: of each message, one "-e NAME" each;
 * WANT: a line a message, with exchange | encrypted | payloads | FIELDS | malformed | complaints.
 */
void ike_shark_check(struct ike_shark *l, const char *fields, const char *want);

#endif
