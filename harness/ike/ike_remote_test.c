/* Remote access: a client with a group's name comes in by aggressive mode, its user by XAUTH, and
 * mode-config gives it an address, or leaves it its network. */
#include "tests/testkit.h"
#include "tests/two_ikes.h"

static const char right[] = "open sesame";

/* B is the server of group "branches"; alice may come in, addresses are from 10.9.0.0/24. */
static void serve(struct two_ikes *t, int side, const struct ike_out *o)
{
    struct ike_net_config net = {.netmask = ip4(0xffffff00),
                                 .dns = {ip4(0x0a020035)},
                                 .banner = "Welcome",
                                 .version = "Cisco ASA5520",
                                 .splits = {{ip4(0x0a020000), 16}, {ip4(0xc0a80000), 24}},
                                 .nsplits = 2};

    if (o->kind == IKE_OUT_LOGIN) {
        ike_answer_login(t->side[side].ike, o->ike,
                         strcmp(o->user, "alice") == 0 && strcmp(o->password, right) == 0);
    } else if (side == IKE_B) {
        if (o->wants_address)
            net.address = ip4(0x0a090005);
        ike_answer_config(t->side[side].ike, o->ike, &net);
    }
}

static void init(struct two_ikes *t, enum ike_wants_config config, bool xauth)
{
    two_ikes_init(t);
    t->answer = serve;
    for (int i = 0; i < 2; i++) {
        struct ike_peer_config *p = &t->side[i].peer;
        p->group = bytes_str("branches");
        p->aggressive = true;
        p->xauth = xauth;
        p->config = config;
    }
    t->side[IKE_A].peer.user = bytes_str("alice");
    t->side[IKE_A].peer.password = bytes_str(right);
    t->side[IKE_A].policies[0].selector.remote = (struct ip_net){ip4(0), 0};
    t->side[IKE_A].policies[0].assigned = config == IKE_CONFIG_ADDRESS;
    t->side[IKE_B].is_server = true;
    t->side[IKE_B].policies[0].selector =
        (struct ike_selector){.local = {ip4(0), 0}, .remote = {ip4(0), 0}};
}

static void come_up(struct two_ikes *t)
{
    two_ikes_start(t);
    two_ikes_establish(t, IKE_A);
}

static void selector_is(const struct two_ikes *t, uint32_t client, uint8_t prefix)
{
    const struct ike_selector *a = &two_ikes_last(t, IKE_A, IKE_OUT_CHILD_UP)->child.selector;
    const struct ike_selector *b = &two_ikes_last(t, IKE_B, IKE_OUT_CHILD_UP)->child.selector;
    struct ip_addr want = ip4(client);

    assert_true(ip_addr_eq(&a->local.addr, &want) && a->local.prefix == prefix);
    assert_true(ip_addr_eq(&b->remote.addr, &want) && b->remote.prefix == prefix);
    assert_int_equal(a->remote.prefix, 0);
}

static void client_mode__gets_an_address_and_protects_just_that(void **state)
{
    struct two_ikes t;

    (void)state;
    init(&t, IKE_CONFIG_ADDRESS, true);
    come_up(&t);
    selector_is(&t, 0x0a090005, 32);
    const struct ike_net_config *net = &two_ikes_last(&t, IKE_A, IKE_OUT_CONFIG)->net;
    struct ip_addr dns = ip4(0x0a020035), split = ip4(0xc0a80000);
    assert_true(ip_addr_eq(&net->dns[0], &dns));
    assert_int_equal(net->dns[1].family, 0);
    assert_string_equal(net->banner, "Welcome");
    assert_string_equal(net->version, "Cisco ASA5520");
    assert_int_equal(net->nsplits, 2);
    assert_true(ip_addr_eq(&net->splits[1].addr, &split));
    assert_int_equal(net->splits[1].prefix, 24);
    const struct ike_out *up = two_ikes_last(&t, IKE_B, IKE_OUT_IKE_UP);
    assert_string_equal(up->user, "alice");
    assert_string_equal(up->group, "branches");
    two_ikes_release(&t);
}

static void network_extension_mode__asks_no_address_and_protects_its_network(void **state)
{
    struct two_ikes t;

    (void)state;
    init(&t, IKE_CONFIG_NETWORK, true);
    come_up(&t);
    selector_is(&t, 0x0a010000, 16);
    assert_false(two_ikes_last(&t, IKE_B, IKE_OUT_CONFIG)->wants_address);
    two_ikes_release(&t);
}

static void without_xauth_or_mode_config__phase_2_follows_at_once(void **state)
{
    struct two_ikes t;

    (void)state;
    init(&t, IKE_CONFIG_NONE, false);
    come_up(&t);
    selector_is(&t, 0x0a010000, 16);
    assert_int_equal(two_ikes_said(&t, IKE_B, IKE_OUT_LOGIN), 0);
    assert_int_equal(two_ikes_said(&t, IKE_B, IKE_OUT_CONFIG), 0);
    two_ikes_release(&t);
}

