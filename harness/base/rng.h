/* Randomness as an argument: seeded in virtual time, the operating system's in live runs. */
#ifndef BASE_RNG_H
#define BASE_RNG_H

#include <stddef.h>
#include <stdint.h>

struct rng;

struct rng_ops {
    void (*fill)(struct rng *r, void *out, size_t n);
};

struct rng {
    const struct rng_ops *ops;
};

static inline void rng_fill(struct rng *r, void *out, size_t n)
{
    r->ops->fill(r, out, n);
}

uint32_t rng_u32(struct rng *r);
uint64_t rng_u64(struct rng *r);

/* Uniform in [0, N); 0 for N = 0. */
uint64_t rng_below(struct rng *r, uint64_t n);

/* Uniform in [0, 1). */
double rng_unit(struct rng *r);

/* A repeatable stream (xoshiro256**): the same SEED and LABEL give the same bytes for ever. Give
 * each consumer a label of its own, so that one more draw here does not shift the draws there.
 * Not for secrets of live runs. */
struct rng_seeded {
    struct rng rng;
    uint64_t s[4];
};

void rng_seeded_init(struct rng_seeded *r, uint64_t seed, const char *label);

#endif
