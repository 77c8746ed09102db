/* What the files of the history share. Not for others: use judge/history.h. */
#ifndef JUDGE_HISTORY_PARTS_H
#define JUDGE_HISTORY_PARTS_H

#include "judge/ike_story.h"
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
    uint8_t spi_i[ISAKMP_COOKIE_LEN], spi_r[ISAKMP_COOKIE_LEN];
    uint32_t message_id;
    uint64_t packet;
    struct ip_addr src, dst;
    bool sealed, opened; /* encrypted; and its key was there */
    bool first;          /* of its IKE SA; known when all was seen */
    bool came_about;     /* the first: its IKE SA came to be; known when all was seen */
    bool again;          /* the same bytes were there lately */
    bool matters;        /* opened, and about SAs */
    const char *text;    /* what is inside; NULL: not known */
};

/* Of the events that are being looked for. */
struct found_event {
    int64_t ns;
    const char *action, *source;
    unsigned ways; /* of SAs that came into use: bits */
};

struct hunt {
    struct judge *j;
    const struct history *h;
    struct found_event *v;
    size_t n, cap;
};

struct history {
    struct ike_note *ikes;
    size_t nikes, cap_ikes;
    uint64_t more_ikes;
    struct map by_spi;              /* the first note of each IKE SA, by the initiator's SPI */
    struct history_spans pauses;    /* of streams, with something due */
    struct history_spans still;     /* the same, merged where they overlap */
    struct history_spans disorders; /* of ESP: lost or reordered packets again and again */
    int64_t bucket_ns;              /* disorder: the second that is being counted; NEVER */
    unsigned in_bucket;
    struct ike_story story;
};

#define NEAR_NS INT64_C(3000000000) /* what belongs to one event happens within this */

/* history_index.c: everything was seen. Puts notes and pauses in order and fills what is known only
 * then, so that no question below takes more than a search. */
void history_index(struct history *h);
/* The first message of an IKE SA; NULL: none was seen. */
const struct ike_note *history_first(const struct history *h, const uint8_t *spi_i);
/* The first note that IS, from FROM to TO; NULL. */
const struct ike_note *history_find(const struct history *h, bool (*is)(const struct ike_note *),
                                    int64_t from, int64_t to);
/* A stream stood still for some of this time. */
bool hunt_stood_still(const struct history *h, int64_t from, int64_t to);

/* history_events.c. NULL: there are too many. */
struct found_event *hunt_add(struct hunt *u, int64_t ns, const char *action, const char *source);
const struct found_event *hunt_near(const struct hunt *u, const char *action, int64_t from,
                                    int64_t to); /* ACTION NULL: any */
bool ike_begins_phase1(const struct ike_note *n);

/* history_messages.c: events that opened messages tell of. */
void hunt_messages(struct hunt *u);

#endif
