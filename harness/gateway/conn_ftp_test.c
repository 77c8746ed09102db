/* FTP: the lines that matter, and control channels with their data connections through a gateway.
 */
#include "gateway/ftp.h"

#include "base/mem.h"
#include "tests/gateway_lab.h"
#include "tests/nat_lab.h"
#include "tests/testkit.h"
#include "traffic/savefile.h"

#include <stdio.h>

/* --- lines -------------------------------------------------------------------------------------
 */

static const struct row {
    const char *line;
    bool client;
    enum ftp_kind kind;
    const char *at; /* "" : a port only */
    uint16_t port;
    const char *end; /* what stands at [from, to) */
} rows[] = {
    /* as vsftpd and curl say it in captures/ftp-active.pcap.zst and ftp-passive.pcapng.zst */
    {"PORT 10,224,228,10,200,249\r\n", true, FTP_PORT, "10.224.228.10", 51449,
     "10,224,228,10,200,249"},
    {"227 Entering Passive Mode (192,168,50,10,195,84).\r\n", false, FTP_PASV, "192.168.50.10",
     50004, "192,168,50,10,195,84"},
    {"229 Entering Extended Passive Mode (|||50001|)\r\n", false, FTP_EPSV, "", 50001, "50001"},
    /* RFC 2428, 2 and 3 */
    {"EPRT |1|132.235.1.2|6275|\r\n", true, FTP_EPRT, "132.235.1.2", 6275, "1|132.235.1.2|6275"},
    {"EPRT |2|1080::8:800:200C:417A|5282|\r\n", true, FTP_EPRT, "1080::8:800:200c:417a", 5282,
     "2|1080::8:800:200C:417A|5282"},
    {"229 Entering Extended Passive Mode (|||6446|)\r\n", false, FTP_EPSV, "", 6446, "6446"},
    /* other ways to write them */
    {"port 1,2,3,4,5,6\n", true, FTP_PORT, "1.2.3.4", 5 * 256 + 6, "1,2,3,4,5,6"},
    {"PORT  1,2,3,4,5,6 \r\n", true, FTP_PORT, "1.2.3.4", 5 * 256 + 6, "1,2,3,4,5,6"},
    {"227 Entering Passive Mode 1,2,3,4,5,6\r\n", false, FTP_PASV, "1.2.3.4", 5 * 256 + 6,
     "1,2,3,4,5,6"},
    {"227 =1,2,3,4,5,6\r\n", false, FTP_PASV, "1.2.3.4", 5 * 256 + 6, "1,2,3,4,5,6"},
    {"227 Mode 2 of 9 (1,2,3,4,5,6)\r\n", false, FTP_PASV, "1.2.3.4", 5 * 256 + 6, "1,2,3,4,5,6"},
    {"EPRT !1!1.2.3.4!99!\r\n", true, FTP_EPRT, "1.2.3.4", 99, "1!1.2.3.4!99"},
    {"229 ok (!!!77!)\r\n", false, FTP_EPSV, "", 77, "77"},
    /* not these */
    {"PORT 10,224,228,10,200,249\r\n", false, FTP_OTHER, "", 0, ""},
    {"227 Entering Passive Mode (1,2,3,4,5,6)\r\n", true, FTP_OTHER, "", 0, ""},
    {"PORT 256,2,3,4,5,6\r\n", true, FTP_OTHER, "", 0, ""},
    {"PORT 1,2,3,4,5,256\r\n", true, FTP_OTHER, "", 0, ""},
    {"PORT 1,2,3,4,0,0\r\n", true, FTP_OTHER, "", 0, ""},
    {"PORT 1,2,3,4,5\r\n", true, FTP_OTHER, "", 0, ""},
    {"PORT 1,2,3,4,5,6,7\r\n", true, FTP_OTHER, "", 0, ""},
    {"PORT 1, 2,3,4,5,6\r\n", true, FTP_OTHER, "", 0, ""},
    {"PORT\r\n", true, FTP_OTHER, "", 0, ""},
    {"PORTS 1,2,3,4,5,6\r\n", true, FTP_OTHER, "", 0, ""},
    {"XPORT 1,2,3,4,5,6\r\n", true, FTP_OTHER, "", 0, ""},
    {"227-1,2,3,4,5,6\r\n", false, FTP_OTHER, "", 0, ""},
    {"2270 (1,2,3,4,5,6)\r\n", false, FTP_OTHER, "", 0, ""},
    {"227 (1,2,3,4,5)\r\n", false, FTP_OTHER, "", 0, ""},
    {"EPRT |1|1.2.3.4|70000|\r\n", true, FTP_OTHER, "", 0, ""},
    {"EPRT |1|1.2.3.4|0|\r\n", true, FTP_OTHER, "", 0, ""},
    {"EPRT |2|1.2.3.4|99|\r\n", true, FTP_OTHER, "", 0, ""},
    {"EPRT |1|::1|99|\r\n", true, FTP_OTHER, "", 0, ""},
    {"EPRT |3|1.2.3.4|99|\r\n", true, FTP_OTHER, "", 0, ""},
    {"EPRT |1|1.2.3.4|99\r\n", true, FTP_OTHER, "", 0, ""},
    {"229 ok (||77|)\r\n", false, FTP_OTHER, "", 0, ""},
    {"229 ok |||77|\r\n", false, FTP_OTHER, "", 0, ""},
    {"229 ok (|||77|\r\n", false, FTP_OTHER, "", 0, ""},
    {"", true, FTP_OTHER, "", 0, ""},
    {"\r\n", false, FTP_OTHER, "", 0, ""},
};

