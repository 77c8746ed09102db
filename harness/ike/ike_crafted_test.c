/* Messages of a peer that has the keys and does not behave: odd payloads, old numbers, deletes of
 * what is not there. */
#include "ike/ike_offers.h"
#include "tests/testkit.h"
#include "tests/two_ikes.h"

static const struct ike_out *last_fact(const struct two_ikes *t, int side)
{
    return two_ikes_last(t, side, IKE_OUT_FACT);
}

struct crafted { /* a protected message of A's, its HASH filled in by `send_crafted` */
    struct two_ikes *t;
    struct ike *k;
    struct ike1_sa *sa;
    struct isakmp_msg m;
    uint32_t id;
};

static struct crafted craft(struct two_ikes *t, uint8_t exchange, uint32_t id)
{
    struct crafted c = {.t = t, .k = t->side[IKE_A].ike, .id = id};

    c.sa = c.k->sas;
    ike1_begin(c.k, c.sa, &c.m, exchange, id, true);
    ike1_open_hash(c.sa, &c.m);
    return c;
}

static void send_crafted(struct crafted *c)
{
    uint8_t iv[CIPHER_BLOCK_MAX];

    ikev1_hash_1(&c->sa->keys, c->id, ike1_after_hash(c->sa, &c->m), ike1_hash_room(&c->m));
    ikev1_phase2_iv(c->sa->suite.digest, c->sa->iv, c->id, c->sa->suite.cipher, iv);
    two_ikes_inject(c->t, IKE_B, ike1_seal(c->sa, &c->m, iv));
}

enum part {
    SA,
    NONCE,
    KE,
    IDS,
    ID,
    SHORT_NONCE,
    WRONG_KE,
    CERT,
    PRIVATE,
    BROKEN_SA,
    OTHER_DOI,
    END
};

static void put_part(struct crafted *c, enum part part)
{
    static const uint8_t bytes[300] = {5, 6, 7, 8, 9};
    struct ike_policy *p = &c->t->side[IKE_A].policies[0];
    struct bytes some = bytes_of(bytes, 20);

    switch (part) {
    case SA: ike_esp_put_offer(&c->m, p, 0x12345678, ISAKMP_MODE_TUNNEL); break;
    case NONCE: isakmp_put(&c->m, ISAKMP_P_NONCE, some); break;
    case SHORT_NONCE: isakmp_put(&c->m, ISAKMP_P_NONCE, bytes_of(bytes, 7)); break;
    case KE: isakmp_put(&c->m, ISAKMP_P_KE, bytes_of(bytes, 128)); break;
    case WRONG_KE: isakmp_put(&c->m, ISAKMP_P_KE, bytes_of(bytes, 127)); break;
    case IDS: ike_put_selector(&c->m, &p->selector, true); /* fall through */
    case ID: ike_put_selector(&c->m, &p->selector, false); break;
    case CERT: isakmp_put(&c->m, ISAKMP_P_CERT, some); break;
    case PRIVATE: isakmp_put(&c->m, 200, some); break;
    case BROKEN_SA: isakmp_put(&c->m, ISAKMP_P_SA, bytes_of("\0\0\0\1\0\0\0\1\0\0\0\7", 12)); break;
    case OTHER_DOI: isakmp_put(&c->m, ISAKMP_P_SA, some); break;
    case END: break;
    }
}

