/* The one line of `key=value` text that an event frame carries (EtherType 0x88B5 on `events`).
 * Values with blanks, quotes or control bytes are written in double quotes with \" \\ \xHH escapes.
 */
#ifndef EVIDENCE_EVENT_LINE_H
#define EVIDENCE_EVENT_LINE_H

#include "base/buf.h"
#include "base/err.h"

/* The first word says what the line is about:
 *   event    id action by state=planned|sent|again|confirmed|failed [site] [stream offset]
 *            [detail] [reason]
 *   stream   id proto bo=IP:PORT ho=IP:PORT opener=bo|ho bytes_ho_to_bo bytes_bo_to_ho
 *            [sha256_ho_to_bo sha256_bo_to_ho] (hex, of what is to be delivered)
 *   ike-sa   state=up|down initiator_spi responder_spi cipher key initiator=peer|device [rekey=yes]
 *            [reason]; of IKEv2 for key: version=2 sk_ei sk_er [integ sk_ai sk_ar]
 *   esp-sa   state=up|down spi src dst cipher cipher_key integ integ_key [old_spi] [reason]
 *            (one line a direction)
 *   console  site line (one line of a transcript; what was typed begins with the prompt "# ")
 *   device   site type=NAME version=TEXT
 *   host     site stream state delivered altered sent acked retransmitted_segments
 *            retransmitted_bytes rto_fired fast_retransmits (at the end of the run)
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
