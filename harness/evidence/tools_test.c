/* tshark, capinfos and mergecap open what the writer wrote, without complaint, and the reader opens
 * what they make of it. */
#include "evidence/reader.h"
#include "evidence/writer.h"

#include "base/buf.h"
#include "base/mem.h"
#include "evidence/event_line.h"
#include "tests/testkit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct lab {
    char dir[64];
    struct buf out;
};

static int lab_setup(void **state)
{
    struct lab *l = mem_zalloc(sizeof(*l));

    snprintf(l->dir, sizeof(l->dir), "/tmp/holdfast-tools-XXXXXX");
    if (!mkdtemp(l->dir))
        return -1;
    *state = l;
    return 0;
}

static void run(struct lab *l, const char *command);

static int lab_teardown(void **state)
{
    struct lab *l = *state;

    run(l, "rm -rf $D");
    buf_release(&l->out);
    mem_free(l);
    return 0;
}

/* Runs COMMAND in a shell where $D is the lab's folder; what it prints is in L->out. */
static void run(struct lab *l, const char *command)
{
    char line[1024];

    snprintf(line, sizeof(line), "D=%s; export WIRESHARK_CONFIG_DIR=$D; %s", l->dir, command);
    buf_clear(&l->out);
    FILE *f = popen(line, "r");
    assert_non_null(f);
    for (size_t got; (got = fread(buf_room(&l->out, 4096), 1, 4096, f)) > 0;)
        buf_grew(&l->out, got);
    assert_int_equal(pclose(f), 0);
}

static void need(const char *tool)
{
    char line[128];

    snprintf(line, sizeof(line), "command -v %s >/dev/null", tool);
    if (system(line) != 0) {
        printf("SKIPPED: %s is not here\n", tool);
        skip();
    }
}

/* 180 bytes on each leg and one event; with HEADERS the IP legs are UDP of 300 bytes. */
static void write_file(struct lab *l, const char *name, bool headers)
{
    static const uint8_t udp[] = {2,  0, 0,  0,  0, 1, 2, 0, 0,  0,  0, 2, 8,  0,
                                  69, 0, 1,  44, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0,
                                  0,  1, 10, 0,  0, 2, 4, 0, 4,  1,  1, 24};
    struct evidence_meta meta = {.case_xml = bytes_str("<case>some \"text\" &amp; more</case>"),
                                 .version = "holdfast 0.1.0",
                                 .seed = 77,
                                 .headers_only = headers,
                                 .epoch_ns = 1700000000123456789};
    uint8_t frame[314] = {0};
    char path[128];
    struct evidence_writer *w;
    struct buf line = BUF_INIT;

    snprintf(path, sizeof(path), "%s/%s", l->dir, name);
    memcpy(frame, udp, sizeof(udp));
    assert_ok(evidence_create(path, &meta, &w, NULL));
    for (enum evidence_leg leg = 0; leg < EV_EVENTS; leg++)
        evidence_frame(w, leg, (struct mono){leg * 1000}, bytes_of(frame, sizeof(frame)),
                       leg == EV_WAN ? "held back" : NULL);
    event_line_start(&line, "run-end");
    event_line_add(&line, "state", "complete");
    evidence_event(w, (struct mono){9000}, buf_bytes(&line));
    buf_release(&line);
    for (enum evidence_leg leg = 0; leg < EV_LEGS; leg++)
        evidence_stats(w, leg, 100 + leg, leg);
    assert_ok(evidence_close(w, (struct mono){10000}, NULL));
}

static void assert_says(const struct lab *l, const char *what)
{
    if (!strstr(buf_str(&l->out), what))
        fail_msg("no \"%s\" in:\n%s", what, buf_str(&l->out));
}

