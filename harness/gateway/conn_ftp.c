/* Inspection of FTP control channels: lines that name a data connection's end open a pinhole for
 * it, and under translation name the translated end. Lines are followed across segments. Where they
 * are rewritten, the beginning of one that may be such a line is held back and sent together with
 * its rest. Its sender is told that it has arrived, once all before it has, since it may say
 * nothing more until then (Nagle); so it is kept until the whole line was acknowledged. */
#include "gateway/conn_ftp.h"

#include "wire/checksum.h"

#define CONTROL_PORT 21

bool conn_is_ftp(const struct conns *t, const struct conn *c)
{
    return c->proto == IP_TCP && t->env.cfg->inspect_ftp &&
           (c->at[1].port == CONTROL_PORT || conn_mapped(c, 1)->port == CONTROL_PORT);
}

void conn_ftp_begin(struct conns *t, struct conn *c)
{
    conn_more_of(t, c)->ftp = conn_blocks_take(&t->ftps);
}

/* --- one line ----------------------------------------------------------------------------------
 */

static void pass(struct ftp_look *l, struct bytes text)
{
    if (l->rewrite)
        wr_put(&l->out, text);
}

/* The part that is kept is the beginning of what stands at l->at. */
static bool is_of_part(const struct ftp_look *l)
{
    return l->d->npart && l->d->part_at == l->at;
}

/* The N bytes at l->at were sent on: the rest of the part has come, if it is one. */
static void end_part(struct ftp_look *l, size_t n)
{
    if (!is_of_part(l))
        return;
    l->d->whole = true;
    l->d->whole_end = l->at + (uint32_t)n;
}

/* What stands at l->at was there before. It may be the middle of a line then, for all that is
 * known; only a line that was rewritten has to be rewritten again. */
static bool is_of_no_interest(const struct ftp_look *l)
{
    bool old = seq_lt(l->at, l->known) && !(is_of_part(l) && !l->d->whole);

    return old && !seq_shift_has(&l->d->shift, l->at);
}

static void parse_line(const struct ftp_look *l, struct bytes line, struct ftp_line *named)
{
    *named = (struct ftp_line){.kind = FTP_OTHER};
    if (line.n <= FTP_LINE_MAX && !is_of_no_interest(l))
        ftp_parse(line, l->side == 0, named);
}

static void take_line(struct ftp_look *l, struct bytes line)
{
    struct ftp_line named;
    struct endpoint real, mapped;
    struct xlate *x;

    parse_line(l, line, &named);
    real = named.at;
    if (named.kind == FTP_EPSV)
        real.addr = l->c->at[1].addr;
    if (named.kind == FTP_PASV && !ip_addr_eq(&real.addr, &l->c->at[1].addr))
        named.kind = FTP_OTHER; /* a server that names another one is on its own */
    if (named.kind == FTP_OTHER) {
        pass(l, line);
    } else if ((l->side == 0 && !ftp_look_is_allowed(l, &named)) ||
               !ftp_look_map_end(l, &real, &mapped, &x)) {
        l->refused = true;
    } else {
        ftp_look_expect(l, &real, &mapped, x, l->at + (uint32_t)line.n);
        if (l->rewrite && !endpoint_eq(&real, &mapped))
            ftp_look_put_line(l, line, &named, &mapped);
        else
            pass(l, line);
    }
    if (!l->refused)
        end_part(l, line.n);
    l->at += (uint32_t)line.n;
}

/* The part has to be kept: its line is not whole, or not acknowledged. */
static bool is_locked(const struct ftp_look *l)
{
    const struct ftp_dir *d = l->d;
    const struct conn_tcp_side *other = &l->c->tcp[!l->side];

    return d->npart && (!d->whole || !other->has_acked || seq_lt(other->acked, d->whole_end));
}

static void keep_part(struct ftp_look *l, struct bytes part)
{
    struct ftp_dir *d = l->d;

    d->whole = d->whole && is_of_part(l);
    d->part_at = l->at;
    d->npart = part.n;
    memcpy(d->part, part.p, part.n);
}

