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

#define LOSSY "captures/http-download-lossy.pcapng.zst"

/* Each command, and what it prints. */
static const struct row {
    const char *what, *command;
    int code;
    const char *says, *not ;
} rows[] = {
    {"a_stream_has_a_story", "%H inspect " LOSSY, 0,
     "download 10.224.228.10:45172 < 192.168.50.10:80: 8388854 bytes in 1.1 s, 44 packets sent "
     "again (positions), 129 filled holes; closed by both\n",
     NULL},
    {"the_rules_are_named_beside_the_count", "%H inspect --rules wireshark " LOSSY, 0,
     "packets sent again (wireshark)", NULL},
    {"standard_input", "cat captures/dns-ping.pcapng | %H inspect -", 0,
     "-: pcapng, Ethernet; 42 packets", NULL},
    {"standard_input_compressed", "gzip -c captures/dns-ping.pcapng | %H inspect -", 0,
     "-: pcapng, Ethernet; 42 packets", NULL},
    {"a_file_on_standard_input", "%H inspect - <captures/dns-ping.pcapng", 0, "; 42 packets", NULL},
    {"several_files", "%H inspect captures/dns-ping.pcapng captures/half-closed.pcap", 0,
     "captures/half-closed.pcap: pcap, ", NULL},
    {"values_begin_with_names_once",
     "%H inspect --csv captures/dns-ping.pcapng "
     "captures/dns-ping.pcapng | grep -c ^file,",
     0, "1\n", NULL},
    {"values_have_a_line_a_flow", "%H inspect --csv captures/dns-ping.pcapng | wc -l", 0, "6\n",
     NULL},
    {"values_all_have_as_many_columns_as_names",
     "%H inspect --csv captures/dns-ping.pcapng " LOSSY " | tr -cd ',\\n' | sort -u | wc -l", 0,
     "1\n", NULL},
    {"json_and_values_at_once", "%H inspect --json --csv captures/dns-ping.pcapng", 2, NULL, NULL},
    {"quiet_leaves_out_what_went_well", "%H inspect -q " LOSSY, 0, "9160 packets", "\n  tcp"},
    {"by_address", "%H inspect --host 192.168.50.0/24 " LOSSY, 0, "download", NULL},
    {"by_address_and_port", "%H inspect --host 192.168.50.10:81 " LOSSY, 0, "9160 packets",
     "\n  tcp"},
    {"by_stream", "%H inspect --stream 1 " LOSSY, 0, "9160 packets", "\n  tcp"},
    {"by_time", "%H inspect --to +0.0001 " LOSSY, 0, "download", "8388854 bytes"},
    {"a_time_that_is_none", "%H inspect --from noon " LOSSY, 2, NULL, NULL},
    {"an_address_that_is_none", "%H inspect --host 10.0.0 " LOSSY, 2, NULL, NULL},
    {"a_growing_file",
     "head -c 3000 captures/dns-ping.pcapng >%T/growing; %H inspect --follow %T/growing >%T/said &"
     " p=$!; harness/tests/until_read.sh $p %T/growing &&"
     " tail -c +3001 captures/dns-ping.pcapng >>%T/growing &&"
     " harness/tests/until_read.sh $p %T/growing; kill -INT $p; wait $p && cat %T/said",
     0, "; 42 packets", "damaged"},
};

static void inspect_says_what_its_row_says(void **state)
{
    const struct row *row = *state;
    struct program p;

    program_run(&p, row->command);
    assert_int_equal(p.code, row->code);
    if (row->says && !strstr(buf_str(&p.out), row->says))
        fail_msg("says: %s", buf_str(&p.out));
    if (row->not )
        assert_null(strstr(buf_str(&p.out), row->not ));
    program_release(&p);
}

int main(void)
{
    struct CMUnitTest tests[COUNT(rows) + 3] = {
        cmocka_unit_test(inspect__reads_evidence),
        cmocka_unit_test(inspect__reads_captures),
        cmocka_unit_test(inspect_of_a_cut_capture__tells_the_damage),
    };

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[3 + i] = (struct CMUnitTest){rows[i].what, inspect_says_what_its_row_says, NULL, NULL,
                                           (void *)(uintptr_t)&rows[i]};
    return cmocka_run_group_tests_name("tests/cli_inspect", tests, NULL, program_folder_remove);
}
