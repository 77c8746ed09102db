/* pcapng (IETF draft-ietf-opsawg-pcapng). libpcap reads it too, but refuses files whose interfaces
 * differ in link type or snap length, which is what captures on several interfaces look like. */
#include "traffic/source.h"

#include "base/cursor.h"
#include "base/mem.h"
#include "traffic/feed.h"

#define BLOCK_MAX      (16u << 20) /* as libpcap; a packet of the largest snap length fits */
#define INTERFACES_MAX 65536u

/* Block types (section 10.1 of the draft's registry). */
enum {
    BLOCK_SECTION = 0x0a0d0d0a,
    BLOCK_INTERFACE = 1,
    BLOCK_PACKET = 2, /* obsolete, still read */
    BLOCK_SIMPLE_PACKET = 3,
    BLOCK_ENHANCED_PACKET = 6,
};

enum { OPT_END = 0, OPT_IF_TSRESOL = 9, OPT_IF_TSOFFSET = 14 };

struct interface {
    uint32_t linktype, snaplen;
    uint8_t resolution; /* if_tsresol: power of 10, or of 2 with the top bit */
    int64_t offset;     /* seconds to add */
};

struct pcapng {
    struct source source;
    struct feed feed;
    bool big_endian;
    struct interface *interfaces; /* of this section */
    size_t ninterfaces, cap;
    struct bytes block; /* the one at hand, whole; a view into the feed */
};

static uint16_t get16(const struct pcapng *p, struct rd *r)
{
    return p->big_endian ? rd_be16(r) : rd_le16(r);
}

static uint32_t get32(const struct pcapng *p, struct rd *r)
{
    return p->big_endian ? rd_be32(r) : rd_le32(r);
}

static enum err fail(char *text, size_t cap, enum err e, const char *what)
{
    snprintf(text, cap, "%s", what);
    return e;
}

/* The next block, whole. */
static enum err read_block(struct pcapng *p, uint32_t *type, char *text, size_t cap)
{
    static const char ends[] = "the file ends in a block";

    feed_skip(&p->feed, p->block.n);
    p->block.n = 0;
    struct bytes b = feed_look(&p->feed, 8);
    if (b.n < 8)
        return b.n == 0 ? ERR_END : fail(text, cap, ERR_SHORT, ends);
    struct rd r = rd_of(b);
    *type = get32(p, &r);
    size_t have = 8;
    if (*type == BLOCK_SECTION) { /* its byte order is known once its magic was read */
        have = 12;
        b = feed_look(&p->feed, have);
        r = rd_of(bytes_from(b, b.n < have ? b.n : 8));
        p->big_endian = rd_be32(&r) == 0x1a2b3c4d;
        if (r.err)
            return fail(text, cap, ERR_SHORT, ends);
        r = rd_of(bytes_from(b, 4));
    }
    uint32_t len = get32(p, &r);
    if (len < 12 || len < have + 4 || len % 4 != 0 || len > BLOCK_MAX)
        return fail(text, cap, ERR_FORMAT, "the length of a block cannot be right");
    b = feed_look(&p->feed, len);
    if (b.n < len)
        return fail(text, cap, ERR_SHORT, ends);
    p->block = bytes_head(b, len);
    r = rd_of(bytes_from(p->block, len - 4));
    if (get32(p, &r) != len)
        return fail(text, cap, ERR_FORMAT, "a block's two lengths differ");
    return ERR_OK;
}

/* What stands between the lengths. */
static struct rd body_of(const struct pcapng *p)
{
    return rd_of(bytes_from(bytes_head(p->block, p->block.n - 4), 8));
}

static enum err take_section(struct pcapng *p, char *text, size_t cap)
{
    struct rd r = body_of(p);

    uint32_t magic = get32(p, &r);
    uint16_t major = get16(p, &r), minor = get16(p, &r);
    if (r.err || magic != 0x1a2b3c4d)
        return fail(text, cap, ERR_FORMAT, "not a pcapng section header");
    if (major != 1 || (minor != 0 && minor != 2)) /* 1.2 was written by mistake and means 1.0 */
        return fail(text, cap, ERR_UNSUPPORTED, "a pcapng version that is not 1.0");
    p->ninterfaces = 0;
    return ERR_OK;
}

static void take_interface_options(struct pcapng *p, struct rd *r, struct interface *it)
{
    while (rd_left(r) >= 4) {
        uint16_t code = get16(p, r), len = get16(p, r);
        struct rd v = rd_of(rd_take(r, len));
        if (code == OPT_END)
            return;
        if (code == OPT_IF_TSRESOL && len == 1)
            it->resolution = rd_u8(&v);
        if (code == OPT_IF_TSOFFSET && len == 8)
            it->offset = (int64_t)(p->big_endian ? rd_be64(&v) : rd_le64(&v));
        rd_skip(r, (4u - len % 4u) % 4u);
    }
}

static enum err take_interface(struct pcapng *p, char *text, size_t cap)
{
    struct rd r = body_of(p);
    struct interface it = {.resolution = 6};

