/* Judging captures that holdfast did not make: taps on a BO LAN, a WAN and a HO LAN, with no word
 * of what happened. Streams and events are found from the packets alone; there is no case, so
 * nothing passes or fails: it is told what became of every stream, tunnel and byte.
 *
 * A pure function of the packets it is given, in time order over all legs. */
#ifndef JUDGE_LEGS_H
#define JUDGE_LEGS_H

#include "esp/esp.h"
#include "evidence/writer.h"
#include "judge/verdict.h"
#include "wire/asa_log.h"
#include "wire/pkt.h"

struct judge;

struct judge_leg_packet {
    enum evidence_leg leg; /* BO_LAN, WAN, HO_LAN or MGMT */
    int64_t time_ns;       /* Unix time */
    uint64_t number;       /* in its own file, from 1 */
    struct pkt *pkt;       /* taken apart; may be changed */
};

struct judge *judge_legs_new(void);

/* The keys of an SA, before the first packet: what it carries is then compared with both LANs.
 * ERR_UNSUPPORTED, ERR_RANGE: they make no SA. */
MUST_USE enum err judge_legs_key(struct judge *j, const struct esp_params *p);

/* The key of an IKE SA (ike/ike_table.h), before the first packet: what its messages say is then
 * read. ERR_RANGE: too many; ERR_UNSUPPORTED. */
struct ike_table_row;
MUST_USE enum err judge_legs_ike_key(struct judge *j, const struct ike_table_row *row);

/* The packet inside P, one of ESP on the WAN in IP or in UDP, before anything is taken; for clocks.
 * INNER is valid until the next call. False: it is none, has no key, or does not open. */
bool judge_legs_open(struct judge *j, const struct pkt *p, struct pkt *inner);

void judge_legs_take(struct judge *j, const struct judge_leg_packet *p);

/* A line of a device's log, after the last packet; LINE NUMBER is told in place of a packet.
 * TIME_NS: by the clock of the captures. True when it is about a stream. */
bool judge_legs_log(struct judge *j, struct bytes line, uint64_t number, int64_t time_ns);

/* The stream that LOG (302013 ...) says was built: when it began, by the captures. False: none is
 * known. */
bool judge_legs_built(struct judge *j, const struct asa_log *log, int64_t *begun_ns);

/* Something to be told beside the streams. NARROWS: because of it less can be said; then the
 * finding is INCONCLUSIVE, and PASS otherwise. RULE: "legs", "clock", "log". */
void judge_legs_note(struct judge *j, const char *rule, bool narrows, const char *text);

/* Earliest packet; 0: none. */
int64_t judge_legs_first(const struct judge *j);

/* How many TCP streams there are, and of how many a 302013 was bound: level-6 logging is proven for
 * them. */
void judge_legs_logged(const struct judge *j, uint64_t *streams, uint64_t *built);

/* What the mgmt leg's captures hold of logs; NULL: nothing. Valid as long as J. */
struct log_tally;
const struct log_tally *judge_legs_tally(const struct judge *j);

/* Frees J; gives *OUT (judgement_free). */
void judge_legs_finish(struct judge *j, struct judgement **out);

#endif
