/* Why packets are dropped: the keywords of `show asp drop`, with the real texts. */
#ifndef GATEWAY_DROPS_H
#define GATEWAY_DROPS_H

/* X(id, keyword, text, which of gateway_counters' sums it belongs to) */
#define GW_DROPS(X)                                                                                \
    X(NOT_SYN, "tcp-not-syn", "First TCP packet not SYN", no_conn)                                 \
    X(NEED_SA, "ipsec-need-sa", "IPSEC SA Not negotiated yet", no_sa)                              \
    X(TUN_DOWN, "ipsec-tun-down", "IPSEC tunnel is down", no_sa)                                   \
    X(ACL, "acl-drop", "Flow is denied by configured rule", acl)                                   \
    X(ICMP_ERROR, "inspect-icmp-error-no-existing-conn", "ICMP Error Inspect no existing conn",    \
      acl)                                                                                         \
    X(ICMP_SEQ, "inspect-icmp-seq-num-not-matched", "ICMP Inspect seq num not matched", acl)       \
    X(SECURITY, "sp-security-failed", "Slowpath security checks failed", acl)                      \
    X(MISSING_DECRYPT, "vpn-missing-decrypt", "VPN decryption missing", acl)                       \
    X(OVERLAP, "vpn-overlap-conflict", "VPN overlap conflict", other)                              \
    X(SPOOF, "ipsec-spoof", "IPSEC Spoof detected", acl)                                           \
    X(NOT_ESP, "bad-ipsec-prot", "IPSEC not AH or ESP", other)                                     \
    X(BAD_SPI, "np-sp-invalid-spi", "Invalid SPI", other)                                          \
    X(CRYPTO, "ctm-crypto-request-error", "CTM crypto request error", other)                       \
    X(SELECTOR, "ipsec-selector-failure", "IPSec inner policy mismatch failure", other)            \
    X(NO_ROUTE, "no-route", "No route to host", other)                                             \
    X(NO_ADJACENCY, "no-adjacency", "No valid adjacency", other)                                   \
    X(TTL, "ttl-exceeded", "ttl exceeded", other)                                                  \
    X(MTU, "fragment-needed", "DF bit set on a packet that is too large", other)                   \
    X(IP_HEADER, "invalid-ip-header", "Invalid IP header", other)                                  \
    X(IP_LENGTH, "invalid-ip-length", "Invalid IP length", other)                                  \
    X(IP_OPTION, "invalid-ip-option", "IP option drop", other)                                     \
    X(TCP_LENGTH, "invalid-tcp-hdr-length", "Invalid TCP Length", other)                           \
    X(TCP_FLAGS, "bad-tcp-flags", "Bad TCP flags", other)                                          \
    X(UDP_LENGTH, "invalid-udp-length", "Invalid UDP Length", other)                               \
    X(NOT_IP, "non-ip-pkt-in-routed-mode", "Non-IP packet received in routed mode", other)         \
    X(L2, "l2_acl", "FP L2 rule drop", other)                                                      \
    X(ENCAP, "invalid-encap", "Invalid encapsulation", other)                                      \
    X(LINK_DOWN, "interface-down", "Interface is down", other)                                     \
    X(IP_VERSION, "unsupported-ip-version", "Unsupported IP version", other)                       \
    X(TCP_3WHS, "tcp-3whs-failed", "TCP failed 3 way handshake", other)                            \
    X(TCP_DUAL_OPEN, "tcp-dual-open", "TCP Dual open denied", other)                               \
    X(TCP_SEQ_SYN, "tcp-seq-syn-diff", "TCP SEQ in SYN/SYNACK invalid", other)                     \
    X(TCP_ACK_SYN, "tcp-ack-syn-diff", "TCP ACK in SYNACK invalid", other)                         \
    X(TCP_SYNACK_DATA, "tcp-synack-data", "TCP SYNACK with data", other)                           \
    X(TCP_SYN_OOO, "tcp-syn-ooo", "TCP SYN on established conn", other)                            \
    X(TCP_SYNACK_OOO, "tcp-synack-ooo", "TCP SYNACK on established conn", other)                   \
    X(TCP_RSTFIN_OOO, "tcp-rstfin-ooo", "TCP RST/FIN out of order", other)                         \
    X(TCP_RST_SYN, "tcp-rst-syn-in-win", "TCP RST/SYN in window", other)                           \
    X(TCP_PAST_WINDOW, "tcp-seq-past-win", "TCP packet SEQ past window", other)                    \
    X(TCP_INVALID_ACK, "tcp-invalid-ack", "TCP invalid ACK", other)                                \
    X(TCP_PAWS, "tcp-paws-fail", "TCP packet failed PAWS test", other)                             \
    X(TCP_PAST_FIN, "tcp-data-past-fin", "TCP data send after FIN", other)                         \
    X(NAT_FAILED, "nat-xlate-failed", "NAT failed", other)                                         \
    X(NAT_REVERSE, "nat-rpf-failed", "NAT reverse path failed", other)                             \
    X(INSPECT, "inspect-fail", "Inspection failure", other)                                        \
    X(NOT_FOR_US, "unexpected-packet", "Unexpected packet", other)

enum gw_drop {
#define X(id, keyword, text, sum) GW_DROP_##id,
    GW_DROPS(X)
#undef X
        GW_DROP_COUNT,
    GW_DROP_NONE = GW_DROP_COUNT /* it passes */
};

#endif
