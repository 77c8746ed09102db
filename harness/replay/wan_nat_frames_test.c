/* The NATs of the lab: frames that are no UDP, or not all of it, and two NATs. */
#include "base/mem.h"
#include "tests/testkit.h"
#include "tests/wan_nat_lab.h"

/* --- what is no UDP, or not all of it ----------------------------------------------------------
 */

static bool send(struct wan_nat_lab *l, uint8_t proto, uint32_t from, uint32_t to, bool outward)
{
    struct ip ip = {.version = 4, .proto = proto, .ttl = 64, .src = ip4(from), .dst = ip4(to)};
    uint8_t body[64] = {0x11, 0x94, 0x11, 0x94, 0, 64};

    nat_put_ip(l, &ip, bytes_of(body, sizeof(body)));
    return nat_pass(l, outward, true);
}

static void nothing_but_udp_passes(void **state)
{
    static const uint8_t protos[] = {IP_ESP, IP_ICMP, IP_TCP, IP_AH};

    (void)state;
    for (int at_device = 0; at_device < 2; at_device++) {
        struct wan_nat_lab *l = wan_nat_lab_new(at_device, true);
        for (size_t i = 0; i < COUNT(protos); i++) {
            assert_false(send(l, protos[i], INSIDE, FAR, true));
            assert_false(send(l, protos[i], FAR, OUTSIDE, false));
        }
        wan_nat_lab_free(l);
    }
}

/* ARP of the leg, and packets of hosts that are not behind it. */
static void what_is_not_of_the_gateway__is_left_alone(void **state)
{
    (void)state;
    for (int at_device = 0; at_device < 2; at_device++) {
        struct wan_nat_lab *l = wan_nat_lab_new(at_device, false);
        struct arp a = {.op = ARP_REQUEST, .sender = ip4(INSIDE), .target = ip4(FAR)};
        struct mac none = {{0}};
        struct wr w = wr_of(l->frame, sizeof(l->frame));
        uint8_t was[sizeof(l->frame)];
        ether_put(&w, &MAC_BROADCAST, &none, ETHER_ARP);
        arp_put(&w, &a);
        l->len = w.at;
        memcpy(was, l->frame, l->len);
        assert_true(nat_pass(l, true, true) && nat_pass(l, false, true));
        assert_memory_equal(l->frame, was, l->len);
        assert_true(send(l, IP_ICMP, 0xcb007114, FAR, true));
        assert_true(send(l, IP_ICMP, FAR, 0xcb007114, false));
        wan_nat_lab_free(l);
    }
}

static void its_inner_address_is_nowhere_from_outside(void **state)
{
    struct endpoint far = {ip4(FAR), 4500}, inner = {ip4(INSIDE), 4500};

    (void)state;
    for (int at_device = 0; at_device < 2; at_device++) {
        struct wan_nat_lab *l = wan_nat_lab_new(at_device, true);
        nat_put_udp(l, &far, &inner);
        assert_false(nat_pass(l, false, true));
        wan_nat_lab_free(l);
    }
}

/* RFC 768: no checksum is none behind the NAT, too. ESP in UDP has none (RFC 3948, 2.1). */
static void a_checksum_of_zero__stays_zero(void **state)
{
    struct endpoint far = {ip4(FAR), 4500}, near = {ip4(INSIDE), 4500};

    (void)state;
    for (int at_device = 0; at_device < 2; at_device++) {
        struct wan_nat_lab *l = wan_nat_lab_new(at_device, false);
        struct wr w = wr_of(l->frame, sizeof(l->frame));
        nat_put_udp(l, &near, &far);
        w.at = l->len;
        wr_fill16(&w, ETHER_HDR_LEN + IP4_HDR_LEN + 6, 0);
        assert_true(nat_pass(l, true, true));
        struct rd r = rd_of(bytes_of(l->frame + ETHER_HDR_LEN + IP4_HDR_LEN, UDP_HDR_LEN));
        assert_int_equal(rd_be16(&r), 20000);
        rd_skip(&r, 4);
        assert_int_equal(rd_be16(&r), 0);
        wan_nat_lab_free(l);
    }
}

/* FIRST: the piece with the ports. */
static bool send_piece(struct wan_nat_lab *l, bool outward, uint16_t id, bool first, uint16_t port)
{
    uint8_t body[32] = {0};
    struct wr w = wr_of(body, sizeof(body));
    struct ip ip = {.version = 4,
                    .proto = IP_UDP,
                    .ttl = 64,
                    .id = id,
                    .more = first,
                    .frag_off = first ? 0 : sizeof(body),
                    .src = ip4(outward ? INSIDE : FAR),
                    .dst = ip4(outward ? FAR : OUTSIDE)};

    if (first) {
        wr_be16(&w, outward ? port : 4500);
        wr_be16(&w, outward ? 4500 : port);
        wr_be16(&w, 2 * sizeof(body));
    }
    nat_put_ip(l, &ip, bytes_of(body, sizeof(body)));
    return nat_pass(l, outward, true);
}

