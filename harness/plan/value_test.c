/* Values of attributes: what fits, what does not, and what is out of range. */
#include "base/buf.h"
#include "plan/value.h"
#include "tests/testkit.h"

#include <stdio.h>

/* WANT: the value printed, or "format" or "range" for the error. */
static const struct row {
    const char *what;
    enum value_kind kind;
    const char *in, *want;
} rows[] = {
    {"seconds", VALUE_DURATION, "20s", "20000000000"},
    {"a_fraction_of_a_minute", VALUE_DURATION, "1.5min", "90000000000"},
    {"nine_decimals_of_an_hour", VALUE_DURATION, "0.000000001h", "3600"},
    {"half_a_nanosecond_is_none", VALUE_DURATION, "0.5ns", "0"},
    {"zero_needs_no_unit", VALUE_DURATION, "0", "0"},
    {"zero_may_have_one", VALUE_DURATION, "0ms", "0"},
    {"a_bare_number_has_no_unit", VALUE_DURATION, "20", "format"},
    {"sec_is_no_unit", VALUE_DURATION, "20sec", "format"},
    {"units_are_case_sensitive", VALUE_DURATION, "20S", "format"},
    {"no_blank_before_the_unit", VALUE_DURATION, "20 s", "format"},
    {"negative_times_do_not_exist", VALUE_DURATION, "-1s", "format"},
    {"a_point_needs_digits", VALUE_DURATION, "1.s", "format"},
    {"a_point_needs_digits_before_it", VALUE_DURATION, ".5s", "format"},
    {"ten_decimals_are_too_many", VALUE_DURATION, "0.0000000001s", "format"},
    {"nothing_is_no_duration", VALUE_DURATION, "", "format"},
    {"ten_years", VALUE_DURATION, "87840h", "316224000000000000"},
    {"more_than_ten_years", VALUE_DURATION, "87841h", "range"},
    {"hours_beyond_64_bits", VALUE_DURATION, "99999999999999999h", "range"},
    {"binary_sizes", VALUE_SIZE, "1.5KiB", "1536"},
    {"decimal_sizes", VALUE_SIZE, "8MB", "8000000"},
    {"tebibytes", VALUE_SIZE, "1TiB", "1099511627776"},
    {"a_third_of_a_tebibyte", VALUE_SIZE, "0.333333333TiB", "366503875558"},
    {"a_pebibyte_is_the_limit", VALUE_SIZE, "1025TiB", "range"},
    {"bits_are_no_size", VALUE_SIZE, "8Mbit", "format"},
    {"rates", VALUE_RATE, "2.5Mbit/s", "2500000"},
    {"mbps_is_no_rate", VALUE_RATE, "10Mbps", "format"},
    {"shares", VALUE_SHARE, "0.5%", "0.005"},
    {"all_of_it", VALUE_SHARE, "100%", "1"},
    {"more_than_all", VALUE_SHARE, "100.1%", "range"},
    {"a_share_has_a_percent_sign", VALUE_SHARE, "0.5", "format"},
    {"reaches_a_share", VALUE_REACH, "40%", "40/0"},
    {"reaches_an_offset", VALUE_REACH, "1KiB", "-1/1024"},
    {"reaches_nothing", VALUE_REACH, "0%", "range"},
    {"one", VALUE_HOWMANY, "1", "1..1"},
    {"from_to", VALUE_HOWMANY, "0..3", "0..3"},
    {"or_more", VALUE_HOWMANY, "2..*", "2..-1"},
    {"backwards", VALUE_HOWMANY, "3..1", "range"},
    {"up_to", VALUE_HOWMANY, "..3", "format"},
    {"on", VALUE_ONOFF, "on", "1"},
    {"off", VALUE_ONOFF, "off", "0"},
    {"true_is_not_on", VALUE_ONOFF, "true", "format"},
    {"yes", VALUE_YESNO, "yes", "1"},
    {"protocols_by_name", VALUE_PROTO, "udp", "17"},
    {"icmp", VALUE_PROTO, "icmp", "1"},
    {"any_protocol", VALUE_PROTO, "any", "0"},
    {"the_third_word", VALUE_CHOICE, "gamma", "2"},
    {"no_word_of_the_choice", VALUE_CHOICE, "gam", "format"},
    {"the_last_port", VALUE_PORT, "65535", "65535"},
    {"no_port_is_zero", VALUE_PORT, "0", "range"},
    {"a_port_beyond_16_bits", VALUE_PORT, "65536", "range"},
    {"a_port_is_whole", VALUE_PORT, "80.5", "format"},
    {"a_log_message_has_six_digits", VALUE_LOG_ID, "302014", "302014"},
    {"five_digits", VALUE_LOG_ID, "30201", "range"},
    {"a_name", VALUE_ID, "p2-off_1.x", "p2-off_1.x"},
    {"a_name_begins_with_a_letter", VALUE_ID, "2-off", "format"},
    {"a_word_may_begin_with_a_digit", VALUE_WORD, "8.2", "8.2"},
    {"a_name_has_no_blank", VALUE_ID, "a b", "format"},
    {"a_name_has_no_umlaut", VALUE_ID, "\xc3\xa4", "format"},
    {"blank_is_no_text", VALUE_TEXT, " \t", "format"},
    {"an_address", VALUE_ADDR, "2001:db8::1", "2001:db8::1"},
    {"no_address", VALUE_ADDR, "192.168.1", "format"},
    {"a_network", VALUE_NET, "10.224.228.0/25", "10.224.228.0/25"},
};

