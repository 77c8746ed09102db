/* A NAT in front of the branch office: ESP in UDP (RFC 3948), keep-alives, and whom the head office
 * follows when ports change (RFC 7296, 2.23). */
#include "base/mem.h"
#include "tests/gateway_lab.h"
#include "tests/testkit.h"
#include "wire/natt.h"

#define ON   "sysopt connection preserve-vpn-flows\n"
#define ADDS 20000 /* what the NAT makes of ports, at first */

struct nat {
    uint16_t add;
    uint64_t esp, in_clear, keepalives;
    uint16_t to;        /* the last port of the NAT that the head office sent ESP to */
    uint8_t last[2048]; /* frame of ESP from the branch office as the head office got it */
    size_t last_len;
};

static void count(struct nat *nat, enum lab_side from, const struct pkt *p)
{
    struct bytes inside;

    nat->in_clear += p->kind == PKT_ESP;
    if (p->kind != PKT_UDP || p->udp.dst == 500 || p->udp.src == 500)
        return;
    switch (natt_parse(p->udp.data, &inside)) {
    case NATT_ESP: {
        struct rd r = rd_of(p->ip.payload);
        rd_skip(&r, 6);
        assert_int_equal(rd_be16(&r), 0); /* RFC 3948, 2.1: the checksum */
        nat->esp++;
        if (from == LAB_HO)
            nat->to = p->udp.dst;
        break;
    }
    case NATT_ALIVE: nat->keepalives += from == LAB_BO; break;
    default: break;
    }
}

/* The gateways do not look at checksums of UDP, so it does not mend them. */
static bool translate(struct gateway_lab *l, enum lab_side from, uint8_t *frame, size_t n)
{
    struct nat *nat = l->hook_ctx;
    struct wr w = wr_of(frame, n);
    struct pkt p;

    w.at = n;
    pkt_parse(bytes_of(frame, n), &p);
    count(nat, from, &p);
    if (p.kind != PKT_UDP)
        return true;
    size_t ports = ETHER_HDR_LEN + p.ip.hdr_len;
    if (from == LAB_HO) {
        if (p.udp.dst != 500 + nat->add && p.udp.dst != NATT_PORT + nat->add)
            return false; /* no mapping */
        wr_fill16(&w, ports + 2, (uint16_t)(p.udp.dst - nat->add));
        return true;
    }
    wr_fill16(&w, ports, (uint16_t)(p.udp.src + nat->add));
    if (p.udp.dst == NATT_PORT && p.udp.data.n > 100 && n <= sizeof(nat->last)) {
        memcpy(nat->last, frame, n);
        nat->last_len = n;
    }
    return true;
}

struct lab {
    struct gateway_lab l;
    struct nat nat;
    struct lab_tcp c;
};

static struct lab *make(const char *bo)
{
    struct lab *t = mem_zalloc(sizeof(*t));

    lab_init(&t->l, bo, ON, 3);
    t->nat.add = ADDS;
    t->l.hook = translate;
    t->l.hook_ctx = &t->nat;
    assert_true(lab_connect(&t->l, &t->c, 1135, 80));
    assert_true(lab_transfer(&t->l, &t->c, LAB_HO, 1000));
    return t;
}

static void done(struct lab *t)
{
    assert_int_equal(t->nat.in_clear, 0);
    lab_release(&t->l);
    mem_free(t);
}

#define assert_shows(t, side, command, part)                                                       \
    do {                                                                                           \
        struct buf out_ = BUF_INIT;                                                                \
        const char *text_ = lab_type(&(t)->l, side, command, &out_);                               \
        if (!strstr(text_, part))                                                                  \
            fail_msg("no \"%s\" in\n%s", part, text_);                                             \
        buf_release(&out_);                                                                        \
    } while (0)

static void esp_goes_in_udp__and_the_console_says_so(void **state)
{
    struct lab *t = make(ON);

    (void)state;
    assert_true(lab_transfer(&t->l, &t->c, LAB_BO, 1380));
    assert_true(t->nat.esp > 6);
    assert_int_equal(t->nat.to, NATT_PORT + ADDS);
    for (int side = 0; side < 2; side++) {
        assert_shows(t, (enum lab_side)side, "show asp table vpn-context", "+ESP+NATT+PRESERVE");
        assert_shows(t, (enum lab_side)side, "show crypto ipsec sa", "NAT-T-Encaps");
    }
    done(t);
}

static void without_a_nat__it_stays_protocol_50(void **state)
{
    struct lab *t = mem_zalloc(sizeof(*t));

    (void)state;
    lab_init(&t->l, ON, ON, 3);
    assert_true(lab_connect(&t->l, &t->c, 1135, 80));
    assert_true(lab_transfer(&t->l, &t->c, LAB_HO, 1000));
    assert_true(t->l.esp_on_wan > 4);
    assert_int_equal(t->l.clear_on_wan, 0);
    lab_release(&t->l);
    mem_free(t);
}

static void a_side_that_was_told_not_to__keeps_to_protocol_50(void **state)
{
    struct lab *t = mem_zalloc(sizeof(*t));

    (void)state;
    lab_init(&t->l, ON "no crypto isakmp nat-traversal\n", ON, 3);
    t->nat.add = ADDS;
    t->l.hook = translate;
    t->l.hook_ctx = &t->nat;
    assert_true(lab_connect(&t->l, &t->c, 1135, 80)); /* the hook lets ESP pass */
    assert_int_equal(t->nat.esp, 0);
    assert_true(t->nat.in_clear > 0);
    lab_release(&t->l);
    mem_free(t);
}

