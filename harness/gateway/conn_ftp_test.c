/* FTP inspection: who may open a data connection, for how long, and whose it is. */
#include "base/mem.h"
#include "tests/ftp_lab.h"
#include "tests/gateway_lab.h"
#include "tests/testkit.h"

static void assert_has(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("no\n%s\nin\n%s", part, text);
}

/* --- pinholes ----------------------------------------------------------------------------------
 */

static void the_server_may_open_what_the_client_has_announced(void **state)
{
    struct ftp_talk k = ftp_open_outbound(FTP_INSPECT, "10.1.1.5:3000");
    struct buf out = BUF_INIT;

    (void)state;
    nat_send_tcp(k.l, NAT_OUTSIDE, "198.51.100.9:20", "10.1.1.5:51449", ftp_syn());
    nat_expect_none(k.l, NAT_INSIDE);
    ftp_says_plainly(&k, 0, "PORT 10,1,1,5,200,249\r\n");
    nat_send_tcp(k.l, NAT_OUTSIDE, "198.51.100.66:20", "10.1.1.5:51449",
                 ftp_syn()); /* another one */
    nat_send_tcp(k.l, NAT_OUTSIDE, "198.51.100.9:20", "10.1.1.5:51450", ftp_syn());
    nat_expect_none(k.l, NAT_INSIDE);
    nat_connect(k.l, NAT_OUTSIDE, "198.51.100.9:20", "10.1.1.5:51449", NAT_INSIDE,
                "198.51.100.9:20", "10.1.1.5:51449");
    /* the direction is that of the control channel */
    assert_int_equal(nat_logged(k.l, "302013: Built outbound TCP connection 2 for "
                                     "outside:198.51.100.9/20 (198.51.100.9/20) to "
                                     "inside:10.1.1.5/51449 (10.1.1.5/51449)"),
                     1);
    assert_has(nat_type(k.l, "show conn", &out), "198.51.100.9:20 inside 10.1.1.5:51449, idle "
                                                 "0:00:00, bytes 0, flags UEB\n");
    buf_release(&out);
    nat_send_tcp(k.l, NAT_OUTSIDE, "198.51.100.9:22", "10.1.1.5:51449", ftp_syn()); /* one, once */
    nat_expect_none(k.l, NAT_INSIDE);
    ftp_close(&k);
}

static void without_inspection_levels_and_lists_decide(void **state)
{
    struct ftp_talk k = ftp_open_outbound("", "10.1.1.5:3000");

    (void)state;
    ftp_says_plainly(&k, 0, "PORT 10,1,1,5,200,249\r\n");
    nat_send_tcp(k.l, NAT_OUTSIDE, "198.51.100.9:20", "10.1.1.5:51449", ftp_syn());
    nat_expect_none(k.l, NAT_INSIDE);
    assert_int_equal(nat_logged(k.l, "106001: Inbound TCP connection denied from 198.51.100.9/20"),
                     1);
    ftp_close(&k);
    k = ftp_open_outbound(FTP_LISTS, "10.1.1.5:3000");
    nat_connect(k.l, NAT_OUTSIDE, "198.51.100.9:20", "10.1.1.5:51449", NAT_INSIDE,
                "198.51.100.9:20", "10.1.1.5:51449");
    assert_int_equal(nat_logged(k.l, "302013: Built inbound TCP connection 2"), 1);
    ftp_close(&k);
}

