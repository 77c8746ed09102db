#include "gateway/forward.h"

struct way { /* out of here */
    struct gw_hop hop;
    uint32_t tunnel; /* VPN_NONE: in clear */
    struct conn *c;  /* NULL: none */
    int side;        /* that the packet comes from */
    bool rewrite;    /* C's numbers are to be put in */
};

static size_t packet_len(const struct gw_packet *p)
{
    return ip_whole_hdr_len(&p->p.ip) + p->p.ip.payload_len;
}

/* The packet as it goes on, written to MEM, which has room for all of it. */
static void compose(struct gateway *g, const struct gw_packet *p, const struct way *way,
                    uint8_t *mem)
{
    size_t n = packet_len(p);
    struct wr w = wr_of(mem, n);

    ip_put_whole(&w, &p->p.ip, p->p.ip.payload_len);
    wr_put(&w, p->p.ip.payload);
    if (way->rewrite)
        conn_rewrite(g->conns, way->c, way->side, mem, n);
}

/* --- the ways out ------------------------------------------------------------------------------
 */

/* It lies already in memory of the interface it leaves through: changed where it is. */
static void send_in_place(struct gateway *g, const struct gw_packet *p, const struct way *way)
{
    size_t n = packet_len(p);
    uint8_t *packet = p->lent + ETHER_HDR_LEN;
    struct wr w = wr_of(packet, n);
    struct ip ip = p->p.ip;

    ip.proto = ip.version == 6 ? ip.next : ip.proto; /* extension headers stay where they are */
    if (g->cfg->decrement_ttl)
        ip_put(&w, &ip, ip.ext.n + ip.payload_len);
    if (way->rewrite)
        conn_rewrite(g->conns, way->c, way->side, packet, n);
    neighbors_send_lent(g->neighbors, way->hop.neighbor, p->lent, ETHER_HDR_LEN + n);
}

static void send_copy(struct gateway *g, const struct gw_packet *p, const struct way *way)
{
    size_t n = packet_len(p);
    struct wr w;

    if (!neighbors_begin(g->neighbors, way->hop.neighbor, n, &w))
        return;
    uint8_t *packet = wr_room(&w, n);
    if (packet)
        compose(g, p, way, packet);
    neighbors_end(g->neighbors, way->hop.neighbor, &w);
}

static void send_fragments(struct gateway *g, const struct gw_packet *p, const struct way *way)
{
    size_t hdr = ip_whole_hdr_len(&p->p.ip);

    compose(g, p, way, g->scratch);
    gw_send(g, &way->hop, &p->p.ip, bytes_of(g->scratch + hdr, p->p.ip.payload_len));
}

static void send_clear(struct gateway *g, const struct gw_packet *p, const struct way *way)
{
    if (p->policy != VPN_NONE)
        g->vpn.policies[p->policy]->inner_ifi = way->hop.ifi;
    if (packet_len(p) > NETIF_MTU)
        send_fragments(g, p, way);
    else if (p->lent && p->lent_ifi == way->hop.ifi &&
             neighbors_known(g->neighbors, way->hop.neighbor))
        send_in_place(g, p, way);
    else
        send_copy(g, p, way);
}

/* An IPv4 packet, or IPv6 that came in fragments: each piece is sealed of its own. What had DF has
 * no number that means something (RFC 6864, 4.1), so it gets one. */
static void seal_pieces(struct gateway *g, const struct gw_packet *p, const struct way *way)
{
    bool six = p->p.ip.version == 6;
    size_t hdr = six ? IP6_HDR_LEN + IP6_FRAGMENT_LEN : IP4_HDR_LEN,
           piece = (gw_vpn_mtu(g, way->tunnel) - hdr) & ~(size_t)7;
    struct bytes all = bytes_of(g->scratch + ip_whole_hdr_len(&p->p.ip), p->p.ip.payload_len);
    struct vpn_policy *policy = g->vpn.policies[way->tunnel];
    uint8_t packet[NETIF_MTU];
    struct ip ip = p->p.ip;

    ip.id = ip.df ? g->ip_id++ : ip.id;
    ip.df = false;
    policy->cut++;
    for (size_t at = 0; at < all.n; at += piece) {
        struct bytes data = bytes_head(bytes_from(all, at), piece);
        struct wr w = wr_of(packet, sizeof(packet));
        ip.frag_off = p->p.ip.frag_off + (uint32_t)at;
        ip.more = p->p.ip.more || at + piece < all.n;
        if (six) {
            gw_put_fragment6(&w, &ip, data);
        } else {
            ip_put(&w, &ip, data.n);
            wr_put(&w, data);
        }
        gw_vpn_send(g, way->tunnel, wr_bytes(&w));
        policy->pieces++;
    }
}

