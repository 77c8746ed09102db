/* Files that are damaged, still growing, or pipes: what can be read of them is. */
#include "base/mem.h"
#include "tests/synth.h"
#include "tests/testkit.h"
#include "traffic/savefile.h"

#include <stdio.h>
#include <unistd.h>

#define PACKETS 10
#define FRAME   47 /* bytes of each: Ethernet, IPv4, UDP and "hello" */
#define RECORD  (16 + FRAME)
#define BLOCK   (32 + 48) /* of pcapng */

static struct buf pcap_of(size_t packets)
{
    struct synth s;

    synth_begin(&s, NULL);
    for (size_t i = 0; i < packets; i++)
        synth_udp(&s, (int64_t)i * 1000, 'A', bytes_str("hello"));
    return s.file;
}

static void le32(struct buf *b, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        buf_addc(b, (char)(v >> 8 * i));
}

/* The same packets as pcapng: a section of 28 bytes, an interface of 20, then blocks. */
static struct buf pcapng_of(size_t packets)
{
    struct buf from = pcap_of(packets), b = BUF_INIT;
    const uint32_t head[] = {0x0a0d0d0a, 28, 0x1a2b3c4d, 1, 0xffffffff, 0xffffffff,
                             28,         1,  20,         1, 0,          20};

    for (size_t i = 0; i < COUNT(head); i++)
        le32(&b, head[i]);
    for (size_t i = 0; i < packets; i++) {
        const uint32_t fields[] = {6, BLOCK, 0, 0, (uint32_t)i, FRAME, FRAME};
        for (size_t k = 0; k < COUNT(fields); k++)
            le32(&b, fields[k]);
        buf_add(&b, from.s + 24 + i * RECORD + 16, FRAME);
        buf_addc(&b, 0);
        le32(&b, BLOCK);
    }
    buf_release(&from);
    return b;
}

static void put(struct buf *b, size_t at, uint32_t v)
{
    for (size_t i = 0; i < 4; i++)
        b->s[at + i] = (char)(v >> 8 * i);
}

static void insert(struct buf *b, size_t at, size_t n, char what)
{
    struct buf out = BUF_INIT;

    buf_add(&out, b->s, at);
    for (size_t i = 0; i < n; i++)
        buf_addc(&out, what);
    buf_add(&out, b->s + at, b->n - at);
    buf_release(b);
    *b = out;
}

struct seen {
    uint64_t packets, hellos;
    enum err end;
    struct diag why;
    struct savefile_stats stats;
};

static struct seen read_all(const char *path, const struct intake_wait *wait)
{
    struct seen s = {0};
    struct savefile *f = NULL;
    struct savefile_packet p;

    s.end = savefile_open_live(path, wait, &f, &s.why);
    if (s.end)
        return s;
    while ((s.end = savefile_next(f, &p, &s.why)) == ERR_OK) {
        s.packets++;
        s.hellos += p.pkt.kind == PKT_UDP && p.pkt.data_len == 5 && p.pkt.udp.data.n == 5 &&
                    memcmp(p.pkt.udp.data.p, "hello", 5) == 0;
    }
    s.stats = savefile_stats(f);
    savefile_close(f);
    return s;
}

enum how {
    LENGTH_WILD,   /* of a record or block: beyond all limits */
    LENGTH_OFF,    /* by a few bytes only */
    ENDS_DIFFER,   /* the length at the end of a block */
    JUNK,          /* inserted between two */
    ZEROS,         /* the same, zeros */
    OVERWRITTEN,   /* header and all */
    NO_INTERFACE,  /* a packet of one that is not described */
    TOO_LONG,      /* a packet longer than its block */
    UNKNOWN_BLOCK, /* no damage at all */
};

static const struct row {
    const char *what;
    bool ng;
    enum how how;
    uint64_t hellos; /* of ten */
    uint64_t first;  /* packet; 0: it is not damaged */
} rows[] = {
    {"pcap_length_beyond_limits", false, LENGTH_WILD, 9, 4},
    {"pcap_length_off_by_some_bytes", false, LENGTH_OFF, 9, 5},
    {"pcap_with_junk_between_records", false, JUNK, 10, 4},
    {"pcap_with_zeros_between_records", false, ZEROS, 10, 4},
    {"pcap_record_overwritten", false, OVERWRITTEN, 9, 4},
    {"pcapng_length_beyond_limits", true, LENGTH_WILD, 9, 4},
    {"pcapng_length_off_by_some_bytes", true, LENGTH_OFF, 9, 4},
    {"pcapng_lengths_at_both_ends_differ", true, ENDS_DIFFER, 9, 4},
    {"pcapng_with_junk_between_blocks", true, JUNK, 10, 4},
    {"pcapng_with_zeros_between_blocks", true, ZEROS, 10, 4},
    {"pcapng_block_overwritten", true, OVERWRITTEN, 9, 4},
    {"pcapng_packet_of_no_interface", true, NO_INTERFACE, 9, 4},
    {"pcapng_packet_longer_than_its_block", true, TOO_LONG, 9, 4},
    {"pcapng_block_of_a_type_nobody_knows", true, UNKNOWN_BLOCK, 9, 0},
};

/* Damages the fourth packet. */
static struct buf made_of(const struct row *row)
{
    struct buf b = row->ng ? pcapng_of(PACKETS) : pcap_of(PACKETS);
    size_t size = row->ng ? BLOCK : RECORD, at = (row->ng ? 48 : 24) + 3 * size;
    size_t length = at + (row->ng ? 4 : 8);

