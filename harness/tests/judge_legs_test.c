/* holdfast judge --leg: the legs of a run, taken apart into captures that say nothing of the case,
 * are understood all the same; and so are bounces that other gateways made. */
#include "tests/program.h"
#include "tests/testkit.h"
#include "wire/pcapng.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

struct row {
    const char *name, *case_id, *class_name;
    const char *event; /* that must be among those found; NULL: nothing but `establish` is */
    const char *reset; /* who made one; NULL: nobody */
    bool with_ike;     /* the keys of IKE are given, and events are read from its messages */
};

static const struct row rows[] = {
    {"a download without an event is continuous, and no event is invented", "control-no-event",
     "CONTINUOUS", NULL, NULL, false},
    {"a rekeying of phase 2 is found", "phase2-rekey-preserve-off", "CONTINUOUS", "phase2-rekey",
     NULL, false},
    {"a rekeying of phase 1 is found", "phase1-rekey-preserve-off", "CONTINUOUS", "phase1-rekey",
     NULL, false},
    {"a delete of phase 1 that the stream outlives is found", "phase1-delete-preserve-on",
     "CONTINUOUS", "phase1-delete", NULL, false},
    {"a stream that the device tears is torn, by the device", "phase1-delete-preserve-off", "TORN",
     "phase1-delete", "device", false},
    {"a delete of phase 2 that the stream outlives is found", "phase2-delete-preserve-on",
     "CONTINUOUS", "phase2-delete", NULL, false},
    {"a dead peer is an outage that the stream outlives", "dpd-death-preserve-on", "RECOVERED",
     "outage", NULL, false},
    {"a rekeying of phase 2 is read", "phase2-rekey-preserve-off", "CONTINUOUS", "phase2-rekey",
     NULL, true},
    {"a rekeying of phase 1 is read", "phase1-rekey-preserve-off", "CONTINUOUS", "phase1-rekey",
     NULL, true},
    {"a delete of phase 1 that the stream outlives is read", "phase1-delete-preserve-on",
     "CONTINUOUS", "phase1-delete", NULL, true},
    {"a delete of phase 2 that the stream outlives is read", "phase2-delete-preserve-on",
     "CONTINUOUS", "phase2-delete", NULL, true},
};

static struct buf read_file(const char *path)
{
    struct buf b = BUF_INIT;
    FILE *f = fopen(path, "rb");
    size_t n;

    assert_non_null(f);
    while ((n = fread(buf_room(&b, 1 << 16), 1, 1 << 16, f)) > 0)
        buf_grew(&b, n);
    fclose(f);
    return b;
}

static bool is_named(const struct pcapng_head *h, struct bytes block, const char *leg)
{
    struct pcapng_interface it;
    struct pcapng_option o;

    assert_ok(pcapng_interface_parse(h, block, &it));
    while (pcapng_option_next(&it.options, &o))
        if (o.code == PCAPNG_IF_NAME && o.value.n == strlen(leg) &&
            memcmp(o.value.p, leg, o.value.n) == 0)
            return true;
    return false;
}

/* What the tap of LEG alone would have captured: every block but the packets of other legs. tshark
 * does the same and takes seconds for it. */
static void split(const char *case_id, const char *leg)
{
    char path[512];
    struct pcapng_head h;
    bool kept[16] = {false};
    uint32_t ninterfaces = 0;
    uint64_t packets = 0;

    snprintf(path, sizeof(path), "%s/%s/evidence/%s.pcapng", program_folder(), case_id, case_id);
    struct buf whole = read_file(path);
    snprintf(path, sizeof(path), "%s/%s.%s.pcapng", program_folder(), case_id, leg);
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    for (struct bytes in = buf_bytes(&whole); in.n; in = bytes_from(in, h.len)) {
        struct pcapng_packet p;
        assert_ok(pcapng_head_parse(in, false, &h));
        struct bytes block = bytes_head(in, h.len);
        if (h.type == PCAPNG_INTERFACE) {
            assert_true(ninterfaces < COUNT(kept));
            kept[ninterfaces++] = is_named(&h, block, leg);
        }
        if (h.type == PCAPNG_PACKET) {
            assert_ok(pcapng_packet_parse(&h, block, &p));
            assert_true(p.interface < ninterfaces);
            if (!kept[p.interface])
                continue;
            packets++;
        }
        assert_int_equal(fwrite(block.p, 1, block.n, out), block.n);
    }
    assert_int_equal(fclose(out), 0);
    assert_true(packets > 0);
    buf_release(&whole);
}

