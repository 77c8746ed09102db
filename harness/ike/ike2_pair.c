/* What of a pair IKE_AUTH and CREATE_CHILD_SA have in common: its payloads in the request, the
 * answer to them, and taking that answer. */
#include "ike/ike2_exchanges.h"

#include "base/mem.h"

/* [N(USE_TRANSPORT_MODE)], SA, [Ni, [KEi]], TSi, TSr of the request under way. */
void ike2_put_child(struct ike *k, struct ike2_sa *sa, struct isakmp_msg *m, bool pfs)
{
    const struct ike2_ask *a = &sa->ask;
    const struct ike_policy *p = &k->cfg->policies[a->policy];

    if (p->transport)
        ike2_put_notify(m, IKEV2_N_USE_TRANSPORT_MODE, (struct bytes){0});
    ike2_esp_put_offer(m, p, ike_spi_out(k, IKE_FAULT_CHILD_SPI_REVERSED, a->in_spi), pfs);
    if (pfs)
        isakmp_put(m, IKEV2_P_NONCE, owned_bytes(&a->half.nonce));
    if (a->half.dh)
        ike2_put_ke(m, a->half.group, a->half.dh);
    ike2_put_ts(m, &a->selector, !ike_is_faulty(k, IKE_FAULT_TS_SWAPPED));
}

static void say_narrowed(struct ike *k, const struct ike2_sa *sa, const struct ike2_made *made)
{
    struct ike_out *o = ike2_fact(k, sa, IKE_FACT_NARROWED, 2);

    o->initiator = made->initiator;
    o->message_id = made->message_id;
    o->child.policy = k->cfg->policies[made->policy].id;
    o->child.selector = made->selector;
}

/* --- responder ------------------------------------------------------------------------------- */

struct answer {
    struct ike2_made made;
    struct ike2_choice choice;
    struct ike2_half half;
    uint8_t shared[DH_PUBLIC_MAX];
    uint16_t group; /* INVALID_KE_PAYLOAD: the one that is wanted */
};

static uint16_t choose_policy(struct ike *k, const struct ike2_sa *sa, const struct ike2_in *in,
                              const struct ike2_child *old, struct ike2_made *made)
{
    int rank = IKE2_RANK_EXACT;
    enum err e;

    if (old) { /* what was agreed on stays (RFC 7296, 2.9.2) */
        made->policy = old->policy;
        e = ike2_narrow(ike2_body(in, IKEV2_P_TS_R), ike2_body(in, IKEV2_P_TS_I), &old->selector,
                        &made->selector, &rank);
    } else {
        e = ike2_policy_for(k, sa, in, &made->policy, &made->selector, &rank);
    }
    if (e == ERR_NOTFOUND) {
        struct ike_out *o = ike2_fact(k, sa, IKE_FACT_NO_POLICY, 2);
        o->message_id = in->hdr.message_id;
        ike2_first_ts(in, &o->child.selector);
        return IKEV2_N_TS_UNACCEPTABLE;
    }
    if (e)
        return IKEV2_N_INVALID_SYNTAX;
    if (in->hdr.exchange == ISAKMP_X_V2_CREATE_CHILD_SA && ike2_quirks(k)->halve) {
        ike2_halve(k, &made->selector);
        rank = IKE2_RANK_PART;
    }
    if (rank == IKE2_RANK_PART || rank == IKE2_RANK_OURS)
        say_narrowed(k, sa, made);
    return 0;
}

static uint16_t choose_suite(struct ike *k, const struct ike2_sa *sa, const struct ike2_in *in,
                             bool create, struct answer *a)
{
    const struct ike_policy *p = &k->cfg->policies[a->made.policy];
    enum err e = ike2_esp_choose(p, ike2_body(in, IKEV2_P_SA), false, create, &a->choice);
    struct rd r = rd_of(a->choice.spi);

    if (e == ERR_NOTFOUND) {
        ike2_fact(k, sa, IKE_FACT_NO_PROPOSAL, 2)->message_id = in->hdr.message_id;
        return IKEV2_N_NO_PROPOSAL_CHOSEN;
    }
    if (e || (a->made.out_spi = rd_be32(&r)) == 0)
        return IKEV2_N_INVALID_SYNTAX;
    a->made.suite = a->choice.esp;
    return 0;
}

