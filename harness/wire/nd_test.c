/* Neighbor discovery messages: one laid out by hand, rows of rules, every truncation. */
#include "wire/nd.h"

#include "tests/testkit.h"
#include "wire/checksum.h"

#include "base/mem.h"

/* RFC 4861, 4.3, laid out by hand; its checksum was worked out without this program. */
static const char solicitation[] =
    "6000000000203aff 20010db8000100000000000000000001 ff0200000000000000000001ff000002"
    "87006c0a00000000 20010db8000100000000000000000002 0101021ab0000001";

static struct ip_addr address(const char *text)
{
    struct ip_addr a;

    assert_ok(ip_addr_parse(text, &a));
    return a;
}

static void a_solicitation_is_read_and_written_byte_for_byte(void **state)
{
    uint8_t again[64];
    struct wr w = wr_of(again, sizeof(again));
    struct ip ip;
    struct nd m;
    size_t n;
    uint8_t *packet = test_hex(solicitation, &n);

    (void)state;
    assert_ok(ip_parse(bytes_of(packet, n), &ip));
    assert_int_equal(ip.proto, IP_ICMPV6);
    assert_ok(nd_parse(&ip, &m));
    assert_false(m.advertises);
    assert_true(m.has_mac);
    assert_memory_equal(m.mac.b, "\x02\x1a\xb0\x00\x00\x01", 6);
    struct ip_addr target = address("2001:db8:1::2");
    assert_true(ip_addr_eq(&m.target, &target));
    nd_put(&w, &m, &ip.src, &ip.dst);
    assert_true(bytes_eq(wr_bytes(&w), ip.payload));
    mem_free(packet);
}

static const struct rule_row {
    const char *what;
    const char *src, *dst;
    uint8_t ttl, type, code;
    uint32_t flags;
    const char *target;
    const char *options; /* hex */
    enum err want;
} rules[] = {
    {"an advertisement", "fe80::2", "fe80::1", 255, 136, 0, 0xe0000000, "2001:db8::2",
     "0201021ab0000002", ERR_OK},
    {"an advertisement to all", "fe80::2", "ff02::1", 255, 136, 0, 0x20000000, "2001:db8::2",
     "0201021ab0000002", ERR_OK},
    {"a solicited one to all", "fe80::2", "ff02::1", 255, 136, 0, 0x60000000, "2001:db8::2",
     "0201021ab0000002", ERR_FORMAT},
    {"from beyond the link", "fe80::2", "fe80::1", 254, 136, 0, 0, "2001:db8::2", "", ERR_FORMAT},
    {"another code", "fe80::2", "fe80::1", 255, 136, 1, 0, "2001:db8::2", "", ERR_FORMAT},
    {"another message", "fe80::2", "fe80::1", 255, 134, 0, 0, "2001:db8::2", "", ERR_FORMAT},
    {"a group as target", "fe80::2", "fe80::1", 255, 135, 0, 0, "ff02::2", "", ERR_FORMAT},
    {"a test for duplicates", "::", "ff02::1:ff00:2", 255, 135, 0, 0, "2001:db8::2", "", ERR_OK},
    {"a test to somebody else", "::", "ff02::1", 255, 135, 0, 0, "2001:db8::2", "", ERR_FORMAT},
    {"a test with an address", "::", "ff02::1:ff00:2", 255, 135, 0, 0, "2001:db8::2",
     "0101021ab0000002", ERR_FORMAT},
    {"an unknown option", "fe80::2", "fe80::1", 255, 135, 0, 0, "2001:db8::2",
     "0e010102030405060101021ab0000002", ERR_OK},
    {"an option of no length", "fe80::2", "fe80::1", 255, 135, 0, 0, "2001:db8::2",
     "0e000102030405060101021ab0000002", ERR_FORMAT},
    {"an option that ends outside", "fe80::2", "fe80::1", 255, 135, 0, 0, "2001:db8::2",
     "0102021ab0000002", ERR_SHORT},
};

static size_t build(const struct rule_row *row, uint8_t *out, size_t cap)
{
    struct ip ip = {.version = 6, .proto = IP_ICMPV6, .ttl = row->ttl};
    struct ip_addr target = address(row->target);
    struct wr w = wr_of(out, cap);
    size_t n;
    uint8_t *options = test_hex(row->options, &n);

    ip.src = address(row->src);
    ip.dst = address(row->dst);
    ip_put(&w, &ip, 24 + n);
    size_t start = w.at;
    wr_u8(&w, row->type);
    wr_u8(&w, row->code);
    size_t check = wr_hole16(&w);
    wr_be32(&w, row->flags);
    wr_put(&w, bytes_of(target.b, 16));
    wr_put(&w, bytes_of(options, n));
    assert_ok(w.err);
    struct bytes message = bytes_of(out + start, w.at - start);
    wr_fill16(&w, check,
              checksum_finish(
                  checksum_add(checksum_pseudo(&ip.src, &ip.dst, IP_ICMPV6, message.n), message)));
    mem_free(options);
    return w.at;
}

static void rules_of_the_rfc_are_kept(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rules); i++) {
        uint8_t packet[128];
        size_t n = build(&rules[i], packet, sizeof(packet));
        struct ip ip;
        struct nd m;
        assert_ok(ip_parse(bytes_of(packet, n), &ip));
        if (nd_parse(&ip, &m) != rules[i].want)
            fail_msg("%s", rules[i].what);
        packet[n - 1] ^= 1; /* and a wrong checksum spoils every one of them */
        assert_ok(ip_parse(bytes_of(packet, n), &ip));
        assert_int_not_equal(nd_parse(&ip, &m), ERR_OK);
    }
}

static enum err parse(struct bytes in, void *ctx)
{
    struct ip ip;
    struct nd m;

    (void)ctx;
    enum err e = ip_parse(in, &ip);
    return e ? e : nd_parse(&ip, &m);
}

static void cut_anywhere_it_is_refused(void **state)
{
    size_t n;
    uint8_t *packet = test_hex(solicitation, &n);

    (void)state;
    test_truncations(bytes_of(packet, n), parse, NULL);
    test_flips(bytes_of(packet, n), parse, NULL);
    mem_free(packet);
}

/* RFC 4291, 2.7.1 and appendix A; RFC 2464, 7. */
static void addresses_are_made_as_the_rfcs_do(void **state)
{
    struct ip_addr host = address("4037::01:800:200e:8c6c"), group = address("ff02::1:ff0e:8c6c");
    struct ip_addr net = address("fe80::"), eui = address("fe80::3656:78ff:fe9a:bcde");
    struct mac mac = {{0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde}};
    struct ip_addr got = ip6_solicited_node(&host);

    (void)state;
    assert_true(ip_addr_eq(&got, &group));
    assert_memory_equal(ip6_multicast_mac(&group).b, "\x33\x33\xff\x0e\x8c\x6c", 6);
    got = ip6_eui64(&net, &mac);
    assert_true(ip_addr_eq(&got, &eui));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_solicitation_is_read_and_written_byte_for_byte),
        cmocka_unit_test(rules_of_the_rfc_are_kept),
        cmocka_unit_test(cut_anywhere_it_is_refused),
        cmocka_unit_test(addresses_are_made_as_the_rfcs_do),
    };

    return cmocka_run_group_tests_name("wire/nd", tests, NULL, NULL);
}
