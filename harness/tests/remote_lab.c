#include "tests/remote_lab.h"

#include "base/mem.h"
#include "tests/testkit.h"
#include "wire/pkt.h"

#include <stdio.h>

#define WIRE_DELAY SPAN_MS(1)

static const struct mac station = {{2, 0, 0, 0, 9, 9}}; /* whoever the test plays */
static const char *const nameifs[] = {"inside", "outside", "management"};

static struct mac wan_mac(int i)
{
    return (struct mac){{2, 0, 0, 0, 1, (uint8_t)i}};
}

static struct mac lan_mac(int i)
{
    return (struct mac){{2, 0, 0, 0, 2, (uint8_t)i}};
}

static void push(struct remote_lab *l, int to, struct bytes frame)
{
    struct remote_frame f = {.to = to, .at = mono_add(l->clk.at, WIRE_DELAY), .n = frame.n};

    f.p = mem_array(frame.n, 1);
    memcpy(f.p, frame.p, frame.n);
    l->queue = mem_resize(l->queue, l->nqueue + 1, sizeof(f));
    l->queue[l->nqueue++] = f;
}

/* Whoever is asked for: the station has the address. */
static void answer_arp(struct remote_lab *l, int to, const struct arp *q)
{
    uint8_t frame[64];
    struct wr w = wr_of(frame, sizeof(frame));
    struct arp a = {.op = ARP_REPLY,
                    .sender_mac = station,
                    .target_mac = q->sender_mac,
                    .sender = q->target,
                    .target = q->sender};

    if (q->op != ARP_REQUEST || ip_addr_eq(&q->sender, &q->target))
        return;
    ether_put(&w, &q->sender_mac, &station, ETHER_ARP);
    arp_put(&w, &a);
    push(l, to, wr_bytes(&w));
}

/* On the outside network everybody hears everybody. */
static void cross_wan(struct remote_lab *l, int from, const struct pkt *p, struct bytes frame)
{
    bool all = mac_eq(&p->eth.dst, &MAC_BROADCAST);

    for (int i = 0; i < REMOTE_CLIENTS; i++) {
        struct mac mac = wan_mac(i);
        if (l->client[i].used && from != REMOTE_WAN + i && (all || mac_eq(&p->eth.dst, &mac)))
            push(l, REMOTE_WAN + i, frame);
    }
    if (from != REMOTE_OUTSIDE)
        push(l, REMOTE_OUTSIDE, frame);
}

static void serve(struct remote_lab *l, const struct pkt *p)
{
    l->served++;
    l->server_sees = p->kind == PKT_TCP ? p->tcp.seq : 0;
    l->inside_mac = p->eth.src;
}

static uint8_t *reserve(struct sink *s, size_t cap)
{
    struct remote_end *e = CONTAINER_OF(s, struct remote_end, sink);

    return cap <= sizeof(e->buf) ? e->buf : NULL;
}

static void commit(struct sink *s, size_t n)
{
    struct remote_end *e = CONTAINER_OF(s, struct remote_end, sink);
    struct remote_lab *l = e->lab;
    struct pkt p;

    pkt_parse(bytes_of(e->buf, n), &p);
    if (e->place == REMOTE_OUTSIDE || (e->place >= REMOTE_WAN && e->place < REMOTE_LAN))
        cross_wan(l, e->place, &p, bytes_of(e->buf, n));
    else if (p.kind == PKT_ARP)
        answer_arp(l, e->place, &p.arp);
    else if (e->place == REMOTE_MGMT && p.kind == PKT_UDP)
        buf_addf(&l->log, "%.*s\n", (int)p.udp.data.n, (const char *)p.udp.data.p);
    else if (e->place == REMOTE_INSIDE)
        serve(l, &p);
    else if (e->place >= REMOTE_LAN)
        l->client[e->place - REMOTE_LAN].got++;
}

static const struct sink_ops ops = {reserve, commit};

static void load(struct gw_config *c, const char *path, const char *text)
{
    struct gw_load_options opts = {.psk = REMOTE_PSK};
    struct diag why = {0};
    size_t n = 0;
    uint8_t *file = path ? test_file(path, &n) : NULL;
    struct bytes b = path ? bytes_of(file, n) : bytes_str(text);

    if (gw_config_load(c, path ? path : "extra", b, &opts, &why))
        fail_msg("%s", why.text);
    mem_free(file);
}

