/* The grammar. Read it beside cases/case-1.rnc. */
#include "plan/schema_tables.h"

#define CHILDREN(c, list) .content = (c), .children = (list), .nchildren = COUNT(list)
#define NEITHER           .action = -1, .rule = -1

/* --- texts ------------------------------------------------------------------------------------ */
static const struct elem_spec title = {"title", .content = CONTENT_TEXT, .text_kind = VALUE_TEXT,
                                       NEITHER};
static const struct elem_spec about = {"about", .content = CONTENT_TEXT, .text_kind = VALUE_TEXT,
                                       NEITHER};
static const struct elem_spec line = {"line", .content = CONTENT_TEXT, .text_kind = VALUE_TEXT,
                                      NEITHER};
static const struct elem_spec tag = {"tag", .content = CONTENT_TEXT, .text_kind = VALUE_WORD,
                                     NEITHER};

static const struct elem_spec proves = {"proves", .content = CONTENT_TEXT, .text_kind = VALUE_TEXT,
                                        NEITHER};

static const struct attr_spec var_attrs[] = {
    {"name", VALUE_ID, true, NULL, NOT_KEPT},
    {"value", VALUE_ANY, true, NULL, NOT_KEPT},
};
static const struct elem_spec var = {"var", ATTRS(var_attrs), NEITHER};

/* --- lab -------------------------------------------------------------------------------------- */
static const struct attr_spec leg_attrs[] = {
    {"name", VALUE_CHOICE, true, LEG_WORDS, IN(lab_leg, name)},
    {"delay", VALUE_DURATION, false, NULL, IN(lab_leg, spec.delay)},
    {"rate", VALUE_RATE, false, NULL, IN(lab_leg, spec.rate_bps)},
    {"loss", VALUE_SHARE, false, NULL, IN(lab_leg, spec.loss)},
    {"reorder", VALUE_SHARE, false, NULL, IN(lab_leg, spec.reorder)},
    {"duplicate", VALUE_SHARE, false, NULL, IN(lab_leg, spec.duplicate)},
    {"mtu", VALUE_MTU, false, NULL, IN(lab_leg, spec.mtu)},
};
static const struct elem_spec leg = {"leg", ATTRS(leg_attrs), NEITHER};

static const struct attr_spec nat_attrs[] = {
    {"site", VALUE_CHOICE, true, SITE_WORDS, IN(lab_nat, site)},
    {"public", VALUE_ADDR, false, NULL, IN(lab_nat, outside)},
    {"private", VALUE_ADDR, false, NULL, IN(lab_nat, inside)},
    {"timeout", VALUE_DURATION, false, NULL, IN(lab_nat, spec.timeout)},
    {"forward", VALUE_YESNO, false, NULL, IN(lab_nat, spec.forward)},
};
static const struct elem_spec nat = {"nat", ATTRS(nat_attrs), NEITHER};

static const struct attr_spec lab_attrs[] = {
    {"mode", VALUE_CHOICE, false, "peer pair", IN(plan_lab, mode)},
    {"device", VALUE_CHOICE, false, SITE_WORDS, IN(plan_lab, device_site)},
#define X(field, name, usual) {name, VALUE_ADDR, false, NULL, IN(plan_lab, field)},
    LAB_ADDRESSES(X)
#undef X
#define X(field, name, usual) {name, VALUE_NET, false, NULL, IN(plan_lab, field)},
        LAB_NETS(X)
#undef X
};
static const struct child_spec lab_children[] = {{&leg, false, true, 0}, {&nat, false, true, 0}};
static const struct elem_spec lab = {"lab", ATTRS(lab_attrs),
                                     CHILDREN(CONTENT_CHILDREN, lab_children), NEITHER};

/* --- device and peer -------------------------------------------------------------------------- */
static const struct attr_spec set_attrs[] = {
    {"name", VALUE_WORD, true, NULL, NOT_KEPT},
    {"value", VALUE_WORD, true, NULL, NOT_KEPT},
};
static const struct elem_spec set = {"set", ATTRS(set_attrs), NEITHER};

static const struct attr_spec config_attrs[] = {{"file", VALUE_TEXT, true, NULL, NOT_KEPT}};
static const struct elem_spec config = {"config", ATTRS(config_attrs), NEITHER};

static const struct attr_spec device_attrs[] = {
    {"site", VALUE_CHOICE, false, SITE_WORDS, IN(plan_device, site)},
    {"type", VALUE_WORD, false, NULL, IN(plan_device, type)},
};
static const struct child_spec device_children[] = {
    {&config, false, true, 0}, {&set, false, true, 0}, {&line, false, true, 0}};
