/* Requests of peer and device that cross: on the wire, and only then confirmed. */
#include "tests/one_run.h"
#include "tests/testkit.h"
#include "wire/ikev2.h"
#include "wire/pkt.h"

#define IKEV2_CASE(timeline)                                                                       \
    "<lab><leg name=\"wan\" delay=\"20ms\"/></lab><device>" CONFIG                                 \
    "<config file=\"cases/devices/bo-ikev2.cfg\"/>"                                                \
    "<line>crypto ipsec security-association lifetime seconds 120</line></device>"                 \
    "<peer ike-version=\"2\"/><timeline><stream id=\"dl\" "                                        \
    "capture=\"captures/ssh-interactive.pcapng\" think=\"40s\"/>" timeline "</timeline>" EXPECT

struct seen { /* a CREATE_CHILD_SA on the WAN */
    bool of_peer, answer;
};

static size_t create_child(const struct one_run *r, struct seen out[static 8])
{
    size_t n = 0;

    for (size_t i = 0; i < r->nframes && n < 8; i++) {
        struct isakmp_hdr h;
        struct pkt p;
        if (r->frames[i].leg != EV_WAN)
            continue;
        pkt_parse(bytes_of(r->frames[i].p, r->frames[i].n), &p);
        if (p.kind != PKT_UDP || isakmp_hdr_parse(p.udp.data, &h) ||
            h.exchange != ISAKMP_X_V2_CREATE_CHILD_SA)
            continue;
        struct ip_addr device = ip4(0xd1a5c902); /* 209.165.201.2 */
        out[n++] = (struct seen){!ip_addr_eq(&p.ip.src, &device), ikev2_is_response(&h)};
    }
    return n;
}

static void a_crossing__is_request_request_answer_answer(void **state)
{
    static const struct seen want[] = {{false, false}, {true, false}, {true, true}, {false, true}};
    struct seen got[8];
    struct one_run r;

    (void)state;
    one_run_ok(&r,
               IKEV2_CASE("<at id=\"cross\" exchange=\"create-child\" from=\"device\">"
                          "<phase2-rekey crosses=\"yes\" nonce=\"wins\"/></at>"),
               NULL);
    assert_true(create_child(&r, got) >= COUNT(want));
    for (size_t i = 0; i < COUNT(want); i++) {
        assert_int_equal(got[i].of_peer, want[i].of_peer);
        assert_int_equal(got[i].answer, want[i].answer);
    }
    const struct one_line *shown = one_run_event(&r, "cross", "confirmed");
    assert_string_equal(one_line_text(shown, "detail"), "the requests crossed");
    one_run_release(&r);
}

static void who_made_a_pair_and_who_deleted_it__stands_in_the_evidence(void **state)
{
    struct one_run r;

    (void)state;
    one_run_ok(&r,
               IKEV2_CASE("<at id=\"cross\" exchange=\"create-child\" from=\"device\">"
                          "<phase2-rekey crosses=\"yes\" nonce=\"wins\"/></at>"),
               NULL);
    /* two lines a pair: the first one, then the device's, as it asked first, then the peer's */
    static const char *const makers[] = {"device", "device", "peer"};
    for (size_t i = 0; i < COUNT(makers); i++) {
        const struct one_line *up = one_run_find(&r, "esp-sa", "state", "up", 2 * i);
        assert_non_null(up);
        assert_string_equal(one_line_text(up, "initiator"), makers[i]);
    }
    /* who wins deletes the old one, and the loser its own */
    for (size_t i = 0; i < 2; i++) {
        const struct one_line *down = one_run_find(&r, "esp-sa", "state", "down", 2 * i);
        assert_non_null(down);
        bool first =
            strcmp(one_line_text(down, "spi"),
                   one_line_text(one_run_find(&r, "esp-sa", "state", "up", 0), "spi")) == 0;
        assert_string_equal(one_line_text(down, "deleted_by"), first ? "peer" : "device");
    }
    one_run_release(&r);
}

/* The peer has one request under way at a time: what waits behind it crosses nothing. */
static void what_is_sent_behind_the_answer__does_not_cross_and_is_not_confirmed(void **state)
{
    struct one_run r;

    (void)state;
    one_run_ok(&r,
               IKEV2_CASE("<at id=\"first\" exchange=\"create-child\" from=\"device\">"
                          "<phase2-rekey crosses=\"yes\"/></at>"
                          "<at id=\"second\" exchange=\"create-child\" from=\"device\">"
                          "<phase1-rekey crosses=\"yes\"/></at>"),
               NULL);
    assert_non_null(one_run_event(&r, "first", "confirmed"));
    assert_non_null(one_run_event(&r, "second", "sent"));
    assert_null(one_run_find(&r, "event", "detail", "the requests crossed", 1));
    one_run_release(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_crossing__is_request_request_answer_answer),
        cmocka_unit_test(who_made_a_pair_and_who_deleted_it__stands_in_the_evidence),
        cmocka_unit_test(what_is_sent_behind_the_answer__does_not_cross_and_is_not_confirmed),
    };
    return cmocka_run_group_tests_name("replay/cross", tests, NULL, NULL);
}