static void lines_name_what_their_rows_say(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct row *r = &rows[i];
        struct bytes line = bytes_str(r->line);
        struct ftp_line l;
        struct ip_addr a = {0};
        ftp_parse(line, r->client, &l);
        if (l.kind != r->kind)
            fail_msg("%s: %d", r->line, (int)l.kind);
        if (l.kind == FTP_OTHER)
            continue;
        if (*r->at)
            assert_ok(ip_addr_parse(r->at, &a));
        assert_true(ip_addr_eq(&l.at.addr, &a));
        assert_int_equal(l.at.port, r->port);
        assert_true(bytes_eq(bytes_of(line.p + l.from, l.to - l.from), bytes_str(r->end)));
    }
}

static void what_is_written_is_read_again(void **state)
{
    struct endpoint e = {ip4(0xcb007101), 61000};

    (void)state;
    for (size_t i = 0; i < 6; i++) {
        struct bytes line = bytes_str(rows[i].line);
        char text[FTP_TEXT], whole[512];
        struct ftp_line l, again;
        ftp_parse(line, rows[i].client, &l);
        size_t n = ftp_format(&l, &e, text);
        snprintf(whole, sizeof(whole), "%.*s%.*s%s", (int)l.from, rows[i].line, (int)n, text,
                 rows[i].line + l.to);
        ftp_parse(bytes_str(whole), rows[i].client, &again);
        assert_int_equal(again.kind, l.kind);
        assert_int_equal(again.at.port, 61000);
        if (l.kind != FTP_EPSV)
            assert_true(endpoint_eq(&again.at, &e));
    }
}

static enum err parse_both(struct bytes in, void *ctx)
{
    struct ftp_line l;

    (void)ctx;
    for (int client = 0; client < 2; client++) {
        ftp_parse(in, client, &l);
        if (l.kind != FTP_OTHER)
            assert_true(l.from <= l.to && l.to <= in.n);
        (void)ftp_may_name_end(in, client);
    }
    return ERR_OK;
}

static void a_line_may_end_or_be_wrong_anywhere(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        test_truncations(bytes_str(rows[i].line), parse_both, NULL);
        test_flips(bytes_str(rows[i].line), parse_both, NULL);
        for (size_t n = 1; rows[i].kind != FTP_OTHER && n < strlen(rows[i].line); n++)
            assert_true(ftp_may_name_end(bytes_of(rows[i].line, n), rows[i].client));
    }
    assert_false(ftp_may_name_end(bytes_str("USER x"), true));
    assert_false(ftp_may_name_end(bytes_str("PORT"), false));
    assert_false(ftp_may_name_end(bytes_str(""), true));
}

/* --- a control channel -------------------------------------------------------------------------
 */

struct talk { /* [0] is who has begun it */
    struct nat_lab *l;
    enum nat_leg leg[2];
    const char *at[2];   /* real ends */
    const char *seen[2]; /* each end as the other one sees it */
    uint32_t next[2];    /* that each sends, as it counts */
    uint32_t sees[2];    /* of the other one's, as it sees them */
};

#define INSPECT "policy-map p\n class c\n  inspect ftp\n"
#define PAT     "global (outside) 1 interface\nnat (inside) 1 10.1.1.0 255.255.255.0\n"
#define LISTS   "access-list in extended permit ip any any\naccess-group in in interface outside\n"

