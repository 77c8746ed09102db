/* The engine on a table of its own: matching, abbreviations, errors, modes, help. */
#include "gateway/command.h"

#include "gateway/command_parts.h"
#include "gateway/config_parts.h"
#include "tests/testkit.h"
#include "wire/scan.h"

#include <stdio.h>

struct heard { /* what the handlers were told */
    char text[256];
    bool refuse;
};

static enum err hear(struct gw_call *call)
{
    struct heard *h = call->owner;
    size_t n =
        (size_t)snprintf(h->text, sizeof(h->text), "%s%d", call->no ? "no " : "", call->what);

    for (size_t i = 0; i < call->nargs; i++)
        n += (size_t)snprintf(h->text + n, sizeof(h->text) - n, " %s", call->args[i].word);
    if (h->refuse) {
        buf_adds(call->answer, "ERROR: refused\n");
        return ERR_INVALID;
    }
    return ERR_OK;
}

static enum err hear_rest(struct gw_call *call)
{
    struct heard *h = call->owner;
    struct gw_words *w = call->rest;

    if (w->at == w->n)
        return ERR_SHORT;
    if (strcmp(w->w[w->at].s, "bad") == 0)
        return ERR_FORMAT;
    snprintf(h->text, sizeof(h->text), "rest %s", w->w[w->at].s);
    w->at = w->n;
    return ERR_OK;
}

static enum err enter(struct gw_call *call)
{
    call->place->mode = GW_CONFIG_IF;
    return ERR_OK;
}

static const struct gw_command rows[] = {
    {GW_CONFIG, GW_BOTH, "sysopt connection timewait", hear, 1, "Timewait"},
    {GW_CONFIG, GW_BOTH, "sysopt connection tcpmss <0-65535>", hear, 2, "Segment size"},
    {GW_CONFIG, GW_BOTH, "sysopt connection tcpmss minimum <0-65535>", hear, 3, "Minimum"},
    {GW_CONFIG, GW_YES, "sysopt nodnsalias", hear, 4, NULL},
    {GW_CONFIG, GW_YES, "route NAME ADDR MASK", hear, 5, "Route"},
    {GW_CONFIG, GW_YES, "list NAME ...", hear_rest, 0, "List"},
    {GW_CONFIG, GW_YES, "list NAME remark NAME", hear, 6, "Remark"},
    {GW_CONFIG, GW_YES, "trap LEVEL", hear, 7, "Level"},
    {GW_CONFIG, GW_YES, "wait TIME", hear, 8, "Time"},
    {GW_CONFIG, GW_YES, "encryption 3des", hear, 9, "168 bit"},
    {GW_CONFIG, GW_YES, "encryption des", hear, 10, "56 bit"},
    {GW_CONFIG, GW_YES, "group 1", hear, 11, NULL},
    {GW_CONFIG, GW_YES, "group 14", hear, 12, NULL},
    {GW_CONFIG, GW_YES, "on IF", hear, 13, "Interface"},
    {GW_CONFIG, GW_YES, "nat (IF) 0 NAME", hear, 14, "Interface"},
    {GW_CONFIG, GW_YES, "interface NAME", enter, 0, "Interface"},
    {GW_CONFIG_IF, GW_BOTH, "shutdown", hear, 20, "Down"},
    {GW_CONFIG_IF, GW_YES, "sysopt", hear, 21, "Not the other one"},
    {GW_EXEC, GW_YES, "show version", hear, 30, "Version"},
};

static const struct gw_command_set set = {rows, COUNT(rows)};
static const struct gw_command_set *const sets[] = {&set};

struct console {
    struct gw_config *cfg;
    struct gw_place place;
    struct heard heard;
    struct buf answer;
    struct gw_call call;
};

