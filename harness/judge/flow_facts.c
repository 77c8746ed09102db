/* What can be said of a stream once everything was seen. */
#include "judge/judge_parts.h"

#include <string.h>

uint64_t jflow_arrived(const struct jflow *f, int sender)
{
    const struct flow_dir *d = &f->on[!sender][sender];

    if (f->proto != IP_TCP)
        return d->datagram_bytes;
    return d->tcp.in_order > 0 ? (uint64_t)d->tcp.in_order : 0;
}

bool jflow_way_complete(const struct jflow *f, int sender)
{
    return jflow_arrived(f, sender) >= f->total[sender];
}

bool jflow_complete(const struct jflow *f)
{
    if (f->on[BO][HO].frames == 0 && f->on[HO][BO].frames == 0)
        return false;
    return jflow_way_complete(f, BO) && jflow_way_complete(f, HO);
}

int jflow_larger(const struct jflow *f)
{
    return f->total[HO] >= f->total[BO] ? HO : BO;
}

int64_t jflow_last_move(const struct jflow *f)
{
    return f->way[BO].last_ns > f->way[HO].last_ns ? f->way[BO].last_ns : f->way[HO].last_ns;
}

/* Data whose place in the stream cannot be told, because it begins in the middle. */
static bool lacks_syn(const struct flow_dir *d)
{
    return d->tcp.syn == 0 && d->tcp.data_packets > 0;
}

const char *jflow_blind_spot(const struct jflow *f)
{
    static const char *const what[SITES][SITES] = {
        {"the user's SYN is not in the evidence of bo-lan",
         "the server's SYN is not in the evidence of bo-lan"},
        {"the user's SYN is not in the evidence of ho-lan",
         "the server's SYN is not in the evidence of ho-lan"}};

    for (int site = 0; f->proto == IP_TCP && site < SITES; site++)
        for (int sender = 0; sender < SITES; sender++)
            if (lacks_syn(&f->on[site][sender]))
                return what[site][sender];
    return NULL;
}

/* --- torn --------------------------------------------------------------------------------------
 */

static void sooner(struct tear *t, const struct tear *other)
{
    if (t->time_ns == NEVER || other->time_ns < t->time_ns)
        *t = *other;
}

bool jflow_torn(const struct judge *j, const struct jflow *f, const struct plan_window *w,
                struct tear *out)
{
    static const char *const by[] = {"a reset", "a reset by the device", "a reset by a host",
                                     "a reset by the peer"};

    *out = (struct tear){.time_ns = NEVER};
    for (size_t i = 0; i < f->nresets && i < RECORDS_MAX; i++) {
        const struct reset *r = &f->resets[i];
        if (!w || window_has(&j->tl, w, r->time_ns))
            sooner(out, &(struct tear){r->time_ns, r->packet, r->leg, by[r->by]});
    }
    for (size_t i = 0; i < f->ntorn && i < RECORDS_MAX; i++) {
        const struct log_record *r = &f->torn[i];
        if (r->reason_class != ASA_REASON_FIN && (!w || window_has(&j->tl, w, r->time_ns)))
            sooner(out, &(struct tear){r->time_ns, r->packet, "mgmt", r->line});
    }
    return out->time_ns != NEVER;
}

static bool is_of_device(const struct log_record *r)
{
    return r->reason_class != ASA_REASON_NONE && r->reason_class != ASA_REASON_FIN &&
           r->reason_class != ASA_REASON_RESET_I && r->reason_class != ASA_REASON_RESET_O;
}

bool jflow_ended_by_device(const struct jflow *f, struct tear *out)
{
    *out = (struct tear){.time_ns = NEVER};
    for (size_t i = 0; i < f->nresets && i < RECORDS_MAX; i++) {
        const struct reset *r = &f->resets[i];
        if (r->by == RESET_BY_DEVICE)
            sooner(out, &(struct tear){r->time_ns, r->packet, r->leg, "a reset by the device"});
    }
    for (size_t i = 0; i < f->ntorn && i < RECORDS_MAX; i++) {
        const struct log_record *r = &f->torn[i];
        if (is_of_device(r))
            sooner(out, &(struct tear){r->time_ns, r->packet, "mgmt", r->line});
    }
    return out->time_ns != NEVER;
}

/* --- class -------------------------------------------------------------------------------------
 */

static bool is_altered(const struct jflow *f)
{
    return f->way[BO].altered || f->way[HO].altered || f->host_altered[BO] || f->host_altered[HO];
}

static bool was_restarted(const struct jflow *f)
{
    return f->proto == IP_TCP && tcp_dir_isns(&f->on[f->opener][f->opener].tcp) > 1;
}

static const char *planned_class(const struct judge *j, const struct jflow *f, struct tear *t)
{
    int64_t last = jflow_last_move(f);

    if (jflow_blind_spot(f) || is_altered(f))
        return "UNKNOWN";
    if (was_restarted(f))
        return "RESTARTED";
    if (jflow_complete(f))
        return f->way[BO].stalls + f->way[HO].stalls > 0 ? "RECOVERED" : "CONTINUOUS";
    if (jflow_torn(j, f, NULL, t))
        return "TORN";
    if (f->proto != IP_TCP || !timeline_is_whole(&j->tl) || last == NEVER ||
        j->tl.last_ns - last < GRACE_NS)
        return last == NEVER && timeline_is_whole(&j->tl) ? "UNKNOWN" : "UNFINISHED";
    return "SILENT_STALE";
}

static const char *planned_why(const struct jflow *f, const char *class, const struct tear *t)
{
    static const struct {
        const char *class, *why;
    } whys[] = {
        {"RESTARTED", "the same user opened it anew"},
        {"CONTINUOUS", "every byte arrived, and without a stall"},
        {"RECOVERED", "every byte arrived, after a stall"},
        {"UNFINISHED", "the evidence ends while it was going on"},
        {"SILENT_STALE", "no teardown, no reset, and no progress to the end"},
    };

    if (strcmp(class, "TORN") == 0)
        return t->what;
    for (size_t i = 0; i < COUNT(whys); i++)
        if (strcmp(class, whys[i].class) == 0)
            return whys[i].why;
    if (jflow_blind_spot(f))
        return jflow_blind_spot(f);
    return is_altered(f) ? "bytes were altered on the way" : "nothing arrived";
}

const char *jflow_class(struct judge *j, const struct jflow *f, const char **why)
{
    struct tear t = {.what = NULL};

    if (j->history)
        return jflow_foreign_class(j, f, why);
    const char *class = planned_class(j, f, &t);
    *why = planned_why(f, class, &t);
    return class;
}
