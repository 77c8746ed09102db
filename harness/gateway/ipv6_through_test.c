/* IPv6 through the tunnel: flows that outlive it, and what is too big for it. */
#include "tests/ipv6_lab.h"
#include "tests/testkit.h"

#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>

/* --- the tunnel --------------------------------------------------------------------------------
 */

static void a_ping_gets_through_the_tunnel_and_back(void **state)
{
    struct gateway_lab *l = v6_new(NULL, NULL);
    struct ip ip = v6_header(V6_SERVER, V6_USER, IP_ICMPV6);
    struct icmp m = {.type = ICMP6_ECHO_REPLY, .rest = 7u << 16 | 1};
    uint8_t message[64];
    struct wr w = wr_of(message, sizeof(message));
    struct pkt p;

    (void)state;
    v6_ping(l, V6_USER, V6_SERVER, 56);
    lab_run(l, SPAN_S(1));
    assert_true(lab_take(l, LAB_HO, &p));
    assert_int_equal(p.icmp.type, ICMP6_ECHO);
    assert_int_equal(p.ip.ttl, 64);
    assert_true(v6_icmp_checksum_ok(&p));
    icmp_put(&w, &m, &ip.src, &ip.dst);
    v6_send_ip(l, LAB_HO, LAB_LAN, &ip, wr_bytes(&w));
    assert_true(lab_take(l, LAB_BO, &p));
    assert_int_equal(p.icmp.type, ICMP6_ECHO_REPLY);
    assert_int_equal(l->esp_on_wan, 2);
    assert_int_equal(lab_logged(l, LAB_BO, 302020,
                                "Built outbound ICMP connection for faddr 2001:db8:50::20/0 gaddr "
                                "2001:db8:b0::10/7 laddr 2001:db8:b0::10/7 type 128 code 0"),
                     1);
    lab_run(l, SPAN_S(3));
    assert_int_equal(lab_logged(l, LAB_BO, 302021, "2001:db8:50::20"), 1);
    v6_free(l);
}

static void the_log_and_show_conn_name_ipv6_addresses_as_the_device_does(void **state)
{
    struct gateway_lab *l = v6_new(NULL, NULL);
    struct buf out = BUF_INIT;
    struct v6_stream s;

    (void)state;
    v6_connect(l, &s);
    assert_true(v6_download(l, &s, 1000));
    assert_int_equal(
        lab_logged(l, LAB_BO, 302013,
                   "Built outbound TCP connection 1 for outside:2001:db8:50::20/443 "
                   "(2001:db8:50::20/443) to inside:2001:db8:b0::10/62477 (2001:db8:b0::10/62477)"),
        1);
    struct asa_log log = lab_last_log(l, LAB_HO, 302013);
    struct ip_addr user = v6_address(V6_USER);
    assert_int_equal(asa_endpoint_match(&log.a, &user, 62477), ASA_MATCH_YES);
    assert_non_null(strstr(lab_type(l, LAB_BO, "show conn", &out),
                           "TCP outside 2001:db8:50::20:443 inside 2001:db8:b0::10:62477, idle "
                           "0:00:00, bytes 1000, flags UI"));
    buf_release(&out);
    v6_free(l);
}

static void a_bounce_of_the_tunnel(bool preserve)
{
    struct gateway_lab *l = preserve ? v6_new(NULL, NULL)
                                     : v6_new("no sysopt connection preserve-vpn-flows\n",
                                              "no sysopt connection preserve-vpn-flows\n");
    struct buf out = BUF_INIT;
    struct v6_stream s;

    v6_connect(l, &s);
    assert_true(v6_download(l, &s, 1000));
    lab_type(l, LAB_BO, "clear crypto isakmp sa", &out);
    lab_run(l, SPAN_S(1));
    assert_int_equal(lab_logged(l, LAB_BO, 302014, "Tunnel has been torn down"), preserve ? 0 : 1);
    s.server += 1000;
    bool arrived = v6_download(l, &s, 500); /* asks for the tunnel, when the flow is known */
    lab_run(l, SPAN_S(10));
    arrived = arrived || v6_download(l, &s, 500);
    assert_int_equal(arrived, preserve);
    assert_int_equal(lab_logged(l, LAB_BO, 302013, NULL), 1);
    buf_release(&out);
    v6_free(l);
}

