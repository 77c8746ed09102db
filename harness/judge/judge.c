#include "judge/judge.h"

#include "base/mem.h"
#include "judge/judge_parts.h"

#define STREAMS_MAX 1024

static void begin(struct judge *j, struct evidence_reader *r, const struct plan *plan)
{
    j->out = mem_zalloc(sizeof(*j->out));
    arena_init(&j->out->arena);
    j->arena = &j->out->arena;
    j->plan = plan;
    j->meta = evidence_reader_meta(r);
    j->streams = mem_array(STREAMS_MAX, sizeof(*j->streams));
    j->plain = mem_array(65536, 1);
    map_init(&j->inner[0]);
    map_init(&j->inner[1]);
    if (!plan)
        return;
    j->out->case_id = arena_strdup(j->arena, plan->id);
    j->logs = arena_array(j->arena, plan->nexpects + 1, sizeof(*j->logs));
    j->events = arena_array(j->arena, plan->nevents + 1, sizeof(*j->events));
    j->nevents = plan->nevents;
    for (size_t i = 0; i < plan->nevents; i++)
        j->events[i] = (struct jevent){.id = arena_strdup(j->arena, plan->events[i].id),
                                       .action = plan_action_name(plan->events[i].action),
                                       .plan = (int)i,
                                       .sent_ns = NEVER,
                                       .confirmed_ns = NEVER};
}

static void release(struct judge *j)
{
    for (size_t i = 0; i < j->nstreams; i++) {
        for (int leg = 0; leg < SITES; leg++) {
            for (int sender = 0; sender < SITES; sender++) {
                tcp_dir_release(&j->streams[i].dir[leg][sender].tcp);
                bytes_release(&j->streams[i].dir[leg][sender].seen);
            }
        }
    }
    for (size_t i = 0; i < j->nsas; i++)
        esp_sa_free(j->sas[i].key);
    mem_free(j->sas);
    mem_free(j->streams);
    mem_wipe(j->plain, 65536);
    mem_free(j->plain);
    map_release(&j->inner[0]);
    map_release(&j->inner[1]);
    buf_release(&j->value);
    buf_release(&j->text);
}

static void take_lan(struct judge *j, int leg, const struct pkt *p)
{
    bool peers = j->plan && j->plan->lab.mode == MODE_PEER && (int)j->plan->lab.device_site != leg;

    if (peers)
        inner_take(j, p);
    stream_take(j, leg, p);
}

static void take(struct judge *j)
{
    struct pkt p;

    j->out->packets = j->rec.packet;
    if (j->first_ns == 0)
        j->first_ns = j->rec.time_ns;
    j->last_ns = j->rec.time_ns;
    if (j->rec.leg == EV_EVENTS) {
        struct ether e;
        if (!ether_parse(j->rec.frame, &e))
            event_line_take(j, e.payload);
        return;
    }
    pkt_parse(j->rec.frame, &p);
    switch (j->rec.leg) {
    case EV_BO_LAN: take_lan(j, BO, &p); break;
    case EV_HO_LAN: take_lan(j, HO, &p); break;
    case EV_WAN: wan_take(j, &p); break;
    case EV_MGMT: log_take(j, &p); break;
    default: break;
    }
}

static void count_drops(struct judge *j, struct evidence_reader *r)
{
    const struct evidence_totals *t = evidence_totals(r);

    j->dropped = 0; /* the statistics blocks say the same as the `port` lines */
    for (int i = 0; i < EV_LEGS; i++)
        j->dropped += t->dropped[i];
}

static void judge_rules(struct judge *j)
{
    for (size_t i = 0; i < j->plan->nexpects; i++) {
        const struct plan_expect *x = &j->plan->expects[i];
        switch (x->rule) {
        case RULE_LOG: rule_log(j, i, x); break;
        case RULE_NO_LOG: rule_no_log(j, i, x); break;
        case RULE_STREAM: rule_stream(j, x); break;
        case RULE_NO_CLEARTEXT: rule_no_cleartext(j, x); break;
        case RULE_TUNNEL: rule_tunnel(j, x); break;
        case RULE_RESET: rule_reset(j, x); break;
        case RULE_COUNT: break;
        }
    }
    rule_decrypt(j);
}

/* A stimulus that did not bite, or a run that was cut off, says nothing about the device: what
 * seems broken then is no failure of it. */
static void temper(struct judge *j, size_t ngates)
{
    enum verdict most = VERDICT_PASS;

    for (size_t i = 0; i < ngates; i++) {
        if (j->findings[i].verdict > most)
            most = j->findings[i].verdict;
    }
    if (most != VERDICT_UNRESOLVED && most != VERDICT_INCONCLUSIVE)
        return;
    for (size_t i = ngates; i < j->nfindings; i++) {
        /* clear text on the WAN is wrong whatever happened */
        if (j->findings[i].verdict == VERDICT_FAIL &&
            strcmp(j->findings[i].rule, "no-cleartext") != 0)
            j->findings[i].verdict = most;
    }
}

static void say_events(struct judge *j)
{
    struct judgement *o = j->out;

    o->events = arena_array(j->arena, j->nevents + 1, sizeof(*o->events));
    o->nevents = j->nevents;
    for (size_t i = 0; i < j->nevents; i++) {
        const struct jevent *e = &j->events[i];
        const char *state = e->failed                  ? "failed"
                            : e->confirmed_ns != NEVER ? "confirmed"
                            : e->sent_ns != NEVER      ? "sent"
                                                       : "planned";
        o->events[i] = (struct event_outcome){.id = e->id,
                                              .action = e->action,
                                              .state = state,
                                              .source = "evidence",
                                              .time_ns = e->sent_ns == NEVER ? 0 : e->sent_ns};
        if (e->sent_ns != NEVER && j->meta)
            o->events[i].run_ns = e->sent_ns - j->meta->epoch_ns;
    }
}

enum err judge_evidence(struct evidence_reader *r, const struct plan *plan, struct judgement **out)
{
    struct judge *j = mem_zalloc(sizeof(*j));
    enum err e;

    begin(j, r, plan);
    while (!(e = evidence_next(r, &j->rec)))
        take(j);
    j->damaged = e != ERR_END;
    count_drops(j, r);
    if (plan) {
        gates_judge(j);
        size_t ngates = j->nfindings;
        judge_rules(j);
        temper(j, ngates);
    }
    metrics_make(j);
    say_events(j);
    findings_finish(j);
    *out = j->out;
    release(j);
    mem_free(j);
    return ERR_OK;
}