static const struct elem_spec device = {"device", ATTRS(device_attrs),
                                        CHILDREN(CONTENT_CHILDREN, device_children), NEITHER};

#define X(id, name, words) " " name
#define PEER_MODE_WORDS    "" PLAN_PEER_MODES(X)
static const struct attr_spec peer_attrs[] = {
    {"dpd", VALUE_ONOFF, false, NULL, IN(plan_peer, dpd)},
    {"dpd-threshold", VALUE_DURATION, false, NULL, IN(plan_peer, dpd_threshold)},
    {"dpd-retry", VALUE_DURATION, false, NULL, IN(plan_peer, dpd_retry)},
    {"dpd-tries", VALUE_NUMBER, false, NULL, IN(plan_peer, dpd_tries)},
    {"acquire", VALUE_ONOFF, false, NULL, IN(plan_peer, acquire)},
    {"initial-contact", VALUE_ONOFF, false, NULL, IN(plan_peer, initial_contact)},
    {"rekeys", VALUE_ONOFF, false, NULL, IN(plan_peer, rekeys)},
    {"nat-traversal", VALUE_ONOFF, false, NULL, IN(plan_peer, natt)},
    {"ike-fragments", VALUE_MTU, false, NULL, IN(plan_peer, fragments)},
    {"ike-version", VALUE_CHOICE, false, "1 2", IN(plan_peer, ike_version)},
    {"ike", VALUE_SUITES, false, NULL, IN(plan_peer, ike)},
    {"esp", VALUE_SUITES, false, NULL, IN(plan_peer, esp)},
    {"ike-lifetime", VALUE_DURATION, false, NULL, NOT_KEPT},
    {"esp-lifetime", VALUE_DURATION, false, NULL, NOT_KEPT},
    {"esp-volume", VALUE_SIZE, false, NULL, NOT_KEPT},
    {"protocols", VALUE_TEXT, false, NULL, NOT_KEPT},
    {"mode", VALUE_CHOICE, false, PEER_MODE_WORDS, IN(plan_peer, mode)},
    {"group", VALUE_WORD, false, NULL, IN(plan_peer, group)},
    {"username", VALUE_WORD, false, NULL, IN(plan_peer, username)},
    {"password", VALUE_WORD, false, NULL, IN(plan_peer, password)},
};
#undef X
static const struct elem_spec peer = {"peer", ATTRS(peer_attrs), NEITHER};

/* --- timeline --------------------------------------------------------------------------------- */
static const struct attr_spec stream_attrs[] = {
    {"id", VALUE_ID, true, NULL, IN(plan_stream, id)},
    {"capture", VALUE_TEXT, true, NULL, NOT_KEPT},
    {"proto", VALUE_PROTO, false, NULL, IN(plan_stream, proto)},
    {"flow", VALUE_NUMBER, false, NULL, IN(plan_stream, flow)},
    {"bytes", VALUE_SIZE, false, NULL, IN(plan_stream, bytes)},
    {"think", VALUE_DURATION, false, NULL, IN(plan_stream, think)},
    {"start", VALUE_DURATION, false, NULL, IN(plan_stream, start)},
    {"after", VALUE_REF, false, NULL, NOT_KEPT},
    {"bo-port", VALUE_PORT, false, NULL, IN(plan_stream, bo_port)},
    {"ho-port", VALUE_PORT, false, NULL, IN(plan_stream, ho_port)},
    {"keepalive", VALUE_DURATION, false, NULL, IN(plan_stream, keepalive)},
    {"to", VALUE_CHOICE, false, "host outside", IN(plan_stream, to)},
    {"opener", VALUE_CHOICE, false, "captured bo ho", IN(plan_stream, opener)},
    {"bo-seen-as", VALUE_ADDR, false, NULL, IN(plan_stream, bo_seen_as)},
    {"ho-seen-as", VALUE_ADDR, false, NULL, IN(plan_stream, ho_seen_as)},
};
static const struct elem_spec stream = {"stream", ATTRS(stream_attrs), NEITHER};

static const struct child_spec at_children[] = {
#define X(id, name, who, attrs, proof, what, shows) {&schema_actions[ACTION_##id], false, false, 0},
    PLAN_EVENTS(X)
#undef X
};

