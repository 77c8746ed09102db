/* Captures made to wear a reader out: they stay linear and bounded, and say what was given up. */
#include "base/buf.h"
#include "base/mem.h"
#include "cli/scan.h"
#include "tests/synth.h"
#include "tests/testkit.h"

#include <unistd.h>

static void read_back(struct synth *s, struct scan *out)
{
    char path[SYNTH_PATH];
    struct diag why = {0};

    synth_save(buf_bytes(&s->file), path);
    assert_ok(scan_file(out, path, true, &why));
    unlink(path);
    synth_release(s);
}

static void begin(struct synth *s)
{
    const struct synth_seg syn = {0, 'A', "S", -1, 0, NULL};

    synth_begin(s, NULL);
    synth_tcp(s, &syn);
}

static void add(struct synth *s, int64_t seq, const char *data)
{
    const struct synth_seg seg = {1, 'A', "A", seq, 0, data};

    synth_tcp(s, &seg);
}

static const struct tcp_dir *sender(const struct scan *s)
{
    return &s->survey.tcp.streams[0]->dir[TCP_SIDE_A];
}

/* Every segment overlaps the one before by all but a byte, and says something else there. */
static void overlapping_segments(void **state)
{
    enum { N = 100000 };
    struct synth s;
    struct scan got;

    (void)state;
    begin(&s);
    for (int i = 0; i < N; i++)
        add(&s, i, i % 2 ? "abcdefgh" : "bcdefghi");
    read_back(&s, &got);
    assert_int_equal(tcp_dir_unique_bytes(sender(&got)), N + 7);
    assert_int_equal(tcp_dir_odd(sender(&got))->dup_partial, N - 1);
    assert_int_equal(tcp_dir_odd(sender(&got))->overlap_bytes, (N - 1) * 7);
    assert_int_equal(tcp_dir_holes(sender(&got)), 0);
    scan_release(&got);
}

/* Every other byte, in either order: holes beyond the bound are closed, and counted as closed. */
static void a_hundred_thousand_gaps(void **state)
{
    enum { N = 100000 };

    (void)state;
    for (int backwards = 0; backwards < 2; backwards++) {
        struct synth s;
        struct scan got;
        begin(&s);
        for (int i = 0; i < N; i++)
            add(&s, 2 * (backwards ? N - i : i + 1), "x");
        read_back(&s, &got);
        const struct tcp_dir *d = sender(&got);
        assert_true(d->covered.count <= RANGE_SET_MAX);
        assert_int_equal(d->data_packets, N);
        if (!backwards) {
            assert_int_equal(tcp_dir_unique_bytes(d), N);
            assert_int_equal(tcp_dir_holes(d), N);
            assert_int_equal(tcp_dir_gap_bytes(d), N + 1);
            assert_true(range_set_closed_holes(&d->covered) > 0);
            assert_int_equal(scan_given_up(&got).holes, range_set_closed_holes(&d->covered));
        }
        scan_release(&got);
    }
}

/* Back and forth by almost two gigabytes. */
static void reordering_by_gigabytes(void **state)
{
    enum { N = 20000 };
    struct synth s;
    struct scan got;

    (void)state;
    begin(&s);
    for (int64_t i = 0; i < N; i++)
        add(&s, i % 2 ? INT64_C(2000000000) + i * 4 : i * 4, "data");
    read_back(&s, &got);
    const struct tcp_dir *d = sender(&got);
    assert_int_equal(tcp_dir_unique_bytes(d), N * 4);
    assert_int_equal(tcp_dir_odd(d)->overlap_bytes, 0);
    assert_true(tcp_dir_holes(d) > 0);
    scan_release(&got);
}

/* A SYN from another port each: a stream each, and none costs more than its headers. */
static void a_flood_of_connections(void **state)
{
    enum { N = 60000 };
    struct synth s;
    struct scan got;
    const struct synth_seg syn = {0, 'A', "S", -1, 0, NULL};

    (void)state;
    synth_begin(&s, NULL);
    for (int i = 0; i < N; i++) {
        s.opts.port[0] = (uint16_t)(1024 + i);
        synth_tcp(&s, &syn);
    }
    read_back(&s, &got);
    assert_int_equal(got.survey.tcp.count, N);
    scan_release(&got);
}

/* The same, all on one pair of ports: a new stream on each new number. */
static void a_flood_on_one_pair_of_ports(void **state)
{
    enum { N = 60000 };
    struct synth s;
    struct scan got;

    (void)state;
    synth_begin(&s, NULL);
    for (int i = 0; i < N; i++) {
        const struct synth_seg syn = {0, 'A', "S", -1, 0, NULL};
        s.opts.isn[0] = (uint32_t)i * 77777u;
        synth_tcp(&s, &syn);
    }
    read_back(&s, &got);
    assert_int_equal(got.survey.tcp.count, N);
    scan_release(&got);
}

/* First fragments whose others never come. */
static void a_flood_of_fragments(void **state)
{
    enum { N = 20000 };
    struct synth_opts opts = {.fragment = 8};
    struct synth s;
    struct scan got;

    (void)state;
    synth_begin(&s, &opts);
    for (int i = 0; i < N; i++)
        synth_udp(&s, i, 'A', bytes_str("more than eight bytes"));
    s.file.n -= 20; /* the file ends in the last one */
    read_back(&s, &got);
    assert_true(got.file.fragments.whole > 0);
    assert_int_equal(scan_given_up(&got).datagrams, 0); /* one is merely not whole */
    assert_int_equal(got.damage.err, ERR_SHORT);
    scan_release(&got);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(overlapping_segments),         cmocka_unit_test(a_hundred_thousand_gaps),
        cmocka_unit_test(reordering_by_gigabytes),      cmocka_unit_test(a_flood_of_connections),
        cmocka_unit_test(a_flood_on_one_pair_of_ports), cmocka_unit_test(a_flood_of_fragments),
    };

    return cmocka_run_group_tests_name("cli/scan_load", tests, NULL, NULL);
}
