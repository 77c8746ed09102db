#include "base/map.h"

#include "base/hash.h"
#include "base/mem.h"
#include "base/rng.h"
#include "tests/testkit.h"

#define MANY 20000

static bool key_is(const void *ctx, uint32_t id, const void *key)
{
    return ((const uint64_t *)ctx)[id] == *(const uint64_t *)key;
}

static uint64_t hash_of(uint64_t key)
{
    return hash_bytes(bytes_of(&key, sizeof(key)), 7);
}

static void finds_what_was_put_and_nothing_that_was_removed(void **state)
{
    uint64_t *keys = mem_array(MANY, sizeof(*keys));
    struct map m;

    (void)state;
    map_init(&m);
    for (uint32_t i = 0; i < MANY; i++) {
        keys[i] = (uint64_t)i * 3;
        map_put(&m, hash_of(keys[i]), i);
    }
    for (uint32_t i = 0; i < MANY; i += 2)
        assert_true(map_remove(&m, hash_of(keys[i]), i));
    for (uint32_t i = 0; i < MANY; i++) {
        uint32_t want = i % 2 ? i : MAP_NONE;
        assert_int_equal(map_find(&m, hash_of(keys[i]), key_is, keys, &keys[i]), want);
    }
    assert_int_equal(m.used, MANY / 2);
    assert_false(map_remove(&m, hash_of(keys[0]), 0));
    map_release(&m);
    mem_free(keys);
}

static void an_empty_table_finds_nothing(void **state)
{
    struct map m;
    uint64_t key = 1;

    (void)state;
    map_init(&m);
    assert_int_equal(map_find(&m, hash_of(key), key_is, NULL, &key), MAP_NONE);
    assert_false(map_remove(&m, hash_of(key), 1));
}

static void equal_hashes_are_told_apart_by_key(void **state)
{
    uint64_t keys[] = {10, 20, 30};
    struct map m;

    (void)state;
    map_init(&m);
    for (uint32_t i = 0; i < 3; i++)
        map_put(&m, 5, i);
    assert_int_equal(map_find(&m, 5, key_is, keys, &keys[2]), 2);
    assert_true(map_remove(&m, 5, 0));
    assert_int_equal(map_find(&m, 5, key_is, keys, &keys[2]), 2);
    assert_int_equal(map_find(&m, 5, key_is, keys, &keys[0]), MAP_NONE);
    map_release(&m);
}

static void hashes_depend_on_every_byte_and_on_the_key(void **state)
{
    uint8_t in[24] = {0};
    uint64_t base = hash_bytes(bytes_of(in, sizeof(in)), 1);

    (void)state;
    for (size_t i = 0; i < sizeof(in); i++) {
        in[i] = 1;
        assert_int_not_equal(hash_bytes(bytes_of(in, sizeof(in)), 1), base);
        in[i] = 0;
    }
    assert_int_not_equal(hash_bytes(bytes_of(in, sizeof(in)), 2), base);
    assert_int_not_equal(hash_bytes(bytes_of(in, sizeof(in) - 1), 1), base);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_was_put_and_nothing_that_was_removed),
        cmocka_unit_test(an_empty_table_finds_nothing),
        cmocka_unit_test(equal_hashes_are_told_apart_by_key),
        cmocka_unit_test(hashes_depend_on_every_byte_and_on_the_key),
    };
    return cmocka_run_group_tests_name("base/map", tests, NULL, NULL);
}
