/* Names of enum values, for messages and reports. */
#include "plan/schema_tables.h"

const char *plan_action_name(enum plan_action a)
{
    static const char *const names[] = {
#define X(id, name, who, what) name,
        PLAN_ACTIONS(X)
#undef X
    };

    return a < ACTION_COUNT ? names[a] : "?";
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
