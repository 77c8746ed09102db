/* holdfast judge --syslog and what else is told beside the streams: the two sides of one recorded
 * download, a log of it made here in another time zone, taps whose clocks differ, copies. */
#include "tests/program.h"
#include "tests/testkit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BO "--leg bo-lan=captures/http-download.pcapng.zst "
#define HO "--leg ho-lan=captures/http-download-ho.pcapng.gz "
#define FLOW                                                                                       \
    "outside:192.168.50.10/80 (192.168.50.10/80) to inside:10.224.228.10/33066 "                   \
    "(10.224.228.10/33066)"
#define ENDS    "outside:192.168.50.10/80 to inside:10.224.228.10/33066"
#define TEN(s)  ONE(s) ONE(s) ONE(s) ONE(s) ONE(s) ONE(s) ONE(s) ONE(s) ONE(s) ONE(s)
#define ONE(s)  "Nov 27 21:01:0" s ": %ASA-6-305011: x\n"
#define LIMITED TEN("0") TEN("1") TEN("2") ONE("3") TEN("4") TEN("5") TEN("6")

/* The download began at 21:00:23.05 UTC on 27 November 2026. */
struct row {
    const char *what, *log, *options, *want[3], *not_this;
};

static const struct row rows[] = {
    {"a log in the captures' own time is bound and its offset told",
     "Nov 27 2026 21:00:23: %ASA-6-302013: Built outbound TCP connection 41 for " FLOW "\n"
     "Nov 27 2026 21:00:24: %ASA-6-302014: Teardown TCP connection 41 for " ENDS
     " duration 0:00:01 bytes 8388937 Tunnel has been torn down\n",
     BO HO "--syslog %T/asa.log",
     {"; 302014 Tunnel has been torn down at 21:00:24.", "is -0.1 s from the captures",
      "proven for 1 of 1 TCP streams"},
     "time zone"},
    {"a log of another time zone without a year is brought to the captures' clock",
     "Nov 28 06:02:23 fw : %ASA-6-302013: Built outbound TCP connection 41 for " FLOW "\n"
     "Nov 28 06:02:24 fw : %ASA-6-302014: Teardown TCP connection 41 for " ENDS
     " duration 0:00:01 bytes 8388937 Tunnel has been torn down\n",
     BO HO "--syslog %T/asa.log",
     {"302014 Tunnel has been torn down at 21:00:24.", "a time zone of UTC+9.00 h and +119.9 s",
      "2 messages, 2 about captured streams"},
     NULL},
    {"a log without a 302013 of the stream narrows what is said",
     "Nov 27 2026 21:00:24: %ASA-6-302014: Teardown TCP connection 41 for " ENDS
     " duration 0:00:01 bytes 8388937 Tunnel has been torn down\n",
     BO HO "--syslog %T/asa.log",
     {"narrowed: the device's clock cannot be compared", "proven for 0 of 1 TCP streams",
      "the others shows nothing"},
     "there is no log"},
    {"connection numbers that jump are lines that are missing",
     "Nov 27 2026 21:00:23: %ASA-6-302013: Built outbound TCP connection 41 for " FLOW "\n"
     "Nov 27 2026 21:00:23: %ASA-6-302015: Built outbound UDP connection 50 for "
     "outside:9.9.9.9/53 (9.9.9.9/53) to inside:10.0.0.1/99 (10.0.0.1/99)\n",
     BO HO "--syslog %T/asa.log",
     {"connection numbers jump in 1 places, by 8 in all", NULL, NULL},
     NULL},
    {"a log that stops at a count a second looks like one with a limit",
     LIMITED,
     BO HO "--syslog %T/asa.log",
     {"narrowed: messages of level 6 stop at 10 a second, in 6 of 6 busy seconds",
      "it looks like `logging rate-limit 10 1`, but a load that never varies looks the same",
      "there are no connection numbers"},
     "held back"},
    {"a log that lacks numbers behind full seconds has a limit",
     "100 120 140 150 180 210",
     BO HO "--syslog %T/asa.log",
     {"narrowed: messages of level 6 stop at 10 a second, in 6 of 6 busy seconds",
      "missing behind 4 of the 6 full ones that have any",
      "others were held back, as by `logging rate-limit 10 1`"},
     "looks like"},
    {"a log of a load that never varies has none",
     "100 110 120 130 140",
     BO HO "--syslog %T/asa.log",
     {"messages of level 6 stop at 10 a second, in 5 of 5 busy seconds",
      "behind 5 of the 5 full ones with connection numbers none is missing",
      "that is the load, and no rate limit"},
     "narrowed: messages of level 6"},
    {"a log in datagrams of the mgmt leg is bound, and what it proves told",
     "<166>Nov 27 2026 21:00:23 fw : %ASA-6-302013: Built outbound TCP connection 41 for " FLOW,
     BO HO "--leg mgmt=%T/mgmt-udp.pcap",
     {"the captures of mgmt: 1 lines, 1 messages, 1 about captured streams",
      "proven for 1 of 1 TCP streams", NULL},
     "there is no log"},
    {"a log over TCP whose records are led by their lengths is bound, and its holes told",
     "<166>Nov 27 2026 21:00:23 fw : %ASA-6-302013: Built outbound TCP connection 41 for " FLOW "\n"
     "<166>Nov 27 2026 21:00:23 fw : %ASA-6-302013: Built outbound TCP connection 44 for "
     "x:1.1.1.1/1 "
     "(1.1.1.1/1) to y:2.2.2.2/2 (2.2.2.2/2)\n"
     "<166>Nov 27 2026 21:00:24 fw : %ASA-6-302014: Teardown TCP connection 41 for " ENDS
     " duration 0:00:01 bytes 8388937 Tunnel has been torn down\n",
     BO HO "--leg mgmt=%T/mgmt-tcp.pcap",
     {"the captures of mgmt: 3 lines, 3 messages, 2 about captured streams",
      "302014 Tunnel has been torn down", "connection numbers jump in 1 places, by 2 in all"},
     "there is no log"},
    {"captures of mgmt without a log are told of",
     "",
     BO HO "--leg mgmt=captures/http-download-ho.pcapng.gz",
     {"narrowed: there is no log in the captures of mgmt", NULL, NULL},
     NULL},
    {"a log from a pipe is read like one from a file",
     "<166>7: Nov 27 2026 21:00:23: %ASA-6-302013: Built outbound TCP connection 41 for " FLOW
     "\n<166>9: Nov 27 2026 21:00:24: %ASA-4-733100: [ Scanning] drop rate-1 exceeded.\n",
     BO HO "--syslog -",
     {"proven for 1 of 1 TCP streams", "jump in 1 places: 1 lines are missing",
      "1 times the device says that rates are exceeded"},
     NULL},
    {"legs that are missing are named",
     "",
     BO,
     {"UNKNOWN", "there is no capture of ho-lan", "there is no log"},
     "there is no capture of bo-lan"},
    {"a clock that is ahead is found and mended",
     "",
     BO "--leg ho-lan=%T/ahead.pcapng",
     {"CONTINUOUS", "the clock of ho-lan is +12.5000", "its times are mended by that"},
     "narrowed: no one offset"},
    {"a leg from a pipe is compared by its clock like one from a file",
     "",
     BO "--leg ho-lan=- <captures/http-download-ho.pcapng.gz",
     {"CONTINUOUS", "the clock of ho-lan is +0.0000", "times are taken as they are"},
     NULL},
    {"a file twice is a span port's copies",
     "",
     BO HO "--leg ho-lan=captures/http-download-ho.pcapng.gz",
     {"CONTINUOUS", "packets of ho-lan were captured twice at once", NULL},
     NULL},
    {"streams are picked by address",
     "",
     BO HO "--only 10.9.9.9",
     {"no TCP stream of that address"},
     "CONTINUOUS"},
    {"streams are picked by network and port",
     "",
     BO HO "--host 10.224.228.0/24",
     {"CONTINUOUS", NULL, NULL},
     "no TCP stream"},
    {"a stream of another port is not told of",
     "",
     BO HO "--host 192.168.50.10:81",
     {"no TCP stream", NULL, NULL},
     "CONTINUOUS"},
    {"streams are picked by number", "", BO HO "--stream 0", {"CONTINUOUS", NULL, NULL}, "no TCP"},
    {"a number that no stream has is of none",
     "",
     BO HO "--stream 1",
     {"no TCP stream", NULL, NULL},
     "CONTINUOUS"},
    {"what is after the time is not read",
     "",
     BO HO "--csv --to +0.01",
     {"10.224.228.10:33066,192.168.50.10:80", NULL, NULL},
     "8388854"},
    {"what is before the time is not read",
     "",
     BO HO "--from 1999999999",
     {"no TCP stream", NULL, NULL},
     "CONTINUOUS"},
    {"quiet says what narrows and nothing of what held",
     "",
     BO HO "-q",
     {"narrowed: there is no capture of wan", NULL, NULL},
     "CONTINUOUS"},
    {"as CSV, columns have names",
     "",
     BO HO "--csv",
     {"class,bo,ho,to_bo_sent", "CONTINUOUS,10.224.228.10:33066,192.168.50.10:80,8388854,8388854,0",
      NULL},
     "narrowed"},
};

