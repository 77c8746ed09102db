#include "cli/words.h"

#include <string.h>

#define WORD_MAX 64

/* Least number of changes from A to B; two letters swapped are one (optimal string alignment). */
static size_t distance(const char *a, const char *b)
{
    size_t rows[3][WORD_MAX], na = strlen(a), nb = strlen(b);

    if (na >= WORD_MAX || nb >= WORD_MAX)
        return WORD_MAX;
    for (size_t k = 0; k <= nb; k++)
        rows[0][k] = k;
    for (size_t i = 1; i <= na; i++) {
        size_t *now = rows[i % 3], *last = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];
        now[0] = i;
        for (size_t k = 1; k <= nb; k++) {
            size_t d = last[k - 1] + (a[i - 1] != b[k - 1]);
            d = last[k] + 1 < d ? last[k] + 1 : d;
            d = now[k - 1] + 1 < d ? now[k - 1] + 1 : d;
            if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1])
                d = before[k - 2] + 1 < d ? before[k - 2] + 1 : d;
            now[k] = d;
        }
    }
    return rows[na % 3][nb];
}

const char *nearest(const char *word, const char *const *words, size_t n)
{
    const char *best = NULL;
    size_t least = 3;

    for (size_t i = 0; i < n; i++) {
        size_t d = distance(word, words[i]);
        if (d < least && d < strlen(words[i])) {
            best = words[i];
            least = d;
        }
    }
    return best;
}

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : 99;
}

bool parse_number(const char *s, uint64_t max, uint64_t *out)
{
    uint64_t base = 10, v = 0;

    if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X')) {
        base = 16;
        s += 2;
    }
    if (!*s)
        return false;
    for (; *s; s++) {
        uint64_t d = (uint64_t)digit(*s);
        if (d >= base || v > (UINT64_MAX - d) / base)
            return false;
        v = v * base + d;
    }
    if (v > max)
        return false;
    *out = v;
    return true;
}

int word_index(const char *s, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(s, words[i]) == 0)
            return (int)i;
    }
    return -1;
}

void put_shell_word(struct buf *out, const char *s)
{
    static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                               "@%+=:,./-_";

    if (*s && strspn(s, safe) == strlen(s)) {
        buf_adds(out, s);
        return;
    }
    buf_addc(out, '\'');
    for (; *s; s++) {
        if (*s == '\'')
            buf_adds(out, "'\\''");
        else
            buf_addc(out, *s);
    }
    buf_addc(out, '\'');
}
