/* Syslog, IKE and ESP inside TCP streams of captures. */
#include "base/buf.h"
#include "cli/scan.h"
#include "tests/synth.h"
#include "tests/testkit.h"

#include <stdio.h>
#include <unistd.h>

/* One segment: a SYN when TEXT is NULL. "@XX" in it is a byte in hex. */
struct piece {
    char from;
    int64_t seq;
    const char *text;
};

#define END                                                                                        \
    {                                                                                              \
        0, 0, NULL                                                                                 \
    }

/* An ESP packet of SPI 0x11111111 and number N; an IKE header (IKEv2, INFORMATIONAL), four zero
 * bytes before it; each behind its length. */
#define ESP(n)                                                                                     \
    "@00@0a"                                                                                       \
    "@11@11@11@11"                                                                                 \
    "@00@00@00" n
#define MARKED  "@00@22@00@00@00@00"
#define COOKIES "aaaaaaaabbbbbbbb"
#define IKE     MARKED COOKIES "@00@20@25@08@00@00@00@07@00@00@00@1c"

static const struct row {
    const char *what;
    struct synth_opts opts;
    struct piece in[8];
    const char *lines; /* each and "|" */
    size_t esp, ike;   /* packets, messages */
    uint64_t packet;   /* of the first of any of them */
} rows[] = {
    {"lines_to_ciscos_port",
     {.port = {40000, 1470}},
     {{'A', -1, NULL}, {'B', -1, NULL}, {'A', 0, "<166>one@0a<166>tw"}, {'A', 16, "o@0d@0a"}, END},
     "<166>one|<166>two|",
     0,
     0,
     3},
    {"counted_to_the_port_of_udp",
     {.port = {40000, 514}},
     {{'A', -1, NULL}, {'A', 0, "8 <166>one8 "}, {'A', 12, "<166>two"}, END},
     "<166>one|<166>two|",
     0,
     0,
     2},
    {"in_ipv6_and_in_the_wrong_order",
     {.ipv6 = true, .port = {40000, 1470}},
     {{'A', -1, NULL}, {'A', 9, "<166>two@0a"}, {'A', 0, "<166>one@0a"}, END},
     "<166>one|<166>two|",
     0,
     0,
     3},
    {"in_fragments",
     {.port = {40000, 1470}, .fragment = 16},
     {{'A', -1, NULL}, {'A', 0, "<166>a line of more than sixteen bytes@0a"}, END},
     "<166>a line of more than sixteen bytes|",
     0,
     0,
     0},
    {"sent_again_it_is_read_once",
     {.port = {40000, 1470}},
     {{'A', -1, NULL}, {'A', 0, "<166>one@0a"}, {'A', 0, "<166>one@0a<1>x@0a"}, END},
     "<166>one|<1>x|",
     0,
     0,
     2},
    {"seen_from_its_middle_on",
     {.port = {40000, 1470}},
     {{'A', 100, "<166>perhaps the end of one@0a<166>two@0a"}, END},
     "<166>two|",
     0,
     0,
     1},
    {"what_the_collector_answers_is_none",
     {.port = {40000, 1470}},
     {{'A', -1, NULL}, {'B', -1, NULL}, {'B', 0, "<166>one@0a"}, END},
     "",
     0,
     0,
     0},
    {"a_shell_on_that_port_is_no_syslog",
     {.port = {40000, 514}},
     {{'A', -1, NULL}, {'A', 0, "1023@00root@00root@00ls@00"}, END},
     "",
     0,
     0,
     0},
    {"esp_and_ike_behind_the_prefix",
     {.port = {40000, 4500}},
     {{'A', -1, NULL},
      {'B', -1, NULL},
      {'A', 0, "IKETCP"},
      {'A', 6, IKE},
      {'A', 40, ESP("@01")},
      {'B', 0, ESP("@01") ESP("@02")},
      END},
     "",
     3,
     1,
     4},
    {"esp_over_two_segments",
     {.port = {40000, 4500}},
     {{'A', -1, NULL}, {'A', 0, "IKETCP@00@0a@11@11"}, {'A', 10, "@11@11@00@00@00@01"}, END},
     "",
     1,
     0,
     3},
    {"on_another_port_the_prefix_shows_it",
     {.port = {40000, 443}},
     {{'A', -1, NULL}, {'B', -1, NULL}, {'A', 0, "IKETCP" ESP("@01")}, {'B', 0, ESP("@01")}, END},
     "",
     2,
     0,
     3},
    {"on_another_port_without_it_is_nothing",
     {.port = {40000, 443}},
     {{'A', -1, NULL}, {'A', 0, ESP("@01")}, END},
     "",
     0,
     0,
     0},
    {"seen_from_the_middle_on_it_is_found_where_a_segment_begins",
     {.port = {40000, 4500}},
     {{'A', 100, "end of something"}, {'A', 116, ESP("@07") ESP("@08")}, END},
     "",
     2,
     0,
     2},
    {"keep_alives_are_nothing",
     {.port = {40000, 4500}},
     {{'A', -1, NULL}, {'A', 0, "IKETCP@00@03@ff" ESP("@01")}, END},
     "",
     1,
     0,
     2},
};

static struct buf bytes_of_text(const char *s)
{
    struct buf b = BUF_INIT;

    for (; *s; s++) {
        unsigned v = (unsigned char)*s;
        if (*s == '@') {
            assert_int_equal(sscanf(s + 1, "%2x", &v), 1);
            s += 2;
        }
        buf_addc(&b, (char)v);
    }
    return b;
}

static void put_piece(struct synth *s, int64_t ms, const struct piece *p)
{
    struct buf b = bytes_of_text(p->text ? p->text : "");
    struct synth_seg seg = {ms, p->from, p->text ? "A" : "S", p->seq, 0, NULL};

    synth_tcp_bytes(s, &seg, buf_bytes(&b));
    buf_release(&b);
}

static void messages_are_found_as_the_row_says(void **state)
{
    const struct row *row = *state;
    char path[SYNTH_PATH];
    struct buf lines = BUF_INIT;
    struct diag why = {0};
    struct scan got;
    struct synth s;
    uint64_t esp = 0, first = 0;

    synth_begin(&s, &row->opts);
    for (size_t i = 0; row->in[i].from; i++)
        put_piece(&s, (int64_t)i, &row->in[i]);
    synth_save(buf_bytes(&s.file), path);
    assert_ok(scan_file(&got, path, false, &why));
    unlink(path);
    for (size_t i = 0; i < got.nsyslog; i++) {
        buf_add(&lines, got.syslog[i].line.p, got.syslog[i].line.n);
        buf_addc(&lines, '|');
        first = first ? first : got.syslog[i].packet;
    }
    for (size_t i = 0; i < got.nesp; i++) {
        esp += got.esp[i].packets;
        assert_int_equal(got.esp[i].in, SCAN_IN_TCP);
        assert_int_equal(got.esp[i].spi, 0x11111111);
    }
    assert_string_equal(buf_str(&lines), row->lines);
    assert_int_equal(esp, row->esp);
    assert_int_equal(got.nike, row->ike);
    first = first ? first : got.nike ? got.ike[0].packet : 0;
    if (row->packet && first)
        assert_int_equal(first, row->packet);
    buf_release(&lines);
    scan_release(&got);
    synth_release(&s);
}

int main(void)
{
    struct CMUnitTest tests[COUNT(rows)];

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[i] = (struct CMUnitTest){rows[i].what, messages_are_found_as_the_row_says, NULL, NULL,
                                       (void *)(uintptr_t)&rows[i]};
    return cmocka_run_group_tests_name("cli/scan_framed", tests, NULL, NULL);
}
