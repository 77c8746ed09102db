#include "traffic/tcp_flow.h"

#include "traffic/reasons.h"
#include "traffic/sides.h"
#include "traffic/turns.h"

/* One direction between packets and bytes. */
struct part {
    const struct tcp_dir *d;
    const struct tcp_log_side *log; /* NULL: its bytes were not kept */
    const struct endpoint *sender;
    int64_t start, end; /* what is replayed */
    int64_t kept;       /* up to here the content is known */
    bool too_large;     /* for the bytes that are kept */
    bool shortened;     /* by bytes that were never delivered */
    bool has_fin;
    bool has_rst; /* it aborts, and nothing new came from it afterwards */
    int64_t rst_ns;
};

static enum tcp_side opener_of(const struct tcp_stream *s)
{
    if (s->initiator != TCP_INITIATOR_UNKNOWN)
        return s->initiator == TCP_INITIATOR_A ? TCP_SIDE_A : TCP_SIDE_B;
    return sides_first_opened(s->at[0].port, s->at[1].port) ? TCP_SIDE_A : TCP_SIDE_B;
}

/* The first byte: behind the SYN, or the lowest one when the SYN was not seen or is ambiguous. */
static void find_ends(struct part *p)
{
    struct range first = {0, 0}, last = {0, 0};

    p->start = p->end = tcp_dir_isns(p->d) == 1 ? p->d->start : 0;
    if (!range_set_first(&p->d->covered, &first) || !range_set_last(&p->d->covered, &last))
        return;
    if (tcp_dir_isns(p->d) != 1)
        p->start = first.from;
    p->end = last.to > p->start ? last.to : p->start;
}

/* The first place at or after the start of which no byte was captured; false when there is none
 * before the end. */
static bool find_hole(const struct part *p, struct range *hole)
{
    struct range r;

    if (p->start >= p->end)
        return false;
    if (!range_set_find(&p->d->covered, p->start, &r)) {
        *hole = (struct range){p->start, p->end};
        return true;
    }
    if (r.from > p->start) {
        *hole = (struct range){p->start, r.from};
        return true;
    }
    if (r.to >= p->end)
        return false;
    hole->from = r.to;
    hole->to = range_set_find(&p->d->covered, r.to, &r) ? r.from : p->end;
    return true;
}

/* Bytes beyond a hole that the receiver never acknowledged were never delivered: the stream ends
 * before the hole as far as its applications know. */
static uint64_t leave_out_undelivered(struct part *p)
{
    struct range hole;

    if (!find_hole(p, &hole) || !p->d->has_acked || p->d->acked > hole.from)
        return 0;
    uint64_t bytes = 0;
    for (struct range r = hole; range_set_find(&p->d->covered, r.to, &r) && r.from < p->end;)
        bytes += (uint64_t)(r.to - r.from);
    p->end = hole.from;
    p->shortened = true;
    return bytes;
}

static void say_hole(struct flow *f, struct arena *arena, const struct part *p,
                     const struct range *hole)
{
    char n[THINGS_TEXT], at[COUNT_TEXT], all[THINGS_TEXT], who[ENDPOINT_TEXT];

    endpoint_format(p->sender, who);
    things_format((uint64_t)(hole->to - hole->from), "byte", n);
    count_format((uint64_t)(hole->from - p->start), at);
    if (tcp_dir_holes(p->d) <= 1) {
        reason_add(f, arena, "%s at %s sent by %s were never captured", n, at, who);
        return;
    }
    char holes[COUNT_TEXT];
    reason_add(f, arena, "%s at %s sent by %s were never captured (%s holes, %s in all)", n, at,
               who, count_format(tcp_dir_holes(p->d), holes),
               things_format(tcp_dir_gap_bytes(p->d), "byte", all));
}

/* Bytes after the last captured one that must have been there: their acknowledgement or the FIN
 * behind them was seen. The acknowledgement of a FIN counts one more. */
