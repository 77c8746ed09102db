/* What the IKE endpoint has to say becomes packets, SAs, tunnels and log lines. */
#include "gateway/gateway_parts.h"

#include "base/mem.h"
#include "gateway/vpn_parts.h"
#include "gateway/vpn_words.h"

/* --- pairs and tunnels -------------------------------------------------------------------------
 */

static bool remote_of(const struct gateway *g, const struct ip_addr *peer)
{
    for (size_t i = 0; i < g->vpn.nsessions; i++) {
        if (ip_addr_eq(&g->vpn.sessions[i].peer, peer))
            return g->vpn.sessions[i].type != VPN_LAN_TO_LAN;
    }
    return false;
}

static struct gw_msg_sa sa_message(const struct gateway *g, const struct esp_sa *sa, bool inbound,
                                   const struct ip_addr *peer)
{
    return (struct gw_msg_sa){.inbound = inbound,
                              .spi = esp_sa_params(sa)->spi,
                              .local = g->vpn.used->ike.local,
                              .peer = *peer,
                              .remote = remote_of(g, peer),
                              .user = gw_vpn_who(g, peer).user};
}

/* Pointers into the database hold until it changes. */
static void refresh_pairs(struct gateway *g)
{
    for (size_t i = 0; i < g->vpn.npolicies; i++) {
        struct vpn_policy *p = g->vpn.policies[i];
        if (!p->up)
            continue;
        p->pair = sadb_for_policy(g->vpn.sadb, (uint32_t)i);
        if (p->stuck_spi && sadb_by_spi(g->vpn.sadb, p->stuck_spi)) /* fault keep-old-spi */
            p->pair = sadb_by_spi(g->vpn.sadb, p->stuck_spi);
    }
}

static struct esp_sa *make_sa(struct gateway *g, const struct ike_out *o, bool inbound)
{
    const struct ike_esp_suite *suite = &o->child.suite;
    struct esp_params p = {
        .spi = inbound ? o->child.in_spi : o->child.out_spi,
        .src = inbound ? o->peer : g->vpn.used->ike.local,
        .dst = inbound ? g->vpn.used->ike.local : o->peer,
        .cipher = suite->cipher,
        .integ = suite->integ,
        .replay_window = gw_fault_on(g->faults, GW_FAULT_NO_REPLAY_CHECK) ? 0 : VPN_REPLAY_WINDOW,
        .life_time = SPAN_S(suite->lifetime_s),
        .life_bytes = suite->lifetime_kb * 1024,
    };
    struct esp_sa *sa = NULL;

    memcpy(p.cipher_key, inbound ? o->child.in_cipher_key : o->child.out_cipher_key,
           sizeof(p.cipher_key));
    memcpy(p.integ_key, inbound ? o->child.in_integ_key : o->child.out_integ_key,
           sizeof(p.integ_key));
    enum err e = esp_sa_new(&p, clock_now(g->env.clk), &sa);
    mem_wipe(&p, sizeof(p));
    return e ? NULL : sa;
}

static void take_pair(struct vpn_policy *p, const struct ike_out *o)
{
    uint64_t bytes = o->child.suite.lifetime_kb * 1024;

    p->in_spi = o->child.in_spi;
    p->suite = o->child.suite;
    p->hard_bytes = bytes;
    p->soft_bytes = (uint64_t)((double)bytes * VPN_SOFT_SHARE);
    p->soft_told = false;
}

static void send_held(struct gateway *g, struct vpn_policy *p)
{
    struct vpn_held held[VPN_HELD_MAX];
    size_t n = p->nheld;

    memcpy(held, p->held, sizeof(held));
    p->nheld = 0;
    g->vpn.nheld -= n;
    for (size_t i = 0; i < n; i++) {
        struct gw_packet again = {.ifi = held[i].ifi, .policy = VPN_NONE, .whole = held[i].whole};
        pkt_parse_ip(bytes_of(held[i].packet, held[i].n), &again.p);
        again.p.ip.id = held[i].id;
        gw_through_input(g, &again);
        mem_free(held[i].packet);
    }
}

static void tunnel_up(struct gateway *g, uint32_t number)
{
    struct vpn_policy *p = g->vpn.policies[number];
    const struct vpn_session *s = gw_vpn_session(g, &p->peer);

    p->up = true;
    p->preserve = g->cfg->sysopt.preserve_vpn_flows &&
                  (g->cfg->profile->can & GW_CAN_PRESERVE) != 0 &&
                  (!s || vpn_type_preserves(s->type));
    p->context[1] = ++g->vpn.contexts; /* ENCR first: the note's listing has its numbers so */
    p->context[0] = ++g->vpn.contexts;
    p->rekeys = 0;
    p->path_mtu = 0;
    p->past[0] = p->past[1] = p->cleared[0] = p->cleared[1] = 0;
    p->bad_crypto = p->spoofs = 0;
    p->used = clock_now(g->env.clk);
    gw_vpn_idle_renew(g);
    g->vpn.ever.tunnels += !s || s->type != VPN_SSL;
    gw_vpn_tally(g);
}

