/* Access lists and security levels between the interfaces of one gateway: what passes, what is
 * denied, in which words, and what is reset. 313004 is that of a real sample; the other forms are
 * those of Cisco's message guide. */
#include "tests/access_lab.h"
#include "tests/testkit.h"

static const struct row {
    const char *what, *config;
    size_t from, to;
    const char *src, *dst;
    uint8_t proto;
    uint16_t port; /* or ICMP type */
    bool passes;
    const char *log; /* NULL: none is asked for */
} rows[] = {
    {"down_the_levels__passes", "", ACCESS_INSIDE, ACCESS_DMZ, "10.1.1.9", "10.2.2.9", IP_TCP, 80,
     true,
     "Built outbound TCP connection 1 for dmz:10.2.2.9/80 (10.2.2.9/80) to inside:10.1.1.9/1000"},
    {"up_the_levels__is_denied", "", ACCESS_DMZ, ACCESS_INSIDE, "10.2.2.9", "10.1.1.9", IP_TCP, 80,
     false,
     "%ASA-2-106001: Inbound TCP connection denied from 10.2.2.9/1000 to 10.1.1.9/80 flags SYN  "
     "on interface dmz"},
    {"a_datagram_up__is_denied", "", ACCESS_DMZ, ACCESS_INSIDE, "10.2.2.9", "10.1.1.9", IP_UDP, 500,
     false, "%ASA-2-106006: Deny inbound UDP from 10.2.2.9/1000 to 10.1.1.9/500 on interface dmz"},
    {"a_query_up__is_denied_as_one", "", ACCESS_DMZ, ACCESS_INSIDE, "10.2.2.9", "10.1.1.9", IP_UDP,
     53, false,
     "%ASA-2-106007: Deny inbound UDP from 10.2.2.9/1000 to 10.1.1.9/53 due to DNS Query"},
    {"a_ping_up__is_denied", "", ACCESS_OUTSIDE, ACCESS_INSIDE, "192.0.2.9", "10.1.1.9", IP_ICMP, 8,
     false,
     "%ASA-3-106014: Deny inbound icmp src outside:192.0.2.9 dst inside:10.1.1.9 (type 8, code 0)"},
    {"another_protocol_up__is_denied", "", ACCESS_OUTSIDE, ACCESS_INSIDE, "192.0.2.9", "10.1.1.9",
     IP_GRE, 0, false,
     "%ASA-3-106010: Deny inbound protocol 47 src outside:192.0.2.9 dst inside:10.1.1.9"},
    {"a_ping_up_in_ipv6__is_denied", "", ACCESS_OUTSIDE, ACCESS_INSIDE, "2001:db8::9",
     "2001:db8:1::9", IP_ICMPV6, 128, false,
     "%ASA-3-106014: Deny inbound icmp6 src outside:2001:db8::9 dst inside:2001:db8:1::9 (type "
     "128, code 0)"},
    {"up_with_a_list__passes",
     "access-list a permit tcp any host 10.1.1.9 eq 80\naccess-group a in interface dmz\n",
     ACCESS_DMZ, ACCESS_INSIDE, "10.2.2.9", "10.1.1.9", IP_TCP, 80, true,
     "Built inbound TCP connection"},
    {"down_with_a_list_that_does_not_say_so__is_denied",
     "access-list a permit tcp any any eq 443\naccess-group a in interface inside\n", ACCESS_INSIDE,
     ACCESS_DMZ, "10.1.1.9", "10.2.2.9", IP_TCP, 80, false,
     "%ASA-4-106023: Deny tcp src inside:10.1.1.9/1000 dst dmz:10.2.2.9/80 by access-group \"a\""},
    {"the_list_of_the_way_out__is_asked_too",
     "access-list o permit udp any any\naccess-group o out interface dmz\n", ACCESS_INSIDE,
     ACCESS_DMZ, "10.1.1.9", "10.2.2.9", IP_TCP, 80, false, "by access-group \"o\""},
    {"both_lists_have_to_agree",
     "access-list i permit tcp any any\naccess-list o permit tcp any any eq 80\n"
     "access-group i in interface outside\naccess-group o out interface inside\n",
     ACCESS_OUTSIDE, ACCESS_INSIDE, "192.0.2.9", "10.1.1.9", IP_TCP, 80, true, "Built inbound TCP"},
    /* the note's own list, with the mask it prints: odd last bytes of one network */
    {"the_notes_list_permits_by_its_odd_mask",
     "access-list inside_access_out extended permit ip any 10.1.1.0 255.255.255.1\naccess-list i "
     "permit ip any any\naccess-group i in interface outside\naccess-group inside_access_out out "
     "interface inside\n",
     ACCESS_OUTSIDE, ACCESS_INSIDE, "192.0.2.9", "10.1.1.8", IP_TCP, 80, true, "Built inbound TCP"},
    {"and_denies_by_it",
     "access-list inside_access_out extended permit ip any 10.1.1.0 255.255.255.1\naccess-list i "
     "permit ip any any\naccess-group i in interface outside\naccess-group inside_access_out out "
     "interface inside\n",
     ACCESS_OUTSIDE, ACCESS_INSIDE, "192.0.2.9", "10.1.1.9", IP_TCP, 80, false,
     "by access-group \"inside_access_out\""},
    {"between_equals__is_denied", "", ACCESS_DMZ, ACCESS_LAB, "10.2.2.9", "10.3.3.9", IP_TCP, 80,
     false, "106001: Inbound TCP connection denied"},
    {"between_equals_with_a_list__still_is",
     "access-list a permit ip any any\naccess-group a in interface dmz\n", ACCESS_DMZ, ACCESS_LAB,
     "10.2.2.9", "10.3.3.9", IP_TCP, 80, false, "106001: Inbound TCP connection denied"},
    {"between_equals_that_are_permitted__passes", "same-security-traffic permit inter-interface\n",
     ACCESS_DMZ, ACCESS_LAB, "10.2.2.9", "10.3.3.9", IP_TCP, 80, true,
     "Built inbound TCP connection 1 for dmz:10.2.2.9/1000"},
    {"back_through_its_interface__is_denied", "", ACCESS_INSIDE, ACCESS_INSIDE, "10.1.1.9",
     "10.9.9.9", IP_ICMP, 8, false,
     "106014: Deny inbound icmp src inside:10.1.1.9 dst inside:10.9.9.9 (type 8, code 0)"},
    {"back_through_its_interface_that_is_permitted__passes",
     "same-security-traffic permit intra-interface\n", ACCESS_INSIDE, ACCESS_INSIDE, "10.1.1.9",
     "10.9.9.9", IP_TCP, 80, true, "Built inbound TCP"},
    {"a_reply_that_nobody_asked_for__is_denied_by_the_levels", "", ACCESS_OUTSIDE, ACCESS_INSIDE,
     "192.0.2.9", "10.1.1.9", IP_ICMP, 0, false, "106014: Deny inbound icmp"},
    {"a_reply_without_a_session__is_denied_by_inspection",
     "policy-map p\n class c\n  inspect icmp\naccess-list i permit ip any any\naccess-group i in "
     "interface outside\n",
     ACCESS_OUTSIDE, ACCESS_INSIDE, "192.0.2.9", "10.1.1.9", IP_ICMP, 0, false,
     "%ASA-4-313004: Denied ICMP type=0, from laddr 192.0.2.9 on interface outside to 10.1.1.9: no "
     "matching session"},
};

