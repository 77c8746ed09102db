/* Object-groups of networks and service objects, as twice NAT names them. */
#include "gateway/config_parts.h"
#include "wire/ip.h"

struct gw_net_group *gw_net_group(const struct gw_nat_config *n, const char *name)
{
    for (size_t i = 0; i < n->ngroups; i++) {
        if (strcmp(n->groups[i].name, name) == 0)
            return &n->groups[i];
    }
    return NULL;
}

struct gw_port_object *gw_port_object(const struct gw_nat_config *n, const char *name)
{
    for (size_t i = 0; i < n->nservices; i++) {
        if (strcmp(n->services[i].name, name) == 0)
            return &n->services[i];
    }
    return NULL;
}

/* Groups in groups in groups: however they are entangled, nobody waits for longer than this. */
#define STEPS_MAX 65536

struct walk {
    const struct gw_nat_config *c;
    struct gw_net_range *out;
    size_t count, steps;
};

static void add(struct walk *w, const struct ip_addr *from, const struct ip_addr *to)
{
    if (w->count < GW_NET_RANGES)
        w->out[w->count++] = (struct gw_net_range){ip4_u32(from), ip4_u32(to)};
}

static void collect(struct walk *w, const char *name, unsigned depth)
{
    const struct gw_object *o = gw_nat_object(w->c, name);
    const struct gw_net_group *g = gw_net_group(w->c, name);

    if (o && o->kind != GW_OBJECT_EMPTY)
        add(w, &o->from, &o->to);
    for (size_t i = 0; !o && g && depth < GW_NET_DEPTH && i < g->nmembers; i++) {
        const struct gw_net_member *m = &g->members[i];
        if (w->count == GW_NET_RANGES || ++w->steps > STEPS_MAX)
            break;
        if (m->name[0])
            collect(w, m->name, depth + 1);
        else
            add(w, &m->from, &m->to);
    }
}

size_t gw_net_ranges(const struct gw_nat_config *n, const char *name,
                     struct gw_net_range out[static GW_NET_RANGES])
{
    struct walk w = {.c = n, .out = out};

    if (strcmp(name, GW_NAT_ANY) == 0) {
        out[0] = (struct gw_net_range){0, UINT32_MAX};
        return 1;
    }
    collect(&w, name, 0);
    return w.count;
}

static bool has_within(struct walk *w, const char *name, const char *other, unsigned depth)
{
    const struct gw_net_group *g = gw_net_group(w->c, name);

    if (strcmp(name, other) == 0 || w->steps > STEPS_MAX || depth > 4 * GW_NET_DEPTH)
        return true;
    for (size_t i = 0; g && i < g->nmembers; i++) {
        w->steps++;
        if (g->members[i].group && has_within(w, g->members[i].name, other, depth + 1))
            return true;
    }
    return false;
}

bool gw_net_group_has(const struct gw_nat_config *n, const char *name, const char *other)
{
    struct walk w = {.c = n};

    return has_within(&w, name, other, 0);
}

static void write_member(const struct gw_net_member *m, struct buf *out)
{
    char from[IP_ADDR_TEXT], text[IP_ADDR_TEXT];
    struct ip_addr mask = ip4(~(ip4_u32(&m->from) ^ ip4_u32(&m->to)));

    if (m->group)
        buf_addf(out, " group-object %s\n", m->name);
    else if (m->name[0])
        buf_addf(out, " network-object object %s\n", m->name);
    else if (ip_addr_eq(&m->from, &m->to))
        buf_addf(out, " network-object host %s\n", ip_addr_format(&m->from, from));
    else
        buf_addf(out, " network-object %s %s\n", ip_addr_format(&m->from, from),
                 ip_addr_format(&mask, text));
}

void gw_net_groups_write(const struct gw_nat_config *n, struct buf *out)
{
    for (size_t i = 0; i < n->nservices; i++) {
        const struct gw_port_object *s = &n->services[i];
        buf_addf(out, "object service %s\n", s->name);
        if (s->proto)
            buf_addf(out, " service %s source eq %u\n", s->proto == IP_TCP ? "tcp" : "udp",
                     s->port);
    }
    for (size_t i = 0; i < n->ngroups; i++) {
        buf_addf(out, "object-group network %s\n", n->groups[i].name);
        for (size_t k = 0; k < n->groups[i].nmembers; k++)
            write_member(&n->groups[i].members[k], out);
    }
}
