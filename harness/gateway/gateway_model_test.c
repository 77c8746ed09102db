/* What is a switch of the model, and tunnels whose two ends are not configured alike. */
#include "tests/gateway_lab.h"
#include "tests/testkit.h"

#include "base/mem.h"
#include "ike/ike.h"
#include "wire/isakmp.h"

static struct gateway_lab *make(const struct gateway_model *model, const char *bo, const char *ho)
{
    struct gateway_lab *l = mem_zalloc(sizeof(*l));

    lab_init_model(l, bo, ho, 7, model);
    return l;
}

static void done(struct gateway_lab *l)
{
    assert_int_equal(l->clear_on_wan, 0);
    lab_release(l);
    mem_free(l);
}

static void packets_of_orphans_ask_for_the_tunnel_or_not(void **state)
{
    static const struct gateway_model models[] = {{0}, {.orphans_do_not_acquire = true}};

    (void)state;
    for (size_t i = 0; i < COUNT(models); i++) {
        struct gateway_lab *l = make(&models[i], NULL, NULL);
        struct buf out = BUF_INIT;
        struct lab_tcp c;
        assert_true(lab_connect(l, &c, 1135, 80));
        lab_type(l, LAB_BO, "clear crypto isakmp sa", &out);
        lab_run(l, SPAN_S(1));
        assert_false(lab_transfer(l, &c, LAB_BO, 10));
        lab_run(l, SPAN_S(2));
        assert_int_equal(lab_logged(l, LAB_BO, 713120, NULL), i == 0 ? 2 : 1);
        assert_int_equal(lab_transfer(l, &c, LAB_BO, 10), i == 0);
        buf_release(&out);
        done(l);
    }
}

static void packets_of_orphans_keep_them_or_not(void **state)
{
    static const struct gateway_model models[] = {
        {.orphans_do_not_acquire = true},
        {.orphans_do_not_acquire = true, .orphans_refresh = true},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(models); i++) {
        struct gateway_lab *l = make(&models[i], NULL, NULL);
        struct gateway_counters n;
        struct buf out = BUF_INIT;
        struct lab_tcp c;
        assert_true(lab_connect(l, &c, 1135, 80));
        lab_type(l, LAB_BO, "clear crypto isakmp sa", &out);
        lab_run(l, SPAN_S(1800));
        assert_false(lab_transfer(l, &c, LAB_BO, 10));
        lab_run(l, SPAN_S(1900));
        gateway_counters(l->gw[LAB_BO], &n);
        assert_int_equal(n.orphans, i);
        buf_release(&out);
        done(l);
    }
}

static void udp_goes_with_the_tunnel_or_with_its_timer(void **state)
{
    static const struct gateway_model models[] = {{.udp_goes_with_tunnel = true}, {0}};

    (void)state;
    for (size_t i = 0; i < COUNT(models); i++) {
        struct gateway_lab *l = make(&models[i], NULL, NULL);
        struct buf out = BUF_INIT;
        lab_send_udp(l, LAB_BO, 5000, 53, 100);
        lab_run(l, SPAN_S(2));
        lab_type(l, LAB_BO, "clear crypto isakmp sa", &out);
        lab_run(l, SPAN_S(1));
        assert_int_equal(lab_logged(l, LAB_BO, 302016, NULL), i == 0);
        lab_run(l, SPAN_S(121));
        assert_int_equal(lab_logged(l, LAB_BO, 302016, NULL), 1);
        buf_release(&out);
        done(l);
    }
}

/* The HO protects less than the BO. */
#define NARROW                                                                                     \
    "no access-list 100 extended permit ip any 10.224.228.0 255.255.255.128\n"                     \
    "access-list 100 extended permit ip 192.168.50.0 255.255.255.0 10.224.228.0 255.255.255.128\n"

static void a_peer_may_ask_for_a_part_of_what_is_configured(void **state)
{
    struct gateway_lab *l = make(NULL, NULL, NARROW);
    struct buf out = BUF_INIT;
    struct lab_tcp c;

    (void)state;
    lab_send_udp(l, LAB_HO, 53, 5000, 10);
    lab_run(l, SPAN_S(2));
    assert_int_equal(lab_flush(l, LAB_BO), 1);
    assert_non_null(strstr(lab_type(l, LAB_BO, "show crypto ipsec sa", &out),
                           "remote ident (addr/mask/prot/port): (192.168.50.0/255.255.255.0/0/0)"));
    assert_true(lab_connect(l, &c, 1135, 80)); /* through the same tunnel */
    assert_int_equal(lab_logged(l, LAB_BO, 713120, NULL), 1);
    lab_type(l, LAB_BO, "clear crypto ipsec sa", &out);
    lab_run(l, SPAN_S(1));
    assert_int_equal(lab_logged(l, LAB_BO, 302014, NULL), 0);
    assert_non_null(strstr(lab_type(l, LAB_BO, "show conn state vpn_orphan", &out), "1135"));
    buf_release(&out);
    done(l);
}

