/* What is let through, what is written out, and that an XML parser takes the result. */
#include "report/report.h"

#include "base/attr.h"
#include "base/mem.h"
#include "tests/testkit.h"

#include <libxml/parser.h>

struct row {
    const char *what;
    const char *in;
    size_t n;
    const char *xml, *plain; /* plain NULL: the same */
};

#define IN(s) s, sizeof(s) - 1

static const struct row rows[] = {
    {"nothing__is_nothing", IN(""), "", NULL},
    {"letters__stay", IN("abc \xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80"),
     "abc \xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", NULL},
    {"tab_and_line_ends__are_xml_but_no_line", IN("a\tb\nc\r"), "a\tb\nc\r", "a\\x09b\\x0ac\\x0d"},
    {"nul__is_written_out", IN("a\0b"), "a\\x00b", NULL},
    {"a_colour__is_dropped", IN("\x1b[1;31mred\x1b[0m\x1b[m"), "red", NULL},
    {"other_escape_sequences__are_written_out", IN("\x1b[2J\x1b]0;t\x07"), "\\x1b[2J\\x1b]0;t\\x07",
     NULL},
    {"a_colour_cut_off__is_written_out", IN("\x1b[31"), "\\x1b[31", NULL},
    {"escape_at_the_end__is_written_out", IN("\x1b"), "\\x1b", NULL},
    {"a_lone_high_byte__is_written_out", IN("\xff\x80"), "\\xff\\x80", NULL},
    {"an_overlong_form__is_written_out", IN("\xc0\xaf\xe0\x80\xaf\xf0\x80\x80\xaf"),
     "\\xc0\\xaf\\xe0\\x80\\xaf\\xf0\\x80\\x80\\xaf", NULL},
    {"a_surrogate__is_written_out", IN("\xed\xa0\x80"), "\\xed\\xa0\\x80", NULL},
    {"beyond_unicode__is_written_out", IN("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80", NULL},
    {"the_last_code_point__stays", IN("\xf4\x8f\xbf\xbf"), "\xf4\x8f\xbf\xbf", NULL},
    {"no_characters__are_written_out", IN("\xef\xbf\xbe\xef\xbf\xbf"),
     "\\xef\\xbf\\xbe\\xef\\xbf\\xbf", NULL},
    {"a_sequence_cut_off__is_written_out", IN("\xe2\x82"), "\\xe2\\x82", NULL},
    {"a_sequence_broken_off__keeps_what_follows", IN("\xe2\x82z"), "\\xe2\\x82z", NULL},
    {"c1_controls__are_xml_but_no_plain_text",
     IN("\xc2\x9b"
        "31m"),
     "\xc2\x9b"
     "31m",
     "\\xc2\\x9b31m"},
    {"delete__is_xml_but_no_plain_text", IN("\x7f"), "\x7f", "\\x7f"},
};

static void is_cleaned_as_its_row_says(void **state)
{
    const struct row *r = *state;
    struct buf b = BUF_INIT;

    xml_clean(bytes_of(r->in, r->n), &b);
    assert_string_equal(buf_str(&b), r->xml);
    buf_clear(&b);
    report_put_plain(bytes_of(r->in, r->n), &b);
    assert_string_equal(buf_str(&b), r->plain ? r->plain : r->xml);
    buf_release(&b);
}

/* In exactly sized blocks, so that a sanitizer sees a byte read too many. */
static enum err clean_any(struct bytes in, void *ctx)
{
    struct buf b = BUF_INIT, again = BUF_INIT;

    (void)ctx;
    xml_clean(in, &b);
    xml_clean(buf_bytes(&b), &again);
    assert_string_equal(buf_str(&b), buf_str(&again));
    buf_release(&b);
    buf_release(&again);
    return ERR_OK;
}

static void cut_and_altered_input__is_cleaned_too(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        test_truncations(bytes_of(rows[i].in, rows[i].n), clean_any, NULL);
        test_flips(bytes_of(rows[i].in, rows[i].n), clean_any, NULL);
    }
}

static void round_trip(const char *in, const char *want)
{
    struct buf b = BUF_INIT;

    buf_adds(&b, "<a b=\"");
    xml_put_attr(bytes_str(in), &b);
    buf_adds(&b, "\">");
    xml_put_text(bytes_str(in), &b);
    buf_adds(&b, "</a>");
    xmlDoc *doc = xmlReadMemory(b.s, (int)b.n, "a.xml", NULL, 0);
    assert_non_null(doc);
    xmlChar *attr = xmlGetProp(xmlDocGetRootElement(doc), (const xmlChar *)"b");
    xmlChar *text = xmlNodeGetContent(xmlDocGetRootElement(doc));
    assert_string_equal((const char *)attr, want);
    assert_string_equal((const char *)text, want);
    xmlFree(attr);
    xmlFree(text);
    xmlFreeDoc(doc);
    buf_release(&b);
}

static void markup_and_white_space__come_back_as_they_were(void **state)
{
    (void)state;
    round_trip("<a href=\"x\">&amp; ']]>'</a>", "<a href=\"x\">&amp; ']]>'</a>");
    round_trip("  two\n\tlines\r\n  ", "  two\n\tlines\r\n  ");
    round_trip("\x01", "\\x01");
}

int main(void)
{
    struct CMUnitTest tests[COUNT(rows) + 2];

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[i] = (struct CMUnitTest){rows[i].what, is_cleaned_as_its_row_says, NULL, NULL,
                                       (void *)(uintptr_t)&rows[i]};
    tests[COUNT(rows)] = (struct CMUnitTest)cmocka_unit_test(cut_and_altered_input__is_cleaned_too);
    tests[COUNT(rows) + 1] =
        (struct CMUnitTest)cmocka_unit_test(markup_and_white_space__come_back_as_they_were);
    int rc = cmocka_run_group_tests_name("report/clean", tests, NULL, NULL);
    xmlCleanupParser();
    return rc;
}
