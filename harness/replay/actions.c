/* What each event does. */
#include "replay/run_parts.h"

static void failed(struct run *r, struct event *e, const char *why)
{
    e->state = EVENT_FAILED;
    timeline_say(r, e, "failed", "reason", why);
    log_say(r->opts->log, LOG_WARN, LOG_MODULE, "event %s failed: %s", e->spec->id, why);
}

/* What a device says when it does not take a command. */
static bool is_refusal(const char *answer)
{
    return strncmp(answer, "ERROR", 5) == 0 || strstr(answer, "\nERROR") || answer[0] == '%' ||
           strstr(answer, "\n%");
}

static void say_console(struct run *r, enum plan_site site, const char *text)
{
    event_line_start(&r->line, "console");
    event_line_add(&r->line, "site", plan_site_name(site));
    event_line_add(&r->line, "line", text);
    run_event(r);
}

/* The transcript: what was typed, then each line of the answer. */
static void transcribe(struct run *r, enum plan_site site, const char *command, char *answer)
{
    struct buf typed = BUF_INIT;

    buf_addf(&typed, "# %s", command);
    say_console(r, site, buf_str(&typed));
    buf_release(&typed);
    for (char *line = answer; line && *line;) {
        char *end = strchr(line, '\n');
        if (end)
            *end++ = '\0';
        say_console(r, site, line);
        line = end;
    }
}

void console_run(struct run *r, enum plan_site site, const char *command, bool *refused)
{
    struct buf answer = BUF_INIT;
    struct diag why = {0};
    struct device *d = r->device[site];
    enum err e = d->ops->command(d, command, &answer, &why);

    *refused = e || is_refusal(buf_str(&answer));
    if (!e)
        transcribe(r, site, command, answer.n ? answer.s : NULL);
    buf_release(&answer);
}

static void by_device(struct run *r, struct event *e)
{
    const struct plan_event *s = e->spec;
    enum plan_site site = r->device[s->site] ? s->site : r->plan->lab.device_site;
    struct device *d = r->device[site];
    const char *command =
        s->action == ACTION_DEVICE_COMMAND ? s->command : d->ops->action_command(d, s->action);
    bool refused;

    timeline_say(r, e, "sent", NULL, NULL);
    if (!command) {
        failed(r, e, "the device has no command for it");
        return;
    }
    console_run(r, site, command, &refused);
    if (refused)
        failed(r, e, "the device refused the command");
    else if (s->action == ACTION_DEVICE_COMMAND)
        confirm(r, e, "the device took the command");
    facts_take(r);
}

static void block(struct run *r, const struct plan_event *s, bool on)
{
    for (int i = TAP_WAN; i <= TAP_WAN2; i++) {
        struct tap *t = &r->taps[i];
        bool both = !s->to_device && !s->from_device;
        if (!t->port)
            continue;
        if (!r->peer) { /* in the middle of the WAN: everything is on its way in */
            t->block_in = on;
            continue;
        }
        t->block_in = on ? both || s->from_device : false;
        t->block_out = on ? both || s->to_device : false;
    }
}

static uint64_t wan_blocked(const struct run *r)
{
    return r->taps[TAP_WAN].blocked_in + r->taps[TAP_WAN].blocked_out +
           r->taps[TAP_WAN2].blocked_in + r->taps[TAP_WAN2].blocked_out;
}

static uint64_t wan_passed(const struct run *r)
{
    return r->taps[TAP_WAN].passed_in + r->taps[TAP_WAN].passed_out + r->taps[TAP_WAN2].passed_in +
           r->taps[TAP_WAN2].passed_out;
}

static uint64_t peer_lost(const struct run *r)
{
    struct peer_counters c = {0};

    if (r->peer)
        peer_counters(r->peer, &c);
    return c.bad_spi;
}

static enum err by_peer(struct run *r, enum plan_action action)
{
    switch (action) {
    case ACTION_ESTABLISH: return peer_establish(r->peer);
    case ACTION_PHASE1_DELETE: return peer_delete_phase1(r->peer);
    case ACTION_PHASE2_DELETE: return peer_delete_phase2(r->peer);
    case ACTION_PHASE1_REKEY: return peer_rekey_phase1(r->peer);
    case ACTION_PHASE2_REKEY: return peer_rekey_phase2(r->peer);
    case ACTION_PEER_CRASH: peer_crash(r->peer); return ERR_OK;
    default: return ERR_UNSUPPORTED;
    }
}

void action_send(struct run *r, struct event *e)
{
    const struct plan_event *s = e->spec;

    log_say(r->opts->log, LOG_INFO, LOG_MODULE, "event %s: %s", s->id, plan_action_name(s->action));
    e->blocked_before = wan_blocked(r);
    e->passed_before = wan_passed(r);
    e->lost_before = peer_lost(r);
    if (s->by == ACTOR_DEVICE) {
        by_device(r, e);
        return;
    }
    timeline_say(r, e, "sent", NULL, NULL);
    if (s->action == ACTION_BLACKHOLE || s->action == ACTION_RESTORE) {
        block(r, s, s->action == ACTION_BLACKHOLE);
        return;
    }
    enum err err = r->peer ? by_peer(r, s->action) : ERR_UNSUPPORTED;
    if (err == ERR_STATE)
        failed(r, e, "there was nothing to do it to: no such SA was up");
    else if (err)
        failed(r, e, err_text(err));
    facts_take(r);
}

/* --- confirmation ------------------------------------------------------------------------------
 */

void confirm(struct run *r, struct event *e, const char *detail)
{
    if (e->state != EVENT_SENT)
        return;
    e->state = EVENT_CONFIRMED;
    timeline_say(r, e, "confirmed", "detail", detail);
}

void confirm_look(struct run *r)
{
    for (size_t i = 0; i < r->nevents; i++) {
        struct event *e = &r->events[i];
        if (e->state != EVENT_SENT)
            continue;
        if (e->spec->action == ACTION_BLACKHOLE && wan_blocked(r) > e->blocked_before)
            confirm(r, e, "a frame was eaten");
        else if (e->spec->action == ACTION_RESTORE && wan_passed(r) > e->passed_before)
            confirm(r, e, "a frame passed");
        else if (e->spec->action == ACTION_PEER_CRASH && peer_lost(r) > e->lost_before)
            confirm(r, e, "a packet came for an SA that was forgotten");
    }
}
