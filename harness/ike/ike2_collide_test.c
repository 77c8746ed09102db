/* Both sides at the same time (RFC 7296, 2.8.1, 2.8.2, 2.25): who wins is said by the nonces, and
 * whatever is lost or late, both sides come to the same end. */
#include "ike/ike2_exchanges.h"
#include "tests/testkit.h"
#include "tests/two_ikes.h"

static void start(struct two_ikes *t)
{
    two_ikes_init_v2(t);
    two_ikes_start(t);
    two_ikes_establish(t, IKE_A);
}

/* The last fact of this kind that SIDE has told; NULL: none. */
static const struct ike_out *fact_of(const struct two_ikes *t, int side, enum ike_fact fact)
{
    const struct ike_end_point *s = &t->side[side];

    for (size_t i = s->nsaid; i-- > 0;) {
        if (s->said[i].kind == IKE_OUT_FACT && s->said[i].fact == fact)
            return &s->said[i];
    }
    return NULL;
}

/* --- both rekey the pair --------------------------------------------------------------------- */

static void rekey_pairs(struct two_ikes *t)
{
    for (int i = 0; i < 2; i++) {
        assert_ok(ike_rekey_child(t->side[i].ike, two_ikes_pair(t, i)));
        two_ikes_drain(t, i);
    }
}

/* ONLY: a side that alone has nonces made so. */
static void scripted(bool ike, int only, enum ike_nonce how)
{
    struct two_ikes t;
    bool stays = how == IKE_NONCE_WINS;

    start(&t);
    uint32_t old = two_ikes_pair(&t, IKE_A);
    t.side[only].quirks.nonce = how;
    for (int i = 0; i < 2; i++) {
        if (ike)
            assert_ok(ike_rekey_ike(t.side[i].ike, NULL));
        else
            assert_ok(ike_rekey_child(t.side[i].ike, two_ikes_pair(&t, i)));
        two_ikes_drain(&t, i);
    }
    two_ikes_run(&t, 2);
    two_ikes_agree(&t, 1, 1);
    assert_int_equal(two_ikes_pair(&t, IKE_A) == old, ike);
    assert_int_equal(fact_of(&t, only, IKE_FACT_COLLISION)->initiator, stays);
    assert_int_equal(fact_of(&t, !only, IKE_FACT_COLLISION)->initiator, !stays);
    enum ike_out_kind up = ike ? IKE_OUT_IKE_UP : IKE_OUT_CHILD_UP;
    enum ike_out_kind down = ike ? IKE_OUT_IKE_DOWN : IKE_OUT_CHILD_DOWN;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(two_ikes_facts(&t, i, IKE_FACT_COLLISION), 1);
        assert_int_equal(two_ikes_said(&t, i, up), 3);
        assert_int_equal(two_ikes_ends(&t, i, down, IKE_END_REPLACED), 2);
    }
    two_ikes_release(&t);
}

static void lowest_nonce__loses(void **state)
{
    (void)state;
    for (int ike = 0; ike < 2; ike++) {
        for (int only = 0; only < 2; only++) {
            scripted(ike, only, IKE_NONCE_LOSES);
            scripted(ike, only, IKE_NONCE_WINS);
        }
    }
}

