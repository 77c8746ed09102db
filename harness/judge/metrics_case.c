/* Figures of the whole case, by the names of METRICS; what could not be measured is null and says
 * why. */
#include "judge/judge_parts.h"

#define MS 1e6

static bool disrupts(enum plan_action a)
{
    switch (a) {
    case ACTION_PHASE1_DELETE:
    case ACTION_PHASE2_DELETE:
    case ACTION_BLACKHOLE:
    case ACTION_PEER_CRASH: return true;
    default: return false;
    }
}

static const struct jevent *first_rekey(const struct judge *j)
{
    for (size_t i = 0; i < j->tl.n; i++)
        if (j->tl.events[i].action == ACTION_PHASE2_REKEY && j->tl.events[i].sent_ns != NEVER)
            return &j->tl.events[i];
    return NULL;
}

static void stimulus(struct judge *j)
{
    bool confirmed = true;

    for (size_t i = 0; i < j->tl.n; i++)
        confirmed = confirmed && j->tl.events[i].confirmed_ns != NEVER;
    for (size_t i = 0; i < j->fs.n; i++) /* by the gates, which look at the WAN and the log, too */
        confirmed = confirmed && j->fs.list[i].f.verdict != VERDICT_UNRESOLVED;
    if (j->tl.n == 0)
        metric_null(&j->fs, "stimulus_confirmed", NULL, "the case has no event");
    else
        metric_text(&j->fs, "stimulus_confirmed", NULL, confirmed ? "yes" : "no");
}

/* --- the tunnel --------------------------------------------------------------------------------
 */

static void tunnel_down(struct judge *j)
{
    static const char *const names[] = {"tunnel_down_ms_to_device", "tunnel_down_ms_from_device"};
    struct sa_switch s = tunnel_switch(j, INT64_MIN + 1);
    int64_t worst = NEVER;

    for (int way = 0; way < DIRECTIONS; way++) {
        if (s.hole_ns[way] == NEVER)
            metric_null(&j->fs, names[way], NULL, "no SPI followed another");
        else
            metric_number(&j->fs, names[way], NULL,
                          s.hole_ns[way] > 0 ? (double)s.hole_ns[way] / MS : 0);
        if (s.hole_ns[way] > worst)
            worst = s.hole_ns[way];
    }
    if (worst == NEVER)
        metric_null(&j->fs, "tunnel_down_ms", NULL, "no SPI followed another");
    else
        metric_number(&j->fs, "tunnel_down_ms", NULL, worst > 0 ? (double)worst / MS : 0);
}

static void rekey_overlap(struct judge *j)
{
    const struct jevent *e = first_rekey(j);
    struct sa_switch s = e ? tunnel_switch(j, e->sent_ns) : (struct sa_switch){{NEVER, NEVER}};
    int64_t worst = s.hole_ns[0] > s.hole_ns[1] ? s.hole_ns[0] : s.hole_ns[1]; /* the larger hole */

    if (!e)
        metric_null(&j->fs, "rekey_overlap_ms", NULL, "no phase-2 rekeying was asked for");
    else if (worst == NEVER)
        metric_null(&j->fs, "rekey_overlap_ms", NULL, "no new SPI came into use after it");
    else
        metric_number(&j->fs, "rekey_overlap_ms", NULL, (double)-worst / MS);
}

/* Frames of the streams that were sent and did not arrive after the rekeying. The count of what was
 * under way or lost before is the least that was ever missing until then. */
static void rekey_loss(struct judge *j)
{
    static const char name[] = "ike_phase2_rekey_frame_loss";
    const struct jflows *t = &j->flows;
    uint64_t lost = 0;

    if (!first_rekey(j)) {
        metric_null(&j->fs, name, NULL, "no phase-2 rekeying was asked for");
        return;
    }
    for (size_t i = 0; i < j->tl.n; i++) {
        if (!disrupts(j->tl.events[i].action) || j->tl.events[i].sent_ns == NEVER)
            continue;
        metric_null(&j->fs, name, NULL, "other events of the case lose frames, too");
        return;
    }
    if (j->plan && j->plan->lab.legs[LEG_WAN].loss > 0) {
        metric_null(&j->fs, name, NULL, "the case has the WAN lose frames");
        return;
    }
    if (t->lossy) {
        metric_null(&j->fs, name, NULL, "frames were lost before it, too");
        return;
    }
    for (int s = 0; s < SITES; s++) {
        uint64_t missing = t->in[s] > t->out[s] ? t->in[s] - t->out[s] : 0;
        uint64_t before = t->floor[s] == UINT64_MAX ? 0 : t->floor[s];
        lost += missing > before ? missing - before : 0;
    }
    metric_count(&j->fs, name, NULL, lost);
}

