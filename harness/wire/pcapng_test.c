#include "wire/pcapng.h"

#include "base/mem.h"
#include "tests/testkit.h"

static void a_packet_block_is_as_the_draft_draws_it(void **state)
{
    size_t n;
    uint8_t *want = test_hex("06000000 34000000"             /* type, length */
                             "03000000 01000000 02000000"    /* interface, time */
                             "05000000 40000000"             /* kept, on the wire */
                             "6162636465 000000"             /* data, padded */
                             "0100 0200 6869 0000 0000 0000" /* comment, end of options */
                             "34000000",
                             &n);
    uint8_t out[64];
    struct wr w = wr_of(out, sizeof(out));
    size_t begin = pcapng_begin(&w, PCAPNG_PACKET);

    (void)state;
    pcapng_put_packet(&w, 3, 0x100000002, bytes_str("abcde"), 64);
    pcapng_put_option(&w, PCAPNG_OPT_COMMENT, bytes_str("hi"));
    pcapng_put_options_end(&w);
    pcapng_end(&w, begin);
    assert_ok(w.err);
    assert_true(bytes_eq(wr_bytes(&w), bytes_of(want, n)));
    mem_free(want);
}

static void what_was_put_is_what_is_parsed(void **state)
{
    uint8_t out[256];
    struct wr w = wr_of(out, sizeof(out));
    struct pcapng_head h;
    struct pcapng_section s;
    struct pcapng_interface i;
    struct pcapng_statistics t;
    struct pcapng_option o;
    uint64_t v;

    (void)state;
    size_t begin = pcapng_begin(&w, PCAPNG_SECTION);
    pcapng_put_section(&w);
    pcapng_end(&w, begin);
    assert_ok(pcapng_head_parse(wr_bytes(&w), true, &h));
    assert_false(h.big_endian); /* it says its own order */
    assert_ok(pcapng_section_parse(&h, wr_bytes(&w), &s));
    assert_int_equal(s.major, 1);
    assert_false(pcapng_option_next(&s.options, &o));
    assert_true(pcapng_options_ok(&s.options));

    w.at = 0;
    begin = pcapng_begin(&w, PCAPNG_INTERFACE);
    pcapng_put_interface(&w, PCAPNG_LINK_ETHER, 65535);
    pcapng_put_option(&w, PCAPNG_IF_NAME, bytes_str("wan"));
    pcapng_put_options_end(&w);
    pcapng_end(&w, begin);
    assert_ok(pcapng_head_parse(wr_bytes(&w), false, &h));
    assert_ok(pcapng_interface_parse(&h, wr_bytes(&w), &i));
    assert_int_equal(i.link_type, PCAPNG_LINK_ETHER);
    assert_int_equal(i.snaplen, 65535);
    assert_true(pcapng_option_next(&i.options, &o));
    assert_int_equal(o.code, PCAPNG_IF_NAME);
    assert_true(bytes_eq(o.value, bytes_str("wan")));
    assert_int_equal(pcapng_option_u64(&i.options, &o, &v), ERR_FORMAT);
    assert_false(pcapng_option_next(&i.options, &o));

    w.at = 0;
    begin = pcapng_begin(&w, PCAPNG_STATISTICS);
    pcapng_put_statistics(&w, 4, 0xfedcba9876543210);
    pcapng_put_option_u64(&w, PCAPNG_ISB_IFDROP, 0x0123456789abcdef);
    pcapng_end(&w, begin); /* without an end mark */
    assert_ok(pcapng_head_parse(wr_bytes(&w), false, &h));
    assert_ok(pcapng_statistics_parse(&h, wr_bytes(&w), &t));
    assert_int_equal(t.interface, 4);
    assert_int_equal(t.time, 0xfedcba9876543210);
    assert_true(pcapng_option_next(&t.options, &o));
    assert_ok(pcapng_option_u64(&t.options, &o, &v));
    assert_int_equal(v, 0x0123456789abcdef);
    assert_false(pcapng_option_next(&t.options, &o));
    assert_true(pcapng_options_ok(&t.options));
}

static void an_option_beyond_16_bits_is_refused(void **state)
{
    size_t cap = 70000;
    uint8_t *out = mem_zalloc(2 * cap);
    struct wr w = wr_of(out, cap);

    (void)state;
    pcapng_put_option(&w, PCAPNG_OPT_COMMENT, bytes_of(out + cap, PCAPNG_OPTION_MAX));
    assert_ok(w.err);
    w.at = 0;
    pcapng_put_option(&w, PCAPNG_OPT_COMMENT, bytes_of(out + cap, PCAPNG_OPTION_MAX + 1));
    assert_int_equal(w.err, ERR_RANGE);
    mem_free(out);
}

static enum err parse_any(struct bytes in, void *ctx)
{
    const struct pcapng_head *h = ctx;
    struct pcapng_head got;
    struct pcapng_packet p;
    struct pcapng_option o;

    enum err e = pcapng_head_parse(in, false, &got);
    if (pcapng_packet_parse(h, in, &p))
        return ERR_FORMAT;
    while (pcapng_option_next(&p.options, &o))
        continue;
    return e;
}

static void every_truncation_and_flip_is_survived(void **state)
{
    uint8_t out[128];
    struct wr w = wr_of(out, sizeof(out));
    struct pcapng_head h;
    size_t begin = pcapng_begin(&w, PCAPNG_PACKET);

    (void)state;
    pcapng_put_packet(&w, 0, 1, bytes_str("some bytes"), 64);
    pcapng_put_option(&w, PCAPNG_OPT_COMMENT, bytes_str("said"));
    pcapng_put_option(&w, PCAPNG_EPB_HASH, bytes_str("123456789"));
    pcapng_put_options_end(&w);
    pcapng_end(&w, begin);
    assert_ok(pcapng_head_parse(wr_bytes(&w), false, &h));
    test_truncations(wr_bytes(&w), parse_any, &h);
    test_flips(wr_bytes(&w), parse_any, &h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_packet_block_is_as_the_draft_draws_it),
        cmocka_unit_test(what_was_put_is_what_is_parsed),
        cmocka_unit_test(an_option_beyond_16_bits_is_refused),
        cmocka_unit_test(every_truncation_and_flip_is_survived),
    };
    return cmocka_run_group_tests_name("wire/pcapng", tests, NULL, NULL);
}
