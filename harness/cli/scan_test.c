/* ESP, IKE and syslog found in captures: made by hand, and in the corpus beside what tshark says.
 */
#include "cli/scan.h"

#include "base/attr.h"
#include "base/buf.h"
#include "tests/synth.h"
#include "tests/testkit.h"

#include <string.h>
#include <unistd.h>

#define LINK_RAW 101

/* An IPv4 packet from 10.0.0.1 to 10.0.0.2 around BODY, as one record. */
static void add_ip(struct synth *s, int64_t ms, uint8_t proto, struct bytes body)
{
    uint8_t head[20] = {0x45, 0, 0, 0, 0, 0, 0, 0, 64, proto, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2};
    struct buf b = BUF_INIT;

    head[2] = (uint8_t)((body.n + 20) >> 8);
    head[3] = (uint8_t)(body.n + 20);
    buf_add(&b, head, sizeof(head));
    buf_add(&b, body.p, body.n);
    synth_frame(s, ms * 1000, buf_bytes(&b));
    buf_release(&b);
}

static void put_esp(struct buf *b, uint32_t spi, uint32_t seq)
{
    const uint32_t words[] = {spi, seq, 0xdeadbeef, 0x01020304};

    for (size_t i = 0; i < COUNT(words); i++)
        for (int shift = 24; shift >= 0; shift -= 8)
            buf_addc(b, (char)(words[i] >> shift));
}

static void add_esp(struct synth *s, int64_t ms, uint32_t spi, uint32_t seq)
{
    struct buf b = BUF_INIT;

    put_esp(&b, spi, seq);
    add_ip(s, ms, 50, buf_bytes(&b));
    buf_release(&b);
}

static void scan_synth(struct synth *s, struct scan *out)
{
    char path[SYNTH_PATH];
    struct diag why = {0};

    synth_save(buf_bytes(&s->file), path);
    assert_ok(scan_file(out, path, true, &why));
    unlink(path);
    synth_release(s);
}

struct esp_row {
    const char *what;
    uint32_t seq[8]; /* up to the first 0 */
    uint64_t packets, missing, duplicates, out_of_order;
    uint32_t first, last;
};

static const struct esp_row esp_rows[] = {
    {"in_order__nothing_is_missing", {1, 2, 3}, 3, 0, 0, 0, 1, 3},
    {"one_packet__nothing_is_missing", {77}, 1, 0, 0, 0, 77, 77},
    {"a_gap__is_missing", {1, 2, 6}, 3, 3, 0, 0, 1, 6},
    {"a_late_packet__is_out_of_order_and_not_missing", {1, 3, 2, 4}, 4, 0, 0, 1, 1, 4},
    {"before_the_first__is_out_of_order", {5, 4, 6}, 3, 0, 0, 1, 5, 6},
    {"twice__is_a_duplicate", {1, 2, 2, 3, 1}, 5, 0, 2, 0, 1, 1},
    {"the_highest_number__does_not_overflow",
     {4294967294u, 4294967295u},
     2,
     0,
     0,
     0,
     4294967294u,
     4294967295u},
    {"far_apart__all_between_is_missing", {1, 4294967295u}, 2, 4294967293u, 0, 0, 1, 4294967295u},
};

static void esp_is_counted_as_its_row_says(void **state)
{
    const struct esp_row *r = *state;
    struct synth_opts opts = {.linktype = LINK_RAW};
    struct synth s;
    struct scan got;

    synth_begin(&s, &opts);
    for (size_t i = 0; i < COUNT(r->seq) && r->seq[i]; i++)
        add_esp(&s, (int64_t)i, 0xc0ffee01, r->seq[i]);
    scan_synth(&s, &got);
    assert_int_equal(got.nesp, 1);
    const struct scan_esp *e = &got.esp[0];
    assert_int_equal(e->spi, 0xc0ffee01);
    assert_int_equal(e->packets, r->packets);
    assert_int_equal(scan_esp_missing(e), r->missing);
    assert_int_equal(e->duplicates, r->duplicates);
    assert_int_equal(e->out_of_order, r->out_of_order);
    assert_int_equal(e->first_seq, r->first);
    assert_int_equal(e->last_seq, r->last);
    scan_release(&got);
}

