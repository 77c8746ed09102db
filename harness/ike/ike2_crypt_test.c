/* Encrypted messages: strongSwan's are opened, ours are opened again, nothing else is. */
#include "ike/ike2_crypt.h"

#include "base/attr.h"
#include "base/mem.h"
#include "tests/ikev2_lives.h"
#include "tests/sealed_lab.h"
#include "tests/testkit.h"

#include <stdio.h>

enum { ROOM = SEALED_ROOM };

static struct ikev2_lives lives;

struct pair { /* of one IKE SA */
    struct ike2_crypt *i, *r;
};

static struct pair pair_of(const struct ikev2_life *l, const char *prefix)
{
    struct pair p;

    assert_ok(ike2_crypt_new(l->cipher, l->integ, ikev2_life_get(l, prefix, "ei"),
                             ikev2_life_maybe(l, prefix, "ai"), &p.i));
    assert_ok(ike2_crypt_new(l->cipher, l->integ, ikev2_life_get(l, prefix, "er"),
                             ikev2_life_maybe(l, prefix, "ar"), &p.r));
    return p;
}

static void pair_free(struct pair *p)
{
    ike2_crypt_free(p->i);
    ike2_crypt_free(p->r);
}

static struct isakmp_hdr header_of(struct bytes message)
{
    struct isakmp_hdr h;

    assert_ok(isakmp_hdr_parse(message, &h));
    return h;
}

/* Whoever has sent MESSAGE. */
static struct ike2_crypt *sender(const struct pair *p, struct bytes message)
{
    struct isakmp_hdr h = header_of(message);

    return ikev2_from_initiator(&h) ? p->i : p->r;
}

/* Opens MESSAGE or adds it to R; CLEAR is empty when there are fragments to come. */
static enum err take(const struct pair *p, struct ike2_reassembly *r, struct bytes message,
                     uint8_t *out, struct bytes *clear)
{
    struct ike2_crypt *c = sender(p, message);

    *clear = bytes_of(NULL, 0);
    if (ike2_is_fragment(message, NULL))
        return ike2_reassembly_add(r, c, message, out, ROOM, clear);
    return ike2_open(c, message, out, ROOM, clear);
}

/* What every clear message must be: a header whose length fits, and a chain. */
static struct ikev2_chain chain_of(struct bytes clear)
{
    struct isakmp_hdr h = header_of(clear);
    struct ikev2_chain c;

    assert_int_equal(h.length, clear.n);
    assert_ok(ikev2_chain_parse(h.next, bytes_from(clear, ISAKMP_HDR_LEN), &c));
    assert_int_equal(c.unsupported, IKEV2_P_NONE);
    return c;
}

/* --- strongSwan's messages ------------------------------------------------------------------- */

static void assert_auth(const struct ikev2_life *l, bool initiator, const struct ikev2_chain *c)
{
    struct bytes id = ikev2_life_get(l, "", initiator ? "id_i" : "id_r");
    struct bytes auth = ikev2_life_get(l, "", initiator ? "auth_i" : "auth_r");
    struct ikev2_auth a;

    assert_true(bytes_eq(ikev2_find(c, initiator ? IKEV2_P_ID_I : IKEV2_P_ID_R)->body, id));
    assert_ok(ikev2_auth_parse(ikev2_find(c, IKEV2_P_AUTH)->body, &a));
    assert_int_equal(a.method, IKEV2_AUTH_PSK);
    assert_true(bytes_eq(a.data, auth));
}

/* Of the messages under KEY, all that the SA's keys open; how many there are of each exchange. */
static void open_all(const struct ikev2_life *l, const char *prefix, const char *key,
                     unsigned count[static 4])
{
    struct pair p = pair_of(l, prefix);
    struct ike2_reassembly *r = ike2_reassembly_new(ROOM);
    uint8_t *out = mem_zalloc(ROOM);
    struct bytes clear, m;

    for (size_t i = 0; (m = ikev2_life_nth(l, key, i)).n; i++) {
        assert_ok(take(&p, r, m, out, &clear));
        if (clear.n == 0)
            continue;
        struct ikev2_chain c = chain_of(clear);
        struct isakmp_hdr h = header_of(clear);
        count[h.exchange - ISAKMP_X_V2_SA_INIT]++;
        if (h.exchange == ISAKMP_X_V2_AUTH)
            assert_auth(l, ikev2_from_initiator(&h), &c);
        else if (h.exchange == ISAKMP_X_V2_CREATE_CHILD_SA)
            assert_int_equal(ikev2_count(&c, IKEV2_P_NONCE), 1);
        else if (!ikev2_is_response(&h))
            assert_int_equal(ikev2_count(&c, IKEV2_P_DELETE), 1);
    }
    assert_int_equal(ike2_reassembly_held(r, NULL), 0);
    ike2_reassembly_free(r);
    mem_free(out);
    pair_free(&p);
}

