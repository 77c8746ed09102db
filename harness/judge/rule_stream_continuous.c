/* A TCP stream that is to go on. */
#include "judge/judge_parts.h"

#include <stdio.h>

/* --- bytes -------------------------------------------------------------------------------------
 */

static bool both_digested(const struct jflow *f, int sender)
{
    const struct flow_bytes *sent = &f->on[sender][sender].bytes;
    const struct flow_bytes *came = &f->on[!sender][sender].bytes;

    return !sent->broken && !came->broken && sent->next == came->next;
}

/* What arrived is exactly what the case has, or exactly what was sent. */
static bool is_proved(const struct jflow *f, int sender)
{
    const struct flow_bytes *sent = &f->on[sender][sender].bytes;
    const struct flow_bytes *came = &f->on[!sender][sender].bytes;
    char sha[65];

    if (f->total[sender] == 0 || (both_digested(f, sender) && sent->hash == came->hash))
        return true;
    return f->sha[sender][0] && flow_bytes_sha(came, sha) && strcmp(sha, f->sha[sender]) == 0;
}

/* By SHA-256 alone, where the sender's LAN cannot tell. */
static bool is_other_than_planned(const struct jflow *f, int sender)
{
    const struct flow_bytes *came = &f->on[!sender][sender].bytes;
    char sha[65];

    return f->on[sender][sender].bytes.broken && f->sha[sender][0] &&
           (uint64_t)came->next == f->total[sender] && flow_bytes_sha(came, sha) &&
           strcmp(sha, f->sha[sender]) != 0;
}

static struct found *say_altered(struct judge *j, const struct jflow *f, int sender)
{
    const struct way *w = &f->way[sender];
    struct found *r = find_add(
        &j->fs, "stream", VERDICT_FAIL, BASIS_ALWAYS,
        "packet %llu: %s was altered on its way: of %s, bytes %lld to %lld arrived on %s as "
        "others than were sent",
        (unsigned long long)w->altered_packet, f->id, way_name(sender), (long long)w->good_to,
        (long long)w->altered_to, site_lan(!sender));

    found_packet(r, w->altered_packet, site_lan(!sender), 0);
    return r;
}

static struct found *say_conflict(struct judge *j, const struct jflow *f, int sender)
{
    const struct flow_bytes *b = &f->on[!sender][sender].bytes;
    struct found *r =
        find_add(&j->fs, "stream", VERDICT_FAIL, BASIS_ALWAYS,
                 "packet %llu: %llu bytes of %s (%s) came again on %s with other "
                 "content",
                 (unsigned long long)b->conflict_packet, (unsigned long long)b->conflict_bytes,
                 f->id, way_name(sender), site_lan(!sender));

    found_packet(r, b->conflict_packet, site_lan(!sender), 0);
    return r;
}

static struct found *judge_content(struct judge *j, const struct jflow *f)
{
    for (int sender = 0; sender < SITES; sender++) {
        const struct flow_bytes *sent = &f->on[sender][sender].bytes;
        const struct flow_bytes *came = &f->on[!sender][sender].bytes;
        if (sent->conflict_bytes) /* whichever arrived, it was sent: a gate says so */
            continue;
        if (f->way[sender].altered)
            return say_altered(j, f, sender);
        if (came->conflict_bytes)
            return say_conflict(j, f, sender);
        if ((both_digested(f, sender) && sent->hash != came->hash) ||
            is_other_than_planned(f, sender))
            return find_add(&j->fs, "stream", VERDICT_FAIL, BASIS_ALWAYS,
                            "%s was altered on its way: of %s, %llu bytes arrived on %s and are "
                            "not those that were sent",
                            f->id, way_name(sender), (unsigned long long)came->next,
                            site_lan(!sender));
    }
    return NULL;
}

static bool is_broken_off(const char *state)
{
    return state && (strcmp(state, "reset") == 0 || strcmp(state, "gave up") == 0);
}

/* The frames and the hosts' own account are two views of one thing. */
static struct found *judge_accounts(struct judge *j, const struct jflow *f)
{
    for (int site = 0; site < SITES; site++) {
        int sender = !site;
        uint64_t came = jflow_arrived(f, sender), total = f->total[sender];
        if (!f->has_host[site])
            continue;
        if (f->host_altered[site] && is_proved(f, sender))
            return find_add(&j->fs, "stream", VERDICT_ERROR, BASIS_SEEN,
                            "the harness contradicts itself: the %s of %s counts %llu altered "
                            "bytes, and the frames on %s are those that were sent",
                            host_name(site), f->id, (unsigned long long)f->host_altered[site],
                            site_lan(site));
        if (f->host_altered[site])
            return find_add(&j->fs, "stream", VERDICT_FAIL, BASIS_ALWAYS,
                            "%llu bytes of %s reached the %s altered",
                            (unsigned long long)f->host_altered[site], f->id, host_name(site));
        if (came >= total && f->host_delivered[site] < total && !is_broken_off(f->host_state[site]))
            return find_add(&j->fs, "stream", VERDICT_ERROR, BASIS_SEEN,
                            "the harness contradicts itself: all %llu bytes of %s are on %s, and "
                            "the %s took %llu",
                            (unsigned long long)total, f->id, site_lan(site), host_name(site),
                            (unsigned long long)f->host_delivered[site]);
        if (came < total && f->host_delivered[site] >= total)
            return find_add(&j->fs, "stream", VERDICT_INCONCLUSIVE, BASIS_MISSING,
                            "the %s of %s took all %llu bytes, and %s has only %llu of them: "
                            "frames are missing in the evidence",
                            host_name(site), f->id, (unsigned long long)total, site_lan(site),
                            (unsigned long long)came);
    }
    return NULL;
}

