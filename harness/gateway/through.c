/* Packets through the gateway: to which flow they belong, and whether a new one may be. */
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

struct gw_msg_packet gw_packet_message(const struct pkt *p)
{
    struct gw_flow_key key = gw_packet_key(p);

    return (struct gw_msg_packet){.proto = key.proto,
                                  .src = key.src,
                                  .dst = key.dst,
                                  .sport = key.sport,
                                  .dport = key.dport,
                                  .tcp_flags = p->kind == PKT_TCP ? p->tcp.flags : 0,
                                  .icmp_type = p->kind == PKT_ICMP ? p->icmp.type : -1,
                                  .icmp_code = p->kind == PKT_ICMP ? p->icmp.code : -1};
}

/* --- refusals ----------------------------------------------------------------------------------
 */

/* `service resetinbound` and `resetoutbound`: whether the sender of a segment that is denied on its
 * way from IN to OUT gets a reset. */
static void answer_denied(struct gateway *g, const struct gw_packet *p, size_t out)
{
    bool inbound = g->ifs.v[p->ifi].level < g->ifs.v[out].level;

    if (p->p.kind == PKT_TCP &&
        (inbound ? g->cfg->service.reset_inbound : g->cfg->service.reset_outbound))
        gw_send_reset(g, &p->p);
}

static void deny_no_connection(struct gateway *g, const struct gw_packet *p)
{
    struct gw_msg_packet m = gw_packet_message(&p->p);
    struct gw_hop hop = {0};

    gw_drop(g, GW_DROP_NOT_SYN);
    if (gw_fault_on(g->faults, GW_FAULT_NO_106015))
        return;
    gw_msg_no_connection(g->log, &m, g->ifs.v[p->ifi].nameif);
    if (gw_hop_find(g, &p->p.ip.dst, NETIF_NONE, &hop))
        answer_denied(g, p, hop.ifi);
}

static void deny_clear(struct gateway *g, const struct gw_packet *p)
{
    struct gw_msg_packet m = gw_packet_message(&p->p);

    gw_drop(g, GW_DROP_MISSING_DECRYPT);
    gw_msg_not_ipsec(g->log, &m);
}

static void deny_no_route(struct gateway *g, const struct gw_packet *p)
{
    struct gw_msg_packet m = gw_packet_message(&p->p);

    gw_drop(g, GW_DROP_NO_ROUTE);
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

static const struct gw_acl *acl_of(const struct gateway *g, size_t ifi, bool out)
{
    for (size_t i = 0; i < g->cfg->naccess_groups; i++) {
        const struct gw_access_group *a = &g->cfg->access_groups[i];
        if (a->out == out && strcmp(a->nameif, g->ifs.v[ifi].nameif) == 0)
            return gw_config_acl(g->cfg, a->acl);
    }
    return NULL;
}

static bool deny_by_list(struct gateway *g, const struct gw_packet *p, size_t out,
                         const struct gw_acl *acl)
{
    struct gw_msg_packet m = gw_packet_message(&p->p);

    gw_drop(g, GW_DROP_ACL);
    gw_msg_acl_denied(g->log, &m, g->ifs.v[p->ifi].nameif, g->ifs.v[out].nameif, acl->name);
    answer_denied(g, p, out);
    return false;
}

/* Without a list traffic goes from higher to lower security only. */
static bool deny_by_level(struct gateway *g, const struct gw_packet *p, size_t out)
{
    struct gw_msg_packet m = gw_packet_message(&p->p);

    gw_drop(g, GW_DROP_ACL);
    if (p->p.kind == PKT_TCP)
        gw_msg_inbound_denied(g->log, &m, g->ifs.v[p->ifi].nameif);
    answer_denied(g, p, out);
    return false;
}

/* Interface access lists do not ask about packets out of a tunnel, nor about connections that a
 * control channel has announced. */
static bool is_above_lists(const struct gateway *g, const struct gw_packet *p,
                           const struct nat_flow *f)
{
    return (p->policy != VPN_NONE && g->cfg->sysopt.permit_vpn) || f->expected;
}

static bool may_enter(struct gateway *g, const struct gw_packet *p, size_t out,
                      const struct nat_flow *f)
{
    struct gw_flow_key key = gw_nat_key_in(g, p, f);
    const struct gw_acl *list = acl_of(g, p->ifi, false);

    if (is_above_lists(g, p, f))
        return true;
    if (list && !gw_acl_match(list, &key).permit)
        return deny_by_list(g, p, out, list);
    if (!list && g->ifs.v[p->ifi].level <= g->ifs.v[out].level)
        return deny_by_level(g, p, out);
    return true;
}

static bool may_leave(struct gateway *g, const struct gw_packet *p, size_t out,
                      const struct nat_flow *f)
{
    struct gw_flow_key key = gw_nat_key_out(g, p, f);
    const struct gw_acl *list = acl_of(g, out, true);

    if (is_above_lists(g, p, f))
        return true;
    if (list && !gw_acl_match(list, &key).permit)
        return deny_by_list(g, p, out, list);
    return true;
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
    if (hop.ifi == p->ifi) { /* `same-security-traffic permit intra-interface` is not modelled */
        gw_drop(g, GW_DROP_SECURITY);
        return;
    }
    how.ifi[1] = hop.ifi;
    if (gw_log_disallows(g)) {
        gw_drop(g, GW_DROP_SECURITY); /* new connections are disallowed */
        return;
    }
    if (!may_enter(g, p, hop.ifi, &f) || !gw_nat_leave(g, p, hop.ifi, &f) ||
        !may_leave(g, p, hop.ifi, &f) || !find_tunnel(g, p, hop.ifi, &f, &how.tunnel[1]))
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
            deny_clear(g, p);
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

static void icmp_error(struct gateway *g, struct gw_packet *p)
{
    int side;
    struct conn *c = conns_find_quoted(g->conns, &p->p, &side);

    if (!c) {
        gw_drop(g, GW_DROP_SECURITY);
        return;
    }
    if (came_the_right_way(g, p, conn_tunnel(c, !side)))
        gw_forward_error(g, p, c, side);
}

void gw_through_input(struct gateway *g, struct gw_packet *p)
{
    struct conn *c;
    int side;

    if (p->p.ip.ttl == 0 || netifs_owner(&g->ifs, &p->p.ip.src) != NETIF_NONE) {
        gw_drop(g, GW_DROP_IP_HEADER);
        return;
    }
    c = conns_find(g->conns, &p->p, &side);
    if (c) {
        if (came_the_right_way(g, p, conn_tunnel(c, side)))
            gw_forward(g, p, c, side);
    } else if (should_be_sealed(g, p)) {
        deny_clear(g, p);
    } else if (p->p.kind == PKT_ICMP && icmp_is_error(4, p->p.icmp.type)) {
        icmp_error(g, p);
    } else if (!begins_flow(&p->p)) {
        deny_no_connection(g, p);
    } else if (p->p.kind == PKT_ICMP && p->p.icmp.type == ICMP_ECHO_REPLY) {
        gw_drop(g, GW_DROP_SECURITY); /* nobody has asked */
    } else {
        open_flow(g, p);
    }
}
