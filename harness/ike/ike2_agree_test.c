/* What two ends of IKEv2 agree on, and what happens when they cannot: suites, groups, cookies,
 * identities, secrets, selectors, modes, addresses; and what time does. */
#include "ike/ike2_exchanges.h"
#include "tests/testkit.h"
#include "tests/two_ikes.h"

static const struct ike_out *last_fact(const struct two_ikes *t, int side, enum ike_fact fact)
{
    const struct ike_end_point *s = &t->side[side];

    for (size_t i = s->nsaid; i-- > 0;) {
        if (s->said[i].kind == IKE_OUT_FACT && s->said[i].fact == fact)
            return &s->said[i];
    }
    fail_msg("no fact %s", ike_fact_name(fact));
    return NULL;
}

static void acquire(struct two_ikes *t, double seconds)
{
    assert_ok(ike_acquire(t->side[IKE_A].ike, 7));
    two_ikes_wait(t, IKE_A, seconds);
}

/* Changes of the usual pair of ends, and what comes of it. */
typedef void change(struct two_ikes *t);

static const uint8_t other_secret[] = "another secret";

static void cookies(struct two_ikes *t)
{
    t->side[IKE_B].cfg.cookies_from = SIZE_MAX;
}

static void other_group(struct two_ikes *t)
{
    struct ike_end_point *a = &t->side[IKE_A];

    a->suites[1] = a->suites[0];
    a->suites[0].group = 14;
    a->peer.nsuites = 2;
}

static void other_pfs_group(struct two_ikes *t)
{
    struct ike_end_point *a = &t->side[IKE_A];

    a->esp[1] = a->esp[0];
    a->esp[0].pfs_group = 14;
    a->esp[1].pfs_group = t->side[IKE_B].esp[0].pfs_group = 19;
    a->policies[0].nsuites = 2;
}

static void second_suite(struct two_ikes *t)
{
    for (int i = 0; i < 2; i++) {
        struct ike_end_point *s = &t->side[i];
        s->suites[1] =
            (struct ike_suite){CIPHER_AES256_CBC, DIGEST_SHA512, 31, 86400, INTEG_HMAC_SHA512_256};
        s->esp[1] =
            (struct ike_esp_suite){CIPHER_AES256_CBC, INTEG_HMAC_SHA256_128, 0, 28800, 0, true};
        s->peer.nsuites = s->policies[0].nsuites = 2;
    }
    t->side[IKE_A].suites[0].cipher = CIPHER_AES256_GCM_16; /* the first fits nobody */
    t->side[IKE_A].esp[0].cipher = CIPHER_AES256_GCM_16;
}

static void names(struct two_ikes *t)
{
    static const struct ike_identity a = {2, {(const uint8_t *)"a.example", 9}},
                                     b = {11, {(const uint8_t *)"b", 1}};

    t->side[IKE_A].peer.id = t->side[IKE_B].peer.remote_id = a;
    t->side[IKE_B].peer.id = t->side[IKE_A].peer.remote_id = b;
}

static void two_secrets(struct two_ikes *t)
{
    struct bytes other = {other_secret, sizeof(other_secret)};

    t->side[IKE_A].peer.remote_psk = t->side[IKE_B].peer.psk;
    t->side[IKE_A].peer.psk = t->side[IKE_B].peer.remote_psk = other;
}

static void over_ipv6(struct two_ikes *t)
{
    for (int i = 0; i < 2; i++) {
        struct ike_selector *s = &t->side[i].policies[0].selector;
        assert_ok(ip_addr_parse(i ? "2001:db8::2" : "2001:db8::1", &t->side[i].addr));
        assert_ok(ip_net_parse(i ? "fd00:2::/64" : "fd00:1::/64", &s->local));
        assert_ok(ip_net_parse(i ? "fd00:1::/64" : "fd00:2::/64", &s->remote));
    }
}

static void in_fragments(struct two_ikes *t)
{
    names(t);
    for (int i = 0; i < 2; i++)
        t->side[i].peer.fragment_mtu = 200;
}

static void transport(struct two_ikes *t)
{
    t->side[IKE_A].policies[0].transport = t->side[IKE_B].policies[0].transport = true;
}

static void one_port(struct two_ikes *t)
{
    for (int i = 0; i < 2; i++) {
        struct ike_selector *s = &t->side[i].policies[0].selector;
        s->proto = 6;
        *(i ? &s->local_port : &s->remote_port) = 80;
    }
}

