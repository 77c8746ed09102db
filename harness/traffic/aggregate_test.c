/* Aggregates of IEEE 802.11 (A-MSDU) in capture files: every frame in them is a packet, wherever
 * the aggregate is. */
#include "traffic/savefile.h"

#include "base/mem.h"
#include "tests/synth.h"
#include "tests/testkit.h"

#include <unistd.h>

#define UDP4 "4500001d 00010000 40110000 0a000001 0a000002 00350035 00090000 61"
#define TCP4                                                                                       \
    "4500002a 00010000 40060000 0a000001 0a000002 00500051 00000001 00000001 50100100 00000000 "   \
    "6162"
#define MACS "ffffffffffff 020000000001 "
#define WLAN "8802 0000" MACS "020000000003 0000 8000"
#define PUDP MACS "0025 aaaa03 000000 0800" UDP4 "00"
#define PTCP MACS "0032 aaaa03 000000 0800" TCP4
#define PARP MACS "000c aaaa03 000000 0806 00010800 0000"

/* GRE of an access point in IP, in one piece; in IP once more; and in a datagram of two fragments.
 */
#define GRE(length)                                                                                \
    "45"                                                                                           \
    "00" length "00010000 402f0000 0a000009 0a00000a 0000 8200"

static const struct row {
    const char *what;
    uint32_t linktype;
    const char *frames[3];
    const char
        *want; /* packets: 'u' UDP, 't' TCP with two bytes, '-' another; ' ': the next frame */
    uint8_t tunnels;
} rows[] = {
    {"straight_from_the_air", 105, {WLAN PUDP PTCP}, "ut", 0},
    {"two_frames_from_the_air", 105, {WLAN PUDP PUDP, WLAN PTCP PTCP}, "uu tt", 0},
    {"with_a_part_that_is_no_packet", 105, {WLAN PARP PTCP}, "-t", 0},
    {"in_gre", 101, {GRE("00da") WLAN PUDP PTCP PUDP}, "utu", 1},
    {"in_gre_behind_a_part_that_is_no_packet", 101, {GRE("008e") WLAN PARP PTCP}, "t", 1},
    {"in_gre_in_fragments",
     101,
     {"4500 0044 0002 2000 402f0000 0a000009 0a00000a 0000 8200" WLAN MACS "0025 aaaa03 00",
      "4500 0076 0002 0006 402f0000 0a000009 0a00000a"
      "0000 0800" UDP4 "00" PTCP},
     "- ut",
     1},
};

static void put_frame(struct synth *s, const char *hex)
{
    size_t n;
    uint8_t *frame = test_hex(hex, &n);

    synth_frame(s, 0, bytes_of(frame, n));
    mem_free(frame);
}

static char kind_of(const struct pkt *p)
{
    if (p->kind == PKT_TCP && p->tcp.data.n == 2 && p->data_len == 2)
        return 't';
    return p->kind == PKT_UDP && p->udp.data.n == 1 && p->data_len == 1 ? 'u' : '-';
}

static void every_part_is_a_packet_of_its_frame(void **state)
{
    const struct row *r = *state;
    struct synth s;
    struct savefile *f;
    struct savefile_packet p;
    struct diag why = {0};
    char path[SYNTH_PATH], got[32] = "";
    size_t n = 0;
    uint64_t number = 1;

    synth_begin(&s, &(struct synth_opts){.linktype = r->linktype});
    for (size_t i = 0; i < COUNT(r->frames) && r->frames[i]; i++)
        put_frame(&s, r->frames[i]);
    synth_save(buf_bytes(&s.file), path);
    assert_ok(savefile_open(path, &f, &why));
    while (savefile_next(f, &p, &why) == ERR_OK) {
        if (p.number != number)
            got[n++] = ' ';
        assert_true(p.number == number || p.number == number + 1);
        number = p.number;
        got[n++] = kind_of(&p.pkt);
        if (got[n - 1] != '-')
            assert_int_equal(p.tunnels, r->tunnels);
        assert_true(n < sizeof(got) - 2);
    }
    assert_string_equal(got, r->want);
    assert_int_equal(savefile_stats(f).packets, number);
    savefile_close(f);
    unlink(path);
    synth_release(&s);
}

/* A segment in fragments that were all captured short: what the first says of it is known, but not
 * how much it holds. */
static void a_first_fragment_captured_short_is_a_segment_without_data(void **state)
{
    struct synth s;
    struct savefile *f;
    struct savefile_packet p;
    struct diag why = {0};
    char path[SYNTH_PATH];
    uint64_t tcp = 0;

    (void)state;
    synth_begin(&s, &(struct synth_opts){.fragment = 64, .snaplen = 14 + 20 + 40});
    synth_tcp_bytes(&s, &(struct synth_seg){0, 'A', "PA", 7, 9, NULL},
                    bytes_of((uint8_t[200]){0}, 200));
    synth_save(buf_bytes(&s.file), path);
    assert_ok(savefile_open(path, &f, &why));
    while (savefile_next(f, &p, &why) == ERR_OK) {
        if (p.pkt.kind != PKT_TCP)
            continue;
        tcp++;
        assert_int_equal(p.number, 1);
        assert_int_equal(p.pkt.tcp.seq, 8);
        assert_int_equal(p.pkt.tcp.flags, TCP_PSH | TCP_ACK);
        assert_int_equal(p.pkt.data_len, 0);
        assert_int_equal(p.pkt.tcp.data.n, 0);
    }
    assert_int_equal(tcp, 1);
    assert_int_equal(savefile_stats(f).packets, 4);
    savefile_close(f);
    unlink(path);
    synth_release(&s);
}

int main(void)
{
    struct CMUnitTest tests[COUNT(rows) + 1] = {
        cmocka_unit_test(a_first_fragment_captured_short_is_a_segment_without_data),
    };

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[i + 1] = (struct CMUnitTest){rows[i].what, every_part_is_a_packet_of_its_frame, NULL,
                                           NULL, (void *)(uintptr_t)&rows[i]};
    return _cmocka_run_group_tests("traffic/aggregate", tests, COUNT(tests), NULL, NULL);
}
