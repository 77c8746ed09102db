#include "track/tcp_stream.h"

#include "base/mem.h"
#include "base/rng.h"
#include "tests/synth.h"
#include "tests/testkit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* The frames of a file made by synth, one by one. */
static bool next_frame(struct rd *r, struct pkt *p, int64_t *ns)
{
    if (rd_left(r) == 0)
        return false;
    *ns = (int64_t)rd_le32(r) * 1000000000;
    *ns += (int64_t)rd_le32(r) * 1000;
    size_t n = rd_le32(r);
    rd_skip(r, 4);
    pkt_parse(rd_take(r, n), p);
    return true;
}

/* Feeds the whole file; the stream number of each packet goes to OUT. */
static size_t feed(const struct synth *s, struct tcp_table *t, uint32_t *out)
{
    struct rd r = rd_of(bytes_from(buf_bytes(&s->file), 24));
    struct pkt p;
    int64_t ns;
    size_t n = 0;

    while (next_frame(&r, &p, &ns)) {
        struct tcp_match m = tcp_table_match(t, &p);
        struct tcp_seg seg = tcp_seg_of(&p, ns);
        tcp_stream_add(m.stream, m.from, &seg, NULL);
        if (out)
            out[n] = m.stream->number;
        n++;
    }
    return n;
}

static const struct row {
    const char *what;
    struct synth_seg segs[8];
    enum tcp_initiator initiator;
    bool handshake;
    enum tcp_end end;
    size_t streams;
} rows[] = {
    {"a_whole_connection",
     {{0, 'A', "S", -1, 0, NULL},
      {1, 'B', "SA", -1, 0, NULL},
      {2, 'A', "A", 0, 0, NULL},
      {3, 'A', "PA", 0, 0, "hi"},
      {4, 'A', "FA", 2, 0, NULL},
      {5, 'B', "FA", 0, 3, NULL}},
     TCP_INITIATOR_A,
     true,
     TCP_END_FIN,
     1},
    {"an_ecn_syn_opens_too",
     {{0, 'A', "SEC", -1, 0, NULL}, {1, 'B', "SAE", -1, 0, NULL}, {2, 'A', "A", 0, 0, NULL}},
     TCP_INITIATOR_A,
     true,
     TCP_END_OPEN,
     1},
    {"a_syn_ack_alone_names_the_other_side",
     {{0, 'B', "SA", -1, 0, NULL}, {1, 'A', "A", 0, 0, NULL}},
     TCP_INITIATOR_B,
     false,
     TCP_END_OPEN,
     1},
    {"the_middle_of_a_stream_has_no_opener",
     {{0, 'B', "A", 500, 100, "x"}, {1, 'A', "A", 100, 501, NULL}},
     TCP_INITIATOR_UNKNOWN,
     false,
     TCP_END_OPEN,
     1},
    {"a_reset_ends_it",
     {{0, 'A', "S", -1, 0, NULL}, {1, 'B', "RA", 0, 0, NULL}},
     TCP_INITIATOR_A,
     false,
     TCP_END_RST,
     1},
    {"one_fin_leaves_it_open",
     {{0, 'A', "S", -1, 0, NULL}, {1, 'B', "SA", -1, 0, NULL}, {2, 'A', "FA", 0, 0, NULL}},
     TCP_INITIATOR_A,
     true,
     TCP_END_OPEN,
     1},
    {"a_repeated_syn_is_the_same_stream",
     {{0, 'A', "S", -1, 0, NULL}, {1000, 'A', "S", -1, 0, NULL}},
     TCP_INITIATOR_A,
     false,
     TCP_END_OPEN,
     1},
    {"another_isn_on_the_same_ports_is_another_stream",
     {{0, 'A', "S", -1, 0, NULL},
      {1, 'B', "SA", -1, 0, NULL},
      {2, 'A', "A", 0, 0, NULL},
      {3, 'A', "S", 99999, 0, NULL}},
     TCP_INITIATOR_A,
     true,
     TCP_END_OPEN,
     2},
};

static void streams_are_as_the_row_says(void **state)
{
    const struct row *r = *state;
    struct synth s;
    struct tcp_table t;

    synth_begin(&s, NULL);
    for (size_t i = 0; i < COUNT(r->segs) && r->segs[i].from; i++)
        synth_tcp(&s, &r->segs[i]);
    tcp_table_init(&t, NULL, 1);
    feed(&s, &t, NULL);
    assert_int_equal(t.count, r->streams);
    assert_int_equal(t.streams[0]->initiator, r->initiator);
    assert_int_equal(t.streams[0]->handshake, r->handshake);
    assert_int_equal(tcp_stream_end(t.streams[0]), r->end);
    tcp_table_release(&t);
    synth_release(&s);
}

