/* Whole lines as real devices print them; and our own log parser reads every one to its end. */
#include "gateway/messages.h"

#include "gateway/config_parts.h"
#include "tests/testkit.h"
#include "wire/asa_log.h"
#include "wire/ip.h"
#include "wire/tcp.h"

static struct gw_config *cfg;
static struct gw_syslog *logger;
static struct clock_virtual clk;

static int setup(void **state)
{
    (void)state;
    cfg = gw_config_new();
    cfg->logging.enable = true;
    cfg->logging.to[GW_LOG_TO_TRAP].level = 7;
    struct gw_log_host *h =
        gw_list_add((void **)&cfg->logging.hosts, &cfg->logging.nhosts, sizeof(*h));
    h->addr = ip4(0x0ae00e14);
    clock_virtual_init(&clk);
    logger = gw_syslog_new(cfg, &clk.clock, 0);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    gw_syslog_free(logger);
    gw_config_free(cfg);
    return 0;
}

static void expect(const char *want)
{
    struct gw_syslog_record r;
    struct asa_log l;

    if (!gw_syslog_next(logger, &r))
        fail_msg("nothing was logged; expected %s", want);
    if (!bytes_eq(r.payload, bytes_str(want)))
        fail_msg("\ngot      %.*s\nexpected %s", (int)r.payload.n, (const char *)r.payload.p, want);
    assert_ok(asa_log_parse(r.payload, &l));
    assert_true(l.complete);
}

static struct gw_msg_side side(const char *nameif, int level, uint32_t addr, uint16_t port)
{
    return (struct gw_msg_side){nameif, level, ip4(addr), ip4(addr), port, port};
}

static struct gw_msg_conn conn(uint8_t proto, bool inbound)
{
    struct gw_msg_side inside = side("inside", 100, 0x0a000064, 1135);
    struct gw_msg_side outside = side("outside", 0, 0xc0000209, 80);

    return (struct gw_msg_conn){.id = 57983,
                                .proto = proto,
                                .initiator = inbound ? outside : inside,
                                .responder = inbound ? inside : outside,
                                .icmp_type = -1};
}

static void connections_are_built(void **state)
{
    struct gw_msg_conn c = conn(IP_TCP, false);

    (void)state;
    gw_msg_built(logger, &c);
    expect("<166>%ASA-6-302013: Built outbound TCP connection 57983 for outside:192.0.2.9/80 "
           "(192.0.2.9/80) to inside:10.0.0.100/1135 (10.0.0.100/1135)");
    c = conn(IP_TCP, true);
    c.responder.mapped = ip4(0xc6336405);
    c.responder.mapped_port = 8080;
    gw_msg_built(logger, &c);
    expect("<166>%ASA-6-302013: Built inbound TCP connection 57983 for outside:192.0.2.9/80 "
           "(192.0.2.9/80) to inside:10.0.0.100/1135 (198.51.100.5/8080)");
    c = conn(IP_UDP, false);
    gw_msg_built(logger, &c);
    expect("<166>%ASA-6-302015: Built outbound UDP connection 57983 for outside:192.0.2.9/80 "
           "(192.0.2.9/80) to inside:10.0.0.100/1135 (10.0.0.100/1135)");
    c = conn(IP_TCP, false);
    c.initiator = side("a", 50, 0x0a000001, 1);
    c.responder = side("b", 50, 0x0a000002, 2); /* equal levels: the initiator first */
    gw_msg_built(logger, &c);
    expect("<166>%ASA-6-302013: Built inbound TCP connection 57983 for a:10.0.0.1/1 (10.0.0.1/1) "
           "to b:10.0.0.2/2 (10.0.0.2/2)");
}

/* Real pairs: "faddr 8.8.8.8/0 gaddr 98.1.33.5/4651 laddr 172.18.99.51/4651" (outbound), "faddr
 * 10.137.200.251/18425 gaddr 10.137.10.1/0 laddr 10.137.10.10/0" (inbound). */