/* --- its end -----------------------------------------------------------------------------------
 */

static struct found *say_torn(struct judge *j, const struct jflow *f, const struct plan_expect *x,
                              const struct tear *t)
{
    int sender = jflow_larger(f);
    struct found *r = find_add(
        &j->fs, "stream", VERDICT_FAIL, BASIS_SEEN,
        "%s was torn %s, at %llu of %llu bytes: packet %llu: %s", f->id,
        say_when(&j->tl, &x->window, t->time_ns), (unsigned long long)jflow_arrived(f, sender),
        (unsigned long long)f->total[sender], (unsigned long long)t->packet, t->what);

    found_packet(r, t->packet, t->leg, t->time_ns);
    return r;
}

static const char *say_bad_checksums(struct judge *j, const struct jflow *f)
{
    char text[128] = "";

    for (int sender = 0; sender < SITES && !text[0]; sender++) {
        const struct flow_dir *d = &f->on[!sender][sender];
        if (d->bad_checksums)
            snprintf(text, sizeof(text),
                     "; %llu segments came with a wrong checksum, the first is packet %llu",
                     (unsigned long long)d->bad_checksums, (unsigned long long)d->bad_packet);
    }
    return arena_strdup(j->arena, text);
}

static struct found *judge_end(struct judge *j, const struct jflow *f, const struct plan_expect *x)
{
    struct tear t;
    int64_t last = jflow_last_move(f);
    const char *blind;

    if (jflow_complete(f))
        return NULL;
    if (jflow_torn(j, f, NULL, &t))
        return say_torn(j, f, x, &t);
    if (last != NEVER && j->tl.last_ns - last < GRACE_NS && !x->completes)
        return NULL; /* it went on until the run was over */
    if (last == NEVER)
        return find_add(&j->fs, "stream", VERDICT_FAIL, BASIS_MISSING,
                        "%s never got a byte through in %.3f s", f->id,
                        seconds(j->tl.last_ns - f->begun_ns));
    blind = logs_blind(j, f);
    if (blind)
        return find_add(&j->fs, "stream", VERDICT_FAIL, BASIS_MISSING,
                        "%s, with no reset; whether the device tore it cannot be told: %s%s",
                        say_stuck(j, f), blind, say_bad_checksums(j, f));
    return find_add(&j->fs, "stream", VERDICT_FAIL, BASIS_MISSING, "%s%s",
                    say_silent(j, f, &x->window), say_bad_checksums(j, f));
}

/* A reset by the device of a stream that got all its bytes through nevertheless. */
static struct found *judge_resets(struct judge *j, const struct jflow *f,
                                  const struct plan_expect *x)
{
    int64_t last = jflow_last_move(f);

    for (size_t i = 0; i < f->nresets && i < RECORDS_MAX; i++) {
        const struct reset *r = &f->resets[i];
        if (r->by == RESET_BY_HOST || r->time_ns >= last ||
            !window_has(&j->tl, &x->window, r->time_ns))
            continue;
        struct found *out =
            find_add(&j->fs, "stream", VERDICT_FAIL, BASIS_SEEN,
                     "packet %llu: the %s sent a reset of %s on %s, %s, though it went on",
                     (unsigned long long)r->packet, r->by == RESET_BY_PEER ? "peer" : "device",
                     f->id, r->leg, say_when(&j->tl, &x->window, r->time_ns));
        found_packet(out, r->packet, r->leg, r->time_ns);
        return out;
    }
    return NULL;
}

static struct found *judge_close(struct judge *j, const struct jflow *f,
                                 const struct plan_expect *x)
{
    for (int site = 0; x->completes && site < SITES; site++)
        if (f->has_host[site] && is_broken_off(f->host_state[site]))
            return find_add(&j->fs, "stream", VERDICT_FAIL, BASIS_MISSING,
                            "%s carried every byte, but for the %s the connection ended as \"%s\"",
                            f->id, host_name(site), f->host_state[site]);
    return NULL;
}

