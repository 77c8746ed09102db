#include "traffic/tcp_log.h"

#include "base/mem.h"

#include <stdlib.h>

void tcp_log_init(struct tcp_log *l, struct tcp_stream *s, uint64_t *budget)
{
    *l = (struct tcp_log){0};
    for (int i = 0; i < 2; i++) {
        byte_store_init(&l->side[i].store, budget);
        l->side[i].sorted = true;
        s->dir[i].store = &l->side[i].store.store;
    }
}

void tcp_log_release(struct tcp_log *l)
{
    for (int i = 0; i < 2; i++) {
        byte_store_release(&l->side[i].store);
        mem_free(l->side[i].runs);
    }
}

static void push(struct tcp_log_side *side, const struct tcp_run *run)
{
    struct tcp_run *last = side->nruns ? &side->runs[side->nruns - 1] : NULL;

    if (last && run->from == last->to && run->need == last->need && !run->after_pause) {
        last->to = run->to;
        last->end_ns = run->end_ns;
        return;
    }
    side->sorted = side->sorted && (!last || run->from >= last->to);
    if (side->nruns == side->cap) {
        side->cap = side->cap ? side->cap * 2 : 4;
        side->runs = mem_resize(side->runs, side->cap, sizeof(*side->runs));
    }
    side->runs[side->nruns++] = *run;
}

/* What the segment says its sender has: nothing when it acknowledges nothing. */
static int64_t need_of(const struct tcp_stream *s, enum tcp_side from, const struct tcp_seg *seg)
{
    return seg->flags & TCP_ACK ? tcp_dir_pos(&s->dir[tcp_other(from)], seg->ack) : INT64_MIN;
}

/* Clocks of captures jump: what is no round trip on any network is none. */
int64_t tcp_log_round_trip(const struct tcp_stream *s, int64_t otherwise)
{
    int64_t ns = s->handshake_ns - s->first_ns;

    return s->handshake && ns >= 0 && ns < INT64_C(60000000000) ? ns : otherwise;
}

static bool is_after_pause(const struct tcp_log *l, const struct tcp_stream *s, enum tcp_side from,
                           const struct tcp_seg *seg, const struct tcp_note *note)
{
    const struct tcp_log_side *side = &l->side[from];
    const struct tcp_dir *d = &s->dir[from];
    int64_t since = side->data_ns > side->free_ns ? side->data_ns : side->free_ns;
    int64_t least = 2 * tcp_log_round_trip(s, 0);

    if (least < TCP_LOG_PAUSE)
        least = TCP_LOG_PAUSE;
    return side->saw_data && note->class == TCP_SEG_NEW && d->has_acked &&
           d->acked >= note->high_before && !side->shut && seg->time_ns - since >= least;
}

static void count_repair(struct tcp_log_side *side, const struct tcp_stream *s,
                         const struct tcp_seg *seg, const struct tcp_note *note)
{
    int64_t soon = tcp_log_round_trip(s, TCP_LOG_SOON);

    switch (note->class) {
    case TCP_SEG_DUP_FULL: side->retransmitted++; break;
    case TCP_SEG_DUP_PARTIAL: side->overlapping++; break;
    case TCP_SEG_JUMP: side->jump_ns = seg->time_ns; break;
    case TCP_SEG_HOLE_FILL:
        if (seg->time_ns - side->jump_ns < soon)
            side->reordered++;
        else
            side->retransmitted++;
        break;
    case TCP_SEG_EMPTY:
    case TCP_SEG_NEW:
    case TCP_SEG_KEEPALIVE: break;
    }
    if (note->class != TCP_SEG_KEEPALIVE) /* its byte may be anything: RFC 9293, 3.8.4 */
        side->conflicting_bytes += note->conflict_bytes;
}

static void take_end(struct tcp_log_side *side, const struct tcp_seg *seg, int64_t need)
{
    if (seg->flags & TCP_RST) {
        if (!side->has_rst)
            side->rst_ns = seg->time_ns;
        side->has_rst = true;
    } else if (seg->flags & TCP_FIN && !side->has_fin) {
        side->has_fin = true;
        side->fin_need = need;
        side->fin_ns = seg->time_ns;
    }
}

/* SIDE is told by a segment of the other one how far that one is. */
static void take_ack(struct tcp_log_side *side, const struct tcp_dir *d, const struct tcp_seg *seg)
{
    bool all = d->has_acked && d->acked >= d->high, shut = seg->window == 0;

    if ((all && !side->all_acked) || (!shut && side->shut))
        side->free_ns = seg->time_ns;
    side->all_acked = all;
    side->shut = shut;
}

void tcp_log_add(struct tcp_log *l, const struct tcp_stream *s, enum tcp_side from,
                 const struct tcp_seg *seg, const struct tcp_note *note)
{
    struct tcp_log_side *side = &l->side[from];
    int64_t need = need_of(s, from, seg);
    bool pause = note->nfresh && is_after_pause(l, s, from, seg, note);

    count_repair(side, s, seg, note);
    for (size_t i = 0; i < note->nfresh; i++) {
        struct tcp_run run = {.from = note->fresh[i].from,
                              .to = note->fresh[i].to,
                              .need = need,
                              .start_ns = seg->time_ns,
                              .end_ns = seg->time_ns,
                              .after_pause = pause};
        push(side, &run);
    }
    if (note->nfresh) {
        side->saw_data = true;
        side->data_ns = seg->time_ns;
        side->all_acked = false;
        side->has_rst = false; /* it was not the end */
    }
    take_end(side, seg, need);
    if (seg->flags & TCP_ACK && !(seg->flags & TCP_RST))
        take_ack(&l->side[tcp_other(from)], &s->dir[tcp_other(from)], seg);
}

static int by_position(const void *a, const void *b)
{
    int64_t x = ((const struct tcp_run *)a)->from, y = ((const struct tcp_run *)b)->from;

    return x < y ? -1 : x > y;
}

void tcp_log_finish(struct tcp_log *l)
{
    for (int k = 0; k < 2; k++) {
        struct tcp_log_side *side = &l->side[k];
        if (!side->sorted)
            qsort(side->runs, side->nruns, sizeof(*side->runs), by_position);
        side->sorted = true;
        for (size_t i = side->nruns; i-- > 1;) {
            struct tcp_run *run = &side->runs[i - 1];
            const struct tcp_run *next = &side->runs[i];
            if (next->need < run->need)
                run->need = next->need;
            if (next->start_ns < run->start_ns)
                run->start_ns = next->start_ns;
        }
    }
}
