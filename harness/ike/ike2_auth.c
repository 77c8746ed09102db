/* IKE_AUTH (RFC 7296, 1.2), with the first pair unless it is left out (RFC 6023).
 *
 *   HDR, SK{ IDi, [IDr], AUTH, [N(INITIAL_CONTACT)], SAi2, TSi, TSr, N... } -->
 *                               <-- HDR, SK{ IDr, AUTH, SAr2, TSi, TSr, N... }
 * or, when only the pair is refused:  <-- HDR, SK{ IDr, AUTH, N(an error) } */
#include "ike/ike2_exchanges.h"
#include "ike/ike_offers.h"

/* The policy that IKE_AUTH is to bring up. False: none is wanted. */
static bool take_want(struct ike *k, const struct ike2_sa *sa, size_t *policy)
{
    uint32_t i = k->v2->policy_of[ike_entry_of(k, sa->peer)];

    for (; i != MAP_NONE; i = k->v2->policy_next[i]) {
        if (!k->wants[i].wanted)
            continue;
        k->wants[i].wanted = false;
        *policy = i;
        return true;
    }
    return false;
}

/* A NAT is evaded by UDP 4500; MOBIKE wants it from the beginning (RFC 4555, 3.3). */
static void float_ports(struct ike *k, struct ike2_sa *sa)
{
    if (sa->local.port == IKE_PORT && sa->natt &&
        (sa->behind_nat || sa->peer_behind_nat || ike2_config(k, sa)->mobike))
        sa->local.port = sa->remote.port = IKE_NATT_PORT;
}

static void say_initiating(struct ike *k, struct ike2_sa *sa, const struct ike2_ask *a)
{
    struct ike_out *o = ike2_fact(k, sa, IKE_FACT_INITIATING_2, 2);

    o->initiator = true;
    o->rekey = sa->reauth;
    o->message_id = a->id;
    o->child.policy = k->cfg->policies[a->policy].id;
    o->child.selector = a->selector;
}

void ike2_auth_begin(struct ike *k, struct ike2_sa *sa)
{
    struct ike2_ask *a = &sa->ask;
    struct isakmp_msg m;
    size_t policy;
    bool child = take_want(k, sa, &policy);

    if (!child && !sa->peer_childless) {
        policy = k->v2->policy_of[ike_entry_of(k, sa->peer)];
        child = policy != MAP_NONE;
    }
    sa->state = IKE2_I_AUTH;
    float_ports(k, sa);
    ike2_ask_begin(k, sa, &m, IKE2_AUTH, ISAKMP_X_V2_AUTH);
    ike2_put_proof(k, sa, &m, true);
    if (sa->first_contact)
        ike2_put_notify(&m, IKEV2_N_INITIAL_CONTACT, (struct bytes){0});
    if (child) {
        a->policy = policy;
        a->selector = ike_policy_selector(k, policy);
        a->in_spi = ike2_new_spi(k);
        say_initiating(k, sa, a);
        ike2_put_child(k, sa, &m, false);
    }
    if (ike2_config(k, sa)->mobike)
        ike2_put_notify(&m, IKEV2_N_MOBIKE_SUPPORTED, (struct bytes){0});
    ike2_ask_send(k, sa, &m);
}

/* --- the answer ------------------------------------------------------------------------------ */

/* The other side takes the SA for up: it is told why it is not (RFC 7296, 2.21.2). */
static void tell_failure(struct ike *k, struct ike2_sa *sa)
{
    struct owned packets = {0};
    struct isakmp_msg m;

    ike2_begin(k, sa, &m, ISAKMP_X_V2_INFORMATIONAL, sa->next_out + 1, false);
    ike2_put_notify(&m, IKEV2_N_AUTHENTICATION_FAILED, (struct bytes){0});
    if (!ike2_seal_all(k, sa, &m, &packets))
        ike2_send_packets(k, &sa->local, &sa->remote, &packets);
    owned_release(&packets);
}

static void say_bad_auth(struct ike *k, const struct ike2_sa *sa, const char *why)
{
    struct ike_out *o = ike2_fact(k, sa, IKE_FACT_AUTH, 1);

    o->why = why;
    log_say(k->log, LOG_DEBUG, "ike", "IKE SA %u: %s", sa->number, why);
}

