/* -k: or := and ("or" and)*; and := not ("and"? not)*; not := "not" not | "(" or ")" | word. */
#include "cli/select.h"

#include <ctype.h>
#include <string.h>

struct filter {
    const char *at;
    const char *id, *title;
    const char *const *tags;
    size_t ntags;
    int depth;
    bool bad;
};

static void blanks(struct filter *f)
{
    while (*f->at == ' ')
        f->at++;
}

static size_t word_len(const char *s)
{
    return strcspn(s, " ()");
}

static bool is_word(const struct filter *f, const char *w)
{
    return word_len(f->at) == strlen(w) && strncmp(f->at, w, strlen(w)) == 0;
}

static bool take(struct filter *f, const char *w)
{
    blanks(f);
    if (!is_word(f, w))
        return false;
    f->at += strlen(w);
    return true;
}

static bool contains(const char *hay, const char *needle, size_t n)
{
    for (; *hay; hay++) {
        size_t i = 0;
        while (i < n && hay[i] &&
               tolower((unsigned char)hay[i]) == tolower((unsigned char)needle[i]))
            i++;
        if (i == n)
            return true;
    }
    return false;
}

static bool match_word(struct filter *f)
{
    size_t n = word_len(f->at);
    const char *w = f->at;

    f->at += n;
    if (n == 0) {
        f->bad = true;
        return false;
    }
    if (n > 4 && strncmp(w, "tag:", 4) == 0) {
        for (size_t i = 0; i < f->ntags; i++) {
            if (strlen(f->tags[i]) == n - 4 && strncmp(f->tags[i], w + 4, n - 4) == 0)
                return true;
        }
        return false;
    }
    return contains(f->id, w, n) || contains(f->title, w, n);
}

static bool match_or(struct filter *f);

static bool match_not(struct filter *f)
{
    bool v;

    if (++f->depth > 64) {
        f->bad = true;
        return false;
    }
    if (take(f, "not")) {
        v = !match_not(f);
    } else if (*f->at == '(') {
        f->at++;
        v = match_or(f);
        blanks(f);
        f->bad = f->bad || *f->at != ')';
        f->at += *f->at == ')';
    } else {
        v = match_word(f);
    }
    f->depth--;
    return v;
}

static bool match_and(struct filter *f)
{
    bool v = match_not(f);

    for (;;) {
        (void)take(f, "and");
        blanks(f);
        if (!*f->at || *f->at == ')' || is_word(f, "or") || f->bad)
            return v;
        v = match_not(f) && v;
    }
}

static bool match_or(struct filter *f)
{
    bool v = match_and(f);

    while (!f->bad && take(f, "or"))
        v = match_and(f) || v;
    return v;
}

enum err filter_match(const char *expr, const char *id, const char *title, const char *const *tags,
                      size_t ntags, bool *out)
{
    struct filter f = {.at = expr, .id = id, .title = title, .tags = tags, .ntags = ntags};
    bool v = match_or(&f);

    blanks(&f);
    if (f.bad || *f.at)
        return ERR_INVALID;
    *out = v;
    return ERR_OK;
}
