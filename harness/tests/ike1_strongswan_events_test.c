/* What happens in the life of an IKEv1 tunnel, against strongSwan's charon: aggressive mode between
 * two gateways, messages in fragments, a peer that dies, our own silence. */
#include "ike/ike_keys.h"
#include "ike/ike_pieces.h"
#include "ike/ike_tap.h"
#include "tests/charon_lab.h"
#include "tests/charon_left.h"
#include "tests/testkit.h"

#include <signal.h>
#include <stdio.h>

static const struct ike_suite suite = {CIPHER_AES128_CBC, DIGEST_SHA1, 2, 86400, INTEG_NONE};
static const struct ike_esp_suite esp = {CIPHER_AES128_CBC, INTEG_HMAC_SHA1_96, 0, 28800, 0, false};

static const char conf[] =
    "connections { gw {\n"
    "  version = 1\n  aggressive = %s\n  proposals = %s\n  fragmentation = yes\n"
    "  local_addrs = 192.0.2.2\n  remote_addrs = 192.0.2.1\n"
    "  dpd_delay = 1s\n  dpd_timeout = 3s\n"
    "  local { auth = psk }\n  remote { auth = psk }\n"
    "  children { net {\n"
    "    local_ts = 10.2.0.0/16\n    remote_ts = 10.1.0.0/16\n    esp_proposals = aes128-sha1\n"
    "  } }\n"
    "} }\n"
    "secrets { ike { secret = \"" CHARON_SECRET "\" } }\n";

static void begin(struct charon_lab *l)
{
    charon_lab_init_ours(l, &suite, &esp, CHARON_SECRET);
    l->row =
        (struct matrix_row){.version = 1, .suite = "aes128-sha1-modp1024", .esp = "aes128-sha1"};
}

/* A tunnel that we begin, or charon: EVENT is tried on it. */
static void up(struct charon_lab *l, bool ours, const char *event)
{
    char text[sizeof(conf) + 64];

    l->row.responder = !ours;
    snprintf(text, sizeof(text), conf, l->peer.aggressive ? "yes" : "no", l->row.suite);
    charon_lab_start(l, text);
    charon_lab_try(l, event);
    if (ours) {
        assert_ok(ike_acquire(l->ike, 1));
        charon_lab_drain(l);
    } else {
        assert_true(charon_lab_ask(l, "--initiate --child net --timeout 10"));
    }
    charon_lab_await(l, IKE_OUT_CHILD_UP, IKE_END_NONE, 1);
    charon_lab_ping(l);
    charon_lab_has(l, 1, 1);
}

static void end(struct charon_lab *l)
{
    charon_lab_ok(l);
    charon_lab_release(l);
}

static bool log_has(const struct charon_lab *l, const char *words)
{
    struct buf log = charon_log(&l->charon);
    bool has = strstr(buf_str(&log), words) != NULL;

    buf_release(&log);
    return has;
}

/* Then either side can begin phase 1 anew in it, and end it. */
static void aggressive_mode__makes_a_tunnel(void **state)
{
    (void)state;
    for (int ours = 0; ours < 2; ours++) {
        struct charon_lab l;
        begin(&l);
        l.peer.aggressive = true;
        up(&l, ours, "aggressive mode between gateways");
        assert_true(log_has(&l, ours ? "parsed AGGRESSIVE request 0 [" : "generating AGGRESSIVE"));
        charon_lab_ok(&l);
        charon_lab_try(&l, ours ? "aggressive mode, we rekey the IKE SA"
                                : "aggressive mode, charon rekeys the IKE SA");
        if (ours) {
            assert_ok(ike_rekey_ike(l.ike, NULL));
            charon_lab_drain(&l);
        } else {
            assert_true(charon_lab_ask(&l, "--rekey --ike gw"));
        }
        charon_lab_await(&l, IKE_OUT_IKE_UP, IKE_END_NONE, 2);
        charon_lab_ping(&l);
        end(&l);
    }
}

/* --- fragments -------------------------------------------------------------------------------- */

struct tapped { /* what flew, in order: the sender, a length, the message */
    struct buf all;
};

static bool tap(struct tapped *t, char from, struct bytes message)
{
    buf_addc(&t->all, from);
    buf_addc(&t->all, (char)(message.n >> 8));
    buf_addc(&t->all, (char)message.n);
    buf_add(&t->all, message.p, message.n);
    return true;
}

static bool heard(struct charon_lab *l, struct bytes message)
{
    return tap(l->ctx, 1, message);
}

static bool leaves(struct charon_lab *l, struct bytes message)
{
    return tap(l->ctx, 2, message);
}

