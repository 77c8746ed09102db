/* What the peer is on its two links: whom it answers, what it drops. */
#include "base/mem.h"
#include "tests/testkit.h"
#include "tests/two_peers.h"
#include "wire/checksum.h"

static struct ip_addr addr(const char *text)
{
    struct ip_addr a;

    assert_ok(ip_addr_parse(text, &a));
    return a;
}

/* What left on a side of peer B during the test, one frame after the other. */
struct caught {
    struct sink sink;
    uint8_t lent[65536];
    uint8_t last[65536];
    size_t last_len, frames;
};

static uint8_t *catch_reserve(struct sink *s, size_t cap)
{
    struct caught *c = CONTAINER_OF(s, struct caught, sink);

    return cap <= sizeof(c->lent) ? c->lent : NULL;
}

static void catch_commit(struct sink *s, size_t n)
{
    struct caught *c = CONTAINER_OF(s, struct caught, sink);

    memcpy(c->last, c->lent, n);
    c->last_len = n;
    c->frames++;
}

static const struct sink_ops catch_ops = {catch_reserve, catch_commit};

struct alone { /* peer B with nobody around */
    struct two_peers lab;
    struct caught wan, inner;
    struct peer *peer;
};

static const struct mac asker = {{2, 9, 9, 9, 9, 9}};

static struct alone *alone_new(void)
{
    struct alone *a = mem_zalloc(sizeof(*a));

    two_peers_init(&a->lab);
    two_peers_start(&a->lab);
    a->peer = a->lab.side[PEER_B].peer;
    a->wan.sink.ops = a->inner.sink.ops = &catch_ops;
    peer_attach(a->peer, PEER_WAN, &a->wan.sink);
    peer_attach(a->peer, PEER_INNER, &a->inner.sink);
    return a;
}

static void alone_free(struct alone *a)
{
    two_peers_release(&a->lab);
    mem_free(a);
}

static void ask(struct alone *a, enum peer_side side, const char *who, const char *from)
{
    uint8_t b[ETHER_HDR_LEN + ARP_LEN];
    struct wr w = wr_of(b, sizeof(b));
    struct arp q = {
        .op = ARP_REQUEST, .sender_mac = asker, .sender = addr(from), .target = addr(who)};

    ether_put(&w, &MAC_BROADCAST, &asker, ETHER_ARP);
    arp_put(&w, &q);
    peer_input(a->peer, side, wr_bytes(&w));
}

static void check_reply(const struct caught *c, const char *who, const struct mac *mac)
{
    struct ip_addr want = addr(who);
    struct pkt p;

    assert_int_equal(c->frames, 1);
    pkt_parse(bytes_of(c->last, c->last_len), &p);
    assert_int_equal(p.kind, PKT_ARP);
    assert_int_equal(p.arp.op, ARP_REPLY);
    assert_true(ip_addr_eq(&p.arp.sender, &want));
    assert_true(mac_eq(&p.arp.sender_mac, mac));
    assert_true(mac_eq(&p.eth.dst, &asker));
}

static void answers_for_the_router_it_stands_behind(void **state)
{
    struct alone *a = alone_new();

    (void)state;
    ask(a, PEER_WAN, "209.165.201.1", "209.165.201.2");
    check_reply(&a->wan, "209.165.201.1", &a->lab.side[PEER_B].cfg.wan_mac);
    assert_int_equal(a->inner.frames, 0);
    alone_free(a);
}

static void does_not_answer_for_others_on_the_wan(void **state)
{
    static const char *const others[] = {"209.165.200.10", "209.165.201.3", "209.165.201.2",
                                         "10.2.0.1"};
    struct alone *a = alone_new();

    (void)state;
    for (size_t i = 0; i < COUNT(others); i++)
        ask(a, PEER_WAN, others[i], "209.165.201.4");
    assert_int_equal(a->wan.frames, 0);
    alone_free(a);
}

static void answers_for_its_inner_address_alone(void **state)
{
    struct alone *a = alone_new();

    (void)state;
    ask(a, PEER_INNER, "10.2.0.2", "10.2.0.9");
    assert_int_equal(a->inner.frames, 0);
    ask(a, PEER_INNER, "10.2.0.1", "10.2.0.9");
    check_reply(&a->inner, "10.2.0.1", &a->lab.side[PEER_B].cfg.inner_mac);
    alone_free(a);
}

/* --- packets -----------------------------------------------------------------------------------
 */

static struct bytes put_ping(struct wr *w, const struct mac *to, const char *from, const char *dst,
                             size_t n)
{
    uint8_t body[3000] = {0};
    struct ip ip = {.version = 4, .proto = IP_ICMP, .ttl = 64, .src = addr(from), .dst = addr(dst)};
    struct icmp m = {.type = ICMP_ECHO, .rest = 0x00070001, .data = {body, n}};

    for (size_t i = 0; i < n; i++)
        body[i] = (uint8_t)i;
    ether_put(w, to, &asker, ETHER_IPV4);
    ip_put(w, &ip, ICMP_HDR_LEN + n);
    icmp_put(w, &m, &ip.src, &ip.dst);
    assert_ok(w->err);
    return wr_bytes(w);
}