static void icmp_prints_the_identifier_on_the_side_that_began(void **state)
{
    struct gw_msg_conn c = conn(IP_ICMP, false);

    (void)state;
    c.initiator.port = c.initiator.mapped_port = c.responder.port = 4651;
    c.icmp_type = 8;
    gw_msg_built(logger, &c);
    expect("<166>%ASA-6-302020: Built outbound ICMP connection for faddr 192.0.2.9/0 gaddr "
           "10.0.0.100/4651 laddr 10.0.0.100/4651 type 8 code 0");
    gw_msg_teardown(logger, &c, SPAN_S(2), 0, GW_REASON_UNKNOWN);
    expect("<166>%ASA-6-302021: Teardown ICMP connection for faddr 192.0.2.9/0 gaddr "
           "10.0.0.100/4651 laddr 10.0.0.100/4651 type 8 code 0");
    c = conn(IP_ICMP, true);
    c.initiator.port = 18425;
    gw_msg_built(logger, &c);
    expect("<166>%ASA-6-302020: Built inbound ICMP connection for faddr 192.0.2.9/18425 gaddr "
           "10.0.0.100/0 laddr 10.0.0.100/0");
}

static void connections_are_torn_down(void **state)
{
    struct gw_msg_conn c = conn(IP_TCP, false);
    struct asa_log l;
    struct gw_syslog_record r;

    (void)state;
    /* the note's own message, with a blank behind the number as devices print it */
    gw_msg_teardown(logger, &c, SPAN_MS(36999), 53947, GW_REASON_TUNNEL_DOWN);
    expect("<166>%ASA-6-302014: Teardown TCP connection 57983 for outside:192.0.2.9/80 to "
           "inside:10.0.0.100/1135 duration 0:00:36 bytes 53947 Tunnel has been torn down");
    gw_msg_teardown(logger, &c, SPAN_S(92 * 3600 + 24 * 60 + 20), UINT64_MAX, GW_REASON_TCP_FINS);
    expect("<166>%ASA-6-302014: Teardown TCP connection 57983 for outside:192.0.2.9/80 to "
           "inside:10.0.0.100/1135 duration 92:24:20 bytes 18446744073709551615 TCP FINs");
    c = conn(IP_UDP, true);
    gw_msg_teardown(logger, &c, SPAN_S(121), 390, GW_REASON_TUNNEL_DOWN);
    expect("<166>%ASA-6-302016: Teardown UDP connection 57983 for outside:192.0.2.9/80 to "
           "inside:10.0.0.100/1135 duration 0:02:01 bytes 390");
    c = conn(IP_TCP, false);
    static const enum asa_reason classes[GW_REASON_COUNT] = {
        [GW_REASON_TUNNEL_DOWN] = ASA_REASON_TUNNEL,
        [GW_REASON_CONN_TIMEOUT] = ASA_REASON_IDLE,
        [GW_REASON_CONNECTION_TIMEOUT] = ASA_REASON_IDLE,
        [GW_REASON_TIMED_OUT_RESET] = ASA_REASON_IDLE,
        [GW_REASON_FIN_TIMEOUT] = ASA_REASON_FIN_TIMEOUT,
        [GW_REASON_SYN_TIMEOUT] = ASA_REASON_SYN_TIMEOUT,
        [GW_REASON_TCP_FINS] = ASA_REASON_FIN,
        [GW_REASON_RESET_I] = ASA_REASON_RESET_I,
        [GW_REASON_RESET_O] = ASA_REASON_RESET_O,
        [GW_REASON_RESET_APPLIANCE] = ASA_REASON_RESET_APPLIANCE,
        [GW_REASON_RECLASSIFY_FAILED] = ASA_REASON_RECLASSIFY,
    };
    for (unsigned i = 0; i < GW_REASON_COUNT; i++) {
        gw_msg_teardown(logger, &c, SPAN_S(1), 0, (enum gw_reason)i);
        assert_true(gw_syslog_next(logger, &r));
        assert_ok(asa_log_parse(r.payload, &l));
        assert_true(bytes_eq(l.reason, bytes_str(gw_reason_text((enum gw_reason)i))));
        assert_int_equal(l.reason_class, classes[i] ? classes[i] : ASA_REASON_OTHER);
    }
}

