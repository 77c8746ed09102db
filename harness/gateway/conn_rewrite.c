/* What a firewall changes in a TCP segment: sequence numbers (RFC 6528 behind hosts that choose
 * them badly), the MSS, and what the normalizer clears by default: the urgent flag, and options
 * that are not known (`tcp-options range 6 7 clear`, `range 9 255 clear`); and translated ends in
 * any packet (conn_nat.c). Checksums are adjusted and never made anew (RFC 1624), so that one that
 * was wrong stays wrong. */
#include "gateway/conn_more.h"

enum { OPT_END = 0, OPT_NOP = 1, OPT_MSS = 2, OPT_SACK = 5 };

/* Byte of the payload that the fault corrupt-byte alters, and in which data segment. */
#define CORRUPT_AFTER 60

struct edit {
    struct rd r; /* the segment as it was */
    struct wr w; /* the same memory */
    uint32_t sum;
};

/* RFC 1624, equation 3, in one's complement: HC' = ~(~HC + ~m + m'). */
static void adjust16(struct edit *e, size_t at, uint16_t old, uint16_t new)
{
    if (at & 1) { /* the word straddles two of the checksum's: swapped bytes sum the same way */
        old = (uint16_t)(old << 8 | old >> 8);
        new = (uint16_t)(new << 8 | new >> 8);
    }
    e->sum += (uint16_t)~old;
    e->sum += new;
}

static uint16_t get16(const struct edit *e, size_t at)
{
    struct rd r = e->r;

    r.at = at;
    return rd_be16(&r);
}

static void set16(struct edit *e, size_t at, uint16_t v)
{
    uint16_t old = get16(e, at);

    if (v == old)
        return;
    adjust16(e, at, old, v);
    wr_fill16(&e->w, at, v);
}

static uint32_t get32(const struct edit *e, size_t at)
{
    return (uint32_t)get16(e, at) << 16 | get16(e, at + 2);
}

static void set32(struct edit *e, size_t at, uint32_t v)
{
    set16(e, at, (uint16_t)(v >> 16));
    set16(e, at + 2, (uint16_t)v);
}

/* The byte at AT of a word that begins at an even place. */
static void set8(struct edit *e, size_t at, uint8_t v)
{
    size_t even = at - at % 2;
    unsigned word = get16(e, even);

    word = at % 2 ? (word & 0xff00u) | v : (word & 0xffu) | (unsigned)v << 8;
    set16(e, even, (uint16_t)word);
}

static uint16_t fold(uint32_t sum)
{
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)sum;
}

/* `sysopt connection tcpmss`: never above, and `minimum`: never below. */
static uint16_t clamp_mss(const struct conns *t, uint16_t mss)
{
    const struct gw_sysopt *s = &t->env.cfg->sysopt;

    if (s->tcpmss_minimum && mss < s->tcpmss_minimum)
        mss = (uint16_t)s->tcpmss_minimum;
    if (s->tcpmss && mss > s->tcpmss && !conns_fault(t, GW_FAULT_MTU_BLACK_HOLE))
        mss = (uint16_t)s->tcpmss;
    return mss;
}

/* A number by which SIDE acknowledges, for the other side. */
static uint32_t ack_out(const struct conn *c, int side, uint32_t ack)
{
    return c->mapback_lost ? ack : conn_ack_back(c, side, ack);
}

struct sender { /* of the segment */
    const struct conn *c;
    int side;
};

static void edit_option(const struct conns *t, struct edit *e, uint8_t kind, size_t at, size_t len,
                        bool syn, struct sender from)
{
    for (size_t i = at; conn_clears_option(kind) && i < at + len; i++)
        set8(e, i, OPT_NOP);
    if (kind == OPT_MSS && syn && len == 4)
        set16(e, at + 2, clamp_mss(t, get16(e, at + 2)));
    if (kind != OPT_SACK || conns_fault(t, GW_FAULT_SACK_NOT_MAPPED))
        return;
    for (size_t edge = at + 2; edge + 4 <= at + len; edge += 4)
        set32(e, edge, ack_out(from.c, from.side, get32(e, edge)));
}

