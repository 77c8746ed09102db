/* What the files of report/ share. Not for others: use report/report.h and report/jsonw.h. */
#ifndef REPORT_REPORT_PARTS_H
#define REPORT_REPORT_PARTS_H

#include "report/report.h"

/* Bytes of the UTF-8 sequence at the start of B (not empty), its code point to *CP; 0: those bytes
 * are none (RFC 3629: overlong forms, surrogates and what is beyond U+10FFFF are none). */
size_t utf8_sequence(struct bytes b, uint32_t *cp);

/* The first finding that says why, or what `why` says; never NULL. */
const char *case_reason(const struct report_case *c);

/* "cases/x.xml:19", the expectation's place where there is one. */
void put_place(const struct report_case *c, struct buf *out);

/* Unix seconds as "2026-11-23T06:50:00": UTC, no zone, no fraction. */
void put_timestamp(int64_t unix_s, struct buf *out);

bool is_finite(double v);

/* V (finite) without trailing zeros, whatever the locale: "12.5", "3", "-0.25". At most DECIMALS
 * (up to 9). put_fixed keeps the zeros: "12.50". */
void put_number(struct buf *out, double v, int decimals);
void put_fixed(struct buf *out, double v, int decimals);

/* "12.5", "abcdef", "null (no event)". */
void put_metric_value(struct buf *out, const struct metric *m);

/* S fit for a terminal, on one line: control characters of either kind and bytes that are no UTF-8
 * as \xHH, colour sequences dropped. */
void put_plain(struct buf *out, const char *s);

/* FAIL counts as failed; what says nothing about the device (ERROR, UNRESOLVED, INCONCLUSIVE) as an
 * error. */
void count_verdict(enum verdict v, struct report_counts *out);

struct jsonw;

/* Members of an object: findings, events, metrics, packets. */
void json_put_judgement(struct jsonw *j, const struct judgement *o);

#endif
