/* What the files of the IKE endpoint share. Not for others: use ike/ike.h.
 *
 * An IKE SA (struct ike1_sa) is negotiated by main mode and then carries quick modes (struct
 * ike1_quick), each of which makes a pair of IPsec SAs (struct ike_child). A pair belongs to its
 * peer; it is filed under one IKE SA with that peer and moves to another when its own goes. */
#ifndef IKE_IKE_PARTS_H
#define IKE_IKE_PARTS_H

#include "crypto/dh.h"
#include "crypto/ikev1_keys.h"
#include "ike/ike.h"
#include "wire/isakmp.h"
#include "wire/natt.h"

enum {
    IKE_OFFERS = 64, /* suites offered at most: more would not fit a datagram */
    IKE_NONCE_LEN = 32,
    IKE_NONCE_MIN = 8, /* RFC 2409, 5 */
    IKE_NONCE_MAX = 256,
    IKE_ID_MAX = 260,    /* our own identity */
    IKE_SENDS = 4,       /* of one message, before giving up */
    IKE_FIRST_WAIT = 2,  /* seconds; doubles with each sending: 0, 2, 6, 14, given up at 30 */
    IKE_HALF_OPEN = 30,  /* seconds that a responder waits for the next message of phase 1 */
    IKE_HALF_OPENS = 16, /* such responders per peer */
    IKE_GROUP_HALF_OPENS = 256, /* and of all clients of a group */
    IKE_QUICKS = 64,            /* quick modes remembered per IKE SA */
    IKE_QUICK_KEPT = 60,        /* seconds that a finished one is, to answer duplicates */
    IKE_CHILDREN = 4096,        /* pairs in all */
    IKE_SEEN = 4096,            /* message IDs remembered per IKE SA */
    IKE_LINGER = 5, /* seconds that a superseded IKE SA still answers, if we began the new one */
    IKE_LINGER_OTHER = 60,
    IKE_CHILD_LINGER = 10, /* seconds until the initiator of a new pair deletes the old one */
    IKE_RETRY = 10,        /* seconds from a failed rekeying to the next try */
    IKE_KEEPALIVE = 20,    /* seconds between NAT keep-alives, if nothing else is said */
    IKE_YIELD = 2,       /* seconds that a responder of phase 1 leaves phase 2 to the other side */
    IKE_LOGIN_WAIT = 60, /* seconds from phase 1 until XAUTH and mode-config must be over */
};

struct owned { /* bytes on the heap */
    uint8_t *p;
    size_t n;
};

static inline struct bytes owned_bytes(const struct owned *o)
{
    return bytes_of(o->p, o->n);
}

void owned_set(struct owned *o, struct bytes b);
void owned_release(struct owned *o); /* wipes */

struct ike_resend { /* a request that is sent again until its answer comes */
    struct owned datagram;
    unsigned sent;   /* times; 0: idle */
    struct mono due; /* to send again, or to give up */
};

struct ike_memory { /* the last request, by its hash, and what it was answered with */
    uint64_t request;
    struct owned reply;
};

enum ike1_state { /* what comes next */
                  IKE1_I_WAIT_2,
                  IKE1_I_WAIT_4,
                  IKE1_I_WAIT_6,
                  IKE1_R_WAIT_3,
                  IKE1_R_WAIT_5,
                  IKE1_I_AGGR_2,
                  IKE1_R_AGGR_3,
                  IKE1_LOGIN,  /* the gateways are authentic, the user is not yet */
                  IKE1_CONFIG, /* mode-config is to come */
                  IKE1_UP,
};

struct ike1_asked {      /* a question of mode-config, until the owner answers */
    uint32_t message_id; /* 0: none */
    uint16_t id;
    uint64_t hash;
    uint8_t iv[CIPHER_BLOCK_MAX];
    unsigned what; /* set of what was asked for: a bit per attribute, as ike1_config.c has them */
};

struct ike1_transaction { /* a question of ours that waits for its answer */
    uint32_t message_id;  /* 0: none */
    uint16_t id;
    uint8_t iv[CIPHER_BLOCK_MAX]; /* of the answer */
    struct ike_resend resend;
};

enum ike1_quick_state { IKE1_Q_WAIT_2, IKE1_Q_WAIT_3, IKE1_Q_DONE };

