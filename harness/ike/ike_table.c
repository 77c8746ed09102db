#include "ike/ike_table.h"

#include "base/mem.h"

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

const char *ike_table_cipher(enum cipher_alg alg)
{
    return encryptions[alg];
}

const char *ike_table_integ(enum integ_alg alg)
{
    return integrities[alg];
}

/* --- reading ---------------------------------------------------------------------------------- */

enum { SPI_I, SPI_R, SK_EI, SK_ER, ENCRYPTION, SK_AI, SK_AR, INTEGRITY, FIELDS };
enum { V1_FIELDS = 2, V1_KEY_MIN = 8, V1_KEY_MAX = 32 };

struct fields {
    struct bytes v[FIELDS];
    size_t n;
};

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t';
}

static struct bytes trim(struct bytes b)
{
    while (b.n && is_blank(b.p[0]))
        b = bytes_from(b, 1);
    while (b.n && is_blank(b.p[b.n - 1]))
        b.n--;
    return b;
}

static struct bytes unquote(struct bytes b)
{
    b = trim(b);
    if (b.n >= 2 && b.p[0] == '"' && b.p[b.n - 1] == '"')
        b = bytes_of(b.p + 1, b.n - 2);
    return b;
}

/* At commas; no name of an algorithm has one. False: more fields than a table has. */
static bool split(struct bytes line, struct fields *f)
{
    f->n = 0;
    for (;;) {
        const uint8_t *comma = line.n ? memchr(line.p, ',', line.n) : NULL;
        size_t len = comma ? (size_t)(comma - line.p) : line.n;
        if (f->n == FIELDS)
            return false;
        f->v[f->n++] = unquote(bytes_head(line, len));
        if (!comma)
            return true;
        line = bytes_from(line, len + 1);
    }
}

static int digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Hex digits, perhaps behind 0x. False: something else, or more than CAP bytes. */
static bool read_hex(struct bytes text, uint8_t *out, size_t cap, size_t *n)
{
    if (text.n >= 2 && text.p[0] == '0' && (text.p[1] | 0x20) == 'x')
        text = bytes_from(text, 2);
    if (text.n % 2 != 0 || text.n / 2 > cap)
        return false;
    for (size_t i = 0; i < text.n; i += 2) {
        int hi = digit(text.p[i]), lo = digit(text.p[i + 1]);
        if (hi < 0 || lo < 0)
            return false;
        out[i / 2] = (uint8_t)(hi << 4 | lo);
    }
    *n = text.n / 2;
    return true;
}

static enum err read_spi(struct bytes text, const char *which, uint8_t *out, struct diag *why)
{
    size_t n;

    if (!read_hex(text, out, ISAKMP_COOKIE_LEN, &n) || n != ISAKMP_COOKIE_LEN)
        return diag_fail(why, ERR_RANGE, "the %s's cookie or SPI is not 16 hex digits", which);
    return ERR_OK;
}

static enum err read_v1(const struct fields *f, struct ike_table_row *row, struct diag *why)
{
    row->version = 1;
    enum err e = read_spi(f->v[0], "initiator", row->spi_i, why);

    if (e)
        return e;
    if (!read_hex(f->v[1], row->key, V1_KEY_MAX, &row->key_len) || row->key_len < V1_KEY_MIN)
        return diag_fail(why, ERR_RANGE, "the encryption key is not 16 to 64 hex digits");
    return ERR_OK;
}

/* As much of it as is worth quoting. */
static int quoted(struct bytes b)
{
    return b.n < 64 ? (int)b.n : 64;
}

static enum err read_names(const struct fields *f, struct ike_table_row *row, struct diag *why)
{
    enum cipher_alg c = COUNT(encryptions);
    size_t i = COUNT(integrities);

    while (c-- > 1)
        if (encryptions[c] && bytes_eq(f->v[ENCRYPTION], bytes_str(encryptions[c])))
            row->cipher = c;
    while (i-- > 0)
        if (integrities[i] && bytes_eq(f->v[INTEGRITY], bytes_str(integrities[i])))
            break;
    if (row->cipher == CIPHER_NONE)
        return diag_fail(why, ERR_UNSUPPORTED, "encryption \"%.*s\"", quoted(f->v[ENCRYPTION]),
                         (const char *)f->v[ENCRYPTION].p);
    if (i >= COUNT(integrities) || cipher_is_aead(row->cipher) != (i == INTEG_NONE))
        return diag_fail(why, ERR_UNSUPPORTED, "integrity \"%.*s\" with that encryption",
                         quoted(f->v[INTEGRITY]), (const char *)f->v[INTEGRITY].p);
    row->integ = (enum integ_alg)i;
    return ERR_OK;
}

static enum err read_key(struct bytes text, uint8_t *out, size_t want, const char *name,
                         struct diag *why)
{
    size_t n;

    if (!read_hex(text, out, want, &n) || n != want)
        return diag_fail(why, ERR_RANGE, "%s is not %zu hex digits", name, 2 * want);
    return ERR_OK;
}

static enum err read_v2(const struct fields *f, struct ike_table_row *row, struct diag *why)
{
    row->version = 2;
    enum err e = read_spi(f->v[SPI_I], "initiator", row->spi_i, why);

    if (!e)
        e = read_spi(f->v[SPI_R], "responder", row->spi_r, why);
    if (!e)
        e = read_names(f, row, why);
    size_t ne = cipher_key_len(row->cipher), na = integ_key_len(row->integ);
    if (!e)
        e = read_key(f->v[SK_EI], row->sk_ei, ne, "SK_ei", why);
    if (!e)
        e = read_key(f->v[SK_ER], row->sk_er, ne, "SK_er", why);
    if (!e)
        e = read_key(f->v[SK_AI], row->sk_ai, na, "SK_ai", why);
    if (!e)
        e = read_key(f->v[SK_AR], row->sk_ar, na, "SK_ar", why);
    return e;
}

enum err ike_table_parse(struct bytes line, struct ike_table_row *out, struct diag *why)
{
    struct ike_table_row row = {0};
    struct fields f;
    enum err e;

    if (line.n && line.p[line.n - 1] == '\r')
        line.n--;
    line = trim(line);
    if (!line.n || line.p[0] == '#')
        return ERR_END;
    if (!split(line, &f) || (f.n != V1_FIELDS && f.n != FIELDS))
        e = diag_fail(why, ERR_FORMAT, "neither two fields (IKEv1) nor eight (IKEv2) with commas");
    else
        e = f.n == FIELDS ? read_v2(&f, &row, why) : read_v1(&f, &row, why);
    if (!e)
        *out = row;
    mem_wipe(&row, sizeof(row));
    return e;
}
