/* What the peer does amiss for a while: <peer-answer>, <reuse-spi>. */
#include "replay/run_parts.h"
#include "wire/ikev2.h"

/* In the order of PLAN_ANSWER_WORDS; 0: no error. */
static const uint16_t codes[] = {
    [ANSWER_TEMPORARY] = IKEV2_N_TEMPORARY_FAILURE,
    [ANSWER_NOT_FOUND] = IKEV2_N_CHILD_SA_NOT_FOUND,
    [ANSWER_NO_PROPOSAL] = IKEV2_N_NO_PROPOSAL_CHOSEN,
    [ANSWER_NO_TS] = IKEV2_N_TS_UNACCEPTABLE,
    [ANSWER_NO_MORE] = IKEV2_N_NO_ADDITIONAL_SAS,
    [ANSWER_NARROWED] = 0,
};

void odd_answers(struct run *r, const struct plan_event *s)
{
    r->quirks.refuse = codes[s->answer];
    r->quirks.halve = s->answer == ANSWER_NARROWED;
}

bool odd_is_answer(const struct plan_event *s, const struct peer_fact *f)
{
    if (f->kind != PEER_IKE_FACT || f->ike.initiator || f->ike.phase != 2)
        return false;
    if (s->answer == ANSWER_NARROWED)
        return f->ike.fact == IKE_FACT_NARROWED;
    return f->ike.fact == IKE_FACT_REFUSED && f->ike.code == codes[s->answer];
}

enum err odd_spi_again(struct run *r)
{
    enum err e = peer_spi(r->peer, &r->quirks.spi);

    return e ? e : peer_delete_phase2(r->peer);
}

void odd_end(struct run *r)
{
    r->quirks.spi = 0;
    r->quirks.refuse = 0;
    r->quirks.halve = false;
}
