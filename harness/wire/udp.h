/* UDP (RFC 768). */
#ifndef WIRE_UDP_H
#define WIRE_UDP_H

#include "base/cursor.h"
#include "wire/addr.h"

#define UDP_HDR_LEN 8

struct udp {
    uint16_t src, dst; /* ports, host order */
    size_t data_len;   /* by the header */
    struct bytes data; /* what is there */
};

/* ERR_SHORT: ends inside the header. ERR_FORMAT: length below 8. A length of 0 (RFC 2675) or one
 * beyond the end takes what is there. */
MUST_USE enum err udp_parse(struct bytes in, struct udp *out);

/* Writes the datagram with its checksum (0 is sent as 0xffff). */
void udp_put(struct wr *w, const struct udp *u, const struct ip_addr *src,
             const struct ip_addr *dst);

#endif
