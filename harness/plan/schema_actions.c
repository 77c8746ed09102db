/* The grammar of what happens: one element for each row of the table of events, with one of the
 * attribute lists below. */
#include "plan/schema_tables.h"

#define WITH(name, kind, required, words, field)                                                   \
    {                                                                                              \
        name, VALUE_##kind, required, words, field                                                 \
    }
#define EVENT(field) IN(plan_event, field)

#define BY      WITH("by", CHOICE, false, ACTOR_WORDS, NOT_KEPT)
#define ON_SITE WITH("site", CHOICE, false, SITE_WORDS, EVENT(site))
#define WAY     WITH("direction", CHOICE, false, "both to-device from-device", NOT_KEPT)
#define LASTS   WITH("for", DURATION, false, NULL, EVENT(lasts))
#define HOWMANY WITH("count", NUMBER, false, NULL, EVENT(count))
#define BEHIND  WITH("behind", NUMBER, false, NULL, EVENT(behind))

/* Which frames of the wan leg. */
#define MATCH                                                                                      \
    WITH("kind", CHOICE, false, PLAN_FRAME_WORDS, EVENT(match.kind)),                              \
        WITH("spi", CHOICE, false, PLAN_SPI_WORDS, EVENT(match.spi)),                              \
        WITH("exchange", CHOICE, false, PLAN_EXCHANGE_WORDS, EVENT(match.exchange)),               \
        WITH("payload", CHOICE, false, PLAN_PAYLOAD_WORDS, EVENT(match.payload)),                  \
        WITH("message-id", COUNTER, false, NULL, EVENT(match.message_id)),                         \
        WITH("skip", NUMBER, false, NULL, EVENT(match.skip)),                                      \
        WITH("first", NUMBER, false, NULL, EVENT(match.first)),                                    \
        WITH("every", NUMBER, false, NULL, EVENT(match.every)),                                    \
        WITH("share", SHARE, false, NULL, EVENT(match.share)), WAY, LASTS, BY

static const struct attr_spec by_attrs[] = {BY};
#define CROSSES WITH("crosses", YESNO, false, NULL, EVENT(crosses))
#define NONCE   WITH("nonce", CHOICE, false, PLAN_NONCE_WORDS, EVENT(nonce))
static const struct attr_spec delete_attrs[] = {BY, ON_SITE, CROSSES};
static const struct attr_spec delete2_attrs[] = {
    BY, ON_SITE, CROSSES, WITH("protocol", CHOICE, false, PLAN_PROTOCOL_WORDS, EVENT(protocol))};
static const struct attr_spec rekey1_attrs[] = {BY, CROSSES, NONCE};
static const struct attr_spec rekey2_attrs[] = {
    BY, CROSSES, NONCE, WITH("wrong-delete", YESNO, false, NULL, EVENT(wrong_delete))};
static const struct attr_spec blackhole_attrs[] = {
    WITH("leg", CHOICE, false, "bo-lan wan ho-lan", EVENT(leg)), BY, WAY, LASTS};
static const struct attr_spec command_attrs[] = {
    WITH("command", TEXT, true, NULL, EVENT(command)),
    WITH("refused", YESNO, false, NULL, EVENT(refused)), BY, ON_SITE};

#define X(id, name, of, what) " " name
static const struct attr_spec send_attrs[] = {
    WITH("form", CHOICE, true, "" PLAN_SENDS(X), EVENT(send)),
    WITH("from", CHOICE, false, SENDER_WORDS, EVENT(sender)),
    WITH("stream", REF, false, NULL, NOT_KEPT),
    WITH("to", ADDR, false, NULL, EVENT(to)),
    WITH("to-port", PORT, false, NULL, EVENT(to_port)),
    WITH("from-port", PORT, false, NULL, EVENT(from_port)),
    BY};
#undef X

static const struct attr_spec match_attrs[] = {MATCH};
static const struct attr_spec delay_attrs[] = {WITH("hold", DURATION, true, NULL, EVENT(hold)),
                                               MATCH};
static const struct attr_spec reorder_attrs[] = {BEHIND, MATCH};
static const struct attr_spec rate_attrs[] = {WITH("rate", RATE, true, NULL, EVENT(rate_bps)),
                                              MATCH};
static const struct attr_spec mtu_attrs[] = {WITH("mtu", MTU, true, NULL, EVENT(mtu)), MATCH};
static const struct attr_spec wan_end_attrs[] = {WITH("of", REF, true, NULL, NOT_KEPT), BY};
static const struct attr_spec replay_attrs[] = {WITH("source", ADDR, false, NULL, EVENT(source)),
                                                HOWMANY, MATCH};

static const struct attr_spec nat_attrs[] = {WITH("nat", CHOICE, false, SITE_WORDS, EVENT(nat)),
                                             BY};
static const struct attr_spec nat_address_attrs[] = {
    WITH("nat", CHOICE, false, SITE_WORDS, EVENT(nat)),
    WITH("address", ADDR, true, NULL, EVENT(address)), BY};

static const struct attr_spec count_attrs[] = {HOWMANY, BY};
static const struct attr_spec esp_reorder_attrs[] = {HOWMANY, BEHIND, BY};
static const struct attr_spec jump_attrs[] = {WITH("numbers", COUNTER, true, NULL, EVENT(numbers)),
                                              BY};

static const struct attr_spec notice_attrs[] = {
    WITH("spis", CHOICE, true, PLAN_SPIS_WORDS, EVENT(spis)), BY};
static const struct attr_spec answer_attrs[] = {
    WITH("is", CHOICE, true, PLAN_ANSWER_WORDS, EVENT(answer)), HOWMANY, BY};
static const struct attr_spec reauth_attrs[] = {
    WITH("how", CHOICE, true, "make-before-break break-before-make", EVENT(reauth)), BY};
static const struct attr_spec psk_attrs[] = {WITH("is", CHOICE, true, "lab wrong", NOT_KEPT), BY};
static const struct attr_spec suites_attrs[] = {WITH("ike", SUITES, false, NULL, EVENT(ike)),
                                                WITH("esp", SUITES, false, NULL, EVENT(esp)), BY};
static const struct attr_spec forge_delete_attrs[] = {
    WITH("phase", CHOICE, true, "1 2", NOT_KEPT),
    WITH("garbled", YESNO, false, NULL, EVENT(garbled)), HOWMANY, BY};
static const struct attr_spec forge_notify_attrs[] = {
    WITH("type", CHOICE, true, PLAN_NOTIFY_WORDS, EVENT(notify)), HOWMANY, BY};

const struct elem_spec schema_actions[ACTION_COUNT] = {
#define X(id, name, who, attrs, proof, what, shows)                                                \
    [ACTION_##id] = {name, ATTRS(attrs##_attrs), .action = ACTION_##id, .rule = -1},
    PLAN_EVENTS(X)
#undef X
};