static struct talk open_talk(const char *version, const char *lines, enum nat_leg from,
                             const char *client, const char *client_seen, const char *server,
                             const char *server_seen)
{
    struct talk k = {.l = mem_zalloc(sizeof(*k.l)),
                     .leg = {from, from == NAT_INSIDE ? NAT_OUTSIDE : NAT_INSIDE},
                     .at = {client, server},
                     .seen = {client_seen, server_seen},
                     .next = {1000, 5000},
                     .sees = {5000, 1000}};

    nat_init(k.l, version, lines);
    nat_connect(k.l, from, client, server_seen, k.leg[1], client_seen, server);
    return k;
}

/* The usual one: a client inside, a server outside. */
static struct talk outbound(const char *lines, const char *client_seen)
{
    return open_talk("8.2(1)", lines, NAT_INSIDE, "10.1.1.5:3000", client_seen, "198.51.100.9:21",
                     "198.51.100.9:21");
}

static void close_talk(struct talk *k)
{
    nat_release(k->l);
    mem_free(k->l);
}

static void push(struct talk *k, int side, uint8_t flags, uint32_t seq, const char *text)
{
    nat_send_tcp(
        k->l, k->leg[side], k->at[side], k->seen[!side],
        (struct tcp){.flags = flags, .seq = seq, .ack = k->sees[side], .data = bytes_str(text)});
}

/* The next segment at the other one of SIDE has to carry TEXT, in order. */
static void hears(struct talk *k, int side, const char *text)
{
    struct pkt p = nat_expect(k->l, k->leg[!side], k->seen[side], k->at[!side]);

    if (!bytes_eq(p.tcp.data, bytes_str(text)))
        fail_msg("%.*s, wanted %s", (int)p.tcp.data.n, (const char *)p.tcp.data.p, text);
    assert_int_equal(p.tcp.seq, k->sees[!side]);
    k->sees[!side] += (uint32_t)p.tcp.data.n;
}

/* The other one of SIDE acknowledges all; SIDE sees its own number. */
static void acks(struct talk *k, int side)
{
    struct pkt p;

    push(k, !side, TCP_ACK, k->next[!side], "");
    p = nat_expect(k->l, k->leg[side], k->seen[!side], k->at[side]);
    assert_int_equal(p.tcp.ack, k->next[side]);
    assert_int_equal(p.tcp.seq, k->sees[side]);
}

/* SIDE says TEXT, the other one hears HEARD. */
static void says(struct talk *k, int side, const char *text, const char *heard)
{
    push(k, side, TCP_ACK | TCP_PSH, k->next[side], text);
    k->next[side] += (uint32_t)strlen(text);
    hears(k, side, heard);
    acks(k, side);
}

static void plainly(struct talk *k, int side, const char *text)
{
    says(k, side, text, text);
}

static struct tcp syn(void)
{
    return (struct tcp){.flags = TCP_SYN, .seq = 70};
}

/* --- pinholes ----------------------------------------------------------------------------------
 */

static void the_server_may_open_what_the_client_has_announced(void **state)
{
    struct talk k = outbound(INSPECT, "10.1.1.5:3000");

    (void)state;
    nat_send_tcp(k.l, NAT_OUTSIDE, "198.51.100.9:20", "10.1.1.5:51449", syn());
    nat_expect_none(k.l, NAT_INSIDE);
    plainly(&k, 0, "PORT 10,1,1,5,200,249\r\n");
    nat_send_tcp(k.l, NAT_OUTSIDE, "198.51.100.66:20", "10.1.1.5:51449", syn()); /* another one */
    nat_send_tcp(k.l, NAT_OUTSIDE, "198.51.100.9:20", "10.1.1.5:51450", syn());
    nat_expect_none(k.l, NAT_INSIDE);
    nat_connect(k.l, NAT_OUTSIDE, "198.51.100.9:20", "10.1.1.5:51449", NAT_INSIDE,
                "198.51.100.9:20", "10.1.1.5:51449");
    /* the direction is that of the control channel */
    assert_int_equal(nat_logged(k.l, "302013: Built outbound TCP connection 2 for "
                                     "outside:198.51.100.9/20 (198.51.100.9/20) to "
                                     "inside:10.1.1.5/51449 (10.1.1.5/51449)"),
                     1);
    nat_send_tcp(k.l, NAT_OUTSIDE, "198.51.100.9:22", "10.1.1.5:51449", syn()); /* one, once */
    nat_expect_none(k.l, NAT_INSIDE);
    close_talk(&k);
}

