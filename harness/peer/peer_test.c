/* Packets through the tunnel between two peers, and those that do not fit it. */
#include "wire/checksum.h"

#include "base/attr.h"
#include "tests/testkit.h"
#include "tests/two_peers.h"

/* --- through the tunnel ------------------------------------------------------------------------
 */

static void traffic_brings_the_tunnel_up(void **state)
{
    struct two_peers t;

    (void)state;
    two_peers_init(&t);
    two_peers_start(&t);
    two_peers_send(&t, PEER_A, 100, false, 64);
    assert_int_equal(two_peers_count(&t, PEER_A).no_sa, 1);
    two_peers_run(&t, 2);
    assert_int_equal(peer_children(t.side[PEER_A].peer), 1);
    assert_int_equal(two_peers_facts(&t, PEER_A, PEER_IKE_UP), 1);
    assert_int_equal(two_peers_facts(&t, PEER_B, PEER_CHILD_UP), 1);
    two_peers_pass(&t, PEER_A);
    two_peers_pass(&t, PEER_B);
    two_peers_release(&t);
}

static void a_peer_that_does_not_acquire_stays_silent(void **state)
{
    struct two_peers t;

    (void)state;
    two_peers_init(&t);
    t.side[PEER_A].cfg.no_acquire = true;
    two_peers_start(&t);
    two_peers_send(&t, PEER_A, 100, false, 64);
    two_peers_run(&t, 30);
    assert_int_equal(two_peers_count(&t, PEER_A).no_sa, 1);
    assert_int_equal(port_next(t.side[PEER_B].wan).ns, INT64_MAX);
    assert_int_equal(t.side[PEER_A].nfacts, 0);
    two_peers_release(&t);
}

static void a_packet_arrives_as_it_was_but_for_two_hops(void **state)
{
    struct two_peers t;

    (void)state;
    two_peers_begin(&t);
    two_peers_send(&t, PEER_A, 1000, true, 64);
    struct pkt p = two_peers_last(&t, PEER_B);
    const struct got_packet *g = &t.side[PEER_B].got[0];
    assert_int_equal(p.kind, PKT_UDP);
    assert_int_equal(p.ip.ttl, 62);
    assert_true(p.ip.df);
    assert_int_equal(p.ip.id, 77);
    assert_int_equal(checksum_finish(checksum_add(0, bytes_of(g->p, IP4_HDR_LEN))), 0);
    assert_int_equal(p.udp.data.n, 1000);
    for (size_t i = 0; i < 1000; i++)
        assert_int_equal(p.udp.data.p[i], (uint8_t)(i * 7 + 1000));
    assert_int_equal(two_peers_count(&t, PEER_A).sealed, 1);
    assert_int_equal(two_peers_count(&t, PEER_B).opened, 1);
    two_peers_release(&t);
}

static void the_last_hop_ends_it(void **state)
{
    struct two_peers t;

    (void)state;
    two_peers_begin(&t);
    two_peers_send(&t, PEER_A, 10, false, 1); /* A may not pass it on */
    assert_int_equal(t.side[PEER_A].esp_sent, 0);
    two_peers_send(&t, PEER_A, 10, false, 2); /* B may not */
    assert_int_equal(t.side[PEER_A].esp_sent, 1);
    assert_int_equal(t.side[PEER_B].ngot, 0);
    two_peers_send(&t, PEER_A, 10, false, 3);
    assert_int_equal(two_peers_last(&t, PEER_B).ip.ttl, 1);
    two_peers_release(&t);
}

static void its_facts_hold_the_keys_of_what_is_on_the_wan(void **state)
{
    struct two_peers t;
    uint8_t plain[2048];
    struct esp_plain out;
    struct pkt p, inner;

    (void)state;
    two_peers_begin(&t);
    two_peers_send(&t, PEER_A, 333, false, 64);
    pkt_parse(bytes_of(t.side[PEER_A].last_esp, t.side[PEER_A].last_esp_len), &p);
    assert_int_equal(p.kind, PKT_ESP);
    assert_int_equal(p.esp.seq, 1);
    assert_true(ip_addr_eq(&p.ip.src, &t.side[PEER_A].cfg.wan));
    assert_true(ip_addr_eq(&p.ip.dst, &t.side[PEER_B].cfg.wan));
    for (int side = 0; side < 2; side++) { /* either side's facts will do */
        struct esp_sa *sa = two_peers_sa(&t, side, side == PEER_B);
        assert_int_equal(esp_sa_params(sa)->spi, p.esp.spi);
        assert_ok(esp_peek(sa, p.ip.payload, plain, &out));
        pkt_parse_ip(out.inner, &inner);
        assert_int_equal(inner.kind, PKT_UDP);
        assert_int_equal(inner.udp.data.n, 333);
        esp_sa_free(sa);
    }
    two_peers_release(&t);
}

/* --- what does not fit -------------------------------------------------------------------------
 */

