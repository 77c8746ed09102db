/* Before any verdict: is the evidence whole, did every stimulus bite, did the harness itself do
 * what it was to do. */
#include "judge/judge_parts.h"

/* --- the run -----------------------------------------------------------------------------------
 */

static void gate_end(struct judge *j)
{
    const struct timeline *t = &j->tl;
    double ran = t->first_ns == NEVER ? 0 : seconds(t->last_ns - t->first_ns);
    const char *why = t->end_reason ? t->end_reason : "no reason given";

    if (t->damaged) {
        find_add(&j->fs, "gate", VERDICT_INCONCLUSIVE, BASIS_MISSING,
                 "the evidence is damaged behind packet %llu: it %s",
                 (unsigned long long)t->last_packet, t->damage);
        return;
    }
    switch (t->end) {
    case RUN_COMPLETE: return;
    case RUN_NONE:
        find_add(
            &j->fs, "gate", VERDICT_INCONCLUSIVE, BASIS_MISSING,
            "the evidence has no run-end: it was cut off after packet %llu, %.3f s into the run",
            (unsigned long long)t->last_packet, ran);
        return;
    case RUN_INTERRUPTED:
        find_add(&j->fs, "gate", VERDICT_INCONCLUSIVE, BASIS_MISSING,
                 "the run was interrupted after %.3f s", ran);
        return;
    case RUN_TIMEOUT:
        find_add(&j->fs, "gate", VERDICT_ERROR, BASIS_MISSING,
                 "the case's timeout passed: the run was ended after %.3f s", ran);
        return;
    case RUN_ERROR:
        find_add(&j->fs, "gate", VERDICT_ERROR, BASIS_MISSING,
                 "the run could not go on after %.3f s: %s", ran, why);
        return;
    case RUN_OTHER:
        find_add(&j->fs, "gate", VERDICT_INCONCLUSIVE, BASIS_MISSING,
                 "the run ended in a way that is not known: \"%s\"",
                 t->end_word ? t->end_word : "");
        return;
    }
}

/* What a run that was cut off does not show may have happened all the same. */
static enum verdict unresolved(const struct judge *j)
{
    return timeline_is_whole(&j->tl) || j->tl.end == RUN_TIMEOUT ? VERDICT_UNRESOLVED
                                                                 : VERDICT_INCONCLUSIVE;
}

/* --- stimuli -----------------------------------------------------------------------------------
 */

static void never_reached(struct judge *j, const struct jevent *e)
{
    const struct plan_event *p = e->spec;
    const struct jflow *f = jflow_of_plan(&j->flows, p->stream);
    const char *id = j->plan->streams[p->stream].id;

    if (!f) {
        find_add(&j->fs, "gate", unresolved(j), BASIS_MISSING,
                 "event %s (%s) never fired: stream %s was not begun", e->id, e->action_name, id);
        return;
    }
    int sender = jflow_larger(f);
    uint64_t total = f->total[sender], came = jflow_arrived(f, sender);
    find_add(&j->fs, "gate", unresolved(j), BASIS_MISSING,
             "event %s (%s) never fired: stream %s reached only %.0f %% of its %llu bytes", e->id,
             e->action_name, id, total ? 100.0 * (double)came / (double)total : 0.0,
             (unsigned long long)total);
}

static void gate_never(struct judge *j, const struct jevent *e)
{
    const struct plan_event *p = e->spec;

    if (p && p->when == WHEN_OFFSET && p->stream >= 0) {
        never_reached(j, e);
        return;
    }
    if (p && p->when == WHEN_AFTER)
        find_add(&j->fs, "gate", unresolved(j), BASIS_MISSING,
                 "event %s (%s) never fired: event %s, which it waits for, %s", e->id,
                 e->action_name, j->plan->events[p->after].id,
                 timeline_get(&j->tl, p->after)->sent_ns == NEVER ? "never did" : "came too late");
    else if (p && p->when == WHEN_LOG)
        find_add(&j->fs, "gate", unresolved(j), BASIS_MISSING,
                 "event %s (%s) never fired: message %u, which it waits for, did not come", e->id,
                 e->action_name, p->log_id);
    else
        find_add(&j->fs, "gate", unresolved(j), BASIS_MISSING,
                 "event %s (%s) never fired: the run was over before", e->id, e->action_name);
}

