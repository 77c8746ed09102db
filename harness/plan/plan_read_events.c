/* The timeline's events. */
#include "plan/plan_parts.h"

int event_index(const struct load *l, const char *id)
{
    for (size_t i = 0; id && i < l->plan->nevents; i++) {
        if (strcmp(l->plan->events[i].id, id) == 0)
            return (int)i;
    }
    return -1;
}

static bool action_by_name(const char *name, enum plan_action *out)
{
    for (int i = 0; i < ACTION_COUNT; i++) {
        if (strcmp(plan_action_name((enum plan_action)i), name) == 0) {
            *out = (enum plan_action)i;
            return true;
        }
    }
    return false;
}

static enum plan_actor default_actor(enum plan_action a)
{
    if (a == ACTION_BLACKHOLE || a == ACTION_RESTORE)
        return ACTOR_HARNESS;
    return a == ACTION_DEVICE_COMMAND ? ACTOR_DEVICE : ACTOR_PEER;
}

static void read_action(struct load *l, const xmlNode *n, struct plan_event *e)
{
    const char *by = attr(l, n, "by"), *site = attr(l, n, "site"), *way = attr(l, n, "direction");

    (void)action_by_name((const char *)n->name, &e->action);
    e->by = by ? (strcmp(by, "device") == 0 ? ACTOR_DEVICE : default_actor(e->action))
               : default_actor(e->action);
    e->site = site ? (strcmp(site, "ho") == 0 ? SITE_HO : SITE_BO) : l->plan->lab.device_site;
    e->command = attr(l, n, "command");
    e->to_device = way && strcmp(way, "to-device") == 0;
    e->from_device = way && strcmp(way, "from-device") == 0;
    if (l->plan->lab.mode == MODE_PAIR && e->by == ACTOR_PEER)
        plan_problem(l, n, "in pair mode the harness plays no peer: <%s> must be by=\"device\"",
                     n->name);
}

/* Just one of time, reaches, after, log says when. */
static void read_when(struct load *l, const xmlNode *n, struct plan_event *e)
{
    const char *time = attr(l, n, "time"), *reaches = attr(l, n, "reaches"),
               *after = attr(l, n, "after"), *log = attr(l, n, "log"),
               *stream = attr(l, n, "stream"), *delay = attr(l, n, "delay");
    uint64_t id;

    e->stream = e->after = -1;
    e->percent = -1;
    if (!!time + !!reaches + !!after + !!log != 1) {
        plan_problem(l, n, "<at id=\"%s\"> needs one of time, stream with reaches, after, log",
                     e->id);
        return;
    }
    if (time && delay)
        plan_problem(l, n, "time and delay together: one instant is enough");
    if (delay)
        word_duration(delay, &e->delay);
    if (time) {
        e->when = WHEN_TIME;
        word_duration(time, &e->delay);
    } else if (reaches) {
        e->when = WHEN_OFFSET;
        if (!word_percent(reaches, &e->percent)) {
            e->percent = -1;
            word_size(reaches, &e->offset);
        } else if (strcmp(reaches, "0") == 0) {
            e->percent = 0;
        }
    } else if (log) {
        e->when = WHEN_LOG;
        if (word_uint(log, 999999, &id))
            e->log_id = (uint32_t)id;
    } else {
        e->when = WHEN_AFTER;
    }
    if (stream) {
        e->stream = stream_index(l, stream);
        if (e->stream < 0)
            plan_problem(l, n, "stream=\"%s\": there is no such stream", stream);
    } else if (reaches) {
        plan_problem(l, n, "reaches=\"%s\" needs stream=", reaches);
    }
}

static void read_event(struct load *l, const xmlNode *n, struct plan_event *e)
{
    const xmlNode *action = child(n, NULL);

    e->at = plan_place(l, n);
    e->id = attr(l, n, "id");
    read_when(l, n, e);
    if (!action || next_child(action, NULL)) {
        plan_problem(l, n, "<at id=\"%s\"> needs one action, and no more", e->id);
        return;
    }
    read_action(l, action, e);
}

void read_events(struct load *l, const xmlNode *timeline)
{
    size_t n = 0;

    for (const xmlNode *c = child(timeline, "at"); c; c = next_child(c, "at"))
        n++;
    struct plan_event *list = arena_array(l->arena, n + 1, sizeof(*list));
    l->plan->events = list;
    n = 0;
    for (const xmlNode *c = child(timeline, "at"); c; c = next_child(c, "at"))
        read_event(l, c, &list[n++]);
    l->plan->nevents = n;
    n = 0;
    for (const xmlNode *c = child(timeline, "at"); c; c = next_child(c, "at"), n++) {
        const char *after = attr(l, c, "after");
        if (!after)
            continue;
        list[n].after = event_index(l, after);
        if (list[n].after < 0)
            plan_problem(l, c, "after=\"%s\": there is no such event", after);
    }
}
