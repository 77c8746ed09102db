/* Messages about what is done at the console. */
#include "gateway/messages.h"

void gw_msg_config_stored(struct gw_syslog *s)
{
    gw_log(s, 111001, "Begin configuration: console writing to memory");
    gw_log(s, 111004, "console end configuration: OK");
}

void gw_msg_config_erased(struct gw_syslog *s)
{
    gw_log(s, 111003, "console Erase configuration");
}

void gw_msg_config_begin(struct gw_syslog *s)
{
    gw_log(s, 111007, "Begin configuration: console reading from terminal");
}

void gw_msg_config_end(struct gw_syslog *s)
{
    gw_log(s, 111005, "console end configuration: OK");
}

void gw_msg_conn_counts(struct gw_syslog *s, size_t in_use, size_t most_used)
{
    gw_log(s, 302010, "%zu in use, %zu most used", in_use, most_used);
}

void gw_msg_reload(struct gw_syslog *s)
{
    gw_log(s, 199001, "Reload command executed from console (remote 0.0.0.0).");
}

void gw_msg_startup(struct gw_syslog *s)
{
    gw_log(s, 199002, "Startup completed.  Beginning operation.");
}
