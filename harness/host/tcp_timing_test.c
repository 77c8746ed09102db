/* What depends on time: pauses, outages, shut windows, keep-alives, the last minute. */
#include "tests/lone_host.h"
#include "tests/testkit.h"
#include "tests/two_hosts.h"

#define A    CONV_A
#define B    CONV_B
#define HOUR ((struct mono){3600LL * 1000000000})

struct fixture {
    struct conversation conv;
    struct tape tape;
    struct two_hosts net;
    uint32_t id;
};

static void begin(struct fixture *f, const struct two_row *rows, size_t n,
                  const struct host_config cfg[2])
{
    conv_make(&f->conv, CONV_TCP, rows, n);
    tape_init(&f->tape, &f->conv, NULL);
    two_hosts_init(&f->net, 1, 4, cfg);
    f->id = two_hosts_add(&f->net, &f->tape, 4000);
}

static void end(struct fixture *f)
{
    two_hosts_release(&f->net);
    conv_release(&f->conv);
}

static struct host_flow_status status(const struct fixture *f, int side)
{
    return two_hosts_status(&f->net, side, f->id);
}

static int64_t ms_now(const struct fixture *f)
{
    return f->net.clk.at.ns / 1000000;
}

static void check_done(const struct fixture *f)
{
    for (int side = 0; side < 2; side++) {
        assert_int_equal(status(f, side).state, HOST_FLOW_DONE);
        assert_int_equal(status(f, side).altered, 0);
        assert_int_equal(status(f, side).delivered, f->tape.total[!side]);
    }
}

/* --- turns -------------------------------------------------------------------------------------
 */

struct sighting { /* of data, by side */
    struct mono at[2][16];
    size_t n[2];
};

static size_t watch_data(struct two_hosts *net, int from, uint8_t *frame, size_t n)
{
    struct sighting *s = net->hook_ctx;
    struct pkt p;

    pkt_parse(bytes_of(frame, n), &p);
    if (p.kind == PKT_TCP && (p.tcp.data.n > 0 || tcp_has(&p.tcp, TCP_FIN)) && s->n[from] < 16)
        s->at[from][s->n[from]++] = net->clk.at;
    return n;
}

/* ARP and the handshake take 20 ms on a link of 5 ms. */
static void turns__follow_each_other_by_cause_and_pause(void **state)
{
    static const struct two_row rows[] = {
        {TURN_DATA, A, 100, 30},  /* 20 + 30 */
        {TURN_DATA, B, 100, 200}, /* + 5 + 200 */
        {TURN_DATA, B, 100, 40},  /* + 40 */
        {TURN_DATA, A, 100, 3000} /* + 5 + 3000 */
    };
    static const int64_t want[2][2] = {{50, 3300}, {255, 295}};
    struct sighting s = {0};
    struct fixture f;

    (void)state;
    begin(&f, rows, COUNT(rows), NULL);
    f.net.hook = watch_data;
    f.net.hook_ctx = &s;
    two_hosts_run(&f.net, HOUR);
    check_done(&f);
    for (int side = 0; side < 2; side++)
        for (size_t i = 0; i < 2; i++)
            assert_in_range(s.at[side][i].ns / 1000000, want[side][i], want[side][i] + 6);
    end(&f);
}

static void think_time__is_stretched_by_the_tape(void **state)
{
    static const struct two_row rows[] = {{TURN_DATA, A, 100, 0}, {TURN_DATA, B, 100, 2000}};
    const struct tape_options thinking = {.think = SPAN_S(1800)};
    struct fixture f;

    (void)state;
    begin(&f, rows, COUNT(rows), NULL);
    tape_init(&f.tape, &f.conv, &thinking);
    two_hosts_run(&f.net, HOUR);
    check_done(&f);
    assert_in_range(ms_now(&f), 1800000, 1800100);
    end(&f);
}

/* --- outages -----------------------------------------------------------------------------------
 */

static const struct two_row download[] = {
    {TURN_DATA, A, 300, 0}, {TURN_DATA, B, 3000000, 0}, {TURN_FIN, B, 0, 0}, {TURN_FIN, A, 0, 0}};

static void an_outage_of_five_minutes__is_survived(void **state)
{
    struct fixture f;

    (void)state;
    begin(&f, download, COUNT(download), NULL);
    f.net.down_from = (struct mono){100 * 1000000};
    f.net.down_to = mono_add(f.net.down_from, SPAN_S(300));
    two_hosts_run(&f.net, (struct mono){290LL * 1000000000});
    struct host_flow_status s = status(&f, 1);
    assert_int_equal(s.state, HOST_FLOW_OPEN);
    assert_true(s.in_flight > 0);
    assert_int_equal(s.rto_fired, 10); /* 0.21 s * (2^10 - 1) is 215 s, the next one at 335 s */
    assert_in_range(s.last_progress.ns / 1000000, 95, 111);
    two_hosts_run(&f.net, HOUR);
    check_done(&f);
    assert_in_range(ms_now(&f), 330000, 337000); /* the next try, then on at full speed */
    end(&f);
}

