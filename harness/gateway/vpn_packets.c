/* ESP: packets into tunnels and out of them. */
#include "gateway/gateway_parts.h"
#include "wire/natt.h"

#define OUTER_TTL 255

struct sadb_pair *gw_vpn_pair(struct gateway *g, uint32_t policy)
{
    return g->vpn.policies[policy]->pair;
}

/* The pair of P has sealed or opened what SA says: is it time for another one? */
static void check_volume(struct gateway *g, struct vpn_policy *p, const struct esp_sa *sa)
{
    uint64_t bytes = esp_sa_counters(sa)->bytes;

    if (p->hard_bytes && bytes >= p->hard_bytes) {
        ike_child_volume(g->vpn.ike, p->in_spi, false);
        return;
    }
    if (p->soft_told)
        return;
    struct gw_msg_sa m = {.inbound = sa == p->pair->in,
                          .spi = esp_sa_params(sa)->spi,
                          .local = g->ifs.v[g->vpn.ifi].net.addr,
                          .peer = p->peer};
    if (p->soft_bytes && bytes >= p->soft_bytes) {
        gw_msg_sa_rekey_data(g->log, &m);
        ike_child_volume(g->vpn.ike, p->in_spi, true);
        p->soft_told = true;
    } else if (esp_sa_seq(sa) >= VPN_SOFT_SEQ) {
        gw_msg_sa_seq_rollover(g->log, &m);
        p->soft_told = !ike_rekey_child(g->vpn.ike, p->in_spi);
    }
}

/* RFC 4303, 2.6: what the sealed packet is. */
static uint8_t next_of(struct bytes inner)
{
    struct rd r = rd_of(inner);

    return rd_u8(&r) >> 4 == 6 ? IP_IPV6 : IP_IPIP;
}

/* Larger than one frame: sealed whole, then sent in fragments. */
static enum err seal_large(struct gateway *g, struct sadb_pair *pair, const struct gw_hop *hop,
                           const struct ip *outer, struct bytes inner)
{
    struct wr w = wr_of(g->sealed, sizeof(g->sealed));

    esp_way_put(&w, &pair->way, esp_sealed_len(pair->out, inner.n));
    enum err e = esp_seal(pair->out, g->env.rng, inner, next_of(inner), &w);

    if (!e)
        gw_send(g, hop, outer, wr_bytes(&w));
    return e;
}

/* Faults: the ESP packet that begins at AT is made wrong. */
static void spoil(const struct gateway *g, const struct sadb_pair *pair, struct wr *w, size_t at)
{
    if (gw_fault_on(g->faults, GW_FAULT_BAD_ICV) && esp_sa_seq(pair->out) % 100 == 0)
        w->p[w->at - 1] ^= 1;
    if (gw_fault_on(g->faults, GW_FAULT_WRONG_SPI) && g->vpn.policies[pair->policy]->rekeys)
        wr_fill32(w, at, esp_sa_params(pair->in)->spi);
}

/* Fault seq-restarts, RFC 4303, 2.2: that an SA's numbers never begin anew is what keys rest on. */
static void restart(struct gateway *g, struct sadb_pair *pair)
{
    struct esp_sa *fresh;

    if (!gw_fault_on(g->faults, GW_FAULT_SEQ_RESTARTS) || g->fault_spent ||
        esp_sa_seq(pair->out) < 100 ||
        esp_sa_new(esp_sa_params(pair->out), clock_now(g->env.clk), &fresh))
        return;
    esp_sa_free(pair->out);
    pair->out = fresh;
    g->fault_spent = true;
}

static enum err seal(struct gateway *g, struct sadb_pair *pair, const struct gw_hop *hop,
                     const struct ip *outer, struct bytes inner)
{
    size_t n = esp_sealed_len(pair->out, inner.n), hdr = esp_way_hdr_len(&pair->way);
    struct wr w;

    if (IP4_HDR_LEN + hdr + n > NETIF_MTU)
        return seal_large(g, pair, hop, outer, inner);
    if (!neighbors_begin(g->neighbors, hop->neighbor, IP4_HDR_LEN + hdr + n, &w))
        return ERR_OK; /* a full link: as if it had been lost there */
    ip_put(&w, outer, hdr + n);
    esp_way_put(&w, &pair->way, n);
    size_t at = w.at;
    enum err e = esp_seal(pair->out, g->env.rng, inner, next_of(inner), &w);
    if (gw_fault_any(g->faults) && !e)
        spoil(g, pair, &w, at);
    neighbors_end(g->neighbors, hop->neighbor, &w);
    return e;
}

