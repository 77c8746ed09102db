#include "tests/mock_rows.h"

#include <stdio.h>

static void show(const struct judgement *j)
{
    printf("verdict %s\n", verdict_name(j->verdict));
    for (size_t i = 0; i < j->nfindings; i++)
        printf("  %s %s: %s\n", verdict_name(j->findings[i].verdict), j->findings[i].rule,
               j->findings[i].message);
}

static bool is_said(const struct judgement *j, const struct mock_row *row)
{
    for (size_t i = 0; i < j->nfindings; i++) {
        const struct finding *f = &j->findings[i];
        if (f->verdict == row->want && strcmp(f->rule, row->rule) == 0 &&
            (!row->says || strstr(f->message, row->says)))
            return true;
    }
    return false;
}

void mock_row_holds(void **state)
{
    const struct mock_row *row = *state;
    struct mock_run m;

    mock_begin(&m, &row->opts);
    if (row->action != ACTION_ESTABLISH)
        m.event.action = row->action;
    m.event.command = row->action == ACTION_DEVICE_COMMAND ? "show asp table vpn-context" : NULL;
    mock_play(&m, row->script);
    struct judgement *j = mock_judge(&m, &row->x, row->no_expect ? 0 : 1);
    if (j->verdict != row->want || !is_said(j, row))
        show(j);
    assert_int_equal(j->verdict, row->want);
    assert_true(is_said(j, row));
    judgement_free(j);
    mock_release(&m);
}
