#include "track/fragments.h"

#include "base/hash.h"
#include "base/map.h"
#include "base/mem.h"
#include "track/range_set.h"

#define DATAGRAM_MAX 65535u

struct datagram {
    bool used;
    uint8_t version, proto;
    uint32_t id;
    struct ip_addr src, dst;
    uint64_t age; /* when its first fragment came, counted in datagrams */
    int64_t first_ns;
    bool has_head, has_end;
    struct pkt head; /* of the fragment at offset 0; its views are dead */
    uint32_t len;    /* of the whole payload; valid with has_end */
    uint8_t *data;
    size_t cap;
    struct range_set there;
};

struct fragments {
    struct map map;
    struct datagram at[FRAGMENTS_DATAGRAMS];
    size_t bytes; /* of all buffers */
    uint64_t begun;
    struct datagram *handed_out; /* finished by the last call: its bytes are being looked at */
    struct range_list fresh;
    struct fragments_stats stats;
};

struct fragments *fragments_new(void)
{
    struct fragments *f = mem_zalloc(sizeof(*f));

    map_init(&f->map);
    return f;
}

static uint64_t hash_of(const struct ip *ip)
{
    uint8_t text[48];
    struct wr w = wr_of(text, sizeof(text));

    wr_put(&w, bytes_of(&ip->src, sizeof(ip->src)));
    wr_put(&w, bytes_of(&ip->dst, sizeof(ip->dst)));
    wr_be32(&w, ip->id);
    wr_u8(&w, ip->proto);
    return hash_bytes(wr_bytes(&w), 0);
}

static bool is_of(const void *ctx, uint32_t id, const void *key)
{
    const struct fragments *f = ctx;
    const struct datagram *d = &f->at[id];
    const struct ip *ip = key;

    return d->version == ip->version && d->proto == ip->proto && d->id == ip->id &&
           ip_addr_eq(&d->src, &ip->src) && ip_addr_eq(&d->dst, &ip->dst);
}

static void drop(struct fragments *f, struct datagram *d)
{
    struct ip key = {
        .version = d->version, .proto = d->proto, .id = d->id, .src = d->src, .dst = d->dst};

    map_remove(&f->map, hash_of(&key), (uint32_t)(d - f->at));
    f->bytes -= d->cap;
    mem_free(d->data);
    range_set_release(&d->there);
    *d = (struct datagram){0};
}

void fragments_free(struct fragments *f)
{
    if (!f)
        return;
    for (size_t i = 0; i < FRAGMENTS_DATAGRAMS; i++)
        if (f->at[i].used)
            drop(f, &f->at[i]);
    map_release(&f->map);
    range_list_release(&f->fresh);
    mem_free(f);
}

static void give_up(struct fragments *f, struct datagram *d)
{
    f->stats.dropped++;
    drop(f, d);
}

/* The oldest but KEEP; NULL when there is none. A few hundred looks, and only when full. */
static struct datagram *oldest(struct fragments *f, const struct datagram *keep)
{
    struct datagram *best = NULL;

    for (size_t i = 0; i < FRAGMENTS_DATAGRAMS; i++) {
        struct datagram *d = &f->at[i];
        if (d->used && d != keep && (!best || d->age < best->age))
            best = d;
    }
    return best;
}

static struct datagram *begin(struct fragments *f, const struct ip *ip, int64_t time_ns)
{
    struct datagram *d = NULL;

    for (size_t i = 0; i < FRAGMENTS_DATAGRAMS && !d; i++)
        if (!f->at[i].used)
            d = &f->at[i];
    if (!d) {
        d = oldest(f, NULL);
        give_up(f, d);
    }
    *d = (struct datagram){.used = true,
                           .version = ip->version,
                           .proto = ip->proto,
                           .id = ip->id,
                           .src = ip->src,
                           .dst = ip->dst,
                           .age = f->begun++,
                           .first_ns = time_ns};
    range_set_init(&d->there);
    map_put(&f->map, hash_of(ip), (uint32_t)(d - f->at));
    return d;
}

static struct datagram *find_or_begin(struct fragments *f, const struct ip *ip, int64_t time_ns)
{
    uint32_t id = map_find(&f->map, hash_of(ip), is_of, f, ip);

    if (id != MAP_NONE && time_ns - f->at[id].first_ns > FRAGMENTS_TIMEOUT) {
        give_up(f, &f->at[id]);
        id = MAP_NONE;
    }
    return id != MAP_NONE ? &f->at[id] : begin(f, ip, time_ns);
}

static void make_room(struct fragments *f, struct datagram *d, size_t end)
{
    size_t cap = d->cap ? d->cap : 2048;

    if (end <= d->cap)
        return;
    while (cap < end)
        cap *= 2;
    for (struct datagram *o; f->bytes + cap - d->cap > FRAGMENTS_BYTES && (o = oldest(f, d));)
        give_up(f, o);
    d->data = mem_resize(d->data, cap, 1);
    f->bytes += cap - d->cap;
    d->cap = cap;
}

static void copy_in(struct fragments *f, struct datagram *d, const struct ip *ip)
{
    uint32_t end = ip->frag_off + (uint32_t)ip->payload_len;

    make_room(f, d, end);
    f->fresh.n = 0;
    range_set_add(&d->there, (struct range){ip->frag_off, end}, &f->fresh);
    for (size_t i = 0; i < f->fresh.n; i++) {
        const struct range *r = &f->fresh.r[i];
        struct bytes part = bytes_from(ip->payload, (size_t)r->from - ip->frag_off);
        part = bytes_head(part, (size_t)(r->to - r->from));
        if (part.n)
            memcpy(d->data + r->from, part.p, part.n);
    }
    if (!ip->more && !d->has_end) {
        d->has_end = true;
        d->len = end;
    }
}

static bool is_whole(const struct datagram *d)
{
    struct range r;

    return d->has_head && d->has_end && range_set_first(&d->there, &r) && r.from == 0 &&
           r.to >= d->len;
}

static void hand_out(struct fragments *f, struct datagram *d, struct pkt *p)
{
    *p = d->head;
    p->ip.more = false;
    p->ip.payload_len = d->len;
    p->ip.payload = bytes_of(d->data, d->len);
    p->eth.payload = (struct bytes){NULL, 0}; /* there is no one packet that holds all this */
    p->eth.more = (struct bytes){NULL, 0};
    pkt_parse_payload(p);
    f->handed_out = d;
    f->stats.whole++;
}

bool fragments_add(struct fragments *f, struct pkt *p, int64_t time_ns)
{
    const struct ip *ip = &p->ip;

    if (f->handed_out)
        drop(f, f->handed_out);
    f->handed_out = NULL;
    f->stats.fragments++;
    if (ip->payload_len == 0 || ip->frag_off + ip->payload_len > DATAGRAM_MAX || ip_is_cut(ip))
        return false; /* what the capture cut cannot be put together */
    struct datagram *d = find_or_begin(f, ip, time_ns);
    copy_in(f, d, ip);
    if (ip->frag_off == 0 && !d->has_head) {
        d->has_head = true;
        d->head = *p;
    }
    if (!is_whole(d))
        return false;
    hand_out(f, d, p);
    return true;
}

struct fragments_stats fragments_stats(const struct fragments *f)
{
    return f->stats;
}
