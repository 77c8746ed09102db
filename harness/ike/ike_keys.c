#include "ike/ike_keys.h"

/* Wireshark's names; NULL: it has none. */
static const char *const encryptions[CIPHER_COUNT] = {
    [CIPHER_3DES_CBC] = "3DES [RFC2451]",
    [CIPHER_AES128_CBC] = "AES-CBC-128 [RFC3602]",
    [CIPHER_AES192_CBC] = "AES-CBC-192 [RFC3602]",
    [CIPHER_AES256_CBC] = "AES-CBC-256 [RFC3602]",
    [CIPHER_AES128_CTR] = "AES-CTR-128 [RFC5930]",
    [CIPHER_AES192_CTR] = "AES-CTR-192 [RFC5930]",
    [CIPHER_AES256_CTR] = "AES-CTR-256 [RFC5930]",
    [CIPHER_AES128_GCM_8] = "AES-GCM-128 with 8 octet ICV [RFC5282]",
    [CIPHER_AES192_GCM_8] = "AES-GCM-192 with 8 octet ICV [RFC5282]",
    [CIPHER_AES256_GCM_8] = "AES-GCM-256 with 8 octet ICV [RFC5282]",
    [CIPHER_AES128_GCM_12] = "AES-GCM-128 with 12 octet ICV [RFC5282]",
    [CIPHER_AES192_GCM_12] = "AES-GCM-192 with 12 octet ICV [RFC5282]",
    [CIPHER_AES256_GCM_12] = "AES-GCM-256 with 12 octet ICV [RFC5282]",
    [CIPHER_AES128_GCM_16] = "AES-GCM-128 with 16 octet ICV [RFC5282]",
    [CIPHER_AES192_GCM_16] = "AES-GCM-192 with 16 octet ICV [RFC5282]",
    [CIPHER_AES256_GCM_16] = "AES-GCM-256 with 16 octet ICV [RFC5282]",
    [CIPHER_AES128_CCM_8] = "AES-CCM-128 with 8 octet ICV [RFC5282]",
    [CIPHER_AES192_CCM_8] = "AES-CCM-192 with 8 octet ICV [RFC5282]",
    [CIPHER_AES256_CCM_8] = "AES-CCM-256 with 8 octet ICV [RFC5282]",
    [CIPHER_AES128_CCM_12] = "AES-CCM-128 with 12 octet ICV [RFC5282]",
    [CIPHER_AES192_CCM_12] = "AES-CCM-192 with 12 octet ICV [RFC5282]",
    [CIPHER_AES256_CCM_12] = "AES-CCM-256 with 12 octet ICV [RFC5282]",
    [CIPHER_AES128_CCM_16] = "AES-CCM-128 with 16 octet ICV [RFC5282]",
    [CIPHER_AES192_CCM_16] = "AES-CCM-192 with 16 octet ICV [RFC5282]",
    [CIPHER_AES256_CCM_16] = "AES-CCM-256 with 16 octet ICV [RFC5282]",
};

static const char *const integrities[INTEG_COUNT] = {
    [INTEG_NONE] = "NONE [RFC4306]",
    [INTEG_HMAC_MD5_96] = "HMAC_MD5_96 [RFC2403]",
    [INTEG_HMAC_SHA1_96] = "HMAC_SHA1_96 [RFC2404]",
    [INTEG_HMAC_SHA256_128] = "HMAC_SHA2_256_128 [RFC4868]",
    [INTEG_HMAC_SHA384_192] = "HMAC_SHA2_384_192 [RFC4868]",
    [INTEG_HMAC_SHA512_256] = "HMAC_SHA2_512_256 [RFC4868]",
};

static void add_hex(struct buf *b, const uint8_t *p, size_t n, char after)
{
    for (size_t i = 0; i < n; i++)
        buf_addf(b, "%02x", p[i]);
    buf_addc(b, after);
}

static enum err put_v2(struct buf *b, const struct ike_out *up)
{
    const struct ike_suite *s = &up->sa.suite;
    const char *encryption = encryptions[s->cipher], *integrity = integrities[s->integ];
    size_t ne = cipher_key_len(s->cipher), na = integ_key_len(s->integ);

    if (!encryption || !integrity)
        return ERR_UNSUPPORTED;
    add_hex(b, up->sa.spi_i, sizeof(up->sa.spi_i), ',');
    add_hex(b, up->sa.spi_r, sizeof(up->sa.spi_r), ',');
    add_hex(b, up->sa.sk_ei, ne, ',');
    add_hex(b, up->sa.sk_er, ne, ',');
    buf_addf(b, "\"%s\",", encryption);
    add_hex(b, up->sa.sk_ai, na, ',');
    add_hex(b, up->sa.sk_ar, na, ',');
    buf_addf(b, "\"%s\"\n", integrity);
    return ERR_OK;
}

enum err ike_keys_put(struct buf *v1, struct buf *v2, const struct ike_out *up)
{
    if (up->version == 2)
        return put_v2(v2, up);
    add_hex(v1, up->sa.spi_i, sizeof(up->sa.spi_i), ',');
    add_hex(v1, up->sa.skey, up->sa.skey_len, '\n');
    return ERR_OK;
}
