/* IKEv1 in fragments: how they are put together again, and that a life with them is a life. */
#include "ike/ike1_exchanges.h"
#include "tests/testkit.h"
#include "tests/two_ikes.h"

/* --- putting together ------------------------------------------------------------------------ */

struct piece {
    uint16_t id;
    uint8_t number;
    bool last;
    const char *data;
    const char *whole; /* what is complete then; NULL: nothing */
};

static const struct row {
    const char *what;
    struct piece v[6];
} rows[] = {
    {"one_piece__is_a_message", {{7, 1, true, "all", "all"}}},
    {"pieces_in_order",
     {{7, 1, false, "ab", NULL}, {7, 2, false, "cd", NULL}, {7, 3, true, "e", "abcde"}}},
    {"pieces_in_reverse",
     {{7, 3, true, "e", NULL}, {7, 2, false, "cd", NULL}, {7, 1, false, "ab", "abcde"}}},
    {"duplicates__change_nothing",
     {{7, 1, false, "ab", NULL}, {7, 1, false, "ab", NULL}, {7, 2, true, "c", "abc"}}},
    {"another_id__begins_anew",
     {{7, 1, false, "ab", NULL}, {8, 2, true, "y", NULL}, {8, 1, false, "x", "xy"}}},
    {"other_bytes_under_the_same_number__begin_anew",
     {{1, 1, false, "ab", NULL}, {1, 1, false, "xx", NULL}, {1, 2, true, "y", "xxy"}}},
    {"a_number_behind_the_last__begins_anew",
     {{1, 2, true, "b", NULL},
      {1, 3, true, "z", NULL},
      {1, 1, false, "x", NULL},
      {1, 2, false, "y", "xyz"}}},
    {"a_last_one_before_what_is_here__begins_anew",
     {{1, 3, false, "c", NULL}, {1, 2, true, "y", NULL}, {1, 1, false, "x", "xy"}}},
    {"the_same_message_after_it_was_whole", {{1, 1, true, "a", "a"}, {1, 1, true, "a", "a"}}},
};

static void pieces_make_what_the_row_says(void **state)
{
    const struct row *row = *state;
    struct ike1_pieces *gathered = NULL;
    uint8_t out[16];

    for (const struct piece *p = row->v; p < row->v + COUNT(row->v) && p->data; p++) {
        struct isakmp_fragment f = {p->id, p->number, p->last, bytes_str(p->data)};
        struct bytes whole;
        assert_ok(ike1_pieces_add(&gathered, &f, out, sizeof(out), &whole));
        assert_true(bytes_eq(whole, bytes_str(p->whole ? p->whole : "")));
    }
    ike1_pieces_free(gathered);
}

static void more_than_there_may_be__is_dropped(void **state)
{
    struct isakmp_fragment f = {1, 65, true, bytes_str("a")};
    struct ike1_pieces *gathered = NULL;
    struct bytes whole;
    uint8_t out[10];

    (void)state;
    assert_int_equal(ike1_pieces_add(&gathered, &f, out, sizeof(out), &whole), ERR_RANGE);
    assert_null(gathered);
    for (uint8_t i = 1; i <= 3; i++) {
        f = (struct isakmp_fragment){1, i, i == 3, bytes_str("aaaa")};
        assert_int_equal(ike1_pieces_add(&gathered, &f, out, sizeof(out), &whole),
                         i == 3 ? ERR_RANGE : ERR_OK);
    }
    assert_null(gathered); /* and nothing is left of it */
}

/* --- lives ----------------------------------------------------------------------------------- */

static void begin(struct two_ikes *t, uint16_t a, uint16_t b)
{
    two_ikes_init(t);
    t->side[IKE_A].peer.fragment_mtu = a;
    t->side[IKE_B].peer.fragment_mtu = b;
}

/* LONGEST: of all but first messages, at which nobody knows what the other side can. */
static size_t pieces(const struct two_ikes *t, size_t *longest)
{
    static const uint8_t none[ISAKMP_COOKIE_LEN];
    size_t n = 0;

    *longest = 0;
    for (size_t i = 0; i < t->nflown; i++) {
        struct isakmp_hdr h;
        assert_ok(isakmp_hdr_parse(bytes_of(t->flown[i].p, t->flown[i].n), &h));
        n += h.next == ISAKMP_P_FRAGMENT;
        if (t->flown[i].n > *longest && memcmp(h.cookie_r, none, sizeof(none)) != 0)
            *longest = t->flown[i].n;
    }
    return n;
}

static void both_can__and_no_packet_is_longer_than_it_may_be(void **state)
{
    size_t longest;

    (void)state;
    for (int side = 0; side < 2; side++) {
        for (int family = 4; family <= 6; family += 2) {
            struct two_ikes t;
            begin(&t, 160, 160);
            for (int i = 0; family == 6 && i < 2; i++)
                assert_ok(ip_addr_parse(i ? "2001:db8::2" : "2001:db8::1", &t.side[i].addr));
            two_ikes_start(&t);
            two_ikes_establish(&t, side);
            assert_ok(ike_rekey_child(t.side[!side].ike, two_ikes_pair(&t, !side)));
            two_ikes_drain(&t, !side);
            assert_ok(ike_rekey_ike(t.side[side].ike, NULL));
            two_ikes_drain(&t, side);
            two_ikes_run(&t, 100);
            two_ikes_agree(&t, 1, 1);
            assert_true(pieces(&t, &longest) >= 8);
            assert_int_equal(longest, 160 - (family == 4 ? 28 : 48));
            two_ikes_release(&t);
        }
    }
}