static void same(struct two_ikes *t)
{
    (void)t;
}

static const struct up_row {
    const char *what;
    change *with;
    size_t messages;
    enum ike_fact fact; /* of both, or of B when only B can tell; DUPLICATE: none */
} up_rows[] = {
    {"as_usual", same, 4, IKE_FACT_DUPLICATE},
    {"cookie__costs_a_round", cookies, 6, IKE_FACT_COOKIE},
    {"another_group__costs_a_round", other_group, 6, IKE_FACT_INVALID_KE},
    {"second_suite__is_what_both_have", second_suite, 4, IKE_FACT_DUPLICATE},
    {"names_as_identities", names, 4, IKE_FACT_DUPLICATE},
    {"a_secret_for_each_direction", two_secrets, 4, IKE_FACT_DUPLICATE},
    {"ipv6_outside_and_inside", over_ipv6, 4, IKE_FACT_DUPLICATE},
    {"small_mtu__makes_fragments", in_fragments, 6, IKE_FACT_DUPLICATE},
    {"transport_mode", transport, 4, IKE_FACT_DUPLICATE},
    {"one_protocol_and_port", one_port, 4, IKE_FACT_DUPLICATE},
};

static void comes_up(void **state)
{
    const struct up_row *row = *state;
    struct two_ikes t;

    two_ikes_init_v2(&t);
    row->with(&t);
    two_ikes_start(&t);
    two_ikes_establish(&t, IKE_A);
    assert_int_equal(t.nflown, row->messages);
    if (row->fact != IKE_FACT_DUPLICATE) {
        assert_true(last_fact(&t, IKE_A, row->fact)->initiator);
        assert_false(last_fact(&t, IKE_B, row->fact)->initiator);
    }
    const struct ike_out *up = two_ikes_last(&t, IKE_B, IKE_OUT_CHILD_UP);
    assert_int_equal(up->child.transport, row->with == transport);
    assert_int_equal(up->child.suite.esn, row->with == second_suite);
    assert_true(ike_selector_eq(&up->child.selector, &t.side[IKE_B].policies[0].selector));
    two_ikes_release(&t);
}

static void another_pfs_group__costs_a_round_when_the_pair_is_rekeyed(void **state)
{
    struct two_ikes t;

    (void)state;
    two_ikes_init_v2(&t);
    other_pfs_group(&t);
    two_ikes_start(&t);
    acquire(&t, 2);
    assert_ok(ike_rekey_child(t.side[IKE_A].ike, two_ikes_pair(&t, IKE_A)));
    two_ikes_wait(&t, IKE_A, 2);
    assert_int_equal(last_fact(&t, IKE_A, IKE_FACT_INVALID_KE)->code, 19);
    two_ikes_agree(&t, 1, 1);
    assert_int_equal(two_ikes_last(&t, IKE_B, IKE_OUT_CHILD_UP)->child.suite.pfs_group, 19);
    two_ikes_release(&t);
}

/* --- refusals -------------------------------------------------------------------------------- */

static void other_suite(struct two_ikes *t)
{
    t->side[IKE_B].suites[0].cipher = CIPHER_AES256_GCM_16;
}

static void other_esp(struct two_ikes *t)
{
    t->side[IKE_B].esp[0].cipher = CIPHER_AES256_GCM_16;
}

static void other_esn(struct two_ikes *t)
{
    t->side[IKE_B].esp[0].esn = true;
}

static void other_nets(struct two_ikes *t)
{
    t->side[IKE_B].policies[0].selector.local.addr = ip4(0x0a090000);
}

static void wide_asker(struct two_ikes *t)
{
    t->side[IKE_A].policies[0].selector.remote.prefix = 8;
    t->side[IKE_B].peer.never_narrows = true;
}

static void other_psk(struct two_ikes *t)
{
    t->side[IKE_B].peer.psk = bytes_of(other_secret, sizeof(other_secret));
}

static void other_name(struct two_ikes *t)
{
    names(t);
    t->side[IKE_B].peer.remote_id.data = bytes_str("c.example");
}

static void silent_peer(struct two_ikes *t)
{
    t->side[IKE_B].quirks.mute = true;
}