/* Acknowledgements that were changed on the way, and not everywhere. */
static struct found *judge_sacks(struct judge *j, const struct jflow *f)
{
    for (int site = 0; site < SITES; site++) {
        const struct way *w = &f->way[site];
        if (!w->strange_sacks)
            continue;
        struct found *out =
            find_add(&j->fs, "stream", VERDICT_FAIL, BASIS_SEEN,
                     "packet %llu: a SACK block of %s names bytes that the %s has never sent "
                     "(%llu such blocks)",
                     (unsigned long long)w->strange_packet, f->id, host_name(site),
                     (unsigned long long)w->strange_sacks);
        found_packet(out, w->strange_packet, site_lan(site), 0);
        return out;
    }
    return NULL;
}

/* --- time --------------------------------------------------------------------------------------
 */

static struct found *judge_resume(struct judge *j, const struct jflow *f,
                                  const struct plan_expect *x, const struct stream_watch *w)
{
    const struct jevent *e = timeline_get(&j->tl, x->window.since);
    int64_t due, moved, limit = x->resumes_within.ns;

    if (!limit || !e || x->window.since >= TIMELINE_EVENTS)
        return NULL;
    const struct aftermath *a = f->after ? &f->after[x->window.since] : NULL;
    if (!a || !a->known) { /* it began after the event */
        due = f->begun_ns;
        moved = w->first_move_ns;
    } else if (a->ended) {
        return find_add(&j->fs, "stream", VERDICT_UNRESOLVED, BASIS_MISSING,
                        "%s had ended before event %s: whether it would have resumed was not tried",
                        f->id, e->id);
    } else {
        due = a->due_ns;
        moved = a->stall_to_ns != NEVER ? a->stall_to_ns : a->first_ns;
    }
    if (moved == NEVER || moved == INT64_MAX)
        return find_add(&j->fs, "stream", VERDICT_FAIL, BASIS_MISSING,
                        "%s did not move again after event %s", f->id, e->id);
    if (moved - due <= limit)
        return NULL;
    return stream_timing(j, moved - due - limit,
                         "%s moved again %.3f s after event %s, later than %.3f s", f->id,
                         seconds(moved - due), e->id, seconds(limit));
}

static struct found *judge_pauses(struct judge *j, const struct jflow *f,
                                  const struct plan_expect *x, const struct stream_watch *w)
{
    if (!x->max_stall.ns || w->stall_max_ns <= x->max_stall.ns)
        return NULL;
    return stream_timing(j, w->stall_max_ns - x->max_stall.ns,
                         "%s stood still for %.3f s, from %s on, longer than %.3f s", f->id,
                         seconds(w->stall_max_ns), say_when(&j->tl, &x->window, w->stall_from_ns),
                         seconds(x->max_stall.ns));
}

/* --- all together ------------------------------------------------------------------------------
 */

/* Everything held; is it proved that the bytes are the same? The hosts checked each one, too. */
static struct found *judge_proof(struct judge *j, const struct jflow *f,
                                 const struct plan_expect *x)
{
    for (int sender = 0; sender < SITES; sender++) {
        const char *why = f->on[sender][sender].bytes.broken;
        if (!why)
            why = f->on[!sender][sender].bytes.broken;
        bool by_host = f->has_host[!sender] && f->host_delivered[!sender] >= f->total[sender];
        if (is_proved(f, sender) || by_host || !x->completes)
            continue;
        return find_add(&j->fs, "stream", VERDICT_INCONCLUSIVE, BASIS_MISSING,
                        "all %llu bytes of %s (%s) arrived, but their digest cannot be told: %s",
                        (unsigned long long)f->total[sender], f->id, way_name(sender),
                        why ? why : "the sender's LAN does not have them");
    }
    return NULL;
}

static struct found *say_continuous(struct judge *j, const struct jflow *f,
                                    const struct stream_watch *w)
{
    bool proved = is_proved(f, BO) && is_proved(f, HO);
    uint64_t came = jflow_arrived(f, BO) + jflow_arrived(f, HO);
    const char *how = !jflow_complete(f) ? " so far, still moving when the run ended"
                      : proved           ? ", all of them, unaltered"
                                         : ", all of them by the hosts' own account";

    return find_add(&j->fs, "stream", VERDICT_PASS, BASIS_SEEN,
                    "%s: %llu bytes%s; longest pause %.3f s", f->id, (unsigned long long)came, how,
                    seconds(w->stall_max_ns));
}

struct found *stream_continuous(struct judge *j, const struct jflow *f, const struct plan_expect *x,
                                const struct stream_watch *w)
{
    struct found *r = judge_content(j, f);

    if (!r)
        r = judge_accounts(j, f);
    if (!r)
        r = judge_end(j, f, x);
    if (!r)
        r = judge_resets(j, f, x);
    if (!r)
        r = judge_sacks(j, f);
    if (!r)
        r = judge_resume(j, f, x, w);
    if (!r)
        r = judge_pauses(j, f, x, w);
    if (!r)
        r = judge_close(j, f, x);
    if (!r)
        r = judge_proof(j, f, x);
    return r ? r : say_continuous(j, f, w);
}