static void without_inspection_levels_and_lists_decide(void **state)
{
    struct talk k = outbound("", "10.1.1.5:3000");

    (void)state;
    plainly(&k, 0, "PORT 10,1,1,5,200,249\r\n");
    nat_send_tcp(k.l, NAT_OUTSIDE, "198.51.100.9:20", "10.1.1.5:51449", syn());
    nat_expect_none(k.l, NAT_INSIDE);
    assert_int_equal(nat_logged(k.l, "106001: Inbound TCP connection denied from 198.51.100.9/20"),
                     1);
    close_talk(&k);
    k = outbound(LISTS, "10.1.1.5:3000");
    nat_connect(k.l, NAT_OUTSIDE, "198.51.100.9:20", "10.1.1.5:51449", NAT_INSIDE,
                "198.51.100.9:20", "10.1.1.5:51449");
    assert_int_equal(nat_logged(k.l, "302013: Built inbound TCP connection 2"), 1);
    close_talk(&k);
}

static void a_passive_server_inside_is_reached_where_it_says(void **state)
{
    struct talk k = open_talk("8.2(1)",
                              INSPECT "access-list in extended permit tcp any any eq 21\n"
                                      "access-group in in interface outside\n",
                              NAT_OUTSIDE, "198.51.100.9:3000", "198.51.100.9:3000", "10.1.1.5:21",
                              "10.1.1.5:21");

    (void)state;
    nat_send_tcp(k.l, NAT_OUTSIDE, "198.51.100.9:4000", "10.1.1.5:50004", syn());
    nat_expect_none(k.l, NAT_INSIDE);
    plainly(&k, 0, "PASV\r\n");
    plainly(&k, 1, "227 Entering Passive Mode (10,1,1,5,195,84).\r\n");
    nat_connect(k.l, NAT_OUTSIDE, "198.51.100.9:4000", "10.1.1.5:50004", NAT_INSIDE,
                "198.51.100.9:4000", "10.1.1.5:50004");
    plainly(&k, 1, "229 Entering Extended Passive Mode (|||50009|)\r\n");
    nat_connect(k.l, NAT_OUTSIDE, "198.51.100.9:4001", "10.1.1.5:50009", NAT_INSIDE,
                "198.51.100.9:4001", "10.1.1.5:50009");
    plainly(&k, 1, "227 Entering Passive Mode (10,1,1,77,195,84).\r\n"); /* not its own */
    nat_send_tcp(k.l, NAT_OUTSIDE, "198.51.100.9:4000", "10.1.1.77:50004", syn());
    nat_expect_none(k.l, NAT_INSIDE);
    close_talk(&k);
}

static void what_is_announced_and_never_comes_is_forgotten(void **state)
{
    struct talk k = outbound(INSPECT, "10.1.1.5:3000");

    (void)state;
    plainly(&k, 0, "PORT 10,1,1,5,200,249\r\n");
    nat_run(k.l, SPAN_S(31));
    assert_int_equal(nat_logged(k.l, "302014: Teardown TCP connection 2 for outside:198.51.100.9/0 "
                                     "to inside:10.1.1.5/51449 duration 0:00:30 bytes 0 Pinhole "
                                     "Timeout"),
                     1);
    nat_send_tcp(k.l, NAT_OUTSIDE, "198.51.100.9:20", "10.1.1.5:51449", syn());
    nat_expect_none(k.l, NAT_INSIDE);
    close_talk(&k);
}

static void data_connections_end_with_their_control_channel(void **state)
{
    struct talk k = outbound(INSPECT, "10.1.1.5:3000");

    (void)state;
    plainly(&k, 0, "PORT 10,1,1,5,200,249\r\n");
    nat_connect(k.l, NAT_OUTSIDE, "198.51.100.9:20", "10.1.1.5:51449", NAT_INSIDE,
                "198.51.100.9:20", "10.1.1.5:51449");
    plainly(&k, 0, "PORT 10,1,1,5,200,250\r\n");
    nat_connect(k.l, NAT_OUTSIDE, "198.51.100.9:20", "10.1.1.5:51450", NAT_INSIDE,
                "198.51.100.9:20", "10.1.1.5:51450");
    push(&k, 0, TCP_RST | TCP_ACK, k.next[0], "");
    nat_run(k.l, SPAN_MS(50));
    assert_int_equal(nat_logged(k.l, "TCP Reset-I"), 1);
    assert_int_equal(nat_logged(k.l,
                                "to inside:10.1.1.5/51449 duration 0:00:00 bytes 0 Parent flow "
                                "is closed"),
                     1);
    assert_int_equal(nat_logged(k.l, "Parent flow is closed"), 2);
    close_talk(&k);
}

