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
    uint64_t sent;        /* sequence number of the last packet sealed */
    struct replay replay; /* of what was opened */
    struct esp_counters counters;
};

#define ESP_AAD_MAX 12

/* What an authenticating cipher covers beside the payload (RFC 4106, 5). Returns its length. */
size_t esp_aad(const struct esp_sa *sa, uint64_t seq, uint8_t out[static ESP_AAD_MAX]);

/* The HMAC of PACKET, from the SPI to the trailer, and of the upper half of SEQ with ESN. */
void esp_mac(const struct esp_sa *sa, struct bytes packet, uint64_t seq,
             uint8_t out[static DIGEST_MAX]);

#endif
