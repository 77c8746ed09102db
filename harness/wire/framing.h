/* Messages in a stream of bytes: syslog over TCP (RFC 6587) and IKE and ESP over TCP (RFC 9329).
 *
 * A framing is fed the stream as it comes and gives out whole messages. After a hole it looks for
 * the next place where one begins. */
#ifndef WIRE_FRAMING_H
#define WIRE_FRAMING_H

#include "base/buf.h"

#define FRAMING_MAX 65535u /* bytes of a message; a longer syslog line is cut into pieces */

enum framing_kind {
    FRAMING_SYSLOG, /* octet counting and lines, told apart message by message (RFC 6587, 3.4). What
                       does not begin with a priority is none */
    FRAMING_IKE_TCP, /* 16-bit lengths that count themselves (RFC 9329, 3), behind the stream prefix
                        "IKETCP" where it begins (RFC 9329, 4) */
};

struct framing {
    enum framing_kind kind;
    bool begun;   /* a first byte was there: a prefix is behind it, or there is none */
    bool lost;    /* in the middle of something unknown */
    bool broken;  /* nothing more can be made of it */
    struct buf b; /* the message that is not whole */
    uint64_t messages, skipped; /* skipped: bytes that belong to no message */
};

/* JOINED: the stream is seen from its middle on. */
void framing_init(struct framing *f, enum framing_kind kind, bool joined);
void framing_release(struct framing *f);

/* TAKE is called for every message that B completes, with a view that lives during the call. */
void framing_add(struct framing *f, struct bytes b, void (*take)(void *ctx, struct bytes message),
                 void *ctx);

/* Bytes are missing here. */
void framing_hole(struct framing *f);

#define FRAMING_PREFIX "IKETCP"

#endif
