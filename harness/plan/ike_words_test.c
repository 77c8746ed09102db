/* Words of a case against headers as they are on the wire. */
#include "plan/ike_words.h"
#include "tests/testkit.h"

enum { MAIN = 1, AGGRESSIVE, QUICK, INFORMATIONAL, TRANSACTION, SA_INIT, AUTH, CREATE, P1, P2 };
enum { SA = 1, KE, ID, HASH, NONCE, NOTIFY, DELETE, FRAGMENT, ENCRYPTED };

/* Version, exchange, flags and first payload; the words that fit, a bit each. */
static const struct row {
    const char *what;
    uint8_t version, exchange, flags, next;
    unsigned exchanges, payloads;
} rows[] = {
    {"main_mode", 0x10, 2, 0, 1, 1 << MAIN | 1 << P1, 1 << SA},
    {"aggressive_mode", 0x10, 4, 0, 1, 1 << AGGRESSIVE | 1 << P1, 1 << SA},
    {"quick_mode", 0x10, 32, 1, 8, 1 << QUICK | 1 << P2, 1 << HASH | 1 << ENCRYPTED},
    {"informational_1", 0x10, 5, 0, 12, 1 << INFORMATIONAL, 1 << DELETE},
    {"main_mode_in_fragments", 0x10, 2, 0, 132, 1 << MAIN | 1 << P1, 1 << FRAGMENT},
    {"transaction", 0x10, 6, 1, 8, 1 << TRANSACTION, 1 << HASH | 1 << ENCRYPTED},
    {"sa_init", 0x20, 34, 8, 33, 1 << SA_INIT | 1 << P1, 1 << SA},
    {"sa_init_with_a_cookie", 0x20, 34, 8, 41, 1 << SA_INIT | 1 << P1, 1 << NOTIFY},
    {"auth", 0x20, 35, 8, 46, 1 << AUTH | 1 << P1, 1 << ENCRYPTED},
    {"create_child_in_fragments", 0x20, 36, 8, 53, 1 << CREATE | 1 << P2,
     1 << FRAGMENT | 1 << ENCRYPTED},
    {"informational_2", 0x20, 37, 0, 46, 1 << INFORMATIONAL, 1 << ENCRYPTED},
    {"numbers_of_the_other_version_1", 0x10, 34, 0, 33, 0, 0},
    {"numbers_of_the_other_version_2", 0x20, 2, 0, 1, 0, 0},
    {"no_exchange_at_all", 0x10, 0, 0, 0, 0, 0},
};

static void fits_its_words_and_no_others(void **state)
{
    const struct row *row = *state;
    struct isakmp_hdr h = {
        .version = row->version, .exchange = row->exchange, .flags = row->flags, .next = row->next};

    for (unsigned word = 1; word < 16; word++) {
        assert_int_equal(plan_exchange_is(word, &h), row->exchanges >> word & 1);
        if (word <= ENCRYPTED)
            assert_int_equal(plan_payload_is(word, &h), row->payloads >> word & 1);
    }
}

int main(void)
{
    struct CMUnitTest tests[COUNT(rows)];

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[i] = (struct CMUnitTest){rows[i].what, fits_its_words_and_no_others, NULL, NULL,
                                       (void *)(uintptr_t)&rows[i]};
    return _cmocka_run_group_tests("plan/ike_words", tests, COUNT(tests), NULL, NULL);
}
