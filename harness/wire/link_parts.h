/* What the files that read link headers share. Each reader takes its header off R and returns the
 * EtherType of what follows; 0: nothing that is read here. */
#ifndef WIRE_LINK_PARTS_H
#define WIRE_LINK_PARTS_H

#include "base/cursor.h"
#include "wire/ether.h"

/* By the version in its first four bits. */
uint16_t link_ip_type(const struct rd *r);

/* IEEE 802.2: SNAP with an EtherType (RFC 1042), or IP by its own SAP (RFC 948). */
uint16_t link_llc_type(struct rd *r);

/* PPP in HDLC-like framing (RFC 1662), or Cisco HDLC. */
uint16_t link_hdlc_type(struct rd *r);

/* Both addresses and the type. */
uint16_t link_ether_type(struct rd *r, struct ether *eth);

/* IEEE 802.11 data frames; what some capture systems put before them; link_radio.c. Of an aggregate
 * (A-MSDU) R is then the first frame, and `more` of ETH the others. 0 for encrypted ones. */
uint16_t link_wlan_type(struct rd *r, struct ether *eth);
uint16_t link_radiotap_type(struct rd *r, struct ether *eth);
uint16_t link_prism_type(struct rd *r, struct ether *eth);
uint16_t link_avs_type(struct rd *r, struct ether *eth);
uint16_t link_ppi_type(struct rd *r, struct ether *eth);

/* One frame of an aggregate, without those behind it. */
#define LINK_PART_HDR_LEN 14
uint16_t link_part_type(struct rd *r, struct ether *eth);

/* Links that are met seldom; link_rare.c. */
uint16_t link_arcnet_type(struct rd *r, bool linux_kind);
uint16_t link_fddi_type(struct rd *r);
uint16_t link_token_ring_type(struct rd *r);
uint16_t link_frame_relay_type(struct rd *r);
uint16_t link_atm_type(struct rd *r);
uint16_t link_pflog_type(struct rd *r);
uint16_t link_nflog_type(struct rd *r);
uint16_t link_juniper_type(struct rd *r, struct ether *eth);

#endif
