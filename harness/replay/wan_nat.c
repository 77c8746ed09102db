#include "replay/wan_nat.h"

#include "base/mem.h"
#include "ike/ike.h"
#include "wire/checksum.h"

#define MAPPINGS 64
#define PIECES   16 /* datagrams whose first fragment went through */
#define PORT_FIRST                                                                                 \
    20000 /* of the ports that are given; each once, so that a port tells a mapping */

struct mapping {
    uint16_t inside, outside; /* ports; 0: none */
    bool old;                 /* lets in what still comes, and is not gone out by */
    bool fresh;               /* nothing has gone out by it yet */
    struct mono used;
};

struct piece {
    bool is, outward;
    uint32_t id;
    struct ip_addr src, dst;
};

struct nat {
    bool is;
    struct ip_addr inside, outside;
    struct span timeout;
    bool forward;
    bool renamed, emptied; /* by an event, and not seen to matter yet */
    uint64_t met;
    uint16_t next_port;
    struct mapping map[MAPPINGS];
    struct piece pieces[PIECES];
    size_t npieces;
    struct mapping *sent; /* of the last packet that went out */
};

struct wan_nats {
    struct nat at[SITES];
    uint8_t copy[65536];
};

struct wan_nats *wan_nats_new(struct run *r)
{
    const struct plan_lab *l = &r->plan->lab;
    struct wan_nats *n;

    if (run_is_pair(r) || (!l->nat[SITE_BO].is && !l->nat[SITE_HO].is))
        return NULL;
    n = mem_zalloc(sizeof(*n));
    for (int i = 0; i < SITES; i++) {
        bool device = i == (int)run_device_site(r);
        struct ip_addr lab = i == SITE_BO ? l->bo_outside : l->ho_outside;
        n->at[i] = (struct nat){.is = l->nat[i].is,
                                .inside = device ? lab : l->nat[i].address,
                                .outside = device ? l->nat[i].address : lab,
                                .timeout = l->nat[i].timeout,
                                .forward = l->nat[i].forward,
                                .next_port = PORT_FIRST};
    }
    return n;
}

void wan_nats_free(struct wan_nats *n)
{
    mem_free(n);
}

/* --- mappings ----------------------------------------------------------------------------------
 */

static bool is_live(const struct run *r, const struct nat *n, const struct mapping *m)
{
    return m->outside && mono_before(run_now(r), mono_add(m->used, n->timeout));
}

static struct mapping *least_used(struct nat *n)
{
    struct mapping *m = n->map;

    for (size_t i = 1; i < MAPPINGS && m->outside; i++) {
        if (!n->map[i].outside || mono_before(n->map[i].used, m->used))
            m = &n->map[i];
    }
    return m;
}

/* The mapping that PORT goes out by; another one when it has none. */
static struct mapping *outward(struct run *r, struct nat *n, uint16_t port)
{
    for (size_t i = 0; i < MAPPINGS; i++) {
        struct mapping *m = &n->map[i];
        if (m->inside == port && !m->old && (m->fresh || is_live(r, n, m)))
            return m;
    }
    struct mapping *m = least_used(n);
    *m = (struct mapping){
        .inside = port, .outside = n->next_port++, .fresh = true, .used = run_now(r)};
    if (n->next_port == 0)
        n->next_port = PORT_FIRST;
    return m;
}

/* The inside port of what comes for PORT; 0: nobody's. */
static uint16_t inward(struct run *r, const struct nat *n, uint16_t port)
{
    for (size_t i = 0; i < MAPPINGS; i++) {
        const struct mapping *m = &n->map[i];
        if (m->outside == port && !m->fresh && is_live(r, n, m))
            return m->inside;
    }
    return n->forward && (port == IKE_PORT || port == IKE_NATT_PORT) ? port : 0;
}

/* --- packets -----------------------------------------------------------------------------------
 */

/* Puts ADDR and PORT in the place of the source, or of the destination, of a packet of IPv4 without
 * options; P is what it is now. PORT 0: it has none, being a later fragment. */
static void rewrite(uint8_t *frame, size_t n, const struct pkt *p, bool source,
                    const struct ip_addr *addr, uint16_t port)
{
    size_t ip_at = n - p->eth.payload.n, udp_at = ip_at + p->ip.hdr_len;
    struct ip ip = p->ip;
    struct rd r = rd_of(bytes_of(frame + udp_at, n - udp_at));
    struct wr w = wr_of(frame, n);
    uint64_t was = checksum_pseudo(&p->ip.src, &p->ip.dst, IP_UDP, 0);
    uint16_t src = 0, dst = 0, check = 0;

    *(source ? &ip.src : &ip.dst) = *addr;
    w.at = ip_at;
    ip_put(&w, &ip, ip.payload_len);
    w.at = n;
    if (!port)
        return;
    src = rd_be16(&r);
    dst = rd_be16(&r);
    rd_skip(&r, 2);
    check = rd_be16(&r);
    wr_fill16(&w, udp_at + (source ? 0 : 2), port);
    if (!check) /* RFC 768: there is none */
        return;
    /* RFC 1624: HC' = ~(~HC + ~m + m'), of addresses and ports alike */
    uint64_t now = checksum_pseudo(&ip.src, &ip.dst, IP_UDP, 0);
    check =
        checksum_update16(check, (uint16_t)~checksum_finish(was), (uint16_t)~checksum_finish(now));
    check = checksum_update16(check, source ? src : dst, port);
    wr_fill16(&w, udp_at + 6, check ? check : 0xffff);
}

