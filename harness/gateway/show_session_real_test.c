/* Sessions of the VPN as printed, byte for byte beside what real devices have printed: a few lines
 * of the samples of tests/show_lab.h here as expectations, and the whole files where they are
 * there. */
#include "gateway/show_vpn.h"

#include "base/mem.h"
#include "tests/show_lab.h"
#include "tests/testkit.h"
#include "wire/civil.h"

static void the_summary_of_sessions(void **state)
{
    static const struct show_tally sessions[] = {
        {"Site-to-Site VPN", 99, 3506999, 99, false, false},
        {"IKEv2 IPsec", 9, 3999, 9, true, false},
        {"IKEv1 IPsec", 99, 3502999, 99, true, false}};
    static const struct show_tally kinds[] = {{"IKEv1", 99, 3502999, 99, false, false},
                                              {"IKEv2", 9, 3999, 9, false, false},
                                              {"IPsec", 99, 9302, 99, false, false},
                                              {"IPsecOverNatT", 9, 1999, 9, false, false}};
    struct buf out = BUF_INIT;
    char *text;

    (void)state;
    show_summary_put(sessions, COUNT(sessions), kinds, COUNT(kinds), 750, &out);
    assert_non_null(strstr(buf_str(&out), "Site-to-Site VPN             :     99 :    3506999 :    "
                                          "      99\n"
                                          "  IKEv2 IPsec                :      9 :       3999 :    "
                                          "       9\n"));
    assert_non_null(strstr(buf_str(&out), "\nTotals                       :    216 :"));
    if ((text = show_sample("vpn-sessiondb2"))) {
        /* the sample's own sums, and its load, were made up: the rest is compared */
        char *totals = strstr(out.s, "Totals");
        totals[0] = '\0';
        out.n = (size_t)(totals - out.s);
        char *load = strstr(out.s, "Device Load");
        memcpy(strstr(load, "13%"), " 2%", 3);
        show_assert_is_part(text, "-----", "Totals", &out);
        mem_free(text);
    }
    buf_release(&out);
}

/* This one is as the device printed it, sums, share and all. */
static void the_summary_with_anyconnect(void **state)
{
    static const struct show_tally sessions[] = {
        {"AnyConnect Client", 38, 330351, 442, false, true},
        {"SSL/TLS/DTLS", 38, 330351, 442, true, true},
        {"Clientless VPN", 0, 1040, 9, false, false},
        {"Browser", 0, 1040, 9, true, false}};
    static const struct show_tally kinds[] = {{"Clientless", 0, 1040, 9, false, false},
                                              {"AnyConnect-Parent", 38, 330351, 442, false, false},
                                              {"SSL-Tunnel", 38, 985244, 392, false, false},
                                              {"DTLS-Tunnel", 37, 2227003, 386, false, false}};
    struct buf out = BUF_INIT;
    char *text;

    (void)state;
    show_summary_put(sessions, COUNT(sessions), kinds, COUNT(kinds), 5000, &out);
    assert_non_null(strstr(buf_str(&out), "\nDevice Load                  :     1%\n"));
    assert_non_null(
        strstr(buf_str(&out), "\nTotals                       :    113 :    3543638\n"));
    if ((text = show_sample("vpn-sessiondb"))) {
        show_assert_is_part(text, "-----", NULL, &out);
        mem_free(text);
    }
    buf_release(&out);
}

struct session {
    const char *version;
    struct show_session s;
    struct show_ike_tunnel ike;
    struct show_esp_tunnel esp[2];
    int64_t nac; /* -1: none */
};

static void put(const struct session *s, struct buf *out)
{
    const struct gw_profile *p = show_release(s->version);

    show_session_put(p, &s->s, out);
    show_session_put_counts(&s->s, out);
    show_ike_tunnel_put(p, &s->ike, out);
    show_esp_tunnel_put(p, &s->esp[0], out);
    show_esp_tunnel_put(p, &s->esp[1], out);
    if (s->nac >= 0)
        show_session_put_nac(s->nac, out);
}

#define AT(y, mo, d, h, mi, s) test_unix(y, mo, d, h, mi, s)

static int64_t test_unix(int y, int mo, int d, int h, int mi, int s)
{
    struct civil c = {y, mo, d, h, mi, s};
    int64_t t = 0;

    assert_ok(civil_to_unix(&c, &t));
    return t;
}

static struct session session_8_2(void)
{
    return (struct session){
        "8.2(5)",
        {"", 6539, "169.254.107.1", "IKE", "IPsec", 1, 5, "AES128", "SHA1", "AES256", "SHA1",
         3419524983, 275429647, AT(2018, 7, 19, 10, 58, 15), "PDT", 890812},
        {6539, 1, 500, 500, "Main", "preSharedKeys", "AES128", "SHA1", 86400, 76776, 2,
         "TestFilter"},
        {{6539, 2, "169.254.44.0/255.255.252.0/0/0", "1.1.1.1/255.255.255.255/0/0", "AES256",
          "SHA1", 0, 28800, 19174, 4608000, 4586873, 30, 29, 3256642959, 268532214, 4539818,
          2958857, false},
         {6539, 3, "169.254.44.0/255.255.255.0/0/0", "1.1.1.1/255.255.255.255/0/0", "AES256",
          "SHA1", 0, 28800, 19482, 4608000, 4607988, 30, 23, 162882024, 6897433, 136730, 121906,
          true}},
        890906};
}

