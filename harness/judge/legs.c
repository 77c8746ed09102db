#include "judge/legs.h"

#include "judge/judge_parts.h"

static const struct evidence_meta nothing_said = {.version = ""};

struct judge *judge_legs_new(void)
{
    struct judge *j = judge_begin(&nothing_said, NULL);

    j->history = history_new();
    return j;
}

enum err judge_legs_key(struct judge *j, const struct esp_params *p)
{
    struct sa *sa = wan_sa(j, p->spi, &p->src, &p->dst);

    if (!sa)
        return ERR_RANGE;
    j->wan.has_keys = true;
    esp_sa_free(sa->key);
    sa->key = NULL;
    return esp_sa_new(p, (struct mono){0}, &sa->key);
}

void judge_legs_take(struct judge *j, const struct judge_leg_packet *p)
{
    j->rec = (struct evidence_record){
        .packet = p->number, .leg = p->leg, .time_ns = p->time_ns, .remark = {0}};
    judge_take_pkt(j, p->pkt);
}

void judge_legs_finish(struct judge *j, struct judgement **out)
{
    struct evidence_totals none = {0};

    timeline_finish(&j->tl, ERR_END, &none);
    jflows_finish(j);
    jflows_foreign_totals(j);
    history_events(j);
    inner_legs_finish(j);
    metrics_case(j);
    for (size_t i = 0; i < j->flows.n; i++)
        metrics_stream(j, j->flows.list[i]);
    judge_outcomes(j);
    findings_finish(&j->fs, j->out);
    *out = j->out;
    judge_release(j);
}
