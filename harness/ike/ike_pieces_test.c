/* What a tap makes of the pieces of IKEv1 messages: lost, doubled, out of order, of two senders, of
 * messages that share an id, and forged. */
#include "ike/ike_pieces.h"

#include "base/mem.h"
#include "tests/testkit.h"

#include <stdio.h>

#define EACH 40u /* bytes of a message in a piece */

/* A step is a piece, a minute after the one before when '/' leads it: an optional way ('>' is the
 * usual one, '<' the other), its message, its number, and what is odd about it: 'x' its bytes, 'l'
 * it says that it is the last, 'i' its id. Behind '=', the messages that are whole then, '?' for
 * one that nobody sent. A and B have three pieces and the same length, C has two, D one. */
static const struct row {
    const char *what, *steps;
    unsigned lost;
} rows[] = {
    {"one_piece_is_a_message", "D1=D", 0},
    {"pieces_in_order", "A1 A2 A3=A", 0},
    {"pieces_in_reverse", "A3 A2 A1=A", 0},
    {"pieces_in_any_order", "A2 A3 A1=A C2 C1=C", 0},
    {"duplicates_change_nothing", "A1 A1 A2 A1 A2 A3=A", 0},
    {"a_message_sent_again_is_whole_again", "A1 A2 A3=A A1 A2 A3=A", 0},
    {"one_piece_that_comes_again_is_no_message", "A1 A2 A3=A A2", 0},
    {"a_lost_piece_that_is_sent_again", "A1 A3 A1 A2=A A3", 0},
    {"a_lost_piece_that_is_not", "A1 A3", 1},
    {"the_next_message_of_the_same_id", "A1 A2 A3=A B1 B2 B3=B", 0},
    {"the_next_message_of_the_same_id_in_reverse", "A1 A2 A3=A B3 B2 B1=B", 0},
    {"a_lost_piece_before_a_message_of_another_length", "A1 A3 C1 C2=C", 1},
    {"a_lost_piece_before_a_message_of_another_id", "A1 A3 B1i B2i B3i=B", 1},
    {"a_lost_piece_before_a_message_of_the_same_id_and_length", "A1 A3 B1 B2=? B3=B", 0},
    {"a_lost_first_piece_long_before_the_next_message_of_its_id", "A2 A3 /B1=? B2 B3=B", 0},
    {"what_two_attempts_left_over_fits_together", "A1 A2 /A1 A3=A", 0},
    {"what_a_message_left_behind_takes_nothing_from_the_next", "A3 A2 A2x A2 A1=A A1 B3=? B2 B1=B",
     0},
    {"what_a_shorter_message_left_behind_takes_nothing_from_the_next",
     "C2 C1=C C1 C1x A3 A2 A2x A1=A", 2},
    {"two_senders_with_the_same_id", ">A1 <B1 >A2 <B2 >A3=A <B3=B", 0},
    {"a_forged_piece_before_the_true_one", "A1x A1 A2 A3=A?", 0},
    {"a_forged_piece_behind_the_true_one", "A1 A2x A2 A3=? A1=A A2 A3", 0},
    {"a_forged_last_piece", "A1 A2l A2 A3=A", 1},
    {"a_forged_piece_that_completes_it", "A1 A2 A3x=? A3 A1 A2=A", 0},
    {"a_message_that_is_none", "D1x", 1},
};

static const char *const lengths = "3321";

static struct bytes message_of(char name, uint8_t *buf, size_t cap)
{
    size_t pieces = (size_t)(lengths[name - 'A'] - '0'), n = pieces * EACH - 5;
    struct isakmp_hdr h = {.version = 0x10,
                           .next = ISAKMP_P_HASH,
                           .exchange = ISAKMP_X_QUICK,
                           .flags = ISAKMP_FLAG_ENCRYPTED,
                           .message_id = (uint32_t)name};
    struct wr w = wr_of(buf, cap);

    memset(buf, name, cap);
    memset(h.cookie_i, 0x11, sizeof(h.cookie_i));
    memset(h.cookie_r, 0x22, sizeof(h.cookie_r));
    wr_put(&w, bytes_of(h.cookie_i, 8));
    wr_put(&w, bytes_of(h.cookie_r, 8));
    wr_u8(&w, h.next);
    wr_u8(&w, h.version);
    wr_u8(&w, h.exchange);
    wr_u8(&w, h.flags);
    wr_be32(&w, h.message_id);
    wr_be32(&w, (uint32_t)n);
    return bytes_of(buf, n);
}