static void check_pong(const struct caught *c, const char *from, size_t n)
{
    struct ip_addr src = addr(from);
    struct pkt p;

    pkt_parse(bytes_of(c->last, c->last_len), &p);
    assert_int_equal(p.kind, PKT_ICMP);
    assert_int_equal(p.icmp.type, ICMP_ECHO_REPLY);
    assert_int_equal(p.icmp.rest, 0x00070001);
    assert_int_equal(p.icmp.data.n, n);
    assert_true(ip_addr_eq(&p.ip.src, &src));
    assert_int_equal(checksum_finish(checksum_add(0, p.ip.payload)), 0);
}

static void answers_pings_of_each_of_its_addresses(void **state)
{
    static const char *const own[] = {"209.165.200.10", "209.165.201.1"};
    struct alone *a = alone_new();
    uint8_t b[256];

    (void)state;
    ask(a, PEER_WAN, "209.165.201.1", "209.165.201.2"); /* so that it knows the next hop */
    for (size_t i = 0; i < COUNT(own); i++) {
        struct wr w = wr_of(b, sizeof(b));
        peer_input(a->peer, PEER_WAN,
                   put_ping(&w, &a->lab.side[PEER_B].cfg.wan_mac, "209.165.201.2", own[i], 56));
        assert_int_equal(a->wan.frames, 2 + i);
        check_pong(&a->wan, own[i], 56);
    }
    ask(a, PEER_INNER, "10.2.0.1", "10.2.0.9");
    struct wr w = wr_of(b, sizeof(b));
    peer_input(a->peer, PEER_INNER,
               put_ping(&w, &a->lab.side[PEER_B].cfg.inner_mac, "10.2.0.9", "10.2.0.1", 8));
    check_pong(&a->inner, "10.2.0.1", 8);
    alone_free(a);
}

/* Each row spoils a ping that would be answered. */
struct spoil {
    const char *what;
    void (*spoil)(uint8_t *frame, size_t *n);
};

static void other_mac(uint8_t *f, size_t *n)
{
    (void)n;
    f[5] ^= 1;
}

static void broken_header_sum(uint8_t *f, size_t *n)
{
    (void)n;
    f[ETHER_HDR_LEN + 8] ^= 0x10; /* TTL */
}

static void cut_packet(uint8_t *f, size_t *n)
{
    (void)f;
    *n -= 4;
}

static void vlan_tag(uint8_t *f, size_t *n)
{
    memmove(f + 16, f + 12, *n - 12);
    f[12] = 0x81;
    f[13] = 0;
    f[14] = 0;
    f[15] = 5;
    *n += 4;
}

static void to_another_address(uint8_t *f, size_t *n)
{
    (void)n;
    f[ETHER_HDR_LEN + 19] ^= 0x40;
    memset(f + ETHER_HDR_LEN + 10, 0, 2); /* the sum is made right again */
    uint16_t sum = checksum_finish(checksum_add(0, bytes_of(f + ETHER_HDR_LEN, IP4_HDR_LEN)));
    f[ETHER_HDR_LEN + 10] = (uint8_t)(sum >> 8);
    f[ETHER_HDR_LEN + 11] = (uint8_t)sum;
}

static const struct spoil spoils[] = {
    {"a_frame_to_another_mac__is_not_taken", other_mac},
    {"a_header_with_a_wrong_checksum__is_dropped", broken_header_sum},
    {"a_packet_that_was_cut__is_dropped", cut_packet},
    {"a_tagged_frame__is_not_taken", vlan_tag},
    {"a_packet_to_another_address__is_not_answered", to_another_address},
};

static void is_not_answered(void **state)
{
    const struct spoil *row = *state;
    struct alone *a = alone_new();
    uint8_t b[256];
    struct wr w = wr_of(b, sizeof(b));

    ask(a, PEER_WAN, "209.165.201.1", "209.165.201.2");
    size_t n =
        put_ping(&w, &a->lab.side[PEER_B].cfg.wan_mac, "209.165.201.2", "209.165.200.10", 40).n;
    peer_input(a->peer, PEER_WAN, bytes_of(b, n));
    assert_int_equal(a->wan.frames, 2);
    row->spoil(b, &n);
    peer_input(a->peer, PEER_WAN, bytes_of(b, n));
    assert_int_equal(a->wan.frames, 2);
    alone_free(a);
}

