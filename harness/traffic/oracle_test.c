/* Every TCP stream of the capture corpus beside the figures an independent script made of it. */
#include "traffic/capture.h"

#include "base/buf.h"
#include "base/mem.h"
#include "tests/testkit.h"
#include "track/byte_store.h"
#include "track/tcp_stream.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

/* libcrypto's; its headers and base/err.h both define ERR_STATE. */
unsigned char *SHA256(const unsigned char *d, size_t n, unsigned char *md);

#define CORPUS  "../shared/data/captures/"
#define COLUMNS 160

/* A table of tab-separated values, its first row naming the columns. */
struct table {
    gzFile file;
    char *head, *row;
    char *names[COLUMNS], *cells[COLUMNS];
    size_t n;
};

static bool read_line(gzFile f, struct buf *b)
{
    buf_clear(b);
    for (;;) {
        if (!gzgets(f, buf_room(b, 65536), 65536))
            return b->n > 0;
        buf_grew(b, strlen(b->s + b->n));
        if (b->n && b->s[b->n - 1] == '\n') {
            b->s[b->n - 1] = '\0';
            return true;
        }
    }
}

static size_t cut_cells(char *line, char *cells[static COLUMNS])
{
    size_t n = 0;

    while (line && n < COLUMNS)
        cells[n++] = strsep(&line, "\t");
    return n;
}

static bool table_open(struct table *t, const char *path)
{
    struct buf b = BUF_INIT;

    *t = (struct table){.file = gzopen(path, "rb")};
    if (!t->file || !read_line(t->file, &b))
        return false;
    t->head = b.s;
    t->n = cut_cells(t->head, t->names);
    return true;
}

static bool table_next(struct table *t)
{
    struct buf b = BUF_INIT;

    mem_free(t->row);
    t->row = NULL;
    if (!read_line(t->file, &b)) {
        buf_release(&b);
        return false;
    }
    t->row = b.s;
    size_t n = cut_cells(t->row, t->cells);
    for (; n < t->n; n++)
        t->cells[n] = t->row + strlen(t->row);
    return true;
}

static const char *cell(const struct table *t, const char *name, const char *suffix)
{
    char want[64];

    snprintf(want, sizeof(want), "%s%s", name, suffix);
    for (size_t i = 0; i < t->n; i++)
        if (strcmp(t->names[i], want) == 0)
            return t->cells[i];
    fail_msg("no column %s", want);
    return "";
}

static void table_close(struct table *t)
{
    mem_free(t->head);
    mem_free(t->row);
    gzclose(t->file);
}

static uint64_t agree, differ;

static void compare(const char *where, const char *what, uint64_t ours, const char *theirs)
{
    if (!*theirs || *theirs == '-') /* the script could not say */
        return;
    if (ours == strtoull(theirs, NULL, 10)) {
        agree++;
        return;
    }
    if (differ++ < 60)
        printf("%s %s: %" PRIu64 " instead of %s\n", where, what, ours, theirs);
}

static void sha256_hex(const struct byte_store *b, const struct tcp_dir *d, char out[static 65])
{
    uint64_t n = tcp_dir_unique_bytes(d);
    uint8_t *data = mem_resize(NULL, n, 1), digest[32];

    int64_t from = tcp_dir_isns(d) == 1 ? d->start : INT64_MIN / 2; /* as those bytes are counted */

    n = byte_store_read(b, from, INT64_MAX / 2, data);
    SHA256(data, n, digest);
    for (int i = 0; i < 32; i++)
        snprintf(out + 2 * i, 3, "%02x", digest[i]);
    mem_free(data);
}

