/* What ICMP says of the way to a peer, and what hosts are told of it. */
#include "base/mem.h"
#include "tests/gateway_lab.h"
#include "tests/testkit.h"

#include <stdio.h>
#include <stdlib.h>

#define BO     0xd1a5c902u /* 209.165.201.2 */
#define HO     0xd1a5c80au /* 209.165.200.10 */
#define ROUTER 0xd1a5c901u /* 209.165.201.1 */

struct row {
    const char *what;
    uint32_t mtu;
    uint32_t spi_off; /* the quoted SPI is so far from that of the tunnel */
    uint32_t src;     /* of the quoted packet */
    uint8_t proto, code;
    bool believed;
};

static const struct row rows[] = {
    {"about_our_esp__is_believed", 1300, 0, BO, IP_ESP, 4, true},
    {"with_another_spi__is_not", 1300, 1, BO, IP_ESP, 4, false},
    {"about_a_packet_of_another_sender__is_not", 1300, 0, ROUTER, IP_ESP, 4, false},
    {"about_udp__is_not", 1300, 0, BO, IP_UDP, 4, false},
    {"of_another_code__is_not", 1300, 0, BO, IP_ESP, 3, false},
    {"with_a_size_that_no_link_has__is_not", 575, 0, BO, IP_ESP, 4, false},
    {"with_a_size_that_is_no_less__is_not", 1500, 0, BO, IP_ESP, 4, false},
};

static uint32_t spi_of(struct gateway_lab *l)
{
    struct buf out = BUF_INIT;
    const char *words = "current outbound spi: ";
    const char *at = strstr(lab_type(l, LAB_BO, "show crypto ipsec sa", &out), words);

    assert_non_null(at);
    uint32_t spi = (uint32_t)strtoul(at + strlen(words), NULL, 16);
    buf_release(&out);
    return spi;
}

static void complain(struct gateway_lab *l, const struct row *row)
{
    uint8_t quoted[IP4_HDR_LEN + 8], packet[128], body[64];
    struct wr q = wr_of(quoted, sizeof(quoted)), b = wr_of(body, sizeof(body)),
              w = wr_of(packet, sizeof(packet));
    struct ip of = {.version = 4, .proto = row->proto, .ttl = 64, .src = ip4(row->src), .df = true};
    struct ip ip = {.version = 4, .proto = IP_ICMP, .ttl = 64, .src = ip4(ROUTER), .dst = ip4(BO)};
    struct icmp m = {.type = ICMP_UNREACHABLE, .code = row->code, .rest = row->mtu};

    of.dst = ip4(HO);
    ip_put(&q, &of, 1480);
    wr_be32(&q, spi_of(l) + row->spi_off);
    wr_be32(&q, 7);
    m.data = wr_bytes(&q);
    icmp_put(&b, &m, &ip.src, &ip.dst);
    ip_put(&w, &ip, b.at);
    wr_put(&w, wr_bytes(&b));
    assert_ok(w.err);
    lab_send_packet(l, LAB_BO, LAB_WAN, wr_bytes(&w));
    lab_run(l, SPAN_S(1));
}

/* A ping of N bytes that must not be cut, and the size that its sender is told, or 0. */
static uint32_t told(struct gateway_lab *l, size_t n)
{
    struct pkt p;

    lab_flush(l, LAB_BO);
    lab_flush(l, LAB_HO);
    lab_ping(l, LAB_BO, 8, n, true);
    lab_run(l, SPAN_S(1));
    bool came = lab_flush(l, LAB_HO) > 0;
    bool answered = lab_take(l, LAB_BO, &p) && p.icmp.type == ICMP_UNREACHABLE;
    assert_true(came != answered);
    return answered ? p.icmp.rest & 0xffff : 0;
}

static void is_as_its_row_says(void **state)
{
    const struct row *row = *state;
    struct gateway_lab *l = mem_zalloc(sizeof(*l));
    struct buf out = BUF_INIT;
    char line[32];

    lab_init(l, NULL, NULL, 3);
    lab_ping(l, LAB_BO, 7, 10, false);
    lab_run(l, SPAN_S(2));
    assert_int_equal(told(l, 1300), 0);
    complain(l, row);
    uint32_t fits = told(l, 1300);
    assert_int_equal(fits > 0, row->believed);
    if (fits) {
        assert_in_range(fits, row->mtu - 80, row->mtu - 40);
        assert_int_equal(told(l, fits - IP4_HDR_LEN - ICMP_HDR_LEN), 0); /* and that fits */
    }
    snprintf(line, sizeof(line), "path mtu %u,", row->believed ? (unsigned)row->mtu : 1500);
    assert_non_null(strstr(lab_type(l, LAB_BO, "show crypto ipsec sa", &out), line));
    /* a new tunnel begins anew */
    lab_type(l, LAB_BO, "clear crypto isakmp sa", &out);
    lab_run(l, SPAN_S(1));
    lab_ping(l, LAB_BO, 7, 10, false);
    lab_run(l, SPAN_S(2));
    assert_int_equal(told(l, 1300), 0);
    buf_release(&out);
    lab_release(l);
    mem_free(l);
}

int main(void)
{
    struct CMUnitTest tests[COUNT(rows)];

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[i] = (struct CMUnitTest){rows[i].what, is_as_its_row_says, NULL, NULL,
                                       (void *)(uintptr_t)&rows[i]};
    return cmocka_run_group_tests_name("gateway/vpn_path", tests, NULL, NULL);
}
