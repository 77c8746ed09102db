#include "traffic/ipcomp.h"

#include "base/mem.h"
#include "tests/testkit.h"

/* A UDP datagram of 32 bytes, its header and twenty-four "a", as Python's zlib deflates it. */
#define UDP "633065306550606048c40100"
/* 70,000 zeros. */
#define ZEROS                                                                                      \
    "edc13101000000c2a0f54f6d094fa000000000000000000000000000000000000000000000000000000000000000" \
    "0000000000000000000000000000000000000000000000000000000000000000000080b701"

static const struct row {
    const char *what;
    const char *hex;
    size_t data; /* of the UDP datagram inside; 0: it is not opened */
} rows[] = {
    {"deflate_by_its_number", "11000002" UDP, 24},
    {"a_negotiated_number_that_inflates", "1100e3de" UDP, 24},
    {"another_well_known_algorithm", "11000003" UDP, 0},
    {"a_negotiated_number_of_something_else", "1100e3de ffffffffffff", 0},
    {"data_that_ends_early", "11000002 6330653065", 0},
    {"no_header", "110000", 0},
    {"more_than_an_ip_packet_holds", "11000002" ZEROS, 0},
};

static struct pkt compressed(struct bytes payload)
{
    return (struct pkt){
        .kind = PKT_IP,
        .ip = {.version = 4, .proto = IP_COMP, .payload = payload, .payload_len = payload.n}};
}

static void a_packet_is_opened_as_its_row_says(void **state)
{
    const struct row *row = *state;
    struct ipcomp *c = ipcomp_new();
    size_t n;
    uint8_t *hex = test_hex(row->hex, &n);

    for (int again = 0; again < 2; again++) { /* one packet does not disturb the next */
        struct pkt p = compressed(bytes_of(hex, n));
        assert_int_equal(ipcomp_open(c, &p), row->data != 0);
        assert_int_equal(p.kind, row->data ? PKT_UDP : PKT_IP);
        if (row->data) {
            assert_int_equal(p.data_len, row->data);
            assert_int_equal(p.udp.dst, 53);
            assert_int_equal(p.udp.data.p[row->data - 1], 'a');
        }
    }
    mem_free(hex);
    ipcomp_free(c);
}

static enum err open_one(struct bytes in, void *ctx)
{
    struct pkt p = compressed(in);

    (void)ipcomp_open(ctx, &p);
    return ERR_OK;
}

static void every_truncation_and_flip_is_survived(void **state)
{
    struct ipcomp *c = ipcomp_new();

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t n;
        uint8_t *hex = test_hex(rows[i].hex, &n);
        test_truncations(bytes_of(hex, n), open_one, c);
        test_flips(bytes_of(hex, n), open_one, c);
        mem_free(hex);
    }
    ipcomp_free(c);
}

int main(void)
{
    struct CMUnitTest tests[COUNT(rows) + 1] = {
        cmocka_unit_test(every_truncation_and_flip_is_survived)};

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[1 + i] = (struct CMUnitTest){rows[i].what, a_packet_is_opened_as_its_row_says, NULL,
                                           NULL, (void *)(uintptr_t)&rows[i]};
    return _cmocka_run_group_tests("traffic/ipcomp", tests, COUNT(rows) + 1, NULL, NULL);
}
