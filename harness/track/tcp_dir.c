#include "track/tcp_dir.h"

#include "base/mem.h"

static const char *const class_names[] = {
    [TCP_SEG_EMPTY] = "empty",
    [TCP_SEG_NEW] = "new",
    [TCP_SEG_JUMP] = "jump",
    [TCP_SEG_HOLE_FILL] = "hole fill",
    [TCP_SEG_DUP_PARTIAL] = "partial duplicate",
    [TCP_SEG_DUP_FULL] = "full duplicate",
    [TCP_SEG_KEEPALIVE] = "keep-alive",
};

const char *tcp_seg_class_name(enum tcp_seg_class c)
{
    return class_names[c];
}

struct tcp_seg tcp_seg_of(const struct pkt *p, int64_t time_ns)
{
    return (struct tcp_seg){.time_ns = time_ns,
                            .seq = p->tcp.seq,
                            .ack = p->tcp.ack,
                            .flags = p->tcp.flags,
                            .window = p->tcp.window,
                            .len = (uint32_t)p->data_len,
                            .data = p->tcp.data,
                            .opts = p->tcp.opts};
}

void tcp_dir_init(struct tcp_dir *d, struct tcp_store *store)
{
    *d = (struct tcp_dir){.max_idle_ns = -1, .store = store};
    range_set_init(&d->covered);
}

void tcp_dir_release(struct tcp_dir *d)
{
    range_set_release(&d->covered);
    if (d->odd)
        range_list_release(&d->odd->fresh);
    mem_free(d->odd);
    d->odd = NULL;
}

const struct tcp_odd *tcp_dir_odd(const struct tcp_dir *d)
{
    static const struct tcp_odd nothing;

    return d->odd ? d->odd : &nothing;
}

/* To be written to. */
static struct tcp_odd *odd_of(struct tcp_dir *d)
{
    if (!d->odd)
        d->odd = mem_zalloc(sizeof(*d->odd));
    return d->odd;
}

uint64_t tcp_dir_isns(const struct tcp_dir *d)
{
    return d->syn ? 1 + tcp_dir_odd(d)->more_isns : 0;
}

int64_t tcp_dir_pos(const struct tcp_dir *d, uint32_t seq)
{
    uint32_t high_seq = d->zero + (uint32_t)d->high;

    return d->started ? d->high + (int32_t)(seq - high_seq) : 0;
}

static bool has(const struct tcp_seg *seg, uint8_t flag)
{
    return seg->flags & flag;
}

static void note_isn(struct tcp_dir *d, uint32_t isn)
{
    if (d->syn == 0)
        d->isn = isn;
    if (d->isn == isn)
        return;
    struct tcp_odd *o = odd_of(d);
    for (uint64_t i = 0; i < o->more_isns && i < COUNT(o->isn); i++)
        if (o->isn[i] == isn)
            return;
    if (o->more_isns < COUNT(o->isn))
        o->isn[o->more_isns] = isn;
    o->more_isns++;
}

static void count_flag(uint32_t *n)
{
    *n += *n < UINT32_MAX;
}

static void take_syn(struct tcp_dir *d, const struct tcp_seg *seg, const struct tcp_opts *o)
{
    if (!d->started || (d->syn == 0 && d->covered.count == 0)) {
        d->zero = seg->seq + 1; /* packets without data said nothing about positions */
        d->started = true;
    }
    note_isn(d, seg->seq);
    count_flag(&d->syn);
    d->last_isn = seg->seq;
    d->start = tcp_dir_pos(d, seg->seq + 1);
    d->mss = o->mss;
    d->wscale = o->wscale;
    d->has_wscale = o->has_wscale;
    d->sack_permitted = o->sack_permitted;
    d->has_timestamps = o->has_ts;
}

/* Time stamps and nothing else, as hosts lay them out (RFC 7323, appendix A): in nearly every
 * segment, and of no interest here. */
static bool are_time_stamps(struct bytes opts)
{
    struct rd r = rd_of(opts);

    return opts.n == 12 && rd_be32(&r) == 0x0101080a;
}

static void take_options(struct tcp_dir *d, const struct tcp_seg *seg)
{
    struct tcp_opts o;

    if (!has(seg, TCP_SYN) && (!seg->opts.n || are_time_stamps(seg->opts)))
        return;
    tcp_opts_parse(seg->opts, &o);
    if (o.sacks)
        odd_of(d)->sack_packets++;
    if (has(seg, TCP_SYN))
        take_syn(d, seg, &o);
}

static void take_time(struct tcp_dir *d, const struct tcp_seg *seg, struct tcp_note *n)
{
    n->idle_ns = -1;
    if (d->packets == 0) {
        d->first_ns = seg->time_ns;
    } else {
        n->idle_ns = seg->time_ns - d->last_ns;
        if (n->idle_ns > d->max_idle_ns) {
            d->max_idle_ns = n->idle_ns;
            d->max_idle_end_ns = seg->time_ns;
        }
    }
    d->last_ns = seg->time_ns;
    d->packets++;
}

static bool is_dup_ack(const struct tcp_dir *d, const struct tcp_seg *seg, const struct tcp_note *n)
{
    return has(seg, TCP_ACK) && !has(seg, TCP_SYN | TCP_FIN | TCP_RST) && seg->len == 0 &&
           d->has_last_ack && seg->ack == d->last_ack && seg->window == d->last_window &&
           n->pos == d->high;
}