static void a_client_may_only_name_itself_and_a_high_port(void **state)
{
    struct talk k = outbound(INSPECT, "10.1.1.5:3000");

    (void)state;
    push(&k, 0, TCP_ACK, k.next[0], "PORT 10,1,1,6,200,249\r\n");
    push(&k, 0, TCP_ACK, k.next[0], "PORT 10,1,1,5,0,25\r\n");
    nat_expect_none(k.l, NAT_OUTSIDE);
    assert_int_equal(nat_logged(k.l, "%ASA-4-406002: FTP port command different address: "
                                     "10.1.1.6(10.1.1.5) to 198.51.100.9 on interface inside"),
                     1);
    assert_int_equal(nat_logged(k.l, "%ASA-4-406001: FTP port command low port: 10.1.1.5/25 to "
                                     "198.51.100.9 on interface inside"),
                     1);
    close_talk(&k);
}

/* --- under translation -------------------------------------------------------------------------
 */

static void a_command_names_the_translated_end_and_numbers_move_with_it(void **state)
{
    struct talk k = outbound(INSPECT PAT, "203.0.113.1:3000");

    (void)state;
    plainly(&k, 0, "USER anonymous\r\n");
    plainly(&k, 1, "331 Please specify the password.\r\n");
    says(&k, 0, "PORT 10,1,1,5,200,249\r\n", "PORT 203,0,113,1,200,249\r\n");
    plainly(&k, 1, "200 PORT command successful. Consider using PASV.\r\n");
    nat_connect(k.l, NAT_OUTSIDE, "198.51.100.9:20", "203.0.113.1:51449", NAT_INSIDE,
                "198.51.100.9:20", "10.1.1.5:51449");
    says(&k, 0, "EPRT |1|10.1.1.5|51450|\r\n", "EPRT |1|203.0.113.1|51450|\r\n");
    says(&k, 0, "PORT 10,1,1,5,4,1\r\nNOOP\r\n", "PORT 203,0,113,1,4,1\r\nNOOP\r\n");
    plainly(&k, 0, "QUIT\r\n");
    assert_int_equal(nat_logged(k.l, "302013: Built outbound TCP connection 2 for "
                                     "outside:198.51.100.9/20 (198.51.100.9/20) to "
                                     "inside:10.1.1.5/51449 (203.0.113.1/51449)"),
                     1);
    close_talk(&k);
}

static void a_port_that_is_taken_is_named_as_another(void **state)
{
    struct talk k = outbound(INSPECT PAT, "203.0.113.1:3000");
    struct pkt p;
    struct ftp_line l;

    (void)state;
    nat_send_tcp(k.l, NAT_INSIDE, "10.1.1.6:51449", "192.0.2.1:80", syn());
    nat_expect(k.l, NAT_OUTSIDE, "203.0.113.1:51449", "192.0.2.1:80");
    push(&k, 0, TCP_ACK, k.next[0], "PORT 10,1,1,5,200,249\r\n");
    p = nat_expect(k.l, NAT_OUTSIDE, "203.0.113.1:3000", "198.51.100.9:21");
    ftp_parse(p.tcp.data, true, &l);
    assert_int_equal(l.kind, FTP_PORT);
    assert_int_not_equal(l.at.port, 51449);
    nat_send_tcp(k.l, NAT_OUTSIDE, "198.51.100.9:20", "203.0.113.1:51449", syn());
    nat_expect_none(k.l, NAT_INSIDE);
    char to[32];
    snprintf(to, sizeof(to), "203.0.113.1:%u", l.at.port);
    nat_send_tcp(k.l, NAT_OUTSIDE, "198.51.100.9:20", to, syn());
    nat_expect(k.l, NAT_INSIDE, "198.51.100.9:20", "10.1.1.5:51449");
    close_talk(&k);
}

