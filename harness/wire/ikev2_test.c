/* IKEv2 payloads: real messages of strongSwan, what must be refused, every truncation, and the way
 * back. */
#include "wire/ikev2.h"

#include "base/attr.h"
#include "base/mem.h"
#include "tests/ikev2_lives.h"
#include "tests/testkit.h"

static struct ikev2_lives lives;

static enum err parse_body(uint8_t type, struct bytes b)
{
    struct bytes left = {NULL, 0};
    struct ikev2_ke ke;
    struct ikev2_id id;
    struct ikev2_auth auth;
    struct ikev2_notify notify;
    struct ikev2_delete del;
    struct ikev2_cp cp;
    struct ikev2_eap eap;
    struct ikev2_fragment fragment;

    switch (type) {
    case IKEV2_P_SA: return ikev2_sa_check(b, NULL);
    case IKEV2_P_KE: return ikev2_ke_parse(b, &ke);
    case IKEV2_P_ID_I:
    case IKEV2_P_ID_R: return ikev2_id_parse(b, &id);
    case IKEV2_P_AUTH: return ikev2_auth_parse(b, &auth);
    case IKEV2_P_NONCE: return ikev2_nonce_check(b);
    case IKEV2_P_NOTIFY: return ikev2_notify_parse(b, &notify);
    case IKEV2_P_DELETE: return ikev2_delete_parse(b, &del);
    case IKEV2_P_TS_I:
    case IKEV2_P_TS_R: return ikev2_ts_check(b, &left);
    case IKEV2_P_CP: return ikev2_cp_parse(b, &cp);
    case IKEV2_P_EAP: return ikev2_eap_parse(b, &eap);
    case IKEV2_P_SKF: return ikev2_fragment_parse(b, &fragment);
    default: return ERR_OK;
    }
}

/* A whole message in the clear, to its leaves. */
static enum err parse_message(struct bytes in, void *ctx)
{
    struct isakmp_hdr h;
    struct ikev2_chain c;

    (void)ctx;
    enum err e = isakmp_hdr_parse(in, &h);
    if (!e)
        e = ikev2_chain_parse(h.next, bytes_from(in, ISAKMP_HDR_LEN), &c);
    for (size_t i = 0; !e && i < c.n; i++)
        e = parse_body(c.v[i].type, c.v[i].body);
    return e;
}

static struct ikev2_chain chain_of(struct bytes message)
{
    struct isakmp_hdr h;
    struct ikev2_chain c;

    assert_ok(isakmp_hdr_parse(message, &h));
    assert_int_equal(h.version, IKEV2_VERSION);
    assert_int_equal(h.length, message.n);
    assert_ok(ikev2_chain_parse(h.next, bytes_from(message, ISAKMP_HDR_LEN), &c));
    return c;
}

/* --- real messages --------------------------------------------------------------------------- */

/* What strongSwan offers: its suite, of which it tells the key length. */
static const struct transform_row {
    uint8_t type;
    uint16_t id, bits;
} gcm[] = {{IKEV2_T_ENCR, IKEV2_ENCR_AES_GCM_16, 256},
           {IKEV2_T_PRF, IKEV2_PRF_HMAC_SHA512, 0},
           {IKEV2_T_DH, 19, 0}};

