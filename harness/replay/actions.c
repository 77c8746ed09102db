/* What each event does. */
#include "replay/impair.h"
#include "replay/wan_nat.h"

#include <limits.h>

static void failed(struct run *r, struct event *e, const char *why)
{
    e->state = EVENT_FAILED;
    timeline_say(r, e, "failed", "reason", why);
    log_say(r->opts->log, LOG_WARN, LOG_MODULE, "event %s failed: %s", e->spec->id, why);
}

/* What a device says when it does not take a command. */
static bool is_refusal(const char *answer)
{
    static const char *const begins[] = {"ERROR", "%", "Usage:", "Type help or '?'"};

    for (size_t i = 0; i < COUNT(begins); i++) {
        const char *at = strstr(answer, begins[i]);
        for (; at; at = strstr(at + 1, begins[i])) {
            if (at == answer || at[-1] == '\n')
                return true;
        }
    }
    return false;
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
    enum plan_site site = r->device[s->site] ? s->site : run_device_site(r);
    struct device *d = r->device[site];
    const char *command =
        s->action == ACTION_DEVICE_COMMAND ? s->command : d->ops->action_command(d, s->action);
    bool refused = true;

    timeline_say(r, e, "sent", NULL, NULL);
    r->watch_wan = true;
    if (command)
        console_run(r, site, command, &refused);
    if (command && s->refused && refused)
        confirm_command(r, e);
    else if (command && s->refused)
        failed(r, e, "the device took the command, and was to refuse it");
    else if (refused)
        failed(r, e,
               command ? "the device refused the command" : "the device has no command for it");
    else
        confirm_command(r, e);
}

static void block_or_restore(struct run *r, struct event *e)
{
    bool block = e->spec->action == ACTION_BLACKHOLE;

    e->ways = block ? ways_block(r, e->spec) : ways_unblock(r, UINT_MAX);
    e->ways_before = block ? ways_eaten(r, e->ways) : ways_passed(r, e->ways);
    if (block && e->spec->lasts.ns)
        e->until = mono_add(run_now(r), e->spec->lasts);
    if (!e->ways)
        failed(r, e, "nothing was blocked");
}

static void send_one(struct run *r, struct event *e)
{
    const char *why = send_packet(r, e->spec);

    if (why)
        failed(r, e, why);
    else
        confirm_command(r, e);
}

static void end_impairment(struct run *r, struct event *e)
{
    const struct event *of = &r->events[e->spec->of];

    if (of->state == EVENT_PLANNED || !impair_end(r, of))
        failed(r, e, "it was not under way");
}

static void inject(struct run *r, struct event *e)
{
    bool replay = e->spec->action == ACTION_WAN_REPLAY;
    size_t sent = replay ? inject_kept(r, e->spec) : forge_send(r, e->spec);

    e->bites += sent;
    if (sent == 0)
        failed(r, e, replay ? "no frame that was kept fits" : "nothing was on the wan leg before");
}

static void by_harness(struct run *r, struct event *e)
{
    timeline_say(r, e, "sent", NULL, NULL);
    switch (e->spec->action) {
    case ACTION_BLACKHOLE:
    case ACTION_RESTORE: block_or_restore(r, e); break;
    case ACTION_SEND: send_one(r, e); break;
    case ACTION_WAN_END: end_impairment(r, e); break;
    case ACTION_WAN_REPLAY:
    case ACTION_FORGE_DELETE:
    case ACTION_FORGE_NOTIFY:
    case ACTION_IKE_FLOOD:
    case ACTION_IKE_MALFORMED: inject(r, e); break;
    case ACTION_NAT_REBIND:
    case ACTION_NAT_FORGET:
    case ACTION_NAT_ADDRESS:
        e->met_before = wan_nats_met(r, e->spec);
        wan_nats_event(r, e->spec);
        if (e->spec->action == ACTION_NAT_ADDRESS)
            facts_moved(r);
        break;
    default: impair_begin(r, e); break;
    }
}

