/* The table of events: complete, and the same as in the manual page. */
#include "base/buf.h"
#include "base/mem.h"
#include "plan/plan.h"
#include "tests/testkit.h"

#include <ctype.h>
#include <string.h>

/* The page with each run of blanks made one. */
static void read_page(struct buf *out)
{
    size_t n;
    uint8_t *page = test_file("harness/doc/holdfast-case.5", &n);
    bool blank = false;

    assert_non_null(page);
    for (size_t i = 0; i < n; i++) {
        bool space = isspace(page[i]);
        if (!space && blank)
            buf_addc(out, ' ');
        if (!space)
            buf_addc(out, (char)page[i]);
        blank = space;
    }
    mem_free(page);
}

static void the_page_says_of_each_event_what_the_table_says(void **state)
{
    static const char *const by[] = {"peer", "device", "harness"};
    struct buf page = BUF_INIT, want = BUF_INIT;

    (void)state;
    read_page(&page);
    for (size_t i = 0; i < ACTION_COUNT; i++) {
        const struct plan_event_kind *k = &plan_events[i];
        buf_clear(&want);
        buf_addf(&want, ".It Li <%s", k->name);
        const char *at = strstr(buf_str(&page), buf_str(&want));
        if (!at)
            fail_msg("holdfast-case.5 has no %s", buf_str(&want));
        at = strchr(at, '>');
        buf_clear(&want);
        buf_adds(&want, "> By the ");
        for (const char *who = k->who; *who; who++)
            buf_addf(&want, "%s%s", who == k->who ? "" : " or the ",
                     by[strchr("pdh", *who) - "pdh"]);
        buf_addf(&want, ": %s. Shown by: %s.", k->what, k->shows);
        if (!at || strncmp(at, buf_str(&want), want.n) != 0)
            fail_msg("%s: the page does not say \"%s\"", k->name, buf_str(&want));
    }
    buf_release(&page);
    buf_release(&want);
}

static void names_are_unlike_and_somebody_causes_each(void **state)
{
    (void)state;
    for (size_t i = 0; i < ACTION_COUNT; i++) {
        assert_true(*plan_events[i].who);
        assert_int_equal(strspn(plan_events[i].who, "pdh"), strlen(plan_events[i].who));
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(plan_events[i].name, plan_events[k].name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_page_says_of_each_event_what_the_table_says),
        cmocka_unit_test(names_are_unlike_and_somebody_causes_each),
    };

    return cmocka_run_group_tests_name("plan/events", tests, NULL, NULL);
}
