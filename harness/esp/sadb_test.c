#include "esp/sadb.h"

#include "base/mem.h"
#include "base/rng.h"
#include "tests/testkit.h"

static struct esp_sa *make(uint32_t spi, uint32_t dst)
{
    struct esp_params p = {.spi = spi,
                           .src = ip4(0x0a000001),
                           .dst = ip4(dst),
                           .cipher = CIPHER_AES128_CBC,
                           .integ = INTEG_HMAC_SHA1_96};
    struct esp_sa *sa;

    assert_ok(esp_sa_new(&p, (struct mono){0}, &sa));
    return sa;
}

static void add(struct sadb *db, uint32_t spi, uint32_t policy)
{
    assert_ok(sadb_add(db, make(spi, 0x0a000001), make(spi + 0x1000, 0x0a000002), policy, 7));
}

static uint32_t in_spi(const struct sadb_pair *p)
{
    return p ? esp_sa_params(p->in)->spi : 0;
}

static void a_pair_is_found_by_either_spi_and_by_policy(void **state)
{
    struct sadb *db = sadb_new();
    struct ip_addr peer = ip4(0x0a000002), other = ip4(0x0a000003);

    (void)state;
    assert_null(sadb_by_spi(db, 1));
    assert_null(sadb_for_policy(db, 1));
    add(db, 1, 10);
    add(db, 2, 20);
    assert_int_equal(sadb_count(db), 2);
    assert_int_equal(in_spi(sadb_by_spi(db, 2)), 2);
    assert_int_equal(sadb_by_spi(db, 2)->ike, 7);
    assert_int_equal(in_spi(sadb_by_out_spi(db, 0x1001, &peer)), 1);
    assert_null(sadb_by_out_spi(db, 0x1001, &other));
    assert_null(sadb_by_out_spi(db, 1, &peer));
    assert_int_equal(in_spi(sadb_for_policy(db, 20)), 2);
    assert_null(sadb_for_policy(db, 30));
    sadb_free(db);
    sadb_free(NULL);
}

static void an_inbound_spi_in_use_is_refused(void **state)
{
    struct sadb *db = sadb_new();
    struct esp_sa *in = make(1, 0x0a000001), *out = make(5, 0x0a000002);

    (void)state;
    add(db, 1, 10);
    assert_int_equal(sadb_add(db, in, out, 10, 7), ERR_EXISTS);
    assert_int_equal(sadb_count(db), 1);
    esp_sa_free(in); /* still ours */
    esp_sa_free(out);
    sadb_free(db);
}

static void the_newest_pair_seals_until_it_is_retired_or_removed(void **state)
{
    struct sadb *db = sadb_new();

    (void)state;
    for (uint32_t spi = 1; spi <= 5; spi++)
        add(db, spi, 10);
    assert_int_equal(in_spi(sadb_for_policy(db, 10)), 5);
    assert_true(sadb_remove(db, 5));
    assert_int_equal(in_spi(sadb_for_policy(db, 10)), 4);
    sadb_by_spi(db, 4)->retired = true;
    sadb_by_spi(db, 2)->retired = true;
    assert_int_equal(in_spi(sadb_for_policy(db, 10)), 3);
    assert_int_equal(in_spi(sadb_by_spi(db, 4)), 4); /* still opens */
    assert_true(sadb_remove(db, 3));
    assert_int_equal(in_spi(sadb_for_policy(db, 10)), 1);
    assert_true(sadb_remove(db, 4));
    assert_true(sadb_remove(db, 1));
    assert_null(sadb_for_policy(db, 10));
    add(db, 9, 10);
    assert_int_equal(in_spi(sadb_for_policy(db, 10)), 9);
    sadb_free(db);
}

static void pairs_are_listed_in_the_order_they_came(void **state)
{
    static const uint32_t want[] = {1, 3, 4, 6, 2};
    struct sadb *db = sadb_new();

    (void)state;
    for (uint32_t spi = 1; spi <= 6; spi++)
        add(db, spi, spi);
    assert_true(sadb_remove(db, 2));
    assert_true(sadb_remove(db, 5));
    assert_false(sadb_remove(db, 5));
    add(db, 2, 1); /* takes a freed slot, but comes last */
    for (size_t i = 0; i < COUNT(want); i++)
        assert_int_equal(in_spi(sadb_at(db, i)), want[i]);
    assert_null(sadb_at(db, COUNT(want)));
    sadb_free(db);
}

static void of_two_outbound_sas_named_alike_the_newer_is_found(void **state)
{
    struct sadb *db = sadb_new();
    struct ip_addr peer = ip4(0x0a000002);

    (void)state;
    assert_ok(sadb_add(db, make(1, 1), make(50, 0x0a000002), 10, 7));
    assert_ok(sadb_add(db, make(2, 1), make(50, 0x0a000002), 10, 7));
    assert_int_equal(in_spi(sadb_by_out_spi(db, 50, &peer)), 2);
    assert_true(sadb_remove(db, 1));
    assert_int_equal(in_spi(sadb_by_out_spi(db, 50, &peer)), 2);
    assert_true(sadb_remove(db, 2));
    assert_null(sadb_by_out_spi(db, 50, &peer));
    sadb_free(db);
}

/* Against a plain array searched from end to end. */
static void random_changes_agree_with_a_list(void **state)
{
    enum { SPIS = 60, POLICIES = 5, STEPS = 4000 };
    struct {
        uint32_t spi, policy;
        bool retired;
    } list[SPIS];
    size_t n = 0;
    struct sadb *db = sadb_new();
    struct rng_seeded rng;

    (void)state;
    rng_seeded_init(&rng, 3, "sadb");
    for (int step = 0; step < STEPS; step++) {
        uint32_t spi = 1 + (uint32_t)rng_below(&rng.rng, SPIS);
        uint32_t policy = (uint32_t)rng_below(&rng.rng, POLICIES);
        size_t at = 0;
        while (at < n && list[at].spi != spi)
            at++;
        assert_int_equal(sadb_by_spi(db, spi) != NULL, at < n);
        if (at == n) {
            add(db, spi, policy);
            list[n].spi = spi;
            list[n].policy = policy;
            list[n++].retired = false;
        } else if (rng_below(&rng.rng, 3) == 0) {
            sadb_by_spi(db, spi)->retired = true;
            list[at].retired = true;
        } else {
            assert_true(sadb_remove(db, spi));
            memmove(list + at, list + at + 1, (--n - at) * sizeof(list[0]));
        }
        uint32_t newest = 0;
        for (size_t i = 0; i < n; i++)
            newest = list[i].policy == policy && !list[i].retired ? list[i].spi : newest;
        assert_int_equal(in_spi(sadb_for_policy(db, policy)), newest);
        assert_int_equal(sadb_count(db), n);
        size_t some = n ? (size_t)rng_below(&rng.rng, n) : 0;
        assert_int_equal(in_spi(sadb_at(db, some)), n ? list[some].spi : 0);
    }
    sadb_free(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pair_is_found_by_either_spi_and_by_policy),
        cmocka_unit_test(an_inbound_spi_in_use_is_refused),
        cmocka_unit_test(the_newest_pair_seals_until_it_is_retired_or_removed),
        cmocka_unit_test(pairs_are_listed_in_the_order_they_came),
        cmocka_unit_test(of_two_outbound_sas_named_alike_the_newer_is_found),
        cmocka_unit_test(random_changes_agree_with_a_list),
    };
    return cmocka_run_group_tests_name("esp/sadb", tests, NULL, NULL);
}
