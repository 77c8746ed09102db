/* Captures that holdfast did not make say nothing of events. What happened to the tunnel is found
 * from IKE, ESP and the streams themselves: SAs that come into use, rekeyings, deletes, outages,
 * disorder. Without keys of IKE, exchange types, SPIs and times are all that is looked at. With
 * them (history_messages.c) what the messages say goes before what ESP's behaviour suggests. For
 * judge/ only.
 *
 * Memory is bounded (HISTORY_NOTES of each kind); what comes after that is counted and not kept. */
#ifndef JUDGE_HISTORY_H
#define JUDGE_HISTORY_H

#include "judge/wan.h"
#include "wire/isakmp.h"

#define HISTORY_NOTES 65536u

struct history;

/* The key of an IKE SA, before the first message. ERR_RANGE, ERR_UNSUPPORTED. */
struct ike_table_row;
MUST_USE enum err history_key(struct history *h, const struct ike_table_row *row);

struct history *history_new(void);
void history_free(struct history *h); /* NULL is fine */

/* Each does nothing when J has no history. DISORDER: the sequence number is not the one after the
 * highest. */
void history_esp(struct judge *j, bool disorder);
/* MESSAGE, from its header H on; decrypted when its key is there. */
void history_ike(struct judge *j, const struct isakmp_hdr *h, const struct ip *ip,
                 struct bytes message);
/* Nothing arrived of a stream from FROM to TO although something was due. */
void history_pause(struct judge *j, int64_t from, int64_t to);

/* Everything was seen: gives the judgement its events, in time order. */
void history_events(struct judge *j);

/* The IKE messages, for the judgement. */
void history_outcomes(struct judge *j);

/* A Delete was seen that fits the end of this SA. */
bool history_deleted(const struct judge *j, const struct sa *sa);

#endif
