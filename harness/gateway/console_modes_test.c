/* The console as a terminal: modes, prompts, pages, questions, filters, and parts of the
 * configuration. */
#include "tests/gateway_lab.h"
#include "tests/testkit.h"

#include "base/mem.h"

#include <stdio.h>

static struct gateway_lab *make(const char *bo)
{
    struct gateway_lab *l = mem_zalloc(sizeof(*l));

    lab_init(l, bo, NULL, 8);
    return l;
}

static void done(struct gateway_lab *l, struct buf *out)
{
    lab_release(l);
    mem_free(l);
    buf_release(out);
}

static const char *prompt(struct gateway_lab *l, struct buf *out)
{
    buf_clear(out);
    gateway_prompt(l->gw[LAB_BO], out);
    return buf_str(out);
}

static void assert_has(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("no\n%s\nin\n%s", part, text);
}

static void the_prompt_says_the_mode(void **state)
{
    static const struct {
        const char *line, *prompt;
    } steps[] = {
        {"disable", "CiscoASA> "},
        {"configure terminal", "CiscoASA> "}, /* not before enable */
        {"show clock", "CiscoASA> "},
        {"enable", "CiscoASA# "},
        {"configure terminal", "CiscoASA(config)# "},
        {"interface Ethernet0/1", "CiscoASA(config-if)# "},
        {"tunnel-group 209.165.200.10 ipsec-attributes", "CiscoASA(config-tunnel-ipsec)# "},
        {"tunnel-group 209.165.200.10 general-attributes", "CiscoASA(config-tunnel-general)# "},
        {"quit", "CiscoASA(config)# "},
        {"group-policy DfltGrpPolicy attributes", "CiscoASA(config-group-policy)# "},
        {"crypto isakmp policy 30", "CiscoASA(config-isakmp-policy)# "},
        {"class-map c", "CiscoASA(config-cmap)# "},
        {"policy-map p", "CiscoASA(config-pmap)# "},
        {"webvpn", "CiscoASA(config-webvpn)# "},
        {"end", "CiscoASA# "},
        {"logout", "CiscoASA> "},
        {"exit", "CiscoASA> "},
    };
    struct gateway_lab *l = make(NULL);
    struct buf out = BUF_INIT;

    (void)state;
    for (size_t i = 0; i < COUNT(steps); i++) {
        lab_type(l, LAB_BO, steps[i].line, &out);
        if (strcmp(prompt(l, &out), steps[i].prompt) != 0)
            fail_msg("%s: %s", steps[i].line, buf_str(&out));
    }
    done(l, &out);
}

static void before_enable_little_can_be_done(void **state)
{
    struct gateway_lab *l = make("asa version 8.4(2)\n");
    struct buf out = BUF_INIT;

    (void)state;
    lab_type(l, LAB_BO, "disable", &out);
    assert_has(lab_type(l, LAB_BO, "show version", &out), "8.4(2)");
    assert_has(lab_type(l, LAB_BO, "show curpriv", &out), "Current privilege level : 1\n");
    assert_string_equal(lab_type(l, LAB_BO, "show conn", &out),
                        "               ^\nERROR: % Invalid input detected at '^' marker.\n");
    assert_has(lab_type(l, LAB_BO, "hostname x", &out), "ERROR: % Invalid input");
    assert_has(lab_type(l, LAB_BO, "?", &out), "enable");
    lab_type(l, LAB_BO, "enable", &out);
    lab_type(l, LAB_BO, "crypto ikev1 policy 30", &out);
    assert_string_equal(prompt(l, &out), "CiscoASA(config-ikev1-policy)# ");
    done(l, &out);
}

