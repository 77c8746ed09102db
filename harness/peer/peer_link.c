/* Frames of the peer, and the stations they go to (ARP, RFC 826). */
#include "base/mem.h"
#include "peer/peer_impl.h"
#include "wire/checksum.h"

static void forget_held(struct neighbor *n)
{
    for (size_t i = 0; i < n->nheld; i++)
        mem_free(n->held[i]);
    n->nheld = 0;
}

void link_release(struct side *s)
{
    for (size_t i = 0; i < s->n; i++)
        forget_held(&s->neighbors[i]);
}

static struct neighbor *find(struct side *s, const struct ip_addr *addr)
{
    for (size_t i = 0; i < s->n; i++) {
        if (ip_addr_eq(&s->neighbors[i].addr, addr))
            return &s->neighbors[i];
    }
    return NULL;
}

/* Its record; the one that was made first gives way when there are too many. */
static struct neighbor *find_or_make(struct side *s, const struct ip_addr *addr)
{
    struct neighbor *n = find(s, addr);

    if (n)
        return n;
    if (s->n < NEIGHBORS_MAX) {
        n = &s->neighbors[s->n++];
    } else {
        n = &s->neighbors[s->next_victim++ % NEIGHBORS_MAX];
        forget_held(n);
    }
    *n = (struct neighbor){.addr = *addr};
    return n;
}

static void send_arp(struct peer *p, enum peer_side side, const struct arp *a,
                     const struct mac *dst)
{
    struct sink *out = p->side[side].out;
    uint8_t *b = out ? sink_reserve(out, ETHER_HDR_LEN + ARP_LEN) : NULL;

    if (!b)
        return;
    struct wr w = wr_of(b, ETHER_HDR_LEN + ARP_LEN);
    ether_put(&w, dst, &p->side[side].mac, ETHER_ARP);
    arp_put(&w, a);
    sink_commit(out, w.at);
}

static void ask(struct peer *p, enum peer_side side, struct neighbor *n)
{
    struct side *s = &p->side[side];
    struct mono now = clock_now(p->clk);
    struct arp a = {.op = ARP_REQUEST, .sender_mac = s->mac, .sender = s->own, .target = n->addr};
    struct mac all = MAC_BROADCAST;

    if (n->was_asked && mono_before(now, mono_add(n->asked, ARP_AGAIN)))
        return;
    n->was_asked = true;
    n->asked = now;
    send_arp(p, side, &a, &all);
}

static void send_held(struct peer *p, enum peer_side side, struct neighbor *n)
{
    struct sink *out = p->side[side].out;

    for (size_t i = 0; i < n->nheld; i++) {
        struct wr w = wr_of(n->held[i], n->held_len[i]);
        wr_put(&w, bytes_of(n->mac.b, sizeof(n->mac.b)));
        (void)sink_put(out, bytes_of(n->held[i], n->held_len[i]));
    }
    forget_held(n);
}

void link_arp_input(struct peer *p, enum peer_side side, const struct arp *a)
{
    struct side *s = &p->side[side];
    bool for_us = ip_addr_eq(&a->target, &s->own);
    struct neighbor *n = for_us ? find_or_make(s, &a->sender) : find(s, &a->sender);

    if (n && a->sender.family == 4 &&
        !(a->sender_mac.b[0] & 1)) { /* RFC 826: who asks us can be answered without asking */
        n->mac = a->sender_mac;
        n->known = true;
        n->heard = clock_now(p->clk);
        if (s->out)
            send_held(p, side, n);
    }
    if (!for_us || a->op != ARP_REQUEST)
        return;
    struct arp reply = {.op = ARP_REPLY,
                        .sender_mac = s->mac,
                        .target_mac = a->sender_mac,
                        .sender = s->own,
                        .target = a->sender};
    send_arp(p, side, &reply, &a->sender_mac);
}

uint8_t *link_begin(struct peer *p, enum peer_side side, size_t n)
{
    struct sink *out = p->side[side].out;
    uint8_t *b = out ? sink_reserve(out, ETHER_HDR_LEN + n) : NULL;

    return b ? b + ETHER_HDR_LEN : NULL;
}