/* WITH_IKE: with the keys of IKE, too. */
static json_t *judge_legs(const char *case_id, bool with_ike)
{
    static const char *const legs[] = {"bo-lan", "wan", "ho-lan"};
    struct program p;
    char command[1024];
    json_error_t error;

    snprintf(command, sizeof(command), "%%H run -q -o %%T/%s cases/%s.xml >/dev/null", case_id,
             case_id);
    program_run(&p, command);
    assert_int_equal(p.code, 0);
    program_release(&p);
    for (size_t i = 0; i < COUNT(legs); i++)
        split(case_id, legs[i]);
    int n = snprintf(command, sizeof(command), "%%H judge --json");
    for (size_t i = 0; i < COUNT(legs); i++)
        n += snprintf(command + n, sizeof(command) - (size_t)n, " --leg %s=%%T/%s.%s.pcapng",
                      legs[i], case_id, legs[i]);
    n += snprintf(command + n, sizeof(command) - (size_t)n,
                  " --esp-sa %%T/%s/evidence/%s.keys/esp_sa", case_id, case_id);
    if (with_ike)
        snprintf(command + n, sizeof(command) - (size_t)n,
                 " --ike-keys %%T/%s/evidence/%s.keys/ikev1_decryption_table", case_id, case_id);
    program_run(&p, command);
    assert_int_equal(p.code, 0);
    json_t *v = json_loads(buf_str(&p.out), JSON_REJECT_DUPLICATES, &error);
    assert_non_null(v);
    program_release(&p);
    return v;
}

static const char *word(const json_t *v, const char *name)
{
    const char *s = json_string_value(json_object_get(v, name));

    return s ? s : "";
}

/* The keys opened what the WAN carried, and at a gateway that changes nothing it was what the LAN
 * had. -1: nothing could be compared. */
static json_int_t mismatches(const json_t *v)
{
    const json_t *m;
    size_t i;

    json_array_foreach(json_object_get(v, "metrics"), i,
                       m) if (strcmp(word(m, "name"), "decrypt_mismatch_pkts") ==
                              0) return json_is_null(json_object_get(m, "value"))
        ? -1
        : json_integer_value(json_object_get(m, "value"));
    return -1;
}

/* The stream whose server sent most. */
static const json_t *largest(const json_t *v)
{
    const json_t *s, *best = NULL;
    json_int_t most = -1;
    size_t i;

    json_array_foreach(json_object_get(v, "streams"), i, s)
    {
        const json_t *way = json_object_get(s, "ho_to_bo");
        json_int_t n = json_integer_value(json_object_get(way, "sent_unique_bytes"));
        if (n > most) {
            most = n;
            best = s;
        }
    }
    assert_non_null(best);
    return best;
}

static bool has_event(const json_t *v, const char *action)
{
    const json_t *e;
    size_t i;

    json_array_foreach(json_object_get(v, "events"), i,
                       e) if (strcmp(word(e, "action"), action) == 0) return true;
    return false;
}

static void legs__are_understood(void **state)
{
    const struct row *r = *state;
    json_t *v = judge_legs(r->case_id, r->with_ike);
    const json_t *s = largest(v), *reset = json_array_get(json_object_get(s, "resets"), 0);
    const json_t *way = json_object_get(s, "ho_to_bo"), *e;
    size_t i;

    if (strcmp(word(s, "class"), r->class_name) != 0 || (r->event && !has_event(v, r->event)))
        json_dumpf(json_object_get(v, "events"), stderr, 0);
    assert_string_equal(word(s, "class"), r->class_name);
    assert_true(json_is_null(json_object_get(v, "verdict")));
    assert_int_equal(json_integer_value(json_object_get(way, "altered_bytes")), 0);
    if (r->event)
        assert_true(has_event(v, r->event));
    else
        json_array_foreach(json_object_get(v, "events"), i, e)
            assert_string_equal(word(e, "action"), "establish");
    json_array_foreach(json_object_get(v, "events"), i, e) if (r->with_ike)
        assert_string_equal(word(e, "source"), "ike");
    assert_string_equal(word(reset, "by"), r->reset ? r->reset : "");
    assert_true(json_array_size(json_object_get(v, "sas")) >= 2);
    assert_int_equal(mismatches(v), 0);
    json_decref(v);
}