static void compare_direction(const struct table *t, const char *where, const char *suffix,
                              const struct tcp_dir *d, const struct byte_store *b)
{
    const struct {
        const char *column;
        uint64_t ours;
    } rows[] = {
        {"pkts", d->packets},
        {"data_pkts", d->data_packets},
        {"data_bytes", d->data_bytes},
        {"uniq_bytes", tcp_dir_unique_bytes(d)},
        {"gap_bytes", tcp_dir_gap_bytes(d)},
        {"holes", tcp_dir_holes(d)},
        {"overlap_bytes", tcp_dir_odd(d)->overlap_bytes},
        {"conflict_bytes", tcp_dir_odd(d)->conflict_bytes},
        {"seg_dup_full", tcp_dir_odd(d)->dup_full},
        {"seg_dup_partial", tcp_dir_odd(d)->dup_partial},
        {"seg_hole_fill", tcp_dir_odd(d)->hole_fill},
        {"seg_jump", tcp_dir_odd(d)->jump},
        {"seg_keepalive", tcp_dir_odd(d)->keepalive},
        {"syn", d->syn},
        {"isns", tcp_dir_isns(d)},
        {"fin", d->fin},
        {"rst", tcp_dir_odd(d)->rst},
        {"rst_data_bytes", tcp_dir_odd(d)->rst_bytes},
        {"zero_win_raw", tcp_dir_odd(d)->zero_window},
        {"cut_pkts", tcp_dir_odd(d)->cut_packets},
        {"complete", tcp_dir_is_complete(d)},
    };
    char place[512], hex[65];

    snprintf(place, sizeof(place), "%s%s", where, suffix);
    for (size_t i = 0; i < COUNT(rows); i++)
        compare(place, rows[i].column, rows[i].ours, cell(t, rows[i].column, suffix));
    const char *sha = cell(t, "sha256", suffix);
    if (!*sha)
        return;
    sha256_hex(b, d, hex);
    if (strcmp(hex, sha) == 0)
        agree++;
    else if (differ++ < 60)
        printf("%s sha256: %s instead of %s\n", place, hex, sha);
}

struct reading {
    struct tcp_table table;
    uint64_t budget;
    struct byte_store (*stores)[2];
    size_t nstores;
    bool *taken;  /* by stream: found in the table */
    size_t first; /* all before it are taken */
};

static void read_capture(struct reading *r, const char *path)
{
    struct savefile *f;
    struct savefile_packet p;
    struct diag why = {0};

    *r = (struct reading){.budget = UINT64_C(8) << 30};
    tcp_table_init(&r->table, NULL, 1);
    if (savefile_open(path, &f, &why))
        return;
    while (savefile_next(f, &p, &why) == ERR_OK) {
        if (p.pkt.kind != PKT_TCP)
            continue;
        struct tcp_match m = tcp_table_match(&r->table, &p.pkt);
        if (m.is_new) {
            r->stores = mem_resize(r->stores, m.stream->number + 1u, sizeof(*r->stores));
            r->nstores = m.stream->number + 1u;
            for (int i = 0; i < 2; i++)
                byte_store_init(&r->stores[m.stream->number][i], &r->budget);
        }
        for (int i = 0; i < 2; i++) /* they moved with the array */
            m.stream->dir[i].store = &r->stores[m.stream->number][i].store;
        struct tcp_seg seg = tcp_seg_of(&p.pkt, p.time_ns);
        tcp_stream_add(m.stream, m.from, &seg, NULL);
    }
    savefile_close(f);
    r->taken = mem_array(r->table.count, sizeof(*r->taken));
}

static void release(struct reading *r)
{
    for (size_t i = 0; i < r->nstores; i++) {
        byte_store_release(&r->stores[i][0]);
        byte_store_release(&r->stores[i][1]);
    }
    mem_free(r->stores);
    mem_free(r->taken);
    tcp_table_release(&r->table);
}

/* "IP|PORT" as the table writes it. */
static void bar_format(const struct endpoint *e, char out[static ENDPOINT_TEXT])
{
    char ip[IP_ADDR_TEXT];

    snprintf(out, ENDPOINT_TEXT, "%s|%u", ip_addr_format(&e->addr, ip), e->port);
}

/* The next stream of R between the endpoints of the row: numbers are no key, because tshark also
 * counts streams whose TCP header is not one. */
static struct tcp_stream *take_stream(const struct table *t, struct reading *r)
{
    char a[ENDPOINT_TEXT], b[ENDPOINT_TEXT];

    while (r->first < r->table.count && r->taken[r->first])
        r->first++;
    for (size_t i = r->first; i < r->table.count; i++) {
        struct tcp_stream *s = r->table.streams[i];
        bar_format(&s->at[0], a);
        bar_format(&s->at[1], b);
        if (!r->taken[i] && strcmp(a, cell(t, "a", "")) == 0 && strcmp(b, cell(t, "b", "")) == 0) {
            r->taken[i] = true;
            return s;
        }
    }
    return NULL;
}

