/* Messages in pieces (RFC 7383): what makes a message, what starts anew, what is refused. */
#include "ike/ike2_crypt.h"

#include "base/attr.h"
#include "base/mem.h"
#include "tests/sealed_lab.h"
#include "tests/testkit.h"

#include <stdio.h>

static void fragments_in_any_order_make_the_message(void **state)
{
    struct sealed_lab *l = sealed_lab_new(*state);

    for (size_t limit = 120; limit < 420; limit += 13) {
        sealed_message(l, (uint32_t)limit, 1500);
        uint16_t total = sealed_fragments(l, limit);
        assert_true(total > 3);
        for (uint16_t i = total; i >= 1; i--) {
            assert_true(l->sealed[i].n <= limit);
            /* all but the last are as full as they can be: but for a block of padding */
            assert_true(i == total || l->sealed[i].n + 16 > limit);
            assert_ok(sealed_add(l, l->sealed[i]));
            assert_int_equal(l->opened.n == 0, i != 1);
        }
        assert_true(bytes_eq(l->opened, l->clear));
    }
    sealed_lab_free(l);
}

static void one_message_fits_or_nothing_does(void **state)
{
    struct sealed_lab *l = sealed_lab_new(*state);
    size_t whole, least = 0;

    sealed_message(l, 1, 300);
    whole = ike2_sealed_len(l->c, l->clear);
    assert_int_equal(ike2_fragments(l->c, l->clear, whole), 1);
    assert_int_equal(ike2_fragments(l->c, l->clear, whole - 1), 2);
    while (ike2_fragments(l->c, l->clear, least) == 0)
        least++;
    assert_in_range(least, 28 + 4 + 4 + 8 + 1 + 8, 28 + 4 + 4 + 16 + 16 + 32);
    for (size_t limit = 0; limit < least; limit++) {
        struct wr w = wr_of(l->sealed_mem, sizeof(l->sealed_mem));
        assert_int_equal(ike2_seal_fragment(l->c, &l->rng.rng, l->clear, limit, 1, 400, &w),
                         ERR_RANGE);
    }
    sealed_lab_free(l);
}

static void fragment_one_alone_is_the_message(void **state)
{
    struct sealed_lab *l = sealed_lab_new(*state);
    struct wr w = wr_of(l->sealed_mem, sizeof(l->sealed_mem));

    assert_ok(ike2_seal_fragment(l->c, &l->rng.rng, l->clear, 1000, 1, 1, &w));
    assert_true(ike2_is_fragment(wr_bytes(&w), NULL));
    assert_ok(sealed_add(l, wr_bytes(&w)));
    assert_true(bytes_eq(l->opened, l->clear));
    sealed_lab_free(l);
}

/* --- section 2.6: what is done with each ----------------------------------------------------- */

static const struct sealed_algorithms aes = {CIPHER_AES128_GCM_16, INTEG_NONE};

static struct sealed_lab *gathering(uint16_t have, uint16_t *total)
{
    struct sealed_lab *l = sealed_lab_new(&aes);

    sealed_message(l, 5, 1000);
    *total = sealed_fragments(l, 300);
    for (uint16_t i = 1; i <= have; i++)
        assert_ok(sealed_add(l, l->sealed[i]));
    return l;
}

static void assert_held(const struct sealed_lab *l, size_t want)
{
    size_t n;

    (void)ike2_reassembly_held(l->r, &n);
    assert_int_equal(n, want);
}

static void assert_finishes(struct sealed_lab *l, uint16_t from, uint16_t total)
{
    for (uint16_t i = from; i <= total; i++)
        assert_ok(sealed_add(l, l->sealed[i]));
    assert_true(bytes_eq(l->opened, l->clear));
    assert_held(l, 0);
}

static void a_duplicate__is_a_replay(void **state)
{
    uint16_t total;
    struct sealed_lab *l = gathering(2, &total);

    (void)state;
    assert_int_equal(sealed_add(l, l->sealed[1]), ERR_REPLAY);
    assert_int_equal(sealed_add(l, l->sealed[2]), ERR_REPLAY);
    assert_held(l, 2);
    assert_finishes(l, 3, total);
    sealed_lab_free(l);
}

/* The sender has found that its fragments are too large. */
static void more_fragments_in_all__begin_anew(void **state)
{
    uint16_t total;
    struct sealed_lab *l = gathering(2, &total), *smaller = gathering(0, &total);

    (void)state;
    uint16_t more = sealed_fragments(smaller, 200);
    assert_true(more > total);
    assert_ok(sealed_add(l, smaller->sealed[3]));
    assert_held(l, 1);
    assert_int_equal(sealed_add(l, l->sealed[3]), ERR_REPLAY); /* too late */
    assert_ok(sealed_add(l, smaller->sealed[1]));
    assert_ok(sealed_add(l, smaller->sealed[2]));
    for (uint16_t i = 4; i <= more; i++)
        assert_ok(sealed_add(l, smaller->sealed[i]));
    assert_true(bytes_eq(l->opened, l->clear));
    sealed_lab_free(l);
    sealed_lab_free(smaller);
}

static void forged_fragments__change_nothing(void **state)
{
    uint16_t total;
    struct sealed_lab *l = gathering(2, &total), *other = gathering(0, &total);
    uint8_t copy[400];

    (void)state;
    /* made with the same key, then changed: in more pieces, of another message, at another place */
    uint16_t more = sealed_fragments(other, 200);
    for (size_t at = 0; at < other->sealed[more].n; at++) {
        struct bytes f = other->sealed[more];
        memcpy(copy, f.p, f.n);
        copy[at] ^= 1;
        assert_int_not_equal(sealed_add(l, bytes_of(copy, f.n)), ERR_OK);
        assert_held(l, 2);
    }
    assert_finishes(l, 3, total);
    sealed_lab_free(l);
    sealed_lab_free(other);
}

