#include "ike/ike2_crypt.h"

#include "base/mem.h"
#include "ike/ike2_crypt_parts.h"

enum err ike2_crypt_new(enum cipher_alg cipher, enum integ_alg integ, struct bytes sk_e,
                        struct bytes sk_a, struct ike2_crypt **out)
{
    struct ike2_crypt *c = mem_zalloc(sizeof(*c));
    bool aead = cipher_is_aead(cipher);
    enum err e = aead == (integ == INTEG_NONE) ? ERR_OK : ERR_UNSUPPORTED;

    if (!e && sk_a.n != integ_key_len(integ))
        e = ERR_RANGE;
    if (!e)
        e = cipher_new(cipher, sk_e, &c->cipher);
    if (!e && !aead)
        e = hmac_new(integ_digest(integ), sk_a, &c->hmac);
    if (e) {
        ike2_crypt_free(c);
        return e;
    }
    c->alg = cipher;
    c->iv_len = cipher_iv_len(cipher);
    c->icv_len = aead ? cipher_icv_len(cipher) : integ_icv_len(integ);
    *out = c;
    return ERR_OK;
}

void ike2_crypt_free(struct ike2_crypt *c)
{
    if (!c)
        return;
    cipher_free(c->cipher);
    hmac_free(c->hmac);
    mem_free(c);
}

/* Only CBC needs any (RFC 5282, 3: none for the sake of alignment). */
static size_t padding(const struct ike2_crypt *c, size_t n)
{
    size_t block = cipher_block_len(c->alg);

    return block ? (block - (n + 1) % block) % block : 0;
}

size_t ike2_envelope_len(const struct ike2_crypt *c, size_t skf, size_t n)
{
    return ISAKMP_HDR_LEN + IKEV2_GENERIC_LEN + skf + c->iv_len + n + padding(c, n) + 1 +
           c->icv_len;
}

size_t ike2_sealed_len(const struct ike2_crypt *c, struct bytes clear)
{
    return ike2_envelope_len(c, 0, clear.n > ISAKMP_HDR_LEN ? clear.n - ISAKMP_HDR_LEN : 0);
}

enum err ike2_clear_parse(struct bytes clear, struct isakmp_hdr *hdr, struct bytes *payloads)
{
    enum err e = isakmp_hdr_parse(clear, hdr);

    if (e || hdr->length != clear.n)
        return ERR_FORMAT;
    *payloads = bytes_from(clear, ISAKMP_HDR_LEN);
    return ERR_OK;
}

/* --- sealing --------------------------------------------------------------------------------- */

/* RFC 5282, 3.1: any number that never comes twice under the key. */
static void make_iv(struct ike2_crypt *c, struct rng *rng, uint8_t *iv)
{
    if (cipher_block_len(c->alg)) {
        rng_fill(rng, iv, c->iv_len);
        return;
    }
    struct wr w = wr_of(iv, c->iv_len);
    wr_be64(&w, c->sent++);
}

static void put_header(struct wr *w, const struct isakmp_hdr *h, uint8_t type, size_t len)
{
    wr_put(w, bytes_of(h->cookie_i, sizeof(h->cookie_i)));
    wr_put(w, bytes_of(h->cookie_r, sizeof(h->cookie_r)));
    wr_u8(w, type);
    wr_u8(w, h->version);
    wr_u8(w, h->exchange);
    wr_u8(w, h->flags);
    wr_be32(w, h->message_id);
    wr_be32(w, (uint32_t)len);
}

/* AAD: from the first byte of the message to where the IV begins. MAC: over all but itself. */
static enum err protect(struct ike2_crypt *c, struct wr *w, size_t start, size_t iv_at)
{
    const uint8_t *iv = w->p + iv_at;
    uint8_t *text = w->p + iv_at + c->iv_len, mac[DIGEST_MAX];
    size_t n = w->at - iv_at - c->iv_len;
    enum err e;

    if (c->hmac) {
        e = cipher_encrypt(c->cipher, iv, text, text, n);
        struct bytes covered = bytes_of(w->p + start, w->at - start);
        hmac_sum(c->hmac, &covered, 1, mac);
    } else {
        struct bytes aad = bytes_of(w->p + start, iv_at - start);
        e = cipher_seal(c->cipher, iv, aad, text, text, n, mac);
    }
    wr_put(w, bytes_of(mac, c->icv_len));
    return e;
}

enum err ike2_put_sealed(struct ike2_crypt *c, struct rng *rng, const struct isakmp_hdr *hdr,
                         const struct ike2_piece *piece, struct wr *w)
{
    size_t start = w->at, skf = piece->total ? 4 : 0;
    size_t len = ike2_envelope_len(c, skf, piece->text.n), pad = padding(c, piece->text.n);

    if (w->err)
        return w->err;
    if (len > w->cap - w->at || len - ISAKMP_HDR_LEN > UINT16_MAX) {
        wr_fail(w, ERR_NOSPACE);
        return w->err;
    }
    put_header(w, hdr, skf ? IKEV2_P_SKF : IKEV2_P_SK, len);
    wr_u8(w, piece->next);
    wr_u8(w, 0);
    wr_be16(w, (uint16_t)(len - ISAKMP_HDR_LEN));
    if (skf) {
        wr_be16(w, piece->number);
        wr_be16(w, piece->total);
    }
    size_t iv_at = w->at;
    make_iv(c, rng, wr_room(w, c->iv_len));
    wr_put(w, piece->text);
    wr_zero(w, pad);
    wr_u8(w, (uint8_t)pad);
    enum err e = protect(c, w, start, iv_at);
    if (e) {
        w->at = start;
        wr_fail(w, e);
    }
    return e;
}

