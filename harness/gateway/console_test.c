/* The console of a whole gateway: what is typed, what is printed, what is logged. */
#include "tests/gateway_lab.h"
#include "tests/testkit.h"

#include "base/mem.h"

#include <stdio.h>

static struct gateway_lab *make(const char *bo, const char *ho)
{
    struct gateway_lab *l = mem_zalloc(sizeof(*l));

    lab_init(l, bo, ho, 6);
    return l;
}

static void done(struct gateway_lab *l)
{
    lab_release(l);
    mem_free(l);
}

static void assert_has(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("no\n%s\nin\n%s", part, text);
}

/* Letter by letter what Cisco's tech note 113014 prints, but for the line break before gc. */
static void contexts_are_listed_as_in_the_note(void **state)
{
    struct gateway_lab *l = make(NULL, NULL);
    struct buf out = BUF_INIT;

    (void)state;
    assert_string_equal(lab_type(l, LAB_BO, "show asp table vpn-context", &out), "");
    lab_send_udp(l, LAB_HO, 1, 2, 3);
    lab_run(l, SPAN_S(1));
    assert_has(lab_type(l, LAB_BO, "show asp table vpn-context", &out),
               "VPN CTX=0x0005FF54, Ptr=0x6DE62DA0, DECR+ESP+PRESERVE, UP, pk=0000000001, "
               "rk=0000000000, gc=0\n"
               "VPN CTX=0x0005B234, Ptr=0x6DE635E0, ENCR+ESP+PRESERVE, UP, pk=0000000000, "
               "rk=0000000000, gc=0\n");
    buf_release(&out);
    done(l);
}

static void details_of_contexts_hold_spis_and_counters(void **state)
{
    struct gateway_lab *l = make("no sysopt connection preserve-vpn-flows\n", NULL);
    struct buf out = BUF_INIT;
    struct lab_tcp c;
    char spi[64];

    (void)state;
    assert_true(lab_connect(l, &c, 1135, 80));
    snprintf(spi, sizeof(spi), "SPI  = 0x%08X", lab_last_log(l, LAB_BO, 713049).spi);
    lab_type(l, LAB_BO, "show asp table vpn-context detail", &out);
    assert_has(buf_str(&out), spi);
    assert_has(buf_str(&out), "Peer IP  = 209.165.200.10");
    assert_has(buf_str(&out), "Flags    = DECR+ESP\n");
    assert_has(buf_str(&out), "Flags    = ENCR+ESP\n");
    assert_has(buf_str(&out), "Pkts     = 2\n");
    assert_has(buf_str(&out), "State    = UP\n");
    assert_has(buf_str(&out), "VPN Filter = <none>\n");
    buf_release(&out);
    done(l);
}

static void phase_one_is_shown_as_the_release_shows_it(void **state)
{
    struct gateway_lab *l = make("asa version 8.4(2)\n", NULL);
    struct buf out = BUF_INIT;
    struct lab_tcp c;

    (void)state;
    assert_has(lab_type(l, LAB_HO, "show crypto isakmp sa", &out), "There are no isakmp sas");
    assert_has(lab_type(l, LAB_BO, "show crypto ikev1 sa", &out), "There are no IKEv1 SAs");
    assert_true(lab_connect(l, &c, 1135, 80));
    assert_string_equal(
        lab_type(l, LAB_HO, "show crypto isakmp sa", &out),
        "\n   Active SA: 1\n"
        "    Rekey SA: 0 (A tunnel will report 1 Active and 1 Rekey SA during rekey)\n"
        "Total IKE SA: 1\n\n"
        "1   IKE Peer: 209.165.201.2\n"
        "    Type    : L2L             Role    : responder \n"
        "    Rekey   : no              State   : MM_ACTIVE \n");
    lab_type(l, LAB_BO, "show crypto ikev1 sa detail", &out);
    assert_has(buf_str(&out), "\nIKEv1 SAs:\n\n   Active SA: 1\n");
    assert_has(buf_str(&out), "    Encrypt : 3des            Hash    : SHA       \n"
                              "    Auth    : preshared       Lifetime: 86400\n"
                              "    Lifetime Remaining: 86399\n");
    assert_has(lab_type(l, LAB_BO, "show crypto isakmp sa", &out), "\nThere are no IKEv2 SAs\n");
    assert_string_equal(lab_type(l, LAB_BO, "show crypto ikev2 sa", &out),
                        "\nThere are no IKEv2 SAs\n");
    buf_release(&out);
    done(l);
}

