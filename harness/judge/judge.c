#include "judge/judge.h"

#include "base/mem.h"
#include "judge/judge_parts.h"

#define LATE_LIMIT_NS INT64_C(100000000) /* later than this, the harness's timing says nothing */

int judge_peer_site(const struct judge *j)
{
    if (!j->plan || j->plan->lab.mode != MODE_PEER)
        return SITES;
    return j->plan->lab.device_site == SITE_BO ? HO : BO;
}

bool judge_blames_lateness(const struct judge *j, int64_t excess_ns)
{
    int64_t late = timeline_late_ns(&j->tl);

    if (j->meta->virtual_time)
        return false;
    return late >= LATE_LIMIT_NS || (late > 0 && late >= excess_ns);
}

/* --- reading -----------------------------------------------------------------------------------
 */

static void begin_watches(struct judge *j)
{
    size_t n = j->plan->nexpects;

    j->watches = arena_array(j->arena, n + 1, sizeof(*j->watches));
    j->reset_watches = arena_array(j->arena, n + 1, sizeof(*j->reset_watches));
    j->wan.leaks = arena_array(j->arena, n + 1, sizeof(*j->wan.leaks));
    for (size_t i = 0; i < n; i++)
        j->watches[i] = (struct stream_watch){.x = &j->plan->expects[i],
                                              .first_move_ns = NEVER,
                                              .last_move_ns = NEVER,
                                              .datagram_due_ns = NEVER,
                                              .datagram_ns = NEVER};
}

static struct judge *begin(struct evidence_reader *r, const struct plan *plan)
{
    struct judge *j = mem_zalloc(sizeof(*j));

    j->out = mem_zalloc(sizeof(*j->out));
    arena_init(&j->out->arena);
    j->arena = &j->out->arena;
    j->plan = plan;
    j->meta = evidence_reader_meta(r);
    timeline_init(&j->tl, j->arena, plan);
    findings_init(&j->fs, j->arena);
    jflows_init(&j->flows);
    wan_init(&j->wan);
    logs_init(j);
    if (plan) {
        j->out->case_id = arena_strdup(j->arena, plan->id);
        begin_watches(j);
    }
    return j;
}

static void release(struct judge *j)
{
    jflows_release(&j->flows);
    wan_release(&j->wan);
    findings_release(&j->fs);
    for (int leg = 0; leg < EV_LEGS; leg++)
        fragments_free(j->fragments[leg]);
    fragments_free(j->inner_fragments);
    if (j->value.s)
        mem_wipe(j->value.s, j->value.cap); /* keys went through it */
    buf_release(&j->value);
    mem_free(j);
}

static void take_line(struct judge *j, struct bytes text)
{
    struct line l = {text, &j->value};

    if (event_line_is(text, "event")) {
        int sent = timeline_event(&j->tl, &l, j->rec.time_ns, j->rec.packet);
        if (sent >= 0)
            jflows_event_sent(j, sent);
    } else if (event_line_is(text, "stream")) {
        jflow_announce(j, &l);
    } else if (event_line_is(text, "host")) {
        jflow_host_line(j, &l);
    } else if (event_line_is(text, "esp-sa")) {
        wan_esp_line(j, &l);
    } else if (event_line_is(text, "ike-sa")) {
        wan_ike_line(j, &l);
    } else if (event_line_is(text, "console")) {
        log_console(j, &l);
    } else if (event_line_is(text, "port")) {
        timeline_port(&j->tl, &l);
    } else if (event_line_is(text, "run-end")) {
        timeline_run_end(&j->tl, &l);
    }
}

/* On a LAN or the mgmt leg: whole datagrams only. */
static void take_packet(struct judge *j, struct pkt *p)
{
    enum evidence_leg leg = j->rec.leg;

    if (p->kind == PKT_OTHER || p->kind == PKT_ARP)
        return;
    if (ip_is_fragment(&p->ip)) {
        if (!j->fragments[leg])
            j->fragments[leg] = fragments_new();
        if (!fragments_add(j->fragments[leg], p, j->rec.time_ns))
            return;
    }
    if (leg == EV_MGMT)
        log_frame(j, p);
    else
        jflow_frame(j, leg == EV_BO_LAN ? BO : HO, p);
}