static void an_outage_of_an_hour__is_not(void **state)
{
    struct fixture f;

    (void)state;
    begin(&f, download, COUNT(download), NULL);
    f.net.down_from = (struct mono){100 * 1000000};
    f.net.down_to = HOUR;
    two_hosts_run(&f.net, HOUR);
    assert_int_equal(status(&f, 1).state, HOST_FLOW_GAVE_UP);
    assert_int_equal(status(&f, 1).rto_fired, 15);
    assert_int_equal(status(&f, 0).state, HOST_FLOW_OPEN); /* it only listens: nobody tells it */
    end(&f);
}

static void a_user_timeout__decides_instead_of_the_count(void **state)
{
    static const int64_t limits[] = {5, 30, 2000};

    (void)state;
    for (size_t i = 0; i < COUNT(limits); i++) {
        const struct host_config cfg[2] = {[1].user_timeout = SPAN_S(limits[i])};
        struct fixture f;
        begin(&f, download, COUNT(download), cfg);
        f.net.down_from = (struct mono){100 * 1000000};
        f.net.down_to = HOUR;
        two_hosts_run(&f.net, (struct mono){limits[i] * 1000000000});
        assert_int_equal(status(&f, 1).state, HOST_FLOW_OPEN);
        two_hosts_run(&f.net, (struct mono){limits[i] * 1000000000 + 200000000});
        assert_int_equal(status(&f, 1).state, HOST_FLOW_GAVE_UP);
        end(&f);
    }
}

static void keep_alive__finds_out(void **state)
{
    static const struct two_row rows[] = {{TURN_DATA, A, 300, 0}, {TURN_DATA, B, 300, 7200 * 1000}};
    const struct host_config cfg[2] = {[0].keepalive = SPAN_S(60)};
    struct fixture f;

    (void)state;
    begin(&f, rows, COUNT(rows), cfg);
    two_hosts_run(&f.net, (struct mono){1000LL * 1000000000});
    assert_int_equal(status(&f, 0).state, HOST_FLOW_OPEN); /* answered each time */
    uint64_t asked = f.net.sent[0];
    assert_in_range(asked, 16, 24);
    f.net.down_from = f.net.clk.at;
    f.net.down_to = HOUR;
    two_hosts_run(&f.net, (struct mono){1700LL * 1000000000});
    assert_int_equal(status(&f, 0).state, HOST_FLOW_OPEN);
    two_hosts_run(&f.net, (struct mono){1760LL * 1000000000}); /* 60 s and nine times 75 s */
    assert_int_equal(status(&f, 0).state, HOST_FLOW_GAVE_UP);
    assert_int_equal(f.net.sent[0], asked + 9);
    end(&f);
}

/* --- alone -------------------------------------------------------------------------------------
 */

static struct lone lone;

static void an_old_timestamp__is_answered_and_dropped(void **state)
{
    static const struct two_row rows[] = {{TURN_DATA, A, 5000, 0}};
    struct tcp_opts o = {.mss = 1460, .has_ts = true, .tsval = 1000};
    struct conversation conv;
    struct tape tape;
    uint8_t b[100] = {0};
    struct tcp seg = {
        .flags = TCP_ACK, .seq = 1, .ack = 1, .window = 60000, .data = bytes_of(b, sizeof(b))};

    (void)state;
    conv_make(&conv, CONV_TCP, rows, 1);
    tape_init(&tape, &conv, NULL);
    tape_read(&tape, A, 0, b, sizeof(b));
    lone_init(&lone, NULL, 4, 1);
    lone_add(&lone, &tape, B);
    lone_open(&lone, B, &o, 60000);
    o = (struct tcp_opts){.has_ts = true, .tsval = 999};
    lone_send_opts(&lone, seg, &o); /* RFC 7323, 5.3, R1 */
    assert_int_equal(lone_flush(&lone), 1);
    assert_int_equal(lone_status(&lone).delivered, 0);
    lone_wait(&lone, SPAN_S(25LL * 24 * 3600)); /* R1 holds for 24 days */
    lone_send_opts(&lone, seg, &o);
    assert_int_equal(lone_status(&lone).delivered, 100);
    lone_release(&lone);
    conv_release(&conv);
}

#define TEST(f) cmocka_unit_test(f)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(turns__follow_each_other_by_cause_and_pause),
        TEST(think_time__is_stretched_by_the_tape),
        TEST(an_outage_of_five_minutes__is_survived),
        TEST(an_outage_of_an_hour__is_not),
        TEST(a_user_timeout__decides_instead_of_the_count),
        TEST(keep_alive__finds_out),
        TEST(an_old_timestamp__is_answered_and_dropped),
    };
    return cmocka_run_group_tests_name("tcp_timing", tests, NULL, NULL);
}
