/* The Internet checksum (RFC 1071) and its incremental update (RFC 1624). */
#ifndef WIRE_CHECKSUM_H
#define WIRE_CHECKSUM_H

#include "wire/addr.h"

/* Adds B to a running sum. Only the last block of a message may have an odd length. */
uint64_t checksum_add(uint64_t sum, struct bytes b);

/* The sum of the TCP, UDP or ICMPv6 pseudo header (RFC 9293 3.1, RFC 8200 8.1). */
uint64_t checksum_pseudo(const struct ip_addr *src, const struct ip_addr *dst, uint8_t proto,
                         size_t len);

/* Folds and complements: the value for the header field, in host order. */
uint16_t checksum_finish(uint64_t sum);

/* CHECK after a 16- or 32-bit field changed from OLD to NEW (all in host order). */
uint16_t checksum_update16(uint16_t check, uint16_t old, uint16_t now);
uint16_t checksum_update32(uint16_t check, uint32_t old, uint32_t now);

#endif