static void server_that_waits_to_be_asked__is_content_with_a_client_that_does_not(void **state)
{
    struct two_ikes t;

    (void)state;
    init(&t, IKE_CONFIG_NONE, true);
    t.side[IKE_B].peer.config = IKE_CONFIG_NETWORK;
    come_up(&t);
    selector_is(&t, 0x0a010000, 16);
    two_ikes_release(&t);
}

static const struct refusal {
    const char *what;
    const char *user, *password, *group, *psk;
    enum ike_end end; /* of the client's attempt */
    size_t logins;
} refusals[] = {
    {"wrong_password__is_told_and_the_sa_deleted", "alice", "guess", "branches", NULL, IKE_END_USER,
     1},
    {"unknown_user__as_a_wrong_password", "mallory", right, "branches", NULL, IKE_END_USER, 1},
    {"empty_password__is_wrong", "alice", "", "branches", NULL, IKE_END_USER, 1},
    {"unknown_group__gets_no_answer", "alice", right, "branch", NULL, IKE_END_TIMEOUT, 0},
    {"wrong_group_key__is_found_out_by_the_client", "alice", right, "branches", "another",
     IKE_END_AUTH, 0},
};

static void refused(void **state)
{
    const struct refusal *row = *state;
    struct two_ikes t;

    init(&t, IKE_CONFIG_ADDRESS, true);
    struct ike_peer_config *a = &t.side[IKE_A].peer;
    a->user = bytes_str(row->user);
    a->password = bytes_str(row->password);
    a->group = bytes_str(row->group);
    if (row->psk)
        a->psk = bytes_str(row->psk);
    two_ikes_start(&t);
    assert_ok(ike_acquire(t.side[IKE_A].ike, 7));
    two_ikes_wait(&t, IKE_A, 40);
    assert_int_equal(two_ikes_ends(&t, IKE_A, IKE_OUT_IKE_DOWN, row->end), 1);
    assert_int_equal(two_ikes_said(&t, IKE_A, IKE_OUT_IKE_UP), 0);
    assert_int_equal(two_ikes_said(&t, IKE_B, IKE_OUT_IKE_UP), 0);
    assert_int_equal(two_ikes_said(&t, IKE_B, IKE_OUT_LOGIN), row->logins);
    assert_int_equal(two_ikes_ends(&t, IKE_B, IKE_OUT_IKE_DOWN, IKE_END_USER), row->logins);
    two_ikes_agree(&t, 0, 0);
    two_ikes_release(&t);
}

static void quick_mode__must_name_the_address_that_was_given(void **state)
{
    struct two_ikes t;

    (void)state;
    init(&t, IKE_CONFIG_ADDRESS, true);
    t.side[IKE_A].policies[0].assigned = false; /* asks for its network after all */
    two_ikes_start(&t);
    assert_ok(ike_acquire(t.side[IKE_A].ike, 7));
    two_ikes_wait(&t, IKE_A, 5);
    assert_int_equal(two_ikes_facts(&t, IKE_B, IKE_FACT_NO_POLICY), 1);
    two_ikes_agree(&t, 1, 0);
    two_ikes_release(&t);
}

static void quick_mode_before_the_user_is_known__is_no_exchange_of_ours(void **state)
{
    struct two_ikes t;

    (void)state;
    init(&t, IKE_CONFIG_NONE, true);
    t.answer = NULL; /* the server's owner is still thinking */
    two_ikes_start(&t);
    assert_ok(ike_acquire(t.side[IKE_A].ike, 7));
    two_ikes_wait(&t, IKE_A, 2);
    assert_int_equal(two_ikes_said(&t, IKE_A, IKE_OUT_IKE_UP), 0);
    two_ikes_run(&t, 70); /* and the login's time runs out */
    assert_int_equal(two_ikes_ends(&t, IKE_A, IKE_OUT_IKE_DOWN, IKE_END_TIMEOUT), 1);
    assert_int_equal(two_ikes_said(&t, IKE_B, IKE_OUT_IKE_DOWN), 1);
    two_ikes_agree(&t, 0, 0);
    two_ikes_release(&t);
}

static void aggressive_mode_switched_off__is_not_answered(void **state)
{
    struct two_ikes t;

    (void)state;
    init(&t, IKE_CONFIG_ADDRESS, true);
    t.side[IKE_B].cfg.no_aggressive = true;
    two_ikes_start(&t);
    assert_ok(ike_acquire(t.side[IKE_A].ike, 7));
    two_ikes_wait(&t, IKE_A, 40);
    assert_int_equal(t.side[IKE_B].nsent, 0);
    two_ikes_agree(&t, 0, 0);
    two_ikes_release(&t);
}

static bool lose_one(struct two_ikes *t, struct flown *d, size_t n)
{
    const size_t *lost = t->ctx;

    return !(d->from == (int)lost[0] && n == lost[1]);
}

