/* Ports on both ends of a veth pair, in a network namespace that goes when this program ends. */
#define _GNU_SOURCE /* unshare */

#include "port/port_live.h"

#include "base/clock_real.h"
#include "base/mem.h"
#include "port/interface.h"
#include "tests/testkit.h"

#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define A "hfporta"
#define B "hfportb"

static void shell(const char *command)
{
    assert_int_equal(system(command), 0);
}

struct lab {
    bool is_root;
    struct clock_real clk;
    struct port *a, *b;
};

static int group_setup(void **state)
{
    static struct lab lab;

    lab.is_root =
        geteuid() == 0 && unshare(CLONE_NEWNET) == 0 && system("command -v ip >/dev/null") == 0;
    clock_real_init(&lab.clk);
    *state = &lab;
    return 0;
}

/* A fresh pair of interfaces, up; the namespace is the same for all tests. */
static struct lab *fresh(void **state)
{
    struct lab *l = *state;

    if (!l->is_root) {
        puts("SKIPPED: real interfaces need root and a network namespace of their own");
        skip();
    }
    (void)!system("ip link del " A " 2>/dev/null");
    shell("ip link add " A " type veth peer name " B);
    assert_ok(interface_prepare(A, NULL));
    assert_ok(interface_prepare(B, NULL));
    return l;
}

static void open_both(struct lab *l)
{
    struct diag why = {0};

    assert_ok(port_live_open(A, &l->clk.clock, &l->a, &why));
    assert_ok(port_live_open(B, &l->clk.clock, &l->b, &why));
}

static void close_both(struct lab *l)
{
    port_close(l->a);
    port_close(l->b);
}

/* EtherType 0x88b5, so that no kernel minds; to a station that nobody is. */
static void send(struct port *p, size_t n, uint8_t mark)
{
    static const uint8_t head[] = {2, 9, 9, 9, 9, 1, 2, 9, 9, 9, 9, 2, 0x88, 0xb5};
    uint8_t *f = sink_reserve(&p->sink, n);

    assert_non_null(f);
    memset(f, mark, n);
    memcpy(f, head, sizeof(head));
    sink_commit(&p->sink, n);
}

/* Waits for the next frame, ten seconds at most; its mark, or -1. */
static int receive(struct port *p, size_t *n, struct mono *when)
{
    struct pollfd fd = {.fd = port_live_fd(p), .events = POLLIN};
    struct bytes frame;

    do {
        if (port_receive(p, &frame, when)) {
            *n = frame.n;
            return frame.p[14];
        }
    } while (poll(&fd, 1, 10000) > 0);
    return -1;
}

static void frames_cross_whole_and_stamped(void **state)
{
    struct lab *l = fresh(state);
    struct bytes frame;
    struct mono when, before = {0}, last = {0};
    size_t n;

    open_both(l);
    assert_false(port_receive(l->b, &frame, &when));
    assert_true(mono_is_never(port_next(l->b)));
    before = clock_now(&l->clk.clock);
    for (int i = 1; i <= 50; i++) {
        send(l->a, 60 + (size_t)i * 29, (uint8_t)i);
        assert_int_equal(receive(l->b, &n, &when), i);
        assert_int_equal(n, 60 + i * 29);
        assert_true(when.ns <= clock_now(&l->clk.clock).ns);
        assert_true(when.ns >= last.ns && when.ns > before.ns - SPAN_S(1).ns);
        last = when;
    }
    assert_false(port_receive(l->b, &frame, &when));
    assert_false(port_receive(l->a, &frame, &when)); /* not our own */
    close_both(l);
}

static void a_waiting_frame_wakes_the_clock(void **state)
{
    struct lab *l = fresh(state);
    struct clock_real clk;
    struct mono when;
    size_t n;

    open_both(l);
    clock_real_init(&clk);
    assert_ok(clock_real_watch(&clk, port_live_fd(l->b)));
    send(l->a, 100, 7);
    struct mono far = mono_add(clock_now(&clk.clock), SPAN_S(3000));
    clock_sleep_until(&clk.clock, far); /* or this test does not end */
    assert_true(mono_before(port_next(l->b), far));
    assert_int_equal(receive(l->b, &n, &when), 7);
    close_both(l);
}

static void many_frames_are_counted_and_none_is_dropped(void **state)
{
    struct lab *l = fresh(state);
    struct port_stats s;
    struct mono when;
    size_t n;

    open_both(l);
    for (int i = 0; i < 2000; i++)
        send(l->a, 1514, (uint8_t)(i % 100));
    for (int i = 0; i < 2000; i++)
        assert_int_equal(receive(l->b, &n, &when), i % 100);
    port_stats(l->a, &s);
    assert_int_equal(s.sent, 2000);
    assert_int_equal(s.lost, 0);
    assert_int_equal(s.dropped, 0); /* not by our own frames either */
    port_stats(l->b, &s);
    assert_int_equal(s.received, 2000);
    assert_int_equal(s.dropped, 0);
    close_both(l);
}

