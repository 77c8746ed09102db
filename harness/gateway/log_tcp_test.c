/* The sender of log records over TCP, against a host of the test's own: what it sends in answer to
 * what comes, and when. */
#include "gateway/log_tcp.h"

#include "base/buf.h"
#include "base/mem.h"
#include "tests/testkit.h"

#define HOST_ISN 5000u

struct bench {
    struct log_tcp *c;
    struct rng_seeded rng;
    struct mono now;
    struct tcp seg;   /* last one it sent */
    uint32_t isn;     /* its own */
    struct buf heard; /* what the host has of the stream, in order */
};

static struct bench begin(void)
{
    struct bench b = {.c = mem_zalloc(sizeof(*b.c)), .now = {SPAN_S(100).ns}};

    rng_seeded_init(&b.rng, 1, "log-tcp");
    log_tcp_init(b.c, 1470);
    return b;
}

static void end(struct bench *b)
{
    buf_release(&b->heard);
    mem_free(b->c);
}

static enum log_tcp_event tick(struct bench *b)
{
    return log_tcp_tick(b->c, &b->rng.rng, b->now);
}

static bool sends(struct bench *b)
{
    return log_tcp_next(b->c, b->now, &b->seg);
}

static enum log_tcp_event hears(struct bench *b, uint8_t flags, uint32_t seq, uint32_t ack,
                                uint16_t window)
{
    struct tcp t = {.src = 1470,
                    .dst = b->c->own_port,
                    .flags = flags,
                    .seq = seq,
                    .ack = ack,
                    .window = window};

    assert_true(log_tcp_owns(b->c, t.src, t.dst));
    return log_tcp_take(b->c, &t, 0, b->now);
}

static void pass(struct bench *b, struct span d)
{
    b->now = mono_add(b->now, d);
}

static void open(struct bench *b, uint16_t window)
{
    assert_int_equal(tick(b), LOG_TCP_NOTHING);
    assert_true(sends(b));
    assert_int_equal(b->seg.flags, TCP_SYN);
    b->isn = b->seg.seq;
    assert_int_equal(hears(b, TCP_SYN | TCP_ACK, HOST_ISN, b->isn + 1, window), LOG_TCP_CONNECTED);
    assert_true(sends(b));
    assert_int_equal(b->seg.flags, TCP_ACK);
    assert_int_equal(b->seg.seq, b->isn + 1);
    assert_int_equal(b->seg.ack, HOST_ISN + 1);
    assert_false(sends(b));
}

static void put(struct bench *b, const char *text)
{
    log_tcp_put(b->c, bytes_str(text));
}

static void a_record_is_sent_and_acknowledged(void **state)
{
    struct bench b = begin();

    (void)state;
    assert_int_equal(log_tcp_room(b.c), 0);
    open(&b, 60000);
    assert_int_equal(log_tcp_room(b.c), LOG_TCP_ROOM);
    assert_true(mono_is_never(log_tcp_deadline(b.c)));
    put(&b, "one\n");
    assert_true(sends(&b));
    assert_int_equal(b.seg.flags, TCP_PSH | TCP_ACK);
    assert_true(bytes_eq(b.seg.data, bytes_str("one\n")));
    assert_false(sends(&b));
    assert_int_equal(log_tcp_deadline(b.c).ns, mono_add(b.now, SPAN_S(1)).ns);
    assert_int_equal(hears(&b, TCP_ACK, HOST_ISN + 1, b.isn + 5, 60000), LOG_TCP_NOTHING);
    assert_true(mono_is_never(log_tcp_deadline(b.c)));
    assert_int_equal(log_tcp_room(b.c), LOG_TCP_ROOM);
    end(&b);
}

static void a_host_that_does_not_answer_is_tried_three_times_and_again_later(void **state)
{
    struct bench b = begin();

    (void)state;
    for (int round = 0; round < 3; round++) {
        int syns = 0;
        enum log_tcp_event e = LOG_TCP_NOTHING;
        while (e == LOG_TCP_NOTHING) {
            e = tick(&b);
            while (sends(&b)) {
                assert_int_equal(b.seg.flags, TCP_SYN);
                syns++;
            }
            if (e == LOG_TCP_NOTHING)
                b.now = log_tcp_deadline(b.c);
        }
        assert_int_equal(e, LOG_TCP_FAILED);
        assert_int_equal(syns, 3);
        assert_true(b.c->failed);
        assert_int_equal(log_tcp_deadline(b.c).ns, mono_add(b.now, SPAN_S(10)).ns);
        b.now = log_tcp_deadline(b.c);
    }
    open(&b, 1000);
    assert_false(b.c->failed);
    end(&b);
}

