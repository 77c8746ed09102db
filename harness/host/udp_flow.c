/* UDP flows: each turn of the tape is one datagram. */
#include "base/mem.h"
#include "host/dgram.h"
#include "wire/checksum.h"

/* Writes the datagram T with its checksum, the data straight from the tape. */
static void put(const struct flow *f, const struct turn *t, struct wr *w)
{
    size_t start = w->at, len = UDP_HDR_LEN + (size_t)t->len;

    wr_be16(w, f->local.port);
    wr_be16(w, f->peer.port);
    wr_be16(w, (uint16_t)len);
    size_t check = wr_hole16(w);
    uint8_t *data = wr_room(w, (size_t)t->len);
    if (!data)
        return;
    tape_read(f->tape, f->side, t->offset, data, (size_t)t->len);
    uint64_t sum = checksum_pseudo(&f->local.addr, &f->peer.addr, IP_UDP, len);
    uint16_t c = checksum_finish(checksum_add(sum, bytes_of(w->p + start, len)));
    wr_fill16(w, check, c ? c : 0xffff);
}

static void send(struct dgram_flow *d, const struct turn *t)
{
    const struct flow *f = &d->flow;
    size_t hdr = f->local.addr.family == 6 ? IP6_HDR_LEN : IP4_HDR_LEN;
    struct wr w;

    if (t->len > UINT16_MAX - UDP_HDR_LEN - IP4_HDR_LEN)
        return; /* no capture has one */
    if (hdr + UDP_HDR_LEN + t->len <= f->mtu) {
        if (!host_packet_open(f->host, &f->local.addr, &f->peer.addr, IP_UDP,
                              UDP_HDR_LEN + (size_t)t->len, &w))
            return;
        put(f, t, &w);
        host_packet_send(f->host, &w);
    } else {
        w = wr_of(host_scratch(f->host), HOST_SCRATCH);
        put(f, t, &w);
        host_datagram_send(f->host, &f->local.addr, &f->peer.addr, IP_UDP, wr_bytes(&w), f->mtu);
    }
}

static const struct flow_ops udp_ops = {dgram_start, dgram_wake, dgram_reachable,
                                        NULL,        dgram_fill, dgram_free};

struct flow *udp_flow_new(enum conv_side side)
{
    struct dgram_flow *d = mem_zalloc(sizeof(*d));

    (void)side;
    d->flow.ops = &udp_ops;
    d->send = send;
    return &d->flow;
}

static bool checksum_ok(const struct pkt *p)
{
    struct bytes dgram = bytes_head(p->ip.payload, UDP_HDR_LEN + p->udp.data.n);

    if (p->ip.version == 4 && dgram.p[6] == 0 && dgram.p[7] == 0)
        return true; /* RFC 768: not computed */
    uint64_t sum = checksum_pseudo(&p->ip.src, &p->ip.dst, IP_UDP, dgram.n);
    return checksum_finish(checksum_add(sum, dgram)) == 0;
}

/* The flow for a packet from an unknown peer: one whose tape has it, else one that has waited
 * longest and not heard anything yet. */
static struct flow *listener(struct host *h, const struct demux_name *n, struct bytes data)
{
    struct flow *f = dgram_listener(h, n, data);

    if (!f) {
        f = demux_listener(h, n);
        if (!f || f->status.state != HOST_FLOW_WAITING)
            return NULL;
    }
    demux_bind(f, &n->remote);
    demux_listen(f, false); /* it may yet show up from elsewhere, when a translation times out */
    return f;
}

void host_udp_input(struct host *h, const struct pkt *p)
{
    struct demux_name n = {CONV_UDP, {p->ip.dst, p->udp.dst}, {p->ip.src, p->udp.src}};

    if (p->udp.data.n != p->udp.data_len || !checksum_ok(p)) {
        h->stats.bad_checksum++;
        return;
    }
    struct flow *f = demux_bound(h, &n);
    if (!f)
        f = listener(h, &n, p->udp.data);
    if (!f)
        return;
    struct dgram_flow *d = (struct dgram_flow *)f;
    if (f->side == CONV_B)
        dgram_begin(d);
    dgram_take(d, p->udp.data);
    dgram_run(d);
}
