/* FTP under translation: commands name the translated end, and sequence numbers move with them. */
#include "base/mem.h"
#include "gateway/ftp.h"
#include "tests/ftp_lab.h"
#include "tests/testkit.h"
#include "traffic/savefile.h"

#include <stdio.h>

static void a_command_names_the_translated_end_and_numbers_move_with_it(void **state)
{
    struct ftp_talk k = ftp_open_outbound(FTP_INSPECT FTP_PAT, "203.0.113.1:3000");

    (void)state;
    ftp_says_plainly(&k, 0, "USER anonymous\r\n");
    ftp_says_plainly(&k, 1, "331 Please specify the password.\r\n");
    ftp_says(&k, 0, "PORT 10,1,1,5,200,249\r\n", "PORT 203,0,113,1,200,249\r\n");
    ftp_says_plainly(&k, 1, "200 PORT command successful. Consider using PASV.\r\n");
    nat_connect(k.l, NAT_OUTSIDE, "198.51.100.9:20", "203.0.113.1:51449", NAT_INSIDE,
                "198.51.100.9:20", "10.1.1.5:51449");
    ftp_says(&k, 0, "EPRT |1|10.1.1.5|51450|\r\n", "EPRT |1|203.0.113.1|51450|\r\n");
    ftp_says(&k, 0, "PORT 10,1,1,5,4,1\r\nNOOP\r\n", "PORT 203,0,113,1,4,1\r\nNOOP\r\n");
    ftp_says_plainly(&k, 0, "QUIT\r\n");
    assert_int_equal(nat_logged(k.l, "302013: Built outbound TCP connection 2 for "
                                     "outside:198.51.100.9/20 (198.51.100.9/20) to "
                                     "inside:10.1.1.5/51449 (203.0.113.1/51449)"),
                     1);
    ftp_close(&k);
}

static void a_port_that_is_taken_is_named_as_another(void **state)
{
    struct ftp_talk k = ftp_open_outbound(FTP_INSPECT FTP_PAT, "203.0.113.1:3000");
    struct pkt p;
    struct ftp_line l;

    (void)state;
    nat_send_tcp(k.l, NAT_INSIDE, "10.1.1.6:51449", "192.0.2.1:80", ftp_syn());
    nat_expect(k.l, NAT_OUTSIDE, "203.0.113.1:51449", "192.0.2.1:80");
    ftp_push(&k, 0, TCP_ACK, k.next[0], "PORT 10,1,1,5,200,249\r\n");
    p = nat_expect(k.l, NAT_OUTSIDE, "203.0.113.1:3000", "198.51.100.9:21");
    ftp_parse(p.tcp.data, true, &l);
    assert_int_equal(l.kind, FTP_PORT);
    assert_int_not_equal(l.at.port, 51449);
    nat_send_tcp(k.l, NAT_OUTSIDE, "198.51.100.9:20", "203.0.113.1:51449", ftp_syn());
    nat_expect_none(k.l, NAT_INSIDE);
    char to[32];
    snprintf(to, sizeof(to), "203.0.113.1:%u", l.at.port);
    nat_send_tcp(k.l, NAT_OUTSIDE, "198.51.100.9:20", to, ftp_syn());
    nat_expect(k.l, NAT_INSIDE, "198.51.100.9:20", "10.1.1.5:51449");
    ftp_close(&k);
}

