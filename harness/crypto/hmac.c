#include "crypto/digest.h"

#include "base/mem.h"

#define BLOCK_MAX 128

struct hmac {
    struct digest inner, outer; /* after the padded key */
};

/* RFC 2104, 2: H(K xor opad, H(K xor ipad, text)) */
static void prepare(struct hmac *h, enum digest_alg alg, struct bytes key)
{
    uint8_t pad[BLOCK_MAX] = {0};
    size_t block = digest_block_len(alg);

    if (key.n > block)
        digest_sum(alg, &key, 1, pad);
    else if (key.n > 0)
        memcpy(pad, key.p, key.n);
    for (size_t i = 0; i < block; i++)
        pad[i] ^= 0x36;
    digest_begin(&h->inner, alg);
    digest_add(&h->inner, bytes_of(pad, block));
    for (size_t i = 0; i < block; i++)
        pad[i] ^= 0x36 ^ 0x5c;
    digest_begin(&h->outer, alg);
    digest_add(&h->outer, bytes_of(pad, block));
    mem_wipe(pad, sizeof(pad));
}

enum err hmac_new(enum digest_alg alg, struct bytes key, struct hmac **out)
{
    if (alg <= DIGEST_NONE || alg >= DIGEST_COUNT)
        return ERR_UNSUPPORTED;
    *out = mem_zalloc(sizeof(**out));
    prepare(*out, alg, key);
    return ERR_OK;
}

void hmac_free(struct hmac *h)
{
    if (!h)
        return;
    mem_wipe(h, sizeof(*h));
    mem_free(h);
}

void hmac_sum(const struct hmac *h, const struct bytes *parts, size_t nparts, uint8_t *out)
{
    struct digest d = h->inner;
    uint8_t inner[DIGEST_MAX];

    for (size_t i = 0; i < nparts; i++)
        digest_add(&d, parts[i]);
    digest_end(&d, inner);
    d = h->outer;
    digest_add(&d, bytes_of(inner, digest_len(d.alg)));
    digest_end(&d, out);
}

void hmac_once(enum digest_alg alg, struct bytes key, const struct bytes *parts, size_t nparts,
               uint8_t *out)
{
    struct hmac h;

    prepare(&h, alg, key);
    hmac_sum(&h, parts, nparts, out);
    mem_wipe(&h, sizeof(h));
}
