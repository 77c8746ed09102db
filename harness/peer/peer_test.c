/* The tunnel between two peers: packets through it, what is refused, and how it comes and goes. */
#include "base/mem.h"
#include "tests/testkit.h"
#include "tests/two_peers.h"
#include "wire/checksum.h"

static void set_up(struct two_peers *t)
{
    two_peers_init(t);
    two_peers_start(t);
    two_peers_up(t);
}

/* Sends once more when the first one was lost for want of a tunnel or an address. */
static void check_passes(struct two_peers *t, int from)
{
    size_t before = t->side[!from].ngot;

    two_peers_send(t, from, 100, false, 64);
    assert_int_equal(t->side[!from].ngot, before + 1);
}

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
    check_passes(&t, PEER_A);
    check_passes(&t, PEER_B);
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
    set_up(&t);
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
    set_up(&t);
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
    set_up(&t);
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
    set_up(&t);
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
    set_up(&t);
    two_peers_send(&t, PEER_A, 1472, false, 64);
    assert_int_equal(t.side[PEER_A].fragments_sent, 2);
    assert_true(t.side[PEER_A].largest_sent <= 1500);
    assert_int_equal(two_peers_last(&t, PEER_B).udp.data.n, 1472);
    two_peers_release(&t);
}

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
    set_up(&t);
    check_passes(&t, PEER_A);
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
    set_up(&t);
    check_passes(&t, PEER_A);
    struct bytes esp = last_esp(&t);
    memcpy(copy, esp.p, esp.n);
    copy[7]++; /* a sequence number that was not there yet */
    struct ip outer = outer_of(&t);
    two_peers_inject(&t, PEER_B, &outer, bytes_of(copy, esp.n));
    assert_int_equal(two_peers_count(&t, PEER_B).bad_icv, 1);
    assert_int_equal(t.side[PEER_B].ngot, 1);
    check_passes(&t, PEER_A);
    two_peers_release(&t);
}

static void an_unknown_spi_is_counted(void **state)
{
    struct two_peers t;
    uint8_t esp[64] = {1, 2, 3, 4};

    (void)state;
    set_up(&t);
    struct ip outer = outer_of(&t);
    two_peers_inject(&t, PEER_B, &outer, bytes_of(esp, sizeof(esp)));
    assert_int_equal(two_peers_count(&t, PEER_B).bad_spi, 1);
    two_peers_release(&t);
}

static void an_sa_is_good_from_its_own_gateway_alone(void **state)
{
    struct two_peers t;

    (void)state;
    set_up(&t);
    check_passes(&t, PEER_A);
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
    set_up(&t);
    inject_inner(&t, 0x0a030001, 0x0a020009, IP_IPIP); /* 10.3.0.1 is none of A's hosts */
    assert_int_equal(two_peers_count(&t, PEER_B).outside_selector, 1);
    assert_int_equal(t.side[PEER_B].ngot, 0);
    two_peers_release(&t);
}