static struct session session_9(void)
{
    return (struct session){
        "9.2(4)",
        {"169.254.99.1", 79, "169.254.99.1", "IKEv1", "IPsec", 1, 2, "3DES", "SHA1", "3DES", "MD5",
         3722401287, 445893825, AT(2018, 7, 6, 16, 1, 3), "MDT", 1870742},
        {79, 1, 500, 500, "Main", "preSharedKeys", "3DES", "SHA1", 28800, 18795, 2, "TestFilter"},
        {{79, 3, "169.254.20.22/255.255.255.255/0/0", "192.168.6.74/255.255.255.255/0/0", "3DES",
          "MD5", 0, 28800, 18904, 4608000, 4607926, 30, 28, 12721728, 2387175, 29085, 29509, false},
         {79, 71, "169.254.20.21/255.255.255.255/0/0", "192.168.6.71/255.255.255.255/0/0", "3DES",
          "MD5", 0, 28800, 25194, 4608000, 4607999, 30, 25, 519703, 437245, 8681, 8677, true}},
        -1};
}

static struct session session_9_16(void)
{
    return (struct session){
        "9.16(4)",
        {"169.254.254.169", 382305, "Fujitsu-SydAX", "IKEv1", "IPsec", 1, 2, "AES128", "SHA1",
         "AES256", "SHA1", 2990057135, 2882502120, AT(2024, 12, 19, 2, 3, 37), "CET", 5299396},
        {382305, 1, 500, 500, "Main", "preSharedKeys", "AES128", "SHA1", 28800, 5305, 5, ""},
        {{382305, 2, "10.0.0.0/255.0.0.0/0/0", "169.254.254.169/255.255.255.224/0/0", "AES256",
          "SHA1", 5, 28800, 9912, 4608000, 4593380, 30, 29, 2438705575, 2753793776, 14948386,
          11089026, false},
         {382305, 434, "172.16.0.0/255.240.0.0/0/0", "169.254.254.169/255.255.255.224/0/0",
          "AES256", "SHA1", 5, 28800, 27272, 4608000, 4608000, 30, 4, 192, 248, 1, 1, true}},
        -1};
}

static void sessions_of_8_and_9_in_detail(void **state)
{
    struct session old = session_8_2(), later = session_9();
    struct buf out = BUF_INIT, second = BUF_INIT;
    char *text;

    (void)state;
    put(&old, &out);
    assert_non_null(strstr(buf_str(&out),
                           "Encryption   : AES128 AES256          Hashing      : SHA1\n"
                           "Bytes Tx     : 3419524983             Bytes Rx     : 275429647\n"
                           "Login Time   : 10:58:15 PDT Thu Jul 19 2018\n"
                           "Duration     : 10d 7h:26m:52s\n"));
    put(&later, &second);
    assert_non_null(strstr(buf_str(&second), "Encryption   : IKEv1: (1)3DES  IPsec: (2)3DES\n"
                                             "Hashing      : IKEv1: (1)SHA1  IPsec: (2)MD5\n"));
    if ((text = show_sample("vpn-sessiondb_detail_l2l2"))) {
        show_assert_is_part(text, "Connection   : \n", "Connection   : 169.254.104.1", &out);
        /* three tunnels there, two of them listed */
        char *three = strstr(text, "IPsec Tunnels: 3");
        three[strlen("IPsec Tunnels: ")] = '2';
        show_assert_is_part(text, "Connection   : 169.254.99.1", "Connection   : 169.254.44.1",
                            &second);
        mem_free(text);
    }
    buf_release(&out);
    buf_release(&second);
}

/* This sample has lost the blanks at the beginning of its lines, and of an empty field. */
static void strip(struct buf *b)
{
    struct buf out = BUF_INIT;
    bool start = true;

    for (size_t i = 0; i < b->n; i++) {
        if (b->s[i] != ' ' || !start)
            buf_addc(&out, b->s[i]);
        if (b->s[i] == '\n' && out.n >= 2 && out.s[out.n - 2] == ' ') {
            out.n -= 2;
            buf_addc(&out, '\n');
        }
        start = b->s[i] == '\n' || (start && b->s[i] == ' ');
    }
    buf_release(b);
    *b = out;
}

static void sessions_of_later_releases(void **state)
{
    struct session s = session_9_16();
    struct buf out = BUF_INIT;
    char *text;

    (void)state;
    put(&s, &out);
    assert_non_null(strstr(buf_str(&out),
                           "  Encapsulation: Tunnel                 PFS Group    : 5\n"
                           "  Rekey Int (T): 28800 Seconds          Rekey Left(T): 9912 Seconds\n"
                           "  Rekey Int (D): 4608000 K-Bytes        Rekey Left(D): 4593380 "
                           "K-Bytes\n"
                           "  Idle Time Out: 30 Minutes             Idle TO Left : 29 Minutes\n"));
    strip(&out);
    if ((text = show_sample("vpn-sessiondb_detail_l2l_obj"))) {
        struct buf lines = BUF_INIT;
        buf_adds(&lines, text);
        strip(&lines);
        show_assert_is_part(buf_str(&lines), "Connection", NULL, &out);
        buf_release(&lines);
        mem_free(text);
    }
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_summary_of_sessions),
        cmocka_unit_test(the_summary_with_anyconnect),
        cmocka_unit_test(sessions_of_8_and_9_in_detail),
        cmocka_unit_test(sessions_of_later_releases),
    };
    return cmocka_run_group_tests_name("gateway/show_session_real", tests, NULL, NULL);
}
