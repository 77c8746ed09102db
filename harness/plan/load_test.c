/* Good cases: each field is what the file says, and what it leaves out has its usual value. */
#include "base/buf.h"
#include "plan/plan.h"
#include "tests/testkit.h"

#define GOOD "harness/tests/good/"

static const struct plan_var defines[] = {
    {"percent", "39"}, {"preserve", "off"}, {"percent", "40"}, {"unused", "a \"b\" <c>"}};
static const struct plan_options options = {
    .defines = defines, .ndefines = COUNT(defines), .root = "harness/tests"};

static struct plan *load(const char *path)
{
    struct plan_problem *problems = NULL;
    struct plan *p = NULL;
    enum err e = plan_load(path, &options, &p, &problems);

    if (e)
        fail_msg("%s:%d: %s", problems->diag.file, problems->diag.line, problems->diag.text);
    assert_null(problems);
    return p;
}

static int full(void **state)
{
    *state = load(GOOD "full.xml");
    return 0;
}

static int pair(void **state)
{
    *state = load(GOOD "pair.xml");
    return 0;
}

static int release(void **state)
{
    plan_free(*state);
    return 0;
}

static void assert_addr(const struct ip_addr *a, const char *want)
{
    char text[IP_ADDR_TEXT];

    assert_string_equal(ip_addr_format(a, text), want);
}

static void the_head_is_as_written(void **state)
{
    const struct plan *p = *state;

    assert_string_equal(p->id, "full");
    assert_string_equal(p->title, "Everything at once");
    assert_string_equal(p->about, "Reads <all> fields & attributes: \u201e\u00e4\u201c.");
    assert_string_equal(p->file, GOOD "full.xml");
    assert_int_equal(p->line, 4);
    assert_int_equal(p->timeout.ns, SPAN_S(7200).ns);
    assert_int_equal(p->settle.ns, SPAN_MS(1500).ns);
    assert_true(p->headers_only);
    assert_int_equal(p->ntags, 2);
    assert_string_equal(p->tags[0], "tcp");
    assert_true(p->slow);
    assert_int_equal(p->nproves, 2);
    assert_string_equal(p->proves[0], "note-1: the first statement");
}

static void the_last_define_wins_over_the_case(void **state)
{
    static const struct plan_var want[] = {{"preserve", "off"}, {"size", "8MiB"},
                                           {"conn", "0:05:00"}, {"share", "40%"},
                                           {"percent", "40"},   {"unused", "a \"b\" <c>"}};
    const struct plan *p = *state;

    assert_int_equal(p->nvars, COUNT(want));
    for (size_t i = 0; i < COUNT(want); i++) {
        assert_string_equal(p->vars[i].name, want[i].name);
        assert_string_equal(p->vars[i].value, want[i].value);
    }
    assert_string_equal(p->devices[0].settings[1].value, "off");
}

static void the_lab_is_as_written(void **state)
{
    const struct plan_lab *lab = &((const struct plan *)*state)->lab;
    const struct plan_leg_spec *wan = &lab->legs[LEG_WAN];

    assert_int_equal(lab->mode, MODE_PEER);
    assert_int_equal(lab->device_site, SITE_HO);
    assert_addr(&lab->bo_host, "10.1.0.10");
    assert_addr(&lab->bo_on_link, "10.1.0.10"); /* moved, without a router */
    assert_addr(&lab->bo_inside, "10.1.0.1");
    assert_addr(&lab->bo_outside, "192.0.2.1");
    assert_addr(&lab->bo_wan_router, "192.0.2.2");
    assert_addr(&lab->bo_net.addr, "10.1.0.0");
    assert_int_equal(lab->bo_net.prefix, 16);
    assert_addr(&lab->ho_on_link, "10.2.9.9");
    assert_addr(&lab->ho_inside, "192.168.50.1"); /* not said: the usual one */
    assert_addr(&lab->mgmt_device, "10.9.0.1");
    assert_addr(&lab->mgmt_host, "10.9.0.2");
    assert_int_equal(wan->delay.ns, SPAN_MS(25).ns);
    assert_int_equal(wan->rate_bps, 2500000);
    assert_true(wan->loss == 0.005 && wan->reorder == 0.01 && wan->duplicate == 1);
    assert_int_equal(wan->mtu, 1400);
    assert_int_equal(lab->legs[LEG_HO_LAN].delay.ns, 0);
    assert_int_equal(lab->legs[LEG_BO_LAN].rate_bps, 1000000000);
}