static const struct refused_row {
    const char *what;
    change *with;
    enum ike_out_kind kind;
    enum ike_end end;
    size_t ikes;
    uint16_t code;
} refused_rows[] = {
    {"no_ike_suite_in_common", other_suite, IKE_OUT_IKE_DOWN, IKE_END_REFUSED, 0,
     IKEV2_N_NO_PROPOSAL_CHOSEN},
    {"no_esp_suite_in_common__the_ike_sa_stays", other_esp, IKE_OUT_CHILD_DOWN, IKE_END_REFUSED, 1,
     IKEV2_N_NO_PROPOSAL_CHOSEN},
    {"esn_on_one_side_only__the_ike_sa_stays", other_esn, IKE_OUT_CHILD_DOWN, IKE_END_REFUSED, 1,
     IKEV2_N_NO_PROPOSAL_CHOSEN},
    {"no_traffic_in_common__the_ike_sa_stays", other_nets, IKE_OUT_CHILD_DOWN, IKE_END_REFUSED, 1,
     IKEV2_N_TS_UNACCEPTABLE},
    {"more_than_who_never_narrows_has", wide_asker, IKE_OUT_CHILD_DOWN, IKE_END_REFUSED, 1,
     IKEV2_N_TS_UNACCEPTABLE},
    {"another_secret", other_psk, IKE_OUT_IKE_DOWN, IKE_END_AUTH, 0, IKEV2_N_AUTHENTICATION_FAILED},
    {"another_name", other_name, IKE_OUT_IKE_DOWN, IKE_END_AUTH, 0, IKEV2_N_AUTHENTICATION_FAILED},
    {"no_answer_to_ike_auth", silent_peer, IKE_OUT_IKE_DOWN, IKE_END_TIMEOUT, 0, 0},
};

static void is_refused(void **state)
{
    const struct refused_row *row = *state;
    struct two_ikes t;

    two_ikes_init_v2(&t);
    row->with(&t);
    two_ikes_start(&t);
    acquire(&t, 150);
    two_ikes_agree(&t, row->ikes, 0);
    const struct ike_out *down = two_ikes_last(&t, IKE_A, row->kind);
    assert_non_null(down);
    assert_int_equal(down->end, row->end);
    assert_true(down->attempt);
    if (row->code)
        assert_int_equal(last_fact(&t, IKE_A, IKE_FACT_REFUSED)->code, row->code);
    two_ikes_release(&t);
}

/* --- selectors ------------------------------------------------------------------------------- */

static void selectors__are_narrowed_whoever_has_more(void **state)
{
    (void)state;
    for (int wide = 0; wide < 2; wide++) {
        struct two_ikes t;
        two_ikes_init_v2(&t);
        t.side[wide].policies[0].selector.local.prefix = 8;
        t.side[!wide].policies[0].selector.remote.prefix = 24;
        two_ikes_start(&t);
        acquire(&t, 2);
        two_ikes_agree(&t, 1, 1);
        const struct ike_out *up = two_ikes_last(&t, wide, IKE_OUT_CHILD_UP);
        assert_int_equal(up->child.selector.local.prefix, 24);
        assert_int_equal(two_ikes_facts(&t, IKE_A, IKE_FACT_NARROWED), wide == IKE_A);
        /* a rekeying keeps what was agreed on */
        assert_ok(ike_rekey_child(t.side[IKE_B].ike, two_ikes_pair(&t, IKE_B)));
        two_ikes_wait(&t, IKE_B, 1);
        two_ikes_agree(&t, 1, 1);
        assert_int_equal(two_ikes_last(&t, wide, IKE_OUT_CHILD_UP)->child.selector.local.prefix,
                         24);
        two_ikes_release(&t);
    }
}

/* --- NAT, addresses -------------------------------------------------------------------------- */

/* A is behind a NAT whose outside is 203.0.113.77; its ports are 1000 and 1001, later others. */
static const struct ip_addr nat = {4, {203, 0, 113, 77}};

static bool through_nat(struct two_ikes *t, struct flown *d, size_t n)
{
    const uint16_t *shift = t->ctx;

    (void)n;
    if (d->from == IKE_A) {
        d->src.addr = nat;
        d->src.port = (uint16_t)(1000 + *shift + (d->src.port == IKE_NATT_PORT));
    } else {
        d->dst.addr = t->side[IKE_A].addr;
        d->dst.port = d->dst.port == 1000 + *shift ? IKE_PORT : IKE_NATT_PORT;
    }
    return true;
}

