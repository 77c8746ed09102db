#include "cli/run_case.h"

#include "base/mem.h"
#include "judge/judge.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

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

/* *OUT stays NULL when the evidence was made without a case. */
static enum err plan_of(const struct evidence_reader *r, const char *path, struct plan **out,
                        struct diag *why)
{
    struct plan_problem *problems = NULL;
    const struct evidence_meta *m = evidence_reader_meta(r);

    if (!m || m->case_xml.n == 0)
        return ERR_OK;
    enum err e = plan_from_resolved(m->case_xml, out, &problems);
    if (e && problems)
        e = diag_fail_at(why, e, path, 0, "the case in it: %s", problems->diag.text);
    else if (e)
        e = diag_fail_at(why, e, path, 0, "the case in it %s", err_text(e));
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
        e = plan_of(r, path, &own, why);
    if (!e)
        e = judge_evidence(r, case_plan ? case_plan : own, out);
    if (e) /* a sentence in any case: the first one stays */
        e = diag_fail_at(why, e, path, 0, "%s", err_text(e));
    evidence_reader_free(r);
    if (e)
        plan_free(own);
    else
        *its_plan = own;
    return e;
}

static void could_not(struct outcome *o, enum err e, const struct diag *why)
{
    o->verdict = e == ERR_UNSUPPORTED ? VERDICT_SKIPPED : VERDICT_ERROR;
    diag_format(why, o->why, sizeof(o->why));
    if (!*o->why)
        snprintf(o->why, sizeof(o->why), "the run could not begin: %s", err_text(e));
}

/* What an earlier run left must not pass for this one's. */
static void remove_old(const char *evidence, const char *keys)
{
    static const char *const files[] = {"esp_sa", "ikev1_decryption_table",
                                        "ikev2_decryption_table"};
    struct buf b = BUF_INIT;

    (void)unlink(evidence);
    for (size_t i = 0; i < COUNT(files); i++) {
        buf_clear(&b);
        buf_addf(&b, "%s/%s", keys, files[i]);
        (void)unlink(buf_str(&b));
    }
    (void)rmdir(keys);
    buf_release(&b);
}

/* One write a line: cases that run side by side share stderr. */
static void say_line(void *id, enum log_level level, const char *line)
{
    struct buf b = BUF_INIT;

    (void)level;
    buf_addf(&b, "%s: %s\n", (const char *)id, line);
    fwrite(b.s, 1, b.n, stderr);
    buf_release(&b);
}

void run_case(const struct run_setup *s, const struct cli_env *env, const struct plan *p,
              run_progress *progress, void *ctx, struct outcome *out)
{
    char *evidence = evidence_path(s, p), *keys = keys_path(s, p);
    double start = env->wall();
    struct log log = {.level = s->log_level, .write = say_line, .ctx = (void *)(uintptr_t)p->id};
    struct replay_options o = {.seed = s->seed,
                               .epoch_ns = s->epoch_ns,
                               .version = env->version,
                               .evidence = evidence,
                               .keys_dir = s->keys ? keys : NULL,
                               .psk = s->psk,
                               .fault = s->fault,
                               .live = s->live,
                               .stop = env->stop,
                               .log = s->logs ? &log : NULL,
                               .progress = progress,
                               .progress_ctx = ctx};
    struct replay_result r = {.end = REPLAY_LAB_ERROR};
    struct diag why = {0};

    *out = (struct outcome){.verdict = VERDICT_ERROR};
    remove_old(evidence, keys);
    enum err e = replay_run(p, s->captures, &o, &r, &why);
    if (!e) {
        out->has_evidence = true;
        out->interrupted = r.end == REPLAY_INTERRUPTED;
        out->run_s = (double)r.run_time.ns / 1e9;
        e = judge_file(evidence, NULL, &out->judgement, &out->plan, &why);
    }
    if (e)
        could_not(out, e, &why);
    else
        out->verdict = out->judgement->verdict;
    out->has_keys = out->has_evidence && s->keys && access(keys, F_OK) == 0;
    out->wall_s = env->wall() - start;
    mem_free(evidence);
    mem_free(keys);
}
