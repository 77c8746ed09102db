/* The wire of IKEv2 at its worst: each message lost, doubled, late, cut or damaged; forged and
 * replayed ones. Both sides end as if nothing had been, and strangers change nothing. */
#include "base/mem.h"
#include "ike/ike2_exchanges.h"
#include "tests/testkit.h"
#include "tests/two_ikes.h"

/* --- a life ---------------------------------------------------------------------------------- */

static void ask(struct two_ikes *t, int side, enum err e)
{
    assert_ok(e);
    two_ikes_drain(t, side);
    two_ikes_run(t, 20); /* long enough for three sendings */
}

/* Eight exchanges; every step waits until its own is over. Ends with one IKE SA and one pair. */
static void live(struct two_ikes *t)
{
    struct ike *a = t->side[IKE_A].ike, *b = t->side[IKE_B].ike;

    ask(t, IKE_A, ike_acquire(a, 7));
    ask(t, IKE_A, ike_rekey_child(a, two_ikes_pair(t, IKE_A)));
    ask(t, IKE_B, ike_rekey_ike(b, NULL));
    ask(t, IKE_B, ike_delete_child(b, two_ikes_pair(t, IKE_B), true));
    ask(t, IKE_B, ike_acquire(b, 7));
}

static void prepare(struct two_ikes *t)
{
    two_ikes_init_v2(t);
    for (int i = 0; i < 2; i++) {
        t->side[i].peer.dpd.enabled = false; /* so that messages can be numbered */
        t->side[i].peer.retransmit_after = SPAN_S(2);
    }
}

enum { MESSAGES = 8 }; /* of each side in a life without loss */

struct wire {
    int from;
    size_t nth;
};

static bool is_the_one(const struct two_ikes *t, const struct flown *d, size_t n)
{
    const struct wire *w = t->ctx;

    return d->from == w->from && n == w->nth;
}

static void with_each_message(flight *what)
{
    for (int from = 0; from < 2; from++) {
        for (size_t nth = 0; nth < MESSAGES; nth++) {
            struct wire w = {from, nth};
            struct two_ikes t;
            prepare(&t);
            t.filter = what;
            t.ctx = &w;
            two_ikes_start(&t);
            live(&t);
            two_ikes_agree(&t, 1, 1);
            two_ikes_release(&t);
        }
    }
}

static bool lose(struct two_ikes *t, struct flown *d, size_t n)
{
    return !is_the_one(t, d, n);
}

static bool delay(struct two_ikes *t, struct flown *d, size_t n)
{
    if (is_the_one(t, d, n))
        d->due = mono_add(d->due, SPAN_S(3)); /* its second sending overtakes it */
    return true;
}

/* IKE_SA_INIT is not protected by itself: AUTH finds out, and then there is no SA. */
static bool damage(struct two_ikes *t, struct flown *d, size_t n)
{
    if (n > 0 && is_the_one(t, d, n))
        d->p[d->n - 1] ^= 1;
    return true;
}

static void any_message_lost__is_made_good(void **state)
{
    (void)state;
    with_each_message(lose);
}

static void any_message_late__changes_nothing(void **state)
{
    (void)state;
    with_each_message(delay);
}

static void any_message_damaged__is_made_good(void **state)
{
    (void)state;
    with_each_message(damage);
}

static bool damage_first(struct two_ikes *t, struct flown *d, size_t n)
{
    const struct wire *w = t->ctx;

    if (n == 0 && d->from == w->from)
        d->p[d->n - 1] ^= 1;
    return true;
}

static void first_message_damaged__is_found_out_by_auth(void **state)
{
    (void)state;
    for (int from = 0; from < 2; from++) {
        struct wire w = {from, 0};
        struct two_ikes t;
        prepare(&t);
        t.side[IKE_A].peer.natt = t.side[IKE_B].peer.natt = false; /* it would only look like one */
        t.filter = damage_first;
        t.ctx = &w;
        two_ikes_start(&t);
        assert_ok(ike_acquire(t.side[IKE_A].ike, 7));
        two_ikes_wait(&t, IKE_A, 60);
        assert_int_equal(two_ikes_said(&t, IKE_A, IKE_OUT_CHILD_UP), 0);
        two_ikes_agree(&t, 0, 0);
        two_ikes_release(&t);
    }
}

static void life_without_loss__has_as_many_messages_as_the_tests_think(void **state)
{
    struct two_ikes t;

    (void)state;
    prepare(&t);
    two_ikes_start(&t);
    live(&t);
    two_ikes_agree(&t, 1, 1);
    assert_int_equal(t.side[IKE_A].nsent, MESSAGES);
    assert_int_equal(t.side[IKE_B].nsent, MESSAGES);
    for (int i = 0; i < 2; i++)
        assert_int_equal(two_ikes_facts(&t, i, IKE_FACT_RETRANSMIT), 0);
    two_ikes_release(&t);
}

/* --- duplicates ------------------------------------------------------------------------------ */

