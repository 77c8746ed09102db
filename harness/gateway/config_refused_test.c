/* Configuration commands that are refused, and in which words; and what those that are not say that
 * they have changed. */
#include "gateway/command.h"
#include "tests/config_rows_lab.h"
#include "tests/testkit.h"

static const struct {
    const char *line, *answer; /* what the device says */
} refused[] = {
    {"frobnicate", "^\nERROR: % Invalid input detected at '^' marker.\n"},
    {"sysopt connection preserve", NULL},
    {"sysopt connection preserve-vpn-flow", NULL},
    {"sysopt connection preserve-flows",
     "                  ^\nERROR: % Invalid input detected at '^' marker.\n"},
    {"crypto ipsec security-association lifetime seconds 119",
     "                                                   ^\nERROR: % Invalid input detected at '^' "
     "marker.\n"},
    {"crypto ipsec security-association lifetime seconds 2147483648",
     "                                                   ^\nERROR: % Invalid input detected at '^' "
     "marker.\n"},
    {"crypto ipsec security-association lifetime seconds", "ERROR: % Incomplete command\n"},
    {"crypto isakmp policy 5 lifetime 60",
     "                                ^\nERROR: % Invalid input detected at '^' marker.\n"},
    {"crypto ipsec transform-set s esp-rot13", "                             ^\nERROR: % Invalid "
                                               "input detected at '^' marker.\n"},
    {"crypto map m 5 set transform-set nothing",
     "ERROR: transform set with tag \"nothing\" does not exist.\n"},
    {"crypto map m 0 set peer 1.1.1.1",
     "             ^\nERROR: % Invalid input detected at '^' marker.\n"},
    {"crypto map m interface dmz",
     "                       ^\nERROR: % Invalid input detected at '^' marker.\n"},
    {"access-list a extended permit ip any 10.0.0.0", "ERROR: % Incomplete command\n"},
    {"access-list a extended permit ip any any eq 80",
     "                                         ^\nERROR: % Invalid input detected at '^' "
     "marker.\n"},
    {"access-list a extended permit tcp any any range 80 70",
     "                                                   ^\nERROR: % Invalid input detected at "
     "'^' marker.\n"},
    {"access-list a extended maybe ip any any",
     "                       ^\nERROR: % Invalid input detected at '^' marker.\n"},
    {"access-group a in interface outside", "ERROR: access-list <a> does not exist\n"},
    {"route dmz 0 0 1.1.1.1", "      ^\nERROR: % Invalid input detected at '^' marker.\n"},
    {"route outside 10.0.0.1 255.0.0.0 1.1.1.1", "ERROR: Invalid address/mask pair\n"},
    {"timeout conn 0:04:59", "             ^\nERROR: % Invalid input detected at '^' marker.\n"},
    {"timeout conn", "ERROR: % Incomplete command\n"},
    {"logging facility 24", "                 ^\nERROR: % Invalid input detected at '^' marker.\n"},
    {"logging host inside 10.1.1.1 tcp/1470 format emblem",
     "ERROR: format emblem can only be used with UDP\n"},
    {"logging message 99999",
     "                ^\nERROR: % Invalid input detected at '^' marker.\n"},
    {"tunnel-group 9.9.9.9 ipsec-attributes",
     "ERROR: tunnel-group 9.9.9.9 does not exist: its type comes first\n"},
    {"interface Banana0/0", "          ^\nERROR: % Invalid input detected at '^' marker.\n"},
    {"no route outside 0 0 1.1.1.1", "ERROR: No matching route to delete\n"},
    {"no access-list a permit ip any any", "ERROR: entry not found in access-list <a>\n"},
    {"nat (inside) 1 10.0.0.1 255.0.0.0", "ERROR: Invalid address/mask pair\n"},
    {"global (outside) 1 nowhere", "ERROR: Invalid global IP address nowhere\n"},
    {"global (outside) 1 1.1.1.9-1.1.1.1", "ERROR: Invalid global IP address 1.1.1.9-1.1.1.1\n"},
    {"static (inside,dmz) 1.1.1.1 10.1.1.1",
     "       ^\nERROR: % Invalid input detected at '^' marker.\n"},
    {"static (inside,outside) tcp 1.1.1.1 70000 10.1.1.1 80",
     "                                    ^\nERROR: % Invalid input detected at '^' marker.\n"},
    {"static (inside,outside) 1.1.1.1", "ERROR: % Incomplete command\n"},
    {"static (inside,outside) 1.1.1.1 access-list none",
     "ERROR: access-list none does not exist\n"},
    {"nat (inside,outside) source static a b",
     "ERROR: a doesn't match an existing object or object-group\n"},
    {"nat (inside,outside) source", "ERROR: % Incomplete command\n"},
    {"no object network a", "ERROR: object (a) does not exist.\n"},
    {"pre-shared-key x", "^\nERROR: % Invalid input detected at '^' marker.\n"},
    {"nameif x", "^\nERROR: % Invalid input detected at '^' marker.\n"},
};

