/* The exchanges of IKEv1, for the files of the IKE endpoint: main mode, quick mode, informational,
 * and what comes with them. */
#ifndef IKE_IKE1_EXCHANGES_H
#define IKE_IKE1_EXCHANGES_H

#include "ike/ike_offers.h"

/* --- main mode ------------------------------------------------------------------------------- */

void ike1_main_begin(struct ike *k, size_t peer, bool rekey);
void ike1_main_respond(struct ike *k, struct ike1_in *in);                   /* message 1 */
void ike1_main_input(struct ike *k, struct ike1_sa *sa, struct ike1_in *in); /* the others */
void ike1_main_2(struct ike *k, struct ike1_sa *sa, struct ike1_in *in);
void ike1_main_3(struct ike *k, struct ike1_sa *sa, struct ike1_in *in);
void ike1_main_4(struct ike *k, struct ike1_sa *sa, struct ike1_in *in);
void ike1_main_5(struct ike *k, struct ike1_sa *sa, struct ike1_in *in);
void ike1_main_6(struct ike *k, struct ike1_sa *sa, struct ike1_in *in);

void ike1_put_vendors(struct isakmp_msg *m, const struct ike_peer_config *p);
void ike1_note_vendors(const struct ike *k, struct ike1_sa *sa, const struct isakmp_chain *c);
void ike1_put_exchange(struct isakmp_msg *m, struct bytes public_value, struct bytes nonce);
/* Keys from what both sides have sent. ERR_RANGE: the peer's public value is no good. */
MUST_USE enum err ike1_make_keys(const struct ike *k, struct ike1_sa *sa, struct bytes theirs);
void ike1_put_identity(struct ike *k, struct ike1_sa *sa, struct isakmp_msg *m, bool initiator);
/* Checks HASH_I or HASH_R of the other side. */
bool ike1_identity_fits(struct ike1_sa *sa, const struct isakmp_chain *c, bool initiator);
bool ike1_nonce_ok(struct bytes nonce);

void ike1_natt_put_vendors(struct isakmp_msg *m, const struct ike_peer_config *p);
uint16_t ike1_natt_mode(const struct ike1_sa *sa); /* of encapsulation, for quick mode */
void ike1_natt_note_vendor(const struct ike *k, struct ike1_sa *sa, struct bytes vendor);
void ike1_natt_put(const struct ike1_sa *sa, struct isakmp_msg *m);
void ike1_natt_look(struct ike1_sa *sa, const struct ike1_in *in); /* messages 3 and 4 */
void ike1_natt_tick(struct ike *k, struct ike1_sa *sa);
struct mono ike1_natt_deadline(const struct ike1_sa *sa);
/* A negotiation that takes the place of SA's goes where SA has got to (RFC 3947, 4). */
void ike1_natt_begin(const struct ike *k, struct ike1_sa *sa);
/* Authentic words came this way: behind a NAT, ports change. */
void ike1_follow(struct ike *k, struct ike1_sa *sa, const struct endpoint *from,
                 const struct endpoint *to);
bool ike1_follows(const struct ike1_sa *sa);

/* --- fragments (ike1_fragment.c) ------------------------------------------------------------- */

void ike1_fragment_put_vendor(struct isakmp_msg *m, const struct ike_peer_config *p);
void ike1_fragment_note_vendor(const struct ike *k, struct ike1_sa *sa, struct bytes b);

/* Takes the piece that IN is. WHOLE: the message in OUT, if this was the last one missing; else
 * empty. NULL, or why it is no good. What is gathered never has more than CAP bytes and a piece. */
const char *ike1_fragment_input(const struct ike *k, struct ike1_sa *sa, struct ike1_in *in,
                                void *out, size_t cap, struct bytes *whole);

/* A set of pieces, made and freed as need be: *GATHERED begins as NULL. A piece that contradicts
 * what is gathered begins another message; a duplicate changes nothing. ERR_RANGE: more pieces or
 * bytes than we take; what was gathered is dropped if it is bytes. */
