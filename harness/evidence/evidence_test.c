/* Writer and reader together, on files that are whole, cut, broken or of another tool's make. */
#include "evidence/reader.h"
#include "evidence/writer.h"

#include "base/mem.h"
#include "evidence/event_line.h"
#include "tests/testkit.h"
#include "wire/pcapng.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define EPOCH 1700000000000000000
#define XML   "<case name=\"a\"><event/></case>"

struct lab {
    char path[64];
    struct evidence_writer *w;
    struct evidence_reader *r;
};

static struct evidence_meta meta_of(const char *xml)
{
    return (struct evidence_meta){.case_xml = bytes_str(xml),
                                  .version = "holdfast 0.1.0",
                                  .seed = 0xfedcba9876543210,
                                  .virtual_time = true,
                                  .epoch_ns = EPOCH};
}

static int lab_setup(void **state)
{
    struct lab *l = mem_zalloc(sizeof(*l));

    snprintf(l->path, sizeof(l->path), "/tmp/holdfast-evidence-XXXXXX");
    int fd = mkstemp(l->path);
    if (fd < 0)
        return -1;
    close(fd);
    *state = l;
    return 0;
}

static int lab_teardown(void **state)
{
    struct lab *l = *state;

    evidence_reader_free(l->r);
    unlink(l->path);
    mem_free(l);
    return 0;
}

static struct mono at_ms(int64_t ms)
{
    return (struct mono){ms * 1000000};
}

/* Five legs, a remark, an event, statistics of three legs. */
static void write_small(struct lab *l)
{
    struct evidence_meta meta = meta_of(XML);
    uint8_t frame[100];
    struct buf line = BUF_INIT;

    assert_ok(evidence_create(l->path, &meta, &l->w, NULL));
    for (enum evidence_leg leg = 0; leg < EV_LEGS; leg++) {
        memset(frame, (int)(leg + 1), sizeof(frame));
        evidence_frame(l->w, leg, at_ms(leg), bytes_of(frame, 60 + leg),
                       leg == EV_WAN ? "lost \"here\"" : NULL);
    }
    event_line_start(&line, "run-end");
    event_line_add(&line, "state", "complete");
    evidence_event(l->w, at_ms(10), buf_bytes(&line));
    buf_release(&line);
    evidence_stats(l->w, EV_BO_LAN, 11, 0);
    evidence_stats(l->w, EV_WAN, 12, 3);
    evidence_stats(l->w, EV_MGMT, 0, 0);
    assert_ok(evidence_close(l->w, at_ms(11), NULL));
}

static void what_was_written_is_read_back(void **state)
{
    struct lab *l = *state;
    struct evidence_record rec;

    write_small(l);
    assert_ok(evidence_open(l->path, &l->r, NULL));
    const struct evidence_meta *m = evidence_reader_meta(l->r);
    assert_true(bytes_eq(m->case_xml, bytes_str(XML)));
    assert_string_equal(m->version, "holdfast 0.1.0");
    assert_int_equal(m->seed, 0xfedcba9876543210);
    assert_true(m->virtual_time);
    assert_false(m->headers_only);
    assert_int_equal(m->epoch_ns, EPOCH);
    for (enum evidence_leg leg = 0; leg < EV_LEGS; leg++) {
        assert_ok(evidence_next(l->r, &rec));
        assert_int_equal(rec.packet, leg + 1);
        assert_int_equal(rec.leg, leg);
        assert_int_equal(rec.time_ns, EPOCH + leg * 1000000);
        assert_int_equal(rec.frame.n, 60 + leg);
        assert_int_equal(rec.wire_len, 60 + leg);
        assert_int_equal(rec.frame.p[0], leg + 1);
        assert_int_equal(rec.frame.p[59 + leg], leg + 1);
        assert_false(rec.has_hash);
        assert_true(bytes_eq(rec.remark, bytes_str(leg == EV_WAN ? "lost \"here\"" : "")));
    }
    assert_ok(evidence_next(l->r, &rec));
    assert_int_equal(rec.leg, EV_EVENTS);
    assert_memory_equal(rec.frame.p + 12, "\x88\xb5run-end state=complete", 24);
    assert_int_equal(evidence_next(l->r, &rec), ERR_END);
    assert_int_equal(evidence_next(l->r, &rec), ERR_END);
    const struct evidence_totals *t = evidence_totals(l->r);
    assert_true(t->has_stats[EV_BO_LAN] && t->has_stats[EV_WAN] && t->has_stats[EV_MGMT]);
    assert_false(t->has_stats[EV_HO_LAN] || t->has_stats[EV_EVENTS]);
    assert_int_equal(t->received[EV_BO_LAN], 11);
    assert_int_equal(t->received[EV_WAN], 12);
    assert_int_equal(t->dropped[EV_WAN], 3);
}