static void phase_two_is_shown_with_its_numbers(void **state)
{
    struct gateway_lab *l = make(NULL, NULL);
    struct buf out = BUF_INIT;
    struct lab_tcp c;
    char line[128];

    (void)state;
    assert_has(lab_type(l, LAB_BO, "show crypto ipsec sa", &out), "There are no ipsec sas");
    assert_true(lab_connect(l, &c, 1135, 80));
    assert_true(lab_transfer(l, &c, LAB_HO, 2048));
    struct asa_log log = lab_last_log(l, LAB_BO, 713049);
    lab_type(l, LAB_BO, "show crypto ipsec sa peer 209.165.200.10", &out);
    assert_has(buf_str(&out), "interface: outside\n    Crypto map tag: map1, seq num: 5, local "
                              "addr: 209.165.201.2\n");
    assert_has(buf_str(&out), "      local ident (addr/mask/prot/port): "
                              "(10.224.228.0/255.255.255.128/0/0)\n"
                              "      remote ident (addr/mask/prot/port): (0.0.0.0/0.0.0.0/0/0)\n"
                              "      current_peer: 209.165.200.10\n");
    assert_has(buf_str(&out), "#pkts encaps: 4, #pkts encrypt: 4, #pkts digest: 4");
    assert_has(buf_str(&out), "#pkts decaps: 3, #pkts decrypt: 3, #pkts verify: 3");
    snprintf(line, sizeof(line), "    inbound esp sas:\n      spi: 0x%08X (%u)\n", log.spi,
             log.spi);
    assert_has(buf_str(&out), line);
    snprintf(line, sizeof(line), "    outbound esp sas:\n      spi: 0x%08X (%u)\n", log.out_spi,
             log.out_spi);
    assert_has(buf_str(&out), line);
    assert_has(buf_str(&out), "(kB/sec): (4607997/28798)");
    assert_has(lab_type(l, LAB_BO, "show crypto ipsec sa peer 1.2.3.4", &out), "no ipsec sas");
    buf_release(&out);
    done(l);
}

static void sessions_are_shown_and_logged_off(void **state)
{
    struct gateway_lab *l = make(LAB_NEVER_IDLE, LAB_NEVER_IDLE);
    struct buf out = BUF_INIT;
    struct lab_tcp c;

    (void)state;
    assert_has(lab_type(l, LAB_BO, "show vpn-sessiondb l2l", &out), "no active sessions");
    assert_true(lab_connect(l, &c, 1135, 80));
    lab_run(l, SPAN_S(3600));
    lab_type(l, LAB_BO, "show vpn-sessiondb l2l", &out);
    assert_has(buf_str(&out), "\nSession Type: LAN-to-LAN\n\nConnection   : 209.165.200.10\n"
                              "Index        : 1                      IP Addr      : "
                              "209.165.200.10\n");
    assert_has(buf_str(&out), "Bytes Tx     : 84                     Bytes Rx     : 44\n"
                              "Login Time   : 22:13:21 UTC Tue Nov 14 2023\n"
                              "Duration     : 1h:00m:01s\n");
    assert_has(lab_type(l, LAB_BO, "vpn-sessiondb logoff index 9 noconfirm", &out), ": 0\n");
    assert_has(lab_type(l, LAB_BO, "vpn-sessiondb logoff l2l noconfirm", &out),
               "INFO: Number of sessions of type \"l2l\" logged off : 1\n");
    lab_run(l, SPAN_S(1));
    assert_int_equal(lab_logged(l, LAB_BO, 113019, "Administrator Reset"), 1);
    assert_int_equal(lab_logged(l, LAB_HO, 113019, "User Requested"), 1);
    buf_release(&out);
    done(l);
}

static void connections_are_shown_and_cleared(void **state)
{
    struct gateway_lab *l = make(NULL, NULL);
    struct buf out = BUF_INIT;
    struct lab_tcp c;

    (void)state;
    assert_true(lab_connect(l, &c, 1135, 80));
    assert_true(lab_transfer(l, &c, LAB_HO, 1000));
    lab_run(l, SPAN_S(11));
    assert_string_equal(lab_type(l, LAB_BO, "show conn", &out),
                        "1 in use, 1 most used\n"
                        "TCP outside 192.168.50.20:80 inside 10.224.228.10:1135, idle 0:00:11, "
                        "bytes 1000, flags UI\n");
    assert_string_equal(lab_type(l, LAB_BO, "show conn state vpn_orphan", &out),
                        "1 in use, 1 most used\n");
    assert_string_equal(lab_type(l, LAB_BO, "clear conn address 1.1.1.1", &out),
                        "0 connection(s) deleted.\n");
    assert_string_equal(lab_type(l, LAB_BO, "clear conn", &out), "1 connection(s) deleted.\n");
    assert_string_equal(lab_type(l, LAB_BO, "show conn count", &out), "0 in use, 1 most used\n");
    buf_release(&out);
    done(l);
}

