/* What has been seen on each way of the WAN: SPIs, cookies, numbers of messages. */
#include "replay/impair.h"
#include "wire/ikev2.h"

static void note_spi(struct wan_way *way, uint32_t spi)
{
    size_t known = way->nspis < SPIS_KNOWN ? way->nspis : SPIS_KNOWN;

    for (size_t i = 0; i < known; i++) {
        if (way->spis[i] == spi)
            return;
    }
    way->spis[way->nspis++ % SPIS_KNOWN] = spi;
}

/* Windows are of one message (RFC 7296, 2.3): the next request is the one that is expected. */
static void note_ikev2(struct wan_way *way, const struct isakmp_hdr *h)
{
    struct rd rd = rd_of(bytes_of(h->cookie_i, sizeof(h->cookie_i)));
    uint64_t spi = rd_be64(&rd);

    if (spi != way->ike_spi)
        way->next_id = 0;
    way->ike_spi = spi;
    way->ike_flags = h->flags & IKEV2_FLAG_INITIATOR;
    if (!ikev2_is_response(h))
        way->next_id = h->message_id + 1;
}

/* The message is of an SA that is there, or about to be. */
static bool is_of_sa(const struct isakmp_hdr *h)
{
    static const uint8_t none[ISAKMP_COOKIE_LEN];

    if (isakmp_major(h) == 2)
        return h->exchange != ISAKMP_X_V2_SA_INIT;
    return h->message_id && memcmp(h->cookie_r, none, sizeof(none)) != 0;
}

/* UDP of the SA: its messages, and ESP, which may be the first to come from where a NAT has moved
 * it. */
static void note_ends(struct wan_way *way, const struct wan_frame *f)
{
    if (f->p.kind != PKT_UDP || ip_is_fragment(&f->p.ip) ||
        !(f->esp || (f->ike && is_of_sa(&f->hdr))))
        return;
    way->from = (struct endpoint){f->p.ip.src, f->p.udp.src};
    way->to = (struct endpoint){f->p.ip.dst, f->p.udp.dst};
}

void wan_note(struct run *r, enum way_id way, struct bytes frame, const struct wan_frame *f)
{
    struct impair *m = r->impair;
    struct rd rd = rd_of(frame);

    rd_copy(&rd, m->seen[way].eth, sizeof(m->seen[way].eth));
    m->seen[way].any = true;
    note_ends(&m->seen[way], f);
    if (f->esp)
        note_spi(&m->seen[way], f->spi);
    if (f->ike && isakmp_major(&f->hdr) == 2 && is_of_sa(&f->hdr))
        note_ikev2(&m->seen[way], &f->hdr);
    if (f->ike && is_of_sa(&f->hdr)) {
        m->version = f->hdr.version;
        memcpy(m->cookies, f->hdr.cookie_i, ISAKMP_COOKIE_LEN);
        memcpy(m->cookies + ISAKMP_COOKIE_LEN, f->hdr.cookie_r, ISAKMP_COOKIE_LEN);
    }
    if (m->keeps && (f->esp || f->ike) && (run_is_pair(r) || sent_by_peer(r, way)))
        kept_add(m, way, frame);
}
