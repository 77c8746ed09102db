/* Which IKE SA of IKEv2, and which exchange of it, a datagram belongs to; message IDs; answers from
 * memory (RFC 7296, 2.1 to 2.3). */
#include "ike/ike2_exchanges.h"

#include "base/hash.h"

static void stray(struct ike *k, const struct ike2_in *in, enum ike_fact fact, uint16_t code,
                  const char *why)
{
    struct ike_out *o = ike_fact(k, fact, &in->from.addr);

    o->version = 2;
    o->message_id = in->hdr.message_id;
    o->code = code;
    o->why = why;
}

/* --- requests -------------------------------------------------------------------------------- */

static void say_duplicate(struct ike *k, const struct ike2_sa *sa, const struct ike2_in *in)
{
    ike2_fact(k, sa, IKE_FACT_DUPLICATE, sa->state >= IKE2_UP ? 2 : 1)->message_id =
        in->hdr.message_id;
}

/* The last request once more, bit for bit: its answer once more. Of one in fragments the first
 * counts (RFC 7383, 2.6.1). */
static void answer_again(struct ike *k, struct ike2_sa *sa, const struct ike2_in *in)
{
    uint16_t fragment = 1;

    if (ike2_is_fragment(in->datagram, &fragment) && fragment != 1)
        return;
    say_duplicate(k, sa, in);
    if (in->hash == sa->answered && sa->has_answered)
        ike2_send_packets(k, &in->to, &in->from, &sa->answer);
}

static void respond(struct ike *k, struct ike2_sa *sa, struct ike2_in *in, struct isakmp_msg *m)
{
    switch (in->hdr.exchange) {
    case ISAKMP_X_V2_AUTH:
        if (sa->state == IKE2_R_AUTH) {
            ike2_auth_respond(k, sa, in, m);
            return;
        }
        break;
    case ISAKMP_X_V2_CREATE_CHILD_SA:
        if (sa->state >= IKE2_UP) {
            ike2_create_respond(k, sa, in, m);
            return;
        }
        break;
    case ISAKMP_X_V2_INFORMATIONAL:
        if (sa->state >= IKE2_UP) {
            ike2_info_respond(k, sa, in, m);
            return;
        }
        break;
    default: break;
    }
    ike2_malformed(k, sa, IKEV2_N_INVALID_SYNTAX, "an exchange that does not belong here");
    ike2_refuse(k, sa, m, 2, IKEV2_N_INVALID_SYNTAX, 0);
    in->ends = true;
    in->end = IKE_END_REFUSED;
}

/* Puts what answers the authentic request IN. */
static void put_answer(struct ike *k, struct ike2_sa *sa, struct ike2_in *in, struct isakmp_msg *m)
{
    if (ike2_parse_in(in)) {
        ike2_malformed(k, sa, IKEV2_N_INVALID_SYNTAX, "payloads that do not parse");
        ike2_refuse(k, sa, m, 2, IKEV2_N_INVALID_SYNTAX, 0);
        in->ends = true; /* on both sides (RFC 7296, 2.21.3) */
        in->end = IKE_END_REFUSED;
    } else if (in->chain.unsupported) {
        ike2_malformed(k, sa, IKEV2_N_UNSUPPORTED_CRITICAL_PAYLOAD,
                       "a critical payload that we do not know");
        ike2_refused(k, sa, 2, IKEV2_N_UNSUPPORTED_CRITICAL_PAYLOAD, false);
        ike2_put_notify(m, IKEV2_N_UNSUPPORTED_CRITICAL_PAYLOAD,
                        bytes_of(&in->chain.unsupported, 1));
        in->ends = sa->state == IKE2_R_AUTH;
        in->end = IKE_END_REFUSED;
    } else {
        respond(k, sa, in, m);
    }
}

static void take_request(struct ike *k, struct ike2_sa *sa, struct ike2_in *in)
{
    struct isakmp_msg m;

    sa->next_in++;
    sa->answered = in->hash;
    sa->has_answered = false;
    k->v2->busy = true;
    ike2_begin(k, sa, &m, in->hdr.exchange, in->hdr.message_id, true);
    put_answer(k, sa, in, &m);
    ike2_let_go(k, sa, IKE_CROSS_REQUEST);
    if (!ike2_seal_all(k, sa, &m, &sa->answer)) {
        sa->has_answered = true;
        ike2_send_packets(k, &in->to, &in->from, &sa->answer);
    }
    k->v2->busy = false;
    ike2_let_go(k, sa, IKE_CROSS_ANSWER);
    if (in->ends)
        ike2_go_down(k, sa, in->end);
    else
        ike2_pump(k, sa);
}