static void open_console(struct console *c)
{
    *c = (struct console){.cfg = gw_config_new(), .place = {.mode = GW_CONFIG}};
    struct gw_interface *i =
        gw_list_add((void **)&c->cfg->interfaces, &c->cfg->ninterfaces, sizeof(*i));
    (void)gw_name_set(i->nameif, "inside");
    c->call = (struct gw_call){
        .cfg = c->cfg, .owner = &c->heard, .place = &c->place, .answer = &c->answer};
}

static void close_console(struct console *c)
{
    gw_config_free(c->cfg);
    buf_release(&c->answer);
}

static enum err type(struct console *c, const char *line)
{
    buf_clear(&c->answer);
    c->heard.text[0] = '\0';
    return gw_command_line(sets, 1, line, &c->call);
}

static const struct row {
    const char *line;
    enum err err;
    const char *want; /* what the handler heard, or the answer */
} lines[] = {
    {"sysopt connection timewait", ERR_OK, "1"},
    {"no sysopt connection timewait", ERR_OK, "no 1"},
    {"  SysOpt   Connection\ttimewait ", ERR_OK, "1"},
    {"sys conn time", ERR_OK, "1"},
    {"sy c tc 1300", ERR_OK, "2 1300"},
    {"sy c tc min 500", ERR_OK, "3 500"},
    {"route inside 10.0.0.0 255.0.0.0", ERR_OK, "5 inside 10.0.0.0 255.0.0.0"},
    {"route r 0 0", ERR_OK, "5 r 0 0"},
    {"trap informational", ERR_OK, "7 informational"},
    {"trap info", ERR_OK, "7 info"},
    {"trap 6", ERR_OK, "7 6"},
    {"wait 1:00:00", ERR_OK, "8 1:00:00"},
    {"encryption 3des", ERR_OK, "9"},
    {"group 1", ERR_OK, "11"},
    {"group 14", ERR_OK, "12"},
    {"on inside", ERR_OK, "13 inside"},
    {"nat (inside) 0 x", ERR_OK, "14 (inside) x"},
    {"list r x", ERR_OK, "rest x"}, /* a list called "r", not a remark */
    {"list a remark x", ERR_OK, "6 a x"},
    {"list a rem x", ERR_OK, "6 a x"},
    {"list a remark x y", ERR_OK, "rest remark"},
    {"show version", ERR_OK, "30"}, /* exec commands work in configuration mode */
    {"", ERR_OK, ""},
    {"! a comment", ERR_OK, ""},
    {": Saved", ERR_OK, ""},
    {"sysopt connection", ERR_SHORT, "ERROR: % Incomplete command\n"},
    {"sysopt connection tcpmss", ERR_SHORT, "ERROR: % Incomplete command\n"},
    {"list a", ERR_SHORT, "ERROR: % Incomplete command\n"},
    {"no", ERR_SHORT, "ERROR: % Incomplete command\n"},
    {"s c t", ERR_FORMAT, "ERROR: % Ambiguous command:  \"t\"\n"},
    {"foo bar", ERR_FORMAT, "^\nERROR: % Invalid input detected at '^' marker.\n"},
    {"  foo bar", ERR_FORMAT, "  ^\nERROR: % Invalid input detected at '^' marker.\n"},
    {"sysopt connection tcpmss 70000", ERR_FORMAT,
     "                         ^\nERROR: % Invalid input detected at '^' marker.\n"},
    {"sysopt connection timewait now", ERR_FORMAT,
     "                           ^\nERROR: % Invalid input detected at '^' marker.\n"},
    {"list a bad", ERR_FORMAT, "       ^\nERROR: % Invalid input detected at '^' marker.\n"},
    {"no route r 0 0", ERR_FORMAT, "   ^\nERROR: % Invalid input detected at '^' marker.\n"},
    {"on outside", ERR_FORMAT, "   ^\nERROR: % Invalid input detected at '^' marker.\n"},
    {"nat inside 0 x", ERR_FORMAT, "    ^\nERROR: % Invalid input detected at '^' marker.\n"},
    {"wait 1:60:00", ERR_FORMAT, "     ^\nERROR: % Invalid input detected at '^' marker.\n"},
    {"trap 8", ERR_FORMAT, "     ^\nERROR: % Invalid input detected at '^' marker.\n"},
    {"shutdown", ERR_FORMAT, "^\nERROR: % Invalid input detected at '^' marker.\n"},
};

