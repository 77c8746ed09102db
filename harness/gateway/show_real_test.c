/* What is printed, byte for byte beside what real devices have printed: the samples of
 * networktocode/ntc-templates (Apache-2.0), a few of their lines here as expectations, and the
 * whole files where ../shared/data is there. */
#include "gateway/show_net.h"
#include "gateway/show_vpn.h"

#include "base/bytes.h"
#include "base/mem.h"
#include "tests/testkit.h"
#include "wire/civil.h"
#include "wire/scan.h"

#include <stdio.h>

#define SAMPLES "../shared/data/asa-logs/networktocode__ntc-templates/cisco_asa_show_"

static const struct gw_profile *release(const char *version)
{
    return gw_profile_find(GW_PLATFORM_ASA, gw_version_parse(version));
}

/* The sample's text without blank lines at its end; NULL, and said, when it is not there. */
static char *sample(const char *name)
{
    char path[256];
    size_t n;

    snprintf(path, sizeof(path), SAMPLES "%s.raw", name);
    uint8_t *bytes = test_file(path, &n);
    if (!bytes) {
        printf("SKIPPED: %s is not here\n", path);
        return NULL;
    }
    char *text = mem_strndup((const char *)bytes, n);
    mem_free(bytes);
    while (n && (text[n - 1] == '\n' || text[n - 1] == ' '))
        text[--n] = '\0';
    return text;
}

static void trim(struct buf *b)
{
    while (b->n && (b->s[b->n - 1] == '\n' || b->s[b->n - 1] == ' '))
        b->s[--b->n] = '\0';
}

/* The part of the sample from FROM up to TO (NULL: its end) is what OUT has. */
static void assert_is_part(const char *text, const char *from, const char *to, struct buf *out)
{
    const char *start = strstr(text, from);

    assert_non_null(start);
    const char *end = to ? strstr(start + 1, to) : NULL;
    char *part = mem_strndup(start, end ? (size_t)(end - start) : strlen(start));
    size_t n = strlen(part);
    while (n && (part[n - 1] == '\n' || part[n - 1] == ' '))
        part[--n] = '\0';
    trim(out);
    assert_string_equal(buf_str(out), part);
    mem_free(part);
}

/* --- show asp table vpn-context detail ----------------------------------------------------------
 */

#define NATT(handle, ptr, in, sa, spi, pkts, bad, rekeys, peer, up_dip)                            \
    {                                                                                              \
        handle, ptr, sa, spi, peer, in, true, false, up_dip, 1, pkts, bad, bad, bad, bad, rekeys,  \
            rekeys, NULL                                                                           \
    }
#define KEPT(handle, ptr, in, sa, spi, pkts)                                                       \
    {                                                                                              \
        handle, ptr, sa, spi, "10.11.200.23", in, false, true, false, 1, pkts, 0, 0, 0, 0, 5, 5,   \
            "VPN-ACL-1"                                                                            \
    }

static const struct show_context contexts[] = {
    NATT(0x01177414, 0xCC11B670, true, 0x0DA8FA2F, 0x4F456306, 8092, 1, 3, "10.10.200.25", true),
    NATT(0x0116C1F4, 0xCC11A688, false, 0x0DAB083D, 0xDB16183C, 7972, 1, 3, "10.10.200.25", true),
    KEPT(0x01155524, 0xCC05C8F0, true, 0x0DACF9C5, 0x0F51782D, 27257),
    KEPT(0x0114BD44, 0xC848E250, false, 0x0DAE8F1B, 0x4ACE6F27, 24194),
    NATT(0x0114044C, 0xCC11C010, true, 0x0DA50609, 0xDEFE481D, 2495, 0, 5, "10.12.200.22", false),
};

