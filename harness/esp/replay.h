/* The anti-replay window (RFC 4303, 3.4.3) as a ring of words (RFC 6479): moving it forward clears
 * whole words and never shifts. For esp/ only. */
#ifndef ESP_REPLAY_H
#define ESP_REPLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct replay {
    uint64_t top;    /* highest sequence number accepted; 0: none yet */
    uint16_t window; /* packets; 0: everything passes */
    size_t mask;     /* words - 1 */
    uint64_t *words; /* bit seq % 64 of word seq / 64 & mask: accepted */
};

/* Gives memory to be freed with replay_release. */
void replay_init(struct replay *r, uint16_t window);
void replay_release(struct replay *r);

/* The 64-bit number whose lower half is SEQ: the one nearest to the window (RFC 4303, A2.2). */
uint64_t replay_extend(const struct replay *r, uint32_t seq);

/* True when SEQ may be accepted: right of the window, or in it and not seen. */
bool replay_is_fresh(const struct replay *r, uint64_t seq);

/* Notes an authentic packet. SEQ must be fresh. */
void replay_accept(struct replay *r, uint64_t seq);

#endif
