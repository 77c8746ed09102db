#include "cli/inspect.h"

#include "base/mem.h"
#include "report/report.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static void put_seconds(struct buf *out, int64_t ns)
{
    buf_addf(out, "%" PRId64 ".%03d s", ns / 1000000000, (int)(ns % 1000000000 / 1000000));
}

static void put_given_up(const struct scan *s, struct buf *out)
{
    const struct scan_given_up g = scan_given_up(s);

    if (g.holes)
        buf_addf(out, "  given up: %" PRIu64 " holes are counted but no longer told apart\n",
                 g.holes);
    if (g.datagrams)
        buf_addf(out, "  given up: %" PRIu64 " datagrams whose fragments did not come\n",
                 g.datagrams);
    if (g.packets)
        buf_addf(out, "  given up: %" PRIu64 " packets of flows that came when there were %u\n",
                 g.packets, SURVEY_FLOWS_MAX);
    if (g.messages)
        buf_addf(out, "  given up: messages at %" PRIu64 " holes of streams of syslog or IKE\n",
                 g.messages);
}

static void put_file(const struct inspection *in, struct buf *out)
{
    const struct savefile_stats *f = &in->scan.file;
    char link[LINK_NAME_TEXT];

    report_put_plain(bytes_str(in->path), out);
    buf_addf(out, ": %s", f->format);
    for (size_t i = 0; i < f->nlinktypes; i++)
        buf_addf(out, ", %s", savefile_link_name(f->linktypes[i], link));
    buf_addf(out, "; %" PRIu64 " packets, %" PRIu64 " bytes, ", f->packets, f->bytes);
    put_seconds(out, in->scan.survey.last_ns - in->scan.survey.first_ns);
    if (f->cut)
        buf_addf(out, ", %" PRIu64 " captured short", f->cut);
    buf_addc(out, '\n');
    if (in->scan.interrupted)
        buf_adds(out, "  interrupted: this is what was read until then\n");
    if (f->unknown_blocks)
        buf_addf(out,
                 "  unknown: %" PRIu64 " blocks of types that are not known (0x%08" PRIx32
                 "%s) were left out\n",
                 f->unknown_blocks, f->unknown_type, f->unknown_blocks > 1 ? ", ..." : "");
    if (in->scan.copies.n)
        buf_addf(out,
                 "  twice: %" PRIu64
                 " packets with data were captured twice at once, as span ports "
                 "do; they count as sent again\n",
                 in->scan.copies.n);
    if (in->scan.damage.err) {
        buf_adds(out, "  damaged: ");
        report_put_plain(bytes_str(in->scan.damage.text), out);
        buf_addc(out, '\n');
    }
}

static void put_repairs(const struct conv_repairs *r, struct buf *out)
{
    const struct {
        uint64_t n;
        const char *what;
    } rows[] = {{r->retransmitted, "retransmitted"},
                {r->reordered, "reordered"},
                {r->overlapping, "overlapping"},
                {r->conflicting_bytes, "bytes contradicted by a later copy"},
                {r->undelivered_bytes, "bytes never delivered"},
                {r->no_start, "without its start"},
                {r->no_end, "without its end"}};

    for (size_t i = 0, told = 0; i < COUNT(rows); i++) {
        if (!rows[i].n)
            continue;
        buf_adds(out, told++ ? ", " : "          mended: ");
        if (i < 5)
            buf_addf(out, "%" PRIu64 " ", rows[i].n);
        buf_adds(out, rows[i].what);
        bool last = true;
        for (size_t k = i + 1; k < COUNT(rows); k++)
            last = last && !rows[k].n;
        if (last)
            buf_addc(out, '\n');
    }
}

static void put_tcp_state(const struct flow *f, struct buf *out)
{
    const struct tcp_stream *t = f->tcp;

    buf_addf(out, "%s, %s", t->handshake ? "opened" : "opening not seen",
             tcp_end_name(tcp_stream_end(t)));
}

static void put_flow(const struct inspection *in, const struct flow *f, unsigned number,
                     struct buf *out)
{
    char a[ENDPOINT_TEXT], b[ENDPOINT_TEXT];
    const char *proto = f->conv.proto == CONV_TCP   ? "tcp"
                        : f->conv.proto == CONV_UDP ? "udp"
                                                    : "icmp";

