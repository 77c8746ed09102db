#include "evidence/writer.h"

#include "base/buf.h"
#include "base/mem.h"
#include "evidence/event_line.h"
#include "evidence/format.h"
#include "evidence/keep.h"
#include "wire/ether.h"
#include "wire/pcapng.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUFFER_LEN (1u << 20) /* one write(2) */
#define REMARK_MAX 4096u
/* Room for any packet block: frame, remark, hash, and what stands around them. */
#define PACKET_BLOCK_MAX (PCAPNG_BLOCK_FRAME + EVIDENCE_SNAPLEN + REMARK_MAX + 64)

struct evidence_writer {
    int fd;
    char *path;
    bool headers_only;
    int64_t epoch_ns;
    struct wr out;     /* whole blocks that are not in the file yet */
    uint64_t written;  /* bytes in the file: whole blocks, too */
    struct diag error; /* the first one */
    struct {
        bool known;
        uint64_t received, dropped;
    } stats[EV_LEGS];
};

static const char *const leg_names[EV_LEGS] = {"bo-lan", "wan", "ho-lan", "mgmt", "events"};

const char *evidence_leg_name(enum evidence_leg leg)
{
    return leg_names[leg];
}

static void keep_error(struct evidence_writer *w, const char *what)
{
    enum err e = diag_fail_at(&w->error, ERR_IO, w->path, 0, "%s: %s", what, strerror(errno));

    w->error.err = e;
}

void evidence_flush(struct evidence_writer *w)
{
    struct bytes left = wr_bytes(&w->out);

    while (left.n > 0 && !w->error.err) {
        ssize_t n = write(w->fd, left.p, left.n);
        if (n >= 0)
            left = bytes_from(left, (size_t)n);
        else if (errno != EINTR)
            keep_error(w, "cannot be written");
    }
    if (left.n == 0)
        w->written += w->out.at;
    w->out.at = 0;
}

/* After an error a block may be in the file by half: off with it. What is no regular file cannot be
 * cut, and needs not. */
static void drop_half_block(const struct evidence_writer *w)
{
    struct stat st;

    if (fstat(w->fd, &st) == 0 && S_ISREG(st.st_mode) && ftruncate(w->fd, (off_t)w->written) != 0)
        return; /* the reader finds the half block and says so */
}

/* Makes sure that N bytes fit. */
static void make_room(struct evidence_writer *w, size_t n)
{
    if (w->out.cap - w->out.at < n)
        evidence_flush(w);
}

/* The case goes into as many comments as it needs; a character of UTF-8 is not torn apart. */
static void put_case(struct wr *w, struct bytes xml)
{
    while (xml.n > 0) {
        size_t n = xml.n < PCAPNG_OPTION_MAX ? xml.n : PCAPNG_OPTION_MAX;
        while (n < xml.n && n > PCAPNG_OPTION_MAX - 4 && (xml.p[n] & 0xc0) == 0x80)
            n--;
        pcapng_put_option(w, PCAPNG_OPT_COMMENT, bytes_head(xml, n));
        xml = bytes_from(xml, n);
    }
}

static void put_section(struct wr *w, const struct evidence_meta *meta)
{
    struct buf line = BUF_INIT;
    size_t begin = pcapng_begin(w, PCAPNG_SECTION);

    evidence_format_put(&line, meta);
    pcapng_put_section(w);
    pcapng_put_option(w, PCAPNG_OPT_COMMENT, buf_bytes(&line));
    put_case(w, meta->case_xml);
    pcapng_put_option(w, PCAPNG_SHB_USERAPPL, bytes_str(meta->version));
    pcapng_put_options_end(w);
    pcapng_end(w, begin);
    buf_release(&line);
}

static void put_interface(struct wr *w, enum evidence_leg leg)
{
    static const uint8_t nanoseconds = 9;
    size_t begin = pcapng_begin(w, PCAPNG_INTERFACE);

    pcapng_put_interface(w, PCAPNG_LINK_ETHER, EVIDENCE_SNAPLEN);
    pcapng_put_option(w, PCAPNG_IF_NAME, bytes_str(leg_names[leg]));
    pcapng_put_option(w, PCAPNG_IF_TSRESOL, bytes_of(&nanoseconds, 1));
    pcapng_put_options_end(w);
    pcapng_end(w, begin);
}

static enum err open_file(struct evidence_writer *w, struct diag *why)
{
    w->fd = open(w->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (w->fd < 0)
        return diag_fail_at(why, ERR_IO, w->path, 0, "cannot be created: %s", strerror(errno));
    return ERR_OK;
}

static void writer_free(struct evidence_writer *w)
{
    mem_free(w->out.p);
    mem_free(w->path);
    mem_free(w);
}

enum err evidence_create(const char *path, const struct evidence_meta *meta,
                         struct evidence_writer **out, struct diag *why)
{
    struct evidence_writer *w = mem_zalloc(sizeof(*w));

