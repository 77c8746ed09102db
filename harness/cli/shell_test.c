/* Bytes into lines: what people, files and telnet clients send, as rows; and any bytes at all. */
#include "cli/shell.h"

#include "base/mem.h"
#include "base/rng.h"
#include "tests/testkit.h"

#include <stdio.h>

struct typed {
    struct buf lines; /* what was run, each in brackets */
};

static bool line(void *ctx, const char *text, struct buf *out)
{
    struct typed *t = ctx;

    buf_addf(&t->lines, "[%s]", text);
    if (strcmp(text, "bye") == 0)
        return false;
    if (strcmp(text, "two") == 0)
        buf_adds(out, "a\nb\n");
    return true;
}

static void prompt(void *ctx, struct buf *out)
{
    (void)ctx;
    buf_adds(out, "> ");
}

#define IAC    "\xff"
#define WILL   "\xfb"
#define WONT   "\xfc"
#define DO     "\xfd"
#define DONT   "\xfe"
#define SB     "\xfa"
#define SE     "\xf0"
#define IP     "\xf4"
#define ECHO   "\x01"
#define SGA    "\x03"
#define NAWS   "\x1f"
#define ECHOED IAC DO ECHO /* the client asks for our echo */

static const struct row {
    const char *what, *in;
    size_t n; /* 0: its length */
    bool network, prompts;
    const char *lines, *out;
} rows[] = {
    {"lines_of_a_file", "one\ntwo\n", 0, false, false, "[one][two]", "a\nb\n"},
    {"the_last_line_of_a_file_may_lack_its_end", "one\ntwo", 0, false, false, "[one][two]",
     "a\nb\n"},
    {"lines_of_windows", "one\r\ntwo\r\n", 0, false, false, "[one][two]", "a\nb\n"},
    {"lines_of_old_macs", "one\rtwo\r", 0, false, false, "[one][two]", "a\nb\n"},
    {"empty_lines_are_lines", "\n\r\n", 0, false, false, "[][]", ""},
    {"prompts_on_a_terminal", "one\n", 0, false, true, "[one]", "> > "},
    {"a_session_ends_by_a_command", "bye\none\n", 0, false, true, "[bye]", "> "},
    {"ctrl_d_ends_an_empty_line", "one\n\x04two\n", 0, false, false, "[one]", ""},
    {"ctrl_d_inside_a_line_is_nothing",
     "on\x04"
     "e\n",
     0, false, false, "[one]", ""},
    {"backspace",
     "onx\x08"
     "e\n\x7f\x7ftwo\n",
     0, false, false, "[one][two]", "a\nb\n"},
    {"ctrl_u_erases_the_line", "no no\x15two\n", 0, false, false, "[two]", "a\nb\n"},
    {"ctrl_w_erases_a_word", "show conn \x17run\n", 0, false, false, "[show run]", ""},
    {"ctrl_c_gives_the_line_up", "no\x03two\n", 0, false, false, "[two]", "a\nb\n"},
    {"ctrl_z_leaves_the_configuration", "half\x1a", 0, false, false, "[end]", ""},
    {"a_tab_is_a_blank", "a\tb\n", 0, false, false, "[a b]", ""},
    {"a_question_mark_is_part_of_the_line", "show ?\n", 0, false, false, "[show ?]", ""},
    {"nul_and_controls_are_dropped",
     "o\0n\x01\x02"
     "e\n",
     8, false, false, "[one]", ""},
    {"bytes_that_are_no_ascii_are_kept", "\xc3\xa4\xff\n", 0, false, false, "[\xc3\xa4\xff]", ""},

    {"a_plain_client_sees_no_telnet", "two\n", 0, true, true, "[two]", "> a\r\nb\r\n> "},
    {"telnet_ends_lines_by_cr_nul", "one\r\0two\r\0", 10, true, false, "[one][two]",
     "> > a\r\nb\r\n> "},
    {"telnet_options_are_declined", IAC DO NAWS IAC WILL NAWS "one\r\n", 0, true, false, "[one]",
     "> " IAC WONT NAWS IAC DONT NAWS "> "},
    {"what_telnet_refuses_is_not_answered", IAC DONT NAWS IAC WONT NAWS "\r\n", 0, true, false,
     "[]", "> > "},
    {"echo_is_done_when_asked_for", ECHOED "one\r\n", 0, true, false, "[one]",
     "> " IAC WILL ECHO "one\r\n> "},
    {"and_erased", ECHOED "ox\x7fne\r\n", 0, true, false, "[one]",
     "> " IAC WILL ECHO "ox\b \bne\r\n> "},
    {"echo_is_agreed_to_once", ECHOED IAC DO ECHO "\r\n", 0, true, false, "[]",
     "> " IAC WILL ECHO "\r\n> "},
    {"and_ended_when_asked", ECHOED IAC DONT ECHO "one\r\n", 0, true, false, "[one]",
     "> " IAC WILL ECHO IAC WONT ECHO "> "},
    {"no_go_ahead_alone_means_no_echo", IAC DO SGA "one\r\n", 0, true, false, "[one]",
     "> " IAC WILL SGA "> "},
    {"help_comes_at_once_and_the_line_stays", ECHOED "sh?ow\r\n", 0, true, false, "[sh?][show]",
     "> " IAC WILL ECHO "sh?\r\n> show\r\n> "},
    {"interrupt_process_is_ctrl_c", "no" IAC IP "one\r\n", 0, true, false, "[one]", "> > > "},
    {"subnegotiation_is_skipped", IAC SB NAWS "\x01\x02" IAC IAC "\x03" IAC SE "one\r\n", 0, true,
     false, "[one]", "> > "},
    {"a_doubled_iac_is_the_byte", "a" IAC IAC "b\r\n", 0, true, false,
     "[a\xff"
     "b]",
     "> > "},
};

