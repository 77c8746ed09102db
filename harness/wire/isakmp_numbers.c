#include "wire/isakmp_numbers.h"

#include <stddef.h>

#define X(id, number, name)                                                                        \
    case number:                                                                                   \
        return name;
#define NAMES(function, type, table)                                                               \
    const char *function(type value)                                                               \
    {                                                                                              \
        switch (value) {                                                                           \
            table(X) default : return NULL;                                                        \
        }                                                                                          \
    }

NAMES(isakmp_payload_name, uint8_t, ISAKMP_PAYLOADS)
NAMES(isakmp_exchange_name, uint8_t, ISAKMP_EXCHANGES)
NAMES(isakmp_notify_name, uint16_t, ISAKMP_NOTIFIES)
NAMES(isakmp_id_name, uint8_t, ISAKMP_IDS)
NAMES(isakmp_ike_attribute_name, uint16_t, IKE_ATTRIBUTES)
NAMES(isakmp_esp_attribute_name, uint16_t, ESP_ATTRIBUTES)
NAMES(isakmp_cfg_name, uint8_t, ISAKMP_CFGS)
NAMES(isakmp_cfg_attribute_name, uint16_t, CFG_ATTRIBUTES)