static void what_the_device_refuses_is_refused_in_its_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(refused); i++) {
        struct gw_config *c = gw_config_new();
        struct buf before = BUF_INIT, after = BUF_INIT, answer = BUF_INIT;
        struct gw_place place = {.mode = GW_CONFIG};
        struct gw_call call = {.cfg = c, .place = &place, .answer = &answer};
        assert_ok(gw_config_load(c, "base", bytes_str(CONFIG_ROWS_BASE), NULL, NULL));
        gw_config_write(c, true, &before);
        enum err e =
            gw_command_line(gw_config_commands, gw_config_command_sets, refused[i].line, &call);
        if ((refused[i].answer == NULL) != (e == ERR_OK) ||
            (e && strcmp(buf_str(&answer), refused[i].answer) != 0))
            fail_msg("%s\n%s", refused[i].line, buf_str(&answer));
        gw_config_write(c, true, &after);
        if (e)
            assert_string_equal(buf_str(&before), buf_str(&after));
        buf_release(&before);
        buf_release(&after);
        buf_release(&answer);
        gw_config_free(c);
    }
}

static void a_command_says_which_part_it_changed(void **state)
{
    static const struct {
        const char *line;
        unsigned changed;
    } parts[] = {
        {"hostname x", GW_CHANGED_HOSTNAME},
        {"sysopt connection preserve-vpn-flows", GW_CHANGED_SYSOPT},
        {"timeout conn 2:00:00", GW_CHANGED_TIMEOUT},
        {"service resetinbound", GW_CHANGED_SERVICE},
        {"access-list a permit ip any any", GW_CHANGED_ACL},
        {"route outside 0 0 209.165.201.1", GW_CHANGED_ROUTE},
        {"crypto map m 5 set peer 1.1.1.1", GW_CHANGED_MAP},
        {"crypto isakmp policy 5 group 5", GW_CHANGED_ISAKMP},
        {"crypto ipsec security-association lifetime seconds 600", GW_CHANGED_LIFETIME},
        {"logging enable", GW_CHANGED_LOGGING},
        {"global (outside) 1 interface", GW_CHANGED_NAT},
        {"nat-control", GW_CHANGED_NAT},
        {"object network a", GW_CHANGED_NAT},
        {"mtu outside 1500", GW_CHANGED_NOTHING},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(parts); i++) {
        struct gw_config *c = gw_config_new();
        struct buf answer = BUF_INIT;
        struct gw_place place = {.mode = GW_CONFIG};
        struct gw_call call = {.cfg = c, .place = &place, .answer = &answer};
        assert_ok(gw_config_load(c, "base", bytes_str(CONFIG_ROWS_BASE), NULL, NULL));
        assert_ok(
            gw_command_line(gw_config_commands, gw_config_command_sets, parts[i].line, &call));
        assert_int_equal(call.changed, parts[i].changed);
        buf_release(&answer);
        gw_config_free(c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_device_refuses_is_refused_in_its_words),
        cmocka_unit_test(a_command_says_which_part_it_changed),
    };
    return cmocka_run_group_tests_name("gateway/config_refused", tests, NULL, NULL);
}
