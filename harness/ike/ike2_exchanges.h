/* The exchanges of IKEv2, for the files of the IKE endpoint. */
#ifndef IKE_IKE2_EXCHANGES_H
#define IKE_IKE2_EXCHANGES_H

#include "ike/ike2_parts.h"

/* --- tables (ike2_table.c) ------------------------------------------------------------------- */

void ike2_table_init(struct ike *k);
void ike2_table_release(struct ike2 *v);
const uint8_t *ike2_our_spi(const struct ike2_sa *sa);
struct ike2_sa *ike2_sa_by_spi(const struct ike *k, const uint8_t *spi); /* ours */
void ike2_table_add_sa(struct ike *k, struct ike2_sa *sa);
void ike2_table_drop_sa(struct ike *k, struct ike2_sa *sa);
struct ike2_sa *ike2_sas_of(const struct ike *k, size_t peer); /* newest; the others by ->next */
struct ike2_sa *ike2_sa_by_first(const struct ike *k, const uint8_t *spi_i,
                                 const struct ip_addr *addr);
/* Begun by the other side: found by its first message as long as it lives, so that this one coming
 * late begins no other; counted until IKE_AUTH. */
void ike2_list_first(struct ike *k, struct ike2_sa *sa);
void ike2_not_half_open(struct ike *k, struct ike2_sa *sa);
struct ike2_child *ike2_child_by_in(const struct ike *k, uint32_t in_spi);
void ike2_table_add_child(struct ike *k, struct ike2_child *c);
void ike2_table_drop_child(struct ike *k, struct ike2_child *c);
bool ike2_is_v2(const struct ike *k, size_t peer);
bool ike2_peer_by_addr(const struct ike *k, const struct ip_addr *addr, size_t *peer);
bool ike2_policy_by_id(const struct ike *k, uint32_t id, size_t *policy);

/* --- messages (ike2_message.c) --------------------------------------------------------------- */

struct ike2_in { /* a datagram as far as it is understood */
    struct bytes datagram;
    struct endpoint from, to;
    struct isakmp_hdr hdr;
    uint64_t hash;      /* of the datagram; of a message in fragments: of the first one */
    struct bytes clear; /* empty: not whole yet */
    struct ikev2_chain chain;
    /* what becomes of the SA once a request is answered */
    bool ends;
    enum ike_end end;
};

static inline const struct ike_peer_config *ike2_config(const struct ike *k,
                                                        const struct ike2_sa *sa)
{
    return ike_peer_at(k, sa->peer);
}

static inline const struct ike_quirks *ike2_quirks(const struct ike *k)
{
    static const struct ike_quirks none;

    return k->cfg->quirks ? k->cfg->quirks : &none;
}

/* Begins a message in the clear in K->scratch. */
void ike2_begin(struct ike *k, const struct ike2_sa *sa, struct isakmp_msg *m, uint8_t exchange,
                uint32_t id, bool response);

/* Ends and seals it, in fragments if need be. PACKETS: what ike2_send_packets takes. */
MUST_USE enum err ike2_seal_all(struct ike *k, struct ike2_sa *sa, struct isakmp_msg *m,
                                struct owned *packets);
void ike2_pack_clear(struct bytes datagram, struct owned *packets); /* of IKE_SA_INIT */
void ike2_send_packets(struct ike *k, const struct endpoint *from, const struct endpoint *to,
                       const struct owned *packets);

/* Decrypts IN to K->plain. ERR_OK with an empty IN->clear: a fragment; others are to come. */
MUST_USE enum err ike2_open_in(struct ike *k, struct ike2_sa *sa, struct ike2_in *in);
/* One out of the window: is it authentic? */
MUST_USE enum err ike2_check_in(struct ike *k, struct ike2_sa *sa, const struct ike2_in *in);
MUST_USE enum err ike2_parse_in(struct ike2_in *in); /* the chain in IN->clear */

bool ike2_has(const struct ike2_in *in, uint16_t notify);
struct bytes ike2_body(const struct ike2_in *in, uint8_t type); /* empty: not there */
uint16_t ike2_error_in(const struct ike2_in *in);               /* 0: no error notify */
void ike2_put_notify(struct isakmp_msg *m, uint16_t type, struct bytes data);
void ike2_put_group(struct isakmp_msg *m, uint16_t group); /* INVALID_KE_PAYLOAD */

/* --- what is said (ike2_out.c) --------------------------------------------------------------- */

