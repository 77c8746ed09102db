/* Messages about logging itself. */
#include "gateway/messages.h"

void gw_msg_log_host_down(struct gw_syslog *s, const char *nameif, const struct ip_addr *a,
                          uint16_t port, bool permit)
{
    char addr[IP_ADDR_TEXT];

    gw_log(s, 414003,
           "TCP Syslog Server %s:%s/%u not responding, New connections are %s based on logging "
           "permit-hostdown policy",
           nameif, ip_addr_format(a, addr), port, permit ? "permitted" : "denied");
}

void gw_msg_log_host_up(struct gw_syslog *s, const char *nameif, const struct ip_addr *a,
                        uint16_t port)
{
    char addr[IP_ADDR_TEXT];

    gw_log(s, 414005,
           "TCP Syslog Server %s:%s/%u connected, New connections are permitted based on logging "
           "permit-hostdown policy",
           nameif, ip_addr_format(a, addr), port);
}

void gw_msg_disallowing(struct gw_syslog *s)
{
    gw_log(s, 201008, "Disallowing new connections.");
}