static void contexts_in_detail(void **state)
{
    struct buf out = BUF_INIT;
    char *text;

    (void)state;
    show_context_put_detail(&contexts[2], &out);
    assert_string_equal(buf_str(&out),
                        "VPN CTX  = 0x01155524\n\nPeer IP  = 10.11.200.23\n"
                        "Pointer  = 0xCC05C8F0\nState    = UP\nFlags    = DECR+ESP+PRESERVE\n"
                        "SA   = 0x0DACF9C5\nSPI  = 0x0F51782D\nGroup    = 1\nPkts     = 27257\n"
                        "Bad Pkts = 0\nBad SPI  = 0\nSpoof    = 0\nBad Crypto = 0\n"
                        "Rekey Pkt  = 5\nRekey Call = 5\nVPN Filter = VPN-ACL-1\n");
    buf_clear(&out);
    for (size_t i = 0; i < COUNT(contexts); i++) {
        if (i)
            buf_addc(&out, '\n');
        show_context_put_detail(&contexts[i], &out);
    }
    if ((text = sample("asp_table_vpn-context_detail"))) {
        assert_is_part(text, "VPN CTX", NULL, &out);
        mem_free(text);
    }
    buf_release(&out);
}

/* --- show crypto ikev1 sa detail ----------------------------------------------------------------
 */

static void phase_one_in_columns(void **state)
{
    static const struct show_ike sas[] = {
        {1, "209.165.200.225", "User", false, false, "AM_Active", "3des", "SHA", "preshared", 86400,
         1},
        {2, "209.165.200.226", "User", false, false, "AM_ACTIVE", "3des", "SHA", "preshared", 86400,
         1},
        {3, "209.165.200.227", "User", false, false, "AM_ACTIVE", "3des", "SHA", "preshared", 86400,
         1},
        {4, "209.165.200.228", "User", false, false, "AM_ACTIVE", "3des", "SHA", "preshared", 86400,
         1},
    };
    struct buf out = BUF_INIT;
    char *text;

    (void)state;
    show_ike_put_columns(&sas[1], &out);
    assert_string_equal(
        buf_str(&out),
        "IKE Peer      Type  Dir   Rky  State      Encrypt Hash  Auth    Lifetime\n"
        "2 209.165.200.226 User  Resp  No   AM_ACTIVE  3des    SHA   preshrd 86400\n");
    buf_clear(&out);
    for (size_t i = 0; i < COUNT(sas); i++)
        show_ike_put_columns(&sas[i], &out);
    if ((text = sample("crypto_ikev1_sa_detail"))) {
        assert_is_part(text, "IKE Peer", NULL, &out);
        mem_free(text);
    }
    buf_release(&out);
}

/* The block form, as a public post of an ASA shows it. */
static void phase_one_in_blocks(void **state)
{
    static const struct show_ike sa = {1,           "192.168.255.11", "L2L", true,        false,
                                       "MM_ACTIVE", "aes-256",        "SHA", "preshared", 86400,
                                       2550};
    struct buf out = BUF_INIT;

    (void)state;
    show_ike_put_count(1, 0, &out);
    show_ike_put(&sa, true, &out);
    assert_string_equal(
        buf_str(&out),
        "   Active SA: 1\n"
        "    Rekey SA: 0 (A tunnel will report 1 Active and 1 Rekey SA during rekey)\n"
        "Total IKE SA: 1\n\n"
        "1   IKE Peer: 192.168.255.11\n"
        "    Type    : L2L             Role    : initiator \n"
        "    Rekey   : no              State   : MM_ACTIVE \n"
        "    Encrypt : aes-256         Hash    : SHA       \n"
        "    Auth    : preshared       Lifetime: 86400\n"
        "    Lifetime Remaining: 2550\n");
    buf_release(&out);
}

/* --- show crypto ipsec sa -----------------------------------------------------------------------
 */

#define NATT_PEER "8.8.8.8"
#define NAME_PEER "REMOTE-PEER-8.8.4.4"

