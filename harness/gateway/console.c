/* The console: one typed line in, what the device prints out. */
#include "gateway/console.h"

#include <stdio.h>

#define USER     "enable_15" /* who is logged at a console without accounts */
#define SETS_MAX 32

struct sets {
    const struct gw_command_set *v[SETS_MAX];
    size_t n;
};

static void collect(struct sets *s)
{
    static const struct gw_command_set *const own[] = {
        &gw_exec_commands,     &gw_clear_commands,        &gw_show_commands,
        &gw_show_vpn_commands, &gw_show_ipsec_commands,   &gw_show_net_commands,
        &gw_conn_commands,     &gw_show_logging_commands, &gw_xlate_commands};

    s->n = 0;
    for (size_t i = 0; i < COUNT(own); i++)
        s->v[s->n++] = own[i];
    for (size_t i = 0; i < gw_config_command_sets && s->n < SETS_MAX; i++)
        s->v[s->n++] = gw_config_commands[i];
}

static const char *mode_words(enum gw_mode m)
{
    switch (m) {
    case GW_EXEC: return "# ";
    case GW_CONFIG: return "(config)# ";
    case GW_CONFIG_IF: return "(config-if)# ";
    case GW_CONFIG_POLICY: return "(config-isakmp-policy)# ";
    case GW_CONFIG_GROUP: return "(config-tunnel-ipsec)# ";
    case GW_CONFIG_CLASS: return "(config-pmap)# ";
    case GW_CONFIG_NETWORK: return "(config-network-object)# ";
    default: return "(config-sub)# ";
    }
}

void gateway_prompt(const struct gateway *g, struct buf *out)
{
    buf_addf(out, "%s%s", g->cfg->hostname, mode_words(g->place.mode));
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
    if (!run(g, &s, line, &call))
        log_command(g, &con, line);
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

/* show ... | include TEXT: the lines of TEXT that have it (or, KEEP false, those that have not). */
static void filter(struct bytes text, const char *what, bool keep, struct buf *out)
{
    size_t from = 0;

    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] != '\n' && i + 1 < text.n)
            continue;
        struct buf line = BUF_INIT;
        buf_add(&line, text.p + from, i + 1 - from);
        if ((strstr(buf_str(&line), what) != NULL) == keep)
            buf_add(out, line.s, line.n);
        buf_release(&line);
        from = i + 1;
    }
}

/* Splits "LINE | include TEXT"; false when there is no filter. */
static bool split_filter(const char *line, char command[static GW_LINE_MAX], const char **what,
                         bool *keep)
{
    static const struct {
        const char *word;
        bool keep;
    } words[] = {
        {"include ", true}, {"inc ", true}, {"i ", true}, {"grep ", true}, {"exclude ", false}};
    const char *bar = strstr(line, " | ");

    for (size_t i = 0; bar && i < COUNT(words); i++) {
        if (strncmp(bar + 3, words[i].word, strlen(words[i].word)) != 0)
            continue;
        snprintf(command, GW_LINE_MAX, "%.*s", (int)(bar - line), line);
        *what = bar + 3 + strlen(words[i].word);
        *keep = words[i].keep;
        return true;
    }
    return false;
}

void gateway_command(struct gateway *g, const char *line, struct buf *answer)
{
    char command[GW_LINE_MAX];
    struct buf whole = BUF_INIT;
    const char *what;
    size_t n;
    bool keep;

    conns_catch_up(g->conns); /* nothing half done is shown */
    line += strspn(line, " \t");
    n = strcspn(line, "\r\n");
    if (n > 0 && n < GW_LINE_MAX && line[n - 1] == '?') {
        help(g, line, n - 1, answer);
        return;
    }
    if (n < GW_LINE_MAX && begins_with(line, "show") && split_filter(line, command, &what, &keep)) {
        run_line(g, command, &whole);
        filter(buf_bytes(&whole), what, keep, answer);
        buf_release(&whole);
        return;
    }
    run_line(g, line, answer);
}