static void nat_between__is_found_evaded_kept_open_and_followed(void **state)
{
    uint16_t shift = 0;
    struct two_ikes t;

    (void)state;
    two_ikes_init_v2(&t);
    t.side[IKE_A].peer.dpd.enabled = false; /* nothing but keep-alives */
    t.side[IKE_B].peer.dpd.enabled = false;
    t.filter = through_nat;
    t.ctx = &shift;
    two_ikes_start(&t);
    t.side[IKE_B].peer.address = nat;
    ike_free(t.side[IKE_B].ike);
    t.side[IKE_B].ike = ike_new(&t.side[IKE_B].cfg, &t.clk.clock, &t.side[IKE_B].rng.rng, NULL);
    acquire(&t, 2);
    two_ikes_agree(&t, 1, 1);
    const struct ike_out *up = two_ikes_last(&t, IKE_B, IKE_OUT_CHILD_UP);
    assert_true(up->child.udp);
    assert_int_equal(up->to.port, 1001);
    assert_int_equal(up->from.port, IKE_NATT_PORT);
    size_t before = t.side[IKE_A].nsent;
    two_ikes_run(&t, 100);
    assert_int_equal(t.side[IKE_A].nsent - before, 5);
    assert_int_equal(t.flown[t.nflown - 1].n, 1);
    shift = 500; /* the NAT forgets */
    assert_ok(ike_probe(t.side[IKE_A].ike, NULL));
    two_ikes_wait(&t, IKE_A, 1);
    assert_int_equal(two_ikes_last(&t, IKE_B, IKE_OUT_MOVED)->to.port, 1501);
    assert_ok(ike_rekey_child(t.side[IKE_B].ike, two_ikes_pair(&t, IKE_B)));
    two_ikes_wait(&t, IKE_B, 1);
    two_ikes_agree(&t, 1, 1);
    two_ikes_release(&t);
}

static void mobile_side__takes_the_tunnel_to_another_address(void **state)
{
    struct ip_addr there = ip4(0xc6336463);
    struct two_ikes t;

    (void)state;
    two_ikes_init_v2(&t);
    t.side[IKE_A].peer.mobike = t.side[IKE_B].peer.mobike = true;
    two_ikes_start(&t);
    two_ikes_establish(&t, IKE_A);
    t.filter = two_ikes_lose_all; /* it is said until it is heard */
    ike_move(t.side[IKE_A].ike, &there);
    two_ikes_wait(&t, IKE_A, 1);
    t.filter = NULL;
    two_ikes_run(&t, 2);
    two_ikes_agree(&t, 1, 1);
    const struct ike_out *moved = two_ikes_last(&t, IKE_B, IKE_OUT_MOVED);
    assert_true(ip_addr_eq(&moved->to.addr, &there));
    assert_false(moved->child.udp);
    assert_int_equal(two_ikes_facts(&t, IKE_B, IKE_FACT_REPLY_ROUTE), 1);
    assert_ok(ike_rekey_ike(t.side[IKE_B].ike, NULL));
    two_ikes_wait(&t, IKE_B, 1);
    assert_true(ip_addr_eq(&t.flown[t.nflown - 1].src.addr, &there) ||
                ip_addr_eq(&t.flown[t.nflown - 1].dst.addr, &there));
    two_ikes_agree(&t, 1, 1);
    two_ikes_release(&t);
}

/* --- time ------------------------------------------------------------------------------------ */

static void lifetimes__are_each_sides_own_and_the_shorter_rekeys(void **state)
{
    (void)state;
    for (int shorter = 0; shorter < 2; shorter++) {
        struct two_ikes t;
        two_ikes_init_v2(&t);
        t.side[shorter].suites[0].lifetime_s = 1000;
        t.side[shorter].esp[0].lifetime_s = 300;
        two_ikes_start(&t);
        acquire(&t, 2);
        two_ikes_run(&t, 2000);
        for (int i = 0; i < 2; i++) {
            assert_int_equal(two_ikes_status(&t, i).ikes, 1);
            assert_int_equal(two_ikes_status(&t, i).children, 1);
        }
        assert_int_equal(two_ikes_said(&t, shorter, IKE_OUT_IKE_UP), 3);
        assert_true(two_ikes_said(&t, shorter, IKE_OUT_CHILD_UP) >= 7);
        assert_int_equal(two_ikes_ends(&t, shorter, IKE_OUT_CHILD_DOWN, IKE_END_EXPIRED), 0);
        two_ikes_release(&t);
    }
}

