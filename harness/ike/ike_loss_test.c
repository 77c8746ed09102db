/* Lost, doubled, reordered, replayed and damaged messages. */
#include "base/mem.h"
#include "tests/testkit.h"
#include "tests/two_ikes.h"

static bool is_encrypted(const struct flown *d)
{
    return d->p[19] & 1;
}

/* --- losses ---------------------------------------------------------------------------------- */

struct lost { /* datagram NTH of SIDE, TIMES from there on */
    int side;
    size_t nth, times;
};

static bool lose_some(struct two_ikes *t, struct flown *d, size_t n)
{
    const struct lost *l = t->ctx;

    return d->from != l->side || n < l->nth || n >= l->nth + l->times;
}

static void any_message_lost_once_or_thrice__is_made_up_for(void **state)
{
    (void)state;
    for (int side = 0; side < 2; side++) {
        for (size_t nth = 0; nth < 6; nth++) {
            for (size_t times = 1; times <= 3; times += 2) {
                struct two_ikes t;
                struct lost l = {side, nth, times};
                two_ikes_init(&t);
                t.filter = lose_some;
                t.ctx = &l;
                two_ikes_start(&t);
                assert_ok(ike_acquire(t.side[IKE_A].ike, 7));
                two_ikes_wait(&t, IKE_A, 120);
                two_ikes_agree(&t, 1, 1);
                two_ikes_release(&t);
            }
        }
    }
}

static void nobody_there__is_given_up_after_four_sendings(void **state)
{
    static const double at[] = {0, 2, 6, 14};
    struct two_ikes t;

    (void)state;
    two_ikes_init(&t);
    t.filter = two_ikes_lose_all;
    two_ikes_start(&t);
    assert_ok(ike_acquire(t.side[IKE_A].ike, 7));
    two_ikes_wait(&t, IKE_A, 29.9);
    assert_int_equal(two_ikes_status(&t, IKE_A).negotiating, 1);
    two_ikes_run(&t, 0.2);
    assert_int_equal(t.nflown, COUNT(at));
    for (size_t i = 0; i < COUNT(at); i++) {
        assert_int_equal(t.flown[i].sent.ns, SPAN_NS(at[i] * 1e9).ns);
        assert_int_equal(t.flown[i].n, t.flown[0].n);
        assert_memory_equal(t.flown[i].p, t.flown[0].p, t.flown[0].n);
    }
    assert_int_equal(two_ikes_ends(&t, IKE_A, IKE_OUT_IKE_DOWN, IKE_END_TIMEOUT), 1);
    assert_true(two_ikes_last(&t, IKE_A, IKE_OUT_IKE_DOWN)->attempt);
    assert_true(mono_is_never(ike_deadline(t.side[IKE_A].ike)));
    two_ikes_release(&t);
}

struct weather {
    struct rng_seeded rng;
    double loss, twice, late;
};

static bool storm(struct two_ikes *t, struct flown *d, size_t n)
{
    struct weather *w = t->ctx;
    struct rng *r = &w->rng.rng;

    (void)n;
    if (rng_unit(r) < w->late)
        d->due = mono_add(d->due, SPAN_MS(1 + rng_below(r, 400)));
    if (rng_unit(r) < w->twice) { /* the copy comes later */
        struct flown copy = *d;
        copy.p = mem_zalloc(d->n);
        memcpy(copy.p, d->p, d->n);
        copy.due = mono_add(d->due, SPAN_MS(rng_below(r, 300)));
        t->flown = two_ikes_room(t->flown, t->nflown, sizeof(*t->flown));
        t->flown[t->nflown++] = copy;
    }
    return rng_unit(r) >= w->loss;
}

