/* IKE messages of somebody on the way, who sees cookies and SPIs and has no keys. */
#include "replay/impair.h"
#include "wire/ikev2.h"

#define CURVE25519 31 /* IANA: transform type 4 */
#define GARBLED    48 /* bytes of nonsense where an encrypted message has its payloads */

static bool is_v2(const struct run *r)
{
    return r->impair->version >> 4 == 2;
}

static uint32_t newest(const struct wan_way *way)
{
    return way->nspis ? way->spis[(way->nspis - 1) % SPIS_KNOWN] : 0;
}

/* What the far gateway calls its inbound SA, which is the one that the device sends with. */
static uint32_t sent_with(const struct run *r, const struct plan_event *e)
{
    enum way_id to = way_to_device(r, e);

    for (int way = 0; way < WAYS; way++) {
        if (way != (int)to && r->impair->seen[way].any)
            return newest(&r->impair->seen[way]);
    }
    return 0;
}

/* A request of IKEv2 is the one that the device expects next: nothing but its keys is amiss. */
static void begin(struct run *r, const struct plan_event *e, struct isakmp_msg *m, uint8_t *b,
                  size_t cap, uint8_t exchange, uint8_t flags)
{
    const struct wan_way *way = &r->impair->seen[way_to_device(r, e)];
    struct isakmp_hdr h = {.version = ISAKMP_VERSION,
                           .exchange = exchange,
                           .flags = flags,
                           .message_id = rng_u32(r->impair->rng) | 1};

    if (is_v2(r)) {
        h.version = IKEV2_VERSION;
        h.exchange = exchange < ISAKMP_X_V2_SA_INIT ? ISAKMP_X_V2_INFORMATIONAL : exchange;
        h.flags = flags | way->ike_flags;
        h.message_id = way->next_id;
    }
    memcpy(h.cookie_i, r->impair->cookies, ISAKMP_COOKIE_LEN);
    memcpy(h.cookie_r, r->impair->cookies + ISAKMP_COOKIE_LEN, ISAKMP_COOKIE_LEN);
    isakmp_begin(m, b, cap, &h);
}

/* RFC 2408, 3.15, and RFC 7296, 3.11. */
static void put_delete(struct run *r, const struct plan_event *e, struct isakmp_msg *m)
{
    uint32_t spi = sent_with(r, e);
    uint8_t esp[4];
    struct wr w = wr_of(esp, sizeof(esp));

    wr_be32(&w, spi);
    bool phase1 = e->phase == 1, v2 = is_v2(r);
    struct bytes cookies = bytes_of(r->impair->cookies, sizeof(r->impair->cookies));
    struct bytes spis = !phase1 ? bytes_of(esp, sizeof(esp)) : v2 ? bytes_of(NULL, 0) : cookies;
    if (!v2) {
        struct isakmp_delete d = {.doi = ISAKMP_DOI_IPSEC,
                                  .protocol = phase1 ? ISAKMP_PROTO_ISAKMP : ISAKMP_PROTO_ESP,
                                  .spi_len = (uint8_t)spis.n,
                                  .nspis = 1,
                                  .spis = spis};
        isakmp_put_delete(m, &d);
        return;
    }
    size_t at = isakmp_open(m, IKEV2_P_DELETE);
    wr_u8(&m->w, phase1 ? 1 : 3);
    wr_u8(&m->w, (uint8_t)spis.n);
    wr_be16(&m->w, !phase1);
    wr_put(&m->w, spis);
    isakmp_close(m, at);
}

static struct bytes forged_delete(struct run *r, const struct plan_event *e, uint8_t *b, size_t cap)
{
    uint8_t noise[GARBLED], flags = 0;
    struct isakmp_msg m;

