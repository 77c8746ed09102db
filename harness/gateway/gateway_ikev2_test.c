/* Tunnels by IKEv2 between two gateways: what is made, logged and shown; what becomes of flows when
 * a tunnel goes; and which version is spoken when both are configured. */
#include "base/mem.h"
#include "tests/gateway_lab.h"
#include "tests/testkit.h"

#define ON  "sysopt connection preserve-vpn-flows\n"
#define OFF "no sysopt connection preserve-vpn-flows\n"

#define POLICY(enc, integ, group, prf)                                                             \
    "crypto ikev2 policy 1\n encryption " enc "\n integrity " integ "\n group " group              \
    "\n prf " prf "\n lifetime seconds 86400\n"
#define PROPOSAL(enc, integ)                                                                       \
    "crypto ipsec ikev2 ipsec-proposal P\n protocol esp encryption " enc                           \
    "\n protocol esp integrity " integ "\n"
#define CBC POLICY("aes-256", "sha256", "14", "sha256") PROPOSAL("aes-256", "sha-1")
#define GCM POLICY("aes-gcm-256", "null", "31", "sha384") PROPOSAL("aes-gcm-256", "null")

/* Lines behind those of the devices, which speak IKEv1 as in the note. */
#define BEGIN "asa version 9.8(2)\n" LAB_NEVER_IDLE
#define KEYS(peer)                                                                                 \
    "tunnel-group " peer " ipsec-attributes\n ikev2 local-authentication pre-shared-key " LAB_PSK  \
    "\n ikev2 remote-authentication pre-shared-key " LAB_PSK "\n"
#define IKEV2(peer)                                                                                \
    "crypto map map1 5 set ikev2 ipsec-proposal P\ncrypto ikev2 enable outside\n" KEYS(peer)
#define ALONE   "no crypto map map1 5 set ikev1 transform-set\n"
#define BO_PEER "209.165.200.10"
#define HO_PEER "209.165.201.2"

static struct gateway_lab *make(const char *bo, const char *ho)
{
    struct gateway_lab *l = mem_zalloc(sizeof(*l));

    lab_init(l, bo, ho, 7);
    return l;
}

static struct gateway_lab *make_alone(const char *suites, const char *more)
{
    struct buf bo = BUF_INIT, ho = BUF_INIT;

    buf_addf(&bo, BEGIN "%s" ALONE IKEV2(BO_PEER) "%s", suites, more);
    buf_addf(&ho, BEGIN "%s" ALONE IKEV2(HO_PEER) "%s", suites, more);
    struct gateway_lab *l = make(bo.s, ho.s);
    buf_release(&bo);
    buf_release(&ho);
    return l;
}

static void done(struct gateway_lab *l)
{
    lab_release(l);
    mem_free(l);
}

/* The first packets may be lost while the tunnel comes back. */
static bool goes_on(struct gateway_lab *l, struct lab_tcp *c, enum lab_side from)
{
    if (lab_transfer(l, c, from, 1000))
        return true;
    lab_run(l, SPAN_S(5));
    return lab_transfer(l, c, from, 1000);
}

#define assert_has(text, part)                                                                     \
    do {                                                                                           \
        const char *in_ = text;                                                                    \
        if (!strstr(in_, part))                                                                    \
            fail_msg("no \"%s\" in\n%s", part, in_);                                               \
    } while (0)

static void a_tunnel_comes_up_and_carries_a_connection(void **state)
{
    static const char *const suites[] = {CBC, GCM};

    (void)state;
    for (size_t i = 0; i < COUNT(suites); i++) {
        struct gateway_lab *l = make_alone(suites[i], ON);
        struct lab_tcp c;
        assert_true(lab_connect(l, &c, 1135, 80));
        assert_true(lab_transfer(l, &c, LAB_HO, 10000));
        assert_int_equal(l->clear_on_wan, 0);
        assert_true(l->esp_on_wan > 10);
        assert_int_equal(l->ike_on_wan, 4); /* IKE_SA_INIT and IKE_AUTH */
        done(l);
    }
}