struct ike1_quick {
    struct ike1_quick *next;
    uint32_t message_id;
    bool initiator;
    enum ike1_quick_state state;
    size_t policy; /* index */
    struct ike_selector selector;
    struct ike_esp_suite suite;
    uint32_t in_spi, out_spi;
    uint32_t old_in_spi; /* initiator: the pair to succeed; 0: none */
    struct dh *dh;
    uint8_t shared[DH_PUBLIC_MAX];
    size_t shared_len; /* 0: no PFS */
    struct owned nonce_i, nonce_r;
    uint8_t iv[CIPHER_BLOCK_MAX]; /* for the next message */
    struct ike_resend resend;
    struct ike_memory memory;
    struct mono started, forget; /* FORGET: when done */
};

struct ike1_sa {
    struct ike1_sa *next; /* newest first */
    uint32_t number;
    size_t peer; /* index */
    struct endpoint local, remote;
    enum ike1_state state;
    bool initiator, rekey;
    struct mono started, up;
    uint8_t cookie_i[IKEV1_COOKIE_LEN], cookie_r[IKEV1_COOKIE_LEN];
    struct ike_suite suite;
    bool lowered;           /* responder: our lifetime is below the offered one */
    bool refused, bad_hash; /* hints at why a negotiation ends unanswered */
    bool told;              /* responder: that message 5 could not be read */

    struct dh *dh; /* while negotiating */
    struct owned sa_i, nonce_i, nonce_r, public_i, public_r;
    struct owned id_i; /* aggressive mode: IDii_b */

    struct ikev1_keys keys;
    uint8_t skey[CIPHER_KEY_MAX];
    struct cipher *cipher;
    uint8_t iv[CIPHER_BLOCK_MAX]; /* of the next message of phase 1; then its last block */
    struct ike_resend resend;
    struct ike_memory memory;
    struct mono give_up; /* responder, half-open */

    struct ike1_transaction ask;
    struct ike_memory asked; /* the last transaction that the other side began */
    bool peer_does_xauth;    /* said its vendor ID */
    bool accepted;           /* XAUTH: the user is known */
    bool login_failed;       /* server: has been told, ends when that is acknowledged */
    struct ike1_asked cfg;   /* server: mode-config that is to be answered */
    char user[IKE_USER_MAX];
    struct ike_net_config net; /* given, or got */

    struct mono soft, hard, linger;
    bool rekeying, superseded;
    struct ike1_quick *quicks;
    uint32_t *seen; /* message IDs of authenticated exchanges: a ring */
    size_t nseen;   /* ever */

    struct mono heard;          /* authenticated */
    bool natt, nat, behind_nat; /* both sides can; there is one; on our side */
    bool natt_draft;            /* the other side knows no more than the drafts of RFC 3947 */
    struct mono keepalive;

    bool fragments;             /* both sides can */
    struct ike1_pieces *pieces; /* of a message that is not all here; NULL: none */

    bool peer_has_dpd;
    bool dpd_in_known;
    uint32_t dpd_in, dpd_out; /* sequence numbers: last seen, last sent */
    unsigned dpd_sent;        /* of this round; 0: none outstanding */
    struct mono dpd_due;
    struct ike_memory dpd_memory;
};

struct ike_child {
    struct ike_child *next; /* newest first */
    struct ike1_sa *sa;
    size_t peer, policy; /* indices */
    struct ike_selector selector;
    struct ike_esp_suite suite;
    uint32_t in_spi, out_spi, message_id;
    bool initiator;
    struct mono started, up, soft, hard;
    bool retired;       /* has a successor */
    struct mono linger; /* retired, and ours to delete */
    bool rekeying;
};

struct ike_want { /* of one policy */
    bool wanted;
    struct mono due;      /* not before */
    struct ip_addr local; /* the address that the server gave for it; family 0: none yet */
};

struct ike_remote { /* a client of a group: a peer behind those of the configuration */
    struct ike_peer_config cfg;
    size_t group; /* index into ike_config.peers */
};

struct ike_queue {
    struct ike_out *v;
    struct owned *datagrams;
    size_t n, at, cap;
};

struct ike {
    const struct ike_config *cfg;
    const struct clock *clk;
    struct rng *rng;
    const struct log *log;
    uint64_t hash_key;
    uint32_t last_number;
    struct ike1_sa *sas;
    struct ike_child *children;
    struct ike_want *wants;
    struct ike_remote **remotes; /* peer ike_config.npeers + i is the I-th */
    size_t nremotes;
    struct mono deadline; /* nothing is due before; may be too early */
    struct ike2 *v2;
    struct ike_queue out;
    uint8_t scratch[IKE_DATAGRAM_MAX], plain[IKE_DATAGRAM_MAX];
};

