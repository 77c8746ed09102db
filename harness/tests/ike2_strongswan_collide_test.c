/* Collisions against strongSwan's charon: what each side wants of one SA crosses, is late or lost.
 * In the end charon has one IKE SA and one pair, and traffic goes through it. */
#include "tests/charon_v2.h"
#include "tests/charon_wire.h"
#include "tests/testkit.h"
#include "wire/ikev2.h"

#include <stdio.h>

static const struct ike_suite suite = {CIPHER_AES128_GCM_16, DIGEST_SHA256, 31, 86400, INTEG_NONE};
static const struct ike_esp_suite esp = {CIPHER_AES128_GCM_16, INTEG_NONE, 0, 28800, 0, false};
static const struct charon_v2 usual = {.proposals = "aes128gcm16-prfsha256-curve25519",
                                       .esp_proposals = "aes128gcm16"};

enum deed { REKEY_PAIR, REKEY_IKE, DELETE_PAIR, DELETE_IKE };

static const char *const commands[] = {
    [REKEY_PAIR] = "--rekey --child net",
    [REKEY_IKE] = "--rekey --ike gw",
    [DELETE_PAIR] = "--terminate --child net --timeout 5",
    [DELETE_IKE] = "--terminate --ike gw --timeout 5",
};

enum fate { ALL_PASS, LOST, LATE, TWICE };

struct row {
    const char *what;
    enum deed charon, ours; /* ours: before its request is read */
    enum ike_nonce nonce;
    bool wrong_delete;
    enum fate fate;   /* of a message of ours, once ours has begun... */
    uint8_t exchange; /* ...of this exchange... */
    unsigned nth;     /* ...from 0 */
    bool stays;       /* a pair of before the end is left: the tunnel is never away */
};

#define PAIRS REKEY_PAIR, REKEY_PAIR
#define IKES  REKEY_IKE, REKEY_IKE
#define WINS  IKE_NONCE_WINS, false
#define LOSES IKE_NONCE_LOSES, false
#define ANY   IKE_NONCE_RANDOM, false
#define CHILD ISAKMP_X_V2_CREATE_CHILD_SA
#define INFO  ISAKMP_X_V2_INFORMATIONAL

static const struct row rows[] = {
    {"both_rekey_the_pair__we_win", PAIRS, WINS, ALL_PASS, 0, 0, true},
    {"both_rekey_the_pair__charon_wins", PAIRS, LOSES, ALL_PASS, 0, 0, true},
    {"both_rekey_the_pair__our_request_is_late", PAIRS, WINS, LATE, CHILD, 0, true},
    {"both_rekey_the_pair__our_answer_is_late", PAIRS, LOSES, LATE, CHILD, 1, true},
    {"both_rekey_the_pair__our_request_is_lost", PAIRS, WINS, LOST, CHILD, 0, true},
    {"both_rekey_the_pair__the_delete_of_our_loser_is_lost", PAIRS, LOSES, LOST, INFO, 0, true},
    {"both_rekey_the_pair__each_message_comes_twice", PAIRS, ANY, TWICE, 0, 0, true},
    {"both_rekey_the_pair__we_delete_our_own_that_wins", PAIRS, IKE_NONCE_WINS, true, ALL_PASS, 0,
     0, false},
    {"both_rekey_the_pair__we_delete_charons_that_wins", PAIRS, IKE_NONCE_LOSES, true, ALL_PASS, 0,
     0, false},
    {"charon_rekeys_the_pair__we_delete_it", REKEY_PAIR, DELETE_PAIR, ANY, ALL_PASS, 0, 0, false},
    {"charon_deletes_the_pair__we_rekey_it", DELETE_PAIR, REKEY_PAIR, ANY, ALL_PASS, 0, 0, false},
    {"charon_rekeys_the_pair__we_rekey_the_ike_sa", REKEY_PAIR, REKEY_IKE, ANY, ALL_PASS, 0, 0,
     true},
    {"charon_rekeys_the_ike_sa__we_rekey_the_pair", REKEY_IKE, REKEY_PAIR, ANY, ALL_PASS, 0, 0,
     true},
    {"charon_rekeys_the_pair__we_delete_the_ike_sa", REKEY_PAIR, DELETE_IKE, ANY, ALL_PASS, 0, 0,
     false},
    {"charon_deletes_the_ike_sa__we_rekey_the_pair", DELETE_IKE, REKEY_PAIR, ANY, ALL_PASS, 0, 0,
     false},
    {"both_rekey_the_ike_sa__we_win", IKES, WINS, ALL_PASS, 0, 0, true},
    {"both_rekey_the_ike_sa__charon_wins", IKES, LOSES, ALL_PASS, 0, 0, true},
    {"both_rekey_the_ike_sa__each_message_comes_twice", IKES, ANY, TWICE, 0, 0, true},
    {"charon_rekeys_the_ike_sa__we_delete_it", REKEY_IKE, DELETE_IKE, ANY, ALL_PASS, 0, 0, false},
    {"charon_deletes_the_ike_sa__we_rekey_it", DELETE_IKE, REKEY_IKE, ANY, ALL_PASS, 0, 0, false},
    {"charon_rekeys_the_ike_sa__we_delete_the_pair", REKEY_IKE, DELETE_PAIR, ANY, ALL_PASS, 0, 0,
     false},
};

