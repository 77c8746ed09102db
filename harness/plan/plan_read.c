/* From elements to the plan: head, streams. The schema was checked before, so values fit. */
#include "plan/plan_parts.h"

#define TIMEOUT_DEFAULT SPAN_S(3600)
#define SETTLE_DEFAULT  SPAN_S(5)

static const char *const *texts(struct load *l, const xmlNode *root, const char *name, size_t *n)
{
    size_t count = 0;

    for (const xmlNode *c = child(root, name); c; c = next_child(c, name))
        count++;
    const char **list = arena_array(l->arena, count + 1, sizeof(*list));
    *n = 0;
    for (const xmlNode *c = child(root, name); c; c = next_child(c, name))
        list[(*n)++] = text_of(l, c);
    return list;
}

static bool has_tag(const struct plan *p, const char *tag)
{
    for (size_t i = 0; i < p->ntags; i++) {
        if (strcmp(p->tags[i], tag) == 0)
            return true;
    }
    return false;
}

void read_head(struct load *l, const xmlNode *root)
{
    struct plan *p = l->plan;
    const char *v;

    p->id = attr(l, root, "id");
    p->line = plan_place(l, root).line;
    p->title = text_of(l, child(root, "title"));
    const xmlNode *about = child(root, "about");
    p->about = about ? text_of(l, about) : "";
    p->tags = texts(l, root, "tag", &p->ntags);
    p->proves = texts(l, root, "proves", &p->nproves);
    p->timeout = TIMEOUT_DEFAULT;
    p->settle = SETTLE_DEFAULT;
    if ((v = attr(l, root, "timeout")))
        word_duration(v, &p->timeout);
    if ((v = attr(l, root, "settle")))
        word_duration(v, &p->settle);
    v = attr(l, root, "evidence");
    p->headers_only = v && strcmp(v, "headers") == 0;
    p->slow = has_tag(p, "slow");
}

static unsigned proto_of(const char *v)
{
    if (!v || strcmp(v, "tcp") == 0)
        return 6;
    return strcmp(v, "udp") == 0 ? 17 : strcmp(v, "icmp") == 0 ? 1 : 0;
}

static uint64_t uint_attr(struct load *l, const xmlNode *n, const char *name)
{
    const char *v = attr(l, n, name);
    uint64_t u = 0;

    if (v)
        word_uint(v, UINT32_MAX, &u);
    return u;
}

static struct span span_attr(struct load *l, const xmlNode *n, const char *name)
{
    const char *v = attr(l, n, name);
    struct span s = {0};

    if (v)
        word_duration(v, &s);
    return s;
}

static void read_stream(struct load *l, const xmlNode *n, struct plan_stream *s)
{
    const char *capture = attr(l, n, "capture"), *v;

    s->at = plan_place(l, n);
    s->id = attr(l, n, "id");
    s->capture = l->root ? xml_find_file(l, n, s->at.file, capture) : capture;
    s->proto = proto_of(attr(l, n, "proto"));
    s->flow = (unsigned)uint_attr(l, n, "flow");
    if ((v = attr(l, n, "bytes")))
        word_size(v, &s->bytes);
    s->think = span_attr(l, n, "think");
    s->start = span_attr(l, n, "start");
    s->keepalive = span_attr(l, n, "keepalive");
    s->bo_port = (uint16_t)uint_attr(l, n, "bo-port");
    s->ho_port = (uint16_t)uint_attr(l, n, "ho-port");
    s->after = -1;
}

int stream_index(const struct load *l, const char *id)
{
    for (size_t i = 0; id && i < l->plan->nstreams; i++) {
        if (strcmp(l->plan->streams[i].id, id) == 0)
            return (int)i;
    }
    return -1;
}

void read_streams(struct load *l, const xmlNode *timeline)
{
    size_t n = 0;

    for (const xmlNode *c = child(timeline, "stream"); c; c = next_child(c, "stream"))
        n++;
    struct plan_stream *list = arena_array(l->arena, n + 1, sizeof(*list));
    n = 0;
    for (const xmlNode *c = child(timeline, "stream"); c; c = next_child(c, "stream"))
        read_stream(l, c, &list[n++]);
    l->plan->streams = list;
    l->plan->nstreams = n;
    n = 0;
    for (const xmlNode *c = child(timeline, "stream"); c; c = next_child(c, "stream"), n++) {
        const char *after = attr(l, c, "after");
        if (!after)
            continue;
        list[n].after = stream_index(l, after);
        if (list[n].after < 0 || list[n].after == (int)n)
            plan_problem(l, c, "after=\"%s\": there is no other stream of this name", after);
    }
}
