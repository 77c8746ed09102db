/* FTP commands that come in pieces, without end, or out of order. */
#include "tests/ftp_lab.h"
#include "tests/testkit.h"

#include <stdio.h>

static void a_line_in_pieces_is_understood(void **state)
{
    static const char line[] = "PORT 10,1,1,5,200,249\r\n";

    (void)state;
    for (size_t cut = 1; cut < sizeof(line) - 1; cut++) {
        struct ftp_talk k = ftp_open_outbound(FTP_INSPECT, "10.1.1.5:3000");
        char first[32] = "";
        memcpy(first, line, cut);
        ftp_says_plainly(&k, 0, first);
        ftp_says_plainly(&k, 0, line + cut);
        nat_send_tcp(k.l, NAT_OUTSIDE, "198.51.100.9:20", "10.1.1.5:51449", ftp_syn());
        nat_expect(k.l, NAT_INSIDE, "198.51.100.9:20", "10.1.1.5:51449");
        ftp_close(&k);
    }
}

/* A piece that is held back: its sender is told that it arrived. */
static void holds(struct ftp_talk *k, const char *text)
{
    struct pkt p;

    ftp_push(k, 0, TCP_ACK | TCP_PSH, k->next[0], text);
    k->next[0] += (uint32_t)strlen(text);
    p = nat_expect(k->l, NAT_INSIDE, k->seen[1], k->at[0]);
    assert_int_equal(p.tcp.ack, k->next[0]);
    assert_int_equal(p.tcp.seq, k->sees[0]);
    assert_int_equal(p.tcp.data.n, 0);
    while (nat_take(k->l, NAT_OUTSIDE, &p))
        assert_int_equal(p.tcp.data.n, 0);
}

static void under_translation_its_beginning_waits_for_the_rest(void **state)
{
    static const char line[] = "PORT 10,1,1,5,200,249\r\n";

    (void)state;
    for (size_t cut = 1; cut < sizeof(line) - 1; cut++) {
        struct ftp_talk k = ftp_open_outbound(FTP_INSPECT FTP_PAT, "203.0.113.1:3000");
        char first[32] = "";
        memcpy(first, line, cut);
        ftp_says_plainly(&k, 0, "USER x\r\n");
        holds(&k, first);
        uint32_t before = k.sees[1];
        for (int i = 0; i < 2; i++) { /* the rest again: the whole line again */
            k.sees[1] = before;
            ftp_push(&k, 0, TCP_ACK, k.next[0], line + cut);
            ftp_hears(&k, 0, "PORT 203,0,113,1,200,249\r\n");
        }
        k.next[0] += (uint32_t)strlen(line + cut);
        ftp_acks(&k, 0);
        ftp_says_plainly(&k, 0, "NOOP\r\n");
        ftp_close(&k);
    }
}

/* What is before the piece that is held has not arrived: its sender must not think so. */
static void what_is_held_is_acknowledged_after_what_is_before_it(void **state)
{
    struct ftp_talk k = ftp_open_outbound(FTP_INSPECT FTP_PAT, "203.0.113.1:3000");
    uint32_t start = k.next[0];
    struct pkt p;

    (void)state;
    ftp_push(&k, 0, TCP_ACK, start, "NOOP\r\nPORT 10,1");
    ftp_hears(&k, 0, "NOOP\r\n");
    nat_expect_none(k.l, NAT_INSIDE);
    k.sees[1] -= 6; /* it was lost */
    ftp_push(&k, 0, TCP_ACK, start, "NOOP\r\n");
    ftp_hears(&k, 0, "NOOP\r\n");
    ftp_push(&k, 1, TCP_ACK, k.next[1], "");
    p = nat_expect(k.l, NAT_INSIDE, "198.51.100.9:21", "10.1.1.5:3000");
    assert_int_equal(p.tcp.ack, start + 15); /* and the piece */
    k.next[0] = start + 15;
    ftp_says(&k, 0, ",1,5,200,249\r\n", "PORT 203,0,113,1,200,249\r\n");
    ftp_close(&k);
}

