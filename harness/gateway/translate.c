/* Address translation as part of the gateway: what becomes of a new flow's addresses, and what is
 * said where nothing can. */
#include "gateway/translate.h"

void gw_nat_init(struct gateway *g)
{
    struct xlates_env env = {.cfg = g->cfg, .clk = g->env.clk, .log = g->log, .ifs = &g->ifs};

    g->nat = nat_new(&env);
}

static bool answers_for(const void *ctx, size_t ifi, const struct ip_addr *a)
{
    return nat_answers_for(ctx, ifi, a);
}

void gw_nat_configure(struct gateway *g)
{
    nat_configure(g->nat);
    neighbors_answer_for(g->neighbors, answers_for, g->nat);
}

/* --- flows -------------------------------------------------------------------------------------
 */

static struct nat_flow flow_of(const struct gw_packet *p)
{
    struct nat_flow f = {.in = p->ifi,
                         .proto = p->p.ip.proto,
                         .icmp_type = -1,
                         .src.addr = p->p.ip.src,
                         .dst.addr = p->p.ip.dst};

    f.ported = true;
    if (p->p.kind == PKT_TCP) {
        f.src.port = p->p.tcp.src;
        f.dst.port = p->p.tcp.dst;
    } else if (p->p.kind == PKT_UDP) {
        f.src.port = p->p.udp.src;
        f.dst.port = p->p.udp.dst;
    } else if (p->p.kind == PKT_ICMP) {
        f.icmp_type = p->p.icmp.type;
        f.ported = p->p.icmp.type == (p->p.ip.version == 6 ? ICMP6_ECHO : ICMP_ECHO);
        f.src.port = f.dst.port = f.ported ? (uint16_t)(p->p.icmp.rest >> 16) : 0;
    } else {
        f.ported = false;
    }
    return f;
}

void gw_nat_arrive(struct gateway *g, const struct gw_packet *p, struct nat_flow *f)
{
    *f = flow_of(p);
    nat_undo(g->nat, f);
}

/* KEY with other ends. */
static struct gw_flow_key with_ends(struct gw_flow_key key, const struct endpoint *src,
                                    const struct endpoint *dst)
{
    key.src = src->addr;
    key.dst = dst->addr;
    if (key.proto == IP_TCP || key.proto == IP_UDP) {
        key.sport = src->port;
        key.dport = dst->port;
    }
    return key;
}

struct gw_flow_key gw_nat_key_in(const struct gateway *g, const struct gw_packet *p,
                                 const struct nat_flow *f)
{
    return with_ends(gw_packet_key(&p->p), &f->src,
                     nat_lists_see_real(g->cfg) ? &f->real_dst : &f->dst);
}

struct gw_flow_key gw_nat_key_out(const struct gateway *g, const struct gw_packet *p,
                                  const struct nat_flow *f)
{
    return with_ends(gw_packet_key(&p->p), nat_lists_see_real(g->cfg) ? &f->src : &f->mapped_src,
                     &f->real_dst);
}

struct gw_flow_key gw_nat_key_wire(const struct gw_packet *p, const struct nat_flow *f)
{
    return with_ends(gw_packet_key(&p->p), &f->mapped_src, &f->real_dst);
}

bool gw_nat_leave(struct gateway *g, const struct gw_packet *p, size_t out, struct nat_flow *f)
{
    const char *from = g->ifs.v[p->ifi].nameif, *to = g->ifs.v[out].nameif;
    enum nat_verdict v = nat_apply(g->nat, out, f);
    struct gw_msg_packet m = gw_packet_message(&p->p);

    switch (v) {
    case NAT_PASS: return true;
    case NAT_NO_GROUP: gw_msg_no_translation(g->log, &m, from, to); break;
    case NAT_REVERSE: gw_msg_asymmetric(g->log, &m, from, to); break;
    default: gw_msg_translation_failed(g->log, &m, from, to, v == NAT_NO_PORT); break;
    }
    gw_drop(g, v == NAT_REVERSE ? GW_DROP_NAT_REVERSE : GW_DROP_NAT_FAILED);
    return false;
}

void gw_nat_stateless(const struct nat_flow *f, struct gw_packet *p)
{
    if (ip_addr_eq(&f->mapped_src.addr, &p->p.ip.src) &&
        ip_addr_eq(&f->real_dst.addr, &p->p.ip.dst))
        return;
    p->p.ip.src = f->mapped_src.addr;
    p->p.ip.dst = f->real_dst.addr;
    p->lent = NULL; /* its header is written anew */
}

bool gw_nat_is_through(struct gateway *g, const struct gw_packet *p)
{
    struct nat_flow f;
    int side;

    if (!nat_has_own_ports(g->nat))
        return false;
    if (conns_find(g->conns, &p->p, &side) || conns_find_quoted(g->conns, &p->p, &side))
        return true;
    gw_nat_arrive(g, p, &f);
    return f.xlate[1] != NULL || conns_expected(g->conns, &p->p, &f) != NULL;
}
