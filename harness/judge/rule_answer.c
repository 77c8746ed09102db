/* <answer>: what a device's console printed when a command was typed. */
#include "judge/judge_parts.h"

#include "wire/scan.h"

static bool holds(struct bytes line, const char *part)
{
    size_t n = strlen(part);

    for (size_t i = 0; i + n <= line.n; i++) {
        if (memcmp(line.p + i, part, n) == 0)
            return true;
    }
    return false;
}

/* What is printed belongs to the command that was typed last, and that to the event sent last. */
void answer_sent(struct judge *j, int event)
{
    bool command = j->plan && j->plan->events[event].action == ACTION_DEVICE_COMMAND;

    j->logs.asked = command ? event : -1;
    j->logs.answering = -1;
}

void answer_line(struct judge *j, struct bytes text)
{
    struct bytes rest = text;

    if (scan_lit(&rest, "# ")) {
        j->logs.answering = j->logs.asked;
        j->logs.asked = -1;
        return;
    }
    for (size_t i = 0; j->plan && j->logs.answering >= 0 && i < j->plan->nexpects; i++) {
        const struct plan_expect *x = &j->plan->expects[i];
        struct answer_watch *w = &j->logs.answers[i];
        if (x->rule != RULE_ANSWER || x->window.since != j->logs.answering)
            continue;
        w->lines++;
        if (!w->first && text.n)
            w->first = judge_quote(j, text);
        if (!holds(text, x->text))
            continue;
        if (!w->n++) {
            w->line = judge_quote(j, text);
            w->packet = j->rec.packet;
            w->time_ns = j->rec.time_ns;
        }
    }
}

static struct found *say_silence(struct judge *j, const struct plan_expect *x,
                                 const struct answer_watch *w)
{
    const struct jevent *e = timeline_get(&j->tl, x->window.since);
    bool whole = timeline_is_whole(&j->tl);

    if (!e || e->sent_ns == NEVER)
        return find_add(&j->fs, "answer", VERDICT_UNRESOLVED, BASIS_MISSING,
                        "event %s was not sent, so nothing was answered",
                        j->plan->events[x->window.since].id);
    return find_add(&j->fs, "answer",
                    !whole       ? VERDICT_INCONCLUSIVE
                    : x->min > 0 ? VERDICT_FAIL
                                 : VERDICT_PASS,
                    BASIS_MISSING, "no line of the answer to \"%s\" holds \"%s\": %llu lines%s%s%s",
                    j->plan->events[x->window.since].command, x->text, (unsigned long long)w->lines,
                    w->first ? ", the first is " : "", w->first ? w->first : "",
                    whole ? "" : ", as far as the evidence goes");
}

void rule_answer(struct judge *j, size_t i, const struct plan_expect *x)
{
    const struct answer_watch *w = &j->logs.answers[i];
    bool few = w->n < (uint64_t)(x->min > 0 ? x->min : 0);
    bool many = x->max >= 0 && w->n > (uint64_t)x->max;
    struct found *f;

    if (!w->n) {
        f = say_silence(j, x, w);
    } else {
        f = find_add(&j->fs, "answer", few || many ? VERDICT_FAIL : VERDICT_PASS,
                     few ? BASIS_MISSING : BASIS_SEEN,
                     "\"%s\" was answered with %s; %llu lines with \"%s\"%s",
                     j->plan->events[x->window.since].command, w->line, (unsigned long long)w->n,
                     x->text,
                     few    ? ", fewer than expected"
                     : many ? ", more than expected"
                            : "");
        found_packet(f, w->packet, "events", w->time_ns);
    }
    found_place(f, x);
}
