#include "cli/files.h"

#include "base/buf.h"
#include "base/mem.h"
#include "tests/testkit.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct place {
    char dir[64], path[128];
};

static int setup(void **state)
{
    struct place *p = mem_zalloc(sizeof(*p));

    strcpy(p->dir, "/tmp/holdfast-files-XXXXXX");
    assert_non_null(mkdtemp(p->dir));
    snprintf(p->path, sizeof(p->path), "%s/report", p->dir);
    *state = p;
    return 0;
}

static int teardown(void **state)
{
    struct place *p = *state;
    char command[96];

    snprintf(command, sizeof(command), "rm -rf %s", p->dir);
    mem_free(p);
    return system(command);
}

static bool is_there(const struct place *p, const char *ending)
{
    char path[160];

    snprintf(path, sizeof(path), "%s%s", p->path, ending);
    return access(path, F_OK) == 0;
}

static void holds(const char *path, const char *want)
{
    char *text;
    size_t n;
    struct diag why = {0};

    assert_ok(read_whole(path, &text, &n, &why));
    assert_int_equal(n, strlen(want));
    assert_string_equal(text, want);
    mem_free(text);
}

static void written_file__replaces_the_old_one_and_leaves_no_other(void **state)
{
    struct place *p = *state;
    struct diag why = {0};

    assert_ok(write_whole(p->path, bytes_str("old, and longer than the new one"), &why));
    assert_ok(write_whole(p->path, bytes_str("new"), &why));
    holds(p->path, "new");
    assert_ok(write_whole(p->path, bytes_str(""), &why));
    holds(p->path, "");
    assert_false(is_there(p, ".tmp"));
}

/* A write that fails half-way: the device is full. */
static void file_that_cannot_be_written__keeps_the_old_one(void **state)
{
    struct place *p = *state;
    struct diag why = {0};
    char tmp[160];

    assert_ok(write_whole(p->path, bytes_str("old"), &why));
    snprintf(tmp, sizeof(tmp), "%s.tmp", p->path);
    assert_int_equal(symlink("/dev/full", tmp), 0);
    assert_int_equal(write_whole(p->path, bytes_str("new"), &why), ERR_IO);
    assert_string_equal(why.file, p->path);
    assert_string_equal(why.text, "cannot be written: No space left on device");
    holds(p->path, "old");
    assert_false(is_there(p, ".tmp"));
}

static void folder_that_is_not_there__is_told(void **state)
{
    struct place *p = *state;
    struct diag why = {0};
    char path[160];

    snprintf(path, sizeof(path), "%s/none/report", p->dir);
    assert_int_equal(check_writable(path, &why), ERR_IO);
    assert_string_equal(why.text, "cannot be written: No such file or directory");
    assert_string_equal(why.file, path);
    why = (struct diag){0};
    assert_int_equal(write_whole(path, bytes_str("x"), &why), ERR_IO);
}

static void folder_in_place_of_the_file__is_told(void **state)
{
    struct place *p = *state;
    struct diag why = {0};

    assert_int_equal(check_writable(p->dir, &why), ERR_IO);
    assert_string_equal(why.text, "cannot be written: Is a directory");
    why = (struct diag){0};
    assert_int_equal(write_whole(p->dir, bytes_str("x"), &why), ERR_IO);
}

static void looking__leaves_nothing_behind(void **state)
{
    struct place *p = *state;
    struct diag why = {0};

    assert_ok(check_writable(p->path, &why));
    assert_false(is_there(p, ""));
    assert_false(is_there(p, ".tmp"));
    assert_ok(write_whole(p->path, bytes_str("old"), &why));
    assert_ok(check_writable(p->path, &why));
    holds(p->path, "old");
}

static void device__is_written_as_it_is(void **state)
{
    struct diag why = {0};
    struct stat st;

    (void)state;
    assert_ok(check_writable("/dev/null", &why));
    assert_ok(write_whole("/dev/null", bytes_str("x"), &why));
    assert_int_equal(stat("/dev/null", &st), 0);
    assert_true(S_ISCHR(st.st_mode));
}

static void folders__are_made_with_those_above(void **state)
{
    struct place *p = *state;
    struct diag why = {0};
    char path[160];
    struct stat st;

    snprintf(path, sizeof(path), "%s/a//b/c/", p->dir);
    assert_ok(make_folder(path, &why));
    assert_int_equal(stat(path, &st), 0);
    assert_true(S_ISDIR(st.st_mode));
    assert_ok(make_folder(path, &why)); /* it is there already */
    assert_ok(make_folder("/tmp", &why));
    assert_ok(make_folder("/", &why));
}

static void folder_below_a_file__is_told(void **state)
{
    struct place *p = *state;
    struct diag why = {0};
    char path[160];

    assert_ok(write_whole(p->path, bytes_str("x"), &why));
    assert_int_equal(make_folder(p->path, &why), ERR_IO);
    assert_string_equal(why.text, "is no folder");
    why = (struct diag){0};
    snprintf(path, sizeof(path), "%s/below", p->path);
    assert_int_equal(make_folder(path, &why), ERR_IO);
    why = (struct diag){0};
    assert_int_equal(make_folder("", &why), ERR_IO);
}

static void reading__tells_what_is_not_there(void **state)
{
    struct place *p = *state;
    struct diag why = {0};
    char *text;
    size_t n;

    assert_int_equal(read_whole(p->path, &text, &n, &why), ERR_NOTFOUND);
    assert_string_equal(why.text, "No such file or directory");
    why = (struct diag){0};
    assert_int_equal(read_whole(p->dir, &text, &n, &why), ERR_IO);
    assert_string_equal(why.text, "cannot be read: Is a directory");
}

static void bytes_of_every_kind__come_back(void **state)
{
    struct place *p = *state;
    struct diag why = {0};
    size_t n = 300000;
    uint8_t *all = mem_zalloc(n);
    char *text;

    for (size_t i = 0; i < n; i++)
        all[i] = (uint8_t)(i * 7);
    assert_ok(write_whole(p->path, bytes_of(all, n), &why));
    size_t got;
    assert_ok(read_whole(p->path, &text, &got, &why));
    assert_int_equal(got, n);
    assert_memory_equal(text, all, n);
    mem_free(text);
    mem_free(all);
}

static void secret__is_the_first_line(void **state)
{
    struct place *p = *state;
    struct diag why = {0};
    char *key;

    assert_ok(write_whole(p->path, bytes_str("s3cret key\r\nmore\n"), &why));
    assert_ok(read_secret(p->path, &key, &why));
    assert_string_equal(key, "s3cret key");
    mem_free(key);
    assert_ok(write_whole(p->path, bytes_str("\nlater\n"), &why));
    assert_int_equal(read_secret(p->path, &key, &why), ERR_INVALID);
    assert_string_equal(why.text, "holds no key in its first line");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(written_file__replaces_the_old_one_and_leaves_no_other),
        T(file_that_cannot_be_written__keeps_the_old_one),
        T(folder_that_is_not_there__is_told),
        T(folder_in_place_of_the_file__is_told),
        T(looking__leaves_nothing_behind),
        T(device__is_written_as_it_is),
        T(folders__are_made_with_those_above),
        T(folder_below_a_file__is_told),
        T(reading__tells_what_is_not_there),
        T(bytes_of_every_kind__come_back),
        T(secret__is_the_first_line),
    };
    return cmocka_run_group_tests_name("cli/files", tests, NULL, NULL);
}
