/* ISAKMP: real messages of other people's daemons, every truncation, what must be refused, and the
 * way back. */
#include "wire/isakmp.h"

#include "base/mem.h"
#include "crypto/ikev1_vectors.h"
#include "tests/testkit.h"

/* The first message of a Cisco router, from the capture ikev1-isakmp-main-mode.pcap of Suricata's
 * public test suite. */
static const char first[] =
    "e47a591fd057587f 0000000000000000 01100200 00000000 000000a8"
    "0d00003c 00000001 00000001 00000030 01010001 00000028 01010000 80010007 800e0080 80020002"
    "80040002 80030001 800b0001 000c0004 00015180"
    "0d000014 4a131c81070358455c5728f20e95452f 0d000014 439b59f8ba676c4c7737ae22eab8f582"
    "0d000014 7d9419a65310ca6f2c179d9215529d56 00000014 90cb80913ebb696e086381b5ec427b1f";

static const struct {
    uint16_t type;
    uint64_t number;
} cisco[] = {{IKE_A_CIPHER, 7}, {IKE_A_KEY_LENGTH, 128}, {IKE_A_HASH, 2},    {IKE_A_GROUP, 2},
             {IKE_A_AUTH, 1},   {IKE_A_LIFE_TYPE, 1},    {IKE_A_LIFE, 86400}};

static uint8_t *sample(size_t *n)
{
    return test_hex(first, n);
}

static enum err parse_all(struct bytes in, void *ctx)
{
    struct isakmp_hdr h;
    struct isakmp_chain c;
    struct isakmp_sa sa;
    struct isakmp_id id;
    struct isakmp_notify n;
    struct isakmp_delete d;

    (void)ctx;
    enum err e = isakmp_hdr_parse(in, &h);
    if (e || (e = isakmp_chain_parse(h.next, bytes_from(in, ISAKMP_HDR_LEN), &c)))
        return e;
    for (size_t i = 0; i < c.n; i++) {
        struct bytes b = c.v[i].body;
        struct isakmp_proposal p;
        struct isakmp_transform t;
        struct isakmp_attribute a;
        (void)!isakmp_id_parse(b, &id);
        (void)!isakmp_notify_parse(b, &n);
        (void)!isakmp_delete_parse(b, &d);
        if (isakmp_sa_parse(b, &sa))
            continue;
        while (isakmp_next_proposal(&sa.proposals, &p))
            while (isakmp_next_transform(&p.transforms, &t))
                while (isakmp_next_attribute(&t.attributes, &a))
                    ;
    }
    return ERR_OK;
}

static void real_message__is_read_to_the_end(void **state)
{
    size_t n;
    uint8_t *p = sample(&n);
    struct isakmp_hdr h;
    struct isakmp_chain c;
    struct isakmp_sa sa;
    struct isakmp_proposal prop;
    struct isakmp_transform t;
    struct isakmp_attribute a;

    (void)state;
    assert_ok(isakmp_hdr_parse(bytes_of(p, n), &h));
    assert_int_equal(h.length, n);
    assert_int_equal(h.exchange, ISAKMP_X_MAIN);
    assert_int_equal(isakmp_major(&h), 1);
    assert_int_equal(h.cookie_i[7], 0x7f);
    assert_ok(isakmp_chain_parse(h.next, bytes_from(bytes_of(p, n), ISAKMP_HDR_LEN), &c));
    assert_int_equal(c.n, 5);
    assert_int_equal(c.padding.n, 0);
    assert_int_equal(isakmp_count(&c, ISAKMP_P_VENDOR), 4);
    assert_null(isakmp_find(&c, ISAKMP_P_KE));
    assert_ok(isakmp_sa_parse(isakmp_find(&c, ISAKMP_P_SA)->body, &sa));
    assert_true(isakmp_next_proposal(&sa.proposals, &prop));
    assert_int_equal(prop.protocol, ISAKMP_PROTO_ISAKMP);
    assert_int_equal(prop.spi.n, 0);
    assert_true(isakmp_next_transform(&prop.transforms, &t));
    assert_int_equal(t.id, ISAKMP_KEY_IKE);
    for (size_t i = 0; i < COUNT(cisco); i++) {
        assert_true(isakmp_next_attribute(&t.attributes, &a));
        assert_int_equal(a.type, cisco[i].type);
        assert_int_equal(a.number, cisco[i].number);
        assert_int_equal(a.basic, i != 6);
    }
    assert_false(isakmp_next_attribute(&t.attributes, &a));
    assert_false(isakmp_next_transform(&prop.transforms, &t));
    assert_false(isakmp_next_proposal(&sa.proposals, &prop));
    mem_free(p);
}

