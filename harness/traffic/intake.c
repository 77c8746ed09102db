#include "traffic/intake.h"

#include "base/mem.h"

#include <errno.h>

#define INTAKE_FIRST ((size_t)256 << 10)

void intake_init(struct intake *in, FILE *stream, const struct intake_wait *wait)
{
    *in = (struct intake){.stream = stream, .wait = wait, .cap = INTAKE_FIRST};
    in->buf = mem_array(in->cap, 1);
}

void intake_release(struct intake *in)
{
    if (in->stream)
        fclose(in->stream);
    mem_free(in->buf);
    *in = (struct intake){0};
}

static void make_room(struct intake *in, size_t n)
{
    size_t used = in->n - in->keep;

    if (in->keep) {
        memmove(in->buf, in->buf + in->keep, used);
        in->before += in->keep;
        in->at -= in->keep;
        in->n = used;
        in->keep = 0;
    }
    size_t cap = in->cap;
    while (in->at + n > cap)
        cap *= 2;
    if (cap == in->cap)
        return;
    in->buf = mem_resize(in->buf, cap, 1);
    in->cap = cap;
}

/* Reads what fits. False: nothing came, and nothing will. */
static bool refill(struct intake *in)
{
    for (;;) {
        size_t got = fread(in->buf + in->n, 1, in->cap - in->n, in->stream);
        bool interrupted = ferror(in->stream) && errno == EINTR;
        in->n += got;
        if (got)
            return true;
        in->failed = ferror(in->stream) && !interrupted;
        if (in->failed || !in->wait || !in->wait->more(in->wait->ctx))
            return false;
        clearerr(in->stream);
    }
}

bool intake_has(struct intake *in, size_t n)
{
    if (in->n - in->at >= n)
        return true;
    if (in->ended)
        return false;
    make_room(in, n);
    while (in->n - in->at < n)
        if (!refill(in)) {
            in->ended = true;
            return false;
        }
    return true;
}

enum err intake_why(const struct intake *in, const char *where, char *text, size_t cap)
{
    if (in->failed) {
        snprintf(text, cap, "cannot be read");
        return ERR_IO;
    }
    snprintf(text, cap, "the file ends in %s", where);
    return in->n == in->at ? ERR_END : ERR_SHORT;
}
