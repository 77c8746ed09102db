#include "tests/conn_lab.h"

#include "gateway/conn_parts.h"
#include "tests/testkit.h"

static void fill(struct rng *r, void *out, size_t n)
{
    struct bed_rng *s = CONTAINER_OF(r, struct bed_rng, rng);

    memset(out, 0, n);
    if (n == sizeof(uint32_t)) /* the table's hash key is longer */
        memcpy(out, s->next++, n);
}

static const struct rng_ops rng_ops = {fill};

void bed_open(struct conn_bed *b, const uint32_t *numbers)
{
    memset(b, 0, sizeof(*b));
    clock_virtual_init(&b->clk);
    b->rng = (struct bed_rng){{&rng_ops}, numbers};
    b->cfg = gw_config_new();
    b->cfg->random_sequence = numbers != NULL;
    assert_ok(gw_config_load(
        b->cfg, "t", bytes_str("logging enable\nlogging buffered 7\nlogging buffer-size 65536\n"),
        NULL, NULL));
    b->log = gw_syslog_new(b->cfg, &b->clk.clock, 0);
    b->netif[BED_OUTSIDE] = (struct netif){.nameif = "outside", .level = 0, .up = true};
    b->netif[BED_INSIDE] = (struct netif){.nameif = "inside", .level = 100, .up = true};
    b->ifs = (struct netifs){b->netif, 2};
    struct conns_env env = {
        .cfg = b->cfg, .clk = &b->clk.clock, .rng = &b->rng.rng, .log = b->log, .ifs = &b->ifs};
    b->t = conns_new(&env);
}

void bed_close(struct conn_bed *b)
{
    conns_free(b->t);
    gw_syslog_free(b->log);
    gw_config_free(b->cfg);
}

bool bed_logged(struct conn_bed *b, const char *text)
{
    struct buf out = BUF_INIT;

    gw_syslog_show(b->log, &out);
    bool found = strstr(buf_str(&out), text) != NULL;
    buf_release(&out);
    return found;
}

void bed_wait(struct conn_bed *b, int64_t ms)
{
    struct mono until = mono_add(b->clk.at, SPAN_MS(ms));

    while (mono_before(conns_deadline(b->t), until)) {
        clock_sleep_until(&b->clk.clock, conns_deadline(b->t));
        conns_tick(b->t);
    }
    clock_sleep_until(&b->clk.clock, until);
}

#define CLIENT 0x0a010105u
#define SERVER 0xc6336409u

void bed_packet(struct bed_packet *k, int side, uint8_t proto, const struct tcp *t, size_t len)
{
    static const uint8_t zeros[1500];
    struct ip ip = {.version = 4, .proto = proto, .ttl = 64};
    uint8_t payload[1600];
    struct wr w = wr_of(payload, sizeof(payload)), whole = wr_of(k->mem, sizeof(k->mem));

    ip.src = ip4(side == 0 ? CLIENT : SERVER);
    ip.dst = ip4(side == 0 ? SERVER : CLIENT);
    if (proto == IP_TCP) {
        struct tcp s = *t;
        s.src = side == 0 ? 4711 : 80;
        s.dst = side == 0 ? 80 : 4711;
        s.data = bytes_of(zeros, len);
        tcp_put(&w, &s, &ip.src, &ip.dst);
    } else if (proto == IP_UDP) {
        struct udp u = {.src = side == 0 ? 4711 : 53,
                        .dst = side == 0 ? 53 : 4711,
                        .data_len = len,
                        .data = bytes_of(zeros, len)};
        udp_put(&w, &u, &ip.src, &ip.dst);
    } else {
        struct icmp m = {.type = side == 0 ? ICMP_ECHO : ICMP_ECHO_REPLY,
                         .rest = 9 << 16,
                         .data = bytes_of(zeros, len)};
        icmp_put(&w, &m, &ip.src, &ip.dst);
    }
    ip_put(&whole, &ip, w.at);
    wr_put(&whole, wr_bytes(&w));
    k->n = whole.at;
    pkt_parse_ip(wr_bytes(&whole), &k->p);
}

enum conn_verdict bed_take(struct conns *t, struct conn *c, int side, const struct pkt *p)
{
    enum gw_drop why;

    return conn_take(t, c, side, p, &why);
}

struct conn *bed_begin(struct conn_bed *b, const struct bed_packet *k)
{
    struct conn_open how = {.ifi = {BED_INSIDE, BED_OUTSIDE}, .tunnel = {VPN_NONE, VPN_NONE}};
    struct conn *c = conns_open(b->t, &k->p, &how);

    assert_non_null(c);
    assert_int_equal(bed_take(b->t, c, 0, &k->p), CONN_PASS);
    return c;
}