static void a_server_behind_a_fixed_address_or_port_names_it(void **state)
{
    static const struct {
        const char *lines, *server_seen, *heard227, *heard229;
    } servers[] = {
        {INSPECT LISTS "static (inside,outside) 203.0.113.50 10.1.1.5\n", "203.0.113.50:21",
         "227 Entering Passive Mode (203,0,113,50,195,84).\r\n", "229 Extended (|||50009|)\r\n"},
        {INSPECT LISTS "static (inside,outside) tcp interface ftp 10.1.1.5 ftp\n", "203.0.113.1:21",
         "227 Entering Passive Mode (203,0,113,1,195,84).\r\n", "229 Extended (|||50009|)\r\n"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(servers); i++) {
        char to[2][ENDPOINT_TEXT];
        struct talk k = open_talk("8.2(1)", servers[i].lines, NAT_OUTSIDE, "198.51.100.9:3000",
                                  "198.51.100.9:3000", "10.1.1.5:21", servers[i].server_seen);
        for (int n = 0; n < 2; n++) {
            struct endpoint e = nat_at(servers[i].server_seen);
            e.port = n ? 50009 : 50004;
            endpoint_format(&e, to[n]);
        }
        says(&k, 1, "227 Entering Passive Mode (10,1,1,5,195,84).\r\n", servers[i].heard227);
        nat_connect(k.l, NAT_OUTSIDE, "198.51.100.9:4000", to[0], NAT_INSIDE, "198.51.100.9:4000",
                    "10.1.1.5:50004");
        says(&k, 1, "229 Extended (|||50009|)\r\n", servers[i].heard229);
        nat_connect(k.l, NAT_OUTSIDE, "198.51.100.9:4001", to[1], NAT_INSIDE, "198.51.100.9:4001",
                    "10.1.1.5:50009");
        plainly(&k, 0, "QUIT\r\n");
        plainly(&k, 1, "221 Goodbye.\r\n");
        close_talk(&k);
    }
}

static void what_is_sent_again_is_changed_again(void **state)
{
    static const char line[] = "PORT 10,1,1,5,200,249\r\n",
                      heard[] = "PORT 203,0,113,1,200,249\r\n";
    struct talk k = outbound(INSPECT PAT, "203.0.113.1:3000");
    uint32_t start = k.next[0], sees = k.sees[1];
    struct pkt p;

    (void)state;
    push(&k, 0, TCP_ACK, start, line);
    hears(&k, 0, heard);
    k.sees[1] = sees; /* it got lost */
    push(&k, 0, TCP_ACK, start, line);
    hears(&k, 0, heard);
    push(&k, 0, TCP_ACK, start + 6, line + 6); /* the middle of it is nothing */
    nat_expect_none(k.l, NAT_OUTSIDE);
    k.next[0] += (uint32_t)strlen(line);
    acks(&k, 0);
    push(&k, 0, TCP_ACK, start, line); /* it crossed the ACK: its sender is told again */
    p = nat_expect(k.l, NAT_INSIDE, "198.51.100.9:21", "10.1.1.5:3000");
    assert_int_equal(p.tcp.ack, k.next[0]);
    p = nat_expect(k.l, NAT_OUTSIDE, "203.0.113.1:3000", "198.51.100.9:21");
    assert_int_equal(p.tcp.data.n, 0);
    plainly(&k, 0, "NOOP\r\n");
    close_talk(&k);
}

/* Two commands on their way at once; the first is lost behind the gateway. */
static void commands_that_overtake_each_other_keep_their_numbers(void **state)
{
    static const char first[] = "PORT 10,1,1,5,200,249\r\n",
                      second[] = "EPRT |1|10.1.1.5|51450|\r\n";
    struct talk k = outbound(INSPECT PAT, "203.0.113.1:3000");
    uint32_t start = k.next[0], sees = k.sees[1];

    (void)state;
    push(&k, 0, TCP_ACK, start, first);
    push(&k, 0, TCP_ACK, start + (uint32_t)strlen(first), second);
    k.next[0] += (uint32_t)(strlen(first) + strlen(second));
    hears(&k, 0, "PORT 203,0,113,1,200,249\r\n");
    hears(&k, 0, "EPRT |1|203.0.113.1|51450|\r\n");
    push(&k, 0, TCP_ACK, start, first);
    k.sees[1] = sees;
    hears(&k, 0, "PORT 203,0,113,1,200,249\r\n");
    nat_send_tcp(k.l, NAT_OUTSIDE, "198.51.100.9:21", "203.0.113.1:3000",
                 (struct tcp){.flags = TCP_ACK, .seq = k.next[1], .ack = k.sees[1]});
    struct pkt p = nat_expect(k.l, NAT_INSIDE, "198.51.100.9:21", "10.1.1.5:3000");
    assert_int_equal(p.tcp.ack, start + strlen(first));
    k.sees[1] += (uint32_t)strlen("EPRT |1|203.0.113.1|51450|\r\n");
    acks(&k, 0);
    plainly(&k, 0, "NOOP\r\n");
    close_talk(&k);
}

static void selective_acknowledgements_move_as_well(void **state)
{
    struct talk k = outbound(INSPECT PAT, "203.0.113.1:3000");
    struct tcp_opts o = {.sacks = 2}, seen;
    uint8_t opts[TCP_OPTS_MAX];
    struct wr w = wr_of(opts, sizeof(opts));
    uint32_t start = k.next[0], end;

    (void)state;
    says(&k, 0, "PORT 10,1,1,5,200,249\r\n", "PORT 203,0,113,1,200,249\r\n");
    end = k.sees[1]; /* after the line, as the server counts */
    o.sack[0] = (struct tcp_sack){end, end + 40};
    o.sack[1] = (struct tcp_sack){start, end};
    tcp_opts_put(&w, &o);
    push(&k, 0, TCP_ACK, k.next[0], "NOOP\r\nNOOP\r\nNOOP\r\nNOOP\r\nNOOP\r\nNOOP\r\nNOOP\r\n");
    k.next[0] += 42;
    hears(&k, 0, "NOOP\r\nNOOP\r\nNOOP\r\nNOOP\r\nNOOP\r\nNOOP\r\nNOOP\r\n");
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
    close_talk(&k);
}

/* --- lines in pieces ---------------------------------------------------------------------------
 */

static void a_line_in_pieces_is_understood(void **state)
{
    static const char line[] = "PORT 10,1,1,5,200,249\r\n";

    (void)state;
    for (size_t cut = 1; cut < sizeof(line) - 1; cut++) {
        struct talk k = outbound(INSPECT, "10.1.1.5:3000");
        char first[32] = "";
        memcpy(first, line, cut);
        plainly(&k, 0, first);
        plainly(&k, 0, line + cut);
        nat_send_tcp(k.l, NAT_OUTSIDE, "198.51.100.9:20", "10.1.1.5:51449", syn());
        nat_expect(k.l, NAT_INSIDE, "198.51.100.9:20", "10.1.1.5:51449");
        close_talk(&k);
    }
}

/* A piece that is held back: its sender is told that it arrived. */
static void holds(struct talk *k, const char *text)
{
    struct pkt p;

    push(k, 0, TCP_ACK | TCP_PSH, k->next[0], text);
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
        struct talk k = outbound(INSPECT PAT, "203.0.113.1:3000");
        char first[32] = "";
        memcpy(first, line, cut);
        plainly(&k, 0, "USER x\r\n");
        holds(&k, first);
        uint32_t before = k.sees[1];
        for (int i = 0; i < 2; i++) { /* the rest again: the whole line again */
            k.sees[1] = before;
            push(&k, 0, TCP_ACK, k.next[0], line + cut);
            hears(&k, 0, "PORT 203,0,113,1,200,249\r\n");
        }
        k.next[0] += (uint32_t)strlen(line + cut);
        acks(&k, 0);
        plainly(&k, 0, "NOOP\r\n");
        close_talk(&k);
    }
}

