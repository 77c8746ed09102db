/* ISAKMP payloads as they are built: attributes, the attribute payload both ways, padding, no room.
 */
#include "base/mem.h"
#include "tests/testkit.h"
#include "wire/isakmp.h"

/* An address, a name and a status, as draft-dukes-ike-mode-cfg-02, 3.2 and 3.3 lay them out. */
static const char cfg_hex[] = "02 00 1234 0001 0004 0a0a0a05 4089 0003 626f62 c08f 0001";

static void attribute_payload__is_written_as_the_draft_draws_it(void **state)
{
    static const uint8_t addr[] = {10, 10, 10, 5};
    uint8_t buf[64];
    size_t n;
    uint8_t *want = test_hex(cfg_hex, &n);
    struct isakmp_hdr h = {.version = ISAKMP_VERSION};
    struct isakmp_msg m;

    (void)state;
    isakmp_begin(&m, buf, sizeof(buf), &h);
    size_t at = isakmp_open_cfg(&m, ISAKMP_CFG_REPLY, 0x1234);
    isakmp_put_attribute_bytes(&m.w, CFG_A_IP4_ADDRESS, bytes_of(addr, sizeof(addr)));
    isakmp_put_attribute_bytes(&m.w, CFG_A_XAUTH_USER_NAME, bytes_str("bob"));
    isakmp_put_attribute(&m.w, CFG_A_XAUTH_STATUS, 1);
    isakmp_close(&m, at);
    struct bytes out = bytes_from(isakmp_end(&m, 0), ISAKMP_HDR_LEN + 4);
    assert_ok(m.w.err);
    assert_int_equal(out.n, n);
    assert_memory_equal(out.p, want, n);
    mem_free(want);
}

static void attribute_payload__is_read_to_the_end_and_every_cut_is_told(void **state)
{
    size_t n;
    uint8_t *p = test_hex(cfg_hex, &n);
    struct isakmp_cfg c;
    struct isakmp_attribute a;

    (void)state;
    assert_ok(isakmp_cfg_parse(bytes_of(p, n), &c));
    assert_int_equal(c.type, ISAKMP_CFG_REPLY);
    assert_int_equal(c.id, 0x1234);
    assert_true(isakmp_next_attribute(&c.attributes, &a));
    assert_int_equal(a.type, CFG_A_IP4_ADDRESS);
    assert_int_equal(a.number, 0x0a0a0a05);
    assert_true(isakmp_next_attribute(&c.attributes, &a));
    assert_int_equal(a.value.n, 3);
    assert_true(isakmp_next_attribute(&c.attributes, &a));
    assert_true(a.basic && a.number == 1);
    assert_int_equal(c.attributes.n, 0);
    for (size_t cut = 0; cut < n; cut++) { /* between two attributes it is whole again */
        bool whole = cut == 4 || cut == 12 || cut == 19;
        assert_int_equal(isakmp_cfg_parse(bytes_of(p, cut), &c), whole ? ERR_OK : ERR_SHORT);
    }
    mem_free(p);
}

/* As Wireshark's dissector has it: id, number, flags, the piece. */
static void fragment__is_written_and_read_and_every_cut_is_told(void **state)
{
    size_t n;
    uint8_t *want = test_hex("0000000c 1234 02 01 aabbccdd", &n), buf[64];
    struct isakmp_hdr h = {.version = ISAKMP_VERSION};
    struct isakmp_fragment f = {0x1234, 2, true, bytes_of(want + 8, 4)}, got;
    struct isakmp_msg m;

    (void)state;
    isakmp_begin(&m, buf, sizeof(buf), &h);
    isakmp_put_fragment(&m, &f);
    assert_true(bytes_eq(bytes_from(isakmp_end(&m, 0), ISAKMP_HDR_LEN), bytes_of(want, n)));
    assert_int_equal(buf[16], ISAKMP_P_FRAGMENT);
    struct bytes body = bytes_of(want + 4, n - 4);
    assert_ok(isakmp_fragment_parse(body, &got));
    assert_int_equal(got.id, 0x1234);
    assert_int_equal(got.number, 2);
    assert_true(got.last && bytes_eq(got.data, f.data));
    for (size_t cut = 0; cut < body.n; cut++) {
        enum err e = isakmp_fragment_parse(bytes_head(body, cut), &got);
        assert_int_equal(e, cut < 4 ? ERR_SHORT : cut == 4 ? ERR_FORMAT : ERR_OK);
    }
    want[6] = 0; /* they count from 1 */
    assert_int_equal(isakmp_fragment_parse(body, &got), ERR_FORMAT);
    mem_free(want);
}

static void attributes__take_the_shortest_form_that_holds_them(void **state)
{
    static const struct {
        uint64_t value;
        size_t n;
    } rows[] = {{0, 4}, {0xffff, 4}, {0x10000, 8}, {UINT32_MAX, 8}, {(uint64_t)UINT32_MAX + 1, 12}};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint8_t buf[16];
        struct wr w = wr_of(buf, sizeof(buf));
        struct isakmp_attribute a;
        isakmp_put_attribute(&w, 12, rows[i].value);
        struct bytes b = wr_bytes(&w);
        assert_int_equal(b.n, rows[i].n);
        assert_ok(isakmp_attributes_check(b));
        assert_true(isakmp_next_attribute(&b, &a));
        assert_int_equal(a.number, rows[i].value);
    }
}

static void padding__fills_whole_blocks(void **state)
{
    static const uint8_t nonce[40];

    (void)state;
    for (size_t n = 0; n < 40; n++) {
        uint8_t buf[256];
        struct isakmp_hdr h = {.version = ISAKMP_VERSION};
        struct isakmp_chain c;
        struct isakmp_msg m;
        isakmp_begin(&m, buf, sizeof(buf), &h);
        isakmp_put(&m, ISAKMP_P_NONCE, bytes_of(nonce, n));
        struct bytes out = isakmp_end(&m, 16);
        assert_int_equal((out.n - ISAKMP_HDR_LEN) % 16, 0);
        assert_true(out.n - ISAKMP_HDR_LEN - 4 - n < 16);
        assert_ok(isakmp_hdr_parse(out, &h));
        assert_int_equal(h.length, out.n);
        assert_ok(isakmp_chain_parse(h.next, bytes_from(out, ISAKMP_HDR_LEN), &c));
        assert_int_equal(c.v[0].body.n, n);
    }
}

static void what_does_not_fit__latches(void **state)
{
    static const uint8_t nonce[9];
    uint8_t buf[40];
    struct isakmp_hdr h = {.version = ISAKMP_VERSION};
    struct isakmp_msg m;

    (void)state;
    isakmp_begin(&m, buf, sizeof(buf), &h);
    isakmp_put(&m, ISAKMP_P_NONCE, bytes_of(nonce, sizeof(nonce)));
    assert_int_equal(m.w.err, ERR_NOSPACE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(attribute_payload__is_written_as_the_draft_draws_it),
        cmocka_unit_test(attribute_payload__is_read_to_the_end_and_every_cut_is_told),
        cmocka_unit_test(fragment__is_written_and_read_and_every_cut_is_told),
        cmocka_unit_test(attributes__take_the_shortest_form_that_holds_them),
        cmocka_unit_test(padding__fills_whole_blocks),
        cmocka_unit_test(what_does_not_fit__latches),
    };
    return cmocka_run_group_tests_name("wire/isakmp_put", tests, NULL, NULL);
}
