/* What shows on the wire, in the device's log or in its answer that an event bit. An event for
 * which nothing does stays `sent`, and no verdict rests on it. */
#include "replay/impair.h"
#include "replay/wan_nat.h"
#include "wire/ikev2.h"

/* A device that was told to delete does so at once, so an encrypted informational message within
 * this time is its Delete, and no probe of the other gateway. Pair mode, or when the peer does not
 * have the keys any more. */
#define DELETE_WITHIN SPAN_MS(200)

struct sign { /* something happened that may be what an event waits for */
    enum { SIGN_FACT, SIGN_FRAME, SIGN_LOG, SIGN_COUNTERS, SIGN_ANSWER } kind;
    const struct peer_fact *fact;
    const struct wan_frame *frame;
    const struct asa_log *log;
    enum plan_site site; /* LOG: whose */
};

/* What is to be said of E when S shows that it bit; NULL when it does not. */
typedef const char *telling(struct run *r, struct event *e, const struct sign *s);

static bool is_ike_fact(const struct sign *s, enum ike_fact fact)
{
    return s->kind == SIGN_FACT && s->fact->kind == PEER_IKE_FACT && s->fact->ike.fact == fact;
}

static unsigned phase_of(const struct event *e)
{
    return e->spec->action == ACTION_PHASE1_DELETE ? 1 : 2;
}

static const char *pair_came_up(struct run *r, struct event *e, const struct sign *s)
{
    (void)r;
    (void)e;
    return s->kind == SIGN_FACT && s->fact->kind == PEER_CHILD_UP ? "an IPsec SA pair came up"
                                                                  : NULL;
}

/* Facts are taken at once, so the blackhole of this moment is the one the Delete met. */
static const char *delete_left(struct run *r, struct event *e, const struct sign *s)
{
    if (!is_ike_fact(s, IKE_FACT_DELETE_SENT) || r->ways[WAY_OUT].blocked ||
        s->fact->ike.phase != phase_of(e))
        return NULL;
    return phase_of(e) == 1 ? "the IKE SA's delete was sent" : "the IPsec SA's delete was sent";
}

/* Of either version, and in IKEv2 a request: the answer to the peer's is none of the device's. */
static bool is_informational(const struct isakmp_hdr *h)
{
    if (h->version >> 4 == 2)
        return h->exchange == ISAKMP_X_V2_INFORMATIONAL && !(h->flags & IKEV2_FLAG_RESPONSE);
    return h->exchange == ISAKMP_X_INFO && (h->flags & ISAKMP_FLAG_ENCRYPTED);
}

static bool is_informational_of(const struct run *r, const struct event *e,
                                const struct wan_frame *f)
{
    const struct plan_lab *l = &r->plan->lab;
    const struct ip_addr *device = e->spec->site == SITE_BO ? &l->bo_outside : &l->ho_outside;

    return f->ike && ip_addr_eq(&f->p.ip.src, device) && is_informational(&f->hdr) &&
           mono_before(run_now(r), mono_add(e->sent, DELETE_WITHIN));
}

static const char *delete_came(struct run *r, struct event *e, const struct sign *s)
{
    unsigned phase = phase_of(e);

    if (is_ike_fact(s, IKE_FACT_DELETE_RECEIVED) && s->fact->ike.phase == phase)
        return phase == 1 ? "the IKE SA's delete came from the device"
                          : "the IPsec SA's delete came from the device";
    if (is_ike_fact(s, IKE_FACT_NO_SA) && mono_before(run_now(r), mono_add(e->sent, DELETE_WITHIN)))
        return "the device's delete came for an SA that the peer had ended";
    if (!run_is_pair(r))
        return NULL;
    if (s->kind == SIGN_FRAME && is_informational_of(r, e, s->frame))
        return "the device's delete was seen";
    if (s->kind != SIGN_LOG || s->site != e->spec->site)
        return NULL;
    if (phase == 1)
        return s->log->id == 113019 || s->log->id == 713259 ? "the device logged the session's end"
                                                            : NULL;
    return s->log->id == 602304 ? "the device logged 602304" : NULL;
}

static const char *ike_sa_replaced(struct run *r, struct event *e, const struct sign *s)
{
    (void)r;
    (void)e;
    return s->kind == SIGN_FACT && s->fact->kind == PEER_IKE_UP && s->fact->ike.rekey
               ? "a new IKE SA took over"
               : NULL;
}