    buf_addf(out, "  %-4s %2u  %s > %s  %" PRIu64 " packets, %zu bytes >, %zu bytes <, ", proto,
             number, endpoint_format(&f->conv.a, a), endpoint_format(&f->conv.b, b), f->packets,
             f->conv.data[CONV_A].n, f->conv.data[CONV_B].n);
    put_seconds(out, f->last_ns - f->first_ns);
    if (f->tcp) {
        buf_adds(out, ", ");
        put_tcp_state(f, out);
    }
    buf_adds(out, f->replayable ? ": can be replayed\n" : ": cannot be replayed\n");
    if (f->tcp) {
        buf_adds(out, "          ");
        inspect_story(f, in->rules, out);
        buf_addc(out, '\n');
    }
    if (f->replayable)
        put_repairs(&f->conv.repairs, out);
    for (size_t i = 0; i < FLOW_WHY_MAX && f->why_not[i]; i++) {
        buf_adds(out, "          because ");
        report_put_plain(bytes_str(f->why_not[i]), out);
        buf_addc(out, '\n');
    }
}

static void put_vpn(const struct inspection *in, struct buf *out)
{
    const struct scan *s = &in->scan;
    char src[IP_ADDR_TEXT], dst[IP_ADDR_TEXT];

    if (s->nike)
        buf_addf(out, "  ike      %zu messages\n", s->nike);
    for (size_t i = 0; i < s->nesp; i++) {
        const struct scan_esp *e = &s->esp[i];
        struct endpoint from = {.addr = e->src}, to = {.addr = e->dst};
        if (!inspect_filter_ends(in->filter, &from, &to))
            continue;
        buf_addf(out, "  esp      %s > %s  spi 0x%08x  %" PRIu64 " packets, ",
                 ip_addr_format(&e->src, src), ip_addr_format(&e->dst, dst), (unsigned)e->spi,
                 e->packets);
        put_seconds(out, e->last_ns - e->first_ns);
        buf_addf(out, ", %" PRIu64 " missing, %" PRIu64 " twice\n", scan_esp_missing(e),
                 e->duplicates);
    }
    if (s->nsyslog)
        buf_addf(out, "  syslog   %zu messages\n", s->nsyslog);
}

/* One flow in the order of the table. */
struct place {
    uint64_t bytes;
    uint32_t flow;
    uint32_t number; /* as a case counts them: by protocol, from 1 */
    int trouble;
};

static int by_trouble(const void *a, const void *b)
{
    const struct place *x = a, *y = b;

    if (x->trouble != y->trouble)
        return x->trouble > y->trouble ? -1 : 1;
    if (x->bytes != y->bytes)
        return x->bytes > y->bytes ? -1 : 1;
    return x->flow < y->flow ? -1 : 1;
}

static struct place *in_order(const struct inspection *in, size_t *n)
{
    const struct survey *s = &in->scan.survey;
    struct place *places = mem_array(s->nflows + 1, sizeof(*places));
    uint32_t number[256] = {0};

    *n = 0;
    for (size_t i = 0; i < s->nflows; i++) {
        struct arena arena;
        struct flow f;
        arena_init(&arena);
        survey_flow(s, i, &arena, &f);
        struct place p = {f.bytes, (uint32_t)i, ++number[f.conv.proto & 0xff], inspect_trouble(&f)};
        if (inspect_keeps(in, &f) && (!in->quiet || p.trouble > 1))
            places[(*n)++] = p;
        arena_release(&arena);
    }
    qsort(places, *n, sizeof(*places), by_trouble);
    return places;
}

void inspect_text(const struct inspection *in, struct inspect_out *out)
{
    const struct survey *s = &in->scan.survey;
    size_t n;
    struct place *places = in_order(in, &n);

    put_file(in, &out->b);
    put_given_up(&in->scan, &out->b);
    for (size_t i = 0; i < n; i++) {
        struct arena arena;
        struct flow f;
        arena_init(&arena);
        survey_flow(s, places[i].flow, &arena, &f);
        put_flow(in, &f, places[i].number, &out->b);
        arena_release(&arena);
        inspect_flush(out);
    }
    mem_free(places);
    if (in->quiet)
        return;
    put_vpn(in, &out->b);
    if (s->skipped)
        buf_addf(&out->b, "  other    %" PRIu64 " packets of no flow that is kept\n", s->skipped);
}
