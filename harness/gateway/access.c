#include "gateway/access.h"

#include "gateway/acl_log.h"

struct gw_msg_packet gw_packet_message(const struct pkt *p)
{
    struct gw_flow_key key = gw_packet_key(p);

    return (struct gw_msg_packet){.proto = key.proto,
                                  .src = key.src,
                                  .dst = key.dst,
                                  .sport = key.sport,
                                  .dport = key.dport,
                                  .tcp_flags = p->kind == PKT_TCP ? p->tcp.flags : 0,
                                  .icmp_type = p->kind == PKT_ICMP ? p->icmp.type : -1,
                                  .icmp_code = p->kind == PKT_ICMP ? p->icmp.code : -1};
}

/* Traffic between equal levels is affected by either command. */
void gw_answer_denied(struct gateway *g, const struct gw_packet *p, size_t out)
{
    int from = g->ifs.v[p->ifi].level, to = g->ifs.v[out].level;

    bool wanted = (from <= to && g->cfg->service.reset_inbound) ||
                  (from >= to && g->cfg->service.reset_outbound);

    if (p->p.kind == PKT_TCP && wanted != gw_fault_on(g->faults, GW_FAULT_RESETS_INVERTED))
        gw_send_reset(g, &p->p);
}

/* --- lists -------------------------------------------------------------------------------------
 */

const struct gw_acl *gw_list_of(const struct gateway *g, size_t ifi, bool out, uint8_t version)
{
    bool apart = !gw_config_since(g->cfg, 9, 0);

    for (size_t i = 0; i < g->cfg->naccess_groups; i++) {
        const struct gw_access_group *a = &g->cfg->access_groups[i];
        const struct gw_acl *list;
        if (a->out != out || strcmp(a->nameif, g->ifs.v[ifi].nameif) != 0)
            continue;
        list = gw_config_acl(g->cfg, a->acl);
        if (list && (!apart || list->ipv6 == (version == 6)))
            return list;
    }
    return NULL;
}

bool gw_list_permits(struct gateway *g, const struct gw_packet *p, size_t out,
                     const struct gw_acl *list, const struct gw_flow_key *key)
{
    struct gw_acl_hit hit = gw_acl_ask(list, key);
    const struct gw_ace *ace = hit.ace == GW_ACE_NONE ? NULL : &list->aces[hit.ace];
    struct gw_msg_packet m = gw_packet_message(&p->p);
    const char *in_if = g->ifs.v[p->ifi].nameif, *out_if = g->ifs.v[out].nameif;

    if (gw_fault_on(g->faults, GW_FAULT_LISTS_IGNORED))
        return true;
    if (ace && ace->log && !gw_fault_on(g->faults, GW_FAULT_NO_PACKET_LOG))
        acl_log_hit(g->acl_log, list, ace, &m, in_if, out_if);
    if (hit.permit)
        return true;
    gw_drop(g, GW_DROP_ACL);
    if ((!ace || (!ace->log && !ace->log_disabled)) &&
        !gw_fault_on(g->faults, GW_FAULT_NO_PACKET_LOG))
        gw_msg_acl_denied(g->log, &m, in_if, out_if, list->name);
    gw_answer_denied(g, p, out);
    return false;
}

/* --- levels ------------------------------------------------------------------------------------
 */

static bool deny_by_level(struct gateway *g, const struct gw_packet *p, size_t out,
                          enum gw_drop why)
{
    struct gw_msg_packet m = gw_packet_message(&p->p);

    if (gw_fault_on(g->faults, GW_FAULT_LISTS_IGNORED))
        return true;
    gw_drop(g, why);
    if (!gw_fault_on(g->faults, GW_FAULT_NO_PACKET_LOG))
        gw_msg_denied_inbound(g->log, &m, g->ifs.v[p->ifi].nameif, g->ifs.v[out].nameif);
    if (out != p->ifi)
        gw_answer_denied(g, p, out);
    return false;
}

bool gw_levels_permit(struct gateway *g, const struct gw_packet *p, size_t out, bool has_list)
{
    int from = g->ifs.v[p->ifi].level, to = g->ifs.v[out].level;

    if (out == p->ifi)
        return g->cfg->same_security_intra || deny_by_level(g, p, out, GW_DROP_SECURITY);
    if (from == to)
        return g->cfg->same_security_inter || deny_by_level(g, p, out, GW_DROP_SECURITY);
    return from > to || has_list || deny_by_level(g, p, out, GW_DROP_ACL);
}
