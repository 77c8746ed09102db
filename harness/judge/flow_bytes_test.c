/* The digest of a direction, whatever the borders, the order and the repetitions. */
#include "judge/flow_bytes.h"

#include "base/rng.h"
#include "evidence/payload_hash.h"
#include "tests/testkit.h"

#include <stdio.h>

#define TOTAL 20000

struct seen {
    struct flow_bytes b;
    struct pieces pool;
};

static uint8_t text[TOTAL];

static void begin(struct seen *s)
{
    *s = (struct seen){0};
    flow_bytes_init(&s->b, true);
    for (int i = 0; i < TOTAL; i++)
        text[i] = (uint8_t)(i * 31 + i / 253);
}

static void end(struct seen *s)
{
    flow_bytes_release(&s->b, &s->pool);
    assert_int_equal(s->pool.used, 0);
    pieces_release(&s->pool);
}

/* WHOLE: with its bytes; else their hash alone, as headers mode keeps it. */
static void take(struct seen *s, int64_t pos, uint64_t len, bool whole)
{
    struct bytes data = bytes_of(text + pos, (size_t)len);
    struct payload p = {.pos = pos, .len = len, .packet = 1};

    if (whole) {
        p.data = data;
    } else {
        p.has_hash = true;
        p.hash = payload_hash(data);
    }
    flow_bytes_take(&s->b, &s->pool, &p, 0);
}

static void assert_all_of_it(struct seen *s, int64_t n, bool sha)
{
    char got[65], want[65];
    uint8_t d[32];
    struct bytes part = bytes_of(text, (size_t)n);

    assert_null(s->b.broken);
    assert_int_equal(s->b.next, n);
    assert_true(s->b.hash == payload_hash(part));
    assert_int_equal(flow_bytes_sha(&s->b, got), sha);
    if (!sha)
        return;
    digest_sum(DIGEST_SHA256, &part, 1, d);
    for (int i = 0; i < 32; i++)
        snprintf(want + 2 * i, 3, "%02x", d[i]);
    assert_string_equal(got, want);
}

static void shuffled_pieces(struct rng *rng, struct seen *s, bool whole)
{
    int64_t at[400];
    uint64_t len[400];
    size_t n = 0;

    for (int64_t pos = 0; pos < TOTAL; n++) {
        at[n] = pos;
        len[n] = 1 + rng_below(rng, 150);
        if (pos + (int64_t)len[n] > TOTAL)
            len[n] = (uint64_t)(TOTAL - pos);
        pos += (int64_t)len[n];
        assert_true(n + 1 < COUNT(at));
    }
    for (size_t i = 0; i < n; i++) { /* out of place by up to ten, some of them twice */
        size_t k = i + rng_below(rng, 10);
        if (k >= n)
            k = n - 1;
        int64_t a = at[i];
        uint64_t l = len[i];
        at[i] = at[k];
        len[i] = len[k];
        at[k] = a;
        len[k] = l;
    }
    for (size_t i = 0; i < n; i++) {
        take(s, at[i], len[i], whole);
        if (rng_below(rng, 4) == 0)
            take(s, at[i], len[i], whole);
    }
}

static void order_and_repetitions_do_not_matter(void **state)
{
    struct rng_seeded rng;
    struct seen s;

    (void)state;
    rng_seeded_init(&rng, 7, "bytes");
    for (int round = 0; round < 50; round++) {
        bool whole = round % 2 == 0;
        begin(&s);
        shuffled_pieces(&rng.rng, &s, whole);
        assert_all_of_it(&s, TOTAL, whole);
        assert_int_equal(s.b.conflict_bytes, 0);
        end(&s);
    }
}

static void overlaps_of_whole_packets_are_cut(void **state)
{
    struct seen s;

    (void)state;
    begin(&s);
    take(&s, 0, 100, true);
    take(&s, 50, 100, true);
    take(&s, 149, 51, true);
    assert_all_of_it(&s, 200, true);
    end(&s);
}

static void a_longer_repetition_of_a_cut_packet_is_told_by_the_hash_before_it(void **state)
{
    struct seen s;

    (void)state;
    begin(&s);
    take(&s, 0, 100, false);
    take(&s, 100, 100, false);
    take(&s, 200, 100, false);
    take(&s, 100, 250, false); /* begins where an earlier one did, ends beyond the last */
    assert_all_of_it(&s, 350, false);
    end(&s);
}

static void a_cut_packet_that_begins_inside_another_breaks_the_hash(void **state)
{
    struct seen s;

    (void)state;
    begin(&s);
    take(&s, 0, 100, false);
    take(&s, 50, 100, false);
    assert_string_equal(s.b.broken, "cut packets overlap");
    end(&s);
}

static void cut_packets_without_a_hash_break_it(void **state)
{
    struct seen s;
    struct payload p = {.len = 100, .data = {text, 40}};

    (void)state;
    begin(&s);
    flow_bytes_take(&s.b, &s.pool, &p, 0);
    assert_non_null(s.b.broken);
    end(&s);
}

static void one_cut_packet_ends_the_sha_and_not_the_hash(void **state)
{
    struct seen s;

    (void)state;
    begin(&s);
    take(&s, 0, 100, true);
    take(&s, 100, 100, false);
    take(&s, 200, 100, true);
    assert_all_of_it(&s, 300, false);
    end(&s);
}

static void a_repetition_with_other_content_is_a_conflict(void **state)
{
    struct seen s;

    (void)state;
    for (int whole = 0; whole < 2; whole++) {
        begin(&s);
        take(&s, 0, 100, whole);
        take(&s, 100, 100, whole);
        text[150] ^= 1;
        take(&s, 100, 100, whole);
        assert_int_equal(s.b.conflict_bytes, 100);
        assert_int_equal(s.b.conflict_packet, 1);
        end(&s);
    }
}

static void what_waits_is_bounded(void **state)
{
    struct seen s;

    (void)state;
    begin(&s);
    for (int64_t i = 0; i <= PIECES_MAX; i++) {
        struct payload p = {.pos = 10 + 2 * i, .len = 1, .data = {text, 1}};
        flow_bytes_take(&s.b, &s.pool, &p, 0);
    }
    assert_non_null(s.b.broken);
    end(&s);
}

static void hashes_are_known_where_packets_ended(void **state)
{
    struct seen s;
    uint64_t h;

    (void)state;
    begin(&s);
    for (int64_t i = 0; i < 100; i++)
        take(&s, i * 100, 100, true);
    assert_true(flow_bytes_hash_at(&s.b, 9000, &h));
    assert_true(h == payload_hash(bytes_of(text, 9000)));
    assert_false(flow_bytes_hash_at(&s.b, 9050, &h));
    assert_true(flow_bytes_hash_at(&s.b, 0, &h));
    assert_true(h == PAYLOAD_HASH_EMPTY);
    end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_and_repetitions_do_not_matter),
        cmocka_unit_test(overlaps_of_whole_packets_are_cut),
        cmocka_unit_test(a_longer_repetition_of_a_cut_packet_is_told_by_the_hash_before_it),
        cmocka_unit_test(a_cut_packet_that_begins_inside_another_breaks_the_hash),
        cmocka_unit_test(cut_packets_without_a_hash_break_it),
        cmocka_unit_test(one_cut_packet_ends_the_sha_and_not_the_hash),
        cmocka_unit_test(a_repetition_with_other_content_is_a_conflict),
        cmocka_unit_test(what_waits_is_bounded),
        cmocka_unit_test(hashes_are_known_where_packets_ended),
    };

    return cmocka_run_group_tests_name("judge/flow_bytes", tests, NULL, NULL);
}
