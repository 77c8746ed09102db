#include "judge/wan.h"

#include "base/hash.h"
#include "base/mem.h"
#include "ike/ike_pieces.h"
#include "judge/judge_parts.h"
#include "judge/wan_moves.h"
#include "wire/ikev2.h"

enum { PORT_IKE = 500, PORT_NATT = 4500 };

void wan_init(struct wan *w)
{
    *w = (struct wan){.last = MAP_NONE,
                      .last_eaten_ns = NEVER,
                      .last_passed_ns = NEVER,
                      .first_esp_ns = NEVER,
                      .asked_ns = NEVER,
                      .all = {.first_ns = NEVER}};
    wan_tcp_init(&w->tcp);
    map_init(&w->map);
    map_init(&w->out_of_esp.map);
    map_init(&w->into_esp.map);
    for (int s = 0; s < SITES; s++) {
        map_init(&w->legs_into[s].map);
        map_init(&w->legs_out[s].map);
    }
}

void wan_release(struct wan *w)
{
    for (uint32_t i = 0; i < w->nsas; i++)
        esp_sa_free(w->sas[i].key);
    mem_free(w->sas);
    wan_tcp_release(&w->tcp);
    ike_pieces_free(w->pieces);
    map_release(&w->map);
    inner_set_release(&w->out_of_esp);
    inner_set_release(&w->into_esp);
    for (int s = 0; s < SITES; s++) {
        inner_set_release(&w->legs_into[s]);
        inner_set_release(&w->legs_out[s]);
    }
    if (w->plain)
        mem_wipe(w->plain, EVIDENCE_SNAPLEN);
    mem_free(w->plain);
}

/* --- SAs ---------------------------------------------------------------------------------------
 */

struct sa_key {
    uint32_t spi;
    const struct ip_addr *dst;
};

static bool same_sa(const struct sa *sa, const struct sa_key *k)
{
    return !sa->over && sa->spi == k->spi && sa_goes_to(sa, k->dst);
}

static bool sa_eq(const void *ctx, uint32_t id, const void *key)
{
    const struct wan *w = ctx;

    return same_sa(&w->sas[id], key);
}

/* Without a plan the first SA's direction is the one towards the device. */
static int way_of(const struct judge *j, const struct ip_addr *dst)
{
    const struct plan_lab *l = j->plan ? &j->plan->lab : NULL;
    const struct wan *w = &j->wan;

    if (!l)
        return w->nsas == 0 || wan_same_host(w, &w->sas[0].dst, dst) ? TO_DEVICE : FROM_DEVICE;
    bool at_ho = l->mode == MODE_PEER && l->device_site == SITE_HO;
    return ip_addr_eq(dst, at_ho ? &l->ho_outside : &l->bo_outside) ? TO_DEVICE : FROM_DEVICE;
}

static struct sa *sa_add(struct judge *j, uint64_t hash, uint32_t spi, const struct ip_addr *src,
                         const struct ip_addr *dst)
{
    struct wan *w = &j->wan;

    if (w->nsas == SAS_MAX)
        return NULL;
    if (w->nsas == w->cap_sas) {
        w->cap_sas = w->cap_sas ? w->cap_sas * 2 : 16;
        w->sas = mem_resize(w->sas, w->cap_sas, sizeof(*w->sas));
    }
    struct sa sa = {.spi = spi,
                    .src = *src,
                    .dst = *dst,
                    .from = *src,
                    .to = *dst,
                    .moved_ns = NEVER,
                    .way = way_of(j, dst),
                    .first_ns = NEVER,
                    .last_ns = NEVER,
                    .up_ns = NEVER,
                    .down_ns = NEVER,
                    .logged_up_ns = NEVER,
                    .logged_down_ns = NEVER,
                    .said_up_ns = NEVER,
                    .said_down_ns = NEVER};
    w->sas[w->nsas] = sa;
    map_put(&w->map, hash, w->nsas);
    w->last = w->nsas;
    return &w->sas[w->nsas++];
}

