/* ARP for IPv4 over Ethernet (RFC 826). */
#ifndef WIRE_ARP_H
#define WIRE_ARP_H

#include "base/cursor.h"
#include "wire/addr.h"

enum { ARP_REQUEST = 1, ARP_REPLY = 2 };

#define ARP_LEN 28

struct arp {
    uint16_t op;
    struct mac sender_mac, target_mac;
    struct ip_addr sender, target; /* IPv4 */
};

/* ERR_UNSUPPORTED: not Ethernet and IPv4. */
MUST_USE enum err arp_parse(struct bytes in, struct arp *out);
void arp_put(struct wr *w, const struct arp *a);

#endif
