/* Remote access in the configuration: group policies, pools, users; found, made and written. */
#include "gateway/config_parts.h"

#include "base/mem.h"

#define DEFAULT_POLICY "DfltGrpPolicy"

const struct gw_tunnel_group *gw_config_group_named(const struct gw_config *c, const char *name)
{
    for (size_t i = 0; i < c->ngroups; i++) {
        if (strcmp(c->groups[i].name, name) == 0)
            return &c->groups[i];
    }
    return NULL;
}

const struct gw_pool *gw_config_pool(const struct gw_config *c, const char *name)
{
    for (size_t i = 0; i < c->npools; i++) {
        if (strcmp(c->pools[i].name, name) == 0)
            return &c->pools[i];
    }
    return NULL;
}

const struct gw_user *gw_config_user(const struct gw_config *c, const char *name)
{
    for (size_t i = 0; i < c->nusers; i++) {
        if (strcmp(c->users[i].name, name) == 0)
            return &c->users[i];
    }
    return NULL;
}

struct gw_group_policy *gw_config_find_policy_named(struct gw_config *c, const char *name)
{
    for (size_t i = 0; i < c->ngroup_policies; i++) {
        if (strcmp(c->group_policies[i].name, name) == 0)
            return &c->group_policies[i];
    }
    return NULL;
}

struct gw_group_policy *gw_config_make_group_policy(struct gw_config *c, const char *name)
{
    struct gw_group_policy *p = gw_config_find_policy_named(c, name);

    if (!p) {
        p = gw_list_add((void **)&c->group_policies, &c->ngroup_policies, sizeof(*p));
        (void)gw_name_set(p->name, name);
    }
    return p;
}

/* What OVER says goes before what is in P. */
static void overlay(struct gw_group_policy *p, const struct gw_group_policy *over)
{
    if (over->nem != GW_NEM_INHERIT)
        p->nem = over->nem;
    if (over->has_idle)
        p->idle_min = over->idle_min;
    if (over->has_session)
        p->session_min = over->session_min;
    if (over->protocols)
        p->protocols = over->protocols;
    if (over->dns[0].family)
        memcpy(p->dns, over->dns, sizeof(p->dns));
    if (over->domain[0])
        memcpy(p->domain, over->domain, sizeof(p->domain));
    if (over->has_filter)
        memcpy(p->filter, over->filter, sizeof(p->filter));
    if (over->split) {
        p->split = true;
        memcpy(p->split_acl, over->split_acl, sizeof(p->split_acl));
    }
}

struct gw_group_policy gw_config_policy(const struct gw_config *c, const char *name)
{
    /* as built in: `show run all group-policy` of an ASA 8.2 */
    struct gw_group_policy p = {.name = DEFAULT_POLICY,
                                .nem = GW_NEM_DISABLE,
                                .idle_min = GW_IDLE_DEFAULT_MIN,
                                .protocols = GW_PROTOCOL_IPSEC | GW_PROTOCOL_L2TP |
                                             GW_PROTOCOL_WEBVPN | GW_PROTOCOL_IKEV2};
    const char *const names[] = {DEFAULT_POLICY, name};

    for (size_t n = 0; n < COUNT(names); n++) {
        for (size_t i = 0; i < c->ngroup_policies; i++) {
            if (strcmp(c->group_policies[i].name, names[n]) == 0)
                overlay(&p, &c->group_policies[i]);
        }
    }
    if (name[0])
        (void)gw_name_set(p.name, name);
    return p;
}

uint32_t gw_config_idle_min(const struct gw_config *c)
{
    return gw_config_policy(c, "").idle_min;
}

/* --- back into commands -------------------------------------------------------------------------
 */

static void write_lifetimes(const struct gw_map_entry *m, struct buf *out)
{
    if (m->lifetime_s)
        buf_addf(out, "crypto dynamic-map %s %u set security-association lifetime seconds %u\n",
                 m->map, m->seq, m->lifetime_s);
    if (m->lifetime_kb)
        buf_addf(out, "crypto dynamic-map %s %u set security-association lifetime kilobytes %llu\n",
                 m->map, m->seq, (unsigned long long)m->lifetime_kb);
}

void gw_config_write_dynamic(const struct gw_config *c, struct buf *out)
{
    for (size_t i = 0; i < c->ndynamic; i++) {
        const struct gw_map_entry *m = &c->dynamic[i];
        if (m->acl[0])
            buf_addf(out, "crypto dynamic-map %s %u match address %s\n", m->map, m->seq, m->acl);
        if (m->pfs_group)
            buf_addf(out, "crypto dynamic-map %s %u set pfs group%u\n", m->map, m->seq,
                     m->pfs_group);
        if (m->nsets)
            buf_addf(out, "crypto dynamic-map %s %u set transform-set", m->map, m->seq);
        for (size_t s = 0; s < m->nsets; s++)
            buf_addf(out, " %s%s", m->sets[s], s + 1 < m->nsets ? "" : "\n");
        write_lifetimes(m, out);
    }
}

