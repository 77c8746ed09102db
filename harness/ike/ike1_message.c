/* Messages: encryption and its chain of IVs, hashes, sending again, answering again. */
#include "ike/ike_parts.h"

#include "base/mem.h"

void ike1_begin(struct ike *k, const struct ike1_sa *sa, struct isakmp_msg *m, uint8_t exchange,
                uint32_t message_id, bool encrypted)
{
    struct isakmp_hdr h = {.version = ISAKMP_VERSION,
                           .exchange = exchange,
                           .flags = encrypted ? ISAKMP_FLAG_ENCRYPTED : 0,
                           .message_id = message_id};

    memcpy(h.cookie_i, sa->cookie_i, sizeof(h.cookie_i));
    memcpy(h.cookie_r, sa->cookie_r, sizeof(h.cookie_r));
    isakmp_begin(m, k->scratch, sizeof(k->scratch), &h);
}

struct bytes ike1_seal(const struct ike1_sa *sa, struct isakmp_msg *m, uint8_t *iv)
{
    size_t block = cipher_block_len(sa->suite.cipher);
    struct bytes all = isakmp_end(m, block);

    /* what we build is bounded by our configuration and always fits */
    if (m->w.err)
        bug("an IKE message outgrew its buffer");
    uint8_t *body = m->w.p + ISAKMP_HDR_LEN;
    size_t n = all.n - ISAKMP_HDR_LEN;
    if (cipher_encrypt(sa->cipher, iv, body, body, n))
        bug("a whole number of blocks was not encrypted");
    memcpy(iv, body + n - block, block);
    return all;
}

enum err ike1_open(struct ike *k, const struct ike1_sa *sa, struct ike1_in *in, const uint8_t *iv,
                   uint8_t *next_iv)
{
    size_t block = cipher_block_len(sa->suite.cipher);
    struct bytes body = bytes_from(in->datagram, ISAKMP_HDR_LEN);

    if (body.n == 0 || body.n % block != 0)
        return ERR_FORMAT;
    enum err e = cipher_decrypt(sa->cipher, iv, body.p, k->plain, body.n);
    if (e)
        return e;
    memcpy(next_iv, body.p + body.n - block, block);
    return isakmp_chain_parse(in->hdr.next, bytes_of(k->plain, body.n), &in->chain);
}

void ike1_open_hash(const struct ike1_sa *sa, struct isakmp_msg *m)
{
    size_t at = isakmp_open(m, ISAKMP_P_HASH);

    wr_zero(&m->w, digest_len(sa->suite.digest));
    isakmp_close(m, at);
}

uint8_t *ike1_hash_room(const struct isakmp_msg *m)
{
    return m->w.p + ISAKMP_HDR_LEN + 4;
}

struct bytes ike1_after_hash(const struct ike1_sa *sa, const struct isakmp_msg *m)
{
    return bytes_from(wr_bytes(&m->w), ISAKMP_HDR_LEN + 4 + digest_len(sa->suite.digest));
}

struct bytes ike1_hash_rest(const struct isakmp_chain *c)
{
    const struct isakmp_payload *hash = &c->v[0], *last = &c->v[c->n - 1];
    const uint8_t *start = hash->whole.p + hash->whole.n, *end = last->whole.p + last->whole.n;

    return bytes_of(start, (size_t)(end - start));
}

bool ike1_hash_fits(const struct ike1_sa *sa, const struct isakmp_chain *c, const uint8_t *want)
{
    struct bytes got = c->v[0].body;

    return got.n == digest_len(sa->suite.digest) && secret_eq(got.p, want, got.n);
}

void ike1_send_again(struct ike *k, const struct ike1_sa *sa, struct ike_resend *r)
{
    ike1_send(k, sa, owned_bytes(&r->datagram));
    r->due = ike_in(k, IKE_FIRST_WAIT << r->sent);
    r->sent++;
}

void ike_resend_stop(struct ike_resend *r)
{
    owned_release(&r->datagram);
    *r = (struct ike_resend){0};
}

void ike_memory_set(struct ike_memory *m, uint64_t request, struct bytes reply)
{
    owned_set(&m->reply, reply);
    m->request = request;
}
