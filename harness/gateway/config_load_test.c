/* Whole configurations: the note's, its mirror image, printed documents, and what is wrong. */
#include "base/mem.h"
#include "gateway/config.h"
#include "tests/testkit.h"

#include <stdio.h>

static struct gw_config *load(const char *text, const struct gw_load_options *opts)
{
    struct gw_config *c = gw_config_new();
    struct diag why = {0};

    if (gw_config_load(c, "test.cfg", bytes_str(text), opts, &why))
        fail_msg("line %d: %s", why.line, why.text);
    return c;
}

static struct gw_config *load_file(const char *path, const struct gw_load_options *opts)
{
    struct gw_config *c = gw_config_new();
    struct diag why = {0};
    size_t n;
    uint8_t *text = test_file(path, &n);

    assert_non_null(text);
    if (gw_config_load(c, path, bytes_of(text, n), opts, &why))
        fail_msg("%s:%d: %s", path, why.line, why.text);
    mem_free(text);
    return c;
}

static void assert_addr(const struct ip_addr *a, const char *want)
{
    char text[IP_ADDR_TEXT];

    assert_string_equal(ip_addr_format(a, text), want);
}

static const struct gw_load_options lab = {.psk = "lab-key"};

static void check_interfaces(const struct gw_config *c)
{
    const struct gw_interface *out = gw_config_interface(c, "outside");
    const struct gw_interface *in = gw_config_interface(c, "inside");

    assert_int_equal(c->ninterfaces, 4);
    assert_non_null(out);
    assert_addr(&out->addr, "209.165.201.2");
    assert_int_equal(out->prefix, 29);
    assert_int_equal(out->security_level, 0);
    assert_non_null(in);
    assert_addr(&in->addr, "10.224.9.5");
    assert_int_equal(in->security_level, 100);
    assert_true(c->interfaces[2].shutdown);
    assert_int_equal(c->interfaces[2].security_level, -1);
    assert_null(gw_config_interface(c, ""));
}

static void check_tunnel(const struct gw_config *c)
{
    struct ip_addr peer = ip4(0xd1a5c80a);
    const struct gw_map_entry *m = &c->map[0];
    const struct gw_transform_set *t = gw_config_transform(c, "testSET");
    const struct gw_tunnel_group *g = gw_config_group(c, &peer);

    assert_int_equal(c->nmap, 1);
    assert_string_equal(c->map_interface, "outside");
    assert_int_equal(m->seq, 5);
    assert_string_equal(m->acl, "100");
    assert_true(m->npeers == 1 && ip_addr_eq(&m->peers[0], &peer));
    assert_non_null(t);
    assert_true(t->cipher == CIPHER_3DES_CBC && t->integ == INTEG_HMAC_MD5_96);
    assert_int_equal(c->npolicies, 2);
    assert_true(c->policies[0].priority == 5 && c->policies[0].cipher == CIPHER_3DES_CBC);
    assert_true(c->policies[1].priority == 10 && c->policies[1].cipher == CIPHER_DES_CBC);
    assert_true(c->policies[0].group == 2 && c->policies[0].lifetime_s == 86400);
    assert_string_equal(c->isakmp_interface, "outside");
    assert_int_equal(c->sa_lifetime_s, 28800);
    assert_int_equal(c->sa_lifetime_kb, 4608000);
    assert_non_null(g);
    assert_string_equal(g->psk, "lab-key");
    assert_true(g->l2l && g->keepalive_threshold_s == 10 && g->keepalive_retry_s == 2);
    assert_int_equal(gw_config_acl(c, "100")->naces, 2);
}

