/* Two peers with a tunnel between them, on a WAN that does what the input says: it loses, doubles,
 * cuts and damages frames and brings its own; hosts send, commands are given, time passes. Whatever
 * happens, what a peer sends is whole, what its selectors protect is never in clear on the WAN, and
 * once the WAN is left alone a packet gets through again. */
#include "base/mem.h"
#include "peer/peer.h"
#include "wire/checksum.h"
#include "wire/pkt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { STEPS_MAX = 300, FLYING_MAX = 64, FRAMES_MAX = 100000, FRAME_MAX = 2048, CALM_S = 300 };

struct flying {
    int to;
    size_t n;
    uint8_t p[FRAME_MAX];
};

struct end {
    struct sink sink;
    struct world *w;
    int side;
    enum peer_side leg;
    uint8_t buf[65536 + 128];
};

struct side {
    struct ike_suite suite;
    struct ike_esp_suite esp;
    struct ike_policy policy;
    struct ike_peer_config ike;
    struct peer_config cfg;
    struct rng_seeded rng;
    struct peer *peer;
    struct end end[2];
    size_t arrived; /* packets that came to its host */
};

struct world {
    struct clock_virtual clk;
    struct side side[2];
    struct flying flying[FLYING_MAX], last;
    size_t nflying, frames;
};

static const struct mac host_mac = {{2, 0, 0, 0, 9, 9}};

static struct ip_addr host_of(int i)
{
    return ip4(i == 0 ? 0x0a010009 : 0x0a020009);
}

static void check(const struct end *e, struct bytes frame, struct pkt *p)
{
    pkt_parse(frame, p);
    if (++e->w->frames > FRAMES_MAX)
        bug("a flood of frames");
    if (p->kind == PKT_ARP)
        return;
    if (p->kind == PKT_OTHER || ip_is_cut(&p->ip) ||
        checksum_finish(checksum_add(0, bytes_head(p->eth.payload, p->ip.hdr_len))) != 0)
        bug("a broken frame was sent");
    if (e->leg == PEER_WAN && p->ip.proto != IP_ESP && p->ip.proto != IP_UDP &&
        p->ip.proto != IP_ICMP)
        bug("a strange packet on the WAN");
    if (e->leg == PEER_WAN && ip4_u32(&p->ip.src) >> 24 == 10)
        bug("what is to be protected went out in clear");
    if (e->leg == PEER_WAN && frame.n > ETHER_HDR_LEN + 1500)
        bug("a frame is larger than the MTU");
}

static uint8_t *reserve(struct sink *s, size_t cap)
{
    struct end *e = CONTAINER_OF(s, struct end, sink);

    return cap <= sizeof(e->buf) ? e->buf : NULL;
}

static void commit(struct sink *s, size_t n)
{
    struct end *e = CONTAINER_OF(s, struct end, sink);
    struct world *w = e->w;
    struct pkt p;

    check(e, bytes_of(e->buf, n), &p);
    if (e->leg == PEER_INNER) {
        w->side[e->side].arrived += p.kind == PKT_UDP;
        return;
    }
    if (n > FRAME_MAX || w->nflying == FLYING_MAX)
        return;
    struct flying *f = &w->flying[w->nflying++];
    f->to = !e->side;
    f->n = n;
    memcpy(f->p, e->buf, n);
}

static const struct sink_ops sink_ops = {reserve, commit};

static void learn_host(struct world *w, int i)
{
    uint8_t b[ETHER_HDR_LEN + ARP_LEN];
    struct wr wr = wr_of(b, sizeof(b));
    struct arp a = {.op = ARP_REQUEST,
                    .sender_mac = host_mac,
                    .sender = host_of(i),
                    .target = w->side[i].cfg.inner};

    ether_put(&wr, &MAC_BROADCAST, &host_mac, ETHER_ARP);
    arp_put(&wr, &a);
    peer_input(w->side[i].peer, PEER_INNER, wr_bytes(&wr));
}

