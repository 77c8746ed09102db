/* What two endpoints said is read by a tap that has the exported keys, and by no other. */
#include "ike/ike_tap.h"

#include "base/buf.h"
#include "base/mem.h"
#include "ike/ike_keys.h"
#include "ike/ike_pieces.h"
#include "tests/testkit.h"
#include "tests/two_ikes.h"

#include <stdio.h>

enum { V1, V1_FRAGMENTS, V1_AGGRESSIVE, V2, V2_FRAGMENTS };

struct life {
    struct two_ikes t;
    struct ike_tap *tap;
    struct ike_pieces *pieces;
    struct buf keys;
};

/* A client of a group that logs in and gets an address: what is chained there, too. */
static void serve(struct two_ikes *t, int side, const struct ike_out *o)
{
    struct ike_net_config net = {.address = ip4(0x0a090005), .netmask = ip4(0xffffff00)};

    if (o->kind == IKE_OUT_LOGIN)
        ike_answer_login(t->side[side].ike, o->ike, true);
    else if (side == IKE_B)
        ike_answer_config(t->side[side].ike, o->ike, &net);
}

static void make_client(struct two_ikes *t)
{
    t->answer = serve;
    for (int i = 0; i < 2; i++) {
        struct ike_peer_config *p = &t->side[i].peer;
        p->group = bytes_str("branches");
        p->aggressive = p->xauth = true;
        p->config = IKE_CONFIG_ADDRESS;
    }
    t->side[IKE_A].peer.user = bytes_str("alice");
    t->side[IKE_A].peer.password = bytes_str("open sesame");
    t->side[IKE_A].policies[0].selector.remote = (struct ip_net){ip4(0), 0};
    t->side[IKE_A].policies[0].assigned = true;
    t->side[IKE_B].is_server = true;
    t->side[IKE_B].policies[0].selector =
        (struct ike_selector){.local = {ip4(0), 0}, .remote = {ip4(0), 0}};
}

/* Both phases come up. */
static void live(struct life *l, int kind)
{
    *l = (struct life){.tap = ike_tap_new(), .pieces = ike_pieces_new()};
    if (kind >= V2)
        two_ikes_init_v2(&l->t);
    else
        two_ikes_init(&l->t);
    if (kind == V1_AGGRESSIVE)
        make_client(&l->t);
    if (kind == V2_FRAGMENTS || kind == V1_FRAGMENTS)
        l->t.side[IKE_A].peer.fragment_mtu = l->t.side[IKE_B].peer.fragment_mtu = 200;
    two_ikes_start(&l->t);
    two_ikes_establish(&l->t, IKE_A);
    for (size_t i = 0; i < l->t.side[IKE_A].nsaid; i++)
        if (l->t.side[IKE_A].said[i].kind == IKE_OUT_IKE_UP)
            assert_ok(ike_keys_put(&l->keys, &l->keys, &l->t.side[IKE_A].said[i]));
}

static void end(struct life *l)
{
    ike_tap_free(l->tap);
    ike_pieces_free(l->pieces);
    buf_release(&l->keys);
    two_ikes_release(&l->t);
}

static void give_keys(struct life *l, unsigned flip)
{
    struct bytes rest = buf_bytes(&l->keys);

    assert_true(rest.n > 0);
    while (rest.n) {
        struct ike_table_row row;
        const uint8_t *nl = memchr(rest.p, '\n', rest.n);
        size_t len = (size_t)(nl - rest.p);
        assert_ok(ike_table_parse(bytes_head(rest, len), &row, NULL));
        row.key[0] ^= (uint8_t)flip;
        row.sk_ei[0] ^= (uint8_t)flip;
        row.sk_er[0] ^= (uint8_t)flip;
        assert_ok(ike_tap_key(l->tap, &row));
        rest = bytes_from(rest, len + 1);
    }
}

/* Past the four zeros of UDP 4500 (RFC 3948, 2.2). */
static struct bytes message_of(const struct flown *d)
{
    struct bytes b = bytes_of(d->p, d->n);

