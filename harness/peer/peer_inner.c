/* From the hosts behind the peer into the tunnel. */
#include "peer/peer_impl.h"

#define OUTER_TTL    64
#define FRAG_NEEDED  4 /* code of ICMP "unreachable" (RFC 1191) */
#define QUOTED       28
#define IP4_TTL_AT   8
#define IP4_CHECK_AT 10

/* One hop less: RFC 1812, 5.3.1. The checksum follows (RFC 1624). False: it ends here. */
static bool spend_ttl(uint8_t *packet, size_t n)
{
    struct rd r = rd_of(bytes_of(packet, n));
    struct wr w = wr_of(packet, n);

    w.at = n;
    rd_skip(&r, IP4_TTL_AT);
    uint8_t ttl = rd_u8(&r);
    rd_skip(&r, 1);
    uint32_t check = rd_be16(&r);
    if (r.err || ttl <= 1)
        return false;
    wr_fill8(&w, IP4_TTL_AT, (uint8_t)(ttl - 1));
    check += 0x100; /* the field it shares a word with is the high byte */
    wr_fill16(&w, IP4_CHECK_AT, (check + (check >> 16)) & 0xffff);
    return true;
}

static void send_icmp_too_big(struct peer *p, const struct pkt *in, size_t mtu)
{
    uint8_t quoted[QUOTED];
    struct ip ip = {
        .version = 4, .proto = IP_ICMP, .ttl = OUTER_TTL, .src = p->cfg.inner, .dst = in->ip.src};
    struct wr q = wr_of(quoted, sizeof(quoted));
    struct ip head = in->ip;

    ip_put(&q, &head, in->ip.payload_len);
    wr_put(&q, bytes_head(in->ip.payload, 8));
    struct icmp m = {
        .type = ICMP_UNREACHABLE, .code = FRAG_NEEDED, .rest = (uint32_t)mtu, .data = wr_bytes(&q)};
    size_t n = IP4_HDR_LEN + ICMP_HDR_LEN + m.data.n;
    uint8_t *b = link_begin(p, PEER_INNER, n);
    if (!b)
        return;
    struct wr w = wr_of(b, n);
    ip.id = p->ip_id++;
    ip_put(&w, &ip, ICMP_HDR_LEN + m.data.n);
    icmp_put(&w, &m, &ip.src, &ip.dst);
    link_end(p, PEER_INNER, p->cfg.inner_next_hop.family ? &p->cfg.inner_next_hop : &in->ip.src, b,
             w.at);
}

static void send_fragments(struct peer *p, const struct ip *outer, struct bytes payload)
{
    size_t piece = ((size_t)p->cfg.mtu - IP4_HDR_LEN) & ~(size_t)7;

    for (size_t at = 0; at < payload.n; at += piece) {
        struct bytes part = bytes_head(bytes_from(payload, at), piece);
        struct ip ip = *outer;
        uint8_t *b = link_begin(p, PEER_WAN, IP4_HDR_LEN + part.n);
        if (!b)
            return;
        struct wr w = wr_of(b, IP4_HDR_LEN + part.n);
        ip.frag_off = (uint32_t)at;
        ip.more = at + part.n < payload.n;
        ip_put(&w, &ip, part.n);
        wr_put(&w, part);
        link_end(p, PEER_WAN, &p->cfg.wan_next_hop, b, w.at);
    }
}

static struct ip outer_of(struct peer *p, const struct esp_sa *sa, const struct pkt *in)
{
    const struct esp_params *e = esp_sa_params(sa);

    return (struct ip){.version = 4,
                       .proto = IP_ESP,
                       .ttl = OUTER_TTL,
                       .tos = in->ip.tos,
                       .df = in->ip.df,
                       .id = p->ip_id++,
                       .src = e->src,
                       .dst = e->dst};
}

static void seal(struct peer *p, struct sadb_pair *pair, const struct pkt *in, struct bytes packet)
{
    size_t n = esp_sealed_len(pair->out, packet.n);
    struct ip outer = outer_of(p, pair->out, in);

    if (IP4_HDR_LEN + n <= p->cfg.mtu) {
        uint8_t *b = link_begin(p, PEER_WAN, IP4_HDR_LEN + n);
        if (!b)
            return;
        struct wr w = wr_of(b, IP4_HDR_LEN + n);
        ip_put(&w, &outer, n);
        if (esp_seal(pair->out, p->rng, packet, IP_IPIP, &w))
            return;
        link_end(p, PEER_WAN, &p->cfg.wan_next_hop, b, w.at);
    } else if (in->ip.df) {
        size_t over = IP4_HDR_LEN + n - packet.n;
        send_icmp_too_big(p, in, (p->cfg.mtu - over) & ~(size_t)7);
        return;
    } else {
        struct wr w = wr_of(p->scratch, sizeof(p->scratch));
        if (esp_seal(pair->out, p->rng, packet, IP_IPIP, &w))
            return;
        send_fragments(p, &outer, wr_bytes(&w));
    }
    p->count.sealed++;
    check_volume(p, pair, pair->out);
}

/* A ping of the gateway itself. */
static void answer_echo(struct peer *p, const struct pkt *in)
{
    struct icmp m = in->icmp;
    size_t n = IP4_HDR_LEN + ICMP_HDR_LEN + m.data.n;
    struct ip ip = {.version = 4,
                    .proto = IP_ICMP,
                    .ttl = OUTER_TTL,
                    .id = p->ip_id++,
                    .src = in->ip.dst,
                    .dst = in->ip.src};
    uint8_t *b = m.type == ICMP_ECHO && n <= p->cfg.mtu ? link_begin(p, PEER_INNER, n) : NULL;

    if (!b)
        return;
    struct wr w = wr_of(b, n);
    m.type = ICMP_ECHO_REPLY;
    ip_put(&w, &ip, ICMP_HDR_LEN + m.data.n);
    icmp_put(&w, &m, &ip.src, &ip.dst);
    link_end(p, PEER_INNER, p->cfg.inner_next_hop.family ? &p->cfg.inner_next_hop : &in->ip.src, b,
             w.at);
}

void inner_input(struct peer *p, const struct pkt *in)
{
    size_t policy, n = in->ip.hdr_len + in->ip.payload.n;

    if (ip_addr_eq(&in->ip.dst, &p->cfg.inner)) {
        if (in->kind == PKT_ICMP)
            answer_echo(p, in);
        return;
    }
    if (n > sizeof(p->copy) || !policy_of(p, in, true, &policy)) {
        p->count.outside_selector++;
        return;
    }
    struct sadb_pair *pair = sadb_for_policy(p->sadb, p->cfg.ike.policies[policy].id);
    if (!pair) {
        p->count.no_sa++;
        if (!p->cfg.no_acquire)
            (void)!ike_acquire(p->ike, p->cfg.ike.policies[policy].id);
        return;
    }
    /* the view of the payload and what stands before it are one packet in the frame */
    memcpy(p->copy, in->ip.payload.p - in->ip.hdr_len, n);
    if (spend_ttl(p->copy, n))
        seal(p, pair, in, bytes_of(p->copy, n));
}
