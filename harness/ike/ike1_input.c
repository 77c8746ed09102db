/* Which IKE SA, and which exchange of it, a datagram belongs to. */
#include "ike/ike1_exchanges.h"

#include "base/hash.h"

static const uint8_t no_cookie[IKEV1_COOKIE_LEN];

static bool is_none(const uint8_t *cookie)
{
    return memcmp(cookie, no_cookie, sizeof(no_cookie)) == 0;
}

static bool cookies_fit(const struct ike1_sa *sa, const struct isakmp_hdr *h)
{
    if (memcmp(sa->cookie_i, h->cookie_i, sizeof(sa->cookie_i)) != 0)
        return false;
    /* an answer to our first message, or the first message once more */
    if (is_none(sa->cookie_r) || (is_none(h->cookie_r) && (h->exchange == ISAKMP_X_MAIN ||
                                                           h->exchange == ISAKMP_X_AGGRESSIVE)))
        return true;
    return memcmp(sa->cookie_r, h->cookie_r, sizeof(sa->cookie_r)) == 0;
}

static struct ike1_sa *find_sa(const struct ike *k, const struct ike1_in *in)
{
    for (struct ike1_sa *sa = k->sas; sa; sa = sa->next) {
        if (ip_addr_eq(&sa->remote.addr, &in->from.addr) && cookies_fit(sa, &in->hdr))
            return sa;
    }
    return NULL;
}

static void stray(struct ike *k, const struct ike1_in *in, enum ike_fact fact, uint16_t code,
                  const char *why)
{
    struct ike_out *o = ike_fact(k, fact, &in->from.addr);

    o->message_id = in->hdr.message_id;
    o->code = code;
    o->why = why;
}

static void phase_1(struct ike *k, struct ike1_sa *sa, struct ike1_in *in)
{
    bool aggressive = in->hdr.exchange == ISAKMP_X_AGGRESSIVE;

    if (in->hdr.message_id != 0)
        stray(k, in, IKE_FACT_MALFORMED, ISAKMP_N_INVALID_MESSAGE_ID, "phase 1 with a message ID");
    else if (sa && aggressive)
        ike1_aggr_input(k, sa, in);
    else if (sa)
        ike1_main_input(k, sa, in);
    else if (!is_none(in->hdr.cookie_r))
        stray(k, in, IKE_FACT_NO_SA, 0, NULL);
    else if (in->hdr.flags & ISAKMP_FLAG_ENCRYPTED)
        stray(k, in, IKE_FACT_MALFORMED, ISAKMP_N_INVALID_FLAGS, "a first message, encrypted");
    else if (aggressive)
        ike1_aggr_respond(k, in);
    else
        ike1_main_respond(k, in);
}

static bool is_phase_2(uint8_t exchange)
{
    return exchange == ISAKMP_X_INFO || exchange == ISAKMP_X_QUICK ||
           exchange == ISAKMP_X_TRANSACTION || exchange == ISAKMP_X_NEW_GROUP;
}

/* Whether an exchange behind phase 1 may come now: until the user is known there is only XAUTH. A
 * client that begins quick mode has nothing to ask for in mode-config. */
static bool is_time(const struct ike1_sa *sa, uint8_t exchange)
{
    if (!sa || sa->state < IKE1_LOGIN)
        return false;
    if (exchange == ISAKMP_X_NEW_GROUP)
        return sa->state == IKE1_UP;
    if (exchange != ISAKMP_X_QUICK)
        return true;
    return sa->state == IKE1_UP || (sa->state == IKE1_CONFIG && !sa->initiator);
}