/* An authentic request out of the window: the other side is told, but not often. */
static void out_of_window(struct ike *k, struct ike2_sa *sa, const struct ike2_in *in)
{
    ike2_fact(k, sa, IKE_FACT_WINDOW, 2)->message_id = in->hdr.message_id;
    if (!ike_due(k, sa->stray) || sa->state != IKE2_UP || ike2_check_in(k, sa, in))
        return;
    sa->stray = ike_in(k, IKE2_STRAY);
    struct ike2_task *t = ike2_want(k, sa, IKE2_TELL);
    t->notify = IKEV2_N_INVALID_MESSAGE_ID;
    t->about = in->hdr.message_id;
    ike2_pump(k, sa);
}

static void request(struct ike *k, struct ike2_sa *sa, struct ike2_in *in)
{
    if (sa->next_in > 0 && in->hdr.message_id == sa->next_in - 1) {
        answer_again(k, sa, in);
        return;
    }
    if (in->hdr.message_id != sa->next_in) {
        out_of_window(k, sa, in);
        return;
    }
    if (ike2_quirks(k)->mute)
        return;
    enum err e = ike2_open_in(k, sa, in);
    if (e) {
        ike2_bad_auth(k, sa, in, e);
        return;
    }
    if (!in->clear.n)
        return; /* a fragment; others are to come */
    ike2_heard(k, sa);
    ike2_follow(k, sa, &in->from, &in->to);
    take_request(k, sa, in);
}

/* --- answers --------------------------------------------------------------------------------- */

static bool answered(struct ike *k, struct ike2_sa *sa, struct ike2_in *in)
{
    switch (sa->ask.kind) {
    case IKE2_AUTH: return ike2_auth_answered(k, sa, in);
    case IKE2_CHILD_NEW:
    case IKE2_CHILD_REKEY: ike2_create_answered(k, sa, in); return false;
    case IKE2_IKE_REKEY: ike2_rekey_answered(k, sa, in); return false;
    default: return ike2_info_answered(k, sa, in);
    }
}

static uint8_t exchange_of(enum ike2_kind kind)
{
    switch (kind) {
    case IKE2_INIT: return ISAKMP_X_V2_SA_INIT;
    case IKE2_AUTH: return ISAKMP_X_V2_AUTH;
    case IKE2_CHILD_NEW:
    case IKE2_CHILD_REKEY:
    case IKE2_IKE_REKEY: return ISAKMP_X_V2_CREATE_CHILD_SA;
    default: return ISAKMP_X_V2_INFORMATIONAL;
    }
}

/* The other side has found our request, or itself, beyond repair: nothing of the SA stays, and no
 * Delete is needed (RFC 7296, 2.21.3). */
static bool is_fatal(const struct ike2_in *in)
{
    return ike2_has(in, IKEV2_N_INVALID_SYNTAX) || ike2_has(in, IKEV2_N_AUTHENTICATION_FAILED);
}

static void take_answer(struct ike *k, struct ike2_sa *sa, struct ike2_in *in)
{
    bool gone = false;

    if (ike2_parse_in(in) || in->chain.unsupported) {
        ike2_malformed(k, sa, IKEV2_N_INVALID_SYNTAX, "an answer whose payloads do not parse");
        ike2_ask_done(k, sa);
        ike2_close(k, sa, IKE_END_REFUSED);
        return;
    }
    if (sa->state >= IKE2_UP && is_fatal(in)) {
        ike2_refused(k, sa, 2, ike2_error_in(in), true);
        ike2_go_down(k, sa, IKE_END_REFUSED);
        return;
    }
    gone = answered(k, sa, in);
    if (!gone)
        ike2_pump(k, sa);
}

static void response(struct ike *k, struct ike2_sa *sa, struct ike2_in *in)
{
    if (sa->ask.kind == IKE2_NONE || sa->ask.held || in->hdr.message_id != sa->ask.id ||
        in->hdr.exchange != exchange_of(sa->ask.kind)) {
        say_duplicate(k, sa, in);
        return;
    }
    enum err e = ike2_open_in(k, sa, in);
    if (e) {
        ike2_bad_auth(k, sa, in, e);
        return;
    }
    if (!in->clear.n)
        return;
    ike2_heard(k, sa);
    ike2_follow(k, sa, &in->from, &in->to);
    take_answer(k, sa, in);
}

/* --- dispatch -------------------------------------------------------------------------------- */

static void first_exchange(struct ike *k, struct ike2_in *in)
{
    struct ike2_sa *sa;

    if (in->hdr.message_id != 0) {
        stray(k, in, IKE_FACT_MALFORMED, IKEV2_N_INVALID_SYNTAX, "IKE_SA_INIT with a message ID");
    } else if (ikev2_is_response(&in->hdr)) {
        sa = ike2_sa_by_spi(k, in->hdr.cookie_i);
        if (sa && sa->initiator && sa->state == IKE2_I_INIT && !ikev2_from_initiator(&in->hdr))
            ike2_init_answered(k, sa, in);
        else if (sa)
            say_duplicate(k, sa, in);
        else
            stray(k, in, IKE_FACT_NO_SA, 0, NULL);
    } else if (!ikev2_from_initiator(&in->hdr)) {
        stray(k, in, IKE_FACT_MALFORMED, IKEV2_N_INVALID_SYNTAX,
              "a first message that is not of an initiator");
    } else if ((sa = ike2_sa_by_first(k, in->hdr.cookie_i, &in->from.addr)) != NULL) {
        answer_again(k, sa, in);
    } else {
        ike2_init_respond(k, in);
    }
}