    if (e->garbled && !is_v2(r))
        flags = ISAKMP_FLAG_ENCRYPTED;
    begin(r, e, &m, b, cap, ISAKMP_X_INFO, flags);
    if (!e->garbled) {
        put_delete(r, e, &m);
        return isakmp_end(&m, 0);
    }
    rng_fill(r->impair->rng, noise, sizeof(noise));
    if (is_v2(r)) {
        isakmp_put(&m, IKEV2_P_SK, bytes_of(noise, sizeof(noise)));
        return isakmp_end(&m, 0);
    }
    /* decrypts to nonsense: the type says HASH, as it does in a genuine one */
    isakmp_put(&m, ISAKMP_P_HASH, bytes_of(noise, sizeof(noise) - 4));
    struct bytes all = isakmp_end(&m, 0);
    rng_fill(r->impair->rng, b + ISAKMP_HDR_LEN, all.n - ISAKMP_HDR_LEN);
    return all;
}

/* In the order of PLAN_NOTIFY_WORDS: of IKEv1 (RFC 2408, 3.14.1; RFC 2407, 4.6.3) and of IKEv2. */
static const uint16_t notifies[][2] = {{11, 11}, {4, 4}, {24578, 16384}, {14, 14}, {16, 7}, {0, 4}};
#define QCD_TOKEN     16419 /* RFC 6290, 4.1 */
#define QCD_TOKEN_LEN 32    /* 16 to 128 */

/* RFC 6290, 4.4: "I do not know this IKE SA", in clear, with a token that only who made the SA can
 * know; who forges it has none. */
static void put_token(struct run *r, struct isakmp_msg *m)
{
    uint8_t token[QCD_TOKEN_LEN];
    struct ikev2_notify n = {.type = QCD_TOKEN, .data = bytes_of(token, sizeof(token))};

    rng_fill(r->impair->rng, token, sizeof(token));
    ikev2_put_notify(m, &n);
}

static struct bytes forged_notify(struct run *r, const struct plan_event *e, uint8_t *b, size_t cap)
{
    uint8_t spi[4];
    struct wr w = wr_of(spi, sizeof(spi));
    struct isakmp_msg m;
    uint16_t type = notifies[e->notify][is_v2(r)];
    bool is_answer = is_v2(r) && type == IKEV2_N_INVALID_IKE_SPI; /* RFC 7296, 2.21.4 */

    wr_be32(&w, sent_with(r, e));
    begin(r, e, &m, b, cap, ISAKMP_X_INFO, is_answer ? IKEV2_FLAG_RESPONSE : 0);
    if (is_v2(r)) { /* no protocol, no SPI (RFC 7296, 3.10) */
        struct ikev2_notify n = {.type = type,
                                 .data = is_answer ? (struct bytes){0} : wr_bytes(&w)};
        ikev2_put_notify(&m, &n);
        if (e->notify == NOTIFY_QCD)
            put_token(r, &m);
    } else {
        struct isakmp_notify n = {.doi = ISAKMP_DOI_IPSEC,
                                  .protocol = ISAKMP_PROTO_ESP,
                                  .type = type,
                                  .spi = wr_bytes(&w)};
        isakmp_put_notify(&m, &n);
    }
    return isakmp_end(&m, 0);
}

/* 3DES, SHA-1, group 2, pre-shared key: what the note's device would take (RFC 2409, appendix A).
 */
static void put_offer(struct isakmp_msg *m)
{
    static const uint16_t attributes[][2] = {{1, 5}, {2, 2}, {3, 1}, {4, 2}, {11, 1}, {12, 28800}};
    struct isakmp_proposal p = {.number = 1, .protocol = ISAKMP_PROTO_ISAKMP, .ntransforms = 1};
    size_t sa = isakmp_open(m, ISAKMP_P_SA);

    isakmp_put_sa(&m->w);
    size_t proposal = isakmp_open_proposal(&m->w, true, &p);
    size_t transform = isakmp_open_transform(&m->w, true, 1, 1 /* KEY_IKE */);
    for (size_t i = 0; i < COUNT(attributes); i++)
        isakmp_put_attribute(&m->w, attributes[i][0], attributes[i][1]);
    isakmp_close_part(&m->w, transform);
    isakmp_close_part(&m->w, proposal);
    isakmp_close(m, sa);
}

