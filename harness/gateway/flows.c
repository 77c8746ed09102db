/* The connection table as part of the gateway. */
#include "gateway/gateway_parts.h"

static void breathe(void *ctx)
{
    gw_send_logs(ctx);
}

static void reset_hosts(void *ctx, const struct conn *c)
{
    struct gateway *g = ctx;

    int sides = gw_fault_on(g->faults, GW_FAULT_RESET_ONE_HOST) ? 1 : 2;

    for (int side = 0; side < sides; side++) {
        struct tcp rst = conn_reset_for(c, side);
        struct ip ip = {.proto = IP_TCP,
                        .src = conn_mapped(c, !side)->addr,
                        .dst = conn_endpoint(c, side)->addr};
        uint8_t segment[TCP_HDR_LEN];
        struct wr w = wr_of(segment, sizeof(segment));
        tcp_put(&w, &rst, &ip.src, &ip.dst);
        (void)gw_send_own(g, NETIF_NONE, &ip, wr_bytes(&w));
    }
}

void gw_flows_init(struct gateway *g)
{
    struct conn_model model = {.udp_goes_with_tunnel = g->model.udp_goes_with_tunnel,
                               .randomise_responder = g->model.randomise_responder,
                               .orphans_refresh = g->model.orphans_refresh};
    struct conns_env env = {.cfg = g->cfg,
                            .clk = g->env.clk,
                            .rng = g->env.rng,
                            .log = g->log,
                            .ifs = &g->ifs,
                            .faults = &g->faults,
                            .model = &model,
                            .breathe = breathe,
                            .reset_hosts = reset_hosts,
                            .ctx = g};

    gw_nat_init(g);
    env.nat = g->nat;
    g->conns = conns_new(&env);
}

void gw_flows_release(struct gateway *g)
{
    conns_free(g->conns);
    nat_free(g->nat);
    g->conns = NULL;
    g->nat = NULL;
}

void gw_flows_forget(struct gateway *g)
{
    conns_forget(g->conns);
    nat_forget(g->nat);
}

void gw_flows_tick(struct gateway *g)
{
    conns_tick(g->conns);
    xlates_tick(nat_xlates(g->nat));
}

struct mono gw_flows_deadline(const struct gateway *g)
{
    return mono_min(conns_deadline(g->conns), xlates_deadline(nat_xlates(g->nat)));
}

/* --- tunnels -----------------------------------------------------------------------------------
 */

struct reclassify {
    struct gateway *g;
    uint32_t policy;
};

/* A flow in clear that the tunnel is for: older than the crypto map's entry. */
static bool belongs_into(void *ctx, const struct conn *c)
{
    const struct reclassify *r = ctx;

    for (int side = 0; side < 2; side++) {
        struct gw_flow_key key = {.proto = conn_proto(c),
                                  .src = conn_mapped(c, !side)->addr,
                                  .sport = conn_mapped(c, !side)->port,
                                  .dst = conn_endpoint(c, side)->addr,
                                  .dport = conn_endpoint(c, side)->port,
                                  .icmp_type = -1};
        if (conn_tunnel(c, side) == VPN_NONE && conn_ifi(c, side) == r->g->vpn.ifi &&
            vpn_plan_match(&r->g->vpn, &key) == r->policy)
            return true;
    }
    return false;
}

void gw_flows_tunnel_up(struct gateway *g, uint32_t policy)
{
    struct reclassify r = {g, policy};

    conns_tunnel_up(g->conns, policy, g->vpn.policies[policy]->preserve);
    if (g->vpn.fresh && g->cfg->sysopt.reclassify_vpn)
        conns_clear(g->conns, belongs_into, &r, GW_REASON_RECLASSIFY_FAILED);
    g->vpn.fresh = false;
}

void gw_flows_tunnel_down(struct gateway *g, uint32_t policy)
{
    conns_tunnel_down(g->conns, policy);
}

void gw_flows_rekeyed(struct gateway *g, uint32_t policy)
{
    conns_tunnel_rekeyed(g->conns, policy);
}
