/* Frames that the harness adds to the wan leg, as somebody on the way could. */
#include "base/mem.h"
#include "replay/impair.h"

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
        const struct kept *k = &m->kept[at % KEPT_MAX];
        if (!is_wanted(r, e, k))
            continue;
        wan_emit(r, k->way, bytes_of(k->p, k->n), REMARK_INJECTED);
        sent++;
    }
    return sent;
}

bool inject_ike(struct run *r, const struct plan_event *e, struct bytes datagram)
{
    const struct plan_lab *l = &r->plan->lab;
    enum way_id way = way_to_device(r, e);
    const struct wan_way *seen = &r->impair->seen[way];
    bool to_bo = run_is_pair(r) ? e->site == SITE_BO : run_device_site(r) == SITE_BO;
    uint8_t b[ETHER_HDR_LEN + IP4_HDR_LEN + UDP_HDR_LEN + IKE_DATAGRAM_MAX];
    struct wr w = wr_of(b, sizeof(b));
    struct ip ip = {.version = 4,
                    .proto = IP_UDP,
                    .ttl = 64,
                    .id = rng_u32(r->impair->rng) & 0xffff,
                    .src = to_bo ? l->ho_outside : l->bo_outside,
                    .dst = to_bo ? l->bo_outside : l->ho_outside};
    struct udp u = {.src = IKE_PORT, .dst = IKE_PORT, .data = datagram};

    wr_put(&w, bytes_of(seen->eth, sizeof(seen->eth)));
    wr_be16(&w, ETHER_IPV4);
    ip_put(&w, &ip, UDP_HDR_LEN + datagram.n);
    udp_put(&w, &u, &ip.src, &ip.dst);
    if (!seen->any || w.err)
        return false;
    wan_emit(r, way, wr_bytes(&w), REMARK_INJECTED);
    return true;
}
