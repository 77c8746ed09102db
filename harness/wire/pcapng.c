#include "wire/pcapng.h"

#define MAGIC         0x1a2b3c4du
#define MAGIC_SWAPPED 0x4d3c2b1au

static size_t padding(size_t n)
{
    return (4 - n % 4) % 4;
}

static void fill_le32(struct wr *w, size_t at, uint32_t v)
{
    struct wr hole = wr_of(w->p + at, 4);

    if (!w->err)
        wr_le32(&hole, v);
}

size_t pcapng_begin(struct wr *w, uint32_t type)
{
    size_t begin = w->at;

    wr_le32(w, type);
    wr_le32(w, 0);
    return begin;
}

void pcapng_end(struct wr *w, size_t begin)
{
    size_t len = w->at - begin + 4;

    if (len > UINT32_MAX)
        wr_fail(w, ERR_RANGE);
    wr_le32(w, (uint32_t)len);
    fill_le32(w, begin + 4, (uint32_t)len);
}

void pcapng_put_section(struct wr *w)
{
    wr_le32(w, MAGIC);
    wr_le16(w, 1);
    wr_le16(w, 0);
    wr_le64(w, UINT64_MAX); /* length of the section: not known, as it grows */
}

void pcapng_put_interface(struct wr *w, uint16_t link_type, uint32_t snaplen)
{
    wr_le16(w, link_type);
    wr_le16(w, 0);
    wr_le32(w, snaplen);
}

static void put_time(struct wr *w, uint64_t time)
{
    wr_le32(w, (uint32_t)(time >> 32));
    wr_le32(w, (uint32_t)time);
}

void pcapng_put_packet(struct wr *w, uint32_t interface, uint64_t time, struct bytes data,
                       size_t wire_len)
{
    if (data.n > UINT32_MAX || wire_len > UINT32_MAX)
        wr_fail(w, ERR_RANGE);
    wr_le32(w, interface);
    put_time(w, time);
    wr_le32(w, (uint32_t)data.n);
    wr_le32(w, (uint32_t)wire_len);
    wr_put(w, data);
    wr_zero(w, padding(data.n));
}

void pcapng_put_statistics(struct wr *w, uint32_t interface, uint64_t time)
{
    wr_le32(w, interface);
    put_time(w, time);
}

void pcapng_put_option(struct wr *w, uint16_t code, struct bytes value)
{
    if (value.n > PCAPNG_OPTION_MAX)
        wr_fail(w, ERR_RANGE);
    wr_le16(w, code);
    wr_le16(w, (uint16_t)value.n);
    wr_put(w, value);
    wr_zero(w, padding(value.n));
}

void pcapng_put_option_u64(struct wr *w, uint16_t code, uint64_t value)
{
    wr_le16(w, code);
    wr_le16(w, 8);
    wr_le64(w, value);
}

void pcapng_put_options_end(struct wr *w)
{
    wr_le32(w, 0);
}

static uint16_t u16(struct rd *r, bool big_endian)
{
    return big_endian ? rd_be16(r) : rd_le16(r);
}

static uint32_t u32(struct rd *r, bool big_endian)
{
    return big_endian ? rd_be32(r) : rd_le32(r);
}

enum err pcapng_head_parse(struct bytes in, bool big_endian, struct pcapng_head *out)
{
    struct rd r = rd_of(in);
    struct pcapng_head h = {.big_endian = big_endian};

    h.type = u32(&r, big_endian); /* a section header's type reads the same both ways */
    struct rd len = r;
    rd_skip(&r, 4);
    uint32_t third = rd_be32(&r);
    if (h.type == PCAPNG_SECTION) {
        if (third != MAGIC && third != MAGIC_SWAPPED)
            rd_fail(&r, ERR_FORMAT);
        h.big_endian = third == MAGIC;
    }
    h.len = u32(&len, h.big_endian);
    if (h.len < PCAPNG_HEAD_LEN || h.len % 4 != 0)
        rd_fail(&r, ERR_FORMAT);
    if (!r.err)
        *out = h;
    return r.err;
}

