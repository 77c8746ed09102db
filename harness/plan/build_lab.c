/* <lab>: who stands where. Defaults are the topology of the Cisco note, so that a case that has
 * nothing to say about it says nothing. */
#include "plan/schema_tables.h"

#include "plan/load.h"

static void usual_addresses(struct plan_lab *lab)
{
    enum err e = ERR_OK;

#define X(field, name, usual) e = e ? e : ip_addr_parse(usual, &lab->field);
    LAB_ADDRESSES(X)
#undef X
#define X(field, name, usual) e = e ? e : ip_net_parse(usual, &lab->field);
    LAB_NETS(X)
#undef X
    if (e)
        bug("an address of the note's lab does not parse");
}

/* A metropolitan WAN between two LANs; nothing is lost unless the case says so. */
static void usual_legs(struct plan_leg_spec legs[LEG_COUNT])
{
    for (size_t i = 0; i < LEG_COUNT; i++)
        legs[i] = (struct plan_leg_spec){.delay = SPAN_US(100), .rate_bps = 1000000000};
    legs[LEG_WAN] = (struct plan_leg_spec){.delay = SPAN_MS(5), .rate_bps = 100000000};
}

static void read_leg(struct load *l, const struct node *n, bool seen[LEG_COUNT])
{
    struct lab_leg given = {.name = LEG_COUNT};
    unsigned name;

    if (!schema_read(n, "name", &name))
        return;
    if (seen[name])
        problem_add(&l->problems, ERR_EXISTS, &n->at, "a second <leg name=\"%s\">",
                    plan_leg_name((enum plan_leg)name));
    seen[name] = true;
    given.spec = l->plan->lab.legs[name];
    schema_fill(n, &given);
    l->plan->lab.legs[name] = given.spec;
}

/* A host that was moved stands on the link itself, unless its router is named too. */
static void own_router(const struct node *lab, const char *host, const char *router,
                       const struct ip_addr *address, struct ip_addr *on_link)
{
    if (node_attr(lab, host) && !node_attr(lab, router))
        *on_link = *address;
}

void build_lab(struct load *l, const struct node *n)
{
    struct plan_lab *lab = &l->plan->lab;
    bool seen[LEG_COUNT] = {false};

    l->lab_at = n ? n->at : l->tree->at;
    usual_addresses(lab);
    usual_legs(lab->legs);
    if (!n)
        return;
    schema_fill(n, lab);
    own_router(n, "bo-host", "bo-on-link", &lab->bo_host, &lab->bo_on_link);
    own_router(n, "ho-host", "ho-on-link", &lab->ho_host, &lab->ho_on_link);
    for (const struct node *c = n->child; c; c = c->next) {
        if (c->spec && strcmp(c->name, "leg") == 0)
            read_leg(l, c, seen);
    }
}