/* What is before the piece that is held has not arrived: its sender must not think so. */
static void what_is_held_is_acknowledged_after_what_is_before_it(void **state)
{
    struct talk k = outbound(INSPECT PAT, "203.0.113.1:3000");
    uint32_t start = k.next[0];
    struct pkt p;

    (void)state;
    push(&k, 0, TCP_ACK, start, "NOOP\r\nPORT 10,1");
    hears(&k, 0, "NOOP\r\n");
    nat_expect_none(k.l, NAT_INSIDE);
    k.sees[1] -= 6; /* it was lost */
    push(&k, 0, TCP_ACK, start, "NOOP\r\n");
    hears(&k, 0, "NOOP\r\n");
    push(&k, 1, TCP_ACK, k.next[1], "");
    p = nat_expect(k.l, NAT_INSIDE, "198.51.100.9:21", "10.1.1.5:3000");
    assert_int_equal(p.tcp.ack, start + 15); /* and the piece */
    k.next[0] = start + 15;
    says(&k, 0, ",1,5,200,249\r\n", "PORT 203,0,113,1,200,249\r\n");
    close_talk(&k);
}

/* There is one place for a piece: the second one waits outside. */
static void a_second_piece_is_left_to_be_sent_again(void **state)
{
    struct talk k = outbound(INSPECT PAT, "203.0.113.1:3000");
    struct pkt p;

    (void)state;
    holds(&k, "PORT 10,1,1");
    push(&k, 0, TCP_ACK, k.next[0], ",5,200,249\r\nEPR");
    hears(&k, 0, "PORT 203,0,113,1,200,249\r\n");
    nat_expect_none(k.l, NAT_INSIDE); /* the first line may still be lost */
    k.next[0] += 12;
    acks(&k, 0);
    push(&k, 0, TCP_ACK, k.next[0], "EPR");
    p = nat_expect(k.l, NAT_INSIDE, "198.51.100.9:21", "10.1.1.5:3000");
    assert_int_equal(p.tcp.ack, k.next[0] + 3);
    assert_true(nat_take(k.l, NAT_OUTSIDE, &p) && p.tcp.data.n == 0);
    k.next[0] += 3;
    says(&k, 0, "T |1|10.1.1.5|51450|\r\n", "EPRT |1|203.0.113.1|51450|\r\n");
    close_talk(&k);
}