static void the_log_says_how_it_came_up(void **state)
{
    struct gateway_lab *l = make_alone(CBC, ON);
    struct lab_tcp c;

    (void)state;
    assert_true(lab_connect(l, &c, 1135, 80));
    assert_int_equal(lab_logged(l, LAB_BO, 752003,
                                "dispatching a KEY_ACQUIRE message to IKEv2. Map Tag = map1. Map "
                                "Sequence Number = 5."),
                     1);
    assert_int_equal(lab_logged(l, LAB_BO, 752010, NULL), 0);
    assert_int_equal(
        lab_logged(l, LAB_BO, 750001,
                   "Local:209.165.201.2:500 Remote:209.165.200.10:500 Username:Unknown IKEv2 "
                   "Received request to establish an IPsec tunnel; local traffic selector = "
                   "Address Range: 10.224.228.0-10.224.228.127 Protocol: 0 Port Range: 0-65535; "
                   "remote traffic selector = Address Range: 0.0.0.0-255.255.255.255 Protocol: 0 "
                   "Port Range: 0-65535"),
        1);
    assert_int_equal(lab_logged(l, LAB_BO, 750006,
                                "Username:209.165.200.10 IKEv2 SA UP. Reason: New Connection "
                                "Established"),
                     1);
    assert_int_equal(lab_logged(l, LAB_BO, 752016, "IKEv2 was successful"), 1);
    assert_int_equal(lab_logged(l, LAB_HO, 750002,
                                "Local:209.165.200.10:500 Remote:209.165.201.2:500 "
                                "Username:Unknown IKEv2 Received a IKE_INIT_SA request"),
                     1);
    assert_int_equal(lab_logged(l, LAB_HO, 750006, NULL), 1);
    for (int side = 0; side < 2; side++) {
        assert_int_equal(lab_logged(l, (enum lab_side)side, 602303, NULL), 2);
        assert_int_equal(lab_logged(l, (enum lab_side)side, 713119, NULL), 0);
        assert_int_equal(lab_logged(l, (enum lab_side)side, 713120, NULL), 0);
    }
    done(l);
}