/* --- modes and errors --------------------------------------------------------------------------
 */

static const char *prompt(struct gateway_lab *l, struct buf *out)
{
    buf_clear(out);
    gateway_prompt(l->gw[LAB_BO], out);
    return buf_str(out);
}

static void modes_are_entered_and_left(void **state)
{
    static const struct {
        const char *line, *prompt;
    } steps[] = {
        {"configure terminal", "CiscoASA(config)# "},
        {"interface Ethernet0/2", "CiscoASA(config-if)# "},
        {"exit", "CiscoASA(config)# "},
        {"crypto isakmp policy 30", "CiscoASA(config-isakmp-policy)# "},
        {"show clock", "CiscoASA(config-isakmp-policy)# "},
        {"end", "CiscoASA# "},
        {"hostname other", "other# "}, /* taken at the privileged prompt as well */
        {"conf t", "other(config)# "},
        {"exit", "other# "},
        {"exit", "other# "},
    };
    struct gateway_lab *l = make(NULL, NULL);
    struct buf out = BUF_INIT;

    (void)state;
    assert_string_equal(prompt(l, &out), "CiscoASA# ");
    for (size_t i = 0; i < COUNT(steps); i++) {
        lab_type(l, LAB_BO, steps[i].line, &out);
        assert_string_equal(prompt(l, &out), steps[i].prompt);
    }
    buf_release(&out);
    done(l);
}

static void errors_are_in_the_devices_words_with_the_marker_in_its_place(void **state)
{
    struct gateway_lab *l = make(NULL, NULL);
    struct buf out = BUF_INIT;

    (void)state;
    assert_string_equal(lab_type(l, LAB_BO, "show frob", &out),
                        "               ^\nERROR: % Invalid input detected at '^' marker.\n");
    lab_type(l, LAB_BO, "conf t", &out);
    assert_string_equal(lab_type(l, LAB_BO, "sysopt connection preserve-flows", &out),
                        "                                    ^\n"
                        "ERROR: % Invalid input detected at '^' marker.\n");
    assert_string_equal(lab_type(l, LAB_BO, "crypto map", &out), "ERROR: % Incomplete command\n");
    assert_string_equal(lab_type(l, LAB_BO, "", &out), "");
    assert_has(lab_type(l, LAB_BO, "sysopt connection pre?", &out), "preserve-vpn-flows");
    assert_string_equal(lab_type(l, LAB_BO, "logging trap 8", &out),
                        "                               ^\n"
                        "ERROR: % Invalid input detected at '^' marker.\n");
    buf_release(&out);
    done(l);
}

static void the_note_s_listing_of_sysopts(void **state)
{
    struct gateway_lab *l = make(NULL, NULL);
    struct buf out = BUF_INIT;

    (void)state;
    assert_string_equal(lab_type(l, LAB_BO, "show run all sysopt", &out),
                        "no sysopt connection timewait\n"
                        "sysopt connection tcpmss 1380\n"
                        "sysopt connection tcpmss minimum 0\n"
                        "sysopt connection permit-vpn\n"
                        "sysopt connection reclassify-vpn\n"
                        "sysopt connection preserve-vpn-flows\n"
                        "no sysopt nodnsalias inbound\n"
                        "no sysopt nodnsalias outbound\n"
                        "no sysopt radius ignore-secret\n"
                        "no sysopt noproxyarp outside\n");
    assert_string_equal(lab_type(l, LAB_BO, "show run all sysopt | include preserve", &out),
                        "sysopt connection preserve-vpn-flows\n");
    assert_null(strstr(lab_type(l, LAB_BO, "show run all sysopt | exclude vpn", &out), "vpn"));
    buf_release(&out);
    done(l);
}