uint64_t wan_sa_hash(uint32_t spi, const struct ip_addr *dst)
{
    uint8_t text[sizeof(dst->b) + 4];
    struct wr b = wr_of(text, sizeof(text));

    wr_be32(&b, spi);
    wr_put(&b, bytes_of(dst->b, ip_addr_len(dst)));
    return hash_bytes(wr_bytes(&b), 0);
}

uint32_t wan_find(const struct wan *w, uint32_t spi, const struct ip_addr *dst)
{
    struct sa_key key = {spi, dst};

    return map_find(&w->map, wan_sa_hash(spi, dst), sa_eq, w, &key);
}

uint32_t wan_find_between(const struct wan *w, uint32_t spi, const struct ip_addr *src,
                          const struct ip_addr *dst)
{
    uint32_t id = wan_find(w, spi, dst);

    return id == MAP_NONE ? wan_find_moved(w, spi, src, dst) : id;
}

struct sa *wan_sa(struct judge *j, uint32_t spi, const struct ip_addr *src,
                  const struct ip_addr *dst)
{
    struct wan *w = &j->wan;
    struct sa_key key = {spi, dst};

    if (w->last != MAP_NONE && same_sa(&w->sas[w->last], &key))
        return &w->sas[w->last];
    uint32_t id = wan_find(w, spi, dst);
    if (id == MAP_NONE)
        return sa_add(j, wan_sa_hash(spi, dst), spi, src, dst);
    w->last = id;
    return &w->sas[id];
}

/* That of the packet with number SEQ: one that was there, also when its other end has moved, or a
 * new one. A key for its new address may have been given, too. */
static struct sa *sa_of_packet(struct judge *j, uint32_t spi, uint32_t seq, const struct ip *ip)
{
    struct wan *w = &j->wan;
    struct sa_key key = {spi, &ip->dst};

    if (w->last != MAP_NONE && same_sa(&w->sas[w->last], &key) && w->sas[w->last].any)
        return &w->sas[w->last];
    uint32_t id = wan_find(w, spi, &ip->dst), old = MAP_NONE;
    bool fresh = id == MAP_NONE ||
                 (!w->sas[id].any && w->sas[id].up_ns == NEVER && w->sas[id].said_up_ns == NEVER);
    if (fresh)
        old = wan_find_moved(w, spi, &ip->src, &ip->dst);
    if (old == MAP_NONE || !sa_number_is_new(&w->sas[old], seq))
        return wan_sa(j, spi, &ip->src, &ip->dst);
    if (id != MAP_NONE)
        w->sas[id].over = true;
    sa_follow(j, &w->sas[old], &ip->dst);
    w->last = old;
    return &w->sas[old];
}

/* Sequence numbers as a receiver with a window of 64 packets counts them (RFC 4303, 3.4.3). */
static void take_seq(struct sa *sa, uint32_t seq)
{
    if (!sa->any) {
        sa->any = true;
        sa->first_seq = sa->high_seq = seq;
        sa->window = 1;
        sa->unique = 1;
        return;
    }
    if (seq > sa->high_seq) {
        uint32_t step = seq - sa->high_seq;
        sa->window = step < 64 ? sa->window << step | 1 : 1;
        sa->high_seq = seq;
        sa->unique++;
        return;
    }
    uint32_t back = sa->high_seq - seq;
    if (back >= 64 || sa->window >> back & 1) {
        sa->repeated++;
        return;
    }
    sa->window |= UINT64_C(1) << back;
    sa->unique++;
    if (seq < sa->first_seq)
        sa->first_seq = seq;
}

/* Two packets of one number are one that a wire has doubled when they are the same, and else two:
 * RFC 4303, 2.2 forbids them. Their check values tell. To be asked before the number is taken. */
