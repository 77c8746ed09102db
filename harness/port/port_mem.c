#include "port/port_mem.h"

#include "base/attr.h"
#include "base/cursor.h"
#include "base/mem.h"
#include "port/frame_queue.h"

#define QUEUE_BYTES   (4u << 20) /* the queue when none is given */
#define FRAME_MIN     60         /* shorter ones are padded (IEEE 802.3, 3.2.8) */
#define FRAME_AROUND  24         /* preamble 8, FCS 4, gap 12 */
#define NS_PER_S      1000000000u
#define REORDER_SPANS 3
#define REORDER_NS    1000000

/* One direction. Frames that keep their place and frames that are held back wait in a queue each,
 * both in order of arrival: the earlier front comes first. */
struct pipe {
    struct frame_queue in_order, held;
    struct mono free_at;   /* when the last bit of the last frame has left */
    struct mono last_held; /* when the last of `held` is due */
    struct mono last;      /* of `in_order` */
};

struct end {
    struct port port;
    struct link *link;
    struct end *other;
    bool is_open;
    struct pipe in;                /* what is under way to here */
    struct frame_queue *lent_from; /* holds the frame lent by the last receive; NULL: none */
    struct port_stats stats;
};

struct link {
    struct link_spec spec;
    const struct clock *clk;
    struct rng *rng;
    struct end a, b;
};

static uint8_t *end_reserve(struct sink *s, size_t cap)
{
    struct end *e = CONTAINER_OF(s, struct end, port.sink);

    return cap <= PORT_FRAME_MAX ? frame_queue_reserve(&e->other->in.in_order, cap) : NULL;
}

static bool chance(const struct link *l, double share)
{
    return share > 0 && rng_unit(l->rng) < share;
}

/* Bytes that N bytes of frame take on the wire. */
static uint64_t wire_bytes(size_t n)
{
    return (n < FRAME_MIN ? FRAME_MIN : n) + FRAME_AROUND;
}

static struct span wire_time(const struct link *l, size_t n)
{
    uint64_t rate = l->spec.rate_bps;

    return SPAN_NS(rate ? wire_bytes(n) * 8 * NS_PER_S / rate : 0);
}

/* True when the queue in front of the wire has no room for N bytes more. What waits is known from
 * the time it will take. */
static bool is_full(const struct link *l, const struct pipe *p, struct mono now, size_t n)
{
    if (!l->spec.rate_bps || !mono_before(now, p->free_at))
        return false;
    double waiting =
        (double)mono_diff(now, p->free_at).ns * (double)l->spec.rate_bps / (8.0 * NS_PER_S);
    return waiting + (double)wire_bytes(n) > (double)l->spec.queue_bytes;
}

static struct mono later(struct mono a, struct mono b)
{
    return mono_before(a, b) ? b : a;
}

static struct span reorder_by(const struct link *l, size_t n)
{
    if (l->spec.reorder_by.ns > 0)
        return l->spec.reorder_by;
    return SPAN_NS(l->spec.rate_bps ? REORDER_SPANS * wire_time(l, n).ns : REORDER_NS);
}

static void hold(struct pipe *p, struct bytes frame, struct mono due)
{
    p->last_held = later(due, p->last_held);
    memcpy(frame_queue_reserve(&p->held, frame.n), frame.p, frame.n);
    frame_queue_commit(&p->held, frame.n, p->last_held);
}

static void keep_place(struct pipe *p, size_t n, struct mono due)
{
    p->last = later(due, p->last); /* jitter does not reorder */
    frame_queue_commit(&p->in_order, n, p->last);
}

/* Bytes before the IP packet: an Ethernet header and its VLAN tags. */
static size_t link_header(struct bytes frame)
{
    struct rd r = rd_of(frame);

    rd_skip(&r, 12);
    for (;;) {
        uint16_t type = rd_be16(&r);
        if (type != 0x8100 && type != 0x88a8)
            return r.at;
        rd_skip(&r, 2);
    }
}

/* The frame lent in P's queue goes on its way; false when it is lost. */
static bool transmit(struct link *l, struct pipe *p, struct bytes frame)
{
    struct mono now = clock_now(l->clk);

    if (l->spec.mtu > 0 && frame.n > l->spec.mtu + link_header(frame))
        return false;
    if (is_full(l, p, now, frame.n))
        return false;
    p->free_at = mono_add(later(now, p->free_at), wire_time(l, frame.n));
    if (chance(l, l->spec.loss)) /* behind the wire: its time is taken all the same */
        return false;
    bool twice = chance(l, l->spec.duplicate), late = chance(l, l->spec.reorder);
    struct mono due = mono_add(p->free_at, l->spec.delay);
    if (l->spec.jitter.ns > 0)
        due = mono_add(due, SPAN_NS(rng_below(l->rng, (uint64_t)l->spec.jitter.ns + 1)));
    if (late) {
        due = mono_add(due, reorder_by(l, frame.n));
        for (int i = 0; i < 1 + twice; i++)
            hold(p, frame, due);
        return true; /* what was lent is left where it was */
    }
    keep_place(p, frame.n, due);
    if (twice) {
        memcpy(frame_queue_reserve(&p->in_order, frame.n), frame.p, frame.n);
        keep_place(p, frame.n, due);
    }
    return true;
}

