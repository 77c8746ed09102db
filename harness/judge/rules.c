/* Rules about streams, resets, clear text and inner packets. */
#include "judge/judge_parts.h"

static int64_t since_ns(struct judge *j, const struct plan_expect *x)
{
    const struct jevent *e = event_of(j, x->window.since);

    return e && e->sent_ns != NEVER ? e->sent_ns : j->first_ns;
}

static const char *since_name(struct judge *j, const struct plan_expect *x)
{
    const struct jevent *e = event_of(j, x->window.since);

    return e ? e->id : "the start";
}

/* When the device or a reset ended the stream; NEVER: neither. */
static int64_t torn_at(const struct jstream *s)
{
    bool tcp_end = strcmp(s->torn_reason, "TCP FINs") == 0;
    int64_t t = s->torn_logged && !tcp_end ? s->torn_ns : NEVER;

    if (s->reset_ns != NEVER && (t == NEVER || s->reset_ns < t))
        t = s->reset_ns;
    return t;
}

static double seconds(int64_t ns)
{
    return (double)ns / 1e9;
}

/* --- torn, stalled, idle -----------------------------------------------------------------------
 */

static struct finding *judge_torn(struct judge *j, const struct jstream *s,
                                  const struct plan_expect *x)
{
    int sender = larger_sender(s);
    int64_t last = s->progress[sender].last_ns, from = since_ns(j, x), torn = torn_at(s);

    if (is_complete(s) && s->proto == 6)
        return find_add(j, "stream", VERDICT_FAIL,
                        "%s went on to its end although it was to be torn after %s", s->id,
                        since_name(j, x));
    if (last != NEVER && last > from + GRACE_NS)
        return find_add(j, "stream", VERDICT_FAIL,
                        "%s still moved %.3f s after %s although it was to be torn", s->id,
                        seconds(last - from), since_name(j, x));
    if (torn == NEVER)
        return find_add(j, "stream", VERDICT_FAIL,
                        "silent stale connection: %s stands still since %.3f s after %s, with no "
                        "reset and no 302014",
                        s->id, seconds(last - from), since_name(j, x));
    if (torn < from)
        return find_add(j, "stream", VERDICT_FAIL, "%s was torn %.3f s before %s", s->id,
                        seconds(from - torn), since_name(j, x));
    return find_add(
        j, "stream", VERDICT_PASS, "%s was torn %.3f s after %s (%s) and never moved again", s->id,
        seconds(torn - from), since_name(j, x), s->torn_logged ? s->torn_reason : "reset");
}

static struct finding *judge_stalled(struct judge *j, const struct jstream *s,
                                     const struct plan_expect *x)
{
    int64_t last = s->progress[larger_sender(s)].last_ns, from = since_ns(j, x);

    if (is_complete(s) || (last != NEVER && last > from + GRACE_NS))
        return find_add(j, "stream", VERDICT_FAIL, "%s moved after %s", s->id, since_name(j, x));
    return find_add(j, "stream", VERDICT_PASS, "%s stands still since %s", s->id, since_name(j, x));
}

static struct finding *judge_idle(struct judge *j, const struct jstream *s,
                                  const struct plan_expect *x)
{
    const struct jevent *e = event_of(j, x->window.since);
    uint64_t n = e ? s->after[e - j->events].data_packets : 0;

    if (n)
        return find_add(j, "stream", VERDICT_FAIL, "%s carried %llu segments with data after %s",
                        s->id, (unsigned long long)n, since_name(j, x));
    return find_add(j, "stream", VERDICT_PASS, "%s carried no data after %s", s->id,
                    since_name(j, x));
}

/* --- continuous --------------------------------------------------------------------------------
 */

/* What a receiver's LAN carried is not what the sender's did. NULL: the same, as far as it goes. */
static const char *why_altered(const struct jstream *s, int sender)
{
    const struct bytes_seen *from = &s->dir[sender][sender].seen;
    const struct bytes_seen *to = &s->dir[!sender][sender].seen;

    if (from->broken || to->broken || from->next != to->next)
        return NULL;
    return from->hash == to->hash ? NULL : "the bytes that arrived are not those that were sent";
}

