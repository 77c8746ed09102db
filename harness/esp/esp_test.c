#include "esp/esp_sa.h"

#include "base/mem.h"
#include "tests/testkit.h"
#include "wire/ip.h"

#include <stdio.h>

#define PACKET_MAX 2048

/* Never neither, and a cipher that authenticates alone. */
static bool is_suite(enum cipher_alg c, enum integ_alg i)
{
    if (cipher_is_aead(c))
        return i == INTEG_NONE;
    return i != INTEG_NONE || cipher_mode(c) == CIPHER_MODE_CBC;
}

static struct esp_params params_of(enum cipher_alg cipher, enum integ_alg integ)
{
    struct esp_params p = {.spi = 0x11223344,
                           .src = ip4(0xc6336401),
                           .dst = ip4(0xcb007101),
                           .cipher = cipher,
                           .integ = integ,
                           .replay_window = 64};

    for (uint8_t i = 0; i < sizeof(p.cipher_key); i++)
        p.cipher_key[i] = (uint8_t)(i * 7 + 1);
    for (uint8_t i = 0; i < sizeof(p.integ_key); i++)
        p.integ_key[i] = (uint8_t)(i * 11 + 3);
    return p;
}

struct link { /* both ends of one SA */
    struct esp_sa *out, *in;
    struct rng_seeded rng;
    uint8_t packet[PACKET_MAX], plain[PACKET_MAX];
};

static void link_init(struct link *l, const struct esp_params *p)
{
    assert_ok(esp_sa_new(p, (struct mono){0}, &l->out));
    assert_ok(esp_sa_new(p, (struct mono){0}, &l->in));
    rng_seeded_init(&l->rng, 1, "esp");
}

static void link_release(struct link *l)
{
    esp_sa_free(l->out);
    esp_sa_free(l->in);
}

static struct bytes seal(struct link *l, struct bytes inner)
{
    struct wr w = wr_of(l->packet, sizeof(l->packet));

    assert_ok(esp_seal(l->out, &l->rng.rng, inner, IP_IPIP, &w));
    assert_int_equal(w.at, esp_sealed_len(l->out, inner.n));
    return wr_bytes(&w);
}

static void what_was_sealed_opens_at_every_length(void **state)
{
    struct esp_params p =
        params_of((enum cipher_alg)((size_t)*state / 16), (enum integ_alg)((size_t)*state % 16));
    struct link l;
    struct esp_plain got;
    uint8_t inner[100];

    link_init(&l, &p);
    for (size_t n = 0; n < sizeof(inner); n++) {
        memset(inner, (int)n, n);
        struct bytes packet = seal(&l, bytes_of(inner, n));
        assert_true(packet.n - n <= ESP_OVERHEAD_MAX);
        assert_ok(esp_peek(l.in, packet, l.plain, &got));
        assert_ok(esp_open(l.in, packet, l.plain, &got));
        assert_true(bytes_eq(got.inner, bytes_of(inner, n)));
        assert_int_equal(got.next, IP_IPIP);
        assert_int_equal(got.seq, n + 1);
        assert_int_equal(esp_open(l.in, packet, l.plain, &got), ERR_REPLAY);
    }
    assert_int_equal(esp_sa_seq(l.out), sizeof(inner));
    assert_int_equal(esp_sa_seq(l.in), sizeof(inner));
    assert_int_equal(esp_sa_counters(l.in)->packets, sizeof(inner));
    assert_int_equal(esp_sa_counters(l.in)->bytes, sizeof(inner) * (sizeof(inner) - 1) / 2);
    assert_int_equal(esp_sa_counters(l.in)->replays, sizeof(inner));
    link_release(&l);
}

