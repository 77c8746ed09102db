/* Phase-2 proposals (RFC 2407, 4.4.4 and 4.5): ESP in tunnel mode, one proposal, a transform per
 * suite. */
#include "ike/ike_offers.h"

/* X(our cipher, transform ID, key length in bits or 0) */
#define ESP_CIPHERS(X)                                                                             \
    X(DES_CBC, 2, 0)                                                                               \
    X(3DES_CBC, 3, 0)                                                                              \
    X(AES128_CBC, 12, 128)                                                                         \
    X(AES192_CBC, 12, 192)                                                                         \
    X(AES256_CBC, 12, 256)                                                                         \
    X(AES128_CTR, 13, 128)                                                                         \
    X(AES192_CTR, 13, 192)                                                                         \
    X(AES256_CTR, 13, 256)                                                                         \
    X(AES128_CCM_8, 14, 128)                                                                       \
    X(AES192_CCM_8, 14, 192)                                                                       \
    X(AES256_CCM_8, 14, 256)                                                                       \
    X(AES128_CCM_12, 15, 128)                                                                      \
    X(AES192_CCM_12, 15, 192)                                                                      \
    X(AES256_CCM_12, 15, 256)                                                                      \
    X(AES128_CCM_16, 16, 128)                                                                      \
    X(AES192_CCM_16, 16, 192)                                                                      \
    X(AES256_CCM_16, 16, 256)                                                                      \
    X(AES128_GCM_8, 18, 128)                                                                       \
    X(AES192_GCM_8, 18, 192)                                                                       \
    X(AES256_GCM_8, 18, 256)                                                                       \
    X(AES128_GCM_12, 19, 128)                                                                      \
    X(AES192_GCM_12, 19, 192)                                                                      \
    X(AES256_GCM_12, 19, 256)                                                                      \
    X(AES128_GCM_16, 20, 128)                                                                      \
    X(AES192_GCM_16, 20, 192)                                                                      \
    X(AES256_GCM_16, 20, 256)

#define ESP_INTEGS(X)                                                                              \
    X(HMAC_MD5_96, 1)                                                                              \
    X(HMAC_SHA1_96, 2)                                                                             \
    X(HMAC_SHA256_128, 5)                                                                          \
    X(HMAC_SHA384_192, 6)                                                                          \
    X(HMAC_SHA512_256, 7)

static void cipher_numbers(enum cipher_alg alg, uint8_t *id, uint16_t *bits)
{
    switch (alg) {
#define X(name, n, key)                                                                            \
    case CIPHER_##name:                                                                            \
        *id = n;                                                                                   \
        *bits = key;                                                                               \
        return;
        ESP_CIPHERS(X)
#undef X
    default:
        *id = 0;
        *bits = 0;
        return;
    }
}

static enum cipher_alg cipher_of(uint64_t id, uint64_t bits)
{
#define X(name, n, key)                                                                            \
    if (id == n && bits == key)                                                                    \
        return CIPHER_##name;
    ESP_CIPHERS(X)
#undef X
    return CIPHER_NONE;
}

static uint16_t integ_number(enum integ_alg alg)
{
    switch (alg) {
#define X(name, n)                                                                                 \
    case INTEG_##name: return n;
        ESP_INTEGS(X)
#undef X
    default: return 0;
    }
}

static enum integ_alg integ_of(uint64_t number)
{
    switch (number) {
#define X(name, n)                                                                                 \
    case n: return INTEG_##name;
        ESP_INTEGS(X)
#undef X
    default: return INTEG_NONE;
    }
}

uint64_t ike_lower(uint64_t a, uint64_t b)
{
    if (a == 0 || b == 0)
        return a ? a : b;
    return a < b ? a : b;
}

/* A duration belongs to the type that stands before it. Phase 1 and phase 2 number the pair of
 * attributes differently, but in both the duration follows the type. */
void ike_read_lifetimes(struct bytes attributes, uint16_t type_attribute, uint64_t *seconds,
                        uint64_t *kilobytes)
{
    struct isakmp_attribute a;
    uint64_t type = 0;

    while (isakmp_next_attribute(&attributes, &a)) {
        if (a.type == type_attribute)
            type = a.number;
        if (a.type != type_attribute + 1)
            continue;
        if (type == ISAKMP_LIFE_SECONDS && seconds)
            *seconds = a.number;
        else if (type == ISAKMP_LIFE_KILOBYTES && kilobytes)
            *kilobytes = a.number;
    }
}