static void a_passive_server_inside_is_reached_where_it_says(void **state)
{
    struct ftp_talk k = ftp_open("8.2(1)",
                                 FTP_INSPECT "access-list in extended permit tcp any any eq 21\n"
                                             "access-group in in interface outside\n",
                                 NAT_OUTSIDE, "198.51.100.9:3000", "198.51.100.9:3000",
                                 "10.1.1.5:21", "10.1.1.5:21");
    struct buf out = BUF_INIT;

    (void)state;
    nat_send_tcp(k.l, NAT_OUTSIDE, "198.51.100.9:4000", "10.1.1.5:50004", ftp_syn());
    nat_expect_none(k.l, NAT_INSIDE);
    ftp_says_plainly(&k, 0, "PASV\r\n");
    ftp_says_plainly(&k, 1, "227 Entering Passive Mode (10,1,1,5,195,84).\r\n");
    nat_connect(k.l, NAT_OUTSIDE, "198.51.100.9:4000", "10.1.1.5:50004", NAT_INSIDE,
                "198.51.100.9:4000", "10.1.1.5:50004");
    ftp_says_plainly(&k, 1, "229 Entering Extended Passive Mode (|||50009|)\r\n");
    nat_connect(k.l, NAT_OUTSIDE, "198.51.100.9:4001", "10.1.1.5:50009", NAT_INSIDE,
                "198.51.100.9:4001", "10.1.1.5:50009");
    ftp_says_plainly(&k, 1, "227 Entering Passive Mode (10,1,1,77,195,84).\r\n"); /* not its own */
    nat_send_tcp(k.l, NAT_OUTSIDE, "198.51.100.9:4000", "10.1.1.77:50004", ftp_syn());
    nat_expect_none(k.l, NAT_INSIDE);
    assert_has(nat_type(k.l, "show conn", &out), "inside 10.1.1.5:50009, idle 0:00:00, bytes 0, "
                                                 "flags UB\n"); /* begun by the client: not back */
    buf_release(&out);
    ftp_close(&k);
}

static void a_server_inside_opens_back_to_its_client(void **state)
{
    struct ftp_talk k = ftp_open("8.2(1)",
                                 FTP_INSPECT "access-list in extended permit tcp any any eq 21\n"
                                             "access-group in in interface outside\n",
                                 NAT_OUTSIDE, "198.51.100.9:3000", "198.51.100.9:3000",
                                 "10.1.1.5:21", "10.1.1.5:21");
    struct buf out = BUF_INIT;

    (void)state;
    ftp_says_plainly(&k, 0, "PORT 198,51,100,9,200,249\r\n");
    nat_connect(k.l, NAT_INSIDE, "10.1.1.5:20", "198.51.100.9:51449", NAT_OUTSIDE, "10.1.1.5:20",
                "198.51.100.9:51449");
    assert_has(nat_type(k.l, "show conn", &out), "198.51.100.9:51449 inside 10.1.1.5:20, idle "
                                                 "0:00:00, bytes 0, flags UP\n");
    buf_release(&out);
    ftp_close(&k);
}

static void what_is_announced_and_never_comes_is_forgotten(void **state)
{
    struct ftp_talk k = ftp_open_outbound(FTP_INSPECT, "10.1.1.5:3000");

    (void)state;
    ftp_says_plainly(&k, 0, "PORT 10,1,1,5,200,249\r\n");
    nat_run(k.l, SPAN_S(31));
    assert_int_equal(nat_logged(k.l, "302014: Teardown TCP connection 2 for outside:198.51.100.9/0 "
                                     "to inside:10.1.1.5/51449 duration 0:00:30 bytes 0 Pinhole "
                                     "Timeout"),
                     1);
    nat_send_tcp(k.l, NAT_OUTSIDE, "198.51.100.9:20", "10.1.1.5:51449", ftp_syn());
    nat_expect_none(k.l, NAT_INSIDE);
    ftp_close(&k);
}

static void data_connections_end_with_their_control_channel(void **state)
{
    struct ftp_talk k = ftp_open_outbound(FTP_INSPECT, "10.1.1.5:3000");

    (void)state;
    ftp_says_plainly(&k, 0, "PORT 10,1,1,5,200,249\r\n");
    nat_connect(k.l, NAT_OUTSIDE, "198.51.100.9:20", "10.1.1.5:51449", NAT_INSIDE,
                "198.51.100.9:20", "10.1.1.5:51449");
    ftp_says_plainly(&k, 0, "PORT 10,1,1,5,200,250\r\n");
    nat_connect(k.l, NAT_OUTSIDE, "198.51.100.9:20", "10.1.1.5:51450", NAT_INSIDE,
                "198.51.100.9:20", "10.1.1.5:51450");
    ftp_push(&k, 0, TCP_RST | TCP_ACK, k.next[0], "");
    nat_run(k.l, SPAN_MS(50));
    assert_int_equal(nat_logged(k.l, "TCP Reset-I"), 1);
    assert_int_equal(nat_logged(k.l,
                                "to inside:10.1.1.5/51449 duration 0:00:00 bytes 0 Parent flow "
                                "is closed"),
                     1);
    assert_int_equal(nat_logged(k.l, "Parent flow is closed"), 2);
    ftp_close(&k);
}

