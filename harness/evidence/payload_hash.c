#include "evidence/payload_hash.h"

#include "base/cursor.h"

/* 2^64 is C modulo P: a word W at position I from the end counts W * C^I, and the upper half of a
 * product is folded into the lower by one more multiplication with C. */
#define C 59u
#define P (UINT64_MAX - C + 1)

#define C2 ((uint64_t)C * C)
#define C3 (C2 * C)
#define C4 (C2 * C2)
#define C5 (C4 * C)
#define C6 (C4 * C2)
#define C7 (C4 * C3)
#define C8 (C4 * C4) /* 48 bits */

#define BLOCK 64 /* bytes */

__extension__ typedef unsigned __int128 wide;

/* R modulo P, though maybe P or a little more than it. */
static uint64_t fold(wide r)
{
    r = (uint64_t)r + (wide)(uint64_t)(r >> 64) * C; /* below C * 2^64 */
    uint64_t low = (uint64_t)r, sum = low + (uint64_t)(r >> 64) * C;
    return sum < low ? sum + C : sum;
}

/* The same for R below 2^122. */
static inline uint64_t fold_small(wide r)
{
    uint64_t low = (uint64_t)r, sum = low + (uint64_t)(r >> 64) * C;

    return sum < low ? sum + C : sum;
}

static uint64_t finish(uint64_t h)
{
    return h >= P ? h - P : h;
}

static inline uint64_t load(const uint8_t *p)
{
    return (uint64_t)p[0] << 56 | (uint64_t)p[1] << 48 | (uint64_t)p[2] << 40 |
           (uint64_t)p[3] << 32 | (uint64_t)p[4] << 24 | (uint64_t)p[5] << 16 |
           (uint64_t)p[6] << 8 | p[7];
}

/* H followed by the eight words at P. The multiplications overlap, as none waits for another; a sum
 * of nine such products stays below 2^116. */
static uint64_t add_block(uint64_t h, const uint8_t *p)
{
    wide sum = (wide)h * C8 + (wide)load(p) * C7 + (wide)load(p + 8) * C6;

    sum += (wide)load(p + 16) * C5 + (wide)load(p + 24) * C4 + (wide)load(p + 32) * C3;
    sum += (wide)load(p + 40) * C2 + (wide)load(p + 48) * C + load(p + 56);
    return fold_small(sum);
}

uint64_t payload_hash(struct bytes b)
{
    uint64_t h = 0;
    struct rd r = rd_of(b);

    while (rd_left(&r) >= BLOCK)
        h = add_block(h, rd_take(&r, BLOCK).p);
    while (rd_left(&r) >= 8)
        h = fold_small((wide)h * C + rd_be64(&r));
    size_t bits = 8 * rd_left(&r);
    uint64_t last = 0;
    while (rd_left(&r) > 0)
        last = last << 8 | rd_u8(&r);
    return finish(fold_small(((wide)h << bits) + last));
}

uint64_t payload_hash_join(uint64_t a, uint64_t b, uint64_t len_b)
{
    uint64_t power = 256; /* 256^(2^i) */

    for (; len_b; len_b >>= 1) {
        if (len_b & 1)
            a = fold((wide)a * power);
        power = fold((wide)power * power);
    }
    return finish(fold((wide)a + b));
}
