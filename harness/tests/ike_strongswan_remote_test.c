/* Our remote access against strongSwan's charon over real UDP: aggressive mode by a group's name,
 * XAUTH, mode-config, a ping through the pair; we are the server, and we are the client. */
#include "tests/charon_lab.h"
#include "tests/charon_left.h"
#include "tests/testkit.h"

#include <stdio.h>

#define USER_SECRET "open sesame"

static const struct ike_suite suite = {CIPHER_AES128_CBC, DIGEST_SHA1, 2, 86400, INTEG_NONE};
static const struct ike_esp_suite esp = {CIPHER_AES128_CBC, INTEG_HMAC_SHA1_96, 0, 28800, 0, false};

static const char client_conf[] =
    "connections { gw {\n"
    "  version = 1\n  aggressive = yes\n  proposals = aes128-sha1-modp1024\n"
    "  local_addrs = 192.0.2.2\n  remote_addrs = 192.0.2.1\n  %s\n"
    "  local-1 { auth = psk\n id = keyid:branches }\n"
    "  local-2 { auth = xauth\n xauth_id = alice }\n"
    "  remote { auth = psk }\n"
    "  children { net { %s remote_ts = 10.1.0.0/16\n esp_proposals = aes128-sha1 } }\n"
    "} }\n"
    "secrets { ike { secret = \"" CHARON_SECRET "\" }\n"
    "  xauth { id = alice\n secret = \"" USER_SECRET "\" } }\n";

static const char server_conf[] =
    "connections { gw {\n"
    "  version = 1\n  aggressive = yes\n  proposals = aes128-sha1-modp1024\n"
    "  local_addrs = 192.0.2.2\n  remote_addrs = 192.0.2.1\n  pools = some\n"
    "  local { auth = psk }\n"
    "  remote-1 { auth = psk\n id = keyid:branches }\n"
    "  remote-2 { auth = xauth }\n"
    "  children { net { local_ts = 10.2.0.0/16\n esp_proposals = aes128-sha1 } }\n"
    "} }\n"
    "pools { some { addrs = 10.9.0.0/24\n dns = 10.2.0.53 } }\n"
    "secrets { ike { secret = \"" CHARON_SECRET "\" }\n"
    "  xauth { id = alice\n secret = \"" USER_SECRET "\" } }\n";

static void begin_ours(struct charon_lab *l)
{
    charon_lab_init_ours(l, &suite, &esp, CHARON_SECRET);
    l->peer.group = bytes_str("branches");
    l->peer.aggressive = l->peer.xauth = true;
    l->peer.config = IKE_CONFIG_ADDRESS;
    l->row =
        (struct matrix_row){.version = 1, .suite = "aes128-sha1-modp1024", .esp = "aes128-sha1"};
}

static void serve(struct charon_lab *l, const struct ike_out *o)
{
    struct ike_net_config net = {0};

    if (o->kind == IKE_OUT_LOGIN) {
        ike_answer_login(l->ike, o->ike,
                         strcmp(o->user, "alice") == 0 && strcmp(o->password, USER_SECRET) == 0);
        return;
    }
    if (o->wants_address)
        net.address = ip4(0x0a090005);
    ike_answer_config(l->ike, o->ike, &net);
}

static void be_server(struct charon_lab *l, const char *vips, const char *local_ts)
{
    char conf[sizeof(client_conf) + 128];

    begin_ours(l);
    l->row.responder = true;
    l->answer = serve;
    l->peer.address = (struct ip_addr){0};
    l->policy.selector = (struct ike_selector){.local = {ip4(0), 0}, .remote = {ip4(0), 0}};
    snprintf(conf, sizeof(conf), client_conf, vips, local_ts);
    charon_lab_start(l, conf);
}

