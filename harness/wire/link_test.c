#include "wire/link.h"

#include "base/mem.h"
#include "tests/testkit.h"

#include <pcap/pcap.h>

/* A UDP packet from 10.0.0.1 to 10.0.0.2 with the byte "a", and the same in IPv6. */
#define IP4 "4500001d 00010000 40110000 0a000001 0a000002 00350035 00090000 61"
#define IP6                                                                                        \
    "60000000 00091140 20010db8000000000000000000000001 20010db8000000000000000000000002 "         \
    "00350035 00090000 61"
#define MACS "ffffffffffff 020000000001 "

/* An IEEE 802.11 header and LLC; Z16: bytes of a header that nobody looks at. */
#define WLAN(control) control "0000" MACS "020000000003 0000 aaaa03 000000 0800"
#define Z16           "00000000000000000000000000000000"
#define PRISM         Z16 Z16 Z16 Z16 Z16 Z16 Z16 Z16 Z16

static const struct row {
    const char *what;
    uint32_t linktype;
    const char *hex;
    enum pkt_kind want;
    uint8_t version, vlans;
} rows[] = {
    {"ethernet", 1, MACS "0800" IP4, PKT_UDP, 4, 0},
    {"ethernet_with_two_tags", 1, MACS "88a8 0064 8100 00c8 86dd" IP6, PKT_UDP, 6, 2},
    {"ethernet_with_old_qinq_tags", 1, MACS "9100 0064 9100 00c8 0800" IP4, PKT_UDP, 4, 2},
    {"ethernet_with_a_length_and_snap", 1, MACS "0025 aaaa03 000000 0800" IP4, PKT_UDP, 4, 0},
    {"ethernet_with_a_length_and_ip_by_its_sap", 1, MACS "0020 060603" IP4, PKT_UDP, 4, 0},
    {"spanning_tree_is_other", 1, MACS "0026 424203 0000000000", PKT_OTHER, 0, 0},
    {"two_mpls_labels_over_ipv4", 1, MACS "8847 00064040 00065140" IP4, PKT_UDP, 4, 0},
    {"mpls_in_a_vlan_over_ipv6", 1, MACS "8100 0005 8848 00065140" IP6, PKT_UDP, 6, 1},
    {"mpls_over_something_else_is_other", 1, MACS "8847 00065140 00112233", PKT_OTHER, 0, 0},
    {"pppoe_session", 1, MACS "8864 11000001 001f 0021" IP4 "0000", PKT_UDP, 4, 0},
    {"pppoe_session_ipv6", 1, MACS "8864 11000001 0033 0057" IP6, PKT_UDP, 6, 0},
    {"pppoe_control_is_other", 1, MACS "8864 11a70001 0000", PKT_OTHER, 0, 0},
    {"pppoe_lcp_is_other", 1, MACS "8864 11000001 0006 c021 09000004", PKT_OTHER, 0, 0},
    {"an_empty_frame_is_other", 1, "", PKT_OTHER, 0, 0},
    {"a_tag_cut_in_the_middle_is_other", 1, MACS "8100 00", PKT_OTHER, 0, 0},
    {"five_tags_are_other", 1, MACS "8100 0001 8100 0001 8100 0001 8100 0001 8100 0001 0800" IP4,
     PKT_OTHER, 0, 0},
    {"arp", 1, MACS "0806 0001 0800 06 04 0001 020000000001 0a000001 000000000000 0a000002",
     PKT_ARP, 0, 0},
    {"ppp_with_its_framing_address", 9, "ff03 0021" IP4, PKT_UDP, 4, 0},
    {"ppp_with_a_short_protocol", 9, "21" IP4, PKT_UDP, 4, 0},
    {"ppp_serial_ipv6", 50, "ff03 0057" IP6, PKT_UDP, 6, 0},
    {"ppp_serial_in_cisco_framing", 50, "0f00 0800" IP4, PKT_UDP, 4, 0},
    {"ppp_over_ethernet_without_ethernet", 51, "11000001 001f 0021" IP4, PKT_UDP, 4, 0},
    {"cisco_hdlc", 104, "0f00 86dd" IP6, PKT_UDP, 6, 0},
    {"raw_ip_as_files_number_it", 101, IP4, PKT_UDP, 4, 0},
    {"raw_ip_as_linux_numbers_it", 12, IP6, PKT_UDP, 6, 0},
    {"raw_ip_as_openbsd_numbers_it", 14, IP4, PKT_UDP, 4, 0},
    {"raw_ip_of_no_version_is_other", 101, "00000000", PKT_OTHER, 0, 0},
    {"raw_ipv4", 228, IP4, PKT_UDP, 4, 0},
    {"raw_ipv6", 229, IP6, PKT_UDP, 6, 0},
    {"null_written_by_a_little_endian_machine", 0, "02000000" IP4, PKT_UDP, 4, 0},
    {"null_written_by_a_big_endian_machine", 0, "00000002" IP4, PKT_UDP, 4, 0},
    {"null_ipv6_of_macos", 0, "1e000000" IP6, PKT_UDP, 6, 0},
    {"null_ipv6_of_freebsd", 0, "1c000000" IP6, PKT_UDP, 6, 0},
    {"null_ipv6_of_netbsd", 0, "18000000" IP6, PKT_UDP, 6, 0},
    {"null_of_another_family_is_other", 0, "07000000" IP4, PKT_OTHER, 0, 0},
    {"loop", 108, "00000002" IP4, PKT_UDP, 4, 0},
    {"linux_cooked", 113, "0004 0001 0006 020000000001 0000 0800" IP4, PKT_UDP, 4, 0},
    {"linux_cooked_with_a_tag", 113, "0000 0001 0006 020000000001 0000 8100 0007 0800" IP4, PKT_UDP,
     4, 1},
    {"linux_cooked_2", 276, "86dd 0000 00000002 0001 00 06 020000000001 0000" IP6, PKT_UDP, 6, 0},
    {"802_1br_tag", 1, MACS "893f 200000000000 0800" IP4, PKT_UDP, 4, 0},
    {"vn_tag_between_two_vlan_tags", 1, MACS "8100 000a 8926 80020000 8100 0014 0800" IP4, PKT_UDP,
     4, 2},
    {"provider_backbone_bridge", 1, MACS "88a8 0064 88e7 00000123" MACS "8100 0007 0800" IP4,
     PKT_UDP, 4, 2},
    {"fabricpath", 1, MACS "8903 4020" MACS "8100 0007 0800" IP4, PKT_UDP, 4, 1},
    {"hsr_tag", 1, MACS "892f 002b 0001 0800" IP4, PKT_UDP, 4, 0},
    {"cisco_metadata_tag", 1, MACS "8909 0101 0001 0010 0800" IP4, PKT_UDP, 4, 0},
    {"service_header_with_ip", 1,
     MACS "894f 0006 01 01 000001ff 00000000 00000000 00000000 00000000" IP4, PKT_UDP, 4, 0},
    {"service_header_with_a_frame", 1, MACS "894f 0002 01 03 000001ff" MACS "0800" IP4, PKT_UDP, 4,
     0},
    {"service_header_of_no_length_is_other", 1, MACS "894f 0000 01 01 000001ff" IP4, PKT_OTHER, 0,
     0},
    {"ethernet_pseudo_wire", 1, MACS "8847 00064140" MACS "0800" IP4, PKT_UDP, 4, 0},
    {"ethernet_pseudo_wire_with_control_word", 1, MACS "8847 00064140 00000000" MACS "86dd" IP6,
     PKT_UDP, 6, 0},
    {"token_ring", 6, "1040 ffffffffffff 020000000001 aaaa03 000000 0800" IP4, PKT_UDP, 4, 0},
    {"token_ring_with_a_route", 6,
     "1040 ffffffffffff 820000000001 0630 0011 0020 aaaa03 000000 0800" IP4, PKT_UDP, 4, 0},
    {"arcnet_of_rfc_1201", 7, "0100 d4 00 0001" IP4, PKT_UDP, 4, 0},
    {"arcnet_exception_packet", 7, "0100 d4 ff ffffff 00 0001" IP4, PKT_UDP, 4, 0},
    {"arcnet_later_fragment_is_other", 7, "0100 d4 02 0001" IP4, PKT_OTHER, 0, 0},
    {"arcnet_of_rfc_1051", 7, "0100 f0" IP4, PKT_UDP, 4, 0},
    {"arcnet_of_linux", 129, "0100 0000 d4 00 0001" IP4, PKT_UDP, 4, 0},
    {"fddi", 10, "57 ffffffffffff 020000000001 aaaa03 000000 0800" IP4, PKT_UDP, 4, 0},
    {"atm_with_llc", 100, "aaaa03 000000 0800" IP4, PKT_UDP, 4, 0},
    {"atm_with_bare_ip", 11, IP4, PKT_UDP, 4, 0},
    {"sun_atm", 123, "02000064 aaaa03 000000 86dd" IP6, PKT_UDP, 6, 0},
    {"frame_relay_nlpid", 107, "1841 03 cc" IP4, PKT_UDP, 4, 0},
    {"frame_relay_snap", 107, "1841 03 00 80 000000 86dd" IP6, PKT_UDP, 6, 0},
    {"frame_relay_of_cisco", 107, "1841 0800" IP4, PKT_UDP, 4, 0},
    {"openbsd_ipsec_interface", 109, "00000002 00000000 00000000" IP4, PKT_UDP, 4, 0},
    {"openbsd_pflog", 117, "0a 02 00 00 00 00 00 00 00 00 0000" IP4, PKT_UDP, 4, 0},
    {"ppp_with_direction", 204, "00 ff03 0021" IP4, PKT_UDP, 4, 0},
    {"netfilter_log", 239, "02 00 0000 0800 0100 0800 0100 2100 0900" IP4, PKT_UDP, 4, 0},
    {"netfilter_log_attribute_of_no_length_is_other", 239, "02 00 0000 0000 0100", PKT_OTHER, 0, 0},
    {"pktap_with_ethernet", 258, "0c000000 01000000 01000000" MACS "0800" IP4, PKT_UDP, 4, 0},
    {"pktap_in_itself_is_other", 258, "0c000000 01000000 02010000" MACS "0800" IP4, PKT_OTHER, 0,
     0},
    {"broadcom_tag", 281, MACS "20000002 0800" IP4, PKT_UDP, 4, 0},
    {"broadcom_tag_in_front", 282, "20000002" MACS "0800" IP4, PKT_UDP, 4, 0},
    {"dsa_tag", 284, MACS "c0800001 0800" IP4, PKT_UDP, 4, 0},
    {"juniper_ethernet", 178, "4d4743 81 0005 0102000a00" MACS "0800" IP4, PKT_UDP, 4, 0},
    {"juniper_ethernet_without_extensions", 178, "4d4743 01" MACS "8100 0007 86dd" IP6, PKT_UDP, 6,
     1},
    {"juniper_without_a_frame_is_other", 178, "4d4743 03" MACS "0800" IP4, PKT_OTHER, 0, 0},
    {"ip_over_infiniband", 242,
     "00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000"
     "0800 0000" IP4,
     PKT_UDP, 4, 0},
    {"other_than_dsa_under_the_number_before", 283, MACS "c0800001 0800" IP4, PKT_OTHER, 0, 0},
    {"ethertype_dsa_tag", 285, MACS "dada0000 c0800001 86dd" IP6, PKT_UDP, 6, 0},
    {"wireless_data", 105, WLAN("0801") IP4, PKT_UDP, 4, 0},
    {"wireless_data_of_a_bridge", 105,
     "0803 0000" MACS "020000000003 0000 020000000004"
     "aaaa03 000000 0800" IP4,
     PKT_UDP, 4, 0},
    {"wireless_qos_data", 105, "8801 0000" MACS "020000000003 0000 0000 aaaa03 000000 0800" IP4,
     PKT_UDP, 4, 0},
    {"wireless_aggregate_begins_with_its_first", 105,
     "8801 0000" MACS "020000000003 0000 8000" MACS "0025 aaaa03 000000 0800" IP4 "000000", PKT_UDP,
     4, 0},
    {"wireless_beacon_is_other", 105, "8000 0000" MACS "020000000003 0000", PKT_OTHER, 0, 0},
    {"wireless_encrypted_is_other", 105, WLAN("0841") IP4, PKT_OTHER, 0, 0},
    {"radiotap", 127, "0000 0800 00000000" WLAN("0801") IP4, PKT_UDP, 4, 0},
    {"radiotap_with_padding_of_the_header", 127,
     "0000 1100 03000000 0000000000000000 20"
     "8801 0000" MACS "020000000003 0000 0000 0000 aaaa03 000000 0800" IP4,
     PKT_UDP, 4, 0},
    {"prism", 119, PRISM WLAN("0801") IP4, PKT_UDP, 4, 0},
    {"avs", 163, "80211001 0000000c 00000000" WLAN("0801") IP4, PKT_UDP, 4, 0},
    {"avs_under_prisms_number", 119, "80211001 0000000c 00000000" WLAN("0801") IP4, PKT_UDP, 4, 0},
    {"ppi", 192, "0000 0800 69000000" WLAN("0801") IP4, PKT_UDP, 4, 0},
};

