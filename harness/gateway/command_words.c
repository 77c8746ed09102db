/* Reading single words: keywords, names, numbers, addresses, times. */
#include "gateway/command_parts.h"

#include "wire/scan.h"

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

bool gw_prefix_of(const char *word, const char *kw)
{
    if (!*word)
        return false;
    while (*word && lower(*word) == *kw) {
        word++;
        kw++;
    }
    return !*word;
}

const char *gw_peek(const struct gw_words *w)
{
    return w->at < w->n ? w->w[w->at].s : NULL;
}

static bool is_keyword(const struct gw_words *w, const char *word, const char *kw)
{
    return gw_prefix_of(word, kw) && (!w->stream || strlen(word) == strlen(kw));
}

bool gw_take_if(struct gw_words *w, const char *kw)
{
    const char *word = gw_peek(w);

    if (!word || !is_keyword(w, word, kw))
        return false;
    w->at++;
    return true;
}

enum err gw_take_keyword(struct gw_words *w, const char *const *kws, size_t n, size_t *index)
{
    const char *word = gw_peek(w);
    size_t found = n;

    if (!word)
        return ERR_SHORT;
    for (size_t i = 0; i < n; i++) {
        if (!is_keyword(w, word, kws[i]))
            continue;
        if (strlen(word) == strlen(kws[i])) {
            found = i;
            break;
        }
        if (found < n)
            return ERR_FORMAT; /* two begin like this */
        found = i;
    }
    if (found == n)
        return ERR_FORMAT;
    *index = found;
    w->at++;
    return ERR_OK;
}

enum err gw_take_word(struct gw_words *w, const char **out)
{
    const char *word = gw_peek(w);

    if (!word)
        return ERR_SHORT;
    *out = word;
    w->at++;
    return ERR_OK;
}

enum err gw_take_name(struct gw_words *w, const char **out)
{
    const char *word = gw_peek(w);

    if (word && strlen(word) >= GW_NAME)
        return ERR_FORMAT;
    return gw_take_word(w, out);
}

enum err gw_take_number(struct gw_words *w, uint32_t lo, uint32_t hi, uint32_t *out)
{
    const char *word = gw_peek(w);

    if (!word)
        return ERR_SHORT;
    if (!gw_parse_number(word, lo, hi, out))
        return ERR_FORMAT;
    w->at++;
    return ERR_OK;
}

enum err gw_take_addr(struct gw_words *w, const struct gw_config *c, struct ip_addr *out)
{
    const char *word = gw_peek(w);

    if (!word)
        return ERR_SHORT;
    if (!gw_parse_addr(word, c, out))
        return ERR_FORMAT;
    w->at++;
    return ERR_OK;
}

enum err gw_take_mask(struct gw_words *w, struct ip_addr *out)
{
    const char *word = gw_peek(w);

    if (!word)
        return ERR_SHORT;
    if (!gw_parse_mask(word, out))
        return ERR_FORMAT;
    w->at++;
    return ERR_OK;
}

enum err gw_end(const struct gw_words *w)
{
    return w->stream || w->at == w->n ? ERR_OK : ERR_FORMAT;
}

bool gw_parse_number(const char *s, uint32_t lo, uint32_t hi, uint32_t *out)
{
    struct bytes b = bytes_str(s);
    uint64_t v;

    if (!scan_u64(&b, &v) || b.n || v < lo || v > hi)
        return false;
    *out = (uint32_t)v;
    return true;
}

bool gw_parse_time(const char *s, uint32_t *seconds)
{
    struct bytes b = bytes_str(s);
    uint64_t h, m, sec;

    if (strcmp(s, "0") == 0) {
        *seconds = 0;
        return true;
    }
    /* "1193:0:0" is the longest the device takes */
    if (!scan_u64(&b, &h) || !scan_lit(&b, ":") || !scan_u64(&b, &m) || !scan_lit(&b, ":") ||
        !scan_u64(&b, &sec) || b.n || h > 1193 || m > 59 || sec > 59)
        return false;
    *seconds = (uint32_t)(h * 3600 + m * 60 + sec);
    return true;
}

bool gw_parse_level(const char *s, uint32_t *level)
{
    static const char *const names[] = {"emergencies",   "alerts",   "critical",
                                        "errors",        "warnings", "notifications",
                                        "informational", "debugging"};

    if (gw_parse_number(s, 0, 7, level))
        return true;
    for (uint32_t i = 0; i < COUNT(names); i++) {
        if (gw_prefix_of(s, names[i]) && strlen(s) >= 2) {
            *level = i;
            return true;
        }
    }
    return false;
}

bool gw_parse_addr(const char *s, const struct gw_config *c, struct ip_addr *out)
{
    struct ip_addr a;

    if (strcmp(s, "0") == 0)
        a = ip4(0);
    else if (ip_addr_parse(s, &a) || a.family != 4)
        a.family = 0;
    for (size_t i = 0; !a.family && c->names_on && i < c->nnames; i++) {
        if (strcmp(s, c->names[i].name) == 0)
            a = c->names[i].addr;
    }
    if (!a.family)
        return false;
    *out = a;
    return true;
}

bool gw_parse_mask(const char *s, struct ip_addr *out)
{
    struct ip_addr a = ip4(0);

    if (strcmp(s, "0") != 0 && (ip_addr_parse(s, &a) || a.family != 4))
        return false;
    *out = a;
    return true;
}

bool gw_parse_addr6(const char *s, struct ip_addr *out)
{
    struct ip_addr a;

    if (ip_addr_parse(s, &a) || a.family != 6)
        return false;
    *out = a;
    return true;
}

bool gw_parse_net6(const char *s, struct ip_net *out)
{
    struct ip_net n;

    if (!strchr(s, '/') || ip_net_parse(s, &n) || n.addr.family != 6)
        return false;
    *out = n;
    return true;
}
