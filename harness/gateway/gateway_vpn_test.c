/* What happens to tunnels: lifetimes, dead peers, rekeying, reloads, forged and odd packets. */
#include "tests/gateway_lab.h"
#include "tests/testkit.h"

#include "base/mem.h"
#include <stdio.h>

static struct gateway_lab *make(const char *bo, const char *ho)
{
    struct gateway_lab *l = mem_zalloc(sizeof(*l));

    lab_init(l, bo, ho, 2);
    return l;
}

static void done(struct gateway_lab *l)
{
    assert_int_equal(l->clear_on_wan, 0);
    lab_release(l);
    mem_free(l);
}

#define OFF "no sysopt connection preserve-vpn-flows\n"

static void a_dead_peer_is_noticed_after_ten_seconds_and_three_tries(void **state)
{
    struct gateway_lab *l = make(OFF, OFF);
    struct asa_log log;
    struct lab_tcp c;

    (void)state;
    assert_true(lab_connect(l, &c, 1135, 80));
    l->wan_down = true;
    lab_run(l, SPAN_S(15));
    assert_int_equal(lab_logged(l, LAB_BO, 713123, NULL), 0);
    lab_run(l, SPAN_S(5));
    assert_int_equal(lab_logged(l, LAB_BO, 713123, "keepalive type: DPD"), 1);
    assert_int_equal(lab_logged(l, LAB_BO, 602304, NULL), 2);
    assert_int_equal(lab_logged(l, LAB_BO, 713259, "Lost Service"), 1);
    log = lab_last_log(l, LAB_BO, 113019);
    assert_true(bytes_eq(log.reason, bytes_str("Lost Service")));
    assert_in_range(log.duration_s, 15, 21);
    assert_int_equal(lab_last_log(l, LAB_BO, 302014).reason_class, ASA_REASON_TUNNEL);
    done(l);
}

static void a_busy_tunnel_sends_no_probes(void **state)
{
    struct gateway_lab *l = make(NULL, NULL);
    struct lab_tcp c;

    (void)state;
    assert_true(lab_connect(l, &c, 1135, 80));
    lab_run(l, SPAN_S(1));
    uint64_t ike = l->ike_on_wan;
    for (int i = 0; i < 60; i++) {
        assert_true(lab_transfer(l, &c, LAB_HO, 1000));
        lab_run(l, SPAN_MS(950));
    }
    assert_int_equal(l->ike_on_wan, ike);
    done(l);
}

/* Transfers while phase 2 is renewed again and again: nothing is lost, nothing is torn. */
static void rekeying_loses_nothing(void **state)
{
    struct gateway_lab *l =
        make(OFF "crypto ipsec security-association lifetime seconds 120\n", OFF);
    struct buf out = BUF_INIT;
    struct lab_tcp c;

    (void)state;
    assert_true(lab_connect(l, &c, 1135, 80));
    for (int i = 0; i < 800; i++) {
        assert_true(lab_transfer(l, &c, i % 2 ? LAB_HO : LAB_BO, 1000));
        lab_run(l, SPAN_MS(460));
    }
    assert_in_range(lab_logged(l, LAB_BO, 713041, "Rekeying Phase 2"), 2, 6);
    assert_int_equal(lab_logged(l, LAB_BO, 302014, NULL), 0);
    assert_int_equal(lab_logged(l, LAB_HO, 302014, NULL), 0);
    assert_int_equal(lab_logged(l, LAB_HO, 402114, NULL), 0);
    assert_int_equal(lab_logged(l, LAB_BO, 713259, NULL), 0);
    lab_type(l, LAB_BO, "show asp table vpn-context", &out);
    assert_null(strstr(buf_str(&out), "rk=0000000000"));
    assert_non_null(strstr(lab_type(l, LAB_BO, "show asp drop", &out), "Frame drop:\n\nLast"));
    buf_release(&out);
    done(l);
}

