#include "gateway/console_filter.h"

#include "base/bytes.h"
#include "tests/testkit.h"

#include <string.h>

static void expressions_find_what_they_say(void **state)
{
    static const struct {
        const char *re, *text;
        bool found;
    } rows[] = {
        {"", "", true},
        {"vpn", "sysopt connection permit-vpn", true},
        {"VPN", "sysopt connection permit-vpn", false},
        {"^sysopt", "no sysopt x", false},
        {"^no", "no sysopt x", true},
        {"vpn$", "permit-vpn", true},
        {"vpn$", "permit-vpn x", false},
        {"^$", "", true},
        {"^$", "a", false},
        {"a.c", "xabcx", true},
        {"a\\.c", "abc", false},
        {"a\\.c", "a.c", true},
        {"ab*c", "ac", true},
        {"ab*c", "abbbc", true},
        {"ab+c", "ac", false},
        {"ab?c", "abbc", false},
        {"ab?c", "abc", true},
        {"[0-9]+:[0-9]", "idle 0:00:11", true},
        {"flags [^U]", "flags UIO", false},
        {"flags [^U]", "flags saA", true},
        {"[]x]", "a]", true},
        {"a[", "a[", true},
        {"DECR|ENCR", "x ENCR+ESP", true},
        {"DECR|ENCR", "x ESP", false},
        {"a|", "b", true}, /* the second alternative is empty */
        {"1.2.3.4/80", "outside:1.2.3.4/80", true},
        {"*a", "*a", true},
        {"$x", "$x", true},
        {"a^", "a^", true},
        {"\\", "\\", true},
        {".*.*.*.*.*.*.*.*.*.*z", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (gw_regex_finds(rows[i].re, rows[i].text, strlen(rows[i].text)) != rows[i].found)
            fail_msg("\"%s\" in \"%s\"", rows[i].re, rows[i].text);
    }
}

static void filters_are_found_behind_a_bar(void **state)
{
    static const struct {
        const char *line;
        enum gw_filter_split want;
        enum gw_filter_kind kind;
        const char *re;
        size_t len, bad;
    } rows[] = {
        {"show run", GW_FILTER_NONE, 0, NULL, 0, 0},
        {"show run | include vpn", GW_FILTER_FOUND, GW_FILTER_INCLUDE, "vpn", 8, 0},
        {"show run |inc  a b", GW_FILTER_FOUND, GW_FILTER_INCLUDE, "a b", 8, 0},
        {"show run | e x", GW_FILTER_FOUND, GW_FILTER_EXCLUDE, "x", 8, 0},
        {"show run | b crypto", GW_FILTER_FOUND, GW_FILTER_BEGIN, "crypto", 8, 0},
        {"show run | grep -v x", GW_FILTER_FOUND, GW_FILTER_EXCLUDE, "x", 8, 0},
        {"show run | g x|y", GW_FILTER_FOUND, GW_FILTER_INCLUDE, "x|y", 8, 0},
        {"show run | frob x", GW_FILTER_BAD, 0, NULL, 8, 11},
        {"show run | include", GW_FILTER_BAD, 0, NULL, 8, 18},
        {"show run |", GW_FILTER_BAD, 0, NULL, 8, 10},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct gw_filter f = {0};
        size_t len = 0, bad = 0;
        assert_int_equal(gw_filter_of(rows[i].line, &f, &len, &bad), rows[i].want);
        assert_int_equal(len, rows[i].len);
        if (rows[i].want == GW_FILTER_BAD)
            assert_int_equal(bad, rows[i].bad);
        if (rows[i].want != GW_FILTER_FOUND)
            continue;
        assert_int_equal(f.kind, rows[i].kind);
        assert_string_equal(f.re, rows[i].re);
    }
}

static void lines_pass_or_not(void **state)
{
    static const char text[] = "one\ntwo\nthree\nfour";
    static const struct {
        struct gw_filter f;
        const char *want;
    } rows[] = {
        {{GW_FILTER_INCLUDE, "o"}, "one\ntwo\nfour"},
        {{GW_FILTER_EXCLUDE, "o"}, "three\n"},
        {{GW_FILTER_BEGIN, "^t"}, "two\nthree\nfour"},
        {{GW_FILTER_BEGIN, "x"}, ""},
    };
    struct buf out = BUF_INIT;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        buf_clear(&out);
        gw_filter_apply(&rows[i].f, bytes_of(text, sizeof(text) - 1), &out);
        assert_string_equal(buf_str(&out), rows[i].want);
    }
    buf_release(&out);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(expressions_find_what_they_say),
        cmocka_unit_test(filters_are_found_behind_a_bar),
        cmocka_unit_test(lines_pass_or_not),
    };

    return cmocka_run_group_tests_name("gateway/console_filter", tests, NULL, NULL);
}