static void edit_options(const struct conns *t, struct edit *e, size_t hdr, bool syn,
                         struct sender from)
{
    size_t at = TCP_HDR_LEN;

    while (at < hdr) {
        struct rd r = e->r;
        r.at = at;
        uint8_t kind = rd_u8(&r);
        if (kind == OPT_END)
            return;
        if (kind == OPT_NOP) {
            at++;
            continue;
        }
        size_t len = rd_u8(&r);
        if (r.err || len < 2 || at + len > hdr)
            return; /* malformed: left as it is, as a stack would skip it */
        edit_option(t, e, kind, at, len, syn, from);
        at += len;
    }
}

static void corrupt(struct edit *e, struct conn *c, size_t hdr)
{
    if (c->corrupted || c->packets < CORRUPT_AFTER || e->r.in.n < hdr + 2)
        return;
    c->corrupted = true;
    set16(e, hdr, (uint16_t)(get16(e, hdr) ^ 0x0100));
}

static void edit_segment(struct conns *t, struct conn *c, int side, struct edit *e)
{
    uint8_t flags = (uint8_t)get16(e, 12);
    size_t hdr = (size_t)(get16(e, 12) >> 12) * 4;
    uint16_t check = get16(e, 16);

    if (hdr < TCP_HDR_LEN || hdr > e->r.in.n)
        return;
    e->sum = (uint16_t)~check;
    set32(e, 4, conn_seq_out(c, side, get32(e, 4)));
    if (flags & TCP_ACK)
        set32(e, 8, ack_out(c, side, get32(e, 8)));
    if (flags & TCP_URG) /* urgent-flag clear */
        set16(e, 12, (uint16_t)(get16(e, 12) & ~(unsigned)TCP_URG));
    edit_options(t, e, hdr, flags & TCP_SYN, (struct sender){c, side});
    if (conns_fault(t, GW_FAULT_CORRUPT_BYTE))
        corrupt(e, c, hdr);
    wr_fill16(&e->w, 16, (uint16_t)~fold(e->sum));
}

void conn_rewrite(struct conns *t, struct conn *c, int side, uint8_t *packet, size_t n)
{
    struct ip ip;

    if (ip_parse(bytes_of(packet, n), &ip) || ip.frag_off)
        return;
    if (c->more && c->more->translated)
        conn_nat_rewrite(c, side, packet, &ip);
    if (c->proto != IP_TCP)
        return;
    uint8_t *segment = packet + ip.hdr_len;
    struct edit e = {.r = rd_of(ip.payload), .w = wr_of(segment, ip.payload.n)};
    e.w.at = ip.payload.n;
    if (ip.payload.n >= TCP_HDR_LEN)
        edit_segment(t, c, side, &e);
}

/* What the normalizer clears: the urgent flag, and options. */
static bool has_to_clear(const struct tcp *t)
{
    struct rd r = rd_of(t->opts);

    if (tcp_has(t, TCP_URG))
        return true;
    while (rd_left(&r) > 0) {
        uint8_t kind = rd_u8(&r);
        if (kind == OPT_END || conn_clears_option(kind))
            return kind != OPT_END;
        uint8_t len = kind == OPT_NOP ? 2 : rd_u8(&r);
        if (len < 2)
            return false;
        rd_skip(&r, kind == OPT_NOP ? 0 : len - 2u);
    }
    return false;
}

bool conn_rewrites(const struct conns *t, const struct conn *c, int side, const struct pkt *p)
{
    const bool moved = c->tcp[0].offset || c->tcp[1].offset;

    (void)side;
    if (c->more && (c->more->translated || c->more->ftp))
        return true;
    if (p->kind != PKT_TCP)
        return false;
    return (moved && !c->mapback_lost) || tcp_has(&p->tcp, TCP_SYN) || has_to_clear(&p->tcp) ||
           conns_fault(t, GW_FAULT_CORRUPT_BYTE);
}