    it.linktype = get16(p, &r);
    rd_skip(&r, 2);
    it.snaplen = get32(p, &r);
    if (r.err)
        return fail(text, cap, ERR_FORMAT, "an interface block ends early");
    take_interface_options(p, &r, &it);
    if (p->ninterfaces == INTERFACES_MAX)
        return fail(text, cap, ERR_RANGE, "too many interfaces");
    if (p->ninterfaces == p->cap) {
        p->cap = p->cap ? p->cap * 2 : 4;
        p->interfaces = mem_resize(p->interfaces, p->cap, sizeof(*p->interfaces));
    }
    p->interfaces[p->ninterfaces++] = it;
    return ERR_OK;
}

static uint64_t pow10_of(unsigned n)
{
    uint64_t v = 1;

    while (n-- > 0)
        v *= 10;
    return v;
}

/* Units since 1970 as nanoseconds. */
static int64_t time_of(const struct interface *it, uint64_t units)
{
    unsigned n = it->resolution & 0x7f;
    uint64_t seconds = 0, ns = 0;

    if (it->resolution & 0x80) { /* 2^-n */
        seconds = n < 64 ? units >> n : 0;
        uint64_t rest = n == 0 ? 0 : n < 64 ? units & ((UINT64_C(1) << n) - 1) : units;
        if (n > 32) { /* keeps the product below within 64 bits */
            rest = n - 32 < 64 ? rest >> (n - 32) : 0;
            n = 32;
        }
        ns = rest * 1000000000 >> n;
    } else if (n <= 9) {
        uint64_t per_second = pow10_of(n);
        seconds = units / per_second;
        ns = units % per_second * (1000000000 / per_second);
    } else if (n <= 19) {
        uint64_t per_ns = pow10_of(n - 9);
        seconds = units / per_ns / 1000000000;
        ns = units / per_ns % 1000000000;
    }
    uint64_t shifted = seconds + (uint64_t)it->offset;
    return source_time((int64_t)shifted < 0 ? 0 : shifted, ns);
}

/* An enhanced or an obsolete packet block: they differ in the width of the interface's number. */
static enum err take_packet(struct pcapng *p, uint32_t type, struct source_frame *out, char *text,
                            size_t cap)
{
    struct rd r = body_of(p);
    uint32_t i = type == BLOCK_PACKET ? get16(p, &r) : get32(p, &r);

    if (type == BLOCK_PACKET)
        rd_skip(&r, 2); /* drops */
    uint64_t high = get32(p, &r);
    uint64_t units = high << 32 | get32(p, &r);
    uint32_t kept = get32(p, &r);
    out->wire_len = get32(p, &r);
    out->data = rd_take(&r, kept);
    if (r.err)
        return fail(text, cap, ERR_FORMAT, "a packet is longer than its block");
    if (i >= p->ninterfaces)
        return fail(text, cap, ERR_FORMAT, "a packet of an interface that is not described");
    out->time_ns = time_of(&p->interfaces[i], units);
    out->linktype = p->interfaces[i].linktype;
    return ERR_OK;
}

static enum err take_simple_packet(struct pcapng *p, struct source_frame *out, char *text,
                                   size_t cap)
{
    struct rd r = body_of(p);

    out->wire_len = get32(p, &r);
    if (p->ninterfaces == 0)
        return fail(text, cap, ERR_FORMAT, "a packet of an interface that is not described");
    const struct interface *it = &p->interfaces[0];
    size_t kept = out->wire_len;
    if (it->snaplen && kept > it->snaplen)
        kept = it->snaplen;
    out->data = rd_take(&r, kept);
    if (r.err)
        return fail(text, cap, ERR_FORMAT, "a packet is longer than its block");
    out->time_ns = 0; /* this block has no time */
    out->linktype = it->linktype;
    return ERR_OK;
}

static enum err next(struct source *s, struct source_frame *out, char *text, size_t cap)
{
    struct pcapng *p = CONTAINER_OF(s, struct pcapng, source);

    for (;;) {
        uint32_t type;
        enum err e = read_block(p, &type, text, cap);
        if (e)
            return e;
        switch (type) {
        case BLOCK_SECTION: e = take_section(p, text, cap); break;
        case BLOCK_INTERFACE: e = take_interface(p, text, cap); break;
        case BLOCK_PACKET:
        case BLOCK_ENHANCED_PACKET: return take_packet(p, type, out, text, cap);
        case BLOCK_SIMPLE_PACKET: return take_simple_packet(p, out, text, cap);
        default: break; /* names, statistics, custom blocks */
        }
        if (e)
            return e;
    }
}

static void close_source(struct source *s)
{
    struct pcapng *p = CONTAINER_OF(s, struct pcapng, source);

    feed_release(&p->feed);
    mem_free(p->interfaces);
    mem_free(p);
}

struct source *source_pcapng_open(FILE *stream, char *text, size_t cap)
{
    static const struct source_ops ops = {next, close_source};
    struct pcapng *p = mem_zalloc(sizeof(*p));
    uint32_t type = 0;

    p->source.ops = &ops;
    feed_init(&p->feed, stream);
    enum err e = read_block(p, &type, text, cap);
    if (e == ERR_END)
        snprintf(text, cap, "the file is empty");
    if (!e)
        e = take_section(p, text, cap);
    if (!e)
        return &p->source;
    close_source(&p->source);
    return NULL;
}