static void check_tail(struct flow *f, struct arena *arena, const struct part *p)
{
    char n[THINGS_TEXT], at[COUNT_TEXT], who[ENDPOINT_TEXT];
    int64_t end = p->d->fin && !p->shortened ? p->d->fin_pos : p->end;
    const char *how = "a FIN behind them was seen";

    if (p->d->has_acked && p->d->acked > end + 1) {
        end = p->d->acked;
        how = "they were acknowledged";
    }
    if (end <= p->end)
        return;
    reason_add(f, arena, "%s at %s sent by %s were never captured, but %s",
               things_format((uint64_t)(end - p->end), "byte", n),
               count_format((uint64_t)(p->end - p->start), at), endpoint_format(p->sender, who),
               how);
}

static void check_content(struct flow *f, struct arena *arena, const struct part *p)
{
    char n[THINGS_TEXT], at[COUNT_TEXT], who[ENDPOINT_TEXT];

    if (p->kept >= p->end)
        return;
    endpoint_format(p->sender, who);
    if (p->too_large) {
        reason_add(f, arena, "%s sent more than the %s bytes that are kept", who,
                   count_format(CAPTURE_KEEP_MAX, n));
        return;
    }
    reason_add(f, arena, "the capture cut %s of %s short: from byte %s on the content is missing",
               things_format(tcp_dir_odd(p->d)->cut_packets, "packet", n), who,
               count_format((uint64_t)(p->kept - p->start), at));
}

/* The bytes of one direction, if they are all there; only their number where none are kept. */
static bool take_bytes(struct flow *f, struct arena *arena, struct part *p, struct bytes *out)
{
    struct range hole;
    size_t before = 0;

    while (before < FLOW_WHY_MAX && f->why_not[before])
        before++;
    f->conv.repairs.undelivered_bytes += leave_out_undelivered(p);
    if (find_hole(p, &hole))
        say_hole(f, arena, p, &hole);
    else
        check_content(f, arena, p);
    check_tail(f, arena, p);
    if (before == FLOW_WHY_MAX || f->why_not[before])
        return false;
    size_t n = (size_t)(p->end - p->start);
    if (!p->log) {
        *out = (struct bytes){NULL, n};
        return true;
    }
    uint8_t *data = arena_alloc(arena, n);
    *out = bytes_of(data, byte_store_read(&p->log->store, p->start, p->end, data));
    return true;
}

static void sum_repairs(struct conv_repairs *r, const struct tcp_log *log)
{
    for (int i = 0; i < 2; i++) {
        const struct tcp_log_side *side = &log->side[i];
        r->retransmitted += side->retransmitted;
        r->reordered += side->reordered;
        r->overlapping += side->overlapping;
        r->conflicting_bytes += side->conflicting_bytes;
    }
}

/* How it ends: a FIN from each side, unless a RST ended it before. The side that aborts, or -1. */
static int take_end(struct flow *f, const struct part part[2], bool fin[2])
{
    int rst = -1;

    for (int i = 0; i < 2; i++)
        fin[i] = part[i].has_fin && part[i].d->fin_pos == part[i].end;
    for (int i = 0; i < 2; i++)
        if (part[i].has_rst && !(fin[0] && fin[1]) &&
            (rst < 0 || part[i].rst_ns < part[rst].rst_ns))
            rst = i;
    f->conv.repairs.no_end = rst < 0 && !(fin[0] && fin[1]);
    for (int i = 0; i < 2; i++)
        fin[i] = fin[i] || f->conv.repairs.no_end;
    return rst;
}

static void check_connection(struct flow *f, struct arena *arena, const struct tcp_stream *s)
{
    if (s->dir[0].covered.count || s->dir[1].covered.count || s->handshake)
        return;
    if (s->saw_rst && s->saw_syn && !s->saw_syn_ack)
        reason_add(f, arena, "the connection was refused: a RST answers the SYN");
    else if (s->saw_syn && !s->saw_syn_ack)
        reason_add(f, arena, "the connection was never made: no answer to the SYN");
    else
        reason_add(f, arena, "no data, and no connection being made");
}

