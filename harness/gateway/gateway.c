#include "gateway/gateway_parts.h"

#include "base/mem.h"
#include "gateway/acl_log.h"

#define CHANGES_ROUTING (GW_CHANGED_INTERFACE | GW_CHANGED_ROUTE)
#define CHANGES_VPN                                                                                \
    (GW_CHANGED_INTERFACE | GW_CHANGED_ACL | GW_CHANGED_ISAKMP | GW_CHANGED_TRANSFORM |            \
     GW_CHANGED_MAP | GW_CHANGED_LIFETIME | GW_CHANGED_GROUP)
#define CHANGES_NAT (GW_CHANGED_INTERFACE | GW_CHANGED_NAMES | GW_CHANGED_ACL | GW_CHANGED_NAT)
#define CHANGES_ALL ~0u

/* An interface that comes up says so. */
static void announce(struct gateway *g)
{
    for (size_t i = 0; i < g->ifs.n; i++) {
        struct netif *n = &g->ifs.v[i];
        if (n->up && n->out && !n->was_up)
            neighbors_announce(g->neighbors, i);
        n->was_up = n->up;
    }
}

void gw_configure(struct gateway *g, unsigned changed)
{
    if (changed & GW_CHANGED_INTERFACE)
        netifs_configure(&g->ifs, g->cfg);
    if (changed & CHANGES_ROUTING)
        routes_build(&g->routes, g->cfg, &g->ifs);
    if (changed & CHANGES_NAT)
        gw_nat_configure(g);
    announce(g);
    if (changed & CHANGES_VPN)
        gw_vpn_configure(g);
    if (changed & (GW_CHANGED_FRAGMENTS | GW_CHANGED_INTERFACE | GW_CHANGED_MAP))
        gw_vpn_path_configure(g);
    if (changed)
        g->epoch++;
}

enum err gateway_new(struct gw_config *cfg, const struct gateway_env *env, struct gateway **out,
                     struct diag *why)
{
    enum err e = gw_config_check(cfg, why);
    struct gateway *g;

    if (e) {
        gw_config_free(cfg);
        return e;
    }
    g = mem_zalloc(sizeof(*g));
    g->cfg = cfg;
    g->env = *env;
    g->epoch = 1;
    if (env->model)
        g->model = *env->model;
    g->place.mode = GW_EXEC;
    g->booted = clock_now(env->clk);
    g->log = gw_syslog_new(cfg, env->clk, env->epoch_s);
    gw_syslog_set_separator(g->log, !g->model.log_without_colon, !g->model.log_without_blank);
    g->neighbors = neighbors_new(&g->ifs, env->clk);
    g->fragments = reassembly_new();
    g->acl_log = acl_log_new(g->log, env->clk);
    gw_vpn_init(g);
    gw_flows_init(g);
    gw_store(g);
    gw_configure(g, CHANGES_ALL);
    *out = g;
    return ERR_OK;
}

void gateway_free(struct gateway *g)
{
    if (!g)
        return;
    gw_vpn_release(g);
    gw_flows_release(g);
    reassembly_free(g->fragments);
    acl_log_free(g->acl_log);
    neighbors_free(g->neighbors);
    gw_syslog_free(g->log);
    gw_log_tcp_forget(g);
    routes_release(&g->routes);
    netifs_release(&g->ifs);
    gw_config_free(g->cfg);
    mem_wipe(g->startup.s, g->startup.n);
    buf_release(&g->startup);
    buf_release(&g->pager.left);
    mem_wipe(g->opened, sizeof(g->opened));
    mem_free(g);
}

size_t gateway_interfaces(const struct gateway *g)
{
    return g->ifs.n;
}

const char *gateway_nameif(const struct gateway *g, size_t i)
{
    return i < g->ifs.n ? g->ifs.v[i].nameif : NULL;
}

enum err gateway_find_interface(const struct gateway *g, const char *nameif, size_t *i)
{
    size_t at = netifs_find(&g->ifs, nameif);

    if (at == NETIF_NONE)
        return ERR_NOTFOUND;
    *i = at;
    return ERR_OK;
}

void gateway_attach(struct gateway *g, size_t i, struct sink *out)
{
    if (i < g->ifs.n)
        g->ifs.v[i].out = out;
}

void gw_settle(struct gateway *g)
{
    gw_vpn_events(g);
    gw_send_logs(g);
}

