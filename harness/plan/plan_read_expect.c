/* What must hold. */
#include "plan/plan_parts.h"

static bool is(const char *v, const char *word)
{
    return v && strcmp(v, word) == 0;
}

static int read_event_ref(struct load *l, const xmlNode *n, const char *name)
{
    const char *v = attr(l, n, name);
    int i = v ? event_index(l, v) : -1;

    if (v && i < 0)
        plan_problem(l, n, "%s=\"%s\": there is no such event", name, v);
    return i;
}

static void read_count(struct load *l, const xmlNode *n, struct plan_expect *x)
{
    const char *v = attr(l, n, "count");
    const char *dots = v ? strstr(v, "..") : NULL;
    uint64_t a = 1, b = 1;

    x->min = 1;
    x->max = -1;
    if (!v)
        return;
    char low[16] = {0};
    size_t len = dots ? (size_t)(dots - v) : strlen(v);
    memcpy(low, v, len < sizeof(low) ? len : sizeof(low) - 1);
    word_uint(low, 1000000, &a);
    x->min = (int)a;
    if (!dots)
        x->max = x->min;
    else if (word_uint(dots + 2, 1000000, &b))
        x->max = (int)b;
    if (x->max >= 0 && x->max < x->min)
        plan_problem(l, n, "count=\"%s\": the second number is lower", v);
}

static void read_stream_rule(struct load *l, const xmlNode *n, struct plan_expect *x)
{
    const char *kind = attr(l, n, "is"), *v;

    x->stream_is = is(kind, "torn")      ? IS_TORN
                   : is(kind, "stalled") ? IS_STALLED
                   : is(kind, "idle")    ? IS_IDLE
                                         : IS_CONTINUOUS;
    if ((v = attr(l, n, "resumes-within")))
        word_duration(v, &x->resumes_within);
    if ((v = attr(l, n, "max-stall")))
        word_duration(v, &x->max_stall);
    x->completes = is(attr(l, n, "completes"), "yes");
    if (x->stream_is != IS_CONTINUOUS && (x->completes || x->resumes_within.ns))
        plan_problem(l, n, "a stream that is %s neither completes nor resumes", kind);
}

static void read_tunnel_rule(struct load *l, const xmlNode *n, struct plan_expect *x)
{
    const char *kind = attr(l, n, "is");

    x->tunnel_is = is(kind, "replaced")  ? TUNNEL_REPLACED
                   : is(kind, "deleted") ? TUNNEL_DELETED
                   : is(kind, "up")      ? TUNNEL_UP
                   : is(kind, "down")    ? TUNNEL_DOWN
                                         : TUNNEL_KEPT;
    x->phase = is(attr(l, n, "phase"), "1") ? 1 : 2;
}

static void read_reset_rule(struct load *l, const xmlNode *n, struct plan_expect *x)
{
    const char *by = attr(l, n, "by");

    x->reset_by = is(by, "device") ? RESET_BY_DEVICE
                  : is(by, "host") ? RESET_BY_HOST
                  : is(by, "peer") ? RESET_BY_PEER
                                   : RESET_BY_ANY;
}

static void read_expect(struct load *l, const xmlNode *n, enum plan_rule rule,
                        struct plan_expect *x)
{
    const char *v, *site = attr(l, n, "site");
    uint64_t id;

    *x = (struct plan_expect){.rule = rule, .stream = -1, .at = plan_place(l, n), .phase = 2};
    x->window.since = read_event_ref(l, n, "since");
    x->window.until = read_event_ref(l, n, "until");
    if ((v = attr(l, n, "within")))
        word_duration(v, &x->window.within);
    if ((v = attr(l, n, "stream"))) {
        x->stream = stream_index(l, v);
        if (x->stream < 0)
            plan_problem(l, n, "stream=\"%s\": there is no such stream", v);
    }
    x->any_site = !site;
    x->site = is(site, "ho") ? SITE_HO : SITE_BO;
    x->reason = attr(l, n, "reason");
    x->text = attr(l, n, "text");
    read_count(l, n, x);
    if (rule == RULE_LOG || rule == RULE_NO_LOG) {
        if (word_uint(attr(l, n, "id"), 999999, &id))
            x->log_id = (uint32_t)id;
    } else if (rule == RULE_STREAM) {
        read_stream_rule(l, n, x);
    } else if (rule == RULE_TUNNEL) {
        read_tunnel_rule(l, n, x);
    } else if (rule == RULE_RESET) {
        read_reset_rule(l, n, x);
    }
}

static bool rule_by_name(const char *name, enum plan_rule *out)
{
    for (int i = 0; i < RULE_COUNT; i++) {
        if (strcmp(plan_rule_name((enum plan_rule)i), name) == 0) {
            *out = (enum plan_rule)i;
            return true;
        }
    }
    return false;
}

void read_expects(struct load *l, const xmlNode *expect)
{
    bool has_cleartext = false;
    enum plan_rule rule;
    size_t n = 1;

    for (const xmlNode *c = child(expect, NULL); c; c = next_child(c, NULL))
        n++;
    struct plan_expect *list = arena_array(l->arena, n, sizeof(*list));
    n = 0;
    for (const xmlNode *c = child(expect, NULL); c; c = next_child(c, NULL)) {
        if (!rule_by_name((const char *)c->name, &rule))
            continue;
        has_cleartext = has_cleartext || rule == RULE_NO_CLEARTEXT;
        read_expect(l, c, rule, &list[n++]);
    }
    if (!has_cleartext) { /* every case has it */
        list[n] = (struct plan_expect){
            .rule = RULE_NO_CLEARTEXT, .stream = -1, .at = plan_place(l, expect), .any_site = true};
        list[n].window.since = list[n].window.until = -1;
        n++;
    }
    l->plan->expects = list;
    l->plan->nexpects = n;
}
