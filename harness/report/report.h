/* Reports of a run: JUnit XML in two flavours, run.json and the text a person reads. Pure: values
 * in, bytes out; writing files is the caller's. The same values give the same bytes under every
 * locale. Text may hold any bytes: what a format forbids is written out as \xHH. */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "base/buf.h"
#include "judge/verdict.h"

struct report_case {
    const char *id, *title, *file; /* file: as given on the command line or found */
    int line;
    const char *suite; /* folder of the case with dots ("rekey.phase1"); NULL or "": "holdfast" */
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
    const char *device; /* "reference"; NULL: not known */
    const char *rerun;  /* command that runs just this case; NULL: none */
};

struct report_run {
    const char *version; /* "holdfast 0.1.0" */
    const char *name;    /* of the run */
    uint64_t seed;
    int64_t started_s;    /* Unix time */
    const char *hostname; /* NULL: "localhost" */
    double wall_s;
    bool interrupted;
    const struct report_case *cases;
    size_t ncases;
};

struct report_counts {
    size_t passed, failed, errors, skipped; /* errors: ERROR, UNRESOLVED, INCONCLUSIVE */
};

void report_count(const struct report_run *run, struct report_counts *out);

/* RICH: with file, line and properties of each case, as GitLab, GitHub and Azure readers like it.
 * STRICT: valid by junit-10.xsd of Jenkins' xUnit plugin. */
enum junit_flavour { JUNIT_RICH, JUNIT_STRICT };
void report_junit(const struct report_run *run, enum junit_flavour flavour, struct buf *out);

void report_json(const struct report_run *run, struct buf *out);

/* What `holdfast judge --json` prints of one file: an object on lines of its own. Without a case
 * (HAS_CASE false) the verdict is null. */
void report_judgement_json(const struct judgement *j, bool has_case, struct buf *out);

struct report_streams {
    const char *only; /* streams with this in "IP:PORT" of either end; NULL: all */
    bool quiet;       /* only what did not hold */
};

/* Without a case: the story of each stream in a line, the worst first, then the events, the SAs and
 * what narrows all that. */
void report_text_streams(const struct judgement *j, const struct report_streams *which,
                         struct buf *out);

/* The streams as comma-separated values (RFC 4180), the names of the columns first. */
void report_csv_streams(const struct judgement *j, const struct report_streams *which,
                        struct buf *out);

/* The lines of one case, as `holdfast run` prints them; without times when WALL_S is 0. COLOUR: SGR
 * sequences. VERBOSE 0: what did not hold, 1: every finding, 2: metrics too. */
void report_text_case(const struct report_case *c, bool colour, int verbose, struct buf *out);

/* A line a figure. */
void report_text_metrics(const struct judgement *j, struct buf *out);

/* The last line: "12 passed, 1 failed, 2 skipped", and ", 3 errors" when there are any. Never
 * coloured, for it is there to be found by programs. */
void report_text_summary(const struct report_run *run, struct buf *out);

/* Makes any bytes fit for XML 1.0 text: colour sequences dropped, other control and illegal
 * characters and bytes that are no UTF-8 written as \xHH. Not yet escaped. */
void xml_clean(struct bytes in, struct buf *out);

/* Any bytes made fit for one line of a terminal: as above, and line ends and the control characters
 * that XML allows written out, too. */
void report_put_plain(struct bytes in, struct buf *out);

/* xml_clean, and escaped for an attribute in double quotes or for text. */
void xml_put_attr(struct bytes in, struct buf *out);
void xml_put_text(struct bytes in, struct buf *out);

#endif