static void input_ip(struct gateway *g, struct gw_packet *p)
{
    struct ip *ip = &p->p.ip;

    if (ip->version == 6 && !g->ifs.v[p->ifi].link_local.family) { /* it does not speak IPv6 */
        gw_drop(g, GW_DROP_IP_VERSION);
        return;
    }
    /* IP options as an ASA does; IPv6 extension headers may be there */
    if ((ip->version == 4 && ip->hdr_len != IP4_HDR_LEN) || ip_is_cut(ip)) {
        gw_drop(g, ip_is_cut(ip) ? GW_DROP_IP_LENGTH : GW_DROP_IP_OPTION);
        return;
    }
    if (neighbors_nd_input(g->neighbors, p->ifi, &p->p))
        return;
    p->whole = !ip_is_fragment(ip);
    if (!p->whole && gw_fault_on(g->faults, GW_FAULT_FRAGMENTS_LOST))
        return;
    if (ip_is_fragment(ip) && !reassembly_add(g->fragments, p->ifi, &p->p, clock_now(g->env.clk)))
        return;
    if (!gw_transport_ok(g, p))
        return;
    if (netifs_owner(&g->ifs, &ip->dst) != NETIF_NONE && !gw_nat_is_through(g, p))
        gw_box_input(g, p);
    else
        gw_through_input(g, p);
}

/* Multicast is heard in IPv6 alone, where neighbours ask by it. */
static bool is_for_us(const struct netif *at, const struct pkt *p)
{
    const uint8_t *to = p->eth.dst.b;

    return mac_eq(&p->eth.dst, &at->mac) || (p->ip.version == 6 && to[0] == 0x33 && to[1] == 0x33);
}

static bool is_ip(const struct ether *e)
{
    return e->type == ETHER_IPV4 || e->type == ETHER_IPV6;
}

void gateway_input(struct gateway *g, size_t i, struct bytes frame)
{
    struct gw_packet in = {.ifi = i, .policy = VPN_NONE};
    struct netif *at = i < g->ifs.n ? &g->ifs.v[i] : NULL;

    if (!at)
        return;
    if (!at->up) {
        gw_drop(g, GW_DROP_LINK_DOWN);
        return;
    }
    at->received++;
    pkt_parse(frame, &in.p);
    if (in.p.eth.vlans)
        gw_drop(g, GW_DROP_ENCAP);
    else if (in.p.kind == PKT_ARP)
        neighbors_input(g->neighbors, i, &in.p.arp);
    else if (in.p.kind == PKT_OTHER)
        gw_drop(g, is_ip(&in.p.eth) ? GW_DROP_IP_HEADER : GW_DROP_NOT_IP);
    else if (is_for_us(at, &in.p))
        input_ip(g, &in);
    else
        gw_drop(g, GW_DROP_L2);
    gw_settle(g);
}

void gateway_tick(struct gateway *g)
{
    neighbors_tick(g->neighbors);
    acl_log_tick(g->acl_log);
    gw_vpn_tick(g);
    gw_vpn_events(g);
    gw_flows_tick(g);
    gw_log_tcp_tick(g);
    gw_settle(g);
}

enum err gateway_set_fault(struct gateway *g, const char *name)
{
    enum gw_fault f;

    if (gw_fault_by_name(name, &f))
        return ERR_NOTFOUND;
    gw_fault_add(&g->faults, f);
    gw_vpn_be_faulty(g);
    if (f == GW_FAULT_LIMITS_IGNORED)
        gw_syslog_ignore_limits(g->log);
    return ERR_OK;
}

void gateway_take_console(struct gateway *g, struct buf *out)
{
    gw_syslog_take_console(g->log, out);
}

void gateway_counters(const struct gateway *g, struct gateway_counters *out)
{
    *out = g->count;
#define X(id, keyword, text, sum) out->dropped_##sum += g->drops[GW_DROP_##id];
    GW_DROPS(X)
#undef X
    out->conns = conns_count(g->conns);
    out->orphans = conns_orphans(g->conns);
}

struct mono gateway_deadline(const struct gateway *g)
{
    struct mono t = mono_min(neighbors_deadline(g->neighbors), gw_vpn_deadline(g));

    t = mono_min(t, acl_log_deadline(g->acl_log));
    return mono_min(mono_min(t, gw_flows_deadline(g)), gw_log_tcp_deadline(g));
}