struct suite {
    const char *what;
    enum cipher_alg cipher;
    enum integ_alg integ;
    uint16_t mtu;
};

static const struct suite suites[] = {
    {"with_aes_and_sha1__the_mtu_told_is_the_largest_that_fits", CIPHER_AES128_CBC,
     INTEG_HMAC_SHA1_96, 1500},
    {"with_3des_and_md5__the_mtu_told_is_the_largest_that_fits", CIPHER_3DES_CBC, INTEG_HMAC_MD5_96,
     1500},
    {"with_sha256_and_an_odd_mtu__the_mtu_told_is_the_largest_that_fits", CIPHER_AES256_CBC,
     INTEG_HMAC_SHA256_128, 1399},
};

static void the_mtu_told_is_the_largest_that_fits(void **state)
{
    const struct suite *row = *state;
    struct two_peers t;

    two_peers_init(&t);
    for (int i = 0; i < 2; i++) {
        t.side[i].esp.cipher = row->cipher;
        t.side[i].esp.integ = row->integ;
        t.side[i].cfg.mtu = row->mtu;
    }
    two_peers_start(&t);
    two_peers_up(&t);
    size_t from = row->mtu - 100u, headers = IP4_HDR_LEN + UDP_HDR_LEN;
    two_peers_send(&t, PEER_A, row->mtu - headers, true, 64);
    struct pkt p = two_peers_last(&t, PEER_A);
    assert_int_equal(p.kind, PKT_ICMP);
    assert_int_equal(p.icmp.type, ICMP_UNREACHABLE);
    assert_int_equal(p.icmp.code, 4); /* fragmentation needed: RFC 1191 */
    size_t told = p.icmp.rest;
    assert_in_range(told, from, row->mtu);
    two_peers_send(&t, PEER_A, told - headers, true, 64);
    assert_int_equal(t.side[PEER_A].ngot, 1);
    assert_int_equal(t.side[PEER_B].ngot, 1);
    assert_true(t.side[PEER_A].largest_sent <= row->mtu);
    two_peers_send(&t, PEER_A, told + 1 - headers, true, 64);
    assert_int_equal(t.side[PEER_A].ngot, 2);
    assert_int_equal(t.side[PEER_B].ngot, 1);
    assert_int_equal(two_peers_last(&t, PEER_A).icmp.rest, told);
    two_peers_release(&t);
}

static void the_error_quotes_what_it_is_about(void **state)
{
    struct two_peers t;
    struct pkt q;

    (void)state;
    two_peers_begin(&t);
    two_peers_send(&t, PEER_A, 1472, true, 64);
    struct pkt p = two_peers_last(&t, PEER_A);
    assert_true(ip_addr_eq(&p.ip.src, &t.side[PEER_A].cfg.inner));
    pkt_parse_ip(p.icmp.data, &q);
    assert_true(ip_addr_eq(&q.ip.src, &t.side[PEER_A].host_addr));
    assert_true(ip_addr_eq(&q.ip.dst, &t.side[PEER_B].host_addr));
    assert_int_equal(q.ip.payload_len, 1480);
    assert_int_equal(q.udp.src, 4000);
    assert_int_equal(checksum_finish(checksum_add(0, p.ip.payload)), 0);
    two_peers_release(&t);
}

static void without_df_it_goes_in_fragments_and_arrives_whole(void **state)
{
    struct two_peers t;

    (void)state;
    two_peers_begin(&t);
    two_peers_send(&t, PEER_A, 1472, false, 64);
    assert_int_equal(t.side[PEER_A].fragments_sent, 2);
    assert_true(t.side[PEER_A].largest_sent <= 1500);
    assert_int_equal(two_peers_last(&t, PEER_B).udp.data.n, 1472);
    two_peers_release(&t);
}

int main(void)
{
    const struct CMUnitTest fixed[] = {
        cmocka_unit_test(traffic_brings_the_tunnel_up),
        cmocka_unit_test(a_peer_that_does_not_acquire_stays_silent),
        cmocka_unit_test(a_packet_arrives_as_it_was_but_for_two_hops),
        cmocka_unit_test(the_last_hop_ends_it),
        cmocka_unit_test(its_facts_hold_the_keys_of_what_is_on_the_wan),
        cmocka_unit_test(the_error_quotes_what_it_is_about),
        cmocka_unit_test(without_df_it_goes_in_fragments_and_arrives_whole),
    };
    struct CMUnitTest tests[COUNT(fixed) + COUNT(suites)];

    memcpy(tests, fixed, sizeof(fixed));
    for (size_t i = 0; i < COUNT(suites); i++)
        tests[COUNT(fixed) + i] =
            (struct CMUnitTest){suites[i].what, the_mtu_told_is_the_largest_that_fits, NULL, NULL,
                                (void *)(uintptr_t)&suites[i]};
    return cmocka_run_group_tests_name("peer/peer", tests, NULL, NULL);
}
