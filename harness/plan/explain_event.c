/* The details of an event in plain words. */
#include "plan/explain_parts.h"
#include "plan/value.h"

static const char *word(const char *list, unsigned n, char out[static 32])
{
    return value_word(list, n, out, 32) ? out : "?";
}

static void explain_ike(struct buf *out, const struct plan_match *m)
{
    char text[32];

    if (m->exchange)
        buf_addf(out, ", exchange %s", word(PLAN_EXCHANGE_WORDS, m->exchange, text));
    if (m->payload)
        buf_addf(out, ", %s payload first", word(PLAN_PAYLOAD_WORDS, m->payload, text));
    if (m->has_message_id)
        buf_addf(out, ", message id %u", m->message_id);
}

void explain_seen(struct buf *out, const struct plan_event *e)
{
    if (e->when == WHEN_PACKET) {
        buf_addf(out, "at frame %llu of %s", (unsigned long long)e->packet,
                 plan_leg_name(e->seen_leg));
        return;
    }
    buf_addf(out, "at IKE message %u", e->on.first);
    if (e->on_to_device != e->on_from_device)
        buf_addf(out, " %s the device", e->on_to_device ? "to" : "from");
    explain_ike(out, &e->on);
}

static void explain_match(struct buf *out, const struct plan_event *e)
{
    const struct plan_match *m = &e->match;
    char text[32];

    if (m->kind != FRAME_ANY)
        buf_addf(out, ", %s only", word(PLAN_FRAME_WORDS, m->kind, text));
    if (m->spi != SPI_ANY)
        buf_addf(out, ", of the %s SPI", m->spi == SPI_NEWEST ? "newest" : "older");
    explain_ike(out, m);
    if (m->skip)
        buf_addf(out, ", but for the first %u", m->skip);
    if (m->first)
        buf_addf(out, ", %u of them", m->first);
    if (m->every)
        buf_addf(out, ", every %u.", m->every);
    if (m->share > 0)
        buf_addf(out, ", %g %% of them", m->share * 100);
    if (e->to_device != e->from_device)
        buf_addf(out, ", %s the device only", e->to_device ? "towards" : "from");
}

static void explain_lasts(struct buf *out, const struct plan_event *e)
{
    char text[VALUE_CHARS];

    if (e->lasts.ns)
        buf_addf(out, ", for %s", value_span_format(e->lasts, text));
    if (e->times > 1) {
        buf_addf(out, ", %u times", e->times);
        buf_addf(out, ", every %s", value_span_format(e->every, text));
    }
}

static void explain_amount(struct buf *out, const struct plan *p, const struct plan_event *e)
{
    char text[VALUE_CHARS], name[32], addr[IP_ADDR_TEXT];

    switch (e->action) {
    case ACTION_WAN_DELAY: buf_addf(out, ", %s long", value_span_format(e->hold, text)); break;
    case ACTION_WAN_REORDER:
    case ACTION_ESP_REORDER: buf_addf(out, ", behind %u others", e->behind); break;
    case ACTION_WAN_RATE: buf_addf(out, ", %s", value_rate_format(e->rate_bps, text)); break;
    case ACTION_WAN_MTU: buf_addf(out, ", %u bytes", e->mtu); break;
    case ACTION_WAN_END: buf_addf(out, ": %s", p->events[e->of].id); break;
    case ACTION_ESP_JUMP: buf_addf(out, ", %u of them", e->numbers); break;
    case ACTION_DELETE_NOTICE:
        buf_addf(out, ", SPIs: %s", word(PLAN_SPIS_WORDS, e->spis, name));
        break;
    case ACTION_PHASE2_DELETE:
        if (e->protocol)
            buf_addf(out, ", of %s", word(PLAN_PROTOCOL_WORDS, e->protocol, name));
        break;
    case ACTION_PEER_ANSWER: buf_addf(out, ": %s", word(PLAN_ANSWER_WORDS, e->answer, name)); break;
    case ACTION_REAUTHENTICATE:
        buf_adds(out, e->reauth == REAUTH_BREAK ? ", break before make" : ", make before break");
        break;
    case ACTION_PEER_PSK: buf_adds(out, e->wrong ? ": a wrong one" : ": the lab's"); break;
    case ACTION_PEER_SUITES:
        buf_addf(out, "%s%s%s%s", *e->ike ? ", IKE " : "", e->ike, *e->esp ? ", ESP " : "", e->esp);
        break;
    case ACTION_FORGE_DELETE:
        buf_addf(out, ", phase %u%s", e->phase, e->garbled ? ", as if encrypted" : "");
        break;
    case ACTION_NAT_REBIND:
    case ACTION_NAT_FORGET:
        buf_addf(out, ", the one at the %s", e->nat == SITE_BO ? "branch office" : "head office");
        break;
    case ACTION_NAT_ADDRESS:
        buf_addf(out, ", the one at the %s: ", e->nat == SITE_BO ? "branch office" : "head office");
        buf_adds(out, ip_addr_format(&e->address, addr));
        break;
    case ACTION_FORGE_NOTIFY:
        buf_addf(out, ", %s", word(PLAN_NOTIFY_WORDS, e->notify, name));
        break;
    default: break;
    }
}

static void explain_crossing(struct buf *out, const struct plan_event *e)
{
    if (e->crosses)
        buf_adds(out, ", before the device is answered");
    if (e->nonce)
        buf_addf(out, ", with a nonce that %s", e->nonce == NONCE_WINS ? "wins" : "loses");
    if (e->wrong_delete)
        buf_adds(out, ", and deletes the pair that is to stay");
}

void explain_details(struct buf *out, const struct plan *p, const struct plan_event *e)
{
    explain_amount(out, p, e);
    if (e->count > 1)
        buf_addf(out, ", %u packets", e->count);
    explain_crossing(out, e);
    explain_match(out, e);
    explain_lasts(out, e);
}
