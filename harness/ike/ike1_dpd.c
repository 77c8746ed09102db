/* Dead peer detection (RFC 3706): probes after a silence, answers, sequence numbers. */
#include "ike/ike1_exchanges.h"

static struct isakmp_notify make(const struct ike1_sa *sa, uint16_t type, uint32_t seq,
                                 uint8_t buf[static 2 * IKEV1_COOKIE_LEN + 4])
{
    struct wr w = wr_of(buf, 2 * IKEV1_COOKIE_LEN + 4);

    wr_put(&w, bytes_of(sa->cookie_i, IKEV1_COOKIE_LEN));
    wr_put(&w, bytes_of(sa->cookie_r, IKEV1_COOKIE_LEN));
    wr_be32(&w, seq);
    return (struct isakmp_notify){.doi = ISAKMP_DOI_IPSEC,
                                  .protocol = ISAKMP_PROTO_ISAKMP,
                                  .type = type,
                                  .spi = bytes_head(wr_bytes(&w), 2 * IKEV1_COOKIE_LEN),
                                  .data = bytes_from(wr_bytes(&w), 2 * IKEV1_COOKIE_LEN)};
}

void ike1_dpd_request(struct ike *k, struct ike1_sa *sa, const struct ike1_in *in, uint32_t seq)
{
    uint8_t buf[2 * IKEV1_COOKIE_LEN + 4];

    if (!ike1_config(k, sa)->dpd.enabled) {
        ike1_fact(k, sa, IKE_FACT_NOTIFY, 2)->code = ISAKMP_N_R_U_THERE;
        return;
    }
    if (sa->dpd_in_known && (int32_t)(seq - sa->dpd_in) < 0) { /* RFC 3706, 7: an old one */
        ike1_fact(k, sa, IKE_FACT_DUPLICATE, 2)->message_id = in->hdr.message_id;
        return;
    }
    sa->dpd_in_known = true;
    sa->dpd_in = seq;
    struct isakmp_notify n = make(sa, ISAKMP_N_R_U_THERE_ACK, seq, buf);
    struct bytes sent = ike1_notify(k, sa, &n);
    ike_memory_set(&sa->dpd_memory, in->hash, sent);
    ike1_fact(k, sa, IKE_FACT_DPD_ANSWERED, 2);
}

void ike1_dpd_reply(struct ike *k, struct ike1_sa *sa, uint32_t seq)
{
    if (!sa->dpd_sent || seq != sa->dpd_out) {
        struct ike_out *o = ike1_fact(k, sa, IKE_FACT_DUPLICATE, 2);
        o->code = ISAKMP_N_R_U_THERE_ACK;
        return;
    }
    ike1_heard(k, sa);
}

static bool may_probe(const struct ike *k, const struct ike1_sa *sa)
{
    const struct ike_dpd *d = &ike1_config(k, sa)->dpd;

    return sa->state == IKE1_UP && d->enabled && !d->answer_only && sa->peer_has_dpd &&
           !sa->superseded;
}

struct mono ike1_dpd_deadline(const struct ike *k, const struct ike1_sa *sa)
{
    if (!may_probe(k, sa))
        return MONO_NEVER;
    return sa->dpd_sent ? sa->dpd_due : mono_add(sa->heard, ike1_config(k, sa)->dpd.threshold);
}

bool ike1_dpd_tick(struct ike *k, struct ike1_sa *sa)
{
    const struct ike_dpd *d = &ike1_config(k, sa)->dpd;
    uint8_t buf[2 * IKEV1_COOKIE_LEN + 4];

    if (!ike_due(k, ike1_dpd_deadline(k, sa)))
        return true;
    if (sa->dpd_sent > d->tries)
        return false;
    if (!sa->dpd_out) /* RFC 3706, 6.2: begins at random, the highest bit clear */
        sa->dpd_out = rng_u32(k->rng) >> 1;
    if (!sa->dpd_sent) /* the tries of one round bear the same number */
        sa->dpd_out++;
    struct isakmp_notify n = make(sa, ISAKMP_N_R_U_THERE, sa->dpd_out, buf);
    ike1_notify(k, sa, &n);
    sa->dpd_sent++;
    sa->dpd_due = mono_add(ike_now(k), d->retry);
    ike1_fact(k, sa, IKE_FACT_DPD_SENT, 2);
    return true;
}
