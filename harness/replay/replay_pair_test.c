/* What the harness does to frames between two devices: each way of doing harm, by each way of
 * saying to which frames. The evidence shows that it were these and no others, the hosts what came
 * of it. */
#include "tests/one_run.h"
#include "tests/testkit.h"
#include "wire/ikev2.h"
#include "wire/pkt.h"

#include <stdio.h>

#define BO    0xd1a5c902u /* 209.165.201.2 */
#define HO    0xd1a5c80au /* 209.165.200.10 */
#define CHILD ISAKMP_X_V2_CREATE_CHILD_SA

#define NOW(action)  "<at id=\"ev\" time=\"0s\">" action "</at>"
#define THEN(action) "<at id=\"ev\" stream=\"dl\" reaches=\"30%\">" action "</at>"

struct row {
    const char *what;
    const char *timeline;
    /* what a frame that was met is; 0: anything */
    bool esp;
    uint8_t exchange;
    uint32_t from;       /* device */
    uint32_t message_id; /* plus one */
    bool newest;         /* of the SPIs of its direction */
    size_t filtered, injected;
    double waits;  /* seconds, at least, that the user's SYN waits longer than without harm */
    bool disorder; /* segments come to the user in another order */
};

#define SOME SIZE_MAX

/* The first message of IKE is lost: the router in front of the other device asks for it first. */
#define USUAL 2.0

/* Beyond the usual, so that IKE_SA_INIT is too large for a narrow link. */
#define POLICIES                                                                                   \
    "<line>crypto ikev2 policy 30</line><line> encryption aes-192 aes 3des</line>"                 \
    "<line> integrity sha512 sha384 sha</line><line> group 14 5 2</line>"                          \
    "<line> prf sha512 sha384 sha</line>"