static void esp_counts(struct judge *j)
{
    uint64_t gaps = 0, repeated = 0;

    for (uint32_t i = 0; i < j->wan.nsas; i++) {
        const struct sa *sa = &j->wan.sas[i];
        uint64_t span = (uint64_t)sa->high_seq - sa->first_seq + 1;
        if (!sa->any)
            continue;
        gaps += span > sa->unique ? span - sa->unique : 0;
        repeated += sa->repeated;
    }
    if (j->wan.esp_packets) {
        metric_count(&j->fs, "esp_seq_gaps", NULL, gaps);
        metric_count(&j->fs, "esp_replay_drops", NULL, repeated);
    } else {
        metric_null(&j->fs, "esp_seq_gaps", NULL, "no ESP was seen");
        metric_null(&j->fs, "esp_replay_drops", NULL, "no ESP was seen");
    }
}

static void decrypt(struct judge *j)
{
    const struct wan *w = &j->wan;
    const char *why =
        j->meta->headers_only                         ? "the evidence holds headers only"
        : j->history && !w->has_keys                  ? "no keys were given"
        : !j->history && judge_peer_site(j) == SITES  ? "no peer of the harness has the keys"
        : w->esp_packets == 0                         ? "no ESP was seen"
        : w->opened == 0                              ? "no keys in the evidence"
        : j->history && !inner_legs_says(j)           ? "the gateways change every packet"
        : w->no_key                                   ? "keys of some SAs are missing"
        : w->out_of_esp.evicted + w->into_esp.evicted ? "too many packets were under way at once"
                                                      : NULL;

    if (why)
        metric_null(&j->fs, "decrypt_mismatch_pkts", NULL, why);
    else
        metric_count(&j->fs, "decrypt_mismatch_pkts", NULL,
                     w->mismatches + w->bad_from_device + w->bad_from_peer);
}

/* The first packet that was offered, when no tunnel was there, until it came out on the far side.
 */
static void first_packet(struct judge *j)
{
    int64_t sent = NEVER, came = NEVER, up = j->wan.first_esp_ns;

    for (size_t i = 0; i < j->flows.n; i++) {
        const struct jflow *f = j->flows.list[i];
        int64_t s = f->on[f->opener][f->opener].first_ns, c = f->on[!f->opener][f->opener].first_ns;
        if (s != NEVER && (sent == NEVER || s < sent)) {
            sent = s;
            came = c;
        }
    }
    for (uint32_t i = 0; i < j->wan.nsas; i++) {
        int64_t ns = j->wan.sas[i].up_ns;
        if (ns != NEVER && (up == NEVER || ns < up))
            up = ns;
    }
    if (sent == NEVER || came == NEVER)
        metric_null(&j->fs, "ttfp_ms", NULL, "no first packet came through");
    else if (up == NEVER || up <= sent)
        metric_null(&j->fs, "ttfp_ms", NULL, "the tunnel was up before the first packet");
    else
        metric_number(&j->fs, "ttfp_ms", NULL, (double)(came - sent) / MS);
}

/* --- the harness -------------------------------------------------------------------------------
 */

static void lateness(struct judge *j)
{
    if (j->meta->virtual_time)
        metric_null(&j->fs, "send_lateness_us", NULL, "virtual time: nothing is ever late");
    else
        metric_count(&j->fs, "send_lateness_us", NULL, (uint64_t)(timeline_late_ns(&j->tl) / 1000));
}

static void context(struct judge *j)
{
    metric_null(&j->fs, "vpn_ctx_before", NULL, "it was not asked for before the events");
    const char *text = j->logs.vpn_context[BO] ? j->logs.vpn_context[BO] : j->logs.vpn_context[HO];
    if (text)
        metric_text(&j->fs, "vpn_ctx_after", NULL, text);
    else
        metric_null(&j->fs, "vpn_ctx_after", NULL, "no transcript of show asp table vpn-context");
}

void metrics_case(struct judge *j)
{
    stimulus(j);
    tunnel_down(j);
    metric_null(&j->fs, "ipsec_tunnel_failover_time_ms", NULL,
                "it is defined for frames at a constant rate, which TCP does not send");
    rekey_overlap(j);
    rekey_loss(j);
    first_packet(j);
    metric_count(&j->fs, "cleartext_leak_pkts", NULL, j->wan.all.packets);
    decrypt(j);
    esp_counts(j);
    context(j);
    lateness(j);
}
