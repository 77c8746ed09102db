/* Remote access to the gateway: who comes in, what is logged, what happens to flows. */
#include "tests/remote_lab.h"
#include "tests/testkit.h"

#include "base/mem.h"
#include <stdio.h>

static struct remote_lab *make(const char *extra)
{
    struct remote_lab *l = mem_zalloc(sizeof(*l));

    remote_lab_init(l, extra);
    return l;
}

static void done(struct remote_lab *l)
{
    remote_lab_release(l);
    mem_free(l);
}

#define WHO "Group = hardware, Username = branch, IP = 209.165.200.11, "

static void hardware_client_in_network_extension_mode__comes_up_with_its_logs(void **state)
{
    struct remote_lab *l = make(NULL);

    (void)state;
    assert_true(remote_client_up(l, 0, REMOTE_NEM));
    static const struct {
        uint32_t id;
        const char *text;
    } want[] = {
        {113012, "AAA user authentication Successful : local database : user = branch"},
        {113008, "AAA transaction status ACCEPT : user = branch"},
        {113009, "AAA retrieved default group policy (hardware) for user = branch"},
        {713184, WHO "Client Type: Client  Client Application Version: the lab's"},
        {713119, WHO "PHASE 1 COMPLETED"},
        {713145, WHO "Detected Hardware Client in network extension mode, adding static route for "
                     "address: 10.224.228.0, mask: 255.255.255.128"},
        {713049, WHO "Security negotiation complete for User (branch)  Responder, Inbound SPI"},
        {713120, WHO "PHASE 2 COMPLETED"},
    };
    for (size_t i = 0; i < COUNT(want); i++)
        assert_int_equal(remote_logged(l, want[i].id, want[i].text), 1);
    assert_int_equal(remote_logged(l, 602303, "bound remote access SA (SPI= 0x"), 2);
    assert_int_equal(remote_logged(l, 602303, "(user= branch) has been created."), 2);
    done(l);
}

static const struct kind {
    const char *what;
    enum remote_mode mode;
    bool sysopt;
    bool preserves; /* as the note has it */
    const char *type;
} kinds[] = {
    {"nem_with_the_sysopt__is_preserved", REMOTE_NEM, true, true, "Session Type: IPsec, "},
    {"nem_without_it__is_torn", REMOTE_NEM, false, false, "Session Type: IPsec, "},
    {"client_mode_with_it__is_torn", REMOTE_CLIENT_MODE, true, false, "Session Type: IPsec, "},
    {"anyconnect_with_it__is_torn", REMOTE_ANYCONNECT, true, false, "Session Type: SSL, "},
};

static void flows_and_the_kinds_of_tunnels(void **state)
{
    const struct kind *row = *state;
    struct remote_lab *l = make(row->sysopt ? NULL : "no sysopt connection preserve-vpn-flows\n");
    struct gateway_counters count;
    struct buf out = BUF_INIT;

    assert_true(remote_client_up(l, 0, row->mode));
    const char *contexts = remote_type(l, "show asp table vpn-context", &out);
    assert_non_null(strstr(contexts, "DECR+ESP"));
    assert_int_equal(strstr(contexts, "PRESERVE") != NULL, row->preserves);
    remote_syn(l, 0, 1135);
    assert_int_equal(l->served, 1);
    remote_answer(l, 0, 1135);
    assert_int_equal(l->client[0].got, 1);
    assert_ok(peer_delete_phase1(l->client[0].peer));
    remote_run(l, 1);
    assert_int_equal(remote_logged(l, 302014, "Tunnel has been torn down"), !row->preserves);
    assert_int_equal(remote_logged(l, 113019, row->type), 1);
    gateway_counters(l->gw, &count);
    assert_int_equal(count.orphans, row->preserves);
    assert_ok(peer_establish(l->client[0].peer));
    remote_run(l, 1);
    gateway_counters(l->gw, &count);
    assert_int_equal(count.conns, row->preserves);
    assert_int_equal(count.orphans, 0);
    buf_release(&out);
    done(l);
}