enum err ike2_seal(struct ike2_crypt *c, struct rng *rng, struct bytes clear, struct wr *w)
{
    struct isakmp_hdr hdr;
    struct ike2_piece piece = {0};
    enum err e = ike2_clear_parse(clear, &hdr, &piece.text);

    if (e) {
        wr_fail(w, e);
        return e;
    }
    piece.next = hdr.next;
    return ike2_put_sealed(c, rng, &hdr, &piece, w);
}

/* --- opening --------------------------------------------------------------------------------- */

enum err ike2_sealed_parse(struct bytes datagram, uint8_t type, struct ike2_sealed *out)
{
    struct ikev2_chain chain;
    struct ikev2_fragment f;
    enum err e = isakmp_hdr_parse(datagram, &out->hdr);

    if (e)
        return e;
    if (out->hdr.length != datagram.n || out->hdr.next != type)
        return ERR_FORMAT;
    e = ikev2_chain_parse(type, bytes_from(datagram, ISAKMP_HDR_LEN), &chain);
    if (e)
        return e;
    const struct ikev2_payload *p = &chain.v[0]; /* it ends the chain: there is only this one */
    out->piece = (struct ike2_piece){.next = p->next};
    out->body = p->body;
    if (type == IKEV2_P_SKF) {
        e = ikev2_fragment_parse(p->body, &f);
        if (e)
            return e;
        out->piece.number = f.number;
        out->piece.total = f.total;
        out->body = f.sealed;
    }
    out->head = bytes_head(datagram, datagram.n - out->body.n);
    return ERR_OK;
}

/* Authenticates, then decrypts TEXT to OUT. */
static enum err reveal(struct ike2_crypt *c, const struct ike2_sealed *s, struct bytes iv,
                       struct bytes text, struct bytes icv, uint8_t *out)
{
    uint8_t mac[DIGEST_MAX];

    if (!c->hmac)
        return cipher_open(c->cipher, iv.p, s->head, text.p, out, text.n, icv.p);
    const struct bytes covered[] = {s->head, iv, text};
    hmac_sum(c->hmac, covered, COUNT(covered), mac);
    if (!secret_eq(mac, icv.p, icv.n))
        return ERR_AUTH;
    return cipher_decrypt(c->cipher, iv.p, text.p, out, text.n);
}

enum err ike2_reveal(struct ike2_crypt *c, const struct ike2_sealed *s, void *out, size_t cap,
                     struct bytes *text)
{
    struct rd r = rd_of(s->body);
    size_t block = cipher_block_len(c->alg);

    if (s->body.n < c->iv_len + c->icv_len + 1)
        return ERR_SHORT;
    struct bytes iv = rd_take(&r, c->iv_len);
    struct bytes sealed = rd_take(&r, rd_left(&r) - c->icv_len), icv = rd_rest(&r);
    if (block && sealed.n % block != 0)
        return ERR_FORMAT;
    if (sealed.n > cap)
        return ERR_NOSPACE;
    enum err e = reveal(c, s, iv, sealed, icv, out);
    if (e)
        return e;
    struct bytes plain = bytes_of(out, sealed.n);
    size_t pad = plain.p[plain.n - 1]; /* whatever the padding holds (RFC 7296, 3.14) */
    if (pad >= plain.n)
        return ERR_FORMAT;
    *text = bytes_head(plain, plain.n - 1 - pad);
    return ERR_OK;
}

void ike2_put_clear_header(struct wr *w, const struct isakmp_hdr *h, uint8_t next, size_t payloads)
{
    put_header(w, h, next, ISAKMP_HDR_LEN + payloads);
}

enum err ike2_open(struct ike2_crypt *c, struct bytes datagram, void *out, size_t cap,
                   struct bytes *clear)
{
    struct ike2_sealed s;
    struct bytes text;
    enum err e = ike2_sealed_parse(datagram, IKEV2_P_SK, &s);

    if (e)
        return e;
    if (cap < ISAKMP_HDR_LEN)
        return ERR_NOSPACE;
    e = ike2_reveal(c, &s, (uint8_t *)out + ISAKMP_HDR_LEN, cap - ISAKMP_HDR_LEN, &text);
    if (e)
        return e;
    struct wr w = wr_of(out, cap);
    ike2_put_clear_header(&w, &s.hdr, s.piece.next, text.n);
    *clear = bytes_of(out, ISAKMP_HDR_LEN + text.n);
    return ERR_OK;
}
