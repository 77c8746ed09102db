/* One IKE endpoint, both roles, without I/O: datagrams and time in; datagrams, SAs and facts out.
 *
 * A gateway owns one `struct ike` per local address. It hands in what arrives on UDP 500 and 4500,
 * calls ike_tick at the deadline, and takes outputs with ike_next until there are none, after every
 * call. IKEv1 (RFC 2407 to 2409): main mode, aggressive mode and quick mode with pre-shared keys,
 * DPD (RFC 3706), delete notifications, rekeying of both phases; for remote access XAUTH
 * (draft-beaulieu-ike-xauth-02) and mode-config (draft-dukes-ike-mode-cfg-02), client and server;
 * messages in fragments as Cisco's devices send them.
 * IKEv2 (RFC 7296): pre-shared keys, all four exchanges, rekeying of both kinds with the rules for
 * collisions, fragmentation (RFC 7383), NAT traversal, MOBIKE (RFC 4555), childless SAs (RFC 6023);
 * a peer speaks the version that its configuration says.
 */
#ifndef IKE_IKE_H
#define IKE_IKE_H

#include "base/clock.h"
#include "base/log.h"
#include "base/rng.h"
#include "crypto/cipher.h"
#include "crypto/hash.h"
#include "ike/ike_fault.h"
#include "wire/addr.h"

#define IKE_PORT         500
#define IKE_NATT_PORT    4500
#define IKE_DATAGRAM_MAX 4096

/* A proposal for an IKE SA: what this side offers, or accepts. In order of preference. */
struct ike_suite {
    enum cipher_alg cipher;
    enum digest_alg digest; /* IKEv2: of the PRF */
    uint16_t group;         /* IANA's number */
    uint32_t lifetime_s;    /* 0: no limit (never rekeyed by us). IKEv2: not negotiated */
    enum integ_alg integ;   /* IKEv2, and a cipher that does not authenticate; else NONE */
};

/* A phase-2 proposal (ESP, tunnel mode). */
struct ike_esp_suite {
    enum cipher_alg cipher;
    enum integ_alg integ;
    uint16_t pfs_group;   /* 0: no perfect forward secrecy */
    uint32_t lifetime_s;  /* never 0 */
    uint64_t lifetime_kb; /* 0: no limit */
    bool esn;             /* IKEv2: sequence numbers of 64 bits (RFC 4303, 2.2.1) */
};

/* What a phase-2 SA protects, seen from this side (RFC 2407, 4.6.2: the identities). */
struct ike_selector {
    struct ip_net local, remote;
    uint8_t proto;                    /* 0: any */
    uint16_t local_port, remote_port; /* 0: any */
};

/* Dead peer detection as the ASA does it: a probe after `threshold` of silence from the peer, then
 * every `retry`, `tries` more times; then the peer is dead. */
struct ike_dpd {
    bool enabled;     /* sends and answers; the vendor id is offered */
    bool answer_only; /* never probes by itself */
    struct span threshold, retry;
    unsigned tries;
};

/* How this side or the other is called in IKEv2: type (RFC 7296, 3.5: 1 an IPv4 address, 2 a domain
 * name, 3 a mail address, 5 an IPv6 address, 11 a key ID) and the name itself, borrowed. Type 0:
 * our address; of the other side, whatever it says. */
struct ike_identity {
    uint8_t type;
    struct bytes data;
};

enum ike_reauth {                   /* IKEv2: at the soft lifetime of an IKE SA */
                  IKE_REAUTH_NEVER, /* it is rekeyed */
                  IKE_REAUTH_BREAK, /* it is deleted, and then another one made */
                  IKE_REAUTH_MAKE,  /* another one is made, and then it is deleted */
};

#define IKE_USER_MAX    64  /* of XAUTH, with the NUL at the end */
#define IKE_TEXT_MAX    128 /* APPLICATION_VERSION, a banner */
#define IKE_DNS_MAX     2
#define IKE_SPLITS_MAX  16
#define IKE_REMOTES_MAX 4096 /* clients of the groups, in all */

