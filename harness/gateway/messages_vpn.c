/* Messages about IPsec SAs, ESP packets, IKE and sessions. */
#include "gateway/messages.h"

#include "gateway/vpn_words.h"

#include <stdio.h>

static void log_sa(struct gw_syslog *s, uint32_t id, const struct gw_msg_sa *sa, const char *what)
{
    char local[IP_ADDR_TEXT], peer[IP_ADDR_TEXT];

    if (!gw_log_wants(s, id))
        return;
    ip_addr_format(&sa->peer, peer);
    /* for LAN-to-LAN the user is the peer's address */
    gw_log(s, id, "IPSEC: An %s %s SA (SPI= 0x%08X) between %s and %s (user= %.64s) %s",
           sa->inbound ? "inbound" : "outbound", sa->remote ? "remote access" : "LAN-to-LAN",
           sa->spi, ip_addr_format(&sa->local, local), peer, sa->user ? sa->user : peer, what);
}

void gw_msg_sa_created(struct gw_syslog *s, const struct gw_msg_sa *sa)
{
    log_sa(s, 602303, sa, "has been created.");
}

void gw_msg_sa_deleted(struct gw_syslog *s, const struct gw_msg_sa *sa)
{
    log_sa(s, 602304, sa, "has been deleted.");
}

void gw_msg_sa_seq_rollover(struct gw_syslog *s, const struct gw_msg_sa *sa)
{
    log_sa(s, 702305, sa, "is rekeying due to sequence number rollover.");
}

void gw_msg_sa_rekey_data(struct gw_syslog *s, const struct gw_msg_sa *sa)
{
    log_sa(s, 702307, sa, "is rekeying due to data rollover.");
}

void gw_msg_esp_bad_spi(struct gw_syslog *s, const struct gw_msg_esp *e)
{
    char local[IP_ADDR_TEXT], peer[IP_ADDR_TEXT];

    if (gw_log_wants(s, 402114))
        gw_log(s, 402114,
               "IPSEC: Received an ESP packet (SPI= 0x%08X, sequence number= 0x%X) from %s to %s "
               "with an invalid SPI.",
               e->spi, e->seq, ip_addr_format(&e->peer, peer), ip_addr_format(&e->local, local));
}

static void log_esp(struct gw_syslog *s, uint32_t id, const struct gw_msg_esp *e, const char *what)
{
    char local[IP_ADDR_TEXT], peer[IP_ADDR_TEXT];

    ip_addr_format(&e->peer, peer);
    gw_log(s, id,
           "IPSEC: Received an ESP packet (SPI= 0x%08X, sequence number= 0x%X) from %s (user= %s) "
           "to %s%s",
           e->spi, e->seq, peer, peer, ip_addr_format(&e->local, local), what);
}

#define NET_TEXT 96

/* "10.224.228.0/255.255.255.128" */
static char *net_text(const struct ip_net *net, char out[static NET_TEXT])
{
    char addr[IP_ADDR_TEXT], mask[IP_ADDR_TEXT];

    snprintf(out, NET_TEXT, "%s/%s", ip_addr_format(&net->addr, addr), vpn_mask(net, mask));
    return out;
}

void gw_msg_esp_bad_inner(struct gw_syslog *s, const struct gw_msg_esp *e,
                          const struct gw_msg_packet *inner, const struct ip_net *local,
                          const struct ip_net *remote)
{
    char what[512], dst[IP_ADDR_TEXT], src[IP_ADDR_TEXT], l[NET_TEXT], r[NET_TEXT];

    if (!gw_log_wants(s, 402116))
        return;
    snprintf(what, sizeof(what),
             ".  The decapsulated inner packet doesn't match the negotiated policy in the SA.  The "
             "packet specifies its destination as %s, its source as %s, and its protocol as %u.  "
             "The SA specifies its local proxy as %s/0/0 and its remote_proxy as %s/0/0.",
             ip_addr_format(&inner->dst, dst), ip_addr_format(&inner->src, src), inner->proto,
             net_text(local, l), net_text(remote, r));
    log_esp(s, 402116, e, what);
}

void gw_msg_not_esp(struct gw_syslog *s, const struct ip_addr *peer, const struct ip_addr *local,
                    const char *actual)
{
    char from[IP_ADDR_TEXT], to[IP_ADDR_TEXT];

    if (gw_log_wants(s, 402115))
        gw_log(s, 402115,
               "IPSEC: Received a packet from %s to %s containing %s data instead of ESP data.",
               ip_addr_format(peer, from), ip_addr_format(local, to), actual);
}

