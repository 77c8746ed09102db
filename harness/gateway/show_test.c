#include "gateway/show.h"

#include "base/mem.h"
#include "tests/testkit.h"

static struct gw_config *note(void)
{
    struct gw_config *c = gw_config_new();
    struct diag why = {0};
    size_t n;
    uint8_t *text = test_file("cases/devices/bo-asa.cfg", &n);

    assert_non_null(text);
    assert_ok(gw_config_load(c, "bo-asa.cfg", bytes_of(text, n), NULL, &why));
    mem_free(text);
    return c;
}

static void assert_shows(const struct gw_config *c, const char *line, enum err want,
                         const char *text)
{
    struct gw_show_env env = {.cfg = c, .uptime_s = 93784};
    struct buf out = BUF_INIT;

    assert_int_equal(gw_show(&env, line, &out), want);
    if (text)
        assert_string_equal(buf_str(&out), text);
    buf_release(&out);
}

/* Word for word as Cisco's tech note 113014 prints it. */
#define SYSOPT_ALL(preserve)                                                                       \
    "no sysopt connection timewait\n"                                                              \
    "sysopt connection tcpmss 1380\n"                                                              \
    "sysopt connection tcpmss minimum 0\n"                                                         \
    "sysopt connection permit-vpn\n"                                                               \
    "sysopt connection reclassify-vpn\n" preserve "sysopt connection preserve-vpn-flows\n"         \
    "no sysopt nodnsalias inbound\n"                                                               \
    "no sysopt nodnsalias outbound\n"                                                              \
    "no sysopt radius ignore-secret\n"                                                             \
    "no sysopt noproxyarp outside\n"

static void sysopt_is_shown_as_in_the_note(void **state)
{
    struct gw_config *c = note();

    (void)state;
    assert_shows(c, "show run all sysopt", ERR_OK, SYSOPT_ALL(""));
    assert_shows(c, "show running-config all sysopt", ERR_OK, SYSOPT_ALL(""));
    assert_shows(c, "sh ru al s", ERR_OK, SYSOPT_ALL(""));
    assert_shows(c, "show run sysopt", ERR_OK, "sysopt connection preserve-vpn-flows\n");
    c->sysopt.preserve_vpn_flows = false;
    assert_shows(c, "show run all sysopt", ERR_OK, SYSOPT_ALL("no "));
    assert_shows(c, "show run sysopt", ERR_OK, "");
    gw_config_free(c);
}

static void other_commands_are_left_to_others(void **state)
{
    struct gw_config *c = note();

    (void)state;
    assert_shows(c, "show conn", ERR_NOTFOUND, "");
    assert_shows(c, "clear crypto ipsec sa", ERR_NOTFOUND, "");
    assert_shows(c, "", ERR_NOTFOUND, "");
    assert_shows(c, "show run all sysopt x", ERR_OK, "");
    assert_shows(c, "show run all nonsense", ERR_FORMAT,
                 "             ^\nERROR: % Invalid input detected at '^' marker.\n");
    gw_config_free(c);
}

static void version_logging_and_lists_are_shown(void **state)
{
    struct gw_config *c = note();

    (void)state;
    assert_shows(c, "show logging", ERR_OK, "Syslog logging: disabled\n");
    assert_shows(c, "show version", ERR_OK,
                 "\nCisco Adaptive Security Appliance Software Version 8.2(1) \n"
                 "holdfast reference gateway: a model, no Cisco software\n\n"
                 "CiscoASA up 1 day 2 hours\n\n"
                 " 0: Ext: Ethernet0/0         : outside\n"
                 " 1: Ext: Ethernet0/1         : inside\n"
                 " 2: Ext: Ethernet0/2         : not named\n"
                 " 3: Ext: Management0/0       : management\n");
    assert_shows(c, "show access-list none", ERR_INVALID,
                 "ERROR: access-list <none> does not exist\n");
    gw_config_free(c);
}