static void the_same_run_gives_the_same_bytes(void **state)
{
    struct lab *l = *state;
    size_t n1, n2;

    write_small(l);
    uint8_t *first = test_file(l->path, &n1);
    write_small(l); /* over the older file */
    uint8_t *second = test_file(l->path, &n2);
    assert_true(bytes_eq(bytes_of(first, n1), bytes_of(second, n2)));
    mem_free(first);
    mem_free(second);
}

/* Reads a file to its end; the number of records. */
static size_t count_records(struct evidence_reader *r, enum err *end)
{
    struct evidence_record rec;
    size_t n = 0;

    while (!(*end = evidence_next(r, &rec)))
        n++;
    return n;
}

/* Where each block of a good file ends, and how many packets end there or before. */
static size_t packets_within(struct bytes file, size_t n, bool *at_border)
{
    size_t at = 0, packets = 0;
    struct pcapng_head h;

    *at_border = true;
    while (at < n) {
        assert_ok(pcapng_head_parse(bytes_from(file, at), false, &h));
        at += h.len;
        *at_border = at <= n;
        packets += at <= n && h.type == PCAPNG_PACKET;
    }
    return packets;
}

static void a_file_cut_anywhere_gives_its_whole_records(void **state)
{
    struct lab *l = *state;
    size_t n;
    bool at_border;

    write_small(l);
    uint8_t *file = test_file(l->path, &n);
    for (size_t cut = 0; cut < n; cut++) {
        struct evidence_reader *r;
        uint8_t *part = mem_resize(NULL, cut, 1);
        memcpy(part, file, cut);
        size_t want = packets_within(bytes_of(file, n), cut, &at_border);
        enum err end, e = evidence_open_bytes(bytes_of(part, cut), &r, NULL);
        if (e) { /* before the first interface */
            assert_int_equal(want, 0);
        } else {
            assert_int_equal(count_records(r, &end), want);
            assert_int_equal(end, at_border ? ERR_END : ERR_SHORT);
            evidence_reader_free(r);
        }
        mem_free(part);
    }
    mem_free(file);
}

static enum err read_any(struct bytes in, void *ctx)
{
    struct evidence_reader *r;
    enum err end;

    (void)ctx;
    if (evidence_open_bytes(in, &r, NULL))
        return ERR_FORMAT;
    count_records(r, &end);
    evidence_reader_free(r);
    return end;
}

static void every_flip_is_survived(void **state)
{
    struct lab *l = *state;
    size_t n;

    write_small(l);
    uint8_t *file = test_file(l->path, &n);
    test_flips(bytes_of(file, n), read_any, NULL);
    mem_free(file);
}

