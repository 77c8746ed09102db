/* The table of translations by itself: ports, timers, what is shown. */
#include "gateway/portset.h"
#include "gateway/xlate.h"
#include "tests/testkit.h"
#include "wire/ip.h"

#include <stdio.h>

struct bed {
    struct clock_virtual clk;
    struct gw_config *cfg;
    struct netifs ifs;
    struct gw_syslog *log;
    struct xlates *t;
};

static void open_bed(struct bed *b, const char *version)
{
    static const char interfaces[] =
        "interface E0\n nameif outside\n security-level 0\n ip address 203.0.113.1 255.255.255.0\n"
        "interface E1\n nameif inside\n security-level 100\n ip address 10.1.1.1 255.255.255.0\n"
        "logging enable\nlogging buffered 7\nlogging buffer-size 1048576\n";
    struct diag why = {0};

    memset(b, 0, sizeof(*b));
    clock_virtual_init(&b->clk);
    b->cfg = gw_config_new();
    if (gw_config_load(b->cfg, "t", bytes_str(interfaces), NULL, &why))
        fail_msg("%s", why.text);
    snprintf(b->cfg->version, sizeof(b->cfg->version), "%s", version);
    netifs_configure(&b->ifs, b->cfg);
    b->log = gw_syslog_new(b->cfg, &b->clk.clock, 0);
    struct xlates_env env = {.cfg = b->cfg, .clk = &b->clk.clock, .log = b->log, .ifs = &b->ifs};
    b->t = xlates_new(&env);
}

static void close_bed(struct bed *b)
{
    xlates_free(b->t);
    gw_syslog_free(b->log);
    netifs_release(&b->ifs);
    gw_config_free(b->cfg);
}

static void wait(struct bed *b, struct span d)
{
    clock_sleep_until(&b->clk.clock, mono_add(b->clk.at, d));
    xlates_tick(b->t);
}

enum { OUTSIDE, INSIDE }; /* in the configuration's order */

static struct ip_addr addr(const char *text)
{
    struct ip_addr a;

    assert_ok(ip_addr_parse(text, &a));
    return a;
}

static struct xlate *port(struct bed *b, uint8_t proto, const char *real, uint16_t n)
{
    struct xlate_source s = {
        .proto = proto, .real = {addr(real), n}, .real_ifi = INSIDE, .mapped_ifi = OUTSIDE};
    struct ip_addr mapped = addr("203.0.113.1");

    return xlates_port(b->t, &s, &mapped);
}

static bool logged(struct bed *b, const char *text)
{
    struct buf out = BUF_INIT;
    gw_syslog_show(b->log, &out);
    bool found = strstr(buf_str(&out), text) != NULL;
    buf_release(&out);
    return found;
}

/* --- numbers -----------------------------------------------------------------------------------
 */

static void a_set_of_ports_gives_every_number_once(void **state)
{
    static struct portset s;
    static bool seen[65536];
    uint16_t n, from = 30000;

    (void)state;
    portset_init(&s);
    for (int i = 0; i < 65536 - 1024; i++) {
        assert_true(portset_take_next(&s, 1024, 65535, from, &n));
        assert_true(n >= 1024 && !seen[n]);
        seen[n] = true;
        from = n;
    }
    assert_false(portset_take_next(&s, 1024, 65535, from, &n));
    assert_int_equal(s.count, 1024);
    portset_give(&s, 4711);
    assert_true(portset_take_next(&s, 1024, 65535, 60000, &n)); /* goes round */
    assert_int_equal(n, 4711);
    assert_false(portset_take(&s, 4711));
    assert_true(portset_take(&s, 80));
}

