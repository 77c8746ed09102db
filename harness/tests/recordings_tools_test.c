/* What other tools make of the recordings in captures/: tcptrace and tshark count what we count,
 * hear the bytes that we hear, and find the frames as long as on a wire and their checksums right.
 * Definitions of the counts: doc/inspect.md. */
#include "base/buf.h"
#include "base/mem.h"
#include "tests/recordings.h"
#include "tests/testkit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define COMMAND     512
#define STREAMS_MAX 64
/* Protocols above TCP stay closed: their dissectors split streams, and stumble over data sent
 * twice. */
#define TSHARK "tshark -n -d tcp.port==1-65535,data "

/* The TCP streams of a capture in order of their first packet, and what we heard of each. */
struct streams {
    struct capture *c;
    const struct flow *f[STREAMS_MAX];
    size_t n;
};

static struct streams streams_open(const char *path)
{
    struct streams s = {.c = recording_open(path)};

    for (size_t i = 0; i < s.c->nflows; i++) {
        if (!s.c->flows[i].tcp)
            continue;
        assert_true(s.n < STREAMS_MAX);
        s.f[s.n++] = &s.c->flows[i];
    }
    return s;
}

/* Runs COMMAND and gives each line of what it says, its newline cut off, to TAKE. */
typedef void line_taker(char *line, void *arg);

static void each_line(const char *command, line_taker *take, void *arg)
{
    FILE *f = popen(command, "r");
    struct buf line = BUF_INIT;

    assert_non_null(f);
    while (fgets(buf_room(&line, 4096), 4096, f)) {
        buf_grew(&line, strlen(line.s + line.n));
        if (line.s[line.n - 1] != '\n')
            continue;
        line.s[line.n - 1] = '\0';
        take(line.s, arg);
        buf_clear(&line);
    }
    buf_release(&line);
    assert_int_equal(pclose(f), 0);
}

static void equal(const char *path, size_t stream, int side, const char *what, uint64_t ours,
                  uint64_t theirs)
{
    if (ours != theirs)
        fail_msg("%s, stream %zu, side %c: %s: we count %" PRIu64 ", not %" PRIu64, path, stream,
                 side ? 'B' : 'A', what, ours, theirs);
}

/* --- tcptrace ----------------------------------------------------------------------------------*/

struct tcptrace {
    const char *path;
    struct streams s;
    size_t seen;
    int column[5]; /* where unique bytes, ... are; that of side B is the next */
};

static const char *const tcptrace_columns[5] = {"unique_bytes_sent_a2b", "actual_data_pkts_a2b",
                                                "actual_data_bytes_a2b", "rexmt_data_pkts_a2b",
                                                "rexmt_data_bytes_a2b"};

static void tcptrace_head(struct tcptrace *t, char *line)
{
    const char *cell;

    for (int at = 0; (cell = strsep(&line, ",")); at++)
        for (size_t i = 0; i < COUNT(t->column); i++)
            if (strcmp(cell, tcptrace_columns[i]) == 0)
                t->column[i] = at;
}

static void tcptrace_stream(struct tcptrace *t, char *line)
{
    uint64_t value[2][COUNT(tcptrace_columns)] = {{0}};
    const char *cell;

    for (int at = 0; (cell = strsep(&line, ",")); at++)
        for (size_t i = 0; i < COUNT(t->column); i++)
            if (at == t->column[i] || at == t->column[i] + 1)
                value[at - t->column[i]][i] = strtoull(cell, NULL, 10);
    assert_true(t->seen < t->s.n);
    for (int side = 0; side < 2; side++) {
        const struct tcp_dir *d = &t->s.f[t->seen]->tcp->dir[side];
        struct tcp_rexmit r = tcp_dir_retransmitted(d, TCP_RULES_TCPTRACE);
        uint64_t ours[] = {tcp_dir_unique_bytes(d), d->data_packets, d->data_bytes, r.packets,
                           r.bytes};
        for (size_t i = 0; i < COUNT(ours); i++)
            equal(t->path, t->seen, side, tcptrace_columns[i], ours[i], value[side][i]);
    }
    t->seen++;
}

static void tcptrace_line(char *line, void *arg)
{
    struct tcptrace *t = arg;

    if (strncmp(line, "conn_#", 6) == 0)
        tcptrace_head(t, line);
    else if (*line >= '1' && *line <= '9')
        tcptrace_stream(t, line);
}

