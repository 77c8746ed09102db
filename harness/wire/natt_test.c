/* Datagrams of UDP 4500, against RFC 3948, 2. */
#include "tests/testkit.h"
#include "wire/natt.h"

static const struct row {
    const char *what;
    uint8_t in[16];
    size_t n;
    enum natt_kind want;
    size_t inside; /* bytes from here on */
} rows[] = {
    {"one_byte_of_ones__is_a_keep_alive", {0xff}, 1, NATT_ALIVE, 0},
    {"another_byte__is_nothing", {0xfe}, 1, NATT_NONE, 0},
    {"an_empty_datagram__is_nothing", {0}, 0, NATT_NONE, 0},
    {"ones_with_more_behind__are_no_keep_alive", {0xff, 0xff}, 2, NATT_NONE, 0},
    {"four_zeros__are_the_marker_of_ike", {0, 0, 0, 0, 0x11, 0x22}, 6, NATT_IKE, 4},
    {"the_marker_alone__is_an_empty_message", {0, 0, 0, 0}, 4, NATT_IKE, 4},
    {"three_zeros__are_no_marker", {0, 0, 0}, 3, NATT_NONE, 0},
    {"an_spi_and_a_number__are_esp", {0, 0, 1, 0, 0, 0, 0, 1}, 8, NATT_ESP, 0},
    {"ones_can_be_an_spi", {0xff, 0xff, 0xff, 0xff, 0, 0, 0, 1, 9}, 9, NATT_ESP, 0},
    {"an_spi_without_a_number__is_nothing", {0, 0, 1, 0, 0, 0, 0}, 7, NATT_NONE, 0},
};

static void is_what_its_row_says(void **state)
{
    const struct row *r = *state;
    struct bytes inside;
    uint8_t *exact = test_malloc(r->n + !r->n);

    memcpy(exact, r->in, r->n);
    assert_int_equal(natt_parse(bytes_of(exact, r->n), &inside), r->want);
    assert_int_equal(inside.n, r->n - r->inside);
    assert_ptr_equal(inside.p, exact + r->inside);
    for (size_t n = 0; n < r->n; n++) { /* cut anywhere: never more than is there */
        uint8_t *cut = test_malloc(n + 1);
        memcpy(cut + 1, r->in, n);
        (void)natt_parse(bytes_of(cut + 1, n), &inside);
        assert_true(inside.p >= cut + 1 && inside.p + inside.n == cut + 1 + n);
        test_free(cut);
    }
    test_free(exact);
}

int main(void)
{
    struct CMUnitTest tests[COUNT(rows)];

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[i] =
            (struct CMUnitTest){rows[i].what, is_what_its_row_says, NULL, NULL, (void *)&rows[i]};
    return cmocka_run_group_tests_name("wire/natt", tests, NULL, NULL);
}
