/* Who made a reset. A host's own is on its LAN first, and what then arrives on the other LAN at the
 * same position of the stream is the same one. One that only arrives was made in between: by the
 * device, unless it lay inside the ESP that the harness's peer sent. */
#include "judge/judge_parts.h"

static enum plan_reset_by maker_between(struct judge *j, struct jflow *f, int site)
{
    int peer = judge_peer_site(j);

    if (peer == SITES || site == peer || f->reset_in_esp == 0)
        return RESET_BY_DEVICE;
    f->reset_in_esp--;
    return RESET_BY_PEER;
}

static void note_host_reset(struct jflow *f, int sender, int64_t pos)
{
    f->host_reset_pos[sender][f->host_resets[sender]++ % HOST_RESETS] = pos;
}

/* Positions of the two LANs are the same only when both saw the SYN. */
static bool is_host_s_own(const struct jflow *f, int sender, int64_t pos)
{
    uint64_t n = f->host_resets[sender];

    if (n > HOST_RESETS || f->on[BO][sender].tcp.syn == 0 || f->on[HO][sender].tcp.syn == 0)
        return n > 0;
    for (uint64_t i = 0; i < n; i++)
        if (f->host_reset_pos[sender][i] == pos)
            return true;
    return false;
}

/* Windows that look for it. They count for themselves: of a stream only the first few are kept. */
static void watch_reset(struct judge *j, const struct jflow *f, const struct reset *r)
{
    for (size_t i = 0; j->plan && i < j->plan->nexpects; i++) {
        const struct plan_expect *x = &j->plan->expects[i];
        if (x->rule != RULE_RESET || (x->stream >= 0 && x->stream != f->plan) ||
            (x->reset_by != RESET_BY_ANY && x->reset_by != r->by) ||
            !window_has(&j->tl, &x->window, r->time_ns))
            continue;
        struct reset_watch *w = &j->reset_watches[i];
        if (w->n++ > 0)
            continue;
        w->first = *r;
        w->stream = f->id;
    }
}

void jflow_reset_frame(struct judge *j, struct jflow *f, int site, int sender, int64_t pos)
{
    enum plan_reset_by by = RESET_BY_HOST;

    if (site == sender) {
        note_host_reset(f, sender, pos);
    } else {
        by = maker_between(j, f, site); /* also of a host's own: it is out of ESP now */
        if (is_host_s_own(f, sender, pos))
            return;
    }
    struct reset r = {.packet = j->rec.packet,
                      .time_ns = j->rec.time_ns,
                      .leg = site_lan(site),
                      .sender = sender,
                      .by = by};
    f->resets_by[by]++;
    if (f->nresets < RECORDS_MAX)
        f->resets[f->nresets] = r;
    f->nresets++;
    watch_reset(j, f, &r);
}
