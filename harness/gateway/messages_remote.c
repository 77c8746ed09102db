/* Messages about remote access: users, addresses, hardware clients, AnyConnect sessions.
 *
 * Where the texts are from: 113xxx, 713132 to 713206, 716xxx and 722xxx from Cisco's message
 * guides; 722022, 722023, 722037, 722051 and the brackets of 716xxx from real lines, which have <>
 * where the guides have nothing. 713228 stood in the guides of 8.x and is no more in the later
 * ones. What an ASA 8.2 prints for 722051 in front of the address is the form of 9.x here. */
#include "gateway/messages.h"

#include "gateway/vpn_words.h"

#include <stdio.h>

void gw_msg_user_accepted(struct gw_syslog *s, const char *user)
{
    gw_log(s, 113012, "AAA user authentication Successful : local database : user = %.64s", user);
    gw_log(s, 113008, "AAA transaction status ACCEPT : user = %.64s", user);
}

void gw_msg_user_policy(struct gw_syslog *s, const char *user, const char *policy)
{
    gw_log(s, 113009, "AAA retrieved default group policy (%.64s) for user = %.64s", policy, user);
}

void gw_msg_user_rejected(struct gw_syslog *s, const char *user, const char *reason)
{
    gw_log(s, 113015,
           "AAA user authentication Rejected : reason = %s : local database : user = %.64s", reason,
           user);
}

void gw_msg_login_failed(struct gw_syslog *s, const struct gw_msg_ike *k)
{
    gw_msg_ike_text(s, 713167, k,
                    "Remote peer has failed user authentication - check configured username and "
                    "password");
}

void gw_msg_protocol_refused(struct gw_syslog *s, const struct gw_msg_ike *k)
{
    gw_msg_ike_text(s, 713206, k,
                    "Tunnel Rejected: Conflicting protocols specified by tunnel-group and "
                    "group-policy");
}

void gw_msg_client_type(struct gw_syslog *s, const struct gw_msg_ike *k, const char *version)
{
    gw_msg_ike_text(s, 713184, k, "Client Type: %s  Client Application Version: %.128s",
                    version[0] ? "Client" : "N/A", version[0] ? version : "N/A");
}

void gw_msg_no_address(struct gw_syslog *s, const struct gw_msg_ike *k)
{
    gw_msg_ike_text(s, 713132, k, "Cannot obtain an IP address for remote peer");
}

void gw_msg_address_assigned(struct gw_syslog *s, const struct gw_msg_ike *k,
                             const struct ip_addr *a)
{
    char text[IP_ADDR_TEXT];

    gw_msg_ike_text(s, 713228, k, "Assigned private IP address %s to remote user",
                    ip_addr_format(a, text));
}

void gw_msg_nem_refused(struct gw_syslog *s, const struct gw_msg_ike *k)
{
    gw_msg_ike_text(s, 713174, k,
                    "Hardware Client connection rejected! Network Extension Mode is not allowed "
                    "for this group!");
}

void gw_msg_nem_route(struct gw_syslog *s, const struct gw_msg_ike *k, const struct ip_net *net,
                      bool add)
{
    char addr[IP_ADDR_TEXT], mask[IP_ADDR_TEXT];

    gw_msg_ike_text(s, add ? 713145 : 713147, k,
                    "%s Hardware Client in network extension mode, %s static route for address: "
                    "%s, mask: %s",
                    add ? "Detected" : "Terminating tunnel to", add ? "adding" : "deleting",
                    ip_addr_format(&net->addr, addr), vpn_mask(net, mask));
}

/* --- AnyConnect --------------------------------------------------------------------------------
 */

#define WHO_TEXT 240

static char *who(const struct gw_msg_ssl *k, char out[static WHO_TEXT])
{
    char peer[IP_ADDR_TEXT];

    snprintf(out, WHO_TEXT, "Group <%.64s> User <%.64s> IP <%s>", k->group, k->user,
             ip_addr_format(&k->peer, peer));
    return out;
}

void gw_msg_ssl_up(struct gw_syslog *s, const struct gw_msg_ssl *k, const struct ip_addr *assigned)
{
    char w[WHO_TEXT], a[IP_ADDR_TEXT];

    who(k, w);
    gw_log(s, 716001, "%s WebVPN session started.", w);
    gw_log(s, 113039, "%s AnyConnect parent session started.", w);
    gw_log(s, 722022, "%s TCP SVC connection established without compression", w);
    gw_log(s, 722051, "%s IPv4 Address <%s> IPv6 address <::> assigned to session", w,
           ip_addr_format(assigned, a));
}

void gw_msg_ssl_down(struct gw_syslog *s, const struct gw_msg_ssl *k, const char *reason)
{
    char w[WHO_TEXT];

    who(k, w);
    gw_log(s, 722037, "%s SVC closing connection: %s.", w, reason);
    gw_log(s, 722023, "%s TCP SVC connection terminated without compression", w);
    gw_log(s, 716002, "%s WebVPN session terminated: %s.", w, reason);
}
