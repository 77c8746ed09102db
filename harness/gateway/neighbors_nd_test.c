/* Neighbours of IPv6: what is asked and answered, and when (RFC 4861, with its own numbers). */
#include "gateway/neighbors.h"

#include "base/mem.h"
#include "tests/testkit.h"
#include "wire/nd.h"

struct lab {
    struct sink sink;
    struct clock_virtual clk;
    struct netifs ifs;
    struct neighbors *n;
    uint8_t buf[2048], seen[2048];
    struct pkt last; /* views point into `seen` */
    struct nd nd;    /* of the last message, when it was one */
    size_t sent, nds;
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
    l->nds += nd_parse(&l->last.ip, &l->nd) == ERR_OK;
}

static const struct sink_ops ops = {reserve, commit};
static const struct mac station = {{0x02, 1, 2, 3, 4, 5}}, other = {{0x02, 9, 9, 9, 9, 9}};

static struct ip_addr address(const char *text)
{
    struct ip_addr a;

    assert_ok(ip_addr_parse(text, &a));
    return a;
}

#define OURS "2001:db8::1"
#define PEER "2001:db8::2"

static void init(struct lab *l)
{
    struct gw_interface in = {.hardware = "Ethernet0/0", .nameif = "inside"};
    struct gw_config c = {.interfaces = &in, .ninterfaces = 1};

    memset(l, 0, sizeof(*l));
    in.addr6[0].net = (struct ip_net){address(OURS), 64};
    in.naddr6 = 1;
    in.link_local = address("fe80::1");
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

static void wait(struct lab *l, struct span d)
{
    struct mono until = mono_add(l->clk.at, d);

    while (!mono_before(until, neighbors_deadline(l->n))) {
        clock_sleep_until(&l->clk.clock, neighbors_deadline(l->n));
        neighbors_tick(l->n);
    }
    clock_sleep_until(&l->clk.clock, until);
}

static uint32_t peer(struct lab *l)
{
    struct ip_addr a = address(PEER);

    return neighbors_at(l->n, 0, &a);
}

/* False: it was neither sent nor kept. */
static bool send_packet(struct lab *l)
{
    struct ip ip = {.version = 6, .proto = IP_NONEXT, .ttl = 1};
    struct wr w;

    ip.src = address(OURS);
    ip.dst = address(PEER);
    if (!neighbors_begin(l->n, peer(l), IP6_HDR_LEN, &w))
        return false;
    ip_put(&w, &ip, 0);
    neighbors_end(l->n, peer(l), &w);
    return true;
}

/* A message from the link. */
static void hear(struct lab *l, const char *src, const char *dst, const struct nd *m)
{
    struct ip ip = {.version = 6, .proto = IP_ICMPV6, .ttl = ND_HOP_LIMIT};
    uint8_t frame[128], message[64];
    struct wr b = wr_of(message, sizeof(message)), w = wr_of(frame, sizeof(frame));
    struct mac to = l->ifs.v[0].mac;
    struct pkt p;

    ip.src = address(src);
    ip.dst = address(dst);
    nd_put(&b, m, &ip.src, &ip.dst);
    ether_put(&w, &to, &station, ETHER_IPV6);
    ip_put(&w, &ip, b.at);
    wr_put(&w, wr_bytes(&b));
    pkt_parse(wr_bytes(&w), &p);
    assert_true(neighbors_nd_input(l->n, 0, &p));
}

static void advertise(struct lab *l, const struct mac *mac, bool solicited, bool override)
{
    struct nd m = {.advertises = true,
                   .solicited = solicited,
                   .override = override,
                   .target = address(PEER),
                   .has_mac = true,
                   .mac = *mac};

    hear(l, PEER, OURS, &m);
}

static const char *state_of(struct lab *l)
{
    struct neighbor_view v;

    assert_true(neighbors_view(l->n, peer(l), &v));
    return v.state;
}

/* --- asking ------------------------------------------------------------------------------------
 */

static void an_address_is_asked_for_at_its_group_three_times(void **state)
{
    struct ip_addr group = address("ff02::1:ff00:2"), target = address(PEER), src = address(OURS);
    struct lab l;

    (void)state;
    init(&l);
    assert_true(send_packet(&l)); /* it waits */
    assert_int_equal(l.nds, 1);
    assert_memory_equal(l.last.eth.dst.b, "\x33\x33\xff\x00\x00\x02", 6);
    assert_true(ip_addr_eq(&l.last.ip.dst, &group));
    assert_true(ip_addr_eq(&l.last.ip.src, &src));
    assert_false(l.nd.advertises);
    assert_true(ip_addr_eq(&l.nd.target, &target));
    assert_true(l.nd.has_mac && mac_eq(&l.nd.mac, &l.ifs.v[0].mac));
    wait(&l, SPAN_MS(5000)); /* RETRANS_TIMER, MAX_MULTICAST_SOLICIT */
    assert_int_equal(l.nds, 3);
    assert_int_equal(l.sent, 3);
    assert_string_equal(state_of(&l), "INCMP");
    assert_int_equal(l.ifs.v[0].lost, 1);
    release(&l);
}

static void what_waited_goes_when_the_answer_comes(void **state)
{
    struct lab l;

    (void)state;
    init(&l);
    send_packet(&l);
    advertise(&l, &station, true, true);
    assert_int_equal(l.sent, 2);
    assert_int_equal(l.last.eth.type, ETHER_IPV6);
    assert_true(mac_eq(&l.last.eth.dst, &station));
    assert_int_equal(l.last.ip.proto, IP_NONEXT);
    assert_string_equal(state_of(&l), "REACH");
    release(&l);
}

/* 7.3: REACHABLE for 30 s; then the first packet starts five seconds' delay, and three questions to
 * the neighbour alone; who does not answer them is forgotten. */
static void a_neighbour_that_falls_silent_is_asked_and_given_up(void **state)
{
    struct lab l;

    (void)state;
    init(&l);
    send_packet(&l);
    advertise(&l, &station, true, true);
    wait(&l, SPAN_S(29));
    assert_string_equal(state_of(&l), "REACH");
    wait(&l, SPAN_S(2));
    assert_string_equal(state_of(&l), "STALE");
    wait(&l, SPAN_S(3600)); /* nobody wants it: nobody asks */
    assert_int_equal(l.nds, 1);
    send_packet(&l);
    assert_string_equal(state_of(&l), "DELAY");
    wait(&l, SPAN_MS(4900));
    assert_int_equal(l.nds, 1);
    wait(&l, SPAN_MS(200));
    assert_string_equal(state_of(&l), "PROBE");
    assert_int_equal(l.nds, 2);
    assert_true(mac_eq(&l.last.eth.dst, &station)); /* to it alone */
    wait(&l, SPAN_S(5));
    assert_int_equal(l.nds, 4);
    assert_string_equal(state_of(&l), "INCMP");
    release(&l);
}

static void one_that_answers_is_kept(void **state)
{
    struct lab l;

    (void)state;
    init(&l);
    send_packet(&l);
    advertise(&l, &station, true, true);
    wait(&l, SPAN_S(31));
    send_packet(&l);
    wait(&l, SPAN_S(6));
    assert_string_equal(state_of(&l), "PROBE");
    advertise(&l, &station, true, false);
    assert_string_equal(state_of(&l), "REACH");
    assert_true(neighbors_ready(l.n, peer(&l)));
    release(&l);
}

/* 7.2.5, with its appendix C table. */
static const struct row {
    const char *what;
    const struct mac *mac;
    bool solicited, override;
    const char *state; /* of a reachable neighbour, afterwards */
    bool moves;        /* packets go to MAC then */
} rows[] = {
    {"another_address_without_override__casts_doubt", &other, false, false, "STALE", false},
    {"another_solicited_one_without_override__does_too", &other, true, false, "STALE", false},
    {"another_address_with_override__counts", &other, false, true, "STALE", true},
    {"another_solicited_one_with_override__is_sure", &other, true, true, "REACH", true},
    {"the_same_address__changes_nothing", &station, false, true, "REACH", false},
};

static void advertisements_change_what_is_known(void **state)
{
    const struct row *row = *state;
    struct lab l;

    init(&l);
    send_packet(&l);
    advertise(&l, &station, true, true);
    advertise(&l, row->mac, row->solicited, row->override);
    assert_string_equal(state_of(&l), row->state);
    send_packet(&l);
    assert_true(mac_eq(&l.last.eth.dst, row->moves ? row->mac : &station));
    release(&l);
}

static void nobody_is_known_by_an_advertisement_alone(void **state)
{
    struct neighbor_view v;
    struct lab l;

    (void)state;
    init(&l);
    advertise(&l, &station, false, true);
    assert_false(neighbors_view(l.n, 0, &v));
    release(&l);
}

/* --- answering ---------------------------------------------------------------------------------
 */

static void questions_for_our_addresses_are_answered(void **state)
{
    static const struct {
        const char *target, *dst;
        bool answered;
    } asked[] = {{OURS, "ff02::1:ff00:1", true},
                 {"fe80::1", "ff02::1:ff00:1", true},
                 {OURS, OURS, true},
                 {PEER, "ff02::1:ff00:2", false}};

    (void)state;
    for (size_t i = 0; i < COUNT(asked); i++) {
        struct lab l;
        struct nd q = {.target = address(asked[i].target), .has_mac = true, .mac = station};
        struct ip_addr to = address(PEER);
        init(&l);
        hear(&l, PEER, asked[i].dst, &q);
        assert_int_equal(l.nds, asked[i].answered);
        if (asked[i].answered) {
            assert_true(l.nd.advertises && l.nd.solicited && l.nd.override && l.nd.router);
            assert_true(ip_addr_eq(&l.nd.target, &q.target));
            assert_true(ip_addr_eq(&l.last.ip.dst, &to));
            assert_true(mac_eq(&l.last.eth.dst, &station));
            assert_int_equal(l.last.ip.ttl, 255);
            assert_true(neighbors_ready(l.n, peer(&l))); /* and who has asked is known */
            assert_string_equal(state_of(&l), "STALE");
        }
        release(&l);
    }
}

/* 7.2.4: who tests whether our address is free hears that it is not, with everybody else. */
static void a_test_of_our_address_is_answered_to_all(void **state)
{
    struct nd test = {.target = address(OURS)};
    struct ip_addr all = address("ff02::1");
    struct neighbor_view v;
    struct lab l;

    (void)state;
    init(&l);
    hear(&l, "::", "ff02::1:ff00:1", &test);
    assert_int_equal(l.nds, 1);
    assert_true(l.nd.advertises && !l.nd.solicited);
    assert_true(ip_addr_eq(&l.last.ip.dst, &all));
    assert_memory_equal(l.last.eth.dst.b, "\x33\x33\x00\x00\x00\x01", 6);
    assert_false(neighbors_view(l.n, 0, &v));
    release(&l);
}

static void an_interface_that_comes_up_tests_and_tells_its_addresses(void **state)
{
    struct lab l;

    (void)state;
    init(&l);
    neighbors_announce(l.n, 0);
    assert_int_equal(l.nds, 4);  /* link-local and global */
    assert_int_equal(l.sent, 4); /* and no ARP: it has no IPv4 */
    assert_true(l.nd.advertises && !l.nd.solicited);
    release(&l);
}

int main(void)
{
    struct CMUnitTest tests[24] = {
        cmocka_unit_test(an_address_is_asked_for_at_its_group_three_times),
        cmocka_unit_test(what_waited_goes_when_the_answer_comes),
        cmocka_unit_test(a_neighbour_that_falls_silent_is_asked_and_given_up),
        cmocka_unit_test(one_that_answers_is_kept),
        cmocka_unit_test(nobody_is_known_by_an_advertisement_alone),
        cmocka_unit_test(questions_for_our_addresses_are_answered),
        cmocka_unit_test(a_test_of_our_address_is_answered_to_all),
        cmocka_unit_test(an_interface_that_comes_up_tests_and_tells_its_addresses),
    };
    size_t n = 8;

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[n++] = (struct CMUnitTest){rows[i].what, advertisements_change_what_is_known, NULL,
                                         NULL, (void *)(uintptr_t)&rows[i]};
    return _cmocka_run_group_tests("gateway/neighbors_nd", tests, n, NULL, NULL);
}