static void a_peer_that_asks_for_more_is_refused(void **state)
{
    struct gateway_lab *l = make(NULL, NULL, NARROW);
    struct lab_tcp c;

    (void)state;
    assert_false(lab_connect(l, &c, 1135, 80));
    assert_true(lab_logged(l, LAB_HO, 713061,
                           "no matching crypto map entry for remote proxy "
                           "10.224.228.0/255.255.255.128/0/0 local proxy 0.0.0.0/0.0.0.0/0/0 on "
                           "interface outside") > 0);
    assert_int_equal(lab_logged(l, LAB_BO, 302013, NULL), 0);
    done(l);
}

static void an_interface_that_goes_down_carries_nothing(void **state)
{
    struct gateway_lab *l = make(NULL, NULL, NULL);
    struct buf out = BUF_INIT;
    struct lab_tcp c;

    (void)state;
    assert_true(lab_connect(l, &c, 1135, 80));
    lab_type(l, LAB_BO, "interface Ethernet0/0", &out);
    lab_type(l, LAB_BO, "shutdown", &out);
    uint64_t esp = l->esp_on_wan;
    assert_false(lab_transfer(l, &c, LAB_BO, 10));
    assert_int_equal(l->esp_on_wan, esp);
    lab_type(l, LAB_BO, "no shutdown", &out);
    lab_run(l, SPAN_S(1));
    assert_true(lab_transfer(l, &c, LAB_BO, 10)); /* short enough for nobody to notice */
    assert_int_equal(lab_logged(l, LAB_BO, 302014, NULL), 0);
    buf_release(&out);
    done(l);
}

static void isakmp_can_be_switched_off(void **state)
{
    struct gateway_lab *l = make(NULL, NULL, NULL);
    struct buf out = BUF_INIT;
    struct lab_tcp c;

    (void)state;
    lab_type(l, LAB_BO, "no crypto isakmp enable outside", &out);
    assert_false(lab_connect(l, &c, 1135, 80));
    assert_int_equal(l->ike_on_wan, 0);
    lab_type(l, LAB_BO, "crypto isakmp enable outside", &out);
    assert_true(lab_connect(l, &c, 1136, 80));
    buf_release(&out);
    done(l);
}

/* --- IKEv1 in fragments ----------------------------------------------------------------------- */

#define MANY_SETS                                                                                  \
    "crypto ipsec transform-set T1 esp-aes-256 esp-sha-hmac\n"                                     \
    "crypto ipsec transform-set T2 esp-aes-192 esp-sha-hmac\n"                                     \
    "crypto ipsec transform-set T3 esp-aes esp-sha-hmac\n"                                         \
    "crypto map map1 5 set transform-set T1 T2 T3 testSET\n"                                       \
    "crypto map map1 5 set pfs group14\n"

struct ike_frames {
    size_t fragments, longest; /* longest: bytes of an IP packet */
};

static bool measure_ike(struct gateway_lab *l, enum lab_side from, uint8_t *frame, size_t n)
{
    struct ike_frames *seen = l->hook_ctx;
    struct isakmp_hdr h;
    struct pkt p;

    (void)from;
    pkt_parse(bytes_of(frame, n), &p);
    if (p.kind != PKT_UDP || p.udp.dst != IKE_PORT || isakmp_hdr_parse(p.udp.data, &h))
        return true;
    seen->fragments += h.next == ISAKMP_P_FRAGMENT;
    if (n - ETHER_HDR_LEN > seen->longest)
        seen->longest = n - ETHER_HDR_LEN;
    return true;
}

static void long_messages_of_ikev1_go_in_fragments_or_whole(void **state)
{
    static const struct gateway_model models[] = {{0}, {.ikev1_in_one_piece = true}};

    (void)state;
    for (size_t i = 0; i < COUNT(models); i++) {
        struct gateway_lab *l = make(&models[i], MANY_SETS, MANY_SETS);
        struct ike_frames seen = {0};
        struct lab_tcp c;
        l->hook = measure_ike;
        l->hook_ctx = &seen;
        assert_true(lab_connect(l, &c, 1135, 80));
        assert_int_equal(seen.fragments, i == 0 ? 2 : 0);
        assert_int_equal(seen.longest <= 576, i == 0);
        done(l);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(long_messages_of_ikev1_go_in_fragments_or_whole),
        cmocka_unit_test(packets_of_orphans_ask_for_the_tunnel_or_not),
        cmocka_unit_test(packets_of_orphans_keep_them_or_not),
        cmocka_unit_test(udp_goes_with_the_tunnel_or_with_its_timer),
        cmocka_unit_test(a_peer_may_ask_for_a_part_of_what_is_configured),
        cmocka_unit_test(a_peer_that_asks_for_more_is_refused),
        cmocka_unit_test(an_interface_that_goes_down_carries_nothing),
        cmocka_unit_test(isakmp_can_be_switched_off),
    };

    return cmocka_run_group_tests_name("gateway/model", tests, NULL, NULL);
}
