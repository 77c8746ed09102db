/* What a frame of the wan leg is, and whether it is what an event is about. */
#include "replay/impair.h"

#include "wire/natt.h"

static void take_ike(struct wan_frame *f, struct bytes message)
{
    f->ike = isakmp_hdr_parse(message, &f->hdr) == ERR_OK;
}

static void take_natt(struct wan_frame *f, struct bytes data)
{
    struct bytes inside;

    switch (natt_parse(data, &inside)) {
    case NATT_NONE: break;
    case NATT_ALIVE: f->keepalive = true; break;
    case NATT_IKE:
        f->at += NATT_MARKER_LEN;
        take_ike(f, inside);
        break;
    case NATT_ESP: {
        struct rd r = rd_of(inside);
        f->spi = rd_be32(&r);
        f->seq = rd_be32(&r);
        f->esp = true;
    }
    }
}

bool wan_frame_parse(struct bytes frame, struct wan_frame *out)
{
    struct wan_frame *f = out;

    *f = (struct wan_frame){0};
    pkt_parse(frame, &f->p);
    if (f->p.kind == PKT_OTHER || f->p.kind == PKT_ARP)
        return false;
    f->at = frame.n - f->p.eth.payload.n + f->p.ip.hdr_len;
    if (f->p.kind == PKT_ESP) {
        f->esp = true;
        f->spi = f->p.esp.spi;
        f->seq = f->p.esp.seq;
        return true;
    }
    if (f->p.kind != PKT_UDP)
        return true;
    f->at += UDP_HDR_LEN;
    if (f->p.udp.src == NATT_PORT || f->p.udp.dst == NATT_PORT)
        take_natt(f, f->p.udp.data);
    else if (f->p.udp.src == IKE_PORT || f->p.udp.dst == IKE_PORT)
        take_ike(f, f->p.udp.data);
    return true;
}

static bool is_kind(enum plan_frame kind, const struct wan_frame *f)
{
    switch (kind) {
    case FRAME_ANY: return true;
    case FRAME_ESP: return f->esp;
    case FRAME_IKE: return f->ike;
    case FRAME_KEEPALIVE: return f->keepalive;
    case FRAME_FRAGMENT: return ip_is_fragment(&f->p.ip);
    }
    return false;
}

static bool is_spi(enum plan_spi spi, const struct wan_way *way, const struct wan_frame *f)
{
    bool newest = way->nspis && way->spis[(way->nspis - 1) % SPIS_KNOWN] == f->spi;

    return spi == SPI_ANY || newest == (spi == SPI_NEWEST);
}

bool wan_match(const struct plan_match *m, const struct wan_way *way, const struct wan_frame *f)
{
    if (!is_kind(m->kind, f) || !is_spi(m->spi, way, f))
        return false;
    return (!m->exchange || plan_exchange_is(m->exchange, &f->hdr)) &&
           (!m->payload || plan_payload_is(m->payload, &f->hdr)) &&
           (!m->has_message_id || f->hdr.message_id == m->message_id);
}
