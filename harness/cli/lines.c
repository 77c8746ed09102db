#include "cli/lines.h"

bool lines_next(struct lines *l, struct bytes *out)
{
    int c;

    buf_clear(&l->line);
    while ((c = getc_unlocked(l->file)) != EOF && c != '\n') {
        if (l->line.n < LINES_KEPT)
            buf_addc(&l->line, (char)c);
    }
    if (c == EOF && l->line.n == 0)
        return false;
    l->number++;
    *out = buf_bytes(&l->line);
    if (out->n && out->p[out->n - 1] == '\r')
        out->n--;
    return true;
}

void lines_release(struct lines *l)
{
    buf_release(&l->line);
}
