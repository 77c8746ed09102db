#include "tests/two_peers.h"

#include "base/mem.h"
#include "tests/testkit.h"

#define PORT_HOST 4000

static const struct mac wan_macs[2] = {{{2, 0, 0, 0, 1, 0}}, {{2, 0, 0, 0, 1, 1}}};
static const struct mac inner_macs[2] = {{{2, 0, 0, 0, 2, 0}}, {{2, 0, 0, 0, 2, 1}}};

static struct ip_addr addr(const char *text)
{
    struct ip_addr a;

    assert_ok(ip_addr_parse(text, &a));
    return a;
}

static struct ip_net net(const char *text)
{
    struct ip_net n;

    assert_ok(ip_net_parse(text, &n));
    return n;
}

static void init_side(struct two_peers *t, int i)
{
    struct one_peer *s = &t->side[i];
    bool a = i == PEER_A;

    s->lab = t;
    s->host_addr = addr(a ? "10.1.0.9" : "10.2.0.9");
    s->host_mac = (struct mac){{2, 0, 0, 0, 3, (uint8_t)i}};
    s->suite = (struct ike_suite){CIPHER_AES128_CBC, DIGEST_SHA1, 2, 86400, INTEG_NONE};
    s->esp = (struct ike_esp_suite){CIPHER_AES128_CBC, INTEG_HMAC_SHA1_96, 0, 28800, 0, false};
    s->policy = (struct ike_policy){.id = 7,
                                    .selector = {.local = net(a ? "10.1.0.0/16" : "10.2.0.0/16"),
                                                 .remote = net(a ? "10.2.0.0/16" : "10.1.0.0/16")},
                                    .suites = &s->esp,
                                    .nsuites = 1};
    s->ike = (struct ike_peer_config){
        .address = addr(a ? "209.165.200.10" : "209.165.201.2"),
        .psk = bytes_str("key of the test"),
        .suites = &s->suite,
        .nsuites = 1,
        .initial_contact = true,
        .dpd = {.enabled = true, .threshold = SPAN_S(10), .retry = SPAN_S(2), .tries = 3}};
    s->cfg = (struct peer_config){.wan = addr(a ? "209.165.201.2" : "209.165.200.10"),
                                  .wan_on_link = addr(a ? "209.165.201.2" : "209.165.201.1"),
                                  .wan_next_hop = addr(a ? "209.165.201.1" : "209.165.201.2"),
                                  .wan_mac = wan_macs[i],
                                  .inner = addr(a ? "10.1.0.1" : "10.2.0.1"),
                                  .inner_mac = inner_macs[i]};
}

void two_peers_init(struct two_peers *t)
{
    *t = (struct two_peers){0};
    clock_virtual_init(&t->clk);
    init_side(t, PEER_A);
    init_side(t, PEER_B);
}

static bool watch(void *ctx, bool outbound, struct bytes frame)
{
    struct one_peer *s = ctx;
    struct two_peers *t = s->lab;
    struct pkt p;

    if (!outbound)
        return true;
    pkt_parse(frame, &p);
    if (p.kind != PKT_OTHER && p.kind != PKT_ARP) {
        s->fragments_sent += ip_is_fragment(&p.ip);
        if (frame.n - ETHER_HDR_LEN > s->largest_sent)
            s->largest_sent = frame.n - ETHER_HDR_LEN;
    }
    if (p.kind == PKT_ESP) {
        s->esp_sent++;
        s->last_esp = mem_resize(s->last_esp, frame.n, 1);
        memcpy(s->last_esp, frame.p, frame.n);
        s->last_esp_len = frame.n;
    }
    return !t->hook || t->hook(t, s == &t->side[PEER_A] ? PEER_A : PEER_B, frame);
}

void two_peers_start(struct two_peers *t)
{
    struct link_spec wan = {.delay = SPAN_MS(10)}, lan = {0};

    rng_seeded_init(&t->rng, 1, "links");
    link_new(&wan, &t->clk.clock, &t->rng.rng, &t->side[PEER_A].wan, &t->side[PEER_B].wan);
    for (int i = 0; i < 2; i++) {
        struct one_peer *s = &t->side[i];
        link_new(&lan, &t->clk.clock, &t->rng.rng, &s->inner, &s->host);
        s->cfg.ike = (struct ike_config){.local = s->cfg.wan,
                                         .peers = &s->ike,
                                         .npeers = 1,
                                         .policies = &s->policy,
                                         .npolicies = 1};
        rng_seeded_init(&s->rng, 1, i == PEER_A ? "a" : "b");
        s->peer = peer_new(&s->cfg, &t->clk.clock, &s->rng.rng, NULL);
        peer_attach(s->peer, PEER_WAN, &s->wan->sink);
        peer_attach(s->peer, PEER_INNER, &s->inner->sink);
        port_set_filter(s->wan, (struct port_filter){watch, s});
    }
}