static void tcptrace_counts_the_same(void **state)
{
    struct tcptrace t = {.path = *state};
    char copy[] = "/tmp/holdfast-recording-XXXXXX", command[COMMAND];

    if (!recording_tools("tcptrace editcap"))
        skip();
    t.s = streams_open(t.path);
    int fd = mkstemp(copy); /* tcptrace reads classic captures only */
    assert_true(fd >= 0);
    fclose(fdopen(fd, "w"));
    snprintf(command, sizeof(command),
             "editcap -F pcap %s %s && tcptrace -n -l --csv %s 2>/dev/null", t.path, copy, copy);
    if (t.s.n)
        each_line(command, tcptrace_line, &t);
    remove(copy);
    assert_int_equal(t.seen, t.s.n);
    capture_free(t.s.c);
}

/* --- tshark ------------------------------------------------------------------------------------*/

struct tshark_counts {
    struct streams s;
    struct {
        uint64_t packets, data_packets, bytes, again;
    } got[STREAMS_MAX][2];
};

static void tshark_packet(char *line, void *arg)
{
    struct tshark_counts *t = arg;
    const char *cells[6] = {0};

    for (size_t i = 0; i < COUNT(cells); i++)
        cells[i] = strsep(&line, "|");
    assert_non_null(cells[5]);
    size_t stream = strtoull(cells[0], NULL, 10);
    uint64_t len = strtoull(cells[2], NULL, 10);
    assert_true(stream < t->s.n);
    int side = t->s.f[stream]->tcp->at[0].port == strtoul(cells[1], NULL, 10) ? 0 : 1;
    t->got[stream][side].packets++;
    t->got[stream][side].data_packets += len > 0;
    t->got[stream][side].bytes += len;
    t->got[stream][side].again += *cells[3] || *cells[4] || *cells[5];
}

static void tshark_counts_the_same(void **state)
{
    struct tshark_counts t = {.s = {0}};
    const char *path = *state;
    char command[COMMAND];

    if (!recording_tools("tshark"))
        skip();
    t.s = streams_open(path);
    snprintf(command, sizeof(command),
             TSHARK "-r %s -Y tcp -T fields -E 'separator=|' -E occurrence=f -e tcp.stream"
                    " -e tcp.srcport -e tcp.len -e tcp.analysis.retransmission"
                    " -e tcp.analysis.out_of_order -e tcp.analysis.keep_alive 2>/dev/null",
             path);
    each_line(command, tshark_packet, &t);
    for (size_t i = 0; i < t.s.n; i++) {
        for (int side = 0; side < 2; side++) {
            const struct tcp_dir *d = &t.s.f[i]->tcp->dir[side];
            equal(path, i, side, "packets", d->packets, t.got[i][side].packets);
            equal(path, i, side, "data packets", d->data_packets, t.got[i][side].data_packets);
            equal(path, i, side, "data bytes", d->data_bytes, t.got[i][side].bytes);
            equal(path, i, side, "retransmission + out of order + keep-alive",
                  tcp_dir_retransmitted(d, TCP_RULES_WIRESHARK).packets, t.got[i][side].again);
        }
    }
    capture_free(t.s.c);
}

/* What tshark follows of a stream: hex, side B's lines behind a tab. */
struct follow {
    struct bytes want[2]; /* still to be heard, by side of the stream */
    bool differs;
};

static void follow_line(char *line, void *arg)
{
    struct follow *f = arg;
    int side = *line == '\t';
    const char *hex = line + side;
    size_t n = strspn(hex, "0123456789abcdef") / 2;

    if (n == 0 || hex[2 * n])
        return; /* the frame around it */
    for (size_t i = 0; i < n; i++) {
        char two[3] = {hex[2 * i], hex[2 * i + 1], '\0'};
        f->differs |= f->want[side].n <= i || f->want[side].p[i] != (uint8_t)strtoul(two, NULL, 16);
    }
    if (!f->differs)
        f->want[side] = bytes_of(f->want[side].p + n, f->want[side].n - n);
}

static void tshark_hears_the_same_bytes(void **state)
{
    const char *path = *state;
    char command[COMMAND];

    if (!recording_tools("tshark"))
        skip();
    struct streams s = streams_open(path);
    for (size_t i = 0; i < s.n; i++) {
        const struct conversation *conv = &s.f[i]->conv;
        bool turned = !endpoint_eq(&conv->a, &s.f[i]->tcp->at[0]);
        struct follow f = {{conv->data[turned], conv->data[!turned]}, false};
        snprintf(command, sizeof(command), TSHARK "-r %s -q -z follow,tcp,raw,%zu 2>/dev/null",
                 path, i);
        each_line(command, follow_line, &f);
        assert_false(f.differs);
        equal(path, i, 0, "bytes heard by us alone", f.want[0].n, 0);
        equal(path, i, 1, "bytes heard by us alone", f.want[1].n, 0);
    }
    capture_free(s.c);
}

