#include "traffic/tape.h"

/* The grown turn as it was captured; NULL: none was grown. */
static const struct turn *grown_turn(const struct tape *t)
{
    return t->grown < t->conv->nturns ? &t->conv->turns[t->grown] : NULL;
}

static size_t longest_turn(const struct conversation *c, enum conv_side from)
{
    size_t best = c->nturns;

    for (size_t i = 0; i < c->nturns; i++) {
        const struct turn *u = &c->turns[i];
        if (u->kind == TURN_DATA && u->from == from && u->len > 0 &&
            (best == c->nturns || u->len > c->turns[best].len))
            best = i;
    }
    return best;
}

void tape_init(struct tape *t, const struct conversation *conv, const struct tape_options *opts)
{
    *t = (struct tape){.conv = conv, .grown = conv->nturns};
    if (opts)
        t->opts = *opts;
    if (t->opts.think_from.ns == 0)
        t->opts.think_from = SPAN_S(1);
    t->total[CONV_A] = conv->data[CONV_A].n;
    t->total[CONV_B] = conv->data[CONV_B].n;
    if (t->opts.bytes == 0 || conv->proto != CONV_TCP) /* a datagram has its length */
        return;
    enum conv_side larger = t->total[CONV_A] > t->total[CONV_B] ? CONV_A : CONV_B;
    t->grown = longest_turn(conv, larger);
    const struct turn *g = grown_turn(t);
    if (!g)
        return;
    uint64_t rest = t->total[larger] - g->len;
    t->grown_len = t->opts.bytes > rest ? t->opts.bytes - rest : 1; /* a turn is never empty */
    t->total[larger] = rest + t->grown_len;
}

static struct span replayed_gap(const struct tape_options *o, struct span gap)
{
    if (gap.ns >= o->think_from.ns)
        return o->think.ns ? o->think : gap;
    return o->gap_max.ns && gap.ns > o->gap_max.ns ? o->gap_max : gap;
}

struct turn tape_turn(const struct tape *t, size_t i)
{
    struct turn u = t->conv->turns[i];
    const struct turn *g = grown_turn(t);

    u.gap = replayed_gap(&t->opts, u.gap);
    if (!g || u.kind != TURN_DATA || u.from != g->from)
        return u;
    if (i == t->grown)
        u.len = t->grown_len;
    else if (i > t->grown)
        u.offset = u.offset - g->len + t->grown_len;
    return u;
}

/* What stands from OFFSET on: a run of bytes that begins at `at` of a block and, if it loops, goes
 * on at the block's beginning; `n` bytes in all. */
struct run {
    struct bytes block;
    uint64_t at, n;
};

static struct run run_at(const struct tape *t, enum conv_side from, uint64_t offset)
{
    struct bytes data = t->conv->data[from];
    const struct turn *g = grown_turn(t);

    if (!g || g->from != from)
        return (struct run){data, offset, data.n - offset};
    if (offset < g->offset)
        return (struct run){data, offset, g->offset - offset};
    if (offset - g->offset < t->grown_len) {
        struct bytes loop = bytes_of(data.p + g->offset, g->len);
        uint64_t into = offset - g->offset;
        return (struct run){loop, into % g->len, t->grown_len - into};
    }
    uint64_t source = offset - t->grown_len + g->len;
    return (struct run){data, source, data.n - source};
}

static size_t least(uint64_t a, uint64_t b)
{
    return (size_t)(a < b ? a : b);
}

/* Two copies from the block at most: from then on OUT repeats itself, in doubling steps, so that a
 * loop of one byte costs no more than one of a megabyte. */
static void run_copy(const struct run *r, uint8_t *out, size_t n)
{
    size_t head = least(n, r->block.n - r->at), done = head;

    memcpy(out, r->block.p + r->at, head);
    if (done < n) {
        size_t whole = least(n - done, r->block.n);
        memcpy(out + done, r->block.p, whole);
        done += whole;
    }
    while (done < n) { /* what stands behind HEAD is a number of whole blocks */
        size_t part = least(n - done, done - head);
        memcpy(out + done, out + head, part);
        done += part;
    }
}

void tape_read(const struct tape *t, enum conv_side from, uint64_t offset, void *out, size_t n)
{
    uint8_t *p = out;

    while (n > 0) {
        struct run r = run_at(t, from, offset);
        size_t part = least(n, r.n);
        run_copy(&r, p, part);
        p += part;
        offset += part;
        n -= part;
    }
}

static size_t equal_prefix(const uint8_t *a, const uint8_t *b, size_t n)
{
    size_t i = 0;

    if (n == 0 || memcmp(a, b, n) == 0)
        return n;
    while (a[i] == b[i])
        i++;
    return i;
}

/* The mirror of run_copy: what repeats the block must repeat itself. */
static size_t run_match(const struct run *r, const uint8_t *got, size_t n)
{
    size_t head = least(n, r->block.n - r->at);
    size_t ok = equal_prefix(got, r->block.p + r->at, head);

    if (ok < head || head == n)
        return ok;
    size_t whole = least(n - head, r->block.n);
    ok = equal_prefix(got + head, r->block.p, whole);
    if (ok < whole || head + whole == n)
        return head + ok;
    size_t rest = n - head - whole;
    return head + whole + equal_prefix(got + head + whole, got + head, rest);
}

size_t tape_match(const struct tape *t, enum conv_side from, uint64_t offset, struct bytes got)
{
    size_t done = 0;

    while (done < got.n && offset < t->total[from]) {
        struct run r = run_at(t, from, offset);
        size_t part = least(got.n - done, r.n);
        size_t ok = run_match(&r, got.p + done, part);
        done += ok;
        offset += ok;
        if (ok < part)
            break;
    }
    return done;
}
