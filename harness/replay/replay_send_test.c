/* <send>, hosts that are unplugged, and the host outside: what is on the legs then. */
#include "evidence/marked.h"
#include "tests/one_run.h"
#include "tests/testkit.h"
#include "wire/pkt.h"

#include <stdio.h>

struct row {
    const char *what;
    const char *send; /* the attributes of <send> */
    enum evidence_leg leg;
    enum pkt_kind kind;
    uint8_t tcp_flags; /* TCP */
    uint8_t icmp_type; /* ICMP */
    size_t frames;     /* that were sent */
};

static const struct row rows[] = {
    {"reset__is_one", "form=\"reset\" stream=\"dl\"", EV_BO_LAN, PKT_TCP, TCP_RST | TCP_ACK, 0, 1},
    {"fin__is_one", "form=\"fin-past-window\" stream=\"dl\" from=\"ho\"", EV_HO_LAN, PKT_TCP,
     TCP_FIN | TCP_ACK, 0, 1},
    {"data__is_a_segment", "form=\"data-past-window\" stream=\"dl\" from=\"ho\"", EV_HO_LAN,
     PKT_TCP, TCP_ACK, 0, 1},
    {"syn_of_the_stream__is_a_syn", "form=\"syn-again\" stream=\"dl\"", EV_BO_LAN, PKT_TCP, TCP_SYN,
     0, 1},
    {"syn_of_none__is_a_syn", "form=\"syn\" to-port=\"23\"", EV_BO_LAN, PKT_TCP, TCP_SYN, 0, 1},
    {"ack__is_one", "form=\"ack\" from=\"ho\"", EV_HO_LAN, PKT_TCP, TCP_ACK, 0, 1},
    {"error_about_a_stream__is_an_icmp_error", "form=\"too-big\" stream=\"dl\"", EV_BO_LAN,
     PKT_ICMP, 0, ICMP_UNREACHABLE, 1},
    {"stray_error__is_an_icmp_error", "form=\"stray-unreachable\" from=\"ho\"", EV_HO_LAN, PKT_ICMP,
     0, ICMP_UNREACHABLE, 1},
    {"echo__is_one", "form=\"echo\"", EV_BO_LAN, PKT_ICMP, 0, ICMP_ECHO, 1},
    {"echo_reply__is_one", "form=\"echo-reply\"", EV_BO_LAN, PKT_ICMP, 0, ICMP_ECHO_REPLY, 1},
    {"udp__is_a_datagram", "form=\"udp\"", EV_BO_LAN, PKT_UDP, 0, 0, 1},
    {"fragments__are_three", "form=\"fragments\"", EV_BO_LAN, PKT_IP, 0, 0, 3},
    {"fragments_without_one__are_two", "form=\"fragments-one-lost\"", EV_BO_LAN, PKT_IP, 0, 0, 2},
    {"gre__is_protocol_47", "form=\"gre\"", EV_BO_LAN, PKT_IP, 0, 0, 1},
};

/* The identification that <send> gives its packets: 0x4800 and the event's number. */
#define OWN_ID 0x4800u

static bool is_own(const struct one_frame *f, enum evidence_leg leg, struct pkt *p)
{
    if (f->leg != leg)
        return false;
    pkt_parse(bytes_of(f->p, f->n), p);
    return p->kind != PKT_OTHER && p->kind != PKT_ARP && p->ip.version == 4 && p->ip.id == OWN_ID &&
           p->ip.ttl == 64;
}

static void assert_fits(const struct row *row, const struct pkt *p)
{
    if (ip_is_fragment(&p->ip) || row->kind == PKT_IP)
        return;
    assert_int_equal(p->kind, row->kind);
    if (p->kind == PKT_TCP) {
        assert_int_equal(p->tcp.flags, row->tcp_flags);
        assert_true(tcp_checksum_ok(p->ip.payload, &p->ip.src, &p->ip.dst));
    }
    if (p->kind == PKT_ICMP)
        assert_int_equal(p->icmp.type, row->icmp_type);
    if (p->kind == PKT_UDP)
        assert_true(marked_is(p->udp.data, "ev"));
}