void two_peers_release(struct two_peers *t)
{
    for (int i = 0; i < 2; i++) {
        struct one_peer *s = &t->side[i];
        peer_free(s->peer);
        port_close(s->wan);
        port_close(s->inner);
        port_close(s->host);
        mem_free(s->facts);
        for (size_t g = 0; g < s->ngot; g++)
            mem_free(s->got[g].p);
        mem_free(s->got);
        mem_free(s->last_esp);
    }
}

/* --- moving ------------------------------------------------------------------------------------
 */

static void take_facts(struct one_peer *s)
{
    struct peer_fact f;

    while (peer_next_fact(s->peer, &f)) {
        s->facts = mem_resize(s->facts, s->nfacts + 1, sizeof(f));
        s->facts[s->nfacts++] = f;
    }
}

static void answer_arp(struct one_peer *s, const struct pkt *p)
{
    uint8_t b[ETHER_HDR_LEN + ARP_LEN];
    struct wr w = wr_of(b, sizeof(b));
    struct arp a = {.op = ARP_REPLY,
                    .sender_mac = s->host_mac,
                    .target_mac = p->arp.sender_mac,
                    .sender = s->host_addr,
                    .target = p->arp.sender};

    if (p->arp.op != ARP_REQUEST || !ip_addr_eq(&p->arp.target, &s->host_addr))
        return;
    ether_put(&w, &p->arp.sender_mac, &s->host_mac, ETHER_ARP);
    arp_put(&w, &a);
    assert_true(sink_put(&s->host->sink, wr_bytes(&w)));
}

static void host_takes(struct one_peer *s, struct bytes frame)
{
    struct pkt p;

    pkt_parse(frame, &p);
    if (p.kind == PKT_ARP) {
        answer_arp(s, &p);
        return;
    }
    assert_true(mac_eq(&p.eth.dst, &s->host_mac));
    s->got = mem_resize(s->got, s->ngot + 1, sizeof(*s->got));
    struct got_packet *g = &s->got[s->ngot++];
    g->n = frame.n - ETHER_HDR_LEN;
    g->p = mem_zalloc(g->n);
    memcpy(g->p, frame.p + ETHER_HDR_LEN, g->n);
}

static void deliver(struct one_peer *s)
{
    struct bytes frame;
    struct mono when;

    while (port_receive(s->wan, &frame, &when))
        peer_input(s->peer, PEER_WAN, frame);
    while (port_receive(s->inner, &frame, &when))
        peer_input(s->peer, PEER_INNER, frame);
    while (port_receive(s->host, &frame, &when))
        host_takes(s, frame);
    if (!mono_before(clock_now(&s->lab->clk.clock), peer_deadline(s->peer)))
        peer_tick(s->peer);
    take_facts(s);
}

static struct mono next_of(const struct one_peer *s)
{
    return mono_min(mono_min(port_next(s->wan), port_next(s->inner)),
                    mono_min(port_next(s->host), peer_deadline(s->peer)));
}

void two_peers_run(struct two_peers *t, double seconds)
{
    struct mono end = mono_add(t->clk.at, SPAN_NS(seconds * 1e9));

    for (;;) {
        deliver(&t->side[PEER_A]);
        deliver(&t->side[PEER_B]);
        struct mono next = mono_min(next_of(&t->side[PEER_A]), next_of(&t->side[PEER_B]));
        if (mono_before(end, next)) {
            clock_sleep_until(&t->clk.clock, end);
            return;
        }
        clock_sleep_until(&t->clk.clock, next);
    }
}

void two_peers_up(struct two_peers *t)
{
    assert_ok(peer_establish(t->side[PEER_A].peer));
    two_peers_run(t, 2);
    assert_int_equal(peer_children(t->side[PEER_A].peer), 1);
    assert_int_equal(peer_children(t->side[PEER_B].peer), 1);
}

