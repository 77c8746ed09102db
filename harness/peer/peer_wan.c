/* From the WAN: IKE, ESP, and what came out of it to the hosts behind. */
#include "peer/peer_impl.h"
#include "wire/checksum.h"
#include "wire/natt.h"

#define ALIVE_EVERY                                                                                \
    SPAN_MS(100) /* how often IKE is told of traffic: far below any DPD threshold                  \
                  */

void wan_send_datagram(struct peer *p, const struct endpoint *from, const struct endpoint *to,
                       struct bytes data)
{
    uint8_t b[UDP_HDR_LEN + IKE_DATAGRAM_MAX];
    struct ip ip = {.version = 4,
                    .proto = IP_UDP,
                    .ttl = OUR_TTL,
                    .id = p->ip_id++,
                    .src = from->addr,
                    .dst = to->addr};
    struct udp u = {.src = from->port, .dst = to->port, .data = data};
    struct wr w = wr_of(b, sizeof(b));

    udp_put(&w, &u, &ip.src, &ip.dst);
    if (!w.err)
        link_send(p, PEER_WAN, &p->cfg.wan_next_hop, &ip, wr_bytes(&w));
}

void check_volume(struct peer *p, const struct sadb_pair *pair, const struct esp_sa *sa)
{
    uint64_t bytes = esp_sa_counters(sa)->bytes;

    for (size_t i = 0; i < p->cfg.ike.npolicies; i++) {
        struct volume *v = &p->volumes[i];
        if (v->in_spi != esp_sa_params(pair->in)->spi || pair->retired)
            continue;
        if (v->hard && bytes >= v->hard) {
            ike_child_volume(p->ike, v->in_spi, false);
        } else if (v->soft && bytes >= v->soft && !v->told) {
            v->told = true;
            ike_child_volume(p->ike, v->in_spi, true);
        }
        return;
    }
}

static void note_alive(struct peer *p, const struct ip_addr *from)
{
    struct mono now = clock_now(p->clk);

    if (mono_before(now, mono_add(p->alive_told, ALIVE_EVERY)))
        return;
    p->alive_told = now;
    ike_peer_is_alive(p->ike, from);
}

/* PACKET, N bytes of lent memory, holds what ESP carried; its views lie in there. */
static void forward(struct peer *p, const struct sadb_pair *pair, uint8_t *packet, size_t n,
                    uint8_t next)
{
    struct pkt inner;
    size_t policy;

    pkt_parse_ip(bytes_of(packet, n), &inner);
    if (next != IP_IPIP || inner.kind == PKT_OTHER || inner.ip.version != 4 ||
        ip_is_cut(&inner.ip)) {
        p->count.malformed++;
        return;
    }
    if (!policy_of(p, &inner, false, &policy) || p->cfg.ike.policies[policy].id != pair->policy) {
        p->count.outside_selector++;
        return;
    }
    p->count.opened++;
    n = inner.ip.hdr_len + inner.ip.payload.n; /* without padding for traffic flow secrecy */
    if (spend_ttl(packet, n))
        link_end(p, PEER_INNER, inner_hop(p, &inner.ip.dst), packet, n);
}

static void count_failure(struct peer *p, enum err e)
{
    if (e == ERR_REPLAY)
        p->count.replays++;
    else if (e == ERR_AUTH)
        p->count.bad_icv++;
    else
        p->count.malformed++;
}

/* FROM: its UDP endpoint; NULL: it came as protocol 50. The source is looked at where no NAT can
 * have changed it. */
static bool may_be_from(const struct sadb_pair *pair, const struct pkt *in,
                        const struct endpoint *from)
{
    return from ? pair->way.udp : ip_addr_eq(&pair->way.remote.addr, &in->ip.src);
}