/* The pair alone proves nothing: the device must use it, or be sent what was sealed with it. */
static const char *new_spi_used(struct run *r, struct event *e, const struct sign *s)
{
    if (s->kind == SIGN_FACT && s->fact->kind == PEER_CHILD_UP && s->fact->ike.rekey) {
        e->new_spi[0] = s->fact->ike.child.in_spi;
        e->new_spi[1] = s->fact->ike.child.out_spi;
        r->watch_wan = true;
    }
    if (s->kind != SIGN_FRAME || !e->new_spi[0])
        return NULL;
    return s->frame->esp && (s->frame->spi == e->new_spi[0] || s->frame->spi == e->new_spi[1])
               ? "a packet with the new SPI was seen"
               : NULL;
}

static const char *frame_eaten(struct run *r, struct event *e, const struct sign *s)
{
    return s->kind == SIGN_COUNTERS && ways_eaten(r, e->ways) > e->ways_before ? "a frame was eaten"
                                                                               : NULL;
}

static const char *frame_passed(struct run *r, struct event *e, const struct sign *s)
{
    return s->kind == SIGN_COUNTERS && ways_passed(r, e->ways) > e->ways_before ? "a frame passed"
                                                                                : NULL;
}

static const char *sa_missed(struct run *r, struct event *e, const struct sign *s)
{
    if (s->kind == SIGN_COUNTERS && peer_lost(r) > e->lost_before)
        return "a packet came for an SA that was forgotten";
    if (is_ike_fact(s, IKE_FACT_NO_SA))
        return "a message came for an IKE SA that was forgotten";
    return is_ike_fact(s, IKE_FACT_RESPONDING_1) ? "the device begins anew" : NULL;
}

static const char *delete_seen(struct run *r, struct event *e, const struct sign *s)
{
    return e->spec->by == ACTOR_DEVICE ? delete_came(r, e, s) : delete_left(r, e, s);
}

/* --- the wan- and esp- events, and what is made up ---------------------------------------------
 */

static const char *frame_met(struct run *r, struct event *e, const struct sign *s)
{
    (void)r;
    return s->kind == SIGN_COUNTERS && e->bites > e->bites_before ? "a frame met it" : NULL;
}

static const char *match_passed(struct run *r, struct event *e, const struct sign *s)
{
    return s->kind == SIGN_COUNTERS && impair_missed(r, &r->events[e->spec->of]) > 0
               ? "a frame passed"
               : NULL;
}

static const char *nat_used(struct run *r, struct event *e, const struct sign *s)
{
    return s->kind == SIGN_COUNTERS && wan_nats_met(r, e->spec) > e->met_before
               ? "a packet met what the NAT does now"
               : NULL;
}

static const char *frame_sent(struct run *r, struct event *e, const struct sign *s)
{
    (void)r;
    return s->kind == SIGN_COUNTERS && e->bites > e->bites_before ? "it is on the wan leg" : NULL;
}

static const char *number_jumped(struct run *r, struct event *e, const struct sign *s)
{
    (void)r;
    return s->kind == SIGN_FRAME && s->frame->esp && e->new_spi[0] &&
                   s->frame->spi == e->new_spi[0] &&
                   s->frame->seq - e->new_spi[1] > e->spec->numbers
               ? "a packet behind the gap was seen"
               : NULL;
}

static const char *number_restarted(struct run *r, struct event *e, const struct sign *s)
{
    (void)r;
    return s->kind == SIGN_FRAME && s->frame->esp && e->new_spi[0] &&
                   s->frame->spi == e->new_spi[0] && s->frame->seq <= e->new_spi[1]
               ? "a number was used again"
               : NULL;
}

static const char *notice_sent(struct run *r, struct event *e, const struct sign *s)
{
    unsigned phase = e->spec->spis == SPIS_IKE ? 1 : 2;

    return is_ike_fact(s, IKE_FACT_DELETE_SENT) && !r->ways[WAY_OUT].blocked &&
                   s->fact->ike.phase == phase
               ? "the delete was sent"
               : NULL;
}

/* As often as the case says; then the peer is honest again. */
static const char *answered_amiss(struct run *r, struct event *e, const struct sign *s)
{
    if (s->kind != SIGN_FACT || !odd_is_answer(e->spec, s->fact) || ++e->bites < e->spec->count)
        return NULL;
    odd_end(r);
    return "such an answer was given";
}

static const char *spi_taken_again(struct run *r, struct event *e, const struct sign *s)
{
    (void)e;
    if (s->kind != SIGN_FACT || s->fact->kind != PEER_CHILD_UP || !r->quirks.spi ||
        s->fact->ike.child.in_spi != r->quirks.spi)
        return NULL;
    odd_end(r);
    return "a pair with the SPI of the last one came up";
}

/* In the order that was asked for: else something else has ended the old one. BITES: the first of
 * the two was seen. */