/* Rekeyings that are made to cross, without any waiting. */
static void crossing_on_purpose__needs_no_luck(void **state)
{
    (void)state;
    for (enum ike_cross how = IKE_CROSS_REQUEST; how <= IKE_CROSS_ANSWER; how++) {
        struct two_ikes t;
        start(&t);
        t.side[IKE_A].quirks.cross = how;
        assert_ok(ike_rekey_child(t.side[IKE_A].ike, two_ikes_pair(&t, IKE_A)));
        two_ikes_wait(&t, IKE_A, 5);
        assert_int_equal(two_ikes_said(&t, IKE_B, IKE_OUT_CHILD_UP), 1); /* nothing goes out */
        assert_ok(ike_rekey_child(t.side[IKE_B].ike, two_ikes_pair(&t, IKE_B)));
        two_ikes_wait(&t, IKE_B, 2);
        two_ikes_agree(&t, 1, 1);
        /* behind the answer it is too late: the old pair is being closed there */
        for (int i = 0; i < 2; i++) {
            assert_int_equal(two_ikes_facts(&t, i, IKE_FACT_COLLISION), how == IKE_CROSS_REQUEST);
            assert_int_equal(two_ikes_facts(&t, i, IKE_FACT_REFUSED), how == IKE_CROSS_ANSWER);
        }
        two_ikes_release(&t);
    }
}

static void both_rekey_the_pair__both_outcomes_come_and_the_sides_agree(void **state)
{
    size_t won[2] = {0, 0};

    (void)state;
    for (uint64_t seed = 1; seed <= 24; seed++) {
        struct two_ikes t;
        two_ikes_init_v2(&t);
        t.seed = seed;
        two_ikes_start(&t);
        two_ikes_establish(&t, IKE_A);
        rekey_pairs(&t);
        two_ikes_run(&t, 2);
        two_ikes_agree(&t, 1, 1);
        won[fact_of(&t, IKE_A, IKE_FACT_COLLISION)->initiator]++;
        two_ikes_release(&t);
    }
    assert_true(won[0] > 2 && won[1] > 2);
}

struct losing {
    int from;
    size_t nth; /* of its sender, from the moment that it is armed */
    size_t base[2];
};

static bool lose_one(struct two_ikes *t, struct flown *d, size_t n)
{
    const struct losing *l = t->ctx;

    return !(d->from == l->from && n == l->base[d->from] + l->nth);
}

static void any_message_of_a_collision_is_lost__and_the_sides_still_agree(void **state)
{
    (void)state;
    for (int ike = 0; ike < 2; ike++) {
        for (int from = 0; from < 2; from++) {
            for (size_t nth = 0; nth < 4; nth++) {
                for (uint64_t seed = 1; seed <= 3; seed++) {
                    struct two_ikes t;
                    two_ikes_init_v2(&t);
                    t.seed = seed;
                    two_ikes_start(&t);
                    two_ikes_establish(&t, IKE_A);
                    struct losing l = {from, nth, {t.side[0].nsent, t.side[1].nsent}};
                    t.ctx = &l;
                    t.filter = lose_one;
                    for (int i = 0; i < 2; i++) {
                        if (ike)
                            assert_ok(ike_rekey_ike(t.side[i].ike, NULL));
                        else
                            assert_ok(ike_rekey_child(t.side[i].ike, two_ikes_pair(&t, i)));
                        two_ikes_drain(&t, i);
                    }
                    two_ikes_run(&t, 12);
                    two_ikes_agree(&t, 1, 1);
                    two_ikes_release(&t);
                }
            }
        }
    }
}

/* Holds back the second message that its sender sends from now on: an answer. */
static bool answer_late(struct two_ikes *t, struct flown *d, size_t n)
{
    const struct losing *l = t->ctx;

    if (d->from == l->from && n == l->base[d->from] + 1)
        d->due = mono_add(d->due, SPAN_MS(500));
    return true;
}

