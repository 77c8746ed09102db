/* ICMP that is not a flow's own: pings to this host, errors about what it sent. */
#include "host/dgram.h"
#include "host/host_impl.h"
#include "host/tcp_conn.h"
#include "wire/checksum.h"

static bool icmp_checksum_ok(const struct pkt *p)
{
    const struct bytes msg = p->ip.payload;
    uint64_t sum =
        p->ip.version == 6 ? checksum_pseudo(&p->ip.src, &p->ip.dst, IP_ICMPV6, msg.n) : 0;

    return checksum_finish(checksum_add(sum, msg)) == 0;
}

void host_echo_answer(struct host *h, const struct pkt *p)
{
    const struct ip *ip = &p->ip;
    struct icmp m = p->icmp;
    struct wr w = wr_of(host_scratch(h), HOST_SCRATCH);

    m.type = ip->version == 6 ? ICMP6_ECHO_REPLY : ICMP_ECHO_REPLY;
    icmp_put(&w, &m, &ip->dst, &ip->src);
    if (!w.err)
        host_datagram_send(h, &ip->dst, &ip->src, ip->proto, wr_bytes(&w), h->cfg.mtu);
}

/* The flow that sent the packet an error quotes; NULL when none did. */
static struct flow *flow_quoted(struct host *h, const struct pkt *q)
{
    struct demux_name n = {.local.addr = q->ip.src, .remote.addr = q->ip.dst};

    if (q->kind == PKT_TCP) {
        n.proto = CONV_TCP;
        n.local.port = q->tcp.src;
        n.remote.port = q->tcp.dst;
    } else if (q->kind == PKT_UDP) {
        n.proto = CONV_UDP;
        n.local.port = q->udp.src;
        n.remote.port = q->udp.dst;
    } else if (q->kind == PKT_ICMP) {
        n.proto = CONV_ICMP;
        n.remote.port = (uint16_t)(q->icmp.rest >> 16);
    }
    return demux_bound(h, &n);
}

/* Errors quote the header and the first eight bytes at least (RFC 792), fewer than a TCP header:
 * missing bytes are taken as zero. */
static void parse_quoted(struct bytes quote, struct pkt *q, uint8_t room[static 128])
{
    size_t n = quote.n < 128 ? quote.n : 128;

    memset(room, 0, 128);
    memcpy(room, quote.p, n);
    pkt_parse_ip(bytes_of(room, 128), q);
    if (q->kind == PKT_IP && q->ip.proto == IP_TCP && q->ip.frag_off == 0) {
        struct rd r = rd_of(q->ip.payload);
        q->kind = PKT_TCP;
        q->tcp = (struct tcp){0};
        q->tcp.src = rd_be16(&r);
        q->tcp.dst = rd_be16(&r);
        q->tcp.seq = rd_be32(&r);
    }
}

static void too_big(struct host *h, struct flow *f, const struct pkt *q, uint32_t mtu)
{
    uint16_t least = f->local.addr.family == 6 ? 1280 : 576; /* RFC 8200, 5; RFC 791 */

    if (mtu < least)
        mtu = least; /* also the old routers that say 0 (RFC 1191, 5) */
    if (mtu >= f->mtu)
        return;
    if (f->proto == CONV_TCP && !tcp_is_in_flight(f, q->tcp.seq))
        return; /* RFC 5927, 4.1: not about anything we sent lately */
    log_say(h->log, LOG_INFO, LOG_MODULE, "flow %u: path MTU is %u", (unsigned)f->id,
            (unsigned)mtu);
    f->mtu = (uint16_t)mtu;
    if (f->proto == CONV_TCP)
        tcp_mtu_changed(f);
}

static bool is_too_big(const struct pkt *p)
{
    if (p->ip.version == 6)
        return p->icmp.type == ICMP6_TOO_BIG;
    return p->icmp.type == ICMP_UNREACHABLE && p->icmp.code == 4;
}

static void error_input(struct host *h, const struct pkt *p)
{
    uint8_t room[128];
    struct pkt q;

    parse_quoted(p->icmp.data, &q, room);
    struct flow *f = flow_quoted(h, &q);
    if (!f)
        return;
    if (is_too_big(p)) {
        too_big(h, f, &q, p->ip.version == 6 ? p->icmp.rest : p->icmp.rest & 0xffff);
        return;
    }
    char from[IP_ADDR_TEXT];
    f->status.icmp_errors++;
    log_say(h->log, LOG_INFO, LOG_MODULE, "flow %u: ICMP error %u/%u from %s", (unsigned)f->id,
            p->icmp.type, p->icmp.code, ip_addr_format(&p->ip.src, from));
}

void host_icmp_input(struct host *h, const struct pkt *p)
{
    uint8_t type = p->icmp.type;
    bool six = p->ip.version == 6;

    if (p->ip.proto != (six ? IP_ICMPV6 : IP_ICMP))
        return;
    if (!icmp_checksum_ok(p)) {
        h->stats.bad_checksum++;
        return;
    }
    if (type == (six ? ICMP6_ECHO : ICMP_ECHO)) {
        if (!icmp_flow_request(h, p) && host_owns(h, &p->ip.dst))
            host_echo_answer(h, p);
    } else if (type == (six ? ICMP6_ECHO_REPLY : ICMP_ECHO_REPLY)) {
        icmp_flow_reply(h, p);
    } else if (icmp_is_error(p->ip.version, type)) {
        error_input(h, p);
    } else if (six &&
               (type == ICMP6_NEIGHBOR_SOLICITATION || type == ICMP6_NEIGHBOR_ADVERTISEMENT)) {
        neighbor_discovery_input(h, &p->ip, &p->icmp);
    }
}
