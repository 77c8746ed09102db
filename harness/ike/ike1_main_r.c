/* Main mode, responder. Before message 3 a peer has shown nothing, not even its address. */
#include "ike/ike1_exchanges.h"

/* The least advanced, oldest negotiation goes; those of a group's clients count together. */
void ike1_make_room(struct ike *k, size_t peer)
{
    struct ike1_sa *victim = NULL;
    size_t n = 0, entry = ike_entry_of(k, peer);
    bool group = !k->cfg->peers[entry].address.family;

    for (struct ike1_sa *sa = k->sas; sa; sa = sa->next) { /* newest first */
        if (ike_entry_of(k, sa->peer) != entry || sa->state == IKE1_UP || sa->initiator)
            continue;
        n++;
        if (!victim || sa->state <= victim->state)
            victim = sa;
    }
    if (n < (group ? IKE_GROUP_HALF_OPENS : IKE_HALF_OPENS))
        return;
    ike1_fact(k, victim, IKE_FACT_LIMIT, 1)->why = "too many half-open negotiations";
    ike1_go_down(k, victim, IKE_END_TIMEOUT, false);
}

static bool find_peer(const struct ike *k, const struct ip_addr *addr, size_t *peer)
{
    for (size_t i = 0; i < k->cfg->npeers; i++) {
        if (k->cfg->peers[i].ike_version != 2 && ip_addr_eq(&k->cfg->peers[i].address, addr)) {
            *peer = i;
            return true;
        }
    }
    return false;
}

void ike1_refuse_first(struct ike *k, const struct ike1_in *in, enum ike_fact fact, uint16_t code,
                       const char *why)
{
    struct ike_out *o = ike_fact(k, fact, &in->from.addr);

    o->phase = 1;
    o->code = code;
    o->why = why;
    if (code)
        ike1_notify_clear(k, in, code);
}

bool ike1_parse_first(struct ike *k, struct ike1_in *in, enum ike1_kind kind,
                      struct isakmp_sa *offer)
{
    uint16_t code = ISAKMP_N_PAYLOAD_MALFORMED;
    const char *why;

    if (isakmp_chain_parse(in->hdr.next, bytes_from(in->datagram, ISAKMP_HDR_LEN), &in->chain) ||
        in->chain.padding.n)
        why = "payloads do not add up to the message";
    else
        why = ike1_misfit(kind, &in->chain, &code);
    if (!why && isakmp_sa_parse(isakmp_find(&in->chain, ISAKMP_P_SA)->body, offer)) {
        why = "the proposals do not parse";
        code = ISAKMP_N_BAD_PROPOSAL_SYNTAX;
    }
    if (why)
        ike1_refuse_first(k, in, IKE_FACT_MALFORMED, code, why);
    return !why;
}

/* Message 1 as far as it can be judged without remembering anything. */
static bool parse_first(struct ike *k, struct ike1_in *in, size_t *peer, struct ike1_choice *choice)
{
    struct isakmp_sa offer;

    if (!find_peer(k, &in->from.addr, peer)) {
        ike1_refuse_first(k, in, IKE_FACT_UNKNOWN_PEER, 0, "no peer has this address");
        return false;
    }
    if (!ike1_parse_first(k, in, IKE1_MAIN_1, &offer))
        return false;
    if (ike1_choose(&k->cfg->peers[*peer], &offer, choice)) {
        ike1_refuse_first(k, in, IKE_FACT_NO_PROPOSAL, ISAKMP_N_NO_PROPOSAL_CHOSEN, NULL);
        return false;
    }
    return true;
}

/* The answer to IN, remembered for its duplicates. */
void ike1_answer_phase1(struct ike *k, struct ike1_sa *sa, const struct ike1_in *in,
                        struct bytes datagram)
{
    ike_memory_set(&sa->memory, in->hash, datagram);
    ike1_send(k, sa, datagram);
    sa->give_up = ike_in(k, IKE_HALF_OPEN);
}

/* HDR, SA, VID -->  <-- HDR, SA, VID */
void ike1_main_respond(struct ike *k, struct ike1_in *in)
{
    struct ike1_choice choice;
    struct isakmp_msg m;
    size_t peer;

    if (!parse_first(k, in, &peer, &choice))
        return;
    ike1_make_room(k, peer);
    struct ike1_sa *sa = ike1_sa_new(k, peer, false);
    sa->state = IKE1_R_WAIT_3;
    sa->local = in->to;
    sa->remote = in->from;
    memcpy(sa->cookie_i, in->hdr.cookie_i, sizeof(sa->cookie_i));
    ike1_random_cookie(k, sa->cookie_r);
    sa->suite = choice.suite;
    sa->lowered = choice.lowered;
    owned_set(&sa->sa_i, isakmp_find(&in->chain, ISAKMP_P_SA)->body);
    ike1_note_vendors(k, sa, &in->chain);
    ike1_fact(k, sa, IKE_FACT_RESPONDING_1, 1)->rekey = ike1_best(k, peer) != NULL;
    ike1_lifetime_facts(k, sa, &choice);
    ike1_begin(k, sa, &m, ISAKMP_X_MAIN, 0, false);
    ike1_put_choice(&m, &choice.proposal, &choice.transform);
    ike1_put_vendors(&m, ike1_config(k, sa));
    ike1_answer_phase1(k, sa, in, isakmp_end(&m, 0));
}

