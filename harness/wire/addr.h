/* Addresses: Ethernet, IPv4 and IPv6 in one type, networks and endpoints.
 * Bytes are in network order; unused bytes are zero, so two addresses compare with memcmp. */
#ifndef WIRE_ADDR_H
#define WIRE_ADDR_H

#include "base/bytes.h"
#include "base/err.h"

struct mac {
    uint8_t b[6];
};

#define MAC_BROADCAST ((struct mac){{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}})

struct ip_addr {
    uint8_t family; /* 4, 6, or 0: none */
    uint8_t b[16];  /* IPv4 uses the first four */
};

struct ip_net {
    struct ip_addr addr;
    uint8_t prefix; /* bits */
};

struct endpoint {
    struct ip_addr addr;
    uint16_t port; /* host order */
};

/* The IPv4 address whose bytes, most significant first, are those of HOST_ORDER. */
struct ip_addr ip4(uint32_t host_order);

/* An IPv4 address as a number in host order; 0 for anything else. */
uint32_t ip4_u32(const struct ip_addr *a);

/* Two words and a byte: a table of flows asks for every packet, and memcmp is a call. */
static inline bool ip_addr_eq(const struct ip_addr *a, const struct ip_addr *b)
{
    uint64_t x[2], y[2];

    memcpy(x, a->b, sizeof(x));
    memcpy(y, b->b, sizeof(y));
    return ((x[0] ^ y[0]) | (x[1] ^ y[1])) == 0 && a->family == b->family;
}

static inline bool endpoint_eq(const struct endpoint *a, const struct endpoint *b)
{
    return a->port == b->port && ip_addr_eq(&a->addr, &b->addr);
}

static inline bool mac_eq(const struct mac *a, const struct mac *b)
{
    return memcmp(a, b, sizeof(*a)) == 0;
}

/* Bytes of an address of this family: 4, 16 or 0. */
size_t ip_addr_len(const struct ip_addr *a);

/* True when A lies in NET (same family, equal first `prefix` bits). */
bool ip_net_has(const struct ip_net *net, const struct ip_addr *a);

/* The IPv4 mask of PREFIX bits, "255.255.255.0" of 24; all ones for more than 32, which no network
 * of IPv4 has. */
struct ip_addr ip4_mask(unsigned prefix);

/* The prefix length of an IPv4 mask in host order, or -1 when its ones are not contiguous. */
int ip4_mask_prefix(uint32_t mask);

#define IP_ADDR_TEXT  46 /* longest text form with its NUL */
#define ENDPOINT_TEXT 56
#define MAC_TEXT      18

/* Text forms: "10.0.0.1", "2001:db8::1" (RFC 5952), "10.0.0.1:80", "[2001:db8::1]:80". Return OUT.
 */
char *ip_addr_format(const struct ip_addr *a, char out[static IP_ADDR_TEXT]);
char *endpoint_format(const struct endpoint *e, char out[static ENDPOINT_TEXT]);
char *mac_format(const struct mac *m, char out[static MAC_TEXT]);

/* From text; OUT untouched unless ERR_OK. Networks: "10.0.0.0/8", a lone address is a host. */
MUST_USE enum err ip_addr_parse(const char *text, struct ip_addr *out);
MUST_USE enum err ip_net_parse(const char *text, struct ip_net *out);
MUST_USE enum err mac_parse(const char *text, struct mac *out);

#endif
