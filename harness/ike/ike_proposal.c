#include "base/attr.h"
#include "ike/ike_impl.h"

/* What goes over the wire for our enums: RFC 2409, appendix A; RFC 2407, 4.4.4 and 4.5; RFC 3602,
 * 5; RFC 4868, 4. */
enum { CIPHER_ROWS = CIPHER_COUNT - 1 };

static const struct cipher_row {
    enum cipher_alg alg;
    uint16_t id, key_bits; /* 0: the cipher has one length, not to be said */
} p1_ciphers[CIPHER_ROWS] = {
    {CIPHER_DES_CBC, 1, 0},      {CIPHER_3DES_CBC, 5, 0},     {CIPHER_AES128_CBC, 7, 128},
    {CIPHER_AES192_CBC, 7, 192}, {CIPHER_AES256_CBC, 7, 256},
};
static const struct cipher_row p2_ciphers[CIPHER_ROWS] = {
    {CIPHER_DES_CBC, 2, 0},       {CIPHER_3DES_CBC, 3, 0},      {CIPHER_AES128_CBC, 12, 128},
    {CIPHER_AES192_CBC, 12, 192}, {CIPHER_AES256_CBC, 12, 256},
};
static const struct {
    enum digest_alg alg;
    uint16_t id;
} p1_digests[] = {{DIGEST_MD5, 1}, {DIGEST_SHA1, 2}, {DIGEST_SHA256, 4}};
static const struct {
    enum integ_alg alg;
    uint16_t id;
} p2_integs[] = {{INTEG_HMAC_MD5_96, 1}, {INTEG_HMAC_SHA1_96, 2}, {INTEG_HMAC_SHA256_128, 5}};

static const struct cipher_row *find_cipher(const struct cipher_row *rows, enum cipher_alg alg)
{
    for (size_t i = 0; i < CIPHER_ROWS; i++) {
        if (rows[i].alg == alg)
            return &rows[i];
    }
    return NULL;
}

static uint16_t digest_id(enum digest_alg alg)
{
    for (size_t i = 0; i < COUNT(p1_digests); i++) {
        if (p1_digests[i].alg == alg)
            return p1_digests[i].id;
    }
    return 0;
}

static uint16_t integ_id(enum integ_alg alg)
{
    for (size_t i = 0; i < COUNT(p2_integs); i++) {
        if (p2_integs[i].alg == alg)
            return p2_integs[i].id;
    }
    return 0;
}

/* --- writing --------------------------------------------------------------------------------- */

static void put_sa_start(struct isakmp_put *put)
{
    isakmp_put_open(put, ISAKMP_PAYLOAD_SA);
    wr_be32(put->w, ISAKMP_DOI_IPSEC);
    wr_be32(put->w, ISAKMP_SIT_IDENTITY_ONLY);
}

/* A proposal's header; returns where its length goes. It is the only one of its payload. */
static size_t put_proposal(struct wr *w, uint8_t number, uint8_t protocol, uint32_t spi,
                           size_t transforms)
{
    wr_u8(w, ISAKMP_PAYLOAD_NONE);
    wr_u8(w, 0);
    size_t len = wr_hole16(w);
    wr_u8(w, number);
    wr_u8(w, protocol);
    wr_u8(w, protocol == ISAKMP_PROTO_ESP ? sizeof(spi) : 0);
    wr_u8(w, (uint8_t)transforms);
    if (protocol == ISAKMP_PROTO_ESP)
        wr_be32(w, spi);
    return len;
}

static size_t put_transform(struct wr *w, bool last, size_t number, uint8_t id)
{
    wr_u8(w, last ? ISAKMP_PAYLOAD_NONE : ISAKMP_PAYLOAD_TRANSFORM);
    wr_u8(w, 0);
    size_t len = wr_hole16(w);
    wr_u8(w, (uint8_t)number);
    wr_u8(w, id);
    wr_be16(w, 0);
    return len;
}

