/* Two gateways with the note's configuration: what passes between them, and what is logged. */
#include "tests/gateway_lab.h"
#include "tests/testkit.h"

#include "base/mem.h"

#define WAN_PEER "209.165.200.10"

static struct gateway_lab *lab(void **state)
{
    return *state;
}

static int setup(void **state)
{
    struct gateway_lab *l = mem_zalloc(sizeof(*l));

    lab_init(l, NULL, NULL, 1);
    *state = l;
    return 0;
}

static int setup_off(void **state)
{
    struct gateway_lab *l = mem_zalloc(sizeof(*l));

    lab_init(l, "no sysopt connection preserve-vpn-flows\n",
             "no sysopt connection preserve-vpn-flows\n", 1);
    *state = l;
    return 0;
}

static int teardown(void **state)
{
    struct gateway_lab *l = *state;

    assert_int_equal(l->clear_on_wan, 0);
    lab_release(l);
    mem_free(l);
    return 0;
}

static void a_ping_brings_the_tunnel_up_and_gets_through(void **state)
{
    struct gateway_lab *l = lab(state);
    struct pkt p;

    lab_ping(l, LAB_BO, 7, 100, false);
    lab_run(l, SPAN_S(2));
    assert_true(lab_take(l, LAB_HO, &p)); /* the very packet that asked for the tunnel */
    assert_int_equal(p.kind, PKT_ICMP);
    assert_int_equal(p.icmp.data.n, 100);
    assert_int_equal(p.ip.ttl, 64); /* an ASA is no hop */
    lab_ping(l, LAB_HO, 7, 100, false);
    lab_run(l, SPAN_S(1));
    assert_true(lab_take(l, LAB_BO, &p));
    assert_int_equal(p.icmp.type, ICMP_ECHO_REPLY);
    assert_int_equal(l->esp_on_wan, 2);
    assert_int_equal(lab_logged(l, LAB_BO, 302020, NULL), 1);
    assert_int_equal(lab_logged(l, LAB_HO, 302020, NULL), 1);
}

/* Positions of the records in the log, in the order the ASA has them. */
static void the_log_of_a_tunnel_that_comes_up_is_in_the_devices_order(void **state)
{
    static const char *const order[][8] = {
        {"713041: IP = 209.165.200.10, IKE Initiator: New Phase 1", "713119: Group = ",
         "713041: Group = 209.165.200.10, IP = 209.165.200.10, IKE Initiator: New Phase 2",
         "713049: ", "602303: IPSEC: An outbound LAN-to-LAN SA",
         "602303: IPSEC: An inbound LAN-to-LAN SA", "713120: ", "302020: "},
        {"713119: ", "713049: ", "602303: IPSEC: An outbound", "602303: IPSEC: An inbound",
         "713120: ", "302020: ", NULL, NULL},
    };
    struct gateway_lab *l = lab(state);

    lab_ping(l, LAB_BO, 7, 100, false);
    lab_run(l, SPAN_S(2));
    for (int side = 0; side < 2; side++) {
        const char *at = buf_str(&l->logs[side]);
        for (size_t i = 0; i < 8 && order[side][i]; i++) {
            const char *found = strstr(at, order[side][i]);
            if (!found)
                fail_msg("side %d lacks %s behind\n%s\nin\n%s", side, order[side][i], at,
                         buf_str(&l->logs[side]));
            at = found + 1;
        }
    }
}

