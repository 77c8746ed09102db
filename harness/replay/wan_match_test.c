/* What a frame of the wan leg is taken for, and what fits it. */
#include "base/mem.h"
#include "replay/impair.h"
#include "tests/testkit.h"

#include <stdlib.h>

#define MACS  0x02, 0, 0, 0, 0, 1, 0x02, 0, 0, 0, 0, 2
#define IP4   MACS, 0x08, 0x00, 0x45, 0
#define ENDS  10, 0, 0, 1, 10, 0, 0, 2
#define PLAIN 0, 1, 0, 0, 64
#define ESP16                                                                                      \
    0xa1, 0xb2, 0xc3, 0xd4, 0, 0, 0, 7, 1, 2, 3, 4, 5, 6, 7, 8 /* SPI, number, and what follows */
#define COOKIES 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16

struct row {
    const char *what;
    uint8_t frame[120];
    size_t n;
    bool ip, esp, ike, keepalive, fragment;
    uint32_t spi;
    struct plan_match fits, misses; /* all zero: not asked */
};

enum { X_MAIN = 1, X_QUICK = 3, X_INFORMATIONAL = 4, X_SA_INIT = 6, X_CREATE_CHILD = 8 };
enum { P_SA = 1, P_HASH = 4, P_FRAGMENT = 8, P_ENCRYPTED = 9 };

static const struct row rows[] = {
    {"esp",
     {IP4, 0, 36, PLAIN, 50, 0, 0, ENDS, ESP16},
     50,
     true,
     true,
     false,
     false,
     false,
     0xa1b2c3d4,
     {.kind = FRAME_ESP, .spi = SPI_NEWEST},
     {.kind = FRAME_IKE}},
    {"esp_of_another_spi_than_the_newest",
     {IP4, 0, 36, PLAIN, 50, 0, 0, ENDS, 0, 0, 1, 0, 0, 0, 0, 7, 1, 2, 3, 4, 5, 6, 7, 8},
     50,
     true,
     true,
     false,
     false,
     false,
     0x100,
     {.kind = FRAME_ESP, .spi = SPI_OLDER},
     {.kind = FRAME_ESP, .spi = SPI_NEWEST}},
    {"the_first_fragment_of_esp",
     {IP4, 0, 36, 0, 1, 0x20, 0, 64, 50, 0, 0, ENDS, ESP16},
     50,
     true,
     true,
     false,
     false,
     true,
     0xa1b2c3d4,
     {.kind = FRAME_FRAGMENT},
     {.kind = FRAME_KEEPALIVE}},
    {"a_later_fragment_of_esp",
     {IP4, 0, 36, 0, 1, 0, 2, 64, 50, 0, 0, ENDS, ESP16},
     50,
     true,
     false,
     false,
     false,
     true,
     0,
     {.kind = FRAME_FRAGMENT},
     {.kind = FRAME_ESP}},
    {"main_mode",
     {IP4, 0,       56, PLAIN, 17, 0, 0, ENDS, 1, 0xf4, 1, 0xf4, 0, 36, 0,
      0,   COOKIES, 1,  0x10,  2,  0, 0, 0,    0, 0,    0, 0,    0, 28},
     70,
     true,
     false,
     true,
     false,
     false,
     0,
     {.kind = FRAME_IKE, .exchange = X_MAIN, .payload = P_SA},
     {.kind = FRAME_IKE, .exchange = X_QUICK}},
    {"quick_mode",
     {IP4, 0,       56, PLAIN, 17, 0, 0, ENDS, 1, 0xf4, 1, 0xf4, 0, 36, 0,
      0,   COOKIES, 8,  0x10,  32, 1, 0, 0,    0, 9,    0, 0,    0, 28},
     70,
     true,
     false,
     true,
     false,
     false,
     0,
     {.kind = FRAME_IKE,
      .exchange = X_QUICK,
      .payload = P_ENCRYPTED,
      .has_message_id = true,
      .message_id = 9},
     {.kind = FRAME_IKE, .has_message_id = true, .message_id = 8}},
    {"a_piece_of_a_quick_mode__is_a_fragment_of_main_mode",
     {IP4, 0,       56,  PLAIN, 17, 0, 0, ENDS, 1, 0xf4, 1, 0xf4, 0, 36, 0,
      0,   COOKIES, 132, 0x10,  2,  0, 0, 0,    0, 0,    0, 0,    0, 28},
     70,
     true,
     false,
     true,
     false,
     false,
     0,
     {.kind = FRAME_IKE, .exchange = X_MAIN, .payload = P_FRAGMENT},
     {.kind = FRAME_IKE, .payload = P_ENCRYPTED}},
    {"create_child_sa_of_version_2",
     {IP4, 0,       56, PLAIN, 17, 0, 0, ENDS, 1, 0xf4, 1, 0xf4, 0, 36, 0,
      0,   COOKIES, 46, 0x20,  36, 8, 0, 0,    0, 2,    0, 0,    0, 28},
     70,
     true,
     false,
     true,
     false,
     false,
     0,
     {.kind = FRAME_IKE, .exchange = X_CREATE_CHILD, .payload = P_ENCRYPTED},
     {.kind = FRAME_IKE, .exchange = X_SA_INIT}},
    {"informational_of_version_2",
     {IP4, 0,       56, PLAIN, 17, 0, 0, ENDS, 1, 0xf4, 1, 0xf4, 0, 36, 0,
      0,   COOKIES, 46, 0x20,  37, 8, 0, 0,    0, 2,    0, 0,    0, 28},
     70,
     true,
     false,
     true,
     false,
     false,
     0,
     {.kind = FRAME_IKE, .exchange = X_INFORMATIONAL},
     {.kind = FRAME_IKE, .payload = P_HASH}},
    {"ike_behind_a_marker",
     {IP4, 0, 60, PLAIN,   17, 0,    0, ENDS, 0x11, 0x94, 0x11, 0x94, 0, 40, 0, 0, 0,
      0,   0, 0,  COOKIES, 1,  0x10, 2, 0,    0,    0,    0,    0,    0, 0,  0, 28},
     74,
     true,
     false,
     true,
     false,
     false,
     0,
     {.kind = FRAME_IKE, .exchange = X_MAIN},
     {.kind = FRAME_ESP}},
    {"esp_in_udp",
     {IP4, 0, 44, PLAIN, 17, 0, 0, ENDS, 0x11, 0x94, 0x11, 0x94, 0, 24, 0, 0, ESP16},
     58,
     true,
     true,
     false,
     false,
     false,
     0xa1b2c3d4,
     {.kind = FRAME_ESP},
     {.kind = FRAME_IKE}},
    {"keep_alive",
     {IP4, 0, 29, PLAIN, 17, 0, 0, ENDS, 0x11, 0x94, 0x11, 0x94, 0, 9, 0, 0, 0xff},
     43,
     true,
     false,
     false,
     true,
     false,
     0,
     {.kind = FRAME_KEEPALIVE},
     {.kind = FRAME_ESP}},
    {"another_protocol",
     {IP4, 0, 24, PLAIN, 89, 0, 0, ENDS, 1, 2, 3, 4},
     38,
     true,
     false,
     false,
     false,
     false,
     0,
     {.kind = FRAME_ANY},
     {.kind = FRAME_ESP}},
    {"arp",
     {MACS, 0x08, 0x06, 0, 1, 8, 0, 6, 4, 0, 1},
     22,
     false,
     false,
     false,
     false,
     false,
     0,
     {0},
     {0}},
};

