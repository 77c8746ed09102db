#include "judge/ike_read.h"

#include "base/hash.h"

#define TEXT_MAX 400 /* of a message: a hostile one has thousands of payloads */

static void add_word(struct buf *text, const char *word)
{
    if (text->n > TEXT_MAX)
        return;
    if (text->n)
        buf_addc(text, ' ');
    buf_adds(text, word);
}

static const char *proto_name(uint8_t protocol)
{
    static const char *const names[] = {"", "IKE", "AH", "ESP"};

    return protocol < COUNT(names) ? names[protocol] : "?";
}

static void add_hex(struct buf *text, struct bytes b)
{
    if (!b.n)
        return;
    buf_adds(text, text->n && text->s[text->n - 1] != '(' ? " 0x" : "0x");
    buf_addx(text, bytes_head(b, ISAKMP_COOKIE_LEN));
}

static uint32_t spi_of(struct bytes b)
{
    struct rd r = rd_of(b);

    return rd_be32(&r);
}

/* "SA(ESP 0x1a2b)": the first proposal stands for all, which have the same SPI or one each. */
static void take_proposal(uint8_t protocol, struct bytes spi, bool is_new, struct ike_said *out,
                          struct buf *text)
{
    add_word(text, "SA(");
    buf_adds(text, proto_name(protocol));
    add_hex(text, spi);
    buf_addc(text, ')');
    if ((protocol == ISAKMP_PROTO_ESP || protocol == ISAKMP_PROTO_AH) && spi.n == 4) {
        out->offers_child = true;
        out->child_spi = spi_of(spi);
    } else if (protocol == IKEV2_PROTO_IKE && spi.n == ISAKMP_COOKIE_LEN && is_new) {
        out->offers_ike = true;
        memcpy(out->ike_spi, spi.p, spi.n);
    }
}

static void take_notify(const char *name, uint16_t type, uint8_t protocol, struct bytes spi,
                        struct buf *text)
{
    add_word(text, "N(");
    if (name)
        buf_adds(text, name);
    else
        buf_addf(text, "%u", type);
    if (spi.n && spi.n <= ISAKMP_COOKIE_LEN) {
        buf_addf(text, " %s", proto_name(protocol));
        add_hex(text, spi);
    }
    buf_addc(text, ')');
}

static void take_spis(uint8_t protocol, uint8_t spi_len, struct bytes spis, struct ike_said *out,
                      struct buf *text)
{
    struct rd r = rd_of(spis);

    add_word(text, "D(");
    buf_adds(text, proto_name(protocol));
    while (spi_len && rd_left(&r) >= spi_len && text->n < TEXT_MAX) {
        struct bytes one = rd_take(&r, spi_len);
        add_hex(text, one);
        if (protocol == ISAKMP_PROTO_ISAKMP && spi_len >= ISAKMP_COOKIE_LEN)
            memcpy(out->ike_deleted, one.p, ISAKMP_COOKIE_LEN);
        else if (spi_len == 4 && out->ndeleted < SAID_DELETES)
            out->deleted[out->ndeleted++] = spi_of(one);
    }
    out->deletes_ike |= protocol == ISAKMP_PROTO_ISAKMP;
    buf_addc(text, ')');
}

/* --- IKEv2 -------------------------------------------------------------------------------------
 */

static void v2_sa(const struct isakmp_hdr *h, struct bytes body, struct ike_said *out,
                  struct buf *text)
{
    struct ikev2_proposal p;

    if (ikev2_sa_check(body, NULL) || !ikev2_next_proposal(&body, &p)) {
        add_word(text, "SA(malformed)");
        return;
    }
    take_proposal(p.protocol, p.spi, h->exchange == ISAKMP_X_V2_CREATE_CHILD_SA, out, text);
}

static void v2_notify(struct bytes body, struct ike_said *out, struct buf *text)
{
    struct ikev2_notify n;

    if (ikev2_notify_parse(body, &n)) {
        add_word(text, "N(malformed)");
        return;
    }
    take_notify(ikev2_notify_name(n.type), n.type, n.protocol, n.spi, text);
    if (n.type == IKEV2_N_REKEY_SA && n.spi.n == 4) {
        out->rekeys = true;
        out->rekeyed_spi = spi_of(n.spi);
    }
    out->fails |= n.type < IKEV2_N_INITIAL_CONTACT;
}

