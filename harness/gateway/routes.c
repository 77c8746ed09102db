#include "gateway/routes.h"

#include "base/mem.h"

static void insert(struct routes *r, const struct route *add)
{
    size_t at = r->n;

    r->v = mem_resize(r->v, r->n + 1, sizeof(*r->v));
    for (; at > 0 && r->v[at - 1].net.prefix < add->net.prefix; at--)
        r->v[at] = r->v[at - 1];
    r->v[at] = *add;
    r->n++;
}

/* The networks an interface stands in; every one that speaks IPv6 has its own fe80::/64. */
static void insert_connected(struct routes *r, const struct netif *n, size_t ifi)
{
    struct route link = {.net = {{6, {0xfe, 0x80}}, 64}, .ifi = ifi};

    if (n->net.addr.family) {
        struct route own = {.net = n->net, .ifi = ifi};
        insert(r, &own);
    }
    for (size_t i = 0; i < n->nnet6; i++) {
        struct route own = {.net = n->net6[i], .ifi = ifi};
        insert(r, &own);
    }
    if (n->link_local.family)
        insert(r, &link);
}

void routes_build(struct routes *r, const struct gw_config *c, const struct netifs *s)
{
    r->n = 0;
    for (size_t i = 0; i < s->n; i++) {
        if (s->v[i].up)
            insert_connected(r, &s->v[i], i);
    }
    for (size_t i = 0; i < c->nroutes; i++) {
        struct route set = {.net = c->routes[i].net,
                            .ifi = netifs_find(s, c->routes[i].nameif),
                            .next_hop = c->routes[i].next_hop};
        if (set.ifi != NETIF_NONE)
            insert(r, &set);
    }
}

void routes_release(struct routes *r)
{
    mem_free(r->v);
    *r = (struct routes){0};
}

bool routes_find(const struct routes *r, const struct ip_addr *dst, size_t only, size_t *ifi,
                 struct ip_addr *next_hop)
{
    for (size_t i = 0; i < r->n; i++) {
        const struct route *e = &r->v[i];
        if ((only != NETIF_NONE && e->ifi != only) || !ip_net_has(&e->net, dst))
            continue;
        *ifi = e->ifi;
        *next_hop = e->next_hop.family ? e->next_hop : *dst;
        return true;
    }
    return false;
}
