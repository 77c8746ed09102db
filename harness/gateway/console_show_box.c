/* show interface, show arp. */
#include "gateway/console.h"

#include <stdio.h>

#define DOTTED_MAC_TEXT 16

/* "0012.d94f.1a2b" */
static const char *mac_text(const struct mac *m, char out[static DOTTED_MAC_TEXT])
{
    snprintf(out, DOTTED_MAC_TEXT, "%02x%02x.%02x%02x.%02x%02x", m->b[0], m->b[1], m->b[2], m->b[3],
             m->b[4], m->b[5]);
    return out;
}

static void put_address(const struct gw_interface *in, struct buf *out)
{
    char addr[IP_ADDR_TEXT], mask[IP_ADDR_TEXT];
    struct ip_addr m = ip4_mask(in->prefix);

    if (in->addr.family)
        buf_addf(out, "\tIP address %s, subnet mask %s\n", ip_addr_format(&in->addr, addr),
                 ip_addr_format(&m, mask));
    else
        buf_adds(out, "\tIP address unassigned\n");
}

static void put_interface(const struct gateway *g, const struct gw_interface *in, struct buf *out)
{
    size_t i = in->nameif[0] ? netifs_find(&g->ifs, in->nameif) : NETIF_NONE;
    const struct netif *n = i == NETIF_NONE ? NULL : &g->ifs.v[i];
    char mac[DOTTED_MAC_TEXT];

    buf_addf(out, "Interface %s \"%s\", is %s, line protocol is %s\n", in->hardware, in->nameif,
             in->shutdown ? "administratively down" : "up", in->shutdown ? "down" : "up");
    if (!in->nameif[0]) {
        buf_adds(out, "\tAvailable but not configured via nameif\n");
        return;
    }
    if (n)
        buf_addf(out, "\tMAC address %s, MTU %d\n", mac_text(&n->mac, mac), NETIF_MTU);
    put_address(in, out);
    if (n)
        buf_addf(out, "\t%llu packets input\n\t%llu packets output, %llu underruns\n",
                 (unsigned long long)n->received, (unsigned long long)n->sent,
                 (unsigned long long)n->lost);
}

/* show interface [NAME]: by hardware or by nameif */
static enum err show_interface(struct gw_call *call)
{
    const struct gateway *g = gateway_of(call);
    bool any = false;

    for (size_t i = 0; i < g->cfg->ninterfaces; i++) {
        const struct gw_interface *in = &g->cfg->interfaces[i];
        if (call->nargs && strcmp(call->args[0].word, in->hardware) != 0 &&
            strcmp(call->args[0].word, in->nameif) != 0)
            continue;
        any = true;
        put_interface(g, in, call->answer);
    }
    if (any || !call->nargs)
        return ERR_OK;
    call->rest->at--; /* the name */
    return ERR_FORMAT;
}

static enum err show_arp(struct gw_call *call)
{
    const struct gateway *g = gateway_of(call);
    struct neighbor_line line;
    char addr[IP_ADDR_TEXT], mac[DOTTED_MAC_TEXT];

    for (uint32_t i = 0; neighbors_line(g->neighbors, i, &line); i++) {
        if (line.known)
            buf_addf(call->answer, "\t%s %s %s %lld\n", g->ifs.v[line.ifi].nameif,
                     ip_addr_format(&line.addr, addr), mac_text(&line.mac, mac),
                     (long long)(line.age.ns / 1000000000));
    }
    return ERR_OK;
}

static const struct gw_command rows[] = {
    {GW_EXEC, GW_YES, "show interface", show_interface, 0, "Interfaces and their counters"},
    {GW_EXEC, GW_YES, "show interface NAME", show_interface, 0, NULL},
    {GW_EXEC, GW_YES, "show arp", show_arp, 0, "The ARP table"},
};

const struct gw_command_set gw_show_box_commands = {rows, COUNT(rows)};