static const struct quick_row {
    const char *what;
    uint16_t pfs;
    enum part parts[8];
    enum ike_fact fact; /* the last */
    uint16_t code, notify;
} quick_rows[] = {
    {"what_it_should_be", 0, {SA, NONCE, IDS, END}, IKE_FACT_RESPONDING_2, 0, 0},
    {"payload_of_a_private_type", 0, {SA, NONCE, IDS, PRIVATE, END}, IKE_FACT_RESPONDING_2, 0, 0},
    {"no_nonce", 0, {SA, IDS, END}, IKE_FACT_MALFORMED, 16, 16},
    {"no_sa", 0, {NONCE, IDS, END}, IKE_FACT_MALFORMED, 16, 16},
    {"two_sas", 0, {SA, SA, NONCE, IDS, END}, IKE_FACT_MALFORMED, 1, 1},
    {"two_nonces", 0, {SA, NONCE, NONCE, IDS, END}, IKE_FACT_MALFORMED, 1, 1},
    {"sa_not_first", 0, {NONCE, SA, IDS, END}, IKE_FACT_MALFORMED, 16, 16},
    {"one_identity", 0, {SA, NONCE, ID, END}, IKE_FACT_MALFORMED, 16, 16},
    {"three_identities", 0, {SA, NONCE, IDS, ID, END}, IKE_FACT_MALFORMED, 1, 1},
    {"certificate", 0, {SA, NONCE, IDS, CERT, END}, IKE_FACT_MALFORMED, 1, 1},
    {"broken_sa", 0, {BROKEN_SA, NONCE, IDS, END}, IKE_FACT_MALFORMED, 15, 15},
    {"sa_of_another_doi", 0, {OTHER_DOI, NONCE, IDS, END}, IKE_FACT_MALFORMED, 15, 15},
    {"short_nonce", 0, {SA, SHORT_NONCE, IDS, END}, IKE_FACT_MALFORMED, 16, 16},
    {"key_without_pfs", 0, {SA, NONCE, KE, IDS, END}, IKE_FACT_MALFORMED, 17, 17},
    {"pfs_without_key", 2, {SA, NONCE, IDS, END}, IKE_FACT_MALFORMED, 17, 17},
    {"pfs_with_a_short_key", 2, {SA, NONCE, WRONG_KE, IDS, END}, IKE_FACT_MALFORMED, 17, 17},
    {"no_identities__are_the_gateways", 0, {SA, NONCE, END}, IKE_FACT_NO_POLICY, 0, 18},
};

static void quick_mode_of_odd_payloads__ends_as_its_row_says(void **state)
{
    const struct quick_row *row = *state;
    struct two_ikes t;

    two_ikes_init(&t);
    t.side[IKE_A].esp[0].pfs_group = t.side[IKE_B].esp[0].pfs_group = row->pfs;
    two_ikes_start(&t);
    two_ikes_establish(&t, IKE_A);
    struct crafted c = craft(&t, ISAKMP_X_QUICK, 0xabcdef01);
    for (const enum part *p = row->parts; *p != END; p++)
        put_part(&c, *p);
    send_crafted(&c);
    assert_int_equal(last_fact(&t, IKE_B)->fact, row->fact);
    assert_int_equal(last_fact(&t, IKE_B)->code, row->code);
    bool begun = row->fact == IKE_FACT_RESPONDING_2;
    assert_int_equal(two_ikes_status(&t, IKE_B).negotiating, begun);
    two_ikes_run(&t, 0.1);
    if (row->notify)
        assert_int_equal(last_fact(&t, IKE_A)->code, row->notify);
    two_ikes_run(&t, 60);
    two_ikes_agree(&t, 1, 1);
    if (begun) {
        assert_int_equal(two_ikes_last(&t, IKE_B, IKE_OUT_CHILD_DOWN)->end, IKE_END_TIMEOUT);
        assert_true(two_ikes_last(&t, IKE_B, IKE_OUT_CHILD_DOWN)->attempt);
    }
    two_ikes_release(&t);
}

static void send_notify(struct two_ikes *t, uint32_t id, uint16_t type, struct bytes spi,
                        struct bytes data)
{
    struct crafted c = craft(t, ISAKMP_X_INFO, id);
    struct isakmp_notify n = {ISAKMP_DOI_IPSEC, ISAKMP_PROTO_ISAKMP, type, spi, data};

    isakmp_put_notify(&c.m, &n);
    send_crafted(&c);
}

static struct bytes cookies_of(const struct two_ikes *t, uint8_t buf[static 16])
{
    const struct ike_out *up = two_ikes_last(t, IKE_A, IKE_OUT_IKE_UP);

    memcpy(buf, up->sa.spi_i, 8);
    memcpy(buf + 8, up->sa.spi_r, 8);
    return bytes_of(buf, 16);
}

