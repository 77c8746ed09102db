/* Entries of an access list with `log`: 106100, in the words of real samples. */
#include "tests/access_lab.h"
#include "tests/testkit.h"

static void entries_with_log_count_their_hits(void **state)
{
    struct access_bench *b =
        access_new("access-list a deny tcp any any eq 23 log interval 60\naccess-list a permit "
                   "ip any any log\naccess-group a in interface dmz\n");

    (void)state;
    for (int i = 0; i < 3; i++)
        access_send_first(b, ACCESS_DMZ, "10.2.2.9", "10.1.1.9", IP_TCP, 23);
    assert_int_equal(access_logged(b,
                                   "%ASA-6-106100: access-list a denied tcp dmz/10.2.2.9(1000) -> "
                                   "inside/10.1.1.9(23) hit-cnt 1 first hit [0x"),
                     1);
    assert_int_equal(access_logged(b, "106023"), 0);
    access_wait_s(b, 61);
    assert_int_equal(access_logged(b, "(23) hit-cnt 2 60-second interval [0x"), 1);
    access_wait_s(b, 61); /* none has come since: it is forgotten */
    access_send_first(b, ACCESS_DMZ, "10.2.2.9", "10.1.1.9", IP_TCP, 23);
    assert_int_equal(access_logged(b, "(23) hit-cnt 1 first hit"), 2);
    access_send_first(b, ACCESS_DMZ, "10.2.2.9", "10.1.1.9", IP_ICMP, 8);
    access_assert_logged(
        b, "access-list a permitted icmp dmz/10.2.2.9(8) -> inside/10.1.1.9(0) hit-cnt 1 "
           "first hit [0x");
    access_free(b);
}

static void a_flood_of_denied_flows_fills_a_table_and_no_more(void **state)
{
    struct access_bench *b =
        access_new("access-list a deny ip any any log\naccess-group a in interface dmz\n"
                   "logging buffer-size 1048576\n");

    (void)state;
    for (uint16_t i = 1; i <= 5000; i++)
        access_send_first(b, ACCESS_DMZ, "10.2.2.9", "10.1.1.9", IP_TCP, i);
    assert_int_equal(access_logged(b, "hit-cnt 1 first hit"), 4096);
    access_wait_s(b, 301);
    access_send_first(b, ACCESS_DMZ, "10.2.2.9", "10.1.1.9", IP_TCP, 6000);
    assert_int_equal(access_logged(b, "(6000) hit-cnt 1 first hit"), 1);
    access_free(b);
}

static void log_disable_says_nothing(void **state)
{
    struct access_bench *b =
        access_new("access-list a deny ip any any log disable\naccess-group a in interface "
                   "dmz\n");

    (void)state;
    access_send_first(b, ACCESS_DMZ, "10.2.2.9", "10.1.1.9", IP_TCP, 23);
    assert_int_equal(access_logged(b, "106100") + access_logged(b, "106023"), 0);
    assert_int_equal(b->end[ACCESS_INSIDE].came, 0);
    access_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_with_log_count_their_hits),
        cmocka_unit_test(a_flood_of_denied_flows_fills_a_table_and_no_more),
        cmocka_unit_test(log_disable_says_nothing),
    };
    return cmocka_run_group_tests_name("gateway/acl_log", tests, NULL, NULL);
}