static void check_note(const struct gw_config *c)
{
    assert_string_equal(c->hostname, "CiscoASA");
    assert_string_equal(c->version, "8.2(1)");
    check_interfaces(c);
    check_tunnel(c);
    assert_true(c->sysopt.preserve_vpn_flows && c->sysopt.reclassify_vpn && c->sysopt.permit_vpn);
    assert_true(!c->sysopt.timewait && c->sysopt.tcpmss == 1380 && c->sysopt.tcpmss_minimum == 0);
    assert_true(c->service.reset_outside && c->service.reset_outbound && !c->service.reset_inbound);
    assert_true(c->timeouts.conn == 3600 && c->timeouts.half_closed == 600 &&
                c->timeouts.udp == 120 && c->timeouts.icmp == 2);
    assert_string_equal(c->nat0_acl, "test");
    assert_int_equal(c->nroutes, 2);
    assert_true(c->routes[1].net.prefix == 0); /* printed with 255.255.255.255 */
    assert_ok(gw_config_check(c, NULL));
}

static void the_notes_configuration_loads(void **state)
{
    struct gw_config *c = load_file("cases/devices/bo-asa.cfg", &lab);
    size_t remarks = 0;

    (void)state;
    check_note(c);
    for (size_t i = 0; i < c->nnotes; i++)
        remarks += c->notes[i].remark != NULL;
    assert_int_equal(remarks, 1); /* the default route */
    gw_config_free(c);
}

static void the_head_office_is_its_mirror_image(void **state)
{
    struct gw_config *bo = load_file("cases/devices/bo-asa.cfg", &lab);
    struct gw_config *ho = load_file("cases/devices/ho-asa.cfg", &lab);
    const struct gw_acl *a = gw_config_acl(bo, "100"), *b = gw_config_acl(ho, "100");
    const struct gw_interface *bo_out = gw_config_interface(bo, "outside");
    const struct gw_interface *ho_out = gw_config_interface(ho, "outside");

    (void)state;
    assert_ok(gw_config_check(ho, NULL));
    assert_true(ip_addr_eq(&bo->map[0].peers[0], &ho_out->addr));
    assert_true(ip_addr_eq(&ho->map[0].peers[0], &bo_out->addr));
    assert_int_equal(a->naces, b->naces);
    for (size_t i = 0; i < a->naces; i++) {
        assert_memory_equal(&a->aces[i].src, &b->aces[i].dst, sizeof(a->aces[i].src));
        assert_memory_equal(&a->aces[i].dst, &b->aces[i].src, sizeof(a->aces[i].src));
    }
    gw_config_free(bo);
    gw_config_free(ho);
}

static void the_labs_logging_lines_go_on_top(void **state)
{
    struct gw_config *c = load_file("cases/devices/bo-asa.cfg", &lab);
    size_t n;
    uint8_t *text = test_file("cases/devices/logging.cfg", &n);

    (void)state;
    assert_non_null(text);
    assert_ok(gw_config_load(c, "logging.cfg", bytes_of(text, n), &lab, NULL));
    assert_true(c->logging.enable && c->logging.timestamp &&
                c->logging.to[GW_LOG_TO_TRAP].level == 6);
    assert_int_equal(c->logging.nhosts, 1);
    assert_addr(&c->logging.hosts[0].addr, "10.224.14.20");
    mem_free(text);
    gw_config_free(c);
}

/* As the note's PDF comes out as text: wrapped anywhere, comments in the middle. */
static const char printed[] =
    "Ciscoasa\n\nASA Version 8.2(1)\n\n!\n\nhostname CiscoASA\n\nnames\n\n!\n\ninterface\n"
    "Ethernet0/0\n\n speed 100\n\n nameif outside\n\n security-level 0\n\n ip address "
    "209.165.201.2\n"
    "255.255.255.248\n\n!\n\ninterface Ethernet0/2\n\n shutdown\n\n no nameif\n\n no "
    "security-level\n\n no ip "
    "address\n\n!\n\n !---Output Suppressed ! access-list test extended\n\npermit ip 10.224.228.0\n"
    "255.255.255.128 any access-list\n\ntest extended permit ip 10.224.52.0 255.255.255.128 any\n"
    "!---Output Suppressed route outside\n\n0.0.0.0 255.255.255.255 209.165.201.1 1 timeout "
    "xlate\n\n"
    "3:00:00 timeout conn 1:00:00 half-closed 0:10:00 udp\n\n0:02:00 sip-invite 0:03:00 sip-\n\n"
    "disconnect 0:02:00 http 0.0.0.0 0.0.0.0\n\noutside ! !--- To preserve and resume\n\nthe "
    "traffic "
    "that drops and recovers.\n\nsysopt connection preserve-vpn-flows\n\nthreat-\n\ndetection "
    "basic-threat tunnel-\n\ngroup 209.165.200.10 type ipsec-l2l tunnel-group 209.165.200.10\n"
    "ipsec-attributes pre-shared-key * !---Output Suppressed\nCryptochecksum:5c22 :\n\nend\n\nA "
    "sentence "
    "after it.\n";