static void hold(struct neighbor *n, const uint8_t *frame, size_t len)
{
    if (n->nheld == HELD_MAX)
        return;
    uint8_t *copy = mem_zalloc(len);
    memcpy(copy, frame, len);
    n->held[n->nheld] = copy;
    n->held_len[n->nheld++] = len;
}

void link_end(struct peer *p, enum peer_side side, const struct ip_addr *next, uint8_t *packet,
              size_t n)
{
    struct side *s = &p->side[side];
    struct neighbor *to = find_or_make(s, next);
    uint8_t *frame = packet - ETHER_HDR_LEN;
    struct wr w = wr_of(frame, ETHER_HDR_LEN);

    ether_put(&w, &to->mac, &s->mac, ETHER_IPV4);
    if (to->known) {
        sink_commit(s->out, ETHER_HDR_LEN + n);
        if (!mono_before(clock_now(p->clk), mono_add(to->heard, ARP_FRESH)))
            ask(p, side, to);
        return;
    }
    hold(to, frame, ETHER_HDR_LEN + n);
    ask(p, side, to);
}

static struct ip our_ip(struct peer *p, uint8_t proto, const struct ip_addr *src,
                        const struct ip_addr *dst)
{
    return (struct ip){
        .version = 4, .proto = proto, .ttl = OUR_TTL, .id = p->ip_id++, .src = *src, .dst = *dst};
}

static bool send_part(struct peer *p, enum peer_side side, const struct ip_addr *next,
                      const struct ip *ip, struct bytes part)
{
    uint8_t *b = link_begin(p, side, IP4_HDR_LEN + part.n);

    if (!b)
        return false;
    struct wr w = wr_of(b, IP4_HDR_LEN + part.n);
    ip_put(&w, ip, part.n);
    wr_put(&w, part);
    link_end(p, side, next, b, w.at);
    return true;
}

void link_send(struct peer *p, enum peer_side side, const struct ip_addr *next, const struct ip *ip,
               struct bytes payload)
{
    size_t mtu = side == PEER_WAN ? p->cfg.mtu : MTU_DEFAULT;
    size_t piece = (mtu - IP4_HDR_LEN) & ~(size_t)7; /* offsets count eight bytes */

    if (IP4_HDR_LEN + payload.n <= mtu) {
        send_part(p, side, next, ip, payload);
        return;
    }
    for (size_t at = 0; at < payload.n; at += piece) {
        struct bytes part = bytes_head(bytes_from(payload, at), piece);
        struct ip one = *ip;
        one.frag_off = (uint32_t)at;
        one.more = at + part.n < payload.n;
        if (!send_part(p, side, next, &one, part))
            return;
    }
}

void link_answer_echo(struct peer *p, enum peer_side side, const struct ip_addr *next,
                      const struct pkt *in)
{
    struct ip ip = our_ip(p, IP_ICMP, &in->ip.dst, &in->ip.src);
    struct icmp m = in->icmp;
    struct wr w = wr_of(p->scratch, sizeof(p->scratch));

    if (m.type != ICMP_ECHO)
        return;
    m.type = ICMP_ECHO_REPLY;
    icmp_put(&w, &m, &ip.src, &ip.dst);
    link_send(p, side, next, &ip, wr_bytes(&w));
}

#define IP4_TTL_AT   8
#define IP4_CHECK_AT 10

bool spend_ttl(uint8_t *packet, size_t n)
{
    struct rd r = rd_of(bytes_of(packet, n));
    struct wr w = wr_of(packet, n);

    w.at = n;
    rd_skip(&r, IP4_TTL_AT);
    uint8_t ttl = rd_u8(&r);
    rd_skip(&r, 1);
    uint16_t check = rd_be16(&r);
    if (r.err || ttl <= 1)
        return false;
    /* the TTL is the high byte of a 16-bit word of the sum (RFC 1624) */
    wr_fill8(&w, IP4_TTL_AT, (uint8_t)(ttl - 1));
    wr_fill16(&w, IP4_CHECK_AT,
              checksum_update16(check, (uint16_t)(ttl << 8), (uint16_t)((ttl - 1) << 8)));
    return true;
}