static void a_port_keeps_its_number_or_gets_the_next_of_its_range(void **state)
{
    static const struct {
        uint16_t first, lo, hi;
    } rows[] = {
        {1, 1, 511}, {53, 1, 511}, {512, 512, 1023}, {1023, 512, 1023}, {40000, 1024, 65535}};
    struct bed b;

    (void)state;
    open_bed(&b, "8.2(1)");
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct xlate *a = port(&b, IP_TCP, "10.1.1.5", rows[i].first);
        struct xlate *c = port(&b, IP_TCP, "10.1.1.6", rows[i].first);
        assert_int_equal(xlate_mapped(a)->port, rows[i].first);
        assert_int_not_equal(xlate_mapped(c)->port, rows[i].first);
        assert_in_range(xlate_mapped(c)->port, rows[i].lo, rows[i].hi);
        assert_ptr_equal(port(&b, IP_TCP, "10.1.1.6", rows[i].first), c); /* it is there already */
    }
    assert_int_equal(xlate_mapped(port(&b, IP_UDP, "10.1.1.6", 53))->port, 53); /* of its own */
    close_bed(&b);
}

static void a_range_that_is_used_up_gives_none(void **state)
{
    struct bed b;
    char real[32];

    (void)state;
    open_bed(&b, "8.2(1)");
    for (int i = 0; i < 512; i++) {
        snprintf(real, sizeof(real), "10.1.%d.%d", 2 + i / 250, 1 + i % 250);
        struct xlate *x = port(&b, IP_TCP, real, 700);
        assert_true((x != NULL) == (i < 512));
    }
    assert_null(port(&b, IP_TCP, "10.9.9.9", 700));
    assert_non_null(port(&b, IP_TCP, "10.9.9.9", 1700)); /* another range */
    close_bed(&b);
}

static void the_gateways_own_ports_are_not_given_away(void **state)
{
    struct bed b;

    (void)state;
    open_bed(&b, "8.2(1)");
    assert_int_not_equal(xlate_mapped(port(&b, IP_UDP, "10.1.1.5", 500))->port, 500);
    assert_int_not_equal(xlate_mapped(port(&b, IP_UDP, "10.1.1.5", 4500))->port, 4500);
    assert_int_equal(xlate_mapped(port(&b, IP_TCP, "10.1.1.5", 4500))->port, 4500);
    close_bed(&b);
}

/* --- time --------------------------------------------------------------------------------------
 */

static void a_port_rests_for_half_a_minute_and_an_address_for_three_hours(void **state)
{
    struct xlate_source s = {
        .real = {addr("10.1.1.5"), 0}, .real_ifi = INSIDE, .mapped_ifi = OUTSIDE};
    uint32_t pool = ip4_u32(&(struct ip_addr){0}) + 0xcb007110; /* 203.0.113.16 */
    struct bed b;

    (void)state;
    open_bed(&b, "8.2(1)");
    struct xlate *p = port(&b, IP_TCP, "10.1.1.5", 1772);
    struct xlate *a = xlates_address(b.t, &s, pool, pool + 3);
    xlate_hold(b.t, p);
    xlate_hold(b.t, a);
    wait(&b, SPAN_S(20000));
    assert_int_equal(xlates_count(b.t), 2);
    xlate_let_go(b.t, p);
    xlate_let_go(b.t, a);
    wait(&b, SPAN_S(29));
    assert_int_equal(xlates_count(b.t), 2);
    wait(&b, SPAN_MS(1100));
    assert_int_equal(xlates_count(b.t), 1);
    wait(&b, SPAN_S(10800 - 31));
    assert_int_equal(xlates_count(b.t), 1);
    wait(&b, SPAN_S(1));
    assert_int_equal(xlates_count(b.t), 0);
    /* as real devices print it: olauret/cribl-cisco-asa-cleanup */
    assert_true(logged(&b, "305011: Built dynamic TCP translation from inside:10.1.1.5/1772 to "
                           "outside:203.0.113.1/1772"));
    assert_true(logged(&b, "305012: Teardown dynamic TCP translation from inside:10.1.1.5/1772 to "
                           "outside:203.0.113.1/1772 duration 5:33:50"));
    assert_true(logged(
        &b, "305009: Built dynamic translation from inside:10.1.1.5 to outside:203.0.113.16"));
    assert_true(logged(&b, "305010: Teardown dynamic translation from inside:10.1.1.5 to "
                           "outside:203.0.113.16 duration 8:33:20"));
    close_bed(&b);
}

