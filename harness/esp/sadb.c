#include "esp/sadb.h"

#include "base/hash.h"
#include "base/map.h"
#include "base/mem.h"

#define NONE MAP_NONE

/* A pair lives in a slot whose number stays the same for its life; three maps and one list lead to
 * it: inbound SPI, outbound SPI and address, policy (newest first), and the order of adding. */
struct slot {
    struct sadb_pair pair; /* in == NULL: the slot is free */
    uint64_t added;        /* grows with every pair */
    uint32_t newer, older; /* of the same policy; older: also the next free slot */
    bool chosen_from;      /* is on its policy's list */
};

struct policy {
    uint32_t number;
    uint32_t newest; /* slot; NONE: no pair */
};

struct sadb {
    struct slot *slots;
    size_t nslots;
    uint32_t free_slot;
    uint32_t *order; /* slots by `added` */
    size_t count;
    uint64_t added;
    struct policy *policies;
    size_t npolicies;
    struct map by_in, by_out, by_policy;
};

struct out_key {
    uint32_t spi;
    struct ip_addr dst;
};

static uint64_t hash_u32(uint32_t v)
{
    return hash_bytes(bytes_of(&v, sizeof(v)), 0);
}

static uint64_t hash_out(const struct out_key *k)
{
    return hash_bytes(bytes_of(&k->dst, sizeof(k->dst)), k->spi);
}

static struct out_key out_key(const struct sadb_pair *p)
{
    return (struct out_key){esp_sa_params(p->out)->spi, esp_sa_params(p->out)->dst};
}

static bool same_in(const void *ctx, uint32_t id, const void *key)
{
    const struct sadb *db = ctx;

    return esp_sa_params(db->slots[id].pair.in)->spi == *(const uint32_t *)key;
}

static bool same_out(const void *ctx, uint32_t id, const void *key)
{
    const struct sadb *db = ctx;
    const struct out_key *want = key;
    struct out_key k = out_key(&db->slots[id].pair);

    return k.spi == want->spi && ip_addr_eq(&k.dst, &want->dst);
}

static bool same_policy(const void *ctx, uint32_t id, const void *key)
{
    const struct sadb *db = ctx;

    return db->policies[id].number == *(const uint32_t *)key;
}

static uint32_t find_in(const struct sadb *db, uint32_t spi)
{
    return map_find(&db->by_in, hash_u32(spi), same_in, db, &spi);
}

static uint32_t find_out(const struct sadb *db, struct out_key k)
{
    return map_find(&db->by_out, hash_out(&k), same_out, db, &k);
}

static struct policy *find_policy(struct sadb *db, uint32_t number)
{
    uint32_t i = map_find(&db->by_policy, hash_u32(number), same_policy, db, &number);

    return i == NONE ? NULL : &db->policies[i];
}

struct sadb *sadb_new(void)
{
    struct sadb *db = mem_zalloc(sizeof(*db));

    db->free_slot = NONE;
    return db;
}

void sadb_free(struct sadb *db)
{
    if (!db)
        return;
    for (size_t i = 0; i < db->nslots; i++) {
        esp_sa_free(db->slots[i].pair.in);
        esp_sa_free(db->slots[i].pair.out);
    }
    map_release(&db->by_in);
    map_release(&db->by_out);
    map_release(&db->by_policy);
    mem_free(db->slots);
    mem_free(db->order);
    mem_free(db->policies);
    mem_free(db);
}

static uint32_t take_slot(struct sadb *db)
{
    if (db->free_slot == NONE) {
        size_t n = db->nslots ? db->nslots * 2 : 8;
        db->slots = mem_resize(db->slots, n, sizeof(*db->slots));
        db->order = mem_resize(db->order, n, sizeof(*db->order));
        for (size_t i = n; i-- > db->nslots;) {
            db->slots[i] = (struct slot){.older = db->free_slot};
            db->free_slot = (uint32_t)i;
        }
        db->nslots = n;
    }
    uint32_t id = db->free_slot;
    db->free_slot = db->slots[id].older;
    return id;
}

static struct policy *take_policy(struct sadb *db, uint32_t number)
{
    struct policy *p = find_policy(db, number);

