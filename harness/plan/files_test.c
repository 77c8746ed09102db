/* Paths, the root that files have to lie below, and which files are cases. */
#include "base/mem.h"
#include "plan/files.h"
#include "plan/plan.h"
#include "tests/testkit.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct row {
    const char *what, *dir, *name, *want;
} rows[] = {
    {"a_name_in_a_folder", "cases", "a.xml", "cases/a.xml"},
    {"a_name_here", ".", "a.xml", "a.xml"},
    {"one_folder_up", "cases/parts", "../devices/a.cfg", "cases/devices/a.cfg"},
    {"up_to_here", "cases", "..", "."},
    {"up_from_here", ".", "..", ".."},
    {"further_up", "..", "../a", "../../a"},
    {"dots_and_double_slashes_go", "./cases//", "./x/./a", "cases/x/a"},
    {"an_absolute_name_stays", "cases", "/etc/passwd", "/etc/passwd"},
    {"an_absolute_folder_stays", "/a/b", "../c", "/a/c"},
    {"nothing_is_above_the_root", "/a", "../../../c", "/c"},
    {"a_name_that_only_looks_like_up", "a", "..b", "a/..b"},
};

static void joins_as_its_row_says(void **state)
{
    const struct row *r = *state;
    struct arena a;

    arena_init(&a);
    assert_string_equal(path_join(&a, r->dir, r->name), r->want);
    arena_release(&a);
}

static void folder_of_a_path(void **state)
{
    struct arena a;

    (void)state;
    arena_init(&a);
    assert_string_equal(path_dir(&a, "cases/x.xml"), "cases");
    assert_string_equal(path_dir(&a, "x.xml"), ".");
    assert_string_equal(path_dir(&a, "/x.xml"), "/");
    arena_release(&a);
}

/* --- a folder with things in it --------------------------------------------------------------- */
struct place {
    char dir[64];
    struct arena names;
};

static const char *in(struct place *p, const char *name)
{
    return path_join(&p->names, p->dir, name);
}

