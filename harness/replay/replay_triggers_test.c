/* When events happen. */
#include "tests/one_run.h"
#include "tests/testkit.h"
#include "wire/asa_log.h"
#include "wire/pkt.h"

/* --- triggers ----------------------------------------------------------------------------------
 */

static void a_time_and_a_delay_are_kept_to_the_nanosecond(void **state)
{
    struct one_run r;

    (void)state;
    one_run_ok(
        &r,
        CASE(DOWNLOAD
             "<at id=\"a\" time=\"1234567us\"><device-command command=\"show conn\"/></at>"
             "<at id=\"b\" after=\"a\" delay=\"2s\"><device-command command=\"show conn\"/></at>"
             "<at id=\"c\" after=\"b\"><device-command command=\"show conn\"/></at>"),
        NULL);
    double a = one_run_event(&r, "a", "sent")->time, b = one_run_event(&r, "b", "sent")->time;
    assert_true(a > 1.2345669 && a < 1.2345671);
    assert_true(b - a > 1.9999999 && b - a < 2.0000001);
    assert_true(one_run_event(&r, "c", "sent")->time == b);
    one_run_release(&r);
}

/* Bytes the user had got in order by then, counted from the frames on bo-lan. */
static uint64_t got_before(const struct one_run *r, const struct one_line *event)
{
    uint64_t got = 0;
    uint32_t next = 0;
    size_t on_leg = 0;
    bool known = false;

    for (size_t i = 0; i < r->nframes; i++) {
        struct pkt p;
        if (r->frames[i].leg != EV_BO_LAN)
            continue;
        if (on_leg++ >= event->frames_before[EV_BO_LAN])
            break;
        pkt_parse(bytes_of(r->frames[i].p, r->frames[i].n), &p);
        struct ip_addr server = ip4(0xc0a8320a);
        if (p.kind != PKT_TCP || !ip_addr_eq(&p.ip.src, &server))
            continue;
        if (p.tcp.flags & TCP_SYN) {
            next = p.tcp.seq + 1;
            known = true;
        } else if (known && p.tcp.seq == next) {
            next += (uint32_t)p.tcp.data.n;
            got += p.tcp.data.n;
        }
    }
    return got;
}

static void an_offset_is_met_by_the_first_frame_that_reaches_it(void **state)
{
    struct one_run r;

    (void)state;
    one_run_ok(&r,
               CASE(DOWNLOAD
                    "<at id=\"half\" stream=\"dl\" reaches=\"50%\"><device-command command=\"show "
                    "conn\"/></at>"
                    "<at id=\"k\" stream=\"dl\" reaches=\"5kB\"><device-command command=\"show "
                    "conn\"/></at>"),
               NULL);
    uint64_t total = one_line_number(one_run_find(&r, "stream", "id", "dl", 0), "bytes_ho_to_bo");
    const struct one_line *half = one_run_event(&r, "half", "sent");
    const struct one_line *k = one_run_event(&r, "k", "sent");
    assert_string_equal(one_line_text(half, "stream"), "dl");
    uint64_t at = one_line_number(half, "offset");
    assert_in_range(at, total / 2, total / 2 + 1500);
    assert_int_equal(at, got_before(&r, half));
    assert_true(one_line_number(half, "in_flight") > 0);
    assert_in_range(one_line_number(k, "offset"), 5000, 6500);
    assert_int_equal(one_line_number(k, "offset"), got_before(&r, k));
    one_run_release(&r);
}

static bool is_log(const struct one_frame *f, uint32_t id, double *when)
{
    struct asa_log log;
    struct pkt p;

    pkt_parse(bytes_of(f->p, f->n), &p);
    if (f->leg != EV_MGMT || p.kind != PKT_UDP || p.udp.dst != 514 ||
        asa_log_parse(p.udp.data, &log) || (id && log.id != id))
        return false;
    *when = f->time;
    return true;
}

static void a_message_starts_an_event(void **state)
{
    struct one_run r;
    double when = 0;

    (void)state;
    one_run_ok(&r,
               CASE(DOWNLOAD "<at id=\"ev\" log=\"302013\" stream=\"dl\" delay=\"10ms\">"
                             "<phase2-delete by=\"peer\"/></at>"),
               NULL);
    for (size_t i = 0; i < r.nframes && !is_log(&r.frames[i], 302013, &when); i++)
        continue;
    double sent = one_run_event(&r, "ev", "sent")->time;
    assert_true(when > 0);
    assert_true(sent - when > 0.0099999 && sent - when < 0.0100001);
    one_run_release(&r);
}

static void an_event_that_cannot_come_is_not_waited_for(void **state)
{
    struct one_run r;

    (void)state;
    one_run_ok(&r,
               CASE(DOWNLOAD "<at id=\"ev\" log=\"106023\"><phase2-delete by=\"peer\"/></at>"
                             "<at id=\"after\" after=\"ev\"><blackhole/></at>"),
               NULL);
    assert_int_equal(r.result.end, REPLAY_COMPLETE);
    assert_false(one_run_has_event(&r, "ev", "sent"));
    assert_false(one_run_has_event(&r, "after", "sent"));
    assert_true(one_run_has_event(&r, "after", "planned"));
    one_run_release(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_time_and_a_delay_are_kept_to_the_nanosecond),
        cmocka_unit_test(an_offset_is_met_by_the_first_frame_that_reaches_it),
        cmocka_unit_test(a_message_starts_an_event),
        cmocka_unit_test(an_event_that_cannot_come_is_not_waited_for),
    };

    return cmocka_run_group_tests_name("replay/triggers", tests, NULL, NULL);
}
