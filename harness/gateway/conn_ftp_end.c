/* Inspected FTP: what is done about one end of a data connection that a line names. */
#include "gateway/conn_ftp.h"

bool ftp_look_map_end(struct ftp_look *l, const struct endpoint *real, struct endpoint *mapped,
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

void ftp_look_expect(struct ftp_look *l, const struct endpoint *real, const struct endpoint *mapped,
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

bool ftp_look_is_allowed(struct ftp_look *l, const struct ftp_line *line)
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

void ftp_look_put_line(struct ftp_look *l, struct bytes line, const struct ftp_line *named,
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
