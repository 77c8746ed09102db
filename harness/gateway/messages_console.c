/* Messages about storing and reloading at the console. */
#include "gateway/messages.h"

void gw_msg_config_stored(struct gw_syslog *s)
{
    gw_log(s, 111001, "Begin configuration: console writing to memory");
    gw_log(s, 111004, "console end configuration: OK");
}

void gw_msg_reload(struct gw_syslog *s)
{
    gw_log(s, 199001, "Reload command executed from console (remote 0.0.0.0).");
}

void gw_msg_startup(struct gw_syslog *s)
{
    gw_log(s, 199002, "Startup completed.  Beginning operation.");
}
