#include "esp/esp_table.h"

enum { PROTOCOL, SRC, DST, SPI, CIPHER, CIPHER_KEY, INTEG, INTEG_KEY, FIELDS };

#define FIELD_MAX 160 /* bytes with NUL: the longest is a key in hex */

struct fields {
    char text[FIELDS][FIELD_MAX];
};

/* Wireshark's names; AES is told apart by its key's length. */
static const struct {
    const char *name;
    enum cipher_alg alg;
} cipher_names[] = {
    {"NULL", CIPHER_NONE},
    {"DES-CBC [RFC2405]", CIPHER_DES_CBC},
    {"TripleDES-CBC [RFC2451]", CIPHER_3DES_CBC},
    {"AES-CBC [RFC3602]", CIPHER_AES128_CBC},
    {"AES-CBC [RFC3602]", CIPHER_AES192_CBC},
    {"AES-CBC [RFC3602]", CIPHER_AES256_CBC},
    {"AES-CTR [RFC3686]", CIPHER_AES128_CTR},
    {"AES-CTR [RFC3686]", CIPHER_AES192_CTR},
    {"AES-CTR [RFC3686]", CIPHER_AES256_CTR},
    {"AES-GCM with 8 octet ICV [RFC4106]", CIPHER_AES128_GCM_8},
    {"AES-GCM with 8 octet ICV [RFC4106]", CIPHER_AES192_GCM_8},
    {"AES-GCM with 8 octet ICV [RFC4106]", CIPHER_AES256_GCM_8},
    {"AES-GCM with 12 octet ICV [RFC4106]", CIPHER_AES128_GCM_12},
    {"AES-GCM with 12 octet ICV [RFC4106]", CIPHER_AES192_GCM_12},
    {"AES-GCM with 12 octet ICV [RFC4106]", CIPHER_AES256_GCM_12},
    {"AES-GCM with 16 octet ICV [RFC4106]", CIPHER_AES128_GCM_16},
    {"AES-GCM with 16 octet ICV [RFC4106]", CIPHER_AES192_GCM_16},
    {"AES-GCM with 16 octet ICV [RFC4106]", CIPHER_AES256_GCM_16},
    {"AES-GCM [RFC4106]", CIPHER_AES128_GCM_16}, /* as older versions had it */
    {"AES-GCM [RFC4106]", CIPHER_AES192_GCM_16},
    {"AES-GCM [RFC4106]", CIPHER_AES256_GCM_16},
};

static const struct {
    const char *name;
    enum integ_alg alg;
} integ_names[] = {
    {"NULL", INTEG_NONE},
    {"HMAC-MD5-96 [RFC2403]", INTEG_HMAC_MD5_96},
    {"HMAC-SHA-1-96 [RFC2404]", INTEG_HMAC_SHA1_96},
    {"HMAC-SHA-256-128 [RFC4868]", INTEG_HMAC_SHA256_128},
    {"HMAC-SHA-384-192 [RFC4868]", INTEG_HMAC_SHA384_192},
    {"HMAC-SHA-512-256 [RFC4868]", INTEG_HMAC_SHA512_256},
};

static void put_key(struct buf *b, const uint8_t *key, size_t n)
{
    buf_adds(b, ",\"");
    if (n > 0)
        buf_adds(b, "0x");
    buf_addx(b, bytes_of(key, n));
    buf_addc(b, '"');
}

void esp_table_put(struct buf *b, const struct esp_params *p)
{
    char src[IP_ADDR_TEXT], dst[IP_ADDR_TEXT];
    const char *cipher = "", *integ = "";

    for (size_t i = COUNT(cipher_names); i-- > 0;) /* the first name is today's */
        if (cipher_names[i].alg == p->cipher)
            cipher = cipher_names[i].name;
    for (size_t i = 0; i < COUNT(integ_names); i++)
        if (integ_names[i].alg == p->integ)
            integ = integ_names[i].name;
    buf_addf(b, "\"IPv%u\",\"%s\",\"%s\",\"0x%08x\",\"%s\"", p->src.family,
             ip_addr_format(&p->src, src), ip_addr_format(&p->dst, dst), p->spi, cipher);
    put_key(b, p->cipher_key, cipher_key_len(p->cipher));
    buf_addf(b, ",\"%s\"", integ);
    put_key(b, p->integ_key, integ_key_len(p->integ));
    buf_addc(b, '\n');
}

/* One field in double quotes. Wireshark writes a byte it finds special as \xHH; no field here needs
 * one, so a backslash stands for itself. */
static void read_field(struct rd *r, char *out)
{
    size_t n = 0;

    if (rd_u8(r) != '"')
        rd_fail(r, ERR_FORMAT);
    for (;;) {
        uint8_t c = rd_u8(r);
        if (r->err || c == '"')
            break;
        if (c == '\0' || n + 1 == FIELD_MAX)
            rd_fail(r, ERR_FORMAT);
        else
            out[n++] = (char)c;
    }
    out[n] = '\0';
}