static void put_phase1_transform(struct wr *w, const struct ike_suite *s, size_t number, bool last)
{
    const struct cipher_row *c = find_cipher(p1_ciphers, s->cipher);
    size_t start = w->at;
    size_t len = put_transform(w, last, number, ISAKMP_TRANSFORM_KEY_IKE);

    isakmp_put_attribute(w, ISAKMP_P1_CIPHER, c ? c->id : 0);
    if (c && c->key_bits)
        isakmp_put_attribute(w, ISAKMP_P1_KEY_LENGTH, c->key_bits);
    isakmp_put_attribute(w, ISAKMP_P1_HASH, digest_id(s->digest));
    isakmp_put_attribute(w, ISAKMP_P1_GROUP, s->group);
    isakmp_put_attribute(w, ISAKMP_P1_AUTH, ISAKMP_AUTH_PSK);
    if (s->lifetime_s) { /* none is said when there is no limit */
        isakmp_put_attribute(w, ISAKMP_P1_LIFE_TYPE, ISAKMP_LIFE_SECONDS);
        isakmp_put_attribute(w, ISAKMP_P1_LIFE, s->lifetime_s);
    }
    wr_fill16(w, len, w->at - start);
}

void proposal_put_phase1(struct isakmp_put *put, const struct ike_suite *suites, size_t n)
{
    put_sa_start(put);
    size_t start = put->w->at;
    size_t len = put_proposal(put->w, 1, ISAKMP_PROTO_ISAKMP, 0, n);
    for (size_t i = 0; i < n; i++)
        put_phase1_transform(put->w, &suites[i], i + 1, i + 1 == n);
    wr_fill16(put->w, len, put->w->at - start);
    isakmp_put_close(put);
}

static void put_phase2_transform(struct wr *w, const struct ike_esp_suite *s, size_t number,
                                 bool last)
{
    const struct cipher_row *c = find_cipher(p2_ciphers, s->cipher);
    size_t start = w->at;
    size_t len = put_transform(w, last, number, c ? (uint8_t)c->id : 0);

    isakmp_put_attribute(w, ISAKMP_P2_LIFE_TYPE, ISAKMP_LIFE_SECONDS);
    isakmp_put_attribute(w, ISAKMP_P2_LIFE, s->lifetime_s);
    if (s->lifetime_kb) {
        uint64_t kb = s->lifetime_kb < UINT32_MAX ? s->lifetime_kb : UINT32_MAX;
        isakmp_put_attribute(w, ISAKMP_P2_LIFE_TYPE, ISAKMP_LIFE_KILOBYTES);
        isakmp_put_attribute(w, ISAKMP_P2_LIFE, (uint32_t)kb);
    }
    isakmp_put_attribute(w, ISAKMP_P2_MODE, ISAKMP_MODE_TUNNEL);
    if (s->integ != INTEG_NONE)
        isakmp_put_attribute(w, ISAKMP_P2_AUTH, integ_id(s->integ));
    if (c && c->key_bits)
        isakmp_put_attribute(w, ISAKMP_P2_KEY_LENGTH, c->key_bits);
    if (s->pfs_group)
        isakmp_put_attribute(w, ISAKMP_P2_GROUP, s->pfs_group);
    wr_fill16(w, len, w->at - start);
}

/* There is one KE payload for all transforms, so only suites of the first one's group are offered
 * (RFC 2409, 5.5). */
void proposal_put_phase2(struct isakmp_put *put, const struct ike_policy *policy, uint32_t spi)
{
    uint16_t group = policy->suites[0].pfs_group;
    size_t n = 0, done = 0;

    for (size_t i = 0; i < policy->nsuites; i++)
        n += policy->suites[i].pfs_group == group;
    put_sa_start(put);
    size_t start = put->w->at;
    size_t len = put_proposal(put->w, 1, ISAKMP_PROTO_ESP, spi, n);
    for (size_t i = 0; i < policy->nsuites; i++) {
        if (policy->suites[i].pfs_group != group)
            continue;
        done++;
        put_phase2_transform(put->w, &policy->suites[i], done, done == n);
    }
    wr_fill16(put->w, len, put->w->at - start);
    isakmp_put_close(put);
}

