/* A run as a value, made up for tests of reports: one case of every verdict, some with text that is
 * hostile to every format. */
#ifndef TESTS_SAMPLE_RUN_H
#define TESTS_SAMPLE_RUN_H

#include "base/arena.h"
#include "report/report.h"

/* ESC, a colour, NUL written out by hand cannot stand in a C string: the rest that XML forbids. */
#define SAMPLE_HOSTILE                                                                             \
    "esc \x1b[31mred\x1b[0m \x1b]0;title\x07 \x01 bad \xff\xc0\x80 \xed\xa0\x80 \xef\xbf\xbe "     \
    "<&>\"' ]]> tab\there\nline two\r"

enum {
    SAMPLE_PASS,
    SAMPLE_FAIL,
    SAMPLE_ERROR,
    SAMPLE_UNRESOLVED,
    SAMPLE_INCONCLUSIVE,
    SAMPLE_SKIPPED,
    SAMPLE_CASES
};

/* Everything lives in ARENA; OUT->cases may be changed. */
void sample_run(struct arena *arena, struct report_run *out);
struct report_case *sample_case(struct report_run *run, size_t i);
struct judgement *sample_judgement(struct report_run *run, size_t i); /* NULL: not judged */

#endif