static void byte_by_byte_is_as_good(void **state)
{
    static const char line[] = "PORT 10,1,1,5,200,249\r\n";
    struct talk k = outbound(INSPECT PAT, "203.0.113.1:3000");

    (void)state;
    for (size_t i = 0; i + 2 < sizeof(line); i++) {
        const char one[] = {line[i], '\0'};
        holds(&k, one);
    }
    says(&k, 0, "\n", "PORT 203,0,113,1,200,249\r\n");
    plainly(&k, 0, "NO"); /* cannot become one: it goes at once */
    plainly(&k, 0, "OP\r\n");
    close_talk(&k);
}

static void a_line_without_end_is_let_go(void **state)
{
    struct talk k = outbound(INSPECT PAT, "203.0.113.1:3000");
    char text[301];

    (void)state;
    memset(text, ' ', 300);
    memcpy(text, "PORT", 4);
    text[300] = '\0';
    plainly(&k, 0, text);
    plainly(&k, 0, "1,2,3,4,5,6\r\n");
    says(&k, 0, "PORT 10,1,1,5,200,249\r\n", "PORT 203,0,113,1,200,249\r\n");
    holds(&k, "PORT ");
    memset(text, ' ', 300);
    char whole[400];
    snprintf(whole, sizeof(whole), "PORT %s", text);
    says(&k, 0, text, whole);
    plainly(&k, 0, "\r\n");
    close_talk(&k);
}

static void what_comes_out_of_order_waits_for_what_is_missing(void **state)
{
    struct talk k = outbound(INSPECT PAT, "203.0.113.1:3000");

    (void)state;
    push(&k, 0, TCP_ACK, k.next[0] + 8, "PORT 10,1,1,5,200,249\r\n");
    nat_expect_none(k.l, NAT_OUTSIDE);
    plainly(&k, 0, "USER x\r\n");
    says(&k, 0, "PORT 10,1,1,5,200,249\r\n", "PORT 203,0,113,1,200,249\r\n");
    close_talk(&k);
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
             INSPECT "global (outside) 1 interface\nnat (inside) 1 10.224.228.0 255.255.255.0\n"
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
        cmocka_unit_test(lines_name_what_their_rows_say),
        cmocka_unit_test(what_is_written_is_read_again),
        cmocka_unit_test(a_line_may_end_or_be_wrong_anywhere),
        cmocka_unit_test(the_server_may_open_what_the_client_has_announced),
        cmocka_unit_test(without_inspection_levels_and_lists_decide),
        cmocka_unit_test(a_passive_server_inside_is_reached_where_it_says),
        cmocka_unit_test(what_is_announced_and_never_comes_is_forgotten),
        cmocka_unit_test(data_connections_end_with_their_control_channel),
        cmocka_unit_test(a_client_may_only_name_itself_and_a_high_port),
        cmocka_unit_test(a_command_names_the_translated_end_and_numbers_move_with_it),
        cmocka_unit_test(a_port_that_is_taken_is_named_as_another),
        cmocka_unit_test(a_server_behind_a_fixed_address_or_port_names_it),
        cmocka_unit_test(what_is_sent_again_is_changed_again),
        cmocka_unit_test(commands_that_overtake_each_other_keep_their_numbers),
        cmocka_unit_test(selective_acknowledgements_move_as_well),
        cmocka_unit_test(a_line_in_pieces_is_understood),
        cmocka_unit_test(under_translation_its_beginning_waits_for_the_rest),
        cmocka_unit_test(what_is_held_is_acknowledged_after_what_is_before_it),
        cmocka_unit_test(a_second_piece_is_left_to_be_sent_again),
        cmocka_unit_test(byte_by_byte_is_as_good),
        cmocka_unit_test(a_line_without_end_is_let_go),
        cmocka_unit_test(what_comes_out_of_order_waits_for_what_is_missing),
        cmocka_unit_test(data_connections_through_a_tunnel_belong_to_it),
        cmocka_unit_test(a_recorded_session_works_behind_the_interface_address),
    };
    return cmocka_run_group_tests_name("gateway/conn_ftp", tests, NULL, NULL);
}
