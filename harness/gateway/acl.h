/* Access lists at work: which entry a packet meets first. Linear in the list's entries, without
 * allocation; for the first packet of a connection, not for every packet. */
#ifndef GATEWAY_ACL_H
#define GATEWAY_ACL_H

#include "gateway/config.h"

struct gw_flow_key {
    uint8_t proto;
    struct ip_addr src, dst;
    uint16_t sport, dport; /* TCP and UDP */
    int icmp_type;         /* ICMP; -1: does not matter */
};

#define GW_ACE_NONE SIZE_MAX

struct gw_acl_hit {
    bool permit; /* false also for the deny that ends every list */
    size_t ace;  /* index; GW_ACE_NONE: that implicit deny */
};

/* The first active entry of A that KEY meets. */
struct gw_acl_hit gw_acl_match(const struct gw_acl *a, const struct gw_flow_key *key);

/* The same, and the entry counts it. */
struct gw_acl_hit gw_acl_ask(const struct gw_acl *a, const struct gw_flow_key *key);

/* The same for a packet that comes out of a tunnel: A is written from our side, so source and
 * destination change places. A crypto map asks this of decrypted packets. */
struct gw_acl_hit gw_acl_match_mirrored(const struct gw_acl *a, const struct gw_flow_key *key);

/* The key of packets in the other direction. */
struct gw_flow_key gw_flow_key_reverse(const struct gw_flow_key *key);

/* Source and destination of an entry as networks, for phase-2 identities. ERR_UNSUPPORTED: a mask
 * whose ones are not contiguous names no network. */
MUST_USE enum err gw_ace_networks(const struct gw_ace *ace, struct ip_net *src, struct ip_net *dst);

/* The entry as `show access-list` and `show crypto ipsec sa` print it: "access-list 100 extended
 * permit ip 10.224.228.0 255.255.255.128 any". Added to OUT. */
void gw_ace_format(const struct gw_acl *a, const struct gw_ace *ace, struct buf *out);

#endif
