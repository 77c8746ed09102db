#include "gateway/acl.h"

#include "tests/testkit.h"
#include "wire/ip.h"

#include <stdio.h>

static const char lists[] =
    "access-list w extended deny tcp any host 192.168.50.80 eq 23\n"
    "access-list w extended permit tcp 10.224.228.0 255.255.255.128 any range 80 443\n"
    "access-list w extended permit udp any gt 1023 any neq 53\n"
    "access-list w extended permit icmp any any echo\n"
    "access-list w extended permit ip host 10.9.9.9 any inactive\n"
    "access-list w extended permit esp host 10.9.9.9 any\n"
    "access-list odd extended permit ip any 10.224.228.0 255.255.255.1\n"
    "access-list crypto extended deny ip host 10.224.228.99 any\n"
    "access-list crypto extended permit ip 10.224.228.0 255.255.255.128 192.168.50.0 "
    "255.255.255.0\n"
    "access-list crypto extended permit ip 10.224.52.0 255.255.255.128 any\n";

static struct gw_config *config(void)
{
    struct gw_config *c = gw_config_new();

    assert_ok(gw_config_load(c, "lists", bytes_str(lists), NULL, NULL));
    return c;
}

struct row {
    const char *acl;
    uint8_t proto;
    const char *src, *dst;
    uint16_t sport, dport;
    int icmp;
    bool permit;
    size_t ace;
};

static struct gw_flow_key key_of(const struct row *r)
{
    struct gw_flow_key k = {
        .proto = r->proto, .sport = r->sport, .dport = r->dport, .icmp_type = r->icmp};

    assert_ok(ip_addr_parse(r->src, &k.src));
    assert_ok(ip_addr_parse(r->dst, &k.dst));
    return k;
}

static const struct row out[] = {
    {"w", IP_TCP, "10.224.228.10", "192.168.50.80", 1025, 23, -1, false, 0},
    {"w", IP_TCP, "10.224.228.10", "192.168.50.80", 1025, 80, -1, true, 1},
    {"w", IP_TCP, "10.224.228.10", "192.168.50.80", 1025, 443, -1, true, 1},
    {"w", IP_TCP, "10.224.228.10", "192.168.50.80", 1025, 444, -1, false, GW_ACE_NONE},
    {"w", IP_TCP, "10.224.228.128", "192.168.50.80", 1025, 80, -1, false, GW_ACE_NONE},
    {"w", IP_UDP, "10.0.0.1", "192.168.50.80", 1024, 54, -1, true, 2},
    {"w", IP_UDP, "10.0.0.1", "192.168.50.80", 1023, 54, -1, false, GW_ACE_NONE},
    {"w", IP_UDP, "10.0.0.1", "192.168.50.80", 1024, 53, -1, false, GW_ACE_NONE},
    {"w", IP_ICMP, "10.0.0.1", "192.168.50.80", 0, 0, 8, true, 3},
    {"w", IP_ICMP, "10.0.0.1", "192.168.50.80", 0, 0, 0, false, GW_ACE_NONE},
    {"w", IP_GRE, "10.9.9.9", "192.168.50.80", 0, 0, -1, false, GW_ACE_NONE}, /* inactive */
    {"w", IP_ESP, "10.9.9.9", "192.168.50.80", 0, 0, -1, true, 5},
    {"w", IP_TCP, "2001:db8::1", "2001:db8::2", 1, 80, -1, false, GW_ACE_NONE},
    /* a mask of 255.255.255.1 looks at the last bit only */
    {"odd", IP_TCP, "1.1.1.1", "10.224.228.66", 1, 1, -1, true, 0},
    {"odd", IP_TCP, "1.1.1.1", "10.224.228.67", 1, 1, -1, false, GW_ACE_NONE},
    {"crypto", IP_TCP, "10.224.228.10", "192.168.50.80", 1, 80, -1, true, 1},
    {"crypto", IP_TCP, "10.224.228.99", "192.168.50.80", 1, 80, -1, false, 0},
    {"crypto", IP_TCP, "10.224.228.10", "192.168.51.80", 1, 80, -1, false, GW_ACE_NONE},
    {"crypto", IP_UDP, "10.224.52.1", "8.8.8.8", 1, 53, -1, true, 2},
};

static void packets_meet_the_first_entry_that_fits(void **state)
{
    struct gw_config *c = config();

    (void)state;
    for (size_t i = 0; i < COUNT(out); i++) {
        struct gw_flow_key k = key_of(&out[i]);
        struct gw_acl_hit hit = gw_acl_match(gw_config_acl(c, out[i].acl), &k);
        if (hit.permit != out[i].permit || hit.ace != out[i].ace)
            fail_msg("row %zu: permit %d, entry %zu", i, hit.permit, hit.ace);
    }
    gw_config_free(c);
}

/* The same packets the other way round meet the same entries of the mirrored list. */
static void packets_from_the_tunnel_meet_the_mirrored_list(void **state)
{
    struct gw_config *c = config();

    (void)state;
    for (size_t i = 0; i < COUNT(out); i++) {
        struct gw_flow_key k = key_of(&out[i]);
        struct gw_flow_key back = gw_flow_key_reverse(&k);
        struct gw_acl_hit hit = gw_acl_match_mirrored(gw_config_acl(c, out[i].acl), &back);
        if (out[i].proto == IP_ICMP)
            continue; /* a reply has another type */
        assert_int_equal(hit.permit, out[i].permit);
        assert_true(hit.ace == out[i].ace);
    }
    gw_config_free(c);
}

static void entries_become_networks_where_their_masks_allow(void **state)
{
    struct gw_config *c = config();
    struct ip_net src, dst;
    char text[IP_ADDR_TEXT];

    (void)state;
    assert_ok(gw_ace_networks(&gw_config_acl(c, "crypto")->aces[1], &src, &dst));
    assert_string_equal(ip_addr_format(&src.addr, text), "10.224.228.0");
    assert_int_equal(src.prefix, 25);
    assert_int_equal(dst.prefix, 24);
    assert_ok(gw_ace_networks(&gw_config_acl(c, "crypto")->aces[2], &src, &dst));
    assert_int_equal(dst.prefix, 0);
    assert_int_equal(gw_ace_networks(&gw_config_acl(c, "odd")->aces[0], &src, &dst),
                     ERR_UNSUPPORTED);
    gw_config_free(c);
}

static void entries_are_printed_as_they_were_typed(void **state)
{
    struct gw_config *c = config();
    struct buf text = BUF_INIT;

    (void)state;
    for (size_t i = 0; i < c->nacls; i++) {
        for (size_t k = 0; k < c->acls[i].naces; k++) {
            gw_ace_format(&c->acls[i], &c->acls[i].aces[k], &text);
            buf_addc(&text, '\n');
        }
    }
    assert_non_null(strstr(buf_str(&text), "access-list w extended deny tcp any host 192.168.50.80 "
                                           "eq 23\naccess-list w extended permit tcp 10.224.228.0 "
                                           "255.255.255.128 any range 80 443\n"));
    assert_non_null(strstr(buf_str(&text), "permit icmp any any 8\n"));
    buf_release(&text);
    gw_config_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packets_meet_the_first_entry_that_fits),
        cmocka_unit_test(packets_from_the_tunnel_meet_the_mirrored_list),
        cmocka_unit_test(entries_become_networks_where_their_masks_allow),
        cmocka_unit_test(entries_are_printed_as_they_were_typed),
    };
    return cmocka_run_group_tests_name("gateway/acl", tests, NULL, NULL);
}
