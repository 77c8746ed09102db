/* One grammar for two kinds of lines: what the model logs, and what real devices logged. The
 * expressions are written from the grammar of real lines, not from our code. */
#include "gateway/messages.h"

#include "base/mem.h"
#include "gateway/config_parts.h"
#include "tests/testkit.h"
#include "wire/asa_log.h"
#include "wire/ip.h"
#include "wire/scan.h"
#include "wire/tcp.h"

#include <regex.h>
#include <stdio.h>

#define A     "[^ /()]+"                           /* an address, a name, or a mask */
#define EP    "[^:/]+:" A "/[0-9]+(\\([^()]*\\))?" /* interface:address/port(ident) */
#define EPM   "[^:/]+:" A "/[0-9]+ \\(" A "/[0-9]+\\)(\\([^()]*\\))?"
#define USER  "( \\([^()]*\\))?"
#define TIME  "[0-9]+:[0-5][0-9]:[0-5][0-9]"
#define FLAGS "((FIN|SYN|RST|PSH|ACK|URG) )+"
#define GROUP "Group = [^,]+, (Username = [^,]+, )?IP = [^,]+, "
#define PEER  "(" GROUP "|IP = [^,]+, )"
#define SSL   "Group <[^>]+> User <[^>]+> IP <[^>]+>"
#define HEX8  "0x[0-9a-f]{8}"
#define SPI   "\\(SPI= 0x[0-9A-F]+, sequence number= 0x[0-9A-F]+\\)"
#define SA    "IPSEC: An (in|out)bound [A-Za-z -]+ SA \\(SPI= 0x[0-9A-F]+\\) between " A " and " A
#define ICMP  "ICMP connection for faddr " A "/[0-9]+ gaddr " A "/[0-9]+ laddr " A "/[0-9]+"

