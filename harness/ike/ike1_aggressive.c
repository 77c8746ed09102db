/* Aggressive mode with pre-shared keys (RFC 2409, 5.4), both roles.
 *
 *   initiator                                  responder
 *   1  HDR, SA, KE, Ni, IDii, VID       -->
 *                <--  HDR, SA, KE, Nr, IDir, HASH_R, VID, [NAT-D]   2
 *   3  HDR*, HASH_I, [NAT-D], [N]       -->
 *
 * Who the initiator says to be chooses the key, so that it may come from anywhere. Message 3 must
 * be encrypted, as Cisco's and strongSwan's is. The responder sends message 2 again until message 3
 * comes; the initiator, which is through with it, then answers from memory. */
#include "ike/ike1_exchanges.h"

/* The next request takes the place of the one that was answered. */
static void send_first(struct ike *k, struct ike1_sa *sa, struct bytes datagram)
{
    owned_set(&sa->resend.datagram, datagram);
    ike1_send_again(k, sa, &sa->resend);
}

void ike1_phase1_begin(struct ike *k, size_t peer, bool rekey)
{
    if (ike_peer_at(k, peer)->aggressive)
        ike1_aggr_begin(k, peer, rekey);
    else
        ike1_main_begin(k, peer, rekey);
}

/* HDR, SA, KE, Ni, IDii, VID --> */
void ike1_aggr_begin(struct ike *k, size_t peer, bool rekey)
{
    const struct ike_peer_config *p = ike_peer_at(k, peer);
    struct ike1_sa *sa = ike1_sa_new(k, peer, true);
    uint8_t nonce[IKE_NONCE_LEN], id[IKE_ID_MAX];
    struct isakmp_msg m;

    sa->rekey = rekey;
    ike1_natt_begin(k, sa);
    sa->state = IKE1_I_AGGR_2;
    ike1_random_cookie(k, sa->cookie_i);
    ike1_fact(k, sa, IKE_FACT_INITIATING_1, 1)->rekey = rekey;
    if (dh_new(p->suites[0].group, k->rng, &sa->dh)) {
        ike1_go_down(k, sa, IKE_END_REFUSED, false); /* a group that we cannot do */
        return;
    }
    rng_fill(k->rng, nonce, sizeof(nonce));
    owned_set(&sa->nonce_i, bytes_of(nonce, sizeof(nonce)));
    owned_set(&sa->public_i, dh_public(sa->dh));
    owned_set(&sa->id_i, ike1_own_id(k, sa, id, sizeof(id)));
    ike1_begin(k, sa, &m, ISAKMP_X_AGGRESSIVE, 0, false);
    size_t at = m.w.at;
    ike1_put_offer(&m, p);
    owned_set(&sa->sa_i, bytes_from(wr_bytes(&m.w), at + 4));
    ike1_put_exchange(&m, owned_bytes(&sa->public_i), owned_bytes(&sa->nonce_i));
    isakmp_put(&m, ISAKMP_P_ID, owned_bytes(&sa->id_i));
    ike1_put_vendors(&m, p);
    send_first(k, sa, isakmp_end(&m, 0));
}

static bool take_answer(struct ike *k, struct ike1_sa *sa, const struct isakmp_chain *c)
{
    struct bytes ke = isakmp_find(c, ISAKMP_P_KE)->body;
    struct bytes nonce = isakmp_find(c, ISAKMP_P_NONCE)->body;

    if (!ike1_take_choice(k, sa, c))
        return false;
    if (!ike1_nonce_ok(nonce)) {
        ike1_malformed(k, sa, ISAKMP_N_PAYLOAD_MALFORMED, "a nonce of impossible length");
        return false;
    }
    cipher_free(sa->cipher); /* of an answer that did not fit */
    sa->cipher = NULL;
    owned_set(&sa->nonce_r, nonce);
    owned_set(&sa->public_r, ke);
    if (ike1_make_keys(k, sa, ke)) {
        ike1_malformed(k, sa, ISAKMP_N_INVALID_KEY_INFORMATION,
                       "a public value that is not of the group");
        return false;
    }
    return true;
}

