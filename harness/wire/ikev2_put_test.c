/* IKEv2 messages that we write: byte for byte what strongSwan wrote, and read again. */
#include "wire/ikev2.h"

#include "base/attr.h"
#include "base/mem.h"
#include "tests/ikev2_lives.h"
#include "tests/testkit.h"

enum { ROOM = 2048 };

static void put_sa_again(struct isakmp_msg *m, struct bytes left)
{
    size_t at = isakmp_open(m, IKEV2_P_SA);
    struct ikev2_proposal p;
    struct ikev2_transform t;

    while (ikev2_next_proposal(&left, &p)) {
        size_t part = ikev2_open_proposal(&m->w, left.n == 0, &p);
        while (ikev2_next_transform(&p.transforms, &t))
            ikev2_put_transform(&m->w, p.transforms.n == 0, &t);
        isakmp_close_part(&m->w, part);
    }
    isakmp_close(m, at);
}

static void put_again(struct isakmp_msg *m, const struct ikev2_payload *p)
{
    struct ikev2_ke ke;
    struct ikev2_notify n;

    switch (p->type) {
    case IKEV2_P_SA: put_sa_again(m, p->body); break;
    case IKEV2_P_KE:
        assert_ok(ikev2_ke_parse(p->body, &ke));
        ikev2_put_ke(m, &ke);
        break;
    case IKEV2_P_NOTIFY:
        assert_ok(ikev2_notify_parse(p->body, &n));
        ikev2_put_notify(m, &n);
        break;
    default: isakmp_put(m, p->type, p->body);
    }
}

static void what_was_read_from_strongswan__is_written_alike(void **state)
{
    struct ikev2_lives lives;

    (void)state;
    ikev2_lives_load(&lives);
    for (size_t i = 0; i < 2 * lives.n; i++) {
        struct bytes whole = ikev2_life_get(&lives.v[i / 2], "", i % 2 ? "init_r" : "init_i");
        uint8_t out[ROOM];
        struct isakmp_msg m;
        struct isakmp_hdr h;
        struct ikev2_chain c;
        assert_ok(isakmp_hdr_parse(whole, &h));
        assert_ok(ikev2_chain_parse(h.next, bytes_from(whole, ISAKMP_HDR_LEN), &c));
        isakmp_begin(&m, out, sizeof(out), &h);
        for (size_t k = 0; k < c.n; k++)
            put_again(&m, &c.v[k]);
        struct bytes got = isakmp_end(&m, 0);
        assert_ok(m.w.err);
        assert_int_equal(got.n, whole.n);
        assert_memory_equal(got.p, whole.p, whole.n);
    }
    ikev2_lives_release(&lives);
}

/* --- what IKE_SA_INIT has not ---------------------------------------------------------------- */

struct made {
    uint8_t mem[ROOM];
    struct isakmp_msg m;
    struct ikev2_chain c;
};

static void begin(struct made *d)
{
    struct isakmp_hdr h = {.version = IKEV2_VERSION, .exchange = ISAKMP_X_V2_AUTH};

    isakmp_begin(&d->m, d->mem, sizeof(d->mem), &h);
}

static void end(struct made *d)
{
    struct bytes all = isakmp_end(&d->m, 0);
    struct isakmp_hdr h;

    assert_ok(d->m.w.err);
    assert_ok(isakmp_hdr_parse(all, &h));
    assert_int_equal(h.length, all.n);
    assert_ok(ikev2_chain_parse(h.next, bytes_from(all, ISAKMP_HDR_LEN), &d->c));
}

static void assert_hex(struct bytes got, const char *hex)
{
    size_t n;
    uint8_t *want = test_hex(hex, &n);

    assert_int_equal(got.n, n);
    assert_memory_equal(got.p, want, n);
    mem_free(want);
}