static const struct {
    uint32_t id;
    const char *text;
} grammar[] = {
    {106001, "^Inbound TCP connection denied from " A "/[0-9]+ to " A "/[0-9]+ flags " FLAGS
             " ?on interface .+$"},
    {106015, "^Deny TCP \\(no connection\\) from " A "/[0-9]+ to " A "/[0-9]+ flags " FLAGS
             " ?on interface .+$"},
    {106023, "^Deny [a-z]+( [0-9]+)? src [^:]+:" A "(/[0-9]+)?(\\([^()]*\\))? dst [^:]+:" A
             "(/[0-9]+)?(\\([^()]*\\))?( \\(type [0-9]+, code [0-9]+\\)| type [0-9]+, code "
             "[0-9]+,)? by access-group \"[^\"]+\"( \\[0x[0-9a-f]+, 0x[0-9a-f]+\\])?$"},
    {110002, "^Failed to locate egress interface for [A-Z]+ from " EP " to " A "/[0-9]+$"},
    {110003, "^Routing failed to locate next hop for [A-Z]+ from " EP " to " EP "$"},
    {111008, "^User '[^']+' executed the '.+' command\\.$"},
    {111009, "^User '[^']+' executed cmd: .+$"},
    {111010, "^User '[^']+', running '[^']+' from IP [^,]+, executed '.+'$"},
    {113008, "^AAA transaction status ACCEPT : user = .+$"},
    {113009, "^AAA retrieved default group policy \\([^)]*\\) for user = .+$"},
    {113012, "^AAA user authentication Successful ?: ?local database ?: user = .+$"},
    {113015, "^AAA user authentication Rejected ?: reason = [^:]+: local database ?: user = .+$"},
    {113039, "^" SSL " AnyConnect parent session started\\.$"},
    {113019, "^" GROUP "Session disconnected\\. Session Type: [^,]+, Duration: ([0-9]+d "
             ")?[0-9]+h:[0-9]{2}m:[0-9]{2}s, Bytes xmt: [0-9]+, Bytes rcv: [0-9]+, Reason: .+$"},
    {302013, "^Built (in|out)bound TCP connection [0-9]+ for " EPM " to " EPM USER "$"},
    {302014, "^Teardown TCP connection [0-9]+ for " EP " to " EP " duration " TIME
             " bytes [0-9]+( [A-Za-z -]+)?( from [^ ]+)?" USER "$"},
    {302015, "^Built (in|out)bound UDP connection [0-9]+ for " EPM " to " EPM USER "$"},
    {302016, "^Teardown UDP connection [0-9]+ for " EP " to " EP " duration " TIME
             " bytes [0-9]+" USER "$"},
    {302020, "^Built (in|out)bound " ICMP "( type [0-9]+ code [0-9]+)?$"},
    {302021, "^Teardown " ICMP "( type [0-9]+ code [0-9]+)?$"},
    {402114, "^IPSEC: Received an ESP packet " SPI " from " A " to " A " with an invalid SPI\\.$"},
    {402116, "^IPSEC: Received an ESP packet " SPI " from " A " \\(user= [^)]+\\) to [^ ]+\\.  The "
             "decapsulated inner packet doesn't match the negotiated policy in the SA\\.  The "
             "packet specifies its destination as " A ", its source as " A ", and its protocol as "
             "[^ ]+\\.  The SA specifies its local proxy as [^ ]+ and its remote_proxy as [^ ]+$"},
    {402117, "^IPSEC: Received a non-IPSec packet \\(protocol= [^)]+\\) from " A " to " A "\\.$"},
    {402119, "^IPSEC: Received an ESP packet " SPI " from " A " \\(user= [^)]+\\) to " A
             " that failed anti-replay checking\\.$"},
    {402120, "^IPSEC: Received an ESP packet " SPI " from " A " \\(user= [^)]+\\) to " A
             " that failed authentication\\.$"},
    {602303, "^" SA " \\(user= [^)]+\\) has been created\\.$"},
    {602304, "^" SA " \\(user= [^)]+\\) has been deleted\\.$"},
    {702307, "^" SA " \\(user= [^)]+\\) is rekeying due to data rollover\\.$"},
    {713041, "^" PEER "IKE Initiator: (New|Rekeying) Phase [12], Intf [^,]+, IKE Peer [^ ]+ +local "
             "Proxy Address [^,]+, remote Proxy Address [^,]+, +Crypto map \\([^)]+\\)$"},
    {713049, "^" GROUP "Security negotiation complete for (LAN-to-LAN Group|User) \\([^)]+\\)  "
             "(Initiator|Responder), Inbound SPI = " HEX8 ", Outbound SPI = " HEX8 "$"},
    {713050, "^" GROUP "Connection terminated for peer [^ ]+\\.  Reason: .+  Remote Proxy [^,]+, "
             "Local Proxy [^ ]+$"},
    {713061,
     "^" GROUP "Rejecting IPSec tunnel: no matching crypto map entry for remote proxy [^ ]+ "
     "local proxy [^ ]+ on interface [^ ]+$"},
    {713119, "^" GROUP "PHASE 1 COMPLETED$"},
    {713120, "^" GROUP "PHASE 2 COMPLETED \\(msgid=[0-9a-f]{8}\\)$"},
    {713123, "^" GROUP "IKE lost contact with remote peer, deleting connection \\(keepalive type: "
             "DPD\\)$"},
    {713259, "^" GROUP "Session is being torn down\\. Reason: .+$"},
    {713167, "^" GROUP "Remote peer has failed user authentication"},
    {713174, "^" GROUP "Hardware Client connection rejected!"},
    {713228, "^" GROUP "Assigned private IP address [^ ]+ to remote user$"},
    {716001, "^" SSL " WebVPN session started\\.$"},
    {716002, "^" SSL " WebVPN session terminated: [^.]+\\.$"},
    {722022, "^" SSL " (TCP |UDP )?(SVC )?connection established with(out)? compression$"},
    {722023, "^" SSL " (TCP |UDP )SVC connection terminated with(out)? compression$"},
    {722037, "^" SSL " SVC closing connection: [^.]+\\.$"},
    {722051, "^" SSL " (IPv4 )?Address <[^>]+>( IPv6 address <[^>]+>)? assigned to session$"},
    {713904, "^" PEER ".+$"},
    {715009, "^" GROUP "IKE Deleting SA: Remote Proxy [^,]+, Local Proxy [^ ]+$"},
    {752010, "^IKEv2 Doesn.t have a proposal specified$"},
    {752004, "^Tunnel Manager dispatching a KEY_ACQUIRE message to IKEv[12]\\. Map Tag = [^ ]+\\. "
             "Map Sequence Number = [0-9]+\\.$"},
};

