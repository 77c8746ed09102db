#include "traffic/savefile.h"

#include "base/mem.h"
#include "tests/synth.h"
#include "tests/testkit.h"
#include "traffic/inflate.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

/* What a file held, when read to its end. */
struct seen {
    uint64_t packets, udp;
    int64_t first_ns, last_ns;
    enum err end;
    struct diag why;
    struct savefile_stats stats;
};

static struct seen read_file(struct bytes file)
{
    char path[SYNTH_PATH];
    struct seen s = {0};
    struct savefile *f = NULL;
    struct savefile_packet p;

    synth_save(file, path);
    s.end = savefile_open(path, &f, &s.why);
    if (s.end == ERR_OK) {
        while ((s.end = savefile_next(f, &p, &s.why)) == ERR_OK) {
            assert_int_equal(p.number, ++s.packets);
            s.udp += p.pkt.kind == PKT_UDP;
            if (s.packets == 1)
                s.first_ns = p.time_ns;
            s.last_ns = p.time_ns;
        }
        s.stats = savefile_stats(f);
    }
    savefile_close(f);
    unlink(path);
    return s;
}

/* Three packets, a second apart, the first at 1,700,000,000.000005 s. */
static struct synth three_packets(void)
{
    struct synth s;

    synth_begin(&s, NULL);
    for (int i = 0; i < 3; i++) {
        synth_udp(&s, i * 1000, 'A', bytes_str("hello"));
        s.file.s[s.file.n - 47 - 12] = 5; /* microseconds, in the header before its 47 bytes */
    }
    return s;
}

#define FIRST_NS INT64_C(1700000000000005000)

static void check_three(struct bytes file, const char *format)
{
    struct seen s = read_file(file);

    assert_int_equal(s.end, ERR_END);
    assert_int_equal(s.packets, 3);
    assert_int_equal(s.udp, 3);
    assert_int_equal(s.first_ns, FIRST_NS);
    assert_int_equal(s.last_ns, FIRST_NS + 2000000000);
    assert_string_equal(s.stats.format, format);
}

static void swap32(uint8_t *p)
{
    uint8_t t[4] = {p[3], p[2], p[1], p[0]};

    memcpy(p, t, 4);
}

/* The other byte order. */
static void turn_pcap(uint8_t *p, size_t n)
{
    static const size_t fields[] = {0, 8, 12, 16, 20};

    for (size_t i = 0; i < COUNT(fields); i++)
        swap32(p + fields[i]);
    uint8_t version[4] = {p[5], p[4], p[7], p[6]};
    memcpy(p + 4, version, 4);
    for (size_t at = 24; at < n;) {
        uint32_t len;
        memcpy(&len, p + at + 8, 4);
        for (size_t i = 0; i < 16; i += 4)
            swap32(p + at + i);
        at += 16 + len;
    }
}

static void pcap_is_read_in_both_orders_and_resolutions(void **state)
{
    struct synth s = three_packets();
    uint8_t *file = (uint8_t *)s.file.s;
    size_t record = (s.file.n - 24) / 3;

    (void)state;
    check_three(bytes_of(file, s.file.n), "pcap");
    memcpy(file, "\x4d\x3c\xb2\xa1", 4); /* nanoseconds */
    for (size_t i = 0; i < 3; i++)
        memcpy(file + 24 + i * record + 4, "\x88\x13\0\0", 4); /* 5,000 */
    check_three(bytes_of(file, s.file.n), "pcap");
    turn_pcap(file, s.file.n);
    check_three(bytes_of(file, s.file.n), "pcap");
    synth_release(&s);
}

/* pcapng, written field by field. */
struct ng {
    struct buf b;
    bool big;
};

static void ng32(struct ng *n, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        buf_addc(&n->b, (char)(v >> (n->big ? 24 - 8 * i : 8 * i)));
}

static void ng16(struct ng *n, uint16_t v)
{
    buf_addc(&n->b, (char)(n->big ? v >> 8 : v));
    buf_addc(&n->b, (char)(n->big ? v : v >> 8));
}

