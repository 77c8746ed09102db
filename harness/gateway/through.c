/* Packets through the gateway: to which flow they belong, and whether a new one may be. */
#include "gateway/access.h"
#include "gateway/forward.h"
#include "gateway/translate.h"

struct gw_flow_key gw_packet_key(const struct pkt *p)
{
    struct gw_flow_key key = {
        .proto = p->ip.proto, .src = p->ip.src, .dst = p->ip.dst, .icmp_type = -1};

    if (p->kind == PKT_TCP) {
        key.sport = p->tcp.src;
        key.dport = p->tcp.dst;
    } else if (p->kind == PKT_UDP) {
        key.sport = p->udp.src;
        key.dport = p->udp.dst;
    } else if (p->kind == PKT_ICMP) {
        key.icmp_type = p->icmp.type;
    }
    return key;
}

/* --- refusals ----------------------------------------------------------------------------------
 */

static void deny_no_connection(struct gateway *g, const struct gw_packet *p)
{
    struct gw_msg_packet m = gw_packet_message(&p->p);
    struct gw_hop hop = {0};
    struct nat_flow f;

    gw_drop(g, GW_DROP_NOT_SYN);
    if (gw_fault_on(g->faults, GW_FAULT_NO_106015))
        return;
    gw_msg_no_connection(g->log, &m, g->ifs.v[p->ifi].nameif);
    gw_nat_arrive(g, p, &f); /* it may be for a host behind a translation */
    if (gw_hop_find(g, &f.real_dst.addr, NETIF_NONE, &hop))
        gw_answer_denied(g, p, hop.ifi);
}

/* WHY: of a flow that should have been decrypted, or of none. */
static void deny_clear(struct gateway *g, const struct gw_packet *p, enum gw_drop why)
{
    struct gw_msg_packet m = gw_packet_message(&p->p);

    gw_drop(g, why);
    gw_msg_not_ipsec(g->log, &m);
}

static void deny_no_route(struct gateway *g, const struct gw_packet *p)
{
    struct gw_msg_packet m = gw_packet_message(&p->p);

    gw_drop(g, GW_DROP_NO_ROUTE);
    if (!gw_fault_on(g->faults, GW_FAULT_NO_PACKET_LOG))
        gw_msg_no_egress(g->log, &m, g->ifs.v[p->ifi].nameif);
}

/* Came in clear through the crypto map's interface, and its answers would go through a tunnel. */
static bool should_be_sealed(const struct gateway *g, const struct gw_packet *p)
{
    struct gw_flow_key key = gw_packet_key(&p->p), ours = gw_flow_key_reverse(&key);

    return p->policy == VPN_NONE && p->ifi == g->vpn.ifi &&
           vpn_plan_match(&g->vpn, &ours) != VPN_NONE;
}

/* --- access lists and security levels ----------------------------------------------------------
 */

/* Interface access lists do not ask about packets out of a tunnel, nor about connections that a
 * control channel has announced. */
static bool is_above_lists(const struct gateway *g, const struct gw_packet *p,
                           const struct nat_flow *f)
{
    bool permits =
        g->cfg->sysopt.permit_vpn != gw_fault_on(g->faults, GW_FAULT_PERMIT_VPN_INVERTED);

    return (p->policy != VPN_NONE && permits) || (f && f->expected);
}

static bool may_enter(struct gateway *g, const struct gw_packet *p, size_t out,
                      const struct nat_flow *f)
{
    struct gw_flow_key key = f ? gw_nat_key_in(g, p, f) : gw_packet_key(&p->p);
    const struct gw_acl *list = gw_list_of(g, p->ifi, false, p->p.ip.version);

    if (is_above_lists(g, p, f))
        return true;
    return (!list || gw_list_permits(g, p, out, list, &key)) &&
           gw_levels_permit(g, p, out, list != NULL);
}

static bool may_leave(struct gateway *g, const struct gw_packet *p, size_t out,
                      const struct nat_flow *f)
{
    struct gw_flow_key key = f ? gw_nat_key_out(g, p, f) : gw_packet_key(&p->p);
    const struct gw_acl *list = gw_list_of(g, out, true, p->p.ip.version);

    return is_above_lists(g, p, f) || !list || gw_list_permits(g, p, out, list, &key);
}

static bool is_echo_reply(const struct pkt *p)
{
    return p->kind == PKT_ICMP &&
           p->icmp.type == (p->ip.version == 6 ? ICMP6_ECHO_REPLY : ICMP_ECHO_REPLY);
}