static void pages_are_turned(void **state)
{
    struct gateway_lab *l = make(NULL);
    struct buf out = BUF_INIT, whole = BUF_INIT;

    (void)state;
    lab_type(l, LAB_BO, "show run all sysopt", &whole);
    lab_type(l, LAB_BO, "terminal pager 4", &out);
    assert_string_equal(lab_type(l, LAB_BO, "show pager", &out), "pager lines 4\n");
    assert_string_equal(lab_type(l, LAB_BO, "show run all sysopt", &out),
                        "no sysopt connection timewait\nsysopt connection tcpmss 1380\n"
                        "sysopt connection tcpmss minimum 0\nsysopt connection permit-vpn\n");
    assert_string_equal(prompt(l, &out), "<--- More --->");
    assert_string_equal(lab_type(l, LAB_BO, "", &out), "sysopt connection reclassify-vpn\n");
    assert_has(lab_type(l, LAB_BO, " ", &out), "sysopt connection preserve-vpn-flows\n");
    assert_has(lab_type(l, LAB_BO, " ", &out), "noproxyarp outside\n");
    assert_string_equal(prompt(l, &out), "CiscoASA# ");
    lab_type(l, LAB_BO, "show run", &out);
    assert_string_equal(lab_type(l, LAB_BO, "q", &out), "");
    assert_string_equal(prompt(l, &out), "CiscoASA# ");
    assert_string_equal(lab_type(l, LAB_BO, "show run sysopt", &out),
                        "sysopt connection preserve-vpn-flows\n");
    lab_type(l, LAB_BO, "terminal pager 0", &out);
    assert_string_equal(lab_type(l, LAB_BO, "show run all sysopt", &out), buf_str(&whole));
    buf_release(&whole);
    done(l, &out);
}

static void what_ends_sessions_asks_first(void **state)
{
    struct gateway_lab *l = make(NULL);
    struct buf out = BUF_INIT;
    struct lab_tcp c;

    (void)state;
    assert_true(lab_connect(l, &c, 1135, 80));
    assert_string_equal(lab_type(l, LAB_BO, "vpn-sessiondb logoff l2l", &out),
                        "Do you want to logoff the VPN session(s)? [confirm]");
    assert_string_equal(prompt(l, &out), "");
    assert_string_equal(lab_type(l, LAB_BO, "n", &out), "");
    assert_has(lab_type(l, LAB_BO, "show vpn-sessiondb l2l", &out), "209.165.200.10");
    lab_type(l, LAB_BO, "vpn-sessiondb logoff tunnel-group 209.165.200.10", &out);
    assert_string_equal(lab_type(l, LAB_BO, "", &out),
                        "INFO: Number of sessions with tunnel-group \"209.165.200.10\" logged off "
                        ": 1\n");
    lab_run(l, SPAN_S(1));
    assert_has(lab_type(l, LAB_BO, "show vpn-sessiondb l2l", &out), "no active sessions");
    assert_string_equal(lab_type(l, LAB_BO, "vpn-sessiondb logoff remote noconfirm", &out),
                        "INFO: Number of sessions of type \"remote\" logged off : 0\n");
    assert_string_equal(lab_type(l, LAB_BO, "reload", &out), "Proceed with reload? [confirm] ");
    lab_type(l, LAB_BO, "no", &out);
    assert_string_equal(lab_type(l, LAB_BO, "show conn count", &out), "1 in use, 1 most used\n");
    lab_type(l, LAB_BO, "reload", &out);
    lab_type(l, LAB_BO, "y", &out);
    assert_string_equal(lab_type(l, LAB_BO, "show conn count", &out), "0 in use, 0 most used\n");
    done(l, &out);
}

static void filters_pick_lines(void **state)
{
    struct gateway_lab *l = make(NULL);
    struct buf out = BUF_INIT;

    (void)state;
    assert_string_equal(
        lab_type(l, LAB_BO, "show run all sysopt | include (permit|preserve)-vpn|tcpmss [0-9]+$",
                 &out),
        "sysopt connection tcpmss 1380\n");
    assert_string_equal(lab_type(l, LAB_BO, "show run all sysopt | begin radius", &out),
                        "no sysopt radius ignore-secret\nno sysopt noproxyarp outside\n");
    assert_string_equal(lab_type(l, LAB_BO, "show run all sysopt | grep -v ^no|tcp|-vpn$", &out),
                        "sysopt connection preserve-vpn-flows\n");
    assert_has(lab_type(l, LAB_BO, "show run | frob x", &out),
               "                     ^\nERROR: % Invalid input detected at '^' marker.\n");
    done(l, &out);
}

