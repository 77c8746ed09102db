/* One row is the whole option: parsing, help and errors. */
#include "cli/options.h"

#include "tests/testkit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct taken {
    char said[256]; /* "quiet;out=dir;" in the order taken */
};

static void add(struct taken *t, const char *name, const char *value)
{
    size_t n = strlen(t->said);

    snprintf(t->said + n, sizeof(t->said) - n, value ? "%s=%s;" : "%s;", name, value);
}

static const char *take_quiet(void *ctx, const char *value)
{
    add(ctx, "quiet", value);
    return NULL;
}

static const char *take_verbose(void *ctx, const char *value)
{
    add(ctx, "verbose", value);
    return NULL;
}

static const char *take_out(void *ctx, const char *value)
{
    add(ctx, "out", value);
    return NULL;
}

static const char *take_jobs(void *ctx, const char *value)
{
    add(ctx, "jobs", value);
    return strcmp(value, "bad") == 0 ? "wants a number" : NULL;
}

static const struct option_row rows[] = {
    {'q', "quiet", NULL, "says little", take_quiet},
    {'v', "verbose", NULL, "says much", take_verbose},
    {'o', "out", "DIR", "where to", take_out},
    {'j', "jobs", "N",
     "how many at a time, which is a text that is so long that it has to be broken into lines",
     take_jobs},
    {0, "a-very-long-option-name", "ARGUMENT", "its text begins on the next line", take_out},
};

static const struct options options = {"test", "[OPTIONS] FILE...", "Does something.", rows,
                                       COUNT(rows)};

struct row {
    const char *what;
    const char *words[8];
    int code;              /* -1: go on */
    const char *taken;     /* in order */
    const char *left;      /* the words left, joined by blanks */
    const char *complaint; /* NULL: none */
};

static const struct row table[] = {
    {"no_words__are_fine", {NULL}, -1, "", "", NULL},
    {"long_and_short__are_the_same", {"--quiet", "-q"}, -1, "quiet;quiet;", "", NULL},
    {"letters_in_one_word__are_all_taken", {"-qvv"}, -1, "quiet;verbose;verbose;", "", NULL},
    {"value_in_the_next_word__is_taken", {"--out", "d", "x"}, -1, "out=d;", "x", NULL},
    {"value_after_equals__is_taken", {"--out=d=e"}, -1, "out=d=e;", "", NULL},
    {"value_after_the_letter__is_taken", {"-j2", "-qo", "d"}, -1, "jobs=2;quiet;out=d;", "", NULL},
    {"value_that_looks_like_an_option__is_a_value", {"-o", "-q"}, -1, "out=-q;", "", NULL},
    {"words_between_options__are_kept",
     {"a", "-q", "b", "-v", "c"},
     -1,
     "quiet;verbose;",
     "a b c",
     NULL},
    {"after_two_dashes__all_are_names",
     {"-q", "--", "-v", "--out"},
     -1,
     "quiet;",
     "-v --out",
     NULL},
    {"a_lone_dash__is_a_name", {"-"}, -1, "", "-", NULL},
    {"unknown_long_option__gets_the_nearest",
     {"--quite"},
     2,
     "",
     NULL,
     "holdfast: test: unknown option --quite; did you mean --quiet?\n"},
    {"unknown_option_with_value__gets_the_nearest",
     {"--job=3"},
     2,
     "",
     NULL,
     "holdfast: test: unknown option --job=3; did you mean --jobs?\n"},
    {"wrong_help__gets_help",
     {"--hlep"},
     2,
     "",
     NULL,
     "holdfast: test: unknown option --hlep; did you mean --help?\n"},
    {"unknown_option_far_from_all__gets_the_list",
     {"--nonsense"},
     2,
     "",
     NULL,
     "holdfast: test: unknown option --nonsense (holdfast test --help lists them)\n"},
    {"unknown_letter__gets_the_list",
     {"-qz"},
     2,
     "quiet;",
     NULL,
     "holdfast: test: unknown option -qz (holdfast test --help lists them)\n"},
    {"missing_value__is_said", {"--out"}, 2, "", NULL, "holdfast: test: --out needs DIR\n"},
    {"missing_value_of_a_letter__is_said",
     {"-qo"},
     2,
     "quiet;",
     NULL,
     "holdfast: test: --out needs DIR\n"},
    {"empty_value__is_refused",
     {"--out="},
     2,
     "",
     NULL,
     "holdfast: test: --out needs DIR, and not an empty word\n"},
    {"value_for_a_switch__is_refused",
     {"--quiet=yes"},
     2,
     "",
     NULL,
     "holdfast: test: --quiet takes no value\n"},
    {"value_that_is_refused__says_what_is_wanted",
     {"-j", "bad", "-q"},
     2,
     "jobs=bad;",
     NULL,
     "holdfast: test: --jobs bad: wants a number\n"},
};

