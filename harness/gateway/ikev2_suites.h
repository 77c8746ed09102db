/* What a configuration's IKEv2 policies and IPsec proposals combine to, in order of preference. */
#ifndef GATEWAY_IKEV2_SUITES_H
#define GATEWAY_IKEV2_SUITES_H

#include "gateway/config.h"
#include "ike/ike.h"

/* Every combination is a proposal of its own; who names everything everywhere gets the first MAX.
 */
#define GW_IKEV2_SUITES_MAX 128

/* Both give the number of suites written to OUT, at most MAX. */
size_t gw_ikev2_suites(const struct gw_ikev2_config *k, struct ike_suite *out, size_t max);
/* Of the proposals that entry M of a crypto map names. */
size_t gw_ikev2_esp_suites(const struct gw_config *c, const struct gw_map_entry *m,
                           struct ike_esp_suite *out, size_t max);

#endif
