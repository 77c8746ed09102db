/* How fast two reference gateways pass one TCP download: every segment goes into one, is sealed,
 * opened by the other and comes out. Beside it the floor: sealing and opening packets of the same
 * size with the same suite, which is nearly all of the work that cannot be left out. Rounds take
 * turns, so that a noisy machine slows both; the best round of each counts. */
#include "base/mem.h"
#include "esp/esp.h"
#include "gateway/gateway.h"
#include "wire/pkt.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { SEGMENT = 1380, BURST = 16, ROUNDS = 7 };

#define BYTES (256u << 20)

enum { BO, HO };
enum { LAN, WAN };

struct end {
    struct sink sink;
    struct bench *b;
    int side, leg;
    uint8_t buf[2048];
};

struct bench {
    struct clock_virtual clk;
    struct rng_seeded rng[2];
    struct gateway *g[2];
    struct end end[2][2];
    struct mac mac[2][2]; /* the gateways' */
    uint64_t out[2];      /* frames that came out at the LANs */
    struct pkt last[2];
    uint8_t seen[2][2048];
    uint8_t frame[2048], frame_back[2048];
};

static double now(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void die(const char *what)
{
    fprintf(stderr, "gateway_bench: %s\n", what);
    exit(1);
}

static const char common[] =
    "access-list 100 permit ip 10.0.0.0 255.0.0.0 10.0.0.0 255.0.0.0\n"
    "crypto ipsec transform-set s esp-aes esp-sha-hmac\n"
    "crypto map m 5 match address 100\ncrypto map m 5 set transform-set s\n"
    "crypto isakmp policy 5\n authentication pre-share\n"
    "tunnel-group 192.0.2.1 type ipsec-l2l\n"
    "tunnel-group 192.0.2.1 ipsec-attributes\n pre-shared-key k\n"
    "tunnel-group 192.0.2.2 type ipsec-l2l\n"
    "tunnel-group 192.0.2.2 ipsec-attributes\n pre-shared-key k\n";

static const char *const own[] = {
    "interface Ethernet0/0\n nameif outside\n security-level 0\n"
    " ip address 192.0.2.1 255.255.255.0\n"
    "interface Ethernet0/1\n nameif inside\n security-level 100\n"
    " ip address 10.1.0.1 255.255.255.0\n"
    "route outside 0 0 192.0.2.2\ncrypto map m 5 set peer 192.0.2.2\n",
    "interface Ethernet0/0\n nameif outside\n security-level 0\n"
    " ip address 192.0.2.2 255.255.255.0\n"
    "interface Ethernet0/1\n nameif inside\n security-level 100\n"
    " ip address 10.2.0.1 255.255.255.0\n"
    "route outside 0 0 192.0.2.1\ncrypto map m 5 set peer 192.0.2.1\n",
};

static uint8_t *reserve(struct sink *s, size_t cap)
{
    struct end *e = CONTAINER_OF(s, struct end, sink);

    return cap <= sizeof(e->buf) ? e->buf : NULL;
}

/* A LAN's own station: answers ARP, counts the rest. */
static void lan(struct bench *b, struct end *e, size_t n)
{
    struct pkt p;

    b->out[e->side]++;
    if (b->out[e->side] > 8 && e->buf[12] == 0x08 && e->buf[13] == 0x00)
        return; /* not looked at while time is taken */
    memcpy(b->seen[e->side], e->buf, n);
    pkt_parse(bytes_of(b->seen[e->side], n), &p);
    b->last[e->side] = p;
}

static void commit(struct sink *s, size_t n)
{
    struct end *e = CONTAINER_OF(s, struct end, sink);

    if (e->leg == LAN)
        lan(e->b, e, n);
    else
        gateway_input(e->b->g[!e->side], 0, bytes_of(e->buf, n));
}

static const struct sink_ops ops = {reserve, commit};

static void make(struct bench *b, int side)
{
    struct gw_config *c = gw_config_new();
    struct gateway_env env = {.clk = &b->clk.clock, .rng = &b->rng[side].rng};
    struct diag why = {0};

    if (gw_config_load(c, "common", bytes_str(common), NULL, &why) ||
        gw_config_load(c, "own", bytes_str(own[side]), NULL, &why) ||
        gw_config_load(c, "more",
                       bytes_str("crypto map m interface outside\ncrypto isakmp enable outside\n"),
                       NULL, &why) ||
        gateway_new(c, &env, &b->g[side], &why))
        die(why.text);
    for (int leg = 0; leg < 2; leg++) {
        b->end[side][leg] = (struct end){.sink.ops = &ops, .b = b, .side = side, .leg = leg};
        gateway_attach(b->g[side], leg == WAN ? 0 : 1, &b->end[side][leg].sink);
    }
}

/* The station of SIDE asks for its gateway. */
static void greet(struct bench *b, int side)
{
    struct wr w = wr_of(b->frame, sizeof(b->frame));
    struct arp a = {.op = ARP_REQUEST, .sender_mac = {{2, 0, 0, 0, 0, (uint8_t)side}}};

    a.sender = ip4(side == BO ? 0x0a010009 : 0x0a020009);
    a.target = ip4(side == BO ? 0x0a010001 : 0x0a020001);
    ether_put(&w, &MAC_BROADCAST, &a.sender_mac, ETHER_ARP);
    arp_put(&w, &a);
    gateway_input(b->g[side], 1, wr_bytes(&w));
    b->mac[side][LAN] = b->last[side].eth.src;
}

/* A segment from the station of SIDE, in OUT. Returns the frame's length. */
static size_t segment(struct bench *b, int side, const struct tcp *t, uint8_t *out)
{
    struct mac from = {{2, 0, 0, 0, 0, (uint8_t)side}};
    struct ip ip = {.version = 4, .proto = IP_TCP, .ttl = 64, .df = true};
    struct wr w = wr_of(out, 2048);

    ip.src = ip4(side == BO ? 0x0a010009 : 0x0a020009);
    ip.dst = ip4(side == BO ? 0x0a020009 : 0x0a010009);
    ether_put(&w, &b->mac[side][LAN], &from, ETHER_IPV4);
    ip_put(&w, &ip, TCP_HDR_LEN + t->data.n);
    tcp_put(&w, t, &ip.src, &ip.dst);
    return w.at;
}

static void send(struct bench *b, int side, const struct tcp *t)
{
    size_t n = segment(b, side, t, b->frame);

    gateway_input(b->g[side], 1, bytes_of(b->frame, n));
}

static void wait(struct bench *b, struct span d)
{
    struct mono until = mono_add(b->clk.at, d);

    for (;;) {
        struct mono t = mono_min(gateway_deadline(b->g[0]), gateway_deadline(b->g[1]));
        if (!mono_before(t, until))
            break;
        clock_sleep_until(&b->clk.clock, t);
        gateway_tick(b->g[0]);
        gateway_tick(b->g[1]);
    }
    clock_sleep_until(&b->clk.clock, until);
}

struct flow {
    uint32_t data; /* next sequence number of the HO */
    uint32_t seen; /* what the HO sees of the BO's */
    uint32_t ack;  /* what the BO sees of the HO's */
};

static void connect(struct bench *b, struct flow *f)
{
    struct tcp syn = {.src = 5000, .dst = 80, .seq = 99, .flags = TCP_SYN, .window = 65535};
    struct tcp reply = {.src = 80, .dst = 5000, .flags = TCP_SYN | TCP_ACK, .window = 65535};

    send(b, BO, &syn);
    wait(b, SPAN_S(2));
    if (b->last[HO].kind != PKT_TCP)
        die("the SYN did not arrive");
    f->seen = reply.ack = b->last[HO].tcp.seq + 1;
    send(b, HO, &reply);
    f->ack = b->last[BO].tcp.seq + 1;
    syn.flags = TCP_ACK;
    syn.seq = 100;
    syn.ack = f->ack;
    send(b, BO, &syn);
    f->data = 1;
}

/* BURST segments down, one ACK up. The frames' checksums are left to the sender, who is no part of
 * this: they are made once and are not looked at. */
static void burst(struct bench *b, struct flow *f)
{
    static const uint8_t payload[SEGMENT];
    struct tcp down = {.src = 80, .dst = 5000, .flags = TCP_ACK, .window = 65535};
    struct tcp up = {.src = 5000, .dst = 80, .seq = 100, .flags = TCP_ACK, .window = 65535};
    size_t n;

    down.ack = f->seen;
    down.data = bytes_of(payload, SEGMENT);
    down.seq = f->data;
    n = segment(b, HO, &down, b->frame);
    for (int i = 0; i < BURST; i++) {
        struct wr w = wr_of(b->frame, n);
        w.at = n;
        wr_fill32(&w, ETHER_HDR_LEN + IP4_HDR_LEN + 4, f->data);
        gateway_input(b->g[HO], 1, bytes_of(b->frame, n));
        f->data += SEGMENT;
    }
    f->ack += BURST * SEGMENT;
    up.ack = f->ack;
    n = segment(b, BO, &up, b->frame_back);
    gateway_input(b->g[BO], 1, bytes_of(b->frame_back, n));
}

static double round_of_gateways(struct bench *b, struct flow *f)
{
    uint64_t before = b->out[BO];
    size_t bursts = BYTES / (SEGMENT * BURST);
    double t = now();

    for (size_t i = 0; i < bursts; i++)
        burst(b, f);
    t = now() - t;
    if (b->out[BO] - before != bursts * BURST)
        die("segments were lost");
    return t;
}

static struct esp_sa *sa(void)
{
    struct esp_params p = {
        .spi = 999, .cipher = CIPHER_AES128_CBC, .integ = INTEG_HMAC_SHA1_96, .replay_window = 64};
    struct esp_sa *out;

    if (esp_sa_new(&p, (struct mono){0}, &out))
        die("no SA");
    return out;
}

static double round_of_floor(struct rng *rng)
{
    static uint8_t inner[SEGMENT + 40], packet[2048], plain[2048];
    struct esp_sa *out = sa(), *in = sa();
    struct esp_plain got;
    double t = now();

    for (size_t i = 0; i < BYTES / SEGMENT; i++) {
        struct wr w = wr_of(packet, sizeof(packet));
        if (esp_seal(out, rng, bytes_of(inner, sizeof(inner)), IP_IPIP, &w) ||
            esp_open(in, wr_bytes(&w), plain, &got))
            die("ESP failed");
    }
    t = now() - t;
    esp_sa_free(out);
    esp_sa_free(in);
    return t;
}

int main(void)
{
    struct bench *b = mem_zalloc(sizeof(*b));
    double pair = 1e9, floor = 1e9;
    struct flow f;

    clock_virtual_init(&b->clk);
    rng_seeded_init(&b->rng[0], 1, "bo");
    rng_seeded_init(&b->rng[1], 1, "ho");
    make(b, BO);
    make(b, HO);
    greet(b, BO);
    greet(b, HO);
    connect(b, &f);
    for (int i = 0; i < ROUNDS; i++) {
        double t = round_of_floor(&b->rng[0].rng);
        floor = t < floor ? t : floor;
        t = round_of_gateways(b, &f);
        pair = t < pair ? t : pair;
    }
    printf("gateway: a download through two gateways, aes-128-cbc/hmac-sha1-96: %.2f Gbit/s\n",
           BYTES * 8.0 / pair / 1e9);
    printf("gateway: floor, ESP alone:                                          %.2f Gbit/s\n",
           BYTES * 8.0 / floor / 1e9);
    gateway_free(b->g[0]);
    gateway_free(b->g[1]);
    mem_free(b);
    return 0;
}