bool pcapng_block_is_whole(const struct pcapng_head *head, struct bytes block)
{
    struct rd r = rd_of(block);

    rd_skip(&r, head->len - 4);
    return u32(&r, head->big_endian) == head->len && rd_done(&r);
}

/* The body between type and length, and the length at the end. */
static struct rd body_of(const struct pcapng_head *head, struct bytes block)
{
    struct rd r = rd_of(bytes_head(block, head->len - 4));

    rd_skip(&r, 8);
    if (!pcapng_block_is_whole(head, block))
        rd_fail(&r, ERR_FORMAT);
    return r;
}

static struct pcapng_options rest_as_options(struct rd *r, bool big_endian)
{
    return (struct pcapng_options){rd_of(rd_rest(r)), big_endian};
}

bool pcapng_option_next(struct pcapng_options *o, struct pcapng_option *out)
{
    if (rd_left(&o->r) == 0) /* the end mark may be left out when nothing follows */
        return false;
    out->code = u16(&o->r, o->big_endian);
    size_t n = u16(&o->r, o->big_endian);
    out->value = rd_take(&o->r, n);
    rd_skip(&o->r, padding(n));
    return !o->r.err && out->code != PCAPNG_OPT_END;
}

enum err pcapng_option_u64(const struct pcapng_options *o, const struct pcapng_option *opt,
                           uint64_t *out)
{
    struct rd r = rd_of(opt->value);
    uint64_t v = o->big_endian ? rd_be64(&r) : rd_le64(&r);

    if (!rd_done(&r))
        return ERR_FORMAT;
    *out = v;
    return ERR_OK;
}

enum err pcapng_section_parse(const struct pcapng_head *head, struct bytes block,
                              struct pcapng_section *out)
{
    struct rd r = body_of(head, block);
    struct pcapng_section s = {0};

    rd_skip(&r, 4); /* magic: pcapng_head_parse */
    s.major = u16(&r, head->big_endian);
    s.minor = u16(&r, head->big_endian);
    rd_skip(&r, 8); /* section length: every block says its own */
    s.options = rest_as_options(&r, head->big_endian);
    if (!r.err)
        *out = s;
    return r.err;
}

enum err pcapng_interface_parse(const struct pcapng_head *head, struct bytes block,
                                struct pcapng_interface *out)
{
    struct rd r = body_of(head, block);
    struct pcapng_interface i = {0};

    i.link_type = u16(&r, head->big_endian);
    rd_skip(&r, 2);
    i.snaplen = u32(&r, head->big_endian);
    i.options = rest_as_options(&r, head->big_endian);
    if (!r.err)
        *out = i;
    return r.err;
}

static uint64_t take_time(struct rd *r, bool big_endian)
{
    uint64_t high = u32(r, big_endian);

    return high << 32 | u32(r, big_endian);
}

enum err pcapng_packet_parse(const struct pcapng_head *head, struct bytes block,
                             struct pcapng_packet *out)
{
    struct rd r = body_of(head, block);
    struct pcapng_packet p = {0};

    p.interface = u32(&r, head->big_endian);
    p.time = take_time(&r, head->big_endian);
    size_t n = u32(&r, head->big_endian);
    p.wire_len = u32(&r, head->big_endian);
    p.data = rd_take(&r, n);
    rd_skip(&r, padding(n));
    p.options = rest_as_options(&r, head->big_endian);
    if (!r.err)
        *out = p;
    return r.err;
}

enum err pcapng_statistics_parse(const struct pcapng_head *head, struct bytes block,
                                 struct pcapng_statistics *out)
{
    struct rd r = body_of(head, block);
    struct pcapng_statistics s = {0};

    s.interface = u32(&r, head->big_endian);
    s.time = take_time(&r, head->big_endian);
    s.options = rest_as_options(&r, head->big_endian);
    if (!r.err)
        *out = s;
    return r.err;
}
