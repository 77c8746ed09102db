/* Tunnels looked into: from a packet to the one it carries.
 *
 * In the clear and without state: IP in IP (RFC 2003, 4213, 2473), GRE (RFC 2784 and 2890, PPTP's
 * of RFC 2637, WCCP's, ERSPAN, Aruba's), AH (RFC 4302), EtherIP (RFC 3378), MPLS in IP (RFC 4023)
 * and, by UDP port: VXLAN (RFC 7348, and GPE), Geneve (RFC 8926), GTP-U, L2TP (RFC 2661), Teredo
 * (RFC 4380), AYIYA, GRE and MPLS in UDP (RFC 8086, 7510), Generic UDP Encapsulation, CAPWAP.
 * ESP is not opened here. */
#ifndef WIRE_TUNNEL_H
#define WIRE_TUNNEL_H

#include "wire/pkt.h"

/* True when P (any IP kind, no fragment) carries a whole IP header in a tunnel: *OUT is then the
 * packet inside, views into P's own bytes; `eth` stays the outer one unless the tunnel carries
 * frames. Of an aggregate (wire/link.h) it is the first packet of IP, with the rest in `eth.more`.
 * False: P is no tunnel, or what is in it does not parse as IP. */
bool tunnel_open(const struct pkt *p, struct pkt *out);

#endif
