/* A configuration back into commands. */
#include "gateway/acl.h"
#include "gateway/config_parts.h"

static void add_mask(uint8_t prefix, struct buf *out)
{
    struct ip_addr m = ip4_mask(prefix);
    char text[IP_ADDR_TEXT];

    buf_adds(out, ip_addr_format(&m, text));
}

static void write_names(const struct gw_config *c, struct buf *out)
{
    char addr[IP_ADDR_TEXT];

    buf_addf(out, "hostname %s\n", c->hostname);
    if (c->domain[0])
        buf_addf(out, "domain-name %s\n", c->domain);
    buf_adds(out, c->names_on ? "names\n" : "no names\n");
    for (size_t i = 0; i < c->nnames; i++)
        buf_addf(out, "name %s %s\n", ip_addr_format(&c->names[i].addr, addr), c->names[i].name);
}

static void write_ipv6(const struct gw_interface *i, struct buf *out)
{
    char text[IP_ADDR_TEXT];

    for (size_t k = 0; k < i->naddr6; k++)
        buf_addf(out, " ipv6 address %s/%u%s\n", ip_addr_format(&i->addr6[k].net.addr, text),
                 i->addr6[k].net.prefix, i->addr6[k].eui64 ? " eui-64" : "");
    if (i->link_local.family)
        buf_addf(out, " ipv6 address %s link-local\n", ip_addr_format(&i->link_local, text));
    if (i->ipv6_enable)
        buf_adds(out, " ipv6 enable\n");
}

static void write_interfaces(const struct gw_config *c, struct buf *out)
{
    char addr[IP_ADDR_TEXT];

    for (size_t k = 0; k < c->ninterfaces; k++) {
        const struct gw_interface *i = &c->interfaces[k];
        buf_addf(out, "!\ninterface %s\n", i->hardware);
        if (i->shutdown)
            buf_adds(out, " shutdown\n");
        if (i->nameif[0])
            buf_addf(out, " nameif %s\n", i->nameif);
        else
            buf_adds(out, " no nameif\n");
        if (i->security_level >= 0)
            buf_addf(out, " security-level %d\n", i->security_level);
        else
            buf_adds(out, " no security-level\n");
        if (i->addr.family) {
            buf_addf(out, " ip address %s ", ip_addr_format(&i->addr, addr));
            add_mask(i->prefix, out);
            buf_addc(out, '\n');
        } else {
            buf_adds(out, " no ip address\n");
        }
        write_ipv6(i, out);
    }
    buf_adds(out, "!\n");
}

static void write_lists(const struct gw_config *c, struct buf *out)
{
    for (size_t i = 0; i < c->nacls; i++) {
        for (size_t k = 0; k < c->acls[i].naces; k++) {
            gw_ace_format(&c->acls[i], &c->acls[i].aces[k], out);
            buf_addc(out, '\n');
        }
    }
}

static void write_access(const struct gw_config *c, struct buf *out)
{
    if (c->same_security_inter)
        buf_adds(out, "same-security-traffic permit inter-interface\n");
    if (c->same_security_intra)
        buf_adds(out, "same-security-traffic permit intra-interface\n");
    if (c->icmp_rate != 1 || c->icmp_burst != 1)
        buf_addf(out, "icmp unreachable rate-limit %u burst-size %u\n", c->icmp_rate,
                 c->icmp_burst);
}

static void write_routing(const struct gw_config *c, struct buf *out)
{
    char net[IP_ADDR_TEXT], hop[IP_ADDR_TEXT];

    gw_nat_config_write(&c->nat, c->nat0_interface, c->nat0_acl, out);
    for (size_t i = 0; i < c->naccess_groups; i++) {
        const struct gw_access_group *g = &c->access_groups[i];
        buf_addf(out, "access-group %s %s interface %s\n", g->acl, g->out ? "out" : "in",
                 g->nameif);
    }
    for (size_t i = 0; i < c->nroutes; i++) {
        const struct gw_route *r = &c->routes[i];
        if (r->net.addr.family == 6) {
            buf_addf(out, "ipv6 route %s %s/%u %s\n", r->nameif, ip_addr_format(&r->net.addr, net),
                     r->net.prefix, ip_addr_format(&r->next_hop, hop));
            continue;
        }
        buf_addf(out, "route %s %s ", r->nameif, ip_addr_format(&r->net.addr, net));
        add_mask(r->net.prefix, out);
        buf_addf(out, " %s 1\n", ip_addr_format(&r->next_hop, hop));
    }
}

static void add_time(const char *before, uint32_t s, struct buf *out)
{
    buf_addf(out, "%s %u:%02u:%02u", before, s / 3600, s / 60 % 60, s % 60);
}

static void write_timeouts(const struct gw_timeouts *t, bool all, struct buf *out)
{
    add_time("timeout xlate", t->xlate, out);
    add_time("\ntimeout conn", t->conn, out);
    add_time(" half-closed", t->half_closed, out);
    add_time(" udp", t->udp, out);
    add_time(" icmp", t->icmp, out);
    if (t->pat_xlate != 30 || all)
        add_time("\ntimeout pat-xlate", t->pat_xlate, out);
    if (t->floating_conn || all)
        add_time("\ntimeout floating-conn", t->floating_conn, out);
    if (t->embryonic != 30 || all)
        add_time("\ntimeout embryonic", t->embryonic, out);
    buf_addc(out, '\n');
}

