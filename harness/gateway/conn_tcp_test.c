/* TCP through the connection table: what fits a connection and what does not, and what is changed
 * in segments. Truth: numbers of a real ASAv 9.16(4) (CSCwj61793), the RFCs, the keywords of real
 * `show asp drop` outputs. */
#include "gateway/conn.h"
#include "gateway/conn_parts.h"
#include "tests/testkit.h"

#include "base/mem.h"

#include <stdio.h>

#define CLIENT ip4(0x0a758e13) /* 10.117.142.19 */
#define SERVER ip4(0xc0a8c61c) /* 192.168.198.28 */

struct fixed_rng { /* gives what it is told to */
    struct rng rng;
    uint32_t next;
};

static void fill(struct rng *r, void *out, size_t n)
{
    uint8_t *p = out;

    for (size_t i = 0; i < n; i++)
        p[i] = (uint8_t)(((struct fixed_rng *)r)->next >> i % 4 * 8);
}

static const struct rng_ops fixed_ops = {fill};

struct bench {
    struct clock_virtual clk;
    struct fixed_rng rng;
    struct gw_config *cfg;
    struct gw_syslog *log;
    struct netif v[2];
    struct netifs ifs;
    struct conns *t;
    struct conn *c;
    int resets;
};

static void note_reset(void *ctx, const struct conn *c)
{
    (void)c;
    ((struct bench *)ctx)->resets++;
}

/* The client is inside. RANDOM: whether the SYN's number is changed, by what the rng says. */
static struct bench *make_bench(bool random, int client_level, int server_level)
{
    struct bench *b = mem_zalloc(sizeof(*b));

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

static void free_bench(struct bench *b)
{
    conns_free(b->t);
    gw_syslog_free(b->log);
    gw_config_free(b->cfg);
    mem_free(b);
}

static void wait_s(struct bench *b, int64_t s)
{
    struct mono until = mono_add(b->clk.at, SPAN_S(s));

    while (mono_before(conns_deadline(b->t), until)) {
        clock_sleep_until(&b->clk.clock, conns_deadline(b->t));
        conns_tick(b->t);
    }
    clock_sleep_until(&b->clk.clock, until);
}

static void assert_logged(struct bench *b, const char *text)
{
    struct buf out = BUF_INIT;

    gw_syslog_show(b->log, &out);
    if (!strstr(buf_str(&out), text))
        fail_msg("not logged: %s\nin\n%s", text, buf_str(&out));
    buf_release(&out);
}

/* --- segments ----------------------------------------------------------------------------------
 */

struct seg {
    int side; /* 0: the client sends it */
    uint8_t flags;
    uint32_t seq, ack;
    uint16_t n, window;
    uint8_t opts[20];
    uint8_t nopts;
};

static const uint8_t zeros[70000];
static uint8_t memory[2048]; /* the packet that was sent last, as it went on */

static size_t build(const struct seg *s, uint8_t *out, size_t cap)
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

/* Sends S through the connection, which its first SYN opens. What became of it is in `memory`. */
static enum gw_drop pass(struct bench *b, const struct seg *s)
{
    size_t n = build(s, memory, sizeof(memory));
    struct conn_open how = {.ifi = {0, 1}, .tunnel = {VPN_NONE, VPN_NONE}};
    enum gw_drop why = GW_DROP_NONE;
    struct pkt p;
    int side;

    pkt_parse_ip(bytes_of(memory, n), &p);
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
        conn_rewrite(b->t, b->c, side, memory, n);
    conn_settle(b->t, b->c);
    return GW_DROP_NONE;
}

static struct tcp sent(void)
{
    struct pkt p;

