#include "ike/ike_tap.h"

#include "base/hash.h"
#include "base/mem.h"
#include "ike/ike_tap_parts.h"

#define SEEN 256u /* messages that are remembered, to know them again; a power of two */

struct entry {
    uint8_t version;
    uint8_t spi_i[ISAKMP_COOKIE_LEN], spi_r[ISAKMP_COOKIE_LEN];
    struct tap1 *v1;
    struct tap2 v2;
};

struct ike_tap {
    struct entry *v;
    size_t n, cap;
    uint64_t seen[SEEN];
    uint32_t next_seen;
    uint8_t *clear; /* TAP_MESSAGE_MAX */
};

struct ike_tap *ike_tap_new(void)
{
    struct ike_tap *t = mem_zalloc(sizeof(*t));

    t->clear = mem_array(TAP_MESSAGE_MAX, 1);
    return t;
}

static void entry_release(struct entry *e)
{
    if (e->v1)
        tap1_release(e->v1);
    mem_free(e->v1);
    for (int d = 0; d < 2; d++) {
        ike2_crypt_free(e->v2.crypt[d]);
        ike2_reassembly_free(e->v2.pieces[d]);
    }
    *e = (struct entry){0};
}

void ike_tap_free(struct ike_tap *t)
{
    if (!t)
        return;
    for (size_t i = 0; i < t->n; i++)
        entry_release(&t->v[i]);
    mem_free(t->v);
    mem_wipe(t->clear, TAP_MESSAGE_MAX);
    mem_free(t->clear);
    mem_free(t);
}

/* IKEv1's table names the initiator's cookie alone. */
static struct entry *find(struct ike_tap *t, uint8_t version, const uint8_t *spi_i,
                          const uint8_t *spi_r)
{
    for (size_t i = 0; i < t->n; i++) {
        struct entry *e = &t->v[i];
        if (e->version == version && memcmp(e->spi_i, spi_i, sizeof(e->spi_i)) == 0 &&
            (version == 1 || memcmp(e->spi_r, spi_r, sizeof(e->spi_r)) == 0))
            return e;
    }
    return NULL;
}

/* --- keys ------------------------------------------------------------------------------------- */

static enum err key_v2(struct entry *e, const struct ike_table_row *row)
{
    size_t ne = cipher_key_len(row->cipher), na = integ_key_len(row->integ);
    const uint8_t *const sk_e[2] = {row->sk_er, row->sk_ei}, *const sk_a[2] = {row->sk_ar,
                                                                               row->sk_ai};
    enum err err = ERR_OK;

    for (int d = 0; d < 2 && !err; d++)
        err = ike2_crypt_new(row->cipher, row->integ, bytes_of(sk_e[d], ne), bytes_of(sk_a[d], na),
                             &e->v2.crypt[d]);
    return err;
}

enum err ike_tap_key(struct ike_tap *t, const struct ike_table_row *row)
{
    struct entry fresh = {.version = row->version};
    struct entry *e = find(t, row->version, row->spi_i, row->spi_r);
    enum err err = ERR_OK;

    if (!e && t->n == IKE_TAP_KEYS)
        return ERR_RANGE;
    memcpy(fresh.spi_i, row->spi_i, sizeof(fresh.spi_i));
    memcpy(fresh.spi_r, row->spi_r, sizeof(fresh.spi_r));
    if (row->version == 2)
        err = key_v2(&fresh, row);
    else
        tap1_key(fresh.v1 = mem_zalloc(sizeof(*fresh.v1)), row);
    if (err) {
        entry_release(&fresh);
        return err;
    }
    if (e) {
        entry_release(e);
    } else {
        if (t->n == t->cap) {
            t->cap = t->cap ? t->cap * 2 : 8;
            t->v = mem_resize(t->v, t->cap, sizeof(*t->v));
        }
        e = &t->v[t->n++];
    }
    *e = fresh;
    return ERR_OK;
}

/* --- messages --------------------------------------------------------------------------------- */

static bool is_seen(struct ike_tap *t, struct bytes message)
{
    uint64_t hash = hash_bytes(message, 0) | 1;

    for (uint32_t i = 0; i < SEEN; i++)
        if (t->seen[i] == hash)
            return true;
    t->seen[t->next_seen++ % SEEN] = hash;
    return false;
}

static enum err open_v2(struct tap2 *s, bool by_initiator, struct bytes message, uint8_t *room,
                        struct bytes *clear)
{
    if (!ike2_is_fragment(message, NULL))
        return ike2_open(s->crypt[by_initiator], message, room, TAP_MESSAGE_MAX, clear);
    if (!s->pieces[by_initiator])
        s->pieces[by_initiator] = ike2_reassembly_new(TAP_MESSAGE_MAX);
    enum err e = ike2_reassembly_add(s->pieces[by_initiator], s->crypt[by_initiator], message, room,
                                     TAP_MESSAGE_MAX, clear);
    return !e && !clear->n ? ERR_END : e;
}

static enum err take_v2(struct ike_tap *t, const struct isakmp_hdr *h, struct bytes message,
                        struct ike_tap_clear *out)
{
    struct entry *e = find(t, 2, h->cookie_i, h->cookie_r);
    struct bytes clear = {NULL, 0};
    struct isakmp_hdr inner;

    if (h->next != IKEV2_P_SK && h->next != IKEV2_P_SKF) {
        *out = (struct ike_tap_clear){h->next, bytes_from(message, ISAKMP_HDR_LEN), false};
        return ERR_OK;
    }
    if (!e)
        return ERR_NOTFOUND;
    enum err err = open_v2(&e->v2, ikev2_from_initiator(h), message, t->clear, &clear);
    if (!err)
        err = isakmp_hdr_parse(clear, &inner);
    if (!err)
        *out = (struct ike_tap_clear){inner.next, bytes_from(clear, ISAKMP_HDR_LEN), true};
    return err;
}

static enum err take_v1(struct ike_tap *t, const struct isakmp_hdr *h, struct bytes message,
                        struct ike_tap_clear *out)
{
    struct entry *e = find(t, 1, h->cookie_i, NULL);

    if (e)
        return tap1_open(e->v1, h, message, t->clear, out);
    if (h->flags & ISAKMP_FLAG_ENCRYPTED)
        return ERR_NOTFOUND;
    *out = (struct ike_tap_clear){h->next, bytes_from(message, ISAKMP_HDR_LEN), false};
    return ERR_OK;
}

enum err ike_tap_open(struct ike_tap *t, struct bytes message, struct ike_tap_clear *out)
{
    struct isakmp_hdr h;
    enum err e = isakmp_hdr_parse(message, &h);

    if (!e && h.length > message.n)
        e = ERR_SHORT;
    if (e)
        return e;
    message = bytes_head(message, h.length);
    if (message.n > TAP_MESSAGE_MAX)
        return ERR_RANGE;
    if (is_seen(t, message))
        return ERR_REPLAY;
    return isakmp_major(&h) == 2 ? take_v2(t, &h, message, out) : take_v1(t, &h, message, out);
}
