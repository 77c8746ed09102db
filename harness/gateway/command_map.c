/* crypto map. */
#include "gateway/command_parts.h"
#include "gateway/config_parts.h"

enum { DYNAMIC = 0x1000 }; /* in a row's `what`: it is about a dynamic map */

static struct gw_map_entry *entry(struct gw_call *call)
{
    call->changed |= GW_CHANGED_MAP;
    if (call->what & DYNAMIC)
        return gw_config_make_dynamic(call->cfg, call->args[0].word, call->args[1].number);
    return gw_config_make_map(call->cfg, call->args[0].word, call->args[1].number);
}

/* What the device says while an entry lacks one of the three things it needs. */
static enum err finish(struct gw_call *call, const struct gw_map_entry *m)
{
    if (call->what & DYNAMIC || m->dynamic[0])
        return ERR_OK;
    if (!m->acl[0] || !m->npeers || (!m->nsets && !m->nproposals))
        buf_adds(call->answer, "WARNING: The crypto map entry is incomplete!\n");
    return ERR_OK;
}

static enum err match_address(struct gw_call *call)
{
    struct gw_map_entry *m = entry(call);

    (void)gw_name_set(m->acl, call->no ? "" : call->args[2].word);
    return finish(call, m);
}

static size_t find_peer(const struct gw_map_entry *m, const struct ip_addr *a)
{
    size_t i = 0;

    while (i < m->npeers && !ip_addr_eq(&m->peers[i], a))
        i++;
    return i;
}

/* set peer A [A ...]: adds; "no set peer [A ...]" removes these, or all */
static enum err set_peer(struct gw_call *call)
{
    struct ip_addr peers[GW_MAP_PEERS];
    struct gw_words *w = call->rest;
    size_t n = 0;

    while (gw_peek(w) && n < GW_MAP_PEERS && gw_take_addr(w, call->cfg, &peers[n]) == ERR_OK)
        n++;
    if (n == 0 && !gw_peek(w) && !call->no)
        return ERR_SHORT;
    if ((n == 0 && gw_peek(w)) || gw_end(w))
        return ERR_FORMAT;
    struct gw_map_entry *m = entry(call);
    if (call->no && n == 0)
        m->npeers = 0;
    for (size_t i = 0; i < n; i++) {
        size_t at = find_peer(m, &peers[i]);
        if (call->no && at < m->npeers)
            gw_list_remove(m->peers, &m->npeers, sizeof(*m->peers), at);
        else if (!call->no && at == m->npeers && m->npeers < GW_MAP_PEERS)
            m->peers[m->npeers++] = peers[i];
    }
    return finish(call, m);
}

/* set transform-set NAME [NAME ...]: replaces the list */
static enum err set_transforms(struct gw_call *call)
{
    const char *names[GW_MAP_SETS];
    struct gw_words *w = call->rest;
    size_t n = 0;

    while (gw_peek(w) && n < GW_MAP_SETS && !call->no) {
        if (w->stream && !gw_config_transform(call->cfg, gw_peek(w)))
            break;
        if (!gw_config_transform(call->cfg, gw_peek(w)))
            return gw_refuse(call, "transform set with tag \"%s\" does not exist.", gw_peek(w));
        if (gw_take_name(w, &names[n++]))
            return ERR_FORMAT;
    }
    if (call->no)
        w->at = w->n;
    else if (n == 0)
        return gw_peek(w) ? ERR_FORMAT : ERR_SHORT;
    if (gw_end(w))
        return ERR_FORMAT;
    struct gw_map_entry *m = entry(call);
    for (m->nsets = 0; m->nsets < n; m->nsets++)
        (void)gw_name_set(m->sets[m->nsets], names[m->nsets]);
    return finish(call, m);
}

/* set ikev2 ipsec-proposal NAME [NAME ...]: replaces the list */
static enum err set_proposals(struct gw_call *call)
{
    const char *names[GW_MAP_SETS];
    struct gw_words *w = call->rest;
    size_t n = 0;

