#include "wire/pkt.h"

#include "base/mem.h"
#include "tests/testkit.h"
#include "wire/checksum.h"

static enum err parse_frame(struct bytes in, void *ctx)
{
    struct pkt p;

    (void)ctx;
    pkt_parse(in, &p);
    return ERR_OK;
}

static size_t build_tcp(uint8_t *out, size_t cap, uint8_t version, struct bytes data)
{
    static const struct mac a = {{2, 0, 0, 0, 0, 1}}, b = {{2, 0, 0, 0, 0, 2}};
    uint8_t opts[TCP_OPTS_MAX];
    struct wr ow = wr_of(opts, sizeof(opts)), w = wr_of(out, cap);
    struct tcp_opts o = {.mss = 1460,
                         .sack_permitted = true,
                         .has_ts = true,
                         .tsval = 0x01020304,
                         .tsecr = 5,
                         .has_wscale = true,
                         .wscale = 7};
    struct ip ip = {.version = version, .proto = IP_TCP, .ttl = 64, .df = true, .id = 77};

    if (version == 4) {
        ip.src = ip4(0x0a000001);
        ip.dst = ip4(0x0a000002);
    } else {
        assert_ok(ip_addr_parse("2001:db8::1", &ip.src));
        assert_ok(ip_addr_parse("2001:db8::2", &ip.dst));
    }
    tcp_opts_put(&ow, &o);
    struct tcp t = {.src = 1135,
                    .dst = 80,
                    .seq = 1000,
                    .ack = 7,
                    .flags = TCP_SYN | TCP_ACK,
                    .window = 65535,
                    .opts = wr_bytes(&ow),
                    .data = data};
    ether_put(&w, &b, &a, version == 4 ? ETHER_IPV4 : ETHER_IPV6);
    ip_put(&w, &ip, TCP_HDR_LEN + t.opts.n + data.n);
    tcp_put(&w, &t, &ip.src, &ip.dst);
    assert_ok(w.err);
    return w.at;
}

static void what_was_put_is_what_is_parsed(void **state)
{
    uint8_t frame[256];

    (void)state;
    for (uint8_t version = 4; version <= 6; version += 2) {
        size_t n = build_tcp(frame, sizeof(frame), version, bytes_str("hello"));
        struct pkt p;
        struct tcp_opts o;

        pkt_parse(bytes_of(frame, n), &p);
        assert_int_equal(p.kind, PKT_TCP);
        assert_int_equal(p.ip.version, version);
        assert_int_equal(p.tcp.src, 1135);
        assert_int_equal(p.tcp.seq, 1000);
        assert_int_equal(p.tcp.flags, TCP_SYN | TCP_ACK);
        assert_int_equal(p.data_len, 5);
        assert_memory_equal(p.tcp.data.p, "hello", 5);
        assert_true(tcp_checksum_ok(p.ip.payload, &p.ip.src, &p.ip.dst));
        tcp_opts_parse(p.tcp.opts, &o);
        assert_int_equal(o.mss, 1460);
        assert_true(o.sack_permitted && o.has_ts && o.has_wscale);
        assert_int_equal(o.wscale, 7);
        assert_int_equal(o.tsval, 0x01020304);
    }
}

static void a_flipped_bit_breaks_the_checksum(void **state)
{
    uint8_t frame[256];
    size_t n = build_tcp(frame, sizeof(frame), 4, bytes_str("data"));
    struct pkt p;

    (void)state;
    frame[n - 1] ^= 0x10;
    pkt_parse(bytes_of(frame, n), &p);
    assert_false(tcp_checksum_ok(p.ip.payload, &p.ip.src, &p.ip.dst));
}

static void ethernet_padding_is_not_payload(void **state)
{
    uint8_t frame[256] = {0};
    size_t n = build_tcp(frame, sizeof(frame), 4, bytes_str(""));
    struct pkt p;

    (void)state;
    pkt_parse(bytes_of(frame, n + 6), &p);
    assert_int_equal(p.tcp.data.n, 0);
    assert_int_equal(p.data_len, 0);
}

static void a_packet_cut_by_the_capture_keeps_its_length(void **state)
{
    uint8_t frame[256];
    size_t n = build_tcp(frame, sizeof(frame), 4, bytes_str("hello"));
    struct pkt p;

    (void)state;
    pkt_parse(bytes_of(frame, n - 3), &p);
    assert_int_equal(p.kind, PKT_TCP);
    assert_int_equal(p.data_len, 5);
    assert_int_equal(p.tcp.data.n, 2);
    assert_true(ip_is_cut(&p.ip));
}

static void every_truncation_and_flip_is_survived(void **state)
{
    uint8_t frame[256];

    (void)state;
    for (uint8_t version = 4; version <= 6; version += 2) {
        size_t n = build_tcp(frame, sizeof(frame), version, bytes_str("hello"));
        test_truncations(bytes_of(frame, n), parse_frame, NULL);
        test_flips(bytes_of(frame, n), parse_frame, NULL);
    }
}