static void a_real_offer__is_read_to_the_end(void **state)
{
    struct ikev2_chain c = chain_of(ikev2_life_get(&lives.v[1], "", "init_i"));
    struct bytes sa = ikev2_find(&c, IKEV2_P_SA)->body;
    struct ikev2_proposal p;
    struct ikev2_transform t;
    struct ikev2_ke ke;
    struct ikev2_notify n;
    bool numbered;

    (void)state;
    assert_int_equal(c.unsupported, 0);
    assert_ok(ikev2_sa_check(sa, &numbered));
    assert_true(numbered);
    assert_true(ikev2_next_proposal(&sa, &p));
    assert_int_equal(p.number, 1);
    assert_int_equal(p.protocol, IKEV2_PROTO_IKE);
    assert_int_equal(p.spi.n, 0);
    assert_int_equal(p.ntransforms, COUNT(gcm));
    for (size_t i = 0; i < COUNT(gcm); i++) {
        assert_true(ikev2_next_transform(&p.transforms, &t));
        assert_int_equal(t.type, gcm[i].type);
        assert_int_equal(t.id, gcm[i].id);
        assert_int_equal(t.key_bits, gcm[i].bits);
        assert_false(t.odd);
    }
    assert_false(ikev2_next_transform(&p.transforms, &t));
    assert_false(ikev2_next_proposal(&sa, &p));
    assert_ok(ikev2_ke_parse(ikev2_find(&c, IKEV2_P_KE)->body, &ke));
    assert_int_equal(ke.group, 19);
    assert_int_equal(ke.data.n, 64);
    assert_true(
        bytes_eq(ikev2_find(&c, IKEV2_P_NONCE)->body, ikev2_life_get(&lives.v[1], "", "nonce_i")));
    assert_true(ikev2_find_notify(&c, IKEV2_N_NAT_DETECTION_DESTINATION_IP, &n));
    assert_int_equal(n.data.n, 20);
    assert_int_equal(n.spi.n, 0);
    assert_true(ikev2_find_notify(&c, IKEV2_N_SIGNATURE_HASH_ALGORITHMS, &n));
    assert_int_equal(n.data.n, 8);
    assert_false(ikev2_find_notify(&c, IKEV2_N_COOKIE, &n));
}

static void every_real_message__is_well_formed_and_cut_or_changed_survived(void **state)
{
    (void)state;
    for (size_t i = 0; i < lives.n; i++) {
        static const char *const keys[] = {"init_i", "init_r", "message", "rekey_message"};
        for (size_t k = 0; k < COUNT(keys); k++) {
            struct bytes m = ikev2_life_get(&lives.v[i], "", keys[k]);
            assert_ok(parse_message(m, NULL));
            test_truncations(m, parse_message, NULL);
            test_flips(m, parse_message, NULL);
        }
    }
}

static void sk_and_skf__end_the_chain(void **state)
{
    struct bytes whole = ikev2_life_get(&lives.v[0], "", "message");
    struct bytes piece = ikev2_life_get(&lives.v[3], "", "message");
    struct ikev2_chain c = chain_of(whole);
    struct ikev2_fragment f;

    (void)state;
    assert_int_equal(c.n, 1);
    assert_int_equal(c.v[0].type, IKEV2_P_SK);
    assert_int_equal(c.v[0].next, IKEV2_P_ID_I); /* the first inside */
    c = chain_of(piece);
    assert_int_equal(c.n, 1);
    assert_int_equal(c.v[0].next, IKEV2_P_ID_I);
    assert_ok(ikev2_fragment_parse(c.v[0].body, &f));
    assert_int_equal(f.number, 1);
    assert_int_equal(f.total, 2);
    assert_int_equal(f.sealed.n + 28 + 4 + 4, piece.n);
}

/* --- what is malformed, and what is only unknown --------------------------------------------- */

enum { CHAIN = 0 }; /* as a type: a chain that begins with a Nonce */

