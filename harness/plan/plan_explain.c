/* The plan in plain words. */
#include "base/buf.h"
#include "plan/plan.h"

static const char *endpoint_name(const struct plan *p, int stream)
{
    return stream >= 0 ? p->streams[stream].id : "any stream";
}

static void put_span(struct buf *out, struct span s)
{
    if (s.ns % 1000000000 == 0)
        buf_addf(out, "%lld s", (long long)(s.ns / 1000000000));
    else
        buf_addf(out, "%.3f s", (double)s.ns / 1e9);
}

static void explain_lab(const struct plan *p, struct buf *out)
{
    const struct plan_lab *l = &p->lab;
    char a[IP_ADDR_TEXT], b[IP_ADDR_TEXT];

    buf_addf(out, "Lab: BO user %s, HO server %s. ", ip_addr_format(&l->bo_host, a),
             ip_addr_format(&l->ho_host, b));
    if (l->mode == MODE_PAIR)
        buf_addf(out, "Both gateways (%s and %s) are devices; the harness is the WAN.\n",
                 ip_addr_format(&l->bo_outside, a), ip_addr_format(&l->ho_outside, b));
    else
        buf_addf(out, "The %s gateway %s is the device; the harness plays the other one, %s.\n",
                 l->device_site == SITE_BO ? "BO" : "HO",
                 ip_addr_format(l->device_site == SITE_BO ? &l->bo_outside : &l->ho_outside, a),
                 ip_addr_format(l->device_site == SITE_BO ? &l->ho_outside : &l->bo_outside, b));
    for (size_t i = 0; i < p->ndevices; i++) {
        const struct plan_device *d = &p->devices[i];
        buf_addf(out, "Device at %s: %s, configuration %s", plan_site_name(d->site), d->type,
                 d->config ? d->config : "its own");
        for (size_t j = 0; j < d->nsettings; j++)
            buf_addf(out, "; %s%s%s", d->settings[j].name ? d->settings[j].name : "",
                     d->settings[j].name ? " " : "", d->settings[j].value);
        buf_adds(out, ".\n");
    }
}

static void explain_streams(const struct plan *p, struct buf *out)
{
    buf_adds(out, "Traffic:\n");
    for (size_t i = 0; i < p->nstreams; i++) {
        const struct plan_stream *s = &p->streams[i];
        buf_addf(out, "  %s: replays %s of %s", s->id,
                 s->flow ? "a chosen flow" : "the largest flow", s->capture);
        if (s->bytes)
            buf_addf(out, ", looped or cut to %llu bytes", (unsigned long long)s->bytes);
        if (s->think.ns) {
            buf_adds(out, ", with pauses stretched to ");
            put_span(out, s->think);
        }
        if (s->after >= 0)
            buf_addf(out, ", once %s has ended", p->streams[s->after].id);
        else if (s->start.ns) {
            buf_adds(out, ", from ");
            put_span(out, s->start);
        }
        buf_adds(out, "\n");
    }
}

static void explain_when(const struct plan *p, const struct plan_event *e, struct buf *out)
{
    switch (e->when) {
    case WHEN_TIME:
        buf_adds(out, "at ");
        put_span(out, e->delay);
        return;
    case WHEN_OFFSET:
        if (e->percent >= 0)
            buf_addf(out, "when %s has delivered %.4g %%", p->streams[e->stream].id, e->percent);
        else
            buf_addf(out, "when %s has delivered %llu bytes", p->streams[e->stream].id,
                     (unsigned long long)e->offset);
        break;
    case WHEN_AFTER: buf_addf(out, "after %s", p->events[e->after].id); break;
    case WHEN_LOG:
        buf_addf(out, "when the device logs %u", e->log_id);
        if (e->stream >= 0)
            buf_addf(out, " about %s", p->streams[e->stream].id);
        break;
    }
    if (e->delay.ns) {
        buf_adds(out, ", ");
        put_span(out, e->delay);
        buf_adds(out, " later");
    }
}

static void explain_events(const struct plan *p, struct buf *out)
{
    static const char *const what[] = {
#define X(id, name, who, what) what,
        PLAN_ACTIONS(X)
#undef X
    };
    static const char *const actors[] = {"the peer", "the device", "the harness"};

    buf_adds(out, p->nevents ? "Timeline:\n" : "Timeline: nothing happens to the tunnel.\n");
    for (size_t i = 0; i < p->nevents; i++) {
        const struct plan_event *e = &p->events[i];
        buf_addf(out, "  %s: ", e->id);
        explain_when(p, e, out);
        buf_addf(out, ", %s %s", actors[e->by], what[e->action]);
        if (e->command)
            buf_addf(out, ": %s", e->command);
        buf_adds(out, "\n");
    }
}

static void explain_window(const struct plan *p, const struct plan_window *w, struct buf *out)
{
    if (w->since >= 0)
        buf_addf(out, ", since %s", p->events[w->since].id);
    if (w->until >= 0)
        buf_addf(out, ", until %s", p->events[w->until].id);
    if (w->within.ns) {
        buf_adds(out, ", within ");
        put_span(out, w->within);
    }
}

static void explain_rule(const struct plan *p, const struct plan_expect *x, struct buf *out)
{
    static const char *const streams[] = {"goes on to the end, byte for byte", "is torn",
                                          "stands still", "is idle"};
    static const char *const tunnels[] = {"kept", "replaced", "deleted", "up", "down"};
    static const char *const makers[] = {"anybody", "the device", "a host", "the peer"};

    switch (x->rule) {
    case RULE_LOG:
    case RULE_NO_LOG:
        buf_addf(out, "%s %u about %s is logged", x->rule == RULE_LOG ? "" : "no", x->log_id,
                 endpoint_name(p, x->stream));
        if (x->reason)
            buf_addf(out, " with a reason of class %s", x->reason);
        if (x->text)
            buf_addf(out, " saying \"%s\"", x->text);
        break;
    case RULE_STREAM:
        buf_addf(out, "%s %s", endpoint_name(p, x->stream), streams[x->stream_is]);
        if (x->resumes_within.ns) {
            buf_adds(out, ", and moves again within ");
            put_span(out, x->resumes_within);
        }
        if (x->max_stall.ns) {
            buf_adds(out, ", never standing still longer than ");
            put_span(out, x->max_stall);
        }
        break;
    case RULE_NO_CLEARTEXT: buf_adds(out, "nothing of it is ever in clear on the WAN"); break;
    case RULE_TUNNEL:
        buf_addf(out, "the tunnel's phase %u is %s", x->phase, tunnels[x->tunnel_is]);
        break;
    case RULE_RESET:
        buf_addf(out, "resets of %s by %s: %d or more", endpoint_name(p, x->stream),
                 makers[x->reset_by], x->min);
        if (x->max >= 0)
            buf_addf(out, ", at most %d", x->max);
        break;
    case RULE_COUNT: break;
    }
    explain_window(p, &x->window, out);
}

void plan_explain(const struct plan *p, struct buf *out)
{
    buf_addf(out, "%s (%s)\n%s\n", p->id, p->file, p->title);
    if (*p->about)
        buf_addf(out, "%s\n", p->about);
    buf_adds(out, "\n");
    explain_lab(p, out);
    explain_streams(p, out);
    explain_events(p, out);
    buf_adds(out, "Must hold:\n");
    for (size_t i = 0; i < p->nexpects; i++) {
        buf_adds(out, "  ");
        explain_rule(p, &p->expects[i], out);
        buf_adds(out, "\n");
    }
    buf_adds(out, "It ends when everything has happened, at the latest after ");
    put_span(out, p->timeout);
    buf_adds(out, " of run time.\n");
}
