#include "gateway/netif.h"

#include "base/mem.h"

/* Locally administered, and different for every interface of a lab: addresses are. */
static struct mac mac_of(const struct gw_interface *in)
{
    struct mac m = {{0x02, 0xa5}};

    memcpy(m.b + 2, in->addr.b, 4);
    return m;
}

static bool is_usable(const struct gw_interface *in)
{
    return in->nameif[0] && in->addr.family == 4 && !in->shutdown;
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
        if (s->v[i].up && ip_addr_eq(&s->v[i].net.addr, a))
            return i;
    }
    return NETIF_NONE;
}