static const char *authenticated_anew(struct run *r, struct event *e, const struct sign *s)
{
    bool breaks = e->spec->reauth == REAUTH_BREAK;

    (void)r;
    if (s->kind != SIGN_FACT || s->fact->ike.attempt)
        return NULL;
    bool up = s->fact->kind == PEER_IKE_UP;
    bool down = s->fact->kind == PEER_IKE_DOWN && s->fact->ike.end == IKE_END_REPLACED;
    if (e->bites && (breaks ? up : down))
        return "another IKE SA is up, and the old one is down";
    e->bites += breaks ? down : up;
    return NULL;
}

static bool negotiation_failed(const struct sign *s)
{
    return is_ike_fact(s, IKE_FACT_AUTH) || is_ike_fact(s, IKE_FACT_NO_PROPOSAL) ||
           (s->kind == SIGN_FACT && s->fact->ike.attempt &&
            (s->fact->kind == PEER_IKE_DOWN || s->fact->kind == PEER_CHILD_DOWN));
}

static const char *keys_differ(struct run *r, struct event *e, const struct sign *s)
{
    (void)r;
    if (e->spec->wrong)
        return negotiation_failed(s) ? "a negotiation failed" : NULL;
    return s->kind == SIGN_FACT && s->fact->kind == PEER_IKE_UP ? "a negotiation succeeded" : NULL;
}

static const char *suites_differ(struct run *r, struct event *e, const struct sign *s)
{
    (void)r;
    (void)e;
    if (negotiation_failed(s))
        return "a negotiation failed";
    return s->kind == SIGN_FACT && (s->fact->kind == PEER_IKE_UP || s->fact->kind == PEER_CHILD_UP)
               ? "an SA was negotiated"
               : NULL;
}

static const char *command_taken(struct run *r, struct event *e, const struct sign *s)
{
    (void)r;
    if (s->kind != SIGN_ANSWER)
        return NULL;
    return e->spec->refused ? "the device refused the command" : "the device took the command";
}

static const char *packet_left(struct run *r, struct event *e, const struct sign *s)
{
    (void)r;
    (void)e;
    return s->kind == SIGN_ANSWER ? "the packet is on its way" : NULL;
}

static telling *const tellers[ACTION_COUNT] = {
#define X(id, name, who, attrs, proof, what, shows) [ACTION_##id] = proof,
    PLAN_EVENTS(X)
#undef X
};

static void show(struct run *r, struct event *e, const struct sign *s)
{
    bool waits = e->state == EVENT_SENT && e->waits;
    const char *detail = waits && !e->spec->crosses ? tellers[e->spec->action](r, e, s) : NULL;

    if (detail)
        confirm_seen(r, e, detail);
}

void confirm_seen(struct run *r, struct event *e, const char *detail)
{
    e->waits = false;
    if (++e->shown < e->spec->times) /* each time has to be seen */
        return;
    e->state = EVENT_CONFIRMED;
    timeline_say(r, e, "confirmed", "detail", detail);
}

static void show_all(struct run *r, const struct sign *s)
{
    for (size_t i = 0; i < r->nevents; i++)
        show(r, &r->events[i], s);
}

uint64_t peer_lost(const struct run *r)
{
    struct peer_counters c = {0};

    if (r->peer)
        peer_counters(r->peer, &c);
    return c.bad_spi;
}

void confirm_command(struct run *r, struct event *e)
{
    struct sign s = {.kind = SIGN_ANSWER};

    show(r, e, &s);
}

void confirm_fact(struct run *r, const struct peer_fact *f)
{
    struct sign s = {.kind = SIGN_FACT, .fact = f};

    show_all(r, &s);
}

/* Frames of the wan leg are looked at only while one of them may be a proof. */
static bool waits_for_frame(const struct run *r)
{
    for (size_t i = 0; i < r->nevents; i++) {
        const struct event *e = &r->events[i];
        if (e->state == EVENT_SENT &&
            (e->new_spi[0] || (run_is_pair(r) && e->spec->by == ACTOR_DEVICE)))
            return true;
    }
    return false;
}

void confirm_frame(struct run *r, struct bytes frame)
{
    struct wan_frame f;
    struct sign s = {.kind = SIGN_FRAME, .frame = &f};

    if (!wan_frame_parse(frame, &f) || (!f.esp && !f.ike))
        return;
    show_all(r, &s);
    r->watch_wan = waits_for_frame(r);
}

void confirm_log(struct run *r, enum plan_site site, const struct asa_log *log)
{
    struct sign s = {.kind = SIGN_LOG, .log = log, .site = site};

    timeline_on_log(r, log);
    show_all(r, &s);
}

void confirm_look(struct run *r)
{
    struct sign s = {.kind = SIGN_COUNTERS};

    show_all(r, &s);
}