static void a_run_that_was_killed_leaves_a_valid_file(void **state)
{
    struct lab *l = *state;
    struct evidence_meta meta = meta_of(XML);
    uint8_t frame[1514] = {0};
    enum err end;

    assert_ok(evidence_create(l->path, &meta, &l->w, NULL));
    for (int i = 0; i < 3000; i++)
        evidence_frame(l->w, EV_WAN, at_ms(i), bytes_of(frame, sizeof(frame)), NULL);
    assert_ok(evidence_open(l->path, &l->r, NULL)); /* as the file is now, never closed */
    size_t n = count_records(l->r, &end);
    assert_int_equal(end, ERR_END);
    assert_true(n > 2000 && n < 3000);
    evidence_reader_free(l->r);
    evidence_flush(l->w);
    assert_ok(evidence_open(l->path, &l->r, NULL));
    assert_int_equal(count_records(l->r, &end), 3000);
    uint64_t bytes = evidence_bytes(l->w);
    assert_ok(evidence_close(l->w, at_ms(0), NULL));
    FILE *f = fopen(l->path, "rb");
    assert_int_equal(fseek(f, 0, SEEK_END), 0);
    assert_int_equal(ftell(f), bytes);
    fclose(f);
}

static void a_long_case_comes_back_whole(void **state)
{
    static const size_t lengths[] = {0, 1, 65535, 65536, 131070, 131071, 900000};
    struct lab *l = *state;

    for (size_t i = 0; i < COUNT(lengths); i++) {
        char *xml = mem_zalloc(lengths[i] + 1);
        for (size_t k = 0; k < lengths[i]; k++) /* two-byte characters at odd places */
            xml[k] = k % 2 == 0 ? 'x' : (char)(k % 4 == 1 ? 0xc3 : 0xbc);
        struct evidence_meta meta = meta_of(xml);
        assert_ok(evidence_create(l->path, &meta, &l->w, NULL));
        assert_ok(evidence_close(l->w, at_ms(0), NULL));
        assert_ok(evidence_open(l->path, &l->r, NULL));
        assert_true(bytes_eq(evidence_reader_meta(l->r)->case_xml, bytes_str(xml)));
        evidence_reader_free(l->r);
        l->r = NULL;
        mem_free(xml);
    }
}

static void a_case_beyond_a_megabyte_is_refused(void **state)
{
    struct lab *l = *state;
    struct diag why = {0};
    char *xml = mem_zalloc(2000001);

    memset(xml, 'x', 2000000);
    struct evidence_meta meta = meta_of(xml);
    assert_int_equal(evidence_create(l->path, &meta, &l->w, &why), ERR_RANGE);
    assert_non_null(strstr(why.text, "2000000 bytes"));
    mem_free(xml);
}

static void long_frames_and_remarks_are_cut_to_what_fits(void **state)
{
    struct lab *l = *state;
    struct evidence_meta meta = meta_of(XML);
    struct evidence_record rec;
    uint8_t *frame = mem_zalloc(70000);
    char *remark = mem_zalloc(100001);

    memset(remark, 'r', 100000);
    assert_ok(evidence_create(l->path, &meta, &l->w, NULL));
    for (int i = 0; i < 40; i++) /* several buffers full */
        evidence_frame(l->w, EV_BO_LAN, at_ms(i), bytes_of(frame, 70000), remark);
    evidence_frame(l->w, EV_BO_LAN, at_ms(0), bytes_of(frame, 0), "");
    assert_ok(evidence_close(l->w, at_ms(0), NULL));
    assert_ok(evidence_open(l->path, &l->r, NULL));
    for (int i = 0; i < 40; i++) {
        assert_ok(evidence_next(l->r, &rec));
        assert_int_equal(rec.frame.n, EVIDENCE_SNAPLEN);
        assert_int_equal(rec.wire_len, 70000);
        assert_true(rec.remark.n >= 4000 && rec.remark.n < 100000);
    }
    assert_ok(evidence_next(l->r, &rec));
    assert_int_equal(rec.frame.n, 0);
    mem_free(frame);
    mem_free(remark);
}

