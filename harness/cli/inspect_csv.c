/* Flows as comma-separated values, a line each. */
#include "cli/inspect.h"

#include <inttypes.h>

/* X(name, expression) of the columns of one direction D, with AGAIN of the rules asked for. */
#define COLUMNS(X)                                                                                 \
    X(packets, d->packets)                                                                         \
    X(data_packets, d->data_packets)                                                               \
    X(data_bytes, d->data_bytes)                                                                   \
    X(unique_bytes, tcp_dir_unique_bytes(d))                                                       \
    X(gap_bytes, tcp_dir_gap_bytes(d))                                                             \
    X(holes, tcp_dir_holes(d))                                                                     \
    X(overlap_bytes, tcp_dir_odd(d)->overlap_bytes)                                                \
    X(conflict_bytes, tcp_dir_odd(d)->conflict_bytes)                                              \
    X(retransmitted_packets, again.packets)                                                        \
    X(retransmitted_bytes, again.bytes)                                                            \
    X(hole_fill, tcp_dir_odd(d)->hole_fill)                                                        \
    X(keepalive, tcp_dir_odd(d)->keepalive)                                                        \
    X(zero_window, tcp_dir_odd(d)->zero_window)                                                    \
    X(duplicate_acks, tcp_dir_odd(d)->duplicate_acks)                                              \
    X(syn, d->syn)                                                                                 \
    X(fin, d->fin)                                                                                 \
    X(rst, tcp_dir_odd(d)->rst)

static void put_names(struct buf *out)
{
    buf_adds(out, "file,protocol,stream,a,b,first,last,packets,bytes,closed,replayable");
    for (int side = 0; side < 2; side++) {
        const char *suffix = side ? "b_to_a" : "a_to_b";
#define X(name, value) buf_addf(out, ",%s_%s", suffix, #name);
        COLUMNS(X)
#undef X
    }
    buf_addc(out, '\n');
}

/* RFC 4180, 2: in quotes, those in it doubled. */
static void put_quoted(struct buf *out, const char *s)
{
    buf_addc(out, '"');
    for (; *s; s++) {
        if (*s == '"')
            buf_addc(out, '"');
        buf_addc(out, *s);
    }
    buf_addc(out, '"');
}

static void put_direction(struct buf *out, const struct tcp_dir *d, enum tcp_rules rules)
{
    struct tcp_rexmit again = tcp_dir_retransmitted(d, rules);

#define X(name, value) buf_addf(out, ",%" PRIu64, (uint64_t)(value));
    COLUMNS(X)
#undef X
}

static void put_nothing(struct buf *out)
{
    for (int side = 0; side < 2; side++) {
#define X(name, value) buf_addc(out, ',');
        COLUMNS(X)
#undef X
    }
}

static void put_time(struct buf *out, int64_t ns)
{
    buf_addf(out, ",%" PRId64 ".%09" PRId64, ns / 1000000000, ns % 1000000000);
}

/* A is the sender of the first packet, as in JSON. */
static void put_flow(const struct inspection *in, const struct flow *f, struct buf *out)
{
    static const char *const protocols[] = {"tcp", "udp", "icmp"};
    bool turned = f->first == CONV_B;
    char a[ENDPOINT_TEXT], b[ENDPOINT_TEXT];

    put_quoted(out, in->path);
    buf_addf(out, ",%s,",
             protocols[f->conv.proto == CONV_TCP   ? 0
                       : f->conv.proto == CONV_UDP ? 1
                                                   : 2]);
    if (f->tcp)
        buf_addf(out, "%" PRIu32, f->tcp->number);
    buf_addf(out, ",%s,%s", endpoint_format(turned ? &f->conv.b : &f->conv.a, a),
             endpoint_format(turned ? &f->conv.a : &f->conv.b, b));
    put_time(out, f->first_ns);
    put_time(out, f->last_ns);
    buf_addf(out, ",%" PRIu64 ",%" PRIu64 ",%s,%s", f->packets, f->bytes,
             f->tcp ? tcp_end_name(tcp_stream_end(f->tcp)) : "", f->replayable ? "yes" : "no");
    if (f->tcp) {
        put_direction(out, &f->tcp->dir[TCP_SIDE_A], in->rules);
        put_direction(out, &f->tcp->dir[TCP_SIDE_B], in->rules);
    } else {
        put_nothing(out);
    }
    buf_addc(out, '\n');
}

void inspect_csv(const struct inspection *in, struct inspect_out *out, bool names)
{
    const struct survey *s = &in->scan.survey;

    if (names)
        put_names(&out->b);
    for (size_t i = 0; i < s->nflows; i++) {
        struct arena arena;
        struct flow f;
        arena_init(&arena);
        survey_flow(s, i, &arena, &f);
        if (inspect_keeps(in, &f))
            put_flow(in, &f, &out->b);
        arena_release(&arena);
        inspect_flush(out);
    }
}
