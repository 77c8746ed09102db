/* holdfast inspect on what a run left, on recordings, and on what is damaged. */
#include "tests/program.h"
#include "tests/testkit.h"

#include <jansson.h>
#include <string.h>

static const json_t *list(const json_t *v, const char *name)
{
    const json_t *l = json_object_get(v, name);

    assert_true(json_is_array(l));
    return l;
}

static json_t *inspect(const char *command)
{
    struct program p;
    json_error_t error;

    program_run(&p, command);
    assert_int_equal(p.code, 0);
    json_t *v = json_loads(buf_str(&p.out), JSON_REJECT_DUPLICATES, &error);
    assert_non_null(v);
    program_release(&p);
    return v;
}

static void inspect__reads_evidence(void **state)
{
    const char *command = "%H run -q -o %T/i cases/upload-preserve-off.xml >/dev/null;"
                          " %H inspect --json %T/i/evidence/upload-preserve-off.pcapng";
    json_t *v = inspect(command);
    size_t i, torn = 0;
    const json_t *s;

    (void)state;
    assert_string_equal(json_string_value(json_object_get(v, "format")), "pcapng");
    assert_true(json_array_size(list(v, "ike")) >= 9); /* main mode and quick mode */
    assert_true(json_array_size(list(v, "esp")) >= 2);
    json_array_foreach(list(v, "syslog"), i, s)
    {
        const char *id = json_string_value(json_object_get(s, "id"));
        const char *why = json_string_value(json_object_get(s, "reason_class"));
        torn += id && why && strcmp(id, "302014") == 0 && strcmp(why, "tunnel") == 0;
    }
    assert_int_equal(torn, 1);
    json_decref(v);
}

static void inspect__reads_captures(void **state)
{
    json_t *v = inspect("%H inspect --json captures/dns-ping.pcapng");

    (void)state;
    assert_int_equal(json_integer_value(json_object_get(v, "packets")), 42);
    assert_int_equal(json_array_size(list(v, "tcp")), 0);
    const json_t *udp = json_array_get(list(v, "udp"), 0);
    assert_int_equal(json_integer_value(json_object_get(udp, "packets")), 16);
    assert_true(json_is_true(json_object_get(udp, "replayable")));
    assert_int_equal(json_array_size(list(v, "icmp")), 1);
    json_decref(v);

    v = inspect("%H inspect --json captures/http-download.pcapng.zst");
    const json_t *tcp = json_array_get(list(v, "tcp"), 0);
    const json_t *down = json_object_get(tcp, "b_to_a");
    assert_string_equal(json_string_value(json_object_get(tcp, "initiator")), "a");
    assert_string_equal(json_string_value(json_object_get(tcp, "closed")), "fin");
    assert_true(json_is_true(json_object_get(down, "complete")));
    assert_true(json_integer_value(json_object_get(down, "unique_bytes")) > 8388608);
    assert_int_equal(strlen(json_string_value(json_object_get(down, "sha256"))), 64);
    json_decref(v);
}

static void inspect_of_a_cut_capture__tells_the_damage(void **state)
{
    struct program p;

    (void)state;
    program_run(&p, "head -c 3000 captures/half-closed.pcap >%T/cut.pcap; %H inspect %T/cut.pcap;"
                    " %H inspect --json %T/cut.pcap");
    assert_int_equal(p.code, 0);
    assert_non_null(strstr(buf_str(&p.out), "\n  damaged: "));
    assert_null(strstr(buf_str(&p.out), "\"errors\": []"));
    program_release(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inspect__reads_evidence),
        cmocka_unit_test(inspect__reads_captures),
        cmocka_unit_test(inspect_of_a_cut_capture__tells_the_damage),
    };
    return cmocka_run_group_tests_name("tests/cli_inspect", tests, NULL, program_folder_remove);
}
