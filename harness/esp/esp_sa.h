/* What a security association is inside. For esp/ only; others see esp/esp.h. */
#ifndef ESP_ESP_SA_H
#define ESP_ESP_SA_H

#include "esp/esp.h"
#include "esp/replay.h"

struct esp_sa {
    struct esp_params params;
    struct mono born;
    struct cipher *cipher; /* NULL: not encrypted */
    struct hmac *hmac;     /* NULL: not authenticated */
    size_t iv_len, icv_len;
    size_t align;         /* payload, padding and trailer are a multiple of this */
    uint32_t sent;        /* sequence number of the last packet sealed */
    struct replay replay; /* of what was opened */
    struct esp_counters counters;
};

#endif
