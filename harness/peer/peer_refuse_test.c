/* What a peer does not let through, and what it lives through. */
#include "base/mem.h"
#include "tests/testkit.h"
#include "tests/two_peers.h"

/* --- what is refused ---------------------------------------------------------------------------
 */

static struct ip outer_of(const struct two_peers *t)
{
    return (struct ip){.version = 4,
                       .proto = IP_ESP,
                       .ttl = 60,
                       .src = t->side[PEER_A].cfg.wan,
                       .dst = t->side[PEER_B].cfg.wan};
}

static struct bytes last_esp(const struct two_peers *t)
{
    struct pkt p;

    pkt_parse(bytes_of(t->side[PEER_A].last_esp, t->side[PEER_A].last_esp_len), &p);
    assert_int_equal(p.kind, PKT_ESP);
    return p.ip.payload;
}

static void a_packet_that_came_before_is_dropped(void **state)
{
    struct two_peers t;

    (void)state;
    two_peers_begin(&t);
    two_peers_pass(&t, PEER_A);
    struct ip outer = outer_of(&t);
    two_peers_inject(&t, PEER_B, &outer, last_esp(&t));
    assert_int_equal(two_peers_count(&t, PEER_B).replays, 1);
    assert_int_equal(t.side[PEER_B].ngot, 1);
    two_peers_release(&t);
}

static void an_altered_packet_is_dropped(void **state)
{
    struct two_peers t;
    uint8_t copy[2048];

    (void)state;
    two_peers_begin(&t);
    two_peers_pass(&t, PEER_A);
    struct bytes esp = last_esp(&t);
    memcpy(copy, esp.p, esp.n);
    copy[7]++; /* a sequence number that was not there yet */
    struct ip outer = outer_of(&t);
    two_peers_inject(&t, PEER_B, &outer, bytes_of(copy, esp.n));
    assert_int_equal(two_peers_count(&t, PEER_B).bad_icv, 1);
    assert_int_equal(t.side[PEER_B].ngot, 1);
    two_peers_pass(&t, PEER_A);
    two_peers_release(&t);
}

static void an_unknown_spi_is_counted(void **state)
{
    struct two_peers t;
    uint8_t esp[64] = {1, 2, 3, 4};

    (void)state;
    two_peers_begin(&t);
    struct ip outer = outer_of(&t);
    two_peers_inject(&t, PEER_B, &outer, bytes_of(esp, sizeof(esp)));
    assert_int_equal(two_peers_count(&t, PEER_B).bad_spi, 1);
    two_peers_release(&t);
}

static void an_sa_is_good_from_its_own_gateway_alone(void **state)
{
    struct two_peers t;

    (void)state;
    two_peers_begin(&t);
    two_peers_pass(&t, PEER_A);
    struct ip outer = outer_of(&t);
    outer.src = ip4(0x01020304);
    two_peers_inject(&t, PEER_B, &outer, last_esp(&t));
    assert_int_equal(two_peers_count(&t, PEER_B).bad_spi, 1);
    assert_int_equal(two_peers_count(&t, PEER_B).replays, 0);
    two_peers_release(&t);
}

/* Seals as A would a packet from SRC to DST and hands it to B. */
static void inject_inner(struct two_peers *t, uint32_t src, uint32_t dst, uint8_t next)
{
    uint8_t inner[64], esp[256];
    struct ip ip = {.version = 4, .proto = 99, .ttl = 9, .src = ip4(src), .dst = ip4(dst)};
    struct wr w = wr_of(inner, sizeof(inner)), e = wr_of(esp, sizeof(esp));
    struct esp_sa *sa = two_peers_sa(t, PEER_A, false);
    struct ip outer = outer_of(t);

    ip_put(&w, &ip, 20);
    wr_zero(&w, 20);
    assert_ok(esp_seal(sa, &t->rng.rng, wr_bytes(&w), next, &e));
    esp_sa_free(sa);
    two_peers_inject(t, PEER_B, &outer, wr_bytes(&e));
}

static void what_the_selectors_do_not_cover_is_not_let_out_of_the_tunnel(void **state)
{
    struct two_peers t;

    (void)state;
    two_peers_begin(&t);
    inject_inner(&t, 0x0a030001, 0x0a020009, IP_IPIP); /* 10.3.0.1 is none of A's hosts */
    assert_int_equal(two_peers_count(&t, PEER_B).outside_selector, 1);
    assert_int_equal(t.side[PEER_B].ngot, 0);
    two_peers_release(&t);
}

static void what_is_no_ip_packet_is_malformed(void **state)
{
    struct two_peers t;

    (void)state;
    two_peers_begin(&t);
    inject_inner(&t, 0x0a010009, 0x0a020009, IP_NONEXT); /* a dummy packet: RFC 4303, 2.6 */
    assert_int_equal(two_peers_count(&t, PEER_B).malformed, 1);
    assert_int_equal(t.side[PEER_B].ngot, 0);
    two_peers_release(&t);
}

static void traffic_for_elsewhere_is_not_sealed(void **state)
{
    struct two_peers t;

    (void)state;
    two_peers_init(&t);
    t.side[PEER_A].policy.selector.proto = IP_TCP; /* and the host speaks UDP */
    two_peers_start(&t);
    two_peers_send(&t, PEER_A, 100, false, 64);
    two_peers_run(&t, 5);
    assert_int_equal(two_peers_count(&t, PEER_A).outside_selector, 1);
    assert_int_equal(t.side[PEER_A].nfacts, 0);
    two_peers_release(&t);
}

/* --- hostile frames ----------------------------------------------------------------------------
 */

static enum err take_in(struct bytes in, void *ctx)
{
    struct two_peers *t = ctx;

    peer_input(t->side[PEER_B].peer, PEER_WAN, in);
    return ERR_OK;
}

static void the_tunnel_outlives_whatever_is_thrown_at_it(void **state)
{
    struct two_peers t;

    (void)state;
    two_peers_begin(&t);
    two_peers_pass(&t, PEER_A);
    struct bytes esp = bytes_of(t.side[PEER_A].last_esp, t.side[PEER_A].last_esp_len);
    uint8_t *copy = mem_zalloc(esp.n);
    memcpy(copy, esp.p, esp.n);
    test_truncations(bytes_of(copy, esp.n), take_in, &t);
    test_flips(bytes_of(copy, esp.n), take_in, &t);
    mem_free(copy);
    two_peers_pass(&t, PEER_A);
    two_peers_pass(&t, PEER_B);
    assert_int_equal(two_peers_count(&t, PEER_B).opened, 2);
    two_peers_release(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_packet_that_came_before_is_dropped),
        cmocka_unit_test(an_altered_packet_is_dropped),
        cmocka_unit_test(an_unknown_spi_is_counted),
        cmocka_unit_test(an_sa_is_good_from_its_own_gateway_alone),
        cmocka_unit_test(what_the_selectors_do_not_cover_is_not_let_out_of_the_tunnel),
        cmocka_unit_test(what_is_no_ip_packet_is_malformed),
        cmocka_unit_test(traffic_for_elsewhere_is_not_sealed),
        cmocka_unit_test(the_tunnel_outlives_whatever_is_thrown_at_it),
    };

    return cmocka_run_group_tests_name("peer/refuse", tests, NULL, NULL);
}
