/* The console: one typed line in, what the device prints out. */
#include "gateway/console.h"

#include "gateway/console_filter.h"

#include <stdio.h>

#define USER     "enable_15" /* who is logged at a console without accounts */
#define SETS_MAX 64

struct sets {
    const struct gw_command_set *v[SETS_MAX];
    size_t n;
};

static void collect(struct sets *s)
{
    static const struct gw_command_set *const own[] = {
        &gw_exec_commands,       &gw_clear_commands,        &gw_show_commands,
        &gw_show_ikev2_commands, &gw_show_vpn_commands,     &gw_show_session_commands,
        &gw_show_ipsec_commands, &gw_show_net_commands,     &gw_show_box_commands,
        &gw_conn_commands,       &gw_show_logging_commands, &gw_show_ipv6_commands,
        &gw_xlate_commands};

    s->n = 0;
    for (size_t i = 0; i < COUNT(own); i++)
        s->v[s->n++] = own[i];
    if (COUNT(own) + gw_config_command_sets > SETS_MAX)
        bug("more sets of commands than there are places for");
    for (size_t i = 0; i < gw_config_command_sets; i++)
        s->v[s->n++] = gw_config_commands[i];
}

static bool begins_with(const char *line, const char *word)
{
    size_t n = strcspn(line, " \t");

    return n > 0 && n <= strlen(word) && strncmp(line, word, n) == 0;
}

static void log_command(struct gateway *g, const struct console *con, const char *line)
{
    if (con->quiet)
        return;
    if (begins_with(line, "show") || begins_with(line, "more"))
        gw_msg_shown(g->log, USER, line);
    else
        gw_msg_configured(g->log, USER, line);
}

/* At the privileged prompt commands of the configuration mode are taken as well. */
static enum err run(struct gateway *g, const struct sets *s, const char *line, struct gw_call *call)
{
    bool privileged = g->place.mode == GW_EXEC;
    enum err e;

    if (privileged)
        g->place.mode = GW_CONFIG;
    e = gw_command_line(s->v, s->n, line, call);
    if (privileged && g->place.mode == GW_CONFIG && !((struct console *)call->owner)->moved)
        g->place.mode = GW_EXEC;
    return e;
}

static bool is_config(const struct gw_place *p)
{
    return p->mode != GW_EXEC && p->mode != GW_USER;
}

static void log_modes(struct gateway *g, bool before)
{
    bool now = is_config(&g->place);

    if (now && !before)
        gw_msg_config_begin(g->log);
    else if (before && !now)
        gw_msg_config_end(g->log);
}

static void run_line(struct gateway *g, const char *line, struct buf *answer)
{
    struct console con = {
        .env = {.cfg = g->cfg,
                .log = g->log,
                .uptime_s = mono_diff(g->booted, clock_now(g->env.clk)).ns / 1000000000},
        .g = g};
    struct gw_call call = {.cfg = g->cfg, .owner = &con, .place = &g->place, .answer = answer};
    struct buf prompt = BUF_INIT;
    struct sets s;

    collect(&s);
    gateway_prompt(g, &prompt);
    call.indent = prompt.n;
    buf_release(&prompt);
    bool before = is_config(&g->place);
    if (!run(g, &s, line, &call))
        log_command(g, &con, line);
    log_modes(g, before);
    if (call.changed)
        gw_configure(g, call.changed);
    gw_settle(g);
}

static void help(struct gateway *g, const char *line, size_t n, struct buf *answer)
{
    struct gw_call call = {.cfg = g->cfg, .place = &g->place};
    char copy[GW_LINE_MAX];
    struct sets s;

    collect(&s);
    snprintf(copy, sizeof(copy), "%.*s", (int)n, line);
    gw_command_help(s.v, s.n, &call, copy, answer);
}

/* "show ... | include ..." */
static void run_show(struct gateway *g, const char *line, struct buf *answer)
{
    char command[GW_LINE_MAX];
    struct buf whole = BUF_INIT, prompt = BUF_INIT;
    struct gw_filter f = {.re = ""};
    size_t len = 0, bad = 0;
    enum gw_filter_split split = gw_filter_of(line, &f, &len, &bad);

    if (split == GW_FILTER_BAD) {
        gateway_prompt(g, &prompt);
        gw_refusal_put(g->cfg->profile, line, prompt.n + bad, answer);
        buf_release(&prompt);
        return;
    }
    size_t n = split == GW_FILTER_FOUND ? len : strlen(line);
    memcpy(command, line, n); /* LINE is shorter than GW_LINE_MAX */
    command[n] = '\0';
    run_line(g, command, &whole);
    if (split == GW_FILTER_FOUND) {
        struct buf kept = BUF_INIT;
        gw_filter_apply(&f, buf_bytes(&whole), &kept);
        buf_release(&whole);
        whole = kept;
    }
    gw_page(g, &whole, answer);
    buf_release(&whole);
}

/* Yes is an empty line, "y" or "yes"; everything else is no. */
static void take_reply(struct gateway *g, const char *line, struct buf *answer)
{
    char command[GW_LINE_MAX];

    memcpy(command, g->question, sizeof(command));
    g->question[0] = '\0';
    if (*line == '\0' || strcmp(line, "y") == 0 || strcmp(line, "yes") == 0)
        run_line(g, command, answer);
}

void gateway_command(struct gateway *g, const char *line, struct buf *answer)
{
    char text[GW_LINE_MAX];
    size_t n = strcspn(line, "\r\n");

    if (n >= GW_LINE_MAX) {
        run_line(g, line, answer); /* says that it is too long */
        return;
    }
    snprintf(text, sizeof(text), "%.*s", (int)n, line);
    if (gw_page_next(g, text, answer))
        return;
    if (g->question[0]) {
        take_reply(g, text, answer);
        return;
    }
    const char *typed = text + strspn(text, " \t");
    n = strlen(typed);
    if (n > 0 && typed[n - 1] == '?')
        help(g, typed, n - 1, answer);
    else if (begins_with(typed, "show") || begins_with(typed, "more"))
        run_show(g, typed, answer);
    else
        run_line(g, typed, answer);
}
