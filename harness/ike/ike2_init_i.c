/* IKE_SA_INIT, initiator (RFC 7296, 1.2).
 *
 *   HDR, [N(COOKIE)], SAi1, KEi, Ni, N... -->
 *                                        <-- HDR, SAr1, KEr, Nr, N...
 * or, and then it begins anew:           <-- HDR, N(COOKIE)  |  HDR, N(INVALID_KE_PAYLOAD) */
#include "ike/ike2_exchanges.h"

#include "base/mem.h"

void ike2_new_nonce(struct ike *k, struct owned *out, enum ike2_nonce_of what)
{
    uint8_t nonce[IKE_NONCE_LEN];
    enum ike_nonce how = ike2_quirks(k)->nonce;
    bool low = how == (what == IKE2_NONCE_ASKS ? IKE_NONCE_LOSES : IKE_NONCE_WINS);

    rng_fill(k->rng, nonce, sizeof(nonce));
    if (what != IKE2_NONCE_FIRST && how != IKE_NONCE_RANDOM)
        memset(nonce, low ? 0x00 : 0xff, 8);
    owned_set(out, bytes_of(nonce, ike_is_faulty(k, IKE_FAULT_SHORT_NONCE) ? 8 : sizeof(nonce)));
}

void ike2_put_ke(struct isakmp_msg *m, uint16_t group, const struct dh *dh)
{
    struct ikev2_ke ke = {.group = group, .data = dh_public(dh)};

    ikev2_put_ke(m, &ke);
}

void ike2_put_common(struct ike *k, const struct ike2_sa *sa, struct isakmp_msg *m)
{
    const struct ike_peer_config *p = ike2_config(k, sa);

    if (p->natt)
        ike2_put_natd(sa, m, &sa->local, &sa->remote);
    if (p->fragment_mtu)
        ike2_put_notify(m, IKEV2_N_FRAGMENTATION_SUPPORTED, (struct bytes){0});
}

void ike2_note_common(struct ike *k, struct ike2_sa *sa, const struct ike2_in *in)
{
    const struct ike_peer_config *p = ike2_config(k, sa);

    sa->fragments = p->fragment_mtu && ike2_has(in, IKEV2_N_FRAGMENTATION_SUPPORTED);
    if (p->natt)
        sa->natt = ike2_look_natd(sa, in);
}

static void put_request(struct ike *k, struct ike2_sa *sa)
{
    const struct ike_peer_config *p = ike2_config(k, sa);
    struct ike2_half *h = &sa->ask.half;
    struct isakmp_msg m;

    ike2_begin(k, sa, &m, ISAKMP_X_V2_SA_INIT, 0, false);
    if (sa->cookie.n)
        ike2_put_notify(&m, IKEV2_N_COOKIE, owned_bytes(&sa->cookie));
    ike2_put_offer(&m, p, (struct bytes){0});
    ike2_put_ke(&m, ike_is_faulty(k, IKE_FAULT_KE_GROUP) ? h->group + 1 : h->group, h->dh);
    isakmp_put(&m, IKEV2_P_NONCE, owned_bytes(&h->nonce));
    ike2_put_common(k, sa, &m);
    struct bytes datagram = isakmp_end(&m, 0);
    owned_set(&sa->first_i, datagram);
    ike2_pack_clear(datagram, &sa->ask.packets);
    sa->ask.sent = 0;
    ike2_ask_again(k, sa);
}

/* A key pair of GROUP in place of what there was. False: a group that we cannot do. */
static bool take_group(struct ike *k, struct ike2_half *h, uint16_t group)
{
    struct dh *dh;

    if (dh_new(group, k->rng, &dh))
        return false;
    dh_free(h->dh);
    h->dh = dh;
    h->group = group;
    return true;
}

struct ike2_sa *ike2_init_begin(struct ike *k, size_t peer, bool rekey)
{
    const struct ike_peer_config *p = ike_peer_at(k, peer);
    struct ike2_sa *sa = ike2_sa_new(k, peer, true, NULL, NULL);
    struct ike2_ask *a = &sa->ask;

    const struct ike2_sa *old = ike2_best(k, peer);

    sa->rekey = sa->reauth = rekey;
    sa->mover = true;
    sa->first_contact = p->initial_contact && !old;
    if (old && ike2_udp(old)) { /* it goes where the one before has got to */
        sa->local = old->local;
        sa->remote = old->remote;
    }
    a->kind = IKE2_INIT;
    a->started = ike_now(k);
    struct ike_out *o = ike2_fact(k, sa, IKE_FACT_INITIATING_1, 1);
    o->rekey = rekey;
    if (p->nsuites == 0 || !take_group(k, &a->half, p->suites[0].group)) {
        ike2_go_down(k, sa, IKE_END_REFUSED);
        return NULL;
    }
    ike2_new_nonce(k, &a->half.nonce, IKE2_NONCE_FIRST);
    put_request(k, sa);
    return sa;
}

/* --- the answer ------------------------------------------------------------------------------ */

/* Each of these answers is not authenticated: a forged one may cost a round, and no more than
 * IKE2_RESTARTS of them. */
static bool may_restart(struct ike2_sa *sa)
{
    return sa->restarts++ < IKE2_RESTARTS;
}

