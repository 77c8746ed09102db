/* show xlate, show local-host. */
#include "gateway/console.h"

enum { PLAIN, DETAIL, COUNT_ONLY };

static enum err show_xlate(struct gw_call *call)
{
    const struct xlates *t = nat_xlates(gateway_of(call)->nat);

    if (call->what == COUNT_ONLY)
        xlates_show_count(t, call->answer);
    else
        xlates_show(t, call->what == DETAIL ? XLATE_SHOW_DETAIL : XLATE_SHOW_PLAIN, call->answer);
    return ERR_OK;
}

/* WHAT: with the hosts' connections */
static enum err show_hosts(struct gw_call *call)
{
    const struct gateway *g = gateway_of(call);
    const struct ip_addr *only = call->nargs ? &call->args[0].addr : NULL;

    for (size_t i = 0; i < g->ifs.n; i++) {
        if (g->ifs.v[i].up)
            conns_show_hosts(g->conns, i, only, call->answer);
    }
    return ERR_OK;
}

#define SHOW(pattern, run, what, help)                                                             \
    {                                                                                              \
        GW_EXEC, GW_YES, "show " pattern, run, what, help                                          \
    }

static const struct gw_command rows[] = {
    SHOW("xlate", show_xlate, PLAIN, "Translations"),
    SHOW("xlate detail", show_xlate, DETAIL, "In detail"),
    SHOW("xlate count", show_xlate, COUNT_ONLY, "How many there are"),
    SHOW("local-host", show_hosts, 0, "Hosts and their connections"),
    SHOW("local-host all", show_hosts, 0, NULL),
    SHOW("local-host ADDR", show_hosts, 0, "One host"),
};

const struct gw_command_set gw_xlate_commands = {rows, COUNT(rows)};