    switch (row->how) {
    case LENGTH_WILD: put(&b, length, 0xfffffff0); break;
    case LENGTH_OFF: put(&b, length, row->ng ? BLOCK + 8 : FRAME - 6); break;
    case ENDS_DIFFER: put(&b, at + size - 4, 20); break;
    case JUNK: insert(&b, at, 33, '\xa5'); break;
    case ZEROS: insert(&b, at, 64, 0); break;
    case OVERWRITTEN: memset(b.s + at, 0xff, size); break;
    case NO_INTERFACE: put(&b, at + 8, 7); break;
    case TOO_LONG: put(&b, at + 20, 2000); break;
    case UNKNOWN_BLOCK: put(&b, at, 0x1234); break;
    }
    return b;
}

static void what_is_not_damaged_is_read(void **state)
{
    const struct row *row = *state;
    struct buf b = made_of(row);
    char path[SYNTH_PATH], text[64];

    synth_save(buf_bytes(&b), path);
    struct seen s = read_all(path, NULL);
    unlink(path);
    assert_int_equal(s.hellos, row->hellos);
    assert_int_equal(s.end, row->first ? ERR_FORMAT : ERR_END);
    assert_int_equal(s.stats.first_damage, row->first);
    snprintf(text, sizeof(text), "damaged in packet %d ", (int)row->first);
    if (row->first && !strstr(s.why.text, text))
        fail_msg("says: %s", s.why.text);
    buf_release(&b);
}

/* Two places, and the file cut at its end as well: the end is what is told of. */
static void several_places_are_counted(void **state)
{
    struct buf b = pcap_of(PACKETS);
    char path[SYNTH_PATH];

    (void)state;
    put(&b, 24 + 2 * RECORD + 8, 0xffffffff);
    put(&b, 24 + 6 * RECORD + 8, 0xffffffff);
    synth_save(buf_bytes(&b), path);
    struct seen s = read_all(path, NULL);
    assert_int_equal(s.hellos, 8);
    assert_non_null(strstr(s.why.text, "126 bytes at 2 places were left out"));
    synth_save(bytes_head(buf_bytes(&b), b.n - 3), path);
    s = read_all(path, NULL);
    assert_int_equal(s.hellos, 7);
    assert_int_equal(s.end, ERR_SHORT);
    unlink(path);
    buf_release(&b);
}

struct growing {
    FILE *file;
    struct buf all;
    size_t at;
    unsigned asked;
};

static bool grow(void *ctx)
{
    struct growing *g = ctx;
    size_t n = g->all.n - g->at < 29 ? g->all.n - g->at : 29; /* never whole records */

    g->asked++;
    fwrite(g->all.s + g->at, 1, n, g->file);
    fflush(g->file);
    g->at += n;
    return n > 0;
}

static void a_growing_file_is_followed(void **state)
{
    (void)state;
    for (int ng = 0; ng < 2; ng++) {
        struct growing g = {.all = ng ? pcapng_of(PACKETS) : pcap_of(PACKETS), .at = 60};
        struct intake_wait wait = {grow, &g};
        char path[SYNTH_PATH];
        synth_save(bytes_head(buf_bytes(&g.all), g.at), path);
        g.file = fopen(path, "ab");
        assert_non_null(g.file);
        struct seen s = read_all(path, &wait);
        assert_int_equal(s.end, ERR_END);
        assert_int_equal(s.hellos, PACKETS);
        assert_true(g.asked > PACKETS);
        fclose(g.file);
        unlink(path);
        buf_release(&g.all);
    }
}

static void a_pipe_is_read(void **state)
{
    struct buf b = pcap_of(PACKETS);
    char path[64];
    int fd[2];

    (void)state;
    assert_int_equal(pipe(fd), 0);
    assert_int_equal(write(fd[1], b.s, b.n), b.n); /* less than a pipe holds */
    close(fd[1]);
    snprintf(path, sizeof(path), "/dev/fd/%d", fd[0]);
    struct seen s = read_all(path, NULL);
    close(fd[0]);
    assert_int_equal(s.end, ERR_END);
    assert_int_equal(s.hellos, PACKETS);
    buf_release(&b);
}

/* Every byte of it could be the beginning of a record, and none is: the time for this must not grow
 * with the square of its size. */
static void a_megabyte_of_false_starts_is_read_past(void **state)
{
    struct buf b = pcap_of(1);
    char path[SYNTH_PATH];

    (void)state;
    for (size_t i = 0; i < 1u << 20; i++)
        buf_addc(&b, (char)(i % 4 == 1 ? 1 : 0)); /* lengths of 256, fractions of 256, ... */
    for (size_t i = 0; i < 64; i++)
        buf_addc(&b, '\xff');
    synth_save(buf_bytes(&b), path);
    struct seen s = read_all(path, NULL);
    assert_int_equal(s.hellos, 1);
    assert_true(s.end != ERR_OK);
    unlink(path);
    buf_release(&b);
}

int main(void)
{
    struct CMUnitTest tests[COUNT(rows) + 4] = {
        cmocka_unit_test(several_places_are_counted),
        cmocka_unit_test(a_growing_file_is_followed),
        cmocka_unit_test(a_pipe_is_read),
        cmocka_unit_test(a_megabyte_of_false_starts_is_read_past),
    };

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[4 + i] = (struct CMUnitTest){rows[i].what, what_is_not_damaged_is_read, NULL, NULL,
                                           (void *)(uintptr_t)&rows[i]};
    return _cmocka_run_group_tests("traffic/damage", tests, COUNT(rows) + 4, NULL, NULL);
}
