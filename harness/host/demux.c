#include "host/demux.h"

#include "base/hash.h"
#include "base/mem.h"
#include "host/host_impl.h"

void demux_init(struct demux *d, uint64_t key)
{
    *d = (struct demux){.key = key};
    map_init(&d->bound);
    map_init(&d->exact);
    map_init(&d->lists);
}

void demux_release(struct demux *d)
{
    map_release(&d->bound);
    map_release(&d->exact);
    map_release(&d->lists);
    mem_free(d->groups);
    mem_free(d->names);
}

static uint64_t hash_name(const struct demux *d, const struct demux_name *n)
{
    uint8_t b[64]; /* no padding of a struct may get in */
    struct wr w = wr_of(b, sizeof(b));

    wr_u8(&w, (uint8_t)n->proto);
    wr_put(&w, bytes_of(n->local.addr.b, ip_addr_len(&n->local.addr)));
    wr_be16(&w, n->local.port);
    wr_put(&w, bytes_of(n->remote.addr.b, ip_addr_len(&n->remote.addr)));
    wr_be16(&w, n->remote.port);
    return hash_bytes(wr_bytes(&w), d->key);
}

static bool name_eq(const struct demux_name *a, const struct demux_name *b)
{
    return a->proto == b->proto && endpoint_eq(&a->local, &b->local) &&
           endpoint_eq(&a->remote, &b->remote);
}

static struct demux_name name_bound(const struct flow *f)
{
    return (struct demux_name){f->proto, f->local, f->peer};
}

static struct demux_name name_exact(const struct flow *f)
{
    return (struct demux_name){f->proto, f->local, f->remote};
}

static bool eq_bound(const void *ctx, uint32_t id, const void *key)
{
    struct demux_name n = name_bound(((const struct host *)ctx)->flows[id]);
    return name_eq(&n, key);
}

static bool eq_exact(const void *ctx, uint32_t id, const void *key)
{
    struct demux_name n = name_exact(((const struct host *)ctx)->flows[id]);
    return name_eq(&n, key);
}

static bool eq_list(const void *ctx, uint32_t id, const void *key)
{
    return name_eq(&((const struct demux *)ctx)->names[id], key);
}

static struct flow *flow_of(const struct host *h, uint32_t id)
{
    return id == MAP_NONE ? NULL : h->flows[id];
}

struct flow *demux_bound(const struct host *h, const struct demux_name *n)
{
    return flow_of(h, map_find(&h->demux.bound, hash_name(&h->demux, n), eq_bound, h, n));
}

struct flow *demux_exact(const struct host *h, const struct demux_name *n)
{
    return flow_of(h, map_find(&h->demux.exact, hash_name(&h->demux, n), eq_exact, h, n));
}

bool demux_is_taken(const struct host *h, const struct demux_name *n)
{
    return demux_bound(h, n) || demux_exact(h, n);
}

/* What N looks like to a list: less and less is known of the remote endpoint. */
static struct demux_name name_list(const struct demux_name *n, enum wait_list list)
{
    struct demux_name l = *n;

    l.remote.addr = (struct ip_addr){0};
    if (list == WAIT_LOCAL)
        l.remote.port = 0;
    return l;
}

static uint32_t find_list(const struct demux *d, const struct demux_name *l)
{
    return map_find(&d->lists, hash_name(d, l), eq_list, d, l);
}

struct flow *demux_first(const struct host *h, const struct demux_name *n, enum wait_list list)
{
    struct demux_name l = name_list(n, list);
    uint32_t g = find_list(&h->demux, &l);

    return g == MAP_NONE ? NULL : h->demux.groups[g].first;
}

struct flow *demux_listener(const struct host *h, const struct demux_name *n)
{
    struct flow *f = demux_exact(h, n);

    for (enum wait_list l = 0; !f && l < WAIT_LISTS; l++)
        f = demux_first(h, n, l);
    return f;
}

void demux_bind(struct flow *f, const struct endpoint *peer)
{
    struct demux *d = &f->host->demux;

    demux_unbind(f);
    f->peer = *peer;
    struct demux_name n = name_bound(f);
    map_put(&d->bound, hash_name(d, &n), f->id);
    f->bound = true;
}

void demux_unbind(struct flow *f)
{
    struct demux *d = &f->host->demux;
    struct demux_name n = name_bound(f);

    if (!f->bound)
        return;
    map_remove(&d->bound, hash_name(d, &n), f->id);
    f->bound = false;
}

static uint32_t make_list(struct demux *d, const struct demux_name *l)
{
    uint32_t g = find_list(d, l);

    if (g != MAP_NONE)
        return g;
    if (d->ngroups == d->cap) {
        d->cap = d->cap ? d->cap * 2 : 16;
        d->groups = mem_resize(d->groups, d->cap, sizeof(*d->groups));
        d->names = mem_resize(d->names, d->cap, sizeof(*d->names));
    }
    g = d->ngroups++;
    d->groups[g] = (struct demux_group){NULL, NULL};
    d->names[g] = *l;
    map_put(&d->lists, hash_name(d, l), g);
    return g;
}

static void join(struct flow *f, enum wait_list list, bool first)
{
    struct demux *d = &f->host->demux;
    struct demux_name n = name_exact(f), l = name_list(&n, list);
    struct wait_link *w = &f->wait[list];

    w->group = make_list(d, &l);
    struct demux_group *g = &d->groups[w->group];
    w->prev = first ? NULL : g->last;
    w->next = first ? g->first : NULL;
    *(w->prev ? &w->prev->wait[list].next : &g->first) = f;
    *(w->next ? &w->next->wait[list].prev : &g->last) = f;
}

static void leave(struct flow *f, enum wait_list list)
{
    struct wait_link *w = &f->wait[list];
    struct demux_group *g = &f->host->demux.groups[w->group];

    *(w->prev ? &w->prev->wait[list].next : &g->first) = w->next;
    *(w->next ? &w->next->wait[list].prev : &g->last) = w->prev;
}

void demux_listen(struct flow *f, bool first)
{
    struct demux *d = &f->host->demux;
    struct demux_name n = name_exact(f);

    demux_unlisten(f);
    map_put(&d->exact, hash_name(d, &n), f->id);
    for (enum wait_list l = 0; l < WAIT_LISTS; l++)
        join(f, l, first);
    f->listening = true;
}

void demux_unlisten(struct flow *f)
{
    struct demux *d = &f->host->demux;
    struct demux_name n = name_exact(f);

    if (!f->listening)
        return;
    map_remove(&d->exact, hash_name(d, &n), f->id);
    for (enum wait_list l = 0; l < WAIT_LISTS; l++)
        leave(f, l);
    f->listening = false;
}