bool ike1_respond_keys(struct ike *k, struct ike1_sa *sa, struct bytes ke, struct bytes nonce)
{
    uint8_t own[IKE_NONCE_LEN];

    if (ke.n != dh_len(sa->suite.group) || dh_new(sa->suite.group, k->rng, &sa->dh))
        return false;
    rng_fill(k->rng, own, sizeof(own));
    owned_set(&sa->nonce_i, nonce);
    owned_set(&sa->nonce_r, bytes_of(own, sizeof(own)));
    owned_set(&sa->public_i, ke);
    owned_set(&sa->public_r, dh_public(sa->dh));
    if (!ike1_make_keys(k, sa, ke))
        return true;
    dh_free(sa->dh);
    sa->dh = NULL;
    return false;
}

/* HDR, KE, Ni -->  <-- HDR, KE, Nr */
void ike1_main_3(struct ike *k, struct ike1_sa *sa, struct ike1_in *in)
{
    struct bytes ke = isakmp_find(&in->chain, ISAKMP_P_KE)->body;
    struct bytes nonce = isakmp_find(&in->chain, ISAKMP_P_NONCE)->body;
    struct isakmp_msg m;

    if (!ike1_nonce_ok(nonce)) {
        ike1_malformed(k, sa, ISAKMP_N_PAYLOAD_MALFORMED, "a nonce of impossible length");
        return;
    }
    if (!ike1_respond_keys(k, sa, ke, nonce)) {
        ike1_malformed(k, sa, ISAKMP_N_INVALID_KEY_INFORMATION,
                       "a public value that is not of the group");
        return;
    }
    ike1_note_vendors(k, sa, &in->chain);
    ike1_natt_look(sa, in);
    sa->state = IKE1_R_WAIT_5;
    ike1_begin(k, sa, &m, ISAKMP_X_MAIN, 0, false);
    ike1_put_exchange(&m, owned_bytes(&sa->public_r), owned_bytes(&sa->nonce_r));
    ike1_natt_put(sa, &m);
    ike1_answer_phase1(k, sa, in, isakmp_end(&m, 0));
}

/* Somebody with another key, or nobody at all: it gets one hint, and the negotiation waits on. */
static void bad_message_5(struct ike *k, struct ike1_sa *sa, struct ike1_in *in, const char *why)
{
    ike1_bad_auth(k, sa, 1, why);
    if (!sa->told)
        ike1_notify_clear(k, in, ISAKMP_N_PAYLOAD_MALFORMED);
    sa->told = true;
}

/* RFC 2407, 4.6.3.1 */
void ike1_put_lifetime(struct ike1_sa *sa, struct isakmp_msg *m)
{
    uint8_t cookies[2 * IKEV1_COOKIE_LEN], data[16];
    struct wr w = wr_of(data, sizeof(data));
    struct isakmp_notify n = {.doi = ISAKMP_DOI_IPSEC,
                              .protocol = ISAKMP_PROTO_ISAKMP,
                              .type = ISAKMP_N_RESPONDER_LIFETIME,
                              .spi = bytes_of(cookies, sizeof(cookies))};

    memcpy(cookies, sa->cookie_i, IKEV1_COOKIE_LEN);
    memcpy(cookies + IKEV1_COOKIE_LEN, sa->cookie_r, IKEV1_COOKIE_LEN);
    isakmp_put_attribute(&w, IKE_A_LIFE_TYPE, ISAKMP_LIFE_SECONDS);
    isakmp_put_attribute(&w, IKE_A_LIFE, sa->suite.lifetime_s);
    n.data = wr_bytes(&w);
    isakmp_put_notify(m, &n);
}

bool ike1_says_initial_contact(const struct isakmp_chain *c)
{
    struct isakmp_notify n;

    for (size_t i = 0; i < c->n; i++) {
        if (c->v[i].type == ISAKMP_P_NOTIFY && !isakmp_notify_parse(c->v[i].body, &n) &&
            n.type == ISAKMP_N_INITIAL_CONTACT)
            return true;
    }
    return false;
}

/* HDR*, IDii, HASH_I -->  <-- HDR*, IDir, HASH_R */
void ike1_main_5(struct ike *k, struct ike1_sa *sa, struct ike1_in *in)
{
    uint8_t next_iv[CIPHER_BLOCK_MAX];
    struct isakmp_msg m;
    uint16_t code;

    if (ike1_open(k, sa, in, sa->iv, next_iv) || ike1_misfit(IKE1_MAIN_5, &in->chain, &code)) {
        bad_message_5(k, sa, in, "message 5 does not decrypt to what it should be");
        return;
    }
    if (!ike1_identity_fits(sa, &in->chain, true)) {
        bad_message_5(k, sa, in, "HASH_I does not fit");
        return;
    }
    memcpy(sa->iv, next_iv, sizeof(next_iv));
    ike1_follow(k, sa, &in->from, &in->to);
    ike1_begin(k, sa, &m, ISAKMP_X_MAIN, 0, true);
    ike1_put_identity(k, sa, &m, false);
    if (sa->lowered)
        ike1_put_lifetime(sa, &m);
    ike1_answer_phase1(k, sa, in, ike1_seal(sa, &m, sa->iv));
    if (ike1_says_initial_contact(&in->chain))
        ike1_initial_contact(k, sa);
    ike1_came_up(k, sa);
}
