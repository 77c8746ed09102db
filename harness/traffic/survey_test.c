/* A survey says of every flow what reading the capture whole says, without its bytes. */
#include "traffic/survey.h"

#include "tests/testkit.h"
#include "wire/ip.h"
#include "wire/tcp.h"
#include "wire/udp.h"

static void compare(const struct flow *a, const struct flow *b)
{
    assert_int_equal(a->conv.proto, b->conv.proto);
    assert_true(endpoint_eq(&a->conv.a, &b->conv.a) && endpoint_eq(&a->conv.b, &b->conv.b));
    assert_int_equal(a->packets, b->packets);
    assert_int_equal(a->first_ns, b->first_ns);
    assert_int_equal(a->last_ns, b->last_ns);
    assert_int_equal(a->first, b->first);
    assert_int_equal(a->replayable, b->replayable);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(a->conv.data[i].n, b->conv.data[i].n);
        assert_int_equal(a->datagrams[i], b->datagrams[i]);
        assert_int_equal(a->whole[i], b->whole[i]);
        assert_int_equal(a->conv.mss[i], b->conv.mss[i]);
    }
    for (size_t i = 0; i < FLOW_WHY_MAX; i++) {
        assert_int_equal(a->why_not[i] == NULL, b->why_not[i] == NULL);
        if (a->why_not[i])
            assert_string_equal(a->why_not[i], b->why_not[i]);
    }
    const struct conv_repairs *x = &a->conv.repairs, *y = &b->conv.repairs;
    assert_int_equal(x->retransmitted, y->retransmitted);
    assert_int_equal(x->reordered, y->reordered);
    assert_int_equal(x->overlapping, y->overlapping);
    assert_int_equal(x->undelivered_bytes, y->undelivered_bytes);
    assert_int_equal(x->no_start, y->no_start);
    assert_int_equal(x->no_end, y->no_end);
}

static void survey_file(struct survey *s, const char *path)
{
    struct savefile *f;
    struct savefile_packet p;
    struct diag why = {0};

    survey_init(s);
    assert_ok(savefile_open(path, &f, &why));
    while (savefile_next(f, &p, &why) == ERR_OK)
        survey_add(s, &p);
    savefile_close(f);
}

static void says_the_same(void **state)
{
    const char *path = *state;
    struct capture *c;
    struct survey s;
    struct diag why = {0};

    assert_ok(capture_read(path, &c, &why));
    survey_file(&s, path);
    assert_int_equal(s.nflows, c->nflows);
    assert_int_equal(s.skipped, c->skipped);
    for (size_t i = 0; i < c->nflows; i++) {
        struct arena arena;
        struct flow f;
        arena_init(&arena);
        survey_flow(&s, i, &arena, &f);
        compare(&f, &c->flows[i]);
        arena_release(&arena);
    }
    survey_release(&s);
    capture_free(c);
}

static void take(struct survey *s, uint8_t proto, uint32_t host, uint32_t seq)
{
    uint8_t packet[64];
    struct wr w = wr_of(packet, sizeof(packet));
    struct ip ip = {
        .version = 4, .proto = proto, .ttl = 64, .src = ip4(host), .dst = ip4(0x0a000001)};
    struct tcp t = {.src = 1000, .dst = 80, .seq = seq, .flags = TCP_SYN};
    struct udp u = {.src = 1000, .dst = 53};
    struct savefile_packet p = {.number = 1, .time_ns = 1};

    ip_put(&w, &ip, proto == IP_TCP ? TCP_HDR_LEN : UDP_HDR_LEN);
    if (proto == IP_TCP)
        tcp_put(&w, &t, &ip.src, &ip.dst);
    else
        udp_put(&w, &u, &ip.src, &ip.dst);
    pkt_parse_ip(wr_bytes(&w), &p.pkt);
    survey_add(s, &p);
}

/* With the bound drawn in: 100 streams and 100 others. */
static void flows_that_are_too_many_are_counted(void **state)
{
    struct survey s;

    (void)state;
    survey_init(&s);
    assert_int_equal(s.tcp.opts.max, SURVEY_FLOWS_MAX);
    s.tcp.opts.max = 100;
    for (uint32_t i = 0; i < 150; i++) {
        take(&s, IP_TCP, 0xc0a80000 + i, 1);
        take(&s, IP_UDP, 0xc0a80000 + i, 1);
    }
    assert_int_equal(s.nflows, 200);
    assert_int_equal(s.crowded, 100);
    take(&s, IP_TCP, 0xc0a80000, 1); /* a stream that is there goes on */
    assert_int_equal(s.crowded, 100);
    assert_int_equal(s.tcp.streams[0]->packets, 2);
    take(&s, IP_TCP, 0xc0a80000, 2); /* another one on its ports is one too many */
    assert_int_equal(s.crowded, 101);
    assert_int_equal(s.tcp.streams[0]->packets, 2);
    survey_release(&s);
}

int main(void)
{
    static const char *const paths[] = {
        "captures/http-download-lossy.pcapng.zst",
        "captures/http-download-lossy-ho.pcapng.zst",
        "captures/http-ipv6.pcap",
        "captures/half-closed.pcap",
        "captures/dns-ping.pcapng",
        "captures/ftp-passive.pcapng.zst",
        "captures/ssh-interactive.pcapng",
    };
    struct CMUnitTest tests[COUNT(paths) + 1];

    for (size_t i = 0; i < COUNT(paths); i++)
        tests[i] =
            (struct CMUnitTest){paths[i], says_the_same, NULL, NULL, (void *)(uintptr_t)paths[i]};
    tests[COUNT(paths)] = (struct CMUnitTest)cmocka_unit_test(flows_that_are_too_many_are_counted);
    return cmocka_run_group_tests_name("traffic/survey", tests, NULL, NULL);
}