/* The first pair, as far as the answer has one. */
static void take_first_child(struct ike *k, struct ike2_sa *sa, struct ike2_in *in)
{
    struct ike2_child *made;
    uint16_t code = ike2_error_in(in);

    if (!sa->ask.in_spi)
        return;
    if (code)
        ike2_refused(k, sa, 2, code, true);
    else if (ike2_take_child(k, sa, in, &made))
        ike2_disown(k, sa, sa->ask.in_spi);
    else
        return;
    ike2_say_attempt(k, sa, &sa->ask, IKE_END_REFUSED);
}

bool ike2_auth_answered(struct ike *k, struct ike2_sa *sa, struct ike2_in *in)
{
    uint16_t code = ike2_error_in(in);

    if (code && !ikev2_find(&in->chain, IKEV2_P_AUTH)) {
        ike2_refused(k, sa, 1, code, true);
        ike2_go_down(k, sa, code == IKEV2_N_AUTHENTICATION_FAILED ? IKE_END_AUTH : IKE_END_REFUSED);
        return true;
    }
    const char *why = ike2_proof_misfit(k, sa, in);
    if (why) {
        say_bad_auth(k, sa, why);
        tell_failure(k, sa);
        ike2_go_down(k, sa, IKE_END_AUTH);
        return true;
    }
    sa->mobike = ike2_config(k, sa)->mobike && ike2_has(in, IKEV2_N_MOBIKE_SUPPORTED);
    ike2_came_up(k, sa);
    take_first_child(k, sa, in);
    ike2_ask_done(k, sa);
    ike2_end_negotiation(k, sa);
    ike2_settle_crossed(k, sa);
    ike2_serve_wants(k, sa);
    return false;
}

/* --- responder ------------------------------------------------------------------------------- */

static void refuse(struct ike *k, struct ike2_sa *sa, struct ike2_in *in, struct isakmp_msg *m,
                   uint16_t code, enum ike_end end)
{
    ike2_refused(k, sa, 1, code, false);
    ike2_put_notify(m, code, (struct bytes){0});
    in->ends = true;
    in->end = end;
}

/* The first pair that the request asks for; when it cannot be, the answer says why. */
static void answer_first_child(struct ike *k, struct ike2_sa *sa, struct ike2_in *in,
                               struct isakmp_msg *m)
{
    struct ike2_child *made;

    if (ikev2_find(&in->chain, IKEV2_P_SA))
        (void)!ike2_answer_child(k, sa, in, m, NULL, &made);
}

void ike2_auth_respond(struct ike *k, struct ike2_sa *sa, struct ike2_in *in, struct isakmp_msg *m)
{
    const struct ike_peer_config *p = ike2_config(k, sa);
    bool child = ikev2_find(&in->chain, IKEV2_P_SA) != NULL;

    ike2_not_half_open(k, sa);
    const char *why = ike2_proof_misfit(k, sa, in);
    if (why) {
        say_bad_auth(k, sa, why);
        refuse(k, sa, in, m, IKEV2_N_AUTHENTICATION_FAILED, IKE_END_AUTH);
        return;
    }
    if (!child && !p->childless) {
        ike2_malformed(k, sa, IKEV2_N_INVALID_SYNTAX, "IKE_AUTH asks for no pair");
        refuse(k, sa, in, m, IKEV2_N_INVALID_SYNTAX, IKE_END_REFUSED);
        return;
    }
    sa->mobike = p->mobike && ike2_has(in, IKEV2_N_MOBIKE_SUPPORTED);
    if (ike2_has(in, IKEV2_N_INITIAL_CONTACT))
        ike2_initial_contact(k, sa);
    ike2_put_proof(k, sa, m, true);
    sa->rekey = ike2_best(k, sa->peer) != NULL;
    ike2_came_up(k, sa);
    answer_first_child(k, sa, in, m);
    if (sa->mobike)
        ike2_put_notify(m, IKEV2_N_MOBIKE_SUPPORTED, (struct bytes){0});
    ike2_end_negotiation(k, sa);
    ike2_settle_crossed(k, sa);
}
