/* Before any rule: is the evidence whole, and did the stimulus bite? */
#include "judge/judge_parts.h"

static void gate_end(struct judge *j)
{
    if (!j->has_end) {
        find_add(j, "gate", VERDICT_INCONCLUSIVE,
                 "the evidence ends without run-end: the run was cut off");
    } else if (strcmp(j->end_state, "interrupted") == 0) {
        find_add(j, "gate", VERDICT_INCONCLUSIVE, "the run was interrupted");
    } else if (strcmp(j->end_state, "timeout") == 0) {
        find_add(j, "gate", VERDICT_ERROR, "the run did not end by itself: %s", j->end_reason);
    } else if (strcmp(j->end_state, "error") == 0) {
        find_add(j, "gate", VERDICT_ERROR, "the lab failed: %s", j->end_reason);
    }
    if (j->damaged)
        find_add(j, "gate", VERDICT_INCONCLUSIVE, "the evidence file is damaged after packet %llu",
                 (unsigned long long)j->out->packets);
    if (j->dropped)
        find_add(j, "gate", VERDICT_INCONCLUSIVE, "the capture lost %llu frames",
                 (unsigned long long)j->dropped);
}

/* How far the stream had come, for an event that waited for more. */
static void say_never(struct judge *j, const struct jevent *e, const struct plan_event *p)
{
    const struct jstream *s = stream_by_plan(j, p->stream);

    if (p->when == WHEN_OFFSET && s) {
        int sender = larger_sender(s);
        find_add(j, "gate", VERDICT_UNRESOLVED,
                 "event %s (%s) never happened: %s reached %lld of %llu bytes", e->id, e->action,
                 s->id, (long long)s->dir[!sender][sender].tcp.in_order,
                 (unsigned long long)s->total[sender]);
    } else {
        find_add(j, "gate", VERDICT_UNRESOLVED, "event %s (%s) never happened", e->id, e->action);
    }
}

/* Our own word for it is held against the wire where the wire can tell. */
static bool wire_agrees(const struct judge *j, const struct jevent *e, enum plan_action action)
{
    bool any = false, gone = false, fresh = false;

    if (j->plan->lab.mode == MODE_PAIR)
        return true; /* the harness knows none of the devices' SAs */
    for (size_t i = 0; i < j->nsas; i++) {
        const struct sa_seen *sa = &j->sas[i];
        if (sa->up_ns == NEVER)
            continue;
        any = true;
        gone = gone || (sa->down_said && sa->down_ns >= e->sent_ns);
        fresh = fresh || sa->up_ns >= e->sent_ns;
    }
    if (!any)
        return true;
    if (action == ACTION_PHASE2_DELETE || action == ACTION_PHASE1_DELETE)
        return gone;
    if (action == ACTION_PHASE2_REKEY || action == ACTION_ESTABLISH)
        return fresh;
    return true;
}

static void gate_event(struct judge *j, const struct jevent *e, const struct plan_event *p)
{
    if (e->failed) {
        find_add(j, "gate", VERDICT_UNRESOLVED, "event %s (%s) failed: %s", e->id, e->action,
                 e->reason ? e->reason : "no reason given");
    } else if (e->sent_ns == NEVER) {
        say_never(j, e, p);
    } else if (e->confirmed_ns == NEVER) {
        find_add(j, "gate", VERDICT_UNRESOLVED,
                 "event %s (%s) was sent and nothing on the wire or in the log shows that it bit",
                 e->id, e->action);
    } else if (!wire_agrees(j, e, p->action)) {
        find_add(j, "gate", VERDICT_UNRESOLVED,
                 "event %s (%s) was confirmed, but no SA came or went after it", e->id, e->action);
    }
}

/* What the senders' own frames say against the case: then it is not the device that altered. */
static void gate_senders(struct judge *j)
{
    for (size_t i = 0; i < j->nstreams; i++) {
        const struct jstream *s = &j->streams[i];
        for (int sender = 0; sender < SITES; sender++) {
            const struct leg_dir *d = &s->dir[sender][sender];
            if (d->tcp.conflict_bytes)
                find_add(j, "gate", VERDICT_ERROR,
                         "%s: the sender itself sent %llu bytes twice with other content", s->id,
                         (unsigned long long)d->tcp.conflict_bytes);
        }
    }
}

void gates_judge(struct judge *j)
{
    gate_end(j);
    for (size_t i = 0; i < j->nevents; i++)
        gate_event(j, &j->events[i], &j->plan->events[j->events[i].plan]);
    gate_senders(j);
}