static void compare_row(const struct table *t, const char *where, struct reading *r)
{
    const struct tcp_stream *s = take_stream(t, r);

    if (!s) {
        compare(where, "stream", 0, "1");
        return;
    }
    compare_direction(t, where, "_a2b", &s->dir[0], &r->stores[s->number][0]);
    compare_direction(t, where, "_b2a", &s->dir[1], &r->stores[s->number][1]);
}

/* At least PER_MILLE of the values of GROUP agree. */
static void run(const char *group, const char *oracle, uint64_t per_mille)
{
    struct table t;
    char last[256] = "", where[512];
    struct reading r = {0};

    agree = differ = 0;
    if (!table_open(&t, oracle)) {
        printf("SKIPPED: %s is not here: nothing to compare with\n", oracle);
        skip();
    }
    while (table_next(&t)) {
        const char *file = cell(&t, "file", "");
        if (strcmp(cell(&t, "group", ""), group) != 0)
            continue;
        snprintf(where, sizeof(where), CORPUS "%s/%s", group, file);
        if (strcmp(last, file) != 0) {
            release(&r);
            read_capture(&r, where);
            snprintf(last, sizeof(last), "%s", file);
        }
        snprintf(where, sizeof(where), "%s %s", file, cell(&t, "stream", ""));
        compare_row(&t, where, &r);
    }
    release(&r);
    table_close(&t);
    printf("%s: %" PRIu64 " values agree, %" PRIu64 " differ\n", group, agree, differ);
    assert_true(agree > 0);
    assert_true(agree * 1000 >= (agree + differ) * per_mille);
}

static void clean_streams_agree(void **state)
{
    (void)state;
    run("tcp-clean", CORPUS "oracle/tcp_streams.tsv.gz", 1000);
}

static void anomalous_streams_agree(void **state)
{
    (void)state;
    run("tcp-anomaly", CORPUS "oracle/tcp_streams.tsv.gz", 999);
}

static void big_captures_agree(void **state)
{
    (void)state;
    run("big", CORPUS "oracle/tcp_streams_big.tsv.gz", 1000);
}

static void syslog_captures_agree(void **state)
{
    (void)state;
    run("syslog", CORPUS "oracle/tcp_streams.tsv.gz", 1000);
}

/* Link types and tunnels that are not read here have no streams, which counts as a difference. */
static void most_of_the_other_link_types_agree(void **state)
{
    (void)state;
    run("linktypes", CORPUS "oracle/tcp_streams.tsv.gz", 950);
}

static void malformed_captures_mostly_agree(void **state)
{
    (void)state;
    run("malformed", CORPUS "oracle/tcp_streams.tsv.gz", 990);
}

/* Every capture libpcap reads to its end is read to its end, with as many packets; every other one
 * without a crash. */
static void captures_hold_as_many_packets_as_libpcap_finds(void **state)
{
    struct table t;
    uint64_t files = 0;

    (void)state;
    agree = differ = 0;
    if (!table_open(&t, CORPUS "oracle/captures.tsv")) {
        printf("SKIPPED: " CORPUS " is not here: nothing to compare with\n");
        skip();
    }
    while (table_next(&t)) {
        char path[512];
        struct capture *c = NULL;
        struct diag why = {0};
        snprintf(path, sizeof(path), CORPUS "%s/%s", cell(&t, "group", ""), cell(&t, "file", ""));
        enum err e = capture_read(path, &c, &why);
        bool readable = strcmp(cell(&t, "libpcap_rc", ""), "0") == 0;
        if (readable && e)
            compare(path, why.text, 0, "1");
        else if (readable)
            compare(path, "packets", c->file.packets, cell(&t, "libpcap_packets", ""));
        capture_free(c);
        files++;
    }
    table_close(&t);
    printf("%" PRIu64 " captures: %" PRIu64 " agree, %" PRIu64 " differ\n", files, agree, differ);
    assert_int_equal(differ, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clean_streams_agree),
        cmocka_unit_test(anomalous_streams_agree),
        cmocka_unit_test(big_captures_agree),
        cmocka_unit_test(syslog_captures_agree),
        cmocka_unit_test(most_of_the_other_link_types_agree),
        cmocka_unit_test(malformed_captures_mostly_agree),
        cmocka_unit_test(captures_hold_as_many_packets_as_libpcap_finds),
    };
    return cmocka_run_group_tests_name("traffic/oracle", tests, NULL, NULL);
}