static void a_port_that_the_nat_changes__is_followed_by_esp_and_by_ike(void **state)
{
    struct lab *t = make(ON);

    (void)state;
    t->nat.add = ADDS + 1;
    assert_true(lab_transfer(&t->l, &t->c, LAB_BO, 1000)); /* its ACK comes back by the new port */
    assert_int_equal(t->nat.to, NATT_PORT + ADDS + 1);
    lab_run(&t->l, SPAN_S(40)); /* probes */
    assert_int_equal(lab_logged(&t->l, LAB_HO, 713123, NULL), 0);
    assert_true(lab_transfer(&t->l, &t->c, LAB_HO, 1000));
    assert_shows(t, LAB_HO, "show vpn-sessiondb detail l2l", "24501");
    done(t);
}

/* From port FROM, the head office gets the last frame once more, with its last byte XORed. */
static void send_from(struct lab *t, uint16_t from, uint8_t spoil)
{
    uint8_t frame[2048];
    struct wr w = wr_of(frame, t->nat.last_len);

    memcpy(frame, t->nat.last, t->nat.last_len);
    w.at = w.cap;
    wr_fill16(&w, ETHER_HDR_LEN + IP4_HDR_LEN, from);
    frame[t->nat.last_len - 1] ^= spoil;
    lab_send_packet(&t->l, LAB_HO, LAB_WAN,
                    bytes_of(frame + ETHER_HDR_LEN, t->nat.last_len - ETHER_HDR_LEN));
    lab_run(&t->l, SPAN_MS(50));
}

static void what_was_there_before_or_is_not_authentic__moves_nothing(void **state)
{
    static const struct {
        uint8_t spoil;
        uint32_t log;
    } rows[] = {{0, 402119}, {1, 402120}};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct lab *t = make(ON);
        assert_true(lab_transfer(&t->l, &t->c, LAB_BO, 1000));
        lab_forget_logs(&t->l);
        if (rows[i].spoil) /* a number that is not there yet */
            wr_fill32(&(struct wr){.p = t->nat.last, .cap = t->nat.last_len, .at = t->nat.last_len},
                      ETHER_HDR_LEN + IP4_HDR_LEN + 8 + 4, 1000);
        send_from(t, 7777, rows[i].spoil);
        assert_int_equal(lab_logged(&t->l, LAB_HO, rows[i].log, NULL), 1);
        assert_true(lab_transfer(&t->l, &t->c, LAB_HO, 1000));
        assert_int_equal(t->nat.to, NATT_PORT + ADDS);
        done(t);
    }
}

static void keep_alives_go_out_as_often_as_configured__by_the_side_behind_the_nat(void **state)
{
    static const struct {
        const char *bo;
        unsigned least, most;
    } rows[] = {{ON, 9, 11}, {ON "crypto isakmp nat-traversal 60\n", 3, 4}};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct lab *t = make(rows[i].bo);
        lab_run(&t->l, SPAN_S(210));
        assert_in_range(t->nat.keepalives, rows[i].least, rows[i].most);
        assert_true(lab_transfer(&t->l, &t->c, LAB_HO, 1000));
        done(t);
    }
}

/* 3DES and MD5: of 1500 bytes 20 are IP's, 8 UDP's, 8 ESP's, 8 the IV's, 12 the check value's; what
 * is left, in blocks of 8, has 2 bytes of trailer. That is 1438; without UDP it would be 1446. */
static void the_udp_header_counts(void **state)
{
    struct lab *t = make(ON "crypto ipsec fragmentation after-encryption outside\n");
    struct pkt p;

    (void)state;
    lab_flush(&t->l, LAB_BO);
    lab_ping(&t->l, LAB_BO, 1, 1446 - IP4_HDR_LEN - ICMP_HDR_LEN, true);
    lab_run(&t->l, SPAN_MS(50));
    assert_true(lab_take(&t->l, LAB_BO, &p));
    assert_int_equal(p.kind, PKT_ICMP);
    assert_int_equal(p.icmp.type, ICMP_UNREACHABLE);
    assert_int_equal(p.icmp.rest, 1438);
    lab_flush(&t->l, LAB_HO);
    lab_ping(&t->l, LAB_BO, 2, 1438 - IP4_HDR_LEN - ICMP_HDR_LEN, true);
    lab_run(&t->l, SPAN_MS(50));
    assert_int_equal(t->l.fragments_on_wan, 0);
    assert_int_equal(lab_flush(&t->l, LAB_HO), 1);
    lab_ping(&t->l, LAB_BO, 3, 1439 - IP4_HDR_LEN - ICMP_HDR_LEN, false); /* may be cut */
    lab_run(&t->l, SPAN_MS(50));
    assert_int_equal(t->l.fragments_on_wan, 2);
    assert_int_equal(lab_flush(&t->l, LAB_HO), 1);
    done(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(esp_goes_in_udp__and_the_console_says_so),
        cmocka_unit_test(without_a_nat__it_stays_protocol_50),
        cmocka_unit_test(a_side_that_was_told_not_to__keeps_to_protocol_50),
        cmocka_unit_test(a_port_that_the_nat_changes__is_followed_by_esp_and_by_ike),
        cmocka_unit_test(what_was_there_before_or_is_not_authentic__moves_nothing),
        cmocka_unit_test(keep_alives_go_out_as_often_as_configured__by_the_side_behind_the_nat),
        cmocka_unit_test(the_udp_header_counts),
    };
    return cmocka_run_group_tests_name("gateway/gateway_natt", tests, NULL, NULL);
}