struct play {
    const struct row *row;
    bool begun, crossed; /* ours; before charon had an answer */
    bool spent;          /* the fate of a message */
    unsigned seen;       /* of the exchange */
    uint8_t late[IKE_DATAGRAM_MAX];
    size_t late_len;
};

static void act(struct charon_lab *l, enum deed what)
{
    switch (what) {
    case REKEY_PAIR: assert_ok(ike_rekey_child(l->ike, l->pair.child.in_spi)); break;
    case REKEY_IKE: assert_ok(ike_rekey_ike(l->ike, NULL)); break;
    case DELETE_PAIR: assert_ok(ike_delete_child(l->ike, l->pair.child.in_spi, true)); break;
    case DELETE_IKE: ike_delete_ike(l->ike, NULL, true); break;
    }
    charon_lab_drain(l);
}

static bool heard(struct charon_lab *l, struct bytes message)
{
    struct play *p = l->ctx;
    bool rekeys = p->row->charon == REKEY_PAIR || p->row->charon == REKEY_IKE;
    struct isakmp_hdr h;

    if (p->begun || isakmp_hdr_parse(message, &h) || ikev2_is_response(&h) ||
        h.exchange != (rekeys ? CHILD : INFO))
        return true;
    p->begun = true;
    act(l, p->row->ours);
    return true;
}

static bool leaves(struct charon_lab *l, struct bytes message)
{
    struct play *p = l->ctx;
    const struct row *r = p->row;
    struct isakmp_hdr h;

    if (!p->begun || isakmp_hdr_parse(message, &h))
        return true;
    p->crossed = p->crossed || !ikev2_is_response(&h);
    if (!p->crossed)
        fail_msg("the answer went before our request");
    if (r->fate == TWICE)
        charon_lab_send_ike(l, message);
    if (r->fate == ALL_PASS || r->fate == TWICE || p->spent || h.exchange != r->exchange ||
        p->seen++ < r->nth)
        return true;
    p->spent = true;
    if (r->fate == LATE) {
        memcpy(p->late, message.p, message.n);
        p->late_len = message.n;
    }
    return false;
}

/* The newest pair that is up, or NULL. */
static const struct ike_out *pair_of(const struct charon_lab *l)
{
    for (size_t i = l->nsaid; i-- > 0;) {
        const struct ike_out *up = &l->said[i];
        bool down = false;
        for (size_t k = i; k < l->nsaid; k++)
            down = down || (l->said[k].kind == IKE_OUT_CHILD_DOWN && !l->said[k].attempt &&
                            l->said[k].child.in_spi == up->child.in_spi);
        if (up->kind == IKE_OUT_CHILD_UP && !down)
            return up;
    }
    return NULL;
}

static struct ike_status status_of(const struct charon_lab *l)
{
    struct ike_status s;

    ike_status(l->ike, &s);
    return s;
}

static bool has_one_at_most(const struct charon_lab *l)
{
    struct ike_status s = status_of(l);

    return s.ikes <= 1 && s.children <= 1;
}

static bool is_quiet(const struct charon_lab *l)
{
    return has_one_at_most(l) && status_of(l).negotiating == 0;
}

