/* What the two files that write JUnit XML share. */
#ifndef REPORT_JUNIT_PARTS_H
#define REPORT_JUNIT_PARTS_H

#include "report/report_parts.h"

void junit_attr(struct buf *out, const char *name, const char *value);
void junit_property(struct buf *out, const char *name, const char *value);
void junit_time(struct buf *out, double s);
const char *junit_suite(const struct report_case *c);
void junit_case(const struct report_case *c, enum junit_flavour flavour, struct buf *out);

#endif