static bool pass_odd(void *ctx, bool outbound, struct bytes frame)
{
    (*(int *)ctx) += outbound;
    return frame.p[14] % 2 == 1;
}

static void a_filter_decides_both_ways(void **state)
{
    struct lab *l = fresh(state);
    struct port_stats s;
    struct mono when;
    size_t n;
    int outbound = 0;

    open_both(l);
    port_set_filter(l->a, (struct port_filter){pass_odd, &outbound});
    for (int i = 0; i < 10; i++) {
        send(l->a, 60, (uint8_t)i);
        send(l->b, 60, (uint8_t)i);
    }
    for (int i = 1; i < 10; i += 2) {
        assert_int_equal(receive(l->a, &n, &when), i);
        assert_int_equal(receive(l->b, &n, &when), i);
    }
    assert_int_equal(outbound, 10);
    port_stats(l->a, &s);
    assert_int_equal(s.sent, 5);
    assert_int_equal(s.received, 5);
    assert_int_equal(s.filtered, 10);
    close_both(l);
}

static void a_frame_that_the_interface_refuses_is_lost_with_a_reason(void **state)
{
    struct lab *l = fresh(state);
    struct port_stats s;

    open_both(l);
    assert_string_equal(port_live_send_error(l->a), "");
    send(l->a, 3000, 1); /* above the MTU */
    port_stats(l->a, &s);
    assert_int_equal(s.lost, 1);
    assert_string_not_equal(port_live_send_error(l->a), "");
    close_both(l);
}

static void a_frame_longer_than_a_slot_counts_as_dropped(void **state)
{
    struct lab *l = fresh(state);
    struct port_stats s;
    struct mono when;
    size_t n;

    open_both(l); /* with slots for an MTU of 1500 */
    shell("ip link set " B " mtu 9000 && ip link set " A " mtu 9000");
    send(l->a, 5000, 1);
    send(l->a, 100, 2);
    assert_int_equal(receive(l->b, &n, &when), 2);
    port_stats(l->b, &s);
    assert_int_equal(s.dropped, 1);
    close_both(l);
    open_both(l); /* now for 9000 */
    send(l->a, 5000, 3);
    assert_int_equal(receive(l->b, &n, &when), 3);
    assert_int_equal(n, 5000);
    close_both(l);
}

static void lateness_counts_from_when_a_frame_was_due(void **state)
{
    struct lab *l = fresh(state);
    struct port_stats s;

    open_both(l);
    send(l->a, 60, 1);
    port_stats(l->a, &s);
    assert_int_equal(s.late_max_ns, 0); /* nobody said when */
    port_live_due(l->a, mono_add(clock_now(&l->clk.clock), SPAN_MS(-20)));
    send(l->a, 60, 1);
    port_stats(l->a, &s);
    assert_true(s.late_max_ns >= SPAN_MS(20).ns);
    close_both(l);
}

static void assert_refused(struct lab *l, const char *name, enum err want, const char *words)
{
    struct diag why = {0};

    assert_int_equal(port_live_open(name, &l->clk.clock, &l->a, &why), want);
    if (!strstr(why.text, name) || !strstr(why.text, words))
        fail_msg("\"%s\" does not speak of \"%s\"", why.text, words);
}

static void what_cannot_be_opened_says_what_to_do(void **state)
{
    struct lab *l = fresh(state);

    assert_refused(l, "nosuchif", ERR_NOTFOUND, "ip link");
    assert_refused(l, "a_name_longer_than_any", ERR_NOTFOUND, "at most 15");
    shell("ip link set " A " down");
    assert_refused(l, A, ERR_IO, "ip link set " A " up");
}

static void an_interface_with_an_address_is_not_the_harnesss(void **state)
{
    struct diag why = {0};

    (void)fresh(state);
    shell("ip addr add 192.0.2.7/24 dev " A);
    assert_int_equal(interface_prepare(A, &why), ERR_STATE);
    assert_non_null(strstr(why.text, "192.0.2.7"));
    assert_non_null(strstr(why.text, "ip address flush dev " A));
    assert_int_equal(interface_prepare("nosuchif", NULL), ERR_NOTFOUND);
    assert_ok(interface_prepare(B, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_cross_whole_and_stamped),
        cmocka_unit_test(a_waiting_frame_wakes_the_clock),
        cmocka_unit_test(many_frames_are_counted_and_none_is_dropped),
        cmocka_unit_test(a_filter_decides_both_ways),
        cmocka_unit_test(a_frame_that_the_interface_refuses_is_lost_with_a_reason),
        cmocka_unit_test(a_frame_longer_than_a_slot_counts_as_dropped),
        cmocka_unit_test(lateness_counts_from_when_a_frame_was_due),
        cmocka_unit_test(what_cannot_be_opened_says_what_to_do),
        cmocka_unit_test(an_interface_with_an_address_is_not_the_harnesss),
    };
    return cmocka_run_group_tests_name("port/port_live", tests, group_setup, NULL);
}
