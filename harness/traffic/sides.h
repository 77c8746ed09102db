/* Who of two endpoints opened a flow. */
#ifndef TRAFFIC_SIDES_H
#define TRAFFIC_SIDES_H

#include <stdbool.h>
#include <stdint.h>

/* For flows whose opening was not captured: true when the one who spoke first, from port FIRST to
 * port SECOND, is taken for the one who opened it. That is so unless its port alone is a well-known
 * one (below 1024, RFC 6335, 6): then a server was caught in the middle of answering. */
static inline bool sides_first_opened(uint16_t first, uint16_t second)
{
    return !(first < 1024 && second >= 1024);
}

#endif
