/* NAT traversal: with and without a NAT, on either side. */
#include "tests/testkit.h"
#include "tests/two_ikes.h"

enum { NATTED = 20000 }; /* what a NAT adds to ports */

struct nat {
    int inside; /* whose ports it changes */
    uint16_t add;
};

static bool translate(struct two_ikes *t, struct flown *d, size_t n)
{
    const struct nat *nat = t->ctx;

    (void)n;
    if (d->from == nat->inside)
        d->src.port = (uint16_t)(d->src.port + nat->add);
    else
        d->dst.port = (uint16_t)(d->dst.port - nat->add);
    return true;
}

static void init(struct two_ikes *t, bool a, bool b)
{
    two_ikes_init(t);
    t->side[IKE_A].peer.natt = a;
    t->side[IKE_B].peer.natt = b;
}

static uint16_t last_port(const struct two_ikes *t)
{
    return t->flown[t->nflown - 1].dst.port;
}

static void without_a_nat__all_stays_on_port_500(void **state)
{
    struct two_ikes t;

    (void)state;
    init(&t, true, true);
    two_ikes_start(&t);
    two_ikes_establish(&t, IKE_A);
    assert_false(two_ikes_last(&t, IKE_A, IKE_OUT_CHILD_UP)->child.udp);
    assert_int_equal(last_port(&t), 500);
    two_ikes_release(&t);
}

static void with_a_nat__both_go_to_port_4500(void **state)
{
    (void)state;
    for (int begins = 0; begins < 2; begins++) {
        struct nat nat = {IKE_A, NATTED};
        struct two_ikes t;
        init(&t, true, true);
        t.filter = translate;
        t.ctx = &nat;
        two_ikes_start(&t);
        /* from the outside it only gets in when the NAT lets port 500 through unchanged */
        nat.inside = begins;
        two_ikes_establish(&t, begins);
        for (int i = 0; i < 2; i++) {
            const struct ike_out *up = two_ikes_last(&t, i, IKE_OUT_CHILD_UP);
            assert_true(up->child.udp);
            assert_int_equal(up->from.port, 4500);
            assert_int_equal(up->to.port, i == begins ? 4500 : 4500 + NATTED);
        }
        assert_int_equal(last_port(&t), 4500);
        two_ikes_run(&t, 100); /* probes, and keep-alives that nobody minds */
        two_ikes_agree(&t, 1, 1);
        size_t keepalives = 0;
        for (size_t i = 0; i < t.nflown; i++)
            keepalives += t.flown[i].n == 1;
        assert_int_equal(keepalives, 5);
        assert_ok(ike_rekey_child(t.side[!begins].ike, two_ikes_pair(&t, !begins)));
        two_ikes_drain(&t, !begins);
        two_ikes_run(&t, 20);
        two_ikes_agree(&t, 1, 1);
        two_ikes_release(&t);
    }
}

static void ports_that_the_nat_changes__are_followed(void **state)
{
    struct nat nat = {IKE_A, NATTED};
    struct two_ikes t;

    (void)state;
    init(&t, true, true);
    t.filter = translate;
    t.ctx = &nat;
    two_ikes_start(&t);
    two_ikes_establish(&t, IKE_A);
    nat.add++;
    assert_ok(ike_rekey_child(t.side[IKE_A].ike, two_ikes_pair(&t, IKE_A)));
    two_ikes_drain(&t, IKE_A);
    two_ikes_run(&t, 20);
    two_ikes_agree(&t, 1, 1);
    assert_int_equal(two_ikes_last(&t, IKE_B, IKE_OUT_CHILD_UP)->to.port, 4500 + NATTED + 1);
    two_ikes_release(&t);
}

static void one_side_that_does_not_speak_it__keeps_to_port_500(void **state)
{
    (void)state;
    for (int with = 0; with < 2; with++) {
        struct nat nat = {IKE_A, NATTED};
        struct two_ikes t;
        init(&t, with == 0, with == 1);
        t.filter = translate;
        t.ctx = &nat;
        two_ikes_start(&t);
        two_ikes_establish(&t, IKE_A);
        assert_false(two_ikes_last(&t, IKE_B, IKE_OUT_CHILD_UP)->child.udp);
        two_ikes_release(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_nat__all_stays_on_port_500),
        cmocka_unit_test(with_a_nat__both_go_to_port_4500),
        cmocka_unit_test(ports_that_the_nat_changes__are_followed),
        cmocka_unit_test(one_side_that_does_not_speak_it__keeps_to_port_500),
    };
    return cmocka_run_group_tests_name("ike/ike_natt", tests, NULL, NULL);
}
