/* What is wrong with a configuration, in sentences that say what to do. */
#include "gateway/config_check.h"
#include "wire/ip.h"

#include <stdarg.h>

void gw_review_error(struct gw_review *r, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    buf_adds(r->out, "error: ");
    buf_vaddf(r->out, fmt, ap);
    buf_addc(r->out, '\n');
    va_end(ap);
    r->errors++;
}

void gw_review_warning(struct gw_review *r, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    buf_adds(r->out, "warning: ");
    buf_vaddf(r->out, fmt, ap);
    buf_addc(r->out, '\n');
    va_end(ap);
}

static bool is_up(const struct gw_interface *i)
{
    return i && i->nameif[0] && (i->addr.family || gw_interface_has_ipv6(i)) && !i->shutdown;
}

bool gw_review_is_up_named(const struct gw_config *c, const char *nameif)
{
    return is_up(gw_config_interface(c, nameif));
}

static struct ip_net net_of(const struct gw_interface *i)
{
    return (struct ip_net){i->addr, i->prefix};
}

static void review_interfaces(struct gw_review *r)
{
    const struct gw_config *c = r->c;
    size_t up = 0;

    for (size_t i = 0; i < c->ninterfaces; i++) {
        const struct gw_interface *a = &c->interfaces[i];
        if (!is_up(a))
            continue;
        up++;
        if (a->security_level < 0)
            gw_review_warning(r, "interface %s (%s) has no security-level: it is taken as 0",
                              a->hardware, a->nameif);
        struct ip_net net = net_of(a);
        for (size_t k = 0; k < i; k++) {
            const struct gw_interface *b = &c->interfaces[k];
            struct ip_net other = net_of(b);
            if (is_up(b) && (ip_net_has(&net, &b->addr) || ip_net_has(&other, &a->addr)))
                gw_review_error(r,
                                "interfaces %s and %s are in one network: give one of them another "
                                "`ip address`",
                                b->nameif, a->nameif);
        }
    }
    if (!up)
        gw_review_error(r, "no interface can carry traffic: one needs `nameif`, `ip address` and "
                           "`no shutdown`");
}

static void review_routes(struct gw_review *r)
{
    const struct gw_config *c = r->c;
    char hop[IP_ADDR_TEXT];

    for (size_t i = 0; i < c->nroutes; i++) {
        const struct gw_route *route = &c->routes[i];
        const struct gw_interface *in = gw_config_interface(c, route->nameif);
        ip_addr_format(&route->next_hop, hop);
        if (!is_up(in)) {
            gw_review_warning(r, "the route through %s is dead: interface %s is not up", hop,
                              route->nameif);
            continue;
        }
        struct ip_net net = net_of(in);
        if (!ip_net_has(&net, &route->next_hop))
            gw_review_warning(
                r, "the route through %s cannot work: %s is not in the network of interface %s",
                hop, hop, route->nameif);
    }
}

static void review_bindings(struct gw_review *r)
{
    const struct gw_config *c = r->c;

    for (size_t i = 0; i < c->naccess_groups; i++) {
        if (!gw_config_acl(c, c->access_groups[i].acl))
            gw_review_error(
                r,
                "access-group names access-list %s, which does not exist: define it, or remove "
                "the access-group from interface %s",
                c->access_groups[i].acl, c->access_groups[i].nameif);
    }
    if (c->nat0_acl[0] && !gw_config_acl(c, c->nat0_acl))
        gw_review_warning(r, "nat (%s) 0 names access-list %s, which does not exist",
                          c->nat0_interface, c->nat0_acl);
}

static bool has_global(const struct gw_nat_config *n, uint32_t id)
{
    for (size_t i = 0; i < n->nglobals; i++) {
        if (n->globals[i].id == id)
            return true;
    }
    return false;
}

static void review_translations(struct gw_review *r)
{
    const struct gw_nat_config *n = &r->c->nat;

    for (size_t i = 0; i < n->nids; i++) {
        const struct gw_nat_id *d = &n->ids[i];
        if (d->acl[0] && !gw_config_acl(r->c, d->acl))
            gw_review_warning(r, "nat (%s) %u names access-list %s, which does not exist",
                              d->nameif, d->id, d->acl);
        if (d->id && !has_global(n, d->id))
            gw_review_warning(
                r, "nat (%s) %u has no global with this number: what it is about is dropped",
                d->nameif, d->id);
    }
    for (size_t i = 0; i < n->nstatics; i++) {
        const struct gw_nat_static *s = &n->statics[i];
        if (s->acl[0] && !gw_config_acl(r->c, s->acl))
            gw_review_warning(r, "static (%s,%s) names access-list %s, which does not exist",
                              s->real_if, s->mapped_if, s->acl);
    }
}

static void review_logging(struct gw_review *r)
{
    const struct gw_logging *l = &r->c->logging;
    int teardown_level = 6;

    if (!l->enable)
        return;
    for (size_t i = 0; i < l->nhosts; i++) {
        if (!gw_review_is_up_named(r->c, l->hosts[i].nameif))
            gw_review_warning(
                r, "the logging host on interface %s gets nothing: the interface is not up",
                l->hosts[i].nameif);
    }
    for (size_t i = 0; i < l->nmessages; i++) {
        if (l->messages[i].id != 302014)
            continue;
        if (l->messages[i].disabled)
            gw_review_warning(
                r, "message 302014 is switched off: no log will say why a connection ended");
        if (l->messages[i].level >= 0)
            teardown_level = l->messages[i].level;
    }
    if (l->nhosts && !l->to[GW_LOG_TO_TRAP].list[0] && l->to[GW_LOG_TO_TRAP].level < teardown_level)
        gw_review_warning(
            r,
            "message 302014 has level %d and only %d and below are sent to logging hosts: "
            "add `logging trap informational`",
            teardown_level, l->to[GW_LOG_TO_TRAP].level);
}

size_t gw_config_review(const struct gw_config *c, struct buf *out)
{
    struct gw_review r = {.c = c, .out = out};

    review_interfaces(&r);
    review_routes(&r);
    review_bindings(&r);
    review_translations(&r);
    gw_review_vpn(&r);
    review_logging(&r);
    return r.errors;
}

enum err gw_config_check(const struct gw_config *c, struct diag *why)
{
    struct buf text = BUF_INIT;
    enum err e = ERR_OK;

    if (gw_config_review(c, &text)) {
        const char *first = buf_str(&text);
        if (strncmp(first, "error: ", 7) != 0)
            first = strstr(first, "\nerror: ") + 1;
        first += 7;
        e = diag_fail(why, ERR_INVALID, "%.*s", (int)strcspn(first, "\n"), first);
    }
    buf_release(&text);
    return e;
}
