#include "gateway/log_filter.h"

#include <string.h>

static bool in_list(const struct gw_logging *l, const char *name, const struct log_subject *m)
{
    for (size_t i = 0; i < l->nrules; i++) {
        const struct gw_log_rule *r = &l->rules[i];
        if (strcmp(r->list, name) != 0)
            continue;
        if (r->level < 0 && m->id >= r->from && m->id <= r->to)
            return true;
        if (r->level >= m->level && (!r->class[0] || strcmp(r->class, m->class) == 0))
            return true;
    }
    return false;
}

/* The level that M's class has for destination D; -1: none of its own. */
static int class_level(const struct gw_logging *l, const struct log_subject *m, size_t d)
{
    for (size_t i = 0; i < l->nclasses; i++) {
        if (strcmp(l->classes[i].class, m->class) == 0)
            return l->classes[i].level[d];
    }
    return -1;
}

static bool goes_to(const struct gw_logging *l, const struct log_subject *m, size_t d)
{
    int own = l->nclasses ? class_level(l, m, d) : -1;

    if (d == GW_LOG_TO_TRAP && l->nhosts == 0)
        return false;
    if (own >= 0)
        return m->level <= own;
    if (l->to[d].list[0])
        return in_list(l, l->to[d].list, m);
    return m->level <= l->to[d].level;
}

unsigned log_filter(const struct gw_logging *l, const struct log_subject *m)
{
    unsigned to = 0;

    for (size_t d = 0; l->enable && d < GW_LOG_DESTINATION_COUNT; d++) {
        if (goes_to(l, m, d))
            to |= 1u << d;
    }
    return to;
}

bool log_filter_any(const struct gw_logging *l)
{
    bool any = l->nclasses != 0;

    for (size_t d = 0; d < GW_LOG_DESTINATION_COUNT; d++)
        any = any || l->to[d].level >= 0 || l->to[d].list[0];
    return l->enable && any;
}

void log_rates_reset(struct log_rates *r)
{
    for (size_t i = 0; i < LOG_RATES; i++)
        r->window[i] = (struct log_rate_window){.since = {INT64_MIN}};
}

static bool count(struct log_rate_window *w, const struct gw_log_rate *limit, struct mono now)
{
    if (w->since.ns == INT64_MIN || now.ns - w->since.ns >= SPAN_S(limit->interval_s).ns)
        *w = (struct log_rate_window){.since = now};
    if (w->n >= limit->n)
        return true;
    w->n++;
    return false;
}

bool log_rates_exceeded(struct log_rates *r, const struct gw_logging *l,
                        const struct log_subject *m, struct mono now)
{
    bool exceeded = false;

    for (size_t i = 0; i < l->nrates && i < LOG_RATES; i++) {
        const struct gw_log_rate *limit = &l->rates[i];
        if (limit->level >= 0 ? limit->level == m->level : limit->id == m->id)
            exceeded = count(&r->window[i], limit, now) || exceeded;
    }
    return exceeded;
}
