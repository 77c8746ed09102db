/* `holdfast gateway` without interfaces, as a stranger uses it: what it prints for lines that are
 * piped in, and what --check says of configurations, good and bad. */
#include "base/mem.h"
#include "tests/program.h"
#include "tests/testkit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define OUTSIDE "interface Ethernet0/1\n nameif wan\n ip address 192.0.2.9 255.255.255.0\n"
#define MAP                                                                                        \
    "access-list a extended permit ip any any\ncrypto ipsec transform-set t esp-3des "             \
    "esp-md5-hmac\n"                                                                               \
    "crypto map m 1 match address a\ncrypto map m 1 set peer 192.0.2.1\n"                          \
    "crypto map m 1 set transform-set t\ncrypto map m interface wan\n"
#define BO   "%%H gateway --config cases/devices/bo-asa.cfg "
#define USER "10.224.228.10"
#define HO   "192.168.50.10"

/* As the note prints it. */
#define SYSOPT(preserve)                                                                           \
    "no sysopt connection timewait\n"                                                              \
    "sysopt connection tcpmss 1380\n"                                                              \
    "sysopt connection tcpmss minimum 0\n"                                                         \
    "sysopt connection permit-vpn\n"                                                               \
    "sysopt connection reclassify-vpn\n" preserve "sysopt connection preserve-vpn-flows\n"         \
    "no sysopt nodnsalias inbound\n"                                                               \
    "no sysopt nodnsalias outbound\n"                                                              \
    "no sysopt radius ignore-secret\n"                                                             \
    "no sysopt noproxyarp outside\n"

/* The note's listing, with packets counted. */
#define CONTEXTS(pk)                                                                               \
    "VPN CTX=0x0005FF54, Ptr=0x6DE62DA0, DECR+ESP+PRESERVE, UP, pk=" pk ", rk=0000000000, gc=0\n"  \
    "VPN CTX=0x0005B234, Ptr=0x6DE635E0, ENCR+ESP+PRESERVE, UP, pk=" pk ", rk=0000000000, gc=0\n"

static const struct row {
    const char *what, *lines, *args; /* piped in; behind the configuration */
    int code;
    const char *out; /* the whole of it */
} rows[] = {
    {"show_run_all_sysopt__is_as_the_note_prints_it", "show run all sysopt\n", "", 0, SYSOPT("")},
    {"and_off_it_is_the_default", "show run all sysopt\n",
     "--line 'no sysopt connection preserve-vpn-flows'", 0, SYSOPT("no ")},
    {"switched_on_at_the_console",
     "no sysopt connection preserve-vpn-flows\nsysopt connection preserve-vpn-flows\n"
     "show run all sysopt\n",
     "", 0, SYSOPT("")},
    {"no_lines__no_words", "", "", 0, ""},
    {"lines_of_windows", "show run all sysopt\r\n", "", 0, SYSOPT("")},
    {"the_last_line_without_its_end", "show run all sysopt", "", 0, SYSOPT("")},
    {"exit_ends_it", "exit\nshow run all sysopt\n", "", 0, "\nLogoff\n\n"},
    {"exit_in_the_configuration_leaves_it", "configure terminal\nexit\nquit\nshow version\n", "", 0,
     "\nLogoff\n\n"},
    {"the_console_shows_what_is_logged_to_it",
     "logging console 6\nlogging list t message 713120\nlogging console t\nlogging enable\n"
     "!ping " USER " " HO " 1\n",
     "--peer", 0,
     "! 1 echoes sent, 1 answered\n"
     "%ASA-5-713120: Group = 209.165.200.10, IP = 209.165.200.10, PHASE 2 COMPLETED "
     "(msgid=4569bacc)\n"},
    {"a_tunnel_shows_its_two_contexts", "!ping " USER " " HO "\nshow asp table vpn-context\n",
     "--peer", 0, "! 5 echoes sent, 5 answered\n" CONTEXTS("0000000005")},
    {"from_the_other_side_the_peer_begins", "!ping " HO " " USER "\nshow asp table vpn-context\n",
     "--peer", 0, "! 5 echoes sent, 4 answered\n" CONTEXTS("0000000004")},
    {"the_far_end_speaks_ikev2_where_the_gateway_does",
     "show asp table vpn-context\n!ping " USER " " HO
     " 5\n!drop 1\nshow crypto ikev2 sa\n!ping " USER " " HO
     " 1\nshow crypto ikev2 sa | include CHILD\n",
     "--config cases/devices/bo-ikev2.cfg --peer", 0,
     "! 5 echoes sent, 5 answered\n\nThere are no IKEv2 SAs\n! 1 echoes sent, 1 answered\n"
     "Session-id:2, Status:UP-ACTIVE, IKE count:1, CHILD count:1\n"},
    {"nothing_comes_back_through_a_cut_wan", "!cut\n!ping " USER " " HO " 2\n", "--peer", 0,
     "! 2 echoes sent, 0 answered\n"},
    {"a_peer_with_nothing_to_delete", "!drop 1\n", "--peer", 0,
     "! the peer has no such SA (!help)\n"},
    {"a_ping_that_goes_nowhere", "!ping " USER " " USER "\n", "--peer", 0,
     "! the crypto map is not for packets between these addresses (!help)\n"},
    {"a_ping_of_the_gateway_itself", "!ping 10.224.9.5 " HO "\n", "--peer", 0,
     "! the crypto map is not for packets between these addresses (!help)\n"},
    {"words_that_are_wrong", "!ping x\n!connect a b\n!wait\n!wait -1\n!wait 1e99\n!drop 3\n",
     "--peer", 0,
     "! !ping wants FROM TO [COUNT] (!help)\n! !connect wants FROM TO PORT (!help)\n"
     "! !wait wants a number of seconds, up to a year (!help)\n"
     "! !wait wants a number of seconds, up to a year (!help)\n"
     "! !wait wants a number of seconds, up to a year (!help)\n"
     "! !drop wants a phase, 1 or 2 (!help)\n"},
    {"without_a_peer_there_is_none", "!ping " USER " " HO "\n", "", 0,
     "! there is no other end: start the gateway with --peer (!help)\n"},
    {"comments_are_the_devices", "! hello\n!\n!foo\n", "--peer", 0, ""},
};

