/* The bytes of one direction as they passed one tap, digested in order: a hash that can be joined,
 * so it works on cut packets too, and SHA-256 as long as the bytes themselves are there. What comes
 * too early waits for its predecessors. For judge/ only. */
#ifndef JUDGE_FLOW_BYTES_H
#define JUDGE_FLOW_BYTES_H

#include "base/bytes.h"
#include "crypto/hash.h"

/* The hash of everything before a position. Marks stand where packets began and ended. */
struct mark {
    int64_t pos;
    uint64_t hash;
};

struct marks { /* a ring, positions ascending */
    struct mark *m;
    uint32_t cap, head, n; /* cap is a power of two, or 0; head: the oldest */
};

struct piece;

/* Pieces that wait, of all flows: recycled, and no more than PIECES_MAX at a time. */
#define PIECES_MAX   16384u
#define PIECES_BYTES (32u << 20) /* past that only their hashes are kept */

struct pieces {
    struct piece *spare;
    uint32_t used;
    size_t bytes; /* of memory for data */
};

void pieces_release(struct pieces *p);

struct flow_bytes {
    int64_t next;  /* everything before this position was digested */
    uint64_t hash; /* of it */
    struct marks marks;
    struct piece *first, *last;
    bool wants_sha;
    struct sha256 *sha; /* NULL: not begun, or given up */
    const char *broken; /* why the hash cannot be told any more; NULL: it can */
    uint64_t conflict_bytes,
        conflict_packet; /* repeated with other content; the first such packet */
};

/* A segment's payload. HASH counts when HAS_HASH; else DATA must be whole. */
struct payload {
    int64_t pos;
    uint64_t len;
    struct bytes data; /* fewer than LEN when the packet was cut */
    bool has_hash;
    uint64_t hash;
    uint64_t packet;
};

void flow_bytes_init(struct flow_bytes *b, bool wants_sha);
void flow_bytes_release(struct flow_bytes *b, struct pieces *pool);

/* KEEP_FROM: marks from there on are still wanted by whoever compares. */
void flow_bytes_take(struct flow_bytes *b, struct pieces *pool, const struct payload *p,
                     int64_t keep_from);

/* The hash of everything before POS, if a packet began or ended there. */
bool flow_bytes_hash_at(const struct flow_bytes *b, int64_t pos, uint64_t *out);

/* SHA-256 of everything before `next`, in hexadecimal. False: the bytes are not in the evidence. */
bool flow_bytes_sha(const struct flow_bytes *b, char out[static 65]);

#endif