static const struct show_tunnel tunnels[] = {
    {"COLO-MAP",
     2,
     "172.16.248.119",
     NATT_PEER,
     "access-list 2 extended permit ip 172.16.122.32 255.255.255.240 host 172.30.1.153",
     "172.16.122.32/255.255.255.240/0/0",
     "172.30.1.153/255.255.255.255/0/0",
     13915315,
     23606461,
     0,
     0,
     0,
     0,
     4500,
     4500,
     1500,
     82,
     52,
     1500,
     0x50023DDC,
     0x32F752FF},
    {"COLO-MAP",
     3,
     "LOCAL-ADDR-172.20.248.119",
     NAME_PEER,
     "access-list 200 extended permit ip 172.20.122.32 255.255.255.240 10.160.4.0 255.255.255.0",
     "172.20.122.32/255.255.255.240/0/0",
     "10.160.4.0/255.255.255.0/0/0",
     0,
     0,
     0,
     0,
     0,
     0,
     500,
     500,
     1500,
     74,
     44,
     1500,
     0xEA40155F,
     0x6A7391E0},
};

#define AES_MD5 "esp-aes-256 esp-md5-hmac"

static const struct show_sa sas[] = {
    {0x32F752FF,
     AES_MD5,
     false,
     true,
     159694848,
     "COLO-MAP",
     2699423,
     25461,
     16,
     true,
     {0xFFFFFFFF, 0xFFFFFFFF}},
    {0x50023DDC, AES_MD5, false, true, 159694848, "COLO-MAP", 3892153, 25461, 16, true, {0, 1}},
    {0x6A7391E0, AES_MD5, false, false, 14376960, "COLO-MAP", 2038431743, 70749, 16, true, {0, 1}},
    {0xEA40155F, AES_MD5, false, false, 14376960, "COLO-MAP", 2038431743, 70749, 16, true, {0, 1}},
};

static void phase_two_of_9(void **state)
{
    const struct gw_profile *p = release("9.1(7)");
    struct buf out = BUF_INIT;
    char *text;

    (void)state;
    show_sa_put(p, &sas[0], &out);
    assert_string_equal(buf_str(&out),
                        "      spi: 0x32F752FF (855069439)\n"
                        "         SA State: active\n"
                        "         transform: esp-aes-256 esp-md5-hmac no compression\n"
                        "         in use settings ={L2L, Tunnel,  NAT-T-Encaps, IKEv1, }\n"
                        "         slot: 0, conn_id: 159694848, crypto-map: COLO-MAP\n"
                        "         sa timing: remaining key lifetime (kB/sec): (2699423/25461)\n"
                        "         IV size: 16 bytes\n"
                        "         replay detection support: Y\n"
                        "         Anti replay bitmap:\n"
                        "          0xFFFFFFFF 0xFFFFFFFF\n");
    buf_clear(&out);
    buf_adds(&out, "interface: COLO\n");
    for (size_t i = 0; i < COUNT(tunnels); i++) {
        if (i)
            buf_addc(&out, '\n');
        show_tunnel_put(p, &tunnels[i], &out);
        buf_adds(&out, "    inbound esp sas:\n");
        show_sa_put(p, &sas[2 * i], &out);
        buf_adds(&out, "    outbound esp sas:\n");
        show_sa_put(p, &sas[2 * i + 1], &out);
    }
    if ((text = sample("crypto_ipsec_sa"))) {
        assert_is_part(text, "interface: COLO", NULL, &out);
        mem_free(text);
    }
    buf_release(&out);
}

/* --- show vpn-sessiondb -------------------------------------------------------------------------
 */

