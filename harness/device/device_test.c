/* The adapters: what they take of a case, and what they refuse, with the place it stands at. */
#include "device/device.h"

#include "base/mem.h"
#include "tests/testkit.h"

#include <stdlib.h>

#define PSK "the lab's key"

struct fixture {
    struct clock_virtual clk;
    struct rng_seeded rng;
    struct device_env env;
    struct plan_device spec;
    char *text;
    struct device *device;
    struct diag why;
};

static char *note_config(void)
{
    static const char *const files[] = {"cases/devices/bo-asa.cfg", "cases/devices/logging.cfg"};
    struct buf b = BUF_INIT;
    size_t n;

    for (size_t i = 0; i < COUNT(files); i++) {
        uint8_t *p = test_file(files[i], &n);
        assert_non_null(p);
        buf_add(&b, p, n);
        mem_free(p);
    }
    char *s = mem_strdup(buf_str(&b));
    buf_release(&b);
    return s;
}

static struct fixture *fixture_new(const char *type)
{
    struct fixture *f = mem_zalloc(sizeof(*f));

    clock_virtual_init(&f->clk);
    rng_seeded_init(&f->rng, 1, "device");
    f->env = (struct device_env){
        .clk = &f->clk.clock, .rng = &f->rng.rng, .epoch_s = 1700000000, .psk = PSK};
    f->text = note_config();
    f->spec = (struct plan_device){.type = type,
                                   .config = "devices/bo-asa.cfg",
                                   .config_text = f->text,
                                   .at = {"some.xml", 9}};
    return f;
}

static void fixture_free(struct fixture *f)
{
    if (f->device)
        f->device->ops->close(f->device);
    mem_free(f->text);
    mem_free(f);
}

static enum err open_with(struct fixture *f, const struct plan_setting *settings, size_t n)
{
    const struct device_ops *ops = device_find(f->spec.type);

    assert_non_null(ops);
    f->spec.settings = settings;
    f->spec.nsettings = n;
    return ops->open(&f->spec, &f->env, &f->device, &f->why);
}

static void check_answer(struct fixture *f, const char *command, const char *holds, bool wanted)
{
    struct buf b = BUF_INIT;

    assert_ok(f->device->ops->command(f->device, command, &b, &f->why));
    if ((strstr(buf_str(&b), holds) != NULL) != wanted)
        fail_msg("\"%s\" answered: %s", command, buf_str(&b));
    buf_release(&b);
}

/* --- the list ----------------------------------------------------------------------------------
 */

static void each_adapter_is_found_under_its_name(void **state)
{
    const char *const *names = device_names();
    size_t n = 0;

    (void)state;
    for (; names[n]; n++) {
        const struct device_ops *ops = device_find(names[n]);
        assert_non_null(ops);
        assert_string_equal(ops->name, names[n]);
    }
    assert_int_equal(n, 2);
    assert_null(device_find("asa"));
    assert_null(device_find(""));
}

/* --- the reference gateway ---------------------------------------------------------------------
 */

static void the_notes_configuration_runs(void **state)
{
    struct fixture *f = fixture_new("reference");

    (void)state;
    assert_ok(open_with(f, NULL, 0));
    assert_true(f->device->ops->embedded);
    check_answer(f, "show running-config", "209.165.200.10", true);
    check_answer(f, "show running-config sysopt", "preserve-vpn-flows", true);
    fixture_free(f);
}

static void settings_are_typed_in_their_order(void **state)
{
    static const struct plan_setting settings[] = {
        {"preserve-vpn-flows", "on", {"c.xml", 3}},
        {NULL, "hostname first", {"c.xml", 4}},
        {NULL, "hostname second", {"c.xml", 5}},
    };
    struct fixture *f = fixture_new("reference");

    (void)state;
    assert_ok(open_with(f, settings, COUNT(settings)));
    check_answer(f, "show running-config", "hostname second", true);
    check_answer(f, "show running-config", "sysopt connection preserve-vpn-flows", true);
    fixture_free(f);
}

static void a_switch_can_be_turned_back(void **state)
{
    static const struct plan_setting settings[] = {
        {NULL, "sysopt connection preserve-vpn-flows", {"c.xml", 3}},
        {"preserve-vpn-flows", "off", {"c.xml", 4}},
    };
    struct fixture *f = fixture_new("reference");

    (void)state;
    assert_ok(open_with(f, settings, COUNT(settings)));
    check_answer(f, "show running-config", "\nsysopt connection preserve-vpn-flows", false);
    fixture_free(f);
}

static void a_line_may_stand_inside_what_the_one_before_began(void **state)
{
    static const struct plan_setting settings[] = {
        {NULL, "crypto isakmp policy 77", {"c.xml", 3}},
        {NULL, "authentication pre-share", {"c.xml", 4}},
        {NULL, "encryption aes-256", {"c.xml", 5}},
    };
    struct fixture *f = fixture_new("reference");

    (void)state;
    assert_ok(open_with(f, settings, COUNT(settings)));
    check_answer(f, "show running-config", "encryption aes-256", true);
    fixture_free(f);
}