void gw_msg_esp_replayed(struct gw_syslog *s, const struct gw_msg_esp *e)
{
    if (gw_log_wants(s, 402119))
        log_esp(s, 402119, e, " that failed anti-replay checking.");
}

void gw_msg_esp_bad_icv(struct gw_syslog *s, const struct gw_msg_esp *e)
{
    if (gw_log_wants(s, 402120))
        log_esp(s, 402120, e, " that failed authentication.");
}

#define WHO_TEXT 240

/* "Group = G, IP = P, "; before the group is known only the address; with the user, if there is
 * one.
 */
static char *who(const struct gw_msg_ike *k, char out[static WHO_TEXT])
{
    char peer[IP_ADDR_TEXT];

    ip_addr_format(&k->peer, peer);
    if (k->group && k->user)
        snprintf(out, WHO_TEXT, "Group = %.64s, Username = %.64s, IP = %s, ", k->group, k->user,
                 peer);
    else if (k->group)
        snprintf(out, WHO_TEXT, "Group = %.64s, IP = %s, ", k->group, peer);
    else
        snprintf(out, WHO_TEXT, "IP = %s, ", peer);
    return out;
}

static const char *proxy(const struct ip_addr *a, char out[static IP_ADDR_TEXT])
{
    return a ? ip_addr_format(a, out) : "N/A";
}

void gw_msg_ike_initiating(struct gw_syslog *s, const struct gw_msg_ike *k, unsigned phase,
                           bool rekey, const char *nameif, const struct ip_addr *local_proxy,
                           const struct ip_addr *remote_proxy, const char *map)
{
    char w[WHO_TEXT], peer[IP_ADDR_TEXT], local[IP_ADDR_TEXT], remote[IP_ADDR_TEXT];

    if (gw_log_wants(s, 713041))
        gw_log(s, 713041,
               "%sIKE Initiator: %s Phase %u, Intf %s, IKE Peer %s  local Proxy Address %s, remote "
               "Proxy Address %s,  Crypto map (%s)",
               who(k, w), rekey ? "Rekeying" : "New", phase, nameif, ip_addr_format(&k->peer, peer),
               proxy(local_proxy, local), proxy(remote_proxy, remote), map ? map : "N/A");
}

void gw_msg_phase1_done(struct gw_syslog *s, const struct gw_msg_ike *k)
{
    char w[WHO_TEXT];

    gw_log(s, 713119, "%sPHASE 1 COMPLETED", who(k, w));
}

void gw_msg_phase2_spis(struct gw_syslog *s, const struct gw_msg_ike *k, bool initiator,
                        uint32_t in_spi, uint32_t out_spi)
{
    char w[WHO_TEXT], peer[IP_ADDR_TEXT];
    const char *name = k->user ? k->user : k->group ? k->group : ip_addr_format(&k->peer, peer);

    gw_log(s, 713049,
           "%sSecurity negotiation complete for %s (%.64s)  %s, Inbound SPI = 0x%08x, Outbound SPI "
           "= 0x%08x",
           who(k, w), k->user ? "User" : "LAN-to-LAN Group", name,
           initiator ? "Initiator" : "Responder", in_spi, out_spi);
}

void gw_msg_phase2_done(struct gw_syslog *s, const struct gw_msg_ike *k, uint32_t message_id)
{
    char w[WHO_TEXT];

    gw_log(s, 713120, "%sPHASE 2 COMPLETED (msgid=%08x)", who(k, w), message_id);
}

void gw_msg_phase2_ended(struct gw_syslog *s, const struct gw_msg_ike *k, const char *reason,
                         const struct ip_addr *remote_proxy, const struct ip_addr *local_proxy)
{
    char w[WHO_TEXT], peer[IP_ADDR_TEXT], remote[IP_ADDR_TEXT], local[IP_ADDR_TEXT];

    gw_log(s, 713050,
           "%sConnection terminated for peer %s.  Reason: %s  Remote Proxy %s, Local Proxy %s",
           who(k, w), ip_addr_format(&k->peer, peer), reason, proxy(remote_proxy, remote),
           proxy(local_proxy, local));
}

void gw_msg_ike_deleting_sa(struct gw_syslog *s, const struct gw_msg_ike *k,
                            const struct ip_addr *remote_proxy, const struct ip_addr *local_proxy)
{
    char w[WHO_TEXT], remote[IP_ADDR_TEXT], local[IP_ADDR_TEXT];

    gw_log(s, 715009, "%sIKE Deleting SA: Remote Proxy %s, Local Proxy %s", who(k, w),
           proxy(remote_proxy, remote), proxy(local_proxy, local));
}

