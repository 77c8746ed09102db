/* <no-cleartext>, <reset>, and decrypt-and-compare. */
#include "judge/judge_parts.h"

/* --- clear text --------------------------------------------------------------------------------
 */

void rule_no_cleartext(struct judge *j, size_t i, const struct plan_expect *x)
{
    const struct leak_watch *w = &j->wan.leaks[i];
    struct found *f;

    if (w->packets) {
        f = find_add(&j->fs, "no-cleartext", VERDICT_FAIL, BASIS_ALWAYS,
                     "packet %llu: %s, in clear on the WAN, %s (%llu such packets)",
                     (unsigned long long)w->first_packet, w->what,
                     say_when(&j->tl, &x->window, w->first_ns), (unsigned long long)w->packets);
        found_packet(f, w->first_packet, "wan", w->first_ns);
    } else if (j->tl.dropped[EV_WAN]) {
        f = find_add(&j->fs, "no-cleartext", VERDICT_INCONCLUSIVE, BASIS_MISSING,
                     "nothing in clear on the WAN, but its capture lost %llu frames",
                     (unsigned long long)j->tl.dropped[EV_WAN]);
    } else if (!j->tl.captured[EV_WAN]) {
        f = find_add(&j->fs, "no-cleartext", VERDICT_INCONCLUSIVE, BASIS_MISSING,
                     "there is no wan in the evidence");
    } else if (!timeline_is_whole(&j->tl)) {
        f = find_add(&j->fs, "no-cleartext", VERDICT_INCONCLUSIVE, BASIS_MISSING,
                     "nothing in clear on the WAN, as far as the evidence goes");
    } else {
        f = find_add(&j->fs, "no-cleartext", VERDICT_PASS, BASIS_MISSING,
                     "nothing in clear among %llu frames on the WAN",
                     (unsigned long long)j->tl.legs[EV_WAN].frames);
    }
    found_place(f, x);
}

/* --- resets ------------------------------------------------------------------------------------
 */

static bool counts(const struct judge *j, const struct plan_expect *x, const struct reset *r)
{
    return window_has(&j->tl, &x->window, r->time_ns) &&
           (x->reset_by == RESET_BY_ANY || x->reset_by == r->by);
}

struct tally {
    uint64_t n;
    const struct reset *first;
    const struct jflow *of;
    bool overflow; /* there were more than are kept */
};

static struct tally tally(const struct judge *j, const struct plan_expect *x)
{
    struct tally t = {0};

    for (size_t i = 0; i < j->flows.n; i++) {
        const struct jflow *f = j->flows.list[i];
        if (x->stream >= 0 && f->plan != x->stream)
            continue;
        t.overflow = t.overflow || f->nresets > RECORDS_MAX;
        for (size_t k = 0; k < f->nresets && k < RECORDS_MAX; k++) {
            if (!counts(j, x, &f->resets[k]))
                continue;
            t.n++;
            if (!t.first || f->resets[k].packet < t.first->packet) {
                t.first = &f->resets[k];
                t.of = f;
            }
        }
    }
    return t;
}

static const char *maker(enum plan_reset_by by)
{
    static const char *const makers[] = {"anybody", "the device", "a host", "the peer"};

    return makers[by];
}

void rule_reset(struct judge *j, size_t i, const struct plan_expect *x)
{
    struct tally t = tally(j, x);
    uint64_t min = x->min > 0 ? (uint64_t)x->min : 0;
    bool few = t.n < min, many = x->max >= 0 && t.n > (uint64_t)x->max;
    const char *where = say_window(&j->tl, &x->window);
    struct found *f;
    int64_t from, to;

    (void)i;
    if (!window_bounds(&j->tl, &x->window, &from, &to)) {
        f = find_add(&j->fs, "reset", VERDICT_UNRESOLVED, BASIS_MISSING,
                     "event %s was not sent, so there is nothing to look at",
                     j->plan->events[x->window.since].id);
    } else if (!t.first) {
        bool lost =
            j->tl.dropped[EV_BO_LAN] || j->tl.dropped[EV_HO_LAN] || !timeline_is_whole(&j->tl);
        f = find_add(&j->fs, "reset",
                     lost  ? VERDICT_INCONCLUSIVE
                     : few ? VERDICT_FAIL
                           : VERDICT_PASS,
                     BASIS_MISSING, "no reset by %s%s%s", maker(x->reset_by), where,
                     lost ? ", as far as the evidence goes" : "");
    } else {
        f = find_add(&j->fs, "reset", few || many ? VERDICT_FAIL : VERDICT_PASS,
                     few ? BASIS_MISSING : BASIS_SEEN,
                     "packet %llu: a reset of %s by %s on %s, %s; %s%llu by %s in all%s%s",
                     (unsigned long long)t.first->packet, t.of->id, maker(t.first->by),
                     t.first->leg, say_when(&j->tl, &x->window, t.first->time_ns),
                     t.overflow ? "at least " : "", (unsigned long long)t.n, maker(x->reset_by),
                     where,
                     few    ? ", fewer than expected"
                     : many ? ", more than expected"
                            : "");
        found_packet(f, t.first->packet, t.first->leg, t.first->time_ns);
    }
    found_place(f, x);
}

/* --- decrypt-and-compare -----------------------------------------------------------------------
 */

void rule_decrypt(struct judge *j)
{
    const struct wan *w = &j->wan;
    struct found *f;

    if (!inner_compares(j) || (!w->opened && !w->bad_from_device))
        return; /* headers only, pair mode, or no keys: the metric says which */
    if (w->bad_from_device) {
        f = find_add(&j->fs, "decrypt", VERDICT_FAIL, BASIS_ALWAYS,
                     "packet %llu: ESP from the device does not open with the SA's keys "
                     "(%llu packets)",
                     (unsigned long long)w->bad_from_device_packet,
                     (unsigned long long)w->bad_from_device);
        found_packet(f, w->bad_from_device_packet, "wan", 0);
    } else if (w->mismatches) {
        f = find_add(&j->fs, "decrypt", VERDICT_FAIL, BASIS_ALWAYS,
                     "packet %llu on %s has no equal on the other side of ESP (%llu packets)",
                     (unsigned long long)w->mismatch_packet, w->mismatch_leg,
                     (unsigned long long)w->mismatches);
        found_packet(f, w->mismatch_packet, w->mismatch_leg, 0);
        if (j->tl.dropped[EV_WAN] || j->tl.dropped[EV_BO_LAN] || j->tl.dropped[EV_HO_LAN])
            f->f.verdict = VERDICT_INCONCLUSIVE;
    } else {
        find_add(&j->fs, "decrypt", VERDICT_PASS, BASIS_SEEN,
                 "%llu packets opened, %llu compared with the peer's LAN, all equal",
                 (unsigned long long)w->opened, (unsigned long long)w->compared);
    }
}
