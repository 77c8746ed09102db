/* The NATs of the lab, packet by packet: what goes out by which port, what comes in, and until
 * when; from the side of the peer's and of the device's. */
#include "ike/ike.h"
#include "tests/testkit.h"
#include "tests/wan_nat_lab.h"

#include <stdlib.h>

/* "o4500=20000": what the gateway sends from port 4500 goes out by 20000; "=-": it does not.
 * "=?": whatever port. "i20000=4500": what comes for port 20000 comes in to 4500. "l4500": as "o",
 * and is lost behind the NAT. "w60": a minute passes. "rebind", "forget", "address": the events.
 * "met1": so many of these were seen to matter. */
static const struct row {
    const char *what;
    bool forward;
    const char *words;
} rows[] = {
    {"each_port_has_a_mapping_of_its_own", false,
     "o500=20000 o4500=20001 o500=20000 i20000=500 i20001=4500"},
    {"nothing_comes_in_where_nothing_went_out", false, "i20000=- i4500=- o4500=20000 i20001=-"},
    {"ports_that_are_forwarded__let_anybody_in", true, "i500=500 i4500=4500 i4501=-"},
    {"a_mapping_of_a_forwarded_port__is_one_like_others", true,
     "o4500=20000 i20000=4500 i4500=4500"},
    {"silence__ends_a_mapping", false, "o4500=20000 w119 i20000=4500 w1 i20000=- o4500=20001"},
    {"what_goes_out__keeps_it", false, "o4500=20000 w100 o4500=20000 w100 i20000=4500"},
    {"what_comes_in__does_not", false, "o4500=20000 w100 i20000=4500 w20 i20000=-"},
    {"another_port__from_the_next_packet_on", false,
     "o4500=20000 rebind i20000=4500 met0 o4500=20001 i20001=4500 met1"},
    {"the_old_port_lets_in__as_long_as_it_lives", false,
     "o4500=20000 w60 rebind o4500=20001 w59 i20000=4500 w1 i20000=- i20001=4500"},
    {"forgotten__at_once", false, "o4500=20000 forget i20000=- met1 o4500=20001 i20001=4500 met1"},
    {"forgotten__and_a_packet_out_shows_it", false, "o4500=20000 forget o4500=20001 met1 i20000=-"},
    {"another_address__with_the_same_ports", false,
     "o4500=20000 address met0 o4500=20000 met1 i20000=4500"},
    {"an_event_on_a_nat_that_nobody_went_by", false, "rebind met0 o4500=20000 met1"},
    {"a_whole_table__gives_up_what_was_used_longest_ago", false,
     "o1=20000 w1 many i20000=- i20001=2 o1=20065"},
    {"what_is_lost_on_the_way__opens_no_mapping", false,
     "l4500=20000 i20000=- o4500=20000 i20000=4500"},
    {"what_is_lost_on_the_way__keeps_none", false, "o4500=20000 w100 l4500=20000 w20 i20000=-"},
};

/* --- words -------------------------------------------------------------------------------------
 */

static void go(struct wan_nat_lab *l, bool outward, bool arrives, uint16_t port, const char *want)
{
    struct endpoint far = {ip4(FAR), IKE_NATT_PORT},
                    near = {ip4(outward ? INSIDE : l->outside), port};
    long want_port = *want == '?' ? -1 : *want == '-' ? 0 : strtol(want, NULL, 10);

    nat_put_udp(l, outward ? &near : &far, outward ? &far : &near);
    bool passes = nat_pass(l, outward, arrives);
    assert_int_equal(passes, want_port != 0);
    if (!passes)
        return;
    struct pkt p = nat_parsed(l);
    nat_is_at(&p.ip.src, p.udp.src, outward ? l->outside : FAR,
              outward ? want_port : IKE_NATT_PORT);
    nat_is_at(&p.ip.dst, p.udp.dst, outward ? FAR : INSIDE, outward ? IKE_NATT_PORT : want_port);
}

static void play(struct wan_nat_lab *l, const char *word)
{
    const char *want = strchr(word, '=');
    uint16_t port = (uint16_t)strtoul(word + 1, NULL, 10);
    struct plan_event e = nat_event(l, ACTION_NAT_REBIND);

    if (strncmp(word, "rebind", 6) == 0)
        nat_happens(l, ACTION_NAT_REBIND);
    else if (strncmp(word, "forget", 6) == 0)
        nat_happens(l, ACTION_NAT_FORGET);
    else if (strncmp(word, "address", 7) == 0)
        nat_happens(l, ACTION_NAT_ADDRESS);
    else if (strncmp(word, "met", 3) == 0)
        assert_int_equal(wan_nats_met(&l->r, &e), strtoul(word + 3, NULL, 10));
    else if (strncmp(word, "many", 4) == 0)
        for (uint16_t i = 2; i <= 65; i++)
            go(l, true, true, i, "?");
    else if (*word == 'w')
        clock_sleep_until(&l->clk.clock, mono_add(clock_now(&l->clk.clock), SPAN_S(port)));
    else
        go(l, *word != 'i', *word != 'l', port, want + 1);
}

static void play_all(const struct row *row, bool at_device)
{
    struct wan_nat_lab *l = wan_nat_lab_new(at_device, row->forward);

    for (const char *at = row->words; at; at = strchr(at, ' ')) {
        at += *at == ' ';
        play(l, at);
    }
    wan_nat_lab_free(l);
}

static void translates_as_its_row_says(void **state)
{
    const struct row *row = *state;

    play_all(row, false);
    if (!strstr(row->words, "l4500")) /* only the peer's frames get lost behind its NAT */
        play_all(row, true);
}

int main(void)
{
    struct CMUnitTest tests[COUNT(rows)];

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[i] = (struct CMUnitTest){rows[i].what, translates_as_its_row_says, NULL, NULL,
                                       (void *)(uintptr_t)&rows[i]};
    return _cmocka_run_group_tests("replay/wan_nat", tests, COUNT(tests), NULL, NULL);
}