static const struct row {
    const char *what;
    uint8_t type;
    const char *hex;
    enum err want;
} rows[] = {
    {"chain__of_one", CHAIN, "00000005 aa", ERR_OK},
    {"chain__of_nothing", CHAIN, "", ERR_SHORT},
    {"chain__shorter_than_a_header", CHAIN, "00000003", ERR_FORMAT},
    {"chain__longer_than_the_message", CHAIN, "00000006 aa", ERR_SHORT},
    {"chain__with_bytes_behind", CHAIN, "00000005 aa bb", ERR_FORMAT},
    {"chain__that_goes_on_behind_the_end", CHAIN, "28000005 aa", ERR_SHORT},
    {"chain__reserved_bits_are_not_looked_at", CHAIN, "007f0005 aa", ERR_OK},
    {"chain__empty_payload", CHAIN, "00000004", ERR_OK},
    {"sa__nothing", IKEV2_P_SA, "", ERR_FORMAT},
    {"sa__one_transform", IKEV2_P_SA, "00000010 01010001 00000008 02000005", ERR_OK},
    {"sa__proposal_without_transforms", IKEV2_P_SA, "00000008 01010000", ERR_OK},
    {"sa__two_transforms", IKEV2_P_SA, "00000018 01010002 03000008 02000005 00000008 02000006",
     ERR_OK},
    {"sa__more_transforms_than_it_says", IKEV2_P_SA,
     "00000018 01010001 03000008 02000005 00000008 02000006", ERR_FORMAT},
    {"sa__fewer_transforms_than_it_says", IKEV2_P_SA, "00000010 01010002 00000008 02000005",
     ERR_FORMAT},
    {"sa__last_transform_says_more", IKEV2_P_SA, "00000010 01010001 03000008 02000005", ERR_FORMAT},
    {"sa__transform_says_proposal", IKEV2_P_SA,
     "00000018 01010002 02000008 02000005 00000008 02000006", ERR_FORMAT},
    {"sa__last_proposal_says_more", IKEV2_P_SA, "02000010 01010001 00000008 02000005", ERR_FORMAT},
    {"sa__not_last_proposal_says_last", IKEV2_P_SA,
     "00000010 01010001 00000008 02000005 00000010 02010001 00000008 02000005", ERR_FORMAT},
    {"sa__two_proposals", IKEV2_P_SA,
     "02000010 01010001 00000008 02000005 00000010 02010001 00000008 02000005", ERR_OK},
    {"sa__spi", IKEV2_P_SA, "00000014 01030401 aabbccdd 00000008 02000005", ERR_OK},
    {"sa__spi_longer_than_the_proposal", IKEV2_P_SA, "0000000c 01030500 aabbccdd", ERR_SHORT},
    {"sa__transform_too_short", IKEV2_P_SA, "0000000f 01010001 00000007 020000", ERR_SHORT},
    {"sa__transform_length_below_its_header", IKEV2_P_SA, "0000000c 01010001 00000003", ERR_FORMAT},
    {"sa__attribute", IKEV2_P_SA, "00000014 01010001 0000000c 0100000c 800e0080", ERR_OK},
    {"sa__long_attribute", IKEV2_P_SA, "00000015 01010001 0000000d 0100000c 00050001 aa", ERR_OK},
    {"sa__half_an_attribute", IKEV2_P_SA, "00000012 01010001 0000000a 0100000c 800e", ERR_SHORT},
    {"sa__long_attribute_that_ends_too_late", IKEV2_P_SA,
     "00000015 01010001 0000000d 0100000c 00050002 aa", ERR_SHORT},
    {"ke__empty", IKEV2_P_KE, "0013 0000", ERR_OK},
    {"ke__too_short", IKEV2_P_KE, "0013 00", ERR_SHORT},
    {"id__empty", IKEV2_P_ID_I, "02000000", ERR_OK},
    {"id__too_short", IKEV2_P_ID_I, "020000", ERR_SHORT},
    {"auth__too_short", IKEV2_P_AUTH, "020000", ERR_SHORT},
    {"nonce__of_15", IKEV2_P_NONCE, "00112233445566778899aabbccddee", ERR_RANGE},
    {"nonce__of_16", IKEV2_P_NONCE, "00112233445566778899aabbccddeeff", ERR_OK},
    {"notify__bare", IKEV2_P_NOTIFY, "0000400a", ERR_OK},
    {"notify__too_short", IKEV2_P_NOTIFY, "000040", ERR_SHORT},
    {"notify__spi_longer_than_it", IKEV2_P_NOTIFY, "03044009 aabbcc", ERR_SHORT},
    {"notify__spi", IKEV2_P_NOTIFY, "03044009 aabbccdd", ERR_OK},
    {"delete__ike", IKEV2_P_DELETE, "01000000", ERR_OK},
    {"delete__ike_with_an_spi", IKEV2_P_DELETE, "01080001 0011223344556677", ERR_FORMAT},
    {"delete__ike_with_a_count", IKEV2_P_DELETE, "01000001", ERR_FORMAT},
    {"delete__esp", IKEV2_P_DELETE, "03040002 aabbccdd 11223344", ERR_OK},
    {"delete__esp_of_none", IKEV2_P_DELETE, "03040000", ERR_OK},
    {"delete__fewer_than_it_says", IKEV2_P_DELETE, "03040002 aabbccdd", ERR_SHORT},
    {"delete__more_than_it_says", IKEV2_P_DELETE, "03040001 aabbccdd 11223344", ERR_FORMAT},
    {"delete__esp_with_spis_of_8", IKEV2_P_DELETE, "03080001 0011223344556677", ERR_FORMAT},
    {"ts__none", IKEV2_P_TS_I, "00000000", ERR_FORMAT},
    {"ts__ipv4", IKEV2_P_TS_I, "01000000 07000010 0000ffff 0a010000 0a01ffff", ERR_OK},
    {"ts__ipv4_of_another_length", IKEV2_P_TS_I, "01000000 07000014 0000ffff 0a010000 0a01ffff 00",
     ERR_FORMAT},
    {"ts__fewer_than_it_says", IKEV2_P_TS_I, "02000000 07000010 0000ffff 0a010000 0a01ffff",
     ERR_SHORT},
    {"ts__more_than_it_says", IKEV2_P_TS_I,
     "01000000 07000010 0000ffff 0a010000 0a01ffff 07000010 0000ffff 0a010000 0a01ffff",
     ERR_FORMAT},
    {"ts__unknown_type", IKEV2_P_TS_R, "01000000 09000008 00000000", ERR_OK},
    {"ts__shorter_than_its_ports", IKEV2_P_TS_R, "01000000 09000006 0000", ERR_FORMAT},
    {"ts__ipv6", IKEV2_P_TS_R,
     "01000000 08060028 00500050 20010db8000000000000000000000000 20010db80000000000000000000000ff",
     ERR_OK},
    {"cp__empty", IKEV2_P_CP, "01000000", ERR_OK},
    {"cp__too_short", IKEV2_P_CP, "010000", ERR_SHORT},
    {"cp__asks_for_an_address", IKEV2_P_CP, "01000000 00010000", ERR_OK},
    {"cp__value_longer_than_it", IKEV2_P_CP, "02000000 00010004 0a0000", ERR_SHORT},
    {"cp__half_an_attribute", IKEV2_P_CP, "02000000 0001", ERR_SHORT},
    {"eap__success", IKEV2_P_EAP, "03010004", ERR_OK},
    {"eap__length_is_not_the_payloads", IKEV2_P_EAP, "01010006 01", ERR_FORMAT},
    {"skf__first_of_two", IKEV2_P_SKF, "00010002 aa", ERR_OK},
    {"skf__number_zero", IKEV2_P_SKF, "00000002 aa", ERR_FORMAT},
    {"skf__number_above_the_total", IKEV2_P_SKF, "00030002 aa", ERR_FORMAT},
    {"skf__of_none", IKEV2_P_SKF, "00010000 aa", ERR_FORMAT},
    {"skf__too_short", IKEV2_P_SKF, "000100", ERR_SHORT},
};