static void log_not_sealed(struct gateway *g, struct bytes inner)
{
    struct gw_msg_packet m;
    struct pkt p;

    pkt_parse_ip(inner, &p);
    m = (struct gw_msg_packet){.proto = p.ip.proto, .src = p.ip.src, .dst = p.ip.dst};
    if (p.kind != PKT_OTHER)
        gw_msg_clear_dropped(g->log, &m, "ctm-crypto-request-error");
}

/* RFC 4301, 5.1.2.1: the class of service is copied; DF, which IPv6 has not, as configured. */
static void copy_header(const struct gateway *g, const struct sadb_pair *pair, struct bytes inner,
                        struct ip *outer)
{
    struct rd r = rd_of(inner);
    bool df = false;

    if (next_of(inner) == IP_IPV6) {
        outer->tos = (uint8_t)(rd_be16(&r) >> 4);
    } else {
        rd_skip(&r, 1);
        outer->tos = rd_u8(&r);
        rd_skip(&r, 4);
        df = rd_u8(&r) & 0x40;
    }
    outer->df = gw_vpn_outer_df(g, df, esp_way_outer_len(&pair->way, pair->out, inner.n));
}

void gw_vpn_send(struct gateway *g, uint32_t policy, struct bytes inner)
{
    struct vpn_policy *p = g->vpn.policies[policy];
    struct sadb_pair *pair = p->pair;

    if (gw_fault_any(g->faults))
        restart(g, pair);
    struct ip outer = {.version = 4, .ttl = OUTER_TTL, .id = g->ip_id++};

    esp_way_set(&pair->way, &outer);
    copy_header(g, pair, inner, &outer);
    if (mono_before(clock_now(g->env.clk), p->hole_until))
        return;
    if (!gw_hop_find(g, &outer.dst, g->vpn.ifi, &p->hop) || seal(g, pair, &p->hop, &outer, inner)) {
        log_not_sealed(g, inner);
        gw_drop(g, GW_DROP_CRYPTO);
        return;
    }
    g->count.sealed++;
    p->used = clock_now(g->env.clk);
    check_volume(g, p, pair->out);
}

static void log_bad(struct gateway *g, const struct pkt *p, enum err e)
{
    struct gw_msg_esp m = {
        .spi = p->esp.spi, .seq = p->esp.seq, .peer = p->ip.src, .local = p->ip.dst};

    if (e == ERR_NOTFOUND)
        gw_msg_esp_bad_spi(g->log, &m);
    else if (e == ERR_REPLAY)
        gw_msg_esp_replayed(g->log, &m);
    else if (e == ERR_AUTH)
        gw_msg_esp_bad_icv(g->log, &m);
    else
        gw_msg_esp_dropped(g->log, &m, "ctm-crypto-request-error");
}

static void log_outside_selector(struct gateway *g, const struct pkt *outer, uint32_t seq,
                                 const struct vpn_policy *p, const struct pkt *inner)
{
    struct gw_msg_esp m = {
        .spi = outer->esp.spi, .seq = seq, .peer = outer->ip.src, .local = outer->ip.dst};
    struct gw_msg_packet what = {
        .proto = inner->ip.proto, .src = inner->ip.src, .dst = inner->ip.dst};

    gw_msg_esp_bad_inner(g->log, &m, &what, &p->selector.local, &p->selector.remote);
}

/* The peer speaks: told to IKE often enough for dead peer detection, and not for every packet. */
static void note_alive(struct gateway *g, const struct ip_addr *peer)
{
    struct vpn_session *s = gw_vpn_session(g, peer);
    struct mono now = clock_now(g->env.clk);

    if (gw_fault_on(g->faults, GW_FAULT_PROBE_ALWAYS))
        return;
    if (!s || (!mono_before(mono_add(s->heard, SPAN_MS(100)), now) && s->heard.ns))
        return;
    s->heard = now;
    ike_peer_is_alive(g->vpn.ike, peer);
}

/* Where the packet that is in E will probably go: memory there, so that it is decrypted in place.
 */
static uint8_t *room_for(struct gateway *g, const struct vpn_policy *p, size_t n, size_t *ifi)
{
    const struct netif *out = p->inner_ifi < g->ifs.n ? &g->ifs.v[p->inner_ifi] : NULL;

    *ifi = p->inner_ifi;
    return out && out->up && out->out ? sink_reserve(out->out, ETHER_HDR_LEN + n) : NULL;
}

/* A whole packet of the version that the ESP trailer says. */
static bool is_inner(uint8_t next, const struct pkt *p)
{
    if (p->kind == PKT_OTHER || ip_is_cut(&p->ip))
        return false;
    return p->ip.version == 6 ? next == IP_IPV6 : next == IP_IPIP && p->ip.hdr_len == IP4_HDR_LEN;
}

