#include "track/tcp_stream.h"

#include "base/hash.h"
#include "base/mem.h"

static const char *const end_names[] = {
    [TCP_END_OPEN] = "open", [TCP_END_FIN] = "fin", [TCP_END_RST] = "rst"};

const char *tcp_end_name(enum tcp_end e)
{
    return end_names[e];
}

static void follow_handshake(struct tcp_stream *s, enum tcp_side from, const struct tcp_seg *seg)
{
    bool syn = seg->flags & TCP_SYN, ack = seg->flags & TCP_ACK;

    if (syn && s->initiator == TCP_INITIATOR_UNKNOWN) {
        bool by_a = (from == TCP_SIDE_A) != ack; /* a SYN+ACK answers the other side's SYN */
        s->initiator = by_a ? TCP_INITIATOR_A : TCP_INITIATOR_B;
    }
    if (syn && !ack)
        s->saw_syn = true;
    if (syn && ack && s->saw_syn)
        s->saw_syn_ack = true;
    bool by_opener = (from == TCP_SIDE_A) == (s->initiator == TCP_INITIATOR_A);
    if (s->saw_syn_ack && !syn && ack && by_opener && !(seg->flags & TCP_RST) && !s->handshake) {
        s->handshake = true;
        s->handshake_ns = seg->time_ns;
    }
}

void tcp_stream_add(struct tcp_stream *s, enum tcp_side from, const struct tcp_seg *seg,
                    struct tcp_note *note)
{
    if (s->packets == 0)
        s->first_ns = seg->time_ns;
    s->last_ns = seg->time_ns;
    s->packets++;
    follow_handshake(s, from, seg);
    if (seg->flags & TCP_RST && !s->saw_rst) {
        s->saw_rst = true;
        s->rst_by = from;
        s->rst_ns = seg->time_ns;
    }
    tcp_dir_add(&s->dir[from], seg, note);
    if (seg->flags & TCP_ACK)
        tcp_dir_acknowledged(&s->dir[tcp_other(from)], seg->ack);
}

enum tcp_end tcp_stream_end(const struct tcp_stream *s)
{
    bool closed = true;

    if (s->saw_rst)
        return TCP_END_RST;
    for (int i = 0; i < 2; i++)
        closed = closed && s->dir[i].fin > 0 && s->dir[i].fin_pos >= s->dir[i].high;
    return closed ? TCP_END_FIN : TCP_END_OPEN;
}

/* Whose stream is looked for: the segment's two ends, and its VLAN ids if they count. */
struct key {
    const struct endpoint *from, *to;
    const uint16_t *vlan;
    uint8_t vlans;
};

/* The two ends as numbers, in an order that does not depend on who sends. */
static size_t put_ends(const struct key *k, uint64_t w[static 5])
{
    struct end {
        uint64_t w[2]; /* the address; IPv4 has a half of the first */
        uint16_t port;
    } a = {.port = k->from->port}, b = {.port = k->to->port};

    memcpy(a.w, k->from->addr.b, sizeof(a.w));
    memcpy(b.w, k->to->addr.b, sizeof(b.w));
    bool turned = a.w[0] != b.w[0]   ? a.w[0] > b.w[0]
                  : a.w[1] != b.w[1] ? a.w[1] > b.w[1]
                                     : a.port > b.port;
    const struct end *lo = turned ? &b : &a, *hi = turned ? &a : &b;
    w[0] = lo->w[0];
    w[1] = hi->w[0];
    w[2] = (uint64_t)lo->port << 16 | hi->port;
    if (k->from->addr.family != 6)
        return 3;
    w[3] = lo->w[1];
    w[4] = hi->w[1];
    return 5;
}

/* Equal for both directions. */
static uint64_t key_hash(const struct tcp_table *t, const struct key *k)
{
    uint64_t w[6];
    size_t n = put_ends(k, w);

    if (k->vlans) {
        uint16_t ids[4] = {0};
        memcpy(ids, k->vlan, k->vlans * sizeof(*ids));
        memcpy(&w[n++], ids, sizeof(ids));
    }
    return hash_words(w, n, t->hash_key);
}

