/* <expect>: what must hold. */
#include "plan/load.h"

#include "plan/words.h"
#include "wire/asa_log.h"

static void check_reason(struct load *l, const struct node *n, const struct plan_expect *x)
{
    struct words known = {0};
    struct buf hint = BUF_INIT;

    if (!x->reason || asa_reason_by_name(x->reason) != ASA_REASON_COUNT)
        return;
    for (unsigned i = 0; i < ASA_REASON_COUNT; i++)
        words_add(&known, asa_reason_name((enum asa_reason)i));
    words_suggest(&known, x->reason, "known", false, &hint);
    problem_add(&l->problems, ERR_INVALID, &n->at, "<%s> reason=\"%s\": no such class of reasons%s",
                n->name, x->reason, buf_str(&hint));
    buf_release(&hint);
}

static void read_rule(struct load *l, const struct node *n, struct plan_expect *x)
{
    struct value_howmany many = {1, -1};
    unsigned site, phase;

    *x = (struct plan_expect){
        .rule = (enum plan_rule)n->spec->rule,
        .at = n->at,
        .phase = 2,
        .any_site = true,
    };
    schema_fill(n, x);
    x->window.since = ref_event(l, n, x->rule == RULE_ANSWER ? "to" : "since");
    x->window.until = ref_event(l, n, "until");
    x->stream = ref_stream(l, n, "stream");
    x->sent = ref_event(l, n, "sent");
    (void)schema_read(n, "count", &many);
    x->min = x->rule == RULE_NO_LOG ? 0 : many.min;
    x->max = x->rule == RULE_NO_LOG ? 0 : many.max;
    if (schema_read(n, "site", &site)) {
        x->site = site;
        x->any_site = false;
    }
    if (schema_read(n, "phase", &phase))
        x->phase = phase + 1;
    check_reason(l, n, x);
}

/* Clear text on the WAN is never right: the rule runs in every case. */
static void always(struct load *l, struct plan_expect *x)
{
    *x = (struct plan_expect){
        .rule = RULE_NO_CLEARTEXT,
        .window = {-1, -1, {0}},
        .stream = -1,
        .sent = -1,
        .any_site = true,
        .phase = 2,
        .at = l->tree->at,
    };
}

void build_expects(struct load *l)
{
    struct plan *p = l->plan;
    struct plan_expect *list;
    bool cleartext = false;
    size_t max = 1;

    for (const struct node *t = node_named(l->tree->child, "expect"); t;
         t = node_named(t->next, "expect")) {
        for (const struct node *n = t->child; n; n = n->next)
            max++;
    }
    list = arena_array(l->arena, max, sizeof(*list));
    for (const struct node *t = node_named(l->tree->child, "expect"); t;
         t = node_named(t->next, "expect")) {
        for (const struct node *n = t->child; n; n = n->next) {
            if (!n->spec)
                continue;
            read_rule(l, n, &list[p->nexpects]);
            cleartext |= list[p->nexpects].rule == RULE_NO_CLEARTEXT;
            p->nexpects++;
        }
    }
    if (!cleartext)
        always(l, &list[p->nexpects++]);
    p->expects = list;
}
