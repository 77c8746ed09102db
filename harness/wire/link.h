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
    X(TOKEN_RING, 6, "Token Ring")                                                                 \
    X(ARCNET, 7, "ARCNET")                                                                         \
    X(PPP, 9, "PPP")                                                                               \
    X(FDDI, 10, "FDDI")                                                                            \
    X(ATM_11, 11, "ATM (RFC 2684)")                                                                \
    X(RAW_12, 12, "raw IP")                                                                        \
    X(RAW_14, 14, "raw IP")                                                                        \
    X(PPP_HDLC, 50, "PPP over HDLC")                                                               \
    X(PPP_ETHER, 51, "PPP over Ethernet")                                                          \
    X(ATM, 100, "ATM (RFC 2684)")                                                                  \
    X(RAW, 101, "raw IP")                                                                          \
    X(C_HDLC, 104, "Cisco HDLC")                                                                   \
    X(WLAN, 105, "IEEE 802.11")                                                                    \
    X(FRAME_RELAY, 107, "Frame Relay")                                                             \
    X(LOOP, 108, "OpenBSD loopback (LOOP)")                                                        \
    X(ENC, 109, "OpenBSD IPsec (ENC)")                                                             \
    X(SLL, 113, "Linux cooked (SLL)")                                                              \
    X(PFLOG, 117, "OpenBSD pflog")                                                                 \
    X(PRISM, 119, "IEEE 802.11 with Prism header")                                                 \
    X(SUNATM, 123, "SunATM")                                                                       \
    X(RADIOTAP, 127, "IEEE 802.11 with radiotap header")                                           \
    X(ARCNET_LINUX, 129, "ARCNET (Linux)")                                                         \
    X(AVS, 163, "IEEE 802.11 with AVS header")                                                     \
    X(PPP_PPPD, 166, "PPP with direction")                                                         \
    X(JUNIPER_ETHER, 178, "Ethernet with Juniper header")                                          \
    X(PPI, 192, "IEEE 802.11 with PPI header")                                                     \
    X(PPP_DIRECTION, 204, "PPP with direction")                                                    \
    X(IPV4, 228, "raw IPv4")                                                                       \
    X(IPV6, 229, "raw IPv6")                                                                       \
    X(NFLOG, 239, "Linux NFLOG")                                                                   \
    X(IPOIB, 242, "IP over InfiniBand")                                                            \
    X(PKTAP, 258, "Apple PKTAP")                                                                   \
    X(SLL2, 276, "Linux cooked (SLL2)")                                                            \
    X(BRCM_TAG, 281, "Ethernet with Broadcom tag")                                                 \
    X(BRCM_PREPEND, 282, "Ethernet behind Broadcom tag")                                           \
    X(DSA, 284, "Ethernet with DSA tag")                                                           \
    X(EDSA, 285, "Ethernet with EtherType DSA tag")

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
 * addresses only for Ethernet. Taken off: tags (802.1Q, 802.1ad, 802.1BR, VN-tag, HSR, Cisco
 * metadata), provider bridging (802.1ah) and FabricPath (both with the customer's addresses in
 * `eth`), MPLS labels (RFC 3032) with IP or Ethernet (RFC 4448) below, NSH (RFC 8300), PPPoE
 * sessions (RFC 2516). */
void link_parse(uint32_t linktype, struct bytes frame, struct pkt *out);

/* An aggregate of frames (A-MSDU, IEEE 802.11, 9.3.2.2) is told by its first one, and the rest of
 * it is `eth.more`. This takes the next one off REST and apart; MORE of OUT is then the new rest.
 * False: REST holds none. */
bool link_next_part(struct bytes rest, struct pkt *out);

/* Like link_parse, from the payload of EtherType TYPE on, as tunnels carry it. */
void link_parse_type(uint16_t type, struct bytes in, struct pkt *out);

#endif