static void put_suite(struct wr *w, const struct ike_esp_suite *s, uint16_t bits, uint16_t mode)
{
    isakmp_put_attribute(w, ESP_A_MODE, mode);
    if (bits)
        isakmp_put_attribute(w, ESP_A_KEY_LENGTH, bits);
    if (s->integ)
        isakmp_put_attribute(w, ESP_A_AUTH, integ_number(s->integ));
    if (s->pfs_group)
        isakmp_put_attribute(w, ESP_A_GROUP, s->pfs_group);
    isakmp_put_attribute(w, ESP_A_LIFE_TYPE, ISAKMP_LIFE_SECONDS);
    isakmp_put_attribute(w, ESP_A_LIFE, s->lifetime_s);
    if (s->lifetime_kb) {
        isakmp_put_attribute(w, ESP_A_LIFE_TYPE, ISAKMP_LIFE_KILOBYTES);
        isakmp_put_attribute(w, ESP_A_LIFE, s->lifetime_kb);
    }
}

/* RFC 2409, 5.5: all transforms of a quick mode share the group of its one KE payload. */
static size_t same_group(const struct ike_policy *p)
{
    size_t n = 0;

    for (size_t i = 0; i < p->nsuites; i++)
        n += p->suites[i].pfs_group == p->suites[0].pfs_group;
    return n < IKE_OFFERS ? n : IKE_OFFERS;
}

static size_t open_proposal(struct wr *w, struct isakmp_proposal *p, uint32_t spi)
{
    uint8_t spi_be[4];
    struct wr s = wr_of(spi_be, sizeof(spi_be));

    wr_be32(&s, spi);
    p->spi = wr_bytes(&s);
    return isakmp_open_proposal(w, true, p);
}

void ike_esp_put_offer(struct isakmp_msg *m, const struct ike_policy *p, uint32_t spi,
                       uint16_t mode)
{
    size_t left = same_group(p);
    struct isakmp_proposal prop = {
        .number = 1, .protocol = ISAKMP_PROTO_ESP, .ntransforms = (uint8_t)left};
    size_t sa = isakmp_open(m, ISAKMP_P_SA);
    uint8_t number = 1;

    isakmp_put_sa(&m->w);
    size_t at = open_proposal(&m->w, &prop, spi);
    for (size_t i = 0; i < p->nsuites && left; i++) {
        uint8_t id;
        uint16_t bits;
        if (p->suites[i].pfs_group != p->suites[0].pfs_group)
            continue;
        cipher_numbers(p->suites[i].cipher, &id, &bits);
        size_t t = isakmp_open_transform(&m->w, --left == 0, number++, id);
        put_suite(&m->w, &p->suites[i], bits, mode);
        isakmp_close_part(&m->w, t);
    }
    isakmp_close_part(&m->w, at);
    isakmp_close(m, sa);
}

void ike_esp_put_choice(struct isakmp_msg *m, const struct ike_esp_choice *c, uint32_t spi)
{
    struct isakmp_proposal one = c->proposal;
    size_t sa = isakmp_open(m, ISAKMP_P_SA);

    one.ntransforms = 1;
    isakmp_put_sa(&m->w);
    size_t at = open_proposal(&m->w, &one, spi);
    size_t t = isakmp_open_transform(&m->w, true, c->transform.number, c->transform.id);
    wr_put(&m->w, c->transform.attributes);
    isakmp_close_part(&m->w, t);
    isakmp_close_part(&m->w, at);
    isakmp_close(m, sa);
}

struct offered {
    enum cipher_alg cipher;
    enum integ_alg integ;
    uint64_t auth, group, mode;
    uint64_t seconds, kilobytes; /* 0: none said */
};

static struct offered read_transform(const struct isakmp_transform *t, uint16_t mode)
{
    struct offered o = {.mode = mode}; /* what goes without saying */
    struct bytes left = t->attributes;
    struct isakmp_attribute a;
    uint64_t bits = 0;

