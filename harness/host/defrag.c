#include "host/defrag.h"

#include "base/mem.h"

#define KEEP    SPAN_S(30) /* as Linux; RFC 8200 says 60 */
#define HEAD    IP6_HDR_LEN
#define PAYLOAD 65536

void defrag_release(struct defrag *r)
{
    for (size_t i = 0; i < DEFRAG_SLOTS; i++) {
        intervals_release(&r->slots[i].have);
        mem_free(r->slots[i].buf);
    }
}

static bool same_datagram(const struct ip *a, const struct ip *b)
{
    return a->id == b->id && a->proto == b->proto && ip_addr_eq(&a->src, &b->src) &&
           ip_addr_eq(&a->dst, &b->dst);
}

static void drop(struct defrag_slot *s)
{
    intervals_trim(&s->have, PAYLOAD);
    s->used = false;
}

/* The datagram's slot; a free or the oldest one when it is new. */
static struct defrag_slot *slot_for(struct defrag *r, const struct ip *ip, struct mono now)
{
    struct defrag_slot *best = &r->slots[0];

    for (size_t i = 0; i < DEFRAG_SLOTS; i++) {
        struct defrag_slot *s = &r->slots[i];
        if (s->used && !mono_before(now, s->until))
            drop(s);
        if (s->used && same_datagram(&s->head, ip))
            return s;
        if (best->used && (!s->used || mono_before(s->until, best->until)))
            best = s;
    }
    drop(best);
    best->used = true;
    best->head = *ip;
    best->until = mono_add(now, KEEP);
    best->total = 0;
    if (!best->buf)
        best->buf = mem_zalloc(HEAD + PAYLOAD);
    return best;
}

static struct bytes finish(struct defrag_slot *s)
{
    struct ip ip = s->head;
    size_t hdr = ip.version == 6 ? IP6_HDR_LEN : IP4_HDR_LEN;
    struct wr w = wr_of(s->buf + HEAD - hdr, hdr);

    ip.more = false;
    ip.frag_off = 0;
    ip_put(&w, &ip, s->total);
    drop(s);
    return w.err ? bytes_of(NULL, 0) : bytes_of(w.p, hdr + s->total);
}

bool defrag_add(struct defrag *r, const struct ip *ip, struct mono now, struct bytes *out)
{
    size_t from = ip->frag_off, to = from + ip->payload.n;

    if (ip_is_cut(ip) || ip->payload.n == 0 || to >= PAYLOAD || (ip->more && ip->payload.n % 8))
        return false;
    struct defrag_slot *s = slot_for(r, ip, now);
    uint64_t there = intervals_covered(&s->have, from, to);
    if (there == to - from)
        return false; /* a duplicate */
    if (there > 0 || (s->total && to > s->total) || !intervals_fits(&s->have, from, to)) {
        drop(s);
        return false;
    }
    memcpy(s->buf + HEAD + from, ip->payload.p, ip->payload.n);
    intervals_add(&s->have, from, to);
    if (!ip->more)
        s->total = to;
    if (!s->total || s->have.bytes < s->total)
        return false;
    *out = finish(s);
    return out->n > 0;
}
