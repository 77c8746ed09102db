/* Contexts, phase one and phase two as printed, byte for byte beside what real devices have
 * printed: a few lines of the samples of tests/show_lab.h here as expectations, and the whole files
 * where they are there. */
#include "gateway/show_vpn.h"

#include "base/mem.h"
#include "tests/show_lab.h"
#include "tests/testkit.h"

/* --- show asp table vpn-context detail ----------------------------------------------------------
 */

#define NATT(handle, ptr, in, sa, spi, pkts, bad, rekeys, peer, up_dip)                            \
    {                                                                                              \
        handle, ptr, sa, spi, peer, in, true, false, up_dip, 1, pkts, bad, bad, bad, bad, rekeys,  \
            rekeys, NULL                                                                           \
    }
#define KEPT(handle, ptr, in, sa, spi, pkts)                                                       \
    {                                                                                              \
        handle, ptr, sa, spi, "10.11.200.23", in, false, true, false, 1, pkts, 0, 0, 0, 0, 5, 5,   \
            "VPN-ACL-1"                                                                            \
    }

static const struct show_context contexts[] = {
    NATT(0x01177414, 0xCC11B670, true, 0x0DA8FA2F, 0x4F456306, 8092, 1, 3, "10.10.200.25", true),
    NATT(0x0116C1F4, 0xCC11A688, false, 0x0DAB083D, 0xDB16183C, 7972, 1, 3, "10.10.200.25", true),
    KEPT(0x01155524, 0xCC05C8F0, true, 0x0DACF9C5, 0x0F51782D, 27257),
    KEPT(0x0114BD44, 0xC848E250, false, 0x0DAE8F1B, 0x4ACE6F27, 24194),
    NATT(0x0114044C, 0xCC11C010, true, 0x0DA50609, 0xDEFE481D, 2495, 0, 5, "10.12.200.22", false),
};

static void contexts_in_detail(void **state)
{
    struct buf out = BUF_INIT;
    char *text;

    (void)state;
    show_context_put_detail(&contexts[2], &out);
    assert_string_equal(buf_str(&out),
                        "VPN CTX  = 0x01155524\n\nPeer IP  = 10.11.200.23\n"
                        "Pointer  = 0xCC05C8F0\nState    = UP\nFlags    = DECR+ESP+PRESERVE\n"
                        "SA   = 0x0DACF9C5\nSPI  = 0x0F51782D\nGroup    = 1\nPkts     = 27257\n"
                        "Bad Pkts = 0\nBad SPI  = 0\nSpoof    = 0\nBad Crypto = 0\n"
                        "Rekey Pkt  = 5\nRekey Call = 5\nVPN Filter = VPN-ACL-1\n");
    buf_clear(&out);
    for (size_t i = 0; i < COUNT(contexts); i++) {
        if (i)
            buf_addc(&out, '\n');
        show_context_put_detail(&contexts[i], &out);
    }
    if ((text = show_sample("asp_table_vpn-context_detail"))) {
        show_assert_is_part(text, "VPN CTX", NULL, &out);
        mem_free(text);
    }
    buf_release(&out);
}

/* --- show crypto ikev1 sa detail ----------------------------------------------------------------
 */

static void phase_one_in_columns(void **state)
{
    static const struct show_ike sas[] = {
        {1, "209.165.200.225", "User", false, false, "AM_Active", "3des", "SHA", "preshared", 86400,
         1},
        {2, "209.165.200.226", "User", false, false, "AM_ACTIVE", "3des", "SHA", "preshared", 86400,
         1},
        {3, "209.165.200.227", "User", false, false, "AM_ACTIVE", "3des", "SHA", "preshared", 86400,
         1},
        {4, "209.165.200.228", "User", false, false, "AM_ACTIVE", "3des", "SHA", "preshared", 86400,
         1},
    };
    struct buf out = BUF_INIT;
    char *text;

    (void)state;
    show_ike_put_columns(&sas[1], &out);
    assert_string_equal(
        buf_str(&out),
        "IKE Peer      Type  Dir   Rky  State      Encrypt Hash  Auth    Lifetime\n"
        "2 209.165.200.226 User  Resp  No   AM_ACTIVE  3des    SHA   preshrd 86400\n");
    buf_clear(&out);
    for (size_t i = 0; i < COUNT(sas); i++)
        show_ike_put_columns(&sas[i], &out);
    if ((text = show_sample("crypto_ikev1_sa_detail"))) {
        show_assert_is_part(text, "IKE Peer", NULL, &out);
        mem_free(text);
    }
    buf_release(&out);
}