static void every_message_of_strongswan_is_opened(void **state)
{
    unsigned count[4] = {0};

    open_all(*state, "", "message", count);
    assert_int_equal(count[1], 2); /* IKE_AUTH */
    assert_int_equal(count[2], 4); /* both rekeyings */
    assert_int_equal(count[3], 4); /* the old child, the old IKE SA */
    open_all(*state, "rekey_", "rekey_message", count);
    assert_int_equal(count[3], 6);
}

/* With the keys of the other direction, of the other SA, or changed in any bit. */
static void no_other_message_is_opened(void **state)
{
    const struct ikev2_life *l = *state;
    struct pair p = pair_of(l, ""), after = pair_of(l, "rekey_");
    struct bytes m = ikev2_life_nth(l, "rekey_message", 0), clear;
    uint8_t *out = mem_zalloc(ROOM), *copy = mem_zalloc(m.n);

    assert_int_equal(ike2_open(after.r, m, out, ROOM, &clear), ERR_AUTH);
    assert_int_equal(ike2_open(p.i, m, out, ROOM, &clear), ERR_AUTH);
    memcpy(copy, m.p, m.n);
    for (size_t bit = 0; bit < 8 * m.n; bit++) {
        copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_not_equal(ike2_open(after.i, bytes_of(copy, m.n), out, ROOM, &clear), ERR_OK);
        copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    assert_ok(ike2_open(after.i, bytes_of(copy, m.n), out, ROOM, &clear));
    mem_free(copy);
    mem_free(out);
    pair_free(&p);
    pair_free(&after);
}

static enum err open_one(struct bytes in, void *ctx)
{
    uint8_t out[ROOM];
    struct bytes clear;

    return ike2_open(ctx, in, out, sizeof(out), &clear);
}

static enum err add_one(struct bytes in, void *ctx)
{
    struct ike2_reassembly *r = ike2_reassembly_new(ROOM);
    uint8_t out[ROOM];
    struct bytes clear;
    enum err e = ike2_reassembly_add(r, ctx, in, out, sizeof(out), &clear);

    ike2_reassembly_free(r);
    return e;
}

static void truncations_and_flips_are_survived(void **state)
{
    const struct ikev2_life *l = *state;
    struct pair p = pair_of(l, "");
    struct bytes m;

    for (size_t i = 0; (m = ikev2_life_nth(l, "message", i)).n && i < 4; i++) {
        test_truncations(m, ike2_is_fragment(m, NULL) ? add_one : open_one, sender(&p, m));
        test_flips(m, ike2_is_fragment(m, NULL) ? add_one : open_one, sender(&p, m));
    }
    pair_free(&p);
}

/* --- our own ---------------------------------------------------------------------------------- */

static void what_is_sealed_is_opened__whatever_its_length(void **state)
{
    struct sealed_lab *l = sealed_lab_new(*state);

    for (size_t n = SIZE_MAX; n == SIZE_MAX || n < 70; n++) {
        sealed_message(l, 9, n);
        struct wr w = wr_of(l->sealed_mem, sizeof(l->sealed_mem));
        assert_ok(ike2_seal(l->c, &l->rng.rng, l->clear, &w));
        assert_int_equal(w.at, ike2_sealed_len(l->c, l->clear));
        assert_ok(ike2_open(l->c, wr_bytes(&w), l->out, w.at, &l->opened));
        assert_true(bytes_eq(l->opened, l->clear));
        for (size_t cap = 0; cap < l->clear.n; cap++)
            assert_int_equal(ike2_open(l->c, wr_bytes(&w), l->out, cap, &l->opened), ERR_NOSPACE);
        struct wr tight = wr_of(l->sealed_mem, w.at - 1);
        assert_int_equal(ike2_seal(l->c, &l->rng.rng, l->clear, &tight), ERR_NOSPACE);
        assert_int_equal(tight.at, 0);
    }
    sealed_lab_free(l);
}

/* Two messages with one IV would show the difference of their texts (RFC 5282, 3.1). */
static void no_iv_comes_twice(void **state)
{
    const struct sealed_algorithms *a = *state;
    struct sealed_lab *l = sealed_lab_new(a);
    uint8_t ivs[200][CIPHER_BLOCK_MAX] = {{0}};

    for (size_t i = 0; i < COUNT(ivs); i++) {
        struct wr w = wr_of(l->sealed_mem, sizeof(l->sealed_mem));
        assert_ok(ike2_seal(l->c, &l->rng.rng, l->clear, &w));
        memcpy(ivs[i], w.p + ISAKMP_HDR_LEN + IKEV2_GENERIC_LEN, cipher_iv_len(a->cipher));
        for (size_t k = 0; k < i; k++)
            assert_memory_not_equal(ivs[i], ivs[k], cipher_iv_len(a->cipher));
    }
    sealed_lab_free(l);
}

static void keys_that_do_not_fit_the_algorithms_are_refused(void **state)
{
    static const struct {
        enum cipher_alg cipher;
        enum integ_alg integ;
        size_t ne, na;
        enum err want;
    } rows[] = {
        {CIPHER_NONE, INTEG_HMAC_SHA1_96, 0, 20, ERR_UNSUPPORTED},
        {CIPHER_AES128_CBC, INTEG_NONE, 16, 0, ERR_UNSUPPORTED},
        {CIPHER_AES128_GCM_16, INTEG_HMAC_SHA1_96, 20, 20, ERR_UNSUPPORTED},
        {CIPHER_AES128_GCM_16, INTEG_NONE, 16, 0, ERR_RANGE},
        {CIPHER_AES128_CBC, INTEG_HMAC_SHA1_96, 16, 16, ERR_RANGE},
        {CIPHER_AES128_CBC, INTEG_HMAC_SHA1_96, 15, 20, ERR_RANGE},
    };
    uint8_t key[64] = {0};
    struct ike2_crypt *c = NULL;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_int_equal(ike2_crypt_new(rows[i].cipher, rows[i].integ, bytes_of(key, rows[i].ne),
                                        bytes_of(key, rows[i].na), &c),
                         rows[i].want);
    assert_null(c);
}

struct named {
    const char *what;
    CMUnitTestFunction run;
};

static const struct named of_lives[] = {
    {"every_message_of_strongswan_is_opened", every_message_of_strongswan_is_opened},
    {"no_other_message_is_opened", no_other_message_is_opened},
    {"truncations_and_flips_are_survived", truncations_and_flips_are_survived},
};

static const struct named of_algorithms[] = {
    {"what_is_sealed_is_opened__whatever_its_length",
     what_is_sealed_is_opened__whatever_its_length},
    {"no_iv_comes_twice", no_iv_comes_twice},
};

enum { TESTS = 1 + COUNT(of_lives) * IKEV2_LIVES_MAX + COUNT(of_algorithms) * SEALED_ALGORITHMS };

int main(void)
{
    static char names[TESTS][120];
    struct CMUnitTest tests[TESTS] = {
        cmocka_unit_test(keys_that_do_not_fit_the_algorithms_are_refused)};
    size_t n = 1;

    ikev2_lives_load(&lives);
    for (size_t i = 0; i < lives.n; i++)
        for (size_t k = 0; k < COUNT(of_lives); k++, n++) {
            snprintf(names[n], sizeof(names[n]), "%s__%s", lives.v[i].suite, of_lives[k].what);
            tests[n] = (struct CMUnitTest){names[n], of_lives[k].run, NULL, NULL, &lives.v[i]};
        }
    for (size_t i = 0; i < SEALED_ALGORITHMS; i++)
        for (size_t k = 0; k < COUNT(of_algorithms); k++, n++) {
            snprintf(names[n], sizeof(names[n]), "%s__%s", cipher_name(sealed_algorithms[i].cipher),
                     of_algorithms[k].what);
            tests[n] = (struct CMUnitTest){names[n], of_algorithms[k].run, NULL, NULL,
                                           (void *)(uintptr_t)&sealed_algorithms[i]};
        }
    int failed = _cmocka_run_group_tests("ike/ike2_crypt", tests, n, NULL, NULL);
    ikev2_lives_release(&lives);
    return failed;
}
