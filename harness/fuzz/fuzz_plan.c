/* Any bytes as a case: first as a resolved document, which touches no file, then as a case file of
 * its own (first byte 'F': includes, captures and configurations are looked for in a folder that
 * holds nothing else). What loads is written, and what was written loads and is written the same.
 */
#include "base/buf.h"
#include "plan/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool ok, const char *what, struct bytes text)
{
    if (ok)
        return;
    fprintf(stderr, "%s\n%.*s\n", what, (int)text.n, (const char *)text.p);
    abort();
}

static void explain(const struct plan *p)
{
    struct buf out = BUF_INIT;

    plan_explain(p, &out);
    buf_release(&out);
}

static void round_trip(struct plan *p)
{
    struct plan_problem *problems = NULL;
    struct plan *again = NULL;

    explain(p);
    expect(plan_from_resolved(p->resolved, &again, &problems) == ERR_OK,
           problems ? problems->diag.text : "refused", p->resolved);
    expect(bytes_eq(p->resolved, again->resolved), "written differently the second time",
           p->resolved);
    plan_free(again);
}

static void end(enum err e, struct plan *p, struct plan_problem *problems, struct bytes in)
{
    expect(e ? problems && problems->diag.text[0] : p && !problems, "refused without a word", in);
    if (p)
        round_trip(p);
    plan_free(p);
    plan_problems_free(problems);
}

static void as_file(struct bytes in)
{
    struct plan_problem *problems = NULL;
    struct plan *p = NULL;
    struct plan_options options = {.root = NULL};
    char dir[] = "/tmp/holdfast-fuzz-XXXXXX", path[64];
    enum err e;
    FILE *f;

    if (!mkdtemp(dir))
        return;
    options.root = dir;
    snprintf(path, sizeof(path), "%s/case.xml", dir);
    f = fopen(path, "wb");
    expect(f && fwrite(in.p, 1, in.n, f) == in.n && fclose(f) == 0, "cannot write", in);
    e = plan_load(path, &options, &p, &problems);
    end(e, p, problems, in);
    unlink(path);
    rmdir(dir);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct plan_problem *problems = NULL;
    struct plan *p = NULL;
    struct bytes in = bytes_of(data, size);
    enum err e;

    if (size && data[0] == 'F') {
        as_file(bytes_from(in, 1));
        return 0;
    }
    e = plan_from_resolved(in, &p, &problems);
    end(e, p, problems, in);
    return 0;
}
