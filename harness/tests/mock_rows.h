/* Rows of judged runs: what happened, what was expected, what the judge must say. Test aid. */
#ifndef TESTS_MOCK_ROWS_H
#define TESTS_MOCK_ROWS_H

#include "tests/mock_run.h"
#include "tests/testkit.h"

struct mock_row {
    const char *what;
    const char *script;   /* words of mock_words.c */
    struct plan_expect x; /* the one under test */
    bool no_expect;       /* none but no-cleartext */
    enum verdict want;    /* of the whole case */
    const char *rule;     /* a finding of this rule and that verdict ... */
    const char *says;     /* ... has these words; NULL: any */
    struct mock_options opts;
    enum plan_action action; /* of the event; ACTION_ESTABLISH stands for phase2-delete */
};

/* A whole run, by its parts: up and a quarter there; the stimulus; away; back and to the end. */
#define M_UP   "tunnel salog open built ask data:5 "
#define M_CUT  "cut gonelog "
#define M_AWAY "lost:2 wait:300 "
#define M_BACK "newsa salog back data:15 "
#define M_DONE "fins tornfins hosts count ports end"
#define M_GOOD M_UP M_CUT M_AWAY M_BACK M_DONE

/* Windows: event "cut" is number 0. */
#define SINCE_CUT   .window = {0, -1, {0}}
#define WITHIN_S(s) .window = {0, -1, {(s)*INT64_C(1000000000)}}
#define ALL_RUN     .window = {-1, -1, {0}}
#define OF_DL       .stream = 0, .any_site = true, .phase = 2
#define LOG_OF(n)   .rule = RULE_LOG, .log_id = (n), .min = 1, OF_DL
#define LOG_TORN    LOG_OF(302014), .reason = "tunnel", .max = 1
#define NO_LOG_TORN .rule = RULE_NO_LOG, .log_id = 302014, .reason = "tunnel", OF_DL
#define STREAM(is_) .rule = RULE_STREAM, .stream_is = (is_), OF_DL
#define TUNNEL(is_) .rule = RULE_TUNNEL, .tunnel_is = (is_), .stream = -1
#define RESETS(by_) .rule = RULE_RESET, .reset_by = (by_), OF_DL

/* A cmocka test: runs the row that *STATE points to. */
void mock_row_holds(void **state);

#define MOCK_ROWS_MAIN(name, rows)                                                                 \
    int main(void)                                                                                 \
    {                                                                                              \
        struct CMUnitTest tests[COUNT(rows)];                                                      \
                                                                                                   \
        for (size_t i = 0; i < COUNT(rows); i++)                                                   \
            tests[i] = (struct CMUnitTest){(rows)[i].what, mock_row_holds, NULL, NULL,             \
                                           (void *)(uintptr_t) & (rows)[i]};                       \
        return cmocka_run_group_tests_name(name, tests, NULL, NULL);                               \
    }

#endif