static const struct row {
    const char *what;
    const char *hex;
    enum pkt_kind want;
} rows[] = {
    {"an_empty_frame_is_other", "", PKT_OTHER},
    {"thirteen_bytes_are_other", "ffffffffffff02000000000108", PKT_OTHER},
    {"arp_request",
     "ffffffffffff020000000001 0806 0001 0800 06 04 0001 020000000001 0a000001 000000000000 "
     "0a000002",
     PKT_ARP},
    {"arp_over_token_ring_is_other",
     "ffffffffffff020000000001 0806 0006 0800 06 04 0001 020000000001 0a000001 000000000000 "
     "0a000002",
     PKT_OTHER},
    {"udp_in_two_vlan_tags",
     "ffffffffffff020000000001 88a8 0064 8100 00c8 0800 4500001d 00010000 40110000 0a000001 "
     "0a000002 00350035 00090000 61",
     PKT_UDP},
    {"five_vlan_tags_are_other",
     "ffffffffffff020000000001 8100 0001 8100 0001 8100 0001 8100 0001 8100 0001 0800", PKT_OTHER},
    {"ipv4_header_of_four_words_is_other",
     "ffffffffffff020000000001 0800 44000014 00010000 40060000 0a000001 0a000002", PKT_OTHER},
    {"later_fragment_has_no_transport",
     "ffffffffffff020000000001 0800 4500001c 00010002 40060000 0a000001 0a000002 0000000000000000",
     PKT_IP},
    {"tcp_data_offset_of_four_words_is_only_ip",
     "ffffffffffff020000000001 0800 45000028 00010000 40060000 0a000001 0a000002 "
     "0001000200000000000000004010000000000000",
     PKT_IP},
    {"esp",
     "ffffffffffff020000000001 0800 4500001c 00010000 40320000 0a000001 0a000002 "
     "11223344 00000001",
     PKT_ESP},
    {"ipv6_hop_by_hop_then_udp",
     "ffffffffffff020000000001 86dd 60000000 0011 00 40 20010db8000000000000000000000001 "
     "20010db8000000000000000000000002 1100000000000000 0035003500090000 61",
     PKT_UDP},
    {"ipv6_endless_extensions_are_other",
     "ffffffffffff020000000001 86dd 60000000 0008 00 40 20010db8000000000000000000000001 "
     "20010db8000000000000000000000002 00ff000000000000",
     PKT_OTHER},
    {"ipv4_total_length_below_header_is_other",
     "ffffffffffff020000000001 0800 45000010 00010000 40060000 0a000001 0a000002", PKT_OTHER},
};

static void parses_as_its_row_says(void **state)
{
    const struct row *row = *state;
    size_t n;
    uint8_t *in = test_hex(row->hex, &n);
    struct pkt p;

    pkt_parse(bytes_of(in, n), &p);
    assert_int_equal(p.kind, row->want);
    test_truncations(bytes_of(in, n), parse_frame, NULL);
    mem_free(in);
}

static void checksum_updates_equal_recomputation(void **state)
{
    uint8_t b[8] = {0x12, 0x34, 0xff, 0xff, 0x00, 0x01, 0xab, 0xcd};
    uint16_t before = checksum_finish(checksum_add(0, bytes_of(b, 8)));

    (void)state;
    b[2] = 0x01, b[3] = 0x02, b[4] = 0x03, b[5] = 0x04;
    uint16_t after = checksum_finish(checksum_add(0, bytes_of(b, 8)));
    assert_int_equal(checksum_update32(before, 0xffff0001, 0x01020304), after);
}

static void checksum_of_rfc_1071_example(void **state)
{
    const uint8_t b[] = {0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7}; /* RFC 1071, 3 */

    (void)state;
    assert_int_equal(checksum_finish(checksum_add(0, bytes_of(b, 8))), 0x220d);
    for (size_t n = 0; n <= 8; n++) { /* any split at an even place gives the same */
        if (n % 2 == 0) {
            uint64_t sum = checksum_add(checksum_add(0, bytes_of(b, n)), bytes_of(b + n, 8 - n));
            assert_int_equal(checksum_finish(sum), 0x220d);
        }
    }
}

int main(void)
{
    struct CMUnitTest tests[8 + COUNT(rows)] = {
        cmocka_unit_test(what_was_put_is_what_is_parsed),
        cmocka_unit_test(a_flipped_bit_breaks_the_checksum),
        cmocka_unit_test(ethernet_padding_is_not_payload),
        cmocka_unit_test(a_packet_cut_by_the_capture_keeps_its_length),
        cmocka_unit_test(every_truncation_and_flip_is_survived),
        cmocka_unit_test(checksum_updates_equal_recomputation),
        cmocka_unit_test(checksum_of_rfc_1071_example),
    };
    size_t n = 7;

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[n++] = (struct CMUnitTest){rows[i].what, parses_as_its_row_says, NULL, NULL,
                                         (void *)(uintptr_t)&rows[i]};
    return _cmocka_run_group_tests("wire/pkt", tests, n, NULL, NULL);
}