struct size { /* all that an endpoint may show of having changed */
    struct ike_status st;
    size_t up, down, child_up, child_down;
};

static struct size size_of(const struct two_ikes *t, int side)
{
    return (struct size){two_ikes_status(t, side), two_ikes_said(t, side, IKE_OUT_IKE_UP),
                         two_ikes_said(t, side, IKE_OUT_IKE_DOWN),
                         two_ikes_said(t, side, IKE_OUT_CHILD_UP),
                         two_ikes_said(t, side, IKE_OUT_CHILD_DOWN)};
}

static void assert_same(const struct size *a, const struct size *b)
{
    assert_memory_equal(a, b, sizeof(*a));
}

/* Everything that was ever sent comes once more, in order and backwards, to its receiver and back
 * to its sender. */
static void whole_past_replayed_and_reflected__changes_nothing(void **state)
{
    struct two_ikes t;

    (void)state;
    prepare(&t);
    two_ikes_start(&t);
    live(&t);
    struct size before[2] = {size_of(&t, 0), size_of(&t, 1)};
    size_t n = t.nflown;
    for (size_t pass = 0; pass < 4; pass++) {
        for (size_t i = 0; i < n; i++) {
            const struct flown *d = &t.flown[pass & 1 ? n - 1 - i : i];
            two_ikes_inject(&t, pass & 2 ? d->from : !d->from, bytes_of(d->p, d->n));
        }
        for (int i = 0; i < 2; i++) {
            struct size now = size_of(&t, i);
            now.st.negotiating = before[i].st.negotiating; /* a first message begins something */
            assert_same(&now, &before[i]);
        }
    }
    two_ikes_run(&t, 40);
    two_ikes_agree(&t, 1, 1);
    two_ikes_release(&t);
}

static bool lose_answers(struct two_ikes *t, struct flown *d, size_t n)
{
    (void)t, (void)n;
    return d->from == IKE_A; /* nothing of B arrives */
}

static void request_without_answers__is_sent_six_times_ever_more_seldom(void **state)
{
    struct two_ikes t;

    (void)state;
    prepare(&t);
    two_ikes_start(&t);
    two_ikes_establish(&t, IKE_A);
    size_t first = t.nflown;
    t.filter = lose_answers;
    assert_ok(ike_rekey_child(t.side[IKE_A].ike, two_ikes_pair(&t, IKE_A)));
    two_ikes_wait(&t, IKE_A, 200);
    double at[8];
    size_t n = 0;
    for (size_t i = first; i < t.nflown; i++) {
        if (t.flown[i].from != IKE_A)
            continue;
        assert_true(n < COUNT(at));
        assert_int_equal(t.flown[i].n, t.flown[first].n);
        assert_memory_equal(t.flown[i].p, t.flown[first].p, t.flown[i].n);
        at[n++] = (double)(t.flown[i].sent.ns - t.flown[first].sent.ns) / 1e9;
    }
    const double want[] = {0, 2, 6, 14, 30, 62};
    assert_int_equal(n, COUNT(want));
    for (size_t i = 0; i < n; i++)
        assert_true(at[i] >= want[i] && at[i] < want[i] + 0.1);
    assert_int_equal(two_ikes_ends(&t, IKE_A, IKE_OUT_IKE_DOWN, IKE_END_DPD), 1);
    /* B answered each time from memory and made one new pair */
    assert_int_equal(two_ikes_said(&t, IKE_B, IKE_OUT_CHILD_UP), 2);
    assert_int_equal(two_ikes_facts(&t, IKE_B, IKE_FACT_DUPLICATE), 5);
    two_ikes_release(&t);
}

/* --- strangers ------------------------------------------------------------------------------- */

/* Each message of a life, cut at every length and with each byte of its header and beginning
 * changed, to both sides of a tunnel that is up. */
static void cut_and_changed_messages__change_nothing(void **state)
{
    struct two_ikes t;

    (void)state;
    prepare(&t);
    two_ikes_start(&t);
    live(&t);
    struct size before[2] = {size_of(&t, 0), size_of(&t, 1)};
    size_t n = t.nflown;
    for (size_t i = 0; i < n; i++) {
        size_t len = t.flown[i].n;
        uint8_t *copy = mem_zalloc(len);
        for (size_t cut = 0; cut < len; cut++) {
            memcpy(copy, t.flown[i].p, len);
            two_ikes_inject(&t, !t.flown[i].from, bytes_of(copy, cut));
            copy[cut] ^= 0x55;
            two_ikes_inject(&t, !t.flown[i].from, bytes_of(copy, len));
        }
        mem_free(copy);
    }
    for (int i = 0; i < 2; i++) {
        struct size now = size_of(&t, i);
        assert_int_equal(now.st.ikes, before[i].st.ikes);
        assert_int_equal(now.st.children, before[i].st.children);
        assert_int_equal(now.up, before[i].up);
        assert_int_equal(now.child_down, before[i].child_down);
    }
    two_ikes_run(&t, 200);
    two_ikes_agree(&t, 1, 1);
    two_ikes_release(&t);
}

