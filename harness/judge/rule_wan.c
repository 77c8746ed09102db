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

static const char *maker(enum plan_reset_by by)
{
    static const char *const makers[] = {"anybody", "the device", "a host", "the peer"};

    return makers[by];
}

void rule_reset(struct judge *j, size_t i, const struct plan_expect *x)
{
    const struct reset_watch *w = &j->reset_watches[i];
    uint64_t min = x->min > 0 ? (uint64_t)x->min : 0;
    bool few = w->n < min, many = x->max >= 0 && w->n > (uint64_t)x->max;
    const char *where = say_window(&j->tl, &x->window);
    struct found *f;
    int64_t from, to;

    if (!window_bounds(&j->tl, &x->window, &from, &to)) {
        f = find_add(&j->fs, "reset", VERDICT_UNRESOLVED, BASIS_MISSING,
                     "event %s was not sent, so there is nothing to look at",
                     j->plan->events[x->window.since].id);
    } else if (!w->n) {
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
                     "packet %llu: a reset of %s by %s on %s, %s; %llu by %s in all%s%s",
                     (unsigned long long)w->first.packet, w->stream, maker(w->first.by),
                     w->first.leg, say_when(&j->tl, &x->window, w->first.time_ns),
                     (unsigned long long)w->n, maker(x->reset_by), where,
                     few    ? ", fewer than expected"
                     : many ? ", more than expected"
                            : "");
        found_packet(f, w->first.packet, w->first.leg, w->first.time_ns);
    }
    found_place(f, x);
}

/* --- sequence numbers --------------------------------------------------------------------------
 */

/* Nothing is said when they are right, or when the harness's own peer is to blame. */
void rule_esp(struct judge *j)
{
    for (uint32_t i = 0; i < j->wan.nsas; i++) {
        const struct sa *sa = &j->wan.sas[i];
        if (!sa->reused || (j->plan->lab.mode == MODE_PEER && sa->way == TO_DEVICE))
            continue;
        struct found *f =
            find_add(&j->fs, "esp", VERDICT_FAIL, BASIS_ALWAYS,
                     "packet %llu: sequence number %u of SPI 0x%08x was that of another packet "
                     "before (%llu such packets)",
                     (unsigned long long)sa->reused_packet, sa->reused_seq, sa->spi,
                     (unsigned long long)sa->reused);
        found_packet(f, sa->reused_packet, "wan", 0);
        return;
    }
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
    } else if (w->unmet) {
        find_add(&j->fs, "decrypt", VERDICT_INCONCLUSIVE, BASIS_MISSING,
                 "%llu of %llu packets have no equal on the other side of ESP, but %s",
                 (unsigned long long)w->unmet, (unsigned long long)w->compared,
                 w->no_key ? "there are packets that no key of the evidence is for"
                           : "too many were under way at once");
    } else {
        find_add(&j->fs, "decrypt", VERDICT_PASS, BASIS_SEEN,
                 "%llu packets opened, %llu compared with the peer's LAN, all equal",
                 (unsigned long long)w->opened, (unsigned long long)w->compared);
    }
}