static void give_keys(const struct charon_lab *l, struct ike_tap *t)
{
    struct buf keys = BUF_INIT;
    struct ike_table_row row;

    for (size_t i = 0; i < l->nsaid; i++)
        if (l->said[i].kind == IKE_OUT_IKE_UP)
            assert_ok(ike_keys_put(&keys, &keys, &l->said[i]));
    assert_ok(ike_table_parse(bytes_head(buf_bytes(&keys), keys.n - 1), &row, NULL));
    assert_ok(ike_tap_key(t, &row));
    buf_release(&keys);
}

/* A tap with the keys puts together and opens all that charon and we said. */
static void tap_reads_it(const struct charon_lab *l, const struct tapped *flown)
{
    struct ike_pieces *p = ike_pieces_new();
    struct ike_tap *t = ike_tap_new();
    struct rd r = rd_of(buf_bytes(&flown->all));
    size_t opened[3] = {0}, pieces[3] = {0};

    give_keys(l, t);
    while (rd_left(&r)) {
        uint8_t from = rd_u8(&r);
        struct bytes m = rd_take(&r, rd_be16(&r));
        struct ike_tap_clear clear;
        struct isakmp_hdr h;
        assert_ok(isakmp_hdr_parse(m, &h));
        if (ike_pieces_is(&h)) {
            pieces[from]++;
            enum err e = ike_pieces_add(p, from, &h, m, 0);
            assert_true(e == ERR_OK || e == ERR_END);
            if (!ike_pieces_next(p, &m))
                continue;
        }
        enum err e = ike_tap_open(t, m, &clear);
        assert_true(e == ERR_OK || e == ERR_REPLAY);
        opened[from] += !e && clear.sealed;
    }
    assert_true(pieces[1] >= 2 && pieces[2] >= 2);
    assert_true(opened[1] >= 2 && opened[2] >= 2);
    assert_int_equal(ike_pieces_stats(p).lost, 0);
    ike_tap_free(t);
    ike_pieces_free(p);
}

/* Public values of 512 bytes are too long for charon's packets of 576 and for ours of 400. */
static void long_messages__go_in_fragments_both_ways(void **state)
{
    (void)state;
    for (int ours = 0; ours < 2; ours++) {
        struct charon_lab l;
        struct tapped flown = {.all = BUF_INIT};
        begin(&l);
        l.ctx = &flown;
        l.heard = heard;
        l.leaves = leaves;
        l.suite.group = 16;
        l.row.suite = "aes128-sha1-modp4096";
        l.peer.fragment_mtu = 400;
        up(&l, ours, "fragments both ways (Cisco's form)");
        assert_true(log_has(&l, "splitting IKE message"));
        assert_true(log_has(&l, "reassembled fragmented IKE message"));
        assert_int_equal(charon_lab_facts(&l, IKE_FACT_MALFORMED), 0);
        assert_int_equal(charon_lab_facts(&l, IKE_FACT_NO_SA), 0);
        tap_reads_it(&l, &flown);
        buf_release(&flown.all);
        end(&l);
    }
}

static void charon_is_killed__and_found_dead(void **state)
{
    (void)state;
    for (int ours = 0; ours < 2; ours++) {
        struct charon_lab l;
        begin(&l);
        up(&l, ours, "charon is killed: found dead");
        assert_int_equal(kill(l.charon.pid, SIGKILL), 0);
        charon_lab_await(&l, IKE_OUT_IKE_DOWN, IKE_END_DPD, 1);
        assert_true(charon_lab_facts(&l, IKE_FACT_DPD_SENT) >= 3);
        end(&l);
    }
}

static void our_silence__is_our_death(void **state)
{
    (void)state;
    for (int ours = 0; ours < 2; ours++) {
        struct charon_lab l;
        begin(&l);
        up(&l, ours, "we fall silent: charon finds us dead");
        l.deaf = true;
        charon_lab_await_gone(&l);
        assert_true(log_has(&l, "DPD check timed out"));
        end(&l);
    }
}

static void is_skipped(void **state)
{
    (void)state;
    skip();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        charon_unit_test(aggressive_mode__makes_a_tunnel),
        charon_unit_test(long_messages__go_in_fragments_both_ways),
        charon_unit_test(charon_is_killed__and_found_dead),
        charon_unit_test(our_silence__is_our_death),
    };
    const char *missing = charon_missing();

    if (missing) {
        const struct CMUnitTest none[] = {cmocka_unit_test(is_skipped)};
        matrix_skipped(1, missing);
        printf("SKIPPED: events of IKEv1 against strongSwan: %s\n", missing);
        return cmocka_run_group_tests_name("tests/ike1_strongswan_events", none, NULL, NULL);
    }
    return cmocka_run_group_tests_name("tests/ike1_strongswan_events", tests, NULL, NULL);
}
