/* What the connection table rewrites in segments. Initial sequence numbers are those of a capture
 * of a real ASAv 9.16(4)170. */
#include "gateway/conn_parts.h"
#include "tests/conn_lab.h"
#include "tests/testkit.h"

/* The packet as the other side gets it. */
static struct pkt through(struct conn_bed *b, struct conn *c, int side, struct bed_packet *k)
{
    struct pkt out;

    conn_rewrite(b->t, c, side, k->mem, k->n);
    pkt_parse_ip(bytes_of(k->mem, k->n), &out);
    assert_true(tcp_checksum_ok(out.ip.payload, &out.ip.src, &out.ip.dst));
    return out;
}

/* mss 1460, sackOK, timestamps, nop, wscale 7 */
static const uint8_t syn_options[] = {2, 4, 0x05, 0xb4, 4, 2, 8, 10, 1, 2,
                                      3, 4, 0,    0,    0, 0, 1, 3,  3, 7};

static void the_isn_moves_as_on_a_real_device(void **state)
{
    static const uint32_t offsets[] = {1368322453, 1007318055};
    struct conn_bed b;
    struct bed_packet k;

    (void)state;
    bed_open(&b, offsets);
    for (int round = 0; round < 2; round++) {
        struct tcp syn = {.flags = TCP_SYN,
                          .seq = 2514567835,
                          .window = 64240,
                          .opts = bytes_of(syn_options, sizeof(syn_options))};
        bed_packet(&k, 0, IP_TCP, &syn, 0);
        struct conn *c = bed_begin(&b, &k);
        struct pkt out = through(&b, c, 0, &k);
        assert_int_equal(out.tcp.seq, round == 0 ? 3882890288u : 3521885890u);
        struct tcp_opts o;
        tcp_opts_parse(out.tcp.opts, &o);
        assert_int_equal(o.mss, 1380);
        assert_memory_equal(out.tcp.opts.p + 4, syn_options + 4, sizeof(syn_options) - 4);
        bed_packet(&k, 0, IP_TCP, &syn, 0); /* sent again: the same */
        assert_int_equal(through(&b, c, 0, &k).tcp.seq, round == 0 ? 3882890288u : 3521885890u);
        if (round == 0) { /* the answer, although it is a stray one */
            struct tcp ack = {.flags = TCP_ACK, .seq = 5, .ack = 2338118548};
            bed_packet(&k, 1, IP_TCP, &ack, 0);
            struct pkt back = through(&b, c, 1, &k);
            assert_int_equal(back.tcp.ack, 969796095);
            assert_int_equal(back.tcp.seq, 5); /* the responder's own numbers are left alone */
        }
        conns_clear(b.t, NULL, NULL, GW_REASON_FLOW_CLOSED);
    }
    bed_close(&b);
}

static void selective_acknowledgements_move_back(void **state)
{
    static const uint32_t offsets[] = {1000000};
    struct tcp_opts o = {.sacks = 2, .sack = {{1005000, 1006000}, {4294967295u, 1004000}}}, seen;
    uint8_t opts[TCP_OPTS_MAX];
    struct wr w = wr_of(opts, sizeof(opts));
    struct tcp syn = {.flags = TCP_SYN, .seq = 1};
    struct conn_bed b;
    struct bed_packet k;

    (void)state;
    bed_open(&b, offsets);
    bed_packet(&k, 0, IP_TCP, &syn, 0);
    struct conn *c = bed_begin(&b, &k);
    tcp_opts_put(&w, &o);
    struct tcp ack = {.flags = TCP_ACK, .seq = 5, .ack = 1000002, .opts = wr_bytes(&w)};
    bed_packet(&k, 1, IP_TCP, &ack, 0);
    struct pkt out = through(&b, c, 1, &k);
    tcp_opts_parse(out.tcp.opts, &seen);
    assert_int_equal(out.tcp.ack, 2);
    assert_int_equal(seen.sack[0].from, 5000);
    assert_int_equal(seen.sack[0].to, 6000);
    assert_int_equal(seen.sack[1].from, 4294967295u - 1000000);
    assert_int_equal(seen.sack[1].to, 4000);
    bed_packet(&k, 0, IP_TCP, &ack,
               0); /* the initiator's are about numbers that nobody has moved */
    tcp_opts_parse(through(&b, c, 0, &k).tcp.opts, &seen);
    assert_int_equal(seen.sack[0].from, 1005000);
    bed_close(&b);
}

static void the_mss_is_clamped_from_both_ends(void **state)
{
    static const struct {
        uint32_t most, least;
        uint16_t mss, out;
    } rows[] = {{1380, 0, 1460, 1380}, {1380, 0, 536, 536}, {0, 0, 1460, 1460},
                {1380, 600, 536, 600}, {500, 0, 536, 500},  {1380, 0, 1380, 1380}};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint8_t opts[] = {2, 4, (uint8_t)(rows[i].mss >> 8), (uint8_t)rows[i].mss};
        struct tcp syn = {.flags = TCP_SYN, .seq = 1, .opts = bytes_of(opts, 4)};
        struct tcp_opts o;
        struct bed_packet k;
        struct conn_bed b;
        bed_open(&b, NULL);
        b.cfg->sysopt.tcpmss = rows[i].most;
        b.cfg->sysopt.tcpmss_minimum = rows[i].least;
        bed_packet(&k, 0, IP_TCP, &syn, 0);
        struct conn *c = bed_begin(&b, &k);
        tcp_opts_parse(through(&b, c, 0, &k).tcp.opts, &o);
        assert_int_equal(o.mss, rows[i].out);
        bed_close(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_isn_moves_as_on_a_real_device),
        cmocka_unit_test(selective_acknowledgements_move_back),
        cmocka_unit_test(the_mss_is_clamped_from_both_ends),
    };
    return cmocka_run_group_tests_name("gateway/conn_rewrite", tests, NULL, NULL);
}
