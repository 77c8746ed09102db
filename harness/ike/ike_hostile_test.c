/* Input that nobody honest sends, from strangers. */
#include "base/mem.h"
#include "ike/ike_offers.h"
#include "tests/testkit.h"
#include "tests/two_ikes.h"

#include <stdio.h>

static const struct ike_out *last_fact(const struct two_ikes *t, int side)
{
    return two_ikes_last(t, side, IKE_OUT_FACT);
}

/* --- strangers ------------------------------------------------------------------------------- */

static struct bytes first_message(struct two_ikes *t, uint8_t *buf, size_t cap)
{
    struct isakmp_hdr h = {.version = ISAKMP_VERSION, .exchange = ISAKMP_X_MAIN};
    struct isakmp_msg m;

    rng_fill(&t->side[IKE_A].rng.rng, h.cookie_i, sizeof(h.cookie_i));
    isakmp_begin(&m, buf, cap, &h);
    ike1_put_offer(&m, &t->side[IKE_A].peer);
    return isakmp_end(&m, 0);
}

static void flood_of_first_messages__is_bounded_and_keeps_nobody_out(void **state)
{
    uint8_t buf[512];
    struct two_ikes t;

    (void)state;
    two_ikes_init(&t);
    two_ikes_start(&t);
    for (int i = 0; i < 2000; i++) {
        two_ikes_inject(&t, IKE_B, first_message(&t, buf, sizeof(buf)));
        assert_true(two_ikes_status(&t, IKE_B).negotiating <= IKE_HALF_OPENS);
    }
    assert_int_equal(two_ikes_facts(&t, IKE_B, IKE_FACT_LIMIT), 2000 - IKE_HALF_OPENS);
    two_ikes_run(&t, 1);
    assert_ok(ike_acquire(t.side[IKE_A].ike, 7));
    two_ikes_wait(&t, IKE_A, 1);
    assert_int_equal(two_ikes_pairs(&t, IKE_B), 1);
    two_ikes_run(&t, 40);
    two_ikes_agree(&t, 1, 1);
    two_ikes_release(&t);
}

static void stranger__is_told_apart(void **state)
{
    struct two_ikes t;
    uint8_t buf[512];

    (void)state;
    two_ikes_init(&t);
    two_ikes_start(&t);
    struct bytes m = first_message(&t, buf, sizeof(buf));
    struct endpoint from = {ip4(0x08080808), 500}, to = {t.side[IKE_B].addr, 500};
    ike_input(t.side[IKE_B].ike, &from, &to, m);
    two_ikes_drain(&t, IKE_B);
    assert_int_equal(last_fact(&t, IKE_B)->fact, IKE_FACT_UNKNOWN_PEER);
    assert_int_equal(t.nflown, 0); /* not even answered */
    assert_int_equal(two_ikes_status(&t, IKE_B).negotiating, 0);
    two_ikes_release(&t);
}

