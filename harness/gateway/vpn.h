/* The VPN side of the gateway: the crypto map as policies, the IKE endpoint of its interface, the
 * security associations and the contexts (`show asp table vpn-context`) that flows are bound to.
 *
 * A policy is one permit entry of a crypto map's access list towards one peer. Its number is given
 * once and never used for anything else, so that flows and SAs may name it whatever happens to the
 * configuration. */
#ifndef GATEWAY_VPN_H
#define GATEWAY_VPN_H

#include "base/map.h"
#include "esp/sadb.h"
#include "gateway/acl.h"
#include "gateway/netif.h"
#include "ike/ike.h"

#define VPN_NONE    UINT32_MAX
#define VPN_BLOCKED (UINT32_MAX - 1)

/* IKE knows a policy of both versions twice: as NUMBER, and with this bit for IKEv2. */
#define VPN_BY_IKEV2 (UINT32_C(1) << 31)

#define VPN_REPLAY_WINDOW 64                   /* packets: the default of an ASA */
#define VPN_HELD_MAX      4                    /* packets that wait for a tunnel, per policy */
#define VPN_HELD_LIFE     SPAN_S(5)            /* how long they wait */
#define VPN_SOFT_SHARE    0.95                 /* of a volume lifetime, then it is time to rekey */
#define VPN_SOFT_SEQ      UINT32_C(0xf0000000) /* sequence number at which it is */

struct gw_hop { /* where packets leave, looked up once */
    size_t ifi; /* NETIF_NONE: there is no way */
    uint32_t neighbor;
    uint32_t epoch; /* of the gateway, when it was looked up; 0: never */
    uint32_t neighbors_epoch;
};

struct vpn_held {
    uint8_t *packet;
    size_t n;
    size_t ifi;  /* it came in here */
    bool whole;  /* and not in fragments, */
    uint32_t id; /* which had this number */
};

struct vpn_policy {
    struct ip_addr peer;
    struct ike_selector selector;
    char map[GW_NAME], acl[GW_NAME];
    unsigned seq;        /* of the crypto map entry */
    size_t ace;          /* of the access list */
    bool configured;     /* still is part of the configuration */
    bool may_begin;      /* not answer-only */
    bool ikev1, ikev2;   /* the entry has proposals for it */
    uint8_t trying;      /* version of IKE that is asked for it; 0: none was yet */
    uint32_t parent;     /* VPN_NONE; else the policy that the peer has asked a part of */
    char group[GW_NAME]; /* of a dynamic map, for clients of this tunnel group; they have parts of
                            it, each a policy of its own. Else "" */

    /* the tunnel */
    struct sadb_pair *pair;          /* the one in use; NULL: none */
    bool up;                         /* has one */
    bool wanted;                     /* asked for by traffic, and not there yet */
    bool preserve;                   /* PRESERVE: as the sysopt was when the tunnel was built */
    uint32_t context[2];             /* numbers of the contexts: DECR, ENCR */
    uint32_t in_spi;                 /* of the pair in use */
    uint32_t stuck_spi;              /* fault keep-old-spi: the pair to seal with; 0: none */
    struct mono hole_until;          /* fault rekey-hole: nothing is sealed before */
    uint64_t soft_bytes, hard_bytes; /* of the pair in use; 0: no limit by volume */
    bool soft_told;
    uint32_t rekeys;
    struct ike_esp_suite suite;  /* of the pair in use, as agreed */
    uint64_t past[2];            /* packets of the tunnel's pairs that are gone: DECR, ENCR */
    uint64_t bad_crypto, spoofs; /* of what came in */
    uint64_t cut, pieces;        /* packets that were cut before they were sealed, into what */
    uint64_t cleared[2];         /* of `past` and the pairs: not shown by show crypto ipsec sa */
    struct gw_hop hop;           /* to the peer */
    uint16_t path_mtu;           /* of the way to it, as ICMP has said; 0: nothing has */
    struct mono used;            /* when the tunnel last carried a packet, or came up */
    size_t inner_ifi;            /* where the last packet out of the tunnel went; NETIF_NONE */

    struct vpn_held held[VPN_HELD_MAX];
    size_t nheld;
    struct mono held_since; /* of the first */
};

enum vpn_session_type {
    VPN_LAN_TO_LAN,
    VPN_NEM,    /* remote access, a hardware client in network extension mode: its network */
    VPN_CLIENT, /* remote access in client mode: an address that we gave */
    VPN_SSL,    /* AnyConnect; see gateway/vpn_remote.c for what is modelled of it */
    VPN_SESSION_TYPES
};

