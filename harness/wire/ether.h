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
    X(TEB, 0x6558) /* transparent Ethernet bridging: a frame in a tunnel */                        \
    X(VLAN, 0x8100)                                                                                \
    X(IPV6, 0x86dd)                                                                                \
    X(PPP, 0x880b)                                                                                 \
    X(MPLS, 0x8847)                                                                                \
    X(MPLS_UPSTREAM, 0x8848)                                                                       \
    X(PPPOE_SESSION, 0x8864)                                                                       \
    X(LOCAL_EXPERIMENTAL, 0x88b5) /* the events leg */                                             \
    X(QINQ, 0x88a8)                                                                                \
    X(PBB, 0x88e7)        /* IEEE 802.1ah */                                                       \
    X(FABRICPATH, 0x8903) /* Cisco */                                                              \
    X(CMD, 0x8909)        /* Cisco metadata */                                                     \
    X(VNTAG, 0x8926)                                                                               \
    X(HSR, 0x892f)                                                                                 \
    X(ETAG, 0x893f) /* IEEE 802.1BR */                                                             \
    X(NSH, 0x894f)  /* RFC 8300 */                                                                 \
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
    struct bytes more;    /* what is left of an aggregate of frames (A-MSDU) behind this one, for
                             link_next_part; a view, mostly empty */
};

/* ERR_SHORT: ends inside the header or a tag. ERR_FORMAT: more than four tags. */
MUST_USE enum err ether_parse(struct bytes frame, struct ether *out);

/* Writes an untagged header. */
void ether_put(struct wr *w, const struct mac *dst, const struct mac *src, uint16_t type);

#endif
