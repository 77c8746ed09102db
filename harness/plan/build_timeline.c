/* <timeline>: streams and events. A case may have several, one of them shared with its twin. */
#include "plan/schema_tables.h"

#include "plan/load.h"
#include "plan/words.h"

/* --- references ------------------------------------------------------------------------------- */
int find_stream(const struct plan *p, const char *id)
{
    for (size_t i = 0; i < p->nstreams; i++) {
        if (strcmp(p->streams[i].id, id) == 0)
            return (int)i;
    }
    return -1;
}

int find_event(const struct plan *p, const char *id)
{
    for (size_t i = 0; i < p->nevents; i++) {
        if (strcmp(p->events[i].id, id) == 0)
            return (int)i;
    }
    return -1;
}

bool id_of_unknown_element(const struct node *tree, const char *id)
{
    for (const struct node *n = tree->child; n; n = n->next) {
        const char *own = node_attr(n, "id");
        if (!n->spec && own && strcmp(own, id) == 0)
            return true;
        if (id_of_unknown_element(n, id))
            return true;
    }
    return false;
}

/* What ID was probably meant to be; or says that it names the other sort of thing. */
static void dangling(struct load *l, const struct node *n, const char *attr, const char *id,
                     bool stream)
{
    const struct plan *p = l->plan;
    struct words ids = {0};
    struct buf text = BUF_INIT;

    for (size_t i = 0; i < (stream ? p->nstreams : p->nevents); i++)
        words_add(&ids, stream ? p->streams[i].id : p->events[i].id);
    buf_addf(&text, "<%s> %s=\"%s\": no %s has this id", n->name, attr, id,
             stream ? "stream" : "event");
    if ((stream ? find_event(p, id) : find_stream(p, id)) >= 0)
        buf_addf(&text, " (it is a%s)", stream ? "n event" : " stream");
    words_suggest(&ids, id, "known", false, &text);
    if (!id_of_unknown_element(l->tree, id))
        problem_add(&l->problems, ERR_NOTFOUND, &n->at, "%s", buf_str(&text));
    buf_release(&text);
}

int ref_stream(struct load *l, const struct node *n, const char *name)
{
    const char *id = node_attr(n, name);
    int i = id ? find_stream(l->plan, id) : -1;

    if (id && i < 0)
        dangling(l, n, name, id, true);
    return i;
}

int ref_event(struct load *l, const struct node *n, const char *name)
{
    const char *id = node_attr(n, name);
    int i = id ? find_event(l->plan, id) : -1;

    if (id && i < 0)
        dangling(l, n, name, id, false);
    return i;
}

/* --- streams ---------------------------------------------------------------------------------- */
static void find_capture(struct load *l, const struct node *n, struct plan_stream *s)
{
    const char *name = node_attr(n, "capture");
    struct diag why = {0};

    s->capture = name ? name : "";
    if (l->resolved || !name)
        return;
    if (file_find(l->arena, &l->root, path_dir(l->arena, n->at.file), name, true, &s->capture,
                  &why))
        problem_add(&l->problems, why.err, &n->at, "<stream> capture: %s", why.text);
}

static void read_stream(struct load *l, const struct node *n, struct plan_stream *s)
{
    s->id = "";
    s->after = -1;
    s->proto = 6;
    s->at = n->at;
    schema_fill(n, s);
    find_capture(l, n, s);
}

/* --- events ----------------------------------------------------------------------------------- */
/* What is seen on a leg: a frame by its number, or an IKE message. */
static void read_seen(struct load *l, const struct node *n, struct plan_event *e)
{
    bool message = e->when == WHEN_MESSAGE;
    uint32_t packet = 0;
    unsigned from = 0;

    e->on.kind = message ? FRAME_IKE : FRAME_ANY;
    (void)schema_read(n, "packet", &packet);
    (void)schema_read(n, "from", &from);
    e->packet = packet;
    e->on_from_device = message && from != 2;
    e->on_to_device = message && from != 1;
    if (!message && (node_attr(n, "payload") || node_attr(n, "from") || node_attr(n, "nth")))
        problem_add(&l->problems, ERR_INVALID, &n->at,
                    "<at> payload, from and nth stand with exchange, which is not here");
    if (e->when != WHEN_PACKET && node_attr(n, "leg"))
        problem_add(&l->problems, ERR_INVALID, &n->at,
                    "<at> leg=\"%s\" stands with packet, which is not here", node_attr(n, "leg"));
}

/* The trigger: one of time, stream + reaches, after, log (+ stream). Only the last three may be
 * followed by a delay. */