    return d->dst.port == 4500 ? bytes_from(b, 4) : b;
}

struct counts {
    size_t clear, sealed, parts, auth, state, nokey, again;
};

/* What M makes of L: a whole message as it is, a piece when it is the last one that was missing. */
static enum err open_next(struct life *l, struct bytes m, struct ike_tap_clear *out)
{
    struct isakmp_hdr h;
    struct bytes whole;

    assert_ok(isakmp_hdr_parse(m, &h));
    if (!ike_pieces_is(&h))
        return ike_tap_open(l->tap, m, out);
    enum err e = ike_pieces_add(l->pieces, 0, &h, m, 0);
    if (e)
        return e;
    assert_true(ike_pieces_next(l->pieces, &whole));
    e = ike_tap_open(l->tap, whole, out);
    assert_false(ike_pieces_next(l->pieces, &whole));
    return e;
}

static struct counts read_all(struct life *l, size_t from)
{
    struct counts n = {0};

    for (size_t i = from; i < l->t.nflown; i++) {
        struct ike_tap_clear c;
        struct bytes m = message_of(&l->t.flown[i]);
        uint8_t *exact = mem_resize(NULL, m.n, 1);
        memcpy(exact, m.p, m.n);
        enum err e = open_next(l, bytes_of(exact, m.n), &c);
        n.clear += !e && !c.sealed;
        n.sealed += !e && c.sealed;
        n.parts += e == ERR_END;
        n.auth += e == ERR_AUTH;
        n.state += e == ERR_STATE;
        n.nokey += e == ERR_NOTFOUND;
        n.again += e == ERR_REPLAY;
        mem_free(exact);
    }
    return n;
}

static void keys_open_every_message(void **state)
{
    static const size_t clear[] = {4, 4, 2, 2, 2};

    (void)state;
    for (int kind = V1; kind <= V2_FRAGMENTS; kind++) {
        struct life l;
        live(&l, kind);
        give_keys(&l, 0);
        struct counts n = read_all(&l, 0);
        assert_int_equal(n.clear, clear[kind]);
        assert_true(n.sealed >= 2);
        assert_int_equal(n.parts > 0, kind == V1_FRAGMENTS || kind == V2_FRAGMENTS);
        assert_int_equal(n.clear + n.sealed + n.parts, l.t.nflown);
        n = read_all(&l, 0); /* once more: it is all known */
        assert_int_equal(n.again + n.parts, l.t.nflown);
        end(&l);
    }
}

static void wrong_keys_open_nothing(void **state)
{
    (void)state;
    for (int kind = V1; kind <= V2_FRAGMENTS; kind++) {
        struct life l;
        live(&l, kind);
        give_keys(&l, 1);
        struct counts n = read_all(&l, 0);
        assert_int_equal(n.sealed, 0);
        assert_int_equal(n.auth + n.parts, l.t.nflown - n.clear);
        end(&l);
    }
}

static void without_keys_only_what_is_clear_is_given(void **state)
{
    (void)state;
    for (int kind = V1; kind <= V2_FRAGMENTS; kind++) {
        struct life l;
        live(&l, kind);
        struct counts n = read_all(&l, 0);
        assert_int_equal(n.nokey + n.parts, l.t.nflown - n.clear);
        assert_int_equal(n.sealed, 0);
        end(&l);
    }
}

static void ikev1_without_its_beginning_is_not_opened(void **state)
{
    struct life l;

    (void)state;
    live(&l, V1);
    give_keys(&l, 0);
    struct counts n = read_all(&l, 3);
    assert_int_equal(n.sealed, 0);
    assert_int_equal(n.state, l.t.nflown - 4);
    end(&l);
    live(&l, V2); /* each message of IKEv2 stands for itself */
    give_keys(&l, 0);
    n = read_all(&l, 3);
    assert_int_equal(n.sealed, l.t.nflown - 3);
    end(&l);
}

