#include "judge/judge.h"

#include "judge/judge_parts.h"

#define LATE_LIMIT_NS INT64_C(100000000) /* later than this, the harness's timing says nothing */

int judge_peer_site(const struct judge *j)
{
    if (!j->plan || j->plan->lab.mode != MODE_PEER)
        return SITES;
    return j->plan->lab.device_site == SITE_BO ? HO : BO;
}

bool judge_blames_lateness(const struct judge *j, int64_t excess_ns)
{
    int64_t late = timeline_late_ns(&j->tl);

    if (j->meta->virtual_time)
        return false;
    return late >= LATE_LIMIT_NS || (late > 0 && late >= excess_ns);
}

/* --- judging -----------------------------------------------------------------------------------
 */

static void judge_rules(struct judge *j)
{
    static void (*const rules[RULE_COUNT])(struct judge *, size_t, const struct plan_expect *) = {
        [RULE_LOG] = rule_log,       [RULE_NO_LOG] = rule_no_log,
        [RULE_STREAM] = rule_stream, [RULE_NO_CLEARTEXT] = rule_no_cleartext,
        [RULE_TUNNEL] = rule_tunnel, [RULE_RESET] = rule_reset,
        [RULE_ANSWER] = rule_answer, [RULE_PACKET] = rule_packet,
        [RULE_IKE] = rule_ike,
    };

    for (size_t i = 0; i < j->plan->nexpects; i++)
        rules[j->plan->expects[i].rule](j, i, &j->plan->expects[i]);
    rule_esp(j);
    rule_decrypt(j);
}

static void say_events(struct judge *j)
{
    struct judgement *o = j->out;

    o->events = arena_array(j->arena, j->tl.n + 1, sizeof(*o->events));
    o->nevents = j->tl.n;
    for (size_t i = 0; i < j->tl.n; i++) {
        const struct jevent *e = &j->tl.events[i];
        const char *state = e->failed                  ? "failed"
                            : e->confirmed_ns != NEVER ? "confirmed"
                            : e->sent_ns != NEVER      ? "sent"
                                                       : "planned";
        o->events[i] = (struct event_outcome){
            .id = e->id, .action = e->action_name, .state = state, .source = "evidence"};
        if (e->sent_ns == NEVER)
            continue;
        o->events[i].time_ns = e->sent_ns;
        o->events[i].run_ns = e->sent_ns - j->tl.first_ns;
        if (j->meta->epoch_ns > 0 && j->meta->epoch_ns <= e->sent_ns)
            o->events[i].run_ns = e->sent_ns - j->meta->epoch_ns;
    }
}

enum err judge_evidence(struct evidence_reader *r, const struct plan *plan, struct judgement **out)
{
    struct judge *j = judge_begin(evidence_reader_meta(r), plan);
    enum err e;

    while (!(e = evidence_next(r, &j->rec)))
        judge_take_frame(j);
    timeline_finish(&j->tl, e, evidence_totals(r));
    jflows_finish(j);
    gates_judge(j);
    size_t gates = j->fs.n;
    if (plan)
        judge_rules(j);
    findings_temper(&j->fs, gates);
    metrics_case(j);
    for (size_t i = 0; i < j->flows.n; i++)
        metrics_stream(j, j->flows.list[i]);
    say_events(j);
    judge_outcomes(j);
    findings_finish(&j->fs, j->out);
    j->out->packets = j->tl.last_packet;
    *out = j->out;
    judge_release(j);
    return ERR_OK;
}