static struct finding *judge_datagrams(struct judge *j, const struct jstream *s,
                                       const struct plan_expect *x)
{
    const struct jevent *e = event_of(j, x->window.since);

    if (e && s->after[e - j->events].datagram_ns == NEVER)
        return find_add(j, "stream", VERDICT_FAIL, "%s: no datagram arrived after %s", s->id,
                        e->id);
    if (s->progress[BO].last_ns == NEVER && s->progress[HO].last_ns == NEVER)
        return find_add(j, "stream", VERDICT_FAIL, "%s: no datagram arrived", s->id);
    if (e && x->resumes_within.ns &&
        s->after[e - j->events].datagram_ns > e->sent_ns + x->resumes_within.ns)
        return find_add(j, "stream", VERDICT_FAIL,
                        "%s: the first datagram arrived %.3f s after %s, later than %.3f s", s->id,
                        seconds(s->after[e - j->events].datagram_ns - e->sent_ns), e->id,
                        seconds(x->resumes_within.ns));
    return find_add(j, "stream", VERDICT_PASS, "%s: %llu of %llu datagrams arrived", s->id,
                    (unsigned long long)(s->dir[BO][HO].datagrams + s->dir[HO][BO].datagrams),
                    (unsigned long long)(s->dir[HO][HO].datagrams + s->dir[BO][BO].datagrams));
}

/* The longest silence that ended after the event, or that never ended. */
static struct finding *judge_resume(struct judge *j, const struct jstream *s,
                                    const struct plan_expect *x)
{
    const struct jevent *e = event_of(j, x->window.since);
    const struct after_event *a = e ? &s->after[e - j->events] : NULL;

    if (!e || e->sent_ns == NEVER || !x->resumes_within.ns)
        return NULL;
    if (a->end_ns == NEVER && is_complete(s))
        return find_add(j, "stream", VERDICT_UNRESOLVED,
                        "%s had ended before %s: whether it would have resumed was not tried",
                        s->id, e->id);
    if (a->end_ns == NEVER)
        return find_add(j, "stream", VERDICT_FAIL, "%s did not move again after %s", s->id, e->id);
    if (a->end_ns > e->sent_ns + x->resumes_within.ns && a->end_ns - a->start_ns > STALL_MIN_NS)
        return find_add(j, "stream", VERDICT_FAIL,
                        "%s moved again %.3f s after %s, later than %.3f s", s->id,
                        seconds(a->end_ns - e->sent_ns), e->id, seconds(x->resumes_within.ns));
    return NULL;
}

static struct finding *judge_bytes(struct judge *j, const struct jstream *s)
{
    for (int sender = 0; sender < SITES; sender++) {
        const char *why = why_altered(s, sender);
        if (why)
            return find_add(j, "stream", VERDICT_FAIL, "%s, %s: %s", s->id,
                            sender == HO ? "HO to BO" : "BO to HO", why);
        if (s->has_host[!sender] && s->host_altered[!sender])
            return find_add(j, "stream", VERDICT_FAIL, "%s: %llu bytes reached the %s altered",
                            s->id, (unsigned long long)s->host_altered[!sender],
                            sender == HO ? "user" : "server");
    }
    return NULL;
}

static struct finding *judge_end(struct judge *j, const struct jstream *s)
{
    int sender = larger_sender(s);
    const struct tcp_dir *d = &s->dir[!sender][sender].tcp;
    int64_t last = s->progress[sender].last_ns;

    if (is_complete(s))
        return NULL;
    if (s->resets_by[RESET_BY_ANY])
        return find_add(j, "stream", VERDICT_FAIL,
                        "%s ended by a reset (packet %llu on %s) after %lld of %llu bytes", s->id,
                        (unsigned long long)s->reset_packet, s->reset_leg, (long long)d->in_order,
                        (unsigned long long)s->total[sender]);
    if (s->torn_logged)
        return find_add(j, "stream", VERDICT_FAIL,
                        "%s was torn (packet %llu: %s) after %lld of %llu bytes", s->id,
                        (unsigned long long)s->torn_packet, s->torn_reason, (long long)d->in_order,
                        (unsigned long long)s->total[sender]);
    return find_add(j, "stream", VERDICT_FAIL,
                    "silent stale connection: %s stands still at %lld of %llu bytes for the last "
                    "%.1f s, with no reset and no 302014",
                    s->id, (long long)d->in_order, (unsigned long long)s->total[sender],
                    last == NEVER ? 0.0 : seconds(j->last_ns - last));
}