static void the_device_has_its_files_and_settings_in_order(void **state)
{
    const struct plan *p = *state;
    const struct plan_device *d = &p->devices[0];

    assert_int_equal(p->ndevices, 1);
    assert_string_equal(d->type, "external");
    assert_string_equal(d->config, GOOD "parts/one.cfg " GOOD "parts/two.cfg");
    assert_string_equal(d->config_text, "hostname one\nhostname two\n pre-shared-key hunter2\n");
    assert_int_equal(d->nsettings, 4);
    assert_null(d->settings[0].name);
    assert_string_equal(d->settings[0].value, "timeout conn 0:05:00");
    assert_string_equal(d->settings[1].name, "preserve-vpn-flows");
    assert_string_equal(d->settings[3].name, "fault");
    assert_string_equal(d->settings[3].value, "no-302014");
    assert_int_equal(d->settings[3].at.line, 30);
}

static void the_peer_is_as_written(void **state)
{
    const struct plan_peer *p = &((const struct plan *)*state)->peer;

    assert_false(p->dpd || p->acquire || p->initial_contact);
    assert_int_equal(p->dpd_threshold.ns, SPAN_S(5).ns);
    assert_int_equal(p->dpd_retry.ns, SPAN_S(1).ns);
    assert_int_equal(p->dpd_tries, 7);
    assert_string_equal(p->ike, "3des-cbc-sha1-modp1024 aes-256-cbc-sha256-modp2048");
    assert_string_equal(p->esp, "des-cbc-hmac-md5-96 aes-128-cbc-hmac-sha2-256-128-modp1536");
    assert_int_equal(p->ike_lifetime_s, 3600);
    assert_int_equal(p->esp_lifetime_s, 600);
    assert_int_equal(p->esp_lifetime_kb, 1024);
}

static void streams_are_as_written(void **state)
{
    const struct plan *p = *state;
    const struct plan_stream *dl = &p->streams[0], *dns = &p->streams[1];

    assert_int_equal(p->nstreams, 2);
    assert_string_equal(dl->id, "dl");
    assert_string_equal(dl->capture, GOOD "none.pcap"); /* found from the root */
    assert_int_equal(dl->proto, 6);
    assert_int_equal(dl->flow, 2);
    assert_int_equal(dl->bytes, 8 << 20);
    assert_int_equal(dl->think.ns, SPAN_S(900).ns);
    assert_int_equal(dl->start.ns, SPAN_MS(100).ns);
    assert_int_equal(dl->after, -1);
    assert_int_equal(dl->bo_port, 40000);
    assert_int_equal(dl->ho_port, 80);
    assert_int_equal(dl->keepalive.ns, SPAN_S(30).ns);
    assert_string_equal(dl->at.file, GOOD "parts/timeline.xml");
    assert_int_equal(dl->at.line, 3);
    assert_string_equal(dns->capture, GOOD "none.pcap"); /* found from the part */
    assert_int_equal(dns->proto, 17);
    assert_int_equal(dns->after, 0);
    assert_int_equal(dns->bytes, 0);
}

static void events_are_as_written(void **state)
{
    const struct plan *p = *state;
    const struct plan_event *cut = &p->events[0], *back = &p->events[1], *rekey = &p->events[2],
                            *heard = &p->events[3];

    assert_int_equal(p->nevents, 4);
    assert_int_equal(cut->when, WHEN_OFFSET);
    assert_int_equal(cut->stream, 0);
    assert_true(cut->percent == 40);
    assert_int_equal(cut->action, ACTION_BLACKHOLE);
    assert_int_equal(cut->by, ACTOR_HARNESS);
    assert_true(cut->from_device && !cut->to_device);
    assert_true(back->percent == -1 && back->offset == 1024);
    assert_int_equal(back->delay.ns, SPAN_S(1).ns);
    assert_int_equal(rekey->when, WHEN_AFTER);
    assert_int_equal(rekey->after, 0);
    assert_int_equal(rekey->stream, -1);
    assert_int_equal(rekey->by, ACTOR_PEER);
    assert_int_equal(heard->when, WHEN_LOG);
    assert_int_equal(heard->log_id, 302014);
    assert_int_equal(heard->stream, 0);
    assert_string_equal(heard->command, "show run password hunter2");
    assert_int_equal(heard->by, ACTOR_DEVICE);
    assert_int_equal(heard->site, SITE_HO);
    assert_int_equal(heard->at.line, 38);
}

