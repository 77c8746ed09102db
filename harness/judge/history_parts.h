/* What the files of the history share. Not for others: use judge/history.h. */
#ifndef JUDGE_HISTORY_PARTS_H
#define JUDGE_HISTORY_PARTS_H

#include "judge/judge_parts.h"

#define PAUSE_NS  INT64_C(200000000)  /* shorter ones are not remembered */
#define OUTAGE_NS INT64_C(1500000000) /* shorter ones are no outage without a new SA */

struct history_span {
    int64_t from, to;
};

struct history_spans {
    struct history_span *v;
    size_t n, cap;
    uint64_t more; /* that were not kept */
};

struct ike_note { /* one IKE message */
    int64_t ns;
    uint8_t version, exchange, flags; /* version: major */
    uint8_t spi_i[ISAKMP_COOKIE_LEN];
    uint32_t message_id;
};

struct history {
    struct ike_note *ikes;
    size_t nikes, cap_ikes;
    uint64_t more_ikes;
    struct history_spans pauses;    /* of streams, with something due */
    struct history_spans disorders; /* of ESP: lost or reordered packets again and again */
    int64_t bucket_ns;              /* disorder: the second that is being counted; NEVER */
    unsigned in_bucket;
};

#endif
