/* The outside host: a server somewhere beyond the WAN's router, reached in clear. The peer plays
 * that router on the same link, so both have its link address; ARP is the peer's business. */
#include "replay/run_parts.h"

static bool is_wanted(const struct run *r)
{
    for (size_t i = 0; i < r->plan->nstreams; i++) {
        if (r->plan->streams[i].to == FAR_OUTSIDE)
            return true;
    }
    for (size_t i = 0; i < r->plan->nevents; i++) {
        if (r->plan->events[i].action == ACTION_SEND && r->plan->events[i].sender == SENDER_OUTSIDE)
            return true;
    }
    return false;
}

void outside_open(struct run *r)
{
    const struct plan_lab *l = &r->plan->lab;
    struct host_config c = {.addr = l->outside_host,
                            .on_link = l->bo_wan_router,
                            .next_hop = l->bo_outside,
                            .mac = LAB_WAN_MAC,
                            .mtu = l->legs[LEG_WAN].mtu};

    if (!is_wanted(r))
        return;
    r->outside = host_new(&c, r->clk, run_rng(r, "host-outside"), r->opts->log);
    host_attach(r->outside, &r->taps[TAP_WAN].sink);
}

bool outside_takes(const struct run *r, struct bytes frame)
{
    struct pkt p;

    if (!r->outside)
        return false;
    pkt_parse(frame, &p);
    return p.kind != PKT_OTHER && p.kind != PKT_ARP &&
           ip_addr_eq(&p.ip.dst, &r->plan->lab.outside_host);
}

bool outside_hears(const struct run *r, struct bytes frame)
{
    struct pkt p;

    if (!r->outside)
        return false;
    pkt_parse(frame, &p);
    return p.kind == PKT_ARP && p.arp.op == ARP_REPLY;
}