/* A request that belongs to no SA: its sender is told why, in the clear, if it is one of ours and
 * does not ask often (RFC 7296, 1.5, 2.5 and 2.21.4). */
static void refuse_stray(struct ike *k, const struct ike2_in *in, uint16_t code)
{
    struct isakmp_hdr h = in->hdr;
    struct isakmp_msg m;
    size_t peer;

    if (ikev2_is_response(&in->hdr) || !ike_due(k, k->v2->stray) ||
        !ike2_peer_by_addr(k, &in->from.addr, &peer))
        return;
    k->v2->stray = ike_in(k, IKE2_STRAY);
    h.flags = (uint8_t)(IKEV2_FLAG_RESPONSE |
                        (ikev2_from_initiator(&in->hdr) ? 0 : IKEV2_FLAG_INITIATOR));
    h.version = IKEV2_VERSION;
    isakmp_begin(&m, k->scratch, sizeof(k->scratch), &h);
    ike2_put_notify(&m, code, (struct bytes){0});
    ike_send(k, &in->to, &in->from, isakmp_end(&m, 0));
}

static void no_sa(struct ike *k, const struct ike2_in *in)
{
    stray(k, in, IKE_FACT_NO_SA, 0, NULL);
    refuse_stray(k, in, IKEV2_N_INVALID_IKE_SPI);
}

/* A message in the clear: anybody can say that. Only when all that is left of SA is a Delete under
 * way, that the other side does not know it is good news. */
static bool is_clear(struct ike *k, struct ike2_sa *sa, struct ike2_in *in)
{
    if (in->hdr.next == IKEV2_P_SK || in->hdr.next == IKEV2_P_SKF)
        return false;
    in->clear = in->datagram;
    bool is_news = sa->state == IKE2_CLOSING || ike2_quirks(k)->gullible;
    if (is_news && !ike2_parse_in(in) && ike2_has(in, IKEV2_N_INVALID_IKE_SPI)) {
        ike2_go_down(k, sa, sa->state == IKE2_CLOSING ? IKE_END_REPLACED : IKE_END_PEER_DELETE);
        return true;
    }
    struct ike_out *o = ike2_fact(k, sa, IKE_FACT_AUTH, 2);
    o->message_id = in->hdr.message_id;
    o->why = "a message in the clear";
    return true;
}

static void dispatch(struct ike *k, struct ike2_in *in)
{
    bool ours_is_r = ikev2_from_initiator(&in->hdr);
    struct ike2_sa *sa;

    if (in->hdr.exchange == ISAKMP_X_V2_SA_INIT) {
        first_exchange(k, in);
        return;
    }
    sa = ike2_sa_by_spi(k, ours_is_r ? in->hdr.cookie_r : in->hdr.cookie_i);
    if (!sa || sa->initiator == ours_is_r ||
        memcmp(sa->initiator ? sa->spi_r : sa->spi_i,
               ours_is_r ? in->hdr.cookie_i : in->hdr.cookie_r, IKEV2_SPI_LEN) != 0)
        no_sa(k, in);
    else if (!sa->open)
        stray(k, in, IKE_FACT_NO_SA, 0, NULL); /* no keys yet */
    else if (is_clear(k, sa, in))
        return;
    else if (ikev2_is_response(&in->hdr))
        response(k, sa, in);
    else
        request(k, sa, in);
}

void ike2_input(struct ike *k, const struct endpoint *from, const struct endpoint *to,
                struct bytes datagram)
{
    static const uint8_t none[IKEV2_SPI_LEN];
    struct ike2_in in = {.from = *from, .to = *to, .datagram = datagram};

    if (isakmp_hdr_parse(datagram, &in.hdr) || in.hdr.length != datagram.n ||
        datagram.n > IKE_DATAGRAM_MAX) {
        stray(k, &in, IKE_FACT_MALFORMED, IKEV2_N_INVALID_SYNTAX,
              "no IKE message, or not the length it says");
    } else if (isakmp_major(&in.hdr) > 2) {
        stray(k, &in, IKE_FACT_MALFORMED, IKEV2_N_INVALID_MAJOR_VERSION, "beyond IKEv2");
        refuse_stray(k, &in, IKEV2_N_INVALID_MAJOR_VERSION);
    } else if (memcmp(in.hdr.cookie_i, none, sizeof(none)) == 0) {
        stray(k, &in, IKE_FACT_MALFORMED, IKEV2_N_INVALID_IKE_SPI, "no initiator's SPI");
    } else {
        in.hash = hash_bytes(datagram, k->hash_key);
        dispatch(k, &in);
    }
}
