#include "evidence/keep.h"

#include "evidence/payload_hash.h"
#include "wire/pkt.h"

enum {
    PORT_IKE = 500,
    PORT_NATT = 4500,
    PORT_SYSLOG = 514,
    ESP_KEPT = 16, /* SPI, sequence number, and half an IV to tell copies from other packets */
};

static struct keep whole(struct bytes frame)
{
    return (struct keep){.n = frame.n};
}

static size_t offset(struct bytes frame, struct bytes part)
{
    return (size_t)(part.p - frame.p);
}

/* PAYLOAD reaches to the end of its packet and nothing of it was missing before. */
static struct keep without(struct bytes frame, struct bytes payload)
{
    return (struct keep){offset(frame, payload), true, payload_hash(payload)};
}

static struct keep cut_esp(struct bytes frame, struct bytes esp)
{
    size_t n = offset(frame, esp) + ESP_KEPT;

    return (struct keep){.n = n < frame.n ? n : frame.n};
}

static bool has_port(const struct udp *u, uint16_t port)
{
    return u->src == port || u->dst == port;
}

static struct keep keep_udp(struct bytes frame, const struct udp *u)
{
    struct rd r = rd_of(u->data);

    if (has_port(u, PORT_IKE) || has_port(u, PORT_SYSLOG))
        return whole(frame);
    if (has_port(u, PORT_NATT)) /* RFC 3948, 2: IKE begins with four zeros, ESP does not */
        return rd_be32(&r) == 0 ? whole(frame) : cut_esp(frame, u->data);
    return without(frame, u->data);
}

struct keep keep_headers(enum evidence_leg leg, struct bytes frame)
{
    struct pkt p;

    if (frame.n <= EVIDENCE_HEAD_MAX || leg == EV_MGMT || leg == EV_EVENTS)
        return whole(frame);
    pkt_parse(frame, &p);
    if (p.kind == PKT_OTHER || p.kind == PKT_ARP || ip_is_fragment(&p.ip) || ip_is_cut(&p.ip))
        return whole(frame);
    switch (p.kind) {
    case PKT_TCP: return without(frame, p.tcp.data);
    case PKT_UDP: return p.udp.data.n == p.data_len ? keep_udp(frame, &p.udp) : whole(frame);
    case PKT_ESP: return cut_esp(frame, p.ip.payload);
    default: return whole(frame);
    }
}
