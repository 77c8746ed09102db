/* IKEv1 in pieces, as Cisco's devices and others after them do it: no RFC has it. A side that can
 * says so with a vendor ID; then a message that is too long for the MTU goes as pieces of itself,
 * header and all, each in a clear message of phase 1 with one payload. Nothing authenticates a
 * piece: what they make is a message like any other, and looked at as such. */
#include "ike/ike1_exchanges.h"

#include "base/hash.h"
#include "base/mem.h"

enum {
    IP4_UDP = 20 + 8,
    IP6_UDP = 40 + 8,
    AROUND = ISAKMP_HDR_LEN + 8, /* a piece's own headers */
    PIECES_MAX = 64,             /* of one message */
};

/* Cisco's name for it, and what it is spoken in: main mode, and aggressive mode. */
static const uint8_t vendor[20] = {0x40, 0x48, 0xb7, 0xd5, 0x6e, 0xbc, 0xe8, 0x85, 0x25, 0xe7,
                                   0xde, 0x7f, 0x00, 0xd6, 0xc2, 0xd3, 0xc0, 0,    0,    0};

void ike1_fragment_put_vendor(struct isakmp_msg *m, const struct ike_peer_config *p)
{
    if (p->fragment_mtu)
        isakmp_put(m, ISAKMP_P_VENDOR, bytes_of(vendor, sizeof(vendor)));
}

/* Some send the name alone. */
void ike1_fragment_note_vendor(const struct ike *k, struct ike1_sa *sa, struct bytes b)
{
    if (ike1_config(k, sa)->fragment_mtu && (b.n == 16 || b.n == sizeof(vendor)) &&
        bytes_eq(bytes_head(b, 16), bytes_of(vendor, 16)))
        sa->fragments = true;
}

/* --- out ------------------------------------------------------------------------------------- */

/* What a datagram of SA may have in bytes; 0: anything. */
static size_t limit_of(const struct ike *k, const struct ike1_sa *sa)
{
    size_t mtu = ike1_config(k, sa)->fragment_mtu;
    size_t around = sa->remote.addr.family == 6 ? IP6_UDP : IP4_UDP;

    if (!mtu || !sa->fragments)
        return 0;
    if (sa->local.port == IKE_NATT_PORT)
        around += NATT_MARKER_LEN;
    return mtu > around + AROUND ? mtu - around : AROUND + 1;
}

/* The header of strongSwan's pieces: no message ID, and the exchange of phase 1. */
static void send_piece(struct ike *k, const struct ike1_sa *sa, const struct isakmp_hdr *whole,
                       const struct isakmp_fragment *f)
{
    uint8_t buf[IKE_DATAGRAM_MAX];
    struct isakmp_msg m;
    struct isakmp_hdr h = *whole;

    if (h.exchange != ISAKMP_X_AGGRESSIVE)
        h.exchange = ISAKMP_X_MAIN;
    h.flags = 0;
    h.message_id = 0;
    isakmp_begin(&m, buf, sizeof(buf), &h);
    isakmp_put_fragment(&m, f);
    ike_send(k, &sa->local, &sa->remote, isakmp_end(&m, 0));
}

void ike1_send(struct ike *k, const struct ike1_sa *sa, struct bytes datagram)
{
    size_t limit = limit_of(k, sa), each = limit - AROUND;
    struct isakmp_hdr whole;

    if (!limit || datagram.n <= limit || datagram.n > PIECES_MAX * each ||
        isakmp_hdr_parse(datagram, &whole)) {
        ike_send(k, &sa->local, &sa->remote, datagram);
        return;
    }
    /* the same when it is sent again, so that the pieces of both fit together */
    uint16_t id = (uint16_t)(hash_bytes(datagram, k->hash_key) | 1);
    for (size_t at = 0, n = 1; at < datagram.n; at += each, n++) {
        struct isakmp_fragment f = {.id = id,
                                    .number = (uint8_t)n,
                                    .last = datagram.n - at <= each,
                                    .data = bytes_head(bytes_from(datagram, at), each)};
        send_piece(k, sa, &whole, &f);
    }
}

/* --- in -------------------------------------------------------------------------------------- */

struct ike1_pieces {
    uint16_t id;
    uint8_t last; /* number of the last piece; 0: that is not here yet */
    uint8_t have, highest;
    size_t bytes;
    struct owned v[PIECES_MAX];
};

void ike1_pieces_free(struct ike1_pieces *g)
{
    if (!g)
        return;
    for (size_t i = 0; i < PIECES_MAX; i++)
        owned_release(&g->v[i]);
    mem_free(g);
}

/* F is of another message than what is gathered. Not all count their messages, so what contradicts
 * counts, too. */
static bool is_of_another(const struct ike1_pieces *g, const struct isakmp_fragment *f)
{
    const struct owned *held = &g->v[f->number - 1];

    return f->id != g->id || (held->p && !bytes_eq(owned_bytes(held), f->data)) ||
           (g->last && (f->number > g->last || f->last != (f->number == g->last))) ||
           (f->last && f->number < g->highest);
}

static void keep(struct ike1_pieces *g, const struct isakmp_fragment *f)
{
    g->id = f->id;
    if (g->v[f->number - 1].p)
        return;
    owned_set(&g->v[f->number - 1], f->data);
    g->have++;
    g->bytes += f->data.n;
    if (f->number > g->highest)
        g->highest = f->number;
    if (f->last)
        g->last = f->number;
}

enum err ike1_pieces_add(struct ike1_pieces **gathered, const struct isakmp_fragment *f, void *out,
                         size_t cap, struct bytes *whole)
{
    struct ike1_pieces *g = *gathered;

    *whole = (struct bytes){0};
    if (f->number > PIECES_MAX)
        return ERR_RANGE;
    if (g && is_of_another(g, f)) {
        ike1_pieces_free(g);
        g = NULL;
    }
    if (!g)
        g = mem_zalloc(sizeof(*g));
    keep(g, f);
    *gathered = g;
    bool full = g->bytes > cap, done = g->last && g->have == g->last;
    if (!full && !done)
        return ERR_OK;
    struct wr w = wr_of(out, cap);
    for (size_t i = 0; !full && i < g->last; i++)
        wr_put(&w, owned_bytes(&g->v[i]));
    ike1_pieces_free(g);
    *gathered = NULL;
    if (full)
        return ERR_RANGE;
    *whole = wr_bytes(&w);
    return ERR_OK;
}

const char *ike1_fragment_input(const struct ike *k, struct ike1_sa *sa, struct ike1_in *in,
                                void *out, size_t cap, struct bytes *whole)
{
    struct isakmp_fragment f;

    *whole = (struct bytes){0};
    if (!ike1_config(k, sa)->fragment_mtu)
        return "a fragment, which nobody asked for";
    if (isakmp_chain_parse(in->hdr.next, bytes_from(in->datagram, ISAKMP_HDR_LEN), &in->chain) ||
        in->chain.n != 1 || isakmp_fragment_parse(in->chain.v[0].body, &f))
        return "no fragment, or more than one in a message";
    return ike1_pieces_add(&sa->pieces, &f, out, cap, whole)
               ? "fragments of a message that is too long"
               : NULL;
}