static void log_child_up(struct gateway *g, const struct ike_out *o)
{
    const struct sadb_pair *pair = sadb_by_spi(g->vpn.sadb, o->child.in_spi);
    struct gw_msg_ike k = gw_vpn_who_of(g, o);
    struct gw_msg_sa out = sa_message(g, pair->out, false, &o->peer);
    struct gw_msg_sa in = sa_message(g, pair->in, true, &o->peer);

    if (gw_vpn_is_ssl(g, &o->peer))
        return;
    if (o->version != 2)
        gw_msg_phase2_spis(g->log, &k, o->initiator, o->child.in_spi, o->child.out_spi);
    gw_msg_sa_created(g->log, &out);
    gw_msg_sa_created(g->log, &in);
    if (o->version == 2)
        return;
    gw_msg_phase2_done(g->log, &k, o->message_id);
    gw_msg_rekey_timer(g->log, &k, (uint32_t)(o->child.suite.lifetime_s * VPN_SOFT_SHARE));
}

/* In UDP or not, and between which ends (RFC 3948; RFC 7296, 2.23). */
static void set_way(struct gateway *g, struct sadb_pair *pair, const struct ike_out *o)
{
    pair->way = (struct esp_way){
        .local = o->from, .remote = o->to, .udp = o->child.udp, .follows = o->child.follows};
    g->vpn.policies[pair->policy]->hop.epoch = 0;
}

static void child_up(struct gateway *g, const struct ike_out *o)
{
    uint32_t number =
        vpn_policy_for(&g->vpn, o->child.policy & ~VPN_BY_IKEV2, &o->peer, &o->child.selector);
    struct vpn_policy *p = g->vpn.policies[number];
    struct esp_sa *in = make_sa(g, o, true), *out = make_sa(g, o, false);
    struct vpn_session *s = gw_vpn_session(g, &o->peer);
    bool was_up = p->up;

    if (!in || !out || sadb_add(g->vpn.sadb, in, out, number, o->ike)) {
        esp_sa_free(in); /* cannot be with a suite that was chosen from ours */
        esp_sa_free(out);
        return;
    }
    set_way(g, sadb_by_spi(g->vpn.sadb, o->child.in_spi), o);
    struct sadb_pair *old = sadb_by_spi(g->vpn.sadb, o->child.old_in_spi);
    if (o->child.old_in_spi && old)
        old->retired = true;
    if (gw_fault_on(g->faults, GW_FAULT_KEEP_OLD_SPI))
        p->stuck_spi = o->child.old_in_spi;
    if (s) {
        s->esp_suite = o->child.suite;
        s->natt = o->child.udp;
        s->remote = o->to;
    }
    if (!was_up)
        tunnel_up(g, number);
    else
        p->rekeys++;
    if (was_up && gw_fault_on(g->faults, GW_FAULT_REKEY_HOLE))
        p->hole_until = mono_add(clock_now(g->env.clk), SPAN_S(3));
    take_pair(p, o);
    refresh_pairs(g);
    if (s && !was_up)
        gw_vpn_remote_tunnel(g, s, p, true);
    log_child_up(g, o);
    if (p->wanted)
        gw_msg_tunnel_made(g->log, &(struct gw_msg_map){p->map, p->seq}, o->version);
    p->wanted = false;
    gw_vpn_expire_held(g);
    if (was_up)
        gw_flows_rekeyed(g, number);
    else
        gw_flows_tunnel_up(g, number);
    send_held(g, p);
}

static void count_pair(struct gateway *g, const struct sadb_pair *pair, const struct ip_addr *peer)
{
    struct vpn_policy *p = g->vpn.policies[pair->policy];
    struct vpn_session *s = gw_vpn_session(g, peer);

    p->past[0] += esp_sa_counters(pair->in)->packets;
    p->past[1] += esp_sa_counters(pair->out)->packets;
    if (s) {
        s->received += esp_sa_counters(pair->in)->bytes;
        s->sent += esp_sa_counters(pair->out)->bytes;
    }
}

static void log_child_down(struct gateway *g, const struct ike_out *o, const struct sadb_pair *pair,
                           enum ike_end end)
{
    const struct ike_selector *sel = &g->vpn.policies[pair->policy]->selector;
    struct gw_msg_ike k = gw_vpn_who_of(g, o);
    struct gw_msg_sa out = sa_message(g, pair->out, false, &o->peer);
    struct gw_msg_sa in = sa_message(g, pair->in, true, &o->peer);
    struct vpn_end_words w = gw_vpn_words(g, &o->peer, end);
    const struct vpn_session *s = gw_vpn_session(g, &o->peer);