static void tshark_sees_every_frame_on_its_leg(void **state)
{
    struct lab *l = *state;

    need("tshark");
    write_file(l, "e.pcapng", false);
    run(l, "tshark -n -r $D/e.pcapng -T fields -E 'separator=|' -e frame.number -e "
           "frame.interface_name -e frame.time_epoch -e frame.len -e frame.cap_len -e "
           "frame.comment 2>$D/errors; grep -v 'as user' $D/errors | cat");
    assert_string_equal(buf_str(&l->out), "1|bo-lan|1700000000.123456789|314|314|\n"
                                          "2|wan|1700000000.123457789|314|314|held back\n"
                                          "3|ho-lan|1700000000.123458789|314|314|\n"
                                          "4|mgmt|1700000000.123459789|314|314|\n"
                                          "5|events|1700000000.123465789|36|36|\n");
}

static void tshark_does_not_mind_the_hash(void **state)
{
    struct lab *l = *state;

    need("tshark");
    write_file(l, "e.pcapng", true);
    run(l, "tshark -n -r $D/e.pcapng -T fields -E 'separator=|' -e frame.interface_name -e "
           "frame.len -e frame.cap_len -e udp.length 2>$D/errors; grep -v 'as user' $D/errors | "
           "cat");
    assert_string_equal(buf_str(&l->out), "bo-lan|314|42|280\n"
                                          "wan|314|42|280\n"
                                          "ho-lan|314|42|280\n"
                                          "mgmt|314|314|280\n"
                                          "events|36|36|\n");
}

static void capinfos_shows_case_version_and_counters(void **state)
{
    struct lab *l = *state;

    need("capinfos");
    write_file(l, "e.pcapng", false);
    run(l, "capinfos $D/e.pcapng 2>&1");
    assert_says(l, "pcapng");
    assert_says(l, "Number of packets:   5");
    assert_says(l, "Capture application: holdfast 0.1.0");
    assert_says(l, "holdfast-evidence format=1 seed=77 time=real epoch_ns=1700000000123456789 "
                   "frames=whole");
    assert_says(l, "<case>some \"text\" &amp; more</case>");
    assert_says(l, "Number of interfaces in file: 5");
    assert_says(l, "Name = ho-lan");
    assert_says(l, "Encapsulation = Ethernet");
    assert_says(l, "Time resolution = 0x09");
    assert_says(l, "Number of packets = 1");
}

static void assert_readable(struct lab *l, const char *name, size_t packets)
{
    char path[128];
    struct evidence_reader *r;
    struct evidence_record rec;
    size_t n[EV_LEGS] = {0};
    enum err e;

    snprintf(path, sizeof(path), "%s/%s", l->dir, name);
    assert_ok(evidence_open(path, &r, NULL));
    while (!(e = evidence_next(r, &rec)))
        n[rec.leg]++;
    assert_int_equal(e, ERR_END);
    for (enum evidence_leg leg = 0; leg < EV_LEGS; leg++)
        assert_int_equal(n[leg], packets);
    evidence_reader_free(r);
}

static void what_editcap_and_mergecap_write_is_read(void **state)
{
    struct lab *l = *state;

    need("mergecap");
    need("editcap");
    write_file(l, "a.pcapng", false);
    write_file(l, "b.pcapng", true);
    run(l, "editcap $D/a.pcapng $D/edited.pcapng && mergecap -w $D/merged.pcapng $D/a.pcapng "
           "$D/b.pcapng");
    assert_readable(l, "edited.pcapng", 1);
    assert_readable(l, "merged.pcapng", 2);
}

static void tcpdump_opens_it(void **state)
{
    struct lab *l = *state;

    need("tcpdump");
    write_file(l, "e.pcapng", true);
    run(l, "tcpdump --count -n -r $D/e.pcapng 2>$D/errors; grep -i bad $D/errors | cat");
    assert_int_equal(atoi(buf_str(&l->out)), 5);
}

int main(void)
{
#define LAB(test) cmocka_unit_test_setup_teardown(test, lab_setup, lab_teardown)
    const struct CMUnitTest tests[] = {
        LAB(tshark_sees_every_frame_on_its_leg),
        LAB(tshark_does_not_mind_the_hash),
        LAB(capinfos_shows_case_version_and_counters),
        LAB(what_editcap_and_mergecap_write_is_read),
        LAB(tcpdump_opens_it),
    };
    return cmocka_run_group_tests_name("evidence/tools", tests, NULL, NULL);
}