static void sas__are_told_apart_by_spi_and_encapsulation(void **state)
{
    struct synth_opts opts = {.linktype = LINK_RAW, .port = {4500, 4500}};
    struct synth s;
    struct scan got;
    struct buf b = BUF_INIT;

    (void)state;
    synth_begin(&s, &opts);
    add_esp(&s, 0, 0x11111111, 1);
    add_esp(&s, 1, 0x22222222, 1);
    add_esp(&s, 2, 0x11111111, 2);
    put_esp(&b, 0x11111111, 9);
    synth_udp(&s, 3, 'A', buf_bytes(&b));
    synth_udp(&s, 4, 'B', buf_bytes(&b));           /* the other direction */
    synth_udp(&s, 5, 'A', bytes_of("\xff", 1));     /* a keep-alive */
    synth_udp(&s, 6, 'A', bytes_of("\x11\x11", 2)); /* too short for anything */
    scan_synth(&s, &got);
    assert_int_equal(got.nesp, 4);
    assert_int_equal(got.esp[0].packets, 2);
    assert_int_equal(got.esp[0].in, SCAN_IN_IP);
    assert_int_equal(got.esp[2].in, SCAN_IN_UDP);
    assert_int_equal(got.esp[2].first_seq, 9);
    assert_false(ip_addr_eq(&got.esp[2].src, &got.esp[3].src));
    scan_release(&got);
    buf_release(&b);
}

