/* Any bytes as evidence of a run that has every kind of expectation, and once more without a plan.
 */
#include "judge/judge.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ALL_OF_IT    .stream = 0, .any_site = true, .phase = 2
#define WINDOW(a, b) .window = {a, b, {INT64_C(5000000000)}}

static const struct plan_stream streams[] = {{.id = "dl", .after = -1}, {.id = "dns", .after = 0}};

static const struct plan_event events[] = {
    {.id = "cut", .action = ACTION_PHASE2_DELETE, .when = WHEN_OFFSET, .percent = 40, .after = -1},
    {.id = "back", .action = ACTION_RESTORE, .when = WHEN_AFTER, .stream = -1, .after = 0},
    {.id = "rekey", .action = ACTION_PHASE2_REKEY, .when = WHEN_LOG, .stream = 0, .after = -1},
};

static const struct plan_expect expects[] = {
    {.rule = RULE_LOG,
     .log_id = 302014,
     .reason = "tunnel",
     .min = 1,
     .max = 1,
     ALL_OF_IT,
     WINDOW(0, 1)},
    {.rule = RULE_NO_LOG, .log_id = 302014, .text = "torn", ALL_OF_IT, WINDOW(-1, -1)},
    {.rule = RULE_LOG, .log_id = 302014, ALL_OF_IT, WINDOW(-1, 0)}, /* count="0" */
    {.rule = RULE_STREAM,
     .stream_is = IS_CONTINUOUS,
     .completes = true,
     .resumes_within = {1000000000},
     .max_stall = {1000000000},
     ALL_OF_IT,
     .window = {0, -1, {0}}},
    {.rule = RULE_STREAM, .stream_is = IS_TORN, ALL_OF_IT, WINDOW(0, -1)},
    {.rule = RULE_STREAM, .stream_is = IS_STALLED, ALL_OF_IT, .window = {-1, -1, {0}}},
    {.rule = RULE_STREAM, .stream_is = IS_IDLE, ALL_OF_IT, .window = {0, 1, {0}}},
    {.rule = RULE_STREAM,
     .stream_is = IS_CONTINUOUS,
     .completes = true,
     .stream = 1,
     .window = {-1, -1, {0}}},
    {.rule = RULE_TUNNEL, .tunnel_is = TUNNEL_REPLACED, ALL_OF_IT, .window = {2, -1, {0}}},
    {.rule = RULE_TUNNEL, .tunnel_is = TUNNEL_KEPT, ALL_OF_IT, .window = {-1, -1, {0}}},
    {.rule = RULE_TUNNEL, .tunnel_is = TUNNEL_DELETED, ALL_OF_IT, WINDOW(0, -1)},
    {.rule = RULE_TUNNEL, .tunnel_is = TUNNEL_DOWN, .phase = 1, WINDOW(0, -1)},
    {.rule = RULE_RESET, .reset_by = RESET_BY_DEVICE, .max = 0, ALL_OF_IT, WINDOW(-1, 0)},
    {.rule = RULE_NO_CLEARTEXT, .stream = -1, .window = {-1, -1, {0}}},
};

static struct plan make_plan(void)
{
    return (struct plan){
        .id = "fuzz",
        .lab = {.bo_host = ip4(0x0a01000a),
                .ho_host = ip4(0xc0a8320a),
                .bo_outside = ip4(0xd1a5c902),
                .ho_outside = ip4(0xd1a5c80a),
                .bo_net = {ip4(0x0a010000), 24},
                .mgmt_device = ip4(0x0a020001),
                .mgmt_host = ip4(0x0a020002)},
        .streams = streams,
        .nstreams = 2,
        .events = events,
        .nevents = 3,
        .expects = expects,
        .nexpects = sizeof(expects) / sizeof(expects[0]),
    };
}

static void judge(struct bytes file, const struct plan *p)
{
    struct evidence_reader *r;
    struct judgement *j;
    struct diag why = {0};

    if (evidence_open_bytes(file, &r, &why))
        return;
    if (judge_evidence(r, p, &j))
        bug("judging that fails");
    if (j->nfindings && j->verdict != j->findings[0].verdict)
        bug("a verdict that is not that of the worst finding");
    if (p && j->nfindings < p->nexpects)
        bug("an expectation without a finding");
    judgement_free(j);
    evidence_reader_free(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct plan p = make_plan();

    judge(bytes_of(data, size), &p);
    p.lab.mode = MODE_PAIR;
    judge(bytes_of(data, size), &p);
    judge(bytes_of(data, size), NULL);
    return 0;
}
