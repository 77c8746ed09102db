/* `holdfast list --requirements`: what a document states, the cases that are to show it, and what
 * came of them in the last run. */
#ifndef CLI_REQUIREMENTS_H
#define CLI_REQUIREMENTS_H

#include "base/buf.h"
#include "plan/plan.h"
#include "plan/statements.h"

#define REQUIREMENTS_NOTE "cases/requirements/note-113014.xml"

struct last_run; /* a run.json */

/* Reads PATH. A file that is not there gives a run in which no case was. ERR_INVALID, ERR_IO. */
MUST_USE enum err last_run_read(const char *path, struct last_run **out, struct diag *why);
void last_run_free(struct last_run *r); /* NULL is fine */

/* The verdict of case ID, "PASS"; NULL: it was not run. */
const char *last_run_verdict(const struct last_run *r, const char *id);

struct requirements {
    const struct statements *doc;
    struct plan *const *plans; /* the cases, in their order */
    size_t nplans;
    const struct last_run *run;
};

/* Adds the statements to OUT, each with its cases under it. Loud, and counted in the result: a
 * statement of which no case passed, or one failed, and a case that names no statement of the
 * document. */
size_t requirements_text(const struct requirements *r, struct buf *out);
size_t requirements_json(const struct requirements *r, struct buf *out);

#endif