/* Aggregates (A-MSDU): what follows a header of IEEE 802.11 with QoS, frame by frame. */
#define AMSDU "8801 0000" MACS "020000000003 0000 8000"
#define PART4 MACS "0025 aaaa03 000000 0800" IP4
#define PART6 MACS "0039 aaaa03 000000 86dd" IP6
#define ARP   MACS "000c aaaa03 000000 0806 00010800"

static const struct parts {
    const char *what;
    const char *hex;
    const char
        *want; /* '4', '6': a packet of UDP with its byte; 'c': one that is cut; '-': other */
} aggregates[] = {
    {"an_aggregate_of_one", AMSDU PART4, "4"},
    {"an_aggregate_of_two", AMSDU PART4 "00" PART6, "46"},
    {"an_aggregate_of_three", AMSDU PART6 "00" PART6 "00" PART4, "664"},
    {"padding_behind_the_last_is_no_part", AMSDU PART4 "00" PART4 "00", "44"},
    {"a_part_of_something_else_hides_no_other", AMSDU ARP "0000" PART4, "-4"},
    {"a_part_of_no_length_hides_no_other", AMSDU MACS "0000 0000" PART4, "-4"},
    {"a_part_too_short_for_its_headers_hides_no_other", AMSDU MACS "0002 aaaa" PART4, "-4"},
    {"a_length_beyond_the_end_ends_it", AMSDU PART4 "00" MACS "0fff aaaa03 000000 0800" IP4, "44"},
    {"a_length_that_cuts_its_packet", AMSDU MACS "0020 aaaa03 000000 0800" IP4, "c"},
    {"less_than_a_header_is_no_part", AMSDU PART4 "00" MACS "00", "4"},
};