struct ike_out *ike2_fact(struct ike *k, const struct ike2_sa *sa, enum ike_fact fact,
                          unsigned phase);
void ike2_malformed(struct ike *k, const struct ike2_sa *sa, uint16_t code, const char *why);
/* An error notify: that we gave, or (INITIATOR) that we were given. */
void ike2_refused(struct ike *k, const struct ike2_sa *sa, unsigned phase, uint16_t code,
                  bool initiator);
void ike2_say_ike(struct ike *k, const struct ike2_sa *sa, enum ike_out_kind kind, enum ike_end end,
                  bool attempt);
void ike2_say_moved(struct ike *k, const struct ike2_sa *sa);
void ike2_say_attempt(struct ike *k, const struct ike2_sa *sa, const struct ike2_ask *a,
                      enum ike_end end); /* a pair that did not come to be */

/* IN could not be opened: E. */
void ike2_bad_auth(struct ike *k, const struct ike2_sa *sa, const struct ike2_in *in, enum err e);

/* --- proposals (ike2_offer.c) ---------------------------------------------------------------- */

/* SPI: our new one, when an IKE SA is rekeyed; else empty. */
void ike2_put_offer(struct isakmp_msg *m, const struct ike_peer_config *p, struct bytes spi);
void ike2_put_choice(struct isakmp_msg *m, uint8_t number, const struct ike_suite *s,
                     struct bytes spi);

struct ike2_choice {
    uint8_t number; /* of the proposal */
    struct bytes spi;
    struct ike_suite suite;
    struct ike_esp_suite esp;
};

/* Our most preferred suite that the offer in BODY holds. ANSWER: it is the answer to our own offer
 * and must hold one choice only. ERR_NOTFOUND, ERR_FORMAT. */
MUST_USE enum err ike2_choose(const struct ike_peer_config *p, struct bytes body, bool answer,
                              struct ike2_choice *out);

/* PFS false: in IKE_AUTH, where there is no exchange of keys. */
void ike2_esp_put_offer(struct isakmp_msg *m, const struct ike_policy *p, uint32_t spi, bool pfs);
void ike2_esp_put_choice(struct isakmp_msg *m, uint8_t number, const struct ike_esp_suite *s,
                         uint32_t spi, bool pfs);
MUST_USE enum err ike2_esp_choose(const struct ike_policy *p, struct bytes body, bool answer,
                                  bool pfs, struct ike2_choice *out);

bool ike2_has_group(const struct ike_peer_config *p, uint16_t group);

/* --- traffic selectors (ike2_ts.c) ----------------------------------------------------------- */

void ike2_put_ts(struct isakmp_msg *m, const struct ike_selector *s, bool initiator);

/* What of the two payloads lies within OURS: *OUT. OUR_TS and THEIR_TS are bodies. *RANK: how well;
 * higher is better. ERR_NOTFOUND: nothing; ERR_FORMAT. */
MUST_USE enum err ike2_narrow(struct bytes our_ts, struct bytes their_ts,
                              const struct ike_selector *ours, struct ike_selector *out, int *rank);
enum {
    IKE2_RANK_PART,  /* some of what was asked for, and of ours */
    IKE2_RANK_ASKED, /* as asked for; ours is more */
    IKE2_RANK_OURS,  /* as ours; what was asked for is more */
    IKE2_RANK_EXACT,
};

/* The policy of SA's peer that fits best. ERR_NOTFOUND: TS_UNACCEPTABLE. */
MUST_USE enum err ike2_policy_for(const struct ike *k, const struct ike2_sa *sa,
                                  const struct ike2_in *in, size_t *policy,
                                  struct ike_selector *out, int *rank);
/* What was asked for first, as far as it can be told; for a report. */
void ike2_first_ts(const struct ike2_in *in, struct ike_selector *out);

/* --- IKE SAs (ike2_sa.c) --------------------------------------------------------------------- */

/* An SPI that is NULL: of ours, a new one; of the other side, not known yet. */
struct ike2_sa *ike2_sa_new(struct ike *k, size_t peer, bool initiator, const uint8_t *spi_i,
                            const uint8_t *spi_r);
