/* Captures that are made to cost a reader more than their share: `holdfast inspect` reads each in
 * bounded memory and a bounded share of a processor (a limit far above what it takes, and far below
 * what more than linear work would), and says what it gave up. PATHOLOGICAL_PACKETS of the
 * environment makes them larger; `make bench` takes a million. */
#include "tests/program.h"
#include "tests/testkit.h"
#include "wire/ip.h"
#include "wire/tcp.h"

#include <jansson.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>

enum { DATA = 5 };

struct maker {
    pcap_dumper_t *out;
    uint32_t n;
    uint32_t random;
};

static uint32_t next_random(struct maker *m)
{
    m->random = m->random * 1664525 + 1013904223;
    return m->random >> 8;
}

static void put(struct maker *m, uint32_t host, uint8_t flags, uint32_t seq)
{
    uint8_t packet[128];
    struct wr w = wr_of(packet, sizeof(packet));
    struct ip ip = {
        .version = 4, .proto = IP_TCP, .ttl = 64, .src = ip4(host), .dst = ip4(0x0a000002)};
    struct tcp t = {.src = (uint16_t)(1000 + (host >> 16)), .dst = 80, .seq = seq, .flags = flags};

    t.data = bytes_of("bytes", flags & TCP_SYN ? 0 : DATA);
    ip_put(&w, &ip, TCP_HDR_LEN + t.data.n);
    tcp_put(&w, &t, &ip.src, &ip.dst);
    struct pcap_pkthdr h = {.caplen = (uint32_t)w.at, .len = (uint32_t)w.at};
    h.ts.tv_sec = 1700000000 + m->n / 100000;
    h.ts.tv_usec = m->n++ % 100000 * 10;
    pcap_dump((unsigned char *)m->out, &h, packet);
}

static void overlap(struct maker *m, uint32_t n)
{
    while (n--)
        put(m, 0x0a000001, TCP_ACK, 1000 + next_random(m) % 60000);
}

/* Back and forth by almost 2 GiB, each time a little farther. */
static void leap(struct maker *m, uint32_t n)
{
    put(m, 0x0a000001, TCP_SYN, 0);
    for (uint32_t i = 0; i < n; i++)
        put(m, 0x0a000001, TCP_ACK, 1 + i % 2 * 1900000000 + i * 2 * DATA);
}

static void gaps(struct maker *m, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        put(m, 0x0a000001, TCP_ACK, 1000 + i * 2 * DATA);
}

static void gaps_backwards(struct maker *m, uint32_t n)
{
    for (uint32_t i = n; i-- > 0;)
        put(m, 0x0a000001, TCP_ACK, 1000 + i * 2 * DATA);
}

static void gaps_anywhere(struct maker *m, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        put(m, 0x0a000001, TCP_ACK, 1000 + next_random(m) % (n * 4) * 2 * DATA);
}

static void flood(struct maker *m, uint32_t n)
{
    for (uint32_t i = 0; i < n / 5; i++) /* a flow each, which costs more */
        put(m, 0x0b000000 + i, TCP_SYN, next_random(m));
}

static const struct row {
    const char *what;
    void (*make)(struct maker *m, uint32_t n);
    bool gives_up; /* holes that are past RANGE_SET_MAX */
    bool per_flow; /* its memory is that of its flows */
} rows[] = {
    {"segments_that_overlap", overlap, false, false},
    {"segments_that_leap_by_gigabytes", leap, true, false},
    {"a_hole_after_each_segment", gaps, true, false},
    {"the_same_from_behind", gaps_backwards, true, false},
    {"the_same_in_no_order", gaps_anywhere, true, false},
    {"a_flood_of_syns", flood, false, true},
};

static uint32_t packets_wanted(void)
{
    const char *s = getenv("PATHOLOGICAL_PACKETS");

    return s ? (uint32_t)strtoul(s, NULL, 10) : 150000;
}

static void make_file(const struct row *r, uint32_t n)
{
    char path[512];
    struct maker m = {.random = 1};

    snprintf(path, sizeof(path), "%s/odd.pcap", program_folder());
    pcap_t *dead = pcap_open_dead(DLT_RAW, 65535);
    m.out = pcap_dump_open(dead, path);
    assert_non_null(m.out);
    r->make(&m, n);
    pcap_dump_close(m.out);
    pcap_close(dead);
}

static void stays_within_bounds(void **state)
{
    const struct row *r = *state;
    uint32_t n = packets_wanted();
    char command[256];
    struct program p;

    make_file(r, n);
    /* of writable memory, which a sanitizer's shadow is, too */
    unsigned long kib = 160000 + (r->per_flow ? n / 5 * 2ul : 0);
    snprintf(command, sizeof(command),
             "case %%H in *asan* | *fuzz*) ;; *) ulimit -t %u; ulimit -d %lu ;; esac; "
             "%%H inspect --json %%T/odd.pcap",
             20 + n / 10000, kib);
    program_run(&p, command);
    assert_int_equal(p.code, 0);
    json_t *v = json_loads(buf_str(&p.out), 0, NULL), *up = json_object_get(v, "given_up");
    assert_non_null(up);
    json_t *tcp = json_object_get(v, "tcp");
    assert_int_equal(json_array_size(tcp), r->per_flow ? n / 5 : 1);
    assert_int_equal(json_integer_value(json_object_get(up, "holes")) > 0, r->gives_up);
    assert_int_equal(json_integer_value(json_object_get(up, "packets")), 0);
    json_decref(v);
    program_release(&p);
}

int main(void)
{
    struct CMUnitTest tests[COUNT(rows)];

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[i] = (struct CMUnitTest){rows[i].what, stays_within_bounds, NULL, NULL,
                                       (void *)(uintptr_t)&rows[i]};
    return cmocka_run_group_tests_name("pathological", tests, NULL, program_folder_remove);
}
