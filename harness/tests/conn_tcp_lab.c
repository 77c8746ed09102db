#include "tests/conn_tcp_lab.h"

#include "base/mem.h"
#include "gateway/conn_parts.h"
#include "tests/testkit.h"

#include <stdio.h>

#include "tests/conn_tcp_letters.h"

#define CLIENT ip4(0x0a758e13) /* 10.117.142.19 */
#define SERVER ip4(0xc0a8c61c) /* 192.168.198.28 */

static void fill(struct rng *r, void *out, size_t n)
{
    uint8_t *p = out;

    for (size_t i = 0; i < n; i++)
        p[i] = (uint8_t)(((struct fixed_rng *)r)->next >> i % 4 * 8);
}

static const struct rng_ops fixed_ops = {fill};

static void note_reset(void *ctx, const struct conn *c)
{
    (void)c;
    ((struct tcp_bench *)ctx)->resets++;
}

struct tcp_bench *bench_new(bool random, int client_level, int server_level)
{
    struct tcp_bench *b = mem_zalloc(sizeof(*b));

    b->cfg = gw_config_new();
    b->cfg->random_sequence = random;
    b->cfg->logging.enable = true;
    b->cfg->logging.to[GW_LOG_TO_BUFFER].level = 7;
    b->cfg->logging.buffer_size = 65536;
    clock_virtual_init(&b->clk);
    b->rng = (struct fixed_rng){{&fixed_ops}, 1368322453};
    b->log = gw_syslog_new(b->cfg, &b->clk.clock, 0);
    snprintf(b->v[0].nameif, GW_NAME, "inside");
    snprintf(b->v[1].nameif, GW_NAME, "dmz");
    b->v[0].level = client_level;
    b->v[1].level = server_level;
    b->ifs = (struct netifs){b->v, 2};
    struct conns_env env = {.cfg = b->cfg,
                            .clk = &b->clk.clock,
                            .rng = &b->rng.rng,
                            .log = b->log,
                            .ifs = &b->ifs,
                            .reset_hosts = note_reset,
                            .ctx = b};
    b->t = conns_new(&env);
    return b;
}

void bench_free(struct tcp_bench *b)
{
    conns_free(b->t);
    gw_syslog_free(b->log);
    gw_config_free(b->cfg);
    mem_free(b);
}

void bench_wait_s(struct tcp_bench *b, int64_t s)
{
    struct mono until = mono_add(b->clk.at, SPAN_S(s));

    while (mono_before(conns_deadline(b->t), until)) {
        clock_sleep_until(&b->clk.clock, conns_deadline(b->t));
        conns_tick(b->t);
    }
    clock_sleep_until(&b->clk.clock, until);
}

void bench_assert_logged(struct tcp_bench *b, const char *text)
{
    struct buf out = BUF_INIT;

    gw_syslog_show(b->log, &out);
    if (!strstr(buf_str(&out), text))
        fail_msg("not logged: %s\nin\n%s", text, buf_str(&out));
    buf_release(&out);
}

static const uint8_t zeros[70000];

static size_t build(const struct bench_seg *s, uint8_t *out, size_t cap)
{
    struct ip ip = {.version = 4, .proto = IP_TCP, .ttl = 64, .src = CLIENT, .dst = SERVER};
    struct tcp t = {.src = 42098,
                    .dst = 443,
                    .seq = s->seq,
                    .ack = s->ack,
                    .flags = s->flags,
                    .window = s->window ? s->window : 8192,
                    .opts = bytes_of(s->opts, s->nopts),
                    .data = bytes_of(zeros, s->n)};
    struct wr w = wr_of(out, cap);

    if (s->flags & TCP_URG)
        t.urgent = 1;
    if (s->side == 1) {
        ip.src = SERVER;
        ip.dst = CLIENT;
        t.src = 443;
        t.dst = 42098;
    }
    ip_put(&w, &ip, (size_t)TCP_HDR_LEN + s->nopts + s->n);
    tcp_put(&w, &t, &ip.src, &ip.dst);
    assert_ok(w.err);
    return w.at;
}

enum gw_drop bench_pass(struct tcp_bench *b, const struct bench_seg *s)
{
    size_t n = build(s, b->memory, sizeof(b->memory));
    struct conn_open how = {.ifi = {0, 1}, .tunnel = {VPN_NONE, VPN_NONE}};
    enum gw_drop why = GW_DROP_NONE;
    struct pkt p;
    int side;

    pkt_parse_ip(bytes_of(b->memory, n), &p);
    b->c = conns_find(b->t, &p, &side);
    if (!b->c) {
        b->c = conns_open(b->t, &p, &how);
        side = 0;
    }
    if (!b->c)
        return GW_DROP_NOT_SYN;
    if (conn_take(b->t, b->c, side, &p, &why) != CONN_PASS)
        return why;
    if (conn_rewrites(b->t, b->c, side, &p))
        conn_rewrite(b->t, b->c, side, b->memory, n);
    conn_settle(b->t, b->c);
    return GW_DROP_NONE;
}

struct tcp bench_sent(const struct tcp_bench *b)
{
    struct pkt p;

    pkt_parse_ip(bytes_of(b->memory, sizeof(b->memory)), &p);
    assert_int_equal(p.kind, PKT_TCP);
    assert_true(tcp_checksum_ok(p.ip.payload, &p.ip.src, &p.ip.dst));
    return p.tcp;
}

void bench_open_half(struct tcp_bench *b)
{
    struct bench_seg syn = {C, S, 1000, 0, 0, 0, {0}, 0};

    assert_int_equal(bench_pass(b, &syn), GW_DROP_NONE);
}

void bench_open_whole(struct tcp_bench *b)
{
    struct bench_seg second = {V, SA, 5000, 1001, 0, 0, {0}, 0},
                     third = {C, A, 1001, 5001, 0, 0, {0}, 0};

    bench_open_half(b);
    assert_int_equal(bench_pass(b, &second), GW_DROP_NONE);
    assert_int_equal(bench_pass(b, &third), GW_DROP_NONE);
}
