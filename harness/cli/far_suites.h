/* What the far end of `holdfast gateway` takes: whatever the gateway's configuration offers. */
#ifndef CLI_FAR_SUITES_H
#define CLI_FAR_SUITES_H

#include "gateway/config.h"
#include "ike/ike.h"

/* Both give the number of suites written to OUT, at most MAX. IKEV2: of that version, else of
 * IKEv1. */
size_t far_suites(const struct gw_config *c, bool ikev2, struct ike_suite *out, size_t max);
/* Of entry M of the crypto map. */
size_t far_esp_suites(const struct gw_config *c, const struct gw_map_entry *m, bool ikev2,
                      struct ike_esp_suite *out, size_t max);

#endif