static inline const struct ike_peer_config *ike_peer_at(const struct ike *k, size_t peer)
{
    return peer < k->cfg->npeers ? &k->cfg->peers[peer] : &k->remotes[peer - k->cfg->npeers]->cfg;
}

static inline size_t ike_npeers(const struct ike *k)
{
    return k->cfg->npeers + k->nremotes;
}

/* The entry of the configuration that PEER goes by: its own, or its group's. */
static inline size_t ike_entry_of(const struct ike *k, size_t peer)
{
    return peer < k->cfg->npeers ? peer : k->remotes[peer - k->cfg->npeers]->group;
}

static inline const struct ike_peer_config *ike1_config(const struct ike *k,
                                                        const struct ike1_sa *sa)
{
    return ike_peer_at(k, sa->peer);
}

static inline bool ike_is_faulty(const struct ike *k, enum ike_fault f)
{
    return k->cfg->quirks && k->cfg->quirks->fault == f;
}

/* X as it goes into a message: with its bytes in reverse when F says so. */
static inline uint32_t ike_spi_out(const struct ike *k, enum ike_fault f, uint32_t x)
{
    return ike_is_faulty(k, f) ? x << 24 | (x & 0xff00) << 8 | (x >> 8 & 0xff00) | x >> 24 : x;
}

static inline struct mono ike_now(const struct ike *k)
{
    return clock_now(k->clk);
}

static inline bool ike_due(const struct ike *k, struct mono t)
{
    return !mono_before(ike_now(k), t);
}

/* When a side behind a NAT says something next, only to be heard. */
static inline struct mono ike_keepalive(const struct ike *k, const struct ike_peer_config *p)
{
    return mono_add(clock_now(k->clk), p->keepalive.ns ? p->keepalive : SPAN_S(IKE_KEEPALIVE));
}

static inline struct mono ike_in(const struct ike *k, int64_t seconds)
{
    return mono_add(ike_now(k), SPAN_S(seconds));
}

/* To be called after whatever may have moved a deadline. */
void ike_settle(struct ike *k);

/* --- outputs (ike_out.c) --------------------------------------------------------------------- */

/* A new output at the end of the queue, for the caller to fill; valid until the next one. */
struct ike_out *ike_emit(struct ike *k, enum ike_out_kind kind);
struct ike_out *ike_fact(struct ike *k, enum ike_fact fact, const struct ip_addr *peer);
void ike_send(struct ike *k, const struct endpoint *from, const struct endpoint *to,
              struct bytes datagram);
void ike_send_raw(struct ike *k, const struct endpoint *from, const struct endpoint *to,
                  struct bytes datagram); /* without the marker of UDP 4500 */
void ike_queue_release(struct ike_queue *q);

/* Of one IKE SA: with its number, peer and version. */
struct ike_out *ike1_fact(struct ike *k, const struct ike1_sa *sa, enum ike_fact fact,
                          unsigned phase);
void ike1_malformed(struct ike *k, const struct ike1_sa *sa, uint16_t code, const char *why);
void ike1_bad_auth(struct ike *k, struct ike1_sa *sa, unsigned phase, const char *why);

/* --- messages (ike1_message.c, ike1_rules.c) ------------------------------------------------- */

struct ike1_in { /* a datagram as far as it is understood */
    struct bytes datagram;
    struct endpoint from, to;
    struct isakmp_hdr hdr;
    uint64_t hash;
    struct isakmp_chain chain;
};

/* Begins a message of SA in K->scratch. MESSAGE_ID 0: phase 1. */
void ike1_begin(struct ike *k, const struct ike1_sa *sa, struct isakmp_msg *m, uint8_t exchange,
                uint32_t message_id, bool encrypted);

/* Ends it, encrypts it under IV, which then holds the IV of what follows. The datagram is in
 * K->scratch. */
struct bytes ike1_seal(const struct ike1_sa *sa, struct isakmp_msg *m, uint8_t *iv);

/* Decrypts IN to K->plain and parses the chain. NEXT_IV: that of the next message. */
MUST_USE enum err ike1_open(struct ike *k, const struct ike1_sa *sa, struct ike1_in *in,
                            const uint8_t *iv, uint8_t *next_iv);

/* Leaves room for a HASH payload, which must be the first; ike1_put_hash fills it. */
void ike1_open_hash(const struct ike1_sa *sa, struct isakmp_msg *m);
uint8_t *ike1_hash_room(const struct isakmp_msg *m);
struct bytes ike1_after_hash(const struct ike1_sa *sa, const struct isakmp_msg *m);