static void packets_wait_for_the_next_hops_address_and_are_few(void **state)
{
    struct alone *a = alone_new();
    uint8_t b[256];
    struct pkt p;

    (void)state;
    for (int i = 0; i < 9; i++) {
        struct wr w = wr_of(b, sizeof(b));
        peer_input(a->peer, PEER_WAN,
                   put_ping(&w, &a->lab.side[PEER_B].cfg.wan_mac, "209.165.201.2", "209.165.200.10",
                            (size_t)(40 + i)));
    }
    assert_int_equal(a->wan.frames, 1); /* one question, not nine */
    pkt_parse(bytes_of(a->wan.last, a->wan.last_len), &p);
    assert_int_equal(p.kind, PKT_ARP);
    assert_int_equal(p.arp.op, ARP_REQUEST);
    ask(a, PEER_WAN, "209.165.201.1", "209.165.201.2");
    assert_int_equal(a->wan.frames, 1 + 4 + 1); /* four that waited, and the answer */
    alone_free(a);
}

/* Its card may have been changed, or what was learnt was damaged on the way. */
static void a_station_is_asked_again_after_a_minute(void **state)
{
    struct alone *a = alone_new();
    uint8_t b[256];

    (void)state;
    ask(a, PEER_WAN, "209.165.201.1", "209.165.201.2");
    for (int minute = 0; minute < 2; minute++) {
        size_t before = a->wan.frames;
        struct wr w = wr_of(b, sizeof(b));
        peer_input(
            a->peer, PEER_WAN,
            put_ping(&w, &a->lab.side[PEER_B].cfg.wan_mac, "209.165.201.2", "209.165.200.10", 40));
        assert_int_equal(a->wan.frames - before, 1 + minute); /* the answer, and the question */
        clock_sleep_until(&a->lab.clk.clock, (struct mono){INT64_C(61) * 1000000000});
    }
    alone_free(a);
}

static void a_large_answer_goes_in_fragments(void **state)
{
    struct alone *a = alone_new();
    static uint8_t b[4096];
    struct wr w = wr_of(b, sizeof(b));

    (void)state;
    ask(a, PEER_WAN, "209.165.201.1", "209.165.201.2");
    peer_input(
        a->peer, PEER_WAN,
        put_ping(&w, &a->lab.side[PEER_B].cfg.wan_mac, "209.165.201.2", "209.165.200.10", 2500));
    assert_int_equal(a->wan.frames, 1 + 2);
    struct pkt p;
    pkt_parse(bytes_of(a->wan.last, a->wan.last_len), &p);
    assert_int_equal(p.ip.frag_off, 1480);
    assert_int_equal(p.ip.frag_off + p.ip.payload.n, ICMP_HDR_LEN + 2500);
    alone_free(a);
}

static enum err take_in(struct bytes in, void *ctx)
{
    struct alone *a = ctx;

    peer_input(a->peer, PEER_WAN, in);
    peer_input(a->peer, PEER_INNER, in);
    return ERR_OK;
}

static void any_frame_cut_or_changed_is_survived(void **state)
{
    struct alone *a = alone_new();
    uint8_t b[256];
    struct wr w = wr_of(b, sizeof(b));

    (void)state;
    ask(a, PEER_WAN, "209.165.201.1", "209.165.201.2");
    struct bytes ping =
        put_ping(&w, &a->lab.side[PEER_B].cfg.wan_mac, "209.165.201.2", "209.165.200.10", 40);
    test_truncations(ping, take_in, a);
    test_flips(ping, take_in, a);
    struct bytes arp = bytes_of(a->wan.last, a->wan.last_len);
    uint8_t *copy = mem_zalloc(arp.n);
    memcpy(copy, arp.p, arp.n);
    test_truncations(bytes_of(copy, arp.n), take_in, a);
    test_flips(bytes_of(copy, arp.n), take_in, a);
    mem_free(copy);
    alone_free(a);
}

int main(void)
{
    const struct CMUnitTest fixed[] = {
        cmocka_unit_test(answers_for_the_router_it_stands_behind),
        cmocka_unit_test(does_not_answer_for_others_on_the_wan),
        cmocka_unit_test(answers_for_its_inner_address_alone),
        cmocka_unit_test(answers_pings_of_each_of_its_addresses),
        cmocka_unit_test(packets_wait_for_the_next_hops_address_and_are_few),
        cmocka_unit_test(a_station_is_asked_again_after_a_minute),
        cmocka_unit_test(a_large_answer_goes_in_fragments),
        cmocka_unit_test(any_frame_cut_or_changed_is_survived),
    };
    struct CMUnitTest tests[COUNT(fixed) + COUNT(spoils)];

    memcpy(tests, fixed, sizeof(fixed));
    for (size_t i = 0; i < COUNT(spoils); i++)
        tests[COUNT(fixed) + i] = (struct CMUnitTest){spoils[i].what, is_not_answered, NULL, NULL,
                                                      (void *)(uintptr_t)&spoils[i]};
    return cmocka_run_group_tests_name("peer/link", tests, NULL, NULL);
}