static void send_sealed(struct gateway *g, const struct gw_packet *p, const struct way *way)
{
    size_t n = packet_len(p);

    compose(g, p, way, g->scratch);
    if (gw_vpn_fate(g, way->tunnel, &p->p.ip, n, p->whole) == GW_VPN_CUT)
        seal_pieces(g, p, way);
    else
        gw_vpn_send(g, way->tunnel, bytes_of(g->scratch, n));
}

static void send(struct gateway *g, const struct gw_packet *p, const struct way *way)
{
    g->count.forwarded++;
    if (way->tunnel == VPN_NONE)
        send_clear(g, p, way);
    else
        send_sealed(g, p, way);
}

/* --- what keeps packets from going on ----------------------------------------------------------
 */

/* RFC 1191: too large, and not to be fragmented. RFC 8201: nor is IPv6 ever on the way, but what
 * came in fragments goes on so. */
static bool fits(struct gateway *g, const struct gw_packet *p, uint32_t tunnel)
{
    const struct sadb_pair *pair = tunnel == VPN_NONE ? NULL : gw_vpn_pair(g, tunnel);
    size_t n = packet_len(p);
    bool six = p->p.ip.version == 6;

    if (pair ? gw_vpn_fate(g, tunnel, &p->p.ip, n, p->whole) != GW_VPN_TOO_BIG
             : n <= NETIF_MTU || !(six ? p->whole : p->p.ip.df))
        return true;
    gw_drop(g, GW_DROP_MTU);
    if (gw_fault_on(g->faults, GW_FAULT_MTU_BLACK_HOLE))
        return false;
    size_t mtu = pair ? gw_vpn_mtu(g, tunnel) : NETIF_MTU;
    if (six)
        gw_send_icmp_error(g, p, ICMP6_TOO_BIG, 0,
                           (uint32_t)(mtu < IP6_MTU_MIN ? IP6_MTU_MIN : mtu));
    else
        gw_send_icmp_error(g, p, ICMP_UNREACHABLE, 4, (uint32_t)mtu);
    return false;
}

/* An ASA is no hop unless `set connection decrement-ttl` makes it one. */
static bool live_on(struct gateway *g, struct gw_packet *p)
{
    if (!g->cfg->decrement_ttl)
        return true;
    if (p->p.ip.ttl <= 1) {
        gw_drop(g, GW_DROP_TTL);
        gw_send_icmp_error(g, p, p->p.ip.version == 6 ? ICMP6_TIME_EXCEEDED : ICMP_TIME_EXCEEDED, 0,
                           0);
        return false;
    }
    p->p.ip.ttl--;
    return true;
}

/* Faults: what should wait for its tunnel goes out in clear. */
static bool leaks(const struct gateway *g)
{
    return gw_fault_on(g->faults, GW_FAULT_LEAK_CLEARTEXT) ||
           (gw_fault_on(g->faults, GW_FAULT_LEAK_ONE_PACKET) && !g->fault_spent);
}

/* The flow's way out is known, and nothing leads to its destination there any more. */
static void no_next_hop(struct gateway *g, const struct gw_packet *p, const struct conn *c,
                        int side)
{
    struct gw_msg_packet m = gw_packet_message(&p->p);

    gw_drop(g, GW_DROP_NO_ROUTE);
    gw_msg_no_route(g->log, &m, g->ifs.v[p->ifi].nameif, g->ifs.v[conn_ifi(c, !side)].nameif);
}

/* The way of C's packets that come from SIDE. False: there is none now. */
static bool find_way(struct gateway *g, struct gw_packet *p, struct conn *c, int side,
                     struct way *way)
{
    struct sadb_pair *pair = NULL;

    *way = (struct way){.tunnel = conn_tunnel(c, !side), .c = c, .side = side};
    if (way->tunnel != VPN_NONE)
        pair = gw_vpn_pair(g, way->tunnel);
    if (way->tunnel != VPN_NONE && !pair && leaks(g))
        way->tunnel = VPN_NONE;
    if (way->tunnel == VPN_NONE) {
        struct gw_hop *hop = conn_hop(c, !side);
        if (!gw_hop_find(g, &conn_endpoint(c, !side)->addr, conn_ifi(c, !side), hop)) {
            no_next_hop(g, p, c, side);
            return false;
        }
        way->hop = *hop;
    }
    return (pair || way->tunnel == VPN_NONE) ? fits(g, p, way->tunnel) && live_on(g, p) : true;
}

