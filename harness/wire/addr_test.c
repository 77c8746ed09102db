#include "wire/addr.h"

#include "tests/testkit.h"

static void networks_hold_their_hosts(void **state)
{
    static const struct {
        const char *net, *addr;
        bool in;
    } rows[] = {
        {"10.224.228.0/25", "10.224.228.127", true},
        {"10.224.228.0/25", "10.224.228.128", false},
        {"0.0.0.0/0", "1.2.3.4", true},
        {"10.0.0.1", "10.0.0.1", true},
        {"10.0.0.1", "10.0.0.2", false},
        {"2001:db8::/33", "2001:db8:7fff::1", true},
        {"2001:db8::/33", "2001:db8:8000::", false},
        {"::/0", "1.2.3.4", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ip_net net;
        struct ip_addr a;
        assert_ok(ip_net_parse(rows[i].net, &net));
        assert_ok(ip_addr_parse(rows[i].addr, &a));
        assert_int_equal(ip_net_has(&net, &a), rows[i].in);
    }
}

static void malformed_text_is_refused(void **state)
{
    static const char *const bad[] = {"",       "10.0.0",     "10.0.0.256", "10.0.0.0/33",
                                      "::/129", "10.0.0.0/",  "10.0.0.0/x", "10.0.0.0/8x",
                                      "::1::",  "10.0.0.0/-1"};
    struct ip_net net;
    struct mac m;

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_int_not_equal(ip_net_parse(bad[i], &net), ERR_OK);
    assert_int_not_equal(mac_parse("02:00:00:00:00:0", &m), ERR_OK);
    assert_int_not_equal(mac_parse("02-00-00-00-00-01", &m), ERR_OK);
}

static void text_forms_round_trip(void **state)
{
    static const char *const texts[] = {"10.0.0.100", "2001:db8::1", "::"};
    char out[IP_ADDR_TEXT], ep[ENDPOINT_TEXT], mt[MAC_TEXT];
    struct mac m;

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct ip_addr a;
        assert_ok(ip_addr_parse(texts[i], &a));
        assert_string_equal(ip_addr_format(&a, out), texts[i]);
    }
    struct endpoint e = {.port = 80};
    assert_ok(ip_addr_parse("2001:db8::1", &e.addr));
    assert_string_equal(endpoint_format(&e, ep), "[2001:db8::1]:80");
    assert_ok(mac_parse("02:00:5e:10:00:01", &m));
    assert_string_equal(mac_format(&m, mt), "02:00:5e:10:00:01");
}

static void masks_are_turned_into_prefixes(void **state)
{
    (void)state;
    assert_int_equal(ip4_mask_prefix(0xffffff80), 25);
    assert_int_equal(ip4_mask_prefix(0), 0);
    assert_int_equal(ip4_mask_prefix(0xffffffff), 32);
    assert_int_equal(ip4_mask_prefix(0xffffff01), -1); /* the note's 255.255.255.1 */
}

static void prefixes_are_turned_into_masks(void **state)
{
    static const struct {
        unsigned prefix;
        const char *mask;
    } rows[] = {{0, "0.0.0.0"},
                {1, "128.0.0.0"},
                {25, "255.255.255.128"},
                {32, "255.255.255.255"},
                {64, "255.255.255.255"}};
    char out[IP_ADDR_TEXT];

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ip_addr m = ip4_mask(rows[i].prefix);
        assert_string_equal(ip_addr_format(&m, out), rows[i].mask);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(networks_hold_their_hosts),
        cmocka_unit_test(malformed_text_is_refused),
        cmocka_unit_test(text_forms_round_trip),
        cmocka_unit_test(masks_are_turned_into_prefixes),
        cmocka_unit_test(prefixes_are_turned_into_masks),
    };
    return cmocka_run_group_tests_name("wire/addr", tests, NULL, NULL);
}