    pkt_parse_ip(bytes_of(memory, sizeof(memory)), &p);
    assert_int_equal(p.kind, PKT_TCP);
    assert_true(tcp_checksum_ok(p.ip.payload, &p.ip.src, &p.ip.dst));
    return p.tcp;
}

#define S  TCP_SYN
#define A  TCP_ACK
#define F  TCP_FIN
#define R  TCP_RST
#define PA (TCP_PSH | TCP_ACK)
#define SA (TCP_SYN | TCP_ACK)
#define RA (TCP_RST | TCP_ACK)
#define FA (TCP_FIN | TCP_ACK)
#define C  0
#define V  1 /* the server */

/* --- the real capture --------------------------------------------------------------------------
 */

/* ASAv 9.16(4)170: SYN, a challenge ACK of a server that still has an old connection, and the
 * client's reset, which the gateway drops: below the ISN. The numbers are those of the capture. */
static void the_real_capture_of_a_challenge_ack_is_reproduced(void **state)
{
    static const uint8_t mss[] = {2, 4, 1460 >> 8, 1460 & 0xff};
    struct bench *b = make_bench(true, 100, 100);
    struct seg syn = {C, S, 2514567835u, 0, 0, 0, {0}, 4};
    struct seg stray = {V, A, 1000, 2338118548u, 0, 0, {0}, 0};
    struct seg reset = {C, R, 969796095u, 0, 0, 0, {0}, 0};
    struct tcp_opts o;

    (void)state;
    memcpy(syn.opts, mss, sizeof(mss));
    for (int again = 0; again < 2; again++) { /* a repeated SYN keeps its offset */
        assert_int_equal(pass(b, &syn), GW_DROP_NONE);
        assert_int_equal(sent().seq, 3882890288u);
        tcp_opts_parse(sent().opts, &o);
        assert_int_equal(o.mss, 1380);
    }
    assert_int_equal(pass(b, &stray), GW_DROP_NONE);
    assert_int_equal(sent().ack, 969796095u);
    assert_int_equal(pass(b, &reset), GW_DROP_TCP_RSTFIN_OOO);
    assert_int_equal(conns_count(b->t), 1);
    wait_s(b, 31);
    assert_logged(b, "to dmz:192.168.198.28/443 duration 0:00:30 bytes 0 SYN Timeout");
    free_bench(b);
}

/* The second connection of the same capture: another offset, and a reset above the ISN, which the
 * gateway takes whatever the window is. */
static void a_reset_above_the_initial_number_ends_a_half_open_connection(void **state)
{
    struct bench *b = make_bench(true, 100, 100);
    struct seg syn = {C, S, 2514567835u, 0, 0, 0, {0}, 0};
    struct seg reset = {C, R, 2514567835u + 1000000000u, 0, 0, 0, {0}, 0};

    (void)state;
    b->rng.next = 1007318055;
    assert_int_equal(pass(b, &syn), GW_DROP_NONE);
    assert_int_equal(sent().seq, 3521885890u);
    wait_s(b, 2);
    assert_int_equal(pass(b, &reset), GW_DROP_NONE);
    assert_int_equal(conns_count(b->t), 0);
    assert_logged(b, "Built inbound TCP connection 1 for inside:10.117.142.19/42098 "
                     "(10.117.142.19/42098) to dmz:192.168.198.28/443 (192.168.198.28/443)");
    assert_logged(b, "Teardown TCP connection 1 for inside:10.117.142.19/42098 to "
                     "dmz:192.168.198.28/443 duration 0:00:02 bytes 0 TCP Reset-O");
    free_bench(b);
}

/* --- what fits ---------------------------------------------------------------------------------
 */

/* Rows begin on a connection whose client has sent 1000 as its ISN and whose server 5000, and is
 * established when OPEN. The last of SEGS is what WANT is about. */
static const struct fit_row {
    const char *what;
    bool open;
    enum gw_drop want;
    struct seg segs[5];
} fits[] = {
    {"the_same_syn_again__passes", false, GW_DROP_NONE, {{C, S, 1000, 0, 0, 0, {0}, 0}}},
    {"a_syn_with_another_isn__is_a_duplicate",
     false,
     GW_DROP_TCP_SEQ_SYN,
     {{C, S, 1001, 0, 0, 0, {0}, 0}}},
    {"a_syn_of_the_other_side__is_a_dual_open",
     false,
     GW_DROP_TCP_DUAL_OPEN,
     {{V, S, 5000, 0, 0, 0, {0}, 0}}},
    {"a_syn_ack_of_the_client__fails_the_handshake",
     false,
     GW_DROP_TCP_3WHS,
     {{C, SA, 1000, 5001, 0, 0, {0}, 0}}},
    {"data_before_the_syn_ack__fails_the_handshake",
     false,
     GW_DROP_TCP_3WHS,
     {{C, PA, 1001, 5001, 10, 0, {0}, 0}}},
    {"data_of_a_server_without_a_syn__fails_the_handshake",
     false,
     GW_DROP_TCP_3WHS,
     {{V, PA, 5001, 1001, 10, 0, {0}, 0}}},
    {"a_syn_ack_of_another_syn__is_dropped",
     false,
     GW_DROP_TCP_ACK_SYN,
     {{V, SA, 5000, 1002, 0, 0, {0}, 0}}},
    {"a_syn_ack_with_data__is_dropped",
     false,
     GW_DROP_TCP_SYNACK_DATA,
     {{V, SA, 5000, 1001, 4, 0, {0}, 0}}},
    {"a_second_syn_ack_with_another_isn__is_dropped",
     false,
     GW_DROP_TCP_SEQ_SYN,
     {{V, SA, 5000, 1001, 0, 0, {0}, 0}, {V, SA, 6000, 1001, 0, 0, {0}, 0}}},
    {"a_third_step_that_acknowledges_too_much__is_dropped",
     false,
     GW_DROP_TCP_INVALID_ACK,
     {{V, SA, 5000, 1001, 0, 0, {0}, 0}, {C, A, 1001, 5002, 0, 0, {0}, 0}}},
    {"a_third_step_that_acknowledges_nothing__is_dropped",
     false,
     GW_DROP_TCP_INVALID_ACK,
     {{V, SA, 5000, 1001, 0, 0, {0}, 0}, {C, A, 1001, 5000, 0, 0, {0}, 0}}},
    {"a_refusal_of_the_syn__passes", false, GW_DROP_NONE, {{V, RA, 0, 1001, 0, 0, {0}, 0}}},
    {"a_refusal_of_another_syn__is_dropped",
     false,
     GW_DROP_TCP_RSTFIN_OOO,
     {{V, RA, 0, 900, 0, 0, {0}, 0}}},
    {"a_syn_ack_that_acknowledges_nothing__is_dropped",
     false,
     GW_DROP_TCP_ACK_SYN,
     {{V, SA, 5000, 1000, 0, 0, {0}, 0}}},

    {"data__passes", true, GW_DROP_NONE, {{C, PA, 1001, 5001, 100, 0, {0}, 0}}},
    {"the_same_data_again__passes",
     true,
     GW_DROP_NONE,
     {{C, PA, 1001, 5001, 100, 0, {0}, 0},
      {V, A, 5001, 1101, 0, 0, {0}, 0},
      {C, PA, 1001, 5001, 100, 0, {0}, 0}}},
    {"data_before_other_data__passes",
     true,
     GW_DROP_NONE,
     {{C, PA, 1101, 5001, 100, 0, {0}, 0}, {C, PA, 1001, 5001, 100, 0, {0}, 0}}},
    {"an_ack_of_what_was_never_sent__is_invalid",
     true,
     GW_DROP_TCP_INVALID_ACK,
     {{C, A, 1001, 5002, 0, 0, {0}, 0}}},
    {"data_up_to_the_window__passes",
     true,
     GW_DROP_NONE,
     {{V, A, 5001, 1001, 0, 9000, {0}, 0}, {C, PA, 1001 + 8000, 5001, 1000, 0, {0}, 0}}},
    {"data_past_the_window__is_dropped",
     true,
     GW_DROP_TCP_PAST_WINDOW,
     {{V, A, 5001, 1001, 0, 9000, {0}, 0}, {C, PA, 1001 + 8002, 5001, 1000, 0, {0}, 0}}},
    {"a_syn_in_the_window__is_dropped_as_such",
     true,
     GW_DROP_TCP_RST_SYN,
     {{C, S, 1101, 0, 0, 0, {0}, 0}}},
    {"a_syn_outside_the_window__is_out_of_order",
     true,
     GW_DROP_TCP_SYN_OOO,
     {{C, S, 900000, 0, 0, 0, {0}, 0}}},
    {"the_syn_ack_again__passes", true, GW_DROP_NONE, {{V, SA, 5000, 1001, 0, 0, {0}, 0}}},
    {"another_syn_ack__is_out_of_order",
     true,
     GW_DROP_TCP_SYNACK_OOO,
     {{V, SA, 7000, 1001, 0, 0, {0}, 0}}},
    {"the_syn_ack_behind_data__is_out_of_order",
     true,
     GW_DROP_TCP_SYNACK_OOO,
     {{V, PA, 5001, 1001, 10, 0, {0}, 0}, {V, SA, 5000, 1001, 0, 0, {0}, 0}}},
    {"a_syn_ack_of_the_client__is_out_of_order",
     true,
     GW_DROP_TCP_SYNACK_OOO,
     {{C, SA, 1001, 5001, 0, 0, {0}, 0}}},
    {"a_reset_where_the_stream_is__passes", true, GW_DROP_NONE, {{C, R, 1001, 0, 0, 0, {0}, 0}}},
    {"a_reset_behind_data_under_way__passes",
     true,
     GW_DROP_NONE,
     {{C, PA, 1001, 5001, 100, 0, {0}, 0}, {C, RA, 1101, 5001, 0, 0, {0}, 0}}},
    {"a_reset_elsewhere_in_the_window__is_dropped",
     true,
     GW_DROP_TCP_RST_SYN,
     {{C, R, 1500, 0, 0, 0, {0}, 0}}},
    {"a_reset_past_the_window__is_out_of_order",
     true,
     GW_DROP_TCP_RSTFIN_OOO,
     {{C, R, 900000, 0, 0, 0, {0}, 0}}},
    {"a_reset_before_the_stream__is_out_of_order",
     true,
     GW_DROP_TCP_RSTFIN_OOO,
     {{C, R, 500, 0, 0, 0, {0}, 0}}},
    {"data_behind_a_fin__is_dropped",
     true,
     GW_DROP_TCP_PAST_FIN,
     {{C, FA, 1001, 5001, 0, 0, {0}, 0}, {C, PA, 1002, 5001, 5, 0, {0}, 0}}},
    {"the_fin_again__passes",
     true,
     GW_DROP_NONE,
     {{C, FA, 1001, 5001, 0, 0, {0}, 0}, {C, FA, 1001, 5001, 0, 0, {0}, 0}}},
    {"the_data_before_a_fin_again__passes",
     true,
     GW_DROP_NONE,
     {{C, PA, 1001, 5001, 50, 0, {0}, 0},
      {C, FA, 1051, 5001, 0, 0, {0}, 0},
      {C, PA, 1001, 5001, 50, 0, {0}, 0}}},
    {"a_fin_at_another_place__is_out_of_order",
     true,
     GW_DROP_TCP_RSTFIN_OOO,
     {{C, FA, 1001, 5001, 0, 0, {0}, 0}, {C, FA, 1005, 5001, 0, 0, {0}, 0}}},
    {"a_fin_before_what_was_sent__is_out_of_order",
     true,
     GW_DROP_TCP_RSTFIN_OOO,
     {{C, PA, 1001, 5001, 50, 0, {0}, 0}, {C, FA, 1020, 5001, 0, 0, {0}, 0}}},
    {"a_fin_past_the_window__is_out_of_order",
     true,
     GW_DROP_TCP_RSTFIN_OOO,
     {{C, FA, 900000, 5001, 0, 0, {0}, 0}}},
};

static void open_half(struct bench *b)
{
    struct seg syn = {C, S, 1000, 0, 0, 0, {0}, 0};

    assert_int_equal(pass(b, &syn), GW_DROP_NONE);
}

static void open_whole(struct bench *b)
{
    struct seg second = {V, SA, 5000, 1001, 0, 0, {0}, 0}, third = {C, A, 1001, 5001, 0, 0, {0}, 0};

    open_half(b);
    assert_int_equal(pass(b, &second), GW_DROP_NONE);
    assert_int_equal(pass(b, &third), GW_DROP_NONE);
}

static const struct seg *last_of(const struct fit_row *row)
{
    size_t n = 1;

    while (n < COUNT(row->segs) && row->segs[n].flags)
        n++;
    return &row->segs[n - 1];
}

static void a_segment_fits_or_does_not(void **state)
{
    const struct fit_row *row = *state;
    struct bench *b = make_bench(false, 100, 0);

    if (row->open)
        open_whole(b);
    else
        open_half(b);
    for (const struct seg *s = row->segs; s < last_of(row); s++)
        assert_int_equal(pass(b, s), GW_DROP_NONE);
    assert_int_equal(pass(b, last_of(row)), row->want);
    free_bench(b);
}

static void a_duplicate_syn_is_logged_in_the_devices_words(void **state)
{
    struct bench *b = make_bench(false, 100, 0);
    struct seg other = {C, S, 4711, 0, 0, 0, {0}, 0};

    (void)state;
    open_half(b);
    assert_int_equal(pass(b, &other), GW_DROP_TCP_SEQ_SYN);
    assert_logged(b, "%ASA-4-419002: Duplicate TCP SYN from inside:10.117.142.19/42098 to "
                     "dmz:192.168.198.28/443 with different initial sequence number.");
    free_bench(b);
}

/* --- timestamps --------------------------------------------------------------------------------
 */

static struct seg stamped(struct seg s, uint32_t val, uint32_t ecr)
{
    struct wr w = wr_of(s.opts, sizeof(s.opts));
    struct tcp_opts o = {.has_ts = true, .tsval = val, .tsecr = ecr};