/* A first fragment goes through: what belongs to it may, too. */
static void note_piece(struct nat *n, const struct ip *ip, bool outward_bound)
{
    if (ip->more)
        n->pieces[n->npieces++ % PIECES] =
            (struct piece){true, outward_bound, ip->id, ip->src, ip->dst};
}

static bool is_piece(const struct nat *n, const struct ip *ip, bool outward_bound)
{
    for (size_t i = 0; i < PIECES; i++) {
        const struct piece *p = &n->pieces[i];
        if (p->is && p->outward == outward_bound && p->id == ip->id &&
            ip_addr_eq(&p->src, &ip->src) && ip_addr_eq(&p->dst, &ip->dst))
            return true;
    }
    return false;
}

/* Does P, from behind N, go out? Then it is translated. What is not from there is not its business.
 */
static bool go_out(struct run *r, struct nat *n, uint8_t *frame, size_t len)
{
    struct pkt p;

    pkt_parse(bytes_of(frame, len), &p);
    if (!n->is || p.kind == PKT_OTHER || p.kind == PKT_ARP || !ip_addr_eq(&p.ip.src, &n->inside))
        return true;
    if (p.ip.frag_off && is_piece(n, &p.ip, true)) {
        rewrite(frame, len, &p, true, &n->outside, 0);
        return true;
    }
    if (p.kind != PKT_UDP || p.ip.hdr_len != IP4_HDR_LEN)
        return false;
    n->sent = outward(r, n, p.udp.src);
    note_piece(n, &p.ip, true);
    rewrite(frame, len, &p, true, &n->outside, n->sent->outside);
    return true;
}

static void went_out(struct run *r, struct nat *n)
{
    struct mapping *m = n->sent;

    n->sent = NULL;
    if (!m)
        return;
    n->met += n->renamed || (m->fresh && n->emptied);
    n->renamed = false;
    n->emptied = n->emptied && !m->fresh;
    m->fresh = false;
    m->used = run_now(r);
}

static bool come_in(struct run *r, struct nat *n, uint8_t *frame, size_t len)
{
    struct pkt p;

    pkt_parse(bytes_of(frame, len), &p);
    if (!n->is || p.kind == PKT_OTHER || p.kind == PKT_ARP)
        return true;
    if (ip_addr_eq(&p.ip.dst, &n->inside)) /* that is nowhere from outside */
        return false;
    if (!ip_addr_eq(&p.ip.dst, &n->outside))
        return true;
    if (p.ip.frag_off && is_piece(n, &p.ip, false)) {
        rewrite(frame, len, &p, false, &n->inside, 0);
        return true;
    }
    if (p.kind != PKT_UDP || p.ip.hdr_len != IP4_HDR_LEN)
        return false;
    uint16_t port = inward(r, n, p.udp.dst);
    if (!port) {
        n->met += n->emptied;
        n->emptied = false;
        return false;
    }
    note_piece(n, &p.ip, false);
    rewrite(frame, len, &p, false, &n->inside, port);
    return true;
}

/* --- frames of the wan leg ---------------------------------------------------------------------
 */

static struct nat *of_device(const struct run *r)
{
    return &r->nats->at[run_device_site(r)];
}

static struct nat *of_peer(const struct run *r)
{
    return &r->nats->at[run_device_site(r) == SITE_BO ? SITE_HO : SITE_BO];
}

struct ip_addr wan_nats_peer(const struct run *r)
{
    const struct plan_lab *l = &r->plan->lab;

    if (r->nats && of_peer(r)->is)
        return of_peer(r)->outside;
    return run_device_site(r) == SITE_BO ? l->ho_outside : l->bo_outside;
}

bool wan_nats_out(struct run *r, uint8_t *frame, size_t n)
{
    return go_out(r, of_peer(r), frame, n) && come_in(r, of_device(r), frame, n);
}

void wan_nats_sent(struct run *r)
{
    went_out(r, of_peer(r));
}

bool wan_nats_in(struct run *r, struct bytes *frame)
{
    struct wan_nats *n = r->nats;

    if (frame->n > sizeof(n->copy))
        return false;
    memcpy(n->copy, frame->p, frame->n);
    *frame = bytes_of(n->copy, frame->n);
    if (!go_out(r, of_device(r), n->copy, frame->n))
        return false;
    went_out(r, of_device(r));
    return come_in(r, of_peer(r), n->copy, frame->n);
}

/* --- events ------------------------------------------------------------------------------------
 */

void wan_nats_event(struct run *r, const struct plan_event *e)
{
    struct nat *n = &r->nats->at[e->nat];

    n->sent = NULL;
    n->emptied = e->action != ACTION_NAT_ADDRESS;
    n->renamed = e->action == ACTION_NAT_ADDRESS;
    for (size_t i = 0; i < MAPPINGS; i++) {
        if (e->action == ACTION_NAT_REBIND)
            n->map[i].old = true;
        else if (e->action == ACTION_NAT_FORGET)
            n->map[i] = (struct mapping){0};
    }
    if (e->action == ACTION_NAT_ADDRESS)
        n->outside = e->address;
}

uint64_t wan_nats_met(const struct run *r, const struct plan_event *e)
{
    return r->nats ? r->nats->at[e->nat].met : 0;
}