static void log_rules_are_as_written(void **state)
{
    const struct plan *p = *state;
    const struct plan_expect *log = &p->expects[0], *none = &p->expects[1];

    assert_int_equal(log->rule, RULE_LOG);
    assert_int_equal(log->log_id, 302014);
    assert_int_equal(log->stream, 0);
    assert_string_equal(log->reason, "tunnel");
    assert_string_equal(log->text, "torn");
    assert_true(!log->any_site && log->site == SITE_HO);
    assert_int_equal(log->min, 1);
    assert_int_equal(log->max, 3);
    assert_int_equal(log->window.since, 0);
    assert_int_equal(log->window.until, 2);
    assert_int_equal(log->window.within.ns, SPAN_S(10).ns);
    assert_int_equal(none->rule, RULE_NO_LOG);
    assert_null(none->reason);
    assert_null(none->text);
    assert_true(none->any_site);
    assert_int_equal(none->stream, -1);
    assert_int_equal(none->window.since, -1);
    assert_int_equal(none->window.until, -1);
    assert_int_equal(none->max, 0);
}

static void other_rules_are_as_written_and_clear_text_is_always_watched(void **state)
{
    const struct plan *p = *state;
    const struct plan_expect *dl = &p->expects[2], *dns = &p->expects[3], *sa = &p->expects[4],
                             *reset = &p->expects[5], *clear = &p->expects[6];

    assert_int_equal(p->nexpects, 7);
    assert_int_equal(dl->rule, RULE_STREAM);
    assert_int_equal(dl->stream_is, IS_CONTINUOUS);
    assert_int_equal(dl->resumes_within.ns, SPAN_S(30).ns);
    assert_int_equal(dl->max_stall.ns, SPAN_S(20).ns);
    assert_true(dl->completes);
    assert_int_equal(dns->stream, 1);
    assert_int_equal(dns->stream_is, IS_IDLE);
    assert_false(dns->completes);
    assert_int_equal(sa->tunnel_is, TUNNEL_REPLACED);
    assert_int_equal(sa->phase, 1);
    assert_int_equal(reset->reset_by, RESET_BY_DEVICE);
    assert_true(reset->min == 0 && reset->max == 0);
    assert_int_equal(clear->rule, RULE_NO_CLEARTEXT);
    assert_int_equal(clear->window.since, -1);
}

static void what_is_left_out_has_its_usual_value(void **state)
{
    const struct plan *p = *state;

    assert_int_equal(p->timeout.ns, SPAN_S(3600).ns);
    assert_int_equal(p->settle.ns, SPAN_S(5).ns);
    assert_false(p->headers_only || p->slow);
    assert_true(p->peer.dpd && p->peer.acquire && p->peer.initial_contact);
    assert_string_equal(p->peer.ike, "");
    assert_string_equal(p->peer.esp, "");
    assert_int_equal(p->peer.ike_lifetime_s, 86400);
    assert_int_equal(p->peer.esp_lifetime_s, 28800);
    assert_int_equal(p->peer.esp_lifetime_kb, 4608000);
    assert_addr(&p->lab.bo_host, "10.224.228.10");
    assert_addr(&p->lab.bo_on_link, "10.224.9.1");
    assert_int_equal(p->lab.ho_net.addr.family, 4);
    assert_int_equal(p->lab.ho_net.prefix, 0);
    assert_int_equal(p->streams[0].proto, 0);
    assert_int_equal(p->streams[1].proto, 6);
    assert_int_equal(p->nexpects, 1); /* said once, kept once */
}

