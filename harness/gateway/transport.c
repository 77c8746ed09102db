/* What a packet's transport header must be before anything else is asked of it: 500003 and 500004
 * of Cisco's message guide, and the reasons of `show asp drop` that go with them. That a port of
 * zero counts among the slow path's checks is a guess: the guide names no reason. */
#include "gateway/gateway_parts.h"

static bool is_whole(const struct ip *ip)
{
    return ip->frag_off == 0 && !ip_is_cut(ip);
}

/* The header cannot be read as it says it is: its fields as far as they are there. */
static bool refuse_tcp(struct gateway *g, const struct gw_packet *p)
{
    struct rd r = rd_of(p->p.ip.payload);
    struct gw_msg_packet m = {.proto = IP_TCP, .src = p->p.ip.src, .dst = p->p.ip.dst};

    m.sport = rd_be16(&r);
    m.dport = rd_be16(&r);
    rd_skip(&r, 8);
    unsigned header = (rd_u8(&r) >> 4) * 4u;
    m.tcp_flags = rd_u8(&r);
    gw_drop(g, GW_DROP_TCP_LENGTH);
    gw_msg_bad_tcp_header(g->log, &m, header, p->p.ip.payload_len, g->ifs.v[p->ifi].nameif);
    return false;
}

static bool ports_ok(struct gateway *g, const struct gw_packet *p, uint16_t src, uint16_t dst)
{
    if (src && dst)
        return true;
    struct gw_msg_packet m = gw_packet_message(&p->p);
    gw_drop(g, GW_DROP_SECURITY);
    gw_msg_bad_port(g->log, &m);
    return false;
}

static bool tcp_ok(struct gateway *g, const struct gw_packet *p)
{
    if (p->p.kind != PKT_TCP)
        return refuse_tcp(g, p);
    if ((p->p.tcp.flags & (TCP_SYN | TCP_FIN)) == (TCP_SYN | TCP_FIN)) {
        gw_drop(g, GW_DROP_TCP_FLAGS);
        return false;
    }
    return ports_ok(g, p, p->p.tcp.src, p->p.tcp.dst);
}

static bool udp_ok(struct gateway *g, const struct gw_packet *p)
{
    if (p->p.kind == PKT_UDP && p->p.data_len + UDP_HDR_LEN == p->p.ip.payload_len)
        return ports_ok(g, p, p->p.udp.src, p->p.udp.dst);
    gw_drop(g, GW_DROP_UDP_LENGTH);
    return false;
}

bool gw_transport_ok(struct gateway *g, const struct gw_packet *p)
{
    if (!is_whole(&p->p.ip))
        return true;
    return p->p.ip.proto == IP_TCP ? tcp_ok(g, p) : p->p.ip.proto == IP_UDP ? udp_ok(g, p) : true;
}
