/* Inspection of FTP control channels: lines that name a data connection's end open a pinhole for
 * it, and under translation name the translated end. Lines are followed across segments. Where they
 * are rewritten, the beginning of one that may be such a line is held back and acknowledged, and
 * sent together with its rest: it is kept for as long as the rest may have to be sent again. */
#include "gateway/conn_more.h"

#include "wire/checksum.h"

#define CONTROL_PORT 21

/* A segment being looked at. */
struct look {
    struct conns *t;
    struct conn *c;
    int side;
    struct ftp_dir *d;
    bool rewrite; /* ends are translated: OUT is what will be sent */
    bool refused;
    uint32_t at; /* sequence number of the next byte of the text */
    struct wr out;
    bool changed;
};

bool conn_is_ftp(const struct conns *t, const struct conn *c)
{
    return c->proto == IP_TCP && t->env.cfg->inspect_ftp &&
           (c->at[1].port == CONTROL_PORT || conn_mapped(c, 1)->port == CONTROL_PORT);
}

void conn_ftp_begin(struct conns *t, struct conn *c)
{
    conn_more_of(t, c)->ftp = conn_blocks_take(&t->ftps);
}

/* --- one end -----------------------------------------------------------------------------------
 */

/* How the other side will see the listener REAL, which is at SIDE. False: no port is free. */
static bool map_end(struct look *l, const struct endpoint *real, struct endpoint *mapped,
                    struct xlate **x)
{
    const struct conn *c = l->c;

    *x = c->more->xlate[l->side];
    *mapped = (struct endpoint){conn_mapped(c, l->side)->addr, real->port};
    if (!*x || !xlate_is_port(*x))
        return true;
    struct xlate_source s = {.proto = IP_TCP,
                             .real = *real,
                             .real_ifi = c->ifi[l->side],
                             .mapped_ifi = c->ifi[!l->side]};
    *x = xlates_port(nat_xlates(l->t->env.nat), &s, &mapped->addr);
    if (*x)
        mapped->port = xlate_mapped(*x)->port;
    return *x != NULL;
}

static void expect(struct look *l, const struct endpoint *real, const struct endpoint *mapped,
                   struct xlate *x, uint32_t end)
{
    struct pinhole h = {.opener = (uint8_t)!l->side,
                        .from = l->c->at[!l->side].addr,
                        .to = *mapped,
                        .real_to = *real,
                        .xlate = x};

    if (l->d->has_opened && seq_le(end, l->d->opened)) /* this line was there before */
        return;
    l->d->has_opened = true;
    l->d->opened = end;
    conn_hole_open(l->t, l->c, &h);
}

/* A client may only name itself, and no port of a well-known service. */
static bool is_allowed(struct look *l, const struct ftp_line *line)
{
    const struct conn *c = l->c;
    const char *nameif = l->t->env.ifs->v[c->ifi[0]].nameif;

    if (!ip_addr_eq(&line->at.addr, &c->at[0].addr)) {
        gw_msg_ftp_address(l->t->env.log, &line->at.addr, &c->at[0].addr, &c->at[1].addr, nameif);
        return false;
    }
    if (line->at.port < 1024) {
        gw_msg_ftp_low_port(l->t->env.log, &line->at, &c->at[1].addr, nameif);
        return false;
    }
    return true;
}

static void put_line(struct look *l, struct bytes line, const struct ftp_line *named,
                     const struct endpoint *mapped)
{
    char text[FTP_TEXT];
    size_t n = ftp_format(named, mapped, text), old = named->to - named->from;

    wr_put(&l->out, bytes_head(line, named->from));
    wr_put(&l->out, bytes_of(text, n));
    wr_put(&l->out, bytes_from(line, named->to));
    l->changed = true;
    seq_shift_note(&l->d->shift, l->at, l->at + (uint32_t)line.n, (uint32_t)n - (uint32_t)old);
}

/* --- one line ----------------------------------------------------------------------------------
 */

static void pass(struct look *l, struct bytes text)
{
    if (l->rewrite)
        wr_put(&l->out, text);
}

static void take_line(struct look *l, struct bytes line)
{
    struct ftp_line named = {.kind = FTP_OTHER};
    struct endpoint real, mapped;
    struct xlate *x;

    if (line.n <= FTP_LINE_MAX)
        ftp_parse(line, l->side == 0, &named);
    real = named.at;
    if (named.kind == FTP_EPSV)
        real.addr = l->c->at[1].addr;
    if (named.kind == FTP_PASV && !ip_addr_eq(&real.addr, &l->c->at[1].addr))
        named.kind = FTP_OTHER; /* a server that names another one is on its own */
    if (named.kind == FTP_OTHER) {
        pass(l, line);
    } else if ((l->side == 0 && !is_allowed(l, &named)) || !map_end(l, &real, &mapped, &x)) {
        l->refused = true;
    } else {
        expect(l, &real, &mapped, x, l->at + (uint32_t)line.n);
        if (l->rewrite && !endpoint_eq(&real, &mapped))
            put_line(l, line, &named, &mapped);
        else
            pass(l, line);
    }
    l->at += (uint32_t)line.n;
}

/* The beginning of a line: kept, and held back where it may have to be changed. */
static void take_part(struct look *l, struct bytes part, bool may_hold)
{
    struct ftp_dir *d = l->d;
    bool name = ftp_may_name_end(part, l->side == 0);

    d->blind = !name || part.n >= FTP_LINE_MAX;
    d->held = !d->blind && l->rewrite && may_hold;
    d->npart = d->blind ? 0 : part.n;
    d->part_at = l->at;
    memcpy(d->part, part.p, d->npart);
    l->changed |= d->held;
    if (!d->held)
        pass(l, part);
}