static void a_printed_configuration_is_taken_apart(void **state)
{
    static const struct gw_load_options opts = {.psk = "k", .as_printed = true};
    struct gw_config *c = load(printed, &opts);

    (void)state;
    assert_string_equal(c->hostname, "CiscoASA");
    assert_int_equal(c->ninterfaces, 2);
    assert_addr(&gw_config_interface(c, "outside")->addr, "209.165.201.2");
    assert_true(c->interfaces[1].shutdown && c->interfaces[1].addr.family == 0);
    assert_int_equal(gw_config_acl(c, "test")->naces, 2);
    assert_int_equal(c->nroutes, 1);
    assert_int_equal(c->routes[0].net.prefix, 0);
    assert_true(c->timeouts.udp == 120 && c->timeouts.half_closed == 600);
    assert_true(c->sysopt.preserve_vpn_flows);
    assert_string_equal(c->groups[0].psk, "k");
    gw_config_free(c);
}

static void an_error_in_print_has_its_line_and_marker(void **state)
{
    static const struct gw_load_options opts = {.as_printed = true};
    struct gw_config *c = gw_config_new();
    struct diag why = {0};

    (void)state;
    assert_int_equal(gw_config_load(c, "note.txt",
                                    bytes_str("ASA Version 8.2\n! hostname x sysopt\n\nconnection\n"
                                              "preserve-vpn-fluxes\n: end"),
                                    &opts, &why),
                     ERR_INVALID);
    assert_int_equal(why.line, 5);
    assert_string_equal(why.text, "ERROR: % Invalid input detected at '^' marker.\n"
                                  "sysopt connection preserve-vpn-fluxes\n"
                                  "                  ^");
    gw_config_free(c);
}

/* The document itself lies beside the project where it is developed. */
static void the_note_as_printed_gives_the_same(void **state)
{
    static const struct gw_load_options opts = {.psk = "lab-key", .as_printed = true};
    struct buf a = BUF_INIT, b = BUF_INIT;
    size_t n;
    uint8_t *text = test_file("../shared/data/cisco-note-113014-ja.txt", &n);

    (void)state;
    if (!text) {
        printf("SKIPPED: ../shared/data/cisco-note-113014-ja.txt is not here\n");
        skip();
    }
    mem_free(text);
    struct gw_config *note = load_file("../shared/data/cisco-note-113014-ja.txt", &opts);
    struct gw_config *tidy = load_file("cases/devices/bo-asa.cfg", &lab);
    check_note(note);
    gw_config_write(note, true, &a);
    gw_config_write(tidy, true, &b);
    assert_string_equal(buf_str(&a), buf_str(&b));
    assert_int_equal(note->nnotes, tidy->nnotes);
    buf_release(&a);
    buf_release(&b);
    gw_config_free(note);
    gw_config_free(tidy);
}

static void line_ends_and_odd_bytes_do_not_matter(void **state)
{
    struct gw_config *c =
        load("\r\n! comment\r\nhostname fw\r\n\r\n: Saved\r\n  \t\r\nsysopt connection "
             "preserve-vpn-flows",
             NULL);

    (void)state;
    assert_string_equal(c->hostname, "fw");
    assert_true(c->sysopt.preserve_vpn_flows);
    gw_config_free(c);
    c = gw_config_new();
    assert_ok(gw_config_load(c, "x", bytes_of("hostname\0fw\0\n", 13), NULL, NULL));
    assert_string_equal(c->hostname, "fw");
    assert_ok(gw_config_load(c, "x", (struct bytes){0}, NULL, NULL));
    gw_config_free(c);
}