MUST_USE enum err ike1_pieces_add(struct ike1_pieces **gathered, const struct isakmp_fragment *f,
                                  void *out, size_t cap, struct bytes *whole);

/* --- aggressive mode ------------------------------------------------------------------------- */

/* Phase 1 with PEER, in the mode that its configuration says. */
void ike1_phase1_begin(struct ike *k, size_t peer, bool rekey);
void ike1_aggr_begin(struct ike *k, size_t peer, bool rekey);
void ike1_aggr_respond(struct ike *k, struct ike1_in *in);                   /* message 1 */
void ike1_aggr_input(struct ike *k, struct ike1_sa *sa, struct ike1_in *in); /* the others */

/* Clear messages of phase 1: the chain, what KIND must have, and nothing behind it. */
bool ike1_parse_clear(struct ike *k, struct ike1_sa *sa, struct ike1_in *in, enum ike1_kind kind);
void ike1_refuse_first(struct ike *k, const struct ike1_in *in, enum ike_fact fact, uint16_t code,
                       const char *why);
/* Message 1 as far as it can be judged without knowing the peer. False: refused. */
bool ike1_parse_first(struct ike *k, struct ike1_in *in, enum ike1_kind kind,
                      struct isakmp_sa *offer);
/* Bounds what strangers can make us remember. */
void ike1_make_room(struct ike *k, size_t peer);
void ike1_put_lifetime(struct ike1_sa *sa, struct isakmp_msg *m);
bool ike1_says_initial_contact(const struct isakmp_chain *c);
void ike1_put_initial_contact(const struct ike *k, const struct ike1_sa *sa, struct isakmp_msg *m);
bool ike1_take_choice(struct ike *k, struct ike1_sa *sa, const struct isakmp_chain *c);
/* Responder: nonces, public values and keys from what message 1 or 3 brought. */
bool ike1_respond_keys(struct ike *k, struct ike1_sa *sa, struct bytes ke, struct bytes nonce);
void ike1_answer_phase1(struct ike *k, struct ike1_sa *sa, const struct ike1_in *in,
                        struct bytes datagram);

/* The identity that K shows in phase 1: its group's name or its address. */
struct bytes ike1_own_id(const struct ike *k, const struct ike1_sa *sa, uint8_t *buf, size_t cap);
/* HASH_I or HASH_R over ID. */
void ike1_identity_hash(const struct ike1_sa *sa, bool initiator, struct bytes id, uint8_t *out);

/* --- XAUTH and mode-config ------------------------------------------------------------------- */

/* Phase 1 is through: the user, mode-config, or up at once. */
void ike1_authenticated(struct ike *k, struct ike1_sa *sa);
void ike1_transaction_input(struct ike *k, struct ike1_sa *sa, struct ike1_in *in);
/* An answer of the other side that is due, or the end. True when SA was freed. */
bool ike1_transaction_tick(struct ike *k, struct ike1_sa *sa);
struct mono ike1_transaction_deadline(const struct ike1_sa *sa);

/* Writes the attributes of a message; C: of the one that is answered, or NULL. */
typedef void ike1_put_attributes(const struct ike *k, const struct ike1_sa *sa,
                                 const struct isakmp_cfg *c, struct wr *w);

/* Begins a transaction: REQUEST or SET. */
void ike1_ask(struct ike *k, struct ike1_sa *sa, uint8_t type, ike1_put_attributes *put);

struct ike1_question { /* of the other side, as far as the answer needs it */
    uint32_t message_id;
    uint16_t id;
    uint64_t hash;
    const uint8_t *iv;
    const struct isakmp_cfg *cfg; /* NULL: answered later */
};
/* Answers one: REPLY or ACK. */
void ike1_reply(struct ike *k, struct ike1_sa *sa, const struct ike1_question *q, uint8_t type,
                ike1_put_attributes *put);