static void from_9_0_on_a_port_goes_with_its_connection(void **state)
{
    struct bed b;

    (void)state;
    open_bed(&b, "9.1(2)");
    struct xlate *x = port(&b, IP_TCP, "10.1.1.5", 1772);
    xlate_hold(b.t, x);
    xlate_hold(b.t, x);
    xlate_let_go(b.t, x);
    wait(&b, SPAN_S(60));
    assert_int_equal(xlates_count(b.t), 1);
    xlate_let_go(b.t, x);
    wait(&b, SPAN_MS(100));
    assert_int_equal(xlates_count(b.t), 0);
    assert_int_equal(xlate_mapped(port(&b, IP_TCP, "10.1.1.6", 1772))->port, 1772); /* given back */
    close_bed(&b);
}

static void addresses_are_handed_out_once(void **state)
{
    struct bed b;
    struct xlate *x[4];

    (void)state;
    open_bed(&b, "8.2(1)");
    for (uint8_t i = 0; i < 4; i++) {
        struct xlate_source s = {
            .real = {ip4(0x0a010105u + i), 0}, .real_ifi = INSIDE, .mapped_ifi = OUTSIDE};
        x[i] = xlates_address(b.t, &s, 0xcb007110, 0xcb007112);
    }
    assert_int_equal(ip4_u32(&xlate_mapped(x[2])->addr), 0xcb007112);
    assert_null(x[3]);
    assert_ptr_equal(xlates_of_mapped(b.t, OUTSIDE, &xlate_mapped(x[1])->addr), x[1]);
    assert_null(xlates_of_mapped(b.t, INSIDE, &xlate_mapped(x[1])->addr));
    close_bed(&b);
}

/* --- fixed ones, and what is shown -------------------------------------------------------------
 */

static struct xlate *fixed(struct bed *b, const char *real, const char *mapped, uint8_t proto,
                           uint16_t rp, uint16_t mp, uint32_t last, bool twice)
{
    struct xlate_fixed f = {.proto = proto,
                            .real = {addr(real), rp},
                            .mapped = {addr(mapped), mp},
                            .last = last,
                            .real_ifi = last ? NETIF_NONE : INSIDE,
                            .mapped_ifi = last ? NETIF_NONE : OUTSIDE,
                            .twice = twice};

    return xlates_fixed(b->t, &f);
}

static void fixed_ones_follow_the_configuration(void **state)
{
    struct bed b;

    (void)state;
    open_bed(&b, "8.2(1)");
    xlates_fixed_begin(b.t);
    struct xlate *a = fixed(&b, "10.1.1.5", "203.0.113.5", 0, 0, 0, 0, false);
    struct xlate *c = fixed(&b, "10.1.1.6", "203.0.113.1", IP_TCP, 8080, 80, 0, false);
    xlates_fixed_end(b.t);
    assert_int_not_equal(xlate_mapped(port(&b, IP_TCP, "10.1.1.9", 80))->port, 80); /* it is c's */
    xlate_hold(b.t, a);
    xlates_fixed_begin(b.t);
    assert_ptr_equal(fixed(&b, "10.1.1.6", "203.0.113.1", IP_TCP, 8080, 80, 0, false), c);
    xlates_fixed_end(b.t);
    assert_true(logged(&b, "305010: Teardown static translation from inside:10.1.1.5 to "
                           "outside:203.0.113.5 duration 0:00:00"));
    assert_int_equal(xlates_count(b.t), 3);
    xlate_let_go(b.t, a); /* its last connection has ended */
    assert_int_equal(xlates_count(b.t), 2);
    close_bed(&b);
}