static void a_tcp_connection_is_logged_from_end_to_end(void **state)
{
    struct gateway_lab *l = lab(state);
    struct asa_log built, torn;
    struct lab_tcp c;

    assert_true(lab_connect(l, &c, 1135, 80));
    assert_true(lab_transfer(l, &c, LAB_BO, 500));
    assert_true(lab_transfer(l, &c, LAB_HO, 50000));
    assert_true(lab_close(l, &c));
    built = lab_last_log(l, LAB_BO, 302013);
    torn = lab_last_log(l, LAB_BO, 302014);
    assert_int_equal(built.direction, ASA_OUTBOUND);
    assert_int_equal(asa_endpoint_match(&built.a, &(struct ip_addr){4, {192, 168, 50, 20}}, 80),
                     ASA_MATCH_YES);
    assert_int_equal(built.b.port, 1135);
    assert_true(bytes_eq(built.a.interface, bytes_str("outside")));
    assert_int_equal(torn.connection, built.connection);
    assert_int_equal(torn.reason_class, ASA_REASON_FIN);
    assert_int_equal(torn.bytes, 50500);
    assert_int_equal(lab_last_log(l, LAB_HO, 302014).bytes, 50500);
    assert_int_equal(lab_last_log(l, LAB_HO, 302013).direction, ASA_INBOUND);
}

static void without_the_feature_a_delete_tears_the_connection(void **state)
{
    struct gateway_lab *l = lab(state);
    struct buf out = BUF_INIT;
    struct lab_tcp c;
    struct asa_log log;
    struct pkt p;

    assert_true(lab_connect(l, &c, 1135, 80));
    assert_true(lab_transfer(l, &c, LAB_HO, 20000));
    uint64_t id = lab_last_log(l, LAB_BO, 302013).connection;
    lab_forget_logs(l);
    lab_type(l, LAB_BO, "clear crypto isakmp sa", &out);
    lab_run(l, SPAN_S(1));
    for (int side = 0; side < 2; side++) {
        log = lab_last_log(l, (enum lab_side)side, 302014);
        assert_true(bytes_eq(log.reason, bytes_str("Tunnel has been torn down")));
        assert_int_equal(log.bytes, 20000);
        assert_int_equal(lab_logged(l, (enum lab_side)side, 302014, NULL), 1);
        assert_int_equal(lab_logged(l, (enum lab_side)side, 602304, NULL), 2);
        assert_int_equal(lab_logged(l, (enum lab_side)side, 113019, NULL), 1);
        assert_int_equal(lab_logged(l, (enum lab_side)side, 713259, NULL), 1);
        assert_int_equal(lab_logged(l, (enum lab_side)side, 713050, NULL), 1);
    }
    assert_int_equal(lab_last_log(l, LAB_BO, 302014).connection, id);
    /* what comes then is denied, and the user is told */
    lab_flush(l, LAB_BO);
    assert_false(lab_transfer(l, &c, LAB_BO, 100));
    log = lab_last_log(l, LAB_BO, 106015);
    assert_true(bytes_eq(log.tcp_flags, bytes_str("PSH ACK")));
    assert_true(bytes_eq(log.interface, bytes_str("inside")));
    l->taken[LAB_BO] = 0; /* the transfer has looked at all that came */
    bool reset = false;
    while (lab_take(l, LAB_BO, &p))
        reset = reset || (p.kind == PKT_TCP && tcp_has(&p.tcp, TCP_RST));
    assert_true(reset);
    buf_release(&out);
}

