/* A plan in plain words, for someone who has never seen its file. */
#include "plan/explain_packets.h"
#include "plan/explain_parts.h"
#include "plan/secrets.h"
#include "plan/value.h"

static const char *place(enum plan_site s)
{
    return s == SITE_BO ? "branch office" : "head office";
}

static void addr(struct buf *out, const char *before, const struct ip_addr *a)
{
    char text[IP_ADDR_TEXT];

    buf_addf(out, "%s%s", before, ip_addr_format(a, text));
}

static void net(struct buf *out, const struct ip_net *n)
{
    addr(out, "", &n->addr);
    buf_addf(out, "/%u", n->prefix);
}

static void span(struct buf *out, const char *before, struct span d)
{
    char text[VALUE_CHARS];

    buf_addf(out, "%s%s", before, value_span_format(d, text));
}

static void masked(struct buf *out, const char *before, const char *line)
{
    struct buf copy = BUF_INIT;

    buf_adds(&copy, line);
    secrets_mask(copy.s);
    buf_addf(out, "%s\"%s\"\n", before, copy.s);
    buf_release(&copy);
}

/* --- lab -------------------------------------------------------------------------------------- */
static void explain_site(struct buf *out, enum plan_site s, const struct ip_addr *host,
                         const struct ip_addr *router, const struct ip_addr *inside,
                         const struct ip_addr *outside)
{
    buf_addf(out, "  %-14s", place(s));
    addr(out, s == SITE_BO ? "user " : "server ", host);
    if (!ip_addr_eq(host, router))
        addr(out, " behind router ", router);
    addr(out, ", gateway ", inside);
    addr(out, " inside and ", outside);
    buf_adds(out, " outside\n");
}

static void explain_leg(struct buf *out, enum plan_leg l, const struct plan_leg_spec *s)
{
    char rate[VALUE_CHARS];

    buf_addf(out, "  %-14s", plan_leg_name(l));
    span(out, "delay ", s->delay);
    buf_addf(out, ", %s", s->rate_bps ? value_rate_format(s->rate_bps, rate) : "any rate");
    if (s->loss > 0)
        buf_addf(out, ", loses %g %%", s->loss * 100);
    if (s->reorder > 0)
        buf_addf(out, ", reorders %g %%", s->reorder * 100);
    if (s->duplicate > 0)
        buf_addf(out, ", duplicates %g %%", s->duplicate * 100);
    if (s->mtu)
        buf_addf(out, ", MTU %u", s->mtu);
    buf_addc(out, '\n');
}

static void explain_device(struct buf *out, const struct plan_device *d)
{
    buf_addf(out, "  device under test at the %s: %s, configuration %s\n", place(d->site), d->type,
             d->config ? d->config : "as the device has it");
    for (size_t i = 0; i < d->nsettings; i++) {
        const struct plan_setting *s = &d->settings[i];
        if (s->name)
            buf_addf(out, "    with %s = %s\n", s->name, s->value);
        else
            masked(out, "    with the line ", s->value);
    }
}

#define X(id, name, words) [PEER_##id] = words,
static const char *const mode_words[] = {PLAN_PEER_MODES(X)};
#undef X

static void explain_peer(struct buf *out, const struct plan *p)
{
    const struct plan_peer *peer = &p->peer;

    buf_addf(out, "  the harness plays the gateway of the %s: IKE%s %s, ESP %s\n",
             place(p->lab.device_site == SITE_BO ? SITE_HO : SITE_BO),
             peer->ike_version == PLAN_IKEV2 ? "v2" : "",
             peer->ike[0] ? peer->ike : "as the device wants it",
             peer->esp[0] ? peer->esp : "as the device wants it");
    if (peer->mode != PEER_L2L)
        buf_addf(out, "    as %s of tunnel group %s%s%s\n", mode_words[peer->mode], peer->group,
                 *peer->username ? ", user " : "", peer->username);
    buf_adds(out, "    it ");
    if (peer->dpd) {
        span(out, "probes after ", peer->dpd_threshold);
        span(out, " of silence, then every ", peer->dpd_retry);
        buf_addf(out, ", %u times more; ", peer->dpd_tries);
    } else {
        buf_adds(out, "never probes; ");
    }
    buf_addf(out, "it %s a tunnel when its hosts want one\n",
             peer->acquire ? "brings up" : "never brings up");
    if (peer->fragments)
        buf_addf(out,
                 "    and cuts up messages of IKE for packets of %u bytes, if the device can\n",
                 peer->fragments);
}