static void of_two_devices_the_branch_office_s_comes_first(void **state)
{
    const struct plan *p = *state;

    assert_int_equal(p->lab.mode, MODE_PAIR);
    assert_int_equal(p->ndevices, 2);
    assert_int_equal(p->devices[0].site, SITE_BO);
    assert_string_equal(p->devices[0].type, "reference");
    assert_string_equal(p->devices[1].type, "external");
    assert_addr(&p->lab.mgmt_device, "10.224.14.10");
    assert_addr(&p->lab.mgmt_device2, "10.224.14.11");
    assert_int_equal(p->events[0].by, ACTOR_DEVICE);
    assert_int_equal(p->events[0].site, SITE_HO);
    assert_true(p->events[1].to_device && p->events[1].from_device);
}

static void a_reference_device_without_files_takes_those_beside_the_cases(void **state)
{
    struct plan_problem *problems;
    struct plan *p;

    (void)state;
    assert_ok(plan_load(GOOD "pair.xml", NULL, &p, &problems)); /* captures/ is two levels up */
    assert_string_equal(p->devices[0].config, "cases/devices/bo-asa.cfg cases/devices/logging.cfg");
    assert_non_null(strstr(p->devices[0].config_text, "\nlogging enable\n"));
    assert_null(p->devices[1].config); /* a real one is configured already */
    plan_free(p);
}

static void a_missing_case_is_one_problem_without_a_line(void **state)
{
    struct plan_problem *problems = NULL;
    struct plan *p = NULL;
    char text[300];

    (void)state;
    assert_int_equal(plan_load("cases/none.xml", NULL, &p, &problems), ERR_NOTFOUND);
    diag_format(&problems->diag, text, sizeof(text));
    assert_string_equal(text, "cases/none.xml: No such file or directory");
    plan_problems_free(problems);
    assert_int_equal(plan_load("cases", NULL, &p, &problems), ERR_INVALID);
    plan_problems_free(problems);
    assert_null(p);
}

static void explains_without_secrets(void **state)
{
    struct buf out = BUF_INIT;

    plan_explain(*state, &out);
    assert_null(strstr(out.s, "hunter2"));
    assert_non_null(strstr(out.s, "cut: when dl has reached 40 %, the harness drops every frame "
                                  "on the wan leg, from the device only\n"));
    assert_non_null(strstr(out.s, "a TCP reset by the device to dl, never, in the whole run\n"));
    assert_non_null(strstr(out.s, "note-2: the second\n"));
    buf_release(&out);
}

static void names_are_those_of_the_files(void **state)
{
    (void)state;
    assert_string_equal(plan_action_name(ACTION_PHASE2_DELETE), "phase2-delete");
    assert_string_equal(plan_rule_name(RULE_NO_LOG), "no-log");
    assert_string_equal(plan_leg_name(LEG_HO_LAN), "ho-lan");
    assert_string_equal(plan_leg_name(LEG_EVENTS), "events");
    assert_string_equal(plan_site_name(SITE_HO), "ho");
    assert_string_equal(plan_rule_name(RULE_COUNT), "?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_head_is_as_written, full, release),
        cmocka_unit_test_setup_teardown(the_last_define_wins_over_the_case, full, release),
        cmocka_unit_test_setup_teardown(the_lab_is_as_written, full, release),
        cmocka_unit_test_setup_teardown(the_device_has_its_files_and_settings_in_order, full,
                                        release),
        cmocka_unit_test_setup_teardown(the_peer_is_as_written, full, release),
        cmocka_unit_test_setup_teardown(streams_are_as_written, full, release),
        cmocka_unit_test_setup_teardown(events_are_as_written, full, release),
        cmocka_unit_test_setup_teardown(log_rules_are_as_written, full, release),
        cmocka_unit_test_setup_teardown(other_rules_are_as_written_and_clear_text_is_always_watched,
                                        full, release),
        cmocka_unit_test_setup_teardown(what_is_left_out_has_its_usual_value, pair, release),
        cmocka_unit_test_setup_teardown(of_two_devices_the_branch_office_s_comes_first, pair,
                                        release),
        cmocka_unit_test(a_reference_device_without_files_takes_those_beside_the_cases),
        cmocka_unit_test(a_missing_case_is_one_problem_without_a_line),
        cmocka_unit_test_setup_teardown(explains_without_secrets, full, release),
        cmocka_unit_test(names_are_those_of_the_files),
    };

    return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
