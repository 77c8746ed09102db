/* A capture file, packet by packet: pcap and pcapng, gzip and zstd unpacked on the way, each frame
 * taken apart and fragments put together. */
#ifndef TRAFFIC_SAVEFILE_H
#define TRAFFIC_SAVEFILE_H

#include "track/fragments.h"
#include "traffic/intake.h"
#include "wire/pkt.h"

struct savefile;

struct savefile_packet {
    uint64_t number;    /* from 1, as Wireshark counts */
    int64_t time_ns;    /* Unix time */
    struct bytes frame; /* as captured, with its link header */
    uint32_t wire_len;  /* as it was: more than frame.n when cut */
    uint32_t linktype;  /* LINKTYPE_* */
    struct pkt pkt;     /* the innermost packet (wire/tunnel.h). A fragment is PKT_IP; the one that
                           completes a datagram is all of it. A first fragment of TCP that was
                           captured short stands for itself, as PKT_TCP without data */
    bool reassembled;   /* it, or a packet around it, is such a one */
    uint8_t tunnels;    /* looked into to get there */
};

/* Opens PATH, "-" for standard input. WHY names the file and says what is wrong: cannot be opened,
 * empty, no capture file. Gives *OUT (savefile_close). */
MUST_USE enum err savefile_open(const char *path, struct savefile **out, struct diag *why);
void savefile_close(struct savefile *f); /* NULL is fine */

/* The same for a file that still grows: at its end WAIT (borrowed until it is closed) is asked
 * whether to go on. */
MUST_USE enum err savefile_open_live(const char *path, const struct intake_wait *wait,
                                     struct savefile **out, struct diag *why);

/* The next packet; views are valid until the next call. The frames of an aggregate (wire/link.h)
 * are packets of one number, and count as one. ERR_END after the last one. Damaged places
 * are read past, and told of at the end instead of ERR_END: ERR_FORMAT, and in WHY the packet in
 * which the first was, how, and what was left out. ERR_SHORT: the file ends inside a packet;
 * ERR_RANGE, ERR_IO: it cannot be read further. What was delivered is good. */
MUST_USE enum err savefile_next(struct savefile *f, struct savefile_packet *out, struct diag *why);

#define SAVEFILE_LINKS 8

struct savefile_stats {
    const char *format;      /* "pcap" or "pcapng" */
    uint64_t packets, bytes; /* delivered; bytes on the wire */
    uint64_t stored;         /* bytes of the packets delivered, as captured */
    uint64_t cut;            /* captured short */
    uint64_t first_damage;   /* the packet before which the file is damaged; 0: nowhere */
    uint64_t unread;         /* of link types that are not taken apart: pkt is PKT_OTHER */
    uint32_t linktypes[SAVEFILE_LINKS]; /* of the packets delivered, each once; more are left out */
    size_t nlinktypes;
    uint64_t unknown_blocks; /* of pcapng, of types that are not known: left out */
    uint32_t unknown_type;   /* of the first */
    struct fragments_stats fragments;
};

struct savefile_stats savefile_stats(const struct savefile *f);

/* ERR_UNSUPPORTED, and in WHY which link types the packets have that were not taken apart; ERR_OK
 * when there are none. They are no failure of the file, but no traffic either. */
MUST_USE enum err savefile_unread(const struct savefile_stats *s, const char *path,
                                  struct diag *why);

#define LINK_NAME_TEXT 96

/* The name of any link type in words, whether or not it is read here. Returns OUT. */
char *savefile_link_name(uint32_t linktype, char out[static LINK_NAME_TEXT]);

#endif