static const struct attr_spec at_attrs[] = {
    {"id", VALUE_ID, true, NULL, IN(plan_event, id)},
    {"time", VALUE_DURATION, false, NULL, IN(plan_event, delay)},
    {"stream", VALUE_REF, false, NULL, NOT_KEPT},
    {"reaches", VALUE_REACH, false, NULL, NOT_KEPT},
    {"after", VALUE_REF, false, NULL, NOT_KEPT},
    {"log", VALUE_LOG_ID, false, NULL, IN(plan_event, log_id)},
    {"leg", VALUE_CHOICE, false, LEG_WORDS, IN(plan_event, seen_leg)},
    {"packet", VALUE_COUNTER, false, NULL, NOT_KEPT},
    {"exchange", VALUE_CHOICE, false, PLAN_EXCHANGE_WORDS, IN(plan_event, on.exchange)},
    {"payload", VALUE_CHOICE, false, PLAN_PAYLOAD_WORDS, IN(plan_event, on.payload)},
    {"from", VALUE_CHOICE, false, "any device peer", NOT_KEPT},
    {"nth", VALUE_NUMBER, false, NULL, IN(plan_event, on.first)},
    {"times", VALUE_NUMBER, false, NULL, IN(plan_event, times)},
    {"every", VALUE_DURATION, false, NULL, IN(plan_event, every)},
    {"delay", VALUE_DURATION, false, NULL, IN(plan_event, delay)},
};
static const struct elem_spec at = {"at", ATTRS(at_attrs), CHILDREN(CONTENT_ONE, at_children),
                                    NEITHER};

/* It becomes events of its own: build_random.c. */
static const struct attr_spec random_attrs[] = {
    {"id", VALUE_ID, true, NULL, NOT_KEPT},        {"stream", VALUE_REF, true, NULL, NOT_KEPT},
    {"from", VALUE_SHARE, false, NULL, NOT_KEPT},  {"until", VALUE_SHARE, false, NULL, NOT_KEPT},
    {"seed", VALUE_COUNTER, true, NULL, NOT_KEPT}, {"count", VALUE_NUMBER, true, NULL, NOT_KEPT},
    {"actions", VALUE_TEXT, true, NULL, NOT_KEPT},
};
static const struct elem_spec random_events = {"random", ATTRS(random_attrs), NEITHER};

static const struct child_spec timeline_children[] = {
    {&stream, false, true, 0}, {&at, false, true, 0}, {&random_events, false, true, 0}};
static const struct elem_spec timeline = {"timeline", CHILDREN(CONTENT_SOME, timeline_children),
                                          NEITHER};

/* --- expectations ----------------------------------------------------------------------------- */
#define WINDOW                                                                                     \
    {"since", VALUE_REF, false, NULL, NOT_KEPT}, {"until", VALUE_REF, false, NULL, NOT_KEPT},      \
    {                                                                                              \
        "within", VALUE_DURATION, false, NULL, IN(plan_expect, window.within)                      \
    }
#define ON_STREAM                                                                                  \
    {                                                                                              \
        "stream", VALUE_REF, false, NULL, NOT_KEPT                                                 \
    }
#define LOG_ID                                                                                     \
    {                                                                                              \
        "id", VALUE_LOG_ID, true, NULL, IN(plan_expect, log_id)                                    \
    }
#define LOG_REASON                                                                                 \
    {                                                                                              \
        "reason", VALUE_WORD, false, NULL, IN(plan_expect, reason)                                 \
    }
#define LOG_TEXT                                                                                   \
    {                                                                                              \
        "text", VALUE_TEXT, false, NULL, IN(plan_expect, text)                                     \
    }
#define LOG_ACCOUNTS                                                                               \
    {                                                                                              \
        "accounts", VALUE_YESNO, false, NULL, IN(plan_expect, accounts)                            \
    }
#define LOG_SITE                                                                                   \
    {                                                                                              \
        "site", VALUE_CHOICE, false, SITE_WORDS, NOT_KEPT                                          \
    }
#define HOW_MANY                                                                                   \
    {                                                                                              \
        "count", VALUE_HOWMANY, false, NULL, NOT_KEPT                                              \
    }
static const struct attr_spec log_attrs[] = {LOG_ID,       ON_STREAM, LOG_REASON, LOG_TEXT,
                                             LOG_ACCOUNTS, LOG_SITE,  HOW_MANY,   WINDOW};
static const struct attr_spec no_log_attrs[] = {LOG_ID,   ON_STREAM, LOG_REASON,
                                                LOG_TEXT, LOG_SITE,  WINDOW};
static const struct attr_spec on_stream_attrs[] = {
    {"stream", VALUE_REF, true, NULL, NOT_KEPT},
    {"is", VALUE_CHOICE, true, STREAM_WORDS, IN(plan_expect, stream_is)},
    {"resumes-within", VALUE_DURATION, false, NULL, IN(plan_expect, resumes_within)},
    {"max-stall", VALUE_DURATION, false, NULL, IN(plan_expect, max_stall)},
    {"completes", VALUE_YESNO, false, NULL, IN(plan_expect, completes)},
    WINDOW};
