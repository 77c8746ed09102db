/* What no honest gateway does: for tests of the device. */
#include "peer/peer_impl.h"

#define MANY 8

/* The newest pair that is in use, or that was replaced. */
static struct sadb_pair *pair_of(const struct peer *p, bool retired)
{
    struct sadb_pair *found = NULL, *pair;

    for (size_t i = 0; (pair = sadb_at(p->sadb, i)); i++) {
        if (pair->retired == retired)
            found = pair;
    }
    return found;
}

/* An address that no policy is for. */
static bool outside(const struct peer *p, struct ip_addr *out)
{
    static const char *const tries[] = {"198.18.255.77", "203.0.113.77", "10.255.255.77"};

    for (size_t i = 0; i < COUNT(tries); i++) {
        bool inside = ip_addr_parse(tries[i], out) != ERR_OK;
        for (size_t k = 0; k < p->cfg.ike.npolicies; k++)
            inside = inside || ip_net_has(&p->cfg.ike.policies[k].selector.remote, out);
        if (!inside)
            return true;
    }
    return false;
}

static enum err send_outside(struct peer *p, struct sadb_pair *pair)
{
    uint8_t b[IP4_HDR_LEN + UDP_HDR_LEN + 16];
    struct ip ip = {.version = 4, .proto = IP_UDP, .ttl = OUR_TTL, .src = p->cfg.inner};
    struct udp u = {.src = 9, .dst = 9, .data = bytes_str("outside")};
    struct wr w = wr_of(b, sizeof(b));
    struct pkt in;

    if (!outside(p, &ip.dst))
        return ERR_UNSUPPORTED;
    ip_put(&w, &ip, UDP_HDR_LEN + u.data.n);
    udp_put(&w, &u, &ip.src, &ip.dst);
    pkt_parse_ip(wr_bytes(&w), &in);
    inner_seal(p, pair, &in, wr_bytes(&w));
    return w.err;
}

static void send_clear(struct peer *p)
{
    uint8_t *b = link_begin(p, PEER_WAN, p->copied);

    if (!b)
        return;
    memcpy(b, p->copy, p->copied);
    link_end(p, PEER_WAN, &p->cfg.wan_next_hop, b, p->copied);
}

enum err peer_send_odd(struct peer *p, enum peer_odd what, unsigned count)
{
    struct sadb_pair *pair = pair_of(p, what == PEER_ODD_OLD_SPI);
    enum err e = ERR_OK;
    struct pkt in;

    if (!pair || (what != PEER_ODD_OUTSIDE && !p->copied))
        return ERR_STATE;
    for (unsigned i = 0; i < count && !e; i++) {
        if (what == PEER_ODD_OUTSIDE) {
            e = send_outside(p, pair);
        } else if (what == PEER_ODD_CLEAR) {
            send_clear(p);
        } else {
            pkt_parse_ip(bytes_of(p->copy, p->copied), &in);
            inner_seal(p, pair, &in, bytes_of(p->copy, p->copied));
        }
    }
    peer_settle(p);
    return e;
}

enum err peer_shift_numbers(struct peer *p, bool restart, uint32_t numbers, uint32_t *spi,
                            uint32_t *last)
{
    struct sadb_pair *pair = pair_of(p, false);

    if (!pair)
        return ERR_STATE;
    uint64_t now = esp_sa_seq(pair->out);
    *spi = esp_sa_params(pair->out)->spi;
    *last = (uint32_t)now;
    esp_sa_set_sent(pair->out, restart ? 0 : now + numbers);
    return ERR_OK;
}

enum err peer_spi(const struct peer *p, uint32_t *spi)
{
    const struct sadb_pair *pair = pair_of(p, false);

    if (!pair)
        return ERR_STATE;
    *spi = esp_sa_params(pair->in)->spi;
    return ERR_OK;
}

static uint32_t unknown_spi(struct peer *p)
{
    uint32_t spi;

    do
        spi = rng_u32(p->rng);
    while (spi < 256 || sadb_by_spi(p->sadb, spi)); /* RFC 4303, 2.1: the lowest are reserved */
    return spi;
}

enum err peer_say_delete(struct peer *p, enum peer_spis which)
{
    const struct sadb_pair *pair = pair_of(p, which == PEER_SPIS_OLD);
    uint32_t spis[MANY];
    size_t n = which == PEER_SPIS_MANY ? MANY : which == PEER_SPIS_IKE ? 0 : 1;

    if (!pair && which != PEER_SPIS_UNKNOWN && which != PEER_SPIS_IKE)
        return ERR_STATE;
    for (size_t i = 0; i < n; i++)
        spis[i] = unknown_spi(p);
    if (n && which != PEER_SPIS_UNKNOWN) /* not the first one: what follows must be read */
        spis[n / 2] = esp_sa_params(which == PEER_SPIS_FAR ? pair->out : pair->in)->spi;
    enum err e = ike_say_delete(p->ike, &p->cfg.ike.peers[0].address, spis, n);
    peer_settle(p);
    return e;
}
