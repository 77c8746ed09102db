/* What the files of FTP inspection share. Not for others: use gateway/conn.h. */
#ifndef GATEWAY_CONN_FTP_H
#define GATEWAY_CONN_FTP_H

#include "gateway/conn_more.h"

/* A segment being looked at. */
struct ftp_look {
    struct conns *t;
    struct conn *c;
    int side;
    struct ftp_dir *d;
    bool rewrite;   /* ends are translated: OUT is what will be sent */
    bool may_hold;  /* it is not the last one */
    uint32_t known; /* before this number all was looked at before */
    bool fresh;     /* it goes on from there */
    bool refused;
    bool held;   /* its end is held back */
    bool cut;    /* its end cannot be kept now: it is dropped, to be sent again */
    uint32_t at; /* sequence number of the next byte of the text */
    struct wr out;
    bool changed;
};

/* How the other side will see the listener REAL, which is at SIDE. False: no port is free. */
bool ftp_look_map_end(struct ftp_look *l, const struct endpoint *real, struct endpoint *mapped,
                      struct xlate **x);
/* A pinhole for the end that the line ending before END names. */
void ftp_look_expect(struct ftp_look *l, const struct endpoint *real, const struct endpoint *mapped,
                     struct xlate *x, uint32_t end);
/* A client may only name itself, and no port of a well-known service. */
bool ftp_look_is_allowed(struct ftp_look *l, const struct ftp_line *line);
/* LINE goes out with MAPPED in place of the end that it names. */
void ftp_look_put_line(struct ftp_look *l, struct bytes line, const struct ftp_line *named,
                       const struct endpoint *mapped);

#endif