static void an_aggregate_has_the_parts_its_row_says(void **state)
{
    const struct parts *a = *state;
    size_t n, i = 0;
    uint8_t *frame = test_hex(a->hex, &n);
    struct pkt p;

    link_parse(LINK_WLAN, bytes_of(frame, n), &p);
    do {
        bool cut = p.kind == PKT_UDP && p.udp.data.n < p.data_len;
        char got = p.kind == PKT_OTHER || p.kind == PKT_ARP ? '-'
                   : cut || p.kind == PKT_IP                ? 'c'
                                                            : (char)('0' + p.ip.version);
        assert_int_equal(got, a->want[i]);
        i++;
    } while (link_next_part(p.eth.more, &p));
    assert_int_equal(i, strlen(a->want));
    mem_free(frame);
}

static void a_frame_is_what_its_row_says(void **state)
{
    const struct row *r = *state;
    size_t n;
    uint8_t *frame = test_hex(r->hex, &n);
    struct pkt p;

    link_parse(r->linktype, bytes_of(frame, n), &p);
    assert_int_equal(p.kind, r->want);
    if (r->version) {
        assert_int_equal(p.ip.version, r->version);
        assert_int_equal(p.eth.vlans, r->vlans);
        assert_int_equal(p.data_len, 1);
        assert_int_equal(p.udp.data.p[0], 'a');
    }
    mem_free(frame);
}

