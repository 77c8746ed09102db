/* The pager: so many lines, then "<--- More --->". A blank brings the next page, an empty line the
 * next line, q ends it. */
#include "gateway/console.h"

static size_t end_of_lines(const struct buf *b, uint32_t lines)
{
    size_t at = 0;

    for (uint32_t i = 0; i < lines && at < b->n; i++) {
        const char *eol = memchr(b->s + at, '\n', b->n - at);
        at = eol ? (size_t)(eol - b->s) + 1 : b->n;
    }
    return at;
}

static void show_lines(struct gw_pager *p, uint32_t lines, struct buf *answer)
{
    size_t n = end_of_lines(&p->left, lines);
    struct buf rest = BUF_INIT;

    buf_add(answer, p->left.s, n);
    buf_add(&rest, p->left.s + n, p->left.n - n);
    buf_release(&p->left);
    p->left = rest;
}

void gw_page(struct gateway *g, struct buf *text, struct buf *answer)
{
    struct gw_pager *p = &g->pager;

    if (p->lines == 0 || end_of_lines(text, p->lines) == text->n) {
        buf_add(answer, text->s, text->n);
        return;
    }
    buf_add(&p->left, text->s, text->n);
    show_lines(p, p->lines, answer);
}

bool gw_page_next(struct gateway *g, const char *line, struct buf *answer)
{
    struct gw_pager *p = &g->pager;

    if (!p->left.n)
        return false;
    if (*line == 'q' || *line == 'Q')
        buf_release(&p->left);
    else
        show_lines(p, *line == ' ' ? p->lines : 1, answer);
    return true;
}
