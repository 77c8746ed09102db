/* fopencookie(3) is a GNU function; <stdio.h> shows it only on this request. */
#define _GNU_SOURCE

#include "traffic/inflate.h"

#include "base/mem.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#define IN_BYTES 65536u

enum format { PLAIN, GZIP, ZSTD };

struct inflater {
    FILE *file;
    enum format format;
    struct inflate_state *state;
    z_stream gz;
    ZSTD_DStream *zstd;
    uint8_t in[IN_BYTES];
    size_t at, n; /* in[at .. n) is yet to be inflated */
    bool eof;     /* FILE has no more */
    bool between; /* after a whole member or frame: the file may end here */
    bool finished;
    uint64_t bytes_in, bytes_out;
};

static void stop(struct inflater *f, enum err e, const char *text)
{
    if (!f->state->err) {
        f->state->err = e;
        snprintf(f->state->text, sizeof(f->state->text), "%s", text);
    }
    f->finished = true;
}

static void refill(struct inflater *f)
{
    if (f->at < f->n || f->eof)
        return;
    f->at = 0;
    f->n = fread(f->in, 1, sizeof(f->in), f->file);
    f->bytes_in += f->n;
    if (f->n < sizeof(f->in)) {
        f->eof = true;
        if (ferror(f->file))
            stop(f, ERR_IO, "cannot be read");
    }
}

/* One step of zlib into OUT; the number of bytes made. A file may hold several members in a row
 * (RFC 1952, 2.2); what follows the last and is no member is ignored, as gzip(1) does. */
static size_t step_gzip(struct inflater *f, uint8_t *out, size_t cap)
{
    if (f->between) {
        if (f->at == f->n || f->in[f->at] != 0x1f) {
            f->finished = true;
            return 0;
        }
        inflateReset(&f->gz);
        f->between = false;
    }
    f->gz.next_in = f->in + f->at;
    f->gz.avail_in = (uInt)(f->n - f->at);
    f->gz.next_out = out;
    f->gz.avail_out = (uInt)cap;
    int rc = inflate(&f->gz, Z_NO_FLUSH);
    f->at = f->n - f->gz.avail_in;
    if (rc == Z_STREAM_END)
        f->between = true;
    else if (rc != Z_OK && rc != Z_BUF_ERROR)
        stop(f, ERR_FORMAT, "the gzip data is damaged");
    return cap - f->gz.avail_out;
}

static size_t step_zstd(struct inflater *f, uint8_t *out, size_t cap)
{
    ZSTD_inBuffer in = {f->in, f->n, f->at};
    ZSTD_outBuffer o = {out, cap, 0};
    size_t rc = ZSTD_decompressStream(f->zstd, &o, &in);

    f->between = rc == 0;
    f->at = in.pos;
    if (ZSTD_isError(rc))
        stop(f, ERR_FORMAT, "the zstd data is damaged");
    return o.pos;
}

static bool is_bomb(const struct inflater *f)
{
    return f->bytes_out > INFLATE_BYTES_MAX ||
           (f->bytes_out > UINT64_C(1) << 30 && f->bytes_out / INFLATE_RATIO_MAX > f->bytes_in);
}

static ssize_t cookie_read(void *cookie, char *out, size_t cap)
{
    struct inflater *f = cookie;
    size_t made = 0;

    if (cap > UINT32_MAX)
        cap = UINT32_MAX; /* zlib counts in unsigned int */
    while (made == 0 && cap > 0 && !f->finished) {
        refill(f);
        bool starved = f->at == f->n;
        if (starved && f->between)
            break;
        made = f->format == GZIP ? step_gzip(f, (uint8_t *)out, cap)
                                 : step_zstd(f, (uint8_t *)out, cap);
        if (starved && made == 0 && !f->between && !f->finished)
            stop(f, ERR_SHORT, "the compressed data ends early");
    }
    f->bytes_out += made;
    if (is_bomb(f)) {
        stop(f, ERR_RANGE, "inflates to more than is reasonable; unpack it by hand if it is real");
        return 0;
    }
    return (ssize_t)made;
}

static int cookie_close(void *cookie)
{
    struct inflater *f = cookie;
    int rc = fclose(f->file);

    if (f->format == GZIP)
        inflateEnd(&f->gz);
    ZSTD_freeDStream(f->zstd);
    mem_free(f);
    return rc;
}

static enum format format_of(const uint8_t m[static 4], size_t n)
{
    if (n >= 2 && m[0] == 0x1f && m[1] == 0x8b) /* RFC 1952, 2.3.1 */
        return GZIP;
    if (n == 4 && m[0] == 0x28 && m[1] == 0xb5 && m[2] == 0x2f &&
        m[3] == 0xfd) /* RFC 8878, 3.1.1 */
        return ZSTD;
    return PLAIN;
}

/* A pipe cannot be wound back: what was looked at is given out first. */
static ssize_t pass_on(struct inflater *f, char *out, size_t cap)
{
    size_t n = f->n - f->at < cap ? f->n - f->at : cap;

    if (n == 0)
        return read(fileno(f->file), out, cap);
    memcpy(out, f->in + f->at, n);
    f->at += n;
    return (ssize_t)n;
}

static ssize_t plain_read(void *cookie, char *out, size_t cap)
{
    return pass_on(cookie, out, cap);
}

static bool begin(struct inflater *f)
{
    switch (f->format) {
    case GZIP: return inflateInit2(&f->gz, 15 + 16) == Z_OK; /* 15 bits, gzip header */
    case ZSTD: return (f->zstd = ZSTD_createDStream()) != NULL;
    case PLAIN: break;
    }
    return true;
}

FILE *inflate_stream(FILE *file, struct inflate_state *state)
{
    static const cookie_io_functions_t io = {.read = cookie_read, .close = cookie_close};
    static const cookie_io_functions_t plain = {.read = plain_read, .close = cookie_close};
    struct inflater *f = mem_zalloc(sizeof(*f));
    bool pipe = fseek(file, 0, SEEK_SET) != 0;

    *state = (struct inflate_state){0};
    f->n = fread(f->in, 1, 4, file);
    f->format = format_of(f->in, f->n);
    if (f->format == PLAIN && !pipe) {
        rewind(file);
        mem_free(f);
        return file;
    }
    f->bytes_in = f->n;
    f->file = file;
    f->state = state;
    FILE *stream = begin(f) ? fopencookie(f, "rb", f->format == PLAIN ? plain : io) : NULL;
    if (!stream)
        cookie_close(f);
    return stream;
}