static void every_truncation_and_flip__is_survived(void **state)
{
    size_t n;
    uint8_t *p = sample(&n);

    (void)state;
    test_truncations(bytes_of(p, n), parse_all, NULL);
    test_flips(bytes_of(p, n), parse_all, NULL);
    mem_free(p);
}

/* What strongSwan had in its quick modes, behind the HASH. */
static void real_quick_modes__are_read_to_the_end(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2 * COUNT(ikev1_vectors); i++) {
        const struct ikev1_vector *v = &ikev1_vectors[i / 2];
        struct isakmp_chain c;
        struct isakmp_sa sa;
        struct isakmp_proposal prop;
        size_t n;
        uint8_t *p = test_hex(i % 2 ? v->quick_2 : v->quick_1, &n);

        assert_ok(isakmp_chain_parse(ISAKMP_P_SA, bytes_of(p, n), &c));
        assert_int_equal(c.padding.n, 0);
        assert_int_equal(isakmp_count(&c, ISAKMP_P_KE), v->quick_shared[0] != '\0');
        assert_int_equal(isakmp_count(&c, ISAKMP_P_ID), 2);
        assert_ok(isakmp_sa_parse(c.v[0].body, &sa));
        assert_true(isakmp_next_proposal(&sa.proposals, &prop));
        struct rd spi = rd_of(prop.spi);
        assert_int_equal(rd_be32(&spi), i % 2 ? v->spi_r : v->spi_i);
        assert_int_equal(prop.protocol, ISAKMP_PROTO_ESP);
        mem_free(p);
    }
}

static const struct chain_row {
    const char *what;
    uint8_t type;
    const char *hex;
    enum err want;
    size_t n, padding;
} chain_rows[] = {
    {"no_payload_at_all", 0, "", ERR_OK, 0, 0},
    {"no_payload_but_bytes__are_padding", 0, "0000", ERR_OK, 0, 2},
    {"empty_body", 8, "00000004", ERR_OK, 1, 0},
    {"padding_behind_the_last", 8, "00000004 000000", ERR_OK, 1, 3},
    {"header_cut", 8, "000000", ERR_SHORT, 0, 0},
    {"length_of_three", 8, "00000003", ERR_FORMAT, 0, 0},
    {"length_beyond_the_end", 8, "00000005", ERR_SHORT, 0, 0},
    {"reserved_byte_set", 8, "00010004", ERR_FORMAT, 0, 0},
    {"second_is_missing", 8, "08000004", ERR_SHORT, 1, 0},
    {"unknown_types_are_data", 99, "c8000005 aa 00000004", ERR_OK, 2, 0},
};

static void chain_parses_as_its_row_says(void **state)
{
    const struct chain_row *row = *state;
    struct isakmp_chain c;
    size_t n;
    uint8_t *p = test_hex(row->hex, &n);

    assert_int_equal(isakmp_chain_parse(row->type, bytes_of(p, n), &c), row->want);
    if (row->want == ERR_OK) {
        assert_int_equal(c.n, row->n);
        assert_int_equal(c.padding.n, row->padding);
    }
    mem_free(p);
}

static void view_of_nothing__is_an_empty_chain(void **state)
{
    struct isakmp_chain c;

    (void)state;
    assert_ok(isakmp_chain_parse(ISAKMP_P_NONE, bytes_of(NULL, 0), &c));
    assert_int_equal(c.n, 0);
    assert_int_equal(isakmp_chain_parse(ISAKMP_P_SA, bytes_of(NULL, 0), &c), ERR_SHORT);
}

static void too_many_payloads__are_refused(void **state)
{
    uint8_t p[4 * (ISAKMP_PAYLOADS_MAX + 1)];
    struct isakmp_chain c;

    (void)state;
    for (size_t i = 0; i <= ISAKMP_PAYLOADS_MAX; i++)
        memcpy(p + 4 * i, i < ISAKMP_PAYLOADS_MAX ? "\x0d\0\0\x04" : "\0\0\0\x04", 4);
    assert_int_equal(isakmp_chain_parse(13, bytes_of(p, sizeof(p)), &c), ERR_NOSPACE);
    assert_ok(isakmp_chain_parse(13, bytes_of(p + 4, sizeof(p) - 4), &c));
    assert_int_equal(c.n, ISAKMP_PAYLOADS_MAX);
}

#define DOI "00000001 00000001 "

