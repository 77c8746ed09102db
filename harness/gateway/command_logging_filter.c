/* logging: which messages go where, and how many; and the clock's zone. */
#include "gateway/command_parts.h"
#include "gateway/config_parts.h"

#include <stdio.h>

static const char *const destinations[] = {
#define X(id, word, shown) word,
    GW_LOG_DESTINATIONS(X)
#undef X
};

/* What messages are about; the model logs those of a few of them. */
static const char *const classes[] = {
    "auth",  "bridge", "ca",  "citrix", "config",  "csd",   "dap",   "eap",       "eapoudp",
    "eigrp", "email",  "ha",  "ids",    "ip",      "ipaa",  "nac",   "nacpolicy", "nacsettings",
    "np",    "ospf",   "rip", "rm",     "session", "snmp",  "ssl",   "svc",       "sys",
    "vm",    "vpdn",   "vpn", "vpnc",   "vpnfo",   "vpnlb", "webfo", "webvpn"};

static struct gw_logging *logging(struct gw_call *call)
{
    call->changed |= GW_CHANGED_LOGGING;
    return &call->cfg->logging;
}

static bool has_list(const struct gw_logging *l, const char *name)
{
    for (size_t i = 0; i < l->nrules; i++) {
        if (strcmp(l->rules[i].list, name) == 0)
            return true;
    }
    return false;
}

/* logging trap LEVEL, logging trap LIST; no logging trap [...]. WHAT: the destination */
static enum err set_filter(struct gw_call *call)
{
    struct gw_log_filter f = {.level = -1};
    struct gw_words *w = call->rest;
    const char *word = gw_peek(w);
    uint32_t level;

    if (!word && !call->no)
        return ERR_SHORT;
    if (word && gw_parse_level(word, &level))
        f.level = (int)level;
    else if (word && (!has_list(&call->cfg->logging, word) || !gw_name_set(f.list, word)))
        return call->no && w->stream ? ERR_OK : ERR_FORMAT;
    w->at += word != NULL;
    if (call->no)
        f = (struct gw_log_filter){.level = -1};
    logging(call)->to[call->what] = f;
    return gw_end(w);
}

static bool take_class(struct gw_words *w, char out[static GW_LOG_CLASS])
{
    size_t i;

    if (gw_take_keyword(w, classes, COUNT(classes), &i))
        return false;
    snprintf(out, GW_LOG_CLASS, "%s", classes[i]);
    return true;
}

static bool take_level(struct gw_words *w, int *out)
{
    uint32_t level;

    if (!gw_peek(w) || !gw_parse_level(gw_peek(w), &level))
        return false;
    w->at++;
    *out = (int)level;
    return true;
}

/* 302013 or 302013-302016 */
static bool take_ids(struct gw_words *w, struct gw_log_rule *r)
{
    char from[16];
    const char *word = gw_peek(w);
    size_t n = word ? strcspn(word, "-") : 0;

    if (!word || n >= sizeof(from))
        return false;
    memcpy(from, word, n);
    from[n] = '\0';
    if (!gw_parse_number(from, 100000, 999999, &r->from) ||
        (word[n] && !gw_parse_number(word + n + 1, r->from, 999999, &r->to)))
        return false;
    if (!word[n])
        r->to = r->from;
    w->at++;
    return true;
}

static enum err take_rule(struct gw_words *w, struct gw_log_rule *r)
{
    r->level = -1;
    if (gw_take_if(w, "level")) {
        if (!take_level(w, &r->level) || (gw_take_if(w, "class") && !take_class(w, r->class)))
            return gw_peek(w) ? ERR_FORMAT : ERR_SHORT;
    } else if (!gw_take_if(w, "message") || !take_ids(w, r)) {
        return gw_peek(w) ? ERR_FORMAT : ERR_SHORT;
    }
    return gw_end(w);
}

static bool same_rule(const struct gw_log_rule *a, const struct gw_log_rule *b)
{
    return strcmp(a->list, b->list) == 0 && a->level == b->level &&
           strcmp(a->class, b->class) == 0 && a->from == b->from && a->to == b->to;
}

