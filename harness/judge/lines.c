#include "judge/lines.h"

#include "wire/scan.h"

const char *line_word(const struct line *l, const char *key)
{
    return event_line_get(l->text, key, l->value) ? NULL : buf_str(l->value);
}

bool line_is(const struct line *l, const char *key, const char *value)
{
    const char *v = line_word(l, key);

    return v && strcmp(v, value) == 0;
}

const char *line_kept(const struct line *l, const char *key, struct arena *arena)
{
    const char *v = line_word(l, key);

    return v ? arena_strdup(arena, v) : NULL;
}

static bool hex_u64(struct bytes s, uint64_t *out)
{
    uint32_t v;

    if (!scan_hex32(&s, &v) || s.n)
        return false;
    *out = v;
    return true;
}

bool line_u64(const struct line *l, const char *key, uint64_t *out)
{
    const char *v = line_word(l, key);

    if (!v)
        return false;
    if (v[0] == '0' && v[1] == 'x')
        return hex_u64(bytes_str(v), out);
    struct bytes s = bytes_str(v);
    return scan_u64(&s, out) && s.n == 0;
}

uint64_t line_count(const struct line *l, const char *key)
{
    uint64_t v;

    return line_u64(l, key, &v) ? v : 0;
}

int line_site(const struct line *l, const char *key)
{
    return line_is(l, key, "ho") ? HO : BO;
}

bool line_addr(const struct line *l, const char *key, struct ip_addr *out)
{
    const char *v = line_word(l, key);

    return v && ip_addr_parse(v, out) == ERR_OK;
}

/* "10.0.0.1:80", "[2001:db8::1]:80" */
bool line_endpoint(const struct line *l, const char *key, struct endpoint *out)
{
    const char *v = line_word(l, key);
    struct bytes s = bytes_str(v ? v : ""), addr;
    uint64_t port;

    if (!scan_before_last(&s, ":", &addr) || !scan_u64(&s, &port) || s.n || port > 65535)
        return false;
    if (addr.n > 2 && addr.p[0] == '[' && addr.p[addr.n - 1] == ']')
        addr = bytes_of(addr.p + 1, addr.n - 2);
    *out = (struct endpoint){scan_addr(addr), (uint16_t)port};
    return out->addr.family != 0;
}

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool line_hex(const struct line *l, const char *key, uint8_t *out, size_t n)
{
    const char *v = line_word(l, key);

    if (!v || strlen(v) != 2 * n)
        return false;
    for (size_t i = 0; i < n; i++) {
        int hi = digit(v[2 * i]), lo = digit(v[2 * i + 1]);
        if (hi < 0 || lo < 0)
            return false;
        out[i] = (uint8_t)(hi * 16 + lo);
    }
    return true;
}
