#include "tests/synth.h"

#include "tests/testkit.h"
#include "wire/ether.h"
#include "wire/icmp.h"
#include "wire/ip.h"
#include "wire/tcp.h"
#include "wire/udp.h"

#include <stdlib.h>
#include <unistd.h>

#define PACKET_MAX 70000

static void put_le32(struct buf *b, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        buf_addc(b, (char)(v >> (8 * i)));
}

void synth_begin(struct synth *s, const struct synth_opts *opts)
{
    *s = (struct synth){0};
    if (opts)
        s->opts = *opts;
    if (!s->opts.linktype)
        s->opts.linktype = 1;
    if (!s->opts.port[0])
        s->opts.port[0] = 40000;
    if (!s->opts.port[1])
        s->opts.port[1] = 80;
    put_le32(&s->file, 0xa1b2c3d4);
    put_le32(&s->file, 0x00040002); /* version 2.4 */
    put_le32(&s->file, 0);
    put_le32(&s->file, 0);
    put_le32(&s->file, 262144);
    put_le32(&s->file, s->opts.linktype);
}

void synth_release(struct synth *s)
{
    buf_release(&s->file);
}

void synth_frame(struct synth *s, int64_t time_us, struct bytes frame)
{
    size_t kept = s->opts.snaplen && frame.n > s->opts.snaplen ? s->opts.snaplen : frame.n;

    put_le32(&s->file, (uint32_t)(1700000000 + time_us / 1000000));
    put_le32(&s->file, (uint32_t)(time_us % 1000000));
    put_le32(&s->file, (uint32_t)kept);
    put_le32(&s->file, (uint32_t)frame.n);
    buf_add(&s->file, frame.p, kept);
}

static void put_link(struct wr *w, const struct synth_opts *o, bool from_b)
{
    static const struct mac macs[2] = {{{2, 0, 0, 0, 0, 1}}, {{2, 0, 0, 0, 0, 2}}};
    uint16_t type = o->ipv6 ? ETHER_IPV6 : ETHER_IPV4;

    if (o->linktype == 113) { /* Linux cooked: sent by us, ARPHRD Ethernet, six bytes of address */
        wr_be16(w, 4);
        wr_be16(w, 1);
        wr_be16(w, 6);
        wr_put(w, bytes_of("\2\0\0\0\0\1\0\0", 8));
        wr_be16(w, type);
    }
    if (o->linktype != 1)
        return;
    ether_put(w, &macs[!from_b], &macs[from_b], o->vlan ? ETHER_VLAN : type);
    if (o->vlan) {
        wr_be16(w, o->vlan);
        wr_be16(w, o->vlan2 ? ETHER_VLAN : type);
    }
    if (o->vlan2) {
        wr_be16(w, o->vlan2);
        wr_be16(w, type);
    }
}

static void addresses(const struct synth_opts *o, bool from_b, struct ip *ip)
{
    struct ip_addr a = ip4(0x0a000001), b = ip4(0xc0a80002);

    if (o->ipv6) {
        assert_ok(ip_addr_parse("2001:db8:a::1", &a));
        assert_ok(ip_addr_parse("2001:db8:b::2", &b));
    }
    ip->version = o->ipv6 ? 6 : 4;
    ip->ttl = 64;
    ip->src = from_b ? b : a;
    ip->dst = from_b ? a : b;
}

/* The packet in as many frames as it takes. */
static void put_packet(struct synth *s, int64_t ms, bool from_b, struct ip *ip,
                       struct bytes payload)
{
    static uint16_t id;
    size_t step = s->opts.fragment ? s->opts.fragment : payload.n, at = 0;

    ip->id = ++id;
    do {
        uint8_t frame[PACKET_MAX];
        struct wr w = wr_of(frame, sizeof(frame));
        struct bytes part = bytes_head(bytes_from(payload, at), step);
        ip->frag_off = (uint32_t)at;
        ip->more = at + part.n < payload.n;
        put_link(&w, &s->opts, from_b);
        ip_put(&w, ip, part.n);
        wr_put(&w, part);
        assert_ok(w.err);
        synth_frame(s, ms * 1000, wr_bytes(&w));
        at += part.n;
    } while (at < payload.n);
}

static uint8_t flags_of(const char *text)
{
    static const char letters[] = "FSRPAUEC"; /* from the lowest bit up */
    uint8_t flags = 0;

    for (; *text; text++)
        flags |= (uint8_t)(1u << (strchr(letters, *text) - letters));
    return flags;
}

void synth_tcp(struct synth *s, const struct synth_seg *seg)
{
    synth_tcp_bytes(s, seg, bytes_str(seg->data ? seg->data : ""));
}

void synth_tcp_bytes(struct synth *s, const struct synth_seg *seg, struct bytes data)
{
    bool from_b = seg->from == 'B';
    const struct synth_opts *o = &s->opts;
    struct ip ip = {.proto = IP_TCP};
    uint8_t text[PACKET_MAX], opts[TCP_OPTS_MAX];
    struct wr w = wr_of(text, sizeof(text)), ow = wr_of(opts, sizeof(opts));
    struct tcp t = {.src = o->port[from_b],
                    .dst = o->port[!from_b],
                    .seq = o->isn[from_b] + 1 + (uint32_t)seg->seq,
                    .flags = flags_of(seg->flags),
                    .window = 65535};

    if (t.flags & TCP_ACK)
        t.ack = o->isn[!from_b] + 1 + (uint32_t)seg->ack;
    if (t.flags & TCP_SYN)
        tcp_opts_put(&ow, &(struct tcp_opts){.mss = o->ipv6 ? 1440 : 1460, .sack_permitted = true});
    t.opts = wr_bytes(&ow);
    t.data = data;
    addresses(o, from_b, &ip);
    tcp_put(&w, &t, &ip.src, &ip.dst);
    assert_ok(w.err);
    put_packet(s, seg->ms, from_b, &ip, wr_bytes(&w));
}

void synth_udp(struct synth *s, int64_t ms, char from, struct bytes data)
{
    bool from_b = from == 'B';
    struct ip ip = {.proto = IP_UDP};
    uint8_t text[PACKET_MAX];
    struct wr w = wr_of(text, sizeof(text));
    struct udp u = {.src = s->opts.port[from_b], .dst = s->opts.port[!from_b], .data = data};

    addresses(&s->opts, from_b, &ip);
    udp_put(&w, &u, &ip.src, &ip.dst);
    assert_ok(w.err);
    put_packet(s, ms, from_b, &ip, wr_bytes(&w));
}

void synth_echo(struct synth *s, int64_t ms, char from, bool reply, uint16_t id, struct bytes data)
{
    bool from_b = from == 'B', v6 = s->opts.ipv6;
    struct ip ip = {.proto = v6 ? IP_ICMPV6 : IP_ICMP};
    uint8_t text[PACKET_MAX];
    struct wr w = wr_of(text, sizeof(text));
    struct icmp m = {.type = reply ? (v6 ? ICMP6_ECHO_REPLY : ICMP_ECHO_REPLY)
                                   : (v6 ? ICMP6_ECHO : ICMP_ECHO),
                     .rest = (uint32_t)id << 16 | 1,
                     .data = data};

    addresses(&s->opts, from_b, &ip);
    icmp_put(&w, &m, &ip.src, &ip.dst);
    assert_ok(w.err);
    put_packet(s, ms, from_b, &ip, wr_bytes(&w));
}

void synth_save(struct bytes b, char path[static SYNTH_PATH])
{
    strcpy(path, "/tmp/holdfast-test-XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, b.p, b.n), b.n);
    close(fd);
}
