/* What the files of IKEv2 share (RFC 7296). Not for others: use ike/ike.h.
 *
 * An IKE SA (struct ike2_sa) is made by IKE_SA_INIT and IKE_AUTH, or by rekeying another. It owns
 * its pairs (struct ike2_child) and one request under way (struct ike2_ask): our window is 1, so
 * whatever else is to be asked waits as a task. Everything is found by table, not by walking: an
 * endpoint may have ten thousand peers. */
#ifndef IKE_IKE2_PARTS_H
#define IKE_IKE2_PARTS_H

#include "base/map.h"
#include "base/wheel.h"
#include "crypto/ikev2_keys.h"
#include "ike/ike2_crypt.h"
#include "ike/ike2_transform.h"
#include "ike/ike_parts.h"
#include "wire/ikev2.h"

enum {
    IKE2_SENDS = 6,          /* of one request, unless the configuration says otherwise */
    IKE2_COOKIES_FROM = 64,  /* half-open SAs */
    IKE2_COOKIE_TURN = 120,  /* seconds until the secret of cookies changes */
    IKE2_RESTARTS = 8,       /* of IKE_SA_INIT, by COOKIE or INVALID_KE_PAYLOAD */
    IKE2_TASKS = 4096,       /* that wait, per IKE SA */
    IKE2_CHILDREN = 4096,    /* pairs per IKE SA */
    IKE2_HALF_OPENS = 16384, /* in all, begun by others */
    IKE2_RETRY = 2,          /* seconds after TEMPORARY_FAILURE (RFC 7296, 2.25), and by chance up
                                to as much again: two that collide should not do so for ever */
    IKE2_STRAY = 1,          /* seconds between two answers to what belongs to no SA */
    IKE2_COOKIE2_LEN = 16,   /* RFC 4555, 4.2.5: 8 to 64 */
    IKE2_PACKED_MAX = 4 * IKE_DATAGRAM_MAX, /* a message in its fragments, sealed */
};

enum ike2_kind { /* of requests */
                 IKE2_NONE,
                 IKE2_INIT,
                 IKE2_AUTH,
                 IKE2_CHILD_NEW,
                 IKE2_CHILD_REKEY,
                 IKE2_IKE_REKEY,
                 IKE2_CHILD_DELETE,
                 IKE2_IKE_DELETE,
                 IKE2_PROBE,
                 IKE2_TELL,    /* a notify */
                 IKE2_ADDRESS, /* UPDATE_SA_ADDRESSES */
                 IKE2_ROUTE,   /* COOKIE2: is the other side where it says? */
                 IKE2_SAY,     /* a Delete that changes nothing here */
};

struct ike2_task { /* a request that waits for its turn */
    struct ike2_task *next;
    enum ike2_kind kind;
    struct mono due;   /* not before */
    size_t policy;     /* CHILD_NEW */
    uint32_t spi;      /* of pairs: the inbound one. CHILD_DELETE, REKEY */
    uint16_t group;    /* of PFS, as the other side wants it; 0: ours */
    unsigned tries;    /* that INVALID_KE_PAYLOAD has cost */
    bool orphan;       /* CHILD_DELETE: of a pair that was never ours */
    uint16_t notify;   /* TELL */
    uint32_t about;    /* TELL: the message ID */
    struct owned spis; /* SAY: four bytes each; empty: the IKE SA itself */
};

/* One side's half of an exchange of keys: in INIT and CREATE_CHILD_SA. */
struct ike2_half {
    struct dh *dh; /* NULL: none */
    uint16_t group;
    struct owned nonce;
};

struct ike2_rival { /* what the other side made of the SA that we are rekeying, too */
    bool is;
    uint32_t spi;        /* of a pair: the inbound one; of an IKE SA: its number */
    struct owned lowest; /* nonce of the two */
};

struct ike2_ask { /* our request under way */
    enum ike2_kind kind;
    uint32_t id;
    bool held;            /* not sent yet: see ike_cross */
    struct owned packets; /* one datagram, or its fragments: as ike2_seal_all makes them */
    unsigned sent;
    struct mono started, due;
    struct ike2_half half;
    size_t policy;
    unsigned tries;
    struct ike_selector selector;
    uint32_t in_spi, old_in_spi;
    uint8_t spi[IKEV2_SPI_LEN]; /* IKE_REKEY: ours of the new SA */
    bool gone; /* CHILD_REKEY, IKE_REKEY: the other side has deleted the old one meanwhile */
    uint8_t cookie2[IKE2_COOKIE2_LEN];
    struct ike2_rival rival;
};