static uint16_t exchange_keys(struct ike *k, const struct ike2_in *in, struct answer *a)
{
    uint16_t group = a->made.suite.pfs_group;
    struct ikev2_ke ke;

    a->made.nonce_i = ike2_body(in, IKEV2_P_NONCE);
    if (ikev2_nonce_check(a->made.nonce_i))
        return IKEV2_N_INVALID_SYNTAX;
    ike2_new_nonce(k, &a->half.nonce, IKE2_NONCE_ANSWERS);
    a->made.nonce_r = owned_bytes(&a->half.nonce);
    if (!group)
        return 0;
    a->group = group;
    if (ikev2_ke_parse(ike2_body(in, IKEV2_P_KE), &ke) || ke.group != group)
        return IKEV2_N_INVALID_KE_PAYLOAD;
    a->half.group = group;
    if (dh_new(group, k->rng, &a->half.dh) || dh_shared(a->half.dh, ke.data, a->shared))
        return IKEV2_N_INVALID_SYNTAX;
    a->made.shared = bytes_of(a->shared, dh_secret_len(group));
    return 0;
}

static uint16_t decide(struct ike *k, struct ike2_sa *sa, const struct ike2_in *in,
                       const struct ike2_child *old, struct answer *a)
{
    bool create = in->hdr.exchange == ISAKMP_X_V2_CREATE_CHILD_SA;
    uint16_t code;

    if (sa->nchildren >= IKE2_CHILDREN)
        return IKEV2_N_NO_ADDITIONAL_SAS;
    if (create && ike2_quirks(k)->refuse && !ike2_refuses_with(k, IKEV2_N_CHILD_SA_NOT_FOUND))
        return ike2_quirks(k)->refuse;
    if ((code = choose_policy(k, sa, in, old, &a->made)) ||
        (code = choose_suite(k, sa, in, create, a)) || (create && (code = exchange_keys(k, in, a))))
        return code;
    if (!create) {
        a->made.nonce_i = owned_bytes(&sa->nonce_i);
        a->made.nonce_r = owned_bytes(&sa->nonce_r);
    }
    a->made.transport =
        k->cfg->policies[a->made.policy].transport && ike2_has(in, IKEV2_N_USE_TRANSPORT_MODE);
    a->made.message_id = in->hdr.message_id;
    a->made.old_in_spi = old ? old->in_spi : 0;
    a->made.in_spi = ike2_new_spi(k);
    return 0;
}

void ike2_refuse(struct ike *k, struct ike2_sa *sa, struct isakmp_msg *m, unsigned phase,
                 uint16_t code, uint16_t group)
{
    if (code == IKEV2_N_INVALID_KE_PAYLOAD) {
        ike2_fact(k, sa, IKE_FACT_INVALID_KE, phase)->code = group;
        ike2_put_group(m, group);
        return;
    }
    ike2_refused(k, sa, phase, code, false);
    ike2_put_notify(m, code, (struct bytes){0});
}

static void put_answer(struct isakmp_msg *m, const struct answer *a)
{
    bool create = a->half.nonce.n > 0;

    if (a->made.transport)
        ike2_put_notify(m, IKEV2_N_USE_TRANSPORT_MODE, (struct bytes){0});
    ike2_esp_put_choice(m, a->choice.number, &a->made.suite, a->made.in_spi, create);
    if (create)
        isakmp_put(m, IKEV2_P_NONCE, owned_bytes(&a->half.nonce));
    if (a->half.dh)
        ike2_put_ke(m, a->half.group, a->half.dh);
    ike2_put_ts(m, &a->made.selector, false);
}

uint16_t ike2_answer_child(struct ike *k, struct ike2_sa *sa, struct ike2_in *in,
                           struct isakmp_msg *m, const struct ike2_child *old,
                           struct ike2_child **made)
{
    struct answer a = {.group = 0};
    uint16_t code = decide(k, sa, in, old, &a);

    if (code) {
        ike2_refuse(k, sa, m, 2, code, a.group);
    } else {
        struct ike_out *o = ike2_fact(k, sa, IKE_FACT_RESPONDING_2, 2);
        o->initiator = false;
        o->rekey = old != NULL;
        o->message_id = in->hdr.message_id;
        put_answer(m, &a);
        *made = ike2_child_up(k, sa, &a.made);
        if (old && sa->ask.kind == IKE2_CHILD_REKEY && sa->ask.old_in_spi == old->in_spi)
            ike2_rival_set(&sa->ask, a.made.in_spi, a.made.nonce_i, a.made.nonce_r);
    }
    ike2_half_release(&a.half);
    mem_wipe(&a, sizeof(a));
    return code;
}

