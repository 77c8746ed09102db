/* Payloads that name the event they were sent by, so that they are known again wherever they come
 * out, and whole: "holdfast ID " over and over. */
#ifndef EVIDENCE_MARKED_H
#define EVIDENCE_MARKED_H

#include "base/bytes.h"
#include "base/cursor.h"

void marked_put(struct wr *w, const char *id, size_t n);
bool marked_is(struct bytes payload, const char *id); /* an empty one is nobody's */

#endif
