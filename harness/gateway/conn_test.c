/* The connection table as such: what fits a connection, what ends it and with which words, what is
 * rewritten. Numbers of initial sequence numbers are those of a capture of a real ASAv 9.16(4)170.
 */
#include "base/mem.h"
#include "gateway/conn_parts.h"
#include "tests/testkit.h"
#include "wire/checksum.h"

#include <stdio.h>

struct scripted { /* gives these numbers, one after the other */
    struct rng rng;
    const uint32_t *next;
};

static void fill(struct rng *r, void *out, size_t n)
{
    struct scripted *s = CONTAINER_OF(r, struct scripted, rng);

    memset(out, 0, n);
    if (n == sizeof(uint32_t)) /* the table's hash key is longer */
        memcpy(out, s->next++, n);
}

static const struct rng_ops rng_ops = {fill};

struct bed {
    struct clock_virtual clk;
    struct scripted rng;
    struct gw_config *cfg;
    struct gw_syslog *log;
    struct netif netif[2];
    struct netifs ifs;
    struct conns *t;
};

enum { OUTSIDE, INSIDE };

static void open_bed(struct bed *b, const uint32_t *numbers)
{
    memset(b, 0, sizeof(*b));
    clock_virtual_init(&b->clk);
    b->rng = (struct scripted){{&rng_ops}, numbers};
    b->cfg = gw_config_new();
    b->cfg->random_sequence = numbers != NULL;
    assert_ok(gw_config_load(
        b->cfg, "t", bytes_str("logging enable\nlogging buffered 7\nlogging buffer-size 65536\n"),
        NULL, NULL));
    b->log = gw_syslog_new(b->cfg, &b->clk.clock, 0);
    b->netif[OUTSIDE] = (struct netif){.nameif = "outside", .level = 0, .up = true};
    b->netif[INSIDE] = (struct netif){.nameif = "inside", .level = 100, .up = true};
    b->ifs = (struct netifs){b->netif, 2};
    struct conns_env env = {
        .cfg = b->cfg, .clk = &b->clk.clock, .rng = &b->rng.rng, .log = b->log, .ifs = &b->ifs};
    b->t = conns_new(&env);
}

static void close_bed(struct bed *b)
{
    conns_free(b->t);
    gw_syslog_free(b->log);
    gw_config_free(b->cfg);
}

static bool logged(struct bed *b, const char *text)
{
    struct buf out = BUF_INIT;

    gw_syslog_show(b->log, &out);
    bool found = strstr(buf_str(&out), text) != NULL;
    buf_release(&out);
    return found;
}

static void wait(struct bed *b, int64_t ms)
{
    struct mono until = mono_add(b->clk.at, SPAN_MS(ms));

    while (mono_before(conns_deadline(b->t), until)) {
        clock_sleep_until(&b->clk.clock, conns_deadline(b->t));
        conns_tick(b->t);
    }
    clock_sleep_until(&b->clk.clock, until);
}

/* --- packets -----------------------------------------------------------------------------------
 */

#define CLIENT 0x0a010105u
#define SERVER 0xc6336409u

struct packet {
    uint8_t mem[2048];
    size_t n;
    struct pkt p;
};

static void make(struct packet *k, int side, uint8_t proto, const struct tcp *t, size_t len)
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

static enum conn_verdict take(struct conns *t, struct conn *c, int side, const struct pkt *p)
{
    enum gw_drop why;

    return conn_take(t, c, side, p, &why);
}

static struct conn *begin(struct bed *b, const struct packet *k)
{
    struct conn_open how = {.ifi = {INSIDE, OUTSIDE}, .tunnel = {VPN_NONE, VPN_NONE}};
    struct conn *c = conns_open(b->t, &k->p, &how);

    assert_non_null(c);
    assert_int_equal(take(b->t, c, 0, &k->p), CONN_PASS);
    return c;
}

/* The packet as the other side gets it. */
static struct pkt through(struct bed *b, struct conn *c, int side, struct packet *k)
{
    struct pkt out;

    conn_rewrite(b->t, c, side, k->mem, k->n);
    pkt_parse_ip(bytes_of(k->mem, k->n), &out);
    assert_true(tcp_checksum_ok(out.ip.payload, &out.ip.src, &out.ip.dst));
    return out;
}

/* --- rewriting ---------------------------------------------------------------------------------
 */

