#include "cli/list_events.h"

#include "plan/plan.h"
#include "report/jsonw.h"

#include <string.h>

static const char *actor(char letter)
{
    return letter == 'p' ? "peer" : letter == 'd' ? "device" : "harness";
}

void list_events_text(struct buf *out)
{
    for (size_t i = 0; i < ACTION_COUNT; i++) {
        const struct plan_event_kind *k = &plan_events[i];
        buf_addf(out, "%s  (by the ", k->name);
        for (const char *who = k->who; *who; who++)
            buf_addf(out, "%s%s", who == k->who ? "" : " or the ", actor(*who));
        buf_addf(out, ")\n    %s\n    shown by: %s\n", k->what, k->shows);
    }
    buf_addf(out, "%u events\n", (unsigned)ACTION_COUNT);
}

void list_events_json(struct buf *out)
{
    struct jsonw j;

    jsonw_begin(&j, out, 1);
    jsonw_array(&j, NULL);
    for (size_t i = 0; i < ACTION_COUNT; i++) {
        const struct plan_event_kind *k = &plan_events[i];
        jsonw_object(&j, NULL);
        jsonw_string(&j, "name", k->name);
        jsonw_array(&j, "by");
        for (const char *who = k->who; *who; who++)
            jsonw_string(&j, NULL, actor(*who));
        jsonw_close(&j);
        jsonw_string(&j, "what", k->what);
        jsonw_string(&j, "shown_by", k->shows);
        jsonw_close(&j);
    }
    jsonw_close(&j);
}
