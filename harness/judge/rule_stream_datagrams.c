/* UDP and ICMP: datagrams may get lost, and a flow that ended with its tunnel is built anew by the
 * next one. Continuous then means that datagrams arrive again. */
#include "judge/judge_parts.h"

static struct found *judge_all_arrived(struct judge *j, const struct jflow *f)
{
    for (int sender = 0; sender < SITES; sender++) {
        uint64_t sent = f->on[sender][sender].datagrams, came = f->on[!sender][sender].datagrams;
        if (came < sent)
            return find_add(&j->fs, "stream", VERDICT_FAIL, BASIS_MISSING,
                            "%s: %llu of %llu datagrams %s arrived", f->id,
                            (unsigned long long)came, (unsigned long long)sent, way_name(sender));
    }
    return NULL;
}

struct found *stream_datagrams(struct judge *j, const struct jflow *f, const struct plan_expect *x,
                               const struct stream_watch *w)
{
    uint64_t sent = f->on[BO][BO].datagrams + f->on[HO][HO].datagrams;
    uint64_t came = f->on[HO][BO].datagrams + f->on[BO][HO].datagrams;
    const char *where = say_window(&j->tl, &x->window);
    struct found *r = NULL;

    if (w->datagram_due_ns == NEVER)
        return find_add(&j->fs, "stream", VERDICT_UNRESOLVED, BASIS_MISSING,
                        "%s: no datagram was sent%s, so nothing was tried", f->id, where);
    if (w->datagram_ns == NEVER)
        return find_add(&j->fs, "stream", VERDICT_FAIL, BASIS_MISSING,
                        "%s: datagrams were sent%s, and none arrived", f->id, where);
    int64_t took = w->datagram_ns - w->datagram_due_ns;
    if (x->resumes_within.ns && took > x->resumes_within.ns)
        return stream_timing(j, took - x->resumes_within.ns,
                             "%s: the first datagram arrived %.3f s after the first was sent%s, "
                             "later than %.3f s",
                             f->id, seconds(took), where, seconds(x->resumes_within.ns));
    if (x->completes)
        r = judge_all_arrived(j, f);
    if (r)
        return r;
    return find_add(&j->fs, "stream", VERDICT_PASS, BASIS_SEEN,
                    "%s: %llu of %llu datagrams arrived, the first of the window %s", f->id,
                    (unsigned long long)came, (unsigned long long)sent,
                    say_when(&j->tl, &x->window, w->datagram_ns));
}
