#include "wire/pkt.h"

static void parse_transport(struct pkt *p)
{
    struct bytes in = p->ip.payload;
    struct rd r = rd_of(in);

    if (p->ip.frag_off != 0)
        return;
    switch (p->ip.proto) {
    case IP_TCP:
        if (!tcp_parse(in, &p->tcp) && p->ip.payload_len >= in.n - p->tcp.data.n) {
            p->kind = PKT_TCP;
            p->data_len = p->ip.payload_len - (in.n - p->tcp.data.n);
        }
        break;
    case IP_UDP:
        if (!udp_parse(in, &p->udp)) {
            p->kind = PKT_UDP;
            p->data_len = p->udp.data_len;
        }
        break;
    case IP_ICMP:
    case IP_ICMPV6:
        if (!icmp_parse(in, &p->icmp))
            p->kind = PKT_ICMP;
        break;
    case IP_ESP:
        p->esp.spi = rd_be32(&r);
        p->esp.seq = rd_be32(&r);
        if (!r.err)
            p->kind = PKT_ESP;
        break;
    default: break;
    }
}

void pkt_parse_payload(struct pkt *p)
{
    p->kind = PKT_IP;
    p->data_len = 0;
    parse_transport(p);
}

void pkt_parse_cut(struct pkt *p)
{
    if (p->kind != PKT_IP || p->ip.proto != IP_TCP || ip_is_fragment(&p->ip))
        return;
    if (tcp_parse_cut(p->ip.payload, &p->tcp))
        return;
    size_t header = p->tcp.hdr_len < p->ip.payload_len ? p->tcp.hdr_len : p->ip.payload_len;
    p->kind = PKT_TCP;
    p->data_len = p->ip.payload_len - header;
}

static void parse_network(struct bytes packet, struct pkt *p)
{
    if (ip_parse(packet, &p->ip))
        return;
    p->kind = PKT_IP;
    parse_transport(p);
}

void pkt_parse_ip(struct bytes packet, struct pkt *out)
{
    out->kind = PKT_OTHER;
    out->eth = (struct ether){0};
    out->data_len = 0;
    parse_network(packet, out);
}

void pkt_parse(struct bytes frame, struct pkt *out)
{
    out->kind = PKT_OTHER;
    out->data_len = 0;
    if (ether_parse(frame, &out->eth)) {
        out->eth = (struct ether){0};
        return;
    }
    if (out->eth.type == ETHER_IPV4 || out->eth.type == ETHER_IPV6)
        parse_network(out->eth.payload, out);
    else if (out->eth.type == ETHER_ARP && !arp_parse(out->eth.payload, &out->arp))
        out->kind = PKT_ARP;
}