/* There is one place for a piece: the second one waits outside. */
static void a_second_piece_is_left_to_be_sent_again(void **state)
{
    struct ftp_talk k = ftp_open_outbound(FTP_INSPECT FTP_PAT, "203.0.113.1:3000");
    struct pkt p;

    (void)state;
    holds(&k, "PORT 10,1,1");
    ftp_push(&k, 0, TCP_ACK, k.next[0], ",5,200,249\r\nEPR");
    ftp_hears(&k, 0, "PORT 203,0,113,1,200,249\r\n");
    nat_expect_none(k.l, NAT_INSIDE); /* the first line may still be lost */
    k.next[0] += 12;
    ftp_acks(&k, 0);
    ftp_push(&k, 0, TCP_ACK, k.next[0], "EPR");
    p = nat_expect(k.l, NAT_INSIDE, "198.51.100.9:21", "10.1.1.5:3000");
    assert_int_equal(p.tcp.ack, k.next[0] + 3);
    assert_true(nat_take(k.l, NAT_OUTSIDE, &p) && p.tcp.data.n == 0);
    k.next[0] += 3;
    ftp_says(&k, 0, "T |1|10.1.1.5|51450|\r\n", "EPRT |1|203.0.113.1|51450|\r\n");
    ftp_close(&k);
}

static void byte_by_byte_is_as_good(void **state)
{
    static const char line[] = "PORT 10,1,1,5,200,249\r\n";
    struct ftp_talk k = ftp_open_outbound(FTP_INSPECT FTP_PAT, "203.0.113.1:3000");

    (void)state;
    for (size_t i = 0; i + 2 < sizeof(line); i++) {
        const char one[] = {line[i], '\0'};
        holds(&k, one);
    }
    ftp_says(&k, 0, "\n", "PORT 203,0,113,1,200,249\r\n");
    ftp_says_plainly(&k, 0, "NO"); /* cannot become one: it goes at once */
    ftp_says_plainly(&k, 0, "OP\r\n");
    ftp_close(&k);
}

static void a_line_without_end_is_let_go(void **state)
{
    struct ftp_talk k = ftp_open_outbound(FTP_INSPECT FTP_PAT, "203.0.113.1:3000");
    char text[301];

    (void)state;
    memset(text, ' ', 300);
    memcpy(text, "PORT", 4);
    text[300] = '\0';
    ftp_says_plainly(&k, 0, text);
    ftp_says_plainly(&k, 0, "1,2,3,4,5,6\r\n");
    ftp_says(&k, 0, "PORT 10,1,1,5,200,249\r\n", "PORT 203,0,113,1,200,249\r\n");
    holds(&k, "PORT ");
    memset(text, ' ', 300);
    char whole[400];
    snprintf(whole, sizeof(whole), "PORT %s", text);
    ftp_says(&k, 0, text, whole);
    ftp_says_plainly(&k, 0, "\r\n");
    ftp_close(&k);
}

static void what_comes_out_of_order_waits_for_what_is_missing(void **state)
{
    struct ftp_talk k = ftp_open_outbound(FTP_INSPECT FTP_PAT, "203.0.113.1:3000");

    (void)state;
    ftp_push(&k, 0, TCP_ACK, k.next[0] + 8, "PORT 10,1,1,5,200,249\r\n");
    nat_expect_none(k.l, NAT_OUTSIDE);
    ftp_says_plainly(&k, 0, "USER x\r\n");
    ftp_says(&k, 0, "PORT 10,1,1,5,200,249\r\n", "PORT 203,0,113,1,200,249\r\n");
    ftp_close(&k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_in_pieces_is_understood),
        cmocka_unit_test(under_translation_its_beginning_waits_for_the_rest),
        cmocka_unit_test(what_is_held_is_acknowledged_after_what_is_before_it),
        cmocka_unit_test(a_second_piece_is_left_to_be_sent_again),
        cmocka_unit_test(byte_by_byte_is_as_good),
        cmocka_unit_test(a_line_without_end_is_let_go),
        cmocka_unit_test(what_comes_out_of_order_waits_for_what_is_missing),
    };
    return cmocka_run_group_tests_name("gateway/conn_ftp_pieces", tests, NULL, NULL);
}
