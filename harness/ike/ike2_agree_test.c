/* What two ends of IKEv2 agree on, and what happens when they cannot: suites, groups, cookies,
 * identities, secrets, selectors, modes. */
#include "ike/ike2_exchanges.h"
#include "ike/ike_offers.h"
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
    two_ikes_acquire(&t, 2);
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
    two_ikes_acquire(&t, 150);
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
        two_ikes_acquire(&t, 2);
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

int main(void)
{
    struct CMUnitTest tests[COUNT(up_rows) + COUNT(refused_rows) + 2] = {
        cmocka_unit_test(another_pfs_group__costs_a_round_when_the_pair_is_rekeyed),
        cmocka_unit_test(selectors__are_narrowed_whoever_has_more),
    };
    size_t n = 2;

    for (size_t i = 0; i < COUNT(up_rows); i++)
        tests[n++] =
            (struct CMUnitTest){up_rows[i].what, comes_up, NULL, NULL, (void *)&up_rows[i]};
    for (size_t i = 0; i < COUNT(refused_rows); i++)
        tests[n++] = (struct CMUnitTest){refused_rows[i].what, is_refused, NULL, NULL,
                                         (void *)&refused_rows[i]};
    return cmocka_run_group_tests_name("ike/ike2_agree", tests, NULL, NULL);
}
