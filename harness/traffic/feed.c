/* fopencookie(3) is a GNU function; <stdio.h> shows it only on this request. */
#define _GNU_SOURCE

#include "traffic/feed.h"

#include "base/mem.h"

#include <sys/types.h>

#define AHEAD ((size_t)256 << 10) /* stays in the second-level cache between reading and use */

void feed_init(struct feed *f, FILE *stream)
{
    *f = (struct feed){.stream = stream, .cap = AHEAD};
    f->buf = mem_array(f->cap, 1);
}

void feed_release(struct feed *f)
{
    if (f->stream)
        fclose(f->stream);
    mem_free(f->buf);
    *f = (struct feed){0};
}

struct bytes feed_look(struct feed *f, size_t want)
{
    size_t have = f->n - f->at;

    if (have >= want)
        return bytes_of(f->buf + f->at, have);
    if (want > f->cap) {
        f->cap = want;
        f->buf = mem_resize(f->buf, f->cap, 1);
    }
    if (have && f->at)
        memmove(f->buf, f->buf + f->at, have);
    f->at = 0;
    f->n = have;
    while (f->n < want) {
        size_t got = fread(f->buf + f->n, 1, f->cap - f->n, f->stream);
        f->n += got;
        if (!got)
            break;
    }
    return bytes_of(f->buf, f->n);
}

static ssize_t cookie_read(void *cookie, char *out, size_t cap)
{
    struct feed *f = cookie;
    struct bytes b = bytes_head(feed_look(f, 1), cap);

    if (b.n)
        memcpy(out, b.p, b.n);
    feed_skip(f, b.n);
    return (ssize_t)b.n;
}

static int cookie_close(void *cookie)
{
    feed_release(cookie);
    mem_free(cookie);
    return 0;
}

FILE *feed_stream(struct feed *f)
{
    static const cookie_io_functions_t io = {.read = cookie_read, .close = cookie_close};
    struct feed *own = mem_zalloc(sizeof(*own));

    *own = *f;
    *f = (struct feed){0};
    FILE *stream = fopencookie(own, "rb", io);
    if (!stream)
        (void)cookie_close(own);
    return stream;
}