/* The same of a received chain whose first payload is a HASH. */
struct bytes ike1_hash_rest(const struct isakmp_chain *c);
bool ike1_hash_fits(const struct ike1_sa *sa, const struct isakmp_chain *c, const uint8_t *want);

/* In pieces if it is too long and the other side can take them. */
void ike1_send(struct ike *k, const struct ike1_sa *sa, struct bytes datagram);
void ike1_pieces_free(struct ike1_pieces *g); /* NULL is fine */
void ike1_send_again(struct ike *k, const struct ike1_sa *sa, struct ike_resend *r);
void ike_resend_stop(struct ike_resend *r);
void ike_memory_set(struct ike_memory *m, uint64_t request, struct bytes reply);

enum ike1_kind { /* messages whose payloads there are rules for */
                 IKE1_MAIN_1,
                 IKE1_MAIN_2,
                 IKE1_MAIN_3,
                 IKE1_MAIN_4,
                 IKE1_MAIN_5,
                 IKE1_MAIN_6,
                 IKE1_AGGR_1,
                 IKE1_AGGR_2,
                 IKE1_AGGR_3,
                 IKE1_QUICK_1,
                 IKE1_QUICK_2,
                 IKE1_QUICK_3,
                 IKE1_TRANSACTION,
                 IKE1_INFO,
                 IKE1_INFO_CLEAR,
};

/* NULL when the chain has what a message of this kind must have and nothing else; else the reason.
 * CODE: the notify type that describes it. */
const char *ike1_misfit(enum ike1_kind kind, const struct isakmp_chain *c, uint16_t *code);

/* --- IKE SAs (ike1_sa.c) --------------------------------------------------------------------- */

struct ike1_sa *ike1_sa_new(struct ike *k, size_t peer, bool initiator);
void ike1_sa_free(struct ike1_sa *sa);
void ike1_random_cookie(struct ike *k, uint8_t *out);
struct ike1_sa *ike1_best(const struct ike *k, size_t peer); /* to use now; NULL: none is up */
struct ike1_sa *ike1_negotiating(const struct ike *k, size_t peer); /* that we began */

/* The peer that client ADDR of GROUP is, a new one if need be, in the place of one of whom nothing
 * is left. ERR_NOSPACE. */
MUST_USE enum err ike_remote_of(struct ike *k, size_t group, const struct ip_addr *addr,
                                size_t *peer);
/* Fills what an output says of remote access. */
void ike1_fill_remote(const struct ike *k, const struct ike1_sa *sa, struct ike_out *o);

/* Established: says so, settles who supersedes whom, begins what waited for it. */
void ike1_came_up(struct ike *k, struct ike1_sa *sa);

/* Ends and frees SA; its pairs move to another one with the peer or go too. TELL: sends Delete. */
void ike1_go_down(struct ike *k, struct ike1_sa *sa, enum ike_end end, bool tell);

/* INITIAL-CONTACT came with SA: what was up with its peer before is gone there. */
void ike1_initial_contact(struct ike *k, struct ike1_sa *sa);

bool ike1_was_seen(const struct ike1_sa *sa, uint32_t message_id);
void ike1_saw(struct ike1_sa *sa, uint32_t message_id);
void ike1_heard(struct ike *k, struct ike1_sa *sa);

/* --- pairs (ike_child.c) --------------------------------------------------------------------- */

void ike_child_up(struct ike *k, struct ike1_sa *sa, struct ike1_quick *q);
void ike_child_down(struct ike *k, struct ike_child *c, enum ike_end end, bool tell);
struct ike_child *ike_child_by_in(const struct ike *k, uint32_t in_spi);
struct ike_child *ike_child_current(const struct ike *k, size_t peer, size_t policy,
                                    const struct ike_selector *s);
uint32_t ike_new_spi(struct ike *k);
void ike_fill_child(const struct ike *k, const struct ike_child *c, struct ike_out *o);

/* --- time (ike1_timers.c) -------------------------------------------------------------------- */

void ike1_input(struct ike *k, const struct endpoint *from, const struct endpoint *to,
                struct bytes datagram);
void ike1_tick(struct ike *k);
struct mono ike1_next_deadline(const struct ike *k);

/* When to rekey what lives from UP to HARD. */
struct mono ike_soft(const struct ike_peer_config *p, bool initiator, struct mono up,
                     struct mono hard);
struct mono ike_hard(struct mono up, uint64_t seconds);

#endif
