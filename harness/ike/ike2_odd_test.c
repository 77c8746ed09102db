/* What an endpoint of IKEv2 can be told to do amiss, and how an honest one takes it. */
#include "ike/ike2_exchanges.h"
#include "tests/testkit.h"
#include "tests/two_ikes.h"

static const struct ike_out *refusal(const struct two_ikes *t, int side)
{
    const struct ike_end_point *s = &t->side[side];

    for (size_t i = s->nsaid; i-- > 0;) {
        if (s->said[i].kind == IKE_OUT_FACT && s->said[i].fact == IKE_FACT_REFUSED)
            return &s->said[i];
    }
    return NULL;
}

/* A says that these are gone, and what of B's is up then. */
static void say(struct two_ikes *t, const uint32_t *spis, size_t n, size_t ikes, size_t children)
{
    assert_ok(ike_say_delete(t->side[IKE_A].ike, &t->side[IKE_A].peer.address, spis, n));
    two_ikes_wait(t, IKE_A, 1);
    struct ike_status a = two_ikes_status(t, IKE_A), b = two_ikes_status(t, IKE_B);
    assert_int_equal(a.ikes, 1);
    assert_int_equal(a.children, 1);
    assert_int_equal(a.negotiating, 0);
    assert_int_equal(b.ikes, ikes);
    assert_int_equal(b.children, children);
}

static void pair_said_to_be_gone__goes_on_the_other_side_alone(void **state)
{
    struct two_ikes t;

    (void)state;
    two_ikes_up_v2(&t);
    uint32_t spi = two_ikes_pair(&t, IKE_A);
    say(&t, &spi, 1, 1, 0);
    assert_int_equal(two_ikes_last(&t, IKE_B, IKE_OUT_CHILD_DOWN)->end, IKE_END_PEER_DELETE);
    assert_int_equal(two_ikes_facts(&t, IKE_A, IKE_FACT_DELETE_SENT), 1);
    two_ikes_release(&t);
}

static void pair_nobody_has__is_answered_with_nothing(void **state)
{
    struct two_ikes t;

    (void)state;
    two_ikes_up_v2(&t);
    uint32_t there = two_ikes_pair(&t, IKE_A), far = two_ikes_pair(&t, IKE_B), spi = 0x700;
    while (spi == there || spi == far)
        spi++;
    say(&t, &spi, 1, 1, 1);
    say(&t, &far, 1, 1, 1); /* what B receives with is not A's to delete */
    assert_int_equal(two_ikes_facts(&t, IKE_B, IKE_FACT_DELETE_RECEIVED), 0);
    two_ikes_release(&t);
}

static void one_of_many__goes(void **state)
{
    uint32_t spis[IKE_SAY_MAX];
    struct two_ikes t;

    (void)state;
    two_ikes_up_v2(&t);
    for (size_t i = 0; i < COUNT(spis); i++)
        spis[i] = 0x4000 + (uint32_t)i;
    spis[40] = two_ikes_pair(&t, IKE_A);
    say(&t, spis, COUNT(spis), 1, 0);
    assert_int_equal(two_ikes_facts(&t, IKE_B, IKE_FACT_DELETE_RECEIVED), 1);
    two_ikes_release(&t);
}

static void ike_sa_said_to_be_gone__takes_its_pairs_along_there(void **state)
{
    struct two_ikes t;

    (void)state;
    two_ikes_up_v2(&t);
    say(&t, NULL, 0, 0, 0);
    assert_int_equal(two_ikes_last(&t, IKE_B, IKE_OUT_IKE_DOWN)->end, IKE_END_PEER_DELETE);
    two_ikes_release(&t);
}

static void without_an_ike_sa__there_is_nothing_to_say_it_with(void **state)
{
    uint32_t spi = 0x700;
    struct two_ikes t;

    (void)state;
    two_ikes_init_v2(&t);
    two_ikes_start(&t);
    assert_int_equal(ike_say_delete(t.side[IKE_A].ike, &t.side[IKE_A].peer.address, &spi, 1),
                     ERR_STATE);
    two_ikes_release(&t);
}