static void lines_mean_what_their_rows_say(void **state)
{
    struct console c;

    (void)state;
    open_console(&c);
    for (size_t i = 0; i < COUNT(lines); i++) {
        enum err e = type(&c, lines[i].line);
        const char *got = e ? buf_str(&c.answer) : c.heard.text;
        if (e != lines[i].err || strcmp(got, lines[i].want) != 0)
            fail_msg("\"%s\": %s, \"%s\"; expected \"%s\"", lines[i].line, err_text(e), got,
                     lines[i].want);
    }
    close_console(&c);
}

static void the_marker_allows_for_the_prompt(void **state)
{
    struct console c;

    (void)state;
    open_console(&c);
    c.call.indent = 17; /* "ciscoasa(config)#" */
    assert_int_equal(type(&c, "foo"), ERR_FORMAT);
    assert_string_equal(buf_str(&c.answer),
                        "                 ^\nERROR: % Invalid input detected at '^' marker.\n");
    close_console(&c);
}

static void sub_modes_come_first_and_are_left_by_other_commands(void **state)
{
    struct console c;

    (void)state;
    open_console(&c);
    assert_ok(type(&c, "interface eth"));
    assert_int_equal(c.place.mode, GW_CONFIG_IF);
    assert_ok(type(&c, "sysopt"));
    assert_string_equal(c.heard.text, "21");
    assert_ok(type(&c, "no shutdown"));
    assert_string_equal(c.heard.text, "no 20");
    assert_int_equal(c.place.mode, GW_CONFIG_IF);
    assert_int_equal(type(&c, "nonsense"), ERR_FORMAT);
    assert_int_equal(c.place.mode, GW_CONFIG_IF);
    assert_ok(type(&c, "trap 3")); /* a command of the mode above */
    assert_int_equal(c.place.mode, GW_CONFIG);
    c.place.mode = GW_EXEC;
    assert_int_equal(type(&c, "trap 3"), ERR_FORMAT);
    assert_ok(type(&c, "show version"));
    close_console(&c);
}

static void a_refusal_keeps_the_mode(void **state)
{
    struct console c;

    (void)state;
    open_console(&c);
    assert_ok(type(&c, "interface eth"));
    c.heard.refuse = true;
    assert_int_equal(type(&c, "trap 3"), ERR_INVALID);
    assert_string_equal(buf_str(&c.answer), "ERROR: refused\n");
    assert_int_equal(c.place.mode, GW_CONFIG_IF);
    close_console(&c);
}

static void long_lines_are_refused(void **state)
{
    struct console c;
    char line[GW_LINE_MAX + 10];

    (void)state;
    open_console(&c);
    memset(line, 'x', sizeof(line));
    line[sizeof(line) - 1] = '\0';
    assert_int_equal(type(&c, line), ERR_INVALID);
    line[GW_LINE_MAX - 1] = '\0';
    assert_int_equal(type(&c, line), ERR_FORMAT);
    for (size_t i = 0; i < GW_LINE_MAX - 1; i += 2)
        line[i] = ' ';
    assert_int_equal(type(&c, line), ERR_FORMAT);
    close_console(&c);
}