static void connections_are_picked(void **state)
{
    struct gateway_lab *l = make("asa version 9.16(4)\n");
    struct buf out = BUF_INIT;
    struct lab_tcp c, d;

    (void)state;
    assert_true(lab_connect(l, &c, 1135, 80));
    assert_true(lab_connect(l, &d, 1136, 443));
    lab_send_udp(l, LAB_BO, 5000, 53, 20);
    lab_run(l, SPAN_S(1));
    static const struct {
        const char *filter;
        unsigned lines;
    } rows[] = {
        {"", 3},
        {" protocol tcp", 2},
        {" protocol udp", 1},
        {" port 443", 1},
        {" port 80-443", 2},
        {" address 192.168.50.20", 3},
        {" all", 3},
        {" address 192.168.50.21", 0},
        {" state vpn_orphan", 0},
        {" address 192.168.50.0 netmask 255.255.255.0 port 443 protocol tcp", 1},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char line[128];
        unsigned n = 0;
        snprintf(line, sizeof(line), "show conn%s", rows[i].filter);
        lab_type(l, LAB_BO, line, &out);
        for (size_t k = 0; k < out.n; k++)
            n += out.s[k] == '\n';
        if (n != rows[i].lines + 1)
            fail_msg("%s:\n%s", line, buf_str(&out));
    }
    assert_has(lab_type(l, LAB_BO, "show conn port 443 detail", &out), "       V - VPN orphan, v");
    assert_has(buf_str(&out), "  Initiator: 10.224.228.10, Responder: 192.168.50.20\n"
                              "  Connection lookup keyid: ");
    assert_has(lab_type(l, LAB_BO, "show conn port x", &out), "ERROR: % Invalid input");
    assert_has(lab_type(l, LAB_BO, "show conn address", &out), "ERROR: % Incomplete command");
    done(l, &out);
}

static void parts_of_the_configuration_are_cleared(void **state)
{
    static const struct {
        const char *clear, *show;
    } rows[] = {
        {"clear configure sysopt", "show run sysopt"},
        {"clear configure service", "show run service"},
        {"clear configure crypto map map1", "show run crypto map"},
        {"clear configure crypto isakmp", "show run crypto isakmp"},
        {"clear configure crypto", "show run crypto"},
        {"clear configure tunnel-group 209.165.200.10", "show run tunnel-group"},
        {"clear configure access-list", "show run access-list"},
        {"clear configure route", "show run route"},
        {"clear configure group-policy", "show run group-policy"},
    };
    struct gateway_lab *l = make("group-policy DfltGrpPolicy attributes\n vpn-idle-timeout 5\n");
    struct buf out = BUF_INIT;
    struct lab_tcp c;

    (void)state;
    assert_true(lab_connect(l, &c, 1135, 80)); /* SAs in use must not mind */
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_true(*lab_type(l, LAB_BO, rows[i].show, &out) != '\0');
        assert_string_equal(lab_type(l, LAB_BO, rows[i].clear, &out), "");
        assert_string_equal(lab_type(l, LAB_BO, rows[i].show, &out), "");
        lab_run(l, SPAN_S(1));
    }
    done(l, &out);
}

static void counters_start_anew(void **state)
{
    struct gateway_lab *l = make(NULL);
    struct buf out = BUF_INIT;
    struct lab_tcp c;

    (void)state;
    assert_true(lab_connect(l, &c, 1135, 80));
    assert_true(lab_transfer(l, &c, LAB_HO, 2048));
    lab_type(l, LAB_BO, "clear crypto ipsec sa counters", &out);
    assert_has(lab_type(l, LAB_BO, "show crypto ipsec sa", &out), "#pkts encaps: 0,");
    assert_true(lab_transfer(l, &c, LAB_HO, 100));
    assert_has(lab_type(l, LAB_BO, "show crypto ipsec sa", &out), "#pkts decaps: 1,");
    assert_has(lab_type(l, LAB_BO, "show asp drop", &out), "Last clearing: Never\n");
    lab_type(l, LAB_BO, "clear asp drop", &out);
    assert_has(lab_type(l, LAB_BO, "show asp drop frame", &out), "Last clearing: 22:13:2");
    assert_null(strstr(buf_str(&out), "Flow drop"));
    done(l, &out);
}

