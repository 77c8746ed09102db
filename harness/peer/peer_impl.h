/* The peer as its own files see it. For peer/ only. */
#ifndef PEER_PEER_IMPL_H
#define PEER_PEER_IMPL_H

#include "esp/sadb.h"
#include "peer/peer.h"
#include "wire/pkt.h"
#include "wire/reassembly.h"

#define LOG_MODULE "peer"

#define PEER_SIDES    2
#define NEIGHBORS_MAX 64        /* stations known on one side */
#define HELD_MAX      4         /* packets that wait for a station's answer */
#define ARP_AGAIN     SPAN_S(1) /* between two requests for one station */
#define ARP_FRESH                                                                                  \
    SPAN_S(60) /* then a station that is in use is asked again, as other systems do: what was      \
                  learnt may have been damaged or have become wrong */
#define SOFT_VOLUME   0.95  /* of a volume lifetime, then it is time to rekey... */
#define SOFT_ANSWERED 0.975 /* ...and later for who did not begin the SA: not both do it */
#define FACTS_FIRST   16
#define MTU_DEFAULT   1500
#define MTU_LEAST     576 /* what an ICMP error may bring it down to */
#define FRAG_NEEDED   4   /* code of ICMP "unreachable" (RFC 1191) */
#define OUR_TTL       64  /* of packets that begin here */

struct neighbor {
    struct ip_addr addr;
    struct mac mac;
    bool known, was_asked;
    struct mono asked, heard; /* last request, last word of it */
    uint8_t *held[HELD_MAX];  /* whole frames, the destination still to be filled in */
    size_t held_len[HELD_MAX], nheld;
};

struct side {
    struct sink *out; /* NULL: not attached, everything sent is lost */
    struct mac mac;
    struct ip_addr own; /* answered for */
    struct neighbor neighbors[NEIGHBORS_MAX];
    size_t n, next_victim;
};

struct volume { /* of one policy's newest pair */
    uint32_t in_spi;
    uint64_t soft, hard; /* bytes; 0: no limit */
    bool told;
};

struct peer {
    struct peer_config cfg;
    const struct clock *clk;
    struct rng *rng;
    const struct log *log;
    struct side side[PEER_SIDES];
    struct ike *ike;
    struct sadb *sadb;
    struct volume *volumes; /* by policy */
    struct reassembly *fragments;
    struct peer_counters count;
    uint16_t ip_id;
    struct peer_fact *facts; /* a ring */
    size_t facts_cap, facts_first, facts_n;
    struct mono alive_told; /* when IKE was last told that the device is alive */
    uint8_t scratch[65536 + ESP_OVERHEAD_MAX];
    uint8_t copy[65536]; /* the last inner packet that was to be sealed */
    size_t copied;       /* its bytes */
};

/* peer_link.c: frames and stations. */
void link_arp_input(struct peer *p, enum peer_side side, const struct arp *a);
/* Lends memory for an IP packet of up to N bytes to NEXT on SIDE. NULL: cannot be sent now. */
uint8_t *link_begin(struct peer *p, enum peer_side side, size_t n);
/* Sends the packet of N bytes that was written to PACKET, as lent, or keeps it until NEXT has
 * answered. */
void link_end(struct peer *p, enum peer_side side, const struct ip_addr *next, uint8_t *packet,
              size_t n);
void link_release(struct side *s);
/* Sends PAYLOAD behind the header IP to NEXT; in fragments when the packet is larger than MTU. */
void link_send(struct peer *p, enum peer_side side, const struct ip_addr *next, const struct ip *ip,
               struct bytes payload);
/* Answers a ping of one of our own addresses. */
void link_answer_echo(struct peer *p, enum peer_side side, const struct ip_addr *next,
                      const struct pkt *in);
/* One hop less (RFC 1812, 5.3.1), in place. False: the packet ends here. */
bool spend_ttl(uint8_t *packet, size_t n);

/* peer_inner.c and peer_wan.c */
const struct ip_addr *inner_hop(const struct peer *p, const struct ip_addr *dst);
void inner_input(struct peer *p, const struct pkt *in);
/* Seals PACKET, which IN describes, with PAIR and sends it. */
void inner_seal(struct peer *p, struct sadb_pair *pair, const struct pkt *in, struct bytes packet);
void wan_input(struct peer *p, struct pkt *in);
void wan_send_datagram(struct peer *p, const struct endpoint *from, const struct endpoint *to,
                       struct bytes data);
void check_volume(struct peer *p, const struct sadb_pair *pair, const struct esp_sa *sa);

/* The policy whose selector a packet fits; OUTBOUND: from our hosts. False: none. */
bool policy_of(const struct peer *p, const struct pkt *in, bool outbound, size_t *out);
bool selector_fits(const struct ike_selector *s, const struct pkt *in, bool outbound);

/* peer_ike.c: what IKE has to say becomes datagrams, SAs and facts. */
void peer_settle(struct peer *p);

#endif