    while (isakmp_next_attribute(&left, &a)) {
        switch (a.type) {
        case ESP_A_MODE: o.mode = a.number; break;
        case ESP_A_KEY_LENGTH: bits = a.number; break;
        case ESP_A_AUTH: o.auth = a.number; break;
        case ESP_A_GROUP: o.group = a.number; break;
        default: break;
        }
    }
    o.cipher = cipher_of(t->id, bits);
    o.integ = integ_of(o.auth);
    ike_read_lifetimes(t->attributes, ESP_A_LIFE_TYPE, &o.seconds, &o.kilobytes);
    if (o.kilobytes > UINT32_MAX) /* 4 TiB: nobody counts the bytes of such a limit */
        o.kilobytes = 0;
    return o;
}

/* Without a group of its own a side takes any the other side wants; with one it insists on it. */
static bool group_fits(const struct ike_esp_suite *s, uint64_t group)
{
    if (s->pfs_group)
        return group == s->pfs_group;
    return group == 0 || (group <= UINT16_MAX && dh_len((uint16_t)group) > 0);
}

static bool is_ours(const struct offered *o, const struct ike_esp_suite *s, uint16_t mode)
{
    return o->cipher == s->cipher && o->cipher != CIPHER_NONE && o->integ == s->integ &&
           (o->integ != INTEG_NONE || o->auth == 0) && o->mode == mode && group_fits(s, o->group);
}

static void settle(const struct offered *o, const struct ike_esp_suite *s,
                   struct ike_esp_choice *out)
{
    uint64_t seconds = ike_lower(o->seconds, s->lifetime_s);
    uint64_t kb = ike_lower(o->kilobytes, s->lifetime_kb);

    out->suite = *s;
    out->suite.pfs_group = (uint16_t)o->group;
    out->suite.lifetime_s = (uint32_t)seconds; /* not above ours */
    out->suite.lifetime_kb = kb;
    out->offered_s = o->seconds;
    out->offered_kb = o->kilobytes;
    out->own_s = s->lifetime_s;
    out->own_kb = s->lifetime_kb;
    out->lowered = seconds != o->seconds || kb != o->kilobytes;
    out->took_lower = seconds != s->lifetime_s || kb != s->lifetime_kb;
}

/* A proposal number that occurs twice is a bundle: AH and ESP together (RFC 2408, 4.2). */
static bool is_bundle(struct bytes proposals, uint8_t number)
{
    struct isakmp_proposal p;
    unsigned n = 0;

    while (isakmp_next_proposal(&proposals, &p))
        n += p.number == number;
    return n > 1;
}

static bool find_transform(const struct isakmp_sa *offer, const struct ike_esp_suite *s,
                           uint16_t mode, struct ike_esp_choice *out)
{
    struct bytes props = offer->proposals;

    while (isakmp_next_proposal(&props, &out->proposal)) {
        struct bytes left = out->proposal.transforms;
        struct rd spi = rd_of(out->proposal.spi);
        out->spi = rd_be32(&spi);
        if (out->proposal.protocol != ISAKMP_PROTO_ESP || !rd_done(&spi) || out->spi < 256 ||
            is_bundle(offer->proposals, out->proposal.number))
            continue;
        while (isakmp_next_transform(&left, &out->transform)) {
            struct offered o = read_transform(&out->transform, mode);
            if (!is_ours(&o, s, mode))
                continue;
            settle(&o, s, out);
            return true;
        }
    }
    return false;
}

static bool holds_one_choice(const struct isakmp_sa *sa)
{
    struct bytes props = sa->proposals;
    struct isakmp_proposal p;

    return isakmp_next_proposal(&props, &p) && p.ntransforms == 1 && props.n == 0;
}

enum err ike_esp_choose(const struct ike_policy *p, const struct isakmp_sa *offer, bool answer,
                        uint16_t mode, struct ike_esp_choice *out)
{
    struct ike_esp_choice c = {0};

    if (answer && !holds_one_choice(offer))
        return ERR_NOTFOUND;
    for (size_t i = 0; i < p->nsuites; i++) {
        /* what we did not offer cannot be the answer */
        if (answer && p->suites[i].pfs_group != p->suites[0].pfs_group)
            continue;
        if (!find_transform(offer, &p->suites[i], mode, &c))
            continue;
        if (answer && c.suite.pfs_group != p->suites[0].pfs_group)
            continue;
        *out = c;
        return ERR_OK;
    }
    return ERR_NOTFOUND;
}