static void take(struct judge *j)
{
    struct timeline *t = &j->tl;
    struct pkt p;
    struct ether e;

    /* differences of sane times cannot overflow */
    if (j->rec.time_ns < 0 || j->rec.time_ns > INT64_MAX / 4)
        j->rec.time_ns = j->rec.time_ns < 0 ? 0 : INT64_MAX / 4;
    if (t->first_ns == NEVER)
        t->first_ns = j->rec.time_ns;
    if (j->rec.time_ns > t->last_ns)
        t->last_ns = j->rec.time_ns;
    t->last_packet = j->rec.packet;
    t->legs[j->rec.leg].frames++;
    if (j->rec.leg == EV_EVENTS) {
        if (!ether_parse(j->rec.frame, &e) && e.type == ETHER_LOCAL_EXPERIMENTAL)
            take_line(j, e.payload);
        return;
    }
    pkt_parse(j->rec.frame, &p);
    if (j->rec.leg == EV_WAN)
        wan_frame(j, &p);
    else
        take_packet(j, &p);
}

/* --- judging -----------------------------------------------------------------------------------
 */

static void judge_rules(struct judge *j)
{
    static void (*const rules[RULE_COUNT])(struct judge *, size_t, const struct plan_expect *) = {
        [RULE_LOG] = rule_log,       [RULE_NO_LOG] = rule_no_log,
        [RULE_STREAM] = rule_stream, [RULE_NO_CLEARTEXT] = rule_no_cleartext,
        [RULE_TUNNEL] = rule_tunnel, [RULE_RESET] = rule_reset,
    };

    for (size_t i = 0; i < j->plan->nexpects; i++)
        rules[j->plan->expects[i].rule](j, i, &j->plan->expects[i]);
    rule_decrypt(j);
}

static void say_events(struct judge *j)
{
    struct judgement *o = j->out;

    o->events = arena_array(j->arena, j->tl.n + 1, sizeof(*o->events));
    o->nevents = j->tl.n;
    for (size_t i = 0; i < j->tl.n; i++) {
        const struct jevent *e = &j->tl.events[i];
        const char *state = e->failed                  ? "failed"
                            : e->confirmed_ns != NEVER ? "confirmed"
                            : e->sent_ns != NEVER      ? "sent"
                                                       : "planned";
        o->events[i] = (struct event_outcome){
            .id = e->id, .action = e->action_name, .state = state, .source = "evidence"};
        if (e->sent_ns == NEVER)
            continue;
        o->events[i].time_ns = e->sent_ns;
        o->events[i].run_ns = e->sent_ns - j->tl.first_ns;
        if (j->meta->epoch_ns > 0 && j->meta->epoch_ns <= e->sent_ns)
            o->events[i].run_ns = e->sent_ns - j->meta->epoch_ns;
    }
}

enum err judge_evidence(struct evidence_reader *r, const struct plan *plan, struct judgement **out)
{
    struct judge *j = begin(r, plan);
    enum err e;

    while (!(e = evidence_next(r, &j->rec)))
        take(j);
    timeline_finish(&j->tl, e, evidence_totals(r));
    jflows_finish(j);
    gates_judge(j);
    size_t gates = j->fs.n;
    if (plan)
        judge_rules(j);
    findings_temper(&j->fs, gates);
    metrics_case(j);
    for (size_t i = 0; i < j->flows.n; i++)
        metrics_stream(j, j->flows.list[i]);
    say_events(j);
    findings_finish(&j->fs, j->out);
    j->out->packets = j->tl.last_packet;
    *out = j->out;
    release(j);
    return ERR_OK;
}
