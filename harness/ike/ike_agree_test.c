/* What two sides agree on: selectors and lifetimes. */
#include "tests/testkit.h"
#include "tests/two_ikes.h"

static const struct ike_out *child_up(const struct two_ikes *t, int side)
{
    return two_ikes_last(t, side, IKE_OUT_CHILD_UP);
}

/* --- selectors ------------------------------------------------------------------------------- */

static const struct selector_row {
    const char *what;
    const char *a, *b, *b_has_a, *b_has_b; /* what A asks for; what B's policy says */
    uint8_t proto, b_proto;
    uint16_t port, b_port; /* of B's host */
    bool up;
} selector_rows[] = {
    {"subnets", "10.1.0.0/16", "10.2.0.0/16", "10.1.0.0/16", "10.2.0.0/16", 0, 0, 0, 0, true},
    {"hosts", "10.1.0.1/32", "10.2.0.1/32", "10.1.0.1/32", "10.2.0.1/32", 0, 0, 0, 0, true},
    {"everything", "0.0.0.0/0", "10.2.0.0/16", "0.0.0.0/0", "10.2.0.0/16", 0, 0, 0, 0, true},
    {"bits_below_the_prefix_do_not_count", "10.1.2.3/16", "10.2.0.0/16", "10.1.9.9/16",
     "10.2.0.0/16", 0, 0, 0, 0, true},
    {"narrower_than_the_policy", "10.1.3.0/24", "10.2.0.0/16", "10.1.0.0/16", "10.2.0.0/16", 0, 0,
     0, 0, true},
    {"wider_than_the_policy__is_refused", "10.0.0.0/8", "10.2.0.0/16", "10.1.0.0/16", "10.2.0.0/16",
     0, 0, 0, 0, false},
    {"one_protocol_and_port", "10.1.0.0/16", "10.2.0.1/32", "10.1.0.0/16", "10.2.0.1/32", 6, 6, 80,
     80, true},
    {"one_port_of_a_policy_for_all", "10.1.0.0/16", "10.2.0.1/32", "10.1.0.0/16", "10.2.0.1/32", 6,
     0, 80, 0, true},
    {"another_port__is_refused", "10.1.0.0/16", "10.2.0.1/32", "10.1.0.0/16", "10.2.0.1/32", 6, 6,
     80, 81, false},
    {"ipv6_subnets", "2001:db8:1::/48", "2001:db8:2::/48", "2001:db8:1::/48", "2001:db8:2::/48", 0,
     0, 0, 0, true},
    {"ipv6_host", "2001:db8:1::1/128", "2001:db8:2::/61", "2001:db8:1::1/128", "2001:db8:2::/61", 0,
     0, 0, 0, true},
};

static void selectors_match_as_their_row_says(void **state)
{
    const struct selector_row *row = *state;
    struct two_ikes t;

    two_ikes_init(&t);
    struct ike_selector *a = &t.side[IKE_A].policies[0].selector;
    struct ike_selector *b = &t.side[IKE_B].policies[0].selector;
    assert_ok(ip_net_parse(row->a, &a->local));
    assert_ok(ip_net_parse(row->b, &a->remote));
    assert_ok(ip_net_parse(row->b_has_b, &b->local));
    assert_ok(ip_net_parse(row->b_has_a, &b->remote));
    a->proto = row->proto;
    a->remote_port = row->port;
    b->proto = row->b_proto;
    b->local_port = row->b_port;
    two_ikes_start(&t);
    assert_ok(ike_acquire(t.side[IKE_A].ike, 7));
    two_ikes_drain(&t, IKE_A);
    two_ikes_run(&t, 1);
    two_ikes_agree(&t, 1, row->up);
    if (row->up) {
        const struct ike_selector *got = &child_up(&t, IKE_B)->child.selector;
        assert_int_equal(got->remote.prefix, a->local.prefix);
        assert_int_equal(got->local.prefix, a->remote.prefix);
        assert_int_equal(got->local_port, row->port);
    }
    two_ikes_release(&t);
}

