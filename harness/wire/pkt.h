/* A whole frame taken apart once: the common currency of hosts, gateways and judges. */
#ifndef WIRE_PKT_H
#define WIRE_PKT_H

#include "wire/arp.h"
#include "wire/ether.h"
#include "wire/icmp.h"
#include "wire/ip.h"
#include "wire/tcp.h"
#include "wire/udp.h"

enum pkt_kind {
    PKT_OTHER, /* not IP and not ARP, or not parsable: `eth` alone may be valid */
    PKT_ARP,   /* `arp` */
    PKT_IP,    /* `ip` only: another protocol, a later fragment, or a transport header cut off */
    PKT_TCP,   /* `ip`, `tcp` */
    PKT_UDP,   /* `ip`, `udp` */
    PKT_ICMP,  /* `ip`, `icmp` (either version) */
    PKT_ESP,   /* `ip`, and SPI and sequence number in `esp` */
};

struct pkt {
    enum pkt_kind kind;
    struct ether eth;
    struct ip ip;
    size_t data_len; /* TCP and UDP payload by the headers; data.n is less when cut */
    union {
        struct arp arp;
        struct tcp tcp;
        struct udp udp;
        struct icmp icmp;
        struct {
            uint32_t spi, seq; /* RFC 4303, 2.1 and 2.2 */
        } esp;
    };
};

/* Takes FRAME (Ethernet) apart. Never fails: what does not parse is PKT_OTHER or PKT_IP. */
void pkt_parse(struct bytes frame, struct pkt *out);

/* The same for an IP packet without link header; `eth` is zero. */
void pkt_parse_ip(struct bytes packet, struct pkt *out);

/* Takes the payload of P->ip apart once more, after `ip` was changed: a datagram put together from
 * fragments. Sets kind and all that depends on it. */
void pkt_parse_payload(struct pkt *p);

/* For captures: a TCP header that ends early (TCP_HDR_CUT_LEN bytes of it are there, up to the
 * window) makes P PKT_TCP, too, with the options there are. Does nothing to other packets. Hosts
 * and gateways must not take such segments. */
void pkt_parse_cut(struct pkt *p);

#endif
