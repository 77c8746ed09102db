#include "host/neighbor.h"

#include "host/host_impl.h"

#define RETRY       SPAN_S(1) /* RFC 4861, 10: RETRANS_TIMER; Linux asks by ARP as often */
#define DOUBT_EVERY SPAN_S(5)

static void nd_solicit(struct host *h);

static void arp_request(struct host *h)
{
    uint8_t b[ETHER_HDR_LEN + ARP_LEN];
    struct wr w = wr_of(b, sizeof(b));
    struct neighbor *n = &h->next_hop;
    struct arp a = {.op = ARP_REQUEST,
                    .sender_mac = h->cfg.mac,
                    .sender = h->cfg.on_link,
                    .target = h->cfg.next_hop};

    /* a known address is checked by asking it alone, as Linux does before it asks everybody */
    ether_put(&w, n->known ? &n->mac : &MAC_BROADCAST, &h->cfg.mac, ETHER_ARP);
    arp_put(&w, &a);
    if (h->out)
        sink_put(h->out, wr_bytes(&w));
}

static void ask(struct host *h)
{
    h->next_hop.asked = true;
    h->next_hop.asked_at = host_now(h);
    if (h->cfg.next_hop.family == 4)
        arp_request(h);
    else if (h->cfg.next_hop.family == 6)
        nd_solicit(h);
}

void neighbor_need(struct host *h)
{
    struct neighbor *n = &h->next_hop;

    if (n->known || timer_is_armed(&n->retry))
        return;
    wheel_arm(&h->wheel, &n->retry, mono_add(host_now(h), RETRY));
    ask(h);
}

void neighbor_wait(struct host *h, struct flow *f)
{
    struct neighbor *n = &h->next_hop;

    if (!f->pending) {
        f->pending = true;
        f->pending_next = NULL;
        *(n->last_pending ? &n->last_pending->pending_next : &n->pending) = f;
        n->last_pending = f;
    }
    neighbor_need(h);
}

void neighbor_retry(struct host *h)
{
    struct neighbor *n = &h->next_hop;

    if (n->known || !n->pending)
        return;
    wheel_arm(&h->wheel, &n->retry, mono_add(host_now(h), RETRY));
    ask(h);
}

void neighbor_doubt(struct host *h)
{
    struct neighbor *n = &h->next_hop;

    if (n->known && n->asked && mono_before(host_now(h), mono_add(n->asked_at, DOUBT_EVERY)))
        return;
    if (n->known)
        ask(h);
    else
        neighbor_need(h);
}

static void learn(struct host *h, const struct mac *mac)
{
    struct neighbor *n = &h->next_hop;
    bool was_known = n->known;
    char text[MAC_TEXT];

    if (mac->b[0] & 1) /* a group address is nobody's */
        return;
    if (!was_known || !mac_eq(mac, &n->mac))
        log_say(h->log, LOG_DEBUG, LOG_MODULE, "next hop is at %s", mac_format(mac, text));
    n->mac = *mac;
    n->known = true;
    wheel_disarm(&h->wheel, &n->retry);
    for (struct flow *f = n->pending, *next; f; f = next) {
        next = f->pending_next;
        f->pending = false;
        n->pending = next;
        if (!next)
            n->last_pending = NULL;
        f->ops->reachable(f);
    }
}

void host_arp_input(struct host *h, const struct pkt *p)
{
    const struct arp *a = &p->arp;

    if (ip_addr_eq(&a->sender, &h->cfg.next_hop))
        learn(h, &a->sender_mac);
    if (a->op != ARP_REQUEST || !host_owns(h, &a->target) || host_owns(h, &a->sender))
        return;
    uint8_t b[ETHER_HDR_LEN + ARP_LEN];
    struct wr w = wr_of(b, sizeof(b));
    struct arp reply = {.op = ARP_REPLY,
                        .sender_mac = h->cfg.mac,
                        .target_mac = a->sender_mac,
                        .sender = a->target,
                        .target = a->sender};
    ether_put(&w, &a->sender_mac, &h->cfg.mac, ETHER_ARP);
    arp_put(&w, &reply);
    if (h->out)
        sink_put(h->out, wr_bytes(&w));
}

/* --- IPv6 ------------------------------------------------------------------------------------- */

