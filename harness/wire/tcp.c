#include "wire/tcp.h"

#include "wire/checksum.h"
#include "wire/ip.h"

/* Option kinds (IANA TCP parameters). */
enum { OPT_END, OPT_NOP, OPT_MSS, OPT_WSCALE, OPT_SACK_PERMITTED, OPT_SACK, OPT_TS = 8 };

enum err tcp_parse(struct bytes in, struct tcp *out)
{
    struct rd r = rd_of(in);
    struct tcp t = {0};

    if (in.n < TCP_HDR_LEN) /* what is below need not ask again */
        return ERR_SHORT;
    t.src = rd_be16(&r);
    t.dst = rd_be16(&r);
    t.seq = rd_be32(&r);
    t.ack = rd_be32(&r);
    size_t hdr = (rd_u8(&r) >> 4) * 4u; /* RFC 9293, 3.1: data offset counts words */
    t.flags = rd_u8(&r);
    t.window = rd_be16(&r);
    t.check = rd_be16(&r);
    t.urgent = rd_be16(&r);
    if (hdr < TCP_HDR_LEN)
        rd_fail(&r, ERR_FORMAT);
    t.hdr_len = (uint8_t)hdr;
    t.opts = rd_take(&r, hdr - TCP_HDR_LEN);
    t.data = rd_rest(&r);
    if (!r.err)
        *out = t;
    return r.err;
}

enum err tcp_parse_cut(struct bytes in, struct tcp *out)
{
    uint8_t whole[60] = {0}; /* the longest header there is */
    size_t n = in.n < sizeof(whole) ? in.n : sizeof(whole);
    struct tcp t;

    if (n < TCP_HDR_CUT_LEN)
        return ERR_SHORT;
    memcpy(whole, in.p, n);
    enum err e = tcp_parse(bytes_of(whole, sizeof(whole)), &t);
    if (e)
        return e;
    t.opts = bytes_head(bytes_from(in, TCP_HDR_LEN), t.opts.n);
    t.data = bytes_from(in, t.hdr_len);
    *out = t;
    return ERR_OK;
}

static void parse_one(uint8_t kind, struct bytes body, struct tcp_opts *o)
{
    struct rd r = rd_of(body);

    if (kind == OPT_MSS && body.n == 2) {
        o->mss = rd_be16(&r);
    } else if (kind == OPT_WSCALE && body.n == 1) {
        o->has_wscale = true;
        o->wscale = rd_u8(&r);
        if (o->wscale > 14)
            o->wscale = 14;
    } else if (kind == OPT_SACK_PERMITTED && body.n == 0) {
        o->sack_permitted = true;
    } else if (kind == OPT_TS && body.n == 8) {
        o->has_ts = true;
        o->tsval = rd_be32(&r);
        o->tsecr = rd_be32(&r);
    } else if (kind == OPT_SACK && body.n % 8 == 0) {
        while (rd_left(&r) > 0 && o->sacks < TCP_SACK_BLOCKS) {
            o->sack[o->sacks].from = rd_be32(&r);
            o->sack[o->sacks++].to = rd_be32(&r);
        }
    }
}

void tcp_opts_parse(struct bytes opts, struct tcp_opts *out)
{
    struct rd r = rd_of(opts);

    *out = (struct tcp_opts){0};
    while (rd_left(&r) > 0) {
        uint8_t kind = rd_u8(&r);
        if (kind == OPT_END)
            break;
        if (kind == OPT_NOP)
            continue;
        uint8_t len = rd_u8(&r);
        if (len < 2)
            break; /* would never end */
        struct bytes body = rd_take(&r, len - 2u);
        if (!r.err)
            parse_one(kind, body, out);
    }
}

void tcp_opts_put(struct wr *w, const struct tcp_opts *o)
{
    size_t start = w->at;

    if (o->mss) {
        wr_be16(w, OPT_MSS << 8 | 4);
        wr_be16(w, o->mss);
    }
    if (o->sack_permitted)
        wr_be16(w, OPT_SACK_PERMITTED << 8 | 2);
    if (o->has_ts) {
        if (!o->sack_permitted) /* keeps the stamps on a word boundary */
            wr_be16(w, OPT_NOP << 8 | OPT_NOP);
        wr_be16(w, OPT_TS << 8 | 10);
        wr_be32(w, o->tsval);
        wr_be32(w, o->tsecr);
    }
    if (o->has_wscale) {
        wr_u8(w, OPT_NOP);
        wr_be16(w, OPT_WSCALE << 8 | 3);
        wr_u8(w, o->wscale);
    }
    if (o->sacks) {
        wr_be16(w, OPT_NOP << 8 | OPT_NOP);
        wr_be16(w, (uint16_t)(OPT_SACK << 8 | (2 + 8 * o->sacks)));
        for (int i = 0; i < o->sacks; i++) {
            wr_be32(w, o->sack[i].from);
            wr_be32(w, o->sack[i].to);
        }
    }
    while ((w->at - start) % 4 != 0 && !w->err)
        wr_u8(w, OPT_END);
}

void tcp_put(struct wr *w, const struct tcp *t, const struct ip_addr *src,
             const struct ip_addr *dst)
{
    size_t start = w->at;

    wr_be16(w, t->src);
    wr_be16(w, t->dst);
    wr_be32(w, t->seq);
    wr_be32(w, t->ack);
    wr_u8(w, (uint8_t)((TCP_HDR_LEN + t->opts.n) / 4 << 4));
    wr_u8(w, t->flags);
    wr_be16(w, t->window);
    size_t check = wr_hole16(w);
    wr_be16(w, t->urgent);
    wr_put(w, t->opts);
    wr_put(w, t->data);
    if (w->err)
        return;
    struct bytes seg = bytes_of(w->p + start, w->at - start);
    uint64_t sum = checksum_pseudo(src, dst, IP_TCP, seg.n);
    wr_fill16(w, check, checksum_finish(checksum_add(sum, seg)));
}

bool tcp_checksum_ok(struct bytes seg, const struct ip_addr *src, const struct ip_addr *dst)
{
    return checksum_finish(checksum_add(checksum_pseudo(src, dst, IP_TCP, seg.n), seg)) == 0;
}