void proposal_put_chosen(struct isakmp_put *put, uint8_t number, uint8_t protocol, uint32_t spi,
                         struct bytes transform)
{
    put_sa_start(put);
    size_t start = put->w->at;
    size_t len = put_proposal(put->w, number, protocol, spi, 1);
    /* The transform's own header says whether another follows: here it is the last. */
    size_t at = put->w->at;
    wr_put(put->w, transform);
    wr_fill8(put->w, at, ISAKMP_PAYLOAD_NONE);
    wr_fill16(put->w, len, put->w->at - start);
    isakmp_put_close(put);
}

/* --- choosing -------------------------------------------------------------------------------- */

struct offer { /* the attributes of a transform that matter */
    uint64_t cipher, hash, auth, group, key_bits, mode;
    uint64_t life_s, life_kb;
    bool broken;
};

/* Attribute numbers of one phase. */
struct numbers {
    uint16_t life_type, life, group, key_bits, auth;
};
static const struct numbers phase1 = {ISAKMP_P1_LIFE_TYPE, ISAKMP_P1_LIFE, ISAKMP_P1_GROUP,
                                      ISAKMP_P1_KEY_LENGTH, ISAKMP_P1_AUTH};
static const struct numbers phase2 = {ISAKMP_P2_LIFE_TYPE, ISAKMP_P2_LIFE, ISAKMP_P2_GROUP,
                                      ISAKMP_P2_KEY_LENGTH, ISAKMP_P2_AUTH};

static void read_attribute(const struct isakmp_attribute *a, bool is_phase1, uint64_t *life_type,
                           struct offer *o)
{
    const struct numbers *n = is_phase1 ? &phase1 : &phase2;

    if (a->type == n->life_type)
        *life_type = a->value;
    else if (a->type == n->life && *life_type == ISAKMP_LIFE_KILOBYTES)
        o->life_kb = a->value;
    else if (a->type == n->life)
        o->life_s = a->value;
    else if (a->type == n->group)
        o->group = a->value;
    else if (a->type == n->key_bits)
        o->key_bits = a->value;
    else if (a->type == n->auth)
        o->auth = a->value;
    else if (is_phase1 && a->type == ISAKMP_P1_CIPHER)
        o->cipher = a->value;
    else if (is_phase1 && a->type == ISAKMP_P1_HASH)
        o->hash = a->value;
    else if (!is_phase1 && a->type == ISAKMP_P2_MODE)
        o->mode = a->value;
}

static struct offer read_offer(const struct isakmp_transform *t, bool is_phase1)
{
    struct rd r = rd_of(t->attributes);
    struct isakmp_attribute a;
    struct offer o = {.cipher = is_phase1 ? 0 : t->id};
    uint64_t life_type = ISAKMP_LIFE_SECONDS;

    while (isakmp_attribute_next(&r, &a))
        read_attribute(&a, is_phase1, &life_type, &o);
    o.broken = r.err != ERR_OK;
    return o;
}

static bool cipher_fits(const struct cipher_row *c, const struct offer *o)
{
    return c && o->cipher == c->id && o->key_bits == c->key_bits;
}

static bool suite_fits(const struct ike_suite *s, const struct offer *o)
{
    return !o->broken && cipher_fits(find_cipher(p1_ciphers, s->cipher), o) &&
           o->hash == digest_id(s->digest) && o->group == s->group && o->auth == ISAKMP_AUTH_PSK;
}

/* The lower of two lifetimes, 0 being none. */
static uint64_t lower(uint64_t a, uint64_t b)
{
    if (a == 0 || b == 0)
        return a ? a : b;
    return a < b ? a : b;
}

struct pick {
    struct bytes transform; /* with its header */
    size_t suite;
    struct offer offer;
};

