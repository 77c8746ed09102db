/* What is addressed to the gateway itself: IKE, ESP, echo requests, answers of logging hosts.
 * Everything else is dropped. */
#include "gateway/vpn_parts.h"

static void echo(struct gateway *g, const struct gw_packet *p)
{
    bool six = p->p.ip.version == 6;
    struct ip ip = {
        .proto = p->p.ip.proto, .tos = p->p.ip.tos, .src = p->p.ip.dst, .dst = p->p.ip.src};
    struct icmp m = p->p.icmp;
    struct wr w = wr_of(g->scratch, sizeof(g->scratch));

    m.type = six ? ICMP6_ECHO_REPLY : ICMP_ECHO_REPLY;
    icmp_put(&w, &m, &ip.src, &ip.dst);
    /* every link has the same fe80::/64 */
    if (!w.err)
        (void)gw_send_own(g, ip6_is_link_local(&ip.dst) ? p->ifi : NETIF_NONE, &ip, wr_bytes(&w));
}

static bool is_least_secure(const struct gateway *g, size_t ifi)
{
    for (size_t i = 0; i < g->ifs.n; i++) {
        if (g->ifs.v[i].up && g->ifs.v[i].level < g->ifs.v[ifi].level)
            return false;
    }
    return true;
}

/* Nothing listens. A reset says so on the least secure interface, where `service resetoutside`
 * wants it. */
static void refuse_tcp(struct gateway *g, const struct gw_packet *p)
{
    gw_drop(g, GW_DROP_NOT_FOR_US);
    if (g->cfg->service.reset_outside != gw_fault_on(g->faults, GW_FAULT_RESETS_INVERTED) &&
        is_least_secure(g, p->ifi))
        gw_send_reset(g, &p->p);
}

/* Whoever has SAs with us is to send ESP. */
static void refuse_ah(struct gateway *g, const struct gw_packet *p)
{
    struct vpn_session *s = gw_vpn_session(g, &p->p.ip.src);

    if (!s || !gw_vpn_has_pairs(g, &s->peer)) {
        gw_drop(g, GW_DROP_NOT_FOR_US);
        return;
    }
    gw_drop(g, GW_DROP_NOT_ESP);
    gw_msg_not_esp(g->log, &p->p.ip.src, &p->p.ip.dst, "AH");
}

void gw_box_input(struct gateway *g, struct gw_packet *p)
{
    bool own = netif_owns(&g->ifs.v[p->ifi], &p->p.ip.dst);
    uint8_t ping = p->p.ip.version == 6 ? ICMP6_ECHO : ICMP_ECHO;

    /* the address of another interface is out of reach, as is anything through a tunnel */
    if (!own || p->policy != VPN_NONE) {
        gw_drop(g, GW_DROP_NOT_FOR_US);
        return;
    }
    switch (p->p.kind) {
    case PKT_ESP: gw_vpn_input(g, p); break;
    case PKT_TCP:
        if (!gw_log_tcp_input(g, p))
            refuse_tcp(g, p);
        break;
    case PKT_UDP:
        if (p->p.ip.version == 4 && p->p.udp.dst == IKE_PORT)
            gw_vpn_ike_input(g, p);
        else if (p->p.ip.version == 4 && p->p.udp.dst == IKE_NATT_PORT)
            gw_vpn_natt_input(g, p);
        else
            gw_drop(g, GW_DROP_NOT_FOR_US);
        break;
    case PKT_ICMP:
        if (p->p.icmp.type == ping && p->p.icmp.code == 0)
            echo(g, p);
        else if (!gw_vpn_path_input(g, &p->p))
            gw_drop(g, GW_DROP_NOT_FOR_US);
        break;
    case PKT_IP:
        if (p->p.ip.proto == IP_AH)
            refuse_ah(g, p);
        else
            gw_drop(g, GW_DROP_NOT_FOR_US);
        break;
    default: gw_drop(g, GW_DROP_NOT_FOR_US); break;
    }
}
