#include "gateway/vpn_plan.h"

#include "base/mem.h"
#include "tests/testkit.h"

struct lab {
    struct gw_config *c;
    struct vpn v;
    struct ip_addr local;
};

static void type(struct lab *l, const char *lines)
{
    struct diag why = {0};

    if (gw_config_load(l->c, "test", bytes_str(lines), NULL, &why))
        fail_msg("%s", why.text);
}

static void plan(struct lab *l)
{
    vpn_plan_free(l->v.plan);
    l->v.plan = vpn_plan_new(&l->v, l->c, &l->local);
}

#define PEER_A "209.165.200.10"
#define PEER_B "209.165.200.11"

static void init(struct lab *l)
{
    *l = (struct lab){.c = gw_config_new(), .local = ip4(0xd1a5c902)};
    map_init(&l->v.numbers);
    type(l, "interface Ethernet0/0\n nameif outside\n ip address 209.165.201.2 255.255.255.248\n"
            "access-list 100 permit ip 10.1.0.0 255.255.0.0 any\n"
            "crypto ipsec transform-set A esp-aes esp-sha-hmac\n"
            "crypto ipsec transform-set B esp-3des esp-md5-hmac\n"
            "crypto map m 5 match address 100\n"
            "crypto map m 5 set peer " PEER_A "\n"
            "crypto map m 5 set transform-set B A\n"
            "crypto map m interface outside\n"
            "crypto isakmp enable outside\n"
            "crypto isakmp policy 20\n authentication pre-share\n encryption aes\n hash md5\n"
            " group 5\n lifetime 0\n"
            "crypto isakmp policy 10\n authentication pre-share\n encryption 3des\n hash sha\n"
            " group 2\n lifetime 1000\n"
            "tunnel-group " PEER_A " type ipsec-l2l\n"
            "tunnel-group " PEER_A " ipsec-attributes\n pre-shared-key k1\n"
            "tunnel-group " PEER_B " type ipsec-l2l\n"
            "tunnel-group " PEER_B " ipsec-attributes\n pre-shared-key k2\n"
            " isakmp keepalive threshold 20 retry 3\n");
    plan(l);
}

static void release(struct lab *l)
{
    vpn_plan_free(l->v.plan);
    for (size_t i = 0; i < l->v.npolicies; i++)
        mem_free(l->v.policies[i]);
    mem_free(l->v.policies);
    map_release(&l->v.numbers);
    gw_config_free(l->c);
}

static uint32_t match(struct lab *l, const char *src, const char *dst)
{
    struct gw_flow_key key = {.proto = 6, .sport = 1000, .dport = 80, .icmp_type = -1};

    assert_ok(ip_addr_parse(src, &key.src));
    assert_ok(ip_addr_parse(dst, &key.dst));
    return vpn_plan_match(&l->v, &key);
}

static void proposals_are_in_order_of_priority(void **state)
{
    const struct ike_peer_config *peer;
    struct lab l;

    (void)state;
    init(&l);
    assert_int_equal(l.v.plan->ike.npeers, 1);
    peer = &l.v.plan->ike.peers[0];
    assert_int_equal(peer->nsuites, 2);
    assert_int_equal(peer->suites[0].cipher, CIPHER_3DES_CBC);
    assert_int_equal(peer->suites[0].lifetime_s, 1000);
    assert_int_equal(peer->suites[1].group, 5);
    assert_int_equal(peer->suites[1].lifetime_s, 0);
    assert_true(bytes_eq(peer->psk, bytes_str("k1")));
    assert_true(peer->dpd.enabled);
    assert_int_equal(peer->dpd.threshold.ns, SPAN_S(10).ns);
    assert_int_equal(peer->dpd.retry.ns, SPAN_S(2).ns);
    assert_int_equal(peer->dpd.tries, 3);
    assert_false(peer->never_initiates);
    release(&l);
}

static void peers_of_ikev1_are_told_of_fragments_unless_the_model_is_without(void **state)
{
    struct lab l;

    (void)state;
    init(&l);
    assert_int_equal(l.v.plan->ike.peers[0].fragment_mtu, VPN_IKEV1_FRAGMENT_MTU);
    l.v.whole_ikev1 = true;
    plan(&l);
    assert_int_equal(l.v.plan->ike.peers[0].fragment_mtu, 0);
    release(&l);
}

