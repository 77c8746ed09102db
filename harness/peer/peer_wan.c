/* From the WAN: IKE, ESP, and what came out of it to the hosts behind. */
#include "peer/peer_impl.h"

#define OUR_TTL 64

void wan_send_datagram(struct peer *p, const struct endpoint *from, const struct endpoint *to,
                       struct bytes data)
{
    size_t n = IP4_HDR_LEN + UDP_HDR_LEN + data.n;
    struct ip ip = {.version = 4,
                    .proto = IP_UDP,
                    .ttl = OUR_TTL,
                    .id = p->ip_id++,
                    .src = from->addr,
                    .dst = to->addr};
    struct udp u = {.src = from->port, .dst = to->port, .data = data};
    uint8_t *b = link_begin(p, PEER_WAN, n);

    if (!b)
        return;
    struct wr w = wr_of(b, n);
    ip_put(&w, &ip, UDP_HDR_LEN + data.n);
    udp_put(&w, &u, &ip.src, &ip.dst);
    link_end(p, PEER_WAN, &p->cfg.wan_next_hop, b, w.at);
}

void check_volume(struct peer *p, const struct sadb_pair *pair, const struct esp_sa *sa)
{
    uint64_t bytes = esp_sa_counters(sa)->bytes;

    for (size_t i = 0; i < p->cfg.ike.npolicies; i++) {
        struct volume *v = &p->volumes[i];
        if (v->in_spi != esp_sa_params(pair->in)->spi || pair->retired)
            continue;
        if (v->hard && bytes >= v->hard) {
            ike_child_volume(p->ike, v->in_spi, false);
        } else if (v->soft && bytes >= v->soft && !v->told) {
            v->told = true;
            ike_child_volume(p->ike, v->in_spi, true);
        }
        return;
    }
}

/* The device speaks: told to IKE often enough for dead peer detection, and not for every packet. */
static void note_alive(struct peer *p, const struct ip_addr *from)
{
    struct mono now = clock_now(p->clk);

    if (mono_before(now, mono_add(p->alive_told, SPAN_MS(100))))
        return;
    p->alive_told = now;
    ike_peer_is_alive(p->ike, from);
}

static const struct ip_addr *inner_hop(const struct peer *p, const struct ip_addr *dst)
{
    return p->cfg.inner_next_hop.family ? &p->cfg.inner_next_hop : dst;
}

/* The TTL is spent in place; see peer_inner.c for the arithmetic. */
static bool spend_ttl(uint8_t *packet, const struct ip *ip)
{
    struct wr w = wr_of(packet, ip->hdr_len);
    struct ip less = *ip;

    if (ip->ttl <= 1)
        return false;
    less.ttl--;
    ip_put(&w, &less, ip->payload_len);
    return !w.err;
}

static void forward(struct peer *p, const struct sadb_pair *pair, uint8_t *packet,
                    const struct esp_plain *plain)
{
    struct pkt inner;
    size_t policy;

    pkt_parse_ip(plain->inner, &inner);
    if (plain->next != IP_IPIP || inner.kind == PKT_OTHER || inner.ip.version != 4 ||
        ip_is_cut(&inner.ip) || inner.ip.hdr_len != IP4_HDR_LEN) {
        p->count.malformed++;
        return;
    }
    if (!policy_of(p, &inner, false, &policy) || p->cfg.ike.policies[policy].id != pair->policy) {
        p->count.outside_selector++;
        return;
    }
    p->count.opened++;
    struct ip_addr dst = inner.ip.dst;
    size_t n = inner.ip.hdr_len + inner.ip.payload.n;
    if (spend_ttl(packet, &inner.ip))
        link_end(p, PEER_INNER, inner_hop(p, &dst), packet, n);
}

static void count_failure(struct peer *p, enum err e)
{
    if (e == ERR_REPLAY)
        p->count.replays++;
    else if (e == ERR_AUTH)
        p->count.bad_icv++;
    else
        p->count.malformed++;
}

static void esp_input(struct peer *p, const struct pkt *in)
{
    struct sadb_pair *pair = sadb_by_spi(p->sadb, in->esp.spi);
    struct esp_plain plain;

    if (!pair || !ip_addr_eq(&esp_sa_params(pair->in)->src, &in->ip.src)) {
        p->count.bad_spi++;
        return;
    }
    uint8_t *packet = link_begin(p, PEER_INNER, in->ip.payload.n);
    uint8_t *room = packet ? packet : p->scratch;
    enum err e = esp_open(pair->in, in->ip.payload, room, &plain);
    if (e) {
        count_failure(p, e);
        return;
    }
    note_alive(p, &in->ip.src);
    check_volume(p, pair, pair->in);
    if (packet)
        forward(p, pair, packet, &plain);
}

static void answer_echo(struct peer *p, const struct pkt *in)
{
    struct icmp m = in->icmp;
    size_t n = IP4_HDR_LEN + ICMP_HDR_LEN + m.data.n;
    struct ip ip = {.version = 4,
                    .proto = IP_ICMP,
                    .ttl = OUR_TTL,
                    .id = p->ip_id++,
                    .src = in->ip.dst,
                    .dst = in->ip.src};
    uint8_t *b = m.type == ICMP_ECHO && n <= p->cfg.mtu ? link_begin(p, PEER_WAN, n) : NULL;

    if (!b)
        return;
    struct wr w = wr_of(b, n);
    m.type = ICMP_ECHO_REPLY;
    ip_put(&w, &ip, ICMP_HDR_LEN + m.data.n);
    icmp_put(&w, &m, &ip.src, &ip.dst);
    link_end(p, PEER_WAN, &p->cfg.wan_next_hop, b, w.at);
}

void wan_input(struct peer *p, struct pkt *in)
{
    if (!ip_addr_eq(&in->ip.dst, &p->cfg.wan))
        return;
    if (ip_is_fragment(&in->ip) && !reassembly_add(p->fragments, 0, in, clock_now(p->clk)))
        return;
    if (in->kind == PKT_ESP) {
        esp_input(p, in);
    } else if (in->kind == PKT_UDP && in->udp.dst == IKE_PORT) {
        struct endpoint from = {in->ip.src, in->udp.src}, to = {in->ip.dst, in->udp.dst};
        ike_input(p->ike, &from, &to, in->udp.data);
    } else if (in->kind == PKT_ICMP) {
        answer_echo(p, in);
    }
}
