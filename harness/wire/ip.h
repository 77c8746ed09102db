/* IPv4 (RFC 791) and IPv6 with extension headers (RFC 8200) as one struct. */
#ifndef WIRE_IP_H
#define WIRE_IP_H

#include "base/cursor.h"
#include "wire/addr.h"

/* Protocol numbers (IANA). */
#define IP_PROTOS(X)                                                                               \
    X(HOPOPT, 0)                                                                                   \
    X(ICMP, 1)                                                                                     \
    X(IPIP, 4)                                                                                     \
    X(TCP, 6)                                                                                      \
    X(UDP, 17)                                                                                     \
    X(IPV6, 41)                                                                                    \
    X(ROUTING, 43)                                                                                 \
    X(FRAGMENT, 44)                                                                                \
    X(GRE, 47)                                                                                     \
    X(ESP, 50)                                                                                     \
    X(AH, 51)                                                                                      \
    X(ICMPV6, 58)                                                                                  \
    X(NONEXT, 59)                                                                                  \
    X(DSTOPTS, 60)                                                                                 \
    X(ETHERIP, 97)                                                                                 \
    X(COMP, 108)                                                                                   \
    X(MOBILITY, 135)                                                                               \
    X(MPLS, 137)

enum {
#define X(id, value) IP_##id = value,
    IP_PROTOS(X)
#undef X
};

#define IP4_HDR_LEN 20
#define IP6_HDR_LEN 40

struct ip {
    uint8_t version; /* 4 or 6 */
    uint8_t proto;   /* of the payload, after IPv6 extension headers */
    uint8_t ttl, tos;
    bool df;           /* IPv4 only; IPv6 never fragments on the way */
    bool more;         /* more fragments follow */
    uint32_t id;       /* of the datagram: 16 bits in IPv4, 32 in an IPv6 fragment header */
    uint32_t frag_off; /* bytes */
    struct ip_addr src, dst;
    uint8_t next;         /* IPv6: the header's own next header: of `ext`, or PROTO */
    struct bytes ext;     /* IPv6 extension headers, the first fragment's included; a view */
    size_t hdr_len;       /* bytes before the payload */
    size_t payload_len;   /* by the header */
    struct bytes payload; /* what is there: shorter than payload_len when the packet was cut */
};

static inline bool ip_is_fragment(const struct ip *ip)
{
    return ip->more || ip->frag_off != 0;
}

static inline bool ip_is_cut(const struct ip *ip)
{
    return ip->payload.n < ip->payload_len;
}

/* Parses a packet; bytes after the length in the header (Ethernet padding) are dropped. A packet
 * that is shorter than its header says parses, with `payload` cut (see ip_is_cut). An IPv4 total
 * length of 0 is read as "all there is" (segmentation offload captures).
 * ERR_SHORT: ends inside the header. ERR_FORMAT: version, header length or an extension is wrong.
 */
MUST_USE enum err ip_parse(struct bytes in, struct ip *out);

/* Writes the header for PAYLOAD_LEN bytes to follow: version, addresses, proto, ttl, tos, id, df,
 * more and frag_off from IP; lengths and checksum computed. IPv6: no extension headers. */
void ip_put(struct wr *w, const struct ip *ip, size_t payload_len);

/* The same with the extension headers in IP's `ext`, as they were parsed. */
void ip_put_whole(struct wr *w, const struct ip *ip, size_t payload_len);

/* Bytes of the headers that ip_put_whole writes. */
static inline size_t ip_whole_hdr_len(const struct ip *ip)
{
    return ip->version == 6 ? IP6_HDR_LEN + ip->ext.n : IP4_HDR_LEN;
}

#define IP6_FRAGMENT_LEN 8
#define IP6_MTU_MIN      1280 /* RFC 8200, 5 */

/* The fragment header (RFC 8200, 4.5) that says what `id`, `frag_off` and `more` of IP say, with
 * PROTO behind it. */
void ip6_put_fragment(struct wr *w, const struct ip *ip);

/* Addresses that are not hosts'. False for IPv4. */
bool ip6_is_multicast(const struct ip_addr *a);
bool ip6_is_link_local(const struct ip_addr *a); /* fe80::/10 */
bool ip6_is_unspecified(const struct ip_addr *a);

#endif
