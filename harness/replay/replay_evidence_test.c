/* What a run leaves: console, keys, secrets, the same bytes for the same seed. */
#include "base/mem.h"
#include "tests/one_run.h"
#include "tests/testkit.h"
#include "wire/asa_log.h"
#include "wire/pkt.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

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

/* --- at the end --------------------------------------------------------------------------------
 */

/* The device counts the records it sent; each of them is in the evidence. */
static void every_log_record_that_was_sent_is_there(void **state)
{
    struct one_run r;
    const struct one_line *l;
    size_t records = 0, sent = 0;
    double when;

    (void)state;
    one_run_ok(
        &r,
        CASE(DOWNLOAD
             "<at id=\"ev\" stream=\"dl\" reaches=\"40%\"><phase2-delete by=\"peer\"/></at>"),
        NULL);
    const struct one_line *asked = one_run_find(&r, "console", "line", "# show logging", 0);
    assert_non_null(asked);
    for (size_t i = 0; (l = one_run_find(&r, "console", NULL, NULL, i)); i++) {
        const char *tx = strstr(l->text, "UDP TX:");
        if (tx)
            sent = strtoul(tx + 7, NULL, 10);
    }
    for (size_t i = 0; i < r.nframes; i++)
        records += is_log(&r.frames[i], 0, &when);
    assert_true(sent > 5);
    assert_true(records >= sent);
    /* what the console itself was asked is logged, too, and came after the count */
    assert_true(records <= sent + 10);
    assert_non_null(one_run_find(&r, "console", "line", "# show conn detail", 0));
    assert_non_null(one_run_find(&r, "console", "line", "# show asp table vpn-context", 0));
    assert_non_null(one_run_find(&r, "console", "line", "# show crypto ipsec sa", 0));
    one_run_release(&r);
}

static char *file_text(const struct one_run *r, const char *name)
{
    char path[128];
    size_t n;
    struct stat st;

    snprintf(path, sizeof(path), "%s/%s", r->opts.keys_dir, name);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    uint8_t *p = test_file(path, &n);
    assert_non_null(p);
    char *s = mem_strndup((const char *)p, n);
    mem_free(p);
    return s;
}

static void keys_are_written_for_wireshark_where_asked_for(void **state)
{
    struct one_run r;
    struct replay_options o = {.keys_dir = "keys"};
    const struct one_line *l;

    (void)state;
    one_run_ok(
        &r,
        CASE(DOWNLOAD
             "<at id=\"ev\" stream=\"dl\" reaches=\"40%\"><phase1-delete by=\"peer\"/></at>"),
        &o);
    char *esp = file_text(&r, "esp_sa"), *ike = file_text(&r, "ikev1_decryption_table");
    size_t n = 0;
    for (; (l = one_run_find(&r, "esp-sa", "state", "up", n)); n++) {
        assert_non_null(strstr(esp, one_line_text(l, "spi")));
        assert_non_null(strstr(esp, one_line_text(l, "cipher_key")));
    }
    assert_int_equal(n, 4);
    for (n = 0; (l = one_run_find(&r, "ike-sa", "state", "up", n)); n++) {
        char line[160];
        snprintf(line, sizeof(line), "%s,%s\n", one_line_text(l, "initiator_spi"),
                 one_line_text(l, "key"));
        assert_non_null(strstr(ike, line));
    }
    assert_int_equal(n, 2);
    mem_free(esp);
    mem_free(ike);
    one_run_release(&r);
}

static void the_pre_shared_key_is_nowhere(void **state)
{
    struct one_run r;
    struct replay_options o = {.psk = "a-very-own-secret", .keys_dir = "keys"};
    char command[160];

    (void)state;
    one_run_ok(&r, CASE(DOWNLOAD), &o);
    one_run_check_done(&r, "dl"); /* device and peer share it */
    snprintf(command, sizeof(command), "! grep -rq a-very-own-secret %s", r.dir);
    assert_int_equal(system(command), 0);
    one_run_release(&r);
}

static void headers_mode_leaves_payload_out(void **state)
{
    struct one_run r;

    (void)state;
    one_run_ok(&r, "@evidence=\"headers\"\n" CASE(DOWNLOAD), NULL);
    const struct one_line *s = one_run_find(&r, "stream", "id", "dl", 0);
    assert_null(strstr(s->text, "sha256"));
    for (size_t i = 0; i < r.nframes; i++) {
        struct pkt p;
        pkt_parse(bytes_of(r.frames[i].p, r.frames[i].n), &p);
        if (p.kind == PKT_TCP && p.data_len > 200)
            assert_int_equal(p.tcp.data.n, 0);
    }
    one_run_check_done(&r, "dl");
    one_run_release(&r);
}

/* --- the same again ----------------------------------------------------------------------------
 */

#define ROUGH                                                                                      \
    "<lab><leg name=\"wan\" loss=\"2%\" reorder=\"2%\" duplicate=\"1%\"/></lab>" CASE(             \
        DOWNLOAD "<at id=\"ev\" stream=\"dl\" reaches=\"40%\"><peer-crash/></at>")

static uint8_t *evidence_of(uint64_t seed, size_t *n)
{
    struct one_run r;
    struct replay_options o = {.seed = seed};

    one_run_ok(&r, ROUGH, &o);
    one_run_check_done(&r, "dl");
    uint8_t *p = one_run_evidence(&r, n);
    one_run_release(&r);
    /* the case's own place is in it, and is another one each time */
    for (size_t i = 0; i + 14 < *n; i++) {
        if (memcmp(p + i, "build/one-run-", 14) == 0)
            memset(p + i + 14, 'X', 6);
    }
    return p;
}

static void the_same_seed_gives_the_same_bytes_and_another_others(void **state)
{
    size_t n[3];
    uint8_t *runs[3] = {evidence_of(7, &n[0]), evidence_of(7, &n[1]), evidence_of(8, &n[2])};

    (void)state;
    assert_int_equal(n[0], n[1]);
    assert_memory_equal(runs[0], runs[1], n[0]);
    assert_true(n[2] != n[0] || memcmp(runs[0], runs[2], n[0]) != 0);
    for (int i = 0; i < 3; i++)
        mem_free(runs[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_log_record_that_was_sent_is_there),
        cmocka_unit_test(keys_are_written_for_wireshark_where_asked_for),
        cmocka_unit_test(the_pre_shared_key_is_nowhere),
        cmocka_unit_test(headers_mode_leaves_payload_out),
        cmocka_unit_test(the_same_seed_gives_the_same_bytes_and_another_others),
    };

    return cmocka_run_group_tests_name("replay/evidence", tests, NULL, NULL);
}