static void a_preserved_connection_survives_its_tunnel(void **state)
{
    (void)state;
    a_bounce_of_the_tunnel(true);
}

static void another_one_is_torn(void **state)
{
    (void)state;
    a_bounce_of_the_tunnel(false);
}

/* --- sizes -------------------------------------------------------------------------------------
 */

static void what_is_too_big_for_the_tunnel_is_answered_with_what_fits(void **state)
{
    struct gateway_lab *l = v6_new(NULL, NULL);
    struct ip_addr ours = v6_address("2001:db8:b0::5");
    struct pkt p;

    (void)state;
    v6_ping(l, V6_USER, V6_SERVER, 10);
    lab_run(l, SPAN_S(2));
    lab_flush(l, LAB_HO);
    v6_ping(l, V6_USER, V6_SERVER, 1452);
    assert_int_equal(lab_flush(l, LAB_HO), 0);
    assert_true(lab_take(l, LAB_BO, &p));
    assert_int_equal(p.icmp.type, ICMP6_TOO_BIG);
    assert_int_equal(p.icmp.code, 0);
    assert_in_range(p.icmp.rest, 1420, 1460);
    assert_true(ip_addr_eq(&p.ip.src, &ours));
    assert_true(v6_icmp_checksum_ok(&p));
    assert_int_equal(IP6_HDR_LEN + p.ip.payload_len, IP6_MTU_MIN); /* RFC 4443, 2.4 (c) */
    size_t mtu = p.icmp.rest;
    struct rd quoted = rd_of(p.icmp.data);
    assert_int_equal(rd_be32(&quoted), 6u << 28);
    assert_int_equal(rd_be16(&quoted), 1460);
    v6_ping(l, V6_USER, V6_SERVER, mtu - IP6_HDR_LEN - ICMP_HDR_LEN);
    assert_int_equal(lab_flush(l, LAB_HO), 1);
    assert_int_equal(l->fragments_on_wan, 0);
    v6_free(l);
}

static void fragments_are_put_together_and_leave_in_fragments(void **state)
{
    struct gateway_lab *l = v6_new(NULL, NULL);
    size_t at = 0;
    struct pkt p;

    (void)state;
    v6_send_fragments(l, 3000);
    lab_run(l, SPAN_S(2));
    assert_int_equal(lab_logged(l, LAB_BO, 302015, "inside:2001:db8:b0::10/4"), 1);
    while (lab_take(l, LAB_HO, &p)) {
        assert_int_equal(p.ip.proto, IP_UDP);
        assert_int_equal(p.ip.frag_off, at);
        assert_int_equal(p.ip.next, IP_FRAGMENT);
        assert_true(IP6_HDR_LEN + p.ip.ext.n + p.ip.payload_len <= 1500);
        at += p.ip.payload_len;
    }
    assert_int_equal(at, 3000 + UDP_HDR_LEN);
    assert_false(p.ip.more);
    v6_free(l);
}

