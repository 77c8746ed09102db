/* Names of enum values, for messages and reports. */
#include "plan/schema_tables.h"

const struct plan_event_kind plan_events[ACTION_COUNT] = {
#define X(id, name, who, attrs, proof, what, shows) {name, who, what, shows},
    PLAN_EVENTS(X)
#undef X
};

const char *plan_action_name(enum plan_action a)
{
    return a < ACTION_COUNT ? plan_events[a].name : "?";
}

const char *plan_rule_name(enum plan_rule r)
{
    static const char *const names[] = {
#define X(id, name) name,
        PLAN_RULES(X)
#undef X
    };

    return r < RULE_COUNT ? names[r] : "?";
}

const char *plan_leg_name(enum plan_leg l)
{
    static const char *const names[LEG_COUNT] = {
        [LEG_BO_LAN] = "bo-lan", [LEG_WAN] = "wan",       [LEG_HO_LAN] = "ho-lan",
        [LEG_MGMT] = "mgmt",     [LEG_EVENTS] = "events",
    };

    return l < LEG_COUNT ? names[l] : "?";
}

const char *plan_site_name(enum plan_site s)
{
    return s == SITE_BO ? "bo" : "ho";
}

static const struct {
    const char *name, *what;
    bool of_stream;
} sends[SEND_COUNT] = {
#define X(id, name, of, what) {name, what, of[0] == 's'},
    PLAN_SENDS(X)
#undef X
};

const char *plan_send_name(enum plan_send s)
{
    return s < SEND_COUNT ? sends[s].name : "?";
}

const char *plan_send_what(enum plan_send s)
{
    return s < SEND_COUNT ? sends[s].what : "?";
}

bool plan_send_has_stream(enum plan_send s)
{
    return s < SEND_COUNT && sends[s].of_stream;
}

const char *plan_packet_words(enum plan_packet p)
{
    static const char *const words[] = {
#define X(id, name, words) words,
        PLAN_PACKETS(X)
#undef X
    };

    return p < PACKET_COUNT ? words[p] : "?";
}
