/* Evidence that other tools wrote: both byte orders, other clocks, blocks and options unknown to
 * us, and files that are no evidence at all. */
#include "evidence/reader.h"

#include "base/mem.h"
#include "tests/testkit.h"

#define SHB_BE "0a0d0d0a 0000001c 1a2b3c4d 0001 0000 ffffffffffffffff 0000001c "
#define SHB_LE "0a0d0d0a 1c000000 4d3c2b1a 0100 0000 ffffffffffffffff 1c000000 "
/* if_name "wan", then the clock (if_tsresol), or none */
#define WAN_BE "00000001 00000020 0001 0000 00000000 0002 0003 77616e00 00000000 00000020 "
#define WAN_BE_CLOCK(res)                                                                          \
    "00000001 00000028 0001 0000 00000000 0002 0003 77616e00 0009 0001 " res                       \
    "000000 00000000 00000028 "
#define WAN_BE_OFFSET                                                                              \
    "00000001 0000002c 0001 0000 00000000 0002 0003 77616e00 000e 0008 0000000000000064 00000000 " \
    "0000002c "
#define ETH0_BE "00000001 00000020 0001 0000 00000000 0002 0004 65746830 00000000 00000020 "
#define RAW_BE  "00000001 00000020 0065 0000 00000000 0002 0003 77616e00 00000000 00000020 "
#define WAN_LE  "01000000 20000000 0100 0000 00000000 0200 0300 77616e00 00000000 20000000 "
/* interface, time 0x100000002, 5 bytes of 64 */
#define EPB_BE(interface)                                                                          \
    "00000006 00000028 " interface " 00000001 00000002 00000005 00000040 0102030405000000 "        \
    "00000028 "
#define EPB_LE                                                                                     \
    "06000000 28000000 00000000 01000000 02000000 05000000 40000000 0102030405000000 "             \
    "28000000 "
#define UNKNOWN "00000bad 00000014 0102030405060708 00000014 "
#define SPB     "00000003 00000014 00000001 ff000000 00000014 "
#define ISB_BE(n)                                                                                  \
    "00000005 00000034 00000000 00000000 00000000 0004 0008 00000000000000" n                      \
    " 0005 0008 0000000000000002 00000000 00000034 "

static const struct row {
    const char *what;
    const char *hex;
    enum err open;  /* of evidence_open_bytes */
    size_t records; /* then */
    enum err end;
    uint64_t packet; /* number of the first record */
    int64_t time_ns; /* of the first record */
} rows[] = {
    {"big_endian_with_microseconds", SHB_BE WAN_BE EPB_BE("00000000"), ERR_OK, 1, ERR_END, 1,
     4294967298000},
    {"little_endian_with_microseconds", SHB_LE WAN_LE EPB_LE, ERR_OK, 1, ERR_END, 1, 4294967298000},
    {"nanoseconds", SHB_BE WAN_BE_CLOCK("09") EPB_BE("00000000"), ERR_OK, 1, ERR_END, 1,
     4294967298},
    {"seconds", SHB_BE WAN_BE_CLOCK("00") EPB_BE("00000000"), ERR_OK, 1, ERR_END, 1,
     4294967298000000000},
    {"a_clock_of_a_power_of_two", SHB_BE WAN_BE_CLOCK("a0") EPB_BE("00000000"), ERR_OK, 1, ERR_END,
     1, 1000000000}, /* 2^-32 s */
    {"picoseconds", SHB_BE WAN_BE_CLOCK("0c") EPB_BE("00000000"), ERR_OK, 1, ERR_END, 1, 4294967},
    {"a_clock_with_an_offset", SHB_BE WAN_BE_OFFSET EPB_BE("00000000"), ERR_OK, 1, ERR_END, 1,
     4394967298000},
    {"a_clock_finer_than_we_can_count_is_refused", SHB_BE WAN_BE_CLOCK("20"), ERR_FORMAT, 0, 0, 0,
     0},
    {"unknown_blocks_are_passed_over",
     SHB_BE UNKNOWN WAN_BE UNKNOWN EPB_BE("00000000") UNKNOWN EPB_BE("00000000"), ERR_OK, 2,
     ERR_END, 1, 4294967298000},
    {"packets_of_other_interfaces_are_only_counted",
     SHB_BE ETH0_BE WAN_BE EPB_BE("00000000") EPB_BE("00000001"), ERR_OK, 1, ERR_END, 2,
     4294967298000},
    {"a_packet_of_no_interface_is_damage", SHB_BE WAN_BE EPB_BE("00000001"), ERR_OK, 0, ERR_FORMAT,
     0, 0},
    {"a_second_section_is_not_supported", SHB_BE WAN_BE EPB_BE("00000000") SHB_BE, ERR_OK, 1,
     ERR_UNSUPPORTED, 1, 4294967298000},
    {"packets_without_time_are_not_supported", SHB_BE WAN_BE SPB, ERR_OK, 0, ERR_UNSUPPORTED, 0, 0},
    {"a_leg_that_is_no_ethernet_is_not_supported", SHB_BE RAW_BE, ERR_UNSUPPORTED, 0, 0, 0, 0},
    {"a_file_without_legs_is_refused", SHB_BE ETH0_BE EPB_BE("00000000"), ERR_INVALID, 0, 0, 0, 0},
    {"a_file_without_interfaces_is_refused", SHB_BE, ERR_INVALID, 0, 0, 0, 0},
    {"an_empty_file_is_refused", "", ERR_SHORT, 0, 0, 0, 0},
    {"a_classic_capture_is_refused", "d4c3b2a1 0200 0400 00000000 00000000 00000400 01000000",
     ERR_FORMAT, 0, 0, 0, 0},
    {"a_section_of_another_major_version_is_refused",
     "0a0d0d0a 0000001c 1a2b3c4d 0002 0000 ffffffffffffffff 0000001c", ERR_UNSUPPORTED, 0, 0, 0, 0},
    {"a_block_longer_than_a_megabyte_is_damage",
     SHB_BE WAN_BE "00000006 00100004 00000000 00000000 00000000", ERR_OK, 0, ERR_FORMAT, 0, 0},
    {"a_block_of_eight_bytes_is_damage", SHB_BE WAN_BE "00000006 00000008 00000008", ERR_OK, 0,
     ERR_FORMAT, 0, 0},
    {"two_lengths_that_differ_are_damage",
     SHB_BE WAN_BE "00000bad 00000014 0102030405060708 00000018", ERR_OK, 0, ERR_FORMAT, 0, 0},
    {"data_longer_than_its_block_is_damage",
     SHB_BE WAN_BE "00000006 00000024 00000000 00000000 00000000 00000007 00000007 00000000 "
                   "00000024",
     ERR_OK, 0, ERR_FORMAT, 0, 0},
    {"an_option_longer_than_its_block_is_damage",
     SHB_BE WAN_BE "00000006 00000028 00000000 00000000 00000000 00000000 00000000 0001 0009 "
                   "61000000 00000028",
     ERR_OK, 0, ERR_FORMAT, 0, 0},
};