/* 1: fits, 0: does not, -1: no expression for this id */
static int fits(const struct asa_log *l)
{
    char text[2048];
    regex_t re;

    snprintf(text, sizeof(text), "%.*s", (int)l->text.n, (const char *)l->text.p);
    for (size_t i = 0; i < COUNT(grammar); i++) {
        if (grammar[i].id != l->id)
            continue;
        assert_int_equal(regcomp(&re, grammar[i].text, REG_EXTENDED | REG_NOSUB), 0);
        int no = regexec(&re, text, 0, NULL, 0);
        regfree(&re);
        return !no;
    }
    return -1;
}

static void log_remote_access(struct gw_syslog *s, const struct ip_net *net)
{
    struct gw_msg_ike k = {"branches", ip4(0xc0000209), "alice"};
    struct gw_msg_sa sa = {true, 0xab, net->addr, k.peer, true, "alice"};
    struct gw_msg_ssl ssl = {"policy", "alice", k.peer};

    gw_msg_user_accepted(s, "alice");
    gw_msg_user_policy(s, "alice", "policy");
    gw_msg_user_rejected(s, "alice", "Invalid password");
    gw_msg_login_failed(s, &k);
    gw_msg_nem_refused(s, &k);
    gw_msg_address_assigned(s, &k, &net->addr);
    gw_msg_phase2_spis(s, &k, false, 1, 2);
    gw_msg_sa_created(s, &sa);
    gw_msg_ssl_up(s, &ssl, &net->addr);
    gw_msg_ssl_down(s, &ssl, "User Requested");
}

/* Makes the model log each message with an expression at least once. */
static void log_everything(struct gw_syslog *s)
{
    struct gw_msg_side in = {"inside", 100, ip4(0x0a000064), ip4(0x0a000064), 1135, 1135};
    struct gw_msg_side out = {"outside", 0, ip4(0xc0000209), ip4(0xc0000209), 80, 80};
    struct gw_msg_conn c = {
        .id = 1, .proto = IP_TCP, .initiator = in, .responder = out, .icmp_type = -1};
    struct gw_msg_packet p = {.proto = IP_TCP,
                              .src = out.addr,
                              .dst = in.addr,
                              .sport = 80,
                              .dport = 1135,
                              .tcp_flags = TCP_PSH | TCP_ACK};
    struct gw_msg_sa sa = {true, 0xab, in.addr, out.addr, false, NULL};
    struct gw_msg_esp e = {0xab, 7, out.addr, in.addr};
    struct gw_msg_ike k = {"192.0.2.9", out.addr, NULL};
    struct ip_net net = {in.addr, 32};

    for (int i = 0; i < 3; i++) {
        c.proto = i == 0 ? IP_TCP : i == 1 ? IP_UDP : IP_ICMP;
        gw_msg_built(s, &c);
        for (unsigned r = 0; r < GW_REASON_COUNT; r++)
            gw_msg_teardown(s, &c, SPAN_S(3600 * 100), 7, (enum gw_reason)r);
        p.proto = i == 2 ? IP_GRE : c.proto;
        gw_msg_acl_denied(s, &p, "outside", "inside", "acl");
    }
    gw_msg_no_connection(s, &p, "inside");
    gw_msg_inbound_denied(s, &p, "outside");
    p.proto = IP_UDP;
    gw_msg_no_route(s, &p, "inside", "outside");
    gw_msg_configured(s, "enable_15", "sysopt connection preserve-vpn-flows");
    gw_msg_shown(s, "enable_15", "show conn");
    gw_msg_session_end(s, &k, "LAN-to-LAN", SPAN_S(100000), 1, 2, "Lost Service");
    gw_msg_esp_bad_spi(s, &e);
    gw_msg_esp_bad_inner(s, &e, &p, &net, &net);
    gw_msg_not_ipsec(s, &p);
    gw_msg_esp_replayed(s, &e);
    gw_msg_esp_bad_icv(s, &e);
    gw_msg_sa_created(s, &sa);
    gw_msg_sa_deleted(s, &sa);
    gw_msg_sa_rekey_data(s, &sa);
    gw_msg_ike_initiating(s, &k, 2, true, "outside", &in.addr, &out.addr, "map1");
    gw_msg_phase2_spis(s, &k, true, 1, 2);
    gw_msg_phase2_ended(s, &k, "Peer Terminate", &out.addr, &in.addr);
    gw_msg_no_crypto_map(s, &k, &net, &net, 0, 0, "outside");
    gw_msg_phase1_done(s, &k);
    gw_msg_phase2_done(s, &k, 3);
    gw_msg_dpd_lost(s, &k);
    gw_msg_session_down(s, &k, "User Requested");
    gw_msg_ike_text(s, 713904, &k, "QM FSM error");
    gw_msg_ike_deleting_sa(s, &k, &out.addr, &in.addr);
    gw_msg_tunnel_wanted(s, &(struct gw_msg_map){"map1", 5}, 1, false);
    gw_msg_no_egress(s, &p, "outside");
    log_remote_access(s, &net);
}

