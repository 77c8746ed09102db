/* The nearest right word. */
#include "plan/words.h"
#include "tests/testkit.h"

static const struct row {
    const char *what, *a, *b;
    unsigned distance;
} rows[] = {
    {"equal_words", "since", "since", 0},
    {"one_changed", "since", "sinse", 1},
    {"one_missing", "since", "snce", 1},
    {"one_too_many", "since", "sinnce", 1},
    {"neighbours_swapped", "stream", "straem", 1},
    {"swapped_and_changed", "stream", "straen", 2},
    {"nothing_and_a_word", "", "abc", 3},
    {"other_words", "kitten", "sitting", 3},
    {"a_swap_is_not_split_by_an_insertion", "ca", "abc", 3},
    {"too_long_is_far_from_everything",
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 64},
};

static void has_the_distance_of_its_row(void **state)
{
    const struct row *r = *state;

    assert_int_equal(words_distance(r->a, r->b), r->distance);
    assert_int_equal(words_distance(r->b, r->a), r->distance);
}

static void suggest(const char *wrong, const char *label, const char *want)
{
    static const struct words known = {{"since", "until", "within", "is", "by"}, 5};
    struct buf out = BUF_INIT;

    words_suggest(&known, wrong, label, false, &out);
    assert_string_equal(buf_str(&out), want);
    buf_release(&out);
}

static void suggests_a_near_word_only(void **state)
{
    (void)state;
    suggest("sinse", NULL, "; did you mean since?");
    suggest("wihtin", "known", "; did you mean within? known: since, until, within, is, by");
    suggest("capture", NULL, "");
    suggest("capture", "known", "; known: since, until, within, is, by");
    suggest("iz", NULL, "; did you mean is?");
    suggest("xy", NULL, "; did you mean by?");
    suggest("z", NULL, "");
    suggest("", NULL, "");
}

static void of_equally_near_words_the_first(void **state)
{
    static const struct words known = {{"log", "leg"}, 2};

    (void)state;
    assert_string_equal(words_nearest(&known, "lag"), "log");
}

int main(void)
{
    struct CMUnitTest tests[COUNT(rows) + 2] = {
        cmocka_unit_test(suggests_a_near_word_only),
        cmocka_unit_test(of_equally_near_words_the_first),
    };

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[2 + i] = (struct CMUnitTest){rows[i].what, has_the_distance_of_its_row, NULL, NULL,
                                           (void *)&rows[i]};
    return _cmocka_run_group_tests("words", tests, COUNT(tests), NULL, NULL);
}