static void is_read_as_its_row_says(void **state)
{
    const struct row *row = *state;
    size_t n, records = 0;
    uint8_t *file = test_hex(row->hex, &n);
    struct evidence_reader *r;
    struct evidence_record rec;
    struct diag why = {0};
    enum err e = evidence_open_bytes(bytes_of(file, n), &r, &why);

    assert_int_equal(e, row->open);
    assert_int_equal(why.text[0] != '\0', e != ERR_OK);
    while (!e && !(e = evidence_next(r, &rec))) {
        if (records++ > 0)
            continue;
        assert_int_equal(rec.leg, EV_WAN);
        assert_int_equal(rec.packet, row->packet);
        assert_int_equal(rec.time_ns, row->time_ns);
        assert_int_equal(rec.frame.n, 5);
        assert_int_equal(rec.frame.p[4], 5);
        assert_int_equal(rec.wire_len, 64);
    }
    if (!row->open) {
        assert_int_equal(records, row->records);
        assert_int_equal(e, row->end);
        evidence_reader_free(r);
    }
    mem_free(file);
}

static void the_last_statistics_of_an_interface_count(void **state)
{
    size_t n;
    uint8_t *file = test_hex(SHB_BE WAN_BE ISB_BE("07") EPB_BE("00000000") ISB_BE("09"), &n);
    struct evidence_reader *r;
    struct evidence_record rec;

    (void)state;
    assert_ok(evidence_open_bytes(bytes_of(file, n), &r, NULL));
    assert_ok(evidence_next(r, &rec));
    assert_int_equal(evidence_next(r, &rec), ERR_END);
    assert_true(evidence_totals(r)->has_stats[EV_WAN]);
    assert_int_equal(evidence_totals(r)->received[EV_WAN], 9);
    assert_int_equal(evidence_totals(r)->dropped[EV_WAN], 2);
    assert_string_equal(evidence_reader_meta(r)->version, "");
    assert_int_equal(evidence_reader_meta(r)->case_xml.n, 0);
    evidence_reader_free(r);
    mem_free(file);
}

int main(void)
{
    struct CMUnitTest tests[1 + COUNT(rows)] = {
        cmocka_unit_test(the_last_statistics_of_an_interface_count)};
    size_t n = 1;

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[n++] = (struct CMUnitTest){rows[i].what, is_read_as_its_row_says, NULL, NULL,
                                         (void *)(uintptr_t)&rows[i]};
    return _cmocka_run_group_tests("evidence/foreign", tests, n, NULL, NULL);
}
