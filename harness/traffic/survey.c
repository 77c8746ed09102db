#include "traffic/survey.h"

#include "base/mem.h"
#include "traffic/tcp_flow.h"

void survey_init(struct survey *s)
{
    const struct tcp_table_options opts = {.max = SURVEY_FLOWS_MAX};

    *s = (struct survey){0};
    tcp_table_init(&s->tcp, &opts, 0);
    map_init(&s->map);
}

void survey_release(struct survey *s)
{
    for (size_t i = 0; i < s->tcp.count; i++)
        tcp_tally_release(&s->tallies[i]);
    for (size_t i = 0; i < s->ndatagrams; i++)
        datagrams_release(&s->datagrams[i]);
    tcp_table_release(&s->tcp);
    map_release(&s->map);
    mem_free(s->tallies);
    mem_free(s->datagrams);
    mem_free(s->order);
    *s = (struct survey){0};
}

static void new_flow(struct survey *s, uint32_t what)
{
    if (s->nflows == s->cap_flows) {
        s->cap_flows = s->cap_flows ? s->cap_flows * 2 : 16;
        s->order = mem_resize(s->order, s->cap_flows, sizeof(*s->order));
    }
    s->order[s->nflows++] = what;
}

static void new_stream(struct survey *s, struct tcp_stream *t)
{
    if (t->number >= s->cap_tallies) {
        s->cap_tallies = s->cap_tallies ? s->cap_tallies * 2 : 16;
        s->tallies = mem_resize(s->tallies, s->cap_tallies, sizeof(*s->tallies));
    }
    s->tallies[t->number] = (struct tcp_tally){0};
    new_flow(s, t->number);
    if (s->lend)
        s->lend(s->ctx, t);
}

static void add_segment(struct survey *s, const struct savefile_packet *p)
{
    struct tcp_match m = tcp_table_match(&s->tcp, &p->pkt);
    struct tcp_seg seg = tcp_seg_of(&p->pkt, p->time_ns);
    struct tcp_note note;

    if (!m.stream) {
        s->crowded++;
        return;
    }
    if (m.is_new)
        new_stream(s, m.stream);
    tcp_stream_add(m.stream, m.from, &seg, &note);
    tcp_tally_add(&s->tallies[m.stream->number], m.stream, m.from, &seg, &note);
}

static bool has_ends(const void *ctx, uint32_t id, const void *key)
{
    const struct datagrams *g = &((const struct survey *)ctx)->datagrams[id];
    const struct datagram *d = key;

    return g->proto == d->proto && (datagrams_is_from(g, 0, d) || datagrams_is_from(g, 1, d));
}

static uint32_t new_datagrams(struct survey *s, const struct datagram *d, int64_t time_ns)
{
    uint32_t id = (uint32_t)s->ndatagrams;

    if (s->ndatagrams == s->cap_datagrams) {
        s->cap_datagrams = s->cap_datagrams ? s->cap_datagrams * 2 : 16;
        s->datagrams = mem_resize(s->datagrams, s->cap_datagrams, sizeof(*s->datagrams));
    }
    datagrams_init(&s->datagrams[id], d, time_ns);
    s->datagrams[id].counted_only = true;
    s->ndatagrams++;
    new_flow(s, SURVEY_DATAGRAMS | id);
    return id;
}

static void add_datagram(struct survey *s, const struct datagram *d,
                         const struct savefile_packet *p)
{
    uint64_t hash = datagram_hash(d), unlimited = UINT64_MAX;
    uint32_t id = map_find(&s->map, hash, has_ends, s, d);

    if (id == MAP_NONE && s->ndatagrams >= s->tcp.opts.max) {
        s->crowded++;
        return;
    }
    if (id == MAP_NONE) {
        id = new_datagrams(s, d, p->time_ns);
        map_put(&s->map, hash, id);
    }
    struct datagrams *g = &s->datagrams[id];
    datagrams_add(g, datagrams_is_from(g, 0, d) ? 0 : 1, d, p->time_ns, &unlimited);
    g->ip_bytes += p->pkt.ip.hdr_len + p->pkt.ip.payload_len;
    g->last_ns = p->time_ns;
}

void survey_add(struct survey *s, const struct savefile_packet *p)
{
    struct datagram d;

    if (!s->any || p->time_ns < s->first_ns)
        s->first_ns = p->time_ns;
    if (!s->any || p->time_ns > s->last_ns)
        s->last_ns = p->time_ns;
    s->any = true;
    if (p->pkt.kind == PKT_TCP)
        add_segment(s, p);
    else if (datagram_of(&p->pkt, &d))
        add_datagram(s, &d, p);
    else
        s->skipped++;
}

enum conv_proto survey_proto(const struct survey *s, size_t i)
{
    uint32_t what = s->order[i];

    return what & SURVEY_DATAGRAMS ? s->datagrams[what & ~SURVEY_DATAGRAMS].proto : CONV_TCP;
}

void survey_flow(const struct survey *s, size_t i, struct arena *arena, struct flow *f)
{
    uint32_t what = s->order[i];

    *f = (struct flow){0};
    if (what & SURVEY_DATAGRAMS) {
        struct datagrams *g = &s->datagrams[what & ~SURVEY_DATAGRAMS];
        datagrams_finish(g, f, arena);
        f->packets = g->packets[0] + g->packets[1];
        f->bytes = g->ip_bytes;
        f->first_ns = g->first_ns;
        f->last_ns = g->last_ns;
        return;
    }
    const struct tcp_stream *t = s->tcp.streams[what];
    tcp_flow_tell(f, t, &s->tallies[what], arena);
    f->packets = t->packets;
    f->first_ns = t->first_ns;
    f->last_ns = t->last_ns;
}
