/* Which of several streams a message is about. */
#include "judge/judge_parts.h"
#include "tests/testkit.h"

#define FLOWS 3

/* Two users on the same port of their own, and a third on another. */
static const char *const users[FLOWS] = {"10.1.0.10", "10.1.7.10", "10.1.0.10"};
static const uint16_t ports[FLOWS] = {40000, 40000, 40001};

struct lab {
    struct judge j;
    struct jflow flows[FLOWS], *list[FLOWS];
};

static void begin(struct lab *l)
{
    *l = (struct lab){0};
    for (int i = 0; i < FLOWS; i++) {
        struct jflow *f = &l->flows[i];
        f->proto = IP_TCP;
        f->plan = i;
        f->syn_ns = 1000 * (i + 1);
        assert_ok(ip_addr_parse(users[i], &f->at[BO].addr));
        assert_ok(ip_addr_parse("192.168.50.10", &f->at[HO].addr));
        f->at[BO].port = ports[i];
        f->at[HO].port = 80;
        l->list[i] = f;
    }
    l->j.flows.list = l->list;
    l->j.flows.n = FLOWS;
}

/* The number of the flow that LINE is about, -1: none. NEAR: does it name the hosts of flow 0? A
 * "built" is kept, as the judge does. */
static int bind(struct lab *l, const char *line, int *near)
{
    struct asa_log log;
    struct jflow *about;

    assert_ok(asa_log_parse(bytes_str(line), &log));
    about = log_bind(&l->j, BO, &log);
    if (near)
        *near = log_names_hosts(&log, &l->flows[0]);
    if (about && log.kind == ASA_BUILT)
        about->built[about->nbuilt++] =
            (struct log_record){.site = BO, .connection = log.connection};
    return about ? about->plan : -1;
}

#define BUILT(id, user, port)                                                                      \
    "%ASA-6-302013: Built outbound TCP connection " id " for outside:192.168.50.10/80 "            \
    "(192.168.50.10/80) to inside:" user "/" port " (" user "/" port ")"
#define TORN(id, user, port)                                                                       \
    "%ASA-6-302014: Teardown TCP connection " id " for outside:192.168.50.10/80 to inside:" user   \
    "/" port " duration 0:00:01 bytes 5 Tunnel has been torn down"

static void an_exact_address_decides(void **state)
{
    struct lab l;

    (void)state;
    begin(&l);
    assert_int_equal(bind(&l, TORN("1", "10.1.0.10", "40000"), NULL), 0);
    assert_int_equal(bind(&l, TORN("2", "10.1.7.10", "40000"), NULL), 1);
    assert_int_equal(bind(&l, TORN("3", "10.1.0.10", "40001"), NULL), 2);
}

static void another_port_is_only_near(void **state)
{
    struct lab l;
    int near;

    (void)state;
    begin(&l);
    assert_int_equal(bind(&l, TORN("1", "10.1.0.10", "40009"), &near), -1);
    assert_int_equal(near, 1);
    assert_int_equal(bind(&l, TORN("1", "172.16.9.9", "40009"), &near), -1);
    assert_int_equal(near, 0);
}

static void a_name_that_may_be_two_streams_is_told_by_the_connection_number(void **state)
{
    struct lab l;

    (void)state;
    begin(&l);
    /* both may be "shule", which the newest without a "built" is taken for first */
    assert_int_equal(bind(&l, BUILT("51", "shule", "40000"), NULL), 1);
    assert_int_equal(bind(&l, BUILT("52", "shule", "40000"), NULL), 0);
    assert_int_equal(bind(&l, TORN("51", "shule", "40000"), NULL), 1);
    assert_int_equal(bind(&l, TORN("52", "shule", "40000"), NULL), 0);
}

static void a_name_that_may_be_two_streams_without_a_number_is_about_none(void **state)
{
    struct lab l;

    (void)state;
    begin(&l);
    assert_int_equal(bind(&l, TORN("77", "shule", "40000"), NULL), -1);
    assert_int_equal(bind(&l, TORN("78", "shule", "40001"), NULL), 2); /* only one has the port */
}

static void masked_digits_decide_when_they_differ(void **state)
{
    struct lab l;

    (void)state;
    begin(&l);
    assert_int_equal(bind(&l, TORN("1", "XX.X.X.10", "40001"), NULL), 2);
    assert_int_equal(bind(&l, TORN("1", "XX.X.7.10", "40000"), NULL), 1);
    assert_int_equal(bind(&l, TORN("1", "XX.X.X.99", "40000"), NULL), -1);
}

static void the_number_of_another_connection_does_not_move_an_exact_match(void **state)
{
    struct lab l;

    (void)state;
    begin(&l);
    assert_int_equal(bind(&l, BUILT("51", "10.1.0.10", "40000"), NULL), 0);
    assert_int_equal(bind(&l, TORN("51", "10.1.7.10", "40000"), NULL), 1);
}

static void streams_one_after_the_other_on_the_same_ends_are_told_by_the_number(void **state)
{
    struct lab l;

    (void)state;
    begin(&l);
    l.flows[2].at[BO] = l.flows[0].at[BO];
    l.flows[0].built[l.flows[0].nbuilt++] = (struct log_record){.site = BO, .connection = 9};
    assert_int_equal(bind(&l, TORN("9", "10.1.0.10", "40000"), NULL), 0);
    assert_int_equal(bind(&l, TORN("10", "10.1.0.10", "40000"), NULL), 2); /* the last one */
}

static void a_message_without_ends_is_about_none(void **state)
{
    struct lab l;

    (void)state;
    begin(&l);
    assert_int_equal(bind(&l, "%ASA-5-713119: Group = G, IP = 10.1.0.10, PHASE 1 COMPLETED", NULL),
                     -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_exact_address_decides),
        cmocka_unit_test(another_port_is_only_near),
        cmocka_unit_test(a_name_that_may_be_two_streams_is_told_by_the_connection_number),
        cmocka_unit_test(a_name_that_may_be_two_streams_without_a_number_is_about_none),
        cmocka_unit_test(masked_digits_decide_when_they_differ),
        cmocka_unit_test(the_number_of_another_connection_does_not_move_an_exact_match),
        cmocka_unit_test(streams_one_after_the_other_on_the_same_ends_are_told_by_the_number),
        cmocka_unit_test(a_message_without_ends_is_about_none),
    };

    return cmocka_run_group_tests_name("judge/log_bind", tests, NULL, NULL);
}