/* A tunnel is up; HEX, with the SA's cookies where it says II and RR, comes in the clear. */
static const struct clear_row {
    const char *what, *hex;
    enum ike_fact fact;
    uint16_t code;
} clear_rows[] = {
    {"empty_datagram", "", IKE_FACT_MALFORMED, 30},
    {"header_cut_short", "II RR 01100200 00000000 000000", IKE_FACT_MALFORMED, 30},
    {"length_below_the_header", "II RR 01100200 00000000 0000001b", IKE_FACT_MALFORMED, 30},
    {"length_beyond_the_datagram", "II RR 01100200 00000000 0000001d", IKE_FACT_MALFORMED, 30},
    {"ike_version_2", "II RR 21202208 00000000 0000001c", IKE_FACT_MALFORMED, 5},
    {"aggressive_mode_of_an_sa_that_is_up", "II 0000000000000000 01100400 00000000 0000001c",
     IKE_FACT_DUPLICATE, 0},
    {"base_exchange", "II RR 01100100 00000000 0000001c", IKE_FACT_MALFORMED, 7},
    {"new_group_of_no_blocks", "II RR 08102101 12345678 0000001c", IKE_FACT_AUTH, 0},
    {"new_group_in_the_clear", "II RR 08102100 12345678 0000001c", IKE_FACT_MALFORMED, 8},
    {"transaction_of_no_blocks", "II RR 0e100601 12345678 0000001c", IKE_FACT_AUTH, 0},
    {"transaction_in_the_clear", "II RR 0e100600 12345678 0000001c", IKE_FACT_MALFORMED, 8},
    {"transaction_of_noise", "II RR 08100601 12345678 0000002c 00112233445566778899aabbccddeeff",
     IKE_FACT_AUTH, 0},
    {"no_cookie", "0000000000000000 RR 01100200 00000000 0000001c", IKE_FACT_MALFORMED, 4},
    {"unknown_cookies",
     "1111111111111111 2222222222222222 08102001 12345678 00000024 0011223344556677",
     IKE_FACT_NO_SA, 0},
    {"quick_mode_in_the_clear", "II RR 08102000 12345678 0000001c", IKE_FACT_MALFORMED, 8},
    {"quick_mode_without_message_id", "II RR 08102001 00000000 0000001c", IKE_FACT_MALFORMED, 9},
    {"main_mode_with_message_id", "II RR 05100201 12345678 0000001c", IKE_FACT_MALFORMED, 9},
    {"quick_mode_of_no_blocks", "II RR 08102001 12345678 0000001c", IKE_FACT_AUTH, 0},
    {"quick_mode_of_half_a_block", "II RR 08102001 12345678 00000024 0011223344556677",
     IKE_FACT_AUTH, 0},
    {"quick_mode_of_noise", "II RR 08102001 12345678 0000002c 00112233445566778899aabbccddeeff",
     IKE_FACT_AUTH, 0},
    {"informational_of_noise", "II RR 08100501 12345678 0000002c 00112233445566778899aabbccddeeff",
     IKE_FACT_AUTH, 0},
    {"main_mode_of_noise", "II RR 05100201 00000000 0000002c 00112233445566778899aabbccddeeff",
     IKE_FACT_DUPLICATE, 0},
    {"delete_of_the_ike_sa_in_the_clear",
     "II RR 0c100500 12345678 00000038 0000001c 00000001 01 10 0001 II RR", IKE_FACT_AUTH, 0},
    {"initial_contact_in_the_clear",
     "II RR 0b100500 12345678 00000038 0000001c 00000001 01 10 6002 II RR", IKE_FACT_NOTIFY, 24578},
    {"r_u_there_in_the_clear",
     "II RR 0b100500 12345678 0000003c 00000020 00000001 01 10 8d28 II RR 00000001",
     IKE_FACT_NOTIFY, 36136},
    {"error_notify_in_the_clear", "II RR 0b100500 12345678 00000028 0000000c 00000001 01 00 000e",
     IKE_FACT_NOTIFY, 14},
    {"notify_whose_spi_is_cut", "II RR 0b100500 12345678 00000028 0000000c 00000001 01 04 000e",
     IKE_FACT_MALFORMED, 16},
    {"informational_with_a_key", "II RR 04100500 12345678 00000020 00000004", IKE_FACT_MALFORMED,
     1},
};

/* The hex of a row with the cookies of SIDE's SA in their places. */
static uint8_t *row_bytes(const char *hex, const struct ike_out *up, size_t *n)
{
    char out[1024];
    size_t at = 0;

    for (const char *c = hex; *c; c++) {
        if ((*c == 'I' || *c == 'R') && c[1] == *c) {
            for (size_t i = 0; i < 8; i++)
                at += (size_t)snprintf(out + at, sizeof(out) - at, "%02x",
                                       *c == 'I' ? up->sa.spi_i[i] : up->sa.spi_r[i]);
            c++;
        } else {
            out[at++] = *c;
        }
    }
    out[at] = '\0';
    return test_hex(out, n);
}