struct ike2_timer { /* first in what has one */
    struct timer timer;
    bool of_child;
};

enum ike2_state {
    IKE2_I_INIT, /* asked, no answer yet */
    IKE2_I_AUTH,
    IKE2_R_AUTH, /* IKE_SA_INIT is answered */
    IKE2_UP,
    IKE2_CLOSING, /* the owner was told that it is down; the Delete is under way */
};

struct ike2_child;

struct ike2_sa {
    struct ike2_timer timer;
    uint32_t slot, number;
    size_t peer;                 /* index */
    struct ike2_sa *next, *prev; /* of the peer's, newest first */
    struct endpoint local, remote;
    enum ike2_state state;
    bool initiator;            /* original: of the flag I */
    bool rekey;                /* it succeeds another */
    uint32_t superseder;       /* number of the one that is used in its place; 0: none */
    bool listed, half_open;    /* by its first message; counted */
    struct ip_addr first_from; /* of that message */
    struct mono started, up, soft, hard, linger, give_up;
    uint8_t spi_i[IKEV2_SPI_LEN], spi_r[IKEV2_SPI_LEN];
    struct ike_suite suite;
    struct ikev2_keys keys;
    struct ike2_crypt *seal, *open;

    /* of IKE_SA_INIT and IKE_AUTH */
    struct owned first_i, first_r; /* the two messages: what AUTH covers */
    struct owned nonce_i, nonce_r, cookie;
    unsigned restarts;          /* COOKIE or INVALID_KE_PAYLOAD came, so often */
    bool first_contact, reauth; /* initiator: say INITIAL_CONTACT; succeed an SA by a new one */

    /* windows, both of 1 */
    struct ike2_ask ask;
    struct ike2_task *tasks;
    size_t ntasks;
    uint32_t next_out, next_in;
    bool has_answered;
    uint64_t answered; /* hash of the request NEXT_IN - 1 */
    struct owned answer;
    struct ike2_reassembly *asked, *replied; /* fragments of a request, of an answer to ours */
    uint64_t first_fragment;                 /* hash of the request's */
    bool fragments;                          /* the other side takes them */

    struct mono heard; /* authenticated */
    bool probing;
    bool natt, behind_nat, peer_behind_nat;
    bool mobike, mover;   /* we are who may move: began the first IKE SA of the line */
    bool refused;         /* an error came that anybody may have sent */
    bool peer_childless;  /* RFC 6023 */
    bool rekeying;        /* wanted, or under way */
    struct ike2_sa *heir; /* rekeyed by the other side: where the pairs went; else NULL */
    struct mono keepalive, stray;

    struct ike2_child *children; /* newest first */
    size_t nchildren;
};

struct ike2_child {
    struct ike2_timer timer;
    uint32_t slot;
    struct ike2_child *next;
    struct ike2_sa *sa;
    size_t policy; /* index */
    struct ike_selector selector;
    struct ike_esp_suite suite;
    uint32_t in_spi, out_spi, message_id;
    uint32_t gives_back; /* deleted as the loser: the pair that is used again; 0 */
    bool initiator, transport;
    bool retired;  /* has a successor */
    bool rekeying; /* by us: wanted, or under way */
    bool closing;  /* a Delete of ours is wanted, or under way */
    bool silent;   /* the owner was told that it is down */
    struct mono up, soft, hard;
};

struct ike2_slots { /* records by number; a free one is NULL */
    void **v;
    uint32_t *free; /* numbers */
    size_t n, nfree, cap;
};

struct ike2 {
    struct ip_addr local;
    struct ike2_slots sas, children;
    struct map by_spi;   /* IKE SAs by our SPI */
    struct map by_first; /* half-open ones by address and SPI of their initiators */
    struct map by_in;    /* pairs by inbound SPI; those that are only asked for, too */
    struct map by_addr;  /* entries of the configuration */
    struct map by_id;    /* policies */
    uint32_t *policy_of, *policy_next; /* by entry the first of its policies, by policy the next;
                                          MAP_NONE ends */
    struct ike2_sa **peers;            /* by peer the newest of its IKE SAs */
    size_t npeers;
    struct wheel wheel;
    size_t half_open, up, pairs, closing;
    struct ikev2_cookie_jar jar;
    struct mono jar_due, stray;
    uint8_t packed[IKE2_PACKED_MAX];
    bool busy;      /* an answer is being built: requests have to wait */
    bool any, any1; /* a peer of the configuration speaks IKEv2; IKEv1 */
};

#endif
