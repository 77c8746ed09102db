/* What a datagram of UDP 4500 is (RFC 3948, 2 and 3). */
#ifndef WIRE_NATT_H
#define WIRE_NATT_H

#include "base/cursor.h"

#define NATT_PORT       4500
#define NATT_MARKER_LEN 4    /* zeros, where ESP would have an SPI */
#define NATT_KEEPALIVE  0xff /* the one byte of a keep-alive */

enum natt_kind {
    NATT_NONE, /* nothing that RFC 3948 knows */
    NATT_IKE,  /* behind the marker */
    NATT_ESP,
    NATT_ALIVE, /* keeps a mapping of a NAT; nothing for a receiver to do */
};

/* INSIDE: the IKE message behind its marker, the ESP packet from its SPI on; else DATAGRAM. */
enum natt_kind natt_parse(struct bytes datagram, struct bytes *inside);

#endif
