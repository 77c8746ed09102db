/* Every case but the slow one, run once; then what others make of what it left: tshark of the
 * evidence, xmllint and junitparser of the reports, our own judge in another place. */
#include "base/buf.h"
#include "tests/testkit.h"
#include "tests/whole_run.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COMMAND 1024

static struct whole_run all;

#define STRICT "-x slow --junit-strict $PWD/build/all-cases-strict.xml "

/* Under sanitizers every other file. */
static int run_all(void **state)
{
    (void)state;
    whole_run(&all, test_step() == 1 ? STRICT "cases" : STRICT "$(ls cases/*.xml | sed -n '1~2p')");
    return 0;
}

static int release_all(void **state)
{
    (void)state;
    whole_run_release(&all);
    return remove("build/all-cases-strict.xml") != 0;
}

static bool have(const char *tool)
{
    char command[96];

    snprintf(command, sizeof(command), "command -v %s >/dev/null", tool);
    if (system(command) == 0)
        return true;
    printf("SKIPPED: %s is not here to look at what the run left\n", tool);
    return false;
}

static void every_case_passes(void **state)
{
    (void)state;
    if (all.exit_code != 0)
        whole_run_show(&all);
    assert_int_equal(all.exit_code, 0);
    assert_true(json_array_size(json_object_get(all.json, "cases")) >= 20);
}

/* The host behind the peer, whose packets are compared, and its leg: the server, or the user in
 * cases where the device stands at the head office. */
static const char *behind_peer(const char *path)
{
    static const char *const at_ho[] = {"device-at-ho", "nem-", "client-mode-", "anyconnect-"};

    for (size_t i = 0; i < COUNT(at_ho); i++) {
        if (strstr(path, at_ho[i]))
            return "10.224.228.10 bo-lan";
    }
    return "192.168.50.10 ho-lan";
}

/* Platforms other than the ASA and PIX have no log of its kind. */
static const char *log_of(const char *path)
{
    if (strstr(path, "syslog-over-tcp"))
        return "tcp";
    return strstr(path, "/ios-") || strstr(path, "/vpn3000-") ? "none" : "udp";
}

/* Cases about packets past the tunnel alone, where there never is one. */
static const char *wan_of(const char *path)
{
    static const char *const clear[] = {
        "/icmp-error-through-pat", "/levels-deny-from-outside", "/list-on-the-outside",
        "/list-that-logs",         "/pat-to-the-outside",       "/resetinbound",
        "/resetoutside",           "/static-nat-from-outside",  "/xlate-cleared"};

    for (size_t i = 0; i < COUNT(clear); i++) {
        if (strstr(path, clear[i]))
            return "clear";
    }
    return "tunnel";
}

/* Cases in which the harness damages, forges, repeats or withholds packets on the WAN: tshark
 * rightly calls some of them malformed, and loses the chain of IVs of IKEv1 where a message is not
 * there. And one in which an SPI has two keys, one after the other: its table has one for each. */
static bool is_mangled(const char *path)
{
    static const char *const cases[] = {"cut-in-a-rekeying",
                                        "delete-twice",
                                        "dpd-replayed-answer",
                                        "esp-bad-icv-flood",
                                        "esp-from-another-address",
                                        "esp-old-sa-replayed",
                                        "esp-swapped-spi",
                                        "esp-unknown-spi",
                                        "forged-delete-",
                                        "ike-in-fragments",
                                        "malformed-ike",
                                        "nat-rebind-in-a-rekey",
                                        "narrow-wan-",
                                        "random-schedule-",
                                        "rekeying-answer-",
                                        "replayed-delete",
                                        "spi-taken-again",
                                        "tunnel-stays-down-",
                                        "wrong-key-after-"};

    const char *name = strrchr(path, '/') + 1;
    if (strncmp(name, "ikev2-", 6) == 0) /* one file may have a case of either version */
        name += 6;
    for (size_t i = 0; i < COUNT(cases); i++) {
        if (strncmp(name, cases[i], strlen(cases[i])) == 0)
            return true;
    }
    return false;
}

/* Two at a time: tshark takes a second or two for each, so every eighth file; HOLDFAST_EVIDENCE=1
 * to 7 begins with another one, and eight runs look at all. Under sanitizers, whose run wrote the
 * same bytes, a few are enough. */
#define FEW   4
#define PARTS 8

static void tshark_reads_and_decrypts_a_part_of_the_evidence(void **state)
{
    glob_t files;
    char pattern[128];
    struct buf list = BUF_INIT;

    (void)state;
    if (!have("tshark"))
        skip();
    snprintf(pattern, sizeof(pattern), "%s/evidence/*.pcapng", all.dir);
    assert_int_equal(glob(pattern, 0, NULL, &files), 0);
    assert_true(files.gl_pathc >= 20);
    buf_adds(&list, "xargs -P 2 -L 1 sh harness/tests/tshark_evidence.sh <<'END'\n");
    size_t step = test_step() > 1 ? files.gl_pathc / FEW : PARTS;
    const char *first = getenv("HOLDFAST_EVIDENCE");
    for (size_t i = first ? strtoul(first, NULL, 10) : 0; i < files.gl_pathc; i += step) {
        const char *f = files.gl_pathv[i];
        if (is_mangled(f))
            continue;
        buf_addf(&list, "%s %.*s.keys %s %s %s\n", f, (int)(strlen(f) - strlen(".pcapng")), f,
                 behind_peer(f), log_of(f), wan_of(f));
    }
    buf_adds(&list, "END\n");
    globfree(&files);
    assert_int_equal(system(buf_str(&list)), 0);
    buf_release(&list);
}

