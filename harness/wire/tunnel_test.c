#include "wire/tunnel.h"

#include "base/mem.h"
#include "tests/testkit.h"

/* What is carried: a UDP packet with the byte "a", and the same in IPv6. */
#define IP4 "4500001d 00010000 40110000 0a000001 0a000002 00350035 00090000 61"
#define IP6                                                                                        \
    "60000000 00091140 20010db8000000000000000000000001 20010db8000000000000000000000002 "         \
    "00350035 00090000 61"
#define MACS "ffffffffffff 020000000001 "
#define WLAN "0801 0000" MACS "020000000003 0000 aaaa03 000000 0800"

/* PORT 0: straight in IP with PROTO, else in UDP to that port. */
static const struct row {
    const char *what;
    uint8_t proto;
    uint16_t port;
    const char *hex;
    uint8_t version; /* of the packet inside; 0: it is no tunnel */
} rows[] = {
    {"ip_in_ip", 4, 0, IP4, 4},
    {"ipv6_in_ip", 41, 0, IP6, 6},
    {"ipv4_under_the_number_of_ipv6", 41, 0, IP4, 4},
    {"ip_in_ip_with_nothing_inside", 4, 0, "", 0},
    {"ip_in_ip_with_something_else_inside", 4, 0, "00112233", 0},
    {"gre", 47, 0, "0000 0800" IP4, 4},
    {"gre_with_checksum_key_and_number", 47, 0, "b000 86dd 00000000 00000007 00000001" IP6, 6},
    {"gre_with_a_frame", 47, 0, "0000 6558" MACS "0800" IP4, 4},
    {"gre_with_mpls", 47, 0, "0000 8847 00065140" IP4, 4},
    {"gre_with_routing_is_not_followed", 47, 0, "4000 0800 00000000" IP4, 0},
    {"gre_of_another_version", 47, 0, "0002 0800" IP4, 0},
    {"gre_of_pptp", 47, 0, "3081 880b 0021 0001 00000001 00000001 ff03 0021" IP4, 4},
    {"gre_of_pptp_that_only_acknowledges", 47, 0, "2081 880b 0000 0001 00000001", 0},
    {"gre_with_arp", 47, 0, "0000 0806 0001", 0},
    {"wccp_without_its_header", 47, 0, "0000 883e" IP4, 4},
    {"wccp_with_its_header", 47, 0, "0000 883e 00000000" IP4, 4},
    {"erspan_without_header", 47, 0, "0000 88be" MACS "0800" IP4, 4},
    {"erspan_of_the_second_kind", 47, 0, "1000 88be 00000001 10010001 00000000" MACS "0800" IP4, 4},
    {"erspan_of_the_third_kind", 47, 0,
     "1000 22eb 00000001 20010001 00000000 00000000" MACS "0800" IP4, 4},
    {"erspan_of_the_third_kind_with_a_subheader", 47, 0,
     "1000 22eb 00000001 20010001 00000000 00000001 0000000000000000" MACS "0800" IP4, 4},
    {"gre_of_an_access_point", 47, 0, "0000 8200" WLAN IP4, 4},
    {"ah_in_tunnel_mode", 51, 0, "04 04 0000 00000100 00000001 000000000000000000000000" IP4, 4},
    {"ah_in_transport_mode", 51, 0,
     "11 04 0000 00000100 00000001 000000000000000000000000 00350035 00090000 61", 4},
    {"ah_with_esp_stays_shut", 51, 0,
     "32 04 0000 00000100 00000001 000000000000000000000000 00000001 00000001", 0},
    {"ether_ip", 97, 0, "3000" MACS "0800" IP4, 4},
    {"mpls_in_ip", 137, 0, "00065140" IP6, 6},
    {"esp_stays_shut", 50, 0, "00000001 00000001" IP4, 0},
    {"vxlan", 17, 4789, "08000000 00000100" MACS "0800" IP4, 4},
    {"vxlan_with_reserved_bits_set", 17, 4789, "ff123456 00000107" MACS "8100 0005 86dd" IP6, 6},
    {"vxlan_without_a_network", 17, 4789, "00000000 00000000" MACS "0800" IP4, 0},
    {"vxlan_on_the_older_port_of_linux", 17, 8472, "08000000 00000100" MACS "0800" IP4, 4},
    {"vxlan_gpe_with_ip", 17, 4790, "0c000001 00000100" IP4, 4},
    {"vxlan_gpe_with_a_frame", 17, 4790, "0c000003 00000100" MACS "0800" IP4, 4},
    {"vxlan_gpe_with_a_service_header", 17, 4790, "0c000004 00000100 0002 01 01 000001ff" IP4, 4},
    {"geneve_with_a_frame", 17, 6081, "0000 6558 00000100" MACS "0800" IP4, 4},
    {"geneve_with_options_and_ip", 17, 6081, "0200 0800 00000100 0102800100000000" IP4, 4},
    {"geneve_control", 17, 6081, "0080 6558 00000100" MACS "0800" IP4, 0},
    {"gtp", 17, 2152, "30ff 001d 00000001" IP4, 4},
    {"gtp_with_an_extension_header", 17, 2152, "34ff 0025 00000001 0000 00 85 01 100100" IP4, 4},
    {"gtp_echo", 17, 2152, "3201 0004 00000000 00010000", 0},
    {"gtp_extension_of_no_length", 17, 2152, "34ff 0024 00000001 0000 00 85 00 100100" IP4, 0},
    {"l2tp_data", 17, 1701, "0002 0001 0001 ff03 0021" IP4, 4},
    {"l2tp_data_with_length_numbers_and_offset", 17, 1701,
     "4a02 0030 0001 0001 00010001 0002 0000 ff03 0021" IP4, 4},
    {"l2tp_control", 17, 1701, "c802 000c 0000 0000 0000 0000", 0},
    {"teredo", 17, 3544, IP6, 6},
    {"teredo_with_authentication_and_origin", 17, 3544,
     "0001 00 00 0000000000000000 00 0000 1234 f5ffffff" IP6, 6},
    {"teredo_never_carries_ipv4", 17, 3544, IP4, 0},
    {"ayiya", 17, 5072,
     "44 52 11 29 00000000 20010db8000000000000000000000009"
     "0000000000000000000000000000000000000000" IP6,
     6},
    {"gre_in_udp", 17, 4754, "0000 0800" IP4, 4},
    {"mpls_in_udp", 17, 6635, "00065140" IP4, 4},
    {"generic_encapsulation", 17, 6080, "00 04 0000" IP4, 4},
    {"generic_encapsulation_of_version_1", 17, 6080, IP4, 4},
    {"generic_encapsulation_of_gre", 17, 6080, "00 2f 0000 0000 0800" IP4, 4},
    {"capwap_frame", 17, 5247, "00100200 00000000" MACS "0800" IP4, 4},
    {"capwap_radio_frame", 17, 5247, "00100300 00000000" WLAN IP4, 4},
    {"capwap_radio_frame_with_its_control_fields_swapped", 17, 5247,
     "00100300 00000000 1108 0000" MACS "020000000003 7630 aaaa03 000000 0800" IP4, 4},
    {"capwap_encrypted", 17, 5247, "01000000" IP4, 0},
    {"another_port", 17, 53, "08000000 00000100" MACS "0800" IP4, 0},
};