static void a_rekeyed_tunnel_keeps_its_flag(void **state)
{
    struct gateway_lab *l = make(LAB_NEVER_IDLE, LAB_NEVER_IDLE);
    struct buf out = BUF_INIT;
    struct lab_tcp c;

    (void)state;
    assert_true(lab_connect(l, &c, 1135, 80));
    lab_type(l, LAB_BO, "no sysopt connection preserve-vpn-flows", &out);
    lab_run(l, SPAN_S(28800));
    assert_true(lab_logged(l, LAB_BO, 713041, "Rekeying Phase 2") +
                    lab_logged(l, LAB_HO, 713041, "Rekeying Phase 2") >=
                1);
    assert_non_null(strstr(lab_type(l, LAB_BO, "show asp table vpn-context", &out), "+PRESERVE"));
    buf_release(&out);
    done(l);
}

static void volume_ends_a_pair_in_time(void **state)
{
    struct gateway_lab *l = make(
        OFF "logging trap debugging\ncrypto ipsec security-association lifetime kilobytes 100\n",
        OFF "logging trap debugging\n");
    struct lab_tcp c;

    (void)state;
    assert_true(lab_connect(l, &c, 1135, 80));
    for (int i = 0; i < 400; i++)
        assert_true(lab_transfer(l, &c, LAB_HO, 1380));
    assert_in_range(lab_logged(l, LAB_BO, 702307, "data rollover") +
                        lab_logged(l, LAB_HO, 702307, "data rollover"),
                    3, 12);
    assert_in_range(lab_logged(l, LAB_BO, 713120, NULL), 4, 10);
    assert_int_equal(lab_logged(l, LAB_BO, 302014, NULL), 0);
    done(l);
}

static void clear_text_from_outside_is_dropped_and_logged(void **state)
{
    struct gateway_lab *l = make(NULL, NULL);
    struct ip ip = {.version = 4, .proto = IP_UDP, .ttl = 64};
    uint8_t packet[64];
    struct wr w = wr_of(packet, sizeof(packet));
    struct udp u = {.src = 53, .dst = 4000};

    (void)state;
    assert_ok(ip_addr_parse(LAB_SERVER, &ip.src));
    assert_ok(ip_addr_parse(LAB_USER, &ip.dst));
    ip_put(&w, &ip, UDP_HDR_LEN);
    udp_put(&w, &u, &ip.src, &ip.dst);
    lab_send_packet(l, LAB_BO, LAB_WAN, wr_bytes(&w));
    lab_run(l, SPAN_S(1));
    assert_int_equal(lab_flush(l, LAB_BO), 0);
    assert_int_equal(lab_logged(l, LAB_BO, 402117, NULL), 1);
    done(l);
}

static void unknown_spis_are_logged_once_in_five_seconds(void **state)
{
    struct gateway_lab *l = make(NULL, NULL);
    struct ip ip = {.version = 4, .proto = IP_ESP, .ttl = 64};
    uint8_t packet[120] = {0};

    (void)state;
    assert_ok(ip_addr_parse("209.165.200.10", &ip.src));
    assert_ok(ip_addr_parse("209.165.201.2", &ip.dst));
    for (int i = 0; i < 3; i++) {
        struct wr w = wr_of(packet, sizeof(packet));
        ip_put(&w, &ip, 100);
        wr_be32(&w, 0x1234abcd);
        wr_zero(&w, 96);
        lab_send_packet(l, LAB_BO, LAB_WAN, wr_bytes(&w));
        lab_run(l, SPAN_S(1));
    }
    assert_int_equal(lab_logged(l, LAB_BO, 402114, "SPI= 0x1234ABCD"), 1);
    done(l);
}

/* What the WAN does to the ESP packets of one kind. */
struct meddler {
    int what;
    unsigned seen, copies;
};

static bool is_esp(const uint8_t *frame, size_t n, struct pkt *p)
{
    pkt_parse(bytes_of(frame, n), p);
    return p->kind == PKT_ESP;
}

enum { DAMAGE, REPLAY };

static bool meddle(struct gateway_lab *l, enum lab_side from, uint8_t *frame, size_t n)
{
    struct meddler *m = l->hook_ctx;
    struct pkt p;

    if (from != LAB_HO || !is_esp(frame, n, &p) || m->seen++ != 3)
        return true;
    if (m->what == DAMAGE)
        frame[n - 20] ^= 1;
    else
        lab_again(l, LAB_BO, LAB_WAN, frame, n, SPAN_S(1));
    return true;
}

