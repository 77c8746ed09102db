/* Packets made by hand, and capture files made of them. Test aid. */
#ifndef TESTS_SYNTH_H
#define TESTS_SYNTH_H

#include "base/buf.h"
#include "wire/addr.h"

/* One TCP segment of a made-up connection. */
struct synth_seg {
    int64_t ms;        /* time */
    char from;         /* 'A': the client; 'B': the server */
    const char *flags; /* of "SAFRPECU" */
    int64_t seq, ack;  /* 0: the first byte behind the SYN (which is -1) */
    const char *data;  /* NULL: none */
};

struct synth_opts {
    uint32_t linktype;    /* LINKTYPE_*: 1, 101, 113; 0: Ethernet */
    uint32_t snaplen;     /* 0: whole packets */
    uint16_t vlan, vlan2; /* 0: untagged; vlan2 is the inner tag */
    bool ipv6;
    uint16_t port[2];  /* 0: 40000 and 80 */
    uint32_t isn[2];   /* sequence number of the SYN */
    uint16_t fragment; /* bytes of IP payload per fragment; 0: none */
};

/* A capture file in memory: a pcap header, then records. */
struct synth {
    struct buf file;
    struct synth_opts opts;
};

void synth_begin(struct synth *s, const struct synth_opts *opts); /* OPTS may be NULL */
void synth_frame(struct synth *s, int64_t time_us, struct bytes frame);
void synth_tcp(struct synth *s, const struct synth_seg *seg);
/* The same with other data, which may hold zeros. */
void synth_tcp_bytes(struct synth *s, const struct synth_seg *seg, struct bytes data);
void synth_udp(struct synth *s, int64_t ms, char from, struct bytes data);
void synth_echo(struct synth *s, int64_t ms, char from, bool reply, uint16_t id, struct bytes data);
void synth_release(struct synth *s);

#define SYNTH_PATH 64

/* Writes B to a new temporary file, whose name goes to PATH; remove it with unlink(2). */
void synth_save(struct bytes b, char path[static SYNTH_PATH]);

#endif