union value {
    const char *s;
    struct span d;
    uint64_t u64;
    uint32_t u32;
    uint16_t u16;
    unsigned u;
    bool b;
    double f;
    struct value_reach reach;
    struct value_howmany many;
    struct ip_addr addr;
    struct ip_net net;
};

static void print(enum value_kind k, const union value *v, char *out, size_t cap)
{
    char text[IP_ADDR_TEXT];

    switch (k) {
    case VALUE_DURATION: snprintf(out, cap, "%lld", (long long)v->d.ns); break;
    case VALUE_SIZE:
    case VALUE_RATE: snprintf(out, cap, "%llu", (unsigned long long)v->u64); break;
    case VALUE_SHARE: snprintf(out, cap, "%g", v->f); break;
    case VALUE_REACH:
        snprintf(out, cap, "%g/%llu", v->reach.percent, (unsigned long long)v->reach.bytes);
        break;
    case VALUE_HOWMANY: snprintf(out, cap, "%d..%d", v->many.min, v->many.max); break;
    case VALUE_ONOFF:
    case VALUE_YESNO: snprintf(out, cap, "%d", v->b); break;
    case VALUE_PROTO:
    case VALUE_NUMBER:
    case VALUE_CHOICE: snprintf(out, cap, "%u", v->u); break;
    case VALUE_MTU:
    case VALUE_PORT: snprintf(out, cap, "%u", v->u16); break;
    case VALUE_COUNTER:
    case VALUE_LOG_ID: snprintf(out, cap, "%u", v->u32); break;
    case VALUE_ADDR: snprintf(out, cap, "%s", ip_addr_format(&v->addr, text)); break;
    case VALUE_NET:
        snprintf(out, cap, "%s/%u", ip_addr_format(&v->net.addr, text), v->net.prefix);
        break;
    default: snprintf(out, cap, "%s", v->s); break;
    }
}

static void reads_as_its_row_says(void **state)
{
    const struct row *r = *state;
    union value v;
    char got[64];
    enum err e;

    memset(&v, 0x5a, sizeof(v));
    e = value_parse(r->kind, "alpha beta gamma", r->in, &v);
    if (e)
        snprintf(got, sizeof(got), "%s", e == ERR_RANGE ? "range" : "format");
    else
        print(r->kind, &v, got, sizeof(got));
    assert_string_equal(got, r->want);
}

static void what_does_not_fit_leaves_the_place_as_it_was(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        unsigned char before[64], v[64];
        memset(before, 0x5a, sizeof(before));
        memcpy(v, before, sizeof(v));
        if (value_parse(rows[i].kind, "alpha", rows[i].in, v))
            assert_memory_equal(v, before, sizeof(v));
        assert_memory_equal(v + value_size(rows[i].kind), before + value_size(rows[i].kind),
                            sizeof(v) - value_size(rows[i].kind));
    }
}

static void prints_with_the_largest_unit_that_fits(void **state)
{
    char text[VALUE_CHARS];

    (void)state;
    assert_string_equal(value_span_format(SPAN_S(90), text), "90s");
    assert_string_equal(value_span_format(SPAN_S(120), text), "2min");
    assert_string_equal(value_span_format(SPAN_MS(1500), text), "1500ms");
    assert_string_equal(value_span_format(SPAN_NS(0), text), "0");
    assert_string_equal(value_size_format(8 << 20, text), "8MiB");
    assert_string_equal(value_size_format(8000000, text), "8MB");
    assert_string_equal(value_size_format(0, text), "0B");
    assert_string_equal(value_rate_format(100000000, text), "100Mbit/s");
}

static void words_of_a_list(void **state)
{
    char word[4];

    (void)state;
    assert_true(value_word("  one\ttwo \n three", 1, word, sizeof(word)));
    assert_string_equal(word, "two");
    assert_true(value_word("one three", 1, word, sizeof(word)));
    assert_string_equal(word, "thr"); /* cut to the place there is */
    assert_false(value_word("one two ", 2, word, sizeof(word)));
    assert_false(value_word("", 0, word, sizeof(word)));
}

int main(void)
{
    struct CMUnitTest tests[COUNT(rows) + 3] = {
        cmocka_unit_test(what_does_not_fit_leaves_the_place_as_it_was),
        cmocka_unit_test(prints_with_the_largest_unit_that_fits),
        cmocka_unit_test(words_of_a_list),
    };

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[3 + i] =
            (struct CMUnitTest){rows[i].what, reads_as_its_row_says, NULL, NULL, (void *)&rows[i]};
    return _cmocka_run_group_tests("values", tests, COUNT(tests), NULL, NULL);
}
