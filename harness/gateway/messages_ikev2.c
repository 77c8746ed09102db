#include "gateway/messages_ikev2.h"

#include "gateway/messages.h"

#include <stdio.h>

#define WHO_TEXT   256
#define RANGE_TEXT 160

/* "Local:10.1.1.1:500 Remote:10.2.2.2:500 Username:10.2.2.2 " */
static const char *who(const struct gw_msg_ikev2 *k, char out[static WHO_TEXT])
{
    char local[IP_ADDR_TEXT], peer[IP_ADDR_TEXT];

    snprintf(out, WHO_TEXT, "Local:%s:%u Remote:%s:%u Username:%.64s ",
             ip_addr_format(&k->local.addr, local), k->local.port,
             ip_addr_format(&k->peer.addr, peer), k->peer.port, k->user ? k->user : "Unknown");
    return out;
}

/* The last address of N. */
static struct ip_addr last_of(const struct ip_net *n)
{
    struct ip_addr a = n->addr;

    for (unsigned bit = n->prefix; bit < (a.family == 4 ? 32U : 128U); bit++)
        a.b[bit / 8] |= (uint8_t)(0x80U >> bit % 8);
    return a;
}

static const char *range_text(const struct gw_msg_range *r, char out[static RANGE_TEXT])
{
    char first[IP_ADDR_TEXT], last[IP_ADDR_TEXT];
    struct ip_addr end = last_of(&r->net);

    snprintf(out, RANGE_TEXT, "Address Range: %s-%s Protocol: %u Port Range: %u-%u",
             ip_addr_format(&r->net.addr, first), ip_addr_format(&end, last), r->proto, r->port,
             r->port ? r->port : UINT16_MAX);
    return out;
}

void gw_msg_ikev2_asked(struct gw_syslog *s, const struct gw_msg_ikev2 *k, const char *what,
                        const struct gw_msg_range *local, const struct gw_msg_range *remote)
{
    char w[WHO_TEXT], l[RANGE_TEXT], r[RANGE_TEXT];

    if (gw_log_wants(s, 750001))
        gw_log(s, 750001,
               "%sIKEv2 Received request to %s an IPsec tunnel; local traffic selector = %s; "
               "remote traffic selector = %s",
               who(k, w), what, range_text(local, l), range_text(remote, r));
}

void gw_msg_ikev2_init(struct gw_syslog *s, const struct gw_msg_ikev2 *k)
{
    char w[WHO_TEXT];

    gw_log(s, 750002, "%sIKEv2 Received a IKE_INIT_SA request", who(k, w));
}

void gw_msg_ikev2_aborted(struct gw_syslog *s, const struct gw_msg_ikev2 *k, const char *error)
{
    char w[WHO_TEXT];

    gw_log(s, 750003, "%sIKEv2 Negotiation aborted due to ERROR: %s", who(k, w), error);
}

void gw_msg_ikev2_cookie(struct gw_syslog *s, const struct gw_msg_ikev2 *k)
{
    char w[WHO_TEXT];

    gw_log(s, 750004, "%sIKEv2 Sending COOKIE challenge to throttle possible DoS", who(k, w));
}

void gw_msg_ikev2_collision(struct gw_syslog *s, const struct gw_msg_ikev2 *k, uint32_t spi)
{
    char w[WHO_TEXT];

    gw_log(s, 750005,
           "%sIKEv2 IPsec rekey collision detected. I am lowest nonce initiator, deleting SA with "
           "inbound SPI 0x%08x",
           who(k, w), spi);
}

void gw_msg_ikev2_up(struct gw_syslog *s, const struct gw_msg_ikev2 *k, const char *reason)
{
    char w[WHO_TEXT];

    gw_log(s, 750006, "%sIKEv2 SA UP. Reason: %s", who(k, w), reason);
}

void gw_msg_ikev2_down(struct gw_syslog *s, const struct gw_msg_ikev2 *k, const char *reason)
{
    char w[WHO_TEXT];

    gw_log(s, 750007, "%sIKEv2 SA DOWN. Reason: %s", who(k, w), reason);
}

void gw_msg_ikev2_restarted(struct gw_syslog *s, const struct gw_msg_ikev2 *k)
{
    char w[WHO_TEXT], local[IP_ADDR_TEXT], peer[IP_ADDR_TEXT];

    ip_addr_format(&k->local.addr, local);
    ip_addr_format(&k->peer.addr, peer);
    gw_log(s, 750014,
           "%sIKEv2 Session aborted. Reason: Initial Contact received for Local ID: %s, Remote "
           "ID: %s from remote peer: %s:%u to %s:%u",
           who(k, w), local, peer, peer, k->peer.port, local, k->local.port);
}

void gw_msg_ikev2_no_group(struct gw_syslog *s, const struct gw_msg_ikev2 *k)
{
    char w[WHO_TEXT];

    gw_log(s, 751009, "%sIKEv2 Unable to find tunnel group for peer.", who(k, w));
}

/* "10.1.0.0/10.1.255.255/0/65535/0" */
static const char *selector_text(const struct gw_msg_range *r, char out[static RANGE_TEXT])
{
    char first[IP_ADDR_TEXT], last[IP_ADDR_TEXT];
    struct ip_addr end = last_of(&r->net);

    snprintf(out, RANGE_TEXT, "%s/%s/%u/%u/%u", ip_addr_format(&r->net.addr, first),
             ip_addr_format(&end, last), r->port, r->port ? r->port : UINT16_MAX, r->proto);
    return out;
}

void gw_msg_ikev2_no_policy(struct gw_syslog *s, const struct gw_msg_ikev2 *k,
                            const struct gw_msg_range *local, const struct gw_msg_range *remote)
{
    char w[WHO_TEXT], l[RANGE_TEXT], r[RANGE_TEXT];

    gw_log(s, 751022,
           "%sIKEv2 Tunnel rejected: Crypto Map Policy not found for remote traffic selector %s "
           "local traffic selector %s!",
           who(k, w), selector_text(remote, r), selector_text(local, l));
}