/* The loser is deleted before who wins knows what it has made: what both replace is used again. */
static void loser_that_goes_before_the_winner_is_known__gives_the_old_pair_back(void **state)
{
    struct two_ikes t;

    (void)state;
    start(&t);
    uint32_t old[2] = {two_ikes_pair(&t, IKE_A), two_ikes_pair(&t, IKE_B)};
    struct losing l = {IKE_A, 1, {t.side[0].nsent, t.side[1].nsent}};
    t.ctx = &l;
    t.filter = answer_late;
    t.side[IKE_A].quirks.nonce = IKE_NONCE_LOSES;
    rekey_pairs(&t);
    two_ikes_run(&t, 0.2);
    const struct ike_out *down = two_ikes_last(&t, IKE_B, IKE_OUT_CHILD_DOWN);
    assert_int_equal(down->end, IKE_END_REPLACED);
    assert_int_equal(down->child.old_in_spi, old[IKE_B]);
    assert_int_equal(two_ikes_ends(&t, IKE_B, IKE_OUT_CHILD_DOWN, IKE_END_REPLACED), 1);
    two_ikes_run(&t, 2);
    two_ikes_agree(&t, 1, 1);
    for (int i = 0; i < 2; i++) {
        assert_int_not_equal(two_ikes_pair(&t, i), old[i]);
        assert_int_equal(two_ikes_ends(&t, i, IKE_OUT_CHILD_DOWN, IKE_END_REPLACED), 2);
    }
    two_ikes_release(&t);
}

/* --- both rekey the IKE SA ------------------------------------------------------------------- */

static void both_rekey_the_ike_sa__both_outcomes_come_and_the_sides_agree(void **state)
{
    size_t won[2] = {0, 0};

    (void)state;
    for (uint64_t seed = 1; seed <= 24; seed++) {
        struct two_ikes t;
        two_ikes_init_v2(&t);
        t.seed = seed;
        two_ikes_start(&t);
        two_ikes_establish(&t, IKE_A);
        uint32_t pair = two_ikes_pair(&t, IKE_A);
        for (int i = 0; i < 2; i++) {
            assert_ok(ike_rekey_ike(t.side[i].ike, NULL));
            two_ikes_drain(&t, i);
        }
        two_ikes_run(&t, 2);
        two_ikes_agree(&t, 1, 1);
        assert_int_equal(two_ikes_pair(&t, IKE_A), pair); /* it has only moved */
        const struct ike_out *a = fact_of(&t, IKE_A, IKE_FACT_COLLISION);
        const struct ike_out *b = fact_of(&t, IKE_B, IKE_FACT_COLLISION);
        assert_non_null(a);
        assert_non_null(b);
        assert_int_not_equal(a->initiator, b->initiator);
        won[a->initiator]++;
        assert_int_equal(two_ikes_said(&t, IKE_A, IKE_OUT_IKE_UP), 3);
        /* what is left works */
        assert_ok(ike_rekey_child(t.side[IKE_B].ike, two_ikes_pair(&t, IKE_B)));
        two_ikes_wait(&t, IKE_B, 1);
        two_ikes_agree(&t, 1, 1);
        two_ikes_release(&t);
    }
    assert_true(won[0] > 2 && won[1] > 2);
}

/* --- one this, the other that ---------------------------------------------------------------- */

enum deed { DEED_REKEY_PAIR, DEED_REKEY_IKE, DEED_DELETE_PAIR, DEED_DELETE_IKE, DEED_NEW_PAIR };

static void act(struct two_ikes *t, int side, enum deed what)
{
    struct ike *k = t->side[side].ike;

    switch (what) {
    case DEED_REKEY_PAIR: (void)!ike_rekey_child(k, two_ikes_pair(t, side)); break;
    case DEED_REKEY_IKE: (void)!ike_rekey_ike(k, NULL); break;
    case DEED_DELETE_PAIR: (void)!ike_delete_child(k, two_ikes_pair(t, side), true); break;
    case DEED_DELETE_IKE: ike_delete_ike(k, NULL, true); break;
    case DEED_NEW_PAIR: assert_ok(ike_acquire(k, 8)); break;
    }
    two_ikes_drain(t, side);
}