/* mss 1460, sackOK, timestamps, nop, wscale 7 */
static const uint8_t syn_options[] = {2, 4, 0x05, 0xb4, 4, 2, 8, 10, 1, 2,
                                      3, 4, 0,    0,    0, 0, 1, 3,  3, 7};

static void the_isn_moves_as_on_a_real_device(void **state)
{
    static const uint32_t offsets[] = {1368322453, 1007318055};
    struct bed b;
    struct packet k;

    (void)state;
    open_bed(&b, offsets);
    for (int round = 0; round < 2; round++) {
        struct tcp syn = {.flags = TCP_SYN,
                          .seq = 2514567835,
                          .window = 64240,
                          .opts = bytes_of(syn_options, sizeof(syn_options))};
        make(&k, 0, IP_TCP, &syn, 0);
        struct conn *c = begin(&b, &k);
        struct pkt out = through(&b, c, 0, &k);
        assert_int_equal(out.tcp.seq, round == 0 ? 3882890288u : 3521885890u);
        struct tcp_opts o;
        tcp_opts_parse(out.tcp.opts, &o);
        assert_int_equal(o.mss, 1380);
        assert_memory_equal(out.tcp.opts.p + 4, syn_options + 4, sizeof(syn_options) - 4);
        make(&k, 0, IP_TCP, &syn, 0); /* sent again: the same */
        assert_int_equal(through(&b, c, 0, &k).tcp.seq, round == 0 ? 3882890288u : 3521885890u);
        if (round == 0) { /* the answer, although it is a stray one */
            struct tcp ack = {.flags = TCP_ACK, .seq = 5, .ack = 2338118548};
            make(&k, 1, IP_TCP, &ack, 0);
            struct pkt back = through(&b, c, 1, &k);
            assert_int_equal(back.tcp.ack, 969796095);
            assert_int_equal(back.tcp.seq, 5); /* the responder's own numbers are left alone */
        }
        conns_clear(b.t, NULL, NULL, GW_REASON_FLOW_CLOSED);
    }
    close_bed(&b);
}

static void selective_acknowledgements_move_back(void **state)
{
    static const uint32_t offsets[] = {1000000};
    struct tcp_opts o = {.sacks = 2, .sack = {{1005000, 1006000}, {4294967295u, 1004000}}}, seen;
    uint8_t opts[TCP_OPTS_MAX];
    struct wr w = wr_of(opts, sizeof(opts));
    struct tcp syn = {.flags = TCP_SYN, .seq = 1};
    struct bed b;
    struct packet k;

    (void)state;
    open_bed(&b, offsets);
    make(&k, 0, IP_TCP, &syn, 0);
    struct conn *c = begin(&b, &k);
    tcp_opts_put(&w, &o);
    struct tcp ack = {.flags = TCP_ACK, .seq = 5, .ack = 1000002, .opts = wr_bytes(&w)};
    make(&k, 1, IP_TCP, &ack, 0);
    struct pkt out = through(&b, c, 1, &k);
    tcp_opts_parse(out.tcp.opts, &seen);
    assert_int_equal(out.tcp.ack, 2);
    assert_int_equal(seen.sack[0].from, 5000);
    assert_int_equal(seen.sack[0].to, 6000);
    assert_int_equal(seen.sack[1].from, 4294967295u - 1000000);
    assert_int_equal(seen.sack[1].to, 4000);
    make(&k, 0, IP_TCP, &ack, 0); /* the initiator's are about numbers that nobody has moved */
    tcp_opts_parse(through(&b, c, 0, &k).tcp.opts, &seen);
    assert_int_equal(seen.sack[0].from, 1005000);
    close_bed(&b);
}

static void the_mss_is_clamped_from_both_ends(void **state)
{
    static const struct {
        uint32_t most, least;
        uint16_t mss, out;
    } rows[] = {{1380, 0, 1460, 1380}, {1380, 0, 536, 536}, {0, 0, 1460, 1460},
                {1380, 600, 536, 600}, {500, 0, 536, 500},  {1380, 0, 1380, 1380}};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint8_t opts[] = {2, 4, (uint8_t)(rows[i].mss >> 8), (uint8_t)rows[i].mss};
        struct tcp syn = {.flags = TCP_SYN, .seq = 1, .opts = bytes_of(opts, 4)};
        struct tcp_opts o;
        struct packet k;
        struct bed b;
        open_bed(&b, NULL);
        b.cfg->sysopt.tcpmss = rows[i].most;
        b.cfg->sysopt.tcpmss_minimum = rows[i].least;
        make(&k, 0, IP_TCP, &syn, 0);
        struct conn *c = begin(&b, &k);
        tcp_opts_parse(through(&b, c, 0, &k).tcp.opts, &o);
        assert_int_equal(o.mss, rows[i].out);
        close_bed(&b);
    }
}

