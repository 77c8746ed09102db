/* Messages that only certain states cause: each is asked for in that state, and in one beside it
 * where it must not be. Texts: Cisco's message guide; "console", "terminal" and "N in use, N most
 * used" as in real lines. */
#include "tests/gateway_lab.h"
#include "tests/testkit.h"

#include "base/mem.h"

static struct gateway_lab *make(const char *bo, const char *ho)
{
    struct gateway_lab *l = mem_zalloc(sizeof(*l));

    lab_init(l, bo, ho, 11);
    return l;
}

static void done(struct gateway_lab *l)
{
    lab_release(l);
    mem_free(l);
}

static void type(struct gateway_lab *l, const char *line)
{
    struct buf out = BUF_INIT;

    lab_type(l, LAB_BO, line, &out);
    buf_release(&out);
    lab_run(l, SPAN_MS(100)); /* its records are under way */
}

static size_t logged(const struct gateway_lab *l, uint32_t id, const char *text)
{
    return lab_logged(l, LAB_BO, id, text);
}

static void the_configuration_mode_is_entered_and_left(void **state)
{
    struct gateway_lab *l = make(NULL, NULL);

    (void)state;
    type(l, "show clock");
    type(l, "hostname other"); /* at the privileged prompt: no mode is entered */
    assert_int_equal(logged(l, 111007, NULL) + logged(l, 111005, NULL), 0);
    type(l, "configure terminal");
    assert_int_equal(logged(l, 111007,
                            "%ASA-5-111007: Begin configuration: console reading from "
                            "terminal"),
                     1);
    type(l, "interface Ethernet0/1");
    type(l, "exit");
    assert_int_equal(logged(l, 111007, NULL), 1);
    assert_int_equal(logged(l, 111005, NULL), 0);
    type(l, "end");
    assert_int_equal(logged(l, 111005, "%ASA-5-111005: console end configuration: OK"), 1);
    type(l, "show clock");
    assert_int_equal(logged(l, 111005, NULL), 1);
    done(l);
}

static void the_stored_configuration_is_erased(void **state)
{
    struct gateway_lab *l = make(NULL, NULL);

    (void)state;
    type(l, "write memory");
    assert_int_equal(logged(l, 111003, NULL), 0);
    type(l, "write erase");
    assert_int_equal(logged(l, 111003, "%ASA-5-111003: console Erase configuration"), 1);
    done(l);
}

static void the_numbers_of_connections_are_logged_when_they_are_shown(void **state)
{
    struct gateway_lab *l = make(NULL, NULL);
    struct lab_tcp c;

    (void)state;
    assert_true(lab_connect(l, &c, 1135, 80));
    assert_true(lab_transfer(l, &c, LAB_BO, 10));
    assert_int_equal(logged(l, 302010, NULL), 0);
    type(l, "show conn count");
    assert_int_equal(logged(l, 302010, "%ASA-6-302010: 1 in use, 1 most used"), 1);
    assert_true(lab_close(l, &c));
    lab_run(l, SPAN_S(1));
    type(l, "show conn");
    assert_int_equal(logged(l, 302010, "%ASA-6-302010: 0 in use, 1 most used"), 1);
    type(l, "show conn port 80 long");
    assert_int_equal(logged(l, 302010, NULL), 3);
    done(l);
}

/* An AH packet from SRC to the outside address of the BO. */
static void send_ah(struct gateway_lab *l, uint32_t src)
{
    struct ip ip = {.version = 4,
                    .proto = IP_AH,
                    .ttl = 64,
                    .src = ip4(src),
                    .dst = l->end[LAB_BO][LAB_WAN].gw_addr};
    uint8_t packet[64];
    struct wr w = wr_of(packet, sizeof(packet));

    ip_put(&w, &ip, 24);
    wr_zero(&w, 24);
    lab_send_packet(l, LAB_BO, LAB_WAN, wr_bytes(&w));
    lab_run(l, SPAN_MS(100));
}

