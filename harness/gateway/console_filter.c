#include "gateway/console_filter.h"

#include "gateway/command_parts.h"

#include <string.h>

#define STEPS_MAX 20000

struct search {
    const char *text, *text_end;
    const char *re_end;
    unsigned steps;
};

/* Where the atom at RE ends. */
static const char *atom_end(const char *re, const char *end)
{
    const char *start = re;

    if (*re == '\\' && re + 1 < end)
        return re + 2;
    if (*re++ != '[')
        return re;
    if (re < end && *re == '^')
        re++;
    if (re < end && *re == ']') /* the first one is itself */
        re++;
    while (re < end && *re != ']')
        re++;
    return re < end ? re + 1 : start + 1; /* without its end '[' is itself */
}

static bool in_set(const char *set, const char *end, char c)
{
    bool negated = set < end && *set == '^', found = false;

    for (set += negated; set < end; set++) {
        if (set + 2 < end && set[1] == '-') {
            found |= (unsigned char)c >= (unsigned char)set[0] &&
                     (unsigned char)c <= (unsigned char)set[2];
            set += 2;
        } else {
            found |= *set == c;
        }
    }
    return found != negated;
}

static bool atom_is(const char *re, const char *end, char c)
{
    if (*re == '\\' && end - re == 2)
        return re[1] == c;
    if (*re == '[' && end - re > 1)
        return in_set(re + 1, end - 1, c);
    return *re == '.' || *re == c;
}

/* RE from here on, at TEXT. */
static bool match_here(struct search *s, const char *re, const char *text)
{
    while (re < s->re_end) {
        const char *end = atom_end(re, s->re_end);
        char times = end < s->re_end ? *end : '\0';
        size_t least = times == '+', most = times == '?' ? 1 : SIZE_MAX, n = 0;

        if (s->steps++ > STEPS_MAX)
            return false;
        if (*re == '$' && end == s->re_end)
            return text == s->text_end;
        if (times != '*' && times != '+' && times != '?') {
            if (text == s->text_end || !atom_is(re, end, *text))
                return false;
            text++;
            re = end;
            continue;
        }
        while (n < most && text + n < s->text_end && atom_is(re, end, text[n]))
            n++;
        for (;; n--) {
            if (n < least)
                return false;
            if (match_here(s, end + 1, text + n))
                return true;
            if (n == 0 || s->steps > STEPS_MAX)
                return false;
        }
    }
    return true;
}

/* One alternative. */
static bool finds(const char *re, const char *re_end, const char *text, size_t n)
{
    struct search s = {.text = text, .text_end = text + n, .re_end = re_end};
    bool anchored = re < re_end && *re == '^';

    for (const char *p = text; p <= s.text_end; p++) {
        if (match_here(&s, re + anchored, p))
            return true;
        if (anchored || s.steps > STEPS_MAX)
            return false;
    }
    return false;
}

bool gw_regex_finds(const char *re, const char *text, size_t n)
{
    const char *end = re + strlen(re), *start = re;

    while (re < end) {
        if (*re != '|') {
            re = atom_end(re, end);
            continue;
        }
        if (finds(start, re, text, n))
            return true;
        start = ++re;
    }
    return finds(start, end, text, n);
}

/* --- command lines -------------------------------------------------------------------------------
 */

static const char *skip_blanks(const char *p)
{
    return p + strspn(p, " \t");
}

/* Takes a word off *P. */
static void take_word(const char **p, char *word, size_t cap)
{
    size_t n = strcspn(*p, " \t");
    size_t kept = n < cap ? n : cap - 1;

    memcpy(word, *p, kept);
    word[kept] = '\0';
    *p = skip_blanks(*p + n);
}

enum gw_filter_split gw_filter_of(const char *line, struct gw_filter *out, size_t *command_len,
                                  size_t *bad)
{
    static const struct {
        const char *word;
        enum gw_filter_kind kind;
    } words[] = {{"include", GW_FILTER_INCLUDE},
                 {"exclude", GW_FILTER_EXCLUDE},
                 {"begin", GW_FILTER_BEGIN},
                 {"grep", GW_FILTER_INCLUDE}};
    const char *bar = strstr(line, " |"), *p, *at;
    char word[16];

    if (!bar)
        return GW_FILTER_NONE;
    *command_len = (size_t)(bar - line);
    p = at = skip_blanks(bar + 2);
    *bad = (size_t)(at - line);
    take_word(&p, word, sizeof(word));
    for (size_t i = 0; i < COUNT(words); i++) {
        if (!gw_prefix_of(word, words[i].word))
            continue;
        *out = (struct gw_filter){words[i].kind, p};
        if (words[i].word[0] == 'g' && strncmp(p, "-v ", 3) == 0)
            *out = (struct gw_filter){GW_FILTER_EXCLUDE, skip_blanks(p + 3)};
        *bad = (size_t)(p - line);
        return *p ? GW_FILTER_FOUND : GW_FILTER_BAD;
    }
    return GW_FILTER_BAD;
}

void gw_filter_apply(const struct gw_filter *f, struct bytes text, struct buf *out)
{
    const char *p = (const char *)text.p, *end = p + text.n;
    bool begun = false;

    while (p < end) {
        const char *eol = memchr(p, '\n', (size_t)(end - p));
        const char *next = eol ? eol + 1 : end;
        size_t n = (size_t)((eol ? eol : end) - p);
        bool found = begun || gw_regex_finds(f->re, p, n);

        if (f->kind == GW_FILTER_BEGIN)
            begun = found;
        if (found != (f->kind == GW_FILTER_EXCLUDE))
            buf_add(out, p, (size_t)(next - p));
        p = next;
    }
}
