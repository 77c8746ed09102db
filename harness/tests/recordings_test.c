/* The recordings in captures/: what we count in them is what tcptrace and tshark count, what is to
 * be replayed can be, and the table in captures/README.md tells the truth. */
#include "base/buf.h"
#include "base/mem.h"
#include "crypto/hash.h"
#include "tests/testkit.h"
#include "traffic/capture.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COMMAND     768
#define STREAMS_MAX 64

static glob_t files;

static bool have(const char *tool)
{
    char command[96];

    snprintf(command, sizeof(command), "command -v %s >/dev/null", tool);
    return system(command) == 0;
}

/* A classic pcap copy for tools that read nothing else, in *PATH. */
static void plain_copy(const char *file, char path[static 64])
{
    char command[COMMAND];

    memcpy(path, "/tmp/holdfast-rec-XXXXXX", 25);
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_non_null(fdopen(fd, "w"));
    snprintf(command, sizeof(command), "%s %s | tcpdump -r - -w %s 2>/dev/null",
             strstr(file, ".zst") ? "zstd -dqc" : "cat", file, path);
    assert_int_equal(system(command), 0);
}

struct counts { /* of one direction of a stream */
    uint64_t unique, packets, bytes, rexmit, rexmit_bytes;
};

/* The TCP streams of C in order of their first packet. */
static size_t streams_of(const struct capture *c, const struct tcp_stream **out)
{
    size_t n = 0;

    for (size_t i = 0; i < c->nflows; i++) {
        if (c->flows[i].tcp && n < STREAMS_MAX)
            out[n++] = c->flows[i].tcp;
    }
    return n;
}

/* --- tcptrace ----------------------------------------------------------------------------------
 */

/* Column N (from 0) of a line of comma separated values, as a number. */
static uint64_t column(const char *line, size_t n)
{
    for (; n; n--) {
        line = strchr(line, ',');
        if (!line)
            return UINT64_MAX;
        line++;
    }
    return strtoull(line, NULL, 10);
}

static void compare_tcptrace(const char *file, const struct capture *c)
{
    const struct tcp_stream *s[STREAMS_MAX];
    size_t n = streams_of(c, s), seen = 0;
    char pcap[64], command[COMMAND], line[8192];

    plain_copy(file, pcap);
    snprintf(command, sizeof(command), "tcptrace -n -l --csv %s 2>/dev/null", pcap);
    FILE *f = popen(command, "r");
    assert_non_null(f);
    while (fgets(line, sizeof(line), f)) {
        if (line[0] < '1' || line[0] > '9')
            continue;
        assert_true(seen < n);
        for (size_t side = 0; side < 2; side++) {
            const struct tcp_dir *d = &s[seen]->dir[side];
            struct tcp_rexmit r = tcp_dir_retransmitted(d, TCP_RULES_TCPTRACE);
            assert_int_equal(column(line, 21 + side), tcp_dir_unique_bytes(d));
            assert_int_equal(column(line, 23 + side), d->data_packets);
            assert_int_equal(column(line, 25 + side), d->data_bytes);
            assert_int_equal(column(line, 27 + side), r.packets);
            assert_int_equal(column(line, 29 + side), r.bytes);
        }
        seen++;
    }
    assert_int_equal(pclose(f), 0);
    assert_int_equal(seen, n);
    assert_int_equal(remove(pcap), 0);
}

static void tcptrace_counts_the_same(void **state)
{
    const char *file = *state;
    struct capture *c;
    struct diag why = {0};

    if (!have("tcptrace") || !have("tcpdump") || !have("zstd")) {
        puts("SKIPPED: tcptrace, tcpdump or zstd is not here to count the recordings");
        skip();
    }
    if (strstr(file, "ipv6")) { /* tcptrace of Debian 12 reads IPv6 only where it was built so */
        puts("SKIPPED: tcptrace does not read IPv6 reliably");
        skip();
    }
    assert_ok(capture_read(file, &c, &why));
    compare_tcptrace(file, c);
    capture_free(c);
}

/* --- tshark ------------------------------------------------------------------------------------
 */

static void add_packet(struct counts got[][2], const struct tcp_stream *const *s, size_t n,
                       const char *line)
{
    unsigned stream, port, len;
    bool rexmit;
    int at = 0;

    if (sscanf(line, "%u|%u|%u|%n", &stream, &port, &len, &at) != 3)
        return;
    assert_true(stream < n);
    rexmit = strchr(line + at, '1') || strstr(line + at, "True");
    int side = s[stream]->at[0].port == port ? 0 : 1;
    got[stream][side].packets += len > 0;
    got[stream][side].bytes += len;
    got[stream][side].rexmit += rexmit;
}