static void a_host_that_refuses_has_failed_at_once(void **state)
{
    struct bench b = begin();

    (void)state;
    tick(&b);
    assert_true(sends(&b));
    assert_int_equal(hears(&b, TCP_RST | TCP_ACK, 0, b.seg.seq, 0), LOG_TCP_NOTHING); /* not ours */
    assert_int_equal(hears(&b, TCP_RST | TCP_ACK, 0, b.seg.seq + 1, 0), LOG_TCP_FAILED);
    end(&b);
}

static void what_is_lost_is_sent_again(void **state)
{
    struct bench b = begin();

    (void)state;
    open(&b, 60000);
    put(&b, "one\n");
    put(&b, "two\n");
    assert_true(sends(&b));
    assert_true(bytes_eq(b.seg.data, bytes_str("one\ntwo\n")));
    hears(&b, TCP_ACK, HOST_ISN + 1, b.isn + 1 + 6, 60000); /* up to "one\ntw" */
    pass(&b, SPAN_S(1));
    assert_int_equal(tick(&b), LOG_TCP_NOTHING);
    assert_true(sends(&b));
    assert_int_equal(b.seg.seq, b.isn + 1 + 6);
    assert_true(bytes_eq(b.seg.data, bytes_str("o\n")));
    end(&b);
}

static void a_window_is_kept_to_and_asked_for_when_it_is_shut(void **state)
{
    struct bench b = begin();

    (void)state;
    open(&b, 3);
    put(&b, "0123456789\n");
    assert_true(sends(&b));
    assert_true(bytes_eq(b.seg.data, bytes_str("012")));
    assert_false(sends(&b));
    hears(&b, TCP_ACK, HOST_ISN + 1, b.isn + 4, 0);
    assert_true(sends(&b)); /* one byte, to see */
    assert_true(bytes_eq(b.seg.data, bytes_str("3")));
    assert_false(sends(&b));
    hears(&b, TCP_ACK, HOST_ISN + 1, b.isn + 5, 100);
    assert_true(sends(&b));
    assert_true(bytes_eq(b.seg.data, bytes_str("456789\n")));
    end(&b);
}

static void a_silent_host_is_given_up_and_told_so(void **state)
{
    struct bench b = begin();
    enum log_tcp_event e = LOG_TCP_NOTHING;
    struct mono from = b.now;

    (void)state;
    open(&b, 60000);
    put(&b, "one\n");
    while (e == LOG_TCP_NOTHING) {
        while (sends(&b))
            assert_int_equal(b.seg.flags, TCP_PSH | TCP_ACK);
        b.now = log_tcp_deadline(b.c);
        e = tick(&b);
    }
    assert_int_equal(e, LOG_TCP_FAILED);
    assert_true(mono_diff(from, b.now).ns >= SPAN_S(20).ns);
    assert_true(mono_diff(from, b.now).ns <= SPAN_S(60).ns);
    assert_true(sends(&b));
    assert_int_equal(b.seg.flags, TCP_RST);
    assert_false(sends(&b));
    end(&b);
}

/* "one" is there whole; of "two" the host may have a part: it comes again from its beginning. */
static void the_next_connection_begins_with_the_record_that_was_cut(void **state)
{
    struct bench b = begin();

    (void)state;
    open(&b, 60000);
    put(&b, "one\n");
    put(&b, "two\n");
    put(&b, "three\n");
    assert_true(sends(&b));
    hears(&b, TCP_ACK, HOST_ISN + 1, b.isn + 1 + 6, 60000);
    assert_int_equal(hears(&b, TCP_RST, HOST_ISN + 1, 0, 0), LOG_TCP_FAILED);
    assert_int_equal(b.c->rewritten, 1);
    b.now = log_tcp_deadline(b.c);
    assert_int_equal(tick(&b), LOG_TCP_NOTHING);
    assert_true(sends(&b));
    b.isn = b.seg.seq;
    hears(&b, TCP_SYN | TCP_ACK, HOST_ISN, b.isn + 1, 60000);
    assert_true(sends(&b));
    assert_true(bytes_eq(b.seg.data, bytes_str("two\nthree\n")));
    assert_int_equal(b.seg.seq, b.isn + 1);
    end(&b);
}