static bool split(struct bytes line, struct fields *f)
{
    struct rd r = rd_of(line);

    for (size_t i = 0; i < FIELDS; i++) {
        if (i > 0 && rd_u8(&r) != ',')
            rd_fail(&r, ERR_FORMAT);
        read_field(&r, f->text[i]);
    }
    if (rd_left(&r) > 0 && rd_u8(&r) != ',')
        rd_fail(&r, ERR_FORMAT);
    return !r.err;
}

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* A key as "0x" and hex digits, or as plain text. Returns its bytes; CAP + 1: too long or broken.
 */
static size_t read_key(const char *s, uint8_t *out, size_t cap)
{
    size_t n = strlen(s);

    if (s[0] != '0' || (s[1] | 0x20) != 'x') {
        memcpy(out, s, n < cap ? n : cap);
        return n <= cap ? n : cap + 1;
    }
    if (n % 2 != 0 || (n - 2) / 2 > cap)
        return cap + 1;
    for (size_t i = 2; i < n; i += 2) {
        int hi = digit(s[i]), lo = digit(s[i + 1]);
        if (hi < 0 || lo < 0)
            return cap + 1;
        out[(i - 2) / 2] = (uint8_t)(hi << 4 | lo);
    }
    return (n - 2) / 2;
}

/* Decimal, or hex after "0x". */
static bool read_spi(const char *s, uint32_t *out)
{
    bool is_hex = s[0] == '0' && (s[1] | 0x20) == 'x';
    uint64_t v = 0, base = is_hex ? 16 : 10;

    s += is_hex ? 2 : 0;
    if (!*s)
        return false;
    for (; *s; s++) {
        int d = digit(*s);
        if (d < 0 || (uint64_t)d >= base)
            return false;
        v = v * base + (uint64_t)d;
        if (v > UINT32_MAX)
            return false;
    }
    *out = (uint32_t)v;
    return true;
}

static enum err read_addresses(const struct fields *f, struct esp_params *p, struct diag *why)
{
    if (strcmp(f->text[SRC], "*") == 0 || strcmp(f->text[DST], "*") == 0 ||
        strcmp(f->text[SPI], "*") == 0)
        return diag_fail(why, ERR_UNSUPPORTED,
                         "a wildcard: write source, destination and SPI of each SA out");
    if (ip_addr_parse(f->text[SRC], &p->src) || ip_addr_parse(f->text[DST], &p->dst) ||
        p->src.family != p->dst.family)
        return diag_fail(why, ERR_FORMAT,
                         "source \"%s\" and destination \"%s\" are no addresses "
                         "of one family",
                         f->text[SRC], f->text[DST]);
    if (!read_spi(f->text[SPI], &p->spi))
        return diag_fail(why, ERR_FORMAT, "\"%s\" is no SPI: 0x and hex digits", f->text[SPI]);
    return ERR_OK;
}

static enum err read_cipher(const struct fields *f, struct esp_params *p, struct diag *why)
{
    size_t n = read_key(f->text[CIPHER_KEY], p->cipher_key, sizeof(p->cipher_key));
    bool known = false;

    for (size_t i = 0; i < COUNT(cipher_names); i++) {
        if (strcmp(cipher_names[i].name, f->text[CIPHER]) != 0)
            continue;
        known = true;
        p->cipher = cipher_names[i].alg;
        if (cipher_key_len(p->cipher) == n)
            return ERR_OK;
    }
    if (!known)
        return diag_fail(why, ERR_UNSUPPORTED, "encryption \"%s\"", f->text[CIPHER]);
    return diag_fail(why, ERR_RANGE, "the encryption key does not fit %s", f->text[CIPHER]);
}

static enum err read_integ(const struct fields *f, struct esp_params *p, struct diag *why)
{
    size_t n = read_key(f->text[INTEG_KEY], p->integ_key, sizeof(p->integ_key));

    for (size_t i = 0; i < COUNT(integ_names); i++) {
        if (strcmp(integ_names[i].name, f->text[INTEG]) != 0)
            continue;
        p->integ = integ_names[i].alg;
        if (integ_key_len(p->integ) == n)
            return ERR_OK;
        return diag_fail(why, ERR_RANGE, "the authentication key does not fit %s", f->text[INTEG]);
    }
    return diag_fail(why, ERR_UNSUPPORTED, "authentication \"%s\"", f->text[INTEG]);
}

enum err esp_table_parse(struct bytes line, struct esp_params *out, struct diag *why)
{
    struct fields f;
    struct esp_params p = {0};

    if (line.n > 0 && line.p[line.n - 1] == '\r')
        line.n--;
    if (line.n == 0 || line.p[0] == '#')
        return ERR_END;
    if (!split(line, &f))
        return diag_fail(why, ERR_FORMAT, "not eight fields in double quotes, with commas between");
    enum err e = read_addresses(&f, &p, why);
    if (!e)
        e = read_cipher(&f, &p, why);
    if (!e)
        e = read_integ(&f, &p, why);
    if (!e)
        *out = p;
    return e;
}