void gw_config_write_sysopt(const struct gw_sysopt *s, struct buf *out)
{
    if (s->timewait)
        buf_adds(out, "sysopt connection timewait\n");
    if (s->tcpmss != 1380)
        buf_addf(out, "sysopt connection tcpmss %u\n", s->tcpmss);
    if (s->tcpmss_minimum)
        buf_addf(out, "sysopt connection tcpmss minimum %u\n", s->tcpmss_minimum);
    if (!s->permit_vpn)
        buf_adds(out, "no sysopt connection permit-vpn\n");
    if (!s->reclassify_vpn)
        buf_adds(out, "no sysopt connection reclassify-vpn\n");
    if (s->preserve_vpn_flows)
        buf_adds(out, "sysopt connection preserve-vpn-flows\n");
}

static const char *no(bool on)
{
    return on ? "" : "no ";
}

/* The note prints this line for outside only, with three interfaces named: so it stands for those
 * of the lowest security. */
static void write_noproxyarp(const struct gw_config *c, struct buf *out)
{
    int lowest = 100;

    for (size_t i = 0; i < c->ninterfaces; i++) {
        const struct gw_interface *in = &c->interfaces[i];
        if (in->nameif[0] && in->security_level < lowest)
            lowest = in->security_level;
    }
    for (size_t i = 0; i < c->ninterfaces; i++) {
        const struct gw_interface *in = &c->interfaces[i];
        if (in->nameif[0] && in->security_level <= lowest)
            buf_addf(out, "no sysopt noproxyarp %s\n", in->nameif);
    }
}

void gw_config_write_sysopt_all(const struct gw_config *c, struct buf *out)
{
    const struct gw_sysopt *s = &c->sysopt;
    unsigned can = c->profile->can;

    buf_addf(out, "%ssysopt connection timewait\n", no(s->timewait));
    buf_addf(out, "sysopt connection tcpmss %u\n", s->tcpmss);
    buf_addf(out, "sysopt connection tcpmss minimum %u\n", s->tcpmss_minimum);
    buf_addf(out, "%ssysopt connection permit-vpn\n", no(s->permit_vpn));
    if (can & GW_CAN_RECLASSIFY)
        buf_addf(out, "%ssysopt connection reclassify-vpn\n", no(s->reclassify_vpn));
    if (can & GW_CAN_PRESERVE)
        buf_addf(out, "%ssysopt connection preserve-vpn-flows\n", no(s->preserve_vpn_flows));
    buf_adds(out, "no sysopt nodnsalias inbound\n"
                  "no sysopt nodnsalias outbound\n"
                  "no sysopt radius ignore-secret\n");
    write_noproxyarp(c, out);
}

static void write_service(const struct gw_service *s, struct buf *out)
{
    if (s->reset_inbound)
        buf_adds(out, "service resetinbound\n");
    if (!s->reset_outbound)
        buf_adds(out, "no service resetoutbound\n");
    if (s->reset_outside)
        buf_adds(out, "service resetoutside\n");
}

static void write_set_timeouts(const struct gw_set_timeouts *t, struct buf *out)
{
    if (t->has_embryonic)
        add_time("  set connection timeout embryonic", t->embryonic, out);
    if (t->has_embryonic)
        buf_addc(out, '\n');
    if (t->has_half_closed)
        add_time("  set connection timeout half-closed", t->half_closed, out);
    if (t->has_half_closed)
        buf_addc(out, '\n');
    if (t->has_idle)
        add_time("  set connection timeout idle", t->idle, out);
    if (t->has_idle)
        buf_adds(out, t->reset ? " reset\n" : "\n");
}

static void write_policy(const struct gw_config *c, struct buf *out)
{
    const struct gw_set_timeouts *t = &c->set_timeouts;
    bool plain = c->random_sequence && !c->decrement_ttl && !t->has_embryonic &&
                 !t->has_half_closed && !t->has_idle && !c->inspect_icmp && !c->inspect_icmp_error;

    if (!c->inspect_ftp && plain)
        return;
    buf_adds(out, "policy-map global_policy\n");
    if (c->inspect_ftp)
        buf_adds(out, " class inspection_default\n  inspect ftp\n");
    if (plain)
        return;
    buf_adds(out, " class class-default\n");
    if (c->decrement_ttl)
        buf_adds(out, "  set connection decrement-ttl\n");
    if (!c->random_sequence)
        buf_adds(out, "  set connection random-sequence-number disable\n");
    write_set_timeouts(t, out);
    if (c->inspect_icmp)
        buf_adds(out, "  inspect icmp\n");
    if (c->inspect_icmp_error)
        buf_adds(out, "  inspect icmp error\n");
}

static void write_service_all(const struct gw_service *s, struct buf *out)
{
    buf_addf(out, "%sservice resetinbound\n%sservice resetoutbound\n%sservice resetoutside\n",
             no(s->reset_inbound), no(s->reset_outbound), no(s->reset_outside));
}

static void write(const struct gw_config *c, bool keys, bool all, struct buf *out)
{
    bool sysopt = (c->profile->can & GW_CAN_SYSOPT) != 0;

    buf_addf(out, "%s %s\n!\n", gw_platform_first(c->platform), c->version);
    write_names(c, out);
    write_interfaces(c, out);
    gw_nat_config_write_objects(&c->nat, out);
    write_access(c, out);
    write_lists(c, out);
    gw_config_write_logging(c, out);
    write_routing(c, out);
    write_timeouts(&c->timeouts, all, out);
    if (all && sysopt)
        gw_config_write_sysopt_all(c, out);
    else if (sysopt)
        gw_config_write_sysopt(&c->sysopt, out);
    if (all)
        write_service_all(&c->service, out);
    else
        write_service(&c->service, out);
    gw_config_write_crypto(c, keys, all, out);
    write_policy(c, out);
    buf_adds(out, ": end\n");
}

void gw_config_write(const struct gw_config *c, bool keys, struct buf *out)
{
    write(c, keys, false, out);
}

void gw_config_write_all(const struct gw_config *c, struct buf *out)
{
    write(c, false, true, out);
}