static const struct {
    const char *text;
    int line;
    const char *why;
} bad[] = {
    {"hostname a\n\nfrobnicate the gateway\n", 3,
     "ERROR: % Invalid input detected at '^' marker.\nfrobnicate the gateway\n^"},
    {"interface Ethernet0/0\n nameif outside\n ip address 1.2.3\n", 3,
     "ERROR: % Invalid input detected at '^' marker.\n ip address 1.2.3\n            ^"},
    {"hostname a\nsysopt connection\n", 2, "ERROR: % Incomplete command\nsysopt connection"},
    {"access-group a in interface inside", 1,
     "ERROR: % Invalid input detected at '^' marker.\naccess-group a in interface inside\n"
     "                            ^"},
    {"crypto map m 5 set transform-set x", 1,
     "ERROR: transform set with tag \"x\" does not exist.\ncrypto map m 5 set transform-set x"},
};

static void errors_have_file_line_and_the_devices_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct gw_config *c = gw_config_new();
        struct diag why = {0};
        assert_int_equal(gw_config_load(c, "dir/fw.cfg", bytes_str(bad[i].text), NULL, &why),
                         ERR_INVALID);
        assert_string_equal(why.file, "dir/fw.cfg");
        assert_int_equal(why.line, bad[i].line);
        assert_string_equal(why.text, bad[i].why);
        gw_config_free(c);
    }
}

static void a_line_longer_than_the_device_takes_is_refused(void **state)
{
    struct gw_config *c = gw_config_new();
    struct diag why = {0};
    char text[2000];

    (void)state;
    memset(text, 'x', sizeof(text));
    assert_int_equal(gw_config_load(c, "f", bytes_of(text, sizeof(text)), NULL, &why), ERR_INVALID);
    assert_string_equal(why.text,
                        "the line has 2000 characters; the device takes no more than 1023");
    gw_config_free(c);
}

static void a_file_that_grows_a_list_without_end_is_stopped(void **state)
{
    struct gw_config *c = gw_config_new();
    struct diag why = {0};
    struct buf text = BUF_INIT;

    (void)state;
    for (int i = 0; i < 6000; i++)
        buf_addf(&text, "access-list a%d permit ip any any\n", i);
    assert_int_equal(gw_config_load(c, "f", buf_bytes(&text), NULL, &why), ERR_INVALID);
    assert_int_equal(why.line, 4097);
    assert_string_equal(why.text, "too many access lists: the model takes no more");
    gw_config_free(c);
    c = gw_config_new();
    buf_clear(&text);
    for (int i = 0; i < 20000; i++) /* one long list is fine */
        buf_addf(&text, "access-list a permit ip host 10.0.%d.%d any\n", i / 200, i % 200);
    assert_ok(gw_config_load(c, "f", buf_bytes(&text), NULL, NULL));
    assert_int_equal(c->acls[0].naces, 20000);
    buf_release(&text);
    gw_config_free(c);
}

static void strict_loading_refuses_what_needs_a_remark(void **state)
{
    static const struct gw_load_options strict = {.strict = true};
    static const char route[] =
        "interface e0/0\n nameif o\nroute o 0.0.0.0 255.255.255.255 1.1.1.1\n";
    struct gw_config *c = gw_config_new();
    struct diag why = {0};

    (void)state;
    assert_int_equal(gw_config_load(c, "f", bytes_str(route), &strict, &why), ERR_INVALID);
    assert_int_equal(why.line, 3);
    assert_non_null(strstr(why.text, "taken as the default route"));
    assert_ok(gw_config_load(c, "f", bytes_str("mtu outside 1500\n"), &strict, NULL));
    gw_config_free(c);
}

