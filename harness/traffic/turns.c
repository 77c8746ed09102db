#include "traffic/turns.h"

#include "base/mem.h"

struct speaker {
    const struct turns_side *in;
    size_t at;    /* next run */
    bool fin_due; /* its FIN is still to be said */
    int64_t said; /* everything below this position was said; past `end` once its FIN was */
};

struct maker {
    struct speaker side[2];
    struct turn *turns;
    size_t n, cap;
    int64_t end_ns; /* when the last of what was said was complete on the wire */
    bool fresh;     /* the next bytes begin a new turn whoever says them */
};

static struct turn *add(struct maker *m, enum turn_kind kind, int from, int64_t start_ns)
{
    int64_t gap = start_ns > m->end_ns ? start_ns - m->end_ns : 0;

    if (m->n == m->cap) {
        m->cap = m->cap ? m->cap * 2 : 16;
        m->turns = mem_resize(m->turns, m->cap, sizeof(*m->turns));
    }
    m->turns[m->n] = (struct turn){.kind = kind, .from = (enum conv_side)from, .gap = SPAN_NS(gap)};
    return &m->turns[m->n++];
}

static void reached(struct maker *m, int64_t ns)
{
    if (ns > m->end_ns)
        m->end_ns = ns;
}

/* The next run of S that lies within what is replayed; NULL: all is said. */
static const struct tcp_run *next_run(struct speaker *s)
{
    const struct tcp_log_side *log = s->in->log;

    while (s->at < log->nruns && log->runs[s->at].to <= s->in->start)
        s->at++;
    if (s->at == log->nruns || log->runs[s->at].from >= s->in->end)
        return NULL;
    return &log->runs[s->at];
}

static bool is_done(struct speaker *s)
{
    return !next_run(s) && !s->fin_due;
}

/* When S would speak next, had it heard all it rests on. */
static int64_t next_start(struct speaker *s)
{
    const struct tcp_run *run = next_run(s);

    return run ? run->start_ns : s->in->log->has_fin ? s->in->log->fin_ns : INT64_MAX;
}

/* What the other side must have said before. A FIN that was not seen comes after everything. */
static int64_t next_need(struct speaker *s, const struct speaker *other)
{
    const struct tcp_run *run = next_run(s);

    return run ? run->need : s->in->log->has_fin ? s->in->log->fin_need : other->in->end;
}

/* True when what S says next rests on nothing that OTHER has yet to say. */
static bool may_speak(struct speaker *s, const struct speaker *other)
{
    return !is_done(s) && next_need(s, other) <= other->said;
}

/* Says the next run, or the FIN, of side WHO. */
static void speak(struct maker *m, int who)
{
    struct speaker *s = &m->side[who];
    const struct tcp_run *run = next_run(s);

    if (!run) {
        int64_t ns = s->in->log->has_fin ? s->in->log->fin_ns : m->end_ns;
        add(m, TURN_FIN, who, ns);
        reached(m, ns);
        s->fin_due = false;
        s->said = INT64_MAX; /* an acknowledgement may count the FIN as one more */
        m->fresh = true;
        return;
    }
    int64_t from = run->from > s->in->start ? run->from : s->in->start;
    int64_t to = run->to < s->in->end ? run->to : s->in->end;
    struct turn *last = m->n ? &m->turns[m->n - 1] : NULL;
    if (m->fresh || !last || (int)last->from != who || run->after_pause) {
        last = add(m, TURN_DATA, who, run->start_ns);
        last->offset = (uint64_t)(from - s->in->start);
    }
    last->len += (uint64_t)(to - from);
    reached(m, run->end_ns);
    s->said = to;
    s->at++;
    m->fresh = false;
}

/* True when WHO, though free to go on after a pause, should let the other side go first: it spoke
 * meanwhile. */
static bool yields(struct maker *m, int who)
{
    struct speaker *s = &m->side[who], *other = &m->side[1 - who];
    const struct tcp_run *run = next_run(s);
    bool pausing = run ? run->after_pause : next_start(s) > m->end_ns;

    return pausing && may_speak(other, s) && next_start(other) < next_start(s);
}

static int first_speaker(struct maker *m)
{
    if (is_done(&m->side[0]) || is_done(&m->side[1]))
        return is_done(&m->side[0]);
    return next_start(&m->side[1]) < next_start(&m->side[0]);
}

static void converse(struct maker *m)
{
    int who = first_speaker(m);

    while (!is_done(&m->side[0]) || !is_done(&m->side[1])) {
        if (may_speak(&m->side[who], &m->side[1 - who]) && !yields(m, who)) {
            speak(m, who);
            continue;
        }
        who = 1 - who;
        if (may_speak(&m->side[who], &m->side[1 - who]))
            continue;
        /* each seems to wait for the other: acknowledgements of something that was never sent.
         * What was seen first goes first */
        who = first_speaker(m);
        speak(m, who);
    }
}

struct turn *turns_make(const struct turns_input *in, struct arena *arena, size_t *n)
{
    struct maker m = {.end_ns = in->begin_ns};

    for (int i = 0; i < 2; i++)
        m.side[i] =
            (struct speaker){.in = &in->side[i], .fin_due = in->fin[i], .said = in->side[i].start};
    converse(&m);
    if (in->rst >= 0)
        add(&m, TURN_RST, in->rst, in->side[in->rst].log->rst_ns);
    struct turn *turns = arena_array(arena, m.n ? m.n : 1, sizeof(*turns));
    if (m.n)
        memcpy(turns, m.turns, m.n * sizeof(*turns));
    mem_free(m.turns);
    *n = m.n;
    return turns;
}