struct wire {
    uint64_t packets, long_frames, bad_sums, malformed;
};

static void wire_packet(char *line, void *arg)
{
    struct wire *w = arg;

    w->packets++;
    w->long_frames += strtoul(strsep(&line, "|"), NULL, 10) > 1514;
    w->malformed += *strsep(&line, "|") != '\0';
    for (const char *cell; (cell = strsep(&line, "|"));)
        w->bad_sums += *cell != '\0' && *cell != '1';
}

static void frames_are_as_on_a_wire(void **state)
{
    const char *path = *state;
    struct wire w = {0};
    char command[COMMAND];

    if (!recording_tools("tshark"))
        skip();
    struct capture *c = recording_open(path);
    snprintf(command, sizeof(command),
             TSHARK "-r %s -o ip.check_checksum:TRUE -o tcp.check_checksum:TRUE"
                    " -o udp.check_checksum:TRUE -T fields -E 'separator=|' -e frame.len"
                    " -e _ws.malformed -e ip.checksum.status -e tcp.checksum.status"
                    " -e udp.checksum.status -e icmp.checksum.status -e icmpv6.checksum.status"
                    " 2>/dev/null",
             path);
    each_line(command, wire_packet, &w);
    assert_int_equal(w.packets, c->file.packets);
    assert_int_equal(w.long_frames, 0);
    assert_int_equal(w.bad_sums, 0);
    assert_int_equal(w.malformed, 0);
    capture_free(c);
}

/* What TLS carried, read with the connection's own secrets. */
static void decrypt(const struct carried *r)
{
    char folder[] = "/tmp/holdfast-recording-XXXXXX", command[COMMAND], hex[65];
    size_t n;

    assert_non_null(mkdtemp(folder));
    snprintf(command, sizeof(command),
             "tshark -n -r %s -o tls.keylog_file:captures/https.keys -q --export-objects http,%s"
             " >/dev/null 2>&1 && cat %s/* >%s.all; rm -r %s",
             r->path, folder, folder, folder, folder);
    assert_int_equal(system(command), 0);
    snprintf(command, sizeof(command), "%s.all", folder);
    uint8_t *all = test_file(command, &n);
    remove(command);
    assert_non_null(all);
    assert_int_equal(n, r->bytes);
    recording_sha256(bytes_of(all, n), hex);
    assert_string_equal(hex, r->sha256);
    mem_free(all);
}

static void tls_carries_what_the_programs_exchanged(void **state)
{
    struct carried all[RECORDINGS_MAX] = {0};
    size_t n = carried_read(all), tls = 0;

    (void)state;
    if (!recording_tools("tshark"))
        skip();
    for (size_t i = 0; i < n; i++) {
        if (strcmp(all[i].proto, "tls") == 0) {
            decrypt(&all[i]);
            tls++;
        }
    }
    assert_true(tls > 0);
}

int main(void)
{
    static const struct {
        const char *what;
        CMUnitTestFunction run;
    } kinds[] = {
        {"tcptrace_counts_the_same", tcptrace_counts_the_same},
        {"tshark_counts_the_same", tshark_counts_the_same},
        {"tshark_hears_the_same_bytes", tshark_hears_the_same_bytes},
        {"frames_are_as_on_a_wire", frames_are_as_on_a_wire},
    };
    static struct recording rows[RECORDINGS_MAX];
    static char names[COUNT(kinds) * RECORDINGS_MAX][2 * RECORDING_TEXT];
    struct CMUnitTest tests[COUNT(kinds) * RECORDINGS_MAX + 1];
    size_t nrows = recordings_read(rows), n = 0;

    for (size_t i = 0; i < nrows; i += test_step()) {
        for (size_t k = 0; k < COUNT(kinds); k++, n++) {
            snprintf(names[n], sizeof(names[n]), "%s__%s", strchr(rows[i].path, '/') + 1,
                     kinds[k].what);
            tests[n] = (struct CMUnitTest){names[n], kinds[k].run, NULL, NULL, rows[i].path};
        }
    }
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(tls_carries_what_the_programs_exchanged);
    return _cmocka_run_group_tests("tests/recordings_tools", tests, n, NULL, NULL);
}
