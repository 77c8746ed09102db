#include "evidence/reader.h"

#include "base/mem.h"
#include "evidence/format.h"
#include "evidence/interfaces.h"
#include "evidence/source.h"
#include "wire/pcapng.h"

#define BLOCK_MAX (1u << 20) /* bytes: far more than a frame, and than any case */

struct evidence_reader {
    struct source source;
    bool big_endian;
    struct pcapng_head head; /* of the block last read */
    struct bytes block;      /* the whole of it; a view into the source */
    bool pending;            /* it was read ahead and is still to be handed out */
    enum err end;            /* why there is no more */
    uint64_t packets;
    struct interfaces interfaces;
    struct evidence_meta meta;
    struct buf case_xml, version;
    struct evidence_totals totals;
};

/* Reads the next block to R->block. ERR_END at the end of the file, between two blocks. */
static enum err read_block(struct evidence_reader *r)
{
    struct bytes b;

    source_skip(&r->source, r->block.n);
    r->block.n = 0;
    enum err e = source_peek(&r->source, PCAPNG_HEAD_LEN, &b);
    if (e)
        return e;
    if (b.n == 0)
        return ERR_END;
    e = pcapng_head_parse(b, r->big_endian, &r->head);
    if (e)
        return e;
    if (r->head.len > BLOCK_MAX)
        return ERR_FORMAT;
    e = source_peek(&r->source, r->head.len, &b);
    if (e)
        return e;
    if (b.n < r->head.len)
        return ERR_SHORT;
    if (!pcapng_block_is_whole(&r->head, b))
        return ERR_FORMAT;
    r->block = b;
    return ERR_OK;
}

/* The section's comments: our line, then the case in one or more. */
static enum err read_section_options(struct evidence_reader *r, struct pcapng_options options)
{
    struct pcapng_option o;
    bool ours = false;

    while (pcapng_option_next(&options, &o)) {
        if (o.code == PCAPNG_SHB_USERAPPL) {
            buf_clear(&r->version);
            buf_add(&r->version, o.value.p, o.value.n);
        } else if (o.code == PCAPNG_OPT_COMMENT && ours) {
            buf_add(&r->case_xml, o.value.p, o.value.n);
        } else if (o.code == PCAPNG_OPT_COMMENT) {
            enum err e = evidence_format_parse(o.value, &r->meta);
            if (e && e != ERR_NOTFOUND)
                return e;
            ours = !e;
        }
    }
    r->meta.case_xml = buf_bytes(&r->case_xml);
    r->meta.version = buf_str(&r->version);
    return pcapng_options_ok(&options) ? ERR_OK : ERR_FORMAT;
}

static enum err read_section(struct evidence_reader *r)
{
    struct pcapng_section s;
    enum err e = read_block(r);

    if (e)
        return e == ERR_END ? ERR_SHORT : e;
    if (r->head.type != PCAPNG_SECTION)
        return ERR_FORMAT;
    r->big_endian = r->head.big_endian;
    e = pcapng_section_parse(&r->head, r->block, &s);
    if (!e && s.major != 1)
        e = ERR_UNSUPPORTED;
    return e ? e : read_section_options(r, s.options);
}

/* Statistics count from the beginning, so a later block replaces an earlier one of its interface.
 */
static enum err read_statistics(struct evidence_reader *r)
{
    struct pcapng_statistics s;
    struct pcapng_option o;
    enum err e = pcapng_statistics_parse(&r->head, r->block, &s);
    struct interface *i = e ? NULL : interfaces_get(&r->interfaces, s.interface);
    uint64_t v;

    if (!i)
        return ERR_FORMAT;
    while (pcapng_option_next(&s.options, &o)) {
        if (o.code != PCAPNG_ISB_IFRECV && o.code != PCAPNG_ISB_IFDROP)
            continue;
        if (pcapng_option_u64(&s.options, &o, &v))
            return ERR_FORMAT;
        uint64_t *counter = o.code == PCAPNG_ISB_IFRECV ? &i->received : &i->dropped;
        if (i->leg != EV_LEGS) {
            uint64_t *total = o.code == PCAPNG_ISB_IFRECV ? r->totals.received : r->totals.dropped;
            total[i->leg] += v - *counter;
            r->totals.has_stats[i->leg] = true;
        }
        *counter = v;
    }
    return pcapng_options_ok(&s.options) ? ERR_OK : ERR_FORMAT;
}

/* Everything between packets. */
static enum err read_other(struct evidence_reader *r)
{
    struct pcapng_interface i;

    switch (r->head.type) {
    case PCAPNG_SECTION: return ERR_UNSUPPORTED; /* interfaces would be numbered anew */
    case PCAPNG_INTERFACE:
        if (pcapng_interface_parse(&r->head, r->block, &i))
            return ERR_FORMAT;
        return interfaces_add(&r->interfaces, &i);
    case PCAPNG_STATISTICS: return read_statistics(r);
    case PCAPNG_OLD_PACKET:                            /* nobody writes them */
    case PCAPNG_SIMPLE_PACKET: return ERR_UNSUPPORTED; /* no time, no interface */
    default: return ERR_OK;
    }
}

