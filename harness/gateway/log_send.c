/* Log records on their way to the logging hosts, as datagrams or over TCP connections of our own.
 */
#include "gateway/gateway_parts.h"

#include "base/mem.h"
#include "gateway/log_tcp.h"

#define RECORD_ROOM (GW_LOG_RECORD_MAX + 256) /* of a finished record, at the most */

struct gw_log_channel {
    struct gw_log_host host;
    struct log_tcp tcp;
};

/* --- UDP ---------------------------------------------------------------------------------------
 */

static bool send_datagram(struct gateway *g, const struct gw_syslog_record *r)
{
    size_t only = netifs_find(&g->ifs, r->host->nameif);
    struct ip ip = {.proto = IP_UDP, .dst = r->host->addr};
    struct udp u = {.src = 514, .dst = r->host->port, .data_len = r->payload.n, .data = r->payload};
    uint8_t datagram[UDP_HDR_LEN + RECORD_ROOM];
    struct wr w = wr_of(datagram, sizeof(datagram));

    if (only == NETIF_NONE)
        return false;
    ip.src = netif_source(&g->ifs.v[only], &ip.dst);
    udp_put(&w, &u, &ip.src, &ip.dst);
    return !w.err && gw_send_own(g, only, &ip, wr_bytes(&w));
}

/* --- TCP: messages about a channel -------------------------------------------------------------
 */

static bool has_failed(const struct gw_log_channel *c)
{
    return c && c->tcp.failed;
}

bool gw_log_disallows(const struct gateway *g)
{
    const struct gw_logging *l = &g->cfg->logging;

    if (l->permit_hostdown || !l->enable)
        return false;
    for (size_t i = 0; i < l->nhosts && i < GW_LOG_HOSTS; i++) {
        if (l->hosts[i].tcp && has_failed(g->log_channels[i]))
            return true;
    }
    return false;
}

static bool any_left(const struct gateway *g)
{
    for (size_t i = 0; i < GW_LOG_HOSTS; i++) {
        if (g->log_channels[i] && g->log_channels[i]->tcp.state == LOG_TCP_OPEN)
            return true;
    }
    return false;
}

static void tell(struct gateway *g, const struct gw_log_channel *c, enum log_tcp_event e,
                 bool had_failed)
{
    struct gw_syslog_channels *n = gw_syslog_channels(g->log);

    if (e == LOG_TCP_CONNECTED && had_failed)
        gw_msg_log_host_up(g->log, c->host.nameif, &c->host.addr, c->host.port);
    if (e != LOG_TCP_FAILED || had_failed)
        return;
    n->flaps++;
    n->all_down += !any_left(g);
    gw_msg_log_host_down(g->log, c->host.nameif, &c->host.addr, c->host.port,
                         g->cfg->logging.permit_hostdown);
    if (!g->cfg->logging.permit_hostdown)
        gw_msg_disallowing(g->log);
}

/* --- TCP: segments -----------------------------------------------------------------------------
 */

static void send_segment(struct gateway *g, const struct gw_log_channel *c, const struct tcp *t)
{
    size_t only = netifs_find(&g->ifs, c->host.nameif);
    struct ip ip = {.proto = IP_TCP, .dst = c->host.addr};
    uint8_t segment[TCP_HDR_LEN + TCP_OPTS_MAX + LOG_TCP_SEGMENT_MAX];
    struct wr w = wr_of(segment, sizeof(segment));

    if (only == NETIF_NONE)
        return;
    ip.src = g->ifs.v[only].net.addr;
    tcp_put(&w, t, &ip.src, &ip.dst);
    if (!w.err)
        (void)gw_send_own(g, only, &ip, wr_bytes(&w)); /* lost or not, the timer sees to it */
}

static void send_segments(struct gateway *g, struct gw_log_channel *c)
{
    struct tcp t;

    while (log_tcp_next(&c->tcp, clock_now(g->env.clk), &t))
        send_segment(g, c, &t);
}

bool gw_log_tcp_input(struct gateway *g, const struct gw_packet *p)
{
    for (size_t i = 0; i < GW_LOG_HOSTS; i++) {
        struct gw_log_channel *c = g->log_channels[i];
        if (!c || !log_tcp_owns(&c->tcp, p->p.tcp.src, p->p.tcp.dst) ||
            !ip_addr_eq(&c->host.addr, &p->p.ip.src))
            continue;
        bool had_failed = c->tcp.failed;
        enum log_tcp_event e =
            log_tcp_take(&c->tcp, &p->p.tcp, p->p.data_len, clock_now(g->env.clk));
        tell(g, c, e, had_failed);
        send_segments(g, c);
        return true;
    }
    return false;
}