static void a_server_behind_a_fixed_address_or_port_names_it(void **state)
{
    static const struct {
        const char *lines, *server_seen, *heard227, *heard229;
    } servers[] = {
        {FTP_INSPECT FTP_LISTS "static (inside,outside) 203.0.113.50 10.1.1.5\n", "203.0.113.50:21",
         "227 Entering Passive Mode (203,0,113,50,195,84).\r\n", "229 Extended (|||50009|)\r\n"},
        {FTP_INSPECT FTP_LISTS "static (inside,outside) tcp interface ftp 10.1.1.5 ftp\n",
         "203.0.113.1:21", "227 Entering Passive Mode (203,0,113,1,195,84).\r\n",
         "229 Extended (|||50009|)\r\n"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(servers); i++) {
        char to[2][ENDPOINT_TEXT];
        struct ftp_talk k = ftp_open("8.2(1)", servers[i].lines, NAT_OUTSIDE, "198.51.100.9:3000",
                                     "198.51.100.9:3000", "10.1.1.5:21", servers[i].server_seen);
        for (int n = 0; n < 2; n++) {
            struct endpoint e = nat_at(servers[i].server_seen);
            e.port = n ? 50009 : 50004;
            endpoint_format(&e, to[n]);
        }
        ftp_says(&k, 1, "227 Entering Passive Mode (10,1,1,5,195,84).\r\n", servers[i].heard227);
        nat_connect(k.l, NAT_OUTSIDE, "198.51.100.9:4000", to[0], NAT_INSIDE, "198.51.100.9:4000",
                    "10.1.1.5:50004");
        ftp_says(&k, 1, "229 Extended (|||50009|)\r\n", servers[i].heard229);
        nat_connect(k.l, NAT_OUTSIDE, "198.51.100.9:4001", to[1], NAT_INSIDE, "198.51.100.9:4001",
                    "10.1.1.5:50009");
        ftp_says_plainly(&k, 0, "QUIT\r\n");
        ftp_says_plainly(&k, 1, "221 Goodbye.\r\n");
        ftp_close(&k);
    }
}

static void what_is_sent_again_is_changed_again(void **state)
{
    static const char line[] = "PORT 10,1,1,5,200,249\r\n",
                      heard[] = "PORT 203,0,113,1,200,249\r\n";
    struct ftp_talk k = ftp_open_outbound(FTP_INSPECT FTP_PAT, "203.0.113.1:3000");
    uint32_t start = k.next[0], sees = k.sees[1];
    struct pkt p;

    (void)state;
    ftp_push(&k, 0, TCP_ACK, start, line);
    ftp_hears(&k, 0, heard);
    k.sees[1] = sees; /* it got lost */
    ftp_push(&k, 0, TCP_ACK, start, line);
    ftp_hears(&k, 0, heard);
    ftp_push(&k, 0, TCP_ACK, start + 6, line + 6); /* the middle of it is nothing */
    nat_expect_none(k.l, NAT_OUTSIDE);
    k.next[0] += (uint32_t)strlen(line);
    ftp_acks(&k, 0);
    ftp_push(&k, 0, TCP_ACK, start, line); /* it crossed the ACK: its sender is told again */
    p = nat_expect(k.l, NAT_INSIDE, "198.51.100.9:21", "10.1.1.5:3000");
    assert_int_equal(p.tcp.ack, k.next[0]);
    p = nat_expect(k.l, NAT_OUTSIDE, "203.0.113.1:3000", "198.51.100.9:21");
    assert_int_equal(p.tcp.data.n, 0);
    ftp_says_plainly(&k, 0, "NOOP\r\n");
    ftp_close(&k);
}

/* Two commands on their way at once; the first is lost behind the gateway. */
static void commands_that_overtake_each_other_keep_their_numbers(void **state)
{
    static const char first[] = "PORT 10,1,1,5,200,249\r\n",
                      second[] = "EPRT |1|10.1.1.5|51450|\r\n";
    struct ftp_talk k = ftp_open_outbound(FTP_INSPECT FTP_PAT, "203.0.113.1:3000");
    uint32_t start = k.next[0], sees = k.sees[1];

    (void)state;
    ftp_push(&k, 0, TCP_ACK, start, first);
    ftp_push(&k, 0, TCP_ACK, start + (uint32_t)strlen(first), second);
    k.next[0] += (uint32_t)(strlen(first) + strlen(second));
    ftp_hears(&k, 0, "PORT 203,0,113,1,200,249\r\n");
    ftp_hears(&k, 0, "EPRT |1|203.0.113.1|51450|\r\n");
    ftp_push(&k, 0, TCP_ACK, start, first);
    k.sees[1] = sees;
    ftp_hears(&k, 0, "PORT 203,0,113,1,200,249\r\n");
    nat_send_tcp(k.l, NAT_OUTSIDE, "198.51.100.9:21", "203.0.113.1:3000",
                 (struct tcp){.flags = TCP_ACK, .seq = k.next[1], .ack = k.sees[1]});
    struct pkt p = nat_expect(k.l, NAT_INSIDE, "198.51.100.9:21", "10.1.1.5:3000");
    assert_int_equal(p.tcp.ack, start + strlen(first));
    k.sees[1] += (uint32_t)strlen("EPRT |1|203.0.113.1|51450|\r\n");
    ftp_acks(&k, 0);
    ftp_says_plainly(&k, 0, "NOOP\r\n");
    ftp_close(&k);
}

static void selective_acknowledgements_move_as_well(void **state)
{
    struct ftp_talk k = ftp_open_outbound(FTP_INSPECT FTP_PAT, "203.0.113.1:3000");
    struct tcp_opts o = {.sacks = 2}, seen;
    uint8_t opts[TCP_OPTS_MAX];
    struct wr w = wr_of(opts, sizeof(opts));
    uint32_t start = k.next[0], end;

    (void)state;
    ftp_says(&k, 0, "PORT 10,1,1,5,200,249\r\n", "PORT 203,0,113,1,200,249\r\n");
    end = k.sees[1]; /* after the line, as the server counts */
    o.sack[0] = (struct tcp_sack){end, end + 40};
    o.sack[1] = (struct tcp_sack){start, end};
    tcp_opts_put(&w, &o);
    ftp_push(&k, 0, TCP_ACK, k.next[0], "NOOP\r\nNOOP\r\nNOOP\r\nNOOP\r\nNOOP\r\nNOOP\r\nNOOP\r\n");
    k.next[0] += 42;
    ftp_hears(&k, 0, "NOOP\r\nNOOP\r\nNOOP\r\nNOOP\r\nNOOP\r\nNOOP\r\nNOOP\r\n");
    nat_send_tcp(
        k.l, NAT_OUTSIDE, "198.51.100.9:21", "203.0.113.1:3000",
        (struct tcp){.flags = TCP_ACK, .seq = k.next[1], .ack = end, .opts = wr_bytes(&w)});
    struct pkt p = nat_expect(k.l, NAT_INSIDE, "198.51.100.9:21", "10.1.1.5:3000");
    tcp_opts_parse(p.tcp.opts, &seen);
    assert_int_equal(p.tcp.ack, start + 23);
    assert_int_equal(seen.sacks, 2);
    assert_int_equal(seen.sack[0].from, start + 23);
    assert_int_equal(seen.sack[0].to, start + 63);
    assert_int_equal(seen.sack[1].from, start);
    assert_int_equal(seen.sack[1].to, start + 23);
    ftp_close(&k);
}

/* --- a recorded session ------------------------------------------------------------------------
 */

struct replay {
    struct nat_lab l;
    uint32_t from[256], to[256]; /* ends of the client's segments: as recorded, as they came out */
    size_t n;
    struct buf said[2]; /* control channel, by the client and by the server, as it came out */
};

/* The client's number A as the server has seen it. */
static uint32_t seen_as(const struct replay *r, uint32_t a)
{
    for (size_t i = r->n; i-- > 0;) {
        if (r->from[i] == a)
            return r->to[i];
    }
    return a;
}

static void note_client(struct replay *r, const struct pkt *in, const struct pkt *out)
{
    uint32_t flags = tcp_has(&in->tcp, TCP_SYN) + tcp_has(&in->tcp, TCP_FIN);

    assert_true(r->n < COUNT(r->from));
    r->from[r->n] = in->tcp.seq + (uint32_t)in->tcp.data.n + flags;
    r->to[r->n++] = out->tcp.seq + (uint32_t)out->tcp.data.n + flags;
}

static void replay_packet(struct replay *r, const struct pkt *p)
{
    bool client = ip4_u32(&p->ip.src) == 0x0ae0e40a, control = p->tcp.src == 21 || p->tcp.dst == 21;
    enum nat_leg from = client ? NAT_INSIDE : NAT_OUTSIDE, to = client ? NAT_OUTSIDE : NAT_INSIDE;
    char a[ENDPOINT_TEXT], b[ENDPOINT_TEXT];
    struct endpoint src = {p->ip.src, p->tcp.src}, dst = {p->ip.dst, p->tcp.dst};
    struct tcp t = p->tcp;
    struct pkt out;

    if (!client) {
        dst.addr = ip4(0xcb007101);
        t.ack = control ? seen_as(r, t.ack) : t.ack;
    }
    nat_send_tcp(&r->l, from, endpoint_format(&src, a), endpoint_format(&dst, b), t);
    assert_true(nat_take(&r->l, to, &out)); /* not one is lost */
    assert_true(out.tcp.src == src.port && out.tcp.dst == dst.port);
    assert_true(client || out.tcp.ack == p->tcp.ack);
    if (control && client)
        note_client(r, p, &out);
    if (control)
        buf_add(&r->said[!client], out.tcp.data.p, out.tcp.data.n);
    else
        assert_true(bytes_eq(out.tcp.data, p->tcp.data));
}

static void a_recorded_session_works_behind_the_interface_address(void **state)
{
    struct replay *r = mem_zalloc(sizeof(*r));
    struct savefile *f;
    struct savefile_packet in;
    struct diag why = {0};

    (void)state;
    nat_init(&r->l, "8.2(1)",
             FTP_INSPECT "global (outside) 1 interface\nnat (inside) 1 10.224.228.0 255.255.255.0\n"
                         "route inside 10.224.228.0 255.255.255.0 10.1.1.254\n");
    assert_ok(savefile_open("captures/ftp-active.pcap.zst", &f, &why));
    while (savefile_next(f, &in, &why) == ERR_OK) {
        if (in.pkt.kind == PKT_TCP)
            replay_packet(r, &in.pkt);
    }
    savefile_close(f);
    assert_non_null(strstr(buf_str(&r->said[0]), "\r\nPORT 203,0,113,1,200,249\r\nTYPE I\r\n"));
    assert_non_null(strstr(buf_str(&r->said[0]), "RETR file\r\nQUIT\r\n"));
    assert_non_null(strstr(buf_str(&r->said[1]), "226 Transfer complete.\r\n221 Goodbye.\r\n"));
    assert_int_equal(nat_logged(&r->l, "302013: Built outbound TCP connection 2 for "
                                       "outside:192.168.50.10/20 (192.168.50.10/20) to "
                                       "inside:10.224.228.10/51449 (203.0.113.1/51449)"),
                     1);
    assert_int_equal(nat_logged(&r->l, "bytes 1048576 TCP FINs"), 1);
    assert_int_equal(nat_logged(&r->l, "TCP FINs"), 2);
    buf_release(&r->said[0]);
    buf_release(&r->said[1]);
    nat_release(&r->l);
    mem_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_command_names_the_translated_end_and_numbers_move_with_it),
        cmocka_unit_test(a_port_that_is_taken_is_named_as_another),
        cmocka_unit_test(a_server_behind_a_fixed_address_or_port_names_it),
        cmocka_unit_test(what_is_sent_again_is_changed_again),
        cmocka_unit_test(commands_that_overtake_each_other_keep_their_numbers),
        cmocka_unit_test(selective_acknowledgements_move_as_well),
        cmocka_unit_test(a_recorded_session_works_behind_the_interface_address),
    };
    return cmocka_run_group_tests_name("gateway/conn_ftp_nat", tests, NULL, NULL);
}
