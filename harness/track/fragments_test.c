#include "track/fragments.h"

#include "base/mem.h"
#include "base/rng.h"
#include "tests/testkit.h"

#define DATA 3000

static uint8_t payload[8 + DATA];

/* A fragment [from, to) of a UDP datagram of PAYLOAD. */
static struct pkt fragment(uint8_t version, uint32_t id, size_t from, size_t to, size_t total)
{
    struct pkt p = {.kind = PKT_IP};

    p.ip = (struct ip){.version = version,
                       .proto = IP_UDP,
                       .id = id,
                       .more = to < total,
                       .frag_off = (uint32_t)from,
                       .src = ip4(0x0a000001),
                       .dst = ip4(0x0a000002),
                       .payload_len = to - from,
                       .payload = bytes_of(payload + from, to - from)};
    return p;
}

static void setup_payload(void)
{
    struct wr w = wr_of(payload, sizeof(payload));
    struct rng_seeded rng;

    wr_be16(&w, 1000);
    wr_be16(&w, 2000);
    wr_be16(&w, sizeof(payload));
    wr_be16(&w, 0);
    rng_seeded_init(&rng, 3, "payload");
    rng_fill(&rng.rng, payload + 8, DATA);
}

static void check_whole(const struct pkt *p)
{
    assert_int_equal(p->kind, PKT_UDP);
    assert_int_equal(p->data_len, DATA);
    assert_memory_equal(p->udp.data.p, payload + 8, DATA);
    assert_false(ip_is_fragment(&p->ip));
}

/* In every order, with and without repeats and overlaps. */
static void fragments_in_any_order_make_the_datagram(void **state)
{
    static const struct {
        size_t from, to;
    } parts[][4] = {
        {{0, 1480}, {1480, 2960}, {2960, 3008}, {2960, 3008}},
        {{2960, 3008}, {1480, 2960}, {1480, 2960}, {0, 1480}},
        {{1480, 2960}, {0, 1480}, {0, 1480}, {2960, 3008}},
        {{0, 2000}, {1000, 3008}, {0, 8}, {8, 16}},
        {{0, 8}, {2000, 3008}, {0, 1000}, {904, 2104}},
    };

    (void)state;
    setup_payload();
    for (size_t i = 0; i < COUNT(parts); i++) {
        struct fragments *f = fragments_new();
        bool done = false;
        for (size_t k = 0; k < 4 && !done; k++) {
            struct pkt p = fragment(4, 7, parts[i][k].from, parts[i][k].to, 3008);
            done = fragments_add(f, &p, 1000);
            if (done)
                check_whole(&p);
        }
        assert_true(done);
        assert_int_equal(fragments_stats(f).whole, 1);
        fragments_free(f);
    }
}

static void datagrams_with_other_ids_are_kept_apart(void **state)
{
    struct fragments *f = fragments_new();

    (void)state;
    setup_payload();
    for (uint32_t id = 1; id <= 3; id++) {
        struct pkt p = fragment(6, id, 0, 1480, 3008);
        assert_false(fragments_add(f, &p, 0));
    }
    for (uint32_t id = 3; id >= 1; id--) {
        struct pkt p = fragment(6, id, 1480, 3008, 3008);
        assert_true(fragments_add(f, &p, 0));
        check_whole(&p);
    }
    fragments_free(f);
}

static void an_old_first_half_is_forgotten(void **state)
{
    struct fragments *f = fragments_new();
    struct pkt p = fragment(4, 1, 0, 1480, 3008);

    (void)state;
    setup_payload();
    assert_false(fragments_add(f, &p, 0));
    p = fragment(4, 1, 1480, 3008, 3008);
    assert_false(fragments_add(f, &p, FRAGMENTS_TIMEOUT + 1));
    assert_int_equal(fragments_stats(f).dropped, 1);
    p = fragment(4, 1, 0, 1480, 3008);
    assert_true(fragments_add(f, &p, FRAGMENTS_TIMEOUT + 2));
    fragments_free(f);
}

static void floods_are_bounded_and_the_newest_survive(void **state)
{
    enum { FLOOD = 5000 };
    struct fragments *f = fragments_new();

    (void)state;
    setup_payload();
    for (uint32_t id = 0; id < FLOOD; id++) {
        struct pkt p = fragment(4, id, 0, 1480, 3008);
        p.ip.frag_off = 60000; /* each wants a buffer of the largest size */
        p.ip.payload_len = p.ip.payload.n = 1480;
        assert_false(fragments_add(f, &p, 0));
    }
    assert_true(fragments_stats(f).dropped >= FLOOD - FRAGMENTS_BYTES / 65536);
    struct pkt p = fragment(4, FLOOD, 0, 1480, 3008);
    assert_false(fragments_add(f, &p, 0));
    p = fragment(4, FLOOD, 1480, 3008, 3008);
    assert_true(fragments_add(f, &p, 0));
    fragments_free(f);
}

static void what_cannot_be_a_fragment_is_refused(void **state)
{
    struct fragments *f = fragments_new();

    (void)state;
    setup_payload();
    struct pkt p = fragment(4, 1, 0, 1480, 3008);
    p.ip.payload_len = 0;
    p.ip.payload.n = 0;
    assert_false(fragments_add(f, &p, 0));
    p = fragment(4, 1, 0, 1480, 3008);
    p.ip.frag_off = 65528; /* the ping of death: ends beyond 65,535 */
    assert_false(fragments_add(f, &p, 0));
    p = fragment(4, 1, 0, 1480, 3008);
    p.ip.payload.n = 100; /* cut by the capture */
    assert_false(fragments_add(f, &p, 0));
    assert_int_equal(fragments_stats(f).whole, 0);
    fragments_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fragments_in_any_order_make_the_datagram),
        cmocka_unit_test(datagrams_with_other_ids_are_kept_apart),
        cmocka_unit_test(an_old_first_half_is_forgotten),
        cmocka_unit_test(floods_are_bounded_and_the_newest_survive),
        cmocka_unit_test(what_cannot_be_a_fragment_is_refused),
    };
    return cmocka_run_group_tests_name("track/fragments", tests, NULL, NULL);
}