    if (p)
        return p;
    if ((db->npolicies & (db->npolicies + 1)) == 0) /* full at 0, 1, 3, 7, ... */
        db->policies = mem_resize(db->policies, 2 * (db->npolicies + 1), sizeof(*db->policies));
    map_put(&db->by_policy, hash_u32(number), (uint32_t)db->npolicies);
    p = &db->policies[db->npolicies++];
    *p = (struct policy){number, NONE};
    return p;
}

static void link_newest(struct sadb *db, struct policy *p, uint32_t id)
{
    struct slot *s = &db->slots[id];

    s->newer = NONE;
    s->older = p->newest;
    s->chosen_from = true;
    if (p->newest != NONE)
        db->slots[p->newest].newer = id;
    p->newest = id;
}

static void unlink_slot(struct sadb *db, struct policy *p, uint32_t id)
{
    struct slot *s = &db->slots[id];

    if (!s->chosen_from)
        return;
    s->chosen_from = false;
    if (s->newer == NONE)
        p->newest = s->older;
    else
        db->slots[s->newer].older = s->older;
    if (s->older != NONE)
        db->slots[s->older].newer = s->newer;
}

enum err sadb_add(struct sadb *db, struct esp_sa *in, struct esp_sa *out, uint32_t policy,
                  uint32_t ike)
{
    uint32_t spi = esp_sa_params(in)->spi;

    if (find_in(db, spi) != NONE)
        return ERR_EXISTS;
    uint32_t id = take_slot(db);
    struct slot *s = &db->slots[id];
    *s = (struct slot){.pair = {.in = in, .out = out, .policy = policy, .ike = ike},
                       .added = db->added++};
    s->pair.way.local.addr = esp_sa_params(out)->src;
    s->pair.way.remote.addr = esp_sa_params(out)->dst;
    db->order[db->count++] = id;
    map_put(&db->by_in, hash_u32(spi), id);
    struct out_key k = out_key(&s->pair);
    uint32_t old = find_out(db, k);
    if (old != NONE) /* the peer named two SAs alike: the newer one counts */
        map_remove(&db->by_out, hash_out(&k), old);
    map_put(&db->by_out, hash_out(&k), id);
    link_newest(db, take_policy(db, policy), id);
    return ERR_OK;
}

static struct sadb_pair *pair_of(struct sadb *db, uint32_t id)
{
    return id == NONE ? NULL : &db->slots[id].pair;
}

struct sadb_pair *sadb_by_spi(struct sadb *db, uint32_t inbound_spi)
{
    return pair_of(db, find_in(db, inbound_spi));
}

struct sadb_pair *sadb_by_out_spi(struct sadb *db, uint32_t outbound_spi, const struct ip_addr *dst)
{
    return pair_of(db, find_out(db, (struct out_key){outbound_spi, *dst}));
}

struct sadb_pair *sadb_for_policy(struct sadb *db, uint32_t policy)
{
    struct policy *p = find_policy(db, policy);

    if (!p)
        return NULL;
    while (p->newest != NONE && db->slots[p->newest].pair.retired)
        unlink_slot(db, p, p->newest); /* once for each pair: O(1) amortised */
    return pair_of(db, p->newest);
}

/* Where the pair added as number ADDED stands in the order. */
static size_t rank(const struct sadb *db, uint64_t added)
{
    size_t low = 0, high = db->count;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (db->slots[db->order[mid]].added < added)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

bool sadb_remove(struct sadb *db, uint32_t inbound_spi)
{
    uint32_t id = find_in(db, inbound_spi);

    if (id == NONE)
        return false;
    struct slot *s = &db->slots[id];
    struct out_key k = out_key(&s->pair);
    size_t at = rank(db, s->added);
    map_remove(&db->by_in, hash_u32(inbound_spi), id);
    map_remove(&db->by_out, hash_out(&k), id);
    unlink_slot(db, find_policy(db, s->pair.policy), id);
    memmove(db->order + at, db->order + at + 1, (--db->count - at) * sizeof(*db->order));
    esp_sa_free(s->pair.in);
    esp_sa_free(s->pair.out);
    *s = (struct slot){.older = db->free_slot};
    db->free_slot = id;
    return true;
}

size_t sadb_count(const struct sadb *db)
{
    return db->count;
}

struct sadb_pair *sadb_at(struct sadb *db, size_t i)
{
    return i < db->count ? &db->slots[db->order[i]].pair : NULL;
}
