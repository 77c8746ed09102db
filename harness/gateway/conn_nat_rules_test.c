/* Which rule of translation a flow meets, and which flows are refused because they meet none. */
#include "tests/nat_lab.h"
#include "tests/testkit.h"

/* --- fixed ones --------------------------------------------------------------------------------
 */

static void flow_in(struct nat_lab *l, const char *mapped, const char *real)
{
    nat_connect(l, NAT_OUTSIDE, "198.51.100.9:4000", mapped, NAT_INSIDE, "198.51.100.9:4000", real);
}

static void a_static_host_is_reached_and_reaches(void **state)
{
    static const struct {
        const char *version, *lines;
    } rows[] = {
        {"8.2(1)", "static (inside,outside) 203.0.113.50 10.1.1.5 netmask 255.255.255.255\n"
                   "access-list in extended permit tcp any host 203.0.113.50 eq 80\n"
                   "access-group in in interface outside\n"},
        /* from 8.3 on lists name the real address */
        {"9.1(2)", "object network web\n host 10.1.1.5\n nat (inside,outside) static 203.0.113.50\n"
                   "access-list in extended permit tcp any host 10.1.1.5 eq 80\n"
                   "access-group in in interface outside\n"},
        {"9.1(2)", "object network web\n host 10.1.1.5\nobject network m\n host 203.0.113.50\n"
                   "nat (inside,outside) source static web m\n"
                   "access-list in extended permit tcp any host 10.1.1.5 eq 80\n"
                   "access-group in in interface outside\n"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct nat_lab *l = nat_lab_new(rows[i].version, rows[i].lines);
        flow_in(l, "203.0.113.50:80", "10.1.1.5:80");
        assert_int_equal(nat_logged(l, "302013: Built inbound TCP connection 1 for "
                                       "outside:198.51.100.9/4000 (198.51.100.9/4000) to "
                                       "inside:10.1.1.5/80 (203.0.113.50/80)"),
                         1);
        nat_connect(l, NAT_INSIDE, "10.1.1.5:999", NAT_SERVER, NAT_OUTSIDE, "203.0.113.50:999",
                    NAT_SERVER);
        assert_true(nat_ask(l, NAT_OUTSIDE, "203.0.113.50"));
        assert_false(nat_ask(l, NAT_OUTSIDE, "203.0.113.51"));
        assert_false(nat_ask(l, NAT_INSIDE, "203.0.113.50"));
        nat_lab_free(l);
    }
}

static void a_static_port_of_the_interface_leads_to_one_service(void **state)
{
    static const struct {
        const char *version, *lines;
    } rows[] = {
        {"8.2(1)", NAT_PAT "static (inside,outside) tcp interface 8080 10.1.1.5 80 netmask "
                           "255.255.255.255\naccess-group in in interface outside\n"},
        {"9.1(2)",
         "object network web\n host 10.1.1.5\n nat (inside,outside) static interface "
         "service tcp 80 8080\naccess-list in extended permit ip any any\naccess-group in "
         "in interface outside\n"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct nat_lab *l = nat_lab_new(rows[i].version, rows[i].lines);
        flow_in(l, "203.0.113.1:8080", "10.1.1.5:80");
        nat_send_tcp(l, NAT_OUTSIDE, "198.51.100.9:4001", "203.0.113.1:80", nat_syn());
        nat_expect_none(l, NAT_INSIDE);
        nat_lab_free(l);
    }
}

static void policy_nat_looks_at_the_destination(void **state)
{
    struct nat_lab *l = nat_lab_new(
        "8.2(1)", "access-list to9 extended permit ip 10.1.1.0 255.255.255.0 198.51.100.0 "
                  "255.255.255.0\nstatic (inside,outside) 172.20.1.0 access-list to9\n" NAT_PAT);

    (void)state;
    nat_connect(l, NAT_INSIDE, "10.1.1.5:1000", NAT_SERVER, NAT_OUTSIDE, "172.20.1.5:1000",
                NAT_SERVER);
    nat_connect(l, NAT_INSIDE, "10.1.1.5:1000", "192.0.2.9:80", NAT_OUTSIDE, "203.0.113.1:1000",
                "192.0.2.9:80");
    nat_lab_free(l);
}

static void a_destination_may_be_translated_as_well(void **state)
{
    struct nat_lab *l = nat_lab_new(
        "9.1(2)", "object network me\n host 10.1.1.5\nobject network mapped\n host "
                  "203.0.113.60\nobject network seen\n host 192.0.2.1\nobject network real\n "
                  "host 198.51.100.9\nnat (inside,outside) source static me mapped "
                  "destination static seen real\naccess-list in extended permit ip any any\n"
                  "access-group in in interface outside\n");

    (void)state;
    nat_connect(l, NAT_INSIDE, "10.1.1.5:1000", "192.0.2.1:80", NAT_OUTSIDE, "203.0.113.60:1000",
                NAT_SERVER);
    nat_connect(l, NAT_OUTSIDE, "198.51.100.9:4000", "203.0.113.60:22", NAT_INSIDE,
                "192.0.2.1:4000", "10.1.1.5:22");
    nat_lab_free(l);
}

/* --- the order of rules ------------------------------------------------------------------------
 */

static void the_rule_that_is_asked_first_decides(void **state)
{
    static const struct {
        const char *version, *lines, *mapped;
    } rows[] = {
        {"8.2(1)",
         "access-list no extended permit ip host 10.1.1.5 any\nnat (inside) 0 access-list "
         "no\nstatic (inside,outside) 203.0.113.50 10.1.1.5\n" NAT_PAT,
         "10.1.1.5:1000"},
        {"8.2(1)", "static (inside,outside) 203.0.113.50 10.1.1.5\n" NAT_PAT, "203.0.113.50:1000"},
        {"8.2(1)",
         NAT_PAT "nat (inside) 2 10.1.1.5 255.255.255.255\nglobal (outside) 2 203.0.113.70\n",
         "203.0.113.70:1000"}, /* the longer prefix */
        {"8.2(1)",
         NAT_PAT "access-list p extended permit ip any host 198.51.100.9\nnat (inside) 3 "
                 "access-list p\nglobal (outside) 3 203.0.113.71\n",
         "203.0.113.71:1000"}, /* lists before networks */
        {"8.2(1)", "nat (inside) 0 10.1.1.0 255.255.255.0\n", "10.1.1.5:1000"},
        {"8.2(1)", "", "10.1.1.5:1000"}, /* no rule, and none wanted */
        {"8.2(1)",
         "nat (inside) 1 0 0\nglobal (outside) 1 203.0.113.16-203.0.113.18\nglobal "
         "(outside) 1 interface\n",
         "203.0.113.16:1000"},
        {"9.1(2)",
         "object network lan\n subnet 10.1.1.0 255.255.255.0\n nat (inside,outside) "
         "dynamic interface\nobject network web\n host 10.1.1.5\n nat (inside,outside) "
         "static 203.0.113.50\n",
         "203.0.113.50:1000"},
        {"9.1(2)",
         "object network lan\n subnet 10.1.1.0 255.255.255.0\n nat (inside,outside) "
         "dynamic interface\nobject network far\n host 198.51.100.9\nnat "
         "(inside,outside) source static lan lan destination static far far\n",
         "10.1.1.5:1000"},
        {"9.1(2)",
         "object network lan\n subnet 10.1.1.0 255.255.255.0\n nat (any,outside) dynamic "
         "203.0.113.9\nnat (inside,outside) after-auto source dynamic any interface\n",
         "203.0.113.9:1000"},
        {"9.1(2)", "nat (inside,outside) after-auto source dynamic any interface\n",
         "203.0.113.1:1000"},
        {"9.1(2)", "nat (inside,outside) source dynamic any interface inactive\n", "10.1.1.5:1000"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct nat_lab *l = nat_lab_new(rows[i].version, rows[i].lines);
        nat_connect(l, NAT_INSIDE, "10.1.1.5:1000", NAT_SERVER, NAT_OUTSIDE, rows[i].mapped,
                    NAT_SERVER);
        nat_lab_free(l);
    }
}

static void addresses_come_before_ports_and_both_may_run_out(void **state)
{
    struct nat_lab *l =
        nat_lab_new("8.2(1)", "nat (inside) 1 0 0\nglobal (outside) 1 203.0.113.16-203.0.113.17\n");

    (void)state;
    for (int i = 0; i < 3; i++)
        nat_send_tcp(l, NAT_INSIDE,
                     i == 0   ? "10.1.1.5:9"
                     : i == 1 ? "10.1.1.6:9"
                              : "10.1.1.7:9",
                     NAT_SERVER, nat_syn());
    nat_expect(l, NAT_OUTSIDE, "203.0.113.16:9", NAT_SERVER);
    nat_expect(l, NAT_OUTSIDE, "203.0.113.17:9", NAT_SERVER);
    nat_expect_none(l, NAT_OUTSIDE);
    assert_int_equal(nat_logged(l, "305006: regular translation creation failed for tcp src "
                                   "inside:10.1.1.7/9 dst outside:198.51.100.9/80"),
                     1);
    struct buf out = BUF_INIT;
    nat_type(l, "global (outside) 1 interface", &out);
    nat_send_tcp(l, NAT_INSIDE, "10.1.1.7:9", NAT_SERVER, nat_syn());
    nat_expect(l, NAT_OUTSIDE, "203.0.113.1:9", NAT_SERVER);
    buf_release(&out);
    nat_lab_free(l);
}

static void an_address_of_a_pool_is_reached_while_it_is_lent(void **state)
{
    struct nat_lab *l =
        nat_lab_new("8.2(1)", "nat (inside) 1 0 0\nglobal (outside) 1 "
                              "203.0.113.16-203.0.113.17\naccess-list in extended permit "
                              "ip any any\naccess-group in in interface outside\n");

    (void)state;
    nat_send_tcp(l, NAT_OUTSIDE, "198.51.100.9:7", "203.0.113.16:22", nat_syn());
    nat_connect(l, NAT_INSIDE, "10.1.1.5:1000", NAT_SERVER, NAT_OUTSIDE, "203.0.113.16:1000",
                NAT_SERVER);
    nat_connect(l, NAT_OUTSIDE, "198.51.100.9:7", "203.0.113.16:22", NAT_INSIDE, "198.51.100.9:7",
                "10.1.1.5:22");
    nat_lab_free(l);
}

/* --- refusals ----------------------------------------------------------------------------------
 */

static void flows_without_a_translation_are_refused_where_one_is_wanted(void **state)
{
    static const struct {
        const char *lines;
        enum nat_leg leg;
        const char *from, *to, *said;
    } rows[] = {
        {"nat-control\n", NAT_INSIDE, "10.1.1.5:9", "198.51.100.9:80",
         "%ASA-3-305005: No translation group found for tcp src inside:10.1.1.5/9 dst "
         "outside:198.51.100.9/80"},
        {"nat (inside) 1 0 0\n", NAT_INSIDE, "10.1.1.5:9", "198.51.100.9:80",
         "305005: No translation group found for tcp src inside:10.1.1.5/9 dst "
         "outside:198.51.100.9/80"},
        {"nat-control\naccess-list in extended permit ip any any\naccess-group in in interface "
         "outside\n",
         NAT_OUTSIDE, "198.51.100.9:9", "10.1.1.5:80",
         "305005: No translation group found for tcp src outside:198.51.100.9/9 dst "
         "inside:10.1.1.5/80"},
        {NAT_PAT "access-group in in interface outside\n", NAT_OUTSIDE, "198.51.100.9:9",
         "10.1.1.5:80",
         "%ASA-5-305013: Asymmetric NAT rules matched for forward and reverse flows; Connection "
         "for tcp src outside:198.51.100.9/9 dst inside:10.1.1.5/80 denied due to NAT reverse path "
         "failure"},
        {"static (inside,outside) 203.0.113.50 10.1.1.5\naccess-list in extended permit ip any "
         "any\naccess-group in in interface outside\n",
         NAT_OUTSIDE, "198.51.100.9:9", "10.1.1.5:80", "305013: Asymmetric"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct nat_lab *l = nat_lab_new("8.2(1)", rows[i].lines);
        nat_send_tcp(l, rows[i].leg, rows[i].from, rows[i].to, nat_syn());
        nat_expect_none(l, rows[i].leg == NAT_INSIDE ? NAT_OUTSIDE : NAT_INSIDE);
        if (nat_logged(l, rows[i].said) != 1)
            fail_msg("row %zu: not said: %s", i, rows[i].said);
        nat_lab_free(l);
    }
}

static void control_is_content_with_an_exemption_or_equal_levels(void **state)
{
    struct nat_lab *l =
        nat_lab_new("8.2(1)", "nat-control\naccess-list no extended permit ip any any\n"
                              "nat (inside) 0 access-list no\naccess-list in extended "
                              "permit ip any any\naccess-group in in interface outside\n");

    (void)state;
    nat_connect(l, NAT_INSIDE, "10.1.1.5:9", NAT_SERVER, NAT_OUTSIDE, "10.1.1.5:9", NAT_SERVER);
    flow_in(l, "10.1.1.5:22", "10.1.1.5:22");
    nat_lab_free(l);
}

static void rules_of_the_inside_are_not_for_higher_levels(void **state)
{
    struct nat_lab *l =
        nat_lab_new("8.2(1)", "nat (dmz) 1 0 0\nglobal (inside) 1 interface\nglobal "
                              "(outside) 1 interface\naccess-list in extended permit ip "
                              "any any\naccess-group in in interface dmz\n");
    struct buf out = BUF_INIT;

    (void)state;
    nat_connect(l, NAT_DMZ, "192.168.7.5:1000", NAT_SERVER, NAT_OUTSIDE, "203.0.113.1:1000",
                NAT_SERVER);
    nat_connect(l, NAT_DMZ, "192.168.7.5:1000", "10.1.1.5:80", NAT_INSIDE, "192.168.7.5:1000",
                "10.1.1.5:80");
    nat_type(l, "no nat (dmz) 1 0 0", &out);
    nat_type(l, "nat (dmz) 1 0 0 outside", &out);
    nat_connect(l, NAT_DMZ, "192.168.7.5:1001", "10.1.1.5:80", NAT_INSIDE, "10.1.1.1:1001",
                "10.1.1.5:80");
    buf_release(&out);
    nat_lab_free(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_static_host_is_reached_and_reaches),
        cmocka_unit_test(a_static_port_of_the_interface_leads_to_one_service),
        cmocka_unit_test(policy_nat_looks_at_the_destination),
        cmocka_unit_test(a_destination_may_be_translated_as_well),
        cmocka_unit_test(the_rule_that_is_asked_first_decides),
        cmocka_unit_test(addresses_come_before_ports_and_both_may_run_out),
        cmocka_unit_test(an_address_of_a_pool_is_reached_while_it_is_lent),
        cmocka_unit_test(flows_without_a_translation_are_refused_where_one_is_wanted),
        cmocka_unit_test(control_is_content_with_an_exemption_or_equal_levels),
        cmocka_unit_test(rules_of_the_inside_are_not_for_higher_levels),
    };
    return cmocka_run_group_tests_name("gateway/conn_nat_rules", tests, NULL, NULL);
}
