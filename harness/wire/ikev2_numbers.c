#include "wire/ikev2_numbers.h"

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

NAMES(ikev2_payload_name, uint8_t, IKEV2_PAYLOADS)
NAMES(ikev2_notify_name, uint16_t, IKEV2_NOTIFIES)
NAMES(ikev2_id_name, uint8_t, IKEV2_IDS)
NAMES(ikev2_auth_name, uint8_t, IKEV2_AUTHS)
NAMES(ikev2_transform_name, uint8_t, IKEV2_TRANSFORMS)
NAMES(ikev2_encr_name, uint16_t, IKEV2_ENCRS)
NAMES(ikev2_prf_name, uint16_t, IKEV2_PRFS)
NAMES(ikev2_integ_name, uint16_t, IKEV2_INTEGS)
NAMES(ikev2_cp_name, uint8_t, IKEV2_CPS)
NAMES(ikev2_cp_attribute_name, uint16_t, IKEV2_CP_ATTRIBUTES)
