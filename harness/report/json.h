/* JSON (RFC 8259) written into a buffer: the same values give the same bytes under every locale.
 *
 * Containers down to a chosen depth put each element on a line of its own, deeper ones stay on one
 * line, so that two reports can be compared by eye and by diff. */
#ifndef REPORT_JSON_H
#define REPORT_JSON_H

#include "base/buf.h"

#define JSON_DEPTH 16

struct json {
    struct buf *out; /* borrowed */
    unsigned depth, lines;
    bool filled[JSON_DEPTH]; /* by depth: there is an element already */
    char close[JSON_DEPTH];
};

/* LINES: how many levels are spread over lines; 0: everything on one. */
void json_begin(struct json *j, struct buf *out, unsigned lines);

/* NAME is the member's name in an object, NULL in an array and for the outermost value. */
void json_object(struct json *j, const char *name);
void json_array(struct json *j, const char *name);
void json_close(struct json *j);

void json_null(struct json *j, const char *name);
void json_bool(struct json *j, const char *name, bool v);
void json_u64(struct json *j, const char *name, uint64_t v);
void json_i64(struct json *j, const char *name, int64_t v);

/* At most DECIMALS (up to 9) behind the point, no trailing zeros; null when V is not finite. */
void json_number(struct json *j, const char *name, double v, int decimals);

/* Any bytes: control characters as \u00XX, bytes that are no UTF-8 as the four characters \xHH. */
void json_bytes(struct json *j, const char *name, struct bytes text);
void json_string(struct json *j, const char *name, const char *text); /* NULL: null */

/* Nanoseconds since 1970 as the string "SECONDS.NANOS": a double would lose its last digits. */
void json_time(struct json *j, const char *name, int64_t ns);

#endif
