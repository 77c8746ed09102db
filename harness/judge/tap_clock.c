#include "judge/tap_clock.h"

#include "base/hash.h"
#include "base/mem.h"

#define SLOTS       65536u /* payloads that are remembered */
#define PAIRS       64u    /* of hosts */
#define PAYLOAD_MIN 16u    /* shorter ones repeat by chance */
#define LOOK_BYTES  512u

struct slot {
    uint64_t hash; /* 0: free */
    int64_t ns[2];
    uint32_t n[2]; /* how often each tap saw it */
    uint8_t pair, turned;
};

/* Time at HO less time at BO, by who sent: the lower address or the higher one. */
struct pair {
    struct ip_addr lo, hi;
    int64_t least[2], most[2];
    uint64_t n[2];
};

struct tap_clock {
    struct slot slots[SLOTS];
    struct pair pairs[PAIRS];
    uint32_t npairs;
};

struct tap_clock *tap_clock_new(void)
{
    return mem_zalloc(sizeof(struct tap_clock));
}

void tap_clock_free(struct tap_clock *c)
{
    mem_free(c);
}

/* PAIRS: there is no room for another one. */
static uint32_t pair_of(struct tap_clock *c, const struct ip *ip, uint8_t *turned)
{
    uint32_t i = 0;

    *turned = memcmp(&ip->src, &ip->dst, sizeof(ip->src)) > 0;
    const struct ip_addr *lo = *turned ? &ip->dst : &ip->src, *hi = *turned ? &ip->src : &ip->dst;
    while (i < c->npairs && !(ip_addr_eq(&c->pairs[i].lo, lo) && ip_addr_eq(&c->pairs[i].hi, hi)))
        i++;
    if (i == c->npairs && i < PAIRS) {
        c->pairs[i] = (struct pair){.lo = *lo, .hi = *hi};
        c->npairs++;
    }
    return i;
}

static struct bytes payload_of(const struct pkt *p)
{
    struct bytes none = {NULL, 0};
    struct bytes b = p->kind == PKT_TCP ? p->tcp.data : p->kind == PKT_UDP ? p->udp.data : none;

    return b.n == p->data_len && b.n >= PAYLOAD_MIN ? b : none;
}

void tap_clock_add(struct tap_clock *c, int site, const struct pkt *p, int64_t time_ns)
{
    struct bytes b = payload_of(p);
    uint8_t turned;

    if (!b.n)
        return;
    uint64_t hash = hash_bytes(bytes_head(b, LOOK_BYTES), b.n) | 1;
    struct slot *s = &c->slots[hash >> 16 & (SLOTS - 1)];
    if (s->hash && s->hash != hash)
        return;
    if (!s->hash || (site == 0 && !s->n[0])) { /* the pair is named as the BO's LAN has it */
        uint32_t pair = pair_of(c, &p->ip, &turned);
        if (pair == PAIRS)
            return;
        s->pair = (uint8_t)pair;
        s->turned = turned;
    }
    s->hash = hash;
    s->ns[site] = time_ns;
    s->n[site]++;
}

static void gather(const struct tap_clock *c, struct pair pairs[static PAIRS])
{
    for (uint32_t i = 0; i < SLOTS; i++) {
        const struct slot *s = &c->slots[i];
        if (s->n[0] != 1 || s->n[1] != 1)
            continue;
        struct pair *p = &pairs[s->pair];
        int64_t x = s->ns[1] - s->ns[0];
        if (!p->n[s->turned] || x < p->least[s->turned])
            p->least[s->turned] = x;
        if (!p->n[s->turned] || x > p->most[s->turned])
            p->most[s->turned] = x;
        p->n[s->turned]++;
    }
}

/* Delays are positive, so one direction lies wholly above the offset and the other below it; which
 * is which shows in that alone. */
static void bound(const struct pair *p, struct tap_offset *o)
{
    int above = p->least[0] >= p->most[1] ? 0 : 1;

    if (!p->n[0] || !p->n[1])
        return;
    o->packets += p->n[0] + p->n[1];
    if (p->least[above] < p->most[!above]) {
        o->contradicts = true;
        return;
    }
    if (!o->known || p->most[!above] > o->low_ns)
        o->low_ns = p->most[!above];
    if (!o->known || p->least[above] < o->high_ns)
        o->high_ns = p->least[above];
    o->known = true;
}

struct tap_offset tap_clock_offset(const struct tap_clock *c)
{
    struct pair pairs[PAIRS];
    struct tap_offset o = {0};

    memcpy(pairs, c->pairs, sizeof(pairs));
    gather(c, pairs);
    for (uint32_t i = 0; i < c->npairs; i++)
        bound(&pairs[i], &o);
    if (o.known && o.low_ns > o.high_ns) {
        o.contradicts = true;
        o.known = false;
    }
    return o;
}

int64_t tap_offset_mend(const struct tap_offset *o)
{
    if (!o->known || (o->low_ns <= 0 && o->high_ns >= 0))
        return 0;
    return o->low_ns + (o->high_ns - o->low_ns) / 2;
}