/* <-- HDR, SA, KE, Nr, IDir, HASH_R, VID;  HDR*, HASH_I --> */
static void take_2(struct ike *k, struct ike1_sa *sa, struct ike1_in *in)
{
    uint8_t hash[DIGEST_MAX], none[IKEV1_COOKIE_LEN] = {0};
    struct isakmp_msg m;

    /* the keys are of this answer's cookie; another may come, should it not fit */
    memcpy(sa->cookie_r, in->hdr.cookie_r, sizeof(sa->cookie_r));
    bool fits = take_answer(k, sa, &in->chain);
    if (fits && !ike1_identity_fits(sa, &in->chain, false)) {
        ike1_bad_auth(k, sa, 1, "HASH_R does not fit");
        fits = false;
    }
    if (!fits) {
        memcpy(sa->cookie_r, none, sizeof(none));
        return;
    }
    ike1_note_vendors(k, sa, &in->chain);
    ike1_natt_look(sa, in);
    ike1_begin(k, sa, &m, ISAKMP_X_AGGRESSIVE, 0, true);
    ike1_identity_hash(sa, true, owned_bytes(&sa->id_i), hash);
    isakmp_put(&m, ISAKMP_P_HASH, bytes_of(hash, digest_len(sa->suite.digest)));
    ike1_natt_put(sa, &m);
    ike1_put_initial_contact(k, sa, &m);
    ike_resend_stop(&sa->resend);
    struct bytes datagram = ike1_seal(sa, &m, sa->iv);
    ike_memory_set(&sa->memory, in->hash, datagram);
    ike1_send(k, sa, datagram);
    ike1_authenticated(k, sa);
}

/* --- responder ------------------------------------------------------------------------------- */

/* The entry of the configuration that who says ID from ADDR goes by. */
static bool find_entry(const struct ike *k, const struct isakmp_id *id, const struct ip_addr *addr,
                       size_t *entry)
{
    bool name = id->type == ISAKMP_ID_KEY_ID || id->type == ISAKMP_ID_FQDN;

    for (size_t i = 0; i < k->cfg->npeers; i++) {
        const struct ike_peer_config *p = &k->cfg->peers[i];
        bool is = name && p->group.n ? bytes_eq(p->group, id->data)
                                     : !name && ip_addr_eq(&p->address, addr);
        if (is && p->aggressive && p->ike_version != 2) {
            *entry = i;
            return true;
        }
    }
    return false;
}

static bool find_peer(struct ike *k, const struct ike1_in *in, size_t *peer)
{
    struct isakmp_id id;
    size_t entry;

    if (isakmp_id_parse(isakmp_find(&in->chain, ISAKMP_P_ID)->body, &id)) {
        ike1_refuse_first(k, in, IKE_FACT_MALFORMED, ISAKMP_N_PAYLOAD_MALFORMED,
                          "an identity that is none");
        return false;
    }
    if (k->cfg->no_aggressive) {
        ike1_refuse_first(k, in, IKE_FACT_UNKNOWN_PEER, 0, "aggressive mode is switched off");
        return false;
    }
    if (!find_entry(k, &id, &in->from.addr, &entry)) {
        struct ike_out *o = ike_fact(k, IKE_FACT_UNKNOWN_PEER, &in->from.addr);
        o->phase = 1;
        o->why = "no group has this name";
        if (id.data.n < sizeof(o->group) &&
            (id.type == ISAKMP_ID_KEY_ID || id.type == ISAKMP_ID_FQDN))
            memcpy(o->group, id.data.p, id.data.n);
        return false;
    }
    *peer = entry;
    if (k->cfg->peers[entry].address.family || !ike_remote_of(k, entry, &in->from.addr, peer))
        return true;
    ike1_refuse_first(k, in, IKE_FACT_LIMIT, 0, "too many clients");
    return false;
}

static struct ike1_sa *respond_sa(struct ike *k, size_t peer, const struct ike1_in *in,
                                  const struct ike1_choice *choice)
{
    struct ike1_sa *sa;

    ike1_make_room(k, peer);
    sa = ike1_sa_new(k, peer, false);
    sa->state = IKE1_R_AGGR_3;
    sa->local = in->to;
    sa->remote = in->from;
    memcpy(sa->cookie_i, in->hdr.cookie_i, sizeof(sa->cookie_i));
    ike1_random_cookie(k, sa->cookie_r);
    sa->suite = choice->suite;
    sa->lowered = choice->lowered;
    owned_set(&sa->sa_i, isakmp_find(&in->chain, ISAKMP_P_SA)->body);
    owned_set(&sa->id_i, isakmp_find(&in->chain, ISAKMP_P_ID)->body);
    ike1_note_vendors(k, sa, &in->chain);
    ike1_fact(k, sa, IKE_FACT_RESPONDING_1, 1)->rekey = ike1_best(k, peer) != NULL;
    ike1_lifetime_facts(k, sa, choice);
    return sa;
}

