#include "plan/words.h"

#define LEN_MAX 63

void words_add(struct words *ws, const char *w)
{
    if (ws->n < WORDS_MAX)
        ws->w[ws->n++] = w;
}

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
    unsigned m = a < b ? a : b;

    return m < c ? m : c;
}

/* Optimal string alignment: three rows are enough, the swap looks two rows back. */
unsigned words_distance(const char *a, const char *b)
{
    size_t na = strlen(a), nb = strlen(b);
    unsigned rows[3][LEN_MAX + 1];

    if (na > LEN_MAX || nb > LEN_MAX)
        return LEN_MAX + 1;
    for (unsigned j = 0; j <= nb; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= na; i++) {
        unsigned *row = rows[i % 3];
        const unsigned *up = rows[(i + 2) % 3], *up2 = rows[(i + 1) % 3];
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= nb; j++) {
            unsigned differs = a[i - 1] != b[j - 1];
            row[j] = min3(up[j] + 1, row[j - 1] + 1, up[j - 1] + differs);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                up2[j - 2] + 1 < row[j])
                row[j] = up2[j - 2] + 1;
        }
    }
    return rows[na % 3][nb];
}

const char *words_nearest(const struct words *ws, const char *wrong)
{
    size_t n = strlen(wrong);
    unsigned best = (unsigned)(n < 4 ? 1 : n / 3 + 1);
    const char *found = NULL;

    for (size_t i = 0; i < ws->n; i++) {
        unsigned d = words_distance(wrong, ws->w[i]);
        /* a distance as long as the word itself would replace every letter of it */
        if (d < strlen(ws->w[i]) && (found ? d < best : d <= best)) {
            best = d;
            found = ws->w[i];
        }
    }
    return found;
}

void words_suggest(const struct words *ws, const char *wrong, const char *label, bool tags,
                   struct buf *out)
{
    const char *near = words_nearest(ws, wrong);
    const char *open = tags ? "<" : "", *close = tags ? ">" : "";

    if (near)
        buf_addf(out, "; did you mean %s%s%s?", open, near, close);
    if (label && ws->n)
        buf_addf(out, "%s %s: ", near ? "" : ";", label);
    for (size_t i = 0; label && i < ws->n; i++)
        buf_addf(out, "%s%s%s%s", i ? ", " : "", open, ws->w[i], close);
}