static void strict_report_is_valid_by_jenkins_schema(void **state)
{
    (void)state;
    if (!have("xmllint"))
        skip();
    assert_int_equal(system("xmllint --noout --schema harness/tests/xsd/jenkins-xunit-junit-10.xsd "
                            "build/all-cases-strict.xml >/dev/null 2>&1"),
                     0);
}

static void junitparser_reads_both_reports(void **state)
{
    char command[COMMAND];

    (void)state;
    if (!have("junitparser"))
        skip();
    snprintf(command, sizeof(command),
             "/usr/bin/python3 - %s/junit.xml build/all-cases-strict.xml <<'PY'\n"
             "import sys\n"
             "from junitparser import JUnitXml\n"
             "rich, strict = (JUnitXml.fromfile(f) for f in sys.argv[1:])\n"
             "def counts(x): return sorted((s.name, c.name, len(c.result)) for s in x for c in s)\n"
             "assert counts(rich) == counts(strict) and len(counts(rich)) >= 20\n"
             "assert rich.failures == 0 and strict.errors == 0\n"
             "PY\n",
             all.dir);
    assert_int_equal(system(command), 0);
}

static void judging_elsewhere_says_the_same(void **state)
{
    char command[COMMAND];

    (void)state;
    snprintf(command, sizeof(command),
             "p=$(realpath %%s); cd %s/evidence && for f in $(ls *.pcapng | sed -n '1~%dp'); do"
             " \"$p\" judge --json $f >../here; (cd / && TZ=Asia/Tokyo LC_ALL=de_DE.UTF-8"
             " \"$p\" judge --json $OLDPWD/$f) >../there; cmp -s ../here ../there ||"
             " { echo \"$f is judged otherwise elsewhere\"; exit 1; }; done",
             all.dir, (int)test_step() * PARTS);
    assert_int_equal(whole_run_command(command), 0);
}

static void the_same_seed_gives_the_same_bytes(void **state)
{
    struct whole_run again;
    char command[COMMAND];

    (void)state;
    whole_run(&again, "-q -k 'phase2-delete or lossy or pair-both or udp' cases");
    assert_int_equal(again.exit_code, 0);
    snprintf(command, sizeof(command),
             "n=0; for f in %s/evidence/*.pcapng; do g=%s/evidence/$(basename \"$f\");"
             " [ -e \"$g\" ] || continue; cmp \"$f\" \"$g\" || exit 1; n=$((n + 1)); done;"
             " [ $n -ge 5 ]",
             again.dir, all.dir);
    assert_int_equal(system(command), 0);
    whole_run_release(&again);
}

static void another_seed_gives_other_bytes(void **state)
{
    struct whole_run other;
    char command[COMMAND];

    (void)state;
    whole_run(&other, "-q --seed 2 cases/https-preserve-on.xml");
    assert_int_equal(other.exit_code, 0);
    snprintf(command, sizeof(command),
             "! cmp -s %s/evidence/https-preserve-on.pcapng %s/evidence/https-preserve-on.pcapng",
             other.dir, all.dir);
    assert_int_equal(system(command), 0);
    whole_run_release(&other);
}

static void logging_at_level_5__makes_log_rules_inconclusive(void **state)
{
    struct whole_run r;

    (void)state;
    whole_run(&r, "-q harness/tests/cases/level-5.xml");
    if (r.exit_code != 3)
        whole_run_show(&r);
    assert_int_equal(r.exit_code, 3);
    assert_string_equal(whole_run_verdict(&r), "INCONCLUSIVE");
    assert_true(whole_run_found(&r, "no-log", "INCONCLUSIVE"));
    whole_run_release(&r);
}

static void interrupted_run__leaves_whole_reports(void **state)
{
    char command[COMMAND];

    (void)state;
    snprintf(command, sizeof(command),
             "rm -rf %s/cut; %%s run -q -j1 -o %s/cut -D size=8GiB cases/https-preserve-on.xml"
             " cases/download-1gib.xml >%s/cut.out 2>&1 & p=$!; i=0;"
             " until [ -s %s/cut/evidence/download-1gib.pcapng ] || [ $i = 600 ];"
             " do sleep 0.1; i=$((i + 1)); done; sleep 0.5; kill -INT $p; wait $p;"
             " test $? = 130 && xmllint --noout %s/cut/junit.xml &&"
             " tshark -r %s/cut/evidence/download-1gib.pcapng -c 10 >/dev/null 2>&1",
             all.dir, all.dir, all.dir, all.dir, all.dir, all.dir);
    if (!have("xmllint") || !have("tshark"))
        skip();
    assert_int_equal(whole_run_command(command), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_case_passes),
        cmocka_unit_test(tshark_reads_and_decrypts_a_part_of_the_evidence),
        cmocka_unit_test(strict_report_is_valid_by_jenkins_schema),
        cmocka_unit_test(junitparser_reads_both_reports),
        cmocka_unit_test(judging_elsewhere_says_the_same),
        cmocka_unit_test(the_same_seed_gives_the_same_bytes),
        cmocka_unit_test(another_seed_gives_other_bytes),
        cmocka_unit_test(logging_at_level_5__makes_log_rules_inconclusive),
        cmocka_unit_test(interrupted_run__leaves_whole_reports),
    };
    return cmocka_run_group_tests_name("tests/all_cases", tests, run_all, release_all);
}
