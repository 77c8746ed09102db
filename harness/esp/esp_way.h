/* How the ESP packets of a pair of SAs travel: as IP protocol 50 (RFC 4303), or in UDP where a NAT
 * is on the way (RFC 3948). IPv4. No I/O. */
#ifndef ESP_ESP_WAY_H
#define ESP_ESP_WAY_H

#include "esp/esp.h"
#include "wire/ip.h"

struct esp_way {
    struct endpoint local, remote; /* outside; ports count in UDP alone */
    bool udp;
    bool follows; /* in UDP: where authentic packets come from is where the other side is from then
                     on (RFC 7296, 2.23) */
};

/* Bytes between the IP header and the ESP header: 0, or those of UDP. */
size_t esp_way_hdr_len(const struct esp_way *way);

/* Gives OUTER the protocol and the addresses. */
void esp_way_set(const struct esp_way *way, struct ip *outer);

/* Writes what stands between the IP header and an ESP packet of N bytes: nothing, or a UDP header
 * with checksum 0 (RFC 3948, 2.1). */
void esp_way_put(struct wr *w, const struct esp_way *way, size_t n);

/* Bytes of the IPv4 packet that carries an inner packet of N bytes, sealed with SA. */
size_t esp_way_outer_len(const struct esp_way *way, const struct esp_sa *sa, size_t n);

/* The largest inner packet whose outer one has no more than MTU bytes; 0: none has. */
size_t esp_way_inner_max(const struct esp_way *way, const struct esp_sa *sa, size_t mtu);

/* An authentic packet with number SEQ, accepted by IN, came from FROM to TO. True when WAY goes
 * there from now on. One that was overtaken came by the way that was, and moves nothing. */
bool esp_way_follow(struct esp_way *way, const struct esp_sa *in, uint64_t seq,
                    const struct endpoint *from, const struct endpoint *to);

#endif