static void ng_section(struct ng *n)
{
    ng32(n, 0x0a0d0d0a);
    ng32(n, 28);
    ng32(n, 0x1a2b3c4d);
    ng16(n, 1);
    ng16(n, 0);
    ng32(n, 0xffffffff);
    ng32(n, 0xffffffff);
    ng32(n, 28);
}

/* RESOLUTION: as in if_tsresol. */
static void ng_interface(struct ng *n, uint16_t linktype, uint8_t resolution, uint32_t offset)
{
    ng32(n, 1);
    ng32(n, 44);
    ng16(n, linktype);
    ng16(n, 0);
    ng32(n, 262144);
    ng16(n, 9);
    ng16(n, 1);
    buf_add(&n->b, (char[]){(char)resolution, 0, 0, 0}, 4);
    ng16(n, 14);
    ng16(n, 8);
    ng32(n, n->big ? 0 : offset);
    ng32(n, n->big ? offset : 0);
    ng32(n, 0); /* end of options */
    ng32(n, 44);
}

static void ng_packet(struct ng *n, uint32_t interface, uint64_t units, struct bytes frame)
{
    uint32_t len = 32 + (uint32_t)(frame.n + 3) / 4 * 4;

    ng32(n, 6);
    ng32(n, len);
    ng32(n, interface);
    ng32(n, (uint32_t)(units >> 32));
    ng32(n, (uint32_t)units);
    ng32(n, (uint32_t)frame.n);
    ng32(n, (uint32_t)frame.n);
    buf_add(&n->b, frame.p, frame.n);
    while (n->b.n % 4)
        buf_addc(&n->b, 0);
    ng32(n, len);
}

static void ng_three(struct ng *n, const struct synth *s)
{
    struct bytes ethernet = bytes_of(s->file.s + 40, 47);

    ng_section(n);
    ng_interface(n, 1, 6, 0);
    ng_interface(n, 101, 9, 1000000000); /* raw IP: another link type, other units */
    ng_packet(n, 0, UINT64_C(1700000000000005), ethernet);
    ng_packet(n, 1, UINT64_C(700000001000005000), bytes_from(ethernet, 14));
    ng32(n, 5); /* statistics: no packet */
    ng32(n, 12);
    ng32(n, 12);
    ng_section(n); /* interfaces begin anew */
    ng_interface(n, 1, 0x80 | 20, 0);
    ng_packet(n, 0, (UINT64_C(1700000002) << 20) + 5, ethernet);
}

static void pcapng_is_read_with_several_interfaces_and_sections(void **state)
{
    struct synth s = three_packets();

    (void)state;
    for (int big = 0; big < 2; big++) {
        struct ng n = {.big = big};
        ng_three(&n, &s);
        struct seen seen = read_file(buf_bytes(&n.b));
        assert_int_equal(seen.end, ERR_END);
        assert_int_equal(seen.packets, 3);
        assert_int_equal(seen.udp, 3);
        assert_int_equal(seen.first_ns, FIRST_NS);
        assert_int_equal(seen.last_ns, INT64_C(1700000002000004768)); /* 5 / 2^20 s */
        assert_int_equal(seen.stats.nlinktypes, 2);
        assert_string_equal(seen.stats.format, "pcapng");
        buf_release(&n.b);
    }
    synth_release(&s);
}

/* A type that is in no registry is left out and counted; what is known and not needed is not. */
static void blocks_of_unknown_types_are_counted(void **state)
{
    struct synth s = three_packets();

    (void)state;
    for (int big = 0; big < 2; big++) {
        static const uint32_t types[] = {4, 10, 0x0bad, 0x0bad0bad, 0x80000001};
        struct ng n = {.big = big};
        ng_section(&n);
        ng_interface(&n, 1, 6, 0);
        for (size_t i = 0; i < COUNT(types); i++) {
            ng32(&n, types[i]);
            ng32(&n, 16);
            ng32(&n, 0);
            ng32(&n, 16);
        }
        ng_packet(&n, 0, 5, bytes_of(s.file.s + 40, 47));
        struct seen seen = read_file(buf_bytes(&n.b));
        assert_int_equal(seen.end, ERR_END);
        assert_int_equal(seen.packets, 1);
        assert_int_equal(seen.stats.unknown_blocks, 2);
        assert_int_equal(seen.stats.unknown_type, 0x0bad0bad);
        buf_release(&n.b);
    }
    synth_release(&s);
}

