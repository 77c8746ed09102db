/* Phase-1 proposals (RFC 2409, 5 and appendix A): one proposal, a transform per suite. */
#include "ike/ike_offers.h"

/* X(our cipher, number in the registry, key length in bits or 0) */
#define IKE_CIPHERS(X)                                                                             \
    X(DES_CBC, 1, 0)                                                                               \
    X(3DES_CBC, 5, 0)                                                                              \
    X(AES128_CBC, 7, 128)                                                                          \
    X(AES192_CBC, 7, 192)                                                                          \
    X(AES256_CBC, 7, 256)

#define IKE_HASHES(X)                                                                              \
    X(MD5, 1)                                                                                      \
    X(SHA1, 2)                                                                                     \
    X(SHA256, 4)                                                                                   \
    X(SHA384, 5)                                                                                   \
    X(SHA512, 6)

static void cipher_numbers(enum cipher_alg alg, uint16_t *number, uint16_t *bits)
{
    switch (alg) {
#define X(id, n, key)                                                                              \
    case CIPHER_##id:                                                                              \
        *number = n;                                                                               \
        *bits = key;                                                                               \
        return;
        IKE_CIPHERS(X)
#undef X
    default: *number = *bits = 0; return;
    }
}

static enum cipher_alg cipher_of(uint64_t number, uint64_t bits)
{
#define X(id, n, key)                                                                              \
    if (number == n && bits == key)                                                                \
        return CIPHER_##id;
    IKE_CIPHERS(X)
#undef X
    return CIPHER_NONE;
}

static uint16_t hash_number(enum digest_alg alg)
{
    switch (alg) {
#define X(id, n)                                                                                   \
    case DIGEST_##id: return n;
        IKE_HASHES(X)
#undef X
    default: return 0;
    }
}

static enum digest_alg digest_of(uint64_t number)
{
    switch (number) {
#define X(id, n)                                                                                   \
    case n: return DIGEST_##id;
        IKE_HASHES(X)
#undef X
    default: return DIGEST_NONE;
    }
}

static uint16_t auth_of(const struct ike_peer_config *p)
{
    return p->xauth ? ISAKMP_AUTH_XAUTH_INIT_PSK : ISAKMP_AUTH_PSK;
}

static void put_suite(struct wr *w, const struct ike_peer_config *p, const struct ike_suite *s)
{
    uint16_t number, bits;

    cipher_numbers(s->cipher, &number, &bits);
    isakmp_put_attribute(w, IKE_A_CIPHER, number);
    if (bits)
        isakmp_put_attribute(w, IKE_A_KEY_LENGTH, bits);
    isakmp_put_attribute(w, IKE_A_HASH, hash_number(s->digest));
    isakmp_put_attribute(w, IKE_A_GROUP, s->group);
    isakmp_put_attribute(w, IKE_A_AUTH, auth_of(p));
    if (s->lifetime_s) {
        isakmp_put_attribute(w, IKE_A_LIFE_TYPE, ISAKMP_LIFE_SECONDS);
        isakmp_put_attribute(w, IKE_A_LIFE, s->lifetime_s);
    }
}

/* Aggressive mode sends its public value at once: all suites must be of one group. Those of the
 * first one's that stand in front are offered. */
static size_t offered_count(const struct ike_peer_config *p)
{
    size_t n = 0;

    while (n < p->nsuites && n < IKE_OFFERS &&
           (!p->aggressive || p->suites[n].group == p->suites[0].group))
        n++;
    return n;
}