struct step {
    uint64_t way;
    struct isakmp_hdr h;
    uint8_t buf[256];
    struct bytes datagram;
    char whole[4];
};

/* The datagram of the step at TEXT; returns what follows it. */
static const char *step_of(const char *text, struct step *s)
{
    uint8_t whole[256], data[EACH];
    struct isakmp_fragment f = {.id = 1};
    struct isakmp_msg m;
    size_t n = 0;

    *s = (struct step){.way = 7};
    s->way += *text == '<';
    text += *text == '<' || *text == '>';
    struct bytes all = message_of(*text, whole, sizeof(whole));
    f.number = (uint8_t)(text[1] - '0');
    f.last = text[1] == lengths[text[0] - 'A'];
    f.data = bytes_head(bytes_from(all, (f.number - 1u) * EACH), EACH);
    memcpy(data, f.data.p, f.data.n);
    f.data.p = data;
    for (text += 2; *text && *text != ' ' && *text != '='; text++) {
        f.id = *text == 'i' ? 2 : f.id;
        f.last |= *text == 'l';
        data[f.data.n - 1] ^= *text == 'x';
        data[24] ^= *text == 'x' && f.last && f.number == 1; /* its length */
    }
    assert_ok(isakmp_hdr_parse(all, &s->h));
    s->h.flags = 0;
    s->h.exchange = ISAKMP_X_MAIN;
    s->h.message_id = 0;
    isakmp_begin(&m, s->buf, sizeof(s->buf), &s->h);
    isakmp_put_fragment(&m, &f);
    s->datagram = isakmp_end(&m, 0);
    assert_ok(isakmp_hdr_parse(s->datagram, &s->h));
    for (text += *text == '='; *text && *text != ' '; text++)
        s->whole[n++] = *text;
    return text + (*text == ' ');
}

static char name_of(struct bytes whole)
{
    uint8_t buf[256];

    for (char name = 'A'; name <= 'D'; name++)
        if (bytes_eq(message_of(name, buf, sizeof(buf)), whole))
            return name;
    return '?';
}

static void pieces_make_what_the_row_says(void **state)
{
    const struct row *row = *state;
    struct ike_pieces *p = ike_pieces_new();
    struct step s;
    int64_t now = 0;

    for (const char *text = row->steps; *text;) {
        struct bytes whole;
        char got[4] = "";
        size_t n = 0;
        now += *text == '/' ? INT64_C(60000000000) : 1000000;
        text += *text == '/';
        text = step_of(text, &s);
        assert_true(ike_pieces_is(&s.h));
        enum err e = ike_pieces_add(p, s.way, &s.h, s.datagram, now);
        while (ike_pieces_next(p, &whole) && n < 3)
            got[n++] = name_of(whole);
        assert_int_equal(e, n ? ERR_OK : ERR_END);
        assert_string_equal(got, s.whole);
    }
    assert_int_equal(ike_pieces_stats(p).lost, row->lost);
    assert_int_equal(ike_pieces_stats(p).malformed, 0);
    ike_pieces_free(p);
}

static enum err parse(struct bytes in, void *ctx)
{
    struct isakmp_hdr h;
    struct bytes whole;
    enum err e = isakmp_hdr_parse(in, &h);

    if (!e && ike_pieces_is(&h))
        e = ike_pieces_add(ctx, 7, &h, in, 0);
    while (!e && ike_pieces_next(ctx, &whole))
        assert_true(whole.n <= 65536);
    return e;
}

static void damage_is_survived(void **state)
{
    static const char *const steps[] = {"A1", "A2", "A3", "D1"};
    struct ike_pieces *p = ike_pieces_new();
    struct step s;

    (void)state;
    for (size_t i = 0; i < COUNT(steps); i++) {
        step_of(steps[i], &s);
        test_truncations(s.datagram, parse, p);
        test_flips(s.datagram, parse, p);
    }
    ike_pieces_free(p);
}

