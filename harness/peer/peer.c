#include "peer/peer.h"

#include "base/mem.h"
#include "peer/peer_impl.h"
#include "wire/checksum.h"

#define WINDOW_DEFAULT 64

struct peer *peer_new(const struct peer_config *cfg, const struct clock *clk, struct rng *rng,
                      const struct log *log)
{
    struct peer *p = mem_zalloc(sizeof(*p));

    p->cfg = *cfg;
    if (p->cfg.mtu == 0)
        p->cfg.mtu = MTU_DEFAULT;
    if (p->cfg.replay_window == 0)
        p->cfg.replay_window = WINDOW_DEFAULT;
    p->clk = clk;
    p->rng = rng;
    p->log = log;
    p->side[PEER_WAN].mac = cfg->wan_mac;
    p->side[PEER_WAN].own = cfg->wan_on_link;
    p->side[PEER_INNER].mac = cfg->inner_mac;
    p->side[PEER_INNER].own = cfg->inner;
    p->ike = ike_new(&p->cfg.ike, clk, rng, log);
    p->sadb = sadb_new();
    p->volumes = mem_array(cfg->ike.npolicies + 1, sizeof(*p->volumes));
    p->fragments = reassembly_new();
    p->alive_told = (struct mono){INT64_MIN / 2};
    return p;
}

void peer_free(struct peer *p)
{
    if (!p)
        return;
    for (int i = 0; i < PEER_SIDES; i++)
        link_release(&p->side[i]);
    ike_free(p->ike);
    sadb_free(p->sadb);
    reassembly_free(p->fragments);
    mem_free(p->volumes);
    if (p->facts)
        mem_wipe(p->facts, p->facts_cap * sizeof(*p->facts));
    mem_free(p->facts);
    mem_wipe(p->scratch, sizeof(p->scratch));
    mem_wipe(p->copy, sizeof(p->copy));
    mem_free(p);
}

void peer_attach(struct peer *p, enum peer_side side, struct sink *out)
{
    p->side[side].out = out;
}

/* An IPv4 packet to us that came whole, as far as its header can tell. */
static bool is_sound(struct peer *p, enum peer_side side, const struct pkt *in)
{
    if (in->kind == PKT_OTHER || in->eth.vlans || !mac_eq(&in->eth.dst, &p->side[side].mac) ||
        in->ip.version != 4)
        return false;
    struct bytes head = bytes_head(in->eth.payload, in->ip.hdr_len);
    if (ip_is_cut(&in->ip) || checksum_finish(checksum_add(0, head)) != 0) {
        p->count.malformed++;
        return false;
    }
    return true;
}

void peer_input(struct peer *p, enum peer_side side, struct bytes frame)
{
    struct pkt in;

    pkt_parse(frame, &in);
    if (in.kind == PKT_ARP)
        link_arp_input(p, side, &in.arp);
    else if (!is_sound(p, side, &in))
        return;
    else if (side == PEER_WAN)
        wan_input(p, &in);
    else
        inner_input(p, &in);
    peer_settle(p);
}

void peer_tick(struct peer *p)
{
    ike_tick(p->ike);
    peer_settle(p);
}

struct mono peer_deadline(const struct peer *p)
{
    return ike_deadline(p->ike);
}

bool selector_fits(const struct ike_selector *s, const struct pkt *in, bool outbound)
{
    const struct ip_addr *near = outbound ? &in->ip.src : &in->ip.dst;
    const struct ip_addr *far = outbound ? &in->ip.dst : &in->ip.src;
    uint16_t src = 0, dst = 0;

    if (!ip_net_has(&s->local, near) || !ip_net_has(&s->remote, far) ||
        (s->proto && s->proto != in->ip.proto))
        return false;
    if (in->kind == PKT_TCP) {
        src = in->tcp.src;
        dst = in->tcp.dst;
    } else if (in->kind == PKT_UDP) {
        src = in->udp.src;
        dst = in->udp.dst;
    }
    return (!s->local_port || s->local_port == (outbound ? src : dst)) &&
           (!s->remote_port || s->remote_port == (outbound ? dst : src));
}

