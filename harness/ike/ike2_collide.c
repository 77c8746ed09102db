/* What happens when both sides want something of the same SA at the same time (RFC 7296, 2.8.1,
 * 2.8.2 and 2.25). */
#include "ike/ike2_exchanges.h"

/* Nonces are compared octet by octet; one that is the beginning of the other is the lower. */
static bool is_lower(struct bytes a, struct bytes b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int c = n ? memcmp(a.p, b.p, n) : 0;

    return c ? c < 0 : a.n < b.n;
}

static struct bytes lowest(struct bytes a, struct bytes b)
{
    return is_lower(b, a) ? b : a;
}

void ike2_rival_set(struct ike2_ask *a, uint32_t spi, struct bytes nonce_i, struct bytes nonce_r)
{
    a->rival.is = true;
    a->rival.spi = spi;
    owned_set(&a->rival.lowest, lowest(nonce_i, nonce_r));
}

void ike2_rival_release(struct ike2_rival *r)
{
    owned_release(&r->lowest);
    *r = (struct ike2_rival){0};
}

bool ike2_ours_stays(const struct ike *k, const struct ike2_ask *a, struct bytes nonce_r)
{
    struct bytes ours = lowest(owned_bytes(&a->half.nonce), nonce_r);

    return is_lower(ours, owned_bytes(&a->rival.lowest)) == ike2_quirks(k)->highest_wins;
}

/* OURS stays, or RIVAL, the pair that the other side has made (NULL: it is gone again). Whoever
 * made the loser deletes it, and who made the winner deletes what both replace. */
void ike2_settle_pairs(struct ike *k, bool stays, struct ike2_child *ours, struct ike2_child *rival)
{
    const struct ike_quirks *q = ike2_quirks(k);
    struct ike2_child *loser = stays ? rival : ours;

    if (q->wrong_delete)
        loser = stays ? ours : rival;
    if (!loser)
        return;
    loser->retired = true;
    if ((loser == ours || q->wrong_delete) && !q->keeps_loser)
        ike2_child_close(k, loser, IKE_END_REPLACED, true);
    else
        ike2_child_arm(k, loser);
}

void ike2_use_again(struct ike2_sa *sa, struct ike2_child *rival)
{
    const struct ike2_ask *a = &sa->ask;

    if (a->kind != IKE2_CHILD_REKEY || !a->rival.is || a->rival.spi != rival->in_spi)
        return;
    for (struct ike2_child *old = sa->children; old; old = old->next) {
        if (old->in_spi != a->old_in_spi || old->closing)
            continue;
        old->retired = false;
        rival->gives_back = old->in_spi;
    }
}

struct mono ike2_after_collision(struct ike *k)
{
    return mono_add(ike_in(k, IKE2_RETRY), SPAN_MS(rng_below(k->rng, 1000 * IKE2_RETRY)));
}

uint16_t ike2_busy_for_child(const struct ike *k, const struct ike2_sa *sa,
                             const struct ike2_child *old)
{
    if (sa->ask.kind == IKE2_IKE_REKEY || sa->ask.kind == IKE2_IKE_DELETE || sa->heir ||
        sa->state == IKE2_CLOSING)
        return IKEV2_N_TEMPORARY_FAILURE;
    if (old && ike2_quirks(k)->answers_late)
        return 0;
    /* being closed, or replaced already */
    return old && (old->closing || old->retired) ? IKEV2_N_TEMPORARY_FAILURE : 0;
}

uint16_t ike2_busy_for_ike(const struct ike *k, const struct ike2_sa *sa)
{
    enum ike2_kind kind = sa->ask.kind;

    if (ike2_quirks(k)->answers_late)
        return 0;
    if (kind == IKE2_CHILD_NEW || kind == IKE2_CHILD_REKEY || kind == IKE2_CHILD_DELETE ||
        kind == IKE2_IKE_DELETE || sa->heir || sa->state == IKE2_CLOSING)
        return IKEV2_N_TEMPORARY_FAILURE;
    return 0;
}
