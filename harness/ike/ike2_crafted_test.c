/* Authentic messages of IKEv2 that no honest end sends: made with the keys of A's SA, given to B.
 */
#include "ike/ike2_exchanges.h"
#include "tests/testkit.h"
#include "tests/two_ikes.h"

static struct ike2_sa *sa_of(const struct two_ikes *t, int side)
{
    struct ike2_sa *sa = ike2_sas_of(t->side[side].ike, 0);

    assert_non_null(sa);
    return sa;
}

/* What is put into the message. */
typedef void build(const struct two_ikes *t, struct isakmp_msg *m);

static void nothing(const struct two_ikes *t, struct isakmp_msg *m)
{
    (void)t, (void)m;
}

static void unknown_payload(const struct two_ikes *t, struct isakmp_msg *m)
{
    (void)t;
    isakmp_put(m, 200, bytes_str("what is this"));
}

static void unknown_critical_payload(const struct two_ikes *t, struct isakmp_msg *m)
{
    unknown_payload(t, m);
    ikev2_set_critical(m);
}

static void delete_of_no_pair(const struct two_ikes *t, struct isakmp_msg *m)
{
    uint8_t spis[400];
    struct ikev2_delete d = {.protocol = IKEV2_PROTO_ESP, .spi_len = 4, .nspis = 100};

    (void)t;
    memset(spis, 0x77, sizeof(spis));
    d.spis = bytes_of(spis, sizeof(spis));
    ikev2_put_delete(m, &d);
}

static void broken_delete(const struct two_ikes *t, struct isakmp_msg *m)
{
    (void)t;
    isakmp_put(m, IKEV2_P_DELETE, bytes_of("\3\3\0\1abc", 7));
}

static void broken_notify(const struct two_ikes *t, struct isakmp_msg *m)
{
    (void)t;
    isakmp_put(m, IKEV2_P_NOTIFY, bytes_of("\0\4\0", 3));
}

static void broken_chain(const struct two_ikes *t, struct isakmp_msg *m)
{
    (void)t;
    isakmp_put(m, IKEV2_P_NOTIFY, bytes_of("\0\0\0\0\0\0\0\0", 8));
    m->w.p[m->w.at - 9] = 200; /* its length: more than there is */
}

static void window_size(const struct two_ikes *t, struct isakmp_msg *m)
{
    (void)t;
    ike2_put_notify(m, IKEV2_N_SET_WINDOW_SIZE, bytes_of("\0\0\0\x8", 4));
}

static void two_errors(const struct two_ikes *t, struct isakmp_msg *m)
{
    (void)t;
    ike2_put_notify(m, IKEV2_N_INVALID_SPI, bytes_of("\1\2\3\4", 4));
    ike2_put_notify(m, 8191, (struct bytes){0});
}

static void authentication_failed(const struct two_ikes *t, struct isakmp_msg *m)
{
    (void)t;
    ike2_put_notify(m, IKEV2_N_AUTHENTICATION_FAILED, (struct bytes){0});
}

static void put_pair(const struct two_ikes *t, struct isakmp_msg *m, uint32_t spi)
{
    uint8_t nonce[32] = {1};

    ike2_esp_put_offer(m, &t->side[IKE_A].policies[0], spi, true);
    isakmp_put(m, IKEV2_P_NONCE, bytes_of(nonce, sizeof(nonce)));
    ike2_put_ts(m, &t->side[IKE_A].policies[0].selector, true);
}

static void rekeying_of_no_pair(const struct two_ikes *t, struct isakmp_msg *m)
{
    struct ikev2_notify n = {
        .protocol = IKEV2_PROTO_ESP, .type = IKEV2_N_REKEY_SA, .spi = bytes_of("\1\2\3\4", 4)};

    ikev2_put_notify(m, &n);
    put_pair(t, m, 0x12345678);
}

static void pair_with_spi_zero(const struct two_ikes *t, struct isakmp_msg *m)
{
    put_pair(t, m, 0);
}

static void pair_without_nonce(const struct two_ikes *t, struct isakmp_msg *m)
{
    ike2_esp_put_offer(m, &t->side[IKE_A].policies[0], 0x12345678, true);
    ike2_put_ts(m, &t->side[IKE_A].policies[0].selector, true);
}

static void ike_sa_with_a_short_nonce(const struct two_ikes *t, struct isakmp_msg *m)
{
    uint8_t spi[8] = {9}, key[32] = {9};
    struct ikev2_ke ke = {31, bytes_of(key, sizeof(key))};

    ike2_put_offer(m, &t->side[IKE_A].peer, bytes_of(spi, sizeof(spi)));
    isakmp_put(m, IKEV2_P_NONCE, bytes_of(key, 15));
    ikev2_put_ke(m, &ke);
}

static void ike_sa_of_another_group(const struct two_ikes *t, struct isakmp_msg *m)
{
    uint8_t spi[8] = {9}, key[256] = {9};
    struct ikev2_ke ke = {14, bytes_of(key, sizeof(key))};

    ike2_put_offer(m, &t->side[IKE_A].peer, bytes_of(spi, sizeof(spi)));
    isakmp_put(m, IKEV2_P_NONCE, bytes_of(key, 32));
    ikev2_put_ke(m, &ke);
}