static void identities_and_proofs__are_as_rfc_7296_draws_them(void **state)
{
    struct made d;

    (void)state;
    begin(&d);
    ikev2_put_id(&d.m, IKEV2_P_ID_I, &(struct ikev2_id){IKEV2_ID_FQDN, bytes_str("ab")});
    ikev2_put_id(&d.m, IKEV2_P_ID_R, &(struct ikev2_id){IKEV2_ID_KEY_ID, bytes_str("c")});
    ikev2_put_auth(&d.m, &(struct ikev2_auth){IKEV2_AUTH_PSK, bytes_str("d")});
    end(&d);
    assert_int_equal(d.c.n, 3);
    assert_hex(d.c.v[0].whole, "2400000a 02000000 6162");
    assert_hex(d.c.v[1].whole, "27000009 0b000000 63");
    assert_hex(d.c.v[2].whole, "00000009 02000000 64");
}

static void deletes__are_read_back(void **state)
{
    struct made d;
    struct ikev2_delete del;
    static const uint8_t spis[] = {1, 2, 3, 4, 0xa, 0xb, 0xc, 0xd};

    (void)state;
    begin(&d);
    ikev2_put_delete(&d.m,
                     &(struct ikev2_delete){IKEV2_PROTO_ESP, 4, 2, bytes_of(spis, sizeof(spis))});
    ikev2_put_delete(&d.m, &(struct ikev2_delete){.protocol = IKEV2_PROTO_IKE});
    end(&d);
    assert_hex(d.c.v[0].whole, "2a000010 03040002 01020304 0a0b0c0d");
    assert_hex(d.c.v[1].whole, "00000008 01000000");
    assert_ok(ikev2_delete_parse(d.c.v[0].body, &del));
    assert_int_equal(ikev2_delete_spi(&del, 0), 0x01020304);
    assert_int_equal(ikev2_delete_spi(&del, 1), 0x0a0b0c0d);
}

static struct ip_addr address(const char *text)
{
    struct ip_addr a;

    assert_ok(ip_addr_parse(text, &a));
    return a;
}

static void traffic_selectors__are_read_back(void **state)
{
    struct made d;
    struct ikev2_ts in[3] = {
        {.protocol = 6, .start_port = 80, .end_port = 80, .start = address("10.1.0.0")},
        {.protocol = 0, .end_port = 65535}, /* of no family: left out */
        {.protocol = 17, .end_port = 65535, .start = address("2001:db8::")},
    };
    struct ikev2_ts ts;
    struct bytes left;

    (void)state;
    in[0].end = address("10.1.255.255");
    in[2].end = address("2001:db8::ffff");
    begin(&d);
    ikev2_put_ts(&d.m, IKEV2_P_TS_I, in, COUNT(in));
    end(&d);
    assert_hex(
        d.c.v[0].body,
        "02000000 07060010 00500050 0a010000 0a01ffff"
        "08110028 0000ffff 20010db8000000000000000000000000 20010db800000000000000000000ffff");
    assert_ok(ikev2_ts_check(d.c.v[0].body, &left));
    for (size_t i = 0; i < 3; i += 2) {
        assert_true(ikev2_next_ts(&left, &ts));
        assert_int_equal(ts.protocol, in[i].protocol);
        assert_int_equal(ts.start_port, in[i].start_port);
        assert_int_equal(ts.end_port, in[i].end_port);
        assert_true(ip_addr_eq(&ts.start, &in[i].start));
        assert_true(ip_addr_eq(&ts.end, &in[i].end));
    }
    assert_false(ikev2_next_ts(&left, &ts));
}

