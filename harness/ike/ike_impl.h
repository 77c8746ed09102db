/* The engine as its own files see it. For ike/ only; others use ike/ike.h.
 *
 * Three kinds of records: `struct sa`, an IKE SA from its first message on; `struct qm`, a quick
 * mode under way, on its SA; `struct child`, an IPsec SA pair. Children belong to the peer, not to
 * one IKE SA: in IKEv1 they outlive the SA that made them as long as another one stands (RFC 2409,
 * 9). */
#ifndef IKE_IKE_IMPL_H
#define IKE_IKE_IMPL_H

#include "base/buf.h"
#include "base/wheel.h"
#include "crypto/dh.h"
#include "crypto/ikev1_keys.h"
#include "ike/ike.h"
#include "wire/isakmp.h"

#define LOG_MODULE "ike"

#define NONCE_MAX     256 /* RFC 2409, 5: 8 to 256 bytes */
#define NONCE_LEN     20
#define SA_BODY_MAX   2048 /* an offer longer than this is hostile */
#define HALF_OPEN_MAX 64   /* main modes others began and did not finish */
#define QMS_MAX       64   /* quick modes of one IKE SA at a time */
#define SEEN_IDS      128
#define CHILDREN_MAX  4096 /* of one endpoint */

/* Retransmission of a request: after 1, 2, 4, 8 ... s, given up after the last. */
#define RETRY_FIRST SPAN_S(1)
#define RETRY_MOST  SPAN_S(8)
#define RETRY_TRIES 6
/* An exchange that the other side leaves hanging. */
#define HALF_OPEN_LIFE SPAN_S(30)
/* The pair that was replaced still opens what is under way; then it is deleted. */
#define OLD_CHILD_GRACE SPAN_S(2)
/* How long a finished quick mode answers what comes again. */
#define QM_LINGER SPAN_S(30)
/* A rekeying that failed is tried again. */
#define REKEY_AGAIN SPAN_S(10)

enum timer_kind { TIMER_SA, TIMER_QM, TIMER_CHILD };

struct ike_timer {
    struct timer timer;
    enum timer_kind kind;
};

/* A request or answer that may have to be sent again, and what it answered. */
struct flight {
    uint8_t *sent;
    size_t sent_len;
    uint8_t answered[DIGEST_MAX]; /* digest of the message `sent` answered */
    bool has_answered;
    unsigned tries;
    struct span wait;
    struct mono due; /* MONO_NEVER: not repeated by itself */
};

enum sa_state { /* what we wait for */
                SA_WAIT_MM1,
                SA_WAIT_MM2,
                SA_WAIT_MM3,
                SA_WAIT_MM4,
                SA_WAIT_MM5,
                SA_WAIT_MM6,
                SA_ESTABLISHED,
};

struct qm;

struct sa {
    struct ike_timer timer;
    struct sa *prev, *next;
    uint32_t number;
    size_t peer; /* index into cfg->peers */
    bool initiator, rekey;
    uint32_t replaces; /* initiator of a rekeying: the SA it set out to replace */
    bool replaced;     /* a newer one stands; never chosen for new exchanges */
    enum sa_state state;
    struct endpoint local, remote;
    uint8_t cookie_i[ISAKMP_COOKIE_LEN], cookie_r[ISAKMP_COOKIE_LEN];
    struct ike_suite suite;
    bool peer_does_dpd;
    bool auth_suspect; /* what should have proved the peer did not even open: another key? */

    uint8_t *offer; /* SAi_b */
    size_t offer_len;
    struct dh *dh;
    uint8_t public[DH_PUBLIC_MAX], peer_public[DH_PUBLIC_MAX];
    uint8_t nonce_i[NONCE_MAX], nonce_r[NONCE_MAX];
    size_t nonce_i_len, nonce_r_len;
    struct ikev1_keys keys;
    uint8_t key[CIPHER_KEY_MAX];
    struct cipher *cipher;
    uint8_t iv[CIPHER_BLOCK_MAX]; /* of the next message of phase 1; then its last block */

    struct flight flight;
    struct mono born; /* established; before that: begun */
    struct mono soft, hard;
    bool rekeying;
    uint32_t lower_life_s; /* told to the initiator in the sixth message; 0: nothing to tell */

    struct mono heard; /* last sign of life */
    struct mono probe; /* next R-U-THERE; MONO_NEVER: none */
    unsigned probes;   /* sent since `heard` */
    uint32_t probe_seq, peer_probe_seq;
    bool has_peer_probe_seq;

    struct qm *qms;
    size_t nqms;
    uint32_t seen_ids[SEEN_IDS]; /* message ids of finished exchanges: none is taken twice */
    size_t nseen;                /* in all; the ring holds the last ones */
};