/* The block form, as a public post of an ASA shows it. */
static void phase_one_in_blocks(void **state)
{
    static const struct show_ike sa = {1,           "192.168.255.11", "L2L", true,        false,
                                       "MM_ACTIVE", "aes-256",        "SHA", "preshared", 86400,
                                       2550};
    struct buf out = BUF_INIT;

    (void)state;
    show_ike_put_count(1, 0, &out);
    show_ike_put(&sa, true, &out);
    assert_string_equal(
        buf_str(&out),
        "   Active SA: 1\n"
        "    Rekey SA: 0 (A tunnel will report 1 Active and 1 Rekey SA during rekey)\n"
        "Total IKE SA: 1\n\n"
        "1   IKE Peer: 192.168.255.11\n"
        "    Type    : L2L             Role    : initiator \n"
        "    Rekey   : no              State   : MM_ACTIVE \n"
        "    Encrypt : aes-256         Hash    : SHA       \n"
        "    Auth    : preshared       Lifetime: 86400\n"
        "    Lifetime Remaining: 2550\n");
    buf_release(&out);
}

/* --- show crypto ipsec sa -----------------------------------------------------------------------
 */

#define NATT_PEER "8.8.8.8"
#define NAME_PEER "REMOTE-PEER-8.8.4.4"

static const struct show_tunnel tunnels[] = {
    {"COLO-MAP",
     2,
     "172.16.248.119",
     NATT_PEER,
     "access-list 2 extended permit ip 172.16.122.32 255.255.255.240 host 172.30.1.153",
     "172.16.122.32/255.255.255.240/0/0",
     "172.30.1.153/255.255.255.255/0/0",
     13915315,
     23606461,
     0,
     0,
     0,
     0,
     4500,
     4500,
     1500,
     82,
     52,
     1500,
     0x50023DDC,
     0x32F752FF,
     GW_DF_COPY},
    {"COLO-MAP",
     3,
     "LOCAL-ADDR-172.20.248.119",
     NAME_PEER,
     "access-list 200 extended permit ip 172.20.122.32 255.255.255.240 10.160.4.0 255.255.255.0",
     "172.20.122.32/255.255.255.240/0/0",
     "10.160.4.0/255.255.255.0/0/0",
     0,
     0,
     0,
     0,
     0,
     0,
     500,
     500,
     1500,
     74,
     44,
     1500,
     0xEA40155F,
     0x6A7391E0,
     GW_DF_COPY},
};

#define AES_MD5 "esp-aes-256 esp-md5-hmac"

static const struct show_sa sas[] = {
    {0x32F752FF,
     AES_MD5,
     false,
     true,
     159694848,
     "COLO-MAP",
     2699423,
     25461,
     16,
     true,
     {0xFFFFFFFF, 0xFFFFFFFF},
     1},
    {0x50023DDC, AES_MD5, false, true, 159694848, "COLO-MAP", 3892153, 25461, 16, true, {0, 1}, 1},
    {0x6A7391E0,
     AES_MD5,
     false,
     false,
     14376960,
     "COLO-MAP",
     2038431743,
     70749,
     16,
     true,
     {0, 1},
     1},
    {0xEA40155F,
     AES_MD5,
     false,
     false,
     14376960,
     "COLO-MAP",
     2038431743,
     70749,
     16,
     true,
     {0, 1},
     1},
};

static void phase_two_of_9(void **state)
{
    const struct gw_profile *p = show_release("9.1(7)");
    struct buf out = BUF_INIT;
    char *text;

    (void)state;
    show_sa_put(p, &sas[0], &out);
    assert_string_equal(buf_str(&out),
                        "      spi: 0x32F752FF (855069439)\n"
                        "         SA State: active\n"
                        "         transform: esp-aes-256 esp-md5-hmac no compression\n"
                        "         in use settings ={L2L, Tunnel,  NAT-T-Encaps, IKEv1, }\n"
                        "         slot: 0, conn_id: 159694848, crypto-map: COLO-MAP\n"
                        "         sa timing: remaining key lifetime (kB/sec): (2699423/25461)\n"
                        "         IV size: 16 bytes\n"
                        "         replay detection support: Y\n"
                        "         Anti replay bitmap:\n"
                        "          0xFFFFFFFF 0xFFFFFFFF\n");
    buf_clear(&out);
    buf_adds(&out, "interface: COLO\n");
    for (size_t i = 0; i < COUNT(tunnels); i++) {
        if (i)
            buf_addc(&out, '\n');
        show_tunnel_put(p, &tunnels[i], &out);
        buf_adds(&out, "    inbound esp sas:\n");
        show_sa_put(p, &sas[2 * i], &out);
        buf_adds(&out, "    outbound esp sas:\n");
        show_sa_put(p, &sas[2 * i + 1], &out);
    }
    if ((text = show_sample("crypto_ipsec_sa"))) {
        show_assert_is_part(text, "interface: COLO", NULL, &out);
        mem_free(text);
    }
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(contexts_in_detail),
        cmocka_unit_test(phase_one_in_columns),
        cmocka_unit_test(phase_one_in_blocks),
        cmocka_unit_test(phase_two_of_9),
    };
    return cmocka_run_group_tests_name("gateway/show_ipsec_real", tests, NULL, NULL);
}