bool policy_of(const struct peer *p, const struct pkt *in, bool outbound, size_t *out)
{
    for (size_t i = 0; i < p->cfg.ike.npolicies; i++) {
        if (selector_fits(&p->cfg.ike.policies[i].selector, in, outbound)) {
            *out = i;
            return true;
        }
    }
    return false;
}

/* --- commands ----------------------------------------------------------------------------------
 */

enum err peer_establish(struct peer *p)
{
    enum err e = ERR_OK;

    for (size_t i = 0; i < p->cfg.ike.npolicies && !e; i++)
        e = ike_acquire(p->ike, p->cfg.ike.policies[i].id);
    peer_settle(p);
    return e;
}

enum err peer_delete_phase1(struct peer *p)
{
    struct ike_status s;

    ike_status(p->ike, &s);
    if (s.ikes == 0)
        return ERR_STATE;
    ike_delete_ike(p->ike, NULL, true);
    peer_settle(p);
    return ERR_OK;
}

enum err peer_delete_phase2(struct peer *p)
{
    struct ike_status s;

    ike_status(p->ike, &s);
    if (s.children == 0)
        return ERR_STATE;
    ike_delete_children(p->ike, NULL, true);
    peer_settle(p);
    return ERR_OK;
}

static bool is_for(const struct peer *p, uint32_t policy, uint8_t proto)
{
    for (size_t i = 0; i < p->cfg.ike.npolicies; i++) {
        if (p->cfg.ike.policies[i].id == policy)
            return p->cfg.ike.policies[i].selector.proto == proto;
    }
    return false;
}

enum err peer_delete_protocol(struct peer *p, uint8_t proto)
{
    struct sadb_pair *pair;
    enum err e = ERR_STATE;

    for (size_t i = 0; (pair = sadb_at(p->sadb, i)) && e == ERR_STATE; i++) {
        if (is_for(p, pair->policy, proto) && !pair->retired)
            e = ike_delete_child(p->ike, esp_sa_params(pair->in)->spi, true);
    }
    peer_settle(p);
    return e == ERR_NOTFOUND ? ERR_STATE : e;
}

enum err peer_rekey_phase1(struct peer *p)
{
    enum err e = ERR_NOTFOUND;

    for (size_t i = 0; i < p->cfg.ike.npeers; i++)
        e = ike_rekey_ike(p->ike, &p->cfg.ike.peers[i].address);
    peer_settle(p);
    return e == ERR_NOTFOUND ? ERR_STATE : e;
}

enum err peer_reauthenticate(struct peer *p, bool breaks)
{
    enum err e = ike_reauthenticate(p->ike, NULL, breaks ? IKE_REAUTH_BREAK : IKE_REAUTH_MAKE);

    peer_settle(p);
    return e == ERR_NOTFOUND ? ERR_STATE : e;
}

enum err peer_rekey_phase2(struct peer *p)
{
    struct sadb_pair *pair;
    enum err e = ERR_STATE;

    for (size_t i = 0; (pair = sadb_at(p->sadb, i)); i++) {
        if (!pair->retired)
            e = ike_rekey_child(p->ike, esp_sa_params(pair->in)->spi);
    }
    peer_settle(p);
    return e;
}

void peer_crash(struct peer *p)
{
    struct sadb_pair *pair;

    ike_forget(p->ike);
    while ((pair = sadb_at(p->sadb, 0)))
        sadb_remove(p->sadb, esp_sa_params(pair->in)->spi);
    reassembly_forget(p->fragments);
}

void peer_counters(const struct peer *p, struct peer_counters *out)
{
    *out = p->count;
}

size_t peer_children(const struct peer *p)
{
    struct sadb_pair *pair;
    size_t n = 0;

    for (size_t i = 0; (pair = sadb_at(p->sadb, i)); i++)
        n += !pair->retired;
    return n;
}

const struct esp_params *peer_sa(const struct peer *p, size_t i)
{
    const struct sadb_pair *pair = sadb_at(p->sadb, i / 2);

    return pair ? esp_sa_params(i % 2 ? pair->out : pair->in) : NULL;
}