struct qm {
    struct ike_timer timer;
    struct sa *sa;
    struct qm *next;
    uint32_t message_id;
    bool initiator;
    bool done;     /* initiator: all was said; kept for a while to say the third message again */
    size_t policy; /* index into cfg->policies */
    uint32_t old_in_spi;
    uint32_t in_spi, out_spi;
    struct ike_selector selector;
    struct ike_esp_suite suite;
    struct dh *dh;
    uint8_t peer_public[DH_PUBLIC_MAX];
    uint16_t peer_group; /* 0: no KE came */
    uint8_t nonce_i[NONCE_MAX], nonce_r[NONCE_MAX];
    size_t nonce_i_len, nonce_r_len;
    uint8_t iv[CIPHER_BLOCK_MAX];
    struct flight flight;
    struct mono dies;
};

struct child {
    struct ike_timer timer;
    struct child *prev, *next;
    size_t peer, policy;
    uint32_t ike; /* number of the SA that made it */
    uint32_t in_spi, out_spi;
    struct ike_selector selector;
    struct ike_esp_suite suite;
    bool initiator;
    bool replaced; /* a successor is up */
    bool ours_to_delete;
    struct mono soft, hard;
};

struct out_node {
    struct out_node *next;
    struct ike_out out;
    uint8_t *data;
};

struct ike {
    const struct ike_config *cfg;
    const struct clock *clk;
    struct rng *rng;
    const struct log *log;
    struct wheel wheel;
    struct sa *sas; /* newest first */
    size_t half_open;
    struct child *children; /* newest first */
    size_t nchildren;
    bool *wanted; /* by policy: to be negotiated once phase 1 stands */
    struct out_node *first, *last, *taken;
    uint32_t last_number;
    uint8_t plain[IKE_DATAGRAM_MAX];
};

static inline struct mono ike_now(const struct ike *k)
{
    return clock_now(k->clk);
}

static inline const struct ike_peer_config *sa_peer(const struct ike *k, const struct sa *sa)
{
    return &k->cfg->peers[sa->peer];
}

/* ike_out.c: outputs, in order. Secrets in them are wiped when they were taken. */
struct ike_out *out_add(struct ike *k, enum ike_out_kind kind);
void out_send(struct ike *k, const struct sa *sa, struct bytes datagram);
struct ike_out *out_fact(struct ike *k, enum ike_fact fact, const struct ip_addr *peer);
void out_drop_all(struct ike *k);

/* ike_flight.c: sending again. */
void flight_release(struct flight *f);
/* Keeps MESSAGE as what was sent last. REPEAT: it is a request, sent again until answered. */
void flight_set(struct ike *k, struct flight *f, struct bytes message, bool repeat);
void flight_stop(struct flight *f); /* it was answered */
/* Notes which MESSAGE was answered by what is sent next. */
void flight_note(struct flight *f, struct bytes message);
bool flight_was_answered(const struct flight *f, struct bytes message);
/* F is due: sends it again; false when it has been sent often enough. */
bool flight_repeat(struct ike *k, const struct sa *sa, struct flight *f);

/* ike_message.c: headers, encryption, hashes. */
struct message { /* being written */
    struct wr w;
    struct isakmp_put put;
    uint8_t bytes[IKE_DATAGRAM_MAX];
};
void message_begin(struct message *m, const struct sa *sa, uint8_t exchange, uint32_t message_id);
struct bytes message_end(struct message *m); /* empty when it did not fit */
/* Pads, encrypts with IV (one block, which becomes the last ciphertext block), ends. */
struct bytes message_seal(struct message *m, const struct sa *sa, uint8_t *iv);
/* Room for a HASH payload, filled by message_hash. */
void message_open_hash(struct message *m, const struct sa *sa);
struct bytes message_after_hash(const struct message *m, const struct sa *sa);
void message_fill_hash(struct message *m, const struct sa *sa, const uint8_t *hash);
/* Decrypts H's body into k->plain with IV, which is left as it is; *LAST: its last ciphertext
 * block.
 */
MUST_USE enum err message_open(struct ike *k, const struct sa *sa, const struct isakmp_hdr *h,
                               const uint8_t *iv, struct isakmp_chain *chain, uint8_t *last);
/* The payloads of an opened message behind its HASH payload, which must be the first. */
MUST_USE enum err message_hash_parts(const struct sa *sa, const struct isakmp_chain *c,
                                     struct bytes *hash, struct bytes *rest);
void message_phase2_iv(const struct sa *sa, uint32_t message_id, uint8_t *iv);
size_t sa_hash_len(const struct sa *sa);