/* --- the life of a connection ------------------------------------------------------------------
 */

enum { C, S, WAIT }; /* who sends; or `seq` milliseconds pass */

struct step {
    int who;
    uint8_t flags;
    uint32_t seq, ack;
    size_t len;
    enum conn_verdict want;
};

#define SYN_   TCP_SYN
#define SYNACK (TCP_SYN | TCP_ACK)
#define ACK_   TCP_ACK
#define FINACK (TCP_FIN | TCP_ACK)
#define RSTACK (TCP_RST | TCP_ACK)
#define DROP   CONN_DROP_STATE
#define OPENED                                                                                     \
    {C, SYN_, 99, 0, 0, 0}, {S, SYNACK, 499, 100, 0, 0},                                           \
    {                                                                                              \
        C, ACK_, 100, 500, 0, 0                                                                    \
    }
#define MINUTES 60000

static const struct life {
    const char *name;
    struct step steps[16];
    const char *said; /* NULL: it lives */
} lives[] = {
    /* ends; the first and the third as in olauret/cribl-cisco-asa-cleanup */
    {"a_syn_without_answer_times_out",
     {{C, SYN_, 99, 0, 0, 0}, {WAIT, 0, 30002, 0, 0, 0}},
     "duration 0:00:30 bytes 0 SYN Timeout"},
    {"repeated_syns_do_not_keep_it",
     {{C, SYN_, 99, 0, 0, 0},
      {WAIT, 0, 20000, 0, 0, 0},
      {C, SYN_, 99, 0, 0, 0},
      {WAIT, 0, 10002, 0, 0, 0}},
     "duration 0:00:30 bytes 0 SYN Timeout"},
    {"the_server_resets",
     {OPENED, {S, RSTACK, 500, 100, 0, 0}},
     "duration 0:00:00 bytes 0 TCP Reset-O"},
    {"the_client_resets", {OPENED, {C, RSTACK, 100, 500, 0, 0}}, "bytes 0 TCP Reset-I"},
    {"both_fins_and_the_last_ack",
     {OPENED, {C, FINACK, 100, 500, 10, 0}, {S, FINACK, 500, 111, 5, 0}, {C, ACK_, 111, 506, 0, 0}},
     "duration 0:00:00 bytes 15 TCP FINs"},
    {"the_last_ack_is_missing",
     {OPENED, {C, FINACK, 100, 500, 0, 0}, {S, FINACK, 500, 101, 0, 0}},
     NULL},
    {"a_half_closed_one_ends_after_ten_minutes",
     {OPENED, {C, FINACK, 100, 500, 0, 0}, {WAIT, 0, 10 * MINUTES + 2, 0, 0, 0}},
     "duration 0:10:00 bytes 0 FIN Timeout"},
    {"data_from_the_open_half_keeps_it",
     {OPENED,
      {C, FINACK, 100, 500, 0, 0},
      {WAIT, 0, 9 * MINUTES, 0, 0, 0},
      {S, ACK_, 500, 101, 100, 0},
      {WAIT, 0, 9 * MINUTES, 0, 0, 0}},
     NULL},
    {"an_idle_one_ends_after_an_hour",
     {OPENED, {C, ACK_, 100, 500, 7, 0}, {WAIT, 0, 60 * MINUTES + 2, 0, 0, 0}},
     "duration 1:00:00 bytes 7 Conn-timeout"},
    {"a_busy_one_does_not",
     {OPENED,
      {WAIT, 0, 59 * MINUTES, 0, 0, 0},
      {C, ACK_, 100, 500, 7, 0},
      {WAIT, 0, 59 * MINUTES, 0, 0, 0}},
     NULL},
    {"an_hour_begins_anew_with_the_last_packet",
     {OPENED,
      {WAIT, 0, 59 * MINUTES, 0, 0, 0},
      {C, ACK_, 100, 500, 7, 0},
      {WAIT, 0, 60 * MINUTES + 2, 0, 0, 0}},
     "duration 1:59:00 bytes 7 Conn-timeout"},
    /* bytes: the payload of both directions; what is sent again counts again */
    {"bytes_are_counted_as_they_pass",
     {OPENED,
      {C, ACK_, 100, 500, 1000, 0},
      {S, ACK_, 500, 1100, 200, 0},
      {C, ACK_, 100, 500, 1000, 0},
      {C, RSTACK, 1100, 700, 0, 0}},
     "bytes 2200 TCP Reset-I"},
    {"what_is_dropped_is_not_counted",
     {OPENED, {C, ACK_, 100, 900, 1000, DROP}, {C, RSTACK, 100, 500, 0, 0}},
     "bytes 0 TCP Reset-I"},
    /* what does not fit */
    {"a_reset_below_the_isn_of_a_half_open_one_is_dropped", /* CSCwj61793 */
     {{C, SYN_, 99, 0, 0, 0}, {C, TCP_RST, 98, 0, 0, DROP}},
     NULL},
    {"one_above_it_ends_it",
     {{C, SYN_, 99, 0, 0, 0}, {C, TCP_RST, 99999, 0, 0, 0}},
     "bytes 0 TCP Reset-I"},
    {"an_acknowledgement_of_what_was_never_sent_is_dropped",
     {OPENED, {S, ACK_, 500, 101, 0, DROP}},
     NULL},
    {"data_past_every_window_is_dropped", {OPENED, {C, ACK_, 100 + 66000, 500, 10, DROP}}, NULL},
    {"what_is_sent_again_passes",
     {OPENED, {C, ACK_, 100, 500, 10, 0}, {C, ACK_, 100, 500, 10, 0}},
     NULL},
    {"what_comes_early_passes",
     {OPENED, {C, ACK_, 1100, 500, 10, 0}, {C, ACK_, 100, 500, 1000, 0}},
     NULL},
    {"a_wrong_syn_ack_is_dropped", {{C, SYN_, 99, 0, 0, 0}, {S, SYNACK, 499, 77, 0, DROP}}, NULL},
    {"a_reset_out_of_order_is_dropped",
     {OPENED, {S, ACK_, 500, 100, 0, 0}, {S, RSTACK, 400, 100, 0, DROP}},
     NULL},
    {"data_before_the_handshake_is_dropped",
     {{C, SYN_, 99, 0, 0, 0}, {S, ACK_, 500, 100, 10, DROP}},
     NULL},
};

