/* Ways of IKEv2 and of ESP that are less usual, against strongSwan's charon: IPv6 outside and
 * inside, transport mode, cookies that charon asks for, SAs without a pair, sequence numbers of 64
 * bits, TFC padding, and our own silence. */
#include "tests/charon_left.h"
#include "tests/charon_v2.h"
#include "tests/charon_wire.h"
#include "tests/testkit.h"

#include <stdio.h>

static const struct ike_suite suite = {CIPHER_AES128_GCM_16, DIGEST_SHA256, 31, 86400, INTEG_NONE};
static const struct ike_esp_suite esp = {CIPHER_AES128_GCM_16, INTEG_NONE, 0, 28800, 0, false};
static const struct charon_v2 usual = {.proposals = "aes128gcm16-prfsha256-curve25519",
                                       .esp_proposals = "aes128gcm16"};

static void begin(struct charon_lab *l)
{
    charon_v2_init(l, &suite, &esp);
}

/* A tunnel that we begin, or charon: EVENT is tried on it. */
static void up(struct charon_lab *l, const struct charon_v2 *v, bool ours, const char *event)
{
    charon_v2_start(l, v);
    l->row.responder = !ours;
    charon_lab_try(l, event);
    if (ours) {
        assert_ok(ike_acquire(l->ike, 1));
        charon_lab_drain(l);
    } else {
        assert_true(charon_lab_ask(l, "--initiate --child net --timeout 10"));
    }
    charon_lab_await(l, IKE_OUT_CHILD_UP, IKE_END_NONE, 1);
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

/* --- addresses ------------------------------------------------------------------------------- */

static struct ip_addr ip6_of(uint8_t second, uint8_t third, uint8_t last)
{
    return (struct ip_addr){6, {0xfd, second, 0, third, [15] = last}};
}

static void outside_is_ipv6(struct charon_lab *l)
{
    l->us = ip6_of(0, 2, 1);
    l->them = ip6_of(0, 2, 2);
    l->peer.address = l->them;
    l->cfg.local = l->us;
}

static void inside_is_ipv6(struct charon_lab *l, struct charon_v2 *v)
{
    l->policy.selector =
        (struct ike_selector){.local = {ip6_of(1, 0, 0), 16}, .remote = {ip6_of(2, 0, 0), 16}};
    v->remote_ts = "fd01::/16";
    v->local_ts = "fd02::/16";
}

static void ipv6__outside_inside_and_both(void **state)
{
    static const char *const events[] = {"", "IPv4 in IPv6: HTTP download",
                                         "IPv6 in IPv4: HTTP download",
                                         "IPv6 in IPv6: HTTP download"};

    (void)state;
    for (int which = 1; which < 4; which++) {
        for (int ours = 0; ours < 2; ours++) {
            struct charon_v2 v = usual;
            struct charon_lab l;
            begin(&l);
            if (which & 1)
                outside_is_ipv6(&l);
            if (which & 2)
                inside_is_ipv6(&l, &v);
            up(&l, &v, ours, events[which]);
            charon_tun_open(&l);
            charon_lab_download(&l, which & 2 ? "[fd02::1]" : "10.2.0.1", 20000, NULL);
            end(&l);
        }
    }
}

/* --- modes ----------------------------------------------------------------------------------- */

/* Behind what it takes for a NAT charon grants no transport mode (kernel-libipsec has none). */
static void transport_mode_that_charon_does_not_grant__is_a_tunnel(void **state)
{
    struct charon_lab l;

    (void)state;
    begin(&l);
    l.policy.transport = true;
    up(&l, &usual, true, "transport mode asked for, tunnel mode granted");
    assert_false(l.pair.child.transport);
    charon_lab_ping(&l);
    end(&l);
}

/* kernel-libipsec's ESP has none, so charon takes the pair back at once: only the agreement can be
 * seen. */
static void sequence_numbers_of_64_bits__are_agreed_on(void **state)
{
    (void)state;
    for (int ours = 0; ours < 2; ours++) {
        struct charon_v2 v = usual;
        struct charon_lab l;
        v.esp_proposals = "aes128gcm16-esn";
        begin(&l);
        l.esp.esn = true;
        charon_v2_start(&l, &v);
        l.row.responder = !ours;
        charon_lab_try(&l, "ESN agreed on (libipsec has none)");
        if (ours) {
            assert_ok(ike_acquire(l.ike, 1));
            charon_lab_drain(&l);
            charon_lab_await(&l, IKE_OUT_CHILD_DOWN, IKE_END_REFUSED, 1);
        } else {
            assert_false(charon_lab_ask(&l, "--initiate --child net --timeout 10"));
            charon_lab_await(&l, IKE_OUT_CHILD_UP, IKE_END_NONE, 1);
            assert_true(l.pair.child.suite.esn);
            charon_lab_await(&l, IKE_OUT_CHILD_DOWN, IKE_END_PEER_DELETE, 1);
        }
        assert_true(log_has(&l, "selected proposal: ESP:AES_GCM_16_128/EXT_SEQ"));
        assert_true(log_has(&l, "ESN not supported"));
        charon_lab_has(&l, 1, 0);
        end(&l);
    }
}

static void padding_that_hides_lengths__is_taken_off_by_charon(void **state)
{
    struct charon_lab l;

    (void)state;
    begin(&l);
    l.tfc = 1300;
    up(&l, &usual, true, "TFC padding: HTTP download");
    charon_lab_ping(&l);
    charon_tun_open(&l);
    charon_lab_download(&l, "10.2.0.1", 20000, NULL);
    end(&l);
}

/* --- on the way ------------------------------------------------------------------------------ */

/* Somebody has begun, and is not heard of again. */
static void leave_half_open(struct charon_lab *l)
{
    struct ike *other = ike_new(&l->cfg, &l->clk.clock, &l->rng, NULL);
    struct ike_out o;

    assert_ok(ike_acquire(other, 1));
    while (ike_next(other, &o)) {
        if (o.kind == IKE_OUT_SEND)
            charon_wire_send(l, &o.from, &o.to, o.datagram);
    }
    ike_free(other);
    charon_lab_work(l, 0.2);
}

static void cookie__is_paid_to_charon(void **state)
{
    struct charon_lab l;

    (void)state;
    begin(&l);
    l.charon.options = "cookie_threshold = 1\n";
    charon_v2_start(&l, &usual);
    leave_half_open(&l);
    charon_lab_try(&l, "charon asks for a COOKIE");
    assert_ok(ike_acquire(l.ike, 1));
    charon_lab_drain(&l);
    charon_lab_await(&l, IKE_OUT_CHILD_UP, IKE_END_NONE, 1);
    assert_int_equal(charon_lab_facts(&l, IKE_FACT_COOKIE), 1);
    charon_lab_ping(&l);
    end(&l);
}

static void charon_begins_without_a_pair__and_makes_it_afterwards(void **state)
{
    struct charon_v2 v = usual;
    struct charon_lab l;

    (void)state;
    v.more = "childless = force\n";
    begin(&l);
    l.peer.childless = true;
    up(&l, &v, false, "childless (RFC 6023)");
    assert_true(log_has(&l, "generating CREATE_CHILD_SA request 2"));
    charon_lab_ping(&l);
    end(&l);
}

/* Authenticated anew when there is no pair that is wanted, ours is an SA without one. */
static void we_begin_without_a_pair__and_make_it_afterwards(void **state)
{
    struct charon_lab l;

    (void)state;
    begin(&l);
    up(&l, &usual, true, "childless (RFC 6023)");
    ike_delete_children(l.ike, NULL, true);
    charon_lab_drain(&l);
    charon_lab_work(&l, 0.3);
    assert_ok(ike_reauthenticate(l.ike, NULL, IKE_REAUTH_BREAK));
    charon_lab_drain(&l);
    charon_lab_await(&l, IKE_OUT_IKE_UP, IKE_END_NONE, 2);
    charon_lab_work(&l, 0.3);
    charon_lab_has(&l, 1, 0);
    assert_ok(ike_acquire(l.ike, 1));
    charon_lab_drain(&l);
    charon_lab_await(&l, IKE_OUT_CHILD_UP, IKE_END_NONE, 2);
    charon_lab_has(&l, 1, 1);
    charon_lab_ping(&l);
    end(&l);
}

/* --- death ----------------------------------------------------------------------------------- */

static void our_silence__is_our_death(void **state)
{
    (void)state;
    for (int ours = 0; ours < 2; ours++) {
        struct charon_v2 v = usual;
        struct charon_lab l;
        v.dpd_delay = "1s";
        begin(&l);
        l.charon.options = "retransmit_tries = 1\n retransmit_timeout = 0.5\n";
        up(&l, &v, ours, "we fall silent: charon finds us dead");
        charon_lab_ping(&l);
        l.deaf = true;
        charon_lab_await_gone(&l);
        assert_true(log_has(&l, "giving up after 1 retransmits"));
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
        charon_unit_test(ipv6__outside_inside_and_both),
        charon_unit_test(transport_mode_that_charon_does_not_grant__is_a_tunnel),
        charon_unit_test(sequence_numbers_of_64_bits__are_agreed_on),
        charon_unit_test(padding_that_hides_lengths__is_taken_off_by_charon),
        charon_unit_test(cookie__is_paid_to_charon),
        charon_unit_test(charon_begins_without_a_pair__and_makes_it_afterwards),
        charon_unit_test(we_begin_without_a_pair__and_make_it_afterwards),
        charon_unit_test(our_silence__is_our_death),
    };
    const char *missing = charon_missing();

    if (missing) {
        const struct CMUnitTest none[] = {cmocka_unit_test(is_skipped)};
        matrix_skipped(2, missing);
        printf("SKIPPED: ways of IKEv2 against strongSwan: %s\n", missing);
        return cmocka_run_group_tests_name("tests/ike2_strongswan_modes", none, NULL, NULL);
    }
    return cmocka_run_group_tests_name("tests/ike2_strongswan_modes", tests, NULL, NULL);
}
