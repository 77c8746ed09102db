/* holdfast logs: lines of an ASA's log, taken apart. */
#include "cli/lines.h"
#include "cli/log_record.h"
#include "cli/options.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct logs_args {
    bool json;
};

static const char *take_json(void *ctx, const char *value)
{
    (void)value;
    ((struct logs_args *)ctx)->json = true;
    return NULL;
}

static const struct option_row rows[] = {
    {0, "json", NULL, "a JSON object a line, with every field", take_json},
};

static const struct options options = {
    .command = "logs",
    .usage = "[--json] FILE...",
    .about = "Takes the lines of ASA logs (files, or - for standard input) apart: a record a line "
             "of input, in its order. Lines that are no ASA message are kept and marked.",
    .rows = rows,
    .n = COUNT(rows),
};

static int read_file(const struct logs_args *a, const char *path)
{
    bool is_stdin = strcmp(path, "-") == 0;
    FILE *f = is_stdin ? stdin : fopen(path, "re");
    struct buf out = BUF_INIT;
    struct lines in = {.file = f};
    struct bytes line;

    if (!f)
        return usage_error("%s: %s", path, strerror(errno));
    while (lines_next(&in, &line)) {
        if (a->json)
            log_record_json(in.number, line, &out);
        else
            log_record_text(in.number, line, &out);
        if (out.n > 65536) {
            fwrite(out.s, 1, out.n, stdout);
            buf_clear(&out);
        }
    }
    put_out(&out);
    bool bad = ferror(f);
    int reason = errno;
    lines_release(&in);
    buf_release(&out);
    if (!is_stdin)
        fclose(f);
    return bad ? usage_error("%s: cannot be read: %s", path, strerror(reason)) : EXIT_PASSED;
}

int cmd_logs(const struct cli_env *env, int argc, char **argv)
{
    struct logs_args a = {0};
    int rc = options_parse(&options, &argc, argv, &a);

    (void)env;
    if (rc < 0 && argc == 0)
        rc = usage_error("logs: needs a file, or - (holdfast logs --help)");
    if (rc >= 0)
        return rc;
    rc = EXIT_PASSED;
    for (int i = 0; i < argc; i++) {
        int one = read_file(&a, argv[i]);
        rc = one > rc ? one : rc;
    }
    return rc;
}
