/* Main mode, initiator. */
#include "ike/ike1_exchanges.h"

static struct bytes payload_body(const struct isakmp_msg *m, size_t at)
{
    return bytes_from(wr_bytes(&m->w), at + 4);
}

void ike1_main_begin(struct ike *k, size_t peer, bool rekey)
{
    const struct ike_peer_config *p = ike_peer_at(k, peer);
    struct ike1_sa *sa = ike1_sa_new(k, peer, true);
    struct isakmp_msg m;

    sa->rekey = rekey;
    ike1_natt_begin(k, sa);
    ike1_random_cookie(k, sa->cookie_i);
    ike1_fact(k, sa, IKE_FACT_INITIATING_1, 1)->rekey = rekey;

    /* HDR, SA, VID --> */
    ike1_begin(k, sa, &m, ISAKMP_X_MAIN, 0, false);
    size_t at = m.w.at;
    ike1_put_offer(&m, p);
    owned_set(&sa->sa_i, payload_body(&m, at));
    ike1_put_vendors(&m, p);
    owned_set(&sa->resend.datagram, isakmp_end(&m, 0));
    ike1_send_again(k, sa, &sa->resend);
}

/* The next request, which takes the place of the one that was answered. */
static void request(struct ike *k, struct ike1_sa *sa, struct bytes datagram)
{
    ike_resend_stop(&sa->resend);
    owned_set(&sa->resend.datagram, datagram);
    ike1_send_again(k, sa, &sa->resend);
}

bool ike1_take_choice(struct ike *k, struct ike1_sa *sa, const struct isakmp_chain *c)
{
    struct ike1_choice choice;
    struct isakmp_sa offer;
    struct bytes props;
    struct isakmp_proposal p;

    if (isakmp_sa_parse(isakmp_find(c, ISAKMP_P_SA)->body, &offer)) {
        ike1_malformed(k, sa, ISAKMP_N_BAD_PROPOSAL_SYNTAX, "the chosen proposal does not parse");
        return false;
    }
    props = offer.proposals;
    if (!isakmp_next_proposal(&props, &p) || p.ntransforms != 1 || props.n ||
        ike1_choose(ike1_config(k, sa), &offer, &choice)) {
        ike1_fact(k, sa, IKE_FACT_NO_PROPOSAL, 1);
        return false;
    }
    sa->suite = choice.suite;
    ike1_lifetime_facts(k, sa, &choice);
    return true;
}

/* <-- HDR, SA, VID;  HDR, KE, Ni --> */
void ike1_main_2(struct ike *k, struct ike1_sa *sa, struct ike1_in *in)
{
    uint8_t nonce[IKE_NONCE_LEN];
    struct isakmp_msg m;

    if (!ike1_take_choice(k, sa, &in->chain))
        return;
    if (dh_new(sa->suite.group, k->rng, &sa->dh)) {
        ike1_fact(k, sa, IKE_FACT_NO_PROPOSAL, 1); /* a group that we offer and cannot do */
        return;
    }
    ike1_note_vendors(k, sa, &in->chain);
    memcpy(sa->cookie_r, in->hdr.cookie_r, sizeof(sa->cookie_r));
    rng_fill(k->rng, nonce, sizeof(nonce));
    owned_set(&sa->nonce_i, bytes_of(nonce, sizeof(nonce)));
    owned_set(&sa->public_i, dh_public(sa->dh));
    sa->state = IKE1_I_WAIT_4;
    ike1_begin(k, sa, &m, ISAKMP_X_MAIN, 0, false);
    ike1_put_exchange(&m, owned_bytes(&sa->public_i), owned_bytes(&sa->nonce_i));
    ike1_natt_put(sa, &m);
    request(k, sa, isakmp_end(&m, 0));
}

void ike1_put_initial_contact(const struct ike *k, const struct ike1_sa *sa, struct isakmp_msg *m)
{
    uint8_t cookies[2 * IKEV1_COOKIE_LEN];
    struct isakmp_notify n = {.doi = ISAKMP_DOI_IPSEC,
                              .protocol = ISAKMP_PROTO_ISAKMP,
                              .type = ISAKMP_N_INITIAL_CONTACT,
                              .spi = bytes_of(cookies, sizeof(cookies))};

    if (!ike1_config(k, sa)->initial_contact || ike1_best(k, sa->peer))
        return;
    memcpy(cookies, sa->cookie_i, IKEV1_COOKIE_LEN);
    memcpy(cookies + IKEV1_COOKIE_LEN, sa->cookie_r, IKEV1_COOKIE_LEN);
    isakmp_put_notify(m, &n);
}

/* <-- HDR, KE, Nr;  HDR*, IDii, HASH_I --> */
void ike1_main_4(struct ike *k, struct ike1_sa *sa, struct ike1_in *in)
{
    struct bytes ke = isakmp_find(&in->chain, ISAKMP_P_KE)->body;
    struct bytes nonce = isakmp_find(&in->chain, ISAKMP_P_NONCE)->body;
    struct isakmp_msg m;

    if (!ike1_nonce_ok(nonce)) {
        ike1_malformed(k, sa, ISAKMP_N_PAYLOAD_MALFORMED, "a nonce of impossible length");
        return;
    }
    owned_set(&sa->nonce_r, nonce);
    owned_set(&sa->public_r, ke);
    if (ike1_make_keys(k, sa, ke)) {
        ike1_malformed(k, sa, ISAKMP_N_INVALID_KEY_INFORMATION,
                       "a public value that is not of the group");
        return;
    }
    ike1_note_vendors(k, sa, &in->chain);
    ike1_natt_look(sa, in);
    sa->state = IKE1_I_WAIT_6;
    ike1_begin(k, sa, &m, ISAKMP_X_MAIN, 0, true);
    ike1_put_identity(k, sa, &m, true);
    ike1_put_initial_contact(k, sa, &m);
    request(k, sa, ike1_seal(sa, &m, sa->iv));
}

/* <-- HDR*, IDir, HASH_R */
void ike1_main_6(struct ike *k, struct ike1_sa *sa, struct ike1_in *in)
{
    uint8_t next_iv[CIPHER_BLOCK_MAX];
    uint16_t code;
    struct isakmp_notify n;

    if (ike1_open(k, sa, in, sa->iv, next_iv) || ike1_misfit(IKE1_MAIN_6, &in->chain, &code)) {
        ike1_bad_auth(k, sa, 1, "message 6 does not decrypt to what it should be");
        return;
    }
    if (!ike1_identity_fits(sa, &in->chain, false)) {
        ike1_bad_auth(k, sa, 1, "HASH_R does not fit");
        return;
    }
    memcpy(sa->iv, next_iv, sizeof(next_iv));
    ike1_follow(k, sa, &in->from, &in->to);
    ike1_came_up(k, sa);
    for (size_t i = 0; i < in->chain.n; i++) {
        if (in->chain.v[i].type == ISAKMP_P_NOTIFY && !isakmp_notify_parse(in->chain.v[i].body, &n))
            ike1_take_notify(k, sa, in, &n);
    }
}