void ike2_random_spi(struct ike *k, uint8_t *out);
void ike2_sa_free(struct ike *k, struct ike2_sa *sa);        /* out of all tables; says nothing */
struct ike2_sa *ike2_best(const struct ike *k, size_t peer); /* to use now; NULL: none is up */
struct ike2_sa *ike2_negotiating(const struct ike *k, size_t peer); /* that we began */
MUST_USE enum err ike2_make_crypts(struct ike2_sa *sa);             /* from its keys */
void ike2_came_up(struct ike *k, struct ike2_sa *sa);
void ike2_end_negotiation(struct ike *k, struct ike2_sa *sa); /* what IKE_AUTH needed goes */
void ike2_go_down(struct ike *k, struct ike2_sa *sa, enum ike_end end); /* ends and frees */
/* The owner is told that it is down; a Delete goes to the other side, behind what is under way. */
void ike2_close(struct ike *k, struct ike2_sa *sa, enum ike_end end);
void ike2_initial_contact(struct ike *k, struct ike2_sa *sa);
void ike2_half_release(struct ike2_half *h);
void ike2_move_children(struct ike2_sa *from, struct ike2_sa *to);
/* Duplicates of the same peer's: which one goes. */
void ike2_settle_crossed(struct ike *k, struct ike2_sa *sa);

/* --- requests of ours (ike2_task.c) ---------------------------------------------------------- */

struct ike2_task *ike2_want(struct ike *k, struct ike2_sa *sa, enum ike2_kind kind);
bool ike2_wants(const struct ike2_sa *sa, enum ike2_kind kind, uint32_t spi);
void ike2_task_free(struct ike2_task *t);
void ike2_forget_tasks(struct ike2_sa *sa);
/* Begins the next request if none is under way. */
void ike2_pump(struct ike *k, struct ike2_sa *sa);
/* Begins M, the request of KIND; ike2_ask_send seals and sends it. */
void ike2_ask_begin(struct ike *k, struct ike2_sa *sa, struct isakmp_msg *m, enum ike2_kind kind,
                    uint8_t exchange);
void ike2_ask_send(struct ike *k, struct ike2_sa *sa, struct isakmp_msg *m);
void ike2_ask_again(struct ike *k, struct ike2_sa *sa); /* sends what there is */
void ike2_ask_release(struct ike *k, struct ike2_sa *sa, bool answered);
void ike2_ask_done(struct ike *k, struct ike2_sa *sa); /* answered: the window moves on */
void ike2_let_go(struct ike *k, struct ike2_sa *sa, enum ike_cross when);
/* Wants of SA's peer become tasks. */
void ike2_serve_wants(struct ike *k, struct ike2_sa *sa);

/* --- pairs (ike2_child.c) -------------------------------------------------------------------- */

struct ike2_made { /* a pair that two sides have agreed on */
    size_t policy;
    struct ike_selector selector;
    struct ike_esp_suite suite;
    uint32_t in_spi, out_spi, old_in_spi;
    uint32_t message_id;
    bool initiator, transport;
    struct bytes nonce_i, nonce_r, shared;
};

struct ike2_child *ike2_child_up(struct ike *k, struct ike2_sa *sa, const struct ike2_made *m);
void ike2_child_down(struct ike *k, struct ike2_child *c, enum ike_end end); /* and frees */
/* Tells the owner; the record stays until the Delete is answered. */
void ike2_child_close(struct ike *k, struct ike2_child *c, enum ike_end end, bool quiet);
struct ike2_child *ike2_child_by_out(const struct ike2_sa *sa, uint32_t out_spi);
struct ike2_child *ike2_child_current(const struct ike *k, size_t peer, size_t policy);
/* Whether a pair for POLICY is there already; on an SA that takes the place of another: on it. */
bool ike2_carries(const struct ike *k, const struct ike2_sa *sa, size_t policy);
void ike2_rekey_child(struct ike *k, struct ike2_child *c);
void ike2_disown(struct ike *k, struct ike2_sa *sa, uint32_t in_spi);
uint32_t ike2_new_spi(struct ike *k);
void ike2_fill_child(const struct ike *k, const struct ike2_child *c, struct ike_out *o);
void ike2_child_arm(struct ike *k, struct ike2_child *c);

/* --- exchanges ------------------------------------------------------------------------------- */

/* IKE_SA_INIT (ike2_init_i.c, ike2_init_r.c) */
struct ike2_sa *ike2_init_begin(struct ike *k, size_t peer, bool rekey);
void ike2_init_answered(struct ike *k, struct ike2_sa *sa, struct ike2_in *in);
void ike2_init_respond(struct ike *k, struct ike2_in *in);
void ike2_put_common(struct ike *k, const struct ike2_sa *sa, struct isakmp_msg *m);
void ike2_note_common(struct ike *k, struct ike2_sa *sa, const struct ike2_in *in);
enum ike2_nonce_of {
    IKE2_NONCE_FIRST, /* IKE_SA_INIT, which cannot collide */
    IKE2_NONCE_ASKS,  /* CREATE_CHILD_SA */
    IKE2_NONCE_ANSWERS,
};
void ike2_new_nonce(struct ike *k, struct owned *out, enum ike2_nonce_of what);
void ike2_put_ke(struct isakmp_msg *m, uint16_t group, const struct dh *dh);