static void explain_nat(struct buf *out, const struct plan *p, enum plan_site s)
{
    const struct plan_nat *nat = &p->lab.nat[s];

    if (!nat->is)
        return;
    addr(out,
         s == p->lab.device_site ? "  a NAT in front of the device: it is "
                                 : "  a NAT in front of the peer, which is ",
         &nat->address);
    buf_adds(out, s == p->lab.device_site ? " to the WAN" : " behind it");
    span(out, "; mappings last ", nat->timeout);
    buf_adds(out, nat->forward ? ", UDP 500 and 4500 always come in\n" : "\n");
}

static void explain_lab(struct buf *out, const struct plan *p)
{
    const struct plan_lab *lab = &p->lab;

    buf_addf(out, "\nLab (%s)\n",
             lab->mode == MODE_PAIR ? "both gateways are devices" : "one device, one peer");
    explain_site(out, SITE_BO, &lab->bo_host, &lab->bo_on_link, &lab->bo_inside, &lab->bo_outside);
    explain_site(out, SITE_HO, &lab->ho_host, &lab->ho_on_link, &lab->ho_inside, &lab->ho_outside);
    buf_adds(out, "  the tunnel protects ");
    net(out, &lab->bo_net);
    buf_adds(out, " to and from ");
    net(out, &lab->ho_net);
    buf_addc(out, '\n');
    for (unsigned i = 0; i < LEG_MGMT; i++)
        explain_leg(out, (enum plan_leg)i, &lab->legs[i]);
    explain_nat(out, p, SITE_BO);
    explain_nat(out, p, SITE_HO);
    for (size_t i = 0; i < p->ndevices; i++)
        explain_device(out, &p->devices[i]);
    if (lab->mode == MODE_PEER)
        explain_peer(out, p);
}

/* --- streams and timeline --------------------------------------------------------------------- */
static void explain_stream(struct buf *out, const struct plan *p, const struct plan_stream *s)
{
    const char *proto = s->proto == 6    ? "TCP connection"
                        : s->proto == 17 ? "UDP flow"
                        : s->proto == 1  ? "ICMP exchange"
                                         : "flow";
    char size[VALUE_CHARS];

    if (s->flow)
        buf_addf(out, "  %s: %s number %u of %s", s->id, proto, s->flow, s->capture);
    else
        buf_addf(out, "  %s: the largest %s of %s", s->id, proto, s->capture);
    if (s->bytes)
        buf_addf(out, ", looped or cut to %s", value_size_format(s->bytes, size));
    if (s->think.ns)
        span(out, ", thinking for ", s->think);
    if (s->bo_port || s->ho_port)
        buf_addf(out, ", on ports %u (branch) and %u (head), 0 as captured", s->bo_port,
                 s->ho_port);
    if (s->keepalive.ns)
        span(out, ", TCP keep-alives every ", s->keepalive);
    explain_past_tunnel(out, p, s);
    if (s->after >= 0)
        buf_addf(out, "; starts when %s has ended", p->streams[s->after].id);
    else
        buf_adds(out, s->start.ns ? "; starts" : "; starts at once");
    if (s->start.ns)
        span(out, s->after >= 0 ? " and " : " after ", s->start);
    buf_addc(out, '\n');
}