static void an_entry_is_a_policy_with_its_transform_sets(void **state)
{
    const struct ike_policy *p;
    struct lab l;

    (void)state;
    init(&l);
    assert_int_equal(l.v.plan->ike.npolicies, 1);
    p = &l.v.plan->ike.policies[0];
    assert_int_equal(p->nsuites, 2);
    assert_int_equal(p->suites[0].cipher, CIPHER_3DES_CBC);
    assert_int_equal(p->suites[1].cipher, CIPHER_AES128_CBC);
    assert_int_equal(p->suites[0].lifetime_s, 28800);
    assert_int_equal(p->suites[0].lifetime_kb, 4608000);
    assert_int_equal(p->selector.local.prefix, 16);
    assert_int_equal(p->selector.remote.prefix, 0);
    type(&l, "crypto map m 5 set security-association lifetime seconds 120\n"
             "crypto map m 5 set pfs group5\n"
             "crypto ipsec security-association lifetime kilobytes 100\n");
    plan(&l);
    p = &l.v.plan->ike.policies[0];
    assert_int_equal(p->suites[0].lifetime_s, 120);
    assert_int_equal(p->suites[0].lifetime_kb, 100);
    assert_int_equal(p->suites[0].pfs_group, 5);
    release(&l);
}

static void what_no_entry_permits_goes_in_clear(void **state)
{
    struct lab l;

    (void)state;
    init(&l);
    assert_int_equal(match(&l, "10.1.2.3", "1.2.3.4"), 0);
    assert_int_equal(match(&l, "10.2.2.3", "1.2.3.4"), VPN_NONE);
    release(&l);
}

static void a_deny_leaves_the_packet_to_the_next_entry(void **state)
{
    struct lab l;
    uint32_t number;

    (void)state;
    init(&l);
    type(&l, "access-list 99 deny ip any host 1.1.1.1\n"
             "access-list 99 permit ip 10.1.0.0 255.255.0.0 1.0.0.0 255.0.0.0\n"
             "crypto map m 3 match address 99\n"
             "crypto map m 3 set peer " PEER_B "\n"
             "crypto map m 3 set transform-set A\n");
    plan(&l);
    assert_int_equal(match(&l, "10.1.2.3", "1.1.1.1"), 0);
    number = match(&l, "10.1.2.3", "1.2.3.4");
    assert_int_equal(number, 1);
    assert_int_equal(l.v.policies[number]->seq, 3);
    assert_int_equal(l.v.plan->ike.npeers, 2);
    release(&l);
}

static void numbers_outlive_changes_of_the_configuration(void **state)
{
    struct lab l;

    (void)state;
    init(&l);
    type(&l, "access-list 100 line 1 extended permit ip 10.9.0.0 255.255.0.0 any\n");
    plan(&l);
    assert_int_equal(match(&l, "10.1.2.3", "1.2.3.4"), 0);
    assert_int_equal(match(&l, "10.9.2.3", "1.2.3.4"), 1);
    type(&l, "no crypto map m 5 match address 100\n");
    plan(&l);
    assert_false(l.v.policies[0]->configured);
    assert_int_equal(match(&l, "10.1.2.3", "1.2.3.4"), VPN_NONE);
    type(&l, "crypto map m 5 match address 100\n");
    plan(&l);
    assert_true(l.v.policies[0]->configured);
    assert_int_equal(match(&l, "10.1.2.3", "1.2.3.4"), 0);
    release(&l);
}

static void what_cannot_be_negotiated_is_blocked_and_not_sent_in_clear(void **state)
{
    struct lab l;

    (void)state;
    init(&l);
    type(&l, "access-list 100 permit tcp 10.3.0.0 255.255.0.0 any range 70 90\n");
    plan(&l);
    assert_int_equal(match(&l, "10.3.2.3", "1.2.3.4"), VPN_BLOCKED);
    type(&l, "no tunnel-group " PEER_A "\n");
    plan(&l);
    assert_int_equal(match(&l, "10.1.2.3", "1.2.3.4"), VPN_BLOCKED);
    release(&l);
}

