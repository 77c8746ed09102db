/* Main mode with pre-shared keys (RFC 2409, 5.4): what both roles share, and who gets a message.
 *
 *   initiator                       responder
 *   1  HDR, SA, VID           -->
 *                             <--   HDR, SA, VID          2
 *   3  HDR, KE, Ni            -->
 *                             <--   HDR, KE, Nr           4
 *   5  HDR*, IDii, HASH_I     -->
 *                             <--   HDR*, IDir, HASH_R    6
 */
#include "ike/ike1_exchanges.h"

#include "base/mem.h"

static const uint8_t dpd_vendor[16] = /* RFC 3706, 5.1, version 1.0 */
    {0xaf, 0xca, 0xd7, 0x13, 0x68, 0xa1, 0xf1, 0xc9, 0x6b, 0x86, 0x96, 0xfc, 0x77, 0x57, 1, 0};

static const uint8_t xauth_vendor[8] = /* draft-beaulieu-ike-xauth-02, 2 */
    {0x09, 0x00, 0x26, 0x89, 0xdf, 0xd6, 0xb7, 0x12};
static const uint8_t unity_vendor[16] = /* Cisco Unity, version 1.0 */
    {0x12, 0xf5, 0xf2, 0x8c, 0x45, 0x71, 0x68, 0xa9, 0x70, 0x2d, 0x9f, 0xe2, 0x74, 0xcc, 1, 0};

void ike1_put_vendors(struct isakmp_msg *m, const struct ike_peer_config *p)
{
    if (p->dpd.enabled)
        isakmp_put(m, ISAKMP_P_VENDOR, bytes_of(dpd_vendor, sizeof(dpd_vendor)));
    ike1_natt_put_vendors(m, p);
    ike1_fragment_put_vendor(m, p);
    if (p->xauth)
        isakmp_put(m, ISAKMP_P_VENDOR, bytes_of(xauth_vendor, sizeof(xauth_vendor)));
    if (p->config != IKE_CONFIG_NONE)
        isakmp_put(m, ISAKMP_P_VENDOR, bytes_of(unity_vendor, sizeof(unity_vendor)));
}

void ike1_note_vendors(const struct ike *k, struct ike1_sa *sa, const struct isakmp_chain *c)
{
    for (size_t i = 0; i < c->n; i++) {
        struct bytes b = c->v[i].body;
        if (c->v[i].type != ISAKMP_P_VENDOR)
            continue;
        ike1_natt_note_vendor(k, sa, b);
        ike1_fragment_note_vendor(k, sa, b);
        /* the last two bytes are a version; only the name before counts */
        if (b.n == sizeof(dpd_vendor) && memcmp(b.p, dpd_vendor, sizeof(dpd_vendor) - 2) == 0)
            sa->peer_has_dpd = true;
        if (bytes_eq(b, bytes_of(xauth_vendor, sizeof(xauth_vendor))))
            sa->peer_does_xauth = true;
    }
}

void ike1_put_exchange(struct isakmp_msg *m, struct bytes public_value, struct bytes nonce)
{
    isakmp_put(m, ISAKMP_P_KE, public_value);
    isakmp_put(m, ISAKMP_P_NONCE, nonce);
}

bool ike1_nonce_ok(struct bytes nonce)
{
    return nonce.n >= IKE_NONCE_MIN && nonce.n <= IKE_NONCE_MAX;
}

static struct ikev1_phase1 exchanged(const struct ike1_sa *sa)
{
    return (struct ikev1_phase1){.digest = sa->suite.digest,
                                 .nonce_i = owned_bytes(&sa->nonce_i),
                                 .nonce_r = owned_bytes(&sa->nonce_r),
                                 .public_i = owned_bytes(&sa->public_i),
                                 .public_r = owned_bytes(&sa->public_r),
                                 .cookie_i = sa->cookie_i,
                                 .cookie_r = sa->cookie_r};
}

enum err ike1_make_keys(const struct ike *k, struct ike1_sa *sa, struct bytes theirs)
{
    uint8_t shared[DH_PUBLIC_MAX];
    struct ikev1_phase1 x = exchanged(sa);
    size_t key_len = cipher_key_len(sa->suite.cipher);

    enum err e = dh_shared(sa->dh, theirs, shared);
    if (e)
        return e;
    struct bytes secret = bytes_of(shared, dh_secret_len(sa->suite.group));
    if (ike_is_faulty(k, IKE_FAULT_V1_NONCES_SWAPPED)) {
        x.nonce_i = owned_bytes(&sa->nonce_r);
        x.nonce_r = owned_bytes(&sa->nonce_i);
    }
    if (ike_is_faulty(k, IKE_FAULT_V1_COOKIES_SWAPPED)) {
        x.cookie_i = sa->cookie_r;
        x.cookie_r = sa->cookie_i;
    }
    if (ike_is_faulty(k, IKE_FAULT_V1_IV_SWAPPED)) {
        x.public_i = owned_bytes(&sa->public_r);
        x.public_r = owned_bytes(&sa->public_i);
    }
    ikev1_derive(&x, ike1_config(k, sa)->psk, secret, &sa->keys);
    mem_wipe(shared, sizeof(shared));
    ikev1_cipher_key(&sa->keys, sa->suite.cipher, sa->skey);
    ikev1_phase1_iv(&x, sa->suite.cipher, sa->iv);
    return cipher_new(sa->suite.cipher, bytes_of(sa->skey, key_len), &sa->cipher);
}