/* TEXT: a log; or the first numbers of ten connections a second. */
static void write_log(const char *text)
{
    struct buf b = BUF_INIT;
    char *rest = (char *)(uintptr_t)text;

    for (int second = 0; *rest >= '0' && *rest <= '9'; second++) {
        unsigned long first = strtoul(rest, &rest, 10);
        for (unsigned long n = first; n < first + 10; n++)
            buf_addf(&b,
                     "Nov 27 21:01:0%d: %%ASA-6-302013: Built outbound TCP connection %lu for "
                     "outside:192.0.2.1/80 (192.0.2.1/80) to inside:10.0.0.1/99 (10.0.0.1/99)\n",
                     second, n);
        rest += *rest == ' ';
    }
    program_file("asa.log", b.n ? buf_str(&b) : text);
    buf_release(&b);
}

/* The log as it goes over the mgmt leg: a datagram, or a segment of records and their lengths. */
static void make_mgmt(const char *options)
{
    struct program p;

    if (strstr(options, "mgmt-udp.pcap"))
        program_run(&p, "od -Ax -tx1 -v %T/asa.log | text2pcap -q -u 514,514 - %T/mgmt-udp.pcap");
    else if (strstr(options, "mgmt-tcp.pcap"))
        program_run(&p, "awk '{ printf \"%d %s\", length($0), $0 }' %T/asa.log | od -Ax -tx1 -v | "
                        "text2pcap -q -T 40000,1470 - %T/mgmt-tcp.pcap");
    else
        return;
    assert_int_equal(p.code, 0);
    program_release(&p);
}

