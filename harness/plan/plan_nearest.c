/* The right word for a wrong one: the nearest by edits (Levenshtein, with swaps of neighbours). */
#include "plan/plan_parts.h"

#define WORD_MAX 32

static size_t least(size_t a, size_t b, size_t c)
{
    size_t m = a < b ? a : b;

    return m < c ? m : c;
}

static size_t distance(const char *a, size_t na, const char *b, size_t nb)
{
    size_t d[WORD_MAX + 1][WORD_MAX + 1];

    for (size_t i = 0; i <= na; i++)
        d[i][0] = i;
    for (size_t j = 0; j <= nb; j++)
        d[0][j] = j;
    for (size_t i = 1; i <= na; i++) {
        for (size_t j = 1; j <= nb; j++) {
            size_t change = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
            d[i][j] = least(d[i - 1][j] + 1, d[i][j - 1] + 1, change);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                d[i - 2][j - 2] + 1 < d[i][j])
                d[i][j] = d[i - 2][j - 2] + 1;
        }
    }
    return d[na][nb];
}

const char *nearest_word(const char *word, const char *const *words, size_t n)
{
    const char *best = NULL;
    size_t least_edits = 0, len = strlen(word);

    for (size_t i = 0; i < n && len <= WORD_MAX; i++) {
        size_t k = strlen(words[i]);
        if (k > WORD_MAX)
            continue;
        size_t edits = distance(word, len, words[i], k);
        if (edits <= (k < 6 ? 2 : 3) && edits < k && (!best || edits < least_edits)) {
            best = words[i];
            least_edits = edits;
        }
    }
    return best;
}
