/* The streams of a case: which conversation, from whom, when. */
#include "tests/one_run.h"
#include "tests/testkit.h"

/* --- streams -----------------------------------------------------------------------------------
 */

static void a_stream_that_starts_late_is_waited_for(void **state)
{
    struct one_run r;

    (void)state;
    one_run_ok(&r,
               CASE(DOWNLOAD "<stream id=\"late\" capture=\"" HTTPS
                             "\" bo-port=\"7777\" start=\"20min\"/>"),
               NULL);
    assert_true(one_run_find(&r, "stream", "id", "late", 0)->time == 1200);
    one_run_check_done(&r, "late");
    one_run_release(&r);
}

static void a_stream_follows_another(void **state)
{
    struct one_run r;

    (void)state;
    one_run_ok(
        &r,
        CASE(DOWNLOAD "<stream id=\"next\" capture=\"" HTTPS "\" bo-port=\"7777\" after=\"dl\"/>"),
        NULL);
    const struct one_line *next = one_run_find(&r, "stream", "id", "next", 0);
    assert_true(next->time > one_run_find(&r, "stream", "id", "dl", 0)->time);
    one_run_check_done(&r, "dl");
    one_run_check_done(&r, "next");
    one_run_release(&r);
}

static void ports_are_the_captured_ones_unless_given(void **state)
{
    struct one_run r;

    (void)state;
    one_run_ok(&r,
               CASE("<stream id=\"dl\" capture=\"" HTTPS "\" bo-port=\"1234\" ho-port=\"4321\"/>"),
               NULL);
    const struct one_line *s = one_run_find(&r, "stream", "id", "dl", 0);
    assert_string_equal(one_line_text(s, "bo"), "10.224.228.10:1234");
    assert_string_equal(one_line_text(s, "ho"), "192.168.50.10:4321");
    one_run_check_done(&r, "dl");
    one_run_release(&r);
}

static void a_server_that_calls_back_opens_from_the_head_office(void **state)
{
    struct one_run r;

    (void)state;
    one_run_ok(&r,
               DEVICE
               "<timeline><stream id=\"dl\" capture=\"captures/ftp-active.pcap.zst\" flow=\"1\"/>"
               "<stream id=\"data\" capture=\"captures/ftp-active.pcap.zst\" flow=\"2\" "
               "start=\"2s\"/></timeline>" EXPECT,
               NULL);
    const struct one_line *control = one_run_find(&r, "stream", "id", "dl", 0);
    const struct one_line *data = one_run_find(&r, "stream", "id", "data", 0);
    assert_string_equal(one_line_text(control, "opener"), "bo");
    assert_string_equal(one_line_text(data, "opener"), "ho");
    assert_non_null(strstr(one_line_text(data, "ho"), "192.168.50.10:20"));
    one_run_check_done(&r, "data");
    one_run_release(&r);
}

static void a_recording_can_be_stretched(void **state)
{
    struct one_run r;

    (void)state;
    one_run_ok(&r, CASE("<stream id=\"dl\" capture=\"" HTTPS "\" bytes=\"300kB\"/>"), NULL);
    const struct one_line *s = one_run_find(&r, "stream", "id", "dl", 0);
    assert_int_equal(one_line_number(s, "bytes_ho_to_bo"), 300000);
    one_run_check_done(&r, "dl");
    one_run_release(&r);
}

static void datagrams_and_pings_are_streams_too(void **state)
{
    struct one_run r;

    (void)state;
    one_run_ok(&r,
               CASE(DOWNLOAD
                    "<stream id=\"dns\" capture=\"captures/dns-ping.pcapng\" proto=\"udp\"/>"
                    "<stream id=\"ping\" capture=\"captures/dns-ping.pcapng\" proto=\"icmp\" "
                    "start=\"2s\"/>"),
               NULL);
    assert_string_equal(one_line_text(one_run_find(&r, "stream", "id", "dns", 0), "proto"), "udp");
    assert_string_equal(one_line_text(one_run_find(&r, "stream", "id", "ping", 0), "proto"),
                        "icmp");
    assert_true(one_line_number(one_run_host(&r, "ping", "bo"), "delivered") > 0);
    one_run_release(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stream_that_starts_late_is_waited_for),
        cmocka_unit_test(a_stream_follows_another),
        cmocka_unit_test(ports_are_the_captured_ones_unless_given),
        cmocka_unit_test(a_server_that_calls_back_opens_from_the_head_office),
        cmocka_unit_test(a_recording_can_be_stretched),
        cmocka_unit_test(datagrams_and_pings_are_streams_too),
    };

    return cmocka_run_group_tests_name("replay/streams", tests, NULL, NULL);
}