static const struct row rows[] = {
    {.what = "drop__of_esp_one_way",
     .timeline = THEN("<wan-drop kind=\"esp\" direction=\"to-device\" first=\"2\"/>"),
     .esp = true,
     .from = HO,
     .filtered = 2},
    {.what = "drop__of_the_newest_spi",
     .timeline = THEN("<wan-drop spi=\"newest\" direction=\"from-device\" first=\"2\"/>"),
     .esp = true,
     .from = BO,
     .newest = true,
     .filtered = 2},
    {.what = "drop__of_an_answer_of_ike_auth",
     .timeline = NOW("<wan-drop exchange=\"auth\" direction=\"to-device\" first=\"1\"/>"),
     .exchange = ISAKMP_X_V2_AUTH,
     .from = HO,
     .filtered = 1,
     .waits = 1.9},
    {.what = "drop__of_a_message_by_its_number",
     .timeline = NOW("<wan-drop message-id=\"0\" direction=\"to-device\" first=\"1\"/>"),
     .exchange = ISAKMP_X_V2_SA_INIT,
     .from = HO,
     .message_id = 1,
     .filtered = 1,
     .waits = 3.9},
    {.what = "drop__of_one_in_forty",
     .timeline = THEN("<wan-drop kind=\"esp\" every=\"40\"/>"),
     .esp = true,
     .filtered = SOME},

    {.what = "delay__of_esp_one_way",
     .timeline = NOW("<wan-delay kind=\"esp\" direction=\"to-device\" hold=\"300ms\"/>"),
     .waits = 0.3},
    {.what = "delay__of_the_newest_spi",
     .timeline = NOW("<wan-delay spi=\"newest\" direction=\"from-device\" "
                     "hold=\"300ms\"/>"),
     .waits = 0.3},
    {.what = "delay__of_an_answer_of_ike_auth",
     .timeline = NOW("<wan-delay exchange=\"auth\" direction=\"to-device\" first=\"1\" "
                     "hold=\"700ms\"/>"),
     .waits = 0.7},
    {.what = "delay__of_a_message_by_its_number",
     .timeline = NOW("<wan-delay message-id=\"1\" direction=\"from-device\" first=\"1\" "
                     "hold=\"700ms\"/>"),
     .waits = 0.7},

    {.what = "reorder__of_esp_one_way",
     .timeline = THEN("<wan-reorder kind=\"esp\" direction=\"to-device\" behind=\"3\" "
                      "every=\"20\" for=\"1s\"/>"),
     .disorder = true},
    {.what = "reorder__of_the_newest_spi",
     .timeline = THEN("<wan-reorder spi=\"newest\" direction=\"to-device\" behind=\"3\" "
                      "every=\"20\" for=\"1s\"/>"),
     .disorder = true},
    {.what = "reorder__of_ike_auth__goes_on_as_nothing_overtakes_it",
     .timeline = NOW("<wan-reorder exchange=\"auth\" direction=\"from-device\" first=\"1\"/>"),
     .waits = 0.9},
    {.what = "reorder__of_a_message_by_its_number",
     .timeline = NOW("<wan-reorder message-id=\"0\" direction=\"to-device\" first=\"1\"/>"),
     .waits = 0.9},

    {.what = "duplicate__of_esp_one_way",
     .timeline = THEN("<wan-duplicate kind=\"esp\" direction=\"from-device\" first=\"3\"/>"),
     .esp = true,
     .from = BO,
     .injected = 3},
    {.what = "duplicate__of_the_newest_spi",
     .timeline = THEN("<wan-duplicate spi=\"newest\" direction=\"to-device\" first=\"3\"/>"),
     .esp = true,
     .from = HO,
     .newest = true,
     .injected = 3},
    {.what = "duplicate__of_ike_auth_both_ways",
     .timeline = NOW("<wan-duplicate exchange=\"auth\"/>"),
     .exchange = ISAKMP_X_V2_AUTH,
     .injected = 3},
    {.what = "duplicate__of_a_message_by_its_number",
     .timeline = NOW("<wan-duplicate message-id=\"1\" direction=\"to-device\" first=\"1\"/>"),
     .exchange = ISAKMP_X_V2_AUTH,
     .from = HO,
     .message_id = 2,
     .injected = 1},

    {.what = "corrupt__of_esp_one_way",
     .timeline = THEN("<wan-corrupt kind=\"esp\" direction=\"to-device\" first=\"2\"/>"),
     .esp = true,
     .from = HO,
     .filtered = 2,
     .injected = 2},
    {.what = "corrupt__of_the_newest_spi",
     .timeline = THEN("<wan-corrupt spi=\"newest\" direction=\"from-device\" first=\"1\"/>"),
     .esp = true,
     .from = BO,
     .newest = true,
     .filtered = 1,
     .injected = 1},
    {.what = "corrupt__of_ike_auth",
     .timeline = NOW("<wan-corrupt exchange=\"auth\" direction=\"from-device\" first=\"1\"/>"),
     .exchange = ISAKMP_X_V2_AUTH,
     .from = BO,
     .filtered = 1,
     .injected = 1,
     .waits = 1.9},
    {.what = "corrupt__of_a_message_by_its_number",
     .timeline = NOW("<wan-corrupt message-id=\"1\" direction=\"to-device\" first=\"1\"/>"),
     .exchange = ISAKMP_X_V2_AUTH,
     .from = HO,
     .message_id = 2,
     .filtered = 1,
     .injected = 1,
     .waits = 1.9},

    {.what = "rate__of_esp_one_way",
     .timeline = THEN("<wan-rate kind=\"esp\" direction=\"to-device\" rate=\"200kbit/s\" "
                      "for=\"1s\"/>")},
    {.what = "rate__of_the_newest_spi",
     .timeline = THEN("<wan-rate spi=\"newest\" rate=\"200kbit/s\" for=\"1s\"/>")},
    {.what = "rate__of_ike_sa_init",
     .timeline = NOW("<wan-rate exchange=\"sa-init\" rate=\"2600bit/s\"/>"),
     .waits = 2.5},
    {.what = "rate__of_messages_by_their_number",
     .timeline = NOW("<wan-rate message-id=\"0\" rate=\"2600bit/s\"/>"),
     .waits = 2.5},

    {.what = "mtu__of_esp_one_way",
     .timeline = THEN("<wan-mtu kind=\"esp\" direction=\"to-device\" mtu=\"1000\" for=\"1s\"/>"),
     .esp = true,
     .from = HO,
     .filtered = SOME},
    {.what = "mtu__of_the_newest_spi",
     .timeline = THEN("<wan-mtu spi=\"newest\" direction=\"to-device\" mtu=\"1000\" for=\"1s\"/>"),
     .esp = true,
     .from = HO,
     .newest = true,
     .filtered = SOME},
    {.what = "mtu__of_ike_sa_init__it_goes_in_fragments",
     .timeline = NOW("<wan-mtu exchange=\"sa-init\" mtu=\"576\"/>")},
    {.what = "mtu__of_messages_by_their_number__they_go_in_fragments",
     .timeline = NOW("<wan-mtu message-id=\"0\" mtu=\"576\"/>")},
};

/* --- what is in the evidence ----------------------------------------------------------------- */

struct newest { /* by direction: from BO, from HO */
    uint32_t spi[2];
};

