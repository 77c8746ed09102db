/* What IKE's messages say became of SAs, when their keys are there: which were agreed, what each
 * takes the place of, which were deleted. For judge/ only.
 *
 * Memory is bounded: pairs and deletes by SAS_MAX, exchanges under way by a ring. */
#ifndef JUDGE_IKE_STORY_H
#define JUDGE_IKE_STORY_H

#include "ike/ike_tap.h"
#include "judge/ike_read.h"
#include "judge/wan.h"

#define STORY_PENDING 64

struct ike_child { /* a pair of SAs that was agreed */
    int64_t ns;
    uint8_t version;
    uint8_t cookie[ISAKMP_COOKIE_LEN]; /* of the IKE SA that it belongs to now */
    uint32_t sa[2];                    /* in wan.sas */
    uint64_t selectors;
    bool rekeys;
    uint32_t rekeyed; /* in wan.sas; MAP_NONE: one that was not seen */
};

struct ike_gone { /* a Delete */
    int64_t ns;
    uint32_t sa; /* MAP_NONE: of the IKE SA */
    uint8_t cookie[ISAKMP_COOKIE_LEN];
    bool by_rekey; /* the IKE SA had a successor */
};

struct ike_moved { /* an IKE SA that another took the place of: IKEv2 */
    int64_t ns;
    uint8_t cookie[ISAKMP_COOKIE_LEN], next[ISAKMP_COOKIE_LEN];
};

struct ike_asked { /* half of an exchange */
    bool taken, by_initiator;
    uint8_t cookie[ISAKMP_COOKIE_LEN];
    uint8_t exchange;
    uint32_t message_id;
    struct ip_addr from;
    struct ike_said said;
};

struct ike_story {
    struct ike_tap *tap;
    bool has_keys;
    struct ike_child *children;
    size_t nchildren, cap_children;
    struct ike_gone *gone;
    size_t ngone, cap_gone;
    struct ike_moved *moved;
    size_t nmoved, cap_moved;
    struct ike_asked asked[STORY_PENDING];
    uint32_t next_asked;
    /* encrypted messages, without those sent again */
    uint64_t sealed, opened, no_key, no_phase1;
};

void ike_story_init(struct ike_story *s);
void ike_story_release(struct ike_story *s);

/* The last pair that SA, an index of wan.sas, is one of; NULL. */
const struct ike_child *ike_story_pair(const struct ike_story *s, uint32_t sa);

/* An opened message, by J's record. IP: its addresses. */
void ike_story_take(struct judge *j, const struct isakmp_hdr *h, const struct ip *ip,
                    const struct ike_said *said);

#endif