static void pass_inner(struct gateway *g, const struct pkt *outer, uint32_t number,
                       const struct esp_plain *plain, struct gw_packet *in)
{
    struct vpn_policy *p = g->vpn.policies[number];
    struct gw_flow_key key, ours;

    pkt_parse_ip(plain->inner, &in->p);
    if (!is_inner(plain->next, &in->p)) {
        gw_drop(g, GW_DROP_IP_HEADER);
        return;
    }
    if (ip_is_fragment(&in->p.ip)) { /* fragments of tunnels are kept apart from those in clear */
        in->lent = NULL;
        if (!reassembly_add(g->fragments, SIZE_MAX - number, &in->p, clock_now(g->env.clk)))
            return;
    } else {
        in->whole = true;
    }
    key = gw_packet_key(&in->p);
    ours = gw_flow_key_reverse(&key);
    if (!vpn_selector_has(&p->selector, &ours)) {
        p->spoofs++;
        gw_drop(g, GW_DROP_SELECTOR);
        log_outside_selector(g, outer, (uint32_t)plain->seq, p, &in->p);
        return;
    }
    if (!gw_transport_ok(g, in))
        return;
    g->count.opened++;
    in->policy = number;
    gw_through_input(g, in);
}

/* FROM: its UDP endpoint; NULL: it came as protocol 50. A spoofed source is not the SA's peer: in
 * protocol 50 it is looked at first, behind a NAT it may have changed, and only the packet can tell
 * (RFC 4301, 4.1). */
static bool may_be_from(const struct sadb_pair *pair, const struct pkt *p,
                        const struct endpoint *from)
{
    return from ? pair->way.udp : ip_addr_eq(&pair->way.remote.addr, &p->ip.src);
}

/* Pairs move together, by what IKE says then; this one at once. */
static void follow(struct gateway *g, struct sadb_pair *pair, uint64_t seq,
                   const struct endpoint *from, const struct endpoint *to)
{
    if (gw_fault_on(g->faults, GW_FAULT_NAT_NOT_FOLLOWED) ||
        !esp_way_follow(&pair->way, pair->in, seq, from, to))
        return;
    g->vpn.policies[pair->policy]->hop.epoch = 0;
    ike_seen_at(g->vpn.ike, esp_sa_params(pair->in)->spi, from, to);
}

static void esp_input(struct gateway *g, struct gw_packet *p, const struct endpoint *from)
{
    struct sadb_pair *pair = sadb_by_spi(g->vpn.sadb, p->p.esp.spi);
    struct gw_packet inner = {.ifi = p->ifi};
    struct esp_plain plain;
    enum err e = ERR_NOTFOUND;

    if (pair && may_be_from(pair, &p->p, from)) {
        struct vpn_policy *own = g->vpn.policies[pair->policy];
        inner.lent = room_for(g, own, p->p.ip.payload.n, &inner.lent_ifi);
        e = esp_open(pair->in, p->p.ip.payload, inner.lent ? inner.lent + ETHER_HDR_LEN : g->opened,
                     &plain);
        own->bad_crypto += e && e != ERR_REPLAY;
    }
    if (e) {
        log_bad(g, &p->p, e);
        gw_drop(g, e == ERR_NOTFOUND ? GW_DROP_BAD_SPI : GW_DROP_CRYPTO);
        return;
    }
    uint32_t policy = pair->policy;
    if (from)
        follow(g, pair, plain.seq, from, &(struct endpoint){p->p.ip.dst, NATT_PORT});
    g->vpn.policies[policy]->used = clock_now(g->env.clk);
    if (pair == g->vpn.policies[policy]->pair)
        check_volume(g, g->vpn.policies[policy], pair->in);
    note_alive(g, &g->vpn.policies[policy]->peer);
    pass_inner(g, &p->p, policy, &plain, &inner);
}

void gw_vpn_input(struct gateway *g, struct gw_packet *p)
{
    esp_input(g, p, NULL);
}

void gw_vpn_natt_input(struct gateway *g, struct gw_packet *p)
{
    struct endpoint from = {p->p.ip.src, p->p.udp.src};
    struct bytes inside;

    switch (natt_parse(p->p.udp.data, &inside)) {
    case NATT_ESP: /* from here on as if it had been protocol 50 */
        p->p.ip.proto = IP_ESP;
        p->p.ip.payload = inside;
        p->p.ip.payload_len = inside.n;
        pkt_parse_payload(&p->p);
        esp_input(g, p, &from);
        break;
    case NATT_ALIVE: break;
    default: gw_vpn_ike_input(g, p); break;
    }
}