static void vlans_are_told_apart_on_request(void **state)
{
    static const struct tcp_table_options apart = {.vlans_apart = true};
    static const struct synth_seg syn = {0, 'A', "S", -1, 0, NULL};

    (void)state;
    for (int k = 0; k < 2; k++) {
        struct tcp_table t;
        tcp_table_init(&t, k ? &apart : NULL, 1);
        for (uint16_t vlan = 10; vlan < 12; vlan++) {
            struct synth s;
            synth_begin(&s, &(struct synth_opts){.vlan = vlan});
            synth_tcp(&s, &syn);
            feed(&s, &t, NULL);
            synth_release(&s);
        }
        assert_int_equal(t.count, k ? 2 : 1);
        assert_int_equal(t.streams[0]->vlan[0], 10);
        tcp_table_release(&t);
    }
}

/* A few connections on three port pairs, with every kind of flag and few distinct numbers, so that
 * ports are reused in all ways. */
static void make_muddle(struct synth *s, uint64_t seed, size_t n)
{
    static const char *const flags[] = {"S", "SA", "A", "PA", "FA", "R", "RA", "A"};
    struct rng_seeded rng;

    rng_seeded_init(&rng, seed, "muddle");
    synth_begin(s, NULL);
    for (size_t i = 0; i < n; i++) {
        struct synth_seg seg = {.ms = (int64_t)i * 10,
                                .from = rng_below(&rng.rng, 2) ? 'A' : 'B',
                                .flags = flags[rng_below(&rng.rng, COUNT(flags))],
                                .seq = (int64_t)rng_below(&rng.rng, 3) * 5000,
                                .ack = (int64_t)rng_below(&rng.rng, 3) * 5000};
        if (strcmp(seg.flags, "PA") == 0)
            seg.data = "data";
        s->opts.port[0] = (uint16_t)(40000 + rng_below(&rng.rng, 3));
        synth_tcp(s, &seg);
    }
}

/* tshark's stream number of each packet; false: it is not here. */
static bool ask_tshark(const char *path, uint32_t *out, size_t n)
{
    char cmd[256], line[64];
    size_t i = 0;

    snprintf(cmd, sizeof(cmd),
             "tshark -n -r %s -d tcp.port==1-65535,data -T fields -e tcp.stream 2>/dev/null", path);
    FILE *f = popen(cmd, "r");
    assert_non_null(f);
    while (i < n && fgets(line, sizeof(line), f))
        out[i++] = (uint32_t)strtoul(line, NULL, 10);
    pclose(f);
    return i == n;
}

static void streams_are_numbered_as_tshark_does(void **state)
{
    enum { N = 400 };

    (void)state;
    for (uint64_t seed = 1; seed <= 4; seed++) {
        struct synth s;
        struct tcp_table t;
        char path[SYNTH_PATH];
        uint32_t ours[N], theirs[N];
        make_muddle(&s, seed, N);
        synth_save(buf_bytes(&s.file), path);
        bool there = ask_tshark(path, theirs, N);
        unlink(path);
        if (!there) {
            synth_release(&s);
            printf("SKIPPED: tshark is not here\n");
            skip();
        }
        tcp_table_init(&t, NULL, 1);
        assert_int_equal(feed(&s, &t, ours), N);
        for (size_t i = 0; i < N; i++)
            if (ours[i] != theirs[i])
                fail_msg("seed %d, packet %zu: stream %u, tshark says %u", (int)seed, i + 1,
                         ours[i], theirs[i]);
        tcp_table_release(&t);
        synth_release(&s);
    }
}

int main(void)
{
    struct CMUnitTest tests[COUNT(rows) + 2] = {
        cmocka_unit_test(vlans_are_told_apart_on_request),
        cmocka_unit_test(streams_are_numbered_as_tshark_does),
    };

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[2 + i] = (struct CMUnitTest){rows[i].what, streams_are_as_the_row_says, NULL, NULL,
                                           (void *)(uintptr_t)&rows[i]};
    return _cmocka_run_group_tests("track/tcp_stream", tests, COUNT(rows) + 2, NULL, NULL);
}