static void another_message__takes_the_place(void **state)
{
    uint16_t total;
    struct sealed_lab *l = gathering(2, &total);

    (void)state;
    sealed_message(l, 6, 1000);
    total = sealed_fragments(l, 300);
    assert_ok(sealed_add(l, l->sealed[1]));
    assert_held(l, 1);
    assert_finishes(l, 2, total);
    sealed_lab_free(l);
}

static void more_than_64_fragments__are_refused(void **state)
{
    uint16_t total;
    struct sealed_lab *l = gathering(0, &total);

    (void)state;
    sealed_message(l, 6, 6000);
    total = sealed_fragments(l, 140);
    assert_in_range(total, 65, SEALED_MOST);
    assert_int_equal(sealed_add(l, l->sealed[1]), ERR_RANGE);
    sealed_message(l, 6, 5000);
    total = sealed_fragments(l, 140);
    assert_in_range(total, 55, 64);
    assert_finishes(l, 1, total);
    sealed_lab_free(l);
}

static void more_bytes_than_may_be__are_refused(void **state)
{
    uint16_t total;
    struct sealed_lab *l = gathering(0, &total);
    struct ike2_reassembly *small = ike2_reassembly_new(l->clear.n - 1);

    (void)state;
    for (uint16_t i = 1; i <= total; i++)
        assert_int_equal(
            ike2_reassembly_add(small, l->c, l->sealed[i], l->out, SEALED_ROOM, &l->opened),
            i < total ? ERR_OK : ERR_RANGE);
    ike2_reassembly_free(small);
    small = ike2_reassembly_new(l->clear.n);
    for (uint16_t i = 1; i <= total; i++)
        assert_int_equal(
            ike2_reassembly_add(small, l->c, l->sealed[i], l->out, l->clear.n - 1, &l->opened),
            i < total ? ERR_OK : ERR_NOSPACE);
    assert_ok(ike2_reassembly_add(small, l->c, l->sealed[total], l->out, l->clear.n, &l->opened));
    assert_true(bytes_eq(l->opened, l->clear));
    ike2_reassembly_free(small);
    sealed_lab_free(l);
}

/* Only the first fragment says what payload comes first (2.5). */
static void whole_messages_and_fragments__are_told_apart(void **state)
{
    uint16_t total, number = 0;
    struct sealed_lab *l = gathering(0, &total);
    struct wr w = wr_of(l->out, sizeof(l->out));

    (void)state;
    assert_ok(ike2_seal(l->c, &l->rng.rng, l->clear, &w));
    assert_false(ike2_is_fragment(wr_bytes(&w), NULL));
    assert_int_equal(sealed_add(l, wr_bytes(&w)), ERR_FORMAT);
    assert_true(ike2_is_fragment(l->sealed[2], &number));
    assert_int_equal(number, 2);
    assert_int_equal(ike2_open(l->c, l->sealed[1], l->out, sizeof(l->out), &l->opened), ERR_FORMAT);
    assert_int_equal(l->sealed[1].p[ISAKMP_HDR_LEN], IKEV2_P_VENDOR);
    for (uint16_t i = 2; i <= total; i++)
        assert_int_equal(l->sealed[i].p[ISAKMP_HDR_LEN], IKEV2_P_NONE);
    memcpy(l->out, l->sealed[2].p, l->sealed[2].n);
    l->out[ISAKMP_HDR_LEN] = IKEV2_P_VENDOR;
    assert_int_equal(sealed_add(l, bytes_of(l->out, l->sealed[2].n)), ERR_FORMAT);
    sealed_lab_free(l);
}

struct named {
    const char *what;
    CMUnitTestFunction run;
};

static const struct named of_algorithms[] = {
    {"fragments_in_any_order_make_the_message", fragments_in_any_order_make_the_message},
    {"one_message_fits_or_nothing_does", one_message_fits_or_nothing_does},
    {"fragment_one_alone_is_the_message", fragment_one_alone_is_the_message},
};

static const struct CMUnitTest of_one[] = {
    cmocka_unit_test(a_duplicate__is_a_replay),
    cmocka_unit_test(more_fragments_in_all__begin_anew),
    cmocka_unit_test(forged_fragments__change_nothing),
    cmocka_unit_test(another_message__takes_the_place),
    cmocka_unit_test(more_than_64_fragments__are_refused),
    cmocka_unit_test(more_bytes_than_may_be__are_refused),
    cmocka_unit_test(whole_messages_and_fragments__are_told_apart),
};

enum { TESTS = COUNT(of_one) + COUNT(of_algorithms) * SEALED_ALGORITHMS };

int main(void)
{
    static char names[TESTS][120];
    struct CMUnitTest tests[TESTS];
    size_t n = COUNT(of_one);

    memcpy(tests, of_one, sizeof(of_one));
    for (size_t i = 0; i < SEALED_ALGORITHMS; i++)
        for (size_t k = 0; k < COUNT(of_algorithms); k++, n++) {
            snprintf(names[n], sizeof(names[n]), "%s__%s", cipher_name(sealed_algorithms[i].cipher),
                     of_algorithms[k].what);
            tests[n] = (struct CMUnitTest){names[n], of_algorithms[k].run, NULL, NULL,
                                           (void *)(uintptr_t)&sealed_algorithms[i]};
        }
    return cmocka_run_group_tests_name("ike/ike2_fragment", tests, NULL, NULL);
}