static enum err parse_file(struct bytes in, void *ctx)
{
    (void)ctx;
    return read_file(in).end;
}

static void every_truncation_and_flip_of_pcapng_is_survived(void **state)
{
    struct synth s = three_packets();
    struct ng n = {.big = false};

    (void)state;
    ng_three(&n, &s);
    test_truncations(buf_bytes(&n.b), parse_file, NULL);
    test_flips(buf_bytes(&n.b), parse_file, NULL);
    test_truncations(buf_bytes(&s.file), parse_file, NULL);
    buf_release(&n.b);
    synth_release(&s);
}

static struct buf gzipped(struct bytes b)
{
    struct buf out = BUF_INIT;
    z_stream z = {0};

    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    uint8_t *in = mem_resize(NULL, b.n, 1);
    memcpy(in, b.p, b.n);
    z.next_in = in;
    z.avail_in = (uInt)b.n;
    z.next_out = (Bytef *)buf_room(&out, b.n + 200);
    z.avail_out = (uInt)b.n + 200;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    buf_grew(&out, z.total_out);
    deflateEnd(&z);
    mem_free(in);
    return out;
}

static struct buf zstd_compressed(struct bytes b)
{
    struct buf out = BUF_INIT;
    size_t room = ZSTD_compressBound(b.n);

    buf_grew(&out, ZSTD_compress(buf_room(&out, room), room, b.p, b.n, 3));
    return out;
}

static void compressed_files_are_read_as_they_are(void **state)
{
    struct synth s = three_packets();
    struct bytes all = buf_bytes(&s.file);
    struct buf gz = gzipped(all), zst = zstd_compressed(all);

    (void)state;
    check_three(buf_bytes(&gz), "pcap");
    check_three(buf_bytes(&zst), "pcap");
    buf_release(&gz);
    buf_release(&zst);
    /* in two members or frames, as by cat a.gz b.gz, the first ending inside a record */
    gz = gzipped(bytes_head(all, 50));
    struct buf rest = gzipped(bytes_from(all, 50));
    buf_add(&gz, rest.s, rest.n);
    check_three(buf_bytes(&gz), "pcap");
    buf_release(&rest);
    buf_release(&gz);
    zst = zstd_compressed(bytes_head(all, 50));
    rest = zstd_compressed(bytes_from(all, 50));
    buf_add(&zst, rest.s, rest.n);
    check_three(buf_bytes(&zst), "pcap");
    buf_release(&rest);
    buf_release(&zst);
    synth_release(&s);
}