static void take_ack(struct tcp_dir *d, const struct tcp_seg *seg, struct tcp_note *n)
{
    if (is_dup_ack(d, seg, n)) {
        n->dup_ack = true;
        odd_of(d)->duplicate_acks++;
    }
    if (!has(seg, TCP_ACK))
        return;
    d->has_last_ack = true;
    d->last_ack = seg->ack;
    d->last_window = seg->window;
}

static bool is_keepalive(const struct tcp_dir *d, const struct tcp_seg *seg, int64_t pos)
{
    return seg->len <= 1 && pos == d->high - 1 && !has(seg, TCP_SYN | TCP_RST);
}

static enum tcp_seg_class classify(const struct tcp_dir *d, int64_t pos, uint32_t len,
                                   uint64_t fresh)
{
    if (fresh == 0)
        return TCP_SEG_DUP_FULL;
    if (fresh < len)
        return TCP_SEG_DUP_PARTIAL;
    if (range_set_covered(&d->covered) == fresh && d->syn == 0)
        return TCP_SEG_NEW; /* the first of a stream that begins in its middle */
    return pos > d->high ? TCP_SEG_JUMP : pos < d->high ? TCP_SEG_HOLE_FILL : TCP_SEG_NEW;
}

static void count_class(struct tcp_dir *d, enum tcp_seg_class c)
{
    switch (c) {
    case TCP_SEG_JUMP: odd_of(d)->jump++; break;
    case TCP_SEG_HOLE_FILL: odd_of(d)->hole_fill++; break;
    case TCP_SEG_DUP_PARTIAL: odd_of(d)->dup_partial++; break;
    case TCP_SEG_DUP_FULL: odd_of(d)->dup_full++; break;
    case TCP_SEG_KEEPALIVE: odd_of(d)->keepalive++; break;
    case TCP_SEG_EMPTY:
    case TCP_SEG_NEW: break;
    }
}

/* Which bytes are new. One range, of a segment that is all new and in order, needs no list. */
static void cover(struct tcp_dir *d, struct range r, struct tcp_note *n)
{
    if (range_set_append(&d->covered, r)) {
        n->in_turn = r;
        n->fresh = &n->in_turn;
        n->nfresh = 1;
        n->fresh_bytes = (uint64_t)(r.to - r.from);
        return;
    }
    struct range_list *fresh = &odd_of(d)->fresh;
    fresh->n = 0;
    n->fresh_bytes = range_set_add(&d->covered, r, fresh);
    n->fresh = fresh->r;
    n->nfresh = fresh->n;
}

static void take_data(struct tcp_dir *d, const struct tcp_seg *seg, struct tcp_note *n)
{
    struct range r = {n->pos, n->pos + seg->len};
    bool keepalive = is_keepalive(d, seg, n->pos);

    d->data_packets++;
    d->data_bytes += seg->len;
    cover(d, r, n);
    if (n->fresh_bytes < seg->len)
        odd_of(d)->overlap_bytes += seg->len - n->fresh_bytes;
    n->class = keepalive ? TCP_SEG_KEEPALIVE : classify(d, n->pos, seg->len, n->fresh_bytes);
    if (d->store && seg->data.n)
        n->conflict_bytes = d->store->ops->offer(d->store, d, n->pos, seg->data);
    if (n->conflict_bytes)
        odd_of(d)->conflict_bytes += n->conflict_bytes;
    count_class(d, n->class);
    if (range_set_covered(&d->covered) == n->fresh_bytes && d->syn == 0) {
        d->start = d->in_order = r.from; /* the stream begins in its middle, here */
        d->high = r.to;
    }
    if (r.to > d->high)
        d->high = r.to;
    if (range_set_find(&d->covered, d->in_order, &r) && r.from <= d->in_order)
        d->in_order = r.to;
}

void tcp_dir_align(struct tcp_dir *d, uint32_t zero)
{
    if (d->started)
        return;
    d->zero = zero;
    d->started = true;
}

void tcp_dir_add(struct tcp_dir *d, const struct tcp_seg *seg, struct tcp_note *note)
{
    struct tcp_note scratch, *n = note ? note : &scratch;

    *n = (struct tcp_note){.class = TCP_SEG_EMPTY, .len = seg->len};
    take_time(d, seg, n);
    take_options(d, seg);
    if (!d->started) {
        d->zero = seg->seq;
        d->started = true;
    }
    n->pos = tcp_dir_pos(d, seg->seq + has(seg, TCP_SYN));
    n->in_order_before = d->in_order;
    n->high_before = d->high;
    take_ack(d, seg, n);
    if (seg->window == 0 && !has(seg, TCP_SYN | TCP_RST))
        odd_of(d)->zero_window++;
    if (seg->data.n < seg->len && !has(seg, TCP_RST))
        odd_of(d)->cut_packets++;
    if (has(seg, TCP_RST)) {
        odd_of(d)->rst++;
        odd_of(d)->rst_bytes += seg->len;
    } else if (seg->len > 0) {
        take_data(d, seg, n);
    }
    if (has(seg, TCP_FIN)) {
        if (d->fin == 0 || d->fin_pos != d->high || n->pos + seg->len == d->high)
            d->fin_pos = n->pos + seg->len; /* one at the end of the data is the one that counts */
        count_flag(&d->fin);
    }
    n->in_order_after = d->in_order;
    n->high_after = d->high;
}

void tcp_dir_acknowledged(struct tcp_dir *d, uint32_t ack)
{
    if (!d->started) { /* not one packet of it yet: positions begin here */
        d->zero = ack;
        d->started = true;
    }
    int64_t pos = tcp_dir_pos(d, ack);

    if (!d->has_acked || pos > d->acked)
        d->acked = pos;
    d->has_acked = true;
}
