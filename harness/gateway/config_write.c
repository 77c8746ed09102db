/* A configuration back into commands. */
#include "gateway/acl.h"
#include "gateway/config_parts.h"

static void add_mask(uint8_t prefix, struct buf *out)
{
    struct ip_addr m = ip4(prefix ? UINT32_MAX << (32 - prefix) : 0);
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
        buf_addf(out, "route %s %s ", r->nameif, ip_addr_format(&r->net.addr, net));
        add_mask(r->net.prefix, out);
        buf_addf(out, " %s 1\n", ip_addr_format(&r->next_hop, hop));
    }
}

static void add_time(const char *before, uint32_t s, struct buf *out)
{
    buf_addf(out, "%s %u:%02u:%02u", before, s / 3600, s / 60 % 60, s % 60);
}

static void write_timeouts(const struct gw_timeouts *t, struct buf *out)
{
    add_time("timeout xlate", t->xlate, out);
    add_time("\ntimeout conn", t->conn, out);
    add_time(" half-closed", t->half_closed, out);
    add_time(" udp", t->udp, out);
    add_time(" icmp", t->icmp, out);
    if (t->pat_xlate != 30)
        add_time("\ntimeout pat-xlate", t->pat_xlate, out);
    if (t->floating_conn)
        add_time("\ntimeout floating-conn", t->floating_conn, out);
    if (t->embryonic != 30)
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

static void write_service(const struct gw_service *s, struct buf *out)
{
    if (s->reset_inbound)
        buf_adds(out, "service resetinbound\n");
    if (!s->reset_outbound)
        buf_adds(out, "no service resetoutbound\n");
    if (s->reset_outside)
        buf_adds(out, "service resetoutside\n");
}

static void write_policy(const struct gw_config *c, struct buf *out)
{
    if (!c->inspect_ftp && c->random_sequence && !c->decrement_ttl)
        return;
    buf_adds(out, "policy-map global_policy\n");
    if (c->inspect_ftp)
        buf_adds(out, " class inspection_default\n  inspect ftp\n");
    if (c->random_sequence && !c->decrement_ttl)
        return;
    buf_adds(out, " class class-default\n");
    if (c->decrement_ttl)
        buf_adds(out, "  set connection decrement-ttl\n");
    if (!c->random_sequence)
        buf_adds(out, "  set connection random-sequence-number disable\n");
}

void gw_config_write(const struct gw_config *c, bool keys, struct buf *out)
{
    buf_addf(out, "ASA Version %s\n!\n", c->version);
    write_names(c, out);
    write_interfaces(c, out);
    gw_nat_config_write_objects(&c->nat, out);
    write_lists(c, out);
    gw_config_write_logging(c, out);
    write_routing(c, out);
    write_timeouts(&c->timeouts, out);
    gw_config_write_sysopt(&c->sysopt, out);
    write_service(&c->service, out);
    gw_config_write_crypto(c, keys, out);
    write_policy(c, out);
    buf_adds(out, ": end\n");
}