/* ROW's payload in an IPv4 packet of its own. */
static uint8_t *outer(const struct row *row, size_t *n)
{
    size_t payload;
    uint8_t *hex = test_hex(row->hex, &payload), *out = mem_array(payload + 28, 1);
    struct ip ip = {.version = 4, .proto = row->proto, .ttl = 9, .src = ip4(1), .dst = ip4(2)};
    struct wr w = wr_of(out, payload + 28);

    ip_put(&w, &ip, payload + (row->port ? 8 : 0));
    if (row->port) {
        wr_be16(&w, 40000);
        wr_be16(&w, row->port);
        wr_be16(&w, (uint16_t)(payload + 8));
        wr_be16(&w, 0);
    }
    wr_put(&w, bytes_of(hex, payload));
    assert_int_equal(w.err, ERR_OK);
    mem_free(hex);
    *n = w.at;
    uint8_t *exact = mem_array(w.at, 1); /* so that a sanitizer sees one byte too many */
    memcpy(exact, out, w.at);
    mem_free(out);
    return exact;
}

static void a_tunnel_is_what_its_row_says(void **state)
{
    const struct row *row = *state;
    size_t n;
    uint8_t *bytes = outer(row, &n);
    struct pkt p, in;

    pkt_parse_ip(bytes_of(bytes, n), &p);
    assert_int_equal(tunnel_open(&p, &in), row->version != 0);
    if (row->version) {
        assert_int_equal(in.kind, PKT_UDP);
        assert_int_equal(in.ip.version, row->version);
        assert_int_equal(in.udp.dst, 53);
        assert_int_equal(in.data_len, 1);
        assert_int_equal(in.udp.data.n, 1);
        assert_int_equal(in.udp.data.p[0], 'a');
    }
    mem_free(bytes);
}

static enum err open_all(struct bytes in, void *ctx)
{
    struct pkt p, inner;

    (void)ctx;
    pkt_parse_ip(in, &p);
    for (int i = 0; i < 8 && tunnel_open(&p, &inner); i++)
        p = inner;
    pkt_parse_cut(&p);
    return ERR_OK;
}

static void every_truncation_and_flip_is_survived(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t n;
        uint8_t *bytes = outer(&rows[i], &n);
        test_truncations(bytes_of(bytes, n), open_all, NULL);
        test_flips(bytes_of(bytes, n), open_all, NULL);
        mem_free(bytes);
    }
}

/* The inner header may claim more than the outer packet had: then the outer one is right. What the
 * capture cut is another matter. */
static void the_outer_packet_bounds_the_inner_one(void **state)
{
    static const struct row big = {
        "", 4, 0, "45000064 00010000 40110000 0a000001 0a000002 00350035 00500000 61", 4};
    struct pkt p, in;
    size_t n;
    uint8_t *bytes = outer(&big, &n);

    (void)state;
    pkt_parse_ip(bytes_of(bytes, n), &p);
    assert_true(tunnel_open(&p, &in));
    assert_int_equal(in.ip.payload_len, 9);
    p.ip.payload_len += 10; /* as if ten bytes had been cut */
    assert_true(tunnel_open(&p, &in));
    assert_int_equal(in.ip.payload_len, 19);
    mem_free(bytes);
}

int main(void)
{
    struct CMUnitTest tests[COUNT(rows) + 2] = {
        cmocka_unit_test(every_truncation_and_flip_is_survived),
        cmocka_unit_test(the_outer_packet_bounds_the_inner_one),
    };

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[2 + i] = (struct CMUnitTest){rows[i].what, a_tunnel_is_what_its_row_says, NULL, NULL,
                                           (void *)(uintptr_t)&rows[i]};
    return _cmocka_run_group_tests("wire/tunnel", tests, COUNT(rows) + 2, NULL, NULL);
}