static void write_minutes(const char *what, bool has, uint32_t minutes, struct buf *out)
{
    if (has && minutes)
        buf_addf(out, " %s %u\n", what, minutes);
    else if (has)
        buf_addf(out, " %s none\n", what);
}

/* LATER: 8.4 and on has other words */
static void write_protocols(unsigned set, bool later, struct buf *out)
{
    static const char *const words[2][5] = {
        {"IPSec", "l2tp-ipsec", "svc", "webvpn", "ikev2"},
        {"ikev1", "l2tp-ipsec", "ssl-client", "ssl-clientless", "ikev2"}};

    if (!set)
        return;
    buf_adds(out, " vpn-tunnel-protocol");
    for (unsigned i = 0; i < COUNT(words[0]); i++) {
        if (set >> i & 1)
            buf_addf(out, " %s", words[later][i]);
    }
    buf_addc(out, '\n');
}

static void write_policy(const struct gw_group_policy *p, bool later, struct buf *out)
{
    char a[IP_ADDR_TEXT], b[IP_ADDR_TEXT];

    if (strcmp(p->name, DEFAULT_POLICY) != 0) /* that one is there from the start */
        buf_addf(out, "group-policy %s internal\n", p->name);
    buf_addf(out, "group-policy %s attributes\n", p->name);
    if (p->dns[0].family)
        buf_addf(out, " dns-server value %s%s%s\n", ip_addr_format(&p->dns[0], a),
                 p->dns[1].family ? " " : "",
                 p->dns[1].family ? ip_addr_format(&p->dns[1], b) : "");
    write_minutes("vpn-idle-timeout", p->has_idle, p->idle_min, out);
    write_minutes("vpn-session-timeout", p->has_session, p->session_min, out);
    write_protocols(p->protocols, later, out);
    if (p->has_filter)
        buf_addf(out, " vpn-filter %s%s\n", p->filter[0] ? "value " : "none", p->filter);
    if (p->split)
        buf_adds(out, " split-tunnel-policy tunnelspecified\n");
    if (p->split_acl[0])
        buf_addf(out, " split-tunnel-network-list value %s\n", p->split_acl);
    if (p->domain[0])
        buf_addf(out, " default-domain value %s\n", p->domain);
    if (p->nem != GW_NEM_INHERIT)
        buf_addf(out, " nem %s\n", p->nem == GW_NEM_ENABLE ? "enable" : "disable");
}

/* What tunnels without a policy of their own go by, as built in. */
static void write_default(const struct gw_config *c, struct buf *out)
{
    for (size_t i = 0; i < c->ngroup_policies; i++)
        if (strcmp(c->group_policies[i].name, DEFAULT_POLICY) == 0)
            return; /* written with what was set */
    buf_addf(out, "group-policy %s internal\ngroup-policy %s attributes\n vpn-idle-timeout %u\n",
             DEFAULT_POLICY, DEFAULT_POLICY, GW_IDLE_DEFAULT_MIN);
}

void gw_config_write_remote(const struct gw_config *c, bool keys, bool all, struct buf *out)
{
    char a[IP_ADDR_TEXT], b[IP_ADDR_TEXT];

    for (size_t i = 0; i < c->npools; i++) {
        const struct gw_pool *p = &c->pools[i];
        buf_addf(out, "ip local pool %s %s-%s", p->name, ip_addr_format(&p->first, a),
                 ip_addr_format(&p->last, b));
        if (p->mask.family)
            buf_addf(out, " mask %s", ip_addr_format(&p->mask, a));
        buf_addc(out, '\n');
    }
    if (all)
        write_default(c, out);
    for (size_t i = 0; i < c->ngroup_policies; i++)
        write_policy(&c->group_policies[i], (c->profile->can & GW_CAN_IKEV1) != 0, out);
    for (size_t i = 0; i < c->nusers; i++) {
        const struct gw_user *u = &c->users[i];
        buf_addf(out, "username %s password %s", u->name, keys ? u->password : "*");
        if (u->hashed)
            buf_adds(out, " encrypted");
        if (u->privilege != 2)
            buf_addf(out, " privilege %u", u->privilege);
        buf_addc(out, '\n');
    }
}

void gw_config_write_general(const struct gw_tunnel_group *g, struct buf *out)
{
    if (!g->pool[0] && !g->policy[0])
        return;
    buf_addf(out, "tunnel-group %s general-attributes\n", g->name);
    if (g->pool[0])
        buf_addf(out, " address-pool %s\n", g->pool);
    if (g->policy[0])
        buf_addf(out, " default-group-policy %s\n", g->policy);
}
