/* Peers with a NAT between them: ESP in UDP (RFC 3948), and who follows whom. */
#include "base/mem.h"
#include "tests/testkit.h"
#include "tests/two_peers.h"
#include "wire/checksum.h"
#include "wire/natt.h"

struct nat { /* in front of A */
    uint16_t add;
    uint64_t in_udp, in_clear, keepalives;
};

static void set_port(uint8_t *udp, size_t n, size_t at, uint16_t port)
{
    struct rd r = rd_of(bytes_of(udp, n));
    struct wr w = wr_of(udp, n);

    w.at = n;
    rd_skip(&r, at);
    uint16_t was = rd_be16(&r);
    r = rd_of(bytes_of(udp, n));
    rd_skip(&r, 6);
    uint16_t check = rd_be16(&r);
    wr_fill16(&w, at, port);
    if (check)
        wr_fill16(&w, 6, checksum_update16(check, was, port));
}

static bool translate(struct two_peers *t, int from, struct bytes frame)
{
    struct nat *nat = t->ctx;
    struct bytes inside;
    struct pkt p;

    pkt_parse(frame, &p);
    nat->in_clear += p.kind == PKT_ESP;
    if (p.kind != PKT_UDP)
        return true;
    if (p.udp.dst == NATT_PORT || p.udp.src == NATT_PORT) {
        enum natt_kind kind = natt_parse(p.udp.data, &inside);
        nat->in_udp += kind == NATT_ESP;
        nat->keepalives += kind == NATT_ALIVE;
    }
    /* the link lends the memory, and nobody reads it before us */
    uint8_t *udp = (uint8_t *)(uintptr_t)(frame.p + ETHER_HDR_LEN + IP4_HDR_LEN);
    if (from == PEER_A) {
        set_port(udp, p.ip.payload.n, 0, (uint16_t)(p.udp.src + nat->add));
        return true;
    }
    if (p.udp.dst != 500 + nat->add && p.udp.dst != NATT_PORT + nat->add)
        return false;
    set_port(udp, p.ip.payload.n, 2, (uint16_t)(p.udp.dst - nat->add));
    return true;
}

static void start(struct two_peers *t, struct nat *nat, uint8_t version)
{
    two_peers_init(t);
    for (int i = 0; i < 2; i++) {
        t->side[i].ike.natt = true;
        t->side[i].ike.ike_version = version;
        if (version == 2)
            t->side[i].suite.integ = INTEG_HMAC_SHA1_96;
    }
    *nat = (struct nat){.add = 20000};
    t->hook = translate;
    t->ctx = nat;
    two_peers_start(t);
    assert_ok(peer_establish(t->side[PEER_A].peer));
    two_peers_run(t, 1);
    assert_int_equal(peer_children(t->side[PEER_B].peer), 1);
}

static void pass(struct two_peers *t, int from)
{
    uint64_t before = two_peers_count(t, !from).opened;

    two_peers_send(t, from, 500, false, 64);
    two_peers_run(t, 0.2);
    assert_int_equal(two_peers_count(t, !from).opened, before + 1);
}

static void packets_go_in_udp_both_ways(void **state)
{
    (void)state;
    for (uint8_t version = 1; version <= 2; version++) {
        struct two_peers t;
        struct nat nat;
        start(&t, &nat, version);
        pass(&t, PEER_A);
        pass(&t, PEER_B);
        assert_int_equal(nat.in_udp, 2);
        assert_int_equal(nat.in_clear, 0);
        two_peers_release(&t);
    }
}

static void a_new_port_is_followed__by_all_that_goes_there(void **state)
{
    (void)state;
    for (uint8_t version = 1; version <= 2; version++) {
        struct two_peers t;
        struct nat nat;
        start(&t, &nat, version);
        pass(&t, PEER_A);
        nat.add += 7;
        two_peers_send(&t, PEER_B, 500, false, 64); /* nobody knows yet */
        two_peers_run(&t, 0.2);
        assert_int_equal(two_peers_count(&t, PEER_A).opened, 0);
        pass(&t, PEER_A);
        pass(&t, PEER_B);
        assert_ok(peer_rekey_phase2(t.side[PEER_B].peer)); /* IKE knows, too */
        two_peers_run(&t, 1);
        assert_int_equal(two_peers_facts(&t, PEER_B, PEER_CHILD_UP), 2);
        pass(&t, PEER_B);
        two_peers_release(&t);
    }
}

static void who_is_behind_the_nat_keeps_it_open(void **state)
{
    struct two_peers t;
    struct nat nat;

    (void)state;
    start(&t, &nat, 1);
    two_peers_run(&t, 90);
    assert_int_equal(nat.keepalives, 4);
    assert_int_equal(two_peers_count(&t, PEER_B).malformed, 0);
    two_peers_release(&t);
}

static void the_udp_header_counts(void **state)
{
    struct two_peers t;
    struct nat nat;

    (void)state;
    start(&t, &nat, 1);
    for (size_t len = 1380; len <= 1460; len++) {
        two_peers_send(&t, PEER_A, len, true, 64);
        two_peers_run(&t, 0.05);
    }
    assert_int_equal(t.side[PEER_A].fragments_sent, 0);
    assert_in_range(t.side[PEER_A].largest_sent, 1480, 1500);
    two_peers_release(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packets_go_in_udp_both_ways),
        cmocka_unit_test(a_new_port_is_followed__by_all_that_goes_there),
        cmocka_unit_test(who_is_behind_the_nat_keeps_it_open),
        cmocka_unit_test(the_udp_header_counts),
    };
    return cmocka_run_group_tests_name("peer/peer_natt", tests, NULL, NULL);
}