/* HDR, SA, KE, Ni, IDii, VID -->  <-- HDR, SA, KE, Nr, IDir, HASH_R, VID, [NAT-D] */
void ike1_aggr_respond(struct ike *k, struct ike1_in *in)
{
    struct isakmp_sa offer;
    struct ike1_choice choice;
    struct isakmp_msg m;
    size_t peer;

    if (!ike1_parse_first(k, in, IKE1_AGGR_1, &offer) || !find_peer(k, in, &peer))
        return;
    struct bytes nonce = isakmp_find(&in->chain, ISAKMP_P_NONCE)->body;
    if (ike1_choose(ike_peer_at(k, peer), &offer, &choice)) {
        ike1_refuse_first(k, in, IKE_FACT_NO_PROPOSAL, ISAKMP_N_NO_PROPOSAL_CHOSEN, NULL);
        return;
    }
    struct ike1_sa *sa = respond_sa(k, peer, in, &choice);
    if (!ike1_nonce_ok(nonce) ||
        !ike1_respond_keys(k, sa, isakmp_find(&in->chain, ISAKMP_P_KE)->body, nonce)) {
        ike1_malformed(k, sa, ISAKMP_N_INVALID_KEY_INFORMATION,
                       "a nonce of impossible length, or a public value that is not of the group");
        ike1_go_down(k, sa, IKE_END_REFUSED, false);
        return;
    }
    ike1_begin(k, sa, &m, ISAKMP_X_AGGRESSIVE, 0, false);
    ike1_put_choice(&m, &choice.proposal, &choice.transform);
    ike1_put_exchange(&m, owned_bytes(&sa->public_r), owned_bytes(&sa->nonce_r));
    ike1_put_identity(k, sa, &m, false);
    ike1_put_vendors(&m, ike1_config(k, sa));
    ike1_natt_put(sa, &m);
    struct bytes datagram = isakmp_end(&m, 0);
    ike_memory_set(&sa->memory, in->hash, datagram);
    send_first(k, sa, datagram);
    sa->give_up = ike_in(k, IKE_HALF_OPEN);
}

/* HDR*, HASH_I, [NAT-D] --> */
static void take_3(struct ike *k, struct ike1_sa *sa, struct ike1_in *in)
{
    uint8_t next_iv[CIPHER_BLOCK_MAX];
    uint16_t code;

    if (ike1_open(k, sa, in, sa->iv, next_iv) || ike1_misfit(IKE1_AGGR_3, &in->chain, &code)) {
        ike1_bad_auth(k, sa, 1, "message 3 does not decrypt to what it should be");
        return;
    }
    if (!ike1_identity_fits(sa, &in->chain, true)) {
        ike1_bad_auth(k, sa, 1, "HASH_I does not fit");
        return;
    }
    memcpy(sa->iv, next_iv, sizeof(next_iv));
    ike_resend_stop(&sa->resend);
    ike1_natt_look(sa, in);
    ike1_follow(k, sa, &in->from, &in->to);
    if (ike1_says_initial_contact(&in->chain))
        ike1_initial_contact(k, sa);
    ike1_authenticated(k, sa);
}

void ike1_aggr_input(struct ike *k, struct ike1_sa *sa, struct ike1_in *in)
{
    static const uint8_t none[IKEV1_COOKIE_LEN];
    bool encrypted = in->hdr.flags & ISAKMP_FLAG_ENCRYPTED;

    if (sa->memory.reply.p && sa->memory.request == in->hash) {
        ike1_fact(k, sa, IKE_FACT_DUPLICATE, 1);
        ike1_send(k, sa, owned_bytes(&sa->memory.reply));
        return;
    }
    if (memcmp(in->hdr.cookie_r, none, sizeof(none)) == 0 && sa->initiator)
        ike1_malformed(k, sa, ISAKMP_N_INVALID_COOKIE, "an answer without the responder's cookie");
    else if (sa->state == IKE1_I_AGGR_2 && !encrypted && ike1_parse_clear(k, sa, in, IKE1_AGGR_2))
        take_2(k, sa, in);
    else if (sa->state == IKE1_R_AGGR_3 && encrypted)
        take_3(k, sa, in);
    else
        ike1_fact(k, sa, IKE_FACT_DUPLICATE, 1);
}
