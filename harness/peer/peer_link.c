/* Frames of the peer, and the stations they go to (ARP, RFC 826). */
#include "base/mem.h"
#include "peer/peer_impl.h"

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

    if (n->asked.ns && mono_before(now, mono_add(n->asked, ARP_AGAIN)))
        return;
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

    if (n && a->sender.family == 4) { /* RFC 826: who asks us can be answered without asking */
        n->mac = a->sender_mac;
        n->known = true;
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
        return;
    }
    hold(to, frame, ETHER_HDR_LEN + n);
    ask(p, side, to);
}
