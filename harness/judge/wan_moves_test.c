/* Is an SA to another address another SA? Rows of packets, in the order of the wire, as captures
 * have them of which nothing else is known. */
#include "judge/judge_parts.h"
#include "judge/legs.h"
#include "judge/wan_moves.h"
#include "tests/testkit.h"
#include "wire/isakmp.h"
#include "wire/natt.h"

#include <stdlib.h>

/* "P>D:a7" is a packet of ESP from P to D, with SPI a and number 7; "P>D:I" a message of IKE SA I.
 * Letters are hosts, SPIs, and cookies of initiators. */
static const struct row {
    const char *what, *packets;
    uint32_t sas;
    uint64_t moves;   /* of all SAs */
    const char *ways; /* of the SAs: T as the first one goes, F back; NULL: not asked */
} rows[] = {
    {"the_far_end_comes_from_elsewhere__and_what_goes_there_is_the_same_sa",
     "P>D:a1 D>P:b1 Q>D:a2 D>Q:b2 Q>D:a3 D>Q:b3", 2, 2, "TF"},
    {"the_near_end_does__and_it_is_the_same", "P>D:a1 D>P:b1 P>D:a2 E>P:b2 P>E:a3 E>P:b3", 2, 2,
     "TF"},
    {"seen_in_the_other_order__it_is_the_same", "D>P:b1 P>D:a1 D>P:b2 Q>D:a2 D>Q:b3", 2, 2, "TF"},
    {"packets_may_be_lost_meanwhile", "P>D:a1 D>P:b1 Q>D:a900 D>Q:b70", 2, 2, "TF"},
    {"it_goes_back__and_is_still_the_same", "P>D:a1 D>P:b1 Q>D:a2 D>Q:b2 P>D:a3 D>P:b3", 2, 4,
     "TF"},
    {"twice_before_anything_went_there", "P>D:a1 D>P:b1 Q>D:a2 R>D:a3 D>R:b2", 2, 3, "TF"},
    {"more_often_than_is_remembered",
     "P>D:a1 D>P:b1 Q>D:a2 D>Q:b2 R>D:a3 D>R:b3 S>D:a4 D>S:b4 T>D:a5 D>T:b5 U>D:a6 D>U:b6 "
     "V>D:a7 D>V:b7",
     2, 12, "TF"},
    {"a_late_packet_to_the_old_address", "P>D:a1 D>P:b1 Q>D:a2 D>Q:b3 D>P:b2 D>Q:b4", 2, 2, "TF"},
    {"a_late_packet_from_the_old_address", "P>D:a1 D>P:b1 Q>D:a3 P>D:a2 Q>D:a4 D>Q:b2", 2, 2, "TF"},
    {"ike_comes_from_elsewhere__and_esp_goes_there", "P>D:I D>P:I D>P:b1 Q>D:I D>Q:I D>Q:b2", 1, 1,
     "T"},
    {"the_responder_of_ike_does", "D>P:I P>D:I D>P:b1 Q>D:I D>Q:b2", 1, 1, "T"},
    {"a_new_pair_at_the_new_address__goes_the_same_way", "P>D:a1 D>P:b1 Q>D:a2 D>Q:c1 Q>D:d1", 4, 1,
     "TFFT"},

    {"two_hosts_with_one_spi__are_two", "P>D:a1 D>P:b1 D>Q:b1 D>P:b2 D>Q:b2", 3, 0, NULL},
    {"numbers_that_go_on__alone_are_no_sign", "P>D:a1 D>P:b1 D>Q:b2", 3, 0, NULL},
    {"the_second_host_has_a_tunnel_of_its_own__and_they_are_two",
     "P>D:a1 D>P:b1 Q>D:c1 D>Q:b2 P>D:a2 D>P:b2 Q>D:c2 D>Q:b3", 4, 0, NULL},
    {"towards_the_first_host__the_same", "D>P:b1 P>D:a1 Q>P:c1 P>Q:a2 D>P:b2 P>D:a2", 4, 0, NULL},
    {"the_second_host_has_an_ike_sa_of_its_own", "P>D:I D>P:I D>P:b1 Q>D:J D>Q:J D>Q:b2", 2, 0,
     NULL},
    {"a_copy_from_elsewhere__is_no_sign", "P>D:a1 P>D:a2 D>P:b1 Q>D:a1 D>Q:b2", 3, 0, NULL},
    {"numbers_that_were_there__are_of_another_sa", "P>D:a1 D>P:b1 D>P:b2 Q>D:a2 D>Q:b1", 3, 1,
     NULL},
    {"numbers_far_behind__are_of_another_sa", "P>D:a1 D>P:b500 Q>D:a2 D>Q:b1", 3, 1, NULL},
    {"another_sender__is_another_sa", "P>D:a1 D>P:b1 Q>D:a2 E>Q:b2", 3, 1, NULL},
    {"another_spi__is_another_sa", "P>D:a1 D>P:b1 Q>D:a2 D>Q:c2", 3, 1, "TFF"},
};

static struct ip_addr host(char letter)
{
    return ip4(0x0a000000u + (uint8_t)letter);
}

