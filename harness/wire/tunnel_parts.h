/* What the files that open tunnels share. */
#ifndef WIRE_TUNNEL_PARTS_H
#define WIRE_TUNNEL_PARTS_H

#include "wire/udp.h"

enum tunnel_kind { TUNNEL_NOTHING, TUNNEL_FRAME, TUNNEL_TYPE, TUNNEL_TRANSPORT };

struct tunnel_inner {
    enum tunnel_kind kind;
    uint32_t type; /* FRAME: link type; TYPE: EtherType; TRANSPORT: IP protocol */
    struct bytes in;
};

static const struct tunnel_inner tunnel_nothing = {.kind = TUNNEL_NOTHING};

/* The rest of R, as that. */
static inline struct tunnel_inner tunnel_frame(uint32_t linktype, struct rd *r)
{
    return (struct tunnel_inner){TUNNEL_FRAME, linktype, rd_rest(r)};
}

static inline struct tunnel_inner tunnel_type(uint16_t type, struct rd *r)
{
    return (struct tunnel_inner){TUNNEL_TYPE, type, rd_rest(r)};
}

struct tunnel_inner tunnel_gre(struct rd *r);

/* By the ports of U, whose payload R reads. */
struct tunnel_inner tunnel_udp(const struct udp *u, struct rd *r);

#endif
