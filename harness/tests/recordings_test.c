/* The recordings in captures/ are what captures/README.md says, can be replayed, and hold what they
 * were made for. What other tools make of them: recordings_tools_test.c. */
#include "base/mem.h"
#include "tests/recordings.h"
#include "tests/testkit.h"

#include <glob.h>
#include <inttypes.h>
#include <stdio.h>

#define ALL_BYTES_MAX (UINT64_C(16) << 20)
#define MS            INT64_C(1000000)

static struct recording rows[RECORDINGS_MAX];
static size_t nrows;

/* --- the tables --------------------------------------------------------------------------------*/

static void file_is_what_its_row_says(void **state)
{
    const struct recording *r = *state;
    size_t n;
    uint8_t *all = test_file(r->path, &n);
    char hex[65];

    if (!all)
        fail_msg("%s is in the README only", r->path);
    recording_sha256(bytes_of(all, n), hex);
    mem_free(all);
    struct capture *c = recording_open(r->path);
    bool ho = strstr(r->path, "-ho.") != NULL;
    if (strcmp(hex, r->sha256) != 0 || n != r->bytes || c->file.packets != r->packets ||
        strcmp(r->tap, ho ? "HO" : "BO") != 0)
        fail_msg("%s should be: tap %s, %" PRIu64 " packets, %zu bytes, sha256 %s", r->path,
                 ho ? "HO" : "BO", c->file.packets, n, hex);
    capture_free(c);
}

static void every_recording_has_a_row(void **state)
{
    glob_t g;

    (void)state;
    assert_int_equal(glob("captures/*.pcap*", 0, NULL, &g), 0);
    for (size_t i = 0; i < g.gl_pathc; i++) {
        size_t k = 0;
        while (k < nrows && strcmp(rows[k].path, g.gl_pathv[i]) != 0)
            k++;
        if (k == nrows)
            printf("%s has no row in the README: not tested\n", g.gl_pathv[i]);
    }
    assert_true(nrows >= 12);
    assert_true(g.gl_pathc >= nrows);
    globfree(&g);
}

static bool some_path_ends(const char *end)
{
    for (size_t i = 0; i < nrows; i++) {
        size_t n = strlen(rows[i].path), m = strlen(end);
        if (n >= m && strcmp(rows[i].path + n - m, end) == 0)
            return true;
    }
    return false;
}

static void all_forms_occur_and_all_are_small(void **state)
{
    uint64_t sum = 0;

    (void)state;
    for (size_t i = 0; i < nrows; i++)
        sum += rows[i].bytes;
    assert_true(sum <= ALL_BYTES_MAX);
    assert_true(some_path_ends(".pcap"));
    assert_true(some_path_ends(".pcapng"));
    assert_true(some_path_ends(".zst"));
    assert_true(some_path_ends(".gz"));
}

static enum conv_proto proto_of(const char *name)
{
    return strcmp(name, "udp") == 0 ? CONV_UDP : strcmp(name, "icmp") == 0 ? CONV_ICMP : CONV_TCP;
}

static const struct flow *flow_of(const struct capture *c, const struct carried *r)
{
    const struct flow *f = NULL;
    struct diag why = {0};

    if (capture_pick(c, proto_of(r->proto), r->number, &f, &why))
        fail_msg("%s", why.text);
    return f;
}

static void check_carried(const struct carried *r)
{
    struct capture *c = recording_open(r->path);
    const struct flow *f = flow_of(c, r);
    bool opened_by_bo = strcmp(r->opened_by, "BO") == 0, said_by_bo = strcmp(r->said_by, "BO") == 0;
    char hex[65];

    assert_int_equal(recording_in_branch(&f->conv.a), opened_by_bo);
    assert_int_equal(recording_in_branch(&f->conv.b), !opened_by_bo);
    struct bytes said = f->conv.data[opened_by_bo == said_by_bo ? CONV_A : CONV_B];
    assert_true(said.n >= r->bytes);
    if (strcmp(r->proto, "tls") != 0) { /* what is encrypted, tshark reads: the other test */
        recording_sha256(bytes_of(said.p + (said.n - r->bytes), r->bytes), hex);
        assert_string_equal(hex, r->sha256);
    }
    capture_free(c);
}

static void flows_carry_what_the_programs_exchanged(void **state)
{
    struct carried all[RECORDINGS_MAX] = {0};
    size_t n = carried_read(all);

    (void)state;
    assert_true(n >= 8);
    for (size_t i = 0; i < n; i++)
        check_carried(&all[i]);
}

/* --- each of them ------------------------------------------------------------------------------*/