/* Reads up to the next packet, which is then in R->block. */
static enum err read_to_packet(struct evidence_reader *r)
{
    for (;;) {
        enum err e = read_block(r);
        if (!e && r->head.type == PCAPNG_PACKET)
            return ERR_OK;
        if (!e)
            e = read_other(r);
        if (e)
            return e;
    }
}

static enum err read_packet_options(struct pcapng_options options, struct evidence_record *out)
{
    struct pcapng_option o;

    while (pcapng_option_next(&options, &o)) {
        struct rd v = rd_of(o.value);
        if (o.code == PCAPNG_OPT_COMMENT && out->remark.n == 0)
            out->remark = o.value;
        if (o.code == PCAPNG_EPB_HASH && o.value.n == EVIDENCE_HASH_LEN &&
            rd_u8(&v) == EVIDENCE_HASH_ALGORITHM) {
            out->has_hash = true;
            out->payload_hash = rd_be64(&v);
        }
    }
    return pcapng_options_ok(&options) ? ERR_OK : ERR_FORMAT;
}

/* ERR_NOTFOUND: a packet of an interface that is no leg. */
static enum err read_packet(struct evidence_reader *r, struct evidence_record *out)
{
    struct pcapng_packet p;
    struct evidence_record rec = {.packet = ++r->packets};

    if (pcapng_packet_parse(&r->head, r->block, &p))
        return ERR_FORMAT;
    const struct interface *i = interfaces_get(&r->interfaces, p.interface);
    if (!i)
        return ERR_FORMAT;
    if (i->leg == EV_LEGS)
        return ERR_NOTFOUND;
    rec.leg = i->leg;
    rec.time_ns = interface_time_ns(i, p.time);
    rec.frame = p.data;
    rec.wire_len = p.wire_len > p.data.n ? p.wire_len : p.data.n;
    enum err e = read_packet_options(p.options, &rec);
    if (!e)
        *out = rec;
    return e;
}

enum err evidence_next(struct evidence_reader *r, struct evidence_record *out)
{
    while (!r->end) {
        enum err e = r->pending ? ERR_OK : read_to_packet(r);
        r->pending = false;
        if (!e)
            e = read_packet(r, out);
        if (!e)
            return ERR_OK;
        if (e != ERR_NOTFOUND)
            r->end = e;
    }
    return r->end;
}

/* Reads the section header and everything before the first packet. */
static enum err read_beginning(struct evidence_reader *r, const char *name, struct diag *why)
{
    enum err e = read_section(r);

    if (e == ERR_UNSUPPORTED)
        return diag_fail_at(why, e, name, 0,
                            "is evidence of a later format than this holdfast "
                            "reads: take a newer one");
    if (e)
        return diag_fail_at(why, e, name, 0, "is no pcapng file: its section header %s",
                            e == ERR_IO ? "cannot be read" : err_text(e));
    e = read_to_packet(r);
    r->pending = !e;
    r->end = e;
    if (r->interfaces.legs > 0)
        return ERR_OK; /* what is wrong further on is told by evidence_next */
    if (e == ERR_UNSUPPORTED)
        return diag_fail_at(why, e, name, 0,
                            "has a leg that is not Ethernet, a second section, or "
                            "packets without a time: write it anew with tshark -w");
    if (e && e != ERR_END)
        return diag_fail_at(why, e, name, 0, "is damaged before its first packet: %s", err_text(e));
    return diag_fail_at(why, ERR_INVALID, name, 0,
                        "has no interface named as a leg (bo-lan, wan, "
                        "ho-lan, mgmt, events): give plain captures with --leg");
}

static enum err start(struct evidence_reader *r, const char *name, struct evidence_reader **out,
                      struct diag *why)
{
    enum err e = read_beginning(r, name, why);

    if (e)
        evidence_reader_free(r);
    else
        *out = r;
    return e;
}

enum err evidence_open(const char *path, struct evidence_reader **out, struct diag *why)
{
    struct evidence_reader *r = mem_zalloc(sizeof(*r));
    enum err e = source_open(&r->source, path, why);

    if (e) {
        mem_free(r);
        return e;
    }
    return start(r, path, out, why);
}

enum err evidence_open_bytes(struct bytes file, struct evidence_reader **out, struct diag *why)
{
    struct evidence_reader *r = mem_zalloc(sizeof(*r));

    source_of_bytes(&r->source, file);
    return start(r, "evidence", out, why);
}

void evidence_reader_free(struct evidence_reader *r)
{
    if (!r)
        return;
    source_release(&r->source);
    interfaces_release(&r->interfaces);
    buf_release(&r->case_xml);
    buf_release(&r->version);
    mem_free(r);
}

const struct evidence_meta *evidence_reader_meta(const struct evidence_reader *r)
{
    return &r->meta;
}

const struct evidence_totals *evidence_totals(const struct evidence_reader *r)
{
    return &r->totals;
}
