/* How fast teardown messages are logged and read: the model's log beside one snprintf of the same
 * line, and the parser beside one POSIX regular expression for the same line. Rounds take turns, so
 * that a noisy machine slows both; the best round of each counts. */
#include "gateway/messages.h"

#include "gateway/config_parts.h"
#include "wire/asa_log.h"
#include "wire/ip.h"

#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { LINES = 50000, ROUNDS = 7 };

static const char line[] =
    "<166>Nov 09 2022 10:01:59: %ASA-6-302014: Teardown TCP connection 57983 for "
    "outside:192.168.50.80/80 to inside:10.224.228.10/1135 duration 0:00:36 "
    "bytes 53947 Tunnel has been torn down";

static const char grammar[] =
    "%ASA-([0-7])-([0-9]{6}): Teardown (TCP|UDP) connection ([0-9]+) for ([^:]+):([^/]+)/([0-9]+) "
    "to "
    "([^:]+):([^/]+)/([0-9]+) duration ([0-9]+:[0-9]{2}:[0-9]{2}) bytes ([0-9]+)( .*)?$";

static double now(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void die(const char *what)
{
    fprintf(stderr, "asa_log_bench: %s failed\n", what);
    exit(1);
}

static double round_parse(void)
{
    double start = now();
    struct asa_log l;

    for (int i = 0; i < LINES; i++) {
        if (asa_log_parse(bytes_of(line, sizeof(line) - 1), &l) || !l.complete)
            die("parse");
    }
    return now() - start;
}

static double round_regex(const regex_t *re)
{
    double start = now();
    regmatch_t m[14];

    for (int i = 0; i < LINES; i++) {
        if (regexec(re, line, COUNT(m), m, 0))
            die("regexec");
    }
    return now() - start;
}

static double round_log(struct gw_syslog *s)
{
    struct gw_msg_conn c = {
        .id = 57983,
        .proto = IP_TCP,
        .initiator = {"inside", 100, ip4(0x0ae0e40a), ip4(0x0ae0e40a), 1135, 1135},
        .responder = {"outside", 0, ip4(0xc0a83250), ip4(0xc0a83250), 80, 80},
        .icmp_type = -1};
    struct gw_syslog_record r;
    double start = now();

    for (int i = 0; i < LINES; i++) {
        gw_msg_teardown(s, &c, SPAN_S(36), 53947, GW_REASON_TUNNEL_DOWN);
        if (!gw_syslog_next(s, &r) || r.payload.n != sizeof(line) - 1)
            die("log");
    }
    return now() - start;
}

static double round_snprintf(void)
{
    volatile unsigned port = 80;
    double start = now();
    char out[512];

    for (int i = 0; i < LINES; i++) {
        int n = snprintf(out, sizeof(out),
                         "<%u>%s %02d %04d %02d:%02d:%02d: %%ASA-%d-%u: Teardown TCP connection %u "
                         "for %s:%u.%u.%u.%u/%u to %s:%u.%u.%u.%u/%u duration %d:%02d:%02d bytes "
                         "%llu %s",
                         166u, "Nov", 9, 2022, 10, 1, 59, 6, 302014u, 57983u, "outside", 192u, 168u,
                         50u, 80u, port, "inside", 10u, 224u, 228u, 10u, 1135u, 0, 0, 36, 53947ull,
                         "Tunnel has been torn down");
        if (n != (int)sizeof(line) - 1)
            die("snprintf");
    }
    return now() - start;
}

static void best(double *least, double took)
{
    if (took < *least)
        *least = took;
}

int main(void)
{
    struct gw_config *cfg = gw_config_new();
    struct clock_virtual clk;
    double parse = 1e9, regex = 1e9, log = 1e9, floor = 1e9;
    regex_t re;

    cfg->logging.enable = cfg->logging.timestamp = true;
    cfg->logging.to[GW_LOG_TO_TRAP].level = 6;
    struct gw_log_host *h =
        gw_list_add((void **)&cfg->logging.hosts, &cfg->logging.nhosts, sizeof(*h));
    h->addr = ip4(0x0ae00e14);
    clock_virtual_init(&clk);
    struct gw_syslog *s = gw_syslog_new(cfg, &clk.clock, INT64_C(1667988119));
    if (regcomp(&re, grammar, REG_EXTENDED))
        die("regcomp");
    for (int i = 0; i < ROUNDS; i++) {
        best(&parse, round_parse());
        best(&regex, round_regex(&re));
        best(&log, round_log(s));
        best(&floor, round_snprintf());
    }
    printf("asa_log parse  %8.0f lines/s    POSIX regex      %8.0f lines/s    ratio %.1f\n",
           LINES / parse, LINES / regex, regex / parse);
    printf("asa_log write  %8.0f records/s  snprintf alone   %8.0f records/s  ratio %.2f\n",
           LINES / log, LINES / floor, floor / log);
    regfree(&re);
    gw_syslog_free(s);
    gw_config_free(cfg);
    return 0;
}
