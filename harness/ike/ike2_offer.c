/* Proposals of IKE and ESP SAs (RFC 7296, 3.3): what we offer, and what we choose. A proposal of
 * ours holds one transform of each type; one of the other side may hold several. */
#include "ike/ike2_exchanges.h"

enum { WANTS_MAX = 5 };

struct wants { /* one transform of each type that a suite has */
    struct ikev2_transform v[WANTS_MAX];
    size_t n;
};

static struct wants ike_wants(const struct ike_suite *s)
{
    struct wants w = {.n = 0};

    w.v[w.n++] = ike2_encr(s->cipher);
    w.v[w.n++] = ike2_prf(prf_of_digest(s->digest));
    if (!cipher_is_aead(s->cipher))
        w.v[w.n++] = ike2_integ(s->integ);
    w.v[w.n++] = ike2_group(s->group);
    return w;
}

static struct wants esp_wants(const struct ike_esp_suite *s, bool pfs)
{
    struct wants w = {.n = 0};

    w.v[w.n++] = ike2_encr(s->cipher);
    if (s->integ != INTEG_NONE)
        w.v[w.n++] = ike2_integ(s->integ);
    if (pfs && s->pfs_group)
        w.v[w.n++] = ike2_group(s->pfs_group);
    w.v[w.n++] = ike2_esn(s->esn);
    return w;
}

static void put_proposal(struct isakmp_msg *m, bool last, uint8_t number, uint8_t protocol,
                         struct bytes spi, const struct wants *w)
{
    struct ikev2_proposal p = {
        .number = number, .protocol = protocol, .ntransforms = (uint8_t)w->n, .spi = spi};
    size_t at = ikev2_open_proposal(&m->w, last, &p);

    for (size_t i = 0; i < w->n; i++)
        ikev2_put_transform(&m->w, i + 1 == w->n, &w->v[i]);
    isakmp_close_part(&m->w, at);
}

static size_t at_most(size_t n)
{
    return n < IKE_OFFERS ? n : IKE_OFFERS;
}

void ike2_put_offer(struct isakmp_msg *m, const struct ike_peer_config *p, struct bytes spi)
{
    size_t at = isakmp_open(m, IKEV2_P_SA), n = at_most(p->nsuites);

    for (size_t i = 0; i < n; i++) {
        struct wants w = ike_wants(&p->suites[i]);
        put_proposal(m, i + 1 == n, (uint8_t)(i + 1), IKEV2_PROTO_IKE, spi, &w);
    }
    isakmp_close(m, at);
}

void ike2_put_choice(struct isakmp_msg *m, uint8_t number, const struct ike_suite *s,
                     struct bytes spi)
{
    size_t at = isakmp_open(m, IKEV2_P_SA);
    struct wants w = ike_wants(s);

    put_proposal(m, true, number, IKEV2_PROTO_IKE, spi, &w);
    isakmp_close(m, at);
}

static struct bytes spi_bytes(uint32_t spi, uint8_t out[static 4])
{
    struct wr w = wr_of(out, 4);

    wr_be32(&w, spi);
    return wr_bytes(&w);
}

void ike2_esp_put_offer(struct isakmp_msg *m, const struct ike_policy *p, uint32_t spi, bool pfs)
{
    size_t at = isakmp_open(m, IKEV2_P_SA), n = at_most(p->nsuites);
    uint8_t buf[4];

    for (size_t i = 0; i < n; i++) {
        struct wants w = esp_wants(&p->suites[i], pfs);
        put_proposal(m, i + 1 == n, (uint8_t)(i + 1), IKEV2_PROTO_ESP, spi_bytes(spi, buf), &w);
    }
    isakmp_close(m, at);
}

void ike2_esp_put_choice(struct isakmp_msg *m, uint8_t number, const struct ike_esp_suite *s,
                         uint32_t spi, bool pfs)
{
    size_t at = isakmp_open(m, IKEV2_P_SA);
    struct wants w = esp_wants(s, pfs);
    uint8_t buf[4];

    put_proposal(m, true, number, IKEV2_PROTO_ESP, spi_bytes(spi, buf), &w);
    isakmp_close(m, at);
}

/* --- choosing -------------------------------------------------------------------------------- */

/* NONE of integrity, no group, and no extended sequence numbers are as good as not there. */
static bool says_none(const struct ikev2_transform *t)
{
    return t->id == 0 &&
           (t->type == IKEV2_T_INTEG || t->type == IKEV2_T_DH || t->type == IKEV2_T_ESN);
}

static bool is_same(const struct ikev2_transform *a, const struct ikev2_transform *b)
{
    return a->type == b->type && a->id == b->id && a->key_bits == b->key_bits && !a->odd;
}