static void extension_headers_stay_where_they_are(void **state)
{
    static const uint8_t options[] = {IP_UDP, 0, 1, 4, 0, 0, 0, 0}; /* PadN */
    static const uint8_t datagram[] = {0, 4, 0, 5, 0, 8, 0, 0};
    struct gateway_lab *l =
        v6_new("policy-map p\n class c\n  set connection decrement-ttl\n", NULL);
    struct ip ip = v6_header(V6_USER, V6_SERVER, IP_UDP);
    struct pkt p;

    (void)state;
    ip.next = IP_DSTOPTS;
    ip.ext = bytes_of(options, sizeof(options));
    for (int i = 0; i < 2; i++) { /* held for the tunnel, and not */
        v6_send_ip(l, LAB_BO, LAB_LAN, &ip, bytes_of(datagram, sizeof(datagram)));
        lab_run(l, SPAN_S(2));
        assert_true(lab_take(l, LAB_HO, &p));
        assert_int_equal(p.kind, PKT_UDP);
        assert_int_equal(p.ip.next, IP_DSTOPTS);
        assert_true(bytes_eq(p.ip.ext, ip.ext));
        assert_int_equal(p.ip.ttl, 63);
        assert_int_equal(p.udp.dst, 5);
    }
    v6_free(l);
}

/* --- tshark ------------------------------------------------------------------------------------
 */

/* What came out at the LANs, as a savefile; tshark judges checksums and dissects all of it. */
static void tshark_finds_nothing_wrong_with_what_is_sent(void **state)
{
    char dir[] = "/tmp/holdfast-v6-XXXXXX", path[96], command[512], line[256];
    struct gateway_lab *l = v6_new(NULL, NULL);
    struct v6_stream s;

    (void)state;
    if (system("tshark --version >/dev/null 2>&1") != 0) {
        print_message("SKIPPED: tshark is not there\n");
        v6_free(l);
        skip();
    }
    v6_connect(l, &s);
    assert_true(v6_download(l, &s, 1000));
    v6_ping(l, V6_USER, V6_SERVER, 1452); /* too big */
    v6_ping(l, V6_USER, "2001:db8:b0::5", 8);
    v6_send_fragments(l, 3000);
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof(path), "%s/lan.pcap", dir);
    pcap_t *dead = pcap_open_dead(DLT_EN10MB, 65535);
    pcap_dumper_t *d = pcap_dump_open(dead, path);
    assert_non_null(d);
    for (int side = 0; side < 2; side++) {
        for (size_t i = 0; i < l->ngot[side]; i++) {
            const struct lab_frame *f = &l->got[side][i];
            struct pcap_pkthdr h = {.caplen = (uint32_t)f->n, .len = (uint32_t)f->n};
            pcap_dump((unsigned char *)d, &h, f->p);
        }
    }
    pcap_dump_close(d);
    pcap_close(dead);
    snprintf(command, sizeof(command),
             "tshark -r %s -o tcp.check_checksum:TRUE -o udp.check_checksum:TRUE -T fields "
             "-E separator=, -e _ws.malformed -e tcp.checksum.status -e icmpv6.checksum.status "
             "-e udp.checksum.status 2>/dev/null; rm -r %s",
             path, dir);
    FILE *p = popen(command, "r");
    size_t lines = 0, good = 0;
    while (fgets(line, sizeof(line), p)) {
        lines++;
        assert_true(line[0] == ',');    /* not malformed */
        assert_null(strchr(line, '0')); /* "Bad" */
        good += strchr(line, '1') != NULL;
    }
    assert_int_equal(pclose(p), 0);
    assert_int_equal(lines, l->ngot[0] + l->ngot[1]);
    assert_true(good >= 7);
    v6_free(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_ping_gets_through_the_tunnel_and_back),
        cmocka_unit_test(the_log_and_show_conn_name_ipv6_addresses_as_the_device_does),
        cmocka_unit_test(a_preserved_connection_survives_its_tunnel),
        cmocka_unit_test(another_one_is_torn),
        cmocka_unit_test(what_is_too_big_for_the_tunnel_is_answered_with_what_fits),
        cmocka_unit_test(fragments_are_put_together_and_leave_in_fragments),
        cmocka_unit_test(extension_headers_stay_where_they_are),
        cmocka_unit_test(tshark_finds_nothing_wrong_with_what_is_sent),
    };
    return cmocka_run_group_tests_name("gateway/ipv6_through", tests, NULL, NULL);
}