/* What is sent meanwhile is marked in the evidence. */
static enum err send_odd(struct run *r, struct event *e)
{
    enum peer_odd what = e->spec->action == ACTION_ESP_OLD_SPI   ? PEER_ODD_OLD_SPI
                         : e->spec->action == ACTION_ESP_OUTSIDE ? PEER_ODD_OUTSIDE
                                                                 : PEER_ODD_CLEAR;
    uint64_t before = r->leg_frames[EV_WAN];

    r->remark = REMARK_INJECTED;
    enum err err = peer_send_odd(r->peer, what, e->spec->count);
    r->remark = NULL;
    e->bites += err ? 0 : r->leg_frames[EV_WAN] - before;
    return err;
}

static enum err shift_numbers(struct run *r, struct event *e)
{
    bool restart = e->spec->action == ACTION_ESP_RESTART;

    r->watch_wan = true;
    return peer_shift_numbers(r->peer, restart, e->spec->numbers, &e->new_spi[0], &e->new_spi[1]);
}

static enum err tell_peer(struct run *r, struct event *e)
{
    struct peer *p = r->peer;

    switch (e->spec->action) {
    case ACTION_ESTABLISH: return peer_children(p) ? ERR_EXISTS : peer_establish(p);
    case ACTION_PHASE1_DELETE: return peer_delete_phase1(p);
    case ACTION_PHASE2_DELETE:
        return e->spec->protocol ? peer_delete_protocol(p, plan_protocol(e->spec->protocol))
                                 : peer_delete_phase2(p);
    case ACTION_PHASE1_REKEY: return peer_rekey_phase1(p);
    case ACTION_PHASE2_REKEY: return peer_rekey_phase2(p);
    case ACTION_PEER_CRASH: peer_crash(p); return ERR_OK;
    case ACTION_ESP_OLD_SPI:
    case ACTION_ESP_OUTSIDE:
    case ACTION_ESP_CLEAR: return send_odd(r, e);
    case ACTION_ESP_JUMP:
    case ACTION_ESP_RESTART: return shift_numbers(r, e);
    case ACTION_DELETE_NOTICE: return peer_say_delete(p, (enum peer_spis)e->spec->spis);
    case ACTION_REUSE_SPI: return odd_spi_again(r);
    case ACTION_PEER_ANSWER: odd_answers(r, e->spec); return ERR_OK;
    case ACTION_REAUTHENTICATE: return peer_reauthenticate(p, e->spec->reauth == REAUTH_BREAK);
    case ACTION_PEER_PSK: lab_psk_is(r, e->spec->wrong); return ERR_OK;
    case ACTION_PEER_SUITES: return lab_suites_are(r, e->spec->ike, e->spec->esp);
    case ACTION_ESP_DUPLICATE:
    case ACTION_ESP_REORDER:
    case ACTION_ESP_LOSS:
    case ACTION_ESP_BAD_ICV:
    case ACTION_ESP_UNKNOWN_SPI:
    case ACTION_ESP_SWAPPED_SPI: impair_begin(r, e); return ERR_OK;
    default: return ERR_UNSUPPORTED;
    }
}

static void by_peer(struct run *r, struct event *e)
{
    e->lost_before = peer_lost(r);
    timeline_say(r, e, "sent", NULL, NULL);
    cross_begin(r, e->spec);
    enum err err = r->peer ? tell_peer(r, e) : ERR_UNSUPPORTED;
    if (err == ERR_STATE)
        failed(r, e, "there was nothing to do it to: no such SA was up");
    else if (err == ERR_EXISTS)
        failed(r, e, "the tunnel was up already");
    else if (err)
        failed(r, e, err_text(err));
    facts_take(r);
}

void action_send(struct run *r, struct event *e)
{
    e->bites_before = e->bites;
    e->new_spi[0] = e->new_spi[1] = 0;
    log_say(r->opts->log, LOG_INFO, LOG_MODULE, "event %s: %s", e->spec->id,
            plan_action_name(e->spec->action));
    switch (e->spec->by) {
    case ACTOR_DEVICE: by_device(r, e); break;
    case ACTOR_HARNESS: by_harness(r, e); break;
    case ACTOR_PEER: by_peer(r, e); break;
    }
}
