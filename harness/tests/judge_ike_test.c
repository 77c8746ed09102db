/* holdfast judge --ike-keys: what IKE says in real bounces is what tshark reads there, and what is
 * known to have been done; other keys, and none, say less and that they do. */
#include "tests/program.h"
#include "tests/testkit.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BOUNCES "../shared/data/bounces/"

struct row {
    const char *what, *name, *table;
    const char *actions; /* events, in order */
};

static const struct row rows[] = {
    {"ikev1_rekeyings_are_read", "ikev1_rekey_child5_mini", "ikev1_decryption_table",
     "establish phase2-rekey phase2-rekey phase2-rekey phase2-rekey phase2-rekey "},
    {"ikev1_the_end_of_an_ike_sa_is_read", "ikev1_del_ike_mini", "ikev1_decryption_table",
     "establish phase1-delete establish "},
    {"ikev1_of_the_kernel_is_read", "vm_ikev1_del_ike", "ikev1_decryption_table",
     "establish phase1-delete establish "},
    {"ikev2_rekeyings_are_read", "ikev2_rekey_child5_mini", "ikev2_decryption_table",
     "establish phase2-rekey phase2-rekey phase2-rekey phase2-rekey phase2-rekey "},
    {"ikev2_the_end_of_a_pair_is_read", "ikev2_del_child_mini", "ikev2_decryption_table",
     "establish phase2-delete establish "},
    {"ikev2_an_ike_sa_anew_is_read", "ikev2_rekey_ike_mini", "ikev2_decryption_table",
     "establish phase1-rekey "},
};

