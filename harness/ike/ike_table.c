#include "ike/ike_table.h"

static const struct {
    enum cipher_alg alg;
    const char *name;
} ciphers[] = {
    {CIPHER_DES_CBC, "DES-CBC [RFC2405]"},
    {CIPHER_3DES_CBC, "3DES [RFC2451]"},
    {CIPHER_AES128_CBC, "AES-CBC-128 [RFC3602]"},
    {CIPHER_AES192_CBC, "AES-CBC-192 [RFC3602]"},
    {CIPHER_AES256_CBC, "AES-CBC-256 [RFC3602]"},
    {CIPHER_AES128_CTR, "AES-CTR-128 [RFC5930]"},
    {CIPHER_AES192_CTR, "AES-CTR-192 [RFC5930]"},
    {CIPHER_AES256_CTR, "AES-CTR-256 [RFC5930]"},
    {CIPHER_AES128_GCM_8, "AES-GCM-128 with 8 octet ICV [RFC5282]"},
    {CIPHER_AES192_GCM_8, "AES-GCM-192 with 8 octet ICV [RFC5282]"},
    {CIPHER_AES256_GCM_8, "AES-GCM-256 with 8 octet ICV [RFC5282]"},
    {CIPHER_AES128_GCM_12, "AES-GCM-128 with 12 octet ICV [RFC5282]"},
    {CIPHER_AES192_GCM_12, "AES-GCM-192 with 12 octet ICV [RFC5282]"},
    {CIPHER_AES256_GCM_12, "AES-GCM-256 with 12 octet ICV [RFC5282]"},
    {CIPHER_AES128_GCM_16, "AES-GCM-128 with 16 octet ICV [RFC5282]"},
    {CIPHER_AES192_GCM_16, "AES-GCM-192 with 16 octet ICV [RFC5282]"},
    {CIPHER_AES256_GCM_16, "AES-GCM-256 with 16 octet ICV [RFC5282]"},
    {CIPHER_AES128_CCM_8, "AES-CCM-128 with 8 octet ICV [RFC5282]"},
    {CIPHER_AES192_CCM_8, "AES-CCM-192 with 8 octet ICV [RFC5282]"},
    {CIPHER_AES256_CCM_8, "AES-CCM-256 with 8 octet ICV [RFC5282]"},
    {CIPHER_AES128_CCM_12, "AES-CCM-128 with 12 octet ICV [RFC5282]"},
    {CIPHER_AES192_CCM_12, "AES-CCM-192 with 12 octet ICV [RFC5282]"},
    {CIPHER_AES256_CCM_12, "AES-CCM-256 with 12 octet ICV [RFC5282]"},
    {CIPHER_AES128_CCM_16, "AES-CCM-128 with 16 octet ICV [RFC5282]"},
    {CIPHER_AES192_CCM_16, "AES-CCM-192 with 16 octet ICV [RFC5282]"},
    {CIPHER_AES256_CCM_16, "AES-CCM-256 with 16 octet ICV [RFC5282]"},
};

static const struct {
    enum integ_alg alg;
    const char *name;
} integs[] = {
    {INTEG_NONE, "NONE [RFC4306]"},
    {INTEG_HMAC_MD5_96, "HMAC_MD5_96 [RFC2403]"},
    {INTEG_HMAC_SHA1_96, "HMAC_SHA1_96 [RFC2404]"},
    {INTEG_HMAC_SHA256_128, "HMAC_SHA2_256_128 [RFC4868]"},
    {INTEG_HMAC_SHA384_192, "HMAC_SHA2_384_192 [RFC4868]"},
    {INTEG_HMAC_SHA512_256, "HMAC_SHA2_512_256 [RFC4868]"},
};

static const char *cipher_text(enum cipher_alg a)
{
    for (size_t i = 0; i < COUNT(ciphers); i++) {
        if (ciphers[i].alg == a)
            return ciphers[i].name;
    }
    return NULL;
}

static const char *integ_text(enum integ_alg a)
{
    for (size_t i = 0; i < COUNT(integs); i++) {
        if (integs[i].alg == a)
            return integs[i].name;
    }
    return NULL;
}

static void put_hex(struct buf *b, const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        buf_addf(b, "%02x", p[i]);
}

static void put_ikev2(struct buf *b, const struct ike_out *up)
{
    const struct ike_suite *s = &up->sa.suite;
    const char *cipher = cipher_text(s->cipher), *integ = integ_text(s->integ);
    size_t ke = cipher_key_len(s->cipher), ka = s->integ ? integ_key_len(s->integ) : 0;

    if (!cipher || !integ)
        return;
    put_hex(b, up->sa.spi_i, sizeof(up->sa.spi_i));
    buf_addc(b, ',');
    put_hex(b, up->sa.spi_r, sizeof(up->sa.spi_r));
    buf_addc(b, ',');
    put_hex(b, up->sa.sk_ei, ke);
    buf_addc(b, ',');
    put_hex(b, up->sa.sk_er, ke);
    buf_addf(b, ",\"%s\",", cipher);
    put_hex(b, up->sa.sk_ai, ka);
    buf_addc(b, ',');
    put_hex(b, up->sa.sk_ar, ka);
    buf_addf(b, ",\"%s\"\n", integ);
}

void ike_table_put(struct buf *b, const struct ike_out *up)
{
    if (up->version == 2) {
        put_ikev2(b, up);
        return;
    }
    put_hex(b, up->sa.spi_i, sizeof(up->sa.spi_i));
    buf_addc(b, ',');
    put_hex(b, up->sa.skey, up->sa.skey_len);
    buf_addc(b, '\n');
}