static void what_is_typed_is_logged_without_its_keys(void **state)
{
    struct gateway_lab *l = make("logging trap debugging\n", NULL);
    struct buf out = BUF_INIT;

    (void)state;
    lab_type(l, LAB_BO, "sysopt connection preserve-vpn-flows", &out);
    lab_type(l, LAB_BO, "tunnel-group 209.165.200.10 ipsec-attributes", &out);
    lab_type(l, LAB_BO, "pre-shared-key hush", &out);
    lab_type(l, LAB_BO, "end", &out);
    lab_type(l, LAB_BO, "show version", &out);
    lab_type(l, LAB_BO, "no such command", &out);
    lab_run(l, SPAN_S(1)); /* the logging host is asked for its address first */
    assert_int_equal(lab_logged(l, LAB_BO, 111008, "'sysopt connection preserve-vpn-flows'"), 1);
    assert_int_equal(lab_logged(l, LAB_BO, 111010, "'sysopt connection preserve-vpn-flows'"), 1);
    assert_int_equal(lab_logged(l, LAB_BO, 111009, "cmd: show version"), 1);
    assert_int_equal(lab_logged(l, LAB_BO, 111008, "pre-shared-key ****'"), 1);
    assert_int_equal(lab_logged(l, LAB_BO, 111008, "such"), 0);
    assert_null(strstr(buf_str(&l->logs[LAB_BO]), "hush"));
    assert_has(lab_type(l, LAB_BO, "show run", &out), "pre-shared-key *");
    buf_release(&out);
    done(l);
}

/* --- log hosts ---------------------------------------------------------------------------------
 */

/* Many connections torn at once: every record arrives, and TX counts them. */
static void no_record_is_lost_in_a_burst(void **state)
{
    enum { FLOWS = 3000 };
    struct gateway_lab *l = make("no sysopt connection preserve-vpn-flows\n", NULL);
    struct buf out = BUF_INIT;
    char line[64];

    (void)state;
    lab_ping(l, LAB_BO, 1, 10, false);
    lab_run(l, SPAN_S(1));
    for (uint16_t i = 0; i < FLOWS; i++) {
        struct tcp syn = {.src = (uint16_t)(2000 + i), .dst = 80, .flags = TCP_SYN, .window = 1};
        lab_send_tcp(l, LAB_BO, &syn);
    }
    lab_run(l, SPAN_S(1));
    lab_type(l, LAB_BO, "clear crypto ipsec sa", &out);
    lab_run(l, SPAN_S(1));
    assert_int_equal(lab_logged(l, LAB_BO, 302013, NULL), FLOWS);
    assert_int_equal(lab_logged(l, LAB_BO, 302014, "Tunnel has been torn down"), FLOWS);
    size_t records = 0;
    for (size_t i = 0; i < l->logs[LAB_BO].n; i++)
        records += l->logs[LAB_BO].s[i] == '\n';
    snprintf(line, sizeof(line), "UDP TX:%zu errors: 0  dropped: 0", records);
    assert_has(lab_type(l, LAB_BO, "show logging", &out), line);
    buf_release(&out);
    done(l);
}

static void records_wait_for_a_host_that_is_not_known_yet(void **state)
{
    struct gateway_lab *l = make(NULL, NULL);
    struct buf out = BUF_INIT;

    (void)state;
    lab_type(l, LAB_BO, "clear arp", &out);
    for (int i = 0; i < 100; i++) {
        char line[32];
        snprintf(line, sizeof(line), "hostname h%d", i);
        lab_type(l, LAB_BO, line, &out);
    }
    lab_run(l, SPAN_S(2));
    assert_int_equal(lab_logged(l, LAB_BO, 111008, "hostname h"), 100);
    buf_release(&out);
    done(l);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(contexts_are_listed_as_in_the_note),
        cmocka_unit_test(details_of_contexts_hold_spis_and_counters),
        cmocka_unit_test(phase_one_is_shown_as_the_release_shows_it),
        cmocka_unit_test(phase_two_is_shown_with_its_numbers),
        cmocka_unit_test(sessions_are_shown_and_logged_off),
        cmocka_unit_test(connections_are_shown_and_cleared),
        cmocka_unit_test(modes_are_entered_and_left),
        cmocka_unit_test(errors_are_in_the_devices_words_with_the_marker_in_its_place),
        cmocka_unit_test(the_note_s_listing_of_sysopts),
        cmocka_unit_test(what_is_typed_is_logged_without_its_keys),
        cmocka_unit_test(no_record_is_lost_in_a_burst),
        cmocka_unit_test(records_wait_for_a_host_that_is_not_known_yet),
    };

    return cmocka_run_group_tests_name("gateway/console", tests, NULL, NULL);
}
