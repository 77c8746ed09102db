/* pcapng (IETF draft-ietf-opsawg-pcapng). libpcap reads it too, but refuses files whose interfaces
 * differ in link type or snap length, which is what captures on several interfaces look like. */
#include "traffic/source.h"

#include "base/cursor.h"
#include "base/mem.h"

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
    struct intake in;
    bool big_endian;
    struct interface *interfaces; /* of this section */
    size_t ninterfaces, cap;
    struct bytes block; /* the block at hand, whole */
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

/* The type and length of the block that begins OFFSET beyond the reader's place, and whether they
 * can be right. A section's byte order is in its first words. */
static const char *look_at(struct pcapng *p, size_t offset, uint32_t *type, uint32_t *len,
                           bool *big_endian)
{
    struct rd r = rd_of(bytes_from(intake_ahead(&p->in), offset)), magic = r;

    *big_endian = p->big_endian;
    rd_skip(&magic, 8);
    if (rd_be32(&r) == BLOCK_SECTION)
        *big_endian = rd_be32(&magic) == 0x1a2b3c4d;
    r.at = 0;
    *type = *big_endian ? rd_be32(&r) : rd_le32(&r);
    *len = *big_endian ? rd_be32(&r) : rd_le32(&r);
    if (*len < 12 || (*type == BLOCK_SECTION && *len < 28) || *len % 4 != 0 || *len > BLOCK_MAX)
        return "the length of a block cannot be right";
    return NULL;
}

static bool ends_with(struct pcapng *p, size_t offset, uint32_t len, bool big_endian)
{
    struct rd r = rd_of(bytes_from(intake_ahead(&p->in), offset + len - 4));

    return (big_endian ? rd_be32(&r) : rd_le32(&r)) == len;
}

/* Types that files hold (registry of the draft, section 10.1). */
static bool is_known(uint32_t type)
{
    switch (type) {
    case BLOCK_SECTION:
    case BLOCK_INTERFACE:
    case BLOCK_PACKET:
    case BLOCK_SIMPLE_PACKET:
    case BLOCK_ENHANCED_PACKET:
    case 4:          /* names */
    case 5:          /* statistics */
    case 9:          /* systemd journal */
    case 10:         /* secrets */
    case 0x00000bad: /* custom, to be copied or not */
    case 0x40000bad: return true;
    default: return false;
    }
}

#define PLAUSIBLE_MAX (1u << 20) /* of a block, when it is looked for */

/* Goes to the next place where a block of a known type has the same length at both ends. */
static bool find_place(struct pcapng *p)
{
    uint64_t from = intake_offset(&p->in);

    while (intake_has(&p->in, 13)) {
        uint32_t type, len;
        bool big;
        p->in.at++;
        p->in.keep = p->in.at;
        if (look_at(p, 0, &type, &len, &big) || !is_known(type) || len > PLAUSIBLE_MAX ||
            !intake_has(&p->in, len) || !ends_with(p, 0, len, big))
            continue;
        p->source.damage.bytes += intake_offset(&p->in) - from;
        return true;
    }
    p->source.damage.bytes += p->in.before + p->in.n - from;
    p->in.at = p->in.n;
    return false;
}

/* Reads the next block that is whole: its body, without type and lengths, is in `block`. What
 * cannot be one is read past, unless it is the FIRST. */
static enum err read_block(struct pcapng *p, uint32_t *type, char *text, size_t cap, bool first)
{
    for (;;) {
        uint32_t len;
        bool big;
        if (!intake_has(&p->in, 12))
            return intake_why(&p->in, "a block", text, cap);
        const char *why = look_at(p, 0, type, &len, &big);
        if (!why && !intake_has(&p->in, len))
            return intake_why(&p->in, "a block", text, cap);
        if (!why && !ends_with(p, 0, len, big))
            why = "a block's two lengths differ";
        if (!why) {
            p->big_endian = big;
            p->block = intake_take(&p->in, len);
            return ERR_OK;
        }
        if (first)
            return fail(text, cap, ERR_FORMAT, why);
        source_note(&p->source, ERR_FORMAT, why);
        if (!find_place(p))
            return ERR_END;
    }
}

/* What stands between the lengths. */
static struct rd body_of(const struct pcapng *p)
{
    return rd_of(bytes_from(bytes_head(p->block, p->block.n - 4), 8));
}

static enum err take_section(struct pcapng *p, char *text, size_t cap)
{
    struct rd r = body_of(p);

    p->ninterfaces = 0; /* also where it cannot be read: its packets have none of the last one's */
    uint32_t magic = get32(p, &r);
    uint16_t major = get16(p, &r), minor = get16(p, &r);
    if (r.err || magic != 0x1a2b3c4d)
        return fail(text, cap, ERR_FORMAT, "not a pcapng section header");
    if (major != 1 || (minor != 0 && minor != 2)) /* 1.2 was written by mistake and means 1.0 */
        return fail(text, cap, ERR_UNSUPPORTED, "a pcapng version that is not 1.0");
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

/* A block that is framed well but wrong inside is left out. */
static void leave_out(struct pcapng *p, enum err e, const char *text)
{
    source_note(&p->source, e, text);
    p->source.damage.bytes += p->block.n;
}

/* Names, statistics and custom blocks say nothing that is needed here. */
static void note_other(struct source *s, uint32_t type)
{
    if (is_known(type))
        return;
    if (s->unknown_blocks++ == 0)
        s->unknown_type = type;
}

static enum err next(struct source *s, struct source_frame *out, char *text, size_t cap)
{
    struct pcapng *p = CONTAINER_OF(s, struct pcapng, source);

    for (;;) {
        uint32_t type;
        enum err e = read_block(p, &type, text, cap, false);
        bool packet = false;
        if (e)
            return e;
        switch (type) {
        case BLOCK_SECTION: e = take_section(p, text, cap); break;
        case BLOCK_INTERFACE: e = take_interface(p, text, cap); break;
        case BLOCK_PACKET:
        case BLOCK_ENHANCED_PACKET:
            packet = true;
            e = take_packet(p, type, out, text, cap);
            break;
        case BLOCK_SIMPLE_PACKET:
            packet = true;
            e = take_simple_packet(p, out, text, cap);
            break;
        default: note_other(s, type); break;
        }
        if (e)
            leave_out(p, e, text);
        else if (packet)
            return ERR_OK;
    }
}

static void close_source(struct source *s)
{
    struct pcapng *p = CONTAINER_OF(s, struct pcapng, source);

    intake_release(&p->in);
    mem_free(p->interfaces);
    mem_free(p);
}

struct source *source_pcapng_open(struct intake *in, char *text, size_t cap)
{
    static const struct source_ops ops = {next, close_source};
    struct pcapng *p = mem_zalloc(sizeof(*p));
    uint32_t type = 0;

    p->source.ops = &ops;
    p->in = *in;
    *in = (struct intake){0};
    enum err e = read_block(p, &type, text, cap, true);
    if (e == ERR_END)
        snprintf(text, cap, "the file is empty");
    if (!e)
        e = take_section(p, text, cap);
    if (!e)
        return &p->source;
    close_source(&p->source);
    return NULL;
}