static void the_summary_of_sessions(void **state)
{
    static const struct show_tally sessions[] = {{"Site-to-Site VPN", 99, 3506999, 99},
                                                 {"IKEv2 IPsec", 9, 3999, 9},
                                                 {"IKEv1 IPsec", 99, 3502999, 99}};
    static const struct show_tally kinds[] = {{"IKEv1", 99, 3502999, 99},
                                              {"IKEv2", 9, 3999, 9},
                                              {"IPsec", 99, 9302, 99},
                                              {"IPsecOverNatT", 9, 1999, 9}};
    struct buf out = BUF_INIT;
    char *text;

    (void)state;
    show_summary_put(sessions, COUNT(sessions), kinds, COUNT(kinds), 750, &out);
    assert_non_null(strstr(buf_str(&out), "Site-to-Site VPN             :     99 :    3506999 :    "
                                          "      99\n"
                                          "  IKEv2 IPsec                :      9 :       3999 :    "
                                          "       9\n"));
    assert_non_null(strstr(buf_str(&out), "\nTotals                       :    216 :"));
    if ((text = sample("vpn-sessiondb2"))) {
        /* the sample's own sums, and its load, were made up: the rest is compared */
        char *totals = strstr(out.s, "Totals");
        totals[0] = '\0';
        out.n = (size_t)(totals - out.s);
        char *load = strstr(out.s, "Device Load");
        memcpy(strstr(load, "13%"), " 2%", 3);
        assert_is_part(text, "-----", "Totals", &out);
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
    const struct gw_profile *p = release(s->version);

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
    if ((text = sample("vpn-sessiondb_detail_l2l2"))) {
        assert_is_part(text, "Connection   : \n", "Connection   : 169.254.104.1", &out);
        /* three tunnels there, two of them listed */
        char *three = strstr(text, "IPsec Tunnels: 3");
        three[strlen("IPsec Tunnels: ")] = '2';
        assert_is_part(text, "Connection   : 169.254.99.1", "Connection   : 169.254.44.1", &second);
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
    if ((text = sample("vpn-sessiondb_detail_l2l_obj"))) {
        struct buf lines = BUF_INIT;
        buf_adds(&lines, text);
        strip(&lines);
        assert_is_part(buf_str(&lines), "Connection", NULL, &out);
        buf_release(&lines);
        mem_free(text);
    }
    buf_release(&out);
}

/* --- show asp drop ------------------------------------------------------------------------------
 */

static void drops_stand_in_columns(void **state)
{
    static const struct {
        struct show_drop d;
        const char *line;
    } rows[] = {
        {{"First TCP packet not SYN", "tcp-not-syn", 205},
         "  First TCP packet not SYN (tcp-not-syn)                                     205\n"},
        {{"TCP global Out-of-Order packet buffer full", "tcp-global-buffer-full", 53},
         "  TCP global Out-of-Order packet buffer full (tcp-global-buffer-full)         53\n"},
        {{"ICMP Error Inspect no existing conn", "inspect-icmp-error-no-existing-conn", 13},
         "  ICMP Error Inspect no existing conn (inspect-icmp-error-no-existing-conn)             "
         "                       13\n"},
        {{"Dropped pending packets due to a failed attempt to get an internal socket lock",
          "np-socket-lock-failure", 61},
         "  Dropped pending packets due to a failed attempt to get an internal socket lock "
         "(np-socket-lock-failu         61\n"},
    };
    struct buf out = BUF_INIT;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        buf_clear(&out);
        show_drop_put(&rows[i].d, &out);
        assert_string_equal(buf_str(&out), rows[i].line);
    }
    buf_release(&out);
}

/* Every line of the sample, taken apart and put together again. */
static size_t reprint(const char *text)
{
    struct bytes rest = bytes_str(text), line;
    size_t n = 0;

    while (rest.n) {
        struct bytes name, keyword, left;
        struct buf out = BUF_INIT;
        uint64_t count;
        if (!scan_before(&rest, "\n", &line)) {
            line = rest;
            rest.n = 0;
        }
        left = line;
        if (!scan_lit(&left, "  ") || !scan_before(&left, " (", &name) ||
            !scan_before(&left, ")", &keyword))
            continue;
        while (left.n && left.p[0] == ' ')
            left = bytes_from(left, 1);
        assert_true(scan_u64(&left, &count));
        char *a = mem_strndup((const char *)name.p, name.n);
        char *b = mem_strndup((const char *)keyword.p, keyword.n);
        char *want = mem_strndup((const char *)line.p, line.n);
        show_drop_put(&(struct show_drop){a, b, count}, &out);
        trim(&out);
        if (strcmp(b, "mp-svc-no-channel") != 0 || count > 1000) { /* one was edited by hand */
            assert_string_equal(buf_str(&out), want);
            n++;
        }
        mem_free(a);
        mem_free(b);
        mem_free(want);
        buf_release(&out);
    }
    return n;
}

static void every_drop_of_the_samples(void **state)
{
    static const char *const names[] = {"asp_drop", "asp_drop2"};

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        char *text = sample(names[i]);
        if (!text)
            continue;
        assert_true(reprint(text) > 50);
        mem_free(text);
    }
}