/* IKE_AUTH (ike2_auth_i.c, ike2_auth_r.c, ike2_proof.c) */
void ike2_auth_begin(struct ike *k, struct ike2_sa *sa);
MUST_USE bool ike2_auth_answered(struct ike *k, struct ike2_sa *sa, struct ike2_in *in);
void ike2_auth_respond(struct ike *k, struct ike2_sa *sa, struct ike2_in *in, struct isakmp_msg *m);
/* Our ID and AUTH payloads; whether theirs fit (else why not). */
void ike2_put_proof(struct ike *k, struct ike2_sa *sa, struct isakmp_msg *m, bool with_auth);
const char *ike2_proof_misfit(const struct ike *k, const struct ike2_sa *sa,
                              const struct ike2_in *in);

/* CREATE_CHILD_SA (ike2_create_i.c, ike2_create_r.c, ike2_rekey.c) */
void ike2_create_begin(struct ike *k, struct ike2_sa *sa, const struct ike2_task *t);
void ike2_create_answered(struct ike *k, struct ike2_sa *sa, struct ike2_in *in);
void ike2_create_respond(struct ike *k, struct ike2_sa *sa, struct ike2_in *in,
                         struct isakmp_msg *m);
/* What of a pair both IKE_AUTH and CREATE_CHILD_SA have: the request's payloads; the answer to
 * them; taking the answer. HALF: NULL in IKE_AUTH. */
void ike2_put_child(struct ike *k, struct ike2_sa *sa, struct isakmp_msg *m, bool pfs);
MUST_USE uint16_t ike2_answer_child(struct ike *k, struct ike2_sa *sa, struct ike2_in *in,
                                    struct isakmp_msg *m, const struct ike2_child *old,
                                    struct ike2_child **made);
MUST_USE uint16_t ike2_take_child(struct ike *k, struct ike2_sa *sa, struct ike2_in *in,
                                  struct ike2_child **made);
/* Puts the error notify that refuses; GROUP: of INVALID_KE_PAYLOAD. */
void ike2_refuse(struct ike *k, struct ike2_sa *sa, struct isakmp_msg *m, unsigned phase,
                 uint16_t code, uint16_t group);
void ike2_rekey_begin(struct ike *k, struct ike2_sa *sa, const struct ike2_task *t);
void ike2_rekey_overtaken(struct ike *k, struct ike2_sa *sa);
void ike2_rekey_answered(struct ike *k, struct ike2_sa *sa, struct ike2_in *in);
void ike2_rekey_respond(struct ike *k, struct ike2_sa *sa, struct ike2_in *in,
                        struct isakmp_msg *m);

/* INFORMATIONAL (ike2_info.c) */
void ike2_info_begin(struct ike *k, struct ike2_sa *sa, const struct ike2_task *t);
/* True when SA was freed. */
MUST_USE bool ike2_info_answered(struct ike *k, struct ike2_sa *sa, struct ike2_in *in);
void ike2_info_respond(struct ike *k, struct ike2_sa *sa, struct ike2_in *in, struct isakmp_msg *m);

/* What no honest endpoint does (ike2_odd.c) */
/* Says that IPsec SAs are gone, and keeps them: SPIS, four bytes each; empty: the IKE SA itself.
 * False: no IKE SA with PEER is up. */
bool ike2_say_delete(struct ike *k, const struct ip_addr *peer, struct bytes spis);
void ike2_put_said(struct ike *k, const struct ike2_sa *sa, struct isakmp_msg *m,
                   const struct ike2_task *t);
/* Whether requests for pairs are refused with CODE, whatever they ask for (see ike_quirks). */
bool ike2_refuses_with(const struct ike *k, uint16_t code);
/* Of what S holds the upper half of our side, where our hosts are not. */
void ike2_halve(const struct ike *k, struct ike_selector *s);