static void packets_are_denied(void **state)
{
    struct gw_msg_packet p = {.proto = IP_TCP,
                              .src = ip4(0x54b0422d),
                              .dst = ip4(0x62012133),
                              .sport = 1215,
                              .dport = 443,
                              .tcp_flags = TCP_ACK};

    (void)state;
    gw_msg_no_connection(logger, &p, "outside");
    expect("<166>%ASA-6-106015: Deny TCP (no connection) from 84.176.66.45/1215 to 98.1.33.51/443 "
           "flags ACK  on interface outside");
    p.tcp_flags = TCP_FIN | TCP_PSH | TCP_ACK;
    gw_msg_inbound_denied(logger, &p, "outside");
    expect("<162>%ASA-2-106001: Inbound TCP connection denied from 84.176.66.45/1215 to "
           "98.1.33.51/443 flags FIN PSH ACK  on interface outside");
    p.tcp_flags = TCP_SYN | TCP_RST | TCP_URG;
    gw_msg_no_connection(logger, &p, "inside");
    expect("<166>%ASA-6-106015: Deny TCP (no connection) from 84.176.66.45/1215 to 98.1.33.51/443 "
           "flags SYN RST URG  on interface inside");
    gw_msg_acl_denied(logger, &p, "outside", "inside", "inbound");
    expect("<164>%ASA-4-106023: Deny tcp src outside:84.176.66.45/1215 dst inside:98.1.33.51/443 "
           "by access-group \"inbound\" [0x0, 0x0]");
    p.proto = IP_ICMP;
    p.icmp_type = 11;
    gw_msg_acl_denied(logger, &p, "Inside", "Outside", "Inside_access_in");
    expect("<164>%ASA-4-106023: Deny icmp src Inside:84.176.66.45 dst Outside:98.1.33.51 (type 11, "
           "code 0) by access-group \"Inside_access_in\" [0x0, 0x0]");
    gw_msg_not_ipsec(logger, &p);
    expect("<164>%ASA-4-402117: IPSEC: Received a non-IPSec packet (protocol= ICMP) from "
           "84.176.66.45 to 98.1.33.51.");
    p.proto = IP_GRE;
    gw_msg_acl_denied(logger, &p, "outside", "inside", "in");
    expect("<164>%ASA-4-106023: Deny protocol 47 src outside:84.176.66.45 dst inside:98.1.33.51 by "
           "access-group \"in\" [0x0, 0x0]");
    p.proto = IP_TCP;
    gw_msg_no_route(logger, &p, "outside", "inside");
    expect("<166>%ASA-6-110003: Routing failed to locate next hop for TCP from "
           "outside:84.176.66.45/1215 to inside:98.1.33.51/443");
}

#define BO 0xb9a0fc04u /* 185.160.252.4 */
#define HO 0x2e25bc18u /* 46.37.188.24 */

static void headers_cannot_be(void **state)
{
    struct gw_msg_packet p = {.proto = IP_TCP,
                              .src = ip4(0x7b92b7e7),
                              .dst = ip4(0x74067f76),
                              .sport = 34160,
                              .dport = 443};

    (void)state;
    gw_msg_bad_tcp_header(logger, &p, 4, 74, "outside"); /* a real line */
    expect("<165>%ASA-5-500003: Bad TCP hdr length (hdrlen=4, pktlen=74) from "
           "123.146.183.231/34160 to 116.6.127.118/443, flags: INVALID, on interface outside");
    p.dport = 0;
    gw_msg_bad_port(logger, &p);
    expect("<164>%ASA-4-500004: Invalid transport field for protocol=TCP, from "
           "123.146.183.231/34160 to 116.6.127.118/0");
    gw_msg_not_esp(logger, &p.src, &p.dst, "AH");
    expect("<164>%ASA-4-402115: IPSEC: Received a packet from 123.146.183.231 to 116.6.127.118 "
           "containing AH data instead of ESP data.");
}