/* --- initiator ------------------------------------------------------------------------------- */

/* 0, or what is wrong with the answer. */
static uint16_t take_keys(const struct ike2_sa *sa, const struct ike2_in *in,
                          struct ike2_made *made, uint8_t *shared)
{
    const struct ike2_ask *a = &sa->ask;
    struct ikev2_ke ke;

    made->nonce_i = owned_bytes(&a->half.nonce);
    made->nonce_r = ike2_body(in, IKEV2_P_NONCE);
    if (ikev2_nonce_check(made->nonce_r))
        return IKEV2_N_INVALID_SYNTAX;
    if (!made->suite.pfs_group)
        return ikev2_find(&in->chain, IKEV2_P_KE) ? IKEV2_N_INVALID_SYNTAX : 0;
    if (ikev2_ke_parse(ike2_body(in, IKEV2_P_KE), &ke) || ke.group != a->half.group ||
        ke.group != made->suite.pfs_group || dh_shared(a->half.dh, ke.data, shared))
        return IKEV2_N_INVALID_SYNTAX;
    made->shared = bytes_of(shared, dh_secret_len(ke.group));
    return 0;
}

static uint16_t take_terms(struct ike *k, const struct ike2_sa *sa, const struct ike2_in *in,
                           bool create, struct ike2_made *made)
{
    const struct ike2_ask *a = &sa->ask;
    const struct ike_policy *p = &k->cfg->policies[a->policy];
    struct ike2_choice c;
    int rank;

    if (ike2_esp_choose(p, ike2_body(in, IKEV2_P_SA), true, create, &c)) {
        ike2_fact(k, sa, IKE_FACT_NO_PROPOSAL, 2)->message_id = a->id;
        return IKEV2_N_NO_PROPOSAL_CHOSEN;
    }
    struct rd r = rd_of(c.spi);
    made->out_spi = rd_be32(&r);
    made->suite = c.esp;
    /* less than was asked for is fine, more is not */
    if (ike2_narrow(ike2_body(in, IKEV2_P_TS_I), ike2_body(in, IKEV2_P_TS_R), &a->selector,
                    &made->selector, &rank) ||
        rank == IKE2_RANK_PART || rank == IKE2_RANK_OURS) {
        struct ike_out *o = ike2_fact(k, sa, IKE_FACT_NO_POLICY, 2);
        o->message_id = a->id;
        o->child.selector = a->selector;
        return IKEV2_N_TS_UNACCEPTABLE;
    }
    if (rank == IKE2_RANK_ASKED)
        say_narrowed(k, sa, made);
    return made->out_spi ? 0 : IKEV2_N_INVALID_SYNTAX;
}

uint16_t ike2_take_child(struct ike *k, struct ike2_sa *sa, struct ike2_in *in,
                         struct ike2_child **out)
{
    const struct ike2_ask *a = &sa->ask;
    bool create = in->hdr.exchange == ISAKMP_X_V2_CREATE_CHILD_SA;
    uint8_t shared[DH_PUBLIC_MAX];
    struct ike2_made made = {.policy = a->policy,
                             .in_spi = a->in_spi,
                             .old_in_spi = a->old_in_spi,
                             .message_id = a->id,
                             .initiator = true,
                             .nonce_i = owned_bytes(&sa->nonce_i),
                             .nonce_r = owned_bytes(&sa->nonce_r)};
    uint16_t code = take_terms(k, sa, in, create, &made);

    if (!code && create)
        code = take_keys(sa, in, &made, shared);
    if (code == IKEV2_N_INVALID_SYNTAX)
        ike2_malformed(k, sa, code, "an answer without a sound SPI, nonce or public value");
    if (!code) {
        made.transport =
            k->cfg->policies[a->policy].transport && ike2_has(in, IKEV2_N_USE_TRANSPORT_MODE);
        *out = ike2_child_up(k, sa, &made);
    }
    mem_wipe(shared, sizeof(shared));
    return code;
}
