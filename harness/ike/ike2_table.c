/* Finding things in an endpoint with thousands of peers: by SPI, address, number. */
#include "ike/ike2_exchanges.h"

#include "base/hash.h"
#include "base/mem.h"

/* --- records --------------------------------------------------------------------------------- */

static uint32_t slot_take(struct ike2_slots *s, void *record)
{
    if (!s->nfree) {
        if (s->n == s->cap) {
            s->cap = s->cap ? s->cap * 2 : 16;
            s->v = mem_resize(s->v, s->cap, sizeof(*s->v));
            s->free = mem_resize(s->free, s->cap, sizeof(*s->free));
        }
        s->v[s->n] = record;
        return (uint32_t)s->n++;
    }
    uint32_t slot = s->free[--s->nfree];
    s->v[slot] = record;
    return slot;
}

static void slot_give(struct ike2_slots *s, uint32_t slot)
{
    s->v[slot] = NULL;
    s->free[s->nfree++] = slot;
}

static void slots_release(struct ike2_slots *s)
{
    mem_free(s->v);
    mem_free(s->free);
    *s = (struct ike2_slots){0};
}

/* --- IKE SAs --------------------------------------------------------------------------------- */

const uint8_t *ike2_our_spi(const struct ike2_sa *sa)
{
    return sa->initiator ? sa->spi_i : sa->spi_r;
}

static uint64_t spi_hash(const struct ike *k, const uint8_t *spi)
{
    return hash_bytes(bytes_of(spi, IKEV2_SPI_LEN), k->hash_key);
}

static bool spi_is(const void *ctx, uint32_t id, const void *key)
{
    const struct ike *k = ctx;

    return memcmp(ike2_our_spi(k->v2->sas.v[id]), key, IKEV2_SPI_LEN) == 0;
}

struct ike2_sa *ike2_sa_by_spi(const struct ike *k, const uint8_t *spi)
{
    uint32_t id = map_find(&k->v2->by_spi, spi_hash(k, spi), spi_is, k, spi);

    return id == MAP_NONE ? NULL : k->v2->sas.v[id];
}

void ike2_table_add_sa(struct ike *k, struct ike2_sa *sa)
{
    struct ike2 *v = k->v2;

    sa->slot = slot_take(&v->sas, sa);
    map_put(&v->by_spi, spi_hash(k, ike2_our_spi(sa)), sa->slot);
    if (sa->peer >= v->npeers) { /* a client of a group, whom the configuration does not name */
        size_t n = ike_npeers(k);
        v->peers = mem_resize(v->peers, n, sizeof(struct ike2_sa *));
        for (size_t i = v->npeers; i < n; i++)
            v->peers[i] = NULL;
        v->npeers = n;
    }
    sa->next = v->peers[sa->peer];
    if (sa->next)
        sa->next->prev = sa;
    v->peers[sa->peer] = sa;
}

static void unlist_first(struct ike *k, struct ike2_sa *sa);

void ike2_table_drop_sa(struct ike *k, struct ike2_sa *sa)
{
    struct ike2 *v = k->v2;

    unlist_first(k, sa);
    map_remove(&v->by_spi, spi_hash(k, ike2_our_spi(sa)), sa->slot);
    slot_give(&v->sas, sa->slot);
    if (sa->next)
        sa->next->prev = sa->prev;
    if (sa->prev)
        sa->prev->next = sa->next;
    else
        v->peers[sa->peer] = sa->next;
}

struct ike2_sa *ike2_sas_of(const struct ike *k, size_t peer)
{
    return peer < k->v2->npeers ? k->v2->peers[peer] : NULL;
}

/* --- by the first message of who began it ---------------------------------------------------- */

struct first_key {
    const uint8_t *spi;
    const struct ip_addr *addr;
};

static uint64_t first_hash(const struct ike *k, const struct first_key *f)
{
    uint8_t b[IKEV2_SPI_LEN + sizeof(struct ip_addr)];

    memcpy(b, f->spi, IKEV2_SPI_LEN);
    memcpy(b + IKEV2_SPI_LEN, f->addr, sizeof(*f->addr));
    return hash_bytes(bytes_of(b, sizeof(b)), k->hash_key);
}

static bool first_is(const void *ctx, uint32_t id, const void *key)
{
    const struct ike *k = ctx;
    const struct ike2_sa *sa = k->v2->sas.v[id];
    const struct first_key *f = key;

    return memcmp(sa->spi_i, f->spi, IKEV2_SPI_LEN) == 0 && ip_addr_eq(&sa->first_from, f->addr);
}

struct ike2_sa *ike2_sa_by_first(const struct ike *k, const uint8_t *spi_i,
                                 const struct ip_addr *addr)
{
    struct first_key f = {spi_i, addr};
    uint32_t id = map_find(&k->v2->by_first, first_hash(k, &f), first_is, k, &f);

    return id == MAP_NONE ? NULL : k->v2->sas.v[id];
}

void ike2_list_first(struct ike *k, struct ike2_sa *sa)
{
    sa->first_from = sa->remote.addr;
    struct first_key f = {sa->spi_i, &sa->first_from};

    map_put(&k->v2->by_first, first_hash(k, &f), sa->slot);
    sa->listed = sa->half_open = true;
    k->v2->half_open++;
}

