#include "base/rng.h"

#include "base/attr.h"
#include "base/hash.h"

#include <string.h>

uint32_t rng_u32(struct rng *r)
{
    uint32_t v;
    rng_fill(r, &v, sizeof(v));
    return v;
}

uint64_t rng_u64(struct rng *r)
{
    uint64_t v;
    rng_fill(r, &v, sizeof(v));
    return v;
}

uint64_t rng_below(struct rng *r, uint64_t n)
{
    if (n == 0)
        return 0;
    uint64_t limit = UINT64_MAX - UINT64_MAX % n; /* reject the uneven tail */
    uint64_t v;

    do {
        v = rng_u64(r);
    } while (v >= limit);
    return v % n;
}

double rng_unit(struct rng *r)
{
    return (double)(rng_u64(r) >> 11) / 9007199254740992.0; /* 53 bits */
}

static uint64_t rotl(uint64_t x, int k)
{
    return x << k | x >> (64 - k);
}

static uint64_t next(uint64_t s[4]) /* xoshiro256**, Blackman and Vigna 2018 */
{
    uint64_t result = rotl(s[1] * 5, 7) * 9;
    uint64_t t = s[1] << 17;

    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotl(s[3], 45);
    return result;
}

static void seeded_fill(struct rng *rng, void *out, size_t n)
{
    struct rng_seeded *r = CONTAINER_OF(rng, struct rng_seeded, rng);
    unsigned char *p = out;

    while (n > 0) {
        uint64_t v = next(r->s);
        unsigned char b[8];
        for (int i = 0; i < 8; i++) /* same bytes on either endianness */
            b[i] = (unsigned char)(v >> (8 * i));
        size_t take = n < sizeof(b) ? n : sizeof(b);
        memcpy(p, b, take);
        p += take;
        n -= take;
    }
}

static const struct rng_ops seeded_ops = {seeded_fill};

static uint64_t splitmix(uint64_t *x) /* Steele et al. 2014: spreads a small seed over the state */
{
    uint64_t z = *x += 0x9e3779b97f4a7c15u;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

void rng_seeded_init(struct rng_seeded *r, uint64_t seed, const char *label)
{
    uint64_t x = seed ^ hash_bytes(bytes_str(label), 0);

    r->rng.ops = &seeded_ops;
    for (size_t i = 0; i < COUNT(r->s); i++)
        r->s[i] = splitmix(&x);
}
