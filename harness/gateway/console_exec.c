/* Commands of the privileged mode that show nothing: modes, storing, reloading. */
#include "gateway/console.h"

#include "base/mem.h"
#include "gateway/config_parts.h"

#include <stdio.h>

static void load_startup(struct gateway *g, struct gw_config *c)
{
    struct diag why = {0};

    if (g->cfg->version_fixed) {
        gw_config_set_version(c, g->cfg->platform, g->cfg->version);
        c->version_fixed = true;
    }
    if (gw_config_load(c, "startup-config", buf_bytes(&g->startup), NULL, &why))
        log_say(g->env.log, LOG_WARN, "gateway", "startup-config: %s", why.text);
}

static enum err configure(struct gw_call *call)
{
    ((struct console *)call->owner)->moved = true;
    *call->place = (struct gw_place){.mode = GW_CONFIG};
    return ERR_OK;
}

/* enable, which asks no password here; and what only a terminal would see */
static enum err stay(struct gw_call *call)
{
    ((struct console *)call->owner)->quiet = true;
    *call->place = (struct gw_place){.mode = GW_EXEC};
    return ERR_OK;
}

/* disable, and logout: a console has nowhere to go. WHAT: says so */
static enum err disable(struct gw_call *call)
{
    ((struct console *)call->owner)->quiet = ((struct console *)call->owner)->moved = true;
    *call->place = (struct gw_place){.mode = GW_USER};
    if (call->what)
        buf_adds(call->answer, "\nLogoff\n\n");
    return ERR_OK;
}

static enum err set_pager(struct gw_call *call)
{
    struct console *con = call->owner;

    con->quiet = true;
    con->g->pager.lines = call->nargs ? call->args[0].number : 24;
    return ERR_OK;
}

static enum err show_pager(struct gw_call *call)
{
    uint32_t lines = gateway_of(call)->pager.lines;

    if (lines)
        buf_addf(call->answer, "pager lines %u\n", lines);
    else
        buf_adds(call->answer, "no pager\n");
    return ERR_OK;
}

static enum err show_mode(struct gw_call *call)
{
    buf_addf(call->answer, "Username : %s\nCurrent privilege level : %d\nCurrent Mode/s : %s\n",
             call->place->mode == GW_USER ? "enable_1" : "enable_15",
             call->place->mode == GW_USER ? 1 : 15,
             call->place->mode == GW_USER ? "P_UNPR" : "P_PRIV");
    return ERR_OK;
}

static enum err show_startup(struct gw_call *call)
{
    struct gw_config *c = gw_config_new();
    struct gateway *g = gateway_of(call);

    if (!g->startup.n) {
        buf_adds(call->answer, "No Configuration\n");
    } else {
        buf_adds(call->answer, ": Saved\n:\n");
        load_startup(g, c);
        gw_config_write(c, false, call->answer);
    }
    gw_config_free(c);
    return ERR_OK;
}

enum err gw_ask(struct gw_call *call, const char *question)
{
    struct console *con = call->owner;

    con->quiet = true;
    snprintf(con->g->question, sizeof(con->g->question), "%.*s noconfirm", GW_LINE_MAX - 11,
             call->line);
    buf_adds(call->answer, question);
    return ERR_OK;
}

void gw_store(struct gateway *g)
{
    mem_wipe(g->startup.s, g->startup.n);
    buf_clear(&g->startup);
    gw_config_write(g->cfg, true, &g->startup);
}

static enum err write_memory(struct gw_call *call)
{
    struct gateway *g = gateway_of(call);

    if (!gw_fault_on(g->faults, GW_FAULT_SETTINGS_LOST))
        gw_store(g);
    gw_msg_config_stored(g->log);
    buf_addf(call->answer, "Building configuration...\n%zu bytes copied in 0.10 secs\n[OK]\n",
             g->startup.n);
    return ERR_OK;
}

static enum err erase_startup(struct gw_call *call)
{
    struct gateway *g = gateway_of(call);

    mem_wipe(g->startup.s, g->startup.n);
    buf_clear(&g->startup);
    gw_msg_config_erased(g->log);
    buf_adds(call->answer, "[OK]\n");
    return ERR_OK;
}

