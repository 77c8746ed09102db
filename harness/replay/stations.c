/* Stations the harness plays beside the hosts: the log host of each device, and in pair mode the
 * routers on either end of the WAN. They know Ethernet and ARP, and no more. */
#include "replay/run_parts.h"

static struct mac mac_of(uint8_t what, enum plan_site site)
{
    return (struct mac){{0x02, 0x48, 0x46, 0x00, what, (uint8_t)site}}; /* locally administered */
}

void stations_init(struct run *r)
{
    const struct plan_lab *lab = &r->plan->lab;

    for (int i = 0; i < SITES; i++) {
        r->mgmt[i] =
            (struct station){.mac = mac_of(0x30, (enum plan_site)i), .addr = lab->mgmt_host};
        r->router[i] =
            (struct station){.mac = mac_of(0x20, (enum plan_site)i),
                             .addr = i == SITE_BO ? lab->bo_wan_router : lab->ho_wan_router};
    }
}

static void send_arp(struct station *s, struct sink *out, uint16_t op, const struct mac *dst,
                     const struct ip_addr *target)
{
    uint8_t *b = sink_reserve(out, ETHER_HDR_LEN + ARP_LEN);
    struct arp a = {.op = op,
                    .sender_mac = s->mac,
                    .sender = s->addr,
                    .target_mac = op == ARP_REPLY ? *dst : (struct mac){{0}},
                    .target = *target};

    if (!b)
        return;
    struct wr w = wr_of(b, ETHER_HDR_LEN + ARP_LEN);
    ether_put(&w, dst, &s->mac, ETHER_ARP);
    arp_put(&w, &a);
    sink_commit(out, w.at);
}

/* True when the frame was ARP. */
static bool take_arp(struct station *s, struct sink *out, const struct pkt *p)
{
    if (p->kind != PKT_ARP)
        return false;
    if (!ip_addr_eq(&p->arp.target, &s->addr))
        return true;
    s->other = p->arp.sender_mac;
    s->knows_other = true;
    if (p->arp.op == ARP_REQUEST)
        send_arp(s, out, ARP_REPLY, &p->arp.sender_mac, &p->arp.sender);
    return true;
}

struct log_source {
    struct run *run;
    enum plan_site site;
};

static void take_line(void *ctx, struct bytes line)
{
    const struct log_source *from = ctx;
    struct asa_log log;

    if (from->run->wants_logs && asa_log_parse(line, &log) == ERR_OK)
        confirm_log(from->run, from->site, &log);
}

void mgmt_input(struct run *r, enum plan_site site, struct bytes frame)
{
    struct tap *t = &r->taps[site == SITE_BO ? TAP_MGMT : TAP_MGMT2];
    struct station *s = &r->mgmt[site];
    struct log_source from = {r, site};
    struct pkt p;

    pkt_parse(frame, &p);
    if (take_arp(s, &t->sink, &p) || p.kind == PKT_OTHER || !ip_addr_eq(&p.ip.dst, &s->addr))
        return;
    if (p.kind == PKT_UDP && p.udp.dst == 514)
        take_line(&from, p.udp.data);
    else if (p.kind == PKT_TCP && p.tcp.dst == LOG_SERVER_PORT)
        log_server_input(&r->log_server[site], &p, &s->mac, &t->sink, take_line, &from);
}

/* A packet of the device at FROM: to the other one, with the other router's addresses. */
static void forward(struct run *r, enum plan_site from, struct bytes frame)
{
    enum plan_site to = from == SITE_BO ? SITE_HO : SITE_BO;
    struct tap *t = &r->taps[to == SITE_BO ? TAP_WAN : TAP_WAN2];
    struct sink *out = &t->port->sink; /* past the tap: the packet was recorded when it came in */
    struct station *s = &r->router[to];
    const struct ip_addr *device =
        to == SITE_BO ? &r->plan->lab.bo_outside : &r->plan->lab.ho_outside;
    struct mac all = MAC_BROADCAST;

    if (!s->knows_other) { /* like a router that has to ask first: the packet is lost */
        send_arp(s, &t->sink, ARP_REQUEST, &all, device);
        return;
    }
    uint8_t *b = sink_reserve(out, frame.n);
    if (!b)
        return;
    struct wr w = wr_of(b, frame.n);
    ether_put(&w, &s->other, &s->mac, ETHER_IPV4);
    wr_put(&w, bytes_from(frame, ETHER_HDR_LEN));
    sink_commit(out, w.at);
}

void router_input(struct run *r, enum plan_site from, struct bytes frame)
{
    struct tap *t = &r->taps[from == SITE_BO ? TAP_WAN : TAP_WAN2];
    struct pkt p;

    pkt_parse(frame, &p);
    if (take_arp(&r->router[from], &t->sink, &p) || p.kind == PKT_OTHER ||
        !mac_eq(&p.eth.dst, &r->router[from].mac))
        return;
    forward(r, from, frame);
}