/* Nothing comes of them, and a message between them is put together all the same. */
static void a_flood_of_forged_pieces_is_bounded(void **state)
{
    struct ike_pieces *p = ike_pieces_new();
    struct step s;
    struct bytes whole;

    (void)state;
    for (uint32_t i = 0; i < 100000; i++) {
        step_of(i % 2 ? "A1" : "A2", &s);
        s.h.cookie_i[0] = s.datagram.n ? (uint8_t)i : 0;
        s.buf[ISAKMP_HDR_LEN + 4] = (uint8_t)(i >> 8); /* the id */
        assert_int_equal(ike_pieces_add(p, i % 5, &s.h, s.datagram, 0), ERR_END);
    }
    assert_true(ike_pieces_stats(p).lost > 1000);
    for (int n = 1; n <= 3; n++) {
        const char step[] = {'A', (char)('0' + n), '\0'};
        step_of(step, &s);
        assert_int_equal(ike_pieces_add(p, 7, &s.h, s.datagram, 0), n < 3 ? ERR_END : ERR_OK);
    }
    assert_true(ike_pieces_next(p, &whole));
    assert_int_equal(name_of(whole), 'A');
    ike_pieces_free(p);
    ike_pieces_free(NULL);
}

/* A piece in which a whole message lies that is a piece itself, or has other cookies. */
static void a_piece_in_a_piece_is_no_message(void **state)
{
    struct ike_pieces *p = ike_pieces_new();
    struct isakmp_msg m;
    struct step s;
    uint8_t buf[400];

    (void)state;
    step_of("D1", &s);
    for (int other = 0; other < 2; other++) {
        struct isakmp_fragment f = {.id = 9, .number = 1, .last = true, .data = s.datagram};
        isakmp_begin(&m, buf, sizeof(buf), &s.h);
        isakmp_put_fragment(&m, &f);
        struct bytes outer = isakmp_end(&m, 0);
        struct isakmp_hdr h;
        assert_ok(isakmp_hdr_parse(outer, &h));
        assert_int_equal(ike_pieces_add(p, 7, &h, outer, 0), ERR_END);
        s.buf[16] = ISAKMP_P_SA; /* no piece any more, */
        s.buf[3] ^= 1;           /* but of another SA */
    }
    assert_int_equal(ike_pieces_stats(p).lost, 2);
    ike_pieces_free(p);
}

static void longer_than_a_datagram_may_be__is_no_message(void **state)
{
    enum { N = 1100 };
    struct ike_pieces *p = ike_pieces_new();
    static uint8_t data[N], buf[N + 100];
    struct isakmp_hdr h = {.version = 0x10, .exchange = ISAKMP_X_MAIN};
    struct isakmp_msg m;

    (void)state;
    for (unsigned i = 64; i >= 1; i--) {
        struct isakmp_fragment f = {1, (uint8_t)i, i == 64, bytes_of(data, N)};
        isakmp_begin(&m, buf, sizeof(buf), &h);
        isakmp_put_fragment(&m, &f);
        struct bytes in = isakmp_end(&m, 0);
        struct isakmp_hdr got;
        assert_ok(isakmp_hdr_parse(in, &got));
        assert_int_equal(ike_pieces_add(p, 1, &got, in, 0), ERR_END);
    }
    struct isakmp_fragment f = {1, 65, true, bytes_of(data, N)};
    isakmp_begin(&m, buf, sizeof(buf), &h);
    isakmp_put_fragment(&m, &f);
    struct bytes in = isakmp_end(&m, 0);
    assert_ok(isakmp_hdr_parse(in, &h));
    assert_int_equal(ike_pieces_add(p, 1, &h, in, 0), ERR_RANGE);
    assert_int_equal(ike_pieces_stats(p).malformed, 1);
    ike_pieces_free(p);
}

int main(void)
{
    struct CMUnitTest tests[COUNT(rows) + 4] = {
        cmocka_unit_test(damage_is_survived),
        cmocka_unit_test(a_flood_of_forged_pieces_is_bounded),
        cmocka_unit_test(a_piece_in_a_piece_is_no_message),
        cmocka_unit_test(longer_than_a_datagram_may_be__is_no_message),
    };

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[i + 4] = (struct CMUnitTest){rows[i].what, pieces_make_what_the_row_says, NULL, NULL,
                                           (void *)(uintptr_t)&rows[i]};
    return _cmocka_run_group_tests("ike/ike_pieces", tests, COUNT(tests), NULL, NULL);
}