/* Clear-text messages for an SA that is up: headers with its SPIs, and then this. */
static const struct forged_row {
    const char *what;
    uint8_t exchange, flags, next;
    uint32_t id_ahead;
    uint8_t body[16];
    size_t n;
} forged_rows[] = {
    {"delete_of_the_ike_sa_in_the_clear", 37, 0x08, 42, 0, {0, 0, 0, 8, 1, 0, 0, 0}, 8},
    {"empty_informational_in_the_clear", 37, 0x08, 0, 0, {0}, 0},
    {"authentication_failed_in_the_clear", 37, 0x08, 41, 0, {0, 0, 0, 8, 0, 0, 0, 24}, 8},
    {"invalid_ike_spi_as_an_answer", 37, 0x20, 41, 0, {0, 0, 0, 8, 0, 0, 0, 4}, 8},
    {"invalid_syntax_as_an_answer", 36, 0x20, 41, 0, {0, 0, 0, 8, 0, 0, 0, 7}, 8},
    {"create_child_sa_in_the_clear", 36, 0x08, 41, 0, {0, 0, 0, 8, 0, 0, 0, 7}, 8},
    {"sk_of_noise", 37, 0x08, 46, 0, {0, 0, 0, 16, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, 16},
    {"skf_of_noise", 37, 0x08, 53, 0, {0, 0, 0, 16, 0, 1, 0, 2, 5, 6, 7, 8, 9, 10, 11, 12}, 16},
    {"message_id_far_ahead", 37, 0x08, 46, 99, {0, 0, 0, 16, 1, 2, 3, 4, 5, 6, 7, 8}, 16},
    {"unknown_exchange", 99, 0x08, 46, 0, {0, 0, 0, 16, 1, 2, 3, 4, 5, 6, 7, 8}, 16},
    {"first_message_with_both_spis", 34, 0x08, 0, 0, {0}, 0},
};

static void forged(void **state)
{
    const struct forged_row *row = *state;
    uint8_t buf[64];
    struct two_ikes t;

    prepare(&t);
    two_ikes_start(&t);
    two_ikes_establish(&t, IKE_A);
    const struct ike_out *up = two_ikes_last(&t, IKE_A, IKE_OUT_IKE_UP);
    for (uint32_t id = 0; id < 4; id++) {
        struct wr w = wr_of(buf, sizeof(buf));
        wr_put(&w, bytes_of(up->sa.spi_i, 8));
        wr_put(&w, bytes_of(up->sa.spi_r, 8));
        wr_u8(&w, row->next);
        wr_u8(&w, 0x20);
        wr_u8(&w, row->exchange);
        wr_u8(&w, row->flags);
        wr_be32(&w, id + row->id_ahead);
        wr_be32(&w, (uint32_t)(28 + row->n));
        wr_put(&w, bytes_of(row->body, row->n));
        two_ikes_inject(&t, IKE_B, wr_bytes(&w));
        w.p[19] ^= 0x08; /* and as the responder, to the other side */
        two_ikes_inject(&t, IKE_A, wr_bytes(&w));
    }
    two_ikes_run(&t, 60);
    two_ikes_agree(&t, 1, 1);
    assert_int_equal(two_ikes_said(&t, IKE_A, IKE_OUT_IKE_UP), 1);
    /* the windows have not moved */
    assert_ok(ike_rekey_child(t.side[IKE_B].ike, two_ikes_pair(&t, IKE_B)));
    two_ikes_wait(&t, IKE_B, 1);
    assert_ok(ike_rekey_child(t.side[IKE_A].ike, two_ikes_pair(&t, IKE_A)));
    two_ikes_wait(&t, IKE_A, 1);
    two_ikes_agree(&t, 1, 1);
    two_ikes_release(&t);
}

int main(void)
{
    struct CMUnitTest tests[COUNT(forged_rows) + 8] = {
        cmocka_unit_test(life_without_loss__has_as_many_messages_as_the_tests_think),
        cmocka_unit_test(any_message_lost__is_made_good),
        cmocka_unit_test(any_message_late__changes_nothing),
        cmocka_unit_test(any_message_damaged__is_made_good),
        cmocka_unit_test(first_message_damaged__is_found_out_by_auth),
        cmocka_unit_test(whole_past_replayed_and_reflected__changes_nothing),
        cmocka_unit_test(request_without_answers__is_sent_six_times_ever_more_seldom),
        cmocka_unit_test(cut_and_changed_messages__change_nothing),
    };

    for (size_t i = 0; i < COUNT(forged_rows); i++)
        tests[i + 8] =
            (struct CMUnitTest){forged_rows[i].what, forged, NULL, NULL, (void *)&forged_rows[i]};
    return cmocka_run_group_tests_name("ike/ike2_loss", tests, NULL, NULL);
}