static void esp_below_ah__is_found(void **state)
{
    static const uint8_t ah[] = {50,           4, 0, 0, 0, 0, 0, 5, 0, 0,  0,  1,
                                 /* ICV: */ 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    struct synth_opts opts = {.linktype = LINK_RAW};
    struct synth s;
    struct scan got;
    struct buf b = BUF_INIT;

    (void)state;
    synth_begin(&s, &opts);
    buf_add(&b, ah, sizeof(ah));
    put_esp(&b, 0xabcdef01, 3);
    add_ip(&s, 0, 51, buf_bytes(&b));
    add_ip(&s, 1, 51, bytes_of(ah, sizeof(ah))); /* ends where ESP should begin */
    scan_synth(&s, &got);
    assert_int_equal(got.nesp, 1);
    assert_int_equal(got.esp[0].spi, 0xabcdef01);
    assert_int_equal(got.esp[0].packets, 1);
    scan_release(&got);
    buf_release(&b);
}

/* Header of an IKE message: SPIs, first payload, version, exchange, flags, message id. */
static void put_ike(struct buf *b, uint8_t next, uint8_t version, uint8_t exchange, uint8_t flags,
                    const char *body, size_t n)
{
    const uint8_t head[] = {
        1,  2,  3,    4,       5,        6,     7, 8, 9, 10, 11, 12, 13, 14,
        15, 16, next, version, exchange, flags, 0, 0, 0, 7,  0,  0,  0,  (uint8_t)(28 + n)};

    buf_add(b, head, sizeof(head));
    buf_add(b, body, n);
}

static const struct ike_row {
    const char *what;
    uint8_t next, version, exchange, flags;
    const char *body;
    size_t n;
    bool encrypted;
    uint8_t payloads[8];
    size_t npayloads;
} ike_rows[] = {
    {"a_chain_in_the_clear__is_listed",
     1,
     0x10,
     2,
     0,
     "\x0d\0\0\x05z\0\0\0\x04",
     9,
     false,
     {1, 13},
     2},
    {"a_message_of_ikev1_encrypted__has_none", 8, 0x10, 32, 1, "xxxxxxxx", 8, true, {0}, 0},
    {"ikev2__ends_at_the_encrypted_payload",
     41,
     0x20,
     35,
     8,
     "\x2e\0\0\x04\x24\0\0\x08zzzz",
     12,
     true,
     {41, 46},
     2},
    {"a_chain_that_breaks_off__is_told_so_far",
     1,
     0x10,
     2,
     0,
     "\x0d\0\0\x04\x0d\0\0\xff",
     8,
     false,
     {1, 13},
     2},
    {"a_length_below_4__ends_the_chain", 1, 0x10, 2, 0, "\x0d\0\0\x03", 4, false, {0}, 0},
    {"no_payload__is_fine", 0, 0x10, 5, 0, "", 0, false, {0}, 0},
};

static void ike_is_read_as_its_row_says(void **state)
{
    const struct ike_row *r = *state;

    for (int natt = 0; natt < 2; natt++) {
        uint16_t port = natt ? 4500 : 500;
        struct synth_opts opts = {.linktype = LINK_RAW, .port = {port, port}};
        struct synth s;
        struct scan got;
        struct buf b = BUF_INIT;
        synth_begin(&s, &opts);
        buf_add(&b, "\0\0\0\0", natt ? 4 : 0);
        put_ike(&b, r->next, r->version, r->exchange, r->flags, r->body, r->n);
        synth_udp(&s, 0, 'A', buf_bytes(&b));
        scan_synth(&s, &got);
        assert_int_equal(got.nike, 1);
        assert_int_equal(got.nesp, 0);
        const struct scan_ike *m = &got.ike[0];
        assert_int_equal(m->packet, 1);
        assert_int_equal(m->version, r->version);
        assert_int_equal(m->exchange, r->exchange);
        assert_int_equal(m->message_id, 7);
        assert_int_equal(m->spi_r[7], 16);
        assert_int_equal(m->encrypted, r->encrypted);
        assert_int_equal(m->npayloads, r->npayloads);
        assert_memory_equal(m->payloads, r->payloads, r->npayloads);
        scan_release(&got);
        buf_release(&b);
    }
}

static void what_is_no_ike__is_left_out(void **state)
{
    struct synth_opts opts = {.linktype = LINK_RAW, .port = {500, 500}};
    struct synth s;
    struct scan got;
    struct buf b = BUF_INIT;

    (void)state;
    synth_begin(&s, &opts);
    synth_udp(&s, 0, 'A', bytes_str("too short"));
    put_ike(&b, 0, 0x90, 2, 0, "", 0); /* of no version there is */
    synth_udp(&s, 1, 'A', buf_bytes(&b));
    scan_synth(&s, &got);
    assert_int_equal(got.nike, 0);
    scan_release(&got);
    buf_release(&b);
}

static void syslog__loses_its_line_end(void **state)
{
    struct synth_opts opts = {.linktype = LINK_RAW, .port = {40000, 514}};
    struct synth s;
    struct scan got;

    (void)state;
    synth_begin(&s, &opts);
    synth_udp(&s, 0, 'A', bytes_of("<166>one\r\n\0", 11));
    synth_udp(&s, 1, 'A', bytes_str("\n"));
    synth_udp(&s, 2, 'B', bytes_str("an answer"));
    scan_synth(&s, &got);
    assert_int_equal(got.nsyslog, 2);
    assert_true(bytes_eq(got.syslog[0].line, bytes_str("<166>one")));
    assert_int_equal(got.syslog[1].line.n, 0);
    assert_int_equal(got.syslog[1].packet, 2);
    scan_release(&got);
}

/* SHA-256 of "hello world", as sha256sum(1) prints it. */
#define HELLO "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9"

static void digest__is_of_the_stream_put_in_order(void **state)
{
    static const struct synth_seg segs[] = {
        {0, 'A', "S", -1, 0, NULL},   {1, 'B', "SA", -1, 0, NULL},   {2, 'A', "A", 0, 0, NULL},
        {3, 'A', "A", 6, 0, "world"}, {4, 'A', "A", 0, 0, "hello "}, {5, 'A', "A", 3, 0, "lo wor"},
    };
    struct synth s;
    struct scan got;
    char hex[SCAN_DIGEST_TEXT];

    (void)state;
    synth_begin(&s, NULL);
    for (size_t i = 0; i < COUNT(segs); i++)
        synth_tcp(&s, &segs[i]);
    scan_synth(&s, &got);
    assert_string_equal(scan_digest(&got, 0, TCP_SIDE_A, hex), HELLO);
    assert_non_null(scan_digest(&got, 0, TCP_SIDE_B, hex)); /* of nothing */
    scan_release(&got);
}

static void digest_of_cut_packets__is_not_known(void **state)
{
    static const struct synth_seg seg = {0, 'A', "A", 0, 0, "hello world"};
    struct synth_opts opts = {.snaplen = 60};
    struct synth s;
    struct scan got;
    char hex[SCAN_DIGEST_TEXT];

    (void)state;
    synth_begin(&s, &opts);
    synth_tcp(&s, &seg);
    scan_synth(&s, &got);
    assert_int_equal(got.survey.tcp.count, 1);
    assert_null(scan_digest(&got, 0, TCP_SIDE_A, hex));
    scan_release(&got);
}

int main(void)
{
    const struct CMUnitTest others[] = {
        cmocka_unit_test(sas__are_told_apart_by_spi_and_encapsulation),
        cmocka_unit_test(esp_below_ah__is_found),
        cmocka_unit_test(what_is_no_ike__is_left_out),
        cmocka_unit_test(syslog__loses_its_line_end),
        cmocka_unit_test(digest__is_of_the_stream_put_in_order),
        cmocka_unit_test(digest_of_cut_packets__is_not_known),
    };
    struct CMUnitTest tests[COUNT(esp_rows) + COUNT(ike_rows) + COUNT(others)];
    size_t n = 0;

    for (size_t i = 0; i < COUNT(esp_rows); i++)
        tests[n++] = (struct CMUnitTest){esp_rows[i].what, esp_is_counted_as_its_row_says, NULL,
                                         NULL, (void *)(uintptr_t)&esp_rows[i]};
    for (size_t i = 0; i < COUNT(ike_rows); i++)
        tests[n++] = (struct CMUnitTest){ike_rows[i].what, ike_is_read_as_its_row_says, NULL, NULL,
                                         (void *)(uintptr_t)&ike_rows[i]};
    memcpy(tests + n, others, sizeof(others));
    return cmocka_run_group_tests_name("cli/scan", tests, NULL, NULL);
}
