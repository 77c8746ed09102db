/* Dead peer detection. */
#include "tests/testkit.h"
#include "tests/two_ikes.h"

static void silence__is_answered_by_probes_every_threshold(void **state)
{
    struct two_ikes t;

    (void)state;
    two_ikes_up(&t);
    two_ikes_run(&t, 100);
    two_ikes_agree(&t, 1, 1);
    size_t sent =
        two_ikes_facts(&t, IKE_A, IKE_FACT_DPD_SENT) + two_ikes_facts(&t, IKE_B, IKE_FACT_DPD_SENT);
    size_t answered = two_ikes_facts(&t, IKE_A, IKE_FACT_DPD_ANSWERED) +
                      two_ikes_facts(&t, IKE_B, IKE_FACT_DPD_ANSWERED);
    assert_int_equal(sent, answered);
    assert_in_range(sent, 9, 12); /* a probe of one side is a sign of life to the other */
    two_ikes_release(&t);
}

static void dead_peer__is_found_after_threshold_and_tries(void **state)
{
    struct two_ikes t;

    (void)state;
    two_ikes_up(&t);
    t.filter = two_ikes_lose_all;
    /* 10 s of silence, the probe and three more, each waited for 2 s: 18 s */
    two_ikes_run(&t, 12.9); /* established at 0, run to 5 */
    assert_int_equal(two_ikes_status(&t, IKE_A).ikes, 1);
    assert_int_equal(two_ikes_facts(&t, IKE_A, IKE_FACT_DPD_SENT), 4);
    two_ikes_run(&t, 0.3);
    two_ikes_agree(&t, 0, 0);
    assert_int_equal(two_ikes_ends(&t, IKE_A, IKE_OUT_IKE_DOWN, IKE_END_DPD), 1);
    assert_int_equal(two_ikes_ends(&t, IKE_A, IKE_OUT_CHILD_DOWN, IKE_END_PARENT), 1);
    assert_int_equal(two_ikes_facts(&t, IKE_A, IKE_FACT_DPD_SENT), 4);
    assert_int_equal(two_ikes_facts(&t, IKE_A, IKE_FACT_DELETE_SENT), 0);
    two_ikes_release(&t);
}

static void traffic__keeps_the_probes_away(void **state)
{
    struct two_ikes t;

    (void)state;
    two_ikes_up(&t);
    t.filter = two_ikes_lose_all;
    for (int s = 0; s < 60; s++) {
        ike_peer_is_alive(t.side[IKE_A].ike, &t.side[IKE_B].addr);
        two_ikes_run(&t, 1);
    }
    assert_int_equal(two_ikes_facts(&t, IKE_A, IKE_FACT_DPD_SENT), 0);
    assert_int_equal(two_ikes_status(&t, IKE_A).ikes, 1);
    assert_int_equal(two_ikes_status(&t, IKE_B).ikes, 0);
    two_ikes_release(&t);
}

static void short_outage__is_survived(void **state)
{
    struct two_ikes t;

    (void)state;
    two_ikes_up(&t);
    t.filter = two_ikes_lose_all;
    two_ikes_run(&t, 11);
    assert_true(two_ikes_facts(&t, IKE_A, IKE_FACT_DPD_SENT) > 0);
    t.filter = NULL;
    two_ikes_run(&t, 100);
    two_ikes_agree(&t, 1, 1);
    two_ikes_release(&t);
}

static const struct dpd_row {
    const char *what;
    bool a, b, a_only_answers;
    bool a_sends, b_sends;
} dpd_rows[] = {
    {"dpd_off_at_one_side__is_off", true, false, false, false, false},
    {"dpd_off_at_both_sides", false, false, false, false, false},
    {"side_that_only_answers", true, true, true, false, true},
};

static void probes_are_sent_as_the_row_says(void **state)
{
    const struct dpd_row *row = *state;
    struct two_ikes t;

    two_ikes_init(&t);
    t.side[IKE_A].peer.dpd.enabled = row->a;
    t.side[IKE_B].peer.dpd.enabled = row->b;
    t.side[IKE_A].peer.dpd.answer_only = row->a_only_answers;
    two_ikes_start(&t);
    two_ikes_establish(&t, IKE_A);
    two_ikes_run(&t, 60);
    two_ikes_agree(&t, 1, 1);
    assert_int_equal(two_ikes_facts(&t, IKE_A, IKE_FACT_DPD_SENT) > 0, row->a_sends);
    assert_int_equal(two_ikes_facts(&t, IKE_B, IKE_FACT_DPD_SENT) > 0, row->b_sends);
    two_ikes_release(&t);
}

int main(void)
{
    static const struct CMUnitTest single[] = {
        cmocka_unit_test(silence__is_answered_by_probes_every_threshold),
        cmocka_unit_test(dead_peer__is_found_after_threshold_and_tries),
        cmocka_unit_test(traffic__keeps_the_probes_away),
        cmocka_unit_test(short_outage__is_survived),
    };
    struct CMUnitTest tests[COUNT(dpd_rows) + COUNT(single)];
    size_t n = 0;

    for (size_t i = 0; i < COUNT(dpd_rows); i++)
        tests[n++] = (struct CMUnitTest){dpd_rows[i].what, probes_are_sent_as_the_row_says, NULL,
                                         NULL, (void *)&dpd_rows[i]};
    for (size_t i = 0; i < COUNT(single); i++)
        tests[n++] = single[i];
    return cmocka_run_group_tests_name("ike/ike_dpd", tests, NULL, NULL);
}
