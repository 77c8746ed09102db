/* NATs between the gateways and the wan leg, where the lab has any: network address and port
 * translation of UDP over IPv4, each with one public address; a mapping is of an inside port
 * whoever it speaks to (RFC 4787, 4.1: endpoint-independent), lives as long as packets go out by
 * it, and lets in whoever sends to it. Whatever is not UDP does not pass (RFC 3948, 1: that is the
 * trouble with ESP). For replay/ only.
 *
 * Both stand at the harness's end of the wan leg, so evidence of that leg has the addresses that
 * the device sees: its own as it is, the peer's translated. */
#ifndef REPLAY_WAN_NAT_H
#define REPLAY_WAN_NAT_H

#include "replay/run_parts.h"

struct wan_nats;

/* NULL: the lab has none. */
struct wan_nats *wan_nats_new(struct run *r);
void wan_nats_free(struct wan_nats *n); /* NULL is fine */

/* FRAME of the peer is about to go out to the device: translated in place. False: it does not get
 * there. */
bool wan_nats_out(struct run *r, uint8_t *frame, size_t n);

/* FRAME went on from the peer, or was kept to go on later: its mapping lives. */
void wan_nats_sent(struct run *r);

/* FRAME of the device has arrived: as the peer gets it, valid until the next call. False: it does
 * not. */
bool wan_nats_in(struct run *r, struct bytes *frame);

/* The address by which the device knows the peer now: the lab's, or what its NAT has been given. */
struct ip_addr wan_nats_peer(const struct run *r);

/* The nat- events, and how often what they changed was seen to matter. */
void wan_nats_event(struct run *r, const struct plan_event *e);
uint64_t wan_nats_met(const struct run *r, const struct plan_event *e);

#endif
