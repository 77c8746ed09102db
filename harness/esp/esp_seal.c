#include "esp/esp_sa.h"

#define TRAILER_LEN 2 /* pad length and next header */

static size_t padding(const struct esp_sa *sa, size_t n)
{
    return (sa->align - (n + TRAILER_LEN) % sa->align) % sa->align;
}

/* Of an inner packet of N bytes with its TFC padding. */
static size_t payload_len(const struct esp_sa *sa, size_t n)
{
    return n > sa->params.tfc ? n : sa->params.tfc;
}

size_t esp_sealed_len(const struct esp_sa *sa, size_t n)
{
    n = payload_len(sa, n);
    return ESP_HDR_LEN + sa->iv_len + n + padding(sa, n) + TRAILER_LEN + sa->icv_len;
}

static void put_trailer(struct wr *w, size_t pad, uint8_t next)
{
    for (uint8_t i = 1; i <= pad; i++) /* RFC 4303, 2.4: 1, 2, 3, ... */
        wr_u8(w, i);
    wr_u8(w, (uint8_t)pad);
    wr_u8(w, next);
}

/* RFC 4106, 3.1; RFC 3686, 4.1; RFC 4309, 3; RFC 7634, 2: any number that never comes twice. */
static void put_iv(const struct esp_sa *sa, struct rng *rng, uint64_t seq, uint8_t *iv)
{
    if (cipher_mode(sa->params.cipher) == CIPHER_MODE_CBC) {
        rng_fill(rng, iv, sa->iv_len);
        return;
    }
    struct wr w = wr_of(iv, sa->iv_len);
    wr_be64(&w, seq);
}

size_t esp_aad(const struct esp_sa *sa, uint64_t seq, uint8_t out[static ESP_AAD_MAX])
{
    struct wr w = wr_of(out, ESP_AAD_MAX);

    wr_be32(&w, sa->params.spi);
    if (sa->params.esn)
        wr_be32(&w, (uint32_t)(seq >> 32));
    wr_be32(&w, (uint32_t)seq);
    return w.at;
}

void esp_mac(const struct esp_sa *sa, struct bytes packet, uint64_t seq,
             uint8_t out[static DIGEST_MAX])
{
    uint8_t high[4];
    struct wr w = wr_of(high, sizeof(high));

    wr_be32(&w, (uint32_t)(seq >> 32));
    const struct bytes parts[] = {packet, wr_bytes(&w)};
    hmac_sum(sa->hmac, parts, sa->params.esn ? 2 : 1, out); /* RFC 4303, 2.8 */
}

/* What lies from CLEAR to the end of W, where it lies. */
static enum err encrypt(struct esp_sa *sa, uint64_t seq, const uint8_t *iv, size_t clear,
                        struct wr *w)
{
    uint8_t aad[ESP_AAD_MAX], icv[CIPHER_ICV_MAX], *text = w->p + clear;
    size_t n = w->at - clear;

    if (!cipher_is_aead(sa->params.cipher))
        return cipher_encrypt(sa->cipher, iv, text, text, n);
    size_t naad = esp_aad(sa, seq, aad);
    enum err e = cipher_seal(sa->cipher, iv, bytes_of(aad, naad), text, text, n, icv);
    wr_put(w, bytes_of(icv, sa->icv_len));
    return e;
}

/* From the SPI on; there is room for all of it. */
static enum err put_packet(struct esp_sa *sa, struct rng *rng, struct bytes inner, uint8_t next,
                           struct wr *w)
{
    size_t start = w->at;
    uint64_t seq = sa->sent + 1;
    enum err e = ERR_OK;

    wr_be32(w, sa->params.spi);
    wr_be32(w, (uint32_t)seq);
    uint8_t *iv = wr_room(w, sa->iv_len);
    size_t clear = w->at;
    wr_put(w, inner); /* copied once and encrypted where it lies: one pass of the cipher is less
                         than two with an IV set in between */
    size_t n = payload_len(sa, inner.n);
    if (n > inner.n)
        memset(wr_room(w, n - inner.n), 0, n - inner.n);
    put_trailer(w, padding(sa, n), next);
    if (sa->cipher) {
        put_iv(sa, rng, seq, iv);
        e = encrypt(sa, seq, iv, clear, w);
    }
    if (!e && sa->hmac) {
        uint8_t mac[DIGEST_MAX];
        esp_mac(sa, bytes_of(w->p + start, w->at - start), seq, mac);
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
    if (sa->sent == (sa->params.esn ? UINT64_MAX : UINT32_MAX))
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