static void probes_are_answered_by_sequence_number(void **state)
{
    static const struct {
        const char *seq; /* 4 bytes */
        size_t len;
        size_t answered, duplicates, malformed; /* so far */
    } steps[] = {
        {"\0\0\1\0", 4, 1, 0, 0}, {"\0\0\1\1", 4, 2, 0, 0}, {"\0\0\1\1", 4, 3, 0, 0}, /* again */
        {"\0\0\1\0", 4, 3, 1, 0}, /* an old one */
        {"\0\0\2\0", 4, 4, 1, 0}, {"\0\0\3", 3, 4, 1, 1},
    };
    uint8_t buf[16];
    struct two_ikes t;

    (void)state;
    two_ikes_up(&t);
    struct bytes spi = cookies_of(&t, buf);
    for (size_t i = 0; i < COUNT(steps); i++) {
        send_notify(&t, 1000 + (uint32_t)i, ISAKMP_N_R_U_THERE, spi,
                    bytes_of(steps[i].seq, steps[i].len));
        assert_int_equal(two_ikes_facts(&t, IKE_B, IKE_FACT_DPD_ANSWERED), steps[i].answered);
        assert_int_equal(two_ikes_facts(&t, IKE_B, IKE_FACT_DUPLICATE), steps[i].duplicates);
        assert_int_equal(two_ikes_facts(&t, IKE_B, IKE_FACT_MALFORMED), steps[i].malformed);
    }
    two_ikes_release(&t);
}

static void answer_with_another_number__proves_no_life(void **state)
{
    uint8_t buf[16];
    struct two_ikes t;

    (void)state;
    two_ikes_up(&t);
    t.filter = two_ikes_lose_all;
    for (uint32_t i = 0; i < 20; i++) {
        if (two_ikes_status(&t, IKE_A).ikes)
            send_notify(&t, 1000 + i, ISAKMP_N_R_U_THERE_ACK, cookies_of(&t, buf),
                        bytes_of("\xff\xff\xff\xff", 4));
        two_ikes_run(&t, 1);
    }
    assert_int_equal(two_ikes_ends(&t, IKE_B, IKE_OUT_IKE_DOWN, IKE_END_DPD), 1);
    two_ikes_release(&t);
}

static void responder_lifetime__only_ever_lowers(void **state)
{
    uint8_t buf[16], data[16];
    struct two_ikes t;

    (void)state;
    two_ikes_up(&t);
    for (uint32_t s = 900; s <= 100000; s += 99100) {
        struct wr w = wr_of(data, sizeof(data));
        isakmp_put_attribute(&w, IKE_A_LIFE_TYPE, ISAKMP_LIFE_SECONDS);
        isakmp_put_attribute(&w, IKE_A_LIFE, s);
        send_notify(&t, s, ISAKMP_N_RESPONDER_LIFETIME, cookies_of(&t, buf), wr_bytes(&w));
        assert_int_equal(two_ikes_facts(&t, IKE_B, IKE_FACT_LIFETIME_LOWERED), 1);
        assert_int_equal(last_fact(&t, IKE_B)->sa.suite.lifetime_s, 900);
    }
    two_ikes_run(&t, 900);
    assert_int_equal(two_ikes_said(&t, IKE_B, IKE_OUT_IKE_UP), 2); /* rekeyed at 97.5 % */
    two_ikes_run(&t, 100);
    two_ikes_agree(&t, 1, 1);
    two_ikes_release(&t);
}

static void delete_of_what_is_not_there__is_no_matter(void **state)
{
    static const struct isakmp_delete rows[] = {
        {1, ISAKMP_PROTO_ESP, 4, 1, {(const uint8_t *)"\1\2\3\4", 4}},
        {1, ISAKMP_PROTO_ESP, 2, 2, {(const uint8_t *)"\1\2\3\4", 4}},
        {1, ISAKMP_PROTO_AH, 4, 1, {(const uint8_t *)"\1\2\3\4", 4}},
        {1, ISAKMP_PROTO_ISAKMP, 16, 1, {(const uint8_t *)"0123456789abcdef", 16}},
        {1, ISAKMP_PROTO_ISAKMP, 4, 1, {(const uint8_t *)"\1\2\3\4", 4}},
        {1, ISAKMP_PROTO_ESP, 4, 0, {NULL, 0}},
    };
    struct two_ikes t;

    (void)state;
    two_ikes_up(&t);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct crafted c = craft(&t, ISAKMP_X_INFO, 500 + (uint32_t)i);
        isakmp_put_delete(&c.m, &rows[i]);
        send_crafted(&c);
    }
    two_ikes_agree(&t, 1, 1);
    two_ikes_release(&t);
}