void ike2_not_half_open(struct ike *k, struct ike2_sa *sa)
{
    k->v2->half_open -= sa->half_open;
    sa->half_open = false;
}

static void unlist_first(struct ike *k, struct ike2_sa *sa)
{
    struct first_key f = {sa->spi_i, &sa->first_from};

    ike2_not_half_open(k, sa);
    if (sa->listed)
        map_remove(&k->v2->by_first, first_hash(k, &f), sa->slot);
    sa->listed = false;
}

/* --- pairs ----------------------------------------------------------------------------------- */

static uint64_t in_hash(const struct ike *k, uint32_t spi)
{
    return hash_bytes(bytes_of(&spi, sizeof(spi)), k->hash_key);
}

static bool in_is(const void *ctx, uint32_t id, const void *key)
{
    const struct ike *k = ctx;
    const struct ike2_child *c = k->v2->children.v[id];

    return c->in_spi == *(const uint32_t *)key;
}

struct ike2_child *ike2_child_by_in(const struct ike *k, uint32_t in_spi)
{
    uint32_t id = map_find(&k->v2->by_in, in_hash(k, in_spi), in_is, k, &in_spi);

    return id == MAP_NONE ? NULL : k->v2->children.v[id];
}

void ike2_table_add_child(struct ike *k, struct ike2_child *c)
{
    c->slot = slot_take(&k->v2->children, c);
    map_put(&k->v2->by_in, in_hash(k, c->in_spi), c->slot);
}

void ike2_table_drop_child(struct ike *k, struct ike2_child *c)
{
    map_remove(&k->v2->by_in, in_hash(k, c->in_spi), c->slot);
    slot_give(&k->v2->children, c->slot);
}

/* --- the configuration ----------------------------------------------------------------------- */

static uint64_t addr_hash(const struct ike *k, const struct ip_addr *a)
{
    return hash_bytes(bytes_of(a, sizeof(*a)), k->hash_key);
}

static bool addr_is(const void *ctx, uint32_t id, const void *key)
{
    const struct ike *k = ctx;

    return ip_addr_eq(&k->cfg->peers[id].address, key);
}

static bool policy_is(const void *ctx, uint32_t id, const void *key)
{
    const struct ike *k = ctx;

    return k->cfg->policies[id].id == *(const uint32_t *)key;
}

bool ike2_is_v2(const struct ike *k, size_t peer)
{
    return ike_peer_at(k, peer)->ike_version == 2;
}

bool ike2_peer_by_addr(const struct ike *k, const struct ip_addr *addr, size_t *peer)
{
    uint32_t id = map_find(&k->v2->by_addr, addr_hash(k, addr), addr_is, k, addr);

    if (id == MAP_NONE)
        return false;
    *peer = id;
    return true;
}

bool ike2_policy_by_id(const struct ike *k, uint32_t id, size_t *policy)
{
    uint32_t at = map_find(&k->v2->by_id, in_hash(k, id), policy_is, k, &id);

    if (at == MAP_NONE)
        return false;
    *policy = at;
    return true;
}

static void index_peers(struct ike *k)
{
    struct ike2 *v = k->v2;
    size_t other;

    for (size_t i = 0; i < k->cfg->npeers; i++) {
        const struct ip_addr *a = &k->cfg->peers[i].address;
        v->policy_of[i] = MAP_NONE;
        if (!ike2_is_v2(k, i)) {
            v->any1 = true;
            continue;
        }
        v->any = true;
        if (a->family && !ike2_peer_by_addr(k, a, &other))
            map_put(&v->by_addr, addr_hash(k, a), (uint32_t)i);
    }
}

static void index_policies(struct ike *k)
{
    struct ike2 *v = k->v2;
    size_t other;

    for (size_t i = k->cfg->npolicies; i-- > 0;) { /* backwards: the lists keep their order */
        const struct ike_policy *p = &k->cfg->policies[i];
        v->policy_next[i] = v->policy_of[p->peer];
        v->policy_of[p->peer] = (uint32_t)i;
    }
    for (size_t i = 0; i < k->cfg->npolicies; i++) {
        if (!ike2_policy_by_id(k, k->cfg->policies[i].id, &other))
            map_put(&v->by_id, in_hash(k, k->cfg->policies[i].id), (uint32_t)i);
    }
}

void ike2_table_init(struct ike *k)
{
    struct ike2 *v = k->v2;

    v->policy_of = mem_array(k->cfg->npeers, sizeof(*v->policy_of));
    v->policy_next = mem_array(k->cfg->npolicies, sizeof(*v->policy_next));
    v->npeers = k->cfg->npeers;
    v->peers = mem_array(v->npeers, sizeof(struct ike2_sa *));
    index_peers(k);
    index_policies(k);
}

void ike2_table_release(struct ike2 *v)
{
    slots_release(&v->sas);
    slots_release(&v->children);
    map_release(&v->by_spi);
    map_release(&v->by_first);
    map_release(&v->by_in);
    map_release(&v->by_addr);
    map_release(&v->by_id);
    mem_free(v->policy_of);
    mem_free(v->policy_next);
    mem_free(v->peers);
}