static void sas_come_and_go(void **state)
{
    struct gw_msg_sa sa = {false, 0xce8c73ac, ip4(BO), ip4(HO), false, NULL};

    (void)state;
    gw_msg_sa_created(logger, &sa);
    expect("<166>%ASA-6-602303: IPSEC: An outbound LAN-to-LAN SA (SPI= 0xCE8C73AC) between "
           "185.160.252.4 and 46.37.188.24 (user= 46.37.188.24) has been created.");
    sa.inbound = true;
    gw_msg_sa_deleted(logger, &sa);
    expect("<166>%ASA-6-602304: IPSEC: An inbound LAN-to-LAN SA (SPI= 0xCE8C73AC) between "
           "185.160.252.4 and 46.37.188.24 (user= 46.37.188.24) has been deleted.");
    gw_msg_sa_rekey_data(logger, &sa);
    expect("<167>%ASA-7-702307: IPSEC: An inbound LAN-to-LAN SA (SPI= 0xCE8C73AC) between "
           "185.160.252.4 and 46.37.188.24 (user= 46.37.188.24) is rekeying due to data rollover.");
    gw_msg_sa_seq_rollover(logger, &sa);
    expect("<163>%ASA-3-702305: IPSEC: An inbound LAN-to-LAN SA (SPI= 0xCE8C73AC) between "
           "185.160.252.4 and 46.37.188.24 (user= 46.37.188.24) is rekeying due to sequence number "
           "rollover.");
}

static void esp_packets_are_dropped(void **state)
{
    struct gw_msg_esp e = {0x0c190bf9, 0x598243, ip4(HO), ip4(BO)};
    struct gw_msg_packet inner = {.proto = IP_TCP, .src = ip4(0x0a020202), .dst = ip4(0x0a010101)};
    struct ip_net local = {ip4(0x0ae0e400), 25}, remote = {ip4(0), 0};

    (void)state;
    gw_msg_esp_bad_spi(logger, &e);
    expect("<164>%ASA-4-402114: IPSEC: Received an ESP packet (SPI= 0x0C190BF9, sequence number= "
           "0x598243) from 46.37.188.24 to 185.160.252.4 with an invalid SPI.");
    gw_msg_esp_replayed(logger, &e);
    expect("<164>%ASA-4-402119: IPSEC: Received an ESP packet (SPI= 0x0C190BF9, sequence number= "
           "0x598243) from 46.37.188.24 (user= 46.37.188.24) to 185.160.252.4 that failed "
           "anti-replay checking.");
    gw_msg_esp_bad_icv(logger, &e);
    expect("<164>%ASA-4-402120: IPSEC: Received an ESP packet (SPI= 0x0C190BF9, sequence number= "
           "0x598243) from 46.37.188.24 (user= 46.37.188.24) to 185.160.252.4 that failed "
           "authentication.");
    gw_msg_esp_bad_inner(logger, &e, &inner, &local, &remote);
    expect("<164>%ASA-4-402116: IPSEC: Received an ESP packet (SPI= 0x0C190BF9, sequence number= "
           "0x598243) from 46.37.188.24 (user= 46.37.188.24) to 185.160.252.4.  The decapsulated "
           "inner packet doesn't match the negotiated policy in the SA.  The packet specifies its "
           "destination as 10.1.1.1, its source as 10.2.2.2, and its protocol as 6.  The SA "
           "specifies its local proxy as 10.224.228.0/255.255.255.128/0/0 and its remote_proxy as "
           "0.0.0.0/0.0.0.0/0/0.");
}

#define G "Group = 46.37.188.24, IP = 46.37.188.24, "

