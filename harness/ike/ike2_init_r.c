/* IKE_SA_INIT, responder. Until the other side has shown with a COOKIE that it can receive, nothing
 * of it is remembered when many ask (RFC 7296, 2.6). */
#include "ike/ike2_exchanges.h"

#include "base/mem.h"

static void stray(struct ike *k, const struct ike2_in *in, enum ike_fact fact, uint16_t code,
                  const char *why)
{
    struct ike_out *o = ike_fact(k, fact, &in->from.addr);

    o->version = 2;
    o->phase = 1;
    o->code = code;
    o->why = why;
}

/* Begins an answer that stands for no SA of ours. */
static void begin_bare(struct ike *k, const struct ike2_in *in, struct isakmp_msg *m)
{
    struct isakmp_hdr h = {.version = IKEV2_VERSION,
                           .exchange = in->hdr.exchange,
                           .flags = IKEV2_FLAG_RESPONSE,
                           .message_id = in->hdr.message_id};

    memcpy(h.cookie_i, in->hdr.cookie_i, sizeof(h.cookie_i));
    isakmp_begin(m, k->scratch, sizeof(k->scratch), &h);
}

static void send_bare(struct ike *k, const struct ike2_in *in, struct isakmp_msg *m)
{
    ike_send(k, &in->to, &in->from, isakmp_end(m, 0));
}

static void refuse(struct ike *k, const struct ike2_in *in, uint16_t code, struct bytes data)
{
    struct isakmp_msg m;

    begin_bare(k, in, &m);
    ike2_put_notify(&m, code, data);
    send_bare(k, in, &m);
}

/* --- cookies --------------------------------------------------------------------------------- */

static struct bytes addr_bytes(const struct ip_addr *a)
{
    return bytes_of(a->b, ip_addr_len(a));
}

static bool has_cookie(const struct ike *k, const struct ike2_in *in, struct bytes nonce)
{
    struct ikev2_notify n;

    return ikev2_find_notify(&in->chain, IKEV2_N_COOKIE, &n) &&
           ikev2_cookie_is_ours(&k->v2->jar, n.data, nonce, addr_bytes(&in->from.addr),
                                in->from.port, in->hdr.cookie_i);
}

static void ask_for_cookie(struct ike *k, const struct ike2_in *in, struct bytes nonce)
{
    struct ike2 *v = k->v2;
    uint8_t cookie[IKEV2_COOKIE_LEN];

    ikev2_cookie_make(&v->jar, nonce, addr_bytes(&in->from.addr), in->from.port, in->hdr.cookie_i,
                      cookie);
    stray(k, in, IKE_FACT_COOKIE, 0, NULL);
    refuse(k, in, IKEV2_N_COOKIE, bytes_of(cookie, sizeof(cookie)));
}

/* True when IN may go on. */
static bool pays_with_cookie(struct ike *k, const struct ike2_in *in, struct bytes nonce)
{
    struct ike2 *v = k->v2;
    size_t from = k->cfg->cookies_from ? k->cfg->cookies_from : IKE2_COOKIES_FROM;

    if (from != SIZE_MAX && v->half_open < from)
        return true;
    if (ike_due(k, v->jar_due)) {
        ikev2_cookie_jar_turn(&v->jar, k->rng);
        v->jar_due = ike_in(k, IKE2_COOKIE_TURN);
    }
    if (has_cookie(k, in, nonce))
        return true;
    ask_for_cookie(k, in, nonce);
    return false;
}

/* --- the peer -------------------------------------------------------------------------------- */

/* A group whose clients come from anywhere. */
static bool find_group(struct ike *k, const struct ike2_in *in, size_t *peer)
{
    for (size_t i = 0; i < k->cfg->npeers; i++) {
        if (!k->cfg->peers[i].address.family && ike2_is_v2(k, i))
            return ike_remote_of(k, i, &in->from.addr, peer) == ERR_OK;
    }
    return false;
}

/* Bounds what strangers can make us remember: of the peer's half-open SAs the oldest goes. */
static bool make_room(struct ike *k, size_t peer)
{
    struct ike2_sa *oldest = NULL;
    size_t n = 0;

    if (k->v2->half_open >= IKE2_HALF_OPENS)
        return false;
    for (struct ike2_sa *sa = ike2_sas_of(k, peer); sa; sa = sa->next) {
        if (!sa->half_open)
            continue;
        n++;
        oldest = sa;
    }
    if (n < IKE_HALF_OPENS)
        return true;
    ike2_fact(k, oldest, IKE_FACT_LIMIT, 1)->why = "too many negotiations of one peer";
    ike2_sa_free(k, oldest);
    return true;
}

/* --- the request ----------------------------------------------------------------------------- */

struct request {
    size_t peer;
    struct ike2_choice choice;
    struct ikev2_ke ke;
    struct bytes nonce;
};

