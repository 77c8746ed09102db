#include "esp/esp_sa.h"

#define TRAILER_LEN 2 /* pad length and next header */

static size_t padding(const struct esp_sa *sa, size_t n)
{
    return (sa->align - (n + TRAILER_LEN) % sa->align) % sa->align;
}

size_t esp_sealed_len(const struct esp_sa *sa, size_t n)
{
    return ESP_HDR_LEN + sa->iv_len + n + padding(sa, n) + TRAILER_LEN + sa->icv_len;
}

static void put_trailer(struct wr *w, size_t pad, uint8_t next)
{
    for (uint8_t i = 1; i <= pad; i++) /* RFC 4303, 2.4: 1, 2, 3, ... */
        wr_u8(w, i);
    wr_u8(w, (uint8_t)pad);
    wr_u8(w, next);
}

/* From the SPI on; there is room for all of it. */
static enum err put_packet(struct esp_sa *sa, struct rng *rng, struct bytes inner, uint8_t next,
                           struct wr *w)
{
    size_t start = w->at;
    enum err e = ERR_OK;

    wr_be32(w, sa->params.spi);
    wr_be32(w, sa->sent + 1);
    uint8_t *iv = wr_room(w, sa->iv_len);
    size_t clear = w->at;
    wr_put(w, inner); /* copied once and encrypted where it lies: one pass of the cipher is less
                         than two with an IV set in between */
    put_trailer(w, padding(sa, inner.n), next);
    if (sa->cipher) {
        rng_fill(rng, iv, sa->iv_len);
        e = cipher_encrypt(sa->cipher, iv, w->p + clear, w->p + clear, w->at - clear);
    }
    if (!e && sa->hmac) {
        struct bytes packet = bytes_of(w->p + start, w->at - start);
        uint8_t mac[DIGEST_MAX];
        hmac_sum(sa->hmac, &packet, 1, mac);
        wr_put(w, bytes_of(mac, sa->icv_len));
    }
    return e ? e : w->err;
}

enum err esp_seal(struct esp_sa *sa, struct rng *rng, struct bytes inner, uint8_t next,
                  struct wr *w)
{
    size_t start = w->at;

    if (w->err)
        return w->err;
    if (sa->sent == UINT32_MAX)
        return ERR_STATE;
    if (w->cap - w->at < esp_sealed_len(sa, inner.n)) {
        wr_fail(w, ERR_NOSPACE);
        return w->err;
    }
    enum err e = put_packet(sa, rng, inner, next, w);
    if (e) {
        w->at = start;
        wr_fail(w, e);
        return e;
    }
    sa->sent++;
    sa->counters.packets++;
    sa->counters.bytes += inner.n;
    return ERR_OK;
}