static void put_ike(struct wr *w, char cookie)
{
    static const uint8_t zeros[ISAKMP_COOKIE_LEN - 1];
    struct isakmp_hdr h = {.version = 0x20, .exchange = 37, .message_id = 1};
    struct isakmp_msg m;
    uint8_t b[64];

    memcpy(h.cookie_i, zeros, sizeof(zeros));
    h.cookie_i[7] = h.cookie_r[0] = (uint8_t)cookie;
    isakmp_begin(&m, b, sizeof(b), &h);
    wr_put(w, isakmp_end(&m, 0));
}

/* What is behind IP of the packet TEXT; of IKE also the marker of UDP 4500. */
static struct bytes data_of(const char *text, bool in_udp, uint8_t *b, size_t cap)
{
    struct wr w = wr_of(b, cap);

    if (text[5] == '\0' || text[5] == ' ') {
        if (in_udp)
            wr_be32(&w, 0);
        put_ike(&w, text[4]);
        return wr_bytes(&w);
    }
    wr_be32(&w, 0xabcd0000u + (uint8_t)text[4]);
    wr_be32(&w, (uint32_t)strtoul(text + 5, NULL, 10));
    wr_be64(&w, (uint64_t)text[0] << 32 | (uint32_t)strtoul(text + 5, NULL, 10));
    return wr_bytes(&w);
}

static void take(struct judge *j, const char *text, bool in_udp, uint64_t number)
{
    uint8_t data[128], frame[256];
    struct wr w = wr_of(frame, sizeof(frame));
    struct mac none = {{0}};
    struct bytes d = data_of(text, in_udp, data, sizeof(data));
    bool is_ike = text[5] == '\0' || text[5] == ' ', udp = in_udp || is_ike;
    uint16_t port = in_udp ? NATT_PORT : 500;
    struct ip ip = {.version = 4,
                    .proto = udp ? IP_UDP : IP_ESP,
                    .ttl = 64,
                    .src = host(text[0]),
                    .dst = host(text[2])};
    struct udp u = {.src = port, .dst = port, .data = d};
    struct pkt p;

    ether_put(&w, &none, &none, ETHER_IPV4);
    ip_put(&w, &ip, d.n + (udp ? UDP_HDR_LEN : 0));
    if (udp)
        udp_put(&w, &u, &ip.src, &ip.dst);
    else
        wr_put(&w, d);
    assert_int_equal(w.err, ERR_OK);
    pkt_parse(wr_bytes(&w), &p);
    struct judge_leg_packet leg = {
        .leg = EV_WAN, .time_ns = (int64_t)number * 1000000, .number = number, .pkt = &p};
    judge_legs_take(j, &leg);
}

static void done(struct judge *j)
{
    struct judgement *out = NULL;

    judge_legs_finish(j, &out);
    judgement_free(out);
}

static void are_as_many_sas_as_its_row_says(void **state)
{
    const struct row *row = *state;

    for (int in_udp = 0; in_udp < 2; in_udp++) {
        struct judge *j = judge_legs_new();
        uint64_t number = 0, moves = 0;
        for (const char *at = row->packets; at; at = strchr(at, ' ')) {
            at += *at == ' ';
            take(j, at, in_udp, ++number);
        }
        assert_int_equal(j->wan.nsas, row->sas);
        for (uint32_t i = 0; i < j->wan.nsas; i++) {
            moves += j->wan.sas[i].moves;
            assert_true(!row->ways ||
                        j->wan.sas[i].way == (row->ways[i] == 'T' ? TO_DEVICE : FROM_DEVICE));
        }
        assert_int_equal(moves, row->moves);
        done(j);
    }
}

/* What moves again and again takes no more memory, and is the same SA to its end. */
static void a_thousand_addresses__are_one_sa(void **state)
{
    struct judge *j = judge_legs_new();
    struct ip_addr device = host('D');

    (void)state;
    take(j, "P>D:a1", true, 1);
    take(j, "D>P:b1", true, 2);
    for (uint32_t i = 0; i < 1000; i++) {
        struct ip_addr there = ip4(0x0b000000u + i);
        sa_comes_from(j, &j->wan.sas[0], &there);
        uint32_t id = wan_find_between(&j->wan, j->wan.sas[1].spi, &device, &there);
        assert_int_equal(id, 1);
        sa_follow(j, &j->wan.sas[1], &there);
    }
    assert_int_equal(j->wan.nsas, 2);
    assert_int_equal(j->wan.sas[1].moves, 1000);
    assert_int_equal(j->wan.nmoves, WAN_MOVES);
    done(j);
}

int main(void)
{
    struct CMUnitTest tests[COUNT(rows) + 1] = {cmocka_unit_test(a_thousand_addresses__are_one_sa)};

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[i + 1] = (struct CMUnitTest){rows[i].what, are_as_many_sas_as_its_row_says, NULL,
                                           NULL, (void *)(uintptr_t)&rows[i]};
    return _cmocka_run_group_tests("judge/wan_moves", tests, COUNT(tests), NULL, NULL);
}