/* AES-GCM, HMAC-SHA-256, Curve25519: cheap for both sides (RFC 7296, 3.3). */
static void put_offer_v2(struct isakmp_msg *m)
{
    static const struct ikev2_transform transforms[] = {
        {.type = IKEV2_T_ENCR, .id = IKEV2_ENCR_AES_GCM_16, .key_bits = 128},
        {.type = IKEV2_T_PRF, .id = 5 /* HMAC-SHA-256 */},
        {.type = IKEV2_T_DH, .id = CURVE25519}};
    struct ikev2_proposal p = {
        .number = 1, .protocol = IKEV2_PROTO_IKE, .ntransforms = COUNT(transforms)};
    size_t sa = isakmp_open(m, IKEV2_P_SA), at = ikev2_open_proposal(&m->w, true, &p);

    for (size_t i = 0; i < COUNT(transforms); i++)
        ikev2_put_transform(&m->w, i + 1 == COUNT(transforms), &transforms[i]);
    isakmp_close_part(&m->w, at);
    isakmp_close(m, sa);
}

static void put_keys_v2(struct run *r, struct isakmp_msg *m)
{
    uint8_t random[32];
    struct ikev2_ke ke = {.group = CURVE25519, .data = bytes_of(random, sizeof(random))};

    rng_fill(r->impair->rng, random, sizeof(random));
    ikev2_put_ke(m, &ke);
    rng_fill(r->impair->rng, random, sizeof(random));
    isakmp_put(m, IKEV2_P_NONCE, bytes_of(random, sizeof(random)));
}

/* The first message of a negotiation, with a cookie that was never there. */
static struct bytes flood(struct run *r, uint8_t *b, size_t cap)
{
    struct isakmp_hdr h = {.version = is_v2(r) ? IKEV2_VERSION : ISAKMP_VERSION,
                           .exchange = is_v2(r) ? ISAKMP_X_V2_SA_INIT : ISAKMP_X_MAIN,
                           .flags = is_v2(r) ? IKEV2_FLAG_INITIATOR : 0};
    struct isakmp_msg m;

    rng_fill(r->impair->rng, h.cookie_i, sizeof(h.cookie_i));
    isakmp_begin(&m, b, cap, &h);
    if (is_v2(r)) {
        put_offer_v2(&m);
        put_keys_v2(r, &m);
    } else {
        put_offer(&m);
    }
    return isakmp_end(&m, 0);
}

/* The header is sound half of the time, and what follows never is. */
static struct bytes malformed(struct run *r, const struct plan_event *e, uint8_t *b, size_t cap)
{
    static const uint8_t exchanges[] = {
        ISAKMP_X_MAIN, ISAKMP_X_AGGRESSIVE, ISAKMP_X_INFO, ISAKMP_X_QUICK, 34, 35, 36, 37};
    struct rng *rng = r->impair->rng;
    size_t n = 8 + rng_below(rng, 200);
    struct isakmp_msg m;
    struct wr w = wr_of(b, cap);

    begin(r, e, &m, b, cap, exchanges[rng_below(rng, COUNT(exchanges))], 0);
    for (size_t i = 0; i < n; i++)
        wr_u8(&m.w, (uint8_t)rng_u32(rng));
    struct bytes all = isakmp_end(&m, 0);
    w.at = all.n;
    wr_fill8(&w, 16, (uint8_t)rng_u32(rng)); /* type of the first payload */
    if (rng_below(rng, 2))
        wr_fill32(&w, 24, rng_u32(rng)); /* length */
    return all;
}

size_t forge_send(struct run *r, const struct plan_event *e)
{
    uint8_t b[1024];
    size_t sent = 0;

    for (unsigned i = 0; i < e->count; i++) {
        struct bytes d = e->action == ACTION_FORGE_DELETE   ? forged_delete(r, e, b, sizeof(b))
                         : e->action == ACTION_FORGE_NOTIFY ? forged_notify(r, e, b, sizeof(b))
                         : e->action == ACTION_IKE_FLOOD    ? flood(r, b, sizeof(b))
                                                            : malformed(r, e, b, sizeof(b));
        sent += inject_ike(r, e, e->action != ACTION_IKE_FLOOD, d);
    }
    return sent;
}