enum ike_wants_config {                     /* what a client asks for between the phases */
                        IKE_CONFIG_NONE,    /* nothing: there is no mode-config */
                        IKE_CONFIG_ADDRESS, /* client mode: an address, and what goes with it */
                        IKE_CONFIG_NETWORK, /* network extension mode: all but an address */
};

/* What a server gives in mode-config; family 0 and empty: nothing of the kind. */
struct ike_net_config {
    struct ip_addr address, netmask;
    struct ip_addr dns[IKE_DNS_MAX];
    char banner[IKE_TEXT_MAX], domain[IKE_TEXT_MAX], version[IKE_TEXT_MAX];
    struct ip_net splits[IKE_SPLITS_MAX]; /* UNITY_SPLIT_INCLUDE: what goes through the tunnel */
    size_t nsplits;
};

struct ike_peer_config {
    struct ip_addr address; /* no family: a group, whose clients come from anywhere. It is told by
                               the name that they give in aggressive mode, never begins, and each
                               client becomes a peer of its own with this configuration */
    struct bytes group;     /* the name: what a client's identity says, ID_KEY_ID unless GROUP_FQDN;
                               empty: our address is our identity. Borrowed */
    bool group_fqdn;        /* ID_FQDN; a server takes either */
    bool aggressive;        /* begins with aggressive mode; a server answers to it */
    bool xauth;             /* XAUTHInitPreShared: the client's user proves itself, too */
    enum ike_wants_config
        config;                  /* client: what it asks for. Server: not NONE: waits to be asked */
    struct bytes user, password; /* client: for XAUTH. Borrowed */
    struct bytes version;        /* client: its APPLICATION_VERSION; empty: "holdfast". Borrowed */
    struct bytes psk;            /* borrowed for the endpoint's life */
    const struct ike_suite *suites;
    size_t nsuites;
    struct ike_dpd dpd;
    bool natt;             /* speaks NAT traversal (RFC 3947) and uses UDP 4500 behind a NAT */
    struct span keepalive; /* behind a NAT: a byte that keeps its mapping every so often; 0: 20 s */
    bool initial_contact;  /* say INITIAL-CONTACT in the first exchange (RFC 2407, 4.6.3.3) */
    double soft_share;     /* rekey when this share of a lifetime is used up, 0..1; 0: 0.95. Who did
                              not begin the SA waits for half of the rest, so that not both do it */
    bool never_rekeys;     /* waits for the other side, or for the end */
    bool never_initiates;  /* only answers */
    uint16_t fragment_mtu; /* bytes of an IP packet; longer messages go in fragments if the other
                              side can, too; 0: does not speak it. IKEv1: Cisco's form */

    uint8_t ike_version; /* 0 or 1: IKEv1; 2: IKEv2. Two peers may have one address when they differ
                        in this: then both versions are answered. What follows is of IKEv2 */
    struct ike_identity id, remote_id;
    struct bytes remote_psk;      /* what the other side proves itself with; empty: psk */
    struct span retransmit_after; /* the first time, then twice as long each; 0: 2 s */
    unsigned sends;               /* of one request before the IKE SA is given up; 0: 6 */
    bool mobike;                  /* RFC 4555 */
    bool childless;               /* answers an IKE_AUTH that asks for no pair (RFC 6023) */
    bool never_narrows;           /* selectors are ours as they are, or a part of ours; else
                                     TS_UNACCEPTABLE */
    enum ike_reauth reauth;
};

/* A set of selectors towards one peer: a crypto map entry. */
struct ike_policy {
    uint32_t id;                  /* the owner's number, given back in outputs; unique */
    size_t peer;                  /* index into ike_config.peers */
    struct ike_selector selector; /* of a group: what its clients may ask a part of */
    bool assigned;  /* client: the selector's local side is the address that the server gives */
    bool transport; /* IKEv2: asks for transport mode, and grants it */
    const struct ike_esp_suite *suites;
    size_t nsuites;
};

