/* Neighbor discovery (RFC 4861): solicitations and advertisements, and the addresses it uses. */
#ifndef WIRE_ND_H
#define WIRE_ND_H

#include "base/cursor.h"
#include "wire/ip.h"

struct nd {
    bool advertises;                  /* else it solicits */
    bool router, solicited, override; /* of an advertisement (4.4) */
    struct ip_addr target;
    bool has_mac; /* source link-layer address of a solicitation, target's of an advertisement */
    struct mac mac;
};

#define ND_HOP_LIMIT 255

/* Reads the ICMPv6 message that IP carries. ERR_FORMAT: it is neither, or breaks one of the rules
 * of 7.1.1 and 7.1.2 (hop limit, checksum, code, length, target, options, unspecified source).
 * ERR_SHORT: ends inside. */
MUST_USE enum err nd_parse(const struct ip *ip, struct nd *out);

/* Writes the ICMPv6 message with its checksum. */
void nd_put(struct wr *w, const struct nd *m, const struct ip_addr *src, const struct ip_addr *dst);

/* ff02::1:ffXX:XXXX of address A (RFC 4291, 2.7.1). */
struct ip_addr ip6_solicited_node(const struct ip_addr *a);

/* The link address of a multicast group (RFC 2464, 7). */
struct mac ip6_multicast_mac(const struct ip_addr *group);

/* NET's prefix with the modified EUI-64 of MAC behind it (RFC 4291, appendix A); its first 64 bits
 * are those of NET. */
struct ip_addr ip6_eui64(const struct ip_addr *net, const struct mac *mac);

#endif
