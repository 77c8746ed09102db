/* Rows of <answer>: what the console printed when a command was typed. */
#include "tests/mock_rows.h"

#define ANSWER(text_, min_, max_)                                                                  \
    .rule = RULE_ANSWER, .text = (text_), .min = (min_), .max = (max_), .stream = -1,              \
    .window = {0, -1, {0}}
#define TYPED "sent context confirmed "
#define REST  "ask data:20 " M_DONE
#define BEGIN "tunnel salog open built "

static const struct mock_row rows[] = {
    {.what = "a_line_that_holds_the_words__passes",
     .script = BEGIN TYPED REST,
     .action = ACTION_DEVICE_COMMAND,
     .x = {ANSWER("DECR+ESP+PRESERVE, UP", 1, -1)},
     .want = VERDICT_PASS,
     .rule = "answer",
     .says = "was answered with VPN CTX=0x1, Ptr=0x2, DECR+ESP+PRESERVE"},
    {.what = "no_such_line__fails_and_says_what_there_was",
     .script = BEGIN TYPED REST,
     .action = ACTION_DEVICE_COMMAND,
     .x = {ANSWER("ENCR", 1, -1)},
     .want = VERDICT_FAIL,
     .rule = "answer",
     .says = "holds \"ENCR\": 1 lines, the first is VPN CTX=0x1"},
    {.what = "fewer_lines_than_expected__fail",
     .script = BEGIN TYPED REST,
     .action = ACTION_DEVICE_COMMAND,
     .x = {ANSWER("PRESERVE", 2, 2)},
     .want = VERDICT_FAIL,
     .rule = "answer",
     .says = "1 lines with \"PRESERVE\", fewer than expected"},
    {.what = "a_line_that_must_not_be__fails",
     .script = BEGIN TYPED REST,
     .action = ACTION_DEVICE_COMMAND,
     .x = {ANSWER("PRESERVE", 0, 0)},
     .want = VERDICT_FAIL,
     .rule = "answer",
     .says = "more than expected"},
    {.what = "a_line_that_must_not_be_and_is_not__passes",
     .script = BEGIN TYPED REST,
     .action = ACTION_DEVICE_COMMAND,
     .x = {ANSWER("UIOV", 0, 0)},
     .want = VERDICT_PASS,
     .rule = "answer"},
    {.what = "absence_in_evidence_without_its_end__is_inconclusive",
     .script = BEGIN TYPED "ask data:20 fins tornfins hosts count ports",
     .action = ACTION_DEVICE_COMMAND,
     .x = {ANSWER("UIOV", 0, 0)},
     .want = VERDICT_INCONCLUSIVE,
     .rule = "answer",
     .says = "as far as the evidence goes"},
    {.what = "a_command_that_was_never_typed__is_unresolved",
     .script = BEGIN REST,
     .action = ACTION_DEVICE_COMMAND,
     .x = {ANSWER("UIOV", 0, 0)},
     .want = VERDICT_UNRESOLVED,
     .rule = "answer",
     .says = "was not sent"},
    {.what = "what_the_runner_types_of_its_own__is_no_answer",
     .script = BEGIN "sent confirmed context " REST,
     .action = ACTION_DEVICE_COMMAND,
     .x = {ANSWER("Logging to", 1, -1)},
     .want = VERDICT_FAIL,
     .rule = "answer"},
};

MOCK_ROWS_MAIN("judge/rule_answer", rows)