static void later_fragments_go_where_the_first_one_went(void **state)
{
    struct pkt p;

    (void)state;
    for (int at_device = 0; at_device < 2; at_device++) {
        struct wan_nat_lab *l = wan_nat_lab_new(at_device, false);
        assert_false(send_piece(l, true, 7, false, 0)); /* before the first one: of whom? */
        assert_true(send_piece(l, true, 7, true, 4500));
        assert_true(send_piece(l, true, 7, false, 0));
        pkt_parse(bytes_of(l->frame, l->len), &p);
        nat_is_at(&p.ip.src, 0, OUTSIDE, 0);
        assert_false(send_piece(l, true, 8, false, 0));
        assert_false(send_piece(l, false, 7, false, 0)); /* the other way it is another datagram */
        assert_true(send_piece(l, false, 9, true, 20000));
        assert_true(send_piece(l, false, 9, false, 0));
        pkt_parse(bytes_of(l->frame, l->len), &p);
        nat_is_at(&p.ip.dst, 0, INSIDE, 0);
        assert_false(send_piece(l, false, 10, true, 20001)); /* nobody's port: nor the rest */
        assert_false(send_piece(l, false, 10, false, 0));
        wan_nat_lab_free(l);
    }
}

/* --- two of them -------------------------------------------------------------------------------
 */

/* Both sides are forwarded: whoever begins is let in by the other's UDP 500. */
static void behind_both__each_sees_the_other_s_public_address(void **state)
{
    struct wan_nat_lab *l = wan_nat_lab_new(false, true);
    struct plan_lab *lab = &l->plan.lab;
    struct endpoint peer = {ip4(INSIDE), 500}, device = {ip4(0x0a010002), 500},
                    device_public = {ip4(FAR), 500}, peer_public = {ip4(OUTSIDE), 500};

    (void)state;
    wan_nats_free(l->r.nats);
    lab->bo_outside = device.addr;
    lab->nat[SITE_BO] = (struct plan_nat){
        .is = true, .address = device_public.addr, .timeout = SPAN_S(120), .forward = true};
    l->r.nats = wan_nats_new(&l->r);
    nat_put_udp(l, &peer, &device_public);
    assert_true(wan_nats_out(&l->r, l->frame, l->len));
    struct pkt p = nat_parsed(l);
    nat_is_at(&p.ip.src, p.udp.src, OUTSIDE, 20000);
    nat_is_at(&p.ip.dst, p.udp.dst, 0x0a010002, 500);
    wan_nats_sent(&l->r);
    nat_put_udp(l, &device, &peer_public);
    assert_true(nat_pass(l, false, true)); /* into the peer's, out of the device's */
    wan_nat_lab_free(l);
}

static void no_nat_in_the_lab__no_nats(void **state)
{
    struct wan_nat_lab *l = wan_nat_lab_new(false, false);
    struct run r = {.clk = &l->clk.clock, .plan = &l->plan};

    (void)state;
    l->plan.lab.nat[SITE_HO].is = false;
    assert_null(wan_nats_new(&r));
    struct ip_addr known = wan_nats_peer(&r);
    nat_is_at(&known, 0, OUTSIDE, 0);
    l->plan.lab.nat[SITE_HO].is = true;
    l->plan.lab.mode = MODE_PAIR;
    assert_null(wan_nats_new(&r));
    wan_nat_lab_free(l);
}

static void the_peer_is_known_by_the_address_it_has_now(void **state)
{
    struct wan_nat_lab *l = wan_nat_lab_new(false, false);
    struct ip_addr known = wan_nats_peer(&l->r);

    (void)state;
    nat_is_at(&known, 0, OUTSIDE, 0);
    nat_happens(l, ACTION_NAT_ADDRESS);
    known = wan_nats_peer(&l->r);
    nat_is_at(&known, 0, MOVED, 0);
    wan_nat_lab_free(l);
}

/* Each in a block of its own size; and what passes is as long as it was. */
static void frames_that_break_off_anywhere(void **state)
{
    struct endpoint far = {ip4(FAR), 4500}, near = {ip4(INSIDE), 4500},
                    seen = {ip4(OUTSIDE), 20000};

    (void)state;
    for (int outward = 0; outward < 2; outward++) {
        struct wan_nat_lab *l = wan_nat_lab_new(false, false);
        nat_put_udp(l, &near, &far);
        assert_true(nat_pass(l, true, true));
        nat_put_udp(l, outward ? &near : &far, outward ? &far : &seen);
        size_t whole = l->len;
        for (size_t n = 0; n <= whole; n++) {
            uint8_t *block = mem_array(n ? n : 1, 1);
            struct bytes frame = bytes_of(block, n);
            memcpy(block, l->frame, n);
            if (outward)
                (void)wan_nats_out(&l->r, block, n);
            else if (wan_nats_in(&l->r, &frame))
                assert_int_equal(frame.n, n);
            mem_free(block);
        }
        wan_nat_lab_free(l);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_but_udp_passes),
        cmocka_unit_test(what_is_not_of_the_gateway__is_left_alone),
        cmocka_unit_test(its_inner_address_is_nowhere_from_outside),
        cmocka_unit_test(a_checksum_of_zero__stays_zero),
        cmocka_unit_test(later_fragments_go_where_the_first_one_went),
        cmocka_unit_test(behind_both__each_sees_the_other_s_public_address),
        cmocka_unit_test(no_nat_in_the_lab__no_nats),
        cmocka_unit_test(the_peer_is_known_by_the_address_it_has_now),
        cmocka_unit_test(frames_that_break_off_anywhere),
    };

    return cmocka_run_group_tests_name("replay/wan_nat_frames", tests, NULL, NULL);
}