void gw_msg_no_crypto_map(struct gw_syslog *s, const struct gw_msg_ike *k,
                          const struct ip_net *remote, const struct ip_net *local, uint8_t proto,
                          uint16_t port, const char *nameif)
{
    char w[WHO_TEXT], r[NET_TEXT], l[NET_TEXT];

    gw_log(s, 713061,
           "%sRejecting IPSec tunnel: no matching crypto map entry for remote proxy %s/%u/%u local "
           "proxy %s/%u/%u on interface %s",
           who(k, w), net_text(remote, r), proto, port, net_text(local, l), proto, port, nameif);
}

void gw_msg_dpd_lost(struct gw_syslog *s, const struct gw_msg_ike *k)
{
    char w[WHO_TEXT];

    gw_log(s, 713123,
           "%sIKE lost contact with remote peer, deleting connection (keepalive type: DPD)",
           who(k, w));
}

void gw_msg_session_down(struct gw_syslog *s, const struct gw_msg_ike *k, const char *reason)
{
    char w[WHO_TEXT];

    gw_log(s, 713259, "%sSession is being torn down. Reason: %s", who(k, w), reason);
}

void gw_msg_duplicate_packet(struct gw_syslog *s, const struct gw_msg_ike *k, unsigned phase)
{
    char w[WHO_TEXT];

    if (phase)
        gw_log(s, 713201, "%sDuplicate Phase %u packet detected.  Retransmitting last packet.",
               who(k, w), phase);
    else
        gw_log(s, 713202, "%sDuplicate first packet detected.  Ignoring packet.", who(k, w));
}

void gw_msg_notify(struct gw_syslog *s, const struct gw_msg_ike *k, const char *name, unsigned type)
{
    char w[WHO_TEXT];

    gw_log(s, 713068, "%sReceived non-routine Notify message: %s (%u)", who(k, w), name, type);
}

static void lifetime_changed(struct gw_syslog *s, uint32_t id, const struct gw_msg_ike *k,
                             const char *what, uint64_t from, uint64_t to)
{
    bool by_us = id == 713075 || id == 713076, kb = id == 713074 || id == 713076;

    gw_msg_ike_text(s, id, k, "%s %s rekeying duration from %llu to %llu %s",
                    by_us ? "Overriding Initiator's" : "Responder forcing change of", what,
                    (unsigned long long)from, (unsigned long long)to, kb ? "Kbs" : "seconds");
}

void gw_msg_lifetime_changed(struct gw_syslog *s, const struct gw_msg_ike *k, bool by_us,
                             unsigned phase, uint64_t from_s, uint64_t to_s)
{
    lifetime_changed(s, by_us ? 713075 : 713073, k, phase == 1 ? "IKE" : "IPSec", from_s, to_s);
}

void gw_msg_volume_changed(struct gw_syslog *s, const struct gw_msg_ike *k, bool by_us,
                           uint64_t from_kb, uint64_t to_kb)
{
    lifetime_changed(s, by_us ? 713076 : 713074, k, "IPSec", from_kb, to_kb);
}

void gw_msg_ike_timeout(struct gw_syslog *s, const struct gw_msg_ike *k, const char *state)
{
    char w[WHO_TEXT];

    gw_log(s, 713136, "%sIKE session establishment timed out [%s], aborting!", who(k, w), state);
}

void gw_msg_ike_text(struct gw_syslog *s, uint32_t id, const struct gw_msg_ike *k, const char *fmt,
                     ...)
{
    char w[WHO_TEXT], text[512];
    va_list ap;

    if (!gw_log_wants(s, id))
        return;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    gw_log(s, id, "%s%s", who(k, w), text);
}

void gw_msg_session_end(struct gw_syslog *s, const struct gw_msg_ike *k, const char *type,
                        struct span duration, uint64_t bytes_sent, uint64_t bytes_received,
                        const char *reason)
{
    char peer[IP_ADDR_TEXT], days[32] = "";
    int64_t t = duration.ns / 1000000000;
    const char *group;

    ip_addr_format(&k->peer, peer);
    group = k->group ? k->group : peer;
    if (t >= 86400)
        snprintf(days, sizeof(days), "%lldd ", (long long)(t / 86400));
    gw_log(s, 113019,
           "Group = %.64s, Username = %.64s, IP = %s, Session disconnected. Session Type: "
           "%s, Duration: %s%dh:%02dm:%02ds, Bytes xmt: %llu, Bytes rcv: %llu, Reason: %s",
           group, k->user ? k->user : group, peer, type, days, (int)(t / 3600 % 24),
           (int)(t / 60 % 60), (int)(t % 60), (unsigned long long)bytes_sent,
           (unsigned long long)bytes_received, reason);
}