static void hit_counts_stand_behind_entries(void **state)
{
    struct gw_config *c = note();
    struct gw_show_env env = {.cfg = c};
    struct buf out = BUF_INIT;

    (void)state;
    for (size_t i = 0; i < c->nacls; i++)
        c->acls[i].aces[0].hits = 5;
    assert_ok(gw_show(&env, "show access-list 100", &out));
    assert_non_null(strstr(buf_str(&out),
                           "access-list 100; 2 elements\naccess-list 100 line 1 extended permit ip "
                           "10.224.228.0 255.255.255.128 any (hitcnt=5) 0x"));
    assert_non_null(strstr(buf_str(&out), "access-list 100 line 2 extended permit ip 10.224.52.0 "
                                          "255.255.255.128 any (hitcnt=0) 0x"));
    buf_clear(&out);
    assert_ok(gw_show(&env, "show access-list", &out));
    assert_int_equal(strncmp(buf_str(&out), "access-list cached ACL log flows: total 0, ", 43), 0);
    buf_release(&out);
    gw_config_free(c);
}

static void sections_of_the_configuration(void **state)
{
    struct gw_config *c = note();

    (void)state;
    assert_shows(c, "show run hostname", ERR_OK, "hostname CiscoASA\n");
    assert_shows(c, "show run crypto map", ERR_OK,
                 "crypto map map1 5 match address 100\n"
                 "crypto map map1 5 set peer 209.165.200.10\n"
                 "crypto map map1 5 set transform-set testSET\n"
                 "crypto map map1 interface outside\n");
    assert_shows(c, "sh run int e", ERR_OK, "");
    assert_shows(c, "show run interface Ethernet0/1", ERR_OK,
                 "!\ninterface Ethernet0/1\n nameif inside\n security-level 100\n"
                 " ip address 10.224.9.5 255.255.255.0\n");
    assert_shows(c, "show run access-list 100", ERR_OK,
                 "access-list 100 extended permit ip 10.224.228.0 255.255.255.128 any\n"
                 "access-list 100 extended permit ip 10.224.52.0 255.255.255.128 any\n");
    assert_shows(c, "show run tunnel-group", ERR_OK,
                 "tunnel-group 209.165.200.10 type ipsec-l2l\n"
                 "tunnel-group 209.165.200.10 ipsec-attributes\n pre-shared-key *\n");
    assert_shows(c, "show run all crypto ipsec security-association", ERR_OK,
                 "crypto ipsec security-association lifetime seconds 28800\n"
                 "crypto ipsec security-association lifetime kilobytes 4608000\n");
    assert_shows(c, "show run all group-policy", ERR_OK,
                 "group-policy DfltGrpPolicy internal\n"
                 "group-policy DfltGrpPolicy attributes\n vpn-idle-timeout 30\n");
    assert_shows(c, "show run all service", ERR_OK,
                 "no service resetinbound\nservice resetoutbound\nservice resetoutside\n");
    assert_shows(c, "show run nonsense", ERR_FORMAT,
                 "         ^\nERROR: % Invalid input detected at '^' marker.\n");
    gw_config_free(c);
}

static void keys_are_only_shown_where_the_device_shows_them(void **state)
{
    struct gw_config *c = note();
    struct gw_show_env env = {.cfg = c};
    struct buf out = BUF_INIT;

    (void)state;
    memcpy(c->groups[0].psk, "secret", 7);
    assert_ok(gw_show(&env, "show running-config", &out));
    assert_null(strstr(buf_str(&out), "secret"));
    assert_non_null(strstr(buf_str(&out), " pre-shared-key *\n"));
    assert_ok(gw_show(&env, "more system:running-config", &out));
    assert_non_null(strstr(buf_str(&out), " pre-shared-key secret\n"));
    buf_release(&out);
    gw_config_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sysopt_is_shown_as_in_the_note),
        cmocka_unit_test(other_commands_are_left_to_others),
        cmocka_unit_test(version_logging_and_lists_are_shown),
        cmocka_unit_test(hit_counts_stand_behind_entries),
        cmocka_unit_test(sections_of_the_configuration),
        cmocka_unit_test(keys_are_only_shown_where_the_device_shows_them),
    };
    return cmocka_run_group_tests_name("gateway/show", tests, NULL, NULL);
}