enum { OPT_SOURCE_LINK = 1, OPT_TARGET_LINK = 2 }; /* RFC 4861, 4.6 */

#define NA_SOLICITED 0x40000000u /* RFC 4861, 4.4 */
#define NA_OVERRIDE  0x20000000u

static const struct ip_addr all_nodes = {6, {0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}};

static struct mac multicast_mac(const struct ip_addr *group) /* RFC 2464, 7 */
{
    return (struct mac){{0x33, 0x33, group->b[12], group->b[13], group->b[14], group->b[15]}};
}

static void nd_send(struct host *h, const struct mac *to, const struct ip_addr *dst,
                    const struct ip_addr *src, struct icmp *m, const struct ip_addr *target,
                    uint8_t option)
{
    uint8_t body[24], b[ETHER_HDR_LEN + IP6_HDR_LEN + ICMP_HDR_LEN + sizeof(body)];
    struct wr w = wr_of(body, sizeof(body));

    wr_put(&w, bytes_of(target->b, 16));
    wr_u8(&w, option);
    wr_u8(&w, 1); /* eight bytes */
    wr_put(&w, bytes_of(h->cfg.mac.b, 6));
    m->data = wr_bytes(&w);
    struct ip ip = {.version = 6, .proto = IP_ICMPV6, .ttl = 255, .src = *src, .dst = *dst};
    w = wr_of(b, sizeof(b));
    ether_put(&w, to, &h->cfg.mac, ETHER_IPV6);
    ip_put(&w, &ip, ICMP_HDR_LEN + m->data.n);
    icmp_put(&w, m, src, dst);
    if (h->out)
        sink_put(h->out, wr_bytes(&w));
}

static void nd_solicit(struct host *h)
{
    const struct ip_addr *target = &h->cfg.next_hop;
    struct ip_addr dst = {6, {0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff}}; /* RFC 4291, 2.7.1 */
    struct icmp m = {.type = ICMP6_NEIGHBOR_SOLICITATION};

    memcpy(&dst.b[13], &target->b[13], 3);
    struct mac to = multicast_mac(&dst);
    nd_send(h, &to, &dst, &h->cfg.on_link, &m, target, OPT_SOURCE_LINK);
}

/* The link address in the option KIND; false when there is none. */
static bool nd_option(struct rd *r, uint8_t kind, struct mac *out)
{
    while (rd_left(r) >= 8) {
        uint8_t type = rd_u8(r);
        size_t len = rd_u8(r) * 8u;
        if (len == 0)
            return false;
        struct bytes body = rd_take(r, len - 2);
        if (type == kind && body.n >= 6) {
            memcpy(out->b, body.p, 6);
            return true;
        }
    }
    return false;
}

static void nd_answer(struct host *h, const struct ip *ip, const struct ip_addr *target,
                      const struct mac *asker)
{
    struct icmp m = {.type = ICMP6_NEIGHBOR_ADVERTISEMENT, .rest = NA_OVERRIDE};
    static const struct ip_addr unspecified = {.family = 6};

    if (ip_addr_eq(&ip->src, &unspecified)) { /* somebody tests whether the address is free */
        struct mac to = multicast_mac(&all_nodes);
        nd_send(h, &to, &all_nodes, target, &m, target, OPT_TARGET_LINK);
    } else if (asker) {
        m.rest |= NA_SOLICITED;
        nd_send(h, asker, &ip->src, target, &m, target, OPT_TARGET_LINK);
    }
}

void neighbor_discovery_input(struct host *h, const struct ip *ip, const struct icmp *m)
{
    struct rd r = rd_of(m->data);
    struct ip_addr target = {.family = 6};
    struct mac mac;
    bool solicits = m->type == ICMP6_NEIGHBOR_SOLICITATION;

    rd_copy(&r, target.b, 16);
    if (r.err || ip->ttl != 255 || m->code != 0) /* RFC 4861, 7.1: never from beyond the link */
        return;
    bool has_mac = nd_option(&r, solicits ? OPT_SOURCE_LINK : OPT_TARGET_LINK, &mac);
    if (has_mac && ip_addr_eq(solicits ? &ip->src : &target, &h->cfg.next_hop))
        learn(h, &mac);
    if (solicits && host_owns(h, &target))
        nd_answer(h, ip, &target, has_mac ? &mac : NULL);
}