/* Holds the beginning of a line back, if there is room for it. */
static void hold_part(struct ftp_look *l, struct bytes part)
{
    struct ftp_dir *d = l->d;
    bool same = is_of_part(l);

    l->changed = true;
    l->cut = !same && is_locked(l);
    l->held = !l->cut;
    if (l->cut || (same && d->npart >= part.n))
        return;
    keep_part(l, part);
    d->held = true;
}

static void take_part(struct ftp_look *l, struct bytes part)
{
    bool again = is_of_part(l) && l->d->held;
    bool named = part.n < FTP_LINE_MAX && ftp_may_name_end(part, l->side == 0) &&
                 (again || !is_of_no_interest(l));

    if (l->fresh)
        l->d->blind = !named;
    if (named && l->rewrite && l->may_hold) {
        hold_part(l, part);
        return;
    }
    pass(l, part);
    if (l->rewrite)
        end_part(l, part.n);
    if (!l->rewrite && l->fresh) {
        l->d->npart = 0;
        if (named)
            keep_part(l, part);
    }
}

static size_t line_end(struct bytes b)
{
    const uint8_t *lf = memchr(b.p, '\n', b.n);

    return lf ? (size_t)(lf - b.p) + 1 : 0;
}

/* The text from the beginning of a line on, unless BLIND: then it is in the middle of one. */
static void take_text(struct ftp_look *l, struct bytes text, bool blind)
{
    size_t n;

    while (text.n && !l->refused && (n = line_end(text))) {
        if (blind) {
            pass(l, bytes_head(text, n));
            l->at += (uint32_t)n;
        } else {
            take_line(l, bytes_head(text, n));
        }
        blind = false;
        text = bytes_from(text, n);
    }
    if (l->refused)
        return;
    if (text.n && !blind) {
        take_part(l, text);
        return;
    }
    pass(l, text);
    if (l->fresh)
        l->d->blind = blind;
}

/* --- one segment -------------------------------------------------------------------------------
 */

/* It begins in the part that is kept, or goes on behind it. */
static bool continues(const struct ftp_dir *d, uint32_t seq)
{
    return d->npart && seq_lt(d->part_at, seq) && seq_le(seq, d->part_at + (uint32_t)d->npart);
}

/* DATA goes on in the middle of a line whose beginning BEGIN is kept. */
static void take_rest(struct ftp_look *l, struct bytes begin, struct bytes data)
{
    struct ftp_dir *d = l->d;
    size_t n = line_end(data) ? line_end(data) : data.n;
    uint8_t joined[FTP_LINE_MAX + 1];
    struct wr w = wr_of(joined, sizeof(joined));

    l->at = d->part_at;
    l->changed = d->held;
    wr_put(&w, begin);
    wr_put(&w, bytes_head(data, n));
    struct bytes line = wr_bytes(&w);
    if (!w.err && line.n <= FTP_LINE_MAX && !line_end(line)) {
        take_part(l, line);
        return;
    }
    bool rewrite = l->rewrite;
    l->rewrite = rewrite && d->held; /* what is gone is only to be understood */
    if (!w.err && line.n <= FTP_LINE_MAX) {
        take_line(l, line);
    } else { /* too long to name an end */
        pass(l, begin);
        pass(l, bytes_head(data, n));
        end_part(l, begin.n + n);
        l->at += (uint32_t)(begin.n + n);
    }
    l->rewrite = rewrite;
    if (!l->refused)
        take_text(l, bytes_from(data, n), !line_end(bytes_head(data, n)));
}

static void look_at(struct ftp_look *l, uint32_t seq, struct bytes data)
{
    struct ftp_dir *d = l->d;

    l->at = seq;
    if (continues(d, seq))
        take_rest(l, bytes_of(d->part, seq - d->part_at), data);
    else
        take_text(l, data, d->blind && seq == d->next);
    if (l->fresh && !l->refused)
        d->next = l->cut ? l->at : seq + (uint32_t)data.n;
}

/* Something is missing before it; or it begins in the middle of a line that was changed, which is
 * nothing by itself. */
static bool is_out_of_place(const struct ftp_dir *d, uint32_t seq)
{
    if (continues(d, seq))
        return false;
    return seq_lt(d->next, seq) || seq_shift_splits(&d->shift, seq);
}

