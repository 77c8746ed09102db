#include "cli/progress.h"

#include <stdio.h>

#define BAR_CELLS 20

void progress_clear(struct progress *p)
{
    if (p->drawn)
        fputs("\r\033[K", stderr);
    p->drawn = false;
}

static void put_running(const struct worker_state *now, size_t n, struct buf *out)
{
    for (size_t i = 0; i < n; i++) {
        buf_addf(out, "%s%s", i ? ", " : "", now[i].id);
        if (now[i].percent >= 0)
            buf_addf(out, " %d%%", now[i].percent);
    }
}

void progress_bar(const struct progress *p, const struct worker_state *now, size_t n,
                  size_t columns, struct buf *out)
{
    size_t filled = p->n ? p->finished * BAR_CELLS / p->n : BAR_CELLS, start = out->n;

    buf_addc(out, '[');
    for (size_t i = 0; i < BAR_CELLS; i++)
        buf_addc(out, i < filled ? '=' : i == filled ? '>' : ' ');
    buf_addf(out, "] %zu/%zu  ", p->finished, p->n);
    if (p->bad)
        buf_addf(out, "%zu not passed  ", p->bad);
    put_running(now, n, out);
    while (out->n > start && (out->n - start > columns || out->s[out->n - 1] == ' '))
        out->s[--out->n] = '\0'; /* ids are ASCII: cut anywhere */
}

static void draw(struct progress *p, const struct worker_state *now, size_t n)
{
    struct buf b = BUF_INIT;
    size_t columns = p->env->columns > 1 ? (size_t)p->env->columns - 1 : 79;

    buf_adds(&b, "\r\033[K");
    progress_bar(p, now, n, columns, &b);
    fwrite(b.s, 1, b.n, stderr);
    fflush(stderr);
    buf_release(&b);
    p->drawn = true;
}

static void say_alive(struct progress *p, const struct worker_state *now, size_t n)
{
    struct buf b = BUF_INIT;

    put_running(now, n, &b);
    fprintf(stderr, "holdfast: %zu of %zu done, running: %s\n", p->finished, p->n, buf_str(&b));
    buf_release(&b);
}

void progress_tick(struct progress *p, const struct worker_state *now, size_t n, size_t finished)
{
    double s = p->env->wall();

    p->finished = finished;
    if (p->bar) {
        draw(p, now, n);
    } else if (p->lines && n && s - p->said_s >= PROGRESS_SILENCE_S) {
        say_alive(p, now, n);
        p->said_s = s;
    }
}

void progress_told(struct progress *p, bool bad)
{
    progress_clear(p);
    p->bad += bad;
    p->said_s = p->env->wall();
}
