#include "evidence/marked.h"

#include "tests/testkit.h"

static size_t put(const char *id, size_t n, uint8_t *out)
{
    struct wr w = wr_of(out, n);

    marked_put(&w, id, n);
    assert_int_equal(w.err, ERR_OK);
    return w.at;
}

static void it_is_the_words_over_and_over(void **state)
{
    static const char want[] = "holdfast cut holdfast cut hold";
    uint8_t got[sizeof(want) - 1];

    (void)state;
    assert_int_equal(put("cut", sizeof(got), got), sizeof(got));
    assert_memory_equal(got, want, sizeof(got));
}

static void it_is_known_whole_and_from_its_beginning_on(void **state)
{
    uint8_t got[4000];
    size_t n = put("forged", sizeof(got), got);

    (void)state;
    assert_true(marked_is(bytes_of(got, n), "forged"));
    assert_true(marked_is(bytes_of(got, 1), "forged"));
    assert_false(marked_is(bytes_of(got + 1, n - 1), "forged"));
    assert_false(marked_is(bytes_of(got, 0), "forged"));
}

static void one_of_another_event_is_another(void **state)
{
    uint8_t got[100];

    (void)state;
    put("forged", sizeof(got), got);
    assert_false(marked_is(bytes_of(got, sizeof(got)), "forge"));
    assert_false(marked_is(bytes_of(got, sizeof(got)), "forged2"));
}

static void every_changed_byte_is_seen(void **state)
{
    uint8_t got[64];

    (void)state;
    put("a", sizeof(got), got);
    for (size_t i = 0; i < sizeof(got); i++) {
        got[i] ^= 1;
        assert_false(marked_is(bytes_of(got, sizeof(got)), "a"));
        got[i] ^= 1;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_the_words_over_and_over),
        cmocka_unit_test(it_is_known_whole_and_from_its_beginning_on),
        cmocka_unit_test(one_of_another_event_is_another),
        cmocka_unit_test(every_changed_byte_is_seen),
    };
    return cmocka_run_group_tests_name("evidence/marked", tests, NULL, NULL);
}