static void wrong_keys__open_nothing(void **state)
{
    json_t *v;
    struct program p;

    (void)state; /* the second row has taken this case apart */
    program_run(&p, "sed 's/\\(\"HMAC[^,]*,\"0x\\)..../\\10000/'"
                    " %T/phase2-rekey-preserve-off/evidence/*.keys/esp_sa >%T/wrong");
    assert_int_equal(p.code, 0);
    program_release(&p);
    program_run(&p, "%H judge --json --esp-sa %T/wrong"
                    " --leg bo-lan=%T/phase2-rekey-preserve-off.bo-lan.pcapng"
                    " --leg wan=%T/phase2-rekey-preserve-off.wan.pcapng"
                    " --leg ho-lan=%T/phase2-rekey-preserve-off.ho-lan.pcapng");
    assert_int_equal(p.code, 0);
    v = json_loads(buf_str(&p.out), 0, NULL);
    assert_int_equal(mismatches(v), -1);
    json_decref(v);
    program_release(&p);
    program_run(&p, "echo '\"IPv4\",\"x\"' >%T/broken;"
                    " %H judge --esp-sa %T/broken --leg wan=captures/half-closed.pcap");
    assert_int_equal(p.code, 2);
    assert_non_null(strstr(buf_str(&p.err), "broken:1: "));
    program_release(&p);
}

static void usage__is_told(void **state)
{
    static const char *const commands[] = {
        "%H judge --leg lan=x.pcap", "%H judge --leg bo-lan", "%H judge --leg wan=%T/none.pcap",
        "%H judge --leg wan=captures/half-closed.pcap captures/half-closed.pcap"};
    struct program p;

    (void)state;
    for (size_t i = 0; i < COUNT(commands); i++) {
        program_run(&p, commands[i]);
        assert_int_equal(p.code, 2);
        assert_int_equal(program_lines(&p.err), 1);
        program_release(&p);
    }
}

#define BOUNCES "../shared/data/bounces/"

/* Recorded over strongSwan; truth.tsv has what curl saw. */
static void bounces_of_others__are_understood(void **state)
{
    char line[1024], name[128], survived[8], command[1024];
    unsigned long long bytes;
    unsigned n = 0;
    FILE *f = fopen(BOUNCES "truth.tsv", "r");

    (void)state;
    if (!f) {
        printf("SKIPPED: " BOUNCES " is not here\n");
        skip();
    }
    assert_non_null(fgets(line, sizeof(line), f));
    while (fgets(line, sizeof(line), f)) {
        struct program p;
        if (sscanf(line, "%127[^\t]\t%*[^\t]\t%*[^\t]\t%*[^\t]\t%7[^\t]\t%llu", name, survived,
                   &bytes) != 3)
            continue;
        snprintf(command, sizeof(command),
                 "%%H judge --json --leg bo-lan=" BOUNCES "%s_bo-lan.pcap --leg wan=" BOUNCES
                 "%s_wan.pcap --leg ho-lan=" BOUNCES "%s_ho-lan.pcap --esp-sa " BOUNCES
                 "keys/%s/esp_sa",
                 name, name, name, name);
        program_run(&p, command);
        assert_int_equal(p.code, 0);
        json_t *v = json_loads(buf_str(&p.out), 0, NULL);
        assert_non_null(v);
        const json_t *s = largest(v), *way = json_object_get(s, "ho_to_bo");
        json_int_t got = json_integer_value(json_object_get(way, "delivered_unique_bytes"));
        bool held = strcmp(word(s, "class"), "CONTINUOUS") == 0 ||
                    strcmp(word(s, "class"), "RECOVERED") == 0;
        assert_int_equal(held, strcmp(survived, "yes") == 0);
        assert_in_range(got, bytes, bytes + bytes / 100 + 2000); /* and HTTP headers */
        assert_int_equal(mismatches(v), 0);
        json_decref(v);
        program_release(&p);
        n++;
    }
    fclose(f);
    assert_true(n > 0);
}

int main(void)
{
    struct CMUnitTest tests[COUNT(rows) + 3];
    size_t n = 0;

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[n++] = (struct CMUnitTest){.name = rows[i].name,
                                         .test_func = legs__are_understood,
                                         .initial_state = (void *)(uintptr_t)&rows[i]};
    tests[n++] = (struct CMUnitTest){.name = "wrong keys open nothing, and broken ones are named",
                                     .test_func = wrong_keys__open_nothing};
    tests[n++] = (struct CMUnitTest){.name = "wrong words about legs are one line and exit 2",
                                     .test_func = usage__is_told};
    tests[n++] = (struct CMUnitTest){.name = "bounces that other gateways made are understood",
                                     .test_func = bounces_of_others__are_understood};
    return _cmocka_run_group_tests("judge_legs", tests, n, NULL, program_folder_remove);
}