/* ike_proposal.c */
void proposal_put_phase1(struct isakmp_put *put, const struct ike_suite *suites, size_t n);
MUST_USE enum err proposal_choose_phase1(struct bytes sa_body, const struct ike_peer_config *peer,
                                         struct ike_suite *chosen, struct bytes *transform,
                                         uint8_t *proposal_number);
/* The answer: one proposal with one transform as it was offered. */
void proposal_put_chosen(struct isakmp_put *put, uint8_t number, uint8_t protocol, uint32_t spi,
                         struct bytes transform);
void proposal_put_phase2(struct isakmp_put *put, const struct ike_policy *policy, uint32_t spi);
MUST_USE enum err proposal_choose_phase2(struct bytes sa_body, const struct ike_policy *policy,
                                         uint16_t group, struct ike_esp_suite *chosen,
                                         uint32_t *spi, struct bytes *transform,
                                         uint8_t *proposal_number);

/* ike_sa.c: the life of an IKE SA. */
struct sa *sa_new(struct ike *k, size_t peer, bool initiator);
void sa_arm(struct ike *k, struct sa *sa); /* sets the timer to the earliest deadline */
void sa_established(struct ike *k, struct sa *sa);
struct sa *sa_of_peer(const struct ike *k, size_t peer); /* the one to speak on; NULL */
struct sa *sa_find(const struct ike *k, const struct isakmp_hdr *h, const struct endpoint *from);
void sa_heard(struct ike *k, struct sa *sa);
void sa_timer(struct ike *k, struct sa *sa);
/* Ends it; children go with it when no other SA with the peer stands. */
void sa_end(struct ike *k, struct sa *sa, enum ike_end end);
void sa_discard(struct ike *k, struct sa *sa); /* without a word */
bool sa_has_seen(const struct sa *sa, uint32_t message_id);
void sa_note_seen(struct sa *sa, uint32_t message_id);
bool peer_find(const struct ike *k, const struct ip_addr *addr, size_t *out);

/* ike_main.c */
MUST_USE enum err main_start(struct ike *k, size_t peer, uint32_t replaces);
void main_input(struct ike *k, struct sa *sa, const struct isakmp_hdr *h,
                const struct endpoint *from, const struct endpoint *to, struct bytes datagram);

/* ike_quick.c */
void quick_start(struct ike *k, struct sa *sa, size_t policy, uint32_t old_in_spi);
void quick_input(struct ike *k, struct sa *sa, const struct isakmp_hdr *h, struct bytes datagram);
/* Keeps the third message of the initiator, or ends the responder's waiting. */
void quick_done(struct ike *k, struct qm *q, struct bytes last_message);
struct qm *quick_new(struct ike *k, struct sa *sa, size_t policy, uint32_t message_id);
void quick_arm(struct ike *k, struct qm *q);
void quick_put_ids(struct isakmp_put *put, const struct ike_selector *s, bool local_first);
MUST_USE enum err quick_take_ke(struct qm *q, const struct isakmp_chain *c);
MUST_USE enum err quick_shared(struct ike *k, const struct qm *q, uint8_t *out, size_t *n);
void quick_timer(struct ike *k, struct qm *q);
void quick_end(struct ike *k, struct qm *q, enum ike_end end);
void quick_free(struct ike *k, struct qm *q);
bool quick_is_under_way(const struct ike *k, size_t policy);

/* ike_quick_answer.c: the responder's first step. */
void quick_answer(struct ike *k, struct sa *sa, const struct isakmp_hdr *h, struct bytes datagram);

/* ike_child.c */
void child_made(struct ike *k, struct qm *q);
void child_end(struct ike *k, struct child *c, enum ike_end end);
void child_timer(struct ike *k, struct child *c);
struct child *child_by_in_spi(const struct ike *k, uint32_t in_spi);
struct child *child_by_out_spi(const struct ike *k, size_t peer, uint32_t out_spi);
struct child *child_of_policy(const struct ike *k, size_t policy); /* newest, not replaced */
void child_free(struct ike *k, struct child *c);
uint32_t child_new_spi(struct ike *k);
MUST_USE enum err child_rekey(struct ike *k, struct child *c);

/* ike_info.c */
void info_input(struct ike *k, struct sa *sa, const struct isakmp_hdr *h);
void info_notify(struct ike *k, struct sa *sa, const struct isakmp_notify *n);
void info_delete_sa(struct ike *k, struct sa *sa);
void info_delete_child(struct ike *k, const struct child *c);
void info_probe(struct ike *k, struct sa *sa);
void info_refuse_quick(struct ike *k, struct sa *sa, uint16_t type, uint32_t spi);
void info_refuse_clear(struct ike *k, const struct sa *sa, uint16_t type);

#endif
