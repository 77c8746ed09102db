#include "gateway/neighbors.h"

#include "base/mem.h"
#include "tests/testkit.h"
#include "wire/pkt.h"

struct lab {
    struct sink sink;
    struct clock_virtual clk;
    struct netifs ifs;
    struct neighbors *n;
    uint8_t buf[2048];
    struct pkt last; /* views point into `seen` */
    uint8_t seen[2048];
    size_t sent, arps;
};

static uint8_t *reserve(struct sink *s, size_t cap)
{
    struct lab *l = CONTAINER_OF(s, struct lab, sink);

    return cap <= sizeof(l->buf) ? l->buf : NULL;
}

static void commit(struct sink *s, size_t n)
{
    struct lab *l = CONTAINER_OF(s, struct lab, sink);

    memcpy(l->seen, l->buf, n);
    pkt_parse(bytes_of(l->seen, n), &l->last);
    l->sent++;
    l->arps += l->last.kind == PKT_ARP;
}

static const struct sink_ops ops = {reserve, commit};
static const struct mac station = {{0x02, 1, 2, 3, 4, 5}};

#define OURS 0x0a000001
#define PEER 0x0a000002

static void init(struct lab *l)
{
    struct gw_interface in = {.hardware = "Ethernet0/0", .nameif = "inside", .prefix = 24};
    struct gw_config c = {.interfaces = &in, .ninterfaces = 1};

    memset(l, 0, sizeof(*l));
    in.addr = ip4(OURS);
    clock_virtual_init(&l->clk);
    netifs_configure(&l->ifs, &c);
    l->sink.ops = &ops;
    l->ifs.v[0].out = &l->sink;
    l->n = neighbors_new(&l->ifs, &l->clk.clock);
}

static void release(struct lab *l)
{
    neighbors_free(l->n);
    netifs_release(&l->ifs);
}

static void say(struct lab *l, uint16_t op, uint32_t sender, uint32_t target)
{
    struct arp a = {.op = op, .sender_mac = station, .sender = ip4(sender), .target = ip4(target)};

    neighbors_input(l->n, 0, &a);
}

static void send_packet(struct lab *l, uint32_t id)
{
    struct ip ip = {.version = 4, .ttl = 1, .src = ip4(OURS), .dst = ip4(PEER)};
    struct wr w;

    if (!neighbors_begin(l->n, id, IP4_HDR_LEN, &w))
        return;
    ip_put(&w, &ip, 0);
    neighbors_end(l->n, id, &w);
}

static void wait(struct lab *l, struct span d)
{
    clock_sleep_until(&l->clk.clock, mono_add(l->clk.at, d));
    neighbors_tick(l->n);
}

static uint32_t peer(struct lab *l)
{
    struct ip_addr a = ip4(PEER);

    return neighbors_at(l->n, 0, &a);
}

static void questions_for_our_address_are_answered(void **state)
{
    struct lab l;

    (void)state;
    init(&l);
    say(&l, ARP_REQUEST, PEER, OURS);
    assert_int_equal(l.arps, 1);
    assert_int_equal(l.last.arp.op, ARP_REPLY);
    assert_true(mac_eq(&l.last.arp.sender_mac, &l.ifs.v[0].mac));
    assert_true(mac_eq(&l.last.eth.dst, &station));
    say(&l, ARP_REQUEST, PEER, OURS + 7);
    assert_int_equal(l.arps, 1);
    release(&l);
}

static void who_asks_us_is_known_and_who_asks_others_is_not(void **state)
{
    struct lab l;

    (void)state;
    init(&l);
    say(&l, ARP_REQUEST, PEER, OURS + 7);
    assert_false(neighbors_ready(l.n, peer(&l)));
    say(&l, ARP_REQUEST, PEER, OURS);
    assert_true(neighbors_ready(l.n, peer(&l)));
    release(&l);
}

