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

enum err judge_legs_ike_key(struct judge *j, const struct ike_table_row *row)
{
    return history_key(j->history, row);
}

bool judge_legs_open(struct judge *j, const struct pkt *p, struct pkt *inner)
{
    return j->wan.has_keys && wan_open(j, p, inner);
}

void judge_legs_take(struct judge *j, const struct judge_leg_packet *p)
{
    j->rec = (struct evidence_record){
        .packet = p->number, .leg = p->leg, .time_ns = p->time_ns, .remark = {0}};
    judge_take_pkt(j, p->pkt);
}

/* Whose log it is does not matter to which stream it is about: a site is only a place to count. */
bool judge_legs_log(struct judge *j, struct bytes line, uint64_t number, int64_t time_ns)
{
    j->rec = (struct evidence_record){
        .packet = number, .leg = EV_MGMT, .time_ns = time_ns, .remark = {0}};
    return log_line(j, BO, line);
}

bool judge_legs_built(struct judge *j, const struct asa_log *log, int64_t *begun_ns)
{
    const struct jflow *f = log->kind == ASA_BUILT ? log_bind(j, BO, log) : NULL;

    if (!f)
        return false;
    *begun_ns = f->begun_ns;
    return true;
}

void judge_legs_note(struct judge *j, const char *rule, bool narrows, const char *text)
{
    enum verdict v = narrows ? VERDICT_INCONCLUSIVE : VERDICT_PASS;

    find_add(&j->fs, rule, v, BASIS_SEEN, "%s", text);
}

int64_t judge_legs_first(const struct judge *j)
{
    int64_t first = 0;

    for (size_t i = 0; i < j->flows.n; i++)
        if (!first || j->flows.list[i]->begun_ns < first)
            first = j->flows.list[i]->begun_ns;
    return first;
}

void judge_legs_logged(const struct judge *j, uint64_t *streams, uint64_t *built)
{
    *streams = *built = 0;
    for (size_t i = 0; i < j->flows.n; i++) {
        *streams += j->flows.list[i]->proto == IP_TCP;
        *built += j->flows.list[i]->proto == IP_TCP && j->flows.list[i]->nbuilt > 0;
    }
}

const struct log_tally *judge_legs_tally(const struct judge *j)
{
    if (j->logs.tally)
        j->logs.tally->holes = log_channels_have_hole(&j->logs.channels, NULL);
    return j->logs.tally;
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