static void take_cookie(struct ike *k, struct ike2_sa *sa, struct bytes cookie)
{
    if (cookie.n < IKEV2_COOKIE_MIN || cookie.n > IKEV2_COOKIE_MAX) {
        ike2_malformed(k, sa, IKEV2_N_INVALID_SYNTAX, "a cookie of impossible length");
        return;
    }
    if (!may_restart(sa))
        return;
    struct ike_out *o = ike2_fact(k, sa, IKE_FACT_COOKIE, 1);
    o->initiator = true;
    owned_set(&sa->cookie, cookie);
    put_request(k, sa);
}

static void take_other_group(struct ike *k, struct ike2_sa *sa, struct bytes data)
{
    struct rd r = rd_of(data);
    uint16_t group = rd_be16(&r);

    if (!rd_done(&r)) {
        ike2_malformed(k, sa, IKEV2_N_INVALID_SYNTAX, "INVALID_KE_PAYLOAD without a group");
        return;
    }
    if (group == sa->ask.half.group || !may_restart(sa))
        return;
    struct ike_out *o = ike2_fact(k, sa, IKE_FACT_INVALID_KE, 1);
    o->initiator = true;
    o->code = group;
    if (!ike2_has_group(ike2_config(k, sa), group) || !take_group(k, &sa->ask.half, group))
        return; /* a group that we have not offered: not a downgrade that we follow */
    put_request(k, sa);
}

/* True when IN is an answer that is none. An error may be forged: another answer may still come,
 * but nothing more is sent. */
static bool take_error(struct ike *k, struct ike2_sa *sa, const struct ike2_in *in)
{
    struct ikev2_notify n;

    if (ikev2_find_notify(&in->chain, IKEV2_N_COOKIE, &n)) {
        take_cookie(k, sa, n.data);
        return true;
    }
    if (ikev2_find_notify(&in->chain, IKEV2_N_INVALID_KE_PAYLOAD, &n)) {
        take_other_group(k, sa, n.data);
        return true;
    }
    uint16_t code = ike2_error_in(in);
    if (!code)
        return false;
    ike2_refused(k, sa, 1, code, true);
    sa->refused = true;
    return true;
}

static const char *take_suite(struct ike *k, struct ike2_sa *sa, const struct ike2_in *in)
{
    struct ike2_choice c;
    struct ikev2_ke ke;
    struct bytes nonce = ike2_body(in, IKEV2_P_NONCE);

    if (ike2_choose(ike2_config(k, sa), ike2_body(in, IKEV2_P_SA), true, &c) || c.spi.n)
        return "the chosen proposal is none of ours";
    if (ikev2_ke_parse(ike2_body(in, IKEV2_P_KE), &ke) || ke.group != sa->ask.half.group ||
        ke.group != c.suite.group)
        return "a public value that is missing, or not of the group";
    if (ikev2_nonce_check(nonce))
        return "a nonce that is missing, or of impossible length";
    sa->suite = c.suite;
    owned_set(&sa->nonce_r, nonce);
    return NULL;
}

static enum err make_keys(const struct ike *k, struct ike2_sa *sa, const struct ike2_in *in)
{
    uint8_t shared[DH_PUBLIC_MAX];
    struct ikev2_ke ke;
    enum err e = ikev2_ke_parse(ike2_body(in, IKEV2_P_KE), &ke);

    if (e || (e = dh_shared(sa->ask.half.dh, ke.data, shared)))
        return e;
    e = ike2_make_keys(k, sa, NULL, bytes_of(shared, dh_secret_len(ke.group)),
                       owned_bytes(&sa->nonce_i), owned_bytes(&sa->nonce_r));
    mem_wipe(shared, sizeof(shared));
    return e;
}

void ike2_init_answered(struct ike *k, struct ike2_sa *sa, struct ike2_in *in)
{
    static const uint8_t none[IKEV2_SPI_LEN];

    if (ikev2_chain_parse(in->hdr.next, bytes_from(in->datagram, ISAKMP_HDR_LEN), &in->chain)) {
        ike2_malformed(k, sa, IKEV2_N_INVALID_SYNTAX, "an answer whose payloads do not parse");
        return;
    }
    if (take_error(k, sa, in))
        return;
    if (memcmp(in->hdr.cookie_r, none, sizeof(none)) == 0 || in->chain.unsupported) {
        ike2_malformed(k, sa, IKEV2_N_INVALID_SYNTAX, "an answer without an SPI, or beyond us");
        return;
    }
    const char *why = take_suite(k, sa, in);
    if (why) {
        ike2_malformed(k, sa, IKEV2_N_INVALID_SYNTAX, why);
        return;
    }
    memcpy(sa->spi_r, in->hdr.cookie_r, sizeof(sa->spi_r));
    owned_set(&sa->nonce_i, owned_bytes(&sa->ask.half.nonce));
    owned_set(&sa->first_r, in->datagram);
    if (make_keys(k, sa, in)) {
        ike2_malformed(k, sa, IKEV2_N_INVALID_SYNTAX, "a public value that is no good");
        memset(sa->spi_r, 0, sizeof(sa->spi_r));
        return;
    }
    ike2_note_common(k, sa, in);
    sa->peer_childless = ike2_has(in, IKEV2_N_CHILDLESS_IKEV2_SUPPORTED);
    ike2_ask_done(k, sa);
    ike2_auth_begin(k, sa);
}
