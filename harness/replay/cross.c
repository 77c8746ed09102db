/* Requests of peer and device that cross (RFC 7296, 2.8 and 2.25): an event that waits for a
 * request of the device is done before the peer gets that, so what the peer asks goes out first. */
#include "replay/impair.h"
#include "wire/ikev2.h"

bool cross_fits(const struct plan_event *s, const struct wan_frame *f)
{
    return !s->crosses || !ikev2_is_response(&f->hdr);
}

static bool is_answer_to(const struct event *e, const struct isakmp_hdr *h)
{
    return ikev2_is_response(h) && h->message_id == e->cross.id &&
           memcmp(h->cookie_i, e->cross.spi, sizeof(e->cross.spi)) == 0;
}

static bool is_its_request(const struct plan_event *s, const struct isakmp_hdr *h)
{
    bool rekeys = s->action == ACTION_PHASE1_REKEY || s->action == ACTION_PHASE2_REKEY;

    return !ikev2_is_response(h) &&
           h->exchange == (rekeys ? ISAKMP_X_V2_CREATE_CHILD_SA : ISAKMP_X_V2_INFORMATIONAL);
}

/* The device has asked, and gets a request before its answer: neither knew of the other's. A
 * request is that of one event. */
void cross_on_message(struct run *r, enum way_id way, const struct wan_frame *f)
{
    bool taken = way != WAY_OUT || !f->ike || isakmp_major(&f->hdr) != 2;

    for (size_t i = 0; i < r->nevents && !taken; i++) {
        struct event *e = &r->events[i];
        if (!e->cross.waits || e->state != EVENT_SENT)
            continue;
        if (is_answer_to(e, &f->hdr)) {
            e->cross.waits = false; /* too late */
        } else if (is_its_request(e->spec, &f->hdr)) {
            e->cross.waits = false;
            confirm_seen(r, e, "the requests crossed");
            taken = true;
        }
    }
}

void cross_begin(struct run *r, const struct plan_event *s)
{
    if (s->action != ACTION_PHASE1_REKEY && s->action != ACTION_PHASE2_REKEY)
        return;
    r->quirks.nonce = (enum ike_nonce)s->nonce;
    r->quirks.wrong_delete = s->wrong_delete;
}

void cross_note(struct run *r, const struct ike_out *fact)
{
    bool sent = fact->fact == IKE_FACT_DELETE_SENT;

    if ((!sent && fact->fact != IKE_FACT_DELETE_RECEIVED) || fact->phase != 2)
        return;
    r->told_of[r->ntold++ % COUNT(r->told_of)] = (struct told){fact->child.in_spi, sent};
}

const char *cross_deleter(const struct run *r, uint32_t in_spi)
{
    size_t n = r->ntold < COUNT(r->told_of) ? r->ntold : COUNT(r->told_of);

    for (size_t i = 0; i < n; i++) {
        if (r->told_of[i].spi == in_spi)
            return r->told_of[i].by_peer ? "peer" : "device";
    }
    return NULL;
}
