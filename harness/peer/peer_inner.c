/* From the hosts behind the peer into the tunnel. */
#include "peer/peer_impl.h"

#define QUOTED 8 /* bytes behind the header of the packet that an error is about (RFC 792) */

const struct ip_addr *inner_hop(const struct peer *p, const struct ip_addr *dst)
{
    return p->cfg.inner_next_hop.family ? &p->cfg.inner_next_hop : dst;
}

static void send_too_big(struct peer *p, const struct pkt *in, size_t mtu)
{
    uint8_t quoted[IP4_HDR_LEN + QUOTED], body[ICMP_HDR_LEN + sizeof(quoted)];
    struct ip ip = {.version = 4,
                    .proto = IP_ICMP,
                    .ttl = OUR_TTL,
                    .id = p->ip_id++,
                    .src = p->cfg.inner,
                    .dst = in->ip.src};
    struct wr q = wr_of(quoted, sizeof(quoted)), w = wr_of(body, sizeof(body));

    ip_put(&q, &in->ip, in->ip.payload_len);
    wr_put(&q, bytes_head(in->ip.payload, QUOTED));
    struct icmp m = {
        .type = ICMP_UNREACHABLE, .code = FRAG_NEEDED, .rest = (uint32_t)mtu, .data = wr_bytes(&q)};
    icmp_put(&w, &m, &ip.src, &ip.dst);
    link_send(p, PEER_INNER, inner_hop(p, &in->ip.src), &ip, wr_bytes(&w));
}

static struct ip outer_of(struct peer *p, const struct esp_way *way, const struct pkt *in)
{
    struct ip outer = {
        .version = 4, .ttl = OUR_TTL, .tos = in->ip.tos, .df = in->ip.df, .id = p->ip_id++};

    esp_way_set(way, &outer);
    return outer;
}

/* The common case: sealed where the frame will lie. N: bytes of the outer packet. */
static bool seal_in_place(struct peer *p, const struct sadb_pair *pair, const struct ip *outer,
                          struct bytes packet, size_t n)
{
    uint8_t *b = link_begin(p, PEER_WAN, n);

    if (!b)
        return false;
    struct wr w = wr_of(b, n);
    ip_put(&w, outer, n - IP4_HDR_LEN);
    esp_way_put(&w, &pair->way, esp_sealed_len(pair->out, packet.n));
    if (esp_seal(pair->out, p->rng, packet, IP_IPIP, &w))
        return false;
    link_end(p, PEER_WAN, &p->cfg.wan_next_hop, b, w.at);
    return true;
}

/* Too large for one packet, and may be cut: the ESP packet is, behind the seal (RFC 4301, 8.1). */
static bool seal_and_cut(struct peer *p, const struct sadb_pair *pair, const struct ip *outer,
                         struct bytes packet)
{
    struct wr w = wr_of(p->scratch, sizeof(p->scratch));

    esp_way_put(&w, &pair->way, esp_sealed_len(pair->out, packet.n));
    if (esp_seal(pair->out, p->rng, packet, IP_IPIP, &w))
        return false;
    link_send(p, PEER_WAN, &p->cfg.wan_next_hop, outer, wr_bytes(&w));
    return true;
}

void inner_seal(struct peer *p, struct sadb_pair *pair, const struct pkt *in, struct bytes packet)
{
    size_t n = esp_way_outer_len(&pair->way, pair->out, packet.n);
    bool fits = n <= p->cfg.mtu;

    if (!fits && in->ip.df) {
        send_too_big(p, in, esp_way_inner_max(&pair->way, pair->out, p->cfg.mtu));
        return;
    }
    struct ip outer = outer_of(p, &pair->way, in);
    if (!(fits ? seal_in_place(p, pair, &outer, packet, n) : seal_and_cut(p, pair, &outer, packet)))
        return;
    p->count.sealed++;
    check_volume(p, pair, pair->out);
}

void inner_input(struct peer *p, const struct pkt *in)
{
    size_t policy, n = in->ip.hdr_len + in->ip.payload.n;

    if (ip_addr_eq(&in->ip.dst, &p->cfg.inner)) {
        if (in->kind == PKT_ICMP)
            link_answer_echo(p, PEER_INNER, inner_hop(p, &in->ip.src), in);
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
    p->copied = spend_ttl(p->copy, n) ? n : 0;
    if (p->copied)
        inner_seal(p, pair, in, bytes_of(p->copy, n));
}
