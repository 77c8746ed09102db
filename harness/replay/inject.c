/* Frames that the harness adds to the wan leg, as somebody on the way could. */
#include "base/mem.h"
#include "replay/impair.h"
#include "wire/natt.h"

void kept_add(struct impair *m, enum way_id way, struct bytes frame)
{
    struct kept *k = &m->kept[m->nkept++ % KEPT_MAX];

    if (k->cap < frame.n) {
        mem_free(k->p);
        k->cap = frame.n < 2048 ? 2048 : frame.n;
        k->p = mem_array(k->cap, 1);
    }
    memcpy(k->p, frame.p, frame.n);
    k->n = frame.n;
    k->way = way;
}

static bool is_wanted(const struct run *r, const struct plan_event *e, const struct kept *k)
{
    struct wan_frame f;

    return k->way == way_to_device(r, e) && wan_frame_parse(bytes_of(k->p, k->n), &f) &&
           wan_match(&e->match, &r->impair->seen[k->way], &f);
}

/* As if it came from elsewhere: an IPv4 header has the source behind twelve bytes. */
static void spoof(const struct plan_event *e, struct kept *k)
{
    struct wan_frame f;

    if (e->source.family != 4 || !wan_frame_parse(bytes_of(k->p, k->n), &f) ||
        f.p.ip.version != 4 || f.p.ip.hdr_len != IP4_HDR_LEN)
        return;
    struct ip ip = f.p.ip;
    struct wr w = wr_of(k->p, k->n);
    ip.src = e->source;
    w.at = k->n - f.p.eth.payload.n;
    ip_put(&w, &ip, ip.payload_len);
}

/* Counted from the last one back, sent in their order. */
size_t inject_kept(struct run *r, const struct plan_event *e)
{
    struct impair *m = r->impair;
    uint64_t oldest = m->nkept > KEPT_MAX ? m->nkept - KEPT_MAX : 0, at = m->nkept;
    size_t want = e->count, sent = 0;

    while (at > oldest && want > 0) {
        at--;
        want -= is_wanted(r, e, &m->kept[at % KEPT_MAX]);
    }
    for (; at < m->nkept; at++) {
        struct kept *k = &m->kept[at % KEPT_MAX];
        if (!is_wanted(r, e, k))
            continue;
        spoof(e, k);
        wan_emit(r, k->way, bytes_of(k->p, k->n), REMARK_INJECTED);
        sent++;
    }
    return sent;
}

/* Between which ends a forged message of IKE goes. */
static void ends_of(const struct run *r, const struct plan_event *e, bool of_sa,
                    const struct wan_way *seen, struct endpoint *from, struct endpoint *to)
{
    const struct plan_lab *l = &r->plan->lab;
    bool to_bo = run_is_pair(r) ? e->site == SITE_BO : run_device_site(r) == SITE_BO;

    *from = (struct endpoint){to_bo ? l->ho_outside : l->bo_outside, IKE_PORT};
    *to = (struct endpoint){to_bo ? l->bo_outside : l->ho_outside, IKE_PORT};
    if (!of_sa || !seen->from.port || seen->from.addr.family != 4)
        return;
    *from = seen->from;
    *to = seen->to;
}

bool inject_ike(struct run *r, const struct plan_event *e, bool of_sa, struct bytes datagram)
{
    static const uint8_t marker[NATT_MARKER_LEN];
    enum way_id way = way_to_device(r, e);
    const struct wan_way *seen = &r->impair->seen[way];
    uint8_t b[ETHER_HDR_LEN + IP4_HDR_LEN + UDP_HDR_LEN + NATT_MARKER_LEN + IKE_DATAGRAM_MAX],
        message[NATT_MARKER_LEN + IKE_DATAGRAM_MAX];
    struct wr w = wr_of(b, sizeof(b)), inside = wr_of(message, sizeof(message));
    struct endpoint from, to;

    ends_of(r, e, of_sa, seen, &from, &to);
    if (from.port == NATT_PORT || to.port == NATT_PORT) /* a NAT changes one of them */
        wr_put(&inside, bytes_of(marker, sizeof(marker)));
    wr_put(&inside, datagram);
    struct ip ip = {.version = 4,
                    .proto = IP_UDP,
                    .ttl = 64,
                    .id = rng_u32(r->impair->rng) & 0xffff,
                    .src = from.addr,
                    .dst = to.addr};
    struct udp u = {.src = from.port, .dst = to.port, .data = wr_bytes(&inside)};

    wr_put(&w, bytes_of(seen->eth, sizeof(seen->eth)));
    wr_be16(&w, ETHER_IPV4);
    ip_put(&w, &ip, UDP_HDR_LEN + u.data.n);
    udp_put(&w, &u, &ip.src, &ip.dst);
    if (!seen->any || w.err || inside.err)
        return false;
    wan_emit(r, way, wr_bytes(&w), REMARK_INJECTED);
    return true;
}
