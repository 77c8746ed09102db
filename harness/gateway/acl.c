#include "gateway/acl.h"

#include "wire/ip.h"

static bool wildcard_has(const struct gw_wildcard *w, const struct ip_addr *a)
{
    if (w->any == GW_ANY_BOTH)
        return true;
    if (a->family != w->addr.family)
        return false;
    for (size_t i = 0, n = ip_addr_len(a); i < n; i++) {
        if ((a->b[i] ^ w->addr.b[i]) & w->mask.b[i])
            return false;
    }
    return true;
}

static bool range_has(const struct gw_port_range *r, uint16_t port)
{
    return (port >= r->from && port <= r->to) != r->negated;
}

static bool ace_has(const struct gw_ace *e, const struct gw_flow_key *k)
{
    if (e->inactive || (e->proto && e->proto != k->proto))
        return false;
    if (!wildcard_has(&e->src, &k->src) || !wildcard_has(&e->dst, &k->dst))
        return false;
    if (e->proto == IP_TCP || e->proto == IP_UDP)
        return range_has(&e->src_port, k->sport) && range_has(&e->dst_port, k->dport);
    if (e->proto == IP_ICMP || e->proto == IP_ICMPV6)
        return e->icmp_type < 0 || k->icmp_type < 0 || e->icmp_type == k->icmp_type;
    return true;
}

struct gw_acl_hit gw_acl_match(const struct gw_acl *a, const struct gw_flow_key *key)
{
    for (size_t i = 0; i < a->naces; i++) {
        if (ace_has(&a->aces[i], key))
            return (struct gw_acl_hit){a->aces[i].action == GW_PERMIT, i};
    }
    return (struct gw_acl_hit){false, GW_ACE_NONE};
}

struct gw_flow_key gw_flow_key_reverse(const struct gw_flow_key *k)
{
    return (struct gw_flow_key){.proto = k->proto,
                                .src = k->dst,
                                .dst = k->src,
                                .sport = k->dport,
                                .dport = k->sport,
                                .icmp_type = -1}; /* a reply has a type of its own */
}

struct gw_acl_hit gw_acl_ask(const struct gw_acl *a, const struct gw_flow_key *key)
{
    struct gw_acl_hit hit = gw_acl_match(a, key);

    if (hit.ace != GW_ACE_NONE)
        a->aces[hit.ace].hits++;
    return hit;
}

struct gw_acl_hit gw_acl_match_mirrored(const struct gw_acl *a, const struct gw_flow_key *key)
{
    struct gw_flow_key ours = gw_flow_key_reverse(key);

    return gw_acl_match(a, &ours);
}

static enum err network_of(const struct gw_wildcard *w, struct ip_net *out)
{
    size_t bits = 0, n = ip_addr_len(&w->mask) * 8;

    while (bits < n && w->mask.b[bits / 8] & (0x80u >> (bits % 8)))
        bits++;
    for (size_t i = bits; i < n; i++) {
        if (w->mask.b[i / 8] & (0x80u >> (i % 8)))
            return ERR_UNSUPPORTED;
    }
    struct ip_net net = {.addr = w->addr, .prefix = (uint8_t)bits};
    for (size_t i = 0; i < n / 8; i++)
        net.addr.b[i] &= w->mask.b[i];
    *out = net;
    return ERR_OK;
}

enum err gw_ace_networks(const struct gw_ace *ace, struct ip_net *src, struct ip_net *dst)
{
    struct ip_net s, d;

    if (network_of(&ace->src, &s) || network_of(&ace->dst, &d))
        return ERR_UNSUPPORTED;
    /* "any" of both versions: of the other side's, or IPv4 when that is open too */
    if (ace->src.any == GW_ANY_BOTH)
        s.addr.family = d.addr.family;
    if (ace->dst.any == GW_ANY_BOTH)
        d.addr.family = s.addr.family;
    if (s.addr.family != d.addr.family)
        return ERR_UNSUPPORTED;
    *src = s;
    *dst = d;
    return ERR_OK;
}

