#include "traffic/flow_table.h"

#include "base/mem.h"

void flow_table_init(struct flow_table *t, struct tcp_table *tcp, uint64_t budget)
{
    *t = (struct flow_table){.tcp = tcp, .budget = budget};
    map_init(&t->map);
}

void open_flow_release(struct open_flow *f)
{
    for (int i = 0; i < 2 && f->log; i++)
        f->stream->dir[i].store = NULL;
    if (f->log)
        tcp_log_release(f->log);
    if (f->datagrams)
        datagrams_release(f->datagrams);
    mem_free(f->log);
    mem_free(f->datagrams);
    *f = (struct open_flow){0};
}

void flow_table_release(struct flow_table *t)
{
    for (size_t i = 0; i < t->n; i++)
        open_flow_release(&t->flows[i]);
    mem_free(t->flows);
    mem_free(t->of_stream);
    map_release(&t->map);
}

static uint32_t new_flow(struct flow_table *t, int64_t time_ns)
{
    if (t->n == t->cap) {
        t->cap = t->cap ? t->cap * 2 : 16;
        t->flows = mem_resize(t->flows, t->cap, sizeof(*t->flows));
    }
    t->flows[t->n] = (struct open_flow){.first_ns = time_ns};
    return (uint32_t)t->n++;
}

static uint32_t new_stream_flow(struct flow_table *t, struct tcp_stream *s, int64_t time_ns)
{
    uint32_t id = new_flow(t, time_ns);
    struct open_flow *f = &t->flows[id];

    f->stream = s;
    f->log = mem_zalloc(sizeof(*f->log));
    tcp_log_init(f->log, s, &t->budget);
    t->of_stream = mem_resize(t->of_stream, s->number + (size_t)1, sizeof(*t->of_stream));
    t->of_stream[s->number] = id; /* numbers come in order */
    return id;
}

static struct open_flow *add_segment(struct flow_table *t, const struct pkt *p, int64_t time_ns)
{
    struct tcp_match m = tcp_table_match(t->tcp, p);
    uint32_t id = m.is_new ? new_stream_flow(t, m.stream, time_ns) : t->of_stream[m.stream->number];
    struct tcp_seg seg = tcp_seg_of(p, time_ns);
    struct tcp_note note;

    tcp_stream_add(m.stream, m.from, &seg, &note);
    tcp_log_add(t->flows[id].log, m.stream, m.from, &seg, &note);
    return &t->flows[id];
}

static bool has_ends(const void *ctx, uint32_t id, const void *key)
{
    const struct flow_table *t = ctx;
    const struct datagrams *g = t->flows[id].datagrams;
    const struct datagram *d = key;

    return g->proto == d->proto && (datagrams_is_from(g, 0, d) || datagrams_is_from(g, 1, d));
}

static struct open_flow *add_datagram(struct flow_table *t, const struct datagram *d,
                                      int64_t time_ns)
{
    uint64_t hash = datagram_hash(d);
    uint32_t id = map_find(&t->map, hash, has_ends, t, d);

    if (id == MAP_NONE) {
        id = new_flow(t, time_ns);
        t->flows[id].datagrams = mem_zalloc(sizeof(struct datagrams));
        datagrams_init(t->flows[id].datagrams, d, time_ns);
        map_put(&t->map, hash, id);
    }
    struct datagrams *g = t->flows[id].datagrams;
    datagrams_add(g, datagrams_is_from(g, 0, d) ? 0 : 1, d, time_ns, &t->budget);
    return &t->flows[id];
}

bool flow_table_add(struct flow_table *t, const struct pkt *p, int64_t time_ns)
{
    struct datagram d;
    struct open_flow *f;

    if (p->kind == PKT_TCP)
        f = add_segment(t, p, time_ns);
    else if (datagram_of(p, &d))
        f = add_datagram(t, &d, time_ns);
    else
        return false;
    f->packets++;
    f->bytes += p->ip.hdr_len + p->ip.payload_len;
    f->last_ns = time_ns;
    return true;
}