    w->path = mem_strdup(path);
    w->headers_only = meta->headers_only;
    w->epoch_ns = meta->epoch_ns;
    w->out = wr_of(mem_resize(NULL, BUFFER_LEN, 1), BUFFER_LEN);
    put_section(&w->out, meta);
    for (enum evidence_leg leg = 0; leg < EV_LEGS; leg++)
        put_interface(&w->out, leg);
    enum err e = ERR_OK;
    if (w->out.err)
        e = diag_fail_at(why, ERR_RANGE, path, 0,
                         "the case is too long for an evidence file: "
                         "%zu bytes of XML, about 1 MB at most",
                         meta->case_xml.n);
    if (!e)
        e = open_file(w, why);
    if (e) {
        writer_free(w);
        return e;
    }
    evidence_flush(w); /* the file is valid from now on */
    *out = w;
    return ERR_OK;
}

static uint64_t stamp(const struct evidence_writer *w, struct mono when)
{
    int64_t t;

    if (__builtin_add_overflow(w->epoch_ns, when.ns, &t))
        t = INT64_MAX;
    return t < 0 ? 0 : (uint64_t)t;
}

static void put_hash(struct wr *w, uint64_t hash)
{
    uint8_t value[EVIDENCE_HASH_LEN];
    struct wr v = wr_of(value, sizeof(value));

    wr_u8(&v, EVIDENCE_HASH_ALGORITHM);
    wr_be64(&v, hash);
    pcapng_put_option(w, PCAPNG_EPB_HASH, wr_bytes(&v));
}

void evidence_frame(struct evidence_writer *w, enum evidence_leg leg, struct mono when,
                    struct bytes frame, const char *remark)
{
    struct keep k = {.n = frame.n};

    if (w->headers_only)
        k = keep_headers(leg, frame);
    if (k.n > EVIDENCE_SNAPLEN)
        k.n = EVIDENCE_SNAPLEN;
    make_room(w, PACKET_BLOCK_MAX);
    size_t begin = pcapng_begin(&w->out, PCAPNG_PACKET);
    pcapng_put_packet(&w->out, leg, stamp(w, when), bytes_head(frame, k.n), frame.n);
    if (remark)
        pcapng_put_option(&w->out, PCAPNG_OPT_COMMENT, bytes_head(bytes_str(remark), REMARK_MAX));
    if (k.has_hash)
        put_hash(&w->out, k.payload_hash);
    if (remark || k.has_hash)
        pcapng_put_options_end(&w->out);
    pcapng_end(&w->out, begin);
}

void evidence_event(struct evidence_writer *w, struct mono when, struct bytes line)
{
    static const struct mac nobody;
    struct wr frame = wr_of(mem_resize(NULL, ETHER_HDR_LEN + line.n, 1), ETHER_HDR_LEN + line.n);

    ether_put(&frame, &nobody, &nobody, ETHER_LOCAL_EXPERIMENTAL);
    wr_put(&frame, line);
    evidence_frame(w, EV_EVENTS, when, wr_bytes(&frame), NULL);
    mem_free(frame.p);
}

void evidence_stats(struct evidence_writer *w, enum evidence_leg leg, uint64_t received,
                    uint64_t dropped)
{
    w->stats[leg].known = true;
    w->stats[leg].received = received;
    w->stats[leg].dropped = dropped;
}

static void put_statistics(struct evidence_writer *w, enum evidence_leg leg, struct mono when)
{
    make_room(w, PACKET_BLOCK_MAX);
    size_t begin = pcapng_begin(&w->out, PCAPNG_STATISTICS);
    pcapng_put_statistics(&w->out, leg, stamp(w, when));
    pcapng_put_option_u64(&w->out, PCAPNG_ISB_IFRECV, w->stats[leg].received);
    pcapng_put_option_u64(&w->out, PCAPNG_ISB_IFDROP, w->stats[leg].dropped);
    pcapng_put_options_end(&w->out);
    pcapng_end(&w->out, begin);
}

enum err evidence_close(struct evidence_writer *w, struct mono when, struct diag *why)
{
    for (enum evidence_leg leg = 0; leg < EV_LEGS; leg++)
        if (w->stats[leg].known)
            put_statistics(w, leg, when);
    evidence_flush(w);
    if (w->error.err)
        drop_half_block(w);
    if (close(w->fd) != 0)
        keep_error(w, "cannot be closed");
    enum err e = w->error.err;
    if (e && why && !why->err)
        *why = w->error;
    writer_free(w);
    return e;
}

uint64_t evidence_bytes(const struct evidence_writer *w)
{
    return w->written + w->out.at;
}