static struct part part_of(const struct tcp_stream *s, enum tcp_side side)
{
    struct part p = {.d = &s->dir[side], .sender = &s->at[side]};

    find_ends(&p);
    return p;
}

/* Everything but bytes and turns. PART: by conv_side. */
static void finish(struct flow *f, const struct tcp_stream *s, struct part part[2],
                   struct arena *arena)
{
    check_connection(f, arena, s);
    for (int i = 0; i < 2; i++) {
        f->whole[i] = take_bytes(f, arena, &part[i], &f->conv.data[i]);
        f->conv.mss[i] = part[i].d->mss;
    }
    f->replayable = !f->why_not[0];
}

static enum tcp_side begin(struct flow *f, const struct tcp_stream *s)
{
    enum tcp_side opener = opener_of(s);

    f->tcp = s;
    f->first = opener == TCP_SIDE_A ? CONV_A : CONV_B;
    f->conv = (struct conversation){.proto = CONV_TCP, .a = s->at[opener], .b = s->at[!opener]};
    f->conv.repairs.no_start = s->dir[opener].syn == 0;
    return opener;
}

void tcp_flow_finish(struct flow *f, const struct tcp_stream *s, struct tcp_log *log,
                     struct arena *arena)
{
    enum tcp_side opener = begin(f, s);
    struct part part[2];
    struct turns_input in = {.begin_ns = s->handshake ? s->handshake_ns : s->first_ns};

    sum_repairs(&f->conv.repairs, log);
    tcp_log_finish(log);
    for (int i = 0; i < 2; i++) {
        enum tcp_side side = i == CONV_A ? opener : tcp_other(opener);
        const struct tcp_log_side *l = &log->side[side];
        part[i] = part_of(s, side);
        part[i].log = l;
        part[i].kept = byte_store_run_end(&l->store, part[i].start);
        part[i].too_large = l->store.dropped > 0;
        part[i].has_fin = l->has_fin;
        part[i].has_rst = l->has_rst;
        part[i].rst_ns = l->rst_ns;
    }
    finish(f, s, part, arena);
    for (int i = 0; i < 2; i++)
        in.side[i] = (struct turns_side){part[i].log, part[i].start, part[i].end};
    in.rst = take_end(f, part, in.fin);
    if (f->replayable)
        f->conv.turns = turns_make(&in, arena, &f->conv.nturns);
}

/* As sum_repairs has them. */
static void sum_tally(struct conv_repairs *r, const struct tcp_stream *s, const struct tcp_tally *t)
{
    for (enum tcp_side i = TCP_SIDE_A; i <= TCP_SIDE_B; i++) {
        const struct tcp_dir *d = &s->dir[i];
        const struct tcp_tally_side *side = tcp_tally_of(t, i);
        r->reordered += side->reordered;
        r->retransmitted += tcp_dir_odd(d)->dup_full + tcp_dir_odd(d)->hole_fill - side->reordered;
        r->overlapping += tcp_dir_odd(d)->dup_partial;
        r->conflicting_bytes += tcp_dir_odd(d)->conflict_bytes - side->keepalive_conflicts;
    }
}

void tcp_flow_tell(struct flow *f, const struct tcp_stream *s, const struct tcp_tally *tally,
                   struct arena *arena)
{
    enum tcp_side opener = begin(f, s);
    struct part part[2];
    bool fin[2];

    sum_tally(&f->conv.repairs, s, tally);
    for (int i = 0; i < 2; i++) {
        enum tcp_side side = i == CONV_A ? opener : tcp_other(opener);
        const struct tcp_tally_side *l = tcp_tally_of(tally, side);
        part[i] = part_of(s, side);
        part[i].kept = tcp_tally_content_end(l, part[i].start, part[i].end);
        part[i].has_fin = tally->has_fin[side];
        part[i].has_rst = l->has_rst;
        part[i].rst_ns = l->rst_ns;
    }
    finish(f, s, part, arena);
    (void)take_end(f, part, fin);
}