static void read_trigger(struct load *l, const struct node *n, struct plan_event *e)
{
    bool time = node_attr(n, "time"), reaches = node_attr(n, "reaches"),
         after = node_attr(n, "after"), log = node_attr(n, "log"), stream = node_attr(n, "stream"),
         packet = node_attr(n, "packet"), message = node_attr(n, "exchange");
    struct value_reach reach = {.percent = -1};
    int triggers = time + reaches + after + log + packet + message;

    e->when = reaches   ? WHEN_OFFSET
              : after   ? WHEN_AFTER
              : log     ? WHEN_LOG
              : packet  ? WHEN_PACKET
              : message ? WHEN_MESSAGE
                        : WHEN_TIME;
    (void)schema_read(n, "reaches", &reach);
    read_seen(l, n, e);
    e->percent = reach.percent;
    e->offset = reach.bytes;
    for (size_t i = 0; i < n->nattrs; i++) {
        if (n->attrs[i].bad)
            return; /* what is left cannot tell which trigger was meant */
    }
    if (triggers != 1)
        problem_add(&l->problems, ERR_INVALID, &n->at,
                    "<at> needs one trigger: time=\"5s\", or stream=\"...\" reaches=\"40%%\", or "
                    "after=\"...\" delay=\"20s\", or log=\"302014\", or leg=\"wan\" "
                    "packet=\"1000\", or exchange=\"quick\"; it has %s",
                    triggers ? "several" : "none");
    else if (reaches && !stream)
        problem_add(&l->problems, ERR_INVALID, &n->at,
                    "<at> reaches=\"%s\" of which stream? stream=\"...\" says it",
                    node_attr(n, "reaches"));
    else if (stream && !reaches && !log)
        problem_add(&l->problems, ERR_INVALID, &n->at,
                    "<at> stream=\"%s\" stands with reaches or log, and here is neither",
                    node_attr(n, "stream"));
    else if (time && node_attr(n, "delay"))
        problem_add(&l->problems, ERR_INVALID, &n->at,
                    "<at> time and delay: one point in time is enough");
}

static void check_times(struct load *l, const struct node *n, const struct plan_event *e)
{
    if (e->times > 1 && !e->every.ns)
        problem_add(&l->problems, ERR_INVALID, &n->at,
                    "<at> times=\"%u\": how long after each other? every=\"...\" says it",
                    e->times);
    if (e->times == 1 && e->every.ns)
        problem_add(&l->problems, ERR_INVALID, &n->at,
                    "<at> every=\"%s\" without times=\"...\": how often?", node_attr(n, "every"));
}

static void read_event(struct load *l, const struct node *n, struct plan_event *e)
{
    e->id = "";
    e->stream = e->after = e->about = e->of = -1;
    e->times = e->on.first = 1;
    e->seen_leg = LEG_WAN;
    e->leg = LEG_WAN;
    e->at = n->at;
    schema_fill(n, e);
    read_trigger(l, n, e);
    check_times(l, n, e);
    for (const struct node *a = n->child; a; a = a->next) {
        if (a->spec) {
            build_action(l, a, e);
            break;
        }
    }
}

/* --- all of it -------------------------------------------------------------------------------- */
typedef void visit(struct load *l, const struct node *n, size_t i);

/* Visits every element NAME of every timeline, in order; gives their number. */
static size_t each(struct load *l, const char *name, visit *f)
{
    size_t found = 0;

    for (const struct node *t = node_named(l->tree->child, "timeline"); t;
         t = node_named(t->next, "timeline")) {
        for (const struct node *n = node_named(t->child, name); n; n = node_named(n->next, name)) {
            if (!n->spec)
                continue;
            if (f)
                f(l, n, found);
            found++;
        }
    }
    return found;
}

static void visit_stream(struct load *l, const struct node *n, size_t i)
{
    read_stream(l, n, &l->streams[i]);
}

static void visit_event(struct load *l, const struct node *n, size_t i)
{
    read_event(l, n, &l->events[i]);
}

/* References wait until every id is known. */
static void visit_stream_refs(struct load *l, const struct node *n, size_t i)
{
    l->streams[i].after = ref_stream(l, n, "after");
}

static void visit_event_refs(struct load *l, const struct node *n, size_t i)
{
    struct plan_event *e = &l->events[i];
    const struct node *end = node_named(n->child, plan_action_name(ACTION_WAN_END));

    if (end && end->spec)
        e->of = ref_event(l, end, "of");

    e->stream = ref_stream(l, n, "stream");
    e->after = ref_event(l, n, "after");
    for (const struct node *a = n->child; a; a = a->next) {
        if (a->spec && e->action == ACTION_SEND)
            e->about = ref_stream(l, a, "stream");
    }
}

/* The events of <random> stand behind the others, in the order of the file. */
static void count_random(struct load *l, const struct node *n, size_t i)
{
    (void)i;
    l->nrandom += random_count(n);
}

static void visit_random(struct load *l, const struct node *n, size_t i)
{
    (void)i;
    build_random(l, n, l->plan->nevents);
    l->plan->nevents += random_count(n);
}

void build_timeline(struct load *l)
{
    struct plan *p = l->plan;
    size_t nstreams = each(l, "stream", NULL), nevents = each(l, "at", NULL);

    (void)each(l, "random", count_random);

    p->streams = l->streams = arena_array(l->arena, nstreams, sizeof(*p->streams));
    p->events = l->events = arena_array(l->arena, nevents + l->nrandom, sizeof(*p->events));
    (void)each(l, "stream", visit_stream);
    (void)each(l, "at", visit_event);
    p->nstreams = nstreams;
    p->nevents = nevents;
    (void)each(l, "stream", visit_stream_refs);
    (void)each(l, "at", visit_event_refs);
    (void)each(l, "random", visit_random);
}