static size_t line_end(struct bytes b)
{
    const uint8_t *lf = memchr(b.p, '\n', b.n);

    return lf ? (size_t)(lf - b.p) + 1 : 0;
}

/* The text from the beginning of a line on, unless BLIND: then it is in the middle of one. */
static void take_text(struct look *l, struct bytes text, bool blind, bool may_hold)
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
    if (!text.n) {
        l->d->blind = false;
    } else if (blind) {
        pass(l, text);
        l->d->blind = true;
    } else {
        take_part(l, text, may_hold);
    }
}

/* --- one segment -------------------------------------------------------------------------------
 */

/* The header as it is, its checksum corrected for a payload that was OLD and is now what stands
 * behind it, and for the number of bytes. */
static void finish(struct wr *w, size_t hdr, uint32_t seq, const struct pkt *p, struct bytes old)
{
    struct rd r = rd_of(p->ip.payload);

    rd_skip(&r, 4);
    uint32_t old_seq = rd_be32(&r);
    rd_skip(&r, 8);
    uint16_t check = rd_be16(&r);
    struct bytes now = bytes_from(wr_bytes(w), hdr);
    check = checksum_update32(check, old_seq, seq);
    check = checksum_update16(check, (uint16_t)~checksum_finish(checksum_add(0, old)),
                              (uint16_t)~checksum_finish(checksum_add(0, now)));
    check = checksum_update16(check, (uint16_t)(hdr + old.n), (uint16_t)w->at);
    wr_fill32(w, 4, seq);
    wr_fill16(w, 16, check);
}

static bool continues(const struct ftp_dir *d, uint32_t seq)
{
    return d->npart && seq == d->part_at + (uint32_t)d->npart;
}

/* The part and what goes on with it, joined: one line's end at most can lie in two segments. */
static struct bytes join(const struct ftp_dir *d, struct bytes data, uint8_t *mem, size_t cap)
{
    struct wr w = wr_of(mem, cap);

    wr_put(&w, bytes_of(d->part, d->npart));
    wr_put(&w, data);
    return wr_bytes(&w);
}

static void look_at(struct look *l, uint32_t seq, struct bytes data, bool may_hold)
{
    struct ftp_dir *d = l->d;
    uint8_t joined[FTP_LINE_MAX + 1];
    size_t first = line_end(data);

    if (!continues(d, seq)) {
        bool blind = d->blind && seq == d->next;
        l->at = seq;
        take_text(l, data, blind, may_hold);
        return;
    }
    first = first ? first : data.n;
    l->at = d->part_at;
    if (d->npart + first > FTP_LINE_MAX) { /* it is no line that names an end */
        if (d->held)
            pass(l, bytes_of(d->part, d->npart));
        d->npart = 0;
        l->at = seq;
        take_text(l, data, true, may_hold);
        return;
    }
    struct bytes line = join(d, bytes_head(data, first), joined, sizeof(joined));
    size_t kept = d->npart;
    if (!d->held) /* what is gone is not sent again: only to be understood */
        l->rewrite = false;
    if (line.p[line.n - 1] != '\n') {
        take_part(l, line, may_hold);
        return;
    }
    take_line(l, line);
    d->npart = kept; /* the rest may come again */
    d->blind = false;
    if (!l->refused)
        take_text(l, bytes_from(data, first), false, may_hold);
}

static bool is_looked_at(const struct conn *c, const struct pkt *p)
{
    return c->more && c->more->ftp && p->kind == PKT_TCP && p->tcp.data.n &&
           !tcp_has(&p->tcp, TCP_SYN | TCP_RST);
}

/* Something is missing before it; or it begins in the middle of a line that was changed, which is
 * nothing by itself. */
static bool is_out_of_place(const struct ftp_dir *d, uint32_t seq)
{
    if (continues(d, seq))
        return false;
    return seq_lt(d->next, seq) || seq_shift_splits(&d->shift, seq);
}

static void begin(const struct conn *c, struct look *l)
{
    l->d = &c->more->ftp->dir[l->side];
    l->rewrite = c->more->translated;
    if (l->d->begun)
        return;
    l->d->begun = true;
    l->d->next = c->tcp[l->side].isn + 1;
}

enum conn_inspected conn_inspect(struct conns *t, struct conn *c, int side, const struct pkt *p,
                                 uint8_t *mem, struct bytes *segment, bool *acknowledge)
{
    struct look l = {.t = t, .c = c, .side = side, .out = wr_of(mem, UINT16_MAX)};
    uint32_t seq = p->tcp.seq, end = seq + (uint32_t)p->tcp.data.n, first = seq;

    *acknowledge = false;
    if (!is_looked_at(c, p))
        return CONN_AS_IT_IS;
    begin(c, &l);
    struct ftp_dir *d = l.d;
    if (is_out_of_place(d, seq)) {
        d->blind = d->blind || !l.rewrite;
        d->next = l.rewrite ? d->next : end;
        return l.rewrite ? CONN_REFUSED : CONN_AS_IT_IS;
    }
    const size_t hdr = p->ip.payload.n - p->tcp.data.n;
    wr_put(&l.out, bytes_head(p->ip.payload, hdr));
    if (continues(d, seq) && d->held) {
        first = d->part_at;
        l.changed = true;
    }
    look_at(&l, seq, p->tcp.data, !tcp_has(&p->tcp, TCP_FIN));
    if (seq_lt(d->next, end))
        d->next = end;
    if (l.refused || l.out.err)
        return CONN_REFUSED;
    if (!l.changed)
        return CONN_AS_IT_IS;
    *acknowledge = d->held && d->part_at + (uint32_t)d->npart == end;
    finish(&l.out, hdr, first, p, p->tcp.data);
    *segment = wr_bytes(&l.out);
    return CONN_CHANGED;
}
