/* Does the lab make sense: addresses, and who is there in which mode. */
#include "plan/load.h"

struct role {
    const char *name;
    const struct ip_addr *addr;
};

/* Every address the lab plays or expects is one station's own. A host may be its own router. */
static void check_distinct(struct load *l)
{
    const struct plan_lab *lab = &l->plan->lab;
    const struct role roles[] = {
        {"the bo host", &lab->bo_host},
        {"the bo gateway's inside", &lab->bo_inside},
        {"the bo gateway's outside", &lab->bo_outside},
        {"the ho gateway's outside", &lab->ho_outside},
        {"the ho gateway's inside", &lab->ho_inside},
        {"the ho host", &lab->ho_host},
        {"the device's management", &lab->mgmt_device},
        {"the management host", &lab->mgmt_host},
    };
    char text[IP_ADDR_TEXT];

    for (size_t i = 0; i < COUNT(roles); i++) {
        for (size_t j = i + 1; j < COUNT(roles); j++) {
            if (ip_addr_eq(roles[i].addr, roles[j].addr))
                problem_add(&l->problems, ERR_INVALID, &l->lab_at,
                            "<lab>: %s and %s have the same address %s", roles[i].name,
                            roles[j].name, ip_addr_format(roles[i].addr, text));
        }
    }
    if (lab->mode == MODE_PAIR && ip_addr_eq(&lab->mgmt_device, &lab->mgmt_device2))
        problem_add(&l->problems, ERR_INVALID, &l->lab_at,
                    "<lab>: both devices have the management address %s",
                    ip_addr_format(&lab->mgmt_device, text));
}

static void check_family(struct load *l, struct role a, struct role b)
{
    if (a.addr->family != b.addr->family)
        problem_add(&l->problems, ERR_INVALID, &l->lab_at,
                    "<lab>: %s has IPv%d and %s IPv%d; they have to meet", a.name, a.addr->family,
                    b.name, b.addr->family);
}

static void check_families(struct load *l)
{
    const struct plan_lab *lab = &l->plan->lab;
    const struct role host = {"the bo host", &lab->bo_host},
                      outside = {"the bo gateway's outside", &lab->bo_outside};

    check_family(l, host, (struct role){"the ho host", &lab->ho_host});
    check_family(l, host, (struct role){"the bo host's router", &lab->bo_on_link});
    check_family(l, host, (struct role){"the bo gateway's inside", &lab->bo_inside});
    check_family(l, host, (struct role){"the ho gateway's inside", &lab->ho_inside});
    check_family(l, host, (struct role){"the ho host's router", &lab->ho_on_link});
    check_family(l, outside, (struct role){"the ho gateway's outside", &lab->ho_outside});
    check_family(l, outside, (struct role){"the bo wan router", &lab->bo_wan_router});
    check_family(l, outside, (struct role){"the ho wan router", &lab->ho_wan_router});
    check_family(l, (struct role){"the device's management", &lab->mgmt_device},
                 (struct role){"the management host", &lab->mgmt_host});
}

static void check_protected(struct load *l, const char *site, const struct ip_addr *host,
                            const struct ip_net *net)
{
    char a[IP_ADDR_TEXT], n[IP_ADDR_TEXT];

    if (!ip_net_has(net, host))
        problem_add(
            &l->problems, ERR_INVALID, &l->lab_at,
            "<lab>: the %s host %s lies outside of the %s net %s/%u, so the tunnel would not "
            "carry its traffic",
            site, ip_addr_format(host, a), site, ip_addr_format(&net->addr, n), net->prefix);
}

static void check_devices(struct load *l)
{
    const struct plan *p = l->plan;
    const struct plan_device *first = &p->devices[0], *second = &p->devices[1];

    if (p->lab.mode == MODE_PEER && p->ndevices > 1)
        problem_add(&l->problems, ERR_INVALID, &second->at,
                    "a second <device>: only <lab mode=\"pair\"> has two");
    else if (p->lab.mode == MODE_PEER && first->site != p->lab.device_site)
        problem_add(&l->problems, ERR_INVALID, &first->at,
                    "<device site=\"%s\">, but <lab device=\"%s\">: one of the two",
                    plan_site_name(first->site), plan_site_name(p->lab.device_site));
    if (p->lab.mode == MODE_PAIR && p->ndevices < 2)
        problem_add(&l->problems, ERR_INVALID, &first->at,
                    "<lab mode=\"pair\"> needs two: <device site=\"bo\"> and <device site=\"ho\">");
    else if (p->lab.mode == MODE_PAIR && first->site == second->site)
        problem_add(&l->problems, ERR_INVALID, &second->at, "both devices are at site=\"%s\"",
                    plan_site_name(second->site));
}

/* UDP over IPv4 is what the NATs of the lab know. */
static void check_nats(struct load *l)
{
    const struct plan_lab *lab = &l->plan->lab;
    char text[IP_ADDR_TEXT];

    for (int i = 0; i < 2; i++) {
        const struct ip_addr *a = &lab->nat[i].address;
        if (!lab->nat[i].is)
            continue;
        if (a->family != 4 || lab->bo_outside.family != 4)
            problem_add(&l->problems, ERR_INVALID, &l->lab_at,
                        "<nat> is of IPv4: outside addresses have to be, too, or it is left out");
        if (ip_addr_eq(a, &lab->bo_outside) || ip_addr_eq(a, &lab->ho_outside) ||
            (lab->nat[!i].is && ip_addr_eq(a, &lab->nat[!i].address)))
            problem_add(
                &l->problems, ERR_INVALID, &l->lab_at,
                "<nat site=\"%s\">: %s is the address of another gateway; take one that nobody has",
                plan_site_name((enum plan_site)i), ip_addr_format(a, text));
    }
}

void check_lab(struct load *l)
{
    const struct plan_lab *lab = &l->plan->lab;
    const struct node *peer = node_named(l->tree->child, "peer");

    check_families(l);
    check_nats(l);
    check_distinct(l);
    check_protected(l, "bo", &lab->bo_host, &lab->bo_net);
    check_protected(l, "ho", &lab->ho_host, &lab->ho_net);
    check_devices(l);
    if (lab->mode == MODE_PAIR && peer)
        problem_add(&l->problems, ERR_INVALID, &peer->at,
                    "<peer> with <lab mode=\"pair\">: there both gateways are devices");
}