static void storms__end_with_usable_sas_and_no_leftovers(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        struct two_ikes t;
        struct weather w = {.loss = 0.2, .twice = 0.2, .late = 0.3};
        rng_seeded_init(&w.rng, seed, "storm");
        two_ikes_init(&t);
        t.seed = seed;
        t.filter = storm;
        t.ctx = &w;
        for (int i = 0; i < 2; i++) {
            t.side[i].suites[0].lifetime_s = 400;
            t.side[i].esp[0].lifetime_s = 150;
        }
        two_ikes_start(&t);
        for (int i = 0; i < 400; i++) { /* 2000 s with traffic wanting the tunnel */
            int side = i % 2;
            assert_ok(ike_acquire(t.side[side].ike, 7));
            two_ikes_wait(&t, side, 5);
        }
        t.filter = NULL;
        for (int i = 0; i < 100; i++) {
            assert_ok(ike_acquire(t.side[i % 2].ike, 7));
            two_ikes_wait(&t, i % 2, 5);
        }
        assert_in_range(two_ikes_status(&t, 0).ikes, 1, 2);
        assert_in_range(two_ikes_status(&t, 1).ikes, 1, 2);
        assert_in_range(two_ikes_pairs(&t, 0), 1, 3);
        assert_in_range(two_ikes_pairs(&t, 1), 1, 3);
        two_ikes_release(&t);
    }
}

/* --- duplicates and replays ------------------------------------------------------------------ */

static bool double_all(struct two_ikes *t, struct flown *d, size_t n)
{
    struct weather *w = t->ctx;

    w->twice = 1;
    return storm(t, d, n);
}

static void everything_sent_twice__comes_up_once(void **state)
{
    struct two_ikes t;
    struct weather w = {0};

    (void)state;
    rng_seeded_init(&w.rng, 1, "twice");
    two_ikes_init(&t);
    t.filter = double_all;
    t.ctx = &w;
    two_ikes_start(&t);
    two_ikes_establish(&t, IKE_A);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(two_ikes_said(&t, i, IKE_OUT_IKE_UP), 1);
        assert_int_equal(two_ikes_said(&t, i, IKE_OUT_CHILD_UP), 1);
        assert_true(two_ikes_facts(&t, i, IKE_FACT_DUPLICATE) > 0);
    }
    two_ikes_release(&t);
}

static void lost_message_6__is_answered_from_memory(void **state)
{
    struct two_ikes t;
    struct lost l = {IKE_B, 2, 1};

    (void)state;
    two_ikes_init(&t);
    t.filter = lose_some;
    t.ctx = &l;
    two_ikes_start(&t);
    assert_ok(ike_acquire(t.side[IKE_A].ike, 7));
    two_ikes_wait(&t, IKE_A, 5);
    two_ikes_agree(&t, 1, 1);
    assert_int_equal(two_ikes_facts(&t, IKE_B, IKE_FACT_DUPLICATE), 1);
    assert_int_equal(two_ikes_said(&t, IKE_B, IKE_OUT_IKE_UP), 1);
    two_ikes_release(&t);
}

/* What was exchanged in a life with rekeyings, probes and deletes. */
static void live(struct two_ikes *t)
{
    two_ikes_up(t);
    assert_ok(ike_rekey_child(t->side[IKE_B].ike, two_ikes_pair(t, IKE_B)));
    two_ikes_wait(t, IKE_B, 20);
    assert_ok(ike_rekey_ike(t->side[IKE_A].ike, NULL));
    two_ikes_wait(t, IKE_A, 20);
}

static size_t changes(const struct two_ikes *t, int side)
{
    return two_ikes_said(t, side, IKE_OUT_IKE_UP) + two_ikes_said(t, side, IKE_OUT_CHILD_UP) +
           two_ikes_said(t, side, IKE_OUT_CHILD_DOWN);
}

static void replay_to(struct two_ikes *t, int side, size_t upto)
{
    for (size_t i = 0; i < upto; i++) {
        size_t said = t->side[side].nsaid;
        two_ikes_inject(t, side, bytes_of(t->flown[i].p, t->flown[i].n));
        assert_true(t->side[side].nsaid > said); /* nothing goes unsaid */
    }
}

