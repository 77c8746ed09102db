/* show logging setting, show logging message. */
#include "gateway/console.h"

static enum err show_setting(struct gw_call *call)
{
    gw_syslog_show_setting(gateway_of(call)->log, call->answer);
    return ERR_OK;
}

enum { CHANGED, ONE, ALL };

static enum err show_message(struct gw_call *call)
{
    const struct gw_syslog *s = gateway_of(call)->log;

    if (call->what == CHANGED)
        gw_syslog_show_changed(s, call->answer);
    else if (call->what == ALL)
        gw_syslog_show_messages(s, call->answer);
    else if (!gw_syslog_show_message(s, call->args[0].number, call->answer))
        return gw_refuse(call, "%% Invalid syslog message id");
    return ERR_OK;
}

static const struct gw_command rows[] = {
    {GW_EXEC, GW_YES, "show logging setting", show_setting, 0, "Settings of the log"},
    {GW_EXEC, GW_YES, "show logging message", show_message, CHANGED, "Messages that were changed"},
    {GW_EXEC, GW_YES, "show logging message <100000-999999>", show_message, ONE, NULL},
    {GW_EXEC, GW_YES, "show logging message all", show_message, ALL, NULL},
};

const struct gw_command_set gw_show_logging_commands = {rows, COUNT(rows)};
