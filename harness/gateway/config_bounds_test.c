/* Lifetimes, keepalives and idle timeouts: what the device takes, and what it refuses. */
#include "gateway/config.h"

#include "base/bytes.h"
#include "tests/testkit.h"

#include <stdio.h>

#define BASE                                                                                       \
    "access-list a permit ip any any\ntunnel-group 192.0.2.2 type ipsec-l2l\n"                     \
    "tunnel-group 192.0.2.2 ipsec-attributes\n"
#define SA  "crypto ipsec security-association lifetime "
#define MAP "crypto map m 1 set security-association lifetime "
#define IKE "crypto isakmp policy 5 lifetime "
#define DPD " isakmp keepalive threshold "
#define DFT "group-policy DfltGrpPolicy attributes\n vpn-idle-timeout "

static const struct {
    const char *line;
    bool taken;
} rows[] = {
    /* Cisco's tech note 113014: 120 at least; "214783647" at most, which lacks a digit of 2^31-1 */
    {SA "seconds 119", false},
    {SA "seconds 120", true},
    {SA "seconds 0", false}, /* the note: it cannot be 0 */
    {SA "seconds 214783647", true},
    {SA "seconds 2147483647", true},
    {SA "seconds 2147483648", false},
    {SA "kilobytes 9", false},
    {SA "kilobytes 10", true},
    {SA "kilobytes 2147483647", true},
    {SA "kilobytes 2147483648", false},
    {MAP "seconds 119", false},
    {MAP "seconds 120 kilobytes 10", true},
    {MAP "kilobytes 9", false},
    {IKE "0", true}, /* the note: no end */
    {IKE "none", true},
    {IKE "119", false},
    {IKE "120", true},
    {IKE "2147483647", true},
    {IKE "2147483648", false},
    {DPD "9 retry 2", false},
    {DPD "10 retry 2", true},
    {DPD "3600 retry 10", true},
    {DPD "3601 retry 2", false},
    {DPD "10 retry 1", false},
    {DPD "10 retry 11", false},
    {DPD "infinite", true},
    {" isakmp keepalive disable", true},
    {DFT "0", false},
    {DFT "1", true},
    {DFT "35791394", true},
    {DFT "35791395", false},
    {DFT "none", true},
};

static void bounds_are_the_devices(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct gw_config *c = gw_config_new();
        struct buf text = BUF_INIT;
        struct diag why = {0};
        buf_addf(&text, BASE "%s\n", rows[i].line);
        enum err e = gw_config_load(c, "row", buf_bytes(&text), NULL, &why);
        if ((e == ERR_OK) != rows[i].taken)
            fail_msg("%s: %s", rows[i].line, e ? why.text : "taken");
        gw_config_free(c);
        buf_release(&text);
    }
}

static void defaults_are_the_devices(void **state)
{
    struct gw_config *c = gw_config_new();
    struct diag why = {0};

    (void)state;
    assert_ok(gw_config_load(c, "rows", bytes_str(BASE "crypto isakmp policy 5\n"), NULL, &why));
    assert_int_equal(c->sa_lifetime_s, 28800);
    assert_int_equal(c->sa_lifetime_kb, 4608000);
    assert_int_equal(c->policies[0].lifetime_s, 86400);
    assert_int_equal(c->groups[0].keepalive_threshold_s, 10);
    assert_int_equal(c->groups[0].keepalive_retry_s, 2);
    assert_int_equal(gw_config_idle_min(c), 30);
    gw_config_free(c);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(bounds_are_the_devices),
        cmocka_unit_test(defaults_are_the_devices),
    };

    return cmocka_run_group_tests_name("gateway/config_bounds", tests, NULL, NULL);
}
