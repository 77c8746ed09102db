/* <lab>: who stands where. Defaults are the topology of the Cisco note, so that a case that has
 * nothing to say about it says nothing. */
#include "plan/schema_tables.h"

#include "plan/load.h"

static struct ip_addr addr(const char *text)
{
    struct ip_addr a = {0};

    if (ip_addr_parse(text, &a))
        bug("an address of the note's lab does not parse");
    return a;
}

/* 8.2 of the note: BO behind 209.165.201.2; its users in 10.224.228.0/25, behind the router
 * 10.224.9.1. Crypto ACL 100 protects them towards anywhere, so anywhere is what HO protects. */
static void note_sites(struct lab_site s[2])
{
    s[SITE_BO] = (struct lab_site){
        .host = addr("10.224.228.10"),
        .on_link = addr("10.224.9.1"),
        .inside = addr("10.224.9.5"),
        .outside = addr("209.165.201.2"),
        .wan_router = addr("209.165.201.1"),
        .mgmt = addr("10.224.14.10"),
        .net = {addr("10.224.228.0"), 25},
    };
    s[SITE_HO] = (struct lab_site){
        .host = addr("192.168.50.20"),
        .on_link = addr("192.168.50.20"),
        .inside = addr("192.168.50.1"),
        .outside = addr("209.165.200.10"),
        .wan_router = addr("209.165.200.9"),
        .mgmt = addr("10.224.14.11"),
        .net = {addr("0.0.0.0"), 0},
    };
}

/* A metropolitan WAN between two LANs; nothing is lost unless the case says so. */
static void usual_legs(struct plan_leg_spec legs[LEG_COUNT])
{
    for (size_t i = 0; i < LEG_COUNT; i++)
        legs[i] = (struct plan_leg_spec){.delay = SPAN_US(100), .rate_bps = 1000000000};
    legs[LEG_WAN] = (struct plan_leg_spec){.delay = SPAN_MS(10), .rate_bps = 100000000};
}

static void put_sites(struct plan *p, const struct lab_site s[2])
{
    const struct lab_site *bo = &s[SITE_BO], *ho = &s[SITE_HO];
    struct plan_lab *lab = &p->lab;
    bool device_at_ho = lab->mode == MODE_PEER && lab->device_site == SITE_HO;

    lab->bo_host = bo->host;
    lab->bo_on_link = bo->on_link;
    lab->bo_inside = bo->inside;
    lab->bo_outside = bo->outside;
    lab->bo_wan_router = bo->wan_router;
    lab->bo_net = bo->net;
    lab->ho_host = ho->host;
    lab->ho_on_link = ho->on_link;
    lab->ho_inside = ho->inside;
    lab->ho_outside = ho->outside;
    lab->ho_wan_router = ho->wan_router;
    lab->ho_net = ho->net;
    lab->mgmt_device = device_at_ho ? ho->mgmt : bo->mgmt;
    lab->mgmt_device2 = ho->mgmt;
}

/* A host that was moved stands on the link itself, unless its router is named too. */
static void read_site(struct load *l, const struct node *n, struct lab_site sites[2], bool seen[2])
{
    struct lab_site given = {0}, *s;

    schema_fill(n, &given);
    s = &sites[given.name];
    if (seen[given.name])
        problem_add(&l->problems, ERR_EXISTS, &n->at, "a second <site name=\"%s\">",
                    plan_site_name(given.name));
    seen[given.name] = true;
    schema_fill(n, s);
    if (given.host.family && !given.on_link.family)
        s->on_link = given.host;
}

static void read_leg(struct load *l, const struct node *n, bool seen[LEG_COUNT])
{
    struct lab_leg given = {.name = LEG_COUNT};
    unsigned name;

    if (!schema_read(n, "name", &name))
        return;
    if (seen[name])
        problem_add(&l->problems, ERR_EXISTS, &n->at, "a second <leg name=\"%s\">",
                    plan_leg_name(name));
    seen[name] = true;
    given.spec = l->plan->lab.legs[name];
    schema_fill(n, &given);
    l->plan->lab.legs[name] = given.spec;
}

void build_lab(struct load *l, const struct node *lab)
{
    struct plan *p = l->plan;
    struct lab_site sites[2];
    bool seen_site[2] = {false}, seen_leg[LEG_COUNT] = {false};

    l->lab_at = lab ? lab->at : l->tree->at;
    note_sites(sites);
    usual_legs(p->lab.legs);
    p->lab.mgmt_host = addr("10.224.14.20");
    p->lab.device_site = p->devices[0].site;
    if (lab)
        schema_fill(lab, &p->lab);
    for (const struct node *n = lab ? lab->child : NULL; n; n = n->next) {
        if (n->ns != NS_CASE || !n->spec)
            continue;
        if (strcmp(n->name, "site") == 0)
            read_site(l, n, sites, seen_site);
        else
            read_leg(l, n, seen_leg);
    }
    put_sites(p, sites);
}
