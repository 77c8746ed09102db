#include "esp/esp_way.h"

#include "wire/udp.h"

size_t esp_way_hdr_len(const struct esp_way *way)
{
    return way->udp ? UDP_HDR_LEN : 0;
}

void esp_way_set(const struct esp_way *way, struct ip *outer)
{
    outer->proto = way->udp ? IP_UDP : IP_ESP;
    outer->src = way->local.addr;
    outer->dst = way->remote.addr;
}

void esp_way_put(struct wr *w, const struct esp_way *way, size_t n)
{
    if (!way->udp)
        return;
    if (UDP_HDR_LEN + n > UINT16_MAX)
        wr_fail(w, ERR_RANGE);
    wr_be16(w, way->local.port);
    wr_be16(w, way->remote.port);
    wr_be16(w, (uint16_t)(UDP_HDR_LEN + n));
    wr_be16(w, 0);
}

size_t esp_way_outer_len(const struct esp_way *way, const struct esp_sa *sa, size_t n)
{
    return IP4_HDR_LEN + esp_way_hdr_len(way) + esp_sealed_len(sa, n);
}

size_t esp_way_inner_max(const struct esp_way *way, const struct esp_sa *sa, size_t mtu)
{
    size_t n = mtu;

    while (n > 0 && esp_way_outer_len(way, sa, n) > mtu)
        n--;
    return n;
}

bool esp_way_follow(struct esp_way *way, const struct esp_sa *in, uint64_t seq,
                    const struct endpoint *from, const struct endpoint *to)
{
    if (!way->udp || !way->follows || seq != esp_sa_seq(in) ||
        (endpoint_eq(&way->remote, from) && endpoint_eq(&way->local, to)))
        return false;
    way->remote = *from;
    way->local = *to;
    return true;
}