enum ike_nonce { /* IKEv2: what of ours comes of rekeyings that cross: the lowest of the four nonces
                    decides, and ours can be made low */
                 IKE_NONCE_RANDOM,
                 IKE_NONCE_LOSES, /* those of our requests are */
                 IKE_NONCE_WINS,  /* those of our answers are, those of our requests high */
};

enum ike_cross { /* IKEv2: whether our rekeyings are made to cross with the other side's */
                 IKE_CROSS_NO,
                 IKE_CROSS_REQUEST, /* ours waits for its request, and goes out before the answer */
                 IKE_CROSS_ANSWER,  /* ours goes out behind the answer */
};

/* How an endpoint is made to behave in ways that are hard to come by. All zero: honest. */
struct ike_quirks {
    enum ike_fault fault; /* a seeded fault, for tests of tests */
    enum ike_nonce nonce;
    enum ike_cross cross;
    uint32_t spi;  /* of our next pair, as long as no pair has it; 0: by chance */
    bool gullible; /* IKEv2: an INVALID_IKE_SPI in clear ends the IKE SA */
    bool mute;     /* IKEv2: requests of the other side are not answered, nor acted on */
    /* IKEv2, answers to CREATE_CHILD_SA about pairs */
    uint16_t refuse; /* with this error notify, whatever is asked for; 0: honestly.
                        CHILD_SA_NOT_FOUND: rekeyings alone */
    bool halve;      /* with the upper half of our side of the selectors (RFC 7296, 2.9) */
    /* IKEv2, rekeyings that have crossed */
    bool highest_wins; /* the SA with the highest of the four nonces stays */
    bool wrong_delete; /* of the two new pairs the one that is to stay is deleted */
    bool keeps_loser;  /* an SA of ours that has lost is not deleted */
    bool answers_late; /* requests to replace what was replaced, is gone, or cannot be replaced now
                          are granted */
};

struct ike_config {
    struct ip_addr local;
    const struct ike_peer_config *peers;
    size_t npeers;
    const struct ike_policy *policies;
    size_t npolicies;
    bool no_aggressive;  /* aggressive mode is not answered */
    size_t cookies_from; /* IKEv2: half-open SAs that others began, from which on a COOKIE is asked
                            for; 0: 64. SIZE_MAX: always */
    const struct ike_quirks *quirks; /* NULL: none. May change between calls */
};

enum ike_end { /* why an SA went */
               IKE_END_NONE,
               IKE_END_PEER_DELETE,    /* the other side sent a Delete */
               IKE_END_LOCAL_DELETE,   /* ike_delete_* was called */
               IKE_END_DPD,            /* the peer is dead */
               IKE_END_EXPIRED,        /* hard lifetime, no successor in time */
               IKE_END_REPLACED,       /* rekeyed: the successor carries on */
               IKE_END_PEER_RESTARTED, /* INITIAL-CONTACT */
               IKE_END_PARENT,         /* its IKE SA went, and with it this */
               IKE_END_TIMEOUT,        /* the exchange was never answered */
               IKE_END_REFUSED,        /* the other side, or our policy, said no */
               IKE_END_AUTH,           /* wrong pre-shared key, or a hash that does not fit */
               IKE_END_USER,           /* XAUTH: the user's name or password was refused */
};