static const struct sa_row {
    const char *what, *hex;
    enum err want;
} sa_rows[] = {
    {"one_transform", DOI "00000010 01010001 00000008 01010000", ERR_OK},
    {"two_transforms", DOI "00000018 01010002 03000008 01010000 00000008 02010000", ERR_OK},
    {"two_proposals", DOI "02000010 01030001 00000008 01030000 00000010 02030001 00000008 01030000",
     ERR_OK},
    {"proposal_with_an_spi", DOI "00000014 01030401 aabbccdd 00000008 01030000", ERR_OK},
    {"basic_attribute", DOI "00000014 01010001 0000000c 01010000 80010005", ERR_OK},
    {"long_attribute", DOI "0000001a 01010001 00000012 01010000 000c0006 000000000001", ERR_OK},
    {"empty", "", ERR_SHORT},
    {"another_doi", "00000002 00000001 00000010 01010001 00000008 01010000", ERR_UNSUPPORTED},
    {"another_situation", "00000001 00000002 00000010 01010001 00000008 01010000", ERR_UNSUPPORTED},
    {"no_proposal", DOI, ERR_FORMAT},
    {"no_transform", DOI "00000008 01010000", ERR_FORMAT},
    {"fewer_transforms_than_it_says", DOI "00000010 01010002 00000008 01010000", ERR_FORMAT},
    {"more_transforms_than_it_says", DOI "00000018 01010001 03000008 01010000 00000008 02010000",
     ERR_FORMAT},
    {"last_transform_says_more", DOI "00000010 01010001 03000008 01010000", ERR_FORMAT},
    {"first_transform_says_last", DOI "00000018 01010002 00000008 01010000 00000008 02010000",
     ERR_FORMAT},
    {"proposal_of_another_type", DOI "05000010 01010001 00000008 01010000", ERR_FORMAT},
    {"spi_longer_than_the_proposal", DOI "00000010 0103ff01 00000008 01030000", ERR_SHORT},
    {"attribute_cut", DOI "00000012 01010001 0000000a 01010000 8001", ERR_SHORT},
    {"attribute_longer_than_the_transform", DOI "00000014 01010001 0000000c 01010000 000c0004",
     ERR_SHORT},
    {"transform_of_length_4", DOI "0000000c 01010001 00000004", ERR_SHORT},
};

static void sa_parses_as_its_row_says(void **state)
{
    const struct sa_row *row = *state;
    struct isakmp_sa sa;
    size_t n;
    uint8_t *p = test_hex(row->hex, &n);

    assert_int_equal(isakmp_sa_parse(bytes_of(p, n), &sa), row->want);
    mem_free(p);
}

static const struct other_row {
    const char *what, *hex;
    enum err id, notify, del, cfg;
} other_rows[] = {
    {"nothing", "", ERR_SHORT, ERR_SHORT, ERR_SHORT, ERR_SHORT},
    {"three_bytes", "010203", ERR_SHORT, ERR_SHORT, ERR_SHORT, ERR_SHORT},
    {"four_bytes", "01000000", ERR_OK, ERR_SHORT, ERR_SHORT, ERR_OK},
    {"no_spis", "00000001 03 04 0000", ERR_OK, ERR_SHORT, ERR_OK, ERR_OK},
    {"one_spi", "00000001 03 04 0001 aabbccdd", ERR_OK, ERR_OK, ERR_OK, ERR_SHORT},
    {"one_spi_and_a_bit", "00000001 03 04 0001 aabbccdd ee", ERR_OK, ERR_OK, ERR_FORMAT, ERR_OK},
    {"one_spi_short", "00000001 03 04 0002 aabbccdd", ERR_OK, ERR_OK, ERR_SHORT, ERR_SHORT},
    {"many_spis_of_no_length", "00000001 03 00 ffff", ERR_OK, ERR_OK, ERR_OK, ERR_SHORT},
    {"address_asked", "01 00 0007 0001 0000 0003 0000", ERR_OK, ERR_OK, ERR_FORMAT, ERR_OK},
    {"address_given", "02 00 0007 0001 0004 0a0a0a05", ERR_OK, ERR_OK, ERR_OK, ERR_OK},
    {"address_cut", "02 00 0007 0001 0004 0a0a0a", ERR_OK, ERR_OK, ERR_SHORT, ERR_SHORT},
    {"status_basic", "03 00 0001 c08f 0001", ERR_OK, ERR_SHORT, ERR_SHORT, ERR_OK},
    {"status_cut", "03 00 0001 c08f", ERR_OK, ERR_SHORT, ERR_SHORT, ERR_SHORT},
};

static void other_payloads_parse_as_their_row_says(void **state)
{
    const struct other_row *row = *state;
    struct isakmp_id id;
    struct isakmp_notify notify;
    struct isakmp_delete del;
    struct isakmp_cfg cfg;
    size_t n;
    uint8_t *p = test_hex(row->hex, &n);

    assert_int_equal(isakmp_id_parse(bytes_of(p, n), &id), row->id);
    assert_int_equal(isakmp_notify_parse(bytes_of(p, n), &notify), row->notify);
    assert_int_equal(isakmp_delete_parse(bytes_of(p, n), &del), row->del);
    assert_int_equal(isakmp_cfg_parse(bytes_of(p, n), &cfg), row->cfg);
    mem_free(p);
}