static void help_lists_what_may_follow(void **state)
{
    static const struct {
        const char *line, *want;
    } rows_help[] = {
        {"sysopt connection ", "  timewait          Timewait\n"
                               "  tcpmss            Segment size\n"},
        {"sysopt connection t", "  timewait          Timewait\n"
                                "  tcpmss            Segment size\n"},
        {"sysopt connection ti", "  timewait          Timewait\n"},
        {"sysopt connection timewait ", "  <cr>\n"},
        {"sysopt connection tcpmss ", "  <0-65535>         Segment size\n"
                                      "  minimum           Minimum\n"},
        {"no sysopt connection timewait ", "  <cr>\n"},
        {"route inside ", "  A.B.C.D           Route\n"},
        {"wait ", "  <h:mm:ss>         Time\n"},
        {"list a ", "  LINE              List\n"
                    "  remark            Remark\n"},
        {"enc", "  encryption        168 bit\n"},
        {"nonsense ", ""},
    };
    struct console c;

    (void)state;
    open_console(&c);
    for (size_t i = 0; i < COUNT(rows_help); i++) {
        buf_clear(&c.answer);
        gw_command_help(sets, 1, &c.call, rows_help[i].line, &c.answer);
        assert_string_equal(buf_str(&c.answer), rows_help[i].want);
    }
    close_console(&c);
}

/* A line that the pattern should take: "route inside 10.0.0.0 255.0.0.0 10.0.0.0". */
static void sample(const struct gw_command *row, struct buf *out)
{
    static const struct {
        const char *word, *value;
    } values[] = {{"NAME", "n1"},        {"WORD", "w1"},   {"ADDR", "10.0.0.0"},
                  {"MASK", "255.0.0.0"}, {"IF", "inside"}, {"(IF)", "(inside)"},
                  {"TIME", "1:00:00"},   {"LEVEL", "6"},   {"...", "w1 w2"}};
    const char *pattern = row->pattern;
    struct bytes p;

    buf_adds(out, row->form == GW_NO ? "no" : "");
    while ((p = gw_pattern_next(&pattern)).n) {
        buf_adds(out, out->n ? " " : "");
        struct bytes word = p;
        for (size_t i = 0; i < COUNT(values); i++) {
            if (scan_is(p, values[i].word))
                word = bytes_str(values[i].value);
        }
        if (p.p[0] == '<') /* the lowest number */
            word = bytes_of(p.p + 1, strcspn((const char *)p.p + 1, "-"));
        buf_add(out, word.p, word.n);
    }
}

static void every_row_of_the_real_tables_can_be_reached(void **state)
{
    struct console c;
    struct buf line = BUF_INIT;
    size_t n = 0;

    (void)state;
    open_console(&c);
    for (size_t s = 0; s < gw_config_command_sets; s++) {
        for (size_t r = 0; r < gw_config_commands[s]->n; r++) {
            const struct gw_command *row = &gw_config_commands[s]->rows[r];
            char copy[GW_LINE_MAX];
            struct gw_word w[GW_WORDS_MAX];
            struct gw_words words = {.w = w, .any_release = true};
            buf_clear(&line);
            sample(row, &line);
            words.n = gw_command_split(buf_str(&line), copy, w, 1);
            struct gw_match m = gw_command_match(gw_config_commands, gw_config_command_sets,
                                                 row->modes & -row->modes, c.cfg, &words);
            if (m.row != row)
                fail_msg("\"%s\" is taken by \"%s\", not by \"%s\"", buf_str(&line),
                         m.row ? m.row->pattern : "nothing", row->pattern);
            n++;
        }
    }
    assert_true(n > 400);
    buf_release(&line);
    close_console(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_mean_what_their_rows_say),
        cmocka_unit_test(the_marker_allows_for_the_prompt),
        cmocka_unit_test(sub_modes_come_first_and_are_left_by_other_commands),
        cmocka_unit_test(a_refusal_keeps_the_mode),
        cmocka_unit_test(long_lines_are_refused),
        cmocka_unit_test(help_lists_what_may_follow),
        cmocka_unit_test(every_row_of_the_real_tables_can_be_reached),
    };
    return cmocka_run_group_tests_name("gateway/command", tests, NULL, NULL);
}