void remote_lab_init(struct remote_lab *l, const char *extra)
{
    struct gw_config *c = gw_config_new();
    struct gateway_env env = {.clk = &l->clk.clock, .rng = &l->rng.rng, .epoch_s = 1700000000};
    struct diag why = {0};
    size_t ifi;

    memset(l, 0, sizeof(*l));
    clock_virtual_init(&l->clk);
    rng_seeded_init(&l->rng, 1, "headend");
    load(c, "cases/devices/ho-asa.cfg", NULL);
    load(c, "cases/devices/ho-remote.cfg", NULL);
    load(c, "cases/devices/logging.cfg", NULL);
    load(c, NULL, extra ? extra : "");
    if (gateway_new(c, &env, &l->gw, &why))
        fail_msg("%s", why.text);
    for (int i = 0; i < REMOTE_PLACES; i++)
        l->end[i] = (struct remote_end){.sink.ops = &ops, .lab = l, .place = i};
    for (int i = 0; i <= REMOTE_MGMT; i++) {
        assert_ok(gateway_find_interface(l->gw, nameifs[i], &ifi));
        gateway_attach(l->gw, ifi, &l->end[i].sink);
    }
    remote_run(l, 0.1);
}

void remote_lab_release(struct remote_lab *l)
{
    gateway_free(l->gw);
    for (int i = 0; i < REMOTE_CLIENTS; i++)
        peer_free(l->client[i].peer);
    for (size_t i = 0; i < l->nqueue; i++)
        mem_free(l->queue[i].p);
    mem_free(l->queue);
    buf_release(&l->log);
}

/* --- clients ------------------------------------------------------------------------------------
 */

void remote_client_init(struct remote_lab *l, int i, enum remote_mode mode)
{
    static const char *const groups[] = {"hardware", "software", "anyconnect"};
    static const uint32_t hosts[REMOTE_CLIENTS] = {0x0ae0e40a, 0x0ae0340a, 0x0ae04d0a};
    struct remote_client *c = &l->client[i];

    *c = (struct remote_client){.used = true, .host = ip4(hosts[i])};
    c->suite = (struct ike_suite){CIPHER_3DES_CBC, DIGEST_SHA1, 2, 86400, INTEG_NONE};
    c->esp = (struct ike_esp_suite){CIPHER_3DES_CBC, INTEG_HMAC_MD5_96, 0, 28800, 0, false};
    c->ike = (struct ike_peer_config){
        .address = ip4(0xd1a5c80a), /* 209.165.200.10 */
        .psk = bytes_str(REMOTE_PSK),
        .suites = &c->suite,
        .nsuites = 1,
        .group = bytes_str(groups[mode]),
        .aggressive = true,
        .xauth = true,
        .config = mode == REMOTE_NEM ? IKE_CONFIG_NETWORK : IKE_CONFIG_ADDRESS,
        .user = bytes_str("branch"),
        .password = bytes_str("holdfast-user"),
        .version = bytes_str(mode == REMOTE_ANYCONNECT ? "AnyConnect" : "the lab's"),
        .initial_contact = true,
        .dpd = {.enabled = true, .threshold = SPAN_S(10), .retry = SPAN_S(2), .tries = 3}};
    c->policy = (struct ike_policy){
        .id = 1, .suites = &c->esp, .nsuites = 1, .assigned = mode != REMOTE_NEM};
    c->policy.selector.local = (struct ip_net){ip4(hosts[i] & 0xffffff80), 25};
    c->policy.selector.remote = (struct ip_net){ip4(0), 0};
}

void remote_client_start(struct remote_lab *l, int i)
{
    struct remote_client *c = &l->client[i];
    struct ip_addr own = ip4(0xd1a5c80b + (uint32_t)i);
    struct peer_config cfg = {.wan = own,
                              .wan_on_link = own,
                              .wan_next_hop = c->ike.address,
                              .wan_mac = wan_mac(i),
                              .inner = ip4(0x0ae00001 + (uint32_t)i),
                              .inner_mac = lan_mac(i),
                              .no_acquire = true};

    cfg.ike = (struct ike_config){
        .local = own, .peers = &c->ike, .npeers = 1, .policies = &c->policy, .npolicies = 1};
    rng_seeded_init(&c->rng, (uint64_t)i + 2, "client");
    c->peer = peer_new(&cfg, &l->clk.clock, &c->rng.rng, NULL);
    peer_attach(c->peer, PEER_WAN, &l->end[REMOTE_WAN + i].sink);
    peer_attach(c->peer, PEER_INNER, &l->end[REMOTE_LAN + i].sink);
    assert_ok(peer_establish(c->peer));
}

bool remote_client_up(struct remote_lab *l, int i, enum remote_mode mode)
{
    remote_client_init(l, i, mode);
    remote_client_start(l, i);
    remote_run(l, 1);
    return peer_children(l->client[i].peer) == 1;
}

