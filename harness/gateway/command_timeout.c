/* timeout: pairs of a keyword and a time, several on a line. */
#include "gateway/command_parts.h"
#include "gateway/config_parts.h"

#define MINUTE 60u

struct kind {
    const char *name;
    size_t offset;    /* in struct gw_timeouts; NOT_MODELLED: accepted */
    uint32_t least_s; /* 0 is always taken: never */
    uint32_t usual_s;
};

#define NOT_MODELLED SIZE_MAX
#define FIELD(f)     offsetof(struct gw_timeouts, f)

/* The bounds are those of the command reference: conn and half-closed from five minutes, udp and
 * xlate from one minute, icmp from two seconds. */
static const struct kind kinds[] = {
    {"conn", FIELD(conn), 5 * MINUTE, 3600},
    {"half-closed", FIELD(half_closed), 5 * MINUTE, 600},
    {"udp", FIELD(udp), MINUTE, 120},
    {"icmp", FIELD(icmp), 2, 2},
    {"xlate", FIELD(xlate), MINUTE, 10800},
    {"floating-conn", FIELD(floating_conn), 30, 0},
    {"embryonic", FIELD(embryonic), 5, 30},
    {"sunrpc", NOT_MODELLED, 0, 0},
    {"h323", NOT_MODELLED, 0, 0},
    {"h225", NOT_MODELLED, 0, 0},
    {"mgcp", NOT_MODELLED, 0, 0},
    {"mgcp-pat", NOT_MODELLED, 0, 0},
    {"sip", NOT_MODELLED, 0, 0},
    {"sip_media", NOT_MODELLED, 0, 0},
    {"sip-invite", NOT_MODELLED, 0, 0},
    {"sip-disconnect", NOT_MODELLED, 0, 0},
    {"sip-provisional-media", NOT_MODELLED, 0, 0},
    {"uauth", NOT_MODELLED, 0, 0},
    {"tcp-proxy-reassembly", NOT_MODELLED, 0, 0},
    {"pat-xlate", FIELD(pat_xlate), 30, 30},
    {"icmp-error", NOT_MODELLED, 0, 0},
    {"conn-holddown", NOT_MODELLED, 0, 0},
    {"igp", NOT_MODELLED, 0, 0},
    {"sctp", NOT_MODELLED, 0, 0},
};

static enum err take_kind(struct gw_words *w, const struct kind **out)
{
    const char *names[COUNT(kinds)];
    size_t i;

    for (i = 0; i < COUNT(kinds); i++)
        names[i] = kinds[i].name;
    enum err e = gw_take_keyword(w, names, COUNT(names), &i);
    if (!e)
        *out = &kinds[i];
    return e;
}

static enum err take_time(struct gw_words *w, const struct kind *k, uint32_t *seconds)
{
    const char *word = gw_peek(w);

    if (!word)
        return ERR_SHORT;
    if (!gw_parse_time(word, seconds) || (*seconds && *seconds < k->least_s))
        return ERR_FORMAT;
    w->at++;
    return ERR_OK;
}

static void set(struct gw_timeouts *t, const struct kind *k, uint32_t seconds)
{
    if (k->offset != NOT_MODELLED)
        memcpy((char *)t + k->offset, &seconds, sizeof(seconds));
}

/* "conn 1:00:00"; with "no" the time may be left out, and the usual one comes back. */
static enum err take_pair(struct gw_words *w, bool no, struct gw_timeouts *t)
{
    const struct kind *k;
    uint32_t seconds;
    enum err e = take_kind(w, &k);

    if (e)
        return e;
    if (no) {
        if (gw_peek(w) && gw_parse_time(gw_peek(w), &seconds))
            w->at++;
        seconds = k->usual_s;
    } else if ((e = take_time(w, k, &seconds))) {
        return e;
    }
    set(t, k, seconds);
    if (strcmp(k->name, "uauth") == 0 && !gw_take_if(w, "absolute"))
        (void)gw_take_if(w, "inactivity");
    return ERR_OK;
}

/* In a stream the next word may belong to the next command. */
static bool goes_on(struct gw_words *w)
{
    const struct kind *k;
    struct gw_words look = *w;

    return gw_peek(w) && (!w->stream || take_kind(&look, &k) == ERR_OK);
}

/* "timeout conn 1:00:00 half-closed 0:10:00 udp 0:02:00" */
static enum err set_timeouts(struct gw_call *call)
{
    struct gw_timeouts t = call->cfg->timeouts;

    do {
        enum err e = take_pair(call->rest, call->no, &t);
        if (e)
            return e;
    } while (goes_on(call->rest));
    call->cfg->timeouts = t;
    call->changed |= GW_CHANGED_TIMEOUT;
    return ERR_OK;
}

static const struct gw_command rows[] = {
    {GW_CONFIG, GW_BOTH, "timeout ...", set_timeouts, 0, "Configure maximum idle times"},
};

const struct gw_command_set gw_timeout_commands = {rows, COUNT(rows)};