static void replayed_life__changes_nothing(void **state)
{
    struct two_ikes t;

    (void)state;
    live(&t);
    for (int side = 0; side < 2; side++) {
        size_t before[2] = {changes(&t, 0), changes(&t, 1)}, upto = t.nflown;
        replay_to(&t, side, upto);
        two_ikes_run(&t, 0);
        two_ikes_run(&t, 100); /* half-open negotiations of old first messages end */
        two_ikes_agree(&t, 1, 1);
        assert_int_equal(changes(&t, 0), before[0]);
        assert_int_equal(changes(&t, 1), before[1]);
    }
    two_ikes_release(&t);
}

static void replayed_delete__does_not_hit_the_successor(void **state)
{
    struct two_ikes t;

    (void)state;
    two_ikes_up(&t);
    ike_delete_ike(t.side[IKE_A].ike, NULL, true);
    two_ikes_wait(&t, IKE_A, 1);
    size_t upto = t.nflown;
    two_ikes_establish(&t, IKE_A);
    for (size_t i = 0; i < upto; i++)
        two_ikes_inject(&t, IKE_B, bytes_of(t.flown[i].p, t.flown[i].n));
    two_ikes_run(&t, 100);
    two_ikes_agree(&t, 1, 1);
    two_ikes_release(&t);
}

/* --- damage ---------------------------------------------------------------------------------- */

/* Before the true datagram arrives, the receiver gets it cut at every length and with every byte
 * changed. What is encrypted must not be taken. */
static bool damaged_first(struct two_ikes *t, struct flown *d, size_t n)
{
    static const uint8_t masks[] = {0x01, 0x80, 0xff};
    uint8_t *copy = mem_zalloc(d->n);
    int to = !d->from;

    (void)n;
    for (size_t i = 0; i < d->n && is_encrypted(d); i++) {
        for (size_t m = 0; m < COUNT(masks); m++) {
            memcpy(copy, d->p, d->n);
            copy[i] ^= masks[m];
            two_ikes_inject(t, to, bytes_of(copy, d->n));
        }
        two_ikes_inject(t, to, bytes_of(d->p, i));
    }
    mem_free(copy);
    return true;
}

static void damaged_copies__do_not_stand_in_the_way(void **state)
{
    struct two_ikes t;

    (void)state;
    two_ikes_init(&t);
    two_ikes_start(&t);
    t.filter = damaged_first;
    two_ikes_establish(&t, IKE_A);
    assert_ok(ike_rekey_child(t.side[IKE_B].ike, two_ikes_pair(&t, IKE_B)));
    two_ikes_wait(&t, IKE_B, 30);
    two_ikes_agree(&t, 1, 1);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(two_ikes_said(&t, i, IKE_OUT_IKE_UP), 1);
        assert_int_equal(two_ikes_said(&t, i, IKE_OUT_CHILD_UP), 2);
        assert_true(two_ikes_facts(&t, i, IKE_FACT_AUTH) > 80);
        assert_true(two_ikes_facts(&t, i, IKE_FACT_MALFORMED) > 100);
    }
    t.filter = NULL;
    two_ikes_release(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_message_lost_once_or_thrice__is_made_up_for),
        cmocka_unit_test(nobody_there__is_given_up_after_four_sendings),
        cmocka_unit_test(storms__end_with_usable_sas_and_no_leftovers),
        cmocka_unit_test(everything_sent_twice__comes_up_once),
        cmocka_unit_test(lost_message_6__is_answered_from_memory),
        cmocka_unit_test(replayed_life__changes_nothing),
        cmocka_unit_test(replayed_delete__does_not_hit_the_successor),
        cmocka_unit_test(damaged_copies__do_not_stand_in_the_way),
    };
    return cmocka_run_group_tests_name("ike/ike_loss", tests, NULL, NULL);
}