void two_peers_send(struct two_peers *t, int from, size_t len, bool df, uint8_t ttl)
{
    struct one_peer *s = &t->side[from];
    size_t n = ETHER_HDR_LEN + IP4_HDR_LEN + UDP_HDR_LEN + len;
    uint8_t *b = mem_zalloc(n), *data = mem_zalloc(len);
    struct wr w = wr_of(b, n);
    struct ip ip = {.version = 4,
                    .proto = IP_UDP,
                    .ttl = ttl,
                    .df = df,
                    .id = 77,
                    .src = s->host_addr,
                    .dst = t->side[!from].host_addr};

    for (size_t i = 0; i < len; i++)
        data[i] = (uint8_t)(i * 7 + len);
    struct udp u = {.src = PORT_HOST, .dst = PORT_HOST + 1, .data = {data, len}};
    ether_put(&w, &s->cfg.inner_mac, &s->host_mac, ETHER_IPV4);
    ip_put(&w, &ip, UDP_HDR_LEN + len);
    udp_put(&w, &u, &ip.src, &ip.dst);
    assert_true(sink_put(&s->host->sink, wr_bytes(&w)));
    mem_free(b);
    mem_free(data);
    two_peers_run(t, 0.1);
}

void two_peers_begin(struct two_peers *t)
{
    two_peers_init(t);
    two_peers_start(t);
    two_peers_up(t);
}

void two_peers_pass(struct two_peers *t, int from)
{
    size_t before = t->side[!from].ngot;

    two_peers_send(t, from, 100, false, 64);
    assert_int_equal(t->side[!from].ngot, before + 1);
}

/* --- what there was ----------------------------------------------------------------------------
 */

struct pkt two_peers_last(const struct two_peers *t, int side)
{
    const struct one_peer *s = &t->side[side];
    struct pkt p;

    assert_true(s->ngot > 0);
    pkt_parse_ip(bytes_of(s->got[s->ngot - 1].p, s->got[s->ngot - 1].n), &p);
    return p;
}

size_t two_peers_facts(const struct two_peers *t, int side, enum peer_fact_kind kind)
{
    size_t n = 0;

    for (size_t i = 0; i < t->side[side].nfacts; i++)
        n += t->side[side].facts[i].kind == kind;
    return n;
}

size_t two_peers_ike_facts(const struct two_peers *t, int side, enum ike_fact fact)
{
    size_t n = 0;

    for (size_t i = 0; i < t->side[side].nfacts; i++) {
        const struct peer_fact *f = &t->side[side].facts[i];
        n += f->kind == PEER_IKE_FACT && f->ike.fact == fact;
    }
    return n;
}

const struct peer_fact *two_peers_last_fact(const struct two_peers *t, int side,
                                            enum peer_fact_kind kind)
{
    const struct peer_fact *last = NULL;

    for (size_t i = 0; i < t->side[side].nfacts; i++) {
        if (t->side[side].facts[i].kind == kind)
            last = &t->side[side].facts[i];
    }
    assert_non_null(last);
    return last;
}

struct peer_counters two_peers_count(const struct two_peers *t, int side)
{
    struct peer_counters c;

    peer_counters(t->side[side].peer, &c);
    return c;
}

void two_peers_inject(struct two_peers *t, int side, const struct ip *ip, struct bytes payload)
{
    uint8_t b[2048];
    struct wr w = wr_of(b, sizeof(b));

    ether_put(&w, &t->side[side].cfg.wan_mac, &t->side[!side].cfg.wan_mac, ETHER_IPV4);
    ip_put(&w, ip, payload.n);
    wr_put(&w, payload);
    assert_ok(w.err);
    peer_input(t->side[side].peer, PEER_WAN, wr_bytes(&w));
    two_peers_run(t, 0.1);
}

struct esp_sa *two_peers_sa(const struct two_peers *t, int side, bool inbound)
{
    const struct ike_out *o = &two_peers_last_fact(t, side, PEER_CHILD_UP)->ike;
    const struct ip_addr *own = &t->side[side].cfg.wan;
    struct esp_params e = {.spi = inbound ? o->child.in_spi : o->child.out_spi,
                           .src = inbound ? o->peer : *own,
                           .dst = inbound ? *own : o->peer,
                           .cipher = o->child.suite.cipher,
                           .integ = o->child.suite.integ};
    struct esp_sa *sa;

    memcpy(e.cipher_key, inbound ? o->child.in_cipher_key : o->child.out_cipher_key,
           sizeof(e.cipher_key));
    memcpy(e.integ_key, inbound ? o->child.in_integ_key : o->child.out_integ_key,
           sizeof(e.integ_key));
    assert_ok(esp_sa_new(&e, t->clk.at, &sa));
    return sa;
}