    tcp_opts_put(&w, &o);
    s.nopts = (uint8_t)w.at;
    return s;
}

static void an_old_timestamp_is_of_an_old_segment(void **state)
{
    struct bench *b = make_bench(false, 100, 0);
    const struct {
        struct seg s;
        enum gw_drop want;
    } steps[] = {
        {stamped((struct seg){C, S, 1000, 0, 0, 0, {0}, 0}, 500, 0), GW_DROP_NONE},
        {stamped((struct seg){V, SA, 5000, 1001, 0, 0, {0}, 0}, 90, 500), GW_DROP_NONE},
        {stamped((struct seg){C, A, 1001, 5001, 0, 0, {0}, 0}, 501, 90), GW_DROP_NONE},
        {stamped((struct seg){C, PA, 1001, 5001, 10, 0, {0}, 0}, 510, 90), GW_DROP_NONE},
        {stamped((struct seg){V, A, 5001, 1011, 0, 0, {0}, 0}, 95, 510), GW_DROP_NONE},
        {stamped((struct seg){C, PA, 1011, 5001, 10, 0, {0}, 0}, 509, 95), GW_DROP_TCP_PAWS},
        {stamped((struct seg){C, PA, 1011, 5001, 10, 0, {0}, 0}, 510, 95), GW_DROP_NONE},
        /* out of order: it does not count as the last one */
        {stamped((struct seg){C, PA, 1031, 5001, 10, 0, {0}, 0}, 530, 95), GW_DROP_NONE},
        {stamped((struct seg){C, PA, 1021, 5001, 10, 0, {0}, 0}, 520, 95), GW_DROP_NONE},
        /* RFC 7323, 5.2: a reset is never dropped for its timestamp */
        {stamped((struct seg){C, R, 1041, 0, 0, 0, {0}, 0}, 1, 0), GW_DROP_NONE},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(steps); i++) {
        if (pass(b, &steps[i].s) != steps[i].want)
            fail_msg("step %zu", i);
    }
    free_bench(b);
}

/* --- what is changed ---------------------------------------------------------------------------
 */

static void unknown_options_and_the_urgent_flag_are_cleared(void **state)
{
    /* MSS, window scale, NOP, MD5 (19, RFC 2385) cut to 4, 6 (echo, RFC 1072), 253 of odd length */
    static const uint8_t in[20] = {2,    4,    5, 0xb4, 3,    3,   7, 1, 19, 4,
                                   0xaa, 0xbb, 6, 3,    0xcc, 253, 3, 9, 1,  0};
    static const uint8_t out[20] = {2, 4, 5, 0x64, 3, 3, 7, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0};
    struct bench *b = make_bench(false, 100, 0);
    struct seg syn = {C, S, 1000, 0, 0, 0, {0}, 20};
    struct seg plain = {C, A, 1001, 5001, 0, 0, {8, 10, 0, 0, 0, 1, 0, 0, 0, 2, 1, 1}, 12};
    struct seg urgent = {C, PA | TCP_URG, 1001, 5001, 5, 0, {0}, 0};

    (void)state;
    memcpy(syn.opts, in, sizeof(in));
    assert_int_equal(pass(b, &syn), GW_DROP_NONE);
    assert_true(bytes_eq(sent().opts, bytes_of(out, sizeof(out))));
    struct seg second = {V, SA, 5000, 1001, 0, 0, {0}, 0};
    assert_int_equal(pass(b, &second), GW_DROP_NONE);
    assert_int_equal(pass(b, &plain), GW_DROP_NONE);
    assert_true(bytes_eq(sent().opts, bytes_of(plain.opts, 12))); /* timestamps are allowed */
    assert_int_equal(pass(b, &urgent), GW_DROP_NONE);
    assert_int_equal(sent().flags, PA);
    free_bench(b);
}

static void the_mss_is_raised_to_the_minimum_too(void **state)
{
    struct bench *b = make_bench(false, 100, 0);
    struct seg syn = {C, S, 1000, 0, 0, 0, {2, 4, 0, 200}, 4};
    struct tcp_opts o;

    (void)state;
    b->cfg->sysopt.tcpmss_minimum = 400;
    assert_int_equal(pass(b, &syn), GW_DROP_NONE);
    tcp_opts_parse(sent().opts, &o);
    assert_int_equal(o.mss, 400);
    free_bench(b);
}

/* --- timers ------------------------------------------------------------------------------------
 */

static const struct timer_row {
    const char *what;
    struct gw_set_timeouts set;
    bool open, fin;
    int64_t lives_s;    /* and not a second more */
    const char *reason; /* of 302014 */
    int resets;
} timers[] = {
    {"half_open__thirty_seconds", {0}, false, false, 30, "SYN Timeout", 0},
    {"half_closed__ten_minutes", {0}, true, true, 600, "FIN Timeout", 0},
    {"idle__an_hour", {0}, true, false, 3600, "Conn-timeout", 0},
    {"embryonic_of_a_class__comes_first",
     {.embryonic = 5, .has_embryonic = true},
     false,
     false,
     5,
     "SYN Timeout",
     0},
    {"half_closed_of_a_class__comes_first",
     {.half_closed = 300, .has_half_closed = true},
     true,
     true,
     300,
     "FIN Timeout",
     0},
    {"idle_of_a_class__comes_first",
     {.idle = 7200, .has_idle = true},
     true,
     false,
     7200,
     "Conn-timeout",
     0},
    {"idle_with_reset__tells_both_hosts",
     {.idle = 600, .has_idle = true, .reset = true},
     true,
     false,
     600,
     "Flow timed out with reset",
     1},
};

static void a_connection_lives_as_long_as_its_timeout_says(void **state)
{
    const struct timer_row *row = *state;
    struct bench *b = make_bench(false, 100, 0);
    struct seg fin = {C, FA, 1001, 5001, 0, 0, {0}, 0};

    b->cfg->set_timeouts = row->set;
    if (row->open)
        open_whole(b);
    else
        open_half(b);
    if (row->fin)
        assert_int_equal(pass(b, &fin), GW_DROP_NONE);
    wait_s(b, row->lives_s - 1);
    assert_int_equal(conns_count(b->t), 1);
    wait_s(b, 2);
    assert_int_equal(conns_count(b->t), 0);
    assert_logged(b, row->reason);
    assert_int_equal(b->resets, row->resets);
    free_bench(b);
}

static void timewait_keeps_a_closed_connection_for_fifteen_seconds(void **state)
{
    struct seg fins[] = {{C, FA, 1001, 5001, 0, 0, {0}, 0},
                         {V, FA, 5001, 1002, 0, 0, {0}, 0},
                         {C, A, 1002, 5002, 0, 0, {0}, 0}};

    (void)state;
    for (int timewait = 0; timewait < 2; timewait++) {
        struct bench *b = make_bench(false, 100, 0);
        b->cfg->sysopt.timewait = timewait;
        open_whole(b);
        for (size_t i = 0; i < COUNT(fins); i++)
            assert_int_equal(pass(b, &fins[i]), GW_DROP_NONE);
        assert_logged(b, "bytes 0 TCP FINs");
        assert_int_equal(conns_count(b->t), timewait);
        assert_int_equal(pass(b, &fins[1]), timewait ? GW_DROP_NONE : GW_DROP_NOT_SYN);
        wait_s(b, 16);
        assert_int_equal(conns_count(b->t), 0);
        free_bench(b);
    }
}

int main(void)
{
    struct CMUnitTest tests[80] = {
        cmocka_unit_test(the_real_capture_of_a_challenge_ack_is_reproduced),
        cmocka_unit_test(a_reset_above_the_initial_number_ends_a_half_open_connection),
        cmocka_unit_test(a_duplicate_syn_is_logged_in_the_devices_words),
        cmocka_unit_test(an_old_timestamp_is_of_an_old_segment),
        cmocka_unit_test(unknown_options_and_the_urgent_flag_are_cleared),
        cmocka_unit_test(the_mss_is_raised_to_the_minimum_too),
        cmocka_unit_test(timewait_keeps_a_closed_connection_for_fifteen_seconds),
    };
    size_t n = 7;

    for (size_t i = 0; i < COUNT(fits); i++)
        tests[n++] = (struct CMUnitTest){fits[i].what, a_segment_fits_or_does_not, NULL, NULL,
                                         (void *)(uintptr_t)&fits[i]};
    for (size_t i = 0; i < COUNT(timers); i++)
        tests[n++] =
            (struct CMUnitTest){timers[i].what, a_connection_lives_as_long_as_its_timeout_says,
                                NULL, NULL, (void *)(uintptr_t)&timers[i]};
    return _cmocka_run_group_tests("gateway/conn_tcp", tests, n, NULL, NULL);
}
