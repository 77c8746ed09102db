/* What the files of report/ share. Not for others: use report/report.h. */
#ifndef REPORT_REPORT_PARTS_H
#define REPORT_REPORT_PARTS_H

#include "report/report.h"

/* The first finding that says why, or what `why` says; never NULL. */
const char *case_reason(const struct report_case *c);
/* "cases/x.xml:19", the expectation's place where there is one. */
void put_place(const struct report_case *c, struct buf *out);

/* Unix seconds as "2026-11-23T06:50:00": UTC, no zone, no fraction. */
void put_timestamp(int64_t unix_s, struct buf *out);

/* Cleaned and escaped, for text and for attributes in double quotes. */
void put_xml(struct buf *out, const char *s);

/* As a JSON string with its quotes. */
void put_json(struct buf *out, const char *s);

/* A number without trailing zeros, whatever the locale: "12.5", "3". At most DECIMALS. */
void put_number(struct buf *out, double v, int decimals);

#endif