/* The note's rule, whatever the version of IKE. */
static void flows_of_a_lost_tunnel_are_kept_or_torn(void **state)
{
    static const struct {
        const char *more, *command;
        bool kept;
    } rows[] = {
        {ON, "clear crypto ikev2 sa", true},
        {OFF, "clear crypto ikev2 sa", false},
        {ON, "clear crypto ipsec sa", true},
        {OFF, "clear crypto ipsec sa", false},
        {ON, "vpn-sessiondb logoff l2l noconfirm", true},
        {OFF, "vpn-sessiondb logoff l2l noconfirm", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct gateway_lab *l = make_alone(GCM, rows[i].more);
        struct buf out = BUF_INIT;
        struct lab_tcp c;
        assert_true(lab_connect(l, &c, 1135, 80));
        assert_true(lab_transfer(l, &c, LAB_HO, 5000));
        assert_string_equal(lab_type(l, LAB_BO, "clear crypto ikev1 sa", &out), ""); /* not it */
        lab_run(l, SPAN_MS(100));
        assert_int_equal(lab_logged(l, LAB_BO, 602304, NULL), 0);
        lab_type(l, LAB_BO, rows[i].command, &out);
        lab_run(l, SPAN_MS(500));
        assert_int_equal(lab_logged(l, LAB_BO, 602304, NULL), 2);
        assert_int_equal(lab_logged(l, LAB_HO, 602304, NULL), 2);
        lab_type(l, LAB_BO, "show conn", &out);
        if (rows[i].kept) {
            assert_has(buf_str(&out), "flags UIV");
            assert_true(goes_on(l, &c, LAB_HO));
        }
        for (int side = 0; side < 2; side++)
            assert_int_equal(
                lab_logged(l, (enum lab_side)side, 302014, "Tunnel has been torn down"),
                rows[i].kept ? 0 : 1);
        buf_release(&out);
        done(l);
    }
}

static void ends_of_sessions_have_their_reasons(void **state)
{
    struct gateway_lab *l = make_alone(CBC, ON);
    struct buf out = BUF_INIT;
    struct lab_tcp c;

    (void)state;
    assert_true(lab_connect(l, &c, 1135, 80));
    lab_type(l, LAB_BO, "clear crypto ikev2 sa 209.165.200.10", &out);
    lab_run(l, SPAN_S(1));
    assert_int_equal(lab_logged(l, LAB_BO, 750007, "SA DOWN. Reason: application initiated"), 1);
    assert_int_equal(lab_logged(l, LAB_HO, 750007, "SA DOWN. Reason: peer request"), 1);
    assert_int_equal(lab_logged(l, LAB_BO, 113019, "Session Type: LAN-to-LAN, Duration: 0h:00m:0"),
                     1);
    assert_int_equal(lab_logged(l, LAB_BO, 113019, "Reason: Administrator Reset"), 1);
    assert_int_equal(lab_logged(l, LAB_HO, 113019, "Reason: User Requested"), 1);
    assert_int_equal(lab_logged(l, LAB_HO, 713259, NULL), 0);
    buf_release(&out);
    done(l);
}

static void a_peer_that_is_gone_is_found_dead(void **state)
{
    struct gateway_lab *l = make_alone(CBC, ON);
    struct lab_tcp c;

    (void)state;
    assert_true(lab_connect(l, &c, 1135, 80));
    l->wan_down = true;
    lab_run(l, SPAN_S(120));
    assert_int_equal(lab_logged(l, LAB_BO, 750003, "Maximum number of retransmissions reached"), 1);
    assert_int_equal(lab_logged(l, LAB_BO, 750007, "SA DOWN. Reason: peer lost"), 1);
    assert_int_equal(lab_logged(l, LAB_BO, 113019, "Reason: Lost Service"), 1);
    l->wan_down = false;
    lab_run(l, SPAN_S(10));
    assert_true(goes_on(l, &c, LAB_BO)); /* it was kept, and brings the tunnel back */
    done(l);
}

static void a_rekeyed_tunnel_keeps_its_flag_and_its_flows(void **state)
{
    struct gateway_lab *l =
        make_alone(GCM, ON "crypto ipsec security-association lifetime seconds 120\n");
    struct buf out = BUF_INIT;
    struct lab_tcp c;

    (void)state;
    assert_true(lab_connect(l, &c, 1135, 80));
    for (int i = 0; i < 13; i++) {
        lab_run(l, SPAN_S(20));
        assert_true(lab_transfer(l, &c, LAB_HO, 3000));
    }
    assert_true(lab_logged(l, LAB_BO, 602303, NULL) >= 6);
    assert_true(lab_logged(l, LAB_BO, 602304, NULL) >= 4);
    assert_true(lab_logged(l, LAB_BO, 750001, "Received request to rekey an IPsec tunnel") +
                    lab_logged(l, LAB_HO, 750001, "Received request to rekey an IPsec tunnel") >=
                2);
    assert_int_equal(lab_logged(l, LAB_BO, 302014, NULL), 0);
    assert_has(lab_type(l, LAB_BO, "show asp table vpn-context", &out), "PRESERVE");
    buf_release(&out);
    done(l);
}

static void an_ike_sa_that_is_rekeyed_ends_no_session(void **state)
{
    struct gateway_lab *l = make_alone(CBC "crypto ikev2 policy 1\n lifetime seconds 120\n", ON);
    struct buf out = BUF_INIT;
    struct lab_tcp c;

    (void)state;
    assert_true(lab_connect(l, &c, 1135, 80));
    for (int i = 0; i < 13; i++) {
        lab_run(l, SPAN_S(20));
        assert_true(lab_transfer(l, &c, LAB_HO, 3000));
    }
    assert_true(lab_logged(l, LAB_BO, 750006, "SA UP. Reason: Rekey") >= 2);
    assert_true(lab_logged(l, LAB_BO, 750007, "SA DOWN. Reason: rekey") >= 2);
    assert_int_equal(lab_logged(l, LAB_BO, 113019, NULL), 0);
    assert_int_equal(lab_logged(l, LAB_BO, 602304, NULL), 0);
    assert_has(lab_type(l, LAB_BO, "show crypto ikev2 sa", &out),
               "Session-id:1, Status:UP-ACTIVE, IKE count:1, CHILD count:1\n");
    buf_release(&out);
    done(l);
}

static void what_is_shown(void **state)
{
    struct gateway_lab *l = make_alone(GCM, ON);
    struct buf out = BUF_INIT;
    struct lab_tcp c;

    (void)state;
    assert_string_equal(lab_type(l, LAB_BO, "show crypto ikev2 sa", &out),
                        "\nThere are no IKEv2 SAs\n");
    assert_true(lab_connect(l, &c, 1135, 80));
    lab_run(l, SPAN_S(3));
    lab_type(l, LAB_BO, "show crypto ikev2 sa", &out);
    assert_has(buf_str(&out), "\nIKEv2 SAs:\n\nSession-id:1, Status:UP-ACTIVE, IKE count:1, CHILD "
                              "count:1\n");
    assert_has(buf_str(&out), "209.165.201.2/500   209.165.200.10/500      READY    INITIATOR\n");
    assert_has(buf_str(&out), "      Encr: AES-GCM, keysize: 256, Hash: N/A, DH Grp:31, Auth "
                              "sign: PSK, Auth verify: PSK\n");
    assert_has(buf_str(&out), "Child sa: local selector  10.224.228.0/0 - 10.224.228.127/65535\n"
                              "          remote selector 0.0.0.0/0 - 255.255.255.255/65535\n");
    assert_has(lab_type(l, LAB_HO, "show crypto ikev2 sa detail", &out), "RESPONDER\n");
    assert_has(buf_str(&out), "Encr: AES-GCM, keysize: 256, esp_hmac: N/A\n");
    assert_has(lab_type(l, LAB_BO, "show crypto isakmp sa", &out),
               "\nThere are no IKEv1 SAs\n\nIKEv2 SAs:\n");
    assert_string_equal(lab_type(l, LAB_BO, "show crypto ikev1 sa", &out),
                        "\nThere are no IKEv1 SAs\n");
    lab_type(l, LAB_BO, "show crypto ipsec sa", &out);
    assert_has(buf_str(&out), "transform: esp-aes-gcm-256 esp-null-hmac no compression\n");
    assert_has(buf_str(&out), "in use settings ={L2L, Tunnel, IKEv2, }\n");
    lab_type(l, LAB_BO, "show vpn-sessiondb detail l2l", &out);
    assert_has(buf_str(&out), "Protocol     : IKEv2 IPsec\n"
                              "Encryption   : IKEv2: (1)AES-GCM-256  IPsec: (1)AES-GCM-256\n"
                              "Hashing      : IKEv2: (1)none  IPsec: (1)none\n");
    assert_has(buf_str(&out), "  PRF          : SHA384                 D/H Group    : 31\n");
    lab_type(l, LAB_BO, "show vpn-sessiondb", &out);
    assert_has(buf_str(&out), "  IKEv2 IPsec                :      1 :          1 :           1");
    assert_null(strstr(buf_str(&out), "IKEv1"));
    buf_release(&out);
    done(l);
}

/* Both ends have both: IKEv2 comes first. */
static void of_two_versions_the_later_is_spoken(void **state)
{
    struct gateway_lab *l = make(BEGIN CBC IKEV2(BO_PEER), BEGIN CBC IKEV2(HO_PEER));
    struct buf out = BUF_INIT;
    struct lab_tcp c;

    (void)state;
    assert_true(lab_connect(l, &c, 1135, 80));
    assert_has(lab_type(l, LAB_BO, "show crypto ikev1 sa", &out), "There are no IKEv1 SAs");
    assert_has(lab_type(l, LAB_BO, "show crypto ikev2 sa", &out), "READY");
    buf_release(&out);
    done(l);
}

/* The other end has IKEv1 alone, or another key: after IKEv2 has failed IKEv1 is tried. */
static void ikev1_is_what_is_fallen_back_to(void **state)
{
    static const char *const others[] = {
        BEGIN,
        BEGIN CBC IKEV2(HO_PEER) "tunnel-group " HO_PEER
                                 " ipsec-attributes\n ikev2 remote-authentication pre-shared-key "
                                 "another\n",
        BEGIN POLICY("aes", "sha", "5", "sha") PROPOSAL("aes", "sha-1") IKEV2(HO_PEER),
    };

    (void)state;
    for (size_t i = 0; i < COUNT(others); i++) {
        struct gateway_lab *l = make(BEGIN CBC IKEV2(BO_PEER), others[i]);
        struct buf out = BUF_INIT;
        bool up = false;
        for (int n = 0; n < 30 && !up; n++) {
            lab_ping(l, LAB_BO, 1, 56, false);
            lab_run(l, SPAN_S(10));
            up = lab_logged(l, LAB_BO, 752016, "IKEv1 was successful") > 0;
        }
        assert_true(up);
        assert_int_equal(lab_logged(l, LAB_BO, 752012, "IKEv2 was unsuccessful"), 1);
        assert_int_equal(lab_logged(l, LAB_BO, 752004, "message to IKEv1"), 1);
        assert_int_equal(lab_logged(l, LAB_BO, 752015, NULL), 0);
        assert_has(lab_type(l, LAB_BO, "show crypto ikev1 sa", &out), "MM_ACTIVE");
        buf_release(&out);
        done(l);
    }
}

static void a_refused_negotiation_says_why(void **state)
{
    static const struct {
        const char *ho;
        uint32_t id;
        const char *text;
    } rows[] = {
        {POLICY("aes", "sha", "5", "sha") PROPOSAL("aes-256", "sha-1"), 750003,
         "Negotiation aborted due to ERROR: Failed to find a matching policy"},
        {CBC "tunnel-group " HO_PEER
             " ipsec-attributes\n ikev2 remote-authentication pre-shared-key another\n",
         750003, "Negotiation aborted due to ERROR: Auth exchange failed"},
        {CBC "clear configure access-list 100\naccess-list 100 extended permit ip any 10.9.0.0 "
             "255.255.0.0\n",
         751022, "Tunnel rejected: Crypto Map Policy not found for remote traffic selector "},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf ho = BUF_INIT;
        buf_addf(&ho, BEGIN ALONE CBC IKEV2(HO_PEER) "%s", rows[i].ho);
        struct gateway_lab *l = make(BEGIN CBC ALONE IKEV2(BO_PEER), ho.s);
        lab_ping(l, LAB_BO, 1, 56, false);
        lab_run(l, SPAN_S(5));
        if (!lab_logged(l, LAB_HO, rows[i].id, rows[i].text))
            fail_msg("no %u %s in\n%s", rows[i].id, rows[i].text, buf_str(&l->logs[LAB_HO]));
        assert_int_equal(lab_logged(l, LAB_BO, 602303, NULL), 0);
        buf_release(&ho);
        done(l);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tunnel_comes_up_and_carries_a_connection),
        cmocka_unit_test(the_log_says_how_it_came_up),
        cmocka_unit_test(flows_of_a_lost_tunnel_are_kept_or_torn),
        cmocka_unit_test(ends_of_sessions_have_their_reasons),
        cmocka_unit_test(a_peer_that_is_gone_is_found_dead),
        cmocka_unit_test(a_rekeyed_tunnel_keeps_its_flag_and_its_flows),
        cmocka_unit_test(an_ike_sa_that_is_rekeyed_ends_no_session),
        cmocka_unit_test(what_is_shown),
        cmocka_unit_test(of_two_versions_the_later_is_spoken),
        cmocka_unit_test(ikev1_is_what_is_fallen_back_to),
        cmocka_unit_test(a_refused_negotiation_says_why),
    };
    return cmocka_run_group_tests_name("gateway/gateway_ikev2", tests, NULL, NULL);
}