    while (gw_peek(w) && n < GW_MAP_SETS && !call->no) {
        bool known = gw_ikev2_find_proposal(&call->cfg->ikev2, gw_peek(w)) != NULL;
        if (w->stream && !known)
            break;
        if (!known)
            return gw_refuse(call, "ipsec-proposal with tag \"%s\" does not exist.", gw_peek(w));
        if (gw_take_name(w, &names[n++]))
            return ERR_FORMAT;
    }
    if (call->no)
        w->at = w->n;
    else if (n == 0)
        return gw_peek(w) ? ERR_FORMAT : ERR_SHORT;
    if (gw_end(w))
        return ERR_FORMAT;
    struct gw_map_entry *m = entry(call);
    for (m->nproposals = 0; m->nproposals < n; m->nproposals++)
        (void)gw_name_set(m->proposals[m->nproposals], names[m->nproposals]);
    return finish(call, m);
}

/* Later releases have more groups. */
static enum err set_later_pfs(struct gw_call *call)
{
    if ((call->what & ~DYNAMIC) == 24)
        call->remark = "group 24 is not modelled: the tunnel cannot come up";
    entry(call)->pfs_group = (uint16_t)(call->no ? 0 : call->what & ~DYNAMIC);
    return ERR_OK;
}

/* WHAT: the group, 0 for none */
static enum err set_pfs(struct gw_call *call)
{
    entry(call)->pfs_group = (uint16_t)(call->no ? 0 : call->what & ~DYNAMIC);
    return ERR_OK;
}

static enum err set_lifetime(struct gw_call *call)
{
    struct gw_map_entry *m = entry(call);

    if (call->what & 1)
        m->lifetime_s = call->no ? 0 : call->args[2].number;
    if (call->what & 2)
        m->lifetime_kb = call->no ? 0 : call->args[call->nargs - 1].number;
    return ERR_OK;
}

enum { BIDIRECTIONAL, ANSWER_ONLY, ORIGINATE_ONLY };

static enum err set_connection_type(struct gw_call *call)
{
    struct gw_map_entry *m = entry(call);

    m->answer_only = !call->no && call->what == ANSWER_ONLY;
    m->originate_only = !call->no && call->what == ORIGINATE_ONLY;
    return ERR_OK;
}

static enum err make_entry(struct gw_call *call)
{
    return finish(call, entry(call));
}

/* crypto map NAME SEQ ipsec-isakmp dynamic DYNAMIC-NAME */
static enum err set_dynamic(struct gw_call *call)
{
    struct gw_map_entry *m = entry(call);

    (void)gw_name_set(m->dynamic, call->no ? "" : call->args[2].word);
    return ERR_OK;
}

static enum err remove_dynamic(struct gw_call *call)
{
    struct gw_config *c = call->cfg;
    struct gw_map_entry *m = gw_config_find_dynamic(c, call->args[0].word, call->args[1].number);

    if (!m)
        return gw_refuse(call, "unable to find dynamic crypto map %s %u", call->args[0].word,
                         call->args[1].number);
    gw_list_remove(c->dynamic, &c->ndynamic, sizeof(*m), (size_t)(m - c->dynamic));
    call->changed |= GW_CHANGED_MAP;
    return ERR_OK;
}

static enum err remove_entry(struct gw_call *call)
{
    struct gw_config *c = call->cfg;
    struct gw_map_entry *m = gw_config_find_map(c, call->args[0].word, call->args[1].number);

    if (!m)
        return gw_refuse(call, "unable to find crypto map %s %u", call->args[0].word,
                         call->args[1].number);
    gw_list_remove(c->map, &c->nmap, sizeof(*m), (size_t)(m - c->map));
    call->changed |= GW_CHANGED_MAP;
    return ERR_OK;
}

/* crypto map NAME interface IF */
static enum err apply(struct gw_call *call)
{
    struct gw_config *c = call->cfg;
    const char *nameif = call->args[1].word;
    bool here = strcmp(c->map_interface, nameif) == 0;