static void dispatch(struct ike *k, struct ike1_in *in)
{
    struct ike1_sa *sa = find_sa(k, in);
    bool encrypted = in->hdr.flags & ISAKMP_FLAG_ENCRYPTED;

    if (in->hdr.exchange == ISAKMP_X_MAIN || in->hdr.exchange == ISAKMP_X_AGGRESSIVE) {
        phase_1(k, sa, in);
    } else if (in->hdr.exchange == ISAKMP_X_INFO && !encrypted) {
        ike1_info_clear(k, sa, in);
    } else if (!is_phase_2(in->hdr.exchange)) {
        stray(k, in, IKE_FACT_MALFORMED, ISAKMP_N_INVALID_EXCHANGE_TYPE,
              "an exchange that is not spoken here");
    } else if (!encrypted) {
        stray(k, in, IKE_FACT_MALFORMED, ISAKMP_N_INVALID_FLAGS, "phase 2 in the clear");
    } else if (in->hdr.message_id == 0 && sa) {
        stray(k, in, IKE_FACT_MALFORMED, ISAKMP_N_INVALID_MESSAGE_ID,
              "phase 2 without a message ID");
    } else if (!is_time(sa, in->hdr.exchange)) {
        stray(k, in, IKE_FACT_NO_SA, 0, NULL);
    } else if (in->hdr.exchange == ISAKMP_X_QUICK) {
        ike1_quick_input(k, sa, in);
    } else if (in->hdr.exchange == ISAKMP_X_TRANSACTION) {
        ike1_transaction_input(k, sa, in);
    } else if (in->hdr.exchange == ISAKMP_X_NEW_GROUP) {
        ike1_group_input(k, sa, in);
    } else {
        ike1_info_input(k, sa, in);
    }
}

/* UDP 4500 carries ESP too; IKE stands there behind four zeros (RFC 3948, 2.2). */
static bool strip_marker(struct bytes *datagram)
{
    struct rd r = rd_of(*datagram);

    if (rd_be32(&r) != 0 || r.err)
        return false;
    *datagram = rd_rest(&r);
    return true;
}

static void take_message(struct ike *k, struct ike1_in *in, bool pieced);

/* The message that the piece IN completes, if it does. */
static void take_piece(struct ike *k, struct ike1_in *in)
{
    struct ike1_sa *sa = find_sa(k, in);
    struct ike1_in all = {.from = in->from, .to = in->to};
    uint8_t whole[IKE_DATAGRAM_MAX];

    if (!sa) {
        stray(k, in, IKE_FACT_NO_SA, 0, NULL);
        return;
    }
    const char *why = ike1_fragment_input(k, sa, in, whole, sizeof(whole), &all.datagram);
    if (why)
        stray(k, in, IKE_FACT_MALFORMED, ISAKMP_N_PAYLOAD_MALFORMED, why);
    else if (all.datagram.n)
        take_message(k, &all, true);
}

static void take_message(struct ike *k, struct ike1_in *in, bool pieced)
{
    if (isakmp_hdr_parse(in->datagram, &in->hdr) || in->hdr.length != in->datagram.n ||
        in->datagram.n > IKE_DATAGRAM_MAX) {
        stray(k, in, IKE_FACT_MALFORMED, ISAKMP_N_UNEQUAL_PAYLOAD_LENGTHS,
              "no ISAKMP message, or not the length it says");
    } else if (isakmp_major(&in->hdr) != 1) {
        stray(k, in, IKE_FACT_MALFORMED, ISAKMP_N_INVALID_MAJOR_VERSION, "not IKEv1");
    } else if (is_none(in->hdr.cookie_i)) {
        stray(k, in, IKE_FACT_MALFORMED, ISAKMP_N_INVALID_COOKIE, "no initiator's cookie");
    } else if (in->hdr.next == ISAKMP_P_FRAGMENT && pieced) {
        stray(k, in, IKE_FACT_MALFORMED, ISAKMP_N_PAYLOAD_MALFORMED, "a fragment in fragments");
    } else if (in->hdr.next == ISAKMP_P_FRAGMENT) {
        take_piece(k, in);
    } else {
        in->hash = hash_bytes(in->datagram, k->hash_key);
        dispatch(k, in);
    }
}

void ike1_input(struct ike *k, const struct endpoint *from, const struct endpoint *to,
                struct bytes datagram)
{
    struct ike1_in in = {.from = *from, .to = *to};

    if (to->port == IKE_NATT_PORT && !strip_marker(&datagram))
        return; /* ESP, or a keep-alive: not for us */
    in.datagram = datagram;
    take_message(k, &in, false);
}
