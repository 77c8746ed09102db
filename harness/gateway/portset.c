#include "gateway/portset.h"

#include <string.h>

#define NONE 65536u

void portset_init(struct portset *s)
{
    memset(s->free, 0xff, sizeof(s->free));
    memset(s->some, 0xff, sizeof(s->some));
    s->any = UINT64_MAX >> (64 - PORTSET_WORDS / 64);
    s->count = NONE;
}

bool portset_take(struct portset *s, uint16_t n)
{
    unsigned word = n / 64u;
    uint64_t bit = UINT64_C(1) << n % 64u;

    if (!(s->free[word] & bit))
        return false;
    s->free[word] &= ~bit;
    if (!s->free[word])
        s->some[word / 64] &= ~(UINT64_C(1) << word % 64);
    if (!s->some[word / 64])
        s->any &= ~(UINT64_C(1) << word / 64);
    s->count--;
    return true;
}

void portset_give(struct portset *s, uint16_t n)
{
    unsigned word = n / 64u;
    uint64_t bit = UINT64_C(1) << n % 64u;

    if (s->free[word] & bit)
        return;
    s->free[word] |= bit;
    s->some[word / 64] |= UINT64_C(1) << word % 64;
    s->any |= UINT64_C(1) << word / 64;
    s->count++;
}

/* Bits FROM.. of V; 0 when FROM is past them. */
static uint64_t from_bit(uint64_t v, unsigned from)
{
    return from < 64 ? v & (UINT64_MAX << from) : 0;
}

static unsigned lowest(uint64_t v)
{
    return (unsigned)__builtin_ctzll(v);
}

/* The first free number from FROM on; NONE. */
static uint32_t next_free(const struct portset *s, uint32_t from)
{
    unsigned word = from / 64, block = word / 64;
    uint64_t bits = from_bit(s->free[word], from % 64);

    if (bits)
        return word * 64 + lowest(bits);
    bits = from_bit(s->some[block], word % 64 + 1);
    if (!bits) {
        uint64_t blocks = from_bit(s->any, block + 1);
        if (!blocks)
            return NONE;
        block = lowest(blocks);
        bits = s->some[block];
    }
    word = block * 64 + lowest(bits);
    return word * 64 + lowest(s->free[word]);
}

bool portset_take_next(struct portset *s, uint16_t lo, uint16_t hi, uint16_t from, uint16_t *out)
{
    uint32_t n = next_free(s, from);

    if (n > hi)
        n = next_free(s, lo);
    if (n > hi)
        return false;
    *out = (uint16_t)n;
    return portset_take(s, *out);
}