static void what_comes_in_the_clear__is_told_and_not_acted_on(void **state)
{
    const struct clear_row *row = *state;
    struct two_ikes t;
    size_t n;

    two_ikes_up(&t);
    uint8_t *p = row_bytes(row->hex, two_ikes_last(&t, IKE_B, IKE_OUT_IKE_UP), &n);
    size_t sent = t.nflown, said = t.side[IKE_B].nsaid;
    two_ikes_inject(&t, IKE_B, bytes_of(p, n));
    mem_free(p);
    assert_int_equal(t.side[IKE_B].nsaid, said + 1);
    assert_int_equal(last_fact(&t, IKE_B)->fact, row->fact);
    assert_int_equal(last_fact(&t, IKE_B)->code, row->code);
    if (row->fact == IKE_FACT_MALFORMED || row->fact == IKE_FACT_AUTH)
        assert_non_null(last_fact(&t, IKE_B)->why);
    assert_int_equal(t.nflown, sent);
    two_ikes_agree(&t, 1, 1);
    two_ikes_run(&t, 60);
    two_ikes_agree(&t, 1, 1);
    two_ikes_release(&t);
}

static bool set_commit(struct two_ikes *t, struct flown *d, size_t n)
{
    (void)t, (void)n;
    d->p[19] |= ISAKMP_FLAG_COMMIT;
    return true;
}

static void commit_bit__is_tolerated(void **state)
{
    struct two_ikes t;

    (void)state;
    two_ikes_init(&t);
    t.filter = set_commit;
    two_ikes_start(&t);
    two_ikes_establish(&t, IKE_A);
    two_ikes_release(&t);
}

static void port_4500__takes_ike_behind_its_marker_only(void **state)
{
    uint8_t buf[512];
    struct two_ikes t;

    (void)state;
    two_ikes_init(&t);
    two_ikes_start(&t);
    struct bytes m = first_message(&t, buf + 4, sizeof(buf) - 4);
    struct endpoint from = {t.side[IKE_A].addr, 4500}, to = {t.side[IKE_B].addr, 4500};
    memset(buf, 0, 4);
    ike_input(t.side[IKE_B].ike, &from, &to, bytes_of(buf, m.n + 4));
    two_ikes_drain(&t, IKE_B);
    assert_int_equal(two_ikes_facts(&t, IKE_B, IKE_FACT_RESPONDING_1), 1);
    assert_int_equal(t.flown[0].dst.port, 4500); /* and answers behind one */
    assert_memory_equal(t.flown[0].p, "\0\0\0\0", 4);
    size_t said = t.side[IKE_B].nsaid;
    buf[0] = 1;
    ike_input(t.side[IKE_B].ike, &from, &to, bytes_of(buf, m.n + 4)); /* ESP */
    ike_input(t.side[IKE_B].ike, &from, &to, bytes_of("\xff", 1));    /* a keep-alive */
    two_ikes_drain(&t, IKE_B);
    assert_int_equal(t.side[IKE_B].nsaid, said);
    two_ikes_release(&t);
}

int main(void)
{
    static const struct CMUnitTest single[] = {
        cmocka_unit_test(flood_of_first_messages__is_bounded_and_keeps_nobody_out),
        cmocka_unit_test(stranger__is_told_apart),
        cmocka_unit_test(commit_bit__is_tolerated),
        cmocka_unit_test(port_4500__takes_ike_behind_its_marker_only),
    };
    struct CMUnitTest tests[COUNT(clear_rows) + COUNT(single)];
    size_t n = 0;

    for (size_t i = 0; i < COUNT(clear_rows); i++)
        tests[n++] = (struct CMUnitTest){clear_rows[i].what,
                                         what_comes_in_the_clear__is_told_and_not_acted_on, NULL,
                                         NULL, (void *)&clear_rows[i]};
    for (size_t i = 0; i < COUNT(single); i++)
        tests[n++] = single[i];
    return cmocka_run_group_tests_name("ike/ike_hostile", tests, NULL, NULL);
}
