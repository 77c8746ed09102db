/* <nat>: what stands between a gateway and the WAN. */
#include "plan/load.h"
#include "plan/schema_tables.h"

#define SITES_OF_LAB 2

/* In front of the device: its public address is what the peer calls. In front of the peer: the
 * device calls what the lab says, and the peer has an address of its own behind it. */
static void read_nat(struct load *l, const struct node *n)
{
    struct lab_nat given = {.site = SITES_OF_LAB};
    struct plan_lab *lab = &l->plan->lab;
    enum err e = ERR_OK;

    given.spec = (struct plan_nat){.is = true, .timeout = SPAN_S(120)};
    schema_fill(n, &given);
    if (given.site == SITES_OF_LAB)
        return; /* was said already */
    bool device = given.site == lab->device_site;
    if (lab->nat[given.site].is)
        problem_add(&l->problems, ERR_EXISTS, &n->at, "a second <nat site=\"%s\">: one is enough",
                    plan_site_name((enum plan_site)given.site));
    if (lab->mode == MODE_PAIR)
        problem_add(
            &l->problems, ERR_INVALID, &n->at,
            "<nat> in <lab mode=\"pair\">: it stands between a device and the peer; leave it "
            "out, or have one gateway played: mode=\"peer\"");
    if (device ? given.inside.family : given.outside.family)
        problem_add(&l->problems, ERR_INVALID, &n->at,
                    "<nat site=\"%s\"> %s: that of %s is the lab's %s-outside; leave it out here",
                    plan_site_name((enum plan_site)given.site), device ? "private" : "public",
                    device ? "the device" : "the peer", plan_site_name((enum plan_site)given.site));
    given.spec.address = device ? given.outside : given.inside;
    if (!given.spec.address.family)
        e = ip_addr_parse(device ? "198.51.100.2" : "192.168.254.2", &given.spec.address);
    if (e)
        bug("an address of a NAT does not parse");
    lab->nat[given.site] = given.spec;
}

void build_nats(struct load *l, const struct node *lab)
{
    for (const struct node *c = lab ? lab->child : NULL; c; c = c->next) {
        if (c->spec && strcmp(c->name, "nat") == 0)
            read_nat(l, c);
    }
}