static void damaged_and_replayed_packets_are_dropped_and_logged(void **state)
{
    static const uint32_t logged[] = {402120, 402119};

    (void)state;
    for (int what = DAMAGE; what <= REPLAY; what++) {
        struct gateway_lab *l = make(NULL, NULL);
        struct meddler m = {.what = what};
        struct lab_tcp c;
        assert_true(lab_connect(l, &c, 1135, 80));
        l->hook = meddle;
        l->hook_ctx = &m;
        size_t got = 0;
        for (int i = 0; i < 6; i++)
            got += lab_transfer(l, &c, LAB_HO, 700);
        lab_run(l, SPAN_S(3));
        assert_int_equal(got, what == DAMAGE ? 5 : 6);
        assert_int_equal(lab_logged(l, LAB_BO, logged[what], NULL), 1);
        done(l);
    }
}

static void a_reload_forgets_all_and_tells_nobody(void **state)
{
    struct gateway_lab *l = make(NULL, NULL);
    struct gateway_counters n;
    struct buf out = BUF_INIT;
    struct lab_tcp c;

    (void)state;
    assert_true(lab_connect(l, &c, 1135, 80));
    lab_type(l, LAB_BO, "hostname lost", &out);
    uint64_t ike = l->ike_on_wan;
    lab_type(l, LAB_BO, "reload noconfirm", &out);
    assert_int_equal(l->ike_on_wan, ike);
    gateway_counters(l->gw[LAB_BO], &n);
    assert_int_equal(n.conns, 0);
    assert_non_null(strstr(lab_type(l, LAB_BO, "show crypto ipsec sa", &out), "no ipsec sas"));
    assert_non_null(strstr(lab_type(l, LAB_BO, "show run", &out), "hostname CiscoASA"));
    assert_non_null(strstr(lab_type(l, LAB_HO, "show crypto ipsec sa", &out), "current_peer"));
    /* the connection is gone, so the server's segments find nothing: their SPI is unknown */
    assert_false(lab_transfer(l, &c, LAB_HO, 100));
    assert_int_equal(lab_logged(l, LAB_BO, 402114, NULL), 1);
    assert_true(lab_connect(l, &c, 1136, 80)); /* INITIAL-CONTACT clears the other side */
    lab_run(l, SPAN_S(5));
    assert_int_equal(lab_logged(l, LAB_HO, 113019, "Peer Reconnected"), 1);
    buf_release(&out);
    done(l);
}

static void what_is_stored_outlives_a_reload(void **state)
{
    struct gateway_lab *l = make(NULL, NULL);
    struct buf out = BUF_INIT;
    struct lab_tcp c;

    (void)state;
    lab_type(l, LAB_BO, "hostname kept", &out);
    assert_non_null(strstr(lab_type(l, LAB_BO, "write memory", &out), "[OK]"));
    lab_type(l, LAB_BO, "reload noconfirm", &out);
    assert_non_null(strstr(lab_type(l, LAB_BO, "show run", &out), "hostname kept"));
    lab_run(l, SPAN_S(1));
    assert_true(lab_connect(l, &c, 1135, 80)); /* with the key that was stored */
    buf_release(&out);
    done(l);
}

static void a_wrong_key_makes_no_tunnel(void **state)
{
    struct gateway_lab *l =
        make("tunnel-group 209.165.200.10 ipsec-attributes\n pre-shared-key wrong\n", NULL);
    struct lab_tcp c;

    (void)state;
    assert_false(lab_connect(l, &c, 1135, 80));
    lab_run(l, SPAN_S(60));
    assert_int_equal(lab_logged(l, LAB_BO, 713119, NULL), 0);
    assert_int_equal(lab_logged(l, LAB_BO, 302013, NULL), 0);
    assert_true(lab_logged(l, LAB_BO, 713136, NULL) + lab_logged(l, LAB_BO, 713904, NULL) > 0);
    done(l);
}

