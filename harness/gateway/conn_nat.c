/* Translated addresses and ports in packets, and in those that ICMP errors quote. Checksums are
 * adjusted and never made anew (RFC 1624), so that one that was wrong stays wrong. */
#include "gateway/conn_more.h"

#include "wire/checksum.h"

struct change { /* of one packet's ends */
    struct endpoint src, dst;
};

/* A place in packet memory whose fields are replaced. */
struct patch {
    struct wr w; /* all of it counts as written */
};

static struct patch patch_of(uint8_t *p, size_t n)
{
    struct patch e = {wr_of(p, n)};

    e.w.at = n;
    return e;
}

static uint16_t get16(const struct patch *e, size_t at)
{
    struct rd r = rd_of(wr_bytes(&e->w));

    rd_skip(&r, at);
    return rd_be16(&r);
}

static uint32_t get32(const struct patch *e, size_t at)
{
    return (uint32_t)get16(e, at) << 16 | get16(e, at + 2);
}

/* Puts V in, and corrects the checksum at SUM; NO_SUM: there is none, or it does not cover it. */
#define NO_SUM SIZE_MAX

static void correct32(struct patch *e, size_t sum, uint32_t old, uint32_t now)
{
    if (sum != NO_SUM)
        wr_fill16(&e->w, sum, checksum_update32(get16(e, sum), old, now));
}

static void correct16(struct patch *e, size_t sum, uint16_t old, uint16_t now)
{
    if (sum != NO_SUM)
        wr_fill16(&e->w, sum, checksum_update16(get16(e, sum), old, now));
}

static void set16(struct patch *e, size_t at, uint16_t v, size_t sum)
{
    correct16(e, sum, get16(e, at), v);
    wr_fill16(&e->w, at, v);
}

static void set32(struct patch *e, size_t at, uint32_t v, size_t sum)
{
    correct32(e, sum, get32(e, at), v);
    wr_fill32(&e->w, at, v);
}

/* Where the checksum of a transport header of N bytes stands; NO_SUM: it is cut off, or UDP's is
 * not used. */
static size_t sum_of(const struct patch *e, uint8_t proto, size_t n)
{
    size_t at = proto == IP_TCP ? 16 : proto == IP_UDP ? 6 : 2;

    if (n < at + 2 || (proto == IP_UDP && get16(e, at) == 0))
        return NO_SUM;
    return at;
}

/* The ports of a segment, and its checksum also for the addresses of its pseudo header. */
static void change_transport(uint8_t *p, size_t n, uint8_t proto, const struct change *old,
                             const struct change *now)
{
    struct patch e = patch_of(p, n);
    size_t sum = sum_of(&e, proto, n);

    if (proto == IP_ICMP) {
        if (n >= ICMP_HDR_LEN)
            set16(&e, 4, now->src.port, sum);
        return;
    }
    correct32(&e, sum, ip4_u32(&old->src.addr), ip4_u32(&now->src.addr));
    correct32(&e, sum, ip4_u32(&old->dst.addr), ip4_u32(&now->dst.addr));
    if (n >= 4) {
        set16(&e, 0, now->src.port, sum);
        set16(&e, 2, now->dst.port, sum);
    }
    if (proto == IP_UDP && sum != NO_SUM &&
        get16(&e, sum) == 0) /* RFC 768: that would say "none" */
        wr_fill16(&e.w, sum, 0xffff);
}

static void change_header(uint8_t *packet, size_t n, const struct change *now)
{
    struct patch e = patch_of(packet, n);

    set32(&e, 12, ip4_u32(&now->src.addr), 10);
    set32(&e, 16, ip4_u32(&now->dst.addr), 10);
}

/* A packet of SIDE before it goes through, and after. */
static struct change before_of(const struct conn *c, int side)
{
    return (struct change){c->at[side], *conn_mapped(c, !side)};
}

static struct change after_of(const struct conn *c, int side)
{
    return (struct change){*conn_mapped(c, side), c->at[!side]};
}

void conn_nat_rewrite(const struct conn *c, int side, uint8_t *packet, const struct ip *ip)
{
    struct change old = before_of(c, side), now = after_of(c, side);

    if (ip->version != 4)
        return;
    change_header(packet, ip->hdr_len, &now);
    change_transport(packet + ip->hdr_len, ip->payload.n, ip->proto, &old, &now);
}

/* --- quotations --------------------------------------------------------------------------------
 */

static uint16_t sum_of_bytes(struct bytes b)
{
    return (uint16_t)~checksum_finish(checksum_add(0, b));
}

/* The quoted packet's own numbers: SIDE sent it, and it was seen as it looked on the other side. */
static void restore(const struct conn *c, int side, uint8_t *quoted, struct bytes whole)
{
    struct change old = after_of(c, side), now = before_of(c, side);
    struct ip ip;

    if (ip_parse(whole, &ip))
        return;
    uint8_t *transport = quoted + ip.hdr_len;
    if (c->more && ip.version == 4) {
        change_header(quoted, ip.hdr_len, &now);
        change_transport(transport, ip.payload.n, ip.proto, &old, &now);
    }
    if (c->proto == IP_TCP && ip.payload.n >= 8) {
        struct patch e = patch_of(transport, ip.payload.n);
        set32(&e, 4, conn_seq_back(c, side, get32(&e, 4)), sum_of(&e, IP_TCP, ip.payload.n));
    }
}

void conn_restore_quoted(const struct conn *c, int side, uint8_t *message, size_t n)
{
    struct bytes quoted = bytes_from(bytes_of(message, n), ICMP_HDR_LEN);
    struct patch e = patch_of(message, n);

    if (n < ICMP_HDR_LEN)
        return;
    uint16_t old = sum_of_bytes(quoted);
    restore(c, side, message + ICMP_HDR_LEN, quoted);
    correct16(&e, 2, old, sum_of_bytes(quoted));
}