/* A message that is lost on the way to the tap hides itself, and what is chained to it. */
static void a_quick_mode_whose_first_message_is_missing_is_not_opened(void **state)
{
    struct life l;
    struct ike_tap_clear c;

    (void)state;
    live(&l, V1);
    give_keys(&l, 0);
    for (size_t i = 0; i < 6; i++) /* main mode */
        assert_ok(ike_tap_open(l.tap, message_of(&l.t.flown[i]), &c));
    assert_int_equal(ike_tap_open(l.tap, message_of(&l.t.flown[7]), &c), ERR_AUTH);
    assert_ok(ike_tap_open(l.tap, message_of(&l.t.flown[8]), &c)); /* chained to the second */
    end(&l);
}

/* Anybody can write a message: one that does not open breaks no chain, whether it is of phase 1, of
 * a quick mode under way or of one that comes. */
static void forged_messages_break_no_chain(void **state)
{
    struct life l;
    struct ike_tap_clear c;

    (void)state;
    live(&l, V1);
    give_keys(&l, 0);
    for (size_t i = 0; i < l.t.nflown; i++) {
        struct bytes m = message_of(&l.t.flown[i]);
        struct isakmp_hdr h;
        assert_ok(isakmp_hdr_parse(m, &h));
        assert_ok(ike_tap_open(l.tap, m, &c));
        for (uint32_t id = 0; h.flags & ISAKMP_FLAG_ENCRYPTED && id < 2; id++) {
            uint8_t forged[ISAKMP_HDR_LEN + 32];
            memcpy(forged, m.p, ISAKMP_HDR_LEN);
            memset(forged + ISAKMP_HDR_LEN, (int)(2 * i + id), 32);
            forged[ISAKMP_HDR_LEN - 2] = 0;
            forged[ISAKMP_HDR_LEN - 1] = sizeof(forged);
            if (id)
                memset(forged + 20, 0, 4); /* phase 1's */
            assert_int_equal(ike_tap_open(l.tap, bytes_of(forged, sizeof(forged)), &c), ERR_AUTH);
        }
    }
    end(&l);
}

static enum err parse(struct bytes in, void *ctx)
{
    struct ike_tap_clear c;

    return ike_tap_open(ctx, in, &c);
}

static void damage_is_refused(void **state)
{
    (void)state;
    for (int kind = V1; kind <= V2_FRAGMENTS; kind++) {
        struct life l;
        live(&l, kind);
        give_keys(&l, 0);
        (void)read_all(&l, 0);
        for (size_t i = 0; i < l.t.nflown; i++) {
            test_truncations(message_of(&l.t.flown[i]), parse, l.tap);
            test_flips(message_of(&l.t.flown[i]), parse, l.tap);
        }
        end(&l);
    }
}

static void keys_are_bounded(void **state)
{
    struct ike_table_row row = {.version = 1, .key_len = 16};
    struct ike_tap *tap = ike_tap_new();

    (void)state;
    for (unsigned i = 0; i < IKE_TAP_KEYS; i++) {
        row.spi_i[0] = (uint8_t)i;
        row.spi_i[1] = (uint8_t)(i >> 8);
        assert_ok(ike_tap_key(tap, &row));
    }
    assert_ok(ike_tap_key(tap, &row)); /* the same SA */
    row.spi_i[2] = 1;
    assert_int_equal(ike_tap_key(tap, &row), ERR_RANGE);
    ike_tap_free(tap);
    ike_tap_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_open_every_message),
        cmocka_unit_test(wrong_keys_open_nothing),
        cmocka_unit_test(without_keys_only_what_is_clear_is_given),
        cmocka_unit_test(ikev1_without_its_beginning_is_not_opened),
        cmocka_unit_test(a_quick_mode_whose_first_message_is_missing_is_not_opened),
        cmocka_unit_test(forged_messages_break_no_chain),
        cmocka_unit_test(damage_is_refused),
        cmocka_unit_test(keys_are_bounded),
    };

    return cmocka_run_group_tests_name("ike_tap", tests, NULL, NULL);
}