enum ike_fact {                        /* things worth a log line that change no SA */
                IKE_FACT_INITIATING_1, /* phase 1 begins; `rekey` */
                IKE_FACT_INITIATING_2, /* phase 2 begins; `policy`, `rekey` */
                IKE_FACT_RESPONDING_1,
                IKE_FACT_RESPONDING_2,
                IKE_FACT_DUPLICATE,   /* a retransmission was answered from memory or ignored */
                IKE_FACT_NO_SA,       /* an encrypted message for no known SA: dropped */
                IKE_FACT_NO_PROPOSAL, /* no proposal chosen, phase in `phase` */
                IKE_FACT_NO_POLICY,   /* phase-2 identities match no policy; `selector` is what was
                                         asked */
                IKE_FACT_MALFORMED,
                IKE_FACT_NOTIFY, /* a notify we do not act on; `code` */
                IKE_FACT_DPD_SENT,
                IKE_FACT_DPD_ANSWERED,
                IKE_FACT_LIFETIME_LOWERED, /* RESPONDER-LIFETIME or a lower offer was taken; `phase`
                                            */
                IKE_FACT_LIFETIME_FORCED,  /* responder: ours is lower than the offer, and the other
                                              side was told so; `phase`, `was_s`, `was_kb` */
                IKE_FACT_DELETE_SENT,      /* a Delete went out; `phase`, `in_spi` for phase 2 */
                IKE_FACT_DELETE_RECEIVED,
                IKE_FACT_AUTH,         /* a hash, or what decryption gave, does not fit the keys:
                                          another pre-shared key, or forged; dropped */
                IKE_FACT_UNKNOWN_PEER, /* a first message from an address that is no peer's; `group`
                                          is what it said, if that was a name */
                IKE_FACT_LIMIT,        /* too many negotiations under way: one was given up, or not
                                          begun */
                IKE_FACT_ACCEPTED,     /* client: XAUTH went well. Server: it was told so */
                IKE_FACT_CFG_IGNORED,  /* mode-config: an attribute that we do not know; `code` */
                /* IKEv2 */
                IKE_FACT_COOKIE,      /* a COOKIE was asked for: by us when not `initiator` */
                IKE_FACT_INVALID_KE,  /* another group is wanted, `code`; by us when not `initiator`
                                       */
                IKE_FACT_RETRANSMIT,  /* a request of ours was sent again; `message_id` */
                IKE_FACT_NARROWED,    /* `selector` is less than what was asked for */
                IKE_FACT_REFUSED,     /* a request was answered with an error notify, `code`; by us
                                         when not `initiator`; `phase`: about what */
                IKE_FACT_COLLISION,   /* both sides rekeyed the same SA, `phase`; `initiator`: the
                                         one that we made stays */
                IKE_FACT_WINDOW,      /* a message ID out of the window; dropped */
                IKE_FACT_REPLY_ROUTE, /* COOKIE2 came back: the new address is the peer's */
};

enum ike_out_kind {
    IKE_OUT_SEND,   /* send `datagram` from `from` to `to` */
    IKE_OUT_IKE_UP, /* an IKE SA is established */
    IKE_OUT_IKE_DOWN,
    IKE_OUT_CHILD_UP,   /* an IPsec SA pair is ready */
    IKE_OUT_CHILD_DOWN, /* a pair must not be used any more */
    IKE_OUT_FACT,
    IKE_OUT_LOGIN,  /* server: `user` says `password`; to be answered with ike_answer_login */
    IKE_OUT_CONFIG, /* server: mode-config is asked for, with an address if `wants_address`; to be
                       answered with ike_answer_config. Client: `net` is what was given */
    IKE_OUT_MOVED,  /* the addresses or ports of an IKE SA have changed, those of its pairs with
                       them:  now `from` is ours and `to` the peer's; `child.udp`, `child.follows` */
};

#define IKE_SKEY_MAX 64

