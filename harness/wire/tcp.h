/* TCP segments (RFC 9293) and the options that matter here (RFC 7323, RFC 2018). */
#ifndef WIRE_TCP_H
#define WIRE_TCP_H

#include "base/cursor.h"
#include "wire/addr.h"

enum {
    TCP_FIN = 0x01,
    TCP_SYN = 0x02,
    TCP_RST = 0x04,
    TCP_PSH = 0x08,
    TCP_ACK = 0x10,
    TCP_URG = 0x20,
    TCP_ECE = 0x40,
    TCP_CWR = 0x80,
};

#define TCP_HDR_LEN     20
#define TCP_HDR_CUT_LEN 16 /* up to the window */
#define TCP_OPTS_MAX    40

struct tcp {
    uint16_t src, dst; /* ports, host order */
    uint32_t seq, ack;
    uint8_t flags;
    uint16_t window; /* as in the header, unscaled */
    uint16_t urgent;
    uint16_t check;
    uint8_t hdr_len;   /* by the header */
    struct bytes opts; /* raw options, padding included */
    struct bytes data;
};

#define TCP_SACK_BLOCKS 4

struct tcp_sack {
    uint32_t from, to; /* [from, to) in sequence space */
};

struct tcp_opts {
    uint16_t mss; /* 0: absent */
    bool has_wscale;
    uint8_t wscale; /* shift, capped at 14 (RFC 7323, 2.3) */
    bool sack_permitted;
    bool has_ts;
    uint32_t tsval, tsecr;
    uint8_t sacks;
    struct tcp_sack sack[TCP_SACK_BLOCKS];
};

static inline bool tcp_has(const struct tcp *t, uint8_t flag)
{
    return t->flags & flag;
}

/* a < b in sequence space (RFC 9293, 3.4). */
static inline bool seq_lt(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b) < 0;
}

static inline bool seq_le(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b) <= 0;
}

/* ERR_SHORT: ends inside the header. ERR_FORMAT: data offset below five words. The checksum is not
 * tested here: see tcp_checksum_ok. */
MUST_USE enum err tcp_parse(struct bytes in, struct tcp *out);

/* The same for a capture that ends inside the header, at the window or later: checksum and urgent
 * pointer are 0 where they are missing, options as far as they go. `data` is empty. */
MUST_USE enum err tcp_parse_cut(struct bytes in, struct tcp *out);

/* Reads the options; unknown and malformed ones are skipped, as a stack would. */
void tcp_opts_parse(struct bytes opts, struct tcp_opts *out);

/* Writes options padded to a multiple of four bytes: MSS, SACK permitted, timestamps, window scale
 * and SACK blocks, as far as they are set. */
void tcp_opts_put(struct wr *w, const struct tcp_opts *o);

/* Writes the segment with its checksum: T's opts (length a multiple of 4) and data are copied. */
void tcp_put(struct wr *w, const struct tcp *t, const struct ip_addr *src,
             const struct ip_addr *dst);

/* True when the checksum of the whole segment SEG fits. */
bool tcp_checksum_ok(struct bytes seg, const struct ip_addr *src, const struct ip_addr *dst);

#endif
