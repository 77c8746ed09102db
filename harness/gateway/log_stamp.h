/* The front of a log line: stamp and device-id as `logging timestamp` and `logging device-id` want
 * them, in the zone of `clock timezone`. Daylight saving time is not modelled. */
#ifndef GATEWAY_LOG_STAMP_H
#define GATEWAY_LOG_STAMP_H

#include "gateway/config.h"

/* Adds what stands before "%ASA-", with the colon and blank that end it: "", "Nov 09 2022 10:01:59:
 * ", "Nov 09 2022 10:01:59 fw1 : ", "2022-11-09T10:01:59Z: ", "fw1 : ". */
void gw_log_stamp(const struct gw_config *c, int64_t unix_s, struct buf *out);

/* The same for EMBLEM, which has no device-id: ":Nov 09 10:01:59 UTC: ", ":2022-11-09T10:01:59Z: ",
 * ":: ". */
void gw_log_stamp_emblem(const struct gw_config *c, int64_t unix_s, struct buf *out);

#endif
