#include "traffic/capture.h"

#include "base/buf.h"
#include "base/mem.h"
#include "traffic/flow_table.h"
#include "traffic/reasons.h"
#include "traffic/tcp_flow.h"
#include "wire/link.h"

#include <inttypes.h>

static void note_time(struct capture *c, int64_t time_ns, bool is_first)
{
    if (is_first || time_ns < c->first_ns)
        c->first_ns = time_ns;
    if (is_first || time_ns > c->last_ns)
        c->last_ns = time_ns;
}

static void read_packets(struct capture *c, struct savefile *f, struct flow_table *t)
{
    struct savefile_packet p;

    while (savefile_next(f, &p, &c->damage) == ERR_OK) {
        note_time(c, p.time_ns, p.number == 1);
        if (!flow_table_add(t, &p.pkt, p.time_ns))
            c->skipped++;
    }
    c->file = savefile_stats(f);
}

static void finish_flows(struct capture *c, struct flow_table *t)
{
    c->nflows = t->n;
    c->flows = arena_array(&c->arena, t->n ? t->n : 1, sizeof(*c->flows));
    for (size_t i = 0; i < t->n; i++) {
        struct open_flow *o = &t->flows[i];
        struct flow *f = &c->flows[i];
        f->packets = o->packets;
        f->bytes = o->bytes;
        f->first_ns = o->first_ns;
        f->last_ns = o->last_ns;
        if (o->stream)
            tcp_flow_finish(f, o->stream, o->log, &c->arena);
        else
            datagrams_finish(o->datagrams, f, &c->arena);
        open_flow_release(o); /* one by one: a large capture should not be in memory twice */
    }
}

enum err capture_read(const char *path, struct capture **out, struct diag *why)
{
    struct savefile *f;
    struct flow_table t;
    enum err e = savefile_open(path, &f, why);

    if (e)
        return e;
    struct capture *c = mem_zalloc(sizeof(*c));
    arena_init(&c->arena);
    tcp_table_init(&c->tcp, NULL, 0);
    c->path = arena_strdup(&c->arena, path);
    flow_table_init(&t, &c->tcp, CAPTURE_KEEP_MAX);
    read_packets(c, f, &t);
    savefile_close(f);
    if (!c->damage.err)
        (void)!savefile_unread(&c->file, path, &c->damage);
    finish_flows(c, &t);
    flow_table_release(&t);
    *out = c;
    return ERR_OK;
}

void capture_free(struct capture *c)
{
    if (!c)
        return;
    tcp_table_release(&c->tcp);
    arena_release(&c->arena);
    mem_free(c);
}

static const char *proto_name(enum conv_proto p)
{
    return p == CONV_TCP ? "TCP" : p == CONV_UDP ? "UDP" : "ICMP echo";
}

static uint64_t payload(const struct flow *f)
{
    return f->conv.data[0].n + f->conv.data[1].n;
}

static void describe(struct buf *b, const struct flow *f, unsigned number)
{
    char a[ENDPOINT_TEXT], z[ENDPOINT_TEXT];

    buf_addf(b, "%s %u: %s to %s, %" PRIu64 " bytes", proto_name(f->conv.proto), number,
             endpoint_format(&f->conv.a, a), endpoint_format(&f->conv.b, z), f->bytes);
    if (!f->replayable)
        buf_addf(b, " (%s)", f->why_not[0]);
}

/* What there is to choose from, as far as it fits a diag. */
static enum err list_flows(const struct capture *c, const char *what, struct diag *why)
{
    struct buf b = BUF_INIT;
    unsigned number[256] = {0};

    for (size_t i = 0; i < c->nflows && b.n < sizeof(why->text) - 200; i++) {
        buf_adds(&b, i ? "; " : "; there is ");
        describe(&b, &c->flows[i], ++number[c->flows[i].conv.proto & 0xff]);
    }
    if (c->nflows == 0)
        buf_adds(&b, "; there are no flows in it");
    if (c->damage.err)
        buf_addf(&b, "; %s", c->damage.text);
    enum err e = diag_fail_at(why, ERR_NOTFOUND, c->path, 0, "%s%s", what, buf_str(&b));
    buf_release(&b);
    return e;
}

static enum err pick_largest(const struct capture *c, enum conv_proto proto,
                             const struct flow **out, struct diag *why)
{
    const struct flow *best = NULL;

    for (size_t i = 0; i < c->nflows; i++) {
        const struct flow *f = &c->flows[i];
        if (f->replayable && (proto == 0 || f->conv.proto == proto) &&
            (!best || payload(f) > payload(best)))
            best = f;
    }
    if (!best)
        return list_flows(c, "no flow that can be replayed", why);
    *out = best;
    return ERR_OK;
}

enum err capture_pick(const struct capture *c, enum conv_proto proto, unsigned number,
                      const struct flow **out, struct diag *why)
{
    unsigned seen = 0;

    if (number == 0)
        return pick_largest(c, proto, out, why);
    for (size_t i = 0; i < c->nflows; i++) {
        const struct flow *f = &c->flows[i];
        if ((proto && f->conv.proto != proto) || ++seen < number)
            continue;
        if (!f->replayable)
            return diag_fail_at(why, ERR_UNSUPPORTED, c->path, 0, "flow %u cannot be replayed: %s",
                                number, f->why_not[0]);
        *out = f;
        return ERR_OK;
    }
    return list_flows(c, "no such flow", why);
}