static void what_is_wrong_with_a_file_is_said(void **state)
{
    struct synth s = three_packets();
    struct bytes all = buf_bytes(&s.file);
    struct buf gz = gzipped(all), zst = zstd_compressed(all);
    const struct {
        struct bytes file;
        enum err want;
        uint64_t packets;
        const char *says;
    } rows[] = {
        {bytes_head(all, all.n - 1), ERR_SHORT, 2, "the file is cut in packet 3"},
        {bytes_head(all, all.n - 50), ERR_SHORT, 2, "the file is cut in packet 3"},
        {bytes_head(buf_bytes(&gz), gz.n - 30), ERR_SHORT, 0, "the compressed data ends early"},
        {bytes_head(buf_bytes(&zst), zst.n - 3), ERR_SHORT, 0, "the compressed data ends early"},
        {bytes_str(""), ERR_IO, 0, "the file is empty"},
        {bytes_str("interface Ethernet0"), ERR_FORMAT, 0, "not a capture file that can be read"},
        {bytes_str("\x1f\x8b garbage"), ERR_FORMAT, 0, "the gzip data is damaged"},
        {bytes_head(all, 10), ERR_FORMAT, 0, "not a capture file that can be read"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct seen seen = read_file(rows[i].file);
        if (seen.packets == 0 && rows[i].want == ERR_SHORT)
            assert_true(seen.end == ERR_SHORT);
        else
            assert_int_equal(seen.end, rows[i].want);
        assert_true(seen.packets >= rows[i].packets);
        if (!strstr(seen.why.text, rows[i].says))
            fail_msg("row %zu says: %s", i, seen.why.text);
        assert_true(strncmp(seen.why.file, "/tmp/", 5) == 0);
    }
    buf_release(&gz);
    buf_release(&zst);
    synth_release(&s);
}

static void a_missing_file_and_a_directory_are_refused(void **state)
{
    struct savefile *f;
    struct diag why = {0};

    (void)state;
    assert_int_equal(savefile_open("/nonexistent/x.pcap", &f, &why), ERR_IO);
    assert_non_null(strstr(why.text, "cannot be opened"));
    why = (struct diag){0};
    assert_int_equal(savefile_open("/tmp", &f, &why), ERR_IO);
}

static void a_link_type_that_is_not_read_is_named(void **state)
{
    struct synth s = three_packets();
    char name[LINK_NAME_TEXT];

    (void)state;
    s.file.s[20] = (char)195;
    struct seen seen = read_file(buf_bytes(&s.file));
    assert_int_equal(seen.packets, 3);
    assert_int_equal(seen.stats.unread, 3);
    assert_string_equal(savefile_link_name(seen.stats.linktypes[0], name),
                        "IEEE 802.15.4 with FCS");
    assert_string_equal(savefile_link_name(1, name), "Ethernet");
    assert_string_equal(savefile_link_name(60000, name), "link type 60000");
    synth_release(&s);
}

/* A file of 100 kB that would unpack to 2 GiB of zeros. */
static void a_decompression_bomb_is_stopped(void **state)
{
    struct inflate_state st;
    char path[SYNTH_PATH];
    size_t room = 1 << 20, whole = 1 << 20;
    uint8_t *out = mem_resize(NULL, room, 1), *zeros = mem_zalloc(whole);
    ZSTD_CStream *z = ZSTD_createCStream();
    ZSTD_outBuffer o = {out, room, 0};
    uint64_t total = 0;

    (void)state;
    assert_false(ZSTD_isError(ZSTD_initCStream(z, 1)));
    for (int i = 0; i < 2048; i++) {
        ZSTD_inBuffer in = {zeros, whole, 0};
        while (in.pos < in.size)
            assert_false(ZSTD_isError(ZSTD_compressStream(z, &o, &in)));
    }
    ZSTD_endStream(z, &o);
    ZSTD_freeCStream(z);
    synth_save(bytes_of(out, o.pos), path);
    FILE *f = inflate_stream(fopen(path, "rb"), &st);
    assert_non_null(f);
    for (size_t got; (got = fread(out, 1, room, f)) > 0;)
        total += got;
    fclose(f);
    unlink(path);
    assert_int_equal(st.err, ERR_RANGE);
    assert_true(total < UINT64_C(3) << 29);
    mem_free(out);
    mem_free(zeros);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pcap_is_read_in_both_orders_and_resolutions),
        cmocka_unit_test(blocks_of_unknown_types_are_counted),
        cmocka_unit_test(pcapng_is_read_with_several_interfaces_and_sections),
        cmocka_unit_test(every_truncation_and_flip_of_pcapng_is_survived),
        cmocka_unit_test(compressed_files_are_read_as_they_are),
        cmocka_unit_test(what_is_wrong_with_a_file_is_said),
        cmocka_unit_test(a_missing_file_and_a_directory_are_refused),
        cmocka_unit_test(a_link_type_that_is_not_read_is_named),
        cmocka_unit_test(a_decompression_bomb_is_stopped),
    };
    return cmocka_run_group_tests_name("traffic/savefile", tests, NULL, NULL);
}
