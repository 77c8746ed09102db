#include "esp/esp_sa.h"
#include "wire/ip.h"

struct parts { /* of an ESP packet as it came; views into it */
    uint32_t spi;
    uint64_t seq;
    struct bytes iv, body, icv;
    struct bytes covered; /* by the ICV */
};

static enum err take_apart(const struct esp_sa *sa, struct bytes in, struct parts *out)
{
    struct rd r = rd_of(in);

    out->spi = rd_be32(&r);
    uint32_t low = rd_be32(&r);
    out->seq = sa->params.esn ? replay_extend(&sa->replay, low) : low;
    out->iv = rd_take(&r, sa->iv_len);
    if (rd_left(&r) < sa->align + sa->icv_len)
        return ERR_SHORT;
    out->body = rd_take(&r, rd_left(&r) - sa->icv_len);
    out->covered = bytes_of(in.p, r.at);
    out->icv = rd_rest(&r);
    if (out->spi != sa->params.spi || out->body.n % sa->align != 0)
        return ERR_FORMAT;
    return r.err;
}

static bool is_authentic(const struct esp_sa *sa, const struct parts *p)
{
    uint8_t mac[DIGEST_MAX];

    if (!sa->hmac)
        return true;
    esp_mac(sa, p->covered, p->seq, mac);
    return secret_eq(mac, p->icv.p, sa->icv_len);
}

/* RFC 4303, 2.7: TFC padding comes behind what the inner packet's own header counts. */
static struct bytes without_tfc(struct bytes inner, uint8_t next)
{
    struct rd r = rd_of(inner);
    uint8_t version = rd_u8(&r) >> 4;

    rd_take(&r, version == 4 ? 1 : 3);
    size_t n = rd_be16(&r);
    bool is_v4 = version == 4 && next == IP_IPIP && n >= 20;
    bool is_v6 = version == 6 && next == IP_IPV6 && n > 0; /* 0: a jumbogram says it elsewhere */

    if (is_v6)
        n += 40;
    return !r.err && (is_v4 || is_v6) && n < inner.n ? bytes_head(inner, n) : inner;
}

/* Takes padding and trailer off. The padding is looked at as RFC 4303, 2.4 wishes: with wrong keys
 * and no integrity it is the only sign. */
static enum err strip(struct bytes clear, struct esp_plain *out)
{
    size_t pad = clear.p[clear.n - 2];

    if (pad + 2 > clear.n)
        return ERR_FORMAT;
    size_t inner = clear.n - 2 - pad;
    for (size_t i = 0; i < pad; i++)
        if (clear.p[inner + i] != i + 1)
            return ERR_FORMAT;
    out->next = clear.p[clear.n - 1];
    out->inner = without_tfc(bytes_head(clear, inner), out->next);
    return ERR_OK;
}

static enum err decrypt(struct esp_sa *sa, const struct parts *p, uint8_t *plain)
{
    uint8_t aad[ESP_AAD_MAX];

    if (!sa->cipher) {
        memcpy(plain, p->body.p, p->body.n);
        return ERR_OK;
    }
    if (!cipher_is_aead(sa->params.cipher))
        return cipher_decrypt(sa->cipher, p->iv.p, p->body.p, plain, p->body.n);
    size_t n = esp_aad(sa, p->seq, aad);
    return cipher_open(sa->cipher, p->iv.p, bytes_of(aad, n), p->body.p, plain, p->body.n,
                       p->icv.p);
}

static enum err open_parts(struct esp_sa *sa, const struct parts *p, uint8_t *plain,
                           struct esp_plain *out)
{
    if (!is_authentic(sa, p))
        return ERR_AUTH;
    enum err e = decrypt(sa, p, plain);
    if (e)
        return e;
    out->seq = p->seq;
    return strip(bytes_of(plain, p->body.n), out);
}

enum err esp_peek(struct esp_sa *sa, struct bytes in, uint8_t *plain, struct esp_plain *out)
{
    struct parts p;
    enum err e = take_apart(sa, in, &p);

    return e ? e : open_parts(sa, &p, plain, out);
}

static void count(struct esp_counters *c, enum err e, size_t inner)
{
    switch (e) {
    case ERR_OK:
        c->packets++;
        c->bytes += inner;
        break;
    case ERR_AUTH: c->bad_icv++; break;
    case ERR_REPLAY: c->replays++; break;
    default: c->malformed++; break;
    }
}

enum err esp_open(struct esp_sa *sa, struct bytes in, uint8_t *plain, struct esp_plain *out)
{
    struct parts p;
    struct esp_plain got = {0};
    enum err e = take_apart(sa, in, &p);

    if (!e && !replay_is_fresh(&sa->replay, p.seq)) /* before the costly part: RFC 4303, 3.4.3 */
        e = ERR_REPLAY;
    if (!e)
        e = open_parts(sa, &p, plain, &got);
    count(&sa->counters, e, got.inner.n);
    if (e)
        return e;
    replay_accept(&sa->replay, p.seq);
    *out = got;
    return ERR_OK;
}
