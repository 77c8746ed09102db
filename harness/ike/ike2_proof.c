/* Who the two sides are, and the proof of it by a pre-shared key (RFC 7296, 2.15). */
#include "ike/ike2_exchanges.h"

#include "base/mem.h"

static struct ikev2_id own_id(const struct ike2_sa *sa, const struct ike_peer_config *p)
{
    const struct ip_addr *a = &sa->local.addr;

    if (p->id.type)
        return (struct ikev2_id){p->id.type, p->id.data};
    return (struct ikev2_id){a->family == 6 ? IKEV2_ID_IPV6_ADDR : IKEV2_ID_IPV4_ADDR,
                             bytes_of(a->b, ip_addr_len(a))};
}

/* AUTH of the other side. ID: the body of its ID payload. */
static size_t make_their_auth(const struct ike2_sa *sa, struct bytes psk, struct bytes id,
                              uint8_t *out)
{
    bool i = !sa->initiator;

    ikev2_auth_psk(sa->keys.prf, psk, i ? sa->keys.pi : sa->keys.pr,
                   owned_bytes(i ? &sa->first_i : &sa->first_r),
                   owned_bytes(i ? &sa->nonce_r : &sa->nonce_i), id, out);
    return prf_len(sa->keys.prf);
}

/* That of our own side. */
static size_t make_own_auth(const struct ike *k, const struct ike2_sa *sa, struct bytes psk,
                            struct bytes id, uint8_t *out)
{
    bool i = sa->initiator;
    bool other_message = ike_is_faulty(k, IKE_FAULT_AUTH_OTHER_MESSAGE);
    bool own_nonce = ike_is_faulty(k, IKE_FAULT_AUTH_OWN_NONCE);

    if (ike_is_faulty(k, IKE_FAULT_AUTH_BARE_ID))
        id = bytes_from(id, 4);
    ikev2_auth_psk(sa->keys.prf, psk, i ? sa->keys.pi : sa->keys.pr,
                   owned_bytes(i != other_message ? &sa->first_i : &sa->first_r),
                   owned_bytes(i != own_nonce ? &sa->nonce_r : &sa->nonce_i), id, out);
    return prf_len(sa->keys.prf);
}

void ike2_put_proof(struct ike *k, struct ike2_sa *sa, struct isakmp_msg *m, bool with_auth)
{
    const struct ike_peer_config *p = ike2_config(k, sa);
    uint8_t type = sa->initiator ? IKEV2_P_ID_I : IKEV2_P_ID_R, auth[PRF_MAX];
    struct ikev2_id id = own_id(sa, p);
    size_t before = m->w.at;

    ikev2_put_id(m, type, &id);
    if (m->w.err || !with_auth)
        return;
    struct bytes body =
        bytes_of(m->w.p + before + IKEV2_GENERIC_LEN, m->w.at - before - IKEV2_GENERIC_LEN);
    size_t n = make_own_auth(k, sa, p->psk, body, auth);
    if (sa->initiator && p->remote_id.type) {
        struct ikev2_id theirs = {p->remote_id.type, p->remote_id.data};
        ikev2_put_id(m, IKEV2_P_ID_R, &theirs);
    }
    struct ikev2_auth a = {IKEV2_AUTH_PSK, bytes_of(auth, n)};
    ikev2_put_auth(m, &a);
    mem_wipe(auth, sizeof(auth));
}

const char *ike2_proof_misfit(const struct ike *k, const struct ike2_sa *sa,
                              const struct ike2_in *in)
{
    const struct ike_peer_config *p = ike2_config(k, sa);
    struct bytes body = ike2_body(in, sa->initiator ? IKEV2_P_ID_R : IKEV2_P_ID_I);
    struct bytes psk = p->remote_psk.n ? p->remote_psk : p->psk;
    uint8_t want[PRF_MAX];
    struct ikev2_auth a;
    struct ikev2_id id;

    if (ikev2_id_parse(body, &id) || ikev2_auth_parse(ike2_body(in, IKEV2_P_AUTH), &a))
        return "no identity, or no proof of it";
    if (p->remote_id.type &&
        (id.type != p->remote_id.type || !bytes_eq(id.data, p->remote_id.data)))
        return "the identity is not the one that is expected";
    if (a.method != IKEV2_AUTH_PSK)
        return "a proof that is not by a pre-shared key";
    size_t n = make_their_auth(sa, psk, body, want);
    bool fits = a.data.n == n && secret_eq(a.data.p, want, n);
    mem_wipe(want, sizeof(want));
    return fits ? NULL : "AUTH does not fit: another pre-shared key, or forged";
}
