/* Releases and platforms: what they take, print and refuse. */
#include "gateway/platform.h"

#include "gateway/config.h"
#include "tests/gateway_lab.h"
#include "tests/testkit.h"

#include "base/mem.h"

static void versions_are_read_as_people_write_them(void **state)
{
    static const struct {
        const char *text;
        struct gw_version want;
        const char *printed;
    } rows[] = {
        {"8.2(1)", {8, 2, 1}, "8.2(1)"},
        {"8.2.1", {8, 2, 1}, "8.2(1)"},
        {"9.16(4)170", {9, 16, 4}, "9.16(4)170"},
        {"9.16.4.170", {9, 16, 4}, "9.16(4)170"},
        {"12.4(24)T", {12, 4, 24}, "12.4(24)T"},
        {"6.3(5)", {6, 3, 5}, "6.3(5)"},
        {"8.4", {8, 4, 0}, "8.4"},
        {"", {0, 0, 0}, ""},
        {"x.y", {0, 0, 0}, "x.y"},
        {"99999999999.1", {0, 1, 0}, "99999999999.1"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[GW_VERSION_TEXT];
        struct gw_version v = gw_version_parse(rows[i].text);
        assert_false(gw_version_before(v, rows[i].want) || gw_version_before(rows[i].want, v));
        gw_version_format(rows[i].text, text);
        assert_string_equal(text, rows[i].printed);
    }
}

/* What Cisco's tech note 113014 says: since ASA 8.0(4); not PIX 6, VPN concentrator, IOS. */
static void the_feature_is_where_the_note_has_it(void **state)
{
    static const struct {
        enum gw_platform p;
        const char *version;
        bool can, ikev1;
    } rows[] = {
        {GW_PLATFORM_ASA, "7.0(1)", false, false},    {GW_PLATFORM_ASA, "8.0(2)", false, false},
        {GW_PLATFORM_ASA, "8.0(3)", false, false},    {GW_PLATFORM_ASA, "8.0(4)", true, false},
        {GW_PLATFORM_ASA, "8.0(5)", true, false},     {GW_PLATFORM_ASA, "8.1(1)", true, false},
        {GW_PLATFORM_ASA, "8.2(1)", true, false},     {GW_PLATFORM_ASA, "8.3(2)", true, false},
        {GW_PLATFORM_ASA, "8.4(1)", true, true},      {GW_PLATFORM_ASA, "9.1(7)", true, true},
        {GW_PLATFORM_ASA, "9.20(2)", true, true},     {GW_PLATFORM_PIX, "6.0(1)", false, false},
        {GW_PLATFORM_PIX, "6.3(5)", false, false},    {GW_PLATFORM_PIX, "7.2(4)", false, false},
        {GW_PLATFORM_VPN3000, "4.7.2", false, false}, {GW_PLATFORM_IOS, "15.2(4)M", false, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct gw_profile *p = gw_profile_find(rows[i].p, gw_version_parse(rows[i].version));
        assert_int_equal((p->can & GW_CAN_PRESERVE) != 0, rows[i].can);
        assert_int_equal((p->can & GW_CAN_IKEV1) != 0, rows[i].ikev1);
        assert_true(!p->tag == (rows[i].p == GW_PLATFORM_VPN3000 || rows[i].p == GW_PLATFORM_IOS));
    }
}

static struct gw_config *make(const char *platform, const char *version, const char *text)
{
    struct gw_config *c = gw_config_new();
    struct diag why = {0};

    assert_ok(gw_config_use(c, platform, version, &why));
    if (gw_config_load(c, "test", bytes_str(text), NULL, &why))
        fail_msg("%s", why.text);
    return c;
}

static void a_release_without_the_command_notes_the_line_and_goes_on(void **state)
{
    static const struct {
        const char *platform, *version, *remark;
    } rows[] = {
        {"asa", "8.0.3", "asa 8.0(3) refuses it"},
        {"pix", NULL, "pix 6.0(1) refuses it"},
        {"vpn3000", NULL, "vpn3000 4.7(2) refuses it"},
        {"ios", NULL, "ios 12.4(24)T refuses it"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct gw_config *c = make(rows[i].platform, rows[i].version,
                                   "ASA Version 8.2(1)\nsysopt connection preserve-vpn-flows\n"
                                   "hostname after\n");
        assert_false(c->sysopt.preserve_vpn_flows);
        assert_string_equal(c->hostname, "after");
        assert_int_equal(c->nnotes, 1);
        assert_int_equal(c->notes[0].line, 2);
        assert_string_equal(c->notes[0].remark, rows[i].remark);
        gw_config_free(c);
    }
}

static void strictly_a_refused_line_is_an_error(void **state)
{
    struct gw_config *c = gw_config_new();
    struct gw_load_options opts = {.strict = true};
    struct diag why = {0};

    (void)state;
    assert_ok(gw_config_use(c, "ios", NULL, &why));
    assert_int_equal(
        gw_config_load(c, "f", bytes_str("sysopt connection preserve-vpn-flows\n"), &opts, &why),
        ERR_INVALID);
    assert_non_null(strstr(why.text, "% Invalid input detected at '^' marker."));
    assert_int_equal(why.line, 1);
    gw_config_free(c);
}

static void a_release_that_is_given_wins_over_the_first_line(void **state)
{
    struct gw_config *c = make(NULL, "9.1.7", "ASA Version 8.2(1)\n");
    struct gw_config *d = make(NULL, NULL, "ASA Version 8.0(3)\n");
    struct gw_config *e = make(NULL, NULL, "PIX Version 6.3(5)\n");
    struct diag why = {0};

    (void)state;
    assert_string_equal(c->version, "9.1(7)");
    assert_string_equal(d->version, "8.0(3)");
    assert_int_equal(d->profile->can & GW_CAN_PRESERVE, 0);
    assert_int_equal(e->platform, GW_PLATFORM_PIX);
    assert_int_equal(gw_config_use(e, "router", NULL, &why), ERR_NOTFOUND);
    assert_non_null(strstr(why.text, "vpn3000"));
    gw_config_free(c);
    gw_config_free(d);
    gw_config_free(e);
}

/* --- the language of a release -----------------------------------------------------------------
 */

#define VPN                                                                                        \
    "interface Ethernet0/0\n nameif outside\n security-level 0\n"                                  \
    " ip address 192.0.2.1 255.255.255.0\naccess-list a permit ip any any\n"                       \
    "crypto ipsec transform-set s esp-3des esp-md5-hmac\n"                                         \
    "crypto map m 1 match address a\ncrypto map m 1 set peer 192.0.2.2\n"                          \
    "crypto map m 1 set transform-set s\ncrypto map m interface outside\n"                         \
    "crypto isakmp enable outside\ncrypto isakmp policy 5\n lifetime 3600\n"                       \
    "tunnel-group 192.0.2.2 type ipsec-l2l\ntunnel-group 192.0.2.2 ipsec-attributes\n"             \
    " pre-shared-key secret\n"

static void the_same_configuration_in_the_words_of_each_release(void **state)
{
    static const struct {
        const char *platform, *version;
        const char *has[8];
    } rows[] = {
        {"pix",
         "6.3(5)",
         {"PIX Version 6.3(5)\n", "\nisakmp enable outside\n",
          "\nisakmp policy 5 authentication pre-share\n", "\nisakmp policy 5 lifetime 3600\n",
          "\ncrypto ipsec transform-set s esp-3des esp-md5-hmac\n"}},
        {"asa",
         "8.0(3)",
         {"ASA Version 8.0(3)\n", "\ncrypto isakmp enable outside\n", "\ncrypto isakmp policy 5\n",
          "\n lifetime 3600\n", "\n pre-shared-key *\n", "\ncrypto map m 1 set transform-set s\n"}},
        {"asa",
         "8.2(1)",
         {"ASA Version 8.2(1)\n", "\ncrypto isakmp enable outside\n", "\ncrypto isakmp policy 5\n",
          "\n pre-shared-key *\n", "\ncrypto map m 1 set transform-set s\n"}},
        {"asa",
         "8.4(2)",
         {"ASA Version 8.4(2)\n", "\ncrypto ikev1 enable outside\n", "\ncrypto ikev1 policy 5\n",
          "\n ikev1 pre-shared-key *****\n", "\ncrypto map m 1 set ikev1 transform-set s\n",
          "\ncrypto ipsec ikev1 transform-set s esp-3des esp-md5-hmac\n"}},
        {"asa", "9.16(4)", {"ASA Version 9.16(4)\n", "\ncrypto ikev1 policy 5\n"}},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct gw_config *c = make(rows[i].platform, rows[i].version, VPN), *again;
        struct buf out = BUF_INIT, keys = BUF_INIT, second = BUF_INIT;
        gw_config_write(c, false, &out);
        for (size_t k = 0; k < COUNT(rows[i].has) && rows[i].has[k]; k++) {
            if (!strstr(buf_str(&out), rows[i].has[k]))
                fail_msg("%s: no\n%s\nin\n%s", rows[i].version, rows[i].has[k], buf_str(&out));
        }
        gw_config_write(c, true, &keys);
        again = make(NULL, NULL, buf_str(&keys)); /* by its first line alone */
        gw_config_write(again, true, &second);
        assert_string_equal(buf_str(&keys), buf_str(&second));
        gw_config_free(c);
        gw_config_free(again);
        buf_release(&out);
        buf_release(&keys);
        buf_release(&second);
    }
}

static void the_words_of_later_releases_are_refused(void **state)
{
    static const char *const lines[] = {"crypto ikev1 enable outside", "crypto ikev1 policy 5",
                                        "crypto ipsec ikev1 transform-set t esp-des esp-md5-hmac",
                                        "crypto map m 1 set ikev1 transform-set s"};

    (void)state;
    for (size_t i = 0; i < COUNT(lines); i++) {
        struct buf text = BUF_INIT;
        buf_addf(&text, VPN "%s\n", lines[i]);
        struct gw_config *c = make("asa", "8.3(2)", buf_str(&text));
        assert_int_equal(c->nnotes, 1);
        assert_string_equal(c->notes[0].text, lines[i]);
        gw_config_free(c);
        c = make("asa", "8.4(1)", buf_str(&text));
        assert_int_equal(c->nnotes, 0);
        gw_config_free(c);
        buf_release(&text);
    }
}

/* --- at the console ----------------------------------------------------------------------------
 */

#define CMD "sysopt connection preserve-vpn-flows"

static void each_platform_refuses_in_its_own_words(void **state)
{
    static const struct {
        const char *version; /* a first line of configuration */
        const char *answer;
    } rows[] = {
        {"ASA Version 8.2(1)\n", ""},
        {"ASA Version 8.0(3)\n", "                                    ^\n"
                                 "ERROR: % Invalid input detected at '^' marker.\n"},
        {"PIX Version 7.2(4)\n", "                                    ^\n"
                                 "ERROR: % Invalid input detected at '^' marker.\n"},
        {"version 12.4(24)T\n", "                  ^\n"
                                "% Invalid input detected at '^' marker.\n\n"},
        {"vpn3000 version 4.7.2\n", "ERROR: Invalid selection\n"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct gateway_lab *l = mem_zalloc(sizeof(*l));
        struct buf out = BUF_INIT;
        lab_init(l, rows[i].version, NULL, 7);
        lab_type(l, LAB_BO, "conf t", &out);
        assert_string_equal(lab_type(l, LAB_BO, CMD, &out), rows[i].answer);
        assert_int_equal(strncmp(lab_type(l, LAB_BO, "sysopt connection pre?", &out),
                                 "  preserve-vpn-flows", 20) == 0,
                         i == 0);
        lab_release(l);
        mem_free(l);
        buf_release(&out);
    }
}

static void pix_6_answers_with_its_usage(void **state)
{
    struct gateway_lab *l = mem_zalloc(sizeof(*l));
    struct buf out = BUF_INIT;

    (void)state;
    lab_init(l, "PIX Version 6.0(1)\n", NULL, 7);
    assert_non_null(strstr(lab_type(l, LAB_BO, CMD, &out),
                           "Usage:\t[no] sysopt connection { permit-pptp | permit-l2tp | "
                           "permit-ipsec | timewait | "));
    assert_string_equal(lab_type(l, LAB_BO, "sysopt connection timewait", &out), "");
    assert_string_equal(lab_type(l, LAB_BO, "frob", &out),
                        "Type help or '?' for a list of available commands.\n");
    lab_release(l);
    mem_free(l);
    buf_release(&out);
}

/* A release that loses the feature: its flows go with the tunnel. */
static void without_the_feature_flows_are_torn_in_the_platforms_words(void **state)
{
    static const struct {
        const char *version, *line;
    } rows[] = {
        {"ASA Version 8.0(4)\n", NULL},
        {"ASA Version 8.0(3)\n", "%ASA-6-302014: Teardown TCP connection"},
        {"PIX Version 6.0(1)\n", "%PIX-6-302014: Teardown TCP connection"},
        {"version 12.4(24)T\n", NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct gateway_lab *l = mem_zalloc(sizeof(*l));
        struct buf out = BUF_INIT;
        struct lab_tcp c;
        struct gateway_counters n;
        lab_init(l, rows[i].version, NULL, 7);
        assert_true(lab_connect(l, &c, 1135, 80));
        lab_type(l, LAB_BO, "clear crypto isakmp sa", &out);
        lab_run(l, SPAN_S(1));
        gateway_counters(l->gw[LAB_BO], &n);
        assert_int_equal(n.orphans, i == 0);
        const char *logs = buf_str(&l->logs[LAB_BO]);
        assert_int_equal(strstr(logs, "Tunnel has been torn down") != NULL, rows[i].line != NULL);
        if (rows[i].line)
            assert_non_null(strstr(logs, rows[i].line));
        else if (i)
            assert_null(strstr(logs, "%"));
        lab_release(l);
        mem_free(l);
        buf_release(&out);
    }
}

static void a_reload_keeps_the_release_that_was_given(void **state)
{
    struct gateway_lab *l = mem_zalloc(sizeof(*l));
    struct buf out = BUF_INIT;

    (void)state;
    lab_init(l, "asa version 8.0(3)\n", NULL, 7);
    lab_type(l, LAB_BO, "write memory", &out);
    lab_type(l, LAB_BO, "reload noconfirm", &out);
    assert_non_null(strstr(lab_type(l, LAB_BO, "show version", &out), "8.0(3)"));
    assert_non_null(strstr(lab_type(l, LAB_BO, CMD, &out), "ERROR: % Invalid input"));
    lab_release(l);
    mem_free(l);
    buf_release(&out);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(versions_are_read_as_people_write_them),
        cmocka_unit_test(the_feature_is_where_the_note_has_it),
        cmocka_unit_test(a_release_without_the_command_notes_the_line_and_goes_on),
        cmocka_unit_test(strictly_a_refused_line_is_an_error),
        cmocka_unit_test(a_release_that_is_given_wins_over_the_first_line),
        cmocka_unit_test(the_same_configuration_in_the_words_of_each_release),
        cmocka_unit_test(the_words_of_later_releases_are_refused),
        cmocka_unit_test(each_platform_refuses_in_its_own_words),
        cmocka_unit_test(pix_6_answers_with_its_usage),
        cmocka_unit_test(without_the_feature_flows_are_torn_in_the_platforms_words),
        cmocka_unit_test(a_reload_keeps_the_release_that_was_given),
    };

    return cmocka_run_group_tests_name("gateway/platform", tests, NULL, NULL);
}
