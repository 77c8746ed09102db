#include "judge/wan_tcp.h"

#include "base/hash.h"
#include "base/mem.h"
#include "judge/judge_parts.h"
#include "track/ordered.h"
#include "wire/framing.h"

enum { IKE_TCP_PORT = 4500 };

struct tcp_reader { /* one direction of a stream */
    struct endpoint from, to;
    struct ordered ordered;
    struct framing framing;
};

struct ends {
    struct endpoint from, to;
};

void wan_tcp_init(struct wan_tcp *t)
{
    *t = (struct wan_tcp){0};
    map_init(&t->map);
}

void wan_tcp_release(struct wan_tcp *t)
{
    for (uint32_t i = 0; i < t->n; i++) {
        ordered_release(&t->v[i]->ordered);
        framing_release(&t->v[i]->framing);
        mem_free(t->v[i]);
    }
    map_release(&t->map);
}

static bool has_ends(const void *ctx, uint32_t id, const void *key)
{
    const struct tcp_reader *r = ((const struct wan_tcp *)ctx)->v[id];
    const struct ends *e = key;

    return endpoint_eq(&r->from, &e->from) && endpoint_eq(&r->to, &e->to);
}

static uint64_t hash_of(const struct ends *e)
{
    uint64_t h = hash_bytes(bytes_of(&e->from.addr, sizeof(e->from.addr)), e->from.port);

    return hash_bytes(bytes_of(&e->to.addr, sizeof(e->to.addr)), h + e->to.port);
}

static struct tcp_reader *reader_for(struct wan_tcp *t, const struct ends *e, bool make)
{
    uint32_t id = map_find(&t->map, hash_of(e), has_ends, t, e);

    if (id != MAP_NONE)
        return t->v[id];
    if (!make)
        return NULL;
    if (t->n == WAN_TCP_MAX) {
        t->too_many = true;
        return NULL;
    }
    struct tcp_reader *r = t->v[t->n] = mem_zalloc(sizeof(*r));
    r->from = e->from;
    r->to = e->to;
    ordered_init(&r->ordered);
    framing_init(&r->framing, FRAMING_IKE_TCP, false);
    map_put(&t->map, hash_of(e), t->n++);
    return r;
}

static bool has_prefix(const struct tcp *t)
{
    size_t n = sizeof(FRAMING_PREFIX) - 1;

    return t->data.n >= n && memcmp(t->data.p, FRAMING_PREFIX, n) == 0;
}

/* Of what P's sender says; NULL: it is not read. The prefix shows what both directions are. */
static struct tcp_reader *reader_of(struct wan_tcp *t, const struct pkt *p)
{
    struct ends e = {{p->ip.src, p->tcp.src}, {p->ip.dst, p->tcp.dst}}, back = {e.to, e.from};
    bool on_port = e.from.port == IKE_TCP_PORT || e.to.port == IKE_TCP_PORT;
    bool shows = !on_port && has_prefix(&p->tcp);

    if (!on_port && !shows && !t->elsewhere)
        return NULL;
    if (shows) {
        t->elsewhere = true;
        (void)reader_for(t, &back, true);
    }
    return reader_for(t, &e, on_port || shows);
}

struct taking {
    struct judge *j;
    struct tcp_reader *r;
    const struct pkt *p; /* whose segment completes what is taken */
    void (*take)(struct judge *j, const struct pkt *p, struct bytes message);
};

static void take_message(void *ctx, struct bytes message)
{
    struct taking *t = ctx;

    t->take(t->j, t->p, message);
}

static void take_bytes(void *ctx, struct bytes b)
{
    framing_add(&((struct taking *)ctx)->r->framing, b, take_message, ctx);
}

static void take_hole(void *ctx)
{
    framing_hole(&((struct taking *)ctx)->r->framing);
}

bool wan_tcp_frame(struct judge *j, const struct pkt *p,
                   void take(struct judge *j, const struct pkt *p, struct bytes message))
{
    struct tcp_reader *r = reader_of(&j->wan.tcp, p);

    if (!r)
        return false;
    struct tcp_seg seg = tcp_seg_of(p, j->rec.time_ns);
    struct taking t = {j, r, p, take};
    struct ordered_sink to = {take_bytes, take_hole, &t};
    bool begins = seg.flags & TCP_SYN;
    bool anew = begins && r->ordered.started && seg.seq + 1 != r->ordered.first;
    if (!seg.len && !begins && !r->ordered.started)
        return true; /* it says nothing about where the stream is */
    if (!r->ordered.started && !begins && !has_prefix(&p->tcp)) {
        framing_release(&r->framing); /* joined: there is no beginning to go by */
        framing_init(&r->framing, FRAMING_IKE_TCP, true);
    }
    ordered_add(&r->ordered, &seg, &to);
    if (anew) { /* the end of the old connection was a hole */
        framing_release(&r->framing);
        framing_init(&r->framing, FRAMING_IKE_TCP, false);
    }
    return true;
}

uint64_t wan_tcp_holes(const struct wan_tcp *t)
{
    uint64_t n = 0;

    for (uint32_t i = 0; i < t->n; i++)
        n += t->v[i]->ordered.holes;
    return n;
}
