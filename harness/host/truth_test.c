/* Others judge what the hosts sent: tshark (checksums, well-formedness, retransmissions) and
 * tcptrace (bytes, retransmissions), against what the hosts say of themselves. */
#include "base/buf.h"
#include "tests/testkit.h"
#include "tests/two_hosts.h"

#include <stdlib.h>
#include <unistd.h>

#define A    CONV_A
#define B    CONV_B
#define HOUR ((struct mono){3600LL * 1000000000})

static const struct two_row bulk[] = {
    {TURN_DATA, A, 100000, 0}, {TURN_DATA, B, 600000, 20}, {TURN_DATA, A, 30000, 0},
    {TURN_FIN, B, 0, 0},       {TURN_FIN, A, 0, 0},
};
static const struct two_row upload[] = {{TURN_DATA, A, 60000, 0}, {TURN_DATA, B, 500, 0}};
static const struct two_row small[] = {
    {TURN_DATA, A, 700, 0}, {TURN_DATA, B, 5000, 3}, {TURN_DATA, A, 401, 50}};
static const struct two_row pings[] = {{TURN_DATA, A, 56, 0},
                                       {TURN_DATA, B, 56, 0},
                                       {TURN_DATA, A, 3000, 100},
                                       {TURN_DATA, B, 3000, 0}};

static size_t lose_fifth(struct two_hosts *net, int from, uint8_t *frame, size_t n);

static const struct row {
    const char *what;
    const struct two_row *turns;
    size_t nturns;
    enum conv_proto proto;
    uint8_t family;
    double loss, reorder, duplicate;
    bool outage;
    two_hook *hook;
    struct host_config cfg;
    int fast; /* fast retransmissions tshark must see; -1: whatever */
} rows[] = {
    {"tcp__clean", bulk, COUNT(bulk), CONV_TCP, 4, .fast = 0},
    {"tcp__ipv6_clean", bulk, COUNT(bulk), CONV_TCP, 6, .fast = 0},
    {"tcp__no_options", bulk, COUNT(bulk), CONV_TCP, 4, .fast = 0,
     .cfg = {.no_sack = true, .no_timestamps = true, .no_window_scale = true}},
    {"tcp__one_segment_lost", upload, COUNT(upload), CONV_TCP, 4, .hook = lose_fifth, .fast = 1},
    {"tcp__one_segment_lost__no_sack", upload, COUNT(upload), CONV_TCP, 4, .hook = lose_fifth,
     .cfg.no_sack = true, .fast = 1},
    {"tcp__two_percent_lost", bulk, COUNT(bulk), CONV_TCP, 4, .loss = 0.02, .fast = -1},
    {"tcp__two_percent_lost__ipv6", bulk, COUNT(bulk), CONV_TCP, 6, .loss = 0.02, .fast = -1},
    {"tcp__reordered", bulk, COUNT(bulk), CONV_TCP, 4, .reorder = 0.1, .fast = -1},
    {"tcp__an_outage", bulk, COUNT(bulk), CONV_TCP, 4, .outage = true, .fast = -1},
    {"udp__fragments_too", small, COUNT(small), CONV_UDP, 4, .fast = 0},
    {"udp__ipv6_fragments_too", small, COUNT(small), CONV_UDP, 6, .fast = 0},
    {"icmp__fragments_too", pings, COUNT(pings), CONV_ICMP, 4, .fast = 0},
    {"icmp__ipv6", pings, COUNT(pings), CONV_ICMP, 6, .fast = 0},
};

/* Loses the fifth data segment of host 0, once. */
static size_t lose_fifth(struct two_hosts *net, int from, uint8_t *frame, size_t n)
{
    int *seen = net->hook_ctx;
    struct pkt p;

    pkt_parse(bytes_of(frame, n), &p);
    if (from == 0 && p.kind == PKT_TCP && p.tcp.data.n > 0 && ++*seen == 5)
        net->down_to = mono_add(net->down_from = net->clk.at, SPAN_NS(1)); /* lost after the tap */
    else
        net->down_from = MONO_NEVER;
    return n;
}

static bool have(const char *tool)
{
    char cmd[100];

    snprintf(cmd, sizeof(cmd), "command -v %s >/dev/null", tool);
    if (system(cmd) == 0)
        return true;
    printf("SKIPPED: %s is not here\n", tool);
    return false;
}

/* What CMD with the file's name in it prints; the caller releases. */
static struct buf run(const char *cmd, const char *path)
{
    char line[1024];
    struct buf out = BUF_INIT;

    snprintf(line, sizeof(line), cmd, path);
    FILE *p = popen(line, "r");
    assert_non_null(p);
    while (fgets(line, sizeof(line), p))
        buf_adds(&out, line);
    pclose(p);
    return out;
}

/* What tshark is asked for each frame; the first five are checksum states: 0 bad, 1 good. */
#define FIELDS(X)                                                                                  \
    X(IP_SUM, "ip.checksum.status")                                                                \
    X(TCP_SUM, "tcp.checksum.status")                                                              \
    X(UDP_SUM, "udp.checksum.status")                                                              \
    X(ICMP_SUM, "icmp.checksum.status")                                                            \
    X(ICMPV6_SUM, "icmpv6.checksum.status")                                                        \
    X(MALFORMED, "_ws.malformed")                                                                  \
    X(AGAIN, "tcp.analysis.retransmission")                                                        \
    X(DISORDER, "tcp.analysis.out_of_order")                                                       \
    X(FAST, "tcp.analysis.fast_retransmission")                                                    \
    X(LOST, "tcp.analysis.lost_segment")                                                           \
    X(ACK_LOST, "tcp.analysis.ack_lost_segment")

enum {
#define X(id, name) F_##id,
    FIELDS(X)
#undef X
        F_COUNT
};

