#include "gateway/config_nat.h"

#include "base/mem.h"
#include "gateway/config_parts.h"
#include "wire/ip.h"

void gw_nat_config_release(struct gw_nat_config *n)
{
    void *const lists[] = {n->ids, n->globals, n->statics, n->objects, n->twices};

    for (size_t i = 0; i < COUNT(lists); i++)
        mem_free(lists[i]);
    for (size_t i = 0; i < n->ngroups; i++)
        mem_free(n->groups[i].members);
    mem_free(n->groups);
    mem_free(n->services);
    *n = (struct gw_nat_config){0};
}

struct gw_object *gw_nat_object(const struct gw_nat_config *n, const char *name)
{
    for (size_t i = 0; i < n->nobjects; i++) {
        if (strcmp(n->objects[i].name, name) == 0)
            return &n->objects[i];
    }
    return NULL;
}

size_t gw_nat_config_longest(const struct gw_nat_config *n)
{
    const size_t sizes[] = {n->nids,      n->nglobals, n->nstatics, n->nobjects,
                            n->nservices, n->ngroups,  n->ntwices};
    size_t most = 0;

    for (size_t i = 0; i < n->ngroups; i++)
        most = n->groups[i].nmembers > most ? n->groups[i].nmembers : most;
    for (size_t i = 0; i < COUNT(sizes); i++)
        most = sizes[i] > most ? sizes[i] : most;
    return most;
}

/* --- interfaces that are renamed ---------------------------------------------------------------
 */

/* The name after the renaming; false: what had it goes. */
static bool follow(char name[static GW_NAME], const char *from, const char *to)
{
    if (strcmp(name, from) != 0)
        return true;
    (void)gw_name_set(name, to);
    return *to != '\0';
}

void gw_nat_config_rename(struct gw_nat_config *n, const char *from, const char *to)
{
    for (size_t i = n->nids; i-- > 0;) {
        if (!follow(n->ids[i].nameif, from, to))
            gw_list_remove(n->ids, &n->nids, sizeof(*n->ids), i);
    }
    for (size_t i = n->nglobals; i-- > 0;) {
        if (!follow(n->globals[i].nameif, from, to))
            gw_list_remove(n->globals, &n->nglobals, sizeof(*n->globals), i);
    }
    for (size_t i = n->nstatics; i-- > 0;) {
        struct gw_nat_static *s = &n->statics[i];
        if (!follow(s->real_if, from, to) || !follow(s->mapped_if, from, to))
            gw_list_remove(n->statics, &n->nstatics, sizeof(*s), i);
    }
    for (size_t i = n->ntwices; i-- > 0;) {
        struct gw_nat_twice *t = &n->twices[i];
        if (!follow(t->real_if, from, to) || !follow(t->mapped_if, from, to))
            gw_list_remove(n->twices, &n->ntwices, sizeof(*t), i);
    }
    for (size_t i = 0; i < n->nobjects; i++) {
        struct gw_object_nat *o = &n->objects[i].nat;
        if (o->set && (!follow(o->real_if, from, to) || !follow(o->mapped_if, from, to)))
            *o = (struct gw_object_nat){0};
    }
}

/* --- back into commands ------------------------------------------------------------------------
 */

static void add_addr(const struct ip_addr *a, struct buf *out)
{
    char text[IP_ADDR_TEXT];

    buf_addf(out, " %s", ip_addr_format(a, text));
}

static void add_mask(uint8_t prefix, struct buf *out)
{
    struct ip_addr m = ip4_mask(prefix);

    add_addr(&m, out);
}

void gw_nat_config_write_objects(const struct gw_nat_config *n, struct buf *out)
{
    for (size_t i = 0; i < n->nobjects; i++) {
        const struct gw_object *o = &n->objects[i];
        buf_addf(out, "object network %s\n", o->name);
        if (o->kind == GW_OBJECT_EMPTY)
            continue;
        buf_adds(out, o->kind == GW_OBJECT_HOST     ? " host"
                      : o->kind == GW_OBJECT_SUBNET ? " subnet"
                                                    : " range");
        add_addr(&o->from, out);
        struct ip_addr mask = ip4(~(ip4_u32(&o->from) ^ ip4_u32(&o->to)));
        if (o->kind != GW_OBJECT_HOST)
            add_addr(o->kind == GW_OBJECT_SUBNET ? &mask : &o->to, out);
        buf_addc(out, '\n');
    }
    gw_net_groups_write(n, out);
}