struct ike_out {
    enum ike_out_kind kind;
    enum ike_end end;   /* *_DOWN */
    enum ike_fact fact; /* FACT */
    uint8_t version;    /* 1 or 2: of the protocol */
    uint8_t phase;      /* 1 or 2 where a fact says so */
    bool initiator;     /* *_UP: this side began the exchange */
    bool rekey;         /* *_UP, INITIATING: succeeds an older SA */
    bool attempt;       /* *_DOWN: a negotiation that failed; the SA was never up */
    uint32_t ike;       /* number of the IKE SA, never used again; 0: none */
    struct ip_addr peer;
    uint32_t message_id;    /* of the quick mode */
    uint16_t code;          /* FACT_NOTIFY: message type; MALFORMED: the one that describes it */
    uint64_t was_s, was_kb; /* LIFETIME_LOWERED: ours, LIFETIME_FORCED: the offered one; 0: none,
                               and in kilobytes in phase 1 */
    const char *why;        /* MALFORMED, AUTH, LIMIT, UNKNOWN_PEER: in words; else NULL. Static */
    char group[IKE_USER_MAX]; /* remote access: the group's name, as far as it fits; else empty */
    char user[IKE_USER_MAX];  /* of XAUTH, once it is known; else empty */
    char password[IKE_USER_MAX]; /* LOGIN */
    char client[IKE_TEXT_MAX];   /* CONFIG, server: APPLICATION_VERSION of the client */
    bool wants_address;          /* CONFIG, server */
    struct ike_net_config net;   /* CONFIG, client; IKE_UP: what was given, or got */

    struct endpoint from, to; /* SEND, MOVED, *_UP: ours; for SEND where it goes, else the peer's */
    struct bytes datagram;    /* SEND: valid until the next call on this endpoint */

    struct {                        /* IKE_UP and IKE_DOWN */
        uint8_t spi_i[8], spi_r[8]; /* cookies in IKEv1 */
        struct ike_suite suite;
        uint8_t skey[IKE_SKEY_MAX]; /* IKEv1: the encryption key Ka of RFC 2409 appendix B, which
                                       Wireshark's ikev1_decryption_table wants */
        size_t skey_len;
        /* IKEv2: SK_ei and so on (RFC 7296, 2.14), with the salt if there is one, as in
         * ikev2_decryption_table; cipher_key_len and integ_key_len bytes */
        uint8_t sk_ei[CIPHER_KEY_MAX], sk_er[CIPHER_KEY_MAX];
        uint8_t sk_ai[DIGEST_MAX], sk_ar[DIGEST_MAX];
    } sa;

    struct { /* CHILD_UP and CHILD_DOWN */
        uint32_t policy;
        uint32_t in_spi, out_spi; /* in: chosen by us, names what we receive */
        uint32_t old_in_spi;      /* UP, rekey: the pair it succeeds. DOWN: the one that it was to
                                     succeed and that is used again; else 0 */
        struct ike_selector selector;
        struct ike_esp_suite suite; /* lifetimes as agreed */
        bool udp;                   /* ESP goes in UDP 4500 (RFC 3948), between `from` and `to` */
        bool follows;               /* ...and where authentic ESP comes from is where it goes from
                                       then on: the peer is behind a NAT, and we are not */
        bool transport;             /* mode; else tunnel */
        uint8_t in_cipher_key[CIPHER_KEY_MAX], out_cipher_key[CIPHER_KEY_MAX];
        uint8_t in_integ_key[DIGEST_MAX], out_integ_key[DIGEST_MAX];
    } child;
};

struct ike;

/* CFG's arrays are borrowed for the endpoint's life. */
struct ike *ike_new(const struct ike_config *cfg, const struct clock *clk, struct rng *rng,
                    const struct log *log);
void ike_free(struct ike *k); /* wipes keys, sends nothing; NULL is fine */

/* A datagram that arrived on one of our ports. Hostile input changes no state. */
void ike_input(struct ike *k, const struct endpoint *from, const struct endpoint *to,
               struct bytes datagram);

void ike_tick(struct ike *k);
struct mono ike_deadline(const struct ike *k);

/* Takes the next output; false when there is none. */
bool ike_next(struct ike *k, struct ike_out *out);

/* Traffic wants POLICY: brings up phase 1 if need be, then phase 2. Nothing happens when one is
 * under way or up. ERR_NOTFOUND: no such policy. ERR_STATE: the peer's config never initiates. */
