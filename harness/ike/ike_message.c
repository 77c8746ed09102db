#include "ike/ike_impl.h"

#define NEXT_AT 16 /* of the header: where the first payload's type stands */

size_t sa_hash_len(const struct sa *sa)
{
    return digest_len(sa->suite.digest);
}

void message_begin(struct message *m, const struct sa *sa, uint8_t exchange, uint32_t message_id)
{
    struct isakmp_hdr h = {
        .version = ISAKMP_VERSION_1, .exchange = exchange, .message_id = message_id};

    memcpy(h.cookie_i, sa->cookie_i, sizeof(h.cookie_i));
    memcpy(h.cookie_r, sa->cookie_r, sizeof(h.cookie_r));
    m->w = wr_of(m->bytes, sizeof(m->bytes));
    isakmp_put_hdr(&m->w, &h);
    m->put = isakmp_put_begin(&m->w, NEXT_AT);
}

struct bytes message_end(struct message *m)
{
    isakmp_put_end(&m->w, 0);
    return m->w.err ? (struct bytes){0} : wr_bytes(&m->w);
}

struct bytes message_seal(struct message *m, const struct sa *sa, uint8_t *iv)
{
    size_t block = cipher_block_len(sa->suite.cipher);
    size_t over = (m->w.at - ISAKMP_HDR_LEN) % block;

    if (over)
        wr_zero(&m->w, block - over); /* RFC 2409, appendix B: padding of zeros */
    wr_fill8(&m->w, 19, ISAKMP_FLAG_ENCRYPT);
    isakmp_put_end(&m->w, 0);
    if (m->w.err)
        return (struct bytes){0};
    uint8_t *body = m->bytes + ISAKMP_HDR_LEN;
    size_t n = m->w.at - ISAKMP_HDR_LEN;
    if (cipher_encrypt(sa->cipher, iv, body, body, n))
        return (struct bytes){0};
    memcpy(iv, body + n - block, block);
    return wr_bytes(&m->w);
}

void message_open_hash(struct message *m, const struct sa *sa)
{
    isakmp_put_open(&m->put, ISAKMP_PAYLOAD_HASH);
    wr_zero(&m->w, sa_hash_len(sa));
    isakmp_put_close(&m->put);
}

struct bytes message_after_hash(const struct message *m, const struct sa *sa)
{
    return bytes_from(wr_bytes(&m->w), ISAKMP_HDR_LEN + 4 + sa_hash_len(sa));
}

void message_fill_hash(struct message *m, const struct sa *sa, const uint8_t *hash)
{
    struct wr w = wr_of(m->bytes + ISAKMP_HDR_LEN + 4, sa_hash_len(sa));

    wr_put(&w, bytes_of(hash, sa_hash_len(sa)));
}

enum err message_open(struct ike *k, const struct sa *sa, const struct isakmp_hdr *h,
                      const uint8_t *iv, struct isakmp_chain *chain, uint8_t *last)
{
    size_t block = cipher_block_len(sa->suite.cipher);
    size_t n = h->body.n;

    if (!sa->cipher || !(h->flags & ISAKMP_FLAG_ENCRYPT))
        return ERR_STATE;
    if (n == 0 || n % block || n > sizeof(k->plain))
        return ERR_FORMAT;
    enum err e = cipher_decrypt(sa->cipher, iv, h->body.p, k->plain, n);
    if (e)
        return e;
    e = isakmp_chain_parse(h->next, bytes_of(k->plain, n), chain);
    if (!e)
        memcpy(last, h->body.p + n - block, block);
    return e;
}

enum err message_hash_parts(const struct sa *sa, const struct isakmp_chain *c, struct bytes *hash,
                            struct bytes *rest)
{
    if (c->n == 0 || c->p[0].type != ISAKMP_PAYLOAD_HASH || c->p[0].body.n != sa_hash_len(sa))
        return ERR_FORMAT;
    *hash = c->p[0].body;
    *rest = bytes_of(c->p[0].whole.p + c->p[0].whole.n, c->len - c->p[0].whole.n);
    return ERR_OK;
}

void message_phase2_iv(const struct sa *sa, uint32_t message_id, uint8_t *iv)
{
    ikev1_phase2_iv(sa->suite.digest, sa->iv, message_id, sa->suite.cipher, iv);
}