static void volume__is_rekeyed_and_then_over(void **state)
{
    struct two_ikes t;

    (void)state;
    two_ikes_up_v2(&t);
    uint32_t first = two_ikes_pair(&t, IKE_A);
    ike_child_volume(t.side[IKE_A].ike, first, true);
    two_ikes_wait(&t, IKE_A, 1);
    two_ikes_agree(&t, 1, 1);
    assert_int_not_equal(two_ikes_pair(&t, IKE_A), first);
    ike_child_volume(t.side[IKE_A].ike, two_ikes_pair(&t, IKE_A), false);
    two_ikes_wait(&t, IKE_A, 1);
    two_ikes_agree(&t, 1, 0);
    assert_int_equal(two_ikes_last(&t, IKE_A, IKE_OUT_CHILD_DOWN)->end, IKE_END_EXPIRED);
    two_ikes_release(&t);
}

static void another_authentication__keeps_what_is_carried(void **state)
{
    (void)state;
    for (enum ike_reauth how = IKE_REAUTH_BREAK; how <= IKE_REAUTH_MAKE; how++) {
        for (int side = 0; side < 2; side++) {
            struct two_ikes t;
            two_ikes_up_v2(&t);
            assert_ok(ike_reauthenticate(t.side[side].ike, NULL, how));
            two_ikes_wait(&t, side, 3);
            two_ikes_agree(&t, 1, 1);
            assert_int_equal(two_ikes_ends(&t, side, IKE_OUT_IKE_DOWN, IKE_END_REPLACED), 1);
            assert_int_equal(two_ikes_last(&t, side, IKE_OUT_IKE_UP)->initiator, true);
            two_ikes_release(&t);
        }
    }
}

static void restarted_peer__says_initial_contact(void **state)
{
    struct two_ikes t;

    (void)state;
    two_ikes_up_v2(&t);
    ike_forget(t.side[IKE_A].ike);
    two_ikes_drain(&t, IKE_A);
    acquire(&t, 2);
    assert_int_equal(two_ikes_status(&t, IKE_B).ikes, 1);
    assert_int_equal(two_ikes_status(&t, IKE_B).children, 1);
    assert_int_equal(two_ikes_ends(&t, IKE_B, IKE_OUT_IKE_DOWN, IKE_END_PEER_RESTARTED), 1);
    two_ikes_release(&t);
}

static void both_begin__and_keep_one_tunnel(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 6; seed++) {
        struct two_ikes t;
        two_ikes_init_v2(&t);
        t.seed = seed;
        t.side[IKE_A].peer.initial_contact = t.side[IKE_B].peer.initial_contact = false;
        two_ikes_start(&t);
        for (int i = 0; i < 2; i++) {
            assert_ok(ike_acquire(t.side[i].ike, 7));
            two_ikes_drain(&t, i);
        }
        two_ikes_run(&t, 20);
        two_ikes_agree(&t, 1, 1);
        two_ikes_release(&t);
    }
}

static void client_of_a_group__may_come_from_anywhere(void **state)
{
    struct two_ikes t;

    (void)state;
    two_ikes_init_v2(&t);
    t.side[IKE_B].is_server = true;
    t.side[IKE_B].policies[0].selector.remote = (struct ip_net){ip4(0), 0};
    two_ikes_start(&t);
    two_ikes_establish(&t, IKE_A);
    assert_true(ip_addr_eq(&two_ikes_last(&t, IKE_B, IKE_OUT_CHILD_UP)->peer, &t.side[0].addr));
    assert_ok(ike_rekey_child(t.side[IKE_B].ike, two_ikes_pair(&t, IKE_B)));
    two_ikes_wait(&t, IKE_B, 1);
    two_ikes_agree(&t, 1, 1);
    ike_delete_ike(t.side[IKE_B].ike, &t.side[IKE_A].addr, true);
    two_ikes_wait(&t, IKE_B, 1);
    two_ikes_agree(&t, 0, 0);
    two_ikes_release(&t);
}

