#include "tests/sample_run.h"

#include "base/attr.h"

static const char *const tags[] = {"tcp", "phase2"};
static const char *const attachments[] = {"out/pass.keys", "out/more.txt"};

static const struct report_case cases[SAMPLE_CASES] = {
    [SAMPLE_PASS] = {.id = "pass",
                     .title = "Nothing is lost",
                     .file = "cases/pass.xml",
                     .line = 3,
                     .tags = tags,
                     .ntags = COUNT(tags),
                     .verdict = VERDICT_PASS,
                     .wall_s = 1.2345,
                     .run_s = 61.5,
                     .evidence = "out/pass.pcapng",
                     .attachments = attachments,
                     .nattachments = COUNT(attachments),
                     .device = "reference"},
    [SAMPLE_FAIL] = {.id = "fail",
                     .title = "A title with <angles> & \"quotes\"",
                     .file = "cases/fail.xml",
                     .line = 4,
                     .suite = "rekey.phase1",
                     .verdict = VERDICT_FAIL,
                     .wall_s = 0.5,
                     .run_s = 5,
                     .evidence = "out/fail.pcapng",
                     .device = "reference",
                     .rerun = "holdfast run --seed 1 cases/fail.xml"},
    [SAMPLE_ERROR] = {.id = "error",
                      .title = "E",
                      .file = "cases/error.xml",
                      .line = 5,
                      .verdict = VERDICT_ERROR,
                      .why = "the interface is gone: " SAMPLE_HOSTILE,
                      .wall_s = 0.001},
    [SAMPLE_UNRESOLVED] = {.id = "unresolved",
                           .title = "U",
                           .file = "cases/unresolved.xml",
                           .line = 6,
                           .verdict = VERDICT_UNRESOLVED,
                           .why = "the tunnel was never deleted"},
    [SAMPLE_INCONCLUSIVE] = {.id = "inconclusive",
                             .title = "I",
                             .file = "cases/inconclusive.xml",
                             .line = 7,
                             .suite = "rekey.phase1",
                             .verdict = VERDICT_INCONCLUSIVE,
                             .why = "no 302013 was seen"},
    [SAMPLE_SKIPPED] = {.id = "skipped",
                        .title = "S",
                        .file = "cases/skipped.xml",
                        .line = 8,
                        .verdict = VERDICT_SKIPPED,
                        .why = "not run: interrupted"},
};

static const struct finding fail_findings[] = {
    {.rule = "no-log",
     .verdict = VERDICT_FAIL,
     .message = "expected no 302014, got 1: " SAMPLE_HOSTILE,
     .file = "cases/fail.xml",
     .line = 19,
     .packet = 1234,
     .leg = "mgmt",
     .time_ns = INT64_C(1767225600123456789)},
    {.rule = "stream",
     .verdict = VERDICT_FAIL,
     .message = "dl ended by a reset",
     .file = "cases/fail.xml",
     .line = 21},
    {.rule = "no-cleartext", .verdict = VERDICT_PASS, .message = "nothing in clear"},
};

static const struct finding pass_findings[] = {
    {.rule = "stream",
     .verdict = VERDICT_PASS,
     .message = "dl: all of it",
     .file = "cases/pass.xml",
     .line = 9},
};

static const struct metric metrics[] = {
    {.name = "stall_max_ms", .stream = "dl", .value = 6824.6215},
    {.name = "rexmt_pkts", .stream = "dl", .value = 7, .is_integer = true},
    {.name = "stream_sha256_sink", .stream = "dl", .text = "abcdef"},
    {.name = "tunnel_down_ms", .is_null = true, .why_null = "no event"},
    {.name = "cleartext_leak_pkts", .value = 0, .is_integer = true},
};

static const struct event_outcome events[] = {
    {"drop", "phase2-delete", "confirmed", "evidence", INT64_C(1767225600409367936), 409367936},
    {"later", "establish", "planned", "evidence", 0, 0},
};

static struct judgement *judged(struct arena *a, enum verdict v, const struct finding *f, size_t n)
{
    struct judgement *j = arena_alloc(a, sizeof(*j));

    *j = (struct judgement){.case_id = "sample",
                            .verdict = v,
                            .findings = arena_array(a, n, sizeof(*f)),
                            .nfindings = n,
                            .metrics = arena_array(a, COUNT(metrics), sizeof(*metrics)),
                            .nmetrics = COUNT(metrics),
                            .events = arena_array(a, COUNT(events), sizeof(*events)),
                            .nevents = COUNT(events),
                            .packets = 4321};
    memcpy(j->findings, f, n * sizeof(*f));
    memcpy(j->metrics, metrics, sizeof(metrics));
    memcpy(j->events, events, sizeof(events));
    return j;
}

void sample_run(struct arena *arena, struct report_run *out)
{
    struct report_case *c = arena_array(arena, SAMPLE_CASES, sizeof(*c));

    memcpy(c, cases, sizeof(cases));
    c[SAMPLE_PASS].judgement = judged(arena, VERDICT_PASS, pass_findings, COUNT(pass_findings));
    c[SAMPLE_FAIL].judgement = judged(arena, VERDICT_FAIL, fail_findings, COUNT(fail_findings));
    *out = (struct report_run){.version = "holdfast 0.0.0",
                               .name = "holdfast",
                               .seed = 18446744073709551615u,
                               .started_s = 1767225600,
                               .hostname = "bench1",
                               .wall_s = 81.0016,
                               .cases = c,
                               .ncases = SAMPLE_CASES};
}

struct report_case *sample_case(struct report_run *run, size_t i)
{
    return (struct report_case *)(uintptr_t)&run->cases[i];
}

struct judgement *sample_judgement(struct report_run *run, size_t i)
{
    return (struct judgement *)(uintptr_t)run->cases[i].judgement;
}
