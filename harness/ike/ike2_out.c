/* What the owner is told about IKEv2. */
#include "ike/ike2_exchanges.h"

struct ike_out *ike2_fact(struct ike *k, const struct ike2_sa *sa, enum ike_fact fact,
                          unsigned phase)
{
    struct ike_out *o = ike_fact(k, fact, &ike2_config(k, sa)->address);

    o->version = 2;
    o->ike = sa->number;
    o->phase = (uint8_t)phase;
    o->initiator = sa->initiator;
    return o;
}

void ike2_malformed(struct ike *k, const struct ike2_sa *sa, uint16_t code, const char *why)
{
    struct ike_out *o = ike2_fact(k, sa, IKE_FACT_MALFORMED, sa->state >= IKE2_UP ? 2 : 1);

    o->code = code;
    o->why = why;
    log_say(k->log, LOG_DEBUG, "ike", "malformed message of IKE SA %u: %s", sa->number, why);
}

void ike2_refused(struct ike *k, const struct ike2_sa *sa, unsigned phase, uint16_t code,
                  bool initiator)
{
    struct ike_out *o = ike2_fact(k, sa, IKE_FACT_REFUSED, phase);

    o->code = code;
    o->initiator = initiator;
    const char *name = ikev2_notify_name(code);
    log_say(k->log, LOG_DEBUG, "ike", "IKE SA %u: %s %s", sa->number,
            initiator ? "was told" : "says", name ? name : "an error without a name");
}

void ike2_bad_auth(struct ike *k, const struct ike2_sa *sa, const struct ike2_in *in, enum err e)
{
    struct ike_out *o;

    if (e == ERR_REPLAY)
        o = ike2_fact(k, sa, IKE_FACT_DUPLICATE, 2); /* a fragment */
    else
        o = ike2_fact(k, sa, IKE_FACT_AUTH, sa->state >= IKE2_UP ? 2 : 1);
    o->message_id = in->hdr.message_id;
    o->why = e == ERR_AUTH ? "not made with the keys of this SA: forged, or damaged"
                           : "no encrypted message, or not in fragments that we take";
}

static void put_keys(const struct ike2_sa *sa, struct ike_out *o)
{
    memcpy(o->sa.sk_ei, sa->keys.ei, sizeof(o->sa.sk_ei));
    memcpy(o->sa.sk_er, sa->keys.er, sizeof(o->sa.sk_er));
    memcpy(o->sa.sk_ai, sa->keys.ai, sizeof(o->sa.sk_ai));
    memcpy(o->sa.sk_ar, sa->keys.ar, sizeof(o->sa.sk_ar));
}

void ike2_say_ike(struct ike *k, const struct ike2_sa *sa, enum ike_out_kind kind, enum ike_end end,
                  bool attempt)
{
    struct ike_out *o = ike_emit(k, kind);

    o->version = 2;
    o->ike = sa->number;
    o->peer = ike2_config(k, sa)->address;
    o->initiator = sa->initiator;
    o->rekey = sa->rekey;
    o->phase = 1;
    o->end = end;
    o->attempt = attempt;
    memcpy(o->sa.spi_i, sa->spi_i, sizeof(o->sa.spi_i));
    memcpy(o->sa.spi_r, sa->spi_r, sizeof(o->sa.spi_r));
    o->sa.suite = sa->suite;
    o->from = sa->local;
    o->to = sa->remote;
    put_keys(sa, o);
    log_say(k->log, LOG_INFO, "ike", "IKE SA %u (IKEv2, %s) %s%s%s", sa->number,
            sa->initiator ? "initiator" : "responder",
            kind == IKE_OUT_IKE_UP ? "up"
            : attempt              ? "failed"
                                   : "down",
            kind == IKE_OUT_IKE_UP ? "" : ": ", kind == IKE_OUT_IKE_UP ? "" : ike_end_name(end));
}

void ike2_say_moved(struct ike *k, const struct ike2_sa *sa)
{
    struct ike_out *o = ike_emit(k, IKE_OUT_MOVED);

    o->version = 2;
    o->ike = sa->number;
    o->peer = ike2_config(k, sa)->address;
    o->initiator = sa->initiator;
    o->from = sa->local;
    o->to = sa->remote;
    o->child.udp = ike2_udp(sa);
    o->child.follows = ike2_follows(sa);
}

void ike2_say_attempt(struct ike *k, const struct ike2_sa *sa, const struct ike2_ask *a,
                      enum ike_end end)
{
    struct ike_out *o = ike_emit(k, IKE_OUT_CHILD_DOWN);

    o->version = 2;
    o->ike = sa->number;
    o->peer = ike2_config(k, sa)->address;
    o->phase = 2;
    o->initiator = true;
    o->attempt = true;
    o->end = end;
    o->rekey = a->old_in_spi != 0;
    o->message_id = a->id;
    o->child.policy = k->cfg->policies[a->policy].id;
    o->child.in_spi = a->in_spi;
    o->child.old_in_spi = a->old_in_spi;
    o->child.selector = a->selector;
}