/* The best of our suites that one of the transforms offers. FITS compares. */
static bool pick_transform(struct bytes transforms, bool is_phase1, size_t nsuites,
                           bool (*fits)(const void *suites, size_t i, const struct offer *o),
                           const void *suites, struct pick *out)
{
    struct rd r = rd_of(transforms);
    struct isakmp_transform t;
    bool found = false;

    for (size_t at = r.at; isakmp_transform_next(&r, &t); at = r.at) {
        struct offer o = read_offer(&t, is_phase1);
        for (size_t i = 0; i < nsuites && (!found || i < out->suite); i++) {
            if (!fits(suites, i, &o))
                continue;
            *out = (struct pick){bytes_of(transforms.p + at, r.at - at), i, o};
            found = true;
        }
    }
    return found && !r.err;
}

static bool fits_phase1(const void *suites, size_t i, const struct offer *o)
{
    return suite_fits((const struct ike_suite *)suites + i, o);
}

enum err proposal_choose_phase1(struct bytes sa_body, const struct ike_peer_config *peer,
                                struct ike_suite *chosen, struct bytes *transform,
                                uint8_t *proposal_number)
{
    struct bytes proposals;
    struct isakmp_proposal p;
    enum err e = isakmp_sa_parse(sa_body, &proposals);

    if (e)
        return e;
    struct rd r = rd_of(proposals);
    while (isakmp_proposal_next(&r, &p)) {
        struct pick pick = {.suite = 0};
        if (p.protocol != ISAKMP_PROTO_ISAKMP ||
            !pick_transform(p.transforms, true, peer->nsuites, fits_phase1, peer->suites, &pick))
            continue;
        *chosen = peer->suites[pick.suite];
        chosen->lifetime_s = (uint32_t)lower(chosen->lifetime_s, pick.offer.life_s);
        *transform = pick.transform;
        *proposal_number = p.number;
        return ERR_OK;
    }
    return r.err ? r.err : ERR_NOTFOUND;
}

struct phase2_wish {
    const struct ike_esp_suite *suites;
    uint16_t group;
};

static bool fits_phase2(const void *ctx, size_t i, const struct offer *o)
{
    const struct phase2_wish *w = ctx;
    const struct ike_esp_suite *s = &w->suites[i];

    return !o->broken && cipher_fits(find_cipher(p2_ciphers, s->cipher), o) &&
           o->auth == integ_id(s->integ) && o->mode == ISAKMP_MODE_TUNNEL && o->group == w->group &&
           s->pfs_group == w->group;
}

enum err proposal_choose_phase2(struct bytes sa_body, const struct ike_policy *policy,
                                uint16_t group, struct ike_esp_suite *chosen, uint32_t *spi,
                                struct bytes *transform, uint8_t *proposal_number)
{
    struct phase2_wish wish = {policy->suites, group};
    struct bytes proposals;
    struct isakmp_proposal p;
    enum err e = isakmp_sa_parse(sa_body, &proposals);

    if (e)
        return e;
    struct rd r = rd_of(proposals);
    while (isakmp_proposal_next(&r, &p)) {
        struct pick pick = {.suite = 0};
        if (p.protocol != ISAKMP_PROTO_ESP || p.spi.n != sizeof(*spi) ||
            !pick_transform(p.transforms, false, policy->nsuites, fits_phase2, &wish, &pick))
            continue;
        struct rd s = rd_of(p.spi);
        *spi = rd_be32(&s);
        *chosen = policy->suites[pick.suite];
        chosen->lifetime_s = (uint32_t)lower(chosen->lifetime_s, pick.offer.life_s);
        chosen->lifetime_kb = lower(chosen->lifetime_kb, pick.offer.life_kb);
        *transform = pick.transform;
        *proposal_number = p.number;
        return *spi >= 256 ? ERR_OK : ERR_RANGE; /* RFC 4303, 2.1: reserved */
    }
    return r.err ? r.err : ERR_NOTFOUND;
}