/* --- time ---------------------------------------------------------------------------------------
 */

static void take_facts(struct remote_client *c)
{
    struct peer_fact f;

    while (peer_next_fact(c->peer, &f)) {
        c->ups += f.kind == PEER_IKE_UP;
        c->downs += f.kind == PEER_IKE_DOWN;
        if (f.kind == PEER_IKE_DOWN)
            c->end = f.ike.end;
    }
}

static void deliver(struct remote_lab *l)
{
    struct remote_frame f = l->queue[0];
    size_t ifi;

    l->nqueue--;
    memmove(l->queue, l->queue + 1, l->nqueue * sizeof(f));
    if (f.to <= REMOTE_MGMT) {
        assert_ok(gateway_find_interface(l->gw, nameifs[f.to], &ifi));
        gateway_input(l->gw, ifi, bytes_of(f.p, f.n));
    } else {
        bool lan = f.to >= REMOTE_LAN;
        int i = f.to - (lan ? REMOTE_LAN : REMOTE_WAN);
        peer_input(l->client[i].peer, lan ? PEER_INNER : PEER_WAN, bytes_of(f.p, f.n));
    }
    mem_free(f.p);
}

static struct mono next_of(const struct remote_lab *l)
{
    struct mono t = mono_min(l->nqueue ? l->queue[0].at : MONO_NEVER, gateway_deadline(l->gw));

    for (int i = 0; i < REMOTE_CLIENTS; i++) {
        if (l->client[i].peer)
            t = mono_min(t, peer_deadline(l->client[i].peer));
    }
    return t;
}

void remote_run(struct remote_lab *l, double seconds)
{
    struct mono until = mono_add(l->clk.at, SPAN_NS(seconds * 1e9));

    for (struct mono t = next_of(l); !mono_before(until, t); t = next_of(l)) {
        clock_sleep_until(&l->clk.clock, t);
        while (l->nqueue && !mono_before(l->clk.at, l->queue[0].at))
            deliver(l);
        gateway_tick(l->gw);
        for (int i = 0; i < REMOTE_CLIENTS; i++) {
            if (!l->client[i].peer)
                continue;
            peer_tick(l->client[i].peer);
            take_facts(&l->client[i]);
        }
    }
    clock_sleep_until(&l->clk.clock, until);
}

/* --- packets ------------------------------------------------------------------------------------
 */

static void send_segment(struct remote_lab *l, int to, const struct mac *dst, const struct ip *ip,
                         const struct tcp *t)
{
    uint8_t frame[256];
    struct wr w = wr_of(frame, sizeof(frame));

    ether_put(&w, dst, &station, ETHER_IPV4);
    ip_put(&w, ip, TCP_HDR_LEN);
    tcp_put(&w, t, &ip->src, &ip->dst);
    assert_ok(w.err);
    push(l, to, wr_bytes(&w));
    remote_run(l, 0.1);
}

static const struct ip_addr server = {4, {192, 168, 50, 20}};

void remote_syn(struct remote_lab *l, int i, uint16_t port)
{
    struct mac dst = lan_mac(i);
    struct ip ip = {
        .version = 4, .proto = IP_TCP, .ttl = 64, .src = l->client[i].host, .dst = server};
    struct tcp t = {.src = port, .dst = 80, .seq = 1000, .flags = TCP_SYN, .window = 65535};

    send_segment(l, REMOTE_LAN + i, &dst, &ip, &t);
}

void remote_answer(struct remote_lab *l, int i, uint16_t port)
{
    struct ip ip = {
        .version = 4, .proto = IP_TCP, .ttl = 64, .src = server, .dst = l->client[i].host};
    struct tcp t = {.src = 80,
                    .dst = port,
                    .seq = 5000,
                    .ack = l->server_sees + 1,
                    .flags = TCP_SYN | TCP_ACK,
                    .window = 65535};

    send_segment(l, REMOTE_INSIDE, &l->inside_mac, &ip, &t);
}

/* --- what it says --------------------------------------------------------------------------------
 */

size_t remote_logged(const struct remote_lab *l, uint32_t id, const char *text)
{
    char number[16];
    size_t n = 0;

    snprintf(number, sizeof(number), "-%06u: ", id);
    for (const char *line = l->log.n ? l->log.s : "", *end; (end = strchr(line, '\n'));
         line = end + 1) {
        const char *at = strstr(line, number);
        const char *found = at && text ? strstr(at, text) : at;
        n += at && at < end && found && found < end;
    }
    return n;
}

const char *remote_type(struct remote_lab *l, const char *line, struct buf *out)
{
    buf_clear(out);
    gateway_command(l->gw, line, out);
    return buf_str(out);
}