    if (call->no && !here)
        return gw_refuse(call, "no crypto map is bound to interface %s", nameif);
    if (!call->no && c->map_interface[0] && !here)
        call->remark = "the model has one interface with a crypto map: this one takes its place";
    (void)gw_name_set(c->map_interface, call->no ? "" : nameif);
    (void)gw_name_set(c->map_applied, call->no ? "" : call->args[0].word);
    call->changed |= GW_CHANGED_MAP;
    return ERR_OK;
}

#define MAP  "crypto map NAME <1-65535> "
#define DYN  "crypto dynamic-map NAME <1-65535> "
#define LIFE MAP "set security-association lifetime "
/* config_parts.h: GW_SA_LIFETIME_MIN_S and so on */
#define SECONDS   "seconds <120-2147483647>"
#define KILOBYTES "kilobytes <10-2147483647>"

/* Groups that came with IKEv2. */
#define LATER_PFS(pre, which, number)                                                              \
    {                                                                                              \
        GW_CONFIG | GW_NEEDS(GW_CAN_IKEV1), GW_BOTH, pre "set pfs group" #number, set_later_pfs,   \
            (which) | (number), "Perfect forward secrecy"                                          \
    }

static const struct gw_command rows[] = {
    {GW_CONFIG, GW_YES, MAP "match address NAME", match_address, 0, "Traffic to be encrypted"},
    {GW_CONFIG, GW_NO, MAP "match address", match_address, 0, NULL},
    {GW_CONFIG, GW_NO, MAP "match address NAME", match_address, 0, "Traffic to be encrypted"},
    {GW_CONFIG, GW_BOTH, MAP "set peer ...", set_peer, 0, "Address of the peer"},
    {GW_CONFIG, GW_BOTH, MAP "set transform-set ...", set_transforms, 0, "Transform sets to offer"},
    {GW_CONFIG | GW_NEEDS(GW_CAN_IKEV1), GW_BOTH, MAP "set ikev1 transform-set ...", set_transforms,
     0, "Transform sets to offer"},
    {GW_CONFIG, GW_BOTH, MAP "set pfs", set_pfs, 2, "Perfect forward secrecy"},
    {GW_CONFIG, GW_BOTH, MAP "set pfs group1", set_pfs, 1, "Perfect forward secrecy"},
    {GW_CONFIG, GW_BOTH, MAP "set pfs group2", set_pfs, 2, "Perfect forward secrecy"},
    {GW_CONFIG, GW_BOTH, MAP "set pfs group5", set_pfs, 5, "Perfect forward secrecy"},
    {GW_CONFIG, GW_BOTH, MAP "set pfs group14", set_pfs, 14, "Perfect forward secrecy"},
    {GW_CONFIG, GW_BOTH, LIFE SECONDS, set_lifetime, 1, "Lifetime of this entry's SAs"},
    {GW_CONFIG, GW_NO, LIFE "seconds", set_lifetime, 1, NULL},
    {GW_CONFIG, GW_BOTH, LIFE KILOBYTES, set_lifetime, 2, "Lifetime of this entry's SAs"},
    {GW_CONFIG, GW_NO, LIFE "kilobytes", set_lifetime, 2, NULL},
    {GW_CONFIG, GW_BOTH, LIFE SECONDS " " KILOBYTES, set_lifetime, 3, NULL},
    {GW_CONFIG, GW_BOTH, MAP "set connection-type bidirectional", set_connection_type,
     BIDIRECTIONAL, "Which side may begin"},
    {GW_CONFIG, GW_BOTH, MAP "set connection-type answer-only", set_connection_type, ANSWER_ONLY,
     "Which side may begin"},
    {GW_CONFIG, GW_BOTH, MAP "set connection-type originate-only", set_connection_type,
     ORIGINATE_ONLY, "Which side may begin"},
    {GW_CONFIG, GW_BOTH, MAP "set phase1-mode ...", gw_accept, 0, NULL},
    {GW_CONFIG | GW_NEEDS(GW_CAN_IKEV1), GW_BOTH, MAP "set ikev1 phase1-mode ...", gw_accept, 0,
     NULL},
    {GW_CONFIG | GW_NEEDS(GW_CAN_IKEV1), GW_BOTH, MAP "set ikev2 ipsec-proposal ...", set_proposals,
     0, "Proposals to offer by IKEv2"},
    {GW_CONFIG | GW_NEEDS(GW_CAN_IKEV1), GW_BOTH, MAP "set ikev2 mode tunnel", make_entry, 0, NULL},
    {GW_CONFIG | GW_NEEDS(GW_CAN_IKEV1), GW_BOTH, MAP "set ikev2 mode transport", gw_accept, 0,
     NULL},
    {GW_CONFIG | GW_NEEDS(GW_CAN_IKEV1), GW_BOTH, MAP "set ikev2 mode transport-require", gw_accept,
     0, NULL},
    LATER_PFS(MAP, 0, 15),
    LATER_PFS(MAP, 0, 16),
    LATER_PFS(MAP, 0, 19),
    LATER_PFS(MAP, 0, 20),
    LATER_PFS(MAP, 0, 21),
    LATER_PFS(MAP, 0, 24),
    LATER_PFS(MAP, 0, 31),
    {GW_CONFIG, GW_BOTH, MAP "set nat-t-disable", gw_accept, 0, NULL},
    {GW_CONFIG, GW_BOTH, MAP "set reverse-route ...", gw_accept, 0, NULL},
    {GW_CONFIG, GW_BOTH, MAP "set trustpoint ...", gw_accept, 0, NULL},
    {GW_CONFIG, GW_BOTH, MAP "set df-bit ...", gw_accept, 0, NULL},
    {GW_CONFIG, GW_YES, MAP "ipsec-isakmp", make_entry, 0, NULL},
    {GW_CONFIG, GW_BOTH, MAP "ipsec-isakmp dynamic NAME", set_dynamic, 0, "A dynamic map"},
    {GW_CONFIG, GW_NO, "crypto map NAME <1-65535>", remove_entry, 0, "Remove an entry"},
    {GW_CONFIG, GW_BOTH, "crypto map NAME interface IF", apply, 0, "Use the map on an interface"},
    {GW_CONFIG, GW_BOTH, DYN "match address NAME", match_address, DYNAMIC,
     "Traffic to be encrypted"},
    {GW_CONFIG, GW_BOTH, DYN "set transform-set ...", set_transforms, DYNAMIC,
     "Transform sets to offer"},
    {GW_CONFIG, GW_BOTH, DYN "set ikev1 transform-set ...", set_transforms, DYNAMIC, NULL},
    {GW_CONFIG, GW_BOTH, DYN "set pfs", set_pfs, DYNAMIC | 2, "Perfect forward secrecy"},
    {GW_CONFIG, GW_BOTH, DYN "set pfs group1", set_pfs, DYNAMIC | 1, NULL},
    {GW_CONFIG, GW_BOTH, DYN "set pfs group2", set_pfs, DYNAMIC | 2, NULL},
    {GW_CONFIG, GW_BOTH, DYN "set pfs group5", set_pfs, DYNAMIC | 5, NULL},
    {GW_CONFIG, GW_BOTH, DYN "set pfs group14", set_pfs, DYNAMIC | 14, NULL},
    {GW_CONFIG, GW_BOTH, DYN "set security-association lifetime " SECONDS, set_lifetime,
     DYNAMIC | 1, "Lifetime of this entry's SAs"},
    {GW_CONFIG, GW_BOTH, DYN "set security-association lifetime " KILOBYTES, set_lifetime,
     DYNAMIC | 2, "Lifetime of this entry's SAs"},
    {GW_CONFIG, GW_BOTH, DYN "set reverse-route", gw_accept, 0, NULL},
    {GW_CONFIG | GW_NEEDS(GW_CAN_IKEV1), GW_BOTH, DYN "set ikev2 ...", gw_accept, 0, NULL},
    {GW_CONFIG, GW_BOTH, DYN "set df-bit ...", gw_accept, 0, NULL},
    {GW_CONFIG, GW_NO, "crypto dynamic-map NAME <1-65535>", remove_dynamic, 0,
     "Remove a dynamic entry"},
};

const struct gw_command_set gw_map_commands = {rows, COUNT(rows)};