static void esp_input(struct peer *p, const struct pkt *in, const struct endpoint *from)
{
    struct sadb_pair *pair = sadb_by_spi(p->sadb, in->esp.spi);
    struct esp_plain plain;

    if (!pair || !may_be_from(pair, in, from)) {
        p->count.bad_spi++;
        return;
    }
    uint8_t *packet = link_begin(p, PEER_INNER, in->ip.payload.n);
    uint8_t *room = packet ? packet : p->scratch;
    enum err e = esp_open(pair->in, in->ip.payload, room, &plain);
    if (e) {
        count_failure(p, e);
        return;
    }
    struct endpoint here = {in->ip.dst, NATT_PORT};
    if (from && esp_way_follow(&pair->way, pair->in, plain.seq, from, &here))
        ike_seen_at(p->ike, esp_sa_params(pair->in)->spi, from, &here);
    note_alive(p, &esp_sa_params(pair->in)->src);
    check_volume(p, pair, pair->in);
    if (packet)
        forward(p, pair, packet, plain.inner.n, plain.next);
}

/* RFC 768: a checksum of 0 says that there is none. */
static bool udp_is_whole(const struct pkt *in)
{
    struct rd r = rd_of(in->ip.payload);

    rd_skip(&r, 6);
    if (rd_be16(&r) == 0)
        return true;
    uint64_t sum = checksum_pseudo(&in->ip.src, &in->ip.dst, IP_UDP, in->ip.payload.n);
    return checksum_finish(checksum_add(sum, in->ip.payload)) == 0;
}

static void ike_datagram(struct peer *p, const struct pkt *in)
{
    struct endpoint from = {in->ip.src, in->udp.src}, to = {in->ip.dst, in->udp.dst};

    if (udp_is_whole(in))
        ike_input(p->ike, &from, &to, in->udp.data);
    else
        p->count.malformed++;
}

/* UDP 4500. The checksum of ESP is 0, or was changed by whoever changed the ports. */
static void natt_datagram(struct peer *p, struct pkt *in)
{
    struct endpoint from = {in->ip.src, in->udp.src};
    struct bytes inside;

    switch (natt_parse(in->udp.data, &inside)) {
    case NATT_ESP: /* from here on as if it had been protocol 50 */
        in->ip.proto = IP_ESP;
        in->ip.payload = inside;
        in->ip.payload_len = inside.n;
        pkt_parse_payload(in);
        esp_input(p, in, &from);
        break;
    case NATT_IKE: ike_datagram(p, in); break;
    case NATT_ALIVE: break;
    case NATT_NONE: p->count.malformed++; break;
    }
}

/* Of ours: ESP, as itself or in UDP. */
static bool is_tunnel(const struct ip *quoted)
{
    struct rd r = rd_of(quoted->payload);

    return quoted->proto == IP_ESP || (quoted->proto == IP_UDP && rd_be16(&r) == NATT_PORT);
}

/* RFC 1191, 3: about a packet of ours, and less than what was thought. */
static void path_is_narrow(struct peer *p, const struct pkt *in)
{
    uint16_t mtu = (uint16_t)in->icmp.rest;
    struct ip quoted;

    if (ip_parse(in->icmp.data, &quoted) || !ip_addr_eq(&quoted.src, &p->cfg.wan) ||
        !is_tunnel(&quoted) || mtu < MTU_LEAST || mtu >= p->cfg.mtu)
        return;
    log_say(p->log, LOG_INFO, LOG_MODULE, "the path takes %u bytes", mtu);
    p->cfg.mtu = mtu;
}

void wan_input(struct peer *p, struct pkt *in)
{
    bool ours = ip_addr_eq(&in->ip.dst, &p->cfg.wan);

    if (!ours && !ip_addr_eq(&in->ip.dst, &p->cfg.wan_on_link))
        return;
    if (ip_is_fragment(&in->ip) && !reassembly_add(p->fragments, 0, in, clock_now(p->clk)))
        return;
    if (in->kind == PKT_ICMP && in->icmp.type == ICMP_UNREACHABLE && in->icmp.code == FRAG_NEEDED)
        path_is_narrow(p, in);
    else if (in->kind == PKT_ICMP)
        link_answer_echo(p, PEER_WAN, &p->cfg.wan_next_hop, in);
    else if (ours && in->kind == PKT_ESP)
        esp_input(p, in, NULL);
    else if (ours && in->kind == PKT_UDP && in->udp.dst == IKE_PORT)
        ike_datagram(p, in);
    else if (ours && in->kind == PKT_UDP && in->udp.dst == NATT_PORT)
        natt_datagram(p, in);
}