static void run_piped(struct program *p, const char *lines, const char *args)
{
    struct buf command = BUF_INIT;

    program_file("lines", lines);
    buf_addf(&command, BO "%s <%%T/lines", args);
    program_run(p, buf_str(&command));
    buf_release(&command);
}

static void prints_what_its_row_says(void **state)
{
    const struct row *r = *state;
    struct program p;

    run_piped(&p, r->lines, r->args);
    assert_string_equal(buf_str(&p.out), r->out);
    assert_string_equal(buf_str(&p.err), "");
    assert_int_equal(p.code, r->code);
    program_release(&p);
}

/* What stands before the first such line and the next, "UIO" of "..., flags UIO". */
static void flags_then(const char **at, const char *want)
{
    const char *s = strstr(*at, "flags ");

    assert_non_null(s);
    s += strlen("flags ");
    if (strncmp(s, want, strlen(want)) != 0 || s[strlen(want)] != '\n')
        fail_msg("wanted %s: %.60s", want, s);
    *at = s;
}

static void a_connection_outlives_its_tunnel_and_keeps_its_flags_and_id(void **state)
{
    struct program p;

    (void)state;
    run_piped(&p,
              "logging enable\nlogging buffered informational\n"
              "!connect " USER " " HO " 80\nshow conn\n!cut\n!drop\nclear crypto ipsec sa\nshow "
              "conn\n!mend\n!wait 20\nshow conn\nshow logging\n",
              "--peer");
    const char *at = buf_str(&p.out);
    flags_then(&at, "UIO");
    flags_then(&at, "UIOV");
    flags_then(&at, "UIO");
    assert_non_null(strstr(at, "Built outbound TCP connection 1 "));
    assert_null(strstr(at, "302014"));
    program_release(&p);
    run_piped(&p,
              "logging enable\nlogging buffered informational\n"
              "!connect " USER " " HO " 80\n!drop\nshow conn\nshow logging\n",
              "--peer --line 'no sysopt connection preserve-vpn-flows'");
    assert_non_null(strstr(buf_str(&p.out), "0 in use, 1 most used"));
    assert_non_null(strstr(buf_str(&p.out), "Tunnel has been torn down"));
    program_release(&p);
}