static void sends_what_its_row_says(void **state)
{
    const struct row *row = *state;
    char body[2048];
    struct one_run r;
    struct pkt p;
    size_t n = 0;

    snprintf(body, sizeof(body),
             DEVICE "<timeline>" DOWNLOAD "<at id=\"ev\" stream=\"dl\" reaches=\"40%%\"><send %s/>"
                    "</at></timeline>" EXPECT,
             row->send);
    one_run_ok(&r, body, NULL);
    assert_true(one_run_has_event(&r, "ev", "confirmed"));
    for (size_t i = 0; i < r.nframes; i++) {
        if (!is_own(&r.frames[i], row->leg, &p))
            continue;
        assert_fits(row, &p);
        n++;
    }
    assert_int_equal(n, row->frames);
    one_run_release(&r);
}

static void before_a_stream_began__nothing_can_carry_on_from_it(void **state)
{
    struct one_run r;

    (void)state;
    one_run_ok(&r,
               CASE("<stream id=\"dl\" capture=\"" HTTPS "\" start=\"2s\"/><at id=\"ev\" "
                    "time=\"1s\"><send form=\"reset\" stream=\"dl\"/></at>"),
               NULL);
    assert_true(one_run_has_event(&r, "ev", "failed"));
    one_run_release(&r);
}

static void an_unplugged_host__has_no_frames_until_it_is_plugged_in(void **state)
{
    struct one_run r;

    (void)state;
    one_run_ok(&r,
               CASE(DOWNLOAD
                    "<at id=\"out\" stream=\"dl\" reaches=\"40%\"><blackhole leg=\"ho-lan\"/></at>"
                    "<at id=\"in\" after=\"out\" delay=\"5s\"><restore/></at>"),
               NULL);
    double from = one_run_event(&r, "out", "sent")->time,
           to = one_run_event(&r, "in", "sent")->time;
    for (size_t i = 0; i < r.nframes; i++)
        assert_false(r.frames[i].leg == EV_HO_LAN && r.frames[i].time > from &&
                     r.frames[i].time < to);
    one_run_check_done(&r, "dl");
    one_run_release(&r);
}

static void a_stream_to_the_outside__is_in_clear_on_the_wan(void **state)
{
    struct one_run r;
    size_t clear = 0;
    struct pkt p;

    (void)state;
    one_run_ok(&r,
               "<lab bo-host=\"10.224.10.20\" bo-on-link=\"10.224.9.1\" "
               "bo-net=\"10.224.10.0/24\"/>" CASE("<stream id=\"dl\" capture=\"" HTTPS
                                                  "\" to=\"outside\"/>"),
               NULL);
    for (size_t i = 0; i < r.nframes; i++) {
        if (r.frames[i].leg != EV_WAN)
            continue;
        pkt_parse(bytes_of(r.frames[i].p, r.frames[i].n), &p);
        clear += p.kind == PKT_TCP;
        assert_int_not_equal(p.kind, PKT_ESP);
    }
    assert_true(clear > 100);
    one_run_check_done(&r, "dl");
    one_run_release(&r);
}

static void opener_ho__turns_the_conversation_round(void **state)
{
    struct one_run r;

    (void)state;
    one_run_ok(&r, CASE("<stream id=\"dl\" capture=\"" HTTPS "\" opener=\"ho\"/>"), NULL);
    const struct one_line *said = one_run_find(&r, "stream", "id", "dl", 0);
    assert_string_equal(one_line_text(said, "opener"), "ho");
    one_run_check_done(&r, "dl");
    one_run_release(&r);
}

int main(void)
{
    struct CMUnitTest tests[COUNT(rows) + 4];
    size_t n = COUNT(rows);

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[i] = (struct CMUnitTest){rows[i].what, sends_what_its_row_says, NULL, NULL,
                                       (void *)(uintptr_t)&rows[i]};
    tests[n++] =
        (struct CMUnitTest)cmocka_unit_test(before_a_stream_began__nothing_can_carry_on_from_it);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(
        an_unplugged_host__has_no_frames_until_it_is_plugged_in);
    tests[n++] =
        (struct CMUnitTest)cmocka_unit_test(a_stream_to_the_outside__is_in_clear_on_the_wan);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(opener_ho__turns_the_conversation_round);
    return cmocka_run_group_tests_name("replay/replay_send", tests, NULL, NULL);
}
