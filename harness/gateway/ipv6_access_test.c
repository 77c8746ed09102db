/* Access lists and levels of IPv6, in clear between the interfaces of one gateway. */
#include "tests/ipv6_lab.h"
#include "tests/testkit.h"

static const struct list_row {
    const char *what;
    const char *config;
    enum lab_leg leg;
    bool passes;
    uint32_t log; /* that says so */
    const char *text;
} lists[] = {
    {"outbound without a list passes", "", LAB_LAN, true, 302013, "2001:db8:ffff::9/80"},
    {"inbound without a list is denied", "", LAB_WAN, false, 106001,
     "from 2001:db8:ffff::9/1000 to 2001:db8:b0::10/80 flags SYN  on interface outside"},
    {"a list of IPv4 says nothing of IPv6 in 8.2",
     "access-list a deny ip any any\naccess-group a in interface inside\n", LAB_LAN, true, 302013,
     NULL},
    {"an IPv6 list denies",
     "ipv6 access-list s deny tcp 2001:db8:b0::/64 any eq 80\nipv6 access-list s permit ip any "
     "any\naccess-group s in interface inside\n",
     LAB_LAN, false, 106023,
     "Deny tcp src inside:2001:db8:b0::10/1000 dst outside:2001:db8:ffff::9/80 by access-group "
     "\"s\""},
    {"an IPv6 list permits from outside",
     "ipv6 access-list s permit tcp any host 2001:db8:b0::10 eq 80\naccess-group s in interface "
     "outside\n",
     LAB_WAN, true, 302013, "Built inbound TCP"},
    {"one list is for both in 9.1",
     "asa version 9.1(1)\naccess-list u extended permit tcp any6 host 2001:db8:b0::10 eq 80\n"
     "access-list u extended deny ip any any\naccess-group u in interface outside\n",
     LAB_WAN, true, 302013, "Built inbound TCP"},
    {"its any4 is not IPv6",
     "asa version 9.1(1)\naccess-list u extended permit tcp any4 any4\naccess-group u in interface "
     "outside\n",
     LAB_WAN, false, 106023, "access-group \"u\""},
    {"its any is",
     "asa version 9.1(1)\naccess-list u extended permit tcp any any\naccess-group u in interface "
     "outside\n",
     LAB_WAN, true, 302013, NULL},
};

static void access_lists_of_ipv6_are_kept(void **state)
{
    const struct list_row *row = *state;
    struct gateway_lab *l = v6_new(row->config, NULL);
    bool out = row->leg == LAB_LAN;
    struct ip ip = v6_header(out ? V6_USER : V6_BEYOND, out ? V6_BEYOND : V6_USER, IP_TCP);
    struct tcp t = {.src = 1000, .dst = 80, .seq = 5, .flags = TCP_SYN, .window = 100};
    uint8_t segment[TCP_HDR_LEN];
    struct wr w = wr_of(segment, sizeof(segment));

    tcp_put(&w, &t, &ip.src, &ip.dst);
    v6_send_ip(l, LAB_BO, row->leg, &ip, wr_bytes(&w));
    if (out)
        assert_int_equal(l->clear_on_wan, row->passes);
    else
        assert_int_equal(lab_flush(l, LAB_BO), row->passes);
    assert_int_equal(lab_logged(l, LAB_BO, row->log, row->text), 1);
    l->clear_on_wan = 0; /* no tunnel is for it */
    v6_free(l);
}

int main(void)
{
    struct CMUnitTest tests[COUNT(lists)];

    for (size_t i = 0; i < COUNT(lists); i++)
        tests[i] = (struct CMUnitTest){lists[i].what, access_lists_of_ipv6_are_kept, NULL, NULL,
                                       (void *)(uintptr_t)&lists[i]};
    return cmocka_run_group_tests_name("gateway/ipv6_access", tests, NULL, NULL);
}
