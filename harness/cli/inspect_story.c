/* What became of a TCP stream, in words. */
#include "cli/inspect.h"
#include "wire/civil.h"

#include <inttypes.h>
#include <stdio.h>

/* The direction that carried more. */
static enum tcp_side main_side(const struct tcp_stream *t)
{
    return tcp_dir_unique_bytes(&t->dir[TCP_SIDE_B]) > tcp_dir_unique_bytes(&t->dir[TCP_SIDE_A])
               ? TCP_SIDE_B
               : TCP_SIDE_A;
}

static bool has_stalled(const struct tcp_dir *d)
{
    return d->max_idle_ns >= INSPECT_STALL_NS && d->data_packets > 1;
}

static uint64_t sent_again(const struct tcp_stream *t, enum tcp_rules rules)
{
    return tcp_dir_retransmitted(&t->dir[0], rules).packets +
           tcp_dir_retransmitted(&t->dir[1], rules).packets;
}

int inspect_trouble(const struct flow *f)
{
    const struct tcp_stream *t = f->tcp;
    bool gap = false, stall = false, odd = false;

    if (!t)
        return 0;
    for (int i = 0; i < 2; i++) {
        const struct tcp_dir *d = &t->dir[i];
        gap = gap || tcp_dir_holes(d) || tcp_dir_odd(d)->conflict_bytes;
        stall = stall || has_stalled(d);
        odd = odd || tcp_dir_odd(d)->hole_fill || tcp_dir_odd(d)->jump;
    }
    if (gap || t->saw_rst)
        return 3;
    return stall ? 2 : odd || sent_again(t, TCP_RULES_POSITIONS) ? 1 : 0;
}

static void put_seconds(struct buf *out, int64_t ns)
{
    buf_addf(out, "%.1f s", (double)ns / 1e9);
}

static void put_clock(struct buf *out, int64_t ns)
{
    struct civil c = civil_from_unix(ns / 1000000000);

    buf_addf(out, "%02d:%02d:%02d", c.hour, c.minute, c.second);
}

static void put_count(struct buf *out, uint64_t n, const char *one, const char *many)
{
    if (n)
        buf_addf(out, ", %" PRIu64 " %s", n, n == 1 ? one : many);
}

static void put_stall(struct buf *out, const struct tcp_dir *d)
{
    if (!has_stalled(d))
        return;
    buf_adds(out, ", silent ");
    put_seconds(out, d->max_idle_ns);
    buf_adds(out, " up to ");
    put_clock(out, d->max_idle_end_ns);
}

static void put_end(struct buf *out, const struct tcp_stream *t)
{
    char who[ENDPOINT_TEXT];

    if (t->saw_rst) {
        buf_addf(out, "; reset by %s at ", endpoint_format(&t->at[t->rst_by], who));
        put_clock(out, t->rst_ns);
    } else if (tcp_stream_end(t) == TCP_END_FIN) {
        buf_adds(out, "; closed by both");
    } else {
        bool a = t->dir[0].fin, b = t->dir[1].fin;
        buf_adds(out, a || b ? "; half closed" : "; not ended");
    }
}

void inspect_story(const struct flow *f, enum tcp_rules rules, struct buf *out)
{
    const struct tcp_stream *t = f->tcp;
    enum tcp_side side = main_side(t);
    const struct tcp_dir *d = &t->dir[side];
    bool down = endpoint_eq(&t->at[side], &f->conv.b);
    char a[ENDPOINT_TEXT], b[ENDPOINT_TEXT];
    uint64_t again = sent_again(t, rules);

    buf_addf(out, "%s %s %c %s: %" PRIu64 " bytes in ", down ? "download" : "upload",
             endpoint_format(&f->conv.a, a), down ? '<' : '>', endpoint_format(&f->conv.b, b),
             tcp_dir_unique_bytes(d));
    put_seconds(out, t->last_ns - t->first_ns);
    if (again)
        buf_addf(out, ", %" PRIu64 " %s sent again (%s)", again, again == 1 ? "packet" : "packets",
                 tcp_rules_name(rules));
    put_count(out, tcp_dir_odd(&t->dir[0])->hole_fill + tcp_dir_odd(&t->dir[1])->hole_fill,
              "filled a hole", "filled holes");
    put_count(out, tcp_dir_gap_bytes(&t->dir[0]) + tcp_dir_gap_bytes(&t->dir[1]), "byte missing",
              "bytes missing");
    put_count(out,
              tcp_dir_odd(&t->dir[0])->conflict_bytes + tcp_dir_odd(&t->dir[1])->conflict_bytes,
              "byte contradicted", "bytes contradicted");
    put_count(out, tcp_dir_odd(&t->dir[0])->zero_window + tcp_dir_odd(&t->dir[1])->zero_window,
              "zero window", "zero windows");
    put_stall(out, d);
    put_end(out, t);
}
