/* Why packets are dropped: the keywords of `show asp drop`, with the real texts. */
#ifndef GATEWAY_DROPS_H
#define GATEWAY_DROPS_H

/* X(id, keyword, text, which of gateway_counters' sums it belongs to) */
#define GW_DROPS(X)                                                                                \
    X(NOT_SYN, "tcp-not-syn", "First TCP packet not SYN", no_conn)                                 \
    X(NEED_SA, "ipsec-need-sa", "IPSEC SA Not negotiated yet", no_sa)                              \
    X(TUN_DOWN, "ipsec-tun-down", "IPSEC tunnel is down", no_sa)                                   \
    X(ACL, "acl-drop", "Flow is denied by configured rule", acl)                                   \
    X(SECURITY, "sp-security-failed", "Slowpath security checks failed", acl)                      \
    X(MISSING_DECRYPT, "vpn-missing-decrypt", "VPN decryption missing", acl)                       \
    X(OVERLAP, "vpn-overlap-conflict", "VPN overlap conflict", other)                              \
    X(SPOOF, "ipsec-spoof", "IPSEC Spoof detected", other)                                         \
    X(BAD_IPSEC, "bad-ipsec-prot", "Bad IPSEC packet", other)                                      \
    X(CRYPTO, "ctm-crypto-request-error", "CTM crypto request error", other)                       \
    X(SELECTOR, "ipsec-selector-failure", "IPSec inner policy mismatch failure", other)            \
    X(NO_ROUTE, "no-route", "No route to host", other)                                             \
    X(NO_ADJACENCY, "no-adjacency", "No valid adjacency", other)                                   \
    X(TTL, "ttl-exceeded", "ttl exceeded", other)                                                  \
    X(MTU, "fragment-needed", "DF bit set on a packet that is too large", other)                   \
    X(IP_HEADER, "invalid-ip-header", "Invalid IP header", other)                                  \
    X(IP_VERSION, "unsupported-ip-version", "Unsupported IP version", other)                       \
    X(TCP_STATE, "tcp-invalid-ack", "TCP packet does not fit its connection", other)               \
    X(NAT_FAILED, "nat-xlate-failed", "NAT failed", other)                                         \
    X(NAT_REVERSE, "nat-rpf-failed", "NAT reverse path failed", other)                             \
    X(INSPECT, "inspect-ftp", "FTP inspection", other)                                             \
    X(NOT_FOR_US, "unexpected-packet", "Unexpected packet", other)

enum gw_drop {
#define X(id, keyword, text, sum) GW_DROP_##id,
    GW_DROPS(X)
#undef X
        GW_DROP_COUNT
};

#endif