void ike1_put_offer(struct isakmp_msg *m, const struct ike_peer_config *p)
{
    size_t n = offered_count(p);
    struct isakmp_proposal prop = {
        .number = 1, .protocol = ISAKMP_PROTO_ISAKMP, .ntransforms = (uint8_t)n};
    size_t sa = isakmp_open(m, ISAKMP_P_SA);

    isakmp_put_sa(&m->w);
    size_t at = isakmp_open_proposal(&m->w, true, &prop);
    for (size_t i = 0; i < n; i++) {
        size_t t = isakmp_open_transform(&m->w, i + 1 == n, (uint8_t)(i + 1), ISAKMP_KEY_IKE);
        put_suite(&m->w, p, &p->suites[i]);
        isakmp_close_part(&m->w, t);
    }
    isakmp_close_part(&m->w, at);
    isakmp_close(m, sa);
}

/* RFC 2409, 5: the chosen transform comes back unchanged, attributes in their order. */
void ike1_put_choice(struct isakmp_msg *m, const struct isakmp_proposal *p,
                     const struct isakmp_transform *t)
{
    struct isakmp_proposal one = *p;
    size_t sa = isakmp_open(m, ISAKMP_P_SA);

    one.ntransforms = 1;
    isakmp_put_sa(&m->w);
    size_t at = isakmp_open_proposal(&m->w, true, &one);
    size_t in = isakmp_open_transform(&m->w, true, t->number, t->id);
    wr_put(&m->w, t->attributes);
    isakmp_close_part(&m->w, in);
    isakmp_close_part(&m->w, at);
    isakmp_close(m, sa);
}

struct offered {
    uint64_t cipher, key_bits, hash, auth, group;
    uint64_t seconds; /* 0: none said */
};

static struct offered read_transform(const struct isakmp_transform *t)
{
    struct offered o = {0};
    struct bytes left = t->attributes;
    struct isakmp_attribute a;

    while (isakmp_next_attribute(&left, &a)) {
        switch (a.type) {
        case IKE_A_CIPHER: o.cipher = a.number; break;
        case IKE_A_KEY_LENGTH: o.key_bits = a.number; break;
        case IKE_A_HASH: o.hash = a.number; break;
        case IKE_A_AUTH: o.auth = a.number; break;
        case IKE_A_GROUP: o.group = a.number; break;
        default: break;
        }
    }
    ike_read_lifetimes(t->attributes, IKE_A_LIFE_TYPE, &o.seconds, NULL);
    return o;
}

static bool is_ours(const struct offered *o, const struct ike_peer_config *p,
                    const struct ike_suite *s)
{
    return cipher_of(o->cipher, o->key_bits) == s->cipher && digest_of(o->hash) == s->digest &&
           o->auth == auth_of(p) && o->group == s->group;
}

static bool find_transform(const struct isakmp_sa *offer, const struct ike_peer_config *p,
                           const struct ike_suite *s, struct ike1_choice *out)
{
    struct bytes props = offer->proposals;

    while (isakmp_next_proposal(&props, &out->proposal)) {
        struct bytes left = out->proposal.transforms;
        if (out->proposal.protocol != ISAKMP_PROTO_ISAKMP)
            continue;
        while (isakmp_next_transform(&left, &out->transform)) {
            struct offered o = read_transform(&out->transform);
            if (out->transform.id != ISAKMP_KEY_IKE || !is_ours(&o, p, s))
                continue;
            uint64_t lower = ike_lower(o.seconds, s->lifetime_s);
            out->suite = *s;
            out->suite.lifetime_s = (uint32_t)(lower < UINT32_MAX ? lower : UINT32_MAX);
            out->offered_s = o.seconds;
            out->own_s = s->lifetime_s;
            out->lowered = s->lifetime_s && lower != o.seconds;
            out->took_lower = o.seconds && lower != s->lifetime_s;
            return true;
        }
    }
    return false;
}

enum err ike1_choose(const struct ike_peer_config *p, const struct isakmp_sa *offer,
                     struct ike1_choice *out)
{
    struct ike1_choice c = {0};

    for (size_t i = 0; i < p->nsuites; i++) {
        if (find_transform(offer, p, &p->suites[i], &c)) {
            *out = c;
            return ERR_OK;
        }
    }
    return ERR_NOTFOUND;
}
