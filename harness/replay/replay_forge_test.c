/* Between which ends forged IKE goes, in whole runs: those of the SA that the genuine messages go
 * between, through NATs and when these change; and a negotiation begins on UDP 500. */
#include "tests/one_run.h"
#include "tests/testkit.h"
#include "wire/isakmp.h"
#include "wire/natt.h"
#include "wire/pkt.h"

#include <stdio.h>

#define BEGIN           "<at id=\"begin\" time=\"0s\"><establish/></at>"
#define LATE            "<stream id=\"dl\" capture=\"" HTTPS "\" start=\"2s\"/>"
#define AT(action)      "<at id=\"ev\" stream=\"dl\" reaches=\"60%\">" action "</at>"
#define EARLIER(action) "<at id=\"nat\" stream=\"dl\" reaches=\"30%\">" action "</at>"
#define DELETE          AT("<forge-delete phase=\"1\"/>")
#define NAT_HO          "<lab><nat site=\"ho\"/></lab>"
#define NAT_BO          "<lab><nat site=\"bo\"/></lab>"
#define NAT_BOTH        "<lab><nat site=\"bo\" forward=\"yes\"/><nat site=\"ho\" forward=\"yes\"/></lab>"

static const struct row {
    const char *what, *lab, *timeline;
    bool begins; /* a negotiation: not of the SA */
    bool natt;   /* of the SA: in UDP 4500 */
} rows[] = {
    {"no_nat", "", DELETE, false, false},
    {"nat_before_the_peer", NAT_HO, DELETE, false, true},
    {"nat_before_the_device", NAT_BO, DELETE, false, true},
    {"nats_on_both_sides", NAT_BOTH, DELETE, false, true},
    {"another_port_of_the_nat", NAT_HO, EARLIER("<nat-rebind/>") DELETE, false, true},
    {"another_address_of_the_nat", NAT_HO,
     EARLIER("<nat-address address=\"198.51.100.77\"/>") DELETE, false, true},
    {"looks_encrypted", NAT_HO, AT("<forge-delete phase=\"2\" garbled=\"yes\"/>"), false, true},
    {"notify", NAT_HO, AT("<forge-notify type=\"invalid-spi\" count=\"3\"/>"), false, true},
    {"malformed", NAT_HO, AT("<ike-malformed count=\"20\"/>"), false, true},
    {"flood__begins_on_500", NAT_HO, AT("<ike-flood count=\"5\"/>"), true, true},
    {"flood_without_a_nat", "", AT("<ike-flood count=\"5\"/>"), true, false},
};

struct ends {
    struct endpoint from, to;
};

static bool is_to_device(const struct pkt *p)
{
    return p->ip.dst.family == 4 &&
           ip_addr_eq(&p->ip.dst, &(struct ip_addr){4, {209, 165, 201, 2}});
}

static struct ends ends_of(const struct pkt *p)
{
    return (struct ends){{p->ip.src, p->udp.src}, {p->ip.dst, p->udp.dst}};
}

/* The message of the forged frame P, behind its marker where it needs one. */
static struct bytes message_of(const struct pkt *p, bool natt)
{
    struct bytes inside = p->udp.data;

    if (natt)
        assert_int_equal(natt_parse(p->udp.data, &inside), NATT_IKE);
    return inside;
}

static void check_forged(const struct row *row, const struct pkt *p, const struct ends *genuine)
{
    struct ends e = ends_of(p);
    bool natt = row->natt && !row->begins;

    assert_int_equal(p->kind, PKT_UDP);
    struct bytes m = message_of(p, natt);
    assert_true(m.n >= ISAKMP_HDR_LEN);
    if (!natt) {
        assert_int_equal(e.from.port, 500);
        assert_int_equal(e.to.port, 500);
        return;
    }
    assert_int_equal(e.to.port, NATT_PORT);
    assert_true(endpoint_eq(&e.from, &genuine->from));
    assert_true(endpoint_eq(&e.to, &genuine->to));
}

static void check_frames(const struct row *row, const struct one_run *r)
{
    struct ends genuine = {0};
    size_t forged = 0;

    for (size_t i = 0; i < r->nframes; i++) {
        struct pkt p;
        pkt_parse(bytes_of(r->frames[i].p, r->frames[i].n), &p);
        if (r->frames[i].leg != EV_WAN || !is_to_device(&p))
            continue;
        if (r->frames[i].injected) {
            check_forged(row, &p, &genuine);
            forged++;
        } else if (p.kind == PKT_UDP && p.udp.dst == NATT_PORT && p.udp.data.n > 1) {
            genuine = ends_of(&p);
        }
    }
    assert_true(forged > 0);
    assert_int_equal(genuine.to.port == NATT_PORT, row->natt);
}

/* Also that none of it does harm. */
static void goes_between_the_ends_that_its_row_says(void **state)
{
    const struct row *row = *state;

    for (int version = 1; version <= 2; version++) {
        struct one_run r;
        char body[2048];
        (void)snprintf(body, sizeof(body),
                       "%s<device>" CONFIG "<config file=\"cases/devices/bo-ikev%d.cfg\"/></device>"
                       "<peer ike-version=\"%d\"/><timeline>" LATE BEGIN "%s</timeline>" EXPECT,
                       row->lab, version, version, row->timeline);
        one_run_ok(&r, body, NULL);
        assert_int_equal(r.result.end, REPLAY_COMPLETE);
        assert_string_equal(one_line_text(one_run_event(&r, "ev", "confirmed"), "detail"),
                            "it is on the wan leg");
        check_frames(row, &r);
        one_run_check_done(&r, "dl");
        one_run_release(&r);
    }
}

int main(void)
{
    struct CMUnitTest tests[COUNT(rows)];

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[i] = (struct CMUnitTest){rows[i].what, goes_between_the_ends_that_its_row_says, NULL,
                                       NULL, (void *)(uintptr_t)&rows[i]};
    return _cmocka_run_group_tests("replay/replay_forge", tests, COUNT(tests), NULL, NULL);
}
