/* <tunnel is="settled">: peer and device may both have wanted something of one SA at the same time,
 * and at the end of the window one is left, by what the peer says of its SAs: one IKE SA, or one
 * pair, which who was to win has made and no other was to replace. A pair that has lost, as another
 * one has replaced the same, was deleted by who made it (RFC 7296, 2.8.1). */
#include "judge/judge_parts.h"

static bool is_up(int64_t up, int64_t down, int64_t to)
{
    return up != NEVER && up < to && (down == NEVER || down >= to);
}

static const char *name_of(enum plan_made_by who)
{
    return who == MADE_BY_PEER ? "the peer" : who == MADE_BY_DEVICE ? "the device" : "nobody";
}

static struct found *settled_ikes(struct judge *j, int64_t to)
{
    bool told = false;
    size_t left = 0;

    for (size_t i = 0; i < j->wan.nikes; i++) {
        told = told || j->wan.ikes[i].up_ns != NEVER;
        left += is_up(j->wan.ikes[i].up_ns, j->wan.ikes[i].down_ns, to);
    }
    if (!told)
        return find_add(&j->fs, "tunnel", VERDICT_INCONCLUSIVE, BASIS_MISSING,
                        "nobody tells of IKE SAs");
    return find_add(&j->fs, "tunnel", left == 1 ? VERDICT_PASS : VERDICT_FAIL, BASIS_SEEN,
                    "%zu IKE SA%s left", left, left == 1 ? " is" : "s are");
}

/* Another one has replaced the same as SA, or as the SA of the other direction. */
static const struct sa *rival_of(const struct wan *w, const struct sa *sa, int64_t from)
{
    for (uint32_t i = 0; i < w->nsas && sa->old_spi; i++) {
        const struct sa *o = &w->sas[i];
        if (o != sa && o->old_spi == sa->old_spi && o->up_ns != NEVER && o->up_ns >= from)
            return o;
    }
    return NULL;
}

/* A loser that somebody else has deleted; NULL: there is none. */
static const struct sa *ill_deleted(const struct wan *w, int64_t from, int64_t to)
{
    for (uint32_t i = 0; i < w->nsas; i++) {
        const struct sa *sa = &w->sas[i];
        if (sa->up_ns != NEVER && sa->up_ns >= from && sa->down_ns != NEVER && sa->down_ns < to &&
            sa->deleted_by != MADE_BY_ANY && sa->deleted_by != sa->made_by && rival_of(w, sa, from))
            return sa;
    }
    return NULL;
}

static void add_spi(struct buf *words, const struct sa *sa)
{
    buf_addf(words, "%s0x%08x of %s", words->n ? ", " : "", sa->spi, name_of(sa->made_by));
}

struct left { /* at the end */
    const struct sa *sa;
    size_t n;
    bool told;
};

static struct left pairs_left(const struct wan *w, int64_t to, struct buf *words)
{
    struct left left = {0};

    for (uint32_t i = 0; i < w->nsas; i++) {
        const struct sa *sa = &w->sas[i];
        left.told = left.told || sa->up_ns != NEVER;
        if (sa->way != FROM_DEVICE || !is_up(sa->up_ns, sa->down_ns, to))
            continue;
        left.sa = sa;
        left.n++;
        add_spi(words, sa);
    }
    return left;
}

/* Another one was made in the place of SA. */
static bool is_replaced(const struct wan *w, const struct sa *sa, int64_t from)
{
    for (uint32_t i = 0; i < w->nsas; i++) {
        const struct sa *o = &w->sas[i];
        if (o->old_spi == sa->spi && o->up_ns != NEVER && o->up_ns >= from)
            return true;
    }
    return false;
}

static struct found *settled_pairs(struct judge *j, const struct plan_expect *x, int64_t from,
                                   int64_t to)
{
    const struct sa *wrong = ill_deleted(&j->wan, from, to);
    struct buf words = BUF_INIT;
    struct left left = pairs_left(&j->wan, to, &words);
    struct found *f;

    if (!left.told)
        f = find_add(&j->fs, "tunnel", VERDICT_INCONCLUSIVE, BASIS_MISSING,
                     "nobody tells of pairs");
    else if (left.n != 1)
        f = find_add(&j->fs, "tunnel", VERDICT_FAIL, BASIS_SEEN, "%zu pairs are left%s%s", left.n,
                     left.n ? ": " : "", buf_str(&words));
    else if (is_replaced(&j->wan, left.sa, from))
        f = find_add(&j->fs, "tunnel", VERDICT_FAIL, BASIS_SEEN,
                     "pair %s is left, and a new one was made in its place", buf_str(&words));
    else if (x->made_by != MADE_BY_ANY && left.sa->made_by != x->made_by)
        f = find_add(&j->fs, "tunnel", VERDICT_FAIL, BASIS_SEEN,
                     "pair %s is left, and that of %s was to win", buf_str(&words),
                     name_of(x->made_by));
    else if (wrong)
        f = find_add(&j->fs, "tunnel", VERDICT_FAIL, BASIS_SEEN,
                     "0x%08x lost to another pair and was deleted by %s, not by %s, which made it",
                     wrong->spi, name_of(wrong->deleted_by), name_of(wrong->made_by));
    else
        f = find_add(&j->fs, "tunnel", VERDICT_PASS, BASIS_SEEN, "one pair is left: %s",
                     buf_str(&words));
    buf_release(&words);
    return f;
}

struct found *judge_settled(struct judge *j, const struct plan_expect *x, int64_t from, int64_t to)
{
    return x->phase == 1 ? settled_ikes(j, to) : settled_pairs(j, x, from, to);
}