/* Collisions (ike2_collide.c) */
void ike2_rival_set(struct ike2_ask *a, uint32_t spi, struct bytes nonce_i, struct bytes nonce_r);
void ike2_rival_release(struct ike2_rival *r);
/* True: what our exchange has made stays (RFC 7296, 2.8.1). */
bool ike2_ours_stays(const struct ike *k, const struct ike2_ask *a, struct bytes nonce_r);
/* Both have replaced one pair: OURS stays, or RIVAL; NULL: that is gone already. */
void ike2_settle_pairs(struct ike *k, bool stays, struct ike2_child *ours,
                       struct ike2_child *rival);
/* RIVAL is deleted before we know what our own request has made: the old pair is there still. */
void ike2_use_again(struct ike2_sa *sa, struct ike2_child *rival);
struct mono ike2_after_collision(struct ike *k); /* when to try again */
/* Why a request to rekey or create must wait or fail now (RFC 7296, 2.25); 0: go on. */
uint16_t ike2_busy_for_child(const struct ike *k, const struct ike2_sa *sa,
                             const struct ike2_child *old);
uint16_t ike2_busy_for_ike(const struct ike *k, const struct ike2_sa *sa);

/* Addresses (ike2_natt.c, ike2_mobike.c) */
void ike2_put_natd(const struct ike2_sa *sa, struct isakmp_msg *m, const struct endpoint *from,
                   const struct endpoint *to);
/* True when both notifies were there. */
bool ike2_look_natd(struct ike2_sa *sa, const struct ike2_in *in);
bool ike2_udp(const struct ike2_sa *sa);
/* Fresh authentic words came this way. With MOBIKE only an explicit one moves an SA, and who is
 * behind a NAT itself stays (RFC 7296, 2.23). */
void ike2_follow(struct ike *k, struct ike2_sa *sa, const struct endpoint *from,
                 const struct endpoint *to);
bool ike2_follows(const struct ike2_sa *sa); /* so does its ESP */
struct mono ike2_natt_deadline(const struct ike2_sa *sa);
void ike2_natt_tick(struct ike *k, struct ike2_sa *sa);
void ike2_put_address(struct ike2_sa *sa, struct isakmp_msg *m);
void ike2_address_answered(struct ike *k, struct ike2_sa *sa, const struct ike2_in *in);
void ike2_address_respond(struct ike *k, struct ike2_sa *sa, const struct ike2_in *in,
                          struct isakmp_msg *m);
void ike2_put_route(struct ike *k, struct ike2_sa *sa, struct isakmp_msg *m);
MUST_USE bool ike2_route_answered(struct ike *k, struct ike2_sa *sa, const struct ike2_in *in);

/* --- the endpoint ---------------------------------------------------------------------------- */

struct ike2 *ike2_new(struct ike *k);
void ike2_forget(struct ike *k);
void ike2_free(struct ike2 *v);
void ike2_input(struct ike *k, const struct endpoint *from, const struct endpoint *to,
                struct bytes datagram);
void ike2_tick(struct ike *k);
struct mono ike2_next_deadline(const struct ike *k);
void ike2_arm(struct ike *k, struct ike2_sa *sa); /* after whatever may have moved its deadline */

/* What the owner asks for; each is the v2 part of the function of ike.h. */
void ike2_acquire(struct ike *k, size_t policy);
void ike2_delete_ike(struct ike *k, const struct ip_addr *peer, bool tell);
void ike2_delete_children(struct ike *k, const struct ip_addr *peer, bool tell);
void ike2_delete_child(struct ike *k, struct ike2_child *c, bool tell);
bool ike2_rekey_ike(struct ike *k, const struct ip_addr *peer);
void ike2_heard(struct ike *k, struct ike2_sa *sa); /* an authentic message of the peer */
/* In place of SA: a rekeying, or another authentication. */
void ike2_renew(struct ike *k, struct ike2_sa *sa, enum ike_reauth how);
void ike2_alive(struct ike *k, const struct ip_addr *peer);
void ike2_volume(struct ike *k, struct ike2_child *c, bool soft);
void ike2_status(const struct ike *k, struct ike_status *out);

/* --- keys (ike2_keys.c) ---------------------------------------------------------------------- */

/* Of SA, which succeeds OLD unless that is NULL. SHARED: g^ir. */
enum err ike2_make_keys(const struct ike *k, struct ike2_sa *sa, const struct ike2_sa *old,
                        struct bytes shared, struct bytes nonce_i, struct bytes nonce_r);
/* Of the pair that M makes; to be wiped. */
void ike2_child_keys(const struct ike *k, const struct ike2_sa *sa, const struct ike2_made *m,
                     struct ikev2_child_keys *out);

#endif