struct refusal {
    const char *what;
    struct plan_setting settings[3];
    size_t n;
    const char *fault;
    int line; /* of the setting it is about */
    const char *words;
};

static const struct refusal refusals[] = {
    {"a_line_that_is_no_command__is_named_with_its_place",
     {{NULL, "hostname ok", {"c.xml", 3}},
      {NULL, "crypto isakmp policy 7", {"c.xml", 4}},
      {NULL, "encryption rot13", {"c.xml", 5}}},
     3,
     NULL,
     5,
     "ERROR"},
    {"the_first_line_of_a_run__is_named_when_it_is_the_one",
     {{NULL, "hostnome x", {"c.xml", 3}}, {NULL, "hostname y", {"c.xml", 4}}},
     2,
     NULL,
     3,
     "hostnome"},
    {"a_line_of_several_lines__counts_as_one",
     {{NULL, "hostname x\nhostname y", {"c.xml", 3}}, {NULL, "nonsense here", {"c.xml", 5}}},
     2,
     NULL,
     5,
     "nonsense"},
    {"an_unknown_switch__is_refused_with_those_there_are",
     {{"preserve-vpn-flow", "on", {"c.xml", 6}}},
     1,
     NULL,
     6,
     "preserve-vpn-flows"},
    {"a_value_that_a_switch_does_not_have__is_refused",
     {{"preserve-vpn-flows", "maybe", {"c.xml", 7}}},
     1,
     NULL,
     7,
     "\"maybe\""},
    {"an_unknown_fault_of_the_case__is_refused_at_its_place",
     {{"fault", "no-such-thing", {"c.xml", 8}}},
     1,
     NULL,
     8,
     "no-such-thing"},
    {"an_unknown_fault_of_the_caller__is_refused", {{0}}, 0, "no-such-thing", 0, "no-such-thing"},
};

static void is_refused(void **state)
{
    const struct refusal *row = *state;
    struct fixture *f = fixture_new("reference");

    f->env.fault = row->fault;
    assert_int_equal(open_with(f, row->settings, row->n), ERR_INVALID);
    assert_null(f->device);
    assert_int_equal(f->why.line, row->line);
    if (row->line)
        assert_string_equal(f->why.file, "c.xml");
    if (!strstr(f->why.text, row->words))
        fail_msg("said: %s", f->why.text);
    fixture_free(f);
}

static void an_error_in_the_configuration_names_its_file_and_line(void **state)
{
    struct fixture *f = fixture_new("reference");

    (void)state;
    f->spec.config_text = "hostname x\n!\nthis is no command\n";
    assert_int_equal(open_with(f, NULL, 0), ERR_INVALID);
    assert_string_equal(f->why.file, "devices/bo-asa.cfg");
    assert_int_equal(f->why.line, 3);
    fixture_free(f);
}

static void without_a_configuration_it_says_so(void **state)
{
    struct fixture *f = fixture_new("reference");

    (void)state;
    f->spec.config = f->spec.config_text = NULL;
    assert_int_equal(open_with(f, NULL, 0), ERR_INVALID);
    assert_string_equal(f->why.file, "some.xml");
    assert_int_equal(f->why.line, 9);
    fixture_free(f);
}

static void faults_that_exist_are_taken(void **state)
{
    static const struct plan_setting settings[] = {{"fault", "no-302014", {"c.xml", 3}},
                                                   {"fault", "none", {"c.xml", 4}}};
    struct fixture *f = fixture_new("reference");

    (void)state;
    f->env.fault = "silent-stale";
    assert_ok(open_with(f, settings, COUNT(settings)));
    fixture_free(f);
}

static void it_knows_the_commands_for_a_drop(void **state)
{
    struct fixture *f = fixture_new("reference");

    (void)state;
    assert_ok(open_with(f, NULL, 0));
    const struct device_ops *ops = f->device->ops;
    assert_string_equal(ops->action_command(f->device, ACTION_PHASE1_DELETE),
                        "clear crypto isakmp sa");
    assert_string_equal(ops->action_command(f->device, ACTION_PHASE2_DELETE),
                        "clear crypto ipsec sa");
    assert_null(ops->action_command(f->device, ACTION_BLACKHOLE));
    check_answer(f, "clear crypto isakmp sa", "ERROR", false);
    check_answer(f, "clear crypto ipsec sa", "ERROR", false);
    check_answer(f, "clear crypto nothing", "ERROR", true);
    fixture_free(f);
}

static void the_labs_key_never_shows(void **state)
{
    struct fixture *f = fixture_new("reference");

    (void)state;
    assert_ok(open_with(f, NULL, 0));
    check_answer(f, "show running-config", PSK, false);
    check_answer(f, "show running-config", "pre-shared-key", true);
    fixture_free(f);
}

/* What a leg got, and how often. */
struct caught {
    struct sink sink;
    uint8_t buf[65536];
    size_t frames, last;
};