static void pair_for_nothing__is_left_out_where_both_can(void **state)
{
    struct two_ikes t;

    (void)state;
    two_ikes_init_v2(&t);
    t.side[IKE_B].peer.childless = true;
    two_ikes_start(&t);
    two_ikes_establish(&t, IKE_A);
    assert_ok(ike_delete_child(t.side[IKE_A].ike, two_ikes_pair(&t, IKE_A), true));
    two_ikes_wait(&t, IKE_A, 1);
    assert_ok(ike_reauthenticate(t.side[IKE_A].ike, NULL, IKE_REAUTH_MAKE));
    two_ikes_wait(&t, IKE_A, 2);
    two_ikes_agree(&t, 1, 0);
    assert_int_equal(two_ikes_said(&t, IKE_B, IKE_OUT_IKE_UP), 2);
    two_ikes_release(&t);
}

static void ike_sa_closed_while_a_rekeying_is_held_back__goes_at_once(void **state)
{
    struct two_ikes t;

    (void)state;
    two_ikes_up_v2(&t);
    t.side[IKE_A].quirks.cross = IKE_CROSS_REQUEST;
    assert_ok(ike_rekey_child(t.side[IKE_A].ike, two_ikes_pair(&t, IKE_A)));
    two_ikes_wait(&t, IKE_A, 1);
    ike_delete_ike(t.side[IKE_A].ike, NULL, true);
    two_ikes_wait(&t, IKE_A, 1);
    two_ikes_agree(&t, 0, 0);
    two_ikes_release(&t);
}

static void many_first_messages_of_one_peer__are_bounded(void **state)
{
    struct two_ikes t, other;

    (void)state;
    two_ikes_init_v2(&t);
    two_ikes_start(&t);
    for (uint64_t seed = 0; seed < 100; seed++) { /* first messages of one peer, all different */
        two_ikes_init_v2(&other);
        other.seed = 1000 + seed;
        other.filter = two_ikes_lose_all;
        two_ikes_start(&other);
        assert_ok(ike_acquire(other.side[IKE_A].ike, 7));
        two_ikes_drain(&other, IKE_A);
        two_ikes_inject(&t, IKE_B, bytes_of(other.flown[0].p, other.flown[0].n));
        two_ikes_release(&other);
        assert_true(two_ikes_status(&t, IKE_B).negotiating <= IKE_HALF_OPENS);
    }
    acquire(&t, 2);
    assert_int_equal(two_ikes_pairs(&t, IKE_A), 1);
    two_ikes_run(&t, 40);
    two_ikes_agree(&t, 1, 1);
    two_ikes_release(&t);
}

int main(void)
{
    struct CMUnitTest tests[COUNT(up_rows) + COUNT(refused_rows) + 13] = {
        cmocka_unit_test(another_pfs_group__costs_a_round_when_the_pair_is_rekeyed),
        cmocka_unit_test(selectors__are_narrowed_whoever_has_more),
        cmocka_unit_test(nat_between__is_found_evaded_kept_open_and_followed),
        cmocka_unit_test(mobile_side__takes_the_tunnel_to_another_address),
        cmocka_unit_test(lifetimes__are_each_sides_own_and_the_shorter_rekeys),
        cmocka_unit_test(volume__is_rekeyed_and_then_over),
        cmocka_unit_test(another_authentication__keeps_what_is_carried),
        cmocka_unit_test(restarted_peer__says_initial_contact),
        cmocka_unit_test(both_begin__and_keep_one_tunnel),
        cmocka_unit_test(many_first_messages_of_one_peer__are_bounded),
        cmocka_unit_test(client_of_a_group__may_come_from_anywhere),
        cmocka_unit_test(pair_for_nothing__is_left_out_where_both_can),
        cmocka_unit_test(ike_sa_closed_while_a_rekeying_is_held_back__goes_at_once),
    };
    size_t n = 13;

    for (size_t i = 0; i < COUNT(up_rows); i++)
        tests[n++] =
            (struct CMUnitTest){up_rows[i].what, comes_up, NULL, NULL, (void *)&up_rows[i]};
    for (size_t i = 0; i < COUNT(refused_rows); i++)
        tests[n++] = (struct CMUnitTest){refused_rows[i].what, is_refused, NULL, NULL,
                                         (void *)&refused_rows[i]};
    return cmocka_run_group_tests_name("ike/ike2_agree", tests, NULL, NULL);
}
