/* An FTP control channel through the gateway of tests/nat_lab.h: what each side says, and what the
 * other one hears. Test aid. */
#ifndef TESTS_FTP_LAB_H
#define TESTS_FTP_LAB_H

#include "tests/nat_lab.h"

struct ftp_talk { /* [0] is who has begun it */
    struct nat_lab *l;
    enum nat_leg leg[2];
    const char *at[2];   /* real ends */
    const char *seen[2]; /* each end as the other one sees it */
    uint32_t next[2];    /* that each sends, as it counts */
    uint32_t sees[2];    /* of the other one's, as it sees them */
};

#define FTP_INSPECT "policy-map p\n class c\n  inspect ftp\n"
#define FTP_PAT     "global (outside) 1 interface\nnat (inside) 1 10.1.1.0 255.255.255.0\n"
#define FTP_LISTS                                                                                  \
    "access-list in extended permit ip any any\naccess-group in in interface outside\n"

/* VERSION and LINES: see nat_init. Ends are given as they are, and as the other side sees them. */
struct ftp_talk ftp_open(const char *version, const char *lines, enum nat_leg from,
                         const char *client, const char *client_seen, const char *server,
                         const char *server_seen);

/* The usual one: a client inside, a server outside. */
struct ftp_talk ftp_open_outbound(const char *lines, const char *client_seen);
void ftp_close(struct ftp_talk *k);

void ftp_push(struct ftp_talk *k, int side, uint8_t flags, uint32_t seq, const char *text);

/* The next segment at the other one of SIDE has to carry TEXT, in order. */
void ftp_hears(struct ftp_talk *k, int side, const char *text);

/* The other one of SIDE acknowledges all; SIDE sees its own number. */
void ftp_acks(struct ftp_talk *k, int side);

/* SIDE says TEXT, the other one hears HEARD, or the same. */
void ftp_says(struct ftp_talk *k, int side, const char *text, const char *heard);
void ftp_says_plainly(struct ftp_talk *k, int side, const char *text);

struct tcp ftp_syn(void); /* of a data connection */

#endif