static void charon_as_client__gets_its_address_from_us(void **state)
{
    struct charon_lab l;

    (void)state;
    be_server(&l, "vips = 0.0.0.0", "");
    charon_lab_try(&l, "aggressive mode, XAUTH, mode-config: an address");
    assert_true(charon_lab_ask(&l, "--initiate --child net --timeout 10"));
    charon_lab_await(&l, IKE_OUT_CHILD_UP, IKE_END_NONE, 1);
    assert_int_equal(l.pair.child.selector.remote.prefix, 32);
    assert_string_equal(l.pair.user, "alice");
    l.ping_to = ip4(0x0a090005);
    charon_lab_ping(&l);
    charon_lab_ok(&l);
    charon_lab_try(&l, "charon rekeys the pair");
    assert_true(charon_lab_ask(&l, "--rekey --child net"));
    charon_lab_await(&l, IKE_OUT_CHILD_UP, IKE_END_NONE, 2);
    charon_lab_ok(&l);
    charon_lab_try(&l, "charon deletes the IKE SA");
    assert_true(charon_lab_ask(&l, "--terminate --ike gw --timeout 5"));
    charon_lab_await(&l, IKE_OUT_IKE_DOWN, IKE_END_PEER_DELETE, 1);
    charon_lab_ok(&l);
    charon_lab_release(&l);
}

static void charon_as_client_with_a_network__keeps_it(void **state)
{
    struct charon_lab l;

    (void)state;
    be_server(&l, "", "local_ts = 10.2.0.0/16\n");
    charon_lab_try(&l, "aggressive mode, XAUTH: a network of its own");
    assert_true(charon_lab_ask(&l, "--initiate --child net --timeout 10"));
    charon_lab_await(&l, IKE_OUT_CHILD_UP, IKE_END_NONE, 1);
    assert_int_equal(l.pair.child.selector.remote.prefix, 16);
    charon_lab_ping(&l);
    charon_lab_ok(&l);
    charon_lab_release(&l);
}

static void be_client(struct charon_lab *l, const char *password, const char *event)
{
    begin_ours(l);
    l->peer.user = bytes_str("alice");
    l->peer.password = bytes_str(password);
    l->policy.assigned = true;
    charon_lab_start(l, server_conf);
    charon_lab_try(l, event);
    assert_ok(ike_acquire(l->ike, 1));
    charon_lab_drain(l);
}

static void charon_as_server__gives_us_an_address(void **state)
{
    struct charon_lab l;

    (void)state;
    be_client(&l, USER_SECRET, "aggressive mode, XAUTH, mode-config: an address");
    charon_lab_await(&l, IKE_OUT_CHILD_UP, IKE_END_NONE, 1);
    assert_int_equal(charon_lab_facts(&l, IKE_FACT_ACCEPTED), 1);
    l.ping_from = l.pair.child.selector.local.addr;
    assert_int_equal(l.ping_from.b[1], 9);
    charon_lab_ping(&l);
    charon_lab_has(&l, 1, 1);
    charon_lab_ok(&l);
    charon_lab_try(&l, "we delete the IKE SA");
    ike_delete_ike(l.ike, NULL, true);
    charon_lab_drain(&l);
    charon_lab_work(&l, 0.3);
    charon_lab_has(&l, 0, 0);
    charon_lab_ok(&l);
    charon_lab_release(&l);
}

static void wrong_password__is_refused_by_charon(void **state)
{
    struct charon_lab l;

    (void)state;
    be_client(&l, "guess", "XAUTH, another password: refused");
    charon_lab_await(&l, IKE_OUT_IKE_DOWN, IKE_END_USER, 1);
    assert_int_equal(charon_lab_count(&l, IKE_OUT_IKE_UP, IKE_END_NONE), 0);
    charon_lab_ok(&l);
    charon_lab_release(&l);
}

static void is_skipped(void **state)
{
    (void)state;
    skip();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        charon_unit_test(charon_as_client__gets_its_address_from_us),
        charon_unit_test(charon_as_client_with_a_network__keeps_it),
        charon_unit_test(charon_as_server__gives_us_an_address),
        charon_unit_test(wrong_password__is_refused_by_charon),
    };
    const char *missing = charon_missing_xauth();

    if (!missing)
        missing = charon_missing();
    if (missing) {
        const struct CMUnitTest none[] = {cmocka_unit_test(is_skipped)};
        matrix_skipped(1, missing);
        printf("SKIPPED: remote access against strongSwan: %s\n", missing);
        return cmocka_run_group_tests_name("tests/ike_strongswan_remote", none, NULL, NULL);
    }
    return cmocka_run_group_tests_name("tests/ike_strongswan_remote", tests, NULL, NULL);
}