/* XAUTH: the server asks, the client answers and is told how it went. Each may free SA. */
void ike1_login_begin(struct ike *k, struct ike1_sa *sa);
void ike1_login_question(struct ike *k, struct ike1_sa *sa, const struct ike1_question *q);
void ike1_login_answer(struct ike *k, struct ike1_sa *sa, const struct isakmp_cfg *c);

/* Mode-config: the client asks. Each may free SA. */
void ike1_config_begin(struct ike *k, struct ike1_sa *sa);
void ike1_config_question(struct ike *k, struct ike1_sa *sa, const struct ike1_question *q);
void ike1_config_answer(struct ike *k, struct ike1_sa *sa, const struct isakmp_cfg *c);

/* --- quick mode ------------------------------------------------------------------------------ */

/* Begins one for POLICY. OLD: the pair to succeed, or NULL. */
void ike1_quick_begin(struct ike *k, struct ike1_sa *sa, size_t policy,
                      const struct ike_child *old);
void ike1_quick_input(struct ike *k, struct ike1_sa *sa, struct ike1_in *in);
void ike1_quick_1(struct ike *k, struct ike1_sa *sa, struct ike1_in *in);
void ike1_quick_2(struct ike *k, struct ike1_sa *sa, struct ike1_quick *q, struct ike1_in *in);
void ike1_quick_3(struct ike *k, struct ike1_sa *sa, struct ike1_quick *q, struct ike1_in *in);
/* Ends and frees one that did not come to an end; says so. */
void ike1_quick_fail(struct ike *k, struct ike1_sa *sa, struct ike1_quick *q, enum ike_end end);
void ike1_quick_free(struct ike1_quick *q);
void ike1_quick_unlink(struct ike1_sa *sa, struct ike1_quick *q);
struct ike1_quick *ike1_quick_add(struct ike *k, struct ike1_sa *sa, uint32_t message_id,
                                  bool initiator);
struct ike1_quick *ike1_quick_for(const struct ike *k, size_t policy); /* that we began */
MUST_USE enum err ike1_quick_shared(struct ike1_quick *q, struct bytes theirs);

/* Begins the quick modes that are wanted with PEER and can begin now. */
void ike1_serve_wants(struct ike *k, size_t peer);

/* --- informational --------------------------------------------------------------------------- */

void ike1_info_input(struct ike *k, struct ike1_sa *sa, struct ike1_in *in);
void ike1_group_input(struct ike *k, struct ike1_sa *sa, struct ike1_in *in); /* refuses */
void ike1_info_clear(struct ike *k, struct ike1_sa *sa,
                     struct ike1_in *in); /* SA: NULL if unknown */
/* Sends it protected; gives the datagram, which is in K->scratch. */
struct bytes ike1_notify(struct ike *k, struct ike1_sa *sa, const struct isakmp_notify *n);
/* In the clear, in answer to IN. */
void ike1_notify_clear(struct ike *k, const struct ike1_in *in, uint16_t type);
void ike1_send_delete_ike(struct ike *k, struct ike1_sa *sa);
/* One Delete of the IPsec SAs with these SPIs, four bytes each; nothing changes here. */
void ike1_say_delete(struct ike *k, struct ike1_sa *sa, struct bytes spis);
void ike1_send_delete_child(struct ike *k, const struct ike_child *c);
void ike1_responder_lifetime(struct ike *k, struct ike1_sa *sa, const struct isakmp_notify *n);
/* One notify of a message that is authentic. */
void ike1_take_notify(struct ike *k, struct ike1_sa *sa, const struct ike1_in *in,
                      const struct isakmp_notify *n);

void ike1_dpd_request(struct ike *k, struct ike1_sa *sa, const struct ike1_in *in, uint32_t seq);
void ike1_dpd_reply(struct ike *k, struct ike1_sa *sa, uint32_t seq);
/* Probes when it is time. False: the peer is dead. */
bool ike1_dpd_tick(struct ike *k, struct ike1_sa *sa);
struct mono ike1_dpd_deadline(const struct ike *k, const struct ike1_sa *sa);

#endif