/* Cisco's note 113014: preserved are flows of LAN-to-LAN tunnels and of hardware clients in network
 * extension mode; neither of clients in client mode nor of AnyConnect. */
static inline bool vpn_type_preserves(enum vpn_session_type t)
{
    return t == VPN_LAN_TO_LAN || t == VPN_NEM;
}

enum vpn_limit { VPN_LIMIT_NONE, VPN_LIMIT_IDLE, VPN_LIMIT_SESSION };

/* What is known of a peer while it has an IKE SA: the session of 113019 and `show vpn-sessiondb`.
 */
struct vpn_session {
    struct ip_addr peer;
    char group[GW_NAME]; /* tunnel group */
    enum vpn_session_type type;
    char user[GW_NAME];        /* of XAUTH; "": none */
    char policy[GW_NAME];      /* group policy of remote access; else "" */
    struct ip_addr assigned;   /* the client's address; family 0: none */
    char client[IKE_TEXT_MAX]; /* what it says to be (APPLICATION_VERSION) */
    uint32_t idle_s, max_s;    /* vpn-idle-timeout, vpn-session-timeout; 0: none */
    uint64_t seen_bytes;       /* when it was looked at last */
    struct mono used;          /* last traffic, as far as it was looked at */
    enum vpn_limit over;       /* which of the two it came to */
    unsigned ikes;             /* established IKE SAs, those being replaced included */
    uint32_t ike;              /* the newest */
    bool initiator;
    uint8_t version;        /* of IKE: 1 or 2 */
    bool natt;              /* in UDP 4500 */
    struct endpoint remote; /* where the peer is reached: with `natt` another port, or address */
    uint8_t spi_i[8], spi_r[8]; /* of that SA, as `show crypto ikev2 sa detail` has them */
    uint32_t index;
    struct mono since, ike_since;
    struct ike_suite suite;
    struct ike_esp_suite esp_suite;
    uint64_t sent, received; /* bytes of SAs that are gone */
    struct mono heard;       /* the IKE endpoint was told last that the peer is alive */
    enum ike_end end;        /* why it is ending; IKE_END_NONE: it is not */
    bool idled;              /* it is ended because nothing went through it */
};

#define VPN_IKES 2 /* versions of IKE */

static inline size_t vpn_ike(const struct vpn_session *s) /* index in a tally */
{
    return s->version == 2;
}

struct vpn_plan; /* the configuration in the form the IKE endpoint wants it */

struct vpn {
    struct ike_quirks quirks; /* of the engine, by seeded faults */
    struct vpn_plan *plan;    /* what the configuration says */
    struct vpn_plan *used;    /* what IKE works by: PLAN, or an older one until no SA is left */
    struct ike *ike;          /* NULL: no crypto map is bound */
    size_t ifi;               /* interface of the crypto map, or of the last one; NETIF_NONE */
    struct sadb *sadb;
    struct vpn_policy **policies; /* by number */
    size_t npolicies;
    size_t nparts;      /* of them that have a parent */
    size_t nclients;    /* of these, whose parent is a dynamic map's */
    struct map numbers; /* by peer and selector */
    size_t nheld;       /* packets that wait, in all */
    bool enabled;       /* `crypto isakmp enable`, where the crypto map is */
    enum gw_df_bit df;  /* on that interface, as `cut` is */
    enum gw_cut cut;
    bool whole_ikev1; /* the model's switch ikev1-in-one-piece */
    struct vpn_session *sessions;
    size_t nsessions;
    uint32_t contexts, indexes; /* numbers given so far */
    struct vpn_tally {
        uint64_t sessions[VPN_SESSION_TYPES], tunnels; /* the latter without AnyConnect's */
        uint64_t l2l[VPN_IKES], ikes[VPN_IKES];        /* by version of IKE; the same */
    } ever, most;                                      /* there were; at the same time */
    bool fresh;                /* the crypto map has changed since a tunnel came up last */
    struct mono idle_due;      /* when tunnels are looked through for idle ones */
    uint32_t last_wanted;      /* policy of the last acquire, for the log of phase 1 */
    char client[IKE_TEXT_MAX]; /* what the client of the last mode-config says to be */
    struct mono look;          /* when to look for sessions that are over; MONO_NEVER: no need */
};

#endif