/* The same lines in virtual time: the same bytes, and no time at all. */
static void virtual_time_is_repeatable(void **state)
{
    static const char lines[] =
        "!connect " USER " " HO " 80\n!wait 3000\n!crash\n!wait 600\nshow conn\nshow crypto ipsec "
        "sa\nshow vpn-sessiondb l2l\nshow clock\n";
    struct program a, b;

    (void)state;
    run_piped(&a, lines, "--peer");
    assert_non_null(strstr(buf_str(&a.out), "UTC Jan 1 2026"));
    run_piped(&b, lines, "--peer");
    assert_string_equal(buf_str(&a.out), buf_str(&b.out));
    assert_true(a.out.n > 500);
    program_release(&a);
    program_release(&b);
}

static void in_real_time_a_wait_takes_its_time(void **state)
{
    struct timespec from, to;
    struct program p;

    (void)state;
    clock_gettime(CLOCK_MONOTONIC, &from);
    run_piped(&p, "!wait 0.4\n!ping " USER " " HO " 1\nshow asp table vpn-context\n",
              "--peer --time real");
    clock_gettime(CLOCK_MONOTONIC, &to);
    assert_string_equal(buf_str(&p.out), "! 1 echoes sent, 1 answered\n" CONTEXTS("0000000001"));
    assert_true((double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9 >
                0.4);
    program_release(&p);
}

/* --- configurations ----------------------------------------------------------------------------
 */

static const struct check_row {
    const char *what, *text, *args;
    int code;
    const char *out, *err; /* in it; NULL: it stays empty */
} check_rows[] = {
    {"each_line_has_its_fate", "hostname fw\nftp mode passive\nfrobnicate\n", "--check", 2,
     ".cfg:1: modelled: hostname fw\n", NULL},
    {"what_is_not_modelled_is_said", "ftp mode passive\n", "--check", 0,
     ".cfg:1: accepted, not modelled: ftp mode passive\n", NULL},
    {"a_refused_line_has_the_devices_words", "hostname fw\nfrobnicate\n", "--check", 2,
     ".cfg:2: refused: frobnicate\n    ERROR: % Invalid input detected at '^' marker.\n", NULL},
    {"and_the_next_line_is_looked_at_all_the_same", "frobnicate\nhostname fw\n", "--check", 2,
     ".cfg:2: modelled: hostname fw\n", NULL},
    {"what_is_taken_otherwise_says_how", OUTSIDE "route wan 0.0.0.0 255.255.255.255 192.0.2.8\n",
     "--check", 0, "modelled otherwise: route wan 0.0.0.0 255.255.255.255 192.0.2.8\n    t", NULL},
    {"a_missing_key_is_an_error_of_the_whole",
     OUTSIDE MAP "tunnel-group 192.0.2.1 type ipsec-l2l\ntunnel-group 192.0.2.1 ipsec-attributes\n"
                 " pre-shared-key *\n",
     "--check", 2, "error: the pre-shared-key of tunnel-group 192.0.2.1", NULL},
    {"keys_are_not_shown",
     "tunnel-group 192.0.2.1 type ipsec-l2l\ntunnel-group 192.0.2.1 ipsec-attributes\n"
     " pre-shared-key sesame\n",
     "--check", 0, "modelled: pre-shared-key ******\n", NULL},
    {"strict_makes_it_an_error", "ftp mode passive\n", "--check --strict", 2,
     "1 accepted and not modelled", NULL},
    {"strict_lets_what_is_modelled_pass", "hostname fw\n", "--check --strict", 0,
     "5 lines modelled, 0 accepted", NULL},
    {"strict_without_check_does_not_begin", "hostname fw\nftp mode passive\n", "--strict", 2,
     ".cfg:2: accepted, not modelled: ftp mode passive\n", NULL},
    {"strict_without_check_begins_with_what_is_modelled", "hostname fw\n", "--strict", 0, NULL,
     NULL},
    {"lines_of_windows", "hostname fw\r\nfrobnicate\r\n", "--check", 2,
     ".cfg:2: refused: frobnicate\n", NULL},

    {"an_unknown_command", "hostname fw\nfrobnicate all\n", "", 2, NULL,
     ".cfg:2: ERROR: % Invalid input detected at '^' marker. | frobnicate all"},
    {"a_command_of_another_mode", "nameif outside\n", "", 2, NULL,
     ".cfg:1: ERROR: % Invalid input detected at '^' marker. | nameif outside"},
    {"a_value_out_of_range", "crypto ipsec security-association lifetime seconds 119\n", "", 2,
     NULL, ".cfg:1: ERROR: % Invalid input detected at '^' marker. | crypto ipsec "},
    {"a_command_that_is_not_complete", "hostname\n", "", 2, NULL,
     ".cfg:1: ERROR: % Incomplete command | hostname"},
    {"an_address_that_is_none", "interface Ethernet0/0\n ip address 10.0.0.256 255.0.0.0\n", "", 2,
     NULL, ".cfg:2: ERROR: % Invalid input detected at '^' marker. |  ip address 10.0.0.256"},

    {"page_noise_around_a_printed_configuration",
     "A tech note\nwrites:\n\nASA Version 8.2(1)\n\n!\n\nhostname fw\n\n\nnames\n: end\nAnd so "
     "on.\n",
     "--as-printed --check", 0, "modelled: hostname fw\n", NULL},
    {"a_wrapped_line_is_one_command",
     "ASA Version 8.2(1) access-list 100 extended permit ip\n\n"
     "10.1.0.0 255.255.0.0 any hostname fw : end\n",
     "--as-printed --check", 0,
     "modelled: access-list 100 extended permit ip 10.1.0.0 255.255.0.0 any\n", NULL},
    {"what_is_no_command_in_print_is_refused_in_its_line",
     "ASA Version 8.2(1)\nhostname fw\nfrobnicate all day\nnames\n: end\n", "--as-printed --check",
     2, ".cfg:3: refused: frobnicate\n", NULL},
    {"and_goes_on_with_the_next_command",
     "ASA Version 8.2(1)\nhostname fw\nfrobnicate all day\nnames\n: end\n", "--as-printed --check",
     2, ".cfg:4: modelled: names\n", NULL},
};

/* Without one the whole is no configuration. */
#define INTERFACE                                                                                  \
    "--line 'interface Ethernet0/0\n nameif outside\n security-level 0\n ip address "              \
    "209.165.201.2 "                                                                               \
    "255.255.255.248'"

static void is_told_as_its_row_says(void **state)
{
    const struct check_row *r = *state;
    struct buf command = BUF_INIT;
    struct program p;

    program_file("x.cfg", r->text);
    buf_addf(&command, "%%H gateway --config %%T/x.cfg " INTERFACE " %s </dev/null", r->args);
    program_run(&p, buf_str(&command));
    if (p.code != r->code || (r->out && !strstr(buf_str(&p.out), r->out)) ||
        (r->err && !strstr(buf_str(&p.err), r->err)))
        print_error("-- stdout\n%s\n-- stderr\n%s\n", buf_str(&p.out), buf_str(&p.err));
    assert_int_equal(p.code, r->code);
    assert_true(r->out ? strstr(buf_str(&p.out), r->out) != NULL : p.out.n == 0);
    assert_true(r->err ? strstr(buf_str(&p.err), r->err) != NULL : p.err.n == 0);
    buf_release(&command);
    program_release(&p);
}

int main(void)
{
    struct CMUnitTest tests[COUNT(rows) + COUNT(check_rows) + 3] = {
        cmocka_unit_test(a_connection_outlives_its_tunnel_and_keeps_its_flags_and_id),
        cmocka_unit_test(virtual_time_is_repeatable),
        cmocka_unit_test(in_real_time_a_wait_takes_its_time),
    };
    size_t n = 3;

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[n++] = (struct CMUnitTest){rows[i].what, prints_what_its_row_says, NULL, NULL,
                                         (void *)(uintptr_t)&rows[i]};
    for (size_t i = 0; i < COUNT(check_rows); i++)
        tests[n++] = (struct CMUnitTest){check_rows[i].what, is_told_as_its_row_says, NULL, NULL,
                                         (void *)(uintptr_t)&check_rows[i]};
    return cmocka_run_group_tests_name("tests/cli_gateway", tests, NULL, program_folder_remove);
}