/* What is written to descriptor FD while it is turned to a file. */
struct capture {
    FILE *file;
    int fd, saved;
};

static void capture_begin(struct capture *c, int fd)
{
    fflush(NULL);
    c->fd = fd;
    c->file = tmpfile();
    assert_non_null(c->file);
    c->saved = dup(fd);
    assert_int_equal(dup2(fileno(c->file), fd), fd);
}

static void capture_end(struct capture *c, char *out, size_t cap)
{
    fflush(NULL);
    dup2(c->saved, c->fd);
    close(c->saved);
    rewind(c->file);
    out[fread(out, 1, cap - 1, c->file)] = '\0';
    fclose(c->file);
}

static void parses_as_its_row_says(void **state)
{
    const struct row *r = *state;
    struct taken taken = {{0}};
    struct capture c;
    char *words[8], said[512], left[256] = "";
    int n = 0;

    for (; n < 8 && r->words[n]; n++)
        words[n] = (char *)(uintptr_t)r->words[n];
    capture_begin(&c, STDERR_FILENO);
    int code = options_parse(&options, &n, words, &taken);
    capture_end(&c, said, sizeof(said));
    assert_int_equal(code, r->code);
    assert_string_equal(taken.said, r->taken);
    assert_string_equal(said, r->complaint ? r->complaint : "");
    for (int i = 0; r->left && i < n; i++) {
        size_t at = strlen(left);
        snprintf(left + at, sizeof(left) - at, "%s%s", i ? " " : "", words[i]);
    }
    if (r->left)
        assert_string_equal(left, r->left);
}

static void help__is_printed_and_ends_the_command(void **state)
{
    char *words[] = {(char *)(uintptr_t) "-q", (char *)(uintptr_t) "--help",
                     (char *)(uintptr_t) "--nonsense"};
    struct taken taken = {{0}};
    struct capture c;
    char said[2048];
    int n = 3;

    (void)state;
    capture_begin(&c, STDOUT_FILENO);
    int code = options_parse(&options, &n, words, &taken);
    capture_end(&c, said, sizeof(said));
    assert_int_equal(code, EXIT_PASSED);
    assert_string_equal(
        said, "usage: holdfast test [OPTIONS] FILE...\n\nDoes something.\n\noptions:\n"
              "  -q, --quiet               says little\n"
              "  -v, --verbose             says much\n"
              "  -o, --out DIR             where to\n"
              "  -j, --jobs N              how many at a time, which is a text that is so long\n"
              "                            that it has to be broken into lines\n"
              "      --a-very-long-option-name ARGUMENT\n"
              "                            its text begins on the next line\n"
              "  -h, --help                this text\n");
}

int main(void)
{
    struct CMUnitTest tests[COUNT(table) + 1];

    for (size_t i = 0; i < COUNT(table); i++)
        tests[i] = (struct CMUnitTest){table[i].what, parses_as_its_row_says, NULL, NULL,
                                       (void *)(uintptr_t)&table[i]};
    tests[COUNT(table)] =
        (struct CMUnitTest)cmocka_unit_test(help__is_printed_and_ends_the_command);
    return cmocka_run_group_tests_name("cli/options", tests, NULL, NULL);
}
