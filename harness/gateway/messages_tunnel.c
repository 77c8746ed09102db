/* Messages of the tunnel manager, and about packets that tunnels drop. */
#include "gateway/messages.h"

#include "wire/ip.h"

/* Two forms of the map's number: "Map Tag = M." here, "Map Tag= M." in 752015 (the manual and real
 * lines agree on both). */
static bool has_manager(const struct gw_syslog *s)
{
    return gw_syslog_forms(s).tunnel_manager;
}

void gw_msg_tunnel_wanted(struct gw_syslog *s, const struct gw_msg_map *m, unsigned version,
                          bool has_ikev2)
{
    if (!has_manager(s))
        return;
    gw_log(s, version == 2 ? 752003 : 752004,
           "Tunnel Manager dispatching a KEY_ACQUIRE message to IKEv%u. Map Tag = %s. Map Sequence "
           "Number = %u.",
           version, m->map, m->seq);
    if (!has_ikev2)
        gw_log(s, 752010, "IKEv2 Doesn't have a proposal specified");
}

void gw_msg_tunnel_made(struct gw_syslog *s, const struct gw_msg_map *m, unsigned version)
{
    if (has_manager(s))
        gw_log(s, 752016,
               "IKEv%u was successful at setting up a tunnel. Map Tag = %s. Map Sequence Number = "
               "%u.",
               version, m->map, m->seq);
}

void gw_msg_tunnel_failed(struct gw_syslog *s, const struct gw_msg_map *m, unsigned version,
                          bool last)
{
    if (!has_manager(s))
        return;
    gw_log(s, 752012,
           "IKEv%u was unsuccessful at setting up a tunnel. Map Tag = %s. Map Sequence Number = "
           "%u.",
           version, m->map, m->seq);
    if (!last)
        return;
    gw_log(
        s, 752015,
        "Tunnel Manager has failed to establish an L2L SA. All configured IKE versions failed to "
        "establish the tunnel. Map Tag= %s. Map Sequence Number = %u.",
        m->map, m->seq);
}

void gw_msg_esp_dropped(struct gw_syslog *s, const struct gw_msg_esp *e, const char *reason)
{
    char peer[IP_ADDR_TEXT], local[IP_ADDR_TEXT];

    if (!gw_log_wants(s, 402121))
        return;
    ip_addr_format(&e->peer, peer);
    gw_log(
        s, 402121,
        "IPSEC: Received an ESP packet (SPI= 0x%08X, sequence number= 0x%X) from %s (user= %s) to "
        "%s that was dropped by IPsec (%s).",
        e->spi, e->seq, peer, peer, ip_addr_format(&e->local, local), reason);
}

void gw_msg_clear_dropped(struct gw_syslog *s, const struct gw_msg_packet *p, const char *reason)
{
    char src[IP_ADDR_TEXT], dst[IP_ADDR_TEXT];

    if (gw_log_wants(s, 402122))
        gw_log(
            s, 402122,
            "Received a cleartext packet from %s to %s that was to be encapsulated in IPsec that "
            "was dropped by IPsec (%s).",
            ip_addr_format(&p->src, src), ip_addr_format(&p->dst, dst), reason);
}

void gw_msg_rekey_timer(struct gw_syslog *s, const struct gw_msg_ike *k, uint32_t seconds)
{
    char peer[IP_ADDR_TEXT];

    if (gw_log_wants(s, 715080))
        gw_log(s, 715080, "Group = %.64s, IP = %s, Starting P2 rekey timer: %u seconds.",
               k->group ? k->group : ip_addr_format(&k->peer, peer), ip_addr_format(&k->peer, peer),
               seconds);
}

void gw_msg_no_egress(struct gw_syslog *s, const struct gw_msg_packet *p, const char *src_if)
{
    char src[IP_ADDR_TEXT], dst[IP_ADDR_TEXT];
    const char *proto = p->proto == IP_TCP    ? "TCP"
                        : p->proto == IP_UDP  ? "UDP"
                        : p->proto == IP_ICMP ? "ICMP"
                                              : "IP";

    if (gw_log_wants(s, 110002))
        gw_log(s, 110002, "Failed to locate egress interface for %s from %s:%s/%u to %s/%u", proto,
               src_if, ip_addr_format(&p->src, src), p->sport, ip_addr_format(&p->dst, dst),
               p->dport);
}
