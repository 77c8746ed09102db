#include "traffic/tcp_tally.h"

#include "base/mem.h"
#include "traffic/tcp_log.h"

void tcp_tally_release(struct tcp_tally *t)
{
    for (int i = 0; i < 2; i++) {
        if (t->side[i])
            range_set_release(&t->side[i]->content);
        mem_free(t->side[i]);
        t->side[i] = NULL;
    }
}

const struct tcp_tally_side *tcp_tally_of(const struct tcp_tally *t, enum tcp_side side)
{
    static const struct tcp_tally_side nothing;

    return t->side[side] ? t->side[side] : &nothing;
}

/* To be written to. */
static struct tcp_tally_side *side_of(struct tcp_tally *t, enum tcp_side side)
{
    if (!t->side[side])
        t->side[side] = mem_zalloc(sizeof(*t->side[side]));
    return t->side[side];
}

/* Everything covered so far was captured, but for what NOTE says has just been added. */
static void begin_content(struct tcp_tally_side *side, const struct range_set *covered,
                          const struct tcp_note *note)
{
    struct range r;

    side->cut = true;
    range_set_init(&side->content);
    for (bool more = range_set_first(covered, &r); more; more = range_set_find(covered, r.to, &r)) {
        int64_t at = r.from;
        for (size_t i = 0; i < note->nfresh; i++) {
            const struct range *new = &note->fresh[i];
            if (new->from < at || new->to > r.to)
                continue;
            if (new->from > at)
                range_set_add(&side->content, (struct range){at, new->from}, NULL);
            at = new->to;
        }
        if (at < r.to)
            range_set_add(&side->content, (struct range){at, r.to}, NULL);
    }
}

static void take_content(struct tcp_tally *t, enum tcp_side from, const struct tcp_dir *d,
                         const struct tcp_seg *seg, const struct tcp_note *note)
{
    bool cut = seg->data.n < seg->len;
    struct range last, r = {note->pos, note->pos + (int64_t)seg->data.n};

    if (cut && !tcp_tally_of(t, from)->cut)
        begin_content(side_of(t, from), &d->covered, note);
    struct tcp_tally_side *side = t->side[from];
    if (!side || !side->cut || r.from == r.to)
        return;
    bool apart = range_set_last(&side->content, &last) && r.from > last.to;
    if (!apart || side->content.count < TCP_TALLY_PIECES)
        range_set_add(&side->content, r, NULL);
}

static void take_class(struct tcp_tally *t, const struct tcp_stream *s, enum tcp_side from,
                       const struct tcp_seg *seg, const struct tcp_note *note)
{
    switch (note->class) {
    case TCP_SEG_JUMP: side_of(t, from)->jump_ns = seg->time_ns; break;
    case TCP_SEG_HOLE_FILL:
        side_of(t, from)->reordered +=
            seg->time_ns - tcp_tally_of(t, from)->jump_ns < tcp_log_round_trip(s, TCP_LOG_SOON);
        break;
    case TCP_SEG_KEEPALIVE:
        if (note->conflict_bytes)
            side_of(t, from)->keepalive_conflicts += note->conflict_bytes;
        break;
    case TCP_SEG_EMPTY:
    case TCP_SEG_NEW:
    case TCP_SEG_DUP_PARTIAL:
    case TCP_SEG_DUP_FULL: break;
    }
}

void tcp_tally_add(struct tcp_tally *t, const struct tcp_stream *s, enum tcp_side from,
                   const struct tcp_seg *seg, const struct tcp_note *note)
{
    take_class(t, s, from, seg, note);
    if (note->nfresh && t->side[from])
        t->side[from]->has_rst = false; /* it was not the end */
    if (seg->flags & TCP_RST) {
        struct tcp_tally_side *side = side_of(t, from);
        if (!side->has_rst)
            side->rst_ns = seg->time_ns;
        side->has_rst = true;
        return;
    }
    t->has_fin[from] |= (seg->flags & TCP_FIN) != 0;
    if (seg->len)
        take_content(t, from, &s->dir[from], seg, note);
}

int64_t tcp_tally_content_end(const struct tcp_tally_side *side, int64_t from, int64_t until)
{
    struct range r;

    if (!side->cut)
        return until;
    return range_set_find(&side->content, from, &r) && r.from <= from ? r.to : from;
}
