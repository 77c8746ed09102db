/* pcap files (draft-ietf-opsawg-pcap): microseconds and nanoseconds, both byte orders, the patched
 * variant of old Linux systems. What is taken for a valid record is what libpcap takes for one.
 *
 * After a record that cannot be right the next place is looked for where three records in a row
 * could be, from the payload of the last good one on: its length may have been the wrong one. */
#include "traffic/source.h"

#include "base/cursor.h"
#include "base/mem.h"

#define FILE_HEADER 24u
#define RECORD_MAX  262144u      /* libpcap's limit of a packet */
#define LARGE_MAX   (128u << 20) /* ... of some link types */
#define CHAIN       3            /* records in a row that make a place plausible */
#define SEARCH_NEAR 65536u
#define SEARCH_FREE (1u << 20)     /* bytes looked at twice beyond one more look at all */
#define DAY         INT64_C(86400) /* how far neighbours may be apart, in seconds */

#define MAGIC         0xa1b2c3d4u
#define MAGIC_NS      0xa1b23c4du
#define MAGIC_PATCHED 0xa1b2cd34u

struct pcap_source {
    struct source source;
    struct intake in;
    bool big_endian, is_ns;
    uint16_t minor;
    size_t header; /* bytes of a record before its data */
    uint32_t linktype, snaplen, limit;
    bool any; /* a record was good: its time is LAST */
    int64_t last;
    uint64_t again; /* bytes looked through a second time */
};

struct record {
    uint32_t seconds, fraction, kept, wire_len;
};

static uint32_t get32(const struct pcap_source *p, struct rd *r)
{
    return p->big_endian ? rd_be32(r) : rd_le32(r);
}

static struct record record_of(const struct pcap_source *p, struct bytes b)
{
    struct rd r = rd_of(b);
    struct record c;

    c.seconds = get32(p, &r);
    c.fraction = get32(p, &r);
    c.kept = get32(p, &r);
    c.wire_len = get32(p, &r);
    if (p->minor < 3 || (p->minor == 3 && c.kept > c.wire_len)) { /* had them the other way round */
        uint32_t kept = c.wire_len;
        c.wire_len = c.kept;
        c.kept = kept;
    }
    return c;
}

/* Its numbers, apart from when it was. */
static bool is_sound(const struct pcap_source *p, const struct record *c)
{
    return c->fraction < (p->is_ns ? 1000000000u : 1000000u) && c->kept > 0 &&
           c->kept <= p->limit && c->kept <= c->wire_len && c->wire_len <= LARGE_MAX;
}

static bool is_near(const struct record *c, int64_t neighbour)
{
    int64_t apart = (int64_t)c->seconds - neighbour;

    return apart <= DAY && apart >= -DAY;
}

/* Whether records follow one another from OFFSET beyond `at` on, or end where the stream does. */
static bool is_chain(struct pcap_source *p, size_t offset)
{
    bool any = p->any;
    int64_t time = p->last;

    for (int i = 0; i < CHAIN; i++) {
        if (!intake_has(&p->in, offset + p->header))
            return i > 0 && p->in.ended && p->in.n - p->in.at == offset;
        struct record c = record_of(p, bytes_from(intake_ahead(&p->in), offset));
        if (!is_sound(p, &c) || (any && !is_near(&c, time)))
            return false;
        any = true;
        time = c.seconds;
        offset += p->header + c.kept;
    }
    return true;
}

/* Goes to the next place where records could be, from inside the last record on when that was not
 * looked at before; false: there is none within SPAN bytes, and the reader is where it was. */
static bool find_near(struct pcap_source *p, size_t span)
{
    size_t back = p->in.at - p->in.keep;

    if (p->again + span > intake_offset(&p->in) + SEARCH_FREE)
        return false;
    if (p->any && back > p->header)
        p->in.at = p->in.keep + p->header;
    for (size_t n = 0; n < span && intake_has(&p->in, p->header + 1); n++) {
        p->in.at++;
        p->again++;
        if (p->in.at != p->in.keep + back && is_chain(p, 0)) {
            size_t at = p->in.at - p->in.keep;
            p->source.damage.bytes += at > back ? at - back : 0;
            p->in.keep = p->in.at;
            return true;
        }
    }
    p->in.at = p->in.keep + back;
    return false;
}

/* The same up to the end of the stream, where the reader is when there is none. */
static bool find_far(struct pcap_source *p)
{
    uint64_t from = intake_offset(&p->in);

    if (find_near(p, SEARCH_NEAR))
        return true;
    while (intake_has(&p->in, p->header + 1)) {
        p->in.at++;
        p->in.keep = p->in.at;
        if (is_chain(p, 0)) {
            p->source.damage.bytes += intake_offset(&p->in) - from;
            return true;
        }
    }
    p->in.at = p->in.n;
    p->source.damage.bytes += intake_offset(&p->in) - from;
    return false;
}