static void a_client_may_only_name_itself_and_a_high_port(void **state)
{
    struct ftp_talk k = ftp_open_outbound(FTP_INSPECT, "10.1.1.5:3000");

    (void)state;
    ftp_push(&k, 0, TCP_ACK, k.next[0], "PORT 10,1,1,6,200,249\r\n");
    ftp_push(&k, 0, TCP_ACK, k.next[0], "PORT 10,1,1,5,0,25\r\n");
    nat_expect_none(k.l, NAT_OUTSIDE);
    assert_int_equal(nat_logged(k.l, "%ASA-4-406002: FTP port command different address: "
                                     "10.1.1.6(10.1.1.5) to 198.51.100.9 on interface inside"),
                     1);
    assert_int_equal(nat_logged(k.l, "%ASA-4-406001: FTP port command low port: 10.1.1.5/25 to "
                                     "198.51.100.9 on interface inside"),
                     1);
    ftp_close(&k);
}

/* --- through a tunnel --------------------------------------------------------------------------
 */

static void data_connections_through_a_tunnel_belong_to_it(void **state)
{
    struct gateway_lab *l = mem_zalloc(sizeof(*l));
    struct buf out = BUF_INIT;
    struct lab_tcp c;
    struct pkt p;
    bool came = false;

    (void)state;
    lab_init(l, NULL, NULL, 5); /* the note's configuration inspects FTP */
    assert_true(lab_connect(l, &c, 3000, 21));
    lab_send_tcp(l, LAB_BO,
                 &(struct tcp){.src = 3000,
                               .dst = 21,
                               .flags = TCP_ACK,
                               .seq = c.user_next,
                               .ack = c.user_sees,
                               .window = 9999,
                               .data = bytes_str("PORT 10,224,228,10,200,249\r\n")});
    lab_run(l, SPAN_MS(50));
    lab_send_tcp(l, LAB_HO,
                 &(struct tcp){.src = 20, .dst = 51449, .flags = TCP_SYN, .seq = 1, .window = 99});
    lab_run(l, SPAN_MS(50));
    while (lab_take(l, LAB_BO, &p))
        came = came || (p.kind == PKT_TCP && p.tcp.dst == 51449 && p.tcp.flags == TCP_SYN);
    assert_true(came);
    /* a connection by itself would be inbound here */
    assert_int_equal(lab_logged(l, LAB_BO, 302013, "Built outbound TCP connection 2 for outside"),
                     1);
    lab_send_tcp(l, LAB_BO,
                 &(struct tcp){.src = 51449,
                               .dst = 20,
                               .flags = TCP_SYN | TCP_ACK,
                               .seq = 9,
                               .ack = p.tcp.seq + 1,
                               .window = 99});
    lab_type(l, LAB_BO, "clear crypto isakmp sa", &out);
    lab_run(l, SPAN_MS(50));
    assert_int_equal(lab_logged(l, LAB_BO, 302014, NULL), 0);
    const char *orphans = lab_type(l, LAB_BO, "show conn state vpn_orphan", &out);
    assert_non_null(strstr(orphans, "192.168.50.20:21"));
    assert_non_null(strstr(orphans, "192.168.50.20:20"));
    buf_release(&out);
    lab_release(l);
    mem_free(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_server_may_open_what_the_client_has_announced),
        cmocka_unit_test(without_inspection_levels_and_lists_decide),
        cmocka_unit_test(a_passive_server_inside_is_reached_where_it_says),
        cmocka_unit_test(a_server_inside_opens_back_to_its_client),
        cmocka_unit_test(what_is_announced_and_never_comes_is_forgotten),
        cmocka_unit_test(data_connections_end_with_their_control_channel),
        cmocka_unit_test(a_client_may_only_name_itself_and_a_high_port),
        cmocka_unit_test(data_connections_through_a_tunnel_belong_to_it),
    };
    return cmocka_run_group_tests_name("gateway/conn_ftp", tests, NULL, NULL);
}