static const struct both_row {
    const char *what;
    enum deed a, b;
    size_t ikes, children;
} both_rows[] = {
    {"rekeying_of_the_pair_and_of_the_ike_sa__both_happen", DEED_REKEY_PAIR, DEED_REKEY_IKE, 1, 1},
    {"rekeying_and_deletion_of_the_pair__it_is_gone", DEED_REKEY_PAIR, DEED_DELETE_PAIR, 1, 0},
    {"both_delete_the_pair", DEED_DELETE_PAIR, DEED_DELETE_PAIR, 1, 0},
    {"rekeying_of_the_ike_sa_and_deletion_of_the_pair", DEED_REKEY_IKE, DEED_DELETE_PAIR, 1, 0},
    {"rekeying_and_deletion_of_the_ike_sa__it_is_gone", DEED_REKEY_IKE, DEED_DELETE_IKE, 0, 0},
    {"both_delete_the_ike_sa", DEED_DELETE_IKE, DEED_DELETE_IKE, 0, 0},
    {"rekeying_of_the_pair_and_deletion_of_the_ike_sa", DEED_REKEY_PAIR, DEED_DELETE_IKE, 0, 0},
    {"a_new_pair_and_rekeying_of_the_ike_sa__both_happen", DEED_NEW_PAIR, DEED_REKEY_IKE, 1, 2},
    {"a_new_pair_and_deletion_of_the_ike_sa", DEED_NEW_PAIR, DEED_DELETE_IKE, 0, 0},
    {"a_new_pair_and_rekeying_of_the_other", DEED_NEW_PAIR, DEED_REKEY_PAIR, 1, 2},
};

static void second_policy(struct two_ikes *t)
{
    for (int i = 0; i < 2; i++) {
        struct ike_end_point *s = &t->side[i];
        struct ip_net net[2] = {{ip4(0x0a150000), 16}, {ip4(0x0a160000), 16}};
        s->policies[1] = s->policies[0];
        s->policies[1].id = 8;
        s->policies[1].selector = (struct ike_selector){.local = net[i], .remote = net[!i]};
        s->cfg.npolicies = 2;
    }
}

static void both_at_once(void **state)
{
    const struct both_row *row = *state;

    for (int swap = 0; swap < 2; swap++) {
        for (int late = -1; late <= 1; late++) { /* who is heard of earlier */
            struct two_ikes t;
            two_ikes_init_v2(&t);
            second_policy(&t);
            two_ikes_start(&t);
            two_ikes_establish(&t, IKE_A);
            if (late < 0) {
                act(&t, swap, row->a);
                two_ikes_run(&t, 0.015);
                act(&t, !swap, row->b);
            } else {
                act(&t, !swap, row->b);
                two_ikes_run(&t, late ? 0.005 : 0);
                act(&t, swap, row->a);
            }
            two_ikes_run(&t, 12);
            if (late >= 0)
                two_ikes_agree(&t, row->ikes, row->children);
            for (int i = 0; i < 2; i++)
                assert_int_equal(two_ikes_status(&t, i).negotiating, 0);
            assert_int_equal(two_ikes_status(&t, 0).children, two_ikes_status(&t, 1).children);
            two_ikes_release(&t);
        }
    }
}

int main(void)
{
    struct CMUnitTest tests[COUNT(both_rows) + 6] = {
        cmocka_unit_test(lowest_nonce__loses),
        cmocka_unit_test(crossing_on_purpose__needs_no_luck),
        cmocka_unit_test(both_rekey_the_pair__both_outcomes_come_and_the_sides_agree),
        cmocka_unit_test(any_message_of_a_collision_is_lost__and_the_sides_still_agree),
        cmocka_unit_test(loser_that_goes_before_the_winner_is_known__gives_the_old_pair_back),
        cmocka_unit_test(both_rekey_the_ike_sa__both_outcomes_come_and_the_sides_agree),
    };

    for (size_t i = 0; i < COUNT(both_rows); i++)
        tests[i + 6] =
            (struct CMUnitTest){both_rows[i].what, both_at_once, NULL, NULL, (void *)&both_rows[i]};
    return cmocka_run_group_tests_name("ike/ike2_collide", tests, NULL, NULL);
}
