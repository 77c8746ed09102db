#include "evidence/source.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define WINDOW (256u * 1024)

void source_of_bytes(struct source *s, struct bytes file)
{
    *s = (struct source){.fd = -1, .have = file};
}

enum err source_open(struct source *s, const char *path, struct diag *why)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return diag_fail_at(why, errno == ENOENT ? ERR_NOTFOUND : ERR_IO, path, 0,
                            "cannot be opened: %s", strerror(errno));
    *s = (struct source){.fd = fd, .mem = mem_resize(NULL, WINDOW, 1), .cap = WINDOW};
    s->have = bytes_of(s->mem, 0);
    return ERR_OK;
}

void source_release(struct source *s)
{
    if (s->fd >= 0)
        close(s->fd);
    mem_free(s->mem);
    *s = (struct source){.fd = -1};
}

/* Moves what is left to the front of a window of at least N bytes. */
static void make_room(struct source *s, size_t n)
{
    size_t at = s->have.n ? (size_t)(s->have.p - s->mem) : 0;

    memmove(s->mem, s->mem + at, s->have.n);
    if (n > s->cap) {
        s->mem = mem_resize(s->mem, n, 1);
        s->cap = n;
    }
    s->have.p = s->mem;
}

enum err source_peek(struct source *s, size_t n, struct bytes *out)
{
    if (s->have.n < n && s->mem)
        make_room(s, n);
    while (s->have.n < n && s->mem) {
        ssize_t got = read(s->fd, s->mem + s->have.n, s->cap - s->have.n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return ERR_IO;
        if (got == 0)
            break;
        s->have.n += (size_t)got;
    }
    *out = bytes_head(s->have, n);
    return ERR_OK;
}

void source_skip(struct source *s, size_t n)
{
    s->have = bytes_from(s->have, n);
}