static void new_settings_are_used_for_what_is_negotiated_afterwards(void **state)
{
    struct gateway_lab *l = make(NULL, NULL);
    struct buf out = BUF_INIT;
    struct lab_tcp c;

    (void)state;
    assert_true(lab_connect(l, &c, 1135, 80));
    assert_non_null(strstr(lab_type(l, LAB_BO, "show crypto ipsec sa", &out), "esp-3des"));
    lab_type(l, LAB_BO, "crypto map map1 5 set transform-set ESP-AES-256-MD5", &out);
    lab_type(l, LAB_HO, "crypto map map1 5 set transform-set ESP-AES-256-MD5", &out);
    assert_true(lab_transfer(l, &c, LAB_BO, 100));
    assert_non_null(strstr(lab_type(l, LAB_BO, "show crypto ipsec sa", &out), "esp-3des"));
    lab_type(l, LAB_BO, "clear crypto isakmp sa", &out);
    lab_run(l, SPAN_S(1));
    assert_true(lab_connect(l, &c, 1136, 80));
    assert_non_null(strstr(lab_type(l, LAB_BO, "show crypto ipsec sa", &out), "esp-aes-256"));
    buf_release(&out);
    done(l);
}

static void two_entries_have_tunnels_of_their_own(void **state)
{
    struct gateway_lab *l = make(OFF, OFF);
    struct buf out = BUF_INIT;
    struct ip ip = {.version = 4, .proto = IP_ICMP, .ttl = 64};
    struct icmp m = {.type = ICMP_ECHO, .rest = 5 << 16};
    uint8_t packet[64];
    struct wr w = wr_of(packet, sizeof(packet));
    struct lab_tcp c;

    (void)state;
    assert_true(lab_connect(l, &c, 1135, 80));
    assert_ok(ip_addr_parse("10.224.52.7", &ip.src));
    assert_ok(ip_addr_parse(LAB_SERVER, &ip.dst));
    ip_put(&w, &ip, ICMP_HDR_LEN);
    icmp_put(&w, &m, &ip.src, &ip.dst);
    lab_send_packet(l, LAB_BO, LAB_LAN, wr_bytes(&w));
    lab_run(l, SPAN_S(2));
    assert_int_equal(lab_logged(l, LAB_BO, 713119, NULL), 1); /* one phase 1 */
    assert_int_equal(lab_logged(l, LAB_BO, 713120, NULL), 2);
    lab_type(l, LAB_BO, "show crypto ipsec sa", &out);
    const char *at = strstr(strstr(buf_str(&out), "(10.224.52.0"), "current outbound spi: ");
    char line[128];
    snprintf(line, sizeof(line), "clear crypto ipsec sa entry 209.165.200.10 esp 0x%.8s",
             at + strlen("current outbound spi: "));
    assert_string_equal(lab_type(l, LAB_BO, line, &out), "");
    lab_run(l, SPAN_S(1));
    assert_int_equal(lab_logged(l, LAB_BO, 602304, NULL), 2);
    assert_int_equal(lab_logged(l, LAB_BO, 302014, NULL), 0); /* not this one's tunnel */
    assert_int_equal(lab_logged(l, LAB_BO, 113019, NULL), 0);
    assert_true(lab_transfer(l, &c, LAB_BO, 100));
    buf_release(&out);
    done(l);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_dead_peer_is_noticed_after_ten_seconds_and_three_tries),
        cmocka_unit_test(a_busy_tunnel_sends_no_probes),
        cmocka_unit_test(rekeying_loses_nothing),
        cmocka_unit_test(a_rekeyed_tunnel_keeps_its_flag),
        cmocka_unit_test(volume_ends_a_pair_in_time),
        cmocka_unit_test(clear_text_from_outside_is_dropped_and_logged),
        cmocka_unit_test(unknown_spis_are_logged_once_in_five_seconds),
        cmocka_unit_test(damaged_and_replayed_packets_are_dropped_and_logged),
        cmocka_unit_test(a_reload_forgets_all_and_tells_nobody),
        cmocka_unit_test(what_is_stored_outlives_a_reload),
        cmocka_unit_test(a_wrong_key_makes_no_tunnel),
        cmocka_unit_test(new_settings_are_used_for_what_is_negotiated_afterwards),
        cmocka_unit_test(two_entries_have_tunnels_of_their_own),
    };

    return cmocka_run_group_tests_name("gateway/vpn", tests, NULL, NULL);
}