static void configuration__is_read_back(void **state)
{
    struct made d;
    struct ikev2_cp cp;
    struct ikev2_cp_attribute a;
    static const uint8_t dns[] = {10, 2, 0, 53};

    (void)state;
    begin(&d);
    size_t at = ikev2_open_cp(&d.m, IKEV2_CP_REQUEST);
    ikev2_put_cp_attribute(&d.m.w, IKEV2_CP_A_IP4_ADDRESS, bytes_of(NULL, 0));
    ikev2_put_cp_attribute(&d.m.w, IKEV2_CP_A_IP4_DNS, bytes_of(dns, sizeof(dns)));
    isakmp_close(&d.m, at);
    end(&d);
    assert_hex(d.c.v[0].whole, "00000014 01000000 00010000 00030004 0a020035");
    assert_ok(ikev2_cp_parse(d.c.v[0].body, &cp));
    assert_int_equal(cp.type, IKEV2_CP_REQUEST);
    assert_true(ikev2_next_cp_attribute(&cp.attributes, &a));
    assert_int_equal(a.type, IKEV2_CP_A_IP4_ADDRESS);
    assert_int_equal(a.value.n, 0);
    assert_true(ikev2_next_cp_attribute(&cp.attributes, &a));
    assert_true(bytes_eq(a.value, bytes_of(dns, sizeof(dns))));
    assert_false(ikev2_next_cp_attribute(&cp.attributes, &a));
}

static void the_critical_bit__stays_when_the_next_payload_is_linked(void **state)
{
    struct made d;

    (void)state;
    begin(&d);
    size_t at = isakmp_open(&d.m, 200);
    ikev2_set_critical(&d.m);
    isakmp_close(&d.m, at);
    isakmp_put(&d.m, IKEV2_P_VENDOR, bytes_str("v"));
    end(&d);
    assert_hex(d.c.v[0].whole, "2b800004");
    assert_int_equal(d.c.unsupported, 200);
    assert_false(d.c.v[1].critical);
}

static void too_little_room__is_told(void **state)
{
    uint8_t mem[ROOM];
    struct isakmp_hdr h = {.version = IKEV2_VERSION};
    struct ikev2_notify n = {.type = IKEV2_N_COOKIE, .data = bytes_str("0123456789")};
    struct isakmp_msg m;

    (void)state;
    for (size_t cap = ISAKMP_HDR_LEN; cap < ISAKMP_HDR_LEN + 18; cap++) {
        isakmp_begin(&m, mem, cap, &h);
        ikev2_put_notify(&m, &n);
        (void)isakmp_end(&m, 0);
        assert_int_equal(m.w.err, ERR_NOSPACE);
    }
    isakmp_begin(&m, mem, ISAKMP_HDR_LEN + 18, &h);
    ikev2_put_notify(&m, &n);
    assert_int_equal(isakmp_end(&m, 0).n, ISAKMP_HDR_LEN + 18);
    assert_ok(m.w.err);
}

static void every_number_of_the_tables__has_its_name(void **state)
{
    (void)state;
#define X(id, number, name) assert_string_equal(ikev2_payload_name(number), name);
    IKEV2_PAYLOADS(X)
#undef X
#define X(id, number, name) assert_string_equal(ikev2_notify_name(number), name);
    IKEV2_NOTIFIES(X)
#undef X
#define X(id, number, name) assert_string_equal(ikev2_cp_attribute_name(number), name);
    IKEV2_CP_ATTRIBUTES(X)
#undef X
    assert_null(ikev2_payload_name(200));
    assert_null(ikev2_notify_name(65000));
    assert_string_equal(ikev2_encr_name(IKEV2_ENCR_AES_GCM_16), "ENCR_AES_GCM_16");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_read_from_strongswan__is_written_alike),
        cmocka_unit_test(identities_and_proofs__are_as_rfc_7296_draws_them),
        cmocka_unit_test(deletes__are_read_back),
        cmocka_unit_test(traffic_selectors__are_read_back),
        cmocka_unit_test(configuration__is_read_back),
        cmocka_unit_test(the_critical_bit__stays_when_the_next_payload_is_linked),
        cmocka_unit_test(too_little_room__is_told),
        cmocka_unit_test(every_number_of_the_tables__has_its_name),
    };

    return cmocka_run_group_tests_name("wire/ikev2_put", tests, NULL, NULL);
}
