#include "evidence/payload_hash.h"

#include "base/mem.h"
#include "base/rng.h"
#include "tests/testkit.h"

/* Python: int.from_bytes(data, "big") % (2**64 - 59) */
static const struct row {
    const char *what;
    const char *hex;
    size_t times; /* the hex digits, so many times */
    uint64_t want;
} rows[] = {
    {"nothing", "", 1, 0x0000000000000000u},
    {"one_zero", "00", 1, 0x0000000000000000u},
    {"one_byte", "ff", 1, 0x00000000000000ffu},
    {"eight_bytes_of_ones", "ff", 8, 0x000000000000003au},
    {"nine_bytes", "010203040506070809", 1, 0x0203040506070844u},
    {"the_prime_itself", "ffffffffffffffc5", 1, 0x0000000000000000u},
    {"the_prime_and_one", "ffffffffffffffc6", 1, 0x0000000000000001u},
    {"thirty_two_bytes_of_ones", "ff", 32, 0x0000000000b8e570u},
    {"a_segment_of_ones", "ff", 1460, 0x8f945ece5a4248f7u},
    {"a_segment_that_counts", "000102030405060708090a0b0c0d0e0f1011", 75, 0x57495b6a7ac1160au},
    {"a_megabyte", "deadbeef", 262144, 0x4c9206ff41a09d50u},
};

static void is_the_number_modulo_the_prime(void **state)
{
    const struct row *row = *state;
    size_t n;
    uint8_t *once = test_hex(row->hex, &n);
    uint8_t *all = mem_array(row->times, n);

    for (size_t i = 0; i < row->times; i++)
        memcpy(all + i * n, once, n);
    assert_int_equal(payload_hash(bytes_of(all, n * row->times)), row->want);
    mem_free(all);
    mem_free(once);
}

__extension__ typedef unsigned __int128 wide;

/* One byte at a time, as the definition says. */
static uint64_t slowly(struct bytes b)
{
    wide h = 0;

    for (size_t i = 0; i < b.n; i++)
        h = (h * 256 + b.p[i]) % (UINT64_MAX - 58);
    return (uint64_t)h;
}

static void every_length_agrees_with_the_definition(void **state)
{
    uint8_t data[600];
    struct rng_seeded rng;

    (void)state;
    rng_seeded_init(&rng, 1, "hash");
    for (size_t n = 0; n <= sizeof(data); n++) {
        rng_fill(&rng.rng, data, n);
        if (n % 3 == 0) /* the carries */
            memset(data, 0xff, n);
        assert_int_equal(payload_hash(bytes_of(data, n)), slowly(bytes_of(data, n)));
    }
}

static void neighbours_join_wherever_they_are_cut(void **state)
{
    uint8_t data[3000];
    struct rng_seeded rng;

    (void)state;
    rng_seeded_init(&rng, 2, "hash");
    rng_fill(&rng.rng, data, sizeof(data));
    struct bytes all = bytes_of(data, sizeof(data));
    uint64_t want = payload_hash(all);
    for (size_t cut = 0; cut <= all.n; cut++) {
        struct bytes b = bytes_from(all, cut);
        uint64_t a = payload_hash(bytes_head(all, cut));
        assert_int_equal(payload_hash_join(a, payload_hash(b), b.n), want);
    }
    assert_int_equal(payload_hash_join(PAYLOAD_HASH_EMPTY, want, all.n), want);
    assert_int_equal(payload_hash_join(want, PAYLOAD_HASH_EMPTY, 0), want);
}

static void many_pieces_join_in_any_grouping(void **state)
{
    uint8_t data[5000];
    struct rng_seeded rng;

    (void)state;
    rng_seeded_init(&rng, 3, "hash");
    rng_fill(&rng.rng, data, sizeof(data));
    for (int round = 0; round < 50; round++) {
        uint64_t left = PAYLOAD_HASH_EMPTY, right = PAYLOAD_HASH_EMPTY;
        size_t at = 0, end = sizeof(data);
        while (at < sizeof(data)) { /* from the left: each piece to its end */
            size_t n = 1 + (size_t)rng_below(&rng.rng, 1500);
            struct bytes piece = bytes_head(bytes_from(bytes_of(data, sizeof(data)), at), n);
            left = payload_hash_join(left, payload_hash(piece), piece.n);
            at += piece.n;
        }
        while (end > 0) { /* from the right: each piece before it */
            size_t n = 1 + (size_t)rng_below(&rng.rng, end < 1500 ? end : 1500);
            uint64_t h = payload_hash(bytes_of(data + end - n, n));
            right = payload_hash_join(h, right, sizeof(data) - end);
            end -= n;
        }
        assert_int_equal(left, right);
        assert_int_equal(left, payload_hash(bytes_of(data, sizeof(data))));
    }
}

static void swapped_moved_and_changed_bytes_show(void **state)
{
    uint8_t data[4096], copy[4096], block[1348];
    struct rng_seeded rng;

    (void)state;
    rng_seeded_init(&rng, 4, "hash");
    rng_fill(&rng.rng, data, sizeof(data));
    uint64_t want = payload_hash(bytes_of(data, sizeof(data)));
    for (size_t i = 0; i < sizeof(data); i++) {
        data[i] ^= (uint8_t)(1 + rng_below(&rng.rng, 255));
        uint64_t got = payload_hash(bytes_of(data, sizeof(data)));
        assert_int_not_equal(got, want);
        want = got;
    }
    for (size_t d = 1; d + sizeof(block) <= sizeof(data); d++) { /* two segments that change places
                                                                  */
        size_t n = d < sizeof(block) ? d : sizeof(block);
        memcpy(copy, data, sizeof(data));
        memcpy(copy, data + d, n);
        memcpy(copy + d, data, n);
        assert_int_not_equal(payload_hash(bytes_of(copy, sizeof(copy))), want);
    }
}

int main(void)
{
    struct CMUnitTest tests[4 + COUNT(rows)] = {
        cmocka_unit_test(every_length_agrees_with_the_definition),
        cmocka_unit_test(neighbours_join_wherever_they_are_cut),
        cmocka_unit_test(many_pieces_join_in_any_grouping),
        cmocka_unit_test(swapped_moved_and_changed_bytes_show),
    };
    size_t n = 4;

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[n++] = (struct CMUnitTest){rows[i].what, is_the_number_modulo_the_prime, NULL, NULL,
                                         (void *)(uintptr_t)&rows[i]};
    return _cmocka_run_group_tests("evidence/payload_hash", tests, n, NULL, NULL);
}
