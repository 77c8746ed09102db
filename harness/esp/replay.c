#include "esp/replay.h"

#include "base/mem.h"

#define WORD_BITS 64u

void replay_init(struct replay *r, uint16_t window)
{
    *r = (struct replay){.window = window};
    if (window == 0)
        return;
    size_t words = 1;
    while (words < window / WORD_BITS + 2) /* the window may begin and end inside a word */
        words *= 2;
    r->words = mem_array(words, sizeof(*r->words));
    r->mask = words - 1;
}

void replay_release(struct replay *r)
{
    mem_free(r->words);
    *r = (struct replay){0};
}

uint64_t replay_extend(const struct replay *r, uint32_t seq)
{
    uint64_t high = r->top >> 32;
    uint32_t low = (uint32_t)r->top, window = r->window ? r->window : UINT32_C(1) << 30;
    uint32_t bottom = low - window + 1;

    if (low >= window - 1) /* the window lies within one half: what is below it comes next */
        high += seq < bottom;
    else if (seq >= bottom && high > 0) /* it began before the lower half ran over */
        high--;
    return high << 32 | seq;
}

bool replay_is_fresh(const struct replay *r, uint64_t seq)
{
    if (r->window == 0 || seq > r->top)
        return true;
    if (seq == 0 || r->top - seq >= r->window) /* RFC 4303, 3.3.3: the first packet has number 1 */
        return false;
    return !(r->words[seq / WORD_BITS & r->mask] >> seq % WORD_BITS & 1);
}

void replay_accept(struct replay *r, uint64_t seq)
{
    if (r->window > 0) {
        uint64_t ahead = seq > r->top ? seq / WORD_BITS - r->top / WORD_BITS : 0;
        if (ahead > r->mask + 1)
            ahead = r->mask + 1;
        for (uint64_t i = 0; i < ahead; i++)
            r->words[(seq / WORD_BITS - i) & r->mask] = 0;
        r->words[seq / WORD_BITS & r->mask] |= (uint64_t)1 << seq % WORD_BITS;
    }
    if (seq > r->top)
        r->top = seq;
}