static void packets_wait_for_the_answer_and_then_go_in_order(void **state)
{
    struct lab l;

    (void)state;
    init(&l);
    for (int i = 0; i < 6; i++)
        send_packet(&l, peer(&l));
    assert_int_equal(l.sent, 1); /* the question, once */
    assert_int_equal(l.last.arp.op, ARP_REQUEST);
    say(&l, ARP_REPLY, PEER, OURS);
    assert_int_equal(l.sent, 1 + 4);
    assert_true(mac_eq(&l.last.eth.dst, &station));
    assert_int_equal(l.ifs.v[0].lost, 2); /* four places */
    send_packet(&l, peer(&l));
    assert_int_equal(l.sent, 6);
    release(&l);
}

static void a_silent_neighbour_is_asked_four_times_and_given_up(void **state)
{
    struct lab l;

    (void)state;
    init(&l);
    send_packet(&l, peer(&l));
    for (int i = 0; i < 10; i++)
        wait(&l, SPAN_MS(1100));
    assert_int_equal(l.arps, 4);
    assert_int_equal(l.ifs.v[0].lost, 1);
    assert_true(mono_is_never(neighbors_deadline(l.n)));
    send_packet(&l, peer(&l)); /* and again when there is need */
    assert_int_equal(l.arps, 5);
    release(&l);
}

static void a_neighbour_that_moved_is_believed(void **state)
{
    struct lab l;
    struct arp a = {.op = ARP_REQUEST, .sender_mac = {{2, 9, 9, 9, 9, 9}}};

    (void)state;
    init(&l);
    say(&l, ARP_REQUEST, PEER, OURS);
    a.sender = a.target = ip4(PEER); /* gratuitous */
    neighbors_input(l.n, 0, &a);
    send_packet(&l, peer(&l));
    assert_true(mac_eq(&l.last.eth.dst, &a.sender_mac));
    a.sender_mac.b[0] = 1; /* a group address is no station's */
    neighbors_input(l.n, 0, &a);
    send_packet(&l, peer(&l));
    assert_int_equal(l.last.eth.dst.b[0], 2);
    release(&l);
}

static void after_four_hours_it_is_asked_again_and_used_meanwhile(void **state)
{
    struct lab l;

    (void)state;
    init(&l);
    say(&l, ARP_REPLY, PEER, OURS);
    wait(&l, SPAN_S(4 * 3600 + 1));
    assert_int_equal(l.last.arp.op, ARP_REQUEST);
    assert_true(neighbors_ready(l.n, peer(&l)));
    for (int i = 0; i < 6; i++)
        wait(&l, SPAN_MS(1100));
    assert_false(neighbors_ready(l.n, peer(&l)));
    release(&l);
}

static void a_scan_does_not_make_the_table_grow_without_bounds(void **state)
{
    struct lab l;
    uint32_t epoch, top = 0;

    (void)state;
    init(&l);
    epoch = neighbors_epoch(l.n);
    for (uint32_t i = 0; i < 20000; i++) {
        struct ip_addr a = ip4(0x0b000000 + i);
        uint32_t id = neighbors_at(l.n, 0, &a);
        top = id > top ? id : top;
        send_packet(&l, id);
    }
    assert_true(top < 4096);
    assert_true(neighbors_epoch(l.n) != epoch);
    release(&l);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(questions_for_our_address_are_answered),
        cmocka_unit_test(who_asks_us_is_known_and_who_asks_others_is_not),
        cmocka_unit_test(packets_wait_for_the_answer_and_then_go_in_order),
        cmocka_unit_test(a_silent_neighbour_is_asked_four_times_and_given_up),
        cmocka_unit_test(a_neighbour_that_moved_is_believed),
        cmocka_unit_test(after_four_hours_it_is_asked_again_and_used_meanwhile),
        cmocka_unit_test(a_scan_does_not_make_the_table_grow_without_bounds),
    };

    return cmocka_run_group_tests_name("gateway/neighbors", tests, NULL, NULL);
}