static void every_flow_is_whole_and_can_be_replayed(void **state)
{
    const struct recording *r = *state;
    struct capture *c = recording_open(r->path);

    assert_int_equal(c->damage.err, ERR_OK);
    assert_int_equal(c->file.cut, 0);
    assert_true(c->nflows > 0);
    for (size_t i = 0; i < c->nflows; i++) {
        const struct flow *f = &c->flows[i];
        if (!f->replayable)
            fail_msg("%s: flow %zu: %s", r->path, i + 1, f->why_not[0]);
        assert_int_not_equal(recording_in_branch(&f->conv.a), recording_in_branch(&f->conv.b));
        assert_false(f->conv.repairs.no_start);
        assert_false(f->conv.repairs.no_end && f->tcp);
        assert_int_equal(f->conv.repairs.conflicting_bytes, 0);
        assert_int_equal(f->conv.repairs.undelivered_bytes, 0);
    }
    capture_free(c);
}

/* Where both LANs were tapped: the two taps saw other packets, or at other times, but heard the
 * same conversations. */
static void both_taps_heard_the_same(void **state)
{
    size_t pairs = 0;

    (void)state;
    for (size_t i = 0; i < nrows; i++) {
        char *at = strstr(rows[i].path, "-ho.");
        size_t k = 0;
        if (!at)
            continue;
        for (size_t n = (size_t)(at - rows[i].path); k < nrows; k++)
            if (strncmp(rows[k].path, rows[i].path, n) == 0 && rows[k].path[n] == '.')
                break;
        assert_true(k < nrows);
        struct capture *bo = recording_open(rows[k].path), *ho = recording_open(rows[i].path);
        assert_int_equal(bo->nflows, ho->nflows);
        for (size_t f = 0; f < bo->nflows; f++)
            for (int side = 0; side < 2; side++)
                assert_true(bytes_eq(bo->flows[f].conv.data[side], ho->flows[f].conv.data[side]));
        capture_free(bo);
        capture_free(ho);
        pairs++;
    }
    assert_true(pairs >= 2);
}

/* --- what each was made for --------------------------------------------------------------------*/

static size_t turns_after(const struct conversation *conv, int64_t pause)
{
    size_t n = 0;

    for (size_t i = 0; i < conv->nturns; i++)
        n += conv->turns[i].gap.ns >= pause;
    return n;
}

/* Lost before the tap: fills holes there. Lost behind it: seen twice there. Overtaken: fills holes
 * although nobody sent it twice, so the tap at the sender counts less. */
static void lossy_download_holds_loss_reordering_and_sack(void **state)
{
    struct capture *bo = recording_open("captures/http-download-lossy.pcapng.zst");
    struct capture *ho = recording_open("captures/http-download-lossy-ho.pcapng.zst");
    const struct tcp_dir *down = &bo->flows[0].tcp->dir[1], *sent = &ho->flows[0].tcp->dir[1];

    (void)state;
    assert_true(tcp_dir_odd(down)->hole_fill > 30);
    assert_true(tcp_dir_odd(down)->dup_full > 10);
    assert_true(tcp_dir_odd(down)->hole_fill + tcp_dir_odd(down)->dup_full >
                tcp_dir_odd(sent)->hole_fill + tcp_dir_odd(sent)->dup_full);
    assert_int_equal(tcp_dir_odd(sent)->hole_fill, 0);
    assert_true(tcp_dir_odd(sent)->dup_full * 200 >
                sent->data_packets); /* more than half a percent */
    assert_true(tcp_dir_odd(&bo->flows[0].tcp->dir[0])->sack_packets > 30);
    assert_int_equal(tcp_dir_gap_bytes(down), 0);
    capture_free(bo);
    capture_free(ho);
}

static void download_over_a_good_line_needs_no_repair(void **state)
{
    struct capture *c = recording_open("captures/http-download.pcapng.zst");
    const struct conv_repairs *r = &c->flows[0].conv.repairs;

    (void)state;
    assert_int_equal(c->nflows, 1);
    assert_int_equal(r->retransmitted + r->reordered + r->overlapping, 0);
    assert_int_equal(tcp_dir_odd(&c->flows[0].tcp->dir[0])->sack_packets, 0);
    capture_free(c);
}

static void somebody_thinks_between_requests(void **state)
{
    struct capture *c = recording_open("captures/http-think.pcapng");

    (void)state;
    assert_int_equal(c->nflows, 1);
    assert_true(turns_after(&c->flows[0].conv, 2500 * MS) >= 4);
    capture_free(c);
}