static void anyconnect__logs_its_own_and_nothing_of_ipsec(void **state)
{
    struct remote_lab *l = make(NULL);
    struct buf out = BUF_INIT;

    (void)state;
    assert_true(remote_client_up(l, 0, REMOTE_ANYCONNECT));
#define SSL "Group <ssl> User <branch> IP <209.165.200.11> "
    assert_int_equal(remote_logged(l, 716001, SSL "WebVPN session started."), 1);
    assert_int_equal(remote_logged(l, 113039, SSL "AnyConnect parent session started."), 1);
    assert_int_equal(
        remote_logged(l, 722022, SSL "TCP SVC connection established without compression"), 1);
    assert_int_equal(remote_logged(l, 722051,
                                   SSL "IPv4 Address <10.224.228.10> IPv6 address <::> "
                                       "assigned to session"),
                     1);
    remote_type(l, "vpn-sessiondb logoff ipaddress 209.165.200.11 noconfirm", &out);
    remote_run(l, 1);
    assert_int_equal(remote_logged(l, 722037, SSL "SVC closing connection: Administrator Reset."),
                     1);
    assert_int_equal(
        remote_logged(l, 722023, SSL "TCP SVC connection terminated without compression"), 1);
    assert_int_equal(
        remote_logged(l, 716002, SSL "WebVPN session terminated: Administrator Reset."), 1);
    assert_int_equal(remote_logged(l, 113019,
                                   "Group = anyconnect, Username = branch, IP = "
                                   "209.165.200.11, Session disconnected. Session Type: "
                                   "SSL, "),
                     1);
    for (uint32_t id = 713000; id < 714000; id++)
        assert_int_equal(remote_logged(l, id, NULL), 0);
    assert_int_equal(remote_logged(l, 602303, NULL) + remote_logged(l, 602304, NULL), 0);
    buf_release(&out);
    done(l);
}

static const struct refusal {
    const char *what, *extra;
    enum remote_mode mode;
    const char *group, *password; /* NULL: the right one */
    uint32_t id;
    const char *text;
    enum ike_end end; /* as the client sees it */
} refusals[] = {
    {"nem_that_the_policy_does_not_allow", "group-policy hardware attributes\n nem disable\n",
     REMOTE_NEM, NULL, NULL, 713174,
     WHO "Hardware Client connection rejected! Network Extension Mode is not allowed for this "
         "group!",
     IKE_END_PEER_DELETE},
    {"nem_where_nothing_is_said_of_it", "group-policy hardware attributes\n no nem\n", REMOTE_NEM,
     NULL, NULL, 713174, "Network Extension Mode is not allowed", IKE_END_PEER_DELETE},
    {"wrong_password", NULL, REMOTE_NEM, NULL, "guess", 713167,
     WHO "Remote peer has failed user authentication - check configured username and password",
     IKE_END_USER},
    {"wrong_password_is_told_by_aaa", NULL, REMOTE_NEM, NULL, "guess", 113015,
     "AAA user authentication Rejected : reason = Invalid password : local database : user = "
     "branch",
     IKE_END_USER},
    {"ipsec_that_the_policy_does_not_allow",
     "group-policy hardware attributes\n vpn-tunnel-protocol svc\n", REMOTE_NEM, NULL, NULL, 713206,
     "Tunnel Rejected: Conflicting protocols specified by tunnel-group and group-policy",
     IKE_END_PEER_DELETE},
    {"no_pool", "no ip local pool clients\n", REMOTE_CLIENT_MODE, NULL, NULL, 713132,
     "Cannot obtain an IP address for remote peer", IKE_END_PEER_DELETE},
    {"unknown_group", NULL, REMOTE_NEM, "nobody", NULL, 713903, "Can't find a valid tunnel group",
     IKE_END_TIMEOUT},
    {"aggressive_mode_switched_off", "crypto isakmp am-disable\n", REMOTE_NEM, NULL, NULL, 713903,
     NULL, IKE_END_TIMEOUT},
    {"password_that_is_only_a_hash", "username branch password QzK8 encrypted\n", REMOTE_NEM, NULL,
     NULL, 713167, NULL, IKE_END_USER},
};

