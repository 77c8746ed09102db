/* The WAN: ESP by SPI, IKE by cookie, what should not be there in clear, and inner packets compared
 * with those of the peer's own LAN. For judge/ only. */
#ifndef JUDGE_WAN_H
#define JUDGE_WAN_H

#include "base/map.h"
#include "esp/esp.h"
#include "judge/timeline.h"
#include "judge/wan_tcp.h"
#include "wire/pkt.h"

#define SAS_MAX     4096
#define IKES_MAX    256
#define INNER_SLOTS 65536u /* inner packets under way between two legs */
#define WAN_MOVES   256    /* changes of addresses that are remembered, the last ones */
#define SA_PLACES   4      /* where an SA went before, the last ones */
#define RECENT      4096u  /* payloads of the LANs that are looked for in clear; a power of two */

enum { TO_DEVICE, FROM_DEVICE, DIRECTIONS }; /* pair mode: towards the BO device, from it */

enum sa_in { SA_IN_IP, SA_IN_UDP, SA_IN_TCP }; /* RFC 4303, 3948, 9329 */

struct sa { /* one direction: by SPI and destination */
    uint32_t spi;
    struct ip_addr src, dst; /* at first */
    struct ip_addr from, to; /* now: see judge/wan_moves.h */
    struct ip_addr was[SA_PLACES];
    uint64_t moves, moved_packet; /* how often; the last time */
    int64_t moved_ns;             /* NEVER */
    int way;                      /* TO_DEVICE, FROM_DEVICE */
    enum sa_in in;
    /* packets that got through: not eaten by a blackhole */
    int64_t first_ns, last_ns;
    uint64_t first_packet, last_packet, packets;
    /* sequence numbers, of all that were sent */
    bool any;
    uint32_t first_seq, high_seq;
    uint64_t window; /* bit n: high_seq - n was seen */
    uint64_t unique, repeated;
    uint64_t tails[64]; /* last bytes of the packets in the window, by number; 0: not kept */
    uint64_t reused, reused_packet; /* other packets of a number that was there; the first one */
    uint32_t reused_seq;
    /* what the peer and the device's log say of it */
    int64_t up_ns, down_ns; /* of its esp-sa lines; NEVER */
    const char *down_reason;
    enum plan_made_by made_by, deleted_by; /* as these say; ANY: they do not */
    uint32_t old_spi;                      /* towards the peer: what it replaces; 0 */
    int64_t logged_up_ns, logged_down_ns;  /* 602303, 602304 */
    /* what opened IKE messages say of it */
    int64_t said_up_ns, said_down_ns; /* agreed, deleted; NEVER */
    bool said_rekeys;
    uint32_t said_old_spi; /* of the one it took the place of */
    struct esp_sa *key;
    bool refused_key;
    bool over; /* another one with its SPI came up since: it is not found any more */
};

struct ike_sa {
    uint8_t cookie[8];         /* the initiator's */
    struct ip_addr ends[2];    /* of its messages: where they come from now */
    int64_t first_ns, last_ns; /* of its messages on the WAN; NEVER */
    int64_t proved_ns;         /* of the first message behind its main mode: it is up; NEVER */
    int64_t up_ns, down_ns;    /* of its ike-sa lines; NEVER */
    bool rekey;
    const char *down_reason;
};

struct wan_move { /* OTHER had it from FROM, and has it from TO now */
    struct ip_addr from, to, other;
};

struct leak_watch { /* of one <no-cleartext> expectation; one more for the whole run */
    uint64_t packets, first_packet;
    int64_t first_ns;
    char what[160];
};

struct inner_slot {
    uint64_t hash;
    uint64_t packet;
    bool taken; /* waits for its other half */
};

struct inner_set { /* packets seen on one side, to be met on the other */
    struct map map;
    struct inner_slot *slots;
    uint64_t added, evicted;
};

