/* The texts of IKEv2's messages. Lines marked real are those of real devices, with other addresses;
 * the rest is Cisco's syslog manual in their form. */
#include "gateway/messages_ikev2.h"

#include "gateway/config_parts.h"
#include "gateway/messages.h"
#include "tests/testkit.h"

struct bed {
    struct gw_config *cfg;
    struct clock_virtual clk;
    struct gw_syslog *log;
};

static void init(struct bed *b)
{
    struct diag why = {0};

    b->cfg = gw_config_new();
    clock_virtual_init(&b->clk);
    assert_ok(
        gw_config_load(b->cfg, "test",
                       bytes_str("asa version 9.8(2)\n"
                                 "interface Ethernet0/0\n nameif inside\n security-level 100\n"
                                 " ip address 10.0.0.1 255.0.0.0\n"
                                 "logging enable\nlogging trap debugging\n"
                                 "logging host inside 10.0.0.2\n"),
                       NULL, &why));
    b->log = gw_syslog_new(b->cfg, &b->clk.clock, 0);
}

static void expect(struct bed *b, const char *want)
{
    struct gw_syslog_record r;

    assert_true(gw_syslog_next(b->log, &r));
    if (!bytes_eq(r.payload, bytes_str(want)))
        fail_msg("%s\n---\n%.*s", want, (int)r.payload.n, (const char *)r.payload.p);
}

static void release(struct bed *b)
{
    gw_syslog_free(b->log);
    gw_config_free(b->cfg);
}

#define AT "Local:2.2.2.2:500 Remote:1.1.1.1:500 Username:"

static void texts_are_those_of_the_device(void **state)
{
    const struct gw_msg_ikev2 unknown = {{ip4(0x02020202), 500}, {ip4(0x01010101), 500}, NULL};
    const struct gw_msg_ikev2 known = {{ip4(0x02020202), 500}, {ip4(0x01010101), 500}, "User1"};
    const struct gw_msg_ikev2 natt = {{ip4(0x02020202), 4500}, {ip4(0x01010101), 4500}, "admin"};
    const struct gw_msg_range local = {{ip4(0x0a010000), 23}, 0, 0};
    const struct gw_msg_range remote = {{ip4(0x0a020304), 32}, 6, 443};
    struct bed b;

    (void)state;
    init(&b);
    gw_msg_ikev2_aborted(b.log, &unknown,
                         "Failed to receive the AUTH msg before the timer expired"); /* real */
    expect(&b, "<164>%ASA-4-750003: " AT "Unknown IKEv2 Negotiation aborted due to ERROR: Failed "
               "to receive the AUTH msg before the timer expired");
    gw_msg_ikev2_aborted(b.log, &known, "There was no IPSEC policy found for received TS");
    expect(&b, "<164>%ASA-4-750003: " AT "User1 IKEv2 Negotiation aborted due to ERROR: There was "
               "no IPSEC policy found for received TS"); /* real */
    gw_msg_ikev2_up(b.log, &natt, "New Connection Established");
    expect(&b, "<165>%ASA-5-750006: Local:2.2.2.2:4500 Remote:1.1.1.1:4500 Username:admin IKEv2 SA "
               "UP. Reason: New Connection Established"); /* real */
    gw_msg_ikev2_init(b.log, &unknown);
    expect(&b, "<165>%ASA-5-750002: " AT "Unknown IKEv2 Received a IKE_INIT_SA request");
    gw_msg_ikev2_asked(b.log, &known, "rekey", &local, &remote);
    expect(&b, "<165>%ASA-5-750001: " AT "User1 IKEv2 Received request to rekey an IPsec tunnel; "
               "local traffic selector = Address Range: 10.1.0.0-10.1.1.255 Protocol: 0 Port "
               "Range: 0-65535; remote traffic selector = Address Range: 10.2.3.4-10.2.3.4 "
               "Protocol: 6 Port Range: 443-443");
    gw_msg_ikev2_cookie(b.log, &unknown);
    expect(&b, "<165>%ASA-5-750004: " AT "Unknown IKEv2 Sending COOKIE challenge to throttle "
               "possible DoS");
    gw_msg_ikev2_collision(b.log, &known, 0x1a2b);
    expect(&b, "<165>%ASA-5-750005: " AT "User1 IKEv2 IPsec rekey collision detected. I am lowest "
               "nonce initiator, deleting SA with inbound SPI 0x00001a2b");
    gw_msg_ikev2_down(b.log, &known, "peer request");
    expect(&b, "<165>%ASA-5-750007: " AT "User1 IKEv2 SA DOWN. Reason: peer request");
    gw_msg_ikev2_restarted(b.log, &known);
    expect(&b, "<164>%ASA-4-750014: " AT "User1 IKEv2 Session aborted. Reason: Initial Contact "
               "received for Local ID: 2.2.2.2, Remote ID: 1.1.1.1 from remote peer: 1.1.1.1:500 "
               "to 2.2.2.2:500");
    gw_msg_ikev2_no_group(b.log, &unknown);
    expect(&b, "<163>%ASA-3-751009: " AT "Unknown IKEv2 Unable to find tunnel group for peer.");
    gw_msg_ikev2_no_policy(b.log, &known, &local, &remote);
    expect(&b, "<163>%ASA-3-751022: " AT "User1 IKEv2 Tunnel rejected: Crypto Map Policy not found "
               "for remote traffic selector 10.2.3.4/10.2.3.4/443/443/6 local traffic selector "
               "10.1.0.0/10.1.1.255/0/65535/0!");
    release(&b);
}

static void the_tunnel_manager_has_both_versions(void **state)
{
    static const struct gw_msg_map m = {"map1", 5};
    struct bed b;

    (void)state;
    init(&b);
    gw_msg_tunnel_wanted(b.log, &m, 2, true);
    expect(&b, "<165>%ASA-5-752003: Tunnel Manager dispatching a KEY_ACQUIRE message to IKEv2. Map "
               "Tag = map1. Map Sequence Number = 5.");
    gw_msg_tunnel_failed(b.log, &m, 2, false);
    expect(&b, "<164>%ASA-4-752012: IKEv2 was unsuccessful at setting up a tunnel. Map Tag = map1. "
               "Map Sequence Number = 5.");
    gw_msg_tunnel_made(b.log, &m, 2);
    expect(&b, "<165>%ASA-5-752016: IKEv2 was successful at setting up a tunnel. Map Tag = map1. "
               "Map Sequence Number = 5.");
    release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_those_of_the_device),
        cmocka_unit_test(the_tunnel_manager_has_both_versions),
    };
    return cmocka_run_group_tests_name("gateway/messages_ikev2", tests, NULL, NULL);
}
