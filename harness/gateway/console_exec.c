/* Commands of the privileged mode that show nothing: modes, storing, reloading. */
#include "gateway/console.h"

#include "base/mem.h"
#include "gateway/config_parts.h"

static enum err configure(struct gw_call *call)
{
    ((struct console *)call->owner)->moved = true;
    *call->place = (struct gw_place){.mode = GW_CONFIG};
    return ERR_OK;
}

/* enable, and exit at the prompt itself: a console has nowhere to go */
static enum err stay(struct gw_call *call)
{
    ((struct console *)call->owner)->quiet = true;
    *call->place = (struct gw_place){.mode = GW_EXEC};
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

    gw_store(g);
    buf_addf(call->answer, "Building configuration...\n%zu bytes copied in 0.10 secs\n[OK]\n",
             g->startup.n);
    return ERR_OK;
}

static enum err erase_startup(struct gw_call *call)
{
    struct gateway *g = gateway_of(call);

    mem_wipe(g->startup.s, g->startup.n);
    buf_clear(&g->startup);
    buf_adds(call->answer, "[OK]\n");
    return ERR_OK;
}

/* The configuration as it was stored takes the place of the running one. */
static void restore(struct gateway *g)
{
    struct gw_config *stored = gw_config_new(), running;
    struct diag why = {0};

    if (g->cfg->version_fixed) {
        gw_config_set_version(stored, g->cfg->platform, g->cfg->version);
        stored->version_fixed = true;
    }
    if (gw_config_load(stored, "startup-config", buf_bytes(&g->startup), NULL, &why))
        log_say(g->env.log, LOG_WARN, "gateway", "startup-config: %s", why.text);
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
    gw_syslog_reset(g->log);
    g->count = (struct gateway_counters){0};
    memset(g->drops, 0, sizeof(g->drops));
    g->drops_cleared = false;
    g->booted = clock_now(g->env.clk);
    g->place = (struct gw_place){.mode = GW_EXEC};
    for (size_t i = 0; i < g->ifs.n; i++)
        g->ifs.v[i].was_up = false;
    gw_configure(g, ~0u);
}

static enum err reload(struct gw_call *call)
{
    struct console *con = call->owner;

    con->quiet = con->moved = true;
    gw_reboot(con->g);
    return ERR_OK;
}

static const struct gw_command rows[] = {
    {GW_EXEC, GW_YES, "configure terminal", configure, 0, "Configure from the terminal"},
    {GW_EXEC, GW_YES, "enable", stay, 0, NULL},
    {GW_EXEC, GW_YES, "terminal pager <0-2147483647>", stay, 0, NULL},
    {GW_EXEC, GW_YES, "terminal width <0-511>", stay, 0, NULL},
    {GW_EXEC, GW_YES, "write", write_memory, 0, NULL},
    {GW_EXEC, GW_YES, "write memory", write_memory, 0, "Save the configuration"},
    {GW_EXEC, GW_YES, "copy running-config startup-config", write_memory, 0,
     "Save the configuration"},
    {GW_EXEC, GW_YES, "write erase", erase_startup, 0, "Erase the stored configuration"},
    {GW_EXEC, GW_YES, "reload", reload, 0, "Halt and start again"},
    {GW_EXEC, GW_YES, "reload noconfirm", reload, 0, "Reload without asking"},
    {GW_EXEC, GW_YES, "reload quick", reload, 0, NULL},
    {GW_EXEC, GW_YES, "reload quick noconfirm", reload, 0, NULL},
};

const struct gw_command_set gw_exec_commands = {rows, COUNT(rows)};
