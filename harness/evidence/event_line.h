/* The one line of `key=value` text that an event frame carries (EtherType 0x88B5 on `events`).
 * Values with blanks, quotes or control bytes are written in double quotes with \" \\ \xHH escapes.
 */
#ifndef EVIDENCE_EVENT_LINE_H
#define EVIDENCE_EVENT_LINE_H

#include "base/buf.h"
#include "base/err.h"

/* The first word says what the line is about:
 *   event    id action by state=planned|sent|confirmed|failed [stream offset] [detail]
 *   stream   id proto bo=IP:PORT ho=IP:PORT opener=bo|ho bytes_ho_to_bo bytes_bo_to_ho
 *   ike-sa   state=up|down initiator_spi responder_spi cipher key initiator=peer|device [reason]
 *   esp-sa   state=up|down spi src dst cipher cipher_key integ integ_key [reason]
 *   console  site line (one line of a transcript)
 *   host     site stream state delivered altered sent acked retransmitted_segments
 *   port     leg sent received filtered lost dropped late_max_us
 *   run-end  state=complete|interrupted|timeout|error [reason] */

/* Begins the line in an emptied B. Keys and WHAT are words of our own without blanks or '='. */
void event_line_start(struct buf *b, const char *what);
void event_line_add(struct buf *b, const char *key, const char *value);
void event_line_addf(struct buf *b, const char *key, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* True when LINE is about WHAT. */
bool event_line_is(struct bytes line, const char *what);

/* The value of KEY, unescaped, to OUT (cleared first). The first of two counts. ERR_NOTFOUND: there
 * is none. ERR_FORMAT: its quotes or escapes, or those of a value before it, are broken. */
MUST_USE enum err event_line_get(struct bytes line, const char *key, struct buf *out);

#endif
