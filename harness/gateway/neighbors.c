#include "gateway/neighbors_parts.h"

#include "base/hash.h"
#include "base/mem.h"

struct key {
    size_t ifi;
    const struct ip_addr *addr;
};

static uint64_t hash_of(size_t ifi, const struct ip_addr *a)
{
    return hash_bytes(bytes_of(a, sizeof(*a)), ifi);
}

static bool same(const void *ctx, uint32_t id, const void *key)
{
    const struct entry *e = ((const struct neighbors *)ctx)->v[id];
    const struct key *k = key;

    return e->ifi == k->ifi && ip_addr_eq(&e->addr, k->addr);
}

struct neighbors *neighbors_new(struct netifs *ifs, const struct clock *clk)
{
    struct neighbors *n = mem_zalloc(sizeof(*n));

    n->ifs = ifs;
    n->clk = clk;
    map_init(&n->by_addr);
    wheel_init(&n->timers, clock_now(clk));
    return n;
}

static void drop_held(struct neighbors *n, struct entry *e)
{
    for (size_t i = 0; i < e->nheld; i++)
        mem_free(e->held[i].p);
    n->ifs->v[e->ifi].lost += e->nheld;
    n->ifs->v[e->ifi].unreached += e->nheld;
    e->nheld = 0;
}

void neighbors_forget(struct neighbors *n)
{
    for (size_t i = 0; i < n->n; i++) {
        wheel_disarm(&n->timers, &n->v[i]->timer);
        drop_held(n, n->v[i]);
        mem_free(n->v[i]);
    }
    n->n = n->hand = 0;
    map_release(&n->by_addr);
    map_init(&n->by_addr);
    n->epoch++;
}

void neighbors_free(struct neighbors *n)
{
    if (!n)
        return;
    neighbors_forget(n);
    map_release(&n->by_addr);
    mem_free(n->v);
    mem_free(n);
}

uint32_t neighbors_epoch(const struct neighbors *n)
{
    return n->epoch;
}

size_t neighbors_interface(const struct neighbors *n, uint32_t id)
{
    return n->v[id]->ifi;
}

/* An empty entry; the oldest one's place when there are too many. */
static struct entry *vacant(struct neighbors *n)
{
    struct entry *e;

    if (n->n < ENTRIES_MAX) {
        n->v = mem_resize(n->v, n->n + 1, sizeof(struct entry *));
        e = n->v[n->n] = mem_zalloc(sizeof(*e));
        e->id = (uint32_t)n->n++;
        return e;
    }
    e = n->v[n->hand];
    n->hand = (n->hand + 1) % n->n;
    wheel_disarm(&n->timers, &e->timer);
    drop_held(n, e);
    map_remove(&n->by_addr, hash_of(e->ifi, &e->addr), e->id);
    *e = (struct entry){.id = e->id};
    n->epoch++;
    return e;
}

uint32_t neighbors_at(struct neighbors *n, size_t ifi, const struct ip_addr *a)
{
    struct key k = {ifi, a};
    uint64_t hash = hash_of(ifi, a);
    uint32_t id = map_find(&n->by_addr, hash, same, n, &k);

    if (id != MAP_NONE)
        return id;
    struct entry *e = vacant(n);
    e->ifi = ifi;
    e->addr = *a;
    map_put(&n->by_addr, hash, e->id);
    return e->id;
}

struct entry *neighbor_find(struct neighbors *n, size_t ifi, const struct ip_addr *a)
{
    struct key k = {ifi, a};
    uint32_t id = map_find(&n->by_addr, hash_of(ifi, a), same, n, &k);

    return id == MAP_NONE ? NULL : n->v[id];
}

static void send_arp(struct netif *out, const struct mac *to, const struct arp *a)
{
    uint8_t *p = netif_reserve(out, ETHER_HDR_LEN + ARP_LEN);
    struct wr w = wr_of(p, ETHER_HDR_LEN + ARP_LEN);

    if (!p)
        return;
    ether_put(&w, to, &out->mac, ETHER_ARP);
    arp_put(&w, a);
    netif_commit(out, w.at);
}

static void ask(struct neighbors *n, struct entry *e)
{
    struct netif *out = &n->ifs->v[e->ifi];
    struct arp q = {
        .op = ARP_REQUEST, .sender_mac = out->mac, .sender = out->net.addr, .target = e->addr};

    if (e->addr.family == 6) {
        neighbor_nd_ask(n, e);
        return;
    }
    e->asked++;
    wheel_arm(&n->timers, &e->timer, mono_add(clock_now(n->clk), RETRY));
    send_arp(out, &MAC_BROADCAST, &q);
}

bool neighbors_ready(struct neighbors *n, uint32_t id)
{
    struct entry *e = n->v[id];

    if (!e->known && !timer_is_armed(&e->timer))
        ask(n, e);
    return e->known;
}

bool neighbors_line(const struct neighbors *n, uint32_t i, struct neighbor_line *out)
{
    if (i >= n->n)
        return false;
    const struct entry *e = n->v[i];
    *out = (struct neighbor_line){.ifi = e->ifi,
                                  .addr = e->addr,
                                  .known = e->known,
                                  .mac = e->mac,
                                  .age = mono_diff(e->heard, clock_now(n->clk))};
    return true;
}

bool neighbors_known(const struct neighbors *n, uint32_t id)
{
    return n->v[id]->known;
}