static void forget_list(struct gw_logging *l, const char *name)
{
    for (size_t i = l->nrules; i-- > 0;) {
        if (strcmp(l->rules[i].list, name) == 0)
            gw_list_remove(l->rules, &l->nrules, sizeof(*l->rules), i);
    }
    for (size_t i = 0; i < GW_LOG_DESTINATION_COUNT; i++) {
        if (strcmp(l->to[i].list, name) == 0)
            l->to[i] = (struct gw_log_filter){.level = -1};
    }
}

/* logging list NAME level L [class C] | message A[-B]; no logging list NAME [...] */
static enum err set_list(struct gw_call *call)
{
    struct gw_logging *l = logging(call);
    struct gw_log_rule r = {.level = -1};
    size_t at = 0;

    if (!gw_name_set(r.list, call->args[0].word))
        return gw_refuse(call, "the list's name is too long");
    if (call->no && !gw_peek(call->rest)) {
        forget_list(l, r.list);
        return ERR_OK;
    }
    enum err e = take_rule(call->rest, &r);
    if (e)
        return e;
    while (at < l->nrules && !same_rule(&l->rules[at], &r))
        at++;
    if (call->no && at < l->nrules) {
        gw_list_remove(l->rules, &l->nrules, sizeof(r), at);
        if (!has_list(l, r.list))
            forget_list(l, r.list);
    } else if (!call->no && at == l->nrules) {
        /* behind the others of its list */
        for (at = l->nrules;
             at > 0 && has_list(l, r.list) && strcmp(l->rules[at - 1].list, r.list) != 0;)
            at--;
        *(struct gw_log_rule *)gw_list_insert((void **)&l->rules, &l->nrules, sizeof(r), at) = r;
    }
    return ERR_OK;
}

static struct gw_log_class *make_class(struct gw_logging *l, const char *name)
{
    for (size_t i = 0; i < l->nclasses; i++) {
        if (strcmp(l->classes[i].class, name) == 0)
            return &l->classes[i];
    }
    struct gw_log_class *c = gw_list_add((void **)&l->classes, &l->nclasses, sizeof(*l->classes));
    snprintf(c->class, sizeof(c->class), "%s", name);
    for (size_t d = 0; d < GW_LOG_DESTINATION_COUNT; d++)
        c->level[d] = -1;
    return c;
}

static void drop_if_empty(struct gw_logging *l, struct gw_log_class *c)
{
    for (size_t d = 0; d < GW_LOG_DESTINATION_COUNT; d++) {
        if (c->level[d] >= 0)
            return;
    }
    gw_list_remove(l->classes, &l->nclasses, sizeof(*c), (size_t)(c - l->classes));
}

/* logging class C DESTINATION LEVEL ...; no logging class C [DESTINATION ...] */
static enum err set_class(struct gw_call *call)
{
    struct gw_words *w = call->rest;
    struct gw_log_class set = {.class = ""};
    size_t d, n = 0;

    if (!take_class(w, set.class))
        return gw_peek(w) ? ERR_FORMAT : ERR_SHORT;
    for (size_t i = 0; i < GW_LOG_DESTINATION_COUNT; i++)
        set.level[i] = -1;
    for (; gw_peek(w) && !gw_take_keyword(w, destinations, COUNT(destinations), &d); n++) {
        if (!take_level(w, &set.level[d]) && !call->no)
            return gw_peek(w) ? ERR_FORMAT : ERR_SHORT;
        if (call->no)
            set.level[d] = 0;
    }
    if (n == 0 && !call->no)
        return gw_peek(w) ? ERR_FORMAT : ERR_SHORT;
    struct gw_logging *l = logging(call);
    struct gw_log_class *c = make_class(l, set.class);
    for (size_t i = 0; i < GW_LOG_DESTINATION_COUNT; i++) {
        if (set.level[i] >= 0 || (call->no && n == 0))
            c->level[i] = call->no ? -1 : set.level[i];
    }
    drop_if_empty(l, c);
    return gw_end(w);
}

/* logging rate-limit {unlimited | N [INTERVAL]} {level L | message ID} */
static enum err set_rate(struct gw_call *call)
{
    struct gw_logging *l = logging(call);
    struct gw_words *w = call->rest;
    struct gw_log_rate r = {.level = -1, .interval_s = 1};
    bool off = gw_take_if(w, "unlimited") || call->no;
    size_t at = 0;

