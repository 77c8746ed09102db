/* Tunnels that carry nothing, and how long phase 1 lasts. */
#include "tests/gateway_lab.h"
#include "tests/testkit.h"

#include "base/mem.h"

static struct gateway_lab *make(const char *bo, const char *ho)
{
    struct gateway_lab *l = mem_zalloc(sizeof(*l));

    lab_init(l, bo, ho, 9);
    return l;
}

static void done(struct gateway_lab *l)
{
    lab_release(l);
    mem_free(l);
}

#define IDLE_5 "group-policy DfltGrpPolicy attributes\n vpn-idle-timeout 5\n"

/* 30 minutes is the device's own. */
static void an_idle_tunnel_ends_and_its_flow_stays_or_not(void **state)
{
    static const struct {
        const char *extra;
        int64_t before_s, after_s;
        size_t orphans;
    } rows[] = {
        {NULL, 1790, 20, 1},
        {IDLE_5, 290, 20, 1},
        {IDLE_5 "no sysopt connection preserve-vpn-flows\n", 290, 20, 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct gateway_lab *l = make(rows[i].extra, LAB_NEVER_IDLE);
        struct gateway_counters n;
        struct lab_tcp c;
        assert_true(lab_connect(l, &c, 1135, 80));
        lab_run(l, SPAN_S(rows[i].before_s));
        assert_int_equal(lab_logged(l, LAB_BO, 113019, NULL), 0);
        lab_run(l, SPAN_S(rows[i].after_s));
        assert_int_equal(lab_logged(l, LAB_BO, 713050, "Reason: IPsec SA Idle Timeout"), 1);
        assert_int_equal(lab_logged(l, LAB_BO, 713259, "Reason: Idle Timeout"), 1);
        assert_int_equal(lab_logged(l, LAB_BO, 113019, "Reason: Idle Timeout"), 1);
        assert_int_equal(lab_logged(l, LAB_BO, 302014, "Tunnel has been torn down"),
                         rows[i].orphans == 0);
        gateway_counters(l->gw[LAB_BO], &n);
        assert_int_equal(n.orphans, rows[i].orphans);
        assert_false(lab_transfer(l, &c, LAB_BO, 100)); /* asks for the tunnel, if it is known */
        lab_run(l, SPAN_S(2));
        assert_int_equal(lab_transfer(l, &c, LAB_BO, 100), rows[i].orphans == 1);
        done(l);
    }
}

static void traffic_keeps_a_tunnel_and_none_never_ends_it(void **state)
{
    struct gateway_lab *l = make(IDLE_5, LAB_NEVER_IDLE);
    struct lab_tcp c;

    (void)state;
    assert_true(lab_connect(l, &c, 1135, 80));
    for (int i = 0; i < 4; i++) {
        lab_run(l, SPAN_S(200));
        assert_true(lab_transfer(l, &c, i % 2 ? LAB_BO : LAB_HO, 10));
    }
    assert_int_equal(lab_logged(l, LAB_BO, 713050, NULL), 0);
    done(l);
    l = make(LAB_NEVER_IDLE, LAB_NEVER_IDLE);
    assert_true(lab_connect(l, &c, 1135, 80));
    lab_run(l, SPAN_S(7200));
    assert_int_equal(lab_logged(l, LAB_BO, 113019, NULL), 0);
    done(l);
}

/* What the note proposes: phase 1 without end; phase 2 is renegotiated all the same. */
static void lifetime_0_is_never_rekeyed_and_phase_2_is(void **state)
{
    static const char zero[] = LAB_NEVER_IDLE "no crypto isakmp policy 10\n"
                                              "crypto isakmp policy 5 lifetime 0\n";
    struct gateway_lab *l = make(zero, zero);
    struct lab_tcp c;

    (void)state;
    assert_true(lab_connect(l, &c, 1135, 80));
    for (int hour = 0; hour < 26; hour++) {
        lab_run(l, SPAN_S(3500));
        assert_true(lab_transfer(l, &c, LAB_HO, 10));
    }
    assert_int_equal(lab_logged(l, LAB_BO, 713119, NULL), 1);
    assert_true(lab_logged(l, LAB_BO, 713120, NULL) >= 3);
    assert_int_equal(lab_logged(l, LAB_BO, 302014, NULL), 0);
    done(l);
}

static void a_day_is_the_end_of_phase_1_otherwise(void **state)
{
    struct gateway_lab *l = make(LAB_NEVER_IDLE, LAB_NEVER_IDLE);
    struct lab_tcp c;

    (void)state;
    assert_true(lab_connect(l, &c, 1135, 80));
    lab_run(l, SPAN_S(26 * 3600));
    assert_true(lab_logged(l, LAB_BO, 713119, NULL) >= 2);
    done(l);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_idle_tunnel_ends_and_its_flow_stays_or_not),
        cmocka_unit_test(traffic_keeps_a_tunnel_and_none_never_ends_it),
        cmocka_unit_test(lifetime_0_is_never_rekeyed_and_phase_2_is),
        cmocka_unit_test(a_day_is_the_end_of_phase_1_otherwise),
    };

    return cmocka_run_group_tests_name("gateway/vpn_idle", tests, NULL, NULL);
}