/* The configuration as it was stored takes the place of the running one. */
static void restore(struct gateway *g)
{
    struct gw_config *stored = gw_config_new(), running;

    load_startup(g, stored);
    running = *g->cfg;
    *g->cfg = *stored;
    *stored = running;
    gw_config_free(stored);
}

/* Like pulling the plug: peers are not told, and nothing is left of SAs, connections and counters.
 */
void gw_reboot(struct gateway *g)
{
    restore(g);
    gw_vpn_forget(g);
    gw_flows_forget(g);
    neighbors_forget(g->neighbors);
    reassembly_forget(g->fragments);
    gw_log_tcp_forget(g);
    gw_syslog_reset(g->log);
    g->count = (struct gateway_counters){0};
    memset(g->drops, 0, sizeof(g->drops));
    g->drops_cleared = false;
    g->booted = clock_now(g->env.clk);
    g->place = (struct gw_place){.mode = GW_EXEC};
    for (size_t i = 0; i < g->ifs.n; i++)
        g->ifs.v[i].was_up = false;
    gw_configure(g, ~0u);
    gw_msg_startup(g->log);
}

static enum err reload(struct gw_call *call)
{
    struct console *con = call->owner;

    con->quiet = con->moved = true;
    gw_msg_reload(con->g->log);
    gw_send_logs(con->g); /* what is still waiting then is lost */
    gw_reboot(con->g);
    return ERR_OK;
}

static enum err ask_reload(struct gw_call *call)
{
    return gw_ask(call, "Proceed with reload? [confirm] ");
}

static const struct gw_command rows[] = {
    {GW_EXEC, GW_YES, "configure terminal", configure, 0, "Configure from the terminal"},
    {GW_EXEC | GW_USER, GW_YES, "enable", stay, 0, "Turn on privileged commands"},
    {GW_EXEC | GW_USER, GW_YES, "enable <0-15>", stay, 0, NULL},
    {GW_EXEC, GW_YES, "disable", disable, 0, "Leave the privileged mode"},
    {GW_EXEC | GW_USER, GW_YES, "logout", disable, 1, "Log off"},
    {GW_USER, GW_YES, "exit", disable, 1, "Log off"},
    {GW_USER, GW_YES, "quit", disable, 1, NULL},
    {GW_EXEC, GW_YES, "quit", stay, 0, NULL},
    {GW_EXEC | GW_USER, GW_YES, "terminal pager", set_pager, 0, "Lines of a page"},
    {GW_EXEC | GW_USER, GW_YES, "terminal pager <0-2147483647>", set_pager, 0, NULL},
    {GW_EXEC | GW_USER, GW_YES, "terminal pager lines <0-2147483647>", set_pager, 0, NULL},
    {GW_EXEC | GW_USER, GW_YES, "show pager", show_pager, 0, "Lines of a page"},
    {GW_EXEC | GW_USER, GW_YES, "show curpriv", show_mode, 0, "The privilege level"},
    {GW_EXEC, GW_YES, "show startup-config", show_startup, 0, "The stored configuration"},
    {GW_EXEC, GW_YES, "terminal width <0-511>", stay, 0, NULL},
    {GW_EXEC, GW_YES, "write", write_memory, 0, NULL},
    {GW_EXEC, GW_YES, "write memory", write_memory, 0, "Save the configuration"},
    {GW_EXEC, GW_YES, "copy running-config startup-config", write_memory, 0,
     "Save the configuration"},
    {GW_EXEC, GW_YES, "write erase", erase_startup, 0, "Erase the stored configuration"},
    {GW_EXEC, GW_YES, "reload", ask_reload, 0, "Halt and start again"},
    {GW_EXEC, GW_YES, "reload noconfirm", reload, 0, "Reload without asking"},
    {GW_EXEC, GW_YES, "reload quick", ask_reload, 0, NULL},
    {GW_EXEC, GW_YES, "reload quick noconfirm", reload, 0, NULL},
};

const struct gw_command_set gw_exec_commands = {rows, COUNT(rows)};