/* False when a packet met another verdict, which is said. */
static void play(struct bed *b, const struct life *life)
{
    struct conn *c = NULL;

    for (size_t i = 0; i < COUNT(life->steps) && (i == 0 || life->steps[i].seq); i++) {
        const struct step *s = &life->steps[i];
        struct tcp t = {.flags = s->flags, .seq = s->seq, .ack = s->ack, .window = 65535};
        struct packet k;
        if (s->who == WAIT) {
            wait(b, s->seq);
            continue;
        }
        make(&k, s->who, IP_TCP, &t, s->len);
        if (!c) {
            c = begin(b, &k);
            continue;
        }
        enum conn_verdict v = take(b->t, c, s->who, &k.p);
        if (v != s->want)
            fail_msg("step %zu: %d", i, (int)v);
        conn_settle(b->t, c);
    }
}

static void lives_as_its_row_says(void **state)
{
    const struct life *life = *state;
    struct bed b;

    open_bed(&b, NULL);
    play(&b, life);
    if (!life->said) {
        assert_int_equal(conns_count(b.t), 1);
        assert_false(logged(&b, "302014"));
    } else {
        assert_int_equal(conns_count(b.t), 0);
        if (!logged(&b, life->said)) {
            struct buf out = BUF_INIT;
            gw_syslog_show(b.log, &out);
            fail_msg("%s", buf_str(&out));
        }
    }
    close_bed(&b);
}

static void a_refused_syn_is_a_reset_from_outside(void **state)
{
    struct bed b;
    struct packet k;

    (void)state;
    open_bed(&b, NULL);
    make(&k, C, IP_TCP, &(struct tcp){.flags = TCP_SYN, .seq = 99}, 0);
    struct conn *c = begin(&b, &k);
    make(&k, S, IP_TCP, &(struct tcp){.flags = RSTACK, .ack = 100}, 0);
    assert_int_equal(take(b.t, c, S, &k.p), CONN_PASS);
    conn_settle(b.t, c);
    assert_true(logged(&b, "duration 0:00:00 bytes 0 TCP Reset-O"));
    close_bed(&b);
}