/* --- lifetimes ------------------------------------------------------------------------------- */

static const struct lifetime_row {
    const char *what;
    uint32_t a1, b1;   /* phase 1, seconds; A begins */
    uint32_t a2, b2;   /* phase 2, seconds */
    uint64_t akb, bkb; /* and kilobytes */
    uint32_t want1, want2;
    uint64_t want_kb;
    size_t lowered_a, lowered_b; /* facts */
} lifetime_rows[] = {
    {"equal", 86400, 86400, 28800, 28800, 4608000, 4608000, 86400, 28800, 4608000, 0, 0},
    {"initiators_are_lower", 1000, 86400, 900, 28800, 100, 200, 1000, 900, 100, 0, 2},
    {"responders_are_lower", 86400, 1000, 28800, 900, 200, 100, 1000, 900, 100, 2, 0},
    {"initiator_has_none", 0, 1000, 28800, 28800, 0, 4608000, 1000, 28800, 4608000, 2, 0},
    {"responder_has_none", 1000, 0, 28800, 28800, 4608000, 0, 1000, 28800, 4608000, 0, 2},
    {"longer_than_16_bits_can_say", 2147483647, 2147483647, 2147483647, 2147483646, 2147483647,
     2147483647, 2147483647, 2147483646, 2147483647, 1, 0},
};

static void the_lower_lifetime_counts_on_both_sides(void **state)
{
    const struct lifetime_row *row = *state;
    struct two_ikes t;

    two_ikes_init(&t);
    struct ike_end_point *a = &t.side[IKE_A], *b = &t.side[IKE_B];
    a->suites[0].lifetime_s = row->a1;
    b->suites[0].lifetime_s = row->b1;
    a->esp[0].lifetime_s = row->a2;
    b->esp[0].lifetime_s = row->b2;
    a->esp[0].lifetime_kb = row->akb;
    b->esp[0].lifetime_kb = row->bkb;
    two_ikes_start(&t);
    two_ikes_establish(&t, IKE_A);
    for (int i = 0; i < 2; i++) {
        const struct ike_out *o = child_up(&t, i);
        assert_int_equal(o->child.suite.lifetime_s, row->want2);
        assert_int_equal(o->child.suite.lifetime_kb, row->want_kb);
    }
    assert_int_equal(two_ikes_facts(&t, IKE_A, IKE_FACT_LIFETIME_LOWERED), row->lowered_a);
    assert_int_equal(two_ikes_facts(&t, IKE_B, IKE_FACT_LIFETIME_LOWERED), row->lowered_b);
    /* who answers has forced what who began has lowered */
    assert_int_equal(two_ikes_facts(&t, IKE_A, IKE_FACT_LIFETIME_FORCED), 0);
    assert_int_equal(two_ikes_facts(&t, IKE_B, IKE_FACT_LIFETIME_FORCED), row->lowered_a);
    ike_delete_ike(b->ike, NULL, true);
    two_ikes_drain(&t, IKE_B);
    two_ikes_run(&t, 1);
    for (int i = 0; i < 2; i++)
        assert_int_equal(two_ikes_last(&t, i, IKE_OUT_IKE_DOWN)->sa.suite.lifetime_s, row->want1);
    two_ikes_release(&t);
}

int main(void)
{
    struct CMUnitTest tests[COUNT(selector_rows) + COUNT(lifetime_rows)];
    size_t n = 0;

    for (size_t i = 0; i < COUNT(selector_rows); i++)
        tests[n++] = (struct CMUnitTest){selector_rows[i].what, selectors_match_as_their_row_says,
                                         NULL, NULL, (void *)&selector_rows[i]};
    for (size_t i = 0; i < COUNT(lifetime_rows); i++)
        tests[n++] =
            (struct CMUnitTest){lifetime_rows[i].what, the_lower_lifetime_counts_on_both_sides,
                                NULL, NULL, (void *)&lifetime_rows[i]};
    return cmocka_run_group_tests_name("ike/ike_agree", tests, NULL, NULL);
}
