/* Very many flows through one tunnel: what happens to them is spread over ticks, and nobody who
 * asks for one of them can tell. */
#include "base/mem.h"
#include "gateway/config_parts.h"
#include "gateway/conn_parts.h"
#include "tests/testkit.h"

#include <stdio.h>

enum { FLOWS = 2 * BATCH + 700, TUNNEL = 3, OTHER = 5 };

struct bench {
    struct clock_virtual clk;
    struct rng_seeded rng;
    struct gw_config *cfg;
    struct gw_syslog *log;
    struct netif netif[2];
    struct netifs ifs;
    struct conns *t;
    size_t built, torn, idle, other; /* records */
};

static void take_logs(void *ctx)
{
    struct bench *b = ctx;
    struct gw_syslog_record r;

    while (gw_syslog_next(b->log, &r)) {
        char text[GW_LOG_RECORD_MAX + 1];
        snprintf(text, sizeof(text), "%.*s", (int)r.payload.n, (const char *)r.payload.p);
        if (strstr(text, "302013"))
            b->built++;
        else if (strstr(text, "302014") && strstr(text, "Tunnel has been torn down"))
            b->torn++;
        else if (strstr(text, "302014") && strstr(text, "Timeout"))
            b->idle++;
        else
            b->other++;
    }
}

static struct pkt segment(uint32_t number, bool back, uint8_t flags)
{
    struct pkt p = {.kind = PKT_TCP};

    p.ip = (struct ip){.version = 4,
                       .proto = IP_TCP,
                       .src = ip4(0x0a010000 + (number >> 12)),
                       .dst = ip4(0x0a020002)};
    p.tcp = (struct tcp){.src = (uint16_t)(1024 + (number & 0xfff)),
                         .dst = 80,
                         .flags = flags,
                         .seq = 7,
                         .window = 1000};
    if (back) {
        struct ip_addr a = p.ip.src;
        p.ip.src = p.ip.dst;
        p.ip.dst = a;
        p.tcp.dst = p.tcp.src;
        p.tcp.src = 80;
    }
    return p;
}

static struct conn *find(struct bench *b, uint32_t number)
{
    struct pkt p = segment(number, false, TCP_ACK);
    int side;

    return conns_find(b->t, &p, &side);
}

static void open_flow(struct bench *b, uint32_t number, bool preserve, uint32_t from)
{
    struct conn_open how = {.ifi = {1, 0}, .tunnel = {from, TUNNEL}, .preserve = preserve};
    struct pkt p = segment(number, false, TCP_SYN);
    enum gw_drop why;
    struct conn *c = conns_open(b->t, &p, &how);

    assert_non_null(c);
    assert_int_equal(conn_take(b->t, c, 0, &p, &why), CONN_PASS);
    take_logs(b);
}

static void make(struct bench *b, uint32_t flows, bool preserve)
{
    struct conns_env env = {.cfg = (*b = (struct bench){.cfg = gw_config_new()}).cfg};
    struct gw_logging *l = &b->cfg->logging;
    struct gw_log_host *h = gw_list_add((void **)&l->hosts, &l->nhosts, sizeof(*h));

    (void)gw_name_set(h->nameif, "inside");
    h->addr = ip4(0x0a010101);
    h->port = 514;
    l->enable = true;
    l->to[GW_LOG_TO_TRAP].level = 6;
    clock_virtual_init(&b->clk);
    rng_seeded_init(&b->rng, 1, "many");
    b->log = gw_syslog_new(b->cfg, &b->clk.clock, 0);
    b->netif[0] = (struct netif){.nameif = "outside", .level = 0, .up = true};
    b->netif[1] = (struct netif){.nameif = "inside", .level = 100, .up = true};
    b->ifs = (struct netifs){b->netif, 2};
    env.clk = &b->clk.clock;
    env.rng = &b->rng.rng;
    env.log = b->log;
    env.ifs = &b->ifs;
    env.breathe = take_logs;
    env.ctx = b;
    b->t = conns_new(&env);
    for (uint32_t i = 0; i < flows; i++)
        open_flow(b, i, preserve, VPN_NONE);
    assert_int_equal(conns_count(b->t), flows);
}

static void done(struct bench *b)
{
    take_logs(b);
    assert_int_equal(b->other, 0);
    conns_free(b->t);
    gw_syslog_free(b->log);
    gw_config_free(b->cfg);
}

static bool has_more_now(const struct bench *b)
{
    return !mono_before(b->clk.at, conns_deadline(b->t));
}

static void tick_through(struct bench *b)
{
    for (int i = 0; i < 10 && has_more_now(b); i++)
        conns_tick(b->t);
    assert_false(has_more_now(b));
    take_logs(b);
}

