/* Packets on their way out: next hops, fragments, what the gateway itself has to say. */
#include "gateway/gateway_parts.h"

#define TTL       255
#define HOP_LIMIT 64 /* RFC 1700's, as RFC 8200 hosts have it */

bool gw_hop_find(struct gateway *g, const struct ip_addr *dst, size_t only, struct gw_hop *hop)
{
    struct ip_addr next;

    if (hop->epoch == g->epoch && hop->neighbors_epoch == neighbors_epoch(g->neighbors))
        return hop->ifi != NETIF_NONE;
    *hop = (struct gw_hop){.ifi = NETIF_NONE, .epoch = g->epoch};
    if (routes_find(&g->routes, dst, only, &hop->ifi, &next))
        hop->neighbor = neighbors_at(g->neighbors, hop->ifi, &next);
    hop->neighbors_epoch = neighbors_epoch(g->neighbors);
    return hop->ifi != NETIF_NONE;
}

static void send_one(struct gateway *g, const struct gw_hop *hop, const struct ip *ip,
                     struct bytes payload)
{
    struct wr w;

    if (!neighbors_begin(g->neighbors, hop->neighbor, ip_whole_hdr_len(ip) + payload.n, &w))
        return;
    ip_put_whole(&w, ip, payload.n);
    wr_put(&w, payload);
    neighbors_end(g->neighbors, hop->neighbor, &w);
}

void gw_put_fragment6(struct wr *w, const struct ip *part, struct bytes payload)
{
    uint8_t header[IP6_FRAGMENT_LEN];
    struct wr h = wr_of(header, sizeof(header));
    struct ip ip = *part;

    ip6_put_fragment(&h, part);
    ip.next = IP_FRAGMENT;
    ip.ext = wr_bytes(&h);
    ip_put_whole(w, &ip, payload.n);
    wr_put(w, payload);
}

static void send_fragment6(struct gateway *g, const struct gw_hop *hop, const struct ip *part,
                           struct bytes payload)
{
    size_t n = IP6_HDR_LEN + IP6_FRAGMENT_LEN + payload.n;
    struct wr w;

    if (!neighbors_begin(g->neighbors, hop->neighbor, n, &w))
        return;
    gw_put_fragment6(&w, part, payload);
    neighbors_end(g->neighbors, hop->neighbor, &w);
}

void gw_send(struct gateway *g, const struct gw_hop *hop, const struct ip *ip, struct bytes payload)
{
    bool six = ip->version == 6;
    size_t hdr = six ? IP6_HDR_LEN + IP6_FRAGMENT_LEN : IP4_HDR_LEN;
    size_t piece = (NETIF_MTU - hdr) & ~(size_t)7;
    struct ip part = *ip;

    if (ip_whole_hdr_len(ip) + payload.n <= NETIF_MTU) {
        send_one(g, hop, ip, payload);
        return;
    }
    for (size_t at = 0; at < payload.n; at += piece) {
        struct bytes data = bytes_head(bytes_from(payload, at), piece);
        part.frag_off = ip->frag_off + (uint32_t)at;
        part.more = ip->more || at + piece < payload.n;
        if (six)
            send_fragment6(g, hop, &part, data);
        else
            send_one(g, hop, &part, data);
    }
}

static struct gw_flow_key key_of(const struct ip *ip, struct bytes payload)
{
    struct gw_flow_key key = {.proto = ip->proto, .src = ip->src, .dst = ip->dst, .icmp_type = -1};
    struct rd r = rd_of(payload);

    if (ip->proto == IP_TCP || ip->proto == IP_UDP) {
        key.sport = rd_be16(&r);
        key.dport = rd_be16(&r);
    } else if (ip->proto == IP_ICMP || ip->proto == IP_ICMPV6) {
        key.icmp_type = rd_u8(&r);
    }
    return key;
}

/* IKE and ESP between the gateways are what tunnels are made of, and never go through one. */
static bool is_tunnel_traffic(const struct ip *ip, const struct gw_flow_key *key)
{
    return ip->proto == IP_ESP ||
           (ip->proto == IP_UDP && (key->sport == IKE_PORT || key->sport == IKE_NATT_PORT));
}

bool gw_send_own(struct gateway *g, size_t only, struct ip *ip, struct bytes payload)
{
    struct gw_flow_key key = key_of(ip, payload);
    struct gw_hop hop = {0};
    uint32_t policy = VPN_NONE;

    ip->version = ip->dst.family;
    ip->next = ip->proto;
    ip->ttl = ip->version == 6 ? HOP_LIMIT : TTL;
    ip->id = g->ip_id++;
    if (!gw_hop_find(g, &ip->dst, only, &hop))
        return false;
    if (hop.ifi == g->vpn.ifi && !is_tunnel_traffic(ip, &key))
        policy = vpn_plan_match(&g->vpn, &key);
    if (policy == VPN_NONE) {
        gw_send(g, &hop, ip, payload);
        return true;
    }
    if (policy == VPN_BLOCKED)
        return false;
    if (!gw_vpn_pair(g, policy)) {
        gw_vpn_acquire(g, policy);
        return false;
    }
    uint8_t packet[NETIF_MTU];
    struct wr w = wr_of(packet, sizeof(packet));
    ip_put(&w, ip, payload.n);
    wr_put(&w, payload);
    if (w.err)
        return false;
    gw_vpn_send(g, policy, wr_bytes(&w));
    return true;
}

void gw_send_reset(struct gateway *g, const struct pkt *p)
{
    const struct tcp *t = &p->tcp;
    struct ip ip = {.proto = IP_TCP, .src = p->ip.dst, .dst = p->ip.src};
    struct tcp rst = {.src = t->dst, .dst = t->src, .flags = TCP_RST};
    uint8_t segment[TCP_HDR_LEN];
    struct wr w = wr_of(segment, sizeof(segment));

    if (tcp_has(t, TCP_RST)) /* RFC 9293, 3.5.2: a reset never answers a reset */
        return;
    if (tcp_has(t, TCP_ACK)) {
        rst.seq = t->ack;
    } else {
        rst.flags |= TCP_ACK;
        rst.ack = t->seq + (uint32_t)p->data_len + tcp_has(t, TCP_SYN) + tcp_has(t, TCP_FIN);
    }
    tcp_put(&w, &rst, &ip.src, &ip.dst);
    (void)gw_send_own(g, NETIF_NONE, &ip, wr_bytes(&w));
}
