#include "gateway/netif.h"

#include "base/hash.h"
#include "base/mem.h"
#include "wire/nd.h"

/* Locally administered, and different for every interface of a lab: addresses are. */
static struct mac mac_of(const struct gw_interface *in)
{
    struct mac m = {{0x02, 0xa5}};
    const struct ip_addr *six = in->naddr6 ? &in->addr6[0].net.addr : &in->link_local;
    uint64_t name = hash_bytes(bytes_str(in->hardware), 0);

    if (in->addr.family)
        memcpy(m.b + 2, in->addr.b, 4);
    else if (six->family && !(in->naddr6 && in->addr6[0].eui64))
        memcpy(m.b + 2, six->b + 12, 4);
    else
        memcpy(m.b + 2, &name, 4);
    return m;
}

static bool is_usable(const struct gw_interface *in)
{
    return in->nameif[0] && (in->addr.family == 4 || gw_interface_has_ipv6(in)) && !in->shutdown;
}

static struct netif *by_hardware(struct netifs *s, const char *hardware)
{
    for (size_t i = 0; i < s->n; i++) {
        if (strcmp(s->v[i].hardware, hardware) == 0)
            return &s->v[i];
    }
    return NULL;
}

static struct netif *add(struct netifs *s, const struct gw_interface *in)
{
    s->v = mem_resize(s->v, s->n + 1, sizeof(*s->v));
    struct netif *n = &s->v[s->n++];
    *n = (struct netif){.mac = mac_of(in)};
    memcpy(n->hardware, in->hardware, sizeof(n->hardware));
    return n;
}

static void configure_ipv6(struct netif *n, const struct gw_interface *in)
{
    static const struct ip_addr link = {6, {0xfe, 0x80}};

    n->nnet6 = 0;
    n->link_local = (struct ip_addr){0};
    if (!gw_interface_has_ipv6(in))
        return;
    n->link_local = in->link_local.family ? in->link_local : ip6_eui64(&link, &n->mac);
    for (size_t i = 0; i < in->naddr6; i++) {
        struct ip_net net = in->addr6[i].net;
        if (in->addr6[i].eui64)
            net.addr = ip6_eui64(&net.addr, &n->mac);
        n->net6[n->nnet6++] = net;
    }
}

void netifs_configure(struct netifs *s, const struct gw_config *c)
{
    for (size_t i = 0; i < s->n; i++)
        s->v[i].up = false;
    for (size_t i = 0; i < c->ninterfaces; i++) {
        const struct gw_interface *in = &c->interfaces[i];
        struct netif *n = by_hardware(s, in->hardware);
        if (!is_usable(in))
            continue;
        if (!n)
            n = add(s, in);
        memcpy(n->nameif, in->nameif, sizeof(n->nameif));
        n->level = in->security_level < 0 ? 0 : in->security_level;
        n->net = (struct ip_net){in->addr, in->prefix};
        configure_ipv6(n, in);
        n->up = true;
    }
}

void netifs_release(struct netifs *s)
{
    mem_free(s->v);
    *s = (struct netifs){0};
}

size_t netifs_find(const struct netifs *s, const char *nameif)
{
    for (size_t i = 0; i < s->n; i++) {
        if (s->v[i].up && strcmp(s->v[i].nameif, nameif) == 0)
            return i;
    }
    return NETIF_NONE;
}

size_t netifs_owner(const struct netifs *s, const struct ip_addr *a)
{
    for (size_t i = 0; i < s->n; i++) {
        if (s->v[i].up && netif_owns(&s->v[i], a))
            return i;
    }
    return NETIF_NONE;
}

bool netif_owns(const struct netif *n, const struct ip_addr *a)
{
    if (a->family == 4)
        return ip_addr_eq(&n->net.addr, a);
    for (size_t i = 0; i < n->nnet6; i++) {
        if (ip_addr_eq(&n->net6[i].addr, a))
            return true;
    }
    return a->family && ip_addr_eq(&n->link_local, a);
}

struct ip_addr netif_source(const struct netif *n, const struct ip_addr *a)
{
    if (a->family == 4)
        return n->net.addr;
    for (size_t i = 0; i < n->nnet6; i++) {
        if (ip_net_has(&n->net6[i], a))
            return n->net6[i].addr;
    }
    return ip6_is_link_local(a) || !n->nnet6 ? n->link_local : n->net6[0].addr;
}