static void tunnels_are_negotiated(void **state)
{
    struct gw_msg_ike k = {"46.37.188.24", ip4(HO), NULL}, unknown = {NULL, ip4(HO), NULL};
    struct ip_addr local = ip4(0x0ae0e400), remote = ip4(0);
    struct ip_net all = {ip4(0), 0};

    (void)state;
    gw_msg_ike_initiating(logger, &unknown, 1, false, "outside", &local, &remote, "map1");
    expect("<165>%ASA-5-713041: IP = 46.37.188.24, IKE Initiator: New Phase 1, Intf outside, IKE "
           "Peer 46.37.188.24  local Proxy Address 10.224.228.0, remote Proxy Address 0.0.0.0,  "
           "Crypto map (map1)");
    gw_msg_ike_initiating(logger, &unknown, 1, true, "outside", NULL, NULL, NULL);
    expect("<165>%ASA-5-713041: IP = 46.37.188.24, IKE Initiator: Rekeying Phase 1, Intf outside, "
           "IKE Peer 46.37.188.24  local Proxy Address N/A, remote Proxy Address N/A,  Crypto map "
           "(N/A)");
    gw_msg_phase1_done(logger, &k);
    expect("<165>%ASA-5-713119: " G "PHASE 1 COMPLETED");
    gw_msg_phase2_spis(logger, &k, false, 0x2b4a1133, 0xce8c73ac);
    expect("<165>%ASA-5-713049: " G "Security negotiation complete for LAN-to-LAN Group "
           "(46.37.188.24)  Responder, Inbound SPI = 0x2b4a1133, Outbound SPI = 0xce8c73ac");
    gw_msg_phase2_done(logger, &k, 0x033c8971);
    expect("<165>%ASA-5-713120: " G "PHASE 2 COMPLETED (msgid=033c8971)");
    gw_msg_no_crypto_map(logger, &k, &all, &all, 0, 0, "OUTSIDE");
    expect("<163>%ASA-3-713061: " G "Rejecting IPSec tunnel: no matching crypto map entry for "
           "remote proxy 0.0.0.0/0.0.0.0/0/0 local proxy 0.0.0.0/0.0.0.0/0/0 on interface OUTSIDE");
    gw_msg_duplicate_packet(logger, &unknown, 0);
    expect("<165>%ASA-5-713202: IP = 46.37.188.24, Duplicate first packet detected.  Ignoring "
           "packet.");
    gw_msg_duplicate_packet(logger, &k, 2);
    expect("<165>%ASA-5-713201: " G "Duplicate Phase 2 packet detected.  Retransmitting last "
           "packet.");
    gw_msg_lifetime_changed(logger, &k, true, 2, 0, 28800);
    expect("<165>%ASA-5-713075: " G "Overriding Initiator's IPSec rekeying duration from 0 to "
           "28800 seconds");
    gw_msg_lifetime_changed(logger, &k, false, 1, 86400, 3600);
    expect("<165>%ASA-5-713073: " G "Responder forcing change of IKE rekeying duration from 86400 "
           "to 3600 seconds");
    gw_msg_volume_changed(logger, &k, true, 0, 4608000); /* a real line */
    expect("<165>%ASA-5-713076: " G "Overriding Initiator's IPSec rekeying duration from 0 to "
           "4608000 Kbs");
    gw_msg_volume_changed(logger, &k, false, 4608000, 100);
    expect("<165>%ASA-5-713074: " G "Responder forcing change of IPSec rekeying duration from "
           "4608000 to 100 Kbs");
    gw_msg_notify(logger, &k, "RESPONDER_LIFETIME", 24576);
    expect("<165>%ASA-5-713068: " G "Received non-routine Notify message: RESPONDER_LIFETIME "
           "(24576)");
}

