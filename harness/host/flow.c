#include "host/host_impl.h"

struct mono flow_now(const struct flow *f)
{
    return host_now(f->host);
}

void flow_wake_by(struct flow *f, struct mono due)
{
    if (!mono_is_never(due) && (!timer_is_armed(&f->timer) || mono_before(due, f->timer.due)))
        wheel_arm(&f->host->wheel, &f->timer, due);
}

void flow_set_state(struct flow *f, enum host_flow_state s, const char *why)
{
    bool was_live = flow_is_live(f);
    char a[ENDPOINT_TEXT], b[ENDPOINT_TEXT];

    if (f->status.state == s)
        return;
    f->status.state = s;
    f->host->live -= was_live && !flow_is_live(f);
    f->host->live += !was_live && flow_is_live(f);
    if (log_shows(f->host->log, LOG_INFO))
        log_say(f->host->log, LOG_INFO, LOG_MODULE, "flow %u %s %s: %s, %s", (unsigned)f->id,
                endpoint_format(&f->local, a), endpoint_format(f->bound ? &f->peer : &f->remote, b),
                host_flow_state_name(s), why);
}

void flow_progress(struct flow *f)
{
    f->status.last_progress = flow_now(f);
}

const char *host_flow_state_name(enum host_flow_state s)
{
    switch (s) {
    case HOST_FLOW_WAITING: return "waiting";
    case HOST_FLOW_OPEN: return "open";
    case HOST_FLOW_DONE: return "done";
    case HOST_FLOW_RESET: return "reset";
    case HOST_FLOW_GAVE_UP: return "gave up";
    }
    return "unknown";
}
