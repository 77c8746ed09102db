/* A set of free numbers from 0 to 65535: the ports of one translated address. Taking, giving back
 * and finding the next free one cost the same however full it is: three levels of 64-bit words. */
#ifndef GATEWAY_PORTSET_H
#define GATEWAY_PORTSET_H

#include <stdbool.h>
#include <stdint.h>

#define PORTSET_WORDS 1024

struct portset {
    uint64_t free[PORTSET_WORDS];      /* a bit a number */
    uint64_t some[PORTSET_WORDS / 64]; /* a bit a word of `free` that is not zero */
    uint64_t any;                      /* a bit a word of `some` that is not zero */
    uint32_t count;                    /* free numbers */
};

void portset_init(struct portset *s); /* all are free */

bool portset_take(struct portset *s, uint16_t n); /* false: it was taken */
void portset_give(struct portset *s, uint16_t n);

/* The first free number of LO..HI from FROM (in that range) on, going round; taken. False: none. */
bool portset_take_next(struct portset *s, uint16_t lo, uint16_t hi, uint16_t from, uint16_t *out);

#endif