static void with_the_feature_the_connection_goes_on_in_a_new_tunnel(void **state)
{
    struct gateway_lab *l = lab(state);
    struct gateway_counters n;
    struct buf out = BUF_INIT;
    struct lab_tcp c;

    assert_true(lab_connect(l, &c, 1135, 80));
    assert_true(lab_transfer(l, &c, LAB_BO, 100));
    assert_true(lab_transfer(l, &c, LAB_HO, 20000));
    uint64_t id = lab_last_log(l, LAB_BO, 302013).connection;
    l->wan_down = true; /* the far side learns nothing, and new negotiations do not get through */
    lab_type(l, LAB_BO, "clear crypto isakmp sa", &out);
    lab_run(l, SPAN_MS(500));
    assert_int_equal(lab_logged(l, LAB_BO, 302014, NULL), 0);
    assert_non_null(strstr(lab_type(l, LAB_BO, "show conn", &out), "flags UIOV"));
    gateway_counters(l->gw[LAB_BO], &n);
    assert_int_equal(n.orphans, 1);
    uint64_t esp = l->esp_on_wan;
    assert_false(lab_transfer(l, &c, LAB_BO, 100)); /* dropped, and asks for the tunnel */
    assert_int_equal(l->esp_on_wan, esp);
    assert_true(lab_logged(l, LAB_BO, 713041, "New Phase 1") >= 2);
    l->wan_down = false;
    lab_run(l, SPAN_S(60));
    assert_int_equal(lab_logged(l, LAB_BO, 713120, NULL), 2);
    assert_true(lab_transfer(l, &c, LAB_BO, 100));
    assert_true(lab_transfer(l, &c, LAB_HO, 20000));
    assert_null(strchr(strstr(lab_type(l, LAB_BO, "show conn", &out), "flags"), 'V'));
    assert_true(lab_close(l, &c));
    for (int side = 0; side < 2; side++) {
        assert_int_equal(lab_logged(l, (enum lab_side)side, 302013, NULL), 1);
        assert_int_equal(lab_logged(l, (enum lab_side)side, 302014, NULL), 1);
        assert_int_equal(lab_last_log(l, (enum lab_side)side, 302014).reason_class, ASA_REASON_FIN);
    }
    assert_int_equal(lab_last_log(l, LAB_BO, 302014).connection, id);
    assert_int_equal(lab_last_log(l, LAB_BO, 302014).bytes, 40200);
    buf_release(&out);
}

static void switching_on_has_no_effect_on_a_tunnel_that_is_up(void **state)
{
    struct gateway_lab *l = lab(state);
    struct buf out = BUF_INIT;
    struct lab_tcp c;

    assert_true(lab_connect(l, &c, 1135, 80));
    lab_type(l, LAB_BO, "configure terminal", &out);
    lab_type(l, LAB_BO, "sysopt connection preserve-vpn-flows", &out);
    lab_type(l, LAB_HO, "sysopt connection preserve-vpn-flows", &out);
    assert_null(strstr(lab_type(l, LAB_BO, "show asp table vpn-context", &out), "PRESERVE"));
    lab_type(l, LAB_BO, "clear crypto ipsec sa", &out);
    lab_run(l, SPAN_S(1));
    assert_int_equal(lab_logged(l, LAB_BO, 302014, "Tunnel has been torn down"), 1);
    assert_true(lab_connect(l, &c, 1136, 80)); /* and now it is built anew */
    assert_non_null(
        strstr(lab_type(l, LAB_BO, "show asp table vpn-context", &out), "DECR+ESP+PRESERVE"));
    lab_type(l, LAB_BO, "clear crypto ipsec sa", &out);
    lab_run(l, SPAN_S(1));
    assert_int_equal(lab_logged(l, LAB_BO, 302014, "Tunnel has been torn down"), 1);
    assert_true(lab_transfer(l, &c, LAB_BO, 100) ||
                (lab_run(l, SPAN_S(5)), lab_transfer(l, &c, LAB_BO, 100)));
    buf_release(&out);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
#define ON(name)  cmocka_unit_test_setup_teardown(name, setup, teardown)
#define OFF(name) cmocka_unit_test_setup_teardown(name, setup_off, teardown)
        ON(a_ping_brings_the_tunnel_up_and_gets_through),
        ON(the_log_of_a_tunnel_that_comes_up_is_in_the_devices_order),
        ON(a_tcp_connection_is_logged_from_end_to_end),
        OFF(without_the_feature_a_delete_tears_the_connection),
        ON(with_the_feature_the_connection_goes_on_in_a_new_tunnel),
        OFF(switching_on_has_no_effect_on_a_tunnel_that_is_up),
    };

    return cmocka_run_group_tests_name("gateway/gateway", tests, NULL, NULL);
}
