#include "cli/run_case.h"

#include "base/mem.h"
#include "judge/judge.h"

#include <stdio.h>
#include <string.h>

static char *path_of(const struct run_setup *s, const struct plan *p, const char *ending)
{
    struct buf b = BUF_INIT;

    buf_addf(&b, "%s/evidence/%s%s", s->out, p->id, ending);
    char *path = mem_strdup(buf_str(&b));
    buf_release(&b);
    return path;
}

char *evidence_path(const struct run_setup *s, const struct plan *p)
{
    return path_of(s, p, ".pcapng");
}

char *keys_path(const struct run_setup *s, const struct plan *p)
{
    return path_of(s, p, ".keys");
}

static enum err plan_of(struct evidence_reader *r, struct plan **out, struct diag *why)
{
    struct plan_problem *problems;
    const struct evidence_meta *m = evidence_reader_meta(r);

    if (!m || m->case_xml.n == 0)
        return diag_fail(why, ERR_NOTFOUND, "there is no case in it: name one with --case");
    enum err e = plan_from_resolved(m->case_xml, out, &problems);
    if (e && problems)
        e = diag_fail_at(why, e, problems->diag.file, problems->diag.line, "%s",
                         problems->diag.text);
    plan_problems_free(problems);
    return e;
}

enum err judge_file(const char *path, const struct plan *case_plan, struct judgement **out,
                    struct plan **its_plan, struct diag *why)
{
    struct evidence_reader *r;
    struct plan *own = NULL;
    enum err e = evidence_open(path, &r, why);

    if (e)
        return e;
    if (!case_plan)
        e = plan_of(r, &own, why);
    if (!e)
        e = judge_evidence(r, case_plan ? case_plan : own, out);
    evidence_reader_free(r);
    if (!e && its_plan)
        *its_plan = own;
    else
        plan_free(own);
    return e;
}

static void could_not(struct outcome *o, enum err e, const struct diag *why)
{
    o->verdict = e == ERR_UNSUPPORTED ? VERDICT_SKIPPED : VERDICT_ERROR;
    diag_format(why, o->why, sizeof(o->why));
}

void run_case(const struct run_setup *s, const struct cli_env *env, const struct plan *p,
              struct outcome *out)
{
    char *evidence = evidence_path(s, p), *keys = keys_path(s, p);
    double start = env->wall();
    struct replay_options o = {.seed = s->seed,
                               .epoch_ns = s->epoch_ns,
                               .version = env->version,
                               .evidence = evidence,
                               .keys_dir = s->keys ? keys : NULL,
                               .psk = s->psk,
                               .fault = s->fault,
                               .live = s->live,
                               .stop = env->stop,
                               .log = s->log};
    struct replay_result r;
    struct diag why = {0};

    *out = (struct outcome){.verdict = VERDICT_ERROR};
    enum err e = replay_run(p, s->captures, &o, &r, &why);
    if (!e) {
        out->has_evidence = true;
        out->interrupted = r.end == REPLAY_INTERRUPTED;
        out->run_s = (double)r.run_time.ns / 1e9;
        e = judge_file(evidence, NULL, &out->judgement, NULL, &why);
    }
    if (e)
        could_not(out, e, &why);
    else
        out->verdict = out->judgement->verdict;
    out->wall_s = env->wall() - start;
    mem_free(evidence);
    mem_free(keys);
}