static enum err parse_row(struct bytes in, void *ctx)
{
    const struct row *row = ctx;
    struct ikev2_chain c;

    return row->type == CHAIN ? ikev2_chain_parse(IKEV2_P_NONCE, in, &c)
                              : parse_body(row->type, in);
}

static void parses_as_its_row_says(void **state)
{
    const struct row *row = *state;
    size_t n;
    uint8_t *p = test_hex(row->hex, &n);

    assert_int_equal(parse_row(bytes_of(p, n), (void *)(uintptr_t)row), row->want);
    test_truncations(bytes_of(p, n), parse_row, (void *)(uintptr_t)row);
    test_flips(bytes_of(p, n), parse_row, (void *)(uintptr_t)row);
    mem_free(p);
}

/* RFC 7296, 2.5: a payload that we do not know is skipped, unless it is critical; the bit of one
 * that we know is not looked at. */
static void unknown_payloads__matter_when_critical(void **state)
{
    static const struct {
        const char *hex;
        uint8_t unsupported;
        size_t n;
    } chains[] = {
        {"c8000004 00000004", 0, 2},            /* Nonce, 200 */
        {"c8000004 00800004", 200, 2},          /* critical */
        {"c8000004 c9800004 00800004", 200, 3}, /* the first of two */
        {"28800004 00800004", 0, 2},            /* known */
    };

    (void)state;
    for (size_t i = 0; i < COUNT(chains); i++) {
        struct ikev2_chain c;
        size_t n;
        uint8_t *p = test_hex(chains[i].hex, &n);
        assert_ok(ikev2_chain_parse(IKEV2_P_NONCE, bytes_of(p, n), &c));
        assert_int_equal(c.unsupported, chains[i].unsupported);
        assert_int_equal(c.n, chains[i].n);
        mem_free(p);
    }
}