static void any_flipped_bit_fails_authentication(void **state)
{
    struct esp_params p = params_of(CIPHER_AES128_CBC, INTEG_HMAC_SHA1_96);
    struct link l;
    struct esp_plain got;

    (void)state;
    link_init(&l, &p);
    struct bytes packet = seal(&l, bytes_str("an inner packet"));
    for (size_t bit = 0; bit < packet.n * 8; bit++) {
        l.packet[bit / 8] ^= (uint8_t)(1 << bit % 8);
        enum err want = bit < 32 ? ERR_FORMAT : ERR_AUTH; /* another SPI is not our packet */
        if (bit >= 32 && bit < 64 && bit / 8 == 7 && l.packet[7] == 0)
            want = ERR_REPLAY; /* number 0 */
        assert_int_equal(esp_open(l.in, packet, l.plain, &got), want);
        l.packet[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    assert_int_equal(esp_sa_seq(l.in), 0); /* a forgery does not move the window */
    assert_int_equal(esp_sa_counters(l.in)->packets, 0);
    assert_ok(esp_open(l.in, packet, l.plain, &got));
    link_release(&l);
}

static void a_forged_number_does_not_move_the_window(void **state)
{
    struct esp_params p = params_of(CIPHER_3DES_CBC, INTEG_HMAC_MD5_96);
    struct link l;
    struct esp_plain got;

    (void)state;
    link_init(&l, &p);
    struct bytes packet = seal(&l, bytes_str("x"));
    l.packet[4] = 0x7f; /* sequence number, most significant byte */
    assert_int_equal(esp_open(l.in, packet, l.plain, &got), ERR_AUTH);
    l.packet[4] = 0;
    assert_ok(esp_open(l.in, packet, l.plain, &got));
    assert_int_equal(esp_sa_counters(l.in)->bad_icv, 1);
    link_release(&l);
}

static enum err open_any(struct bytes in, void *ctx)
{
    struct esp_sa *sa = ctx;
    uint8_t *plain = mem_resize(NULL, in.n, 1); /* exactly sized: PLAIN needs IN.n bytes */
    struct esp_plain got;
    enum err e = esp_open(sa, in, plain, &got);

    mem_free(plain);
    return e;
}

static void every_truncation_is_survived(void **state)
{
    struct esp_params p =
        params_of((enum cipher_alg)((size_t)*state / 16), (enum integ_alg)((size_t)*state % 16));
    struct link l;

    link_init(&l, &p);
    struct bytes packet = seal(&l, bytes_str("an inner packet that fills some blocks of a cipher"));
    test_truncations(packet, open_any, l.in);
    test_flips(packet, open_any, l.in);
    link_release(&l);
}

static void padding_counts_from_one(void **state)
{
    struct esp_params p = params_of(CIPHER_NONE, INTEG_HMAC_SHA1_96);
    static const uint8_t want[] = {0x11, 0x22, 0x33, 0x44, 0, 0, 0, 1,
                                   'a',  'b',  'c',  1,    2, 3, 3, 4}; /* RFC 4303, 2 and 2.4 */
    struct link l;

    (void)state;
    link_init(&l, &p);
    struct bytes packet = seal(&l, bytes_str("abc"));
    assert_int_equal(packet.n, sizeof(want) + 12);
    assert_memory_equal(packet.p, want, sizeof(want));
    link_release(&l);
}

/* Seals CLEAR (payload, padding, trailer) as it is, with a valid ICV. */
static struct bytes seal_raw(struct link *l, const struct esp_params *p, struct bytes clear)
{
    struct wr w = wr_of(l->packet, sizeof(l->packet));
    uint8_t mac[DIGEST_MAX];

    wr_be32(&w, p->spi);
    wr_be32(&w, 1);
    wr_put(&w, clear);
    struct bytes packet = wr_bytes(&w);
    hmac_once(integ_digest(p->integ), bytes_of(p->integ_key, integ_key_len(p->integ)), &packet, 1,
              mac);
    wr_put(&w, bytes_of(mac, integ_icv_len(p->integ)));
    return wr_bytes(&w);
}

static const struct pad_row {
    const char *what;
    uint8_t clear[12];
    size_t n;
    enum err want;
} pad_rows[] = {
    {"no_padding", {9, 9, 0, 4}, 4, ERR_OK},
    {"nothing_but_padding", {1, 2, 2, 59}, 4, ERR_OK},
    {"padding_longer_than_the_packet", {9, 9, 3, 4}, 4, ERR_FORMAT},
    {"padding_of_255_in_a_short_packet", {9, 9, 255, 4}, 4, ERR_FORMAT},
    {"padding_of_zeros", {9, 0, 0, 0, 0, 0, 5, 4}, 8, ERR_FORMAT},
    {"padding_that_ends_wrong", {9, 9, 1, 2, 3, 5, 4, 4}, 8, ERR_FORMAT},
    {"an_unaligned_body", {9, 9, 9, 9, 0, 4}, 6, ERR_FORMAT},
    {"no_body", {0}, 0, ERR_SHORT},
};

static void opens_as_its_row_says(void **state)
{
    const struct pad_row *row = *state;
    struct esp_params p = params_of(CIPHER_NONE, INTEG_HMAC_SHA256_128);
    struct link l;
    struct esp_plain got;

    link_init(&l, &p);
    struct bytes packet = seal_raw(&l, &p, bytes_of(row->clear, row->n));
    assert_int_equal(esp_open(l.in, packet, l.plain, &got), row->want);
    assert_int_equal(esp_sa_seq(l.in), row->want ? 0 : 1);
    assert_int_equal(esp_sa_counters(l.in)->malformed, row->want ? 1 : 0);
    link_release(&l);
}

static void used_up_numbers_end_the_sa(void **state)
{
    struct esp_params p = params_of(CIPHER_AES128_CBC, INTEG_HMAC_SHA1_96);
    struct link l;
    struct esp_plain got;
    struct wr w = wr_of(l.packet, sizeof(l.packet));

    (void)state;
    link_init(&l, &p);
    l.out->sent = UINT32_MAX - 1; /* four thousand million packets later */
    assert_ok(esp_open(l.in, seal(&l, bytes_str("the last")), l.plain, &got));
    assert_int_equal(got.seq, UINT32_MAX);
    assert_int_equal(esp_seal(l.out, &l.rng.rng, bytes_str("one more"), IP_IPIP, &w), ERR_STATE);
    assert_int_equal(w.at, 0);
    assert_ok(w.err);
    assert_int_equal(esp_sa_counters(l.out)->packets, 1);
    link_release(&l);
}

static void a_packet_that_does_not_fit_takes_no_number(void **state)
{
    struct esp_params p = params_of(CIPHER_AES128_CBC, INTEG_HMAC_SHA1_96);
    struct link l;

    (void)state;
    link_init(&l, &p);
    size_t n = esp_sealed_len(l.out, 12);
    struct wr w = wr_of(l.packet, n - 1), fits = wr_of(l.packet, n);
    assert_int_equal(esp_seal(l.out, &l.rng.rng, bytes_str("does not fit"), IP_IPIP, &w),
                     ERR_NOSPACE);
    assert_int_equal(w.at, 0);
    assert_int_equal(esp_sa_seq(l.out), 0);
    assert_int_equal(esp_sa_counters(l.out)->packets, 0);
    assert_ok(esp_seal(l.out, &l.rng.rng, bytes_str("does not fit"), IP_IPIP, &fits));
    assert_int_equal(fits.at, n);
    link_release(&l);
}

static void params_that_make_no_sa_are_refused(void **state)
{
    static const uint16_t windows[] = {1, 31, ESP_REPLAY_MAX + 1, 65535};
    struct esp_params p = params_of(CIPHER_NONE, INTEG_NONE);
    struct esp_sa *sa;

    (void)state;
    assert_int_equal(esp_sa_new(&p, (struct mono){0}, &sa), ERR_UNSUPPORTED);
    p.cipher = CIPHER_COUNT;
    assert_int_equal(esp_sa_new(&p, (struct mono){0}, &sa), ERR_UNSUPPORTED);
    p = params_of(CIPHER_DES_CBC, INTEG_HMAC_MD5_96);
    for (size_t i = 0; i < COUNT(windows); i++) {
        p.replay_window = windows[i];
        assert_int_equal(esp_sa_new(&p, (struct mono){0}, &sa), ERR_RANGE);
    }
    esp_sa_free(NULL);
}

static void an_sa_wears_out_by_time_and_by_volume(void **state)
{
    struct esp_params p = params_of(CIPHER_AES128_CBC, INTEG_HMAC_SHA1_96);
    struct link l;

    (void)state;
    link_init(&l, &p);
    assert_false(esp_sa_is_worn(l.out, (struct mono){INT64_MAX}, 1)); /* no lifetime at all */
    link_release(&l);
    p.life_time = SPAN_S(100);
    p.life_bytes = 1000;
    assert_ok(esp_sa_new(&p, (struct mono){SPAN_S(5).ns}, &l.out));
    l.in = NULL;
    assert_int_equal(esp_sa_born(l.out).ns, SPAN_S(5).ns);
    assert_false(esp_sa_is_worn(l.out, (struct mono){SPAN_S(99).ns}, 0.95));
    assert_true(esp_sa_is_worn(l.out, (struct mono){SPAN_S(100).ns}, 0.95));
    assert_false(esp_sa_is_worn(l.out, (struct mono){SPAN_S(104).ns}, 1));
    assert_true(esp_sa_is_worn(l.out, (struct mono){SPAN_S(105).ns}, 1));
    for (int i = 0; i < 9; i++)
        seal(&l, bytes_of(l.plain, 100));
    assert_true(esp_sa_is_worn(l.out, (struct mono){0}, 0.9));
    assert_false(esp_sa_is_worn(l.out, (struct mono){0}, 1));
    seal(&l, bytes_of(l.plain, 100));
    assert_true(esp_sa_is_worn(l.out, (struct mono){0}, 1));
    link_release(&l);
}

/* RFC 4303, 2.2.1: the wire shows the lower half; the ICV covers all of it. */
static void numbers_run_over_with_esn(void **state)
{
    struct esp_params p =
        params_of((enum cipher_alg)((size_t)*state / 16), (enum integ_alg)((size_t)*state % 16));
    struct link l;
    struct esp_plain got;

    p.esn = true;
    link_init(&l, &p);
    l.out->sent = UINT32_MAX - 2;
    for (uint64_t i = 0; i < 5; i++) {
        struct bytes packet = seal(&l, bytes_str("over the edge"));
        assert_ok(esp_open(l.in, packet, l.plain, &got));
        assert_int_equal(got.seq, UINT32_MAX - 1 + i);
        assert_int_equal(esp_open(l.in, packet, l.plain, &got), ERR_REPLAY);
    }
    l.out->sent = UINT32_MAX - 10; /* late, from before the edge: still in the window */
    struct bytes late = seal(&l, bytes_str("late"));
    assert_ok(esp_open(l.in, late, l.plain, &got));
    assert_int_equal(got.seq, UINT32_MAX - 9);
    l.out->sent = (uint64_t)7 << 32; /* another upper half: the receiver takes it for its own */
    struct bytes wrong = seal(&l, bytes_str("from the future"));
    enum err e = esp_open(l.in, wrong, l.plain, &got);
    assert_true(e == ERR_AUTH || e == ERR_REPLAY);
    link_release(&l);
}

static size_t add_suites(struct CMUnitTest *tests, char (*names)[100])
{
    static const struct {
        const char *what;
        CMUnitTestFunction run;
    } each[] = {
        {"what_was_sealed_opens_at_every_length", what_was_sealed_opens_at_every_length},
        {"every_truncation_is_survived", every_truncation_is_survived},
        {"numbers_run_over_with_esn", numbers_run_over_with_esn},
    };
    size_t n = 0;

    for (enum cipher_alg c = CIPHER_NONE; c < CIPHER_COUNT; c++)
        for (enum integ_alg i = INTEG_NONE; i < INTEG_COUNT; i++)
            for (size_t k = 0; k < COUNT(each); k++) {
                if (!is_suite(c, i) || (k == 2 && i == INTEG_NONE && !cipher_is_aead(c)))
                    continue;
                snprintf(names[n], sizeof(names[n]), "%s_%s__%s", cipher_name(c), integ_name(i),
                         each[k].what);
                tests[n] = (struct CMUnitTest){names[n], each[k].run, NULL, NULL,
                                               (void *)((size_t)c * 16 + i)};
                n++;
            }
    return n;
}

int main(void)
{
    enum { SUITES = 3 * CIPHER_COUNT * INTEG_COUNT };
    static struct CMUnitTest tests[7 + SUITES + COUNT(pad_rows)] = {
        cmocka_unit_test(any_flipped_bit_fails_authentication),
        cmocka_unit_test(a_forged_number_does_not_move_the_window),
        cmocka_unit_test(padding_counts_from_one),
        cmocka_unit_test(used_up_numbers_end_the_sa),
        cmocka_unit_test(a_packet_that_does_not_fit_takes_no_number),
        cmocka_unit_test(params_that_make_no_sa_are_refused),
        cmocka_unit_test(an_sa_wears_out_by_time_and_by_volume),
    };
    static char names[SUITES][100];
    size_t n = 7;

    n += add_suites(tests + n, names);
    for (size_t i = 0; i < COUNT(pad_rows); i++)
        tests[n++] = (struct CMUnitTest){pad_rows[i].what, opens_as_its_row_says, NULL, NULL,
                                         (void *)(uintptr_t)&pad_rows[i]};
    return _cmocka_run_group_tests("esp/esp", tests, n, NULL, NULL);
}