struct wan {
    struct map map;
    struct sa *sas;
    uint32_t nsas, cap_sas, last;
    struct ike_sa ikes[IKES_MAX];
    size_t nikes;
    struct wan_move moves[WAN_MOVES]; /* in their order */
    size_t nmoves;
    uint64_t esp_packets, ike_packets, eaten, injected;
    struct ike_pieces *pieces; /* of IKEv1; NULL: none was seen */
    int64_t last_eaten_ns, last_passed_ns;
    int64_t first_esp_ns;          /* NEVER */
    int64_t asked_ns;              /* of the last request of IKEv2 towards the device; NEVER */
    struct leak_watch all, *leaks; /* leaks: by expectation of the plan */
    struct {
        uint64_t hash, packet;
        uint32_t len;
    } recent[RECENT];
    /* inner packets */
    struct inner_set out_of_esp, into_esp;
    struct inner_set legs_into[SITES], legs_out[SITES]; /* captures of others: by sender */
    bool has_keys;                                      /* the same: some were given */
    struct {
        uint64_t met, unmet, unmet_packet;
    } legs_at[SITES];   /* the same: compared at the gateway of each site */
    struct wan_tcp tcp; /* the same: IKE and ESP in TCP */
    uint8_t *plain;
    uint64_t opened, compared, no_key;
    uint64_t unmet; /* compared in vain when some could not be opened, or were too many to keep */
    uint64_t bad_from_device, bad_from_device_packet;
    uint64_t bad_from_peer, bad_from_peer_packet;
    uint64_t mismatches, mismatch_packet;
    const char *mismatch_leg;
};

struct judge;

void wan_init(struct wan *w);
void wan_release(struct wan *w);

/* wan.c */
void wan_frame(struct judge *j, const struct pkt *p);
struct sa *wan_sa(struct judge *j, uint32_t spi, const struct ip_addr *src,
                  const struct ip_addr *dst); /* made when new; NULL: too many */
/* What P holds when it is ESP of an SA with a key; nothing is counted. */
bool wan_open(struct judge *j, const struct pkt *p, struct pkt *inner);
/* Its index in W->sas; MAP_NONE: there is none. */
uint32_t wan_find(const struct wan *w, uint32_t spi, const struct ip_addr *dst);
/* The same from SRC, also when one of the two has moved and no packet of it went there yet. */
uint32_t wan_find_between(const struct wan *w, uint32_t spi, const struct ip_addr *src,
                          const struct ip_addr *dst);
uint64_t wan_sa_hash(uint32_t spi, const struct ip_addr *dst);         /* of its entry in W->map */
struct ike_sa *wan_ike(struct wan *w, const uint8_t cookie[static 8]); /* the same */

/* wan_lines.c */
void wan_esp_line(struct judge *j, const struct line *l);
void wan_ike_line(struct judge *j, const struct line *l);
void wan_log(struct judge *j, uint32_t id, uint32_t spi); /* 602303, 602304 */

/* leak.c */
void leak_note_payload(struct wan *w, uint64_t hash, size_t len, uint64_t packet);
void leak_frame(struct judge *j, const struct pkt *p);

/* inner.c */
bool inner_compares(const struct judge *j);
void inner_from_esp(struct judge *j, struct sa *sa, struct bytes esp, bool eaten);
/* A packet of a known stream on the peer's own LAN; SENT: by the host there. */
void inner_on_lan(struct judge *j, const struct pkt *p, bool sent);
void inner_set_release(struct inner_set *s);
uint64_t inner_digest(const struct ip *ip);
void inner_expect(struct inner_set *s, uint64_t hash, uint64_t packet);
bool inner_meet(struct inner_set *s, uint64_t hash);
/* What ESP holds, put together when it is a fragment; counts what cannot be opened. */
bool inner_of_esp(struct judge *j, struct sa *sa, struct bytes esp, struct pkt *p);

/* inner_legs.c: the same for captures of others, with keys from a file. Both LANs are compared. */
bool inner_legs_compares(const struct judge *j);
void inner_legs_from_esp(struct judge *j, struct sa *sa, struct bytes esp);
void inner_legs_finish(struct judge *j);
bool inner_legs_says(const struct judge *j); /* at one gateway at least something was the same */
void inner_legs_on_lan(struct judge *j, int site, int sender, const struct pkt *p);

#endif
