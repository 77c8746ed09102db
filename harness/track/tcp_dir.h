/* One direction of a TCP stream as a tap saw it: which positions were covered, when, how often.
 *
 * Segments come in capture order. Everything counted here is positional: it follows from sequence
 * numbers, lengths and flags in that order, never from timers; doc/inspect.md has each definition.
 * Payload bytes are not needed: lengths come from the headers, so captures cut to their headers are
 * tracked just as well. Whoever wants bytes lends a store (tcp_store), which is offered each
 * segment's bytes and says how many of them contradict what it had.
 *
 * A position is a 64-bit offset in the stream that survives the wrap of sequence numbers: 0 is the
 * first byte after the SYN. Without a SYN, 0 is the sequence number of the first segment seen, and
 * earlier bytes have negative positions. A segment is placed by the shortest way from the highest
 * end seen so far (less than 2 GiB to either side).
 *
 * Cost: O(log holes) per segment; memory: O(holes), bounded by RANGE_SET_MAX. */
#ifndef TRACK_TCP_DIR_H
#define TRACK_TCP_DIR_H

#include "base/bytes.h"
#include "base/cursor.h"
#include "track/range_set.h"
#include "wire/pkt.h"

/* A segment as the tap saw it. */
struct tcp_seg {
    int64_t time_ns;
    uint32_t seq, ack;
    uint8_t flags;     /* TCP_SYN ... of wire/tcp.h */
    uint16_t window;   /* as in the header */
    uint32_t len;      /* payload bytes by the headers */
    struct bytes data; /* those captured: data.n < len when the packet was cut */
    struct bytes opts; /* raw options */
};

/* The segment in P (kind PKT_TCP), seen at TIME_NS. Views into P's frame. */
struct tcp_seg tcp_seg_of(const struct pkt *p, int64_t time_ns);

/* Where bytes go, and what finds contradictions. NULL in place of a store: bytes are ignored. */
struct tcp_store;
struct tcp_dir;

struct tcp_store_ops {
    /* Is offered the captured bytes of one segment of D (data.n > 0), whose first byte is at POS.
     * Returns how many of them differ from what it holds at their positions. May put another store
     * in its own place in D. */
    uint64_t (*offer)(struct tcp_store *s, struct tcp_dir *d, int64_t pos, struct bytes data);
};

struct tcp_store {
    const struct tcp_store_ops *ops;
};

/* What a segment was, by its payload positions and what was covered before. */
enum tcp_seg_class {
    TCP_SEG_EMPTY,       /* no payload, and no keep-alive */
    TCP_SEG_NEW,         /* begins at the highest end (or is the first) */
    TCP_SEG_JUMP,        /* begins beyond the highest end: opens a hole */
    TCP_SEG_HOLE_FILL,   /* below the highest end, and not a byte of it was seen before */
    TCP_SEG_DUP_PARTIAL, /* some bytes were seen before, some are new */
    TCP_SEG_DUP_FULL,    /* every byte was seen before */
    TCP_SEG_KEEPALIVE,   /* at most one byte, just below the highest end */
};

const char *tcp_seg_class_name(enum tcp_seg_class c); /* "new", "full duplicate", ... */

/* What one segment did. `fresh` is valid until the next segment of this direction, and points into
 * the note: a copy has none. */
struct tcp_note {
    enum tcp_seg_class class;
    int64_t pos;  /* of its first payload byte, past a SYN; of where one would be when empty */
    uint32_t len; /* payload bytes by the headers */
    const struct range *fresh; /* the parts never seen before, in order */
    size_t nfresh;
    struct range in_turn; /* all of it, when it was what came next */
    uint64_t fresh_bytes;
    uint64_t conflict_bytes;                 /* said by the store */
    int64_t in_order_before, in_order_after; /* end of what is there without a hole: progress */
    int64_t high_before, high_after;         /* highest end */
    int64_t idle_ns; /* since the last segment of this direction; -1: it is the first */
    bool dup_ack;    /* a duplicate acknowledgement, see tcp_dir.duplicate_acks */
};

#define TCP_DIR_ISNS 8 /* distinct ones that are told apart */

/* What a direction has when something is out of the ordinary; most have none of it. */
struct tcp_odd {
    uint64_t overlap_bytes;  /* data_bytes that were there before */
    uint64_t conflict_bytes; /* sent again with other content; needs a store */
    uint64_t cut_packets;    /* TCP payload captured short */
    uint64_t dup_full, dup_partial, hole_fill, jump, keepalive; /* packets by class */
    uint64_t rst;                                               /* packets with the flag */
    uint64_t rst_bytes;      /* payload of RST packets: an error text (RFC 9293, 3.5.3), no data */
    uint64_t zero_window;    /* window field 0, neither SYN nor RST */
    uint64_t duplicate_acks; /* sent by this side: empty, no SYN, FIN or RST; acknowledgement and
                                window as in its previous segment, at the highest end */
    uint64_t sack_packets;   /* with SACK blocks, sent by this side */
    uint64_t more_isns;      /* distinct initial sequence numbers but the first */
    uint32_t isn[TCP_DIR_ISNS - 1]; /* they, as far as this goes */
    struct range_list fresh;        /* tcp_note's */
};

