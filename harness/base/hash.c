#include "base/hash.h"

#include "base/cursor.h"

static inline uint64_t rotl(uint64_t x, int k)
{
    return x << k | x >> (64 - k);
}

static inline void sip_round(uint64_t v[4])
{
    v[0] += v[1];
    v[1] = rotl(v[1], 13) ^ v[0];
    v[0] = rotl(v[0], 32);
    v[2] += v[3];
    v[3] = rotl(v[3], 16) ^ v[2];
    v[0] += v[3];
    v[3] = rotl(v[3], 21) ^ v[0];
    v[2] += v[1];
    v[1] = rotl(v[1], 17) ^ v[2];
    v[2] = rotl(v[2], 32);
}

static inline void begin(uint64_t v[static 4], uint64_t key)
{
    uint64_t k1 = key ^ 0x6a09e667f3bcc908u;

    v[0] = key ^ 0x736f6d6570736575u;
    v[1] = k1 ^ 0x646f72616e646f6du;
    v[2] = key ^ 0x6c7967656e657261u;
    v[3] = k1 ^ 0x7465646279746573u;
}

static inline void add(uint64_t v[static 4], uint64_t m)
{
    v[3] ^= m;
    sip_round(v);
    v[0] ^= m;
}

static inline uint64_t finish(uint64_t v[static 4])
{
    v[2] ^= 0xff;
    for (int i = 0; i < 3; i++)
        sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

uint64_t hash_bytes(struct bytes b, uint64_t key)
{
    uint64_t v[4];
    struct rd r = rd_of(b);

    begin(v, key);
    while (rd_left(&r) >= 8)
        add(v, rd_le64(&r));
    uint64_t last = (uint64_t)b.n << 56;
    for (int shift = 0; rd_left(&r) > 0; shift += 8)
        last |= (uint64_t)rd_u8(&r) << shift;
    add(v, last);
    return finish(v);
}

uint64_t hash_words(const uint64_t *words, size_t n, uint64_t key)
{
    uint64_t v[4];

    begin(v, key);
    for (size_t i = 0; i < n; i++)
        add(v, words[i]);
    add(v, (uint64_t)(n * 8) << 56);
    return finish(v);
}
