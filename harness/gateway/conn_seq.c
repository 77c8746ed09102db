/* Sequence numbers of a connection as either side knows them: the random offset of each direction,
 * and what a control channel's rewritten lines have added or taken away. */
#include "gateway/conn_more.h"

static const struct seq_shift *shift_of(const struct conn *c, int side)
{
    const struct seq_shift *s = c->more && c->more->ftp ? &c->more->ftp->dir[side].shift : NULL;

    return s && s->any ? s : NULL;
}

uint32_t conn_seq_out(const struct conn *c, int side, uint32_t seq)
{
    const struct seq_shift *s = shift_of(c, side);

    if (c->mapback_lost)
        return seq;
    if (s)
        seq += seq_lt(seq, s->to) ? s->before : s->after;
    return seq + c->tcp[side].offset;
}

uint32_t conn_ack_back(const struct conn *c, int side, uint32_t ack)
{
    const struct seq_shift *s = shift_of(c, !side);

    ack -= c->tcp[!side].offset;
    if (!s)
        return ack;
    if (seq_le(s->to + s->after, ack))
        return ack - s->after;
    ack -= s->before;
    /* inside the changed line: its sender has no such place, and sends the whole line again */
    return seq_lt(s->from, ack) ? s->from : ack;
}