static void somebody_types_and_reads(void **state)
{
    struct capture *c = recording_open("captures/ssh-interactive.pcapng");

    (void)state;
    assert_true(turns_after(&c->flows[0].conv, 50 * MS) > 40);
    assert_true(turns_after(&c->flows[0].conv, 900 * MS) >= 4);
    capture_free(c);
}

static void server_speaks_after_the_user_has_closed(void **state)
{
    struct capture *c = recording_open("captures/half-closed.pcap");
    const struct conversation *conv = &c->flows[0].conv;
    bool closed = false;
    uint64_t after = 0;

    (void)state;
    for (size_t i = 0; i < conv->nturns; i++) {
        const struct turn *t = &conv->turns[i];
        closed |= t->kind == TURN_FIN && t->from == CONV_A;
        if (closed && t->kind == TURN_DATA) {
            assert_int_equal(t->from, CONV_B);
            after += t->len;
        }
    }
    assert_int_equal(after, conv->data[CONV_B].n);
    capture_free(c);
}

static void server_opens_the_data_connection_of_active_ftp_only(void **state)
{
    struct capture *active = recording_open("captures/ftp-active.pcap.zst");
    struct capture *passive = recording_open("captures/ftp-passive.pcapng.zst");

    (void)state;
    assert_int_equal(active->nflows, 2);
    assert_int_equal(passive->nflows, 2);
    assert_int_equal(active->flows[0].conv.b.port, 21);
    assert_int_equal(active->flows[1].conv.a.port, 20);
    assert_true(recording_in_branch(&active->flows[1].conv.b));
    assert_true(recording_in_branch(&passive->flows[1].conv.a));
    capture_free(active);
    capture_free(passive);
}

/* One resolver keeps its port, another does not; each ping is answered. */
static void datagrams_come_in_pairs(void **state)
{
    struct capture *c = recording_open("captures/dns-ping.pcapng");
    const struct flow *f = NULL;
    struct diag why = {0};

    (void)state;
    assert_ok(capture_pick(c, CONV_UDP, 0, &f, &why));
    assert_true(f->conv.nturns >= 16);
    assert_ok(capture_pick(c, CONV_UDP, 3, &f, &why));
    assert_int_equal(f->conv.nturns, 2);
    assert_ok(capture_pick(c, CONV_ICMP, 0, &f, &why));
    assert_int_equal(f->conv.nturns, 20);
    for (size_t i = 0; i < f->conv.nturns; i++)
        assert_int_equal(f->conv.turns[i].from, i % 2);
    capture_free(c);
}

static void addresses_are_ipv6(void **state)
{
    struct capture *c = recording_open("captures/http-ipv6.pcap");
    const struct flow *f = NULL;
    struct diag why = {0};

    (void)state;
    assert_ok(capture_pick(c, CONV_TCP, 1, &f, &why));
    assert_int_equal(f->conv.a.addr.family, 6);
    capture_free(c);
}

int main(void)
{
    static char names[2 * RECORDINGS_MAX][2 * RECORDING_TEXT];
    struct CMUnitTest tests[2 * RECORDINGS_MAX] = {
        cmocka_unit_test(every_recording_has_a_row),
        cmocka_unit_test(all_forms_occur_and_all_are_small),
        cmocka_unit_test(flows_carry_what_the_programs_exchanged),
        cmocka_unit_test(both_taps_heard_the_same),
        cmocka_unit_test(lossy_download_holds_loss_reordering_and_sack),
        cmocka_unit_test(download_over_a_good_line_needs_no_repair),
        cmocka_unit_test(somebody_thinks_between_requests),
        cmocka_unit_test(somebody_types_and_reads),
        cmocka_unit_test(server_speaks_after_the_user_has_closed),
        cmocka_unit_test(server_opens_the_data_connection_of_active_ftp_only),
        cmocka_unit_test(datagrams_come_in_pairs),
        cmocka_unit_test(addresses_are_ipv6),
    };
    size_t n = 12;

    nrows = recordings_read(rows);
    for (size_t i = 0; i < nrows && n + 2 <= COUNT(tests); i++) {
        const char *file = strchr(rows[i].path, '/') + 1;
        snprintf(names[n], sizeof(names[n]), "%s__is_what_its_row_says", file);
        tests[n] = (struct CMUnitTest){names[n], file_is_what_its_row_says, NULL, NULL, &rows[i]};
        n++;
        snprintf(names[n], sizeof(names[n]), "%s__is_whole_and_can_be_replayed", file);
        tests[n] = (struct CMUnitTest){names[n], every_flow_is_whole_and_can_be_replayed, NULL,
                                       NULL, &rows[i]};
        n++;
    }
    return _cmocka_run_group_tests("tests/recordings", tests, n, NULL, NULL);
}