static void settle(struct charon_lab *l, const struct row *row)
{
    /* when our Delete of the IKE SA that both replace is read before our answer, charon drops what
     * the answer has made here: that is there for a while, and nobody answers its Delete */
    bool may_linger = row->charon == REKEY_IKE && row->ours == REKEY_IKE;

    for (int i = 0; i < (may_linger ? 15 : 80) && (i < 2 || !is_quiet(l)); i++)
        charon_lab_work(l, 0.1);
    assert_true(may_linger || is_quiet(l));
}

/* --- rows ------------------------------------------------------------------------------------ */

/* One charon for all rows: what one leaves, one IKE SA and one pair, the next one begins with. A
 * row that fails costs a new one. */
static struct {
    struct charon_lab l;
    struct ike_quirks quirks;
    bool is, clean;
} lab;

static struct charon_lab *begin(const struct row *row)
{
    struct charon_lab *l = &lab.l;

    if (lab.is && !lab.clean)
        charon_lab_release(l);
    if (!lab.clean) {
        lab.is = false;
        lab.quirks = (struct ike_quirks){0};
        charon_v2_init(l, &suite, &esp);
        l->cfg.quirks = &lab.quirks;
        l->peer.retransmit_after = SPAN_MS(500);
        /* while charon works at a request, an answer with the same message id is dropped there */
        l->charon.options = "retransmit_timeout = 0.5\n";
        l->peer.dpd.enabled = false; /* a probe under way would keep our request from crossing */
        charon_v2_start(l, &usual);
        lab.is = true;
        assert_ok(ike_acquire(l->ike, 1));
        charon_lab_drain(l);
        charon_lab_await(l, IKE_OUT_CHILD_UP, IKE_END_NONE, 1);
    }
    lab.clean = false;
    lab.quirks.nonce = row->nonce;
    lab.quirks.wrong_delete = row->wrong_delete;
    charon_lab_try(l, row->what);
    return l;
}

/* Of a row that failed, before its charon goes. */
static int tell(void **state)
{
    (void)state;
    if (lab.is && !lab.clean)
        charon_lab_tell(&lab.l);
    return 0;
}

static int release_lab(void **state)
{
    (void)state;
    if (lab.is)
        charon_lab_release(&lab.l);
    return 0;
}

static void comes_back(struct charon_lab *l, const struct row *row)
{
    if (row->wrong_delete) { /* what we have, charon takes for deleted, or the other way round */
        ike_delete_children(l->ike, NULL, true);
        charon_lab_drain(l);
        settle(l, row);
    }
    if (row->stays)
        assert_non_null(pair_of(l));
    if (!pair_of(l)) {
        assert_ok(ike_acquire(l->ike, 1));
        charon_lab_drain(l);
        settle(l, row);
    }
}

static void both_end_with_one_of_each(void **state)
{
    const struct row *row = *state;
    struct play play = {.row = row};
    struct charon_lab *l = begin(row);

    l->ctx = &play;
    l->heard = heard;
    l->leaves = leaves;
    (void)charon_lab_ask(l, commands[row->charon]);
    for (int i = 0; i < 80 && (i < 1 || !play.crossed); i++)
        charon_lab_work(l, 0.1);
    l->leaves = NULL;
    l->heard = NULL;
    assert_true(play.crossed);
    assert_int_equal(play.spent, row->fate == LOST || row->fate == LATE);
    if (play.late_len)
        charon_lab_send_ike(l, bytes_of(play.late, play.late_len));
    settle(l, row);
    comes_back(l, row);
    assert_non_null(pair_of(l));
    charon_lab_use(l, pair_of(l));
    charon_lab_has(l, 1, 1);
    charon_lab_ping(l);
    charon_lab_ok(l);
    lab.clean = is_quiet(l);
}

static void is_skipped(void **state)
{
    (void)state;
    skip();
}

int main(void)
{
    struct CMUnitTest tests[COUNT(rows)];
    const char *missing = charon_missing();

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[i] = (struct CMUnitTest){rows[i].what, both_end_with_one_of_each, NULL, tell,
                                       (void *)(uintptr_t)&rows[i]};
    if (missing) {
        const struct CMUnitTest none[] = {cmocka_unit_test(is_skipped)};
        printf("SKIPPED: collisions of IKEv2 against strongSwan: %s\n", missing);
        return cmocka_run_group_tests_name("tests/ike2_strongswan_collide", none, NULL, NULL);
    }
    return cmocka_run_group_tests_name("tests/ike2_strongswan_collide", tests, NULL, release_lab);
}