/* --- show conn ----------------------------------------------------------------------------------
 */

static void connections_of_each_release(void **state)
{
    static const struct show_conn real_9 = {
        "TCP",
        {"inside", "10.117.142.19", "10.117.142.19", 42098, 42098},
        {"dmz", "192.168.198.28", "192.168.198.28", 443, 443},
        true,
        207473454,
        3,
        6,
        30,
        0,
        "SaAB"};
    static const struct show_conn real_8_0 = {
        "TCP",
        {"outside", "192.168.110.251", "192.168.110.251", 7393, 7393},
        {"inside", "192.168.150.252", "192.168.150.252", 21, 21},
        true,
        5,
        0,
        60,
        3600,
        1048,
        "UOVB"};
    static const struct show_conn mapped = {"TCP",
                                            {"VPN", "10.99.55.44", "18.17.16.15", 11515, 11515},
                                            {"inside", "192.168.1.3", "192.168.1.3", 52419, 52419},
                                            false,
                                            5,
                                            11,
                                            60,
                                            3600,
                                            0,
                                            "saA"};
    struct buf out = BUF_INIT;

    (void)state;
    show_conn_put(release("9.16(4)"), &real_9, SHOW_CONN_LONG, &out);
    assert_string_equal(buf_str(&out),
                        "TCP inside: 10.117.142.19/42098 (10.117.142.19/42098) dmz: "
                        "192.168.198.28/443 (192.168.198.28/443), flags SaAB , idle 3s, uptime 6s, "
                        "timeout 30s, bytes 0\n"
                        "  Initiator: 10.117.142.19, Responder: 192.168.198.28\n");
    buf_clear(&out);
    show_conn_put(release("8.0(4)"), &real_8_0, SHOW_CONN_PLAIN, &out);
    assert_string_equal(buf_str(&out), "TCP out 192.168.110.251:7393 in 192.168.150.252:21 idle "
                                       "0:00:00 bytes 1048 flags UOVB\n");
    buf_clear(&out);
    show_conn_put(release("8.4(2)"), &mapped, SHOW_CONN_PLAIN, &out);
    assert_string_equal(buf_str(&out), "TCP VPN 10.99.55.44(18.17.16.15):11515 inside "
                                       "192.168.1.3:52419, idle 0:00:11, bytes 0, flags saA\n");
    buf_clear(&out);
    show_conn_put(release("8.2(1)"), &mapped, SHOW_CONN_DETAIL, &out);
    assert_string_equal(buf_str(&out),
                        "TCP VPN:10.99.55.44/11515 inside:192.168.1.3/52419, flags saA, idle 11s, "
                        "uptime 1m0s, timeout 1h0m, bytes 0\n");
    buf_clear(&out);
    show_conn_put_legend(release("9.16(4)"), SHOW_CONN_LONG, &out);
    assert_non_null(strstr(buf_str(&out), "       V - VPN orphan, v - M3UA W - WAAS,\n"));
    buf_release(&out);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(contexts_in_detail),
        cmocka_unit_test(phase_one_in_columns),
        cmocka_unit_test(phase_one_in_blocks),
        cmocka_unit_test(phase_two_of_9),
        cmocka_unit_test(the_summary_of_sessions),
        cmocka_unit_test(sessions_of_8_and_9_in_detail),
        cmocka_unit_test(sessions_of_later_releases),
        cmocka_unit_test(drops_stand_in_columns),
        cmocka_unit_test(every_drop_of_the_samples),
        cmocka_unit_test(connections_of_each_release),
    };

    return cmocka_run_group_tests_name("gateway/show_real", tests, NULL, NULL);
}