static void any_one_message_lost__comes_up_all_the_same(void **state)
{
    (void)state;
    for (size_t side = 0; side < 2; side++) {
        for (size_t n = 0; n < 8; n++) {
            size_t lost[] = {side, n};
            struct two_ikes t;
            init(&t, IKE_CONFIG_ADDRESS, true);
            t.filter = lose_one;
            t.ctx = lost;
            two_ikes_start(&t);
            assert_ok(ike_acquire(t.side[IKE_A].ike, 7));
            two_ikes_wait(&t, IKE_A, 12);
            two_ikes_agree(&t, 1, 1);
            two_ikes_release(&t);
        }
    }
}

static void client_that_comes_back__is_the_same_peer_and_the_old_one_is_gone(void **state)
{
    struct two_ikes t;

    (void)state;
    init(&t, IKE_CONFIG_ADDRESS, true);
    come_up(&t);
    ike_forget(t.side[IKE_A].ike);
    t.side[IKE_A].nsaid = 0;
    assert_ok(ike_acquire(t.side[IKE_A].ike, 7));
    two_ikes_wait(&t, IKE_A, 5);
    assert_int_equal(two_ikes_ends(&t, IKE_B, IKE_OUT_IKE_DOWN, IKE_END_PEER_RESTARTED), 1);
    two_ikes_agree(&t, 1, 1);
    two_ikes_release(&t);
}

static void both_phases__are_rekeyed_by_the_client(void **state)
{
    struct two_ikes t;

    (void)state;
    init(&t, IKE_CONFIG_ADDRESS, true);
    come_up(&t);
    assert_ok(ike_rekey_child(t.side[IKE_A].ike, two_ikes_pair(&t, IKE_A)));
    two_ikes_wait(&t, IKE_A, 30);
    two_ikes_agree(&t, 1, 1);
    assert_ok(ike_rekey_ike(t.side[IKE_A].ike, NULL));
    two_ikes_wait(&t, IKE_A, 90);
    two_ikes_agree(&t, 1, 1);
    assert_int_equal(two_ikes_said(&t, IKE_B, IKE_OUT_IKE_UP), 2);
    assert_int_equal(two_ikes_said(&t, IKE_B, IKE_OUT_LOGIN), 2);
    assert_int_equal(ike_rekey_ike(t.side[IKE_B].ike, NULL), ERR_NOTFOUND);
    two_ikes_release(&t);
}

static bool flip_a_bit(struct two_ikes *t, struct flown *d, size_t n)
{
    const size_t *at = t->ctx;

    if (d->from == (int)at[0] && n == at[1])
        d->p[28 + at[2] % 16] ^= 0x10; /* behind the header: in the hash */
    return true;
}

static void message_changed_on_the_way__is_told_and_sent_again(void **state)
{
    (void)state;
    for (size_t n = 1; n < 5; n++) { /* those of the client behind the first */
        size_t at[] = {IKE_A, n, n};
        struct two_ikes t;
        init(&t, IKE_CONFIG_ADDRESS, true);
        t.filter = flip_a_bit;
        t.ctx = at;
        two_ikes_start(&t);
        assert_ok(ike_acquire(t.side[IKE_A].ike, 7));
        two_ikes_wait(&t, IKE_A, 12);
        assert_true(two_ikes_facts(&t, IKE_B, IKE_FACT_AUTH) > 0);
        two_ikes_agree(&t, 1, 1);
        two_ikes_release(&t);
    }
}

int main(void)
{
    static const struct CMUnitTest single[] = {
        cmocka_unit_test(client_mode__gets_an_address_and_protects_just_that),
        cmocka_unit_test(network_extension_mode__asks_no_address_and_protects_its_network),
        cmocka_unit_test(without_xauth_or_mode_config__phase_2_follows_at_once),
        cmocka_unit_test(server_that_waits_to_be_asked__is_content_with_a_client_that_does_not),
        cmocka_unit_test(quick_mode__must_name_the_address_that_was_given),
        cmocka_unit_test(quick_mode_before_the_user_is_known__is_no_exchange_of_ours),
        cmocka_unit_test(aggressive_mode_switched_off__is_not_answered),
        cmocka_unit_test(any_one_message_lost__comes_up_all_the_same),
        cmocka_unit_test(client_that_comes_back__is_the_same_peer_and_the_old_one_is_gone),
        cmocka_unit_test(both_phases__are_rekeyed_by_the_client),
        cmocka_unit_test(message_changed_on_the_way__is_told_and_sent_again),
    };
    struct CMUnitTest tests[COUNT(single) + COUNT(refusals)];
    size_t n = 0;

    for (size_t i = 0; i < COUNT(single); i++)
        tests[n++] = single[i];
    for (size_t i = 0; i < COUNT(refusals); i++)
        tests[n++] =
            (struct CMUnitTest){refusals[i].what, refused, NULL, NULL, (void *)&refusals[i]};
    return cmocka_run_group_tests_name("ike/ike_remote", tests, NULL, NULL);
}