static uint8_t *catch_reserve(struct sink *s, size_t cap)
{
    struct caught *c = CONTAINER_OF(s, struct caught, sink);

    return cap <= sizeof(c->buf) ? c->buf : NULL;
}

static void catch_commit(struct sink *s, size_t n)
{
    struct caught *c = CONTAINER_OF(s, struct caught, sink);

    c->frames++;
    c->last = n;
}

static const struct sink_ops catch_ops = {catch_reserve, catch_commit};

static void its_legs_are_the_interfaces_of_these_names(void **state)
{
    struct fixture *f = fixture_new("reference");
    struct caught *legs = mem_array(DEVICE_LEGS, sizeof(*legs));
    uint8_t ask[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 1, 8, 6,
                     0,    1,    8,    0,    6,    4,    0, 1, 2, 0, 0, 0, 0, 1,
                     0,    0,    0,    0,    0,    0,    0, 0, 0, 0, 0, 0, 0, 0};
    static const uint8_t own[DEVICE_LEGS][4] = {
        {10, 224, 9, 5}, {209, 165, 201, 2}, {10, 224, 14, 10}};

    (void)state;
    assert_ok(open_with(f, NULL, 0));
    const struct device_ops *ops = f->device->ops;
    for (int i = 0; i < DEVICE_LEGS; i++) {
        legs[i].sink.ops = &catch_ops;
        ops->attach(f->device, (enum device_leg)i, &legs[i].sink);
    }
    for (int i = 0; i < DEVICE_LEGS; i++) {
        for (int to = 0; to < DEVICE_LEGS; to++) { /* ARP: who has the address of leg TO? */
            memcpy(ask + 38, own[to], 4);
            memcpy(ask + 28, own[i], 4);
            ask[31] ^= 3; /* somebody else on leg I asks */
            size_t before = legs[i].frames;
            ops->input(f->device, (enum device_leg)i, bytes_of(ask, sizeof(ask)));
            assert_int_equal(legs[i].frames - before, i == to);
        }
    }
    assert_false(mono_before(ops->deadline(f->device), (struct mono){0}));
    ops->tick(f->device);
    mem_free(legs);
    fixture_free(f);
}

/* --- a device outside --------------------------------------------------------------------------
 */

static void what_is_set_on_an_external_device_is_the_operators_business(void **state)
{
    static const struct plan_setting settings[] = {{"preserve-vpn-flows", "on", {"c.xml", 3}},
                                                   {NULL, "anything at all", {"c.xml", 4}}};
    struct fixture *f = fixture_new("external");
    struct buf b = BUF_INIT;

    (void)state;
    assert_ok(open_with(f, settings, COUNT(settings)));
    const struct device_ops *ops = f->device->ops;
    assert_false(ops->embedded);
    assert_false(ops->has_console);
    assert_true(mono_is_never(ops->deadline(f->device)));
    assert_null(ops->action_command(f->device, ACTION_PHASE2_DELETE));
    assert_int_equal(ops->command(f->device, "show conn", &b, &f->why), ERR_UNSUPPORTED);
    assert_true(f->why.text[0] != '\0');
    buf_release(&b);
    fixture_free(f);
}

static void an_external_device_takes_no_seeded_faults(void **state)
{
    static const struct plan_setting fault = {"fault", "no-302014", {"c.xml", 3}};
    struct fixture *f = fixture_new("external");

    (void)state;
    assert_int_equal(open_with(f, &fault, 1), ERR_UNSUPPORTED);
    assert_int_equal(f->why.line, 3);
    f->why = (struct diag){0};
    f->env.fault = "no-302014";
    assert_int_equal(open_with(f, NULL, 0), ERR_UNSUPPORTED);
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest fixed[] = {
        cmocka_unit_test(each_adapter_is_found_under_its_name),
        cmocka_unit_test(the_notes_configuration_runs),
        cmocka_unit_test(settings_are_typed_in_their_order),
        cmocka_unit_test(a_switch_can_be_turned_back),
        cmocka_unit_test(a_line_may_stand_inside_what_the_one_before_began),
        cmocka_unit_test(an_error_in_the_configuration_names_its_file_and_line),
        cmocka_unit_test(without_a_configuration_it_says_so),
        cmocka_unit_test(faults_that_exist_are_taken),
        cmocka_unit_test(it_knows_the_commands_for_a_drop),
        cmocka_unit_test(the_labs_key_never_shows),
        cmocka_unit_test(its_legs_are_the_interfaces_of_these_names),
        cmocka_unit_test(what_is_set_on_an_external_device_is_the_operators_business),
        cmocka_unit_test(an_external_device_takes_no_seeded_faults),
    };
    struct CMUnitTest tests[COUNT(fixed) + COUNT(refusals)];

    memcpy(tests, fixed, sizeof(fixed));
    for (size_t i = 0; i < COUNT(refusals); i++)
        tests[COUNT(fixed) + i] = (struct CMUnitTest){refusals[i].what, is_refused, NULL, NULL,
                                                      (void *)(uintptr_t)&refusals[i]};
    return cmocka_run_group_tests_name("device/device", tests, NULL, NULL);
}