static enum err parse_link(struct bytes in, void *ctx)
{
    struct pkt p;

    link_parse(*(const uint32_t *)ctx, in, &p);
    while (link_next_part(p.eth.more, &p))
        ;
    return ERR_OK;
}

static void every_truncation_and_flip_is_survived(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint32_t linktype = rows[i].linktype;
        size_t n;
        uint8_t *frame = test_hex(rows[i].hex, &n);
        test_truncations(bytes_of(frame, n), parse_link, &linktype);
        test_flips(bytes_of(frame, n), parse_link, &linktype);
        mem_free(frame);
    }
    for (size_t i = 0; i < COUNT(aggregates); i++) {
        uint32_t linktype = LINK_WLAN;
        size_t n;
        uint8_t *frame = test_hex(aggregates[i].hex, &n);
        test_truncations(bytes_of(frame, n), parse_link, &linktype);
        test_flips(bytes_of(frame, n), parse_link, &linktype);
        mem_free(frame);
    }
}

static void ethernet_is_parsed_as_pkt_parse_does(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows) && rows[i].linktype == 1; i++) {
        size_t n;
        uint8_t *frame = test_hex(rows[i].hex, &n);
        struct pkt a, b;
        pkt_parse(bytes_of(frame, n), &a);
        link_parse(LINK_ETHERNET, bytes_of(frame, n), &b);
        if (a.kind != PKT_OTHER) {
            assert_int_equal(a.kind, b.kind);
            assert_int_equal(a.eth.type, b.eth.type);
            assert_memory_equal(a.eth.vlan, b.eth.vlan, sizeof(a.eth.vlan));
            assert_ptr_equal(a.eth.payload.p, b.eth.payload.p);
            assert_true(mac_eq(&a.eth.src, &b.eth.src));
        }
        mem_free(frame);
    }
}