static void what_is_no_ip_packet_is_malformed(void **state)
{
    struct two_peers t;

    (void)state;
    set_up(&t);
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

/* --- commands ----------------------------------------------------------------------------------
 */

static void a_deleted_pair_is_gone_on_both_sides_and_comes_back_with_traffic(void **state)
{
    struct two_peers t;

    (void)state;
    set_up(&t);
    assert_ok(peer_delete_phase2(t.side[PEER_A].peer));
    two_peers_run(&t, 1);
    assert_int_equal(peer_children(t.side[PEER_A].peer), 0);
    assert_int_equal(peer_children(t.side[PEER_B].peer), 0);
    assert_int_equal(two_peers_ike_facts(&t, PEER_A, IKE_FACT_DELETE_SENT), 1);
    assert_int_equal(two_peers_ike_facts(&t, PEER_B, IKE_FACT_DELETE_RECEIVED), 1);
    assert_int_equal(two_peers_last_fact(&t, PEER_B, PEER_CHILD_DOWN)->ike.end,
                     IKE_END_PEER_DELETE);
    assert_int_equal(two_peers_facts(&t, PEER_B, PEER_IKE_DOWN), 0);
    two_peers_send(&t, PEER_B, 10, false, 64);
    two_peers_run(&t, 1);
    check_passes(&t, PEER_B);
    two_peers_release(&t);
}

static void a_deleted_ike_sa_takes_its_pairs_along(void **state)
{
    struct two_peers t;

    (void)state;
    set_up(&t);
    assert_ok(peer_delete_phase1(t.side[PEER_A].peer));
    two_peers_run(&t, 1);
    assert_int_equal(peer_children(t.side[PEER_B].peer), 0);
    assert_int_equal(two_peers_facts(&t, PEER_B, PEER_IKE_DOWN), 1);
    assert_int_equal(two_peers_facts(&t, PEER_A, PEER_CHILD_DOWN), 1);
    two_peers_release(&t);
}

static void without_sas_there_is_nothing_to_delete_or_rekey(void **state)
{
    struct two_peers t;

    (void)state;
    two_peers_init(&t);
    two_peers_start(&t);
    struct peer *p = t.side[PEER_A].peer;
    assert_int_equal(peer_delete_phase1(p), ERR_STATE);
    assert_int_equal(peer_delete_phase2(p), ERR_STATE);
    assert_int_equal(peer_rekey_phase1(p), ERR_STATE);
    assert_int_equal(peer_rekey_phase2(p), ERR_STATE);
    two_peers_release(&t);
}

/* Keeps the ESP packets of A back until the pair was rekeyed. */
static struct bytes kept_back;
static uint8_t kept_frame[2048];

static bool keep_esp(struct two_peers *t, int from, struct bytes frame)
{
    struct pkt p;

    (void)t;
    pkt_parse(frame, &p);
    if (from != PEER_A || p.kind != PKT_ESP || kept_back.n)
        return true;
    memcpy(kept_frame, frame.p, frame.n);
    kept_back = bytes_of(kept_frame, frame.n);
    return false;
}

static void a_rekeyed_pair_still_opens_what_is_under_way(void **state)
{
    struct two_peers t;
    struct pkt old, fresh;

    (void)state;
    kept_back = (struct bytes){0};
    set_up(&t);
    t.hook = keep_esp;
    two_peers_send(&t, PEER_A, 10, false, 64);
    assert_int_equal(t.side[PEER_B].ngot, 0);
    assert_ok(peer_rekey_phase2(t.side[PEER_A].peer));
    two_peers_run(&t, 0.5);
    assert_true(two_peers_last_fact(&t, PEER_A, PEER_CHILD_UP)->ike.rekey);
    check_passes(&t, PEER_A);
    pkt_parse(kept_back, &old);
    pkt_parse(bytes_of(t.side[PEER_A].last_esp, t.side[PEER_A].last_esp_len), &fresh);
    assert_int_not_equal(old.esp.spi, fresh.esp.spi);
    peer_input(t.side[PEER_B].peer, PEER_WAN, kept_back);
    two_peers_run(&t, 0.1);
    assert_int_equal(t.side[PEER_B].ngot, 2);
    assert_int_equal(peer_children(t.side[PEER_A].peer), 1);
    two_peers_release(&t);
}

static void a_new_ike_sa_takes_over(void **state)
{
    struct two_peers t;

    (void)state;
    set_up(&t);
    assert_ok(peer_rekey_phase1(t.side[PEER_A].peer));
    two_peers_run(&t, 2);
    assert_true(two_peers_last_fact(&t, PEER_A, PEER_IKE_UP)->ike.rekey);
    assert_int_equal(two_peers_facts(&t, PEER_A, PEER_IKE_UP), 2);
    check_passes(&t, PEER_A);
    check_passes(&t, PEER_B);
    two_peers_release(&t);
}

static void after_a_crash_nothing_is_known_and_nobody_was_told(void **state)
{
    struct two_peers t;

    (void)state;
    set_up(&t);
    size_t facts = t.side[PEER_B].nfacts;
    peer_crash(t.side[PEER_B].peer);
    assert_int_equal(peer_children(t.side[PEER_B].peer), 0);
    assert_int_equal(port_next(t.side[PEER_A].wan).ns, INT64_MAX);
    two_peers_send(&t, PEER_A, 10, false, 64);
    assert_int_equal(two_peers_count(&t, PEER_B).bad_spi, 1);
    assert_int_equal(t.side[PEER_B].nfacts, facts);
    assert_int_equal(peer_children(t.side[PEER_A].peer), 1); /* it does not know */
    two_peers_send(&t, PEER_B, 10, false, 64);               /* B begins anew */
    two_peers_run(&t, 2);
    check_passes(&t, PEER_B);
    check_passes(&t, PEER_A);
    assert_int_equal(two_peers_last_fact(&t, PEER_A, PEER_IKE_DOWN)->ike.end,
                     IKE_END_PEER_RESTARTED);
    two_peers_release(&t);
}

/* --- lifetimes and dead peers ------------------------------------------------------------------
 */

static void a_pair_is_rekeyed_before_its_volume_is_used_up(void **state)
{
    struct two_peers t;

    (void)state;
    two_peers_init(&t);
    t.side[PEER_A].esp.lifetime_kb = t.side[PEER_B].esp.lifetime_kb = 64;
    two_peers_start(&t);
    two_peers_up(&t);
    for (int i = 0; i < 150; i++) /* of 1 KB each: a new pair after the 61st packet of the last */
        two_peers_send(&t, PEER_A, 996, false, 64);
    assert_int_equal(t.side[PEER_B].ngot, 150);
    assert_int_equal(two_peers_facts(&t, PEER_A, PEER_CHILD_UP), 3);
    assert_int_equal(two_peers_count(&t, PEER_A).no_sa, 0);
    two_peers_release(&t);
}

static void a_pair_that_nobody_rekeys_ends_with_its_volume(void **state)
{
    struct two_peers t;

    (void)state;
    two_peers_init(&t);
    for (int i = 0; i < 2; i++) {
        t.side[i].esp.lifetime_kb = 16;
        t.side[i].ike.never_rekeys = true;
    }
    two_peers_start(&t);
    two_peers_up(&t);
    for (int i = 0; i < 16; i++)
        two_peers_send(&t, PEER_A, 996, false, 64);
    assert_int_equal(two_peers_last_fact(&t, PEER_A, PEER_CHILD_DOWN)->ike.end, IKE_END_EXPIRED);
    assert_int_equal(peer_children(t.side[PEER_A].peer), 0);
    two_peers_release(&t);
}

static bool lose_all(struct two_peers *t, int from, struct bytes frame)
{
    (void)t;
    (void)from;
    (void)frame;
    return false;
}

static void a_dead_peer_is_noticed_after_threshold_and_retries(void **state)
{
    struct two_peers t;

    (void)state;
    set_up(&t);
    t.hook = lose_all;
    two_peers_run(&t, 14); /* 10 s and one or two of three more tries */
    assert_int_equal(two_peers_facts(&t, PEER_A, PEER_CHILD_DOWN), 0);
    two_peers_run(&t, 6);
    assert_int_equal(two_peers_last_fact(&t, PEER_A, PEER_IKE_DOWN)->ike.end, IKE_END_DPD);
    assert_int_equal(peer_children(t.side[PEER_A].peer), 0);
    two_peers_release(&t);
}

static void traffic_from_the_other_side_is_a_sign_of_life(void **state)
{
    struct two_peers t;

    (void)state;
    set_up(&t);
    for (int i = 0; i < 60; i++) { /* a minute, a packet each second, each way */
        two_peers_send(&t, PEER_A, 10, false, 64);
        two_peers_send(&t, PEER_B, 10, false, 64);
        two_peers_run(&t, 0.8);
    }
    assert_int_equal(two_peers_ike_facts(&t, PEER_A, IKE_FACT_DPD_SENT) +
                         two_peers_ike_facts(&t, PEER_B, IKE_FACT_DPD_SENT),
                     0);
    two_peers_run(&t, 15); /* one of them asks, and the other one's answer is as good */
    assert_true(two_peers_ike_facts(&t, PEER_A, IKE_FACT_DPD_SENT) +
                    two_peers_ike_facts(&t, PEER_B, IKE_FACT_DPD_SENT) >
                0);
    assert_int_equal(peer_children(t.side[PEER_A].peer), 1);
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
    set_up(&t);
    check_passes(&t, PEER_A);
    struct bytes esp = bytes_of(t.side[PEER_A].last_esp, t.side[PEER_A].last_esp_len);
    uint8_t *copy = mem_zalloc(esp.n);
    memcpy(copy, esp.p, esp.n);
    test_truncations(bytes_of(copy, esp.n), take_in, &t);
    test_flips(bytes_of(copy, esp.n), take_in, &t);
    mem_free(copy);
    check_passes(&t, PEER_A);
    check_passes(&t, PEER_B);
    assert_int_equal(two_peers_count(&t, PEER_B).opened, 2);
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
        cmocka_unit_test(a_packet_that_came_before_is_dropped),
        cmocka_unit_test(an_altered_packet_is_dropped),
        cmocka_unit_test(an_unknown_spi_is_counted),
        cmocka_unit_test(an_sa_is_good_from_its_own_gateway_alone),
        cmocka_unit_test(what_the_selectors_do_not_cover_is_not_let_out_of_the_tunnel),
        cmocka_unit_test(what_is_no_ip_packet_is_malformed),
        cmocka_unit_test(traffic_for_elsewhere_is_not_sealed),
        cmocka_unit_test(a_deleted_pair_is_gone_on_both_sides_and_comes_back_with_traffic),
        cmocka_unit_test(a_deleted_ike_sa_takes_its_pairs_along),
        cmocka_unit_test(without_sas_there_is_nothing_to_delete_or_rekey),
        cmocka_unit_test(a_rekeyed_pair_still_opens_what_is_under_way),
        cmocka_unit_test(a_new_ike_sa_takes_over),
        cmocka_unit_test(after_a_crash_nothing_is_known_and_nobody_was_told),
        cmocka_unit_test(a_pair_is_rekeyed_before_its_volume_is_used_up),
        cmocka_unit_test(a_pair_that_nobody_rekeys_ends_with_its_volume),
        cmocka_unit_test(a_dead_peer_is_noticed_after_threshold_and_retries),
        cmocka_unit_test(traffic_from_the_other_side_is_a_sign_of_life),
        cmocka_unit_test(the_tunnel_outlives_whatever_is_thrown_at_it),
    };
    struct CMUnitTest tests[COUNT(fixed) + COUNT(suites)];

    memcpy(tests, fixed, sizeof(fixed));
    for (size_t i = 0; i < COUNT(suites); i++)
        tests[COUNT(fixed) + i] =
            (struct CMUnitTest){suites[i].what, the_mtu_told_is_the_largest_that_fits, NULL, NULL,
                                (void *)(uintptr_t)&suites[i]};
    return cmocka_run_group_tests_name("peer/peer", tests, NULL, NULL);
}
