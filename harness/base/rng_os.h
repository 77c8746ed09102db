/* The operating system's randomness (getrandom(2)) as a struct rng: for live runs. */
#ifndef BASE_RNG_OS_H
#define BASE_RNG_OS_H

#include "base/rng.h"

void rng_os_init(struct rng *r);

#endif
