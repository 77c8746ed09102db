/* The library as another program has it: installed, found by pkg-config, and the example of the
 * manual compiled and run on a capture of the project and a log. */
#include "tests/program.h"
#include "tests/testkit.h"

#include <string.h>

#define FLAGS                                                                                      \
    "case $BUILD in *asan) F=-fsanitize=address,undefined;; *cov) F=--coverage;; "                 \
    "*fuzz) F=-fsanitize=fuzzer-no-link,address,undefined;; *) F=;; esac; "                        \
    "export PKG_CONFIG_PATH=%T/usr/lib/pkgconfig; "

static void run(const char *command)
{
    struct program p;

    program_run(&p, command);
    if (p.code)
        fail_msg("%s%s", buf_str(&p.out), buf_str(&p.err));
    program_release(&p);
}

static void the_example_of_the_manual__compiles_and_runs(void **state)
{
    struct program p;

    (void)state;
    run("make --no-print-directory MODE=$(basename $BUILD) O=$BUILD install-lib PREFIX=%T/usr "
        ">/dev/null");
    run(FLAGS "${CC:-cc} -std=c11 -Wall -Wextra -Werror -D_DEFAULT_SOURCE $F "
              "$(pkg-config --cflags holdfast) harness/doc/example.c -o %T/example "
              "$(pkg-config --libs holdfast)");
    program_file("asa.log",
                 "%ASA-6-302013: Built inbound TCP connection 7 for outside:10.0.0.1/1 "
                 "(10.0.0.1/1) to inside:10.0.0.2/80 (10.0.0.2/80)\n"
                 "nothing of an ASA\n"
                 "%ASA-6-302014: Teardown TCP connection 7 for outside:10.0.0.1/1 to "
                 "inside:10.0.0.2/80 duration 0:00:05 bytes 5 Tunnel has been torn down\n");
    program_run(&p, "%T/example captures/http-ipv6.pcap %T/asa.log");
    assert_int_equal(p.code, 0);
    assert_non_null(strstr(buf_str(&p.out), " bytes there, "));
    assert_non_null(strstr(buf_str(&p.out), "connection 7: tunnel\n"));
    program_release(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_of_the_manual__compiles_and_runs),
    };
    return cmocka_run_group_tests_name("tests/library", tests, NULL, program_folder_remove);
}
