/* The remote gateway that the harness plays itself: IKE, ESP and forwarding between its WAN side
 * and the hosts behind it. No I/O. */
#ifndef PEER_PEER_H
#define PEER_PEER_H

#include "base/sink.h"
#include "esp/esp.h"
#include "ike/ike.h"

enum peer_side { PEER_WAN, PEER_INNER };

struct peer_config {
    struct ip_addr wan;          /* its IKE and ESP address */
    struct ip_addr wan_on_link;  /* the address it has on the wan leg: `wan`, or that of the router
                                    it stands behind */
    struct ip_addr wan_next_hop; /* the device's outside address, or its router */
    struct mac wan_mac;
    struct ip_addr inner; /* the address its hosts use as their gateway */
    struct mac inner_mac;
    struct ip_addr inner_next_hop; /* where inner packets go that are not on its own link; none: by
                                     their destination */
    uint16_t mtu;                  /* of the WAN, 0: 1500; larger ESP packets are fragmented, or
                                      refused with ICMP when DF is set */
    uint16_t replay_window;        /* 0: 64 */
    bool no_acquire;               /* does not bring a tunnel up by itself when traffic wants one */
    struct ike_config ike;
};

struct peer;

struct peer *peer_new(const struct peer_config *cfg, const struct clock *clk, struct rng *rng,
                      const struct log *log);
void peer_free(struct peer *p); /* wipes; NULL is fine */
void peer_attach(struct peer *p, enum peer_side side, struct sink *out);
void peer_input(struct peer *p, enum peer_side side, struct bytes frame);
void peer_tick(struct peer *p);
struct mono peer_deadline(const struct peer *p);

/* What happened, for the evidence: taken one by one after every call. */
enum peer_fact_kind {
    PEER_IKE_UP, /* `ike.sa` holds cookies and key */
    PEER_IKE_DOWN,
    PEER_CHILD_UP, /* `ike.child` holds SPIs and keys */
    PEER_CHILD_DOWN,
    PEER_IKE_FACT,
    PEER_CONFIG, /* remote access: `ike.net` is what the device has given */
};
struct peer_fact {
    enum peer_fact_kind kind;
    struct ike_out ike;
};
bool peer_next_fact(struct peer *p, struct peer_fact *out);

/* Commands of the timeline. POLICY: all when it has but one. */
MUST_USE enum err peer_establish(struct peer *p);
MUST_USE enum err peer_delete_phase1(struct peer *p);
MUST_USE enum err peer_delete_phase2(struct peer *p);
/* The pairs of policies for this protocol alone. */
MUST_USE enum err peer_delete_protocol(struct peer *p, uint8_t proto);
MUST_USE enum err peer_rekey_phase1(struct peer *p);
MUST_USE enum err peer_rekey_phase2(struct peer *p);
MUST_USE enum err peer_reauthenticate(struct peer *p, bool breaks); /* IKEv2 */
void peer_crash(struct peer *p); /* forgets every SA, tells nobody; goes on as after a reboot */

/* What no honest gateway does; peer_odd.c. ERR_STATE: there is no SA, or no packet, to do it with.
 * ERR_UNSUPPORTED: the selectors leave nothing outside. */
enum peer_odd {
    PEER_ODD_OLD_SPI, /* seals the last inner packet once more with the SA that was replaced */
    PEER_ODD_OUTSIDE, /* seals a packet for an address that the SA is not for */
    PEER_ODD_CLEAR,   /* sends the last inner packet in clear */
};
MUST_USE enum err peer_send_odd(struct peer *p, enum peer_odd what, unsigned count);

/* The SA that the peer sends with leaves out NUMBERS sequence numbers, or begins anew when RESTART.
 * SPI and LAST: what it is, and the highest number it had. */
MUST_USE enum err peer_shift_numbers(struct peer *p, bool restart, uint32_t numbers, uint32_t *spi,
                                     uint32_t *last);

/* Which SPIs a Delete names that changes nothing at the peer itself. */
enum peer_spis {
    PEER_SPIS_OWN,     /* the pair in use */
    PEER_SPIS_OLD,     /* the one that was replaced */
    PEER_SPIS_UNKNOWN, /* none that is or was */
    PEER_SPIS_MANY,    /* eight, of which one is in use */
    PEER_SPIS_FAR,     /* what the device receives with: it is not the peer's to delete */
    PEER_SPIS_IKE,     /* not IPsec SAs but the IKE SA */
};
MUST_USE enum err peer_say_delete(struct peer *p, enum peer_spis which);

/* What the peer receives with: the SPI of the pair in use. ERR_STATE: there is none. */
MUST_USE enum err peer_spi(const struct peer *p, uint32_t *spi);

struct peer_counters {
    uint64_t sealed, opened;
    uint64_t no_sa; /* inner packets dropped for want of an SA */
    uint64_t bad_spi, replays, bad_icv, malformed, outside_selector;
};
void peer_counters(const struct peer *p, struct peer_counters *out);
size_t peer_children(const struct peer *p); /* usable SA pairs now */

/* Its SAs, keys and all, by number from 0: what it receives with, what it sends with, and so on;
 * NULL past the end. Valid until the next call that may change them. */
const struct esp_params *peer_sa(const struct peer *p, size_t i);

#endif