static void the_table_is_shown_as_the_sample_of_a_real_device_has_it(void **state)
{
    struct buf out = BUF_INIT;
    struct bed b;

    (void)state;
    open_bed(&b, "9.1(2)");
    xlates_fixed_begin(b.t);
    (void)fixed(&b, "10.1.1.0", "172.16.1.0", 0, 0, 0, 255, true);
    (void)fixed(&b, "192.168.1.150", "172.18.254.252", 0, 0, 0, 0, false);
    xlates_fixed_end(b.t);
    wait(&b, SPAN_S(97));
    (void)fixed(&b, "10.1.1.6", "203.0.113.1", IP_TCP, 8080, 80, 0, false);
    (void)port(&b, IP_UDP, "10.1.1.5", 5353);
    xlates_show(b.t, XLATE_SHOW_PLAIN, &out);
    /* ntc-templates, cisco_asa_show_xlate.raw: its lines, but for those of ports */
    assert_string_equal(
        buf_str(&out),
        "4 in use, 4 most used\n"
        "Flags: D - DNS, i - dynamic, r - portmap, s - static, I - identity, T - twice\n"
        "e - extended\n"
        "NAT from any:10.1.1.0/24 to any:172.16.1.0/24\n"
        "flags sT idle 0:01:37 timeout 0:00:00\n"
        "NAT from inside:192.168.1.150 to outside:172.18.254.252 flags s idle 0:01:37 timeout "
        "0:00:00\n"
        "TCP PAT from inside:10.1.1.6 8080-8080 to outside:203.0.113.1 80-80 flags sr idle 0:00:00 "
        "timeout 0:00:00\n"
        "UDP PAT from inside:10.1.1.5/5353 to outside:203.0.113.1/5353 flags ri idle 0:00:00 "
        "timeout 0:00:30\n");
    buf_release(&out);
    close_bed(&b);
}

static void the_form_of_8_2_names_global_and_local(void **state)
{
    struct buf out = BUF_INIT;
    struct bed b;

    (void)state;
    open_bed(&b, "8.2(1)");
    (void)fixed(&b, "10.1.1.7", "203.0.113.7", 0, 0, 0, 0, false);
    (void)port(&b, IP_TCP, "10.1.1.5", 1028);
    (void)port(&b, IP_ICMP, "10.1.1.5", 340);
    xlates_show(b.t, XLATE_SHOW_PLAIN, &out);
    assert_string_equal(buf_str(&out), "3 in use, 3 most used\n"
                                       "Global 203.0.113.7 Local 10.1.1.7\n"
                                       "PAT Global 203.0.113.1(1028) Local 10.1.1.5(1028)\n"
                                       "PAT Global 203.0.113.1(340) Local 10.1.1.5 ICMP id 340\n");
    buf_clear(&out);
    xlates_show(b.t, XLATE_SHOW_DETAIL, &out);
    assert_string_equal(buf_str(&out),
                        "3 in use, 3 most used\n"
                        "Flags: D - DNS, d - dump, I - identity, i - dynamic, n - no random,\n"
                        "       r - portmap, s - static\n"
                        "NAT from inside:10.1.1.7 to outside:203.0.113.7 flags s\n"
                        "TCP PAT from inside:10.1.1.5/1028 to outside:203.0.113.1/1028 flags ri\n"
                        "ICMP PAT from inside:10.1.1.5/340 to outside:203.0.113.1/340 flags ri\n");
    buf_release(&out);
    close_bed(&b);
}

static void versions_are_numbers(void **state)
{
    static const struct {
        const char *version;
        unsigned number;
    } rows[] = {{"8.2(1)", 802}, {"8.0(4)", 800}, {"9.16(4)", 916}, {"9", 900}, {"x", 0}, {"", 0}};
    struct gw_config *c = gw_config_new();

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        snprintf(c->version, sizeof(c->version), "%s", rows[i].version);
        assert_int_equal(gw_version_number(c), rows[i].number);
    }
    gw_config_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_set_of_ports_gives_every_number_once),
        cmocka_unit_test(a_port_keeps_its_number_or_gets_the_next_of_its_range),
        cmocka_unit_test(a_range_that_is_used_up_gives_none),
        cmocka_unit_test(the_gateways_own_ports_are_not_given_away),
        cmocka_unit_test(a_port_rests_for_half_a_minute_and_an_address_for_three_hours),
        cmocka_unit_test(from_9_0_on_a_port_goes_with_its_connection),
        cmocka_unit_test(addresses_are_handed_out_once),
        cmocka_unit_test(fixed_ones_follow_the_configuration),
        cmocka_unit_test(the_table_is_shown_as_the_sample_of_a_real_device_has_it),
        cmocka_unit_test(the_form_of_8_2_names_global_and_local),
        cmocka_unit_test(versions_are_numbers),
    };
    return cmocka_run_group_tests_name("gateway/xlate", tests, NULL, NULL);
}
