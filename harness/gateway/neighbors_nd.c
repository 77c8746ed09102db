/* Neighbours of IPv6 (RFC 4861). */
#include "gateway/neighbors_parts.h"

#include "wire/nd.h"

/* RFC 4861, 10. */
#define REACHABLE_TIME    SPAN_S(30)
#define DELAY_FIRST_PROBE SPAN_S(5)
#define RETRANS_TIMER     SPAN_S(1)
#define MAX_SOLICIT       3 /* to the group, and to a neighbour that was known */

static const struct ip_addr all_nodes = {6, {0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}};
static const struct ip_addr unspecified = {.family = 6};

static void send_nd(struct netif *out, const struct mac *to, const struct ip_addr *src,
                    const struct ip_addr *dst, const struct nd *m)
{
    uint8_t message[32];
    struct wr b = wr_of(message, sizeof(message));
    struct ip ip = {
        .version = 6, .proto = IP_ICMPV6, .ttl = ND_HOP_LIMIT, .src = *src, .dst = *dst};

    nd_put(&b, m, src, dst);
    size_t n = ETHER_HDR_LEN + IP6_HDR_LEN + b.at;
    uint8_t *p = netif_reserve(out, n);
    struct wr w = wr_of(p, n);
    if (!p)
        return;
    ether_put(&w, to, &out->mac, ETHER_IPV6);
    ip_put(&w, &ip, b.at);
    wr_put(&w, wr_bytes(&b));
    netif_commit(out, w.at);
}

static void arm(struct neighbors *n, struct entry *e, struct span after)
{
    wheel_arm(&n->timers, &e->timer, mono_add(clock_now(n->clk), after));
}

static void set_state(struct neighbors *n, struct entry *e, enum nud state)
{
    e->nud = (uint8_t)state;
    wheel_disarm(&n->timers, &e->timer);
    if (state == NUD_REACHABLE)
        arm(n, e, REACHABLE_TIME);
    else if (state == NUD_DELAY)
        arm(n, e, DELAY_FIRST_PROBE);
}

/* To the group of its address; to it alone, when it is only asked whether it is still there. */
void neighbor_nd_ask(struct neighbors *n, struct entry *e)
{
    struct netif *out = &n->ifs->v[e->ifi];
    struct ip_addr group = ip6_solicited_node(&e->addr), src = netif_source(out, &e->addr);
    struct mac to = e->known ? e->mac : ip6_multicast_mac(&group);
    struct nd m = {.target = e->addr, .has_mac = true, .mac = out->mac};

    e->asked++;
    arm(n, e, RETRANS_TIMER);
    if (src.family)
        send_nd(out, &to, &src, e->known ? &e->addr : &group, &m);
}

void neighbor_nd_use(struct neighbors *n, struct entry *e)
{
    set_state(n, e, NUD_DELAY);
}

void neighbor_nd_expire(struct neighbors *n, struct entry *e)
{
    if (e->known && e->nud == NUD_REACHABLE) {
        set_state(n, e, NUD_STALE);
        return;
    }
    if (e->known && e->nud == NUD_DELAY) {
        e->nud = NUD_PROBE;
        e->asked = 0;
    }
    if (e->asked < MAX_SOLICIT)
        neighbor_nd_ask(n, e);
    else
        neighbor_give_up(n, e);
}

/* --- what others say ----------------------------------------------------------------------------
 */

/* 7.2.3: who asks says where it is. */
static void note_asker(struct neighbors *n, size_t ifi, const struct ip_addr *src,
                       const struct mac *mac)
{
    struct entry *e = neighbor_find(n, ifi, src);

    if (!e) {
        uint32_t id = neighbors_at(n, ifi, src);
        e = n->v[id];
    }
    if (e->known && mac_eq(&e->mac, mac))
        return;
    neighbor_learn(n, e, mac);
    set_state(n, e, NUD_STALE);
}

static void answer(struct netif *in, const struct pkt *p, const struct nd *q)
{
    struct nd m = {.advertises = true,
                   .router = true,
                   .override = true,
                   .target = q->target,
                   .has_mac = true,
                   .mac = in->mac};
    bool tested = ip6_is_unspecified(&p->ip.src); /* 7.2.4 */
    struct mac to = tested ? ip6_multicast_mac(&all_nodes) : q->has_mac ? q->mac : p->eth.src;

    m.solicited = !tested;
    send_nd(in, &to, &q->target, tested ? &all_nodes : &p->ip.src, &m);
}

/* 7.2.5 */
static void take_advertisement(struct neighbors *n, size_t ifi, const struct nd *m)
{
    struct entry *e = neighbor_find(n, ifi, &m->target);
    bool other = e && e->known && m->has_mac && !mac_eq(&e->mac, &m->mac);

    if (!e || (!e->known && !m->has_mac))
        return;
    if (other && !m->override) {
        if (e->nud == NUD_REACHABLE)
            set_state(n, e, NUD_STALE);
        return;
    }
    bool news = !e->known || other;
    if (news)
        neighbor_learn(n, e, &m->mac);
    if (m->solicited)
        set_state(n, e, NUD_REACHABLE);
    else if (news)
        set_state(n, e, NUD_STALE);
    e->asked = 0;
}

bool neighbors_nd_input(struct neighbors *n, size_t ifi, const struct pkt *p)
{
    struct netif *in = &n->ifs->v[ifi];
    struct nd m;

    if (p->kind != PKT_ICMP || p->ip.version != 6 ||
        (p->icmp.type != ICMP6_NEIGHBOR_SOLICITATION &&
         p->icmp.type != ICMP6_NEIGHBOR_ADVERTISEMENT))
        return false;
    if (nd_parse(&p->ip, &m) || !in->link_local.family || (m.has_mac && m.mac.b[0] & 1))
        return true;
    if (netif_owns(in, &p->ip.src)) /* somebody else uses our address */
        return true;
    if (m.advertises) {
        take_advertisement(n, ifi, &m);
    } else if (netif_owns(in, &m.target)) {
        if (m.has_mac)
            note_asker(n, ifi, &p->ip.src, &m.mac);
        answer(in, p, &m);
    }
    return true;
}

static void announce_one(struct netif *out, const struct ip_addr *a)
{
    struct ip_addr group = ip6_solicited_node(a);
    struct mac to_group = ip6_multicast_mac(&group), to_all = ip6_multicast_mac(&all_nodes);
    struct nd test = {.target = *a};
    struct nd says = {.advertises = true,
                      .router = true,
                      .override = true,
                      .target = *a,
                      .has_mac = true,
                      .mac = out->mac};

    send_nd(out, &to_group, &unspecified, &group, &test);
    send_nd(out, &to_all, a, &all_nodes, &says);
}

void neighbor_nd_announce(struct neighbors *n, size_t ifi)
{
    struct netif *out = &n->ifs->v[ifi];

    if (out->link_local.family)
        announce_one(out, &out->link_local);
    for (size_t i = 0; i < out->nnet6; i++)
        announce_one(out, &out->net6[i].addr);
}

bool neighbors_view(const struct neighbors *n, size_t i, struct neighbor_view *out)
{
    static const char *const states[] = {"REACH", "STALE", "DELAY", "PROBE"};

    if (i >= n->n)
        return false;
    const struct entry *e = n->v[i];
    *out = (struct neighbor_view){.ifi = e->ifi,
                                  .addr = e->addr,
                                  .mac = e->mac,
                                  .known = e->known,
                                  .state = e->known ? states[e->nud] : "INCMP"};
    return true;
}