static void an_error_of_the_disk_is_told_at_the_end(void **state)
{
    struct evidence_meta meta = meta_of(XML);
    uint8_t frame[1514] = {0};
    struct evidence_writer *w;
    struct diag why = {0};

    (void)state;
    if (access("/dev/full", W_OK) != 0) {
        puts("SKIPPED: /dev/full is not here");
        skip();
    }
    assert_ok(evidence_create("/dev/full", &meta, &w, NULL));
    for (int i = 0; i < 3000; i++)
        evidence_frame(w, EV_WAN, at_ms(i), bytes_of(frame, sizeof(frame)), NULL);
    assert_int_equal(evidence_close(w, at_ms(0), &why), ERR_IO);
    assert_string_equal(why.file, "/dev/full");
    assert_non_null(strstr(why.text, "No space left"));
}

static void what_cannot_be_opened_says_why(void **state)
{
    struct lab *l = *state;
    struct evidence_meta meta = meta_of(XML);
    struct diag why = {0};

    assert_int_equal(evidence_create("/nowhere/at/all", &meta, &l->w, &why), ERR_IO);
    assert_string_equal(why.file, "/nowhere/at/all");
    why = (struct diag){0};
    assert_int_equal(evidence_open("/nowhere/at/all", &l->r, &why), ERR_NOTFOUND);
    assert_string_equal(why.file, "/nowhere/at/all");
}

static void headers_mode_says_so_and_keeps_hashes(void **state)
{
    /* Ethernet, IPv4 of 300 bytes, TCP of 20 and 260 bytes of zeros */
    static const uint8_t head[] = {2, 0,  0, 0, 0,  1, 2, 0, 0,  0, 0,  2,  8,  0, 69, 0, 1, 44,
                                   0, 0,  0, 0, 64, 6, 0, 0, 10, 0, 0,  1,  10, 0, 0,  2, 0, 1,
                                   0, 80, 0, 0, 0,  1, 0, 0, 0,  2, 80, 16, 0,  9, 0,  0, 0, 0};
    struct lab *l = *state;
    struct evidence_meta meta = meta_of(XML);
    struct evidence_record rec;
    uint8_t frame[314] = {0};

    memcpy(frame, head, sizeof(head));
    frame[313] = 5;
    meta.headers_only = true;
    meta.virtual_time = false;
    assert_ok(evidence_create(l->path, &meta, &l->w, NULL));
    evidence_frame(l->w, EV_BO_LAN, at_ms(1), bytes_of(frame, sizeof(frame)), "seen");
    assert_ok(evidence_close(l->w, at_ms(0), NULL));
    assert_ok(evidence_open(l->path, &l->r, NULL));
    assert_true(evidence_reader_meta(l->r)->headers_only);
    assert_false(evidence_reader_meta(l->r)->virtual_time);
    assert_ok(evidence_next(l->r, &rec));
    assert_int_equal(rec.frame.n, sizeof(head));
    assert_int_equal(rec.wire_len, sizeof(frame));
    assert_true(rec.has_hash);
    assert_int_equal(rec.payload_hash, 5);
    assert_true(bytes_eq(rec.remark, bytes_str("seen")));
}

int main(void)
{
#define LAB(test) cmocka_unit_test_setup_teardown(test, lab_setup, lab_teardown)
    const struct CMUnitTest tests[] = {
        LAB(what_was_written_is_read_back),
        LAB(the_same_run_gives_the_same_bytes),
        LAB(a_file_cut_anywhere_gives_its_whole_records),
        LAB(every_flip_is_survived),
        LAB(a_run_that_was_killed_leaves_a_valid_file),
        LAB(a_long_case_comes_back_whole),
        LAB(a_case_beyond_a_megabyte_is_refused),
        LAB(long_frames_and_remarks_are_cut_to_what_fits),
        LAB(an_error_of_the_disk_is_told_at_the_end),
        LAB(what_cannot_be_opened_says_why),
        LAB(headers_mode_says_so_and_keeps_hashes),
    };
    return cmocka_run_group_tests_name("evidence/evidence", tests, NULL, NULL);
}