static void what_the_model_logs_fits_the_grammar(void **state)
{
    struct gw_config *cfg = gw_config_new();
    struct clock_virtual clk;
    struct gw_syslog_record r;
    bool seen[COUNT(grammar)] = {false};

    (void)state;
    clock_virtual_init(&clk);
    cfg->logging.enable = true;
    gw_config_set_version(cfg, GW_PLATFORM_ASA, "8.4(2)"); /* has the tunnel manager */
    cfg->logging.to[GW_LOG_TO_TRAP].level = 7;
    struct gw_log_host *h =
        gw_list_add((void **)&cfg->logging.hosts, &cfg->logging.nhosts, sizeof(*h));
    h->addr = ip4(0x0ae00e14);
    struct gw_syslog *s = gw_syslog_new(cfg, &clk.clock, 0);
    log_everything(s);
    while (gw_syslog_next(s, &r)) {
        struct asa_log l;
        assert_ok(asa_log_parse(r.payload, &l));
        if (fits(&l) != 1)
            fail_msg("%.*s", (int)r.payload.n, (const char *)r.payload.p);
        for (size_t i = 0; i < COUNT(grammar); i++)
            seen[i] |= grammar[i].id == l.id;
    }
    for (size_t i = 0; i < COUNT(grammar); i++)
        assert_true(seen[i]);
    gw_syslog_free(s);
    gw_config_free(cfg);
}

/* Real lines of the same messages fit the same expressions. The two that may not: a template with a
 * placeholder behind it, and a line that lost its last quote. */
static void what_real_devices_logged_fits_it_too(void **state)
{
    static const char *const sets[] = {"CrowdStrike__logscale-community-content",
                                       "layer-3-communications__cisco-asa-syslog",
                                       "misc-public-samples",
                                       "networktocode__ntc-templates",
                                       "olauret__cribl-cisco-asa-cleanup",
                                       "splunk__splunk-connect-for-syslog"};
    size_t good = 0, misfits = 0;

    (void)state;
    for (size_t i = 0; i < COUNT(sets); i++) {
        char path[256];
        size_t n;
        struct bytes text, line;
        snprintf(path, sizeof(path), "../shared/data/asa-logs/%s/messages.log", sets[i]);
        uint8_t *file = test_file(path, &n);
        text = bytes_of(file, file ? n : 0);
        while (scan_before(&text, "\n", &line)) {
            struct asa_log l;
            int fit = asa_log_parse(line, &l) ? -1 : fits(&l);
            good += fit == 1;
            misfits += fit == 0;
            if (fit == 0)
                printf("misfit: %.*s\n", (int)line.n, (const char *)line.p);
        }
        mem_free(file);
    }
    if (!good) {
        printf("SKIPPED: ../shared/data/asa-logs is not here\n");
        skip();
    }
    printf("%zu real lines fit, %zu do not\n", good, misfits);
    assert_true(good > 200 && misfits <= 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_model_logs_fits_the_grammar),
        cmocka_unit_test(what_real_devices_logged_fits_it_too),
    };
    return cmocka_run_group_tests_name("gateway/messages_grammar", tests, NULL, NULL);
}
