/* TCP streams in a capture, and digests of what was said in them. */
#include "base/mem.h"
#include "cli/scan_parts.h"
#include "crypto/hash.h"

#include <stdio.h>

static void lend_stores(struct scan_bytes *b, struct tcp_stream *t)
{
    struct byte_store(*pair)[2] = mem_zalloc(sizeof(*pair)); /* its address stays */

    if (t->number >= b->cap) {
        b->cap = t->number * 2u + 16;
        b->stores = mem_resize(b->stores, b->cap, sizeof(*b->stores));
    }
    b->stores[t->number] = pair;
    for (int i = 0; i < 2; i++) {
        byte_store_init(&(*pair)[i], &b->budget);
        t->dir[i].store = &(*pair)[i].store;
    }
}

void scan_take_tcp(struct scan *s, struct scan_bytes *b, const struct savefile_packet *p)
{
    struct tcp_match m = tcp_table_match(&s->tcp, &p->pkt);
    struct tcp_seg seg = tcp_seg_of(&p->pkt, p->time_ns);

    if (m.is_new && b)
        lend_stores(b, m.stream);
    tcp_stream_add(m.stream, m.from, &seg, NULL);
}

#define CHUNK 65536

static void digest_range(struct sha256 *sha, const struct byte_store *b, struct range r,
                         uint8_t *chunk)
{
    for (int64_t at = r.from; at < r.to; at += CHUNK) {
        int64_t to = r.to - at < CHUNK ? r.to : at + CHUNK;
        sha256_add(sha, bytes_of(chunk, byte_store_read(b, at, to, chunk)));
    }
}

static void digest(const struct byte_store *b, char hex[static 65])
{
    uint8_t sum[32], *chunk = mem_array(CHUNK, 1);
    struct sha256 *sha = sha256_new();
    struct range r;

    for (bool more = range_set_first(&b->kept, &r); more; more = range_set_find(&b->kept, r.to, &r))
        digest_range(sha, b, r, chunk);
    sha256_peek(sha, sum);
    sha256_free(sha);
    mem_free(chunk);
    for (size_t i = 0; i < sizeof(sum); i++)
        snprintf(hex + 2 * i, 3, "%02x", sum[i]);
}

void scan_bytes_finish(struct scan *s, struct scan_bytes *b)
{
    s->digests = mem_array(s->tcp.count + 1, sizeof(*s->digests));
    for (size_t i = 0; i < s->tcp.count; i++) {
        struct tcp_stream *t = s->tcp.streams[i];
        for (int side = 0; side < 2; side++) {
            struct byte_store *kept = &(*b->stores[i])[side];
            if (!t->dir[side].cut_packets && !kept->dropped)
                digest(kept, s->digests[i].hex[side]);
            t->dir[side].store = NULL;
            byte_store_release(kept);
        }
        mem_free(b->stores[i]);
    }
    mem_free(b->stores);
}

const char *scan_digest(const struct scan *s, uint32_t number, enum tcp_side side)
{
    return s->digests && s->digests[number].hex[side][0] ? s->digests[number].hex[side] : NULL;
}
