/* Why a flow cannot be replayed, in words. */
#ifndef TRAFFIC_REASONS_H
#define TRAFFIC_REASONS_H

#include "traffic/capture.h"

#define COUNT_TEXT 28

/* N with commas between thousands: "1,234,567". Returns OUT. */
char *count_format(uint64_t n, char out[static COUNT_TEXT]);

/* "1 packet", "2 packets": N of WHAT. Returns OUT. */
#define THINGS_TEXT (COUNT_TEXT + 20)
char *things_format(uint64_t n, const char *what, char out[static THINGS_TEXT]);

/* Adds a sentence to F's reasons; beyond FLOW_WHY_MAX it is left out. */
void reason_add(struct flow *f, struct arena *arena, const char *fmt, ...) PRINTF_LIKE(3, 4);

#endif