static void explain_trigger(struct buf *out, const struct plan *p, const struct plan_event *e)
{
    const char *stream = e->stream >= 0 ? p->streams[e->stream].id : NULL;
    char text[VALUE_CHARS];

    switch (e->when) {
    case WHEN_TIME: span(out, "at ", e->delay); return;
    case WHEN_OFFSET:
        if (e->percent >= 0)
            buf_addf(out, "when %s has reached %g %%", stream, e->percent);
        else
            buf_addf(out, "when %s has reached %s", stream, value_size_format(e->offset, text));
        break;
    case WHEN_AFTER: buf_addf(out, "after %s", p->events[e->after].id); break;
    case WHEN_LOG:
        buf_addf(out, "when the device has logged %u", e->log_id);
        if (stream)
            buf_addf(out, " about %s", stream);
        break;
    case WHEN_PACKET:
    case WHEN_MESSAGE: explain_seen(out, e); break;
    }
    if (e->delay.ns)
        span(out, " and ", e->delay);
}

static void explain_event(struct buf *out, const struct plan *p, const struct plan_event *e)
{
    buf_addf(out, "  %s: ", e->id);
    explain_trigger(out, p, e);
    if (e->by == ACTOR_DEVICE && p->lab.mode == MODE_PAIR)
        buf_addf(out, ", the device of the %s", place(e->site));
    else
        buf_addf(out, ", the %s",
                 e->by == ACTOR_PEER     ? "peer"
                 : e->by == ACTOR_DEVICE ? "device"
                                         : "harness");
    if (e->action == ACTION_DEVICE_COMMAND) {
        masked(out, " is told ", e->command);
        return;
    }
    if (e->action == ACTION_SEND) {
        explain_send(out, p, e);
        return;
    }
    buf_addf(out, " %s", plan_events[e->action].what);
    if (e->action == ACTION_BLACKHOLE && e->leg != LEG_WAN)
        buf_addf(out, ", no: of the %s's LAN", place(e->leg == LEG_BO_LAN ? SITE_BO : SITE_HO));
    explain_details(out, p, e);
    buf_addc(out, '\n');
}

/* --- expectations ----------------------------------------------------------------------------- */
static void explain_window(struct buf *out, const struct plan *p, const struct plan_window *w)
{
    if (w->since >= 0)
        buf_addf(out, " since %s", p->events[w->since].id);
    if (w->until >= 0)
        buf_addf(out, " until %s", p->events[w->until].id);
    if (w->within.ns)
        span(out, " within ", w->within);
    if (w->since < 0 && w->until < 0 && !w->within.ns)
        buf_adds(out, " in the whole run");
}

void explain_count(struct buf *out, const struct plan_expect *x)
{
    if (x->max == 0)
        buf_adds(out, ", never,");
    else if (x->max < 0 && x->min == 1)
        buf_adds(out, ", at least once,");
    else if (x->max < 0)
        buf_addf(out, ", %d times or more,", x->min);
    else if (x->min == 1 && x->max == 1)
        buf_adds(out, ", once,");
    else if (x->min == x->max)
        buf_addf(out, ", %d times,", x->min);
    else
        buf_addf(out, ", %d to %d times,", x->min, x->max);
}

static void explain_log(struct buf *out, const struct plan *p, const struct plan_expect *x)
{
    buf_addf(out, "%s log message %u", x->rule == RULE_NO_LOG ? "no" : "the", x->log_id);
    if (x->stream >= 0)
        buf_addf(out, " about %s", p->streams[x->stream].id);
    if (x->reason)
        buf_addf(out, " with a reason of class \"%s\"", x->reason);
    if (x->text)
        buf_addf(out, " holding \"%s\"", x->text);
    if (x->accounts)
        buf_adds(out, " with the number, duration and bytes that were seen");
    if (!x->any_site)
        buf_addf(out, " from the %s", place(x->site));
    if (x->rule == RULE_LOG)
        explain_count(out, x);
}

static void explain_reset(struct buf *out, const struct plan *p, const struct plan_expect *x)
{
    static const char *const by[] = {"anyone", "the device", "a host", "the peer"};

    buf_addf(out, "a TCP reset by %s", by[x->reset_by]);
    if (x->stream >= 0)
        buf_addf(out, " to %s", p->streams[x->stream].id);
    explain_count(out, x);
}