static bool parse(struct ike *k, struct ike2_in *in, struct request *r)
{
    if (ikev2_chain_parse(in->hdr.next, bytes_from(in->datagram, ISAKMP_HDR_LEN), &in->chain)) {
        stray(k, in, IKE_FACT_MALFORMED, IKEV2_N_INVALID_SYNTAX,
              "a first message whose payloads do not parse");
        return false;
    }
    if (in->chain.unsupported) {
        stray(k, in, IKE_FACT_MALFORMED, IKEV2_N_UNSUPPORTED_CRITICAL_PAYLOAD,
              "a first message with a critical payload that we do not know");
        refuse(k, in, IKEV2_N_UNSUPPORTED_CRITICAL_PAYLOAD, bytes_of(&in->chain.unsupported, 1));
        return false;
    }
    r->nonce = ike2_body(in, IKEV2_P_NONCE);
    if (ikev2_nonce_check(r->nonce) || ikev2_ke_parse(ike2_body(in, IKEV2_P_KE), &r->ke) ||
        ikev2_sa_check(ike2_body(in, IKEV2_P_SA), NULL)) {
        stray(k, in, IKE_FACT_MALFORMED, IKEV2_N_INVALID_SYNTAX,
              "a first message without a sound proposal, public value and nonce");
        return false;
    }
    return true;
}

/* False: told, and answered if it is to be. */
static bool accept_offer(struct ike *k, const struct ike2_in *in, struct request *r)
{
    const struct ike_peer_config *p = ike_peer_at(k, r->peer);
    uint8_t group[2];
    struct wr w = wr_of(group, sizeof(group));

    if (ike2_choose(p, ike2_body(in, IKEV2_P_SA), false, &r->choice) || r->choice.spi.n) {
        stray(k, in, IKE_FACT_NO_PROPOSAL, 0, NULL);
        refuse(k, in, IKEV2_N_NO_PROPOSAL_CHOSEN, (struct bytes){0});
        return false;
    }
    if (r->ke.group != r->choice.suite.group) {
        stray(k, in, IKE_FACT_INVALID_KE, r->choice.suite.group, NULL);
        wr_be16(&w, r->choice.suite.group);
        refuse(k, in, IKEV2_N_INVALID_KE_PAYLOAD, wr_bytes(&w));
        return false;
    }
    return true;
}

static enum err make_keys(struct ike *k, struct ike2_sa *sa, const struct request *r,
                          struct dh **dh)
{
    uint8_t shared[DH_PUBLIC_MAX];
    enum err e = dh_new(r->ke.group, k->rng, dh);

    if (e || (e = dh_shared(*dh, r->ke.data, shared)))
        return e;
    e = ike2_make_keys(k, sa, NULL, bytes_of(shared, dh_secret_len(r->ke.group)),
                       owned_bytes(&sa->nonce_i), owned_bytes(&sa->nonce_r));
    mem_wipe(shared, sizeof(shared));
    return e;
}

static void answer(struct ike *k, struct ike2_sa *sa, const struct ike2_in *in,
                   const struct request *r, const struct dh *dh)
{
    struct isakmp_msg m;

    ike2_begin(k, sa, &m, ISAKMP_X_V2_SA_INIT, 0, true);
    ike2_put_choice(&m, r->choice.number, &sa->suite, (struct bytes){0});
    ike2_put_ke(&m, r->ke.group, dh);
    isakmp_put(&m, IKEV2_P_NONCE, owned_bytes(&sa->nonce_r));
    ike2_put_common(k, sa, &m);
    if (ike2_config(k, sa)->childless)
        ike2_put_notify(&m, IKEV2_N_CHILDLESS_IKEV2_SUPPORTED, (struct bytes){0});
    struct bytes datagram = isakmp_end(&m, 0);
    owned_set(&sa->first_r, datagram);
    ike2_pack_clear(datagram, &sa->answer);
    sa->answered = in->hash;
    sa->has_answered = true;
    sa->next_in = 1;
    ike2_send_packets(k, &in->to, &in->from, &sa->answer);
}

static void begin_sa(struct ike *k, const struct ike2_in *in, const struct request *r)
{
    struct ike2_sa *sa = ike2_sa_new(k, r->peer, false, in->hdr.cookie_i, NULL);
    struct dh *dh = NULL;

    sa->local = in->to;
    sa->remote = in->from;
    sa->suite = r->choice.suite;
    owned_set(&sa->first_i, in->datagram);
    owned_set(&sa->nonce_i, r->nonce);
    ike2_new_nonce(k, &sa->nonce_r, IKE2_NONCE_FIRST);
    if (make_keys(k, sa, r, &dh)) {
        stray(k, in, IKE_FACT_MALFORMED, IKEV2_N_INVALID_SYNTAX, "a public value that is no good");
        ike2_sa_free(k, sa);
    } else {
        ike2_fact(k, sa, IKE_FACT_RESPONDING_1, 1);
        sa->give_up = ike_in(k, IKE_HALF_OPEN);
        ike2_list_first(k, sa);
        ike2_note_common(k, sa, in);
        answer(k, sa, in, r, dh);
        ike2_arm(k, sa);
    }
    dh_free(dh);
}

void ike2_init_respond(struct ike *k, struct ike2_in *in)
{
    struct request r = {0};

    if (!ike2_peer_by_addr(k, &in->from.addr, &r.peer) && !find_group(k, in, &r.peer)) {
        stray(k, in, IKE_FACT_UNKNOWN_PEER, 0, "no peer has this address");
        return;
    }
    if (!parse(k, in, &r) || !pays_with_cookie(k, in, r.nonce) || !accept_offer(k, in, &r))
        return;
    if (!make_room(k, r.peer)) {
        stray(k, in, IKE_FACT_LIMIT, 0, "too many negotiations");
        return;
    }
    begin_sa(k, in, &r);
}