/* From 8.4 on; older releases have no tunnel manager. */
static void the_tunnel_manager_speaks(void **state)
{
    static const struct gw_msg_map map = {"map1", 5};

    (void)state;
    gw_msg_tunnel_wanted(logger, &map, 1, false);
    gw_msg_tunnel_made(logger, &map, 1);
    gw_msg_tunnel_failed(logger, &map, 1, true);
    assert_false(gw_syslog_waiting(logger));
    gw_config_set_version(cfg, GW_PLATFORM_ASA, "8.4(2)");
    gw_msg_tunnel_wanted(logger, &map, 1, false);
    expect("<165>%ASA-5-752004: Tunnel Manager dispatching a KEY_ACQUIRE message to IKEv1. Map Tag "
           "= map1. Map Sequence Number = 5.");
    expect("<164>%ASA-4-752010: IKEv2 Doesn't have a proposal specified");
    gw_msg_tunnel_made(logger, &map, 1);
    expect("<165>%ASA-5-752016: IKEv1 was successful at setting up a tunnel. Map Tag = map1. Map "
           "Sequence Number = 5.");
    gw_msg_tunnel_failed(logger, &map, 1, true);
    expect("<164>%ASA-4-752012: IKEv1 was unsuccessful at setting up a tunnel. Map Tag = map1. Map "
           "Sequence Number = 5.");
    expect(
        "<163>%ASA-3-752015: Tunnel Manager has failed to establish an L2L SA. All configured IKE "
        "versions failed to establish the tunnel. Map Tag= map1. Map Sequence Number = 5.");
}