static bool stream_has_key(const void *ctx, uint32_t id, const void *key)
{
    const struct tcp_table *t = ctx;
    const struct key *k = key;
    const struct tcp_stream *s = t->streams[id];

    if (t->opts.vlans_apart &&
        (s->vlans != k->vlans || memcmp(s->vlan, k->vlan, k->vlans * sizeof(*k->vlan)) != 0))
        return false;
    return (endpoint_eq(&s->at[0], k->from) && endpoint_eq(&s->at[1], k->to)) ||
           (endpoint_eq(&s->at[1], k->from) && endpoint_eq(&s->at[0], k->to));
}

void tcp_table_init(struct tcp_table *t, const struct tcp_table_options *opts, uint64_t hash_key)
{
    *t = (struct tcp_table){.hash_key = hash_key};
    if (opts)
        t->opts = *opts;
    map_init(&t->map);
    arena_init(&t->arena);
}

void tcp_table_release(struct tcp_table *t)
{
    for (size_t i = 0; i < t->count; i++) {
        tcp_dir_release(&t->streams[i]->dir[0]);
        tcp_dir_release(&t->streams[i]->dir[1]);
    }
    arena_release(&t->arena);
    mem_free(t->streams);
    map_release(&t->map);
    *t = (struct tcp_table){0};
}

static struct tcp_stream *new_stream(struct tcp_table *t, const struct endpoint *from,
                                     const struct endpoint *to, const struct ether *eth)
{
    struct tcp_stream *s = arena_alloc(&t->arena, sizeof(*s));

    if (t->count == t->cap) {
        t->cap = t->cap ? t->cap * 2 : 16;
        t->streams = mem_resize(t->streams, t->cap, sizeof(struct tcp_stream *));
    }
    s->number = (uint32_t)t->count;
    s->at[TCP_SIDE_A] = *from;
    s->at[TCP_SIDE_B] = *to;
    s->vlans = eth->vlans;
    memcpy(s->vlan, eth->vlan, sizeof(s->vlan));
    tcp_dir_init(&s->dir[0], NULL);
    tcp_dir_init(&s->dir[1], NULL);
    t->streams[t->count++] = s;
    return s;
}

/* A SYN on known endpoints: is it another connection? */
static bool begins_anew(const struct tcp_stream *s, enum tcp_side from, const struct tcp *tcp)
{
    const struct tcp_dir *d = &s->dir[from];

    if (!tcp_has(tcp, TCP_SYN) || tcp_has(tcp, TCP_ACK) || !d->started)
        return false;
    return tcp->seq != (d->syn ? d->last_isn : d->zero - 1);
}

struct tcp_match tcp_table_match(struct tcp_table *t, const struct pkt *p)
{
    struct endpoint from = {p->ip.src, p->tcp.src}, to = {p->ip.dst, p->tcp.dst};
    struct key k = {&from, &to, p->eth.vlan, t->opts.vlans_apart ? p->eth.vlans : 0};
    uint64_t h = key_hash(t, &k);
    uint32_t id = map_find(&t->map, h, stream_has_key, t, &k);

    if (id != MAP_NONE) {
        struct tcp_stream *s = t->streams[id];
        enum tcp_side side = endpoint_eq(&from, &s->at[TCP_SIDE_A]) ? TCP_SIDE_A : TCP_SIDE_B;
        if (!begins_anew(s, side, &p->tcp))
            return (struct tcp_match){s, side, false};
        if (t->opts.max && t->count >= t->opts.max)
            return (struct tcp_match){0};
        map_remove(&t->map, h, id);
    }
    if (t->opts.max && t->count >= t->opts.max)
        return (struct tcp_match){0};
    struct tcp_stream *s = new_stream(t, &from, &to, &p->eth);
    map_put(&t->map, h, s->number);
    return (struct tcp_match){s, TCP_SIDE_A, true};
}