static void more_than_64_payloads__are_refused(void **state)
{
    uint8_t many[4 * (IKEV2_PAYLOADS_MAX + 1)] = {0};
    struct ikev2_chain c;

    (void)state;
    for (size_t i = 0; i <= IKEV2_PAYLOADS_MAX; i++) {
        many[4 * i] = i < IKEV2_PAYLOADS_MAX ? IKEV2_P_VENDOR : 0;
        many[4 * i + 3] = 4;
    }
    assert_int_equal(ikev2_chain_parse(IKEV2_P_VENDOR, bytes_of(many, sizeof(many)), &c),
                     ERR_NOSPACE);
    assert_ok(ikev2_chain_parse(IKEV2_P_VENDOR, bytes_of(many + 4, sizeof(many) - 4), &c));
    assert_int_equal(c.n, IKEV2_PAYLOADS_MAX);
}

/* 3.3.5 and 3.3.6: such a transform cannot be chosen; the rest of the offer can. */
static void attributes_that_we_do_not_know__make_the_transform_odd(void **state)
{
    static const struct {
        const char *hex;
        uint16_t bits;
        bool odd;
    } transforms[] = {
        {"00000008 0100000c", 0, false},
        {"0000000c 0100000c 800e0100", 256, false},
        {"00000010 0100000c 800e0100 800e0080", 256, true}, /* twice */
        {"0000000c 0100000c 80110100", 0, true},            /* another type */
        {"0000000e 0100000c 000e0002 0100", 0, true},       /* the long form */
    };

    (void)state;
    for (size_t i = 0; i < COUNT(transforms); i++) {
        struct ikev2_transform t;
        size_t n;
        uint8_t *p = test_hex(transforms[i].hex, &n);
        struct bytes left = bytes_of(p, n);
        assert_true(ikev2_next_transform(&left, &t));
        assert_int_equal(t.key_bits, transforms[i].bits);
        assert_int_equal(t.odd, transforms[i].odd);
        assert_int_equal(left.n, 0);
        mem_free(p);
    }
}

static void proposals_out_of_order__are_seen(void **state)
{
    size_t n;
    uint8_t *p = test_hex("02000008 01010000 00000008 03010000", &n);
    bool numbered = true;

    (void)state;
    assert_ok(ikev2_sa_check(bytes_of(p, n), &numbered));
    assert_false(numbered);
    p[12] = 2;
    assert_ok(ikev2_sa_check(bytes_of(p, n), &numbered));
    assert_true(numbered);
    mem_free(p);
}

int main(void)
{
    static const struct CMUnitTest single[] = {
        cmocka_unit_test(a_real_offer__is_read_to_the_end),
        cmocka_unit_test(every_real_message__is_well_formed_and_cut_or_changed_survived),
        cmocka_unit_test(sk_and_skf__end_the_chain),
        cmocka_unit_test(unknown_payloads__matter_when_critical),
        cmocka_unit_test(more_than_64_payloads__are_refused),
        cmocka_unit_test(attributes_that_we_do_not_know__make_the_transform_odd),
        cmocka_unit_test(proposals_out_of_order__are_seen),
    };
    struct CMUnitTest tests[COUNT(rows) + COUNT(single)];

    ikev2_lives_load(&lives);
    memcpy(tests, single, sizeof(single));
    for (size_t i = 0; i < COUNT(rows); i++)
        tests[COUNT(single) + i] = (struct CMUnitTest){rows[i].what, parses_as_its_row_says, NULL,
                                                       NULL, (void *)(uintptr_t)&rows[i]};
    int failed = cmocka_run_group_tests_name("wire/ikev2", tests, NULL, NULL);
    ikev2_lives_release(&lives);
    return failed;
}