static const struct attr_spec no_cleartext_attrs[] = {WINDOW};
static const struct attr_spec tunnel_attrs[] = {
    {"is", VALUE_CHOICE, true, TUNNEL_WORDS, IN(plan_expect, tunnel_is)},
    {"phase", VALUE_CHOICE, false, "1 2", NOT_KEPT},
    {"made-by", VALUE_CHOICE, false, "any peer device", IN(plan_expect, made_by)},
    WINDOW};
static const struct attr_spec reset_attrs[] = {
    ON_STREAM,
    {"by", VALUE_CHOICE, false, RESET_WORDS, IN(plan_expect, reset_by)},
    HOW_MANY,
    WINDOW};

static const struct attr_spec answer_attrs[] = {
    {"to", VALUE_REF, true, NULL, NOT_KEPT},
    {"text", VALUE_TEXT, true, NULL, IN(plan_expect, text)},
    HOW_MANY};

#define X(id, name, words) " " name
static const struct attr_spec packet_attrs[] = {
    {"leg", VALUE_CHOICE, true, "bo-lan wan ho-lan", IN(plan_expect, leg)},
    {"is", VALUE_CHOICE, false, "" PLAN_PACKETS(X), IN(plan_expect, packet)},
    ON_STREAM,
    {"sent", VALUE_REF, false, NULL, NOT_KEPT},
    {"mss", VALUE_MTU, false, NULL, IN(plan_expect, mss)},
    {"isn", VALUE_CHOICE, false, "any kept changed", IN(plan_expect, isn)},
    HOW_MANY,
    WINDOW};
#undef X

static const struct attr_spec ike_attrs[] = {
    {"exchange", VALUE_CHOICE, false, PLAN_EXCHANGE_WORDS, IN(plan_expect, exchange)},
    {"notify", VALUE_CHOICE, false, PLAN_CLEAR_NOTIFY_WORDS, IN(plan_expect, notify)},
    {"from", VALUE_CHOICE, false, PLAN_IKE_FROM_WORDS, IN(plan_expect, from)},
    {"is", VALUE_CHOICE, false, PLAN_IKE_IS_WORDS, IN(plan_expect, ike_is)},
    HOW_MANY,
    WINDOW};

#define RULE(id, name, list)                                                                       \
    {                                                                                              \
        name, ATTRS(list), .action = -1, .rule = RULE_##id                                         \
    }
static const struct elem_spec rules[RULE_COUNT] = {
    [RULE_LOG] = RULE(LOG, "log", log_attrs),
    [RULE_NO_LOG] = RULE(NO_LOG, "no-log", no_log_attrs),
    [RULE_STREAM] = RULE(STREAM, "stream", on_stream_attrs),
    [RULE_NO_CLEARTEXT] = RULE(NO_CLEARTEXT, "no-cleartext", no_cleartext_attrs),
    [RULE_TUNNEL] = RULE(TUNNEL, "tunnel", tunnel_attrs),
    [RULE_RESET] = RULE(RESET, "reset", reset_attrs),
    [RULE_ANSWER] = RULE(ANSWER, "answer", answer_attrs),
    [RULE_PACKET] = RULE(PACKET, "packet", packet_attrs),
    [RULE_IKE] = RULE(IKE, "ike", ike_attrs),
};
static const struct child_spec expect_children[] = {
#define X(id, name) {&rules[RULE_##id], false, true, 0},
    PLAN_RULES(X)
#undef X
};
static const struct elem_spec expect = {"expect", CHILDREN(CONTENT_SOME, expect_children), NEITHER};

/* --- the case --------------------------------------------------------------------------------- */
static const struct attr_spec case_attrs[] = {
    {"id", VALUE_ID, true, NULL, IN(plan, id)},
    {"version", VALUE_CHOICE, true, "1", NOT_KEPT},
    {"timeout", VALUE_DURATION, false, NULL, IN(plan, timeout)},
    {"settle", VALUE_DURATION, false, NULL, IN(plan, settle)},
    {"evidence", VALUE_CHOICE, false, "whole headers", NOT_KEPT},
    {"ike", VALUE_CHOICE, false, "both", NOT_KEPT},
};
static const struct child_spec case_children[] = {
    {&title, true, false, 0},  {&about, true, false, 1}, {&tag, false, true, 2},
    {&proves, false, true, 3}, {&var, false, true, 4},   {&lab, false, false, 5},
    {&device, false, true, 5}, {&peer, false, false, 5}, {&timeline, true, true, 5},
    {&expect, true, true, 5}};
const struct elem_spec schema_case = {"case", ATTRS(case_attrs),
                                      CHILDREN(CONTENT_CHILDREN, case_children), NEITHER};
