/* IKE messages of somebody on the way, who sees cookies and SPIs and has no keys. */
#include "replay/impair.h"

#define V2_VERSION       0x20
#define V2_INFORMATIONAL 37
#define V2_SA_INIT       34
#define V2_SA            33
#define V2_NONCE         40
#define V2_NOTIFY        41
#define V2_DELETE        42
#define V2_ENCRYPTED     46
#define V2_INITIATOR     0x08
#define GARBLED          48 /* bytes of nonsense where an encrypted message has its payloads */

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

static void begin(struct run *r, struct isakmp_msg *m, uint8_t *b, size_t cap, uint8_t exchange,
                  uint8_t flags)
{
    struct isakmp_hdr h = {.version = is_v2(r) ? V2_VERSION : ISAKMP_VERSION,
                           .exchange = is_v2(r) ? V2_INFORMATIONAL : exchange,
                           .flags = flags,
                           .message_id = rng_u32(r->impair->rng) | 1};

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
    size_t at = isakmp_open(m, V2_DELETE);
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

    if (e->garbled)
        flags = is_v2(r) ? V2_INITIATOR : ISAKMP_FLAG_ENCRYPTED;
    begin(r, &m, b, cap, ISAKMP_X_INFO, flags);
    if (!e->garbled) {
        put_delete(r, e, &m);
        return isakmp_end(&m, 0);
    }
    rng_fill(r->impair->rng, noise, sizeof(noise));
    if (is_v2(r)) {
        isakmp_put(&m, V2_ENCRYPTED, bytes_of(noise, sizeof(noise)));
        return isakmp_end(&m, 0);
    }
    /* decrypts to nonsense: the type says HASH, as it does in a genuine one */
    isakmp_put(&m, ISAKMP_P_HASH, bytes_of(noise, sizeof(noise) - 4));
    struct bytes all = isakmp_end(&m, 0);
    rng_fill(r->impair->rng, b + ISAKMP_HDR_LEN, all.n - ISAKMP_HDR_LEN);
    return all;
}

/* In the order of PLAN_NOTIFY_WORDS: of IKEv1 (RFC 2408, 3.14.1; RFC 2407, 4.6.3) and of IKEv2. */
static const uint16_t notifies[][2] = {{11, 11}, {4, 4}, {24578, 16384}, {14, 14}, {16, 7}};

static struct bytes forged_notify(struct run *r, const struct plan_event *e, uint8_t *b, size_t cap)
{
    uint8_t spi[4];
    struct wr w = wr_of(spi, sizeof(spi));
    struct isakmp_msg m;
    uint16_t type = notifies[e->notify][is_v2(r)];

    wr_be32(&w, sent_with(r, e));
    begin(r, &m, b, cap, ISAKMP_X_INFO, 0);
    if (is_v2(r)) {
        size_t at = isakmp_open(&m, V2_NOTIFY);
        wr_be16(&m.w, 0); /* no protocol, no SPI (RFC 7296, 3.10) */
        wr_be16(&m.w, type);
        wr_put(&m.w, wr_bytes(&w));
        isakmp_close(&m, at);
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

/* The first message of a negotiation, with a cookie that was never there. */
static struct bytes flood(struct run *r, uint8_t *b, size_t cap)
{
    uint8_t nonce[32];
    struct isakmp_hdr h = {.version = is_v2(r) ? V2_VERSION : ISAKMP_VERSION,
                           .exchange = is_v2(r) ? V2_SA_INIT : ISAKMP_X_MAIN,
                           .flags = is_v2(r) ? V2_INITIATOR : 0};
    struct isakmp_msg m;

    rng_fill(r->impair->rng, h.cookie_i, sizeof(h.cookie_i));
    rng_fill(r->impair->rng, nonce, sizeof(nonce));
    isakmp_begin(&m, b, cap, &h);
    if (is_v2(r)) {
        isakmp_put(&m, V2_NONCE, bytes_of(nonce, sizeof(nonce)));
        isakmp_put(&m, V2_SA, bytes_of(nonce, 8));
    } else {
        put_offer(&m);
    }
    return isakmp_end(&m, 0);
}

/* The header is sound half of the time, and what follows never is. */
static struct bytes malformed(struct run *r, uint8_t *b, size_t cap)
{
    static const uint8_t exchanges[] = {
        ISAKMP_X_MAIN, ISAKMP_X_AGGRESSIVE, ISAKMP_X_INFO, ISAKMP_X_QUICK, 34, 37};
    struct rng *rng = r->impair->rng;
    size_t n = 8 + rng_below(rng, 200);
    struct isakmp_msg m;
    struct wr w = wr_of(b, cap);

    begin(r, &m, b, cap, exchanges[rng_below(rng, COUNT(exchanges))], 0);
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
                                                            : malformed(r, b, sizeof(b));
        sent += inject_ike(r, e, d);
    }
    return sent;
}