/* The header as it is, its checksum corrected for a payload that was OLD and is now what stands
 * behind it, and for the number of bytes. */
static struct bytes finish(struct wr *w, size_t hdr, uint32_t seq, const struct pkt *p)
{
    struct rd r = rd_of(p->ip.payload);
    struct bytes old = p->tcp.data, now = bytes_from(wr_bytes(w), hdr);

    rd_skip(&r, 4);
    uint32_t old_seq = rd_be32(&r);
    rd_skip(&r, 8);
    uint16_t check = rd_be16(&r);
    check = checksum_update32(check, old_seq, seq);
    check = checksum_update16(check, (uint16_t)~checksum_finish(checksum_add(0, old)),
                              (uint16_t)~checksum_finish(checksum_add(0, now)));
    check = checksum_update16(check, (uint16_t)(hdr + old.n), (uint16_t)w->at);
    wr_fill32(w, 4, seq);
    wr_fill16(w, 16, check);
    return wr_bytes(w);
}

static bool is_looked_at(const struct conn *c, const struct pkt *p)
{
    return c->more && c->more->ftp && p->kind == PKT_TCP && p->tcp.data.n &&
           !tcp_has(&p->tcp, TCP_SYN | TCP_RST);
}

static void begin(struct ftp_look *l, const struct pkt *p)
{
    const struct conn *c = l->c;
    struct ftp_dir *d = l->d = &c->more->ftp->dir[l->side];

    l->rewrite = c->more->translated;
    l->may_hold = !tcp_has(&p->tcp, TCP_FIN);
    if (!d->begun)
        d->next = c->tcp[l->side].isn + 1;
    d->begun = true;
    l->known = d->next;
    l->fresh = l->known == p->tcp.seq || seq_lt(l->known, p->tcp.seq + (uint32_t)p->tcp.data.n);
}

/* The other side has all of it: its sender does not know yet, because what it was told of held
 * bytes was lost. */
static bool is_known(const struct ftp_look *l, uint32_t end)
{
    const struct conn_tcp_side *other = &l->c->tcp[!l->side];

    return l->rewrite && other->has_acked && seq_le(end, other->acked);
}

struct conn_inspection conn_inspect(struct conns *t, struct conn *c, int side, const struct pkt *p,
                                    uint8_t *mem)
{
    struct ftp_look l = {.t = t, .c = c, .side = side, .out = wr_of(mem, UINT16_MAX)};
    const struct conn_tcp_side *other = &c->tcp[!side];
    struct conn_inspection r = {.verdict = CONN_AS_IT_IS};
    uint32_t seq = p->tcp.seq, first = seq;

    if (!is_looked_at(c, p))
        return r;
    begin(&l, p);
    const size_t hdr = p->ip.payload.n - p->tcp.data.n;
    wr_put(&l.out, bytes_head(p->ip.payload, hdr));
    if (is_known(&l, seq + (uint32_t)p->tcp.data.n)) {
        return (struct conn_inspection){.verdict = CONN_CHANGED,
                                        .segment = finish(&l.out, hdr, seq, p),
                                        .acknowledge = true,
                                        .ack = other->acked};
    }
    if (is_out_of_place(l.d, seq) && l.rewrite) {
        r.verdict = CONN_REFUSED;
        return r;
    }
    if (seq_lt(l.d->next, seq)) { /* somewhere in a line that was not seen whole */
        l.d->blind = true;
        l.d->next = seq;
    }
    if (continues(l.d, seq) && l.d->held)
        first = l.d->part_at;
    look_at(&l, seq, p->tcp.data);
    if (l.refused || l.out.err)
        r.verdict = CONN_REFUSED;
    if (r.verdict == CONN_REFUSED || !l.rewrite || !l.changed)
        return r;
    r.verdict = CONN_CHANGED;
    r.segment = finish(&l.out, hdr, first, p);
    r.acknowledge = l.held && other->has_acked && seq_le(l.d->part_at, other->acked);
    r.ack = l.d->part_at + (uint32_t)l.d->npart;
    return r;
}