static void is_what_its_row_says(void **state)
{
    static const struct wan_way way = {.spis = {0x77, 0xa1b2c3d4}, .nspis = 2};
    const struct row *row = *state;
    struct wan_frame f;

    assert_int_equal(wan_frame_parse(bytes_of(row->frame, row->n), &f), row->ip);
    if (!row->ip)
        return;
    assert_int_equal(f.esp, row->esp);
    assert_int_equal(f.ike, row->ike);
    assert_int_equal(f.keepalive, row->keepalive);
    assert_int_equal(ip_is_fragment(&f.p.ip), row->fragment);
    if (row->esp)
        assert_int_equal(f.spi, row->spi);
    if (row->esp) /* what is changed there is the SPI */
        assert_int_equal(row->frame[f.at + 3], row->spi & 0xff);
    if (row->ike)
        assert_int_equal(row->frame[f.at], 1);
    assert_true(wan_match(&row->fits, &way, &f));
    if (row->misses.kind)
        assert_false(wan_match(&row->misses, &way, &f));
}

/* Each beginning of a frame, in a block of its size. */
static void nothing_is_read_behind_the_end(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        for (size_t n = 0; n <= rows[i].n; n++) {
            uint8_t *p = malloc(n ? n : 1);
            struct wan_frame f;
            assert_non_null(p);
            memcpy(p, rows[i].frame, n);
            if (wan_frame_parse(bytes_of(p, n), &f) && (f.esp || f.ike))
                assert_true(f.at <= n);
            free(p);
        }
    }
}

int main(void)
{
    struct CMUnitTest tests[COUNT(rows) + 1];

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[i] = (struct CMUnitTest){rows[i].what, is_what_its_row_says, NULL, NULL,
                                       (void *)(uintptr_t)&rows[i]};
    tests[COUNT(rows)] = (struct CMUnitTest)cmocka_unit_test(nothing_is_read_behind_the_end);
    return _cmocka_run_group_tests("replay/wan_match", tests, COUNT(tests), NULL, NULL);
}
