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
    assert_shows(c, "show run all", ERR_SHORT, "ERROR: % Incomplete command\n");
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
                 "CiscoASA up 1 day 2 hours\n");
    assert_shows(c, "show access-list 100", ERR_OK,
                 "access-list 100; 2 elements\n"
                 "access-list 100 extended permit ip 10.224.228.0 255.255.255.128 any\n"
                 "access-list 100 extended permit ip 10.224.52.0 255.255.255.128 any\n");
    assert_shows(c, "show access-list none", ERR_INVALID,
                 "ERROR: access-list <none> does not exist\n");
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
        cmocka_unit_test(keys_are_only_shown_where_the_device_shows_them),
    };
    return cmocka_run_group_tests_name("gateway/show", tests, NULL, NULL);
}