struct opinion {
    size_t set[F_COUNT];      /* frames that have the field */
    size_t good, bad;         /* checksums */
    size_t again_or_disorder; /* frames that have either */
};

static void take_line(struct opinion *o, const char *line)
{
    size_t field = 0;
    bool has[F_COUNT] = {false};

    for (const char *s = line; *s != '\n' && field < F_COUNT; s++) {
        if (*s == ';') {
            field++;
        } else {
            has[field] = true;
            if (field <= F_ICMPV6_SUM) {
                o->bad += *s == '0';
                o->good += *s == '1';
            }
        }
    }
    for (size_t i = 0; i < F_COUNT; i++)
        o->set[i] += has[i];
    o->again_or_disorder += has[F_AGAIN] || has[F_DISORDER];
}

static struct opinion ask_tshark(const char *path)
{
    struct opinion o = {0};
    struct buf out = run("tshark -r %s -o ip.check_checksum:TRUE -o tcp.check_checksum:TRUE "
                         "-o udp.check_checksum:TRUE -d tcp.port==80,data -d udp.port==80,data "
                         "-T fields -E 'separator=;'"
#define X(id, name) " -e " name
                         FIELDS(X)
#undef X
                             " 2>/dev/null",
                         path);

    for (const char *s = buf_str(&out); *s; s = strchr(s, '\n') + 1)
        take_line(&o, s);
    buf_release(&out);
    return o;
}

static void judged_by_tshark(const struct row *r, const struct two_hosts *net, const char *path)
{
    struct host_flow_status a = two_hosts_status(net, 0, 0), b = two_hosts_status(net, 1, 0);
    struct opinion o = ask_tshark(path);

    assert_int_equal(o.bad, 0);
    assert_true(o.good > 0);
    assert_int_equal(o.set[F_MALFORMED], 0);
    assert_int_equal(o.set[F_LOST], 0); /* the tap is before the loss */
    assert_int_equal(o.set[F_ACK_LOST], 0);
    if (r->proto != CONV_TCP)
        return;
    assert_int_equal(o.again_or_disorder, a.retransmitted_segments + b.retransmitted_segments);
    if (r->fast >= 0) {
        assert_int_equal(o.set[F_FAST], r->fast);
        assert_int_equal(a.fast_retransmits + b.fast_retransmits, r->fast);
    }
}

/* The two numbers on tcptrace's line LABEL. */
static void traced(const char *text, const char *label, uint64_t got[2])
{
    const char *s = strstr(text, label);

    assert_non_null(s);
    got[0] = strtoull(s + strlen(label), NULL, 10);
    s = strstr(s + 1, label);
    assert_non_null(s);
    got[1] = strtoull(s + strlen(label), NULL, 10);
}

static void judged_by_tcptrace(const struct two_hosts *net, const char *path)
{
    struct buf out = run("tcptrace -l -n %s 2>/dev/null", path);
    uint64_t unique[2], pkts[2], bytes[2], retrans_syn_or_fin = 0;

    traced(buf_str(&out), "unique bytes sent:", unique);
    traced(buf_str(&out), "rexmt data pkts:", pkts);
    traced(buf_str(&out), "rexmt data bytes:", bytes);
    for (int side = 0; side < 2; side++) {
        struct host_flow_status s = two_hosts_status(net, side, 0);
        assert_int_equal(unique[side], s.sent);
        assert_int_equal(bytes[side], s.retransmitted_bytes);
        assert_true(pkts[side] <= s.retransmitted_segments);
        retrans_syn_or_fin += s.retransmitted_segments - pkts[side];
    }
    assert_true(retrans_syn_or_fin <= 3);
    buf_release(&out);
}

static void others_agree(void **state)
{
    const struct row *r = *state;
    const struct host_config cfg[2] = {r->cfg, r->cfg};
    char path[] = "/tmp/holdfast-host-XXXXXX";
    struct conversation conv;
    struct tape tape;
    struct two_hosts net;
    int seen = 0, fd = mkstemp(path);

    assert_true(fd >= 0);
    close(fd);
    conv_make(&conv, r->proto, r->turns, r->nturns);
    tape_init(&tape, &conv, NULL);
    two_hosts_init(&net, 5, r->family, cfg);
    two_hosts_pcap(&net, path);
    net.delay = SPAN_MS(8);
    net.loss = r->loss;
    net.reorder = r->reorder;
    net.hook = r->hook;
    net.hook_ctx = &seen;
    if (r->outage) {
        net.down_from = (struct mono){120 * 1000000};
        net.down_to = mono_add(net.down_from, SPAN_S(60));
    }
    two_hosts_add(&net, &tape, 4000);
    two_hosts_run(&net, HOUR);
    fflush(net.pcap);
    for (int side = 0; side < 2; side++) {
        assert_int_equal(two_hosts_status(&net, side, 0).state, HOST_FLOW_DONE);
        assert_int_equal(two_hosts_status(&net, side, 0).delivered, tape.total[!side]);
    }
    bool tshark = have("tshark"), tcptrace = have("tcptrace");
    if (tshark)
        judged_by_tshark(r, &net, path);
    if (tcptrace && r->proto == CONV_TCP && r->family == 4)
        judged_by_tcptrace(&net, path);
    two_hosts_release(&net);
    conv_release(&conv);
    unlink(path);
    if (!tshark || !tcptrace)
        skip();
}

int main(void)
{
    struct CMUnitTest tests[COUNT(rows)];
    size_t n = 0;

    for (size_t i = 0; i < COUNT(rows); i += test_step())
        tests[n++] = (struct CMUnitTest){rows[i].what, others_agree, NULL, NULL, (void *)&rows[i]};
    return _cmocka_run_group_tests("truth", tests, n, NULL, NULL);
}