static void assert_fits(const struct row *row, const struct pkt *p, const struct newest *n)
{
    struct ip_addr from = ip4(row->from);
    struct isakmp_hdr h;

    if (row->from)
        assert_true(ip_addr_eq(&p->ip.src, &from));
    if (row->esp)
        assert_int_equal(p->kind, PKT_ESP);
    if (row->newest) {
        struct ip_addr bo = ip4(BO);
        assert_int_equal(p->esp.spi, n->spi[!ip_addr_eq(&p->ip.src, &bo)]);
    }
    if (!row->exchange)
        return;
    assert_int_equal(p->kind, PKT_UDP);
    assert_ok(isakmp_hdr_parse(p->udp.data, &h));
    assert_int_equal(h.exchange, row->exchange);
    if (row->message_id)
        assert_int_equal(h.message_id, row->message_id - 1);
}

static void assert_number(size_t want, size_t got)
{
    if (want == SOME)
        assert_true(got > 0);
    else
        assert_int_equal(got, want);
}

static void check_marks(const struct one_run *r, const struct row *row)
{
    size_t filtered = 0, injected = 0;
    struct newest n = {{0, 0}};
    struct ip_addr bo = ip4(BO);

    for (size_t i = 0; i < r->nframes; i++) {
        const struct one_frame *f = &r->frames[i];
        struct pkt p;
        if (f->leg != EV_WAN)
            continue;
        pkt_parse(bytes_of(f->p, f->n), &p);
        if (p.kind == PKT_ESP)
            n.spi[!ip_addr_eq(&p.ip.src, &bo)] = p.esp.spi;
        bool answers = p.kind == PKT_ICMP; /* of the router in front of a narrow link */
        if (f->filtered || (f->injected && !answers))
            assert_fits(row, &p, &n);
        filtered += f->filtered;
        injected += f->injected && !answers;
    }
    assert_number(row->filtered, filtered);
    assert_number(row->injected, injected);
}

/* Of the frames with TCP on the user's LAN. */
static void check_user(const struct one_run *r, const struct row *row)
{
    double syn = -1, answer = -1;
    uint32_t high = 0;
    bool disorder = false;

    for (size_t i = 0; i < r->nframes; i++) {
        const struct one_frame *f = &r->frames[i];
        struct pkt p;
        if (f->leg != EV_BO_LAN)
            continue;
        pkt_parse(bytes_of(f->p, f->n), &p);
        if (p.kind != PKT_TCP)
            continue;
        if (p.tcp.flags == TCP_SYN && syn < 0)
            syn = f->time;
        if (p.tcp.flags == (TCP_SYN | TCP_ACK) && answer < 0) {
            answer = f->time;
            high = p.tcp.seq;
        }
        if (answer < 0 || p.tcp.src != 443 || p.tcp.data.n == 0)
            continue;
        disorder = disorder || (int32_t)(p.tcp.seq - high) < 0;
        high = (int32_t)(p.tcp.seq - high) > 0 ? p.tcp.seq : high;
    }
    assert_true(syn >= 0 && answer >= 0);
    assert_true(answer - syn >= USUAL + row->waits);
    assert_true(row->waits > 0 || answer - syn < USUAL + 0.2);
    if (row->disorder)
        assert_true(disorder);
}

static void does_to_those_frames_what_it_says(void **state)
{
    const struct row *row = *state;
    struct one_run r;
    char body[4096];

    snprintf(
        body, sizeof(body),
        "<lab mode=\"pair\"><leg name=\"wan\" delay=\"10ms\"/></lab><device site=\"bo\">" CONFIG
        "<config file=\"cases/devices/bo-ikev2.cfg\"/>" POLICIES "</device><device site=\"ho\">"
        "<config file=\"cases/devices/ho-asa.cfg\"/>"
        "<config file=\"cases/devices/ho-ikev2.cfg\"/></device><timeline>" DOWNLOAD
        "%s</timeline>" EXPECT,
        row->timeline);
    one_run_ok(&r, body, NULL);
    const struct one_line *shown = one_run_event(&r, "ev", "confirmed");
    assert_non_null(shown);
    assert_string_equal(one_line_text(shown, "detail"), "a frame met it");
    check_marks(&r, row);
    check_user(&r, row);
    one_run_check_done(&r, "dl");
    one_run_release(&r);
}

int main(void)
{
    struct CMUnitTest tests[COUNT(rows)];

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[i] = (struct CMUnitTest){rows[i].what, does_to_those_frames_what_it_says, NULL, NULL,
                                       (void *)(uintptr_t)&rows[i]};
    return cmocka_run_group_tests_name("replay/replay_pair", tests, NULL, NULL);
}