static void refused(void **state)
{
    const struct refusal *row = *state;
    struct remote_lab *l = make(row->extra);

    remote_client_init(l, 0, row->mode);
    if (row->group)
        l->client[0].ike.group = bytes_str(row->group);
    if (row->password)
        l->client[0].ike.password = bytes_str(row->password);
    remote_client_start(l, 0);
    remote_run(l, 40);
    assert_true(remote_logged(l, row->id, row->text) > 0);
    assert_int_equal(remote_logged(l, 713119, NULL), 0);
    assert_int_equal(remote_logged(l, 113019, NULL), 0);
    assert_int_equal(peer_children(l->client[0].peer), 0);
    assert_int_equal(l->client[0].downs, 1);
    assert_int_equal(l->client[0].end, row->end);
    done(l);
}

static void pool__gives_each_client_its_own_until_none_is_left(void **state)
{
    struct remote_lab *l = make("ip local pool clients 10.224.228.10-10.224.228.11\n");

    (void)state;
    assert_true(remote_client_up(l, 0, REMOTE_CLIENT_MODE));
    assert_true(remote_client_up(l, 1, REMOTE_CLIENT_MODE));
    assert_false(remote_client_up(l, 2, REMOTE_CLIENT_MODE));
    assert_int_equal(remote_logged(l, 713228, "Assigned private IP address 10.224.228.10 to"), 1);
    assert_int_equal(remote_logged(l, 713228, "Assigned private IP address 10.224.228.11 to"), 1);
    assert_int_equal(remote_logged(l, 713132, NULL), 1);
    assert_ok(peer_delete_phase1(l->client[0].peer));
    remote_run(l, 1);
    peer_free(l->client[2].peer);
    assert_true(remote_client_up(l, 2, REMOTE_CLIENT_MODE)); /* there is one again */
    assert_int_equal(remote_logged(l, 713228, "Assigned private IP address 10.224.228.10 to"), 2);
    done(l);
}

static void two_hardware_clients__have_tunnels_of_their_own(void **state)
{
    struct remote_lab *l = make(NULL);
    struct gateway_counters count;

    (void)state;
    assert_true(remote_client_up(l, 0, REMOTE_NEM));
    assert_true(remote_client_up(l, 1, REMOTE_NEM));
    for (int i = 0; i < 2; i++) {
        remote_syn(l, i, 1135);
        remote_answer(l, i, 1135);
        assert_int_equal(l->client[i].got, 1);
    }
    assert_ok(peer_delete_phase1(l->client[0].peer));
    remote_run(l, 1);
    gateway_counters(l->gw, &count);
    assert_int_equal(count.orphans, 1);
    assert_int_equal(remote_logged(l, 713147, "IP = 209.165.200.11, "), 1);
    assert_int_equal(remote_logged(l, 713147, "IP = 209.165.200.12, "), 0);
    done(l);
}

static void idle_session__ends_after_the_policys_minutes_and_a_busy_one_does_not(void **state)
{
    struct remote_lab *l =
        make("group-policy hardware attributes\n vpn-idle-timeout 5\n vpn-session-timeout none\n");

    (void)state;
    assert_true(remote_client_up(l, 0, REMOTE_NEM));
    for (uint16_t i = 0; i < 4; i++) {
        remote_syn(l, 0, (uint16_t)(2000 + i));
        remote_run(l, 200);
    }
    assert_int_equal(remote_logged(l, 113019, NULL), 0);
    remote_run(l, 300);
    assert_int_equal(remote_logged(l, 713050, "Reason: IPsec SA Idle Timeout  Remote Proxy"), 1);
    assert_int_equal(remote_logged(l, 113019, "Reason: Idle Timeout"), 1);
    done(l);
}