static enum err deliver(struct pcap_source *p, const struct record *c, struct source_frame *out)
{
    struct bytes record = intake_take(&p->in, p->header + c->kept);

    __builtin_prefetch(record.p +
                       record.n); /* the next one's headers, while this one is looked at */
    out->data = bytes_head(bytes_from(record, p->header), p->snaplen);
    out->time_ns = source_time(c->seconds, p->is_ns ? c->fraction : c->fraction * UINT64_C(1000));
    out->wire_len = c->wire_len;
    out->linktype = p->linktype;
    p->any = true;
    p->last = c->seconds;
    return ERR_OK;
}

/* A record that is odd itself and is not followed by one that could be. (Captures do hold odd
 * times.) */
static bool is_misread(struct pcap_source *p, const struct record *c)
{
    size_t all = p->header + c->kept;

    if (c->kept == 0 && c->wire_len == 0 && c->seconds == 0 && c->fraction == 0)
        return true;
    if (!p->any || (is_sound(p, c) && is_near(c, p->last)))
        return false;
    if (!intake_has(&p->in, all + p->header))
        return p->in.n - p->in.at != all;
    struct record next = record_of(p, bytes_from(intake_ahead(&p->in), all));
    return !is_sound(p, &next);
}

/* What cannot be a record at all. */
static const char *why_wrong(const struct pcap_source *p, const struct record *c)
{
    if (c->kept > p->limit)
        return "the length of a record cannot be right";
    return NULL;
}

static enum err next(struct source *s, struct source_frame *out, char *text, size_t cap)
{
    struct pcap_source *p = CONTAINER_OF(s, struct pcap_source, source);

    for (;;) {
        if (!intake_has(&p->in, p->header))
            return intake_why(&p->in, "the header of a record", text, cap);
        struct record c = record_of(p, intake_ahead(&p->in));
        const char *wrong = why_wrong(p, &c);
        if (wrong) {
            source_note(&p->source, ERR_FORMAT, wrong);
            if (!find_far(p))
                return ERR_END;
            continue;
        }
        bool there = intake_has(&p->in, p->header + c.kept);
        if (there && !is_misread(p, &c))
            return deliver(p, &c, out);
        if (find_near(p, SEARCH_NEAR))
            source_note(&p->source, ERR_FORMAT, "the length of a record is wrong");
        else
            return there ? deliver(p, &c, out) : intake_why(&p->in, "a record", text, cap);
    }
}

static void close_source(struct source *s)
{
    struct pcap_source *p = CONTAINER_OF(s, struct pcap_source, source);

    intake_release(&p->in);
    mem_free(p);
}

/* D-Bus, USBPcap and EBHSCR: libpcap allows larger packets of these link types. */
static uint32_t limit_of(uint32_t linktype)
{
    return linktype == 231 || linktype == 249 || linktype == 279 ? LARGE_MAX : RECORD_MAX;
}

static const char *take_header(struct pcap_source *p)
{
    if (!intake_has(&p->in, FILE_HEADER))
        return "it ends in its header";
    struct rd r = rd_of(intake_ahead(&p->in));
    uint32_t magic = rd_be32(&r);
    p->big_endian = magic == MAGIC || magic == MAGIC_NS || magic == MAGIC_PATCHED;
    if (!p->big_endian)
        magic = __builtin_bswap32(magic);
    if (magic != MAGIC && magic != MAGIC_NS && magic != MAGIC_PATCHED)
        return "unknown file format";
    p->is_ns = magic == MAGIC_NS;
    p->header = magic == MAGIC_PATCHED ? 24 : 16;
    uint16_t major = p->big_endian ? rd_be16(&r) : rd_le16(&r);
    p->minor = p->big_endian ? rd_be16(&r) : rd_le16(&r);
    if (major != 2 && major != 543) /* 543: of one vendor, with lengths as of old */
        return major < 2 ? "archaic pcap version" : "unknown pcap version";
    rd_skip(&r, 8); /* zone, accuracy: never used */
    p->snaplen = get32(p, &r);
    p->linktype = get32(p, &r) & 0x03ffffff; /* above: whether frames have their check sequence */
    p->limit = limit_of(p->linktype);
    if (p->snaplen == 0 || p->snaplen > p->limit)
        p->snaplen = p->limit;
    (void)intake_take(&p->in, FILE_HEADER);
    p->in.keep = p->in.at;
    return NULL;
}

struct source *source_pcap_open(struct intake *in, char *text, size_t cap)
{
    static const struct source_ops ops = {next, close_source};
    struct pcap_source *p = mem_zalloc(sizeof(*p));

    p->source.ops = &ops;
    p->in = *in;
    *in = (struct intake){0};
    const char *why = take_header(p);
    if (!why)
        return &p->source;
    snprintf(text, cap, "%s", why);
    close_source(&p->source);
    return NULL;
}