static const struct row {
    const char *what;
    build *with;
    uint8_t exchange;
    uint32_t ahead; /* of the message ID that is due */
    enum ike_fact fact;
    uint16_t code;
    bool ends;
} rows[] = {
    {"empty_informational__is_life", nothing, 37, 0, IKE_FACT_DUPLICATE, 0, false},
    {"payload_of_an_unknown_type__is_skipped", unknown_payload, 37, 0, IKE_FACT_DUPLICATE, 0,
     false},
    {"critical_payload_of_an_unknown_type__is_refused", unknown_critical_payload, 37, 0,
     IKE_FACT_REFUSED, 1, false},
    {"delete_of_a_hundred_unknown_pairs__changes_nothing", delete_of_no_pair, 37, 0,
     IKE_FACT_DUPLICATE, 0, false},
    {"delete_that_does_not_parse__ends_the_sa", broken_delete, 37, 0, IKE_FACT_REFUSED, 7, true},
    {"notify_that_does_not_parse__ends_the_sa", broken_notify, 37, 0, IKE_FACT_REFUSED, 7, true},
    {"payloads_that_do_not_add_up__end_the_sa", broken_chain, 37, 0, IKE_FACT_REFUSED, 7, true},
    {"set_window_size__is_noted", window_size, 37, 0, IKE_FACT_NOTIFY, 16385, false},
    {"errors_out_of_the_blue__are_noted", two_errors, 37, 0, IKE_FACT_NOTIFY, 8191, false},
    {"authentication_failed__ends_the_sa", authentication_failed, 37, 0, IKE_FACT_REFUSED, 24,
     true},
    {"message_id_ahead__is_out_of_the_window", nothing, 37, 1, IKE_FACT_WINDOW, 0, false},
    {"message_id_far_behind__is_out_of_the_window", nothing, 37, UINT32_MAX - 1, IKE_FACT_WINDOW, 0,
     false},
    {"ike_auth_once_more__ends_the_sa", nothing, 35, 0, IKE_FACT_REFUSED, 7, true},
    {"exchange_that_there_is_not__ends_the_sa", nothing, 77, 0, IKE_FACT_REFUSED, 7, true},
    {"create_child_sa_of_nothing__ends_the_sa", nothing, 36, 0, IKE_FACT_REFUSED, 7, true},
    {"rekeying_of_no_pair__is_not_found", rekeying_of_no_pair, 36, 0, IKE_FACT_REFUSED, 44, false},
    {"pair_with_spi_zero__is_refused", pair_with_spi_zero, 36, 0, IKE_FACT_REFUSED, 7, false},
    {"pair_without_nonce__is_refused", pair_without_nonce, 36, 0, IKE_FACT_REFUSED, 7, false},
    {"ike_sa_with_a_short_nonce__is_refused", ike_sa_with_a_short_nonce, 36, 0, IKE_FACT_REFUSED, 7,
     false},
    {"ike_sa_of_another_group__is_told_ours", ike_sa_of_another_group, 36, 0, IKE_FACT_INVALID_KE,
     31, false},
};

static const struct ike_out *fact_of(const struct two_ikes *t, int side, enum ike_fact fact)
{
    const struct ike_end_point *s = &t->side[side];

    for (size_t i = s->nsaid; i-- > 0;) {
        if (s->said[i].kind == IKE_OUT_FACT && s->said[i].fact == fact)
            return &s->said[i];
    }
    return NULL;
}

/* Seals what the row wants and gives it to B. */
static void give(struct two_ikes *t, const struct row *row)
{
    struct ike *k = t->side[IKE_A].ike;
    struct ike2_sa *sa = sa_of(t, IKE_A);
    struct owned packets = {0};
    struct isakmp_msg m;

    ike2_begin(k, sa, &m, row->exchange, sa_of(t, IKE_B)->next_in + row->ahead, false);
    row->with(t, &m);
    assert_ok(ike2_seal_all(k, sa, &m, &packets));
    two_ikes_inject(t, IKE_B, bytes_from(owned_bytes(&packets), 2)); /* behind its length */
    owned_release(&packets);
}

static void crafted(void **state)
{
    const struct row *row = *state;
    struct two_ikes t;

    two_ikes_init_v2(&t);
    t.side[IKE_A].peer.dpd.enabled = t.side[IKE_B].peer.dpd.enabled = false;
    two_ikes_start(&t);
    two_ikes_establish(&t, IKE_A);
    size_t before = t.side[IKE_B].nsent;
    give(&t, row);
    assert_int_equal(t.side[IKE_B].nsent, before + 1); /* an answer, or a complaint */
    if (row->fact != IKE_FACT_DUPLICATE) {
        assert_non_null(fact_of(&t, IKE_B, row->fact));
        assert_int_equal(fact_of(&t, IKE_B, row->fact)->code, row->code);
    }
    assert_int_equal(two_ikes_status(&t, IKE_B).ikes, row->ends ? 0 : 1);
    assert_int_equal(two_ikes_status(&t, IKE_B).children, row->ends ? 0 : 1);
    assert_int_equal(two_ikes_said(&t, IKE_B, IKE_OUT_CHILD_UP), 1);
    if (row->fact == IKE_FACT_WINDOW) { /* and A is told which one it was */
        two_ikes_run(&t, 1);
        assert_int_equal(fact_of(&t, IKE_A, IKE_FACT_NOTIFY)->code, IKEV2_N_INVALID_MESSAGE_ID);
        give(&t, row); /* but not often */
        assert_int_equal(two_ikes_facts(&t, IKE_B, IKE_FACT_WINDOW), 2);
        two_ikes_run(&t, 1);
        two_ikes_agree(&t, 1, 1);
    }
    two_ikes_release(&t);
}

int main(void)
{
    struct CMUnitTest tests[COUNT(rows)];

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[i] = (struct CMUnitTest){rows[i].what, crafted, NULL, NULL, (void *)&rows[i]};
    return cmocka_run_group_tests_name("ike/ike2_crafted", tests, NULL, NULL);
}
