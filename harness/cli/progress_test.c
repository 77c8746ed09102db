#include "cli/progress.h"

#include "tests/testkit.h"

#include <stdio.h>
#include <unistd.h>

static void bar__shows_how_far_the_run_is(void **state)
{
    static const struct worker_state now[] = {{"phase2-delete", 43}, {"udp", -1}};
    static const struct {
        size_t n, finished, bad, running, columns;
        const char *want;
    } rows[] = {
        {4, 0, 0, 2, 79, "[>                   ] 0/4  phase2-delete 43%, udp"},
        {4, 1, 0, 1, 79, "[=====>              ] 1/4  phase2-delete 43%"},
        {4, 3, 1, 1, 79, "[===============>    ] 3/4  1 not passed  phase2-delete 43%"},
        {4, 4, 0, 0, 79, "[====================] 4/4"},
        {4, 1, 0, 2, 40, "[=====>              ] 1/4  phase2-delet"},
        {4, 1, 0, 2, 10, "[=====>"},
        {0, 0, 0, 0, 79, "[====================] 0/0"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct progress p = {.n = rows[i].n, .finished = rows[i].finished, .bad = rows[i].bad};
        struct buf b = BUF_INIT;
        progress_bar(&p, now, rows[i].running, rows[i].columns, &b);
        assert_string_equal(buf_str(&b), rows[i].want);
        assert_true(b.n <= rows[i].columns);
        buf_release(&b);
    }
}

static double wall_s;

static double wall(void)
{
    return wall_s;
}

/* What progress writes to stderr while FN runs. */
static void said_by(void (*fn)(struct progress *), struct progress *p, char *out, size_t cap)
{
    FILE *f = tmpfile();
    int saved = dup(STDERR_FILENO);

    assert_non_null(f);
    fflush(NULL);
    dup2(fileno(f), STDERR_FILENO);
    fn(p);
    fflush(NULL);
    dup2(saved, STDERR_FILENO);
    close(saved);
    rewind(f);
    out[fread(out, 1, cap - 1, f)] = '\0';
    fclose(f);
}

static const struct worker_state one[] = {{"long-case", 7}};

static void many_ticks(struct progress *p)
{
    for (wall_s = 0; wall_s < 100; wall_s += 0.5)
        progress_tick(p, one, 1, 2);
}

static void lines__say_now_and_then_that_it_goes_on(void **state)
{
    struct cli_env env = {.wall = wall};
    struct progress p = {.env = &env, .lines = true, .n = 5};
    char said[512];

    (void)state;
    said_by(many_ticks, &p, said, sizeof(said));
    assert_string_equal(said, "holdfast: 2 of 5 done, running: long-case 7%\n"
                              "holdfast: 2 of 5 done, running: long-case 7%\n"
                              "holdfast: 2 of 5 done, running: long-case 7%\n");
}

static void busy_run(struct progress *p)
{
    for (wall_s = 0; wall_s < 100; wall_s += 0.5) {
        progress_tick(p, one, 1, 2);
        if ((int)wall_s % 20 == 0)
            progress_told(p, false);
    }
}

static void lines__are_silent_while_cases_finish(void **state)
{
    struct cli_env env = {.wall = wall};
    struct progress p = {.env = &env, .lines = true, .n = 5};
    char said[512];

    (void)state;
    said_by(busy_run, &p, said, sizeof(said));
    assert_string_equal(said, "");
}

static void none__is_silent(void **state)
{
    struct cli_env env = {.wall = wall};
    struct progress p = {.env = &env, .n = 5};
    char said[512];

    (void)state;
    said_by(many_ticks, &p, said, sizeof(said));
    assert_string_equal(said, "");
}

static void draw_and_clear(struct progress *p)
{
    progress_clear(p); /* nothing is drawn yet */
    progress_tick(p, one, 1, 2);
    progress_told(p, true);
    progress_clear(p);
}

static void bar__is_cleared_before_lines_are_printed(void **state)
{
    struct cli_env env = {.wall = wall, .columns = 100};
    struct progress p = {.env = &env, .bar = true, .n = 5};
    char said[512];

    (void)state;
    said_by(draw_and_clear, &p, said, sizeof(said));
    assert_string_equal(said, "\r\033[K[========>           ] 2/5  long-case 7%\r\033[K");
    assert_int_equal(p.bad, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bar__shows_how_far_the_run_is),
        cmocka_unit_test(lines__say_now_and_then_that_it_goes_on),
        cmocka_unit_test(lines__are_silent_while_cases_finish),
        cmocka_unit_test(none__is_silent),
        cmocka_unit_test(bar__is_cleared_before_lines_are_printed),
    };
    return cmocka_run_group_tests_name("cli/progress", tests, NULL, NULL);
}