/* B refuses what A asks for; then it is honest again. */
static const struct refused_row {
    const char *what;
    uint16_t code;
    size_t same;          /* pairs that A still has, of those before */
    bool comes_by_itself; /* a new pair comes once B is honest */
} refused_rows[] = {
    {"no_proposal_chosen__leaves_the_old_pair", IKEV2_N_NO_PROPOSAL_CHOSEN, 1, false},
    {"ts_unacceptable__leaves_the_old_pair", IKEV2_N_TS_UNACCEPTABLE, 1, false},
    {"no_additional_sas__leaves_the_old_pair", IKEV2_N_NO_ADDITIONAL_SAS, 1, false},
    {"temporary_failure__is_tried_again", IKEV2_N_TEMPORARY_FAILURE, 1, true},
    {"child_sa_not_found__ends_it_and_makes_another", IKEV2_N_CHILD_SA_NOT_FOUND, 0, true},
};

static void rekeying_is_refused(void **state)
{
    const struct refused_row *row = *state;
    struct two_ikes t;

    two_ikes_up_v2(&t);
    uint32_t old = two_ikes_pair(&t, IKE_A);
    t.side[IKE_B].quirks.refuse = row->code;
    assert_ok(ike_rekey_child(t.side[IKE_A].ike, old));
    two_ikes_wait(&t, IKE_A, 0.5);
    assert_int_equal(refusal(&t, IKE_A)->code, row->code);
    assert_int_equal(refusal(&t, IKE_B)->code, row->code);
    assert_int_equal(two_ikes_pair(&t, IKE_A) == old, row->same == 1);
    t.side[IKE_B].quirks.refuse = 0;
    two_ikes_run(&t, 8);
    assert_int_equal(two_ikes_pair(&t, IKE_A) != old, row->comes_by_itself);
    two_ikes_release(&t);
}

static void halved_selectors__are_those_of_the_new_pair_and_its_heirs(void **state)
{
    struct two_ikes t;

    (void)state;
    two_ikes_up_v2(&t);
    t.side[IKE_B].quirks.halve = true;
    assert_ok(ike_rekey_child(t.side[IKE_A].ike, two_ikes_pair(&t, IKE_A)));
    two_ikes_wait(&t, IKE_A, 1);
    two_ikes_agree(&t, 1, 1);
    struct ike_selector s = two_ikes_last(&t, IKE_A, IKE_OUT_CHILD_UP)->child.selector;
    assert_int_equal(s.remote.prefix, 17);
    assert_int_equal(s.remote.addr.b[2], 0x80); /* 10.2.128.0/17 */
    assert_int_equal(s.local.prefix, 16);
    assert_int_equal(two_ikes_facts(&t, IKE_A, IKE_FACT_NARROWED), 1);
    t.side[IKE_B].quirks.halve = false;
    assert_ok(ike_rekey_child(t.side[IKE_A].ike, two_ikes_pair(&t, IKE_A)));
    two_ikes_wait(&t, IKE_A, 1);
    two_ikes_agree(&t, 1, 1);
    s = two_ikes_last(&t, IKE_A, IKE_OUT_CHILD_UP)->child.selector;
    assert_int_equal(s.remote.prefix, 17);
    two_ikes_release(&t);
}

int main(void)
{
    struct CMUnitTest tests[COUNT(refused_rows) + 6] = {
        cmocka_unit_test(pair_said_to_be_gone__goes_on_the_other_side_alone),
        cmocka_unit_test(pair_nobody_has__is_answered_with_nothing),
        cmocka_unit_test(one_of_many__goes),
        cmocka_unit_test(ike_sa_said_to_be_gone__takes_its_pairs_along_there),
        cmocka_unit_test(without_an_ike_sa__there_is_nothing_to_say_it_with),
        cmocka_unit_test(halved_selectors__are_those_of_the_new_pair_and_its_heirs),
    };
    size_t n = 6;

    for (size_t i = 0; i < COUNT(refused_rows); i++)
        tests[n++] = (struct CMUnitTest){refused_rows[i].what, rekeying_is_refused, NULL, NULL,
                                         (void *)&refused_rows[i]};
    return cmocka_run_group_tests_name("ike/ike2_odd", tests, NULL, NULL);
}
