/* What only some connections have: translated ends, an FTP control channel that is followed, a
 * parent. Kept in blocks of their own, so that the others do not pay for it. Not for others: use
 * gateway/conn.h. */
#ifndef GATEWAY_CONN_MORE_H
#define GATEWAY_CONN_MORE_H

#include "gateway/conn_parts.h"
#include "gateway/ftp.h"
#include "gateway/xlate.h"

/* How the numbers of one direction have moved because lines were rewritten, and are longer or
 * shorter now. The last few are remembered: what lies before them was acknowledged long ago. */
#define SEQ_CHANGES 8

struct seq_change {
    uint32_t from, to; /* the line, as its sender counts: [from, to) */
    uint32_t after;    /* how far numbers from TO on have moved */
};

struct seq_shift {
    struct seq_change v[SEQ_CHANGES]; /* oldest first */
    size_t n;
    uint32_t before; /* how far numbers before all of them have */
};

struct ftp_dir { /* one direction of a control channel; numbers as the sender counts */
    bool begun;
    bool blind;    /* in a line that is of no interest, up to its end */
    bool held;     /* the part was not sent on: it goes together with the rest of its line */
    bool whole;    /* the rest has come, and the line has ended at `whole_end` */
    uint32_t next; /* after all that was looked at */
    uint32_t part_at, whole_end;
    uint32_t opened; /* the end of the last line for which a pinhole was opened */
    bool has_opened;
    size_t npart;
    uint8_t part[FTP_LINE_MAX]; /* the beginning of a line */
    struct seq_shift shift;
};

/* A data connection that is expected: anybody's port at FROM to TO. One a control channel: a later
 * command takes the place of the one before. */
struct pinhole {
    struct timer timer;
    bool open;
    uint8_t opener;      /* side of the control channel that will begin it */
    struct ip_addr from; /* as its first packet will have them */
    struct endpoint to;
    struct endpoint real_to;
    struct xlate *xlate; /* of TO; held */
    struct mono born;
    uint32_t slot; /* of the control channel */
};

struct conn_ftp {
    struct ftp_dir dir[2];
    struct pinhole hole;
};

struct conn_more {
    struct endpoint mapped[2]; /* as the other side sees each end */
    struct xlate *xlate[2];    /* held; NULL: none */
    bool translated;
    uint8_t direction; /* enum gw_msg_direction */
    struct conn_ftp *ftp;
    struct conn *parent;          /* the control channel of this data connection */
    struct conn *child;           /* the youngest data connection of this control channel */
    struct conn *older, *younger; /* other ones of the same */
};

/* --- conn_more.c ----------------------------------------------------------------------------- */

struct conn_more *conn_more_of(struct conns *t, struct conn *c); /* made if need be */
void conn_more_free(struct conns *t, struct conn *c); /* lets go of everything; ends children */
void conn_more_adopt(struct conns *t, struct conn *parent, struct conn *child);

/* --- conn_nat.c ------------------------------------------------------------------------------ */

/* Puts the other addresses and ports of a packet of SIDE in. */
void conn_nat_rewrite(const struct conn *c, int side, uint8_t *packet, const struct ip *ip);

/* --- conn_seq.c ------------------------------------------------------------------------------ */

/* A line of [FROM, TO) was rewritten, and has grown by DELTA. Nothing happens when it was noted
 * before. */
void seq_shift_note(struct seq_shift *s, uint32_t from, uint32_t to, uint32_t delta);

/* True when a rewritten line begins at SEQ; and when SEQ lies in one, and is not its first number.
 */
bool seq_shift_has(const struct seq_shift *s, uint32_t seq);
bool seq_shift_splits(const struct seq_shift *s, uint32_t seq);

/* The sequence number SEQ of SIDE as the other side knows it, and back. And the number ACK, by
 * which SIDE acknowledges, as the other side counts. */
uint32_t conn_seq_out(const struct conn *c, int side, uint32_t seq);
uint32_t conn_seq_back(const struct conn *c, int side, uint32_t seq);
uint32_t conn_ack_back(const struct conn *c, int side, uint32_t ack);

/* --- conn_hole.c ----------------------------------------------------------------------------- */

void conn_hole_open(struct conns *t, struct conn *c, const struct pinhole *like);
void conn_hole_close(struct conns *t, struct conn *c);
void conn_holes_tick(struct conns *t);

/* --- conn_ftp.c ------------------------------------------------------------------------------ */

bool conn_is_ftp(const struct conns *t, const struct conn *c);
void conn_ftp_begin(struct conns *t, struct conn *c);

#endif
