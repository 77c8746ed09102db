/* Reports of a run: JUnit XML in two flavours, run.json and the text summary. Pure: values in,
 * bytes out; writing files is the caller's. */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "base/buf.h"
#include "judge/verdict.h"

struct report_case {
    const char *id, *title, *file; /* file: as given on the command line or found */
    int line;
    const char *suite; /* folder of the case: "cases" -> "holdfast" */
    const char *const *tags;
    size_t ntags;
    enum verdict verdict;
    const struct judgement *judgement; /* NULL: never judged; then `why` */
    const char *why;                   /* SKIPPED or ERROR before judging: the sentence */
    double wall_s;                     /* time it took */
    double run_s;                      /* time that passed in the run (virtual or real) */
    const char *evidence;              /* path; NULL: none */
    const char *const *attachments;    /* further paths */
    size_t nattachments;
    const char *device; /* "reference" */
    const char *rerun;  /* command that runs just this case */
};

struct report_run {
    const char *version; /* "holdfast 0.1.0" */
    const char *name;    /* of the run */
    uint64_t seed;
    int64_t started_s; /* Unix time */
    const char *hostname;
    double wall_s;
    bool interrupted;
    const struct report_case *cases;
    size_t ncases;
};

struct report_counts {
    size_t passed, failed, errors, skipped; /* errors: ERROR, UNRESOLVED, INCONCLUSIVE */
};

void report_count(const struct report_run *run, struct report_counts *out);

enum junit_flavour { JUNIT_RICH, JUNIT_STRICT };
void report_junit(const struct report_run *run, enum junit_flavour flavour, struct buf *out);
void report_json(const struct report_run *run, struct buf *out);

/* The lines of one case and of the end, as `holdfast run` prints them. COLOUR: SGR sequences.
 * VERBOSE 0: failures in full, 1: every finding, 2: metrics too. */
void report_text_case(const struct report_case *c, bool colour, int verbose, struct buf *out);
void report_text_summary(const struct report_run *run, bool colour, struct buf *out);

/* Makes any bytes fit for XML 1.0 text: colour sequences dropped, other control and illegal
 * characters and bytes that are no UTF-8 written as \xHH. Not yet escaped. */
void xml_clean(struct bytes in, struct buf *out);

#endif
