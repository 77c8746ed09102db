#include "wire/scan.h"

bool scan_lit(struct bytes *s, const char *lit)
{
    size_t n = strlen(lit);

    if (s->n < n || memcmp(s->p, lit, n) != 0)
        return false;
    *s = bytes_from(*s, n);
    return true;
}

bool scan_u64(struct bytes *s, uint64_t *out)
{
    uint64_t v = 0;
    size_t i = 0;

    for (; i < s->n && s->p[i] >= '0' && s->p[i] <= '9'; i++) {
        if (__builtin_mul_overflow(v, 10u, &v) ||
            __builtin_add_overflow(v, (uint64_t)(s->p[i] - '0'), &v))
            return false;
    }
    if (i == 0)
        return false;
    *s = bytes_from(*s, i);
    *out = v;
    return true;
}

static int hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool scan_hex32(struct bytes *s, uint32_t *out)
{
    struct bytes t = *s;
    uint32_t v = 0;
    size_t i = 0;

    if (!scan_lit(&t, "0x"))
        (void)scan_lit(&t, "0X");
    for (; i < t.n && hex_digit(t.p[i]) >= 0; i++) {
        if (i == 8)
            return false;
        v = v << 4 | (uint32_t)hex_digit(t.p[i]);
    }
    if (i == 0)
        return false;
    *s = bytes_from(t, i);
    *out = v;
    return true;
}

static bool split_at(struct bytes *s, size_t at, size_t len, struct bytes *out)
{
    *out = bytes_head(*s, at);
    *s = bytes_from(*s, at + len);
    return true;
}

bool scan_before(struct bytes *s, const char *lit, struct bytes *out)
{
    size_t n = strlen(lit);

    for (size_t i = 0; i + n <= s->n; i++) {
        if (memcmp(s->p + i, lit, n) == 0)
            return split_at(s, i, n, out);
    }
    return false;
}

bool scan_before_last(struct bytes *s, const char *lit, struct bytes *out)
{
    size_t n = strlen(lit);

    if (s->n < n)
        return false;
    for (size_t i = s->n - n + 1; i-- > 0;) {
        if (memcmp(s->p + i, lit, n) == 0)
            return split_at(s, i, n, out);
    }
    return false;
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\0';
}

bool scan_word(struct bytes *s, struct bytes *out)
{
    size_t i = 0;

    while (i < s->n && !is_blank(s->p[i]))
        i++;
    return i > 0 && split_at(s, i, 0, out);
}

void scan_blanks(struct bytes *s)
{
    while (s->n && is_blank(s->p[0]))
        *s = bytes_from(*s, 1);
}

struct bytes scan_trim(struct bytes b)
{
    scan_blanks(&b);
    while (b.n && is_blank(b.p[b.n - 1]))
        b.n--;
    return b;
}

bool scan_is(struct bytes b, const char *text)
{
    return bytes_eq(b, bytes_str(text));
}

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
}

bool scan_is_nocase(struct bytes b, const char *text)
{
    if (b.n != strlen(text))
        return false;
    for (size_t i = 0; i < b.n; i++) {
        if (lower(b.p[i]) != lower((uint8_t)text[i]))
            return false;
    }
    return true;
}

struct ip_addr scan_addr(struct bytes b)
{
    char text[IP_ADDR_TEXT];
    struct ip_addr a = {0};

    if (b.n == 0 || b.n >= sizeof(text))
        return a;
    memcpy(text, b.p, b.n);
    text[b.n] = '\0';
    if (ip_addr_parse(text, &a))
        return (struct ip_addr){0};
    return a;
}