static void a_host_that_closes_has_failed(void **state)
{
    struct bench b = begin();

    (void)state;
    open(&b, 60000);
    assert_int_equal(hears(&b, TCP_FIN | TCP_ACK, HOST_ISN + 1, b.isn + 1, 60000), LOG_TCP_FAILED);
    assert_true(sends(&b));
    assert_int_equal(b.seg.flags, TCP_RST);
    end(&b);
}

/* RFC 5961: a reset or an acknowledgement that does not fit is no end and no proof. */
static void forged_segments_do_nothing(void **state)
{
    struct bench b = begin();

    (void)state;
    open(&b, 60000);
    put(&b, "one\n");
    assert_true(sends(&b));
    assert_int_equal(hears(&b, TCP_RST, HOST_ISN + 2, 0, 0), LOG_TCP_NOTHING);
    assert_int_equal(hears(&b, TCP_RST, 0, 0, 0), LOG_TCP_NOTHING);
    assert_int_equal(hears(&b, TCP_ACK, HOST_ISN + 1, b.isn + 1 + 400, 60000), LOG_TCP_NOTHING);
    assert_int_equal(hears(&b, TCP_ACK, HOST_ISN + 1, b.isn - 400, 60000), LOG_TCP_NOTHING);
    assert_int_equal(hears(&b, TCP_SYN, 77, 0, 60000), LOG_TCP_NOTHING);
    assert_false(mono_is_never(log_tcp_deadline(b.c)));
    hears(&b, TCP_ACK, HOST_ISN + 1, b.isn + 5, 60000);
    assert_true(mono_is_never(log_tcp_deadline(b.c)));
    end(&b);
}

/* A host that loses segments and acknowledgements as it likes gets every record in order. */
static void all_records_arrive_over_a_bad_line(void **state)
{
    struct bench b = begin();
    struct rng_seeded fate;
    struct buf want = BUF_INIT;
    uint32_t next = 0;
    int put_so_far = 0;

    (void)state;
    rng_seeded_init(&fate, 5, "fate");
    open(&b, 3000);
    for (int i = 0; i < 500; i++)
        buf_addf(&want, "this is record %d of them all\n", i);
    while (b.heard.n < want.n) {
        for (; put_so_far < 500 && log_tcp_room(b.c) > 100; put_so_far++) {
            struct buf r = BUF_INIT;
            buf_addf(&r, "this is record %d of them all\n", put_so_far);
            log_tcp_put(b.c, buf_bytes(&r));
            buf_release(&r);
        }
        while (sends(&b)) {
            if (rng_below(&fate.rng, 5) == 0)
                continue; /* lost */
            if (b.seg.seq == b.isn + 1 + next) {
                buf_add(&b.heard, b.seg.data.p, b.seg.data.n);
                next += (uint32_t)b.seg.data.n;
            }
            if (rng_below(&fate.rng, 5) != 0)
                assert_int_equal(hears(&b, TCP_ACK, HOST_ISN + 1, b.isn + 1 + next, 3000),
                                 LOG_TCP_NOTHING);
        }
        if (mono_is_never(log_tcp_deadline(b.c)))
            break;
        b.now = log_tcp_deadline(b.c);
        assert_int_equal(tick(&b), LOG_TCP_NOTHING);
    }
    assert_true(bytes_eq(buf_bytes(&b.heard), buf_bytes(&want)));
    buf_release(&want);
    end(&b);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_is_sent_and_acknowledged),
        cmocka_unit_test(a_host_that_does_not_answer_is_tried_three_times_and_again_later),
        cmocka_unit_test(a_host_that_refuses_has_failed_at_once),
        cmocka_unit_test(what_is_lost_is_sent_again),
        cmocka_unit_test(a_window_is_kept_to_and_asked_for_when_it_is_shut),
        cmocka_unit_test(a_silent_host_is_given_up_and_told_so),
        cmocka_unit_test(the_next_connection_begins_with_the_record_that_was_cut),
        cmocka_unit_test(a_host_that_closes_has_failed),
        cmocka_unit_test(forged_segments_do_nothing),
        cmocka_unit_test(all_records_arrive_over_a_bad_line),
    };

    return cmocka_run_group_tests_name("gateway/log_tcp", tests, NULL, NULL);
}