static void timewait_keeps_a_closed_one_for_a_while(void **state)
{
    static const struct life closed = {"",
                                       {OPENED,
                                        {C, FINACK, 100, 500, 0, 0},
                                        {S, FINACK, 500, 101, 0, 0},
                                        {C, ACK_, 101, 501, 0, 0}},
                                       NULL};
    struct bed b;

    (void)state;
    open_bed(&b, NULL);
    b.cfg->sysopt.timewait = true;
    play(&b, &closed);
    assert_true(logged(&b, "TCP FINs")); /* it is logged at once */
    assert_int_equal(conns_count(b.t), 1);
    wait(&b, 14000);
    assert_int_equal(conns_count(b.t), 1);
    wait(&b, 1100);
    assert_int_equal(conns_count(b.t), 0);
    close_bed(&b);
}

static void datagrams_and_pings_have_timers_of_their_own(void **state)
{
    static const struct {
        uint8_t proto;
        int64_t ms;
        const char *said;
    } rows[] = {{IP_UDP, 120000,
                 "302016: Teardown UDP connection 1 for outside:198.51.100.9/53 to "
                 "inside:10.1.1.5/4711 duration 0:02:00 bytes 148\n"},
                {IP_ICMP, 2000,
                 "302021: Teardown ICMP connection for faddr 198.51.100.9/0 gaddr "
                 "10.1.1.5/9 laddr 10.1.1.5/9"}};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct bed b;
        struct packet k;
        open_bed(&b, NULL);
        make(&k, 0, rows[i].proto, NULL, 48);
        struct conn *c = begin(&b, &k);
        make(&k, 1, rows[i].proto, NULL, 100);
        int side;
        assert_ptr_equal(conns_find(b.t, &k.p, &side), c);
        assert_int_equal(side, 1);
        assert_int_equal(take(b.t, c, 1, &k.p), CONN_PASS);
        wait(&b, rows[i].ms - 1);
        assert_int_equal(conns_count(b.t), 1);
        wait(&b, 3);
        assert_int_equal(conns_count(b.t), 0);
        if (!logged(&b, rows[i].said))
            fail_msg("%s", rows[i].said);
        close_bed(&b);
    }
}

static void numbers_are_given_once_and_anew_after_a_crash(void **state)
{
    struct bed b;
    struct packet k;

    (void)state;
    open_bed(&b, NULL);
    make(&k, 0, IP_TCP, &(struct tcp){.flags = TCP_SYN, .seq = 9}, 0);
    for (uint32_t i = 1; i <= 3; i++) {
        assert_int_equal(conn_id(begin(&b, &k)), i);
        conns_clear(b.t, NULL, NULL, GW_REASON_FLOW_CLOSED);
    }
    assert_int_equal(conns_most(b.t), 1);
    assert_true(logged(&b, "302014: Teardown TCP connection 3"));
    assert_true(logged(&b, "Flow closed by inspection"));
    conns_forget(b.t);
    assert_int_equal(conn_id(begin(&b, &k)), 1);
    close_bed(&b);
}

#define MORE 7

int main(void)
{
    struct CMUnitTest tests[COUNT(lives) + MORE] = {
        cmocka_unit_test(the_isn_moves_as_on_a_real_device),
        cmocka_unit_test(selective_acknowledgements_move_back),
        cmocka_unit_test(the_mss_is_clamped_from_both_ends),
        cmocka_unit_test(a_refused_syn_is_a_reset_from_outside),
        cmocka_unit_test(timewait_keeps_a_closed_one_for_a_while),
        cmocka_unit_test(datagrams_and_pings_have_timers_of_their_own),
        cmocka_unit_test(numbers_are_given_once_and_anew_after_a_crash),
    };

    for (size_t i = 0; i < COUNT(lives); i++)
        tests[MORE + i] = (struct CMUnitTest){lives[i].name, lives_as_its_row_says, NULL, NULL,
                                              (void *)&lives[i]};
    return cmocka_run_group_tests_name("gateway/conn", tests, NULL, NULL);
}
