/* nat (REAL,MAPPED) source ...: twice NAT. */
#include "gateway/command_nat.h"
#include "gateway/config_parts.h"

/* An object that exists, `any`, or (INTERFACE) the word `interface`. */
static enum err take_object(struct gw_call *call, bool interface, char out[static GW_NAME])
{
    const char *name;
    enum err e = gw_take_name(call->rest, &name);

    if (e)
        return e;
    if (strcmp(name, GW_NAT_ANY) != 0 && !(interface && strcmp(name, GW_NAT_INTERFACE) == 0) &&
        !gw_nat_object(&call->cfg->nat, name) && !gw_net_group(&call->cfg->nat, name))
        return gw_refuse(call, "%s doesn't match an existing object or object-group", name);
    (void)gw_name_set(out, name);
    return ERR_OK;
}

static enum err take_twice_options(struct gw_words *w, struct gw_nat_twice *t)
{
    while (gw_peek(w)) {
        if (gw_take_if(w, "inactive"))
            t->inactive = true;
        else if (!gw_take_if(w, "no-proxy-arp") && !gw_take_if(w, "route-lookup") &&
                 !gw_take_if(w, "dns") && !gw_take_if(w, "net-to-net"))
            break;
    }
    return gw_end(w);
}

/* Two service objects: the port of the real source, and of the mapped one. */
static enum err take_services(struct gw_call *call, struct gw_nat_twice *t)
{
    char *const out[] = {t->service_real, t->service_mapped};
    const struct gw_port_object *s[2];

    for (int i = 0; i < 2; i++) {
        const char *name;
        enum err e = gw_take_name(call->rest, &name);
        if (e)
            return e;
        s[i] = gw_port_object(&call->cfg->nat, name);
        if (!s[i])
            return gw_refuse(call, "%s doesn't match an existing object or object-group", name);
        (void)gw_name_set(out[i], name);
    }
    if (t->dynamic || !s[0]->proto || s[0]->proto != s[1]->proto)
        return gw_refuse(call, "services need one port of one protocol, and a static source");
    return ERR_OK;
}

static enum err take_twice(struct gw_call *call, struct gw_nat_twice *t)
{
    static const char *const kinds[] = {"static", "dynamic"};
    struct gw_words *w = call->rest;
    size_t kind;
    enum err e = gw_take_keyword(w, kinds, COUNT(kinds), &kind);

    t->dynamic = !e && kind == 1;
    if (!e)
        e = take_object(call, false, t->src_real);
    if (!e)
        e = take_object(call, true, t->src_mapped);
    if (!e && gw_take_if(w, "destination")) {
        e = gw_take_keyword(w, kinds, 1, &kind);
        if (!e)
            e = take_object(call, true, t->dst_mapped);
        if (!e)
            e = take_object(call, false, t->dst_real);
    }
    if (!e && gw_take_if(w, "service"))
        e = take_services(call, t);
    return e ? e : take_twice_options(w, t);
}

static bool same_twice(const struct gw_nat_twice *a, const struct gw_nat_twice *b)
{
    return a->after_auto == b->after_auto && a->dynamic == b->dynamic &&
           strcmp(a->real_if, b->real_if) == 0 && strcmp(a->mapped_if, b->mapped_if) == 0 &&
           strcmp(a->src_real, b->src_real) == 0 && strcmp(a->src_mapped, b->src_mapped) == 0 &&
           strcmp(a->dst_real, b->dst_real) == 0 && strcmp(a->dst_mapped, b->dst_mapped) == 0 &&
           strcmp(a->service_real, b->service_real) == 0 &&
           strcmp(a->service_mapped, b->service_mapped) == 0;
}

/* LINE: its place among those of its section, from 1; 0: the last. */
static enum err put_twice(struct gw_call *call, const struct gw_nat_twice *t, uint32_t line)
{
    struct gw_nat_config *c = &call->cfg->nat;
    size_t i = 0, at = 0;

    while (i < c->ntwices && !same_twice(&c->twices[i], t))
        i++;
    if (call->no && i == c->ntwices)
        return gw_refuse(call, "nat configuration does not exist");
    if (call->no) {
        gw_list_remove(c->twices, &c->ntwices, sizeof(*t), i);
    } else if (i < c->ntwices) {
        c->twices[i].inactive = t->inactive;
    } else {
        for (uint32_t seen = 1; line && at < c->ntwices; at++) {
            if (c->twices[at].after_auto == t->after_auto && seen++ == line)
                break;
        }
        struct gw_nat_twice *to =
            gw_list_insert((void **)&c->twices, &c->ntwices, sizeof(*t), line ? at : c->ntwices);
        *to = *t;
    }
    call->changed |= GW_CHANGED_NAT;
    return ERR_OK;
}

enum err gw_set_twice(struct gw_call *call)
{
    struct gw_words *w = call->rest;
    struct gw_nat_twice t = {0};
    uint32_t line = 0;
    enum err e = gw_take_interfaces(w, call->cfg, true, t.real_if, t.mapped_if);

    if (e)
        return e;
    t.after_auto = gw_take_if(w, "after-auto");
    if (gw_peek(w) && gw_peek(w)[0] >= '0' && gw_peek(w)[0] <= '9' &&
        gw_take_number(w, 1, 2147483647, &line))
        return ERR_FORMAT;
    if (!gw_take_if(w, "source"))
        return gw_peek(w) ? ERR_FORMAT : ERR_SHORT;
    e = take_twice(call, &t);
    return e ? e : put_twice(call, &t, line);
}