static void shows_and_runs_what_its_row_says(void **state)
{
    const struct row *r = *state;
    struct bytes in = {(const uint8_t *)r->in, r->n ? r->n : strlen(r->in)};

    /* however the bytes are cut into pieces */
    for (size_t piece = 1; piece <= in.n; piece++) {
        struct typed t = {BUF_INIT};
        struct shell_config cfg = {
            .ops = {line, prompt, &t}, .prompts = r->prompts || r->network, .network = r->network};
        struct buf out = BUF_INIT;
        struct shell s;
        bool on = true;
        shell_init(&s, &cfg, &out);
        for (size_t at = 0; on && at < in.n; at += piece)
            on = shell_input(&s, bytes_head(bytes_from(in, at), piece), &out);
        if (!r->network)
            shell_finish(&s, &out);
        shell_release(&s);
        assert_string_equal(buf_str(&t.lines), r->lines);
        assert_string_equal(buf_str(&out), r->out);
        buf_release(&t.lines);
        buf_release(&out);
    }
}

static void a_line_that_is_too_long_is_not_run(void **state)
{
    struct typed t = {BUF_INIT};
    struct shell_config cfg = {.ops = {line, prompt, &t}};
    struct buf in = BUF_INIT, out = BUF_INIT;
    struct shell s;

    (void)state;
    for (int i = 0; i < 2 * SHELL_LINE_MAX; i++)
        buf_addc(&in, 'x');
    buf_adds(&in, "\none\n");
    shell_init(&s, &cfg, &out);
    assert_true(shell_input(&s, buf_bytes(&in), &out));
    assert_string_equal(buf_str(&out), "ERROR: % Command too long\n");
    assert_string_equal(buf_str(&t.lines), "[one]");
    shell_release(&s);
    buf_release(&t.lines);
    buf_release(&in);
    buf_release(&out);
}

static void any_bytes_do_no_harm(void **state)
{
    struct rng_seeded rng;

    (void)state;
    rng_seeded_init(&rng, 1, "shell");
    for (int round = 0; round < 2000; round++) {
        struct typed t = {BUF_INIT};
        struct shell_config cfg = {.ops = {line, prompt, &t}, .network = round & 1};
        uint8_t in[512];
        struct buf out = BUF_INIT;
        struct shell s;
        rng_fill(&rng.rng, in, sizeof(in));
        for (size_t i = 0; i < sizeof(in); i++)
            in[i] = in[i] < 40 ? 255 : in[i] < 60 ? (uint8_t)(in[i] + 190) : in[i];
        shell_init(&s, &cfg, &out);
        (void)shell_input(&s, bytes_of(in, rng_below(&rng.rng, sizeof(in))), &out);
        assert_true(s.n < sizeof(s.line));
        shell_finish(&s, &out);
        shell_release(&s);
        buf_release(&t.lines);
        buf_release(&out);
    }
}

int main(void)
{
    struct CMUnitTest tests[2 + COUNT(rows)] = {
        cmocka_unit_test(a_line_that_is_too_long_is_not_run),
        cmocka_unit_test(any_bytes_do_no_harm),
    };

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[2 + i] = (struct CMUnitTest){rows[i].what, shows_and_runs_what_its_row_says, NULL,
                                           NULL, (void *)(uintptr_t)&rows[i]};
    return cmocka_run_group_tests_name("cli/shell", tests, NULL, NULL);
}