/* The flow's tunnel is not there. */
static void wait_for_tunnel(struct gateway *g, const struct conn *c, int side)
{
    uint32_t tunnel = conn_tunnel(c, !side);

    gw_drop(g, GW_DROP_TUN_DOWN);
    if (tunnel != VPN_NONE && !gw_fault_on(g->faults, GW_FAULT_NO_ACQUIRE) &&
        !(conn_is_orphan(c) && g->model.orphans_do_not_acquire))
        gw_vpn_acquire(g, tunnel);
}

static bool take(struct gateway *g, const struct gw_packet *p, struct conn *c, int side)
{
    enum gw_drop why;

    switch (conn_take(g->conns, c, side, &p->p, &why)) {
    case CONN_PASS: return true;
    case CONN_DROP_ORPHAN:
        wait_for_tunnel(g, c, side);
        if (!leaks(g))
            return false;
        g->fault_spent = true;
        return true;
    case CONN_DROP_STATE: gw_drop(g, why); return false;
    default: gw_drop(g, GW_DROP_TUN_DOWN); return false;
    }
}

/* SIDE is told that its bytes before NUMBER have arrived. */
static void acknowledge(struct gateway *g, const struct conn *c, int side, uint32_t number)
{
    struct tcp ack = conn_ack_for(c, side, number);
    struct ip ip = {
        .proto = IP_TCP, .src = conn_mapped(c, !side)->addr, .dst = conn_endpoint(c, side)->addr};
    uint8_t segment[TCP_HDR_LEN];
    struct wr w = wr_of(segment, sizeof(segment));

    tcp_put(&w, &ack, &ip.src, &ip.dst);
    (void)gw_send_own(g, NETIF_NONE, &ip, wr_bytes(&w));
}

/* Inspection has its say. False: P goes no further. */
static bool inspect(struct gateway *g, struct gw_packet *p, struct conn *c, int side)
{
    struct conn_inspection r = conn_inspect(g->conns, c, side, &p->p, g->changed);

    if (r.verdict == CONN_REFUSED)
        gw_drop(g, GW_DROP_INSPECT);
    if (r.verdict != CONN_CHANGED)
        return r.verdict == CONN_AS_IT_IS;
    p->p.ip.payload = r.segment;
    p->p.ip.payload_len = r.segment.n;
    p->lent = NULL; /* it moves to where it is changed */
    if (r.acknowledge)
        acknowledge(g, c, side, r.ack);
    return true;
}

void gw_forward(struct gateway *g, struct gw_packet *p, struct conn *c, int side)
{
    struct way way;

    if (!find_way(g, p, c, side, &way) || !take(g, p, c, side))
        return;
    if (way.tunnel != VPN_NONE && !gw_vpn_pair(g, way.tunnel)) {
        wait_for_tunnel(g, c, side);
    } else if (inspect(g, p, c, side)) {
        way.rewrite = conn_rewrites(g->conns, c, side, &p->p);
        send(g, p, &way);
    }
    conn_settle(g->conns, c);
}

void gw_forward_stateless(struct gateway *g, struct gw_packet *p, const struct gw_hop *hop,
                          uint32_t tunnel)
{
    struct way way = {.hop = *hop, .tunnel = tunnel};

    if (fits(g, p, tunnel) && live_on(g, p))
        send(g, p, &way);
}

/* --- ICMP errors -------------------------------------------------------------------------------
 */

/* The quoted packet is made the one that SIDE has sent. P's payload is then in MEM. */
static void map_quoted(const struct gateway *g, struct gw_packet *p, const struct conn *c, int side,
                       uint8_t *mem)
{
    struct bytes in = p->p.ip.payload;
    struct wr w = wr_of(mem, in.n);

    wr_put(&w, in);
    p->p.ip.payload = wr_bytes(&w);
    if (!gw_fault_on(g->faults, GW_FAULT_QUOTE_NOT_MAPPED))
        conn_restore_quoted(c, side, mem, in.n);
    /* who reports it is named as SIDE knows it, if it is the other end; another router's address is
     * its own */
    if (ip_addr_eq(&p->p.ip.src, &conn_endpoint(c, !side)->addr))
        p->p.ip.src = conn_mapped(c, !side)->addr;
    p->p.ip.dst = conn_endpoint(c, side)->addr;
}

void gw_forward_error(struct gateway *g, struct gw_packet *p, struct conn *c, int side)
{
    struct way way;

    if (conn_is_orphan(c)) {
        gw_drop(g, GW_DROP_TUN_DOWN);
        return;
    }
    if (!find_way(g, p, c, !side, &way))
        return;
    if (way.tunnel != VPN_NONE && !gw_vpn_pair(g, way.tunnel)) {
        gw_drop(g, GW_DROP_TUN_DOWN);
        return;
    }
    p->lent = NULL; /* it moves to where it is changed */
    map_quoted(g, p, c, side, g->changed);
    send(g, p, &way);
}