/* What the evidence itself, beside the event's own lines, has to say of it. */
enum witness { WITNESS_NONE, WITNESS_AGREES, WITNESS_DENIES };

static bool was_there(const struct sa *sa, int64_t ns)
{
    return (sa->first_ns != NEVER && sa->first_ns < ns) || (sa->up_ns != NEVER && sa->up_ns < ns) ||
           (sa->logged_up_ns != NEVER && sa->logged_up_ns < ns);
}

/* Of the SAs from before NS, one went by its line or by the log; else one that is used for long
 * after it speaks against it. */
static enum witness sa_went(const struct judge *j, int64_t ns)
{
    enum witness w = WITNESS_NONE;

    for (uint32_t i = 0; i < j->wan.nsas; i++) {
        const struct sa *sa = &j->wan.sas[i];
        if (!was_there(sa, ns))
            continue;
        if (sa->down_ns >= ns || sa->logged_down_ns >= ns)
            return WITNESS_AGREES;
        if (sa->last_ns > ns + GRACE_NS)
            w = WITNESS_DENIES;
    }
    return w;
}

static enum witness sa_came(const struct judge *j, int64_t ns)
{
    enum witness w = j->wan.esp_packets ? WITNESS_DENIES : WITNESS_NONE;

    for (uint32_t i = 0; i < j->wan.nsas; i++) {
        const struct sa *sa = &j->wan.sas[i];
        if (sa->first_ns >= ns || sa->up_ns >= ns || sa->logged_up_ns >= ns)
            return WITNESS_AGREES;
    }
    return w;
}

static enum witness ike_changed(const struct judge *j, int64_t ns)
{
    for (size_t i = 0; i < j->wan.nikes; i++) {
        const struct ike_sa *s = &j->wan.ikes[i];
        if (s->up_ns >= ns || s->down_ns >= ns || (s->proved_ns != NEVER && s->first_ns >= ns))
            return WITNESS_AGREES;
    }
    for (int site = 0; site < SITES; site++)
        if (j->logs.device[site].ended_ns >= ns || j->logs.device[site].phase1_ns >= ns)
            return WITNESS_AGREES;
    return j->wan.nikes ? WITNESS_DENIES : WITNESS_NONE;
}

/* A peer that has forgotten its SAs sends nothing more with them. */
static enum witness peer_forgot(const struct judge *j, int64_t ns)
{
    for (uint32_t i = 0; i < j->wan.nsas; i++) {
        const struct sa *sa = &j->wan.sas[i];
        if (sa->way == TO_DEVICE && sa->first_ns != NEVER && sa->first_ns < ns &&
            sa->last_ns > ns + GRACE_NS)
            return WITNESS_DENIES;
    }
    return WITNESS_NONE;
}

static bool wan_was_shut(const struct judge *j)
{
    for (size_t i = 0; i < j->plan->nevents; i++)
        if (j->plan->events[i].action == ACTION_BLACKHOLE && j->plan->events[i].leg == LEG_WAN)
            return true;
    return false;
}

static enum witness witness_of(const struct judge *j, const struct jevent *e)
{
    int64_t ns = e->sent_ns;

    if (e->spec && e->spec->crosses) /* what comes of it is for the rules to say */
        return j->wan.asked_ns >= ns ? WITNESS_AGREES : WITNESS_DENIES;
    switch (e->action) {
    case ACTION_PHASE2_DELETE: return sa_went(j, ns);
    case ACTION_PHASE1_DELETE:
        return sa_went(j, ns) == WITNESS_AGREES ? WITNESS_AGREES : ike_changed(j, ns);
    case ACTION_PHASE2_REKEY:
    case ACTION_ESTABLISH: return sa_came(j, ns);
    case ACTION_PHASE1_REKEY: return ike_changed(j, ns);
    case ACTION_BLACKHOLE:
        if (e->spec && e->spec->leg != LEG_WAN)
            break; /* a host that is unplugged has no frames */
        return j->wan.eaten && j->wan.last_eaten_ns >= ns ? WITNESS_AGREES : WITNESS_DENIES;
    case ACTION_RESTORE:
        if (e->spec && !wan_was_shut(j))
            break;
        return j->wan.last_passed_ns >= ns ? WITNESS_AGREES : WITNESS_DENIES;
    case ACTION_PEER_CRASH: return peer_forgot(j, ns);
    default: break;
    }
    return WITNESS_NONE;
}

