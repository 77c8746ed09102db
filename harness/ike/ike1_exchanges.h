/* The exchanges of IKEv1, for the files of the IKE endpoint: main mode, quick mode, informational,
 * and what comes with them. */
#ifndef IKE_IKE1_EXCHANGES_H
#define IKE_IKE1_EXCHANGES_H

#include "ike/ike_parts.h"

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

void ike1_natt_put_vendor(struct isakmp_msg *m, const struct ike_peer_config *p);
void ike1_natt_note_vendor(const struct ike *k, struct ike1_sa *sa, struct bytes vendor);
void ike1_natt_put(const struct ike1_sa *sa, struct isakmp_msg *m);
void ike1_natt_look(struct ike1_sa *sa, const struct ike1_in *in); /* messages 3 and 4 */
void ike1_natt_tick(struct ike *k, struct ike1_sa *sa);
struct mono ike1_natt_deadline(const struct ike1_sa *sa);
/* An authentic message came this way: behind a NAT, ports change. */
void ike1_follow(struct ike1_sa *sa, const struct ike1_in *in);

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
void ike1_info_clear(struct ike *k, struct ike1_sa *sa,
                     struct ike1_in *in); /* SA: NULL if unknown */
/* Sends it protected; gives the datagram, which is in K->scratch. */
struct bytes ike1_notify(struct ike *k, struct ike1_sa *sa, const struct isakmp_notify *n);
/* In the clear, in answer to IN. */
void ike1_notify_clear(struct ike *k, const struct ike1_in *in, uint16_t type);
void ike1_send_delete_ike(struct ike *k, struct ike1_sa *sa);
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