    if (gw_peek(w) && gw_parse_number(gw_peek(w), 1, 2147483647, &r.n)) {
        w->at++;
        if (gw_peek(w) && gw_parse_number(gw_peek(w), 1, 2147483647, &r.interval_s))
            w->at++;
    } else if (!off) {
        return gw_peek(w) ? ERR_FORMAT : ERR_SHORT;
    }
    if (gw_take_if(w, "level")
            ? !take_level(w, &r.level)
            : !gw_take_if(w, "message") || gw_take_number(w, 100000, 999999, &r.id))
        return gw_peek(w) ? ERR_FORMAT : ERR_SHORT;
    while (at < l->nrates && !(l->rates[at].level == r.level && l->rates[at].id == r.id))
        at++;
    if (off && at < l->nrates)
        gw_list_remove(l->rates, &l->nrates, sizeof(r), at);
    else if (!off && at == l->nrates)
        *(struct gw_log_rate *)gw_list_add((void **)&l->rates, &l->nrates, sizeof(r)) = r;
    else if (!off)
        l->rates[at] = r;
    return gw_end(w);
}

/* clock timezone NAME HOURS [MINUTES] */
static enum err set_zone(struct gw_call *call)
{
    struct gw_clock c = {.zone = ""};
    struct gw_words *w = call->rest;
    const char *name = gw_peek(w), *hours;
    uint32_t h, m = 0;

    if (call->no) {
        call->cfg->clock = c;
        w->at = w->n; /* whatever it was */
        return ERR_OK;
    }
    if (!name || strlen(name) >= sizeof(c.zone))
        return name ? ERR_FORMAT : ERR_SHORT;
    w->at++;
    hours = gw_peek(w);
    if (!hours || !gw_parse_number(hours + (*hours == '-'), 0, *hours == '-' ? 12 : 14, &h))
        return hours ? ERR_FORMAT : ERR_SHORT;
    w->at++;
    if (gw_peek(w) && gw_parse_number(gw_peek(w), 0, 59, &m))
        w->at++;
    snprintf(c.zone, sizeof(c.zone), "%s", name);
    c.offset_s = (int)(h * 3600 + m * 60) * (*hours == '-' ? -1 : 1);
    call->changed |= GW_CHANGED_LOGGING;
    call->cfg->clock = c;
    return gw_end(w);
}

static const struct gw_command rows[] = {
    {GW_CONFIG, GW_BOTH, "logging console ...", set_filter, GW_LOG_TO_CONSOLE,
     "What the console shows"},
    {GW_CONFIG, GW_BOTH, "logging monitor ...", set_filter, GW_LOG_TO_MONITOR,
     "What terminals show"},
    {GW_CONFIG, GW_BOTH, "logging buffered ...", set_filter, GW_LOG_TO_BUFFER,
     "What show logging keeps"},
    {GW_CONFIG, GW_BOTH, "logging trap ...", set_filter, GW_LOG_TO_TRAP,
     "What goes to the logging hosts"},
    {GW_CONFIG, GW_BOTH, "logging history ...", set_filter, GW_LOG_TO_HISTORY,
     "What goes to SNMP managers"},
    {GW_CONFIG, GW_BOTH, "logging mail ...", set_filter, GW_LOG_TO_MAIL, "What goes out by mail"},
    {GW_CONFIG, GW_BOTH, "logging asdm ...", set_filter, GW_LOG_TO_ASDM, "What ASDM shows"},
    {GW_CONFIG, GW_BOTH, "logging list NAME ...", set_list, 0, "Choose messages by a list"},
    {GW_CONFIG, GW_BOTH, "logging class ...", set_class, 0, "Levels of a class of messages"},
    {GW_CONFIG, GW_BOTH, "logging rate-limit ...", set_rate, 0, "How many messages a time"},
    {GW_CONFIG, GW_BOTH, "clock timezone ...", set_zone, 0, "The zone of the clock"},
};

const struct gw_command_set gw_logging_filter_commands = {rows, COUNT(rows)};
