/* set connection and inspect, in a class of a policy-map: what of them is modelled. */
#include "gateway/command_parts.h"

enum { DECREMENT_TTL, RANDOM_SEQUENCE_OFF, RANDOM_SEQUENCE_ON };

static enum err set_connection(struct gw_call *call)
{
    struct gw_config *c = call->cfg;

    switch (call->what) {
    case DECREMENT_TTL: c->decrement_ttl = !call->no; break;
    case RANDOM_SEQUENCE_OFF: c->random_sequence = call->no; break;
    default: c->random_sequence = true; break;
    }
    call->remark = "taken for every class: the model has one setting for all traffic";
    call->changed |= GW_CHANGED_SERVICE;
    return ERR_OK;
}

/* Bounds of the command reference: embryonic from 5 s, the others from 5 min; 0 is never. */
static const struct kind {
    const char *name;
    uint32_t least_s;
} kinds[] = {{"embryonic", 5}, {"half-closed", 300}, {"tcp", 300}, {"idle", 300}};

static void set_one(struct gw_set_timeouts *t, size_t kind, bool on, uint32_t seconds)
{
    switch (kind) {
    case 0:
        t->has_embryonic = on;
        t->embryonic = seconds;
        break;
    case 1:
        t->has_half_closed = on;
        t->half_closed = seconds;
        break;
    default: /* "tcp" is the older word for "idle" */
        t->has_idle = on;
        t->idle = seconds;
        break;
    }
}

static enum err take_seconds(struct gw_words *w, uint32_t least, uint32_t *out)
{
    const char *word = gw_peek(w);

    if (!word)
        return ERR_SHORT;
    if (!gw_parse_time(word, out) || (*out && *out < least))
        return ERR_FORMAT;
    w->at++;
    return ERR_OK;
}

static enum err take_timeout(struct gw_call *call, struct gw_set_timeouts *t)
{
    const char *names[COUNT(kinds)];
    struct gw_words *w = call->rest;
    uint32_t seconds = 0;
    size_t kind;

    for (size_t i = 0; i < COUNT(kinds); i++)
        names[i] = kinds[i].name;
    enum err e = gw_take_keyword(w, names, COUNT(names), &kind);
    if (!e && (!call->no || gw_peek(w)))
        e = take_seconds(w, kinds[kind].least_s, &seconds);
    if (e)
        return e;
    set_one(t, kind, !call->no, seconds);
    if (kind >= 2)
        t->reset = gw_take_if(w, "reset") && !call->no;
    return ERR_OK;
}

/* dcd [h:mm:ss [retries]]: read and left. */
static bool skip_dcd(struct gw_words *w)
{
    uint32_t v;

    if (!gw_take_if(w, "dcd"))
        return false;
    if (gw_peek(w) && gw_parse_time(gw_peek(w), &v))
        w->at++;
    if (gw_peek(w) && gw_parse_number(gw_peek(w), 1, 255, &v))
        w->at++;
    return true;
}

static bool is_kind(const char *word)
{
    for (size_t i = 0; word && i < COUNT(kinds); i++) {
        if (strcmp(word, kinds[i].name) == 0)
            return true;
    }
    return word && strcmp(word, "dcd") == 0;
}

/* set connection timeout {embryonic | half-closed | tcp | idle} h:mm:ss [reset] ... */
static enum err set_timeout(struct gw_call *call)
{
    struct gw_set_timeouts t = call->cfg->set_timeouts;
    struct gw_words *w = call->rest;

    call->remark = "taken for every class: the model has one setting for all traffic";
    if (call->no && !gw_peek(w))
        t = (struct gw_set_timeouts){0};
    else if (!gw_peek(w))
        return ERR_SHORT;
    while (w->stream ? is_kind(gw_peek(w)) : gw_peek(w) != NULL) {
        if (skip_dcd(w)) {
            call->remark = "dead connection detection is not modelled";
            continue;
        }
        enum err e = take_timeout(call, &t);
        if (e)
            return e;
    }
    call->cfg->set_timeouts = t;
    call->changed |= GW_CHANGED_TIMEOUT;
    return ERR_OK;
}

static enum err inspect_ftp(struct gw_call *call)
{
    call->cfg->inspect_ftp = !call->no;
    call->changed |= GW_CHANGED_SERVICE;
    return ERR_OK;
}

#define SET "set connection "

static const struct gw_command rows[] = {
    {GW_CONFIG_CLASS, GW_BOTH, SET "decrement-ttl", set_connection, DECREMENT_TTL,
     "Be a hop that traceroute sees"},
    {GW_CONFIG_CLASS, GW_BOTH, SET "random-sequence-number disable", set_connection,
     RANDOM_SEQUENCE_OFF, "Leave initial sequence numbers alone"},
    {GW_CONFIG_CLASS, GW_YES, SET "random-sequence-number enable", set_connection,
     RANDOM_SEQUENCE_ON, "Randomise initial sequence numbers"},
    {GW_CONFIG_CLASS, GW_BOTH, SET "timeout ...", set_timeout, 0, "Timeouts of connections"},
    {GW_CONFIG_CLASS, GW_BOTH, "inspect ftp", inspect_ftp, 0, "Follow FTP control channels"},
    {GW_CONFIG_CLASS, GW_BOTH, "inspect ftp strict", inspect_ftp, 0, NULL},
    {GW_CONFIG_CLASS, GW_BOTH, "inspect ftp strict NAME", inspect_ftp, 0, NULL},
};

const struct gw_command_set gw_policy_commands = {rows, COUNT(rows)};