static void side_init(struct world *w, int i)
{
    struct side *s = &w->side[i];
    struct ip_net nets[2] = {{ip4(0x0a010000), 16}, {ip4(0x0a020000), 16}};
    struct ip_addr wan[2] = {ip4(0xc0000201), ip4(0xc0000202)};

    s->suite = (struct ike_suite){CIPHER_AES128_CBC, DIGEST_SHA1, 1, 600, INTEG_NONE};
    s->esp = (struct ike_esp_suite){CIPHER_AES128_CBC, INTEG_HMAC_SHA1_96, 0, 200, 100, false};
    s->policy = (struct ike_policy){.id = 1,
                                    .selector = {.local = nets[i], .remote = nets[!i]},
                                    .suites = &s->esp,
                                    .nsuites = 1};
    s->ike = (struct ike_peer_config){
        .address = wan[!i],
        .psk = bytes_str("key"),
        .suites = &s->suite,
        .nsuites = 1,
        .initial_contact = true,
        .dpd = {.enabled = true, .threshold = SPAN_S(10), .retry = SPAN_S(2), .tries = 3}};
    s->cfg = (struct peer_config){.wan = wan[i],
                                  .wan_on_link = wan[i],
                                  .wan_next_hop = wan[!i],
                                  .wan_mac = {{2, 0, 0, 0, 1, (uint8_t)i}},
                                  .inner = ip4(i == 0 ? 0x0a010001 : 0x0a020001),
                                  .inner_mac = {{2, 0, 0, 0, 2, (uint8_t)i}},
                                  .ike = {.local = wan[i],
                                          .peers = &s->ike,
                                          .npeers = 1,
                                          .policies = &s->policy,
                                          .npolicies = 1}};
    rng_seeded_init(&s->rng, (uint64_t)i, "fuzz");
    s->peer = peer_new(&s->cfg, &w->clk.clock, &s->rng.rng, NULL);
    for (int leg = 0; leg < 2; leg++) {
        s->end[leg].sink.ops = &sink_ops;
        s->end[leg].w = w;
        s->end[leg].side = i;
        s->end[leg].leg = (enum peer_side)leg;
        peer_attach(s->peer, (enum peer_side)leg, &s->end[leg].sink);
    }
    learn_host(w, i);
}

static void send_host(struct world *w, int i, size_t len, bool df)
{
    static const uint8_t zeros[1500];
    uint8_t b[FRAME_MAX];
    struct wr wr = wr_of(b, sizeof(b));
    struct ip ip = {
        .version = 4, .proto = IP_UDP, .ttl = 9, .df = df, .src = host_of(i), .dst = host_of(!i)};
    struct udp u = {.src = 1, .dst = 2, .data = {zeros, len % sizeof(zeros)}};

    ether_put(&wr, &w->side[i].cfg.inner_mac, &host_mac, ETHER_IPV4);
    ip_put(&wr, &ip, UDP_HDR_LEN + u.data.n);
    udp_put(&wr, &u, &ip.src, &ip.dst);
    peer_input(w->side[i].peer, PEER_INNER, wr_bytes(&wr));
}

static void take_facts(struct world *w)
{
    struct peer_fact f;

    for (int i = 0; i < 2; i++) {
        while (peer_next_fact(w->side[i].peer, &f))
            continue;
    }
}

static void deliver(struct world *w, const struct flying *f)
{
    peer_input(w->side[f->to].peer, PEER_WAN, bytes_of(f->p, f->n));
}

/* The oldest frame on the WAN; false when there is none. */
static bool take_oldest(struct world *w, struct flying *out)
{
    if (w->nflying == 0)
        return false;
    *out = w->flying[0];
    memmove(w->flying, w->flying + 1, --w->nflying * sizeof(w->flying[0]));
    w->last = *out;
    return true;
}

static void pass_time(struct world *w, double seconds)
{
    struct mono end = mono_add(w->clk.at, SPAN_NS(seconds * 1e9));
    struct flying f;

    for (;;) {
        while (take_oldest(w, &f))
            deliver(w, &f);
        take_facts(w);
        struct mono next = mono_min(peer_deadline(w->side[0].peer), peer_deadline(w->side[1].peer));
        if (mono_before(end, next))
            break;
        clock_sleep_until(&w->clk.clock, next);
        peer_tick(w->side[0].peer);
        peer_tick(w->side[1].peer);
    }
    clock_sleep_until(&w->clk.clock, end);
}

