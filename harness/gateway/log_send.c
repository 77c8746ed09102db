/* Log records on their way to the logging hosts. */
#include "gateway/gateway_parts.h"

/* The logging hosts whose link address is known, as bits. Asks for the others: their records wait
 * in the queue of the log, not behind ARP, where few packets fit. */
static uint32_t ready_hosts(struct gateway *g)
{
    const struct gw_logging *l = &g->cfg->logging;
    uint32_t ready = 0;

    for (size_t i = 0; i < l->nhosts && i < GW_LOG_HOSTS; i++) {
        size_t only = netifs_find(&g->ifs, l->hosts[i].nameif);
        if (only == NETIF_NONE || l->hosts[i].tcp)
            continue;
        if (gw_hop_find(g, &l->hosts[i].addr, only, &g->log_hops[i]) &&
            neighbors_ready(g->neighbors, g->log_hops[i].neighbor))
            ready |= 1u << i;
    }
    return ready;
}

static bool send_record(struct gateway *g, const struct gw_syslog_record *r)
{
    size_t only = netifs_find(&g->ifs, r->host->nameif);
    struct ip ip = {.proto = IP_UDP, .dst = r->host->addr};
    struct udp u = {.src = 514, .dst = r->host->port, .data_len = r->payload.n, .data = r->payload};
    uint8_t datagram[UDP_HDR_LEN + GW_LOG_RECORD_MAX + 256];
    struct wr w = wr_of(datagram, sizeof(datagram));

    if (only == NETIF_NONE)
        return false;
    ip.src = g->ifs.v[only].net.addr;
    udp_put(&w, &u, &ip.src, &ip.dst);
    return !w.err && gw_send_own(g, only, &ip, wr_bytes(&w));
}

void gw_send_logs(struct gateway *g)
{
    struct gw_syslog_record r;

    if (!gw_syslog_waiting(g->log))
        return;
    uint32_t ready = ready_hosts(g);
    while (gw_syslog_next_of(g->log, ready, &r)) {
        if (!send_record(g, &r))
            gw_syslog_unsent(g->log, &r);
    }
}