static void the_box_is_shown(void **state)
{
    struct gateway_lab *l = make(NULL);
    struct buf out = BUF_INIT;
    struct lab_tcp c;

    (void)state;
    assert_true(lab_connect(l, &c, 1135, 80));
    assert_has(lab_type(l, LAB_BO, "show interface outside", &out),
               "Interface Ethernet0/0 \"outside\", is up, line protocol is up\n\tMAC address ");
    assert_has(buf_str(&out), "\tIP address 209.165.201.2, subnet mask 255.255.255.248\n");
    assert_has(lab_type(l, LAB_BO, "show interface", &out),
               "Interface Ethernet0/2 \"\", is administratively down, line protocol is down\n");
    assert_has(lab_type(l, LAB_BO, "show interface nowhere", &out), "ERROR: % Invalid input");
    assert_has(lab_type(l, LAB_BO, "show arp", &out), "\toutside 209.165.201.1 021a.b000.0001 ");
    assert_has(lab_type(l, LAB_BO, "show startup-config", &out), "hostname CiscoASA\n");
    assert_null(strstr(buf_str(&out), LAB_PSK));
    done(l, &out);
}

static void sessions_are_summed_up_and_shown_in_detail(void **state)
{
    struct gateway_lab *l = make("asa version 9.2(4)\n");
    struct buf out = BUF_INIT;
    struct lab_tcp c;

    (void)state;
    assert_has(lab_type(l, LAB_BO, "show vpn-sessiondb anyconnect", &out), "no active sessions");
    assert_true(lab_connect(l, &c, 1135, 80));
    assert_has(lab_type(l, LAB_BO, "show vpn-sessiondb", &out),
               "Site-to-Site VPN             :      1 :          1 :           1\n"
               "  IKEv1 IPsec                :      1 :          1 :           1\n");
    assert_has(buf_str(&out), "IPsec                        :      1 :          1 :              "
                              " 1\n");
    lab_run(l, SPAN_S(600));
    lab_type(l, LAB_BO, "show vpn-sessiondb detail l2l", &out);
    assert_has(buf_str(&out), "\nSession Type: LAN-to-LAN Detailed\n\n");
    assert_has(buf_str(&out), "Encryption   : IKEv1: (1)3DES  IPsec: (1)3DES\n"
                              "Hashing      : IKEv1: (1)SHA1  IPsec: (1)MD5\n");
    assert_has(buf_str(&out), "IKEv1:\n  Tunnel ID    : 1.1\n");
    assert_has(buf_str(&out), "IPsec:\n  Tunnel ID    : 1.2\n"
                              "  Local Addr   : 10.224.228.0/255.255.255.128/0/0\n"
                              "  Remote Addr  : 0.0.0.0/0.0.0.0/0/0\n");
    assert_has(buf_str(&out), "  Idle Time Out: 30 Minutes             Idle TO Left : 20 Minutes");
    done(l, &out);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_prompt_says_the_mode),
        cmocka_unit_test(before_enable_little_can_be_done),
        cmocka_unit_test(pages_are_turned),
        cmocka_unit_test(what_ends_sessions_asks_first),
        cmocka_unit_test(filters_pick_lines),
        cmocka_unit_test(connections_are_picked),
        cmocka_unit_test(parts_of_the_configuration_are_cleared),
        cmocka_unit_test(counters_start_anew),
        cmocka_unit_test(the_box_is_shown),
        cmocka_unit_test(sessions_are_summed_up_and_shown_in_detail),
    };

    return cmocka_run_group_tests_name("gateway/console_modes", tests, NULL, NULL);
}
