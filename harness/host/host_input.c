/* A frame that arrived: is it for us, is it whole, whose is it? */
#include "host/host_impl.h"
#include "wire/checksum.h"

bool host_owns(const struct host *h, const struct ip_addr *a)
{
    return ip_addr_eq(a, &h->cfg.addr) || ip_addr_eq(a, &h->cfg.on_link);
}

static bool mac_is_ours(const struct host *h, const struct mac *m)
{
    return (m->b[0] & 1) || mac_eq(m, &h->cfg.mac);
}

static bool ip_header_ok(const struct pkt *p, struct bytes packet)
{
    if (p->ip.version == 6)
        return true;
    return checksum_finish(checksum_add(0, bytes_head(packet, p->ip.hdr_len))) == 0;
}

static void dispatch(struct host *h, const struct pkt *p)
{
    switch (p->kind) {
    case PKT_TCP: host_tcp_input(h, p); break;
    case PKT_UDP: host_udp_input(h, p); break;
    case PKT_ICMP: host_icmp_input(h, p); break;
    default: break;
    }
}

static void fragment_input(struct host *h, const struct pkt *p)
{
    struct bytes whole;
    struct pkt q;

    if (!defrag_add(&h->defrag, &p->ip, host_now(h), &whole))
        return;
    pkt_parse_ip(whole, &q);
    q.eth = p->eth;
    dispatch(h, &q);
}

void host_input(struct host *h, struct bytes frame)
{
    struct pkt p;

    pkt_parse(frame, &p);
    if (p.eth.vlans > 0 || !mac_is_ours(h, &p.eth.dst) || mac_eq(&p.eth.src, &h->cfg.mac))
        return;
    if (p.kind == PKT_ARP) {
        host_arp_input(h, &p);
        return;
    }
    if (p.kind == PKT_OTHER)
        return;
    if (!ip_header_ok(&p, p.eth.payload) || ip_is_cut(&p.ip)) {
        h->stats.bad_checksum++;
        return;
    }
    if (ip_is_fragment(&p.ip))
        fragment_input(h, &p);
    else
        dispatch(h, &p);
}