static void take_tail(struct judge *j, struct sa *sa, uint32_t seq, struct bytes esp)
{
    struct rd r = rd_of(bytes_from(esp, esp.n >= 8 ? esp.n - 8 : esp.n));
    uint64_t tail = (uint64_t)rd_be32(&r) << 32;
    bool there = sa->any && seq <= sa->high_seq && sa->high_seq - seq < 64 &&
                 sa->window >> (sa->high_seq - seq) & 1;

    tail |= rd_be32(&r);
    if (r.err)
        return;
    if (there && sa->tails[seq % 64] && sa->tails[seq % 64] != tail && sa->reused++ == 0) {
        sa->reused_packet = j->rec.packet;
        sa->reused_seq = seq;
    }
    bool is_old = sa->any && seq <= sa->high_seq && sa->high_seq - seq >= 64;
    if (!there && !is_old)
        sa->tails[seq % 64] = tail;
}

struct seen { /* how a packet of ESP came */
    enum sa_in in;
    bool eaten; /* by the harness's blackhole */
    bool cut;   /* it is not all there */
};

static void take_esp(struct judge *j, const struct ip *ip, struct bytes esp, struct seen how)
{
    struct wan *w = &j->wan;
    struct rd r = rd_of(esp);
    uint32_t spi = rd_be32(&r), seq = rd_be32(&r);
    struct sa *sa = r.err ? NULL : sa_of_packet(j, spi, seq, ip);

    if (!sa)
        return;
    if (!how.eaten && sa->any && seq > sa->high_seq) { /* late ones were sent before */
        sa_comes_from(j, sa, &ip->src);
        sa_follow(j, sa, &ip->dst);
    }
    w->esp_packets++;
    sa->in = how.in;
    bool disorder = sa->any && seq != sa->high_seq + 1;
    take_tail(j, sa, seq, how.cut ? bytes_of(NULL, 0) : esp);
    take_seq(sa, seq);
    history_esp(j, disorder);
    if (inner_compares(j) && !how.cut)
        inner_from_esp(j, sa, esp, how.eaten);
    else if (inner_legs_compares(j) && !how.cut)
        inner_legs_from_esp(j, sa, esp);
    if (how.eaten)
        return;
    if (w->first_esp_ns == NEVER)
        w->first_esp_ns = j->rec.time_ns;
    if (sa->packets++ == 0) {
        sa->first_ns = j->rec.time_ns;
        sa->first_packet = j->rec.packet;
    }
    sa->last_ns = j->rec.time_ns;
    sa->last_packet = j->rec.packet;
}

/* --- IKE ---------------------------------------------------------------------------------------
 */

struct ike_sa *wan_ike(struct wan *w, const uint8_t cookie[static 8])
{
    for (size_t i = w->nikes; i-- > 0;)
        if (memcmp(w->ikes[i].cookie, cookie, sizeof(w->ikes[i].cookie)) == 0)
            return &w->ikes[i];
    if (w->nikes == IKES_MAX)
        return NULL;
    struct ike_sa *s = &w->ikes[w->nikes++];
    *s = (struct ike_sa){
        .first_ns = NEVER, .last_ns = NEVER, .proved_ns = NEVER, .up_ns = NEVER, .down_ns = NEVER};
    memcpy(s->cookie, cookie, sizeof(s->cookie));
    return s;
}

/* A quick mode or an encrypted informational shows that phase 1 was finished. */
static void take_message(struct judge *j, const struct ip *ip, struct bytes message)
{
    struct isakmp_hdr h;

    if (isakmp_hdr_parse(message, &h))
        return;
    struct ike_sa *s = wan_ike(&j->wan, h.cookie_i);
    if (s)
        ike_sa_comes_from(j, s, &ip->src, &ip->dst);
    history_ike(j, &h, ip, message);
    ike_message(j, ip, &h, message);
    if (isakmp_major(&h) == 2 && !ikev2_is_response(&h) && way_of(j, &ip->dst) == TO_DEVICE)
        j->wan.asked_ns = j->rec.time_ns;
    if (!s)
        return;
    if (s->first_ns == NEVER)
        s->first_ns = j->rec.time_ns;
    s->last_ns = j->rec.time_ns;
    if (s->proved_ns == NEVER && h.message_id != 0 && h.flags & ISAKMP_FLAG_ENCRYPTED)
        s->proved_ns = j->rec.time_ns;
}