static void a_first_packet_passes_or_does_not(void **state)
{
    const struct row *row = *state;
    struct access_bench *b = access_new(row->config);

    access_send_first(b, row->from, row->src, row->dst, row->proto, row->port);
    assert_int_equal(b->end[row->to].came, row->passes);
    access_assert_logged(b, row->log);
    access_free(b);
}

/* `service resetinbound` is off by default, `resetoutbound` on; between equals either is enough;
 * `resetoutside` is about what ends at the least secure interface. */
static const struct reset_row {
    const char *what, *config;
    size_t from;
    const char *src, *dst;
    bool reset;
} resets[] = {
    {"denied_on_the_way_down__is_reset",
     "access-list a deny ip any any\naccess-group a in interface inside\n", ACCESS_INSIDE,
     "10.1.1.9", "10.2.2.9", true},
    {"without_resetoutbound__is_not",
     "access-list a deny ip any any\naccess-group a in interface inside\nno service "
     "resetoutbound\n",
     ACCESS_INSIDE, "10.1.1.9", "10.2.2.9", false},
    {"denied_on_the_way_up__is_not_reset", "", ACCESS_DMZ, "10.2.2.9", "10.1.1.9", false},
    {"with_resetinbound__is", "service resetinbound\n", ACCESS_DMZ, "10.2.2.9", "10.1.1.9", true},
    {"denied_between_equals__is_reset", "", ACCESS_DMZ, "10.2.2.9", "10.3.3.9", true},
    {"between_equals_with_resetinbound_alone__is_too",
     "no service resetoutbound\nservice resetinbound\n", ACCESS_DMZ, "10.2.2.9", "10.3.3.9", true},
    {"between_equals_with_neither__is_not", "no service resetoutbound\n", ACCESS_DMZ, "10.2.2.9",
     "10.3.3.9", false},
    {"to_the_box_from_outside__is_not_reset", "", ACCESS_OUTSIDE, "192.0.2.9", "192.0.2.1", false},
    {"to_the_box_from_outside_with_resetoutside__is", "service resetoutside\n", ACCESS_OUTSIDE,
     "192.0.2.9", "192.0.2.1", true},
    {"to_the_box_from_inside_with_resetoutside__is_not", "service resetoutside\n", ACCESS_INSIDE,
     "10.1.1.9", "10.1.1.1", false},
};

static void a_denied_segment_is_reset_or_not(void **state)
{
    const struct reset_row *row = *state;
    struct access_bench *b = access_new(row->config);
    struct access_end *e = &b->end[row->from];

    access_send_first(b, row->from, row->src, row->dst, IP_TCP, 80);
    assert_int_equal(e->came, row->reset);
    if (row->reset) {
        struct pkt p;
        pkt_parse_ip(bytes_of(e->last, e->n), &p);
        assert_int_equal(p.tcp.flags, TCP_RST | TCP_ACK);
        assert_int_equal(p.tcp.ack, 6);
    }
    access_free(b);
}

int main(void)
{
    struct CMUnitTest tests[COUNT(resets) + COUNT(rows)];
    size_t n = 0;

    for (size_t i = 0; i < COUNT(resets); i++)
        tests[n++] = (struct CMUnitTest){resets[i].what, a_denied_segment_is_reset_or_not, NULL,
                                         NULL, (void *)(uintptr_t)&resets[i]};
    for (size_t i = 0; i < COUNT(rows); i++)
        tests[n++] = (struct CMUnitTest){rows[i].what, a_first_packet_passes_or_does_not, NULL,
                                         NULL, (void *)(uintptr_t)&rows[i]};
    return cmocka_run_group_tests_name("gateway/access", tests, NULL, NULL);
}