static void a_peer_with_sas_is_to_send_esp(void **state)
{
    struct gateway_lab *l = make(NULL, NULL);
    uint32_t ho = ip4_u32(&l->end[LAB_HO][LAB_WAN].gw_addr);
    struct buf out = BUF_INIT;
    struct lab_tcp c;

    (void)state;
    send_ah(l, ho); /* it has no SAs yet */
    assert_int_equal(logged(l, 402115, NULL), 0);
    assert_true(lab_connect(l, &c, 1135, 80));
    send_ah(l, ho + 1); /* who that is, nobody knows */
    assert_int_equal(logged(l, 402115, NULL), 0);
    send_ah(l, ho);
    send_ah(l, ho); /* one in five seconds */
    assert_int_equal(logged(l, 402115,
                            "%ASA-4-402115: IPSEC: Received a packet from "
                            "209.165.200.10 to 209.165.201.2 containing AH data "
                            "instead of ESP data."),
                     1);
    lab_run(l, SPAN_S(6));
    send_ah(l, ho);
    assert_int_equal(logged(l, 402115, NULL), 2);
    assert_non_null(strstr(lab_type(l, LAB_BO, "show asp drop", &out),
                           "  IPSEC not AH or ESP (bad-ipsec-prot)  "));
    assert_non_null(strstr(buf_str(&out), "  Unexpected packet (unexpected-packet)  "));
    buf_release(&out);
    done(l);
}

#define BO "Group = 209.165.201.2, IP = 209.165.201.2, "
#define HO "Group = 209.165.200.10, IP = 209.165.200.10, "

static const struct lifetime_row {
    const char *what;
    const char *bo, *ho;   /* the BO begins */
    const char *initiator; /* what it logs, and */
    const char *responder;
    uint32_t ids[2];
} lifetimes[] = {
    {"the_responders_seconds_are_lower",
     "",
     "crypto ipsec security-association lifetime seconds 3600\n",
     HO "Responder forcing change of IPSec rekeying duration from 28800 to 3600 seconds",
     BO "Overriding Initiator's IPSec rekeying duration from 28800 to 3600 seconds",
     {713073, 713075}},
    {"its_kilobytes_are",
     "",
     "crypto ipsec security-association lifetime kilobytes 100000\n",
     HO "Responder forcing change of IPSec rekeying duration from 4608000 to 100000 Kbs",
     BO "Overriding Initiator's IPSec rekeying duration from 4608000 to 100000 Kbs",
     {713074, 713076}},
    {"the_initiators_seconds_are_lower",
     "crypto ipsec security-association lifetime seconds 3600\n",
     "",
     NULL,
     NULL,
     {713073, 713075}},
    {"both_are_alike", "", "", NULL, NULL, {713073, 713075}},
};

static void a_lifetime_that_is_forced_is_told(void **state)
{
    const struct lifetime_row *row = *state;
    struct gateway_lab *l = make(row->bo, row->ho);
    struct lab_tcp c;

    assert_true(lab_connect(l, &c, 1135, 80));
    for (uint32_t id = 713073; id <= 713076; id++) {
        assert_int_equal(lab_logged(l, LAB_BO, id, NULL),
                         id == row->ids[0] && row->initiator != NULL);
        assert_int_equal(lab_logged(l, LAB_HO, id, NULL),
                         id == row->ids[1] && row->responder != NULL);
    }
    if (row->initiator) {
        assert_int_equal(lab_logged(l, LAB_BO, row->ids[0], row->initiator), 1);
        assert_int_equal(lab_logged(l, LAB_HO, row->ids[1], row->responder), 1);
    }
    done(l);
}

/* Phase 1: the note's own policy has a lifetime of a day on both sides. */
static void a_lifetime_of_phase_1_that_is_forced_is_told(void **state)
{
    struct gateway_lab *l = make(NULL, "crypto isakmp policy 5\n lifetime 7200\n");
    struct lab_tcp c;

    (void)state;
    assert_true(lab_connect(l, &c, 1135, 80));
    assert_int_equal(lab_logged(l, LAB_HO, 713075,
                                "Overriding Initiator's IKE rekeying duration from 86400 to 7200 "
                                "seconds"),
                     1);
    assert_int_equal(lab_logged(l, LAB_BO, 713073,
                                "Responder forcing change of IKE rekeying duration from 86400 to "
                                "7200 seconds"),
                     1);
    done(l);
}

#define FIXED 5

int main(void)
{
    struct CMUnitTest tests[FIXED + COUNT(lifetimes)] = {
        cmocka_unit_test(the_configuration_mode_is_entered_and_left),
        cmocka_unit_test(the_stored_configuration_is_erased),
        cmocka_unit_test(the_numbers_of_connections_are_logged_when_they_are_shown),
        cmocka_unit_test(a_peer_with_sas_is_to_send_esp),
        cmocka_unit_test(a_lifetime_of_phase_1_that_is_forced_is_told),
    };

    for (size_t i = 0; i < COUNT(lifetimes); i++)
        tests[FIXED + i] = (struct CMUnitTest){lifetimes[i].what, a_lifetime_that_is_forced_is_told,
                                               NULL, NULL, (void *)(uintptr_t)&lifetimes[i]};
    return cmocka_run_group_tests_name("gateway/messages_state", tests, NULL, NULL);
}