static void says_what_its_row_says(void **state)
{
    const struct row *r = *state;
    struct program p;
    char command[512];
    bool pipe = strstr(r->options, "--syslog -") != NULL;

    write_log(r->log);
    if (strstr(r->options, "ahead.pcapng")) {
        program_run(&p, "gzip -dc captures/http-download-ho.pcapng.gz >%T/ho.pcapng && "
                        "editcap -t 12.5 %T/ho.pcapng %T/ahead.pcapng");
        assert_int_equal(p.code, 0);
        program_release(&p);
    }
    make_mgmt(r->options);
    snprintf(command, sizeof(command), "%s%%H judge %s", pipe ? "cat %T/asa.log | " : "",
             r->options);
    program_run(&p, command);
    assert_int_equal(p.code, 0);
    for (size_t i = 0; i < COUNT(r->want) && r->want[i]; i++)
        if (!strstr(buf_str(&p.out), r->want[i]))
            fail_msg("not there: %s\n%s", r->want[i], buf_str(&p.out));
    if (r->not_this && strstr(buf_str(&p.out), r->not_this))
        fail_msg("there: %s\n%s", r->not_this, buf_str(&p.out));
    program_release(&p);
}

/* The capture is whole only when the signal comes, and that only when it is waited for: SIGINT is
 * the second bit of what /proc tells. */
static void captures_that_grow_are_judged_at_the_end(void **state)
{
    struct program p;

    (void)state;
    program_run(&p, "gzip -dc captures/http-download-ho.pcapng.gz >%T/all.pcapng; "
                    "head -c 4000000 %T/all.pcapng >%T/grows.pcapng; "
                    "%H judge --follow " BO "--leg ho-lan=%T/grows.pcapng & p=$!; "
                    "i=0; until grep -q '^SigCgt:.*[2367abef]$' /proc/$p/status || [ $i = 300 ];"
                    " do sleep 0.1; i=$((i + 1)); done; "
                    "tail -c +4000001 %T/all.pcapng >>%T/grows.pcapng; kill -INT $p; wait $p");
    assert_int_equal(p.code, 0);
    assert_non_null(strstr(buf_str(&p.out), "CONTINUOUS"));
    assert_non_null(strstr(buf_str(&p.out), "8,388,854 bytes"));
    assert_int_equal(p.err.n, 0);
    program_release(&p);
    program_run(&p, "%H judge --follow %T/all.pcapng");
    assert_int_equal(p.code, 2);
    program_release(&p);
}

int main(void)
{
    struct CMUnitTest tests[COUNT(rows) + 1] = {
        cmocka_unit_test(captures_that_grow_are_judged_at_the_end)};

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[i + 1] = (struct CMUnitTest){rows[i].what, says_what_its_row_says, NULL, NULL,
                                           (void *)(uintptr_t)&rows[i]};
    return cmocka_run_group_tests_name("tests/judge_syslog", tests, NULL, program_folder_remove);
}
