/* Ethernet II with IEEE 802.1Q and 802.1ad tags. */
#ifndef WIRE_ETHER_H
#define WIRE_ETHER_H

#include "base/cursor.h"
#include "wire/addr.h"

#define ETHER_HDR_LEN 14

/* EtherTypes (IEEE registry). */
#define ETHER_TYPES(X)                                                                             \
    X(IPV4, 0x0800)                                                                                \
    X(ARP, 0x0806)                                                                                 \
    X(VLAN, 0x8100)                                                                                \
    X(IPV6, 0x86dd)                                                                                \
    X(MPLS, 0x8847)                                                                                \
    X(MPLS_UPSTREAM, 0x8848)                                                                       \
    X(PPPOE_SESSION, 0x8864)                                                                       \
    X(LOCAL_EXPERIMENTAL, 0x88b5) /* the events leg */                                             \
    X(QINQ, 0x88a8)                                                                                \
    X(QINQ_OLD, 0x9100)

enum {
#define X(id, value) ETHER_##id = value,
    ETHER_TYPES(X)
#undef X
};

struct ether {
    struct mac dst, src;
    uint16_t type;        /* of the payload, after all tags; below 0x0600 it is a length (802.3) */
    uint8_t vlans;        /* tags met, at most 4 */
    uint16_t vlan[4];     /* VLAN ids, outermost first */
    struct bytes payload; /* view into the frame */
};

/* ERR_SHORT: ends inside the header or a tag. ERR_FORMAT: more than four tags. */
MUST_USE enum err ether_parse(struct bytes frame, struct ether *out);

/* Writes an untagged header. */
void ether_put(struct wr *w, const struct mac *dst, const struct mac *src, uint16_t type);

#endif
