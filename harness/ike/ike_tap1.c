/* IKEv1: what phase 1 says in the clear, and the chain of blocks through every exchange. */
#include "base/mem.h"
#include "crypto/ikev1_keys.h"
#include "ike/ike_tap_parts.h"

void tap1_key(struct tap1 *s, const struct ike_table_row *row)
{
    memcpy(s->key, row->key, row->key_len);
    s->key_len = row->key_len;
}

void tap1_release(struct tap1 *s)
{
    cipher_free(s->cipher);
    mem_wipe(s, sizeof(*s));
}

/* --- phase 1 in the clear --------------------------------------------------------------------- */

enum { ENCR_DES = 1, ENCR_3DES = 5, ENCR_AES = 7 }; /* RFC 2409, appendix A; RFC 3602, 5.2 */

static enum cipher_alg cipher_of(uint64_t number, uint64_t bits)
{
    if (number == ENCR_DES)
        return CIPHER_DES_CBC;
    if (number == ENCR_3DES)
        return CIPHER_3DES_CBC;
    if (number != ENCR_AES)
        return CIPHER_NONE;
    return bits == 256 ? CIPHER_AES256_CBC : bits == 192 ? CIPHER_AES192_CBC : CIPHER_AES128_CBC;
}

static enum digest_alg digest_of(uint64_t number) /* RFC 2409, appendix A; RFC 4868, 4 */
{
    static const enum digest_alg digests[] = {DIGEST_NONE,  DIGEST_MD5,    DIGEST_SHA1,
                                              DIGEST_NONE,  DIGEST_SHA256, DIGEST_SHA384,
                                              DIGEST_SHA512};

    return number < COUNT(digests) ? digests[number] : DIGEST_NONE;
}

/* The one transform that the responder chose. */
static void take_choice(struct tap1 *s, struct bytes body)
{
    struct isakmp_sa sa;
    struct isakmp_proposal p;
    struct isakmp_transform t;
    struct isakmp_attribute a;
    uint64_t cipher = 0, hash = 0, bits = 0;

    if (isakmp_sa_parse(body, &sa) || !isakmp_next_proposal(&sa.proposals, &p) ||
        !isakmp_next_transform(&p.transforms, &t))
        return;
    while (isakmp_next_attribute(&t.attributes, &a)) {
        cipher = a.type == IKE_A_CIPHER ? a.number : cipher;
        hash = a.type == IKE_A_HASH ? a.number : hash;
        bits = a.type == IKE_A_KEY_LENGTH ? a.number : bits;
    }
    s->alg = cipher_of(cipher, bits);
    s->digest = digest_of(hash);
}

static void take_public(struct tap1 *s, struct bytes body)
{
    size_t which = s->npublic[0] ? 1 : 0; /* the initiator's comes first */

    if (s->npublic[which] || !body.n || body.n > TAP_PUBLIC_MAX)
        return;
    memcpy(s->public[which], body.p, body.n);
    s->npublic[which] = body.n;
}

static void begin(struct tap1 *s, const struct isakmp_hdr *h)
{
    struct ikev1_phase1 x = {.digest = s->digest,
                             .public_i = bytes_of(s->public[0], s -> npublic[0]),
                             .public_r = bytes_of(s->public[1], s -> npublic[1]),
                             .cookie_i = h->cookie_i,
                             .cookie_r = h->cookie_r};

    if (s->begun || !s->npublic[1] || s->alg == CIPHER_NONE || s->digest == DIGEST_NONE ||
        cipher_key_len(s->alg) != s->key_len ||
        cipher_new(s->alg, bytes_of(s->key, s->key_len), &s->cipher))
        return;
    ikev1_phase1_iv(&x, s->alg, s->last.seen);
    memcpy(s->last.opened, s->last.seen, sizeof(s->last.opened));
    s->begun = true;
}

static bool is_answered(const struct isakmp_hdr *h)
{
    static const uint8_t none[ISAKMP_COOKIE_LEN];

    return memcmp(h->cookie_r, none, sizeof(none)) != 0;
}

static void take_clear(struct tap1 *s, const struct isakmp_hdr *h, struct bytes payloads)
{
    struct isakmp_chain c;

    if (h->message_id || (h->exchange != ISAKMP_X_MAIN && h->exchange != ISAKMP_X_AGGRESSIVE) ||
        isakmp_chain_parse(h->next, payloads, &c))
        return;
    const struct isakmp_payload *sa = isakmp_find(&c, ISAKMP_P_SA);
    const struct isakmp_payload *ke = isakmp_find(&c, ISAKMP_P_KE);
    if (sa && is_answered(h) && s->alg == CIPHER_NONE)
        take_choice(s, sa->body);
    if (ke)
        take_public(s, ke->body);
    begin(s, h);
}

/* --- encrypted -------------------------------------------------------------------------------- */

/* What the next message of this exchange is chained to. */
static struct tap1_link *link_of(struct tap1 *s, uint32_t message_id)
{
    if (!message_id)
        return &s->last;
    for (size_t i = 0; i < TAP_EXCHANGES; i++)
        if (s->chains[i].message_id == message_id)
            return &s->chains[i].link;
    struct tap1_chain *c = &s->chains[s->next_chain++ % TAP_EXCHANGES];
    c->message_id = message_id;
    ikev1_phase2_iv(s->digest, s->last.seen, message_id, s->alg, c->link.seen);
    ikev1_phase2_iv(s->digest, s->last.opened, message_id, s->alg, c->link.opened);
    return &c->link;
}

/* Wrong keys make noise, and noise is hardly ever a sound message. */
static bool is_sound(const struct tap1 *s, const struct isakmp_hdr *h, struct bytes clear)
{
    struct isakmp_chain c;

    if (isakmp_chain_parse(h->next, clear, &c) || c.n == 0)
        return false;
    if (!h->message_id)
        return true;
    return c.v[0].type == ISAKMP_P_HASH && c.v[0].body.n == digest_len(s->digest);
}

static enum err decrypt(struct tap1 *s, const struct isakmp_hdr *h, const uint8_t *iv,
                        struct bytes sealed, uint8_t *clear)
{
    enum err e = cipher_decrypt(s->cipher, iv, sealed.p, clear, sealed.n);

    return !e && !is_sound(s, h, bytes_of(clear, sealed.n)) ? ERR_AUTH : e;
}

enum err tap1_open(struct tap1 *s, const struct isakmp_hdr *h, struct bytes message, uint8_t *clear,
                   struct ike_tap_clear *out)
{
    struct bytes sealed = bytes_from(message, ISAKMP_HDR_LEN);
    size_t block = cipher_block_len(s->alg);

    if (!(h->flags & ISAKMP_FLAG_ENCRYPTED)) {
        take_clear(s, h, sealed);
        *out = (struct ike_tap_clear){h->next, sealed, false};
        return ERR_OK;
    }
    if (!s->begun)
        return ERR_STATE;
    if (!sealed.n || sealed.n % block)
        return ERR_FORMAT;
    struct tap1_link *l = link_of(s, h->message_id);
    enum err e = decrypt(s, h, l->seen, sealed, clear);
    if (e == ERR_AUTH && memcmp(l->seen, l->opened, block) != 0)
        e = decrypt(s, h, l->opened, sealed, clear);
    memcpy(l->seen, sealed.p + sealed.n - block, block); /* whoever reads it: the next is chained */
    if (e)
        return e;
    memcpy(l->opened, l->seen, block);
    *out = (struct ike_tap_clear){h->next, bytes_of(clear, sealed.n), true};
    return ERR_OK;
}
