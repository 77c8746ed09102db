#include "base/hash.h"

#include "base/cursor.h"

static uint64_t rotl(uint64_t x, int k)
{
    return x << k | x >> (64 - k);
}

static void sip_round(uint64_t v[4])
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

uint64_t hash_bytes(struct bytes b, uint64_t key)
{
    uint64_t k1 = key ^ 0x6a09e667f3bcc908u;
    uint64_t v[4] = {key ^ 0x736f6d6570736575u, k1 ^ 0x646f72616e646f6du, key ^ 0x6c7967656e657261u,
                     k1 ^ 0x7465646279746573u};
    struct rd r = rd_of(b);

    while (rd_left(&r) >= 8) {
        uint64_t m = rd_le64(&r);
        v[3] ^= m;
        sip_round(v);
        v[0] ^= m;
    }
    uint64_t last = (uint64_t)b.n << 56;
    for (int shift = 0; rd_left(&r) > 0; shift += 8)
        last |= (uint64_t)rd_u8(&r) << shift;
    v[3] ^= last;
    sip_round(v);
    v[0] ^= last;
    v[2] ^= 0xff;
    for (int i = 0; i < 3; i++)
        sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}