static void v2_payload(const struct isakmp_hdr *h, const struct ikev2_payload *p,
                       struct ike_said *out, struct buf *text)
{
    const char *name = ikev2_payload_name(p->type);
    struct ikev2_delete d;

    if (p->type == IKEV2_P_SA) {
        v2_sa(h, p->body, out, text);
    } else if (p->type == IKEV2_P_NOTIFY) {
        v2_notify(p->body, out, text);
    } else if (p->type == IKEV2_P_DELETE) {
        if (ikev2_delete_parse(p->body, &d))
            add_word(text, "D(malformed)");
        else
            take_spis(d.protocol, d.spi_len, d.spis, out, text);
    } else {
        add_word(text, name ? name : "?");
    }
}

static void read_v2(const struct isakmp_hdr *h, uint8_t next, struct bytes in, struct ike_said *out,
                    struct buf *text)
{
    struct ikev2_chain c;

    if (next == IKEV2_P_NONE && !in.n)
        return; /* an empty INFORMATIONAL: are you there? */
    if (ikev2_chain_parse(next, in, &c)) {
        add_word(text, "malformed");
        return;
    }
    for (size_t i = 0; i < c.n; i++)
        v2_payload(h, &c.v[i], out, text);
}

/* --- IKEv1 -------------------------------------------------------------------------------------
 */

static void v1_sa(struct bytes body, struct ike_said *out, struct buf *text)
{
    struct isakmp_sa sa;
    struct isakmp_proposal p;

    if (isakmp_sa_parse(body, &sa) || !isakmp_next_proposal(&sa.proposals, &p))
        add_word(text, "SA(malformed)");
    else
        take_proposal(p.protocol, p.spi, false, out, text);
}

static void v1_notify(struct bytes body, struct ike_said *out, struct buf *text)
{
    struct isakmp_notify n;

    if (isakmp_notify_parse(body, &n)) {
        add_word(text, "N(malformed)");
        return;
    }
    take_notify(isakmp_notify_name(n.type), n.type, n.protocol, n.spi, text);
    out->fails |= n.type < ISAKMP_N_CONNECTED;
}

static void v1_payload(const struct isakmp_hdr *h, const struct isakmp_payload *p,
                       struct ike_said *out, struct buf *text)
{
    const char *name = isakmp_payload_name(p->type);
    struct isakmp_delete d;

    if (p->type == ISAKMP_P_SA) {
        v1_sa(p->body, out, text);
    } else if (p->type == ISAKMP_P_NOTIFY) {
        v1_notify(p->body, out, text);
    } else if (p->type == ISAKMP_P_DELETE) {
        if (isakmp_delete_parse(p->body, &d))
            add_word(text, "D(malformed)");
        else
            take_spis(d.protocol, d.spi_len, d.spis, out, text);
    } else {
        if (p->type == ISAKMP_P_ID && h->exchange == ISAKMP_X_QUICK)
            out->selectors ^= hash_bytes(p->body, 1); /* either may be the initiator's */
        add_word(text, name ? name : "?");
    }
}

static void read_v1(const struct isakmp_hdr *h, uint8_t next, struct bytes in, struct ike_said *out,
                    struct buf *text)
{
    struct isakmp_chain c;

    if (isakmp_chain_parse(next, in, &c)) {
        add_word(text, "malformed");
        return;
    }
    for (size_t i = 0; i < c.n; i++)
        v1_payload(h, &c.v[i], out, text);
}

void ike_read(const struct isakmp_hdr *h, uint8_t next, struct bytes payloads, struct ike_said *out,
              struct buf *text)
{
    *out = (struct ike_said){0};
    if (isakmp_major(h) == 2)
        read_v2(h, next, payloads, out, text);
    else
        read_v1(h, next, payloads, out, text);
}