static void raw(struct world *w, int to, enum peer_side leg, struct bytes body)
{
    uint8_t b[FRAME_MAX];
    struct wr wr = wr_of(b, sizeof(b));
    struct side *s = &w->side[to];

    ether_put(&wr, leg == PEER_WAN ? &s->cfg.wan_mac : &s->cfg.inner_mac, &host_mac, ETHER_IPV4);
    wr_put(&wr, bytes_head(body, 1500));
    peer_input(s->peer, leg, wr_bytes(&wr));
}

/* As raw, behind a header that is right: the parsers beneath are what is wanted. */
static void packet(struct world *w, int to, uint8_t proto, bool more, struct bytes body)
{
    uint8_t b[FRAME_MAX];
    struct wr wr = wr_of(b, sizeof(b));
    struct side *s = &w->side[to];
    struct ip ip = {.version = 4,
                    .proto = proto,
                    .ttl = 9,
                    .more = more,
                    .src = w->side[!to].cfg.wan,
                    .dst = s->cfg.wan};

    body = bytes_head(body, more ? 1000 & ~7u : 1400);
    ether_put(&wr, &s->cfg.wan_mac, &host_mac, ETHER_IPV4);
    ip_put(&wr, &ip, body.n);
    wr_put(&wr, body);
    peer_input(s->peer, PEER_WAN, wr_bytes(&wr));
}

static void command(struct world *w, int i, uint8_t which)
{
    struct peer *p = w->side[i].peer;

    switch (which % 6) {
    case 0: (void)!peer_establish(p); break;
    case 1: (void)!peer_delete_phase1(p); break;
    case 2: (void)!peer_delete_phase2(p); break;
    case 3: (void)!peer_rekey_phase1(p); break;
    case 4: (void)!peer_rekey_phase2(p); break;
    case 5: peer_crash(p); break;
    }
}

static void damage(struct flying *f, struct rd *r)
{
    uint16_t at = rd_be16(r);

    if (f->n)
        f->p[at % f->n] ^= rd_u8(r);
}

static void step(struct world *w, struct rd *r)
{
    uint8_t op = rd_u8(r), arg = rd_u8(r);
    int to = arg & 1;
    struct flying f;

    switch (op % 10) {
    case 0: pass_time(w, arg / 4.0); break;
    case 1: send_host(w, to, (size_t)arg * 8, arg & 2); break;
    case 2: /* lost */ (void)take_oldest(w, &f); break;
    case 3:
        if (take_oldest(w, &f))
            deliver(w, &f);
        break;
    case 4: deliver(w, &w->last); break; /* twice */
    case 5:
        if (take_oldest(w, &f)) {
            damage(&f, r);
            deliver(w, &f);
        }
        break;
    case 6:
        if (take_oldest(w, &f)) {
            f.n = arg < f.n ? f.n - arg : 0;
            deliver(w, &f);
        }
        break;
    case 7: raw(w, to, arg & 2 ? PEER_WAN : PEER_INNER, rd_take(r, rd_left(r) / 2)); break;
    case 8: packet(w, to, arg & 2 ? IP_ESP : IP_UDP, arg & 4, rd_take(r, rd_left(r) / 2)); break;
    case 9: command(w, to, arg >> 1); break;
    }
    take_facts(w);
}

/* Left alone, the two find together again: what was forgotten on one side runs out on the other. */
static void calm(struct world *w)
{
    size_t before;

    pass_time(w, CALM_S);
    for (int tries = 0; tries < 20; tries++) {
        before = w->side[1].arrived;
        learn_host(w, 1);
        send_host(w, 0, 64, false);
        pass_time(w, 30);
        send_host(w, 1, 64, false);
        pass_time(w, 30);
        if (w->side[1].arrived > before)
            return;
    }
    bug("no packet gets through any more");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct world *w = mem_zalloc(sizeof(*w));
    struct rd r = rd_of(bytes_of(data, size));

    clock_virtual_init(&w->clk);
    side_init(w, 0);
    side_init(w, 1);
    for (int i = 0; i < STEPS_MAX && rd_left(&r) > 1; i++)
        step(w, &r);
    calm(w);
    peer_free(w->side[0].peer);
    peer_free(w->side[1].peer);
    mem_free(w);
    return 0;
}