static void what_is_not_modelled_is_kept_in_notes(void **state)
{
    struct gw_config *c = load("hostname a\nmtu outside 1500\nwebvpn\n enable outside\n"
                               "  no svc\nhostname b\n",
                               NULL);
    static const struct {
        int line;
        const char *text;
    } want[] = {{2, "mtu outside 1500"}, {3, "webvpn"}, {4, "enable outside"}, {5, "no svc"}};

    (void)state;
    assert_int_equal(c->nnotes, COUNT(want));
    for (size_t i = 0; i < COUNT(want); i++) {
        assert_int_equal(c->notes[i].line, want[i].line);
        assert_string_equal(c->notes[i].text, want[i].text);
        assert_null(c->notes[i].remark);
    }
    assert_string_equal(c->hostname, "b");
    gw_config_free(c);
}

static void secrets_are_neither_kept_nor_shown(void **state)
{
    static const struct {
        const char *line, *masked;
    } lines[] = {
        {"pre-shared-key cisco123", "pre-shared-key ********"},
        {" ikev2 remote-authentication pre-sh  k3y", " ikev2 remote-authentication pre-sh  ***"},
        {"username u password p4ss encrypted", "username u password **** encrypted"},
        {"enable password x", "enable password *"},
        {"snmp-server community public", "snmp-server community ******"},
        {" key abc", " key ***"},
        {"crypto key generate rsa", "crypto key generate rsa"},
        {"hostname key", "hostname key"},
        {"", ""},
    };
    struct gw_config *c = load("enable password p4ss\n", NULL);
    struct diag why = {0};

    (void)state;
    for (size_t i = 0; i < COUNT(lines); i++) {
        char text[64];
        snprintf(text, sizeof(text), "%s", lines[i].line);
        gw_mask_secrets(text);
        assert_string_equal(text, lines[i].masked);
    }
    assert_string_equal(c->notes[0].text, "enable password ****");
    assert_int_equal(
        gw_config_load(c, "f",
                       bytes_str("tunnel-group 1.1.1.1 type ipsec-l2l\ntunnel-group "
                                 "1.1.1.1 ipsec-attributes\n pre-shared-key k3y extra"),
                       NULL, &why),
        ERR_INVALID);
    assert_string_equal(why.text, "ERROR: % Invalid input detected at '^' marker.\n"
                                  " pre-shared-key *** extra\n                    ^");
    gw_config_free(c);
}

static void a_masked_key_without_the_real_one_stays_masked(void **state)
{
    struct gw_config *c = load_file("cases/devices/bo-asa.cfg", NULL);
    struct diag why = {0};

    (void)state;
    assert_string_equal(c->groups[0].psk, "*");
    assert_int_equal(gw_config_check(c, &why), ERR_INVALID);
    assert_non_null(strstr(why.text, "give the real key"));
    gw_config_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_notes_configuration_loads),
        cmocka_unit_test(the_head_office_is_its_mirror_image),
        cmocka_unit_test(the_labs_logging_lines_go_on_top),
        cmocka_unit_test(a_printed_configuration_is_taken_apart),
        cmocka_unit_test(an_error_in_print_has_its_line_and_marker),
        cmocka_unit_test(the_note_as_printed_gives_the_same),
        cmocka_unit_test(line_ends_and_odd_bytes_do_not_matter),
        cmocka_unit_test(errors_have_file_line_and_the_devices_words),
        cmocka_unit_test(a_line_longer_than_the_device_takes_is_refused),
        cmocka_unit_test(a_file_that_grows_a_list_without_end_is_stopped),
        cmocka_unit_test(strict_loading_refuses_what_needs_a_remark),
        cmocka_unit_test(what_is_not_modelled_is_kept_in_notes),
        cmocka_unit_test(secrets_are_neither_kept_nor_shown),
        cmocka_unit_test(a_masked_key_without_the_real_one_stays_masked),
    };
    return cmocka_run_group_tests_name("gateway/config_load", tests, NULL, NULL);
}
