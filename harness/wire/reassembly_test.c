#include "wire/reassembly.h"

#include "base/mem.h"
#include "tests/testkit.h"

static uint8_t whole[4000];

static const struct mono t0 = {0};

/* A fragment of `whole`, with an IP header in front, in a block of exactly its size. */
static bool add(struct reassembly *r, uint16_t id, uint32_t from, uint32_t to, bool more,
                struct mono at, struct pkt *p)
{
    struct ip ip = {.version = 4,
                    .proto = IP_UDP,
                    .ttl = 64,
                    .id = id,
                    .frag_off = from,
                    .more = more,
                    .src = ip4(0x0a000001),
                    .dst = ip4(0x0a000002)};
    uint8_t *block = mem_array(IP4_HDR_LEN + to - from, 1);
    struct wr w = wr_of(block, IP4_HDR_LEN + to - from);

    ip_put(&w, &ip, to - from);
    wr_put(&w, bytes_of(whole + from, to - from));
    assert_ok(w.err);
    pkt_parse_ip(wr_bytes(&w), p);
    bool done = reassembly_add(r, 0, p, at);
    mem_free(block);
    return done;
}

static void fill(void)
{
    struct ip_addr a = ip4(0x0a000001), b = ip4(0x0a000002);
    uint8_t data[3992];
    struct wr w = wr_of(whole, sizeof(whole));

    for (size_t i = 0; i < sizeof(data); i++)
        data[i] = (uint8_t)(i * 31 + i / 256);
    struct udp u = {.src = 7, .dst = 9, .data_len = sizeof(data), .data = bytes_of(data, 3992)};
    udp_put(&w, &u, &a, &b);
    assert_int_equal(w.at, sizeof(whole));
}

static void assert_whole(const struct pkt *p)
{
    assert_int_equal(p->kind, PKT_UDP);
    assert_false(ip_is_fragment(&p->ip));
    assert_true(bytes_eq(p->ip.payload, bytes_of(whole, sizeof(whole))));
    assert_int_equal(p->udp.dst, 9);
}

static void any_order_gives_the_datagram(void **state)
{
    static const uint32_t cut[] = {0, 1480, 2960, 4000};
    static const int orders[][3] = {{0, 1, 2}, {2, 1, 0}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}};
    struct pkt p;

    (void)state;
    fill();
    for (size_t o = 0; o < COUNT(orders); o++) {
        struct reassembly *r = reassembly_new();
        for (int i = 0; i < 3; i++) {
            int k = orders[o][i];
            assert_int_equal(add(r, 1, cut[k], cut[k + 1], k < 2, t0, &p), i == 2);
        }
        assert_whole(&p);
        reassembly_free(r);
    }
}

static void two_datagrams_do_not_mix(void **state)
{
    struct reassembly *r = reassembly_new();
    struct pkt p;

    (void)state;
    fill();
    assert_false(add(r, 1, 0, 1480, true, t0, &p));
    assert_false(add(r, 2, 1480, 4000, false, t0, &p));
    assert_true(add(r, 1, 1480, 4000, false, t0, &p));
    assert_whole(&p);
    assert_true(add(r, 2, 0, 1480, true, t0, &p));
    assert_whole(&p);
    reassembly_free(r);
}

struct bad_row {
    const char *what;
    uint32_t from[3], to[3];
    bool more[3];
};

static const struct bad_row bad_rows[] = {
    {"an overlap drops the datagram", {0, 1472, 2960}, {1480, 2960, 4000}, {true, true, false}},
    {"a copy drops the datagram", {0, 0, 1480}, {1480, 1480, 4000}, {true, true, false}},
    {"two ends drop the datagram", {0, 2960, 1480}, {1480, 4000, 2960}, {true, false, false}},
    {"a middle of odd length is refused", {0, 1479, 2960}, {1479, 2960, 4000}, {true, true, false}},
    {"data behind the end is refused", {2960, 0, 1480}, {3960, 1480, 2960}, {true, false, true}},
};

static void what_does_not_fit_is_dropped(void **state)
{
    const struct bad_row *row = *state;
    struct reassembly *r = reassembly_new();
    struct pkt p;

    fill();
    for (int i = 0; i < 3; i++)
        assert_false(add(r, 1, row->from[i], row->to[i], row->more[i], t0, &p));
    reassembly_free(r);
}