MUST_USE enum err ike_acquire(struct ike *k, uint32_t policy);

/* Answers LOGIN of this IKE SA: the user may come in, or the SA ends (IKE_END_USER). */
void ike_answer_login(struct ike *k, uint32_t ike, bool ok);

/* Answers CONFIG of this IKE SA. NET NULL: the client is refused; the SA ends (IKE_END_REFUSED). A
 * client that was given an address may then protect that address, one that was not whatever is in
 * its group's policy. */
void ike_answer_config(struct ike *k, uint32_t ike, const struct ike_net_config *net);

/* Ends every IKE SA with PEER (NULL: with all) and their children, telling the peer if TELL: one
 * Delete per IKE SA and none for its children, which are understood to go with it. */
void ike_delete_ike(struct ike *k, const struct ip_addr *peer, bool tell);

/* Ends the pair with this inbound SPI. ERR_NOTFOUND. */
MUST_USE enum err ike_delete_child(struct ike *k, uint32_t in_spi, bool tell);

/* Ends all pairs with PEER (NULL: all); the IKE SA stays. */
void ike_delete_children(struct ike *k, const struct ip_addr *peer, bool tell);

/* Tells PEER in one Delete that the IPsec SAs with these N inbound SPIs are gone, whether they are
 * or ever were, and changes nothing here: for tests of the other side. N up to IKE_SAY_MAX; 0: that
 * the IKE SA is. ERR_STATE: no IKE SA with it is up. */
#define IKE_SAY_MAX 64
MUST_USE enum err ike_say_delete(struct ike *k, const struct ip_addr *peer, const uint32_t *spis,
                                 size_t n);

/* Begins to replace an SA now, as at its soft lifetime. ERR_NOTFOUND: there is none. */
MUST_USE enum err ike_rekey_ike(struct ike *k, const struct ip_addr *peer);
MUST_USE enum err ike_rekey_child(struct ike *k, uint32_t in_spi);

/* IKEv2: authenticates anew now, as at the soft lifetime with that `reauth` (not NEVER).
 * ERR_NOTFOUND: no IKE SA of IKEv2 is up with PEER (NULL: with any). */
MUST_USE enum err ike_reauthenticate(struct ike *k, const struct ip_addr *peer,
                                     enum ike_reauth how);

/* IKEv2: asks PEER now whether it is alive. ERR_NOTFOUND. */
MUST_USE enum err ike_probe(struct ike *k, const struct ip_addr *peer);

/* IKEv2: our address is LOCAL from now on. SAs with MOBIKE go along (RFC 4555, 3.5), the others
 * stay where they are. */
void ike_move(struct ike *k, const struct ip_addr *local);

/* Forgets everything and says nothing: a crash. No *_DOWN outputs. */
void ike_forget(struct ike *k);

/* Authenticated traffic of PEER arrived: it is alive (RFC 3706, 5.4). */
void ike_peer_is_alive(struct ike *k, const struct ip_addr *peer);

/* Authentic ESP of the pair with this inbound SPI, newer than all before, came from FROM to TO.
 * Where the pair `follows`, its IKE SA does, too (RFC 7296, 2.23), which IKE_OUT_MOVED tells. */
void ike_seen_at(struct ike *k, uint32_t in_spi, const struct endpoint *from,
                 const struct endpoint *to);

/* The pair's kilobyte lifetime: SOFT means it is time to rekey, else it is used up. */
void ike_child_volume(struct ike *k, uint32_t in_spi, bool soft);

struct ike_status {
    size_t ikes, children; /* established */
    size_t negotiating;    /* exchanges under way */
};
void ike_status(const struct ike *k, struct ike_status *out);

/* Names for reports and logs, from the tables above. */
const char *ike_end_name(enum ike_end e);
const char *ike_fact_name(enum ike_fact f);

#endif
