/* NAT traversal: with and without a NAT, on either side. */
#include "tests/testkit.h"
#include "tests/two_ikes.h"
#include "wire/isakmp.h"

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

/* --- gateways that know a draft alone -------------------------------------------------------- */

/* Beginnings of the vendor IDs: MD5 of the names (RFC 3947, 3.1; of the drafts as gateways send
 * them). */
static const uint8_t vendors[][4] = {
    {0x4a, 0x13, 0x1c, 0x81}, /* RFC 3947 */
    {0x7d, 0x94, 0x19, 0xa6}, /* draft 03 */
    {0x90, 0xcb, 0x80, 0x91}, /* draft 02 with a line's end */
    {0xcd, 0x60, 0x46, 0x43}, /* draft 02 */
};

struct older {
    struct nat nat;
    size_t known; /* the first of these that both sides seem to say */
    size_t hidden, detections[2];
};

static bool hide_vendors(struct two_ikes *t, struct flown *d, size_t n)
{
    struct older *o = t->ctx;
    struct nat *nat = &o->nat;
    struct isakmp_hdr h;
    struct isakmp_chain c;

    for (size_t v = 0; v < o->known; v++) {
        for (size_t i = 0; i + 4 <= d->n; i++) {
            if (memcmp(d->p + i, vendors[v], 4) != 0)
                continue;
            d->p[i] ^= 0xff;
            o->hidden++;
        }
    }
    struct bytes b = bytes_of(d->p, d->n);
    if (!isakmp_hdr_parse(b, &h) && h.exchange == ISAKMP_X_MAIN &&
        !(h.flags & ISAKMP_FLAG_ENCRYPTED) &&
        !isakmp_chain_parse(h.next, bytes_from(b, ISAKMP_HDR_LEN), &c)) {
        for (size_t i = 0; i < c.n; i++) {
            o->detections[0] += c.v[i].type == ISAKMP_P_NAT_D;
            o->detections[1] += c.v[i].type == ISAKMP_P_NAT_D_DRAFT;
        }
    }
    t->ctx = nat;
    bool flies = translate(t, d, n);
    t->ctx = o;
    return flies;
}

static void older_drafts__are_spoken_when_nothing_newer_is(void **state)
{
    (void)state;
    for (size_t known = 0; known < COUNT(vendors); known++) {
        struct older o = {.nat = {IKE_A, NATTED}, .known = known};
        struct two_ikes t;
        init(&t, true, true);
        t.filter = hide_vendors;
        t.ctx = &o;
        two_ikes_start(&t);
        two_ikes_establish(&t, IKE_A);
        assert_int_equal(o.hidden, 2 * known); /* one of each side */
        assert_int_equal(o.detections[known == 0], 0);
        assert_int_equal(o.detections[known != 0], 4);
        for (int i = 0; i < 2; i++) {
            assert_true(two_ikes_last(&t, i, IKE_OUT_CHILD_UP)->child.udp);
            assert_int_equal(two_ikes_last(&t, i, IKE_OUT_CHILD_UP)->from.port, 4500);
        }
        two_ikes_agree(&t, 1, 1);
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
        cmocka_unit_test(older_drafts__are_spoken_when_nothing_newer_is),
    };
    return cmocka_run_group_tests_name("ike/ike_natt", tests, NULL, NULL);
}