static void of_two_peers_the_one_with_a_tunnel_is_used(void **state)
{
    struct lab l;
    uint32_t first, second;

    (void)state;
    init(&l);
    type(&l, "crypto map m 5 set peer " PEER_B "\n");
    plan(&l);
    first = match(&l, "10.1.2.3", "1.2.3.4");
    vpn_plan_next_peer(&l.v, l.v.policies[first]);
    second = match(&l, "10.1.2.3", "1.2.3.4");
    assert_int_not_equal(first, second);
    assert_false(ip_addr_eq(&l.v.policies[first]->peer, &l.v.policies[second]->peer));
    l.v.policies[first]->up = true;
    assert_int_equal(match(&l, "10.1.2.3", "1.2.3.4"), first);
    release(&l);
}

static void a_peer_of_answer_only_entries_is_never_called(void **state)
{
    struct lab l;

    (void)state;
    init(&l);
    type(&l, "crypto map m 5 set connection-type answer-only\n");
    plan(&l);
    assert_true(l.v.plan->ike.peers[0].never_initiates);
    assert_false(l.v.policies[0]->may_begin);
    release(&l);
}

static void dynamic_map__stands_behind_the_others_and_each_client_has_a_part_of_it(void **state)
{
    struct lab l;
    struct ip_addr client = ip4(0xc0000201), other = ip4(0xc0000202);
    struct ike_selector sel = {.local = {ip4(0), 0}, .remote = {ip4(0x0a630000), 16}};
    struct gw_flow_key key = {.src = ip4(0x0a020001), .dst = ip4(0x0a630001), .icmp_type = -1};

    (void)state;
    init(&l);
    type(&l, "crypto dynamic-map d 1 set transform-set A\n"
             "crypto map m 65535 ipsec-isakmp dynamic d\n"
             "tunnel-group hw type remote-access\n"
             "tunnel-group hw ipsec-attributes\n pre-shared-key k3\n"
             "tunnel-group sw type remote-access\n"
             "tunnel-group sw ipsec-attributes\n pre-shared-key k4\n"
             " isakmp ikev1-user-authentication none\n"
             "crypto isakmp am-disable\n");
    plan(&l);
    const struct ike_config *ike = &l.v.plan->ike;
    assert_true(ike->no_aggressive);
    assert_int_equal(ike->npeers, 3);
    assert_int_equal(ike->peers[1].address.family, 0);
    assert_true(bytes_eq(ike->peers[1].group, bytes_str("hw")) && ike->peers[1].xauth);
    assert_int_equal(ike->peers[1].fragment_mtu, VPN_IKEV1_FRAGMENT_MTU);
    assert_true(bytes_eq(ike->peers[2].group, bytes_str("sw")) && !ike->peers[2].xauth);
    assert_true(ike->peers[2].aggressive && ike->peers[2].never_initiates);
    assert_int_equal(ike->npolicies, 3);
    uint32_t hw = ike->policies[1].id, sw = ike->policies[2].id;
    assert_true(hw != sw);
    uint32_t part = vpn_policy_for(&l.v, hw, &client, &sel);
    assert_true(part != hw && part == vpn_policy_for(&l.v, hw, &client, &sel));
    assert_true(part != vpn_policy_for(&l.v, hw, &other, &sel));
    assert_int_equal(vpn_plan_match(&l.v, &key), VPN_NONE);
    l.v.policies[part]->up = true;
    assert_int_equal(vpn_plan_match(&l.v, &key), part);
    key.src = ip4(0x0a010001); /* the static entry is for this one, whatever the client has */
    assert_int_not_equal(vpn_plan_match(&l.v, &key), part);
    plan(&l); /* the same numbers again */
    assert_int_equal(l.v.plan->ike.policies[1].id, hw);
    release(&l);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(proposals_are_in_order_of_priority),
        cmocka_unit_test(peers_of_ikev1_are_told_of_fragments_unless_the_model_is_without),
        cmocka_unit_test(an_entry_is_a_policy_with_its_transform_sets),
        cmocka_unit_test(what_no_entry_permits_goes_in_clear),
        cmocka_unit_test(a_deny_leaves_the_packet_to_the_next_entry),
        cmocka_unit_test(numbers_outlive_changes_of_the_configuration),
        cmocka_unit_test(what_cannot_be_negotiated_is_blocked_and_not_sent_in_clear),
        cmocka_unit_test(of_two_peers_the_one_with_a_tunnel_is_used),
        cmocka_unit_test(a_peer_of_answer_only_entries_is_never_called),
        cmocka_unit_test(dynamic_map__stands_behind_the_others_and_each_client_has_a_part_of_it),
    };

    return cmocka_run_group_tests_name("gateway/vpn_plan", tests, NULL, NULL);
}
