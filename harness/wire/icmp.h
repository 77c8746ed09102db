/* ICMP (RFC 792) and ICMPv6 (RFC 4443): echo, and errors that quote a packet. */
#ifndef WIRE_ICMP_H
#define WIRE_ICMP_H

#include "base/cursor.h"
#include "wire/addr.h"

enum {
    ICMP_ECHO_REPLY = 0,
    ICMP_UNREACHABLE = 3,
    ICMP_REDIRECT = 5,
    ICMP_ECHO = 8,
    ICMP_TIME_EXCEEDED = 11,
    ICMP_PARAMETER_PROBLEM = 12,
    ICMP6_UNREACHABLE = 1,
    ICMP6_TOO_BIG = 2,
    ICMP6_TIME_EXCEEDED = 3,
    ICMP6_PARAMETER_PROBLEM = 4,
    ICMP6_ECHO = 128,
    ICMP6_ECHO_REPLY = 129,
    ICMP6_ROUTER_SOLICITATION = 133,
    ICMP6_NEIGHBOR_SOLICITATION = 135,
    ICMP6_NEIGHBOR_ADVERTISEMENT = 136,
    ICMP6_REDIRECT = 137,
};

#define ICMP_HDR_LEN 8

struct icmp {
    uint8_t type, code;
    uint32_t rest; /* second word: id << 16 | sequence for echo, MTU for "too big" */
    struct bytes data;
};

MUST_USE enum err icmp_parse(struct bytes in, struct icmp *out);

/* Writes the message with its checksum; SRC and DST decide between ICMP and ICMPv6. */
void icmp_put(struct wr *w, const struct icmp *m, const struct ip_addr *src,
              const struct ip_addr *dst);

/* True for messages that report an error and quote the packet that caused it. */
bool icmp_is_error(uint8_t ip_version, uint8_t type);

#endif