static struct finding *judge_continuous(struct judge *j, const struct jstream *s,
                                        const struct plan_expect *x)
{
    const struct progress *g = &s->progress[larger_sender(s)];
    struct finding *f = judge_bytes(j, s);

    if (!f)
        f = judge_end(j, s);
    if (!f)
        f = judge_resume(j, s, x);
    if (!f && x->max_stall.ns && g->stall_max_ns > x->max_stall.ns)
        f = find_add(j, "stream", VERDICT_FAIL, "%s stood still for %.3f s, longer than %.3f s",
                     s->id, seconds(g->stall_max_ns), seconds(x->max_stall.ns));
    if (!f && x->completes && s->has_host[BO] && s->has_host[HO] &&
        (strcmp(s->host_state[BO], "done") != 0 || strcmp(s->host_state[HO], "done") != 0))
        f = find_add(j, "stream", VERDICT_FAIL,
                     "%s carried every byte, but the user's connection ended %s, the server's %s",
                     s->id, s->host_state[BO], s->host_state[HO]);
    if (!f)
        f = find_add(j, "stream", VERDICT_PASS,
                     "%s: %llu bytes, all of them, unaltered; longest silence %.3f s", s->id,
                     (unsigned long long)(s->total[BO] + s->total[HO]), seconds(g->stall_max_ns));
    return f;
}

void rule_stream(struct judge *j, const struct plan_expect *x)
{
    const struct jstream *s = stream_by_plan(j, x->stream);
    struct finding *f;

    if (!s) {
        f = find_add(j, "stream", VERDICT_INCONCLUSIVE, "stream %s was never begun",
                     j->plan->streams[x->stream].id);
    } else if (x->stream_is == IS_TORN) {
        f = judge_torn(j, s, x);
    } else if (x->stream_is == IS_STALLED) {
        f = judge_stalled(j, s, x);
    } else if (x->stream_is == IS_IDLE) {
        f = judge_idle(j, s, x);
    } else {
        f = s->proto == 6 ? judge_continuous(j, s, x) : judge_datagrams(j, s, x);
    }
    if (f->verdict == VERDICT_FAIL && j->dropped)
        f->verdict = VERDICT_INCONCLUSIVE; /* the frames that were lost may be the missing ones */
    find_at(f, x);
}

/* --- the others --------------------------------------------------------------------------------
 */

void rule_no_cleartext(struct judge *j, const struct plan_expect *x)
{
    struct finding *f;

    if (j->clear_packets) {
        f = find_add(j, "no-cleartext", VERDICT_FAIL,
                     "%llu packets in clear on the WAN, the first is packet %llu (%s)",
                     (unsigned long long)j->clear_packets, (unsigned long long)j->clear_first,
                     j->clear_what);
        f->packet = j->clear_first;
        f->leg = "wan";
    } else if (j->dropped) {
        f = find_add(j, "no-cleartext", VERDICT_INCONCLUSIVE, "the capture lost frames");
    } else {
        f = find_add(j, "no-cleartext", VERDICT_PASS, "nothing in clear on the WAN");
    }
    find_at(f, x);
}

void rule_reset(struct judge *j, const struct plan_expect *x)
{
    static const char *const makers[] = {"anybody", "the device", "a host", "the peer"};
    unsigned n = 0;
    const struct jstream *first = NULL;
    struct finding *f;

    for (size_t i = 0; i < j->nstreams; i++) {
        const struct jstream *s = &j->streams[i];
        if ((x->stream >= 0 && s->plan != x->stream) ||
            (s->reset_ns != NEVER && !in_window(j, &x->window, s->reset_ns)))
            continue;
        n += s->resets_by[x->reset_by];
        if (!first && s->resets_by[x->reset_by])
            first = s;
    }
    bool good = n >= (unsigned)x->min && (x->max < 0 || n <= (unsigned)x->max);
    f = find_add(j, "reset", good ? VERDICT_PASS : VERDICT_FAIL, "%u resets by %s%s", n,
                 makers[x->reset_by], good ? "" : ", which is not as expected");
    if (first) {
        f->packet = first->reset_packet;
        f->leg = first->reset_leg;
    }
    find_at(f, x);
}

void rule_decrypt(struct judge *j)
{
    struct finding *f;

    if (!j->decrypted && !j->decrypt_failed)
        return; /* headers only, no keys, or pair mode: the metric says why */
    if (j->decrypt_mismatch) {
        f = find_add(j, "decrypt", VERDICT_FAIL,
                     "%llu packets differ between the inside of ESP and the peer's LAN, the first "
                     "is packet %llu",
                     (unsigned long long)j->decrypt_mismatch,
                     (unsigned long long)j->mismatch_packet);
        f->packet = j->mismatch_packet;
    } else {
        find_add(j, "decrypt", VERDICT_PASS,
                 "%llu packets inside ESP are those of the peer's LAN, byte for byte",
                 (unsigned long long)j->decrypted);
    }
}
