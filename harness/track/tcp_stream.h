/* TCP streams: two directions each, and the table that finds the stream of a segment.
 *
 * Streams are told apart and numbered as Wireshark's tcp.stream does: by both endpoints, and a SYN
 * on known endpoints begins a new stream when its ISN is another, or when the old one has ended.
 * Side A is the sender of the first packet seen, not necessarily the client (see tcp_initiator). */
#ifndef TRACK_TCP_STREAM_H
#define TRACK_TCP_STREAM_H

#include "base/arena.h"
#include "base/map.h"
#include "track/tcp_dir.h"

enum tcp_side { TCP_SIDE_A, TCP_SIDE_B };

static inline enum tcp_side tcp_other(enum tcp_side s)
{
    return s == TCP_SIDE_A ? TCP_SIDE_B : TCP_SIDE_A;
}

enum tcp_initiator { TCP_INITIATOR_UNKNOWN, TCP_INITIATOR_A, TCP_INITIATOR_B };
enum tcp_end { TCP_END_OPEN, TCP_END_FIN, TCP_END_RST };

struct tcp_stream {
    uint32_t number;       /* from 0, in order of the first packet; dense in its table */
    struct endpoint at[2]; /* by side */
    uint8_t vlans;         /* of the first packet */
    uint16_t vlan[4];
    int64_t first_ns, last_ns;
    uint64_t packets;
    struct tcp_dir dir[2];        /* dir[TCP_SIDE_A]: what A sent */
    enum tcp_initiator initiator; /* who sent the SYN; UNKNOWN: none was seen */
    bool saw_syn, saw_syn_ack;
    bool handshake;       /* SYN, SYN+ACK, and the ACK of that, in this order */
    int64_t handshake_ns; /* when it was complete; less first_ns: the round trip */
    bool saw_rst;
    enum tcp_side rst_by; /* of the first RST */
    int64_t rst_ns;
};

/* Takes in a segment sent by FROM. NOTE may be NULL. Also credits its acknowledgement to the other
 * direction (dir[other].acked). */
void tcp_stream_add(struct tcp_stream *s, enum tcp_side from, const struct tcp_seg *seg,
                    struct tcp_note *note);

/* FIN: both directions ended with a FIN that the other side's data does not run past. RST: a RST
 * was seen, whoever sent it. */
enum tcp_end tcp_stream_end(const struct tcp_stream *s);

const char *tcp_end_name(enum tcp_end e); /* "open", "fin", "rst" */

struct tcp_table_options {
    bool vlans_apart; /* equal endpoints under other VLAN ids are other streams. Wireshark joins
                         them; a tap on a router's trunk sees each packet on two VLANs */
    size_t max;       /* streams; 0: no bound. A flood of SYNs makes one each */
};

struct tcp_table {
    struct tcp_table_options opts;
    struct map map; /* newest stream of each pair of endpoints */
    struct arena arena;
    struct tcp_stream **streams; /* by number, in ARENA: addresses stay */
    size_t count, cap;
    uint64_t hash_key;
};

/* HASH_KEY: any number that the sender of the packets does not know; 0 is fine for own files. */
void tcp_table_init(struct tcp_table *t, const struct tcp_table_options *opts, uint64_t hash_key);
void tcp_table_release(struct tcp_table *t);

struct tcp_match {
    struct tcp_stream *stream; /* lives as long as the table. NULL: it would be one more than MAX of
                                  the options, which are 0 unless set */
    enum tcp_side from;        /* who sent the segment */
    bool is_new;               /* made now: lend its directions a store before adding */
};

/* The stream that the segment in P (kind PKT_TCP) belongs to. Does not add it: call
 * tcp_stream_add(m.stream, m.from, ...) next. */
struct tcp_match tcp_table_match(struct tcp_table *t, const struct pkt *p);

#endif