/* --- channels ----------------------------------------------------------------------------------
 */

static bool same_host(const struct gw_log_host *a, const struct gw_log_host *b)
{
    return a->tcp == b->tcp && a->port == b->port && ip_addr_eq(&a->addr, &b->addr) &&
           strcmp(a->nameif, b->nameif) == 0;
}

/* Each configured TCP host has its channel, and no other has. */
static void sync_channels(struct gateway *g)
{
    const struct gw_logging *l = &g->cfg->logging;

    for (size_t i = 0; i < GW_LOG_HOSTS; i++) {
        const struct gw_log_host *h = l->enable && i < l->nhosts ? &l->hosts[i] : NULL;
        struct gw_log_channel *c = g->log_channels[i];
        if (c && (!h || !same_host(h, &c->host))) {
            mem_free(c);
            c = g->log_channels[i] = NULL;
        }
        if (!c && h && h->tcp) {
            c = g->log_channels[i] = mem_zalloc(sizeof(*c));
            c->host = *h;
            log_tcp_init(&c->tcp, h->port);
        }
    }
}

void gw_log_tcp_forget(struct gateway *g)
{
    for (size_t i = 0; i < GW_LOG_HOSTS; i++) {
        mem_free(g->log_channels[i]);
        g->log_channels[i] = NULL;
    }
}

void gw_log_tcp_tick(struct gateway *g)
{
    sync_channels(g);
    for (size_t i = 0; i < GW_LOG_HOSTS; i++) {
        struct gw_log_channel *c = g->log_channels[i];
        if (!c)
            continue;
        bool had_failed = c->tcp.failed;
        enum log_tcp_event e = log_tcp_tick(&c->tcp, g->env.rng, clock_now(g->env.clk));
        tell(g, c, e, had_failed);
        gw_syslog_channels(g->log)->partial += c->tcp.rewritten;
        c->tcp.rewritten = 0;
        send_segments(g, c);
    }
}

struct mono gw_log_tcp_deadline(const struct gateway *g)
{
    const struct gw_logging *l = &g->cfg->logging;
    struct mono t = MONO_NEVER;

    for (size_t i = 0; l->enable && i < l->nhosts && i < GW_LOG_HOSTS; i++) {
        if (g->log_channels[i])
            t = mono_min(t, log_tcp_deadline(&g->log_channels[i]->tcp));
        else if (l->hosts[i].tcp) /* it has just been configured */
            t = mono_min(t, clock_now(g->env.clk));
    }
    return t;
}

/* --- records -----------------------------------------------------------------------------------
 */

/* The logging hosts that can take a record now, as bits: the link address of a UDP host is known,
 * the channel of a TCP host has room. Asks for the addresses of the others: their records wait in
 * the queue of the log, not behind ARP, where few packets fit. */
static uint32_t ready_hosts(struct gateway *g)
{
    const struct gw_logging *l = &g->cfg->logging;
    uint32_t ready = 0;

    for (size_t i = 0; i < l->nhosts && i < GW_LOG_HOSTS; i++) {
        size_t only = netifs_find(&g->ifs, l->hosts[i].nameif);
        const struct gw_log_channel *c = g->log_channels[i];
        if (only == NETIF_NONE)
            continue;
        if (l->hosts[i].tcp)
            ready |= (uint32_t)(c && same_host(&c->host, &l->hosts[i]) &&
                                log_tcp_room(&c->tcp) >= RECORD_ROOM)
                     << i;
        else if (gw_hop_find(g, &l->hosts[i].addr, only, &g->log_hops[i]) &&
                 neighbors_ready(g->neighbors, g->log_hops[i].neighbor))
            ready |= 1u << i;
    }
    return ready;
}

static void send_record(struct gateway *g, const struct gw_syslog_record *r)
{
    size_t i = (size_t)(r->host - g->cfg->logging.hosts);

    if (!r->host->tcp) {
        if (!send_datagram(g, r))
            gw_syslog_unsent(g->log, r);
        return;
    }
    log_tcp_put(&g->log_channels[i]->tcp, r->payload);
    send_segments(g, g->log_channels[i]);
}

void gw_send_logs(struct gateway *g)
{
    struct gw_syslog_record r;

    if (!gw_syslog_waiting(g->log))
        return;
    for (uint32_t ready = ready_hosts(g); ready && gw_syslog_next_of(g->log, ready, &r);
         ready = ready_hosts(g))
        send_record(g, &r);
}