static void end_commit(struct sink *s, size_t n)
{
    struct end *e = CONTAINER_OF(s, struct end, port.sink);
    struct pipe *p = &e->other->in;
    struct bytes frame = bytes_of(p->in_order.lent, n);

    if (n > 0 && e->port.filter.pass && !e->port.filter.pass(e->port.filter.ctx, true, frame)) {
        e->stats.filtered++;
    } else if (n > 0) {
        e->stats.sent++;
        if (e->other->is_open && !transmit(e->link, p, frame))
            e->stats.lost++;
    }
    frame_queue_cancel(&p->in_order);
}

/* The queue whose front arrives first; a frame in its place before one held back. */
static struct frame_queue *earliest(struct pipe *p)
{
    bool held = mono_before(frame_queue_due(&p->held), frame_queue_due(&p->in_order));

    return held ? &p->held : &p->in_order;
}

static void drop_lent(struct end *e)
{
    if (e->lent_from)
        frame_queue_drop(e->lent_from);
    e->lent_from = NULL;
}

static bool end_receive(struct port *port, struct bytes *frame, struct mono *when)
{
    struct end *e = CONTAINER_OF(port, struct end, port);
    struct mono now = clock_now(e->link->clk);

    for (;;) {
        drop_lent(e);
        struct frame_queue *q = earliest(&e->in);
        if (q->count == 0 || mono_before(now, frame_queue_due(q)))
            return false;
        *frame = frame_queue_first(q);
        *when = frame_queue_due(q);
        e->lent_from = q;
        if (!port->filter.pass || port->filter.pass(port->filter.ctx, false, *frame))
            break;
        e->stats.filtered++;
    }
    e->stats.received++;
    return true;
}

/* A frame that was lent is not there any more, though it still lies in its queue. */
static struct mono front_due(const struct end *e, const struct frame_queue *q)
{
    if (e->lent_from != q)
        return frame_queue_due(q);
    return q->count > 1 ? q->slots[(q->first + 1) & q->mask].due : MONO_NEVER;
}

static struct mono end_next(const struct port *port)
{
    const struct end *e = CONTAINER_OF(port, const struct end, port);

    return mono_min(front_due(e, &e->in.in_order), front_due(e, &e->in.held));
}

static void end_stats(const struct port *port, struct port_stats *out)
{
    *out = CONTAINER_OF(port, const struct end, port)->stats;
}

static void end_release(struct end *e)
{
    frame_queue_release(&e->in.in_order);
    frame_queue_release(&e->in.held);
}

static void end_close(struct port *port)
{
    struct end *e = CONTAINER_OF(port, struct end, port);

    e->is_open = false;
    if (e->other->is_open)
        return;
    end_release(e);
    end_release(e->other);
    mem_free(e->link);
}

static const struct port_ops end_ops = {end_receive, end_next, end_stats, end_close};
static const struct sink_ops end_sink_ops = {end_reserve, end_commit};

static void end_init(struct end *e, struct link *l, struct end *other)
{
    e->port.ops = &end_ops;
    e->port.sink.ops = &end_sink_ops;
    e->link = l;
    e->other = other;
    e->is_open = true;
}

void link_new(const struct link_spec *spec, const struct clock *clk, struct rng *rng,
              struct port **a, struct port **b)
{
    struct link *l = mem_zalloc(sizeof(*l));

    l->spec = *spec;
    if (l->spec.queue_bytes == 0)
        l->spec.queue_bytes = QUEUE_BYTES;
    l->clk = clk;
    l->rng = rng;
    end_init(&l->a, l, &l->b);
    end_init(&l->b, l, &l->a);
    *a = &l->a.port;
    *b = &l->b.port;
}

size_t link_in_flight(const struct port *p)
{
    const struct end *e = CONTAINER_OF(p, const struct end, port);
    size_t lent = e->lent_from ? frame_queue_first(e->lent_from).n : 0;

    return e->in.in_order.bytes + e->in.held.bytes - lent;
}
