/* JSON (RFC 8259) written into a buffer: the same values give the same bytes under every locale.
 *
 * Containers down to a chosen depth put each element on a line of its own, deeper ones stay on one
 * line, so that two reports can be compared by eye and by diff. The w keeps its names apart from
 * those of jansson, which reads JSON. */
#ifndef REPORT_JSONW_H
#define REPORT_JSONW_H

#include "base/buf.h"

#define JSON_DEPTH 16

struct jsonw {
    struct buf *out; /* borrowed */
    unsigned depth, lines;
    bool filled[JSON_DEPTH]; /* by depth: there is an element already */
    char close[JSON_DEPTH];
};

/* LINES: how many levels are spread over lines; 0: everything on one. */
void jsonw_begin(struct jsonw *j, struct buf *out, unsigned lines);

/* NAME is the member's name in an object, NULL in an array and for the outermost value. */
void jsonw_object(struct jsonw *j, const char *name);
void jsonw_array(struct jsonw *j, const char *name);
void jsonw_close(struct jsonw *j);

void jsonw_null(struct jsonw *j, const char *name);
void jsonw_bool(struct jsonw *j, const char *name, bool v);
void jsonw_u64(struct jsonw *j, const char *name, uint64_t v);
void jsonw_i64(struct jsonw *j, const char *name, int64_t v);

/* At most DECIMALS (up to 9) behind the point, no trailing zeros; null when V is not finite. */
void jsonw_number(struct jsonw *j, const char *name, double v, int decimals);

/* Any bytes: control characters as \u00XX, bytes that are no UTF-8 as the four characters \xHH. */
void jsonw_bytes(struct jsonw *j, const char *name, struct bytes text);
void jsonw_string(struct jsonw *j, const char *name, const char *text); /* NULL: null */

/* Nanoseconds since 1970 as the string "SECONDS.NANOS": a double would lose its last digits. */
void jsonw_time(struct jsonw *j, const char *name, int64_t ns);

#endif
