/* Sequence numbers of a connection as either side knows them: the random offset of each direction,
 * and what a control channel's rewritten lines have added or taken away. */
#include "gateway/conn_more.h"

void seq_shift_note(struct seq_shift *s, uint32_t from, uint32_t to, uint32_t delta)
{
    uint32_t moved = s->n ? s->v[s->n - 1].after : s->before;

    if (s->n && seq_le(to, s->v[s->n - 1].to))
        return;
    if (s->n == SEQ_CHANGES) {
        s->before = s->v[0].after;
        memmove(s->v, s->v + 1, (SEQ_CHANGES - 1) * sizeof(*s->v));
        s->n--;
    }
    s->v[s->n++] = (struct seq_change){from, to, moved + delta};
}

bool seq_shift_has(const struct seq_shift *s, uint32_t seq)
{
    for (size_t i = 0; i < s->n; i++) {
        if (s->v[i].from == seq)
            return true;
    }
    return false;
}

bool seq_shift_splits(const struct seq_shift *s, uint32_t seq)
{
    for (size_t i = 0; i < s->n; i++) {
        if (seq_lt(s->v[i].from, seq) && seq_lt(seq, s->v[i].to))
            return true;
    }
    return false;
}

static uint32_t forth(const struct seq_shift *s, uint32_t seq)
{
    for (size_t i = s->n; i-- > 0;) {
        if (seq_le(s->v[i].to, seq))
            return seq + s->v[i].after;
    }
    return seq + s->before;
}

static uint32_t back(const struct seq_shift *s, uint32_t ack)
{
    for (size_t i = s->n; i-- > 0;) {
        const struct seq_change *c = &s->v[i];
        uint32_t moved = i ? s->v[i - 1].after : s->before;
        if (seq_le(c->to + c->after, ack))
            return ack - c->after;
        /* inside the changed line: its sender has no such place, and sends the whole line again */
        if (seq_lt(c->from + moved, ack))
            return c->from;
    }
    return ack - s->before;
}

static const struct seq_shift *shift_of(const struct conn *c, int side)
{
    const struct seq_shift *s = c->more && c->more->ftp ? &c->more->ftp->dir[side].shift : NULL;

    return s && s->n ? s : NULL;
}

uint32_t conn_seq_out(const struct conn *c, int side, uint32_t seq)
{
    const struct seq_shift *s = shift_of(c, side);

    if (c->mapback_lost)
        return seq;
    return (s ? forth(s, seq) : seq) + c->tcp[side].offset;
}

uint32_t conn_seq_back(const struct conn *c, int side, uint32_t seq)
{
    const struct seq_shift *s = shift_of(c, side);

    seq -= c->tcp[side].offset;
    return s ? back(s, seq) : seq;
}

uint32_t conn_ack_back(const struct conn *c, int side, uint32_t ack)
{
    const struct ftp_dir *d = c->more && c->more->ftp ? &c->more->ftp->dir[!side] : NULL;

    ack = conn_seq_back(c, !side, ack);
    if (d && d->npart && d->held && !d->whole && ack == d->part_at)
        ack += (uint32_t)d->npart; /* what is held back has arrived here */
    return ack;
}