/* A piece of a message of IKEv1, whose header says nothing of that message. */
static void take_piece(struct judge *j, const struct ip *ip, const struct isakmp_hdr *h,
                       struct bytes message)
{
    uint64_t way = hash_bytes(bytes_of(&ip->src, sizeof(ip->src)), 0);
    struct bytes whole;

    way = hash_bytes(bytes_of(&ip->dst, sizeof(ip->dst)), way);
    if (!j->wan.pieces)
        j->wan.pieces = ike_pieces_new();
    if (ike_pieces_add(j->wan.pieces, way, h, message, j->rec.time_ns))
        return; /* there are more to come, or it is none */
    while (ike_pieces_next(j->wan.pieces, &whole))
        take_message(j, ip, whole);
}

static void take_ike(struct judge *j, const struct ip *ip, struct bytes message)
{
    struct isakmp_hdr h;

    j->wan.ike_packets++;
    if (!isakmp_hdr_parse(message, &h) && ike_pieces_is(&h))
        take_piece(j, ip, &h, message);
    else
        take_message(j, ip, message);
}

/* --- frames ------------------------------------------------------------------------------------
 */

/* RFC 3948, 2: ESP in UDP has an SPI, IKE four zeros, a keep-alive one byte 0xff. The same in TCP.
 */
static void take_natt(struct judge *j, const struct pkt *p, struct bytes b, struct seen how)
{
    struct rd r = rd_of(b);

    if (b.n < 4)
        return;
    if (rd_be32(&r) == 0)
        take_ike(j, &p->ip, rd_rest(&r));
    else
        take_esp(j, &p->ip, b, how);
}

static void take_in_tcp(struct judge *j, const struct pkt *p, struct bytes message)
{
    take_natt(j, p, message, (struct seen){.in = SA_IN_TCP});
}

static void take_whole(struct judge *j, const struct pkt *p, bool eaten)
{
    struct seen how = {SA_IN_IP, eaten, ip_is_cut(&p->ip)}, in_udp = {SA_IN_UDP, eaten, how.cut};

    if (p->kind == PKT_ESP)
        take_esp(j, &p->ip, p->ip.payload, how);
    else if (p->kind == PKT_UDP && (p->udp.dst == PORT_NATT || p->udp.src == PORT_NATT))
        take_natt(j, p, p->udp.data, in_udp);
    else if (p->kind == PKT_UDP && (p->udp.dst == PORT_IKE || p->udp.src == PORT_IKE))
        take_ike(j, &p->ip, p->udp.data);
    else if (p->kind == PKT_TCP && j->history)
        (void)wan_tcp_frame(j, p, take_in_tcp);
}

void wan_frame(struct judge *j, const struct pkt *p)
{
    struct wan *w = &j->wan;
    bool eaten = bytes_eq(j->rec.remark, bytes_str("filtered")); /* by the harness */
    struct pkt whole;

    if (p->kind == PKT_ARP || p->kind == PKT_OTHER)
        return;
    if (bytes_eq(j->rec.remark, bytes_str("injected"))) { /* by the harness: nobody's doing */
        w->injected++;
        return;
    }
    w->eaten += eaten;
    *(eaten ? &w->last_eaten_ns : &w->last_passed_ns) = j->rec.time_ns;
    leak_frame(j, p);
    if (!ip_is_fragment(&p->ip)) {
        take_whole(j, p, eaten);
        return;
    }
    whole = *p;
    if (!j->fragments[EV_WAN])
        j->fragments[EV_WAN] = fragments_new();
    if (fragments_add(j->fragments[EV_WAN], &whole, j->rec.time_ns))
        take_whole(j, &whole, eaten);
}
