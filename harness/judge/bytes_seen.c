/* The bytes of one direction as they passed a tap, digested in order: a hash that can be joined, so
 * it also works on cut packets, and SHA-256 as long as the bytes are there. What came too early is
 * kept until its predecessors have passed. */
#include "base/mem.h"
#include "evidence/payload_hash.h"
#include "judge/judge_parts.h"

#define PENDING_MAX 8192 /* pieces; more is no TCP that anybody speaks */

static void drop_sha(struct bytes_seen *s)
{
    sha256_free(s->sha);
    s->sha = NULL;
}

static void add(struct bytes_seen *s, uint64_t len, const uint8_t *data, uint64_t hash)
{
    s->hash = payload_hash_join(s->hash, hash, len);
    s->next += (int64_t)len;
    if (!data)
        drop_sha(s);
    else if (s->sha)
        sha256_add(s->sha, bytes_of(data, len));
}

static void piece_free(struct piece *p)
{
    mem_free(p->data);
    mem_free(p);
}

/* Takes what follows now; pieces that have passed already go. */
static void take_pending(struct bytes_seen *s)
{
    while (s->pending && s->pending->pos <= s->next) {
        struct piece *p = s->pending;
        int64_t end = p->pos + (int64_t)p->len;
        uint64_t skip = (uint64_t)(s->next - p->pos);
        s->pending = p->next;
        s->npending--;
        if (end > s->next && p->data)
            add(s, p->len - skip, p->data + skip,
                payload_hash(bytes_of(p->data + skip, p->len - skip)));
        else if (end > s->next && skip == 0)
            add(s, p->len, NULL, p->hash);
        else if (end > s->next)
            s->broken = true; /* half of a cut packet: its hash cannot be split */
        piece_free(p);
    }
}

static void keep(struct bytes_seen *s, int64_t pos, uint64_t len, struct bytes data, uint64_t hash)
{
    struct piece **at = &s->pending;

    while (*at && (*at)->pos < pos)
        at = &(*at)->next;
    if (s->npending >= PENDING_MAX || (*at && (*at)->pos == pos && (*at)->len >= len)) {
        s->broken = s->broken || s->npending >= PENDING_MAX;
        return;
    }
    struct piece *p = mem_zalloc(sizeof(*p));
    *p = (struct piece){.pos = pos, .len = len, .hash = hash, .next = *at};
    if (data.n == len) {
        p->data = mem_array(len, 1);
        memcpy(p->data, data.p, len);
    }
    *at = p;
    s->npending++;
}

void bytes_take(struct bytes_seen *s, int64_t pos, uint64_t len, struct bytes data, bool has_hash,
                uint64_t hash)
{
    bool whole = data.n == len;
    int64_t end = pos + (int64_t)len;

    if (len == 0 || end <= s->next || s->broken)
        return;
    if (!whole && !has_hash) {
        s->broken = true;
        return;
    }
    if (pos > s->next) {
        keep(s, pos, len, data, hash);
        return;
    }
    uint64_t skip = (uint64_t)(s->next - pos);
    if (whole) {
        struct bytes rest = bytes_from(data, skip);
        add(s, rest.n, rest.p, payload_hash(rest));
    } else if (skip == 0) {
        add(s, len, NULL, hash);
    } else {
        s->broken = true;
        return;
    }
    take_pending(s);
}

void bytes_release(struct bytes_seen *s)
{
    while (s->pending) {
        struct piece *p = s->pending;
        s->pending = p->next;
        piece_free(p);
    }
    drop_sha(s);
}
