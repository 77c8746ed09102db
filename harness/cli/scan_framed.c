/* Messages inside TCP streams: syslog to the ports of it, IKE and ESP in TCP (RFC 9329). */
#include "base/hash.h"
#include "base/mem.h"
#include "cli/scan_parts.h"
#include "track/ordered.h"
#include "wire/framing.h"

#include <string.h>

#define IKE_TCP_PORT 4500

/* One direction of a stream that is read. */
struct scan_framed {
    struct endpoint from, to;
    struct ordered ordered;
    struct framing framing;
};

/* Syslog: Cisco's port (1470), the one of UDP, and RFC 6587's own example. */
static bool is_syslog_port(uint16_t port)
{
    return port == 1470 || port == 514 || port == 601;
}

static bool has_prefix(const struct tcp *t)
{
    return t->data.n >= sizeof(FRAMING_PREFIX) - 1 &&
           memcmp(t->data.p, FRAMING_PREFIX, sizeof(FRAMING_PREFIX) - 1) == 0;
}

struct ends {
    struct endpoint from, to;
};

static bool has_ends(const void *ctx, uint32_t id, const void *key)
{
    const struct scan_framed *f = ((const struct scan *)ctx)->framed[id];
    const struct ends *e = key;

    return endpoint_eq(&f->from, &e->from) && endpoint_eq(&f->to, &e->to);
}

static uint64_t hash_of(const struct ends *e)
{
    uint64_t h = hash_bytes(bytes_of(&e->from.addr, sizeof(e->from.addr)), e->from.port);

    return hash_bytes(bytes_of(&e->to.addr, sizeof(e->to.addr)), h + e->to.port);
}

static struct scan_framed *find(struct scan *s, const struct ends *e)
{
    uint32_t id = map_find(&s->framed_map, hash_of(e), has_ends, s, e);

    return id == MAP_NONE ? NULL : s->framed[id];
}

static struct scan_framed *begin(struct scan *s, const struct ends *e, enum framing_kind kind)
{
    struct scan_framed *f = mem_zalloc(sizeof(*f));

    if (s->nframed == s->cap_framed) {
        s->cap_framed = s->cap_framed ? s->cap_framed * 2 : 4;
        s->framed = mem_resize(s->framed, s->cap_framed, sizeof(struct scan_framed *));
    }
    f->from = e->from;
    f->to = e->to;
    ordered_init(&f->ordered);
    framing_init(&f->framing, kind, false);
    map_put(&s->framed_map, hash_of(e), (uint32_t)s->nframed);
    s->framed[s->nframed++] = f;
    return f;
}

/* The reader of what P's sender says; NULL: it is not read. A stream on any port that begins with
 * the prefix is IKE's, in both directions. */
static struct scan_framed *reader_of(struct scan *s, const struct savefile_packet *p)
{
    const struct tcp *t = &p->pkt.tcp;
    struct ends e = {{p->pkt.ip.src, t->src}, {p->pkt.ip.dst, t->dst}};
    bool syslog = is_syslog_port(t->dst);
    bool ike = t->src == IKE_TCP_PORT || t->dst == IKE_TCP_PORT || has_prefix(t);

    if (!syslog && !ike && !s->ike_elsewhere)
        return NULL;
    struct scan_framed *f = find(s, &e);
    if (f || (!syslog && !ike))
        return f;
    if (s->nframed >= SCAN_FRAMED_MAX)
        return NULL;
    f = begin(s, &e, ike ? FRAMING_IKE_TCP : FRAMING_SYSLOG);
    struct ends back = {e.to, e.from};
    if (ike && t->src != IKE_TCP_PORT && t->dst != IKE_TCP_PORT) {
        s->ike_elsewhere = true;
        if (!find(s, &back))
            (void)begin(s, &back, FRAMING_IKE_TCP);
    }
    return f;
}

struct taking {
    struct scan *s;
    struct scan_framed *f;
    const struct savefile_packet *p; /* whose segment completed what is taken */
};

static void take_message(void *ctx, struct bytes message)
{
    struct taking *t = ctx;

    if (t->f->framing.kind == FRAMING_SYSLOG)
        scan_take_syslog(t->s, t->p, message);
    else
        scan_take_natt(t->s, t->p, message, SCAN_IN_TCP);
}

static void take_bytes(void *ctx, struct bytes b)
{
    struct taking *t = ctx;

    framing_add(&t->f->framing, b, take_message, t);
}

static void take_hole(void *ctx)
{
    framing_hole(&((struct taking *)ctx)->f->framing);
}

/* A stream that is joined has no beginning to go by, unless it shows one. */
static void join(struct scan_framed *f, const struct tcp_seg *seg, const struct tcp *t)
{
    if (f->ordered.started || seg->flags & TCP_SYN)
        return;
    if (f->framing.kind == FRAMING_SYSLOG || (seg->len && !has_prefix(t)))
        framing_init(&f->framing, f->framing.kind, true);
}

void scan_take_framed(struct scan *s, const struct savefile_packet *p)
{
    struct scan_framed *f = reader_of(s, p);

    if (!f)
        return;
    struct tcp_seg seg = tcp_seg_of(&p->pkt, p->time_ns);
    struct taking t = {s, f, p};
    struct ordered_sink to = {take_bytes, take_hole, &t};
    bool fresh = seg.flags & TCP_SYN && f->ordered.started && seg.seq + 1 != f->ordered.first;
    if (!seg.len && !(seg.flags & TCP_SYN) && !f->ordered.started)
        return; /* it says nothing about where the stream is */
    join(f, &seg, &p->pkt.tcp);
    ordered_add(&f->ordered, &seg, &to);
    if (fresh) { /* another connection on the same ports */
        enum framing_kind kind = f->framing.kind;
        framing_release(&f->framing);
        framing_init(&f->framing, kind, false);
    }
}

void scan_framed_release(struct scan *s)
{
    for (size_t i = 0; i < s->nframed; i++) {
        ordered_release(&s->framed[i]->ordered);
        framing_release(&s->framed[i]->framing);
        mem_free(s->framed[i]);
    }
    mem_free(s->framed);
    map_release(&s->framed_map);
}
