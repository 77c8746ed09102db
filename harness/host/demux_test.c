/* Whose packet is it? Through address and port translation, with many flows, with none. */
#include "tests/testkit.h"
#include "tests/two_hosts.h"

#define A    CONV_A
#define B    CONV_B
#define HOUR ((struct mono){3600LL * 1000000000})

static const struct two_row talk[] = {
    {TURN_DATA, A, 700, 0}, {TURN_DATA, B, 5000, 3}, {TURN_DATA, A, 400, 50}};

/* A gateway between the hosts, as seen from B: A's address, and with PORTS its ports, are others;
 * with ISN sequence numbers too (as a firewall that hides weak ones). */
struct gateway {
    bool address, isn;
    uint16_t port_shift;
    uint32_t seq_shift;
};

static void put16(uint8_t *p, uint16_t v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}

static void add32(uint8_t *p, uint32_t d)
{
    uint32_t v = ((uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3]) + d;

    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(v >> (24 - 8 * i));
}

#define IP_SRC 26 /* places in a frame with IPv4 and no options */
#define IP_DST 30
#define L4     34

static void shift_sacks(uint8_t *frame, const struct tcp *t, uint32_t d)
{
    const uint8_t *o = t->opts.p;

    for (size_t i = 0; i + 1 < t->opts.n && o[i] != 0; i += o[i] == 1 ? 1 : o[i + 1])
        if (o[i] == 5)
            for (size_t k = 2; k < o[i + 1]; k += 4)
                add32(frame + (o - frame) + i + k, d);
}

static size_t translate(struct two_hosts *net, int from, uint8_t *frame, size_t n)
{
    const struct gateway *g = net->hook_ctx;
    struct pkt p;

    pkt_parse(bytes_of(frame, n), &p);
    if (p.kind != PKT_TCP && p.kind != PKT_UDP)
        return n;
    uint8_t *addr = frame + (from ? IP_DST : IP_SRC), *port = frame + L4 + (from ? 2 : 0);
    if (g->address)
        addr[0] = (uint8_t)(from ? 10 : 198); /* 198.1.0.10 stands for 10.1.0.10 */
    uint16_t was = (uint16_t)(port[0] << 8 | port[1]);
    put16(port, (uint16_t)(was + (from ? -g->port_shift : g->port_shift)));
    if (p.kind == PKT_TCP && g->seq_shift && from == 0)
        add32(frame + L4 + 4, g->seq_shift);
    if (p.kind == PKT_TCP && g->seq_shift && from == 1 && tcp_has(&p.tcp, TCP_ACK)) {
        add32(frame + L4 + 8, -g->seq_shift);
        shift_sacks(frame, &p.tcp, -g->seq_shift);
    }
    frame_fix(frame, n);
    return n;
}

static const struct row {
    const char *what;
    struct gateway gateway;
    enum conv_proto proto;
    int flows;
    double loss;
} rows[] = {
    {"tcp__no_translation", {0}, CONV_TCP, 50, 0.02},
    {"tcp__addresses_translated", {.address = true}, CONV_TCP, 50, 0.02},
    {"tcp__ports_translated_too", {.address = true, .port_shift = 20000}, CONV_TCP, 1, 0.1},
    {"tcp__ports_translated__fifty_flows", {.address = true, .port_shift = 20000}, CONV_TCP, 50, 0},
    {"tcp__sequence_numbers_hidden", {.seq_shift = 0xdeadbeef}, CONV_TCP, 20, 0.05},
    {"udp__addresses_translated", {.address = true}, CONV_UDP, 50, 0},
    {"udp__ports_translated_too", {.address = true, .port_shift = 20000}, CONV_UDP, 50, 0},
};

/* Flows with different content to the same server port: each must find its own listener. */
static void flows_find_their_listeners(void **state)
{
    const struct row *r = *state;
    struct conversation conv[50];
    struct tape tape[50];
    struct two_hosts net;

    two_hosts_init(&net, 3, 4, NULL);
    net.hook = translate;
    net.hook_ctx = (void *)(uintptr_t)&r->gateway;
    net.loss = r->loss;
    for (int i = 0; i < r->flows; i++) {
        struct two_row mine[COUNT(talk)];
        memcpy(mine, talk, sizeof(talk));
        mine[0].len += (uint64_t)i;
        mine[1].len = (r->proto == CONV_UDP ? 900 : 5000) + (uint64_t)i * 10; /* no fragments */
        conv_make(&conv[i], r->proto, mine, COUNT(mine));
        tape_init(&tape[i], &conv[i], NULL);
        two_hosts_add(&net, &tape[i], (uint16_t)(3000 + i));
    }
    two_hosts_run(&net, HOUR);
    for (int i = 0; i < r->flows; i++) {
        for (int side = 0; side < 2; side++) {
            struct host_flow_status s = two_hosts_status(&net, side, (uint32_t)i);
            assert_int_equal(s.state, HOST_FLOW_DONE);
            assert_int_equal(s.altered, 0);
            assert_int_equal(s.delivered, tape[i].total[!side]);
        }
        conv_release(&conv[i]);
    }
    two_hosts_release(&net);
}

struct lost_syn {
    struct gateway g;
    int syns;
};