struct bytes ike1_own_id(const struct ike *k, const struct ike1_sa *sa, uint8_t *buf, size_t cap)
{
    const struct ike_peer_config *p = ike1_config(k, sa);
    const struct ip_addr *a = &k->cfg->local;
    struct wr w = wr_of(buf, cap);

    if (p->group.n && sa->initiator) {
        wr_u8(&w, p->group_fqdn ? ISAKMP_ID_FQDN : ISAKMP_ID_KEY_ID);
        wr_zero(&w, 3);
        wr_put(&w, p->group);
        return wr_bytes(&w);
    }
    wr_u8(&w, a->family == 6 ? ISAKMP_ID_IPV6_ADDR : ISAKMP_ID_IPV4_ADDR);
    wr_u8(&w, 17); /* RFC 2407, 4.6.2: UDP and 500, or both zero */
    wr_be16(&w, IKE_PORT);
    wr_put(&w, bytes_of(a->b, ip_addr_len(a)));
    return wr_bytes(&w);
}

void ike1_identity_hash(const struct ike1_sa *sa, bool initiator, struct bytes id, uint8_t *out)
{
    struct ikev1_phase1 x = exchanged(sa);

    if (initiator)
        ikev1_hash_i(&sa->keys, &x, owned_bytes(&sa->sa_i), id, out);
    else
        ikev1_hash_r(&sa->keys, &x, owned_bytes(&sa->sa_i), id, out);
}

void ike1_put_identity(struct ike *k, struct ike1_sa *sa, struct isakmp_msg *m, bool initiator)
{
    uint8_t buf[IKE_ID_MAX], hash[DIGEST_MAX];
    struct bytes id = ike1_own_id(k, sa, buf, sizeof(buf));

    ike1_identity_hash(sa, initiator != ike_is_faulty(k, IKE_FAULT_V1_OTHER_HASH), id, hash);
    isakmp_put(m, ISAKMP_P_ID, id);
    isakmp_put(m, ISAKMP_P_HASH, bytes_of(hash, digest_len(sa->suite.digest)));
}

bool ike1_identity_fits(struct ike1_sa *sa, const struct isakmp_chain *c, bool initiator)
{
    const struct isakmp_payload *shown = isakmp_find(c, ISAKMP_P_ID);
    struct bytes id = shown ? shown->body : owned_bytes(&sa->id_i);
    struct bytes got = isakmp_find(c, ISAKMP_P_HASH)->body;
    uint8_t want[DIGEST_MAX];

    ike1_identity_hash(sa, initiator, id, want);
    return got.n == digest_len(sa->suite.digest) && secret_eq(got.p, want, got.n);
}

bool ike1_parse_clear(struct ike *k, struct ike1_sa *sa, struct ike1_in *in, enum ike1_kind kind)
{
    uint16_t code = ISAKMP_N_PAYLOAD_MALFORMED;
    const char *why = NULL;

    if (isakmp_chain_parse(in->hdr.next, bytes_from(in->datagram, ISAKMP_HDR_LEN), &in->chain) ||
        in->chain.padding.n)
        why = "payloads do not add up to the message";
    else
        why = ike1_misfit(kind, &in->chain, &code);
    if (why)
        ike1_malformed(k, sa, code, why);
    return !why;
}

static const struct expected { /* by state */
    enum ike1_kind kind;
    bool encrypted;
    void (*take)(struct ike *k, struct ike1_sa *sa, struct ike1_in *in);
} expected[] = {
    [IKE1_I_WAIT_2] = {IKE1_MAIN_2, false, ike1_main_2},
    [IKE1_I_WAIT_4] = {IKE1_MAIN_4, false, ike1_main_4},
    [IKE1_I_WAIT_6] = {IKE1_MAIN_6, true, ike1_main_6},
    [IKE1_R_WAIT_3] = {IKE1_MAIN_3, false, ike1_main_3},
    [IKE1_R_WAIT_5] = {IKE1_MAIN_5, true, ike1_main_5},
};

void ike1_main_input(struct ike *k, struct ike1_sa *sa, struct ike1_in *in)
{
    static const uint8_t none[IKEV1_COOKIE_LEN];
    bool encrypted = in->hdr.flags & ISAKMP_FLAG_ENCRYPTED;

    if (sa->memory.reply.p && sa->memory.request == in->hash) {
        ike1_fact(k, sa, IKE_FACT_DUPLICATE, 1);
        ike1_send(k, sa, owned_bytes(&sa->memory.reply));
        return;
    }
    if (memcmp(in->hdr.cookie_r, none, sizeof(none)) == 0 && sa->initiator) {
        ike1_malformed(k, sa, ISAKMP_N_INVALID_COOKIE, "an answer without the responder's cookie");
        return;
    }
    /* an earlier message of this exchange, or a later one that overtook it */
    if (sa->state > IKE1_R_WAIT_5 || expected[sa->state].encrypted != encrypted) {
        ike1_fact(k, sa, IKE_FACT_DUPLICATE, 1);
        return;
    }
    const struct expected *e = &expected[sa->state];
    if (encrypted || ike1_parse_clear(k, sa, in, e->kind))
        e->take(k, sa, in);
}