static void session__ends_when_its_time_is_over(void **state)
{
    struct remote_lab *l =
        make("group-policy hardware attributes\n vpn-idle-timeout none\n vpn-session-timeout 10\n");

    (void)state;
    assert_true(remote_client_up(l, 0, REMOTE_NEM));
    remote_run(l, 590);
    assert_int_equal(remote_logged(l, 113019, NULL), 0);
    remote_run(l, 70);
    assert_int_equal(remote_logged(l, 113019, "Reason: Max Time Exceeded"), 1);
    done(l);
}

static void without_a_policy_of_its_own__the_default_ones_half_hour_counts(void **state)
{
    struct remote_lab *l = make("group-policy DfltGrpPolicy attributes\n nem enable\n"
                                "tunnel-group hardware general-attributes\n"
                                " no default-group-policy\n");

    (void)state;
    assert_true(remote_client_up(l, 0, REMOTE_NEM));
    assert_int_equal(remote_logged(l, 113009, "(DfltGrpPolicy)"), 1);
    remote_run(l, 1700);
    assert_int_equal(remote_logged(l, 113019, NULL), 0);
    remote_run(l, 200);
    assert_int_equal(remote_logged(l, 113019, "Reason: Idle Timeout"), 1);
    done(l);
}

static void group_without_xauth__asks_for_no_user(void **state)
{
    struct remote_lab *l = make("tunnel-group hardware ipsec-attributes\n"
                                " isakmp ikev1-user-authentication none\n");

    (void)state;
    remote_client_init(l, 0, REMOTE_NEM);
    l->client[0].ike.xauth = false;
    remote_client_start(l, 0);
    remote_run(l, 1);
    assert_int_equal(peer_children(l->client[0].peer), 1);
    assert_int_equal(
        remote_logged(l, 713119, "Group = hardware, IP = 209.165.200.11, PHASE 1 COMPLETED"), 1);
    assert_int_equal(remote_logged(l, 113012, NULL), 0);
    done(l);
}

static void dead_client__is_noticed_by_keepalives(void **state)
{
    struct remote_lab *l = make(NULL);

    (void)state;
    assert_true(remote_client_up(l, 0, REMOTE_NEM));
    l->client[0].used = false; /* nothing reaches it any more */
    remote_run(l, 290);
    assert_int_equal(remote_logged(l, 713123, NULL), 0); /* 300 s for remote access */
    remote_run(l, 40);
    assert_int_equal(remote_logged(l, 713123, WHO "IKE lost contact with remote peer"), 1);
    assert_int_equal(remote_logged(l, 113019, "Reason: Lost Service"), 1);
    done(l);
}

int main(void)
{
    static const struct CMUnitTest single[] = {
        cmocka_unit_test(hardware_client_in_network_extension_mode__comes_up_with_its_logs),
        cmocka_unit_test(anyconnect__logs_its_own_and_nothing_of_ipsec),
        cmocka_unit_test(pool__gives_each_client_its_own_until_none_is_left),
        cmocka_unit_test(two_hardware_clients__have_tunnels_of_their_own),
        cmocka_unit_test(idle_session__ends_after_the_policys_minutes_and_a_busy_one_does_not),
        cmocka_unit_test(session__ends_when_its_time_is_over),
        cmocka_unit_test(without_a_policy_of_its_own__the_default_ones_half_hour_counts),
        cmocka_unit_test(group_without_xauth__asks_for_no_user),
        cmocka_unit_test(dead_client__is_noticed_by_keepalives),
    };
    struct CMUnitTest tests[COUNT(single) + COUNT(kinds) + COUNT(refusals)];
    size_t n = 0;

    for (size_t i = 0; i < COUNT(single); i++)
        tests[n++] = single[i];
    for (size_t i = 0; i < COUNT(kinds); i++)
        tests[n++] = (struct CMUnitTest){kinds[i].what, flows_and_the_kinds_of_tunnels, NULL, NULL,
                                         (void *)&kinds[i]};
    for (size_t i = 0; i < COUNT(refusals); i++)
        tests[n++] =
            (struct CMUnitTest){refusals[i].what, refused, NULL, NULL, (void *)&refusals[i]};
    return cmocka_run_group_tests_name("gateway/gateway_remote", tests, NULL, NULL);
}
