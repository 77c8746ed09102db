/* Frames towards the next hop, built in the sink's memory. */
#include "base/mem.h"
#include "host/host_impl.h"

#define TTL          64
#define FRAG_HDR_LEN 8 /* RFC 8200, 4.5 */

static size_t ip_hdr_len(const struct ip_addr *a)
{
    return a->family == 6 ? IP6_HDR_LEN : IP4_HDR_LEN;
}

/* Reserves a frame with LEN bytes after the Ethernet header and writes that header. */
static bool frame_open(struct host *h, uint8_t family, size_t len, struct wr *w)
{
    if (!h->next_hop.known) {
        neighbor_need(h);
        return false;
    }
    uint8_t *p = h->out ? sink_reserve(h->out, ETHER_HDR_LEN + len) : NULL;
    if (!p)
        return false;
    *w = wr_of(p, ETHER_HDR_LEN + len);
    ether_put(w, &h->next_hop.mac, &h->cfg.mac, family == 6 ? ETHER_IPV6 : ETHER_IPV4);
    return true;
}

bool host_packet_open(struct host *h, const struct ip_addr *src, const struct ip_addr *dst,
                      uint8_t proto, size_t len, struct wr *w)
{
    struct ip ip = {.version = src->family,
                    .proto = proto,
                    .ttl = TTL,
                    .df = true,
                    .id = h->ip_id++,
                    .src = *src,
                    .dst = *dst};

    if (!frame_open(h, src->family, ip_hdr_len(src) + len, w))
        return false;
    ip_put(w, &ip, len);
    return true;
}

void host_packet_send(struct host *h, const struct wr *w)
{
    if (!w->err)
        sink_commit(h->out, w->at);
}

uint8_t *host_scratch(struct host *h)
{
    if (!h->scratch)
        h->scratch = mem_zalloc(HOST_SCRATCH);
    return h->scratch;
}

static void put_fragment(struct wr *w, const struct ip *ip, struct bytes part)
{
    struct ip head = *ip;

    if (ip->version == 4) {
        ip_put(w, ip, part.n);
    } else {
        head.proto = IP_FRAGMENT;
        ip_put(w, &head, FRAG_HDR_LEN + part.n);
        wr_u8(w, ip->proto);
        wr_u8(w, 0);
        wr_be16(w, (uint16_t)(ip->frag_off | (ip->more ? 1u : 0u)));
        wr_be32(w, ip->id);
    }
    wr_put(w, part);
}

void host_datagram_send(struct host *h, const struct ip_addr *src, const struct ip_addr *dst,
                        uint8_t proto, struct bytes payload, uint16_t mtu)
{
    size_t hdr = ip_hdr_len(src) + (src->family == 6 ? FRAG_HDR_LEN : 0);
    struct ip ip = {.version = src->family,
                    .proto = proto,
                    .ttl = TTL,
                    .id = h->ip_id++,
                    .src = *src,
                    .dst = *dst};
    struct wr w;

    if (ip_hdr_len(src) + payload.n <= mtu) {
        if (host_packet_open(h, src, dst, proto, payload.n, &w)) {
            wr_put(&w, payload);
            host_packet_send(h, &w);
        }
        return;
    }
    size_t most = (mtu - hdr) & ~(size_t)7; /* offsets count eight bytes */
    for (size_t at = 0; at < payload.n; at += most) {
        struct bytes part = bytes_head(bytes_from(payload, at), most);
        ip.frag_off = (uint32_t)at;
        ip.more = at + part.n < payload.n;
        if (!frame_open(h, src->family, hdr + part.n, &w))
            return;
        put_fragment(&w, &ip, part);
        host_packet_send(h, &w);
    }
}