/* The ones of a mask, when none follows a zero; -1. */
static int ones_of(const struct ip_addr *mask)
{
    struct gw_wildcard w = {.addr = *mask, .mask = *mask};
    struct ip_net net;

    return network_of(&w, &net) ? -1 : net.prefix;
}

static void add_wildcard(const struct gw_wildcard *w, struct buf *out)
{
    char addr[IP_ADDR_TEXT], mask[IP_ADDR_TEXT];
    int ones = ones_of(&w->mask);

    if (ones == 0)
        buf_addf(out, " any%s", w->any != GW_ANY_FAMILY ? "" : w->addr.family == 6 ? "6" : "4");
    else if (ones == (int)ip_addr_len(&w->mask) * 8)
        buf_addf(out, " host %s", ip_addr_format(&w->addr, addr));
    else if (w->addr.family == 6)
        buf_addf(out, " %s/%d", ip_addr_format(&w->addr, addr), ones);
    else
        buf_addf(out, " %s %s", ip_addr_format(&w->addr, addr), ip_addr_format(&w->mask, mask));
}

static void add_ports(const struct gw_port_range *r, struct buf *out)
{
    if (r->negated)
        buf_addf(out, " neq %u", r->from);
    else if (r->from == r->to)
        buf_addf(out, " eq %u", r->from);
    else if (r->from == 0 && r->to == UINT16_MAX)
        return;
    else if (r->to == UINT16_MAX)
        buf_addf(out, " gt %u", r->from - 1u);
    else if (r->from == 0)
        buf_addf(out, " lt %u", r->to + 1u);
    else
        buf_addf(out, " range %u %u", r->from, r->to);
}

static void add_log(const struct gw_ace *e, struct buf *out)
{
    static const char *const levels[] = {"emergencies",   "alerts",   "critical",
                                         "errors",        "warnings", "notifications",
                                         "informational", "debugging"};

    if (e->log_disabled)
        buf_adds(out, " log disable");
    if (!e->log)
        return;
    buf_adds(out, " log");
    if (e->log_level != GW_ACE_LOG_LEVEL)
        buf_addf(out, " %s", levels[e->log_level & 7]);
    if (e->log_interval_s != GW_ACE_LOG_INTERVAL_S)
        buf_addf(out, " interval %u", e->log_interval_s);
}

void gw_ace_format(const struct gw_acl *a, const struct gw_ace *e, struct buf *out)
{
    bool ports = e->proto == IP_TCP || e->proto == IP_UDP;

    buf_addf(out, "%saccess-list %s%s %s", a->ipv6 ? "ipv6 " : "", a->name,
             a->ipv6       ? ""
             : a->standard ? " standard"
                           : " extended",
             e->action == GW_PERMIT ? "permit" : "deny");
    if (a->standard) {
        add_wildcard(&e->dst, out);
        return;
    }
    switch (e->proto) {
    case 0: buf_adds(out, " ip"); break;
    case IP_TCP: buf_adds(out, " tcp"); break;
    case IP_UDP: buf_adds(out, " udp"); break;
    case IP_ICMP: buf_adds(out, " icmp"); break;
    case IP_ICMPV6: buf_adds(out, " icmp6"); break;
    case IP_ESP: buf_adds(out, " esp"); break;
    case IP_GRE: buf_adds(out, " gre"); break;
    case IP_AH: buf_adds(out, " ah"); break;
    default: buf_addf(out, " %u", e->proto); break;
    }
    add_wildcard(&e->src, out);
    if (ports)
        add_ports(&e->src_port, out);
    add_wildcard(&e->dst, out);
    if (ports)
        add_ports(&e->dst_port, out);
    if ((e->proto == IP_ICMP || e->proto == IP_ICMPV6) && e->icmp_type >= 0)
        buf_addf(out, " %d", e->icmp_type);
    add_log(e, out);
    if (e->inactive)
        buf_adds(out, " inactive");
}