/* --- new flows ---------------------------------------------------------------------------------
 */

static bool begins_flow(const struct pkt *p)
{
    if (p->kind == PKT_TCP)
        return (p->tcp.flags & (TCP_SYN | TCP_ACK | TCP_RST | TCP_FIN)) == TCP_SYN;
    return true;
}

/* The tunnel that P wants to leave through, ready for use. False: it is not, and P is dealt with.
 */
static bool find_tunnel(struct gateway *g, const struct gw_packet *p, size_t out,
                        const struct nat_flow *f, uint32_t *tunnel)
{
    struct gw_flow_key key = gw_nat_key_wire(p, f);

    *tunnel = out == g->vpn.ifi ? vpn_plan_match(&g->vpn, &key) : VPN_NONE;
    if (*tunnel == VPN_NONE)
        return true;
    if (*tunnel != VPN_BLOCKED && gw_vpn_pair(g, *tunnel))
        return true;
    if (*tunnel != VPN_BLOCKED)
        gw_vpn_acquire(g, *tunnel);
    if (gw_fault_on(g->faults, GW_FAULT_LEAK_CLEARTEXT)) {
        *tunnel = VPN_NONE;
        return true;
    }
    if (*tunnel == VPN_BLOCKED)
        gw_drop(g, GW_DROP_NEED_SA);
    else
        gw_vpn_hold(g, *tunnel, p);
    return false;
}

static bool preserves(const struct gateway *g, const struct conn_open *how)
{
    for (int i = 0; i < 2; i++) {
        if (how->tunnel[i] != VPN_NONE && !g->vpn.policies[how->tunnel[i]]->preserve)
            return false;
    }
    return how->tunnel[0] != VPN_NONE || how->tunnel[1] != VPN_NONE;
}

static void open_flow(struct gateway *g, struct gw_packet *p)
{
    struct nat_flow f;
    struct conn_open how = {.ifi = {p->ifi}, .tunnel = {p->policy}, .nat = &f};
    struct gw_hop hop = {0};

    gw_nat_arrive(g, p, &f);
    how.parent = conns_expected(g->conns, &p->p, &f);
    if (!gw_hop_find(g, &f.real_dst.addr, NETIF_NONE, &hop)) {
        deny_no_route(g, p);
        return;
    }
    how.ifi[1] = hop.ifi;
    if (gw_log_disallows(g)) {
        gw_drop(g, GW_DROP_SECURITY); /* new connections are disallowed */
        return;
    }
    /* out of a tunnel and back through its interface (hairpin): the levels are asked whatever
     * `sysopt connection permit-vpn` says */
    if (hop.ifi == p->ifi && p->policy != VPN_NONE && !gw_levels_permit(g, p, hop.ifi, false))
        return;
    if (!may_enter(g, p, hop.ifi, &f) || !gw_nat_leave(g, p, hop.ifi, &f) ||
        !may_leave(g, p, hop.ifi, &f) || !find_tunnel(g, p, hop.ifi, &f, &how.tunnel[1]))
        return;
    struct gw_flow_key wire = gw_nat_key_wire(p, &f);
    if (!gw_vpn_filter_permits(g, p, hop.ifi, p->policy, how.tunnel[1], &wire))
        return;
    how.preserve = preserves(g, &how);
    struct conn *c = conns_open(g->conns, &p->p, &how);
    if (c) {
        gw_forward(g, p, c, 0);
    } else {
        gw_nat_stateless(&f, p);
        gw_forward_stateless(g, p, &hop, how.tunnel[1]);
    }
}

/* --- flows that are there ----------------------------------------------------------------------
 */

/* P has to come the way its flow goes: in clear, or out of a tunnel with the same peer. */
static bool came_the_right_way(struct gateway *g, const struct gw_packet *p, uint32_t tunnel)
{
    if (p->policy == tunnel)
        return true;
    if (p->policy == VPN_NONE) {
        if (p->ifi == g->vpn.ifi)
            deny_clear(g, p, GW_DROP_MISSING_DECRYPT);
        else
            gw_drop(g, GW_DROP_OVERLAP);
        return false;
    }
    if (tunnel != VPN_NONE &&
        ip_addr_eq(&g->vpn.policies[tunnel]->peer, &g->vpn.policies[p->policy]->peer))
        return true; /* its crypto map's entries overlap, and it has chosen another one */
    gw_drop(g, GW_DROP_OVERLAP);
    return false;
}