static void explain_stream_rule(struct buf *out, const struct plan *p, const struct plan_expect *x)
{
    static const char *const is[] = {"goes on", "is torn", "stands still to the end", "is idle"};

    buf_addf(out, "%s %s", p->streams[x->stream].id, is[x->stream_is]);
    if (x->resumes_within.ns)
        span(out, ", moves again within ", x->resumes_within);
    if (x->max_stall.ns)
        span(out, ", never stands still for more than ", x->max_stall);
    if (x->completes)
        buf_adds(out, ", arrives whole and unaltered");
}

static void explain_rule(struct buf *out, const struct plan *p, const struct plan_expect *x)
{
    static const char *const tunnel[] = {"is kept", "is replaced", "is deleted",
                                         "is up",   "is down",     "is one SA at the end"};
    static const char *const made[] = {"", ", made by the peer", ", made by the device"};

    switch (x->rule) {
    case RULE_LOG:
    case RULE_NO_LOG: explain_log(out, p, x); break;
    case RULE_STREAM: explain_stream_rule(out, p, x); break;
    case RULE_NO_CLEARTEXT:
        buf_adds(out, "nothing of the inner traffic in clear on the WAN");
        break;
    case RULE_TUNNEL:
        buf_addf(out, "the phase-%u SA %s%s", x->phase, tunnel[x->tunnel_is], made[x->made_by]);
        break;
    case RULE_RESET: explain_reset(out, p, x); break;
    case RULE_ANSWER:
        buf_addf(out, "a line with \"%s\"", x->text);
        explain_count(out, x);
        buf_addf(out, " in the answer to %s\n",
                 x->window.since >= 0 ? p->events[x->window.since].id : "nothing");
        return;
    case RULE_PACKET: explain_packet(out, p, x); break;
    case RULE_IKE: explain_ike(out, x); break;
    case RULE_COUNT: break;
    }
    explain_window(out, p, &x->window);
    buf_addc(out, '\n');
}

/* --- all of it -------------------------------------------------------------------------------- */
static void explain_head(struct buf *out, const struct plan *p)
{
    buf_addf(out, "%s  (%s:%d)\n%s\n\n%s\n", p->id, p->file, p->line, p->title, p->about);
    for (size_t i = 0; i < p->nproves; i++)
        buf_addf(out, "%s%s\n", i ? "  " : "\nProves\n  ", p->proves[i]);
    for (size_t i = 0; i < p->ntags; i++)
        buf_addf(out, "%s%s", i ? ", " : "\nTags: ", p->tags[i]);
    for (size_t i = 0; i < p->nvars; i++)
        buf_addf(out, "%s%s = %s", i ? ", " : "\nVariables: ", p->vars[i].name, p->vars[i].value);
    buf_adds(out, p->ntags || p->nvars ? "\n" : "");
}

void plan_explain(const struct plan *p, struct buf *out)
{
    explain_head(out, p);
    explain_lab(out, p);
    buf_adds(out, "\nTraffic\n");
    for (size_t i = 0; i < p->nstreams; i++)
        explain_stream(out, p, &p->streams[i]);
    buf_adds(out, "\nTimeline\n");
    for (size_t i = 0; i < p->nevents; i++)
        explain_event(out, p, &p->events[i]);
    if (!p->nevents)
        buf_adds(out, "  nothing happens\n");
    span(out, "  the run ends ", p->settle);
    span(out, " after the last event and the last stream, at ", p->timeout);
    buf_adds(out, " at the latest\n\nWhat must hold\n");
    for (size_t i = 0; i < p->nexpects; i++) {
        buf_adds(out, "  - ");
        explain_rule(out, p, &p->expects[i]);
    }
    if (p->headers_only)
        buf_adds(out, "\nEvidence keeps headers and a hash of each payload.\n");
}