    if (s && s->type == VPN_SSL)
        return;
    if (s && s->over != VPN_LIMIT_NONE)
        w.phase2 =
            s->over == VPN_LIMIT_IDLE ? "IPsec SA Idle Timeout" : "IPsec SA Max Time Exceeded";
    if (o->end != IKE_END_REPLACED && w.phase2 && o->version != 2)
        gw_msg_phase2_ended(g->log, &k, w.phase2, &sel->remote.addr, &sel->local.addr);
    if (o->version != 2)
        gw_msg_ike_deleting_sa(g->log, &k, &sel->remote.addr, &sel->local.addr);
    if (gw_fault_on(g->faults, GW_FAULT_NO_602304))
        return;
    gw_msg_sa_deleted(g->log, &out);
    gw_msg_sa_deleted(g->log, &in);
}

static void child_down(struct gateway *g, const struct ike_out *o)
{
    struct sadb_pair *pair = sadb_by_spi(g->vpn.sadb, o->child.in_spi);
    struct vpn_session *s = gw_vpn_session(g, &o->peer);
    struct gw_msg_ike k = gw_vpn_who_of(g, o);

    if (o->attempt && o->version == 2)
        return; /* a fact has said why */
    if (o->attempt) {
        gw_msg_ike_text(g->log, 713902, &k, "QM FSM error (P2 struct &0x%08x, mess id 0x%x)!",
                        o->ike, o->message_id);
        return;
    }
    if (!pair)
        return;
    uint32_t number = pair->policy;
    struct vpn_policy *p = g->vpn.policies[number];
    enum ike_end end = o->end == IKE_END_PARENT && s && s->end ? s->end : o->end;
    count_pair(g, pair, &o->peer);
    log_child_down(g, o, pair, end);
    struct sadb_pair *again = sadb_by_spi(g->vpn.sadb, o->child.old_in_spi);
    if (o->child.old_in_spi && again)
        again->retired = false;
    sadb_remove(g->vpn.sadb, o->child.in_spi);
    p->pair = NULL;
    refresh_pairs(g);
    if (p->pair && p->in_spi == o->child.in_spi) { /* the newest one has lost to another */
        p->in_spi = esp_sa_params(p->pair->in)->spi;
        p->soft_told = false;
    }
    if (p->up && !p->pair) {
        p->up = false;
        if (s)
            gw_vpn_remote_tunnel(g, s, p, false);
        gw_flows_tunnel_down(g, number);
    }
    s = gw_vpn_session(g, &o->peer);
    if (s && s->ikes == 0 && !gw_vpn_has_pairs(g, &o->peer))
        gw_vpn_session_end(g, s, s->end ? s->end : o->end);
}

/* --- datagrams and moves -----------------------------------------------------------------------
 */

static void send_datagram(struct gateway *g, const struct ike_out *o)
{
    struct ip ip = {.proto = IP_UDP, .src = o->from.addr, .dst = o->to.addr};
    struct udp u = {
        .src = o->from.port, .dst = o->to.port, .data_len = o->datagram.n, .data = o->datagram};
    struct wr w = wr_of(g->scratch, sizeof(g->scratch));

    udp_put(&w, &u, &ip.src, &ip.dst);
    if (!w.err)
        (void)gw_send_own(g, g->vpn.ifi, &ip, wr_bytes(&w));
}

static void moved(struct gateway *g, const struct ike_out *o)
{
    struct vpn_session *s = gw_vpn_session(g, &o->peer);
    struct sadb_pair *pair;

    if (gw_fault_on(g->faults, GW_FAULT_NAT_NOT_FOLLOWED))
        return;
    if (s) {
        s->natt = o->child.udp;
        s->remote = o->to;
    }
    for (size_t i = 0; (pair = sadb_at(g->vpn.sadb, i)); i++) {
        if (ip_addr_eq(&g->vpn.policies[pair->policy]->peer, &o->peer))
            set_way(g, pair, o);
    }
}

void gw_vpn_events(struct gateway *g)
{
    struct ike_out o;

    while (g->vpn.ike && ike_next(g->vpn.ike, &o)) {
        switch (o.kind) {
        case IKE_OUT_SEND: send_datagram(g, &o); break;
        case IKE_OUT_IKE_UP: gw_vpn_ike_up(g, &o); break;
        case IKE_OUT_IKE_DOWN: gw_vpn_ike_down(g, &o); break;
        case IKE_OUT_CHILD_UP: child_up(g, &o); break;
        case IKE_OUT_CHILD_DOWN: child_down(g, &o); break;
        case IKE_OUT_FACT: gw_vpn_fact(g, &o); break;
        case IKE_OUT_LOGIN: gw_vpn_login(g, &o); break;
        case IKE_OUT_CONFIG: gw_vpn_config(g, &o); break;
        case IKE_OUT_MOVED: moved(g, &o); break;
        }
        if (o.kind == IKE_OUT_CHILD_UP || o.kind == IKE_OUT_IKE_UP || o.kind == IKE_OUT_LOGIN)
            mem_wipe(&o, sizeof(o));
        gw_send_logs(g);
    }
    gw_vpn_renew(g);
}
