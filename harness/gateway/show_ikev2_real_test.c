/* IKEv2 as printed, beside what real devices have printed. */
#include "gateway/show_ikev2.h"

#include "base/mem.h"
#include "tests/show_lab.h"
#include "tests/testkit.h"

/* A few lines of networktocode/ntc-templates here as expectations, and the whole block of the
 * sample where it is there. */
static void block_of_a_session(void **state)
{
    static const struct show_ikev2_tunnel t = {
        3908, 1, 500, 500, "preSharedKeys", "AES256", "SHA1", "SHA1", 86400, 21432, 5, ""};
    struct buf out = BUF_INIT;
    char *text;

    (void)state;
    show_ikev2_tunnel_put(&t, &out);
    assert_non_null(strstr(buf_str(&out), "  Rem Auth Mode: preSharedKeys\n"
                                          "  Loc Auth Mode: preSharedKeys\n"
                                          "  Encryption   : AES256                 Hashing      : "
                                          "SHA1\n"));
    assert_non_null(strstr(buf_str(&out), "  PRF          : SHA1                   D/H Group    : "
                                          "5\n"));
    if ((text = show_sample("vpn-sessiondb_detail_l2l2"))) {
        assert_non_null(strstr(text, buf_str(&out)));
        mem_free(text);
    }
    buf_release(&out);
}

static const struct show_ikev2 sa = {.session = 100,
                                     .tunnel = 1738689761,
                                     .ikes = 1,
                                     .children = 1,
                                     .local = "209.119.81.225",
                                     .peer = "35.220.72.68",
                                     .port = 500,
                                     .peer_port = 500,
                                     .initiator = true,
                                     .cipher = CIPHER_AES256_GCM_16,
                                     .group = 14,
                                     .lifetime_s = 36000,
                                     .age_s = 24695,
                                     .local_spi = 0x80173A0373C2D403,
                                     .peer_spi = 0xAE8AEFA1B97DBB22,
                                     .dpd_s = 10,
                                     .dpd_retry_s = 2};

/* Lines that an ASA 5506-X has printed (a page of Google Cloud's about its VPN). */
static void an_sa_with_a_cipher_that_authenticates(void **state)
{
    struct buf out = BUF_INIT;

    (void)state;
    show_ikev2_put(&sa, false, &out);
    assert_non_null(
        strstr(buf_str(&out), "Session-id:100, Status:UP-ACTIVE, IKE count:1, CHILD count:1\n"));
    assert_non_null(strstr(buf_str(&out), "\n1738689761"));
    assert_non_null(strstr(buf_str(&out),
                           "      Encr: AES-GCM, keysize: 256, Hash: N/A, DH Grp:14, Auth sign: "
                           "PSK, Auth verify: PSK\n"
                           "      Life/Active Time: 36000/24695 sec\n"));
    assert_null(strstr(buf_str(&out), "Local spi"));
    buf_release(&out);
}

static void an_sa_in_detail(void **state)
{
    struct buf out = BUF_INIT;

    (void)state;
    show_ikev2_put(&sa, true, &out);
    assert_non_null(strstr(buf_str(&out), "      Local spi: 80173A0373C2D403       Remote spi: "
                                          "AE8AEFA1B97DBB22\n"));
    assert_non_null(strstr(buf_str(&out), "      DPD configured for 10 seconds, retry 2\n"
                                          "      NAT-T is not detected  \n"));
    buf_release(&out);
}

/* Cisco's tech note about debugging IKEv2 between two ASAs. */
static void columns_are_those_of_the_note(void **state)
{
    static const struct show_ikev2 s = {.session = 1,
                                        .tunnel = 1574208993,
                                        .ikes = 1,
                                        .children = 1,
                                        .local = "10.0.0.1",
                                        .peer = "10.0.0.2",
                                        .port = 500,
                                        .peer_port = 500,
                                        .cipher = CIPHER_AES256_CBC,
                                        .integ = INTEG_HMAC_SHA1_96,
                                        .group = 5,
                                        .lifetime_s = 86400,
                                        .age_s = 55};
    static const struct show_ikev2_child c = {{"192.168.1.0", "192.168.1.255", 0, 65535},
                                              {"192.168.2.0", "192.168.2.255", 0, 65535},
                                              0x9fd3b6c8,
                                              0x6c5d0cc8,
                                              CIPHER_AES256_CBC,
                                              INTEG_HMAC_SHA1_96};
    struct buf out = BUF_INIT;

    (void)state;
    show_ikev2_put(&s, false, &out);
    show_ikev2_put_child(&c, false, &out);
    assert_string_equal(
        buf_str(&out),
        "Session-id:1, Status:UP-ACTIVE, IKE count:1, CHILD count:1\n\n"
        "Tunnel-id                 Local                Remote     Status         Role\n"
        "1574208993      10.0.0.1/500         10.0.0.2/500      READY    RESPONDER\n"
        "      Encr: AES-CBC, keysize: 256, Hash: SHA96, DH Grp:5, Auth sign: PSK, Auth verify: "
        "PSK\n"
        "      Life/Active Time: 86400/55 sec\n"
        "Child sa: local selector  192.168.1.0/0 - 192.168.1.255/65535\n"
        "          remote selector 192.168.2.0/0 - 192.168.2.255/65535\n"
        "          ESP spi in/out: 0x9fd3b6c8/0x6c5d0cc8  \n");
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(block_of_a_session),
        cmocka_unit_test(an_sa_with_a_cipher_that_authenticates),
        cmocka_unit_test(an_sa_in_detail),
        cmocka_unit_test(columns_are_those_of_the_note),
    };
    return cmocka_run_group_tests_name("gateway/show_ikev2_real", tests, NULL, NULL);
}