/* The same message by release: 8.0 to today. */
static void forms_follow_the_release(void **state)
{
    static const struct {
        const char *version, *fins, *denied;
    } rows[] = {
        {"7.2(4)", "TCP FINs", "by access-group \"a\""},
        {"8.2(1)", "TCP FINs", "by access-group \"a\" [0x0, 0x0]"},
        {"9.8(4)", "TCP FINs", "by access-group \"a\" [0x0, 0x0]"},
        {"9.16(4)", "TCP FINs from inside", "by access-group \"a\" [0x0, 0x0]"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct gw_msg_conn c = conn(IP_TCP, false);
        struct gw_msg_packet p = {.proto = IP_TCP,
                                  .src = ip4(0xc0000209),
                                  .dst = ip4(0x0a000064),
                                  .sport = 1,
                                  .dport = 2};
        struct buf want = BUF_INIT;
        gw_config_set_version(cfg, GW_PLATFORM_ASA, rows[i].version);
        c.ended_by = "inside";
        gw_msg_teardown(logger, &c, SPAN_S(1), 7, GW_REASON_TCP_FINS);
        buf_addf(&want,
                 "<166>%%ASA-6-302014: Teardown TCP connection 57983 for outside:192.0.2.9/80 to "
                 "inside:10.0.0.100/1135 duration 0:00:01 bytes 7 %s",
                 rows[i].fins);
        expect(buf_str(&want));
        gw_msg_acl_denied(logger, &p, "outside", "inside", "a");
        buf_clear(&want);
        buf_addf(&want,
                 "<164>%%ASA-4-106023: Deny tcp src outside:192.0.2.9/1 dst inside:10.0.0.100/2 %s",
                 rows[i].denied);
        expect(buf_str(&want));
        buf_release(&want);
    }
}

static void the_log_speaks_of_itself_and_of_the_device(void **state)
{
    struct ip_addr host = ip4(0x0ae00e14);
    struct gw_msg_packet p = {
        .proto = IP_UDP, .src = ip4(0x0a000064), .dst = ip4(0xc0000209), .sport = 5, .dport = 53};
    struct gw_msg_esp e = {0xab, 7, ip4(0xc0000209), ip4(0x0a000064)};
    struct gw_msg_ike k = {.group = "46.37.188.24", .peer = ip4(0x2e25bc18)};

    (void)state;
    gw_msg_log_host_down(logger, "management", &host, 1470, false);
    expect("<163>%ASA-3-414003: TCP Syslog Server management:10.224.14.20/1470 not responding, New "
           "connections are denied based on logging permit-hostdown policy");
    gw_msg_log_host_up(logger, "management", &host, 1470);
    expect("<163>%ASA-3-414005: TCP Syslog Server management:10.224.14.20/1470 connected, New "
           "connections are permitted based on logging permit-hostdown policy");
    gw_msg_disallowing(logger);
    expect("<163>%ASA-3-201008: Disallowing new connections.");
    gw_msg_config_stored(logger);
    expect("<165>%ASA-5-111001: Begin configuration: console writing to memory");
    expect("<165>%ASA-5-111004: console end configuration: OK");
    gw_msg_config_erased(logger);
    expect("<165>%ASA-5-111003: console Erase configuration");
    gw_msg_config_begin(logger);
    expect("<165>%ASA-5-111007: Begin configuration: console reading from terminal");
    gw_msg_config_end(logger);
    expect("<165>%ASA-5-111005: console end configuration: OK");
    gw_msg_conn_counts(logger, 97, 424);
    expect("<166>%ASA-6-302010: 97 in use, 424 most used");
    gw_msg_reload(logger);
    expect("<165>%ASA-5-199001: Reload command executed from console (remote 0.0.0.0).");
    gw_msg_startup(logger);
    expect("<166>%ASA-6-199002: Startup completed.  Beginning operation.");
    gw_msg_no_egress(logger, &p, "inside");
    expect(
        "<166>%ASA-6-110002: Failed to locate egress interface for UDP from inside:10.0.0.100/5 to "
        "192.0.2.9/53");
    gw_msg_esp_dropped(logger, &e, "bad-ipsec-prot");
    expect("<164>%ASA-4-402121: IPSEC: Received an ESP packet (SPI= 0x000000AB, sequence number= "
           "0x7) from 192.0.2.9 (user= 192.0.2.9) to 10.0.0.100 that was dropped by IPsec "
           "(bad-ipsec-prot).");
    gw_msg_clear_dropped(logger, &p, "ctm-crypto-request-error");
    expect(
        "<164>%ASA-4-402122: Received a cleartext packet from 10.0.0.100 to 192.0.2.9 that was to "
        "be encapsulated in IPsec that was dropped by IPsec (ctm-crypto-request-error).");
    gw_msg_rekey_timer(logger, &k, 27360);
    expect("<167>%ASA-7-715080: Group = 46.37.188.24, IP = 46.37.188.24, Starting P2 rekey timer: "
           "27360 seconds.");
}

static void tunnels_end(void **state)
{
    struct gw_msg_ike k = {"46.37.188.24", ip4(HO), NULL}, unknown = {NULL, ip4(HO), NULL};
    struct ip_addr local = ip4(0), remote = ip4(0xac1c6800);

    (void)state;
    gw_msg_phase2_ended(logger, &k, "IPSec SA Idle Timeout", &remote, &local);
    expect("<165>%ASA-5-713050: " G "Connection terminated for peer 46.37.188.24.  Reason: IPSec "
           "SA Idle Timeout  Remote Proxy 172.28.104.0, Local Proxy 0.0.0.0");
    gw_msg_ike_deleting_sa(logger, &k, &remote, &local);
    expect("<167>%ASA-7-715009: " G "IKE Deleting SA: Remote Proxy 172.28.104.0, Local Proxy "
           "0.0.0.0");
    gw_msg_dpd_lost(logger, &k);
    expect("<163>%ASA-3-713123: " G "IKE lost contact with remote peer, deleting connection "
           "(keepalive type: DPD)");
    gw_msg_session_down(logger, &k, "Lost Service");
    expect("<165>%ASA-5-713259: " G "Session is being torn down. Reason: Lost Service");
    gw_msg_session_end(logger, &k, "LAN-to-LAN", SPAN_S(4 * 3600 + 19 * 60 + 29), 1591776, 65821500,
                       "Idle Timeout");
    expect("<164>%ASA-4-113019: Group = 46.37.188.24, Username = 46.37.188.24, IP = 46.37.188.24, "
           "Session disconnected. Session Type: LAN-to-LAN, Duration: 4h:19m:29s, Bytes xmt: "
           "1591776, Bytes rcv: 65821500, Reason: Idle Timeout");
    gw_msg_session_end(logger, &unknown, "LAN-to-LAN", SPAN_S(61 * 86400 + 8 * 3600 + 196), 0, 0,
                       "IKE Delete");
    expect("<164>%ASA-4-113019: Group = 46.37.188.24, Username = 46.37.188.24, IP = 46.37.188.24, "
           "Session disconnected. Session Type: LAN-to-LAN, Duration: 61d 8h:03m:16s, Bytes xmt: "
           "0, Bytes rcv: 0, Reason: IKE Delete");
    gw_msg_ike_text(logger, 713904, &unknown, "Received encrypted packet with no matching SA, %s",
                    "dropping");
    expect("<165>%ASA-5-713904: IP = 46.37.188.24, Received encrypted packet with no matching SA, "
           "dropping");
    gw_msg_ike_timeout(logger, &unknown, "MM_WAIT_MSG2");
    expect("<165>%ASA-5-713136: IP = 46.37.188.24, IKE session establishment timed out "
           "[MM_WAIT_MSG2], aborting!");
}

/* A network of IPv6 has no mask in dotted form: the prefix length stands in its place. */
static void routes_of_hardware_clients_are_added(void **state)
{
    struct gw_msg_ike k = {"branch", ip4(HO), "u"};
    struct ip_net net = {ip4(0x0ae0e400), 25}, six;

    (void)state;
    gw_msg_nem_route(logger, &k, &net, true);
    expect("<166>%ASA-6-713145: Group = branch, Username = u, IP = 46.37.188.24, Detected Hardware "
           "Client in network extension mode, adding static route for address: 10.224.228.0, mask: "
           "255.255.255.128");
    assert_ok(ip_net_parse("2001:db8::/48", &six));
    gw_msg_nem_route(logger, &k, &six, false);
    expect(
        "<166>%ASA-6-713147: Group = branch, Username = u, IP = 46.37.188.24, Terminating tunnel "
        "to Hardware Client in network extension mode, deleting static route for address: "
        "2001:db8::, mask: 48");
}

static void what_was_typed_is_logged(void **state)
{
    (void)state;
    gw_msg_configured(logger, "enable_15", "sysopt connection preserve-vpn-flows");
    expect("<165>%ASA-5-111008: User 'enable_15' executed the 'sysopt connection "
           "preserve-vpn-flows' command.");
    expect("<165>%ASA-5-111010: User 'enable_15', running 'CLI' from IP 0.0.0.0, executed 'sysopt "
           "connection preserve-vpn-flows'");
    gw_msg_configured(logger, "enable_15", "pre-shared-key cisco123");
    expect("<165>%ASA-5-111008: User 'enable_15' executed the 'pre-shared-key ********' command.");
    expect("<165>%ASA-5-111010: User 'enable_15', running 'CLI' from IP 0.0.0.0, executed "
           "'pre-shared-key ********'");
    gw_msg_shown(logger, "enable_15", "show conn");
    expect("<167>%ASA-7-111009: User 'enable_15' executed cmd: show conn");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(connections_are_built),
        TEST(icmp_prints_the_identifier_on_the_side_that_began),
        TEST(connections_are_torn_down),
        TEST(packets_are_denied),
        TEST(headers_cannot_be),
        TEST(sas_come_and_go),
        TEST(esp_packets_are_dropped),
        TEST(the_tunnel_manager_speaks),
        TEST(forms_follow_the_release),
        TEST(the_log_speaks_of_itself_and_of_the_device),
        TEST(tunnels_are_negotiated),
        TEST(tunnels_end),
        TEST(routes_of_hardware_clients_are_added),
        TEST(what_was_typed_is_logged),
    };
    return cmocka_run_group_tests_name("gateway/messages", tests, NULL, NULL);
}