static json_t *judge(const char *name, const char *options)
{
    static const char *const legs[] = {"bo-lan", "wan", "ho-lan"};
    char command[1024];
    struct program p;
    int n = snprintf(command, sizeof(command), "%%H judge --json %s", options);

    for (size_t i = 0; i < COUNT(legs); i++)
        n += snprintf(command + n, sizeof(command) - (size_t)n, " --leg %s=" BOUNCES "%s_%s.pcap",
                      legs[i], name, legs[i]);
    program_run(&p, command);
    assert_int_equal(p.code, 0);
    json_t *v = json_loads(buf_str(&p.out), JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(v);
    program_release(&p);
    return v;
}

static json_t *judge_with(const struct row *r, const char *table)
{
    char options[256];

    snprintf(options, sizeof(options), "--ike-keys " BOUNCES "keys/%s/%s", r->name, table);
    return judge(r->name, options);
}

static void need_bounces(void)
{
    FILE *f = fopen(BOUNCES "truth.tsv", "r");

    if (!f) {
        printf("SKIPPED: " BOUNCES " is not here\n");
        skip();
    }
    fclose(f);
}

static const char *word(const json_t *v, const char *name)
{
    const char *s = json_string_value(json_object_get(v, name));

    return s ? s : "";
}

/* Packet PACKET's message; NULL: there is none. */
static const json_t *message(const json_t *v, json_int_t packet)
{
    const json_t *m;
    size_t i;

    json_array_foreach(json_object_get(v, "ike"), i,
                       m) if (json_integer_value(json_object_get(m, "packet")) == packet) return m;
    return NULL;
}

/* One of tshark's lines: packet|SPIs of proposals and notifies|of deletes. */
static void compare_line(const json_t *v, char *line)
{
    char *packet = strtok(line, "|"), *spi;
    const json_t *m = message(v, atol(packet));
    const char *at;

    assert_non_null(m);
    at = word(m, "contents");
    while ((spi = strtok(NULL, "|,"))) {
        if (strlen(spi) > 16)
            spi[16] = '\0'; /* both cookies: the initiator's names the SA */
        if (!strstr(word(m, "contents"), "INITIAL-CONTACT"))
            assert_non_null(at = strstr(at, spi));
    }
}

static void compare_with_tshark(const struct row *r, const json_t *v)
{
    char command[768], *line, *rest;
    struct program p;
    size_t n = 0;

    snprintf(command, sizeof(command),
             "cp " BOUNCES "keys/%s/ike* %%T/ && WIRESHARK_CONFIG_DIR=%%T tshark -n -r " BOUNCES
             "%s_wan.pcap -Y isakmp -T fields -E 'separator=|' -e frame.number -e isakmp.spi "
             "-e isakmp.delete.spi 2>/dev/null; chmod -R u+w %%T",
             r->name, r->name);
    program_run(&p, command);
    for (line = p.out.s; line && *line; line = rest, n++) {
        rest = strchr(line, '\n');
        if (rest)
            *rest++ = '\0';
        compare_line(v, line);
    }
    assert_int_equal(n, json_array_size(json_object_get(v, "ike")));
    program_release(&p);
}

static void messages_are_read_as_tshark_reads_them(void **state)
{
    const struct row *r = *state;
    char actions[256] = "";
    const json_t *e, *m;
    size_t i;

    need_bounces();
    json_t *v = judge_with(r, r->table);
    json_array_foreach(json_object_get(v, "events"), i, e)
    {
        snprintf(actions + strlen(actions), sizeof(actions) - strlen(actions), "%s ",
                 word(e, "action"));
        assert_string_equal(word(e, "source"), "ike");
    }
    assert_string_equal(actions, r->actions);
    json_array_foreach(json_object_get(v, "ike"), i, m) assert_int_equal(
        json_is_true(json_object_get(m, "opened")), json_is_true(json_object_get(m, "encrypted")));
    compare_with_tshark(r, v);
    json_decref(v);
}

static const char *finding_of(const json_t *v, const char *rule)
{
    const json_t *f;
    size_t i;

    json_array_foreach(json_object_get(v, "findings"), i,
                       f) if (strcmp(word(f, "rule"), rule) == 0) return word(f, "message");
    return "";
}

/* Events are then found from how ESP behaves. */
static void keys_of_another_run_open_nothing_and_say_so(void **state)
{
    const struct row *r = &rows[3];
    const json_t *e;
    size_t i;

    (void)state;
    need_bounces();
    json_t *v =
        judge(r->name, "--ike-keys " BOUNCES "keys/ikev2_rekey_ike_mini/ikev2_decryption_table");
    assert_non_null(strstr(finding_of(v, "ike"), "0 of 22 encrypted IKE messages were opened"));
    json_array_foreach(json_object_get(v, "events"), i, e)
        assert_string_equal(word(e, "source"), "esp");
    json_decref(v);
}

static void a_pair_that_took_the_place_of_another_names_it(void **state)
{
    const json_t *s;
    size_t i, named = 0;

    (void)state;
    need_bounces();
    json_t *v = judge_with(&rows[3], rows[3].table);
    json_array_foreach(json_object_get(v, "sas"), i, s)
    {
        const char *old = word(s, "rekeys");
        const json_t *o;
        size_t k, found = 0;
        if (!*old)
            continue;
        named++;
        json_array_foreach(json_object_get(v, "sas"), k, o) found +=
            strcmp(word(o, "spi"), old) == 0 && strcmp(word(o, "dst"), word(s, "dst")) == 0 &&
            json_is_string(json_object_get(o, "delete_seen"));
        assert_int_equal(found, 1);
    }
    assert_int_equal(named, 10);
    json_decref(v);
}

/* By what ESP held; without its keys nothing is claimed. */
static void the_clock_of_the_wan_is_found(void **state)
{
    struct program p;
    static const char legs[] = " --leg bo-lan=" BOUNCES "ikev1_rekey_child5_mini_bo-lan.pcap --leg "
                               "ho-lan=" BOUNCES "ikev1_rekey_child5_mini_ho-lan.pcap --leg "
                               "wan=%T/ahead.pcap";
    char command[1024];

    (void)state;
    need_bounces();
    snprintf(command, sizeof(command),
             "editcap -t 7.25 " BOUNCES
             "ikev1_rekey_child5_mini_wan.pcap %%T/ahead.pcap && %%H judge "
             "--esp-sa " BOUNCES "keys/ikev1_rekey_child5_mini/esp_sa%s",
             legs);
    program_run(&p, command);
    assert_int_equal(p.code, 0);
    assert_non_null(strstr(buf_str(&p.out), "the clock of wan is +7.250"));
    assert_non_null(strstr(buf_str(&p.out), "its times are mended by that"));
    assert_non_null(strstr(buf_str(&p.out), "event e2: 07:50:57.0")); /* by the BO's clock */
    program_release(&p);
    snprintf(command, sizeof(command), "%%H judge%s", legs);
    program_run(&p, command);
    assert_non_null(strstr(buf_str(&p.out), "narrowed: the clock of wan cannot be compared"));
    program_release(&p);
}

static void a_broken_table_is_named_with_its_line(void **state)
{
    struct program p;

    (void)state;
    program_file("broken", "# keys\n00,11\n");
    program_run(&p, "%H judge --ike-keys %T/broken --leg wan=captures/half-closed.pcap");
    assert_int_equal(p.code, 2);
    assert_non_null(strstr(buf_str(&p.err), "broken:2: the initiator's cookie"));
    program_release(&p);
    program_run(&p, "%H judge --ike-keys %T/none --leg wan=captures/half-closed.pcap");
    assert_int_equal(p.code, 2);
    program_release(&p);
}

int main(void)
{
    struct CMUnitTest tests[COUNT(rows) + 4];
    size_t n = COUNT(rows);

    for (size_t i = 0; i < n; i++)
        tests[i] = (struct CMUnitTest){rows[i].what, messages_are_read_as_tshark_reads_them, NULL,
                                       NULL, (void *)(uintptr_t)&rows[i]};
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(keys_of_another_run_open_nothing_and_say_so);
    tests[n++] =
        (struct CMUnitTest)cmocka_unit_test(a_pair_that_took_the_place_of_another_names_it);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(the_clock_of_the_wan_is_found);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(a_broken_table_is_named_with_its_line);
    return cmocka_run_group_tests_name("judge_ike", tests, NULL, program_folder_remove);
}