/* What an ICMP error quotes; false: it cannot be read. */
static bool quoted_message(const struct pkt *p, struct gw_msg_packet *m)
{
    struct pkt q;

    pkt_parse_ip(p->icmp.data, &q);
    if (q.kind == PKT_OTHER)
        return false;
    struct rd r = rd_of(q.ip.payload);
    *m = gw_packet_message(&q);
    if (m->proto == IP_TCP || m->proto == IP_UDP) { /* often only eight bytes are quoted */
        m->sport = rd_be16(&r);
        m->dport = rd_be16(&r);
    }
    return !r.err;
}

static void deny_error(struct gateway *g, const struct gw_packet *p)
{
    struct gw_msg_packet m = gw_packet_message(&p->p), quoted;
    bool known = quoted_message(&p->p, &quoted);
    struct gw_hop hop = {0};
    const char *to =
        gw_hop_find(g, &p->p.ip.dst, NETIF_NONE, &hop) ? g->ifs.v[hop.ifi].nameif : "identity";

    gw_drop(g, GW_DROP_ICMP_ERROR);
    if (!gw_fault_on(g->faults, GW_FAULT_NO_PACKET_LOG))
        gw_msg_icmp_error_denied(g->log, &m, g->ifs.v[p->ifi].nameif, to, known ? &quoted : NULL);
}

/* A reply that nobody has asked for. With `inspect icmp` that is the end of it; without, replies
 * are packets like others, and lists and levels decide. */
static void stray_reply(struct gateway *g, struct gw_packet *p)
{
    struct gw_msg_packet m = gw_packet_message(&p->p);

    if (!g->cfg->inspect_icmp) {
        open_flow(g, p);
        return;
    }
    gw_drop(g, GW_DROP_SECURITY);
    if (!gw_fault_on(g->faults, GW_FAULT_NO_PACKET_LOG))
        gw_msg_icmp_denied(g->log, &m, g->ifs.v[p->ifi].nameif);
}

/* Without `inspect icmp` a reply has to be permitted on its own. */
static bool reply_may_pass(struct gateway *g, const struct gw_packet *p, const struct conn *c,
                           int side)
{
    return g->cfg->inspect_icmp || !is_echo_reply(&p->p) ||
           (may_enter(g, p, conn_ifi(c, !side), NULL) && may_leave(g, p, conn_ifi(c, !side), NULL));
}

static void icmp_error(struct gateway *g, struct gw_packet *p)
{
    int side;
    struct conn *c = conns_find_quoted(g->conns, &p->p, &side);

    if (!c) {
        deny_error(g, p);
        return;
    }
    if (came_the_right_way(g, p, conn_tunnel(c, !side)))
        gw_forward_error(g, p, c, side);
}

/* RFC 4291, 2.5.2 and 2.5.6; groups are not routed here. RFC 4861, 6.1 and 7.1: what speaks of a
 * link's neighbours and routers, which a gateway that is no hop would make believable elsewhere. */
static bool never_leaves_link(const struct pkt *p)
{
    const struct ip *ip = &p->ip;

    if (ip->version == 6 && p->kind == PKT_ICMP && p->icmp.type >= ICMP6_ROUTER_SOLICITATION &&
        p->icmp.type <= ICMP6_REDIRECT)
        return true;
    return ip6_is_link_local(&ip->src) || ip6_is_link_local(&ip->dst) ||
           ip6_is_multicast(&ip->src) || ip6_is_multicast(&ip->dst) ||
           ip6_is_unspecified(&ip->src) || ip6_is_unspecified(&ip->dst);
}

void gw_through_input(struct gateway *g, struct gw_packet *p)
{
    struct conn *c;
    int side;

    if (p->p.ip.ttl == 0 || netifs_owner(&g->ifs, &p->p.ip.src) != NETIF_NONE ||
        never_leaves_link(&p->p)) {
        gw_drop(g, GW_DROP_IP_HEADER);
        return;
    }
    c = conns_find(g->conns, &p->p, &side);
    if (c) {
        if (came_the_right_way(g, p, conn_tunnel(c, side)) && reply_may_pass(g, p, c, side))
            gw_forward(g, p, c, side);
    } else if (should_be_sealed(g, p)) {
        deny_clear(g, p, GW_DROP_SPOOF);
    } else if (p->p.kind == PKT_ICMP && icmp_is_error(p->p.ip.version, p->p.icmp.type)) {
        icmp_error(g, p);
    } else if (!begins_flow(&p->p)) {
        deny_no_connection(g, p);
    } else if (is_echo_reply(&p->p)) {
        stray_reply(g, p);
    } else {
        open_flow(g, p);
    }
}