bool neighbors_begin(struct neighbors *n, uint32_t id, size_t cap, struct wr *w)
{
    struct entry *e = n->v[id];
    struct netif *out = &n->ifs->v[e->ifi];
    uint8_t *p = NULL;

    if (e->known) {
        if (e->nud == NUD_STALE)
            neighbor_nd_use(n, e);
        p = netif_reserve(out, ETHER_HDR_LEN + cap);
    } else if (e->nheld < HELD_MAX && out->up) {
        p = mem_array(ETHER_HDR_LEN + cap, 1);
        e->held[e->nheld].p = p;
    } else {
        out->lost++;
    }
    if (!p)
        return false;
    *w = wr_of(p, ETHER_HDR_LEN + cap);
    ether_put(w, &e->mac, &out->mac, neighbor_ether_type(e));
    return true;
}

void neighbors_end(struct neighbors *n, uint32_t id, struct wr *w)
{
    struct entry *e = n->v[id];

    if (!e->known && w->err) {
        mem_free(e->held[e->nheld].p);
        return;
    }
    if (w->err)
        return;
    if (e->known) {
        netif_commit(&n->ifs->v[e->ifi], w->at);
        return;
    }
    e->held[e->nheld++].n = w->at;
    (void)neighbors_ready(n, id);
}

void neighbors_send_lent(struct neighbors *n, uint32_t id, uint8_t *frame, size_t len)
{
    struct entry *e = n->v[id];
    struct netif *out = &n->ifs->v[e->ifi];
    struct wr w = wr_of(frame, ETHER_HDR_LEN);

    if (e->nud == NUD_STALE)
        neighbor_nd_use(n, e);
    ether_put(&w, &e->mac, &out->mac, neighbor_ether_type(e));
    netif_commit(out, len);
}

void neighbor_learn(struct neighbors *n, struct entry *e, const struct mac *mac)
{
    struct netif *out = &n->ifs->v[e->ifi];
    size_t waiting = e->nheld;

    e->mac = *mac;
    e->known = true;
    e->heard = clock_now(n->clk);
    e->asked = 0;
    e->nheld = 0;
    if (e->addr.family == 4)
        wheel_arm(&n->timers, &e->timer, mono_add(clock_now(n->clk), LIFE));
    for (size_t i = 0; i < waiting; i++) {
        struct wr w = wr_of(e->held[i].p, e->held[i].n);
        ether_put(&w, mac, &out->mac, neighbor_ether_type(e));
        if (out->up && out->out && sink_put(out->out, bytes_of(e->held[i].p, e->held[i].n)))
            out->sent++;
        else
            out->lost++;
        mem_free(e->held[i].p);
    }
}

void neighbors_answer_for(struct neighbors *n,
                          bool (*answers)(const void *ctx, size_t ifi, const struct ip_addr *a),
                          const void *ctx)
{
    n->answers = answers;
    n->answers_ctx = ctx;
}

void neighbors_input(struct neighbors *n, size_t ifi, const struct arp *a)
{
    struct netif *in = &n->ifs->v[ifi];
    bool for_us =
        ip_addr_eq(&a->target, &in->net.addr) ||
        (a->op == ARP_REQUEST && n->answers && n->answers(n->answers_ctx, ifi, &a->target));
    struct key k = {ifi, &a->sender};
    uint32_t id = map_find(&n->by_addr, hash_of(ifi, &a->sender), same, n, &k);

    if (!in->net.addr.family) /* it speaks IPv6 alone */
        return;
    if (ip_addr_eq(&a->sender, &in->net.addr)) /* somebody else uses our address: said again */
        return;
    /* RFC 826: what is known is brought up to date; only who speaks to us is added. Senders that
     * are not of this network are nobody's next hop. */
    if (id == MAP_NONE && for_us && ip_net_has(&in->net, &a->sender))
        id = neighbors_at(n, ifi, &a->sender);
    if (id != MAP_NONE && !(a->sender_mac.b[0] & 1)) /* a group address is no station's */
        neighbor_learn(n, n->v[id], &a->sender_mac);
    if (for_us && a->op == ARP_REQUEST) {
        struct arp answer = {.op = ARP_REPLY,
                             .sender_mac = in->mac,
                             .sender = a->target,
                             .target_mac = a->sender_mac,
                             .target = a->sender};
        send_arp(in, &a->sender_mac, &answer);
    }
}

void neighbors_announce(struct neighbors *n, size_t ifi)
{
    struct netif *out = &n->ifs->v[ifi];
    struct arp a = {.op = ARP_REQUEST,
                    .sender_mac = out->mac,
                    .sender = out->net.addr,
                    .target = out->net.addr};

    if (out->net.addr.family)
        send_arp(out, &MAC_BROADCAST, &a);
    neighbor_nd_announce(n, ifi);
}

void neighbor_give_up(struct neighbors *n, struct entry *e)
{
    drop_held(n, e);
    e->known = false;
    e->nud = NUD_REACHABLE;
    e->asked = 0;
}

void neighbors_tick(struct neighbors *n)
{
    struct timer *t;

    while ((t = wheel_expire(&n->timers, clock_now(n->clk)))) {
        struct entry *e = (struct entry *)t; /* the timer is its first member */
        if (e->addr.family == 6)
            neighbor_nd_expire(n, e);
        else if (e->asked < TRIES)
            ask(n, e); /* a known one is used until it fails to answer */
        else
            neighbor_give_up(n, e);
    }
}

struct mono neighbors_deadline(const struct neighbors *n)
{
    return wheel_next(&n->timers);
}