static void write_global(const struct gw_nat_global *g, struct buf *out)
{
    char to[IP_ADDR_TEXT];

    buf_addf(out, "global (%s) %u", g->nameif, g->id);
    if (g->interface)
        buf_adds(out, " interface");
    else
        add_addr(&g->from, out);
    if (!g->interface && !ip_addr_eq(&g->from, &g->to))
        buf_addf(out, "-%s", ip_addr_format(&g->to, to));
    buf_addc(out, '\n');
}

static void write_id(const struct gw_nat_id *n, struct buf *out)
{
    buf_addf(out, "nat (%s) %u", n->nameif, n->id);
    if (n->acl[0]) {
        buf_addf(out, " access-list %s", n->acl);
    } else {
        add_addr(&n->net.addr, out);
        add_mask(n->net.prefix, out);
    }
    buf_adds(out, n->outside ? " outside\n" : "\n");
}

static void write_static(const struct gw_nat_static *s, struct buf *out)
{
    buf_addf(out, "static (%s,%s)", s->real_if, s->mapped_if);
    if (s->proto)
        buf_adds(out, s->proto == IP_TCP ? " tcp" : " udp");
    if (s->interface)
        buf_adds(out, " interface");
    else
        add_addr(&s->mapped, out);
    if (s->proto)
        buf_addf(out, " %u", s->mapped_port);
    if (s->acl[0]) {
        buf_addf(out, " access-list %s\n", s->acl);
        return;
    }
    add_addr(&s->real, out);
    if (s->proto)
        buf_addf(out, " %u", s->real_port);
    buf_adds(out, " netmask");
    add_mask(s->prefix, out);
    buf_addc(out, '\n');
}

static void write_twice(const struct gw_nat_twice *t, struct buf *out)
{
    buf_addf(out, "nat (%s,%s)%s source %s %s %s", t->real_if, t->mapped_if,
             t->after_auto ? " after-auto" : "", t->dynamic ? "dynamic" : "static", t->src_real,
             t->src_mapped);
    if (t->dst_real[0])
        buf_addf(out, " destination static %s %s", t->dst_mapped, t->dst_real);
    if (t->service_real[0])
        buf_addf(out, " service %s %s", t->service_real, t->service_mapped);
    buf_adds(out, t->inactive ? " inactive\n" : "\n");
}

static void write_object_nat(const struct gw_object *o, struct buf *out)
{
    const struct gw_object_nat *n = &o->nat;

    buf_addf(out, "object network %s\n nat (%s,%s) %s", o->name, n->real_if, n->mapped_if,
             n->dynamic ? "dynamic" : "static");
    if (n->mapped[0])
        buf_addf(out, " %s", n->mapped);
    else
        add_addr(&n->addr, out);
    if (n->proto)
        buf_addf(out, " service %s %u %u", n->proto == IP_TCP ? "tcp" : "udp", n->real_port,
                 n->mapped_port);
    buf_addc(out, '\n');
}

static void write_twices(const struct gw_nat_config *n, bool after_auto, struct buf *out)
{
    for (size_t i = 0; i < n->ntwices; i++) {
        if (n->twices[i].after_auto == after_auto)
            write_twice(&n->twices[i], out);
    }
}

void gw_nat_config_write(const struct gw_nat_config *n, const char *nat0_interface,
                         const char *nat0_acl, struct buf *out)
{
    if (n->control)
        buf_adds(out, "nat-control\n");
    for (size_t i = 0; i < n->nglobals; i++)
        write_global(&n->globals[i], out);
    if (nat0_acl[0])
        buf_addf(out, "nat (%s) 0 access-list %s\n", nat0_interface, nat0_acl);
    for (size_t i = 0; i < n->nids; i++)
        write_id(&n->ids[i], out);
    for (size_t i = 0; i < n->nstatics; i++)
        write_static(&n->statics[i], out);
    write_twices(n, false, out);
    for (size_t i = 0; i < n->nobjects; i++) {
        if (n->objects[i].nat.set)
            write_object_nat(&n->objects[i], out);
    }
    write_twices(n, true, out);
}