static void names_are_known_for_what_is_read(void **state)
{
    (void)state;
    assert_string_equal(link_name(1), "Ethernet");
    assert_true(link_is_supported(276));
    assert_null(link_name(147));
    assert_false(link_is_supported(147));
}

/* libpcap's names: its DLT_ numbers are those of files from 100 on. */
static void numbers_are_those_of_libpcap(void **state)
{
    static const struct {
        const char *name;
        int linktype;
    } known[] = {{"EN10MB", LINK_ETHERNET},
                 {"NULL", LINK_NULL},
                 {"IEEE802", LINK_TOKEN_RING},
                 {"ARCNET", LINK_ARCNET},
                 {"PPP", LINK_PPP},
                 {"FDDI", LINK_FDDI},
                 {"PPP_SERIAL", LINK_PPP_HDLC},
                 {"PPP_ETHER", LINK_PPP_ETHER},
                 {"C_HDLC", LINK_C_HDLC},
                 {"IEEE802_11", LINK_WLAN},
                 {"FRELAY", LINK_FRAME_RELAY},
                 {"LOOP", LINK_LOOP},
                 {"ENC", LINK_ENC},
                 {"LINUX_SLL", LINK_SLL},
                 {"PFLOG", LINK_PFLOG},
                 {"PRISM_HEADER", LINK_PRISM},
                 {"SUNATM", LINK_SUNATM},
                 {"IEEE802_11_RADIO", LINK_RADIOTAP},
                 {"ARCNET_LINUX", LINK_ARCNET_LINUX},
                 {"IEEE802_11_RADIO_AVS", LINK_AVS},
                 {"PPP_PPPD", LINK_PPP_PPPD},
                 {"JUNIPER_ETHER", LINK_JUNIPER_ETHER},
                 {"PPI", LINK_PPI},
                 {"IPV4", LINK_IPV4},
                 {"IPV6", LINK_IPV6},
                 {"NFLOG", LINK_NFLOG},
                 {"IPOIB", LINK_IPOIB},
                 {"PKTAP", LINK_PKTAP},
                 {"LINUX_SLL2", LINK_SLL2},
                 {"DSA_TAG_BRCM", LINK_BRCM_TAG},
                 {"DSA_TAG_BRCM_PREPEND", LINK_BRCM_PREPEND},
                 {"DSA_TAG_DSA", LINK_DSA},
                 {"DSA_TAG_EDSA", LINK_EDSA}};

    (void)state;
    for (size_t i = 0; i < COUNT(known); i++)
        if (pcap_datalink_name_to_val(known[i].name) != known[i].linktype)
            fail_msg("%s is %d for libpcap", known[i].name,
                     pcap_datalink_name_to_val(known[i].name));
}

int main(void)
{
    struct CMUnitTest tests[4 + COUNT(rows) + COUNT(aggregates)] = {
        cmocka_unit_test(every_truncation_and_flip_is_survived),
        cmocka_unit_test(ethernet_is_parsed_as_pkt_parse_does),
        cmocka_unit_test(names_are_known_for_what_is_read),
        cmocka_unit_test(numbers_are_those_of_libpcap),
    };

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[4 + i] = (struct CMUnitTest){rows[i].what, a_frame_is_what_its_row_says, NULL, NULL,
                                           (void *)(uintptr_t)&rows[i]};
    for (size_t i = 0; i < COUNT(aggregates); i++)
        tests[4 + COUNT(rows) + i] =
            (struct CMUnitTest){aggregates[i].what, an_aggregate_has_the_parts_its_row_says, NULL,
                                NULL, (void *)(uintptr_t)&aggregates[i]};
    return _cmocka_run_group_tests("wire/link", tests, COUNT(tests), NULL, NULL);
}