static void many_in_one_message__are_all_taken(void **state)
{
    uint8_t buf[16], spi[4];
    struct two_ikes t;
    struct wr w = wr_of(spi, sizeof(spi));

    (void)state;
    two_ikes_up(&t);
    wr_be32(&w, two_ikes_pair(&t, IKE_A));
    struct crafted c = craft(&t, ISAKMP_X_INFO, 77);
    struct isakmp_delete esp = {1, ISAKMP_PROTO_ESP, 4, 1, wr_bytes(&w)};
    struct isakmp_delete ike = {1, ISAKMP_PROTO_ISAKMP, 16, 1, cookies_of(&t, buf)};
    isakmp_put_delete(&c.m, &ike); /* the one that pulls the rug goes last all the same */
    isakmp_put_delete(&c.m, &esp);
    send_crafted(&c);
    assert_int_equal(two_ikes_ends(&t, IKE_B, IKE_OUT_CHILD_DOWN, IKE_END_PEER_DELETE), 1);
    assert_int_equal(two_ikes_ends(&t, IKE_B, IKE_OUT_IKE_DOWN, IKE_END_PEER_DELETE), 1);
    two_ikes_release(&t);
}

/* RFC 2409, 5.6. */
static void a_new_group__is_refused_with_a_notify_and_once(void **state)
{
    struct two_ikes t;

    (void)state;
    two_ikes_up(&t);
    struct crafted c = craft(&t, ISAKMP_X_NEW_GROUP, 0x77777777);
    put_part(&c, SA);
    send_crafted(&c);
    assert_int_equal(last_fact(&t, IKE_B)->fact, IKE_FACT_NO_PROPOSAL);
    assert_int_equal(last_fact(&t, IKE_B)->code, ISAKMP_N_ATTRIBUTES_NOT_SUPPORTED);
    two_ikes_run(&t, 0.1);
    assert_int_equal(last_fact(&t, IKE_A)->fact, IKE_FACT_NOTIFY);
    assert_int_equal(last_fact(&t, IKE_A)->code, ISAKMP_N_ATTRIBUTES_NOT_SUPPORTED);
    size_t sent = t.nflown;
    c = craft(&t, ISAKMP_X_NEW_GROUP, 0x77777777); /* the same number again */
    put_part(&c, SA);
    send_crafted(&c);
    assert_int_equal(last_fact(&t, IKE_B)->fact, IKE_FACT_DUPLICATE);
    c = craft(&t, ISAKMP_X_NEW_GROUP, 0x77777778); /* by one without the keys */
    put_part(&c, SA);
    c.id++;
    send_crafted(&c);
    assert_int_equal(last_fact(&t, IKE_B)->fact, IKE_FACT_AUTH);
    assert_int_equal(t.nflown, sent);
    two_ikes_agree(&t, 1, 1);
    two_ikes_release(&t);
}

int main(void)
{
    static const struct CMUnitTest single[] = {
        cmocka_unit_test(a_new_group__is_refused_with_a_notify_and_once),
        cmocka_unit_test(probes_are_answered_by_sequence_number),
        cmocka_unit_test(answer_with_another_number__proves_no_life),
        cmocka_unit_test(responder_lifetime__only_ever_lowers),
        cmocka_unit_test(delete_of_what_is_not_there__is_no_matter),
        cmocka_unit_test(many_in_one_message__are_all_taken),
    };
    struct CMUnitTest tests[COUNT(quick_rows) + COUNT(single)];
    size_t n = 0;

    for (size_t i = 0; i < COUNT(quick_rows); i++)
        tests[n++] = (struct CMUnitTest){quick_rows[i].what,
                                         quick_mode_of_odd_payloads__ends_as_its_row_says, NULL,
                                         NULL, (void *)&quick_rows[i]};
    for (size_t i = 0; i < COUNT(single); i++)
        tests[n++] = single[i];
    return cmocka_run_group_tests_name("ike/ike_crafted", tests, NULL, NULL);
}