/* True when P holds each transform of W, and nothing of a type that W has none of. In IKE_AUTH,
 * where ANY_GROUP is set, groups are not looked at. */
static bool holds(const struct ikev2_proposal *p, const struct wants *w, bool any_group)
{
    struct ikev2_transform t;
    unsigned there = 0, chosen = 0, optional = 0;

    for (struct bytes left = p->transforms; ikev2_next_transform(&left, &t);) {
        if (t.type > IKEV2_T_ESN)
            return false; /* a type that we do not know is one that we cannot choose of */
        if (t.type == IKEV2_T_DH && any_group)
            continue;
        there |= 1u << t.type;
        if (says_none(&t))
            optional |= 1u << t.type;
        for (size_t i = 0; i < w->n; i++)
            chosen |= is_same(&t, &w->v[i]) ? 1u << t.type : 0;
    }
    for (size_t i = 0; i < w->n; i++) {
        if (!(chosen & 1u << w->v[i].type) &&
            !(says_none(&w->v[i]) && !(there & 1u << w->v[i].type)))
            return false;
        there &= ~(1u << w->v[i].type);
    }
    return (there & ~optional) == 0;
}

/* The first proposal of PROTOCOL, with an SPI of SPI_LEN bytes, that holds W. */
static bool find(struct bytes body, uint8_t protocol, size_t spi_len, const struct wants *w,
                 bool any_group, struct ikev2_proposal *out)
{
    struct ikev2_proposal p;

    for (struct bytes left = body; ikev2_next_proposal(&left, &p);) {
        if (p.protocol == protocol && p.spi.n == spi_len && holds(&p, w, any_group)) {
            *out = p;
            return true;
        }
    }
    return false;
}

/* An answer holds one proposal with one transform of each type. */
static bool is_one_choice(struct bytes body)
{
    struct ikev2_proposal p, second;
    struct ikev2_transform t;
    unsigned seen = 0;

    if (!ikev2_next_proposal(&body, &p) || ikev2_next_proposal(&body, &second))
        return false;
    for (struct bytes left = p.transforms; ikev2_next_transform(&left, &t);) {
        if (t.type > IKEV2_T_ESN || (seen & 1u << t.type))
            return false;
        seen |= 1u << t.type;
    }
    return true;
}

static enum err check(struct bytes body, bool answer)
{
    bool numbered;
    enum err e = ikev2_sa_check(body, &numbered);

    if (e)
        return e;
    if (answer)
        return is_one_choice(body) ? ERR_OK : ERR_NOTFOUND;
    return numbered ? ERR_OK : ERR_FORMAT;
}

/* Whether SPI of an IKE SA's proposal is fit: none in IKE_SA_INIT, one of 8 bytes in a rekeying. */
static bool choose_with(const struct ike_suite *s, struct bytes body, struct ikev2_proposal *p)
{
    struct wants w = ike_wants(s);

    return find(body, IKEV2_PROTO_IKE, 0, &w, false, p) ||
           find(body, IKEV2_PROTO_IKE, IKEV2_SPI_LEN, &w, false, p);
}

enum err ike2_choose(const struct ike_peer_config *p, struct bytes body, bool answer,
                     struct ike2_choice *out)
{
    struct ikev2_proposal prop;
    enum err e = check(body, answer);

    if (e)
        return e;
    for (size_t i = 0; i < at_most(p->nsuites); i++) {
        if (!choose_with(&p->suites[i], body, &prop) || (answer && prop.number != i + 1))
            continue;
        *out = (struct ike2_choice){.number = prop.number, .spi = prop.spi, .suite = p->suites[i]};
        return ERR_OK;
    }
    return ERR_NOTFOUND;
}

enum err ike2_esp_choose(const struct ike_policy *p, struct bytes body, bool answer, bool pfs,
                         struct ike2_choice *out)
{
    struct ikev2_proposal prop;
    enum err e = check(body, answer);

    if (e)
        return e;
    for (size_t i = 0; i < at_most(p->nsuites); i++) {
        struct wants w = esp_wants(&p->suites[i], pfs);
        if (!find(body, IKEV2_PROTO_ESP, 4, &w, !pfs, &prop) || (answer && prop.number != i + 1))
            continue;
        *out = (struct ike2_choice){.number = prop.number, .spi = prop.spi, .esp = p->suites[i]};
        return ERR_OK;
    }
    return ERR_NOTFOUND;
}

bool ike2_has_group(const struct ike_peer_config *p, uint16_t group)
{
    for (size_t i = 0; i < at_most(p->nsuites); i++) {
        if (p->suites[i].group == group)
            return true;
    }
    return false;
}
