/* Link types of capture files: from a frame of any of them to the IP packet inside.
 *
 * Numbers are those of the capture formats (LINKTYPE_*, www.tcpdump.org/linktypes.html); where
 * libpcap's DLT_* differ between systems (raw IP: 12 or 14), both are taken. */
#ifndef WIRE_LINK_H
#define WIRE_LINK_H

#include "wire/pkt.h"

/* X(id, number, name) of what is read here. */
#define LINK_TYPES(X)                                                                              \
    X(NULL, 0, "BSD loopback (NULL)")                                                              \
    X(ETHERNET, 1, "Ethernet")                                                                     \
    X(PPP, 9, "PPP")                                                                               \
    X(RAW_12, 12, "raw IP")                                                                        \
    X(RAW_14, 14, "raw IP")                                                                        \
    X(PPP_HDLC, 50, "PPP over HDLC")                                                               \
    X(PPP_ETHER, 51, "PPP over Ethernet")                                                          \
    X(RAW, 101, "raw IP")                                                                          \
    X(C_HDLC, 104, "Cisco HDLC")                                                                   \
    X(LOOP, 108, "OpenBSD loopback (LOOP)")                                                        \
    X(SLL, 113, "Linux cooked (SLL)")                                                              \
    X(IPV4, 228, "raw IPv4")                                                                       \
    X(IPV6, 229, "raw IPv6")                                                                       \
    X(SLL2, 276, "Linux cooked (SLL2)")

enum {
#define X(id, number, name) LINK_##id = number,
    LINK_TYPES(X)
#undef X
};

/* True when frames of this type are read. */
bool link_is_supported(uint32_t linktype);

/* Its name; NULL when frames of this type are not read. */
const char *link_name(uint32_t linktype);

/* Takes FRAME apart like pkt_parse, whatever its link type. Never fails; `eth` holds the VLAN ids
 * and the EtherType also where the link has other headers of its own (Linux cooked, PPP), with MAC
 * addresses only for Ethernet. MPLS labels (RFC 3032) and PPPoE sessions (RFC 2516) are taken off.
 */
void link_parse(uint32_t linktype, struct bytes frame, struct pkt *out);

#endif