static void message_built_here__is_the_real_one(void **state)
{
    uint8_t buf[512];
    size_t n;
    uint8_t *p = sample(&n);
    struct isakmp_hdr h;
    struct isakmp_chain c;
    struct isakmp_msg m;
    struct isakmp_proposal prop = {.number = 1, .protocol = 1, .ntransforms = 1};

    (void)state;
    assert_ok(isakmp_hdr_parse(bytes_of(p, n), &h));
    assert_ok(isakmp_chain_parse(h.next, bytes_from(bytes_of(p, n), ISAKMP_HDR_LEN), &c));
    isakmp_begin(&m, buf, sizeof(buf), &h);
    size_t sa = isakmp_open(&m, ISAKMP_P_SA);
    isakmp_put_sa(&m.w);
    size_t at = isakmp_open_proposal(&m.w, true, &prop);
    size_t t = isakmp_open_transform(&m.w, true, 1, 1);
    for (size_t i = 0; i < COUNT(cisco); i++)
        isakmp_put_attribute(&m.w, cisco[i].type, cisco[i].number);
    isakmp_close_part(&m.w, t);
    isakmp_close_part(&m.w, at);
    isakmp_close(&m, sa);
    for (size_t i = 1; i < c.n; i++)
        isakmp_put(&m, ISAKMP_P_VENDOR, c.v[i].body);
    struct bytes out = isakmp_end(&m, 0);
    assert_ok(m.w.err);
    assert_int_equal(out.n, n);
    assert_memory_equal(out.p, p, n);
    mem_free(p);
}

static void names__are_those_of_the_tables(void **state)
{
    (void)state;
    assert_string_equal(isakmp_payload_name(13), "VID");
    assert_string_equal(isakmp_exchange_name(2), "main mode");
    assert_string_equal(isakmp_notify_name(36137), "R-U-THERE-ACK");
    assert_string_equal(isakmp_id_name(4), "ID_IPV4_ADDR_SUBNET");
    assert_string_equal(isakmp_ike_attribute_name(14), "key length");
    assert_string_equal(isakmp_esp_attribute_name(4), "encapsulation mode");
    assert_string_equal(isakmp_cfg_name(3), "set");
    assert_string_equal(isakmp_cfg_attribute_name(16521), "XAUTH-USER-NAME");
    assert_null(isakmp_payload_name(99));
    assert_null(isakmp_notify_name(12345));
#define X(id, number, name) assert_string_equal(isakmp_notify_name(number), name);
    ISAKMP_NOTIFIES(X)
#undef X
#define X(id, number, name) assert_string_equal(isakmp_exchange_name(number), name);
    ISAKMP_EXCHANGES(X)
#undef X
}

int main(void)
{
    static const struct CMUnitTest single[] = {
        cmocka_unit_test(real_message__is_read_to_the_end),
        cmocka_unit_test(real_quick_modes__are_read_to_the_end),
        cmocka_unit_test(every_truncation_and_flip__is_survived),
        cmocka_unit_test(view_of_nothing__is_an_empty_chain),
        cmocka_unit_test(too_many_payloads__are_refused),
        cmocka_unit_test(message_built_here__is_the_real_one),
        cmocka_unit_test(names__are_those_of_the_tables),
    };
    struct CMUnitTest tests[COUNT(chain_rows) + COUNT(sa_rows) + COUNT(other_rows) + COUNT(single)];
    size_t n = 0;

    for (size_t i = 0; i < COUNT(chain_rows); i++)
        tests[n++] = (struct CMUnitTest){chain_rows[i].what, chain_parses_as_its_row_says, NULL,
                                         NULL, (void *)&chain_rows[i]};
    for (size_t i = 0; i < COUNT(sa_rows); i++)
        tests[n++] = (struct CMUnitTest){sa_rows[i].what, sa_parses_as_its_row_says, NULL, NULL,
                                         (void *)&sa_rows[i]};
    for (size_t i = 0; i < COUNT(other_rows); i++)
        tests[n++] = (struct CMUnitTest){other_rows[i].what, other_payloads_parse_as_their_row_says,
                                         NULL, NULL, (void *)&other_rows[i]};
    for (size_t i = 0; i < COUNT(single); i++)
        tests[n++] = single[i];
    return cmocka_run_group_tests_name("wire/isakmp", tests, NULL, NULL);
}