/* A million streams have two each: small members lie together, and what is rare is elsewhere. */
struct tcp_dir {
    /* totals of packets, as the headers say */
    uint64_t packets, data_packets;
    uint64_t data_bytes; /* payload, every copy counted */
    uint32_t syn, fin;   /* packets with the flag; UINT32_MAX: as many or more */
    int64_t first_ns, last_ns;
    int64_t max_idle_ns;     /* longest pause between two packets; -1: fewer than two */
    int64_t max_idle_end_ns; /* when that pause ended */
    struct tcp_odd *odd;     /* NULL: nothing is. Read it with tcp_dir_odd */

    /* what the SYN announced; valid when syn > 0 */
    uint16_t mss; /* 0: absent */
    uint8_t wscale;
    bool has_wscale : 1, sack_permitted : 1, has_timestamps : 1;

    /* state; read by judges, written by tcp_dir_add alone */
    bool started : 1; /* a segment was seen: `zero` is valid */
    bool has_acked : 1, has_last_ack : 1;
    uint16_t last_window;
    uint32_t last_ack; /* of this side's last segment with ACK; valid when has_last_ack */
    uint32_t zero;     /* sequence number of position 0 */
    uint32_t isn;      /* of the first SYN */
    uint32_t last_isn; /* of the latest SYN */
    int64_t start;     /* lowest position that belongs to the stream */
    int64_t in_order;  /* end of the run that begins at `start` */
    int64_t high;      /* highest end */
    int64_t fin_pos;   /* position of the FIN, after its payload; valid when fin > 0. Of several,
  the last, unless an earlier one is at the highest end */
    int64_t acked;     /* highest position acknowledged by the other side; valid when has_acked */
    struct range_set covered;
    struct tcp_store *store; /* borrowed; NULL: none. Set it before the first segment */
};

/* STORE is borrowed, NULL for none. */
void tcp_dir_init(struct tcp_dir *d, struct tcp_store *store);
void tcp_dir_release(struct tcp_dir *d);

/* Before the first segment: position 0 is sequence number ZERO, as another tap has it. Nothing
 * happens when positions have begun already. */
void tcp_dir_align(struct tcp_dir *d, uint32_t zero);

/* Takes in the next segment of this direction; NOTE may be NULL. */
void tcp_dir_add(struct tcp_dir *d, const struct tcp_seg *seg, struct tcp_note *note);

/* The other side acknowledged everything before ACK (its ack field, with the ACK flag). */
void tcp_dir_acknowledged(struct tcp_dir *d, uint32_t ack);

/* Never NULL: all zero when nothing is odd. */
const struct tcp_odd *tcp_dir_odd(const struct tcp_dir *d);

/* Distinct initial sequence numbers. */
uint64_t tcp_dir_isns(const struct tcp_dir *d);

/* The position of sequence number SEQ (0 when nothing was seen yet). */
int64_t tcp_dir_pos(const struct tcp_dir *d, uint32_t seq);

/* Positions covered at least once; those never covered below the highest end, and in how many
 * holes. When one SYN was seen, from there on: a hole at the start counts, and bytes below are none
 * of the stream's, though data_bytes and the classes of packets count them. */
uint64_t tcp_dir_unique_bytes(const struct tcp_dir *d);
uint64_t tcp_dir_gap_bytes(const struct tcp_dir *d);
uint64_t tcp_dir_holes(const struct tcp_dir *d);

/* The first hole below the highest end; false when there is none. */
bool tcp_dir_first_hole(const struct tcp_dir *d, struct range *out);

/* One ISN, no hole, a FIN at the highest end, nothing captured short: all of it is known. */
bool tcp_dir_is_complete(const struct tcp_dir *d);

/* Whose definition of a retransmission. */
enum tcp_rules {
    TCP_RULES_POSITIONS, /* on positions already seen: dup_full + dup_partial; the tap sees loss
                            behind it. Loss before it shows as hole_fill */
    TCP_RULES_TCPTRACE,  /* the same, and keep-alives with a byte, repeated SYN and FIN */
    TCP_RULES_WIRESHARK, /* also what fills holes: retransmission + out-of-order + keep-alive */
};

const char *tcp_rules_name(enum tcp_rules rules); /* "positions", "tcptrace", "wireshark" */

struct tcp_rexmit {
    uint64_t packets, bytes;
};

struct tcp_rexmit tcp_dir_retransmitted(const struct tcp_dir *d, enum tcp_rules rules);

#endif