static void put(struct place *p, const char *name, const char *text)
{
    FILE *f = fopen(in(p, name), "w");

    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static const char *const folders[] = {"root", "root/cases", "root/cases/sub", "root/cases/parts",
                                      "rootless"};
static const char *const names[] = {
    "root/a.pcap",          "rootless/b.pcap",        "root/cases/b.xml", "root/cases/a.xml",
    "root/cases/sub/c.xml", "root/cases/parts/p.xml", "root/cases/d.xml", "root/cases/e.txt",
    "root/cases/.f.xml",    "root/link.pcap"};

static int make_place(void **state)
{
    struct place *p = mem_zalloc(sizeof(*p));

    arena_init(&p->names);
    snprintf(p->dir, sizeof(p->dir), "/tmp/holdfast-files-XXXXXX");
    assert_non_null(mkdtemp(p->dir));
    for (size_t i = 0; i < COUNT(folders); i++)
        assert_int_equal(mkdir(in(p, folders[i]), 0700), 0);
    for (size_t i = 0; i < COUNT(names) - 1; i++)
        put(p, names[i], "<?xml version='1.0'?><!-- <b/> --><case/>");
    put(p, "root/cases/d.xml", "<suite><case/></suite>");
    assert_int_equal(symlink("../rootless/b.pcap", in(p, "root/link.pcap")), 0);
    *state = p;
    return 0;
}

static int remove_place(void **state)
{
    struct place *p = *state;

    for (size_t i = 0; i < COUNT(names); i++)
        assert_int_equal(unlink(in(p, names[i])), 0);
    for (size_t i = COUNT(folders); i-- > 0;)
        assert_int_equal(rmdir(in(p, folders[i])), 0);
    assert_int_equal(rmdir(p->dir), 0);
    arena_release(&p->names);
    mem_free(p);
    return 0;
}

static enum err find(struct place *p, const char *name, const char **out)
{
    struct file_root root;
    struct diag why = {0};
    enum err e;

    file_root_init(&root, in(p, "root"));
    e = file_find(&p->names, &root, in(p, "root/cases"), name, true, out, &why);
    file_root_release(&root);
    assert_true(!e == !why.text[0]);
    return e;
}

static void finds_beside_the_case_then_in_the_root(void **state)
{
    struct place *p = *state;
    const char *path;

    assert_ok(find(p, "a.xml", &path));
    assert_string_equal(path, in(p, "root/cases/a.xml"));
    assert_ok(find(p, "a.pcap", &path));
    assert_string_equal(path, in(p, "root/a.pcap"));
    assert_ok(find(p, "../a.pcap", &path));
    assert_ok(find(p, in(p, "root/a.pcap"), &path)); /* absolute, and below the root */
    assert_int_equal(find(p, "none.pcap", &path), ERR_NOTFOUND);
}

static void finds_nothing_outside_of_the_root(void **state)
{
    struct place *p = *state;
    const char *path;

    assert_int_equal(find(p, "../../rootless/b.pcap", &path), ERR_INVALID); /* its name begins */
    assert_int_equal(find(p, "../link.pcap", &path), ERR_INVALID);          /* through a link */
    assert_int_equal(find(p, "/dev/zero", &path), ERR_INVALID);
    assert_int_equal(find(p, "sub", &path), ERR_INVALID); /* a folder */
}

static void reads_regular_files_up_to_a_size(void **state)
{
    struct place *p = *state;
    struct buf text = BUF_INIT;
    struct diag why = {0};

    assert_ok(file_read(in(p, "root/cases/d.xml"), 22, &text, &why));
    assert_string_equal(text.s, "<suite><case/></suite>");
    assert_int_equal(file_read(in(p, "root/cases/d.xml"), 21, &text, &why), ERR_RANGE);
    why = (struct diag){0};
    assert_int_equal(file_read("/dev/zero", 10, &text, &why), ERR_INVALID);
    buf_release(&text);
}

static void cases_are_found_in_name_order_and_parts_left_out(void **state)
{
    static const char *const want[] = {"root/cases/a.xml", "root/cases/b.xml",
                                       "root/cases/sub/c.xml"};
    struct place *p = *state;
    struct diag why = {0};
    char **paths;
    size_t n;

    assert_ok(plan_find(in(p, "root/cases"), &paths, &n, &why));
    assert_int_equal(n, COUNT(want));
    for (size_t i = 0; i < n; i++)
        assert_string_equal(paths[i], in(p, want[i]));
    plan_paths_free(paths, n);
}

static void a_file_that_is_named_is_taken_as_it_is(void **state)
{
    struct place *p = *state;
    struct diag why = {0};
    char **paths;
    size_t n;

    assert_ok(plan_find(in(p, "root/cases/e.txt"), &paths, &n, &why));
    assert_int_equal(n, 1);
    plan_paths_free(paths, n);
    assert_int_equal(plan_find(in(p, "none"), &paths, &n, &why), ERR_NOTFOUND);
    assert_non_null(strstr(why.text, "none: No such file"));
}

static void a_broken_file_is_not_passed_over(void **state)
{
    struct place *p = *state;
    struct diag why = {0};
    char **paths;
    size_t n;

    put(p, "root/cases/d.xml", "<!DOCTYPE case><case/>");
    put(p, "root/cases/sub/c.xml", "case");
    put(p, "root/cases/b.xml", "<h:case xmlns:h='urn:holdfast:case:1'/>");
    assert_ok(plan_find(in(p, "root/cases"), &paths, &n, &why));
    assert_int_equal(n, 4);
    plan_paths_free(paths, n);
}

int main(void)
{
    struct CMUnitTest tests[COUNT(rows) + 7] = {
        cmocka_unit_test(folder_of_a_path),
        cmocka_unit_test_setup_teardown(finds_beside_the_case_then_in_the_root, make_place,
                                        remove_place),
        cmocka_unit_test_setup_teardown(finds_nothing_outside_of_the_root, make_place,
                                        remove_place),
        cmocka_unit_test_setup_teardown(reads_regular_files_up_to_a_size, make_place, remove_place),
        cmocka_unit_test_setup_teardown(cases_are_found_in_name_order_and_parts_left_out,
                                        make_place, remove_place),
        cmocka_unit_test_setup_teardown(a_file_that_is_named_is_taken_as_it_is, make_place,
                                        remove_place),
        cmocka_unit_test_setup_teardown(a_broken_file_is_not_passed_over, make_place, remove_place),
    };

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[7 + i] =
            (struct CMUnitTest){rows[i].what, joins_as_its_row_says, NULL, NULL, (void *)&rows[i]};
    return _cmocka_run_group_tests("files", tests, COUNT(tests), NULL, NULL);
}