static void a_tick_tears_no_more_than_a_batch_and_all_are_logged_in_the_end(void **state)
{
    struct bench b;

    (void)state;
    make(&b, FLOWS, false);
    conns_tunnel_down(b.t, TUNNEL);
    assert_int_equal(conns_count(b.t), FLOWS - BATCH);
    assert_true(has_more_now(&b));
    conns_tick(b.t);
    assert_int_equal(conns_count(b.t), FLOWS - 2 * BATCH);
    tick_through(&b);
    assert_int_equal(conns_count(b.t), 0);
    assert_int_equal(b.built, FLOWS);
    assert_int_equal(b.torn, FLOWS);
    done(&b);
}

static void a_flow_whose_batch_has_not_come_is_torn_when_a_packet_asks_for_it(void **state)
{
    struct bench b;

    (void)state;
    make(&b, FLOWS, false);
    conns_tunnel_down(b.t, TUNNEL); /* the youngest first: flow 0 comes last */
    take_logs(&b);
    assert_int_equal(b.torn, BATCH);
    assert_null(find(&b, 0));
    assert_null(find(&b, 1));
    take_logs(&b);
    assert_int_equal(b.torn, BATCH + 2);
    open_flow(&b, 0, true, VPN_NONE); /* the tunnel is not back: that is the owner's to know */
    tick_through(&b);
    assert_int_equal(b.torn, FLOWS); /* flow 0's second life is not of that fall */
    assert_int_equal(conns_count(b.t), 1);
    done(&b);
}

static void a_preserved_flow_waits_and_comes_back_whether_its_batch_has_come_or_not(void **state)
{
    struct pkt p = segment(0, true, TCP_SYN | TCP_ACK);
    enum gw_drop why;
    struct bench b;

    (void)state;
    make(&b, FLOWS, true);
    uint32_t id = conn_id(find(&b, 0));
    conns_tunnel_down(b.t, TUNNEL);
    assert_true(has_more_now(&b));
    p.tcp.ack = 8 + find(&b, 0)->tcp[0].offset;
    assert_int_equal(conn_take(b.t, find(&b, 0), 1, &p, &why), CONN_DROP_ORPHAN);
    assert_int_equal(conns_orphans(b.t), BATCH + 1);
    conns_tunnel_up(b.t, TUNNEL, true); /* before all have seen it go */
    assert_false(conn_is_orphan(find(&b, 0)));
    assert_int_equal(conn_take(b.t, find(&b, 0), 1, &p, &why), CONN_PASS);
    assert_int_equal(conn_id(find(&b, 0)), id);
    tick_through(&b);
    assert_int_equal(conns_orphans(b.t), 0);
    assert_int_equal(conns_count(b.t), FLOWS);
    assert_int_equal(b.torn, 0);
    done(&b);
}

static void all_that_is_asked_about_the_table_is_about_the_whole_of_it(void **state)
{
    struct bench b;

    (void)state;
    make(&b, FLOWS, true);
    conns_tunnel_down(b.t, TUNNEL);
    conns_catch_up(b.t);
    assert_int_equal(conns_orphans(b.t), FLOWS);
    assert_false(has_more_now(&b));
    conns_tunnel_up(b.t, TUNNEL, false);
    conns_tunnel_down(b.t, TUNNEL);
    assert_int_equal(conns_clear(b.t, NULL, NULL, GW_REASON_TUNNEL_DOWN), 0);
    take_logs(&b);
    assert_int_equal(b.torn, FLOWS); /* by their tunnel, which came back without preserving */
    done(&b);
}

static void many_idle_timers_that_are_due_together_are_spread_too(void **state)
{
    struct bench b;

    (void)state;
    make(&b, FLOWS, false);
    clock_sleep_until(&b.clk.clock, mono_add(b.clk.at, SPAN_S(EMBRYONIC_S + 1)));
    conns_tick(b.t);
    assert_in_range(conns_count(b.t), FLOWS - BATCH, FLOWS);
    tick_through(&b);
    assert_int_equal(conns_count(b.t), 0);
    assert_int_equal(b.idle, FLOWS);
    done(&b);
}

static void a_flow_through_two_tunnels_waits_for_both(void **state)
{
    struct bench b;

    (void)state;
    make(&b, 0, true);
    open_flow(&b, 0, true, OTHER);
    conns_tunnel_down(b.t, TUNNEL);
    conns_tunnel_down(b.t, OTHER);
    conns_tunnel_up(b.t, TUNNEL, true);
    assert_true(conn_is_orphan(find(&b, 0)));
    conns_tunnel_up(b.t, OTHER, true);
    assert_false(conn_is_orphan(find(&b, 0)));
    done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tick_tears_no_more_than_a_batch_and_all_are_logged_in_the_end),
        cmocka_unit_test(a_flow_whose_batch_has_not_come_is_torn_when_a_packet_asks_for_it),
        cmocka_unit_test(a_preserved_flow_waits_and_comes_back_whether_its_batch_has_come_or_not),
        cmocka_unit_test(all_that_is_asked_about_the_table_is_about_the_whole_of_it),
        cmocka_unit_test(many_idle_timers_that_are_due_together_are_spread_too),
        cmocka_unit_test(a_flow_through_two_tunnels_waits_for_both),
    };
    return cmocka_run_group_tests_name("gateway/conn_many", tests, NULL, NULL);
}