static size_t move_port(struct two_hosts *net, int from, uint8_t *frame, size_t n)
{
    struct lost_syn *l = net->hook_ctx;
    struct pkt p;

    pkt_parse(bytes_of(frame, n), &p);
    if (p.kind == PKT_TCP && from == 0 && tcp_has(&p.tcp, TCP_SYN))
        l->g.port_shift = (uint16_t)(100 * ++l->syns); /* each attempt gets another port */
    if (p.kind == PKT_TCP && from == 1 && l->syns == 1)
        return 0; /* the answer to the first is lost */
    net->hook_ctx = &l->g;
    n = translate(net, from, frame, n);
    net->hook_ctx = l;
    return n;
}

static void a_half_open_listener__is_found_again_from_another_port(void **state)
{
    struct lost_syn l = {{.address = true}, 0};
    struct conversation conv;
    struct tape tape;
    struct two_hosts net;

    (void)state;
    conv_make(&conv, CONV_TCP, talk, COUNT(talk));
    tape_init(&tape, &conv, NULL);
    two_hosts_init(&net, 1, 4, NULL);
    net.hook = move_port;
    net.hook_ctx = &l;
    two_hosts_add(&net, &tape, 4000);
    two_hosts_run(&net, HOUR);
    assert_int_equal(l.syns, 2);
    assert_int_equal(two_hosts_status(&net, 0, 0).state, HOST_FLOW_DONE);
    assert_int_equal(two_hosts_status(&net, 1, 0).state, HOST_FLOW_DONE);
    two_hosts_release(&net);
    conv_release(&conv);
}

static void endpoints_in_use__are_refused(void **state)
{
    struct conversation conv;
    struct tape tape;
    struct two_hosts net;
    uint32_t id;

    (void)state;
    conv_make(&conv, CONV_TCP, talk, COUNT(talk));
    tape_init(&tape, &conv, NULL);
    two_hosts_init(&net, 1, 4, NULL);
    two_hosts_add(&net, &tape, 4000);
    for (int side = 0; side < 2; side++) {
        struct host_flow f = {.tape = &tape,
                              .side = side ? B : A,
                              .local = {net.ep[side].addr, side ? 80 : 4000},
                              .remote = {net.ep[!side].addr, side ? 4000 : 80}};
        assert_int_equal(host_add_flow(net.host[side], &f, &id), ERR_EXISTS);
        f.remote.port = 0;
        assert_int_equal(host_add_flow(net.host[side], &f, &id), ERR_INVALID);
        f.remote.port = 1;
        f.local.addr = (struct ip_addr){.family = 6};
        assert_int_equal(host_add_flow(net.host[side], &f, &id), ERR_INVALID);
    }
    two_hosts_run(&net, (struct mono){30LL * 1000000000});
    assert_true(host_is_done(net.host[0]));
    struct host_flow again = {.tape = &tape, /* the listener closed last: it has no TIME-WAIT */
                              .side = B,
                              .local = {net.ep[1].addr, 80},
                              .remote = {net.ep[0].addr, 4000}};
    assert_ok(host_add_flow(net.host[1], &again, &id));
    assert_int_equal(id, 1);
    assert_false(host_is_done(net.host[1]));
    two_hosts_release(&net);
    conv_release(&conv);
}

static void a_hundred_thousand_flows__are_kept_apart(void **state)
{
    enum { FLOWS = 100000 };
    static const struct two_row little[] = {{TURN_DATA, A, 10, 0}, {TURN_DATA, B, 20, 0}};
    struct conversation conv;
    struct tape tape;
    struct two_hosts net;
    uint32_t id;

    (void)state;
    conv_make(&conv, CONV_TCP, little, COUNT(little));
    tape_init(&tape, &conv, NULL);
    two_hosts_init(&net, 1, 4, NULL);
    for (uint32_t i = 0; i < FLOWS; i++) {
        struct endpoint a = {net.ep[0].addr, (uint16_t)(1024 + i % 50000)};
        struct endpoint b = {net.ep[1].addr, (uint16_t)(80 + i / 50000)};
        struct host_flow f = {.tape = &tape, .side = A, .local = a, .remote = b};
        f.start = (struct mono){(int64_t)i * 100000}; /* ten thousand a second */
        assert_ok(host_add_flow(net.host[0], &f, &id));
        f = (struct host_flow){.tape = &tape, .side = B, .local = b, .remote = a};
        assert_ok(host_add_flow(net.host[1], &f, &id));
    }
    two_hosts_run(&net, HOUR);
    assert_true(host_is_done(net.host[0]) && host_is_done(net.host[1]));
    for (uint32_t i = 0; i < FLOWS; i += 997)
        for (int side = 0; side < 2; side++)
            assert_int_equal(two_hosts_status(&net, side, i).state, HOST_FLOW_DONE);
    two_hosts_release(&net);
    conv_release(&conv);
}

int main(void)
{
    static const struct CMUnitTest single[] = {
        cmocka_unit_test(a_half_open_listener__is_found_again_from_another_port),
        cmocka_unit_test(endpoints_in_use__are_refused),
        cmocka_unit_test(a_hundred_thousand_flows__are_kept_apart),
    };
    struct CMUnitTest tests[COUNT(rows) + COUNT(single)];
    size_t n = 0;

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[n++] = (struct CMUnitTest){rows[i].what, flows_find_their_listeners, NULL, NULL,
                                         (void *)&rows[i]};
    for (size_t i = 0; i < COUNT(single); i++)
        tests[n++] = single[i];
    return cmocka_run_group_tests_name("demux", tests, NULL, NULL);
}
