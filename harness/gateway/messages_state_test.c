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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_configuration_mode_is_entered_and_left),
        cmocka_unit_test(the_stored_configuration_is_erased),
        cmocka_unit_test(the_numbers_of_connections_are_logged_when_they_are_shown),
        cmocka_unit_test(a_peer_with_sas_is_to_send_esp),
    };
    return cmocka_run_group_tests_name("gateway/messages_state", tests, NULL, NULL);
}
