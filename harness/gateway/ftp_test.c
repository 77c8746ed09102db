/* The lines of FTP that matter. */
#include "gateway/ftp.h"

#include "tests/testkit.h"

#include <stdio.h>

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_name_what_their_rows_say),
        cmocka_unit_test(what_is_written_is_read_again),
        cmocka_unit_test(a_line_may_end_or_be_wrong_anywhere),
    };
    return cmocka_run_group_tests_name("gateway/ftp", tests, NULL, NULL);
}