static void compare_tshark(const char *file, const struct capture *c)
{
    const struct tcp_stream *s[STREAMS_MAX];
    size_t n = streams_of(c, s);
    struct counts got[STREAMS_MAX][2] = {{{0}}};
    char pcap[64], command[COMMAND], line[1024];

    plain_copy(file, pcap);
    snprintf(command, sizeof(command),
             "tshark -n -r %s -Y tcp -T fields -E 'separator=|' -E occurrence=f -e tcp.stream"
             " -e tcp.srcport -e tcp.len -e tcp.analysis.retransmission"
             " -e tcp.analysis.out_of_order -e tcp.analysis.keep_alive 2>/dev/null",
             pcap);
    FILE *f = popen(command, "r");
    assert_non_null(f);
    while (fgets(line, sizeof(line), f))
        add_packet(got, s, n, line);
    assert_int_equal(pclose(f), 0);
    for (size_t i = 0; i < n; i++) {
        for (int side = 0; side < 2; side++) {
            const struct tcp_dir *d = &s[i]->dir[side];
            assert_int_equal(got[i][side].packets, d->data_packets);
            assert_int_equal(got[i][side].bytes, d->data_bytes);
            assert_int_equal(got[i][side].rexmit,
                             tcp_dir_retransmitted(d, TCP_RULES_WIRESHARK).packets);
        }
    }
    assert_int_equal(remove(pcap), 0);
}

static void tshark_counts_the_same(void **state)
{
    const char *file = *state;
    struct capture *c;
    struct diag why = {0};

    if (!have("tshark") || !have("tcpdump") || !have("zstd")) {
        puts("SKIPPED: tshark, tcpdump or zstd is not here to count the recordings");
        skip();
    }
    assert_ok(capture_read(file, &c, &why));
    compare_tshark(file, c);
    capture_free(c);
}

/* --- what they are for -------------------------------------------------------------------------
 */

static void every_flow_can_be_replayed(void **state)
{
    const char *file = *state;
    struct capture *c;
    struct diag why = {0};

    assert_ok(capture_read(file, &c, &why));
    assert_int_equal(c->damage.err, ERR_OK);
    assert_true(c->nflows > 0);
    for (size_t i = 0; i < c->nflows; i++) {
        if (!c->flows[i].replayable)
            fail_msg("%s: flow %zu: %s", file, i, c->flows[i].why_not[0]);
    }
    capture_free(c);
}

static void download_is_8_mib_and_holds_sack_and_retransmissions(void **state)
{
    struct capture *c;
    struct diag why = {0};

    (void)state;
    assert_ok(capture_read("captures/http-download-lossy.pcapng.zst", &c, &why));
    const struct tcp_dir *down = &c->flows[0].tcp->dir[1], *up = &c->flows[0].tcp->dir[0];
    assert_true(c->flows[0].conv.data[CONV_B].n > 8388608);
    assert_true(down->hole_fill + down->dup_full > 20);
    assert_true(up->sack_packets > 20);
    capture_free(c);
}

/* --- the table ---------------------------------------------------------------------------------
 */

static void sha256_of(const char *file, char hex[65], size_t *bytes)
{
    size_t n;
    uint8_t *all = test_file(file, &n), sum[32];
    struct bytes b = bytes_of(all, n);

    assert_non_null(all);
    digest_sum(DIGEST_SHA256, &b, 1, sum);
    for (int i = 0; i < 32; i++)
        snprintf(hex + 2 * i, 3, "%02x", sum[i]);
    *bytes = n;
    mem_free(all);
}

static void readme_tells_packets_bytes_and_digest(void **state)
{
    const char *file = *state, *name = strrchr(file, '/') + 1;
    size_t n, bytes;
    char *readme = (char *)test_file("captures/README.md", &n), hex[65], want[256];
    struct capture *c;
    struct diag why = {0};

    assert_non_null(readme);
    assert_ok(capture_read(file, &c, &why));
    sha256_of(file, hex, &bytes);
    snprintf(want, sizeof(want), "| %llu | %zu | `%s` |", (unsigned long long)c->file.packets,
             bytes, hex);
    struct buf text = BUF_INIT;
    buf_add(&text, readme, n);
    char *row = strstr(buf_str(&text), name);
    assert_non_null(row);
    char *end = strchr(row, '\n');
    if (end)
        *end = '\0';
    if (!strstr(row, want))
        fail_msg("captures/README.md says of %s: %s\nand should say: %s", name, row, want);
    buf_release(&text);
    mem_free(readme);
    capture_free(c);
}

int main(void)
{
    static char names[4 * STREAMS_MAX][96];
    struct CMUnitTest tests[4 * STREAMS_MAX + 1];
    static const struct {
        const char *what;
        CMUnitTestFunction run;
    } kinds[] = {{"tcptrace_counts_the_same", tcptrace_counts_the_same},
                 {"tshark_counts_the_same", tshark_counts_the_same},
                 {"every_flow_can_be_replayed", every_flow_can_be_replayed},
                 {"readme_tells_the_truth", readme_tells_packets_bytes_and_digest}};
    size_t n = 0;

    if (glob("captures/*.pcap*", 0, NULL, &files) || files.gl_pathc > STREAMS_MAX)
        return 1;
    for (size_t i = 0; i < files.gl_pathc; i++) {
        for (size_t k = 0; k < COUNT(kinds); k++, n++) {
            snprintf(names[n], sizeof(names[n]), "%s__%s", strrchr(files.gl_pathv[i], '/') + 1,
                     kinds[k].what);
            tests[n] = (struct CMUnitTest){names[n], kinds[k].run, NULL, NULL, files.gl_pathv[i]};
        }
    }
    tests[n++] =
        (struct CMUnitTest)cmocka_unit_test(download_is_8_mib_and_holds_sack_and_retransmissions);
    int rc = _cmocka_run_group_tests("tests/recordings", tests, n, NULL, NULL);
    globfree(&files);
    return rc;
}
