#include "tests/sealed_lab.h"

#include "base/mem.h"
#include "tests/testkit.h"

const struct sealed_algorithms sealed_algorithms[SEALED_ALGORITHMS] = {
    {CIPHER_DES_CBC, INTEG_HMAC_MD5_96},        {CIPHER_3DES_CBC, INTEG_HMAC_SHA1_96},
    {CIPHER_AES128_CBC, INTEG_HMAC_SHA256_128}, {CIPHER_AES256_CBC, INTEG_HMAC_SHA512_256},
    {CIPHER_AES128_CTR, INTEG_HMAC_SHA384_192}, {CIPHER_AES128_GCM_16, INTEG_NONE},
    {CIPHER_AES192_CCM_12, INTEG_NONE},         {CIPHER_CHACHA20_POLY1305, INTEG_NONE},
};

static struct ike2_crypt *key_for(const struct sealed_algorithms *a, struct rng *rng)
{
    uint8_t e[CIPHER_KEY_MAX], i[DIGEST_MAX];
    struct ike2_crypt *c;

    rng_fill(rng, e, sizeof(e));
    rng_fill(rng, i, sizeof(i));
    assert_ok(ike2_crypt_new(a->cipher, a->integ, bytes_of(e, cipher_key_len(a->cipher)),
                             bytes_of(i, integ_key_len(a->integ)), &c));
    return c;
}

void sealed_message(struct sealed_lab *l, uint32_t message_id, size_t n)
{
    struct isakmp_hdr h = {.cookie_i = {1, 2, 3, 4, 5, 6, 7, 8},
                           .cookie_r = {8, 7, 6, 5, 4, 3, 2, 1},
                           .version = IKEV2_VERSION,
                           .exchange = ISAKMP_X_V2_INFORMATIONAL,
                           .flags = IKEV2_FLAG_INITIATOR,
                           .message_id = message_id};
    struct isakmp_msg m;

    isakmp_begin(&m, l->clear_mem, sizeof(l->clear_mem), &h);
    if (n != SIZE_MAX) {
        size_t at = isakmp_open(&m, IKEV2_P_VENDOR);
        for (size_t i = 0; i < n; i++)
            wr_u8(&m.w, (uint8_t)(i * 7 + message_id));
        isakmp_close(&m, at);
    }
    l->clear = isakmp_end(&m, 0);
    assert_ok(m.w.err);
}

struct sealed_lab *sealed_lab_new(const struct sealed_algorithms *a)
{
    struct sealed_lab *l = mem_zalloc(sizeof(*l));

    rng_seeded_init(&l->rng, 1, "crypt");
    l->c = key_for(a, &l->rng.rng);
    l->r = ike2_reassembly_new(SEALED_ROOM);
    sealed_message(l, 7, 0);
    return l;
}

void sealed_lab_free(struct sealed_lab *l)
{
    ike2_crypt_free(l->c);
    ike2_reassembly_free(l->r);
    mem_free(l);
}

uint16_t sealed_fragments(struct sealed_lab *l, size_t limit)
{
    uint16_t total = ike2_fragments(l->c, l->clear, limit);
    struct wr w = wr_of(l->sealed_mem, sizeof(l->sealed_mem));

    assert_true(total <= SEALED_MOST);
    for (uint16_t i = 1; i <= total; i++) {
        size_t start = w.at;
        assert_ok(ike2_seal_fragment(l->c, &l->rng.rng, l->clear, limit, i, total, &w));
        l->sealed[i] = bytes_of(w.p + start, w.at - start);
    }
    return total;
}

enum err sealed_add(struct sealed_lab *l, struct bytes fragment)
{
    l->opened = bytes_of(NULL, 0);
    return ike2_reassembly_add(l->r, l->c, fragment, l->out, sizeof(l->out), &l->opened);
}