static void one_cannot__and_nothing_is_in_fragments(void **state)
{
    size_t longest;

    (void)state;
    for (int side = 0; side < 2; side++) {
        struct two_ikes t;
        begin(&t, side ? 0 : 236, side ? 236 : 0);
        two_ikes_start(&t);
        two_ikes_establish(&t, IKE_A);
        assert_int_equal(pieces(&t, &longest), 0);
        two_ikes_release(&t);
    }
}

static bool lose_nth(struct two_ikes *t, struct flown *d, size_t n)
{
    const size_t *which = t->ctx;

    return n != which[d->from];
}

static void any_piece_lost_once__is_made_up_for(void **state)
{
    (void)state;
    for (size_t lost = 0; lost < 24; lost++) {
        size_t which[2] = {lost < 12 ? lost : SIZE_MAX, lost < 12 ? SIZE_MAX : lost - 12};
        struct two_ikes t;
        begin(&t, 160, 160);
        t.filter = lose_nth;
        t.ctx = which;
        two_ikes_start(&t);
        two_ikes_acquire(&t, 40);
        two_ikes_agree(&t, 1, 1);
        two_ikes_release(&t);
    }
}

/* Every second datagram overtakes the one before. */
static bool reorder(struct two_ikes *t, struct flown *d, size_t n)
{
    (void)t;
    if (n % 2 == 0)
        d->due = mono_add(d->due, SPAN_MS(5));
    return true;
}

static void pieces_that_overtake_each_other__are_the_same_message(void **state)
{
    struct two_ikes t;

    (void)state;
    begin(&t, 160, 160);
    t.filter = reorder;
    two_ikes_start(&t);
    two_ikes_establish(&t, IKE_A);
    assert_int_equal(two_ikes_facts(&t, IKE_A, IKE_FACT_MALFORMED), 0);
    assert_int_equal(two_ikes_facts(&t, IKE_B, IKE_FACT_MALFORMED), 0);
    two_ikes_release(&t);
}

/* --- refused --------------------------------------------------------------------------------- */

/* A message with the cookies of T and one fragment of DATA. */
static struct bytes piece_of(const struct two_ikes *t, uint8_t *buf, size_t cap,
                             const struct isakmp_fragment *f)
{
    struct isakmp_hdr h;
    struct isakmp_msg m;

    assert_ok(isakmp_hdr_parse(bytes_of(t->flown[1].p, t->flown[1].n), &h)); /* both are known */
    isakmp_begin(&m, buf, cap, &h);
    isakmp_put_fragment(&m, f);
    return isakmp_end(&m, 0);
}

static void fragments_that_are_no_good__change_nothing(void **state)
{
    uint8_t buf[2][512];

    (void)state;
    for (int can = 0; can < 2; can++) {
        struct two_ikes t;
        begin(&t, 0, can ? 600 : 0);
        two_ikes_start(&t);
        two_ikes_establish(&t, IKE_A);
        size_t malformed = two_ikes_facts(&t, IKE_B, IKE_FACT_MALFORMED);
        struct isakmp_fragment f = {1, 1, true, bytes_str("no message")};
        two_ikes_inject(&t, IKE_B, piece_of(&t, buf[0], sizeof(buf[0]), &f));
        f.data = piece_of(&t, buf[0], sizeof(buf[0]), &f); /* in itself */
        two_ikes_inject(&t, IKE_B, piece_of(&t, buf[1], sizeof(buf[1]), &f));
        assert_int_equal(two_ikes_facts(&t, IKE_B, IKE_FACT_MALFORMED), malformed + 2);
        size_t strangers = two_ikes_facts(&t, IKE_B, IKE_FACT_NO_SA);
        struct bytes stray = piece_of(&t, buf[1], sizeof(buf[1]), &f);
        buf[1][0] ^= 1; /* another cookie */
        two_ikes_inject(&t, IKE_B, stray);
        assert_int_equal(two_ikes_facts(&t, IKE_B, IKE_FACT_NO_SA), strangers + 1);
        two_ikes_agree(&t, 1, 1);
        two_ikes_release(&t);
    }
}

int main(void)
{
    struct CMUnitTest tests[COUNT(rows) + 6] = {
        cmocka_unit_test(more_than_there_may_be__is_dropped),
        cmocka_unit_test(both_can__and_no_packet_is_longer_than_it_may_be),
        cmocka_unit_test(one_cannot__and_nothing_is_in_fragments),
        cmocka_unit_test(any_piece_lost_once__is_made_up_for),
        cmocka_unit_test(pieces_that_overtake_each_other__are_the_same_message),
        cmocka_unit_test(fragments_that_are_no_good__change_nothing),
    };

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[i + 6] = (struct CMUnitTest){rows[i].what, pieces_make_what_the_row_says, NULL, NULL,
                                           (void *)&rows[i]};
    return cmocka_run_group_tests_name("ike/ike1_fragment", tests, NULL, NULL);
}