static void a_slow_datagram_is_forgotten(void **state)
{
    struct reassembly *r = reassembly_new();
    struct pkt p;

    (void)state;
    fill();
    assert_false(add(r, 1, 0, 1480, true, t0, &p));
    assert_false(add(r, 1, 1480, 4000, false, (struct mono){SPAN_S(5).ns}, &p));
    assert_true(add(r, 1, 0, 1480, true, (struct mono){SPAN_S(6).ns}, &p));
    reassembly_free(r);
}

static void a_flood_costs_the_oldest(void **state)
{
    struct reassembly *r = reassembly_new();
    struct pkt p;

    (void)state;
    fill();
    for (uint16_t id = 0; id < 1000; id++)
        assert_false(add(r, id, 0, 1480, true, (struct mono){id}, &p));
    assert_false(add(r, 1, 1480, 4000, false, (struct mono){1000}, &p));
    assert_true(add(r, 999, 1480, 4000, false, (struct mono){1000}, &p));
    assert_whole(&p);
    reassembly_free(r);
}

/* The same in IPv6; OPTIONS: a destination options header stands before the fragment's. */
static bool add6(struct reassembly *r, uint32_t from, uint32_t to, bool options, struct pkt *p)
{
    struct ip ip = {.version = 6, .ttl = 64, .id = 0x12345678, .frag_off = from, .more = to < 4000};
    uint8_t block[1600];
    struct wr w = wr_of(block, sizeof(block));
    struct ip head = ip;

    ip.proto = IP_UDP;
    assert_ok(ip_addr_parse("2001:db8::1", &head.src));
    assert_ok(ip_addr_parse("2001:db8::2", &head.dst));
    head.proto = options ? IP_DSTOPTS : IP_FRAGMENT;
    ip_put(&w, &head, (options ? 8u : 0u) + IP6_FRAGMENT_LEN + (to - from));
    if (options)
        wr_put(&w, bytes_of((const uint8_t[8]){IP_FRAGMENT, 0, 1, 4}, 8));
    ip6_put_fragment(&w, &ip);
    wr_put(&w, bytes_of(whole + from, to - from));
    assert_ok(w.err);
    pkt_parse_ip(wr_bytes(&w), p);
    return reassembly_add(r, 0, p, t0);
}

static void ipv6_fragments_give_the_datagram_without_their_header(void **state)
{
    struct reassembly *r = reassembly_new();
    uint8_t again[5000];
    struct wr w = wr_of(again, sizeof(again));
    struct pkt p;

    (void)state;
    fill();
    assert_false(add6(r, 1448, 2896, false, &p));
    assert_false(add6(r, 0, 1448, false, &p));
    assert_true(add6(r, 2896, 4000, false, &p));
    assert_whole(&p);
    assert_int_equal(p.ip.id, 0x12345678);
    ip_put_whole(&w, &p.ip, p.ip.payload_len);
    wr_put(&w, p.ip.payload);
    assert_int_equal(w.at, IP6_HDR_LEN + 4000);
    assert_false(add6(r, 0, 1448, true, &p)); /* with other headers it is dropped */
    assert_false(add6(r, 1448, 2896, true, &p));
    assert_false(add6(r, 2896, 4000, true, &p));
    reassembly_free(r);
}

int main(void)
{
    struct CMUnitTest tests[16] = {
        cmocka_unit_test(any_order_gives_the_datagram),
        cmocka_unit_test(two_datagrams_do_not_mix),
        cmocka_unit_test(a_slow_datagram_is_forgotten),
        cmocka_unit_test(a_flood_costs_the_oldest),
        cmocka_unit_test(ipv6_fragments_give_the_datagram_without_their_header),
    };
    size_t n = 5;

    for (size_t i = 0; i < COUNT(bad_rows); i++)
        tests[n++] = (struct CMUnitTest){bad_rows[i].what, what_does_not_fit_is_dropped, NULL, NULL,
                                         (void *)(uintptr_t)&bad_rows[i]};
    return _cmocka_run_group_tests("gateway/reassembly", tests, n, NULL, NULL);
}