static void gate_event(struct judge *j, const struct jevent *e)
{
    if (e->failed) {
        find_add(&j->fs, "gate", VERDICT_UNRESOLVED, BASIS_MISSING, "event %s (%s) failed: %s",
                 e->id, e->action_name, e->reason ? e->reason : "no reason given");
    } else if (e->sent_ns == NEVER) {
        gate_never(j, e);
    } else if (e->confirmed_ns == NEVER) {
        find_add(&j->fs, "gate", unresolved(j), BASIS_MISSING,
                 "event %s (%s) was sent and nothing on the wire shows that it bit", e->id,
                 e->action_name);
    } else if (witness_of(j, e) == WITNESS_DENIES) {
        find_add(&j->fs, "gate", VERDICT_UNRESOLVED, BASIS_MISSING,
                 "event %s (%s) was confirmed (%s), but neither the WAN nor the log shows it",
                 e->id, e->action_name, e->detail ? e->detail : "no detail given");
    }
}

/* --- the harness -------------------------------------------------------------------------------
 */

/* What left a host is not what the case says, or was sent twice with other content. */
static void gate_sender(struct judge *j, const struct jflow *f, int sender)
{
    const struct flow_dir *d = &f->on[sender][sender];
    char sha[65];

    if (d->bytes.conflict_bytes) {
        struct found *x =
            find_add(&j->fs, "gate", VERDICT_ERROR, BASIS_SEEN,
                     "packet %llu: the %s of %s itself sent %llu bytes again with other content",
                     (unsigned long long)d->bytes.conflict_packet, host_name(sender), f->id,
                     (unsigned long long)d->bytes.conflict_bytes);
        found_packet(x, d->bytes.conflict_packet, site_lan(sender), 0);
    }
    if (f->sha[sender][0] && (uint64_t)d->bytes.next == f->total[sender] && f->total[sender] > 0 &&
        flow_bytes_sha(&d->bytes, sha) && strcmp(sha, f->sha[sender]) != 0)
        find_add(&j->fs, "gate", VERDICT_ERROR, BASIS_SEEN,
                 "the %s of %s itself sent other bytes than the case has: SHA-256 %.16s..., not "
                 "%.16s...",
                 host_name(sender), f->id, sha, f->sha[sender]);
}

static void gate_hosts(struct judge *j)
{
    if (j->flows.refused)
        find_add(&j->fs, "gate", VERDICT_INCONCLUSIVE, BASIS_MISSING,
                 "%zu streams of the evidence cannot be followed: their lines are broken, or there "
                 "are more than %d",
                 j->flows.refused, FLOWS_MAX);
    for (size_t i = 0; i < j->flows.n; i++)
        for (int sender = 0; sender < SITES; sender++)
            if (j->flows.list[i]->proto == IP_TCP)
                gate_sender(j, j->flows.list[i], sender);
    if (j->wan.bad_from_peer) {
        struct found *x = find_add(
            &j->fs, "gate", VERDICT_ERROR, BASIS_SEEN,
            "packet %llu: the harness's own peer sent ESP that its keys do not open (%llu packets)",
            (unsigned long long)j->wan.bad_from_peer_packet,
            (unsigned long long)j->wan.bad_from_peer);
        found_packet(x, j->wan.bad_from_peer_packet, "wan", 0);
    }
}

void gates_judge(struct judge *j)
{
    gate_end(j);
    for (size_t i = 0; i < j->tl.n; i++)
        gate_event(j, &j->tl.events[i]);
    gate_hosts(j);
}
